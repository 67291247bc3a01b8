//! What stocks become when depreciation, the first stock and the deflator are off.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far each source of doubt is moved to either side.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FanOptions {
    /// Points of the depreciation rate, e.g. 0.02 for 9.6 % ± 2 points.
    pub depreciation: f64,
    /// Share of the first stock, e.g. 0.5 for half and one and a half times.
    pub initial: f64,
    /// Points of growth of the deflator per period, e.g. 0.01.
    pub deflator: f64,
}

impl Default for FanOptions {
    fn default() -> Self {
        Self { depreciation: 0.02, initial: 0.5, deflator: 0.01 }
    }
}

/// One blade of the fan: what is moved, and how far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scenario {
    /// Added to depreciation rates.
    pub depreciation: f64,
    /// Share added to first stocks.
    pub initial: f64,
    /// Added to the growth of prices per period, away from the base period.
    pub deflator: f64,
}

/// The central case first, then every combination of down, same and up: 27 in a fixed order.
pub fn scenarios(options: &FanOptions) -> Vec<Scenario> {
    let steps = |by: f64| [0.0, -by, by];
    let mut all = Vec::with_capacity(27);
    for depreciation in steps(options.depreciation) {
        for initial in steps(options.initial) {
            for deflator in steps(options.deflator) {
                all.push(Scenario { depreciation, initial, deflator });
            }
        }
    }
    all
}

impl Scenario {
    /// A depreciation rate moved, kept inside `0 ≤ δ < 1`.
    pub fn rate(&self, depreciation: f64) -> f64 {
        if depreciation.is_nan() { depreciation } else { (depreciation + self.depreciation).clamp(0.0, 0.999) }
    }

    /// Factor of a first stock.
    pub fn first(&self) -> f64 {
        1.0 + self.initial
    }

    /// Factor of real investment in a period: prices that rise faster leave less of it, more of it before the base.
    pub fn deflation(&self, period: i32, base: i32) -> f64 {
        (1.0 + self.deflator).powf(f64::from(base) - f64::from(period))
    }

    /// Number of sources that are moved.
    pub fn moved(&self) -> usize {
        [self.depreciation, self.initial, self.deflator].iter().filter(|v| **v != 0.0).count()
    }
}

/// Smallest and largest of the columns in each row; `NaN` where a column has none.
pub fn band(columns: &[&[f64]]) -> (Vec<f64>, Vec<f64>) {
    let rows = columns.first().map_or(0, |c| c.len());
    let over = |f: fn(f64, f64) -> f64| -> Vec<f64> {
        let row =
            |i: usize| columns.iter().map(|c| c[i]).reduce(|a, b| if a.is_nan() || b.is_nan() { f64::NAN } else { f(a, b) });
        (0..rows).map(|i| row(i).unwrap_or(f64::NAN)).collect()
    };
    (over(f64::min), over(f64::max))
}
