//! Tables as values: named columns with labels and units, drawn and written elsewhere.

use serde::{Deserialize, Serialize};

use crate::{derivation::Sheet, text::Text};

/// A result table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Name within its step, e.g. `scores`; files are called `<step>_<id>.csv`.
    pub id: String,
    /// Heading.
    pub title: Text,
    /// Note under the table: definitions, denominators, sources.
    pub note: Text,
    /// Columns of equal length.
    pub columns: Vec<Column>,
    /// Whether the report shows the table in its text (`true`) or only offers the download.
    pub show: bool,
    /// How its numbers came about, as sheets with formulas beside it in the workbook; empty for most tables.
    pub derivation: Vec<Sheet>,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Machine name: header of the CSV file.
    pub name: String,
    /// Heading for people.
    pub label: Text,
    /// Unit of measure; empty for text and pure numbers.
    pub unit: Text,
    /// The cells.
    pub cells: Cells,
}

/// Cells of one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Cells {
    /// Unit identifiers; the report shows their labels and lights them up together.
    Unit(Vec<String>),
    /// Whole numbers: periods, counts, ranks.
    Integer(Vec<Option<i64>>),
    /// Numbers shown with a fixed number of decimals (files carry all digits); `NaN` is an empty cell.
    Number(Vec<f64>, u8),
    /// p-values shown with four decimals, smaller ones as `< 0.0001`; `NaN` is an empty cell.
    P(Vec<f64>),
    /// Words that differ by language: statuses, classes, labels.
    Text(Vec<Text>),
}

impl Table {
    /// An empty table that the report shows.
    pub fn new(id: &str, title: Text) -> Self {
        Self { id: id.to_owned(), title, show: true, ..Self::default() }
    }

    /// Offers the table for download without showing it.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.show = false;
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, note: Text) -> Self {
        self.note = note;
        self
    }

    /// Adds a column.
    #[must_use]
    pub fn column(mut self, name: &str, label: Text, unit: Text, cells: Cells) -> Self {
        self.columns.push(Column { name: name.to_owned(), label, unit, cells });
        self
    }

    /// The same table with these rows only, in this order.
    #[must_use]
    pub fn rows(&self, rows: &[usize]) -> Self {
        let columns = self.columns.iter().map(|c| Column { cells: c.cells.rows(rows), ..c.clone() }).collect();
        Self { columns, derivation: Vec::new(), ..self.clone() }
    }

    /// Adds the sheets that derive its numbers.
    #[must_use]
    pub fn derived(mut self, sheets: Vec<Sheet>) -> Self {
        self.derivation = sheets;
        self
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, |c| c.cells.len())
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Cells {
    /// The same numbers, shown as p-values.
    #[must_use]
    pub fn p_values(self) -> Self {
        match self {
            Self::Number(v, _) => Self::P(v),
            other => other,
        }
    }

    fn rows(&self, rows: &[usize]) -> Self {
        fn pick<T: Clone>(cells: &[T], rows: &[usize]) -> Vec<T> {
            rows.iter().filter_map(|&r| cells.get(r).cloned()).collect()
        }
        match self {
            Self::Unit(v) => Self::Unit(pick(v, rows)),
            Self::Integer(v) => Self::Integer(pick(v, rows)),
            Self::Number(v, decimals) => Self::Number(pick(v, rows), *decimals),
            Self::P(v) => Self::P(pick(v, rows)),
            Self::Text(v) => Self::Text(pick(v, rows)),
        }
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        match self {
            Self::Unit(v) => v.len(),
            Self::Integer(v) => v.len(),
            Self::Number(v, _) | Self::P(v) => v.len(),
            Self::Text(v) => v.len(),
        }
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
