//! Cases of a size that is run only when asked for.

use std::io::Read;

use flate2::read::GzDecoder;
use frontier::{
    Technology,
    dea::{self, Class, DeaOptions, Returns, Slacks},
};
use serde::Deserialize;
use serde_json::Value;

use super::{Differences, Folder, Outcome};

#[derive(Deserialize)]
struct Case {
    model: Model,
    data: Data,
    expected: Numbers,
}

#[derive(Deserialize)]
struct Model {
    orientation: frontier::Orientation,
    rts: Returns,
}

/// A gzipped table without names; columns counted from 1.
#[derive(Deserialize)]
struct Data {
    file: String,
    inputs_cols: Vec<usize>,
    outputs_cols: Vec<usize>,
}

#[derive(Deserialize)]
struct Numbers {
    extreme_rows_1based: Vec<usize>,
    mean_score: f64,
    min_score: f64,
    sample_rows_1based: Vec<usize>,
    sample_scores: Vec<f64>,
}

const METHOD: &str = "dea, all units certified";

/// Radial scores of a large table: efficient rows, mean, least score and a sample.
pub fn run(case: &Value, folder: Folder<'_>) -> Outcome {
    let case = match Case::deserialize(case) {
        Ok(case) => case,
        Err(e) => return Outcome::fail(METHOD, e.to_string()),
    };
    let columns = match folder.bytes(&case.data.file).and_then(|b| columns(&b, &case.data.file)) {
        Ok(columns) => columns,
        Err(why) => return Outcome::fail(METHOD, why),
    };
    let pick = |places: &[usize]| places.iter().filter_map(|p| columns.get(p - 1)).map(Vec::as_slice).collect();
    let technology =
        Technology { inputs: pick(&case.data.inputs_cols), outputs: pick(&case.data.outputs_cols), bad_outputs: Vec::new() };
    let options = DeaOptions {
        orientation: case.model.orientation,
        returns: case.model.rts,
        slacks: Slacks::Range,
        scale: false,
        ..DeaOptions::default()
    };
    let d = match dea::dea(&technology, &options) {
        Ok(d) => d,
        Err(e) => return Outcome::fail(METHOD, format!("{e} {e:?}")),
    };
    let expected = case.expected;
    let n = d.score.len();
    let mut differences = Differences::default();
    let open = d.interval.iter().filter(|i| i.1.is_nan() || i.1 - i.0 > 1e-9).count();
    differences.length("units with an interval wider than 1e-9", open, 0);
    let efficient: Vec<usize> = (0..n).filter(|&u| d.class[u] == Class::Strong).map(|u| u + 1).collect();
    differences.length("efficient rows", efficient.len(), expected.extreme_rows_1based.len());
    for (found, row) in efficient.iter().zip(&expected.extreme_rows_1based) {
        differences.value("efficient row", *found as f64, *row as f64);
    }
    differences.value("mean score", d.score.iter().sum::<f64>() / n as f64, expected.mean_score);
    differences.value("least score", d.score.iter().copied().fold(f64::INFINITY, f64::min), expected.min_score);
    let sample: Vec<f64> = expected.sample_rows_1based.iter().map(|r| d.score.get(r - 1).copied().unwrap_or(f64::NAN)).collect();
    differences.series("sample", &sample, &expected.sample_scores);
    differences.outcome(METHOD)
}

fn columns(bytes: &[u8], file: &str) -> Result<Vec<Vec<f64>>, String> {
    let mut text = String::new();
    GzDecoder::new(bytes).read_to_string(&mut text).map_err(|e| format!("{file}: {e}"))?;
    let mut columns: Vec<Vec<f64>> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for (i, cell) in line.split(',').enumerate() {
            let value = cell.trim().parse().map_err(|_| format!("{file}, line {}: `{cell}` is not a number", number + 1))?;
            if i == columns.len() {
                columns.push(Vec::new());
            }
            columns[i].push(value);
        }
    }
    Ok(columns)
}
