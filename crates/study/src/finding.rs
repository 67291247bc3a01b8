//! Findings: known mistakes and limits, with a code, a place, a reason and a fix.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// Worth knowing.
    Info,
    /// A reader should be told.
    Warning,
    /// The result cannot be used as it stands.
    Error,
}

/// One finding of one step. What the code means in general stands on its page (`xinzhi explain CODE`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Code, e.g. `CI010`.
    pub code: String,
    /// How much it weighs here.
    pub weight: Weight,
    /// Where: variable, indicator, unit and period, in words.
    pub place: Text,
    /// What was found here, with the numbers.
    pub message: Text,
}
