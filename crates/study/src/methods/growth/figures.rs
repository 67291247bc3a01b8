//! What growth accounts look like.

use numerics::moments::mean;
use tfp::{
    average::{self, Averaging, Mean},
    growth::Level,
};

use super::story::Story;
use crate::{
    figure::{Chart, Figure, Frame, Lines, Scale, Series, Stack, Tiles},
    text::{Language, Text},
};

impl Story<'_> {
    pub(super) fn figures(
        &self,
        total: &[Mean],
        bands: &[Vec<Mean>; 2],
        group: &[usize],
        names: &[String],
        spans: &[(i32, i32)],
    ) -> Vec<Figure> {
        let periods = self.panel.period_set();
        let level = |rows: &dyn Fn(usize) -> bool| -> Vec<f64> {
            let at = |p: &i32| {
                let logs: Vec<f64> = (0..self.panel.len())
                    .filter(|&i| self.panel.periods[i] == *p && rows(i) && self.result.level[i].is_finite())
                    .map(|i| self.result.level[i].ln())
                    .collect();
                mean(&logs).exp()
            };
            periods.iter().map(at).collect()
        };
        let line = |name: Text, unit: bool, values: Vec<f64>| Series { name, unit, values, band: Vec::new() };
        let mut series = vec![line(Text::new("all units", "全部"), false, level(&|_| true))];
        series.extend(names.iter().enumerate().map(|(g, n)| line(Text::plain(n.clone()), false, level(&|i| group[i] == g))));
        for (u, name) in self.panel.unit_set().iter().enumerate() {
            series.push(line(Text::plain(*name), true, level(&|i| self.data.units[i] == u)));
        }
        let lines = Figure {
            id: "tfp".into(),
            title: Text::new("Total factor productivity", "全要素生产率"),
            note: match self.options.level {
                Level::ByPeriod => Text::new(
                    "Geometric means of the units with data in the period. Levels stand against the base of their own period: they do not show growth.",
                    "取当期有数据单元的几何平均。水平以各期自身为基准，不反映增长。",
                ),
                Level::Multilateral | Level::Ratio => {
                    Text::new("Geometric means of the units with data in the period.", "取当期有数据单元的几何平均。")
                }
            },
            chart: Chart::Lines(Lines {
                label: Text::new("TFP level", "TFP 水平"),
                decimals: 2,
                periods: periods.clone(),
                series,
                reference: Some(1.0),
            }),
        };

        let percent = |f: &dyn Fn(&Mean) -> f64| total.iter().map(|m| 100.0 * f(m)).collect::<Vec<f64>>();
        let mut parts: Vec<(Text, Vec<f64>)> =
            (0..self.factors.len()).map(|k| (self.label(k), percent(&|m| m.contributions[k]))).collect();
        parts.push((Text::plain("TFP"), percent(&|m| m.tfp)));
        let stack = Figure {
            id: "contributions".into(),
            title: Text::new("Where growth came from", "增长从何而来"),
            note: Text::new("The mark is output growth; the parts add up to it.", "标记为产出增长，各部分之和与之相等。"),
            chart: Chart::Stack(Stack {
                label: Text::new("log growth, %", "对数增长率（%）"),
                decimals: 2,
                categories: total.iter().map(|m| Text::plain(m.period.to_string())).collect(),
                categories_are_units: false,
                parts,
                total: percent(&|m| m.output),
            }),
        };

        let chain = |means: &[Mean]| -> Vec<f64> {
            let mut sum = 0.0;
            let mut started = false;
            let mut at = |p: &i32| match means.iter().find(|m| m.period == *p) {
                Some(m) => {
                    started = true;
                    sum += m.tfp;
                    f64::exp(sum)
                }
                None if !started && means.iter().any(|m| m.period == p + self.options.step as i32) => 1.0,
                None => f64::NAN,
            };
            periods.iter().map(&mut at).collect()
        };
        let (a, b) = (chain(&bands[0]), chain(&bands[1]));
        let band = Figure {
            id: "sensitivity".into(),
            title: Text::new("TFP of all units and the share of the first input", "全部单元的 TFP 与首项份额"),
            note: Text::new(
                format!("Chained mean growth; the band moves the share of {} by {}.", self.label(0).en, self.options.sensitivity),
                format!("平均增长的累积；区间为 {} 份额上下移动 {}。", self.label(0).get(Language::Zh), self.options.sensitivity),
            ),
            chart: Chart::Lines(Lines {
                label: Text::new("first period = 1", "首期 = 1"),
                decimals: 2,
                periods: periods.clone(),
                series: vec![Series {
                    name: Text::new("all units", "全部"),
                    unit: false,
                    values: chain(total),
                    band: a.iter().zip(&b).map(|(a, b)| (a.min(*b), a.max(*b))).collect(),
                }],
                reference: Some(1.0),
            }),
        };

        let own: Vec<Mean> = average::by_period(&self.data, self.result, self.data.units, Averaging::Units);
        let frames = spans
            .iter()
            .map(|&(from, to)| Frame {
                label: format!("{from}–{to}"),
                values: (self.panel.unit_set().iter().enumerate())
                    .map(|(u, n)| ((*n).to_owned(), average::over(&own, u, from, to).map_or(f64::NAN, |m| 100.0 * m.tfp)))
                    .collect(),
            })
            .collect();
        let tiles = Figure {
            id: "map".into(),
            title: Text::new("Mean TFP growth", "TFP 平均增长"),
            note: Text::default(),
            chart: Chart::Tiles(Tiles {
                label: Text::new("log growth per period, %", "每期对数增长率（%）"),
                decimals: 2,
                scale: Scale::Diverging { middle: 0.0 },
                frames,
            }),
        };
        vec![lines, stack, band, tiles]
    }
}
