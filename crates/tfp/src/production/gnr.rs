#![doc = include_str!("gnr.md")]

use numerics::moments::{mean, variance};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::acf::{AcfError, Replicates, ols};
use super::bootstrap::{Bootstrap, bootstrap};
use super::choice::{Choice, Root, Rule};
use super::monomials::Monomials;
use super::second_stage::{Bounds, SecondStage, productivity};
use super::share_regression::{Polynomial, ShareFit};
use super::{Firms, FirmsError, Fitted, Sample};

/// The page of the method in English.
pub const PAGE: &str = include_str!("gnr.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("gnr.zh.md");

/// Options of Gandhi-Navarro-Rivers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GnrOptions {
    /// Degree of the polynomial of the flexible input's elasticity.
    pub degree: usize,
    /// Degree of the polynomial of the other inputs, the constant of integration. Below `degree`, estimates depend on the
    /// unit of the flexible input.
    pub integration: usize,
    /// Degree of the law of motion of productivity.
    pub law: usize,
    /// Low-discrepancy starts of the scan.
    pub starts: usize,
    /// Which root is the estimate.
    pub rule: Rule,
    /// Bootstrap of firms.
    pub replicates: Replicates,
}

impl Default for GnrOptions {
    fn default() -> Self {
        let rule = Rule { spurious: 0.0, ..Rule::default() };
        Self { degree: 3, integration: 3, law: 3, starts: 256, rule, replicates: Replicates::default() }
    }
}

/// Why nothing can be estimated.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GnrError {
    /// What the second stage, or the panel, does not allow.
    #[error(transparent)]
    Stages(#[from] AcfError),
    /// The share regression has no fit with positive elasticities.
    #[error("the share regression has no fit: fewer rows than terms, or shares without spread")]
    Share,
}

impl From<FirmsError> for GnrError {
    fn from(why: FirmsError) -> Self {
        Self::Stages(AcfError::Firms(why))
    }
}

/// Result of Gandhi-Navarro-Rivers.
#[derive(Clone, Debug, PartialEq)]
pub struct Gnr {
    /// Every exact root, then every other local minimum.
    pub roots: Vec<Root>,
    /// Starts that ended nowhere.
    pub lost: usize,
    /// What the rule says.
    pub choice: Choice,
    /// Estimates at the chosen root: mean elasticities of free inputs, state variables, the flexible input.
    pub fitted: Option<Fitted>,
    /// Elasticities of each row, one column an input, `NaN` outside the sample; empty without a chosen root.
    pub by_row: Vec<Vec<f64>>,
    /// Elasticity of the flexible input at each row: it needs no second stage.
    pub flexible: Vec<f64>,
    /// Sum of squares of the share regression.
    pub share_ssr: f64,
    /// `E[e^ε]`.
    pub scale: f64,
    /// Steps of the share regression.
    pub steps: usize,
    /// Coefficients of ordinary least squares.
    pub ols: Vec<f64>,
    /// The rows used, their firms and lags.
    pub sample: Sample,
    /// Replicates of the mean elasticities; `None` without a root or replicates.
    pub bootstrap: Option<Bootstrap>,
}

/// What is known after the share regression.
struct Integrated {
    /// Elasticity of the flexible input at each row.
    flexible: Vec<f64>,
    /// Output less noise and less the integral.
    left: Vec<f64>,
    /// Derivatives of the integral by each other input.
    slopes: Vec<Vec<f64>>,
}

/// Gandhi, Navarro and Rivers (2020): the flexible input (the proxy) by its share of revenue, `share = ln(p_m M / (p Y))`;
/// the other inputs, all fixed before the period, as roots of the moments of productivity's innovation.
///
/// # Errors
/// [`GnrError`].
pub fn gnr(firms: &Firms<'_>, share: &[f64], options: &GnrOptions) -> Result<Gnr, GnrError> {
    let flexible = firms.proxy.ok_or(FirmsError::Needs("a flexible input as proxy"))?;
    if firms.inputs() == 0 {
        return Err(FirmsError::Needs("an input besides the flexible one").into());
    }
    if options.degree == 0 || options.integration == 0 || options.law == 0 || options.starts == 0 {
        return Err(AcfError::Degree.into());
    }
    let sample = firms.sample(&[flexible, share])?;
    let (output, share) = (sample.of(firms.output), sample.of(share));
    let mut inputs: Vec<Vec<f64>> = firms.free.iter().chain(&firms.state).map(|c| sample.of(c)).collect();
    inputs.push(sample.of(flexible));
    let n = output.len();
    let k = inputs.len();
    let ols = ols(&output, &inputs, &[])?;
    let scales: Vec<(f64, f64)> = inputs.iter().map(|c| (mean(c), variance(c, 0).sqrt())).collect();
    let scaled: Vec<Vec<f64>> = inputs.iter().zip(&scales).map(|(c, (m, s))| c.iter().map(|v| (v - m) / s).collect()).collect();
    let polynomial = Polynomial { monomials: Monomials::new(k, options.degree), points: &scaled };
    let fit = polynomial.fit(&share, |_| 1.0, None).ok_or(GnrError::Share)?;
    let integrate = |fit: &ShareFit| integrated(&polynomial, fit, &output, &share, &scales);
    let first = integrate(&fit);
    // Constant of integration: all monomials of the other inputs but 1.
    let others = Monomials::new(k - 1, options.integration);
    let mut values = vec![1.0; others.len() * n];
    let points: Vec<f64> = scaled[..k - 1].concat();
    others.block(&points, n, &mut values);
    let regressors: Vec<Vec<f64>> = values[n..].chunks(n).map(<[f64]>::to_vec).collect();
    let (now, before) = sample.lagged();
    let at = |columns: &[Vec<f64>], places: &[usize]| -> Vec<Vec<f64>> {
        columns.iter().map(|c| places.iter().map(|&p| c[p]).collect()).collect()
    };
    let process: Vec<Vec<f64>> = firms.process.iter().map(|c| sample.of(c)).collect();
    let (x, lagged) = (at(&regressors, &now), at(&regressors, &before));
    let process = at(&process, &before);
    let places = (now, before);
    let moments = SecondStage::new(&first.left, (x.clone(), lagged), x, process, options.law, places).map_err(AcfError::from)?;
    let bounds = around(&regressors, &first.left)?;
    let found = moments.scan(&bounds, options.starts);
    let elasticities = |theta: &[f64], known: &Integrated| -> Vec<Vec<f64>> {
        let slope = |j: usize| -> Vec<f64> {
            let term = |i: usize| {
                let point: Vec<f64> = scaled[..k - 1].iter().map(|c| c[i]).collect();
                known.slopes[j][i] + slope_at(&others, theta, &point, j) / scales[j].1
            };
            (0..n).map(term).collect()
        };
        (0..k - 1).map(slope).chain([known.flexible.clone()]).collect()
    };
    let describe = |solution: numerics::roots::Solution| {
        let e: Vec<f64> = elasticities(&solution.at, &first).iter().map(|c| mean(c)).collect();
        options.rule.describe(solution, e, None, &ols, firms)
    };
    let mut roots: Vec<Root> = found.solutions.into_iter().map(describe).collect();
    let choice = options.rule.choose(&mut roots);
    let rows = firms.units.len();
    let mut result = Gnr {
        lost: found.lost,
        choice,
        fitted: None,
        by_row: Vec::new(),
        flexible: sample.back(&first.flexible, rows),
        share_ssr: fit.ssr,
        scale: fit.scale,
        steps: fit.steps,
        ols,
        sample,
        bootstrap: None,
        roots,
    };
    let Some(chosen) = result.choice.root() else { return Ok(result) };
    let root = &result.roots[chosen];
    let theta = &root.solution.at;
    let sample = &result.sample;
    let omega = productivity(&first.left, &regressors, theta);
    let tfp: Vec<f64> = (0..n).map(|i| omega[i] + fit.noise[i]).collect();
    let by_row = elasticities(theta, &first);
    let inside = result.choice == Choice::Root(chosen);
    let replicates = options.replicates;
    let draws = (replicates.count > 0).then(|| {
        bootstrap(sample.firms, replicates.count, replicates.seed, replicates.kind, |weights| {
            let weight = |i: usize| weights[sample.firm[i]];
            let again = polynomial.fit(&share, weight, Some(&fit.coefficients))?;
            let known = integrate(&again);
            let theta = moments.replicate(&known.left, None, weight, theta)?;
            let total: f64 = (0..n).map(weight).sum();
            let mean = |c: &Vec<f64>| c.iter().enumerate().map(|(i, v)| weight(i) * v).sum::<f64>() / total;
            let e: Vec<f64> = elasticities(&theta, &known).iter().map(mean).collect();
            (!inside || options.rule.meets(&e)).then_some(e)
        })
    });
    result.by_row = by_row.iter().map(|c| sample.back(c, rows)).collect();
    result.fitted = Some(Fitted {
        elasticities: root.elasticities.clone(),
        covariance: draws.as_ref().and_then(|b| b.covariance.clone()),
        omega: sample.back(&omega, rows),
        tfp: sample.back(&tfp, rows),
        rows: [n, moments.rows()],
        firms: sample.firms,
        silent: sample.silent(firms.units, moments.places()),
    });
    result.bootstrap = draws;
    Ok(result)
}

/// Derivative of `Σ θ_α x^α` (no constant) by variable `j`.
fn slope_at(monomials: &Monomials, theta: &[f64], point: &[f64], j: usize) -> f64 {
    let mut values = vec![0.0; monomials.len()];
    monomials.at(point, 1.0, &mut values);
    let below = |(at, value): (usize, &f64)| {
        let up = monomials.times(at, j);
        value * theta[up - 1] * monomials.exponents[up][j] as f64
    };
    values[..monomials.begins[monomials.begins.len() - 2]].iter().enumerate().map(below).sum()
}

/// Elasticity, integral from the flexible input's logarithm 0, and its derivatives.
fn integrated(polynomial: &Polynomial<'_>, fit: &ShareFit, output: &[f64], share: &[f64], scales: &[(f64, f64)]) -> Integrated {
    let (n, k) = (output.len(), scales.len());
    let m = k - 1;
    let table = &polynomial.monomials;
    let (centre, spread) = scales[m];
    let zero = -centre / spread;
    let mut known =
        Integrated { flexible: Vec::with_capacity(n), left: Vec::with_capacity(n), slopes: vec![Vec::with_capacity(n); m] };
    let mut values = vec![0.0; table.len()];
    let mut point = vec![0.0; k];
    for i in 0..n {
        point.iter_mut().zip(polynomial.points).for_each(|(p, c)| *p = c[i]);
        table.at(&point, 1.0, &mut values);
        let share_fitted: f64 = values.iter().zip(&fit.coefficients).map(|(v, b)| v * b).sum();
        // Monomials of the others times what the flexible input's power integrates to.
        point[m] = 1.0;
        table.at(&point, 1.0, &mut values);
        let here = polynomial.points[m][i];
        let mut integral = 0.0;
        let mut slopes = vec![0.0; m];
        for ((powers, value), b) in table.exponents.iter().zip(&values).zip(&fit.coefficients) {
            let e = powers[m] as i32 + 1;
            let whole = b * spread * (here.powi(e) - zero.powi(e)) / f64::from(e) / fit.scale;
            integral += value * whole;
            for (j, slope) in slopes.iter_mut().enumerate().filter(|(j, _)| powers[*j] > 0) {
                let power = |(v, &p): (usize, &usize)| match v {
                    v if v == m => 1.0,
                    v if v == j => p as f64 * point[v].powi(p as i32 - 1),
                    v => point[v].powi(p as i32),
                };
                *slope += whole * powers.iter().enumerate().map(power).product::<f64>() / scales[j].1;
            }
        }
        known.flexible.push(share_fitted / fit.scale);
        // ε = ln D - ln s.
        known.left.push(output[i] - (share_fitted.ln() - share[i]) - integral);
        known.slopes.iter_mut().zip(slopes).for_each(|(c, v)| c.push(v));
    }
    known
}

/// A box about least squares: each coefficient, by its own size or by that of what it explains.
fn around(regressors: &[Vec<f64>], left: &[f64]) -> Result<Bounds, AcfError> {
    let centre = ols(left, regressors, &[])?;
    let spread = variance(left, 0).sqrt();
    let width = |b: f64, x: &[f64]| b.abs().max(0.5 * spread / variance(x, 0).sqrt());
    Ok(centre.iter().zip(regressors).map(|(&b, x)| (b - width(b, x), b + width(b, x))).collect())
}

#[cfg(test)]
#[path = "gnr_tests.rs"]
mod tests;
