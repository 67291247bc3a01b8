//! Local Moran statistics with conditional permutation inference.

use numerics::random;
use rand::Rng;
use rayon::prelude::*;

use super::{Denominator, MoranOptions, TIE, false_discovery, folded};
use crate::weights::Weights;

/// Where a unit stands in the Moran scatter plot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quadrant {
    /// High value, high neighbours.
    HighHigh,
    /// Low value, low neighbours.
    LowLow,
    /// Low value, high neighbours.
    LowHigh,
    /// High value, low neighbours.
    HighLow,
}

/// Whether a local statistic was tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalStatus {
    /// It has p-values.
    Tested,
    /// The unit has no neighbour: no statistic.
    Island,
    /// No permutations were asked for.
    Untested,
}

/// The local statistic of one unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Local {
    /// Whether it was tested.
    pub status: LocalStatus,
    /// `I_i = z_i Σ_j w_ij z_j / m2`; `NaN` for an island.
    pub i: f64,
    /// E(I_i) when the other values are placed at random around unit i.
    pub expected: f64,
    /// Var(I_i) under the same.
    pub variance: f64,
    /// Folded one-sided pseudo p-value (the `p_sim` of esda and GeoDa).
    pub p_one_sided: f64,
    /// Twice the folded one, at most 1.
    pub p_two_sided: f64,
    /// Benjamini-Hochberg adjustment of the two-sided p-value over all tested units.
    pub q: f64,
    /// Whether the unit is significant at `alpha`: by `q` with `fdr`, else by the two-sided p-value.
    pub significant: bool,
    /// Quadrant; `None` for an island.
    pub quadrant: Option<Quadrant>,
}

pub(super) fn local(z: &[f64], lag: &[f64], weights: &Weights, options: &MoranOptions, seed: u64) -> Vec<Local> {
    let n = z.len() as f64;
    // z has Σz² = n, so m2 is 1 or n/(n−1).
    let m2 = if options.denominator == Denominator::N { 1.0 } else { n / (n - 1.0) };
    let mut locals: Vec<Local> = (0..z.len())
        .into_par_iter()
        .map_init(Vec::new, |others, i| {
            let k = weights.neighbours(i).len();
            if k == 0 {
                return Local {
                    status: LocalStatus::Island,
                    i: f64::NAN,
                    expected: f64::NAN,
                    variance: f64::NAN,
                    p_one_sided: f64::NAN,
                    p_two_sided: f64::NAN,
                    q: f64::NAN,
                    significant: false,
                    quadrant: None,
                };
            }
            let (expected, variance) = conditional_moments(z[i], n, weights.weight(i), k as f64, m2);
            let (status, p_one_sided, p_two_sided) = if options.permutations == 0 {
                (LocalStatus::Untested, f64::NAN, f64::NAN)
            } else {
                let (above, below) = if z[i].abs() < TIE {
                    // The statistic is 0 wherever the others stand.
                    (u64::from(options.permutations), u64::from(options.permutations))
                } else {
                    count(z, i, lag[i] / weights.weight(i), k, options.permutations, seed, others)
                };
                let (one, two) = folded(above, below, options.permutations);
                (LocalStatus::Tested, one, two)
            };
            let quadrant = match (z[i] > 0.0, lag[i] > 0.0) {
                (true, true) => Quadrant::HighHigh,
                (false, false) => Quadrant::LowLow,
                (false, true) => Quadrant::LowHigh,
                (true, false) => Quadrant::HighLow,
            };
            Local {
                status,
                i: z[i] * lag[i] / m2,
                expected,
                variance,
                p_one_sided,
                p_two_sided,
                q: f64::NAN,
                significant: false,
                quadrant: Some(quadrant),
            }
        })
        .collect();
    let p: Vec<f64> = locals.iter().map(|l| l.p_two_sided).collect();
    for (l, q) in locals.iter_mut().zip(false_discovery(&p)) {
        l.q = q;
        l.significant = if options.fdr { q } else { l.p_two_sided } <= options.alpha;
    }
    locals
}

/// Mean and variance of `I_i` when `k` of the other values, each with weight `w`, are drawn without
/// replacement (Sokal, Oden & Thomson 1998). `z` has mean 0 and mean square 1 over `n` units.
fn conditional_moments(z: f64, n: f64, w: f64, k: f64, m2: f64) -> (f64, f64) {
    let mean = -z / (n - 1.0);
    let spread = ((n - z * z) / (n - 1.0) - mean * mean).max(0.0);
    let variance = w * w * k * spread * (n - 1.0 - k) / (n - 2.0);
    (z * w * k * mean / m2, z * z * variance / (m2 * m2))
}

/// How many of the permuted neighbour sums of unit `i` reach `observed` from above and from below.
/// The stream depends on the unit alone; nothing is stored but two counts.
fn count(z: &[f64], i: usize, observed: f64, k: usize, permutations: u32, seed: u64, others: &mut Vec<f64>) -> (u64, u64) {
    others.clear();
    others.extend_from_slice(z);
    others.swap_remove(i);
    let mut bounded = Bounded::new(others.len(), k);
    let mut rng = random::stream(seed, "moran-local", i as u64);
    let (mut above, mut below) = (0, 0);
    for _ in 0..permutations {
        let sum = bounded.sum_of_sample(&mut rng, others);
        above += u64::from(sum >= observed - TIE);
        below += u64::from(sum <= observed + TIE);
    }
    (above, below)
}

/// Partial Fisher-Yates shuffles with several places taken from each 64-bit word: the word is read as
/// a fraction in mixed radix `m, m−1, …`, and the few words that would make it uneven are rejected
/// (Brackett-Rozinsky & Lemire 2024). Exactly uniform.
struct Bounded {
    /// Places per word, product of their bounds, and words below this remainder rejected.
    batches: Vec<(usize, u64, u64)>,
    /// Number of values drawn from.
    from: usize,
}

impl Bounded {
    fn new(from: usize, places: usize) -> Self {
        let (mut batches, mut size, mut product) = (Vec::new(), 0, 1_u64);
        for bound in (0..places).map(|place| (from - place) as u64) {
            match product.checked_mul(bound) {
                // Leaving 8 bits free keeps rejections below 1 in 256.
                Some(larger) if larger < 1 << 56 => (size, product) = (size + 1, larger),
                _ => {
                    batches.push((size, product, product.wrapping_neg() % product));
                    (size, product) = (1, bound);
                }
            }
        }
        batches.push((size, product, product.wrapping_neg() % product));
        Self { batches, from }
    }

    /// Draws without replacement into the front of `values` and sums what was drawn.
    fn sum_of_sample(&mut self, rng: &mut impl Rng, values: &mut [f64]) -> f64 {
        let (mut place, mut sum) = (0, 0.0);
        for &(size, product, uneven) in &self.batches {
            let mut word = rng.next_u64();
            while word.wrapping_mul(product) < uneven {
                word = rng.next_u64();
            }
            for _ in 0..size {
                let wide = u128::from(word) * (self.from - place) as u128;
                let other = place + (wide >> 64) as usize;
                word = wide as u64;
                values.swap(place, other);
                sum += values[place];
                place += 1;
            }
        }
        sum
    }
}
