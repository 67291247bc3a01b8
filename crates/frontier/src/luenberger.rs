#![doc = include_str!("luenberger.md")]

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::crossings::{Failure, Which, Why};
use crate::{
    crossings::Crossings,
    directional::{BadOutputs, Direction, DirectionalError, DirectionalReturns, fits},
    nddf::{self, NddfWeights},
    observations::{Distance, Gap, Observations},
    rays::one_sided,
    technology::{Missing, Role, State},
};

/// The method's page.
pub const PAGE: &str = include_str!("luenberger.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("luenberger.zh.md");

/// Which indicator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Indicator {
    /// Adjacent (Chambers, Färe and Grosskopf 1996): arithmetic mean over the technologies of both periods; cross-period
    /// distances may be infeasible.
    #[default]
    Adjacent,
    /// Global: all periods span one technology; sums over periods telescope, always feasible.
    Global,
}

/// Options of [`luenberger`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LuenbergerOptions {
    /// Indicator: `adjacent` or `global`.
    pub indicator: Indicator,
    /// Direction, as for a directional distance; `mean` is the mean over all periods.
    pub direction: Direction,
    /// Non-radial: what one step of each variable counts, as for [`crate::nddf::nddf`], whose distance then takes the
    /// place of β. Radial if not given.
    pub non_radial: Option<NddfWeights>,
    /// Returns to scale, as for the distance.
    pub returns: DirectionalReturns,
    /// Undesirable outputs, if there are any: `weak` or `strong`.
    pub bad_outputs: BadOutputs,
    /// Units with missing cells: `refuse` the data, or `exclude` those observations and name the gaps.
    pub missing: Missing,
}

/// Changes between adjacent periods, one row per unit and pair, by unit, then period. Above 0 is improvement, in steps
/// of the direction. `NaN` where a distance was not solved; `failures` say why.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Luenberger {
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
    /// Earlier observation against the later period's technology (`global`: against the global one).
    pub base_other: Vec<Distance>,
    /// Later observation against the earlier period's technology (`global`: against the global one).
    pub comparison_other: Vec<Distance>,
    /// The indicator.
    pub indicator: Vec<f64>,
    /// Efficiency change, `β^t(t) - β^{t+1}(t+1)`.
    pub efficiency: Vec<f64>,
    /// Technical change (`global`: best-practice change), from its own formula.
    pub technical: Vec<f64>,
    /// Indicator summed from the unit's first period, where no gap precedes.
    pub cumulative: Vec<f64>,
    /// Distances without a value, in the order of the changes: which, of which observation, and why.
    pub failures: Vec<Failure>,
    /// For `adjacent` with failures: the global indicator of each change, which exists.
    pub global: Option<Vec<f64>>,
    /// Changes that could not be computed because an observation is missing.
    pub gaps: Vec<Gap>,
    /// Largest violation of `indicator = efficiency + technical`, relative to the largest distance in it, or to 1.
    pub residual: f64,
}

/// Arithmetic means over solved rows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeanIndicator {
    /// Indicator.
    pub indicator: f64,
    /// Efficiency change.
    pub efficiency: f64,
    /// Technical change.
    pub technical: f64,
    /// Number of rows with an indicator.
    pub count: usize,
}

impl Luenberger {
    /// Arithmetic means over the rows that `keep` accepts and that have an indicator, so that the means add up as the
    /// changes do.
    pub fn mean(&self, keep: impl Fn(usize) -> bool) -> MeanIndicator {
        let rows: Vec<usize> = (0..self.indicator.len()).filter(|&i| keep(i) && self.indicator[i].is_finite()).collect();
        let mean = |c: &[f64]| numerics::moments::mean(&rows.iter().map(|&i| c[i]).collect::<Vec<_>>());
        MeanIndicator {
            indicator: mean(&self.indicator),
            efficiency: mean(&self.efficiency),
            technical: mean(&self.technical),
            count: rows.len(),
        }
    }
}

/// Luenberger productivity indicator of every unit between adjacent periods, with or without undesirable outputs.
///
/// # Errors
/// [`DirectionalError`] as for [`crate::directional::directional`].
pub fn luenberger(data: &Observations<'_>, options: &LuenbergerOptions) -> Result<Luenberger, DirectionalError> {
    let t = &data.technology;
    let bads = !t.bad_outputs.is_empty();
    if options.non_radial.is_some() {
        nddf::technology(options.returns, options.bad_outputs, bads)?;
    } else {
        fits(options.returns, options.bad_outputs, bads)?;
    }
    let pairs = data.pairs(options.missing, bads)?;
    let members: Vec<usize> = pairs.periods.iter().flat_map(|(_, rows)| rows.iter().copied()).collect();
    let steps = options.direction.steps(t, t, &members)?;
    let factors = match &options.non_radial {
        None => {
            one_sided(options.returns, t, &members, &steps)?;
            None
        }
        // The weights are those of the whole panel: what moves in some period has its share in all.
        Some(weights) => {
            let roles: Vec<Role> = t.columns().map(|c| c.0).collect();
            let moves = |(v, (_, _, c)): (usize, (Role, usize, &[f64]))| members.iter().any(|&r| steps.length(v, r, c[r]) > 0.0);
            let moves: Vec<bool> = t.columns().enumerate().map(moves).collect();
            Some(weights.of(&roles, &moves)?)
        }
    };
    let programs = Crossings {
        technology: t,
        pairs: &pairs,
        direction: &options.direction,
        steps: &steps,
        returns: options.returns,
        bads: options.bad_outputs,
        ceiling: false,
        factors: factors.as_deref(),
    };
    let adjacent = options.indicator == Indicator::Adjacent;
    let crossed = programs.periods(adjacent)?;
    let global = if adjacent { Vec::new() } else { programs.global()? };

    let mut out = Luenberger::default();
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
            if measured.distance.state != State::Optimal {
                out.failures.push(Failure { change, which, unit, observed, technology, why: measured.why() });
            }
            measured.distance
        });
        let [own0, own1, other0, other1] = [base_own, comparison_own, base_other, comparison_other].map(|d| d.value);
        let efficiency = own0 - own1;
        let (indicator, technical) = match options.indicator {
            // other0 = D^{t+1}(t), other1 = D^t(t+1).
            Indicator::Adjacent => (0.5 * ((own0 - other1) + (other0 - own1)), 0.5 * ((own1 - other1) + (other0 - own0))),
            // other = distance to the global technology.
            Indicator::Global => (other0 - other1, (other0 - own0) - (other1 - own1)),
        };
        if indicator.is_finite() {
            let size = [own0, own1, other0, other1].iter().fold(1.0_f64, |m, x| m.max(x.abs()));
            out.residual = out.residual.max((indicator - (efficiency + technical)).abs() / size);
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
        out.indicator.push(indicator);
        out.efficiency.push(efficiency);
        out.technical.push(technical);
    }
    if adjacent && !out.failures.is_empty() {
        let whole = programs.global()?;
        let of = |r: usize| whole[r].distance.value;
        out.global = Some(pairs.pairs.iter().map(|&(_, _, a, b)| of(a) - of(b)).collect());
    }
    // Sums from the first period: unknown from the first gap or unsolved change on.
    for (i, &(unit, p, ..)) in pairs.pairs.iter().enumerate() {
        let before = match i.checked_sub(1).map(|j| (pairs.pairs[j], out.cumulative[j])) {
            Some(((u, q, ..), sum)) if u == unit => {
                if q + 1 == p {
                    sum
                } else {
                    f64::NAN
                }
            }
            _ => 0.0,
        };
        out.cumulative.push(before + out.indicator[i]);
    }
    out.gaps = pairs.gaps;
    Ok(out)
}

#[cfg(test)]
#[path = "luenberger_factor_tests.rs"]
mod factor_tests;
#[cfg(test)]
#[path = "luenberger_tests.rs"]
mod tests;
