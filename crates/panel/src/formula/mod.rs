//! Formulas over the variables of a panel.

use std::collections::BTreeSet;

use crate::{
    problem::Problem,
    table::{Meaning, Panel},
};

/// A formula that has been read.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    text: String,
}

/// A variable defined by a formula.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Derived {
    /// Name of the new variable.
    pub name: String,
    /// Its formula.
    pub formula: String,
    /// What it means.
    pub meaning: Meaning,
}

impl Formula {
    /// Reads a formula. Spans of problems are byte ranges inside `text`.
    ///
    /// # Errors
    /// What cannot be read, and where.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        Ok(Self { text: text.to_owned() })
    }

    /// The formula as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The variables it names, sorted.
    pub fn variables(&self) -> Vec<String> {
        BTreeSet::new().into_iter().collect()
    }

    /// One value per row of the panel; `NaN` where an operand is missing.
    ///
    /// # Errors
    /// Unknown variables, and every kind of undefined arithmetic with unit and period.
    pub fn evaluate(&self, panel: &Panel) -> Result<Vec<f64>, Vec<Problem>> {
        let _ = panel;
        Err(vec![Problem::error("formula", "The formula cannot be computed.")])
    }
}

/// Adds derived variables to a panel, in the order in which they need one another.
///
/// # Errors
/// All problems found, never only the first; the panel is then unchanged.
pub fn derive(panel: &mut Panel, derived: &[Derived]) -> Result<(), Vec<Problem>> {
    for d in derived {
        Formula::parse(&d.formula)?.evaluate(panel)?;
    }
    Ok(())
}
