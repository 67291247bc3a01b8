use panel::{Group, Meaning, Panel, Variable};

use super::*;
use crate::table::Cells;

fn variable(name: &str, values: &[f64]) -> Variable {
    Variable { name: name.into(), meaning: Meaning::default(), values: values.to_vec() }
}

/// Two provinces, one variable per industry.
fn wide() -> Panel {
    Panel::new(Panel {
        unit_name: "province".into(),
        period_name: Some("year".into()),
        units: ["a", "a", "b", "b"].map(String::from).to_vec(),
        periods: vec![2000, 2010, 2000, 2010],
        variables: vec![
            variable("va1", &[60.0, 60.0, 50.0, 80.0]),
            variable("va2", &[120.0, 240.0, 50.0, 60.0]),
            variable("emp1", &[60.0, 40.0, 50.0, 40.0]),
            variable("emp2", &[40.0, 60.0, 50.0, 60.0]),
        ],
        ..Panel::default()
    })
    .unwrap()
}

/// The same in rows, the provinces as groups.
fn long() -> Panel {
    let keys = [("a", 1), ("a", 2), ("b", 1), ("b", 2)];
    let units = keys.iter().flat_map(|(p, i)| [format!("{p}{i}"), format!("{p}{i}")]).collect();
    let group = |name: &str, f: &dyn Fn(&(&str, i32)) -> String| Group {
        name: name.into(),
        labels: keys.iter().flat_map(|k| [f(k), f(k)]).collect(),
    };
    Panel::new(Panel {
        unit_name: "row".into(),
        period_name: Some("year".into()),
        units,
        periods: [2000, 2010].repeat(4),
        variables: vec![
            variable("va", &[60.0, 60.0, 120.0, 240.0, 50.0, 80.0, 50.0, 60.0]),
            variable("emp", &[60.0, 40.0, 40.0, 60.0, 50.0, 40.0, 50.0, 60.0]),
        ],
        groups: vec![group("province", &|k| k.0.to_owned()), group("sector", &|k| format!("s{}", k.1))],
        ..Panel::default()
    })
    .unwrap()
}

fn run(panel: &Panel, options: &str) -> Result<Output, Vec<Problem>> {
    let options: ShiftShareSpec = serde_json::from_str(options).unwrap();
    ShiftShareMethod::run(&Input { step: "s", panel, folder: std::path::Path::new("."), seed: 1 }, &options)
}

const WIDE: &str = r#""output": ["va1", "va2"], "labour": ["emp1", "emp2"]"#;

fn numbers<'a>(out: &'a Output, table: usize, name: &str) -> &'a [f64] {
    match &out.tables[table].columns.iter().find(|c| c.name == name).unwrap().cells {
        Cells::Number(v, _) => v,
        other => panic!("{other:?}"),
    }
}

/// Province a by hand: 7/10, 2/5 and 1/10 of an initial 9/5; province b 1/2, 0 and -1/10 of 1.
#[test]
fn columns_and_rows_of_industries_say_the_same() {
    let wide = run(&wide(), &format!("{{{WIDE}}}")).unwrap();
    let long = run(&long(), r#"{"output": ["va"], "labour": ["emp"], "economy": "province", "industry": "sector"}"#).unwrap();
    let expected = [[700.0 / 18.0, 400.0 / 18.0, 100.0 / 18.0], [50.0, 0.0, -10.0]];
    for out in [&wide, &long] {
        for (e, parts) in expected.iter().enumerate() {
            for (name, want) in ["within", "between", "interaction"].iter().zip(parts) {
                assert!((numbers(out, 0, name)[e] - want).abs() < 1e-12, "{name}");
            }
        }
        assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
        assert!(out.findings.iter().any(|f| f.code == "TF022" && f.place.en == "b"), "{:?}", out.findings);
        assert_eq!(out.figures.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["parts", "industries"]);
        assert!(out.summary[0].en.contains("2 economies"), "{}", out.summary[0].en);
    }
    assert_eq!(numbers(&wide, 1, "total"), numbers(&long, 1, "total"));
}

#[test]
fn one_economy_is_told_in_words_and_years() {
    let panel = long();
    let rows: Vec<usize> = (0..4).collect();
    let out = run(&panel.rows(&rows), r#"{"output": ["va"], "labour": ["emp"]}"#).unwrap();
    assert!(out.summary[0].en.contains("changed by 66.7 %: within industries 38.9"), "{}", out.summary[0].en);
    assert!(out.summary[1].zh.contains("结构红利"), "{}", out.summary[1].zh);
}

#[test]
fn a_missing_industry_is_counted_and_named() {
    let mut panel = wide();
    panel.variables[0].values[1] = f64::NAN;
    let out = run(&panel, &format!("{{{WIDE}}}")).unwrap();
    let finding = out.findings.iter().find(|f| f.code == "TF021").unwrap();
    assert_eq!(finding.place.en, "a: va1 2010");
    assert!(numbers(&out, 0, "within")[0].is_nan());
}

#[test]
fn wrong_options_come_back_all_at_once() {
    let text = r#"{"output": ["va1", "va9"], "labour": ["emp1"], "economy": "x", "breaks": [2000, 2005],
        "relative_price": ["va1", "va2"], "reference": "aggregate"}"#;
    let codes: Vec<String> = run(&wide(), text).unwrap_err().into_iter().map(|p| p.code).collect();
    assert_eq!(codes, ["reference", "economy", "unknown-variable", "industries", "breaks"]);
    let mut panel = wide();
    panel.variables[2].values[0] = -1.0;
    let problems = run(&panel, &format!("{{{WIDE}}}")).unwrap_err();
    assert_eq!((problems[0].code.as_str(), problems[0].place.column.as_deref()), ("impossible-labour", Some("emp1")));
    let twice = run(&long(), r#"{"output": ["va"], "labour": ["emp"], "industry": "sector"}"#).unwrap_err();
    assert_eq!(twice[0].code, "duplicate-industry");
}
