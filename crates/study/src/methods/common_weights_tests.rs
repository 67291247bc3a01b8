use panel::{Meaning, Panel, Variable};

use super::*;

/// Two inputs, one output, two periods.
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
            variable("a", [1.0, 1.0, 2.0, 2.0, 1.0, 1.0, 2.0, 2.0]),
            variable("b", [1.0, 1.0, 1.0, 1.0, 2.0, 2.5, 2.0, 2.0]),
            variable("y", [1.0, 1.0, 1.0, 1.1, 1.0, 1.2, 1.0, 1.3]),
        ],
    })
    .unwrap()
}

fn run(model: &str) -> Output {
    let options = format!(r#"{{"inputs": ["a", "b"], "outputs": ["y"], "model": "{model}"}}"#);
    let options: CommonStep = serde_json::from_str(&options).unwrap();
    assert!(CommonWeighting::check(&options).is_empty());
    let panel = panel();
    let input = Input { step: "s", panel: &panel, folder: std::path::Path::new("."), seed: 1 };
    let out = CommonWeighting::run(&input, &options).unwrap();
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance), "{:?}", out.checks);
    out
}

fn told(out: &Output, code: &str) -> Vec<String> {
    out.findings.iter().filter(|f| f.code == code).map(|f| f.place.en.clone()).collect()
}

#[test]
fn weights_of_each_period_have_a_row_each() {
    for model in ["compromise", "maximin", "gap", "canonical"] {
        let out = run(model);
        let table = |id: &str| out.tables.iter().find(|t| t.id == id).unwrap();
        assert_eq!((table("scores_all").len(), table("weights").len(), table("fit").len()), (8, 6, 2), "{model}");
        assert!(out.summary.iter().all(|s| !s.zh.is_empty()));
    }
}

#[test]
fn several_optimal_weights_are_told_with_their_periods() {
    // In both years a unit has the inputs of another times a number: its score is the least at any weights.
    assert_eq!(told(&run("maximin"), "FR045"), ["2001, 2002"]);
    // In 2001 one unit alone is efficient: its gap is 0 at any weights.
    assert_eq!(told(&run("gap"), "FR045"), ["2001"]);
}

/// In 2001 the output is the same for all: it correlates with nothing.
#[test]
fn canonical_weights_that_are_none_are_told() {
    assert_eq!(told(&run("canonical"), "FR044"), ["2001"]);
    assert!(told(&run("compromise"), "FR044").is_empty());
}
