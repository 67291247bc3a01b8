use panel::{Meaning, Variable};

use super::*;

/// Three units; b has no output in 2001, a no schooling beyond 4 years.
fn panel() -> Panel {
    let variable =
        |name: &str, values: [f64; 6]| Variable { name: name.into(), meaning: Meaning::default(), values: values.to_vec() };
    Panel::new(Panel {
        unit_name: "country".into(),
        period_name: Some("year".into()),
        units: ["a", "b", "c", "a", "b", "c"].map(String::from).to_vec(),
        periods: vec![2000, 2000, 2000, 2001, 2001, 2001],
        variables: vec![
            variable("y", [1.0, 8.0, 20.0, 1.0, f64::NAN, 21.0]),
            variable("k", [1.0, 8.0, 60.0, 1.0, 9.0, 61.0]),
            variable("l", [1.0, 1.0, 1.0, 1.0, 1.0, 1.0]),
            variable("years", [4.0, 8.0, 12.0, 4.0, 8.0, 12.0]),
        ],
        ..Panel::default()
    })
    .unwrap()
}

fn run(panel: &Panel, options: &str) -> Result<Output, Vec<Problem>> {
    let options: DevelopmentSpec =
        serde_json::from_str(&format!(r#"{{"output": "y", "capital": "k", "labour": "l"{options}}}"#)).unwrap();
    DevelopmentMethod::run(&Input { step: "s", panel, folder: std::path::Path::new("."), seed: 1 }, &options)
}

#[test]
fn levels_stand_against_the_base_and_gaps_are_told() {
    let out = run(&panel(), r#", "schooling": "years", "base_unit": "b", "ends": 1"#).unwrap();
    let productivity = &out.variables[1];
    assert_eq!((productivity.name.as_str(), productivity.unit.en.as_str()), ("productivity", "b = 1"));
    // a against b: output 1/8, capital 1/2, human capital exp(-.404)^(2/3).
    let expected = 0.25 / (-0.404 * 2.0 / 3.0_f64).exp();
    assert!((productivity.values[0] - expected).abs() < 1e-14, "{}", productivity.values[0]);
    let late = productivity.keys.iter().zip(&productivity.values).filter(|(k, _)| k.1 == 2001);
    assert!(late.clone().count() == 3 && late.clone().all(|(_, v)| v.is_nan()));
    let codes: Vec<(&str, &str)> = out.findings.iter().map(|f| (f.code.as_str(), f.place.en.as_str())).collect();
    assert_eq!(codes, [("TF026", "b 2001"), ("TF026", "dispersion"), ("TF020", "2001")]);
    assert!(out.summary[1].en.contains("The 1 richest have 21.00 times"), "{}", out.summary[1].en);
    assert_eq!(out.figures.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["variance", "success", "productivity"]);
    assert!(out.checks[0].residual <= out.checks[0].tolerance);
}

#[test]
fn human_capital_left_out_is_pointed_at() {
    let out = run(&panel(), "").unwrap();
    assert!(out.findings.iter().any(|f| f.code == "TF027"));
    let other = run(&panel(), r#", "form": "capital-output""#).unwrap();
    assert_ne!(out.summary[0], other.summary[0]);
    assert!(other.summary[2].en.contains("capital per worker"), "{}", other.summary[2].en);
}

#[test]
fn wrong_options_and_cells_come_back_all_at_once() {
    let codes = |e: Vec<Problem>| e.into_iter().map(|p| p.code).collect::<Vec<_>>();
    let text = r#", "human_capital": "h", "schooling": "years", "capital_share": 1.5, "base_unit": "z", "ends": 0"#;
    let expected = ["human-capital", "capital-share", "ends", "unknown-variable", "base-unit"];
    assert_eq!(codes(run(&panel(), text).unwrap_err()), expected);
    assert_eq!(codes(run(&panel(), r#", "returns": "china""#).unwrap_err()), ["returns"]);
    let mut p = panel();
    (p.variables[0].values[0], p.variables[3].values[2]) = (-1.0, -3.0);
    assert_eq!(codes(run(&p, r#", "schooling": "years""#).unwrap_err()), ["schooling"]);
    let problems = run(&p, "").unwrap_err();
    assert_eq!((problems[0].code.as_str(), problems[0].place.column.as_deref()), ("not-positive", Some("y")));
}
