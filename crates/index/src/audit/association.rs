//! How indicators go with their siblings and with the index.

use super::{DOUBLE, OPPOSED};
use crate::{
    composite::Composite,
    framework::Tree,
    weights::association::{correlation, spearman},
};

/// Size of a correlation above which two indicators of one dimension say something in common.
pub const COMMON: f64 = 0.3;

/// How two indicators of one dimension go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Band {
    /// `r` below [`OPPOSED`]: one is had at the cost of the other.
    Opposed,
    /// `|r|` below [`COMMON`]: they say different things.
    Weak,
    /// Between: they say something in common, and each something of its own.
    Common,
    /// `r` above [`DOUBLE`]: the same is counted twice.
    Double,
    /// There is no correlation: one does not vary, or fewer than three rows have both.
    None,
}

/// Two indicators of one dimension.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The dimension right above them, by its place in the tree.
    pub node: usize,
    /// The indicators, by their places in the framework.
    pub pair: (usize, usize),
    /// Pearson correlation over the rows that have both.
    pub correlation: f64,
    /// Its band.
    pub band: Band,
}

/// Every pair of indicators of one dimension, on `values[indicator][row]` turned so that more is better.
pub fn pairs(tree: &Tree<'_>, values: &[Vec<f64>]) -> Vec<Pair> {
    let rows: Vec<usize> = (0..values.first().map_or(0, Vec::len)).collect();
    let holders = tree.nodes.iter().enumerate().filter(|(_, n)| !n.node.indicators.is_empty());
    holders
        .flat_map(|(node, n)| n.leaves.clone().flat_map(move |a| (a + 1..n.leaves.end).map(move |b| (node, (a, b)))))
        .map(|(node, pair)| {
            let r = correlation(&values[pair.0], &values[pair.1], &rows);
            Pair { node, pair, correlation: r, band: band(r) }
        })
        .collect()
}

fn band(r: f64) -> Band {
    match r {
        r if r.is_nan() => Band::None,
        r if r > DOUBLE => Band::Double,
        r if r < OPPOSED => Band::Opposed,
        r if r.abs() < COMMON => Band::Weak,
        _ => Band::Common,
    }
}

/// Pearson and Spearman correlation of each node of the tree with the index; the index itself comes first, with 1.
pub fn nodes_with_index(index: &Composite) -> Vec<(f64, f64)> {
    with_index(index, &index.scores)
}

/// Pearson and Spearman correlation of each normalised indicator with the index.
pub fn indicators_with_index(index: &Composite) -> Vec<(f64, f64)> {
    with_index(index, &index.normalised.values)
}

fn with_index(index: &Composite, columns: &[Vec<f64>]) -> Vec<(f64, f64)> {
    let Some(score) = index.scores.first() else { return Vec::new() };
    let rows: Vec<usize> = (0..score.len()).collect();
    columns.iter().map(|c| (correlation(c, score, &rows), spearman(c, score, &rows))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_meet_without_a_gap() {
        let found = [-1.0, -0.31, -0.3, -0.29, 0.0, 0.29, 0.3, 0.92, 0.93, f64::NAN].map(band);
        use Band::{Common, Double, None, Opposed, Weak};
        assert_eq!(found, [Opposed, Opposed, Common, Weak, Weak, Weak, Common, Common, Double, None]);
    }
}
