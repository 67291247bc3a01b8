//! Rows of cells under a header become the columns of a raw table.

use std::{collections::BTreeMap, path::Path};

use super::{around, comma::decimal_commas};
use crate::{
    problem::{Capped, Place, Problem},
    raw::{Cell, RawColumn, RawTable},
    table::Meaning,
};

/// More columns than any workbook program allows; beyond them a file is not a table.
const MOST_COLUMNS: usize = 16_384;
const LONGEST_NAME: usize = 1_000;

/// A table being filled row by row.
pub(super) struct Grid {
    table: RawTable,
    header_row: usize,
    /// The last rows with a single text, which may be notes, and whether a blank row came before.
    held: Vec<(usize, Vec<Cell>, bool)>,
    blank: bool,
    ragged: Capped,
    problems: Vec<Problem>,
}

impl Grid {
    pub(super) fn new(file: &Path, sheet: Option<String>, header_row: usize, header: &[String]) -> Result<Self, Vec<Problem>> {
        if header.len() > MOST_COLUMNS {
            return Err(vec![
                Problem::error("too-many-columns", format!("The header row has {} columns.", header.len()))
                    .why(format!("A table has at most {MOST_COLUMNS} columns; line breaks may be missing."))
                    .help("Save the table again with one line per row.")
                    .at(Place { sheet, row: Some(header_row), ..Place::default() }),
            ]);
        }
        let columns = header
            .iter()
            .map(|name| RawColumn { name: name.trim().trim_matches('\u{feff}').to_owned(), ..RawColumn::default() })
            .collect();
        Ok(Self {
            table: RawTable { file: file.to_owned(), sheet, columns, ..RawTable::default() },
            header_row,
            held: Vec::new(),
            blank: false,
            ragged: Capped::default(),
            problems: Vec::new(),
        })
    }

    /// Tells of rows above the header.
    pub(super) fn titles(&mut self, rows: &[(usize, Vec<Cell>)]) {
        self.note(around::titles(rows));
    }

    /// Adds a row; blank rows are passed over, rows that do not fit the header are reported.
    pub(super) fn push(&mut self, row: usize, cells: Vec<Cell>) {
        let width = self.table.columns.len();
        let mut filled = cells.iter().enumerate().filter(|(_, c)| **c != Cell::Empty);
        match (filled.next(), filled.next()) {
            (None, _) => self.blank = true,
            (Some((j, Cell::Text(_))), None) if width > 1 && j < width => {
                self.held.push((row, cells, std::mem::take(&mut self.blank)));
            }
            _ => {
                self.blank = false;
                for (row, cells, _) in std::mem::take(&mut self.held) {
                    self.add(row, cells);
                }
                self.add(row, cells);
            }
        }
    }

    fn note(&mut self, note: Option<Problem>) {
        let place = self.table.place_of_table();
        self.table.notes.extend(note.map(|n| Problem { place: Place { row: n.place.row, ..place }, ..n }));
    }

    fn add(&mut self, row: usize, mut cells: Vec<Cell>) {
        let width = self.table.columns.len();
        while cells.len() > width && cells.last() == Some(&Cell::Empty) {
            cells.pop();
        }
        if cells.len() != width {
            let (have, place) = (cells.len(), Place { row: Some(row), ..self.table.place_of_table() });
            self.ragged.push(|| {
                Problem::error("ragged-row", format!("Row {row} has {have} cells, the header has {width}."))
                    .why("A cell would stand under the wrong name.")
                    .help(if have == width + 1 {
                        "If the first column holds row names, give it a name in the header; else look for an unquoted delimiter."
                    } else if width == 1 {
                        "Delete title lines above the header row, and check the delimiter."
                    } else {
                        "Look for a missing or unquoted delimiter, an unclosed quote, or title and note lines."
                    })
                    .at(place)
            });
            cells.resize(width, Cell::Empty);
        }
        self.table.rows.push(row);
        for (column, cell) in self.table.columns.iter_mut().zip(cells) {
            column.cells.push(cell);
        }
    }

    pub(super) fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    pub(super) fn finish(mut self) -> Result<RawTable, Vec<Problem>> {
        let mut held = std::mem::take(&mut self.held);
        let notes = held.split_off(around::notes_from(&held));
        for (row, cells, _) in held {
            self.add(row, cells);
        }
        self.note(around::notes(&notes.into_iter().map(|(row, cells, _)| (row, cells)).collect::<Vec<_>>()));
        self.problems.extend(self.ragged.finish("more rows do not fit the header"));
        let header_row = Some(self.header_row);
        let mut table = checked(self.table, header_row, self.problems)?;
        decimal_commas(&mut table);
        Ok(table)
    }
}

/// A table whose columns came whole, as from Parquet or Stata; rows are counted from 1.
pub(crate) fn whole(file: &Path, columns: Vec<RawColumn>) -> Result<RawTable, Vec<Problem>> {
    let rows = columns.iter().map(|c| c.cells.len()).max().unwrap_or(0);
    checked(RawTable { file: file.to_owned(), rows: (1..=rows).collect(), columns, ..RawTable::default() }, None, Vec::new())
}

/// Names checked: blank ones named by position or dropped with their empty column, duplicates refused.
fn checked(mut table: RawTable, header_row: Option<usize>, mut problems: Vec<Problem>) -> Result<RawTable, Vec<Problem>> {
    let place = Place { row: header_row, ..table.place_of_table() };
    let mut long = Capped::default();
    let mut first_at: BTreeMap<String, usize> = BTreeMap::new();
    let mut duplicates = Capped::default();
    for (j, column) in table.columns.iter_mut().enumerate() {
        if column.name.is_empty() && column.cells.iter().all(|cell| *cell == Cell::Empty) {
            continue;
        }
        if column.name.is_empty() {
            column.name = format!("column {}", j + 1);
            table.notes.push(
                Problem::warning("blank-header", format!("Column {} has no name.", j + 1))
                    .why(format!("It is called `{}` here.", column.name))
                    .help("Give it a name in the header row.")
                    .at(Place { column: Some(column.name.clone()), ..place.clone() }),
            );
        }
        if column.name.chars().count() > LONGEST_NAME {
            let start: String = column.name.chars().take(40).collect();
            long.push(|| {
                Problem::error("long-header", format!("The name of column {} has more than {LONGEST_NAME} characters.", j + 1))
                    .why(format!("It begins with `{start}`; line breaks or delimiters may be missing."))
                    .help("Save the table again with one line per row and a delimiter between cells.")
                    .at(place.clone())
            });
        } else if let Some(first) = first_at.insert(column.name.clone(), j) {
            duplicates.push(|| {
                Problem::error(
                    "duplicate-header",
                    format!("Columns {} and {} are both named `{}`.", first + 1, j + 1, column.name),
                )
                .why("A formula could mean either.")
                .help("Rename or delete one of them.")
                .at(Place { column: Some(column.name.clone()), ..place.clone() })
            });
        }
    }
    table.columns.retain(|c| !c.name.is_empty());
    problems.extend(long.finish("more column names are too long"));
    problems.extend(duplicates.finish("more column names stand twice"));
    if table.columns.is_empty() {
        problems
            .push(Problem::error("empty-table", "The table has no columns.").help("It needs a header row and data.").at(place));
    } else if table.rows.is_empty() && problems.is_empty() {
        problems.push(
            Problem::error("header-only", "The table has a header but no data rows.")
                .help("Save it again with its data, or name the sheet that holds them.")
                .at(place),
        );
    }
    if problems.is_empty() { Ok(table) } else { Err(problems) }
}

/// A column of a typed file.
pub(super) fn column(name: &str, meaning: Meaning, cells: Vec<Cell>) -> RawColumn {
    RawColumn { name: name.trim().to_owned(), meaning, cells, labels: Vec::new() }
}
