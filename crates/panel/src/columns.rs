//! The columns table: what each column of a data file means.
//!
//! One row per column of the data, under the header `column, label_en, label_zh, unit, price_base,
//! vintage, source` (`publisher` counts as `source`); only `column` is required. Any format that
//! [`crate::read`] knows will do.

use std::{collections::BTreeMap, path::Path};

use crate::{
    problem::Problem,
    raw::RawTable,
    read::{self, ReadOptions},
    table::Meaning,
};

/// Meanings by column name in the order of the file, with warnings.
pub type Meanings = (Vec<(String, Meaning)>, Vec<Problem>);

const HEADERS: [&str; 8] = ["column", "label_en", "label_zh", "unit", "price_base", "vintage", "source", "publisher"];

/// Reads a columns table. Headers that are not known are warnings; whether the named columns exist
/// is told by [`RawTable::into_panel`].
///
/// # Errors
/// All problems found, never only the first: what [`read::table`] reports, no `column` header, a
/// row without a name or a name that stands twice.
pub fn read(path: &Path) -> Result<Meanings, Vec<Problem>> {
    meanings(&read::table(path, &ReadOptions::default())?)
}

/// Takes a table that has been read as a columns table.
///
/// # Errors
/// As [`read()`].
pub fn meanings(table: &RawTable) -> Result<Meanings, Vec<Problem>> {
    let mut warnings = table.notes.clone();
    let known = |name: &str| HEADERS.iter().find(|h| h.eq_ignore_ascii_case(name)).copied();
    for column in table.columns.iter().filter(|c| known(&c.name).is_none()) {
        warnings.push(
            Problem::warning("unknown-header", format!("A columns table has no column `{}`; it is passed over.", column.name))
                .help(format!("The headers are: {}.", HEADERS.join(", ")))
                .did_you_mean(&column.name, HEADERS)
                .at(table.place_of(&column.name)),
        );
    }
    let of = |header: &str, row: usize| {
        let column = table.columns.iter().find(|c| known(&c.name) == Some(header));
        column.map(|c| c.label(row)).unwrap_or_default()
    };
    let Some(names) = table.columns.iter().find(|c| known(&c.name) == Some("column")) else {
        return Err(vec![
            Problem::error("no-column-header", "The columns table has no header `column`.")
                .why("It says which column of the data each row is about.")
                .help(format!("The headers are: {}.", HEADERS.join(", ")))
                .did_you_mean("column", table.columns.iter().map(|c| c.name.as_str()))
                .at(table.place_of_table()),
        ]);
    };
    let mut problems = Vec::new();
    let mut first_at: BTreeMap<String, usize> = BTreeMap::new();
    let mut meanings = Vec::new();
    for row in 0..table.rows.len() {
        let name = names.label(row);
        let shown = table.rows.get(row).copied().unwrap_or_default();
        if name.is_empty() {
            problems.push(
                Problem::error("empty-key", "The row names no column.")
                    .help("Name the column of the data, or delete the row.")
                    .at(table.place(row, "column")),
            );
        } else if let Some(first) = first_at.insert(name.clone(), shown) {
            problems.push(
                Problem::error("duplicate-key", format!("`{name}` stands in row {first} and again in row {shown}."))
                    .help("Delete one of the rows.")
                    .at(table.place(row, "column")),
            );
        } else {
            let source = of("source", row);
            let meaning = Meaning {
                label_en: of("label_en", row),
                label_zh: of("label_zh", row),
                unit: of("unit", row),
                price_base: of("price_base", row),
                vintage: of("vintage", row),
                source: if source.is_empty() { of("publisher", row) } else { source },
                ..Meaning::default()
            };
            meanings.push((name, meaning));
        }
    }
    if problems.is_empty() { Ok((meanings, warnings)) } else { Err(problems) }
}
