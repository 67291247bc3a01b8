use panel::{Meaning, Variable};
use serde_json::json;

use super::*;
use crate::{figure::Chart, table::Cells};

/// Fifteen units over some years.
pub(in crate::methods) fn panel(years: i32, value: impl Fn(usize, i32) -> f64) -> Panel {
    let keys: Vec<(usize, i32)> = (0..15).flat_map(|u| (0..years).map(move |t| (u, 2000 + t))).collect();
    Panel::new(Panel {
        unit_name: "unit".into(),
        period_name: Some("year".into()),
        units: keys.iter().map(|k| format!("u{:02}", k.0)).collect(),
        periods: keys.iter().map(|k| k.1).collect(),
        variables: vec![Variable {
            name: "x".into(),
            meaning: Meaning::default(),
            values: keys.iter().map(|k| value(k.0, k.1)).collect(),
        }],
        ..Panel::default()
    })
    .unwrap()
}

fn wide(u: usize, t: i32) -> f64 {
    10.0 + numerics::distributions::normal_quantile((u as f64 + 1.0) / 16.0) / f64::from(t - 1990)
}

fn run(panel: &Panel, options: Value) -> Result<Output, Vec<Problem>> {
    let spec: DensitySpec = serde_json::from_value(options).unwrap();
    DensityMethod::run(&Input { step: "s", panel, folder: std::path::Path::new("."), seed: 1 }, &spec)
}

fn codes(problems: &[Problem]) -> Vec<&str> {
    problems.iter().map(|p| p.code.as_str()).collect()
}

#[test]
fn curves_of_some_periods_and_a_table_of_all() {
    let out = run(&panel(9, wide), json!({"variable": "x", "bootstrap": 19})).unwrap();
    for t in &out.tables {
        assert!(t.columns.iter().all(|c| c.cells.len() == t.len()), "{}", t.id);
    }
    let rows: Vec<(&str, usize)> = out.tables.iter().map(|t| (t.id.as_str(), t.len())).collect();
    assert_eq!(rows, [("periods", 9), ("peaks", 9), ("density", 9 * 256)]);
    let Chart::Curves(c) = &out.figures[0].chart else { panic!() };
    assert_eq!((c.curves.len(), c.grid.len(), c.curves[4].0.en.as_str()), (5, 256, "2008"));
    assert_eq!(out.figures[1].id, "spread");
    assert!(out.summary[0].en.contains("narrows") && out.summary[1].en.contains("Every curve has one mode"), "{:?}", out.summary);
    assert!(out.checks[0].residual <= out.checks[0].tolerance && out.findings.is_empty(), "{:?}", out.findings);
    // The spread falls, and the one bandwidth stays.
    let Cells::Number(h, _) = &out.tables[0].columns.iter().find(|c| c.name == "bandwidth").unwrap().cells else { panic!() };
    assert!(h.iter().all(|x| *x == h[0]));
}

#[test]
fn a_bandwidth_for_each_period_is_a_finding() {
    let out = run(&panel(3, wide), json!({"variable": "x", "scope": "per-period", "bootstrap": 0})).unwrap();
    assert_eq!(out.findings[0].code, "CI014");
    assert!(out.findings[0].message.en.contains("bandwidth differs by period") && !out.findings[0].message.zh.is_empty());
    let one = run(&panel(1, wide), json!({"variable": "x", "scope": "per-period", "bootstrap": 0})).unwrap();
    assert!(one.findings.is_empty() && one.figures.len() == 1);
}

#[test]
fn a_bound_that_is_not_stated_is_a_finding() {
    let shares = panel(2, |u, t| (u as f64 / 16.0).powi(3) * 0.99 + 0.001 * f64::from(t - 2000));
    let said = |options: Value| run(&shares, options).unwrap().findings.iter().any(|f| f.code == "SP003");
    assert!(said(json!({"variable": "x", "bootstrap": 0})));
    assert!(!said(json!({"variable": "x", "bootstrap": 0, "lower": 0.0, "upper": 1.0})));
}

#[test]
fn gaps_and_bad_input_are_told() {
    let holes = panel(3, |u, t| if t == 2001 || (u, t) == (3, 2000) { f64::NAN } else { wide(u, t) });
    let out = run(&holes, json!({"variable": "x", "bootstrap": 0})).unwrap();
    assert_eq!((out.findings[0].code.as_str(), out.tables[0].len()), ("AU002", 2));
    let few = panel(3, |u, t| if u > t as usize - 2000 { f64::NAN } else { wide(u, t) });
    let problems = run(&few, json!({"variable": "x", "lower": 0.0, "upper": 6.0, "points": 3})).unwrap_err();
    assert_eq!(problems.len(), 1 + 2 + 6, "{problems:?}");
    assert!(problems.iter().any(|p| p.place.unit.as_deref() == Some("u02") && p.help.contains("widen")));
    assert_eq!(codes(&run(&panel(2, |_, _| 1.0), json!({"variable": "x"})).unwrap_err()), ["constant"]);
    assert_eq!(codes(&run(&panel(2, wide), json!({"variable": "y"})).unwrap_err()), ["unknown-variable"]);
    let given = json!({"bandwidth": 1.0, "scope": "common", "rule": "scott"});
    assert_eq!(DensityMethod::check_given(given.as_object().unwrap()).len(), 2);
}
