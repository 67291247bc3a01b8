use panel::{Meaning, Panel, Variable};

use super::*;
use crate::method::{Input, Method};

/// Two units over five years; in 2003 nobody has an input.
fn panel() -> Panel {
    let variable = |name: &str, value: &dyn Fn(usize) -> f64| Variable {
        name: name.into(),
        meaning: Meaning::default(),
        values: (0..10).map(value).collect(),
    };
    Panel::new(Panel {
        unit_name: "unit".into(),
        period_name: Some("year".into()),
        units: (0..10).map(|i| format!("u{}", i / 5)).collect(),
        units_zh: vec![String::new(); 10],
        periods: (0..10).map(|i| 2001 + i % 5).collect(),
        groups: Vec::new(),
        variables: vec![
            variable("x", &|i| if i % 5 == 2 { f64::NAN } else { 1.0 }),
            variable("y", &|i| 1.0 + (i % 5) as f64 + (i / 5) as f64),
        ],
    })
    .unwrap()
}

fn run<M: Method>(options: &str) -> Output {
    let options: M::Options = serde_json::from_str(options).unwrap();
    let panel = panel();
    M::run(&Input { step: "s", panel: &panel, folder: std::path::Path::new("."), seed: 1 }, &options).unwrap()
}

/// The line had gone on over the two years as if they were none.
#[test]
fn a_cumulative_line_ends_where_no_unit_has_a_change() {
    let out = run::<crate::methods::malmquist::MalmquistIndex>(r#"{"inputs": ["x"], "outputs": ["y"], "missing": "exclude"}"#);
    let Chart::Lines(lines) = &out.figures[0].chart else { panic!("lines") };
    assert_eq!(lines.periods, [2001, 2002, 2004, 2005]);
    let index = &lines.series[0].values;
    assert!(index[0] == 1.0 && index[1] > 1.0 && index[2].is_nan() && index[3].is_nan(), "{index:?}");
    assert_eq!(out.tables.iter().find(|t| t.id == "gaps").unwrap().len(), 4);
}

/// Where units with missing cells are left out, a period that has no other is left out with them.
#[test]
fn dea_leaves_out_a_period_without_a_complete_unit() {
    let out = run::<crate::methods::dea::RadialDea>(r#"{"inputs": ["x"], "outputs": ["y"], "missing": "exclude"}"#);
    let scores = &out.variables[0].values;
    assert_eq!(scores.iter().filter(|s| s.is_nan()).count(), 2);
    assert!(out.findings.iter().any(|f| f.code == "FR001" && f.place.en.contains("u0 2003")));
}

/// Two regions of two units over three years; `a1` outgrows everyone in 2002.
fn growing() -> Panel {
    let variable =
        |name: &str, values: [f64; 12]| Variable { name: name.into(), meaning: Meaning::default(), values: values.to_vec() };
    Panel::new(Panel {
        unit_name: "unit".into(),
        period_name: Some("year".into()),
        units: (0..12).map(|i| ["a1", "a2", "b1", "b2"][i / 3].to_owned()).collect(),
        units_zh: vec![String::new(); 12],
        periods: (0..12).map(|i| 2001 + i % 3).collect(),
        groups: vec![panel::Group {
            name: "region".into(),
            labels: (0..12).map(|i| ["east", "west"][i / 6].to_owned()).collect(),
        }],
        variables: vec![
            variable("x", [1.0, 2.0, 2.0, 2.0, 2.0, 3.0, 1.0, 1.0, 1.0, 3.0, 2.0, 2.0]),
            variable("y", [1.0, 9.0, 8.0, 2.0, 3.0, 4.0, 1.0, 1.5, 1.2, 2.0, 2.0, 3.0]),
        ],
    })
    .unwrap()
}

fn malmquist(options: &str) -> Result<Output, Vec<panel::Problem>> {
    use crate::methods::malmquist::MalmquistIndex;
    let options = serde_json::from_str(options).unwrap();
    MalmquistIndex::run(&Input { step: "s", panel: &growing(), folder: std::path::Path::new("."), seed: 1 }, &options)
}

fn numbers<'a>(out: &'a Output, table: &str, column: &str) -> &'a [f64] {
    let table = out.tables.iter().find(|t| t.id == table).unwrap();
    let Cells::Number(values, _) = &table.columns.iter().find(|c| c.name == column).unwrap().cells else { panic!("numbers") };
    values
}

#[test]
fn a_missing_distance_is_explained_with_alternatives_beside_it() {
    let out = malmquist(r#"{"inputs": ["x"], "outputs": ["y"], "rts": "vrs", "group": "region"}"#).unwrap();
    let f = out.findings.iter().find(|f| f.code == "FR011").unwrap();
    assert!(f.message.en.contains("output `y` is 9, no unit there makes more than 2"), "{}", f.message.en);
    assert!(f.message.zh.contains("产出 `y` 为 9"), "{}", f.message.zh);
    let alternatives = numbers(&out, "alternatives", "tfp_change");
    assert!(!alternatives.is_empty() && alternatives.iter().all(|v| v.is_finite()));
    let failures = out.tables.iter().find(|t| t.id == "failures").unwrap();
    assert_eq!(2 * failures.len(), alternatives.len());
    // Means are taken where all parts are, so that they multiply.
    let rd = malmquist(r#"{"inputs": ["x"], "outputs": ["y"], "decomposition": "ray-desli"}"#).unwrap();
    assert!(numbers(&rd, "changes", "technical_change").iter().any(|v| v.is_nan()));
    let [m, t, p, c] = ["tfp_change", "technical_change", "pure_change", "scale_change"].map(|c| numbers(&rd, "by_period", c));
    for i in 0..m.len() {
        assert!((m[i] - t[i] * p[i] * c[i]).abs() < 1e-12 * m[i]);
    }
    // Rows of change stand in blocks of periods.
    let changes = out.tables.iter().find(|t| t.id == "changes").unwrap();
    let Cells::Integer(to) = &changes.columns[2].cells else { panic!("periods") };
    assert!(to.is_sorted());
}

#[test]
fn means_of_groups_multiply_and_parts_cumulate() {
    for kind in ["adjacent", "fixed-base", "sequential", "window", "biennial", "global"] {
        let out = malmquist(&format!(r#"{{"inputs": ["x"], "outputs": ["y"], "kind": "{kind}", "group": "region"}}"#)).unwrap();
        assert!(out.findings.is_empty(), "{kind}");
        let technical = if matches!(kind, "biennial" | "global") { "best_practice_change" } else { "technical_change" };
        for table in ["by_period", "by_unit", "by_group", "changes", "cumulative"] {
            let [index, ec, tc] = ["tfp_change", "efficiency_change", technical].map(|c| numbers(&out, table, c));
            for ((m, e), t) in index.iter().zip(ec).zip(tc) {
                assert!((m - e * t).abs() < 1e-12 * m, "{kind} {table}");
            }
        }
        // Two periods and their mean for each of two groups.
        let group = numbers(&out, "by_group", "tfp_change");
        assert_eq!(group.len(), 6);
        assert!((group[2] - (group[0] * group[1]).sqrt()).abs() < 1e-12);
    }
}

#[test]
fn options_that_do_not_go_together_are_problems() {
    let problems =
        malmquist(r#"{"inputs": ["x"], "outputs": ["y"], "kind": "global", "base": 2001, "mean": "base"}"#).unwrap_err();
    assert_eq!(problems.len(), 2);
    let problems = malmquist(r#"{"inputs": ["x"], "outputs": ["y"], "decomposition": "ray-desli", "rts": "vrs"}"#).unwrap_err();
    assert_eq!(problems.len(), 1);
}

/// Coelli (1996), DEAP 2.1, EG4: distances of the second year as printed.
#[test]
fn distances_by_observation_are_those_of_deap() {
    use crate::methods::malmquist::MalmquistIndex;
    let variable =
        |name: &str, values: [f64; 15]| Variable { name: name.into(), meaning: Meaning::default(), values: values.to_vec() };
    let panel = Panel::new(Panel {
        unit_name: "firm".into(),
        period_name: Some("year".into()),
        units: (0..15).map(|i| format!("f{}", i / 3)).collect(),
        units_zh: vec![String::new(); 15],
        periods: (0..15).map(|i| 1 + i % 3).collect(),
        groups: Vec::new(),
        variables: vec![
            variable("x", [2.0, 2.0, 2.0, 4.0, 4.0, 4.0, 3.0, 3.0, 3.0, 5.0, 5.0, 5.0, 6.0, 5.0, 5.0]),
            variable("y", [1.0, 1.0, 1.0, 2.0, 3.0, 3.0, 3.0, 4.0, 4.0, 4.0, 3.0, 3.0, 5.0, 5.0, 5.0]),
        ],
    })
    .unwrap();
    let options = serde_json::from_str(r#"{"inputs": ["x"], "outputs": ["y"], "orientation": "output"}"#).unwrap();
    let out =
        MalmquistIndex::run(&Input { step: "s", panel: &panel, folder: std::path::Path::new("."), seed: 1 }, &options).unwrap();
    let printed = [
        ("previous", [0.5, 0.75, 1.333, 0.6, 1.0]),
        ("same", [0.375, 0.563, 1.0, 0.45, 0.75]),
        ("next", [0.375, 0.563, 1.0, 0.45, 0.75]),
        ("vrs", [1.0, 0.667, 1.0, 0.6, 1.0]),
    ];
    for (column, expected) in printed {
        for (f, e) in numbers(&out, "observations", column)[5..10].iter().zip(expected) {
            assert!((f - e).abs() <= 0.0006, "{column}: {f} is not {e}");
        }
    }
}
