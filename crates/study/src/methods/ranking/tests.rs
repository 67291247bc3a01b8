use panel::{Meaning, Variable};

use super::*;
use crate::{figure::Chart, table::Cells};

fn panel(values: &[(&str, &[f64])], periods: &[i32]) -> Panel {
    let n = values[0].1.len();
    let per = n / periods.len();
    Panel::new(Panel {
        unit_name: "city".into(),
        period_name: (periods.len() > 1).then(|| "year".into()),
        units: (0..n).map(|i| format!("u{}", i % per)).collect(),
        periods: (0..n).map(|i| periods[i / per]).collect(),
        variables: values
            .iter()
            .map(|(name, v)| Variable { name: (*name).into(), meaning: Meaning::default(), values: v.to_vec() })
            .collect(),
        ..Panel::default()
    })
    .unwrap()
}

fn run(panel: &Panel, options: &str) -> Result<Output, Vec<Problem>> {
    let options: RankingOptions = serde_json::from_str(options).unwrap();
    RankingMethod::run(&Input { step: "r", panel, folder: std::path::Path::new("."), seed: 1 }, &options)
}

/// Opricovic and Tzeng (2004): risk 1, 2, 5 and altitude 3000, 3750, 4500; closeness 0.5, 0.617, 0.5 and Q 1, 0, 1.
fn mountains() -> Panel {
    panel(&[("risk", &[1.0, 2.0, 5.0]), ("altitude", &[3000.0, 3750.0, 4500.0])], &[0])
}

fn score(out: &Output) -> Vec<f64> {
    out.variables.iter().find(|v| v.name == "score").unwrap().values.clone()
}

#[test]
fn published_scores_reach_the_study() {
    let out = run(&mountains(), r#"{"positive": ["altitude"], "negative": ["risk"], "scaling": "min-max"}"#).unwrap();
    for (s, printed) in score(&out).iter().zip([0.5, 0.617, 0.5]) {
        assert!((s - printed).abs() < 5.1e-4, "{s} {printed}");
    }
    assert!(out.summary[0].en.contains("u1 ranks first of 3 units by TOPSIS (0.6172)"), "{}", out.summary[0].en);
    let out = run(&mountains(), r#"{"positive": ["altitude"], "negative": ["risk"], "model": "vikor"}"#).unwrap();
    assert_eq!(score(&out), [1.0, 0.0, 1.0]);
    assert!(out.tables.iter().any(|t| t.id == "conditions"));
    assert!(out.summary[1].en.contains("u1 is the compromise solution"), "{}", out.summary[1].en);
}

#[test]
fn all_methods_stand_side_by_side() {
    let out = run(&mountains(), r#"{"positive": ["altitude"], "negative": ["risk"], "compare": true}"#).unwrap();
    let models = out.tables.iter().find(|t| t.id == "models").unwrap();
    assert_eq!(models.len(), 18);
    let Cells::Text(state) = &models.columns.last().unwrap().cells else { panic!() };
    assert!(state.iter().all(|s| s.en == "run"), "{state:?}");
    assert!(out.findings.iter().all(|f| f.code != "CI010"));
    assert_eq!(out.figures.iter().filter(|f| matches!(f.chart, Chart::Heatmap(_))).count(), 2);
    // Zeros: what divides is set aside with its reason, in both languages.
    let zero = panel(&[("risk", &[0.0, 2.0, 5.0, 3.0]), ("altitude", &[1.0, 2.0, 3.0, 1.0])], &[0]);
    let out = run(&zero, r#"{"positive": ["altitude"], "negative": ["risk"], "compare": true}"#).unwrap();
    let models = out.tables.iter().find(|t| t.id == "models").unwrap();
    let Cells::Text(state) = &models.columns.last().unwrap().cells else { panic!() };
    let set_aside: Vec<&Text> = state.iter().filter(|s| s.en != "run").collect();
    assert_eq!(set_aside.len(), 3, "{set_aside:?}");
    assert!(set_aside.iter().all(|s| s.en.contains("`risk` is 0") && s.zh.contains("risk")));
}

#[test]
fn every_method_runs_and_says_what_it_is() {
    let values: Vec<f64> = (0..24).map(|i| 1.0 + f64::from((i * 7) % 13)).collect();
    let other: Vec<f64> = (0..24).map(|i| 2.0 + f64::from((i * 5) % 11)).collect();
    let third: Vec<f64> = (0..24).map(|i| f64::from((i * 3) % 10)).collect();
    let p = panel(&[("a", &values), ("b", &other), ("c", &third)], &[2020, 2021, 2022]);
    for model in Model::ALL {
        for scope in ["pooled", "per-period"] {
            for weights in ["equal", "entropy", "critic"] {
                let options = format!(
                    r#"{{"positive": ["a"], "negative": ["b"], "middle": ["c"], "middle_best": [4], "model": {}, "scope": "{scope}", "weights": "{weights}"}}"#,
                    serde_json::to_string(&model).unwrap()
                );
                // A nearness of 0 is not above 0.
                let positive = matches!(model, Model::Wpm | Model::Waspas);
                match run(&p, &options) {
                    Ok(out) => {
                        assert!(!positive);
                        assert!(score(&out).iter().all(|s| s.is_finite()), "{options}");
                        assert!(out.checks.iter().all(|c| c.residual <= c.tolerance), "{options}");
                        for t in &out.tables {
                            assert!(t.columns.iter().all(|c| c.cells.len() == t.len()), "{options} {}", t.id);
                        }
                        assert_eq!(out.figures.iter().any(|f| f.id == "trend"), scope == "pooled");
                    }
                    Err(problems) => assert!(positive && problems.iter().all(|p| p.code == "not-positive"), "{problems:?}"),
                }
            }
        }
    }
}

#[test]
fn what_is_wrong_is_told_at_once_with_its_place() {
    let p = mountains();
    let codes = |options: &str| run(&p, options).unwrap_err().into_iter().map(|p| p.code).collect::<Vec<_>>();
    assert_eq!(codes("{}"), ["no-criterion"]);
    assert_eq!(
        codes(r#"{"positive": ["altitude", "height"], "negative": ["altitude"]}"#),
        ["unknown-variable", "repeated-variable"]
    );
    assert_eq!(
        codes(
            r#"{"positive": ["altitude"], "weights": "given", "given": [0.5, 0.5], "middle": ["risk"], "preference": "linear"}"#
        ),
        ["list-length", "threshold", "threshold"]
    );
    assert_eq!(codes(r#"{"positive": ["altitude"], "worst": [9000], "ideal": [1]}"#), ["ends"]);
    assert_eq!(codes(r#"{"positive": ["altitude"], "v": 1.5, "model": "vikor"}"#), ["ranking"]);
    assert_eq!(codes(r#"{"positive": ["altitude"], "model": "saw", "given": [1]}"#), ["given-unused"]);
    let gaps = panel(&[("x", &[1.0, f64::NAN, 3.0]), ("y", &[1.0, 2.0, f64::NAN])], &[0]);
    assert_eq!(run(&gaps, r#"{"positive": ["x", "y"]}"#).unwrap_err()[0].code, "too-few-rows");
}

#[test]
fn rows_left_out_constants_and_cuts_are_reported() {
    let p = panel(&[("x", &[1.0, 2.0, 3.0, f64::NAN]), ("y", &[5.0, 5.0, 5.0, 5.0]), ("z", &[9.0, 4.0, 6.0, 1.0])], &[0]);
    let options = r#"{"positive": ["x", "y", "z"], "model": "saw", "worst": [0, 0, 0], "ideal": [2.5, 10, 9]}"#;
    let out = run(&p, options).unwrap();
    let codes: Vec<&str> = out.findings.iter().map(|f| f.code.as_str()).collect();
    assert_eq!(codes, ["AU002", "CI003", "CI011", "CI010"]);
    assert!(score(&out)[3].is_nan());
    let left = out.tables.iter().find(|t| t.id == "left_out").unwrap();
    assert_eq!(left.len(), 1);
    // 0.4, 0.5, 1 of the declared scale.
    assert!((score(&out)[0] - (0.4 + 0.5 + 1.0) / 3.0).abs() < 1e-12);
}

#[test]
fn majority_cycles_and_grades_are_told() {
    let cycle = panel(&[("a", &[3.0, 2.0, 1.0]), ("b", &[1.0, 3.0, 2.0]), ("c", &[2.0, 1.0, 3.0])], &[0]);
    let out = run(&cycle, r#"{"positive": ["a", "b", "c"], "model": "copeland"}"#).unwrap();
    assert!(out.summary[1].en.contains("cycle or tie among 3"), "{}", out.summary[1].en);
    // Without one of the three, the majority of the other two is no longer balanced by it, but their order was a tie.
    assert_eq!(score(&out), [0.0; 3]);
    let out = run(&mountains(), r#"{"positive": ["altitude"], "negative": ["risk"], "model": "rsr"}"#).unwrap();
    assert!(out.tables.iter().any(|t| t.id == "distribution"));
    let out = run(&mountains(), r#"{"positive": ["altitude"], "negative": ["risk"], "model": "fuzzy", "grades": 4}"#).unwrap();
    let memberships = out.tables.iter().find(|t| t.id == "memberships").unwrap();
    assert_eq!(memberships.columns.len(), 2 + 4);
}
