//! What productivity from prices and quantities says: sentences, variables, tables, figures and findings.

use numerics::moments::{mean, median};
use panel::Panel;
use tfp::{
    growth::Base,
    superlative::{Model, Scope, Status, Superlative},
};

use super::{super::index_numbers::words, SuperlativeStep};
use crate::{
    figure::{Chart, Figure, Lines, Series},
    finding::{Finding, Weight},
    method::{Check, Output, OutputVariable},
    table::{Cells, Table},
    text::{Language, Text},
};

/// Relative difference between transitive levels and direct changes that a reader should know of.
const APART: f64 = 0.05;

pub(super) struct Story<'a> {
    pub panel: &'a Panel,
    pub options: &'a SuperlativeStep,
    pub units: &'a [usize],
    pub result: &'a Superlative,
}

/// Means of one period.
struct Period {
    period: i32,
    units: usize,
    changes: [f64; 3],
    level: f64,
}

impl Story<'_> {
    pub(super) fn output(&self) -> Output {
        let periods = self.periods();
        Output {
            summary: self.summary(&periods),
            variables: self.variables(),
            tables: self.tables(&periods),
            figures: self.figures(&periods),
            findings: self.findings(),
            checks: vec![self.check()],
        }
    }

    fn name(&self) -> Text {
        match self.options.model {
            Model::CavesChristensenDiewert => Text::plain("Caves-Christensen-Diewert"),
            Model::Geks => {
                let f = words::formula(self.options.formula);
                Text::new(format!("GEKS over {}", f.en), format!("GEKS（{}）", f.get(Language::Zh)))
            }
            Model::Chained => {
                let f = words::formula(self.options.formula);
                Text::new(format!("{}, chained", f.en), format!("{}，链式", f.get(Language::Zh)))
            }
        }
    }

    /// Where productivity is 1.
    fn one(&self) -> Text {
        match (self.options.model, self.options.scope, self.options.base) {
            (Model::Chained, ..) => Text::new("first period of the unit = 1", "单元首期 = 1"),
            (_, Scope::Period, _) => Text::new("mean of the period = 1", "当期平均 = 1"),
            (_, _, Base::FirstPeriod) => Text::new("mean of the first period = 1", "首期平均 = 1"),
            (_, _, Base::Panel) => Text::new("mean of the panel = 1", "面板平均 = 1"),
        }
    }

    fn check(&self) -> Check {
        let r = self.result;
        let off = (0..r.tfp.len())
            .flat_map(|i| [r.output[i] / r.input[i] / r.tfp[i], r.output_change[i] / r.input_change[i] / r.tfp_change[i]]);
        Check {
            name: Text::new("TFP = output / input (relative)", "TFP = 产出 / 投入（相对误差）"),
            residual: off.filter(|x| !x.is_nan()).map(|x| (x - 1.0).abs()).fold(0.0, f64::max),
            tolerance: 1e-12,
        }
    }

    fn periods(&self) -> Vec<Period> {
        let r = self.result;
        let logs = |rows: &[usize], v: &[f64]| mean(&rows.iter().map(|&i| v[i].ln()).collect::<Vec<f64>>()).exp();
        let one = |&period: &i32| {
            let here: Vec<usize> = (0..self.panel.len()).filter(|&i| self.panel.periods[i] == period).collect();
            let changed: Vec<usize> = here.iter().copied().filter(|&i| r.tfp_change[i].is_finite()).collect();
            let levels: Vec<usize> = here.into_iter().filter(|&i| r.tfp[i].is_finite()).collect();
            Period {
                period,
                units: changed.len(),
                changes: [&r.output_change, &r.input_change, &r.tfp_change].map(|v| logs(&changed, v)),
                level: logs(&levels, &r.tfp),
            }
        };
        self.panel.period_set().iter().map(one).collect()
    }

    fn variables(&self) -> Vec<OutputVariable> {
        let keys: Vec<(String, i32)> = self.panel.units.iter().cloned().zip(self.panel.periods.iter().copied()).collect();
        let before = Text::new("period before = 1", "上期 = 1");
        let r = self.result;
        [
            ("tfp", Text::new("TFP level", "全要素生产率水平"), self.one(), &r.tfp),
            ("output", Text::new("Output index", "产出指数"), self.one(), &r.output),
            ("input", Text::new("Input index", "投入指数"), self.one(), &r.input),
            ("tfp_change", Text::new("TFP change", "全要素生产率变化"), before, &r.tfp_change),
        ]
        .map(|(name, label, unit, values)| OutputVariable {
            name: name.into(),
            label,
            unit,
            keys: keys.clone(),
            values: values.clone(),
        })
        .into()
    }

    fn summary(&self, periods: &[Period]) -> Vec<Text> {
        let mut out = Vec::new();
        let moved: Vec<&Period> = periods.iter().filter(|p| p.units > 0).collect();
        if let (Some(a), Some(b)) = (moved.first(), moved.last()) {
            let year = |k: usize| 100.0 * (mean(&moved.iter().map(|p| p.changes[k].ln()).collect::<Vec<f64>>()).exp() - 1.0);
            let (y, x, t) = (year(0), year(1), year(2));
            let f = words::formula(self.options.formula);
            out.push(Text::new(
                format!(
                    "From {} to {} TFP changed by {t:.2} % a period on average: output by {y:.2} %, input by {x:.2} % ({}, geometric means over units).",
                    a.period - self.options.step as i32, b.period, f.en
                ),
                format!(
                    "{}—{} 年 TFP 平均每期变动 {t:.2}%：产出 {y:.2}%，投入 {x:.2}%（{}，单元几何平均）。",
                    a.period - self.options.step as i32, b.period, f.get(Language::Zh)
                ),
            ));
        } else {
            out.push(Text::new(
                "No unit has two adjacent periods: levels are compared, no change is computed.",
                "没有单元具有相邻两期：只比较水平，不计算变化。",
            ));
        }
        if self.options.model != Model::Chained
            && let Some(&last) = self.panel.period_set().last()
        {
            let mut here: Vec<usize> =
                (0..self.panel.len()).filter(|&i| self.panel.periods[i] == last && self.result.tfp[i].is_finite()).collect();
            here.sort_by(|&a, &b| {
                self.result.tfp[b].total_cmp(&self.result.tfp[a]).then(self.panel.units[a].cmp(&self.panel.units[b]))
            });
            if let (Some(&best), Some(&least)) = (here.first(), here.last())
                && best != least
            {
                let ratio = self.result.tfp[best] / self.result.tfp[least];
                let (b, l) = (&self.panel.units[best], &self.panel.units[least]);
                out.push(Text::new(
                    format!("In {last} {b} is the most productive of {} units, {ratio:.2} times {l}, the least.", here.len()),
                    format!("{last} 年 {} 个单元中 {b} 生产率最高，为最低者 {l} 的 {ratio:.2} 倍。", here.len()),
                ));
            }
        }
        out
    }

    fn tables(&self, periods: &[Period]) -> Vec<Table> {
        let r = self.result;
        let integers = |v: &mut dyn Iterator<Item = i64>| Cells::Integer(v.map(Some).collect());
        let before = Text::new("period before = 1", "上期 = 1");
        let means = |k: usize| Cells::Number(periods.iter().map(|p| p.changes[k]).collect(), 4);
        let mean_table = Table::new("by_period", Text::new("Productivity by period", "各期生产率"))
            .note(Text::new("Geometric means over the units with data.", "有数据单元的几何平均。"))
            .column(
                "period",
                Text::new("Period", "时期"),
                Text::default(),
                integers(&mut periods.iter().map(|p| i64::from(p.period))),
            )
            .column(
                "units",
                Text::new("Units with a change", "有变化的单元"),
                Text::default(),
                integers(&mut periods.iter().map(|p| p.units as i64)),
            )
            .column("output_change", Text::new("Output", "产出"), before.clone(), means(0))
            .column("input_change", Text::new("Input", "投入"), before.clone(), means(1))
            .column("tfp_change", Text::plain("TFP"), before.clone(), means(2))
            .column(
                "tfp",
                Text::new("TFP level", "TFP 水平"),
                self.one(),
                Cells::Number(periods.iter().map(|p| p.level).collect(), 4),
            );
        let status = |s: &Status| match s {
            Status::Computed => Text::new("computed", "已计算"),
            Status::First => Text::new("first period", "首期"),
            Status::Gap => Text::new("gap before", "之前有间断"),
            Status::Unlinked => Text::new("change only, levels cut by a gap", "仅有变化，水平因间断中断"),
            Status::Missing => Text::new("missing", "缺失"),
        };
        let number = |v: &[f64]| Cells::Number(v.to_vec(), 4);
        let rows = Table::new("tfp", self.name())
            .hidden()
            .column("unit", Text::new("Unit", "单元"), Text::default(), Cells::Unit(self.panel.units.clone()))
            .column(
                "period",
                Text::new("Period", "时期"),
                Text::default(),
                integers(&mut self.panel.periods.iter().map(|p| i64::from(*p))),
            )
            .column("status", Text::new("Status", "状态"), Text::default(), Cells::Text(r.status.iter().map(status).collect()))
            .column("tfp", Text::new("TFP level", "TFP 水平"), self.one(), number(&r.tfp))
            .column("output", Text::new("Output level", "产出水平"), self.one(), number(&r.output))
            .column("input", Text::new("Input level", "投入水平"), self.one(), number(&r.input))
            .column("tfp_change", Text::new("TFP change", "TFP 变化"), before.clone(), number(&r.tfp_change))
            .column("output_change", Text::new("Output change", "产出变化"), before.clone(), number(&r.output_change))
            .column("input_change", Text::new("Input change", "投入变化"), before, number(&r.input_change))
            .column("profitability", Text::new("Revenue / cost", "收入 / 成本"), Text::default(), number(&r.profitability));
        vec![mean_table, rows]
    }

    fn figures(&self, periods: &[Period]) -> Vec<Figure> {
        let all: Vec<i32> = periods.iter().map(|p| p.period).collect();
        let mut series = vec![Series {
            name: Text::new("all units", "全部"),
            unit: false,
            values: periods.iter().map(|p| p.level).collect(),
            band: Vec::new(),
        }];
        for (u, name) in self.panel.unit_set().iter().enumerate() {
            let at = |p: &i32| {
                let row = (0..self.panel.len()).find(|&i| self.units[i] == u && self.panel.periods[i] == *p);
                row.map_or(f64::NAN, |i| self.result.tfp[i])
            };
            series.push(Series { name: Text::plain(*name), unit: true, values: all.iter().map(at).collect(), band: Vec::new() });
        }
        let chain = |k: usize| -> Vec<f64> {
            let first = periods.iter().position(|p| p.units > 0);
            let mut level = f64::NAN;
            (0..periods.len())
                .map(|t| {
                    if Some(t + 1) == first {
                        level = 1.0;
                    } else if first.is_some_and(|f| t >= f) {
                        level *= periods[t].changes[k];
                    }
                    level
                })
                .collect()
        };
        let part = |name: Text, k: usize| Series { name, unit: false, values: chain(k), band: Vec::new() };
        let lines = |id: &str, title: Text, note: Text, label: Text, series: Vec<Series>| Figure {
            id: id.into(),
            title,
            note,
            chart: Chart::Lines(Lines { label, decimals: 2, periods: all.clone(), series, reference: Some(1.0) }),
        };
        vec![
            lines(
                "tfp",
                Text::new("Total factor productivity", "全要素生产率"),
                Text::new("Geometric mean of the units with data.", "有数据单元的几何平均。"),
                self.one(),
                series,
            ),
            lines(
                "parts",
                Text::new("Output, input and productivity", "产出、投入与生产率"),
                Text::new("Mean changes multiplied up.", "平均变化的连乘。"),
                Text::new("first period = 1", "首期 = 1"),
                vec![part(Text::new("output", "产出"), 0), part(Text::new("input", "投入"), 1), part(Text::plain("TFP"), 2)],
            ),
        ]
    }

    fn findings(&self) -> Vec<Finding> {
        let mut out = Vec::new();
        let r = self.result;
        for (status, en, zh) in [
            (Status::Missing, "lack a quantity or a price and have no productivity", "缺数量或价格，没有生产率"),
            (Status::Gap, "follow a gap and have no change", "之前有间断，没有变化"),
            (Status::Unlinked, "have a change but no level, which a gap cuts", "有变化而无水平，链条因间断中断"),
        ] {
            let rows: Vec<usize> = (0..self.panel.len()).filter(|&i| r.status[i] == status).collect();
            if rows.is_empty() {
                continue;
            }
            let named: Vec<String> =
                rows.iter().take(8).map(|&i| format!("{} {}", self.panel.units[i], self.panel.periods[i])).collect();
            let more = if rows.len() > 8 { " …" } else { "" };
            out.push(Finding {
                code: "TF036".into(),
                weight: Weight::Warning,
                place: Text::plain(format!("{}{more}", named.join(", "))),
                message: Text::new(format!("{} rows {en}.", rows.len()), format!("{} 行{zh}。", rows.len())),
            });
        }
        let margins: Vec<f64> = r.profitability.iter().copied().filter(|x| x.is_finite()).collect();
        let middle = median(&margins);
        if !margins.is_empty() && !(0.8..=1.25).contains(&middle) {
            out.push(Finding {
                code: "TF037".into(),
                weight: Weight::Warning,
                place: Text::new("revenue / cost", "收入 / 成本"),
                message: Text::new(
                    format!("Revenue is {middle:.3} times cost in the median of {} rows.", margins.len()),
                    format!("{} 行中收入与成本之比的中位数为 {middle:.3}。", margins.len()),
                ),
            });
        }
        if r.departure > APART {
            out.push(Finding {
                code: "TF038".into(),
                weight: Weight::Info,
                place: self.name(),
                message: Text::new(
                    format!("Changes of the levels differ from the direct changes by up to {:.1} %.", 100.0 * r.departure),
                    format!("由水平得到的变化与直接变化最多相差 {:.1}%。", 100.0 * r.departure),
                ),
            });
        }
        out
    }
}
