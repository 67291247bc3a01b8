//! Local scale elasticity at the projection, bounded by the extreme supporting hyperplanes.
//!
//! At an efficient point `(x, y)` of the VRS frontier a supporting hyperplane `u·y − v·x + ω = 0` with
//! `v·x = 1` has the elasticity `v·x / u·y = 1 / (1 − ω)`: the percentage by which outputs grow when
//! inputs grow by one percent (Førsund and Hjalmarsson 2004). The hyperplanes of a vertex span a range
//! of `ω` (Banker and Thrall 1992). Its ends are the duals of
//!
//! ```text
//! ω⁺ = min α   subject to   Σλx ≤ (α + β)x,  Σλy ≥ βy,  Σλ = β + 1
//! −ω⁻ = min α  subject to   Σλx ≤ (α + β)x,  Σλy ≥ βy,  Σλ = β − 1     λ ≥ 0, α and β free
//! ```
//!
//! The second has no feasible point where `ω` has no lower end: the elasticity then goes down to 0.

use numerics::lp::{Family, Instance, LpError, Sense, Status};
use serde::{Deserialize, Serialize};

use super::{Dea, SCALE_TOLERANCE, ScaleClass, TOLERANCE};
use crate::{order::neighbours, radial::Radial, technology::State};

/// Bounds of the local scale elasticity; one value per unit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Elasticity {
    /// Smallest elasticity of a supporting hyperplane: that of growing (right-hand).
    pub low: Vec<f64>,
    /// Largest: that of shrinking (left-hand). Infinite where outputs can lose all value.
    pub high: Vec<f64>,
    /// Returns to scale by these bounds: increasing above 1, decreasing below 1, constant if 1 lies
    /// between.
    pub class: Vec<ScaleClass>,
    /// State of both bounds.
    pub state: Vec<State>,
}

impl Elasticity {
    /// The elasticity of a unit whose hyperplane is the only one.
    pub fn single(&self, unit: usize) -> Option<f64> {
        let (low, high) = (self.low[unit], self.high[unit]);
        (high - low <= SCALE_TOLERANCE * high && high.is_finite()).then_some(0.5 * (low + high))
    }

    /// At the targets of `dea`, against the VRS reference of `radial`.
    pub(super) fn at_targets(dea: &Dea, radial: &Radial<'_>) -> Result<Self, LpError> {
        let columns: Vec<&[f64]> = dea.input_targets.iter().chain(&dea.output_targets).map(Vec::as_slice).collect();
        let inputs = dea.input_targets.len();
        let rows: Vec<usize> = (0..dea.state.len()).filter(|&u| dea.state[u] == State::Optimal).collect();
        let order = neighbours(&columns, &rows, 0..0);
        let largest = extreme(radial, &columns, inputs, &order, 1.0)?;
        let smallest = extreme(radial, &columns, inputs, &order, -1.0)?;
        let blank = || vec![f64::NAN; dea.state.len()];
        let mut out =
            Self { low: blank(), high: blank(), class: vec![ScaleClass::Unknown; dea.state.len()], state: dea.state.clone() };
        for ((&u, up), down) in order.iter().zip(largest).zip(smallest) {
            let down = match down {
                (Status::Infeasible, _) => (Status::Optimal, f64::INFINITY),
                other => other,
            };
            if let Some(failed) = [up.0, down.0].into_iter().find(|s| *s != Status::Optimal) {
                // Both ends exist for a point of the frontier; anything else is rounding.
                out.state[u] = if failed == Status::Numerical { failed.into() } else { State::Numerical };
                continue;
            }
            let elasticity = |rest: f64| if rest <= TOLERANCE { f64::INFINITY } else { 1.0 / rest };
            let (low, high) = (elasticity(1.0 + down.1), elasticity(1.0 - up.1));
            out.low[u] = low;
            out.high[u] = high;
            out.class[u] = if low > 1.0 + SCALE_TOLERANCE {
                ScaleClass::Increasing
            } else if high < 1.0 - SCALE_TOLERANCE {
                ScaleClass::Decreasing
            } else {
                ScaleClass::Constant
            };
        }
        Ok(out)
    }
}

fn extreme(
    radial: &Radial<'_>,
    columns: &[&[f64]],
    inputs: usize,
    order: &[usize],
    sum: f64,
) -> Result<Vec<(Status, f64)>, LpError> {
    let k = columns.len();
    let mut senses = vec![Sense::AtMost; inputs];
    senses.resize(k, Sense::AtLeast);
    senses.push(Sense::Equal);
    let family = Family::new(radial.cloud(), senses, vec![true, true], 1)?.any_vertex();
    let fill = |u: usize, program: &mut Instance| {
        let (alpha, beta) = program.extras.split_at_mut(k + 1);
        for (i, c) in columns.iter().enumerate() {
            alpha[i] = if i < inputs { -c[u] } else { 0.0 };
            beta[i] = -c[u];
        }
        beta[k] = -1.0;
        program.rhs[k] = sum;
        program.costs[0].extras[0] = 1.0;
    };
    Ok(family.sweep(order, fill, |_, s| (s.status, s.values.first().copied().unwrap_or(f64::NAN))))
}
