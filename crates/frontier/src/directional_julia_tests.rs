//! The directional and environmental calls in the tests of DataEnvelopmentAnalysis.jl 0.9.2 (MIT), read from the folder
//! `shared` beside the repository. Where it is absent these tests pass without looking.

use serde_json::Value;

use super::*;
use crate::{
    Observations,
    malmquist_luenberger::{self, Index, MalmquistLuenbergerOptions},
};

fn calls(of: &[&str]) -> Vec<Value> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/frontier/julia_dea_tests.jsonl");
    let Ok(text) = std::fs::read_to_string(file) else { return Vec::new() };
    let all = text.lines().filter_map(|l| serde_json::from_str::<Value>(l).ok());
    all.filter(|c| c["call"].as_str().is_some_and(|s| of.iter().any(|f| s.starts_with(&format!("{f}("))))).collect()
}

/// Columns of a table of rows, or the one column of a list of numbers.
fn columns(v: &Value) -> Vec<Vec<f64>> {
    let rows: Vec<Vec<f64>> = v.as_array().into_iter().flatten().map(cells).collect();
    (0..rows.first().map_or(0, Vec::len)).map(|i| rows.iter().map(|r| r[i]).collect()).collect()
}

fn cells(v: &Value) -> Vec<f64> {
    match v {
        Value::Array(a) => a.iter().flat_map(cells).collect(),
        other => vec![other.as_f64().unwrap_or(f64::NAN)],
    }
}

/// The value of a keyword of a call.
fn keyword<'a>(call: &'a str, name: &str) -> Option<&'a str> {
    let rest = call.split_once(&format!("{name} = "))?.1;
    let mut depth = 0;
    let end = rest.find(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth < 0 || (depth == 0 && c == ',')
    });
    Some(rest[..end.unwrap_or(rest.len())].trim())
}

struct Called {
    t: Vec<Vec<f64>>,
    m: usize,
    s: usize,
    options: DirectionalOptions,
}

impl Called {
    fn new(case: &Value) -> Self {
        let call = case["call"].as_str().unwrap();
        let bad = call.starts_with("deaenv");
        let parts: Vec<Vec<Vec<f64>>> = ["X", "Y", "B"].iter().map(|k| columns(&case["data"][k])).collect();
        let (m, s) = (parts[0].len(), parts[1].len());
        let mut lengths = Vec::new();
        for (k, name) in ["Gx", "Gy", "Gb"].iter().enumerate() {
            let word = match (keyword(call, name), bad, k) {
                (Some(w), _, _) => w,
                // `deaenv` keeps inputs unless told otherwise.
                (None, true, 0) => "zeros",
                (None, _, _) => "Observed",
            };
            for column in &parts[k] {
                let n = column.len();
                lengths.push(match word {
                    w if w.starts_with("zeros") || w == ":Zeros" => vec![0.0; n],
                    w if w.starts_with("ones") || w == ":Ones" => vec![1.0; n],
                    ":Mean" => vec![numerics::moments::mean(column); n],
                    _ => column.clone(),
                });
            }
        }
        let returns = match keyword(call, "rts") {
            Some(":VRS") => DirectionalReturns::Vrs,
            _ => DirectionalReturns::Crs,
        };
        let options = DirectionalOptions {
            direction: Direction::Columns(lengths),
            returns,
            bad_outputs: BadOutputs::Strong,
            slacks: Slacks::Sum,
            ..DirectionalOptions::default()
        };
        Self { t: parts.concat(), m, s, options }
    }

    fn technology(&self) -> Technology<'_> {
        borrowed(&self.t, self.m, self.s)
    }
}

fn borrowed(columns: &[Vec<f64>], m: usize, s: usize) -> Technology<'_> {
    let all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    Technology { inputs: all[..m].to_vec(), outputs: all[m..m + s].to_vec(), bad_outputs: all[m + s..].to_vec() }
}

#[test]
fn calls_of_deaddf_deaddfm_and_deaenv() {
    let cases = calls(&["deaddf", "deaddfm", "deaenv"]);
    let (mut compared, mut others) = (0, Vec::new());
    for case in &cases {
        let called = Called::new(case);
        let what = case["call"].as_str().unwrap();
        let result = directional(&called.technology(), &called.options);
        if let Err(DirectionalError::Direction(d)) = &result {
            // A direction of zeros moves nothing: there 0 by definition, here no direction.
            assert!(d.iter().all(|d| matches!(d, DirectionDefect::Zero(_))) && what.to_lowercase().contains("zeros"), "{what}");
            compared += 1;
            continue;
        }
        let r = result.unwrap();
        for check in case["checks"].as_array().unwrap() {
            let accessor = check["accessor"].as_str().unwrap();
            // Their default: relative to the size of the list, the square root of machine precision.
            let expected = cells(&check["expected"]);
            let size = expected.iter().map(|x| x * x).sum::<f64>().sqrt();
            let tolerance = check["atol"].as_f64().unwrap_or(0.0).max(1.5e-8 * size.max(1.0));
            let side = |of: &[Vec<f64>]| -> Vec<f64> { (0..r.beta.len()).flat_map(|u| of.iter().map(move |c| c[u])).collect() };
            let found = match accessor {
                "efficiency(MODEL)" => r.beta.clone(),
                "slacks(MODEL, :X)" => side(&r.slacks[..called.m]),
                "slacks(MODEL, :Y)" => side(&r.slacks[called.m..called.m + called.s]),
                "slacks(MODEL, :B)" => side(&r.slacks[called.m + called.s..]),
                "convert(Matrix, peers(MODEL))" => {
                    let n = r.beta.len();
                    let weight = |u: usize, j: usize| r.peers[u].iter().filter(|p| p.units.contains(&j)).map(|p| p.weight).sum();
                    (0..n).flat_map(|u| (0..n).map(move |j| (u, j))).map(|(u, j)| weight(u, j)).collect()
                }
                "efficiency(dea(targets(MODEL, :X), targets(MODEL, :Y), slack = false))" => {
                    // θ = 1 - β along the inputs, under constant returns.
                    let options = DirectionalOptions { direction: Direction::Inputs, ..called.options.clone() };
                    let again = directional(&borrowed(&r.targets, called.m, called.s), &options).unwrap();
                    again.beta.iter().map(|b| 1.0 - b).collect()
                }
                a if a.starts_with("efficiency(dea") && a.contains("targets(") => {
                    let options = DirectionalOptions { direction: Direction::Observed, ..called.options.clone() };
                    let again = directional(&borrowed(&r.targets, called.m, called.s), &options).unwrap();
                    assert!(again.class.iter().all(|c| *c == Class::Strong), "{what} {:?}", again.class);
                    again.beta
                }
                a if a.starts_with("efficiency(dea") && a.contains("(X, Y") => r.beta.clone(),
                other => {
                    others.push(other);
                    continue;
                }
            };
            assert_eq!(found.len(), expected.len(), "{what} {accessor}");
            for (f, e) in found.iter().zip(&expected) {
                assert!((f - e).abs() <= tolerance, "{what} {accessor}: {found:?} for {expected:?}");
            }
            compared += 1;
        }
    }
    // Multipliers are one of several at a vertex, and theirs come from another one.
    assert!(others.iter().all(|a| a.starts_with("multipliers(") || a.starts_with("rts(")), "{others:?}");
    assert!(cases.is_empty() || compared >= 40, "{compared}");
}

/// `malmluen` is the consistent index of Aparicio, Pastor and Zofío (2013).
#[test]
fn calls_of_malmluen() {
    for case in calls(&["malmluen"]) {
        // [unit][variable][period]
        let table = |k: &str| -> Vec<Vec<f64>> { case["data"][k].as_array().unwrap().iter().map(cells).collect() };
        let (x, y, b) = (table("X"), table("Y"), table("B"));
        let (n, periods) = (x.len(), x[0].len());
        let units: Vec<usize> = (0..n * periods).map(|i| i / periods).collect();
        let years: Vec<i32> = (0..n).flat_map(|_| 1..=periods as i32).collect();
        let (x, y, b) = (x.concat(), y.concat(), b.concat());
        let technology = Technology { inputs: vec![&x], outputs: vec![&y], bad_outputs: vec![&b] };
        let options = MalmquistLuenbergerOptions { index: Index::Apz2013, ..MalmquistLuenbergerOptions::default() };
        let data = Observations { technology, units: &units, periods: &years };
        let r = malmquist_luenberger::malmquist_luenberger(&data, &options).unwrap();
        for check in case["checks"].as_array().unwrap() {
            let found = match check["accessor"].as_str().unwrap() {
                "prodchange(MODEL)" => &r.index,
                "prodchange(MODEL, :EC)" => &r.efficiency,
                "prodchange(MODEL, :TC)" => &r.best_practice,
                other => panic!("{other}"),
            };
            let (expected, tolerance) = (cells(&check["expected"]), check["atol"].as_f64().unwrap_or(1e-9));
            assert_eq!(found.len(), expected.len());
            assert!(found.iter().zip(&expected).all(|(f, e)| (f - e).abs() <= tolerance), "{found:?} for {expected:?}");
        }
    }
}
