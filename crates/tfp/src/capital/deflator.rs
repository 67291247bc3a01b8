//! Investment in the prices of one period.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What the numbers of a price index stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Fixed base: the same base in all periods of a unit, whatever it is (100 or 1).
    #[default]
    Level,
    /// Preceding period = 100.
    Link,
}

/// A price index. Every slice has one entry per row; rows may stand in any order.
#[derive(Clone, Copy, Debug)]
pub struct Prices<'a> {
    /// Number of the unit of each row.
    pub units: &'a [usize],
    /// Period of each row.
    pub periods: &'a [i32],
    /// Price index; `NaN` is missing.
    pub index: &'a [f64],
    /// What its numbers stand for.
    pub form: Form,
}

/// Why investment cannot be deflated.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DeflatorError {
    /// Slices differ in length.
    #[error("units, periods, investment and prices must have equal length")]
    Shape,
    /// Prices that are zero, negative or infinite: rows.
    #[error("{} prices are zero, negative or infinite", .0.len())]
    NotPositive(Vec<usize>),
    /// There is investment, but no price, or none that is linked to the base period: rows.
    #[error("{} rows have investment without a price that leads to the base period", .0.len())]
    Missing(Vec<usize>),
    /// Units without a price in the base period.
    #[error("{} units have no price in the base period", .0.len())]
    NoBase(Vec<usize>),
}

/// Price levels with the base period = 1; `NaN` where there is none.
///
/// # Errors
/// [`DeflatorError`]; links are never chained over a missing one.
pub fn levels(prices: &Prices<'_>, base: i32) -> Result<Vec<f64>, DeflatorError> {
    let n = prices.units.len();
    if prices.periods.len() != n || prices.index.len() != n {
        return Err(DeflatorError::Shape);
    }
    let bad = |v: f64| !v.is_nan() && (v <= 0.0 || v.is_infinite());
    let wrong: Vec<usize> = (0..n).filter(|&i| bad(prices.index[i])).collect();
    if !wrong.is_empty() {
        return Err(DeflatorError::NotPositive(wrong));
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_key(|&i| (prices.units[i], prices.periods[i], i));
    let mut level = vec![f64::NAN; n];
    let mut without = Vec::new();
    for rows in order.chunk_by(|&a, &b| prices.units[a] == prices.units[b]) {
        let Some(at) = rows.iter().position(|&i| prices.periods[i] == base) else {
            without.push(prices.units[rows[0]]);
            continue;
        };
        match prices.form {
            Form::Level => {
                let zero = prices.index[rows[at]];
                if zero.is_nan() {
                    without.push(prices.units[rows[0]]);
                }
                rows.iter().for_each(|&i| level[i] = prices.index[i] / zero);
            }
            Form::Link => {
                // The link of a period leads to the period before: the link of the base itself is not needed.
                level[rows[at]] = 1.0;
                let next = |a: usize, b: usize| i64::from(prices.periods[b]) - i64::from(prices.periods[a]) == 1;
                for w in rows[at..].windows(2).take_while(|w| next(w[0], w[1])) {
                    level[w[1]] = level[w[0]] * prices.index[w[1]] / 100.0;
                }
                for w in rows[..=at].windows(2).rev().take_while(|w| next(w[0], w[1])) {
                    level[w[0]] = level[w[1]] / (prices.index[w[1]] / 100.0);
                }
            }
        }
    }
    if without.is_empty() { Ok(level) } else { Err(DeflatorError::NoBase(without)) }
}

/// Investment at current prices, in the prices of the base period: `I_t P_base / P_t`.
///
/// # Errors
/// [`DeflatorError`], with all offending rows or units.
pub fn deflate(nominal: &[f64], prices: &Prices<'_>, base: i32) -> Result<Vec<f64>, DeflatorError> {
    if nominal.len() != prices.units.len() {
        return Err(DeflatorError::Shape);
    }
    let level = levels(prices, base)?;
    let without: Vec<usize> = (0..nominal.len()).filter(|&i| !nominal[i].is_nan() && level[i].is_nan()).collect();
    if !without.is_empty() {
        return Err(DeflatorError::Missing(without));
    }
    Ok(nominal.iter().zip(&level).map(|(v, p)| v / p).collect())
}

#[cfg(test)]
#[path = "deflator_tests.rs"]
mod tests;
