//! What capital services say: sentences, variables, findings, figures.

use numerics::moments::{mean, median};
use panel::Panel;
use tfp::{
    services::{Services, Status},
    user_cost::{self, Negative, Return, UserCosts},
};

use super::{super::lookup, CapitalServicesStep};
use crate::{
    figure::{Chart, Figure, Lines, Series, Stack},
    finding::{Finding, Weight},
    method::{Check, Output, OutputVariable},
    text::{Language, Text},
};

/// Everything the presentation draws on.
pub(super) struct Story<'a> {
    pub(super) panel: &'a Panel,
    pub(super) options: &'a CapitalServicesStep,
    pub(super) costs: &'a UserCosts,
    pub(super) services: &'a Services,
    /// Stocks at work by asset.
    pub(super) work: &'a [Vec<f64>],
}

impl Story<'_> {
    pub(super) fn label(&self, asset: usize) -> Text {
        lookup::variable_label(self.panel, &self.options.stocks[asset])
    }

    /// Rows with growth.
    pub(super) fn grown(&self) -> Vec<usize> {
        (0..self.panel.len()).filter(|&i| self.services.status[i] == Status::Computed).collect()
    }

    /// Mean over rows, each with the same weight.
    pub(super) fn over(&self, rows: &[usize], column: &[f64]) -> f64 {
        mean(&rows.iter().map(|&i| column[i]).collect::<Vec<_>>())
    }

    pub(super) fn output(&self) -> Output {
        Output {
            summary: self.summary(),
            variables: self.variables(),
            tables: self.tables(),
            figures: self.figures(),
            findings: self.findings(),
            checks: vec![
                Check {
                    name: Text::new(
                        "Σ user cost × stock = capital income (endogenous return)",
                        "Σ 使用成本 × 存量 = 资本收入（内生回报率）",
                    ),
                    residual: self.costs.residual,
                    tolerance: 1e-10,
                },
                Check {
                    name: Text::new("Σ shares = 1, Σ contributions = growth", "Σ 份额 = 1，Σ 贡献 = 增长"),
                    residual: self.services.residual,
                    tolerance: 1e-10,
                },
            ],
        }
    }

    fn variables(&self) -> Vec<OutputVariable> {
        let keys: Vec<(String, i32)> = self.panel.units.iter().cloned().zip(self.panel.periods.iter().copied()).collect();
        let variable = |name: String, label: Text, unit: Text, values: &[f64]| OutputVariable {
            name,
            label,
            unit,
            keys: keys.clone(),
            values: values.to_vec(),
        };
        let log = || Text::plain("log");
        let s = self.services;
        let mut out = vec![
            variable(
                "services".into(),
                Text::new("Capital services", "资本服务"),
                Text::new("first period = 1", "首期 = 1"),
                &s.level,
            ),
            variable("services_growth".into(), Text::new("Growth of capital services", "资本服务增长"), log(), &s.growth),
            variable("composition".into(), Text::new("Composition of capital", "资本构成效应"), log(), &s.composition),
            variable("return".into(), Text::new("Rate of return", "回报率"), Text::default(), &self.costs.rate),
        ];
        for (a, cost) in self.costs.cost.iter().enumerate() {
            let label = self.label(a);
            let words = Text::new(format!("User cost of {}", label.en), format!("{}的使用成本", label.get(Language::Zh)));
            let unit = Text::new("of one unit at base prices", "每单位（基期价）");
            out.push(variable(format!("user_cost_{}", self.options.stocks[a]), words, unit, cost));
        }
        out
    }

    fn summary(&self) -> Vec<Text> {
        let rows = self.grown();
        let mut out = Vec::new();
        if rows.is_empty() {
            out.push(Text::new(
                "No unit has user costs in two adjacent periods: there are costs, but no growth of services.",
                "没有单元在相邻两期都有使用成本：只有成本，没有服务增长。",
            ));
        } else {
            let percent = |c: &[f64]| 100.0 * self.over(&rows, c);
            let (s, k, q) =
                (percent(&self.services.growth), percent(&self.services.stock_growth), percent(&self.services.composition));
            let n = rows.len();
            out.push(Text::new(
                format!("Capital services grew by {s:.2} % a period (log, mean of {n} rows): the sum of stocks by {k:.2} %, composition by {q:.2} points."),
                format!("资本服务每期增长 {s:.2}%（对数，{n} 行均值）：存量之和 {k:.2}%，构成效应 {q:.2} 个百分点。"),
            ));
        }
        let rates: Vec<f64> = self.costs.rate.iter().copied().filter(|r| r.is_finite()).collect();
        if !rates.is_empty() {
            let (m, low, high) = (
                100.0 * median(&rates),
                100.0 * rates.iter().copied().fold(f64::INFINITY, f64::min),
                100.0 * rates.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            );
            out.push(match self.options.returns {
                Return::Endogenous => Text::new(
                    format!(
                        "The return that uses up capital income is {m:.1} % in the median row, from {low:.1} to {high:.1} %."
                    ),
                    format!("使资本收入分配完毕的回报率中位数为 {m:.1}%，范围 {low:.1}% 至 {high:.1}%。"),
                ),
                Return::Exogenous => Text::new(
                    format!("The return is given: {m:.1} % in the median row, from {low:.1} to {high:.1} %."),
                    format!("回报率为给定值：中位数 {m:.1}%，范围 {low:.1}% 至 {high:.1}%。"),
                ),
            });
        }
        out
    }

    fn named(&self, rows: &[usize]) -> String {
        let list: Vec<String> =
            rows.iter().take(8).map(|&i| format!("{} {}", self.panel.units[i], self.panel.periods[i])).collect();
        format!("{}{}", list.join(", "), if rows.len() > 8 { " …" } else { "" })
    }

    fn findings(&self) -> Vec<Finding> {
        let n = self.panel.len();
        let mut out = Vec::new();
        let mut tell = |code: &str, weight: Weight, place: String, en: String, zh: String| {
            out.push(Finding { code: code.into(), weight, place: Text::plain(place), message: Text::new(en, zh) });
        };
        let treated: Vec<usize> = self.costs.treated.iter().map(|c| c.1).collect();
        if !treated.is_empty() {
            let (rule, rule_zh) = match self.options.negative {
                Negative::Refuse | Negative::Keep => ("kept", "保留"),
                Negative::Floor => ("lifted to the floor", "提高到下限"),
                Negative::WithoutGains => ("computed without revaluation", "不计重估"),
            };
            let (count, left) = (treated.len(), self.costs.negative.len());
            tell(
                "TF015",
                Weight::Warning,
                self.named(&treated),
                format!("{count} user costs were not positive and are {rule}; {left} still are not."),
                format!("{count} 个使用成本不为正，已{rule_zh}；仍有 {left} 个不为正。"),
            );
        }
        let odd: Vec<usize> = (0..n).filter(|&i| self.costs.rate[i] < 0.0 || self.costs.rate[i] > 0.5).collect();
        if !odd.is_empty() {
            tell(
                "TF016",
                Weight::Warning,
                self.named(&odd),
                format!("{} rates of return are negative or above 50 %.", odd.len()),
                format!("{} 个回报率为负或高于 50%。", odd.len()),
            );
        }
        let costs = |s: user_cost::Status| (0..n).filter(move |&i| self.costs.status[i] == s).collect::<Vec<_>>();
        let grown = |s: Status| (0..n).filter(move |&i| self.services.status[i] == s).collect::<Vec<_>>();
        let lists = [
            (
                costs(user_cost::Status::Missing),
                "lack a stock at work, price, rate or income and have no user cost",
                "缺在用存量、价格、利率或收入，没有使用成本",
            ),
            (costs(user_cost::Status::NoStock), "have no stock to earn the income", "没有可获得收入的存量"),
            (costs(user_cost::Status::AllFloored), "have all costs at the floor and no return", "全部成本处于下限，没有回报率"),
            (grown(Status::Gap), "follow a gap and have no growth", "之前有间断，没有增长率"),
            (grown(Status::Appears), "have an asset that appears or disappears and no growth", "有资产出现或消失，没有增长率"),
        ];
        // The first period of a unit has no stock at its beginning, whatever the data.
        let begins = |&i: &usize| i == 0 || self.panel.units[i - 1] != self.panel.units[i];
        for (rows, en, zh) in lists.into_iter().filter(|(rows, _, _)| !rows.is_empty()) {
            let weight = if rows.iter().all(begins) { Weight::Info } else { Weight::Warning };
            let (en, zh) = (format!("{} rows {en}.", rows.len()), format!("{} 行{zh}。", rows.len()));
            tell("TF017", weight, self.named(&rows), en, zh);
        }
        let names = self.options.stocks.iter().chain(&self.options.prices).chain(&self.options.income);
        let mut vintages: Vec<&str> =
            names.filter_map(|n| self.panel.variable(n)).map(|v| v.meaning.vintage.as_str()).filter(|v| !v.is_empty()).collect();
        vintages.sort_unstable();
        vintages.dedup();
        if vintages.len() > 1 {
            tell(
                "TF018",
                Weight::Warning,
                vintages.join(", "),
                format!("Stocks, prices and income come from {} vintages of the statistics.", vintages.len()),
                format!("存量、价格与收入来自 {} 个不同的统计版本。", vintages.len()),
            );
        }
        out
    }

    fn figures(&self) -> Vec<Figure> {
        let periods = self.panel.period_set();
        let grown = self.grown();
        let at = |p: i32| -> Vec<usize> { grown.iter().copied().filter(|&i| self.panel.periods[i] == p).collect() };
        let shown: Vec<i32> = periods.iter().copied().filter(|&p| !at(p).is_empty()).collect();
        let percent = |c: &[f64]| shown.iter().map(|&p| 100.0 * self.over(&at(p), c)).collect::<Vec<f64>>();
        let by_unit = |column: &[f64]| -> Vec<Series> {
            let series = |unit: &&str| {
                let values = periods.iter().map(|&p| self.panel.row(unit, p).map_or(f64::NAN, |i| column[i])).collect();
                Series { name: Text::plain(*unit), unit: true, values, band: Vec::new() }
            };
            self.panel.unit_set().iter().map(series).collect()
        };
        let lines = |label: Text, decimals: u8, reference: f64, column: &[f64]| {
            Chart::Lines(Lines { label, decimals, periods: periods.clone(), series: by_unit(column), reference: Some(reference) })
        };
        let parts = self.services.contributions.iter().enumerate().map(|(a, c)| (self.label(a), percent(c))).collect();
        let rate: Vec<f64> = self.costs.rate.iter().map(|r| 100.0 * r).collect();
        vec![
            Figure {
                id: "services".into(),
                title: Text::new("Capital services", "资本服务"),
                note: Text::new("A line ends at the first gap of its unit.", "曲线在该单元首个间断处终止。"),
                chart: lines(Text::new("first period = 1", "首期 = 1"), 2, 1.0, &self.services.level),
            },
            Figure {
                id: "contributions".into(),
                title: Text::new("Which assets services came from", "服务增长来自哪些资产"),
                note: Text::new(
                    "Means of units with equal weights; the parts add up to the mark.",
                    "各单元等权平均；各部分之和等于标记。",
                ),
                chart: Chart::Stack(Stack {
                    label: Text::new("log growth, %", "对数增长率（%）"),
                    decimals: 2,
                    categories: shown.iter().map(|p| Text::plain(p.to_string())).collect(),
                    categories_are_units: false,
                    parts,
                    total: percent(&self.services.growth),
                }),
            },
            Figure {
                id: "return".into(),
                title: Text::new("Rate of return", "回报率"),
                note: Text::default(),
                chart: lines(Text::plain("%"), 1, 0.0, &rate),
            },
        ]
    }
}
