//! Grey relational analysis (Deng 1982).

use numerics::moments::extremes;

use super::{RankingError, Scaling, Table};

/// Result of grey relational analysis.
#[derive(Clone, Debug, PartialEq)]
pub struct GreyRelation {
    /// `Δmin` and `Δmax` over all alternatives and criteria.
    pub range: (f64, f64),
    /// `coefficients[criterion][alternative]`, `ξ = (Δmin + ρ Δmax) / (Δ + ρ Δmax)`.
    pub coefficients: Vec<Vec<f64>>,
    /// Grade `Σ_j w_j ξ_ij`.
    pub grade: Vec<f64>,
}

/// Grey relation of every alternative with the reference made of the best value of each criterion, on min-max values.
///
/// # Errors
/// [`Table::check`]; `rho` must lie above 0 and at most at 1.
pub fn with_ideal(table: &Table<'_>, rho: f64) -> Result<GreyRelation, Vec<RankingError>> {
    check(rho)?;
    table.check()?;
    let distances = (0..table.columns.len())
        .map(|j| {
            let s = table.scaled(j, Scaling::MinMax);
            s.values.iter().map(|r| (s.best - r).abs()).collect()
        })
        .collect();
    Ok(relate(distances, table.weights, rho))
}

/// Grey relation of several series with a reference series of the same length; points weigh `weights`.
/// `coefficients` are by point, then series.
///
/// # Errors
/// Series of unequal length or with values that are not finite; `rho` outside its range.
pub fn with_reference(
    reference: &[f64],
    series: &[&[f64]],
    weights: &[f64],
    rho: f64,
) -> Result<GreyRelation, Vec<RankingError>> {
    check(rho)?;
    if reference.is_empty() || series.is_empty() || weights.len() != reference.len() {
        return Err(vec![RankingError::Shape]);
    }
    if series.iter().any(|s| s.len() != reference.len()) {
        return Err(vec![RankingError::Shape]);
    }
    for (row, s) in series.iter().chain(&[reference]).enumerate() {
        if let Some(criterion) = s.iter().position(|x| !x.is_finite()) {
            return Err(vec![RankingError::NotFinite { criterion, row }]);
        }
    }
    let at = |k: usize| series.iter().map(|s| (s[k] - reference[k]).abs()).collect();
    Ok(relate((0..reference.len()).map(at).collect(), weights, rho))
}

fn check(rho: f64) -> Result<(), Vec<RankingError>> {
    if rho > 0.0 && rho <= 1.0 { Ok(()) } else { Err(vec![RankingError::parameter("rho", rho, "above 0 and at most 1")]) }
}

fn relate(mut distances: Vec<Vec<f64>>, weights: &[f64], rho: f64) -> GreyRelation {
    let range =
        distances.iter().map(|d| extremes(d)).fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), (a, b)| (l.min(a), h.max(b)));
    let (low, high) = range;
    for d in distances.iter_mut().flatten() {
        // Nothing differs from the reference: everything is wholly related.
        *d = if high > 0.0 { (low + rho * high) / (*d + rho * high) } else { 1.0 };
    }
    let mut grade = vec![0.0; distances.first().map_or(0, Vec::len)];
    for (column, w) in distances.iter().zip(weights) {
        grade.iter_mut().zip(column).for_each(|(g, x)| *g += w * x);
    }
    GreyRelation { range, coefficients: distances, grade }
}
