//! Bootstrap over firms by weights: a replicate reweights firms and copies nothing, so that identifiers and lags stay
//! what they are.

use numerics::random::stream;
use rand::RngExt;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the weights of a replicate are drawn. They sum to the number of firms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Multinomial: how often each firm is drawn when as many are drawn with replacement as there are (Efron 1979,
    /// by clusters).
    #[default]
    Multinomial,
    /// Dirichlet(1, …, 1): positive weights for every firm (Bayesian bootstrap of Rubin 1981).
    Dirichlet,
}

/// Estimates of all replicates.
#[derive(Clone, Debug, PartialEq)]
pub struct Bootstrap {
    /// Estimates of the replicates that succeeded, in order of the replicates.
    pub draws: Vec<Vec<f64>>,
    /// Numbers of the replicates that failed, from 0.
    pub failed: Vec<usize>,
    /// Covariance of the draws, row-major, divided by their number less one; `None` with fewer than two draws.
    pub covariance: Option<Vec<f64>>,
}

/// Weights of the firms in a replicate.
pub fn weights(firms: usize, seed: u64, kind: Kind, replicate: usize) -> Vec<f64> {
    let mut rng = stream(seed, "firm bootstrap", replicate as u64);
    match kind {
        Kind::Multinomial => {
            let mut weights = vec![0.0; firms];
            for _ in 0..firms {
                weights[rng.random_range(0..firms)] += 1.0;
            }
            weights
        }
        Kind::Dirichlet => {
            // 1 - u lies in (0, 1], so the logarithm is finite.
            let mut weights: Vec<f64> = (0..firms).map(|_| -(1.0 - rng.random::<f64>()).ln()).collect();
            let scale = firms as f64 / weights.iter().sum::<f64>();
            weights.iter_mut().for_each(|w| *w *= scale);
            weights
        }
    }
}

/// Runs `estimate` on the weights of every replicate. The draws depend on `seed`, `kind` and the number of the replicate
/// only, not on threads. A replicate without an estimate, or with one that is not finite or of another length than the
/// first, has failed.
pub fn bootstrap(
    firms: usize,
    replicates: usize,
    seed: u64,
    kind: Kind,
    estimate: impl Fn(&[f64]) -> Option<Vec<f64>> + Sync,
) -> Bootstrap {
    let all: Vec<Option<Vec<f64>>> =
        (0..replicates).into_par_iter().map(|replicate| estimate(&weights(firms, seed, kind, replicate))).collect();
    let length = all.iter().flatten().map(Vec::len).next();
    let (mut draws, mut failed) = (Vec::new(), Vec::new());
    for (replicate, draw) in all.into_iter().enumerate() {
        match draw.filter(|d| Some(d.len()) == length && d.iter().all(|v| v.is_finite())) {
            Some(draw) => draws.push(draw),
            None => failed.push(replicate),
        }
    }
    let covariance = covariance(&draws);
    Bootstrap { draws, failed, covariance }
}

fn covariance(draws: &[Vec<f64>]) -> Option<Vec<f64>> {
    let k = draws.first().filter(|_| draws.len() > 1)?.len();
    let n = draws.len() as f64;
    let mean: Vec<f64> = (0..k).map(|j| draws.iter().map(|d| d[j]).sum::<f64>() / n).collect();
    let cell = |i: usize| draws.iter().map(|d| (d[i / k] - mean[i / k]) * (d[i % k] - mean[i % k])).sum::<f64>() / (n - 1.0);
    Some((0..k * k).map(cell).collect())
}

impl Bootstrap {
    /// Standard errors, where there are two draws or more.
    pub fn errors(&self) -> Option<Vec<f64>> {
        let k = self.draws.first().map_or(0, Vec::len);
        self.covariance.as_ref().map(|c| (0..k).map(|j| c[j * k + j].sqrt()).collect())
    }

    /// Percentile interval of each estimate at `level`, such as 0.95; empty without draws.
    pub fn intervals(&self, level: f64) -> Vec<(f64, f64)> {
        let k = self.draws.first().map_or(0, Vec::len);
        let interval = |j: usize| {
            let mut column: Vec<f64> = self.draws.iter().map(|d| d[j]).collect();
            column.sort_by(f64::total_cmp);
            let at = |p| numerics::moments::quantile(&column, p);
            (at((1.0 - level) / 2.0), at(f64::midpoint(1.0, level)))
        };
        (0..k).map(interval).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_of(values: &[f64]) -> impl Fn(&[f64]) -> Option<Vec<f64>> + Sync {
        move |w| Some(vec![values.iter().zip(w).map(|(v, w)| v * w).sum::<f64>() / values.len() as f64])
    }

    #[test]
    fn weights_sum_to_the_firms_and_repeat() {
        for kind in [Kind::Multinomial, Kind::Dirichlet] {
            let w = weights(50, 3, kind, 4);
            assert!((w.iter().sum::<f64>() - 50.0).abs() < 1e-9);
            assert_eq!(w, weights(50, 3, kind, 4));
            assert_ne!(w, weights(50, 3, kind, 5));
            assert_ne!(w, weights(50, 4, kind, 4));
        }
        assert!(weights(50, 3, Kind::Dirichlet, 0).iter().all(|&w| w > 0.0));
    }

    /// Variance of a weighted mean: `s²/n` exactly for multinomial weights, `s²/(n + 1)` for Dirichlet ones, `s²` with
    /// denominator `n`.
    #[test]
    fn the_spread_of_a_mean_is_the_known_one() {
        let values: Vec<f64> = (0..40).map(|i| f64::from(i * i % 23)).collect();
        let s2 = numerics::moments::variance(&values, 0);
        for (kind, divisor) in [(Kind::Multinomial, 40.0), (Kind::Dirichlet, 41.0)] {
            let b = bootstrap(40, 20_000, 1, kind, mean_of(&values));
            let ratio = b.covariance.as_ref().unwrap()[0] / (s2 / divisor);
            // The standard error of a variance from 20,000 draws is about 1 %.
            assert!((ratio - 1.0).abs() < 0.04, "{kind:?} {ratio}");
            let (low, high) = b.intervals(0.95)[0];
            let mean = numerics::moments::mean(&values);
            let half = 1.96 * b.errors().unwrap()[0];
            assert!(((mean - low) / half - 1.0).abs() < 0.06 && ((high - mean) / half - 1.0).abs() < 0.06);
        }
    }

    #[test]
    fn failures_are_counted_and_kept_apart() {
        let b =
            bootstrap(5, 40, 9, Kind::Multinomial, |w| (w[0] > 0.0).then(|| vec![w[0], if w[0] > 1.0 { f64::NAN } else { 1.0 }]));
        assert_eq!(b.draws.len() + b.failed.len(), 40);
        assert!(b.draws.iter().all(|d| *d == [1.0, 1.0]) && !b.failed.is_empty());
        for &r in &b.failed {
            assert!(weights(5, 9, Kind::Multinomial, r)[0] != 1.0);
        }
        let none = bootstrap(5, 3, 9, Kind::Multinomial, |_| None);
        assert_eq!((none.draws.len(), none.failed.len(), none.covariance.is_none(), none.intervals(0.9).len()), (0, 3, true, 0));
    }

    #[test]
    fn threads_do_not_matter() {
        let values: Vec<f64> = (0..30).map(|i| f64::from(i).sin()).collect();
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| bootstrap(30, 64, 5, Kind::Dirichlet, mean_of(&values)))
        };
        assert_eq!(run(1), run(4));
    }
}
