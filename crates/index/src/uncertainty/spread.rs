//! The spread of scores and ranks over alternatives, row by row, in memory that does not grow with the alternatives.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

/// Rows of a tile.
const TILE: usize = 512;
/// Bins of a histogram.
const BINS: usize = 256;
/// Alternatives whose bins wait to be counted together: a row's histogram is then looked up once for all of them.
const WAITING: usize = 256;
/// Rows whose histograms are filled at a time: they stay in the first cache.
const NEAR: usize = 32;

/// Percentiles of scores and of ranks, and the share of alternatives in the top group, of one row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bands {
    /// 5th and 95th percentile of the score.
    pub scores: [f64; 2],
    /// Smallest, 5th percentile, median, 95th percentile and largest of the ranks.
    pub ranks: [f64; 5],
    pub top: f64,
}

const OF_SCORES: [f64; 2] = [0.05, 0.95];
const OF_RANKS: [f64; 5] = [0.0, 0.05, 0.5, 0.95, 1.0];

/// Bands of one row from all its values; ranks of 0 are none.
pub(super) fn exact(scores: impl Iterator<Item = f64>, ranks: impl Iterator<Item = u32>, top: usize) -> Bands {
    fn quantiles<const N: usize>(mut values: Vec<f64>, shares: [f64; N]) -> [f64; N] {
        values.sort_unstable_by(f64::total_cmp);
        shares.map(|p| numerics::moments::quantile(&values, p))
    }
    let ranks: Vec<f64> = ranks.filter(|&r| r > 0).map(f64::from).collect();
    let within = ranks.iter().filter(|r| **r <= top as f64).count();
    Bands {
        scores: quantiles(scores.filter(|x| !x.is_nan()).collect(), OF_SCORES),
        top: within as f64 / ranks.len().max(1) as f64,
        ranks: quantiles(ranks, OF_RANKS),
    }
}

/// Histograms of scores and ranks of all rows.
pub(super) struct Spread {
    tiles: Vec<Mutex<Tile>>,
    scores: Scale,
    /// The bin of each rank, 0 first, for every number of ranked rows in a period; and where a row's begins.
    bins: Vec<u8>,
    bins_from: Vec<u32>,
    /// Rows in each row's period.
    units: Vec<usize>,
    top: u32,
}

/// Bins of equal width from `low` on.
#[derive(Clone, Copy)]
struct Scale {
    low: f64,
    width: f64,
}

impl Scale {
    fn new(low: f64, high: f64) -> Self {
        Self { low, width: ((high - low) / BINS as f64).max(f64::MIN_POSITIVE) }
    }

    /// Scale of the ranks of so many rows.
    fn ranks(units: usize) -> Self {
        Self::new(0.5, units as f64 + 0.5)
    }

    fn bin(self, x: f64) -> u8 {
        const LAST: f64 = (BINS - 1) as f64;
        const WHOLE: f64 = (1_u64 << 52) as f64;
        let place = (x - self.low) / self.width;
        // Neither comparison holds of `NaN`, which goes to the first bin.
        let place = if place > 0.0 { place } else { 0.0 };
        let place = if place < LAST { place } else { LAST };
        // Rounded down by arithmetic that several values go through at once: a number added to 2^52 is rounded to the
        // nearest whole one, which stands in the lower bits.
        let near = place + WHOLE;
        let above = if near - WHOLE > place { 1.0 } else { 0.0 };
        (near - above).to_bits() as u8
    }
}

/// What is kept of some rows.
struct Tile {
    smallest: Vec<f64>,
    largest: Vec<f64>,
    /// Best rank less one.
    best: Vec<u32>,
    worst: Vec<u32>,
    top: Vec<u32>,
    /// Alternatives without a score; they were counted in the first bins.
    absent: Vec<u32>,
    /// Bins of scores, then of ranks, of the alternatives that wait.
    waiting: Vec<u8>,
    scores: Counts,
    ranks: Counts,
}

/// Histograms of rows, one after the other; narrow where no count can overflow.
enum Counts {
    Narrow(Vec<u16>),
    Wide(Vec<u32>),
}

impl Counts {
    fn new(rows: usize, alternatives: usize) -> Self {
        if u16::try_from(alternatives).is_ok() { Self::Narrow(vec![0; rows * BINS]) } else { Self::Wide(vec![0; rows * BINS]) }
    }

    /// Counts bins of rows, those of one alternative `step` behind those of the one before.
    fn add(&mut self, bins: &[u8], rows: usize, step: usize) {
        fn add<T: Copy + std::ops::AddAssign + From<u8>>(counts: &mut [T], bins: &[u8], step: usize) {
            for (part, counts) in counts.chunks_mut(NEAR * BINS).enumerate() {
                let from = part * NEAR;
                let rows = counts.len() / BINS;
                for one in bins.chunks(step) {
                    for (row, &bin) in counts.chunks_exact_mut(BINS).zip(&one[from..from + rows]) {
                        row[usize::from(bin)] += T::from(1);
                    }
                }
            }
        }
        debug_assert!(rows <= step);
        match self {
            Self::Narrow(counts) => add(counts, bins, step),
            Self::Wide(counts) => add(counts, bins, step),
        }
    }

    fn of(&self, row: usize) -> [u32; BINS] {
        match self {
            Self::Narrow(counts) => std::array::from_fn(|k| u32::from(counts[row * BINS + k])),
            Self::Wide(counts) => std::array::from_fn(|k| counts[row * BINS + k]),
        }
    }
}

impl Spread {
    /// For scores around `level` within `reach`, and ranks among `units` rows of each row's period up to `top`.
    pub fn new(level: f64, reach: f64, units: Vec<usize>, alternatives: usize, top: usize) -> Self {
        let mut sizes = units.clone();
        sizes.sort_unstable();
        sizes.dedup();
        let mut bins = Vec::new();
        let mut from = Vec::new();
        for &size in &sizes {
            from.push(bins.len() as u32);
            bins.push(0);
            bins.extend((1..=size).map(|rank| Scale::ranks(size).bin(rank as f64)));
        }
        let bins_from = units.iter().map(|u| from[sizes.partition_point(|s| s < u)]).collect();
        let tiles = (0..units.len()).step_by(TILE).map(|from| {
            let rows = TILE.min(units.len() - from);
            Mutex::new(Tile {
                smallest: vec![f64::INFINITY; rows],
                largest: vec![f64::NEG_INFINITY; rows],
                best: vec![u32::MAX; rows],
                worst: vec![0; rows],
                top: vec![0; rows],
                absent: vec![0; rows],
                waiting: Vec::with_capacity(WAITING * 2 * rows),
                scores: Counts::new(rows, alternatives),
                ranks: Counts::new(rows, alternatives),
            })
        });
        let top = u32::try_from(top).unwrap_or(u32::MAX);
        Self { tiles: tiles.collect(), scores: Scale::new(level - reach, level + reach), bins, bins_from, units, top }
    }

    /// Takes in scores and ranks of all rows under some alternatives. The order in which they come does not matter; tasks
    /// of different numbers begin at different tiles, so that they seldom wait for each other.
    pub fn add<'r>(&self, task: usize, some: impl Iterator<Item = (&'r [f64], &'r [u32])> + Clone) {
        for k in 0..self.tiles.len() {
            let t = (k + task * 7) % self.tiles.len();
            let mut tile = self.tiles[t].lock().unwrap_or_else(PoisonError::into_inner);
            let tile = &mut *tile;
            let rows = t * TILE..t * TILE + tile.best.len();
            for (scores, ranks) in some.clone() {
                self.take(tile, &scores[rows.clone()], &ranks[rows.clone()], &self.bins_from[rows.clone()]);
            }
        }
    }

    fn take(&self, tile: &mut Tile, scores: &[f64], ranks: &[u32], bins_from: &[u32]) {
        let scale = self.scores;
        // A comparison with `NaN` does not hold.
        for ((&x, smallest), largest) in scores.iter().zip(&mut tile.smallest).zip(&mut tile.largest) {
            *smallest = if x < *smallest { x } else { *smallest };
            *largest = if x > *largest { x } else { *largest };
        }
        tile.waiting.extend(scores.iter().map(|&x| scale.bin(x)));
        tile.waiting.extend(ranks.iter().zip(bins_from).map(|(&rank, &from)| self.bins[(from + rank) as usize]));
        for (((&rank, best), worst), top) in ranks.iter().zip(&mut tile.best).zip(&mut tile.worst).zip(&mut tile.top) {
            // Where there is none, this is larger than any.
            let before = rank.wrapping_sub(1);
            *best = before.min(*best);
            *worst = rank.max(*worst);
            *top += u32::from(before < self.top);
        }
        tile.absent.iter_mut().zip(ranks).for_each(|(absent, &rank)| *absent += u32::from(rank == 0));
        tile.count(WAITING);
    }

    /// The bands of each row.
    pub fn finish(self, alternatives: usize) -> Vec<Bands> {
        let Self { tiles, scores, units, .. } = self;
        let units = &units;
        let bands = tiles.into_par_iter().enumerate().flat_map_iter(|(t, tile)| {
            let mut tile = tile.into_inner().unwrap_or_else(PoisonError::into_inner);
            tile.count(1);
            (0..tile.best.len()).map(move |i| {
                let known = alternatives as u32 - tile.absent[i];
                let histogram = |scale, counts: &Counts, smallest, largest| {
                    let mut counts = counts.of(i);
                    counts[0] -= tile.absent[i];
                    Histogram { scale, counts, total: known, smallest, largest }
                };
                let ranks = Scale::ranks(units[t * TILE + i]);
                let (best, worst) = (f64::from(tile.best[i].wrapping_add(1)), f64::from(tile.worst[i]));
                Bands {
                    scores: histogram(scores, &tile.scores, tile.smallest[i], tile.largest[i]).quantiles(OF_SCORES),
                    ranks: histogram(ranks, &tile.ranks, best, worst).quantiles(OF_RANKS),
                    top: f64::from(tile.top[i]) / f64::from(known.max(1)),
                }
            })
        });
        bands.collect()
    }
}

impl Tile {
    /// Counts the bins that wait, where they are of at least so many alternatives.
    fn count(&mut self, least: usize) {
        let rows = self.best.len();
        if self.waiting.len() < least * 2 * rows {
            return;
        }
        self.scores.add(&self.waiting, rows, 2 * rows);
        self.ranks.add(&self.waiting[rows..], rows, 2 * rows);
        self.waiting.clear();
    }
}

/// Counts of one row's values.
struct Histogram {
    scale: Scale,
    counts: [u32; BINS],
    total: u32,
    smallest: f64,
    largest: f64,
}

impl Histogram {
    /// Percentiles, within a bin by linear interpolation; `NaN` where there is no value.
    fn quantiles<const N: usize>(&self, shares: [f64; N]) -> [f64; N] {
        shares.map(|p| {
            if self.total == 0 {
                return f64::NAN;
            }
            let wanted = p * f64::from(self.total);
            let mut below = 0.0;
            for (k, &count) in self.counts.iter().enumerate() {
                if count > 0 && below + f64::from(count) >= wanted {
                    let within = (wanted - below) / f64::from(count);
                    let x = self.scale.low + self.scale.width * (k as f64 + within);
                    return x.clamp(self.smallest, self.largest);
                }
                below += f64::from(count);
            }
            self.largest
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bins_are_rounded_down(
            low in -2.0..2.0_f64,
            reach in 0.0..3.0_f64,
            x in prop_oneof![8 => -6.0..6.0_f64, 1 => any::<f64>(), 1 => Just(f64::NAN)],
            k in 0..300_i32,
        ) {
            let scale = Scale::new(low, low + reach);
            for x in [x, low + scale.width * f64::from(k)] {
                let wanted = (((x - scale.low) / scale.width) as usize).min(BINS - 1) as u8;
                prop_assert_eq!(scale.bin(x), wanted);
            }
        }
    }
}
