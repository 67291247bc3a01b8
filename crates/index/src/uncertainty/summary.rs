//! Alternatives in tasks, and what is kept of each: bands, shares, shifts.

use rayon::prelude::*;

use super::{
    Ahead, Alternative, PAIRS, Sensitivity, Uncertainty,
    engine::Engine,
    levels::levels,
    spread::{self, Bands, Spread},
    standing::{Desk, Standing},
};
use crate::{
    composite::{Composite, level_and_spread},
    error::IndexError,
    normalise::by_period,
};

/// Alternatives one task computes together.
const TOGETHER: usize = 16;
/// Tasks between one look for errors and the next.
const BETWEEN: usize = 1024;
/// Values up to which the percentiles of rows are exact; above, they are those of histograms.
const EXACT: usize = 8_000_000;
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
    /// Of each row.
    bands: Vec<Bands>,
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

/// What is kept of one alternative.
struct Run {
    agreement: f64,
    shift: f64,
    last_ranks: Vec<u32>,
    /// Scores and ranks of all rows, where all are kept.
    all: Option<(Vec<f64>, Vec<u32>)>,
}

type Found = Result<Run, Vec<IndexError>>;

/// What a run is compared with and adds to.
struct Frame<'a> {
    standing: Standing<'a>,
    /// Mean and standard deviation of the recipe's scores.
    level: f64,
    spread: f64,
    last: Vec<usize>,
    /// None where all values are kept.
    histograms: Option<Spread>,
}

/// Memory a worker keeps from one task to the next.
#[derive(Default)]
struct Memory {
    desk: Desk,
    scores: Vec<Vec<f64>>,
    ranks: Vec<Vec<u32>>,
}

impl Frame<'_> {
    /// Scores of level `m` and spread `s` under one alternative, brought to those of the recipe, and their ranks.
    fn tell(&self, scores: &mut [f64], (m, s): (f64, f64), ranks: &mut Vec<u32>, desk: &mut Desk) -> Run {
        ranks.resize(scores.len(), 0);
        let (agreement, shift) = self.standing.compare(scores, desk, ranks);
        // Scores that differ by rounding alone must not be blown up to differences.
        let stretch = if s > 1e-12 * m.abs() { self.spread / s } else { 0.0 };
        scores.iter_mut().for_each(|x| *x = self.level + (*x - m) * stretch);
        self.keep(agreement, shift, scores, ranks)
    }

    fn keep(&self, agreement: f64, shift: f64, scores: &[f64], ranks: &[u32]) -> Run {
        let all = self.histograms.is_none().then(|| (scores.to_vec(), ranks.to_vec()));
        Run { agreement, shift, last_ranks: self.last.iter().map(|&i| ranks[i]).collect(), all }
    }
}

/// Computes every alternative.
pub(super) fn run(
    engine: &Engine<'_>,
    index: &Composite,
    alternatives: &[Alternative],
    top: usize,
) -> Result<Outcome, Vec<IndexError>> {
    let base = &index.scores[0];
    let rows = base.len();
    let (level, spread) = level_and_spread(base);
    let groups = by_period(&index.normalised.periods);
    let mut last: Vec<usize> = groups.last().map(|(_, g)| g.clone()).unwrap_or_default();
    last.retain(|&i| index.ranks[i].is_some());
    if last.len() > PAIRS {
        last.clear();
    }
    last.sort_by_key(|&i| index.ranks[i]);
    let histograms = (rows.saturating_mul(alternatives.len()) > EXACT).then(|| {
        let mut units = vec![0; rows];
        groups.iter().for_each(|(_, g)| g.iter().for_each(|&i| units[i] = g.len()));
        Spread::new(level, REACH * spread.max(1e-12), units, alternatives.len(), top)
    });
    let frame = Frame { standing: Standing::new(base, &groups), level, spread, last, histograms };
    let mut runs: Vec<Option<Found>> = alternatives.iter().map(|_| None).collect();
    if let Some(first) = runs.first_mut() {
        *first = Some(Ok(frame.keep(1.0, 0.0, base, &frame.standing.ranks)));
        frame.histograms.iter().for_each(|h| h.add(0, std::iter::once((base.as_slice(), frame.standing.ranks.as_slice()))));
    }
    // Alternatives that sum the same columns stand together; those that are no sum, the only ones that can fail, come first.
    let sums: Vec<Option<usize>> = alternatives.iter().map(|a| engine.sum_of(a)).collect();
    let mut order: Vec<usize> = (1..alternatives.len()).collect();
    order.sort_by_key(|&k| sums[k]);
    let tasks: Vec<&[usize]> = order.chunk_by(|&a, &b| sums[a] == sums[b]).flat_map(|same| same.chunks(TOGETHER)).collect();
    for some in tasks.chunks(BETWEEN) {
        let done: Vec<Vec<(usize, Found)>> = some
            .par_iter()
            .enumerate()
            .map_init(Memory::default, |memory, (t, task)| memory.work(engine, &frame, alternatives, t, task))
            .collect();
        for (k, run) in done.into_iter().flatten() {
            match run {
                Err(errors) if !errors.iter().all(of_the_data) => return Err(errors),
                run => runs[k] = Some(run),
            }
        }
    }
    Ok(Outcome::new(frame, alternatives, runs, top))
}

impl Memory {
    /// Computes the alternatives of one task, all of one sum or none of any.
    fn work(
        &mut self,
        engine: &Engine<'_>,
        frame: &Frame<'_>,
        alternatives: &[Alternative],
        number: usize,
        task: &[usize],
    ) -> Vec<(usize, Found)> {
        let Self { desk, scores, ranks } = self;
        let most = scores.len().max(task.len());
        scores.resize_with(most, Vec::new);
        ranks.resize_with(most, Vec::new);
        let scores = &mut scores[..task.len()];
        let found = engine.all(&task.iter().map(|&k| alternatives[k]).collect::<Vec<_>>(), scores);
        // Those that could not be computed are empty, or still hold others.
        scores.iter_mut().for_each(|s| s.resize(frame.standing.ranks.len(), f64::NAN));
        let levels = levels(scores);
        let runs: Vec<(usize, Found)> = task
            .iter()
            .zip(found)
            .zip(levels)
            .zip(scores.iter_mut().zip(ranks.iter_mut()))
            .map(|(((&k, found), level), (scores, ranks))| (k, found.map(|()| frame.tell(scores, level, ranks, desk))))
            .collect();
        if let Some(histograms) = &frame.histograms {
            let there = runs.iter().zip(scores.iter().zip(ranks.iter())).filter(|((_, found), _)| found.is_ok());
            histograms.add(number, there.map(|(_, (scores, ranks))| (scores.as_slice(), ranks.as_slice())));
        }
        runs
    }
}

impl Outcome {
    fn new(frame: Frame<'_>, alternatives: &[Alternative], runs: Vec<Option<Found>>, top: usize) -> Self {
        let rows = frame.standing.ranks.len();
        let mut out = Self {
            alternatives: Vec::new(),
            impossible: Vec::new(),
            position: Vec::new(),
            agreement: Vec::new(),
            shift: Vec::new(),
            last: frame.last,
            last_ranks: Vec::new(),
            bands: Vec::new(),
        };
        let mut all = Vec::new();
        for (a, found) in alternatives.iter().zip(runs) {
            match found {
                Some(Ok(run)) => {
                    out.position.push(Some(out.alternatives.len()));
                    out.alternatives.push(*a);
                    out.agreement.push(run.agreement);
                    out.shift.push(run.shift);
                    out.last_ranks.push(run.last_ranks);
                    all.extend(run.all);
                }
                failed => {
                    out.position.push(None);
                    let reason = failed.and_then(Result::err).and_then(|e| e.into_iter().next());
                    out.impossible.extend(reason.map(|e| (*a, e)));
                }
            }
        }
        let row = |i: usize| spread::exact(all.iter().map(|(x, _)| x[i]), all.iter().map(|(_, r)| r[i]), top);
        out.bands = match frame.histograms {
            Some(histograms) => histograms.finish(out.alternatives.len()),
            None => (0..rows).into_par_iter().map(row).collect(),
        };
        out
    }

    /// How often each row of the last period ranks ahead of each other.
    fn ahead(&self) -> Option<Vec<f64>> {
        let m = self.last.len();
        let row = |x: usize| {
            // Twice the count, since ties count half, and how often both have a rank.
            let mut pairs = vec![(0_u32, 0_u32); m];
            for ranks in self.last_ranks.iter().filter(|ranks| ranks[x] > 0) {
                let own = ranks[x];
                for ((twice, both), r) in pairs.iter_mut().zip(ranks).filter(|(_, r)| **r > 0) {
                    *twice += u32::from(own < *r) + u32::from(own <= *r);
                    *both += 1;
                }
            }
            pairs.into_iter().map(|(twice, both)| f64::from(twice) / 2.0 / f64::from(both))
        };
        (m > 0).then(|| (0..m).into_par_iter().flat_map_iter(row).collect())
    }

    /// The result, from what was kept.
    pub fn finish(self, declared: usize, sensitivity: Vec<Sensitivity>) -> Uncertainty {
        let whole = |x: f64| if x.is_nan() { 0 } else { x.round() as usize };
        let ahead = self.ahead();
        let ranks = |k: usize| self.bands.iter().map(move |b| b.ranks[k]);
        Uncertainty {
            declared,
            low: self.bands.iter().map(|b| b.scores[0]).collect(),
            high: self.bands.iter().map(|b| b.scores[1]).collect(),
            best: ranks(0).map(whole).collect(),
            worst: ranks(4).map(whole).collect(),
            rank_low: ranks(1).collect(),
            rank_high: ranks(3).collect(),
            median: ranks(2).collect(),
            top: self.bands.iter().map(|b| b.top).collect(),
            ahead: ahead.map(|share| Ahead { rows: self.last, share, ranks: self.last_ranks }),
            sensitivity,
            alternatives: self.alternatives,
            impossible: self.impossible,
            agreement: self.agreement,
            shift: self.shift,
        }
    }
}
