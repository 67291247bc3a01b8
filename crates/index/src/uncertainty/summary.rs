//! Alternatives in blocks, and what is kept of each: bands, shares, shifts.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::{Ahead, Alternative, PAIRS, Sensitivity, Uncertainty, engine::Engine};
use crate::{
    composite::{Composite, level_and_spread, ranks},
    error::IndexError,
    normalise::by_period,
    order::{mean_ranks, present, spearman},
};

/// Scores that are held at once, and the alternatives one task computes together.
const HELD: usize = 4_000_000;
const TOGETHER: usize = 16;
/// Values of a row up to which its percentiles are exact; above, they are those of a histogram.
const EXACT: usize = 8_000_000;
/// Bins of a histogram.
const BINS: usize = 256;
/// Standard deviations either side of the mean that a histogram of scores covers.
const REACH: f64 = 6.0;

/// What is kept of all alternatives.
pub(super) struct Outcome {
    alternatives: Vec<Alternative>,
    impossible: Vec<(Alternative, IndexError)>,
    /// Place of each alternative, in the order asked for, among those computed.
    pub position: Vec<Option<usize>>,
    agreement: Vec<f64>,
    /// Mean absolute change of rank.
    pub shift: Vec<f64>,
    /// Rows of the last period, best score first; none where they are too many to compare pair by pair.
    pub last: Vec<usize>,
    /// Their ranks under each alternative computed; 0 where there is none.
    pub last_ranks: Vec<Vec<u32>>,
    scores: Vec<Values>,
    ranks: Vec<Values>,
    top: Vec<(usize, usize)>,
    ahead: Option<Vec<f64>>,
}

/// Values of one row over the alternatives.
enum Values {
    All(Vec<f64>),
    Histogram { low: f64, width: f64, counts: Vec<u32>, smallest: f64, largest: f64 },
}

impl Values {
    fn new(exact: bool, low: f64, high: f64) -> Self {
        if exact {
            return Self::All(Vec::new());
        }
        let width = ((high - low) / BINS as f64).max(f64::MIN_POSITIVE);
        Self::Histogram { low, width, counts: vec![0; BINS], smallest: f64::INFINITY, largest: f64::NEG_INFINITY }
    }

    fn add(&mut self, x: f64) {
        match self {
            Self::All(values) => values.push(x),
            Self::Histogram { low, width, counts, smallest, largest } => {
                counts[(((x - *low) / *width) as usize).min(BINS - 1)] += 1;
                *smallest = smallest.min(x);
                *largest = largest.max(x);
            }
        }
    }

    /// Percentiles (type 7; within a bin, by linear interpolation), `NaN` where there is no value.
    fn quantiles<const N: usize>(&mut self, shares: [f64; N]) -> [f64; N] {
        match self {
            Self::All(values) => {
                values.sort_unstable_by(f64::total_cmp);
                shares.map(|p| numerics::moments::quantile(values, p))
            }
            Self::Histogram { low, width, counts, smallest, largest } => {
                let total: u32 = counts.iter().sum();
                shares.map(|p| {
                    if total == 0 {
                        return f64::NAN;
                    }
                    let wanted = p * f64::from(total);
                    let mut below = 0.0;
                    for (k, &count) in counts.iter().enumerate() {
                        if count > 0 && below + f64::from(count) >= wanted {
                            let within = (wanted - below) / f64::from(count);
                            return (*low + *width * (k as f64 + within)).clamp(*smallest, *largest);
                        }
                        below += f64::from(count);
                    }
                    *largest
                })
            }
        }
    }
}

/// Whether the data, not the framework or the options, stand in an alternative's way.
fn of_the_data(e: &IndexError) -> bool {
    matches!(
        e,
        IndexError::NothingVaries
            | IndexError::TooFewRows { .. }
            | IndexError::NegativeEntropy { .. }
            | IndexError::NotPositive { .. }
            | IndexError::WeightsNotPositive { .. }
            | IndexError::NoReference { .. }
    )
}

/// Scores and ranks under one alternative, and how they compare with the recipe's.
struct Run {
    scores: Vec<f64>,
    /// Ranks; 0 where there is none.
    ranks: Vec<u32>,
    agreement: f64,
    shift: f64,
}

/// Computes every alternative.
pub(super) fn run(
    engine: &Engine<'_>,
    index: &Composite,
    alternatives: Vec<Alternative>,
    top: usize,
) -> Result<Outcome, Vec<IndexError>> {
    let base = &index.scores[0];
    let (level, spread) = level_and_spread(base);
    let n = &index.normalised;
    let groups = by_period(&n.periods);
    let rows = base.len();
    let exact = rows.saturating_mul(alternatives.len()) <= EXACT;
    let units: Vec<usize> = {
        let mut of = vec![0; rows];
        groups.iter().for_each(|(_, g)| g.iter().for_each(|&i| of[i] = g.len()));
        of
    };
    let mut last: Vec<usize> = groups.last().map(|(_, g)| g.clone()).unwrap_or_default();
    last.retain(|&i| index.ranks[i].is_some());
    if last.len() > PAIRS {
        last.clear();
    }
    last.sort_by_key(|&i| index.ranks[i]);
    let reach = REACH * spread.max(1e-12);
    let mut out = Outcome {
        position: vec![Some(0)],
        alternatives: Vec::new(),
        impossible: Vec::new(),
        agreement: Vec::new(),
        shift: Vec::new(),
        ahead: (!last.is_empty()).then(|| vec![0.0; last.len() * last.len()]),
        last,
        last_ranks: Vec::new(),
        scores: (0..rows).map(|_| Values::new(exact, level - reach, level + reach)).collect(),
        ranks: units.iter().map(|&u| Values::new(exact, 0.5, u as f64 + 0.5)).collect(),
        top: vec![(0, 0); rows],
    };
    let own = Agreement::new(base);
    let plain = |ranks: &[Option<usize>]| ranks.iter().map(|r| r.map_or(0, |r| r as u32)).collect::<Vec<u32>>();
    let of_base = plain(&index.ranks);
    let told = |mut scores: Vec<f64>| -> Run {
        let ranks = plain(&ranks(&scores, &groups));
        let both = || ranks.iter().zip(&of_base).filter(|(a, b)| **a > 0 && **b > 0);
        let moved: u64 = both().map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        let shift = moved as f64 / both().count().max(1) as f64;
        let agreement = own.with(&scores);
        let (m, s) = level_and_spread(&scores);
        // Scores that differ by rounding alone must not be blown up to differences.
        let stretch = if s > 1e-12 * m.abs() { spread / s } else { 0.0 };
        scores.iter_mut().for_each(|x| *x = level + (*x - m) * stretch);
        Run { scores, ranks, agreement, shift }
    };
    let Some((first, rest)) = alternatives.split_first() else { return Ok(out) };
    out.take(&[(*first, Run { scores: base.clone(), ranks: of_base.clone(), agreement: 1.0, shift: 0.0 })], top);
    let held = (HELD / rows.max(1)).clamp(TOGETHER, 4096);
    for block in rest.chunks(held) {
        let runs: Vec<Result<Run, Vec<IndexError>>> = block
            .par_chunks(TOGETHER)
            .flat_map_iter(|some| engine.all(some).into_iter().map(|r| r.map(told)).collect::<Vec<_>>())
            .collect();
        let mut done = Vec::with_capacity(block.len());
        for (a, run) in block.iter().zip(runs) {
            match run {
                Ok(run) => {
                    out.position.push(Some(out.alternatives.len() + done.len()));
                    done.push((*a, run));
                }
                Err(errors) if errors.iter().all(of_the_data) => {
                    out.position.push(None);
                    out.impossible.extend(errors.into_iter().take(1).map(|e| (*a, e)));
                }
                Err(errors) => return Err(errors),
            }
        }
        out.take(&done, top);
    }
    Ok(out)
}

/// Spearman correlation with one and the same scores.
struct Agreement<'a> {
    base: &'a [f64],
    /// Ranks of the base less their mean, and the root of their sum of squares; none where a score is missing.
    ranks: Option<(Vec<f64>, f64)>,
}

impl<'a> Agreement<'a> {
    fn new(base: &'a [f64]) -> Self {
        let ranks = base.iter().all(|x| !x.is_nan()).then(|| centred(mean_ranks(base)));
        Self { base, ranks }
    }

    fn with(&self, scores: &[f64]) -> f64 {
        match &self.ranks {
            Some((own, length)) if scores.iter().all(|x| !x.is_nan()) => {
                let (other, other_length) = centred(mean_ranks(scores));
                own.iter().zip(&other).map(|(a, b)| a * b).sum::<f64>() / (length * other_length)
            }
            _ => {
                let (own, other) = present(self.base.iter().copied().zip(scores.iter().copied()));
                spearman(&own, &other)
            }
        }
    }
}

fn centred(mut ranks: Vec<f64>) -> (Vec<f64>, f64) {
    // Ties change no sum of ranks.
    let mean = (ranks.len() + 1) as f64 / 2.0;
    ranks.iter_mut().for_each(|r| *r -= mean);
    let length = ranks.iter().map(|r| r * r).sum::<f64>().sqrt();
    (ranks, length)
}

impl Outcome {
    /// Takes in a block of alternatives, row by row: what is kept of a row is looked up once for all of them.
    fn take(&mut self, block: &[(Alternative, Run)], top: usize) {
        let rows = self.scores.par_iter_mut().zip(&mut self.ranks).zip(&mut self.top).enumerate();
        rows.with_min_len(256).for_each(|(i, ((scores, ranks), first))| {
            for (_, run) in block {
                if !run.scores[i].is_nan() {
                    scores.add(run.scores[i]);
                }
                let rank = run.ranks[i];
                if rank > 0 {
                    ranks.add(f64::from(rank));
                    first.0 += usize::from(rank as usize <= top);
                    first.1 += 1;
                }
            }
        });
        let m = self.last.len();
        for (a, run) in block {
            self.alternatives.push(*a);
            self.agreement.push(run.agreement);
            self.shift.push(run.shift);
            let ranks: Vec<u32> = self.last.iter().map(|&i| run.ranks[i]).collect();
            if let Some(ahead) = &mut self.ahead {
                for x in 0..m {
                    for y in 0..m {
                        ahead[x * m + y] += match ranks[x].cmp(&ranks[y]) {
                            Ordering::Less => 1.0,
                            Ordering::Equal => 0.5,
                            Ordering::Greater => 0.0,
                        };
                    }
                }
            }
            self.last_ranks.push(ranks);
        }
    }

    /// The result, from what was kept.
    pub fn finish(mut self, declared: usize, sensitivity: Vec<Sensitivity>) -> Uncertainty {
        let runs = self.alternatives.len().max(1) as f64;
        let scores: Vec<[f64; 2]> = self.scores.par_iter_mut().map(|v| v.quantiles([0.05, 0.95])).collect();
        let ranks: Vec<[f64; 5]> = self.ranks.par_iter_mut().map(|v| v.quantiles([0.0, 0.05, 0.5, 0.95, 1.0])).collect();
        let whole = |x: f64| if x.is_nan() { 0 } else { x.round() as usize };
        Uncertainty {
            alternatives: self.alternatives,
            declared,
            impossible: self.impossible,
            agreement: self.agreement,
            shift: self.shift,
            low: scores.iter().map(|s| s[0]).collect(),
            high: scores.iter().map(|s| s[1]).collect(),
            best: ranks.iter().map(|r| whole(r[0])).collect(),
            worst: ranks.iter().map(|r| whole(r[4])).collect(),
            rank_low: ranks.iter().map(|r| r[1]).collect(),
            rank_high: ranks.iter().map(|r| r[3]).collect(),
            median: ranks.iter().map(|r| r[2]).collect(),
            top: self.top.iter().map(|(t, n)| *t as f64 / (*n).max(1) as f64).collect(),
            ahead: self.ahead.map(|a| Ahead {
                rows: self.last,
                share: a.iter().map(|x| x / runs).collect(),
                ranks: self.last_ranks,
            }),
            sensitivity,
        }
    }
}
