#![doc = include_str!("grey.md")]

use thiserror::Error;

/// The page of the model, in English.
pub const PAGE: &str = include_str!("grey.md");
/// The page of the model, in Chinese.
pub const PAGE_ZH: &str = include_str!("grey.zh.md");

/// Why a grey model cannot be fitted.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum GreyError {
    /// Too few values.
    #[error("GM(1,1) needs at least four values, {0} given")]
    TooFew(usize),
    /// A value is not finite.
    #[error("value {0} is not a finite number")]
    NotFinite(usize),
    /// A value is not above 0.
    #[error("value {0} must lie above 0: the level ratio has no meaning otherwise")]
    NotPositive(usize),
    /// The background values do not vary, or the fitted series overflows.
    #[error("the model has no finite solution for this series")]
    Singular,
}

/// Grade of the posterior-error test, from the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// `P >= 0.95` and `C <= 0.35`.
    Good,
    /// `P >= 0.80` and `C <= 0.50`.
    Qualified,
    /// `P >= 0.70` and `C <= 0.65`.
    Barely,
    /// Otherwise.
    Failed,
}

/// A fitted GM(1,1).
#[derive(Clone, Debug, PartialEq)]
pub struct Gm11 {
    /// Development coefficient `a`: growth is `-a` in logarithms.
    pub a: f64,
    /// Grey input `b`.
    pub b: f64,
    /// Fitted values; the first is the first value itself.
    pub fitted: Vec<f64>,
    /// Values after the last.
    pub forecast: Vec<f64>,
    /// Level ratios `x(k - 1) / x(k)`.
    pub level_ratios: Vec<f64>,
    /// Interval `exp(∓2 / (n + 1))` that they must lie in.
    pub level_range: (f64, f64),
    /// Whether all of them do.
    pub level_pass: bool,
    /// Residuals, value less fit.
    pub residuals: Vec<f64>,
    /// Relative errors `|residual| / value`; the first is 0 by construction.
    pub relative_errors: Vec<f64>,
    /// Mean of the relative errors from the second value on.
    pub mean_error: f64,
    /// Deviations of the level ratio, `|1 - (1 - a/2) / (1 + a/2) λ(k)|`.
    pub level_deviations: Vec<f64>,
    /// `C = S2 / S1`, spread of the residuals over that of the values; `NaN` for a constant series.
    pub c: f64,
    /// `P`, share of residuals within `0.6745 S1` of their mean; `NaN` for a constant series.
    pub p: f64,
    /// Grade by `C` and `P`; a constant series that is fitted exactly is good.
    pub grade: Grade,
}

/// Fits GM(1,1) to `x` (`n >= 4`, all above 0) and forecasts `ahead` values:
/// `x̂(1) = x(1)`, `x̂(k + 1) = (1 - e^a)(x(1) - b / a) e^(-a k)`, `[a, b]` by least squares of
/// `x(k) = -a z(k) + b` on `z(k) = (X(k) + X(k - 1)) / 2` with the cumulated `X`.
///
/// # Errors
/// [`GreyError`].
pub fn gm11(x: &[f64], ahead: usize) -> Result<Gm11, GreyError> {
    let n = x.len();
    if n < 4 {
        return Err(GreyError::TooFew(n));
    }
    if let Some(k) = x.iter().position(|v| !v.is_finite()) {
        return Err(GreyError::NotFinite(k + 1));
    }
    if let Some(k) = x.iter().position(|v| *v <= 0.0) {
        return Err(GreyError::NotPositive(k + 1));
    }
    let (a, b) = coefficients(x)?;
    let value = |k: usize| {
        let k = k as f64;
        // The limit at a = 0 is the constant b.
        let front = if a.abs() < 1e-12 { b - a * x[0] } else { -a.exp_m1() * (x[0] - b / a) };
        front * (-a * k).exp()
    };
    let mut fitted = vec![x[0]];
    fitted.extend((1..n).map(value));
    let forecast: Vec<f64> = (n..n + ahead).map(value).collect();
    if fitted.iter().chain(&forecast).any(|v| !v.is_finite()) {
        return Err(GreyError::Singular);
    }
    let residuals: Vec<f64> = x.iter().zip(&fitted).map(|(x, f)| x - f).collect();
    let relative_errors: Vec<f64> = residuals.iter().zip(x).map(|(r, x)| r.abs() / x).collect();
    let mean_error = relative_errors[1..].iter().sum::<f64>() / (n - 1) as f64;
    let level_ratios: Vec<f64> = x.windows(2).map(|w| w[0] / w[1]).collect();
    let reach = 2.0 / (n + 1) as f64;
    let level_range = ((-reach).exp(), reach.exp());
    let level_pass = level_ratios.iter().all(|l| *l > level_range.0 && *l < level_range.1);
    let level_deviations = level_ratios.iter().map(|l| (1.0 - (1.0 - 0.5 * a) / (1.0 + 0.5 * a) * l).abs()).collect();
    let spread = |v: &[f64]| numerics::moments::deviation(v, 0);
    let (s1, s2, middle) = (spread(x), spread(&residuals), numerics::moments::mean(&residuals));
    let flat = s1 <= 1e-12 * x[0];
    let (c, p) = if flat {
        (f64::NAN, f64::NAN)
    } else {
        let within = residuals.iter().filter(|r| (**r - middle).abs() < 0.6745 * s1).count();
        (s2 / s1, within as f64 / n as f64)
    };
    let grade = match (c, p) {
        _ if flat && mean_error < 1e-9 => Grade::Good,
        (c, p) if p >= 0.95 && c <= 0.35 => Grade::Good,
        (c, p) if p >= 0.80 && c <= 0.50 => Grade::Qualified,
        (c, p) if p >= 0.70 && c <= 0.65 => Grade::Barely,
        _ => Grade::Failed,
    };
    Ok(Gm11 {
        a,
        b,
        fitted,
        forecast,
        level_ratios,
        level_range,
        level_pass,
        residuals,
        relative_errors,
        mean_error,
        level_deviations,
        c,
        p,
        grade,
    })
}

fn coefficients(x: &[f64]) -> Result<(f64, f64), GreyError> {
    let mut total = x[0];
    let (mut z, mut y) = (Vec::with_capacity(x.len() - 1), Vec::with_capacity(x.len() - 1));
    for v in &x[1..] {
        z.push(total + 0.5 * v);
        y.push(*v);
        total += v;
    }
    let (mz, my) = (numerics::moments::mean(&z), numerics::moments::mean(&y));
    let (zy, zz) = z.iter().zip(&y).fold((0.0, 0.0), |(a, b), (z, y)| (a + (z - mz) * (y - my), b + (z - mz) * (z - mz)));
    let a = -zy / zz;
    let b = my + a * mz;
    if a.is_finite() && b.is_finite() { Ok((a, b)) } else { Err(GreyError::Singular) }
}

/// One forecast of a value that was left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trial {
    /// Values used, from the first.
    pub used: usize,
    /// Steps ahead.
    pub ahead: usize,
    /// Forecast.
    pub forecast: f64,
    /// The value itself.
    pub actual: f64,
    /// What the last value used would have said.
    pub naive: f64,
}

/// Back-test with a rolling origin.
#[derive(Clone, Debug, PartialEq)]
pub struct BackTest {
    /// Every forecast, by origin, then steps ahead.
    pub trials: Vec<Trial>,
    /// Mean absolute percentage error by steps ahead; `NaN` where there is no trial.
    pub errors: Vec<f64>,
    /// The same of the last value used.
    pub naive: Vec<f64>,
}

/// Forecasts of up to `ahead` steps from every origin that leaves at least four values to fit, each against what happened.
///
/// # Errors
/// [`GreyError`] of the whole series; fewer than five values leave nothing to test.
pub fn back_test(x: &[f64], ahead: usize) -> Result<BackTest, GreyError> {
    if x.len() < 5 {
        return Err(GreyError::TooFew(x.len()));
    }
    let mut trials = Vec::new();
    for used in 4..x.len() {
        let steps = ahead.min(x.len() - used);
        let model = gm11(&x[..used], steps)?;
        for (k, forecast) in model.forecast.into_iter().enumerate() {
            trials.push(Trial { used, ahead: k + 1, forecast, actual: x[used + k], naive: x[used - 1] });
        }
    }
    let mean = |h: usize, of: &dyn Fn(&Trial) -> f64| {
        let errors: Vec<f64> = trials.iter().filter(|t| t.ahead == h).map(|t| (of(t) - t.actual).abs() / t.actual).collect();
        numerics::moments::mean(&errors)
    };
    let errors = (1..=ahead).map(|h| mean(h, &|t| t.forecast)).collect();
    let naive = (1..=ahead).map(|h| mean(h, &|t| t.naive)).collect();
    Ok(BackTest { trials, errors, naive })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values and forecasts of an exponential series are followed closely; the published example to its digits.
    #[test]
    fn printed_example() {
        let m = gm11(&[100.0, 120.0, 145.0, 175.0, 210.0], 3).unwrap();
        for (found, printed) in
            m.fitted.iter().chain(&m.forecast).zip([100.0, 119.9184, 144.3784, 173.8275, 209.2834, 251.9713, 303.3663, 365.2444])
        {
            assert!((found - printed).abs() < 5.1e-5, "{found} {printed}");
        }
        // λ = 0.833, 0.828, 0.829, 0.833 in (e^-1/3, e^1/3) = (0.717, 1.396).
        assert!(m.level_pass && m.grade == Grade::Good && m.c < 0.02 && m.p == 1.0);
        assert!(m.mean_error < 0.006);
    }

    #[test]
    fn a_constant_series_stays_constant() {
        let m = gm11(&[5.0; 6], 2).unwrap();
        assert!(m.fitted.iter().chain(&m.forecast).all(|v| (v - 5.0).abs() < 1e-9), "{m:?}");
        assert_eq!(m.grade, Grade::Good);
        assert!(m.c.is_nan());
    }

    #[test]
    fn what_has_no_model_says_why() {
        assert_eq!(gm11(&[1.0, 2.0, 3.0], 1), Err(GreyError::TooFew(3)));
        assert_eq!(gm11(&[1.0, 2.0, 0.0, 3.0], 1), Err(GreyError::NotPositive(3)));
        assert_eq!(gm11(&[1.0, f64::NAN, 1.0, 3.0], 1), Err(GreyError::NotFinite(2)));
        assert_eq!(back_test(&[1.0, 2.0, 3.0, 4.0], 1), Err(GreyError::TooFew(4)));
    }

    #[test]
    fn a_rolling_origin_uses_the_past_alone() {
        let x: Vec<f64> = (0..9).map(|k| 50.0 * 1.08_f64.powi(k)).collect();
        let test = back_test(&x, 3).unwrap();
        assert_eq!(test.trials.len(), 3 + 3 + 3 + 2 + 1);
        let first = gm11(&x[..4], 1).unwrap().forecast[0];
        assert_eq!(test.trials[0].forecast, first);
        assert!(test.errors[0] < 0.002 && test.naive[0] > 0.07, "{:?} {:?}", test.errors, test.naive);
        // Multiplying a series multiplies its forecasts.
        let doubled: Vec<f64> = x.iter().map(|v| 2.0 * v).collect();
        for (a, b) in gm11(&x, 3).unwrap().forecast.iter().zip(gm11(&doubled, 3).unwrap().forecast) {
            assert!((2.0 * a - b).abs() < 1e-9 * b);
        }
    }
}
