//! Alternatives by criteria, and how their values become comparable.

use numerics::moments::{self, extremes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::RankingError;

/// Whether more or less of a criterion is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// More is better.
    Benefit,
    /// Less is better.
    Cost,
}

/// What is wanted of a criterion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Criterion {
    /// As much as possible.
    Positive,
    /// As little as possible.
    Negative,
    /// As near to a value as possible: `1 - |x - best| / max |x - best|`.
    Middle {
        /// The value.
        best: f64,
    },
    /// Within an interval; outside, as near to it as possible: `1 - distance / largest distance`.
    Interval {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
}

impl Criterion {
    /// The sense of the column that [`Criterion::turn`] makes.
    pub fn sense(self) -> Sense {
        if self == Self::Negative { Sense::Cost } else { Sense::Benefit }
    }

    /// How far a value lies from what is wanted; 0 for positive and negative criteria.
    pub fn distance(self, x: f64) -> f64 {
        match self {
            Self::Positive | Self::Negative => 0.0,
            Self::Middle { best } => (x - best).abs(),
            Self::Interval { low, high } => (low - x).max(x - high).max(0.0),
        }
    }

    /// Positive and negative criteria as they are; the others as a benefit between 0 (the farthest of all values) and 1.
    pub fn turn(self, column: &[f64]) -> Vec<f64> {
        if matches!(self, Self::Positive | Self::Negative) {
            return column.to_vec();
        }
        let far = column.iter().map(|&x| self.distance(x)).fold(0.0, f64::max);
        column.iter().map(|&x| if far > 0.0 { 1.0 - self.distance(x) / far } else { 1.0 }).collect()
    }
}

/// How a column becomes comparable; larger is better afterwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scaling {
    /// `(x - min) / (max - min)`, cost `(max - x) / (max - min)`; a constant column is 0.5.
    MinMax,
    /// `x / sqrt(sum x^2)`, cost `1 -` the same.
    #[default]
    Vector,
    /// `x / max`, cost `min / x`; values must lie above 0.
    Max,
    /// `x / sum x`, cost `(1 / x) / sum(1 / x)`; values must lie above 0.
    Sum,
}

/// Alternatives by criteria.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    /// One column per criterion, one value per alternative.
    pub columns: &'a [Vec<f64>],
    /// Sense of each criterion.
    pub senses: &'a [Sense],
    /// Weight of each criterion, used as given; most methods expect them to sum to 1.
    pub weights: &'a [f64],
    /// Worst and best value of each criterion where they are declared; otherwise they are those of the column.
    /// No value may lie beyond: see [`cut`].
    pub ends: Option<&'a [(f64, f64)]>,
}

impl Table<'_> {
    /// Number of alternatives.
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    /// Whether there is no alternative.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Everything that stands in the way of any method.
    ///
    /// # Errors
    /// All of it.
    pub fn check(&self) -> Result<(), Vec<RankingError>> {
        let (n, m) = (self.len(), self.columns.len());
        if m == 0
            || self.senses.len() != m
            || self.weights.len() != m
            || self.columns.iter().any(|c| c.len() != n)
            || self.ends.is_some_and(|e| e.len() != m)
        {
            return Err(vec![RankingError::Shape]);
        }
        let mut errors = Vec::new();
        if n < 2 {
            errors.push(RankingError::Alternatives(n));
        }
        for (criterion, column) in self.columns.iter().enumerate() {
            if let Some(row) = first(column, |x| !x.is_finite()) {
                errors.push(RankingError::NotFinite { criterion, row });
            }
        }
        errors.extend((0..m).filter(|&j| !(self.weights[j].is_finite() && self.weights[j] >= 0.0)).map(RankingError::Weight));
        if self.weights.iter().all(|w| *w == 0.0) {
            errors.push(RankingError::ZeroWeights);
        }
        for (j, &(worst, best)) in self.ends.unwrap_or_default().iter().enumerate() {
            let ordered = match self.senses[j] {
                Sense::Benefit => worst < best,
                Sense::Cost => best < worst,
            };
            let within = |x: f64| (worst.min(best)..=worst.max(best)).contains(&x);
            if !(ordered && worst.is_finite() && best.is_finite() && self.columns[j].iter().all(|&x| within(x))) {
                errors.push(RankingError::Ends(j));
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// [`Table::check`], and that every value of the criteria `which` picks lies above 0.
    ///
    /// # Errors
    /// All that stands in the way, one value per criterion.
    pub fn check_positive(&self, which: impl Fn(usize) -> bool) -> Result<(), Vec<RankingError>> {
        self.check()?;
        let low = |j: usize| first(&self.columns[j], |x| x <= 0.0).map(|row| (j, row));
        let errors: Vec<RankingError> = (0..self.columns.len())
            .filter(|&j| which(j))
            .filter_map(low)
            .map(|(criterion, row)| RankingError::NotPositive { criterion, row })
            .collect();
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// What `scaling` needs of the values.
    ///
    /// # Errors
    /// As [`Table::check_positive`].
    pub fn check_for(&self, scaling: Scaling) -> Result<(), Vec<RankingError>> {
        self.check_positive(|_| matches!(scaling, Scaling::Max | Scaling::Sum))
    }

    /// Worst and best value of a criterion.
    pub fn end(&self, criterion: usize) -> (f64, f64) {
        if let Some(ends) = self.ends {
            return ends[criterion];
        }
        let (low, high) = extremes(&self.columns[criterion]);
        if self.senses[criterion] == Sense::Benefit { (low, high) } else { (high, low) }
    }

    /// A criterion on the common scale, larger is better, and the places of its worst and best value there.
    pub fn scaled(&self, criterion: usize, scaling: Scaling) -> Scaled {
        let (column, cost) = (&self.columns[criterion], self.senses[criterion] == Sense::Cost);
        let (worst, best) = self.end(criterion);
        let linear = |add: f64, shift: f64, unit: f64| Map::Linear { add, shift, unit };
        let map = match scaling {
            Scaling::MinMax if (best - worst).abs() <= 1e-12 * worst.abs().max(best.abs()) => linear(0.5, 0.0, f64::INFINITY),
            Scaling::MinMax => linear(0.0, worst, best - worst),
            Scaling::Vector => {
                let norm = moments::products(column, column).sqrt();
                let norm = if norm > 0.0 { norm } else { f64::INFINITY };
                if cost { linear(1.0, 0.0, -norm) } else { linear(0.0, 0.0, norm) }
            }
            Scaling::Max if cost => Map::Reciprocal(best),
            Scaling::Max => linear(0.0, 0.0, best),
            Scaling::Sum if cost => Map::Reciprocal(1.0 / column.iter().map(|x| 1.0 / x).sum::<f64>()),
            Scaling::Sum => linear(0.0, 0.0, moments::sum(column)),
        };
        Scaled { values: map.all(column), worst: map.one(worst), best: map.one(best) }
    }
}

/// A criterion on the common scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaled {
    /// One value per alternative; larger is better.
    pub values: Vec<f64>,
    /// Where the worst value stands.
    pub worst: f64,
    /// Where the best value stands.
    pub best: f64,
}

/// From a value to the common scale.
#[derive(Clone, Copy)]
enum Map {
    /// `add + (x - shift) / unit`.
    Linear { add: f64, shift: f64, unit: f64 },
    /// `c / x`.
    Reciprocal(f64),
}

impl Map {
    fn one(self, x: f64) -> f64 {
        match self {
            Self::Linear { add, shift, unit } => add + (x - shift) / unit,
            Self::Reciprocal(c) => c / x,
        }
    }

    fn all(self, column: &[f64]) -> Vec<f64> {
        match self {
            Self::Linear { add, shift, unit } => column.iter().map(|x| add + (x - shift) / unit).collect(),
            Self::Reciprocal(c) => column.iter().map(|x| c / x).collect(),
        }
    }
}

/// Cuts values at declared ends (worst, best); gives the cells cut as (criterion, alternative).
pub fn cut(columns: &mut [Vec<f64>], ends: &[(f64, f64)]) -> Vec<(usize, usize)> {
    let mut cells = Vec::new();
    for (j, (column, &(worst, best))) in columns.iter_mut().zip(ends).enumerate() {
        for (i, x) in column.iter_mut().enumerate() {
            let kept = x.max(worst.min(best)).min(worst.max(best));
            if kept != *x && !x.is_nan() {
                *x = kept;
                cells.push((j, i));
            }
        }
    }
    cells
}

/// Where a column is bad for the first time.
fn first(column: &[f64], bad: impl Fn(f64) -> bool) -> Option<usize> {
    // Whole blocks at a time, without a way out in the middle: nearly all columns are good.
    let block = column.chunks(256).position(|block| block.iter().fold(false, |any, x| any | bad(*x)))?;
    let from = 256 * block;
    column[from..].iter().position(|x| bad(*x)).map(|k| from + k)
}

/// Whether a parameter lies in 0..1.
pub(crate) fn share(name: &'static str, value: f64) -> Result<(), Vec<RankingError>> {
    if (0.0..=1.0).contains(&value) { Ok(()) } else { Err(vec![RankingError::parameter(name, value, "between 0 and 1")]) }
}
