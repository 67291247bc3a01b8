//! Columns of a panel by name: labels where they are, problems where they are not.

use panel::{Panel, Place, Problem};

use crate::text::Text;

/// The problem of a variable the panel does not have.
pub(super) fn unknown_variable(panel: &Panel, name: &str) -> Problem {
    Problem::error("unknown-variable", format!("There is no variable `{name}`."))
        .did_you_mean(name, panel.variables.iter().map(|v| v.name.as_str()))
        .at(Place { column: Some(name.to_owned()), ..Place::default() })
}

/// The problem of a group column the panel does not have.
pub(super) fn unknown_group(panel: &Panel, name: &str) -> Problem {
    Problem::error("unknown-group", format!("There is no group column `{name}`."))
        .did_you_mean(name, panel.groups.iter().map(|g| g.name.as_str()))
        .at(Place { column: Some(name.to_owned()), ..Place::default() })
}

/// Label of a variable, its name where it has none.
pub(super) fn variable_label(panel: &Panel, name: &str) -> Text {
    match panel.variable(name) {
        Some(v) if !v.meaning.label_en.is_empty() => Text::new(&v.meaning.label_en, &v.meaning.label_zh),
        Some(v) if !v.meaning.label_zh.is_empty() => Text::new(name, &v.meaning.label_zh),
        _ => Text::plain(name),
    }
}

/// Distinct labels in order.
pub(super) fn distinct(labels: &[String]) -> Vec<String> {
    let mut names = labels.to_vec();
    names.sort();
    names.dedup();
    names
}
