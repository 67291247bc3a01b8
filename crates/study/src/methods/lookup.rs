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

/// Columns of the data that two variables are both made of, in order.
pub(super) fn shared(panel: &Panel, a: &str, b: &str) -> Vec<String> {
    let made_of = |name: &str| match panel.variable(name) {
        Some(v) if !v.meaning.origin.made_of.is_empty() => v.meaning.origin.made_of.clone(),
        _ => vec![name.to_owned()],
    };
    let other = made_of(b);
    made_of(a).into_iter().filter(|column| other.contains(column)).collect()
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

/// Distinct labels in order, and the number of that of each row.
pub(super) fn numbered(labels: &[String]) -> (Vec<String>, Vec<usize>) {
    let names = distinct(labels);
    let numbers = labels.iter().map(|l| names.partition_point(|n| n < l)).collect();
    (names, numbers)
}

/// The place of a cell.
pub(super) fn cell(panel: &Panel, column: &str, row: usize) -> Place {
    Place { column: Some(column.to_owned()), ..place(panel, row) }
}

/// The place of a row.
pub(super) fn place(panel: &Panel, row: usize) -> Place {
    Place {
        unit: Some(panel.units[row].clone()),
        period: panel.period_name.as_ref().map(|_| panel.periods[row]),
        ..Place::default()
    }
}

/// The values of a variable; an unknown name is added to the problems.
pub(super) fn column<'a>(panel: &'a Panel, name: &str, problems: &mut Vec<Problem>) -> &'a [f64] {
    panel.values(name).unwrap_or_else(|| {
        problems.push(unknown_variable(panel, name));
        &[]
    })
}

/// Number of the unit of each row, in order of the names.
pub(super) fn unit_numbers(panel: &Panel) -> Vec<usize> {
    let set = panel.unit_set();
    panel.units.iter().map(|u| set.partition_point(|x| *x < u.as_str())).collect()
}

/// A unit by name; an unknown name is added to the problems.
pub(super) fn base_unit(panel: &Panel, name: &str, problems: &mut Vec<Problem>) -> Option<usize> {
    let set = panel.unit_set();
    let found = set.binary_search(&name).ok();
    if found.is_none() {
        problems.push(
            Problem::error("base-unit", format!("The data have no unit `{name}`."))
                .why("Levels of productivity would have nothing to stand against.")
                .did_you_mean(name, set),
        );
    }
    found
}

/// The first names of a list, and how many more there are.
pub(super) fn first_of(names: &[String], shown: usize) -> Text {
    let list = names.iter().take(shown).cloned().collect::<Vec<_>>().join(", ");
    let more = if names.len() > shown { " …" } else { "" };
    Text::plain(format!("{list}{more}"))
}
