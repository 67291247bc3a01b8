use panel::{Meaning, Panel, Variable};

use super::*;

fn panel(edit: impl Fn(&mut Panel)) -> Panel {
    let mut p = Panel { unit_name: "state".into(), period_name: Some("year".into()), ..Panel::default() };
    let names = ["crops", "livestock", "p_crops", "p_livestock", "land", "labour", "p_land", "p_labour"];
    let mut columns = vec![Vec::new(); names.len()];
    for (u, name) in ["a", "b", "c"].iter().enumerate() {
        for t in 0..4 {
            p.units.push((*name).into());
            p.periods.push(2000 + t);
            for (k, c) in columns.iter_mut().enumerate() {
                let x = f64::from(t) * 0.1 + (u as f64 * 1.7 + k as f64 * 0.9 + f64::from(t)).sin() * 0.1;
                c.push(x.exp() * 10.0);
            }
        }
    }
    let variable = |(name, values): (&&str, Vec<f64>)| Variable { name: (*name).into(), meaning: Meaning::default(), values };
    p.variables = names.iter().zip(columns).map(variable).collect();
    edit(&mut p);
    Panel::new(p).unwrap()
}

const SIDES: &str = r#""output_quantities": ["crops", "livestock"], "output_prices": ["p_crops", "p_livestock"],
    "input_quantities": ["land", "labour"], "input_prices": ["p_land", "p_labour"]"#;

fn run(panel: &Panel, more: &str) -> Result<Output, Vec<Problem>> {
    let options: SuperlativeStep = serde_json::from_str(&format!("{{{SIDES}{more}}}")).unwrap();
    SuperlativeTfp::run(&Input { step: "a", panel, folder: std::path::Path::new("."), seed: 1 }, &options)
}

#[test]
fn every_model_tells_its_story() {
    for more in [
        "",
        r#", "scope": "period""#,
        r#", "scope": "chained-periods", "formula": "tornqvist""#,
        r#", "model": "geks", "base": "panel""#,
        r#", "model": "chained", "formula": "laspeyres""#,
    ] {
        let out = run(&panel(|_| ()), more).unwrap();
        assert_eq!(out.tables.iter().map(|t| (t.id.as_str(), t.len())).collect::<Vec<_>>(), [("by_period", 4), ("tfp", 12)]);
        assert!(out.variables.iter().all(|v| v.values.len() == 12));
        assert!(out.variables[0].values.iter().all(|x| x.is_finite()), "{more}");
        assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
        assert_eq!(out.figures.len(), 2);
        assert!(!out.summary.is_empty() && out.summary.iter().all(|t| !t.zh.is_empty()));
    }
}

#[test]
fn rows_left_out_are_counted() {
    let short = panel(|p| {
        p.variables[5].values[1] = f64::NAN;
        p.variables[6].values.iter_mut().for_each(|x| *x *= 10.0);
    });
    let out = run(&short, "").unwrap();
    let codes: Vec<(&str, &str)> = out.findings.iter().map(|f| (f.code.as_str(), f.place.en.as_str())).collect();
    assert!(codes.contains(&("TF036", "a 2001")) && codes.contains(&("TF036", "a 2002")), "{codes:?}");
    assert!(codes.contains(&("TF037", "revenue / cost")), "{codes:?}");
}

#[test]
fn wrong_options_and_cells_come_back_all_at_once() {
    let codes = |problems: Vec<Problem>| problems.into_iter().map(|p| p.code).collect::<Vec<String>>();
    let options = r#"{"output_quantities": ["crops", "crops"], "output_prices": ["p_crops"], "input_quantities": [],
        "model": "geks", "formula": "paasche", "step": 0}"#;
    let step: SuperlativeStep = serde_json::from_str(options).unwrap();
    assert_eq!(codes(SuperlativeTfp::check(&step)), ["prices", "no-variable", "repeated-variable", "step", "not-reversible"]);
    let bad = panel(|p| {
        p.variables[0].values[2] = 0.0;
        p.variables[7].values[9] = -1.0;
    });
    let problems = run(&bad, "").unwrap_err();
    assert_eq!(problems.len(), 2);
    assert!(problems[0].place.column.as_deref() == Some("crops") && problems[0].what.contains("zero"));
    assert!(problems[1].place.unit.as_deref() == Some("c") && problems[1].what.contains("negative"));
    let zero = panel(|p| p.variables[0].values[2] = 0.0);
    assert!(run(&zero, r#", "model": "chained""#).is_ok());
}
