//! Achievement: how much of the way to its target an indicator has gone, at most all of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AssessmentError, Own};
use crate::{framework::Direction, normalise::goal, weights::in_row};

/// How the distance to a target is measured. All variants are cut at 1: what lies beyond a target makes up for nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Distance {
    /// `x / target`, `target / x` where less is better: the official monitoring of scientific and technological progress.
    #[default]
    Ratio,
    /// `(x - worst) / (target - worst)` with `worst` the declared goalpost, or else the worst value among the peers.
    FromWorst,
    /// `(x - base) / (target - base)` with `base` the unit's own value in the base period; below 0 where it fell back.
    FromBase,
}

/// What an achievement stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// On the way.
    Measured,
    /// At the target or beyond.
    Reached,
    /// The indicator declares no target.
    NoTarget,
    /// The value is missing.
    Missing,
    /// The unit has no value in the base period.
    NoBase,
    /// The target is no better than where the distance is measured from, and the value is short of it.
    Behind,
}

/// Achievements, aligned with the rows of the composite; `NaN` and `Missing` outside the group.
#[derive(Clone, Debug, PartialEq)]
pub struct Achievement {
    /// `values[indicator][row]`: 1 at the target.
    pub values: Vec<Vec<f64>>,
    /// What they stand on.
    pub status: Vec<Vec<Status>>,
    /// Weighted mean over the indicators with an achievement, whose weights share what the others leave.
    pub total: Vec<f64>,
}

/// The value of a cell on its way from `from` to `to`, all turned so that more is better.
fn way(x: f64, from: f64, to: f64) -> (f64, Status) {
    if x >= to {
        (1.0, Status::Reached)
    } else if to <= from {
        (f64::NAN, Status::Behind)
    } else {
        ((x - from) / (to - from), Status::Measured)
    }
}

pub(super) fn achieve(own: &Own<'_>, distance: Distance) -> Result<Achievement, Vec<AssessmentError>> {
    let n = &own.composite.normalised;
    let mut errors = Vec::new();
    let blank = (vec![f64::NAN; n.units.len()], vec![Status::Missing; n.units.len()]);
    let (mut values, mut status) = (vec![blank.0.clone(); own.tree.leaves.len()], vec![blank.1; own.tree.leaves.len()]);
    for (j, leaf) in own.tree.leaves.iter().enumerate() {
        let Some(target) = goal(leaf) else {
            own.rows.iter().for_each(|&i| status[j][i] = Status::NoTarget);
            continue;
        };
        let turn = |i: usize| leaf.direction.turn(n.raw[j][i]);
        let known = || own.rows.iter().copied().filter(|&i| !n.raw[j][i].is_nan());
        let declared = leaf.goalposts.map(|(low, high)| leaf.direction.turn(low).min(leaf.direction.turn(high)));
        let worst = declared.unwrap_or_else(|| known().map(turn).fold(f64::INFINITY, f64::min));
        if distance == Distance::Ratio {
            let aim = leaf.target.unwrap_or(f64::NAN);
            let place = || (own.name.to_owned(), leaf.id.clone());
            if leaf.direction.ideal().is_some() {
                let (group, indicator) = place();
                errors.push(AssessmentError::RatioIdeal { group, indicator });
                continue;
            }
            if aim <= 0.0 {
                let (group, indicator) = place();
                errors.push(AssessmentError::RatioTarget { group, indicator, target: aim });
                continue;
            }
            if let Some(i) = known().find(|&i| n.raw[j][i] < 0.0) {
                let (unit, period) = (n.units[i].clone(), n.periods[i]);
                errors.push(AssessmentError::RatioNegative { indicator: leaf.id.clone(), unit, period });
                continue;
            }
        }
        for i in known() {
            let (value, what) = match distance {
                Distance::FromWorst => way(turn(i), worst, target),
                Distance::FromBase => match own.base_row(i).map(turn).filter(|b| !b.is_nan()) {
                    Some(base) => way(turn(i), base, target),
                    None => (f64::NAN, Status::NoBase),
                },
                Distance::Ratio if turn(i) >= target => (1.0, Status::Reached),
                // Short of a positive target, a value whose less is better is above it, and so above 0.
                Distance::Ratio if leaf.direction == Direction::Negative => (-target / n.raw[j][i], Status::Measured),
                Distance::Ratio => (n.raw[j][i] / target, Status::Measured),
            };
            values[j][i] = value;
            status[j][i] = what;
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut total = blank.0;
    for &i in own.rows {
        let local = &own.composite.weights.local[own.composite.weights.of_row[i]];
        let weights = in_row(own.tree, local, &|j| !values[j][i].is_nan());
        let known: Vec<f64> =
            weights.iter().enumerate().filter(|(j, _)| !values[*j][i].is_nan()).map(|(j, w)| w * values[j][i]).collect();
        if weights.iter().any(|w| *w > 0.0) {
            total[i] = numerics::moments::sum(&known);
        }
    }
    Ok(Achievement { values, status, total })
}
