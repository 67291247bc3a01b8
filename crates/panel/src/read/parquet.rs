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
    let fail = |e: &dyn std::fmt::Display| vec![damaged(&e.to_string())];
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| fail(&e))?;
    let schema = builder.schema().clone();
    let mut columns: Vec<RawColumn> = arrow::columns(&schema);
    for batch in builder.build().map_err(|e| fail(&e))? {
        arrow::append(&mut columns, &batch.map_err(|e| fail(&e))?)?;
    }
    grid::whole(path, columns)
}
