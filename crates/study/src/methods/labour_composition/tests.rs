use panel::{Meaning, Variable};

use super::*;

fn panel() -> Panel {
    let variable =
        |name: &str, values: [f64; 4]| Variable { name: name.into(), meaning: Meaning::default(), values: values.to_vec() };
    Panel::new(Panel {
        unit_name: "industry".into(),
        period_name: Some("year".into()),
        units: ["a", "a", "b", "b"].map(String::from).to_vec(),
        periods: vec![2000, 2001, 2000, 2001],
        variables: vec![
            variable("low", [300.0, 300.0, 10.0, 10.0]),
            variable("high", [100.0, 200.0, 10.0, 10.0]),
            variable("pay_low", [300.0, 300.0, 5.0, f64::NAN]),
            variable("pay_high", [100.0, 300.0, 5.0, 5.0]),
            variable("wage_low", [1.0, 1.0, 0.5, f64::NAN]),
            variable("wage_high", [1.0, 1.5, 0.5, 0.5]),
            variable("persons", [10.0, 12.0, 1.0, 1.0]),
        ],
        ..Panel::default()
    })
    .unwrap()
}

fn run(panel: &Panel, options: &str) -> Result<Output, Vec<Problem>> {
    let options: CompositionSpec = serde_json::from_str(options).unwrap();
    CompositionMethod::run(&Input { step: "s", panel, folder: std::path::Path::new("."), seed: 1 }, &options)
}

#[test]
fn total_pay_and_pay_per_hour_say_the_same() {
    let quality = 0.375 * 2.0_f64.ln() - 1.25_f64.ln();
    for pay in [r#""compensation": ["pay_low", "pay_high"]"#, r#""wages": ["wage_low", "wage_high"]"#] {
        let out = run(&panel(), &format!(r#"{{"hours": ["low", "high"], {pay}, "persons": "persons"}}"#)).unwrap();
        let growth = &out.variables[1].values;
        assert!((growth[1] - quality).abs() < 1e-15 && growth[0].is_nan() && growth[3].is_nan());
        assert!(out.findings.iter().any(|f| f.code == "GA002" && f.place.en == "b 2001"));
        assert!(out.summary[1].en.contains("persons gave 18.23"), "{}", out.summary[1].en);
        assert_eq!(out.figures.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["index", "sources"]);
        assert!(out.checks[0].residual <= out.checks[0].tolerance);
    }
}

#[test]
fn a_jump_of_composition_is_pointed_at() {
    let mut p = panel();
    p.variables[1].values[1] = 2000.0;
    let out = run(&p, r#"{"hours": ["low", "high"], "compensation": ["pay_low", "pay_high"]}"#).unwrap();
    assert!(out.findings.iter().any(|f| f.code == "TF024" && f.place.en == "a 2001"));
}

#[test]
fn wrong_options_and_cells_come_back_all_at_once() {
    let codes = |e: Vec<Problem>| e.into_iter().map(|p| p.code).collect::<Vec<_>>();
    let text = r#"{"hours": ["lowest"], "compensation": ["pay_low", "pay_high"], "wages": ["wage_low"], "step": 0}"#;
    assert_eq!(codes(run(&panel(), text).unwrap_err()), ["types", "pay", "pay", "step", "unknown-variable"]);
    let mut p = panel();
    (p.variables[0].values[0], p.variables[5].values[3]) = (0.0, -1.0);
    let problems = run(&p, r#"{"hours": ["low", "high"], "wages": ["wage_low", "wage_high"]}"#).unwrap_err();
    let places: Vec<_> = problems.iter().filter_map(|p| p.place.column.as_deref()).collect();
    assert_eq!(places, ["low", "wage_high"]);
}
