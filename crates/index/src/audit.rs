//! What a reader of an index should know: weak indicators, double counting, borrowed weights, unstable ranks.
//! Everything here is data; the codes (`CI0nn`) are those of the project's list of known mistakes.

use numerics::moments;

use crate::{
    aggregate::{Combine, lift},
    composite::{self, Composite, ranks},
    error::IndexError,
    framework::{Framework, Tree},
    normalise::{Over, by_period},
    recipe::{Aggregation, Goalposts, Normalisation, Recipe, Scope, Weighting},
    weights::{association::correlation, weigh},
};

/// Correlation above which two indicators count the same thing twice.
pub const DOUBLE: f64 = 0.92;
/// Cronbach's alpha below which a dimension does not hang together.
pub const ALPHA: f64 = 0.6;
/// Correlation with the rest of its dimension below which a direction is in doubt.
pub const AGAINST: f64 = -0.1;
/// Correlation with a size variable above which an indicator measures size.
pub const SIZE: f64 = 0.7;
/// Share of zeros above which an indicator is inflated with them.
pub const ZEROS: f64 = 0.3;
/// Effective weight above which one indicator rules the index, if it is also half again its equal share.
pub const HEAVY: f64 = 0.2;
/// Share of the variance of the score above which one indicator rules the index, on the same condition.
pub const CARRIES: f64 = 0.25;

/// How far ranks move between two ways of computing them.
#[derive(Clone, Debug, PartialEq)]
pub struct Shift {
    /// Rows whose rank differs.
    pub moved: usize,
    /// Rows compared.
    pub rows: usize,
    /// Largest difference.
    pub largest: usize,
    /// Row of the result with the largest difference, the first in order.
    pub row: usize,
}

/// One thing found.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// CI001: weights of a set do not sum to 1.
    WeightSum {
        /// The sum.
        sum: f64,
    },
    /// CI002: ranks under entropy weights when `shift` is added before shares are taken, as much code does against zeros.
    EntropyShift {
        /// What is added.
        shift: f64,
        /// What that does to ranks.
        change: Shift,
    },
    /// CI003: an indicator does not vary.
    Constant {
        /// Indicator.
        indicator: usize,
        /// In this period only.
        period: Option<i32>,
    },
    /// CI003: many zeros.
    Zeros {
        /// Indicator.
        indicator: usize,
        /// Share of zeros.
        share: f64,
    },
    /// CI004: goalposts or ranks taken anew in each period.
    PeriodScale,
    /// CI004: some indicators have declared goalposts, the others their own of each period.
    MixedScale {
        /// Indicators with declared goalposts.
        declared: Vec<usize>,
    },
    /// CI006: an indicator is itself a composite.
    IsComposite {
        /// Indicator.
        indicator: usize,
    },
    /// CI007: an indicator runs against the rest of its dimension.
    Against {
        /// Indicator.
        indicator: usize,
        /// Correlation with the mean of its siblings.
        correlation: f64,
    },
    /// CI008: two indicators say the same.
    Double {
        /// The pair.
        pair: (usize, usize),
        /// Their correlation.
        correlation: f64,
    },
    /// CI008: a dimension does not hang together.
    Loose {
        /// Node of the tree.
        node: usize,
        /// Standardised Cronbach's alpha.
        alpha: f64,
    },
    /// CI008: an indicator's weight and what it does to the index differ by more than four times.
    Idle {
        /// Indicator.
        indicator: usize,
        /// Effective weight.
        weight: f64,
        /// Its share in the squared correlations with the index.
        importance: f64,
    },
    /// CI011: cells were filled or left out.
    Filled {
        /// How many.
        cells: usize,
        /// Share of all cells.
        share: f64,
        /// Indicator with most of them.
        indicator: usize,
        /// How many there.
        most: usize,
    },
    /// CI011: cells were cut at a goalpost.
    Cut {
        /// How many.
        cells: usize,
    },
    /// CI012: one indicator rules the index.
    Heavy {
        /// Indicator.
        indicator: usize,
        /// Effective weight.
        weight: f64,
        /// Share of the variance of the index.
        variance: f64,
    },
    /// CI013: ranks of the earlier periods when the last is taken away.
    WithoutLast {
        /// The last period.
        period: i32,
        /// What that does to ranks.
        change: Shift,
    },
    /// CI013: ranks of the others when one unit is taken away; the unit that moves most.
    WithoutUnit {
        /// The unit.
        unit: String,
        /// What that does to ranks.
        change: Shift,
    },
    /// CI016: ranks in the last period under geometric aggregation.
    Compensates {
        /// What that does to ranks.
        change: Shift,
    },
}

/// Pearson correlation of each indicator (raw values) with a size variable such as population (CI005), over the rows
/// of the result; `NaN` where it cannot be computed.
pub fn size_correlations(raw: &[Vec<f64>], size: &[f64]) -> Vec<f64> {
    let rows: Vec<usize> = (0..size.len()).collect();
    raw.iter().map(|c| correlation(c, size, &rows)).collect()
}

/// Everything worth telling about an index, in the order of the codes.
///
/// # Errors
/// What keeps a recomputation from running; nothing that ran for the index itself fails here.
pub fn audit(framework: &Framework, index: &Composite, recipe: &Recipe) -> Result<Vec<Note>, Vec<IndexError>> {
    let tree = framework.tree().map_err(|e| e.into_iter().map(IndexError::Framework).collect::<Vec<_>>())?;
    let mut notes = Vec::new();
    for set in &index.weights.effective {
        let sum = moments::sum(set);
        if (sum - 1.0).abs() > 1e-9 {
            notes.push(Note::WeightSum { sum });
        }
    }
    entropy_shift(&tree, index, recipe, &mut notes)?;
    indicators(&tree, index, recipe, &mut notes);
    structure(&tree, index, &mut notes);
    cells(index, &mut notes);
    heavy(index, &mut notes);
    without(&tree, index, recipe, &mut notes)?;
    compensation(&tree, index, recipe, &mut notes)?;
    Ok(notes)
}

/// Index scores from values on the common scale, with weights taken from `min_max`.
fn rescore(
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

/// How ranks differ over `rows` (rows of the result), given both sets of ranks in that order.
fn shift(rows: &[usize], a: &[Option<usize>], b: &[Option<usize>]) -> Option<Shift> {
    let differences: Vec<(usize, usize)> =
        rows.iter().zip(a.iter().zip(b)).filter_map(|(&i, (a, b))| Some((a.as_ref()?.abs_diff(*b.as_ref()?), i))).collect();
    let largest = differences.iter().map(|d| d.0).max()?;
    let row = differences.iter().find(|d| d.0 == largest)?.1;
    Some(Shift { moved: differences.iter().filter(|d| d.0 > 0).count(), rows: differences.len(), largest, row })
}

fn entropy_shift(tree: &Tree<'_>, index: &Composite, recipe: &Recipe, notes: &mut Vec<Note>) -> Result<(), Vec<IndexError>> {
    if recipe.weights != Weighting::Entropy {
        return Ok(());
    }
    let n = &index.normalised;
    let groups = by_period(&n.periods);
    let all: Vec<usize> = (0..n.units.len()).collect();
    for by in [1e-4, 1e-2, 1.0] {
        let shifted: Vec<Vec<f64>> = n.min_max.iter().map(|c| c.iter().map(|x| x + by).collect()).collect();
        let scores = rescore(tree, &n.periods, &n.values, &shifted, recipe)?;
        if let Some(change) = shift(&all, &index.ranks, &ranks(&scores, &groups)).filter(|c| c.moved > 0) {
            notes.push(Note::EntropyShift { shift: by, change });
        }
    }
    Ok(())
}

fn indicators(tree: &Tree<'_>, index: &Composite, recipe: &Recipe, notes: &mut Vec<Note>) {
    let n = &index.normalised;
    notes.extend(n.constant.iter().map(|&(indicator, period)| Note::Constant { indicator, period }));
    for (indicator, raw) in n.raw.iter().enumerate() {
        let known = raw.iter().filter(|x| !x.is_nan()).count();
        let share = raw.iter().filter(|x| **x == 0.0).count() as f64 / known.max(1) as f64;
        if share > ZEROS {
            notes.push(Note::Zeros { indicator, share });
        }
    }
    let several = n.periods.windows(2).any(|w| w[0] != w[1]) && by_period(&n.periods).len() > 1;
    if several && (recipe.goalposts == Goalposts::PerPeriod || periodic_weights(recipe)) {
        notes.push(Note::PeriodScale);
    }
    let declared: Vec<usize> = (0..tree.leaves.len()).filter(|&j| tree.leaves[j].goalposts.is_some()).collect();
    if several
        && recipe.goalposts == Goalposts::PerPeriod
        && recipe.normalisation == Normalisation::MinMax
        && !declared.is_empty()
        && declared.len() < tree.leaves.len()
    {
        notes.push(Note::MixedScale { declared });
    }
    let composites = (0..tree.leaves.len()).filter(|&j| tree.leaves[j].composite);
    notes.extend(composites.map(|indicator| Note::IsComposite { indicator }));
}

fn periodic_weights(recipe: &Recipe) -> bool {
    recipe.scope == Scope::PerPeriod && recipe.is_data_driven()
}

fn structure(tree: &Tree<'_>, index: &Composite, notes: &mut Vec<Note>) {
    let values = &index.normalised.values;
    let rows: Vec<usize> = (0..index.normalised.units.len()).collect();
    let r = |a: usize, b: usize| correlation(&values[a], &values[b], &rows);
    for node in tree.nodes.iter().filter(|n| n.node.indicators.len() > 1) {
        for j in node.leaves.clone() {
            let rest: Vec<f64> = rows
                .iter()
                .map(|&i| {
                    let others: Vec<f64> =
                        node.leaves.clone().filter(|&k| k != j).map(|k| values[k][i]).filter(|x| !x.is_nan()).collect();
                    moments::mean(&others)
                })
                .collect();
            let with_rest = correlation(&values[j], &rest, &rows);
            if with_rest < AGAINST {
                notes.push(Note::Against { indicator: j, correlation: with_rest });
            }
        }
    }
    for a in 0..values.len() {
        for b in a + 1..values.len() {
            if r(a, b).abs() > DOUBLE {
                notes.push(Note::Double { pair: (a, b), correlation: r(a, b) });
            }
        }
    }
    for (k, node) in tree.nodes.iter().enumerate().filter(|(_, n)| n.node.indicators.len() > 1) {
        let leaves: Vec<usize> = node.leaves.clone().collect();
        let pairs: Vec<f64> = leaves
            .iter()
            .flat_map(|&a| leaves.iter().filter(move |&&b| b > a).map(move |&b| (a, b)))
            .map(|(a, b)| r(a, b))
            .collect();
        if pairs.iter().any(|r| r.is_nan()) {
            continue;
        }
        let (m, mean) = (leaves.len() as f64, moments::mean(&pairs));
        let alpha = m * mean / (1.0 + (m - 1.0) * mean);
        if alpha < ALPHA {
            notes.push(Note::Loose { node: k, alpha });
        }
    }
    let squared = importance(index);
    let weight = index.weights.effective.first().map_or(&[][..], Vec::as_slice);
    for (indicator, (&weight, &importance)) in weight.iter().zip(&squared).enumerate() {
        if weight >= 1.0 / squared.len() as f64 && importance < weight / 4.0 {
            notes.push(Note::Idle { indicator, weight, importance });
        }
    }
}

/// Share of each indicator in the squared correlations with the index (Paruolo, Saisana and Saltelli 2013, linear form).
pub fn importance(index: &Composite) -> Vec<f64> {
    let rows: Vec<usize> = (0..index.normalised.units.len()).collect();
    let Some(score) = index.scores.first() else { return Vec::new() };
    let squared: Vec<f64> = index
        .normalised
        .values
        .iter()
        .map(|v| correlation(v, score, &rows))
        .map(|r| if r.is_nan() { 0.0 } else { r * r })
        .collect();
    let total = moments::sum(&squared);
    squared.iter().map(|s| if total > 0.0 { s / total } else { 0.0 }).collect()
}

/// Share of the variance of the index that each indicator's contribution carries: `cov(contribution, score) / var(score)`.
/// The shares sum to 1; all 0 where the index does not vary.
pub fn variance_shares(index: &Composite) -> Vec<f64> {
    let Some(score) = index.scores.first() else { return Vec::new() };
    let rows: Vec<usize> = (0..score.len()).filter(|&i| !score[i].is_nan()).collect();
    let at = |xs: &[f64]| rows.iter().map(|&i| if xs[i].is_nan() { 0.0 } else { xs[i] }).collect::<Vec<f64>>();
    let s = at(score);
    let mean = moments::mean(&s);
    let total: f64 = s.iter().map(|x| (x - mean) * (x - mean)).sum();
    index
        .contributions
        .iter()
        .map(|c| {
            let c = at(c);
            let own = moments::mean(&c);
            let both: f64 = s.iter().zip(&c).map(|(x, y)| (x - mean) * (y - own)).sum();
            if total > 0.0 { both / total } else { 0.0 }
        })
        .collect()
}

fn cells(index: &Composite, notes: &mut Vec<Note>) {
    let n = &index.normalised;
    if !n.fills.is_empty() {
        let mut by = vec![0; n.raw.len()];
        n.fills.iter().for_each(|f| by[f.indicator] += 1);
        let most = by.iter().copied().max().unwrap_or(0);
        let indicator = by.iter().position(|c| *c == most).unwrap_or(0);
        let share = n.fills.len() as f64 / (n.raw.len() * n.units.len()).max(1) as f64;
        notes.push(Note::Filled { cells: n.fills.len(), share, indicator, most });
    }
    if !n.cut.is_empty() {
        notes.push(Note::Cut { cells: n.cut.len() });
    }
}

fn heavy(index: &Composite, notes: &mut Vec<Note>) {
    let variance = variance_shares(index);
    let equal = 1.5 / variance.len().max(1) as f64;
    for (indicator, &variance) in variance.iter().enumerate() {
        let weight = index.weights.effective.iter().map(|w| w[indicator]).fold(0.0, f64::max);
        if weight > HEAVY.max(equal) || variance > CARRIES.max(equal) {
            notes.push(Note::Heavy { indicator, weight, variance });
        }
    }
}

/// Scores of the rows kept, everything taken anew from them, against the ranks they had.
fn retake(tree: &Tree<'_>, index: &Composite, recipe: &Recipe, keep: &[usize]) -> Result<Option<Shift>, Vec<IndexError>> {
    let n = &index.normalised;
    let units: Vec<String> = keep.iter().map(|&i| n.units[i].clone()).collect();
    let periods: Vec<i32> = keep.iter().map(|&i| n.periods[i]).collect();
    let raw: Vec<Vec<f64>> = n.raw.iter().map(|c| keep.iter().map(|&i| c[i]).collect()).collect();
    let scores = composite::rescore(&Over { tree, units: &units, periods: &periods, recipe }, &raw, None)?;
    let groups = by_period(&periods);
    let before: Vec<f64> = keep.iter().map(|&i| index.scores[0][i]).collect();
    Ok(shift(keep, &ranks(&before, &groups), &ranks(&scores, &groups)))
}

fn without(tree: &Tree<'_>, index: &Composite, recipe: &Recipe, notes: &mut Vec<Note>) -> Result<(), Vec<IndexError>> {
    let n = &index.normalised;
    // A fit over fewer rows can lose what it needs (a base period, variation); then there is nothing to compare.
    if let Some(&last) = n.periods.iter().max() {
        let keep: Vec<usize> = (0..n.periods.len()).filter(|&i| n.periods[i] != last).collect();
        if !keep.is_empty()
            && let Ok(Some(change)) = retake(tree, index, recipe, &keep)
            && change.moved > 0
        {
            notes.push(Note::WithoutLast { period: last, change });
        }
    }
    let mut units = n.units.clone();
    units.dedup();
    let mut worst: Option<(String, Shift)> = None;
    if (3..=200).contains(&units.len()) {
        for unit in units {
            let keep: Vec<usize> = (0..n.units.len()).filter(|&i| n.units[i] != unit).collect();
            if let Ok(Some(change)) = retake(tree, index, recipe, &keep)
                && change.moved > 0
                && worst.as_ref().is_none_or(|(_, w)| (change.largest, change.moved) > (w.largest, w.moved))
            {
                worst = Some((unit, change));
            }
        }
    }
    notes.extend(worst.map(|(unit, change)| Note::WithoutUnit { unit, change }));
    Ok(())
}

/// Index scores under geometric aggregation with the recipe's floor (0.01 where that is 0), all else equal.
///
/// # Errors
/// As for the index itself.
pub fn geometric(framework: &Framework, index: &Composite, recipe: &Recipe) -> Result<Vec<f64>, Vec<IndexError>> {
    let tree = framework.tree().map_err(|e| e.into_iter().map(IndexError::Framework).collect::<Vec<_>>())?;
    geometric_tree(&tree, index, recipe)
}

fn geometric_tree(tree: &Tree<'_>, index: &Composite, recipe: &Recipe) -> Result<Vec<f64>, Vec<IndexError>> {
    let floor = if recipe.floor > 0.0 { recipe.floor } else { 0.01 };
    let recipe = Recipe { aggregation: Aggregation::Geometric, floor, ..recipe.clone() };
    let n = &index.normalised;
    rescore(tree, &n.periods, &n.values, &n.min_max, &recipe)
}

/// Mazziotta-Pareto index (2016, negative penalty) of the top-level dimensions: `M - S cv` of
/// `z = 100 + 10 (u - mean) / sd` over all rows; `NaN` where a dimension is missing or fewer than two exist.
pub fn mazziotta_pareto(framework: &Framework, index: &Composite) -> Result<Vec<f64>, Vec<IndexError>> {
    let tree = framework.tree().map_err(|e| e.into_iter().map(IndexError::Framework).collect::<Vec<_>>())?;
    let rows = index.normalised.units.len();
    let dimensions = tree.dimensions();
    let z: Vec<Vec<f64>> = dimensions
        .iter()
        .map(|&d| {
            let (mean, sd) = crate::composite::level_and_spread(&index.scores[d]);
            index.scores[d]
                .iter()
                .map(|u| if sd > 1e-12 * mean.abs() { 100.0 + 10.0 * (u - mean) / sd } else { 100.0 + 0.0 * u })
                .collect()
        })
        .collect();
    Ok((0..rows)
        .map(|i| {
            if z.len() < 2 {
                return f64::NAN;
            }
            let row: Vec<f64> = z.iter().map(|c| c[i]).collect();
            let mean = moments::mean(&row);
            mean - moments::variance(&row, 0) / mean
        })
        .collect())
}

fn compensation(tree: &Tree<'_>, index: &Composite, recipe: &Recipe, notes: &mut Vec<Note>) -> Result<(), Vec<IndexError>> {
    let n = &index.normalised;
    let Some(&last) = n.periods.iter().max() else { return Ok(()) };
    if recipe.aggregation != Aggregation::Arithmetic {
        return Ok(());
    }
    let scores = geometric_tree(tree, index, recipe)?;
    let other = ranks(&scores, &by_period(&n.periods));
    let rows: Vec<usize> = (0..n.periods.len()).filter(|&i| n.periods[i] == last).collect();
    let at = |r: &[Option<usize>]| rows.iter().map(|&i| r[i]).collect::<Vec<_>>();
    if let Some(change) = shift(&rows, &at(&index.ranks), &at(&other)) {
        notes.push(Note::Compensates { change });
    }
    Ok(())
}
