//! Weights from judgement: pairwise comparisons (AHP, alone and in groups), best-worst method, deck of cards.
//!
//! A [`Judgement`] is kept as it was stated, with children of a dimension named by their place; [`Judgement::weigh`]
//! checks it whole and gives weights, consistency and, where that is wanting, the judgements most worth revising.

pub mod best_worst;
pub mod cards;
pub mod pairwise;

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use self::{
    best_worst::BestWorst,
    cards::Cards,
    pairwise::{Comparisons, Group, Priority, RandomIndex, Revision},
};

/// What somebody holds of the children of a dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Judgement {
    /// Analytic hierarchy process.
    Pairwise(Comparisons),
    /// Best-worst method.
    BestWorst(BestWorst),
    /// Deck of cards (Simos, revised by Figueira and Roy).
    Cards(Cards),
}

/// Weights of a judgement.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// One for each child, summing to 1.
    pub weights: Vec<f64>,
    /// Consistency ratio, 0 where nothing contradicts itself; `None` where the method has none, or its size no table.
    pub ratio: Option<f64>,
    /// Ratio above which a judgement should be revised.
    pub limit: f64,
    /// The judgements whose change would help most, the best first; empty where the ratio is within the limit.
    pub revisions: Vec<Revision>,
    /// Ratio of each member of a group; empty for one judge.
    pub members: Vec<Option<f64>>,
}

impl Judged {
    /// Whether the judgement contradicts itself more than it should.
    pub fn inconsistent(&self) -> bool {
        self.ratio.is_some_and(|r| r > self.limit)
    }
}

/// What is wrong with a judgement. Rows, columns and children are counted from 1.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum JudgementError {
    /// No matrix, no card.
    #[error("the judgement is empty")]
    Empty,
    /// A list or matrix of another size than there are children.
    #[error("{what} has {found} entries where there are {expected} children")]
    Size {
        /// Which list.
        what: String,
        /// Its length.
        found: usize,
        /// Number of children.
        expected: usize,
    },
    /// A number that is no ratio.
    #[error("{what}: {value} is not a finite number above 0")]
    NotPositive {
        /// Where.
        what: String,
        /// The number.
        value: f64,
    },
    /// Compared with itself, a child is not 1.
    #[error("{what}: {value} where a child is compared with itself and 1 must stand")]
    Diagonal {
        /// Where.
        what: String,
        /// The number.
        value: f64,
    },
    /// Two entries of a matrix that contradict each other.
    #[error("{what}: {value} and its counterpart {other} are not reciprocal")]
    NotReciprocal {
        /// Where.
        what: String,
        /// The entry above the diagonal.
        value: f64,
        /// The entry below.
        other: f64,
    },
    /// Best and worst are the same child, or no child.
    #[error("best ({best}) and worst ({worst}) must be two different children out of {children}")]
    BestWorst {
        /// Place of the best.
        best: usize,
        /// Place of the worst.
        worst: usize,
        /// Number of children.
        children: usize,
    },
    /// A child is said to beat the best, or to be worse than the worst.
    #[error("{what}: {value} is below 1, but nothing is better than the best or worse than the worst")]
    BelowOne {
        /// Where.
        what: String,
        /// The number.
        value: f64,
    },
    /// The two lists disagree on how far the best is above the worst.
    #[error("the best is {best_to_worst} times the worst in one list and {worst_to_best} times in the other")]
    Disagree {
        /// Best to others, at the worst.
        best_to_worst: f64,
        /// Others to worst, at the best.
        worst_to_best: f64,
    },
    /// A child on several cards or on none.
    #[error("child {child} stands on {times} cards; every child needs one")]
    Card {
        /// Place of the child.
        child: usize,
        /// On how many cards.
        times: usize,
    },
    /// A card for a child that is not there.
    #[error("a card names child {child} of {children}")]
    NoChild {
        /// Place named.
        child: usize,
        /// Number of children.
        children: usize,
    },
    /// The ratio of the top to the bottom card is below 1, or 1 with several cards.
    #[error("the weight of the top card must be more than that of the bottom card; the ratio is {0}")]
    Ratio(f64),
    /// The program of the best-worst method was not solved.
    #[error("the linear program of the best-worst method was not solved")]
    Unsolved,
}

impl Judgement {
    /// Weights of `children` children.
    ///
    /// # Errors
    /// Everything wrong with the judgement. Inconsistency is no error but a [`Judged::ratio`].
    pub fn weigh(&self, children: usize) -> Result<Judged, Vec<JudgementError>> {
        match self {
            Self::Pairwise(c) => c.weigh(children),
            Self::BestWorst(b) => b.weigh(children),
            Self::Cards(c) => c.weigh(children),
        }
    }
}

/// Errors of a list of one number above 0 for each child.
pub(crate) fn check_list(what: &str, list: &[f64], children: usize) -> Vec<JudgementError> {
    let mut errors = Vec::new();
    if list.len() != children {
        errors.push(JudgementError::Size { what: what.to_owned(), found: list.len(), expected: children });
    }
    for (k, &value) in list.iter().enumerate().filter(|(_, x)| !(x.is_finite() && **x > 0.0)) {
        errors.push(JudgementError::NotPositive { what: format!("{what}, place {}", k + 1), value });
    }
    errors
}
