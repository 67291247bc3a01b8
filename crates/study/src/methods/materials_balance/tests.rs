use panel::{Meaning, Variable};
use serde_json::{Value, json};

use super::*;
use crate::{methods, table::Cells};

/// Three plans that bring in a material with two inputs.
fn run(options: Value) -> Result<Output, Vec<Problem>> {
    let variable =
        |name: &str, values: [f64; 3]| Variable { name: name.into(), meaning: Meaning::default(), values: values.into() };
    let panel = Panel::new(Panel {
        unit_name: "farm".into(),
        period_name: None,
        units: ["a", "b", "c"].map(String::from).into(),
        units_zh: vec![String::new(); 3],
        periods: vec![0; 3],
        groups: Vec::new(),
        variables: vec![
            variable("feed", [1.0, 3.0, 8.0]),
            variable("piglets", [3.0, 1.0, 8.0]),
            variable("pork", [1.0, 1.0, 2.0]),
            variable("one", [1.0; 3]),
            variable("three", [3.0; 3]),
            variable("hole", [3.0, f64::NAN, -1.0]),
        ],
    })
    .unwrap();
    let input = Input { step: "s", panel: &panel, folder: std::path::Path::new("."), seed: 1 };
    let mut all = json!({"inputs": ["feed", "piglets"], "outputs": ["pork"], "rts": "crs"});
    all.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
    (methods::entry("materials-balance").unwrap().run)(&input, &all)
}

fn column(out: &Output, name: &str) -> Vec<f64> {
    match &out.tables[0].columns.iter().find(|c| c.name == name).unwrap().cells {
        Cells::Number(v, _) => v.clone(),
        _ => panic!("{name} is no column of numbers"),
    }
}

#[test]
fn efficiency_and_its_parts() {
    let out = run(json!({"contents": [1.0, 3.0], "output_contents": [2.0]})).unwrap();
    let close = |name: &str, expected: [f64; 3]| {
        let found = column(&out, name);
        assert!(found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 1e-12), "{name} {found:?}");
    };
    close("score", [0.6, 1.0, 0.375]);
    close("technical", [1.0, 1.0, 0.5]);
    close("allocative", [0.6, 1.0, 0.75]);
    close("surplus", [8.0, 4.0, 28.0]);
    close("least_surplus", [4.0, 4.0, 8.0]);
    assert!(out.findings.iter().all(|f| f.code != "FR039") && out.checks.iter().all(|c| c.residual <= c.tolerance));
    let by_unit = run(json!({"content_variables": ["one", "three"]})).unwrap();
    assert_eq!(column(&by_unit, "score"), column(&out, "score"));
    let short = run(json!({"contents": [1.0, 3.0], "output_contents": [7.0]})).unwrap();
    let found = short.findings.iter().find(|f| f.code == "FR039").unwrap();
    assert!(found.place.en.contains('b') && !found.place.en.contains('c'), "{found:?}");
}

#[test]
fn what_does_not_fit_is_named() {
    let said = |options: Value| -> String { run(options).unwrap_err().iter().map(|p| format!("{p} {:?}\n", p.place)).collect() };
    for options in [
        json!({}),
        json!({"contents": [1.0]}),
        json!({"contents": [1.0, -3.0]}),
        json!({"contents": [0.0, 0.0]}),
        json!({"contents": [1.0, 3.0], "content_variables": ["one", "three"]}),
        json!({"contents": [1.0, 3.0], "output_contents": [1.0, 2.0]}),
        json!({"contents": [1.0, 3.0], "rts": "replication"}),
    ] {
        assert!(!said(options.clone()).is_empty(), "{options}");
    }
    let holes = said(json!({"content_variables": ["one", "hole"]}));
    assert!(holes.contains("hole") && holes.contains("-1"), "{holes}");
    assert!(said(json!({"content_variables": ["one", "two"]})).contains("two"));
}
