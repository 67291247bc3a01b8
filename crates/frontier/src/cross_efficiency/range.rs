//! Least and largest appraisals over all optimal prices of the unit that appraises.

use numerics::lp::{LpError, Solution, Status};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Table, means::Means};
use crate::{
    pricing::Priced,
    projection::column,
    technology::{FrontierError, Orientation, State},
};

/// Least and largest appraisals over all optimal prices.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ranges {
    /// `[k][j]`: least appraisal of unit j by unit k; minus infinity where there is no bound.
    pub low: Vec<Vec<f64>>,
    /// `[k][j]`: largest appraisal.
    pub high: Vec<Vec<f64>>,
    /// Least mean appraisal of each unit.
    pub least: Vec<f64>,
    /// Largest mean appraisal of each unit.
    pub largest: Vec<f64>,
}

impl Table<'_> {
    /// Whether appraisals have no lower bound.
    fn open(&self) -> bool {
        self.appraisal == Orientation::Input && self.pricing.rows() > self.pricing.set.columns.len()
    }

    /// Ranges over points: `min` and `max` of `U_j` with `D_j = 1` over prices that give k its own score.
    pub(super) fn ranges(&self, own: &[Priced]) -> Result<Ranges, FrontierError> {
        let side = |sign: f64| -> Result<Vec<Vec<f64>>, LpError> {
            let take = |s: &Solution| match (s.status, s.values.first()) {
                // Prices without bound are a dual without solution. No appraisal lies above 1, and only an output
                // with an intercept can lie below 0.
                (Status::Infeasible, _) if sign < 0.0 && self.open() => f64::NEG_INFINITY,
                (Status::Optimal, Some(&v)) if State::Optimal.certified(s.interval, v.abs().max(1.0)) == State::Optimal => {
                    sign * v
                }
                _ => f64::NAN,
            };
            let row = |(k, o): (usize, &Priced)| {
                if o.score.is_nan() || o.prices.is_empty() {
                    return Ok(vec![f64::NAN; self.len()]);
                }
                self.over_held((self.own, k, o.floor()), sign, take)
            };
            own.par_iter().enumerate().map(row).collect()
        };
        Ok(Ranges { low: side(-1.0)?, high: side(1.0)?, ..Ranges::default() })
    }
}

impl Ranges {
    /// Means by unit of ranges over points.
    pub(super) fn over(&self, table: &Table<'_>, units: &[Option<&usize>], except: bool) -> Self {
        let mean = |m: &[Vec<f64>]| {
            let means = Means::of(&table.counts, m.to_vec(), false);
            column(units, f64::NAN, |&j| {
                let unbounded = (0..table.len()).map(|k| m[k][j]).find(|x| x.is_infinite());
                unbounded.unwrap_or_else(|| means.received(j, except))
            })
        };
        Self { least: mean(&self.low), largest: mean(&self.high), ..Self::default() }
    }
}
