//! Directions: which way a unit is moved, and how far one step is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    directional::{BadOutputs, DirectionalReturns},
    projection::SlackOrientation,
    technology::{Cell, FrontierError, Role, Technology},
};

/// Direction `g = (gx, gy, gb)` in which a unit is moved: inputs and undesirable outputs shrink by `β g`, outputs
/// grow by it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// (-x, y, -b): the unit's own values; β is a share of them.
    #[default]
    Observed,
    /// (-x, 0, 0): inputs only. Without bads, `β = 1 - θ`.
    Inputs,
    /// (0, y, -b): outputs of both kinds, with the same inputs. Without bads, `β = φ - 1`.
    Outputs,
    /// The means of the variables over the reference, the same for all units; β adds up over units.
    Mean,
    /// One unit of measure of each variable.
    Ones,
    /// (-(x − min x), max y − y, -(b − min b)): the distance to the best values in the reference, of the variables
    /// that move (Portela, Thanassoulis and Simpson 2004). Takes negative data under `vrs`.
    Range(SlackOrientation),
    /// How far each variable that moves could go alone, the others kept (multi-directional efficiency analysis,
    /// Bogetoft and Hougaard 1999). Takes negative data under `vrs`.
    Potential(SlackOrientation),
    /// Given lengths, one per variable: inputs, outputs, undesirable outputs. 0 keeps a variable as it is. A negative length
    /// of an undesirable output lets it grow with the good ones; other lengths are not negative.
    Custom(Vec<f64>),
    /// Given lengths, one column per variable, one row per evaluated unit.
    Columns(Vec<Vec<f64>>),
}

/// Something that makes a direction unusable.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum DirectionDefect {
    /// Not one length (or column) for each input, output and undesirable output.
    Count {
        /// Lengths given.
        found: usize,
        /// Variables.
        expected: usize,
    },
    /// A column of another length than the evaluated units.
    Rows {
        /// Position among inputs, outputs and undesirable outputs.
        variable: usize,
        /// Its length.
        found: usize,
        /// Evaluated units.
        expected: usize,
    },
    /// A length that is negative (and not of an undesirable output) or not finite, in `Custom`.
    Length {
        /// Position among inputs, outputs and undesirable outputs.
        variable: usize,
        /// The length.
        value: f64,
    },
    /// The same in `Columns`.
    Cell(Cell, f64),
    /// All lengths are zero for this unit (`None`: for all); nothing moves and β has no bound.
    Zero(Option<usize>),
}

/// Why a directional method did not start.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum DirectionalError {
    /// The data cannot be used.
    #[error(transparent)]
    Frontier(#[from] FrontierError),
    /// The direction cannot be used; all of its defects.
    #[error("{} lengths of the direction cannot be used", .0.len())]
    Direction(Vec<DirectionDefect>),
    /// Weakly disposable undesirable outputs know `crs`, `vrs-convex`, `vrs-shephard` and `vrs-kuosmanen`; without them, or with strongly
    /// disposable ones, returns are `crs`, `vrs`, `nirs` or `ndrs`.
    #[error("returns to scale {0:?} do not go with undesirable outputs {1:?}")]
    Returns(DirectionalReturns, BadOutputs),
    /// The output against which bads are priced is not there.
    #[error("there are {outputs} outputs; number {numeraire} is not one of them")]
    Numeraire {
        /// Position asked for.
        numeraire: usize,
        /// Outputs.
        outputs: usize,
    },
}

impl From<numerics::lp::LpError> for DirectionalError {
    fn from(e: numerics::lp::LpError) -> Self {
        Self::Frontier(e.into())
    }
}

/// A direction with its numbers: what is subtracted from (inputs, bads) or added to (outputs) each evaluated row.
pub(crate) enum Steps<'a> {
    /// The row's own value where the variable moves.
    Own(Vec<bool>),
    /// The same for all rows.
    Same(Vec<f64>),
    /// A column each.
    Columns(&'a [Vec<f64>]),
}

impl Steps<'_> {
    /// Length of the step of `variable` for `row`, whose value there is `value`.
    pub(crate) fn length(&self, variable: usize, row: usize, value: f64) -> f64 {
        match self {
            Self::Own(moves) => {
                if moves[variable] {
                    value
                } else {
                    0.0
                }
            }
            Self::Same(lengths) => lengths[variable],
            Self::Columns(columns) => columns[variable][row],
        }
    }
}

impl Direction {
    /// The steps of a direction of own values (`Observed`, `Inputs`, `Outputs`); the unit's own for any other.
    pub(crate) fn own_steps(&self, technology: &Technology<'_>) -> Steps<'static> {
        let moves = |role: Role| match self {
            Self::Inputs => role == Role::Input,
            Self::Outputs => role != Role::Input,
            _ => true,
        };
        Steps::Own(technology.columns().map(|(role, _, _)| moves(role)).collect())
    }

    /// The steps for the rows of `evaluated`; means are taken over `members` of `reference`.
    pub(crate) fn steps<'a>(
        &'a self,
        evaluated: &Technology<'_>,
        reference: &Technology<'_>,
        members: &[usize],
    ) -> Result<Steps<'a>, DirectionalError> {
        let roles: Vec<(Role, usize)> = evaluated.columns().map(|(role, i, _)| (role, i)).collect();
        let mut defects = Vec::new();
        let bad =
            |role: Option<&(Role, usize)>, x: f64| !(x.is_finite() && (x >= 0.0 || role.is_some_and(|r| r.0 == Role::BadOutput)));
        let steps = match self {
            Self::Observed | Self::Inputs | Self::Outputs => self.own_steps(evaluated),
            Self::Mean => {
                let mean = |c: &[f64]| numerics::moments::mean(&members.iter().map(|&r| c[r]).collect::<Vec<_>>());
                Steps::Same(reference.columns().map(|(_, _, c)| mean(c)).collect())
            }
            Self::Ones => Steps::Same(vec![1.0; roles.len()]),
            Self::Custom(lengths) => {
                if lengths.len() != roles.len() {
                    defects.push(DirectionDefect::Count { found: lengths.len(), expected: roles.len() });
                }
                let unusable = lengths.iter().enumerate().filter(|(v, x)| bad(roles.get(*v), **x));
                defects.extend(unusable.map(|(variable, &value)| DirectionDefect::Length { variable, value }));
                if lengths.iter().all(|x| *x == 0.0) {
                    defects.push(DirectionDefect::Zero(None));
                }
                Steps::Same(lengths.clone())
            }
            Self::Range(_) | Self::Potential(_) => {
                let why = "a direction towards an ideal point belongs to `directional`".to_owned();
                return Err(FrontierError::Options(vec![("direction", why)]).into());
            }
            Self::Columns(columns) => {
                if columns.len() != roles.len() {
                    defects.push(DirectionDefect::Count { found: columns.len(), expected: roles.len() });
                }
                let n = evaluated.len();
                for (variable, (column, at)) in columns.iter().zip(&roles).enumerate() {
                    let (role, i) = *at;
                    if column.len() != n {
                        defects.push(DirectionDefect::Rows { variable, found: column.len(), expected: n });
                    }
                    let unusable = column.iter().enumerate().filter(|(_, x)| bad(Some(at), **x));
                    defects.extend(unusable.map(|(unit, &x)| DirectionDefect::Cell(Cell { role, variable: i, unit }, x)));
                }
                if defects.is_empty() {
                    let zero = |u: &usize| columns.iter().all(|c| c[*u] == 0.0);
                    defects.extend((0..n).filter(zero).map(|u| DirectionDefect::Zero(Some(u))));
                }
                Steps::Columns(columns)
            }
        };
        if defects.is_empty() { Ok(steps) } else { Err(DirectionalError::Direction(defects)) }
    }
}
