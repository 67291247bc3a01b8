//! What indicators do to an index, whatever their weights say.

use numerics::moments;

use crate::{
    composite::Composite,
    weights::{association::correlation, sample::shares},
};

/// Share of each indicator in the squared correlations with the index (Paruolo, Saisana and Saltelli 2013, linear form).
pub fn importance(index: &Composite) -> Vec<f64> {
    let rows: Vec<usize> = (0..index.normalised.units.len()).collect();
    let Some(score) = index.scores.first() else { return Vec::new() };
    let squared: Vec<f64> = index
        .normalised
        .values
        .iter()
        .map(|v| correlation(v, score, &rows))
        .map(|r| if r.is_nan() { 0.0 } else { r * r })
        .collect();
    shares(&squared)
}

/// Share of the variance of the index that each indicator's contribution carries: `cov(contribution, score) / var(score)`.
/// The shares sum to 1; all 0 where the index does not vary.
pub fn variance_shares(index: &Composite) -> Vec<f64> {
    let Some(score) = index.scores.first() else { return Vec::new() };
    let rows: Vec<usize> = (0..score.len()).filter(|&i| !score[i].is_nan()).collect();
    let at = |xs: &[f64]| rows.iter().map(|&i| if xs[i].is_nan() { 0.0 } else { xs[i] }).collect::<Vec<f64>>();
    let s = at(score);
    let mean = moments::mean(&s);
    let total: f64 = s.iter().map(|x| (x - mean) * (x - mean)).sum();
    index
        .contributions
        .iter()
        .map(|c| {
            let c = at(c);
            let own = moments::mean(&c);
            let both: f64 = s.iter().zip(&c).map(|(x, y)| (x - mean) * (y - own)).sum();
            if total > 0.0 { both / total } else { 0.0 }
        })
        .collect()
}

/// Correlation ratio of the index on each indicator, `Var(E(y | x_j)) / Var(y)` (Paruolo, Saisana and Saltelli 2013):
/// the larger of the squared correlation and Kelley's (1935) unbiased ratio `1 - (1 - eta^2) (n - 1) / (n - m)` over
/// `m = floor(sqrt n)` classes of equally many rows in the order of the indicator. 0 where an indicator or the index
/// does not vary.
pub fn correlation_ratios(index: &Composite) -> Vec<f64> {
    let Some(score) = index.scores.first() else { return Vec::new() };
    index.normalised.values.iter().map(|x| ratio(x, score)).collect()
}

fn ratio(x: &[f64], y: &[f64]) -> f64 {
    let mut pairs: Vec<(f64, f64)> = x.iter().zip(y).filter(|(a, b)| !a.is_nan() && !b.is_nan()).map(|(a, b)| (*a, *b)).collect();
    // Ties in the order of the index would put like with like: those of `x` are kept in one class.
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let n = pairs.len();
    let (xs, ys): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let rows: Vec<usize> = (0..n).collect();
    let linear = correlation(&xs, &ys, &rows);
    let linear = if linear.is_nan() { 0.0 } else { linear * linear };
    let classes = n.isqrt();
    let mean = moments::mean(&ys);
    let total: f64 = ys.iter().map(|v| (v - mean) * (v - mean)).sum();
    if classes < 2 || total <= 0.0 || linear == 0.0 && xs.first() == xs.last() {
        return linear;
    }
    let (mut from, mut within, mut used) = (0, 0.0, 0);
    for k in 1..=classes {
        let mut to = (k * n / classes).max(from);
        while to > from && to < n && xs[to] == xs[to - 1] {
            to += 1;
        }
        if to > from {
            let own = moments::mean(&ys[from..to]);
            within += ys[from..to].iter().map(|v| (v - own) * (v - own)).sum::<f64>();
            used += 1;
            from = to;
        }
    }
    if used < 2 || used >= n {
        return linear;
    }
    let kelley = 1.0 - within / total * (n - 1) as f64 / (n - used) as f64;
    kelley.max(linear)
}

#[cfg(test)]
mod tests {
    use super::ratio;

    #[test]
    fn a_bent_relation_has_a_ratio_where_the_correlation_is_nothing() {
        let x: Vec<f64> = (-50..=50).map(f64::from).collect();
        let bent: Vec<f64> = x.iter().map(|x| x * x).collect();
        assert!(ratio(&x, &bent) > 0.9);
        let straight: Vec<f64> = x.iter().map(|x| 3.0 - 2.0 * x).collect();
        assert!((ratio(&x, &straight) - 1.0).abs() < 1e-12);
        let noise: Vec<f64> = (0..101).map(|i| f64::from((i * 7919) % 101)).collect();
        assert!(ratio(&x, &noise) < 0.15, "{}", ratio(&x, &noise));
        assert_eq!(ratio(&[1.0; 20], &noise[..20]), 0.0);
    }
}
