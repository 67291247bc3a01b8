#![doc = include_str!("labour_composition.md")]

use numerics::moments::sum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use crate::rows::Status;
use crate::rows::{self, Before};

/// The page of the method in English.
pub const PAGE: &str = include_str!("labour_composition.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("labour_composition.zh.md");

/// Shares of pay that weigh the hours of the types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Weights {
    /// Mean of both periods (Törnqvist); Jorgenson, Gollop and Fraumeni (1987).
    #[default]
    TwoPeriod,
    /// The period before, as a geometric Laspeyres index.
    Before,
    /// The period itself, as a geometric Paasche index.
    After,
}

/// Options of labour composition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CompositionOptions {
    /// Shares of pay that weigh the hours of the types.
    pub weights: Weights,
    /// Distance between adjacent periods; growth over any longer gap is not computed.
    pub step: u32,
}

impl Default for CompositionOptions {
    fn default() -> Self {
        Self { weights: Weights::default(), step: 1 }
    }
}

/// Types of labour of a panel. Every slice has one entry per row; rows may stand in any order.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// Number of the unit of each row.
    pub units: &'a [usize],
    /// Period of each row.
    pub periods: &'a [i32],
    /// Hours worked `> 0`, one slice per type; `NaN` is missing.
    pub hours: &'a [&'a [f64]],
    /// Total pay `> 0` of each type; `NaN` is missing.
    pub pay: &'a [&'a [f64]],
    /// Persons of all types together `> 0`; `NaN` is missing.
    pub persons: Option<&'a [f64]>,
}

/// Labour input and its composition; columns are aligned with the rows given, `NaN` unless computed.
#[derive(Clone, Debug, PartialEq)]
pub struct Composition {
    /// Growth of labour services `Σ v̄ Δln H_l`.
    pub services: Vec<f64>,
    /// Growth of total hours `Δln H`.
    pub hours: Vec<f64>,
    /// Growth of composition: services less hours.
    pub composition: Vec<f64>,
    /// Contribution `v̄ (Δln H_l - Δln H)` of each type to it.
    pub contributions: Vec<Vec<f64>>,
    /// Growth of persons; `NaN` without persons.
    pub persons: Vec<f64>,
    /// Chained composition index, 1 where a chain starts.
    pub index: Vec<f64>,
    /// Share of pay of each type; `NaN` where the row is missing.
    pub shares: Vec<Vec<f64>>,
    /// Pay per hour of each type relative to the mean; `NaN` where the row is missing.
    pub relative_pay: Vec<Vec<f64>>,
    /// Status of each row.
    pub status: Vec<Status>,
    /// Largest `|Σ contributions - composition|` beside the largest term.
    pub residual: f64,
}

/// A column of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Hours of a type.
    Hours(usize),
    /// Pay of a type.
    Pay(usize),
    /// Persons.
    Persons,
}

/// Why composition cannot be computed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CompositionError {
    /// Slices differ in length, or there are fewer than two types.
    #[error("hours, pay, persons, units and periods must have equal length, and there must be two types of labour")]
    Shape,
    /// Values whose logarithm or share does not exist: (column, row).
    #[error("{} values are zero, negative or infinite; a Törnqvist index needs positive hours and pay of every type", .0.len())]
    NotPositive(Vec<(Column, usize)>),
    /// The same unit and period twice.
    #[error(transparent)]
    Duplicate(#[from] rows::Twice),
    /// No row is complete.
    #[error("no row has hours and pay of every type")]
    Empty,
    /// `step` is zero.
    #[error("the step between adjacent periods must be at least 1")]
    Step,
}

/// Labour services of types of labour, and what their composition adds to hours.
///
/// # Errors
/// [`CompositionError`]; all offending cells are listed.
pub fn labour_composition(data: &Data<'_>, options: &CompositionOptions) -> Result<Composition, CompositionError> {
    check(data)?;
    if options.step == 0 {
        return Err(CompositionError::Step);
    }
    let (n, m) = (data.units.len(), data.hours.len());
    let order = rows::by_unit(data.units, data.periods)?;
    let complete = |i: &usize| {
        let types = data.hours.iter().chain(data.pay).all(|c| c[*i].is_finite());
        types && data.persons.is_none_or(|p| p[*i].is_finite())
    };
    let rows: Vec<usize> = order.into_iter().filter(complete).collect();
    if rows.is_empty() {
        return Err(CompositionError::Empty);
    }
    let total = |columns: &[&[f64]], i: usize| sum(&columns.iter().map(|c| c[i]).collect::<Vec<_>>());
    let mut result = Composition {
        services: vec![f64::NAN; n],
        hours: vec![f64::NAN; n],
        composition: vec![f64::NAN; n],
        contributions: vec![vec![f64::NAN; n]; m],
        persons: vec![f64::NAN; n],
        index: vec![f64::NAN; n],
        shares: vec![vec![f64::NAN; n]; m],
        relative_pay: vec![vec![f64::NAN; n]; m],
        status: vec![Status::Missing; n],
        residual: 0.0,
    };
    for (i, before) in rows::with_before(data.units, data.periods, &rows, options.step) {
        let (pay, hours) = (total(data.pay, i), total(data.hours, i));
        for l in 0..m {
            result.shares[l][i] = data.pay[l][i] / pay;
            result.relative_pay[l][i] = data.pay[l][i] / data.hours[l][i] / (pay / hours);
        }
        result.status[i] = before.status();
        let Before::Row(j) = before else {
            result.index[i] = 1.0;
            continue;
        };
        let all = (hours / total(data.hours, j)).ln();
        let (mut services, mut parts, mut largest) = (0.0, 0.0, 1.0_f64);
        for l in 0..m {
            let (now, then) = (result.shares[l][i], result.shares[l][j]);
            let weight = match options.weights {
                Weights::TwoPeriod => f64::midpoint(now, then),
                Weights::Before => then,
                Weights::After => now,
            };
            let own = (data.hours[l][i] / data.hours[l][j]).ln();
            let part = weight * (own - all);
            services += weight * own;
            parts += part;
            largest = largest.max(part.abs()).max((weight * own).abs());
            result.contributions[l][i] = part;
        }
        result.services[i] = services;
        result.hours[i] = all;
        result.composition[i] = services - all;
        result.residual = result.residual.max((parts - (services - all)).abs() / largest);
        result.index[i] = result.index[j] * (services - all).exp();
        if let Some(persons) = data.persons {
            result.persons[i] = (persons[i] / persons[j]).ln();
        }
    }
    Ok(result)
}

fn check(data: &Data<'_>) -> Result<(), CompositionError> {
    let (n, m) = (data.units.len(), data.hours.len());
    let ragged = |c: &&[f64]| c.len() != n;
    if m < 2
        || data.pay.len() != m
        || data.periods.len() != n
        || data.hours.iter().chain(data.pay).any(ragged)
        || data.persons.as_ref().is_some_and(ragged)
    {
        return Err(CompositionError::Shape);
    }
    let hours = data.hours.iter().enumerate().map(|(l, c)| (Column::Hours(l), *c));
    let pay = data.pay.iter().enumerate().map(|(l, c)| (Column::Pay(l), *c));
    let columns = hours.chain(pay).chain(data.persons.map(|p| (Column::Persons, p)));
    let bad = |x: f64| x <= 0.0 || x.is_infinite();
    let cells: Vec<(Column, usize)> =
        columns.flat_map(|(name, c)| (0..n).filter(move |&i| bad(c[i])).map(move |i| (name, i))).collect();
    if cells.is_empty() { Ok(()) } else { Err(CompositionError::NotPositive(cells)) }
}

#[cfg(test)]
#[path = "labour_composition_tests.rs"]
mod tests;
