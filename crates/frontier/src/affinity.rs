//! Affinity of variables (Tone and Tsutsui 2010): how much their ratios agree over units, and what its matrix says.

/// What the affinity matrix of some variables says: its dispersion ε and weights that add up to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Affinity {
    /// `(k − ρ) / (k − 1)` with the largest eigenvalue ρ of the k × k matrix; 0 for one variable.
    pub(crate) epsilon: f64,
    /// The eigenvector of ρ, as shares.
    pub(crate) weights: Vec<f64>,
    /// The matrix, row by row.
    pub(crate) matrix: Vec<Vec<f64>>,
}

impl Affinity {
    /// Of columns with positive values, each row counted as often as `counts` says.
    pub(crate) fn new(columns: &[Vec<f64>], counts: &[usize]) -> Self {
        let k = columns.len();
        let matrix: Vec<Vec<f64>> = (0..k)
            .map(|a| {
                (0..k).map(|b| if a == b { 1.0 } else { affinity(&columns[a.min(b)], &columns[a.max(b)], counts) }).collect()
            })
            .collect();
        let (largest, vector) = leading(&matrix);
        let raw = if k > 1 { (k as f64 - largest) / (k as f64 - 1.0) } else { 0.0 };
        // Rounding alone disperses nothing.
        let epsilon = if raw > 1e-12 { raw.min(1.0) } else { 0.0 };
        let total: f64 = vector.iter().sum();
        Self { epsilon, weights: vector.iter().map(|x| x / total).collect(), matrix }
    }
}

/// `1 − 2D` with the mean absolute deviation D of `ln(b/a)` over its range: from 0 (spread to both ends) to 1 (one ratio).
fn affinity(a: &[f64], b: &[f64], counts: &[usize]) -> f64 {
    let logs: Vec<f64> = a.iter().zip(b).map(|(a, b)| (b / a).ln()).collect();
    let n: f64 = counts.iter().map(|&c| c as f64).sum();
    let mean = logs.iter().zip(counts).map(|(c, &w)| w as f64 * c).sum::<f64>() / n;
    let (low, high) = logs.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &c| (l.min(c), h.max(c)));
    // Rounding alone makes no range.
    if high - low <= 1e-12 * (1.0 + mean.abs()) {
        return 1.0;
    }
    let spread: f64 = logs.iter().zip(counts).map(|(c, &w)| w as f64 * (c - mean).abs()).sum();
    1.0 - 2.0 * spread / (n * (high - low))
}

/// The largest eigenvalue of a symmetric matrix, and the vector of ones projected on what belongs to it: the
/// eigenvector where it is simple, a choice that prefers no variable where it is not. Jacobi's rotations.
fn leading(matrix: &[Vec<f64>]) -> (f64, Vec<f64>) {
    let k = matrix.len();
    let mut a = matrix.to_vec();
    let mut vectors: Vec<Vec<f64>> = (0..k).map(|i| (0..k).map(|j| if i == j { 1.0 } else { 0.0 }).collect()).collect();
    for _ in 0..100 {
        let off: f64 = (0..k).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i][j] * a[i][j]).sum();
        if off <= f64::MIN_POSITIVE {
            break;
        }
        for p in 0..k {
            for q in p + 1..k {
                if a[p][q] == 0.0 {
                    continue;
                }
                let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
                let t = if theta == 0.0 { 1.0 } else { t };
                let c = 1.0 / t.hypot(1.0);
                let s = t * c;
                for row in a.iter_mut().chain(&mut vectors) {
                    let (x, y) = (row[p], row[q]);
                    (row[p], row[q]) = (c * x - s * y, s * x + c * y);
                }
                let (upper, lower) = a.split_at_mut(q);
                for (x, y) in upper[p].iter_mut().zip(&mut lower[0]) {
                    (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
                }
            }
        }
    }
    let largest = (0..k).map(|i| a[i][i]).fold(f64::NEG_INFINITY, f64::max);
    let mut out = vec![0.0; k];
    for j in (0..k).filter(|&j| a[j][j] >= largest - 1e-9 * largest.abs()) {
        let along: f64 = vectors.iter().map(|row| row[j]).sum();
        out.iter_mut().zip(&vectors).for_each(|(o, row)| *o += along * row[j]);
    }
    (largest, out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proportional_columns_have_one_direction() {
        let x = vec![1.0, 2.0, 5.0];
        let y: Vec<f64> = x.iter().map(|x| 3.0 * x).collect();
        let a = Affinity::new(&[x.clone(), y, x], &[1, 1, 1]);
        assert!(a.epsilon.abs() < 1e-12 && a.weights.iter().all(|w| (w - 1.0 / 3.0).abs() < 1e-12), "{a:?}");
    }

    #[test]
    fn ends_have_none() {
        // ln ratios -1 and 1, as many of each: D = 1/2.
        let (e, one) = (1.0_f64.exp(), vec![1.0; 4]);
        let a = Affinity::new(&[one, vec![e, 1.0 / e, e, 1.0 / e]], &[1; 4]);
        assert!((a.epsilon - 1.0).abs() < 1e-12 && (a.weights[0] - 0.5).abs() < 1e-12, "{a:?}");
        // ln ratios 0, 0, 3: mean 1, D = 4/9, S = 1/9; eigenvalue 10/9, ε = 8/9.
        let a = Affinity::new(&[vec![1.0; 3], vec![1.0, 1.0, 3.0_f64.exp()]], &[1; 3]);
        assert!((a.matrix[0][1] - 1.0 / 9.0).abs() < 1e-12 && (a.epsilon - 8.0 / 9.0).abs() < 1e-12, "{a:?}");
        // A row that counts twice is two rows.
        assert_eq!(Affinity::new(&[vec![1.0; 2], vec![1.0, 3.0_f64.exp()]], &[2, 1]).matrix[0][1], a.matrix[0][1]);
        assert_eq!(
            Affinity::new(&[vec![2.0, 3.0]], &[1, 1]),
            Affinity { epsilon: 0.0, weights: vec![1.0], matrix: vec![vec![1.0]] }
        );
    }

    #[test]
    fn the_vector_is_an_eigenvector() {
        let matrix = vec![vec![1.0, 0.3, 0.6], vec![0.3, 1.0, 0.1], vec![0.6, 0.1, 1.0]];
        let (largest, vector) = leading(&matrix);
        for (row, x) in matrix.iter().zip(&vector) {
            let product: f64 = row.iter().zip(&vector).map(|(a, v)| a * v).sum();
            assert!((product - largest * x).abs() < 1e-12);
        }
        assert!(vector.iter().all(|x| *x > 0.0));
    }
}
