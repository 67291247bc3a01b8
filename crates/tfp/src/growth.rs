#![doc = include_str!("growth.md")]

use std::collections::BTreeMap;

use numerics::moments::mean;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use crate::rows::Status;
use crate::{
    ccd,
    rows::{self, Before},
};

/// The page of the method in English.
pub const PAGE: &str = include_str!("growth.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("growth.zh.md");

/// How levels of productivity are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Multilateral Törnqvist index of Caves, Christensen and Diewert (1982): transitive, each input
    /// weighted by the mean of the own share and the panel's mean share.
    #[default]
    Multilateral,
    /// The multilateral index of each period by itself, with the means of the period: levels compare units
    /// within a period, not over time (`ctfp` of the Penn World Table).
    ByPeriod,
    /// Ratio `Y / Π X^s̄` with the panel's mean shares (Solow residual in levels). Equal to the
    /// multilateral index when shares are constant.
    Ratio,
}

/// What a level of 1 stands for. Levels by period have the units of their own period as base in either case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Base {
    /// Geometric mean of the units in the first period of the panel.
    #[default]
    FirstPeriod,
    /// Geometric mean of all rows.
    Panel,
}

/// Options of growth accounting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GrowthOptions {
    /// How levels are compared.
    pub level: Level,
    /// What a level of 1 stands for.
    pub base: Base,
    /// Number of the unit that stands alone for the base: its first complete period, all its rows, or, for
    /// levels by period, its row of the period.
    pub base_unit: Option<usize>,
    /// Distance between adjacent periods; growth over any longer gap is not computed.
    pub step: u32,
}

impl Default for GrowthOptions {
    fn default() -> Self {
        Self { level: Level::default(), base: Base::default(), base_unit: None, step: 1 }
    }
}

/// Output and inputs of a panel. Every slice has one entry per row; rows may stand in any order.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// Number of the unit of each row.
    pub units: &'a [usize],
    /// Period of each row.
    pub periods: &'a [i32],
    /// Output `Y > 0`; `NaN` is missing.
    pub output: &'a [f64],
    /// Inputs `X_k > 0`, one slice per input; `NaN` is missing.
    pub inputs: &'a [&'a [f64]],
}

/// Factor shares (output elasticities), one per input.
#[derive(Clone, Debug, PartialEq)]
pub enum Shares {
    /// The same number in every row.
    Constant(Vec<f64>),
    /// One column per input; `NaN` is missing.
    Varying(Vec<Vec<f64>>),
}

impl Shares {
    /// Share of input `k` in a row.
    pub fn at(&self, k: usize, row: usize) -> f64 {
        match self {
            Self::Constant(s) => s[k],
            Self::Varying(s) => s[k][row],
        }
    }

    /// Shares of factors that make up the inputs: factor `j` belongs to input `of[j]` and carries its share, as
    /// persons, hours per person and human capital all carry the share of labour.
    #[must_use]
    pub fn of_factors(&self, of: &[usize]) -> Self {
        match self {
            Self::Constant(s) => Self::Constant(of.iter().map(|&k| s[k]).collect()),
            Self::Varying(s) => Self::Varying(of.iter().map(|&k| s[k].clone()).collect()),
        }
    }

    /// Whether there is one for each of `inputs`, and for each of `rows` where they vary.
    pub(crate) fn fit(&self, inputs: usize, rows: usize) -> bool {
        match self {
            Self::Constant(s) => s.len() == inputs,
            Self::Varying(s) => s.len() == inputs && s.iter().all(|c| c.len() == rows),
        }
    }

    /// Shares that are infinite, or missing where they are constant: (input, row; row 0 for constant shares).
    pub(crate) fn not_finite(&self) -> Vec<(usize, usize)> {
        match self {
            Self::Constant(s) => (0..s.len()).filter(|&k| !s[k].is_finite()).map(|k| (k, 0)).collect(),
            Self::Varying(s) => {
                let of = |k: usize| (0..s[k].len()).filter(move |&i| s[k][i].is_infinite()).map(move |i| (k, i));
                (0..s.len()).flat_map(of).collect()
            }
        }
    }

    /// Shares with that of input `k` moved by `by` and the others scaled in proportion, so that their
    /// sum stays. The moved share is kept between 0 and the sum.
    #[must_use]
    pub fn moved(&self, k: usize, by: f64) -> Self {
        let turn = |row: &[f64]| -> Vec<f64> {
            let total: f64 = row.iter().sum();
            let new = (row[k] + by).clamp(0.0, total.max(0.0));
            let rest = total - row[k];
            let other = |s: f64| if rest == 0.0 { s } else { s * (total - new) / rest };
            row.iter().enumerate().map(|(j, &s)| if j == k { new } else { other(s) }).collect()
        };
        match self {
            Self::Constant(s) => Self::Constant(turn(s)),
            Self::Varying(s) => {
                let mut columns = s.clone();
                for row in 0..s.first().map_or(0, Vec::len) {
                    let here: Vec<f64> = s.iter().map(|c| c[row]).collect();
                    if here.iter().all(|v| v.is_finite()) {
                        for (column, value) in columns.iter_mut().zip(turn(&here)) {
                            column[row] = value;
                        }
                    }
                }
                Self::Varying(columns)
            }
        }
    }
}

/// Result of growth accounting; columns are aligned with the rows given.
#[derive(Clone, Debug, PartialEq)]
pub struct Growth {
    /// Level of productivity, 1 at the base; `NaN` where the status is [`Status::Missing`] and in the periods
    /// of `without_base`.
    pub level: Vec<f64>,
    /// Growth of output `Δln Y` from the adjacent period; `NaN` unless the status is computed.
    pub output: Vec<f64>,
    /// Contributions `s̄_k Δln X_k`, one column per input.
    pub contributions: Vec<Vec<f64>>,
    /// Growth of productivity `Δln A`.
    pub tfp: Vec<f64>,
    /// Row of the adjacent period before, where growth is computed.
    pub before: Vec<Option<usize>>,
    /// Periods in which the base unit has no complete row: levels by period do not exist there.
    pub without_base: Vec<i32>,
    /// Status of each row.
    pub status: Vec<Status>,
    /// Mean share of each input over the complete rows.
    pub mean_shares: Vec<f64>,
    /// Largest `|Σ contributions + Δln A - Δln Y|`, divided by the largest of these terms where that exceeds 1.
    pub residual: f64,
}

/// Why growth cannot be accounted for.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum GrowthError {
    /// Slices differ in length, or there is no input.
    #[error("output, inputs, shares, units and periods must have equal length, and there must be an input")]
    Shape,
    /// Values whose logarithm does not exist: (input or `None` for output, row).
    #[error("{} values are zero, negative or infinite; logarithms need positive numbers", .0.len())]
    NotPositive(Vec<(Option<usize>, usize)>),
    /// A given share is not a finite number: (input, row; row 0 for constant shares).
    #[error("{} shares are not finite numbers", .0.len())]
    Share(Vec<(usize, usize)>),
    /// The same unit and period twice.
    #[error(transparent)]
    Duplicate(#[from] rows::Twice),
    /// No row is complete.
    #[error("no row has output, all inputs and all shares")]
    Empty,
    /// The base unit has no complete row.
    #[error("the base unit has no row with output, all inputs and all shares")]
    Base,
    /// `step` is zero.
    #[error("the step between adjacent periods must be at least 1")]
    Step,
}

/// Growth accounting: `Δln A = Δln Y - Σ_k s̄_k Δln X_k` between adjacent periods, with
/// `s̄_k = (s_k,t + s_k,t-1) / 2`, and comparable levels of `A`.
///
/// # Errors
/// [`GrowthError`]; all offending cells are listed. Shares outside (0, 1) are computed with: elasticities
/// may exceed 1 and official capital costs are sometimes negative (an ex-post loss). See [`outside`].
pub fn growth(data: &Data<'_>, shares: &Shares, options: &GrowthOptions) -> Result<Growth, GrowthError> {
    check(data, shares)?;
    if options.step == 0 {
        return Err(GrowthError::Step);
    }
    let (n, m) = (data.units.len(), data.inputs.len());
    let complete: Vec<bool> = (0..n)
        .map(|i| data.output[i].is_finite() && (0..m).all(|k| data.inputs[k][i].is_finite() && shares.at(k, i).is_finite()))
        .collect();
    let order = rows::by_unit(data.units, data.periods)?;
    let rows: Vec<usize> = order.iter().copied().filter(|&i| complete[i]).collect();
    if rows.is_empty() {
        return Err(GrowthError::Empty);
    }
    let over = |f: &dyn Fn(usize) -> f64| mean(&rows.iter().map(|&i| f(i)).collect::<Vec<_>>());
    let mean_shares: Vec<f64> = (0..m).map(|k| over(&|i| shares.at(k, i))).collect();

    let (level, without_base) = levels(data, shares, &rows, &mean_shares, options)?;
    let mut result = Growth {
        level,
        output: vec![f64::NAN; n],
        contributions: vec![vec![f64::NAN; n]; m],
        tfp: vec![f64::NAN; n],
        before: vec![None; n],
        without_base,
        status: vec![Status::Missing; n],
        mean_shares,
        residual: 0.0,
    };
    for (i, before) in rows::with_before(data.units, data.periods, &rows, options.step) {
        result.status[i] = before.status();
        let Before::Row(j) = before else { continue };
        result.before[i] = Some(j);
        let dy = (data.output[i] / data.output[j]).ln();
        let mut explained = 0.0;
        for k in 0..m {
            let s = f64::midpoint(shares.at(k, i), shares.at(k, j));
            let part = s * (data.inputs[k][i] / data.inputs[k][j]).ln();
            result.contributions[k][i] = part;
            explained += part;
        }
        result.output[i] = dy;
        result.tfp[i] = dy - explained;
        let sum = result.contributions.iter().map(|c| c[i]).sum::<f64>() + result.tfp[i];
        // Beside the largest term, so that shares far above 1 are not blamed for their own rounding.
        let largest = result.contributions.iter().map(|c| c[i].abs()).fold(dy.abs().max(1.0), f64::max);
        result.residual = result.residual.max((sum - dy).abs() / largest);
    }
    Ok(result)
}

/// Levels of the complete rows, and the periods that have no base.
fn levels(
    data: &Data<'_>,
    shares: &Shares,
    rows: &[usize],
    mean_shares: &[f64],
    options: &GrowthOptions,
) -> Result<(Vec<f64>, Vec<i32>), GrowthError> {
    let mut blocks: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
    for &i in rows {
        let block = if options.level == Level::ByPeriod { data.periods[i] } else { 0 };
        blocks.entry(block).or_default().push(i);
    }
    let mut level = vec![f64::NAN; data.units.len()];
    let (mut without_base, mut based) = (Vec::new(), false);
    for (period, block) in blocks {
        let over = |f: &dyn Fn(usize) -> f64| mean(&block.iter().map(|&i| f(i)).collect::<Vec<_>>());
        let output = over(&|i| data.output[i].ln());
        let share = |k: usize, i: usize| if options.level == Level::Ratio { mean_shares[k] } else { shares.at(k, i) };
        ccd::aggregate(&block, data.inputs.len(), |k, i| data.inputs[k][i].ln(), share, &mut level);
        for &i in &block {
            level[i] = data.output[i].ln() - output - level[i];
        }
        let candidates: Vec<usize> =
            block.iter().copied().filter(|&i| options.base_unit.is_none_or(|u| data.units[i] == u)).collect();
        let first = candidates.iter().map(|&i| data.periods[i]).min();
        let at_base: Vec<f64> = candidates
            .iter()
            .filter(|&&i| options.base == Base::Panel || Some(data.periods[i]) == first)
            .map(|&i| level[i])
            .collect();
        if at_base.is_empty() {
            without_base.push(period);
            block.iter().for_each(|&i| level[i] = f64::NAN);
            continue;
        }
        based = true;
        let zero = mean(&at_base);
        for &i in &block {
            level[i] = (level[i] - zero).exp();
        }
    }
    if based { Ok((level, without_base)) } else { Err(GrowthError::Base) }
}

fn check(data: &Data<'_>, shares: &Shares) -> Result<(), GrowthError> {
    let (n, m) = (data.units.len(), data.inputs.len());
    let ragged =
        data.periods.len() != n || data.output.len() != n || data.inputs.iter().any(|x| x.len() != n) || !shares.fit(m, n);
    if m == 0 || ragged {
        return Err(GrowthError::Shape);
    }
    let bad = |x: f64| !x.is_nan() && (x <= 0.0 || x.is_infinite());
    let mut cells: Vec<(Option<usize>, usize)> = (0..n).filter(|&i| bad(data.output[i])).map(|i| (None, i)).collect();
    for (k, x) in data.inputs.iter().enumerate() {
        cells.extend((0..n).filter(|&i| bad(x[i])).map(|i| (Some(k), i)));
    }
    if !cells.is_empty() {
        return Err(GrowthError::NotPositive(cells));
    }
    let at = shares.not_finite();
    if at.is_empty() { Ok(()) } else { Err(GrowthError::Share(at)) }
}

/// Shares that are not inside (0, 1): (input, row), row 0 for constant shares. Missing ones are not listed.
pub fn outside(shares: &Shares) -> Vec<(usize, usize)> {
    let columns: Vec<&[f64]> = match shares {
        Shares::Constant(s) => s.chunks(1).collect(),
        Shares::Varying(s) => s.iter().map(Vec::as_slice).collect(),
    };
    let bad = |s: f64| s <= 0.0 || s >= 1.0;
    columns.iter().enumerate().flat_map(|(k, c)| (0..c.len()).filter(|&i| bad(c[i])).map(move |i| (k, i))).collect()
}

#[cfg(test)]
#[path = "growth_tests.rs"]
mod tests;
