#![doc = include_str!("malmquist_luenberger.md")]

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::crossings::{Failure, Which, Why};
use crate::{
    crossings::Crossings,
    direction,
    directional::{BadOutputs, DirectionalReturns},
    observations::{Distance, Gap, Observations, UNSOLVED, cumulate, geometric_mean},
    rays::{Measured, one_sided},
    technology::{FrontierError, Missing, State},
};

/// The method's page.
pub const PAGE: &str = include_str!("malmquist_luenberger.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("malmquist_luenberger.zh.md");

/// Which index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Index {
    /// Global Malmquist-Luenberger (Oh 2010): all periods span one benchmark technology; circular
    /// and always feasible.
    #[default]
    Oh2010,
    /// Adjacent Malmquist-Luenberger (Chung, Färe and Grosskopf 1997): each period's own technology;
    /// not circular, and the cross-period distances may be infeasible.
    Cfg1997,
    /// The consistent adjacent index (Aparicio, Pastor and Zofío 2013): undesirable outputs may also rise at will, up to
    /// the largest of the technology's period (`Σλb ≤ b₀ − βg_b ≤ max b`).
    Apz2013,
}

/// Direction in which a unit is moved to the frontier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// (0, y, -b): more output and less pollution from the same inputs.
    #[default]
    Outputs,
    /// (-x, y, -b): also fewer inputs; `observed` among the directions of a directional distance.
    Full,
}

/// Returns to scale with weak disposability: undesirable outputs hold with equality.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WeakReturns {
    /// Constant returns: the single technology on which all formulations agree.
    #[default]
    Crs,
    /// Variable returns by adding that the weights sum to 1 (as `gtfpch` for Stata does). Simple and
    /// common, but bads then cannot be abated down to zero: no full weak disposability.
    VrsConvex,
    /// Variable returns with one abatement factor for all units (Shephard 1970; Färe and Grosskopf 2003); with the
    /// direction `outputs`, along which it is linear.
    VrsShephard,
    /// Variable returns with activity-specific abatement (Kuosmanen 2005): the smallest convex
    /// technology with weakly disposable bads.
    VrsKuosmanen,
}

impl From<WeakReturns> for DirectionalReturns {
    fn from(returns: WeakReturns) -> Self {
        match returns {
            WeakReturns::Crs => Self::Crs,
            WeakReturns::VrsConvex => Self::VrsConvex,
            WeakReturns::VrsShephard => Self::VrsShephard,
            WeakReturns::VrsKuosmanen => Self::VrsKuosmanen,
        }
    }
}

/// Options of [`malmquist_luenberger`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MalmquistLuenbergerOptions {
    /// Index: `oh2010` (global), `cfg1997` or `apz2013` (adjacent).
    pub index: Index,
    /// Direction: `outputs` for (0, y, -b) or `full` for (-x, y, -b).
    pub direction: Direction,
    /// Returns to scale: `crs`, `vrs-convex`, `vrs-shephard` or `vrs-kuosmanen`.
    pub returns: WeakReturns,
    /// Units with missing cells: `refuse` the data, or `exclude` those observations and name the gaps.
    pub missing: Missing,
}

/// Changes between adjacent periods, one row per unit and pair, by unit, then period. Above 1 is
/// improvement. `NaN` where a distance was not solved; its state says why.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MalmquistLuenberger {
    /// Unit.
    pub unit: Vec<usize>,
    /// Earlier period.
    pub from: Vec<i32>,
    /// Later period.
    pub to: Vec<i32>,
    /// Row of the earlier observation.
    pub from_row: Vec<usize>,
    /// Row of the later observation.
    pub to_row: Vec<usize>,
    /// Directional distance β of the earlier observation in its own period.
    pub base_own: Vec<Distance>,
    /// Directional distance of the later observation in its own period.
    pub comparison_own: Vec<Distance>,
    /// `oh2010`: earlier observation against the global technology; `cfg1997`: against the later period's.
    pub base_other: Vec<Distance>,
    /// `oh2010`: later observation against the global technology; `cfg1997`: against the earlier period's.
    pub comparison_other: Vec<Distance>,
    /// The index.
    pub index: Vec<f64>,
    /// Efficiency change, `(1 + β^t) / (1 + β^{t+1})`.
    pub efficiency: Vec<f64>,
    /// Best-practice change (`oh2010`) or technical change (`cfg1997`), from its own formula.
    pub best_practice: Vec<f64>,
    /// Index cumulated from the unit's first period, where no gap precedes.
    pub cumulative: Vec<f64>,
    /// Distances without a value, in the order of the changes: which, of which observation, and why.
    pub failures: Vec<Failure>,
    /// Indices that exist where an adjacent one does not, for `cfg1997` and `apz2013` with failures, over the
    /// same kind of technology; one value per change.
    pub alternatives: Option<Alternatives>,
    /// Changes that could not be computed because an observation is missing.
    pub gaps: Vec<Gap>,
    /// Largest relative violation of `index = efficiency x best_practice`.
    pub residual: f64,
}

/// Indices beside one that is not everywhere feasible. They are other indices: a series is of one of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Alternatives {
    /// Global index (Oh 2010): all periods span the technology.
    pub global: Vec<f64>,
    /// Biennial index (Pastor, Asmild and Lovell 2011): both periods of the change span the technology.
    pub biennial: Vec<f64>,
    /// The consistent adjacent index (Aparicio, Pastor and Zofío 2013), beside `cfg1997` only: undesirable outputs may rise at
    /// will up to a ceiling. Empty beside itself; `NaN` where it fails too.
    pub consistent: Vec<f64>,
}

impl MalmquistLuenberger {
    /// Geometric means of index, efficiency and best-practice change over the rows that `keep`
    /// accepts and that have an index, and the number of these rows.
    pub fn mean(&self, keep: impl Fn(usize) -> bool) -> (f64, f64, f64, usize) {
        let rows: Vec<usize> = (0..self.index.len()).filter(|&i| keep(i) && self.index[i].is_finite()).collect();
        let g = |c: &[f64]| geometric_mean(rows.iter().map(|&i| c[i]));
        (g(&self.index).0, g(&self.efficiency).0, g(&self.best_practice).0, g(&self.index).1)
    }
}

/// Malmquist-Luenberger index of every unit between adjacent periods.
///
/// # Errors
/// [`FrontierError`] as for [`crate::dea::dea`], and no undesirable output.
pub fn malmquist_luenberger(
    data: &Observations<'_>,
    options: &MalmquistLuenbergerOptions,
) -> Result<MalmquistLuenberger, FrontierError> {
    let consistent = options.index == Index::Apz2013;
    let pairs = data.pairs(options.missing, true)?;
    let t = &data.technology;
    let direction = match options.direction {
        Direction::Outputs => direction::Direction::Outputs,
        Direction::Full => direction::Direction::Observed,
    };
    let steps = direction.own_steps(t);
    let members: Vec<usize> = pairs.periods.iter().flat_map(|(_, rows)| rows.iter().copied()).collect();
    one_sided(options.returns.into(), t, &members, &steps)?;
    let programs = Crossings {
        technology: t,
        pairs: &pairs,
        direction: &direction,
        steps: &steps,
        returns: options.returns.into(),
        bads: if consistent { BadOutputs::Strong } else { BadOutputs::Weak },
        ceiling: consistent,
        factors: None,
    };
    let adjacent = options.index != Index::Oh2010;
    let crossed = programs.periods(adjacent)?;
    let global = if adjacent { Vec::new() } else { programs.global()? };

    let mut out = MalmquistLuenberger::default();
    for (change, &(unit, p, a, b)) in pairs.pairs.iter().enumerate() {
        let (from, to) = (pairs.periods[p].0, pairs.periods[p + 1].0);
        let (other_a, other_b) = if adjacent { (&crossed.ahead[a], &crossed.behind[b]) } else { (&global[a], &global[b]) };
        let four = [
            (Which::BaseOwn, &crossed.own[a], from, Some(from)),
            (Which::ComparisonOwn, &crossed.own[b], to, Some(to)),
            (Which::BaseOther, other_a, from, adjacent.then_some(to)),
            (Which::ComparisonOther, other_b, to, adjacent.then_some(from)),
        ];
        let [base_own, comparison_own, base_other, comparison_other] = four.map(|(which, measured, observed, technology)| {
            let (distance, why) = ratio(measured);
            out.failures.extend(why.map(|why| Failure { change, which, unit, observed, technology, why }));
            distance
        });
        let [own0, own1, other0, other1] = [base_own, comparison_own, base_other, comparison_other].map(|d| 1.0 + d.value);
        let efficiency = own0 / own1;
        let (index, best_practice) = match options.index {
            // other = distance to the global technology.
            Index::Oh2010 => (other0 / other1, (own1 / other1) / (own0 / other0)),
            // other0 = D^{t+1}(t), other1 = D^t(t+1).
            Index::Cfg1997 | Index::Apz2013 => {
                ((own0 / other1 * (other0 / own1)).sqrt(), (other0 / own0 * (own1 / other1)).sqrt())
            }
        };
        if index.is_finite() {
            out.residual = out.residual.max((index - efficiency * best_practice).abs() / index);
        }
        out.unit.push(unit);
        out.from.push(from);
        out.to.push(to);
        out.from_row.push(a);
        out.to_row.push(b);
        out.base_own.push(base_own);
        out.comparison_own.push(comparison_own);
        out.base_other.push(base_other);
        out.comparison_other.push(comparison_other);
        out.index.push(index);
        out.efficiency.push(efficiency);
        out.best_practice.push(best_practice);
    }
    if adjacent && !out.failures.is_empty() {
        let one = |a: &Measured, b: &Measured| (1.0 + ratio(a).0.value) / (1.0 + ratio(b).0.value);
        let whole = programs.global()?;
        out.alternatives = Some(Alternatives {
            global: pairs.pairs.iter().map(|&(_, _, a, b)| one(&whole[a], &whole[b])).collect(),
            biennial: programs.biennial()?.iter().map(|(a, b)| one(a, b)).collect(),
            consistent: if consistent {
                Vec::new()
            } else {
                let crossed = Crossings { bads: BadOutputs::Strong, ceiling: true, ..programs }.periods(true)?;
                let root = |a: usize, b: usize| {
                    (one(&crossed.own[a], &crossed.behind[b]) * one(&crossed.ahead[a], &crossed.own[b])).sqrt()
                };
                pairs.pairs.iter().map(|&(_, _, a, b)| root(a, b)).collect()
            },
        });
    }
    let keys: Vec<(usize, usize)> = pairs.pairs.iter().map(|p| (p.0, p.1)).collect();
    out.cumulative = cumulate(&keys, &out.index);
    out.gaps = pairs.gaps;
    Ok(out)
}

/// A distance that `1 + β` can be taken of, or why there is none. A point that is reached only by giving up all its output
/// or more is not reached: `1 + β` is a ratio of outputs.
fn ratio(measured: &Measured) -> (Distance, Option<Why>) {
    let d = measured.distance;
    match d.state {
        State::Optimal if d.value <= -1.0 => (Distance { state: State::Infeasible, ..UNSOLVED }, Some(Why::Vanishing)),
        State::Optimal => (d, None),
        _ => (d, Some(measured.why())),
    }
}

#[cfg(test)]
#[path = "malmquist_luenberger_tests.rs"]
mod tests;
