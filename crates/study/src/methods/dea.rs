//! `dea`: radial efficiency.

use frontier::{
    FrontierError, Missing, Orientation, State, Technology,
    dea::{self, Class, Dea, DeaOptions, Returns, ScaleClass, Slacks},
};
use numerics::moments;
use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    lookup,
    production::{self, Names},
};
use crate::{
    figure::{Chart, Figure, Heatmap, Ranking, RankingRow, Scale},
    method::{Check, Input, Method, Output, OutputVariable, Page},
    table::{Cells, Table},
    text::Text,
};

/// Which observations span the frontier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Frontier {
    /// Each period's units are measured against that period's units.
    #[default]
    PerPeriod,
    /// All observations of all periods form one reference.
    Pooled,
}

/// Options of radial data envelopment analysis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeaStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Which side is moved to the frontier.
    #[serde(default)]
    pub orientation: Orientation,
    /// Returns to scale.
    #[serde(default)]
    pub rts: Returns,
    /// What the second phase maximises: the plain `sum` of slacks, or slacks over `range` or `mean`.
    #[serde(default)]
    pub slacks: Slacks,
    /// Whether to add scale efficiency and the class of returns to scale.
    #[serde(default = "yes")]
    pub scale: bool,
    /// Which observations span the frontier.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

fn yes() -> bool {
    true
}

/// Radial data envelopment analysis.
pub struct RadialDea;

impl Method for RadialDea {
    type Options = DeaStep;
    const NAME: &'static str = "dea";
    const PAGE: Page = Page {
        title: ("Data envelopment analysis (radial)", "数据包络分析（径向）"),
        en: dea::PAGE,
        zh: dea::PAGE_ZH,
        example: "xinzhi dea data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --rts vrs --out result",
    };

    fn run(input: &Input<'_>, options: &DeaStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        let technology = names.technology(panel)?;
        let core = DeaOptions {
            orientation: options.orientation,
            returns: options.rts,
            slacks: options.slacks,
            scale: options.scale,
            missing: options.missing,
            ..DeaOptions::default()
        };
        let groups: Vec<Vec<usize>> = match options.frontier {
            Frontier::Pooled => vec![(0..panel.len()).collect()],
            Frontier::PerPeriod => {
                panel.period_set().iter().map(|p| (0..panel.len()).filter(|&r| panel.periods[r] == *p).collect()).collect()
            }
        };
        let (mut parts, mut problems) = (Vec::new(), Vec::new());
        for rows in groups {
            let pick = |cs: &[&[f64]]| -> Vec<Vec<f64>> { cs.iter().map(|c| rows.iter().map(|&r| c[r]).collect()).collect() };
            let (x, y) = (pick(&technology.inputs), pick(&technology.outputs));
            let part = Technology {
                inputs: x.iter().map(Vec::as_slice).collect(),
                outputs: y.iter().map(Vec::as_slice).collect(),
                bad_outputs: Vec::new(),
            };
            match dea::dea(&part, &core) {
                Ok(result) => parts.push(Part { rows, result }),
                // A period without a complete unit has no frontier; where such units are left out, they all are.
                Err(FrontierError::Empty) if options.missing == Missing::Exclude => {}
                Err(e) => problems.extend(names.refused(&e, panel, &rows)),
            }
        }
        if parts.is_empty() && problems.is_empty() {
            problems = names.refused(&FrontierError::Empty, panel, &[]);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Story { panel, options, parts }.output())
    }
}

/// One frontier: panel rows and their result.
struct Part {
    rows: Vec<usize>,
    result: Dea,
}

struct Story<'a> {
    panel: &'a Panel,
    options: &'a DeaStep,
    parts: Vec<Part>,
}

impl Story<'_> {
    /// One value per panel row.
    fn spread<T: Clone>(&self, blank: T, get: impl Fn(&Dea, usize) -> T) -> Vec<T> {
        let mut out = vec![blank; self.panel.len()];
        for part in &self.parts {
            for (u, &row) in part.rows.iter().enumerate() {
                out[row] = get(&part.result, u);
            }
        }
        out
    }

    fn place(&self, row: usize) -> String {
        let p = self.panel;
        if p.period_name.is_some() { format!("{} {}", p.units[row], p.periods[row]) } else { p.units[row].clone() }
    }

    fn keyed(&self, id: &str, title: Text, rows: &[usize]) -> Table {
        let units = rows.iter().map(|&r| self.panel.units[r].clone()).collect();
        let table = Table::new(id, title).column("unit", Text::new("Unit", "单元"), Text::default(), Cells::Unit(units));
        if self.panel.period_name.is_none() {
            return table;
        }
        let periods = rows.iter().map(|&r| Some(i64::from(self.panel.periods[r]))).collect();
        table.column("period", Text::new("Period", "时期"), Text::default(), Cells::Integer(periods))
    }

    fn output(&self) -> Output {
        let scores = self.spread(f64::NAN, |d, u| d.score[u]);
        let states = self.spread(State::Missing, |d, u| d.state[u]);
        let mut findings = Vec::new();
        let places = |wanted: &dyn Fn(State) -> bool| -> Vec<String> {
            (0..self.panel.len()).filter(|&r| wanted(states[r])).map(|r| self.place(r)).collect()
        };
        findings.extend(production::left_out(&places(&|s| s == State::Missing)));
        findings.extend(production::unsolved(&places(&|s| !matches!(s, State::Optimal | State::Missing))));
        for part in &self.parts {
            let units = part.result.state.iter().filter(|s| **s != State::Missing).count();
            let place = match self.options.frontier {
                Frontier::PerPeriod if self.panel.period_name.is_some() => self.panel.periods[part.rows[0]].to_string(),
                _ => String::new(),
            };
            findings.extend(production::too_few(units, self.options.inputs.len(), self.options.outputs.len(), &place));
        }
        let mut tables = self.score_tables(&scores, &states);
        tables.push(self.matrix(
            "slacks",
            Text::new("Slacks after the radial move", "径向移动后的松弛"),
            |d, v, out, u| {
                if out { d.output_slacks[v][u] } else { d.input_slacks[v][u] }
            },
        ));
        tables.push(self.matrix(
            "targets",
            Text::new("Targets on the efficient frontier", "有效前沿上的目标值"),
            |d, v, out, u| {
                if out { d.output_targets[v][u] } else { d.input_targets[v][u] }
            },
        ));
        tables.push(self.matrix("prices", Text::new("Shadow prices", "影子价格"), |d, v, out, u| {
            if out { d.output_prices[v][u] } else { d.input_prices[v][u] }
        }));
        tables.push(self.peers());
        Output {
            summary: self.summary(&scores),
            variables: vec![OutputVariable {
                name: "score".into(),
                label: Text::new("Efficiency", "效率"),
                unit: Text::default(),
                keys: (0..self.panel.len()).map(|r| (self.panel.units[r].clone(), self.panel.periods[r])).collect(),
                values: scores.clone(),
            }],
            tables,
            figures: self.figures(&scores),
            findings,
            checks: self.checks(),
        }
    }

    fn checks(&self) -> Vec<Check> {
        let widest = self.parts.iter().flat_map(|p| {
            let r = &p.result;
            (0..r.score.len()).filter(|&u| r.state[u] == State::Optimal).map(|u| r.interval[u].1 - r.interval[u].0)
        });
        let mut checks = vec![Check {
            name: Text::new("Widest certified interval of a score", "效率值认证区间的最大宽度"),
            residual: widest.fold(0.0, f64::max),
            tolerance: 1e-8,
        }];
        let nesting =
            self.parts.iter().filter_map(|p| p.result.scale.as_ref()).flat_map(|s| {
                (0..s.crs.len()).flat_map(|u| [s.crs[u] - s.nirs[u], s.nirs[u] - s.vrs[u]]).filter(|d| d.is_finite())
            });
        if self.options.scale {
            checks.push(Check {
                name: Text::new("CRS score ≤ NIRS score ≤ VRS score", "CRS 效率 ≤ NIRS 效率 ≤ VRS 效率"),
                residual: nesting.fold(0.0, f64::max),
                tolerance: 1e-8,
            });
        }
        checks
    }

    /// What is read first is the last period, best first; all periods come beside it.
    fn score_tables(&self, scores: &[f64], states: &[State]) -> Vec<Table> {
        let all = self.scores(scores, states);
        let periods = self.panel.period_set();
        let Some(last) = periods.last().filter(|_| periods.len() > 1) else { return vec![all] };
        let mut rows: Vec<usize> = (0..self.panel.len()).filter(|&r| self.panel.periods[r] == *last).collect();
        rows.sort_by(|&a, &b| scores[a].is_nan().cmp(&scores[b].is_nan()).then(scores[b].total_cmp(&scores[a])));
        let shown =
            Table { title: Text::new(format!("Efficiency scores {last}"), format!("{last} 年效率值")), ..all.rows(&rows) };
        vec![shown, Table { id: "scores_all".into(), ..all }.hidden()]
    }

    fn scores(&self, scores: &[f64], states: &[State]) -> Table {
        let every: Vec<usize> = (0..self.panel.len()).collect();
        let number = |values: Vec<f64>| Cells::Number(values, 4);
        let none = Text::default;
        let class = self.spread(Text::default(), |d, u| match d.class[u] {
            Class::Strong => Text::new("efficient", "有效"),
            Class::Weak => Text::new("weakly efficient", "弱有效"),
            Class::Inefficient => Text::new("inefficient", "非有效"),
            Class::Super => Text::new("beyond the frontier", "超出前沿"),
            Class::None => Text::default(),
        });
        let reciprocal = match self.options.orientation {
            Orientation::Input => Text::new("1 / score (input distance)", "1/效率（投入距离）"),
            Orientation::Output => Text::new("1 / score (phi)", "1/效率（φ）"),
        };
        let mut table = self
            .keyed("scores", Text::new("Efficiency scores", "效率值"), &every)
            .note(Text::new(
                format!(
                    "Farrell efficiency, 1 is best. {} orientation, {}.",
                    capital(orientation(self.options).en),
                    returns(self.options).en
                ),
                format!("Farrell 效率，1 为最优；{}导向，{}。", orientation(self.options).zh, returns(self.options).zh),
            ))
            .column("score", Text::new("Efficiency", "效率"), none(), number(scores.to_vec()))
            .column("reciprocal", reciprocal, none(), number(scores.iter().map(|s| 1.0 / s).collect()))
            .column("class", Text::new("Class", "类别"), none(), Cells::Text(class));
        if self.options.scale {
            let scale = |get: fn(&dea::Scale, usize) -> f64| {
                self.spread(f64::NAN, |d, u| d.scale.as_ref().map_or(f64::NAN, |s| get(s, u)))
            };
            let returns = self.spread(Text::default(), |d, u| match d.scale.as_ref().map(|s| s.class[u]) {
                Some(ScaleClass::Constant) => Text::new("constant", "规模报酬不变"),
                Some(ScaleClass::Increasing) => Text::new("increasing", "规模报酬递增"),
                Some(ScaleClass::Decreasing) => Text::new("decreasing", "规模报酬递减"),
                _ => Text::default(),
            });
            table = table
                .column(
                    "crs",
                    Text::new("Overall efficiency (CRS)", "综合技术效率（CRS）"),
                    none(),
                    number(scale(|s, u| s.crs[u])),
                )
                .column("vrs", Text::new("Pure efficiency (VRS)", "纯技术效率（VRS）"), none(), number(scale(|s, u| s.vrs[u])))
                .column("scale", Text::new("Scale efficiency", "规模效率"), none(), number(scale(|s, u| s.efficiency[u])))
                .column("rts", Text::new("Returns to scale", "规模报酬"), none(), Cells::Text(returns));
        }
        let bound = |high: bool| self.spread(f64::NAN, |d, u| if high { d.interval[u].1 } else { d.interval[u].0 });
        table
            .column(
                "status",
                Text::new("Status", "状态"),
                none(),
                Cells::Text(states.iter().map(|s| production::state(*s)).collect()),
            )
            .column("low", Text::new("Certified from", "认证下界"), none(), Cells::Number(bound(false), 10))
            .column("high", Text::new("Certified to", "认证上界"), none(), Cells::Number(bound(true), 10))
    }

    fn matrix(&self, id: &str, title: Text, get: impl Fn(&Dea, usize, bool, usize) -> f64) -> Table {
        let every: Vec<usize> = (0..self.panel.len()).collect();
        let mut table = self.keyed(id, title, &every).hidden();
        for (output, names) in [(false, &self.options.inputs), (true, &self.options.outputs)] {
            for (v, name) in names.iter().enumerate() {
                let values = self.spread(f64::NAN, |d, u| get(d, v, output, u));
                let unit = self.panel.variable(name).map_or_else(String::new, |x| x.meaning.unit.clone());
                let unit = if id == "prices" { Text::default() } else { Text::plain(unit) };
                table = table.column(name, lookup::variable_label(self.panel, name), unit, Cells::Number(values, 4));
            }
        }
        table
    }

    fn peers(&self) -> Table {
        let (mut rows, mut peers, mut years, mut weights, mut twins) = (vec![], vec![], vec![], vec![], vec![]);
        for part in &self.parts {
            for u in 0..part.rows.len() {
                for peer in part.result.peers(u) {
                    let row = part.rows[peer.units[0]];
                    rows.push(part.rows[u]);
                    peers.push(self.panel.units[row].clone());
                    years.push(Some(i64::from(self.panel.periods[row])));
                    weights.push(peer.weight);
                    let same: Vec<String> = peer.units[1..].iter().map(|&t| self.place(part.rows[t])).collect();
                    twins.push(Text::plain(same.join(", ")));
                }
            }
        }
        let mut table = self.keyed("peers", Text::new("Peers and their weights", "参照单元及其权重"), &rows).column(
            "peer",
            Text::new("Peer", "参照单元"),
            Text::default(),
            Cells::Unit(peers),
        );
        if self.options.frontier == Frontier::Pooled && self.panel.period_name.is_some() {
            table =
                table.column("peer_period", Text::new("Period of the peer", "参照时期"), Text::default(), Cells::Integer(years));
        }
        let table = table.column("weight", Text::new("Weight", "权重"), Text::default(), Cells::Number(weights, 4));
        let same = Text::new("Units with the same values", "取值相同的单元");
        table.column("same", same, Text::default(), Cells::Text(twins)).hidden()
    }

    fn summary(&self, scores: &[f64]) -> Vec<Text> {
        let period = self.panel.period_set().last().copied().unwrap_or_default();
        let rows: Vec<usize> =
            (0..self.panel.len()).filter(|&r| self.panel.periods[r] == period && scores[r].is_finite()).collect();
        let values: Vec<f64> = rows.iter().map(|&r| scores[r]).collect();
        if values.is_empty() {
            return vec![Text::new("No unit could be scored.", "没有可计算的单元。")];
        }
        let class = self.spread(Class::None, |d, u| d.class[u]);
        let strong = rows.iter().filter(|&&r| class[r] == Class::Strong).count();
        let mean = moments::mean(&values);
        let (when, when_zh) = match self.panel.period_name {
            Some(_) => (format!("In {period}, "), format!("{period} 年，")),
            None => (String::new(), String::new()),
        };
        let room = 100.0 * (1.0 - mean);
        let (en, zh) = match self.options.orientation {
            Orientation::Input => (
                format!("units could on average do with {room:.1}% fewer inputs for the same outputs"),
                format!("平均可在产出不变时节约 {room:.1}% 的投入"),
            ),
            Orientation::Output => {
                let more = 100.0 * (moments::mean(&values.iter().map(|s| 1.0 / s).collect::<Vec<_>>()) - 1.0);
                (
                    format!("units could on average produce {more:.1}% more with the same inputs"),
                    format!("平均可在投入不变时增产 {more:.1}%"),
                )
            }
        };
        let mut out = vec![Text::new(
            capital(format!("{when}{strong} of {} units are efficient; the mean efficiency is {mean:.3}: {en}.", values.len())),
            format!("{when_zh}{} 个单元中 {strong} 个有效，平均效率 {mean:.3}：{zh}。", values.len()),
        )];
        if let Some(&worst) = rows.iter().min_by(|a, b| scores[**a].total_cmp(&scores[**b])) {
            let (name, zh) = (&self.panel.units[worst], &self.panel.units_zh[worst]);
            let zh = if zh.is_empty() { name } else { zh };
            out.push(Text::new(
                format!("The lowest score is {:.3} ({name}).", scores[worst]),
                format!("效率最低的是{zh}（{:.3}）。", scores[worst]),
            ));
        }
        if self.options.scale {
            let small = |c| {
                self.spread(ScaleClass::Unknown, |d, u| d.scale.as_ref().map_or(ScaleClass::Unknown, |s| s.class[u]))
                    .iter()
                    .enumerate()
                    .filter(|(r, x)| rows.contains(r) && **x == c)
                    .count()
            };
            let (up, down) = (small(ScaleClass::Increasing), small(ScaleClass::Decreasing));
            out.push(Text::new(
                format!("{up} units produce under increasing and {down} under decreasing returns to scale."),
                format!("{up} 个单元处于规模报酬递增，{down} 个处于规模报酬递减。"),
            ));
        }
        out
    }

    fn figures(&self, scores: &[f64]) -> Vec<Figure> {
        let periods = self.panel.period_set();
        let Some(&last) = periods.last() else { return Vec::new() };
        let label = Text::new("efficiency (1 = frontier)", "效率（1 为前沿）");
        let mut rows: Vec<usize> =
            (0..self.panel.len()).filter(|&r| self.panel.periods[r] == last && scores[r].is_finite()).collect();
        rows.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
        let ranks = moments::ranks_descending(&rows.iter().map(|&r| scores[r]).collect::<Vec<_>>());
        let ranking = rows
            .iter()
            .zip(ranks)
            .map(|(&r, rank)| RankingRow {
                unit: self.panel.units[r].clone(),
                value: scores[r],
                low: f64::NAN,
                high: f64::NAN,
                ranks: (rank, rank),
            })
            .collect();
        let when = if self.panel.period_name.is_some() { format!(", {last}") } else { String::new() };
        let mut figures = vec![Figure {
            id: "ranking".into(),
            title: Text::new(format!("Efficiency{when}"), format!("效率{}", when.replace(", ", "，"))),
            note: Text::new("Units with score 1 span the frontier.", "效率为 1 的单元构成前沿。"),
            chart: Chart::Ranking(Ranking { label: label.clone(), decimals: 3, interval: Text::default(), rows: ranking }),
        }];
        if periods.len() > 1 {
            let units = self.panel.unit_set();
            let value = |u: &&str, p: &i32| self.panel.row(u, *p).map_or(f64::NAN, |r| scores[r]);
            figures.push(Figure {
                id: "periods".into(),
                title: Text::new("Efficiency by period", "各期效率"),
                note: Text::new("Empty cells have no score; the table says why.", "空白表示无效率值，原因见表。"),
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

fn capital(s: String) -> String {
    let mut chars = s.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

fn orientation(o: &DeaStep) -> Text {
    match o.orientation {
        Orientation::Input => Text::new("input", "投入"),
        Orientation::Output => Text::new("output", "产出"),
    }
}

fn returns(o: &DeaStep) -> Text {
    match o.rts {
        Returns::Crs => Text::new("constant returns to scale", "规模报酬不变"),
        Returns::Vrs => Text::new("variable returns to scale", "规模报酬可变"),
        Returns::Nirs => Text::new("non-increasing returns to scale", "规模报酬非增"),
        Returns::Ndrs => Text::new("non-decreasing returns to scale", "规模报酬非减"),
        Returns::Generalised => Text::new("generalised returns to scale", "广义规模报酬"),
        Returns::Fdh => Text::new("free disposal hull", "自由处置包（FDH）"),
    }
}
