#![doc = include_str!("capital.md")]

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::rows;

pub mod deflator;
pub mod fan;
pub mod initial;
pub mod profile;
pub mod retirement;
pub mod vintage;

/// The page of the method in English.
pub const PAGE: &str = include_str!("capital.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("capital.zh.md");

/// How the stock of the first period is found. `g` is a growth rate, `δ` the depreciation rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Initial {
    /// `K₀ = I₀ / rate` (Zhang, Wu and Zhang 2004; Young 2003).
    #[default]
    Rate,
    /// `K₀ = I₀ / (g + δ)`, `g` of investment (Hall and Jones 1999).
    HallJones,
    /// `K₀ = I₀ / (g + δ)`, `g` of output (Harberger 1978).
    Harberger,
    /// `K₀ = I₀ (1 + g) / (g + δ)`, `g` of investment (Reinsdorf and Cover 2005): the steady state of stocks at the end of the period.
    ReinsdorfCover,
    /// `K₀ = I₁ / (δ + g)`, `g` of investment from period 1 on (Shan 2008).
    Shan,
    /// `K₀` is given for each unit.
    Given,
}

/// A named combination of first stock and depreciation rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// Zhang, Wu and Zhang (2004): `I₀ / 10 %`, `δ = 9.6 %`.
    #[serde(rename = "zhang-wu-zhang-2004")]
    ZhangWuZhang2004,
    /// Shan (2008): `I₁ / (δ + g)` with `g` over the next four periods (1953-57), `δ = 10.96 %`.
    #[serde(rename = "shan-2008")]
    Shan2008,
    /// Young (2003): `I₀ / 10 %`, `δ = 6 %`.
    #[serde(rename = "young-2003")]
    Young2003,
    /// `δ = 5 %` of Wang and Fan (2000) with `I₀ / (g + δ)`; their own first stock is not reproduced.
    #[serde(rename = "wang-fan-2000")]
    WangFan2000,
    /// Hall and Jones (1999): `I₀ / (g + δ)` with `g` over ten periods, `δ = 6 %`.
    #[serde(rename = "hall-jones-1999")]
    HallJones1999,
}

/// What a preset fixes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recipe {
    /// Form of the first stock.
    pub initial: Initial,
    /// Depreciation rate per period.
    pub depreciation: f64,
    /// Divisor of [`Initial::Rate`].
    pub rate: f64,
    /// Periods over which growth is taken.
    pub growth_periods: u32,
}

impl Preset {
    /// All presets.
    pub const ALL: [Self; 5] = [Self::ZhangWuZhang2004, Self::Shan2008, Self::Young2003, Self::WangFan2000, Self::HallJones1999];

    /// What the preset fixes.
    pub fn recipe(self) -> Recipe {
        let recipe = |initial, depreciation, growth_periods| Recipe { initial, depreciation, rate: 0.1, growth_periods };
        match self {
            Self::ZhangWuZhang2004 => recipe(Initial::Rate, 0.096, 10),
            Self::Shan2008 => recipe(Initial::Shan, 0.1096, 4),
            Self::Young2003 => recipe(Initial::Rate, 0.06, 10),
            Self::WangFan2000 => recipe(Initial::HallJones, 0.05, 10),
            Self::HallJones1999 => recipe(Initial::HallJones, 0.06, 10),
        }
    }

    /// Name of authors and year.
    pub fn name(self) -> &'static str {
        match self {
            Self::ZhangWuZhang2004 => "Zhang, Wu and Zhang (2004)",
            Self::Shan2008 => "Shan (2008)",
            Self::Young2003 => "Young (2003)",
            Self::WangFan2000 => "Wang and Fan (2000)",
            Self::HallJones1999 => "Hall and Jones (1999)",
        }
    }
}

/// How growth is measured over its periods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Growth {
    /// Geometric mean: only the first and last value count.
    #[default]
    Ends,
    /// Slope of the logarithm on time by least squares.
    Trend,
}

/// Options of the perpetual inventory.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CapitalOptions {
    /// How the stock of the first period is found.
    pub initial: Initial,
    /// Divisor of investment in the first period (`initial = "rate"`).
    pub rate: f64,
    /// Growth rate `g` per period; measured where it is not given.
    pub growth: Option<f64>,
    /// Periods from the first on over which growth is measured, as many as there are.
    pub growth_periods: u32,
    /// How growth is measured.
    pub growth_from: Growth,
}

impl Default for CapitalOptions {
    fn default() -> Self {
        Self { initial: Initial::Rate, rate: 0.1, growth: None, growth_periods: 10, growth_from: Growth::Ends }
    }
}

/// Investment in one asset. Every slice has one entry per row; rows may stand in any order.
#[derive(Clone, Copy, Debug)]
pub struct Investment<'a> {
    /// Number of the unit of each row.
    pub units: &'a [usize],
    /// Period of each row.
    pub periods: &'a [i32],
    /// Investment in constant prices; `NaN` is missing. See [`deflator::deflate`].
    pub real: &'a [f64],
    /// Depreciation rate `δ` per period, `0 ≤ δ < 1`.
    pub depreciation: &'a [f64],
    /// Output in constant prices, for [`Initial::Harberger`]; may be empty otherwise.
    pub output: &'a [f64],
    /// Stock at the end of the first period with investment, read in its row, for [`Initial::Given`]; may be empty otherwise.
    pub given: &'a [f64],
}

/// What stands behind the stock of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The first stock of the unit.
    First,
    /// The stock before, less depreciation, plus investment.
    Computed,
    /// Nothing: no investment yet, or none any more.
    Missing,
}

/// Where the stock of a unit begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Start {
    /// Number of the unit.
    pub unit: usize,
    /// Row of the first period with investment.
    pub row: usize,
    /// First stock `K₀`, at the end of that period.
    pub stock: f64,
    /// Growth rate used; `NaN` where the form needs none.
    pub growth: f64,
    /// Periods it was measured over; 0 where it was given or not needed.
    pub growth_periods: u32,
}

/// Stocks at the end of each period; columns are aligned with the rows given.
#[derive(Clone, Debug, PartialEq)]
pub struct Stocks {
    /// Stock `K` in constant prices; `NaN` where the status is [`Status::Missing`].
    pub stock: Vec<f64>,
    /// Depreciation of the period, `δ K₋₁`; `NaN` in the first period.
    pub consumption: Vec<f64>,
    /// Share of an error of the first stock that is still there, `Π (1 − δ)`.
    pub error_left: Vec<f64>,
    /// Share of the stock that is left of the first stock, `K₀ Π (1 − δ) / K`.
    pub initial_share: Vec<f64>,
    /// Status of each row.
    pub status: Vec<Status>,
    /// Where each unit begins, by unit.
    pub starts: Vec<Start>,
    /// Largest `|K_T − K₀ Π(1−δ) − Σ I_s Π(1−δ)|` beside the largest stock of the unit: the recursion against its closed form.
    pub residual: f64,
}

/// Periods without investment between periods that have some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Number of the unit.
    pub unit: usize,
    /// First period without investment.
    pub from: i32,
    /// Last period without investment.
    pub to: i32,
}

/// Why a first stock cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum InitialError {
    /// No stock is given in the row of the first period.
    #[error("no stock is given in its first period")]
    NoStock,
    /// The formula gives this, which is no stock.
    #[error("the first stock would be {0}")]
    NotPositive(f64),
    /// Growth needs positive values in at least two periods.
    #[error("growth needs positive values at the beginning and end of at least two periods")]
    NoGrowth,
    /// `g + δ` is not positive: the value.
    #[error("growth plus depreciation is {0}, which must be positive")]
    Denominator(f64),
    /// There is only one period of investment, and the form needs the next.
    #[error("the form needs investment of the second period")]
    OnePeriod,
}

/// Why there are no stocks.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum CapitalError {
    /// Slices differ in length.
    #[error("units, periods, investment and depreciation must have equal length")]
    Shape,
    /// The same unit and period twice.
    #[error(transparent)]
    Duplicate(#[from] rows::Twice),
    /// Investment is infinite: rows.
    #[error("{} values of investment are infinite", .0.len())]
    Infinite(Vec<usize>),
    /// No row has investment.
    #[error("no row has investment")]
    Empty,
    /// Years are missing inside the series of a unit.
    #[error("{} stretches of periods without investment", .0.len())]
    Gaps(Vec<Gap>),
    /// Depreciation rates that are missing or outside `0 ≤ δ < 1`: rows.
    #[error("{} depreciation rates are missing or outside 0 to 1", .0.len())]
    Depreciation(Vec<usize>),
    /// First stocks that cannot be had, by unit.
    #[error("{} units have no first stock", .0.len())]
    Initial(Vec<(usize, InitialError)>),
    /// `rate` is not positive, or `growth_periods` is zero.
    #[error("`rate` must be a positive number and `growth_periods` at least 1")]
    Options,
}

/// Series of one unit: rows in order of period, without gaps.
pub(crate) type Series = Vec<usize>;

/// Rows with investment by unit, in order of period.
///
/// # Errors
/// Duplicates, infinite values, gaps, nothing at all.
pub(crate) fn series(units: &[usize], periods: &[i32], real: &[f64]) -> Result<Vec<Series>, CapitalError> {
    if periods.len() != units.len() || real.len() != units.len() {
        return Err(CapitalError::Shape);
    }
    let mut order = rows::by_unit(units, periods)?;
    let infinite: Vec<usize> = order.iter().copied().filter(|&i| real[i].is_infinite()).collect();
    if !infinite.is_empty() {
        return Err(CapitalError::Infinite(infinite));
    }
    order.retain(|&i| real[i].is_finite());
    let all: Vec<Series> = order.chunk_by(|&a, &b| units[a] == units[b]).map(<[usize]>::to_vec).collect();
    if all.is_empty() {
        return Err(CapitalError::Empty);
    }
    let apart = |w: &[usize]| i64::from(periods[w[1]]) - i64::from(periods[w[0]]) != 1;
    let gaps: Vec<Gap> = all
        .iter()
        .flat_map(|rows| rows.windows(2).filter(|w| apart(w)))
        .map(|w| Gap { unit: units[w[0]], from: periods[w[0]] + 1, to: periods[w[1]] - 1 })
        .collect();
    if gaps.is_empty() { Ok(all) } else { Err(CapitalError::Gaps(gaps)) }
}

/// Perpetual inventory with geometric depreciation: `K_t = (1 − δ_t) K_{t−1} + I_t`, stocks at the end of the period.
///
/// # Errors
/// [`CapitalError`], with all offending rows or units. A gap inside a series is refused, never bridged.
pub fn capital(data: &Investment<'_>, options: &CapitalOptions) -> Result<Stocks, CapitalError> {
    let n = data.units.len();
    let fits = |column: &[f64]| column.is_empty() || column.len() == n;
    if data.depreciation.len() != n || !fits(data.output) || !fits(data.given) {
        return Err(CapitalError::Shape);
    }
    if !(options.rate > 0.0 && options.rate.is_finite()) || options.growth_periods == 0 {
        return Err(CapitalError::Options);
    }
    let all = series(data.units, data.periods, data.real)?;
    let rows = all.iter().flatten().copied();
    let bad: Vec<usize> = rows.filter(|&i| !(0.0..1.0).contains(&data.depreciation[i])).collect();
    if !bad.is_empty() {
        return Err(CapitalError::Depreciation(bad));
    }
    let (mut starts, mut refused) = (Vec::new(), Vec::new());
    for rows in &all {
        match initial::start(data, options, rows) {
            Ok(start) => starts.push(start),
            Err(why) => refused.push((data.units[rows[0]], why)),
        }
    }
    if !refused.is_empty() {
        return Err(CapitalError::Initial(refused));
    }
    let missing = || vec![f64::NAN; n];
    let mut result = Stocks {
        stock: missing(),
        consumption: missing(),
        error_left: missing(),
        initial_share: missing(),
        status: vec![Status::Missing; n],
        starts,
        residual: 0.0,
    };
    for (rows, start) in all.iter().zip(result.starts.clone()) {
        let (mut stock, mut left) = (start.stock, 1.0);
        for (t, &i) in rows.iter().enumerate() {
            if t > 0 {
                let lost = data.depreciation[i] * stock;
                stock = stock - lost + data.real[i];
                left *= 1.0 - data.depreciation[i];
                result.consumption[i] = lost;
            }
            result.stock[i] = stock;
            result.error_left[i] = left;
            result.initial_share[i] = if start.stock == 0.0 { 0.0 } else { start.stock * left / stock };
            result.status[i] = if t == 0 { Status::First } else { Status::Computed };
        }
        result.residual = result.residual.max(unrolled(data, rows, start.stock, stock));
    }
    Ok(result)
}

/// The last stock against `K₀ Π(1−δ) + Σ_s I_s Π_{u>s}(1−δ_u)`, summed from the last period backwards.
fn unrolled(data: &Investment<'_>, rows: &[usize], first: f64, last: f64) -> f64 {
    let (mut weight, mut sum, mut largest) = (1.0, 0.0, last.abs());
    for &i in rows[1..].iter().rev() {
        sum += weight * data.real[i];
        largest = f64::max(largest, data.real[i].abs());
        weight *= 1.0 - data.depreciation[i];
    }
    let largest = largest.max(first.abs());
    if largest == 0.0 { 0.0 } else { (sum + weight * first - last).abs() / largest }
}

#[cfg(test)]
#[path = "capital_tests.rs"]
mod tests;
