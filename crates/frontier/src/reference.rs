//! The distinct points of a technology in an order of their own: what spans a frontier, or is measured against one.

use numerics::lp::{Cloud, LpError};

use crate::{
    classes::Classes,
    technology::{FrontierError, Technology},
};

/// Distinct points, sorted by their values, so that nothing solved over them can depend on the order
/// of rows; units with equal values form one class.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    /// Units of each class.
    pub(crate) classes: Classes,
    /// Columns over the classes: inputs, outputs, undesirable outputs.
    pub(crate) columns: Vec<Vec<f64>>,
}

/// The row that restricts the sum of the weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SumRow {
    /// None (constant returns).
    None,
    /// One row of ones.
    Ones,
    /// Kuosmanen's second set of weights, which use inputs and count in the sum but produce nothing.
    OnesWithIdle,
}

impl Reference {
    pub(crate) fn new(technology: &Technology<'_>, units: &[usize]) -> Self {
        let columns: Vec<&[f64]> = technology.columns().map(|(_, _, c)| c).collect();
        let (classes, columns) = Classes::new(&columns, units);
        Self { classes, columns }
    }

    /// The points of the complete units.
    pub(crate) fn complete(technology: &Technology<'_>) -> Self {
        let complete = technology.complete();
        let units: Vec<usize> = (0..technology.len()).filter(|&u| complete[u]).collect();
        Self::new(technology, &units)
    }

    /// The points of the complete units, where they span a technology: there are any, and no variable is zero
    /// throughout.
    pub(crate) fn spanning(technology: &Technology<'_>) -> Result<Self, FrontierError> {
        let set = Self::complete(technology);
        if set.classes.is_empty() {
            return Err(FrontierError::Empty);
        }
        let members: Vec<usize> = (0..set.classes.len()).map(|k| set.classes.units(k)[0]).collect();
        let zero = technology.zero_variables(&members);
        if zero.is_empty() { Ok(set) } else { Err(FrontierError::Data(zero)) }
    }

    /// The cloud of a program; `inputs` is the number of leading columns that idle weights use.
    pub(crate) fn cloud(&self, sum: SumRow, inputs: usize) -> Result<Cloud, LpError> {
        let n = self.classes.len();
        let mut rows = if sum == SumRow::OnesWithIdle { self.with_idle(inputs) } else { self.columns.clone() };
        match sum {
            SumRow::None => {}
            SumRow::Ones => rows.push(vec![1.0; n]),
            SumRow::OnesWithIdle => rows.push(vec![1.0; 2 * n]),
        }
        Cloud::new(rows)
    }

    /// The columns with a second copy of each point, which uses inputs and makes nothing.
    pub(crate) fn with_idle(&self, inputs: usize) -> Vec<Vec<f64>> {
        let mut columns = self.columns.clone();
        for (i, column) in columns.iter_mut().enumerate() {
            if i < inputs {
                column.extend_from_within(..);
            } else {
                column.resize(2 * column.len(), 0.0);
            }
        }
        columns
    }
}
