use panel::{Meaning, Variable};

use super::*;

fn run(a: [f64; 4], b: [f64; 4], options: &str) -> Result<Output, Vec<Problem>> {
    let variable =
        |name: &str, values: [f64; 4]| Variable { name: name.into(), meaning: Meaning::default(), values: values.into() };
    let panel = Panel::new(Panel {
        unit_name: "province".into(),
        period_name: Some("year".into()),
        units: ["a", "a", "b", "b"].map(String::from).into(),
        periods: vec![1, 2, 1, 2],
        variables: vec![variable("u", a), variable("v", b)],
        ..Panel::default()
    })?;
    let options: CouplingOptions = serde_json::from_str(options).unwrap();
    CouplingCoordination::run(&Input { step: "c", panel: &panel, folder: std::path::Path::new("."), seed: 1 }, &options)
}

#[test]
fn scores_become_degrees_classes_and_findings() {
    let out = run(
        [90.0, 50.0, 0.0, 100.0],
        [10.0, 50.0, 30.0, f64::NAN],
        r#"{"systems": ["u", "v"], "high": 100, "made_of": [["x", "y"], ["y"]]}"#,
    )
    .unwrap();
    let d = out.variables.iter().find(|v| v.name == "d").unwrap();
    assert!((d.values[0] - 0.547723).abs() < 1e-6 && d.values[2] == 0.0 && d.values[3].is_nan());
    assert_eq!(out.findings.iter().map(|f| f.code.as_str()).collect::<Vec<_>>(), ["AU002", "CI009", "CI006"]);
    assert_eq!((out.tables[0].len(), out.figures.len()), (10, 2));
}

#[test]
fn nothing_complete_and_a_system_named_twice_are_refused() {
    let none = run([0.5, f64::NAN, 0.4, f64::NAN], [f64::NAN, 0.6, f64::NAN, 0.5], r#"{"systems": ["u", "v"]}"#);
    assert_eq!(none.unwrap_err()[0].code, "no-complete-row");
    let twice = run([0.5; 4], [0.5; 4], r#"{"systems": ["u", "u"]}"#).unwrap_err();
    assert_eq!(twice[0].code, "repeated-variable");
    let one = run([0.5, f64::NAN, 0.4, f64::NAN], [0.2, 0.6, f64::NAN, 0.5], r#"{"systems": ["u", "v"]}"#).unwrap();
    assert_eq!(one.findings.iter().map(|f| f.code.as_str()).collect::<Vec<_>>(), ["AU002"]);
}

#[test]
fn narrow_coupling_is_found_and_values_off_scale_are_named() {
    let out = run([0.5, 0.6, 0.4, 0.5], [0.52, 0.6, 0.45, 0.5], r#"{"systems": ["u", "v"]}"#).unwrap();
    assert_eq!(out.findings[0].code, "CI009");
    let problems = run([50.0, 0.6, 0.4, 0.5], [0.5, -3.0, 0.4, 0.5], r#"{"systems": ["u", "v"]}"#).unwrap_err();
    assert_eq!(problems.len(), 2);
    assert!(problems[0].help.contains("high = 100") && problems[1].place.unit.as_deref() == Some("a"));
}

#[test]
fn a_misprint_stands_beside_the_right_degree() {
    let out =
        run([0.5, 0.6, 0.4, 0.2], [0.5, 0.3, 0.4, 0.9], r#"{"systems": ["u", "v"], "reproduce": "lost-coefficient"}"#).unwrap();
    let table = out.tables.iter().find(|t| t.id == "reproduced").unwrap();
    let numbers = |name: &str| match &table.columns.iter().find(|c| c.name == name).unwrap().cells {
        Cells::Number(v, _) => v.clone(),
        _ => Vec::new(),
    };
    // Half of the right degree for two systems.
    for (wrong, right) in numbers("c_misprinted").iter().zip(numbers("c")) {
        assert!((2.0 * wrong - right).abs() < 1e-12);
    }
    let finding = out.findings.iter().find(|f| f.code == "CI009" && f.weight == Weight::Error).unwrap();
    assert!(finding.message.en.contains("puts 4 of 4 rows into another class"), "{}", finding.message.en);
    let relative = out.tables.iter().find(|t| t.id == "relative").unwrap();
    let Cells::Text(types) = &relative.columns[3].cells else { panic!("words") };
    assert_eq!(types.iter().map(|t| t.en.as_str()).collect::<Vec<_>>(), ["in step", "v lags", "in step", "u lags"]);
}
