//! Efficiency and productivity change against a frontier.
//!
//! Every method takes a [`Technology`], plain columns of inputs and outputs by unit, and gives back
//! columns with a [`State`] beside each solved value.

pub mod additive;
mod classes;
mod crossings;
pub mod dea;
mod direction;
pub mod directional;
pub mod economic;
mod extreme;
pub mod generalised;
#[cfg(test)]
mod julia_slack_tests;
pub mod luenberger;
pub mod malmquist;
pub mod malmquist_luenberger;
mod observations;
mod order;
mod projection;
mod radial;
mod rays;
mod reference;
pub mod sbm;
mod technology;

pub use classes::Classes;
pub use observations::{Gap, Observations};
pub use projection::{Projection, SlackOrientation};
pub use technology::{Cell, Defect, FrontierError, Missing, Orientation, Role, State, Technology};
