use panel::{Group, Meaning, Panel, Variable};

use super::*;
use crate::{figure::Chart, table::Cells};

/// Twenty-four firms of two industries in two years, spread by sines.
fn panel(years: i32) -> Panel {
    let mut p = Panel { unit_name: "firm".into(), period_name: Some("year".into()), ..Panel::default() };
    let (mut y, mut k, mut l, mut a, mut s, mut labels) = (vec![], vec![], vec![], vec![], vec![], vec![]);
    for firm in 0..24 {
        for t in 0..years {
            let x = f64::from(firm) + 0.3 * f64::from(t);
            p.units.push(format!("f{firm:02}"));
            p.periods.push(2000 + t);
            let first = firm < 12;
            k.push((0.8 * (x * 1.7).sin() + 2.0 + 0.05 * x).exp());
            l.push((0.6 * (x * 0.9).cos() + 1.0).exp());
            y.push((0.4 * (0.8 * (x * 1.7).sin() + 2.0 + 0.05 * x) + 0.5 * (x * 2.3).sin() + 1.5).exp());
            a.push(if first { 0.4 } else { 0.55 });
            s.push(if first { 0.4 } else { 0.3 });
            labels.push(if first { "food".to_owned() } else { "steel".to_owned() });
        }
    }
    let variable = |name: &str, values: Vec<f64>| Variable { name: name.into(), meaning: Meaning::default(), values };
    p.variables =
        vec![variable("va", y), variable("capital", k), variable("wages", l), variable("alpha", a), variable("labour_share", s)];
    p.groups = vec![Group { name: "industry".into(), labels }];
    Panel::new(p).unwrap()
}

fn run(panel: &Panel, options: &str) -> Result<Output, Vec<Problem>> {
    let options: MisallocationSpec =
        serde_json::from_str(&format!(r#"{{"output": "va", "capital": "capital", "labour": "wages", {options}}}"#)).unwrap();
    MisallocationMethod::run(&Input { step: "s", panel, folder: std::path::Path::new("."), seed: 1 }, &options)
}

fn column<'a>(out: &'a Output, table: &str, name: &str) -> &'a [f64] {
    let t = out.tables.iter().find(|t| t.id == table).unwrap();
    match &t.columns.iter().find(|c| c.name == name).unwrap().cells {
        Cells::Number(v, _) => v,
        _ => panic!("{name} holds no numbers"),
    }
}

#[test]
fn gains_by_year_with_their_fan() {
    let out = run(&panel(2), r#""industry": "industry", "capital_share_variable": "alpha", "trim": 0.0, "reference_gain": 42.9"#)
        .unwrap();
    let gain = column(&out, "gains", "gain");
    assert_eq!((gain.len(), column(&out, "sensitivity", "gain").len()), (2, 18));
    assert!(gain.iter().all(|g| *g > 0.0));
    // The fan holds the chosen elasticity without trimming too.
    let (sigma, trim) = (column(&out, "sensitivity", "sigma"), column(&out, "sensitivity", "trim"));
    let at = (0..18).find(|&i| sigma[i] == 3.0 && trim[i] == 0.0).unwrap();
    assert_eq!(column(&out, "sensitivity", "gain")[at].to_bits(), gain[0].to_bits());
    let relative = column(&out, "gains", "gain_relative")[1];
    assert!((relative - 100.0 * ((1.0 + gain[1] / 100.0) / 1.429 - 1.0)).abs() < 1e-12);
    assert_eq!(column(&out, "spread", "sd").len(), 8);
    assert_eq!(out.figures.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["gains", "industries", "firms"]);
    assert_eq!(out.variables.len(), 4);
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
    assert!(out.summary[0].en.starts_with("In 2001"), "{}", out.summary[0].en);
}

#[test]
fn labour_shares_times_three_halves_are_capital_shares() {
    let a = run(&panel(1), r#""industry": "industry", "capital_share_variable": "alpha""#).unwrap();
    let b = run(&panel(1), r#""industry": "industry", "labour_share_variable": "labour_share", "labour_scale": 1.5"#).unwrap();
    assert!((column(&a, "gains", "gain")[0] - column(&b, "gains", "gain")[0]).abs() < 1e-9);
    let refused =
        run(&panel(1), r#""industry": "industry", "labour_share_variable": "labour_share", "labour_scale": 2.5"#).unwrap_err();
    assert_eq!((refused.len(), refused[0].code.as_str()), (12, "share-outside"));
    let several = run(&panel(1), r#""capital_share_variable": "alpha""#).unwrap_err();
    assert_eq!(several[0].code, "several-shares");
}

#[test]
fn oberfield_adds_the_gain_between_industries() {
    let out = run(&panel(1), r#""model": "oberfield", "industry": "industry", "capital_share_variable": "alpha", "trim": 0.0"#)
        .unwrap();
    let (own, between, all) =
        (column(&out, "gains", "gain")[0], column(&out, "gains", "gain_between")[0], column(&out, "gains", "gain_total")[0]);
    assert!(((1.0 + own / 100.0) * (1.0 + between / 100.0) - (1.0 + all / 100.0)).abs() < 1e-12 && between > 0.0);
    let Chart::Bars(bars) = &out.figures[0].chart else { panic!("bars of one year") };
    assert!(bars.items.iter().any(|i| i.0.en == "σ = 3" && (i.1 - all).abs() < 1e-12));
}

#[test]
fn rows_that_are_not_counted_are_told() {
    let mut p = panel(1);
    p.variables[0].values[3] = -4.0;
    p.variables[1].values[5] = f64::NAN;
    let out = run(&p, r#""industry": "industry", "capital_share_variable": "alpha", "trim": 0.05"#).unwrap();
    let told: Vec<&str> = out.findings.iter().filter(|f| f.code == "TF076").map(|f| f.place.en.as_str()).collect();
    assert_eq!(told[..2], ["f05 2000", "f03 2000"]);
    assert_eq!(told.len(), 3);
    let few = run(&p, r#""industry": "industry", "capital_share_variable": "alpha", "trim": 0.2"#).unwrap();
    assert!(few.findings.iter().any(|f| f.code == "TF078"));
}

#[test]
fn factors_with_elasticities_given_and_estimated() {
    let given = run(&panel(8), r#""model": "factor", "capital_share": 0.4"#).unwrap();
    assert_eq!(column(&given, "efficiency", "loss").len(), 8);
    assert!(column(&given, "efficiency", "loss").iter().all(|l| *l > 0.0));
    assert_eq!(
        given.figures.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(),
        ["efficiency", "distortion", "map_capital", "map_labour"]
    );
    let refused = run(&panel(8), r#""model": "factor", "estimate": "unit""#).unwrap_err();
    assert_eq!(refused[0].code, "elasticity-outside");
    let left = run(&panel(8), r#""model": "factor", "estimate": "unit", "outside": "leave-out""#).unwrap();
    let outside = column(&left, "elasticities", "slope").iter().filter(|b| !(**b > 0.0 && **b < 1.0)).count();
    let tau = column(&left, "units", "tau_k");
    assert!(outside > 0 && tau.iter().filter(|t| t.is_nan()).count() == 8 * outside);
    assert!(left.findings.iter().any(|f| f.code == "TF080"));
}

#[test]
fn wrong_options_come_back_all_at_once() {
    let codes = |options: &str| run(&panel(1), options).unwrap_err().into_iter().map(|p| p.code).collect::<Vec<_>>();
    assert_eq!(
        codes(r#""sigma": 1.0, "trim": 0.6, "industry": "industri""#),
        ["capital-share", "sigma", "trim", "unknown-group"]
    );
    assert_eq!(codes(r#""model": "factor", "capital_share": 0.4, "trim": 0.05, "outside": "common""#), ["unused-option"; 2]);
    assert_eq!(
        codes(r#""capital_share": 1.4, "labour_scale": 1.5, "estimate": "unit""#),
        ["capital-share", "unused-option", "capital-share", "unused-option"]
    );
}
