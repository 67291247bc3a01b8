//! Every frontier method of the registry, with every word and switch of its options, on tables that are wrong on purpose.
//! A table is refused with the place of its fault, or told of in a finding; never a breakdown, never a silent number.
//! Methods are found by their schema: a new one needs no line here.

use std::{collections::BTreeSet, path::Path, sync::OnceLock};

use panel::Problem;
use serde_json::{Map, Value, json};
use study::{
    method::Output,
    methods::{self, Entry},
    run::{self, Failure, Silent},
    spec::check::{choices, types},
    table::{Cells, Table},
};

use crate::{
    bench::Bench,
    frontier::{plain, table},
};

/// Models that are made for negative values, as their pages say.
const ANY_SIGN: [&str; 3] = ["additive", "closest", "design"];

fn properties(entry: &Entry) -> Map<String, Value> {
    (entry.schema)().get("properties").and_then(Value::as_object).cloned().unwrap_or_default()
}

/// Frontier methods: what takes lists of inputs and of outputs.
fn frontier_methods() -> Vec<&'static Entry> {
    let of = |e: &&Entry| ["inputs", "outputs"].iter().all(|name| properties(e).contains_key(*name));
    methods::entries().iter().filter(of).collect()
}

/// A study of the table `t.csv` with one step.
fn text(method: &str, options: &Map<String, Value>) -> String {
    let mut step = Map::from_iter([("method".to_owned(), json!(method)), ("data".to_owned(), json!("main"))]);
    step.extend(options.clone());
    let data = json!({ "main": { "file": "t.csv", "unit": "unit", "period": "year" } });
    toml::to_string(&json!({ "title": "x", "data": data, "steps": { "a": step } })).unwrap()
}

fn solve(b: &Bench, method: &str, options: &Map<String, Value>) -> Result<Output, Vec<Problem>> {
    let name = Path::new("study.toml");
    match run::run_text(&text(method, options), name, b.path(), None, &Silent) {
        Ok(finished) => Ok(finished.result.steps[0].output.clone()),
        Err(Failure::Input(problems)) => Err(problems),
        Err(Failure::Run(problems)) => panic!("{method} {options:?} broke off: {problems:?}"),
    }
}

/// Options of a method, one set for each word and switch of its schema, that run on a sound table.
fn settings(entry: &Entry, sound: &Bench) -> Vec<Map<String, Value>> {
    let schema = (entry.schema)();
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let mut base = Map::from_iter([("inputs".to_owned(), json!(["k", "l"])), ("outputs".to_owned(), json!(["y"]))]);
    let properties = properties(entry);
    for (name, property) in properties.iter().filter(|(name, _)| required.contains(&name.as_str())) {
        let list = types(property).contains(&"array");
        base.entry(name.clone()).or_insert_with(|| if list { json!(["b"]) } else { json!("b") });
    }
    let mut sets = vec![base.clone()];
    for (name, property) in properties.iter().filter(|(name, _)| *name != "missing") {
        let mut with = |value: Value| {
            let mut set = base.clone();
            set.insert(name.clone(), value);
            sets.push(set);
        };
        if name == "bad_outputs" {
            with(json!(["b"]));
        } else if types(property).contains(&"boolean") {
            with(json!(true));
            with(json!(false));
        } else {
            choices(property).into_iter().flatten().for_each(|word| with(json!(word)));
        }
    }
    sets.retain(|set| solve(sound, entry.name, set).is_ok());
    sets
}

/// Each method with its settings.
fn all() -> &'static [(&'static Entry, Vec<Map<String, Value>>)] {
    /// A method with sets of its options.
    type Sets = (&'static Entry, Vec<Map<String, Value>>);
    static ALL: OnceLock<Vec<Sets>> = OnceLock::new();
    ALL.get_or_init(gather)
}

#[expect(clippy::print_stderr, reason = "names what was not run")]
fn gather() -> Vec<(&'static Entry, Vec<Map<String, Value>>)> {
    let sound = Bench::new(&[("t.csv", &table(plain))]);
    let found: Vec<_> = frontier_methods().into_iter().map(|e| (e, settings(e, &sound))).collect();
    let out_of_reach: Vec<&str> = found.iter().filter(|(_, s)| s.is_empty()).map(|(e, _)| e.name).collect();
    if !out_of_reach.is_empty() {
        eprintln!("not run, their options need more than names of variables: {out_of_reach:?}");
    }
    let reached: BTreeSet<&str> = found.iter().filter(|(_, s)| !s.is_empty()).map(|(e, _)| e.name).collect();
    for name in ["design", "dea", "directional", "additive", "sbm", "malmquist", "malmquist-luenberger", "luenberger"] {
        assert!(reached.contains(name), "{name} does not run on a sound table");
    }
    found
}

fn column<'a>(table: &'a Table, name: &str) -> Option<&'a Cells> {
    table.columns.iter().find(|c| c.name == name).map(|c| &c.cells)
}

/// No infinity but a bound that is open; and beside each `optimal` its certified bounds, in order and around the score
/// that they certify.
#[track_caller]
fn sound(output: &Output, what: &str) {
    for t in &output.tables {
        for c in &t.columns {
            if let Cells::Number(values, _) = &c.cells {
                let bound = ["low", "high", "width"].iter().any(|b| c.name.ends_with(b));
                assert!(bound || !values.iter().any(|x| x.is_infinite()), "{what}: {} {}", t.id, c.name);
            }
        }
        if let (Some(Cells::Text(status)), Some(Cells::Number(low, _)), Some(Cells::Number(high, _))) =
            (column(t, "status"), column(t, "low"), column(t, "high"))
        {
            // An own score that stands beside what is made of it is what is certified.
            let own = ["inefficiency", "efficiency"].iter().find_map(|name| column(t, name));
            let first = t.columns.iter().map(|c| &c.cells).find(|c| matches!(c, Cells::Number(..)));
            let Some(Cells::Number(score, _)) = own.or(first) else { panic!("{what}: {} has bounds of nothing", t.id) };
            for (i, s) in status.iter().enumerate().filter(|(_, s)| s.en == "optimal") {
                assert!(low[i] <= high[i], "{what}: {} row {i} is {} within {} and {}", t.id, s.en, low[i], high[i]);
                let room = 1e-9 * (1.0 + low[i].abs().min(high[i].abs()));
                let within = low[i] - room <= score[i] && score[i] <= high[i] + room;
                assert!(within, "{what}: {} row {i} is {}, outside {} and {}", t.id, score[i], low[i], high[i]);
            }
        }
    }
}

/// What was said, by problems or by findings.
fn said(result: &Result<Output, Vec<Problem>>) -> String {
    match result {
        Err(problems) => problems.iter().map(|p| format!("{p} {:?}\n", p.place)).collect(),
        Ok(out) => out.findings.iter().map(|f| format!("{} {} {}\n", f.code, f.place.en, f.message.en)).collect(),
    }
}

/// Runs everything on a table; `judge` looks at what came of it.
fn everywhere(text: &str, judge: impl Fn(&str, &Result<Output, Vec<Problem>>, &str)) {
    let b = Bench::new(&[("t.csv", text)]);
    for (entry, sets) in all() {
        for set in sets {
            let result = solve(&b, entry.name, set);
            let what = format!("{} {}", entry.name, Value::Object(set.clone()));
            if let Ok(output) = &result {
                sound(output, &what);
            }
            judge(entry.name, &result, &what);
        }
    }
}

/// The fault is named, whether the method refuses it or goes on.
fn named(word: &str) -> impl Fn(&str, &Result<Output, Vec<Problem>>, &str) {
    move |_, result, what| {
        let said = said(result);
        assert!(said.contains(word), "{what}: `{word}` is not in what was said: {said}");
    }
}

/// A table of the panel with one cell changed by year, unit and column.
fn cell(change: impl Fn(usize, usize, usize, f64) -> Option<String>) -> String {
    table(|u, t, c, x| change(u, t, c, x).unwrap_or_else(|| x.to_string()))
}

#[test]
fn columns_and_units_of_zeros() {
    everywhere(&cell(|_, _, c, _| (c == 0).then(|| "0".into())), named("k"));
    everywhere(&cell(|_, _, c, _| (c == 2).then(|| "0".into())), named("y"));
    // Models invariant to translation take a unit of zeros as any other.
    everywhere(&cell(|u, t, _, _| (u == 3 && t == 1).then(|| "0".into())), |name, result, what| {
        if !(result.is_ok() && ANY_SIGN[..2].contains(&name)) {
            named("D")(name, result, what);
        }
    });
}

#[test]
fn negative_values() {
    everywhere(&cell(|u, t, c, x| (u == 0 && t == 0 && c < 3).then(|| (-x).to_string())), |name, result, what| {
        if result.is_err() {
            named("negative")(name, result, what);
            named("A")(name, result, what);
        } else {
            assert!(ANY_SIGN.contains(&name), "{what}: a negative cell, and not a word: {}", said(result));
        }
    });
}

#[test]
fn cells_that_are_no_numbers() {
    for word in ["nan", "inf", "-inf", "#DIV/0!", "1e400"] {
        everywhere(&cell(|u, t, c, _| (u == 1 && t == 1 && c == 0).then(|| word.into())), |_, result, what| {
            let said = said(result);
            assert!(result.is_err() && said.contains('k') && said.contains(word.trim_start_matches('-')), "{what}: {said}");
        });
    }
    // Empty cells are refused, or told of.
    everywhere(&cell(|u, t, c, _| (u == 1 && t == 1 && c == 0).then(String::new)), named("B"));
}

#[test]
fn one_unit_few_units_and_twins() {
    let lines = |keep: &[&str]| -> String {
        let whole = table(plain);
        let kept = whole.lines().filter(|l| l.starts_with("unit") || keep.iter().any(|k| l.starts_with(k)));
        kept.map(|l| format!("{l}\n")).collect()
    };
    let wide = ["pooled", "global", "sequential", "window", "biennial"];
    for few in [lines(&["A,"]), lines(&["A,", "B,"])] {
        // Three variables for one or two units, but where a reference has several periods.
        everywhere(&few, |name, result, what| {
            if !wide.iter().any(|w| what.contains(w)) {
                named("FR003")(name, result, what);
            }
        });
    }
    everywhere(&table(|_, _, _, _| "2".into()), named("FR026"));
}

/// From 1e-12 to 1e12 in one table: by unit, by variable, and mixed. What double precision cannot prove is not optimal.
#[test]
fn twenty_four_orders_of_magnitude() {
    let rows = table(|u, _, _, x| (x * 10_f64.powi(-12 + 24 * u as i32 / 5)).to_string());
    let mixed = table(|u, t, c, x| (x * 10_f64.powi((u * 7 + t * 5 + c * 11) as i32 % 25 - 12)).to_string());
    for text in [&rows, &mixed] {
        everywhere(text, |name, result, what| {
            // Targets that vanish beside others have no logarithm: the affinity refuses them, with place and way out.
            let way_out = name == "ebm" && result.is_err() && said(result).contains("give ε instead");
            if !way_out {
                named("FR021")(name, result, what);
            }
        });
    }
    // What is proved on it is what it is at plain size, however far the units of measure lie apart; where units do, what
    // is free of the size of a unit.
    let by_variable = table(|_, _, c, x| (x * [1e-12, 1e12, 1e9, 1e-9][c]).to_string());
    same_as_plain(&by_variable, |_, set| !OF_UNITS.iter().any(|(name, word)| set.get(*name) == Some(&json!(word))));
    same_as_plain(&rows, |name, set| FREE_OF_SIZE.contains(&name) && set.get("rts") == Some(&json!("crs")));
}

/// Words of options whose numbers carry units of measure, as their pages say.
const OF_UNITS: [(&str, &str); 5] =
    [("direction", "ones"), ("weights", "sum"), ("least", "unit"), ("measure", "sum"), ("model", "holder")];

/// Methods whose score under constant returns does not change when a unit's values are all multiplied.
const FREE_OF_SIZE: [&str; 8] =
    ["dea", "sbm", "russell", "super-efficiency", "multiplier", "two-stage", "generalised", "metafrontier"];

/// Solves a table and the plain one: variables for later steps are the same wherever both are optimal.
fn same_as_plain(text: &str, take: impl Fn(&str, &Map<String, Value>) -> bool) {
    let (b, plain) = (Bench::new(&[("t.csv", text)]), Bench::new(&[("t.csv", &table(plain))]));
    for (entry, sets) in all() {
        for set in sets.iter().filter(|set| take(entry.name, set)) {
            let what = format!("{} {}", entry.name, Value::Object(set.clone()));
            let solved = |bench| solve(bench, entry.name, set).unwrap_or_else(|e| panic!("{what}: {e:?}"));
            let (found, base) = (solved(&b), solved(&plain));
            sound(&found, &what);
            let table = found.tables.iter().find(|t| t.id == "scores_all");
            let status = table.and_then(|t| column(t, "status"));
            let proved = |i: usize| match status {
                Some(Cells::Text(s)) => s[i].en == "optimal",
                _ => true,
            };
            for (v, w) in found.variables.iter().zip(&base.variables) {
                for (i, (x, y)) in v.values.iter().zip(&w.values).enumerate().filter(|(i, _)| proved(*i)) {
                    let same = x.is_nan() || y.is_nan() || (x - y).abs() <= 1e-6 * (1.0 + y.abs());
                    assert!(same, "{what}: {} row {i} is {x}, {y} at plain size", v.name);
                }
            }
        }
    }
}

/// A period in which nothing was recorded, with units that lack data left out.
#[test]
fn a_period_without_units() {
    let b = Bench::new(&[("t.csv", &cell(|_, t, c, _| (t == 1 && c == 0).then(String::new)))]);
    for (entry, sets) in all() {
        for mut set in sets.iter().cloned() {
            if properties(entry).contains_key("missing") {
                set.insert("missing".into(), json!("exclude"));
            }
            let result = solve(&b, entry.name, &set);
            let what = format!("{} {}", entry.name, Value::Object(set.clone()));
            if let Ok(output) = &result {
                sound(output, &what);
                named("FR001")(entry.name, &result, &what);
            }
            // Periods that the table does not have at all.
            set.extend([("from".to_owned(), json!(1990)), ("to".to_owned(), json!(1991))]);
            let never = said(&solve(&b, entry.name, &set));
            assert!(never.contains("1990"), "{what}: {never}");
        }
    }
}

/// Undesirable outputs in models that have none name the models that do.
#[test]
fn undesirable_outputs_where_there_are_none() {
    let b = Bench::new(&[("t.csv", &table(plain))]);
    for (entry, sets) in all() {
        for mut set in sets.iter().filter(|_| !properties(entry).contains_key("bad_outputs")).cloned() {
            set.insert("bad_outputs".into(), json!(["b"]));
            let said = said(&solve(&b, entry.name, &set));
            assert!(said.contains("bad_outputs") && said.contains("`directional`"), "{}: {said}", entry.name);
        }
    }
}
