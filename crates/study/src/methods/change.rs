//! Productivity change between adjacent periods, told: tables, lines, heatmap, findings.

use frontier::{Gap, State, malmquist::Distance};
use numerics::moments;
use panel::Panel;

use super::production;
use crate::{
    figure::{Chart, Figure, Heatmap, Lines, Scale, Series},
    finding::Finding,
    method::{Check, Output, OutputVariable},
    table::{Cells, Table},
    text::Text,
};

/// A part of the index: machine name, label, one value per change.
pub(super) struct Component<'a> {
    pub name: &'static str,
    pub label: Text,
    pub values: &'a [f64],
}

/// What an index of change came to.
pub(super) struct Change<'a> {
    pub panel: &'a Panel,
    /// Names of the units that `unit` counts.
    pub names: Vec<&'a str>,
    pub unit: &'a [usize],
    pub from: &'a [i32],
    pub to: &'a [i32],
    /// Panel row of the later observation.
    pub to_row: &'a [usize],
    /// The index first, then its parts.
    pub components: Vec<Component<'a>>,
    pub cumulative: &'a [f64],
    pub distances: Vec<(&'static str, Text, &'a [Distance])>,
    pub gaps: &'a [Gap],
    pub residual: f64,
    /// Identity that `residual` is of.
    pub identity: Text,
    pub note: Text,
    /// Group column for lines, if asked for.
    pub group: Option<&'a str>,
}

impl Change<'_> {
    fn index(&self) -> &[f64] {
        self.components[0].values
    }

    /// Whether a change has its index and all parts.
    fn whole(&self, change: usize) -> bool {
        self.components.iter().all(|c| c.values[change] > 0.0 && c.values[change].is_finite())
    }

    /// Geometric mean over the changes that are whole, so that the means of the parts multiply to that of the index.
    fn mean(&self, values: &[f64], rows: impl Iterator<Item = usize>) -> f64 {
        let logs: Vec<f64> = rows.filter(|&i| self.whole(i)).map(|i| values[i].ln()).collect();
        moments::mean(&logs).exp()
    }

    fn all(&self) -> std::ops::Range<usize> {
        0..self.unit.len()
    }

    /// The changes of a unit; they stand together.
    fn of_unit(&self, unit: usize) -> std::ops::Range<usize> {
        self.unit.partition_point(|u| *u < unit)..self.unit.partition_point(|u| *u <= unit)
    }

    /// Whether a unit has every change that any unit has: a mean over fewer years is no match for one over all.
    fn steady(&self, unit: usize) -> bool {
        let whole = |u: usize| self.of_unit(u).filter(|&i| self.whole(i)).count();
        whole(unit) == (0..self.names.len()).map(whole).max().unwrap_or(0)
    }

    fn of_period(&self, to: i32) -> impl Iterator<Item = usize> + '_ {
        self.all().filter(move |&i| self.to[i] == to)
    }

    /// The output; every distance without a certified value is one line of a finding.
    pub(super) fn output(&self) -> Output {
        let mut open: Vec<String> = Vec::new();
        for (name, _, distances) in &self.distances {
            for (i, d) in distances.iter().enumerate().filter(|(_, d)| d.state != State::Optimal) {
                open.push(format!("{} {name} ({})", self.place(i), production::state(d.state).en));
            }
        }
        self.told(production::unsolved(&open), Vec::new())
    }

    /// The output with findings and tables of the caller's own about distances without a certified value.
    pub(super) fn told(&self, unsolved: impl IntoIterator<Item = Finding>, more: Vec<Table>) -> Output {
        let mut findings = Vec::new();
        let gaps: Vec<String> = self.gaps.iter().map(|g| format!("{} {}-{}", self.names[g.unit], g.from, g.to)).collect();
        if let Some(mut f) = production::left_out(&gaps) {
            f.message = Text::new(
                match gaps.len() {
                    1 => "1 change cannot be computed because an observation is missing or incomplete; table `gaps` names it."
                        .to_owned(),
                    n => format!(
                        "{n} changes cannot be computed because an observation is missing or incomplete; table `gaps` lists them."
                    ),
                },
                format!("{} 个变化因观测缺失或不完整而无法计算，见表 `gaps`。", gaps.len()),
            );
            findings.push(f);
        }
        findings.extend(unsolved);
        let mut tables = vec![self.by_period(), self.by_unit()];
        tables.extend(self.by_group());
        tables.extend([self.changes(), self.cumulated(), self.levels()]);
        tables.extend(more);
        if !self.gaps.is_empty() {
            tables.push(self.gap_table());
        }
        Output {
            summary: self.summary(),
            variables: self.variables(),
            tables,
            figures: self.figures(),
            findings,
            checks: vec![Check { name: self.identity.clone(), residual: self.residual, tolerance: 1e-12 }],
        }
    }

    /// Unit and periods of a change, in words.
    pub(super) fn place(&self, change: usize) -> String {
        format!("{} {}-{}", self.names[self.unit[change]], self.from[change], self.to[change])
    }

    fn variables(&self) -> Vec<OutputVariable> {
        let keys: Vec<(String, i32)> =
            (0..self.panel.len()).map(|r| (self.panel.units[r].clone(), self.panel.periods[r])).collect();
        let all = self.components.iter().map(|c| (c.name, &c.label, c.values));
        let cumulative = Text::new("Cumulative index", "累积指数");
        all.chain([("cumulative", &cumulative, self.cumulative)])
            .map(|(name, label, values)| {
                let mut rows = vec![f64::NAN; keys.len()];
                self.to_row.iter().zip(values).for_each(|(&r, v)| rows[r] = *v);
                OutputVariable {
                    name: name.into(),
                    label: label.clone(),
                    unit: Text::default(),
                    keys: keys.clone(),
                    values: rows,
                }
            })
            .collect()
    }

    fn units_of(&self, rows: impl Iterator<Item = usize>) -> Cells {
        Cells::Unit(rows.map(|i| self.names[i].to_owned()).collect())
    }

    fn spans(&self) -> [(&'static str, Text, Cells); 2] {
        let whole = |xs: &[i32]| Cells::Integer(xs.iter().map(|x| Some(i64::from(*x))).collect());
        [("from", Text::new("From", "起"), whole(self.from)), ("to", Text::new("To", "止"), whole(self.to))]
    }

    fn changes(&self) -> Table {
        let mut t = Table::new("changes", Text::new("Change by unit and period", "各单元各期变化"))
            .note(self.note.clone())
            .column("unit", Text::new("Unit", "单元"), Text::default(), self.units_of(self.unit.iter().copied()));
        for (name, label, cells) in self.spans() {
            t = t.column(name, label, Text::default(), cells);
        }
        for c in &self.components {
            t = t.column(c.name, c.label.clone(), Text::default(), Cells::Number(c.values.to_vec(), 4));
        }
        let label = Text::new("Cumulative index", "累积指数");
        let status = (0..self.unit.len())
            .map(|i| {
                let worst = self.distances.iter().map(|d| d.2[i].state).max().unwrap_or(State::Optimal);
                production::state(worst)
            })
            .collect();
        t.column("cumulative", label, Text::default(), Cells::Number(self.cumulative.to_vec(), 4))
            .column("status", Text::new("Status", "状态"), Text::default(), Cells::Text(status))
            .rows(&self.by_time())
            .hidden()
    }

    /// Changes by period, then unit: a block of units for each period, as DEAP prints them.
    fn by_time(&self) -> Vec<usize> {
        let mut rows: Vec<usize> = (0..self.unit.len()).collect();
        rows.sort_by_key(|&i| (self.to[i], self.unit[i]));
        rows
    }

    /// Every part cumulated from the unit's first change; empty from the first gap or unsolved change on.
    fn cumulated(&self) -> Table {
        let chain = |values: &[f64]| {
            let mut out: Vec<f64> = Vec::with_capacity(values.len());
            for (i, value) in values.iter().enumerate() {
                let before = match i.checked_sub(1).filter(|&b| self.unit[b] == self.unit[i]) {
                    None => 1.0,
                    Some(b) if self.to[b] == self.from[i] => out[b],
                    Some(_) => f64::NAN,
                };
                out.push(before * value);
            }
            out
        };
        let period = self.to.iter().map(|t| Some(i64::from(*t))).collect();
        let mut t = Table::new("cumulative", Text::new("Cumulative change by unit", "各单元累积变化"))
            .note(Text::new("1 in the unit's first period.", "以单元首期为 1。"))
            .column("unit", Text::new("Unit", "单元"), Text::default(), self.units_of(self.unit.iter().copied()))
            .column("period", Text::new("Period", "时期"), Text::default(), Cells::Integer(period));
        for c in &self.components {
            t = t.column(c.name, c.label.clone(), Text::default(), Cells::Number(chain(c.values), 4));
        }
        t.hidden()
    }

    /// Geometric means by group: one row for each period, and one over all.
    fn by_group(&self) -> Option<Table> {
        let group = self.group.and_then(|g| self.panel.group(g))?;
        let mut names: Vec<&str> = group.labels.iter().map(String::as_str).filter(|n| !n.is_empty()).collect();
        names.sort_unstable();
        names.dedup();
        let spans = self.spans_set();
        let whole = spans.first().zip(spans.last()).map(|(first, last)| (first.0, last.1));
        let rows: Vec<(&str, (i32, i32), bool)> = names
            .iter()
            .flat_map(|n| {
                let periods = spans.iter().map(|s| (*n, *s, false));
                periods.chain(whole.map(|w| (*n, w, true)))
            })
            .collect();
        let keep =
            |row: &(&str, (i32, i32), bool), i: usize| group.labels[self.to_row[i]] == row.0 && (row.2 || self.to[i] == row.1.1);
        let integer =
            |get: &dyn Fn(&(i32, i32)) -> i32| Cells::Integer(rows.iter().map(|r| Some(i64::from(get(&r.1)))).collect());
        let labels = rows.iter().map(|r| Text::plain(r.0)).collect();
        let mut t = Table::new("by_group", Text::new("Geometric means by group", "各组几何平均"))
            .note(Text::new("The last row of a group is its mean over all periods.", "每组末行为全部时期的均值。"))
            .column("group", Text::new("Group", "分组"), Text::default(), Cells::Text(labels))
            .column("from", Text::new("From", "起"), Text::default(), integer(&|s| s.0))
            .column("to", Text::new("To", "止"), Text::default(), integer(&|s| s.1));
        for c in &self.components {
            let means = rows.iter().map(|r| self.mean(c.values, self.all().filter(|&i| keep(r, i)))).collect();
            t = t.column(c.name, c.label.clone(), Text::default(), Cells::Number(means, 4));
        }
        let count = |r: &(&str, (i32, i32), bool)| self.all().filter(|&i| keep(r, i) && self.whole(i)).count();
        let counts = rows.iter().map(|r| Some(count(r) as i64)).collect();
        Some(t.column("changes", Text::new("Changes", "变化数"), Text::default(), Cells::Integer(counts)))
    }

    fn levels(&self) -> Table {
        let title = Text::new("Distances, their status and certified width", "距离值、状态与认证区间宽度");
        let mut t = Table::new("distances", title).hidden().column(
            "unit",
            Text::new("Unit", "单元"),
            Text::default(),
            self.units_of(self.unit.iter().copied()),
        );
        for (name, label, cells) in self.spans() {
            t = t.column(name, label, Text::default(), cells);
        }
        for (name, label, distances) in &self.distances {
            let values = distances.iter().map(|d| d.value).collect();
            let states = distances.iter().map(|d| production::state(d.state)).collect();
            t = t.column(name, label.clone(), Text::default(), Cells::Number(values, 6)).column(
                &format!("{name}_status"),
                Text::new("Status", "状态"),
                Text::default(),
                Cells::Text(states),
            );
            let widths = distances.iter().map(|d| d.interval.1 - d.interval.0).collect();
            t = t.column(
                &format!("{name}_width"),
                Text::new("Certified width", "认证宽度"),
                Text::default(),
                Cells::Number(widths, 12),
            );
        }
        t
    }

    fn gap_table(&self) -> Table {
        let whole = |get: fn(&Gap) -> i32| Cells::Integer(self.gaps.iter().map(|g| Some(i64::from(get(g)))).collect());
        let reason = |g: &Gap| match (g.from_missing, g.to_missing) {
            (true, true) => Text::new("both observations", "两期观测"),
            (true, false) => Text::new("the earlier observation", "前期观测"),
            _ => Text::new("the later observation", "后期观测"),
        };
        Table::new("gaps", Text::new("Changes that cannot be computed", "无法计算的变化"))
            .column("unit", Text::new("Unit", "单元"), Text::default(), self.units_of(self.gaps.iter().map(|g| g.unit)))
            .column("from", Text::new("From", "起"), Text::default(), whole(|g| g.from))
            .column("to", Text::new("To", "止"), Text::default(), whole(|g| g.to))
            .column("missing", Text::new("Missing", "缺失"), Text::default(), Cells::Text(self.gaps.iter().map(reason).collect()))
            .hidden()
    }

    fn spans_set(&self) -> Vec<(i32, i32)> {
        let mut spans: Vec<(i32, i32)> = self.from.iter().copied().zip(self.to.iter().copied()).collect();
        spans.sort_unstable();
        spans.dedup();
        spans
    }

    fn by_period(&self) -> Table {
        let mut spans = self.spans_set();
        let single = spans.len();
        let ends = spans.first().zip(spans.last()).map(|(first, last)| (first.0, last.1));
        spans.extend(ends.filter(|_| single > 1));
        let whole = |get: fn(&(i32, i32)) -> i32| Cells::Integer(spans.iter().map(|s| Some(i64::from(get(s)))).collect());
        let mut t = Table::new("by_period", Text::new("Geometric means by period", "各期几何平均"))
            .column("from", Text::new("From", "起"), Text::default(), whole(|s| s.0))
            .column("to", Text::new("To", "止"), Text::default(), whole(|s| s.1));
        if single > 1 {
            t = t.note(Text::new("The last row is the mean over all periods.", "末行为全部时期的均值。"));
        }
        let rows = |at: usize| {
            let to = spans[at].1;
            self.all().filter(move |&i| at >= single || self.to[i] == to)
        };
        for c in &self.components {
            let means = (0..spans.len()).map(|at| self.mean(c.values, rows(at))).collect();
            t = t.column(c.name, c.label.clone(), Text::default(), Cells::Number(means, 4));
        }
        let counts = (0..spans.len()).map(|at| Some(rows(at).filter(|&i| self.whole(i)).count() as i64)).collect();
        t.column("changes", Text::new("Changes", "变化数"), Text::default(), Cells::Integer(counts))
    }

    fn by_unit(&self) -> Table {
        let mut t = Table::new("by_unit", Text::new("Geometric means by unit", "各单元几何平均")).column(
            "unit",
            Text::new("Unit", "单元"),
            Text::default(),
            self.units_of(0..self.names.len()),
        );
        for c in &self.components {
            let means = (0..self.names.len()).map(|u| self.mean(c.values, self.of_unit(u))).collect();
            t = t.column(c.name, c.label.clone(), Text::default(), Cells::Number(means, 4));
        }
        t
    }

    fn summary(&self) -> Vec<Text> {
        let spans = self.spans_set();
        let mean = self.mean(self.index(), self.all());
        let (Some(first), Some(last)) = (spans.first(), spans.last()) else {
            return vec![Text::new(
                "No change could be computed: no unit has two adjacent periods.",
                "没有单元具有相邻两期数据，无法计算变化。",
            )];
        };
        if mean.is_nan() {
            return vec![Text::new("No change could be solved.", "没有可求解的变化。")];
        }
        let percent = |x: f64| 100.0 * (x - 1.0);
        let label = &self.components[0].label;
        let parts: Vec<(&Text, f64)> = self.components[1..]
            .iter()
            .map(|c| (&c.label, self.mean(c.values, self.all())))
            .filter(|p| p.1.is_finite())
            .collect();
        let en: Vec<String> = parts.iter().map(|(l, m)| format!("{} {:+.2}%", l.en, percent(*m))).collect();
        let zh: Vec<String> = parts.iter().map(|(l, m)| format!("{} {:+.2}%", l.zh, percent(*m))).collect();
        let mut out = vec![Text::new(
            format!("{}: {:+.2}% a period on average, {} to {} ({}).", label.en, percent(mean), first.0, last.1, en.join(", ")),
            format!("{}：{}—{} 年平均每期 {:+.2}%（{}）。", label.zh, first.0, last.1, percent(mean), zh.join("，")),
        )];
        let best = (0..self.names.len())
            .filter(|&u| self.steady(u))
            .map(|u| (self.mean(self.index(), self.of_unit(u)), u))
            .filter(|m| m.0.is_finite())
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        if let Some((m, u)) = best {
            let row = self.panel.units.iter().position(|x| x == self.names[u]);
            let zh = row.map(|r| self.panel.units_zh[r].as_str()).filter(|z| !z.is_empty()).unwrap_or(self.names[u]);
            out.push(Text::new(
                format!("Fastest: {} with {:+.2}% a period.", self.names[u], percent(m)),
                format!("最快的是{zh}，平均每期 {:+.2}%。", percent(m)),
            ));
        }
        out
    }

    /// Cumulated geometric means: 1 in the first period.
    fn line(&self, values: &[f64], keep: impl Fn(usize) -> bool) -> Vec<f64> {
        let mut level = 1.0;
        let mut line = Vec::new();
        let mut end = None;
        for (from, to) in self.spans_set() {
            match end {
                None => line.push(1.0),
                Some(last) if last == from => {}
                // No unit has the change between: the chain is broken, and its level unknown from here on.
                Some(_) => {
                    level = f64::NAN;
                    line.push(level);
                }
            }
            level *= self.mean(values, self.of_period(to).filter(|&i| keep(i)));
            line.push(level);
            end = Some(to);
        }
        line
    }

    fn figures(&self) -> Vec<Figure> {
        let spans = self.spans_set();
        let Some(first) = spans.first() else { return Vec::new() };
        let mut periods: Vec<i32> = spans.iter().flat_map(|s| [s.0, s.1]).collect();
        periods.dedup();
        let lines = |series| {
            Chart::Lines(Lines {
                label: Text::new(format!("{} = 1", first.0), format!("{} 年 = 1", first.0)),
                decimals: 3,
                periods: periods.clone(),
                series,
                reference: Some(1.0),
            })
        };
        let parts = self
            .components
            .iter()
            .filter(|c| c.values.iter().any(|v| v.is_finite()))
            .map(|c| Series { name: c.label.clone(), unit: false, values: self.line(c.values, |_| true), band: Vec::new() })
            .collect();
        let mut figures = vec![Figure {
            id: "cumulative".into(),
            title: Text::new("Cumulative change and its parts", "累积变化及其构成"),
            note: Text::new("Geometric means over units, cumulated.", "各单元几何平均的累积值。"),
            chart: lines(parts),
        }];
        if let Some(group) = self.group.and_then(|g| self.panel.group(g)) {
            let mut names = group.labels.clone();
            names.sort();
            names.dedup();
            names.retain(|n| !n.is_empty());
            let series = names
                .iter()
                .map(|name| Series {
                    name: Text::plain(name.as_str()),
                    unit: false,
                    values: self.line(self.index(), |i| group.labels[self.to_row[i]] == *name),
                    band: Vec::new(),
                })
                .collect();
            figures.push(Figure {
                id: "groups".into(),
                title: Text::new("Cumulative index by group", "各组累积指数"),
                note: Text::new("Geometric means over the units of a group, cumulated.", "组内单元几何平均的累积值。"),
                chart: lines(series),
            });
        }
        figures.push(self.heatmap(
            Text::new("Index by unit and period", "各单元各期指数"),
            Text::new("1 = no change; empty cells have no index, see the tables.", "1 表示不变；空白无指数，原因见表。"),
            1.0,
        ));
        figures
    }

    /// Units by periods; `middle` is the value of no change.
    fn heatmap(&self, title: Text, note: Text, middle: f64) -> Figure {
        let spans = self.spans_set();
        let value = |u: usize, to: i32| self.of_unit(u).find(|&i| self.to[i] == to).map_or(f64::NAN, |i| self.index()[i]);
        Figure {
            id: "heatmap".into(),
            title,
            note,
            chart: Chart::Heatmap(Heatmap {
                label: self.components[0].label.clone(),
                decimals: 3,
                scale: Scale::Diverging { middle },
                rows: self.names.iter().map(|n| Text::plain(*n)).collect(),
                rows_are_units: true,
                columns: spans.iter().map(|s| Text::plain(s.1.to_string())).collect(),
                values: (0..self.names.len()).map(|u| spans.iter().map(|s| value(u, s.1)).collect()).collect(),
            }),
        }
    }
}

mod sums;
pub(super) use sums::Sums;

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
