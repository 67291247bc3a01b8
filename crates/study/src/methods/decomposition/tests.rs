use panel::{Group, Meaning, Panel, Variable};

use super::*;
use crate::{figure::Chart, table::Cells};

/// Rows: unit, period, productivity, weight, industry.
fn panel(rows: &[(&str, i32, f64, f64, &str)]) -> Panel {
    let variable = |name: &str, values: Vec<f64>| Variable { name: name.into(), meaning: Meaning::default(), values };
    let ones = vec![1.0; rows.len()];
    Panel::new(Panel {
        unit_name: "firm".into(),
        period_name: Some("year".into()),
        units: rows.iter().map(|r| r.0.into()).collect(),
        periods: rows.iter().map(|r| r.1).collect(),
        groups: vec![Group { name: "industry".into(), labels: rows.iter().map(|r| r.4.into()).collect() }],
        variables: vec![
            variable("phi", rows.iter().map(|r| r.2).collect()),
            variable("share", rows.iter().map(|r| r.3).collect()),
            variable("labour", ones.clone()),
            variable("cost", rows.iter().map(|r| r.2 * 0.6).collect()),
        ],
        ..Panel::default()
    })
    .unwrap()
}

/// The toy of exact fractions; the entrant's name comes first.
const TOY: [(&str, i32, f64, f64, &str); 6] = [
    ("b", 0, 1.0, 0.5, "x"),
    ("c", 0, 2.0, 0.3, "y"),
    ("x", 0, 0.5, 0.2, "x"),
    ("a", 1, 3.0, 0.3, "y"),
    ("b", 1, 1.5, 0.3, "x"),
    ("c", 1, 2.2, 0.4, "y"),
];

fn run(panel: &Panel, options: &str) -> Result<Output, Vec<Problem>> {
    let options: DecompositionSpec = serde_json::from_str(options).unwrap();
    DecompositionMethod::run(&Input { step: "s", panel, folder: std::path::Path::new("."), seed: 1 }, &options)
}

fn column<'a>(out: &'a Output, table: &str, name: &str) -> &'a [f64] {
    let t = out.tables.iter().find(|t| t.id == table).unwrap();
    match &t.columns.iter().find(|c| c.name == name).unwrap().cells {
        Cells::Number(v, _) => v,
        _ => panic!("{name} holds no numbers"),
    }
}

#[test]
fn all_variants_stand_in_one_table_and_one_figure() {
    let out = run(&panel(&TOY), r#"{"productivity": "phi", "weight": "share", "group": "industry"}"#).unwrap();
    let within = column(&out, "changes", "within");
    for (a, b) in within.iter().zip([0.31, 0.27, 0.31, 0.27, 0.35, 401.0 / 1120.0]) {
        assert!((a - b).abs() < 1e-14, "{a} {b}");
    }
    let Chart::Stack(stack) = &out.figures[0].chart else { panic!("a stack") };
    assert_eq!((stack.categories.len(), stack.parts.len(), out.figures[0].id.as_str()), (6, 5, "waterfall"));
    for (k, total) in stack.total.iter().enumerate() {
        assert!((stack.parts.iter().map(|p| p.1[k]).sum::<f64>() - total).abs() < 1e-14);
    }
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
    // Each industry by the first variant, then both as units: nobody enters or leaves.
    assert_eq!((column(&out, "by_group", "change").len(), column(&out, "across_groups", "entry")), (2, &[0.0; 6][..]));
    assert!(out.findings.iter().any(|f| f.code == "TF073" && f.message.en.contains("exit")), "{:?}", out.findings);
    assert!(out.summary[0].en.contains("1.0300"), "{}", out.summary[0].en);
    assert!((out.variables[0].values.iter().sum::<f64>() - 2.0).abs() < 1e-15);
}

#[test]
fn missing_cells_returns_and_changed_groups_are_told() {
    let mut rows = TOY.to_vec();
    rows.extend([("x", 2, 0.6, 0.2, "z"), ("b", 2, 1.6, 0.3, "x"), ("c", 2, f64::NAN, 0.5, "y"), ("a", 2, 3.1, 0.3, "y")]);
    let out = run(&panel(&rows), r#"{"productivity": "phi", "weight": "share", "group": "industry", "logs": true}"#).unwrap();
    let codes: Vec<&str> = out.findings.iter().map(|f| f.code.as_str()).collect();
    for code in ["TF070", "TF071", "TF075"] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
    assert!(out.findings[0].place.en.contains("c 2"));
    assert_eq!(out.figures.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["waterfall", "contributions", "levels"]);
}

#[test]
fn wrong_options_come_back_all_at_once() {
    let problems = run(&panel(&TOY), r#"{"productivity": "phi", "revenue": "phi", "breaks": [1, 0]}"#).unwrap_err();
    let codes: Vec<&str> = problems.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["missing-option", "unused-option", "breaks"]);
    let problems = run(&panel(&TOY), r#"{"productivity": "phii", "weight": "share", "group": "industy"}"#).unwrap_err();
    assert_eq!(problems.len(), 2);
    let mut rows = TOY.to_vec();
    (rows[0].2, rows[4].2) = (0.0, -1.0);
    let problems = run(&panel(&rows), r#"{"productivity": "phi", "weight": "share", "logs": true}"#).unwrap_err();
    assert_eq!((problems.len(), problems[0].code.as_str(), problems[0].place.unit.as_deref()), (2, "no-logarithm", Some("b")));
}

#[test]
fn petrin_and_levinsohn_by_inputs() {
    let options = r#"{"model": "petrin-levinsohn", "output": "phi", "revenue": "phi", "inputs": ["labour"], "costs": ["cost"], "elasticities": [0.7]}"#;
    let out = run(&panel(&TOY), options).unwrap();
    assert!((column(&out, "petrin_levinsohn", "reallocation_labour")[0]).abs() < 1e-15);
    assert!((column(&out, "petrin_levinsohn", "entry")[0] - 100.0 * 3.0 * 0.4 / 6.7).abs() < 1e-12);
    assert!(out.checks[0].residual <= 1e-12);
    let wrong = r#"{"model": "petrin-levinsohn", "output": "phi", "revenue": "phi", "inputs": ["labour"], "costs": [], "intermediate": ["cost"], "logs": true}"#;
    let codes: Vec<String> = run(&panel(&TOY), wrong).unwrap_err().into_iter().map(|p| p.code).collect();
    assert_eq!(codes, ["missing-option", "unused-option", "costs", "elasticities", "intermediate"]);
}
