use panel::{Meaning, Panel, Variable};

use super::*;

/// Six plants: capacity, fuel, clean and fossil power, emission.
fn plants() -> Panel {
    let variable =
        |name: &str, values: [f64; 6]| Variable { name: name.into(), meaning: Meaning::default(), values: values.into() };
    Panel::new(Panel {
        unit_name: "plant".into(),
        units: ["P1", "P2", "P3", "P4", "P5", "P6"].map(String::from).into(),
        units_zh: vec![String::new(); 6],
        periods: vec![0; 6],
        variables: vec![
            variable("capacity", [10.0, 12.0, 8.0, 15.0, 20.0, 9.0]),
            variable("fuel", [6.0, 9.0, 5.0, 12.0, 11.0, 4.0]),
            variable("clean", [5.0, 4.0, 6.0, 3.0, 9.0, 2.0]),
            variable("fossil", [8.0, 10.0, 6.0, 14.0, 12.0, 5.0]),
            variable("emission", [4.0, 6.0, 2.0, 9.0, 5.0, 3.0]),
        ],
        ..Panel::default()
    })
    .unwrap()
}

fn run(options: &str) -> Result<Output, Vec<Problem>> {
    let panel = plants();
    let names = r#""inputs": ["capacity", "fuel"], "outputs": ["clean", "fossil"], "bad_outputs": ["emission"]"#;
    let options: SbmStep = serde_json::from_str(&format!("{{{names}{options}}}")).unwrap();
    let input = Input { step: "sbm", panel: &panel, folder: std::path::Path::new("."), seed: 1 };
    SlacksBasedMeasure::run(&input, &options)
}

#[test]
fn what_shrinks_together_has_a_factor() {
    let out = run(r#", "non_separable": ["fuel", "fossil", "emission"], "keep_total": true, "growth_limit": 0.5"#).unwrap();
    let scores = out.tables.iter().find(|t| t.id == "scores").unwrap();
    let Some(Cells::Number(alpha, _)) = scores.columns.iter().find(|c| c.name == "alpha").map(|c| &c.cells) else {
        panic!("no column of factors")
    };
    assert!(alpha.iter().all(|a| (0.0..=1.0).contains(a)), "{alpha:?}");
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance), "{:?}", out.checks);
    let plain = run("").unwrap();
    assert!(plain.tables.iter().flat_map(|t| &t.columns).all(|c| c.name != "alpha"));
}

#[test]
fn what_cannot_shrink_together_is_refused() {
    let problems = |options: &str| run(options).unwrap_err().len();
    assert_eq!(problems(r#", "non_separable": ["villages"]"#), 1);
    assert_eq!(problems(r#", "non_separable": ["fuel", "emission"]"#), 1);
    assert_eq!(problems(r#", "keep_total": true"#), 1);
    assert_eq!(problems(r#", "non_separable": ["fossil", "emission"], "orientation": "input""#), 1);
}
