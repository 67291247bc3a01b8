//! Which columns identify a row, told by the user or guessed.

use serde::{Deserialize, Serialize};

use super::RawTable;

/// The key columns of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// Column that names the unit.
    pub unit: String,
    /// Column with the Chinese name of the unit.
    #[serde(default)]
    pub unit_zh: Option<String>,
    /// Column with the period; none for a single cross-section.
    #[serde(default)]
    pub period: Option<String>,
    /// Columns that partition the units, e.g. region.
    #[serde(default)]
    pub groups: Vec<String>,
}

/// Why a column was taken, or not taken, as a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Considered {
    /// The column.
    pub column: String,
    /// `unit`, `unit_zh`, `period` or `group`.
    pub role: String,
    /// Whether it was taken.
    pub taken: bool,
    /// Why, in one sentence.
    pub why: String,
}

/// The keys guessed for a table, with the columns that were weighed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guess {
    /// The keys, if any columns identify every row.
    pub keys: Option<Keys>,
    /// What was weighed, in order.
    pub considered: Vec<Considered>,
}

impl RawTable {
    /// The most plausible keys; see [`RawTable::consider_keys`] for the reasons.
    pub fn guess_keys(&self) -> Option<Keys> {
        self.consider_keys().keys
    }

    /// Weighs every column as unit, period and group.
    pub fn consider_keys(&self) -> Guess {
        Guess::default()
    }
}
