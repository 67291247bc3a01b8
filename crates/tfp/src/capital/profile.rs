//! What is left of a vintage by age: in service, in efficiency, in price.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::retirement::{self, Pattern, RetirementError};

/// Options of an age profile.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProfileOptions {
    /// Distribution of lives.
    pub pattern: Pattern,
    /// Mean life in periods.
    pub life: f64,
    /// Spread of lives; see [`Pattern`]. The pattern's own where it is not given.
    pub spread: Option<f64>,
    /// `b` of the hyperbolic age-efficiency `(L − n) / (L − b n)`: 0 linear, 1 full efficiency to the end.
    pub efficiency: f64,
    /// Real rate per period at which services are discounted in the age-price profile.
    pub discount: f64,
}

impl Default for ProfileOptions {
    fn default() -> Self {
        Self { pattern: Pattern::Winfrey, life: 20.0, spread: None, efficiency: 0.5, discount: 0.04 }
    }
}

/// What is left of one unit of a vintage at age `n = 0, 1, …` whole periods; the last entry is zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Share in service, `S(n) = P(L > n)`: weights of the gross stock.
    pub survival: Vec<f64>,
    /// Efficiency, `E(n) = Σ_L P(L) (L − n)⁺ / (L − b n)`: weights of the productive stock.
    pub efficiency: Vec<f64>,
    /// Price beside a new asset, `Σ_{s≥n} E(s) (1+r)^(n−s) / Σ_s E(s) (1+r)^(−s)`: weights of the net (wealth) stock.
    pub price: Vec<f64>,
    /// Mean of the lives after gathering into whole periods.
    pub mean_life: f64,
}

/// Why there is no profile.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum ProfileError {
    /// Distribution of lives.
    #[error(transparent)]
    Retirement(#[from] RetirementError),
    /// `b` above 1 would make old assets better than new ones.
    #[error("the efficiency parameter {0} is not a number from -10 to 1")]
    Efficiency(f64),
    /// The discount rate is not a number above -1.
    #[error("the discount rate {0} is not a number above -1")]
    Discount(f64),
}

/// Hyperbolic age-efficiency of one asset with life `L` at age `n`: `(L − n) / (L − b n)` before `L`, zero from `L` on.
///
/// At `b = 1` this is 1 until the end and 0 from `L` on, where the formula itself is 0/0.
pub fn age_efficiency(life: f64, b: f64, age: f64) -> f64 {
    if age < life { (life - age) / b.mul_add(-age, life) } else { 0.0 }
}

/// Age-price profile of an age-efficiency profile: services still to come, discounted, beside those of a new asset.
///
/// Services come at the end of each period; when in the period they come does not change the profile.
pub fn age_price(efficiency: &[f64], discount: f64) -> Vec<f64> {
    let mut worth = 0.0;
    let mut price: Vec<f64> = efficiency
        .iter()
        .rev()
        .map(|e| {
            worth = e + worth / (1.0 + discount);
            worth
        })
        .collect();
    price.reverse();
    let new = price.first().copied().unwrap_or(1.0);
    price.iter().map(|p| p / new).collect()
}

/// Age profile of a vintage whose assets have different lives.
///
/// # Errors
/// [`ProfileError`].
pub fn profile(options: &ProfileOptions) -> Result<Profile, ProfileError> {
    let b = options.efficiency;
    if !(-10.0..=1.0).contains(&b) {
        return Err(ProfileError::Efficiency(b));
    }
    if !(options.discount > -1.0 && options.discount.is_finite()) {
        return Err(ProfileError::Discount(options.discount));
    }
    let spread = options.spread.unwrap_or_else(|| options.pattern.default_spread());
    let lives = retirement::lives(options.pattern, options.life, spread)?;
    let ages = lives.len();
    // From the longest life down, so that shares that are left are added small to large.
    let mut survival = vec![0.0; ages + 1];
    for n in (0..ages).rev() {
        survival[n] = survival[n + 1] + lives[n];
    }
    let at = |n: usize| -> f64 {
        let one = |l: usize| lives[l - 1] * age_efficiency(l as f64, b, n as f64);
        (n + 1..=ages).rev().map(one).sum()
    };
    let efficiency: Vec<f64> = (0..=ages).map(at).collect();
    let price = age_price(&efficiency, options.discount);
    Ok(Profile { survival, efficiency, price, mean_life: retirement::mean_life(&lives) })
}

/// Geometric rate at which an asset of life `T` falls to the residual value `s`: `δ = 1 − s^(1/T)`.
pub fn geometric_rate(life: f64, residual: f64) -> f64 {
    -(residual.ln() / life).exp_m1()
}

/// Declining-balance rate `δ = R / T`.
pub fn declining_balance(life: f64, rate: f64) -> f64 {
    rate / life
}

#[cfg(test)]
#[path = "profile_tests.rs"]
mod tests;
