//! Tables and figures of a design check.

use frontier::{Role, State, dea::Influence};
use numerics::moments;

use super::{
    checks::range,
    meaning,
    story::{Left, Story},
};
use crate::{
    figure::{Bars, Chart, Figure, Heatmap},
    methods::{lookup, production, scores},
    table::{Cells, Table},
    text::Text,
};

/// Bars of the figure of influence.
const BARS: usize = 20;

impl Story<'_> {
    pub(super) fn last_period_first(&self, all: Table, rise: &[f64]) -> Vec<Table> {
        let periods = self.panel.period_set();
        let order = |rows: &mut Vec<usize>| {
            let key = |r: usize| if rise[r].is_nan() { f64::NEG_INFINITY } else { rise[r] };
            rows.sort_by(|&a, &b| key(b).total_cmp(&key(a)).then(a.cmp(&b)));
        };
        let Some(last) = periods.last().filter(|_| periods.len() > 1) else {
            let mut rows: Vec<usize> = (0..self.panel.len()).collect();
            order(&mut rows);
            return vec![all.rows(&rows)];
        };
        let mut rows: Vec<usize> = (0..self.panel.len()).filter(|&r| self.panel.periods[r] == *last).collect();
        order(&mut rows);
        let title = Text::new(format!("{} {last}", all.title.en), format!("{last} 年{}", all.title.zh));
        vec![Table { title, ..all.rows(&rows) }, Table { id: "influence_all".into(), ..all }.hidden()]
    }

    pub(super) fn influence(&self, super_efficiency: &[f64], rise: &[f64]) -> Table {
        let every: Vec<usize> = (0..self.panel.len()).collect();
        let none = Text::default;
        let count = |get: fn(&Influence, usize) -> usize| {
            Cells::Integer(self.spread(None, |i, u| (i.state[u] != State::Missing).then(|| get(i, u) as i64)))
        };
        let number = |values: Vec<f64>| Cells::Number(values, 4);
        let mut most = vec![Text::default(); self.panel.len()];
        for part in &self.parts {
            for (u, &row) in part.rows.iter().enumerate() {
                most[row] = part.result.influence.most_moved[u]
                    .map_or_else(Text::default, |m| Text::plain(scores::place(self.panel, part.rows[m])));
            }
        }
        let states = |get: fn(&Influence, usize) -> State| {
            Cells::Text(self.spread(State::Missing, get).into_iter().map(production::state).collect())
        };
        let rts = scores::returns(self.options.rts);
        scores::keyed(self.panel, "influence", Text::new("Influence of each unit", "各单元的影响度"), &every)
            .note(Text::new(
                format!("What becomes of the scores of all others when the unit leaves the reference; {}.", rts.en),
                format!("该单元离开参照集后其余单元效率的变化；{}。", rts.zh),
            ))
            .column("rise", Text::new("Mean rise of the others", "其余单元平均上升"), none(), number(rise.to_vec()))
            .column("moved", Text::new("Scores that rise", "上升的单元数"), none(), count(|i, u| i.moved[u]))
            .column(
                "largest",
                Text::new("Largest rise", "最大上升"),
                none(),
                number(self.spread(f64::NAN, |i, u| i.largest_rise[u])),
            )
            .column("most", Text::new("Of", "所属单元"), none(), Cells::Text(most))
            .column("super", Text::new("Super-efficiency", "超效率"), none(), number(super_efficiency.to_vec()))
            .column("super_status", Text::new("Status of it", "其状态"), none(), states(|i, u| i.super_state[u]))
            .column("peer_of", Text::new("Peer of", "作为参照的次数"), none(), count(|i, u| i.followers[u]))
            .column("twins", Text::new("Same values", "取值相同者"), none(), count(|i, u| i.twins[u]))
            .column("score", Text::new("Score", "效率"), none(), number(self.spread(f64::NAN, |i, u| i.score[u])))
            .column("status", Text::new("Status", "状态"), none(), states(|i, u| i.state[u]))
    }

    pub(super) fn variables(&self) -> Table {
        let columns = &self.design.columns;
        let text = |get: &dyn Fn(usize) -> Text| Cells::Text((0..columns.len()).map(get).collect());
        let number = |get: &dyn Fn(&[f64]) -> f64| Cells::Number(columns.iter().map(|c| get(&c.variable.values)).collect(), 4);
        let count = |what: fn(f64) -> bool| {
            Cells::Integer(columns.iter().map(|c| Some(c.variable.values.iter().filter(|x| what(**x)).count() as i64)).collect())
        };
        let none = Text::default;
        let seen = |v: &[f64]| v.iter().copied().filter(|x| !x.is_nan()).collect::<Vec<_>>();
        let powers = |v: &[f64]| range(v).map_or(f64::NAN, |(low, high)| (high / low).log10());
        Table::new("variables", Text::new("The variables", "变量一览"))
            .note(Text::new(
                "Powers of ten: how many lie between the smallest positive value and the largest.",
                "数量级差：最大值与最小正值之间相差的十的幂次。",
            ))
            .column(
                "variable",
                Text::new("Variable", "变量"),
                none(),
                text(&|v| lookup::variable_label(self.panel, columns[v].name)),
            )
            .column(
                "role",
                Text::new("Part", "角色"),
                none(),
                text(&|v| match columns[v].role {
                    Role::Input => Text::new("input", "投入"),
                    Role::Output => Text::new("output", "产出"),
                    Role::BadOutput => Text::new("undesirable output", "非期望产出"),
                    Role::Intermediate => Text::new("intermediate", "中间产出"),
                }),
            )
            .column(
                "unit",
                Text::new("Unit of measure", "计量单位"),
                none(),
                text(&|v| Text::plain(&columns[v].variable.meaning.unit)),
            )
            .column(
                "smallest",
                Text::new("Smallest positive", "最小正值"),
                none(),
                number(&|v| range(v).map_or(f64::NAN, |r| r.0)),
            )
            .column("median", Text::new("Median", "中位数"), none(), number(&|v| moments::median(&seen(v))))
            .column("largest", Text::new("Largest", "最大值"), none(), number(&|v| seen(v).into_iter().fold(f64::NAN, f64::max)))
            .column("powers", Text::new("Powers of ten", "数量级差"), none(), number(&powers))
            .column("zeros", Text::new("Zeros", "零值"), none(), count(|x| x == 0.0))
            .column("negatives", Text::new("Negative", "负值"), none(), count(|x| x < 0.0))
            .column("missing", Text::new("Missing", "缺失"), none(), count(f64::is_nan))
            .column(
                "ratio",
                Text::new("May be a ratio", "可能是比率"),
                none(),
                text(&|v| meaning::ratio(columns[v].variable).unwrap_or_default()),
            )
    }

    pub(super) fn left_out(&self) -> Option<Table> {
        let left: Vec<(usize, Left)> = (0..self.design.columns.len()).filter_map(|v| self.without(v).map(|l| (v, l))).collect();
        if left.is_empty() {
            return None;
        }
        let none = Text::default;
        let number = |get: fn(&Left) -> f64| Cells::Number(left.iter().map(|l| get(&l.1)).collect(), 4);
        let count = |get: fn(&Left) -> usize| Cells::Integer(left.iter().map(|l| Some(get(&l.1) as i64)).collect());
        let names = left.iter().map(|l| lookup::variable_label(self.panel, self.design.columns[l.0].name)).collect();
        let place = self.parts.last().map_or_else(String::new, |p| self.place(p));
        Some(
            Table::new("left_out", Text::new("Scores with a variable left out", "逐一去掉变量后的效率"))
                .note(Text::new(
                    format!(
                        "{}A variable that changes nothing can go; one that lifts many units to 1 deserves a second look.",
                        if place.is_empty() { String::new() } else { format!("Frontier of {place}. ") }
                    ),
                    format!(
                        "{}去掉后毫无变化的变量可以舍去；使许多单元达到 1 的变量值得再看。",
                        if place.is_empty() { String::new() } else { format!("{place} 年前沿。") }
                    ),
                ))
                .column("variable", Text::new("Left out", "去掉的变量"), none(), Cells::Text(names))
                .column("mean", Text::new("Mean score", "平均效率"), none(), number(|l| l.mean))
                .column("efficient", Text::new("Efficient units", "有效单元数"), none(), count(|l| l.efficient))
                .column(
                    "changed",
                    Text::new("Scores changed by more than 0.01", "变化超过 0.01 的单元数"),
                    none(),
                    count(|l| l.changed),
                )
                .column("largest", Text::new("Largest change", "最大变化"), none(), number(|l| l.largest))
                .column(
                    "agreement",
                    Text::new("Rank correlation with all variables", "与全变量的秩相关"),
                    none(),
                    number(|l| l.agreement),
                ),
        )
    }

    pub(super) fn bars(&self, rise: &[f64]) -> Option<Figure> {
        let part = self.parts.last()?;
        let mut rows: Vec<usize> = part.rows.iter().copied().filter(|&r| rise[r] > 0.0).collect();
        rows.sort_by(|&a, &b| rise[b].total_cmp(&rise[a]).then(a.cmp(&b)));
        rows.truncate(BARS);
        let pooled = self.options.frontier == scores::Frontier::Pooled && self.panel.period_name.is_some();
        let name = |r: usize| Text::plain(if pooled { scores::place(self.panel, r) } else { self.panel.units[r].clone() });
        let when = self.place(part);
        let (when, when_zh) = if when.is_empty() { Default::default() } else { (format!(", {when}"), format!("，{when}")) };
        (!rows.is_empty()).then(|| Figure {
            id: "influence".into(),
            title: Text::new(format!("On whom the frontier leans{when}"), format!("前沿依赖于谁{when_zh}")),
            note: Text::new(
                "Rise of the mean score of all other units when the unit leaves the reference.",
                "该单元离开参照集后，其余单元平均效率的上升。",
            ),
            chart: Chart::Bars(Bars {
                label: Text::new("rise of the mean score", "平均效率上升"),
                decimals: 3,
                items: rows.iter().map(|&r| (name(r), rise[r])).collect(),
                items_are_units: !pooled,
            }),
        })
    }

    pub(super) fn heatmap(&self) -> Option<Figure> {
        let n = self.design.columns.len();
        let mut values = vec![vec![f64::NAN; n]; n];
        for (i, j, r) in self.design.correlations() {
            (values[i][j], values[j][i]) = (r, r);
        }
        let names: Vec<Text> = self.design.columns.iter().map(|c| lookup::variable_label(self.panel, c.name)).collect();
        (n > 2 && values.iter().flatten().any(|x| x.is_finite())).then(|| Figure {
            id: "correlations".into(),
            title: Text::new("Rank correlations of the variables", "变量的秩相关"),
            note: Text::new("Inputs first, then outputs.", "先投入，后产出。"),
            chart: Chart::Heatmap(Heatmap::correlations(Text::new("rank correlation", "秩相关"), names, values)),
        })
    }
}
