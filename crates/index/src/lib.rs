//! Composite indicators: frameworks, weights, aggregation, uncertainty, coupling, obstacles.

mod aggregate;
mod ascending;
pub mod assessment;
pub mod audit;
pub mod composite;
pub mod coupling;
pub mod doubt;
mod error;
pub mod expectation;
pub mod framework;
pub mod grey;
pub mod judgement;
pub mod link;
pub mod missing;
pub mod multivariate;
pub mod normalise;
pub mod obstacle;
mod order;
pub mod outliers;
pub mod profile;
pub mod ranking;
pub mod recipe;
pub mod screening;
pub mod trend;
pub mod uncertainty;
pub mod weights;

pub use composite::{Composite, Data, PAGE, PAGE_ZH, evaluate, normalise};
pub use error::IndexError;
pub use framework::{Child, Direction, Framework, FrameworkError, Indicator, Node, Tree, Verification, Words};
pub use recipe::{
    Aggregation, Goalposts, Missing, Normalisation, Outliers, Placement, Reach, Recipe, Rule, Scope, Screen, Transform, Weighting,
};

#[cfg(test)]
mod tests;
