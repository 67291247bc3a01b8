//! Published productivity series, recomputed. The files belong to the reference folder beside the
//! repository (`../shared/reference/tfp`); each test says so and passes when the folder is absent.

use std::{collections::BTreeMap, fs, path::PathBuf};

mod bls;
mod firms;
mod munnell;
mod pwt;
mod usagri;

/// A comma-separated file as text cells under its header, or `None` where it is absent.
fn table(file: &str) -> Option<Vec<BTreeMap<String, String>>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/tfp").join(file);
    let text = fs::read_to_string(path).ok()?;
    let mut lines = text.lines().map(cells);
    let header = lines.next()?;
    Some(lines.map(|row| header.iter().cloned().zip(row).collect()).collect())
}

fn cells(line: &str) -> Vec<String> {
    let (mut out, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => out.push(String::new()),
            _ => out.last_mut().unwrap().push(c),
        }
    }
    out
}

/// A column as numbers; an empty cell is missing.
fn numbers(rows: &[BTreeMap<String, String>], name: &str) -> Vec<f64> {
    rows.iter().map(|r| if r[name].is_empty() || r[name] == "NA" { f64::NAN } else { r[name].parse().unwrap() }).collect()
}

/// A column as years.
fn years(rows: &[BTreeMap<String, String>], name: &str) -> Vec<i32> {
    rows.iter().map(|r| r[name].parse().unwrap()).collect()
}

/// A column of names, numbered in order of name.
fn numbered(rows: &[BTreeMap<String, String>], name: &str) -> (Vec<usize>, Vec<String>) {
    let mut names: Vec<String> = rows.iter().map(|r| r[name].clone()).collect();
    names.sort();
    names.dedup();
    (rows.iter().map(|r| names.binary_search(&r[name]).unwrap()).collect(), names)
}

/// Says that a case is not there.
#[expect(clippy::print_stderr, reason = "names what was not run")]
fn absent(case: &str) {
    eprintln!("{case} was not run: the reference folder is absent");
}
