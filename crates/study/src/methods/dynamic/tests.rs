use panel::{Meaning, Variable};

use super::*;
use crate::methods;

/// Two units over two years that differ in what they carry over, as worked by hand in the core: 1 and 1/2.
fn panel(rows: usize) -> Panel {
    let variable = |name: &str, values: [f64; 4]| Variable {
        name: name.into(),
        meaning: Meaning::default(),
        values: values[..rows].to_vec(),
    };
    Panel::new(Panel {
        unit_name: "plant".into(),
        period_name: Some("year".into()),
        units: ["good", "good", "poor", "poor"][..rows].iter().map(|u| (*u).to_owned()).collect(),
        units_zh: vec![String::new(); rows],
        periods: vec![2001, 2002, 2001, 2002][..rows].to_vec(),
        groups: Vec::new(),
        variables: vec![
            variable("x", [1.0; 4]),
            variable("y", [1.0; 4]),
            variable("capacity", [2.0, 2.0, 1.0, 1.0]),
            variable("backlog", [1.0, 1.0, 2.0, 2.0]),
            variable("w", [1.0; 4]),
            variable("v", [1.0, 1.0, 2.0, 2.0]),
            variable("z", [1.0; 4]),
            variable("purse", [9.0, 9.0, 9.0, 9.0]),
        ],
    })
    .unwrap()
}

fn run_on(panel: &Panel, options: &str) -> Result<Output, Vec<Problem>> {
    let input = Input { step: "s", panel, folder: std::path::Path::new("."), seed: 1 };
    (methods::entry("dynamic").unwrap().run)(&input, &serde_json::from_str(options).unwrap())
}

fn run(options: &str) -> Result<Output, Vec<Problem>> {
    run_on(&panel(4), options)
}

fn numbers(out: &Output, table: &str, column: &str) -> Vec<f64> {
    let table = out.tables.iter().find(|t| t.id == table).unwrap();
    match &table.columns.iter().find(|c| c.name == column).unwrap().cells {
        Cells::Number(values, _) => values.clone(),
        other => panic!("{other:?}"),
    }
}

fn close(found: &[f64], expected: &[f64]) {
    assert!(found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 1e-9), "{found:?}");
}

const CARRY: &str = r#""carry_overs": { "good": ["capacity"], "bad": ["backlog"] }"#;

#[test]
fn carry_overs_join_the_periods() {
    let out = run(&format!(r#"{{ "inputs": ["x"], "outputs": ["y"], {CARRY} }}"#)).unwrap();
    close(&numbers(&out, "scores", "score"), &[1.0, 0.5]);
    close(&numbers(&out, "scores", "period_2002"), &[1.0, 0.5]);
    close(&numbers(&out, "periods", "score"), &[1.0, 1.0, 0.5, 0.5]);
    close(&numbers(&out, "targets", "capacity"), &[2.0; 4]);
    close(&numbers(&out, "slacks", "backlog"), &[0.0, 0.0, 1.0, 1.0]);
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
    assert!(out.summary[0].en.contains("From 2001 to 2002 the mean efficiency of 2 units is 0.750; 1 are"), "{:?}", out.summary);
    assert!(["ranking", "periods", "means"].iter().all(|id| out.figures.iter().any(|f| f.id == *id)));
    // A period without weight says nothing of the whole.
    let weighted = run(&format!(r#"{{ "inputs": ["x"], "outputs": ["y"], {CARRY}, "period_weights": {{ "2001": 3 }} }}"#));
    close(&numbers(&weighted.unwrap(), "scores", "score"), &[1.0, 0.5]);
}

#[test]
fn divisions_and_links_within_periods() {
    let divisions = r#""divisions": {
        "works": { "inputs": ["x"], "outputs": ["y"], "carry_overs": { "good": ["capacity"] }, "weight": 3 },
        "shop": { "inputs": ["v"], "outputs": ["w"] }
    }, "links": [{ "from": "works", "to": "shop", "variables": ["z"], "kind": "fixed" }]"#;
    let out = run(&format!(r#"{{ {divisions}, "orientation": "input" }}"#)).unwrap();
    // The shop of the second unit uses twice what it needs; the works are not scored on capacity.
    close(&numbers(&out, "scores", "score"), &[1.0, 0.875]);
    close(&numbers(&out, "scores", "whole_division_2"), &[1.0, 0.5]);
    close(&numbers(&out, "periods", "division_shop"), &[1.0, 1.0, 0.5, 0.5]);
    assert!(out.summary.last().unwrap().en.contains("shop (0.750)"), "{:?}", out.summary);
    let peers = out.tables.iter().find(|t| t.id == "peers").unwrap();
    assert!(peers.columns.iter().any(|c| c.name == "division"));
}

#[test]
fn a_budget_holds_the_peers() {
    let budget = r#""model": "budget", "inputs": ["v"], "outputs": ["y"], "spent": ["backlog"], "secured": ["purse"]"#;
    let out = run(&format!("{{ {budget} }}")).unwrap();
    // The second unit uses and spends twice as much; before the second year it has 7 left where the peer has 8.
    close(&numbers(&out, "periods", "purse_left"), &[9.0, 8.0, 9.0, 7.0]);
    close(&numbers(&out, "periods", "score")[..3], &[1.0, 1.0, 0.5]);
    let codes = |options: &str| -> Vec<String> { run(options).unwrap_err().into_iter().map(|p| p.code).collect() };
    assert_eq!(codes(&format!(r#"{{ {budget}, {CARRY} }}"#)), ["options"]);
    assert_eq!(codes(r#"{ "model": "budget", "inputs": ["v"], "outputs": ["y"] }"#), ["options"]);
    assert_eq!(
        codes(&budget.replace("backlog", "x").replace("purse", "none").replacen('"', "{ \"", 1).replacen(
            "[\"none\"]",
            "[\"none\"] }",
            1
        )),
        ["unknown-variable"]
    );
}

#[test]
fn unbalanced_panels_and_contradictions_are_refused() {
    let options = format!(r#"{{ "inputs": ["x"], "outputs": ["y"], {CARRY} }}"#);
    let three = panel(3);
    let found = run_on(&three, &options).unwrap_err();
    assert_eq!(
        (found[0].code.as_str(), found[0].place.unit.as_deref(), found[0].place.period),
        ("unbalanced-panel", Some("poor"), Some(2002))
    );
    let excluded = run_on(&three, &options.replacen('{', r#"{ "missing": "exclude","#, 1)).unwrap();
    assert!(excluded.findings.iter().any(|f| f.code == "FR001" && f.place.en.contains("poor 2001")));
    let one = run_on(&panel(1), &options).unwrap_err();
    assert_eq!(one[0].code, "one-period");
    let codes = |options: &str| -> Vec<String> { run(options).unwrap_err().into_iter().map(|p| p.code).collect() };
    assert_eq!(codes(r#"{ "inputs": ["x"], "outputs": ["y"], "spent": ["z"] }"#), ["options"]);
    assert_eq!(codes(r#"{ "inputs": ["x"], "outputs": ["y"], "period_weights": { "1999": 1 } }"#), ["unknown-period"]);
    assert_eq!(codes("{}"), ["empty-division", "empty-division"]);
}
