//! What markups say: sentences, tables, figures and findings.

use tfp::production::markups::{Markups, Period, Status};

use super::{super::production::listed, ElasticityOf, MarkupsSpec, Panel};
use crate::{
    figure::{Chart, Figure, Lines, Series},
    finding::{Finding, Weight},
    method::{Check, Output, OutputVariable},
    table::{Cells, Table},
    text::Text,
};

/// Industries of which lines can be told apart.
const DRAWN: usize = 8;

pub(super) struct View<'a> {
    pub(super) panel: &'a Panel,
    pub(super) options: &'a MarkupsSpec,
    pub(super) result: &'a Markups,
    /// Name of each industry and its aggregates; empty where none are asked for.
    pub(super) industries: Vec<(String, Vec<Period>)>,
}

fn word(status: Status) -> Text {
    match status {
        Status::Computed => Text::new("computed", "已计算"),
        Status::Missing => Text::new("missing", "缺失"),
        Status::NoResidual => Text::new("no residual: uncorrected only", "无残差，仅有未校正值"),
        Status::Revenue => Text::new("revenue not positive", "收入非正"),
        Status::Expenditure => Text::new("expenditure not positive", "支出非正"),
        Status::Elasticity => Text::new("elasticity not positive", "弹性非正"),
        Status::Range => Text::new("quotient out of range", "比值越界"),
        Status::NoMarkup => Text::new("no markup", "无加成率"),
    }
}

impl View<'_> {
    fn corrected(&self) -> bool {
        self.options.tfp.is_some()
    }

    fn markdowns(&self) -> bool {
        self.options.labour_cost.is_some()
    }

    pub(super) fn output(&self) -> Output {
        Output {
            summary: self.summary(),
            variables: self.variables(),
            tables: [Some(self.periods()), self.by_industry(), Some(self.firms())].into_iter().flatten().collect(),
            figures: self.figures(),
            findings: self.findings(),
            checks: vec![Check {
                name: Text::new(
                    "harmonic mean = mean weighted by the costs P^V V e^ε / θ",
                    "调和均值 = 以成本 P^V V e^ε / θ 加权的均值",
                ),
                residual: self.result.residual,
                tolerance: 1e-12,
            }],
        }
    }

    fn summary(&self) -> Vec<Text> {
        let known: Vec<&Period> = self.result.periods.iter().filter(|p| p.firms > 0).collect();
        let Some((first, last)) = known.first().zip(known.last()) else {
            return vec![Text::new("No row has a markup.", "没有一行有加成率。")];
        };
        let when = |p: &Period| match self.panel.period_name {
            Some(_) => [format!(" in {}", p.period), format!("{} 年", p.period)],
            None => [String::new(), String::new()],
        };
        let mut out = Vec::new();
        let [en, zh] = when(last);
        out.push(Text::new(
            format!(
                "The markup weighted by sales is {:.3}{en}, weighted by cost {:.3}, the median {:.3} ({} firms).",
                last.sales_weighted, last.cost_weighted, last.median, last.firms
            ),
            format!(
                "{zh}销售额加权加成率为 {:.3}，成本加权为 {:.3}，中位数 {:.3}（{} 家企业）。",
                last.sales_weighted, last.cost_weighted, last.median, last.firms
            ),
        ));
        if first.period != last.period {
            out.push(Text::new(
                format!("Weighted by sales it was {:.3} in {}.", first.sales_weighted, first.period),
                format!("{} 年销售额加权加成率为 {:.3}。", first.period, first.sales_weighted),
            ));
        }
        let of = |p: &[Period]| p.iter().find(|p| p.period == last.period && p.firms > 0).map(|p| p.sales_weighted);
        let mut ends: Vec<(f64, &str)> = self.industries.iter().filter_map(|(n, p)| Some((of(p)?, n.as_str()))).collect();
        ends.sort_by(|a, b| a.0.total_cmp(&b.0));
        if let [(low, least), .., (high, most)] = ends[..] {
            let [en, zh] = when(last);
            out.push(Text::new(
                format!("By industry it runs from {low:.3} ({least}) to {high:.3} ({most}){en}."),
                format!("{zh}分行业看，最低为 {low:.3}（{least}），最高为 {high:.3}（{most}）。"),
            ));
        }
        if let Some(p) = self.result.periods.iter().rfind(|p| p.markdowns > 0) {
            let [en, zh] = when(p);
            let (median, n) = (p.markdown_median, p.markdowns);
            out.push(Text::new(
                format!("The median firm's labour adds {median:.3} times its wage{en} ({n} firms)."),
                format!("{zh}中位企业劳动的边际收益产品为工资的 {median:.3} 倍（{n} 家企业）。"),
            ));
        }
        out
    }

    fn variables(&self) -> Vec<OutputVariable> {
        let keys: Vec<(String, i32)> = self.panel.units.iter().cloned().zip(self.panel.periods.iter().copied()).collect();
        let variable = |name: &str, label: Text, values: &[f64]| OutputVariable {
            name: name.to_owned(),
            label,
            unit: Text::default(),
            keys: keys.clone(),
            values: values.to_vec(),
        };
        let mut out = vec![variable("markup", Text::new("Markup", "成本加成率"), &self.result.markup)];
        if self.corrected() {
            let label = Text::new("Uncorrected markup", "未校正的成本加成率");
            out.push(variable("uncorrected", label, &self.result.uncorrected));
        }
        if self.markdowns() {
            out.push(variable("markdown", Text::new("Markdown of the wage", "工资压低率"), &self.result.markdown));
        }
        out
    }

    fn note(&self) -> Text {
        let correction = match self.corrected() {
            true => ["Corrected by the residual of the first stage", "已用第一阶段残差校正"],
            false => ["Uncorrected", "未校正"],
        };
        Text::new(
            format!("{}. Price over marginal cost; means over the firms with a markup.", correction[0]),
            format!("{}。价格与边际成本之比，对有加成率的企业取均值。", correction[1]),
        )
    }

    fn periods(&self) -> Table {
        let table = Table::new("periods", Text::new("Markups by period", "各期加成率")).note(self.note());
        self.aggregates(table, &self.result.periods.iter().collect::<Vec<_>>())
    }

    fn by_industry(&self) -> Option<Table> {
        let lines: Vec<(&String, &Period)> = self.industries.iter().flat_map(|(n, p)| p.iter().map(move |p| (n, p))).collect();
        let name = self.options.industry.as_ref().filter(|_| !lines.is_empty())?;
        let table =
            Table::new("industries", Text::new("Markups by industry and period", "各行业各期加成率")).note(self.note()).column(
                name,
                Text::new("Industry", "行业"),
                Text::default(),
                Cells::Text(lines.iter().map(|l| Text::plain(l.0.as_str())).collect()),
            );
        Some(self.aggregates(table, &lines.iter().map(|l| l.1).collect::<Vec<_>>()))
    }

    fn aggregates(&self, table: Table, lines: &[&Period]) -> Table {
        let none = Text::default;
        let number = |f: &dyn Fn(&Period) -> f64| Cells::Number(lines.iter().map(|p| f(p)).collect(), 4);
        let count = |f: &dyn Fn(&Period) -> usize| Cells::Integer(lines.iter().map(|p| Some(f(p) as i64)).collect());
        let mut table = table
            .column(
                "period",
                Text::new("Period", "时期"),
                none(),
                Cells::Integer(lines.iter().map(|p| Some(i64::from(p.period))).collect()),
            )
            .column("rows", Text::new("Rows", "行数"), none(), count(&|p| p.rows))
            .column("firms", Text::new("Firms with a markup", "有加成率的企业"), none(), count(&|p| p.firms))
            .column(
                "coverage",
                Text::new("Their share in revenue", "占收入比重"),
                Text::plain("%"),
                Cells::Number(lines.iter().map(|p| 100.0 * p.coverage).collect(), 1),
            )
            .column("sales_weighted", Text::new("Sales-weighted", "销售额加权"), none(), number(&|p| p.sales_weighted))
            .column("cost_weighted", Text::new("Cost-weighted", "成本加权"), none(), number(&|p| p.cost_weighted))
            .column("harmonic", Text::new("Harmonic, sales-weighted", "销售额加权调和"), none(), number(&|p| p.harmonic))
            .column("p10", Text::plain("P10"), none(), number(&|p| p.p10))
            .column("median", Text::new("Median", "中位数"), none(), number(&|p| p.median))
            .column("p90", Text::plain("P90"), none(), number(&|p| p.p90))
            .column("below_one", Text::new("Firms below 1", "低于 1 的企业"), none(), count(&|p| p.below_one));
        if self.corrected() {
            table = table.column(
                "sales_weighted_uncorrected",
                Text::new("Sales-weighted, uncorrected", "销售额加权，未校正"),
                none(),
                number(&|p| p.sales_weighted_uncorrected),
            );
        }
        if self.markdowns() {
            table = table
                .column("markdowns", Text::new("Firms with a markdown", "有压低率的企业"), none(), count(&|p| p.markdowns))
                .column(
                    "markdown_weighted",
                    Text::new("Markdown, pay-weighted", "压低率，工资加权"),
                    none(),
                    number(&|p| p.markdown_weighted),
                )
                .column("markdown_p10", Text::new("Markdown P10", "压低率 P10"), none(), number(&|p| p.markdown_p10))
                .column("markdown_median", Text::new("Markdown, median", "压低率中位数"), none(), number(&|p| p.markdown_median))
                .column("markdown_p90", Text::new("Markdown P90", "压低率 P90"), none(), number(&|p| p.markdown_p90));
        }
        table
    }

    fn firms(&self) -> Table {
        let (panel, none) = (self.panel, Text::default);
        let words = |status: &[Status]| Cells::Text(status.iter().map(|s| word(*s)).collect());
        let mut table = Table::new("firms", Text::new("Markups by firm and period", "各企业各期加成率"))
            .hidden()
            .column("unit", Text::new("Firm", "企业"), none(), Cells::Unit(panel.units.clone()))
            .column(
                "period",
                Text::new("Period", "时期"),
                none(),
                Cells::Integer(panel.periods.iter().map(|p| Some(i64::from(*p))).collect()),
            )
            .column("markup", Text::new("Markup", "加成率"), none(), Cells::Number(self.result.markup.clone(), 4))
            .column("status", Text::new("Status", "状态"), none(), words(&self.result.status));
        if self.corrected() {
            table = table.column(
                "uncorrected",
                Text::new("Uncorrected", "未校正"),
                none(),
                Cells::Number(self.result.uncorrected.clone(), 4),
            );
        }
        if self.markdowns() {
            table = table
                .column("markdown", Text::new("Markdown", "压低率"), none(), Cells::Number(self.result.markdown.clone(), 4))
                .column(
                    "markdown_status",
                    Text::new("Status of the markdown", "压低率状态"),
                    none(),
                    words(&self.result.markdown_status),
                );
        }
        table
    }

    fn figures(&self) -> Vec<Figure> {
        let all = &self.result.periods;
        let line = |name: Text, f: &dyn Fn(&Period) -> f64| Series {
            name,
            unit: false,
            values: all.iter().map(f).collect(),
            band: Vec::new(),
        };
        let banded = |f: &dyn Fn(&Period) -> f64, band: &dyn Fn(&Period) -> (f64, f64)| Series {
            band: all.iter().map(band).collect(),
            ..line(Text::new("median, P10 to P90", "中位数及 P10 至 P90"), f)
        };
        let figure = |id: &str, title: Text, label: Text, series: Vec<Series>| Figure {
            id: id.to_owned(),
            title,
            note: match series.iter().any(|s| !s.band.is_empty()) {
                true => Text::new("The band runs from the 10th to the 90th percentile.", "区间为第 10 至第 90 百分位数。"),
                false => Text::default(),
            },
            chart: Chart::Lines(Lines {
                label,
                decimals: 2,
                periods: all.iter().map(|p| p.period).collect(),
                series,
                reference: Some(1.0),
            }),
        };
        let mut out = vec![figure(
            "markups",
            Text::new("Markups by period", "各期加成率"),
            Text::new("price over marginal cost", "价格 / 边际成本"),
            vec![
                banded(&|p| p.median, &|p| (p.p10, p.p90)),
                line(Text::new("sales-weighted", "销售额加权"), &|p| p.sales_weighted),
                line(Text::new("cost-weighted", "成本加权"), &|p| p.cost_weighted),
            ],
        )];
        if (2..=DRAWN).contains(&self.industries.len()) {
            let among =
                |own: &[Period], period: i32| own.iter().find(|p| p.period == period).map_or(f64::NAN, |p| p.sales_weighted);
            let of = |(name, own): &(String, Vec<Period>)| Series {
                values: all.iter().map(|p| among(own, p.period)).collect(),
                ..line(Text::plain(name.as_str()), &|_| f64::NAN)
            };
            out.push(figure(
                "industries",
                Text::new("Markups by industry", "各行业加成率"),
                Text::new("sales-weighted", "销售额加权"),
                self.industries.iter().map(of).collect(),
            ));
        }
        if self.markdowns() {
            out.push(figure(
                "markdowns",
                Text::new("Markdowns of the wage by period", "各期工资压低率"),
                Text::new("marginal revenue product over wage", "边际收益产品 / 工资"),
                vec![
                    banded(&|p| p.markdown_median, &|p| (p.markdown_p10, p.markdown_p90)),
                    line(Text::new("pay-weighted", "工资加权"), &|p| p.markdown_weighted),
                ],
            ));
        }
        out
    }

    fn key(&self, row: usize) -> String {
        match self.panel.period_name {
            Some(_) => format!("{} {}", self.panel.units[row], self.panel.periods[row]),
            None => self.panel.units[row].clone(),
        }
    }

    fn findings(&self) -> Vec<Finding> {
        let mut out = Vec::new();
        let mut find = |code: &str, place: Text, en: String, zh: String| {
            let message = Text::new(en, zh);
            out.push(Finding { code: code.into(), weight: Weight::Warning, place, message });
        };
        let source = Text::plain(self.options.elasticity_variable.as_deref().unwrap_or("elasticity"));
        if self.options.elasticity_of == ElasticityOf::Revenue {
            find(
                "TF065",
                source,
                "The elasticity is one of revenue: the level of these markups is biased.".into(),
                "所用为收入弹性：加成率的水平有偏。".into(),
            );
        }
        let firms: usize = self.result.periods.iter().map(|p| p.firms).sum();
        let below: usize = self.result.periods.iter().map(|p| p.below_one).sum();
        if 2 * below > firms {
            let share = 100.0 * below as f64 / firms as f64;
            find(
                "TF066",
                Text::plain("markup"),
                format!("{below} of {firms} markups ({share:.0} %) are below 1: these firms would sell below marginal cost."),
                format!("{firms} 个加成率中有 {below} 个（{share:.0}%）低于 1：这些企业以低于边际成本的价格出售。"),
            );
        }
        let n = self.panel.len();
        let kinds = |markdown: bool| match markdown {
            true => ("markdown", "工资压低率", &self.result.markdown_status),
            false => ("markup", "加成率", &self.result.status),
        };
        for markdown in [false, true] {
            let (en, zh, statuses) = kinds(markdown);
            let mut found: Vec<Status> = statuses.clone();
            found.sort_unstable();
            found.dedup();
            for status in found.into_iter().filter(|s| *s != Status::Computed) {
                let rows: Vec<String> = (0..statuses.len()).filter(|&i| statuses[i] == status).map(|i| self.key(i)).collect();
                let (count, why) = (rows.len(), word(status));
                find(
                    "TF067",
                    listed(&rows),
                    format!("{count} of {n} rows have no {en} ({}); table `firms` names each.", why.en),
                    format!("{n} 行中有 {count} 行没有{zh}（{}），见表 `firms`。", why.zh),
                );
            }
        }
        out
    }
}
