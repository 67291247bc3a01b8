//! Published indices and weights, and the laws every index obeys.

mod asem;
mod laws;
pub(crate) mod published;

use crate::{Aggregation, Direction, Framework, Indicator, Node};

/// Every aggregation.
pub(crate) const AGGREGATIONS: [Aggregation; 11] = [
    Aggregation::Arithmetic,
    Aggregation::Geometric,
    Aggregation::Topsis,
    Aggregation::Harmonic,
    Aggregation::Quadratic,
    Aggregation::Power,
    Aggregation::Mpi,
    Aggregation::Ampi,
    Aggregation::MeanMin,
    Aggregation::Owa,
    Aggregation::Copeland,
];

/// An indicator with a direction and, where given, goalposts.
pub(crate) fn indicator(id: &str, direction: Direction, goalposts: Option<(f64, f64)>) -> Indicator {
    Indicator { id: id.into(), formula: id.into(), direction, goalposts, ..Indicator::default() }
}

/// A framework of dimensions over indicators `d<i>_<k>`, all positive.
pub(crate) fn framework(sizes: &[usize]) -> Framework {
    let nodes = sizes
        .iter()
        .enumerate()
        .map(|(d, &k)| Node {
            id: format!("d{d}"),
            indicators: (0..k).map(|k| indicator(&format!("d{d}_{k}"), Direction::Positive, None)).collect(),
            ..Node::default()
        })
        .collect();
    Framework { root: Node { id: "score".into(), nodes, ..Node::default() } }
}
