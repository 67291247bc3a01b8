//! Reads the pairs of neighbours and matches them with the units of the data.

use std::collections::{BTreeMap, BTreeSet};

use panel::{
    Problem,
    raw::{RawColumn, RawTable},
    read::{self, ReadOptions},
};
use regions::weights::Weights;

use super::{MoranSpec, Unknown};
use crate::method::Input;

/// Where pairs of neighbours come from.
pub(in crate::methods) struct Source<'a> {
    /// The file, relative to the study.
    pub(in crate::methods) file: &'a str,
    /// Columns that name the first and the second unit, where told.
    pub(in crate::methods) columns: [Option<&'a str>; 2],
    /// What to do with pairs that name a unit the data do not have.
    pub(in crate::methods) unknown: Unknown,
}

/// Pairs of numbers of units, and names that the data do not have.
type Pairs = (Vec<(usize, usize)>, Vec<String>);

/// Weights over `units`, and the names that were skipped because the data do not have them.
pub(super) fn read(input: &Input<'_>, options: &MoranSpec, units: &[&str]) -> Result<(Weights, Vec<String>), Vec<Problem>> {
    let columns = [options.unit_column.as_deref(), options.neighbour_column.as_deref()];
    let (pairs, skipped) = pairs(input, &Source { file: &options.neighbours, columns, unknown: options.unknown }, units)?;
    let weights = Weights::from_pairs(units.len(), &pairs, options.style)
        .map_err(|errors| errors.iter().map(|e| Problem::error("neighbours", format!("{e}."))).collect::<Vec<_>>())?;
    Ok((weights, skipped))
}

/// The pairs of neighbours by number of the unit, and the names that were skipped.
pub(in crate::methods) fn pairs(input: &Input<'_>, source: &Source<'_>, units: &[&str]) -> Result<Pairs, Vec<Problem>> {
    let table = read::table(&input.path(source.file), &ReadOptions::default())?;
    // A unit may be called by its identifier or by its Chinese name.
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for (unit, zh) in input.panel.units.iter().zip(&input.panel.units_zh).filter(|(_, zh)| !zh.is_empty()) {
        if let Ok(i) = units.binary_search(&unit.as_str()) {
            numbers.insert(zh, i);
        }
    }
    numbers.extend(units.iter().enumerate().map(|(i, u)| (*u, i)));
    let (first, second) = columns(&table, source, &numbers, units)?;
    let (mut pairs, mut problems, mut skipped) = (Vec::new(), Vec::new(), BTreeSet::new());
    for row in 0..table.rows.len() {
        let (a, b) = (first.label(row), second.label(row));
        if a.is_empty() && b.is_empty() {
            continue;
        }
        let mut ends = Vec::new();
        for (label, column) in [(&a, first), (&b, second)] {
            match numbers.get(label.as_str()) {
                Some(&i) => ends.push(i),
                None if label.is_empty() => problems.push(
                    Problem::error("half-a-pair", "A pair of neighbours names only one unit.")
                        .help("Fill the cell or delete the row.")
                        .at(table.place(row, &column.name)),
                ),
                None if source.unknown == Unknown::Skip => {
                    skipped.insert(label.clone());
                }
                None => problems.push(
                    Problem::error("unknown-neighbour", format!("`{label}` is not a unit of the data."))
                        .help("Correct the name, or set `unknown = \"skip\"` to leave such pairs out.")
                        .did_you_mean(label, numbers.keys().copied())
                        .at(table.place(row, &column.name)),
                ),
            }
        }
        if let [i, j] = ends[..] {
            if i == j {
                problems.push(
                    Problem::error("own-neighbour", format!("`{a}` stands beside itself."))
                        .why("A unit is never its own neighbour in a spatial weights matrix.")
                        .help("Delete the row.")
                        .at(table.place(row, &second.name)),
                );
            } else {
                pairs.push((i, j));
            }
        }
    }
    if problems.is_empty() { Ok((pairs, skipped.into_iter().collect())) } else { Err(problems) }
}

/// The two columns that name units: as told, or the first two most of whose cells are units.
fn columns<'t>(
    table: &'t RawTable,
    source: &Source<'_>,
    numbers: &BTreeMap<&str, usize>,
    units: &[&str],
) -> Result<(&'t RawColumn, &'t RawColumn), Vec<Problem>> {
    let mut problems = Vec::new();
    let mut named = |name: Option<&str>| {
        let name = name?;
        let found = table.column(name);
        if found.is_none() {
            problems.push(
                Problem::error("unknown-column", format!("`{}` has no column `{name}`.", source.file))
                    .did_you_mean(name, table.columns.iter().map(|c| c.name.as_str()))
                    .at(panel::Place { file: Some(table.file.clone()), ..panel::Place::default() }),
            );
        }
        found
    };
    let (first, second) = (named(source.columns[0]), named(source.columns[1]));
    if !problems.is_empty() {
        return Err(problems);
    }
    let holds_units = |c: &RawColumn| {
        let labels = (0..table.rows.len()).map(|row| c.label(row)).filter(|l| !l.is_empty());
        let (known, all) = labels.fold((0, 0), |(k, n), l| (k + usize::from(numbers.contains_key(l.as_str())), n + 1));
        known > 0 && 2 * known >= all
    };
    let taken = |c: &RawColumn| [first, second].iter().flatten().any(|t| t.name == c.name);
    let mut free = table.columns.iter().filter(|c| !taken(c) && holds_units(c));
    let first = first.or_else(|| free.next());
    let second = second.or_else(|| free.next());
    if let (Some(a), Some(b)) = (first, second) {
        return Ok((a, b));
    }
    let seen: Vec<String> = table
        .columns
        .iter()
        .map(|c| format!("{} (`{}`)", c.name, if table.rows.is_empty() { String::new() } else { c.label(0) }))
        .collect();
    let some: Vec<String> = units.iter().take(3).map(|u| format!("`{u}`")).collect();
    Err(vec![
        Problem::error("neighbours-unmatched", format!("No two columns of `{}` name units of the data.", source.file))
            .why(format!("The data call their units {} …; the columns of the pairs are {}.", some.join(", "), seen.join(", ")))
            .help("Give the pairs by the same names or codes as the unit column of the data, or name the columns with `unit_column` and `neighbour_column`.")
            .at(panel::Place { file: Some(table.file.clone()), ..panel::Place::default() }),
    ])
}
