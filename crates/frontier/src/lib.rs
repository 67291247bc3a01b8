//! Efficiency and productivity change against a frontier.
//!
//! Every method takes a [`Technology`], plain columns of inputs and outputs by unit, and gives back
//! columns with a [`State`] beside each solved value.

pub mod additive;
mod affinity;
mod beyond;
pub mod budget;
pub mod by_production;
pub mod capacity;
mod classes;
pub mod closest;
pub mod common_weights;
pub mod cross_efficiency;
mod crossings;
mod curves;
pub mod dea;
mod direction;
pub mod directional;
#[cfg(test)]
mod disposal_tests;
pub mod distance;
pub mod ebm;
pub mod economic;
mod extreme;
pub mod generalised;
mod ideal;
#[cfg(test)]
mod julia_slack_tests;
pub mod layers;
pub mod luenberger;
pub mod malmquist;
pub mod malmquist_luenberger;
pub mod materials_balance;
pub mod merger;
pub mod metafrontier;
mod moves;
pub mod multiplier;
pub mod nddf;
pub mod network;
mod observations;
mod order;
pub mod partial;
mod pricing;
mod projection;
mod radial;
mod rays;
mod reference;
mod restrictions;
pub mod russell;
pub mod sbm;
pub mod super_efficiency;
#[cfg(test)]
mod super_slack_tests;
mod technology;
pub mod tfp_index;
pub mod two_stage;
pub mod window;

pub use classes::Classes;
pub use observations::{Distance, Gap, Observations};
pub use projection::{Projection, SlackOrientation};
pub use technology::{Cell, Columns, Defect, FrontierError, Missing, Orientation, Role, State, Technology};
