//! Writes panels: CSV, Parquet, XLSX and Stata files.
//!
//! A file appears whole or not at all: it is written beside its place under another name and
//! renamed when it is complete.

mod csv;
mod stata;
mod xlsx;

use std::{fs::File, io, path::Path};

use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    file::properties::WriterProperties,
};

pub use self::{
    csv::{CsvOptions, csv},
    stata::dta,
    xlsx::xlsx,
};
use crate::{
    arrow,
    problem::{Place, Problem},
    table::Panel,
};

/// Writes a file whole or not at all.
///
/// # Errors
/// A folder that does not exist or may not be written, a full disk, and what `fill` reports.
pub fn atomically(path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), Vec<Problem>> {
    let failed = |e: &io::Error| {
        let place = Place { file: Some(path.to_owned()), ..Place::default() };
        vec![
            Problem::error("unwritable", format!("`{}` cannot be written.", path.display()))
                .why(format!("The system says: {e}."))
                .help("Check that its folder exists, may be written and has space, and that no program holds the file open.")
                .at(place),
        ]
    };
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    // A temporary file is private by default; this one becomes an ordinary file.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.prefix(".writing-").tempfile_in(folder).map_err(|e| failed(&e))?;
    fill(file.as_file_mut()).map_err(|e| failed(&e))?;
    file.persist(path).map_err(|e| failed(&e.error))?;
    Ok(())
}

/// Writes a panel as Parquet (zstd), with the meaning of each column in its field metadata.
///
/// # Errors
/// Two columns with one name, and what [`atomically`] reports.
pub fn parquet(path: &Path, panel: &Panel) -> Result<(), Vec<Problem>> {
    let batch = arrow::to_record_batch(panel)?;
    atomically(path, |file| {
        let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).map_err(io::Error::other)?;
        writer.write(&batch).map_err(io::Error::other)?;
        writer.close().map_err(io::Error::other)?;
        Ok(())
    })
}

/// The text columns of a panel in the order of writing, and how many stand before the period.
fn text_columns(panel: &Panel) -> (Vec<(String, &[String])>, usize) {
    let keys = panel.keys();
    let mut columns: Vec<(String, &[String])> = vec![(keys.unit, &panel.units)];
    if let Some(name) = keys.unit_zh {
        columns.push((name, &panel.units_zh));
    }
    let before = columns.len();
    columns.extend(panel.groups.iter().map(|g| (g.name.clone(), g.labels.as_slice())));
    (columns, before)
}

fn names_differ(panel: &Panel) -> Result<(), Vec<Problem>> {
    let (texts, _) = text_columns(panel);
    let names = texts.iter().map(|t| t.0.as_str()).chain(panel.period_name.as_deref());
    arrow::names_differ(names.chain(panel.variables.iter().map(|v| v.name.as_str())))
}
