//! What stocks look like.

use super::{story::Story, tables::moved};
use crate::{
    figure::{Bars, Chart, Figure, Lines, Series, Stack},
    text::Text,
};

impl Story<'_> {
    pub(super) fn figures(&self) -> Vec<Figure> {
        let mut figures = vec![self.fan_figure(), self.sources(), self.left()];
        if self.stocks.len() > 1 {
            figures.push(self.assets_figure());
        }
        figures
    }

    /// Values of a column by unit and period.
    fn by_unit(&self, column: &[f64]) -> Vec<Series> {
        let panel = self.account.panel;
        let series = |unit: &&str| {
            let at = |p: &i32| panel.row(unit, *p).map_or(f64::NAN, |i| column[i]);
            let values = self.periods.iter().map(at).collect();
            Series { name: Text::plain(*unit), unit: true, values, band: Vec::new() }
        };
        panel.unit_set().iter().map(series).collect()
    }

    fn lines(&self, label: Text, decimals: u8, series: Vec<Series>) -> Chart {
        Chart::Lines(Lines { label, decimals, periods: self.periods.clone(), series, reference: None })
    }

    fn fan_figure(&self) -> Figure {
        let (low, high) = (self.aggregate(&self.low), self.aggregate(&self.high));
        let all = Series {
            name: Text::new("all units", "全部"),
            unit: false,
            values: self.aggregate(&self.total),
            band: low.into_iter().zip(high).collect(),
        };
        Figure {
            id: "stock".into(),
            title: Text::new("Capital stock with its fan", "资本存量及其扇面"),
            note: Text::new(
                "Sum over units at the end of each period; the band holds all combinations of depreciation, first stock and deflator.",
                "各期期末各单元之和；阴影为折旧、初始存量与平减指数全部组合的范围。",
            ),
            chart: self.lines(self.unit(), 0, vec![all]),
        }
    }

    fn sources(&self) -> Figure {
        let one = self.fan.iter().filter(|(s, _)| s.moved() == 1);
        let items = one.map(|(s, c)| (moved(s, self.account.options.model), self.off(c))).collect();
        Figure {
            id: "sensitivity".into(),
            title: Text::new("What moves the last stock", "末期存量受何影响"),
            note: Text::new("One source at a time, beside the stock as given.", "每次只变动一项，与基准之差。"),
            chart: Chart::Bars(Bars { label: Text::plain("%"), decimals: 1, items, items_are_units: false }),
        }
    }

    fn left(&self) -> Figure {
        let percent: Vec<f64> = self.initial_share.iter().map(|v| 100.0 * v).collect();
        Figure {
            id: "first_stock".into(),
            title: Text::new("What is left of the first stock", "初始存量的剩余占比"),
            note: Text::new(
                "Share of the stock that rests on what was assumed about the beginning: an error of it fades likewise.",
                "存量中取决于对期初假定的部分；其误差随之消退。",
            ),
            chart: self.lines(Text::new("% of the stock", "占存量（%）"), 1, self.by_unit(&percent)),
        }
    }

    fn assets_figure(&self) -> Figure {
        let sums: Vec<Vec<f64>> = self.stocks.iter().map(|s| self.aggregate(&s.productive)).collect();
        let shown: Vec<usize> = (0..self.periods.len()).filter(|&t| sums.iter().all(|s| s[t].is_finite())).collect();
        let pick = |s: &[f64]| shown.iter().map(|&t| s[t]).collect::<Vec<f64>>();
        Figure {
            id: "assets".into(),
            title: Text::new("Capital stock by asset", "分资产资本存量"),
            note: Text::new("Sum over units at the end of each period.", "各期期末各单元之和。"),
            chart: Chart::Stack(Stack {
                label: self.unit(),
                decimals: 0,
                categories: shown.iter().map(|&t| Text::plain(self.periods[t].to_string())).collect(),
                categories_are_units: false,
                parts: sums.iter().enumerate().map(|(a, s)| (self.label(a), pick(s))).collect(),
                total: pick(&self.aggregate(&self.total)),
            }),
        }
    }
}
