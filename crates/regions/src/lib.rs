//! Inequality, spatial association and distribution dynamics of regions.
//!
//! [`inequality`](inequality::inequality) measures how unevenly a quantity is spread over units and
//! how much of that lies between groups; [`Weights`](weights::Weights) says which units are
//! neighbours; [`moran`](moran::moran) tests whether neighbours resemble each other;
//! [`density`](density::density) shows the whole distribution by period, [`markov`](markov::markov) how units
//! move in it, [`convergence`](convergence::beta) whether they draw together.

pub mod convergence;
pub mod density;
pub mod inequality;
pub mod markov;
pub mod moran;
pub mod weights;
