//! Weights of a whole tree under which siblings have a declared importance.

use numerics::moments;

use super::{
    WeightNote, declared,
    importance::weights_for,
    sample::{constants, shares},
};
use crate::{
    error::IndexError,
    framework::{Child, Tree},
    recipe::Recipe,
};

/// Local weights of every node over `rows`, of one period where each has its own: from the lowest dimensions up, each node's weights are sought on the scores of
/// what stands below, arithmetic means of what is present. What does not vary weighs 0, and its importance goes to its
/// siblings; where less than two of them vary there is nothing to seek.
pub(super) fn local(
    tree: &Tree<'_>,
    min_max: &[Vec<f64>],
    (period, rows): (Option<i32>, &[usize]),
    recipe: &Recipe,
    notes: &mut Vec<WeightNote>,
) -> Result<Vec<Vec<f64>>, Vec<IndexError>> {
    let mut out = declared(tree, true)?;
    if constants(min_max, rows).len() == min_max.len() {
        return Err(vec![IndexError::NothingVaries]);
    }
    let mut scores: Vec<Vec<f64>> = vec![Vec::new(); tree.nodes.len()];
    let places: Vec<usize> = (0..rows.len()).collect();
    for n in (0..tree.nodes.len()).rev() {
        let columns: Vec<Vec<f64>> = tree.nodes[n]
            .children
            .iter()
            .map(|child| match child {
                Child::Node(k) => scores[*k].clone(),
                Child::Leaf(j) => rows.iter().map(|&i| min_max[*j][i]).collect(),
            })
            .collect();
        let flat = constants(&columns, &places);
        let varying: Vec<f64> = out[n].iter().enumerate().map(|(k, w)| if flat.contains(&k) { 0.0 } else { *w }).collect();
        let goal = shares(&varying);
        if let Some(found) = weights_for(&columns, &places, &goal, recipe.importance) {
            out[n].clone_from(&found.weights);
            notes.push(WeightNote::Sought { node: n, period, declared: goal, found });
        } else if goal.iter().any(|g| *g > 0.0) {
            out[n] = goal;
        }
        scores[n] = places.iter().map(|&i| mean_of_present(&columns, &out[n], i)).collect();
    }
    Ok(out)
}

fn mean_of_present(columns: &[Vec<f64>], weights: &[f64], row: usize) -> f64 {
    let present = || columns.iter().zip(weights).filter(|(c, _)| !c[row].is_nan());
    let total = moments::sum(&present().map(|(_, w)| *w).collect::<Vec<_>>());
    if total > 0.0 { present().map(|(c, w)| w * c[row]).sum::<f64>() / total } else { f64::NAN }
}
