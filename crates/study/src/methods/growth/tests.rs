use panel::{Group, Meaning, Panel, Variable};

use super::*;

fn panel() -> Panel {
    let mut p = Panel { unit_name: "province".into(), period_name: Some("year".into()), ..Panel::default() };
    let (mut y, mut k, mut l, mut region) = (vec![], vec![], vec![], vec![]);
    for (u, name) in ["a", "b", "c"].iter().enumerate() {
        for t in 0..6 {
            p.units.push((*name).into());
            p.periods.push(2000 + t);
            let (ft, fu) = (f64::from(t), u as f64);
            let (lk, ll) = (3.0 + 0.09 * ft + (ft * 1.3 + fu).sin() * 0.1, 1.0 + 0.01 * ft + (ft * 0.7 - fu).cos() * 0.05);
            k.push(lk.exp());
            l.push(if u == 2 && t == 3 { f64::NAN } else { ll.exp() });
            y.push((0.5 * lk + 0.5 * ll + 0.02 * ft + 0.1 * fu).exp());
            region.push(if u == 0 { "East".to_owned() } else { "West".to_owned() });
        }
    }
    let variable = |name: &str, values: Vec<f64>| Variable { name: name.into(), meaning: Meaning::default(), values };
    p.variables = vec![variable("gdp", y), variable("capital", k), variable("labour", l)];
    p.groups = vec![Group { name: "region".into(), labels: region }];
    Panel::new(p).unwrap()
}

fn run(options: &str) -> Result<Output, Vec<Problem>> {
    let options: GrowthOptions = serde_json::from_str(options).unwrap();
    let panel = panel();
    GrowthAccounting::run(&Input { step: "growth", panel: &panel, folder: std::path::Path::new("."), seed: 1 }, &options)
}

#[test]
fn given_and_estimated_shares_tell_the_same_story() {
    for how in [r#""shares": [0.5]"#, r#""estimate": true"#] {
        let out = run(&format!(
            r#"{{"output": "gdp", "inputs": ["capital", "labour"], {how}, "group": "region", "breaks": [2000, 2003, 2005]}}"#
        ))
        .unwrap();
        let growth = &out.variables[1];
        assert_eq!((growth.name.as_str(), growth.values.len()), ("tfp_growth", 18));
        for v in growth.values.iter().filter(|v| v.is_finite()) {
            assert!((v - 0.02).abs() < 1e-10, "{v}");
        }
        assert_eq!(growth.values.iter().filter(|v| v.is_finite()).count(), 13);
        assert!(out.findings.iter().any(|f| f.code == "GA002" && f.place.en.contains("c 2003")));
        // Three spans (two and the whole), each for all units and two regions.
        assert_eq!(out.tables[0].len(), 9);
        assert_eq!(out.figures.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["tfp", "contributions", "sensitivity", "map"]);
        assert!(out.summary[0].en.contains("TFP 2.00 points"), "{}", out.summary[0].en);
        assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
    }
}

#[test]
fn wrong_options_come_back_all_at_once() {
    let problems = run(r#"{"output": "gdpp", "inputs": ["capital", "labour"], "shares": [0.2, 0.3, 0.4], "group": "regoin", "breaks": [2005, 2000]}"#)
        .unwrap_err();
    let codes: Vec<&str> = problems.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["unknown-variable", "shares", "breaks", "unknown-group"]);
    assert!(problems[0].help.contains("gdp") && problems[3].help.contains("region"));
}

#[test]
fn shares_outside_the_unit_interval_are_refused_unless_flagged() {
    let refused = run(r#"{"output": "labour", "inputs": ["gdp", "capital"], "estimate": true}"#).unwrap_err();
    assert_eq!(refused[0].code, "share-outside");
    let flagged = run(r#"{"output": "labour", "inputs": ["gdp", "capital"], "estimate": true, "outside": "flag"}"#).unwrap();
    assert!(flagged.findings.iter().any(|f| f.code == "GA001"));
}

#[test]
fn options_that_would_do_nothing_are_refused() {
    let problems = run(
        r#"{"output": "gdp", "inputs": ["capital", "capital"], "shares": [0.5], "effects": "unit", "breaks": [1990, 2003, 2010]}"#,
    )
    .unwrap_err();
    let codes: Vec<&str> = problems.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["repeated-variable", "estimate-unused", "breaks", "breaks"]);
    assert!(problems[2].what.contains("1990") && problems[3].what.contains("2010"));
}

#[test]
fn the_estimate_is_described_in_words() {
    let out = run(r#"{"output": "gdp", "inputs": ["capital", "labour"], "estimate": true}"#).unwrap();
    let note = &out.tables.iter().find(|t| t.id == "shares").unwrap().note;
    assert!(note.en.contains("unit and period effects") && note.zh.contains("双固定效应"), "{note:?}");
}

#[test]
fn hours_and_human_capital_are_told_apart_from_persons() {
    let run = |more: &str| run(&format!(r#"{{"output": "gdp", "inputs": ["capital"], "shares": [1.0]{more}}}"#));
    let plain = run("").unwrap();
    assert!(plain.tables.iter().all(|t| t.id != "labour_measures"));
    let out = run(r#", "hours": "labour""#).unwrap();
    let measures = out.tables.iter().find(|t| t.id == "labour_measures").unwrap();
    assert_eq!(measures.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["from", "to", "tfp_0", "tfp_1"]);
    assert_eq!(measures.columns[3].label.en, "capital × labour");
    let rows = out.tables.iter().find(|t| t.id == "growth").unwrap();
    assert!(rows.columns.iter().any(|c| c.name == "contribution_labour"));
    // The share of labour is counted once.
    assert!(out.findings.iter().all(|f| f.code != "GA001"), "{:?}", out.findings);
    let wrong = run(r#", "labour": "labour""#).unwrap_err();
    assert_eq!(wrong[0].code, "labour");
    assert_eq!(run(r#", "labour": "capital""#).unwrap_err()[0].code, "labour");
}

#[test]
fn levels_stand_against_the_base_unit() {
    let run = |more: &str| {
        run(&format!(r#"{{"output": "gdp", "inputs": ["capital", "labour"], "shares": [0.5], "level": "by-period"{more}}}"#))
    };
    let out = run(r#", "base_unit": "c""#).unwrap();
    let (level, keys) = (&out.variables[0].values, &out.variables[0].keys);
    assert!(keys.iter().zip(level).filter(|(k, _)| k.0 == "c" && k.1 != 2003).all(|(_, v)| *v == 1.0));
    // c has no labour in 2003: no levels there, but growth.
    assert!(keys.iter().zip(level).filter(|(k, _)| k.1 == 2003).all(|(_, v)| v.is_nan()));
    assert!(out.findings.iter().any(|f| f.code == "TF020" && f.place.en == "2003"));
    assert_eq!(run(r#", "base_unit": "d""#).unwrap_err()[0].code, "base-unit");
}
