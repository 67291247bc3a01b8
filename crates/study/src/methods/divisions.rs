//! Units made of divisions: what a study says of them, the graph that this makes, and its results by panel row.

mod show;

use frontier::{
    FrontierError, Missing, Role,
    network::{self, Flow, FlowKind, Graph, Network, NetworkOptions, Node},
};
use panel::{Panel, Place, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    lookup,
    production::{self, Names},
    scores::Part,
};

/// A link between two divisions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The division that makes it.
    pub from: String,
    /// The division that uses it.
    pub to: String,
    /// What is handed over.
    #[schemars(extend("x-role" = "variable"), length(min = 1))]
    pub variables: Vec<String>,
    /// How it is bound and scored.
    #[serde(default)]
    pub kind: LinkKind,
}

/// How a link is bound and scored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LinkKind {
    /// Targets of both divisions agree.
    #[default]
    Free,
    /// And are what is observed.
    Fixed,
    /// And are at most what is observed; the excess counts as an input of the recipient.
    AsInput,
    /// And are at least what is observed; the shortfall counts as an output of the supplier.
    AsOutput,
}

/// What a division, or a unit without divisions, carries over to the next period.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CarryOvers {
    /// More is better, e.g. capital: a shortfall counts as an output.
    #[schemars(extend("x-role" = "variable"))]
    pub good: Vec<String>,
    /// Less is better, e.g. debt: an excess counts as an input.
    #[schemars(extend("x-role" = "variable"))]
    pub bad: Vec<String>,
    /// May be more or less than observed.
    #[schemars(extend("x-role" = "variable"))]
    pub free: Vec<String>,
    /// Stays as observed.
    #[schemars(extend("x-role" = "variable"))]
    pub fixed: Vec<String>,
}

impl CarryOvers {
    fn each(&self) -> impl Iterator<Item = (&String, FlowKind)> {
        let lists = [
            (&self.good, FlowKind::AsOutput),
            (&self.bad, FlowKind::Bad),
            (&self.free, FlowKind::Free),
            (&self.fixed, FlowKind::Fixed),
        ];
        lists.into_iter().flat_map(|(list, kind)| list.iter().map(move |name| (name, kind)))
    }
}

/// A division of the plan.
pub(super) struct Division<'a> {
    /// Empty where a unit is one division.
    pub name: &'a str,
    pub inputs: &'a [String],
    pub outputs: &'a [String],
    pub weight: f64,
}

/// What flows, by division.
struct Stream {
    name: String,
    from: usize,
    /// The recipient within the period; none for a carry-over.
    to: Option<usize>,
    kind: FlowKind,
}

/// Divisions and flows as a study describes them, the same in every period.
pub(super) struct Plan<'a> {
    pub divisions: Vec<Division<'a>>,
    streams: Vec<Stream>,
    inputs: Vec<String>,
    outputs: Vec<String>,
    flows: Vec<String>,
}

impl<'a> Plan<'a> {
    /// Every problem of the description at once; `carried` holds the carry-overs of each division.
    pub(super) fn new(divisions: Vec<Division<'a>>, links: &[Link], carried: &[&CarryOvers]) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut streams: Vec<Stream> = Vec::new();
        for link in links {
            let mut at = |name: &str| {
                let found = divisions.iter().position(|d| d.name == name);
                if found.is_none() {
                    let known = divisions.iter().map(|d| d.name);
                    let what = format!("There is no division `{name}` for a link to lead from or to.");
                    problems.push(Problem::error("unknown-division", what).did_you_mean(name, known));
                }
                found
            };
            if let (Some(from), Some(to)) = (at(&link.from), at(&link.to)) {
                if from == to {
                    let what = format!("A link leads from `{}` to itself.", link.from);
                    problems.push(Problem::error("link-to-itself", what).why("A link joins two divisions."));
                    continue;
                }
                let kind = match link.kind {
                    LinkKind::Free => FlowKind::Free,
                    LinkKind::Fixed => FlowKind::Fixed,
                    LinkKind::AsInput => FlowKind::AsInput,
                    LinkKind::AsOutput => FlowKind::AsOutput,
                };
                streams.extend(link.variables.iter().map(|name| Stream { name: name.clone(), from, to: Some(to), kind }));
            }
        }
        for (from, carry) in carried.iter().enumerate() {
            streams.extend(carry.each().map(|(name, kind)| Stream { name: name.clone(), from, to: None, kind }));
        }
        for (k, d) in divisions.iter().enumerate() {
            let whose = if d.name.is_empty() { "A unit".to_owned() } else { format!("`{}`", d.name) };
            let uses = !d.inputs.is_empty() || streams.iter().any(|s| s.to == Some(k));
            let makes = !d.outputs.is_empty() || streams.iter().any(|s| s.from == k);
            for (what, option) in
                [(!uses).then_some(("uses", "inputs")), (!makes).then_some(("makes", "outputs"))].into_iter().flatten()
            {
                problems.push(
                    Problem::error("empty-division", format!("{whose} {what} nothing."))
                        .help(format!("Name its `{option}`, or a link.")),
                );
            }
        }
        let all = |pick: fn(&Division<'a>) -> &'a [String]| divisions.iter().flat_map(|d| pick(d).iter().cloned()).collect();
        let flows = streams.iter().map(|s| s.name.clone()).collect();
        let plan = Self { inputs: all(|d| d.inputs), outputs: all(|d| d.outputs), flows, streams, divisions };
        problems.extend(plan.names().repeated());
        if problems.is_empty() { Ok(plan) } else { Err(problems) }
    }

    /// Division of an input or output, and its position there; none for a flow.
    fn place(&self, role: Role, variable: usize) -> Option<(usize, usize)> {
        let mut before = 0;
        let size = |d: &Division<'_>| match role {
            Role::Input => Some(d.inputs.len()),
            Role::Output => Some(d.outputs.len()),
            Role::BadOutput | Role::Intermediate => None,
        };
        for (k, d) in self.divisions.iter().enumerate() {
            let own = size(d)?;
            if variable < before + own {
                return Some((k, variable - before));
            }
            before += own;
        }
        None
    }

    /// Whether a flow is scored as an input of a division, and as an output.
    fn scored(&self, k: usize) -> (bool, bool) {
        let any = |test: &dyn Fn(&Stream) -> bool| self.streams.iter().any(test);
        let excess = |s: &Stream| s.kind == FlowKind::AsInput && s.to == Some(k) || s.kind == FlowKind::Bad && s.from == k;
        (any(&excess), any(&|s| s.kind == FlowKind::AsOutput && s.from == k))
    }

    /// Flows stand in the third place.
    pub(super) fn names(&self) -> Names<'_> {
        Names { inputs: &self.inputs, outputs: &self.outputs, bad_outputs: &self.flows }
    }

    /// Solves one network over slices of the panel: `rows[t][u]` is the panel row of unit `u` in slice `t`.
    pub(super) fn solve(
        &self,
        panel: &Panel,
        rows: Vec<Vec<usize>>,
        weights: &[f64],
        options: &NetworkOptions,
    ) -> Result<Solved, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut pick = |name: &String, t: usize| -> Vec<f64> {
            let Some(values) = panel.values(name) else {
                problems.push(lookup::unknown_variable(panel, name));
                return Vec::new();
            };
            rows[t].iter().map(|&r| values[r]).collect()
        };
        let (slices, count) = (rows.len(), self.divisions.len());
        let (mut inputs, mut outputs, mut flows) = (Vec::new(), Vec::new(), Vec::new());
        for t in 0..slices {
            for d in &self.divisions {
                inputs.push(d.inputs.iter().map(|name| pick(name, t)).collect::<Vec<_>>());
                outputs.push(d.outputs.iter().map(|name| pick(name, t)).collect::<Vec<_>>());
            }
            flows.push(self.streams.iter().map(|s| pick(&s.name, t)).collect::<Vec<_>>());
        }
        if !problems.is_empty() {
            return Err(production::once(problems));
        }
        fn slices_of(columns: &[Vec<f64>]) -> Vec<&[f64]> {
            columns.iter().map(Vec::as_slice).collect()
        }
        let node = |n: usize| Node {
            inputs: slices_of(&inputs[n]),
            outputs: slices_of(&outputs[n]),
            weight: weights[n / count] * self.divisions[n % count].weight,
        };
        let flow = |t: usize| {
            let own = self.streams.iter().zip(&flows[t]);
            own.map(move |(s, values)| Flow {
                values,
                from: t * count + s.from,
                to: match s.to {
                    Some(to) => Some(t * count + to),
                    None => (t + 1 < slices).then_some((t + 1) * count + s.from),
                },
                kind: s.kind,
            })
        };
        let graph = Graph { nodes: (0..slices * count).map(node).collect(), flows: (0..slices).flat_map(flow).collect() };
        let by_node: Vec<usize> = rows.iter().flat_map(|r| (0..count).flat_map(move |_| r.iter().copied())).collect();
        match network::network(&graph, options) {
            Ok(result) => Ok(Solved { rows, by_node, result }),
            Err(e) => Err(self.refused(&e, panel, &by_node, slices, options.missing)),
        }
    }

    /// The problems behind an error of the graph; nothing for a frontier without a complete unit where such are left out.
    fn refused(&self, error: &FrontierError, panel: &Panel, by_node: &[usize], slices: usize, missing: Missing) -> Vec<Problem> {
        if *error == FrontierError::Empty && missing == Missing::Exclude && slices == 1 {
            return Vec::new();
        }
        let repeated = |list: &[String]| -> Vec<String> { (0..slices).flat_map(|_| list.iter().cloned()).collect() };
        let (inputs, outputs, flows) = (repeated(&self.inputs), repeated(&self.outputs), repeated(&self.flows));
        let names = Names { inputs: &inputs, outputs: &outputs, bad_outputs: &flows };
        production::once(names.refused(error, panel, by_node))
    }
}

/// A solved network.
pub(super) struct Solved {
    /// Panel rows by slice and unit.
    pub rows: Vec<Vec<usize>>,
    /// Panel rows as the graph counts its cells.
    by_node: Vec<usize>,
    pub result: Network,
}

/// A plan and its solved networks, by panel row.
pub(super) struct View<'a> {
    pub panel: &'a Panel,
    pub plan: &'a Plan<'a>,
    pub options: &'a NetworkOptions,
    pub solved: Vec<Solved>,
}

impl View<'_> {
    /// One value per panel row: `get` sees the network, the slice and the unit.
    pub(super) fn spread<T: Clone>(&self, blank: T, get: impl Fn(&Network, usize, usize) -> T) -> Vec<T> {
        let mut out = vec![blank; self.panel.len()];
        for s in &self.solved {
            for (t, rows) in s.rows.iter().enumerate() {
                rows.iter().enumerate().for_each(|(u, &row)| out[row] = get(&s.result, t, u));
            }
        }
        out
    }

    /// Efficiency of the whole.
    pub(super) fn overall(&self) -> Vec<f64> {
        self.spread(f64::NAN, |r, _, u| r.efficiency[u])
    }

    /// Efficiency of one division in the period of the row.
    pub(super) fn division(&self, k: usize) -> Vec<f64> {
        let count = self.plan.divisions.len();
        self.spread(f64::NAN, |r, t, u| r.nodes[t * count + k].efficiency[u])
    }

    /// The nodes with their zero cells as parts that `slacks::zeros` can read.
    pub(super) fn zeros(&self) -> Vec<Part<&Network>> {
        self.solved.iter().map(|s| Part { rows: s.by_node.clone(), result: &s.result }).collect()
    }
}

/// The problem of a weight that is none.
pub(super) fn weight_problem(what: &str, weight: f64) -> Option<Problem> {
    (!(weight.is_finite() && weight >= 0.0)).then(|| {
        Problem::error("options", format!("The weight {weight} of {what} is not a number from 0 on.")).at(Place::default())
    })
}
