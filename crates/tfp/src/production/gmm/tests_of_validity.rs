//! Tests of what GMM rests on.

use numerics::distributions::{chi_squared_above, normal_two_sided};

use super::{FirstStep, Step, moments::System};

/// A test of overidentifying restrictions: chi-squared if all instruments are valid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overidentification {
    /// The statistic.
    pub statistic: f64,
    /// Independent instruments less coefficients.
    pub degrees: usize,
    /// Probability of a larger statistic; `None` where the model is exactly identified.
    pub p: Option<f64>,
}

impl Overidentification {
    pub(in crate::production) fn new(statistic: f64, degrees: usize) -> Self {
        Self { statistic, degrees, p: (degrees > 0).then(|| chi_squared_above(statistic, degrees)) }
    }
}

/// A test for autocorrelation in differenced residuals: standard normal if there is none. Order 1 is expected, order 2
/// speaks against the second lag as an instrument.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Autocorrelation {
    /// Order.
    pub order: u32,
    /// Pairs of residuals compared.
    pub pairs: usize,
    /// The statistic; `None` where there is no pair, or its variance is not positive.
    pub z: Option<f64>,
    /// Two-sided p value.
    pub p: Option<f64>,
}

/// Arellano and Bond's (1991) test. `one_variance` is the variance of errors, with the covariance assumed, where the
/// covariance of the coefficients rests on it.
pub(super) fn autocorrelation(
    system: &System,
    step: &Step,
    covariance: &[f64],
    one_variance: Option<(f64, FirstStep)>,
    order: u32,
) -> Autocorrelation {
    let e = &step.residuals;
    let w = system.earlier(e, order);
    let k = step.b.len();
    let pairs = w.iter().filter(|v| **v != 0.0).count();
    let numerator: f64 = w.iter().zip(e).map(|(a, b)| a * b).sum();
    let wx: Vec<f64> = (0..k).map(|j| system.rows.iter().zip(&w).map(|(r, v)| r.x[j] * v).sum()).collect();
    // Variance of `w'e`, and its covariance with the score of the instruments.
    let (own, with_score) = match one_variance {
        Some((variance, assumed)) => {
            let spread = system.spread(&w, assumed);
            let own: f64 = w.iter().zip(&spread).map(|(a, b)| a * b).sum();
            (own * variance, system.project(&spread).iter().map(|v| v * variance).collect())
        }
        None => {
            let mut scaled = vec![0.0; e.len()];
            let mut own = 0.0;
            for span in &system.firms {
                let product: f64 = span.clone().map(|i| w[i] * e[i]).sum();
                own += product * product;
                span.clone().for_each(|i| scaled[i] = e[i] * product);
            }
            (own, system.project(&scaled))
        }
    };
    let moved: f64 = step
        .influence(system)
        .iter()
        .zip(&wx)
        .map(|(row, x)| x * row.iter().zip(&with_score).map(|(a, b)| a * b).sum::<f64>())
        .sum();
    let last: f64 = (0..k * k).map(|i| wx[i / k] * covariance[i] * wx[i % k]).sum();
    let variance = own - 2.0 * moved + last;
    let z = (pairs > 0 && variance > 0.0).then(|| numerator / variance.sqrt());
    Autocorrelation { order, pairs, z, p: z.map(normal_two_sided) }
}
