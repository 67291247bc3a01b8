#![doc = include_str!("composite.md")]

use numerics::moments;
use thiserror::Error;

use crate::{
    aggregate::{Combine, lift},
    framework::{Framework, FrameworkError, Tree},
    missing::{self, Fill},
    normalise::{self as scale, Scaled},
    recipe::{Missing, Normalisation, Recipe},
    weights::{self, Weights},
};

/// The page of the method, in English.
pub const PAGE: &str = include_str!("composite.md");
/// The page of the method, in Chinese.
pub const PAGE_ZH: &str = include_str!("composite.zh.md");

/// Indicators by row, in any order of rows.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// Unit of each row.
    pub units: &'a [String],
    /// Period of each row.
    pub periods: &'a [i32],
    /// One column per indicator, in the order of the framework; `NaN` is missing.
    pub columns: &'a [Vec<f64>],
}

/// Why an index cannot be computed.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum IndexError {
    /// The framework is not whole.
    #[error(transparent)]
    Framework(#[from] FrameworkError),
    /// Columns and framework, or columns among themselves, do not match.
    #[error("the columns do not match the framework's {indicators} indicators and {rows} rows")]
    Shape {
        /// Indicators of the framework.
        indicators: usize,
        /// Rows of the data.
        rows: usize,
    },
    /// There is no row.
    #[error("there is no row to score")]
    Empty,
    /// A key occurs twice.
    #[error("({unit}, {period}) occurs twice")]
    DuplicateKey {
        /// Unit.
        unit: String,
        /// Period.
        period: i32,
    },
    /// A cell is infinite.
    #[error("`{indicator}` of {unit} in {period} is not finite")]
    Infinite {
        /// Indicator.
        indicator: String,
        /// Unit.
        unit: String,
        /// Period.
        period: i32,
    },
    /// Cells are missing and the policy refuses.
    #[error("`{indicator}` has {cells} missing cells, the first for {unit} in {period}")]
    MissingCells {
        /// Indicator.
        indicator: String,
        /// How many.
        cells: usize,
        /// Unit of the first.
        unit: String,
        /// Period of the first.
        period: i32,
    },
    /// An indicator has no value at all.
    #[error("`{indicator}` has no value in any row")]
    AllMissing {
        /// Indicator.
        indicator: String,
    },
    /// Every unit has a missing cell.
    #[error("every unit has a missing cell, so that dropping them leaves none")]
    NoneComplete,
    /// Fixed goalposts are asked for and an indicator declares none.
    #[error("`{indicator}` declares no goalposts")]
    NoGoalposts {
        /// Indicator.
        indicator: String,
    },
    /// A scale over a single row has no length.
    #[error("`{indicator}` has a single row to take its scale from")]
    TooFewRows {
        /// Indicator.
        indicator: String,
        /// Period, where scales are per period.
        period: Option<i32>,
    },
    /// No row lies in the base period.
    #[error("no row lies in the base period {period}")]
    NoBase {
        /// Base period.
        period: i32,
    },
    /// An indicator has no value in the base period.
    #[error("`{indicator}` has no value in the base period {period}, so that it has no scale")]
    NoBaseValue {
        /// Indicator.
        indicator: String,
        /// Base period.
        period: i32,
    },
    /// Ranks have no base period.
    #[error("rank normalisation has no base period; use pooled or per-period")]
    RankBase,
    /// The floor is not in 0..1.
    #[error("floor {0} is not at least 0 and below 1")]
    Floor(f64),
    /// A parameter of the aggregation is out of its range.
    #[error(transparent)]
    Compensation(crate::ranking::RankingError),
    /// Values below 0 have no entropy.
    #[error("`{indicator}` lies below 0 outside the base period, and negative values have no entropy")]
    NegativeEntropy {
        /// Indicator.
        indicator: String,
    },
    /// An entropy outside 0..1: the constant and the number of terms do not match.
    #[error("the entropy {entropy} of `{indicator}` lies outside 0..1")]
    EntropyRange {
        /// Indicator.
        indicator: String,
        /// Its entropy.
        entropy: f64,
    },
    /// Values below 0 have no coefficient of variation or Gini coefficient.
    #[error("`{indicator}` lies below 0 outside the base period, where neither variation nor Gini weights have a meaning")]
    NegativeRatio {
        /// Indicator.
        indicator: String,
    },
    /// Principal components give indicators a negative weight.
    #[error("principal components give a negative weight to {}", list(indicators))]
    NegativeComponents {
        /// Indicators.
        indicators: Vec<String>,
    },
    /// Principal components give no weights.
    #[error("the principal components of `{node}` give no weights: too few complete rows, or coefficients that cancel")]
    NoComponents {
        /// Dimension.
        node: String,
    },
    /// The options of the weights do not fit together.
    #[error("{0}")]
    WeightOptions(String),
    /// No indicator varies.
    #[error("no indicator varies over the rows that weights are taken from")]
    NothingVaries,
    /// Some siblings declare a weight, this one does not.
    #[error("`{id}` declares no weight while others below `{parent}` do")]
    WeightMissing {
        /// Dimension or indicator.
        id: String,
        /// Its parent.
        parent: String,
    },
    /// The weights below a dimension are all 0.
    #[error("the weights below `{node}` are all 0")]
    ZeroWeights {
        /// Dimension.
        node: String,
    },
}

fn list(ids: &[String]) -> String {
    ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
}

/// Indicators on the common scale, with everything that was done to get there. Rows are sorted by unit, then period.
#[derive(Clone, Debug, PartialEq)]
pub struct Normalised {
    /// Unit of each row.
    pub units: Vec<String>,
    /// Period of each row.
    pub periods: Vec<i32>,
    /// `raw[indicator][row]`, in the indicator's unit, after filling.
    pub raw: Vec<Vec<f64>>,
    /// `values[indicator][row]`: 0 worst, 1 best; `NaN` where a missing cell is left out.
    pub values: Vec<Vec<f64>>,
    /// The same by min-max, whatever the normalisation: what data-driven weights are taken from.
    pub min_max: Vec<Vec<f64>>,
    /// Cells that were missing.
    pub fills: Vec<Fill>,
    /// Units left out by `drop-unit`.
    pub dropped: Vec<String>,
    /// Cells cut at a goalpost: row and indicator.
    pub cut: Vec<(usize, usize)>,
    /// Indicators without variation, standing at 0.5, with the period where scales are per period or of a base period.
    pub constant: Vec<(usize, Option<i32>)>,
}

/// An index.
#[derive(Clone, Debug, PartialEq)]
pub struct Composite {
    /// The normalised indicators and the keys of the rows.
    pub normalised: Normalised,
    /// The weights.
    pub weights: Weights,
    /// `scores[node][row]` on 0..1, nodes in the order of the tree, the index first. `NaN` where nothing is present.
    pub scores: Vec<Vec<f64>>,
    /// Rank of each row within its period, 1 for the largest score; `None` where there is no score.
    pub ranks: Vec<Option<usize>>,
    /// `contributions[indicator][row]`; over all indicators they sum to the index.
    pub contributions: Vec<Vec<f64>>,
    /// Largest distance between an index score and the sum of its contributions.
    pub residual: f64,
}

/// Normalises the indicators of a framework.
///
/// # Errors
/// Everything that stands in the way, not only the first.
pub fn normalise(framework: &Framework, data: &Data<'_>, recipe: &Recipe) -> Result<Normalised, Vec<IndexError>> {
    let tree = framework.tree().map_err(|e| e.into_iter().map(IndexError::Framework).collect::<Vec<_>>())?;
    normalise_tree(&tree, data, recipe)
}

/// Computes an index.
///
/// # Errors
/// Everything that stands in the way, not only the first.
pub fn evaluate(framework: &Framework, data: &Data<'_>, recipe: &Recipe) -> Result<Composite, Vec<IndexError>> {
    let tree = framework.tree().map_err(|e| e.into_iter().map(IndexError::Framework).collect::<Vec<_>>())?;
    let normalised = normalise_tree(&tree, data, recipe)?;
    finish(&tree, normalised, recipe)
}

pub(crate) fn finish(tree: &Tree<'_>, normalised: Normalised, recipe: &Recipe) -> Result<Composite, Vec<IndexError>> {
    let weights = weights::weigh(tree, &normalised.periods, &normalised.min_max, recipe)?;
    let leaves = lift(&normalised.values, recipe, tree);
    let combine = Combine::new(tree, &leaves, &weights, recipe);
    let scores = combine.scores();
    let contributions = combine.contributions(&scores);
    let index = scores.first().map_or(&[][..], Vec::as_slice);
    let residual = (0..index.len())
        .filter(|&i| !index[i].is_nan())
        .map(|i| (contributions.iter().map(|c| c[i]).filter(|c| !c.is_nan()).sum::<f64>() - index[i]).abs())
        .fold(0.0, f64::max);
    let ranks = ranks(index, &scale::by_period(&normalised.periods));
    Ok(Composite { ranks, normalised, weights, scores, contributions, residual })
}

/// Rank of each row within its group of rows, 1 for the largest; ties share the best rank.
pub(crate) fn ranks(scores: &[f64], groups: &[(i32, Vec<usize>)]) -> Vec<Option<usize>> {
    let mut out = vec![None; scores.len()];
    for (_, rows) in groups {
        let mut order: Vec<usize> = rows.iter().copied().filter(|&i| !scores[i].is_nan()).collect();
        order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        let mut rank = 1;
        for k in 0..order.len() {
            if k > 0 && scores[order[k]] < scores[order[k - 1]] {
                rank = k + 1;
            }
            out[order[k]] = Some(rank);
        }
    }
    out
}

fn normalise_tree(tree: &Tree<'_>, data: &Data<'_>, recipe: &Recipe) -> Result<Normalised, Vec<IndexError>> {
    let n = data.units.len();
    if data.columns.len() != tree.leaves.len() || data.periods.len() != n || data.columns.iter().any(|c| c.len() != n) {
        return Err(vec![IndexError::Shape { indicators: tree.leaves.len(), rows: n }]);
    }
    if n == 0 {
        return Err(vec![IndexError::Empty]);
    }
    let mut errors = Vec::new();
    if !(0.0..1.0).contains(&recipe.floor) {
        errors.push(IndexError::Floor(recipe.floor));
    }
    errors.extend(recipe.compensation.check().into_iter().map(IndexError::Compensation));
    if recipe.normalisation == Normalisation::Rank && recipe.goalposts == crate::recipe::Goalposts::Base {
        errors.push(IndexError::RankBase);
    }
    let key = |i: usize| (data.units[i].as_str(), data.periods[i]);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| key(a).cmp(&key(b)));
    errors.extend(
        order
            .windows(2)
            .filter(|w| key(w[0]) == key(w[1]))
            .map(|w| IndexError::DuplicateKey { unit: data.units[w[1]].clone(), period: data.periods[w[1]] }),
    );
    for (leaf, column) in tree.leaves.iter().zip(data.columns) {
        errors.extend(order.iter().filter(|&&i| column[i].is_infinite()).map(|&i| IndexError::Infinite {
            indicator: leaf.id.clone(),
            unit: data.units[i].clone(),
            period: data.periods[i],
        }));
        let gaps: Vec<usize> = order.iter().copied().filter(|&i| column[i].is_nan()).collect();
        if gaps.len() == n {
            errors.push(IndexError::AllMissing { indicator: leaf.id.clone() });
        } else if let (Missing::Refuse, Some(&i)) = (recipe.missing, gaps.first()) {
            errors.push(IndexError::MissingCells {
                indicator: leaf.id.clone(),
                cells: gaps.len(),
                unit: data.units[i].clone(),
                period: data.periods[i],
            });
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut dropped = Vec::new();
    if recipe.missing == Missing::DropUnit {
        let gone = missing::incomplete(data.units, data.columns);
        order.retain(|&i| !gone.contains(data.units[i].as_str()));
        dropped = gone.into_iter().map(str::to_owned).collect();
        if order.is_empty() {
            return Err(vec![IndexError::NoneComplete]);
        }
    }
    let units: Vec<String> = order.iter().map(|&i| data.units[i].clone()).collect();
    let periods: Vec<i32> = order.iter().map(|&i| data.periods[i]).collect();
    let mut raw: Vec<Vec<f64>> = data.columns.iter().map(|c| order.iter().map(|&i| c[i]).collect()).collect();
    let fills = missing::fill(&units, &periods, &mut raw, recipe.missing);
    let Scaled { values: min_max, cut, constant } = scale::scale(tree, &periods, &raw, recipe, Normalisation::MinMax)?;
    let values = if recipe.normalisation == Normalisation::MinMax {
        min_max.clone()
    } else {
        scale::scale(tree, &periods, &raw, recipe, recipe.normalisation)?.values
    };
    Ok(Normalised { units, periods, raw, values, min_max, fills, dropped, cut, constant })
}

/// Mean and standard deviation (denominator n) of the scores that are there.
pub(crate) fn level_and_spread(scores: &[f64]) -> (f64, f64) {
    let known: Vec<f64> = scores.iter().copied().filter(|s| !s.is_nan()).collect();
    (moments::mean(&known), moments::variance(&known, 0).sqrt())
}
