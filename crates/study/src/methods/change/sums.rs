//! Changes that add up: 0 is none, means are arithmetic, series are sums.

use numerics::moments;

use super::{Cells, Change, Chart, Figure, Lines, Output, Series, Table, Text};

/// A change told as differences.
pub(in crate::methods) struct Sums<'a>(pub Change<'a>);

impl Sums<'_> {
    /// Arithmetic mean over the changes that have an indicator, so that the means of the parts add up to its own.
    fn mean(&self, values: &[f64], keep: impl Fn(usize) -> bool) -> f64 {
        let usable = |i: usize| self.0.index()[i].is_finite() && values[i].is_finite();
        moments::mean(&(0..values.len()).filter(|&i| keep(i) && usable(i)).map(|i| values[i]).collect::<Vec<_>>())
    }

    pub(in crate::methods) fn output(&self) -> Output {
        let summed = Text::new("Cumulative sum", "累积和");
        let mut out = self.0.output();
        for variable in out.variables.iter_mut().filter(|v| v.name == "cumulative") {
            variable.label = summed.clone();
        }
        out.tables.retain(|t| !["by_period", "by_unit", "by_group", "cumulative"].contains(&t.id.as_str()));
        let columns = out.tables.iter_mut().filter(|t| t.id == "changes").flat_map(|t| &mut t.columns);
        columns.filter(|c| c.name == "cumulative").for_each(|c| c.label = summed.clone());
        let shown: Vec<Table> = [Some(self.by_period()), Some(self.by_unit()), self.by_group()].into_iter().flatten().collect();
        out.tables.splice(0..0, shown);
        out.summary = self.summary();
        out.figures = self.figures();
        out
    }

    fn columns(&self, mut t: Table, rows: usize, keep: impl Fn(usize, usize) -> bool) -> Table {
        for c in &self.0.components {
            let means = (0..rows).map(|row| self.mean(c.values, |i| keep(row, i))).collect();
            t = t.column(c.name, c.label.clone(), Text::default(), Cells::Number(means, 4));
        }
        let count = |row: usize| (0..self.0.to.len()).filter(|&i| keep(row, i) && self.0.index()[i].is_finite()).count();
        let counts = (0..rows).map(|row| Some(count(row) as i64)).collect();
        t.column("changes", Text::new("Changes", "变化数"), Text::default(), Cells::Integer(counts))
    }

    fn by_period(&self) -> Table {
        let spans = self.0.spans_set();
        let whole = |get: fn(&(i32, i32)) -> i32| Cells::Integer(spans.iter().map(|s| Some(i64::from(get(s)))).collect());
        let t = Table::new("by_period", Text::new("Arithmetic means by period", "各期算术平均"))
            .column("from", Text::new("From", "起"), Text::default(), whole(|s| s.0))
            .column("to", Text::new("To", "止"), Text::default(), whole(|s| s.1));
        self.columns(t, spans.len(), |row, i| self.0.to[i] == spans[row].1)
    }

    fn by_unit(&self) -> Table {
        let units = self.0.units_of(0..self.0.names.len());
        let t = Table::new("by_unit", Text::new("Arithmetic means by unit", "各单元算术平均")).column(
            "unit",
            Text::new("Unit", "单元"),
            Text::default(),
            units,
        );
        self.columns(t, self.0.names.len(), |row, i| self.0.unit[i] == row)
    }

    /// Labels of the group column, if one was asked for.
    fn groups(&self) -> Option<(Vec<&str>, &[String])> {
        let group = self.0.group.and_then(|g| self.0.panel.group(g))?;
        let mut names: Vec<&str> = group.labels.iter().map(String::as_str).filter(|n| !n.is_empty()).collect();
        names.sort_unstable();
        names.dedup();
        Some((names, &group.labels))
    }

    fn by_group(&self) -> Option<Table> {
        let (names, labels) = self.groups()?;
        let cells = Cells::Text(names.iter().map(|n| Text::plain(*n)).collect());
        let t = Table::new("by_group", Text::new("Arithmetic means by group", "各组算术平均")).column(
            "group",
            Text::new("Group", "分组"),
            Text::default(),
            cells,
        );
        Some(self.columns(t, names.len(), |row, i| labels[self.0.to_row[i]] == names[row]))
    }

    fn summary(&self) -> Vec<Text> {
        let spans = self.0.spans_set();
        let mean = self.mean(self.0.index(), |_| true);
        let (Some(first), Some(last)) = (spans.first(), spans.last()) else {
            return vec![Text::new(
                "No change could be computed: no unit has two adjacent periods.",
                "没有单元具有相邻两期数据，无法计算变化。",
            )];
        };
        if mean.is_nan() {
            return vec![Text::new("No change could be solved.", "没有可求解的变化。")];
        }
        let label = &self.0.components[0].label;
        let parts: Vec<(&Text, f64)> = self.0.components[1..]
            .iter()
            .map(|c| (&c.label, self.mean(c.values, |_| true)))
            .filter(|p| p.1.is_finite())
            .collect();
        let en: Vec<String> = parts.iter().map(|(l, m)| format!("{} {m:+.4}", l.en)).collect();
        let zh: Vec<String> = parts.iter().map(|(l, m)| format!("{} {m:+.4}", l.zh)).collect();
        let mut out = vec![Text::new(
            format!("{}: {mean:+.4} a period on average, {} to {} ({}).", label.en, first.0, last.1, en.join(", ")),
            format!("{}：{}—{} 年平均每期 {mean:+.4}（{}）。", label.zh, first.0, last.1, zh.join("，")),
        )];
        let known = |u: usize| self.0.of_unit(u).filter(|&i| self.0.index()[i].is_finite()).count();
        let all = (0..self.0.names.len()).map(known).max().unwrap_or(0);
        // A mean over fewer years is no match for one over all.
        let best = (0..self.0.names.len())
            .filter(|&u| known(u) == all)
            .map(|u| (self.mean(self.0.index(), |i| self.0.unit[i] == u), u))
            .filter(|m| m.0.is_finite())
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        if let Some((m, u)) = best {
            let name = self.0.names[u];
            let row = self.0.panel.units.iter().position(|x| x == name);
            let zh = row.map(|r| self.0.panel.units_zh[r].as_str()).filter(|z| !z.is_empty()).unwrap_or(name);
            out.push(Text::new(format!("Fastest: {name} with {m:+.4} a period."), format!("最快的是{zh}，平均每期 {m:+.4}。")));
        }
        out
    }

    /// Summed arithmetic means: 0 in the first period; unknown after a step that no unit has.
    fn line(&self, values: &[f64], keep: impl Fn(usize) -> bool) -> Vec<f64> {
        let (mut level, mut line, mut end) = (0.0, Vec::new(), None);
        for (from, to) in self.0.spans_set() {
            match end {
                None => line.push(level),
                Some(last) if last == from => {}
                Some(_) => {
                    level = f64::NAN;
                    line.push(level);
                }
            }
            level += self.mean(values, |i| self.0.to[i] == to && keep(i));
            line.push(level);
            end = Some(to);
        }
        line
    }

    fn figures(&self) -> Vec<Figure> {
        let c = &self.0;
        let spans = c.spans_set();
        let Some(first) = spans.first() else { return Vec::new() };
        let mut periods: Vec<i32> = spans.iter().flat_map(|s| [s.0, s.1]).collect();
        periods.dedup();
        let series = |name: Text, values| Series { name, unit: false, values, band: Vec::new() };
        let figure = |id: &str, title: Text, note: Text, series: Vec<Series>| Figure {
            id: id.into(),
            title,
            note,
            chart: Chart::Lines(Lines {
                label: Text::new(format!("{} = 0", first.0), format!("{} 年 = 0", first.0)),
                decimals: 3,
                periods: periods.clone(),
                series,
                reference: Some(0.0),
            }),
        };
        let solved = c.components.iter().filter(|p| p.values.iter().any(|v| v.is_finite()));
        let mut figures = vec![figure(
            "cumulative",
            Text::new("Cumulative change and its parts", "累积变化及其构成"),
            Text::new("Arithmetic means over units, summed.", "各单元算术平均的累积和。"),
            solved.map(|p| series(p.label.clone(), self.line(p.values, |_| true))).collect(),
        )];
        if let Some((names, labels)) = self.groups() {
            let line = |n: &&str| series(Text::plain(*n), self.line(c.index(), |i| labels[c.to_row[i]] == **n));
            figures.push(figure(
                "groups",
                Text::new("Cumulative change by group", "各组累积变化"),
                Text::new("Arithmetic means over the units of a group, summed.", "组内单元算术平均的累积和。"),
                names.iter().map(line).collect(),
            ));
        }
        figures.push(c.heatmap(
            Text::new("Change by unit and period", "各单元各期变化"),
            Text::new("0 = no change; empty cells have no value, see the tables.", "0 表示不变；空白无值，原因见表。"),
            0.0,
        ));
        figures
    }
}
