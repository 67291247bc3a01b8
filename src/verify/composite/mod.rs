//! Cases of composite indicators: a folder with `method_vectors.yaml`, small inputs with their published results, beside
//! folders of data with what is expected of them.

mod asem;
pub(super) mod cases;
mod coupling;
mod development;
mod inequality;
mod mazziotta;
mod ranking;
mod weights;

use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    Outcome, Row,
    tfp::{Case, Table},
};

/// The file that makes a folder one of composite indicators.
pub(super) const INDEX: &str = "method_vectors.yaml";

/// Runs everything in the folder.
///
/// # Errors
/// The vectors that cannot be read.
pub(super) fn rows(dir: &Path) -> Result<Vec<Row>, String> {
    let vectors = vectors(dir)?;
    let mut rows: Vec<Row> = vectors.iter().map(|v| vector(v, dir)).collect();
    rows.extend(development::rows(dir));
    rows.extend(mazziotta::rows(dir));
    rows.extend(coupling::rows(dir));
    rows.extend(inequality::rows(dir));
    rows.extend(asem::rows(dir));
    rows.extend(weights::rows(dir));
    Ok(rows)
}

/// A small input with its published result.
struct Vector {
    id: String,
    method: String,
    source: String,
    body: Value,
}

fn vectors(dir: &Path) -> Result<Vec<Vector>, String> {
    let text = std::fs::read_to_string(dir.join(INDEX)).map_err(|e| format!("{INDEX}: {e}"))?;
    let list: Vec<Value> = serde_saphyr::from_str(&text).map_err(|e| format!("{INDEX}: {e}"))?;
    let word = |v: &Value, key: &str| v.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(list
        .into_iter()
        .map(|body| {
            let source = if body.get("ref").is_some() { word(&body, "ref") } else { word(&body, "source") };
            Vector { id: word(&body, "id"), method: word(&body, "method"), source, body }
        })
        .collect())
}

/// The row of a vector: whichever part knows it.
fn vector(v: &Vector, dir: &Path) -> Row {
    weights::vector(v, dir)
        .or_else(|| ranking::vector(v, dir))
        .or_else(|| coupling::vector(v, dir))
        .or_else(|| inequality::vector(v, dir))
        .unwrap_or_else(|| v.case(dir).row("", 0.0, Outcome::unsupported(format!("no runner for {} yet", v.method))))
}

impl Vector {
    fn case(&self, dir: &Path) -> Case {
        Case::at(&self.id, &self.source, dir.to_path_buf())
    }

    /// A value of the vector by its path, such as `expected/w`.
    fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, String> {
        let at = self.body.pointer(&format!("/{path}")).ok_or_else(|| format!("{}: no `{path}`", self.id))?;
        T::deserialize(at).map_err(|e| format!("{}, {path}: {e}", self.id))
    }

    /// The matrix of the vector by columns.
    fn columns(&self) -> Result<Vec<Vec<f64>>, String> {
        let rows: Vec<Vec<f64>> = self.get("matrix")?;
        let width = rows.first().map_or(0, Vec::len);
        if rows.iter().any(|r| r.len() != width) {
            return Err(format!("{}: rows of unequal length", self.id));
        }
        Ok((0..width).map(|j| rows.iter().map(|r| r[j]).collect()).collect())
    }

    /// Half of the last digit printed.
    fn rounding(&self) -> Option<f64> {
        self.get::<i32>("digits").ok().map(half)
    }
}

/// Half a unit of the last of so many decimals; what lies on the edge of rounding counts as printed.
fn half(decimals: i32) -> f64 {
    0.5 * 10_f64.powi(-decimals) * (1.0 + 1e-6)
}

/// Columns of a table by name.
fn columns(table: &Table, names: &[&str]) -> Result<Vec<Vec<f64>>, String> {
    names.iter().map(|name| table.numbers(name)).collect()
}

fn said<T: std::fmt::Display>(errors: Vec<T>) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
