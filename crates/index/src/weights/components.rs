//! Weights from principal components and factors.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::multivariate::{Components, Correlations, correlations};

/// Which components are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// Eigenvalues above 1 (Kaiser); the first in any case.
    #[default]
    Kaiser,
    /// As many as it takes to carry `share` of the variance.
    Share,
    /// The first alone.
    First,
    /// All.
    All,
}

/// What becomes of the entries of the components.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Loading {
    /// `c_j = sum_k v_jk share_k`, `v_jk = loading / sqrt(eigenvalue)`, signs kept. A negative coefficient is an error.
    #[default]
    Signed,
    /// `c_j = sum_k |v_jk| share_k`.
    Absolute,
    /// `c_j = sum_k v_jk² share_k`: the share of the variance kept that column j carries (OECD/JRC 2008, unrotated).
    Squared,
}

/// Options of weights from principal components.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ComponentOptions {
    /// Which components are kept.
    pub keep: Keep,
    /// Share of the variance under `keep = "share"`.
    pub share: f64,
    /// What becomes of the entries of the components.
    pub loading: Loading,
}

impl Default for ComponentOptions {
    fn default() -> Self {
        Self { keep: Keep::Kaiser, share: 0.85, loading: Loading::Signed }
    }
}

/// Weights from principal components.
#[derive(Clone, Debug, PartialEq)]
pub struct ComponentWeights {
    /// The columns that vary, their correlations and the rows used.
    pub correlations: Correlations,
    /// All components.
    pub components: Components,
    /// How many are kept.
    pub kept: usize,
    /// Coefficient of each column, with its sign, not scaled; 0 for constant columns.
    pub coefficients: Vec<f64>,
    /// `c_j / sum c`, summing to 1. Negative where the coefficient is: nothing is turned round in silence.
    pub weights: Vec<f64>,
    /// Columns with a negative coefficient: their direction or their place in the framework is in doubt.
    pub negative: Vec<usize>,
}

/// Weights from the principal components of the correlation matrix. `None` where fewer than two columns vary over at
/// least three complete rows, or where the coefficients cancel to a sum of 0.
pub fn principal_components(columns: &[Vec<f64>], rows: &[usize], options: &ComponentOptions) -> Option<ComponentWeights> {
    let correlations = correlations(columns, rows)?;
    let components = correlations.components();
    let kept = match options.keep {
        Keep::Kaiser => components.eigenvalues.iter().filter(|l| **l > 1.0 + 1e-12).count().max(1),
        Keep::First => 1,
        Keep::All => components.shares.len(),
        Keep::Share => {
            let mut sum = 0.0;
            let reaches = |s: &f64| {
                sum += s;
                sum >= options.share - 1e-12
            };
            components.shares.iter().position(reaches).map_or(components.shares.len(), |k| k + 1)
        }
    };
    let total: f64 = components.shares[..kept].iter().sum();
    let mut coefficients = vec![0.0; columns.len()];
    for (place, &j) in correlations.columns.iter().enumerate() {
        coefficients[j] = components.vectors[..kept]
            .iter()
            .zip(&components.shares)
            .map(|(v, s)| {
                let x = v[place];
                s / total
                    * match options.loading {
                        Loading::Signed => x,
                        Loading::Absolute => x.abs(),
                        Loading::Squared => x * x,
                    }
            })
            .sum();
    }
    let sum: f64 = coefficients.iter().sum();
    if sum <= 1e-12 {
        return None;
    }
    let weights = coefficients.iter().map(|c| c / sum).collect();
    let negative = (0..columns.len()).filter(|&j| coefficients[j] < -1e-12).collect();
    Some(ComponentWeights { correlations, components, kept, coefficients, weights, negative })
}

/// Scores of principal factors, and the index that weighs them by their shares of the variance kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Factors {
    /// The columns that vary and the rows used; scores stand in the order of these rows.
    pub correlations: Correlations,
    /// All components.
    pub components: Components,
    /// `scores[factor][row]`, mean 0 and variance 1: `sum_j z_j v_j / sqrt(eigenvalue)`.
    pub scores: Vec<Vec<f64>>,
    /// `sum_k share_k score_k / sum share`, one for each row.
    pub index: Vec<f64>,
}

/// The index of factor scores (综合得分 of factor analysis; `ALL` of Compind's `ci_factor` with all factors), without
/// rotation. Scores of a factor may be turned round as a whole: each is given the sign under which its loadings sum to
/// 0 or more, which the index inherits. `None` as for [`principal_components`].
pub fn factor_index(columns: &[Vec<f64>], rows: &[usize], factors: usize) -> Option<Factors> {
    let correlations = correlations(columns, rows)?;
    let components = correlations.components();
    let scales: Vec<(f64, f64)> = correlations
        .columns
        .iter()
        .map(|&j| {
            let xs: Vec<f64> = correlations.rows.iter().map(|&i| columns[j][i]).collect();
            (numerics::moments::mean(&xs), numerics::moments::deviation(&xs, 1))
        })
        .collect();
    // A component without variance has no scores.
    let kept = components.eigenvalues.iter().take(factors.max(1)).filter(|l| **l > 1e-10).count();
    let scores: Vec<Vec<f64>> = (0..kept)
        .map(|f| {
            let root = components.eigenvalues[f].sqrt();
            let one = |&i: &usize| {
                let z = correlations.columns.iter().zip(&scales).map(|(&j, (m, s))| (columns[j][i] - m) / s);
                z.zip(&components.vectors[f]).map(|(z, v)| z * v).sum::<f64>() / root
            };
            correlations.rows.iter().map(one).collect()
        })
        .collect();
    let total: f64 = components.shares[..kept].iter().sum();
    let index = (0..correlations.rows.len())
        .map(|i| scores.iter().zip(&components.shares).map(|(s, share)| s[i] * share / total).sum())
        .collect();
    Some(Factors { correlations, components, scores, index })
}
