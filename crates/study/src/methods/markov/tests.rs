use std::fs;

use panel::{Group, Meaning, Variable};
use serde_json::json;

use super::*;
use crate::table::{Cells, Table};

/// Twelve units over some years.
fn panel(years: i32, value: impl Fn(usize, i32) -> f64) -> Panel {
    let keys: Vec<(usize, i32)> = (0..12).flat_map(|u| (0..years).map(move |t| (u, 2000 + t))).collect();
    let word = |x: f64| if x.is_nan() { String::new() } else { ["poor", "fair", "rich"][x as usize % 3].to_owned() };
    Panel::new(Panel {
        unit_name: "unit".into(),
        period_name: Some("year".into()),
        units: keys.iter().map(|k| format!("u{:02}", k.0)).collect(),
        periods: keys.iter().map(|k| k.1).collect(),
        groups: vec![Group { name: "state".into(), labels: keys.iter().map(|k| word(value(k.0, k.1))).collect() }],
        variables: vec![Variable {
            name: "x".into(),
            meaning: Meaning { unit: "CNY".into(), ..Meaning::default() },
            values: keys.iter().map(|k| value(k.0, k.1)).collect(),
        }],
        ..Panel::default()
    })
    .unwrap()
}

/// What looks random and is not, 0 to 96, about a level of the unit.
fn noisy(u: usize, t: i32) -> f64 {
    ((u * 37 + (t as usize) * 29 + u * u * 3 + (t * t) as usize * 7) % 97) as f64 + 12.0 * u as f64
}

fn run(panel: &Panel, options: Value) -> Result<Output, Vec<Problem>> {
    let folder = tempfile::tempdir().unwrap();
    let rows: Vec<String> = (0..11).map(|i| format!("u{i:02},u{:02}", i + 1)).collect();
    fs::write(folder.path().join("pairs.csv"), format!("from,to\n{}\n", rows.join("\n"))).unwrap();
    fs::write(folder.path().join("half.csv"), format!("from,to\n{}\nu00,nobody\n", rows[..6].join("\n"))).unwrap();
    let spec: MarkovSpec = serde_json::from_value(options).unwrap();
    MarkovMethod::run(&Input { step: "s", panel, folder: folder.path(), seed: 1 }, &spec)
}

fn table<'a>(out: &'a Output, id: &str) -> &'a Table {
    out.tables.iter().find(|t| t.id == id).unwrap()
}

fn numbers<'a>(table: &'a Table, name: &str) -> &'a [f64] {
    match &table.columns.iter().find(|c| c.name == name).unwrap().cells {
        Cells::Number(v, _) => v,
        _ => panic!("{name} is not a number"),
    }
}

fn codes(problems: &[Problem]) -> Vec<&str> {
    problems.iter().map(|p| p.code.as_str()).collect()
}

#[test]
fn a_chain_with_its_surroundings() {
    let p = panel(8, noisy);
    let out = run(&p, json!({"variable": "x", "classes": 3, "neighbours": "pairs.csv", "bootstrap": 50})).unwrap();
    for t in &out.tables {
        assert!(t.columns.iter().all(|c| c.cells.len() == t.len()), "{}", t.id);
    }
    let ids: Vec<&str> = out.figures.iter().map(|f| f.id.as_str()).collect();
    assert_eq!(ids, ["transitions", "surroundings", "shares"]);
    let t = table(&out, "transitions");
    assert_eq!(t.len(), 12);
    let sum: f64 = (1..=3).map(|j| numbers(t, &format!("to_{j}"))[0]).sum();
    assert!((sum - 1.0).abs() < 1e-14);
    let ergodic = numbers(table(&out, "classes"), "ergodic");
    assert!((ergodic.iter().sum::<f64>() - 100.0).abs() < 1e-10);
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance), "{:?}", out.checks);
    assert_eq!(out.summary.len(), 4, "{:?}", out.summary);
    assert!(out.summary.iter().all(|s| !s.zh.is_empty()));
    let names: Vec<&str> = out.variables.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["class", "surroundings"]);
    assert!(out.variables.iter().all(|v| v.keys.len() == 96 && v.values.len() == 96));
}

#[test]
fn units_of_measure_do_not_matter_and_labels_say_the_same_as_bounds() {
    let states = |u: usize, t: i32| ((u + (t as usize) * (u % 5)) % 3) as f64;
    let plain = run(&panel(8, states), json!({"variable": "x", "bounds": [0.5, 1.5], "bootstrap": 0})).unwrap();
    let tiny =
        run(&panel(8, |u, t| 1e-9 * states(u, t)), json!({"variable": "x", "bounds": [0.5e-9, 1.5e-9], "bootstrap": 0})).unwrap();
    let labels = json!({"labels": "state", "order": ["poor", "fair", "rich"], "bootstrap": 0});
    let labels = run(&panel(8, states), labels).unwrap();
    for other in [&tiny, &labels] {
        for name in ["to_1", "to_2", "to_3"] {
            assert_eq!(numbers(table(&plain, "transitions"), name), numbers(table(other, "transitions"), name));
        }
    }
}

#[test]
fn bad_input_is_told_all_at_once() {
    let one = panel(1, noisy);
    let wrong = json!({"variable": "y", "lag": 0, "bounds": [2.0, 1.0], "breaks": [2001, 2001], "level": 1.0});
    let problems = run(&one, wrong).unwrap_err();
    assert_eq!(codes(&problems), ["bounds", "breaks", "options", "options", "one-period", "unknown-variable"]);
    let p = panel(3, noisy);
    assert_eq!(codes(&run(&p, json!({})).unwrap_err()), ["no-variable"]);
    assert_eq!(codes(&run(&panel(3, |_, _| 4.0), json!({"variable": "x"})).unwrap_err()), ["constant"]);
    assert_eq!(codes(&run(&panel(3, |_, _| f64::NAN), json!({"variable": "x"})).unwrap_err()), ["no-values"]);
    let problems = run(&p, json!({"variable": "x", "bounds": [-5.0, 50.0, 1e6]})).unwrap_err();
    assert_eq!(codes(&problems), ["empty-class", "empty-class"]);
    assert!(problems[1].help.contains("between 1000000 and …"), "{}", problems[1].help);
    let tied = panel(3, |u, _| if u == 0 { 1.0 } else { 0.0 });
    assert!(run(&tied, json!({"variable": "x"})).unwrap_err()[0].help.contains("fewer `classes`"));
    let problems = run(&p, json!({"labels": "state", "order": ["poor", "rihc", "poor"]})).unwrap_err();
    assert_eq!(codes(&problems), ["unknown-label", "label-twice", "label-without-place", "label-without-place"]);
    assert!(problems[0].help.contains("did you mean `rich`"), "{}", problems[0].help);
    let problems = run(&p, json!({"variable": "x", "lag": 4})).unwrap_err();
    assert!(problems[0].why.contains("2000, 2001, 2002"), "{}", problems[0].why);
    let below = panel(3, |u, t| noisy(u, t) - 400.0);
    assert_eq!(run(&below, json!({"variable": "x", "relative": true})).unwrap_err().len(), 3);
    let problems = run(&p, json!({"variable": "y", "neighbours": "half.csv"})).unwrap_err();
    assert_eq!(codes(&problems), ["unknown-variable", "unknown-neighbour"]);
}

#[test]
fn idle_options_are_told() {
    let given = |v: Value| MarkovMethod::check_given(v.as_object().unwrap()).len();
    assert_eq!(given(json!({"labels": "state", "classes": 3, "neighbours": "n.csv"})), 2);
    assert_eq!(given(json!({"variable": "x", "bounds": [1.0], "scope": "pooled", "order": ["a"], "style": "binary"})), 3);
    assert_eq!(given(json!({"variable": "x", "classes": 3, "neighbours": "n.csv", "style": "binary"})), 0);
}

#[test]
fn what_a_chain_cannot_say_is_a_finding() {
    let said = |out: &Output, words: &str| out.findings.iter().any(|f| f.message.en.contains(words) && !f.message.zh.is_empty());
    let p = panel(8, noisy);
    let plain = run(&p, json!({"variable": "x", "classes": 2, "bootstrap": 0})).unwrap();
    for words in ["by construction", "drifts", "reducible", "never seen to be left", "no neighbours", "not seen again"] {
        assert!(!said(&plain, words), "{words}: {:?}", plain.findings);
    }
    assert!(said(&run(&p, json!({"variable": "x", "scope": "per-period", "bootstrap": 0})).unwrap(), "by construction"));
    let growing = panel(8, |u, t| noisy(u, t) + 200.0 * f64::from(t - 2000));
    assert!(said(&run(&growing, json!({"variable": "x", "bootstrap": 0})).unwrap(), "drifts"));
    assert!(!said(&run(&growing, json!({"variable": "x", "relative": true, "bootstrap": 0})).unwrap(), "drifts"));
    let still = run(&panel(4, |u, _| u as f64), json!({"variable": "x", "bootstrap": 0})).unwrap();
    assert!(said(&still, "reducible") && said(&still, "Fewer than 10 steps"));
    let last = panel(3, |u, t| if t == 2002 && u == 0 { 2.0 } else { (u % 2) as f64 });
    assert!(said(&run(&last, json!({"variable": "x", "bounds": [0.5, 1.5], "bootstrap": 0})).unwrap(), "never seen to be left"));
    let holes = panel(8, |u, t| if (u, t) == (3, 2004) { f64::NAN } else { noisy(u, t) });
    let out = run(&holes, json!({"variable": "x", "classes": 2, "bootstrap": 0})).unwrap();
    let places: Vec<(&str, &str)> = out.findings.iter().map(|f| (f.code.as_str(), f.place.en.as_str())).collect();
    assert_eq!(places[..2], [("AU002", "u03 2004"), ("AU001", "u03 2003")]);
    let some = json!({"variable": "x", "classes": 2, "bootstrap": 0, "neighbours": "half.csv", "unknown": "skip"});
    let out = run(&p, some).unwrap();
    assert!(said(&out, "5 units have no neighbours") && said(&out, "Pairs of neighbours are left out"));
}
