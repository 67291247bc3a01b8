//! What networks show, within a period and over several: efficiencies, targets, slacks, prices, peers, findings.

use frontier::{Role, State, dea::Class, network::Network};
use numerics::moments;

use super::{Plan, Solved, View};
use crate::{
    figure::{Chart, Figure, Heatmap, Scale},
    finding::{Finding, Weight},
    method::Check,
    methods::{
        production::{self, Names},
        scores::{self, Words},
        slacks,
    },
    table::{Cells, Table},
    text::Text,
};

impl Plan<'_> {
    /// The name of a division.
    pub(in crate::methods) fn label(&self, k: usize) -> Text {
        Text::plain(self.divisions[k].name)
    }

    /// Whether a unit has more than one division.
    pub(in crate::methods) fn several(&self) -> bool {
        self.divisions.len() > 1
    }
}

impl View<'_> {
    pub(in crate::methods) fn words() -> Words {
        Words {
            score: Text::new("Efficiency", "效率"),
            label: Text::new("efficiency (1 = frontier)", "效率（1 为前沿）"),
            note: Text::new("A unit is efficient only where all of its parts are.", "只有各部分都有效，单元才有效。"),
            high_is_best: true,
        }
    }

    /// Rows of the last period that have an efficiency.
    pub(in crate::methods) fn last(&self, values: &[f64]) -> Vec<usize> {
        let period = self.panel.period_set().last().copied().unwrap_or_default();
        Self::words().ranked(self.panel, values, period)
    }

    /// Columns of the divisions, where there are several, after what a table begins with.
    pub(in crate::methods) fn with_divisions(&self, mut table: Table) -> Table {
        if self.plan.several() {
            for k in 0..self.plan.divisions.len() {
                let cells = Cells::Number(self.division(k), 4);
                table = table.column(
                    &format!("division_{}", self.plan.divisions[k].name),
                    self.plan.label(k),
                    Text::default(),
                    cells,
                );
            }
        }
        table
    }

    /// Class, whether the split is the only one, status and certified bounds.
    pub(in crate::methods) fn certified(&self, table: Table) -> Table {
        let class = self.spread(Text::default(), |r, _, u| class_name(r.class[u]));
        let optima = self.spread(Text::default(), |r, _, u| match (r.class[u], r.unique[u]) {
            (Class::None, _) => Text::default(),
            (_, true) => Text::new("one", "唯一"),
            (_, false) => Text::new("several", "多组"),
        });
        let table = table.column("class", Text::new("Class", "类别"), Text::default(), Cells::Text(class)).column(
            "optima",
            Text::new("Optimal plans", "最优方案"),
            Text::default(),
            Cells::Text(optima),
        );
        let states = self.spread(State::Missing, |r, _, u| r.state[u]);
        scores::certified(table, &states, &self.spread((f64::NAN, f64::NAN), |r, _, u| r.interval[u]))
    }

    /// Targets, slacks, prices and peers, one row per unit and period.
    pub(in crate::methods) fn tables(&self) -> Vec<Table> {
        type Own = fn(&frontier::Projection, Role) -> &Vec<Vec<f64>>;
        type Flow = fn(&frontier::network::FlowResult) -> &Vec<f64>;
        let matrices: [(&str, Text, bool, Own, Flow); 3] = [
            (
                "slacks",
                Text::new("Slacks", "松弛"),
                false,
                |p, role| if role == Role::Input { &p.input_slacks } else { &p.output_slacks },
                |f| &f.slack,
            ),
            (
                "targets",
                Text::new("Targets on the efficient frontier", "有效前沿上的目标值"),
                false,
                |p, role| if role == Role::Input { &p.input_targets } else { &p.output_targets },
                |f| &f.target,
            ),
            (
                "prices",
                Text::new("Shadow prices", "影子价格"),
                true,
                |p, role| if role == Role::Input { &p.input_prices } else { &p.output_prices },
                |f| &f.price,
            ),
        ];
        let (count, flows) = (self.plan.divisions.len(), self.plan.flows.len());
        let mut tables: Vec<Table> = matrices
            .into_iter()
            .map(|(id, title, pure, own, flow)| {
                scores::matrix(self.panel, &self.plan.names(), id, title, pure, |role, v| {
                    let Some((k, at)) = self.plan.place(role, v) else {
                        return self.spread(f64::NAN, |r, t, u| flow(&r.flows[t * flows + v])[u]);
                    };
                    self.spread(f64::NAN, |r, t, u| own(&r.nodes[t * count + k].projection, role)[at][u])
                })
            })
            .collect();
        tables.push(self.peers());
        tables
    }

    fn peers(&self) -> Table {
        let (panel, count) = (self.panel, self.plan.divisions.len());
        let (mut rows, mut divisions) = (Vec::new(), Vec::new());
        let (mut peers, mut years, mut weights, mut twins) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for s in &self.solved {
            for (t, own) in s.rows.iter().enumerate() {
                for (u, &row) in own.iter().enumerate() {
                    for k in 0..count {
                        for peer in s.result.nodes[t * count + k].projection.peers.of(u) {
                            let of = own[peer.units[0]];
                            rows.push(row);
                            divisions.push(self.plan.label(k));
                            peers.push(panel.units[of].clone());
                            years.push(Some(i64::from(panel.periods[of])));
                            weights.push(peer.weight);
                            twins.push(scores::same(panel, own, &peer.units[1..]));
                        }
                    }
                }
            }
        }
        let pooled = self
            .solved
            .iter()
            .flat_map(|s| &s.rows)
            .any(|own| own.windows(2).any(|w| panel.periods[w[0]] != panel.periods[w[1]]));
        let mut table = scores::keyed(panel, "peers", Text::new("Peers and their weights", "参照单元及其权重"), &rows);
        if self.plan.several() {
            table = table.column("division", Text::new("Division", "部门"), Text::default(), Cells::Text(divisions));
        }
        table = table.column("peer", Text::new("Peer", "参照单元"), Text::default(), Cells::Unit(peers));
        if pooled {
            let label = Text::new("Period of the peer", "参照时期");
            table = table.column("peer_period", label, Text::default(), Cells::Integer(years));
        }
        let label = Text::new("Units with the same values", "取值相同的单元");
        table
            .column("weight", Text::new("Weight", "权重"), Text::default(), Cells::Number(weights, 4))
            .column("same", label, Text::default(), Cells::Text(twins))
            .hidden()
    }

    /// Divisions by unit in the last period.
    pub(in crate::methods) fn map_of_divisions(&self, values: &[f64]) -> Option<Figure> {
        let rows = self.last(values);
        if !self.plan.several() || rows.is_empty() {
            return None;
        }
        let divisions: Vec<Vec<f64>> = (0..self.plan.divisions.len()).map(|k| self.division(k)).collect();
        let period = self.panel.periods[rows[0]];
        let (en, zh) = match self.panel.period_name {
            Some(_) => (format!(", {period}"), format!("，{period}")),
            None => Default::default(),
        };
        Some(Figure {
            id: "divisions".into(),
            title: Text::new(format!("Efficiency of each division{en}"), format!("各部门效率{zh}")),
            note: Text::new("Units from the most efficient down.", "单元按总效率由高到低。"),
            chart: Chart::Heatmap(Heatmap {
                label: Self::words().label,
                decimals: 3,
                scale: Scale::Sequential,
                rows: rows.iter().map(|&r| Text::plain(self.panel.units[r].clone())).collect(),
                rows_are_units: true,
                columns: (0..self.plan.divisions.len()).map(|k| self.plan.label(k)).collect(),
                values: rows.iter().map(|&r| divisions.iter().map(|d| d[r]).collect()).collect(),
            }),
        })
    }

    /// The division with the lowest mean over some rows, in words.
    pub(in crate::methods) fn weakest(&self, rows: &[usize]) -> Option<(Text, f64)> {
        let mean = |k: usize| {
            let values = self.division(k);
            let own: Vec<f64> = rows.iter().map(|&r| values[r]).filter(|x| x.is_finite()).collect();
            moments::mean(&own)
        };
        let means = (0..self.plan.divisions.len()).map(|k| (self.plan.label(k), mean(k)));
        means.filter(|m| self.plan.several() && m.1.is_finite()).min_by(|a, b| a.1.total_cmp(&b.1))
    }

    pub(in crate::methods) fn findings(&self) -> Vec<Finding> {
        let panel = self.panel;
        let states = self.spread(State::Missing, |r, _, u| r.state[u]);
        let places = |wanted: &dyn Fn(usize) -> bool| -> Vec<String> {
            (0..panel.len()).filter(|&r| wanted(r)).map(|r| scores::place(panel, r)).collect()
        };
        let mut findings = Vec::new();
        findings.extend(production::left_out(&places(&|r| states[r] == State::Missing)));
        findings.extend(production::unsolved(&places(&|r| !matches!(states[r], State::Optimal | State::Missing))));
        let names = self.plan.names();
        for s in &self.solved {
            let units = s.result.state.iter().filter(|x| **x != State::Missing).count();
            let makes = names.outputs.len() + names.bad_outputs.len();
            findings.extend(production::too_few(units, names.inputs.len(), makes, &self.when(s)));
        }
        let repeated =
            |list: &[String], s: &Solved| -> Vec<String> { s.rows.iter().flat_map(|_| list.iter().cloned()).collect() };
        if let Some(s) = self.solved.first() {
            let (i, o, f) = (repeated(names.inputs, s), repeated(names.outputs, s), repeated(names.bad_outputs, s));
            let through = Names { inputs: &i, outputs: &o, bad_outputs: &f };
            findings.extend(slacks::zeros(panel, &self.zeros(), &through, |r| &r.zeros));
        }
        let count = |r: &Network| {
            let of = |wanted: fn(&&Class) -> bool| r.class.iter().filter(wanted).count();
            (of(|c| matches!(c, Class::Strong | Class::Weak)), of(|c| **c != Class::None))
        };
        let share = |s: &&Solved| count(&s.result).0 as f64 / count(&s.result).1.max(1) as f64;
        if let Some(most) = self.solved.iter().reduce(|a, b| if share(&b) > share(&a) { b } else { a }) {
            let (efficient, all) = count(&most.result);
            findings.extend(production::most_efficient(efficient, all, &self.when(most)));
        }
        // A plan is that of a unit: its rows of later periods say nothing more.
        let open = self.spread(None, |r, t, u| {
            (t == 0 && r.class[u] != Class::None).then_some(r.class[u] == Class::Inefficient && !r.unique[u])
        });
        let solved = open.iter().flatten().count();
        findings.extend(several_plans(solved, &places(&|r| open[r] == Some(true))));
        findings.extend((0..self.plan.divisions.len()).filter_map(|k| self.silent(k)));
        findings
    }

    /// The period of a frontier, where it has one.
    fn when(&self, s: &Solved) -> String {
        match (&self.panel.period_name, s.rows.as_slice()) {
            (Some(_), [rows]) => rows.first().map_or_else(String::new, |&r| self.panel.periods[r].to_string()),
            _ => String::new(),
        }
    }

    /// A division in which nothing is scored on a side that counts.
    fn silent(&self, k: usize) -> Option<Finding> {
        let d = &self.plan.divisions[k];
        let (excess, shortfall) = self.plan.scored(k);
        use frontier::SlackOrientation::{Input, Output};
        let side = self.options.orientation;
        let inputs = side != Output && d.inputs.is_empty() && !excess;
        let outputs = side != Input && d.outputs.is_empty() && !shortfall;
        if !self.plan.several() || !(inputs || outputs) {
            return None;
        }
        let (en, zh) = match (inputs, outputs) {
            (true, true) => ("on either side", "两侧"),
            (true, false) => ("as an input", "投入侧"),
            _ => ("as an output", "产出侧"),
        };
        Some(Finding {
            code: "FR037".into(),
            weight: if inputs && outputs || side != frontier::SlackOrientation::None { Weight::Warning } else { Weight::Info },
            place: Text::plain(d.name),
            message: Text::new(
                format!("Nothing of `{}` is scored {en}: its part is 1 there for every unit and says nothing.", d.name),
                format!("`{}` 在{zh}没有计分项：各单元该部分均为 1，不说明任何问题。", d.name),
            ),
        })
    }

    pub(in crate::methods) fn checks(&self) -> Vec<Check> {
        let (mut widest, mut apart) = (0.0_f64, 0.0_f64);
        for Solved { result: r, .. } in &self.solved {
            let every: Vec<usize> = (0..r.nodes.len()).collect();
            let made = r.part(&every);
            for u in (0..r.state.len()).filter(|&u| r.state[u] == State::Optimal) {
                widest = widest.max((r.interval[u].1 - r.interval[u].0) / (1.0 + r.efficiency[u]));
                apart = apart.max((made[u] - r.efficiency[u]).abs());
            }
        }
        let check = |en: &str, zh: &str, residual, tolerance| Check { name: Text::new(en, zh), residual, tolerance };
        vec![
            check("Widest certified interval of a score (relative)", "认证区间的最大宽度（相对值）", widest, 1e-8),
            check("Efficiency of the whole = its parts by their weights", "总效率 = 各部分按权重合成", apart, 1e-6),
        ]
    }
}

fn class_name(class: Class) -> Text {
    match class {
        Class::Strong => Text::new("efficient", "有效"),
        Class::Weak => Text::new("efficient with slack", "有效但有松弛"),
        Class::Inefficient => Text::new("inefficient", "无效"),
        Class::Super => Text::new("beyond the frontier", "超出前沿"),
        Class::None => Text::default(),
    }
}

/// Units whose optimum is shared by several plans.
fn several_plans(all: usize, places: &[String]) -> Option<Finding> {
    let n = places.len();
    (n > 0).then(|| Finding {
        code: "FR036".into(),
        weight: Weight::Info,
        place: production::listed(places),
        message: Text::new(
            format!(
                "{n} of {} may share their efficiency among several plans: the split by division or period is that of one of them.",
                production::counted(all, "plan")
            ),
            format!("{all} 个总效率中有 {n} 个可能对应多个方案；按部门或时期的分解属于其中之一。"),
        ),
    })
}
