//! The columns table: what each column of a data file means.

use std::path::Path;

use crate::{problem::Problem, read, table::Meaning};

/// Meanings by column name, with warnings.
pub type Meanings = (Vec<(String, Meaning)>, Vec<Problem>);

/// Reads a columns table.
///
/// # Errors
/// All problems found, never only the first.
pub fn read(path: &Path) -> Result<Meanings, Vec<Problem>> {
    let _ = read::table(path, &read::ReadOptions::default())?;
    Ok((Vec::new(), Vec::new()))
}
