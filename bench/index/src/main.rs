//! Ranking methods and weights on a table of columns: `bench-index TABLE CRITERIA FOLDER BATCHES [TASK...]` prints the
//! CPU seconds of a call, task by task, and writes what each found to `FOLDER/TASK.f64`.
#![allow(clippy::print_stdout, reason = "its output is what the program is for")]

mod measure;
mod tasks;

use std::{fs, path::Path};

use measure::Failure;
use tasks::{Case, TASKS};

fn read(path: &str, criteria: usize) -> Result<Vec<Vec<f64>>, Failure> {
    let bytes = fs::read(path)?;
    let values: Vec<f64> = bytes.as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect();
    if criteria == 0 || values.is_empty() || !values.len().is_multiple_of(criteria) {
        return Err("a table is columns of equal length".into());
    }
    Ok(values.chunks(values.len() / criteria).map(<[f64]>::to_vec).collect())
}

fn write(path: &Path, columns: &[Vec<f64>]) -> std::io::Result<()> {
    fs::write(path, columns.iter().flatten().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>())
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let table = arguments.next().ok_or("which table?")?;
    let criteria = arguments.next().ok_or("how many criteria?")?.parse()?;
    let folder = arguments.next().ok_or("which folder?")?;
    let batches = arguments.next().ok_or("how many batches?")?.parse()?;
    let only: Vec<String> = arguments.collect();
    let case = Case::new(read(&table, criteria)?);
    let mut times = serde_json::Map::new();
    // One thread, as on the other side.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    pool.install(|| -> Result<(), Failure> {
        for task in TASKS.iter().filter(|t| only.is_empty() || only.iter().any(|o| o == t.name)) {
            let (found, seconds) = measure::repeated(batches, || (task.run)(&case))?;
            write(&Path::new(&folder).join(format!("{}.f64", task.name)), &found)?;
            times.insert(task.name.into(), seconds.into());
        }
        Ok(())
    })?;
    println!("{}", serde_json::Value::Object(times));
    Ok(())
}
