//! Game cross-efficiency: scores that no unit's best case for another may cut.

use numerics::lp::{Solution, Status};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{CrossOptions, ROOM, Table, means::Means};
use crate::{
    pricing::{Common, Forms, Priced},
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
        let common = Common { anchored: true, values: true, ..Common::default() };
        let family = self.pricing.family(common)?;
        let received = |m: &Means<'_>| -> Vec<f64> { (0..self.len()).map(|j| m.received(j, !options.self_appraisal)).collect() };
        let mut scores = received(&means);
        let mut end = Convergence { converged: false, steps: 0, change: f64::INFINITY };
        while !end.converged && end.steps < options.steps {
            let row = |(d, o): (usize, &Priced)| {
                if o.state != State::Optimal || scores[d].is_nan() {
                    return vec![f64::NAN; self.len()];
                }
                let level = scores[d] - ROOM * scores[d].abs();
                let write = |j: usize, forms: Forms<'_>| {
                    self.pricing.numerator(forms.goal, self.appraisal, j, 1.0);
                    self.pricing.denominator(forms.unit, self.appraisal, j, 1.0);
                    self.anchor(forms.anchor, self.appraisal, d, level);
                };
                let take = |_, s: &Solution| match (s.status, s.values.first()) {
                    (Status::Optimal, Some(&v)) => v.min(1.0),
                    _ => f64::NAN,
                };
                self.by_point(self.pricing.sweep(&family, common, &self.order, write, take))
            };
            means = Means::of(&self.counts, own.par_iter().enumerate().map(row).collect(), true);
            let next = received(&means);
            end.steps += 1;
            end.change = next.iter().zip(&scores).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            end.converged = end.change <= options.tolerance;
            scores = next;
        }
        Ok((means, end))
    }
}
