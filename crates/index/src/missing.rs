//! Missing cells: what is filled, by what rule, and what stays missing.

use std::collections::{BTreeMap, BTreeSet};

use numerics::moments;

use crate::{expectation, recipe::Missing};

/// One cell that was filled or left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Fill {
    /// Row of the cell.
    pub row: usize,
    /// Indicator, by its place in the framework.
    pub indicator: usize,
    /// The value put in; `NaN` where the cell was left out of the mean.
    pub value: f64,
}

/// The keys of the rows that rules for missing cells look at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keys<'a> {
    pub units: &'a [String],
    pub periods: &'a [i32],
    /// Group of each row; empty where there are none.
    pub groups: &'a [String],
}

/// Fills `columns` in place (rows sorted by unit, then period) and lists every cell that was missing.
pub(crate) fn fill(keys: &Keys<'_>, columns: &mut [Vec<f64>], policy: Missing) -> Vec<Fill> {
    let conditional = (policy == Missing::Em && columns.iter().flatten().any(|x| x.is_nan())).then(|| {
        let normal = expectation::fit(columns);
        let row = |i: usize| columns.iter().map(|c| c[i]).collect::<Vec<f64>>();
        (0..keys.units.len()).map(|i| normal.means(&row(i))).collect::<Vec<_>>()
    });
    let sharing = keys.sharing(policy);
    let mut fills = Vec::new();
    for (j, column) in columns.iter_mut().enumerate() {
        let gaps: Vec<usize> = (0..column.len()).filter(|&i| column[i].is_nan()).collect();
        let beside = if gaps.is_empty() { Vec::new() } else { middles(&sharing, column, policy) };
        let value = |i: usize| match &conditional {
            Some(rows) => rows[i].iter().find(|(k, _)| *k == j).map_or(f64::NAN, |(_, x)| *x),
            None if beside.is_empty() => within(keys, column, i, policy),
            None => beside[sharing[i]],
        };
        let values: Vec<f64> = gaps.iter().map(|&i| value(i)).collect();
        for (&row, &value) in gaps.iter().zip(&values) {
            column[row] = value;
            fills.push(Fill { row, indicator: j, value });
        }
    }
    fills.sort_by_key(|f| (f.row, f.indicator));
    fills
}

impl Keys<'_> {
    /// Numbers of the sets of rows whose means or medians fill one another's gaps: those of a period and, where it
    /// counts, a group.
    fn sharing(&self, policy: Missing) -> Vec<usize> {
        let grouped = matches!(policy, Missing::GroupMean | Missing::GroupMedian);
        let key = |i: usize| (self.periods[i], self.groups.get(i).filter(|_| grouped).map(String::as_str));
        let mut sets = BTreeMap::new();
        (0..self.periods.len())
            .map(|i| {
                let next = sets.len();
                *sets.entry(key(i)).or_insert(next)
            })
            .collect()
    }
}

/// Means or medians of the cells that are there, by the set of rows; `NaN` where there are none, and nothing at all under
/// rules that take neither.
fn middles(sharing: &[usize], column: &[f64], policy: Missing) -> Vec<f64> {
    let middle = match policy {
        Missing::Mean | Missing::GroupMean => moments::mean,
        Missing::Median | Missing::GroupMedian => moments::median,
        _ => return Vec::new(),
    };
    let mut cells = vec![Vec::new(); sharing.iter().max().map_or(0, |last| last + 1)];
    column.iter().zip(sharing).filter(|(x, _)| !x.is_nan()).for_each(|(x, &set)| cells[set].push(*x));
    cells.iter().map(|present| middle(present)).collect()
}

/// What the unit's own other periods say of a cell; `NaN` where they say nothing, or are not asked.
fn within(keys: &Keys<'_>, column: &[f64], i: usize, policy: Missing) -> f64 {
    let Keys { units, periods, .. } = *keys;
    let before = (0..i).rev().take_while(|&k| units[k] == units[i]).find(|&k| !column[k].is_nan());
    let after = (i + 1..column.len()).take_while(|&k| units[k] == units[i]).find(|&k| !column[k].is_nan());
    match policy {
        Missing::Carry => before.map_or(f64::NAN, |k| column[k]),
        Missing::Interpolate => before.zip(after).map_or(f64::NAN, |(a, b)| {
            let t = (f64::from(periods[i]) - f64::from(periods[a])) / (f64::from(periods[b]) - f64::from(periods[a]));
            column[a] + t * (column[b] - column[a])
        }),
        _ => f64::NAN,
    }
}

/// The units with a missing cell in any column.
pub(crate) fn incomplete<'a>(units: &'a [String], columns: &[Vec<f64>]) -> BTreeSet<&'a str> {
    (0..units.len()).filter(|&i| columns.iter().any(|c| c[i].is_nan())).map(|i| units[i].as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const N: f64 = f64::NAN;

    fn filled(policy: Missing) -> Vec<f64> {
        let units: Vec<String> = ["a", "a", "a", "a", "b", "b"].map(String::from).to_vec();
        let mut columns = vec![vec![N, 1.0, N, 7.0, 4.0, N]];
        let groups: Vec<String> = ["g", "g", "g", "g", "h", "g"].map(String::from).to_vec();
        let keys = Keys { units: &units, periods: &[2000, 2001, 2003, 2004, 2000, 2001], groups: &groups };
        fill(&keys, &mut columns, policy);
        columns.remove(0).into_iter().map(|x| if x.is_nan() { -1.0 } else { x }).collect()
    }

    #[test]
    fn each_rule_stays_within_its_unit_or_period() {
        assert_eq!(filled(Missing::Carry), [-1.0, 1.0, 1.0, 7.0, 4.0, 4.0]);
        assert_eq!(filled(Missing::Interpolate), [-1.0, 1.0, 5.0, 7.0, 4.0, -1.0]);
        assert_eq!(filled(Missing::Mean), [4.0, 1.0, -1.0, 7.0, 4.0, 1.0]);
        assert_eq!(filled(Missing::GroupMean), [-1.0, 1.0, -1.0, 7.0, 4.0, 1.0]);
        assert_eq!(filled(Missing::Median), [4.0, 1.0, -1.0, 7.0, 4.0, 1.0]);
        assert_eq!(filled(Missing::MeanOfPresent), [-1.0, 1.0, -1.0, 7.0, 4.0, -1.0]);
    }
}
