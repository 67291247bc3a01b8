//! Findings: known mistakes and limits, with a code, a place, a reason and a fix.

use std::collections::BTreeMap;

use schemars::JsonSchema;
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

/// How much a study lets a finding weigh, instead of its own weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Not shown; how many were left out is told.
    Off,
    /// Worth knowing.
    Info,
    /// A reader should be told.
    Warning,
    /// The run fails once everything is written.
    Error,
}

/// Sets the weights a study asks for and takes out what it switches off; gives the codes taken out, one for each finding.
pub fn weigh(findings: &mut Vec<Finding>, severities: &BTreeMap<String, Severity>) -> Vec<String> {
    let mut off = Vec::new();
    findings.retain_mut(|f| {
        match severities.get(&f.code) {
            Some(Severity::Off) => {
                off.push(f.code.clone());
                return false;
            }
            Some(Severity::Info) => f.weight = Weight::Info,
            Some(Severity::Warning) => f.weight = Weight::Warning,
            Some(Severity::Error) => f.weight = Weight::Error,
            None => {}
        }
        true
    });
    off
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_study_sets_weights_by_code() {
        let finding =
            |code: &str| Finding { code: code.into(), weight: Weight::Info, place: Text::default(), message: Text::default() };
        let mut findings = vec![finding("CI008"), finding("CI010"), finding("CI008"), finding("CI013")];
        let severities = BTreeMap::from([("CI008".to_owned(), Severity::Off), ("CI010".to_owned(), Severity::Error)]);
        assert_eq!(weigh(&mut findings, &severities), ["CI008", "CI008"]);
        let left: Vec<(&str, Weight)> = findings.iter().map(|f| (f.code.as_str(), f.weight)).collect();
        assert_eq!(left, [("CI010", Weight::Error), ("CI013", Weight::Info)]);
    }
}
