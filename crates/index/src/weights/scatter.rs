//! Scatter-degree weights (纵横向拉开档次法): the weights under which scores of a panel lie farthest apart.

/// Weights that scatter the scores of a panel most, none below 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Scatter {
    /// At least 0, summing to 1; all 0 where every column is 0.
    pub weights: Vec<f64>,
    /// `w'Hw` at `|w| = 1`, over the sum of squared cells: the scatter reached.
    pub reached: f64,
    /// The same without the bound of 0, the largest eigenvalue of `H`: no weights can do better.
    pub bound: f64,
    /// Columns at the bound of 0 though they vary.
    pub at_bound: Vec<usize>,
}

/// Steps after which the climb is given up; it stops long before where eigenvalues differ.
const STEPS: usize = 20_000;

/// Scatter-degree weights (Guo Yajun 2002): maximise `sum_it y_it² = w'Hw`, `H = sum_t X_t'X_t`, subject to `|w| = 1`
/// and `w >= 0`, then scale to sum 1. On values of at least 0 the maximum is the eigenvector of the largest eigenvalue
/// (Perron); where columns take both signs, as z scores do, that vector may have negative entries, and the constrained
/// maximum is sought by projected power iteration from every single column and from all together, the best kept (each
/// climb is monotone; the best one is a local maximum, its distance from [`Scatter::bound`] is told).
/// Constant columns have weight 0; pairs with a missing cell add nothing to `H`.
pub fn scatter_degree(columns: &[Vec<f64>], rows: &[usize]) -> Scatter {
    let n = columns.len();
    let constant = super::sample::constants(columns, rows);
    let varying: Vec<usize> = (0..n).filter(|j| !constant.contains(j)).collect();
    let k = varying.len();
    let mut h = vec![0.0; k * k];
    for a in 0..k {
        for b in a..k {
            let (x, y) = (&columns[varying[a]], &columns[varying[b]]);
            let cell: f64 = rows.iter().map(|&i| x[i] * y[i]).filter(|p| !p.is_nan()).sum();
            (h[a * k + b], h[b * k + a]) = (cell, cell);
        }
    }
    let trace: f64 = (0..k).map(|a| h[a * k + a]).sum();
    if trace <= 0.0 {
        return Scatter { weights: vec![0.0; n], reached: 0.0, bound: 0.0, at_bound: Vec::new() };
    }
    h.iter_mut().for_each(|x| *x /= trace);
    let (values, vectors) = numerics::jacobi::eigen(&h, k);
    let top = (0..k).fold(0, |b, e| if values[e] > values[b] { e } else { b });
    let vector: Vec<f64> = (0..k).map(|r| vectors[r * k + top]).collect();
    let sign = if vector.iter().sum::<f64>() < 0.0 { -1.0 } else { 1.0 };
    let vector: Vec<f64> = vector.iter().map(|x| sign * x).collect();
    let free = vector.iter().all(|x| *x >= -1e-12);
    let best = if free {
        vector.iter().map(|x| x.max(0.0)).collect()
    } else {
        let starts = (0..k).map(|e| (0..k).map(|r| f64::from(u8::from(r == e))).collect()).chain([vec![1.0; k]]);
        let climbed = starts.map(|start| climb(&h, start));
        climbed.reduce(|a, b| if value(&h, &b) > value(&h, &a) + 1e-14 { b } else { a }).unwrap_or_default()
    };
    let total: f64 = best.iter().sum();
    let mut weights = vec![0.0; n];
    varying.iter().zip(&best).for_each(|(&j, w)| weights[j] = w / total);
    let at_bound = if free { Vec::new() } else { varying.iter().copied().filter(|&j| weights[j] == 0.0).collect() };
    Scatter { weights, reached: value(&h, &best), bound: values[top], at_bound }
}

fn value(h: &[f64], w: &[f64]) -> f64 {
    let k = w.len();
    let norm: f64 = w.iter().map(|x| x * x).sum();
    w.iter().enumerate().map(|(r, x)| x * (0..k).map(|c| h[r * k + c] * w[c]).sum::<f64>()).sum::<f64>() / norm
}

/// `w <- max(0, H w)`, scaled to length 1: with `H` positive semidefinite `w'Hw` never falls.
fn climb(h: &[f64], start: Vec<f64>) -> Vec<f64> {
    let k = start.len();
    let unit = |mut w: Vec<f64>| {
        let norm = w.iter().map(|x| x * x).sum::<f64>().sqrt();
        w.iter_mut().for_each(|x| *x /= norm);
        w
    };
    let mut w = unit(start);
    for _ in 0..STEPS {
        let next: Vec<f64> = (0..k).map(|r| (0..k).map(|c| h[r * k + c] * w[c]).sum::<f64>().max(0.0)).collect();
        if next.iter().all(|x| *x == 0.0) {
            return w;
        }
        let next = unit(next);
        let moved = next.iter().zip(&w).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        w = next;
        if moved < 1e-14 {
            break;
        }
    }
    w
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::weights::test_data::{asem, lines};

    #[test]
    fn the_asem_panel() {
        let (Some(panel), Some(expected)) = (asem(), lines("entropy_variants/expect_scatter_degree_weights_minmax.csv")) else {
            return;
        };
        let scatter = scatter_degree(&panel.columns, &panel.rows);
        for (r, w) in expected[1..].iter().zip(&scatter.weights) {
            assert!((w - r[1].parse::<f64>().unwrap()).abs() < 1e-9, "{} {w} {}", r[0], r[1]);
        }
        assert!((scatter.reached - scatter.bound).abs() < 1e-12);
    }

    /// On z scores the eigenvector has negative entries; the weights have none, and say which columns that costs.
    #[test]
    fn z_scores_have_no_negative_weight() {
        let Some(panel) = asem() else { return };
        let z: Vec<Vec<f64>> = panel
            .columns
            .iter()
            .map(|c| {
                let (m, s) = (numerics::moments::mean(c), numerics::moments::deviation(c, 1));
                c.iter().map(|x| (x - m) / s).collect()
            })
            .collect();
        let scatter = scatter_degree(&z, &panel.rows);
        assert!(scatter.weights.iter().all(|w| *w >= 0.0));
        assert!((scatter.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(!scatter.at_bound.is_empty() && scatter.reached < scatter.bound && scatter.reached > 0.8 * scatter.bound);
    }

    proptest! {
        #[test]
        fn no_other_weights_scatter_more(c in prop::collection::vec(prop::collection::vec(-1.0..1.0_f64, 8), 3),
                                         other in prop::collection::vec(0.0..1.0_f64, 3)) {
            let rows: Vec<usize> = (0..8).collect();
            let s = scatter_degree(&c, &rows);
            let length = |w: &[f64]| w.iter().map(|x| x * x).sum::<f64>().sqrt();
            let squares = |w: &[f64]| rows.iter().map(|&i| (0..3).map(|j| w[j] * c[j][i]).sum::<f64>().powi(2)).sum::<f64>()
                / length(w).powi(2);
            prop_assume!(length(&other) > 0.1);
            prop_assert!(squares(&other) <= squares(&s.weights) * (1.0 + 1e-6) + 1e-12);
        }
    }
}
