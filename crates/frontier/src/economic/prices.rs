//! Prices by unit, and what makes them unusable.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    directional::{DirectionDefect, DirectionalError},
    technology::{Cell, FrontierError, Missing, Role, Technology},
};

/// Prices that the evaluated units face: one column per variable, one row per unit; a common price is a column of the
/// same number. Cost needs input prices, revenue output prices, profit and profitability both; what is not needed is not
/// looked at. `NaN` is a missing price.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prices<'a> {
    /// Prices of the inputs.
    pub inputs: Vec<&'a [f64]>,
    /// Prices of the outputs.
    pub outputs: Vec<&'a [f64]>,
}

/// Something that makes prices unusable.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum PriceDefect {
    /// Not one column of prices for each variable of a role.
    Count {
        /// Role.
        role: Role,
        /// Columns given.
        found: usize,
        /// Variables.
        expected: usize,
    },
    /// A column of another length than the evaluated units.
    Rows {
        /// Role.
        role: Role,
        /// Position of the variable.
        variable: usize,
        /// Its length.
        found: usize,
        /// Evaluated units.
        expected: usize,
    },
    /// A missing price.
    Missing(Cell),
    /// A price that is not a finite number above 0.
    NotPositive(Cell, f64),
}

/// Why economic efficiency was not measured.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum EconomicError {
    /// The data or the options cannot be used.
    #[error(transparent)]
    Frontier(#[from] FrontierError),
    /// The prices cannot be used; all of their defects.
    #[error("{} prices cannot be used", .0.len())]
    Prices(Vec<PriceDefect>),
    /// The direction cannot be used; all of its defects.
    #[error("{} lengths of the direction cannot be used", .0.len())]
    Direction(Vec<DirectionDefect>),
}

impl From<numerics::lp::LpError> for EconomicError {
    fn from(e: numerics::lp::LpError) -> Self {
        Self::Frontier(e.into())
    }
}

impl From<DirectionalError> for EconomicError {
    fn from(e: DirectionalError) -> Self {
        match e {
            DirectionalError::Frontier(e) => Self::Frontier(e),
            DirectionalError::Direction(defects) => Self::Direction(defects),
            other => Self::Frontier(FrontierError::Options(vec![("returns", other.to_string())])),
        }
    }
}

impl Prices<'_> {
    /// Checks the prices of the variables `chosen`, inputs before outputs.
    /// Contents of a material may be 0 (`zeros`).
    pub(super) fn check(
        &self,
        technology: &Technology<'_>,
        chosen: Range<usize>,
        missing: Missing,
        zeros: bool,
    ) -> Result<(), EconomicError> {
        let (m, n) = (technology.inputs.len(), technology.len());
        let sides = [
            (Role::Input, &self.inputs, m, chosen.contains(&0)),
            (Role::Output, &self.outputs, technology.outputs.len(), chosen.contains(&m)),
        ];
        let mut defects = Vec::new();
        for (role, columns, expected, _) in sides.into_iter().filter(|s| s.3) {
            if columns.len() != expected {
                defects.push(PriceDefect::Count { role, found: columns.len(), expected });
            }
            for (variable, column) in columns.iter().enumerate() {
                if column.len() != n {
                    defects.push(PriceDefect::Rows { role, variable, found: column.len(), expected: n });
                }
                for (unit, &price) in column.iter().enumerate() {
                    let cell = Cell { role, variable, unit };
                    if price.is_nan() && missing == Missing::Refuse {
                        defects.push(PriceDefect::Missing(cell));
                    } else if !(price.is_nan() || (price > 0.0 || zeros && price == 0.0) && price.is_finite()) {
                        defects.push(PriceDefect::NotPositive(cell, price));
                    }
                }
            }
        }
        if defects.is_empty() { Ok(()) } else { Err(EconomicError::Prices(defects)) }
    }
}
