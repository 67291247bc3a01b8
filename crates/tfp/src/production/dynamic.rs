#![doc = include_str!("dynamic.md")]

use numerics::distributions::normal_two_sided;
use numerics::{least_squares, whitening::Whitening};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::gmm::{
    Equations, FirstStep, Gmm, GmmCovariance, GmmError, GmmOptions, Instruments, Lags, Overidentification, Regressor, Steps,
    Term, gmm,
};
use super::{Firms, Fitted};

/// The page of the estimator in English.
pub const PAGE: &str = include_str!("dynamic.md");
/// The page of the estimator in Chinese.
pub const PAGE_ZH: &str = include_str!("dynamic.zh.md");

/// Options of the dynamic panel production function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DynamicOptions {
    /// Which equations.
    pub equations: Equations,
    /// Lags of output that are instruments. From 2 where output and inputs are measured without error, from 3 else.
    pub output_instruments: Lags,
    /// What instruments the inputs: one entry for all, or one each (free, then state).
    pub inputs: Vec<Instruments>,
    /// Whether each period has an effect of its own.
    pub period_effects: bool,
    /// One instrument a lag instead of one a lag and period.
    pub collapse: bool,
    /// Whether variables instrument as deviations from the mean of their period.
    pub centre: bool,
    /// Weights of the first step.
    pub first_step: FirstStep,
    /// How many steps.
    pub steps: Steps,
    /// Covariance of the unrestricted coefficients, which weighs the distance.
    pub covariance: GmmCovariance,
}

impl Default for DynamicOptions {
    fn default() -> Self {
        let GmmOptions { equations, output_instruments, period_effects, collapse, centre, first_step, steps, covariance, .. } =
            GmmOptions::default();
        let inputs = vec![Instruments::Lags(Lags::default())];
        Self { equations, output_instruments, inputs, period_effects, collapse, centre, first_step, steps, covariance }
    }
}

/// A coefficient with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The coefficient.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
    /// Two-sided p value of nought.
    pub p: f64,
}

/// A local minimum of the distance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Minimum {
    /// Persistence there.
    pub rho: f64,
    /// Distance there.
    pub distance: f64,
}

/// Result of the dynamic panel production function.
#[derive(Clone, Debug, PartialEq)]
pub struct Dynamic {
    /// What all estimators of a production function return, with the restriction imposed. `omega` is `NaN`.
    pub fitted: Fitted,
    /// Persistence of productivity `ρ`, with the restriction imposed.
    pub rho: Estimate,
    /// The equation without the restriction.
    pub unrestricted: Gmm,
    /// `π₂ + ρ π₁` of the unrestricted equation, one an input: nought under the restriction.
    pub gaps: Vec<f64>,
    /// Test of the restriction: the smallest distance, chi-squared with one degree of freedom an input.
    pub restriction: Overidentification,
    /// All local minima of the distance over `ρ` in [-2, 2], nearest first.
    pub minima: Vec<Minimum>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DynamicError {
    /// The unrestricted equation.
    #[error(transparent)]
    Gmm(#[from] GmmError),
    /// The covariance of the unrestricted coefficients is singular, so that distance has no meaning.
    #[error("the covariance of the unrestricted coefficients is singular; take fewer instruments or the conventional covariance")]
    Singular,
    /// The distance falls up to the edge of the range searched.
    #[error("no persistence between -2 and 2 minimises the distance")]
    Edge,
}

/// What minimum distance finds.
struct Restricted {
    /// `ρ`, then `β`.
    theta: Vec<f64>,
    covariance: Vec<f64>,
    minima: Vec<Minimum>,
}

/// Dynamic production function `y = ρ y₋₁ + Σ π₁ x + Σ π₂ x₋₁ + μᵢ + λₜ + e` by GMM, then `π₂ = -ρ π₁` by minimum distance.
///
/// # Errors
/// [`DynamicError`].
pub fn dynamic(firms: &Firms<'_>, options: &DynamicOptions) -> Result<Dynamic, DynamicError> {
    let o = options.clone();
    let unrestricted = gmm(
        firms,
        &GmmOptions {
            equations: o.equations,
            output_lags: 1,
            output_instruments: o.output_instruments,
            inputs: o.inputs.into_iter().map(|instruments| Regressor { lags: 1, instruments }).collect(),
            period_effects: o.period_effects,
            collapse: o.collapse,
            centre: o.centre,
            first_step: o.first_step,
            steps: o.steps,
            covariance: o.covariance,
        },
    )?;
    let k = firms.inputs();
    // ρ, then the current inputs, then the lagged ones.
    let order: Vec<usize> = std::iter::once(Term::Output(1))
        .chain((0..k).map(|j| Term::Input(j, 0)))
        .chain((0..k).map(|j| Term::Input(j, 1)))
        .filter_map(|term| unrestricted.terms.iter().position(|t| *t == term))
        .collect();
    let pi: Vec<f64> = order.iter().map(|&j| unrestricted.coefficients[j]).collect();
    let all = unrestricted.terms.len();
    let v: Vec<f64> =
        order.iter().flat_map(|&r| order.iter().map(move |&c| r * all + c)).map(|i| unrestricted.covariance[i]).collect();
    let Restricted { theta, covariance, minima } = minimum_distance(&pi, &v, k)?;
    let n = firms.units.len();
    let sample = &unrestricted.sample;
    let mut tfp = sample.of(firms.output);
    for (column, beta) in firms.free.iter().chain(&firms.state).zip(&theta[1..]) {
        tfp.iter_mut().zip(sample.of(column)).for_each(|(a, x)| *a -= beta * x);
    }
    let m = k + 1;
    let error = covariance[0].sqrt();
    Ok(Dynamic {
        fitted: Fitted {
            elasticities: theta[1..].to_vec(),
            covariance: Some((0..k * k).map(|i| covariance[(i / k + 1) * m + i % k + 1]).collect()),
            omega: vec![f64::NAN; n],
            tfp: sample.back(&tfp, n),
            rows: unrestricted.fitted.rows,
            firms: unrestricted.fitted.firms,
            silent: unrestricted.fitted.silent.clone(),
        },
        rho: Estimate { value: theta[0], error, p: normal_two_sided(theta[0] / error) },
        gaps: (0..k).map(|j| pi[1 + k + j] + pi[0] * pi[1 + j]).collect(),
        restriction: Overidentification::new(minima[0].distance, k),
        minima,
        unrestricted,
    })
}

/// Given `ρ` the distance is quadratic in `β`; its profile over `ρ` is scanned, every minimum refined, the least taken.
fn minimum_distance(pi: &[f64], v: &[f64], k: usize) -> Result<Restricted, DynamicError> {
    let whitening = Whitening::of(v, pi.len());
    if !whitening.full() {
        return Err(DynamicError::Singular);
    }
    // Columns of the derivative in β: 1 at π₁, -ρ at π₂.
    let columns = |rho: f64| -> Vec<Vec<f64>> {
        let column = |j: usize| {
            let mut c = vec![0.0; pi.len()];
            c[1 + j] = 1.0;
            c[1 + k + j] = -rho;
            whitening.apply(&c)
        };
        (0..k).map(column).collect()
    };
    let profile = |rho: f64| -> Option<(f64, Vec<f64>)> {
        let mut left = pi.to_vec();
        left[0] -= rho;
        let fit = least_squares::fit(&columns(rho), &whitening.apply(&left)).ok()?;
        Some((fit.residuals.iter().map(|e| e * e).sum(), fit.coefficients))
    };
    let distance = |rho: f64| profile(rho).map_or(f64::INFINITY, |(d, _)| d);
    let steps = 800_i32;
    let at = |i: i32| f64::from(4 * i) / f64::from(steps) - 2.0;
    let values: Vec<f64> = (0..=steps).map(|i| distance(at(i))).collect();
    let mut found: Vec<(Minimum, Vec<f64>, Vec<f64>)> = Vec::new();
    for (i, w) in (1..steps).zip(values.windows(3)) {
        if w[1] <= w[0] && w[1] < w[2] {
            let start = golden(&distance, at(i - 1), at(i + 1));
            let Some((_, beta)) = profile(start) else { continue };
            let theta: Vec<f64> = std::iter::once(start).chain(beta).collect();
            let Some((theta, covariance)) = polished(pi, &whitening, k, theta) else { continue };
            found.push((Minimum { rho: theta[0], distance: distance(theta[0]) }, theta, covariance));
        }
    }
    found.sort_by(|a, b| a.0.distance.total_cmp(&b.0.distance));
    let minima = found.iter().map(|f| f.0).collect();
    let (_, theta, covariance) = found.into_iter().next().ok_or(DynamicError::Edge)?;
    Ok(Restricted { theta, covariance, minima })
}

/// Golden section.
fn golden(f: &dyn Fn(f64) -> f64, mut a: f64, mut b: f64) -> f64 {
    let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
    while b - a > 1e-7 {
        let (c, d) = (b - ratio * (b - a), a + ratio * (b - a));
        if f(c) < f(d) {
            b = d;
        } else {
            a = c;
        }
    }
    f64::midpoint(a, b)
}

/// Gauss-Newton from next to the minimum, and `(G'V⁻¹G)⁻¹` there.
fn polished(pi: &[f64], whitening: &Whitening, k: usize, mut theta: Vec<f64>) -> Option<(Vec<f64>, Vec<f64>)> {
    let mut covariance = Vec::new();
    for _ in 0..30 {
        let mut left = pi.to_vec();
        let mut first = vec![0.0; pi.len()];
        first[0] = 1.0;
        left[0] -= theta[0];
        for j in 0..k {
            left[1 + j] -= theta[1 + j];
            left[1 + k + j] += theta[0] * theta[1 + j];
            first[1 + k + j] = -theta[1 + j];
        }
        let mut columns = vec![whitening.apply(&first)];
        for j in 0..k {
            let mut c = vec![0.0; pi.len()];
            c[1 + j] = 1.0;
            c[1 + k + j] = -theta[0];
            columns.push(whitening.apply(&c));
        }
        let fit = least_squares::fit(&columns, &whitening.apply(&left)).ok()?;
        covariance = fit.inverse;
        theta.iter_mut().zip(&fit.coefficients).for_each(|(t, d)| *t += d);
        if fit.coefficients.iter().zip(&theta).all(|(d, t)| d.abs() <= 1e-14 * t.abs().max(1.0)) {
            break;
        }
    }
    Some((theta, covariance))
}

#[cfg(test)]
#[path = "dynamic_tests.rs"]
mod tests;
