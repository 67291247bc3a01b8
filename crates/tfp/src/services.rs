#![doc = include_str!("services.md")]

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::rows::{self, Before};

/// The page of the method in English.
pub const PAGE: &str = include_str!("services.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("services.zh.md");

/// Which stock is at work in a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Timing {
    /// Stock at the end of the period.
    End,
    /// Mean of the stocks at its beginning and end.
    #[default]
    Mean,
    /// Stock at its beginning.
    Beginning,
}

/// Stocks at work, from stocks at the end of each period; `NaN` where the period before is needed and absent.
pub fn at_work(units: &[usize], periods: &[i32], stock: &[f64], timing: Timing) -> Vec<f64> {
    if timing == Timing::End {
        return stock.to_vec();
    }
    let mut work = vec![f64::NAN; stock.len()];
    let mut order: Vec<usize> = (0..stock.len()).collect();
    order.sort_by_key(|&i| (units[i], periods[i], i));
    for (i, before) in rows::with_before(units, periods, &order, 1) {
        let Before::Row(j) = before else { continue };
        work[i] = match timing {
            Timing::Beginning => stock[j],
            Timing::Mean | Timing::End => f64::midpoint(stock[j], stock[i]),
        };
    }
    work
}

/// What stands behind the growth of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Growth and level.
    Computed,
    /// Level only: the first period of the unit with stocks and costs.
    First,
    /// Shares only: the period before is absent or incomplete.
    Gap,
    /// Shares only: an asset appears or disappears, and its growth has no logarithm.
    Appears,
    /// Nothing: a stock or cost is missing, or the assets together cost nothing.
    Missing,
}

/// Capital services; columns are aligned with the rows given.
#[derive(Clone, Debug, PartialEq)]
pub struct Services {
    /// Share of each asset in the cost of capital, `v = c K / Σ c K`.
    pub shares: Vec<Vec<f64>>,
    /// Contribution of each asset, `v̄ Δ ln K`.
    pub contributions: Vec<Vec<f64>>,
    /// Growth of capital services `Δ ln S = Σ v̄ Δ ln K`.
    pub growth: Vec<f64>,
    /// Volume of capital services, 1 in the first period of the unit; ends at the first gap.
    pub level: Vec<f64>,
    /// Growth of the sum of the stocks, `Δ ln Σ K`.
    pub stock_growth: Vec<f64>,
    /// Composition (quality) of capital: growth of services less growth of the sum of stocks.
    pub composition: Vec<f64>,
    /// Status of each row.
    pub status: Vec<Status>,
    /// Largest `|Σ v − 1|` and `|Σ contributions − Δ ln S|`.
    pub residual: f64,
}

/// Why there are no capital services.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ServicesError {
    /// Slices differ in length, or there is no asset.
    #[error("stocks and costs must have equal length, and there must be an asset")]
    Shape,
    /// The same unit and period twice.
    #[error(transparent)]
    Duplicate(#[from] rows::Twice),
    /// Negative or infinite stocks: (asset, row).
    #[error("{} stocks are negative or infinite", .0.len())]
    Stock(Vec<(usize, usize)>),
}

/// Törnqvist index of capital services over assets, weighted with shares in the cost of capital.
///
/// `stocks` and `costs` hold one column per asset. An asset without a stock in both periods contributes nothing.
///
/// # Errors
/// [`ServicesError`].
pub fn services(units: &[usize], periods: &[i32], stocks: &[&[f64]], costs: &[&[f64]]) -> Result<Services, ServicesError> {
    let (n, m) = (units.len(), stocks.len());
    if m == 0 || costs.len() != m || periods.len() != n || stocks.iter().chain(costs).any(|c| c.len() != n) {
        return Err(ServicesError::Shape);
    }
    let order = rows::by_unit(units, periods)?;
    let bad = |a: usize, i: usize| stocks[a][i] < 0.0 || stocks[a][i].is_infinite();
    let wrong: Vec<(usize, usize)> = (0..m).flat_map(|a| (0..n).filter(move |&i| bad(a, i)).map(move |i| (a, i))).collect();
    if !wrong.is_empty() {
        return Err(ServicesError::Stock(wrong));
    }
    let column = || vec![f64::NAN; n];
    let mut result = Services {
        shares: vec![column(); m],
        contributions: vec![column(); m],
        growth: column(),
        level: column(),
        stock_growth: column(),
        composition: column(),
        status: vec![Status::Missing; n],
        residual: 0.0,
    };
    let value = |a: usize, i: usize| stocks[a][i] * costs[a][i];
    let sum = |i: usize| (0..m).map(|a| stocks[a][i]).sum::<f64>();
    let total = |i: usize| (0..m).map(|a| value(a, i)).sum::<f64>();
    // False for a missing stock or cost too.
    let complete = |i: &usize| total(*i) > 0.0 && total(*i).is_finite();
    let rows: Vec<usize> = order.into_iter().filter(complete).collect();
    for (i, before) in rows::with_before(units, periods, &rows, 1) {
        for a in 0..m {
            result.shares[a][i] = value(a, i) / total(i);
        }
        let whole: f64 = (0..m).map(|a| result.shares[a][i]).sum();
        result.residual = result.residual.max((whole - 1.0).abs());
        result.status[i] = match before {
            Before::Nothing => Status::First,
            Before::Gap => Status::Gap,
            Before::Row(j) if (0..m).any(|a| (stocks[a][i] == 0.0) != (stocks[a][j] == 0.0)) => Status::Appears,
            Before::Row(_) => Status::Computed,
        };
        if result.status[i] == Status::First {
            result.level[i] = 1.0;
        }
        let (Status::Computed, Before::Row(j)) = (result.status[i], before) else { continue };
        let mut growth = 0.0;
        for (a, stock) in stocks.iter().enumerate() {
            let share = f64::midpoint(result.shares[a][i], result.shares[a][j]);
            let part = if stock[i] == 0.0 { 0.0 } else { share * (stock[i] / stock[j]).ln() };
            result.contributions[a][i] = part;
            growth += part;
        }
        result.growth[i] = growth;
        result.level[i] = result.level[j] * growth.exp();
        result.stock_growth[i] = (sum(i) / sum(j)).ln();
        result.composition[i] = growth - result.stock_growth[i];
        let parts: Vec<f64> = (0..m).map(|a| result.contributions[a][i]).collect();
        result.residual = result.residual.max((numerics::moments::sum(&parts) - growth).abs());
    }
    Ok(result)
}

#[cfg(test)]
#[path = "services_tests.rs"]
mod tests;
