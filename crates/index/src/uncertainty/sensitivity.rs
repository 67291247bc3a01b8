//! Variance-based sensitivity: how much of a result's variance each uncertain choice brings about.

use numerics::{moments, random};
use rand::RngExt;

/// Sobol indices of one factor, with a percentile bootstrap over the rows of the design.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Indices {
    /// First-order index: share of the variance that goes when this factor alone is fixed.
    pub first: f64,
    /// 5th and 95th percentile of the first-order index.
    pub first_band: (f64, f64),
    /// Total index: share of the variance that stays when all others are fixed.
    pub total: f64,
    /// 5th and 95th percentile of the total index.
    pub total_band: (f64, f64),
}

/// Sobol indices from the results of a design: `a` and `b` of two independent samples, `ab[k]` of the first with
/// factor `k` taken from the second.
///
/// First order after Saltelli et al. (2010, table 2 b) `mean(b (ab - a)) / V`, total after Jansen (1999)
/// `mean((a - ab)^2) / (2 V)`, with `V` the variance (denominator n - 1) of `a` and `b` together. `NaN` where nothing
/// varies. Bootstrap replicates take whole rows of the design.
pub fn indices(a: &[f64], b: &[f64], ab: &[Vec<f64>], bootstrap: usize, seed: u64) -> Vec<Indices> {
    let n = a.len();
    let all: Vec<usize> = (0..n).collect();
    let point = estimate(a, b, ab, &all);
    let draws: Vec<Vec<(f64, f64)>> = (0..bootstrap)
        .map(|r| {
            let mut rng = random::stream(seed, "index-sobol", r as u64);
            let rows: Vec<usize> = (0..n).map(|_| rng.random_range(0..n)).collect();
            estimate(a, b, ab, &rows)
        })
        .collect();
    let band = |k: usize, get: fn(&(f64, f64)) -> f64| {
        let mut values: Vec<f64> = draws.iter().map(|d| get(&d[k])).filter(|x| !x.is_nan()).collect();
        values.sort_by(f64::total_cmp);
        (moments::quantile(&values, 0.05), moments::quantile(&values, 0.95))
    };
    point
        .iter()
        .enumerate()
        .map(|(k, &(first, total))| Indices { first, first_band: band(k, |d| d.0), total, total_band: band(k, |d| d.1) })
        .collect()
}

fn estimate(a: &[f64], b: &[f64], ab: &[Vec<f64>], rows: &[usize]) -> Vec<(f64, f64)> {
    let both: Vec<f64> = rows.iter().map(|&i| a[i]).chain(rows.iter().map(|&i| b[i])).collect();
    let variance = moments::variance(&both, 1);
    let n = rows.len() as f64;
    ab.iter()
        .map(|c| {
            if variance <= 0.0 {
                return (f64::NAN, f64::NAN);
            }
            let first: f64 = rows.iter().map(|&i| b[i] * (c[i] - a[i])).sum();
            let total: f64 = rows.iter().map(|&i| (a[i] - c[i]) * (a[i] - c[i])).sum();
            (first / n / variance, total / (2.0 * n * variance))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;

    /// Ishigami and Homma (1990) with a = 7, b = 0.1: first-order indices 0.3139, 0.4424, 0; total 0.5576, 0.4424, 0.2437.
    #[test]
    fn the_ishigami_function() {
        let f = |x: &[f64]| {
            let x: Vec<f64> = x.iter().map(|u| PI * (2.0 * u - 1.0)).collect();
            x[0].sin() + 7.0 * x[1].sin().powi(2) + 0.1 * x[2].powi(4) * x[0].sin()
        };
        let points = numerics::sobol::points(6, 4096).unwrap();
        let a: Vec<f64> = points.iter().map(|p| f(&p[..3])).collect();
        let b: Vec<f64> = points.iter().map(|p| f(&p[3..])).collect();
        let ab: Vec<Vec<f64>> = (0..3)
            .map(|k| {
                points
                    .iter()
                    .map(|p| {
                        let mut x = p[..3].to_vec();
                        x[k] = p[3 + k];
                        f(&x)
                    })
                    .collect()
            })
            .collect();
        let found = indices(&a, &b, &ab, 50, 1);
        for (i, (first, total)) in found.iter().zip([(0.3139, 0.5576), (0.4424, 0.4424), (0.0, 0.2437)]) {
            assert!((i.first - first).abs() < 0.02 && (i.total - total).abs() < 0.02, "{i:?}");
            assert!(i.first_band.0 <= i.first && i.first <= i.first_band.1);
        }
    }

    /// A fixed design of 64 rows with its results, and the indices an independent program took from them.
    #[test]
    fn a_fixed_design_agrees() {
        let Some((_, rows)) = crate::tests::published::table("sobol/ishigami_N64_sample.csv") else { return };
        let (_, expected) = crate::tests::published::table("sobol/expect_ishigami_N64_coinr.csv").unwrap();
        let y: Vec<f64> = rows.iter().map(|r| r[3].parse().unwrap()).collect();
        let ab: Vec<Vec<f64>> = (2..5).map(|k| y[64 * k..64 * (k + 1)].to_vec()).collect();
        for (found, row) in indices(&y[..64], &y[64..128], &ab, 0, 1).iter().zip(&expected) {
            let (first, total): (f64, f64) = (row[1].parse().unwrap(), row[2].parse().unwrap());
            assert!((found.first - first).abs() < 1e-12 && (found.total - total).abs() < 1e-12, "{found:?}");
        }
    }

    #[test]
    fn nothing_varies_nothing_is_said() {
        let flat = vec![1.0; 8];
        assert!(indices(&flat, &flat, std::slice::from_ref(&flat), 0, 1)[0].first.is_nan());
    }
}
