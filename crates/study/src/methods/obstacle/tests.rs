use panel::{Meaning, Variable};

use super::*;

const FRAMEWORK: &str = r#"
[[dimension]]
id = "people"
indicator = [
    { id = "skill", formula = "a", direction = "positive" },
    { id = "load", formula = "b", direction = "negative" },
]
[[dimension]]
id = "means"
indicator = [{ id = "machines", formula = "c", direction = "positive" }]
"#;

fn run(options: &str) -> Result<Output, Vec<Problem>> {
    run_on(options, [4.0, 3.0, 1.0, 0.0])
}

fn run_on(options: &str, load: [f64; 4]) -> Result<Output, Vec<Problem>> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("f.toml"), FRAMEWORK).unwrap();
    let variable =
        |name: &str, values: [f64; 4]| Variable { name: name.into(), meaning: Meaning::default(), values: values.into() };
    let panel = Panel::new(Panel {
        unit_name: "province".into(),
        period_name: Some("year".into()),
        units: ["a", "a", "b", "b"].map(String::from).into(),
        periods: vec![2000, 2001, 2000, 2001],
        variables: vec![variable("a", [0.0, 2.0, 5.0, 10.0]), variable("b", load), variable("c", [1.0, 5.0, 3.0, 2.0])],
        ..Panel::default()
    })?;
    let options: ObstacleOptions = serde_json::from_str(options).unwrap();
    Obstacles::run(&Input { step: "obstacle", panel: &panel, folder: folder.path(), seed: 1 }, &options)
}

/// By hand, equal weights (.25, .25, .5), pooled scale. Unit a in 2001: r = (.2, .25, 1), F·I =
/// (.2, .1875, 0), sum .3875. Unit b: r = (1, 1, .25): only machines hold it back.
#[test]
fn obstacles_follow_the_index() {
    let out = run(r#"{"framework": "f.toml"}"#).unwrap();
    let people = out.variables.iter().find(|v| v.name == "people").unwrap();
    assert_eq!(people.keys[1], ("a".to_owned(), 2001));
    assert!((people.values[1] - 100.0).abs() < 1e-9 && people.values[3].abs() < 1e-9);
    let Chart::Heatmap(heat) = &out.figures[0].chart else { panic!("the first figure is the heatmap") };
    assert!((heat.values[0][0] - 100.0 * 0.2 / 0.3875).abs() < 1e-9);
    assert!((heat.values[1][2] - 100.0).abs() < 1e-9);
    // a has two obstacles, b one; raising machines by a tenth of the scale gives b five points.
    let gain = out.tables[0].columns.iter().find(|c| c.name == "gain").unwrap();
    let Cells::Number(gain, _) = &gain.cells else { panic!("numbers") };
    assert_eq!(gain.len(), 3);
    assert!((gain[2] - 5.0).abs() < 1e-9);
}

/// Where `load` is missing, `skill` carries the whole dimension in the score (half of the index), so a tenth of
/// its scale is worth five points, not two and a half.
#[test]
fn siblings_carry_the_weight_of_a_missing_indicator() {
    let out = run_on(r#"{"framework": "f.toml", "missing": "mean-of-present"}"#, [4.0, f64::NAN, 1.0, f64::NAN]).unwrap();
    let column = |table: usize, name: &str| -> Vec<f64> {
        let found = out.tables[table].columns.iter().find(|c| c.name == name).unwrap();
        let Cells::Number(x, _) = &found.cells else { panic!("numbers") };
        x.clone()
    };
    // Rows of the hidden table: unit a 2000 (skill, load, machines), unit a 2001, unit b 2000, unit b 2001.
    let (weight, degree, gain) = (column(2, "weight"), column(2, "degree"), column(2, "gain"));
    assert_eq!(weight[..6], [0.25, 0.25, 0.5, 0.5, 0.0, 0.5]);
    assert!((gain[0] - 2.5).abs() < 1e-9 && (gain[3] - 5.0).abs() < 1e-9 && gain[4].is_nan());
    assert!((degree[3] - 100.0).abs() < 1e-9 && degree[4].is_nan());
}

#[test]
fn scales_without_an_end_and_gains_without_a_form() {
    let problems = run(r#"{"framework": "f.toml", "goalposts": "base", "base": 2000}"#).unwrap_err();
    assert!(problems.iter().all(|p| p.code == "off-scale") && !problems.is_empty());
    let topsis = run(r#"{"framework": "f.toml", "aggregation": "topsis"}"#).unwrap();
    assert!(topsis.tables.iter().all(|t| t.columns.iter().all(|c| c.name != "gain")));
}
