//! Small dense least squares by Householder reflections, with the covariances economists report.
//!
//! Columns are scaled to unit length before factoring, so neither the fit nor the verdict on
//! collinearity depends on the units of the regressors.

use thiserror::Error;

/// A fitted linear model `y = X b + e`.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// `b`, one per column.
    pub coefficients: Vec<f64>,
    /// `e = y - X b`, one per row.
    pub residuals: Vec<f64>,
    /// `(X'X)^-1`, row-major, `k x k`.
    pub inverse: Vec<f64>,
}

/// Why a model cannot be fitted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unfit {
    /// A column differs in length from `y`.
    #[error("column {column} has {rows} rows, the left-hand side has {expected}")]
    Ragged {
        /// Column, from 0.
        column: usize,
        /// Its length.
        rows: usize,
        /// Length of `y`.
        expected: usize,
    },
    /// Fewer rows than columns.
    #[error("{rows} rows cannot determine {columns} coefficients")]
    Short {
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
    },
    /// A column is a linear combination of the ones before it (or zero, or not finite).
    #[error("column {column} is a linear combination of the columns before it")]
    Collinear {
        /// Column, from 0.
        column: usize,
    },
}

/// Ordinary least squares of `y` on the columns of `x`; no constant is added.
///
/// # Errors
/// [`Unfit`] when the shapes disagree or a column is collinear with those before it (what is left of
/// it after projection is shorter than `1e-10` of its length).
pub fn fit(x: &[Vec<f64>], y: &[f64]) -> Result<Fit, Unfit> {
    let (n, k) = (y.len(), x.len());
    if let Some(column) = x.iter().position(|c| c.len() != n) {
        return Err(Unfit::Ragged { column, rows: x[column].len(), expected: n });
    }
    if n < k {
        return Err(Unfit::Short { rows: n, columns: k });
    }
    let scale: Vec<f64> = x.iter().map(|c| norm(c)).collect();
    if let Some(column) = scale.iter().position(|s| !(s.is_finite() && *s > 0.0)) {
        return Err(Unfit::Collinear { column });
    }
    let mut a: Vec<Vec<f64>> = x.iter().zip(&scale).map(|(c, s)| c.iter().map(|v| v / s).collect()).collect();
    let mut q = y.to_vec();
    let mut diagonal = vec![0.0; k];
    for j in 0..k {
        let length = norm(&a[j][j..]);
        if length.is_nan() || length <= 1e-10 {
            return Err(Unfit::Collinear { column: j });
        }
        diagonal[j] = if a[j][j] > 0.0 { -length } else { length };
        a[j][j] -= diagonal[j];
        let (head, tail) = a.split_at_mut(j + 1);
        let v = &head[j][j..];
        let half = v.iter().map(|t| t * t).sum::<f64>() / 2.0;
        for other in tail.iter_mut().map(Vec::as_mut_slice).chain(std::iter::once(q.as_mut_slice())) {
            let t = dot(v, &other[j..]) / half;
            for (o, w) in other[j..].iter_mut().zip(v) {
                *o -= t * w;
            }
        }
    }
    // R has `diagonal` on its diagonal and a[c][r] above it.
    let mut b = vec![0.0; k];
    for j in (0..k).rev() {
        b[j] = (q[j] - (j + 1..k).map(|c| a[c][j] * b[c]).sum::<f64>()) / diagonal[j];
    }
    let mut upper = vec![0.0; k * k];
    for c in 0..k {
        upper[c * k + c] = 1.0 / diagonal[c];
        for r in (0..c).rev() {
            upper[r * k + c] = -(r + 1..=c).map(|m| a[m][r] * upper[m * k + c]).sum::<f64>() / diagonal[r];
        }
    }
    let mut inverse = vec![0.0; k * k];
    for r in 0..k {
        for c in 0..k {
            let s: f64 = (r.max(c)..k).map(|m| upper[r * k + m] * upper[c * k + m]).sum();
            inverse[r * k + c] = s / (scale[r] * scale[c]);
        }
    }
    let coefficients: Vec<f64> = b.iter().zip(&scale).map(|(b, s)| b / s).collect();
    let residuals = (0..n).map(|i| y[i] - x.iter().zip(&coefficients).map(|(c, b)| c[i] * b).sum::<f64>()).collect();
    Ok(Fit { coefficients, residuals, inverse })
}

impl Fit {
    /// Classical covariance `s² (X'X)^-1` with `s² = e'e / (n - k - absorbed)`; row-major.
    pub fn covariance(&self, absorbed: usize) -> Vec<f64> {
        let freedom = self.residuals.len() as f64 - (self.coefficients.len() + absorbed) as f64;
        let s2 = dot(&self.residuals, &self.residuals) / freedom;
        self.inverse.iter().map(|v| v * s2).collect()
    }

    /// Covariance robust to heteroskedasticity and to any dependence within clusters (Liang and Zeger
    /// 1986), `(X'X)^-1 (Σ_g X_g'e_g e_g'X_g) (X'X)^-1`, without a small-sample factor; row-major.
    /// `cluster[i]` numbers the cluster of row `i` from 0.
    pub fn cluster_covariance(&self, x: &[Vec<f64>], cluster: &[usize]) -> Vec<f64> {
        let k = x.len();
        let groups = cluster.iter().max().map_or(0, |g| g + 1);
        let mut score = vec![0.0; groups * k];
        for (j, column) in x.iter().enumerate() {
            for ((v, e), g) in column.iter().zip(&self.residuals).zip(cluster) {
                score[g * k + j] += v * e;
            }
        }
        let meat = square(k, |r, c| (0..groups).map(|g| score[g * k + r] * score[g * k + c]).sum());
        let half = square(k, |r, c| (0..k).map(|m| self.inverse[r * k + m] * meat[m * k + c]).sum());
        square(k, |r, c| (0..k).map(|m| half[r * k + m] * self.inverse[m * k + c]).sum())
    }
}

fn square(k: usize, cell: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    (0..k * k).map(|i| cell(i / k, i % k)).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn norm(a: &[f64]) -> f64 {
    let largest = a.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    largest * a.iter().map(|v| (v / largest) * (v / largest)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Longley (1967), J. Am. Stat. Assoc. 62: the classic ill-conditioned set. Certified values of
    /// NIST StRD, Longley: B0 = -3482258.63459582, B1 = 15.0618722713733, B6 = 1829.15146461355,
    /// standard error of B6 = 455.478499142212.
    #[test]
    fn longley_is_certified() {
        let rows: [[f64; 7]; 16] = [
            [60323., 83.0, 234289., 2356., 1590., 107608., 1947.],
            [61122., 88.5, 259426., 2325., 1456., 108632., 1948.],
            [60171., 88.2, 258054., 3682., 1616., 109773., 1949.],
            [61187., 89.5, 284599., 3351., 1650., 110929., 1950.],
            [63221., 96.2, 328975., 2099., 3099., 112075., 1951.],
            [63639., 98.1, 346999., 1932., 3594., 113270., 1952.],
            [64989., 99.0, 365385., 1870., 3547., 115094., 1953.],
            [63761., 100.0, 363112., 3578., 3350., 116219., 1954.],
            [66019., 101.2, 397469., 2904., 3048., 117388., 1955.],
            [67857., 104.6, 419180., 2822., 2857., 118734., 1956.],
            [68169., 108.4, 442769., 2936., 2798., 120445., 1957.],
            [66513., 110.8, 444546., 4681., 2637., 121950., 1958.],
            [68655., 112.6, 482704., 3813., 2552., 123366., 1959.],
            [69564., 114.2, 502601., 3931., 2514., 125368., 1960.],
            [69331., 115.7, 518173., 4806., 2572., 127852., 1961.],
            [70551., 116.9, 554894., 4007., 2827., 130081., 1962.],
        ];
        let y: Vec<f64> = rows.iter().map(|r| r[0]).collect();
        let x: Vec<Vec<f64>> = (0..7).map(|j| rows.iter().map(|r| if j == 0 { 1.0 } else { r[j] }).collect()).collect();
        let f = fit(&x, &y).unwrap();
        let near = |a: f64, b: f64| assert!((a / b - 1.0).abs() < 1e-8, "{a} {b}");
        near(f.coefficients[0], -3_482_258.634_595_82);
        near(f.coefficients[1], 15.061_872_271_373_3);
        near(f.coefficients[6], 1_829.151_464_613_55);
        near(f.covariance(0)[48].sqrt(), 455.478_499_142_212);
    }

    #[test]
    fn a_repeated_column_is_named() {
        let x = vec![vec![1.0, 1.0, 1.0], vec![1.0, 2.0, 4.0], vec![3.0, 4.0, 6.0]];
        assert_eq!(fit(&x, &[1.0, 2.0, 3.0]), Err(Unfit::Collinear { column: 2 }));
        assert_eq!(fit(&x, &[1.0, 2.0]), Err(Unfit::Ragged { column: 0, rows: 3, expected: 2 }));
        assert_eq!(fit(&[vec![f64::NAN, 1.0]], &[1.0, 2.0]), Err(Unfit::Collinear { column: 0 }));
    }

    proptest! {
        #[test]
        fn residuals_are_orthogonal_and_units_do_not_matter(
            raw in prop::collection::vec((-5.0..5.0_f64, -5.0..5.0_f64, -5.0..5.0_f64), 8..40),
        ) {
            let y: Vec<f64> = raw.iter().map(|r| r.0).collect();
            let x = vec![vec![1.0; y.len()], raw.iter().map(|r| r.1).collect(), raw.iter().map(|r| r.2 + 0.3 * r.1).collect()];
            prop_assume!(crate::moments::variance(&x[1], 1) > 0.1 && crate::moments::variance(&x[2], 1) > 0.1);
            prop_assume!(crate::moments::correlation(&x[1], &x[2]).abs() < 0.99);
            let f = fit(&x, &y).unwrap();
            for c in &x {
                prop_assert!(dot(c, &f.residuals).abs() < 1e-9);
            }
            let big: Vec<Vec<f64>> = vec![x[0].clone(), x[1].iter().map(|v| v * 1e9).collect(), x[2].iter().map(|v| v * 1e-9).collect()];
            let g = fit(&big, &y).unwrap();
            prop_assert!((g.coefficients[1] * 1e9 - f.coefficients[1]).abs() < 1e-10);
            prop_assert!((g.coefficients[2] * 1e-9 - f.coefficients[2]).abs() < 1e-10);
        }
    }
}
