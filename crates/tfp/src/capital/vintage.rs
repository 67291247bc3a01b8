//! Gross, net and productive stocks from vintages of investment.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CapitalError, Growth, InitialError, Status, initial, profile::Profile, series};

/// What is known of investment before the first period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum History {
    /// It grew at the rate `g` measured in the first periods, or given: `I₋ₖ = I₀ (1 + g)^(−k)`.
    #[default]
    Backcast,
    /// There was none. Stocks are too small until the longest life has passed.
    None,
}

/// Options of stocks by vintage.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct VintageOptions {
    /// What is known of investment before the first period.
    pub history: History,
    /// Growth rate of investment before the first period; measured where it is not given.
    pub growth: Option<f64>,
    /// Periods from the first on over which growth is measured.
    pub growth_periods: u32,
    /// How growth is measured.
    pub growth_from: Growth,
    /// Factor of investment before the first period.
    pub scale: f64,
}

impl Default for VintageOptions {
    fn default() -> Self {
        Self { history: History::Backcast, growth: None, growth_periods: 10, growth_from: Growth::Ends, scale: 1.0 }
    }
}

/// Stocks at the end of each period, investment of the period at age 0; columns are aligned with the rows given.
#[derive(Clone, Debug, PartialEq)]
pub struct VintageStocks {
    /// Gross stock: everything in service, as new.
    pub gross: Vec<f64>,
    /// Net (wealth) stock: market value in prices of new assets.
    pub net: Vec<f64>,
    /// Productive stock: in units of new efficiency.
    pub productive: Vec<f64>,
    /// Retirements of the period, as new.
    pub retired: Vec<f64>,
    /// Consumption of fixed capital in the period.
    pub consumption: Vec<f64>,
    /// Share of the net stock that comes from before the first period; `NaN` where none is assumed.
    pub initial_share: Vec<f64>,
    /// Price weight of the ages that lie before the first period, beside all ages: what a stock without history lacks.
    pub lacking: Vec<f64>,
    /// Status of each row.
    pub status: Vec<Status>,
    /// Growth before the first period, by unit: number of the unit and rate, `NaN` where none is assumed.
    pub growth: Vec<(usize, f64)>,
    /// Largest `|N_t − N_{t−1} − I_t + D_t|` beside the net stock.
    pub residual: f64,
}

/// Gross, net and productive stocks of investment in constant prices under an age profile.
///
/// # Errors
/// [`CapitalError`]; a gap inside a series is refused, never bridged.
pub fn stocks(
    units: &[usize],
    periods: &[i32],
    real: &[f64],
    profile: &Profile,
    options: &VintageOptions,
) -> Result<VintageStocks, CapitalError> {
    let shape = profile.survival.len();
    if shape == 0 || profile.efficiency.len() != shape || profile.price.len() != shape {
        return Err(CapitalError::Shape);
    }
    if options.growth_periods == 0 || !(options.scale >= 0.0 && options.scale.is_finite()) {
        return Err(CapitalError::Options);
    }
    let all = series(units, periods, real)?;
    let (mut growth, mut refused) = (Vec::new(), Vec::new());
    for rows in &all {
        match before(real, rows, options) {
            Ok(g) => growth.push((units[rows[0]], g)),
            Err(why) => refused.push((units[rows[0]], why)),
        }
    }
    if !refused.is_empty() {
        return Err(CapitalError::Initial(refused));
    }
    let n = units.len();
    let column = || vec![f64::NAN; n];
    let mut result = VintageStocks {
        gross: column(),
        net: column(),
        productive: column(),
        retired: column(),
        consumption: column(),
        initial_share: column(),
        lacking: column(),
        status: vec![Status::Missing; n],
        growth,
        residual: 0.0,
    };
    let lost = |weights: &[f64]| -> Vec<f64> { weights.windows(2).map(|w| w[0] - w[1]).collect() };
    let (retire, consume) = (lost(&profile.survival), lost(&profile.price));
    let weight: f64 = profile.price.iter().sum();
    for (rows, (_, g)) in all.iter().zip(result.growth.clone()) {
        let flow = Flow { real, rows, past: past(real[rows[0]], g, shape, options.scale) };
        for (t, &i) in rows.iter().enumerate() {
            result.gross[i] = flow.sum(t, &profile.survival);
            result.net[i] = flow.sum(t, &profile.price);
            result.productive[i] = flow.sum(t, &profile.efficiency);
            // What is lost between age n and n + 1 is lost one period after the vintage was n old.
            result.retired[i] = flow.sum_before(t, &retire);
            result.consumption[i] = flow.sum_before(t, &consume);
            let old = flow.old(t, &profile.price);
            result.initial_share[i] = if g.is_nan() { f64::NAN } else { old / result.net[i] };
            result.lacking[i] = profile.price.get(t + 1..).map_or(0.0, |p| p.iter().sum::<f64>() / weight);
            result.status[i] = if t == 0 { Status::First } else { Status::Computed };
            if t > 0 {
                let before = result.net[rows[t - 1]];
                let off = (result.net[i] - before - real[i] + result.consumption[i]).abs();
                let largest = result.net[i].abs().max(before.abs()).max(real[i].abs());
                result.residual = result.residual.max(if largest == 0.0 { 0.0 } else { off / largest });
            }
        }
    }
    Ok(result)
}

/// Growth of investment before the first period.
fn before(real: &[f64], rows: &[usize], options: &VintageOptions) -> Result<f64, InitialError> {
    match (options.history, options.growth) {
        (History::None, _) => Ok(f64::NAN),
        (History::Backcast, Some(g)) if g > -1.0 => Ok(g),
        (History::Backcast, Some(g)) => Err(InitialError::Denominator(1.0 + g)),
        (History::Backcast, None) => {
            let values: Vec<f64> = rows.iter().map(|&i| real[i]).collect();
            let measured = initial::growth(&values, options.growth_periods, options.growth_from);
            measured.map(|(g, _)| g).ok_or(InitialError::NoGrowth)
        }
    }
}

/// Investment before the first period, the youngest first; empty where none is assumed.
fn past(first: f64, growth: f64, ages: usize, scale: f64) -> Vec<f64> {
    if growth.is_nan() {
        return Vec::new();
    }
    (1..ages).map(|k| scale * first * (1.0 + growth).powi(-(k as i32))).collect()
}

struct Flow<'a> {
    real: &'a [f64],
    rows: &'a [usize],
    past: Vec<f64>,
}

impl Flow<'_> {
    /// `Σ_n w(n) I_{t−n}` over all vintages at hand.
    fn sum(&self, t: usize, weights: &[f64]) -> f64 {
        let recent: f64 = weights.iter().zip(self.rows[..=t].iter().rev()).map(|(w, &i)| w * self.real[i]).sum();
        recent + self.old(t, weights)
    }

    /// The same over vintages of before the first period.
    fn old(&self, t: usize, weights: &[f64]) -> f64 {
        weights.iter().skip(t + 1).zip(&self.past).map(|(w, i)| w * i).sum()
    }

    /// `Σ_n w(n) I_{t−1−n}`.
    fn sum_before(&self, t: usize, weights: &[f64]) -> f64 {
        match t.checked_sub(1) {
            Some(t) => self.sum(t, weights),
            None => weights.iter().zip(&self.past).map(|(w, i)| w * i).sum(),
        }
    }
}

#[cfg(test)]
#[path = "vintage_tests.rs"]
mod tests;
