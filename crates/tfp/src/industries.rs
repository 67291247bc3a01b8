//! Industries of economies by period.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::rows;

/// Two rows of the same economy, industry and period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("rows {0} and {1} are the same economy, industry and period")]
pub struct Twice(pub usize, pub usize);

/// Where the rows of an economy, a period and an industry stand.
pub(crate) struct Industries {
    rows: BTreeMap<(usize, i32, usize), usize>,
    /// Industries of each economy in any period, in order of their number.
    pub(crate) of: BTreeMap<usize, Vec<usize>>,
}

impl Industries {
    /// Slices have equal length.
    ///
    /// # Errors
    /// [`Twice`]: the first row that was there before.
    pub(crate) fn new(economies: &[usize], industries: &[usize], periods: &[i32]) -> Result<Self, Twice> {
        let mut found = Self { rows: BTreeMap::new(), of: BTreeMap::new() };
        for i in 0..periods.len() {
            if let Some(j) = found.rows.insert((economies[i], periods[i], industries[i]), i) {
                return Err(Twice(j, i));
            }
            found.of.entry(economies[i]).or_default().push(industries[i]);
        }
        for list in found.of.values_mut() {
            *list = rows::distinct(std::mem::take(list));
        }
        Ok(found)
    }

    /// Row of an industry.
    pub(crate) fn row(&self, economy: usize, period: i32, industry: usize) -> Option<usize> {
        self.rows.get(&(economy, period, industry)).copied()
    }

    /// Economies and periods that have a row, in order.
    pub(crate) fn times(&self) -> Vec<(usize, i32)> {
        rows::distinct(self.rows.keys().map(|k| (k.0, k.1)))
    }
}
