use panel::{Meaning, Panel, Variable};

use super::*;
use crate::method::{Input, Method};

/// One input, one output, two periods; the third unit is large.
fn panel() -> Panel {
    let variable =
        |name: &str, values: [f64; 8]| Variable { name: name.into(), meaning: Meaning::default(), values: values.to_vec() };
    Panel::new(Panel {
        unit_name: "unit".into(),
        period_name: Some("year".into()),
        units: (0..8).map(|i| format!("u{}", i / 2)).collect(),
        units_zh: vec![String::new(); 8],
        periods: (0..8).map(|i| 2001 + i % 2).collect(),
        groups: Vec::new(),
        variables: vec![
            variable("x", [2.0, 2.0, 3.0, 3.0, 8.0, 8.0, 6.0, 6.0]),
            variable("y", [1.0, 1.0, 4.0, 4.0, 6.0, 6.5, 2.0, 2.0]),
        ],
    })
    .unwrap()
}

fn run<M: Method>(options: &str) -> Output {
    let options: M::Options = serde_json::from_str(options).unwrap();
    assert!(M::check(&options).is_empty());
    let panel = panel();
    M::run(&Input { step: "s", panel: &panel, folder: std::path::Path::new("."), seed: 1 }, &options).unwrap()
}

#[test]
fn appraisals_stay_within_their_period() {
    let out = run::<CrossEfficiencies>(r#"{"inputs": ["x"], "outputs": ["y"], "goal": "aggressive"}"#);
    let table = |id: &str| out.tables.iter().find(|t| t.id == id).unwrap();
    assert_eq!((table("appraisals").len(), table("scores").len(), table("prices").len()), (32, 4, 8));
    assert!(out.findings.iter().all(|f| f.code != "FR030"));
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance), "{:?}", out.checks);
    // One input and one output leave no choice of prices: productivity over the best of the year. The second goal
    // leaves the own score a room of 1e-12.
    let (scores, wanted) = (&out.variables[0].values, [0.375, 0.375, 1.0, 1.0, 0.5625, 0.609375, 0.25, 0.25]);
    assert!(scores.iter().zip(wanted).all(|(s, w)| (s - w).abs() < 2e-12), "{scores:?}");
}

#[test]
fn negative_appraisals_are_told() {
    let options = r#"{"inputs": ["x"], "outputs": ["y"], "goal": "arbitrary", "rts": "vrs", "negative": "NEGATIVE"}"#;
    let told = |out: &Output| out.findings.iter().any(|f| f.code == "FR030");
    assert!(told(&run::<CrossEfficiencies>(&options.replace("NEGATIVE", "keep"))));
    assert!(!told(&run::<CrossEfficiencies>(&options.replace("NEGATIVE", "lim-zhu"))));
}

#[test]
fn restricted_prices_have_tables_and_checks() {
    use crate::methods::multiplier::RestrictedPrices;
    let out = run::<RestrictedPrices>(r#"{"inputs": ["x"], "outputs": ["y"], "trade_offs": ["x + 1, y + 0.1"], "rts": "vrs"}"#);
    for id in ["scores", "prices", "shares", "restrictions", "peers"] {
        assert!(out.tables.iter().any(|t| t.id == id), "{id}");
    }
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance), "{:?}", out.checks);
}
