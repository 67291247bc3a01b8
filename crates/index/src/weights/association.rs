//! How far two columns go together: Pearson, Spearman and distance correlation over the rows both have.

use numerics::moments;

use crate::order;

/// Pearson correlation over the rows where both are present; `NaN` where fewer than three are, or one is constant.
pub(crate) fn correlation(xs: &[f64], ys: &[f64], rows: &[usize]) -> f64 {
    let (a, b) = pairs(xs, ys, rows);
    if a.len() < 3 { f64::NAN } else { moments::correlation(&a, &b).clamp(-1.0, 1.0) }
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// Spearman's rank correlation: Pearson's of ranks, ties at the middle of their block.
pub(crate) fn spearman(xs: &[f64], ys: &[f64], rows: &[usize]) -> f64 {
    let (a, b) = pairs(xs, ys, rows);
    if a.len() < 3 { f64::NAN } else { order::spearman(&a, &b).clamp(-1.0, 1.0) }
}

/// Distance correlation (Szekely, Rizzo and Bakirov 2007, Annals of Statistics 35, 2769-2794):
/// `sqrt(dCov² / sqrt(dVar²_x dVar²_y))` of doubly centred distances; `NaN` as for [`correlation`].
pub(crate) fn distance_correlation(xs: &[f64], ys: &[f64], rows: &[usize]) -> f64 {
    let (a, b) = pairs(xs, ys, rows);
    if a.len() < 3 {
        return f64::NAN;
    }
    let (p, q) = (centred(&a), centred(&b));
    let (xy, xx, yy) = (dot(&p, &q), dot(&p, &p), dot(&q, &q));
    // The squared covariance is not negative but for rounding.
    (xy.max(0.0) / (xx * yy).sqrt()).sqrt().min(1.0)
}

/// Distances between values, less the means of row and column, plus the mean of all.
fn centred(xs: &[f64]) -> Vec<f64> {
    let n = xs.len();
    let mut d: Vec<f64> = (0..n * n).map(|c| (xs[c / n] - xs[c % n]).abs()).collect();
    let row: Vec<f64> = d.chunks(n).map(moments::mean).collect();
    let all = moments::mean(&row);
    d.iter_mut().enumerate().for_each(|(c, x)| *x += all - row[c / n] - row[c % n]);
    d
}

fn pairs(xs: &[f64], ys: &[f64], rows: &[usize]) -> (Vec<f64>, Vec<f64>) {
    order::present(rows.iter().map(|&i| (xs[i], ys[i])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        let rows: Vec<usize> = (0..5).collect();
        let x = [1.0, 2.0, 3.0, 4.0, 5.0];
        assert!((spearman(&x, &[1.0, 8.0, 27.0, 64.0, 125.0], &rows) - 1.0).abs() < 1e-15);
        assert_eq!(order::mean_ranks(&[2.0, 1.0, 2.0, 9.0]), [2.5, 1.0, 2.5, 4.0]);
        // Linear columns have distance correlation 1, whatever the sign.
        assert!((distance_correlation(&x, &[10.0, 8.0, 6.0, 4.0, 2.0], &rows) - 1.0).abs() < 1e-12);
        // By an independent program (numpy, doubly centred distances): x against (x - 3)².
        let r = distance_correlation(&x, &[4.0, 1.0, 0.0, 1.0, 4.0], &rows);
        assert!((r - SQUARE).abs() < 1e-12, "{r}");
        assert!(correlation(&x, &[4.0, 1.0, 0.0, 1.0, 4.0], &rows).abs() < 1e-15);
    }

    const SQUARE: f64 = 0.515_923_456_858_932_9;
}
