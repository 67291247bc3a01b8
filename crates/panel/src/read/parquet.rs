//! Parquet files.

use std::{fs::File, path::Path};

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::{damaged, grid, unreadable};
use crate::{
    arrow,
    problem::Problem,
    raw::{RawColumn, RawTable},
};

pub(super) fn read(path: &Path) -> Result<RawTable, Vec<Problem>> {
    let file = File::open(path).map_err(|e| vec![unreadable(&e)])?;
    let fail = |e: &dyn std::fmt::Display| vec![reason(&e.to_string())];
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| fail(&e))?;
    let schema = builder.schema().clone();
    let mut columns: Vec<RawColumn> = arrow::columns(&schema);
    for batch in builder.build().map_err(|e| fail(&e))? {
        arrow::append(&mut columns, &batch.map_err(|e| fail(&e))?)?;
    }
    grid::whole(path, columns)
}

/// A compression that is not built in is no damage.
fn reason(error: &str) -> Problem {
    let Some((_, codec)) = error.split_once("Disabled feature at compile time: ") else { return damaged(error) };
    Problem::error("unknown-compression", format!("The file is compressed with {}.", codec.trim_end_matches('.')))
        .why("Only zstd, snappy, gzip, lz4 and no compression are read.")
        .help("Save the table again with zstd, e.g. `df.to_parquet(path, compression=\"zstd\")`.")
}
