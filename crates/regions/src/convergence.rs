#![doc = include_str!("convergence.md")]

#[cfg(test)]
mod tests;

use numerics::{
    distributions::{normal_quantile, normal_two_sided},
    least_squares, moments,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The page of the method in English.
pub const PAGE: &str = include_str!("convergence.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("convergence.zh.md");

/// Standard errors of the slope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Errors {
    /// Robust to heteroskedasticity with the factor `n/(n − 2)` (HC1).
    #[default]
    Robust,
    /// One variance for all units.
    Classical,
}

/// Why there is nothing to converge. Units count from 0 in the order given.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConvergenceError {
    /// First and last values differ in number.
    #[error("{first} first values and {last} last values")]
    Length {
        /// First values.
        first: usize,
        /// Last values.
        last: usize,
    },
    /// Fewer than four units.
    #[error("{units} unit(s) are seen in both periods: convergence needs at least 4")]
    TooFew {
        /// Units given.
        units: usize,
    },
    /// Values without a logarithm.
    #[error("{} unit(s) have values that are not positive numbers", units.len())]
    NotPositive {
        /// Where.
        units: Vec<usize>,
    },
    /// All first values, or all last values, are equal.
    #[error("the values of one period do not differ")]
    Constant,
    /// No time between the periods.
    #[error("the second period must come after the first")]
    Span,
    /// The level is not strictly between 0 and 1.
    #[error("level {level} does not lie between 0 and 1")]
    Level {
        /// Level given.
        level: f64,
    },
}

/// Dispersion in one period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sigma {
    /// Units.
    pub units: usize,
    /// Standard deviation of the logarithms, denominator n − 1.
    pub sd_log: f64,
    /// Standard deviation over the mean, denominator n − 1.
    pub cv: f64,
}

/// Dispersion of positive values; `NaN` below two of them.
pub fn sigma(values: &[f64]) -> Sigma {
    let logs: Vec<f64> = values.iter().map(|x| libm::log(*x)).collect();
    Sigma { units: values.len(), sd_log: moments::deviation(&logs, 1), cv: moments::deviation(values, 1) / moments::mean(values) }
}

/// Absolute beta convergence over a span of time, and what it consists of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beta {
    /// Units.
    pub units: usize,
    /// Constant.
    pub constant: f64,
    /// Slope b of yearly log growth on the first logarithm.
    pub slope: f64,
    /// Its standard error.
    pub error: f64,
    /// Its two-sided p-value, normal.
    pub p: f64,
    /// Share of the variance of growth explained.
    pub r_squared: f64,
    /// Speed `−ln(1 + bT)/T`; `NaN` where `1 + bT ≤ 0`: the order of units is reversed.
    pub speed: f64,
    /// Interval of the speed, from that of the slope; an end is `NaN` where it has no logarithm.
    pub speed_interval: (f64, f64),
    /// `ln 2 / speed`; infinite without convergence, `NaN` without a speed.
    pub half_life: f64,
    /// Correlation r of the logarithms of both periods.
    pub correlation: f64,
    /// `σ_T/σ_0` of the logarithms. `1 + bT = r σ_T/σ_0`.
    pub ratio: f64,
    /// Part of the speed that is change of places alone, `−ln r / T`.
    pub reshuffling: f64,
    /// Part of the speed that is narrowing, `−ln(σ_T/σ_0) / T`.
    pub narrowing: f64,
    /// Two-sided p-value that both dispersions are equal (Pitman 1939; Morgan 1939), by Fisher's z.
    pub p_sigma: f64,
}

/// Growth of `last` over `first` (same units) in `span` periods on the logarithm of `first`.
///
/// # Errors
/// [`ConvergenceError`].
pub fn beta(first: &[f64], last: &[f64], span: f64, errors: Errors, level: f64) -> Result<Beta, ConvergenceError> {
    let n = first.len();
    if n != last.len() {
        return Err(ConvergenceError::Length { first: n, last: last.len() });
    }
    if !(level > 0.0 && level < 1.0) {
        return Err(ConvergenceError::Level { level });
    }
    if !(span > 0.0 && span.is_finite()) {
        return Err(ConvergenceError::Span);
    }
    let positive = |x: f64| x.is_finite() && x > 0.0;
    let units: Vec<usize> = (0..n).filter(|&i| !positive(first[i]) || !positive(last[i])).collect();
    if !units.is_empty() {
        return Err(ConvergenceError::NotPositive { units });
    }
    if n < 4 {
        return Err(ConvergenceError::TooFew { units: n });
    }
    let logs = |x: &[f64]| x.iter().map(|v| libm::log(*v)).collect::<Vec<f64>>();
    let (a, z) = (logs(first), logs(last));
    let (sa, sz) = (moments::deviation(&a, 1), moments::deviation(&z, 1));
    if sa <= 1e-12 || sz <= 1e-12 {
        return Err(ConvergenceError::Constant);
    }
    // About its mean the regressor and the constant are orthogonal.
    let mean = moments::mean(&a);
    let centred: Vec<f64> = a.iter().map(|v| v - mean).collect();
    let growth: Vec<f64> = a.iter().zip(&z).map(|(a, z)| (z - a) / span).collect();
    let x = [vec![1.0; n], centred];
    let fit = least_squares::fit(&x, &growth).map_err(|_| ConvergenceError::Constant)?;
    let (slope, level_at_mean) = (fit.coefficients[1], fit.coefficients[0]);
    let variance = match errors {
        Errors::Classical => fit.covariance(0)[3],
        Errors::Robust => {
            let each: Vec<usize> = (0..n).collect();
            fit.cluster_covariance(&x, &each)[3] * n as f64 / (n as f64 - 2.0)
        }
    };
    let error = variance.sqrt();
    let speed = |b: f64| if 1.0 + b * span > 0.0 { -libm::log1p(b * span) / span } else { f64::NAN };
    let reach = normal_quantile(0.5 + level / 2.0) * error;
    let residual = fit.residuals.iter().map(|e| e * e).sum::<f64>();
    let total = moments::variance(&growth, 1) * (n as f64 - 1.0);
    let (correlation, ratio) = (moments::correlation(&a, &z), sz / sa);
    // Equal variances: sum and difference are uncorrelated.
    let sum: Vec<f64> = a.iter().zip(&z).map(|(a, z)| a + z).collect();
    let difference: Vec<f64> = a.iter().zip(&z).map(|(a, z)| z - a).collect();
    let speck = 1e-12 * (sa + sz);
    let still = [&sum, &difference].iter().any(|x| moments::deviation(x, 1) <= speck);
    let pitman = if still { 0.0 } else { moments::correlation(&sum, &difference) };
    let here = speed(slope);
    Ok(Beta {
        units: n,
        constant: level_at_mean - slope * mean,
        slope,
        error,
        p: normal_two_sided(slope / error),
        r_squared: 1.0 - residual / total,
        speed: here,
        speed_interval: (speed(slope + reach), speed(slope - reach)),
        half_life: if here.is_nan() || here > 0.0 { std::f64::consts::LN_2 / here } else { f64::INFINITY },
        correlation,
        ratio,
        reshuffling: if correlation > 0.0 { -libm::log(correlation) / span } else { f64::NAN },
        narrowing: -libm::log(ratio) / span,
        p_sigma: normal_two_sided(libm::atanh(pitman) * (n as f64 - 3.0).sqrt()),
    })
}
