#![doc = include_str!("gmm.md")]

mod moments;
mod tests_of_validity;

pub use tests_of_validity::{Autocorrelation, Overidentification};

use numerics::least_squares::{self, Unfit};
use numerics::whitening::Whitening;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Firms, FirmsError, Fitted, Sample};
use moments::System;

/// The page of the estimator in English.
pub const PAGE: &str = include_str!("gmm.md");
/// The page of the estimator in Chinese.
pub const PAGE_ZH: &str = include_str!("gmm.zh.md");

/// Which equations are estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Equations {
    /// In differences (Arellano and Bond 1991).
    Difference,
    /// In differences and in levels (Arellano and Bover 1995, Blundell and Bond 1998).
    #[default]
    System,
}

/// Weights of the first step: the covariance of errors assumed within a firm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FirstStep {
    /// Of independent errors of one variance, differenced: 2 on the diagonal, -1 beside it, and the covariance of
    /// differences with levels in a system.
    #[default]
    Full,
    /// The same with no covariance between differences and levels.
    Blocks,
    /// No covariance at all.
    Identity,
}

/// How many steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Steps {
    /// One, with the weights of [`FirstStep`].
    One,
    /// Two, the second with the weights that the residuals of the first make efficient.
    #[default]
    Two,
}

/// Covariance of the coefficients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GmmCovariance {
    /// One step: errors independent and of one variance. Two steps: the asymptotic one, far too small in samples.
    Conventional,
    /// One step: robust to heteroskedasticity and to any dependence within a firm. Two steps: corrected for the weights
    /// having been estimated (Windmeijer 2005).
    #[default]
    Robust,
}

/// Lags of a variable in levels that instrument the equation in differences; the equation in levels gets the difference
/// `first - 1` periods before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Lags {
    /// Nearest lag: 2 for a variable correlated with the error of its own period, 1 for a predetermined one, 3 where
    /// errors are measured with a moving average.
    pub first: u32,
    /// Farthest lag; all there are if absent.
    pub last: Option<u32>,
}

impl Default for Lags {
    fn default() -> Self {
        Self { first: 2, last: None }
    }
}

/// What instruments an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Instruments {
    /// Lags of itself.
    Lags(Lags),
    /// Itself with its lags, differenced in the equation in differences: exogenous.
    Itself,
    /// Itself in the equation in differences only: exogenous but for the effect of the firm.
    ItselfDifferenced,
}

/// An input in the equation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Regressor {
    /// Lags beside the current value: 1 is `x_t` and `x_(t-1)`.
    pub lags: u32,
    /// What instruments it.
    pub instruments: Instruments,
}

impl Default for Regressor {
    fn default() -> Self {
        Self { lags: 1, instruments: Instruments::Lags(Lags::default()) }
    }
}

/// Options of difference and system GMM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GmmOptions {
    /// Which equations.
    pub equations: Equations,
    /// Lags of output among the regressors; 0 is a static equation.
    pub output_lags: u32,
    /// Lags of output that are instruments.
    pub output_instruments: Lags,
    /// Inputs: one entry for all, or one each (free, then state).
    pub inputs: Vec<Regressor>,
    /// Whether each period has an effect of its own; without, a system has a constant.
    pub period_effects: bool,
    /// One instrument a lag instead of one a lag and period: they do not outgrow the firms (Roodman 2009).
    pub collapse: bool,
    /// Whether variables instrument as deviations from the mean of their period. The lagged levels of unbalanced panels
    /// depend on units of measure otherwise, as in every other implementation.
    pub centre: bool,
    /// Weights of the first step.
    pub first_step: FirstStep,
    /// How many steps.
    pub steps: Steps,
    /// Covariance of the coefficients.
    pub covariance: GmmCovariance,
}

impl Default for GmmOptions {
    fn default() -> Self {
        Self {
            equations: Equations::default(),
            output_lags: 1,
            output_instruments: Lags::default(),
            inputs: vec![Regressor::default()],
            period_effects: true,
            collapse: true,
            centre: false,
            first_step: FirstStep::default(),
            steps: Steps::default(),
            covariance: GmmCovariance::default(),
        }
    }
}

/// What a coefficient belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Term {
    /// Output, so many periods before.
    Output(u32),
    /// An input (free, then state), so many periods before.
    Input(usize, u32),
    /// A control.
    Control(usize),
    /// The constant of a system without period effects.
    Constant,
    /// A period. In differences alone it is the effect of the differenced equation.
    Period(i32),
}

/// Result of difference or system GMM.
#[derive(Clone, Debug, PartialEq)]
pub struct Gmm {
    /// What all estimators of a production function return. Elasticities are the coefficients of the current inputs;
    /// `omega` is `NaN`.
    pub fitted: Fitted,
    /// What each coefficient belongs to.
    pub terms: Vec<Term>,
    /// The coefficients.
    pub coefficients: Vec<f64>,
    /// Their covariance, row-major.
    pub covariance: Vec<f64>,
    /// Long-run elasticities `Σ βₖ / (1 - Σ ρ)`, one an input; `None` where output has a unit root.
    pub long_run: Option<Vec<f64>>,
    /// Instruments, those that are nought in every row left out.
    pub instruments: usize,
    /// Instruments that are not linear combinations of others, by the weights of the first step.
    pub independent: usize,
    /// Rank of the weights of the second step: below `independent` where firms are too few for that many instruments, and
    /// the second step and Hansen's test then depend on which generalised inverse is taken.
    pub weights: usize,
    /// Rows of the equation in differences and of the equation in levels.
    pub equations: [usize; 2],
    /// Firms with a row in an equation.
    pub firms: usize,
    /// Test of Sargan: of the first step, valid if errors are of one variance.
    pub sargan: Overidentification,
    /// Test of Hansen: criterion of the second step, robust to heteroskedasticity, weak where instruments are many.
    pub hansen: Overidentification,
    /// The criterion of the second step at the estimate of the first.
    pub first_criterion: Overidentification,
    /// Tests of Arellano and Bond for autocorrelation of order 1 and 2 in differenced residuals.
    pub autocorrelation: [Autocorrelation; 2],
    /// The rows used.
    pub sample: Sample,
}

/// Why GMM has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GmmError {
    /// The panel.
    #[error(transparent)]
    Firms(#[from] FirmsError),
    /// `inputs` is neither one for all nor one each.
    #[error("{given} entries in `inputs` for {inputs} inputs; give one for all, or one each")]
    Inputs {
        /// Entries.
        given: usize,
        /// Inputs.
        inputs: usize,
    },
    /// A range of lags that is empty or begins at 0.
    #[error("instruments from lag {first} to lag {last}: the first must be at least 1 and not above the last")]
    Lags {
        /// First lag.
        first: u32,
        /// Last lag.
        last: u32,
    },
    /// No firm has enough adjacent periods.
    #[error("no firm is seen in {0} adjacent periods, which the equation needs")]
    Short(u32),
    /// Fewer independent instruments than coefficients.
    #[error("{instruments} independent instruments cannot determine {coefficients} coefficients")]
    Underidentified {
        /// Independent instruments.
        instruments: usize,
        /// Coefficients.
        coefficients: usize,
    },
    /// A regressor is a combination of the others as far as the instruments see.
    #[error("{0:?} does not vary apart from the other regressors in what the instruments see")]
    Collinear(Term),
}

/// One step of GMM.
struct Step {
    weights: Whitening,
    b: Vec<f64>,
    /// `(X'Z A Z'X)⁻¹`.
    bread: Vec<f64>,
    residuals: Vec<f64>,
    /// `Z'e`.
    score: Vec<f64>,
}

impl Step {
    fn run(system: &System, weights: Whitening) -> Result<Self, GmmError> {
        let x: Vec<Vec<f64>> = system.zx.iter().map(|c| weights.apply(c)).collect();
        let coefficients = x.len();
        if weights.rank() < coefficients {
            return Err(GmmError::Underidentified { instruments: weights.rank(), coefficients });
        }
        let fit = least_squares::fit(&x, &weights.apply(&system.zy)).map_err(|unfit| match unfit {
            Unfit::Collinear { column } => GmmError::Collinear(system.terms[column]),
            _ => GmmError::Underidentified { instruments: weights.rank(), coefficients },
        })?;
        let residuals = system.residuals(&fit.coefficients);
        let score = system.project(&residuals);
        Ok(Self { weights, b: fit.coefficients, bread: fit.inverse, residuals, score })
    }

    /// `(X'Z A Z'X)⁻¹ X'Z A`, `k` rows of instruments.
    fn influence(&self, system: &System) -> Vec<Vec<f64>> {
        let k = self.b.len();
        let weighted: Vec<Vec<f64>> = system.zx.iter().map(|c| self.weights.adjoint(&self.weights.apply(c))).collect();
        let cell = |r: usize, l: usize| (0..k).map(|j| self.bread[r * k + j] * weighted[j][l]).sum();
        (0..k).map(|r| (0..self.score.len()).map(|l| cell(r, l)).collect()).collect()
    }

    /// `V = M Ω M'` with `M` the influence and `Ω` given.
    fn sandwich(influence: &[Vec<f64>], omega: &[f64]) -> Vec<f64> {
        let l = influence.first().map_or(0, Vec::len);
        let times =
            |m: &Vec<f64>| -> Vec<f64> { omega.chunks_exact(l).map(|row| row.iter().zip(m).map(|(a, b)| a * b).sum()).collect() };
        let half: Vec<Vec<f64>> = influence.iter().map(times).collect();
        let cell = |r: usize, c: usize| influence[r].iter().zip(&half[c]).map(|(a, b)| a * b).sum::<f64>();
        let k = influence.len();
        (0..k * k).map(|i| (cell(i / k, i % k) + cell(i % k, i / k)) / 2.0).collect()
    }
}

/// Difference or system GMM of `y = Σ ρ y₋ₛ + Σ β x₋ₛ + γ control + μᵢ + λₜ + e`.
///
/// # Errors
/// [`GmmError`].
pub fn gmm(firms: &Firms<'_>, options: &GmmOptions) -> Result<Gmm, GmmError> {
    let sample = firms.sample(&[])?;
    let system = System::new(firms, &sample, options)?;
    let l = system.instruments;
    let first = Step::run(&system, Whitening::of(&system.first_weights(options.first_step), l))?;
    let k = first.b.len();
    let omega = system.omega(&first.residuals, &first.residuals);
    let robust = Step::sandwich(&first.influence(&system), &omega);
    let second = Step::run(&system, Whitening::of(&omega, l))?;
    let variance = system.variance(&first.residuals, k);
    let conventional = options.covariance == GmmCovariance::Conventional;
    let (step, covariance, one_variance) = match (options.steps, conventional) {
        (Steps::One, true) => (&first, first.bread.iter().map(|v| v * variance).collect(), Some(variance)),
        (Steps::One, false) => (&first, robust, None),
        (Steps::Two, true) => (&second, second.bread.clone(), None),
        (Steps::Two, false) => (&second, windmeijer(&system, &first, &second, &robust), None),
    };
    let degrees = first.weights.rank() - k;
    let over = |statistic| Overidentification::new(statistic, degrees);
    let autocorrelation = [1, 2].map(|order| {
        tests_of_validity::autocorrelation(&system, step, &covariance, one_variance.map(|v| (v, options.first_step)), order)
    });
    let b = step.b.clone();
    let terms = system.terms.clone();
    let inputs = firms.inputs();
    let place: Vec<usize> = (0..inputs).filter_map(|j| terms.iter().position(|t| *t == Term::Input(j, 0))).collect();
    let elasticities: Vec<f64> = place.iter().map(|&j| b[j]).collect();
    let sum = |of: &dyn Fn(Term) -> bool| terms.iter().zip(&b).filter(|(t, _)| of(**t)).map(|(_, b)| b).sum::<f64>();
    let decay = 1.0 - sum(&|t| matches!(t, Term::Output(_)));
    let long_run =
        (decay.abs() > 1e-12).then(|| (0..inputs).map(|j| sum(&|t| matches!(t, Term::Input(i, _) if i == j)) / decay).collect());
    let n = firms.units.len();
    let mut tfp = sample.of(firms.output);
    let controls = terms.iter().zip(&b).filter(|(t, _)| matches!(t, Term::Control(_))).map(|(_, b)| b);
    let columns = firms.free.iter().chain(&firms.state).chain(&firms.controls);
    for (column, beta) in columns.zip(elasticities.iter().chain(controls)) {
        tfp.iter_mut().zip(sample.of(column)).for_each(|(a, x)| *a -= beta * x);
    }
    Ok(Gmm {
        fitted: Fitted {
            covariance: Some(
                place.iter().flat_map(|&r| place.iter().map(move |&c| (r, c))).map(|(r, c)| covariance[r * k + c]).collect(),
            ),
            elasticities,
            omega: vec![f64::NAN; n],
            tfp: sample.back(&tfp, n),
            rows: [sample.rows.len(), if system.count(true) > 0 { system.count(true) } else { system.count(false) }],
            firms: sample.firms,
            silent: sample.silent(firms.units, &system.heads),
        },
        coefficients: b,
        long_run,
        instruments: l,
        independent: first.weights.rank(),
        weights: second.weights.rank(),
        equations: [system.count(false), system.count(true)],
        firms: system.firms.len(),
        sargan: over(first.weights.form(&first.score) / variance),
        hansen: over(second.weights.form(&second.score)),
        first_criterion: over(second.weights.form(&first.score)),
        autocorrelation,
        covariance,
        terms,
        sample,
    })
}

/// Windmeijer's (2005) covariance of the second step: `V + D V + V D' + D V₁ D'`, `D` the derivative of the second step
/// in the coefficients of the first, on which its weights depend; `V₁` the robust covariance of the first.
fn windmeijer(system: &System, first: &Step, second: &Step, robust: &[f64]) -> Vec<f64> {
    let k = second.b.len();
    let influence = second.influence(system);
    let pull = second.weights.adjoint(&second.weights.apply(&second.score));
    let mut d = vec![0.0; k * k];
    for j in 0..k {
        // -∂Ω/∂β_j = Σ Z_i'(x_j e' + e x_j')Z_i, applied to the weighted score of the second step.
        let image = system.turned(&system.rows.iter().map(|r| r.x[j]).collect::<Vec<_>>(), &first.residuals, &pull);
        for r in 0..k {
            d[r * k + j] = influence[r].iter().zip(&image).map(|(a, b)| a * b).sum::<f64>();
        }
    }
    let v = &second.bread;
    let times = |a: &[f64], b: &[f64]| -> Vec<f64> {
        (0..k * k).map(|i| (0..k).map(|m| a[i / k * k + m] * b[m * k + i % k]).sum()).collect()
    };
    let dv = times(&d, v);
    let dr = times(&d, robust);
    let both = |r: usize, c: usize| (0..k).map(|m| dr[r * k + m] * d[c * k + m]).sum::<f64>();
    (0..k * k).map(|i| v[i] + dv[i] + dv[i % k * k + i / k] + both(i / k, i % k)).collect()
}

#[cfg(test)]
#[path = "gmm_tests.rs"]
mod tests;
