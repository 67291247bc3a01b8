//! A linear axis: its range, its ticks, their labels.

use crate::number;

/// A linear scale from values to positions.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    low: f64,
    high: f64,
    start: f64,
    end: f64,
    step: f64,
}

impl Axis {
    /// Holds all finite values, rounded outwards to whole ticks; positions run from `start` to `end`.
    pub fn new(values: impl IntoIterator<Item = f64>, start: f64, end: f64) -> Self {
        let (mut low, mut high) = extent(values);
        let step = step(high - low, 5.0);
        if step.is_finite() && step > 0.0 {
            low = (low / step + 1e-9).floor() * step;
            high = (high / step - 1e-9).ceil() * step;
        }
        Self { low, high, start, end, step }
    }

    /// Holds all finite values without rounding.
    pub fn tight(values: impl IntoIterator<Item = f64>, start: f64, end: f64) -> Self {
        let (low, high) = extent(values);
        Self { low, high, start, end, step: step(high - low, 5.0) }
    }

    /// Position of a value; values outside are moved to the ends.
    pub fn at(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.start + share * (self.end - self.start)
    }

    /// Whether the value lies on the axis.
    pub fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// Lower end.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// Upper end.
    pub fn high(&self) -> f64 {
        self.high
    }

    /// Round values with their labels.
    pub fn ticks(&self) -> Vec<(f64, String)> {
        let step = self.step;
        if !(step.is_finite() && step > 0.0) {
            return Vec::new();
        }
        let first = (self.low / step - 1e-9).ceil();
        let count = ((self.high / step + 1e-9).floor() - first).clamp(0.0, 20.0) as usize;
        let decimals = (-step.log10().floor()).max(0.0) as usize;
        let largest = self.low.abs().max(self.high.abs());
        (0..=count)
            .map(|i| {
                let value = (first + i as f64) * step;
                let plain = decimals <= 6 && largest < 1e7;
                (value, if plain { number::fixed(value, decimals) } else { number::scientific(snapped(value, step)) })
            })
            .collect()
    }
}

/// Zero where rounding left a speck of the step.
fn snapped(value: f64, step: f64) -> f64 {
    if value.abs() < step * 1e-6 { 0.0 } else { value }
}

/// Smallest and largest finite value, never equal, 0 and 1 without any.
fn extent(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for v in values.into_iter().filter(|v| v.is_finite()) {
        low = low.min(v);
        high = high.max(v);
    }
    if low > high || !(high - low).is_finite() {
        return (0.0, 1.0);
    }
    let pad = (low.abs().max(high.abs())) * 1e-9;
    if high - low <= pad {
        let half = if high == 0.0 { 0.5 } else { high.abs() * 0.1 };
        return (low - half, high + half);
    }
    (low, high)
}

/// A step of 1, 2 or 5 times a power of ten that cuts the span into about `count` pieces.
fn step(span: f64, count: f64) -> f64 {
    let raw = span / count;
    let power = 10_f64.powf(raw.log10().floor());
    let share = raw / power;
    power
        * match share {
            s if s <= 1.0 => 1.0,
            s if s <= 2.0 => 2.0,
            s if s <= 5.0 => 5.0,
            _ => 10.0,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_cover_the_values() {
        let labels =
            |values: &[f64]| Axis::new(values.iter().copied(), 0.0, 100.0).ticks().into_iter().map(|t| t.1).collect::<Vec<_>>();
        assert_eq!(labels(&[0.0, 100.0]), ["0", "20", "40", "60", "80", "100"]);
        assert_eq!(labels(&[-0.12, 0.31]), ["−0.2", "−0.1", "0.0", "0.1", "0.2", "0.3", "0.4"]);
    }

    #[test]
    fn every_range_yields_an_axis() {
        for values in [vec![], vec![f64::NAN], vec![0.0], vec![1e12], vec![1e-12, 3e-12], vec![-1e308, 1e308], vec![5.0, 5.0]] {
            let axis = Axis::new(values.iter().copied(), 10.0, 20.0);
            assert!(axis.ticks().len() <= 21);
            for v in values.iter().filter(|v| v.is_finite()) {
                assert!((10.0..=20.0).contains(&axis.at(*v)), "{v}");
            }
        }
    }
}
