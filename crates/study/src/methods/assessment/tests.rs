use panel::{Group, Meaning, Variable};

use super::*;
use crate::{
    figure::Chart,
    finding::Weight,
    table::{Cells, Table},
};

const FRAMEWORK: &str = r#"
[[dimension]]
id = "people"
indicator = [{ id = "skill", formula = "a", direction = "positive", goalposts = [0, 10], target = 5 }]
[[dimension]]
id = "burden"
indicator = [{ id = "load", formula = "b", direction = "negative", goalposts = [0, 20], target = 4 }]
"#;

fn run(options: &str) -> Result<Output, Vec<Problem>> {
    run_on(options, FRAMEWORK, ["north", "north", "south", "south"])
}

/// The sample of the core tests: a and b in the north, c and d in the south, two years.
fn run_on(options: &str, framework: &str, zones: [&str; 4]) -> Result<Output, Vec<Problem>> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("f.toml"), framework).unwrap();
    let variable =
        |name: &str, values: [f64; 8]| Variable { name: name.into(), meaning: Meaning::default(), values: values.into() };
    let panel = Panel::new(Panel {
        unit_name: "province".into(),
        period_name: Some("year".into()),
        units: ["a", "a", "b", "b", "c", "c", "d", "d"].map(String::from).into(),
        periods: [2000, 2001].repeat(4),
        groups: vec![Group {
            name: "zone".into(),
            labels: zones.iter().flat_map(|z| [(*z).to_owned(), (*z).to_owned()]).collect(),
        }],
        variables: vec![
            variable("a", [2.0, 4.0, 5.0, 6.0, 1.0, 1.0, 8.0, 9.8]),
            variable("b", [10.0, 8.0, 4.0, 4.0, 20.0, 16.0, 0.0, 2.0]),
            variable("size", [9.0, 0.0, 9.0, 1.0, 0.0, 11.0, 0.0, 10.0]),
        ],
        ..Panel::default()
    })?;
    let options: AssessmentOptions = serde_json::from_str(options).unwrap();
    Assessments::run(&Input { step: "assessment", panel: &panel, folder: folder.path(), seed: 1 }, &options)
}

fn table<'a>(out: &'a Output, id: &str) -> &'a Table {
    out.tables.iter().find(|t| t.id == id).unwrap()
}

fn numbers(out: &Output, id: &str, name: &str) -> Vec<f64> {
    match &table(out, id).columns.iter().find(|c| c.name == name).unwrap().cells {
        Cells::Number(x, _) => x.clone(),
        Cells::Integer(x) => x.iter().map(|x| x.map_or(f64::NAN, |x| x as f64)).collect(),
        _ => panic!("numbers"),
    }
}

fn units(out: &Output, id: &str) -> Vec<String> {
    let Cells::Unit(x) = &table(out, id).columns.iter().find(|c| c.name == "unit").unwrap().cells else { panic!("units") };
    x.clone()
}

fn near(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9)
}

/// By hand, see the tests of the core: scores 70, 50 and, with three quarters of the weight on skill, 96 and 12.5.
#[test]
fn tables_say_what_the_core_found() {
    let out = run(r#"{"framework": "f.toml", "peers": "zone", "progress_share": 0.25, "top": 1,
            "terms": {"south": {"weights": {"people": 3, "burden": 1}, "targets": {"skill": 10}}}}"#)
    .unwrap();
    assert_eq!(units(&out, "peers"), ["b", "a", "d", "c"]);
    assert!(near(&numbers(&out, "peers", "score"), &[70.0, 50.0, 96.0, 12.5]));
    assert!(near(&numbers(&out, "peers", "rank"), &[1.0, 2.0, 1.0, 2.0]));
    // The index of all has equal weights: d .5 (.98 + .9), c .5 (.1 + .2).
    assert!(near(&numbers(&out, "peers", "index"), &[70.0, 50.0, 94.0, 15.0]));
    assert!(near(&numbers(&out, "peers", "index_rank"), &[2.0, 3.0, 1.0, 4.0]));
    // Progress: a before b.
    assert_eq!(units(&out, "progress")[..2], ["a", "b"]);
    assert!(near(&numbers(&out, "progress", "change")[..2], &[15.0, 5.0]));
    assert!(near(&numbers(&out, "progress", "change_people")[..2], &[20.0, 10.0]));
    assert!(near(&numbers(&out, "achievement", "total"), &[100.0, 65.0, 98.5, 13.75]));
    // One line each: b gains 7.5 from skill, a 7.5, d 2.5 from load (cut), c 13.5 from skill.
    assert_eq!(units(&out, "scorecard"), ["b", "a", "d", "c"]);
    assert!(near(&numbers(&out, "scorecard", "gain"), &[7.5, 7.5, 2.5, 13.5]));
    assert_eq!(table(&out, "scorecards").len(), 8);
    assert!(near(&numbers(&out, "group_weights", "group_2"), &[0.75, 0.25]));
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
    let Chart::Heatmap(gains) = &out.figures[0].chart else { panic!("a heatmap first") };
    assert!(near(&gains.values[1], &[7.5, 5.0]));
    let score = out.variables.iter().find(|v| v.name == "score").unwrap();
    assert_eq!(score.keys[1], ("a".to_owned(), 2001));
    assert!(near(&score.values[..2], &[35.0, 50.0]));
}

fn codes(out: &Output) -> Vec<(&str, Weight)> {
    // Ranks without an interval are told always.
    assert_eq!((out.findings[0].code.as_str(), out.findings[0].weight), ("CI010", Weight::Info));
    out.findings.iter().skip(1).map(|f| (f.code.as_str(), f.weight)).collect()
}

#[test]
fn findings_have_true_and_false_examples() {
    // Two groups of two, and b at all its targets.
    let out = run(r#"{"framework": "f.toml", "peers": "zone"}"#).unwrap();
    let small = ("CI030", Weight::Warning);
    assert_eq!(codes(&out), [small, small, ("CI032", Weight::Info), ("CI032", Weight::Info)]);
    let quiet = run(r#"{"framework": "f.toml", "peers": "zone", "least": 2,
            "terms": {"north": {"targets": {"skill": 9}}, "south": {"targets": {"load": 1}}}}"#)
    .unwrap();
    assert!(codes(&quiet).is_empty(), "{:?}", quiet.findings);
    // A unit alone is told by name.
    let alone = run_on(r#"{"framework": "f.toml", "peers": "zone", "least": 2}"#, FRAMEWORK, ["x", "y", "y", "y"]).unwrap();
    assert!(alone.findings.iter().any(|f| f.code == "CI030" && f.message.en.starts_with("a is alone")));
    let problems =
        run_on(r#"{"framework": "f.toml", "peers": "zone", "ends": "peers"}"#, FRAMEWORK, ["x", "y", "y", "y"]).unwrap_err();
    assert_eq!((problems[0].code.as_str(), problems[0].place.unit.as_deref()), ("alone", Some("a")));
    // b and d stood beyond these targets in the base year; only a target that is missed counts.
    let behind = FRAMEWORK.replace("target = 4", "target = 1");
    let out =
        run_on(r#"{"framework": "f.toml", "peers": "zone", "least": 2, "distance": "from-base"}"#, &behind, ["n", "n", "s", "s"]);
    assert!(codes(&out.unwrap()).contains(&("CI031", Weight::Warning)));
    let without = FRAMEWORK.replace(", target = 4", "");
    let out = run_on(r#"{"framework": "f.toml", "peers": "zone", "least": 2}"#, &without, ["n", "n", "s", "s"]).unwrap();
    assert!(codes(&out).contains(&("CI031", Weight::Info)));
    let none = without.replace(", target = 5", "");
    let out = run_on(r#"{"framework": "f.toml", "peers": "zone", "least": 2}"#, &none, ["n", "n", "s", "s"]).unwrap();
    assert!(codes(&out).is_empty() && out.tables.iter().all(|t| t.id != "achievement"));
    // Scales of each period: a warning beside, an error within the result; none with declared goalposts.
    let moving = FRAMEWORK.replace("goalposts = [0, 10], ", "").replace("goalposts = [0, 20], ", "");
    let scales = |share: f64, framework: &str| {
        let options = format!(
            r#"{{"framework": "f.toml", "peers": "zone", "least": 2, "goalposts": "per-period", "progress_share": {share}}}"#
        );
        let out = run_on(&options, framework, ["n", "n", "s", "s"]).unwrap();
        out.findings.iter().find(|f| f.code == "CI033").map(|f| f.weight)
    };
    assert_eq!((scales(0.0, &moving), scales(0.5, &moving)), (Some(Weight::Warning), Some(Weight::Error)));
    assert_eq!(scales(0.5, FRAMEWORK), None);
}

/// Sizes 0, 1 and 11, 10 in the last year: two pairs, whatever they were before.
#[test]
fn peers_by_clustering() {
    let out = run(r#"{"framework": "f.toml", "cluster": {"variables": ["size"]}}"#).unwrap();
    assert_eq!(units(&out, "peers"), ["b", "a", "d", "c"]);
    let by_hand = (9.5 / 10.5 + 8.5 / 9.5) / 2.0;
    assert!((numbers(&out, "silhouettes", "silhouette")[0] - by_hand).abs() < 1e-9);
    assert!(out.summary[0].en.contains("mean silhouette 0.90"), "{}", out.summary[0].en);
}

#[test]
fn bad_options_are_told() {
    let code = |options: &str| run(options).unwrap_err().iter().map(|p| p.code.clone()).collect::<Vec<_>>();
    assert_eq!(code(r#"{"framework": "f.toml", "top": 0}"#), ["no-peers", "top-zero"]);
    assert_eq!(code(r#"{"framework": "f.toml", "peers": "zone", "cluster": {"variables": ["size"]}}"#), ["peers-twice"]);
    assert_eq!(code(r#"{"framework": "f.toml", "peers": "region"}"#), ["unknown-group"]);
    assert_eq!(code(r#"{"framework": "f.toml", "cluster": {"variables": ["size", "length"]}}"#), ["unknown-variable"]);
    assert_eq!(code(r#"{"framework": "f.toml", "cluster": {"variables": ["size"], "number": 9}}"#), ["cluster"]);
    assert_eq!(
        code(r#"{"framework": "f.toml", "peers": "zone", "normalisation": "rank", "since": 1999}"#),
        ["no-ends", "no-since"]
    );
    assert_eq!(
        code(r#"{"framework": "f.toml", "peers": "zone", "terms": {"west": {"weights": {"skil": 1}}}}"#),
        ["unknown-id", "unknown-peers"]
    );
    let ideal = FRAMEWORK.replace(r#""negative""#, r#""middle", best = 5"#);
    let problems = run_on(r#"{"framework": "f.toml", "peers": "zone"}"#, &ideal, ["n", "n", "s", "s"]).unwrap_err();
    assert_eq!(problems.iter().map(|p| p.code.as_str()).collect::<Vec<_>>(), ["ratio-ideal"]);
}
