//! Linear programs over point clouds: few rows, many columns, small dense basis.
//!
//! ```text
//! min c'x   subject to   A x  {<=, =, >=}  b,   x >= 0 (extra columns may be free)
//! ```
//!
//! `A` is a shared [`Cloud`] (one column per point) beside a few extra columns that belong to one
//! program, such as the radial factor of a distance function, and one slack per inequality.
//!
//! Two faces: a [`Family`] of programs over one cloud, swept one after another, and a single [`Program`].
//!
//! * **Sweeping.** Each program starts from its predecessor's basis, which a new right-hand side leaves dual
//!   feasible, on a short list of points (dual steps, then primal ones where costs moved). Its hyperplane is
//!   priced against the whole cloud, four at a time, in single precision with a rigorous bound; what is
//!   flagged is priced again in double, and what lies below is listed. A hyperplane that was certified once
//!   certifies all that are parallel to it. Where one extra column bears all cost, a program starts at the
//!   certified facet with the best bound; if values alone are wanted, most end there, without a pivot.
//! * **Scaling** is by exact powers of two, rows by the size of the program's own data and columns to
//!   unit size, so that results do not depend on units of measure and nothing is rounded twice.
//! * **Acceptance.** No basis is accepted on the word of an updated inverse: it is multiplied back with the
//!   original columns, refined, and priced against all of them; the solution meets every row to nine digits
//!   of the program's own values.
//! * **Certificate.** A dual solution lifted into feasibility bounds the optimum from one side, the
//!   primal solution with the price of its residual from the other ([`Solution::interval`]). The second bound
//!   is not rounded outwards.
//! * **The chain of care.** What a sweep cannot certify goes to a simplex that looks at every column in every
//!   step, with three degrees of care; what that cannot, to a tableau with 32 digits; what even that cannot is
//!   [`Status::Numerical`]. That there is no bound is believed of the tableau alone.
//! * **Ties.** Further objectives are optimised one after another on the optimal face of those before
//!   them; a last, generic one over the cloud picks one vertex by column index, so that the solution
//!   does not depend on the start.
//!
//! Harris (1973), Mathematical Programming 5, 1-28 (ratio test); Bland (1977), Mathematics of Operations
//! Research 2, 103-107 (anti-cycling); Ogita, Rump and Oishi (2005), SIAM J. Sci. Comput. 26, 1955-1988
//! (doubled precision); Forrest and Goldfarb (1992), Mathematical Programming 57, 341-374 (dual steepest edge).

mod atlas;
mod basis;
mod certificate;
mod desk;
mod family;
mod farkas;
mod patient;
mod proof;
mod scaled;
mod scan;
mod screen;
mod simplex;
mod sweep;
#[cfg(test)]
mod sweep_tests;
#[cfg(test)]
mod tests;
mod twin;

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use family::{Costs, Family, Instance};

/// Points as columns of a matrix, kept row by row: `rows[i][j]` is entry `i` of point `j`.
#[derive(Clone, Debug, PartialEq)]
pub struct Cloud {
    rows: Vec<Vec<f64>>,
    columns: usize,
    largest: Vec<f64>,
    /// Rows whose entries are one and the same, such as the row of ones.
    constant: Vec<bool>,
}

/// How a row relates to its right-hand side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// `a x <= b`; the slack is `b - a x`.
    AtMost,
    /// `a x = b`; no slack.
    Equal,
    /// `a x >= b`; the slack is `a x - b`.
    AtLeast,
}

/// One row of a program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Relation.
    pub sense: Sense,
    /// Right-hand side.
    pub rhs: f64,
}

/// A column that belongs to one program only.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// One entry per row.
    pub entries: Vec<f64>,
    /// Whether the variable may be negative.
    pub free: bool,
}

/// A linear objective, minimised. An empty list means zeros.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Objective {
    /// Cost of each point of the cloud.
    pub cloud: Vec<f64>,
    /// Cost of each extra column.
    pub extras: Vec<f64>,
    /// Cost of the slack of each row (ignored for equalities).
    pub slacks: Vec<f64>,
}

/// A variable of a program, in canonical order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variable {
    /// Weight of a point of the cloud.
    Cloud(usize),
    /// Value of an extra column.
    Extra(usize),
    /// Slack of a row.
    Slack(usize),
}

/// A linear program.
#[derive(Clone, Copy, Debug)]
pub struct Program<'a> {
    /// The points.
    pub cloud: &'a Cloud,
    /// Extra columns.
    pub extras: &'a [Column],
    /// Rows, as many as the cloud has.
    pub rows: &'a [Row],
    /// Objectives in order of precedence; at least one.
    pub objectives: &'a [Objective],
    /// A basis to start from, one variable per row; ignored where it is singular or infeasible.
    pub start: Option<&'a [Variable]>,
}

/// What became of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Solved, and certified by [`Solution::interval`].
    Optimal,
    /// No point satisfies the rows; [`Solution::duals`] is the proof.
    Infeasible,
    /// The objective has no bound.
    Unbounded,
    /// The certificate could not be closed in double precision.
    Numerical,
}

/// A solution with its certificate. For a status other than `Optimal` the numbers are `NaN` or empty
/// unless said otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// Outcome.
    pub status: Status,
    /// Optimal value of each objective, each on the optimal face of those before it.
    pub values: Vec<f64>,
    /// Bounds between which the optimum of the first objective lies: weak duality below, the primal
    /// solution with the price of its residual above. Kept for `Numerical`.
    pub interval: (f64, f64),
    /// Extra columns at the optimum of the first objective.
    pub first_extras: Vec<f64>,
    /// Positive weights of the cloud, by point, after all objectives.
    pub weights: Vec<(usize, f64)>,
    /// Extra columns after all objectives.
    pub extras: Vec<f64>,
    /// Slack of each row after all objectives; 0 for equalities.
    pub slacks: Vec<f64>,
    /// Dual value of each row for the first objective (change of the value per unit of `rhs`). For
    /// `Infeasible`: multipliers `y` with `y'A <= 0` for every column and `y'b > 0` (Farkas).
    pub duals: Vec<f64>,
    /// Final basis, sorted.
    pub basis: Vec<Variable>,
    /// Whether the solution after all objectives given is certainly the only one. When `false`, others
    /// may exist and the one returned was chosen by column index.
    pub unique: bool,
    /// Pivots made.
    pub pivots: usize,
}

/// A program that is not one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LpError {
    /// Lists of different length where one per row (or column) is needed.
    #[error("{what}: {found} entries where {expected} are needed")]
    Shape {
        /// Which list.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length needed.
        expected: usize,
    },
    /// `NaN` or infinity.
    #[error("{what}: not a finite number at place {place}")]
    NotFinite {
        /// Which list.
        what: &'static str,
        /// Position in it.
        place: usize,
    },
    /// No objective.
    #[error("a program needs at least one objective")]
    NoObjective,
}

impl Solution {
    /// A solution that is none.
    pub(crate) fn failed() -> Self {
        simplex::blank(Status::Numerical, 0)
    }

    /// Becomes an optimum of one objective; what else there was stays.
    pub(crate) fn optimum(&mut self, value: f64, interval: (f64, f64), duals: impl Iterator<Item = f64>) {
        self.status = Status::Optimal;
        self.values.clear();
        self.values.push(value);
        self.interval = interval;
        self.duals.clear();
        self.duals.extend(duals);
    }
}

impl Cloud {
    /// Takes the points row by row: `rows[i][j]` is entry `i` of point `j`.
    ///
    /// # Errors
    /// Rows of different length; entries that are not finite.
    pub fn new(rows: Vec<Vec<f64>>) -> Result<Self, LpError> {
        let columns = rows.first().map_or(0, Vec::len);
        for row in &rows {
            check("cloud row", row, columns)?;
        }
        let largest = rows.iter().map(|r| r.iter().fold(0.0_f64, |m, x| m.max(x.abs()))).collect();
        let constant = rows.iter().map(|r| r.windows(2).all(|w| w[0] == w[1])).collect();
        Ok(Self { rows, columns, largest, constant })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Number of points.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Whether a row counts when a column is brought to size one. Where the sum of the weights is not fixed, they
    /// may be as large as the points are small: it is the data that make the size.
    fn sizes(&self, row: usize, sense: Sense) -> bool {
        sense == Sense::Equal || !self.constant[row]
    }

    /// Entry `row` of every point.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.rows[row]
    }
}

impl Program<'_> {
    /// Solves the program.
    ///
    /// # Errors
    /// Lists that do not fit together, entries that are not finite, no objective. Infeasibility and
    /// the like are a [`Status`], not an error.
    pub fn solve(&self) -> Result<Solution, LpError> {
        self.check()?;
        Ok(simplex::solve(self))
    }

    fn check(&self) -> Result<(), LpError> {
        let k = self.rows.len();
        if self.cloud.rows() != k {
            return Err(LpError::Shape { what: "rows", found: k, expected: self.cloud.rows() });
        }
        if let Some(place) = self.rows.iter().position(|r| !r.rhs.is_finite()) {
            return Err(LpError::NotFinite { what: "right-hand side", place });
        }
        for column in self.extras {
            check("extra column", &column.entries, k)?;
        }
        if self.objectives.is_empty() {
            return Err(LpError::NoObjective);
        }
        for objective in self.objectives {
            let parts = [
                ("cloud costs", &objective.cloud, self.cloud.columns()),
                ("extra costs", &objective.extras, self.extras.len()),
                ("slack costs", &objective.slacks, k),
            ];
            for (what, costs, expected) in parts {
                if !costs.is_empty() {
                    check(what, costs, expected)?;
                }
            }
        }
        Ok(())
    }
}

fn check(what: &'static str, xs: &[f64], expected: usize) -> Result<(), LpError> {
    if xs.len() != expected {
        return Err(LpError::Shape { what, found: xs.len(), expected });
    }
    match xs.iter().position(|x| !x.is_finite()) {
        Some(place) => Err(LpError::NotFinite { what, place }),
        None => Ok(()),
    }
}
