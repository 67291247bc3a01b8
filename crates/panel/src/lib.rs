//! What is measured: units x periods x variables with their meaning, and how such tables are
//! read, derived, audited and written.
//!
//! A [`Panel`] has unique (unit, period) keys in canonical order, so nothing computed from it can
//! depend on the order of rows in a file. Missing is missing (`NaN` inside a column, an empty cell
//! outside), never zero.

pub mod arrow;
pub mod audit;
pub mod columns;
pub mod formula;
pub mod problem;
pub mod raw;
pub mod read;
pub mod table;
pub mod write;

pub use formula::{Derived, Formula};
pub use problem::{Place, Problem, Severity};
pub use raw::{Keys, RawTable};
pub use read::ReadOptions;
pub use table::{Group, Meaning, Origin, Panel, Variable};
