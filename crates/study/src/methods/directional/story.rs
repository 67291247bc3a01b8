//! Tables and figures of directional distances.

use frontier::State;
use numerics::moments;

use super::{Frontier, Story};
use crate::{
    figure::{Chart, Figure, Heatmap, Ranking, RankingRow, Scale},
    methods::{lookup, production, scores},
    table::{Cells, Table},
    text::Text,
};
use frontier::{dea::Class, directional::Directional};

/// A table of one column per variable: name, title, where its numbers stand.
type Kind = (&'static str, Text, fn(&Directional) -> &Vec<Vec<f64>>);

impl Story<'_> {
    fn keyed(&self, id: &str, title: Text, rows: &[usize]) -> Table {
        let units = rows.iter().map(|&r| self.panel.units[r].clone()).collect();
        let table = Table::new(id, title).column("unit", Text::new("Unit", "单元"), Text::default(), Cells::Unit(units));
        if self.panel.period_name.is_none() {
            return table;
        }
        let periods = rows.iter().map(|&r| Some(i64::from(self.panel.periods[r]))).collect();
        table.column("period", Text::new("Period", "时期"), Text::default(), Cells::Integer(periods))
    }

    fn every(&self) -> Vec<usize> {
        (0..self.panel.len()).collect()
    }

    fn measure(&self, name: &str) -> String {
        self.panel.variable(name).map_or_else(String::new, |v| v.meaning.unit.clone())
    }

    /// What is read first is the last period, nearest first; all periods come beside it.
    pub(super) fn score_tables(&self, beta: &[f64], states: &[State]) -> Vec<Table> {
        let all = self.scores(beta, states);
        let periods = self.panel.period_set();
        let Some(last) = periods.last().filter(|_| periods.len() > 1) else { return vec![all] };
        let mut rows: Vec<usize> = (0..self.panel.len()).filter(|&r| self.panel.periods[r] == *last).collect();
        rows.sort_by(|&a, &b| beta[a].is_nan().cmp(&beta[b].is_nan()).then(beta[a].total_cmp(&beta[b])));
        let title = Text::new(format!("Directional distances {last}"), format!("{last} 年方向距离"));
        vec![Table { title, ..all.rows(&rows) }, Table { id: "scores_all".into(), ..all }.hidden()]
    }

    fn scores(&self, beta: &[f64], states: &[State]) -> Table {
        let none = Text::default;
        let words = self.options.direction.words();
        let class = self.spread(Text::default(), |d, u| match d.class[u] {
            Class::Strong => Text::new("efficient", "有效"),
            Class::Weak => Text::new("weakly efficient", "弱有效"),
            Class::Inefficient => Text::new("inefficient", "非有效"),
            Class::Super => Text::new("beyond the frontier", "超出前沿"),
            Class::None => Text::default(),
        });
        let bound = |high: bool| self.spread(f64::NAN, |d, u| if high { d.interval[u].1 } else { d.interval[u].0 });
        let unreached = self.spread(Vec::new(), |d, u| d.unreached[u].clone());
        let beyond: Vec<Text> = unreached
            .iter()
            .map(|list| Text::plain(list.iter().map(|&(role, v)| self.names.get(role, v)).collect::<Vec<_>>().join(", ")))
            .collect();
        let mut table = self
            .keyed("scores", Text::new("Directional distances", "方向距离"), &self.every())
            .note(Text::new(
                format!("0 is the frontier; {}. Prices of bads: good output lost by the last unit abated, one of several at a vertex.", words.en),
                format!("0 为前沿；{}。非期望产出的价格：最后一单位减排所损失的期望产出，在顶点处并不唯一。", words.zh),
            ))
            .column("beta", Text::new("Distance β", "距离 β"), none(), Cells::Number(beta.to_vec(), 4))
            .column("class", Text::new("Class", "类别"), none(), Cells::Text(class));
        let good = &self.options.outputs[self.numeraire];
        for (b, name) in self.options.bad_outputs.iter().enumerate() {
            let label = lookup::variable_label(self.panel, name);
            let label = Text::new(format!("Price of {}", label.en), format!("{}的价格", label.zh));
            let (top, bottom) = (self.measure(good), self.measure(name));
            let unit = if top.is_empty() || bottom.is_empty() {
                Text::plain(format!("{good} / {name}"))
            } else {
                Text::plain(format!("{top} / {bottom}"))
            };
            let values = self.spread(f64::NAN, |d, u| d.bad_prices[b][u]);
            table = table.column(&format!("price_{name}"), label, unit, Cells::Number(values, 4));
        }
        let abatement = self.spread(f64::NAN, |d, u| d.abatement[u]);
        if abatement.iter().any(|a| *a > 0.0) {
            let label = Text::new("Activity given up to abate", "为减排放弃的活动份额");
            table = table.column("abatement", label, none(), Cells::Number(abatement, 4));
        }
        table
            .column(
                "status",
                Text::new("Status", "状态"),
                none(),
                Cells::Text(states.iter().map(|s| production::state(*s)).collect()),
            )
            .column("unreached", Text::new("Cannot be reached together", "无法同时达到的变量"), none(), Cells::Text(beyond))
            .column("low", Text::new("Certified from", "认证下界"), none(), Cells::Number(bound(false), 10))
            .column("high", Text::new("Certified to", "认证上界"), none(), Cells::Number(bound(true), 10))
    }

    /// Slacks, targets and prices: one column per variable.
    pub(super) fn matrices(&self) -> Vec<Table> {
        let o = self.options;
        let variables: Vec<&String> = o.inputs.iter().chain(&o.outputs).chain(&o.bad_outputs).collect();
        let kinds: [Kind; 3] = [
            ("slacks", Text::new("Slacks after the directional move", "方向移动后的松弛"), |d| &d.slacks),
            ("targets", Text::new("Targets on the frontier", "前沿上的目标值"), |d| &d.targets),
            ("prices", Text::new("Shadow prices, one step of the direction = 1", "影子价格（方向的一步 = 1）"), |d| {
                &d.prices
            }),
        ];
        let table = |(id, title, get): Kind| {
            let mut table = self.keyed(id, title, &self.every()).hidden();
            for (v, name) in variables.iter().enumerate() {
                let unit = self.measure(name);
                let unit = match (id, unit.is_empty()) {
                    (_, true) => Text::default(),
                    ("prices", _) => Text::plain(format!("1 / {unit}")),
                    _ => Text::plain(unit),
                };
                let values = self.spread(f64::NAN, |d, u| get(d)[v][u]);
                table = table.column(name, lookup::variable_label(self.panel, name), unit, Cells::Number(values, 4));
            }
            table
        };
        let made = self.parts.iter().any(|p| !p.result.lengths.is_empty());
        let lengths: Kind = ("lengths", Text::new("Length of one step", "方向一步的长度"), |d| &d.lengths);
        kinds.into_iter().chain(made.then_some(lengths)).map(table).collect()
    }

    pub(super) fn peers(&self) -> Table {
        let active = self.listed(|d| &d.peers).map(|p| (p, false));
        let mut list: Vec<_> = active.chain(self.listed(|d| &d.idle).map(|p| (p, true))).collect();
        list.sort_by_key(|((row, ..), idle)| (*row, *idle));
        let rows: Vec<usize> = list.iter().map(|((row, ..), _)| *row).collect();
        let row_of = |part: &super::Part, u: usize| part.rows[u];
        let peers = list.iter().map(|((_, part, p), _)| self.panel.units[row_of(part, p.units[0])].clone()).collect();
        let years = list.iter().map(|((_, part, p), _)| Some(i64::from(self.panel.periods[row_of(part, p.units[0])]))).collect();
        let weights = list.iter().map(|((_, _, p), _)| p.weight).collect();
        let same = list.iter().map(|((_, part, p), _)| scores::same(self.panel, &part.rows, &p.units[1..]));
        let none = Text::default;
        let title = Text::new("Peers and their weights", "参照单元及其权重");
        let mut table =
            self.keyed("peers", title, &rows).column("peer", Text::new("Peer", "参照单元"), none(), Cells::Unit(peers));
        if self.options.frontier == Frontier::Pooled && self.panel.period_name.is_some() {
            table = table.column("peer_period", Text::new("Period of the peer", "参照时期"), none(), Cells::Integer(years));
        }
        table = table.column("weight", Text::new("Weight", "权重"), none(), Cells::Number(weights, 4));
        if list.iter().any(|(_, idle)| *idle) {
            let idle = |(_, idle): &(_, bool)| if *idle { Text::new("idle", "闲置") } else { Text::new("producing", "生产") };
            let cells = Cells::Text(list.iter().map(idle).collect());
            table = table.column("activity", Text::new("Activity", "活动"), none(), cells);
        }
        let label = Text::new("Units with the same values", "取值相同的单元");
        table.column("same", label, none(), Cells::Text(same.collect())).hidden()
    }

    pub(super) fn figures(&self, beta: &[f64]) -> Vec<Figure> {
        let periods = self.panel.period_set();
        let Some(&last) = periods.last() else { return Vec::new() };
        let label = Text::new("distance β (0 = frontier)", "距离 β（0 为前沿）");
        let mut rows: Vec<usize> =
            (0..self.panel.len()).filter(|&r| self.panel.periods[r] == last && beta[r].is_finite()).collect();
        rows.sort_by(|&a, &b| beta[a].total_cmp(&beta[b]).then(a.cmp(&b)));
        let ranks = moments::ranks_descending(&rows.iter().map(|&r| -beta[r]).collect::<Vec<_>>());
        let row = |(&r, rank): (&usize, usize)| RankingRow {
            unit: self.panel.units[r].clone(),
            value: beta[r],
            low: f64::NAN,
            high: f64::NAN,
            ranks: (rank, rank),
        };
        let when = if self.panel.period_name.is_some() { format!(", {last}") } else { String::new() };
        let mut figures = vec![Figure {
            id: "ranking".into(),
            title: Text::new(format!("Distance to the frontier{when}"), format!("到前沿的距离{}", when.replace(", ", "，"))),
            note: Text::new("Nearest first; below 0 a unit lies beyond its reference.", "由近到远；小于 0 表示超出参照集。"),
            chart: Chart::Ranking(Ranking {
                label: label.clone(),
                decimals: 3,
                interval: Text::default(),
                rows: rows.iter().zip(ranks).map(row).collect(),
            }),
        }];
        if periods.len() > 1 {
            let units = self.panel.unit_set();
            let value = |u: &&str, p: &i32| self.panel.row(u, *p).map_or(f64::NAN, |r| beta[r]);
            figures.push(Figure {
                id: "periods".into(),
                title: Text::new("Distance by period", "各期距离"),
                note: Text::new("Empty cells have no distance; the table says why.", "空白表示无距离值，原因见表。"),
                chart: Chart::Heatmap(Heatmap {
                    label,
                    decimals: 3,
                    scale: Scale::Sequential,
                    rows: units.iter().map(|u| Text::plain(*u)).collect(),
                    rows_are_units: true,
                    columns: periods.iter().map(|p| Text::plain(p.to_string())).collect(),
                    values: units.iter().map(|u| periods.iter().map(|p| value(u, p)).collect()).collect(),
                }),
            });
        }
        figures
    }
}
