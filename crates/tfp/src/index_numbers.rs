#![doc = include_str!("index_numbers.md")]

pub mod basket;
pub mod bilateral;
mod matched;
mod multilateral;
pub mod splice;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use self::{
    basket::Basket,
    bilateral::Formula,
    matched::{Comparer, Pairs},
    multilateral::Levels,
    splice::Splice,
};

/// The page of the method in English.
pub const PAGE: &str = include_str!("index_numbers.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("index_numbers.zh.md");

/// What the index measures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Prices.
    #[default]
    Price,
    /// Quantities: formulas with the parts of prices and quantities exchanged; for `geary-khamis` and
    /// `time-product-dummy` the ratio of values divided by the price index.
    Quantity,
}

/// How many periods are compared at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// Two periods by `formula`: each with the one before it, multiplied up.
    #[default]
    Chained,
    /// Two periods by `formula`: each with the base period.
    FixedBase,
    /// Two periods by `formula`: each with the one before it.
    PeriodOnPeriod,
    /// All periods of a window: Gini, Eltetö, Köves, Szulc over `formula` (with `tornqvist`: CCDI).
    Geks,
    /// All periods of a window: Geary and Khamis.
    GearyKhamis,
    /// All periods of a window: weighted time product dummy.
    TimeProductDummy,
}

impl Model {
    /// Whether all periods of a window are compared at once.
    pub fn multilateral(self) -> bool {
        matches!(self, Self::Geks | Self::GearyKhamis | Self::TimeProductDummy)
    }
}

/// Options of [`index_numbers`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IndexOptions {
    /// What the index measures.
    pub measure: Measure,
    /// How many periods are compared at once.
    pub model: Model,
    /// Formula of two periods; not read by `geary-khamis` and `time-product-dummy`.
    pub formula: Formula,
    /// Period where the index is 1; the first by default.
    pub base: Option<i32>,
    /// Elasticity of substitution σ of `lloyd-moulton`.
    pub elasticity: Option<f64>,
    /// Periods whose quantities (`lowe`) or values (`young`) are the weights; all by default.
    pub reference: Vec<i32>,
    /// Periods in a window of the multilateral models; all by default.
    pub window: Option<usize>,
    /// How a window that rolls on is tied to the one before.
    pub splice: Splice,
}

/// What stands behind the index of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Computed.
    Computed,
    /// The base period, 1 by definition.
    Base,
    /// Nothing: the first period has none before it.
    First,
    /// Nothing: no product is common with the period it is compared with.
    NoMatch,
    /// Nothing: no unbroken chain of common products ties it to the base.
    Unlinked,
    /// Nothing: the numbers are too large or too small for the computer.
    OutOfRange,
}

/// An index by period.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Periods in order.
    pub periods: Vec<i32>,
    /// The index; `NaN` where the status says that there is none.
    pub index: Vec<f64>,
    /// Status of each period.
    pub status: Vec<Status>,
    /// Number of products compared: common with the period compared with; of multilateral models, those that another
    /// period of the window has.
    pub matched: Vec<usize>,
    /// Their share in the value (in the number, where there are no quantities), mean of the periods compared.
    pub coverage: Vec<f64>,
    /// Comparisons of two periods within a window that have no product in common (GEKS).
    pub missing_pairs: usize,
    /// Largest relative violation of what must hold: of formulas, time and factor reversal where they claim it; of
    /// multilateral models, the equations that define them.
    pub residual: f64,
}

/// Why there is no index.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum IndexError {
    /// Formula or model needs quantities and the basket has none.
    #[error("the index needs quantities")]
    Unweighted,
    /// A period named is none of the basket.
    #[error("{0} is no period of the data")]
    Period(i32),
    /// Lloyd-Moulton without a finite elasticity.
    #[error("`lloyd-moulton` needs a finite elasticity of substitution")]
    Elasticity,
    /// GEKS over a formula that fails time reversal.
    #[error("GEKS needs a formula that satisfies time reversal, and this one does not")]
    NotReversible(Formula),
    /// A window that does not fit.
    #[error("a window must have at least 2 and at most {periods} periods, not {window}")]
    Window {
        /// The window asked for.
        window: usize,
        /// Periods there are.
        periods: usize,
    },
}

/// An index of prices or quantities by period.
///
/// Products that are not in both periods of a comparison are left out of it (matched sample), and the share that stays is
/// given; where nothing is common there is no number, never a 1.
///
/// # Errors
/// Every [`IndexError`] of the options at once.
pub fn index_numbers(basket: &Basket, options: &IndexOptions) -> Result<Series, Vec<IndexError>> {
    let n = basket.periods.len();
    let (base, reference) = check(basket, options)?;
    let implicit = options.measure == Measure::Quantity && matches!(options.model, Model::GearyKhamis | Model::TimeProductDummy);
    let exchanged = (options.measure == Measure::Quantity && !implicit).then(|| basket.exchanged());
    let table = exchanged.as_ref().unwrap_or(basket);
    let elasticity = options.elasticity.unwrap_or(f64::NAN);
    let comparer = Comparer::new(table, options.formula, elasticity, &reference, exchanged.is_none());
    let mut series = match options.model {
        Model::Chained => chained(&comparer, n, base),
        Model::FixedBase => fixed_base(&comparer, n, base),
        Model::PeriodOnPeriod => period_on_period(&comparer, n),
        _ => rolling(table, &comparer, options, base),
    };
    series.periods.clone_from(&basket.periods);
    if implicit {
        let value = basket.value(base);
        for t in (0..n).filter(|&t| t != base) {
            series.index[t] = basket.value(t) / value / series.index[t];
        }
    }
    for t in 0..n {
        let x = series.index[t];
        if matches!(series.status[t], Status::Computed | Status::Base) && !(x.is_finite() && x > 0.0) {
            series.status[t] = Status::OutOfRange;
            series.index[t] = f64::NAN;
        }
    }
    Ok(series)
}

fn check(basket: &Basket, options: &IndexOptions) -> Result<(usize, Vec<usize>), Vec<IndexError>> {
    let n = basket.periods.len();
    let mut errors = Vec::new();
    let by_formula = !matches!(options.model, Model::GearyKhamis | Model::TimeProductDummy);
    let needs =
        options.measure == Measure::Quantity || options.model == Model::GearyKhamis || (by_formula && options.formula.weighted());
    if needs && !basket.weighted {
        errors.push(IndexError::Unweighted);
    }
    let mut place = |period: i32| {
        let found = basket.periods.binary_search(&period).ok();
        if found.is_none() {
            errors.push(IndexError::Period(period));
        }
        found
    };
    let base = options.base.map_or(Some(0), &mut place);
    let mut reference: Vec<usize> = options.reference.iter().filter_map(|&p| place(p)).collect();
    reference.sort_unstable();
    reference.dedup();
    if options.reference.is_empty() {
        reference = (0..n).collect();
    }
    if by_formula && options.formula == Formula::LloydMoulton && !options.elasticity.is_some_and(f64::is_finite) {
        errors.push(IndexError::Elasticity);
    }
    if options.model == Model::Geks && !options.formula.time_reversal() {
        errors.push(IndexError::NotReversible(options.formula));
    }
    if let Some(window) = options.window.filter(|&w| options.model.multilateral() && (w < 2 || w > n)) {
        errors.push(IndexError::Window { window, periods: n });
    }
    match base {
        Some(base) if errors.is_empty() => Ok((base, reference)),
        _ => Err(errors),
    }
}

/// A series of `n` periods without a number yet.
fn blank(n: usize, status: Status) -> Series {
    Series {
        periods: Vec::new(),
        index: vec![f64::NAN; n],
        status: vec![status; n],
        matched: vec![0; n],
        coverage: vec![f64::NAN; n],
        missing_pairs: 0,
        residual: 0.0,
    }
}

fn period_on_period(comparer: &Comparer<'_>, n: usize) -> Series {
    let mut series = blank(n, Status::NoMatch);
    series.status[0] = Status::First;
    for t in 1..n {
        note(&mut series, comparer, t - 1, t);
    }
    series
}

fn chained(comparer: &Comparer<'_>, n: usize, base: usize) -> Series {
    let mut series = period_on_period(comparer, n);
    let links = series.index.clone();
    series.index = vec![f64::NAN; n];
    series.status = vec![Status::Unlinked; n];
    series.index[base] = 1.0;
    series.status[base] = Status::Base;
    // A break is named where it is; what lies beyond it is unlinked.
    let tied = |status: Status| matches!(status, Status::Base | Status::Computed);
    let outwards = (base + 1..n).map(|t| (t, t, t - 1)).chain((0..base).rev().map(|t| (t, t + 1, t + 1)));
    for (t, link, towards) in outwards {
        let step = if t > base { links[link] } else { 1.0 / links[link] };
        series.index[t] = series.index[towards] * step;
        if series.matched[link] == 0 {
            series.status[t] = Status::NoMatch;
        } else if tied(series.status[towards]) {
            series.status[t] = Status::Computed;
        }
    }
    series
}

fn fixed_base(comparer: &Comparer<'_>, n: usize, base: usize) -> Series {
    let mut series = blank(n, Status::NoMatch);
    for t in 0..n {
        note(&mut series, comparer, base, t);
    }
    series.index[base] = 1.0;
    series.status[base] = Status::Base;
    series
}

fn note(series: &mut Series, comparer: &Comparer<'_>, s: usize, t: usize) {
    let found = comparer.compare(s, t);
    series.matched[t] = found.matched;
    series.coverage[t] = found.coverage;
    series.residual = series.residual.max(found.residual);
    if found.matched > 0 {
        series.index[t] = found.index;
        series.status[t] = Status::Computed;
    }
}

fn rolling(basket: &Basket, comparer: &Comparer<'_>, options: &IndexOptions, base: usize) -> Series {
    let n = basket.periods.len();
    let w = options.window.unwrap_or(n);
    let mut series = blank(n, Status::Unlinked);
    let pairs = (options.model == Model::Geks).then(|| Pairs::new(comparer, w));
    series.missing_pairs = pairs.as_ref().map_or(0, |p| p.missing);
    let mut levels = |from: usize, root: usize| {
        let Levels { logs, residual } = match (&pairs, options.model) {
            (Some(pairs), _) => multilateral::geks(pairs, from, w, root),
            (_, Model::GearyKhamis) => multilateral::geary_khamis(basket, from, w, root),
            _ => multilateral::time_product_dummy(basket, from, w, root),
        };
        series.residual = series.residual.max(residual);
        logs
    };
    let mut published = levels(0, base.min(w - 1));
    let mut old = if n > w { levels(0, w - 1) } else { Vec::new() };
    for from in 1..=n - w {
        let new = levels(from, w - 1);
        published.push(options.splice.next(&published, &old, &new));
        old = new;
    }
    let zero = published[base];
    for (t, level) in published.iter().enumerate() {
        let from = (t + 1).saturating_sub(w);
        (series.matched[t], series.coverage[t]) = shared(basket, t, from, from + w);
        if (level - zero).is_finite() {
            series.index[t] = (level - zero).exp();
            series.status[t] = Status::Computed;
        }
    }
    series.index[base] = 1.0;
    series.status[base] = Status::Base;
    series
}

/// Products of a period that another period of `from..to` has: their number and share.
fn shared(basket: &Basket, t: usize, from: usize, to: usize) -> (usize, f64) {
    let has = |t: usize, i: usize| !basket.prices(t)[i].is_nan();
    let common: Vec<usize> = (0..basket.products).filter(|&i| has(t, i) && (from..to).any(|s| s != t && has(s, i))).collect();
    let share = if basket.weighted {
        common.iter().map(|&i| basket.prices(t)[i] * basket.quantities(t)[i]).sum::<f64>() / basket.value(t)
    } else {
        common.len() as f64 / basket.count(t) as f64
    };
    (common.len(), share)
}

#[cfg(test)]
#[path = "index_numbers/index_numbers_tests.rs"]
mod tests;
