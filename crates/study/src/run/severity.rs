//! The weights that a study gives to findings.

use std::collections::BTreeSet;

use panel::Problem;

use super::Done;
use crate::{
    finding::{self, Finding, Severity},
    spec::{Study, at, tree::Node},
};

/// Sets them; gives a warning for what is switched off, and the codes found that the study holds for errors.
pub(super) fn apply(study: &Study, of_data: &mut Vec<Finding>, done: &mut [Done]) -> (Vec<Problem>, Vec<String>) {
    let severities = &study.spec.findings;
    let mut off = finding::weigh(of_data, severities);
    off.extend(done.iter_mut().flat_map(|(step, _)| finding::weigh(&mut step.output.findings, severities)));
    let found = of_data.iter().chain(done.iter().flat_map(|(step, _)| &step.output.findings));
    let held = |code: &String| severities.get(code) == Some(&Severity::Error);
    let refused: BTreeSet<String> = found.map(|f| f.code.clone()).filter(held).collect();
    (switched_off(study, off), refused.into_iter().collect())
}

/// A warning for each code the study switches off where there was something to show.
fn switched_off(study: &Study, mut codes: Vec<String>) -> Vec<Problem> {
    codes.sort();
    let entries = study.tree.get("findings").map(Node::entries).unwrap_or_default();
    let one = |same: &[String]| {
        let count = if same.len() == 1 { "1 finding is".to_owned() } else { format!("{} findings are", same.len()) };
        let problem = Problem::warning("findings-off", format!("{count} switched off: {}.", same[0]))
            .help(format!("`xinzhi explain {}` says what that means.", same[0]));
        let span = entries.iter().find(|(k, _)| k.name == same[0]).map_or(0..0, |(k, _)| k.span.clone());
        at(problem, &span)
    };
    codes.chunk_by(|a, b| a == b).map(one).collect()
}
