#![doc = include_str!("malmquist_luenberger.md")]

use numerics::lp::Status;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    directional::Directional,
    observations::{Distance, Gap, Observations, UNSOLVED, cumulate, geometric_mean},
    reference::Reference,
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
}

/// Direction in which a unit is moved to the frontier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// (0, y, -b): more output and less pollution from the same inputs.
    #[default]
    Outputs,
    /// (-x, y, -b): also fewer inputs.
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
    /// Variable returns with activity-specific abatement (Kuosmanen 2005): the smallest convex
    /// technology with weakly disposable bads.
    VrsKuosmanen,
}

/// Options of [`malmquist_luenberger`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MalmquistLuenbergerOptions {
    /// Index: `oh2010` (global) or `cfg1997` (adjacent).
    pub index: Index,
    /// Direction: `outputs` for (0, y, -b) or `full` for (-x, y, -b).
    pub direction: Direction,
    /// Returns to scale: `crs`, `vrs-convex` or `vrs-kuosmanen`.
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
    /// Changes that could not be computed because an observation is missing.
    pub gaps: Vec<Gap>,
    /// Largest relative violation of `index = efficiency x best_practice`.
    pub residual: f64,
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
    let pairs = data.pairs(options.missing, true)?;
    let t = &data.technology;
    let ready = |rows: &[usize]| -> Result<Directional, FrontierError> {
        Ok(Directional::new(&Reference::new(t, rows), t.inputs.len(), options.direction, options.returns)?)
    };
    let own: Vec<Directional> = pairs.periods.iter().map(|(_, rows)| ready(rows)).collect::<Result<_, _>>()?;
    let everything: Vec<usize> = pairs.periods.iter().flat_map(|(_, rows)| rows.iter().copied()).collect();
    let global = if options.index == Index::Oh2010 { Some(ready(&everything)?) } else { None };

    let distance = |set: &Directional, row: usize| -> Result<Distance, FrontierError> {
        let s = set.solve(&t.point(row))?;
        let value = -s.values.first().copied().unwrap_or(f64::NAN);
        // A point that is reached only by giving up more than all its output is not reached: 1 + β is a ratio of outputs.
        if s.status == Status::Optimal && value <= -1.0 {
            return Ok(Distance { state: State::Infeasible, ..UNSOLVED });
        }
        Ok(Distance { value, state: s.status.into(), interval: (-s.interval.1, -s.interval.0) })
    };
    let rows: Vec<(usize, usize)> =
        pairs.periods.iter().enumerate().flat_map(|(p, (_, rows))| rows.iter().map(move |&r| (p, r))).collect();
    let solved: Vec<(Distance, Option<Distance>)> = rows
        .par_iter()
        .map(|&(p, r)| Ok((distance(&own[p], r)?, global.as_ref().map(|g| distance(g, r)).transpose()?)))
        .collect::<Result<_, FrontierError>>()?;
    let mut by_row = vec![(UNSOLVED, None); t.len()];
    rows.iter().zip(solved).for_each(|(&(_, r), d)| by_row[r] = d);
    let others: Vec<(Distance, Distance)> = pairs
        .pairs
        .par_iter()
        .map(|&(_, p, a, b)| match (by_row[a].1, by_row[b].1) {
            (Some(x), Some(y)) => Ok((x, y)),
            _ => Ok((distance(&own[p + 1], a)?, distance(&own[p], b)?)),
        })
        .collect::<Result<_, FrontierError>>()?;

    let mut out = MalmquistLuenberger { gaps: pairs.gaps, ..MalmquistLuenberger::default() };
    for (&(unit, p, a, b), &(base_other, comparison_other)) in pairs.pairs.iter().zip(&others) {
        let (base_own, comparison_own) = (by_row[a].0, by_row[b].0);
        let [own0, own1, other0, other1] = [base_own, comparison_own, base_other, comparison_other].map(|d| 1.0 + d.value);
        let efficiency = own0 / own1;
        let (index, best_practice) = match options.index {
            // other = distance to the global technology.
            Index::Oh2010 => (other0 / other1, (own1 / other1) / (own0 / other0)),
            // other0 = D^{t+1}(t), other1 = D^t(t+1).
            Index::Cfg1997 => ((own0 / other1 * (other0 / own1)).sqrt(), (other0 / own0 * (own1 / other1)).sqrt()),
        };
        if index.is_finite() {
            out.residual = out.residual.max((index - efficiency * best_practice).abs() / index);
        }
        out.unit.push(unit);
        out.from.push(pairs.periods[p].0);
        out.to.push(pairs.periods[p + 1].0);
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
    let keys: Vec<(usize, usize)> = pairs.pairs.iter().map(|p| (p.0, p.1)).collect();
    out.cumulative = cumulate(&keys, &out.index);
    Ok(out)
}

#[cfg(test)]
#[path = "malmquist_luenberger_tests.rs"]
mod tests;
