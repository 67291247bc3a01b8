use panel::{Meaning, Variable};

use super::*;
use crate::{methods, table::Cells};

/// Two plants over two years; in the later year one emits far more.
fn panel() -> Panel {
    let variable =
        |name: &str, values: [f64; 4]| Variable { name: name.into(), meaning: Meaning::default(), values: values.into() };
    Panel::new(Panel {
        unit_name: "plant".into(),
        period_name: Some("year".into()),
        units: ["a", "a", "b", "b"].map(String::from).into(),
        units_zh: vec![String::new(); 4],
        periods: vec![2001, 2002, 2001, 2002],
        groups: Vec::new(),
        variables: vec![
            variable("x", [1.0, 2.0, 1.0, 1.0]),
            variable("y", [1.0, 3.0, 2.0, 2.0]),
            variable("b", [1.0, 9.0, 1.0, 1.0]),
            variable("g", [0.0, 0.0, 1.0, 1.0]),
        ],
    })
    .unwrap()
}

fn run(method: &str, options: &str) -> Result<Output, Vec<Problem>> {
    let panel = panel();
    let input = Input { step: "s", panel: &panel, folder: std::path::Path::new("."), seed: 1 };
    (methods::entry(method).unwrap().run)(&input, &serde_json::from_str(options).unwrap())
}

const THREE: &str = r#""inputs": ["x"], "outputs": ["y"], "bad_outputs": ["b"]"#;

#[test]
fn distances_prices_and_what_is_beyond_reach() {
    let out = run("directional", &format!(r#"{{{THREE}, "direction": "outputs", "frontier": "pooled"}}"#)).unwrap();
    // Plant a in 2001 makes half of b's output with the same: y/b = 2 asks for (1 + β) / (1 - β) = 2.
    assert!((out.variables[0].values[0] - 1.0 / 3.0).abs() < 1e-12, "{:?}", out.variables[0].values);
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
    let price = out.tables[1].columns.iter().find(|c| c.name == "price_b").unwrap();
    assert_eq!(price.unit.en, "y / b");
    assert!(matches!(&price.cells, Cells::Number(v, _) if v[0].is_finite()));

    let options =
        format!(r#"{{{THREE}, "exclude_own": true, "rts": "vrs-convex", "direction": "inputs", "frontier": "pooled"}}"#);
    let out = run("directional", &options).unwrap();
    let finding = out.findings.iter().find(|f| f.code == "FR009").unwrap();
    assert!(finding.message.en.contains("a 2002"), "{}", finding.message.en);
}

#[test]
fn the_indicator_and_the_index_name_what_failed_and_stand_beside_it() {
    for (method, more, value) in [
        ("luenberger", r#""direction": "outputs", "rts": "vrs-convex""#, "global"),
        ("malmquist-luenberger", r#""index": "cfg1997", "rts": "vrs-convex""#, "biennial"),
    ] {
        let out = run(method, &format!("{{{THREE}, {more}}}")).unwrap();
        let codes: Vec<&str> = out.findings.iter().map(|f| f.code.as_str()).collect();
        // Three units are few for three variables.
        assert_eq!(codes, ["FR009", "FR003"], "{method}");
        assert!(out.findings[0].message.en.contains("a 2002 against the technology of 2001"), "{}", out.findings[0].message.en);
        assert_eq!(out.tables.iter().find(|t| t.id == "failures").unwrap().len(), 1);
        let beside = out.tables.iter().find(|t| t.id == "alternatives").unwrap();
        let column = beside.columns.iter().find(|c| c.name == value).unwrap();
        assert!(matches!(&column.cells, Cells::Number(v, _) if v.iter().all(|x| x.is_finite())));
        assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
    }
    let out = run("luenberger", &format!(r#"{{{THREE}, "indicator": "global"}}"#)).unwrap();
    assert!(out.findings.is_empty() && out.tables.iter().all(|t| t.id != "failures"));
    assert_eq!(out.tables[0].title.en, "Arithmetic means by period");
}

#[test]
fn a_direction_that_is_none_is_a_problem() {
    let refused = |options: &str| -> Vec<String> {
        run("directional", &format!("{{{THREE}, {options}}}")).unwrap_err().into_iter().map(|p| p.code.to_string()).collect()
    };
    assert_eq!(refused(r#""direction": "custom""#), ["direction"]);
    assert_eq!(refused(r#""lengths": [1, 1, 1]"#), ["direction"]);
    assert_eq!(refused(r#""direction": "custom", "lengths": [0, 0, 0]"#), ["zero-direction"]);
    assert_eq!(refused(r#""direction": "custom", "lengths": [-1, 0, 0]"#), ["direction-length"]);
    assert_eq!(refused(r#""direction": "custom", "length_variables": ["g", "g", "g"]"#), ["zero-direction", "zero-direction"]);
    assert_eq!(refused(r#""rts": "vrs""#), ["returns"]);
    assert_eq!(refused(r#""numeraire": "x""#), ["numeraire"]);
}
