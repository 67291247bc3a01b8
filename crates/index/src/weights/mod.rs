//! Weights: equal, declared or taken from data, spread over the tree of a framework.

pub(crate) mod association;
pub mod combination;
pub mod components;
pub mod critic;
pub mod dispersion;
pub mod entropy;
pub mod importance;
pub mod removal;
pub(crate) mod sample;
pub mod scatter;
mod sought;
mod taken;
#[cfg(test)]
pub(crate) mod test_data;

pub use critic::critic;
pub use entropy::{Entropy, entropy};
use numerics::moments;
pub use sample::{Taken, TakenError};

use self::{combination::Combining, importance::ImportanceWeights, sample::shares};
use crate::{
    error::IndexError,
    framework::{Branch, Child, Tree},
    judgement::Judged,
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
    /// What a reader should know of them.
    pub notes: Vec<WeightNote>,
}

/// What is worth telling about weights.
#[derive(Clone, Debug, PartialEq)]
pub enum WeightNote {
    /// The judgement of a dimension contradicts itself more than it should.
    Inconsistent {
        /// The dimension, by its place in [`Tree::nodes`].
        node: usize,
        /// Its weights, its ratio and the judgements most worth revising.
        judged: Judged,
    },
    /// A combination could not be made as asked.
    Combining {
        /// Set of weights.
        set: usize,
        /// Why, and what was done instead.
        status: Combining,
        /// The coefficients the game asked for.
        refused: Vec<f64>,
    },
    /// Indicators that vary and yet have scatter-degree weight 0: the unbounded solution is negative there.
    AtBound {
        /// Indicators.
        indicators: Vec<usize>,
    },
    /// The weights found for a declared importance, with the importance they give.
    Sought {
        /// The dimension, by its place in [`Tree::nodes`].
        node: usize,
        /// Period of the rows, where each has weights of its own.
        period: Option<i32>,
        /// Importance declared for what stands right below, summing to 1.
        declared: Vec<f64>,
        /// The weights found, the importance they give and how far that is from the one declared.
        found: ImportanceWeights,
    },
    /// Rows with a missing cell, left out of the correlations that principal components are taken from.
    LeftOut {
        /// How many.
        rows: usize,
    },
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

/// What weights are taken from: `columns[indicator][row]`, empty where no weights are taken from them.
#[derive(Clone, Copy)]
pub(crate) struct Basis<'a> {
    /// Min-max values.
    pub min_max: &'a [Vec<f64>],
    /// Values in the indicators' own units, outliers treated.
    pub own: &'a [Vec<f64>],
}

/// The weights of a tree.
pub(crate) fn weigh(tree: &Tree<'_>, periods: &[i32], from: Basis<'_>, recipe: &Recipe) -> Result<Weights, Vec<IndexError>> {
    let problems = problems(recipe);
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut weights = if recipe.weights == Weighting::Combination {
        combined(tree, periods, from, recipe)?
    } else {
        single(tree, periods, from, recipe)?
    };
    let of_declared = |w: &Weighting| matches!(w, Weighting::Manual | Weighting::Importance);
    let uses_judgement = match recipe.weights {
        Weighting::Combination => recipe.combination.of.iter().any(of_declared),
        weights => of_declared(&weights),
    };
    if uses_judgement || (recipe.reach == Reach::Within && recipe.is_data_driven()) {
        let shaky = |(node, b): (usize, &Branch<'_>)| {
            b.judged.as_ref().filter(|j| j.inconsistent()).map(|j| WeightNote::Inconsistent { node, judged: j.clone() })
        };
        weights.notes.extend(tree.nodes.iter().enumerate().filter_map(shaky));
    }
    Ok(weights)
}

fn problems(recipe: &Recipe) -> Vec<IndexError> {
    let uses = |w| recipe.weights == w || (recipe.weights == Weighting::Combination && recipe.combination.of.contains(&w));
    let mut out = Vec::new();
    if uses(Weighting::Entropy) {
        out.extend(recipe.entropy.problems());
    }
    if uses(Weighting::PrincipalComponents) && !(recipe.components.share > 0.0 && recipe.components.share <= 1.0) {
        out.push(format!("the share {} of the variance to keep is not above 0 and at most 1", recipe.components.share));
    }
    if recipe.weights == Weighting::Combination {
        out.extend(recipe.combination.problems());
    }
    out.into_iter().map(IndexError::WeightOptions).collect()
}

/// One way of weighing, in every set its scope asks for.
fn single(tree: &Tree<'_>, periods: &[i32], from: Basis<'_>, recipe: &Recipe) -> Result<Weights, Vec<IndexError>> {
    let all: Vec<usize> = (0..periods.len()).collect();
    let mut of_row = vec![0; periods.len()];
    let mut names = vec![None];
    let mut taken = taken::Sets::default();
    let mut local_of = |period: Option<i32>, rows: &[usize]| -> Result<Vec<Vec<f64>>, Vec<IndexError>> {
        if recipe.weights == Weighting::Importance {
            return sought::local(tree, from.min_max, (period, rows), recipe, &mut taken.notes);
        }
        spread_up(tree, &taken::leaf_weights(tree, from, rows, recipe, &mut taken)?, recipe)
    };
    let local = if !recipe.weights.is_data_driven() {
        vec![declared(tree, recipe.weights == Weighting::Manual)?]
    } else {
        match recipe.scope {
            Scope::Pooled => vec![local_of(None, &all)?],
            Scope::Base => vec![local_of(None, &base_rows(periods, recipe.base).map_err(|e| vec![e])?)?],
            Scope::PerPeriod => {
                let groups = by_period(periods);
                names = groups.iter().map(|(p, _)| Some(*p)).collect();
                for (k, (_, rows)) in groups.iter().enumerate() {
                    rows.iter().for_each(|&i| of_row[i] = k);
                }
                groups.iter().map(|(p, rows)| local_of(Some(*p), rows)).collect::<Result<_, _>>()?
            }
            Scope::PeriodMean if recipe.weights == Weighting::Importance => {
                let sets: Vec<Vec<Vec<f64>>> =
                    by_period(periods).iter().map(|(p, rows)| local_of(Some(*p), rows)).collect::<Result<_, _>>()?;
                let of = |node: usize| mean(&sets.iter().map(|s| s[node].clone()).collect::<Vec<_>>());
                vec![(0..tree.nodes.len()).map(of).collect()]
            }
            Scope::PeriodMean => {
                let groups = by_period(periods);
                let mut flat = |rows: &[usize]| taken::leaf_weights(tree, from, rows, recipe, &mut taken);
                let sets: Vec<Vec<f64>> = groups.iter().map(|(_, rows)| flat(rows)).collect::<Result<_, _>>()?;
                taken.average();
                vec![spread_up(tree, &mean(&sets), recipe)?]
            }
        }
    };
    let effective = local.iter().map(|l| effective(tree, l)).collect();
    Ok(Weights { periods: names, local, effective, entropy: taken.entropies, of_row, notes: taken.notes })
}

/// Several ways of weighing made one: effective weights are combined, and a dimension weighs what its indicators weigh.
fn combined(tree: &Tree<'_>, periods: &[i32], from: Basis<'_>, recipe: &Recipe) -> Result<Weights, Vec<IndexError>> {
    let (mut parts, mut errors) = (Vec::new(), Vec::new());
    for &weights in &recipe.combination.of {
        match single(tree, periods, from, &Recipe { weights, ..recipe.clone() }) {
            Ok(w) => parts.push(w),
            Err(e) => errors.extend(e),
        }
    }
    // What keeps one data-driven part back keeps them all back: nothing varies, no row in the base period.
    let mut seen: Vec<IndexError> = Vec::new();
    errors.into_iter().for_each(|e| {
        if !seen.contains(&e) {
            seen.push(e);
        }
    });
    let Some(shape) = parts.iter().max_by_key(|w| w.local.len()).cloned().filter(|_| seen.is_empty()) else { return Err(seen) };
    let mut out = Weights { local: Vec::new(), effective: Vec::new(), entropy: Vec::new(), notes: Vec::new(), ..shape };
    for set in 0..out.periods.len() {
        // Declared weights are one set for all periods.
        let sets: Vec<Vec<f64>> = parts.iter().map(|w| w.effective[set.min(w.effective.len() - 1)].clone()).collect();
        let Some(c) = combination::combine(&sets, recipe.combination.rule, &recipe.combination.shares) else { continue };
        out.local.push(sums(tree, &c.weights));
        if c.status != Combining::AsAsked {
            out.notes.push(WeightNote::Combining { set, status: c.status, refused: c.refused });
        }
    }
    out.effective = out.local.iter().map(|l| effective(tree, l)).collect();
    for part in parts {
        out.entropy.extend(part.entropy);
        out.notes.extend(part.notes);
    }
    Ok(out)
}

fn mean(sets: &[Vec<f64>]) -> Vec<f64> {
    let columns = sets.first().map_or(0, Vec::len);
    (0..columns).map(|j| moments::mean(&sets.iter().map(|s| s[j]).collect::<Vec<_>>())).collect()
}

/// Local weights of every node from flat weights of the indicators.
fn spread_up(tree: &Tree<'_>, flat: &[f64], recipe: &Recipe) -> Result<Vec<Vec<f64>>, Vec<IndexError>> {
    if recipe.reach == Reach::Global {
        return Ok(sums(tree, flat));
    }
    let mut local = declared(tree, true)?;
    for (node, l) in tree.nodes.iter().zip(&mut local).filter(|(n, _)| !n.node.indicators.is_empty()) {
        *l = even_where_empty(&flat[node.leaves.clone()]);
    }
    Ok(local)
}

/// Local weights under which a dimension weighs what its indicators weigh.
fn sums(tree: &Tree<'_>, flat: &[f64]) -> Vec<Vec<f64>> {
    let of = |child: &Child| match child {
        Child::Node(n) => moments::sum(&flat[tree.nodes[*n].leaves.clone()]),
        Child::Leaf(j) => flat[*j],
    };
    tree.nodes.iter().map(|n| even_where_empty(&n.children.iter().map(of).collect::<Vec<_>>())).collect()
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
            if let Some(judged) = n.judged.as_ref().filter(|_| manual) {
                return judged.weights.clone();
            }
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
pub(crate) fn effective(tree: &Tree<'_>, local: &[Vec<f64>]) -> Vec<f64> {
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

#[cfg(test)]
mod tests;
