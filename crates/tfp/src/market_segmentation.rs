#![doc = include_str!("market_segmentation.md")]

use std::collections::BTreeSet;

use numerics::moments::{mean, sum, variance};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::rows;

/// The page of the method in English.
pub const PAGE: &str = include_str!("market_segmentation.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("market_segmentation.zh.md");

/// What the prices are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Prices {
    /// Chain indices: price over that of the period before (环比, previous period = 100 or 1).
    #[default]
    Chain,
    /// Levels or indices on a fixed base; changes are taken between periods `step` apart.
    Level,
}

/// Denominator of the variance over goods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Denominator {
    /// Number of goods less 1.
    #[default]
    Sample,
    /// Number of goods.
    Population,
}

/// Options of the segmentation index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SegmentationOptions {
    /// What the prices are.
    pub prices: Prices,
    /// Distance between adjacent periods of price levels.
    pub step: u32,
    /// Whether the absolute value of the change of the relative price is taken, so that the order of a pair does not count.
    pub absolute: bool,
    /// Whether the mean over pairs is taken out of each good and period (what is common to the good).
    pub centre: bool,
    /// Denominator of the variance over goods.
    pub denominator: Denominator,
}

impl Default for SegmentationOptions {
    fn default() -> Self {
        Self { prices: Prices::Chain, step: 1, absolute: true, centre: true, denominator: Denominator::Sample }
    }
}

/// Prices of goods by unit and period. Every slice has one entry per row; rows may stand in any order.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// Number of the unit of each row.
    pub units: &'a [usize],
    /// Period of each row.
    pub periods: &'a [i32],
    /// Prices, one slice per good; `NaN` is missing.
    pub prices: &'a [&'a [f64]],
}

/// One pair in one period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The two units, the smaller number first.
    pub units: (usize, usize),
    /// Period.
    pub period: i32,
    /// Goods that both have.
    pub goods: usize,
    /// Variance over goods of the relative price change; `NaN` with fewer than two goods.
    pub variance: f64,
}

/// One unit in one period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// Unit.
    pub unit: usize,
    /// Period.
    pub period: i32,
    /// Pairs with a variance.
    pub pairs: usize,
    /// Mean of the variances of its pairs; `NaN` without any.
    pub segmentation: f64,
    /// `sqrt(1 / segmentation)`; `NaN` where segmentation is 0 or missing.
    pub integration: f64,
}

/// Result of the index.
#[derive(Clone, Debug, PartialEq)]
pub struct Segmentation {
    /// Pairs by period, then units.
    pub pairs: Vec<Pair>,
    /// Units by number, then period.
    pub units: Vec<Unit>,
    /// Mean over all pairs by period: period, pairs, segmentation.
    pub periods: Vec<(i32, usize, f64)>,
    /// Price changes that are missing in a pair whose units both stand in the period.
    pub missing: usize,
    /// Largest `|mean over pairs|` of a good in a period after centring, beside its largest value.
    pub residual: f64,
}

/// Why no index is computed.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum SegmentationError {
    /// Slices differ in length.
    #[error("units, periods and prices must have equal length")]
    Shape,
    /// Fewer than two goods.
    #[error("a variance over goods needs at least two goods, there are {0}")]
    Goods(usize),
    /// Prices that are zero, negative or infinite: (good, row).
    #[error("{} prices are zero, negative or infinite", .0.len())]
    NotPositive(Vec<(usize, usize)>),
    /// The same unit and period twice.
    #[error(transparent)]
    Duplicate(#[from] rows::Twice),
    /// A pair of a unit with itself.
    #[error("unit {0} is paired with itself")]
    Itself(usize),
    /// `step` is zero.
    #[error("the step between adjacent periods must be at least 1")]
    Step,
    /// No pair has two goods in any period.
    #[error("no pair of units has two goods in common in any period")]
    Empty,
}

/// Segmentation of markets from relative prices: `ΔQ_ijt^k = ln(P_it^k / P_i,t-1^k) - ln(P_jt^k / P_j,t-1^k)`, its mean over
/// pairs taken out of each good, variance over goods of each pair, mean over the pairs of each unit.
/// `pairs` are the pairs compared, either order, repeats counted once; all pairs of units where `None`.
///
/// # Errors
/// [`SegmentationError`]; all offending cells are listed.
pub fn segmentation(
    data: &Data<'_>,
    pairs: Option<&[(usize, usize)]>,
    options: &SegmentationOptions,
) -> Result<Segmentation, SegmentationError> {
    let order = check(data, options)?;
    let m = data.prices.len();
    let step = |i: usize, before: Option<usize>, k: usize| match (options.prices, before) {
        (Prices::Chain, _) => data.prices[k][i],
        (Prices::Level, Some(j)) => data.prices[k][i] / data.prices[k][j],
        (Prices::Level, None) => f64::NAN,
    };
    // Ratios of prices by row; logarithms of ratios of these keep the digits that differences of logarithms lose.
    let mut changes: Vec<(i32, usize, Vec<f64>)> = Vec::new();
    for block in order.chunk_by(|&a, &b| data.units[a] == data.units[b]) {
        for &i in block {
            let wanted = i64::from(data.periods[i]) - i64::from(options.step);
            let before = block.iter().copied().find(|&j| i64::from(data.periods[j]) == wanted);
            // The first period of levels has no change to compare.
            if options.prices == Prices::Chain || before.is_some() {
                changes.push((data.periods[i], data.units[i], (0..m).map(|k| step(i, before, k)).collect()));
            }
        }
    }
    changes.sort_by_key(|a| (a.0, a.1));
    let compared: Option<BTreeSet<(usize, usize)>> = match pairs {
        None => None,
        Some(list) => {
            if let Some((a, _)) = list.iter().find(|(a, b)| a == b) {
                return Err(SegmentationError::Itself(*a));
            }
            Some(list.iter().map(|&(a, b)| (a.min(b), a.max(b))).collect())
        }
    };
    let mut result = Segmentation { pairs: Vec::new(), units: Vec::new(), periods: Vec::new(), missing: 0, residual: 0.0 };
    for block in changes.chunk_by(|a, b| a.0 == b.0) {
        let found = one_period(block, compared.as_ref(), m, options, &mut result);
        let known: Vec<f64> = found.iter().map(|p| p.variance).filter(|v| v.is_finite()).collect();
        if !found.is_empty() {
            result.periods.push((block[0].0, known.len(), mean(&known)));
        }
        for (_, unit, _) in block {
            let own: Vec<f64> = found
                .iter()
                .filter(|p| (p.units.0 == *unit || p.units.1 == *unit) && p.variance.is_finite())
                .map(|p| p.variance)
                .collect();
            let segmentation = mean(&own);
            let integration = if segmentation > 0.0 { (1.0 / segmentation).sqrt() } else { f64::NAN };
            result.units.push(Unit { unit: *unit, period: block[0].0, pairs: own.len(), segmentation, integration });
        }
        result.pairs.extend(found);
    }
    result.units.sort_by_key(|u| (u.unit, u.period));
    if result.pairs.iter().any(|p| p.variance.is_finite()) { Ok(result) } else { Err(SegmentationError::Empty) }
}

fn check(data: &Data<'_>, options: &SegmentationOptions) -> Result<Vec<usize>, SegmentationError> {
    let n = data.units.len();
    if data.periods.len() != n || data.prices.iter().any(|p| p.len() != n) {
        return Err(SegmentationError::Shape);
    }
    if data.prices.len() < 2 {
        return Err(SegmentationError::Goods(data.prices.len()));
    }
    if options.step == 0 {
        return Err(SegmentationError::Step);
    }
    let bad = |x: f64| !x.is_nan() && (x <= 0.0 || x.is_infinite());
    let cells: Vec<(usize, usize)> =
        (0..data.prices.len()).flat_map(|k| (0..n).map(move |i| (k, i))).filter(|&(k, i)| bad(data.prices[k][i])).collect();
    if !cells.is_empty() {
        return Err(SegmentationError::NotPositive(cells));
    }
    Ok(rows::by_unit(data.units, data.periods)?)
}

/// Variances of the pairs of one period; its rows stand in order of their units.
fn one_period(
    block: &[(i32, usize, Vec<f64>)],
    compared: Option<&BTreeSet<(usize, usize)>>,
    goods: usize,
    options: &SegmentationOptions,
    result: &mut Segmentation,
) -> Vec<Pair> {
    let mut rows: Vec<(usize, usize)> = Vec::new();
    for a in 0..block.len() {
        for b in a + 1..block.len() {
            if compared.is_none_or(|set| set.contains(&(block[a].1, block[b].1))) {
                rows.push((a, b));
            }
        }
    }
    let mut q: Vec<Vec<f64>> = rows
        .iter()
        .map(|&(a, b)| {
            let difference = |k: usize| {
                let d = (block[a].2[k] / block[b].2[k]).ln();
                if options.absolute { d.abs() } else { d }
            };
            (0..goods).map(difference).collect()
        })
        .collect();
    result.missing += q.iter().flatten().filter(|x| x.is_nan()).count();
    if options.centre {
        for k in 0..goods {
            let column: Vec<f64> = q.iter().map(|row| row[k]).filter(|x| x.is_finite()).collect();
            let centre = mean(&column);
            let largest = column.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
            if largest > 0.0 {
                let left = sum(&column.iter().map(|x| x - centre).collect::<Vec<_>>()) / column.len() as f64;
                result.residual = result.residual.max(left.abs() / largest);
            }
            q.iter_mut().for_each(|row| row[k] -= centre);
        }
    }
    rows.iter()
        .zip(&q)
        .map(|(&(a, b), row)| {
            let known: Vec<f64> = row.iter().copied().filter(|x| x.is_finite()).collect();
            let free = usize::from(options.denominator == Denominator::Sample);
            let variance = if known.len() < 2 { f64::NAN } else { variance(&known, free) };
            Pair { units: (block[a].1, block[b].1), period: block[0].0, goods: known.len(), variance }
        })
        .collect()
}

#[cfg(test)]
#[path = "market_segmentation_tests.rs"]
mod tests;
