//! What is observed: inputs and outputs by unit, and what makes an observation unusable.

use numerics::lp::{LpError, Status};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Inputs and outputs, one column per variable, one row per unit. `NaN` is a missing cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Technology<'a> {
    /// Inputs: less is better.
    pub inputs: Vec<&'a [f64]>,
    /// Desirable outputs: more is better.
    pub outputs: Vec<&'a [f64]>,
    /// Undesirable outputs, weakly disposable; only for methods that say so.
    pub bad_outputs: Vec<&'a [f64]>,
}

/// Which side of production is moved towards the frontier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Orientation {
    /// Inputs shrink, outputs stay (Farrell's theta).
    #[default]
    Input,
    /// Outputs grow, inputs stay (Farrell's phi; its reciprocal is the score).
    Output,
}

/// What to do with units that have missing cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// Refuse the data and name every missing cell.
    #[default]
    Refuse,
    /// Leave such units out of the reference and give them the status `missing`.
    Exclude,
}

/// What became of a solved value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Solved and certified.
    Optimal,
    /// No point of the reference technology meets the constraints.
    Infeasible,
    /// The distance has no bound.
    Unbounded,
    /// Solved, but the certificate could not be closed.
    Numerical,
    /// The unit has missing cells.
    Missing,
}

impl From<Status> for State {
    fn from(s: Status) -> Self {
        match s {
            Status::Optimal => Self::Optimal,
            Status::Infeasible => Self::Infeasible,
            Status::Unbounded => Self::Unbounded,
            Status::Numerical => Self::Numerical,
        }
    }
}

/// Widest certified interval, in units of the value's size, with which a value counts as certified.
const WIDTH: f64 = 1e-8;

impl State {
    /// An optimum is believed only with its digits: where its interval is wider than 1e-8 of `size`, as in a table
    /// that mixes magnitudes beyond double precision, it is `Numerical`.
    pub(crate) fn certified(self, (low, high): (f64, f64), size: f64) -> Self {
        let narrow = (high - low).abs() <= WIDTH * size;
        if self == Self::Optimal && !narrow { Self::Numerical } else { self }
    }
}

/// Whether a target meets a limit to the digits of `size`. A solver's residual is small beside the largest value of a
/// variable; beside a unit many magnitudes below it may be all there is.
pub(crate) fn meets(target: f64, limit: f64, at_most: bool, size: f64) -> bool {
    let beyond = if at_most { target - limit } else { limit - target };
    size <= 0.0 || beyond <= WIDTH * size
}

/// The part a variable plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Input.
    Input,
    /// Output.
    Output,
    /// Undesirable output.
    BadOutput,
    /// What one stage of a chain makes and the next one uses.
    Intermediate,
}

/// A cell: variable by role and position, unit by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cell {
    /// Role of the variable.
    pub role: Role,
    /// Position among the variables of that role.
    pub variable: usize,
    /// Row.
    pub unit: usize,
}

/// Something that makes data unusable for a method.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Defect {
    /// A missing cell.
    Missing(Cell),
    /// An infinite cell.
    Infinite(Cell),
    /// A negative cell: ratios of it mean nothing. The additive model under VRS and the range
    /// directional model are made for such data.
    Negative(Cell, f64),
    /// A cell whose value, or whose target, is not above 0 where its logarithm is taken.
    NoLogarithm(Cell),
    /// A variable that is zero for every unit of a reference set.
    ZeroVariable(Role, usize),
    /// A unit without any positive value in this role.
    ZeroUnit(Role, usize),
}

/// Why a method did not start.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum FrontierError {
    /// No variable of a role that the method needs.
    #[error("no variable in the role {0:?}")]
    NoVariable(Role),
    /// Undesirable outputs given to a method that does not know them.
    #[error("this method takes no undesirable outputs; a directional distance does")]
    BadOutputs,
    /// Columns of different length.
    #[error("{role:?} {variable} has {found} rows where {expected} are needed")]
    Shape {
        /// Role of the column.
        role: Role,
        /// Its position.
        variable: usize,
        /// Its length.
        found: usize,
        /// The length needed.
        expected: usize,
    },
    /// Evaluated units and reference differ in their variables.
    #[error("the evaluated units and the reference do not have the same variables")]
    Variables,
    /// No unit is left to form a reference.
    #[error("no unit has complete data")]
    Empty,
    /// Cells that cannot be used, all of them.
    #[error("{} cells, variables or units cannot be used", .0.len())]
    Data(Vec<Defect>),
    /// Options that do not go together or do not fit the data: name and reason of each.
    #[error("{}", .0.iter().map(|(name, why)| format!("`{name}`: {why}")).collect::<Vec<_>>().join("; "))]
    Options(Vec<(&'static str, String)>),
    /// A program that is not one; a mistake of this library.
    #[error(transparent)]
    Lp(#[from] LpError),
}

/// Columns of its own for some rows of a technology.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    /// Inputs.
    pub inputs: Vec<Vec<f64>>,
    /// Outputs.
    pub outputs: Vec<Vec<f64>>,
    /// Undesirable outputs.
    pub bad_outputs: Vec<Vec<f64>>,
}

impl Columns {
    /// The rows at these positions, in this order.
    ///
    /// # Panics
    /// A position outside the technology.
    pub fn pick(technology: &Technology<'_>, rows: &[usize]) -> Self {
        let pick = |cs: &[&[f64]]| cs.iter().map(|c| rows.iter().map(|&r| c[r]).collect()).collect();
        Self { inputs: pick(&technology.inputs), outputs: pick(&technology.outputs), bad_outputs: pick(&technology.bad_outputs) }
    }

    /// A view of them.
    pub fn technology(&self) -> Technology<'_> {
        fn slices(columns: &[Vec<f64>]) -> Vec<&[f64]> {
            columns.iter().map(Vec::as_slice).collect()
        }
        Technology { inputs: slices(&self.inputs), outputs: slices(&self.outputs), bad_outputs: slices(&self.bad_outputs) }
    }
}

/// Cells that no ratio can be made of.
pub(crate) fn defects<'c>(columns: impl Iterator<Item = (Role, usize, &'c [f64])>, missing: Missing) -> Vec<Defect> {
    let mut defects = Vec::new();
    for (role, variable, column) in columns {
        for (unit, &x) in column.iter().enumerate() {
            let cell = Cell { role, variable, unit };
            if x.is_nan() && missing == Missing::Refuse {
                defects.push(Defect::Missing(cell));
            } else if x.is_infinite() {
                defects.push(Defect::Infinite(cell));
            } else if x < 0.0 {
                defects.push(Defect::Negative(cell, x));
            }
        }
    }
    defects
}

impl<'a> Technology<'a> {
    /// Number of units.
    pub fn len(&self) -> usize {
        self.columns().next().map_or(0, |(_, _, c)| c.len())
    }

    /// Whether there is no unit.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All columns with role and position.
    pub fn columns(&self) -> impl Iterator<Item = (Role, usize, &'a [f64])> + '_ {
        let tag = |role| move |(i, c): (usize, &&'a [f64])| (role, i, *c);
        let inputs = self.inputs.iter().enumerate().map(tag(Role::Input));
        let outputs = self.outputs.iter().enumerate().map(tag(Role::Output));
        inputs.chain(outputs).chain(self.bad_outputs.iter().enumerate().map(tag(Role::BadOutput)))
    }

    /// Refuses two sets of other variables.
    pub(crate) fn like(&self, other: &Self) -> Result<(), FrontierError> {
        let sizes = |t: &Self| [t.inputs.len(), t.outputs.len(), t.bad_outputs.len()];
        if sizes(self) == sizes(other) { Ok(()) } else { Err(FrontierError::Variables) }
    }

    /// Rows without a missing cell.
    pub fn complete(&self) -> Vec<bool> {
        (0..self.len()).map(|u| self.columns().all(|(_, _, c)| !c[u].is_nan())).collect()
    }

    /// Checks shape and cells; every defect is collected.
    pub(crate) fn check(&self, missing: Missing, bad_outputs: bool) -> Result<(), FrontierError> {
        if self.inputs.is_empty() {
            return Err(FrontierError::NoVariable(Role::Input));
        }
        if self.outputs.is_empty() {
            return Err(FrontierError::NoVariable(Role::Output));
        }
        match (bad_outputs, self.bad_outputs.is_empty()) {
            (true, true) => return Err(FrontierError::NoVariable(Role::BadOutput)),
            (false, false) => return Err(FrontierError::BadOutputs),
            _ => {}
        }
        let n = self.len();
        if let Some((role, variable, c)) = self.columns().find(|(_, _, c)| c.len() != n) {
            return Err(FrontierError::Shape { role, variable, found: c.len(), expected: n });
        }
        let mut defects = defects(self.columns(), missing);
        // Each unit needs a positive input and a positive output (Charnes, Cooper and Thrall 1991).
        for (role, columns) in [(Role::Input, &self.inputs), (Role::Output, &self.outputs)] {
            let zero = |u: &usize| columns.iter().all(|c| c[*u] == 0.0);
            defects.extend((0..n).filter(zero).map(|u| Defect::ZeroUnit(role, u)));
        }
        if defects.is_empty() { Ok(()) } else { Err(FrontierError::Data(defects)) }
    }

    /// Variables that are zero for all of `units`.
    pub(crate) fn zero_variables(&self, units: &[usize]) -> Vec<Defect> {
        let zero = |(_, _, c): &(Role, usize, &[f64])| !units.is_empty() && units.iter().all(|&u| c[u] == 0.0);
        self.columns().filter(zero).map(|(role, i, _)| Defect::ZeroVariable(role, i)).collect()
    }
}
