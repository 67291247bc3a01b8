//! Why units cannot be assessed.

use thiserror::Error;

use crate::{error::IndexError, obstacle::ObstacleError};

/// Why units cannot be assessed.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum AssessmentError {
    /// The index of a group cannot be computed.
    #[error("in group `{group}`: {error}")]
    Index {
        /// The group.
        group: String,
        /// Why.
        error: IndexError,
    },
    /// A unit has no group.
    #[error("{unit} belongs to no group")]
    Ungrouped {
        /// The unit.
        unit: String,
    },
    /// Terms of a group that no unit belongs to.
    #[error("no unit belongs to the group `{group}`")]
    NoSuchGroup {
        /// The group.
        group: String,
    },
    /// A unit alone sets both ends of every scale.
    #[error("{unit} is alone in the group `{group}` and would be its own best and worst")]
    Alone {
        /// The group.
        group: String,
        /// The unit.
        unit: String,
    },
    /// Terms name what the framework does not have.
    #[error("the {what} of group `{group}` name `{id}`, which the framework does not have")]
    UnknownId {
        /// The group.
        group: String,
        /// Weights, goalposts or targets.
        what: &'static str,
        /// The id.
        id: String,
    },
    /// A declared number is not what it must be.
    #[error("the {what} of `{id}` in group `{group}` {why}")]
    Number {
        /// The group.
        group: String,
        /// Weight, goalposts or target.
        what: &'static str,
        /// The id.
        id: String,
        /// What is wrong.
        why: &'static str,
    },
    /// Declared weights beside weights from data.
    #[error("group `{group}` declares weights, but weights are taken from data")]
    WeightsFromData {
        /// The group.
        group: String,
    },
    /// Some siblings are weighted by a group, this one is not.
    #[error("group `{group}` weighs siblings of `{id}`, but not `{id}`")]
    WeightMissing {
        /// The group.
        group: String,
        /// The one without.
        id: String,
    },
    /// Goalposts that the normalisation does not look at.
    #[error("group `{group}` declares goalposts, of which target normalisation knows nothing")]
    GoalpostsUnused {
        /// The group.
        group: String,
    },
    /// A normalisation whose scale others set with every change.
    #[error("{0} normalisation has no ends that stay when one value improves")]
    Normalisation(&'static str),
    /// The share of progress is not one.
    #[error("the share {0} of progress is not between 0 and 1")]
    Share(f64),
    /// The base period is not in the data.
    #[error("no row lies in the base period {0} of progress")]
    Since(i32),
    /// Progress is asked for and there is no past.
    #[error("progress is asked for, and no period lies after the base period")]
    NoPast,
    /// A ratio to a best value of its own.
    #[error("`{indicator}` is best at a value of its own, to which there is no ratio")]
    RatioIdeal {
        /// The group.
        group: String,
        /// The indicator.
        indicator: String,
    },
    /// A ratio to a target of 0 or less.
    #[error("the target {target} of `{indicator}` is not above 0, so that there is no ratio to it")]
    RatioTarget {
        /// The group.
        group: String,
        /// The indicator.
        indicator: String,
        /// Its target.
        target: f64,
    },
    /// A ratio of a negative value.
    #[error("`{indicator}` of {unit} in {period} is below 0, so that it has no ratio to a target")]
    RatioNegative {
        /// The indicator.
        indicator: String,
        /// The unit.
        unit: String,
        /// The period.
        period: i32,
    },
    /// Obstacle degrees cannot be computed.
    #[error(transparent)]
    Obstacle(ObstacleError),
}

impl AssessmentError {
    /// Whether two errors say the same, but for the group they were met in.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Index { error: a, .. }, Self::Index { error: b, .. }) => a == b,
            (Self::RatioIdeal { indicator: a, .. }, Self::RatioIdeal { indicator: b, .. }) => a == b,
            (Self::RatioTarget { indicator: a, target: x, .. }, Self::RatioTarget { indicator: b, target: y, .. }) => {
                a == b && x == y
            }
            _ => self == other,
        }
    }
}
