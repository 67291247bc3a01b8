#![doc = include_str!("link.md")]

use numerics::{moments, random};
use rand::RngExt;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::order::Sorter;

/// The page of the method in English.
pub const PAGE: &str = include_str!("link.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("link.zh.md");

/// Rounds of taking out unit and period means, at most.
const ROUNDS: usize = 10_000;

/// Two variables of a panel. Every slice has one entry a row; rows in any order; `NaN` is missing.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// Number of the unit of each row, from 0.
    pub units: &'a [usize],
    /// Period of each row.
    pub periods: &'a [i32],
    /// The index.
    pub index: &'a [f64],
    /// What stands beside it.
    pub other: &'a [f64],
}

/// Options of [`link`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct LinkOptions {
    /// Bootstrap replicates, whole units resampled; 0 gives no intervals.
    pub bootstrap: u32,
    /// Confidence level of the intervals.
    pub level: f64,
    /// Periods by which one may follow the other.
    #[schemars(range(max = 20))]
    pub lags: u32,
}

impl Default for LinkOptions {
    fn default() -> Self {
        Self { bootstrap: 1000, level: 0.95, lags: 2 }
    }
}

/// Which variation is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum View {
    /// All rows as they are.
    Pooled,
    /// Means of units: does who is ahead in one lead in the other?
    Between,
    /// Rows less the mean of their unit: do they move together over time, common trends included?
    Within,
    /// Rows less the means of their unit and of their period: the same without what all units share.
    TwoWay,
    /// Changes from one period to the next; a gap gives none.
    Changes,
    /// The units of one period.
    Period(i32),
    /// As [`View::TwoWay`], the other variable so many periods later (earlier where negative).
    Lag(i32),
}

/// A correlation and its percentile interval over resampled units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correlation {
    /// The correlation; `NaN` unless computed.
    pub value: f64,
    /// Lower end; `NaN` without replicates.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Whether a link was computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Computed.
    Computed,
    /// Fewer than three pairs, or than three units.
    TooFew,
    /// One side does not vary.
    Constant,
}

/// One comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// What is compared.
    pub view: View,
    /// Pairs.
    pub pairs: usize,
    /// Units among them.
    pub units: usize,
    /// Whether it was computed.
    pub status: Status,
    /// Pearson's correlation.
    pub pearson: Correlation,
    /// Spearman's rank correlation, ties at the middle of their block.
    pub spearman: Correlation,
    /// Replicates in which one side did not vary: they are in no interval.
    pub undefined: u32,
}

/// Why there are no links.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum LinkError {
    /// Slices differ in length or are empty.
    #[error("all columns must have equal length and a row")]
    Shape,
    /// Rows with an infinite number.
    #[error("{} rows have an infinite number", .0.len())]
    Infinite(Vec<usize>),
    /// The same unit and period twice: pairs of rows.
    #[error("{} pairs of rows are the same unit and period", .0.len())]
    Duplicates(Vec<(usize, usize)>),
    /// A level outside (0, 1).
    #[error("the confidence level must lie between 0 and 1")]
    Level,
}

/// One pair of values.
#[derive(Clone, Copy)]
struct Pair {
    unit: usize,
    /// Place of its period among the periods of the data.
    period: usize,
    x: f64,
    y: f64,
}

/// Pearson's and Spearman's correlations of an index with another variable, view by view: [`View::Pooled`], then with
/// more than one period [`View::Between`], [`View::Within`], [`View::TwoWay`], [`View::Changes`], each
/// [`View::Period`], each [`View::Lag`].
///
/// # Errors
/// [`LinkError`]. A view without enough pairs is a [`Status`], not an error.
pub fn link(data: &Data<'_>, options: &LinkOptions, seed: u64) -> Result<Vec<Link>, LinkError> {
    let (pairs, periods) = pairs(data)?;
    if !(options.level > 0.0 && options.level < 1.0) {
        return Err(LinkError::Level);
    }
    let units = data.units.iter().max().map_or(0, |u| u + 1);
    let mut views = vec![(View::Pooled, pairs.clone())];
    if periods.len() > 1 {
        let both = two_way(&pairs, units, periods.len());
        views.push((View::Between, between(&pairs)));
        views.push((View::Within, within(&pairs)));
        views.push((View::TwoWay, both.clone()));
        views.push((View::Changes, changes(&pairs)));
        let of = |k: usize| pairs.iter().copied().filter(|p| p.period == k).collect();
        views.extend(periods.iter().enumerate().map(|(k, p)| (View::Period(*p), of(k))));
        let lags = i32::try_from((options.lags as usize).min(periods.len() - 1)).unwrap_or(0);
        views.extend((-lags..=lags).filter(|l| *l != 0).map(|l| (View::Lag(l), later(&both, l))));
    }
    let sizes = [|p: &Pair| p.x, |p: &Pair| p.y].map(|side| largest(&pairs.iter().map(side).collect::<Vec<_>>()));
    let samples: Vec<Sample> = views.into_iter().map(|(view, pairs)| Sample::new(view, pairs, sizes)).collect();
    // Units that are in the data but in no pair are not drawn.
    let mut drawn: Vec<usize> = pairs.iter().map(|p| p.unit).collect();
    drawn.dedup();
    let replicates: Vec<Vec<Option<(f64, f64)>>> = (0..options.bootstrap)
        .into_par_iter()
        .map(|r| {
            let mut rng = random::stream(seed, "index-link", u64::from(r));
            let mut times = vec![0.0; units];
            for _ in 0..drawn.len() {
                times[drawn[rng.random_range(0..drawn.len())]] += 1.0;
            }
            samples.iter().map(|s| s.correlations(|unit| times[unit])).collect()
        })
        .collect();
    Ok(samples.iter().enumerate().map(|(k, s)| s.link(replicates.iter().map(|r| r[k]), options.level)).collect())
}

/// Pairs of which both are present, by unit, then period, and the periods of the data in order.
fn pairs(data: &Data<'_>) -> Result<(Vec<Pair>, Vec<i32>), LinkError> {
    let n = data.units.len();
    if n == 0 || [data.periods.len(), data.index.len(), data.other.len()].iter().any(|l| *l != n) {
        return Err(LinkError::Shape);
    }
    let infinite: Vec<usize> = (0..n).filter(|&i| data.index[i].is_infinite() || data.other[i].is_infinite()).collect();
    if !infinite.is_empty() {
        return Err(LinkError::Infinite(infinite));
    }
    let key = |i: usize| (data.units[i], data.periods[i]);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_key(|&i| (key(i), i));
    let twice: Vec<(usize, usize)> = order.windows(2).filter(|w| key(w[0]) == key(w[1])).map(|w| (w[0], w[1])).collect();
    if !twice.is_empty() {
        return Err(LinkError::Duplicates(twice));
    }
    let mut periods = data.periods.to_vec();
    periods.sort_unstable();
    periods.dedup();
    let pair = |i: usize| Pair {
        unit: data.units[i],
        period: periods.partition_point(|p| *p < data.periods[i]),
        x: data.index[i],
        y: data.other[i],
    };
    let pairs = order.into_iter().map(pair).filter(|p| !p.x.is_nan() && !p.y.is_nan()).collect();
    Ok((pairs, periods))
}

fn means(pairs: &[Pair]) -> (f64, f64) {
    let of = |f: &dyn Fn(&Pair) -> f64| moments::mean(&pairs.iter().map(f).collect::<Vec<_>>());
    (of(&|p| p.x), of(&|p| p.y))
}

fn by_unit(pairs: &[Pair]) -> impl Iterator<Item = &[Pair]> {
    pairs.chunk_by(|a, b| a.unit == b.unit)
}

fn between(pairs: &[Pair]) -> Vec<Pair> {
    let one = |own: &[Pair]| {
        let (x, y) = means(own);
        Pair { x, y, ..own[0] }
    };
    by_unit(pairs).map(one).collect()
}

fn within(pairs: &[Pair]) -> Vec<Pair> {
    let less = |own: &[Pair]| {
        let (x, y) = means(own);
        own.iter().map(|p| Pair { x: p.x - x, y: p.y - y, ..*p }).collect::<Vec<_>>()
    };
    by_unit(pairs).flat_map(less).collect()
}

/// Unit and period means are taken out in turn until none are left: once each where every unit has every period.
fn two_way(pairs: &[Pair], units: usize, periods: usize) -> Vec<Pair> {
    let residuals = |of: fn(&Pair) -> f64| {
        let mut column: Vec<f64> = pairs.iter().map(of).collect();
        let size = largest(&column);
        for _ in 0..ROUNDS {
            let taken = less_means(&mut column, pairs.iter().map(|p| p.unit), units).max(less_means(
                &mut column,
                pairs.iter().map(|p| p.period),
                periods,
            ));
            if taken <= 1e-14 * size {
                break;
            }
        }
        column
    };
    let (x, y) = (residuals(|p| p.x), residuals(|p| p.y));
    pairs.iter().zip(x.into_iter().zip(y)).map(|(p, (x, y))| Pair { x, y, ..*p }).collect()
}

/// Takes the mean of each group out of a column; gives the largest of these means.
fn less_means(column: &mut [f64], group: impl Iterator<Item = usize> + Clone, groups: usize) -> f64 {
    let mut sums = vec![(0.0, 0.0_f64); groups];
    for (x, g) in column.iter().zip(group.clone()) {
        sums[g] = (sums[g].0 + x, sums[g].1 + 1.0);
    }
    let means: Vec<f64> = sums.iter().map(|(sum, count)| sum / count.max(1.0)).collect();
    column.iter_mut().zip(group).for_each(|(x, g)| *x -= means[g]);
    largest(&means)
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |m, x| x.abs().max(m))
}

fn changes(pairs: &[Pair]) -> Vec<Pair> {
    let next = |w: &[Pair]| w[0].unit == w[1].unit && w[0].period + 1 == w[1].period;
    pairs.windows(2).filter(|w| next(w)).map(|w| Pair { x: w[1].x - w[0].x, y: w[1].y - w[0].y, ..w[1] }).collect()
}

/// Each index with the other variable `lag` periods later.
fn later(pairs: &[Pair], lag: i32) -> Vec<Pair> {
    let one = |own: &[Pair]| {
        let at = |k: i64| own.iter().find(|q| q.period as i64 == k).map(|q| q.y);
        let moved = |p: &Pair| at(p.period as i64 + i64::from(lag)).map(|y| Pair { y, ..*p });
        own.iter().filter_map(moved).collect::<Vec<_>>()
    };
    by_unit(pairs).flat_map(one).collect()
}

/// One side of a pair.
type Side = fn(&Pair) -> f64;

/// The pairs of a view, ready to be weighed again and again.
struct Sample {
    view: View,
    status: Status,
    units: usize,
    pairs: Vec<Pair>,
    /// Places of the pairs in ascending order of each side, cut into blocks of tied values.
    blocks: [Vec<Vec<usize>>; 2],
}

impl Sample {
    /// `sizes`: largest value of each side before means were taken out, against which rounding is told from variation.
    fn new(view: View, mut pairs: Vec<Pair>, sizes: [f64; 2]) -> Self {
        let units = by_unit(&pairs).count();
        // Centred and scaled, so that no square overflows.
        let (x, y) = means(&pairs);
        pairs.iter_mut().for_each(|p| (p.x, p.y) = (p.x - x, p.y - y));
        let spread = |f: Side| pairs.iter().map(f).fold(0.0_f64, |m, v| m.max(v.abs()));
        let (dx, dy) = (spread(|p| p.x), spread(|p| p.y));
        let status = match () {
            () if pairs.len() < 3 || units < 3 => Status::TooFew,
            () if dx <= 1e-12 * sizes[0] || dy <= 1e-12 * sizes[1] => Status::Constant,
            () => Status::Computed,
        };
        if status == Status::Computed {
            pairs.iter_mut().for_each(|p| (p.x, p.y) = (p.x / dx, p.y / dy));
        }
        // Values as they are tie where they are equal; those that means were taken out of, where only rounding differs.
        let computed = !matches!(view, View::Pooled | View::Period(_));
        let tie = |size: f64, spread: f64| if computed { 1e-13 * size / spread } else { 0.0 };
        let blocks: [(Side, f64); 2] = [(|p| p.x, tie(sizes[0], dx)), (|p| p.y, tie(sizes[1], dy))];
        let blocks = blocks.map(|(side, tie)| {
            let values: Vec<f64> = pairs.iter().map(side).collect();
            let order: Vec<usize> = Sorter::default().sort(&values).rows().collect();
            order.chunk_by(|&a, &b| side(&pairs[b]) - side(&pairs[a]) <= tie).map(<[usize]>::to_vec).collect()
        });
        Self { view, status, units, pairs, blocks }
    }

    /// Pearson's and Spearman's correlations where each unit counts so many times; `None` where a side is constant.
    fn correlations(&self, times: impl Fn(usize) -> f64) -> Option<(f64, f64)> {
        if self.status != Status::Computed {
            return None;
        }
        let weights: Vec<f64> = self.pairs.iter().map(|p| times(p.unit)).collect();
        let ranks = |blocks: &[Vec<usize>]| {
            let (mut out, mut below) = (vec![0.0; weights.len()], 0.0);
            for block in blocks {
                let own: f64 = block.iter().map(|&i| weights[i]).sum();
                block.iter().for_each(|&i| out[i] = below + own / 2.0);
                below += own;
            }
            out
        };
        let [x, y]: [Vec<f64>; 2] = [self.pairs.iter().map(|p| p.x).collect(), self.pairs.iter().map(|p| p.y).collect()];
        let [rank_x, rank_y] = [ranks(&self.blocks[0]), ranks(&self.blocks[1])];
        Some((correlation(&weights, &x, &y)?, correlation(&weights, &rank_x, &rank_y)?))
    }

    fn link(&self, replicates: impl Iterator<Item = Option<(f64, f64)>>, level: f64) -> Link {
        let replicates: Vec<Option<(f64, f64)>> = replicates.collect();
        let drawn: Vec<(f64, f64)> = replicates.iter().copied().flatten().collect();
        let own = self.correlations(|_| 1.0);
        let of = |side: fn(&(f64, f64)) -> f64| {
            let mut values: Vec<f64> = drawn.iter().map(side).collect();
            values.sort_by(f64::total_cmp);
            let at = |q: f64| if values.is_empty() { f64::NAN } else { moments::quantile(&values, q) };
            let value = own.as_ref().map_or(f64::NAN, side);
            Correlation { value, low: at((1.0 - level) / 2.0), high: at((1.0 + level) / 2.0) }
        };
        let computed = self.status == Status::Computed;
        Link {
            view: self.view,
            pairs: self.pairs.len(),
            units: self.units,
            status: self.status,
            pearson: of(|r| r.0),
            spearman: of(|r| r.1),
            undefined: if computed { (replicates.len() - drawn.len()) as u32 } else { 0 },
        }
    }
}

/// Pearson's correlation of weighted pairs; `None` where a side does not vary.
fn correlation(weights: &[f64], x: &[f64], y: &[f64]) -> Option<f64> {
    let total: f64 = weights.iter().sum();
    let mean = |v: &[f64]| v.iter().zip(weights).map(|(v, w)| v * w).sum::<f64>() / total;
    let (mx, my) = (mean(x), mean(y));
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for ((x, y), w) in x.iter().zip(y).zip(weights) {
        let (x, y) = (x - mx, y - my);
        (xx, yy, xy) = (xx + w * x * x, yy + w * y * y, xy + w * x * y);
    }
    let scale = |v: &[f64], m: f64| total * (largest(v) + m.abs()).powi(2);
    let varies = xx > 1e-24 * scale(x, mx) && yy > 1e-24 * scale(y, my);
    varies.then(|| (xy / (xx * yy).sqrt()).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests;
