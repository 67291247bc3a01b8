//! Efficiency and productivity change against a frontier.
//!
//! Every method takes a [`Technology`], plain columns of inputs and outputs by unit, and gives back
//! columns with a [`State`] beside each solved value.

mod classes;
pub mod dea;
mod directional;
mod extreme;
pub mod malmquist;
pub mod malmquist_luenberger;
mod observations;
mod order;
mod radial;
mod reference;
mod technology;

pub use classes::Classes;
pub use observations::{Gap, Observations};
pub use technology::{Cell, Defect, FrontierError, Missing, Orientation, Role, State, Technology};
