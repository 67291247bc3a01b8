//! User cost of capital: what a unit of an asset costs in a period. Formulas stand on the page of [`crate::services`].

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::rows;

/// Where the rate of return comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Return {
    /// Endogenous (ex post): the rate at which the assets together cost exactly the capital income.
    #[default]
    Endogenous,
    /// Exogenous (ex ante): given. What is left of capital income is shown as pure profit.
    Exogenous,
}

/// Price at which the return is earned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Price of the period before, `p₋₁ r + p δ − Δp` (Jorgenson; OECD 2009).
    #[default]
    Jorgenson,
    /// Price of the period, `p r + p δ − Δp` (US Bureau of Labor Statistics).
    Bls,
}

/// Which revaluation of the asset lowers its cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Gains {
    /// What happened in the period, `Δp`.
    #[default]
    Actual,
    /// Mean growth of the price over the last periods, at most `gains_periods`.
    Smoothed,
    /// None: the return is a real rate.
    None,
}

/// What is done about user costs that are not positive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Negative {
    /// The computation fails and lists them.
    #[default]
    Refuse,
    /// They stay, counted.
    Keep,
    /// They are lifted to `floor` times the price; an endogenous return is solved again over the other assets.
    Floor,
    /// The asset's revaluation of that period is left out; an endogenous return is solved again.
    WithoutGains,
}

/// Options of user costs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UserCostOptions {
    /// Where the rate of return comes from.
    pub returns: Return,
    /// Price at which the return is earned.
    pub form: Form,
    /// Which revaluation lowers the cost.
    pub gains: Gains,
    /// Longest window of smoothed revaluation, in periods.
    pub gains_periods: u32,
    /// What is done about user costs that are not positive.
    pub negative: Negative,
    /// Least cost of a unit, beside its price (`negative = "floor"`).
    pub floor: f64,
}

impl Default for UserCostOptions {
    fn default() -> Self {
        Self {
            returns: Return::Endogenous,
            form: Form::Jorgenson,
            gains: Gains::Actual,
            gains_periods: 5,
            negative: Negative::Refuse,
            floor: 0.01,
        }
    }
}

/// One asset; one entry per row. Empty columns stand for zeros.
#[derive(Clone, Copy, Debug)]
pub struct Asset<'a> {
    /// Stock at work in the period, in prices of the base period.
    pub stock: &'a [f64],
    /// Price of a new unit, 1 in the base period.
    pub price: &'a [f64],
    /// Depreciation rate `δ`.
    pub depreciation: &'a [f64],
    /// Present value `z` of depreciation allowances on one unit of money invested.
    pub allowance: &'a [f64],
    /// Rate `e` of investment credit.
    pub credit: &'a [f64],
}

/// Assets of a panel. Every slice has one entry per row; rows may stand in any order.
#[derive(Clone, Copy, Debug)]
pub struct Assets<'a> {
    /// Number of the unit of each row.
    pub units: &'a [usize],
    /// Period of each row.
    pub periods: &'a [i32],
    /// The assets.
    pub assets: &'a [Asset<'a>],
    /// Capital income at current prices; needed by the endogenous return, may be empty otherwise.
    pub income: &'a [f64],
    /// Rate of return; needed by the exogenous return, may be empty otherwise.
    pub rate: &'a [f64],
    /// Rate `u` of the tax on income; empty stands for zeros.
    pub tax: &'a [f64],
    /// Rate `x` of the tax on property; empty stands for zeros.
    pub property: &'a [f64],
}

/// What stands behind the costs of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Costs of all assets.
    Computed,
    /// Nothing: no price of the period before.
    First,
    /// Nothing: a stock, price, rate or the income is missing.
    Missing,
    /// Nothing: no asset has a stock to earn the income.
    NoStock,
    /// All assets stand at the floor: costs, but no return, and not the sum of the income.
    AllFloored,
}

/// User costs; columns are aligned with the rows given.
#[derive(Clone, Debug, PartialEq)]
pub struct UserCosts {
    /// Cost of a unit, by asset.
    pub cost: Vec<Vec<f64>>,
    /// Rate of return.
    pub rate: Vec<f64>,
    /// Cost of all assets, `Σ c K`.
    pub total: Vec<f64>,
    /// Capital income less the cost of all assets; `NaN` where no income is given.
    pub profit: Vec<f64>,
    /// Status of each row.
    pub status: Vec<Status>,
    /// Costs of stocks at work that were not positive before the rule: (asset, row), by row.
    pub treated: Vec<(usize, usize)>,
    /// Costs that are not positive after the rule: (asset, row), by row.
    pub negative: Vec<(usize, usize)>,
    /// Largest `|Σ c K − income|` beside the income and the parts of the cost, over rows with an endogenous return.
    pub residual: f64,
}

/// Why there are no user costs.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum UserCostError {
    /// Slices differ in length, or there is no asset.
    #[error("all columns must have equal length, and there must be an asset")]
    Shape,
    /// The same unit and period twice.
    #[error(transparent)]
    Duplicate(#[from] rows::Twice),
    /// Prices that are not positive: (asset, row).
    #[error("{} prices are zero, negative or infinite", .0.len())]
    Price(Vec<(usize, usize)>),
    /// Stocks that are negative or infinite: (asset, row).
    #[error("{} stocks are negative or infinite", .0.len())]
    Stock(Vec<(usize, usize)>),
    /// Tax rates outside `0 ≤ u < 1`, or credits and allowances that leave nothing to pay: rows.
    #[error("{} rows have a tax on income outside 0 to 1, or credits and allowances of the whole price", .0.len())]
    Tax(Vec<usize>),
    /// The column that the return needs is empty.
    #[error("an endogenous return needs capital income, an exogenous return a rate")]
    NoReturn,
    /// User costs that are not positive: (asset, row, cost).
    #[error("{} user costs are not positive", .0.len())]
    Negative(Vec<(usize, usize, f64)>),
    /// `floor` is not positive, or `gains_periods` is zero.
    #[error("`floor` must be a positive number and `gains_periods` at least 1")]
    Options,
    /// No row has all it needs.
    #[error("no row has all prices, stocks and rates and the prices of the period before")]
    Empty,
}

fn cell(column: &[f64], row: usize) -> f64 {
    column.get(row).copied().unwrap_or(0.0)
}

/// User costs `c = τ (p₋₁ r + p δ − Δp) + p x` with `τ = (1 − u z − e) / (1 − u)`.
///
/// # Errors
/// [`UserCostError`], with all offending cells.
pub fn user_costs(data: &Assets<'_>, options: &UserCostOptions) -> Result<UserCosts, UserCostError> {
    let order = check(data, options)?;
    let (n, m) = (data.units.len(), data.assets.len());
    let column = || vec![f64::NAN; n];
    let mut result = UserCosts {
        cost: vec![column(); m],
        rate: column(),
        total: column(),
        profit: column(),
        status: vec![Status::Missing; n],
        treated: Vec::new(),
        negative: Vec::new(),
        residual: 0.0,
    };
    for rows in order.chunk_by(|&a, &b| data.units[a] == data.units[b]) {
        for (t, &i) in rows.iter().enumerate() {
            result.status[i] = match parts(data, options, rows, t) {
                Ok(parts) => solve(data, options, i, parts, &mut result),
                Err(status) => status,
            };
        }
    }
    if options.negative == Negative::Refuse && !result.treated.is_empty() {
        let found = result.treated.iter().map(|&(a, i)| (a, i, result.cost[a][i])).collect();
        return Err(UserCostError::Negative(found));
    }
    if result.status.iter().all(|s| !matches!(s, Status::Computed | Status::AllFloored)) {
        return Err(UserCostError::Empty);
    }
    Ok(result)
}

/// The cost of one unit of an asset is `base + slope r`.
#[derive(Clone, Copy)]
struct Part {
    stock: f64,
    price: f64,
    base: f64,
    slope: f64,
    gains: f64,
    fixed: bool,
}

impl Part {
    fn cost(&self, rate: f64) -> f64 {
        if self.fixed { self.base } else { self.slope.mul_add(rate, self.base) }
    }
}

fn parts(data: &Assets<'_>, options: &UserCostOptions, rows: &[usize], t: usize) -> Result<Vec<Part>, Status> {
    let i = rows[t];
    let known = match options.returns {
        Return::Endogenous => data.income[i],
        Return::Exogenous => data.rate[i],
    };
    let (tax, property) = (cell(data.tax, i), cell(data.property, i));
    let mut any = Vec::with_capacity(data.assets.len());
    let mut first = false;
    for asset in data.assets {
        let (stock, price, delta) = (asset.stock[i], asset.price[i], asset.depreciation[i]);
        let factor = (1.0 - tax * cell(asset.allowance, i) - cell(asset.credit, i)) / (1.0 - tax);
        if [known, tax, property, stock, price, delta, factor].iter().any(|v| !v.is_finite()) {
            return Err(Status::Missing);
        }
        // Only unbroken periods count: a price two periods back is no price of the period before.
        let back = |k: usize| {
            let j = rows[t.checked_sub(k)?];
            let near = i64::from(data.periods[i]) - i64::from(data.periods[j]) == k as i64;
            Some(asset.price[j]).filter(|p| near && p.is_finite())
        };
        let before = back(1);
        if before.is_none() && (options.form == Form::Jorgenson || options.gains != Gains::None) {
            first = true;
            continue;
        }
        let before = before.unwrap_or(price);
        let gains = match options.gains {
            Gains::None => 0.0,
            Gains::Actual => price - before,
            Gains::Smoothed => {
                let window = (1..=options.gains_periods as usize).map_while(|k| back(k).map(|p| (k, p))).last();
                window.map_or(0.0, |(k, p)| before * ((price / p).ln() / k as f64).exp_m1())
            }
        };
        let earned = if options.form == Form::Jorgenson { before } else { price };
        any.push(Part {
            stock,
            price,
            base: factor * (price * delta - gains) + price * property,
            slope: factor * earned,
            gains: factor * gains,
            fixed: false,
        });
    }
    if first { Err(Status::First) } else { Ok(any) }
}

/// Rate and costs of one row. Each turn treats at least one asset more, so there are no more turns than assets.
fn solve(data: &Assets<'_>, options: &UserCostOptions, i: usize, mut parts: Vec<Part>, into: &mut UserCosts) -> Status {
    let income = data.income.get(i).copied().unwrap_or(f64::NAN);
    let mut treated = vec![false; parts.len()];
    let (rate, status) = loop {
        let rate = match options.returns {
            Return::Exogenous => data.rate[i],
            Return::Endogenous => {
                let slope: f64 = parts.iter().filter(|p| !p.fixed).map(|p| p.stock * p.slope).sum();
                let base: f64 = parts.iter().map(|p| p.stock * p.base).sum();
                (income - base) / slope
            }
        };
        if !rate.is_finite() {
            let floored = parts.iter().any(|p| p.fixed && p.stock > 0.0);
            if !floored {
                return Status::NoStock;
            }
            // Assets without a stock have no say in the return, and no cost without one.
            for (part, done) in parts.iter_mut().zip(&mut treated).filter(|(p, _)| !p.fixed) {
                (part.base, part.fixed, *done) = (options.floor * part.price, true, true);
            }
            break (f64::NAN, Status::AllFloored);
        }
        let mut again = false;
        for (part, done) in parts.iter_mut().zip(&mut treated) {
            // What is not there costs nothing, whatever its price does.
            if *done || part.stock == 0.0 || part.cost(rate) > 0.0 {
                continue;
            }
            *done = true;
            match options.negative {
                Negative::Refuse | Negative::Keep => {}
                Negative::Floor => {
                    (part.base, part.fixed) = (options.floor * part.price, true);
                    again = true;
                }
                Negative::WithoutGains => {
                    part.base += part.gains;
                    again = true;
                }
            }
        }
        if !again {
            break (rate, Status::Computed);
        }
    };
    let (mut total, mut largest) = (0.0, income.abs());
    for (a, part) in parts.iter().enumerate() {
        let cost = part.cost(rate);
        into.cost[a][i] = cost;
        total += cost * part.stock;
        largest = largest.max((part.base * part.stock).abs());
        if cost <= 0.0 && part.stock > 0.0 {
            into.negative.push((a, i));
        }
        if treated[a] {
            into.treated.push((a, i));
        }
    }
    into.rate[i] = rate;
    into.total[i] = total;
    into.profit[i] = income - total;
    if options.returns == Return::Endogenous && status == Status::Computed && largest > 0.0 {
        into.residual = into.residual.max((total - income).abs() / largest);
    }
    status
}

/// Rows by unit, then period.
fn check(data: &Assets<'_>, options: &UserCostOptions) -> Result<Vec<usize>, UserCostError> {
    let n = data.units.len();
    let whole = |c: &[f64]| c.len() == n;
    let maybe = |c: &[f64]| c.is_empty() || c.len() == n;
    let columns = [data.income, data.rate, data.tax, data.property];
    let asset =
        |a: &Asset<'_>| whole(a.stock) && whole(a.price) && whole(a.depreciation) && maybe(a.allowance) && maybe(a.credit);
    if data.assets.is_empty() || data.periods.len() != n || !columns.iter().all(|c| maybe(c)) || !data.assets.iter().all(asset) {
        return Err(UserCostError::Shape);
    }
    if !(options.floor > 0.0 && options.floor.is_finite()) || options.gains_periods == 0 {
        return Err(UserCostError::Options);
    }
    let needed = if options.returns == Return::Endogenous { data.income } else { data.rate };
    if n > 0 && needed.is_empty() {
        return Err(UserCostError::NoReturn);
    }
    let order = rows::by_unit(data.units, data.periods)?;
    let cells = |bad: &dyn Fn(&Asset<'_>, usize) -> bool| -> Vec<(usize, usize)> {
        let of = |a: usize| (0..n).filter(move |&i| bad(&data.assets[a], i)).map(move |i| (a, i));
        (0..data.assets.len()).flat_map(of).collect()
    };
    let price = cells(&|a, i| a.price[i] <= 0.0 || a.price[i].is_infinite());
    if !price.is_empty() {
        return Err(UserCostError::Price(price));
    }
    let stock = cells(&|a, i| a.stock[i] < 0.0 || a.stock[i].is_infinite());
    if !stock.is_empty() {
        return Err(UserCostError::Stock(stock));
    }
    let taxed = |i: usize| {
        let u = cell(data.tax, i);
        let outside = !u.is_nan() && !(0.0..1.0).contains(&u);
        outside || data.assets.iter().any(|a| 1.0 - u * cell(a.allowance, i) - cell(a.credit, i) <= 0.0)
    };
    let tax: Vec<usize> = (0..n).filter(|&i| taxed(i)).collect();
    if tax.is_empty() { Ok(order) } else { Err(UserCostError::Tax(tax)) }
}

#[cfg(test)]
#[path = "user_cost_tests.rs"]
mod tests;
