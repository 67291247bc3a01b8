//! Nodes, what flows between them, and what makes either unusable.

use crate::{
    classes::Classes,
    network::NetworkOptions,
    projection::SlackOrientation,
    reference::Reference,
    technology::{Cell, Defect, FrontierError, Role, defects},
};

/// A division, or a division in one period: one column per variable, one row per unit. `NaN` is a missing cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node<'a> {
    /// Inputs from outside the network.
    pub inputs: Vec<&'a [f64]>,
    /// Outputs that leave the network.
    pub outputs: Vec<&'a [f64]>,
    /// Importance in the efficiency of the whole; the weights of all nodes are scaled to sum 1.
    pub weight: f64,
}

/// How a flow is bound and scored. Where a node uses it, the targets of both its ends agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FlowKind {
    /// The target may be more or less than observed; not scored.
    #[default]
    Free,
    /// The target is what is observed; not scored.
    Fixed,
    /// The target is at most what is observed; the excess is scored as an input of the node that it enters.
    AsInput,
    /// The target is at least what is observed; the shortfall is scored as an output of the node that it leaves. A good
    /// carry-over.
    AsOutput,
    /// The target is at most what is observed; the excess is scored as an input of the node that it leaves. A bad
    /// carry-over.
    Bad,
}

/// What one node makes and another uses: a link between divisions, or a carry-over from one period to the next.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow<'a> {
    /// Values by unit.
    pub values: &'a [f64],
    /// The node that it leaves.
    pub from: usize,
    /// The node that it enters; none for a carry-over of the last period.
    pub to: Option<usize>,
    /// How it is bound and scored.
    pub kind: FlowKind,
}

/// Nodes and flows, the same for every unit.
///
/// In [`FrontierError::Data`] and [`crate::network::Network::zeros`] the variables of a role are counted through all
/// nodes (flows are in the role `Intermediate`), and unit `u` of node `k` stands at `k · units + u`, that of a flow at
/// the node which it leaves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph<'a> {
    /// Nodes.
    pub nodes: Vec<Node<'a>>,
    /// Flows.
    pub flows: Vec<Flow<'a>>,
}

/// A graph without its data.
type Shape = (Vec<(usize, usize)>, Vec<(usize, Option<usize>, FlowKind)>);

impl<'a> Graph<'a> {
    /// Number of units.
    pub fn len(&self) -> usize {
        self.columns().next().map_or(0, <[f64]>::len)
    }

    /// Whether there is no unit.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All columns: inputs and outputs node by node, then flows.
    fn columns(&self) -> impl Iterator<Item = &'a [f64]> + '_ {
        self.placed().map(|(_, _, _, c)| c)
    }

    /// The same with role, position among all variables of the role, and node.
    fn placed(&self) -> impl Iterator<Item = (Role, usize, usize, &'a [f64])> + '_ {
        let (mut inputs, mut outputs) = (0, 0);
        let own = self.nodes.iter().enumerate().flat_map(move |(k, node)| {
            let (i, o) = (inputs, outputs);
            inputs += node.inputs.len();
            outputs += node.outputs.len();
            let used = node.inputs.iter().enumerate().map(move |(v, c)| (Role::Input, i + v, k, *c));
            used.chain(node.outputs.iter().enumerate().map(move |(v, c)| (Role::Output, o + v, k, *c)))
        });
        own.chain(self.flows.iter().enumerate().map(|(f, flow)| (Role::Intermediate, f, flow.from, flow.values)))
    }

    /// Numbers of inputs and outputs of a node.
    pub(super) fn size(&self, node: usize) -> (usize, usize) {
        (self.nodes[node].inputs.len(), self.nodes[node].outputs.len())
    }

    pub(super) fn shape(&self) -> Shape {
        let flow = |f: &Flow<'_>| (f.from, f.to, f.kind);
        ((0..self.nodes.len()).map(|k| self.size(k)).collect(), self.flows.iter().map(flow).collect())
    }

    /// Columns that a node uses, and those that it makes.
    fn sides(&self, node: usize) -> [(Role, Vec<&'a [f64]>); 2] {
        let n = &self.nodes[node];
        let flows = |at: &dyn Fn(&Flow<'_>) -> bool| self.flows.iter().filter(|f| at(f)).map(|f| f.values).collect::<Vec<_>>();
        let used = n.inputs.iter().copied().chain(flows(&|f| f.to == Some(node))).collect();
        let made = n.outputs.iter().copied().chain(flows(&|f| f.from == node)).collect();
        [(Role::Input, used), (Role::Output, made)]
    }

    /// Checks shape, options and cells; every defect is collected.
    pub(super) fn check(&self, options: &NetworkOptions) -> Result<(), FrontierError> {
        let wrong = self.wrong(options.orientation);
        if !wrong.is_empty() {
            return Err(FrontierError::Options(wrong));
        }
        let n = self.len();
        if let Some((role, variable, _, c)) = self.placed().find(|p| p.3.len() != n) {
            return Err(FrontierError::Shape { role, variable, found: c.len(), expected: n });
        }
        let moved = |defect, node: usize| match defect {
            Defect::Missing(c) => Defect::Missing(Cell { unit: node * n + c.unit, ..c }),
            Defect::Infinite(c) => Defect::Infinite(Cell { unit: node * n + c.unit, ..c }),
            Defect::Negative(c, x) => Defect::Negative(Cell { unit: node * n + c.unit, ..c }, x),
            other => other,
        };
        let mut found = Vec::new();
        for (role, variable, node, c) in self.placed() {
            let own = defects(std::iter::once((role, variable, c)), options.missing);
            found.extend(own.into_iter().map(|d| moved(d, node)));
        }
        for node in 0..self.nodes.len() {
            for (role, columns) in self.sides(node) {
                let zero = |u: &usize| columns.iter().all(|c| c[*u] == 0.0);
                found.extend((0..n).filter(zero).map(|u| Defect::ZeroUnit(role, node * n + u)));
            }
        }
        if found.is_empty() { Ok(()) } else { Err(FrontierError::Data(found)) }
    }

    /// What is wrong with the graph itself.
    fn wrong(&self, orientation: SlackOrientation) -> Vec<(&'static str, String)> {
        let count = self.nodes.len();
        let mut wrong = Vec::new();
        let mut tell = |name: &'static str, why: String| wrong.push((name, why));
        for (f, flow) in self.flows.iter().enumerate() {
            let ends = [Some(flow.from), flow.to];
            if ends.iter().flatten().any(|e| *e >= count) || flow.to == Some(flow.from) {
                tell("links", format!("flow {} does not lead from one node to another", f + 1));
            } else if flow.to.is_none() && flow.kind == FlowKind::AsInput {
                tell("links", format!("flow {} is scored as an input of no node", f + 1));
            }
        }
        let weights: Vec<f64> = self.nodes.iter().map(|n| n.weight).collect();
        let total: f64 = weights.iter().sum();
        if !(weights.iter().all(|w| w.is_finite() && *w >= 0.0) && total > 0.0 && total.is_finite()) {
            tell("weights", "they are not negative, and not all of them 0".to_owned());
        }
        if !wrong.is_empty() {
            return wrong;
        }
        for node in 0..count {
            for (role, columns) in self.sides(node) {
                if columns.is_empty() {
                    let what = if role == Role::Input { "uses" } else { "makes" };
                    wrong.push(("divisions", format!("node {} {what} nothing", node + 1)));
                }
            }
        }
        let scored = |excess: bool| {
            let own = |n: &Node<'_>| n.weight > 0.0 && !(if excess { &n.inputs } else { &n.outputs }).is_empty();
            let weighty = |n: usize| self.nodes[n].weight > 0.0;
            self.nodes.iter().any(own)
                || self.flows.iter().any(|f| f.owner().is_some_and(|(e, node)| e == excess && weighty(node)))
        };
        let (input, output) = (scored(true), scored(false));
        let (side, why) = match orientation {
            SlackOrientation::Input if !input => ("input", "no node with a weight has an input that is scored"),
            SlackOrientation::Output if !output => ("output", "no node with a weight has an output that is scored"),
            SlackOrientation::None if !input && !output => ("none", "nothing is scored"),
            _ => return wrong,
        };
        wrong.push(("orientation", format!("{why}, so that `{side}` measures nothing")));
        wrong
    }

    /// The distinct networks of the complete units.
    pub(super) fn points(&self) -> Reference {
        let columns: Vec<&[f64]> = self.columns().collect();
        let complete: Vec<usize> = (0..self.len()).filter(|&u| columns.iter().all(|c| !c[u].is_nan())).collect();
        let (classes, columns) = Classes::new(&columns, &complete);
        Reference { classes, columns }
    }

    /// These points where they span a technology: there are any, and no variable is zero throughout.
    pub(super) fn spanning(&self) -> Result<Reference, FrontierError> {
        let set = self.points();
        if set.classes.is_empty() {
            return Err(FrontierError::Empty);
        }
        let placed = self.placed().zip(&set.columns);
        let zero: Vec<Defect> = placed
            .filter(|(_, over)| over.iter().all(|x| *x == 0.0))
            .map(|((role, variable, _, _), _)| Defect::ZeroVariable(role, variable))
            .collect();
        if zero.is_empty() { Ok(set) } else { Err(FrontierError::Data(zero)) }
    }

    /// Zero cells on the sides that count.
    pub(super) fn zeros(&self, orientation: SlackOrientation) -> Vec<Cell> {
        let n = self.len();
        let counts = |role: Role, variable: usize| {
            let excess = match role {
                Role::Input => true,
                Role::Output | Role::BadOutput => false,
                Role::Intermediate => match self.flows[variable].owner() {
                    Some((excess, _)) => excess,
                    None => return false,
                },
            };
            orientation != if excess { SlackOrientation::Output } else { SlackOrientation::Input }
        };
        let mut cells = Vec::new();
        for (role, variable, node, c) in self.placed().filter(|p| counts(p.0, p.1)) {
            let zero = c.iter().enumerate().filter(|(_, x)| **x == 0.0);
            cells.extend(zero.map(|(u, _)| Cell { role, variable, unit: node * n + u }));
        }
        cells
    }
}

impl Flow<'_> {
    /// Whether its excess is scored (its shortfall otherwise), and the node that answers for it.
    pub(super) fn owner(&self) -> Option<(bool, usize)> {
        match self.kind {
            FlowKind::Free | FlowKind::Fixed => None,
            FlowKind::AsInput => self.to.map(|to| (true, to)),
            FlowKind::AsOutput => Some((false, self.from)),
            FlowKind::Bad => Some((true, self.from)),
        }
    }
}
