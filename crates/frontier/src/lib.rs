//! Efficiency and productivity change against a frontier.
//!
//! Every method takes a [`Technology`], plain columns of inputs and outputs by unit, and gives back
//! columns with a [`State`] beside each solved value.

pub mod additive;
mod classes;
pub mod cross_efficiency;
mod crossings;
pub mod dea;
mod direction;
pub mod directional;
mod extreme;
#[cfg(test)]
mod julia_slack_tests;
pub mod luenberger;
pub mod malmquist;
pub mod malmquist_luenberger;
pub mod multiplier;
mod observations;
mod order;
mod pricing;
mod projection;
mod radial;
mod rays;
mod reference;
mod restrictions;
pub mod sbm;
mod technology;

pub use classes::Classes;
pub use observations::{Gap, Observations};
pub use projection::{Projection, SlackOrientation};
pub use technology::{Cell, Defect, FrontierError, Missing, Orientation, Role, State, Technology};
