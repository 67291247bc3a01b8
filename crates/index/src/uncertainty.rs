//! What remains of scores and ranks when the choices behind them change.

use numerics::{moments, random};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    aggregate::{Combine, lift},
    composite::{Composite, IndexError, level_and_spread, ranks},
    framework::{Framework, Tree},
    normalise::{by_period, scale},
    recipe::{Aggregation, Goalposts, Normalisation, Recipe, Weighting},
    weights::weigh,
};

/// The alternatives an index is recomputed under: every combination of the lists, the recipe's own choices included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Alternatives {
    /// Normalisations. z scores and ranks are taken over all units and periods where goalposts are fixed or of a base period.
    pub normalisation: Vec<Normalisation>,
    /// Weights.
    pub weights: Vec<Weighting>,
    /// Aggregations; dimensions that declare their own keep it.
    pub aggregation: Vec<Aggregation>,
    /// Whether to leave out each indicator in turn as well.
    pub leave_one_out: bool,
    /// Largest number of alternatives; a random sample of this size is drawn when there are more.
    pub limit: usize,
    /// Ranks up to this one count as the top group.
    pub top: usize,
}

impl Default for Alternatives {
    fn default() -> Self {
        Self {
            normalisation: vec![Normalisation::MinMax, Normalisation::ZScore, Normalisation::Rank],
            weights: vec![Weighting::Equal, Weighting::Entropy, Weighting::Critic],
            aggregation: vec![Aggregation::Arithmetic, Aggregation::Geometric],
            leave_one_out: true,
            limit: 2000,
            top: 5,
        }
    }
}

/// One alternative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// Normalisation.
    pub normalisation: Normalisation,
    /// Weights.
    pub weights: Weighting,
    /// Aggregation.
    pub aggregation: Aggregation,
    /// Indicator left out, by its place in the framework.
    pub without: Option<usize>,
}

/// The spread of scores and ranks over alternatives; one value per row of the index.
#[derive(Clone, Debug, PartialEq)]
pub struct Uncertainty {
    /// The alternatives computed, the recipe itself first.
    pub alternatives: Vec<Alternative>,
    /// How many there were before sampling.
    pub declared: usize,
    /// Alternatives that these data do not allow, each with the reason: they are not among `alternatives`.
    pub impossible: Vec<(Alternative, IndexError)>,
    /// Spearman correlation of each alternative's scores with the recipe's, over all rows.
    pub agreement: Vec<f64>,
    /// 5th percentile of the score (0..1), after each alternative's scores were brought to the recipe's mean and
    /// standard deviation over all rows: the spread is of positions, not of the level a method happens to give.
    pub low: Vec<f64>,
    /// 95th percentile.
    pub high: Vec<f64>,
    /// Best rank under any alternative; 0 where a row has no score.
    pub best: Vec<usize>,
    /// Worst rank under any alternative.
    pub worst: Vec<usize>,
    /// 5th percentile of the rank.
    pub rank_low: Vec<f64>,
    /// 95th percentile of the rank.
    pub rank_high: Vec<f64>,
    /// Median rank.
    pub median: Vec<f64>,
    /// Share of alternatives in which the unit is in the top group of its period.
    pub top: Vec<f64>,
}

fn with_base<T: Copy + Ord>(base: T, others: &[T]) -> Vec<T> {
    let mut list: Vec<T> = others.iter().copied().filter(|o| *o != base).collect();
    list.sort_unstable();
    list.dedup();
    list.insert(0, base);
    list
}

/// Recomputes an index under alternatives.
///
/// An alternative that the data do not allow (nothing varies without the indicator left out, a period of one row has
/// no ranks) is set aside with its reason; the index itself stays.
///
/// # Errors
/// A framework that is not whole, or alternatives it does not provide for: manual weights without weights.
pub fn uncertainty(
    framework: &Framework,
    index: &Composite,
    recipe: &Recipe,
    declared: &Alternatives,
    seed: u64,
) -> Result<Uncertainty, Vec<IndexError>> {
    let tree = framework.tree().map_err(|e| e.into_iter().map(IndexError::Framework).collect::<Vec<_>>())?;
    let normalisations = with_base(recipe.normalisation, &declared.normalisation);
    let scaled: Vec<Result<Vec<Vec<f64>>, Vec<IndexError>>> =
        normalisations.iter().map(|n| normalised(&tree, index, recipe, *n)).collect();
    let mut without = vec![None];
    if declared.leave_one_out && tree.leaves.len() > 1 {
        without.extend((0..tree.leaves.len()).map(Some));
    }
    let mut alternatives = Vec::new();
    for &out in &without {
        for &normalisation in &normalisations {
            for weights in with_base(recipe.weights, &declared.weights) {
                for aggregation in with_base(recipe.aggregation, &declared.aggregation) {
                    alternatives.push(Alternative { normalisation, weights, aggregation, without: out });
                }
            }
        }
    }
    let total = alternatives.len();
    if total > declared.limit.max(1) {
        // The recipe itself stays first; the rest is a sample without replacement, kept in order.
        let mut rest: Vec<usize> = (1..total).collect();
        let size = declared.limit.max(1) - 1;
        random::shuffle_prefix(&mut random::stream(seed, "index-alternatives", 0), &mut rest, size);
        rest.truncate(size);
        rest.sort_unstable();
        alternatives = std::iter::once(0).chain(rest).map(|k| alternatives[k]).collect();
    }
    let base = &index.scores[0];
    let (level, spread) = level_and_spread(base);
    let groups = by_period(&index.normalised.periods);
    let runs: Vec<Result<Run, Vec<IndexError>>> = alternatives
        .par_iter()
        .enumerate()
        .map(|(k, a)| {
            if k == 0 {
                return Ok((base.clone(), index.ranks.clone()));
            }
            let at = normalisations.iter().position(|n| *n == a.normalisation).unwrap_or(0);
            let values = scaled[at].as_ref().map_err(Clone::clone)?;
            let mut scores = recompute(&tree, index, recipe, *a, values)?;
            let ranks = ranks(&scores, &groups);
            let (m, s) = level_and_spread(&scores);
            // Scores that differ by rounding alone must not be blown up to differences.
            let stretch = if s > 1e-12 * m.abs() { spread / s } else { 0.0 };
            scores.iter_mut().for_each(|x| *x = level + (*x - m) * stretch);
            Ok((scores, ranks))
        })
        .collect();
    let (mut kept, mut done, mut impossible) = (Vec::new(), Vec::new(), Vec::new());
    for (a, run) in alternatives.into_iter().zip(runs) {
        match run {
            Ok(run) => {
                kept.push(a);
                done.push(run);
            }
            Err(errors) if errors.iter().all(of_the_data) => impossible.extend(errors.into_iter().take(1).map(|e| (a, e))),
            Err(errors) => return Err(errors),
        }
    }
    Ok(summarise(kept, total, impossible, &done, declared.top))
}

/// Scores and ranks under one alternative.
type Run = (Vec<f64>, Vec<Option<usize>>);

/// Whether the data, not the framework or the options, stand in an alternative's way.
fn of_the_data(e: &IndexError) -> bool {
    matches!(e, IndexError::NothingVaries | IndexError::TooFewRows { .. } | IndexError::NegativeEntropy { .. })
}

/// Indicators under one normalisation; where the recipe's goalposts do not apply to it, over all rows.
fn normalised(
    tree: &Tree<'_>,
    index: &Composite,
    recipe: &Recipe,
    normalisation: Normalisation,
) -> Result<Vec<Vec<f64>>, Vec<IndexError>> {
    if normalisation == recipe.normalisation {
        return Ok(index.normalised.values.clone());
    }
    if normalisation == Normalisation::MinMax {
        return Ok(index.normalised.min_max.clone());
    }
    let goalposts = match recipe.goalposts {
        Goalposts::PerPeriod => Goalposts::PerPeriod,
        _ => Goalposts::Pooled,
    };
    let over = Recipe { goalposts, ..recipe.clone() };
    Ok(scale(tree, &index.normalised.periods, &index.normalised.raw, &over, normalisation)?.values)
}

fn recompute(
    tree: &Tree<'_>,
    index: &Composite,
    recipe: &Recipe,
    a: Alternative,
    values: &[Vec<f64>],
) -> Result<Vec<f64>, Vec<IndexError>> {
    let recipe = Recipe { normalisation: a.normalisation, weights: a.weights, aggregation: a.aggregation, ..recipe.clone() };
    let mut leaves = lift(values, &recipe, tree);
    // An indicator left out is one that is missing everywhere: its siblings share its weight.
    let gone = |columns: &mut [Vec<f64>]| {
        if let Some(column) = a.without.and_then(|j| columns.get_mut(j)) {
            column.fill(f64::NAN);
        }
    };
    gone(&mut leaves);
    let weights = if a.without.is_some() && recipe.is_data_driven() {
        let mut min_max = index.normalised.min_max.clone();
        gone(&mut min_max);
        weigh(tree, &index.normalised.periods, &min_max, &recipe)?
    } else {
        weigh(tree, &index.normalised.periods, &index.normalised.min_max, &recipe)?
    };
    let combine = Combine::new(tree, &leaves, &weights, &recipe);
    Ok(combine.scores().swap_remove(0))
}

/// Score of the recipe under other values and periods: used by the audits that drop or disturb data.
pub(crate) fn rescore(
    tree: &Tree<'_>,
    periods: &[i32],
    values: &[Vec<f64>],
    min_max: &[Vec<f64>],
    recipe: &Recipe,
) -> Result<Vec<f64>, Vec<IndexError>> {
    let leaves = lift(values, recipe, tree);
    let weights = weigh(tree, periods, min_max, recipe)?;
    Ok(Combine::new(tree, &leaves, &weights, recipe).scores().swap_remove(0))
}

fn summarise(
    alternatives: Vec<Alternative>,
    declared: usize,
    impossible: Vec<(Alternative, IndexError)>,
    runs: &[Run],
    top: usize,
) -> Uncertainty {
    let rows = runs.first().map_or(0, |r| r.0.len());
    let mut u = Uncertainty {
        agreement: runs.iter().map(|r| spearman(&runs[0].0, &r.0)).collect(),
        alternatives,
        declared,
        impossible,
        low: Vec::with_capacity(rows),
        high: Vec::with_capacity(rows),
        best: Vec::with_capacity(rows),
        worst: Vec::with_capacity(rows),
        rank_low: Vec::with_capacity(rows),
        rank_high: Vec::with_capacity(rows),
        median: Vec::with_capacity(rows),
        top: Vec::with_capacity(rows),
    };
    for i in 0..rows {
        let mut scores: Vec<f64> = runs.iter().map(|r| r.0[i]).filter(|s| !s.is_nan()).collect();
        scores.sort_by(f64::total_cmp);
        let mut ranks: Vec<f64> = runs.iter().filter_map(|r| r.1[i]).map(|r| r as f64).collect();
        ranks.sort_by(f64::total_cmp);
        u.low.push(moments::quantile(&scores, 0.05));
        u.high.push(moments::quantile(&scores, 0.95));
        u.best.push(ranks.first().map_or(0, |r| *r as usize));
        u.worst.push(ranks.last().map_or(0, |r| *r as usize));
        u.rank_low.push(moments::quantile(&ranks, 0.05));
        u.rank_high.push(moments::quantile(&ranks, 0.95));
        u.median.push(moments::quantile(&ranks, 0.5));
        u.top.push(ranks.iter().filter(|r| **r <= top as f64).count() as f64 / ranks.len().max(1) as f64);
    }
    u
}

/// Spearman rank correlation over the rows both have; ties at the middle of their block.
pub(crate) fn spearman(xs: &[f64], ys: &[f64]) -> f64 {
    let (a, b): (Vec<f64>, Vec<f64>) = xs.iter().zip(ys).filter(|(x, y)| !x.is_nan() && !y.is_nan()).unzip();
    let middle = |v: &[f64]| {
        let mut sorted = v.to_vec();
        sorted.sort_by(f64::total_cmp);
        v.iter().map(|x| (sorted.partition_point(|y| y < x) + sorted.partition_point(|y| y <= x)) as f64).collect::<Vec<_>>()
    };
    moments::correlation(&middle(&a), &middle(&b))
}
