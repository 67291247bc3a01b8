//! Exact optima of `tests/oracle/models.py` on plain and on nasty data.

use frontier::{
    Orientation, State,
    dea::{self, DeaOptions, Returns, ScoreOptions, Slacks},
};
use serde_json::Value;

use crate::generate::{Columns, KINDS};

/// What the digits of `sets.json` and one division leave open.
pub const ROUNDING: f64 = 1e-14;

/// A data set of the oracle: its columns, the units evaluated, exact values by model.
pub struct Set {
    pub name: &'static str,
    pub columns: Columns,
    pub evaluated: Vec<usize>,
    values: Value,
}

/// All data sets.
pub fn sets() -> Vec<Set> {
    let cases: Vec<Value> = serde_json::from_str(include_str!("../oracle/sets.json")).unwrap();
    let set = |case: Value| {
        let size = |key: &str| case[key].as_u64().unwrap() as usize;
        let (name, kind) = *KINDS.iter().find(|k| k.0 == case["kind"].as_str().unwrap()).unwrap();
        let columns = Columns::new(kind, size("n"), case["seed"].as_u64().unwrap());
        Set { name, columns, evaluated: (0..size("n")).step_by(size("step")).collect(), values: case }
    };
    let sets: Vec<Set> = cases.into_iter().map(set).collect();
    assert_eq!(sets.len(), KINDS.len());
    sets
}

impl Set {
    /// Exact values of a model, one for each unit evaluated; `None` is infeasible. `None` for a model that the
    /// set does not have.
    pub fn values(&self, model: &str) -> Option<Vec<Option<f64>>> {
        self.values.get(model).map(|v| v.as_array().unwrap().iter().map(Value::as_f64).collect())
    }
}

/// What is wrong with a result, in words; empty where nothing is. `exact` is `None` for infeasible.
pub fn complaint(state: State, value: f64, interval: (f64, f64), exact: Option<f64>, size: f64) -> Option<String> {
    let Some(exact) = exact else {
        return (state != State::Infeasible).then(|| format!("{state:?} {value} where nothing is feasible"));
    };
    let (low, high) = interval;
    let slack = ROUNDING * size;
    if state != State::Optimal {
        Some(format!("{state:?}, exactly {exact}"))
    } else if (value - exact).abs() > 1e-9 * size {
        Some(format!("{value} is not {exact}: off by {:.1e}", value - exact))
    } else if !(low - slack <= exact && exact <= high + slack) {
        Some(format!("[{low}, {high}] does not contain {exact}: by {:.1e}", (low - exact).max(exact - high)))
    } else if high - low > 1e-9 * size {
        Some(format!("[{low}, {high}] is wider than 1e-9"))
    } else {
        None
    }
}

pub const RETURNS: [(&str, Returns); 4] =
    [("crs", Returns::Crs), ("vrs", Returns::Vrs), ("nirs", Returns::Nirs), ("ndrs", Returns::Ndrs)];
pub const SIDES: [(&str, Orientation); 2] = [("in", Orientation::Input), ("out", Orientation::Output)];

/// Fails with all complaints.
pub fn all_right(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} units:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn radial_scores_and_their_intervals() {
    let mut complaints = Vec::new();
    for set in sets() {
        for (side, orientation) in SIDES {
            for (name, returns) in RETURNS {
                let options = DeaOptions { orientation, returns, scale: false, slacks: Slacks::Range, ..DeaOptions::default() };
                let d = dea::dea(&set.columns.technology(), &options).unwrap();
                // Under constant returns theta is 1 / phi.
                let shared = side == "out" && name == "crs";
                let exact = set.values(&if shared { "in-crs".to_owned() } else { format!("{side}-{name}") }).unwrap();
                for (&u, exact) in set.evaluated.iter().zip(exact) {
                    let exact = exact.map(|v| if side == "out" && !shared { 1.0 / v } else { v });
                    let wrong = complaint(d.state[u], d.score[u], d.interval[u], exact, exact.unwrap_or(1.0));
                    complaints.extend(wrong.map(|w| format!("{} {side}-{name} unit {u}: {w}", set.name)));
                }
            }
        }
    }
    all_right(&complaints);
}

/// The way for large data, which keeps nothing but scores and bounds.
#[test]
fn scores_alone() {
    let mut complaints = Vec::new();
    for set in sets() {
        for (side, orientation) in SIDES {
            for (name, returns) in RETURNS.into_iter().filter(|r| r.0 != "crs" || side == "in") {
                let options = ScoreOptions { orientation, returns, ..ScoreOptions::default() };
                let d = dea::scores(&set.columns.technology(), &options).unwrap();
                let exact = set.values(&format!("{side}-{name}")).unwrap();
                for (&u, exact) in set.evaluated.iter().zip(exact) {
                    let exact = exact.map(|v| if side == "out" { 1.0 / v } else { v });
                    let wrong = complaint(d.state[u], d.score[u], (d.low[u], d.high[u]), exact, exact.unwrap_or(1.0));
                    complaints.extend(wrong.map(|w| format!("{} {side}-{name} unit {u}: {w}", set.name)));
                }
            }
        }
    }
    all_right(&complaints);
}
