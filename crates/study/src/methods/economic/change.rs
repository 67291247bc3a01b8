//! Change of economic efficiency from one period to the next.

use frontier::economic::{Economic, EconomicChange};
use numerics::moments;

use super::{Measure, Story};
use crate::{
    methods::scores::Part,
    table::{Cells, Table},
    text::Text,
};

/// Changes of units between two adjacent periods.
struct Step {
    from: i32,
    to: i32,
    units: Vec<String>,
    parts: EconomicChange,
    /// The same in money, where parts are differences.
    money: EconomicChange,
}

impl Story<'_> {
    /// Where the rows of a period stand: their part and place in it.
    fn places(&self, period: i32) -> Vec<(usize, &Part<Economic>, usize)> {
        let panel = self.panel;
        let of = |p: &'_ Part<Economic>| -> Vec<(usize, usize)> {
            let rows = p.rows.iter().enumerate().filter(|(_, r)| panel.periods[**r] == period);
            rows.map(|(u, r)| (*r, u)).collect()
        };
        self.parts.iter().flat_map(|p| of(p).into_iter().map(move |(r, u)| (r, p, u))).collect()
    }

    fn steps(&self) -> Vec<Step> {
        let step = |pair: &[i32]| -> Option<Step> {
            let (before, after) = (self.places(pair[0]), self.places(pair[1]));
            // The rows of a period stand in one part.
            let (a, b) = (before.first()?.1, after.first()?.1);
            let unit = |row: usize| self.panel.units[row].as_str();
            let both: Vec<(&str, (usize, usize))> = before
                .iter()
                .filter_map(|(row, _, u)| {
                    // Rows stand in the order of units.
                    let at = after.binary_search_by(|(r, _, _)| unit(*r).cmp(unit(*row))).ok()?;
                    Some((unit(*row), (*u, after[at].2)))
                })
                .collect();
            let places: Vec<(usize, usize)> = both.iter().map(|b| b.1).collect();
            Some(Step {
                from: pair[0],
                to: pair[1],
                units: both.iter().map(|b| b.0.to_owned()).collect(),
                parts: a.result.change_of(&b.result, &places, false),
                money: a.result.change_of(&b.result, &places, true),
            })
        };
        self.panel.period_set().windows(2).filter_map(step).collect()
    }

    /// Changes of every unit, and their means; nothing for a single period.
    pub(super) fn change(&self) -> Vec<Table> {
        let steps = self.steps();
        if steps.is_empty() {
            return Vec::new();
        }
        let shares = self.options.shares();
        let note = if shares {
            Text::new("Later over earlier share; above 1 is progress.", "后期与前期之比，大于 1 为进步。")
        } else {
            Text::new("Earlier less later inefficiency; above 0 is progress.", "前期减后期的无效率值，大于 0 为进步。")
        };
        let every = |get: &dyn Fn(&Step) -> Vec<f64>| -> Vec<f64> { steps.iter().flat_map(get).collect() };
        let mean = |get: &dyn Fn(&Step) -> Vec<f64>| -> Vec<f64> { steps.iter().map(|s| middle(&get(s), shares)).collect() };
        let whole = |get: fn(&Step) -> i32, each: bool| -> Cells {
            let times = |s: &Step| if each { s.units.len() } else { 1 };
            Cells::Integer(steps.iter().flat_map(|s| vec![Some(i64::from(get(s))); times(s)]).collect())
        };
        let none = Text::default;
        let (from, to) = (Text::new("From", "起"), Text::new("To", "止"));
        let units = Cells::Unit(steps.iter().flat_map(|s| s.units.clone()).collect());
        let mut all = Table::new("change", Text::new("Change of economic efficiency", "经济效率变化"))
            .note(note.clone())
            .column("unit", Text::new("Unit", "单元"), none(), units)
            .column("from", from.clone(), none(), whole(|s| s.from, true))
            .column("to", to.clone(), none(), whole(|s| s.to, true));
        let (how, how_zh) = if shares {
            ("Geometric means of the units.", "各单元的几何平均。")
        } else {
            ("Means of the units.", "各单元的平均。")
        };
        let note = Text::new(format!("{how} {}", note.en), format!("{how_zh}{}", note.zh));
        let mut means = Table::new("change_means", Text::new("Mean change of economic efficiency", "经济效率平均变化"))
            .note(note)
            .column("from", from, none(), whole(|s| s.from, false))
            .column("to", to, none(), whole(|s| s.to, false));
        type Get = fn(&EconomicChange) -> Vec<f64>;
        let scale: Get = |c| c.scale.clone().unwrap_or_default();
        let mut columns: Vec<(&str, Text, Get)> = vec![
            ("economic", Text::new("Economic", "经济"), |c| c.economic.clone()),
            ("technical", Text::new("Technical part", "技术部分"), |c| c.technical.clone()),
            ("allocative", Text::new("Allocative part", "配置部分"), |c| c.allocative.clone()),
        ];
        if self.options.measure == Measure::Profitability {
            columns.insert(2, ("scale", Text::new("Scale part", "规模部分"), scale));
        }
        for (name, label, get) in columns {
            let of = |s: &Step| get(&s.parts);
            all = all.column(name, label.clone(), none(), Cells::Number(every(&of), 4));
            means = means.column(name, label.clone(), none(), Cells::Number(mean(&of), 4));
            if !shares {
                let label = Text::new(format!("{}, in money", label.en), format!("{}（金额）", label.zh));
                let of = |s: &Step| get(&s.money);
                let name = format!("{name}_money");
                all = all.column(&name, label.clone(), none(), Cells::Number(every(&of), 4));
                means = means.column(&name, label, none(), Cells::Number(mean(&of), 4));
            }
        }
        vec![means, all.hidden()]
    }
}

/// Mean of what is known; geometric for shares.
fn middle(values: &[f64], shares: bool) -> f64 {
    let known: Vec<f64> =
        values.iter().filter(|x| x.is_finite() && (!shares || **x > 0.0)).map(|x| if shares { x.ln() } else { *x }).collect();
    if known.is_empty() {
        return f64::NAN;
    }
    let mean = moments::mean(&known);
    if shares { mean.exp() } else { mean }
}
