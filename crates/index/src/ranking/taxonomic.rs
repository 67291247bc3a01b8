//! Wroclaw taxonomic measure of development (Hellwig 1968).

use numerics::moments;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RankingError, Table};

/// How columns become comparable before distances are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standard {
    /// `(x - mean) / sd`, sd with denominator n - 1; a constant column is 0.
    #[default]
    ZScore,
    /// As they are.
    None,
}

/// Result of the taxonomic measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Taxonomic {
    /// Distance to the ideal, `d_i = sqrt(Σ_j w_j (z_ij - z_j*)^2)`.
    pub distance: Vec<f64>,
    /// `d_0 = mean d + 2 sd d`, sd with denominator n - 1.
    pub critical: f64,
    /// `d_i / d_0`: 0 at the ideal; 0 throughout where all alternatives are equal.
    pub relative: Vec<f64>,
    /// `1 - d_i / d_0`.
    pub development: Vec<f64>,
}

/// The taxonomic measure; the ideal is the best declared value of each criterion, or the best of the alternatives.
///
/// # Errors
/// [`Table::check`].
pub fn taxonomic(table: &Table<'_>, standard: Standard) -> Result<Taxonomic, Vec<RankingError>> {
    table.check()?;
    let mut square = vec![0.0; table.len()];
    for (j, column) in table.columns.iter().enumerate() {
        let (worst, best) = table.end(j);
        let unit = match standard {
            Standard::ZScore => moments::deviation(column, 1),
            Standard::None => 1.0,
        };
        if (best - worst).abs() <= 1e-12 * worst.abs().max(best.abs()) {
            continue;
        }
        let factor = table.weights[j] / (unit * unit);
        // Declared ends beyond a constant column: it has no spread to be measured by.
        if factor.is_finite() {
            square.iter_mut().zip(column).for_each(|(d, x)| *d += factor * (x - best) * (x - best));
        }
    }
    let distance: Vec<f64> = square.into_iter().map(f64::sqrt).collect();
    let critical = moments::mean(&distance) + 2.0 * moments::deviation(&distance, 1);
    let relative: Vec<f64> = distance.iter().map(|d| if critical > 0.0 { d / critical } else { 0.0 }).collect();
    let development = relative.iter().map(|r| 1.0 - r).collect();
    Ok(Taxonomic { distance, critical, relative, development })
}
