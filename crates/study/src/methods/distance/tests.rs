use panel::{Meaning, Variable};

use super::*;
use crate::methods;

/// Six units of one period, two of them with pollution.
fn panel(unit: &str) -> Panel {
    let variable = |name: &str, values: [f64; 6]| Variable {
        name: name.into(),
        meaning: Meaning { unit: unit.into(), ..Meaning::default() },
        values: values.into(),
    };
    Panel::new(Panel {
        unit_name: "plant".into(),
        period_name: None,
        units: ["a", "b", "c", "d", "e", "f"].map(String::from).into(),
        units_zh: vec![String::new(); 6],
        periods: vec![0; 6],
        groups: Vec::new(),
        variables: vec![
            variable("x", [2.0, 4.0, 8.0, 12.0, 6.0, 14.0]),
            variable("y", [1.0, 5.0, 8.0, 9.0, 3.0, 7.0]),
            variable("b", [1.0, 2.0, 3.0, 4.0, 3.0, 9.0]),
        ],
    })
    .unwrap()
}

fn run(options: &str, unit: &str) -> Result<Output, Vec<Problem>> {
    let panel = panel(unit);
    let input = Input { step: "s", panel: &panel, folder: std::path::Path::new("."), seed: 1 };
    let options = format!(r#"{{"inputs": ["x"], "outputs": ["y"]{options}}}"#);
    (methods::entry("distance").unwrap().run)(&input, &serde_json::from_str(&options).unwrap())
}

fn value(output: &Output, unit: usize) -> f64 {
    output.variables[0].values[unit]
}

#[test]
fn every_model_has_its_value_and_its_words() {
    let out = run("", "t").unwrap();
    assert!((value(&out, 4) - 7.0 / 6.0).abs() < 1e-9, "{}", value(&out, 4));
    assert!(out.tables[0].columns.iter().any(|c| c.name == "output_step"));
    let out = run(r#", "model": "reverse""#, "t").unwrap();
    assert!((value(&out, 4) - 0.6).abs() < 1e-9);
    assert!(out.tables.iter().any(|t| t.id == "factors"));
    let out = run(r#", "model": "holder""#, "t").unwrap();
    assert!((value(&out, 4) - 3.0).abs() < 1e-9);
    let moved = out.tables.iter().find(|t| t.id == "moved").unwrap();
    assert!(matches!(&moved.columns[1].cells, Cells::Text(v) if v[4].en == "x"), "{moved:?}");
    let out = run(r#", "model": "hyperbolic""#, "t").unwrap();
    assert!((value(&out, 4).powi(2) - 0.410_097).abs() < 1e-6);
    for out in [out, run(r#", "model": "hyperbolic", "bad_outputs": ["b"], "rts": "crs""#, "t").unwrap()] {
        assert!(out.checks.iter().all(|c| c.residual <= c.tolerance), "{:?}", out.checks);
    }
}

#[test]
fn a_norm_over_different_units_is_told() {
    let told = |options: &str, unit| run(options, unit).unwrap().findings.iter().any(|f| f.code == "FR032");
    assert!(told(r#", "model": "holder""#, ""));
    assert!(!told(r#", "model": "holder""#, "t"));
    assert!(!told(r#", "model": "holder", "weighted": true"#, ""));
    assert!(!told(r#", "model": "holder", "orientation": "input""#, ""));
}

#[test]
fn options_of_other_models_are_named() {
    for (options, name) in [
        (r#", "bad_outputs": ["b"]"#, "bad_outputs"),
        (r#", "fixed_inputs": true"#, "fixed_inputs"),
        (r#", "of": "modified""#, "of"),
        (r#", "model": "holder", "direction": "ones""#, "direction"),
        (r#", "norm": "infinity""#, "norm"),
        (r#", "weighted": true"#, "weighted"),
        (r#", "orientation": "input""#, "orientation"),
        (r#", "model": "hyperbolic", "rts": "fdh""#, "rts"),
        (r#", "disposability": "strong""#, "disposability"),
    ] {
        let options = format!(r#"{{"inputs": ["x"], "outputs": ["y"]{options}}}"#);
        let problems = (methods::entry("distance").unwrap().check)(&serde_json::from_str(&options).unwrap());
        assert!(problems.iter().any(|p| p.to_string().contains(&format!("`{name}`"))), "{name}: {problems:?}");
    }
    let problems = run(r#", "direction": "custom""#, "t").unwrap_err();
    assert!(problems[0].to_string().contains("custom"));
    let problems = run(r#", "direction": "range""#, "t").unwrap_err();
    assert!(problems[0].to_string().contains("direction"), "{problems:?}");
}
