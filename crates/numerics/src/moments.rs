//! Sums, moments, ranks and quantiles with stated denominators and a fixed order of summation.

/// Sum by Neumaier's compensated algorithm: the error does not grow with the length.
pub fn sum(xs: &[f64]) -> f64 {
    let (mut s, mut c) = (0.0_f64, 0.0_f64);
    for &x in xs {
        let t = s + x;
        c += if s.abs() >= x.abs() { (s - t) + x } else { (x - t) + s };
        s = t;
    }
    s + c
}

/// Arithmetic mean; `NaN` for an empty slice.
pub fn mean(xs: &[f64]) -> f64 {
    sum(xs) / xs.len() as f64
}

/// Variance with denominator `n - ddof`.
pub fn variance(xs: &[f64], ddof: usize) -> f64 {
    let m = mean(xs);
    xs.iter().map(|x| (x - m) * (x - m)).sum::<f64>() / (xs.len() as f64 - ddof as f64)
}

/// Pearson correlation; `NaN` if either side is constant.
pub fn correlation(xs: &[f64], ys: &[f64]) -> f64 {
    let (mx, my) = (mean(xs), mean(ys));
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in xs.iter().zip(ys) {
        xy += (x - mx) * (y - my);
        xx += (x - mx) * (x - mx);
        yy += (y - my) * (y - my);
    }
    xy / (xx * yy).sqrt()
}

/// Quantile by linear interpolation of order statistics (Hyndman-Fan type 7), `0 <= p <= 1`.
/// `sorted` must be ascending; `NaN` for an empty slice.
pub fn quantile(sorted: &[f64], p: f64) -> f64 {
    if sorted.is_empty() {
        return f64::NAN;
    }
    let h = p.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let (i, f) = (h.floor() as usize, h.fract());
    if f == 0.0 { sorted[i] } else { sorted[i] + f * (sorted[i + 1] - sorted[i]) }
}

/// Median of the values, in any order.
pub fn median(xs: &[f64]) -> f64 {
    let mut s = xs.to_vec();
    s.sort_by(f64::total_cmp);
    quantile(&s, 0.5)
}

/// Ranks from 1 for the largest value; ties share the smallest rank of their block ("1224").
pub fn ranks_descending(xs: &[f64]) -> Vec<usize> {
    let mut sorted: Vec<f64> = xs.iter().copied().filter(|x| !x.is_nan()).collect();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    xs.iter().map(|x| 1 + sorted.partition_point(|y| y > x)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compensated_sum_keeps_what_naive_loses() {
        assert_eq!(sum(&[1e100, 1.0, -1e100]), 1.0);
    }

    #[test]
    fn quantiles_are_type_7() {
        let xs = [1.0, 2.0, 4.0, 8.0];
        assert_eq!(quantile(&xs, 0.5), 3.0);
        assert_eq!(quantile(&xs, 0.25), 1.75);
        assert_eq!(quantile(&xs, 1.0), 8.0);
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
    }

    #[test]
    fn ties_share_the_best_rank() {
        assert_eq!(ranks_descending(&[3.0, 5.0, 3.0, 1.0]), [2, 1, 2, 4]);
    }

    #[test]
    fn variance_and_correlation() {
        assert_eq!(variance(&[1.0, 2.0, 3.0], 1), 1.0);
        assert!((correlation(&[1.0, 2.0, 3.0], &[2.0, 4.0, 6.5]) - 4.5 / (2.0_f64 * 61.0 / 6.0).sqrt()).abs() < 1e-15);
    }
}
