//! Rows of a panel: their canonical order by unit and period, and the row before each.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Two rows of the same unit and period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("rows {0} and {1} are the same unit and period")]
pub struct Twice(pub usize, pub usize);

/// What stands behind the growth of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Level and growth.
    Computed,
    /// Level only: the first complete period of the unit.
    First,
    /// Level only: the period `step` earlier is absent or incomplete. What is chained starts again at 1.
    Gap,
    /// Nothing: a value is missing.
    Missing,
}

/// What stands before a row of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    /// Nothing.
    Nothing,
    /// A row that is not `step` periods earlier.
    Gap,
    /// The row `step` periods earlier.
    Row(usize),
}

impl Before {
    /// Status of growth from the row before.
    pub(crate) const fn status(self) -> Status {
        match self {
            Self::Nothing => Status::First,
            Self::Gap => Status::Gap,
            Self::Row(_) => Status::Computed,
        }
    }
}

/// Rows by unit, then period.
///
/// # Errors
/// [`Twice`] where two rows are the same unit and period.
pub(crate) fn by_unit(units: &[usize], periods: &[i32]) -> Result<Vec<usize>, Twice> {
    in_order(units.len(), |i| (units[i], periods[i]))
}

/// Rows by period, then unit.
///
/// # Errors
/// [`Twice`] where two rows are the same unit and period.
pub(crate) fn by_period(units: &[usize], periods: &[i32]) -> Result<Vec<usize>, Twice> {
    in_order(units.len(), |i| (periods[i], units[i]))
}

/// `0..n` in order of a key that each has alone.
pub(crate) fn in_order<K: Ord>(n: usize, key: impl Fn(usize) -> K) -> Result<Vec<usize>, Twice> {
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_key(|&i| (key(i), i));
    match order.windows(2).find(|w| key(w[0]) == key(w[1])) {
        Some(w) => Err(Twice(w[0], w[1])),
        None => Ok(order),
    }
}

/// Each of `rows`, which stand by unit, then period, with what stands before it among them.
pub(crate) fn with_before(units: &[usize], periods: &[i32], rows: &[usize], step: u32) -> impl Iterator<Item = (usize, Before)> {
    let earlier = std::iter::once(None).chain(rows.iter().copied().map(Some));
    rows.iter().copied().zip(earlier).map(move |(i, earlier)| {
        let before = match earlier.filter(|&j| units[j] == units[i]) {
            None => Before::Nothing,
            Some(j) if i64::from(periods[i]) - i64::from(periods[j]) == i64::from(step) => Before::Row(j),
            Some(_) => Before::Gap,
        };
        (i, before)
    })
}

/// The different items in increasing order.
pub(crate) fn distinct<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort_unstable();
    items.dedup();
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_by_unit_then_period_and_duplicates_are_named() {
        let (units, periods) = ([1, 0, 1, 0], [2, 5, 1, 4]);
        assert_eq!(by_unit(&units, &periods), Ok(vec![3, 1, 2, 0]));
        assert_eq!(by_period(&units, &periods), Ok(vec![2, 0, 3, 1]));
        assert_eq!(by_unit(&[0, 1, 0], &[7; 3]), Err(Twice(0, 2)));
    }

    #[test]
    fn the_row_before_is_of_the_same_unit_and_a_step_away() {
        let (units, periods) = ([0, 0, 0, 1, 1], [i32::MIN, 3, 5, 7, i32::MAX]);
        let found: Vec<Before> = with_before(&units, &periods, &[0, 1, 2, 3, 4], 2).map(|(_, b)| b).collect();
        assert_eq!(found, [Before::Nothing, Before::Gap, Before::Row(1), Before::Nothing, Before::Gap]);
    }
}
