//! Factor shares estimated from the production function `ln Y = Σ_k b_k ln X_k + unit + period + e`.
//!
//! Least squares with unit effects removed by deviations from unit means and period effects as
//! regressors treated the same way (Frisch-Waugh-Lovell), so the coefficients equal those of the
//! regression with all dummies, for unbalanced panels too. Standard errors are clustered by unit
//! (Liang and Zeger 1986; Arellano 1987) with the factor `G/(G-1) · (N-1)/(N-K)`; unit effects are
//! nested in the clusters and not counted in `K`, the constant and the period effects are.

use numerics::least_squares::{self, Unfit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{growth::Data, rows::distinct};

/// Fixed effects of the regression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Effects {
    /// A constant only (pooled).
    None,
    /// Unit effects.
    Unit,
    /// Unit and period effects.
    #[default]
    TwoWay,
}

/// Returns to scale imposed on the estimate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Returns {
    /// The shares add up to 1: `ln(Y/X_m)` on `ln(X_k/X_m)`, the last input takes the rest.
    #[default]
    Constant,
    /// Nothing is imposed.
    Free,
}

/// Estimated shares.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// One per input.
    pub shares: Vec<f64>,
    /// Standard errors, clustered by unit.
    pub errors: Vec<f64>,
    /// Rows used.
    pub rows: usize,
    /// Units (clusters) used.
    pub units: usize,
    /// R² of the deviations (within R² with unit effects).
    pub r2: f64,
    /// Effects of the regression.
    pub effects: Effects,
    /// Returns to scale imposed.
    pub returns: Returns,
}

/// Why shares cannot be estimated.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EstimateError {
    /// The slices differ in length, or there is no input.
    #[error("output, inputs, units and periods must have equal length, and there must be an input")]
    Shape,
    /// Constant returns with a single input leave nothing to estimate.
    #[error("with one input and constant returns the share is 1; nothing is left to estimate")]
    OneInput,
    /// Fewer than two units.
    #[error("clustered standard errors need at least two units, the complete rows have {0}")]
    Units(usize),
    /// Too few complete rows.
    #[error("{rows} complete rows cannot determine {coefficients} coefficients")]
    Rows {
        /// Complete rows.
        rows: usize,
        /// Coefficients, effects included.
        coefficients: usize,
    },
    /// An input moves exactly with the others and the effects.
    #[error("input {0} is a linear combination of the other inputs and the effects")]
    Collinear(usize),
}

/// Estimates the shares on the rows where output and all inputs are positive and present.
///
/// # Errors
/// [`EstimateError`]. Shares outside (0, 1) are returned as they are: what to do with them is the
/// caller's decision and never a silent one.
pub fn estimate(data: &Data<'_>, effects: Effects, returns: Returns) -> Result<Estimate, EstimateError> {
    let (n, m) = (data.units.len(), data.inputs.len());
    if m == 0 || data.periods.len() != n || data.output.len() != n || data.inputs.iter().any(|x| x.len() != n) {
        return Err(EstimateError::Shape);
    }
    let free = match returns {
        Returns::Constant => m - 1,
        Returns::Free => m,
    };
    if free == 0 {
        return Err(EstimateError::OneInput);
    }
    let good = |x: f64| x.is_finite() && x > 0.0;
    let mut rows: Vec<usize> = (0..n).filter(|&i| good(data.output[i]) && data.inputs.iter().all(|x| good(x[i]))).collect();
    rows.sort_by_key(|&i| (data.units[i], data.periods[i]));
    let unit_set = distinct(rows.iter().map(|&i| data.units[i]));
    let period_set = distinct(rows.iter().map(|&i| data.periods[i]));
    if unit_set.len() < 2 {
        return Err(EstimateError::Units(unit_set.len()));
    }
    let cluster: Vec<usize> = rows.iter().map(|&i| unit_set.partition_point(|u| *u < data.units[i])).collect();
    let last = |i: usize| if returns == Returns::Constant { data.inputs[m - 1][i].ln() } else { 0.0 };
    let mut y: Vec<f64> = rows.iter().map(|&i| data.output[i].ln() - last(i)).collect();
    let mut x: Vec<Vec<f64>> = (0..free).map(|k| rows.iter().map(|&i| data.inputs[k][i].ln() - last(i)).collect()).collect();
    let dummies = if effects == Effects::TwoWay { period_set.len() - 1 } else { 0 };
    for p in period_set.iter().skip(1).take(dummies) {
        x.push(rows.iter().map(|&i| f64::from(u8::from(data.periods[i] == *p))).collect());
    }
    // Deviations from unit means, or from the grand mean when there are no unit effects.
    let blocks = if effects == Effects::None { vec![0; rows.len()] } else { cluster.clone() };
    let absorbed = if effects == Effects::None { 1 } else { unit_set.len() };
    // Rounding leaves dust where a regressor does not move within its blocks; it must count as zero.
    let wide: Vec<f64> = x.iter().map(|c| length(c)).collect();
    for column in x.iter_mut().chain(std::iter::once(&mut y)) {
        demean(column, &blocks, absorbed);
    }
    if let Some(k) = (0..free).find(|&k| length(&x[k]) <= 1e-12 * wide[k]) {
        return Err(EstimateError::Collinear(k));
    }
    // Period dummies first, so that collinearity is blamed on an input.
    x.rotate_left(free);
    if rows.len() <= x.len() + absorbed {
        return Err(EstimateError::Rows { rows: rows.len(), coefficients: x.len() + absorbed });
    }
    let fit = least_squares::fit(&x, &y).map_err(|e| match e {
        Unfit::Collinear { column } => EstimateError::Collinear(column.saturating_sub(dummies)),
        Unfit::Short { rows, columns } => EstimateError::Rows { rows, coefficients: columns },
        Unfit::Ragged { .. } => EstimateError::Shape,
    })?;
    let (size, groups, total) = (x.len(), unit_set.len() as f64, rows.len() as f64);
    let small = groups / (groups - 1.0) * (total - 1.0) / (total - (size + 1) as f64);
    let covariance: Vec<f64> = fit.cluster_covariance(&x, &cluster).iter().map(|v| v * small).collect();
    let mut shares: Vec<f64> = fit.coefficients[dummies..].to_vec();
    let mut errors: Vec<f64> = (dummies..size).map(|j| covariance[j * size + j].sqrt()).collect();
    if returns == Returns::Constant {
        shares.push(1.0 - shares.iter().sum::<f64>());
        let all: f64 =
            (dummies..size).flat_map(|r| (dummies..size).map(move |c| (r, c))).map(|(r, c)| covariance[r * size + c]).sum();
        errors.push(all.max(0.0).sqrt());
    }
    let (left, all) = (fit.residuals.iter().map(|e| e * e).sum::<f64>(), y.iter().map(|v| v * v).sum::<f64>());
    let r2 = if all > 0.0 { 1.0 - left / all } else { f64::NAN };
    Ok(Estimate { shares, errors, rows: rows.len(), units: unit_set.len(), r2, effects, returns })
}

fn length(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn demean(column: &mut [f64], block: &[usize], blocks: usize) {
    let (mut sum, mut count) = (vec![0.0; blocks], vec![0.0; blocks]);
    for (v, &b) in column.iter().zip(block) {
        sum[b] += v;
        count[b] += 1.0;
    }
    for (v, &b) in column.iter_mut().zip(block) {
        *v -= sum[b] / count[b];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exact_cobb_douglas_with_effects_is_recovered() {
        let (mut units, mut periods, mut k, mut l, mut y) = (vec![], vec![], vec![], vec![], vec![]);
        for u in 0..5_usize {
            // The last unit enters late: the panel is unbalanced.
            for t in (if u == 4 { 3 } else { 0 })..8 {
                let (a, b) = ((u as f64 * 1.7 + t as f64 * 0.9).sin(), (u as f64 * 0.6 - t as f64 * 1.3).cos());
                units.push(u);
                periods.push(2000 + t);
                k.push((a + 3.0).exp());
                l.push((b + 1.0).exp());
                y.push((0.4 * (a + 3.0) + 0.6 * (b + 1.0) + u as f64 * 0.2 + t as f64 * 0.03).exp());
            }
        }
        let inputs = [k.as_slice(), l.as_slice()];
        let data = Data { units: &units, periods: &periods, output: &y, inputs: &inputs };
        for (effects, returns) in [(Effects::TwoWay, Returns::Constant), (Effects::TwoWay, Returns::Free)] {
            let e = estimate(&data, effects, returns).unwrap();
            assert!((e.shares[0] - 0.4).abs() < 1e-12 && (e.shares[1] - 0.6).abs() < 1e-12, "{e:?}");
            assert!(e.errors.iter().all(|s| *s < 1e-10));
            assert_eq!((e.rows, e.units), (37, 5));
        }
    }

    #[test]
    fn impossible_regressions_say_why() {
        let (units, periods) = ([0, 0, 0, 1, 1, 1], [1, 2, 3, 1, 2, 3]);
        let (y, x) = ([1.0, 2.0, 3.0, 2.0, 2.5, 5.0], [1.0, 1.5, 2.0, 3.0, 3.5, 4.5]);
        let double = x.map(|v| v * v);
        let constant = [2.0, 2.0, 2.0, 5.0, 5.0, 5.0];
        let run = |inputs: &[&[f64]], effects, returns| {
            estimate(&Data { units: &units, periods: &periods, output: &y, inputs }, effects, returns).unwrap_err()
        };
        assert_eq!(run(&[&x], Effects::Unit, Returns::Constant), EstimateError::OneInput);
        assert_eq!(run(&[&x, &double], Effects::Unit, Returns::Free), EstimateError::Collinear(1));
        assert_eq!(run(&[&x, &constant], Effects::Unit, Returns::Free), EstimateError::Collinear(1));
        assert_eq!(run(&[&x, &y], Effects::TwoWay, Returns::Free), EstimateError::Rows { rows: 6, coefficients: 6 });
    }
}
