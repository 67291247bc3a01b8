#![doc = include_str!("domar.md")]

use numerics::moments::sum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::industries::{self, Industries};

/// The page of the method in English.
pub const PAGE: &str = include_str!("domar.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("domar.zh.md");

/// What the productivity of industries is measured on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Productivity {
    /// Gross output over all inputs (KLEMS): Domar weights, gross output over aggregate value added.
    #[default]
    GrossOutput,
    /// Value added over capital and labour: shares in aggregate value added.
    ValueAdded,
}

/// Two-period weights of gross output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Weights {
    /// Mean of the Domar weights of both periods.
    #[default]
    MeanOfRatios,
    /// Mean share in aggregate value added over the mean share of value added in gross output (Jorgenson, Ho and
    /// Stiroh 2005).
    RatioOfMeans,
}

/// Options of Domar aggregation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DomarOptions {
    /// What the productivity of industries is measured on.
    pub productivity: Productivity,
    /// Two-period weights of gross output.
    pub weights: Weights,
    /// Distance between adjacent periods, the one that growth is measured over.
    pub step: u32,
}

impl Default for DomarOptions {
    fn default() -> Self {
        Self { productivity: Productivity::default(), weights: Weights::default(), step: 1 }
    }
}

/// Capital and labour of industries, for the effects of their reallocation.
#[derive(Clone, Copy, Debug)]
pub struct Factors<'a> {
    /// Capital input `> 0`, in a unit that adds up over industries.
    pub capital: &'a [f64],
    /// Labour input `> 0`, in a unit that adds up over industries.
    pub labour: &'a [f64],
    /// Pay of labour, current prices; capital gets the rest of value added.
    pub labour_pay: &'a [f64],
}

/// Industries of economies over time. Every slice has one entry per row; rows may stand in any order; `NaN` is
/// missing.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// Number of the economy of each row.
    pub economies: &'a [usize],
    /// Number of the industry of each row.
    pub industries: &'a [usize],
    /// Period of each row.
    pub periods: &'a [i32],
    /// Gross output `> 0`, current prices. Not used where productivity is measured on value added.
    pub gross_output: &'a [f64],
    /// Value added, current prices.
    pub value_added: &'a [f64],
    /// Growth of TFP (log) from the period `step` earlier.
    pub tfp: &'a [f64],
    /// Capital and labour, where reallocation is asked for.
    pub factors: Option<Factors<'a>>,
}

/// One industry in one period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// Economy.
    pub economy: usize,
    /// Industry.
    pub industry: usize,
    /// Period.
    pub period: i32,
    /// Two-period weight.
    pub weight: f64,
    /// Growth of TFP of the industry.
    pub tfp: f64,
    /// Weight times growth: points of aggregate TFP growth.
    pub contribution: f64,
    /// Share of its capital pay in aggregate value added times the growth of its capital beyond the aggregate.
    pub capital: f64,
    /// The same of labour.
    pub labour: f64,
}

/// What stands behind an aggregate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Every industry is known.
    Computed,
    /// Industries that are not known: (industry, period). Nothing is computed.
    Incomplete(Vec<(usize, i32)>),
    /// Aggregate value added is not positive. Nothing is computed.
    NoValueAdded,
}

/// One economy in one period; numbers are `NaN` unless computed.
#[derive(Clone, Debug, PartialEq)]
pub struct Total {
    /// Economy.
    pub economy: usize,
    /// Period.
    pub period: i32,
    /// Sum of the weights; with gross output above 1 where industries deliver to one another.
    pub weights: f64,
    /// `Σ D̄ Δln A`.
    pub domar: f64,
    /// `Σ κ̄ (Δln K_i - Δln K)`; `NaN` without factors.
    pub capital: f64,
    /// `Σ λ̄ (Δln L_i - Δln L)`; `NaN` without factors.
    pub labour: f64,
    /// Growth of aggregate TFP: of value added over total capital and labour, the sum of the three; `NaN` without
    /// factors.
    pub aggregate: f64,
    /// Status.
    pub status: Status,
}

/// Result of Domar aggregation.
#[derive(Clone, Debug, PartialEq)]
pub struct Domar {
    /// By economy and period.
    pub totals: Vec<Total>,
    /// By economy, period and industry, for computed totals.
    pub parts: Vec<Part>,
    /// Largest difference between aggregate TFP from totals (growth of value added less that of capital and labour
    /// times their shares) and the sum of contributions and reallocations, beside the largest term.
    pub residual: f64,
}

/// Why industries cannot be aggregated.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DomarError {
    /// Slices differ in length or are empty.
    #[error("all columns must have equal length and a row")]
    Shape,
    /// Rows with gross output, capital or labour that is not positive, or anything infinite.
    #[error("{} rows have gross output, capital or labour that is not positive, or an infinite number", .0.len())]
    Impossible(Vec<usize>),
    /// Ratio of means needs value added above zero in each industry: rows.
    #[error("{} rows have no value added, by which the ratio of means divides", .0.len())]
    ValueAdded(Vec<usize>),
    /// Reallocation needs productivity on gross output or value added with weights that are means of ratios.
    #[error("reallocation is defined with the mean of ratios")]
    Reallocation,
    /// The same economy, industry and period twice.
    #[error(transparent)]
    Duplicate(#[from] industries::Twice),
    /// `step` is zero.
    #[error("the step between adjacent periods must be at least 1")]
    Step,
}

/// Aggregate TFP growth from industries, `Σ D̄ Δln A`, and with factors the reallocation of capital and labour.
/// The first period of an economy has no entry.
///
/// # Errors
/// [`DomarError`]. Industries missing in a period are a [`Status`], not an error.
pub fn domar(data: &Data<'_>, options: &DomarOptions) -> Result<Domar, DomarError> {
    check(data, options)?;
    let industries = Industries::new(data.economies, data.industries, data.periods)?;
    let times = industries.times();
    let mut result = Domar { totals: Vec::new(), parts: Vec::new(), residual: 0.0 };
    for (t, &(economy, period)) in times.iter().enumerate() {
        if t == 0 || times[t - 1].0 != economy {
            continue;
        }
        let before = period.checked_sub_unsigned(options.step);
        let row = |k: usize, p: Option<i32>| p.and_then(|p| industries.row(economy, p, k));
        let pairs: Vec<(usize, Option<usize>, Option<usize>)> =
            industries.of[&economy].iter().map(|&k| (k, row(k, Some(period)), row(k, before))).collect();
        result.add(data, options, (economy, period, before.unwrap_or(i32::MIN)), &pairs);
    }
    Ok(result)
}

impl Domar {
    fn add(
        &mut self,
        data: &Data<'_>,
        options: &DomarOptions,
        (economy, period, before): (usize, i32, i32),
        pairs: &[(usize, Option<usize>, Option<usize>)],
    ) {
        let gross = options.productivity == Productivity::GrossOutput;
        let known = |i: usize| {
            let factors = data.factors.map_or(0.0, |f| f.capital[i] + f.labour[i] + f.labour_pay[i]);
            (if gross { data.gross_output[i] } else { 0.0 } + data.value_added[i] + factors).is_finite()
        };
        let mut missing = Vec::new();
        let mut rows = Vec::new();
        for &(k, now, then) in pairs {
            let now = now.filter(|&i| known(i) && data.tfp[i].is_finite());
            let then = then.filter(|&i| known(i));
            missing.extend(now.is_none().then_some((k, period)));
            missing.extend(then.is_none().then_some((k, before)));
            rows.extend(now.zip(then).map(|(i, j)| (k, i, j)));
        }
        let over = |f: &dyn Fn(usize, usize) -> f64| sum(&rows.iter().map(|r| f(r.1, r.2)).collect::<Vec<_>>());
        let value = [over(&|i, _| data.value_added[i]), over(&|_, j| data.value_added[j])];
        let status = if !missing.is_empty() {
            Status::Incomplete(missing)
        } else if value.iter().any(|v| *v <= 0.0) {
            Status::NoValueAdded
        } else {
            Status::Computed
        };
        let nothing = f64::NAN;
        let mut total = Total {
            economy,
            period,
            weights: nothing,
            domar: nothing,
            capital: nothing,
            labour: nothing,
            aggregate: nothing,
            status,
        };
        if total.status != Status::Computed {
            self.totals.push(total);
            return;
        }
        let mean = |column: &[f64], i: usize, j: usize| f64::midpoint(column[i] / value[0], column[j] / value[1]);
        let weight = |i: usize, j: usize| match (options.productivity, options.weights) {
            (Productivity::ValueAdded, _) => mean(data.value_added, i, j),
            (_, Weights::MeanOfRatios) => mean(data.gross_output, i, j),
            (_, Weights::RatioOfMeans) => {
                let share = |r: usize| data.value_added[r] / data.gross_output[r];
                mean(data.value_added, i, j) / f64::midpoint(share(i), share(j))
            }
        };
        // Shares of the pay of a factor in aggregate value added, and the growth of its total.
        let (capital_growth, labour_growth) = match data.factors {
            Some(f) => {
                let growth = |c: &[f64]| (over(&|i, _| c[i]) / over(&|_, j| c[j])).ln();
                (growth(f.capital), growth(f.labour))
            }
            None => (nothing, nothing),
        };
        let (mut value_growth, mut capital_share, mut labour_share, mut largest) = (0.0, 0.0, 0.0, 1.0_f64);
        let first = self.parts.len();
        for &(industry, i, j) in &rows {
            let weight = weight(i, j);
            let contribution = weight * data.tfp[i];
            let (mut capital, mut labour) = (nothing, nothing);
            if let Some(f) = data.factors {
                let pay = mean(f.labour_pay, i, j);
                let rest = mean(data.value_added, i, j) - pay;
                let (k, l) = ((f.capital[i] / f.capital[j]).ln(), (f.labour[i] / f.labour[j]).ln());
                capital = rest * (k - capital_growth);
                labour = pay * (l - labour_growth);
                value_growth += contribution + rest * k + pay * l;
                capital_share += rest;
                labour_share += pay;
                largest = largest.max((rest * k).abs()).max((pay * l).abs());
            }
            largest = largest.max(contribution.abs());
            self.parts.push(Part { economy, industry, period, weight, tfp: data.tfp[i], contribution, capital, labour });
        }
        let parts = &self.parts[first..];
        let over = |f: fn(&Part) -> f64| sum(&parts.iter().map(f).collect::<Vec<_>>());
        total.weights = over(|p| p.weight);
        total.domar = over(|p| p.contribution);
        if data.factors.is_some() {
            total.capital = over(|p| p.capital);
            total.labour = over(|p| p.labour);
            total.aggregate = total.domar + total.capital + total.labour;
            let from_totals = value_growth - capital_share * capital_growth - labour_share * labour_growth;
            self.residual = self.residual.max((total.aggregate - from_totals).abs() / largest);
        }
        self.totals.push(total);
    }
}

fn check(data: &Data<'_>, options: &DomarOptions) -> Result<(), DomarError> {
    let n = data.periods.len();
    let mut lengths = vec![data.economies.len(), data.industries.len(), data.tfp.len()];
    lengths.extend([data.gross_output.len(), data.value_added.len()]);
    lengths.extend(data.factors.iter().flat_map(|f| [f.capital.len(), f.labour.len(), f.labour_pay.len()]));
    if n == 0 || lengths.iter().any(|l| *l != n) {
        return Err(DomarError::Shape);
    }
    if options.step == 0 {
        return Err(DomarError::Step);
    }
    let gross = options.productivity == Productivity::GrossOutput;
    let ratio = gross && options.weights == Weights::RatioOfMeans;
    if ratio && data.factors.is_some() {
        return Err(DomarError::Reallocation);
    }
    let bad = |x: f64| x <= 0.0 || x.is_infinite();
    let impossible = |i: &usize| {
        let factors = data.factors.is_some_and(|f| bad(f.capital[*i]) || bad(f.labour[*i]) || f.labour_pay[*i].is_infinite());
        gross && bad(data.gross_output[*i]) || data.value_added[*i].is_infinite() || data.tfp[*i].is_infinite() || factors
    };
    let rows: Vec<usize> = (0..n).filter(impossible).collect();
    if !rows.is_empty() {
        return Err(DomarError::Impossible(rows));
    }
    let rows: Vec<usize> = (0..n).filter(|&i| ratio && data.value_added[i] <= 0.0).collect();
    if rows.is_empty() { Ok(()) } else { Err(DomarError::ValueAdded(rows)) }
}

#[cfg(test)]
#[path = "domar_tests.rs"]
mod tests;
