//! Against reference files beside the repository (`../shared/reference`); each test passes silently where they are absent.

mod convergence;
mod density;
mod inequality;
mod markov;
mod moran;

use std::path::PathBuf;

/// A file of the reference folder, if it is there.
fn reference(name: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference").join(name);
    std::fs::read_to_string(path).ok()
}

fn case(name: &str) -> Option<serde_json::Value> {
    serde_json::from_str(&reference(name)?).ok()
}

fn numbers(value: &serde_json::Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn close(what: &str, got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance * want.abs().max(1.0), "{what}: {got} is not {want}");
}
