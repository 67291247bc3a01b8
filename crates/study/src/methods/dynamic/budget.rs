//! The model `budget`: a radial factor per period, peers held by what is left of a budget.

use frontier::{
    Role, State,
    budget::{self, Budget, BudgetOptions, Period},
    dea::Dea,
};
use panel::{Panel, Problem};

use super::{DynamicStep, horizon::Horizon, numbers};
use crate::{
    method::{Check, Output},
    methods::{
        lookup,
        production::{self, Names},
        scores::{self, returns},
    },
    table::{Cells, Table},
    text::Text,
};

/// What is written of a budget by panel row.
struct View<'a> {
    panel: &'a Panel,
    rows: &'a [Vec<usize>],
    result: Budget,
}

pub(super) fn run(panel: &Panel, options: &DynamicStep, rows: &[Vec<usize>], weights: &[f64]) -> Result<Output, Vec<Problem>> {
    let all: Vec<String> = options.spent.iter().chain(&options.secured).cloned().collect();
    let parts = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &all };
    // Unknown and repeated names.
    let technology = parts.technology(panel)?;
    let pick = |columns: &[&[f64]], t: usize| -> Vec<Vec<f64>> {
        columns.iter().map(|c| rows[t].iter().map(|&r| c[r]).collect()).collect()
    };
    let (spent, secured) = technology.bad_outputs.split_at(options.spent.len());
    let columns: Vec<[Vec<Vec<f64>>; 3]> =
        (0..rows.len()).map(|t| [pick(&technology.inputs, t), pick(spent, t), pick(&technology.outputs, t)]).collect();
    let secured = pick(secured, 0);
    fn slices(columns: &[Vec<f64>]) -> Vec<&[f64]> {
        columns.iter().map(Vec::as_slice).collect()
    }
    let own = columns.iter().zip(weights);
    let periods: Vec<Period<'_>> =
        own.map(|([x, z, y], &weight)| Period { inputs: slices(x), spent: slices(z), outputs: slices(y), weight }).collect();
    let core = BudgetOptions { returns: options.rts, missing: options.missing };
    let result = budget::budget(&periods, &slices(&secured), &core).map_err(|e| {
        let through = |list: &[String]| -> Vec<String> { rows.iter().flat_map(|_| list.iter().cloned()).collect() };
        let (i, o) = (through(&options.inputs), through(&options.outputs));
        let b: Vec<String> = through(&options.spent).into_iter().chain(options.secured.iter().cloned()).collect();
        let names = Names { inputs: &i, outputs: &o, bad_outputs: &b };
        production::once(names.refused(&e, panel, &rows.concat()))
    })?;
    Ok(output(&View { panel, rows, result }, options))
}

impl View<'_> {
    fn spread<T: Clone>(&self, blank: T, get: impl Fn(usize, usize) -> T) -> Vec<T> {
        let mut out = vec![blank; self.panel.len()];
        for (t, rows) in self.rows.iter().enumerate() {
            rows.iter().enumerate().for_each(|(u, &row)| out[row] = get(t, u));
        }
        out
    }

    fn peers(&self) -> Table {
        let panel = self.panel;
        let (mut rows, mut peers, mut weights, mut twins) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (own, dea) in self.rows.iter().zip(&self.result.periods) {
            for (u, &row) in own.iter().enumerate() {
                for peer in dea.peers(u) {
                    rows.push(row);
                    peers.push(panel.units[own[peer.units[0]]].clone());
                    weights.push(peer.weight);
                    twins.push(scores::same(panel, own, &peer.units[1..]));
                }
            }
        }
        let label = Text::new("Units with the same values", "取值相同的单元");
        scores::keyed(panel, "peers", Text::new("Peers and their weights", "参照单元及其权重"), &rows)
            .column("peer", Text::new("Peer", "参照单元"), Text::default(), Cells::Unit(peers))
            .column("weight", Text::new("Weight", "权重"), Text::default(), Cells::Number(weights, 4))
            .column("same", label, Text::default(), Cells::Text(twins))
            .hidden()
    }
}

fn output(view: &View<'_>, options: &DynamicStep) -> Output {
    let (panel, result) = (view.panel, &view.result);
    let horizon = Horizon {
        panel,
        rows: view.rows,
        overall: view.spread(f64::NAN, |_, u| result.efficiency[u]),
        by_period: view.spread(f64::NAN, |t, u| result.periods[t].score[u]),
        state: view.spread(State::Missing, |_, u| result.state[u]),
        interval: view.spread((f64::NAN, f64::NAN), |_, u| result.interval[u]),
        divisions: Vec::new(),
        note: Text::new(
            format!("1 is best; {}. Each period is a radial factor of inputs and of what is spent.", returns(options.rts).en),
            format!("1 为最优；{}。各期为投入与支出的径向系数。", returns(options.rts).zh),
        ),
    };
    let mut periods = horizon.periods();
    for (b, name) in options.secured.iter().enumerate() {
        let label = lookup::variable_label(panel, name);
        let zh = if label.zh.is_empty() { &label.en } else { &label.zh };
        let label = Text::new(format!("{}, left before the period", label.en), format!("{zh}（期初剩余）"));
        let unit = panel.variable(name).map_or_else(String::new, |v| v.meaning.unit.clone());
        let values = view.spread(f64::NAN, |t, u| result.left[t][b][u]);
        periods = periods.column(&format!("{name}_left"), label, Text::plain(unit), numbers(&values));
    }
    let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &options.spent };
    let matrix = |id: &str, title: Text, pure: bool, get: fn(&Dea, bool) -> &Vec<Vec<f64>>| {
        scores::matrix(panel, &names, id, title, pure, |role, v| {
            let (input, v) = match role {
                Role::Input => (true, v),
                Role::Output => (false, v),
                _ => (true, options.inputs.len() + v),
            };
            view.spread(f64::NAN, |t, u| get(&result.periods[t], input)[v][u])
        })
    };
    let tables = vec![
        horizon.scores(|table| horizon.certified(table)),
        periods,
        matrix("slacks", Text::new("Slacks", "松弛"), false, |d, i| if i { &d.input_slacks } else { &d.output_slacks }),
        matrix("targets", Text::new("Targets", "目标值"), false, |d, i| if i { &d.input_targets } else { &d.output_targets }),
        matrix("prices", Text::new("Shadow prices", "影子价格"), true, |d, i| if i { &d.input_prices } else { &d.output_prices }),
        view.peers(),
    ];
    let places = |wanted: &dyn Fn(State) -> bool| -> Vec<String> {
        (0..panel.len()).filter(|&r| wanted(horizon.state[r])).map(|r| scores::place(panel, r)).collect()
    };
    let mut findings = Vec::new();
    findings.extend(production::left_out(&places(&|s| s == State::Missing)));
    findings.extend(production::unsolved(&places(&|s| !matches!(s, State::Optimal | State::Missing))));
    let units = result.state.iter().filter(|s| **s != State::Missing).count();
    findings.extend(production::too_few(units, options.inputs.len() + 2 * options.spent.len(), options.outputs.len(), ""));
    let widest = |u: usize| (result.interval[u].1 - result.interval[u].0) / (1.0 + result.efficiency[u]);
    let optimal = (0..result.state.len()).filter(|&u| result.state[u] == State::Optimal);
    let checks = vec![Check {
        name: Text::new("Widest certified interval of a score (relative)", "认证区间的最大宽度（相对值）"),
        residual: optimal.map(widest).fold(0.0, f64::max),
        tolerance: 1e-8,
    }];
    Output { summary: horizon.summary(), variables: horizon.variables(), tables, figures: horizon.figures(), findings, checks }
}
