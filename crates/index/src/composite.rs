#![doc = include_str!("composite.md")]

use numerics::moments;

use crate::{
    aggregate::{Combine, lift},
    error::IndexError,
    framework::{Framework, Tree},
    missing::{self, Fill, Keys},
    normalise::{self as scale, Scaled},
    order::Sorter,
    outliers::{self, Treated},
    recipe::{Goalposts, Missing, Normalisation, Outliers, Recipe},
    screening::{self, Availability},
    weights::{self, Basis, Weights},
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
    /// Group of each row, for rules that fill cells by group; empty where there are none.
    pub groups: &'a [String],
}

/// Indicators on the common scale, with everything that was done to get there. Rows are sorted by unit, then period.
#[derive(Clone, Debug, PartialEq)]
pub struct Normalised {
    /// Unit of each row.
    pub units: Vec<String>,
    /// Period of each row.
    pub periods: Vec<i32>,
    /// Group of each row; empty where there are none.
    pub groups: Vec<String>,
    /// `raw[indicator][row]`, in the indicator's unit, after filling.
    pub raw: Vec<Vec<f64>>,
    /// The same after outliers were treated; a transformed indicator is no longer in its unit.
    pub treated: Vec<Vec<f64>>,
    /// What was done to outliers, by indicator.
    pub treatments: Vec<Treated>,
    /// Availability of each unit, where a screen was asked for.
    pub availability: Vec<Availability>,
    /// `values[indicator][row]`: 0 worst, 1 best; `NaN` where a missing cell is left out.
    pub values: Vec<Vec<f64>>,
    /// The same by min-max, whatever the normalisation: what data-driven weights are taken from.
    pub min_max: Vec<Vec<f64>>,
    /// Cells that were missing.
    pub fills: Vec<Fill>,
    /// Units left out by `drop-unit` or by the screen.
    pub dropped: Vec<String>,
    /// Cells cut at a goalpost: row and indicator.
    pub cut: Vec<(usize, usize)>,
    /// Indicators without variation, standing at 0.5, with the period where scales are per period or of a base period.
    pub constant: Vec<(usize, Option<i32>)>,
}

impl Normalised {
    /// An indicator as it was measured: `raw` without the cells that were filled, which are `NaN`.
    pub fn measured(&self, indicator: usize) -> Vec<f64> {
        let mut column = self.raw[indicator].clone();
        self.fills.iter().filter(|f| f.indicator == indicator).for_each(|f| column[f.row] = f64::NAN);
        column
    }
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
    let weights =
        weights::weigh(tree, &normalised.periods, Basis { min_max: &normalised.min_max, own: &normalised.treated }, recipe)?;
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
    // Rows of no group stand together behind the groups.
    let mut group = vec![groups.len(); scores.len()];
    groups.iter().enumerate().for_each(|(g, (_, rows))| rows.iter().for_each(|&i| group[i] = g));
    let mut out = vec![0; scores.len()];
    Sorter::default().sort(scores).ranks(|i| group[i], &mut vec![0; groups.len() + 1], &mut out, |_, _| ());
    out.iter().zip(group).map(|(&rank, g)| (rank > 0 && g < groups.len()).then_some(rank as usize)).collect()
}

/// Index scores from values on the common scale (not yet lifted) and weights.
pub(crate) fn score(tree: &Tree<'_>, values: &[Vec<f64>], weights: &Weights, recipe: &Recipe) -> Vec<f64> {
    Combine::new(tree, &lift(values, recipe, tree), weights, recipe).scores().swap_remove(0)
}

/// Index scores with everything taken anew from `raw` (rows in order, filled).
pub(crate) fn rescore(over: &scale::Over<'_>, raw: &[Vec<f64>]) -> Result<Vec<f64>, Vec<IndexError>> {
    let scale::Over { tree, periods, recipe, .. } = *over;
    let mut columns = raw.to_vec();
    treat(tree, periods, &mut columns, recipe.outliers.as_ref());
    let values = over.scale(&columns, recipe.normalisation)?.values;
    let min_max = if recipe.normalisation == Normalisation::MinMax || !recipe.is_data_driven() {
        None
    } else {
        Some(over.scale(&columns, Normalisation::MinMax)?.values)
    };
    let weights = weights::weigh(tree, periods, Basis { min_max: min_max.as_ref().unwrap_or(&values), own: &columns }, recipe)?;
    Ok(score(tree, &values, &weights, recipe))
}

/// What no replicate changes: rows in order, screened and filled.
struct Prepared {
    units: Vec<String>,
    periods: Vec<i32>,
    groups: Vec<String>,
    raw: Vec<Vec<f64>>,
    fills: Vec<Fill>,
    dropped: Vec<String>,
    availability: Vec<Availability>,
}

fn normalise_tree(tree: &Tree<'_>, data: &Data<'_>, recipe: &Recipe) -> Result<Normalised, Vec<IndexError>> {
    let Prepared { units, periods, groups, raw, fills, dropped, availability } = prepare(tree, data, recipe)?;
    let mut treated = raw.clone();
    let treatments = treat(tree, &periods, &mut treated, recipe.outliers.as_ref());
    let over = scale::Over { tree, units: &units, periods: &periods, recipe };
    // Weights are taken from min-max values; where ratios or targets are all there is, these still exist.
    let Scaled { values: min_max, cut, constant } = over.scale(&treated, Normalisation::MinMax)?;
    let values = match recipe.normalisation {
        Normalisation::MinMax => min_max.clone(),
        other => over.scale(&treated, other)?.values,
    };
    Ok(Normalised {
        units,
        periods,
        groups,
        raw,
        treated,
        treatments,
        availability,
        values,
        min_max,
        fills,
        dropped,
        cut,
        constant,
    })
}

/// Treats outliers in place. Indicators with declared goalposts are cut there and left alone.
pub(crate) fn treat(tree: &Tree<'_>, periods: &[i32], columns: &mut [Vec<f64>], options: Option<&Outliers>) -> Vec<Treated> {
    let Some(options) = options else { return Vec::new() };
    let parts: Vec<(Option<i32>, Vec<usize>)> = if options.per_period {
        scale::by_period(periods).into_iter().map(|(p, rows)| (Some(p), rows)).collect()
    } else {
        vec![(None, (0..periods.len()).collect())]
    };
    let mut out = Vec::new();
    for (indicator, column) in columns.iter_mut().enumerate().filter(|(j, _)| tree.leaves[*j].goalposts.is_none()) {
        for (period, rows) in &parts {
            if let Some(done) = outliers::treat(column, rows, options) {
                out.push(Treated { indicator, period: *period, ..done });
            }
        }
    }
    out
}

fn prepare(tree: &Tree<'_>, data: &Data<'_>, recipe: &Recipe) -> Result<Prepared, Vec<IndexError>> {
    let n = data.units.len();
    let grouped = data.groups.is_empty() || data.groups.len() == n;
    if data.columns.len() != tree.leaves.len() || data.periods.len() != n || !grouped || data.columns.iter().any(|c| c.len() != n)
    {
        return Err(vec![IndexError::Shape { indicators: tree.leaves.len(), rows: n }]);
    }
    if n == 0 {
        return Err(vec![IndexError::Empty]);
    }
    let mut errors = contradictions(recipe, data.groups);
    let key = |i: usize| (data.units[i].as_str(), data.periods[i]);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| key(a).cmp(&key(b)));
    errors.extend(
        order
            .windows(2)
            .filter(|w| key(w[0]) == key(w[1]))
            .map(|w| IndexError::DuplicateKey { unit: data.units[w[1]].clone(), period: data.periods[w[1]] }),
    );
    let least = recipe.screen.map_or(0.0, |s| s.indicators);
    for (leaf, column) in tree.leaves.iter().zip(data.columns) {
        errors.extend(order.iter().filter(|&&i| column[i].is_infinite()).map(|&i| IndexError::Infinite {
            indicator: leaf.id.clone(),
            unit: data.units[i].clone(),
            period: data.periods[i],
        }));
        let gaps: Vec<usize> = order.iter().copied().filter(|&i| column[i].is_nan()).collect();
        let present = 1.0 - gaps.len() as f64 / n as f64;
        if gaps.len() == n {
            errors.push(IndexError::AllMissing { indicator: leaf.id.clone() });
        } else if present < least {
            let indicator = leaf.id.clone();
            errors.push(IndexError::Unavailable { indicator, present: 100.0 * present, least: 100.0 * least });
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
    let mut availability = Vec::new();
    if let Some(screen) = &recipe.screen {
        let (units, columns) = (take(data.units, &order), columns_of(data.columns, &order));
        availability = screening::availability(&units, &columns, screen);
        dropped.extend(availability.iter().filter(|a| !a.kept).map(|a| a.unit.clone()));
        order.retain(|&i| !dropped.contains(&data.units[i]));
        if order.is_empty() {
            return Err(vec![IndexError::NoneAvailable]);
        }
    }
    if recipe.missing == Missing::DropUnit {
        let gone = missing::incomplete(data.units, data.columns);
        order.retain(|&i| !gone.contains(data.units[i].as_str()));
        dropped.extend(gone.into_iter().map(str::to_owned));
        dropped.sort();
        dropped.dedup();
        if order.is_empty() {
            return Err(vec![IndexError::NoneComplete]);
        }
    }
    let units = take(data.units, &order);
    let periods = take(data.periods, &order);
    let groups = if data.groups.is_empty() { Vec::new() } else { take(data.groups, &order) };
    let mut raw = columns_of(data.columns, &order);
    let fills = missing::fill(&Keys { units: &units, periods: &periods, groups: &groups }, &mut raw, recipe.missing);
    Ok(Prepared { units, periods, groups, raw, fills, dropped, availability })
}

fn take<T: Clone>(items: &[T], order: &[usize]) -> Vec<T> {
    order.iter().map(|&i| items[i].clone()).collect()
}

fn columns_of(columns: &[Vec<f64>], order: &[usize]) -> Vec<Vec<f64>> {
    columns.iter().map(|c| take(c, order)).collect()
}

/// Choices that no data can meet.
fn contradictions(recipe: &Recipe, groups: &[String]) -> Vec<IndexError> {
    let mut errors = Vec::new();
    if !(0.0..1.0).contains(&recipe.floor) {
        errors.push(IndexError::Floor(recipe.floor));
    }
    errors.extend(recipe.compensation.check().into_iter().map(IndexError::Compensation));
    let ranks = matches!(recipe.normalisation, Normalisation::Rank | Normalisation::PercentRank);
    if ranks && recipe.goalposts == Goalposts::Base {
        errors.push(IndexError::RankBase);
    }
    if recipe.normalisation == Normalisation::Reference && recipe.reference.is_none() {
        errors.push(IndexError::ReferenceUnnamed);
    }
    if groups.is_empty() && matches!(recipe.missing, Missing::GroupMean | Missing::GroupMedian) {
        errors.push(IndexError::NoGroups);
    }
    if let Some(o) = &recipe.outliers {
        let bounds = [
            ("skewness", o.skewness >= 0.0),
            ("kurtosis", !o.kurtosis.is_nan()),
            ("percentile", (0.0..0.5).contains(&o.percentile)),
        ];
        errors.extend(bounds.into_iter().filter(|(_, fits)| !fits).map(|(name, _)| IndexError::Outliers(name)));
    }
    if let Some(s) = &recipe.screen {
        let shares = [("units", s.units), ("nonzero", s.nonzero), ("indicators", s.indicators)];
        errors.extend(shares.into_iter().filter(|(_, x)| !(0.0..=1.0).contains(x)).map(|(name, _)| IndexError::Screen(name)));
    }
    errors
}

/// Mean and standard deviation (denominator n) of the scores that are there.
pub(crate) fn level_and_spread(scores: &[f64]) -> (f64, f64) {
    let known: Vec<f64> = scores.iter().copied().filter(|s| !s.is_nan()).collect();
    (moments::mean(&known), moments::deviation(&known, 0))
}
