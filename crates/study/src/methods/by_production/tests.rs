use panel::{Meaning, Variable};
use serde_json::{Value, json};

use super::*;
use crate::{methods, table::Cells};

/// Example 1 of Murty, Russell and Levkoff (2012) in each of two years, with labour that pollutes nothing.
fn run(options: Value) -> Result<Output, Vec<Problem>> {
    let twice = |c: [f64; 5]| c.iter().flat_map(|&x| [x, x]).collect::<Vec<f64>>();
    let variable = |name: &str, values: Vec<f64>| Variable { name: name.into(), meaning: Meaning::default(), values };
    let panel = panel::Panel::new(panel::Panel {
        unit_name: "plant".into(),
        period_name: Some("year".into()),
        units: ["a", "a", "b", "b", "c", "c", "d", "d", "e", "e"].map(String::from).into(),
        units_zh: vec![String::new(); 10],
        periods: [2001, 2002].repeat(5),
        groups: Vec::new(),
        variables: vec![
            variable("x", twice([1.0, 1.0, 1.0, 2.0, 2.0])),
            variable("l", twice([1.0, 1.0, 1.0, 2.0, 2.0])),
            variable("y", twice([2.0, 1.5, 2.0 / 3.0, 3.0, 2.0])),
            variable("z", twice([4.0, 1.0, 2.0, 5.0, 3.0])),
        ],
    })
    .unwrap();
    let input = Input { step: "s", panel: &panel, folder: std::path::Path::new("."), seed: 1 };
    let mut all = json!({"inputs": ["x", "l"], "outputs": ["y"], "bad_outputs": ["z"], "rts": "crs"});
    all.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
    (methods::entry("by-production").unwrap().run)(&input, &all)
}

fn column(out: &Output, table: &str, name: &str) -> Vec<f64> {
    let table = out.tables.iter().find(|t| t.id == table).unwrap();
    match &table.columns.iter().find(|c| c.name == name).unwrap().cells {
        Cells::Number(v, _) => v.clone(),
        _ => panic!("{name} is no column of numbers"),
    }
}

#[test]
fn both_parts_stand_beside_the_index() {
    let out = run(json!({"polluting": ["x"]})).unwrap();
    let (all, made, left) =
        (column(&out, "scores_all", "score"), column(&out, "scores_all", "intended"), column(&out, "scores_all", "residual"));
    for (found, expected) in [(all[2], 0.875), (made[2], 0.75), (left[2], 1.0), (all[4], 5.0 / 12.0), (made[4], 1.0 / 3.0)] {
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }
    assert!((column(&out, "factors", "z")[4] - 0.5).abs() < 1e-12 && (column(&out, "factors", "y")[4] - 3.0).abs() < 1e-12);
    assert!((column(&out, "targets", "z")[4] - 1.0).abs() < 1e-12);
    assert!(out.tables.iter().any(|t| t.id == "peers_residual"));
    assert!(out.findings.iter().all(|f| f.code != "FR038"));
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
    let joint = run(json!({"polluting": ["x"], "index": "hyperbolic"})).unwrap();
    assert!(joint.findings.iter().any(|f| f.code == "FR038" && f.place.en.contains('a')), "{:?}", joint.findings);
    let steps = run(json!({"index": "directional", "residual_rts": "vrs", "frontier": "pooled"})).unwrap();
    assert!((column(&steps, "scores_all", "inefficiency")[4] - 0.5).abs() < 1e-12);
}

#[test]
fn what_does_not_fit_is_named() {
    let said = |options: Value| -> String { run(options).unwrap_err().iter().map(|p| format!("{p}")).collect() };
    assert!(said(json!({"polluting": ["y", "q"]})).contains("`q`"));
    assert!(said(json!({"polluting": ["x", "x"]})).contains("polluting"));
    let check = methods::entry("by-production").unwrap().check;
    let problems = check(&json!({
        "inputs": ["x"], "outputs": ["y"], "bad_outputs": ["z"], "rts": "fdh", "residual_rts": "fdh", "polluting": ["l"]
    }));
    assert_eq!(problems.len(), 3, "{problems:?}");
}
