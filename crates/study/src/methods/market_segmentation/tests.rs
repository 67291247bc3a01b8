use panel::{Meaning, Panel, Variable};

use super::*;

/// Four regions, three goods, three years; chain indices around 100.
fn panel() -> Panel {
    let mut p = Panel { unit_name: "region".into(), period_name: Some("year".into()), ..Panel::default() };
    let mut goods = [vec![], vec![], vec![]];
    let (mut factor, mut total) = (vec![], vec![]);
    for u in 0..4 {
        for t in 0..3 {
            p.units.push(["A", "B", "C", "D"][u as usize].into());
            p.periods.push(2001 + t);
            for (k, g) in goods.iter_mut().enumerate() {
                g.push(100.0 + 5.0 * (f64::from(u) * 1.1 + f64::from(t) * 2.3 + k as f64 * 0.7).sin());
            }
            factor.push(4.0 + f64::from(u + t) * 0.5);
            total.push(6.0);
        }
    }
    let variable = |name: &str, values: Vec<f64>| Variable { name: name.into(), meaning: Meaning::default(), values };
    p.variables = ["g1", "g2", "g3"].into_iter().zip(goods).map(|(n, v)| variable(n, v)).collect();
    p.variables.extend([variable("factor", factor), variable("total", total)]);
    Panel::new(p).unwrap()
}

fn run(panel: &Panel, options: &str) -> Result<Output, Vec<Problem>> {
    let options: MarketSpec = serde_json::from_str(options).unwrap();
    let folder = std::env::temp_dir().join(format!("xinzhi-market-{}-{:?}", std::process::id(), std::thread::current().id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("pairs.csv"), "i,j\nA,B\nB,C\nC,Z\n").unwrap();
    let out = MarketSegmentation::run(&Input { step: "s", panel, folder: &folder, seed: 1 }, &options);
    std::fs::remove_dir_all(&folder).unwrap();
    out
}

#[test]
fn all_pairs_or_neighbours() {
    let all = run(&panel(), r#"{"goods": ["g1", "g2", "g3"]}"#).unwrap();
    assert_eq!(all.tables[2].len(), 18);
    assert_eq!(all.figures.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["segmentation", "map"]);
    assert!(all.variables[0].values.iter().all(|v| *v > 0.0) && all.checks[0].residual <= 1e-12);
    assert!(all.findings.iter().any(|f| f.code == "TF083"));
    let options =
        r#"{"goods": ["g1", "g2", "g3"], "neighbours": "pairs.csv", "unknown": "skip", "absolute": false, "centre": false}"#;
    let near = run(&panel(), options).unwrap();
    assert_eq!((near.tables[2].len(), near.checks.len()), (6, 0));
    // D has no neighbour, Z no data.
    let places: Vec<&str> = near.findings.iter().filter(|f| f.code == "TF084").map(|f| f.place.en.as_str()).collect();
    assert_eq!(places, ["D", "Z"]);
    let refused = run(&panel(), r#"{"goods": ["g1", "g2", "g9"], "neighbours": "pairs.csv"}"#).unwrap_err();
    assert_eq!(refused.iter().map(|p| p.code.as_str()).collect::<Vec<_>>(), ["unknown-variable", "unknown-neighbour"]);
}

#[test]
fn missing_and_impossible_prices_are_told() {
    let mut p = panel();
    p.variables[0].values[4] = f64::NAN;
    let out = run(&p, r#"{"goods": ["g1", "g2", "g3"]}"#).unwrap();
    let finding = out.findings.iter().find(|f| f.code == "TF082").unwrap();
    assert!(finding.place.en == "g1" && finding.message.en.starts_with("3 relative prices"), "{finding:?}");
    p.variables[1].values[2] = 0.0;
    let refused = run(&p, r#"{"goods": ["g1", "g2", "g3"]}"#).unwrap_err();
    assert_eq!((refused[0].code.as_str(), refused[0].place.unit.as_deref()), ("not-positive", Some("A")));
}

#[test]
fn factor_markets_against_three_benchmarks() {
    let out = run(&panel(), r#"{"model": "factor-market", "factor_index": "factor", "total_index": "total"}"#).unwrap();
    assert!((out.variables[0].values[0] - 1.0 / 3.0).abs() < 1e-15);
    assert!(out.findings.iter().any(|f| f.code == "TF085" && f.place.en.contains("D 2003")));
    let best = run(&panel(), r#"{"model": "factor-market", "factor_index": "factor", "benchmark": "sample"}"#).unwrap();
    assert_eq!(best.variables[0].values[11], 0.0);
    let own = run(&panel(), r#"{"model": "factor-market", "factor_index": "factor", "benchmark": "period"}"#).unwrap();
    assert_eq!(own.variables[0].values[9], 0.0);
}

#[test]
fn wrong_options_come_back_all_at_once() {
    let codes = |options: &str| run(&panel(), options).unwrap_err().into_iter().map(|p| p.code).collect::<Vec<_>>();
    assert_eq!(
        codes(r#"{"goods": ["g1"], "step": 2, "unit_column": "i", "benchmark": "sample"}"#),
        ["unused-option", "goods", "step", "unused-option"]
    );
    assert_eq!(codes(r#"{"model": "factor-market", "goods": ["g1", "g2"]}"#), ["unused-option", "missing-option", "total-index"]);
}
