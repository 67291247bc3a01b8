//! What growth accounts say: sentences, variables, tables and findings.

use panel::Panel;
use tfp::{
    average::{self, Mean},
    growth::{self, Base, Data, Growth, Level, Shares},
    shares::{Effects, Estimate, Returns},
};

use super::{
    super::{lookup, rows},
    GrowthOptions,
    labour::{Factor, Measure},
};
use crate::{
    finding::{Finding, Weight},
    method::{Check, Output, OutputVariable},
    table::{Cells, Table},
    text::{Language, Text},
};

/// Everything the presentation draws on.
pub(super) struct Story<'a> {
    pub(super) panel: &'a Panel,
    pub(super) options: &'a GrowthOptions,
    pub(super) factors: &'a [Factor],
    pub(super) data: Data<'a>,
    pub(super) result: &'a Growth,
    pub(super) moved: [&'a Growth; 2],
    pub(super) shares: &'a Shares,
    pub(super) estimate: Option<Estimate>,
    pub(super) measures: Vec<Measure>,
}

impl Story<'_> {
    pub(super) fn label(&self, k: usize) -> Text {
        lookup::variable_label(self.panel, &self.factors[k].name)
    }

    fn spans(&self) -> Vec<(i32, i32)> {
        let periods = self.panel.period_set();
        let whole = periods.first().copied().zip(periods.last().copied());
        let mut spans: Vec<(i32, i32)> = self.options.breaks.windows(2).map(|w| (w[0], w[1])).collect();
        let all = match (self.options.breaks.first(), self.options.breaks.last()) {
            (Some(&a), Some(&b)) => Some((a, b)),
            _ => whole,
        };
        spans.extend(all.filter(|s| spans.len() != 1 || spans[0] != *s));
        spans
    }

    pub(super) fn output(&self) -> Output {
        let all = vec![0; self.panel.len()];
        let mean_of = |g: &Growth| average::by_period(&self.data, g, &all, self.options.averaging);
        let total = mean_of(self.result);
        let bands = self.moved.map(mean_of);
        let (names, group) = match self.options.group.as_ref().and_then(|g| self.panel.group(g)) {
            Some(g) => lookup::numbered(&g.labels),
            None => (Vec::new(), all.clone()),
        };
        let grouped = if names.is_empty() {
            Vec::new()
        } else {
            average::by_period(&self.data, self.result, &group, self.options.averaging)
        };
        let spans = self.spans();
        Output {
            summary: self.summary(&total, &bands, &spans),
            variables: self.variables(),
            tables: self.tables(&total, &bands, &grouped, &names, &spans),
            figures: self.figures(&total, &bands, &group, &names, &spans),
            findings: self.findings(),
            checks: vec![Check {
                name: Text::new("Σ contributions + TFP growth = output growth", "各投入贡献 + TFP 增长 = 产出增长"),
                residual: self.result.residual,
                tolerance: 1e-12,
            }],
        }
    }

    fn variables(&self) -> Vec<OutputVariable> {
        let keys: Vec<(String, i32)> = self.panel.units.iter().cloned().zip(self.panel.periods.iter().copied()).collect();
        let variable = |name: &str, label: Text, unit: Text, values: Vec<f64>| OutputVariable {
            name: name.to_owned(),
            label,
            unit,
            keys: keys.clone(),
            values,
        };
        let own = self.options.base_unit.as_ref().map(|u| Text::new(format!("{u} = 1"), format!("{u} = 1")));
        let base = match self.options.base {
            _ if own.is_some() => own.unwrap_or_default(),
            _ if self.options.level == Level::ByPeriod => Text::new("mean of the period = 1", "当期平均 = 1"),
            Base::FirstPeriod => Text::new("mean of the first period = 1", "首期平均 = 1"),
            Base::Panel => Text::new("mean of the panel = 1", "面板平均 = 1"),
        };
        vec![
            variable("tfp", Text::new("TFP level", "全要素生产率水平"), base, self.result.level.clone()),
            variable("tfp_growth", Text::new("TFP growth", "全要素生产率增长"), Text::plain("log"), self.result.tfp.clone()),
        ]
    }

    fn summary(&self, total: &[Mean], bands: &[Vec<Mean>; 2], spans: &[(i32, i32)]) -> Vec<Text> {
        let mut out = Vec::new();
        for &(from, to) in spans.iter().rev() {
            let Some(m) = average::over(total, 0, from, to) else { continue };
            let parts = |zh: bool| {
                let each = |k: usize| {
                    let l = self.label(k);
                    format!("{} {:.2}", if zh && !l.zh.is_empty() { &l.zh } else { &l.en }, 100.0 * m.contributions[k])
                };
                (0..m.contributions.len()).map(each).collect::<Vec<_>>().join(if zh { "、" } else { ", " })
            };
            let (g, a) = (100.0 * m.output, 100.0 * m.tfp);
            let share = (m.output > 0.0).then(|| 100.0 * m.tfp / m.output);
            out.push(Text::new(
                format!(
                    "From {from} to {to} output grew by {g:.2} % a period (log): {}, TFP {a:.2} points{}.",
                    parts(false),
                    share.map_or(String::new(), |s| format!("; TFP accounts for {s:.0} % of growth"))
                ),
                format!(
                    "{from}—{to} 年产出每期增长 {g:.2}%（对数）：{}、TFP {a:.2} 个百分点{}。",
                    parts(true),
                    share.map_or(String::new(), |s| format!("，TFP 占增长的 {s:.0}%"))
                ),
            ));
        }
        if let Some(&(from, to)) = spans.last()
            && let (Some(l), Some(h)) = (average::over(&bands[0], 0, from, to), average::over(&bands[1], 0, from, to))
        {
            let (x, d) = (self.label(0), self.options.sensitivity);
            let (a, b) = (100.0 * l.tfp.min(h.tfp), 100.0 * l.tfp.max(h.tfp));
            out.push(Text::new(
                format!("With the share of {} lower or higher by {d}, TFP growth from {from} to {to} lies between {a:.2} and {b:.2} % a period.", x.en),
                format!("{}的份额上下移动 {d} 时，{from}—{to} 年 TFP 每期增长在 {a:.2}% 与 {b:.2}% 之间。", x.get(Language::Zh)),
            ));
        }
        let s = &self.result.mean_shares[..self.options.inputs.len()];
        if out.is_empty() {
            out.push(Text::new(
                "No unit has two adjacent periods: no growth is computed, only levels of productivity are compared.",
                "没有单元具有相邻两期数据：不计算增长，仅比较生产率水平。",
            ));
        }
        let shares = |language, comma| -> String {
            (0..s.len()).map(|k| format!("{} {:.3}", self.label(k).get(language), s[k])).collect::<Vec<_>>().join(comma)
        };
        let (list, list_zh) = (shares(Language::En, ", "), shares(Language::Zh, "、"));
        out.push(match &self.estimate {
            Some(e) => Text::new(
                format!("Shares estimated on {} rows of {} units: {list}.", e.rows, e.units),
                format!("份额由 {} 个单元的 {} 行估计：{list_zh}。", e.units, e.rows),
            ),
            None => Text::new(format!("Shares given, mean over the panel: {list}."), format!("给定份额的面板均值：{list_zh}。")),
        });
        out
    }

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let outside = growth::outside(self.shares);
        let sum: f64 = self.result.mean_shares.iter().take(self.options.inputs.len()).sum();
        if self.options.inputs.len() > 1 && !outside.is_empty() {
            let rows = outside.len();
            let first = outside[0];
            let name = &self.options.inputs[first.0];
            let value = self.shares.at(first.0, first.1);
            findings.push(Finding {
                code: "GA001".into(),
                weight: Weight::Warning,
                place: Text::plain(name.clone()),
                message: Text::new(
                    format!("{rows} factor shares lie outside 0 to 1, the first {value:.3} for {name}."),
                    format!("{rows} 个要素份额在 0 与 1 之外，首个为 {name} 的 {value:.3}。"),
                ),
            });
        }
        if (sum - 1.0).abs() > 0.005 {
            findings.push(Finding {
                code: "GA001".into(),
                weight: Weight::Info,
                place: Text::new("sum of shares", "份额之和"),
                message: Text::new(
                    format!("The shares add up to {sum:.3} on average; TFP growth then contains the effect of scale."),
                    format!("份额之和平均为 {sum:.3}，TFP 增长包含规模效应。"),
                ),
            });
        }
        let missing = ["have a missing output, input or share", "缺产出、投入或份额"];
        findings.extend(rows::without_growth(self.panel, &self.result.status, missing, "growth"));
        if !self.result.without_base.is_empty() {
            let named: Vec<String> = self.result.without_base.iter().map(i32::to_string).collect();
            let (count, base) = (named.len(), self.options.base_unit.clone().unwrap_or_default());
            findings.push(Finding {
                code: "TF020".into(),
                weight: Weight::Warning,
                place: Text::plain(named.join(", ")),
                message: Text::new(
                    format!("{count} periods have no levels of TFP: {base}, the base, has no complete row in them."),
                    format!("{count} 个时期没有 TFP 水平：基准单元 {base} 在这些时期没有完整数据。"),
                ),
            });
        }
        findings
    }

    fn tables(
        &self,
        total: &[Mean],
        bands: &[Vec<Mean>; 2],
        grouped: &[Mean],
        names: &[String],
        spans: &[(i32, i32)],
    ) -> Vec<Table> {
        let percent = Text::plain("%");
        let all = Text::new("all units", "全部");
        let mut lines: Vec<(Text, i32, i32, Mean)> = Vec::new();
        for &(from, to) in spans {
            lines.extend(average::over(total, 0, from, to).map(|m| (all.clone(), from, to, m)));
            for (g, name) in names.iter().enumerate() {
                lines.extend(average::over(grouped, g, from, to).map(|m| (Text::plain(name.clone()), from, to, m)));
            }
        }
        let numbers = |f: &dyn Fn(&Mean) -> f64| Cells::Number(lines.iter().map(|l| 100.0 * f(&l.3)).collect(), 2);
        let growth_label = Text::new("Output growth", "产出增长");
        let mut means = Table::new("by_group", Text::new("Growth accounts by group and sub-period", "分组分时期的增长核算"))
            .note(Text::new(
                "Mean log growth per period, in percent; contributions and TFP add up to output growth.",
                "每期平均对数增长率（%）；各投入贡献与 TFP 之和等于产出增长。",
            ))
            .column(
                "group",
                Text::new("Group", "组别"),
                Text::default(),
                Cells::Text(lines.iter().map(|l| l.0.clone()).collect()),
            )
            .column("from", Text::new("From", "起"), Text::default(), integers(lines.iter().map(|l| l.1)))
            .column("to", Text::new("To", "止"), Text::default(), integers(lines.iter().map(|l| l.2)))
            .column("output", growth_label.clone(), percent.clone(), numbers(&|m| m.output));
        for (k, factor) in self.factors.iter().enumerate() {
            means = means.column(&factor.name, self.label(k), percent.clone(), numbers(&|m| m.contributions[k]));
        }
        let shares = lines.iter().map(|l| if l.3.output > 0.0 { 100.0 * l.3.tfp / l.3.output } else { f64::NAN }).collect();
        means = means.column("tfp", Text::plain("TFP"), percent.clone(), numbers(&|m| m.tfp)).column(
            "tfp_share",
            Text::new("TFP in growth", "TFP 占比"),
            percent.clone(),
            Cells::Number(shares, 0),
        );

        let errors = match &self.estimate {
            Some(e) => e.errors.clone(),
            None => vec![f64::NAN; self.options.inputs.len()],
        };
        let inputs = (0..self.options.inputs.len()).map(|k| self.label(k)).collect();
        let note = match &self.estimate {
            Some(e) => Text::new(
                format!(
                    "Least squares, {}, {}, {}R² {:.3}; standard errors clustered by unit.",
                    effects(e.effects).en,
                    returns(e.returns).en,
                    if e.effects == Effects::None { "" } else { "within " },
                    e.r2
                ),
                format!(
                    "最小二乘，{}，{}，{}R² {:.3}；标准误按单元聚类。",
                    effects(e.effects).zh,
                    returns(e.returns).zh,
                    if e.effects == Effects::None { "" } else { "组内 " },
                    e.r2
                ),
            ),
            None => Text::new("Given; mean over complete rows.", "给定份额，取完整行的均值。"),
        };
        let shares = Table::new("shares", Text::new("Factor shares", "要素份额"))
            .note(note)
            .column("input", Text::new("Input", "投入"), Text::default(), Cells::Text(inputs))
            .column(
                "share",
                Text::new("Share", "份额"),
                Text::default(),
                Cells::Number(self.result.mean_shares[..self.options.inputs.len()].to_vec(), 3),
            )
            .column("error", Text::new("Standard error", "标准误"), Text::default(), Cells::Number(errors, 3));

        let at = |means: &[Mean]| {
            let tfp = |s: &(i32, i32)| average::over(means, 0, s.0, s.1).map_or(f64::NAN, |m| 100.0 * m.tfp);
            Cells::Number(spans.iter().map(tfp).collect(), 2)
        };
        let d = self.options.sensitivity;
        let sensitivity =
            Table::new("sensitivity", Text::new("TFP growth and the share of the first input", "TFP 增长对首项份额的敏感性"))
                .note(Text::new("The other shares are scaled so that the sum stays.", "其余份额按比例调整，总和不变。"))
                .column("from", Text::new("From", "起"), Text::default(), integers(spans.iter().map(|s| s.0)))
                .column("to", Text::new("To", "止"), Text::default(), integers(spans.iter().map(|s| s.1)))
                .column("lower", Text::new(format!("Share − {d}"), format!("份额 − {d}")), percent.clone(), at(&bands[0]))
                .column("tfp", Text::new("As given", "基准"), percent.clone(), at(total))
                .column("higher", Text::new(format!("Share + {d}"), format!("份额 + {d}")), percent, at(&bands[1]));
        let mut tables = vec![means, shares, sensitivity];
        tables.extend(self.measures(spans));
        tables.push(self.rows());
        tables
    }

    /// TFP growth by the measure of labour, one column per measure.
    fn measures(&self, spans: &[(i32, i32)]) -> Option<Table> {
        let all = vec![0; self.panel.len()];
        let mut table =
            Table::new("labour_measures", Text::new("TFP growth by the measure of labour", "按劳动度量口径的 TFP 增长"))
                .note(Text::new(
                    "What is not counted in labour is counted in TFP. All columns use the rows where every measure is known.",
                    "未计入劳动的部分会计入 TFP。各列均使用全部度量齐备的行。",
                ))
                .column("from", Text::new("From", "起"), Text::default(), integers(spans.iter().map(|s| s.0)))
                .column("to", Text::new("To", "止"), Text::default(), integers(spans.iter().map(|s| s.1)));
        let labour = self.factors.last().map(|f| f.of)?;
        for measure in &self.measures {
            let names = std::iter::once(labour).chain(self.options.inputs.len()..measure.factors);
            let joined = |language: Language| -> String {
                names.clone().map(|k| self.label(k).get(language).to_owned()).collect::<Vec<_>>().join(" × ")
            };
            let label = Text::new(joined(Language::En), joined(Language::Zh));
            let means = average::by_period(&self.data, &measure.growth, &all, self.options.averaging);
            let tfp = |s: &(i32, i32)| average::over(&means, 0, s.0, s.1).map_or(f64::NAN, |m| 100.0 * m.tfp);
            let name = format!("tfp_{}", measure.factors - self.options.inputs.len());
            table = table.column(&name, label, Text::plain("%"), Cells::Number(spans.iter().map(tfp).collect(), 2));
        }
        (!self.measures.is_empty()).then_some(table)
    }

    fn rows(&self) -> Table {
        let log = Text::plain("log");
        let number = |v: &[f64]| Cells::Number(v.to_vec(), 4);
        let mut table = Table::new("growth", Text::new("Growth accounts by unit and period", "各单元各期的增长核算"))
            .hidden()
            .column("unit", Text::new("Unit", "单元"), Text::default(), Cells::Unit(self.panel.units.clone()))
            .column("period", Text::new("Period", "时期"), Text::default(), integers(self.panel.periods.iter().copied()))
            .column(
                "status",
                Text::new("Status", "状态"),
                Text::default(),
                Cells::Text(self.result.status.iter().map(rows::word).collect()),
            )
            .column("tfp", Text::new("TFP level", "TFP 水平"), Text::default(), number(&self.result.level))
            .column("output_growth", Text::new("Output growth", "产出增长"), log.clone(), number(&self.result.output));
        for (k, c) in self.result.contributions.iter().enumerate() {
            table = table.column(&format!("contribution_{}", self.factors[k].name), self.label(k), log.clone(), number(c));
        }
        table.column("tfp_growth", Text::new("TFP growth", "TFP 增长"), log, number(&self.result.tfp))
    }
}

fn effects(e: Effects) -> Text {
    match e {
        Effects::None => Text::new("a constant", "仅含常数项"),
        Effects::Unit => Text::new("unit effects", "单元固定效应"),
        Effects::TwoWay => Text::new("unit and period effects", "单元与时期双固定效应"),
    }
}

fn returns(r: Returns) -> Text {
    match r {
        Returns::Constant => Text::new("constant returns to scale imposed", "设定规模报酬不变"),
        Returns::Free => Text::new("returns to scale free", "规模报酬不设限"),
    }
}

fn integers(values: impl Iterator<Item = i32>) -> Cells {
    Cells::Integer(values.map(|v| Some(i64::from(v))).collect())
}
