//! CI016: what arithmetic aggregation lets a strong dimension make up for, and two aggregations that do not.

use numerics::moments;

use super::{NOTHING, Note, rescore, shift};
use crate::{
    composite::{Composite, ranks},
    error::IndexError,
    framework::{Framework, Tree},
    normalise::by_period,
    recipe::{Aggregation, Recipe},
};

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
    rescore(tree, n, &n.min_max, &recipe)
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

/// Notes on what arithmetic aggregation lets pass.
pub(super) fn compensation(
    tree: &Tree<'_>,
    index: &Composite,
    recipe: &Recipe,
    notes: &mut Vec<Note>,
) -> Result<(), Vec<IndexError>> {
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
    let last = at(&index.ranks);
    let half = last.iter().flatten().count() / 2;
    let mut hidden: Vec<(usize, usize, usize)> = Vec::new();
    for (&row, rank) in rows.iter().zip(&last) {
        let Some(rank) = rank.filter(|r| *r <= half) else { continue };
        let nothing = tree.dimensions().into_iter().find(|&d| index.scores[d][row] < NOTHING);
        hidden.extend(nothing.map(|node| (rank, row, node)));
    }
    if let Some(&(_, row, node)) = hidden.iter().min() {
        notes.push(Note::HidesZero { row, node, rows: hidden.len() });
    }
    Ok(())
}
