//! Sums, moments, ranks and quantiles with stated denominators and a fixed order of summation.

/// Parts that are summed side by side, so that no addition waits for the one before.
const PARTS: usize = 8;
/// Slices from here on are summed in parts.
const LONG: usize = 64;

/// Sum by a compensated algorithm: the error does not grow with the length. Neumaier's, of long slices in eight
/// interleaved parts, each with what its additions lost (Knuth's two-sum).
pub fn sum(xs: &[f64]) -> f64 {
    if xs.len() < LONG {
        return neumaier(xs.iter());
    }
    let (mut s, mut c) = ([0.0_f64; PARTS], [0.0_f64; PARTS]);
    let (blocks, rest) = xs.as_chunks::<PARTS>();
    for block in blocks {
        for l in 0..PARTS {
            let t = s[l] + block[l];
            let added = t - s[l];
            c[l] += (s[l] - (t - added)) + (block[l] - added);
            s[l] = t;
        }
    }
    neumaier(s.iter().chain(rest).chain(&c))
}

fn neumaier<'a>(xs: impl Iterator<Item = &'a f64>) -> f64 {
    let (mut s, mut c) = (0.0_f64, 0.0_f64);
    for &x in xs {
        let t = s + x;
        c += if s.abs() >= x.abs() { (s - t) + x } else { (x - t) + s };
        s = t;
    }
    s + c
}

/// `Σ f(x, y)` of slices of equal length, eight parts side by side.
fn over_pairs(xs: &[f64], ys: &[f64], f: impl Fn(f64, f64) -> f64) -> f64 {
    let mut s = [0.0_f64; PARTS];
    let ((xb, xr), (yb, yr)) = (xs.as_chunks::<PARTS>(), ys.as_chunks::<PARTS>());
    for (x, y) in xb.iter().zip(yb) {
        for l in 0..PARTS {
            s[l] += f(x[l], y[l]);
        }
    }
    s.iter().sum::<f64>() + xr.iter().zip(yr).map(|(x, y)| f(*x, *y)).sum::<f64>()
}

/// `Σ x y` of slices of equal length.
pub fn products(xs: &[f64], ys: &[f64]) -> f64 {
    over_pairs(xs, ys, |x, y| x * y)
}

/// Smallest and largest value, whatever is `NaN` apart; `(inf, -inf)` where there is none.
pub fn extremes(xs: &[f64]) -> (f64, f64) {
    let (mut low, mut high) = ([f64::INFINITY; PARTS], [f64::NEG_INFINITY; PARTS]);
    let least = |x: f64, m: f64| if x < m { x } else { m };
    let most = |x: f64, m: f64| if x > m { x } else { m };
    let (blocks, rest) = xs.as_chunks::<PARTS>();
    for block in blocks {
        for l in 0..PARTS {
            (low[l], high[l]) = (least(block[l], low[l]), most(block[l], high[l]));
        }
    }
    let start = (f64::INFINITY, f64::NEG_INFINITY);
    let (low, high) = low.iter().zip(&high).fold(start, |(l, h), (&a, &b)| (least(a, l), most(b, h)));
    rest.iter().fold((low, high), |(l, h), &x| (least(x, l), most(x, h)))
}

/// Arithmetic mean; `NaN` for an empty slice.
pub fn mean(xs: &[f64]) -> f64 {
    sum(xs) / xs.len() as f64
}

/// Variance with denominator `n - ddof`.
pub fn variance(xs: &[f64], ddof: usize) -> f64 {
    let m = mean(xs);
    let squares =
        if xs.len() < LONG { xs.iter().map(|x| (x - m) * (x - m)).sum() } else { over_pairs(xs, xs, |x, _| (x - m) * (x - m)) };
    squares / (xs.len() as f64 - ddof as f64)
}

/// Standard deviation with denominator `n - ddof`, also where squares overflow or vanish.
pub fn deviation(xs: &[f64], ddof: usize) -> f64 {
    let variance = variance(xs, ddof);
    if variance.is_normal() || variance.is_nan() && xs.iter().any(|x| x.is_nan()) {
        return variance.sqrt();
    }
    let (low, high) = extremes(xs);
    let size = low.abs().max(high.abs());
    if size == 0.0 || !size.is_finite() {
        return variance.sqrt();
    }
    // Divided by its size, every value is at most 1.
    let scaled: Vec<f64> = xs.iter().map(|x| x / size).collect();
    size * self::variance(&scaled, ddof).sqrt()
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
        // In parts as well, and whatever is left over after the last whole block.
        let long: Vec<f64> = (0..1003).map(|i| [1e100, 1.0, -1e100][i % 3]).collect();
        assert_eq!(sum(&long[..1002]), 334.0);
        assert_eq!(sum(&long) - 1e100, 0.0);
        assert!((sum(&[0.1; 100_000]) - 10_000.0).abs() < 1e-9);
    }

    #[test]
    fn parts_are_put_together() {
        let xs: Vec<f64> = (0..203).map(|i| f64::from((i * 37) % 203)).collect();
        assert_eq!(extremes(&xs), (0.0, 202.0));
        assert_eq!(extremes(&[f64::NAN, 2.0, f64::NAN]), (2.0, 2.0));
        assert_eq!(extremes(&[]), (f64::INFINITY, f64::NEG_INFINITY));
        assert_eq!(sum(&xs), 20_503.0);
        assert_eq!(products(&xs, &xs), 2_767_905.0);
        assert!((variance(&xs, 0) - (203.0 * 203.0 - 1.0) / 12.0).abs() < 1e-10);
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
        for size in [1.0, 1e300, 1e-300] {
            assert!((deviation(&[size, 2.0 * size, 3.0 * size], 1) / size - 1.0).abs() < 1e-14, "{size}");
        }
        assert_eq!(deviation(&[7.0, 7.0, 7.0], 1), 0.0);
        assert!(deviation(&[1.0, f64::NAN], 1).is_nan() && deviation(&[], 0).is_nan());
        assert!((correlation(&[1.0, 2.0, 3.0], &[2.0, 4.0, 6.5]) - 4.5 / (2.0_f64 * 61.0 / 6.0).sqrt()).abs() < 1e-15);
    }
}
