#![doc = include_str!("network.md")]

mod graph;
mod program;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use graph::{Flow, FlowKind, Graph, Node};
use program::{Program, Solved};

use crate::{
    dea::{Class, Returns},
    projection::{Points, Projection, SlackOrientation, column},
    technology::{Cell, FrontierError, Missing, State},
};

/// The page of the model within one period.
pub const PAGE: &str = include_str!("network.md");
/// The same in Chinese.
pub const PAGE_ZH: &str = include_str!("network.zh.md");
/// The page of the model over several periods.
pub const DYNAMIC_PAGE: &str = include_str!("dynamic.md");
/// The same in Chinese.
pub const DYNAMIC_PAGE_ZH: &str = include_str!("dynamic.zh.md");

/// Options of [`network`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkOptions {
    /// Whose slacks count: `none` (both sides), `input` or `output`.
    pub orientation: SlackOrientation,
    /// Returns to scale of every node: `crs`, `vrs`, `nirs` or `ndrs`.
    pub returns: Returns,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

/// Result of [`network`]: one value per evaluated unit in each column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Network {
    /// State of each unit.
    pub state: Vec<State>,
    /// Efficiency of the whole, in (0, 1].
    pub efficiency: Vec<f64>,
    /// Certified bounds of `efficiency`.
    pub interval: Vec<(f64, f64)>,
    /// Input part `Σ w A`; `NaN` where only outputs count.
    pub input_efficiency: Vec<f64>,
    /// Output part `1 / Σ w B`; `NaN` where only inputs count.
    pub output_efficiency: Vec<f64>,
    /// Strong: no slack in any node. Weak: efficiency 1 with slack that does not count. Inefficient: below 1.
    pub class: Vec<Class>,
    /// Whether slacks, targets and efficiencies of nodes are certainly the only optimal ones.
    pub unique: Vec<bool>,
    /// Each node, in the order given.
    pub nodes: Vec<NodeResult>,
    /// Each flow, in the order given.
    pub flows: Vec<FlowResult>,
    /// Zero cells whose term was dropped; numbered as in [`Graph`].
    pub zeros: Vec<Cell>,
}

/// A node in the optimum of the whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NodeResult {
    /// Weight `w`; those of all nodes sum to 1.
    pub weight: f64,
    /// Efficiency: `A`, `1/B`, or `A/B` without orientation.
    pub efficiency: Vec<f64>,
    /// Input part `A`: 1 less the mean share of what is scored as an input; `NaN` where only outputs count.
    pub input_efficiency: Vec<f64>,
    /// Output part `1/B`, `B` being 1 and the mean share of what is scored as an output; `NaN` where only inputs count.
    pub output_efficiency: Vec<f64>,
    /// Slacks, targets, prices and peers of the node's own inputs and outputs.
    pub projection: Projection,
}

/// A flow in the optimum of the whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FlowResult {
    /// What the target of the node it leaves makes, `Σλz`; that of the node it enters uses the same. Where a free flow
    /// leaves the last period, nothing binds it.
    pub target: Vec<f64>,
    /// What counts as slack: excess `z₀ − target` or shortfall `target − z₀` where the flow is scored; `z₀ − target`, of
    /// any sign, where it is free; 0 where it is fixed.
    pub slack: Vec<f64>,
    /// Multiplier of the balance of what is made and used: the internal price of the flow, of any sign. `NaN` where no
    /// node uses it.
    pub price: Vec<f64>,
}

impl Network {
    /// Efficiency of some nodes, by their weights: `Σ w A / Σ w B` over them. `NaN` where they have no weight.
    pub fn part(&self, nodes: &[usize]) -> Vec<f64> {
        let sum = |get: &dyn Fn(&NodeResult) -> f64| -> f64 {
            nodes.iter().filter_map(|&n| self.nodes.get(n)).map(|node| node.weight * get(node)).sum()
        };
        // A side that does not count is 1.
        let side = |x: f64| if x.is_nan() { 1.0 } else { x };
        let value = |u: usize| {
            let solved = !self.efficiency[u].is_nan();
            let ratio = || sum(&|n| side(n.input_efficiency[u])) / sum(&|n| 1.0 / side(n.output_efficiency[u]));
            if solved { ratio() } else { f64::NAN }
        };
        (0..self.efficiency.len()).map(value).collect()
    }
}

/// The slacks-based measure of every unit's network against the networks of all units with complete data.
///
/// # Errors
/// [`FrontierError`]: a graph that is none, options that do not go together, or cells that cannot be used, all of them
/// at once, numbered as in [`Graph`]. An infeasible or uncertified unit is a [`State`], not an error.
pub fn network(graph: &Graph<'_>, options: &NetworkOptions) -> Result<Network, FrontierError> {
    evaluate(graph, None, options)
}

/// The same of `evaluated` against another set of units with the same graph. A unit that the set does not dominate is
/// infeasible; its weights are those of `evaluated`.
///
/// # Errors
/// As [`network`], for both sets, and different graphs.
pub fn network_against(evaluated: &Graph<'_>, reference: &Graph<'_>, options: &NetworkOptions) -> Result<Network, FrontierError> {
    if evaluated.shape() != reference.shape() {
        return Err(FrontierError::Variables);
    }
    evaluate(evaluated, Some(reference), options)
}

fn evaluate(evaluated: &Graph<'_>, reference: Option<&Graph<'_>>, options: &NetworkOptions) -> Result<Network, FrontierError> {
    for graph in [Some(evaluated), reference].into_iter().flatten() {
        graph.check(options)?;
    }
    let set = reference.unwrap_or(evaluated).spanning()?;
    let foreign = reference.map(|_| evaluated.points());
    let distinct = foreign.as_ref().unwrap_or(&set);
    let points = Points::new(distinct, evaluated.len());
    // The curve through the points holds no more columns.
    let columns: Vec<&[f64]> = distinct.columns.iter().take(48).map(Vec::as_slice).collect();
    let all: Vec<usize> = (0..distinct.classes.len()).collect();
    let order = crate::order::neighbours(&columns, &all, 0..0);
    let program = Program::new(evaluated, &set, distinct, reference.is_none(), options)?;
    let solved = program.sweep(&order)?;
    let units = points.units(&order, &solved);
    let (nan, none) = (f64::NAN, (f64::NAN, f64::NAN));
    let node = |n: usize| {
        let (weight, size) = (program.weights[n], evaluated.size(n));
        let at = |s: &Solved, get: fn(&program::Part) -> f64| s.nodes.get(n).map_or(nan, get);
        NodeResult {
            weight,
            efficiency: column(&units, nan, |s| at(s, |p| p.efficiency)),
            input_efficiency: column(&units, nan, |s| at(s, |p| p.input)),
            output_efficiency: column(&units, nan, |s| at(s, |p| p.output)),
            projection: Projection::new(&units, |s| s.nodes.get(n).map(|p| &p.landing), &program.sets[n], [size.0, size.1, 0]),
        }
    };
    let flow = |f: usize| {
        let at = |s: &Solved, get: fn(&program::Stream) -> f64| s.flows.get(f).map_or(nan, get);
        FlowResult {
            target: column(&units, nan, |s| at(s, |x| x.target)),
            slack: column(&units, nan, |s| at(s, |x| x.slack)),
            price: column(&units, nan, |s| at(s, |x| x.price)),
        }
    };
    Ok(Network {
        state: column(&units, State::Missing, |s| s.state),
        efficiency: column(&units, nan, |s| s.value),
        interval: column(&units, none, |s| s.interval),
        input_efficiency: column(&units, nan, |s| s.sides.0),
        output_efficiency: column(&units, nan, |s| s.sides.1),
        class: column(&units, Class::None, |s| s.class),
        unique: column(&units, false, |s| s.unique),
        nodes: (0..evaluated.nodes.len()).map(node).collect(),
        flows: (0..evaluated.flows.len()).map(flow).collect(),
        zeros: evaluated.zeros(options.orientation),
    })
}

#[cfg(test)]
#[path = "dynamic_tests.rs"]
mod dynamic_tests;
#[cfg(test)]
#[path = "network_tests.rs"]
mod tests;
