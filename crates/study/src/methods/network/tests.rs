use panel::{Meaning, Variable};

use super::*;
use crate::methods;

/// Two chains over two years: what the laboratory makes of its input, and what the market makes of that.
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
            variable("rd", [1.0, 1.0, 2.0, 2.0]),
            variable("patents", [1.0, 1.0, 2.0, 2.0]),
            variable("sales", [1.0; 4]),
            variable("loss", [1.0, -1.0, 1.0, 1.0]),
            variable("none", [0.0; 4]),
        ],
    })
    .unwrap()
}

fn run(options: &str) -> Result<Output, Vec<Problem>> {
    let panel = panel();
    let input = Input { step: "s", panel: &panel, folder: std::path::Path::new("."), seed: 1 };
    (methods::entry("network").unwrap().run)(&input, &serde_json::from_str(options).unwrap())
}

const DIVISIONS: &str = r#""divisions": { "market": { "outputs": ["sales"] }, "lab": { "inputs": ["rd"] } }"#;

fn link(kind: &str) -> String {
    format!(r#""links": [{{ "from": "lab", "to": "market", "variables": ["patents"], "kind": "{kind}" }}]"#)
}

fn numbers(out: &Output, table: &str, column: &str) -> Vec<f64> {
    let table = out.tables.iter().find(|t| t.id == table).unwrap();
    match &table.columns.iter().find(|c| c.name == column).unwrap().cells {
        Cells::Number(values, _) => values.clone(),
        other => panic!("{other:?}"),
    }
}

fn close(found: &[f64], expected: &[f64]) {
    assert!(found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 1e-9), "{found:?}");
}

#[test]
fn the_whole_its_divisions_and_what_they_hand_over() {
    let out = run(&format!(r#"{{ {DIVISIONS}, {}, "orientation": "input" }}"#, link("free"))).unwrap();
    close(&numbers(&out, "scores_all", "score"), &[1.0, 1.0, 0.75, 0.75]);
    close(&numbers(&out, "scores_all", "division_lab"), &[1.0, 1.0, 0.5, 0.5]);
    close(&numbers(&out, "targets", "patents"), &[1.0; 4]);
    close(&numbers(&out, "targets", "rd"), &[1.0; 4]);
    close(&numbers(&out, "slacks", "rd"), &[0.0, 0.0, 1.0, 1.0]);
    // Divisions stand as the study has them, and the market has nothing that is scored.
    let scores = out.tables.iter().find(|t| t.id == "scores").unwrap();
    let names: Vec<&str> = scores.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names[2..5], ["score", "division_market", "division_lab"]);
    assert!(out.findings.iter().any(|f| f.code == "FR037" && f.place.en == "market"));
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
    assert!(out.summary[1].en.contains("lab (0.750)"), "{:?}", out.summary);
    assert!(out.figures.iter().any(|f| f.id == "divisions"));
    assert_eq!(out.variables.iter().map(|v| v.name.as_str()).collect::<Vec<_>>(), ["score", "division_market", "division_lab"]);
    let scored = run(&format!(r#"{{ {DIVISIONS}, {}, "orientation": "input" }}"#, link("as-input"))).unwrap();
    close(&numbers(&scored, "scores_all", "score"), &[1.0, 1.0, 0.5, 0.5]);
    assert!(scored.findings.iter().all(|f| f.code != "FR037"));
    let pooled = run(&format!(r#"{{ {DIVISIONS}, {}, "frontier": "pooled" }}"#, link("fixed"))).unwrap();
    assert!(pooled.tables.iter().any(|t| t.id == "peers" && t.columns.iter().any(|c| c.name == "peer_period")));
}

#[test]
fn what_is_wrong_is_told_at_once() {
    let codes = |options: &str| -> Vec<String> { run(options).unwrap_err().into_iter().map(|p| p.code).collect() };
    let link = r#""links": [{ "from": "lab", "to": "shop", "variables": ["patents"] }]"#;
    assert_eq!(codes(&format!("{{ {DIVISIONS}, {link} }}")), ["unknown-division", "empty-division", "empty-division"]);
    let itself = r#""links": [{ "from": "lab", "to": "lab", "variables": ["patents"] }]"#;
    assert!(codes(&format!("{{ {DIVISIONS}, {itself} }}")).contains(&"link-to-itself".to_owned()));
    let twice = r#""links": [{ "from": "lab", "to": "market", "variables": ["patents", "rd"] }]"#;
    assert_eq!(codes(&format!("{{ {DIVISIONS}, {twice} }}")), ["repeated-variable"]);
    let found = run(&format!("{{ {DIVISIONS}, {} }}", self::link("free").replace("patents", "loss"))).unwrap_err();
    assert_eq!(found[0].code, "negative-value");
    assert_eq!((found[0].place.unit.as_deref(), found[0].place.period), (Some("a"), Some(2002)));
    let zero = run(&format!("{{ {DIVISIONS}, {} }}", self::link("free").replace("patents", "none"))).unwrap_err();
    assert!(zero.iter().any(|p| p.code == "zero-unit" || p.code == "zero-variable"), "{zero:?}");
    let unknown = run(&format!("{{ {DIVISIONS}, {} }}", self::link("free").replace("patents", "patent"))).unwrap_err();
    assert!(unknown[0].help.contains("patents"), "{}", unknown[0]);
}
