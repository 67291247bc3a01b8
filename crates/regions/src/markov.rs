#![doc = include_str!("markov.md")]

mod chain;
mod homogeneity;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chain::Summary;
use numerics::{moments, random};
use rand::RngExt;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use chain::{Chain, Closed, LongRun, Mobility};
pub use homogeneity::{Homogeneity, homogeneity};

/// The page of the method in English.
pub const PAGE: &str = include_str!("markov.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("markov.zh.md");

/// Options of [`markov`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MarkovOptions {
    /// Length of a step, in periods as they are numbered (years).
    pub lag: u32,
    /// Confidence level of the intervals.
    pub level: f64,
    /// Bootstrap replicates, whole units resampled; 0 gives no intervals of the long run.
    pub bootstrap: u32,
    /// First period of each later subperiod for the test over time; every period of departure is its own without.
    pub breaks: Vec<i32>,
}

impl Default for MarkovOptions {
    fn default() -> Self {
        Self { lag: 1, level: 0.95, bootstrap: 999, breaks: Vec::new() }
    }
}

/// One unit in one period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Unit.
    pub unit: usize,
    /// Period.
    pub period: i32,
    /// Class, from 0.
    pub class: usize,
    /// Class of the surroundings, from 0; `None` where there are none.
    pub around: Option<usize>,
}

/// Why there is no chain.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MarkovError {
    /// Fewer than two classes.
    #[error("{classes} class(es): a chain needs at least 2")]
    Classes {
        /// Classes given.
        classes: usize,
    },
    /// A class beyond the last.
    #[error("observation {row} stands in a class or in surroundings beyond the last")]
    OutOfRange {
        /// Observation, from 0.
        row: usize,
    },
    /// One unit twice in one period.
    #[error("a unit is seen twice in period {period}")]
    Twice {
        /// The period.
        period: i32,
    },
    /// A step of no length.
    #[error("a step must be at least one period long")]
    Lag,
    /// The level is not strictly between 0 and 1.
    #[error("level {level} does not lie between 0 and 1")]
    Level {
        /// Level given.
        level: f64,
    },
    /// Breaks out of order.
    #[error("breaks must ascend")]
    Breaks,
    /// No unit is seen again one step later.
    #[error("no unit is seen again {lag} period(s) later")]
    NoTransition {
        /// Length of the step.
        lag: u32,
    },
}

/// A span of periods of departure with its transitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// First period of departure.
    pub first: i32,
    /// Last period of departure.
    pub last: i32,
    /// Transitions, row-major k x k.
    pub counts: Vec<u64>,
}

/// Intervals over replicates of whole units, quantiles of the replicates in which the number exists.
#[derive(Clone, Debug, PartialEq)]
pub struct Intervals {
    /// Replicates.
    pub replicates: u32,
    /// Replicates without one long run: not in the quantiles.
    pub without: u32,
    /// Of each ergodic share.
    pub ergodic: Vec<(f64, f64)>,
    /// Of Shorrocks' index.
    pub shorrocks: (f64, f64),
    /// Of the half-life, in periods.
    pub half_life: (f64, f64),
}

/// A first-order Markov chain of classes and what it depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct Markov {
    /// All transitions together.
    pub chain: Chain,
    /// Of the long run; `None` without replicates.
    pub intervals: Option<Intervals>,
    /// Transitions by class of the surroundings at departure; empty without surroundings.
    pub around: Vec<Chain>,
    /// Transitions by span of periods, in order.
    pub spans: Vec<Span>,
    /// Whether a step depends on the class one step earlier: first order against second.
    pub order: Option<Homogeneity>,
    /// Whether a step depends on the class at all: order zero against first.
    pub independence: Option<Homogeneity>,
    /// Whether a step depends on the class of the surroundings.
    pub space: Option<Homogeneity>,
    /// Whether a step depends on the span of periods.
    pub time: Option<Homogeneity>,
    /// Observations (numbers in the order given) not seen again one step later, although the data reach that far.
    pub unfollowed: Vec<usize>,
    /// Transitions whose departure has no class of the surroundings: in the chain, not in `around`.
    pub placeless: usize,
}

/// One step of one unit.
struct Step {
    unit: usize,
    period: i32,
    before: Option<usize>,
    from: usize,
    to: usize,
    around: Option<usize>,
}

/// The chain of `classes` classes over what was seen, with `surroundings` classes of the surroundings (0 for none).
///
/// # Errors
/// [`MarkovError`].
pub fn markov(
    seen: &[Seen],
    classes: usize,
    surroundings: usize,
    options: &MarkovOptions,
    seed: u64,
) -> Result<Markov, MarkovError> {
    let k = classes;
    if k < 2 {
        return Err(MarkovError::Classes { classes });
    }
    if options.lag == 0 {
        return Err(MarkovError::Lag);
    }
    if !(options.level > 0.0 && options.level < 1.0) {
        return Err(MarkovError::Level { level: options.level });
    }
    if !options.breaks.windows(2).all(|w| w[0] < w[1]) {
        return Err(MarkovError::Breaks);
    }
    if let Some(row) = seen.iter().position(|s| s.class >= k || s.around.is_some_and(|a| a >= surroundings)) {
        return Err(MarkovError::OutOfRange { row });
    }
    let mut at: BTreeMap<(usize, i32), &Seen> = BTreeMap::new();
    for s in seen {
        if at.insert((s.unit, s.period), s).is_some() {
            return Err(MarkovError::Twice { period: s.period });
        }
    }
    let last = seen.iter().map(|s| i64::from(s.period)).max().unwrap_or(0);
    let moved = |s: &Seen, by: i64| {
        let period = i32::try_from(i64::from(s.period) + by).ok()?;
        at.get(&(s.unit, period)).map(|s| s.class)
    };
    let lag = i64::from(options.lag);
    let mut steps = Vec::new();
    for s in at.values() {
        if let Some(to) = moved(s, lag) {
            let before = moved(s, -lag);
            steps.push(Step { unit: s.unit, period: s.period, before, from: s.class, to, around: s.around });
        }
    }
    let unfollowed = |&i: &usize| i64::from(seen[i].period) + lag <= last && moved(&seen[i], lag).is_none();
    if steps.is_empty() {
        return Err(MarkovError::NoTransition { lag: options.lag });
    }
    let chain = Chain::new(count(&steps, k, |_| true), k, options.level, f64::from(options.lag));
    let spans = spans(&steps, k, &options.breaks);
    let by_around: Vec<Vec<u64>> = (0..surroundings).map(|a| count(&steps, k, |s| s.around == Some(a))).collect();
    let by_before: Vec<Vec<u64>> = (0..k).map(|b| count(&steps, k, |s| s.before == Some(b))).collect();
    let by_span: Vec<&[u64]> = spans.iter().map(|s| s.counts.as_slice()).collect();
    let rows: Vec<&[u64]> = chain.counts.chunks(k).collect();
    Ok(Markov {
        intervals: intervals(&steps, k, options, seed),
        around: by_around.iter().map(|c| Chain::new(c.clone(), k, options.level, f64::from(options.lag))).collect(),
        order: homogeneity(&slices(&by_before), k),
        // Rows of one chain are groups of a single row.
        independence: homogeneity(&rows, k),
        space: homogeneity(&slices(&by_around), k),
        time: homogeneity(&by_span, k),
        unfollowed: (0..seen.len()).filter(unfollowed).collect(),
        placeless: if surroundings == 0 { 0 } else { steps.iter().filter(|s| s.around.is_none()).count() },
        chain,
        spans,
    })
}

fn slices(tables: &[Vec<u64>]) -> Vec<&[u64]> {
    tables.iter().map(Vec::as_slice).collect()
}

fn count(steps: &[Step], k: usize, keep: impl Fn(&Step) -> bool) -> Vec<u64> {
    let mut counts = vec![0; k * k];
    for s in steps.iter().filter(|s| keep(s)) {
        counts[s.from * k + s.to] += 1;
    }
    counts
}

fn spans(steps: &[Step], k: usize, breaks: &[i32]) -> Vec<Span> {
    let mut periods: Vec<i32> = steps.iter().map(|s| s.period).collect();
    periods.sort_unstable();
    periods.dedup();
    let place = |p: i32| match breaks {
        [] => periods.partition_point(|q| *q < p),
        _ => breaks.partition_point(|b| *b <= p),
    };
    let mut spans: BTreeMap<usize, Span> = BTreeMap::new();
    for &p in &periods {
        spans.entry(place(p)).or_insert_with(|| Span { first: p, last: p, counts: vec![0; k * k] }).last = p;
    }
    for s in steps {
        if let Some(span) = spans.get_mut(&place(s.period)) {
            span.counts[s.from * k + s.to] += 1;
        }
    }
    spans.into_values().collect()
}

/// Replicates per stream.
const BLOCK: u32 = 64;

/// Resamples whole units, whose steps depend on one another.
fn intervals(steps: &[Step], k: usize, options: &MarkovOptions, seed: u64) -> Option<Intervals> {
    if options.bootstrap == 0 {
        return None;
    }
    let mut by_unit: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for s in steps {
        by_unit.entry(s.unit).or_default().push(s.from * k + s.to);
    }
    let units: Vec<Vec<usize>> = by_unit.into_values().collect();
    let draws: Vec<Option<Summary>> = (0..options.bootstrap.div_ceil(BLOCK))
        .into_par_iter()
        .flat_map_iter(|block| {
            let mut rng = random::stream(seed, "markov-units", u64::from(block));
            let units = &units;
            let lag = f64::from(options.lag);
            (block * BLOCK..options.bootstrap.min((block + 1) * BLOCK))
                .map(|_| {
                    let mut counts = vec![0; k * k];
                    for _ in 0..units.len() {
                        for &cell in &units[rng.random_range(0..units.len() as u64) as usize] {
                            counts[cell] += 1;
                        }
                    }
                    chain::summary(&counts, k, lag)
                })
                .collect::<Vec<_>>()
        })
        .collect();
    let there: Vec<&Summary> = draws.iter().flatten().collect();
    let tail = (1.0 - options.level) / 2.0;
    let between = |of: &dyn Fn(&Summary) -> f64| {
        let mut sorted: Vec<f64> = there.iter().map(|d| of(d)).collect();
        sorted.sort_by(f64::total_cmp);
        (moments::quantile(&sorted, tail), moments::quantile(&sorted, 1.0 - tail))
    };
    Some(Intervals {
        replicates: options.bootstrap,
        without: (draws.len() - there.len()) as u32,
        ergodic: (0..k).map(|c| between(&|d| d.0[c])).collect(),
        shorrocks: between(&|d| d.1.shorrocks),
        half_life: between(&|d| d.1.half_life),
    })
}

/// Bounds between `classes` classes at the quantiles of the values (type 7 of Hyndman and Fan), in any order.
pub fn quantile_bounds(values: &[f64], classes: usize) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    (1..classes).map(|c| moments::quantile(&sorted, c as f64 / classes as f64)).collect()
}

/// Class of a value between ascending bounds: a value on a bound stands below it.
pub fn class_of(value: f64, bounds: &[f64]) -> usize {
    bounds.partition_point(|b| *b < value)
}
