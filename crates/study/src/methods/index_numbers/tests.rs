use panel::{Group, Meaning, Panel, Variable};

use super::*;

/// Three products in two groups over six periods; product c is not sold in the third.
fn panel(edit: impl Fn(&mut Panel)) -> Panel {
    let mut p = Panel { unit_name: "product".into(), period_name: Some("year".into()), ..Panel::default() };
    let (mut price, mut quantity, mut kind) = (vec![], vec![], vec![]);
    for (u, name) in ["a", "b", "c"].iter().enumerate() {
        for t in 0..6 {
            p.units.push((*name).into());
            p.periods.push(2000 + t);
            let x = 1.0 + 0.1 * f64::from(t) + (f64::from(t) * 1.9 + u as f64).sin() * 0.3;
            let gone = u == 2 && t == 2;
            price.push(if gone { f64::NAN } else { x });
            quantity.push(if gone { f64::NAN } else { 5.0 / (x * x) });
            kind.push(if u == 0 { "food".to_owned() } else { "fuel".to_owned() });
        }
    }
    let variable = |name: &str, values: Vec<f64>| Variable { name: name.into(), meaning: Meaning::default(), values };
    p.variables = vec![variable("price", price), variable("quantity", quantity)];
    p.groups = vec![Group { name: "kind".into(), labels: kind }];
    edit(&mut p);
    Panel::new(p).unwrap()
}

fn run(panel: &Panel, options: &str) -> Result<Output, Vec<Problem>> {
    let options: IndexStep = serde_json::from_str(options).unwrap();
    IndexNumbers::run(&Input { step: "a", panel, folder: std::path::Path::new("."), seed: 1 }, &options)
}

#[test]
fn every_model_tells_its_story() {
    for more in [
        r#""compare": ["laspeyres", "paasche"], "group": "kind""#,
        r#""model": "fixed-base", "base": 2002"#,
        r#""model": "period-on-period", "formula": "walsh""#,
        r#""model": "geks", "formula": "tornqvist", "window": 4, "splice": "hasp""#,
        r#""model": "geary-khamis", "measure": "quantity""#,
        r#""model": "time-product-dummy", "window": 3"#,
    ] {
        let out = run(&panel(|_| ()), &format!(r#"{{"price": "price", "quantity": "quantity", {more}}}"#)).unwrap();
        assert_eq!((out.tables[0].id.as_str(), out.tables[0].len()), ("index", 6), "{more}");
        assert_eq!(out.tables[1].id, "models");
        assert!(out.checks.iter().all(|c| c.residual <= c.tolerance), "{more}");
        assert_eq!(out.variables[0].values.len(), 18);
        assert!(!out.summary.is_empty() && out.summary.iter().all(|t| !t.zh.is_empty()));
        assert!(out.figures.iter().all(|f| !f.title.zh.is_empty()));
    }
    let out = run(&panel(|_| ()), r#"{"price": "price", "quantity": "quantity", "group": "kind"}"#).unwrap();
    assert_eq!(out.tables[2].len(), 12);
    assert_eq!(out.figures.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["index", "models", "groups"]);
}

#[test]
fn prices_alone() {
    let out = run(&panel(|_| ()), r#"{"price": "price", "formula": "dutot", "compare": ["jevons", "carli"]}"#).unwrap();
    let codes: Vec<(&str, &str)> = out.findings.iter().map(|f| (f.code.as_str(), f.place.en.as_str())).collect();
    assert!(codes.contains(&("TF034", "dutot")) && codes.contains(&("TF034", "carli")), "{codes:?}");
    let refused = run(&panel(|_| ()), r#"{"price": "price"}"#).unwrap_err();
    assert_eq!(refused[0].code, "no-quantity");
}

#[test]
fn what_is_left_out_is_told() {
    let thin = panel(|p| {
        p.variables[1].values[3] = f64::NAN;
        // Nothing but product c from 2004 on, which 2003 does not sell.
        for i in [4, 5, 10, 11, 15] {
            p.variables[0].values[i] = f64::NAN;
            p.variables[1].values[i] = f64::NAN;
        }
    });
    let out = run(&thin, r#"{"price": "price", "quantity": "quantity"}"#).unwrap();
    let found = |code: &str| out.findings.iter().find(|f| f.code == code).unwrap_or_else(|| panic!("{code}: {:?}", out.findings));
    assert!(found("TF030").place.en.contains("a 2003"));
    assert!(found("TF031").message.en.contains("80 %"));
    let broken = &found("TF032").place.en;
    assert!(broken.contains("2004 (no product in common)") && broken.contains("2005 (not linked to the base)"), "{broken}");
    assert!(out.variables[0].values[17].is_nan());
}

#[test]
fn wrong_options_and_cells_come_back_all_at_once() {
    let codes = |problems: Vec<Problem>| problems.into_iter().map(|p| p.code).collect::<Vec<String>>();
    let problems = run(
        &panel(|_| ()),
        r#"{"price": "prise", "quantity": "quantity", "group": "knd", "model": "geary-khamis", "formula": "walsh",
            "compare": ["fisher"], "splice": "half", "reference": [2000], "elasticity": 2}"#,
    );
    let expected = ["option-unused"; 5].into_iter().chain(["unknown-variable", "unknown-group"]).collect::<Vec<_>>();
    assert_eq!(codes(problems.unwrap_err()), expected);
    let problems = run(
        &panel(|_| ()),
        r#"{"price": "price", "quantity": "quantity", "model": "geks", "formula": "lloyd-moulton", "base": 1990, "window": 1}"#,
    );
    assert_eq!(codes(problems.unwrap_err()), ["unknown-period", "elasticity", "not-reversible", "window"]);
    let bad = panel(|p| {
        p.variables[0].values[0] = 0.0;
        p.variables[1].values[7] = -2.0;
    });
    let problems = run(&bad, r#"{"price": "price", "quantity": "quantity"}"#).unwrap_err();
    assert_eq!(problems.len(), 2);
    assert!(problems[0].place.unit.as_deref() == Some("a") && problems[1].place.period == Some(2001));
}
