//! When assets leave service: shares of a vintage by length of life.
//!
//! The density `f(L)` of the chosen pattern is gathered into whole lives `1, 2, …`, each from the half year before to the
//! half year after it, and scaled to the sum 1. What is cut off (below half a year, beyond the longest life) is `10⁻⁹` at most
//! for the skewed patterns.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Distribution of lives around the mean life `T`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Pattern {
    /// All at the mean life; a life between two whole numbers is split so that the mean holds.
    Simultaneous,
    /// Symmetric Winfrey curve `(1 − ((L − T) / T)²)^m` on `0 < L < 2T`; spread = `m`: 3.7 for S-2, 6.902 for S-3.
    #[default]
    Winfrey,
    /// Lognormal; spread = standard deviation over mean.
    Lognormal,
    /// Weibull `S(L) = exp(−(λL)^α)`, `λ = Γ(1 + 1/α) / T`; spread = `α`.
    Weibull,
    /// Normal cut off at 0 and `2T`; spread = standard deviation over mean, before the cut.
    TruncatedNormal,
}

impl Pattern {
    /// Spread where none is given: S-2, a quarter of the mean, `α = 2`.
    pub fn default_spread(self) -> f64 {
        match self {
            Self::Simultaneous => 0.0,
            Self::Winfrey => 3.7,
            Self::Lognormal | Self::TruncatedNormal => 0.25,
            Self::Weibull => 2.0,
        }
    }
}

/// Why there is no distribution of lives.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum RetirementError {
    /// The mean life is not between 1 and 200 periods.
    #[error("the mean life {0} is not between 1 and 200 periods")]
    Life(f64),
    /// The spread is out of bounds.
    #[error(
        "the spread {0} is outside its bounds: Winfrey 0 to 60, lognormal and truncated normal above 0 to 1, Weibull 0.5 to 50"
    )]
    Spread(f64),
}

/// Longest life beside the mean life.
const LONGEST: f64 = 20.0;
/// Share of a vintage that may be cut off.
const CUT: f64 = 1e-9;

/// Share of a vintage with life `L = 1, 2, …` (first entry: life 1); sums to 1.
///
/// # Errors
/// [`RetirementError`].
pub fn lives(pattern: Pattern, life: f64, spread: f64) -> Result<Vec<f64>, RetirementError> {
    if !(1.0..=200.0).contains(&life) {
        return Err(RetirementError::Life(life));
    }
    let fits = match pattern {
        Pattern::Simultaneous => true,
        Pattern::Winfrey => spread > 0.0 && spread <= 60.0,
        Pattern::Lognormal | Pattern::TruncatedNormal => spread > 0.0 && spread <= 1.0,
        Pattern::Weibull => (0.5..=50.0).contains(&spread),
    };
    if !fits {
        return Err(RetirementError::Spread(spread));
    }
    let shares = match pattern {
        Pattern::Simultaneous => {
            let (whole, part) = (life.floor(), life.fract());
            let mut shares = vec![0.0; whole as usize + 1];
            shares[whole as usize - 1] = 1.0 - part;
            shares[whole as usize] = part;
            shares
        }
        Pattern::Winfrey => gather(2.0 * life, |from, to| winfrey(from / life - 1.0, to / life - 1.0, spread)),
        Pattern::Lognormal => {
            let s2 = spread.mul_add(spread, 1.0).ln();
            let (mean, sd) = (life.ln() - s2 / 2.0, s2.sqrt());
            gather(LONGEST * life, |from, to| between((from.ln() - mean) / sd, (to.ln() - mean) / sd))
        }
        Pattern::Weibull => {
            let lambda = libm::tgamma(1.0 + 1.0 / spread) / life;
            let alive = |at: f64| (-(lambda * at).powf(spread)).exp();
            gather(LONGEST * life, |from, to| alive(from) - alive(to))
        }
        Pattern::TruncatedNormal => {
            let sd = spread * life;
            gather(2.0 * life, |from, to| between((from - life) / sd, (to - life) / sd))
        }
    };
    let (mut end, mut tail) = (shares.len(), 0.0);
    let cut = CUT * shares.iter().sum::<f64>();
    while end > 1 && tail + shares[end - 1] <= cut {
        end -= 1;
        tail += shares[end];
    }
    let total: f64 = shares[..end].iter().rev().sum();
    Ok(shares[..end].iter().map(|s| s / total).collect())
}

/// Probabilities of whole lives, up to a longest life.
fn gather(longest: f64, mass: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    // Half years before the first life go to it.
    let share = |life: usize| {
        let from = if life == 1 { 0.0 } else { life as f64 - 0.5 };
        let to = (life as f64 + 0.5).min(longest);
        if to > from { mass(from, to).max(0.0) } else { 0.0 }
    };
    (1..=(longest + 0.5).ceil() as usize).map(share).collect()
}

/// `P(a < Z < b)` of the standard normal, from the tail that loses fewer digits.
fn between(a: f64, b: f64) -> f64 {
    let upper = |z: f64| libm::erfc(z / std::f64::consts::SQRT_2) / 2.0;
    if a > 0.0 { upper(a) - upper(b) } else { upper(-b) - upper(-a) }
}

/// `∫ (1 − x²)^m` between two points of `[−1, 1]` by Simpson's rule on 256 strips of the arc `x = sin θ`, where the
/// integrand `cos^(2m+1) θ` has no kink.
fn winfrey(from: f64, to: f64, m: f64) -> f64 {
    let (a, b) = (from.clamp(-1.0, 1.0).asin(), to.clamp(-1.0, 1.0).asin());
    let strips = 256;
    let h = (b - a) / f64::from(strips);
    let value = |i: i32| h.mul_add(f64::from(i), a).cos().max(0.0).powf(2.0f64.mul_add(m, 1.0));
    let inner: f64 = (1..strips).map(|i| if i % 2 == 1 { 4.0 } else { 2.0 } * value(i)).sum();
    (value(0) + inner + value(strips)) * h / 3.0
}

/// Peak of a Winfrey curve in per cent a tenth of the mean life, `F₀` of the printed tables.
pub fn winfrey_peak(m: f64) -> f64 {
    10.0 / winfrey(-1.0, 1.0, m)
}

/// Mean of a distribution of lives.
pub fn mean_life(lives: &[f64]) -> f64 {
    lives.iter().enumerate().map(|(i, p)| (i + 1) as f64 * p).sum()
}

#[cfg(test)]
#[path = "retirement_tests.rs"]
mod tests;
