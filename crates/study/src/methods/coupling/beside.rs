//! What stands beside the degree: the system that lags, and a degree as misprinted with the right one.

use index::coupling::{self, CLASSES, misprint::relative_development};

use super::{View, lookup};
use crate::{
    finding::{Finding, Weight},
    table::{Cells, Table},
    text::{Language, Text},
};

impl View<'_> {
    /// The systems of a row on the scale of 0 to 1; none where one is missing.
    fn row(&self, i: usize) -> Option<Vec<f64>> {
        let (low, high) = (self.options.low, self.options.high);
        self.result.class[i]?;
        Some(self.systems.iter().map(|s| ((s[i] - low) / (high - low)).clamp(0.0, 1.0)).collect())
    }

    fn keyed(&self, id: &str, title: Text) -> Table {
        let periods = self.panel.periods.iter().map(|p| Some(i64::from(*p))).collect();
        Table::new(id, title)
            .column("unit", Text::new("Unit", "单元"), Text::default(), Cells::Unit(self.panel.units.clone()))
            .column("period", Text::new("Period", "时期"), Text::default(), Cells::Integer(periods))
    }

    /// Relative development by row.
    pub(super) fn relative(&self) -> Table {
        let found: Vec<_> = (0..self.panel.len()).map(|i| self.row(i).map(|u| relative_development(&u))).collect();
        let label = |lags: Option<usize>| match lags.and_then(|j| self.options.systems.get(j)) {
            Some(name) => {
                let label = lookup::variable_label(self.panel, name);
                Text::new(format!("{} lags", label.get(Language::En)), format!("{}滞后", label.get(Language::Zh)))
            }
            None => Text::new("in step", "同步"),
        };
        let text = |f: &Option<_>| {
            f.as_ref().map_or_else(|| Text::new("missing", "缺失"), |r: &coupling::misprint::Relative| label(r.lags))
        };
        self.keyed("relative", Text::new("Relative development of the systems", "各系统的相对发展程度"))
            .hidden()
            .note(Text::new(
                "Ratio of the lowest system to the highest; below 0.8 the lowest is said to lag.",
                "最低系统与最高系统之比；低于 0.8 时称最低者滞后。",
            ))
            .column(
                "ratio",
                Text::new("Lowest to highest", "最低与最高之比"),
                Text::default(),
                Cells::Number(found.iter().map(|r| r.map_or(f64::NAN, |r| r.ratio)).collect(), 3),
            )
            .column("type", Text::new("Type", "类型"), Text::default(), Cells::Text(found.iter().map(text).collect()))
    }

    /// The degree as misprinted, and D that follows, beside the right ones; with the finding that says so.
    pub(super) fn reproduced(&self) -> Option<(Table, Finding)> {
        let form = self.options.reproduce?;
        let degree: Vec<f64> = (0..self.panel.len()).map(|i| self.row(i).map_or(f64::NAN, |u| form.degree(&u))).collect();
        let d: Vec<f64> = degree.iter().zip(&self.result.development).map(|(c, t)| (c * t).sqrt()).collect();
        let class: Vec<Option<usize>> =
            d.iter().map(|d| (!d.is_nan()).then(|| coupling::class(*d, self.options.boundary))).collect();
        let moved = class.iter().zip(&self.result.class).filter(|(a, b)| a.is_some() && a != b).count();
        let there = class.iter().filter(|c| c.is_some()).count();
        let beyond = degree.iter().filter(|c| **c > 1.0 + 1e-12).count();
        let named = |c: &Option<usize>| c.map_or(Text::new("missing", "缺失"), |k| Text::new(CLASSES[k].0, CLASSES[k].1));
        let number = |v: &[f64]| Cells::Number(v.to_vec(), 3);
        let none = Text::default;
        let table = self
            .keyed("reproduced", Text::new("The degree as misprinted, beside the right one", "误用公式的结果与正确结果对照"))
            .column("c_misprinted", Text::new("C, as misprinted", "C（误用）"), none(), number(&degree))
            .column("c", Text::plain("C"), none(), number(&self.result.traditional))
            .column("d_misprinted", Text::new("D, as misprinted", "D（误用）"), none(), number(&d))
            .column("d", Text::plain("D"), none(), number(&self.result.coordination))
            .column(
                "class_misprinted",
                Text::new("Class, as misprinted", "等级（误用）"),
                none(),
                Cells::Text(class.iter().map(named).collect()),
            )
            .column("class", Text::new("Class", "等级"), none(), Cells::Text(self.result.class.iter().map(named).collect()));
        let (over, over_zh) = if beyond > 0 {
            (format!(" In {beyond} rows it exceeds 1."), format!("其中 {beyond} 行大于 1。"))
        } else {
            <_>::default()
        };
        let finding = Finding {
            code: "CI009".into(),
            weight: Weight::Error,
            place: Text::new("coupling degree", "耦合度"),
            message: Text::new(
                format!(
                    "The misprinted form `{}` is shown to reproduce a publication; it is no coupling degree. It puts {moved} of {there} rows into another class than the right one.{over}",
                    name(form)
                ),
                format!(
                    "误用形式 `{}` 仅用于复现已发表结果，并非耦合度；{there} 行中有 {moved} 行的等级与正确结果不同。{over_zh}",
                    name(form)
                ),
            ),
        };
        Some((table, finding))
    }
}

fn name(form: coupling::misprint::Misprint) -> String {
    serde_json::to_value(form).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
