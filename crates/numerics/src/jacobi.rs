//! Singular values and eigenvalues of small dense matrices by Jacobi rotations: small ones keep their relative accuracy.

const SWEEPS: usize = 60;

/// Singular values of a row-major `rows x columns` matrix in descending order, `rows >= columns`, by one-sided Jacobi
/// rotations (Hestenes 1958).
pub fn singular_values(matrix: &[f64], rows: usize, columns: usize) -> Vec<f64> {
    let mut a: Vec<Vec<f64>> = (0..columns).map(|c| (0..rows).map(|r| matrix[r * columns + c]).collect()).collect();
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(a, b)| a * b).sum::<f64>();
    for _ in 0..SWEEPS {
        let mut still = true;
        for i in 0..columns {
            for j in i + 1..columns {
                let (x, y, z) = (dot(&a[i], &a[i]), dot(&a[j], &a[j]), dot(&a[i], &a[j]));
                if z == 0.0 || z.abs() <= f64::EPSILON * (x * y).sqrt() {
                    continue;
                }
                still = false;
                let (c, s) = rotation(x, y, z);
                let (head, tail) = a.split_at_mut(j);
                for (p, q) in head[i].iter_mut().zip(&mut tail[0]) {
                    (*p, *q) = (c * *p - s * *q, s * *p + c * *q);
                }
            }
        }
        if still {
            break;
        }
    }
    let mut values: Vec<f64> = a.iter().map(|x| dot(x, x).sqrt()).collect();
    values.sort_by(|a, b| b.total_cmp(a));
    values
}

/// Eigenvalues of a symmetric row-major `k x k` matrix and their vectors, `vectors[r * k + e]` the entry `r` of vector
/// `e`; in no particular order.
pub fn eigen(matrix: &[f64], k: usize) -> (Vec<f64>, Vec<f64>) {
    let mut a = matrix.to_vec();
    let mut v: Vec<f64> = (0..k * k).map(|i| if i / k == i % k { 1.0 } else { 0.0 }).collect();
    for _ in 0..SWEEPS {
        let mut still = true;
        for i in 0..k {
            for j in i + 1..k {
                let (x, y, z) = (a[i * k + i], a[j * k + j], a[i * k + j]);
                if z == 0.0 || z.abs() <= f64::EPSILON * (x.abs() * y.abs()).sqrt() {
                    continue;
                }
                still = false;
                let (c, s) = rotation(x, y, z);
                for r in 0..k {
                    let (p, q) = (a[r * k + i], a[r * k + j]);
                    (a[r * k + i], a[r * k + j]) = (c * p - s * q, s * p + c * q);
                }
                for r in 0..k {
                    let (p, q) = (a[i * k + r], a[j * k + r]);
                    (a[i * k + r], a[j * k + r]) = (c * p - s * q, s * p + c * q);
                    let (p, q) = (v[r * k + i], v[r * k + j]);
                    (v[r * k + i], v[r * k + j]) = (c * p - s * q, s * p + c * q);
                }
            }
        }
        if still {
            break;
        }
    }
    ((0..k).map(|i| a[i * k + i]).collect(), v)
}

/// Cosine and sine that turn the Gram matrix `[[x, z], [z, y]]` diagonal.
fn rotation(x: f64, y: f64, z: f64) -> (f64, f64) {
    let tau = (y - x) / (2.0 * z);
    let t = tau.signum() / (tau.abs() + tau.hypot(1.0));
    let c = 1.0 / t.hypot(1.0);
    (c, c * t)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn small_singular_values_are_not_lost() {
        // Columns of very different length: squares would lose the small one.
        let values = singular_values(&[1.0, 1e-12, 1.0, -1e-12], 2, 2);
        assert!((values[0] - 2.0_f64.sqrt()).abs() < 1e-15);
        assert!((values[1] / (2.0_f64.sqrt() * 1e-12) - 1.0).abs() < 1e-12);
        assert_eq!(singular_values(&[1.0, 1.0, 1.0, 1.0], 2, 2)[1], 0.0);
    }

    #[test]
    fn eigenvalues_of_a_known_matrix() {
        let (mut values, _) = eigen(&[2.0, -1.0, 0.0, -1.0, 2.0, -1.0, 0.0, -1.0, 2.0], 3);
        values.sort_by(f64::total_cmp);
        let root = 2.0_f64.sqrt();
        for (v, e) in values.iter().zip([2.0 - root, 2.0, 2.0 + root]) {
            assert!((v - e).abs() < 1e-14);
        }
    }

    proptest! {
        #[test]
        fn vectors_rebuild_the_matrix(raw in prop::collection::vec(-3.0..3.0_f64, 16)) {
            let a: Vec<f64> = (0..16).map(|i| raw[i] + raw[(i % 4) * 4 + i / 4]).collect();
            let (d, v) = eigen(&a, 4);
            for r in 0..4 {
                for c in 0..4 {
                    let cell: f64 = (0..4).map(|e| v[r * 4 + e] * d[e] * v[c * 4 + e]).sum();
                    prop_assert!((cell - a[r * 4 + c]).abs() < 1e-12);
                }
            }
            let mut sizes: Vec<f64> = d.iter().map(|x| x.abs()).collect();
            sizes.sort_by(|a, b| b.total_cmp(a));
            for (s, t) in singular_values(&a, 4, 4).iter().zip(&sizes) {
                prop_assert!((s - t).abs() < 1e-12);
            }
        }
    }
}
