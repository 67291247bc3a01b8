//! Efficiencies of a whole horizon and of its periods: tables, figures and sentences.

use frontier::State;
use numerics::moments;
use panel::Panel;

use super::numbers;
use crate::{
    figure::{Chart, Figure, Lines, Series},
    method::OutputVariable,
    methods::{
        divisions::View,
        network,
        scores::{self, Words},
    },
    table::{Cells, Table},
    text::Text,
};

/// One value per panel row in each column; those of the whole are the same in all rows of a unit.
pub(super) struct Horizon<'a> {
    pub panel: &'a Panel,
    /// Panel rows by period and unit.
    pub rows: &'a [Vec<usize>],
    pub overall: Vec<f64>,
    pub by_period: Vec<f64>,
    pub state: Vec<State>,
    pub interval: Vec<(f64, f64)>,
    /// Divisions over all periods.
    pub divisions: Vec<(Text, Vec<f64>)>,
    pub note: Text,
}

/// The mean over some rows of what is a number.
pub(super) fn mean(values: &[f64], rows: &[usize]) -> f64 {
    let own: Vec<f64> = rows.iter().map(|&r| values[r]).filter(|x| x.is_finite()).collect();
    if own.is_empty() { f64::NAN } else { moments::mean(&own) }
}

impl Horizon<'_> {
    fn words() -> Words {
        View::words()
    }

    /// Rows that stand for units, best first; those without a value last.
    fn ranked(&self) -> Vec<usize> {
        let last = self.panel.period_set().last().copied().unwrap_or_default();
        Self::words().ranked(self.panel, &self.overall, last)
    }

    pub(super) fn variables(&self) -> Vec<OutputVariable> {
        let variable = |name: &str, label, values: &[f64]| scores::variable(self.panel, name, label, values.to_vec());
        vec![
            variable("score", Text::new("Efficiency over all periods", "全期效率"), &self.overall),
            variable("period_score", Text::new("Efficiency of the period", "当期效率"), &self.by_period),
        ]
    }

    /// One row per unit, best first; `certified` adds what stands beside a score.
    pub(super) fn scores(&self, certified: impl Fn(Table) -> Table) -> Table {
        let panel = self.panel;
        let mut table = Table::new("scores", Text::new("Efficiency over all periods", "全期效率"))
            .note(self.note.clone())
            .column("unit", Text::new("Unit", "单元"), Text::default(), Cells::Unit(panel.units.clone()))
            .column("score", Text::new("All periods", "全期"), Text::default(), numbers(&self.overall));
        for period in panel.period_set() {
            let value = |r: usize| panel.row(&panel.units[r], period).map_or(f64::NAN, |row| self.by_period[row]);
            let values: Vec<f64> = (0..panel.len()).map(value).collect();
            table = table.column(&format!("period_{period}"), Text::plain(period.to_string()), Text::default(), numbers(&values));
        }
        for (k, (name, values)) in self.divisions.iter().enumerate() {
            table = table.column(&format!("whole_division_{}", k + 1), name.clone(), Text::default(), numbers(values));
        }
        let mut rows = self.ranked();
        let solved = rows.len();
        // Each unit once, also the ones that were left out.
        for unit in panel.unit_set() {
            if !rows[..solved].iter().any(|&r| panel.units[r] == unit) {
                rows.extend(panel.period_set().iter().find_map(|&p| panel.row(unit, p)));
            }
        }
        certified(table).rows(&rows)
    }

    /// One row per unit and period.
    pub(super) fn periods(&self) -> Table {
        let every: Vec<usize> = (0..self.panel.len()).collect();
        let title = Text::new("Efficiency by period", "各期效率");
        let label = Text::new("Efficiency of the period", "当期效率");
        scores::keyed(self.panel, "periods", title, &every).column("score", label, Text::default(), numbers(&self.by_period))
    }

    /// Status and certified bounds of the whole.
    pub(super) fn certified(&self, table: Table) -> Table {
        scores::certified(table, &self.state, &self.interval)
    }

    pub(super) fn figures(&self) -> Vec<Figure> {
        let words = Self::words();
        let every = words.figures(self.panel, &self.overall);
        let title = Text::new("Efficiency over all periods", "全期效率");
        let mut figures: Vec<Figure> =
            every.into_iter().filter(|f| f.id == "ranking").map(|f| Figure { title: title.clone(), ..f }).collect();
        figures.extend(words.figures(self.panel, &self.by_period).into_iter().filter(|f| f.id == "periods"));
        let periods = self.panel.period_set();
        let values = self.rows.iter().map(|rows| mean(&self.by_period, rows)).collect();
        figures.push(Figure {
            id: "means".into(),
            title: Text::new("Mean efficiency by period", "各期平均效率"),
            note: Text::new("Each period against the units of that period.", "各期以当期单元为参照。"),
            chart: Chart::Lines(Lines {
                label: words.label,
                decimals: 3,
                series: vec![Series { name: words.score, unit: false, values, band: Vec::new() }],
                periods,
                reference: Some(1.0),
            }),
        });
        figures
    }

    pub(super) fn summary(&self) -> Vec<Text> {
        let (panel, rows) = (self.panel, self.ranked());
        let Some(&worst) = rows.last() else {
            return vec![Text::new("No unit could be scored.", "没有可计算的单元。")];
        };
        let periods = panel.period_set();
        let (first, last) = (periods.first().copied().unwrap_or_default(), periods.last().copied().unwrap_or_default());
        let (n, all) = (rows.len(), mean(&self.overall, &rows));
        let full = rows.iter().filter(|&&r| self.overall[r] >= 1.0 - frontier::dea::TOLERANCE).count();
        let by: Vec<f64> = self.rows.iter().map(|rows| mean(&self.by_period, rows)).collect();
        let mut lines = vec![Text::new(
            format!("From {first} to {last} the mean efficiency of {n} units is {all:.3}; {full} are efficient in all periods."),
            format!("{first}—{last} 年，{n} 个单元的平均效率为 {all:.3}，其中 {full} 个各期均有效。"),
        )];
        let lowest = periods.iter().zip(&by).filter(|p| p.1.is_finite()).min_by(|a, b| a.1.total_cmp(b.1));
        lines.extend(lowest.map(|(period, mean)| {
            Text::new(
                format!("The period with the lowest mean efficiency is {period} ({mean:.3})."),
                format!("平均效率最低的时期是 {period} 年（{mean:.3}）。"),
            )
        }));
        lines.push(network::worst_line(panel, worst, self.overall[worst]));
        lines
    }
}
