//! Additive and multiplicative weighting: SAW, WPM, WASPAS.

use super::{RankingError, Scaling, Table, criteria::share};

/// Result of additive weighting.
#[derive(Clone, Debug, PartialEq)]
pub struct Additive {
    /// `scaled[criterion][alternative]`, larger is better.
    pub scaled: Vec<Vec<f64>>,
    /// `Σ_j w_j r_ij`.
    pub score: Vec<f64>,
}

/// Result of WASPAS.
#[derive(Clone, Debug, PartialEq)]
pub struct Waspas {
    /// `Q1 = Σ_j w_j r_ij`.
    pub sum: Vec<f64>,
    /// `Q2 = Π_j r_ij^w_j`.
    pub product: Vec<f64>,
    /// `λ Q1 + (1 - λ) Q2`.
    pub score: Vec<f64>,
}

/// Simple additive weighting, `Σ_j w_j r_ij` (Churchman and Ackoff 1954).
///
/// # Errors
/// [`Table::check_for`].
pub fn additive(table: &Table<'_>, scaling: Scaling) -> Result<Additive, Vec<RankingError>> {
    table.check_for(scaling)?;
    let scaled: Vec<Vec<f64>> = (0..table.columns.len()).map(|j| table.scaled(j, scaling).values).collect();
    Ok(Additive { score: weighted_sum(&scaled, table.weights, table.len()), scaled })
}

/// Weighted product, `Π_j r_ij^w_j` with `r = x / max`, cost `min / x` (Bridgman 1922).
///
/// # Errors
/// [`Table::check_for`]: all values must lie above 0.
pub fn product(table: &Table<'_>) -> Result<Vec<f64>, Vec<RankingError>> {
    table.check_for(Scaling::Max)?;
    Ok(product_of(table))
}

/// Weighted aggregated sum product assessment (Zavadskas et al. 2012) with `r = x / max`, cost `min / x`.
///
/// # Errors
/// [`Table::check_for`]: all values must lie above 0; `lambda` must lie in 0..1.
pub fn waspas(table: &Table<'_>, lambda: f64) -> Result<Waspas, Vec<RankingError>> {
    share("lambda", lambda)?;
    let sum = additive(table, Scaling::Max)?.score;
    let product = product_of(table);
    let score = sum.iter().zip(&product).map(|(s, p)| lambda * s + (1.0 - lambda) * p).collect();
    Ok(Waspas { sum, product, score })
}

fn product_of(table: &Table<'_>) -> Vec<f64> {
    let mut logs = vec![0.0; table.len()];
    for (j, w) in table.weights.iter().enumerate().filter(|(_, w)| **w > 0.0) {
        let r = table.scaled(j, Scaling::Max).values;
        logs.iter_mut().zip(&r).for_each(|(l, r)| *l += w * r.ln());
    }
    logs.into_iter().map(f64::exp).collect()
}

/// `Σ_j w_j x_ij`.
pub(super) fn weighted_sum(columns: &[Vec<f64>], weights: &[f64], rows: usize) -> Vec<f64> {
    let mut out = vec![0.0; rows];
    for (column, w) in columns.iter().zip(weights) {
        out.iter_mut().zip(column).for_each(|(s, x)| *s += w * x);
    }
    out
}
