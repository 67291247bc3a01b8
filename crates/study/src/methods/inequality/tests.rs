use std::path::Path;

use panel::{Group, Meaning};

use super::*;
use crate::table::{Cells, Table};

fn panel(years: i32, change: impl Fn(usize, i32) -> f64) -> Panel {
    let units = ["a", "b", "c", "d", "e", "f", "g"];
    let keys: Vec<(usize, i32)> = (0..units.len()).flat_map(|u| (0..years).map(move |t| (u, 2000 + t))).collect();
    Panel::new(Panel {
        unit_name: "unit".into(),
        period_name: Some("year".into()),
        units: keys.iter().map(|k| units[k.0].into()).collect(),
        periods: keys.iter().map(|k| k.1).collect(),
        groups: vec![Group { name: "region".into(), labels: keys.iter().map(|k| ["East", "West"][k.0 / 4].into()).collect() }],
        variables: vec![Variable {
            name: "income".into(),
            meaning: Meaning::default(),
            values: keys.iter().map(|k| change(k.0, k.1)).collect(),
        }],
        ..Panel::default()
    })
    .unwrap()
}

const BASE: [f64; 7] = [10.0, 20.0, 30.0, 40.0, 5.0, 8.0, 12.0];

fn run(panel: &Panel, more: &str) -> Result<Output, Vec<Problem>> {
    let options: InequalitySpec = serde_json::from_str(&format!("{{\"variable\":\"income\"{more}}}")).unwrap();
    InequalityMethod::run(&Input { step: "s", panel, folder: Path::new(""), seed: 1 }, &options)
}

fn column<'a>(table: &'a Table, name: &str) -> &'a [f64] {
    match &table.columns.iter().find(|c| c.name == name).unwrap().cells {
        Cells::Number(x, _) => x,
        _ => panic!("{name} holds no numbers"),
    }
}

#[test]
fn the_report_says_what_was_measured() {
    let p = panel(2, |u, t| BASE[u] + f64::from(t - 2000) * 20.0);
    let out = run(&p, ",\"group\":\"region\",\"bootstrap\":200").unwrap();
    let gini = &out.tables[0];
    assert!((column(gini, "gini")[0] - 0.363_428_571_428_571_4).abs() < 1e-14);
    assert!((column(gini, "net_between")[0] - 0.228_571_428_571_428_5).abs() < 1e-14);
    let shares: f64 = ["within", "net_between", "transvariation"].map(|n| column(gini, &format!("share_{n}"))[1]).iter().sum();
    assert!((shares - 100.0).abs() < 1e-10);
    assert!(out.summary[0].en.starts_with("The Gini coefficient of income fell from 0.363 in 2000"), "{}", out.summary[0].en);
    assert!(out.summary[0].zh.contains("降至"), "{}", out.summary[0].zh);
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
    assert!(out.findings.is_empty());
    let ids: Vec<&str> = out.figures.iter().map(|f| f.id.as_str()).collect();
    assert_eq!(ids, ["dagum", "gini", "pairs"]);
    for t in &out.tables {
        assert!(t.columns.iter().all(|c| c.cells.len() == t.len()), "{}", t.id);
    }
}

#[test]
fn every_negative_cell_is_named_at_once() {
    let p = panel(2, |u, t| if u < 2 && t == 2001 { -1.0 } else { BASE[u] });
    let problems = run(&p, "").unwrap_err();
    assert_eq!(problems.len(), 2);
    assert_eq!((problems[1].place.unit.as_deref(), problems[1].place.period), (Some("b"), Some(2001)));
}

#[test]
fn missing_cells_and_small_groups_are_findings() {
    let p = panel(2, |u, t| if u == 4 && t == 2000 { f64::NAN } else { BASE[u] });
    let out = run(&p, ",\"group\":\"region\",\"bootstrap\":0").unwrap();
    let codes: Vec<&str> = out.findings.iter().map(|f| f.code.as_str()).collect();
    assert_eq!(codes, ["AU002", "CI014"]);
    assert!(out.findings[0].message.en.contains("e 2000") && out.findings[1].message.en.contains("West (2)"));
}

#[test]
fn without_groups_only_the_total_is_shown() {
    let out = run(&panel(1, |u, _| BASE[u]), ",\"bootstrap\":50").unwrap();
    assert_eq!((out.summary.len(), out.tables.len(), out.figures.len()), (1, 2, 0));
    assert!(out.summary[0].en.contains("over 7 units in 2000 is 0.363 (95 % interval"), "{}", out.summary[0].en);
}

#[test]
fn nothing_to_measure_is_a_problem() {
    assert_eq!(run(&panel(1, |_, _| f64::NAN), "").unwrap_err()[0].code, "no-values");
    assert!(run(&panel(1, |_, _| 0.0), "").unwrap_err()[0].what.contains("all values are zero"));
    assert_eq!(run(&panel(1, |u, _| BASE[u]), ",\"group\":\"regoin\"").unwrap_err()[0].code, "unknown-group");
    assert_eq!(run(&panel(1, |u, _| BASE[u]), ",\"population\":\"heads\"").unwrap_err()[0].code, "unknown-variable");
}
