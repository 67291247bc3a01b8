//! Composite indicators: frameworks, weights, aggregation, uncertainty, coupling, obstacles.

mod aggregate;
pub mod audit;
pub mod composite;
pub mod coupling;
pub mod doubt;
pub mod framework;
pub mod grey;
pub mod judgement;
pub mod missing;
pub mod multivariate;
pub mod normalise;
pub mod obstacle;
pub mod ranking;
pub mod recipe;
pub mod uncertainty;
pub mod weights;

pub use composite::{Composite, Data, IndexError, PAGE, PAGE_ZH, evaluate, normalise};
pub use framework::{Child, Direction, Framework, Indicator, Node, Tree, Words};
pub use recipe::{Aggregation, Goalposts, Missing, Normalisation, Placement, Reach, Recipe, Scope, Weighting};

#[cfg(test)]
mod tests;
