//! A table as it stands in a file, before it is known which columns are keys.

mod date;
mod keys;
mod number;
mod panel;
mod period;

use std::path::PathBuf;

pub(crate) use date::iso_date;
pub use keys::{Considered, Guess, Keys};
pub use number::{Parsed, parse};

use crate::{
    problem::{Place, Problem},
    table::Meaning,
};

/// One cell of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// Nothing there.
    #[default]
    Empty,
    /// A number of a typed format (workbook, Parquet, Stata); truth values are 1 and 0.
    Number(f64),
    /// Text, trimmed. Cells of CSV files are text until a column is asked for as numbers; dates of
    /// typed formats are ISO 8601 text.
    Text(String),
}

impl Cell {
    /// Text, trimmed; empty when blank.
    pub fn text(text: &str) -> Self {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }

    /// The cell as a label: text as it is, whole numbers without a decimal point, blank as `""`.
    pub fn label(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Number(x) => x.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

/// One named column of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawColumn {
    /// Name in the header, trimmed.
    pub name: String,
    /// What the file itself says about it (variable labels of Stata, metadata of Parquet).
    pub meaning: Meaning,
    /// One cell per row of the table.
    pub cells: Vec<Cell>,
    /// Texts of coded values (value labels of Stata), used where the column is a key.
    pub labels: Vec<(f64, String)>,
}

impl RawColumn {
    /// The cell of a row as a label, with coded values spelled out.
    pub fn label(&self, row: usize) -> String {
        let cell = self.cells.get(row).unwrap_or(&Cell::Empty);
        let spelled = self.labels.iter().find(|(code, _)| *cell == Cell::Number(*code));
        spelled.map_or_else(|| cell.label(), |(_, text)| text.clone())
    }
}

/// A table of named columns with the row numbers of the file it came from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawTable {
    /// The file, as the user named it.
    pub file: PathBuf,
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// Row or line of the file for each row of the table, counted from 1 with the header.
    pub rows: Vec<usize>,
    /// The columns, in the order of the file.
    pub columns: Vec<RawColumn>,
    /// Warnings met on reading.
    pub notes: Vec<Problem>,
}

impl RawTable {
    /// A column by name.
    pub fn column(&self, name: &str) -> Option<&RawColumn> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// The place of a cell, as the user can find it.
    pub fn place(&self, row: usize, column: &str) -> Place {
        Place { row: self.rows.get(row).copied(), ..self.place_of(column) }
    }

    /// The place of a column.
    pub fn place_of(&self, column: &str) -> Place {
        Place { file: Some(self.file.clone()), sheet: self.sheet.clone(), column: Some(column.to_owned()), ..Place::default() }
    }

    /// The place of the whole table.
    pub fn place_of_table(&self) -> Place {
        Place { file: Some(self.file.clone()), sheet: self.sheet.clone(), ..Place::default() }
    }

    fn unknown(&self, name: &str, role: &str) -> Problem {
        Problem::error("unknown-column", format!("There is no column `{name}` ({role})."))
            .help(format!("The columns are: {}.", listed(self.columns.iter().map(|c| c.name.as_str()), 20)))
            .did_you_mean(name, self.columns.iter().map(|c| c.name.as_str()))
            .at(self.place_of_table())
    }
}

/// The first `most` names in back-quotes, then how many more there are.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>, most: usize) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let mut text = names.iter().take(most).map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
    if names.len() > most {
        text.push_str(&format!(" and {} more", names.len() - most));
    }
    text
}
