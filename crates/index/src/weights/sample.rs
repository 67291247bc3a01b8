//! Columns over rows: what every weight taken from data starts from.

use std::borrow::Cow;

use numerics::moments;

/// Weights of columns taken from data.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// One weight per column, at least 0, summing to 1; all 0 where no column carries information.
    pub weights: Vec<f64>,
    /// Columns without variation (or with fewer than two values) over the rows: their weight is 0.
    pub constant: Vec<usize>,
}

/// Why weights cannot be taken from columns.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TakenError {
    /// A value below 0 where the method has none.
    #[error("{value} in row {row} is below 0")]
    Negative {
        /// Column.
        column: usize,
        /// Row.
        row: usize,
        /// The value.
        value: f64,
    },
    /// A value of 0 or below where the method divides by it or takes its logarithm.
    #[error("{value} in row {row} is not above 0")]
    NotPositive {
        /// Column.
        column: usize,
        /// Row.
        row: usize,
        /// The value.
        value: f64,
    },
    /// A column that is best at a value of its own, where the method asks for more or less.
    #[error("the best value is neither the largest nor the smallest")]
    Ideal {
        /// Column.
        column: usize,
    },
}

impl TakenError {
    /// The column at fault.
    pub fn column(&self) -> usize {
        match self {
            Self::Negative { column, .. } | Self::NotPositive { column, .. } | Self::Ideal { column } => *column,
        }
    }
}

/// The values of a column over rows, without `NaN`; the column itself where that is all of it.
pub(crate) fn known<'a>(column: &'a [f64], rows: &[usize]) -> Cow<'a, [f64]> {
    if is_all(rows, column.len()) && !has_gap(column) {
        return Cow::Borrowed(column);
    }
    rows.iter().map(|&i| column[i]).filter(|x| !x.is_nan()).collect()
}

/// Whether rows are all of so many, in order.
fn is_all(rows: &[usize], of: usize) -> bool {
    rows.len() == of && rows.iter().enumerate().fold(true, |all, (k, &i)| all & (i == k))
}

fn has_gap(column: &[f64]) -> bool {
    column.iter().fold(false, |gap, x| gap | x.is_nan())
}

/// Whether a column tells nothing apart: fewer than two values, or all equal up to rounding.
pub(crate) fn constant(column: &[f64], rows: &[usize]) -> bool {
    let xs = known(column, rows);
    let (low, high) = moments::extremes(&xs);
    xs.len() < 2 || high - low <= 1e-12 * low.abs().max(high.abs())
}

/// The columns that tell nothing apart.
pub(crate) fn constants(columns: &[Vec<f64>], rows: &[usize]) -> Vec<usize> {
    (0..columns.len()).filter(|&j| constant(&columns[j], rows)).collect()
}

/// Rows in which every one of the columns `of` has a value.
pub(crate) fn complete(columns: &[Vec<f64>], of: &[usize], rows: &[usize]) -> Vec<usize> {
    if !of.iter().any(|&j| has_gap(&columns[j])) {
        return rows.to_vec();
    }
    rows.iter().copied().filter(|&i| of.iter().all(|&j| !columns[j][i].is_nan())).collect()
}

/// Values divided by their sum; all 0 where the sum is not above 0.
pub(crate) fn shares(xs: &[f64]) -> Vec<f64> {
    let total = moments::sum(xs);
    if total > 0.0 { xs.iter().map(|x| x / total).collect() } else { vec![0.0; xs.len()] }
}

/// Every value below 0, the first of each column.
pub(crate) fn negative(columns: &[Vec<f64>], rows: &[usize]) -> Vec<TakenError> {
    first(columns, rows, |x| x < 0.0).map(|(column, row, value)| TakenError::Negative { column, row, value }).collect()
}

/// Every value of 0 or below, the first of each column.
pub(crate) fn not_positive(columns: &[Vec<f64>], rows: &[usize]) -> Vec<TakenError> {
    first(columns, rows, |x| x <= 0.0).map(|(column, row, value)| TakenError::NotPositive { column, row, value }).collect()
}

fn first<'a>(
    columns: &'a [Vec<f64>],
    rows: &'a [usize],
    bad: impl Fn(f64) -> bool + 'a,
) -> impl Iterator<Item = (usize, usize, f64)> + 'a {
    columns.iter().enumerate().filter_map(move |(j, c)| rows.iter().find(|&&i| bad(c[i])).map(|&i| (j, i, c[i])))
}
