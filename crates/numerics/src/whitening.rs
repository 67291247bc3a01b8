//! Whitening by a symmetric positive semi-definite matrix: `W A W' = I`, so that a quadratic form in a generalised
//! inverse of `A` is a sum of squares and a generalised least squares problem an ordinary one.

/// `W`, `rank x n` row-major, with `W A W' = I` and `W'W` a generalised inverse of `A`.
#[derive(Clone, Debug, PartialEq)]
pub struct Whitening {
    n: usize,
    rank: usize,
    matrix: Vec<f64>,
}

/// What is smaller than this, beside a diagonal of ones, is a direction without variance.
const NOTHING: f64 = 1e-12;

impl Whitening {
    /// Of the symmetric `A`, `n x n` row-major. It is scaled to a diagonal of ones first, so that the rank and, where it
    /// is not full, the choice among generalised inverses (Moore-Penrose of the scaled matrix) do not depend on units.
    /// Rows whose diagonal is not positive are left out.
    pub fn of(a: &[f64], n: usize) -> Self {
        let kept: Vec<usize> = (0..n).filter(|&i| a[i * n + i] > 0.0 && a[i * n + i].is_finite()).collect();
        let scale: Vec<f64> = kept.iter().map(|&i| a[i * n + i].sqrt()).collect();
        let m = kept.len();
        let mut scaled = vec![0.0; m * m];
        for (r, (&i, si)) in kept.iter().zip(&scale).enumerate() {
            for (c, (&j, sj)) in kept.iter().zip(&scale).enumerate() {
                scaled[r * m + c] = a[i * n + j] / (si * sj);
            }
        }
        let rows = lower_inverse(&scaled, m).unwrap_or_else(|| spectral(scaled, m));
        let rank = rows.len();
        let mut matrix = vec![0.0; rank * n];
        for (r, row) in rows.iter().enumerate() {
            for ((v, &i), s) in row.iter().zip(&kept).zip(&scale) {
                matrix[r * n + i] = v / s;
            }
        }
        Self { n, rank, matrix }
    }

    /// Rank of `A`.
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// Whether `A` has full rank, so that the inverse is the only one.
    pub fn full(&self) -> bool {
        self.rank == self.n
    }

    /// `W v`.
    pub fn apply(&self, v: &[f64]) -> Vec<f64> {
        self.matrix.chunks_exact(self.n.max(1)).map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum()).collect()
    }

    /// `W'u`.
    pub fn adjoint(&self, u: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; self.n];
        for (row, &w) in self.matrix.chunks_exact(self.n.max(1)).zip(u) {
            for (o, a) in out.iter_mut().zip(row) {
                *o += a * w;
            }
        }
        out
    }

    /// `v'A⁻v`.
    pub fn form(&self, v: &[f64]) -> f64 {
        self.apply(v).iter().map(|w| w * w).sum()
    }
}

/// Inverse of the Cholesky factor, row by row; `None` where a pivot is next to nothing.
fn lower_inverse(a: &[f64], n: usize) -> Option<Vec<Vec<f64>>> {
    let mut l = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let s: f64 = a[i * n + j] - (0..j).map(|m| l[i * n + m] * l[j * n + m]).sum::<f64>();
            if i == j {
                if s.is_nan() || s <= NOTHING {
                    return None;
                }
                l[i * n + i] = s.sqrt();
            } else {
                l[i * n + j] = s / l[j * n + j];
            }
        }
    }
    let mut rows: Vec<Vec<f64>> = Vec::with_capacity(n);
    for i in 0..n {
        let mut row = vec![0.0; n];
        row[i] = 1.0;
        for j in 0..i {
            let t = l[i * n + j];
            for (r, q) in row.iter_mut().zip(&rows[j]).take(j + 1) {
                *r -= t * q;
            }
        }
        row.iter_mut().for_each(|v| *v /= l[i * n + i]);
        rows.push(row);
    }
    Some(rows)
}

/// `Λ^(-1/2) V'` over the eigenvalues that are not next to nothing, by Jacobi's cyclic rotations.
fn spectral(mut a: Vec<f64>, n: usize) -> Vec<Vec<f64>> {
    // Rows of `v` are the eigenvectors.
    let mut v: Vec<f64> = (0..n * n).map(|i| f64::from(u8::from(i / n == i % n))).collect();
    for _ in 0..60 {
        let off: f64 = (0..n).map(|i| (0..i).map(|j| a[i * n + j] * a[i * n + j]).sum::<f64>()).sum();
        if off < 1e-30 {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                if a[p * n + q].abs() < 1e-18 {
                    continue;
                }
                let theta = (a[q * n + q] - a[p * n + p]) / (2.0 * a[p * n + q]);
                let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
                let c = 1.0 / t.hypot(1.0);
                let s = t * c;
                for i in 0..n {
                    let (x, y) = (a[i * n + p], a[i * n + q]);
                    (a[i * n + p], a[i * n + q]) = (c * x - s * y, s * x + c * y);
                }
                for i in 0..n {
                    let (x, y) = (a[p * n + i], a[q * n + i]);
                    (a[p * n + i], a[q * n + i]) = (c * x - s * y, s * x + c * y);
                    let (x, y) = (v[p * n + i], v[q * n + i]);
                    (v[p * n + i], v[q * n + i]) = (c * x - s * y, s * x + c * y);
                }
            }
        }
    }
    let largest = (0..n).map(|i| a[i * n + i]).fold(0.0, f64::max);
    let kept = (0..n).filter(|&i| a[i * n + i] > NOTHING * largest.max(1.0));
    kept.map(|i| v[i * n..(i + 1) * n].iter().map(|x| x / a[i * n + i].sqrt()).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_singular_matrix_has_its_rank_and_a_generalised_inverse() {
        // Rank 2: the third row is the sum of the first two, in other units.
        let a = [2.0, 1.0, 300.0, 1.0, 3.0, 400.0, 300.0, 400.0, 70_000.0];
        let w = Whitening::of(&a, 3);
        assert_eq!((w.rank(), w.full()), (2, false));
        // A A⁻ A = A.
        let column = |j: usize| (0..3).map(|i| a[i * 3 + j]).collect::<Vec<_>>();
        for i in 0..3 {
            for j in 0..3 {
                let (x, y) = (w.apply(&column(i)), w.apply(&column(j)));
                let back: f64 = x.iter().zip(&y).map(|(p, q)| p * q).sum();
                assert!((back - a[i * 3 + j]).abs() < 1e-9 * a[i * 3 + j], "{back}");
            }
        }
    }

    #[test]
    fn a_row_of_zeros_is_left_out() {
        let w = Whitening::of(&[0.0, 0.0, 0.0, 4.0], 2);
        assert_eq!((w.rank(), w.apply(&[5.0, 6.0]), w.adjoint(&[2.0])), (1, vec![3.0], vec![0.0, 1.0]));
        assert_eq!(Whitening::of(&[], 0).rank(), 0);
    }

    proptest! {
        #[test]
        fn whitening_whitens(raw in prop::collection::vec(-1.0..1.0_f64, 30), power in -9_i32..9) {
            // A = B B' + 0.1 I of order 5, one row in other units.
            let unit = 10.0_f64.powi(power);
            let s = |i: usize| if i == 2 { unit } else { 1.0 };
            let cell = |i: usize, j: usize| {
                let b: f64 = (0..6).map(|m| raw[i * 6 + m] * raw[j * 6 + m]).sum();
                (b + if i == j { 0.1 } else { 0.0 }) * s(i) * s(j)
            };
            let a: Vec<f64> = (0..25).map(|e| cell(e / 5, e % 5)).collect();
            let w = Whitening::of(&a, 5);
            prop_assert!(w.full());
            for i in 0..5 {
                let unit: Vec<f64> = (0..5).map(|j| f64::from(u8::from(i == j))).collect();
                let row = w.adjoint(&unit);
                let image: Vec<f64> = (0..5).map(|r| (0..5).map(|c| a[r * 5 + c] * row[c]).sum()).collect();
                for (j, v) in w.apply(&image).iter().enumerate() {
                    prop_assert!((v - unit[j]).abs() < 1e-9, "{v}");
                }
            }
        }
    }
}
