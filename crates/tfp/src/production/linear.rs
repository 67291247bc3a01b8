#![doc = include_str!("linear.md")]

mod components;
mod design;
mod hausman;

pub use components::{Components, Variances};
pub use hausman::{Hausman, hausman};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Firms, FirmsError, Fitted, Sample};
use design::{Design, Regression, means};

/// The page of the estimators in English.
pub const PAGE: &str = include_str!("linear.md");
/// The page of the estimators in Chinese.
pub const PAGE_ZH: &str = include_str!("linear.zh.md");

/// Which variation of the panel identifies the coefficients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Estimator {
    /// Ordinary least squares on all rows.
    #[default]
    Pooled,
    /// Ordinary least squares on the means of the firms.
    Between,
    /// Deviations from the means of the firms (fixed effects).
    Within,
    /// Differences between adjacent periods; gaps are not bridged.
    FirstDifferences,
    /// Quasi-deviations from the means of the firms (feasible generalised least squares).
    Random,
}

/// Which effects `within` and `random` have beside the coefficients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Effects {
    /// One of each firm.
    #[default]
    Firm,
    /// One of each firm and one of each period. Random effects need a balanced panel then.
    FirmPeriod,
}

/// Covariance of the coefficients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Covariance {
    /// `s² (X'X)⁻¹`, `s² = e'e / (n - k - absorbed effects)`: errors independent and of one variance.
    Classical,
    /// Clustered by firm (Liang and Zeger 1986, Arellano 1987), without a small-sample factor.
    #[default]
    Cluster,
    /// The same times `n / (n - k)`, `k` without the firm effects: `HC1` of the R package plm.
    ClusterRows,
    /// The same times `G/(G-1) · (n-1)/(n-K)`, `G` firms, `K` with a constant, without the firm effects: Stata's.
    ClusterFirms,
}

/// Options of the linear estimators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LinearOptions {
    /// Which variation identifies the coefficients.
    pub estimator: Estimator,
    /// Effects of `within` and `random`.
    pub effects: Effects,
    /// Estimator of the variances of the random effects.
    pub components: Components,
    /// Whether first differences have a constant: a trend common to all firms.
    pub drift: bool,
    /// Covariance of the coefficients.
    pub covariance: Covariance,
}

impl Default for LinearOptions {
    fn default() -> Self {
        Self {
            estimator: Estimator::default(),
            effects: Effects::default(),
            components: Components::default(),
            drift: true,
            covariance: Covariance::default(),
        }
    }
}

/// What a coefficient belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Term {
    /// The constant; in first differences the drift.
    Constant,
    /// An input: free, then state.
    Input(usize),
    /// A control.
    Control(usize),
    /// A period, against the first one.
    Period(i32),
}

/// Result of a linear estimator.
#[derive(Clone, Debug, PartialEq)]
pub struct Linear {
    /// What all estimators of a production function return; silent are firms with one row under `within`, with no adjacent
    /// pair under `first-differences`. `omega` is the firm effect (with the constant) under
    /// `within`, its best linear prediction under `random`, else `NaN`.
    pub fitted: Fitted,
    /// What each coefficient belongs to.
    pub terms: Vec<Term>,
    /// The coefficients.
    pub coefficients: Vec<f64>,
    /// Their covariance, row-major; `None` where it is clustered and there is one firm.
    pub covariance: Option<Vec<f64>>,
    /// Rows, or firms under `between`, less coefficients and absorbed effects.
    pub degrees: usize,
    /// Sum of squared residuals of the regression that was run.
    pub squares: f64,
    /// Share of the variance of output, as transformed, that the regression explains; `None` where it does not vary.
    pub r_squared: Option<f64>,
    /// Variances of the random effects.
    pub variances: Option<Variances>,
    /// Periods without an effect of their own, because the firms seen in them are seen in no other.
    pub dropped: Vec<i32>,
    /// The rows used.
    pub sample: Sample,
}

/// Why a linear estimator has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LinearError {
    /// The panel.
    #[error(transparent)]
    Firms(#[from] FirmsError),
    /// A column is a linear combination of the columns before it, after the transformation of the estimator.
    #[error("{0:?} does not vary apart from the columns before it in what the estimator looks at")]
    Collinear(Term),
    /// Too few rows (firms under `between`).
    #[error("{rows} rows cannot determine {parameters} coefficients and effects")]
    Short {
        /// Rows.
        rows: usize,
        /// Coefficients and absorbed effects.
        parameters: usize,
    },
    /// Two-way random effects on an unbalanced panel: rows, firms times periods.
    #[error("two-way random effects need every firm in every period; there are {0} of {1} rows")]
    Unbalanced(usize, usize),
}

/// Linear production function by the estimator asked for: `y = c + Σ β x + Σ γ control + effects + e`.
///
/// # Errors
/// [`LinearError`].
pub fn ols(firms: &Firms<'_>, options: &LinearOptions) -> Result<Linear, LinearError> {
    let sample = firms.sample(&[])?;
    if firms.inputs() == 0 {
        return Err(FirmsError::Needs("an input").into());
    }
    let levels = Design::levels(firms, &sample);
    let counts = levels.counts();
    let two_way = options.effects == Effects::FirmPeriod;
    let (mut absorbed, mut silent, mut dropped, mut variances) = (0, vec![], vec![], None);
    let design = match options.estimator {
        Estimator::Pooled => levels.clone(),
        Estimator::Between => levels.means(),
        Estimator::Within => {
            absorbed = sample.firms;
            let many: Vec<usize> = (0..sample.rows.len()).filter(|&p| counts[sample.firm[p]] > 1.0).collect();
            silent = sample.silent(firms.units, &many);
            let centred = levels.within()?;
            if two_way {
                let (with, without) = centred.with_periods(&sample)?;
                dropped = without;
                with
            } else {
                centred
            }
        }
        Estimator::FirstDifferences => {
            let (now, before) = sample.lagged();
            let firm: Vec<usize> = now.iter().map(|&at| sample.firm[at]).collect();
            silent = sample.silent(firms.units, &now);
            let mut d = levels.map(firm, |c| now.iter().zip(&before).map(|(&a, &b)| c[a] - c[b]).collect());
            d.x[0].fill(1.0);
            if options.drift { d } else { d.without(Term::Constant) }
        }
        Estimator::Random => {
            let found = components::variances(&levels, &sample, options)?;
            let quasi = components::quasi(&levels, &sample, &found);
            variances = Some(found);
            quasi
        }
    };
    let regression = design.regress(absorbed)?;
    let covariance = covariance(&design, &regression, absorbed, options);
    let terms = design.terms.clone();
    let b = regression.fit.coefficients.clone();
    let constant = terms.contains(&Term::Constant);
    let centre = if constant { numerics::moments::mean(&design.y) } else { 0.0 };
    let total: f64 = design.y.iter().map(|v| (v - centre) * (v - centre)).sum();
    let inputs: Vec<usize> = (0..terms.len()).filter(|&j| matches!(terms[j], Term::Input(_))).collect();
    let k = terms.len();
    let n = firms.units.len();
    let block = |c: &Vec<f64>| inputs.iter().flat_map(|&r| inputs.iter().map(move |&s| c[r * k + s])).collect();
    let of_inputs: Vec<f64> = inputs.iter().map(|&j| b[j]).collect();
    let known: Vec<usize> = (0..k).filter(|&j| matches!(terms[j], Term::Input(_) | Term::Control(_))).collect();
    let (known, coefficients): (Vec<Term>, Vec<f64>) = known.iter().map(|&j| (terms[j], b[j])).unzip();
    let explained = levels.explained(&known, &coefficients);
    let tfp: Vec<f64> = levels.y.iter().zip(&explained).map(|(y, e)| y - e).collect();
    let omega = firm_effects(&levels, &sample, (&terms, &b), options.estimator, variances.as_ref());
    let fitted = Fitted {
        elasticities: of_inputs,
        covariance: covariance.as_ref().map(block),
        omega: omega.map_or_else(|| vec![f64::NAN; n], |w| sample.back(&w, n)),
        tfp: sample.back(&tfp, n),
        // A firm with one row is its effect and says nothing else.
        rows: [sample.rows.len(), design.y.len() - if absorbed > 0 { silent.len() } else { 0 }],
        firms: sample.firms,
        silent,
    };
    Ok(Linear {
        fitted,
        terms,
        coefficients: b,
        covariance,
        degrees: regression.degrees,
        squares: regression.squares,
        r_squared: (total > 0.0).then(|| 1.0 - regression.squares / total),
        variances,
        dropped,
        sample,
    })
}

fn covariance(design: &Design, regression: &Regression, absorbed: usize, options: &LinearOptions) -> Option<Vec<f64>> {
    let mut seen = design.firm.clone();
    seen.dedup();
    let (n, k, g) = (design.y.len() as f64, design.x.len() as f64, seen.len() as f64);
    if options.covariance == Covariance::Classical {
        return Some(regression.fit.covariance(absorbed));
    }
    if seen.len() < 2 {
        return None;
    }
    let constant = f64::from(u8::from(absorbed > 0));
    let factor = match options.covariance {
        Covariance::ClusterRows => n / (n - k),
        Covariance::ClusterFirms => g / (g - 1.0) * (n - 1.0) / (n - k - constant),
        Covariance::Classical | Covariance::Cluster => 1.0,
    };
    Some(regression.fit.cluster_covariance(&design.x, &design.firm).iter().map(|v| v * factor).collect())
}

/// Effect of the firm of each row, with the constant: the mean of what coefficients leave, shrunk under random effects.
fn firm_effects(
    levels: &Design,
    sample: &Sample,
    (terms, b): (&[Term], &[f64]),
    estimator: Estimator,
    variances: Option<&Variances>,
) -> Option<Vec<f64>> {
    if !matches!(estimator, Estimator::Within | Estimator::Random) {
        return None;
    }
    let period = |p: i32| terms.iter().position(|t| *t == Term::Period(p)).map_or(0.0, |at| b[at]);
    let constant = terms.iter().position(|t| *t == Term::Constant).map_or(0.0, |at| b[at]);
    let explained = levels.explained(terms, b);
    let left: Vec<f64> = (0..levels.y.len()).map(|i| levels.y[i] - explained[i] - period(sample.period[i])).collect();
    let counts = levels.counts();
    let mut effect = means(&left, &levels.firm, &counts);
    if let Some(v) = variances {
        for (e, t) in effect.iter_mut().zip(&counts) {
            *e = constant + *e * v.firm / (v.firm + v.idiosyncratic / t);
        }
    }
    Some(levels.firm.iter().map(|&g| effect[g]).collect())
}

#[cfg(test)]
#[path = "linear_tests.rs"]
mod tests;
