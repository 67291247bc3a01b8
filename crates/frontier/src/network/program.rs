//! The program of a network: balances of what each node uses and makes, one set of weights per node.
//!
//! With `t = 1` in the oriented models and `t > 0` (Charnes and Cooper 1962) without orientation:
//!
//! ```text
//! min  t − Σ w/m Σ s⁻/x₀                     (or  min −Σ w/r Σ s⁺/y₀)
//! s.t. Σλᵏx + s⁻ = t x₀,  Σλᵏy − s⁺ = t y₀   in each node k
//!      Σλᵏz = Σλʰz                           for each flow from k to h
//!      Σλᵏz = t z₀,  Σλᵏz + s⁻ = t z₀,  Σλᵏz − s⁺ = t z₀   where it is fixed or scored
//!      Σλᵏ = t                               under variable returns, in each node
//!      t + Σ w/r Σ s⁺/y₀ = 1                 without orientation
//! ```

use numerics::lp::{Cloud, Family, Instance, Sense, Solution, Status};

use super::{FlowKind, Graph, NetworkOptions};
use crate::{
    dea::{Class, TOLERANCE},
    projection::{self, Landing, Reading, SlackOrientation},
    reference::Reference,
    technology::{FrontierError, State, meets},
};

/// A solved unit.
pub(super) struct Solved {
    pub(super) state: State,
    pub(super) value: f64,
    pub(super) interval: (f64, f64),
    pub(super) sides: (f64, f64),
    pub(super) class: Class,
    pub(super) unique: bool,
    pub(super) nodes: Vec<Part>,
    pub(super) flows: Vec<Stream>,
}

/// A node of a solved unit.
pub(super) struct Part {
    pub(super) efficiency: f64,
    pub(super) input: f64,
    pub(super) output: f64,
    pub(super) landing: Landing,
}

/// A flow of a solved unit.
pub(super) struct Stream {
    pub(super) target: f64,
    pub(super) slack: f64,
    pub(super) price: f64,
}

/// A column of the data and what becomes of it in the program.
#[derive(Clone, Copy)]
struct Account {
    /// Node in whose weights it is balanced.
    node: usize,
    /// Balance row; none for a free flow.
    row: Option<usize>,
    /// Whether an excess is slack (a shortfall otherwise), and the node that answers for it; none without slack.
    slack: Option<(bool, usize)>,
    /// Extra column of its slack, where that stands in the row of the denominator.
    extra: Option<usize>,
}

/// Programs of one reference set and orientation.
pub(super) struct Program<'a> {
    /// Weights of the nodes, which sum to 1.
    pub(super) weights: Vec<f64>,
    /// The own columns of each node.
    pub(super) sets: Vec<Reference>,
    set: &'a Reference,
    points: &'a Reference,
    own: bool,
    orientation: SlackOrientation,
    /// First column of each node, and of the flows.
    starts: Vec<usize>,
    accounts: Vec<Account>,
    /// Ends and row of each flow between nodes.
    joints: Vec<Option<(usize, usize, usize)>>,
    /// First row over the weights of a node, and how it binds.
    sum: Option<(usize, Sense)>,
    rows: usize,
    extras: usize,
    /// Weights of the second phase.
    second: Vec<f64>,
}

impl<'a> Program<'a> {
    pub(super) fn new(
        graph: &Graph<'_>,
        set: &'a Reference,
        points: &'a Reference,
        own: bool,
        options: &NetworkOptions,
    ) -> Result<Self, FrontierError> {
        let fractional = options.orientation == SlackOrientation::None;
        let sense = projection::sum_row(options.returns)?;
        let total: f64 = graph.nodes.iter().map(|n| n.weight).sum();
        let (mut starts, mut accounts) = (Vec::new(), Vec::new());
        // The first extra column is t.
        let (mut rows, mut extras) = (0, usize::from(fractional));
        let mut account = |node: usize, slack: Option<(bool, usize)>, free: bool| {
            let row = (!free).then_some(rows);
            rows += usize::from(!free);
            let extra = (fractional && slack.is_some_and(|s| !s.0)).then_some(extras);
            extras += usize::from(extra.is_some());
            accounts.push(Account { node, row, slack, extra });
        };
        let mut at = 0;
        for k in 0..graph.nodes.len() {
            let (m, r) = graph.size(k);
            starts.push(at);
            at += m + r;
            (0..m + r).for_each(|v| account(k, Some((v < m, k)), false));
        }
        starts.push(at);
        for flow in &graph.flows {
            let node = if flow.kind == FlowKind::AsInput { flow.to.unwrap_or(flow.from) } else { flow.from };
            account(node, flow.owner(), flow.kind == FlowKind::Free);
        }
        let joint = |flow: &super::Flow<'_>| {
            let to = flow.to?;
            rows += 1;
            Some((flow.from, to, rows - 1))
        };
        let joints = graph.flows.iter().map(joint).collect();
        let sum = sense.map(|s| (rows, s));
        rows += if sum.is_some() { graph.nodes.len() } else { 0 };
        rows += usize::from(fractional);
        let second = |c: &Vec<f64>| {
            let (low, high) = c.iter().fold((f64::INFINITY, 0.0_f64), |(l, h), &x| (l.min(x), h.max(x)));
            1.0 / if high > low { high - low } else { high }
        };
        let part = |k: usize| Reference { classes: set.classes.clone(), columns: set.columns[starts[k]..starts[k + 1]].to_vec() };
        Ok(Self {
            weights: graph.nodes.iter().map(|n| n.weight / total).collect(),
            sets: (0..graph.nodes.len()).map(part).collect(),
            set,
            points,
            own,
            orientation: options.orientation,
            accounts,
            joints,
            sum,
            rows,
            extras,
            second: set.columns.iter().map(second).collect(),
            starts,
        })
    }

    fn fractional(&self) -> bool {
        self.orientation == SlackOrientation::None
    }

    /// Whether slacks of excess (or of shortfall) count.
    fn side(&self, excess: bool) -> bool {
        self.orientation != if excess { SlackOrientation::Output } else { SlackOrientation::Input }
    }

    fn value(&self, k: usize, v: usize) -> f64 {
        self.points.columns[v][k]
    }

    /// The node and side that variable `v` is scored in for point `k`; none where it is not, or is 0.
    fn scored(&self, k: usize, v: usize) -> Option<(bool, usize)> {
        self.accounts[v].slack.filter(|s| self.side(s.0) && self.value(k, v) > 0.0)
    }

    /// How many variables are scored in each node, as inputs and as outputs.
    fn counts(&self, k: usize) -> Vec<[usize; 2]> {
        let mut counts = vec![[0; 2]; self.weights.len()];
        for (excess, node) in (0..self.accounts.len()).filter_map(|v| self.scored(k, v)) {
            counts[node][usize::from(!excess)] += 1;
        }
        counts
    }

    /// The size in which a slack is an extra column: what it is divided by, so that the program looks the same in all
    /// units of measure.
    fn size(&self, k: usize, v: usize) -> f64 {
        let value = self.value(k, v);
        if value > 0.0 { value } else { 1.0 / self.second[v] }
    }

    pub(super) fn sweep(&self, order: &[usize]) -> Result<Vec<Solved>, FrontierError> {
        let (n, nodes) = (self.set.classes.len(), self.weights.len());
        let mut rows = vec![vec![0.0; nodes * n]; self.rows];
        let mut senses = vec![Sense::Equal; self.rows];
        let mut put = |row: usize, node: usize, values: &mut dyn Iterator<Item = f64>| {
            rows[row][node * n..(node + 1) * n].iter_mut().zip(values).for_each(|(cell, x)| *cell = x);
        };
        for (account, column) in self.accounts.iter().zip(&self.set.columns) {
            let Some(row) = account.row else { continue };
            put(row, account.node, &mut column.iter().copied());
            senses[row] = match account.slack {
                Some((true, _)) => Sense::AtMost,
                Some((false, _)) if account.extra.is_none() => Sense::AtLeast,
                _ => Sense::Equal,
            };
        }
        let flows = &self.set.columns[self.starts[nodes]..];
        for (joint, column) in self.joints.iter().zip(flows) {
            let Some((from, to, row)) = *joint else { continue };
            put(row, from, &mut column.iter().copied());
            put(row, to, &mut column.iter().map(|x| 0.0 - x));
        }
        if let Some((first, sense)) = self.sum {
            for node in 0..nodes {
                put(first + node, node, &mut std::iter::repeat_n(1.0, n));
                senses[first + node] = sense;
            }
        }
        let cloud = Cloud::new(rows)?;
        let left_out = |v: usize, k: usize| {
            let account = &self.accounts[v];
            account.slack.is_some() && !self.scored(k, v).is_some_and(|(_, node)| self.weights[node] > 0.0)
        };
        let points = self.points.classes.len();
        let two = (0..self.accounts.len()).any(|v| (0..points).any(|k| left_out(v, k)));
        let family = Family::new(&cloud, senses, vec![false; self.extras], if two { 2 } else { 1 })?;
        Ok(family.sweep(order, |k, i| self.fill(k, i), |k, s| self.read(k, s)))
    }

    fn fill(&self, k: usize, instance: &mut Instance) {
        let (fractional, counts) = (self.fractional(), self.counts(k));
        let norm = self.rows - 1;
        for (v, account) in self.accounts.iter().enumerate() {
            let Some(row) = account.row else { continue };
            let value = self.value(k, v);
            if fractional {
                instance.extras[row] = -value;
            } else {
                instance.rhs[row] = value;
            }
            let Some((excess, _)) = account.slack else { continue };
            let scored = self.scored(k, v).filter(|(_, node)| self.weights[*node] > 0.0);
            let share = scored.map_or(0.0, |(_, node)| self.weights[node] / counts[node][usize::from(!excess)] as f64);
            let left_out = if scored.is_some() { 0.0 } else { -self.second[v] };
            match account.extra {
                Some(column) => {
                    let size = self.size(k, v);
                    instance.extras[column * self.rows + row] = -size;
                    instance.extras[column * self.rows + norm] = share;
                    if let Some(second) = instance.costs.get_mut(1) {
                        second.extras[column] = left_out * size;
                    }
                }
                None => {
                    instance.costs[0].slacks[row] = if scored.is_some() { -share / value } else { 0.0 };
                    if let Some(second) = instance.costs.get_mut(1) {
                        second.slacks[row] = left_out;
                    }
                }
            }
        }
        if let Some((first, _)) = self.sum {
            for row in first..first + self.weights.len() {
                if fractional {
                    instance.extras[row] = -1.0;
                } else {
                    instance.rhs[row] = 1.0;
                }
            }
        }
        if fractional {
            instance.costs[0].extras[0] = 1.0;
            instance.extras[norm] = 1.0;
            instance.rhs[norm] = 1.0;
        }
    }

    /// The efficiency that a value of the program stands for.
    fn score(&self, x: f64) -> f64 {
        let score = match self.orientation {
            SlackOrientation::None => x,
            SlackOrientation::Input => 1.0 + x,
            SlackOrientation::Output => 1.0 / (1.0 - x),
        };
        // A unit of the reference reaches itself, so that nothing above 1 is possible.
        let score = if self.own { score.min(1.0) } else { score };
        // No slack takes more than there is.
        if score < 0.0 { 0.0 } else { score }
    }

    fn read(&self, k: usize, solution: &Solution) -> Solved {
        let unsolved = |status: Status| Solved {
            state: status.into(),
            value: f64::NAN,
            interval: (f64::NAN, f64::NAN),
            sides: (f64::NAN, f64::NAN),
            class: Class::None,
            unique: false,
            nodes: Vec::new(),
            flows: Vec::new(),
        };
        let whole = solution.slacks.len().min(solution.duals.len()) >= self.rows && solution.extras.len() >= self.extras;
        let Some(&value) = solution.values.first().filter(|_| whole) else { return unsolved(solution.status) };
        let factor = if self.fractional() { solution.extras[0] } else { 1.0 };
        if !(factor > 0.0 && factor.is_finite()) {
            return unsolved(Status::Numerical);
        }
        let (n, nodes) = (self.set.classes.len(), self.weights.len());
        let block = |node: usize| -> Vec<(usize, f64)> {
            let own = solution.weights.iter().filter(|w| w.0 / n == node);
            own.map(|&(j, w)| (j % n, w / factor)).collect()
        };
        let blocks: Vec<Vec<(usize, f64)>> = (0..nodes).map(block).collect();
        let raw = |v: usize| match self.accounts[v] {
            Account { extra: Some(column), .. } => solution.extras[column] * self.size(k, v),
            Account { row: Some(row), .. } => solution.slacks[row],
            _ => 0.0,
        };
        let land = |node: usize| {
            let first = self.starts[node];
            let row = |v: usize| self.accounts[first + v].row.map_or(f64::NAN, |r| solution.duals[r]);
            let reading = Reading {
                factor,
                slack: &|v| raw(first + v),
                price: &row,
                intercept: self.sum.map_or(0.0, |(r, _)| solution.duals[r + node]),
            };
            let weights = (blocks[node].clone(), solution.unique);
            Landing::of(&self.sets[node], |v| self.value(k, first + v), weights, &reading)
        };
        let landings: Vec<Landing> = (0..nodes).map(land).collect();
        let flows: Vec<(Stream, bool)> = (0..self.joints.len()).map(|f| self.stream(k, f, &blocks, solution)).collect();
        let slack = |v: usize| match (0..nodes).find(|&node| v < self.starts[node + 1]) {
            Some(node) => landings[node].slacks[v - self.starts[node]],
            None => flows[v - self.starts[nodes]].0.slack,
        };
        let mut means = vec![[0.0; 2]; nodes];
        let (counts, mut remains) = (self.counts(k), false);
        for v in 0..self.accounts.len() {
            remains |= self.accounts[v].slack.is_some() && slack(v) > 0.0;
            if let Some((excess, node)) = self.scored(k, v) {
                let side = usize::from(!excess);
                means[node][side] += slack(v) / self.value(k, v) / counts[node][side] as f64;
            }
        }
        let sum = |side: usize| -> f64 { means.iter().zip(&self.weights).map(|(m, w)| w * m[side]).sum() };
        let (input, output) = (1.0 - sum(0), 1.0 / (1.0 + sum(1)));
        let counted = |excess: bool, x: f64| if self.side(excess) { x } else { f64::NAN };
        let joined = |input: f64, output: f64| match self.orientation {
            SlackOrientation::None => input * output,
            SlackOrientation::Input => input,
            SlackOrientation::Output => output,
        };
        let value = self.score(value);
        let interval = (self.score(solution.interval.0), self.score(solution.interval.1));
        let better = |node: usize, v: usize| self.accounts[self.starts[node] + v].slack.is_some_and(|s| !s.0);
        let dominates = landings.iter().enumerate().all(|(node, landing)| {
            let first = self.starts[node];
            landing.dominates(|v| self.value(k, first + v), |v| !better(node, v))
        });
        let given = if dominates && flows.iter().all(|f| f.1) { joined(input, output) } else { f64::NAN };
        let state = projection::state(solution.status, value, given, interval, 1.0 + value.abs());
        let class = match (value < 1.0 - TOLERANCE, remains) {
            (true, _) => Class::Inefficient,
            (false, true) => Class::Weak,
            (false, false) => Class::Strong,
        };
        let parts = means.iter().zip(landings).map(|(m, landing)| {
            let (input, output) = (1.0 - m[0], 1.0 / (1.0 + m[1]));
            Part { efficiency: joined(input, output), input: counted(true, input), output: counted(false, output), landing }
        });
        Solved {
            state,
            value,
            interval,
            sides: (counted(true, input), counted(false, output)),
            class,
            unique: solution.unique,
            nodes: parts.collect(),
            flows: flows.into_iter().map(|f| f.0).collect(),
        }
    }

    /// A flow, and whether its ends agree and it is bound as asked.
    fn stream(&self, k: usize, f: usize, blocks: &[Vec<(usize, f64)>], solution: &Solution) -> (Stream, bool) {
        let v = self.starts[self.weights.len()] + f;
        let (account, column, observed) = (&self.accounts[v], &self.set.columns[v], self.value(k, v));
        let at = |node: usize| -> f64 { blocks[node].iter().map(|&(j, w)| w * column[j]).sum() };
        let target = at(self.joints[f].map_or(account.node, |j| j.0));
        let used = self.joints[f].map_or(target, |j| at(j.1));
        let largest = target.abs().max(observed);
        let both = meets(target, used, true, largest) && meets(used, target, true, largest);
        let by = |x: f64| if x > TOLERANCE * largest { x } else { 0.0 };
        let (slack, bound) = match (account.slack, account.row) {
            (Some((true, _)), _) => (by(observed - target), meets(target, observed, true, largest)),
            (Some((false, _)), _) => (by(target - observed), meets(target, observed, false, largest)),
            (None, Some(_)) => (0.0, meets(target, observed, true, largest) && meets(target, observed, false, largest)),
            (None, None) => {
                let apart = observed - target;
                (if apart.abs() > TOLERANCE * largest { apart } else { 0.0 }, true)
            }
        };
        let price = self.joints[f].map_or(f64::NAN, |j| solution.duals[j.2] + 0.0);
        (Stream { target, slack, price }, both && bound)
    }
}
