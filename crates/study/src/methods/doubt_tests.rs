//! Scores, shares and findings of the step.

use panel::{Meaning, Variable};

use super::*;

fn run(a: [f64; 4], b: [f64; 4], options: &str) -> Result<Output, Vec<Problem>> {
    let variable =
        |name: &str, values: [f64; 4]| Variable { name: name.into(), meaning: Meaning::default(), values: values.into() };
    let panel = Panel::new(Panel {
        unit_name: "province".into(),
        units: ["a", "b", "c", "d"].map(String::from).into(),
        periods: vec![0; 4],
        variables: vec![variable("u", a), variable("v", b)],
        ..Panel::default()
    })?;
    let options: DoubtOptions = toml::from_str(options).unwrap();
    BenefitOfTheDoubt::run(&Input { step: "d", panel: &panel, folder: std::path::Path::new("."), seed: 1 }, &options)
}

#[test]
fn scores_shares_and_peers() {
    // a and b are best in one each; c is half of a in u and half of b in v; d has nothing.
    let out = run([4.0, 0.0, 2.0, 0.0], [0.0, 8.0, 4.0, 0.0], "indicators = ['u', 'v']").unwrap();
    let scores = &out.variables[0].values;
    for (s, e) in scores.iter().zip([1.0, 1.0, 1.0, 0.0]) {
        assert!((s - e).abs() < 1e-9, "{scores:?}");
    }
    assert_eq!(out.findings.iter().map(|f| f.code.as_str()).collect::<Vec<_>>(), ["FR028"]);
    assert!(out.tables.iter().all(|t| t.columns.iter().all(|c| c.cells.len() == t.len())));
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
    let bound = run([4.0, 0.0, 2.0, f64::NAN], [0.0, 8.0, 4.0, 0.0], "indicators = ['u', 'v']\nleast = [0.2]").unwrap();
    assert_eq!(bound.findings.iter().map(|f| f.code.as_str()).collect::<Vec<_>>(), ["AU002", "CI003"]);
    assert!(bound.findings.iter().all(|f| !f.message.zh.is_empty()));
}

#[test]
fn what_cannot_be_scored_is_told_all_at_once() {
    let codes = |r: Result<Output, Vec<Problem>>| r.unwrap_err().into_iter().map(|p| p.code).collect::<Vec<_>>();
    let bad = "indicators = ['u', 'v']\nleast = [0.9]\nmost = [0.1, 0.2, 0.3]";
    assert_eq!(codes(run([-4.0, 0.0, 2.0, 1.0], [1.0; 4], bad)), ["below-zero", "bad-shares", "bad-shares"]);
    assert_eq!(codes(run([1.0; 4], [1.0; 4], "indicators = ['u', 'u', 'w']")), ["repeated-variable", "unknown-variable"]);
    assert_eq!(codes(run([f64::NAN; 4], [1.0; 4], "indicators = ['u', 'v']")), ["no-complete-row"]);
    assert!(run([-4.0, 0.0, 2.0, 1.0], [1.0; 4], "indicators = ['u', 'v']\nscale = 'min-max'").is_ok());
}
