//! Weights in proportion to how far a column spreads: standard deviation, coefficient of variation, Gini coefficient.

use numerics::moments;

use super::sample::{Taken, TakenError, constants, known, negative, shares};
use crate::ascending::ascending;

/// Standard deviation weights (Jahan and Edwards 2013): `w_j = s_j / sum s` of columns on one common scale. The
/// denominator of `s` cancels where no cell is missing; here it is n - 1.
pub fn standard_deviation(columns: &[Vec<f64>], rows: &[usize]) -> Taken {
    of(columns, rows, |xs| moments::deviation(xs, 1))
}

/// Coefficient of variation weights: `w_j = (s_j / mean_j) / sum(s / mean)`, `s` with denominator n - 1. Only on
/// ratio scales: the coefficient has no meaning around a mean of 0, as after z scores.
///
/// # Errors
/// Values below 0, the first of each column.
pub fn variation(columns: &[Vec<f64>], rows: &[usize]) -> Result<Taken, Vec<TakenError>> {
    ratio(columns, rows, |xs| moments::deviation(xs, 1) / moments::mean(xs))
}

/// Gini weights: `w_j = G_j / sum G` with `G = sum_ik |x_i - x_k| / (2 n² mean)`.
///
/// # Errors
/// Values below 0, the first of each column.
pub fn gini(columns: &[Vec<f64>], rows: &[usize]) -> Result<Taken, Vec<TakenError>> {
    ratio(columns, rows, |xs| {
        let sorted = ascending(xs);
        let n = sorted.len() as f64;
        let total = moments::sum(&sorted);
        let terms: Vec<f64> = sorted.into_iter().enumerate().map(|(i, x)| (2.0 * (i as f64 + 1.0) - n - 1.0) * x).collect();
        moments::sum(&terms) / (n * total)
    })
}

fn ratio(columns: &[Vec<f64>], rows: &[usize], measure: impl Fn(&[f64]) -> f64) -> Result<Taken, Vec<TakenError>> {
    let errors = negative(columns, rows);
    if errors.is_empty() { Ok(of(columns, rows, measure)) } else { Err(errors) }
}

fn of(columns: &[Vec<f64>], rows: &[usize], measure: impl Fn(&[f64]) -> f64) -> Taken {
    let constant = constants(columns, rows);
    let measured = |(j, c): (usize, &Vec<f64>)| if constant.contains(&j) { 0.0 } else { measure(&known(c, rows)) };
    let spread: Vec<f64> = columns.iter().enumerate().map(measured).collect();
    Taken { weights: shares(&spread), constant }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::test_data::{agree, asem, columns};

    /// Jahan and Edwards (2013): 2 decimals.
    #[test]
    fn standard_deviations_jahan_2013() {
        let m = columns(&[
            [0.0, 0.0, 0.0],
            [0.39, 0.3, 0.77],
            [0.17, 0.36, 0.8],
            [0.35, 0.29, 0.93],
            [0.3, 0.4, 0.94],
            [0.84, 0.71, 1.0],
            [1.0, 1.0, 0.99],
        ]);
        agree(&standard_deviation(&m, &[0, 1, 2, 3, 4, 5, 6]).weights, &[0.35, 0.31, 0.34], 0.005);
    }

    #[test]
    fn coefficients_of_variation_of_the_asem_panel() {
        let Some(panel) = asem() else { return };
        panel.compare("cv_norm", &variation(&panel.columns, &panel.rows).unwrap().weights);
    }

    #[test]
    fn gini_by_hand() {
        // One of four has all: G = 3/4; even: constant, 0; 1, 2, 3, 4: G = 1/4.
        let c = [vec![0.0, 0.0, 0.0, 8.0], vec![1.0; 4], vec![4.0, 2.0, 1.0, 3.0]];
        let taken = gini(&c, &[0, 1, 2, 3]).unwrap();
        agree(&taken.weights, &[0.75, 0.0, 0.25], 1e-15);
        assert_eq!(taken.constant, [1]);
    }

    #[test]
    fn a_ratio_needs_a_ratio_scale() {
        let c = [vec![-1.0, 0.0, 1.0], vec![1.0, 2.0, -3.0]];
        assert_eq!(variation(&c, &[0, 1, 2]).unwrap_err().len(), 2);
        assert_eq!(gini(&c, &[0, 1]).unwrap_err(), [TakenError::Negative { column: 0, row: 0, value: -1.0 }]);
    }
}
