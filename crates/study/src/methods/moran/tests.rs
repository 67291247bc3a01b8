use std::{fs, path::Path};

use panel::{Meaning, Variable};

use super::*;
use crate::{figure::Chart, table::Cells};

fn panel(years: i32, value: impl Fn(usize, i32) -> f64) -> Panel {
    let keys: Vec<(usize, i32)> = (0..9).flat_map(|u| (0..years).map(move |t| (u, 2000 + t))).collect();
    Panel::new(Panel {
        unit_name: "unit".into(),
        period_name: Some("year".into()),
        units: keys.iter().map(|k| format!("u{}", k.0)).collect(),
        units_zh: keys.iter().map(|k| format!("单元{}", k.0)).collect(),
        periods: keys.iter().map(|k| k.1).collect(),
        variables: vec![Variable {
            name: "x".into(),
            meaning: Meaning::default(),
            values: keys.iter().map(|k| value(k.0, k.1)).collect(),
        }],
        ..Panel::default()
    })
    .unwrap()
}

/// A chain of nine units.
fn chain() -> String {
    let rows: Vec<String> = (0..8).map(|i| format!("land,u{i},u{}", i + 1)).collect();
    format!("kind,from,to\n{}\n", rows.join("\n"))
}

fn run(panel: &Panel, pairs: &str, more: &str) -> Result<Output, Vec<Problem>> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pairs.csv"), pairs).unwrap();
    let options: MoranSpec = serde_json::from_str(&format!("{{\"variable\":\"x\",\"neighbours\":\"pairs.csv\"{more}}}")).unwrap();
    MoranMethod::run(&Input { step: "s", panel, folder: Path::new(folder.path()), seed: 1 }, &options)
}

#[test]
fn a_trend_along_a_chain() {
    let out = run(&panel(2, |u, _| u as f64), &chain(), "").unwrap();
    // z'Wz / z'z of 0..8 on a chain, row-standardised: ends lean on one neighbour only.
    let Cells::Number(i, _) = &out.tables[0].columns[2].cells else { panic!() };
    assert!((i[0] - 52.0 / 60.0).abs() < 1e-14, "{}", i[0]);
    assert!(out.summary[0].en.contains("neighbours resemble each other"), "{}", out.summary[0].en);
    assert!(out.checks[0].residual <= out.checks[0].tolerance);
    let ids: Vec<&str> = out.figures.iter().map(|f| f.id.as_str()).collect();
    assert_eq!(ids, ["scatter", "lisa", "trend"]);
    let Chart::Scatter(s) = &out.figures[0].chart else { panic!() };
    assert_eq!((s.points.len(), s.classes.len()), (9, 5));
    let names: Vec<&str> = out.variables.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["local", "lag", "quadrant", "cluster"]);
    assert!(out.variables.iter().all(|v| v.keys.len() == 18 && v.values.len() == 18));
    for t in &out.tables {
        assert!(t.columns.iter().all(|c| c.cells.len() == t.len()), "{}", t.id);
    }
}

#[test]
fn pairs_may_use_chinese_names_and_say_when_they_match_nothing() {
    let p = panel(1, |u, _| u as f64);
    let english = run(&p, &chain(), "").unwrap();
    let chinese = run(&p, &chain().replace(",u", ",单元"), "").unwrap();
    // The unit at the mean has no z-score, and an empty cell is unequal to itself: compare what is printed.
    assert_eq!(format!("{:?}", english.tables), format!("{:?}", chinese.tables));
    let problems = run(&p, "a,b\n110000,120000\n", "").unwrap_err();
    assert_eq!(problems[0].code, "neighbours-unmatched");
    assert!(problems[0].why.contains("`u0`") && problems[0].why.contains("a (`110000`)"), "{}", problems[0].why);
}

#[test]
fn every_bad_pair_is_named_with_its_row() {
    let p = panel(1, |u, _| u as f64);
    let bad = format!("{}land,u1,u33\nland,u2,u2\nland,u3,\n", chain());
    let problems = run(&p, &bad, "").unwrap_err();
    let found: Vec<(&str, Option<usize>)> = problems.iter().map(|p| (p.code.as_str(), p.place.row)).collect();
    assert_eq!(found, [("unknown-neighbour", Some(10)), ("own-neighbour", Some(11)), ("half-a-pair", Some(12))]);
    assert!(problems[0].help.contains("did you mean `u3`"), "{}", problems[0].help);
    let out = run(&p, &format!("{}land,u1,u33\n", chain()), ",\"unknown\":\"skip\"").unwrap();
    assert!(out.findings.iter().any(|f| f.code == "SP001" && f.message.en.contains("u33")));
    assert_eq!(run(&p, &chain(), ",\"unit_column\":\"form\"").unwrap_err()[0].code, "unknown-column");
}

#[test]
fn islands_gaps_and_flat_years_are_findings_that_name_units() {
    let value = |u: usize, t: i32| match (u, t) {
        (4, 2000) => f64::NAN,
        (_, 2001) => 5.0,
        _ => u as f64,
    };
    let out = run(&panel(3, value), &chain().replace("land,u7,u8\n", ""), "").unwrap();
    let codes: Vec<&str> = out.findings.iter().map(|f| f.code.as_str()).collect();
    assert_eq!(codes, ["SP001", "AU002", "SP001"]);
    assert!(out.findings[0].message.zh.contains("单元8"));
    assert!(out.findings[1].message.en.contains("2000 u4"));
    let out = run(&panel(1, |u, _| u as f64), &chain(), ",\"alpha\":0.001").unwrap();
    assert_eq!(out.findings[0].code, "CI014");
    assert_eq!(run(&panel(2, |_, _| 1.0), &chain(), "").unwrap_err().len(), 2);
}
