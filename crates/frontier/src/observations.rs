//! A technology observed over periods.

use serde::{Deserialize, Serialize};

use crate::technology::{Defect, FrontierError, Missing, State, Technology};

/// Rows of a panel: a technology with the unit and the period of each row. A unit has at most one row
/// per period.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observations<'a> {
    /// The columns.
    pub technology: Technology<'a>,
    /// Unit of each row, as a number.
    pub units: &'a [usize],
    /// Period of each row.
    pub periods: &'a [i32],
}

/// A change that cannot be computed because an observation is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Unit.
    pub unit: usize,
    /// The earlier period.
    pub from: i32,
    /// The later period.
    pub to: i32,
    /// Whether the earlier observation is missing or incomplete.
    pub from_missing: bool,
    /// Whether the later one is.
    pub to_missing: bool,
}

/// Complete rows by period, pairs of adjacent periods, and the gaps between them.
pub(crate) struct Pairs {
    /// Periods in order with their complete rows.
    pub(crate) periods: Vec<(i32, Vec<usize>)>,
    /// `(unit, position of the earlier period, its row, row of the later period)`.
    pub(crate) pairs: Vec<(usize, usize, usize, usize)>,
    /// Pairs that could not be formed for units seen in the panel.
    pub(crate) gaps: Vec<Gap>,
}

impl Observations<'_> {
    pub(crate) fn pairs(&self, missing: Missing, bad_outputs: bool) -> Result<Pairs, FrontierError> {
        self.technology.check(missing, bad_outputs)?;
        let n = self.technology.len();
        for found in [self.units.len(), self.periods.len()] {
            if found != n {
                return Err(FrontierError::Shape { role: crate::Role::Input, variable: 0, found, expected: n });
            }
        }
        let complete = self.technology.complete();
        let mut names: Vec<i32> = self.periods.to_vec();
        names.sort_unstable();
        names.dedup();
        let mut periods: Vec<(i32, Vec<usize>)> = names.iter().map(|&p| (p, Vec::new())).collect();
        for row in (0..n).filter(|&r| complete[r]) {
            periods[names.partition_point(|p| *p < self.periods[row])].1.push(row);
        }
        let zero: Vec<Defect> = periods.iter().flat_map(|(_, rows)| self.technology.zero_variables(rows)).collect();
        if !zero.is_empty() {
            return Err(FrontierError::Data(zero));
        }
        if periods.iter().all(|(_, rows)| rows.is_empty()) {
            return Err(FrontierError::Empty);
        }
        let mut units = self.units.to_vec();
        units.sort_unstable();
        units.dedup();
        let by_unit = |rows: &Vec<usize>| {
            let mut keyed: Vec<(usize, usize)> = rows.iter().map(|&r| (self.units[r], r)).collect();
            keyed.sort_unstable();
            keyed
        };
        let keyed: Vec<Vec<(usize, usize)>> = periods.iter().map(|(_, rows)| by_unit(rows)).collect();
        let place = |t: usize, unit: usize| {
            let at = keyed[t].partition_point(|k| k.0 < unit);
            keyed[t].get(at).filter(|k| k.0 == unit).map(|k| k.1)
        };
        let (mut pairs, mut gaps) = (Vec::new(), Vec::new());
        for &unit in &units {
            for (t, two) in periods.windows(2).enumerate() {
                match (place(t, unit), place(t + 1, unit)) {
                    (Some(a), Some(b)) => pairs.push((unit, t, a, b)),
                    (a, b) => {
                        gaps.push(Gap { unit, from: two[0].0, to: two[1].0, from_missing: a.is_none(), to_missing: b.is_none() })
                    }
                }
            }
        }
        Ok(Pairs { periods, pairs, gaps })
    }
}

/// A distance with its state; `NaN` where the state is not `Optimal` or `Numerical`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Distance {
    /// The value.
    pub value: f64,
    /// Its state.
    pub state: State,
    /// Bounds of the value (its certificate).
    pub interval: (f64, f64),
}

impl Distance {
    /// What remains of a distance whose solution misses the unit's own values: a value without its upper bound.
    pub(crate) fn missed(self, top: f64) -> Self {
        let state = if self.state == State::Optimal { State::Numerical } else { self.state };
        Self { state, interval: (self.interval.0, top), ..self }
    }
}

/// No value yet.
pub(crate) const UNSOLVED: Distance = Distance { value: f64::NAN, state: State::Missing, interval: (f64::NAN, f64::NAN) };

/// Geometric mean of the finite positive values, and their number.
pub(crate) fn geometric_mean(xs: impl Iterator<Item = f64>) -> (f64, usize) {
    let logs: Vec<f64> = xs.filter(|x| x.is_finite() && *x > 0.0).map(f64::ln).collect();
    (numerics::moments::mean(&logs).exp(), logs.len())
}

/// Running products by unit: `NaN` from the first gap or unsolved change on. `keys` are (unit, period
/// position of the change), in order of unit, then period.
pub(crate) fn cumulate(keys: &[(usize, usize)], changes: &[f64]) -> Vec<f64> {
    let mut out = Vec::with_capacity(changes.len());
    for (i, &(unit, t)) in keys.iter().enumerate() {
        let before =
            if i > 0 && keys[i - 1].0 == unit { if keys[i - 1].1 + 1 == t { out[i - 1] } else { f64::NAN } } else { 1.0 };
        out.push(before * changes[i]);
    }
    out
}
