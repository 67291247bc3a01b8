//! Weights: equal, declared, entropy, CRITIC.

use numerics::moments;

use crate::{
    error::IndexError,
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

/// Entropies of columns and the weights that follow.
#[derive(Clone, Debug, PartialEq)]
pub struct Entropy {
    /// `E_j`, 1 where a column does not discriminate at all.
    pub entropy: Vec<f64>,
    /// `w_j = (1 - E_j) / sum(1 - E)`; all 0 when no column discriminates.
    pub weights: Vec<f64>,
}

/// Entropy weights of non-negative columns over `rows`: `p = x / sum x`, `E = -sum(p ln p) / ln m` with `m` the
/// number of terms in that very sum (`0 ln 0 = 0`), so that `0 <= E <= 1` whatever the shape of the panel.
/// `NaN` cells are no terms. A column that sums to 0 has `E = 1`.
pub fn entropy(columns: &[Vec<f64>], rows: &[usize]) -> Entropy {
    let e: Vec<f64> = columns
        .iter()
        .map(|c| {
            let xs: Vec<f64> = rows.iter().map(|&i| c[i]).filter(|x| !x.is_nan()).collect();
            let total = moments::sum(&xs);
            if xs.len() < 2 || total <= 0.0 {
                return 1.0;
            }
            let terms: Vec<f64> = xs.iter().map(|x| x / total).map(|p| if p > 0.0 { p * p.ln() } else { 0.0 }).collect();
            let e = -moments::sum(&terms) / (xs.len() as f64).ln();
            // An even distribution gives 1 up to rounding.
            if (1.0 - e).abs() < 1e-13 { 1.0 } else { e }
        })
        .collect();
    let d: Vec<f64> = e.iter().map(|e| 1.0 - e).collect();
    Entropy { entropy: e, weights: shares(&d) }
}

/// CRITIC weights over `rows`: `c_j = s_j sum_k(1 - r_jk)`, `w = c / sum c`, with signed Pearson correlations over
/// the rows both columns have. A constant column has weight 0 and is no partner of the others. Where no column
/// conflicts with another, a single one included, weights follow the spread alone; all 0 when nothing varies.
pub fn critic(columns: &[Vec<f64>], rows: &[usize]) -> Vec<f64> {
    let spread: Vec<f64> = columns
        .iter()
        .map(|c| {
            let xs: Vec<f64> = rows.iter().map(|&i| c[i]).filter(|x| !x.is_nan()).collect();
            if xs.len() < 2 || xs.iter().all(|x| *x == xs[0]) { 0.0 } else { moments::variance(&xs, 1).sqrt() }
        })
        .collect();
    let n = columns.len();
    let mut conflict = vec![0.0; n];
    for j in 0..n {
        for k in j + 1..n {
            if spread[j] > 0.0 && spread[k] > 0.0 {
                let r = correlation(&columns[j], &columns[k], rows);
                // Columns that agree up to rounding have no conflict; weights must not be made of what is left.
                let c = if r.is_nan() || 1.0 - r < 1e-12 { 0.0 } else { 1.0 - r };
                conflict[j] += c;
                conflict[k] += c;
            }
        }
    }
    let c: Vec<f64> = spread.iter().zip(&conflict).map(|(s, c)| s * c).collect();
    if c.iter().all(|x| *x <= 0.0) { shares(&spread) } else { shares(&c) }
}

/// Pearson correlation over the rows where both are present; `NaN` where fewer than three are, or one is constant.
pub(crate) fn correlation(xs: &[f64], ys: &[f64], rows: &[usize]) -> f64 {
    let (a, b): (Vec<f64>, Vec<f64>) = rows.iter().map(|&i| (xs[i], ys[i])).filter(|(x, y)| !x.is_nan() && !y.is_nan()).unzip();
    if a.len() < 3 { f64::NAN } else { moments::correlation(&a, &b).clamp(-1.0, 1.0) }
}

fn shares(xs: &[f64]) -> Vec<f64> {
    let total = moments::sum(xs);
    if total > 0.0 { xs.iter().map(|x| x / total).collect() } else { vec![0.0; xs.len()] }
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
    let data_driven = recipe.weights.is_data_driven();
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
