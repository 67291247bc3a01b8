//! What efficiency methods share: units by period against their frontier, and the tables, figures and
//! findings of one score per unit.

use frontier::{
    Columns, FrontierError, Missing, Role, State, Technology,
    dea::{Class, Peers, Returns},
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
    figure::{Bars, Chart, Figure, Heatmap, Ranking, RankingRow, Scale},
    finding::Finding,
    method::OutputVariable,
    table::{Cells, Table},
    text::Text,
};

pub(super) use crate::text::capital;

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

/// One frontier: panel rows and their result.
pub(super) struct Part<R> {
    pub rows: Vec<usize>,
    pub result: R,
}

/// What a method tells of: its options and the results of its frontiers.
pub(super) struct Story<'a, Options, R> {
    pub panel: &'a Panel,
    pub options: &'a Options,
    pub names: Names<'a>,
    pub parts: Vec<Part<R>>,
}

impl<Options, R> Story<'_, Options, R> {
    /// One value per panel row, `blank` where no frontier has the row.
    pub(super) fn spread<T: Clone>(&self, blank: T, get: impl Fn(&R, usize) -> T) -> Vec<T> {
        spread(self.panel, &self.parts, blank, get)
    }
}

/// Runs a method once per frontier.
pub(super) fn measure<R>(
    panel: &Panel,
    names: &Names<'_>,
    frontier: Frontier,
    missing: Missing,
    run: impl Fn(&Technology<'_>) -> Result<R, FrontierError>,
) -> Result<Vec<Part<R>>, Vec<Problem>> {
    measure_units(panel, names, frontier, missing, |technology, _| run(technology))
}

/// The same for a method that also asks which panel rows the units are.
pub(super) fn measure_units<R>(
    panel: &Panel,
    names: &Names<'_>,
    frontier: Frontier,
    missing: Missing,
    run: impl Fn(&Technology<'_>, &[usize]) -> Result<R, FrontierError>,
) -> Result<Vec<Part<R>>, Vec<Problem>> {
    let refused = |e: &FrontierError, rows: &[usize]| match e {
        // A period without a complete unit has no frontier; where such units are left out, they all are.
        FrontierError::Empty if missing == Missing::Exclude => Vec::new(),
        e => names.refused(e, panel, rows),
    };
    measure_rows(panel, names, frontier, run, refused)
}

/// The same for a method with errors of its own. An error without a problem leaves its
/// frontier out.
pub(super) fn measure_rows<R, E>(
    panel: &Panel,
    names: &Names<'_>,
    frontier: Frontier,
    run: impl Fn(&Technology<'_>, &[usize]) -> Result<R, E>,
    refused: impl Fn(&E, &[usize]) -> Vec<Problem>,
) -> Result<Vec<Part<R>>, Vec<Problem>> {
    let technology = names.technology(panel)?;
    let groups: Vec<Vec<usize>> = match frontier {
        Frontier::Pooled => vec![(0..panel.len()).collect()],
        Frontier::PerPeriod => {
            panel.period_set().iter().map(|p| (0..panel.len()).filter(|&r| panel.periods[r] == *p).collect()).collect()
        }
    };
    let (mut parts, mut problems) = (Vec::new(), Vec::new());
    for rows in groups {
        match run(&Columns::pick(&technology, &rows).technology(), &rows) {
            Ok(result) => parts.push(Part { rows, result }),
            Err(e) => problems.extend(refused(&e, &rows)),
        }
    }
    if parts.is_empty() && problems.is_empty() {
        problems = names.refused(&FrontierError::Empty, panel, &[]);
    }
    if problems.is_empty() { Ok(parts) } else { Err(production::once(problems)) }
}

/// One value per panel row.
pub(super) fn spread<R, T: Clone>(panel: &Panel, parts: &[Part<R>], blank: T, get: impl Fn(&R, usize) -> T) -> Vec<T> {
    let mut out = vec![blank; panel.len()];
    for part in parts {
        for (u, &row) in part.rows.iter().enumerate() {
            out[row] = get(&part.result, u);
        }
    }
    out
}

/// A row in words.
pub(super) fn place(panel: &Panel, row: usize) -> String {
    match panel.period_name {
        Some(_) => format!("{} {}", panel.units[row], panel.periods[row]),
        None => panel.units[row].clone(),
    }
}

/// A table that begins with unit and, where there are periods, period.
pub(super) fn keyed(panel: &Panel, id: &str, title: Text, rows: &[usize]) -> Table {
    let units = rows.iter().map(|&r| panel.units[r].clone()).collect();
    let table = Table::new(id, title).column("unit", Text::new("Unit", "单元"), Text::default(), Cells::Unit(units));
    if panel.period_name.is_none() {
        return table;
    }
    let periods = rows.iter().map(|&r| Some(i64::from(panel.periods[r]))).collect();
    table.column("period", Text::new("Period", "时期"), Text::default(), Cells::Integer(periods))
}

/// What is said of the score: its word, its best value, and which end is best.
pub(super) struct Words {
    /// Title of the column and of tables, e.g. "Efficiency".
    pub score: Text,
    /// Label of figures, e.g. "efficiency (1 = frontier)".
    pub label: Text,
    /// Note of the ranking.
    pub note: Text,
    /// Whether large values are best.
    pub high_is_best: bool,
}

impl Words {
    /// Rows of a period with a score, best first.
    pub(super) fn ranked(&self, panel: &Panel, scores: &[f64], period: i32) -> Vec<usize> {
        let mut rows: Vec<usize> = (0..panel.len()).filter(|&r| panel.periods[r] == period && scores[r].is_finite()).collect();
        let by = |a: f64, b: f64| if self.high_is_best { b.total_cmp(&a) } else { a.total_cmp(&b) };
        rows.sort_by(|&a, &b| by(scores[a], scores[b]).then(a.cmp(&b)));
        rows
    }

    /// What is read first is the last period, best first; all periods come beside it.
    pub(super) fn last_period_first(&self, panel: &Panel, all: Table, scores: &[f64]) -> Vec<Table> {
        let periods = panel.period_set();
        let Some(last) = periods.last().filter(|_| periods.len() > 1) else { return vec![all] };
        let mut rows = self.ranked(panel, scores, *last);
        rows.extend((0..panel.len()).filter(|&r| panel.periods[r] == *last && !scores[r].is_finite()));
        let title = Text::new(format!("{} {last}", all.title.en), format!("{last} 年{}", all.title.zh));
        let shown = Table { title, ..all.rows(&rows) };
        vec![shown, Table { id: format!("{}_all", all.id), ..all }.hidden()]
    }

    /// The ranking of the last period and, with several periods, all of them as a heatmap.
    pub(super) fn figures(&self, panel: &Panel, scores: &[f64]) -> Vec<Figure> {
        let periods = panel.period_set();
        let Some(&last) = periods.last() else { return Vec::new() };
        let rows = self.ranked(panel, scores, last);
        let sign = if self.high_is_best { 1.0 } else { -1.0 };
        let ranks = moments::ranks_descending(&rows.iter().map(|&r| sign * scores[r]).collect::<Vec<_>>());
        let row = |(&r, rank): (&usize, usize)| RankingRow {
            unit: panel.units[r].clone(),
            value: scores[r],
            low: f64::NAN,
            high: f64::NAN,
            ranks: (rank, rank),
        };
        let ranking = rows.iter().zip(ranks).map(row).collect();
        let when = if panel.period_name.is_some() { format!(", {last}") } else { String::new() };
        let title = Text::new(format!("{}{when}", self.score.en), format!("{}{}", self.score.zh, when.replace(", ", "，")));
        let mut figures = vec![Figure {
            id: "ranking".into(),
            title,
            note: self.note.clone(),
            chart: Chart::Ranking(Ranking { label: self.label.clone(), decimals: 3, interval: Text::default(), rows: ranking }),
        }];
        figures.extend(self.distribution(&rows.iter().map(|&r| scores[r]).collect::<Vec<_>>(), &when));
        if periods.len() > 1 {
            let units = panel.unit_set();
            let value = |u: &&str, p: &i32| panel.row(u, *p).map_or(f64::NAN, |r| scores[r]);
            figures.push(Figure {
                id: "periods".into(),
                title: Text::new(format!("{} by period", self.score.en), format!("各期{}", self.score.zh)),
                note: Text::new("Empty cells have no score; the table says why.", "空白表示无数值，原因见表。"),
                chart: Chart::Heatmap(Heatmap {
                    label: self.label.clone(),
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

impl Words {
    /// How many units have which score, where they are too many to be seen one by one.
    fn distribution(&self, values: &[f64], when: &str) -> Option<Figure> {
        const MANY: usize = 60;
        let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &x| (l.min(x), h.max(x)));
        if values.len() <= MANY || !(high - low).is_normal() {
            return None;
        }
        let (first, width) = bins(low, high);
        let count = (((high / width).ceil() - first) as usize).max(1);
        let mut counts = vec![0.0; count];
        for x in values {
            counts[(((x / width).floor() - first) as usize).min(count - 1)] += 1.0;
        }
        let decimals = (-width.log10()).ceil().clamp(0.0, 12.0) as usize;
        let edge = |k: usize| format!("{:.decimals$}", (first + k as f64) * width);
        let label = |k: usize| Text::plain(format!("{} – {}", edge(k), edge(k + 1)));
        Some(Figure {
            id: "distribution".into(),
            title: Text::new(
                format!("Distribution: {}{when}", self.score.en),
                format!("{}分布{}", self.score.zh, when.replace(", ", "，")),
            ),
            note: Text::new("Each class has its lower end, the last its upper end too.", "各组含下限，末组亦含上限。"),
            chart: Chart::Bars(Bars {
                label: Text::new("units", "单元数"),
                decimals: 0,
                items: counts.into_iter().enumerate().map(|(k, n)| (label(k), n)).collect(),
                items_are_units: false,
            }),
        })
    }
}

/// Some twenty classes of a round width over a range: the number of the first, counted from zero, and the width.
fn bins(low: f64, high: f64) -> (f64, f64) {
    let rough = (high - low) / 20.0;
    let power = 10.0_f64.powf(rough.log10().floor());
    let width = [1.0, 2.0, 5.0].iter().map(|m| m * power).find(|w| *w >= rough).unwrap_or(10.0 * power);
    ((low / width).floor(), width)
}

/// Columns with the state of each row and the certified bounds of its score.
pub(super) fn certified(table: Table, states: &[State], intervals: &[(f64, f64)]) -> Table {
    let bound = |high: bool| intervals.iter().map(|i| if high { i.1 } else { i.0 }).collect();
    let states = states.iter().map(|s| production::state(*s)).collect();
    table
        .column("status", Text::new("Status", "状态"), Text::default(), Cells::Text(states))
        .column("low", Text::new("Certified from", "认证下界"), Text::default(), Cells::Number(bound(false), 10))
        .column("high", Text::new("Certified to", "认证上界"), Text::default(), Cells::Number(bound(true), 10))
}

/// A hidden table with one column per variable, in the variable's unit of measure unless `pure`.
pub(super) fn matrix(
    panel: &Panel,
    names: &Names<'_>,
    id: &str,
    title: Text,
    pure: bool,
    values: impl Fn(Role, usize) -> Vec<f64>,
) -> Table {
    let every: Vec<usize> = (0..panel.len()).collect();
    let mut table = keyed(panel, id, title, &every).hidden();
    for (role, list) in [(Role::Input, names.inputs), (Role::Output, names.outputs), (Role::BadOutput, names.bad_outputs)] {
        for (v, name) in list.iter().enumerate() {
            let unit = panel.variable(name).map_or_else(String::new, |x| x.meaning.unit.clone());
            let unit = if pure { Text::default() } else { Text::plain(unit) };
            table = table.column(name, lookup::variable_label(panel, name), unit, Cells::Number(values(role, v), 4));
        }
    }
    table
}

/// Peers with their weights, one row per peer.
pub(super) fn peers<R>(panel: &Panel, parts: &[Part<R>], frontier: Frontier, get: impl Fn(&R) -> &Peers) -> Table {
    let count = parts.iter().flat_map(|p| (0..p.rows.len()).map(|u| get(&p.result).of(u).len())).sum();
    let mut rows = Vec::with_capacity(count);
    let (mut peers, mut years) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let (mut weights, mut twins) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for part in parts {
        for (u, &own) in part.rows.iter().enumerate() {
            for peer in get(&part.result).of(u) {
                let row = part.rows[peer.units[0]];
                rows.push(own);
                peers.push(panel.units[row].clone());
                years.push(Some(i64::from(panel.periods[row])));
                weights.push(peer.weight);
                twins.push(same(panel, &part.rows, &peer.units[1..]));
            }
        }
    }
    let title = Text::new("Peers and their weights", "参照单元及其权重");
    let mut table =
        keyed(panel, "peers", title, &rows).column("peer", Text::new("Peer", "参照单元"), Text::default(), Cells::Unit(peers));
    if frontier == Frontier::Pooled && panel.period_name.is_some() {
        table = table.column("peer_period", Text::new("Period of the peer", "参照时期"), Text::default(), Cells::Integer(years));
    }
    let table = table.column("weight", Text::new("Weight", "权重"), Text::default(), Cells::Number(weights, 4));
    let label = Text::new("Units with the same values", "取值相同的单元");
    table.column("same", label, Text::default(), Cells::Text(twins)).hidden()
}

/// Names of units with the same values. Where whole numbers make thousands of them, every unit that looks to them
/// would list them all: more than some are counted.
pub(super) fn same(panel: &Panel, rows: &[usize], units: &[usize]) -> Text {
    const NAMED: usize = 20;
    let named: Vec<String> = units.iter().take(NAMED).map(|&u| place(panel, rows[u])).collect();
    let named = named.join(", ");
    match units.len().saturating_sub(NAMED) {
        0 => Text::plain(named),
        more => Text::new(format!("{named} and {more} more"), format!("{named} 等另 {more} 个")),
    }
}

/// Findings about units left out, unsolved programs and frontiers of too few units.
pub(super) fn findings<R>(
    panel: &Panel,
    parts: &[Part<R>],
    frontier: Frontier,
    names: &Names<'_>,
    states: impl Fn(&R) -> &[State],
) -> Vec<Finding> {
    let all = spread(panel, parts, State::Missing, |r, u| states(r)[u]);
    let places = |wanted: &dyn Fn(State) -> bool| -> Vec<String> {
        (0..panel.len()).filter(|&r| wanted(all[r])).map(|r| place(panel, r)).collect()
    };
    let mut findings = Vec::new();
    findings.extend(production::left_out(&places(&|s| s == State::Missing)));
    findings.extend(production::unsolved(&places(&|s| !matches!(s, State::Optimal | State::Missing))));
    for part in parts {
        let units = states(&part.result).iter().filter(|s| **s != State::Missing).count();
        let place = match frontier {
            Frontier::PerPeriod if panel.period_name.is_some() => panel.periods[part.rows[0]].to_string(),
            _ => String::new(),
        };
        let outputs = names.outputs.len() + names.bad_outputs.len();
        findings.extend(production::too_few(units, names.inputs.len(), outputs, &place));
    }
    findings
}

/// A finding about the frontier with the largest share of efficient units, where most are.
pub(super) fn crowded<R>(
    panel: &Panel,
    parts: &[Part<R>],
    frontier: Frontier,
    classes: impl Fn(&R) -> &[Class],
) -> Option<Finding> {
    let count = |part: &Part<R>| {
        let of = |wanted: fn(&&Class) -> bool| classes(&part.result).iter().filter(wanted).count();
        (of(|c| matches!(c, Class::Strong | Class::Weak)), of(|c| **c != Class::None))
    };
    let share = |part: &Part<R>| count(part).0 as f64 / count(part).1.max(1) as f64;
    let most = parts.iter().reduce(|a, b| if share(b) > share(a) { b } else { a })?;
    let place = match frontier {
        Frontier::PerPeriod if panel.period_name.is_some() => panel.periods[most.rows[0]].to_string(),
        _ => String::new(),
    };
    production::most_efficient(count(most).0, count(most).1, &place)
}

/// The variable that later steps get.
pub(super) fn variable(panel: &Panel, name: &str, label: Text, values: Vec<f64>) -> OutputVariable {
    let keys = (0..panel.len()).map(|r| (panel.units[r].clone(), panel.periods[r])).collect();
    OutputVariable { name: name.to_owned(), label, unit: Text::default(), keys, values }
}

/// The name of the last period as the beginning of a sentence.
pub(super) fn when(panel: &Panel, period: i32) -> (String, String) {
    match panel.period_name {
        Some(_) => (format!("In {period}, "), format!("{period} 年，")),
        None => (String::new(), String::new()),
    }
}

/// The word for returns to scale.
pub(super) fn returns(r: Returns) -> Text {
    match r {
        Returns::Crs => Text::new("constant returns to scale", "规模报酬不变"),
        Returns::Vrs => Text::new("variable returns to scale", "规模报酬可变"),
        Returns::Nirs => Text::new("non-increasing returns to scale", "规模报酬非增"),
        Returns::Ndrs => Text::new("non-decreasing returns to scale", "规模报酬非减"),
        Returns::Generalised => Text::new("generalised returns to scale", "广义规模报酬"),
        Returns::Fdh => Text::new("free disposal hull", "自由处置包（FDH）"),
        Returns::Replication => Text::new("free replication hull", "自由复制包（FRH）"),
        Returns::Upscaling => Text::new("free hull of units scaled up", "放大单元的自由包"),
    }
}
