//! Cases of models over several periods.

use frontier::budget::{self, Budget, BudgetOptions, Period};
use serde_json::Value;

use super::{
    Differences, Outcome,
    frontier::{numbers, text},
};

const METHOD: &str = "dynamic";

/// Runs a case of the family.
pub fn run(case: &Value) -> Outcome {
    budgets(case).unwrap_or_else(|o| o)
}

/// One input, one output, one budget: matrices `[unit][period]`.
fn budgets(case: &Value) -> Result<Outcome, Outcome> {
    if text(&case["model"], "kind") != Some("dynamic DEA budget-constrained") {
        return Err(Outcome::unsupported(format!("model {:?}", case["model"])));
    }
    let data = &case["data"]["inline"];
    let matrix = |name: &str| -> Vec<Vec<f64>> { data[name].as_array().into_iter().flatten().map(numbers).collect() };
    let (x, y, z, secured) = (columns(&matrix("x")), columns(&matrix("y")), columns(&matrix("z")), columns(&matrix("z0")));
    if x.is_empty() || [&y, &z].iter().any(|m| m.len() != x.len()) || secured.len() != 1 {
        return Err(Outcome::fail(METHOD, "x, y, z and z0 do not fit together"));
    }
    let period = |t: usize| Period { inputs: vec![&x[t]], spent: vec![&z[t]], outputs: vec![&y[t]], weight: 1.0 };
    let periods: Vec<Period<'_>> = (0..x.len()).map(period).collect();
    let found = budget::budget(&periods, &[&secured[0]], &BudgetOptions::default())
        .map_err(|e| Outcome::fail(METHOD, format!("{e} {e:?}")))?;
    let mut d = Differences::default();
    for (key, values) in case["expected"].as_object().into_iter().flatten() {
        if !compare(&mut d, &found, key, values) {
            return Err(Outcome::unsupported(format!("result `{key}`")));
        }
    }
    Ok(d.outcome(METHOD))
}

/// Compares one result; whether it is known.
fn compare(d: &mut Differences, found: &Budget, key: &str, values: &Value) -> bool {
    let units = found.efficiency.len();
    // By unit, then by period.
    let by_unit = |get: &dyn Fn(usize, usize) -> f64| -> Vec<f64> {
        (0..units).flat_map(|u| (0..found.periods.len()).map(move |t| (t, u))).map(|(t, u)| get(t, u)).collect()
    };
    let periods = &found.periods;
    let mine = match key {
        "eff.s" => found.efficiency.clone(),
        "eff.t" => by_unit(&|t, u| periods[t].score[u]),
        "xslack" => by_unit(&|t, u| periods[t].input_slacks[0][u]),
        "zslack" => by_unit(&|t, u| periods[t].input_slacks[1][u]),
        "aslack" => by_unit(&|t, u| periods[t].input_slacks[2][u]),
        "yslack" => by_unit(&|t, u| periods[t].output_slacks[0][u]),
        "lambda" => {
            let weight = |t: usize, u: usize, j: usize| -> f64 {
                periods[t].peers(u).filter(|p| p.units.contains(&j)).map(|p| p.weight).sum()
            };
            let cells = (0..units).flat_map(|u| (0..units).flat_map(move |j| (0..periods.len()).map(move |t| (t, u, j))));
            cells.map(|(t, u, j)| weight(t, u, j)).collect()
        }
        _ => return false,
    };
    d.series(key, &mine, &flat(values));
    true
}

/// All numbers of nested lists, in order.
fn flat(values: &Value) -> Vec<f64> {
    match values.as_array() {
        Some(list) => list.iter().flat_map(flat).collect(),
        None => vec![values.as_f64().unwrap_or(f64::NAN)],
    }
}

fn columns(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let width = rows.first().map_or(0, Vec::len);
    (0..width).map(|c| rows.iter().map(|r| r.get(c).copied().unwrap_or(f64::NAN)).collect()).collect()
}
