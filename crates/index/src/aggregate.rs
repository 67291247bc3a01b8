//! From indicators to scores, and back: what each indicator contributes to a score.

mod limited;

use std::borrow::Cow;

use crate::{
    framework::{Child, Tree},
    ranking::compensation::Spread,
    recipe::{Aggregation, Compensation, Placement, Recipe},
    weights::Weights,
};

/// Everything aggregation works on. `leaves[indicator][row]` are on the common scale; where any dimension
/// needs it they have been lifted by [`lift`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Combine<'a> {
    pub tree: &'a Tree<'a>,
    pub leaves: &'a [Vec<f64>],
    pub weights: &'a Weights,
    pub aggregation: Aggregation,
    pub floor: f64,
    pub placement: Placement,
    pub compensation: Compensation,
}

impl<'a> Combine<'a> {
    /// The aggregation a recipe asks for.
    pub fn new(tree: &'a Tree<'a>, leaves: &'a [Vec<f64>], weights: &'a Weights, recipe: &Recipe) -> Self {
        let Recipe { aggregation, floor, placement, compensation, .. } = *recipe;
        Self { tree, leaves, weights, aggregation, floor, placement, compensation }
    }
}

/// What is aggregated in one node: a child (or what stands below it), its weight in each set, under TOPSIS its worst and
/// best value, and under Mazziotta-Pareto its mean and standard deviation over all rows.
struct Term {
    child: Child,
    weight: Vec<f64>,
    low: f64,
    high: f64,
    level: (f64, f64),
}

/// Whether values of 0 would swallow any dimension of the tree.
pub(crate) fn needs_floor(tree: &Tree<'_>, recipe: &Recipe) -> bool {
    tree.nodes.iter().any(|n| match n.node.aggregation.unwrap_or(recipe.aggregation) {
        Aggregation::Geometric | Aggregation::Harmonic => true,
        Aggregation::Power => recipe.compensation.power <= 0.0,
        _ => false,
    })
}

/// Lifts values from 0..1 to floor..1 where a mean needs it, `floor + (1 - floor) r`; else they are as they were.
pub(crate) fn lift<'v>(values: &'v [Vec<f64>], recipe: &Recipe, tree: &Tree<'_>) -> Cow<'v, [Vec<f64>]> {
    if !needs_floor(tree, recipe) {
        return Cow::Borrowed(values);
    }
    let f = recipe.floor;
    Cow::Owned(values.iter().map(|c| c.iter().map(|r| f + (1.0 - f) * r).collect()).collect())
}

impl Combine<'_> {
    fn method(&self, node: usize) -> Aggregation {
        self.tree.nodes[node].node.aggregation.unwrap_or(self.aggregation)
    }

    fn values<'s>(&'s self, scores: &'s [Vec<f64>], child: Child) -> &'s [f64] {
        match child {
            Child::Node(n) => &scores[n],
            Child::Leaf(j) => &self.leaves[j],
        }
    }

    fn terms(&self, node: usize, scores: &[Vec<f64>]) -> Vec<Term> {
        let mut out = Vec::new();
        self.collect(node, &vec![1.0; self.weights.local.len()], scores, &mut out);
        out
    }

    fn collect(&self, node: usize, factor: &[f64], scores: &[Vec<f64>], out: &mut Vec<Term>) {
        for (k, &child) in self.tree.nodes[node].children.iter().enumerate() {
            let weight: Vec<f64> = factor.iter().zip(&self.weights.local).map(|(f, l)| f * l[node][k]).collect();
            if let Child::Node(below) = child
                && self.method(node) == Aggregation::Topsis
                && self.method(below) == Aggregation::Topsis
            {
                self.collect(below, &weight, scores, out);
                continue;
            }
            let known = || self.values(scores, child).iter().copied().filter(|v| !v.is_nan());
            let (low, high) = match self.method(node) {
                Aggregation::Topsis => (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max)),
                _ => (f64::NAN, f64::NAN),
            };
            let level = match self.method(node) {
                Aggregation::Mpi => self.level(&known().collect::<Vec<_>>()),
                _ => (0.0, 0.0),
            };
            out.push(Term { child, weight, low, high, level });
        }
    }

    /// `scores[node][row]`, the root first; `NaN` where nothing below is present.
    pub(crate) fn scores(&self) -> Vec<Vec<f64>> {
        let rows = self.weights.of_row.len();
        let mut scores = vec![Vec::new(); self.tree.nodes.len()];
        let mut part = Vec::new();
        for n in (0..self.tree.nodes.len()).rev() {
            let terms = self.terms(n, &scores);
            scores[n] = (0..rows).map(|i| self.combine(n, &terms, &scores, i, &mut part)).collect();
        }
        scores
    }

    /// Score of one node in one row; `part[k]` becomes the share of term `k` in it, with `sum part = score`.
    fn combine(&self, node: usize, terms: &[Term], scores: &[Vec<f64>], row: usize, part: &mut Vec<f64>) -> f64 {
        let set = self.weights.of_row[row];
        part.clear();
        part.resize(terms.len(), 0.0);
        let value = |t: &Term| self.values(scores, t.child)[row];
        let total: f64 = terms.iter().filter(|t| !value(t).is_nan()).map(|t| t.weight[set]).sum();
        if total <= 0.0 {
            return f64::NAN;
        }
        // With nothing missing the weights already sum to 1 up to rounding; dividing again would only add more.
        let scale = if (total - 1.0).abs() < 1e-12 { 1.0 } else { total };
        let present =
            || terms.iter().enumerate().filter(|(_, t)| !value(t).is_nan()).map(|(k, t)| (k, t.weight[set] / scale, value(t), t));
        match self.method(node) {
            Aggregation::Arithmetic => {
                present().for_each(|(k, w, v, _)| part[k] = w * v);
                part.iter().sum()
            }
            Aggregation::Geometric => {
                let v = |x: f64| x.max(self.floor);
                let log: f64 = present().filter(|(_, w, _, _)| *w > 0.0).map(|(_, w, x, _)| w * v(x).ln()).sum();
                let score = log.exp();
                let above = log - self.floor.ln();
                if self.floor > 0.0 && above > 1e-12 {
                    present().for_each(|(k, w, x, _)| part[k] = score * w * (v(x) / self.floor).ln() / above);
                } else {
                    present().for_each(|(k, w, _, _)| part[k] = score * w);
                }
                score
            }
            Aggregation::Topsis => {
                let (mut best, mut worst) = (0.0, 0.0);
                for (k, w, v, t) in present() {
                    let w = if self.placement == Placement::Inside { w * w } else { w };
                    best += w * (v - t.high) * (v - t.high);
                    part[k] = w * (v - t.low) * (v - t.low);
                    worst += part[k];
                }
                let both = best.sqrt() + worst.sqrt();
                if both == 0.0 {
                    // Ideal and anti-ideal coincide: nothing varies, so nothing is near or far.
                    present().for_each(|(k, w, _, _)| part[k] = 0.5 * w);
                    return 0.5;
                }
                let score = worst.sqrt() / both;
                if worst > 0.0 {
                    part.iter_mut().for_each(|p| *p *= score / worst);
                }
                score
            }
            other => {
                let mut row = limited::Row::new(present().map(|(k, w, v, t)| (k, w, v, t.level)), part);
                match other {
                    Aggregation::Harmonic => row.power(-1.0, self.floor),
                    Aggregation::Quadratic => row.power(2.0, self.floor),
                    Aggregation::Power => row.power(self.compensation.power, self.floor),
                    Aggregation::Mpi => row.mpi(&self.compensation),
                    Aggregation::Ampi => row.ampi(&self.compensation),
                    Aggregation::MeanMin => row.mean_min(&self.compensation),
                    Aggregation::Owa => row.owa(self.compensation.quantifier),
                    _ => {
                        let columns: Vec<&[f64]> = terms.iter().map(|t| self.values(scores, t.child)).collect();
                        row.copeland(&columns)
                    }
                }
            }
        }
    }

    /// Mean and standard deviation of a child over all rows; a spread of rounding alone is none.
    fn level(&self, known: &[f64]) -> (f64, f64) {
        let less = usize::from(self.compensation.spread == Spread::Sample);
        if known.len() <= less {
            return (numerics::moments::mean(known), 0.0);
        }
        let (mean, sd) = (numerics::moments::mean(known), numerics::moments::deviation(known, less));
        (mean, if sd > 1e-12 * mean.abs() { sd } else { 0.0 })
    }

    /// `contributions[indicator][row]` to the index; over all indicators they sum to it.
    pub(crate) fn contributions(&self, scores: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let rows = self.weights.of_row.len();
        let mut leaf = vec![vec![0.0; rows]; self.leaves.len()];
        // What each node contributes to the index, row by row; nodes a TOPSIS looks through contribute by their terms.
        let mut node: Vec<Option<Vec<f64>>> = vec![None; self.tree.nodes.len()];
        if let Some(root) = node.first_mut() {
            *root = scores.first().cloned();
        }
        let mut part = Vec::new();
        for n in 0..self.tree.nodes.len() {
            let Some(own) = node[n].clone() else { continue };
            let terms = self.terms(n, scores);
            for term in &terms {
                if let Child::Node(k) = term.child {
                    node[k] = Some(vec![0.0; rows]);
                }
            }
            for i in 0..rows {
                let score = self.combine(n, &terms, scores, i, &mut part);
                for (k, term) in terms.iter().enumerate() {
                    // A score of 0 has no parts to follow; its share is handed down by weight.
                    let share = if score.abs() < 1e-9 { term.weight[self.weights.of_row[i]] } else { part[k] / score };
                    let c = if own[i].is_nan() || share.is_nan() { f64::NAN } else { share * own[i] };
                    match term.child {
                        Child::Leaf(j) => leaf[j][i] = c,
                        Child::Node(b) => {
                            if let Some(x) = &mut node[b] {
                                x[i] = c;
                            }
                        }
                    }
                }
            }
        }
        leaf
    }
}
