//! What Domar aggregation says: sentences, tables, figures and findings.

use numerics::moments::mean;
use tfp::domar::{Data, Domar, Part, Productivity, Status, Total};

use super::{
    super::{
        industries::{Contributions, Industries},
        lookup,
    },
    DomarSpec,
};
use crate::{
    figure::{Chart, Figure, Stack},
    finding::{Finding, Weight},
    method::{Check, Output},
    table::{Cells, Table},
    text::{Language, Text},
};

/// Everything the presentation draws on.
pub(super) struct Story<'a> {
    pub(super) options: &'a DomarSpec,
    pub(super) who: &'a Industries,
    pub(super) data: Data<'a>,
    pub(super) result: &'a Domar,
}

/// Means over the computed periods of an economy, in percent.
struct Average {
    economy: usize,
    periods: usize,
    weights: f64,
    domar: f64,
    capital: f64,
    labour: f64,
    aggregate: f64,
    /// Contribution of each industry, by number.
    contributions: Vec<(usize, f64)>,
}

impl Story<'_> {
    fn averages(&self) -> Vec<Average> {
        let computed: Vec<&Total> = self.result.totals.iter().filter(|t| t.status == Status::Computed).collect();
        computed
            .chunk_by(|a, b| a.economy == b.economy)
            .map(|list| {
                let economy = list[0].economy;
                let of = |f: &dyn Fn(&Total) -> f64| 100.0 * mean(&list.iter().map(|t| f(t)).collect::<Vec<_>>());
                let parts: Vec<&Part> = self.result.parts.iter().filter(|p| p.economy == economy).collect();
                let mut industries: Vec<usize> = parts.iter().map(|p| p.industry).collect();
                industries.sort_unstable();
                industries.dedup();
                let contribution = |&k: &usize| {
                    let own: Vec<f64> = parts.iter().filter(|p| p.industry == k).map(|p| p.contribution).collect();
                    (k, 100.0 * mean(&own))
                };
                Average {
                    economy,
                    periods: list.len(),
                    weights: of(&|t| t.weights) / 100.0,
                    domar: of(&|t| t.domar),
                    capital: of(&|t| t.capital),
                    labour: of(&|t| t.labour),
                    aggregate: of(&|t| t.aggregate),
                    contributions: industries.iter().map(contribution).collect(),
                }
            })
            .collect()
    }

    pub(super) fn output(&self) -> Output {
        let averages = self.averages();
        let mut checks = Vec::new();
        if self.data.factors.is_some() {
            checks.push(Check {
                name: Text::new("contributions + reallocation = TFP of totals", "行业贡献 + 再配置 = 总量 TFP"),
                residual: self.result.residual,
                tolerance: 1e-12,
            });
        }
        checks.push(Check {
            name: Text::new("Σ contributions of industries = aggregate", "各行业贡献之和 = 总体"),
            residual: averages
                .iter()
                .map(|a| (a.contributions.iter().map(|c| c.1).sum::<f64>() - a.domar).abs() / a.domar.abs().max(100.0))
                .fold(0.0, f64::max),
            tolerance: 1e-12,
        });
        Output {
            summary: averages_summary(&averages, self.who),
            variables: Vec::new(),
            tables: vec![self.totals(), self.industries(&averages), self.parts()],
            figures: self.figures(&averages),
            findings: self.findings(),
            checks,
        }
    }

    fn totals(&self) -> Table {
        let lines = &self.result.totals;
        let percent = |f: &dyn Fn(&Total) -> f64| Cells::Number(lines.iter().map(|t| 100.0 * f(t)).collect(), 2);
        let status = |t: &Total| match &t.status {
            Status::Computed => Text::new("computed", "已计算"),
            Status::Incomplete(_) => Text::new("industries missing", "缺行业"),
            Status::NoValueAdded => Text::new("no value added", "没有增加值"),
        };
        let unit = Text::new("log, %", "对数，%");
        let mut table = Table::new("totals", Text::new("Aggregate TFP growth", "总体 TFP 增长"))
            .column(
                "economy",
                Text::new("Economy", "经济体"),
                Text::default(),
                self.who.economy_cells(lines.iter().map(|t| t.economy)),
            )
            .column(
                "period",
                Text::new("Period", "时期"),
                Text::default(),
                Cells::Integer(lines.iter().map(|t| Some(i64::from(t.period))).collect()),
            )
            .column("status", Text::new("Status", "状态"), Text::default(), Cells::Text(lines.iter().map(status).collect()))
            .column(
                "weights",
                Text::new("Sum of weights", "权重之和"),
                Text::default(),
                Cells::Number(lines.iter().map(|t| t.weights).collect(), 3),
            )
            .column("domar", Text::new("Industries", "行业贡献"), unit.clone(), percent(&|t| t.domar));
        if self.data.factors.is_some() {
            table = table
                .column("capital", Text::new("Reallocation of capital", "资本再配置"), unit.clone(), percent(&|t| t.capital))
                .column("labour", Text::new("Reallocation of labour", "劳动再配置"), unit.clone(), percent(&|t| t.labour))
                .column("aggregate", Text::new("TFP of totals", "总量 TFP"), unit, percent(&|t| t.aggregate));
        }
        table
    }

    fn industries(&self, averages: &[Average]) -> Table {
        let lines: Vec<(usize, usize, f64)> =
            averages.iter().flat_map(|a| a.contributions.iter().map(|&(k, c)| (a.economy, k, c))).collect();
        let of = |economy: usize, industry: usize, f: fn(&Part) -> f64| {
            let own: Vec<f64> =
                self.result.parts.iter().filter(|p| p.economy == economy && p.industry == industry).map(f).collect();
            mean(&own)
        };
        let number = |f: fn(&Part) -> f64, by: f64, decimals| {
            Cells::Number(lines.iter().map(|l| by * of(l.0, l.1, f)).collect(), decimals)
        };
        Table::new("industries", Text::new("Contributions of industries", "各行业的贡献"))
            .note(Text::new("Means over the computed periods.", "取已计算各期的均值。"))
            .column("economy", Text::new("Economy", "经济体"), Text::default(), self.who.economy_cells(lines.iter().map(|l| l.0)))
            .column(
                "industry",
                Text::new("Industry", "行业"),
                Text::default(),
                self.who.industry_cells(lines.iter().map(|l| l.1)),
            )
            .column("weight", Text::new("Weight", "权重"), Text::default(), number(|p| p.weight, 1.0, 3))
            .column("tfp", Text::new("TFP growth", "TFP 增长"), Text::new("log, %", "对数，%"), number(|p| p.tfp, 100.0, 2))
            .column(
                "contribution",
                Text::new("Contribution", "贡献"),
                Text::new("points", "百分点"),
                Cells::Number(lines.iter().map(|l| l.2).collect(), 3),
            )
    }

    fn parts(&self) -> Table {
        let parts = &self.result.parts;
        let percent = |f: fn(&Part) -> f64| Cells::Number(parts.iter().map(|p| 100.0 * f(p)).collect(), 3);
        let unit = Text::new("log, %", "对数，%");
        let mut table = Table::new("parts", Text::new("Contributions by industry and period", "各行业各期的贡献"))
            .hidden()
            .column(
                "economy",
                Text::new("Economy", "经济体"),
                Text::default(),
                self.who.economy_cells(parts.iter().map(|p| p.economy)),
            )
            .column(
                "industry",
                Text::new("Industry", "行业"),
                Text::default(),
                self.who.industry_cells(parts.iter().map(|p| p.industry)),
            )
            .column(
                "period",
                Text::new("Period", "时期"),
                Text::default(),
                Cells::Integer(parts.iter().map(|p| Some(i64::from(p.period))).collect()),
            )
            .column(
                "weight",
                Text::new("Weight", "权重"),
                Text::default(),
                Cells::Number(parts.iter().map(|p| p.weight).collect(), 4),
            )
            .column("tfp", Text::new("TFP growth", "TFP 增长"), unit.clone(), percent(|p| p.tfp))
            .column("contribution", Text::new("Contribution", "贡献"), unit.clone(), percent(|p| p.contribution));
        if self.data.factors.is_some() {
            table = table
                .column("capital", Text::new("Reallocation of capital", "资本再配置"), unit.clone(), percent(|p| p.capital))
                .column("labour", Text::new("Reallocation of labour", "劳动再配置"), unit, percent(|p| p.labour));
        }
        table
    }

    fn figures(&self, averages: &[Average]) -> Vec<Figure> {
        let single = self.who.economy_names.len() == 1;
        let lines: Vec<(Text, [f64; 3])> = if single {
            let done = self.result.totals.iter().filter(|t| t.status == Status::Computed);
            done.map(|t| (Text::plain(t.period.to_string()), [t.domar, t.capital, t.labour].map(|v| 100.0 * v))).collect()
        } else {
            averages.iter().map(|a| (self.who.economy_names[a.economy].clone(), [a.domar, a.capital, a.labour])).collect()
        };
        let part = |f: usize| lines.iter().map(|l| l.1[f]).collect::<Vec<f64>>();
        let mut parts = vec![(Text::new("industries", "行业贡献"), part(0))];
        if self.data.factors.is_some() {
            parts.push((Text::new("reallocation of capital", "资本再配置"), part(1)));
            parts.push((Text::new("reallocation of labour", "劳动再配置"), part(2)));
        }
        let total = (0..lines.len()).map(|i| parts.iter().map(|p| p.1[i]).sum()).collect();
        let stack = Figure {
            id: "aggregate".into(),
            title: Text::new("Aggregate TFP growth", "总体 TFP 增长"),
            note: Text::new("The mark is the sum of the parts.", "标记为各部分之和。"),
            chart: Chart::Stack(Stack {
                label: Text::new("log growth, %", "对数增长率（%）"),
                decimals: 2,
                categories: lines.iter().map(|l| l.0.clone()).collect(),
                categories_are_units: !single && self.who.economies_are_units,
                parts,
                total,
            }),
        };
        let label = Text::new("points of aggregate TFP growth a period", "每期总体 TFP 增长的百分点");
        let of: Vec<Contributions> = averages.iter().map(|a| (a.economy, a.contributions.clone())).collect();
        vec![stack, self.who.contributions(&of, label, Text::default(), 2)]
    }

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let (mut places, mut periods) = (Vec::new(), 0);
        for t in self.result.totals.iter().filter(|t| t.status != Status::Computed) {
            periods += 1;
            match &t.status {
                Status::Incomplete(list) => places.extend(list.iter().map(|&(k, p)| self.who.named(t.economy, k, p))),
                _ => places.push(format!("{} {}", self.who.economy_names[t.economy].en, t.period)),
            }
        }
        if periods > 0 {
            findings.push(Finding {
                code: "TF021".into(),
                weight: Weight::Warning,
                place: lookup::first_of(&places, 8),
                message: Text::new(
                    format!("{periods} periods of economies are not aggregated: industries are missing, or there is no value added; table `totals` shows each."),
                    format!("{periods} 个经济体时期未加总：缺行业或没有增加值，见表 `totals`。"),
                ),
            });
        }
        if self.options.productivity == Productivity::GrossOutput {
            let above = |i: &usize| self.data.value_added[*i] > self.data.gross_output[*i];
            let rows: Vec<String> = (0..self.who.periods.len())
                .filter(above)
                .map(|i| self.who.named(self.who.economies[i], self.who.industries[i], self.who.periods[i]))
                .collect();
            if !rows.is_empty() {
                findings.push(Finding {
                    code: "TF025".into(),
                    weight: Weight::Warning,
                    place: lookup::first_of(&rows, 8),
                    message: Text::new(
                        format!("In {} rows value added exceeds gross output.", rows.len()),
                        format!("{} 行的增加值大于总产出。", rows.len()),
                    ),
                });
            }
        }
        findings
    }
}

fn averages_summary(averages: &[Average], who: &Industries) -> Vec<Text> {
    if averages.is_empty() {
        return vec![Text::new("No period has all industries: nothing is aggregated.", "没有行业齐全的时期，未作加总。")];
    }
    let mut out = Vec::new();
    for a in averages.iter().take(3) {
        let name = &who.economy_names[a.economy];
        let mut best = a.contributions.clone();
        best.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
        let top = |language: Language, comma: &str| -> String {
            let one = |c: &(usize, f64)| format!("{} {:.2}", who.industry_names[c.0].get(language), c.1);
            best.iter().take(3).map(one).collect::<Vec<_>>().join(comma)
        };
        out.push(Text::new(
            format!(
                "{}: industries give {:.2} % a period of TFP growth over {} periods, most of it {}; the weights add up to {:.2}.",
                name.en,
                a.domar,
                a.periods,
                top(Language::En, ", "),
                a.weights
            ),
            format!(
                "{}：{} 期平均，各行业合计使 TFP 每期增长 {:.2}%，贡献最大的是{}；权重之和为 {:.2}。",
                name.get(Language::Zh),
                a.periods,
                a.domar,
                top(Language::Zh, "、"),
                a.weights
            ),
        ));
        if a.aggregate.is_finite() {
            out.push(Text::new(
                format!(
                    "{}: with reallocation of capital {:.2} and labour {:.2} points, TFP of the totals grew by {:.2} % a period.",
                    name.en, a.capital, a.labour, a.aggregate
                ),
                format!(
                    "{}：加上资本再配置 {:.2}、劳动再配置 {:.2} 个百分点，总量 TFP 每期增长 {:.2}%。",
                    name.get(Language::Zh),
                    a.capital,
                    a.labour,
                    a.aggregate
                ),
            ));
        }
    }
    if averages.len() > 3 {
        out.push(Text::new(
            format!("Table `industries` shows all {} economies.", averages.len()),
            format!("全部 {} 个经济体见表 `industries`。", averages.len()),
        ));
    }
    out
}
