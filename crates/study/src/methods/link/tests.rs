use panel::{Meaning, Origin, Variable};

use super::*;

/// Six units, four years: `b` follows `a` between units and runs against it within them; `c` is constant.
fn panel() -> Panel {
    let mut p = Panel { unit_name: "province".into(), period_name: Some("year".into()), ..Panel::default() };
    let mut columns = [Vec::new(), Vec::new(), Vec::new()];
    for unit in 0..6 {
        for t in 0..4 {
            let wave = f64::from((t + unit) % 2);
            p.units.push(format!("p{unit}"));
            p.periods.push(2000 + t);
            columns[0].push(10.0 * f64::from(unit) + wave);
            columns[1].push(20.0 * f64::from(unit) - wave);
            columns[2].push(1.0);
        }
    }
    let variable = |(name, values): (&str, Vec<f64>)| Variable { name: name.into(), meaning: Meaning::default(), values };
    p.variables = ["a", "b", "c"].into_iter().zip(columns).map(variable).collect();
    Panel::new(p).unwrap()
}

fn run(panel: &Panel, options: &str) -> Result<Output, Vec<Problem>> {
    let spec: LinkSpec = serde_json::from_str(options).unwrap();
    Links::run(&Input { step: "s", panel, folder: std::path::Path::new("."), seed: 1 }, &spec)
}

#[test]
fn signs_that_differ_are_told() {
    let out = run(&panel(), r#"{"index": ["a"], "beside": ["b", "c"], "bootstrap": 200}"#).unwrap();
    let words: Vec<&str> = out.summary.iter().map(|s| s.en.as_str()).collect();
    assert_eq!(words.len(), 2, "{words:?}");
    assert!(words[0].starts_with("a and b: between units r = 1.00 [1.00, 1.00]; over time"), "{words:?}");
    assert!(words[0].ends_with("r = -1.00 [-1.00, -1.00].") && words[1].starts_with("The two differ in sign"), "{words:?}");
    let ids = |t: &[Table]| t.iter().map(|t| (t.id.clone(), t.len())).collect::<Vec<_>>();
    assert_eq!(ids(&out.tables), [("links".into(), 10), ("periods".into(), 8), ("lags".into(), 8)]);
    assert_eq!(out.figures.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["scatter", "matrix", "course"]);
    assert!(out.findings.is_empty());
    let plain = run(&panel(), r#"{"index": ["a"], "beside": ["b"], "bootstrap": 0, "lags": 0}"#).unwrap();
    assert!(plain.summary[0].en.starts_with("a and b: between units r = 1.00; over time"), "{:?}", plain.summary);
    assert!(plain.tables.len() == 2 && plain.tables[0].columns.iter().all(|c| c.name != "r_low"));
}

#[test]
fn shared_columns_are_found() {
    let mut p = panel();
    let of = |names: &[&str]| Origin { made_of: names.iter().map(|n| (*n).to_owned()).collect(), per_period: false };
    p.variables[0].meaning.origin = of(&["gdp", "population"]);
    p.variables[1].meaning.origin = of(&["capital", "gdp", "labour"]);
    let out = run(&p, r#"{"index": ["a"], "beside": ["b"], "bootstrap": 0}"#).unwrap();
    assert_eq!((out.findings.len(), out.findings[0].code.as_str()), (1, "CI006"));
    assert!(out.findings[0].message.en.contains("both computed from gdp:") && out.findings[0].message.zh.contains("gdp"));
    p.variables[1].meaning.origin = of(&["capital", "labour"]);
    assert!(run(&p, r#"{"index": ["a"], "beside": ["b"], "bootstrap": 0}"#).unwrap().findings.is_empty());
}

#[test]
fn what_is_wrong_comes_back_at_once() {
    let codes = |options: &str| run(&panel(), options).unwrap_err().into_iter().map(|p| p.code).collect::<Vec<_>>();
    assert_eq!(
        codes(r#"{"index": [], "beside": ["x", "x"], "level": 2, "lags": 90}"#),
        ["no-variable", "repeated-variable", "level", "lags", "unknown-variable", "unknown-variable"]
    );
    assert_eq!(codes(r#"{"index": ["a"], "beside": ["c"]}"#), ["no-link"]);
}
