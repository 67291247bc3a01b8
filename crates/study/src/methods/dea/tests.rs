use panel::{Meaning, Variable};

use super::*;

/// Six power plants of Tone (2002).
fn power_plants() -> Panel {
    let variable =
        |name: &str, values: [f64; 6]| Variable { name: name.into(), meaning: Meaning::default(), values: values.into() };
    Panel::new(Panel {
        unit_name: "plant".into(),
        units: ["D1", "D2", "D3", "D4", "D5", "D6"].map(String::from).into(),
        units_zh: vec![String::new(); 6],
        periods: vec![0; 6],
        variables: vec![
            variable("manpower", [80.0, 65.0, 83.0, 40.0, 52.0, 94.0]),
            variable("cost", [600.0, 200.0, 400.0, 1000.0, 600.0, 700.0]),
            variable("acreage", [54.0, 97.0, 72.0, 75.0, 20.0, 36.0]),
            variable("villages", [8.0, 1.0, 4.0, 7.0, 3.0, 5.0]),
            variable("power", [90.0, 58.0, 60.0, 80.0, 72.0, 96.0]),
            variable("safety", [5.0, 1.0, 7.0, 10.0, 8.0, 6.0]),
        ],
        ..Panel::default()
    })
    .unwrap()
}

fn run(options: &str) -> Result<Output, Vec<Problem>> {
    let panel = power_plants();
    let names = r#""inputs": ["manpower", "cost", "acreage", "villages"], "outputs": ["power", "safety"]"#;
    let options: DeaStep = serde_json::from_str(&format!("{{{names}, {options}}}")).unwrap();
    RadialDea::run(&Input { step: "dea", panel: &panel, folder: std::path::Path::new("."), seed: 1 }, &options)
}

fn codes(out: &Output) -> Vec<&str> {
    out.findings.iter().map(|f| f.code.as_str()).collect()
}

fn table<'a>(out: &'a Output, id: &str) -> Option<&'a Table> {
    out.tables.iter().find(|t| t.id == id)
}

#[test]
fn super_efficiency_says_what_cannot_be_reached() {
    let out = run(r#""rts": "vrs", "super_efficiency": true"#).unwrap();
    assert_eq!(codes(&out), ["FR003", "FR006", "FR008"]);
    let place = &out.findings[1].place;
    assert_eq!(place.en, "D4 (safety), D6 (power)");
    assert_eq!(table(&out, "unreached").unwrap().len(), 2);
    assert_eq!(out.summary[0].en, "4 of 6 units lie beyond all others.");
    assert!(out.summary[2].en.starts_with("2 more cannot be measured"));
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance), "{:?}", out.checks);
    let crs = run(r#""rts": "crs", "super_efficiency": true"#).unwrap();
    assert_eq!((codes(&crs), table(&crs, "unreached")), (vec!["FR003", "FR008"], None));
}

#[test]
fn a_hull_has_no_prices_and_says_who_is_undominated() {
    let out = run(r#""rts": "fdh""#).unwrap();
    assert_eq!(codes(&out), ["FR003", "FR007"]);
    assert!(table(&out, "prices").is_none() && table(&out, "peers").unwrap().len() == 6);
    assert!(out.checks.iter().any(|c| c.name.en == "VRS score ≤ FDH score"));
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance), "{:?}", out.checks);
}

#[test]
fn elasticities_have_columns_and_bounds_are_named() {
    let out = run(r#""elasticity": true"#).unwrap();
    let scores = table(&out, "scores").unwrap();
    for name in ["elasticity", "elasticity_low", "elasticity_high", "elasticity_rts", "elasticity_status"] {
        assert!(scores.columns.iter().any(|c| c.name == name), "{name}");
    }
    let out = run(r#""rts": "generalised", "lower": 0.8, "upper": 1.2"#).unwrap();
    assert!(table(&out, "scores").unwrap().note.en.contains("sum of weights from 0.8 to 1.2"));
}

#[test]
fn contradictions_are_told_once_each() {
    let problems = run(r#""rts": "crs", "lower": 0.8, "elasticity": true"#).unwrap_err();
    assert_eq!(problems.len(), 2, "{problems:?}");
}

#[test]
fn many_units_have_a_distribution_and_ranks_with_ties() {
    let n = 200_u32;
    let column =
        |get: fn(u32) -> f64| Variable { name: String::new(), meaning: Meaning::default(), values: (0..n).map(get).collect() };
    let panel = Panel::new(Panel {
        unit_name: "unit".into(),
        units: (0..n).map(|i| format!("u{i:03}")).collect(),
        variables: vec![
            Variable { name: "x".into(), ..column(|i| 1.0 + f64::from(i / 2)) },
            Variable { name: "y".into(), ..column(|_| 1.0) },
        ],
        ..Panel::default()
    })
    .unwrap();
    let options: DeaStep = serde_json::from_str(r#"{"inputs": ["x"], "outputs": ["y"]}"#).unwrap();
    let input = Input { step: "dea", panel: &panel, folder: std::path::Path::new("."), seed: 1 };
    let out = RadialDea::run(&input, &options).unwrap();
    let (mut counted, mut ranks) = (0.0, Vec::new());
    for figure in &out.figures {
        match &figure.chart {
            crate::figure::Chart::Bars(bars) => counted = bars.items.iter().map(|i| i.1).sum(),
            crate::figure::Chart::Ranking(ranking) => ranks = ranking.rows.iter().map(|r| r.ranks.0).collect(),
            _ => {}
        }
    }
    assert_eq!(counted, 200.0);
    assert_eq!((ranks.len(), &ranks[..5]), (200, &[1, 1, 3, 3, 5][..]));
}

#[test]
fn what_a_unit_cannot_choose_is_named_in_the_note() {
    let out = run(r#""rts": "vrs", "non_discretionary": ["cost"], "non_controllable": ["safety"], "environment": ["villages"]"#)
        .unwrap();
    let note = &table(&out, "scores").unwrap().note.en;
    assert!(note.contains("Non-discretionary: cost.") && note.contains("Compared within the environment: villages."), "{note}");
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance), "{:?}", out.checks);
    let wrong = run(r#""non_discretionary": ["villages", "power_cuts"], "non_controllable": ["villages"], "translation": [5.0]"#);
    let codes: Vec<String> = wrong.unwrap_err().into_iter().map(|p| p.code.to_string()).collect();
    assert_eq!(codes, ["control", "control", "translation"]);
    assert_eq!(run(r#""environment": ["altitude"]"#).unwrap_err().len(), 1);
}

#[test]
fn undesirable_outputs_are_turned_round() {
    let swapped = r#""inputs": ["manpower", "cost", "acreage"], "outputs": ["power"], "bad_outputs": ["villages"], "rts": "vrs""#;
    let options: DeaStep = serde_json::from_str(&format!("{{{swapped}, \"translation\": [9.0]}}")).unwrap();
    assert!(RadialDea::check(&options).is_empty());
    let panel = power_plants();
    let run = |o: &DeaStep| RadialDea::run(&Input { step: "dea", panel: &panel, folder: std::path::Path::new("."), seed: 1 }, o);
    let out = run(&options).unwrap();
    for id in ["slacks", "targets", "prices"] {
        assert!(table(&out, id).unwrap().columns.iter().any(|c| c.name == "villages"), "{id}");
    }
    assert_eq!(run(&DeaStep { translation: vec![8.0], ..options }).unwrap_err().len(), 1);
}

#[test]
fn whole_numbers_of_peers() {
    let out = run(r#""rts": "replication""#).unwrap();
    assert!(table(&out, "prices").is_none());
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance), "{:?}", out.checks);
    let scaled = run(r#""rts": "fdh", "lower": 0.85, "upper": 1.15"#).unwrap();
    assert!(table(&scaled, "scores").unwrap().note.en.contains("peers scaled by 0.85 to 1.15"));
}

#[test]
fn sums_of_units_scaled_up() {
    let out = run(r#""rts": "upscaling""#).unwrap();
    assert!(table(&out, "prices").is_none());
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance), "{:?}", out.checks);
    assert!(table(&out, "scores").unwrap().note.en.contains("free hull of units scaled up"));
}

#[test]
fn whole_targets_are_named_in_the_note() {
    let out = run(r#""rts": "vrs", "integer": ["manpower", "villages"]"#).unwrap();
    assert!(table(&out, "prices").is_none());
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance), "{:?}", out.checks);
    assert!(table(&out, "scores").unwrap().note.en.contains("Whole targets: manpower, villages."));
    let Some(Cells::Number(targets, _)) =
        table(&out, "targets").unwrap().columns.iter().find(|c| c.name == "manpower").map(|c| &c.cells)
    else {
        panic!("targets of manpower")
    };
    assert!(targets.iter().all(|x| x.fract() == 0.0), "{targets:?}");
    let codes = |options: &str| run(options).unwrap_err().into_iter().map(|p| p.code.to_string()).collect::<Vec<_>>();
    assert_eq!(codes(r#""integer": ["altitude"]"#), ["integer"]);
    assert_eq!(codes(r#""rts": "fdh", "integer": ["manpower"]"#).len(), 1);
}
