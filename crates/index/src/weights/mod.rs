//! Weights: equal, declared or taken from data, spread over the tree of a framework.

pub(crate) mod association;
pub mod components;
pub mod critic;
pub mod dispersion;
pub mod entropy;
pub mod removal;
pub(crate) mod sample;
pub mod scatter;
#[cfg(test)]
pub(crate) mod test_data;

pub use critic::critic;
pub use entropy::{Entropy, entropy};
use numerics::moments;
pub use sample::{Taken, TakenError};

use self::sample::shares;
use crate::{
    composite::IndexError,
    framework::{Child, Tree},
    normalise::{base_rows, by_period},
    recipe::{Reach, Recipe, Scope, Weighting},
};

/// Weights of a whole tree, one set or one per period.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// Period of each set; a single `None` where one set serves all periods.
    pub periods: Vec<Option<i32>>,
    /// `local[set][node][child]`: weights among siblings, summing to 1.
    pub local: Vec<Vec<Vec<f64>>>,
    /// `effective[set][indicator]`: products of local weights from the root down, summing to 1.
    pub effective: Vec<Vec<f64>>,
    /// `entropy[set][indicator]`; empty unless weights are entropy weights.
    pub entropy: Vec<Vec<f64>>,
    /// Set of each row.
    pub of_row: Vec<usize>,
}

/// Effective weights in one row, given which indicators it has: what is missing weighs 0 and its weight goes to
/// its siblings, as when the index is aggregated. They sum to 1 unless the whole row is missing.
pub fn in_row(tree: &Tree<'_>, local: &[Vec<f64>], present: &dyn Fn(usize) -> bool) -> Vec<f64> {
    let mut known = vec![false; tree.nodes.len()];
    let mut out = vec![0.0; tree.leaves.len()];
    let mut kept: Vec<Vec<f64>> = Vec::new();
    // Children before parents: a node counts when something below it does.
    for n in (0..tree.nodes.len()).rev() {
        let there = |child: &Child| match child {
            Child::Node(k) => known[*k],
            Child::Leaf(j) => present(*j),
        };
        let w: Vec<f64> = tree.nodes[n].children.iter().zip(&local[n]).map(|(c, w)| if there(c) { *w } else { 0.0 }).collect();
        let total = moments::sum(&w);
        known[n] = total > 0.0;
        // Weights that are whole stay as they are; dividing again would only add rounding.
        kept.push(if (total - 1.0).abs() < 1e-12 { w } else { shares(&w) });
    }
    kept.reverse();
    let mut node = vec![0.0; tree.nodes.len()];
    if let Some(root) = node.first_mut() {
        *root = 1.0;
    }
    for (n, own) in kept.iter().enumerate() {
        for (child, w) in tree.nodes[n].children.iter().zip(own) {
            match child {
                Child::Node(k) => node[*k] = node[n] * w,
                Child::Leaf(j) => out[*j] = node[n] * w,
            }
        }
    }
    out
}

/// The weights of a tree. `scaled` are min-max values; data-driven weights are always taken from these.
pub(crate) fn weigh(tree: &Tree<'_>, periods: &[i32], scaled: &[Vec<f64>], recipe: &Recipe) -> Result<Weights, Vec<IndexError>> {
    let all: Vec<usize> = (0..periods.len()).collect();
    let mut of_row = vec![0; periods.len()];
    let mut names = vec![None];
    let data_driven = matches!(recipe.weights, Weighting::Entropy | Weighting::Critic);
    let mut entropies = Vec::new();
    let local = if data_driven {
        if let Some(j) = scaled.iter().position(|c| c.iter().any(|x| *x < 0.0)).filter(|_| recipe.weights == Weighting::Entropy) {
            return Err(vec![IndexError::NegativeEntropy { indicator: tree.leaves[j].id.clone() }]);
        }
        let mut flat = |rows: &[usize]| leaf_weights(tree, scaled, rows, recipe, &mut entropies);
        match recipe.scope {
            Scope::Pooled => vec![spread_up(tree, &flat(&all)?, recipe)?],
            Scope::Base => vec![spread_up(tree, &flat(&base_rows(periods, recipe.base).map_err(|e| vec![e])?)?, recipe)?],
            Scope::PerPeriod => {
                let groups = by_period(periods);
                names = groups.iter().map(|(p, _)| Some(*p)).collect();
                for (k, (_, rows)) in groups.iter().enumerate() {
                    rows.iter().for_each(|&i| of_row[i] = k);
                }
                groups.iter().map(|(_, rows)| spread_up(tree, &flat(rows)?, recipe)).collect::<Result<_, _>>()?
            }
            Scope::PeriodMean => {
                let sets: Vec<Vec<f64>> = by_period(periods).iter().map(|(_, rows)| flat(rows)).collect::<Result<_, _>>()?;
                let mean =
                    (0..scaled.len()).map(|j| moments::mean(&sets.iter().map(|s| s[j]).collect::<Vec<_>>())).collect::<Vec<_>>();
                let mean_entropy: Vec<f64> = (0..scaled.len())
                    .filter(|_| !entropies.is_empty())
                    .map(|j| moments::mean(&entropies.iter().map(|e| e[j]).collect::<Vec<_>>()))
                    .collect();
                entropies = if mean_entropy.is_empty() { Vec::new() } else { vec![mean_entropy] };
                vec![spread_up(tree, &mean, recipe)?]
            }
        }
    } else {
        vec![declared(tree, recipe.weights == Weighting::Manual)?]
    };
    let effective = local.iter().map(|l| effective(tree, l)).collect();
    Ok(Weights { periods: names, local, effective, entropy: entropies, of_row })
}

/// Flat weights of the indicators: over all of them, or within each lowest dimension (each then sums to 1).
fn leaf_weights(
    tree: &Tree<'_>,
    scaled: &[Vec<f64>],
    rows: &[usize],
    recipe: &Recipe,
    entropies: &mut Vec<Vec<f64>>,
) -> Result<Vec<f64>, Vec<IndexError>> {
    let mut weights = vec![0.0; scaled.len()];
    let mut known = vec![1.0; scaled.len()];
    // Over all indicators the root is the one group; within dimensions, every node that holds indicators.
    let groups = tree.nodes.iter().enumerate().filter(|(n, node)| match recipe.reach {
        Reach::Global => *n == 0,
        Reach::Within => !node.node.indicators.is_empty(),
    });
    for g in groups.map(|(_, node)| node.leaves.clone()) {
        let w = if recipe.weights == Weighting::Entropy {
            let e = entropy(&scaled[g.clone()], rows);
            if let Some(k) = e.entropy.iter().position(|e| !(-1e-12..=1.0 + 1e-12).contains(e)) {
                return Err(vec![IndexError::EntropyRange {
                    indicator: tree.leaves[g.start + k].id.clone(),
                    entropy: e.entropy[k],
                }]);
            }
            known[g.clone()].copy_from_slice(&e.entropy);
            e.weights
        } else {
            critic(&scaled[g.clone()], rows)
        };
        weights[g].copy_from_slice(&w);
    }
    if weights.iter().all(|w| *w <= 0.0) {
        return Err(vec![IndexError::NothingVaries]);
    }
    if recipe.weights == Weighting::Entropy {
        entropies.push(known);
    }
    Ok(weights)
}

/// Local weights of every node from flat weights of the indicators.
fn spread_up(tree: &Tree<'_>, flat: &[f64], recipe: &Recipe) -> Result<Vec<Vec<f64>>, Vec<IndexError>> {
    if recipe.reach == Reach::Within {
        let mut local = declared(tree, true)?;
        for (node, l) in tree.nodes.iter().zip(&mut local).filter(|(n, _)| !n.node.indicators.is_empty()) {
            *l = even_where_empty(&flat[node.leaves.clone()]);
        }
        return Ok(local);
    }
    let of = |child: &Child| match child {
        Child::Node(n) => moments::sum(&flat[tree.nodes[*n].leaves.clone()]),
        Child::Leaf(j) => flat[*j],
    };
    Ok(tree.nodes.iter().map(|n| even_where_empty(&n.children.iter().map(of).collect::<Vec<_>>())).collect())
}

/// Shares; equal where nothing has weight (the node then has weight 0 itself, or nothing in it varies).
fn even_where_empty(xs: &[f64]) -> Vec<f64> {
    if xs.iter().any(|x| *x > 0.0) { shares(xs) } else { vec![1.0 / xs.len() as f64; xs.len()] }
}

fn declared(tree: &Tree<'_>, manual: bool) -> Result<Vec<Vec<f64>>, Vec<IndexError>> {
    let mut errors = Vec::new();
    let local = tree
        .nodes
        .iter()
        .map(|n| {
            let given: Vec<Option<f64>> = n.children.iter().map(|c| tree.declared(*c)).collect();
            let equal = vec![1.0 / given.len() as f64; given.len()];
            if !manual || given.iter().all(Option::is_none) {
                return equal;
            }
            for (c, _) in n.children.iter().zip(&given).filter(|(_, w)| w.is_none()) {
                errors.push(IndexError::WeightMissing { id: tree.id(*c).to_owned(), parent: n.node.id.clone() });
            }
            let w: Vec<f64> = given.iter().map(|w| w.unwrap_or(0.0)).collect();
            if w.iter().all(|w| *w <= 0.0) {
                errors.push(IndexError::ZeroWeights { node: n.node.id.clone() });
                return equal;
            }
            shares(&w)
        })
        .collect();
    if errors.is_empty() { Ok(local) } else { Err(errors) }
}

/// Products of local weights from the root down.
fn effective(tree: &Tree<'_>, local: &[Vec<f64>]) -> Vec<f64> {
    let mut node = vec![0.0; tree.nodes.len()];
    let mut leaf = vec![0.0; tree.leaves.len()];
    if let Some(root) = node.first_mut() {
        *root = 1.0;
    }
    for n in 0..tree.nodes.len() {
        for (child, w) in tree.nodes[n].children.iter().zip(&local[n]) {
            match child {
                Child::Node(k) => node[*k] = node[n] * w,
                Child::Leaf(j) => leaf[*j] = node[n] * w,
            }
        }
    }
    leaf
}
