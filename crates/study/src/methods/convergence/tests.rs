use serde_json::{Value, json};

use super::*;
use crate::methods::density::tests::panel;

fn run(panel: &Panel, options: Value) -> Result<Output, Vec<Problem>> {
    let spec: ConvergenceSpec = serde_json::from_value(options).unwrap();
    ConvergenceMethod::run(&Input { step: "s", panel, folder: std::path::Path::new("."), seed: 1 }, &spec)
}

/// Gaps of logarithms that shrink, with some noise.
fn shrinking(u: usize, t: i32) -> f64 {
    let noise = ((u * 37 + t as usize * 29) % 11) as f64 / 200.0;
    (u as f64 / 5.0 * 0.9_f64.powi(t - 2000) + noise).exp()
}

#[test]
fn a_span_and_its_parts() {
    let out = run(&panel(9, shrinking), json!({"variable": "x", "breaks": [2004]})).unwrap();
    for t in &out.tables {
        assert!(t.columns.iter().all(|c| c.cells.len() == t.len()), "{}", t.id);
    }
    assert_eq!((out.tables[0].len(), out.tables[1].len(), out.figures.len(), out.summary.len()), (9, 3, 2, 2));
    assert!(out.summary[0].en.contains("falls") && out.summary[1].en.contains("half-life"), "{:?}", out.summary);
    assert!(out.findings.is_empty() && out.checks[0].residual <= out.checks[0].tolerance, "{:?}", out.findings);
}

#[test]
fn change_of_places_without_narrowing_is_a_finding() {
    // The same values dealt out anew.
    let dealt = panel(2, |u, t| ((if t == 2000 { u } else { (u * 4) % 15 }) as f64 / 5.0).exp());
    let out = run(&dealt, json!({"variable": "x"})).unwrap();
    assert_eq!(out.findings[0].code, "SP004");
    assert!(out.findings[0].message.en.contains("Galton") && out.findings[0].message.zh.contains("高尔顿"));
}

#[test]
fn bad_input_is_told_all_at_once() {
    let bad = panel(2, |u, t| if u < 2 && t == 2001 { -(u as f64) } else { shrinking(u, t) });
    let problems = run(&bad, json!({"variable": "x", "breaks": [2001, 1999]})).unwrap_err();
    let codes: Vec<&str> = problems.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["not-positive", "not-positive", "breaks", "breaks"]);
    assert_eq!(problems[1].place.unit.as_deref(), Some("u01"));
    let codes: Vec<String> =
        run(&panel(1, shrinking), json!({"variable": "y"})).unwrap_err().into_iter().map(|p| p.code).collect();
    assert_eq!(codes, ["one-period", "unknown-variable"]);
    assert_eq!(run(&panel(2, |_, _| 3.0), json!({"variable": "x"})).unwrap_err()[0].code, "convergence");
    let holes = panel(3, |u, t| if (u, t) == (3, 2002) { f64::NAN } else { shrinking(u, t) });
    let out = run(&holes, json!({"variable": "x"})).unwrap();
    assert_eq!((out.findings[0].code.as_str(), out.findings[0].place.en.as_str()), ("AU001", "u03"));
}
