//! Distortion of factor markets from marketisation indices, which users bring.
//!
//! - `Gap` (Zhang, Zhou and Li 2011): `(total - factor) / total`, the factor market beside the whole.
//! - `Benchmark` (Lin and Du 2013): `(max - factor) / max`, beside the best factor market of the sample, or of the period.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rows;

/// What a factor market is held against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Benchmark {
    /// The index of all markets of the same unit and period.
    #[default]
    Total,
    /// The largest index of the factor market in all rows.
    Sample,
    /// The largest index of the factor market in the period.
    Period,
}

/// What stands behind a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Computed.
    Computed,
    /// A cell is missing.
    Missing,
    /// The benchmark is zero or negative: no share of it can be taken.
    NoBenchmark,
}

/// Distortion by row and its status; `total` is used by [`Benchmark::Total`] alone. Slices have equal length, shorter ones
/// count as missing.
pub fn distortion(periods: &[i32], factor: &[f64], total: &[f64], benchmark: Benchmark) -> (Vec<f64>, Vec<Status>) {
    let cell = |column: &[f64], i: usize| column.get(i).copied().filter(|x| x.is_finite());
    let largest = |keep: &dyn Fn(usize) -> bool| {
        (0..periods.len()).filter(|&i| keep(i)).filter_map(|i| cell(factor, i)).fold(f64::NEG_INFINITY, f64::max)
    };
    let sample = largest(&|_| true);
    let set = rows::distinct(periods.iter().copied());
    let tops: Vec<f64> = match benchmark {
        Benchmark::Period => set.iter().map(|p| largest(&|i| periods[i] == *p)).collect(),
        Benchmark::Total | Benchmark::Sample => Vec::new(),
    };
    periods
        .iter()
        .enumerate()
        .map(|(i, period)| {
            let beside = match benchmark {
                Benchmark::Total => cell(total, i),
                Benchmark::Sample => Some(sample),
                Benchmark::Period => set.binary_search(period).ok().map(|at| tops[at]),
            };
            match (cell(factor, i), beside) {
                (Some(x), Some(b)) if b > 0.0 => ((b - x) / b, Status::Computed),
                (Some(_), Some(_)) => (f64::NAN, Status::NoBenchmark),
                _ => (f64::NAN, Status::Missing),
            }
        })
        .unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_benchmarks_by_hand() {
        let (periods, factor, total) = ([1, 1, 2, 2], [4.0, 8.0, 5.0, f64::NAN], [8.0, 0.0, 10.0, 9.0]);
        let (v, s) = distortion(&periods, &factor, &total, Benchmark::Total);
        assert_eq!((v[0], v[2]), (0.5, 0.5));
        assert_eq!(s, [Status::Computed, Status::NoBenchmark, Status::Computed, Status::Missing]);
        let (v, _) = distortion(&periods, &factor, &[], Benchmark::Sample);
        assert_eq!(v[..3], [0.5, 0.0, 0.375]);
        let (v, s) = distortion(&periods, &factor, &[], Benchmark::Period);
        assert_eq!((&v[..3], s[3]), (&[0.5, 0.0, 0.0][..], Status::Missing));
        assert_eq!(distortion(&[], &[], &[], Benchmark::Sample).0, Vec::<f64>::new());
    }
}
