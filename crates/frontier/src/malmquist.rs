#![doc = include_str!("malmquist.md")]

use numerics::lp::{Solution, Status};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::observations::Distance;
use crate::{
    dea::{Returns, farrell},
    observations::{Gap, Observations, UNSOLVED, cumulate, geometric_mean},
    radial::Radial,
    reference::Reference,
    technology::{FrontierError, Missing, Orientation, State},
};

/// The method's page.
pub const PAGE: &str = include_str!("malmquist.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("malmquist.zh.md");

/// Technology against which the index itself is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IndexReturns {
    /// Constant returns (Färe, Grosskopf, Norris and Zhang 1994): a measure of total factor
    /// productivity, never infeasible, with pure and scale parts from variable returns.
    #[default]
    Crs,
    /// Variable returns throughout, as some programs offer: not a productivity measure under scale
    /// change, cross-period programs may be infeasible; no pure and scale parts.
    Vrs,
}

/// Period whose technology is the yardstick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mean {
    /// Geometric mean of both periods.
    #[default]
    Geometric,
    /// The earlier period's technology.
    Base,
    /// The later period's technology.
    Comparison,
}

/// Options of [`malmquist`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MalmquistOptions {
    /// Which side is moved to the frontier: `input` or `output`.
    pub orientation: Orientation,
    /// Returns to scale of the index: `crs` (FGNZ) or `vrs`.
    pub returns: IndexReturns,
    /// Yardstick: `geometric` mean of both periods, `base` or `comparison` period.
    pub mean: Mean,
    /// Units with missing cells: `refuse` the data, or `exclude` those observations and name the gaps.
    pub missing: Missing,
}

/// Changes between adjacent periods, one row per unit and pair, by unit, then period. All changes
/// above 1 are improvements, in both orientations. `NaN` where a distance was not solved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Malmquist {
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
    /// Efficiency of the earlier observation against its own period, `E^t(t)`.
    pub base_in_base: Vec<Distance>,
    /// Efficiency of the later observation against the earlier technology, `E^t(t+1)`.
    pub comparison_in_base: Vec<Distance>,
    /// Efficiency of the earlier observation against the later technology, `E^{t+1}(t)`.
    pub base_in_comparison: Vec<Distance>,
    /// Efficiency of the later observation against its own period, `E^{t+1}(t+1)`.
    pub comparison_in_comparison: Vec<Distance>,
    /// `E^t(t)` under variable returns.
    pub base_vrs: Vec<Distance>,
    /// `E^{t+1}(t+1)` under variable returns.
    pub comparison_vrs: Vec<Distance>,
    /// Malmquist index.
    pub index: Vec<f64>,
    /// Efficiency change EC = `E^{t+1}(t+1) / E^t(t)`.
    pub efficiency: Vec<f64>,
    /// Technical change TC, computed from its own formula; `index = efficiency x technical`.
    pub technical: Vec<f64>,
    /// Pure efficiency change PEC (variable returns); `NaN` when the index is itself under VRS.
    pub pure: Vec<f64>,
    /// Scale efficiency change SEC; `efficiency = pure x scale`.
    pub scale: Vec<f64>,
    /// Index cumulated from the unit's first period, where no gap precedes.
    pub cumulative: Vec<f64>,
    /// Changes that could not be computed because an observation is missing.
    pub gaps: Vec<Gap>,
    /// Largest relative violation of `index = efficiency x technical` and of FGNZ's product.
    pub residual: f64,
}

/// Geometric means over solved rows, as DEAP prints them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeanChange {
    /// Efficiency change.
    pub efficiency: f64,
    /// Technical change.
    pub technical: f64,
    /// Pure efficiency change.
    pub pure: f64,
    /// Scale efficiency change.
    pub scale: f64,
    /// Index.
    pub index: f64,
    /// Number of rows with an index.
    pub count: usize,
}

impl Malmquist {
    /// Geometric means over the rows that `keep` accepts and that have an index, so that the means multiply as
    /// the changes do.
    pub fn mean(&self, keep: impl Fn(usize) -> bool) -> MeanChange {
        let rows: Vec<usize> = (0..self.index.len()).filter(|&i| keep(i) && self.index[i].is_finite()).collect();
        let g = |c: &[f64]| geometric_mean(rows.iter().map(|&i| c[i]));
        MeanChange {
            efficiency: g(&self.efficiency).0,
            technical: g(&self.technical).0,
            pure: g(&self.pure).0,
            scale: g(&self.scale).0,
            index: g(&self.index).0,
            count: g(&self.index).1,
        }
    }
}

/// Malmquist index of every unit between adjacent periods.
///
/// Adjacent periods are neighbours among the periods of the data. The panel may be unbalanced: each
/// period's technology is spanned by the units observed in it, and a pair with one side missing is a
/// [`Gap`].
///
/// # Errors
/// [`FrontierError`] as for [`crate::dea::dea`].
pub fn malmquist(data: &Observations<'_>, options: &MalmquistOptions) -> Result<Malmquist, FrontierError> {
    let pairs = data.pairs(options.missing, false)?;
    let t = &data.technology;
    let sizes = (t.inputs.len(), t.outputs.len());
    let sets: Vec<Reference> = pairs.periods.iter().map(|(_, rows)| Reference::new(t, rows)).collect();
    let ready = |returns| -> Result<Vec<Radial<'_>>, FrontierError> {
        Ok(sets.iter().map(|s| Radial::new(s, sizes, options.orientation, returns)).collect::<Result<_, _>>()?)
    };
    let fgnz = options.returns == IndexReturns::Crs;
    let vrs = ready(Returns::Vrs)?;
    let main = if fgnz { ready(Returns::Crs)? } else { Vec::new() };
    let main = if fgnz { &main } else { &vrs };

    // Own-period programs once per row, cross-period programs once per pair.
    let own: Vec<(usize, usize)> =
        pairs.periods.iter().enumerate().flat_map(|(p, (_, rows))| rows.iter().map(move |&r| (p, r))).collect();
    let distance = |radial: &Radial<'_>, row: usize, own: bool| -> Result<Distance, FrontierError> {
        Ok(measured(&radial.solve(&t.point(row), None)?, options.orientation, own))
    };
    let own_main: Vec<(usize, Distance)> =
        own.par_iter().map(|&(p, r)| Ok((r, distance(&main[p], r, true)?))).collect::<Result<_, FrontierError>>()?;
    let own_vrs: Vec<(usize, Distance)> = if fgnz {
        own.par_iter().map(|&(p, r)| Ok((r, distance(&vrs[p], r, true)?))).collect::<Result<_, FrontierError>>()?
    } else {
        own_main.clone()
    };
    let cross: Vec<(Distance, Distance)> = pairs
        .pairs
        .par_iter()
        .map(|&(_, p, a, b)| Ok((distance(&main[p], b, false)?, distance(&main[p + 1], a, false)?)))
        .collect::<Result<_, FrontierError>>()?;
    let by_row = |list: Vec<(usize, Distance)>| {
        let mut out = vec![UNSOLVED; t.len()];
        list.into_iter().for_each(|(r, d)| out[r] = d);
        out
    };
    let (own_main, own_vrs) = (by_row(own_main), by_row(own_vrs));

    let mut out = Malmquist { gaps: pairs.gaps, ..Malmquist::default() };
    for (&(unit, p, a, b), &(comparison_in_base, base_in_comparison)) in pairs.pairs.iter().zip(&cross) {
        let (bb, cc) = (own_main[a].value, own_main[b].value);
        let (cb, bc) = (comparison_in_base.value, base_in_comparison.value);
        let (index, technical) = match options.mean {
            Mean::Base => (cb / bb, cb / cc),
            Mean::Comparison => (cc / bc, bb / bc),
            Mean::Geometric => ((cb / bb * (cc / bc)).sqrt(), (cb / cc * (bb / bc)).sqrt()),
        };
        let efficiency = cc / bb;
        let (pure, scale) = if fgnz {
            let (v0, v1) = (own_vrs[a].value, own_vrs[b].value);
            (v1 / v0, cc / v1 / (bb / v0))
        } else {
            (f64::NAN, f64::NAN)
        };
        for (whole, product) in [(index, efficiency * technical), (index, technical * pure * scale)] {
            if whole.is_finite() && product.is_finite() {
                out.residual = out.residual.max((whole - product).abs() / whole);
            }
        }
        out.unit.push(unit);
        out.from.push(pairs.periods[p].0);
        out.to.push(pairs.periods[p + 1].0);
        out.from_row.push(a);
        out.to_row.push(b);
        out.base_in_base.push(own_main[a]);
        out.comparison_in_base.push(comparison_in_base);
        out.base_in_comparison.push(base_in_comparison);
        out.comparison_in_comparison.push(own_main[b]);
        out.base_vrs.push(own_vrs[a]);
        out.comparison_vrs.push(own_vrs[b]);
        out.index.push(index);
        out.efficiency.push(efficiency);
        out.technical.push(technical);
        out.pure.push(pure);
        out.scale.push(scale);
    }
    let keys: Vec<(usize, usize)> = pairs.pairs.iter().map(|p| (p.0, p.1)).collect();
    out.cumulative = cumulate(&keys, &out.index);
    Ok(out)
}

fn measured(s: &Solution, orientation: Orientation, own: bool) -> Distance {
    let (value, interval) = if s.values.is_empty() { (f64::NAN, (f64::NAN, f64::NAN)) } else { farrell(s, orientation, own) };
    // With zero inputs another period may make nothing of them: phi is 0 and its reciprocal has no bound.
    if s.status == Status::Optimal && !(value.is_finite() && value > 0.0) {
        return Distance { state: State::Unbounded, ..UNSOLVED };
    }
    Distance { value, state: s.status.into(), interval }
}

#[cfg(test)]
#[path = "malmquist_tests.rs"]
mod tests;
