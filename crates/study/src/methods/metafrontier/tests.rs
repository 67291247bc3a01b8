use panel::{Group, Meaning, Variable};

use super::*;

/// Two groups on rays `y = x` and `y = 2x`, with a bad output.
fn run(options: &str) -> Result<Output, Vec<Problem>> {
    let variable =
        |name: &str, values: [f64; 4]| Variable { name: name.into(), meaning: Meaning::default(), values: values.into() };
    let panel = Panel::new(Panel {
        unit_name: "plant".into(),
        units: ["A", "B", "C", "D"].map(String::from).into(),
        units_zh: vec![String::new(); 4],
        periods: vec![0; 4],
        groups: vec![Group { name: "region".into(), labels: ["East", "East", "West", "West"].map(String::from).into() }],
        variables: vec![
            variable("x", [2.0, 4.0, 1.0, 4.0]),
            variable("y", [2.0, 2.0, 2.0, 4.0]),
            variable("b", [1.0, 2.0, 1.0, 3.0]),
        ],
        ..Panel::default()
    })
    .unwrap();
    let options: MetafrontierStep =
        serde_json::from_str(&format!(r#"{{"inputs": ["x"], "outputs": ["y"], {options}}}"#)).unwrap();
    let input = Input { step: "metafrontier", panel: &panel, folder: std::path::Path::new("."), seed: 1 };
    MetafrontierMethod::run(&input, &options)
}

fn numbers(out: &Output, table: &str, column: &str) -> Vec<f64> {
    let table = out.tables.iter().find(|t| t.id == table).unwrap();
    match &table.columns.iter().find(|c| c.name == column).unwrap().cells {
        Cells::Number(values, _) => values.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn gaps_of_two_groups() {
    for meta in ["pooled", "union"] {
        let out = run(&format!(r#""group": "region", "meta": "{meta}""#)).unwrap();
        assert_eq!(numbers(&out, "scores", "ratio"), [0.5, 0.5, 1.0, 1.0]);
        assert_eq!(numbers(&out, "groups", "ratio"), [0.5, 1.0]);
        assert!(out.summary[0].en.starts_with("West is closest"), "{}", out.summary[0].en);
        assert!(out.checks.iter().all(|c| c.residual <= c.tolerance), "{:?}", out.checks);
        assert!(out.findings.iter().any(|f| f.code == "FR003" && f.place.en == "East"));
    }
    let out = run(r#""group": "region", "measure": "directional", "direction": "outputs", "bad_outputs": ["b"]"#).unwrap();
    assert!(numbers(&out, "scores", "gap").iter().all(|g| *g >= 0.0));
}

#[test]
fn what_does_not_fit_is_refused() {
    for wrong in [
        r#""group": "sector""#,
        r#""group": "region", "bad_outputs": ["b"]"#,
        r#""group": "region", "rts": "vrs-convex""#,
        r#""group": "region", "measure": "directional", "direction": "range""#,
        r#""group": "region", "measure": "directional", "rts": "vrs", "bad_outputs": ["b"]"#,
    ] {
        assert_eq!(run(wrong).unwrap_err().len(), 1, "{wrong}");
    }
}
