#![doc = include_str!("ranking.md")]

pub mod additive;
pub mod agreement;
pub mod compensation;
pub mod copeland;
pub mod copras;
pub mod criteria;
pub mod edas;
pub mod fuzzy;
pub mod grey_relation;
pub mod model;
pub mod owa;
pub mod promethee;
pub mod rank_sum;
pub mod taxonomic;
pub mod topsis;
pub mod vikor;

use thiserror::Error;

use crate::order::Sorter;

pub use criteria::{Criterion, Scaling, Sense, Table};
pub use model::{Detail, Model, Parameters, Ranking, rank};

/// The page of the methods, in English.
pub const PAGE: &str = include_str!("ranking.md");
/// The page of the methods, in Chinese.
pub const PAGE_ZH: &str = include_str!("ranking.zh.md");

/// Why alternatives cannot be ranked.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum RankingError {
    /// Columns, senses and weights do not match.
    #[error("there must be one sense and one weight per criterion, and columns of equal length")]
    Shape,
    /// Too few alternatives.
    #[error("at least two alternatives are needed, {0} given")]
    Alternatives(usize),
    /// A value is missing or infinite.
    #[error("criterion {criterion} of alternative {row} is not a finite number")]
    NotFinite {
        /// Criterion.
        criterion: usize,
        /// Alternative.
        row: usize,
    },
    /// A weight is negative or not finite.
    #[error("the weight of criterion {0} is not a number of at least 0")]
    Weight(usize),
    /// All weights are 0.
    #[error("all weights are 0")]
    ZeroWeights,
    /// A value must be positive for this method.
    #[error("criterion {criterion} of alternative {row} must lie above 0")]
    NotPositive {
        /// Criterion.
        criterion: usize,
        /// Alternative.
        row: usize,
    },
    /// The mean of a criterion must be positive.
    #[error("the mean of criterion {0} must lie above 0")]
    Mean(usize),
    /// Declared ends are not two different finite numbers in the order worst, best, or a value lies beyond.
    #[error("the declared ends of criterion {0} are no ends of its values")]
    Ends(usize),
    /// An option is out of its range.
    #[error("{name} = {value} must be {needs}")]
    Parameter {
        /// Name of the option.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What it must be.
        needs: &'static str,
    },
}

impl RankingError {
    pub(crate) fn parameter(name: &'static str, value: f64, needs: &'static str) -> Self {
        Self::Parameter { name, value, needs }
    }
}

/// Places from 1 for the best; scores within `1e-12` of the largest absolute score of a block's first share its place
/// ("1224"). `NaN` comes last.
pub fn places(scores: &[f64], larger_is_better: bool) -> Vec<usize> {
    let better: Vec<f64> = scores.iter().map(|x| if larger_is_better { *x } else { -x }).collect();
    placed(&better, dust(scores))
}

/// Scores no further apart share a place.
fn dust(scores: &[f64]) -> f64 {
    1e-12 * scores.iter().filter(|s| s.is_finite()).fold(0.0_f64, |m, s| m.max(s.abs()))
}

/// Places of scores of which larger is better.
fn placed(better: &[f64], dust: f64) -> Vec<usize> {
    let known = |x: f64| if x.is_nan() { f64::NEG_INFINITY } else { x };
    // Ascending by the opposite: the largest first, equal ones in the order they have.
    let opposite: Vec<f64> = better.iter().map(|x| -known(*x)).collect();
    let mut sorter = Sorter::default();
    let mut out = vec![0; better.len()];
    let (mut first, mut head) = (0, f64::NAN);
    for (k, row) in sorter.sort(&opposite).rows().enumerate() {
        let own = known(better[row]);
        // Infinities are equal to themselves alone.
        let apart = head - own;
        if head != own && (apart > dust || apart.is_nan()) {
            (first, head) = (k, own);
        }
        out[row] = first + 1;
    }
    out
}

#[cfg(test)]
mod tests;
