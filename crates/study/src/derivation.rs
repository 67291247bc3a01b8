//! How a table came about, as spreadsheet sheets with live formulas: a reader can click through from the data to
//! the result, and change a number to see what follows.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// One sheet of a derivation. Rows and columns count from 0; rows 0 and 1 belong to the writer (title, way back).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// Name within the derivation; formulas call the sheet `[id]`.
    pub id: String,
    /// Heading.
    pub title: Text,
    /// What the sheet holds and why some cells have no formula; written from row 2 on.
    pub notes: Vec<Text>,
    /// The cells, by row, then column.
    pub cells: Vec<Cell>,
    /// Rows and columns that stay in sight.
    pub freeze: (u32, u16),
}

/// A cell with its place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Row.
    pub row: u32,
    /// Column.
    pub column: u16,
    /// What stands there.
    pub content: Content,
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Content {
    /// A heading of a column or a row.
    Head(Text),
    /// Words.
    Words(Text),
    /// A unit, by its identifier.
    Unit(String),
    /// A whole number, such as a period.
    Whole(i64),
    /// A number of the data or of the framework.
    Given(f64),
    /// A number that the program put there without a formula, with the decimals shown; a note of the sheet says why.
    Fixed(f64, u8),
    /// A formula with its result; `NaN` is an empty text.
    Formula {
        /// Without the sign of equality; `[id]D5` is cell D5 of the sheet `id` of the same derivation.
        text: String,
        /// Whether it runs over arrays (entered with Ctrl+Shift+Enter in older spreadsheets).
        array: bool,
        /// The program's own number.
        value: f64,
        /// Decimals shown.
        decimals: u8,
    },
}

/// Name of a cell: `cell(4, 3)` is `D5`.
pub fn cell(row: u32, column: u16) -> String {
    format!("{}{}", letters(column), row + 1)
}

/// The same, its row held when the formula is copied: `D$5`.
pub fn held(row: u32, column: u16) -> String {
    format!("{}${}", letters(column), row + 1)
}

/// The cells of a row from one column to another, the row held: `D$5:F$5`.
pub fn held_row(row: u32, columns: std::ops::Range<u16>) -> String {
    format!("{}:{}", held(row, columns.start), held(row, columns.end.saturating_sub(1)))
}

/// The cells of a row from one column to another: `D5:F5`.
pub fn row(row: u32, columns: std::ops::Range<u16>) -> String {
    format!("{}:{}", cell(row, columns.start), cell(row, columns.end.saturating_sub(1)))
}

/// The cells of a column from one row to another, the rows held: `D$5:D$9`.
pub fn held_column(column: u16, rows: std::ops::Range<u32>) -> String {
    format!("{}:{}", held(rows.start, column), held(rows.end.saturating_sub(1), column))
}

fn letters(column: u16) -> String {
    let (mut rest, mut out) = (u32::from(column) + 1, Vec::new());
    while rest > 0 {
        out.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    out.iter().rev().collect()
}

impl Sheet {
    /// An empty sheet.
    pub fn new(id: &str, title: Text) -> Self {
        Self { id: id.to_owned(), title, ..Self::default() }
    }

    /// Puts something into a cell.
    pub fn put(&mut self, row: u32, column: u16, content: Content) {
        self.cells.push(Cell { row, column, content });
    }

    /// Puts a formula into a cell.
    pub fn formula(&mut self, row: u32, column: u16, text: String, value: f64, decimals: u8) {
        self.put(row, column, Content::Formula { text, array: false, value, decimals });
    }

    /// Puts a formula over arrays into a cell.
    pub fn array(&mut self, row: u32, column: u16, text: String, value: f64, decimals: u8) {
        self.put(row, column, Content::Formula { text, array: true, value, decimals });
    }

    /// Rows up to the last cell.
    pub fn rows(&self) -> u32 {
        self.cells.iter().map(|c| c.row + 1).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_spreadsheets_do() {
        assert_eq!((cell(0, 0), cell(4, 25), cell(9, 26), cell(0, 701), cell(0, 702)), {
            let s = |x: &str| x.to_owned();
            (s("A1"), s("Z5"), s("AA10"), s("ZZ1"), s("AAA1"))
        });
        assert_eq!(held_column(3, 4..9), "D$5:D$9");
        assert_eq!((row(4, 3..6), held_row(4, 3..6)), ("D5:F5".to_owned(), "D$5:F$5".to_owned()));
    }
}
