//! Game cross-efficiency: scores that no unit's best case for another may cut.

use numerics::lp::{LpError, Solution, Status};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{CrossOptions, ROOM, Table, means::Means};
use crate::{
    pricing::Priced,
    technology::{FrontierError, State},
};

/// How the iteration of the game ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Convergence {
    /// Whether the last change was within the tolerance.
    pub converged: bool,
    /// Steps made.
    pub steps: usize,
    /// Largest change of a score in the last step.
    pub change: f64,
}

impl Table<'_> {
    /// Iterates `α_j ← mean over d of max {E_j : E_d ≥ α_d}` from `means`.
    pub(super) fn game<'t>(
        &'t self,
        own: &[Priced],
        mut means: Means<'t>,
        options: &CrossOptions,
    ) -> Result<(Means<'t>, Convergence), FrontierError> {
        let received = |m: &Means<'_>| -> Vec<f64> { (0..self.len()).map(|j| m.received(j, !options.self_appraisal)).collect() };
        let mut scores = received(&means);
        let mut end = Convergence { converged: false, steps: 0, change: f64::INFINITY };
        while !end.converged && end.steps < options.steps {
            let take = |s: &Solution| match (s.status, s.values.first()) {
                (Status::Optimal, Some(&v)) => v.min(1.0),
                _ => f64::NAN,
            };
            let row = |(d, o): (usize, &Priced)| {
                if o.state != State::Optimal || scores[d].is_nan() {
                    return Ok(vec![f64::NAN; self.len()]);
                }
                let level = scores[d] - ROOM * scores[d].abs();
                self.over_held((self.appraisal, d, level), 1.0, take)
            };
            let rows: Result<Vec<Vec<f64>>, LpError> = own.par_iter().enumerate().map(row).collect();
            means = Means::of(&self.counts, rows?, true);
            let next = received(&means);
            end.steps += 1;
            end.change = next.iter().zip(&scores).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            end.converged = end.change <= options.tolerance;
            scores = next;
        }
        Ok((means, end))
    }
}
