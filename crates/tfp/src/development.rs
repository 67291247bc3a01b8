#![doc = include_str!("development.md")]

use std::collections::BTreeMap;

use numerics::moments::{mean, quantile};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::rows;

/// The page of the method in English.
pub const PAGE: &str = include_str!("development.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("development.zh.md");

/// How inputs and productivity share output per worker `y`; `α` is the share of capital.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// `y = A k^α h^(1-α)` with capital per worker; Caselli (2005).
    #[default]
    CapitalLabour,
    /// `y = A (K/Y)^(α/(1-α)) h` with the capital-output ratio: capital that productivity calls forth counts as
    /// productivity; Klenow and Rodriguez-Clare (1997), Hall and Jones (1999).
    CapitalOutput,
}

/// Returns to years of schooling by which human capital is computed, `h = exp φ(years)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Returns {
    /// 13.4 % a year up to 4 years, 10.1 % up to 8, 6.8 % beyond: Hall and Jones (1999), Penn World Table.
    #[default]
    HallJones,
    /// 18.0 % a year up to 6 years, 13.4 % up to 12, 15.1 % beyond: returns for China in Psacharopoulos and Patrinos
    /// (2004), usual in Chinese studies.
    China,
}

impl Returns {
    /// Human capital per worker after years of schooling `>= 0`; `NaN` for others.
    pub fn human_capital(self, years: f64) -> f64 {
        let (ends, rates) = match self {
            Self::HallJones => ([4.0, 8.0], [0.134, 0.101, 0.068]),
            Self::China => ([6.0, 12.0], [0.180, 0.134, 0.151]),
        };
        if years.is_nan() || years < 0.0 {
            return f64::NAN;
        }
        let low = years.min(ends[0]);
        let middle = (years.min(ends[1]) - ends[0]).max(0.0);
        let high = (years - ends[1]).max(0.0);
        (rates[0] * low + rates[1] * middle + rates[2] * high).exp()
    }
}

/// Options of development accounting.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DevelopmentOptions {
    /// How inputs and productivity share output per worker.
    pub form: Form,
    /// Share of capital `α`, between 0 and 1.
    pub capital_share: f64,
    /// Number of the unit whose factors are 1 in each period; the geometric mean of the units when absent.
    pub base_unit: Option<usize>,
    /// How many of the richest and of the poorest units are held against each other.
    pub ends: usize,
}

impl Default for DevelopmentOptions {
    fn default() -> Self {
        Self { form: Form::default(), capital_share: 1.0 / 3.0, base_unit: None, ends: 5 }
    }
}

/// Levels of a panel. Every slice has one entry per row; rows may stand in any order; `NaN` is missing.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// Number of the unit of each row.
    pub units: &'a [usize],
    /// Period of each row.
    pub periods: &'a [i32],
    /// Output `> 0`, in prices common to the units.
    pub output: &'a [f64],
    /// Capital stock `> 0`, in prices common to the units.
    pub capital: &'a [f64],
    /// Persons or hours `> 0`.
    pub labour: &'a [f64],
    /// Human capital per person or hour `> 0`; 1 when absent.
    pub human_capital: Option<&'a [f64]>,
}

/// What stands behind the factors of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// All factors.
    Computed,
    /// Nothing: output, capital, labour or human capital is missing.
    Missing,
    /// Nothing: the base unit has no complete row in this period.
    NoBase,
}

/// What factors explain of the differences between the units of a period; `NaN` where all units are alike or there
/// are fewer than two.
#[derive(Clone, Debug, PartialEq)]
pub struct Dispersion {
    /// Period.
    pub period: i32,
    /// Units.
    pub units: usize,
    /// Variance of `ln y`, denominator `n - 1`.
    pub output: f64,
    /// Variance of `ln X`, the product of capital and human capital.
    pub factors: f64,
    /// Variance of `ln A`.
    pub productivity: f64,
    /// Twice the covariance of `ln X` and `ln A`: the three add up to the variance of `ln y`.
    pub covariance: f64,
    /// `var ln X / var ln y`, success 1 of Caselli (2005).
    pub success_variance: f64,
    /// 90th to 10th percentile of `X` over that of `y`, success 2 of Caselli (2005). Percentiles interpolate (type 7).
    pub success_percentiles: f64,
    /// `cov(ln X, ln y) / var ln y`, the part of factors in Klenow and Rodriguez-Clare (1997); covariance is halved.
    pub share_factors: f64,
    /// Units at each end of the next ratios; fewer than asked where units would meet in the middle.
    pub ends: usize,
    /// Geometric mean of `y`, capital, human capital and `A` of the richest units over that of the poorest (Hall and
    /// Jones 1999); the first is the product of the others.
    pub ratios: [f64; 4],
}

/// Result of development accounting; columns are aligned with the rows given.
#[derive(Clone, Debug, PartialEq)]
pub struct Development {
    /// Output per worker relative to the base.
    pub output: Vec<f64>,
    /// Factor of capital: `(K/L)^α` or `(K/Y)^(α/(1-α))`, relative to the base.
    pub capital: Vec<f64>,
    /// Factor of human capital: `h^(1-α)` or `h`, relative to the base.
    pub human_capital: Vec<f64>,
    /// Productivity relative to the base. Output-based in the form of the capital-output ratio: `A^(1/(1-α))` of the
    /// other form.
    pub productivity: Vec<f64>,
    /// Status of each row.
    pub status: Vec<Status>,
    /// Dispersion of each period with a complete row, whether or not it has a base.
    pub dispersion: Vec<Dispersion>,
    /// Largest `|ln capital + ln human capital + ln A - ln y|` and difference between the variance of `ln y` and its
    /// parts, each beside the largest term where that exceeds 1.
    pub residual: f64,
}

/// Why levels cannot be accounted for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DevelopmentError {
    /// Slices differ in length.
    #[error("units, periods, output, capital, labour and human capital must have equal length")]
    Shape,
    /// Values whose logarithm does not exist: (column in the order of [`Data`], row).
    #[error("{} values are zero, negative or infinite; logarithms need positive numbers", .0.len())]
    NotPositive(Vec<(usize, usize)>),
    /// The same unit and period twice.
    #[error(transparent)]
    Duplicate(#[from] rows::Twice),
    /// No row is complete.
    #[error("no row has output, capital, labour and human capital")]
    Empty,
    /// The base unit has no complete row.
    #[error("the base unit has no row with output, capital, labour and human capital")]
    Base,
    /// The share of capital is not between 0 and 1, or no unit stands at the ends.
    #[error("the share of capital must lie between 0 and 1, and at least one unit must stand at each end")]
    Options,
}

/// Development accounting: output per worker of each unit and period as the product of capital, human capital and
/// productivity relative to a base, and what the factors explain of the dispersion in each period.
///
/// # Errors
/// [`DevelopmentError`]; all offending cells are listed.
pub fn development(data: &Data<'_>, options: &DevelopmentOptions) -> Result<Development, DevelopmentError> {
    check(data, options)?;
    let n = data.units.len();
    let columns: Vec<&[f64]> = [data.output, data.capital, data.labour].into_iter().chain(data.human_capital).collect();
    let mut periods: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
    let order = rows::by_period(data.units, data.periods)?;
    for i in order.into_iter().filter(|&i| columns.iter().all(|c| c[i].is_finite())) {
        periods.entry(data.periods[i]).or_default().push(i);
    }
    if periods.is_empty() {
        return Err(DevelopmentError::Empty);
    }
    let mut result = Development {
        output: vec![f64::NAN; n],
        capital: vec![f64::NAN; n],
        human_capital: vec![f64::NAN; n],
        productivity: vec![f64::NAN; n],
        status: vec![Status::Missing; n],
        dispersion: Vec::new(),
        residual: 0.0,
    };
    for (period, rows) in periods {
        // Logarithms of output per worker, capital, human capital and productivity of each unit.
        let logs: Vec<[f64; 4]> = rows.iter().map(|&i| logs(data, options, i)).collect();
        let zero = match options.base_unit {
            None => Some(std::array::from_fn(|f| mean(&logs.iter().map(|l| l[f]).collect::<Vec<_>>()))),
            Some(unit) => rows.iter().position(|&i| data.units[i] == unit).map(|r| logs[r]),
        };
        for (&i, log) in rows.iter().zip(&logs) {
            let terms = log[1].abs().max(log[2].abs()).max(log[3].abs()).max(1.0);
            result.residual = result.residual.max((log[1] + log[2] + log[3] - log[0]).abs() / terms);
            let Some(zero) = zero else {
                result.status[i] = Status::NoBase;
                continue;
            };
            result.status[i] = Status::Computed;
            let factor = |f: usize| (log[f] - zero[f]).exp();
            result.output[i] = factor(0);
            result.capital[i] = factor(1);
            result.human_capital[i] = factor(2);
            result.productivity[i] = factor(3);
        }
        let (dispersion, residual) = dispersion(period, logs, options.ends);
        result.dispersion.push(dispersion);
        result.residual = result.residual.max(residual);
    }
    if options.base_unit.is_some() && !result.status.contains(&Status::Computed) {
        return Err(DevelopmentError::Base);
    }
    Ok(result)
}

fn logs(data: &Data<'_>, options: &DevelopmentOptions, i: usize) -> [f64; 4] {
    let share = options.capital_share;
    let output = (data.output[i] / data.labour[i]).ln();
    let human = data.human_capital.map_or(0.0, |h| h[i].ln());
    let (capital, human) = match options.form {
        Form::CapitalLabour => (share * (data.capital[i] / data.labour[i]).ln(), (1.0 - share) * human),
        Form::CapitalOutput => (share / (1.0 - share) * (data.capital[i] / data.output[i]).ln(), human),
    };
    [output, capital, human, output - capital - human]
}

fn dispersion(period: i32, mut logs: Vec<[f64; 4]>, ends: usize) -> (Dispersion, f64) {
    let n = logs.len();
    let column = |f: &dyn Fn(&[f64; 4]) -> f64| logs.iter().map(f).collect::<Vec<f64>>();
    let (y, x, a) = (column(&|l| l[0]), column(&|l| l[1] + l[2]), column(&|l| l[3]));
    let covariance = |u: &[f64], v: &[f64]| {
        let (mu, mv) = (mean(u), mean(v));
        u.iter().zip(v).map(|(u, v)| (u - mu) * (v - mv)).sum::<f64>() / (n as f64 - 1.0)
    };
    let known = |v: f64| if v.is_finite() { v } else { f64::NAN };
    let (output, factors, productivity) = (covariance(&y, &y), covariance(&x, &x), covariance(&a, &a));
    let both = 2.0 * covariance(&x, &a);
    let residual = if n > 1 {
        (output - factors - productivity - both).abs() / output.max(factors).max(productivity).max(both.abs()).max(1.0)
    } else {
        0.0
    };
    let spread = |mut v: Vec<f64>| {
        v.sort_by(f64::total_cmp);
        quantile(&v, 0.9) - quantile(&v, 0.1)
    };
    let alike = n < 2 || output == 0.0;
    let over = |v: f64| if alike { f64::NAN } else { known(v) };
    let (share, percentiles) = (covariance(&x, &y) / output, (spread(x) - spread(y)).exp());
    logs.sort_by(|a, b| a.iter().zip(b).map(|(a, b)| b.total_cmp(a)).find(|o| o.is_ne()).unwrap_or(std::cmp::Ordering::Equal));
    let ends = ends.min(n / 2);
    let ratio = |f: usize| {
        let of = |part: &[[f64; 4]]| mean(&part.iter().map(|l| l[f]).collect::<Vec<_>>());
        (of(&logs[..ends]) - of(&logs[n - ends..])).exp()
    };
    let dispersion = Dispersion {
        period,
        units: n,
        output: known(output),
        factors: known(factors),
        productivity: known(productivity),
        covariance: known(both),
        success_variance: over(factors / output),
        success_percentiles: over(percentiles),
        share_factors: over(share),
        ends,
        ratios: std::array::from_fn(ratio),
    };
    (dispersion, residual)
}

fn check(data: &Data<'_>, options: &DevelopmentOptions) -> Result<(), DevelopmentError> {
    let n = data.units.len();
    let columns: Vec<&[f64]> = [data.output, data.capital, data.labour].into_iter().chain(data.human_capital).collect();
    if data.periods.len() != n || columns.iter().any(|c| c.len() != n) {
        return Err(DevelopmentError::Shape);
    }
    if !(options.capital_share > 0.0 && options.capital_share < 1.0) || options.ends == 0 {
        return Err(DevelopmentError::Options);
    }
    let bad = |x: f64| x <= 0.0 || x.is_infinite();
    let cells: Vec<(usize, usize)> =
        columns.iter().enumerate().flat_map(|(c, column)| (0..n).filter(move |&i| bad(column[i])).map(move |i| (c, i))).collect();
    if cells.is_empty() { Ok(()) } else { Err(DevelopmentError::NotPositive(cells)) }
}

#[cfg(test)]
#[path = "development_tests.rs"]
mod tests;
