//! COPRAS: complex proportional assessment (Zavadskas and Kaklauskas 1996).

use super::{RankingError, Sense, Table};

/// Result of COPRAS.
#[derive(Clone, Debug, PartialEq)]
pub struct Copras {
    /// `S+`, sum of `w_j x_ij / Σ_i x_ij` over benefits.
    pub benefit: Vec<f64>,
    /// `S-`, the same over costs.
    pub cost: Vec<f64>,
    /// Relative significance `Q_i = S+_i + Σ S- / (S-_i Σ 1/S-)`; `S+` where no cost has weight.
    pub significance: Vec<f64>,
    /// Degree of utility `N_i = Q_i / max Q`.
    pub utility: Vec<f64>,
}

/// COPRAS.
///
/// # Errors
/// [`Table::check_positive`] for costs with weight; a benefit whose mean is not above 0.
pub fn copras(table: &Table<'_>) -> Result<Copras, Vec<RankingError>> {
    let is_cost = |j: usize| table.senses.get(j) == Some(&Sense::Cost) && table.weights.get(j).is_some_and(|w| *w > 0.0);
    table.check_positive(is_cost)?;
    let n = table.len();
    let (mut benefit, mut cost) = (vec![0.0; n], vec![0.0; n]);
    let mut errors = Vec::new();
    for (j, column) in table.columns.iter().enumerate() {
        let total: f64 = numerics::moments::sum(column);
        if total <= 0.0 && table.weights[j] > 0.0 {
            errors.push(RankingError::Mean(j));
        }
        let to = if table.senses[j] == Sense::Cost { &mut cost } else { &mut benefit };
        let share = if table.weights[j] > 0.0 { table.weights[j] / total } else { 0.0 };
        to.iter_mut().zip(column).for_each(|(s, x)| *s += share * x);
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let significance: Vec<f64> = if (0..table.columns.len()).any(is_cost) {
        let (total, inverse): (f64, f64) = (cost.iter().sum(), cost.iter().map(|s| 1.0 / s).sum());
        benefit.iter().zip(&cost).map(|(b, c)| b + total / (c * inverse)).collect()
    } else {
        benefit.clone()
    };
    let top = significance.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let utility = significance.iter().map(|q| q / top).collect();
    Ok(Copras { benefit, cost, significance, utility })
}
