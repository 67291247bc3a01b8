//! Assertions of the test suites of DataEnvelopmentAnalysis.jl and BenchmarkingEconomicEfficiency.jl: one line of
//! JSON for each call with its data and what the suite asserts of the model.

mod distance;
mod economic;
mod expression;
mod models;
mod russell;

use std::{collections::BTreeMap, path::Path};

use expression::{Expression, parse};
use serde::Deserialize;
use serde_json::Value;

use super::{Row, Verdict};

/// The files, where a folder has them.
const FILES: [&str; 2] = ["julia_dea_tests.jsonl", "julia_bee_tests.jsonl"];

/// Call, accessor and unit of rows that the suites assert and the model does not determine:
/// `docs/known-differences.md`, "Peers of a weakly efficient unit".
const KNOWN: [(&str, &str, usize); 3] = [
    ("dea(X, Y, orient = :Input, rts = :CRS)", "convert(Matrix, peers(MODEL))", 10),
    ("deabigdata(X, Y, orient = :Input, rts = :CRS)", "convert(Matrix, peers(MODEL))", 10),
    ("deabigdata(X, Y, orient = :Input, rts = :VRS)", "convert(Matrix, peers(MODEL))", 10),
];

/// One call of a suite.
#[derive(Deserialize)]
struct Call {
    file: String,
    testset: String,
    call: String,
    data: BTreeMap<String, Value>,
    checks: Vec<Check>,
}

#[derive(Deserialize)]
struct Check {
    accessor: String,
    expected: Value,
    atol: Option<f64>,
}

/// Units by variables, periods one after the other.
#[derive(Clone, Debug, Default, PartialEq)]
struct Table(Vec<Vec<Vec<f64>>>);

/// A model's numbers by what asks for them: `efficiency`, `slacks X`, `prodchange EC`.
type Parts = BTreeMap<&'static str, Vec<Vec<f64>>>;

/// Parts of a model, and which units have one solution only; empty where that is not told.
#[derive(Clone, Debug, Default, PartialEq)]
struct Model {
    parts: Parts,
    unique: Vec<bool>,
}

/// What an expression stands for.
#[derive(Clone, Debug, PartialEq)]
enum Meaning {
    Table(Table),
    Model(Model),
    Symbol(String),
    Number(f64),
    Yes(bool),
}

/// Why an expression has no value.
enum Stop {
    /// The function or an option of it is not there yet.
    Unsupported(String),
    /// It failed where it should not.
    Failed(String),
}

fn unsupported<T>(what: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Unsupported(what.into()))
}

/// Counts of a test set.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    unsupported: usize,
    assertions: usize,
    left: usize,
    known: usize,
    several: usize,
    /// Distance and what is allowed, where their ratio is largest, and where that is.
    worst: Option<(f64, f64, String)>,
    missing: Vec<String>,
    wrong: Vec<String>,
}

/// One row for each test set of the files that the folder has.
pub fn rows(folder: &Path) -> Vec<Row> {
    let mut rows = Vec::new();
    for file in FILES {
        let Ok(text) = std::fs::read_to_string(folder.join(file)) else { continue };
        // Test sets in the order of their first call.
        let mut sets: Vec<(String, String, Tally)> = Vec::new();
        for (number, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
            let call: Call = match serde_json::from_str(line) {
                Ok(call) => call,
                Err(e) => {
                    let tally = Tally { failed: 1, wrong: vec![format!("line {}: {e}", number + 1)], ..Tally::default() };
                    sets.push((format!("line {}", number + 1), file.to_owned(), tally));
                    continue;
                }
            };
            let at = sets.iter().position(|s| s.0 == call.testset).unwrap_or_else(|| {
                sets.push((call.testset.clone(), call.file.clone(), Tally::default()));
                sets.len() - 1
            });
            sets[at].2.add(&call);
        }
        let suite = file.trim_end_matches(".jsonl");
        rows.extend(sets.into_iter().map(|(name, source, tally)| tally.row(format!("{suite} {name}"), source)));
    }
    rows
}

impl Tally {
    fn add(&mut self, call: &Call) {
        let mut data = BTreeMap::new();
        for (name, values) in &call.data {
            data.insert(name.as_str(), Meaning::Table(table(values)));
        }
        let said = |e: &str, stop: &str| format!("{} {}: {stop}", call.call, e);
        let model = match parse(&call.call).map(|e| evaluate(&e, &data)) {
            Some(Ok(model)) => model,
            Some(Err(Stop::Failed(why))) => {
                self.failed += 1;
                self.left += call.checks.len();
                return self.wrong.push(said("", &why));
            }
            Some(Err(Stop::Unsupported(what))) => return self.leave(call, what),
            None => return self.leave(call, call.call.clone()),
        };
        data.insert("MODEL", model);
        let (mut compared, mut good) = (0, true);
        for check in &call.checks {
            let found = match parse(&check.accessor).map(|e| evaluate(&e, &data)) {
                Some(Ok(found)) => found,
                Some(Err(Stop::Failed(why))) => {
                    good = false;
                    self.wrong.push(said(&check.accessor, &why));
                    continue;
                }
                Some(Err(Stop::Unsupported(what))) => {
                    self.left += 1;
                    self.missing.push(what);
                    continue;
                }
                None => {
                    self.left += 1;
                    self.missing.push(check.accessor.clone());
                    continue;
                }
            };
            compared += 1;
            self.assertions += 1;
            let known = KNOWN.iter().find(|k| k.0 == call.call && k.1 == check.accessor).map(|k| k.2);
            self.known += usize::from(known.is_some());
            // A unit with several optimal sets of peers may have another one there.
            let several: Vec<usize> = match data.get("MODEL") {
                Some(Meaning::Model(m)) if check.accessor.contains("peers") => {
                    (0..m.unique.len()).filter(|&u| !m.unique[u] && Some(u) != known).collect()
                }
                _ => Vec::new(),
            };
            self.several += several.len();
            let out = |u: usize| Some(u) == known || several.contains(&u);
            let (distance, allowed) = distance(&found, check, out);
            if distance > allowed || distance.is_nan() {
                good = false;
                self.wrong.push(said(&check.accessor, &format!("{distance:.1e} off where {allowed:.1e} is allowed")));
            }
            let ratio = |d: f64, a: f64| if d == 0.0 { 0.0 } else { d / a };
            if self.worst.as_ref().is_none_or(|w| ratio(distance, allowed) > ratio(w.0, w.1) || distance.is_nan()) {
                self.worst = Some((distance, allowed, said(&check.accessor, "")));
            }
        }
        match (good, compared) {
            (false, _) => self.failed += 1,
            (true, 0) => self.unsupported += 1,
            (true, _) => self.passed += 1,
        }
    }

    fn leave(&mut self, call: &Call, what: String) {
        self.unsupported += 1;
        self.left += call.checks.len();
        self.missing.push(what);
    }

    fn row(mut self, case: String, source: String) -> Row {
        let verdict = match (self.failed, self.passed) {
            (0, 0) => Verdict::Unsupported,
            (0, _) => Verdict::Pass,
            _ => Verdict::Fail,
        };
        self.missing.sort();
        self.missing.dedup();
        let calls = self.passed + self.failed + self.unsupported;
        let mut method = format!("{} of {calls} calls, {} of {}", self.passed, self.assertions, self.assertions + self.left);
        if self.known > 0 {
            method.push_str(&format!(", known differences: {}", self.known));
        }
        if self.several > 0 {
            method.push_str(&format!(", units with several solutions: {}", self.several));
        }
        if !self.missing.is_empty() {
            method.push_str(&format!(" (no {})", self.missing.join(", ")));
        }
        let detail = if self.wrong.is_empty() {
            self.worst.as_ref().map_or_else(String::new, |w| w.2.clone())
        } else {
            self.wrong.join("; ")
        };
        let (difference, tolerance) = self.worst.map_or((None, None), |w| (Some(w.0), Some(w.1)));
        Row { case, source, method, difference, tolerance, verdict, detail }
    }
}

/// Julia's `isapprox`: the Euclidean distance against `atol`, or against the square root of the machine
/// epsilon times the larger norm where the suite names none. Rows that are `out` do not count.
fn distance(found: &Meaning, check: &Check, out: impl Fn(usize) -> bool) -> (f64, f64) {
    let expected = table(&check.expected);
    let flat = |t: &Table| -> Vec<f64> {
        let rows = t.0.iter().flat_map(|p| p.iter().enumerate()).filter(|r| !out(r.0));
        rows.flat_map(|r| r.1).copied().collect()
    };
    let (found, expected) = match found {
        Meaning::Table(t) => (flat(t), flat(&expected)),
        Meaning::Number(x) => (vec![*x], flat(&expected)),
        _ => return (f64::NAN, 0.0),
    };
    let norm = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>().sqrt();
    let allowed = check.atol.unwrap_or_else(|| f64::EPSILON.sqrt() * norm(&found).max(norm(&expected)));
    if found.len() != expected.len() {
        return (f64::INFINITY, allowed);
    }
    let off: Vec<f64> = found.iter().zip(&expected).map(|(f, e)| if f == e { 0.0 } else { f - e }).collect();
    (norm(&off), allowed)
}

/// `[unit]`, `[unit][variable]` or `[unit][variable][period]`.
fn table(v: &Value) -> Table {
    let number = |v: &Value| v.as_f64().unwrap_or(f64::NAN);
    let Some(units) = v.as_array() else { return Table(vec![vec![vec![number(v)]]]) };
    let cell = |v: &Value| v.as_array().map_or_else(|| vec![number(v)], |a| a.iter().map(number).collect::<Vec<_>>());
    let rows: Vec<Vec<Vec<f64>>> =
        units.iter().map(|u| u.as_array().map_or_else(|| vec![vec![number(u)]], |a| a.iter().map(cell).collect())).collect();
    let periods = rows.iter().flatten().map(Vec::len).max().unwrap_or(1);
    let of = |t: usize| {
        let variable = |c: &Vec<f64>| c.get(t).copied().unwrap_or(f64::NAN);
        rows.iter().map(|r| r.iter().map(variable).collect()).collect()
    };
    Table((0..periods).map(of).collect())
}

fn evaluate(e: &Expression, names: &BTreeMap<&str, Meaning>) -> Result<Meaning, Stop> {
    match e {
        Expression::Name(name) if name == "true" || name == "false" => Ok(Meaning::Yes(name == "true")),
        Expression::Name(name) if name == "Inf" => Ok(Meaning::Number(f64::INFINITY)),
        // A type, as in `convert(Matrix, ...)`.
        Expression::Name(name) => match names.get(name.as_str()) {
            Some(found) => Ok(found.clone()),
            None => Ok(Meaning::Symbol(name.clone())),
        },
        Expression::Symbol(name) => Ok(Meaning::Symbol(name.clone())),
        Expression::Number(x) => Ok(Meaning::Number(*x)),
        // `MODEL.costmodelbase.normalization` of a change.
        Expression::Field(of, last) if last == "normalization" => match of.as_ref() {
            Expression::Field(model, period) => match evaluate(model, names)? {
                Meaning::Model(model) if period.ends_with("base") => part(&model, "normfactor base"),
                Meaning::Model(model) => part(&model, "normfactor comp"),
                _ => unsupported(last.as_str()),
            },
            _ => unsupported(last.as_str()),
        },
        // `Gurobi.Optimizer`: which program solves is no part of the model.
        Expression::Field(_, name) if name == "Optimizer" => Ok(Meaning::Symbol(name.clone())),
        Expression::Field(of, name) => match (evaluate(of, names)?, name.as_str()) {
            (Meaning::Model(model), "slackX") => part(&model, "slacks X"),
            (Meaning::Model(model), "slackY") => part(&model, "slacks Y"),
            _ => unsupported(name.as_str()),
        },
        Expression::Blocks(rows) => blocks(rows, names),
        Expression::Call { name, arguments, options } => {
            let values = arguments.iter().map(|a| evaluate(a, names)).collect::<Result<Vec<_>, _>>()?;
            let options =
                options.iter().map(|(k, v)| Ok((k.as_str(), evaluate(v, names)?))).collect::<Result<BTreeMap<_, _>, Stop>>()?;
            call(name, &values, &options)
        }
    }
}

fn call(name: &str, arguments: &[Meaning], options: &BTreeMap<&str, Meaning>) -> Result<Meaning, Stop> {
    match (name, arguments) {
        ("convert", [_, value]) | ("Matrix" | "size", [value]) => Ok(value.clone()),
        ("ones", [Meaning::Table(like)]) => Ok(filled(like, 1.0)),
        ("zeros", [Meaning::Table(like)]) => Ok(filled(like, 0.0)),
        ("DEAOptimizer", [Meaning::Symbol(_)]) => Ok(Meaning::Symbol(name.to_owned())),
        ("peersmatrix", [Meaning::Model(model)]) => part(model, "peers"),
        (_, [Meaning::Model(model)]) => part(model, name),
        (_, [Meaning::Model(model), Meaning::Symbol(which)]) => part(model, &format!("{name} {which}")),
        _ => models::run(name, arguments, options).map(Meaning::Model),
    }
}

fn part(model: &Model, name: &str) -> Result<Meaning, Stop> {
    match model.parts.get(name) {
        Some(values) => Ok(Meaning::Table(Table(vec![values.clone()]))),
        None => unsupported(name),
    }
}

fn filled(like: &Table, value: f64) -> Meaning {
    Meaning::Table(Table(like.0.iter().map(|p| p.iter().map(|r| vec![value; r.len()]).collect()).collect()))
}

/// `[X; 2 2]` below each other, `[X B]` beside each other.
fn blocks(rows: &[Vec<Expression>], names: &BTreeMap<&str, Meaning>) -> Result<Meaning, Stop> {
    let mut all: Vec<Vec<f64>> = Vec::new();
    for row in rows {
        let mut beside: Vec<Vec<f64>> = Vec::new();
        for block in row {
            let block = match evaluate(block, names)? {
                Meaning::Table(Table(periods)) if periods.len() == 1 => periods.into_iter().next().unwrap_or_default(),
                Meaning::Number(x) => vec![vec![x]],
                _ => return unsupported("a block"),
            };
            beside.resize(block.len().max(beside.len()), Vec::new());
            beside.iter_mut().zip(block).for_each(|(r, b)| r.extend(b));
        }
        all.extend(beside);
    }
    Ok(Meaning::Table(Table(vec![all])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read_as_written() {
        let Some(Expression::Call { name, arguments, options }) =
            parse("dea([X; 0.5], targets(MODEL, :Y), l = 1, slack = false )")
        else {
            panic!()
        };
        assert_eq!((name.as_str(), arguments.len(), options.len()), ("dea", 2, 2));
        assert_eq!(arguments[0], parse("[X; 0.5]").unwrap());
        assert_eq!(options[0], ("l".to_owned(), Expression::Number(1.0)));
        assert!(matches!(parse("MODEL.slackX"), Some(Expression::Field(_, f)) if f == "slackX"));
        assert_eq!(parse("dea(X"), None);
        assert_eq!(parse("X + Y"), None);
    }

    #[test]
    fn a_wrong_number_fails_its_call() {
        let line = |score: f64| -> Call {
            serde_json::from_value(serde_json::json!({
                "file": "test/dea.jl", "testset": "RadialDEAModel", "call": "dea(X, Y, orient = :Input)",
                "data": {"X": [1.0, 2.0], "Y": [1.0, 1.0]},
                "checks": [{"accessor": "efficiency(MODEL)", "expected": [1.0, score], "atol": null},
                           {"accessor": "rank(MODEL)", "expected": [1.0], "atol": null}],
            }))
            .unwrap()
        };
        for (score, verdict) in [(0.5, Verdict::Pass), (0.6, Verdict::Fail)] {
            let mut tally = Tally::default();
            tally.add(&line(score));
            assert_eq!((tally.assertions, tally.left), (1, 1));
            assert_eq!(tally.row(String::new(), String::new()).verdict, verdict);
        }
    }
}
