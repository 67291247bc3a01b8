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
