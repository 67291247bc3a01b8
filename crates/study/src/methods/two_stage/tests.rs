use panel::{Meaning, Variable};

use super::*;
use crate::{figure::Chart, methods, table::Cells};

/// Three chains over two years; in the later year the first makes more of its intermediates.
fn panel() -> Panel {
    let variable =
        |name: &str, values: [f64; 6]| Variable { name: name.into(), meaning: Meaning::default(), values: values.into() };
    Panel::new(Panel {
        unit_name: "plant".into(),
        period_name: Some("year".into()),
        units: ["a", "a", "b", "b", "c", "c"].map(String::from).into(),
        units_zh: vec![String::new(); 6],
        periods: vec![2001, 2002, 2001, 2002, 2001, 2002],
        groups: Vec::new(),
        variables: vec![
            variable("x", [2.0, 1.0, 4.0, 4.0, 4.0, 4.0]),
            variable("z", [2.0, 3.0, 2.0, 2.0, 1.0, 4.0]),
            variable("y", [1.0, 1.0, 2.0, 2.0, 1.0, 1.0]),
            variable("none", [0.0; 6]),
            variable("loss", [1.0, -1.0, 1.0, 1.0, 1.0, 1.0]),
        ],
    })
    .unwrap()
}

fn run(options: &str) -> Result<Output, Vec<Problem>> {
    let panel = panel();
    let input = Input { step: "s", panel: &panel, folder: std::path::Path::new("."), seed: 1 };
    (methods::entry("two-stage").unwrap().run)(&input, &serde_json::from_str(options).unwrap())
}

const CHAIN: &str = r#""inputs": ["x"], "intermediates": ["z"], "outputs": ["y"]"#;

#[test]
fn stages_the_weaker_one_and_what_the_chain_would_be() {
    let out = run(&format!("{{{CHAIN}}}")).unwrap();
    let values = |name: &str| &out.variables.iter().find(|v| v.name == name).unwrap().values;
    let close = |found: &[f64], expected: &[f64]| found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 1e-12);
    assert!(close(&[values("score")[0], values("first_stage")[0], values("second_stage")[0]], &[0.5, 1.0, 0.5]));
    assert!(close(&[values("score")[4], values("first_stage")[4], values("second_stage")[4]], &[0.25, 0.25, 1.0]));
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
    assert!(out.summary[1].en.contains("of 3 units"), "{}", out.summary[1].en);
    let table = |id: &str| out.tables.iter().find(|t| t.id == id).unwrap();
    let column = |t: &crate::table::Table, name: &str| t.columns.iter().find(|c| c.name == name).unwrap().cells.clone();
    let Cells::Text(weaker) = column(table("scores_all"), "weaker") else { panic!() };
    assert_eq!(weaker[0].en, "second stage");
    assert_eq!(weaker[4].zh, "第一阶段");
    let Cells::Number(used, _) = column(table("targets"), "z_used") else { panic!() };
    assert!(close(&used[..1], &[1.0]));
    assert!(["prices", "first_peers", "second_peers"].iter().all(|id| !table(id).is_empty()));
    let Chart::Tiles(map) = &out.figures[0].chart else { panic!() };
    assert_eq!(map.frames[0].values, [("a".into(), 1.0), ("b".into(), 0.0), ("c".into(), 0.0)]);
}

#[test]
fn leaders_have_no_common_target_and_weightless_stages_are_said() {
    let out = run(&format!(r#"{{{CHAIN}, "model": "leader-follower", "priority": "second"}}"#)).unwrap();
    assert!(out.tables.iter().all(|t| t.id != "targets"));
    assert!(out.findings.iter().all(|f| f.code != "FR018"));
    let out = run(&format!(r#"{{{CHAIN}, "model": "additive", "rts": "vrs"}}"#)).unwrap();
    let finding = out.findings.iter().find(|f| f.code == "FR018").unwrap();
    assert!(finding.place.en.contains("a 2002"), "{}", finding.place.en);
}

#[test]
fn what_cannot_be_used_is_named_in_the_words_of_the_panel() {
    let told = |options: &str| format!("{:?}", run(options).unwrap_err());
    let zero = told(r#"{"inputs": ["x"], "intermediates": ["none"], "outputs": ["y"]}"#);
    assert!(zero.contains("Every intermediate is zero"), "{zero}");
    let negative = told(r#"{"inputs": ["x"], "intermediates": ["loss"], "outputs": ["y"]}"#);
    assert!(negative.contains("negative-value") && negative.contains("loss"), "{negative}");
    let none = told(r#"{"inputs": ["x"], "intermediates": [], "outputs": ["y"]}"#);
    assert!(none.contains("No intermediate is named"), "{none}");
    let unknown = told(r#"{"inputs": ["x"], "intermediates": ["zz"], "outputs": ["y"]}"#);
    assert!(unknown.contains("no variable `zz`"), "{unknown}");
    let returns = told(&format!(r#"{{{CHAIN}, "rts": "vrs"}}"#));
    assert!(returns.contains("`rts`") && returns.contains("additive"), "{returns}");
}
