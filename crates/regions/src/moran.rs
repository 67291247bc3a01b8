#![doc = include_str!("moran.md")]

mod local;
#[cfg(test)]
mod tests;

use numerics::random;
use rand::RngExt;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::weights::Weights;

pub use local::{Local, LocalStatus, Quadrant};

/// The page of the method in English.
pub const PAGE: &str = include_str!("moran.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("moran.zh.md");

/// Denominator of the second moment in the local statistic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Denominator {
    /// `m2 = Σ z²/n` (Anselin 1995; spdep).
    #[default]
    N,
    /// `m2 = Σ z²/(n−1)` (GeoDa, esda).
    NMinusOne,
}

/// Options of [`moran`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MoranOptions {
    /// Random permutations for the pseudo p-values, global and local.
    pub permutations: u32,
    /// Significance level: the expected share of false discoveries with `fdr`, else the level of each test.
    pub alpha: f64,
    /// Whether local significance is judged by the Benjamini-Hochberg false discovery rate over all units.
    pub fdr: bool,
    /// Denominator of the second moment in the local statistic.
    pub denominator: Denominator,
}

impl Default for MoranOptions {
    fn default() -> Self {
        Self { permutations: 9999, alpha: 0.05, fdr: true, denominator: Denominator::N }
    }
}

/// Why Moran's I does not exist. Units count from 0 in the order given.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MoranError {
    /// Values and weights differ in length.
    #[error("{values} values for {units} units of the weights matrix")]
    Length {
        /// Values given.
        values: usize,
        /// Units of the matrix.
        units: usize,
    },
    /// Fewer than three units.
    #[error("{units} unit(s): spatial association needs at least 3")]
    TooFew {
        /// Units given.
        units: usize,
    },
    /// Missing or infinite values.
    #[error("{} value(s) are not finite", units.len())]
    NotFinite {
        /// Where.
        units: Vec<usize>,
    },
    /// All values are equal.
    #[error("all values are equal: there is no variation that neighbours could share")]
    Constant,
    /// No unit has a neighbour.
    #[error("no unit has a neighbour")]
    NoNeighbours,
    /// The significance level is not strictly between 0 and 1.
    #[error("alpha {alpha} does not lie between 0 and 1")]
    Alpha {
        /// Level given.
        alpha: f64,
    },
}

/// One test of the global statistic against a reference distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normal {
    /// Variance of I.
    pub variance: f64,
    /// `(I − E) / √V`.
    pub z: f64,
    /// Two-sided p-value of the standard normal.
    pub p_two_sided: f64,
}

/// A permutation test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Permutation {
    /// Folded one-sided p-value `(1 + min(#≥, #≤)) / (R + 1)`: the side is the one the data lie on.
    pub p_one_sided: f64,
    /// Twice the folded one, at most 1.
    pub p_two_sided: f64,
    /// Mean of the permuted statistics.
    pub mean: f64,
    /// Standard deviation of the permuted statistics, denominator R.
    pub sd: f64,
}

/// Moran's I of one cross-section.
#[derive(Clone, Debug, PartialEq)]
pub struct Moran {
    /// I.
    pub i: f64,
    /// E(I) = −1/(n−1).
    pub expected: f64,
    /// Under normality of the values.
    pub normality: Normal,
    /// Under random placing of the values; `None` for three units, where it does not exist.
    pub randomisation: Option<Normal>,
    /// By permutation; `None` without permutations.
    pub permutation: Option<Permutation>,
    /// Standardised values `(x − x̄)/s`, s with denominator n.
    pub z: Vec<f64>,
    /// Their spatial lag.
    pub lag: Vec<f64>,
    /// Slope of the lag on the values, `I · S0 / n`: I itself for row-standardised weights without islands.
    pub slope: f64,
    /// Local statistics in the order of the units.
    pub local: Vec<Local>,
    /// Permutations below which the false discovery rate cannot single out even one unit:
    /// `2 n / alpha − 1` for two-sided p-values over the n units that are tested.
    pub permutations_needed: u64,
    /// |Σ I_i − S0 · I · c|, with c = 1, or (n−1)/n for the denominator n − 1, divided by S0.
    pub identity: f64,
}

/// Global and local Moran's I of `values` (n) under `weights` (n x n).
///
/// Islands count among the n units, as their row of zeros says; their local statistic has a status.
///
/// # Errors
/// [`MoranError`].
pub fn moran(values: &[f64], weights: &Weights, options: &MoranOptions, seed: u64) -> Result<Moran, MoranError> {
    let n = values.len();
    if n != weights.units() {
        return Err(MoranError::Length { values: n, units: weights.units() });
    }
    if !(options.alpha > 0.0 && options.alpha < 1.0) {
        return Err(MoranError::Alpha { alpha: options.alpha });
    }
    let units: Vec<usize> = (0..n).filter(|&i| !values[i].is_finite()).collect();
    if !units.is_empty() {
        return Err(MoranError::NotFinite { units });
    }
    if n < 3 {
        return Err(MoranError::TooFew { units: n });
    }
    let z = standardise(values).ok_or(MoranError::Constant)?;
    let (s0, s1, s2) = weights.sums();
    if s0 == 0.0 {
        return Err(MoranError::NoNeighbours);
    }
    let lag = weights.lag(&z);
    let count = n as f64;
    let i = dot(&z, &lag) / s0;
    let expected = -1.0 / (count - 1.0);
    let second = (count * count * s1 - count * s2 + 3.0 * s0 * s0) / ((count * count - 1.0) * s0 * s0);
    let randomisation = (n > 3).then(|| {
        let kurtosis = z.iter().map(|z| z.powi(4)).sum::<f64>() / count;
        let above = count * ((count * count - 3.0 * count + 3.0) * s1 - count * s2 + 3.0 * s0 * s0)
            - kurtosis * ((count * count - count) * s1 - 2.0 * count * s2 + 6.0 * s0 * s0);
        normal(i, expected, above / ((count - 1.0) * (count - 2.0) * (count - 3.0) * s0 * s0) - expected * expected)
    });
    let local = local::local(&z, &lag, weights, options, seed);
    let tested = local.iter().filter(|l| l.status == LocalStatus::Tested).count();
    let c = if options.denominator == Denominator::N { 1.0 } else { (count - 1.0) / count };
    let total: f64 = local.iter().map(|l| l.i).filter(|i| i.is_finite()).sum();
    Ok(Moran {
        i,
        expected,
        normality: normal(i, expected, second - expected * expected),
        randomisation,
        permutation: permute(&z, i, s0, weights, options.permutations, seed),
        slope: i * s0 / count,
        permutations_needed: ((2.0 * tested as f64 / options.alpha).ceil() as u64).saturating_sub(1),
        identity: (total - s0 * i * c).abs() / s0,
        z,
        lag,
        local,
    })
}

/// Values with mean 0 and variance 1 (denominator n); `None` if they do not vary beyond rounding.
fn standardise(values: &[f64]) -> Option<Vec<f64>> {
    let largest = values.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
    if largest == 0.0 {
        return None;
    }
    let scaled: Vec<f64> = values.iter().map(|x| x / largest).collect();
    let mean = numerics::moments::mean(&scaled);
    let sd = numerics::moments::deviation(&scaled, 0);
    (sd > 1e-14).then(|| scaled.iter().map(|x| (x - mean) / sd).collect())
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

fn normal(i: f64, expected: f64, variance: f64) -> Normal {
    // Degenerate designs (every unit beside every other) leave I no variance; z has no meaning there.
    let z = if variance > 1e-15 { (i - expected) / variance.sqrt() } else { f64::NAN };
    Normal { variance: variance.max(0.0), z, p_two_sided: libm::erfc(z.abs() / std::f64::consts::SQRT_2) }
}

/// Permutations per stream.
const BLOCK: u32 = 128;

/// Permutes the values over all units.
fn permute(z: &[f64], observed: f64, s0: f64, weights: &Weights, permutations: u32, seed: u64) -> Option<Permutation> {
    if permutations == 0 {
        return None;
    }
    let draws: Vec<f64> = (0..permutations.div_ceil(BLOCK))
        .into_par_iter()
        .flat_map_iter(|block| {
            let mut rng = random::stream(seed, "moran-global", u64::from(block));
            let mut shuffled = z.to_vec();
            (block * BLOCK..permutations.min((block + 1) * BLOCK))
                .map(|_| {
                    for i in (1..shuffled.len()).rev() {
                        shuffled.swap(i, rng.random_range(0..=i as u32) as usize);
                    }
                    let product = |i: usize| {
                        weights.weight(i) * shuffled[i] * weights.neighbours(i).iter().map(|&j| shuffled[j]).sum::<f64>()
                    };
                    (0..shuffled.len()).map(product).sum::<f64>() / s0
                })
                .collect::<Vec<f64>>()
        })
        .collect();
    let above = draws.iter().filter(|d| **d >= observed - TIE).count() as u64;
    let below = draws.iter().filter(|d| **d <= observed + TIE).count() as u64;
    let (p_one_sided, p_two_sided) = folded(above, below, permutations);
    Some(Permutation {
        p_one_sided,
        p_two_sided,
        mean: numerics::moments::mean(&draws),
        sd: numerics::moments::deviation(&draws, 0),
    })
}

/// Two sums of the same numbers in different order differ by less than this, and are a tie.
const TIE: f64 = 1e-11;

/// Folded one-sided and two-sided p-values; ties count on both sides.
fn folded(above: u64, below: u64, permutations: u32) -> (f64, f64) {
    let p = (1 + above.min(below)) as f64 / (f64::from(permutations) + 1.0);
    (p, (2.0 * p).min(1.0))
}

/// Benjamini & Hochberg (1995) adjusted p-values, in the order given; `NaN` is not a test and stays.
pub fn false_discovery(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).filter(|&i| !p[i].is_nan()).collect();
    order.sort_by(|&a, &b| p[b].total_cmp(&p[a]).then(a.cmp(&b)));
    let tests = order.len();
    let mut q = vec![f64::NAN; p.len()];
    let mut smallest = 1.0_f64;
    for (from_top, &i) in order.iter().enumerate() {
        smallest = smallest.min(p[i] * tests as f64 / (tests - from_top) as f64);
        q[i] = smallest;
    }
    q
}
