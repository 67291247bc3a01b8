//! Hausman's test of random against fixed effects.

use numerics::{distributions::chi_squared_above, least_squares, whitening::Whitening};

use super::{Components, Covariance, Effects, Estimator, Firms, Linear, LinearError, LinearOptions, Term, ols};

/// Hausman's (1978) test: `(b_w - b_r)'(V_w - V_r)⁻¹(b_w - b_r)`, chi-squared under uncorrelated effects. Both
/// covariances are classical, as the test requires.
#[derive(Clone, Debug, PartialEq)]
pub struct Hausman {
    /// The statistic, each covariance with the residual variance of its own regression; `None` where the difference of
    /// covariances is singular. May be negative where it is not positive definite.
    pub statistic: Option<f64>,
    /// Probability of a larger statistic if the effects are uncorrelated with the regressors.
    pub p: Option<f64>,
    /// Whether the difference of covariances is positive definite, as theory has it.
    pub definite: bool,
    /// The statistic with the residual variance of random effects in both covariances (Stata's `sigmamore`).
    pub same_variance: Option<f64>,
    /// Its p value.
    pub same_variance_p: Option<f64>,
    /// Degrees of freedom: coefficients compared.
    pub degrees: usize,
    /// Within less random, one a coefficient.
    pub difference: Vec<(Term, f64)>,
}

/// The test with the variances of `components`.
///
/// # Errors
/// [`LinearError`] of either estimator.
pub fn hausman(firms: &Firms<'_>, components: Components) -> Result<Hausman, LinearError> {
    let options = |estimator| LinearOptions {
        estimator,
        effects: Effects::Firm,
        components,
        drift: true,
        covariance: Covariance::Classical,
    };
    let within = ols(firms, &options(Estimator::Within))?;
    let random = ols(firms, &options(Estimator::Random))?;
    let k = within.terms.len();
    let place: Vec<usize> = within.terms.iter().filter_map(|t| random.terms.iter().position(|other| other == t)).collect();
    let value = |v: &Option<Vec<f64>>, at: usize| v.as_ref().map_or(f64::NAN, |c| c[at]);
    let difference: Vec<f64> = (0..k).map(|j| within.coefficients[j] - random.coefficients[place[j]]).collect();
    let m = random.terms.len();
    let spread = |scale: f64| -> Vec<f64> {
        let cell = |r: usize, c: usize| value(&random.covariance, place[r] * m + place[c]);
        (0..k * k).map(|i| value(&within.covariance, i) * scale - cell(i / k, i % k)).collect()
    };
    let form = |spread: &[f64]| {
        let columns: Vec<Vec<f64>> = spread.chunks_exact(k).map(<[f64]>::to_vec).collect();
        let solved = least_squares::fit(&columns, &difference).ok()?;
        Some(solved.coefficients.iter().zip(&difference).map(|(a, b)| a * b).sum::<f64>())
    };
    let own = spread(1.0);
    let variance = |l: &Linear| l.squares / l.degrees as f64;
    let statistic = form(&own);
    let same_variance = form(&spread(variance(&random) / variance(&within)));
    Ok(Hausman {
        statistic,
        p: statistic.map(|s| chi_squared_above(s, k)),
        definite: Whitening::of(&own, k).full(),
        same_variance,
        same_variance_p: same_variance.map(|s| chi_squared_above(s, k)),
        degrees: k,
        difference: within.terms.iter().copied().zip(difference).collect(),
    })
}
