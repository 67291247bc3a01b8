//! What is there and what is not: cells, missing cells, gaps.

use serde::{Deserialize, Serialize};

use super::series::{Column, Grid};
use crate::table::Panel;

/// Cells of one variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Variable.
    pub variable: String,
    /// Rows of the panel.
    pub cells: usize,
    /// Rows without a value.
    pub missing: usize,
    /// Units without any value.
    pub empty_units: Vec<String>,
    /// First period with a value; `None` if there is none.
    pub first: Option<i32>,
    /// Last period with a value.
    pub last: Option<i32>,
}

/// Missing cells of one variable in one unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Variable.
    pub variable: String,
    /// Unit.
    pub unit: String,
    /// The periods without a value, in order.
    pub periods: Vec<i32>,
}

/// Periods for which a unit has no row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Unit.
    pub unit: String,
    /// Periods missing between the unit's first and last row.
    pub inside: Vec<i32>,
    /// Periods of the panel before the unit's first or after its last row.
    pub outside: Vec<i32>,
}

pub(super) fn coverage(panel: &Panel, grid: &Grid, columns: &[Column<'_>]) -> (Vec<Coverage>, Vec<Missing>, Vec<Gap>) {
    let mut covers = Vec::with_capacity(columns.len());
    let mut missing = Vec::new();
    for c in columns {
        let values = &c.variable.values;
        let mut empty_units = Vec::new();
        for r in &grid.units {
            let periods: Vec<i32> = r.clone().filter(|&i| values[i].is_nan()).map(|i| panel.periods[i]).collect();
            if periods.len() == r.len() {
                empty_units.push(panel.units[r.start].clone());
            }
            if !periods.is_empty() {
                missing.push(Missing { variable: c.variable.name.clone(), unit: panel.units[r.start].clone(), periods });
            }
        }
        let with = || (0..values.len()).filter(|&i| !values[i].is_nan()).map(|i| panel.periods[i]);
        covers.push(Coverage {
            variable: c.variable.name.clone(),
            cells: values.len(),
            missing: values.len() - c.counts[0],
            empty_units,
            first: with().min(),
            last: with().max(),
        });
    }
    let mut gaps = Vec::new();
    for r in &grid.units {
        let (first, last) = (grid.at[r.start], grid.at[r.end - 1]);
        let mut gap = Gap { unit: panel.units[r.start].clone(), inside: Vec::new(), outside: Vec::new() };
        let mut row = r.start;
        for (t, &period) in grid.periods.iter().enumerate() {
            if row < r.end && grid.at[row] == t {
                row += 1;
            } else if first < t && t < last {
                gap.inside.push(period);
            } else {
                gap.outside.push(period);
            }
        }
        if !(gap.inside.is_empty() && gap.outside.is_empty()) {
            gaps.push(gap);
        }
    }
    (covers, missing, gaps)
}
