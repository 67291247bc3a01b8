#![doc = include_str!("inequality.md")]

mod parts;
#[cfg(test)]
mod tests;

use numerics::{moments, random};
use rand::RngExt;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use parts::{Layout, Parts};

/// The page of the method in English.
pub const PAGE: &str = include_str!("inequality.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("inequality.zh.md");

/// Largest relative violation of an identity that is put down to rounding.
pub const TOLERANCE: f64 = 1e-12;

/// How an interval is made from bootstrap replicates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Interval {
    /// `(2θ − q_high, 2θ − q_low)`: takes out the downward bias of inequality in a resample
    /// (Davison & Hinkley 1997, section 5.2), and never below 0.
    #[default]
    Basic,
    /// `(q_low, q_high)`: quantiles of the replicates themselves; lies too low when groups are small.
    Percentile,
}

/// Options of [`inequality`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct InequalityOptions {
    /// Bootstrap replicates, units resampled within groups; 0 gives no intervals.
    pub bootstrap: u32,
    /// Confidence level of the intervals.
    pub level: f64,
    /// How intervals are made from the replicates.
    pub interval: Interval,
}

impl Default for InequalityOptions {
    fn default() -> Self {
        Self { bootstrap: 1000, level: 0.95, interval: Interval::Basic }
    }
}

/// Why a cross-section has no inequality. Rows count from 0 in the order given.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum InequalityError {
    /// Columns of different length.
    #[error("values, weights and groups differ in length")]
    Length,
    /// Fewer than two units.
    #[error("{units} unit(s): inequality needs at least 2")]
    TooFew {
        /// Units given.
        units: usize,
    },
    /// Missing or infinite values.
    #[error("{} value(s) are not finite", rows.len())]
    NotFinite {
        /// Where.
        rows: Vec<usize>,
    },
    /// Negative values, for which shares and logarithms have no meaning.
    #[error("{} value(s) are negative", rows.len())]
    Negative {
        /// Where.
        rows: Vec<usize>,
    },
    /// Weights that are not positive numbers.
    #[error("{} weight(s) are not positive", rows.len())]
    Weight {
        /// Where.
        rows: Vec<usize>,
    },
    /// All values are zero.
    #[error("all values are zero: shares of nothing are not defined")]
    ZeroMean,
    /// The level is not strictly between 0 and 1.
    #[error("level {level} does not lie between 0 and 1")]
    Level {
        /// Level given.
        level: f64,
    },
    /// An identity failed, which rounding cannot explain.
    #[error("{identity} fails by {residual:e} (relative)")]
    Identity {
        /// The identity.
        identity: &'static str,
        /// Its relative violation.
        residual: f64,
    },
}

/// A Theil index and its exact decomposition, `total = within + between`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Theil {
    /// The index.
    pub total: f64,
    /// Inequality inside groups.
    pub within: f64,
    /// Inequality of group means.
    pub between: f64,
}

/// Dagum's decomposition of the Gini coefficient, `total = within + net_between + transvariation`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dagum {
    /// Gini coefficient G.
    pub total: f64,
    /// G_w.
    pub within: f64,
    /// G_nb.
    pub net_between: f64,
    /// G_t: overlap of groups.
    pub transvariation: f64,
}

/// One group.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Name.
    pub name: String,
    /// Units in it. With one unit its own Gini and Theil are 0 by construction.
    pub units: usize,
    /// Share p_j of the weight (of units without weights).
    pub weight_share: f64,
    /// Share s_j of the total.
    pub value_share: f64,
    /// Weighted mean μ_j.
    pub mean: f64,
    /// G_jj.
    pub gini: f64,
    /// Theil T inside the group.
    pub theil_t: f64,
    /// Interval of G_jj; `None` without bootstrap or with one unit.
    pub interval: Option<(f64, f64)>,
}

/// One pair of groups, the one with the larger mean first.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// Index of the group with the larger mean.
    pub rich: usize,
    /// Index of the other.
    pub poor: usize,
    /// G_jh = E|y_j − y_h| / (μ_j + μ_h).
    pub gini: f64,
    /// d_jh = E(y_j − y_h)⁺, in units of the variable.
    pub d: f64,
    /// p_jh = E(y_h − y_j)⁺, in units of the variable.
    pub p: f64,
    /// D_jh = (d − p)/(d + p), relative economic affluence.
    pub affluence: f64,
    /// Interval of G_jh.
    pub interval: Option<(f64, f64)>,
}

/// Intervals of the measures, in the order of their structs.
#[derive(Clone, Debug, PartialEq)]
pub struct Intervals {
    /// G, G_w, G_nb, G_t.
    pub dagum: [(f64, f64); 4],
    /// Theil T: total, within, between.
    pub theil_t: [(f64, f64); 3],
    /// Theil L: total, within, between; `None` when a value is 0.
    pub theil_l: Option<[(f64, f64); 3]>,
    /// G of every replicate: replicate `r` draws the same rows in every cross-section with the same
    /// groups, so differences between periods may be taken replicate by replicate.
    pub gini: Vec<f64>,
}

/// Inequality of one cross-section.
#[derive(Clone, Debug, PartialEq)]
pub struct Inequality {
    /// Units.
    pub units: usize,
    /// (Weighted) mean.
    pub mean: f64,
    /// Gini coefficient and its parts.
    pub dagum: Dagum,
    /// Theil T.
    pub theil_t: Theil,
    /// Theil L, the mean log deviation; `None` when a value is 0, where it is infinite.
    pub theil_l: Option<Theil>,
    /// Coefficient of variation, denominator n.
    pub cv: f64,
    /// Standard deviation of logarithms (σ), denominator n; `None` when a value is 0.
    pub sigma: Option<f64>,
    /// Groups in order of their names; one unnamed group when none were given.
    pub groups: Vec<Group>,
    /// Pairs of groups.
    pub pairs: Vec<Pair>,
    /// Bootstrap intervals.
    pub intervals: Option<Intervals>,
    /// |G − G_w − G_nb − G_t| / G.
    pub identity: f64,
    /// |G_nb − Σ p_j p_h |μ_j − μ_h| / μ| / G.
    pub closed_form: f64,
    /// |T − T_w − T_b|, and the same for L where it is finite: the larger.
    pub theil_identity: f64,
}

/// Gini, Theil T and L, their decompositions by group, and bootstrap intervals of a cross-section.
///
/// `values` (n) are non-negative, `weights` (n) positive (population, for values per head), `groups`
/// (n) names of groups. Cost O(n log n + nk) for k groups, and O(nk) per replicate.
///
/// # Errors
/// [`InequalityError`].
pub fn inequality(
    values: &[f64],
    weights: Option<&[f64]>,
    groups: Option<&[&str]>,
    options: &InequalityOptions,
    seed: u64,
) -> Result<Inequality, InequalityError> {
    check(values, weights, groups, options)?;
    let layout = Layout::new(values, weights, groups);
    let parts = layout.measure(&layout.weights);
    let has_zero = values.contains(&0.0);
    let draws = bootstrap(&layout, options.bootstrap, seed);
    let point = flat(&parts);
    // Column by column: the interval of each measure in `flat`.
    let mut column = Vec::with_capacity(draws.len());
    let intervals: Vec<(f64, f64)> = (0..if draws.is_empty() { 0 } else { point.len() })
        .map(|c| {
            column.clear();
            column.extend(draws.iter().map(|d| d[c]));
            interval(&mut column, point[c], options)
        })
        .collect();
    let k = parts.groups.len();
    let (cv, sigma) = layout.spread();
    let theil = |[total, within, between]: [f64; 3]| Theil { total, within, between };
    let relative = |difference: f64, whole: f64| if difference == 0.0 { 0.0 } else { difference.abs() / whole };
    let split = |[t, w, b]: [f64; 3]| (t - w - b).abs();
    let result = Inequality {
        units: values.len(),
        mean: parts.mean,
        dagum: Dagum {
            total: parts.gini,
            within: parts.within,
            net_between: parts.net_between,
            transvariation: parts.transvariation,
        },
        theil_t: theil(parts.theil_t),
        theil_l: (!has_zero).then(|| theil(parts.theil_l)),
        cv,
        sigma: (!has_zero).then_some(sigma),
        groups: (0..k)
            .map(|g| Group {
                name: layout.names[g].clone(),
                units: layout.group(g).len(),
                weight_share: parts.groups[g].weight_share,
                value_share: parts.groups[g].value_share,
                mean: parts.groups[g].mean,
                gini: parts.groups[g].gini,
                theil_t: parts.groups[g].theil_t,
                interval: intervals.get(FIXED + g).copied().filter(|_| layout.group(g).len() > 1),
            })
            .collect(),
        pairs: (parts.pairs.iter().enumerate())
            .map(|(i, q)| Pair {
                rich: q.rich,
                poor: q.poor,
                gini: q.gini,
                d: q.d,
                p: q.p,
                affluence: q.affluence,
                interval: intervals.get(FIXED + k + i).copied(),
            })
            .collect(),
        identity: relative(parts.gini - parts.within - parts.net_between - parts.transvariation, parts.gini),
        closed_form: relative(parts.net_between - parts.closed_form, parts.gini),
        theil_identity: split(parts.theil_t).max(if has_zero { 0.0 } else { split(parts.theil_l) }),
        intervals: (intervals.len() == point.len()).then(|| Intervals {
            dagum: [intervals[0], intervals[1], intervals[2], intervals[3]],
            theil_t: [intervals[4], intervals[5], intervals[6]],
            theil_l: (!has_zero).then(|| [intervals[7], intervals[8], intervals[9]]),
            gini: draws.iter().map(|d| d[0]).collect(),
        }),
    };
    for (identity, residual) in
        [("G = Gw + Gnb + Gt", result.identity), ("Gnb = sum p_j p_h |mu_j - mu_h| / mu", result.closed_form)]
    {
        if residual.is_nan() || residual > TOLERANCE {
            return Err(InequalityError::Identity { identity, residual });
        }
    }
    Ok(result)
}

fn check(
    values: &[f64],
    weights: Option<&[f64]>,
    groups: Option<&[&str]>,
    options: &InequalityOptions,
) -> Result<(), InequalityError> {
    let n = values.len();
    let rows = |bad: &dyn Fn(f64) -> bool, xs: &[f64]| xs.iter().enumerate().filter(|(_, x)| bad(**x)).map(|(i, _)| i).collect();
    if weights.is_some_and(|w| w.len() != n) || groups.is_some_and(|g| g.len() != n) {
        return Err(InequalityError::Length);
    }
    if n < 2 {
        return Err(InequalityError::TooFew { units: n });
    }
    if !(options.level > 0.0 && options.level < 1.0) {
        return Err(InequalityError::Level { level: options.level });
    }
    let not_finite: Vec<usize> = rows(&|x| !x.is_finite(), values);
    if !not_finite.is_empty() {
        return Err(InequalityError::NotFinite { rows: not_finite });
    }
    let negative: Vec<usize> = rows(&|x| x < 0.0, values);
    if !negative.is_empty() {
        return Err(InequalityError::Negative { rows: negative });
    }
    let bad: Vec<usize> = weights.map_or_else(Vec::new, |w| rows(&|x| !(x > 0.0 && x.is_finite()), w));
    if !bad.is_empty() {
        return Err(InequalityError::Weight { rows: bad });
    }
    if values.iter().all(|&x| x == 0.0) { Err(InequalityError::ZeroMean) } else { Ok(()) }
}

/// Measures that stand before those of groups and pairs in [`flat`].
const FIXED: usize = 10;

fn flat(parts: &Parts) -> Vec<f64> {
    [parts.gini, parts.within, parts.net_between, parts.transvariation]
        .into_iter()
        .chain(parts.theil_t)
        .chain(parts.theil_l)
        .chain(parts.groups.iter().map(|g| g.gini))
        .chain(parts.pairs.iter().map(|q| q.gini))
        .collect()
}

/// Replicates: as many units as a group has are drawn from it with replacement.
fn bootstrap(layout: &Layout, replicates: u32, seed: u64) -> Vec<Vec<f64>> {
    let k = layout.names.len();
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); k];
    for &place in &layout.place {
        // Rows in the order given, so that replicate r draws the same units in every period.
        members[layout.offsets.partition_point(|&o| o <= place) - 1].push(place);
    }
    (0..u64::from(replicates))
        .into_par_iter()
        .map(|replicate| {
            let mut rng = random::stream(seed, "inequality", replicate);
            let mut weights = vec![0.0; layout.weights.len()];
            for group in &members {
                for _ in group {
                    let place = group[rng.random_range(0..group.len())];
                    weights[place] += layout.weights[place];
                }
            }
            flat(&layout.measure(&weights))
        })
        // A resample of zeros alone has no shares; it carries no information on inequality.
        .filter(|draw| draw[0].is_finite())
        .collect()
}

fn interval(draws: &mut [f64], point: f64, options: &InequalityOptions) -> (f64, f64) {
    draws.sort_by(f64::total_cmp);
    let tail = (1.0 - options.level) / 2.0;
    let (low, high) = (moments::quantile(draws, tail), moments::quantile(draws, 1.0 - tail));
    match options.interval {
        Interval::Percentile => (low, high),
        Interval::Basic => ((2.0 * point - high).max(0.0), (2.0 * point - low).max(0.0)),
    }
}
