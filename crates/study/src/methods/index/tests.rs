use std::{fs, path::Path};

use panel::{Meaning, Panel, Variable};

use super::*;
use crate::table::{Cells, Table};

#[path = "derivation_tests.rs"]
mod derivation;

const FRAMEWORK: &str = "title = 'Small'\ntitle_zh = '小例'\n\
    [[dimension]]\nid = 'people'\nlabel = 'People'\nlabel_zh = '人'\n\
    [[dimension.indicator]]\nid = 'skill'\nlabel = 'Skill'\nformula = 'a / 2'\ndirection = 'positive'\nsource = 'Yearbook'\n\
    [[dimension.indicator]]\nid = 'idle'\nformula = 'b'\ndirection = 'negative'\nsource = 'Yearbook'\n\
    [[dimension]]\nid = 'tools'\n\
    [[dimension.indicator]]\nid = 'machines'\nformula = 'c'\ndirection = 'positive'\n";

fn panel(gap: bool) -> Panel {
    let variable = |name: &str, k: i32| Variable {
        name: name.into(),
        meaning: Meaning::default(),
        values: (0..12).map(|i| if gap && k == 3 && i == 4 { f64::NAN } else { f64::from((i * k * 7 + 3) % 11) }).collect(),
    };
    Panel::new(Panel {
        unit_name: "province".into(),
        period_name: Some("year".into()),
        units: (0..12).map(|i| format!("u{}", i / 3)).collect(),
        units_zh: (0..12).map(|i| format!("省{}", i / 3)).collect(),
        periods: (0..12).map(|i| 2020 + i % 3).collect(),
        groups: vec![panel::Group { name: "region".into(), labels: (0..12).map(|i| ["East", "West"][i / 6].into()).collect() }],
        variables: vec![variable("a", 1), variable("b", 2), variable("c", 3)],
    })
    .unwrap()
}

fn run(framework: &str, panel: &Panel, more: &str) -> Result<Output, Vec<Problem>> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("f.toml"), framework).unwrap();
    let options: IndexOptions = toml::from_str(&format!("framework = 'f.toml'\n{more}")).unwrap();
    let folder: &Path = folder.path();
    Index::run(&Input { step: "i", panel, folder, seed: 1 }, &options)
}

fn table<'o>(out: &'o Output, id: &str) -> &'o crate::table::Table {
    out.tables.iter().find(|t| t.id == id).unwrap_or_else(|| panic!("no table {id}"))
}

#[test]
fn a_step_gives_scores_bands_and_findings() {
    let out = run(FRAMEWORK, &panel(false), "size = ['c']").unwrap();
    let names: Vec<&str> = out.variables.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["score", "people", "tools", "r_skill", "r_idle", "r_machines"]);
    let tables: Vec<&str> = out.tables.iter().map(|t| t.id.as_str()).collect();
    let of_index = ["scores", "scores_all", "dimensions", "weights", "indicators", "contributions"];
    assert_eq!(tables[..10], [&of_index[..], &["alternatives", "neighbours", "pairs", "structure"]].concat());
    let figures: Vec<&str> = out.figures.iter().map(|f| f.id.as_str()).collect();
    assert_eq!(
        figures,
        ["map", "ranking", "contributions", "moves", "profiles", "profile", "trend", "framework", "correlations"]
    );
    for t in &out.tables {
        assert!(t.columns.iter().all(|c| c.cells.len() == t.len()), "{}", t.id);
    }
    let codes: Vec<&str> = out.findings.iter().map(|f| f.code.as_str()).collect();
    for code in ["CI005", "CI012", "CI015", "CI016"] {
        assert!(codes.contains(&code), "{code} not in {codes:?}");
    }
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
    assert!(out.summary.len() >= 5 && out.summary.iter().all(|t| !t.en.is_empty() && !t.zh.is_empty()));
}

#[test]
fn missing_cells_are_refused_or_listed() {
    let problems = run(FRAMEWORK, &panel(true), "").unwrap_err();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].code, "missing-cells");
    assert_eq!((problems[0].place.unit.as_deref(), problems[0].place.period), (Some("u1"), Some(2021)));
    let out = run(FRAMEWORK, &panel(true), "missing = 'interpolate'\nuncertainty = false").unwrap();
    let codes: Vec<&str> = out.findings.iter().map(|f| f.code.as_str()).collect();
    assert!(codes.contains(&"CI011") && codes.contains(&"CI010"), "{codes:?}");
    assert!(out.tables.iter().any(|t| t.id == "filled" && t.len() == 1));
}

#[test]
fn a_formula_names_its_unknown_variables_and_their_place() {
    let text = FRAMEWORK.replace("'b'", "'capitol + machines_'").replace("'a / 2'", "'aa'");
    let problems = run(&text, &panel(false), "").unwrap_err();
    assert!(problems.len() >= 3, "{problems:#?}");
    assert!(problems.iter().all(|p| p.place.span.is_some()), "{problems:#?}");
}

#[test]
fn trends_are_not_drawn_over_scales_that_move() {
    let out = run(FRAMEWORK, &panel(false), "goalposts = 'per-period'").unwrap();
    assert!(out.figures.iter().all(|f| f.id != "trend"));
    assert!(out.findings.iter().any(|f| f.code == "CI004"));
}

#[test]
fn a_table_is_a_framework_too() {
    let folder = tempfile::tempdir().unwrap();
    let csv = "dimension,dimension_label,indicator,label,formula,direction,weight\npeople,People,skill,Skill,a / 2,+,2\n\
               people,,idle,Idle,b,负向,1\ntools,Tools,machines,Machines,c,positive,1\n";
    fs::write(folder.path().join("f.csv"), csv).unwrap();
    let options: IndexOptions = toml::from_str("framework = 'f.csv'\nweights = 'manual'").unwrap();
    let p = panel(false);
    let n = normalised(&Input { step: "i", panel: &p, folder: folder.path(), seed: 1 }, &options.construction, &[]).unwrap();
    let expected = [1.0 / 3.0, 1.0 / 6.0, 0.5];
    assert!(n.composite.weights.effective[0].iter().zip(expected).all(|(w, e)| (w - e).abs() < 1e-15));
    fs::write(folder.path().join("f.csv"), "dimension,indicator,formula,directon\nd,i,a,+\n").unwrap();
    let problems =
        normalised(&Input { step: "i", panel: &p, folder: folder.path(), seed: 1 }, &options.construction, &[]).unwrap_err();
    assert_eq!(problems.len(), 2, "{problems:#?}");
    assert!(problems[0].help.contains("`direction`"));
}

/// The shipped framework over the shipped figures: every number finite or accounted for.
#[test]
fn the_example_framework_runs_over_its_figures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/china-provinces");
    let keys = panel::Keys {
        unit: "province".into(),
        unit_zh: Some("province_zh".into()),
        period: Some("year".into()),
        groups: vec!["region".into()],
    };
    let file = folder.join("data/provinces_2019_2023.csv");
    let (mut p, _) = panel::read::panel(&file, &panel::ReadOptions::default(), &keys, None).unwrap();
    let derived = |n: &str, f: &str| panel::Derived { name: n.into(), formula: f.into(), ..Default::default() };
    let share = "if(cumsum(1) < 5, 100 * power_nonfossil / power_generation, lag(power_nonfossil, 5))";
    panel::formula::derive(&mut p, &[derived("nonfossil_share", share)]).unwrap();
    let options: IndexOptions =
        toml::from_str("framework = 'framework.toml'\nmissing = 'mean-of-present'\nsize = ['gdp', 'population']").unwrap();
    let out = Index::run(&Input { step: "index", panel: &p, folder: &folder, seed: 1 }, &options).unwrap();
    assert_eq!(out.variables[0].values.len(), p.len());
    let n = normalised(&Input { step: "index", panel: &p, folder: &folder, seed: 1 }, &options.construction, &[]).unwrap();
    assert!(n.composite.residual < 1e-12);
    assert!(n.composite.scores[0].iter().all(|s| (0.0..=1.0).contains(s)));
}

#[test]
fn options_that_would_do_nothing_are_refused() {
    let problems = run(FRAMEWORK, &panel(false), "base = 2020\nuncertainty = false\n[alternatives]\nlimit = 10").unwrap_err();
    let codes: Vec<&str> = problems.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["base-unused", "alternatives-unused"]);
    assert!(run(FRAMEWORK, &panel(false), "base = 2021\ngoalposts = 'base'").is_ok());
}

/// One sentence speaks of one kind of band: the unit named has the widest middle 90 %, and its ends are told.
#[test]
fn the_sentence_on_ranks_keeps_to_the_middle_ninety_percent() {
    let out = run(FRAMEWORK, &panel(false), "").unwrap();
    let told = &out.summary.iter().find(|t| t.en.contains("middle 90 %")).unwrap().en;
    assert!(told.contains("widest such band") && !told.contains("moves most"), "{told}");
}

#[test]
fn a_judgement_that_contradicts_itself_is_a_finding_with_what_to_revise() {
    let matrix = "judgement = { matrices = [[[1, 3], [0.333, 1]], [[1, 5], [0.2, 1]]] }\n";
    let framework = format!("{matrix}{FRAMEWORK}");
    let out = run(&framework, &panel(false), "weights = 'manual'\nuncertainty = false").unwrap();
    assert!(out.findings.iter().all(|f| f.code != "CI017"), "two children cannot contradict");
    let three = FRAMEWORK.replace(
        "[[dimension]]\nid = 'tools'\n",
        "[[dimension.indicator]]\nid = 'third'\nformula = 'a + c'\ndirection = 'positive'\n\
         [dimension.judgement]\nmatrix = [[1, 0.5, 4], [2, 1, 0.5], [0.25, 2, 1]]\n[[dimension]]\nid = 'tools'\n",
    );
    let out = run(&three, &panel(false), "weights = 'manual'\nuncertainty = false").unwrap();
    let finding = out.findings.iter().find(|f| f.code == "CI017").unwrap();
    assert!(finding.place.en.contains("People") && finding.place.zh.contains('人'), "{finding:?}");
    assert!(finding.message.en.contains("0.79") && finding.message.en.contains("would fit at"), "{finding:?}");
    assert!(finding.message.zh.contains("比率"), "{finding:?}");
    let out = run(&three, &panel(false), "weights = 'equal'\nuncertainty = false").unwrap();
    assert!(out.findings.iter().all(|f| f.code != "CI017"));
}

#[test]
fn weights_of_every_kind_and_options_that_fit_them() {
    let squared = "components = { loading = 'squared', keep = 'all' }";
    for (weights, options) in [
        ("variation", ""),
        ("standard-deviation", ""),
        ("gini", ""),
        ("scatter-degree", ""),
        ("principal-components", squared),
        ("entropy", "entropy = { zeros = 'stretch', low = 0.01, high = 0.99 }"),
        ("critic", "critic = { association = 'distance', contrast = 'variation' }"),
        ("combination", "combination = { of = ['equal', 'entropy'], rule = 'geometric' }"),
    ] {
        let out = run(FRAMEWORK, &panel(false), &format!("weights = '{weights}'\nuncertainty = false\n{options}"));
        let out = out.unwrap_or_else(|p| panic!("{weights}: {p:#?}"));
        assert!(out.checks.iter().all(|c| c.residual <= c.tolerance), "{weights}");
    }
    let problems = run(FRAMEWORK, &panel(false), &format!("uncertainty = false\n{squared}")).unwrap_err();
    assert_eq!(problems[0].code, "weights-unused");
    let one = "weights = 'combination'\ncombination = { of = ['entropy'], shares = [1.0, 2.0] }";
    let codes: Vec<String> = run(FRAMEWORK, &panel(false), one).unwrap_err().into_iter().map(|p| p.code).collect();
    assert_eq!(codes, ["bad-weights", "bad-weights"]);
}

#[test]
fn a_game_without_an_answer_is_a_finding() {
    let game = "weights = 'combination'\nuncertainty = false\ncombination = { of = ['equal', 'manual'], rule = 'game' }";
    let out = run(FRAMEWORK, &panel(false), game).unwrap();
    let finding = out.findings.iter().find(|f| f.code == "CI018").unwrap();
    assert!(finding.message.en.contains("no single solution") && finding.message.zh.contains("线性相关"), "{finding:?}");
}

fn numbers<'a>(t: &'a Table, name: &str) -> &'a [f64] {
    match &t.columns.iter().find(|c| c.name == name).unwrap().cells {
        Cells::Number(x, _) => x,
        other => panic!("{other:?}"),
    }
}

#[test]
fn profiles_growth_and_correlations_are_tables() {
    let out = run(FRAMEWORK, &panel(true), "size = ['c']\nmissing = 'interpolate'\nuncertainty = false").unwrap();
    let profiles = table(&out, "strengths");
    assert!(!profiles.is_empty() && profiles.len() <= 4 * 3);
    // One row for each unit and indicator; a cell that was filled is no value.
    let growth = table(&out, "growth");
    assert_eq!(growth.len(), 4 * 3);
    let Cells::Text(status) = &growth.columns.last().unwrap().cells else { panic!() };
    for (rate, status) in numbers(growth, "growth").iter().zip(status) {
        assert_eq!(rate.is_nan(), status.en != "computed");
    }
    assert_eq!((table(&out, "siblings").len(), table(&out, "with_index").len(), table(&out, "with_size").len()), (1, 5, 3));
    assert!((numbers(table(&out, "with_size"), "r")[2] - 1.0).abs() < 1e-12);
    let none = run(FRAMEWORK, &panel(false), "strengths = 0\nuncertainty = false").unwrap();
    assert!(none.tables.iter().all(|t| t.id != "strengths" && t.id != "with_size"));
}

#[test]
fn sought_importance_is_listed_beside_what_is_reached() {
    let out = run(FRAMEWORK, &panel(false), "weights = 'importance'\nuncertainty = false").unwrap();
    let (found, codes) = (table(&out, "importance"), out.findings.iter().filter(|f| f.code == "CI018").count());
    assert_eq!(found.len(), 4);
    let (declared, reached) = (numbers(found, "declared"), numbers(found, "reached"));
    let short = declared.iter().zip(reached).any(|(a, b)| (a - b).abs() > 1e-6);
    assert_eq!(short, codes > 0, "{declared:?} {reached:?}");
    let problems = run(FRAMEWORK, &panel(false), "importance = 'variance'").unwrap_err();
    assert_eq!(problems[0].code, "weights-unused");
    let zeros = run(FRAMEWORK, &panel(false), "weights = 'merec'\nuncertainty = false").unwrap_err();
    assert!(zeros.iter().all(|p| p.code == "weights-of-ratios" && !p.help.is_empty()), "{zeros:#?}");
}
