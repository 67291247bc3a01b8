//! The linter, code by code: data for which a finding is raised, and data near them for which it is not.

use std::{collections::BTreeMap, fs};

use panel::{Group, Meaning, Panel, Variable};
use serde_json::{Value, json};

use super::entry;
use crate::{
    finding::Finding,
    findings::page,
    method::{Input, Output},
};

type Column = fn(usize, usize) -> f64;

/// Twelve units in some years, a framework of two dimensions with three indicators each, and a step over them.
#[derive(Clone)]
struct Given {
    method: &'static str,
    options: Value,
    framework: String,
    columns: BTreeMap<&'static str, Column>,
    years: usize,
}

/// What looks random and is not: 0 to 96.
fn noise(k: usize, u: usize, t: usize) -> f64 {
    ((u * 37 + k * 61 + t * 29 + u * u * (k + 3)) % 97) as f64
}

fn common(k: usize, u: usize, t: usize) -> f64 {
    12.0 * u as f64 + noise(k, u, t) + 10.0
}

fn base() -> Given {
    let mut framework = "title = 'Small'\ntitle_zh = '小例'\n".to_owned();
    for (dimension, ids) in [("people", ["a", "b", "c"]), ("tools", ["d", "e", "f"])] {
        framework.push_str(&format!("[[dimension]]\nid = '{dimension}'\n"));
        for id in ids {
            framework.push_str(&format!(
                "[[dimension.indicator]]\nid = '{id}_'\nformula = '{id}'\ndirection = 'positive'\nsource = 'Yearbook'\n"
            ));
        }
    }
    let columns: [(&'static str, Column); 7] = [
        ("a", |u, t| common(1, u, t)),
        ("b", |u, t| common(2, u, t)),
        ("c", |u, t| common(3, u, t)),
        ("d", |u, t| common(4, u, t)),
        ("e", |u, t| common(5, u, t)),
        ("f", |u, t| common(6, u, t)),
        ("size", |u, _| ((u * 5) % 12) as f64),
    ];
    let options = json!({ "framework": "f.toml", "uncertainty": false });
    Given { method: "index", options, framework, columns: columns.into(), years: 1 }
}

/// A method over variables of its own.
fn other(method: &'static str, options: Value) -> Given {
    Given { method, options, ..base() }
}

impl Given {
    fn with(mut self, options: Value) -> Self {
        let more = options.as_object().cloned().unwrap_or_default();
        self.options.as_object_mut().unwrap().extend(more);
        self
    }

    fn column(mut self, name: &'static str, values: Column) -> Self {
        self.columns.insert(name, values);
        self
    }

    /// Adds lines to an indicator.
    fn indicator(mut self, id: &str, lines: &str) -> Self {
        let head = format!("id = '{id}_'\n");
        assert!(self.framework.contains(&head));
        self.framework = self.framework.replace(&head, &format!("{head}{lines}\n"));
        self
    }

    fn framework(mut self, from: &str, to: &str) -> Self {
        assert!(self.framework.contains(from));
        self.framework = self.framework.replace(from, to);
        self
    }

    fn years(mut self, years: usize) -> Self {
        self.years = years;
        self
    }

    fn run(&self) -> Result<Output, Vec<panel::Problem>> {
        let keys: Vec<(usize, usize)> = (0..12).flat_map(|u| (0..self.years).map(move |t| (u, t))).collect();
        let variable = |(name, f): (&&str, &Column)| Variable {
            name: (*name).to_owned(),
            meaning: Meaning::default(),
            values: keys.iter().map(|&(u, t)| f(u, t)).collect(),
        };
        let region =
            |u: usize| ["East", "East", "East", "East", "East", "West", "West", "West", "West", "West", "South", "South"][u];
        let panel = Panel::new(Panel {
            unit_name: "unit".into(),
            period_name: Some("year".into()),
            units: keys.iter().map(|k| format!("u{:02}", k.0)).collect(),
            units_zh: keys.iter().map(|k| format!("单元{:02}", k.0)).collect(),
            periods: keys.iter().map(|k| 2000 + k.1 as i32).collect(),
            groups: vec![
                Group { name: "region".into(), labels: keys.iter().map(|k| region(k.0).into()).collect() },
                Group { name: "half".into(), labels: keys.iter().map(|k| ["North", "South"][k.0 / 6].into()).collect() },
            ],
            variables: self.columns.iter().map(variable).collect(),
        })
        .unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("f.toml"), &self.framework).unwrap();
        let pairs: String = (0..11).map(|i| format!("land,u{i:02},u{:02}\n", i + 1)).collect();
        fs::write(folder.path().join("pairs.csv"), format!("kind,from,to\n{pairs}")).unwrap();
        let entry = entry(self.method).unwrap();
        let problems = (entry.check)(&self.options);
        assert!(problems.is_empty(), "{problems:#?}");
        (entry.run)(&Input { step: "s", panel: &panel, folder: folder.path(), seed: 1 }, &self.options)
    }

    fn findings(&self) -> Vec<Finding> {
        self.run().unwrap_or_else(|p| panic!("{p:#?}")).findings
    }
}

/// A code, words of its message, and two steps: one that raises it, one that does not.
type Case = (&'static str, &'static str, Given, Given);

fn skewed(u: usize, _: usize) -> f64 {
    if u == 3 { 5000.0 } else { u as f64 }
}

fn coupled(options: Value) -> Given {
    let wide = |u: usize, _: usize| 0.05 + 0.075 * u as f64;
    let back = |u: usize, _: usize| 0.9 - 0.075 * u as f64;
    other("coupling", json!({ "systems": ["a", "b"] })).with(options).column("a", wide).column("b", back)
}

fn data() -> Vec<Case> {
    let entropy = json!({ "weights": "entropy" });
    vec![
        ("CI002", "Had 1 been added", base().with(entropy.clone()).column("a", skewed), base().column("a", skewed)),
        (
            "CI002",
            "shifted or stretched",
            base().with(entropy.clone()).with(json!({ "entropy": { "zeros": "shift", "shift": 1.0 } })),
            base().with(entropy.clone()),
        ),
        ("CI003", "same value; it stands", base().column("a", |_, _| 5.0), base()),
        ("CI003", "of the cells are 0", base().column("a", |u, t| if u < 4 { 0.0 } else { common(1, u, t) }), base()),
        ("CI003", "one and the same", base().column("a", |u, _| if u == 7 { 9.0 } else { 5.0 }), base()),
        ("CI003", "by rounding only", base().column("a", |u, _| 1e6 + 1e-3 * u as f64), base()),
        ("CI004", "taken anew", base().years(2).with(json!({ "goalposts": "per-period" })), base().years(2)),
        (
            "CI004",
            "taken anew",
            base().years(2).with(entropy.clone()).with(json!({ "scope": "per-period" })),
            base().with(entropy.clone()).years(2),
        ),
        (
            "CI004",
            "mixes fixed and moving",
            base().years(2).with(json!({ "goalposts": "per-period" })).indicator("a", "goalposts = [0, 1000]"),
            base().years(2).with(json!({ "goalposts": "per-period" })),
        ),
        (
            "CI005",
            "measures size",
            base().with(json!({ "size": ["size"] })).column("size", |u, _| 1e3 * u as f64),
            base().with(json!({ "size": ["size"] })),
        ),
        (
            "CI011",
            "missing cells",
            base().with(json!({ "missing": "mean" })).column("a", |u, t| if u == 4 { f64::NAN } else { common(1, u, t) }),
            base(),
        ),
        (
            "CI011",
            "were cut there",
            base().indicator("a", "goalposts = [50, 60]"),
            base().indicator("a", "goalposts = [0, 1000]"),
        ),
        ("CI011", "outlying cells", base().with(json!({ "outliers": {} })).column("a", skewed), base().column("a", skewed)),
        (
            "CI015",
            "not compared with its publication",
            base().framework("title_zh", "verification = 'unverified'\ntitle_zh"),
            base(),
        ),
        ("CI015", "Part of the framework", base().indicator("a", "verification = 'unverified'"), base()),
        ("CI015", "No publisher", base().framework("source = 'Yearbook'", "source = '某论坛网友'"), base()),
    ]
}

fn structure() -> Vec<Case> {
    let plain = |values: Column| base().column("a", values);
    let people = |values: Column| ["a", "b", "c"].into_iter().fold(base(), |g, name| g.column(name, values));
    let fixed = ["a", "b", "c", "d", "e", "f"].iter().fold(base(), |g, id| g.indicator(id, "goalposts = [0, 1000]"));
    let zero = base()
        .column("a", |u, _| [100.0, 10.0, 0.0][usize::from(u > 0) + usize::from(u == 11)])
        .column("b", |u, _| [90.0, 11.0, 1.0][usize::from(u > 0) + usize::from(u == 11)])
        .column("c", |u, _| [80.0, 12.0, 2.0][usize::from(u > 0) + usize::from(u == 11)])
        .column("d", |u, _| if u == 11 { 100.0 } else { u as f64 })
        .column("e", |u, _| if u == 11 { 110.0 } else { u as f64 })
        .column("f", |u, _| if u == 11 { 120.0 } else { u as f64 });
    vec![
        ("CI006", "itself a composite", base().indicator("a", "composite = true"), base()),
        (
            "CI006",
            "share the indicators",
            coupled(json!({ "made_of": [["x", "y"], ["y", "z"]] })),
            coupled(json!({ "made_of": [["x", "y"], ["w", "z"]] })),
        ),
        ("CI007", "runs against the rest", plain(|u, t| -common(1, u, t)), base()),
        ("CI008", "count twice", base().column("a", |u, t| 2.0 * common(2, u, t)), base()),
        ("CI008", "Cronbach", plain(|u, t| -common(1, u, t)), base()),
        ("CI008", "correlate below", plain(|u, t| -common(1, u, t)), base()),
        (
            "CI008",
            "influence on the index",
            plain(|u, _| f64::from(u8::from(u % 2 == 0)))
                .column("d", |u, t| 100.0 * common(4, u, t))
                .column("e", |u, _| u as f64),
            base(),
        ),
        (
            "CI009",
            "does not tell units apart",
            coupled(json!({})).column("b", |u, _| 0.06 + 0.075 * u as f64),
            coupled(json!({})),
        ),
        ("CI009", "scaled by the extremes", coupled(json!({})).column("b", |u, _| u as f64 / 11.0), coupled(json!({}))),
        ("CI010", "without intervals", base(), base().with(json!({ "uncertainty": true }))),
        ("CI012", "carries", base().with(json!({ "weights": "entropy" })).column("a", skewed), base()),
        (
            "CI013",
            "earlier periods rank differently",
            people(|u, t| if t == 1 { 1e6 + u as f64 } else { 1000.0 - 90.0 * u as f64 }).years(2),
            base(),
        ),
        ("CI013", "the others rank differently", people(|u, _| if u == 3 { 1e6 } else { 1000.0 - 90.0 * u as f64 }), fixed),
        (
            "CI014",
            "permutation",
            other("moran", json!({ "variable": "a", "neighbours": "pairs.csv", "permutations": 0 })),
            other("moran", json!({ "variable": "a", "neighbours": "pairs.csv" })),
        ),
        (
            "CI014",
            "fewer than three units",
            other("inequality", json!({ "variable": "a", "group": "region", "bootstrap": 0 })),
            other("inequality", json!({ "variable": "a", "group": "half", "bootstrap": 0 })),
        ),
        (
            "CI014",
            "bandwidth differs by period",
            other("density", json!({ "variable": "a", "scope": "per-period", "bootstrap": 0 })).years(3),
            other("density", json!({ "variable": "a", "bootstrap": 0 })).years(3),
        ),
        ("CI016", "make up for a weak one", base(), base().with(json!({ "aggregation": "geometric" }))),
        ("CI016", "next to nothing", zero, base()),
        ("CI019", "what SPSSAU would print", base().with(json!({ "preset": "spssau" })), base()),
    ]
}

#[test]
fn every_code_has_a_true_and_a_false_example() {
    let mut wrong = Vec::new();
    let mut codes = std::collections::BTreeSet::new();
    for (code, words, yes, no) in data().into_iter().chain(structure()) {
        let raised = |given: &Given| {
            let all = given.findings();
            let found = all.iter().find(|f| f.code == code && f.message.en.contains(words)).cloned();
            (found, all.iter().map(|f| format!("{} {}", f.code, f.message.en)).collect::<Vec<_>>())
        };
        match raised(&yes) {
            (Some(f), _) if f.message.zh.is_empty() || f.place.en.is_empty() => wrong.push(format!("{code} {words}: half told")),
            (Some(_), _) => {}
            (None, all) => wrong.push(format!("{code} {words}: not raised among {all:#?}")),
        }
        if let (Some(f), _) = raised(&no) {
            wrong.push(format!("{code} {words}: raised for nothing: {}", f.message.en));
        }
        assert!(page(code).is_some());
        codes.insert(code);
    }
    // CI001 is a matter of weights that no recipe makes: its examples stand beside the audit itself.
    let expected: Vec<String> = (2..=16).map(|k| format!("CI{k:03}")).chain(["CI019".to_owned()]).collect();
    assert_eq!(codes.into_iter().map(str::to_owned).collect::<Vec<_>>(), expected);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn presets_show_the_default_recipe_beside_the_tool() {
    for (preset, same) in [
        ("spssau", json!({ "weights": "entropy", "entropy": { "zeros": "shift-to-positive" } })),
        ("stata-ewm", json!({ "weights": "entropy" })),
        ("coinr", json!({ "weights": "manual", "missing": "mean-of-present", "outliers": {} })),
    ] {
        let given = base().years(2).column("a", skewed);
        let tool = given.clone().with(json!({ "preset": preset })).run().unwrap_or_else(|p| panic!("{preset}: {p:#?}"));
        let spelled = given.clone().with(same).run().unwrap();
        // The preset is a name for options that can be spelled out.
        assert_eq!(tool.variables[0].values, spelled.variables[0].values, "{preset}");
        let plain = given.run().unwrap();
        let table = tool.tables.iter().find(|t| t.id == "preset").unwrap();
        let column = |name: &str| match &table.columns.iter().find(|c| c.name == name).unwrap().cells {
            crate::table::Cells::Number(x, _) => x.clone(),
            crate::table::Cells::Integer(x) => x.iter().map(|x| x.unwrap() as f64).collect(),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            (column("score_tool"), column("score_default")),
            (tool.variables[0].values.clone(), plain.variables[0].values.clone())
        );
        let (a, b) = (column("rank_tool"), column("rank_default"));
        assert_eq!(column("difference"), a.iter().zip(&b).map(|(a, b)| a - b).collect::<Vec<_>>());
        assert!(tool.findings.iter().any(|f| f.code == "CI019" && !f.message.zh.is_empty()));
    }
}

#[test]
fn options_against_a_preset_are_errors_also_where_they_are_the_default() {
    let check = |options: Value| (entry("index").unwrap().check)(&options);
    let problems = check(
        json!({ "framework": "f.toml", "preset": "spssau", "weights": "equal", "aggregation": "arithmetic", "scope": "per-period" }),
    );
    let whats: Vec<&str> = problems.iter().map(|p| p.what.as_str()).collect();
    assert_eq!(problems.len(), 2, "{whats:?}");
    assert!(
        problems.iter().all(|p| p.code == "preset-contradicted")
            && whats[0].contains("`weights`")
            && whats[1].contains("`scope`")
    );
    assert!(check(json!({ "framework": "f.toml", "preset": "coinr", "scope": "per-period", "weights": "manual" })).is_empty());
}
