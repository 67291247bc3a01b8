//! Peaks of a curve, and whether more than one is more than chance.

use numerics::{moments, random};
use rand::RngExt;
use rayon::prelude::*;

use super::{Kernel, height};

/// A local maximum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Peak {
    /// Where.
    pub at: f64,
    /// Height of the curve.
    pub height: f64,
    /// Height above the higher of the two valleys that part it from higher ground; the height itself for the highest.
    pub prominence: f64,
}

/// Silverman's (1981) test that a distribution has one mode, with a Gaussian kernel and no support.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unimodality {
    /// Smallest bandwidth at which the curve has one mode.
    pub critical: f64,
    /// Share of replicates from the curve at that bandwidth with more than one mode there, `(1 + #)/(1 + R)`.
    pub p: f64,
}

/// Local maxima of values on an even grid, places and heights by the parabola through three points.
pub(super) fn peaks(grid: &[f64], values: &[f64]) -> Vec<Peak> {
    let n = values.len();
    let mut peaks = Vec::new();
    let mut i = 0;
    while i < n {
        // A plateau counts once.
        let mut end = i;
        while end + 1 < n && values[end + 1] == values[i] {
            end += 1;
        }
        let rises = i == 0 || values[i - 1] < values[i];
        let falls = end + 1 == n || values[end + 1] < values[i];
        if rises && falls && values[i] > 0.0 {
            let (mut at, mut top) = (f64::midpoint(grid[i], grid[end]), values[i]);
            if i == end && i > 0 && end + 1 < n {
                let (left, right) = (values[i - 1], values[i + 1]);
                let bend = left - 2.0 * top + right;
                let shift = 0.5 * (left - right) / bend;
                at += shift * (grid[i + 1] - grid[i]);
                top -= 0.25 * (left - right) * shift;
            }
            let sides = [valley(values[..i].iter().rev(), values[i]), valley(values[end + 1..].iter(), values[i])];
            let base = sides.into_iter().flatten().fold(0.0, f64::max);
            peaks.push(Peak { at, height: top, prominence: top - base });
        }
        i = end + 1;
    }
    peaks
}

/// Lowest value on the way to higher ground, if there is any.
fn valley<'a>(mut side: impl Iterator<Item = &'a f64>, top: f64) -> Option<f64> {
    let mut lowest = f64::INFINITY;
    side.find_map(|v| {
        lowest = lowest.min(*v);
        (*v > top).then_some(lowest)
    })
}

/// Points on which modes are counted.
const POINTS: usize = 128;
/// Replicates per stream.
const BLOCK: u32 = 64;

/// Whether a Gaussian curve over sorted values has more than one mode.
fn several(sorted: &[f64], h: f64) -> bool {
    // All modes lie between the outermost values.
    let (low, high) = (sorted[0], sorted[sorted.len() - 1]);
    let step = (high - low) / (POINTS - 1) as f64;
    let (mut falling, mut before) = (false, f64::NEG_INFINITY);
    for i in 0..POINTS {
        let now = height(sorted, sorted.len(), low + i as f64 * step, h, Kernel::Gaussian);
        if now > before && falling {
            return true;
        }
        falling |= now < before;
        before = now;
    }
    false
}

pub(super) fn unimodality(x: &[f64], replicates: u32, seed: u64, sample: usize) -> Option<Unimodality> {
    let mut sorted = x.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (mean, sd) = (moments::mean(x), moments::deviation(x, 0));
    let range = sorted[x.len() - 1] - sorted[0];
    if replicates == 0 || range <= 1e-14 * mean.abs() {
        return None;
    }
    // The number of modes falls with the bandwidth (Silverman 1981).
    let (mut low, mut high) = (range / (2.0 * POINTS as f64), range);
    if several(&sorted, low) {
        for _ in 0..40 {
            let middle = f64::midpoint(low, high);
            if several(&sorted, middle) { low = middle } else { high = middle }
        }
    } else {
        high = low;
    }
    // Shrunk, so that the replicates have the variance of the data.
    let shrink = 1.0 / (1.0 + (high / sd).powi(2)).sqrt();
    let blocks = (0..replicates.div_ceil(BLOCK)).into_par_iter().map(|block| {
        let mut rng = random::stream(seed, &format!("density-modes-{sample}"), u64::from(block));
        let mut drawn = vec![0.0; x.len()];
        let mut count = 0_u32;
        for _ in block * BLOCK..replicates.min((block + 1) * BLOCK) {
            for value in &mut drawn {
                let of = sorted[rng.random_range(0..x.len() as u64) as usize];
                *value = mean + shrink * (of - mean + high * random::normal(&mut rng));
            }
            drawn.sort_by(f64::total_cmp);
            count += u32::from(several(&drawn, high));
        }
        count
    });
    let more: u32 = blocks.sum();
    Some(Unimodality { critical: high, p: f64::from(1 + more) / f64::from(1 + replicates) })
}
