#![doc = include_str!("markups.md")]

use numerics::moments::{median, quantile, sum};
use thiserror::Error;

use super::Fitted;

/// The page of the method in English.
pub const PAGE: &str = include_str!("markups.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("markups.zh.md");

/// Output elasticity of an input.
#[derive(Clone, Copy, Debug)]
pub enum Elasticity<'a> {
    /// The same for all rows: Cobb-Douglas.
    Constant(f64),
    /// One a row: by industry and period, or translog ([`Translog::elasticity`], `by_row` of the estimators).
    ByRow(&'a [f64]),
}

/// An input chosen freely each period.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// Expenditure on it, current prices.
    pub expenditure: &'a [f64],
    /// Its output elasticity.
    pub elasticity: Elasticity<'a>,
}

/// Firms over time. Every slice has one entry a row; rows in any order; `NaN` is missing.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// Number of the firm of each row.
    pub units: &'a [usize],
    /// Period of each row.
    pub periods: &'a [i32],
    /// Revenue, current prices, in the unit of the expenditures.
    pub revenue: &'a [f64],
    /// The flexible input whose wedge is the markup: no adjustment cost, price taken as given.
    pub input: Input<'a>,
    /// Residual of the first stage, `ε̂ = ln A - ln ω` ([`noise`]); `None` for uncorrected markups.
    pub noise: Option<&'a [f64]>,
    /// Labour, for the markdown of the wage.
    pub labour: Option<Input<'a>>,
}

/// What stands behind a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Computed.
    Computed,
    /// Revenue, expenditure or elasticity is missing.
    Missing,
    /// Only the residual is missing: the uncorrected markup exists.
    NoResidual,
    /// Revenue is not positive.
    Revenue,
    /// Expenditure is not positive.
    Expenditure,
    /// The elasticity is not positive.
    Elasticity,
    /// The quotient is below 1e-100 or above 1e100.
    Range,
    /// The markdown has no markup to stand against.
    NoMarkup,
}

/// Markups of one period; means are over the firms with a markup, `NaN` without any.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Period {
    /// Period.
    pub period: i32,
    /// Rows.
    pub rows: usize,
    /// Firms with a markup.
    pub firms: usize,
    /// Their share in the revenue of all rows.
    pub coverage: f64,
    /// Mean weighted by revenue, `Σ s μ` (De Loecker, Eeckhout and Unger 2020).
    pub sales_weighted: f64,
    /// The same of uncorrected markups, over the same firms.
    pub sales_weighted_uncorrected: f64,
    /// Mean weighted by expenditure on the input.
    pub cost_weighted: f64,
    /// Harmonic mean weighted by revenue, `1 / Σ (s/μ)`: the mean weighted by the costs `P^V V e^ε̂ / θ` (Edmond, Midrigan
    /// and Xu 2023).
    pub harmonic: f64,
    /// 10th percentile.
    pub p10: f64,
    /// Median.
    pub median: f64,
    /// 90th percentile.
    pub p90: f64,
    /// Firms with a markup below 1.
    pub below_one: usize,
    /// Firms with a markdown.
    pub markdowns: usize,
    /// Mean markdown weighted by the pay of labour.
    pub markdown_weighted: f64,
    /// 10th percentile of markdowns.
    pub markdown_p10: f64,
    /// Median markdown.
    pub markdown_median: f64,
    /// 90th percentile of markdowns.
    pub markdown_p90: f64,
}

/// Result: columns of one entry a row, `NaN` unless computed, and aggregates.
#[derive(Clone, Debug, PartialEq)]
pub struct Markups {
    /// `μ = θ · P Q e^(-ε̂) / (P^V V)`; the uncorrected one where no residuals were given.
    pub markup: Vec<f64>,
    /// `θ · P Q / (P^V V)`.
    pub uncorrected: Vec<f64>,
    /// Status of the markup.
    pub status: Vec<Status>,
    /// The markdown, `ν = (θ_L / share_L) / (θ / share)`: marginal revenue product of labour over the wage. The residual
    /// cancels. Empty without labour.
    pub markdown: Vec<f64>,
    /// Status of the markdown.
    pub markdown_status: Vec<Status>,
    /// By period.
    pub periods: Vec<Period>,
    /// Largest relative difference between the harmonic mean and the mean weighted by the costs `P^V V e^ε̂ / θ`: equal
    /// by the first-order condition.
    pub residual: f64,
}

/// Why there are no markups.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MarkupsError {
    /// Slices differ in length or are empty.
    #[error("all columns must have equal length and a row")]
    Shape,
    /// Rows with an infinite number.
    #[error("{} rows have an infinite number", .0.len())]
    Infinite(Vec<usize>),
    /// A constant elasticity that is not a positive number.
    #[error("the elasticity must be a number above 0")]
    Elasticity,
    /// The same firm and period twice: pairs of rows.
    #[error("{} pairs of rows are the same firm and period", .0.len())]
    Duplicates(Vec<(usize, usize)>),
}

/// Residual of the first stage, `ln A - ln ω`; `NaN` where the estimator cannot tell them apart.
pub fn noise(fitted: &Fitted) -> Vec<f64> {
    fitted.tfp.iter().zip(&fitted.omega).map(|(a, o)| a - o).collect()
}

/// Coefficients of a translog function `Σ β_j x_j + Σ_{i≤j} β_ij x_i x_j` of `k` inputs.
#[derive(Clone, Copy, Debug)]
pub struct Translog<'a> {
    /// `β_j`, `k` of them.
    pub first: &'a [f64],
    /// `β_ij`, `i ≤ j`, by rows of the upper triangle: `β_11, β_12, …, β_1k, β_22, …`.
    pub second: &'a [f64],
}

impl Translog<'_> {
    /// Elasticity of input `of` at each row, `β_j + 2 β_jj x_j + Σ_{i≠j} β_ij x_i`; inputs in logarithms, measured from
    /// where the function measures them. `None` where the numbers of coefficients, inputs and rows do not fit.
    pub fn elasticity(&self, of: usize, inputs: &[&[f64]]) -> Option<Vec<f64>> {
        let k = self.first.len();
        let rows = inputs.first()?.len();
        if of >= k || inputs.len() != k || self.second.len() != k * (k + 1) / 2 || inputs.iter().any(|x| x.len() != rows) {
            return None;
        }
        let place = |i: usize, j: usize| i * (2 * k - i + 1) / 2 + j - i;
        let slope = |i: usize| if i == of { 2.0 * self.second[place(i, i)] } else { self.second[place(i.min(of), i.max(of))] };
        let at = |row: usize| self.first[of] + (0..k).map(|i| slope(i) * inputs[i][row]).sum::<f64>();
        Some((0..rows).map(at).collect())
    }
}

impl Elasticity<'_> {
    fn at(&self, row: usize) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::ByRow(values) => values[row],
        }
    }
}

/// Whether a quotient can be averaged without overflow.
fn sound(quotient: f64) -> bool {
    (1e-100..=1e100).contains(&quotient)
}

/// Elasticity over share of an input: uncorrected, corrected.
struct Wedge {
    uncorrected: f64,
    corrected: f64,
    status: Status,
}

impl Data<'_> {
    fn wedge(&self, input: &Input<'_>, row: usize) -> Wedge {
        let (sales, cost, theta) = (self.revenue[row], input.expenditure[row], input.elasticity.at(row));
        let none = |status| Wedge { uncorrected: f64::NAN, corrected: f64::NAN, status };
        if [sales, cost, theta].iter().any(|x| x.is_nan()) {
            return none(Status::Missing);
        }
        for (value, status) in [(sales, Status::Revenue), (cost, Status::Expenditure), (theta, Status::Elasticity)] {
            if value <= 0.0 {
                return none(status);
            }
        }
        let uncorrected = theta * (sales / cost);
        let noise = self.noise.map_or(0.0, |n| n[row]);
        let corrected = uncorrected * (-noise).exp();
        match noise.is_nan() {
            true if sound(uncorrected) => Wedge { uncorrected, corrected: f64::NAN, status: Status::NoResidual },
            false if sound(uncorrected) && sound(corrected) => Wedge { uncorrected, corrected, status: Status::Computed },
            _ => none(Status::Range),
        }
    }

    /// The rows in order of period and firm.
    fn order(&self) -> Result<Vec<usize>, MarkupsError> {
        let n = self.units.len();
        let inputs = [Some(&self.input), self.labour.as_ref()];
        let inputs = || inputs.into_iter().flatten();
        let mut columns: Vec<&[f64]> = vec![self.revenue];
        columns.extend(self.noise);
        for input in inputs() {
            columns.push(input.expenditure);
            if let Elasticity::ByRow(values) = input.elasticity {
                columns.push(values);
            }
        }
        if n == 0 || self.periods.len() != n || columns.iter().any(|c| c.len() != n) {
            return Err(MarkupsError::Shape);
        }
        let wrong = |e: Elasticity<'_>| matches!(e, Elasticity::Constant(v) if !v.is_finite() || v <= 0.0);
        if inputs().any(|i| wrong(i.elasticity)) {
            return Err(MarkupsError::Elasticity);
        }
        let infinite: Vec<usize> = (0..n).filter(|&i| columns.iter().any(|c| c[i].is_infinite())).collect();
        if !infinite.is_empty() {
            return Err(MarkupsError::Infinite(infinite));
        }
        let key = |i: usize| (self.periods[i], self.units[i]);
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by_key(|&i| (key(i), i));
        let twice: Vec<(usize, usize)> = order.windows(2).filter(|w| key(w[0]) == key(w[1])).map(|w| (w[0], w[1])).collect();
        if twice.is_empty() { Ok(order) } else { Err(MarkupsError::Duplicates(twice)) }
    }
}

/// Markups by the production approach, and with labour the markdown of the wage.
///
/// # Errors
/// [`MarkupsError`]. A row without a markup is a [`Status`], not an error.
pub fn markups(data: &Data<'_>) -> Result<Markups, MarkupsError> {
    let order = data.order()?;
    let n = order.len();
    let mut result = Markups {
        markup: vec![f64::NAN; n],
        uncorrected: vec![f64::NAN; n],
        status: vec![Status::Missing; n],
        markdown: Vec::new(),
        markdown_status: Vec::new(),
        periods: Vec::new(),
        residual: 0.0,
    };
    for i in 0..n {
        let own = data.wedge(&data.input, i);
        (result.markup[i], result.uncorrected[i], result.status[i]) = (own.corrected, own.uncorrected, own.status);
        if let Some(labour) = &data.labour {
            let other = data.wedge(labour, i);
            let ratio = other.uncorrected / own.uncorrected;
            let status = match other.status {
                _ if own.uncorrected.is_nan() => Status::NoMarkup,
                Status::Computed | Status::NoResidual if sound(ratio) => Status::Computed,
                Status::Computed | Status::NoResidual => Status::Range,
                other => other,
            };
            result.markdown.push(if status == Status::Computed { ratio } else { f64::NAN });
            result.markdown_status.push(status);
        }
    }
    (result.periods, result.residual) = result.by_period(data, &order);
    Ok(result)
}

/// `Σ w x / Σ w`; weights are scaled by the largest first, so that no sum overflows.
fn weighted(weights: &[f64], values: &[f64]) -> f64 {
    let largest = weights.iter().copied().fold(0.0, f64::max);
    let scaled: Vec<f64> = weights.iter().map(|w| w / largest).collect();
    let products: Vec<f64> = scaled.iter().zip(values).map(|(w, x)| w * x).collect();
    sum(&products) / sum(&scaled)
}

impl Markups {
    /// Aggregates of some of the rows, e.g. an industry: a [`Period`] each in which there is a row.
    pub fn among(&self, data: &Data<'_>, rows: &[usize]) -> Vec<Period> {
        let mut order = rows.to_vec();
        order.sort_by_key(|&i| (data.periods[i], data.units[i]));
        self.by_period(data, &order).0
    }

    /// Aggregates of rows in order of their periods, and the largest [`Markups::residual`].
    fn by_period(&self, data: &Data<'_>, order: &[usize]) -> (Vec<Period>, f64) {
        let of = order.chunk_by(|&a, &b| data.periods[a] == data.periods[b]).map(|rows| self.aggregate(data, rows));
        let (periods, residuals): (Vec<Period>, Vec<f64>) = of.unzip();
        (periods, residuals.into_iter().fold(0.0, f64::max))
    }

    fn aggregate(&self, data: &Data<'_>, rows: &[usize]) -> (Period, f64) {
        let computed: Vec<usize> = rows.iter().copied().filter(|&i| self.status[i] == Status::Computed).collect();
        let of = |f: &dyn Fn(usize) -> f64| -> Vec<f64> { computed.iter().map(|&i| f(i)).collect() };
        let (sales, markup) = (of(&|i| data.revenue[i]), of(&|i| self.markup[i]));
        let cost = of(&|i| data.input.expenditure[i]);
        // In logarithms, less the largest: only proportions count, and none overflows.
        let mut implied = of(&|i| {
            let noise = data.noise.map_or(0.0, |n| n[i]);
            data.input.expenditure[i].ln() - data.input.elasticity.at(i).ln() + noise
        });
        let highest = implied.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        implied.iter_mut().for_each(|c| *c = (*c - highest).exp());
        let harmonic = 1.0 / weighted(&sales, &markup.iter().map(|m| 1.0 / m).collect::<Vec<_>>());
        let again = weighted(&implied, &markup);
        let all: Vec<f64> = rows.iter().map(|&i| data.revenue[i]).filter(|s| *s > 0.0).collect();
        let largest = all.iter().copied().fold(0.0, f64::max);
        let share = |values: &[f64]| sum(&values.iter().map(|v| v / largest).collect::<Vec<_>>());
        let sorted = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values
        };
        let down: Vec<usize> = match data.labour {
            Some(_) => rows.iter().copied().filter(|&i| self.markdown_status[i] == Status::Computed).collect(),
            None => Vec::new(),
        };
        let markdown: Vec<f64> = down.iter().map(|&i| self.markdown[i]).collect();
        let pay: Vec<f64> = data.labour.iter().flat_map(|l| down.iter().map(|&i| l.expenditure[i])).collect();
        let (ordered, ordered_down) = (sorted(markup.clone()), sorted(markdown.clone()));
        let period = Period {
            period: data.periods[rows[0]],
            rows: rows.len(),
            firms: computed.len(),
            coverage: share(&sales) / share(&all),
            sales_weighted: weighted(&sales, &markup),
            sales_weighted_uncorrected: weighted(&sales, &of(&|i| self.uncorrected[i])),
            cost_weighted: weighted(&cost, &markup),
            harmonic,
            p10: quantile(&ordered, 0.1),
            median: median(&ordered),
            p90: quantile(&ordered, 0.9),
            below_one: ordered.partition_point(|m| *m < 1.0),
            markdowns: down.len(),
            markdown_weighted: weighted(&pay, &markdown),
            markdown_p10: quantile(&ordered_down, 0.1),
            markdown_median: median(&ordered_down),
            markdown_p90: quantile(&ordered_down, 0.9),
        };
        let difference = if computed.is_empty() { 0.0 } else { (harmonic / again - 1.0).abs() };
        (period, difference)
    }
}

#[cfg(test)]
#[path = "markups_tests.rs"]
mod tests;
