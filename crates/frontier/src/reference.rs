//! The reference set: the distinct points of a technology in an order of their own.

use numerics::lp::{Cloud, LpError};

use crate::technology::Technology;

/// Distinct points, sorted by their values, so that nothing solved over them can depend on the order
/// of rows; units with equal values form one class.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    /// Units of each class, smallest index first.
    pub(crate) classes: Vec<Vec<usize>>,
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
        let compare = |a: &usize, b: &usize| {
            let by_value = columns.iter().map(|c| c[*a].total_cmp(&c[*b]));
            by_value.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        };
        let mut sorted = units.to_vec();
        sorted.sort_by(|a, b| compare(a, b).then(a.cmp(b)));
        let classes: Vec<Vec<usize>> = sorted.chunk_by(|a, b| compare(a, b).is_eq()).map(<[usize]>::to_vec).collect();
        let columns = columns.iter().map(|c| classes.iter().map(|k| c[k[0]]).collect()).collect();
        Self { classes, columns }
    }

    /// The cloud of a program; `inputs` is the number of leading columns that idle weights use.
    pub(crate) fn cloud(&self, sum: SumRow, inputs: usize) -> Result<Cloud, LpError> {
        let mut rows = self.columns.clone();
        let n = self.classes.len();
        if sum == SumRow::OnesWithIdle {
            for (i, row) in rows.iter_mut().enumerate() {
                if i < inputs {
                    row.extend_from_within(..);
                } else {
                    row.resize(2 * n, 0.0);
                }
            }
        }
        match sum {
            SumRow::None => {}
            SumRow::Ones => rows.push(vec![1.0; n]),
            SumRow::OnesWithIdle => rows.push(vec![1.0; 2 * n]),
        }
        Cloud::new(rows)
    }
}
