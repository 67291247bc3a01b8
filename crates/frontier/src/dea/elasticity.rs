//! Local scale elasticity at the projection, bounded by the extreme supporting hyperplanes.
//!
//! At an efficient point `(x, y)` of the VRS frontier a supporting hyperplane `u·y − v·x + ω = 0` with
//! `v·x = 1` has the elasticity `v·x / u·y = 1 / (1 − ω)`: the percentage by which outputs grow when
//! inputs grow by one percent (Førsund and Hjalmarsson 2004). The hyperplanes of a vertex span a range
//! of `ω` (Banker and Thrall 1992). They pass through all peers of the point, whose weights are
//! therefore free in the dual programs that give the ends of the range:
//!
//! ```text
//! ω⁺ = min α   subject to   Σλxⱼ ≤ αx,  Σλyⱼ ≥ 0,  Σλ = 1
//! −ω⁻ = min α  subject to   Σλxⱼ ≤ αx,  Σλyⱼ ≥ 0,  Σλ = −1     λ ≥ 0, but free for peers; α free
//! ```
//!
//! The second has no feasible point where `ω` has no lower end: the elasticity then goes down to 0.

use numerics::lp::{Family, Instance, LpError, Sense, Solution, Status};
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
        let rows: Vec<usize> = (0..dea.state.len()).filter(|&u| dea.state[u] == State::Optimal).collect();
        let order = neighbours(&columns, &rows, 0..0);
        let largest = extreme(dea, radial, &order, 1.0)?;
        let smallest = extreme(dea, radial, &order, -1.0)?;
        let blank = || vec![f64::NAN; dea.state.len()];
        let mut out =
            Self { low: blank(), high: blank(), class: vec![ScaleClass::Unknown; dea.state.len()], state: dea.state.clone() };
        for ((&u, up), down) in order.iter().zip(largest).zip(smallest) {
            // Both ends are there for a point of the frontier, but for the lower one of a largest unit.
            let (Some(high), Some(low)) = (up.elasticity(-1.0), down.elasticity(1.0)) else {
                out.state[u] = State::Numerical;
                continue;
            };
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

/// One end of the range of `ω`, as the program gives it.
struct End {
    status: Status,
    value: f64,
    interval: (f64, f64),
}

impl End {
    /// `1 / (1 + sign value)`, if its certificate says so to [`SCALE_TOLERANCE`].
    fn elasticity(&self, sign: f64) -> Option<f64> {
        let at = |value: f64| {
            let rest = 1.0 + sign * value;
            if rest <= TOLERANCE { f64::INFINITY } else { 1.0 / rest }
        };
        match self.status {
            Status::Infeasible if sign > 0.0 => Some(0.0),
            Status::Optimal | Status::Numerical if self.value.is_finite() => {
                let (a, b) = (at(self.interval.0), at(self.interval.1));
                (a == b || (a - b).abs() <= SCALE_TOLERANCE * (1.0 + a.min(b))).then(|| at(self.value))
            }
            _ => None,
        }
    }
}

fn extreme(dea: &Dea, radial: &Radial<'_>, order: &[usize], sum: f64) -> Result<Vec<End>, LpError> {
    let (cloud, inputs) = (radial.cloud(), dea.input_targets.len());
    let k = cloud.rows();
    let mut senses = vec![Sense::AtMost; inputs];
    senses.resize(k - 1, Sense::AtLeast);
    senses.push(Sense::Equal);
    // A vertex has at most as many peers as rows; where it has fewer, the last stands for the rest.
    let family = Family::new(cloud, senses, vec![true; 1 + k], 1)?.any_vertex();
    let fill = |u: usize, program: &mut Instance| {
        let (alpha, free) = program.extras.split_at_mut(k);
        alpha.iter_mut().zip(&dea.input_targets).for_each(|(a, c)| *a = -c[u]);
        let peers = dea.peers.classes_of(u);
        for (q, column) in free.chunks_exact_mut(k).enumerate() {
            let peer = peers[q.min(peers.len() - 1)];
            column.iter_mut().enumerate().for_each(|(i, a)| *a = cloud.row(i)[peer]);
        }
        program.rhs[k - 1] = sum;
        program.costs[0].extras[0] = 1.0;
    };
    let take = |_, s: &Solution| {
        let value = s.values.first().copied().unwrap_or(f64::NAN);
        End { status: s.status, value, interval: s.interval }
    };
    Ok(family.sweep(order, fill, take))
}
