use panel::{Meaning, Panel, Variable};

use super::*;

/// Steel delivers all of its output to cars.
fn panel() -> Panel {
    let variable =
        |name: &str, values: [f64; 4]| Variable { name: name.into(), meaning: Meaning::default(), values: values.to_vec() };
    Panel::new(Panel {
        unit_name: "industry".into(),
        period_name: Some("year".into()),
        units: ["steel", "cars", "steel", "cars"].map(String::from).to_vec(),
        periods: vec![2000, 2000, 2001, 2001],
        variables: vec![
            variable("go", [40.0, 100.0, 40.0, 100.0]),
            variable("va", [40.0, 60.0, 40.0, 60.0]),
            variable("dlntfp", [f64::NAN, f64::NAN, 0.1, 0.1]),
            variable("k", [5.0, 7.0, 5.0, 7.0]),
            variable("l", [30.0, 10.0, 10.0, 30.0]),
            variable("pay", [30.0, 30.0, 10.0, 50.0]),
        ],
        ..Panel::default()
    })
    .unwrap()
}

fn run(panel: &Panel, options: &str) -> Result<Output, Vec<Problem>> {
    let options: DomarSpec =
        serde_json::from_str(&format!(r#"{{"tfp_growth": ["dlntfp"], "value_added": ["va"]{options}}}"#)).unwrap();
    DomarMethod::run(&Input { step: "s", panel, folder: std::path::Path::new("."), seed: 1 }, &options)
}

#[test]
fn contributions_and_reallocation_are_shown() {
    let out = run(&panel(), r#", "gross_output": ["go"], "capital": ["k"], "labour": ["l"], "labour_pay": ["pay"]"#).unwrap();
    assert!(
        out.summary[0].en.contains("14.00 % a period") && out.summary[0].en.contains("cars 10.00, steel 4.00"),
        "{}",
        out.summary[0].en
    );
    assert!(out.summary[0].en.contains("add up to 1.40"));
    assert!(out.checks.len() == 2 && out.checks.iter().all(|c| c.residual <= c.tolerance));
    assert_eq!(out.tables.iter().map(|t| t.len()).collect::<Vec<_>>(), [1, 2, 2]);
    assert!(out.findings.is_empty(), "{:?}", out.findings);
    let plain = run(&panel(), r#", "productivity": "value-added""#).unwrap();
    assert!(plain.summary[0].en.contains("10.00 % a period"), "{}", plain.summary[0].en);
}

#[test]
fn doubtful_industries_are_counted() {
    let mut p = panel();
    // Rows stand by unit, then period: cars 2000, cars 2001, steel 2000, steel 2001.
    p.variables[1].values[0] = 160.0;
    p.variables[2].values[3] = f64::NAN;
    let out = run(&p, r#", "gross_output": ["go"]"#).unwrap();
    let places: Vec<(&str, &str)> = out.findings.iter().map(|f| (f.code.as_str(), f.place.en.as_str())).collect();
    assert_eq!(places, [("TF021", "steel 2001"), ("TF025", "cars 2000")]);
}

#[test]
fn wrong_options_come_back_all_at_once() {
    let codes = |e: Vec<Problem>| e.into_iter().map(|p| p.code).collect::<Vec<_>>();
    let text = r#", "capital": ["k"], "step": 0, "economy": "x""#;
    assert_eq!(codes(run(&panel(), text).unwrap_err()), ["gross-output", "factors", "step", "unknown-group"]);
    let text = r#", "productivity": "value-added", "gross_output": ["go"], "weights": "ratio-of-means""#;
    assert_eq!(codes(run(&panel(), text).unwrap_err()), ["gross-output", "weights"]);
    let mut p = panel();
    p.variables[0].values[3] = 0.0;
    assert_eq!(run(&p, r#", "gross_output": ["go"]"#).unwrap_err()[0].code, "impossible-industry");
}
