//! Figures of production functions: elasticities by method, productivity by period, agreement of methods.

use numerics::moments::{correlation, quantile};

use super::{
    super::lookup,
    story::{Productivity, Story},
};
use crate::{
    figure::{Chart, Figure, Heatmap, Lines, Series, Stack},
    text::Text,
};

impl Story<'_> {
    pub(super) fn figures(&self, productivity: &[Productivity]) -> Vec<Figure> {
        let mut out = vec![self.by_method(), self.by_period(productivity)];
        if productivity.len() > 1 {
            out.push(self.agreement(productivity));
        }
        out.extend(self.root_maps());
        out
    }

    fn by_method(&self) -> Figure {
        let mut names: Vec<&String> = Vec::new();
        for name in self.told().flat_map(|(_, t)| &t.inputs) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let values = |name: &String| -> Vec<f64> {
            let of = |at: Option<usize>, e: &[f64]| at.map_or(f64::NAN, |j| e[j]);
            self.told().map(|(_, t)| of(t.inputs.iter().position(|n| n == name), &t.fitted.elasticities)).collect()
        };
        Figure {
            id: "elasticities".into(),
            title: Text::new("Elasticities by method", "各方法的产出弹性"),
            note: Text::new("The mark is returns to scale, the sum of the elasticities.", "标记为规模报酬，即各弹性之和。"),
            chart: Chart::Stack(Stack {
                label: Text::new("output elasticity", "产出弹性"),
                decimals: 3,
                categories: self.told().map(|(c, _)| self.name(c)).collect(),
                categories_are_units: false,
                parts: names.iter().map(|n| (lookup::variable_label(self.panel, n), values(n))).collect(),
                total: self.told().map(|(_, t)| t.fitted.returns()).collect(),
            }),
        }
    }

    fn by_period(&self, productivity: &[Productivity]) -> Figure {
        let periods = self.panel.period_set();
        let series = |p: &Productivity| {
            let relative = p.relative(self.rows);
            let sorted: Vec<Vec<f64>> = periods.iter().map(|&t| self.sorted(&relative, t)).collect();
            Series {
                name: Text::plain(p.estimator.label()),
                unit: false,
                values: sorted.iter().map(|v| quantile(v, 0.5)).collect(),
                band: sorted.iter().map(|v| (quantile(v, 0.1), quantile(v, 0.9))).collect(),
            }
        };
        Figure {
            id: "distribution".into(),
            title: Text::new("Productivity by period", "各期生产率分布"),
            note: Text::new(
                "Median and the band from the 10th to the 90th percentile, less the mean of the industry.",
                "中位数及第 10 至第 90 百分位区间，已减去行业均值。",
            ),
            chart: Chart::Lines(Lines {
                label: Text::new("log productivity", "对数生产率"),
                decimals: 2,
                periods: periods.clone(),
                series: productivity.iter().map(series).collect(),
                reference: Some(0.0),
            }),
        }
    }

    fn agreement(&self, productivity: &[Productivity]) -> Figure {
        let relative: Vec<Vec<f64>> = productivity.iter().map(|p| p.relative(self.rows)).collect();
        let cell = |a: &[f64], b: &[f64]| {
            let (x, y): (Vec<f64>, Vec<f64>) =
                a.iter().zip(b).filter(|(x, y)| x.is_finite() && y.is_finite()).map(|(x, y)| (*x, *y)).unzip();
            correlation(&x, &y)
        };
        let names: Vec<Text> = productivity.iter().map(|p| Text::plain(p.estimator.label())).collect();
        Figure {
            id: "agreement".into(),
            title: Text::new("Do the methods agree?", "各方法是否一致"),
            note: Text::new(
                "Correlation of productivity over the rows both methods have, less the mean of the industry.",
                "两种方法共有行上生产率的相关系数，已减去行业均值。",
            ),
            chart: Chart::Heatmap(Heatmap::correlations(
                Text::new("correlation", "相关系数"),
                names,
                relative.iter().map(|a| relative.iter().map(|b| cell(a, b)).collect()).collect(),
            )),
        }
    }
}
