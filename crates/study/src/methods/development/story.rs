//! What development accounts say: sentences, variables, tables, figures and findings.

use panel::Panel;
use tfp::development::{Development, Dispersion, Form, Status};

use super::{super::lookup, DevelopmentSpec};
use crate::{
    figure::{Chart, Figure, Lines, Point, Scatter, Series, Stack},
    finding::{Finding, Weight},
    method::{Check, Output, OutputVariable},
    table::{Cells, Table},
    text::Text,
};

/// Everything the presentation draws on.
pub(super) struct Story<'a> {
    pub(super) panel: &'a Panel,
    pub(super) options: &'a DevelopmentSpec,
    pub(super) result: &'a Development,
    /// The same in the form not asked for.
    pub(super) other: &'a Development,
    pub(super) units: &'a [usize],
}

impl Story<'_> {
    pub(super) fn output(&self) -> Output {
        let keys: Vec<(String, i32)> = self.panel.units.iter().cloned().zip(self.panel.periods.iter().copied()).collect();
        let variable = |name: &str, label: Text, values: &[f64]| OutputVariable {
            name: name.to_owned(),
            label,
            unit: self.base(),
            keys: keys.clone(),
            values: values.to_vec(),
        };
        let r = self.result;
        Output {
            summary: self.summary(),
            variables: vec![
                variable("output_per_worker", Text::new("Output per worker", "人均产出"), &r.output),
                variable("productivity", Text::new("Productivity", "生产率"), &r.productivity),
            ],
            tables: vec![self.dispersion(), self.levels(true), self.levels(false)],
            figures: self.figures(),
            findings: self.findings(),
            checks: vec![Check {
                name: Text::new(
                    "capital × human capital × productivity = output per worker; variances add up",
                    "资本 × 人力资本 × 生产率 = 人均产出；方差可加",
                ),
                residual: r.residual.max(self.other.residual),
                tolerance: 1e-12,
            }],
        }
    }

    fn base(&self) -> Text {
        match &self.options.base_unit {
            Some(unit) => Text::plain(format!("{unit} = 1")),
            None => Text::new("mean of the period = 1", "当期平均 = 1"),
        }
    }

    fn last(&self) -> Option<&Dispersion> {
        self.result.dispersion.iter().rfind(|d| d.success_variance.is_finite())
    }

    fn summary(&self) -> Vec<Text> {
        let Some(d) = self.last() else {
            return vec![Text::new(
                "No period has two units whose output per worker differs: there is nothing to explain.",
                "没有任何时期存在两个人均产出不同的单元，无差异可解释。",
            )];
        };
        let (period, n) = (d.period, d.units);
        let (one, two, share) = (100.0 * d.success_variance, 100.0 * d.success_percentiles, 100.0 * d.share_factors);
        let [y, k, h, a] = d.ratios;
        let mut out = vec![
            Text::new(
                format!(
                    "In {period}, capital and human capital alone would give {one:.0} % of the variance of log output per worker of {n} units (success 1), and {two:.0} % of its 90-10 ratio (success 2); {share:.0} % of the variance go with them (covariance halved)."
                ),
                format!(
                    "{period} 年 {n} 个单元：仅资本与人力资本可解释人均产出对数方差的 {one:.0}%（成功度 1）、90/10 分位比的 {two:.0}%（成功度 2）；协方差平分时要素份额为 {share:.0}%。"
                ),
            ),
            Text::new(
                format!(
                    "The {0} richest have {y:.2} times the output per worker of the {0} poorest: {k:.2} by capital, {h:.2} by human capital, {a:.2} by productivity.",
                    d.ends
                ),
                format!(
                    "最富的 {0} 个单元人均产出是最穷 {0} 个的 {y:.2} 倍：资本 {k:.2}、人力资本 {h:.2}、生产率 {a:.2}。",
                    d.ends
                ),
            ),
        ];
        if let Some(o) = self.other.dispersion.iter().find(|o| o.period == period) {
            let other = 100.0 * o.success_variance;
            let (en, zh) = match self.options.form {
                Form::CapitalLabour => ("capital-output ratio", "资本产出比"),
                Form::CapitalOutput => ("capital per worker", "人均资本"),
            };
            out.push(Text::new(
                format!("With the {en} instead, success 1 is {other:.0} %."),
                format!("若改用{zh}，成功度 1 为 {other:.0}%。"),
            ));
        }
        out
    }

    fn dispersion(&self) -> Table {
        let lines = &self.result.dispersion;
        let number = |f: fn(&Dispersion) -> f64, decimals| Cells::Number(lines.iter().map(f).collect(), decimals);
        let other: Vec<f64> = self.other.dispersion.iter().map(|d| d.success_variance).collect();
        Table::new("dispersion", Text::new("What factors explain of the differences", "要素对差异的解释"))
            .note(Text::new(
                "Variances of logs, denominator n − 1; variance of factors, of productivity and twice their covariance add up to that of output per worker. Percentiles interpolate. The other form is the one not asked for.",
                "对数方差，分母 n − 1；要素方差、生产率方差与两倍协方差之和等于人均产出方差。分位数采用插值。“另一形式”指未选用的形式。",
            ))
            .column("period", Text::new("Period", "时期"), Text::default(), Cells::Integer(lines.iter().map(|d| Some(i64::from(d.period))).collect()))
            .column("units", Text::new("Units", "单元数"), Text::default(), Cells::Integer(lines.iter().map(|d| Some(d.units as i64)).collect()))
            .column("success_1", Text::new("Success 1 (variance)", "成功度 1（方差）"), Text::default(), number(|d| d.success_variance, 3))
            .column("success_2", Text::new("Success 2 (90-10)", "成功度 2（90/10）"), Text::default(), number(|d| d.success_percentiles, 3))
            .column("share_factors", Text::new("Share of factors", "要素份额"), Text::default(), number(|d| d.share_factors, 3))
            .column("success_1_other", Text::new("Success 1, other form", "成功度 1（另一形式）"), Text::default(), Cells::Number(other, 3))
            .column("variance", Text::new("var ln y", "var ln y"), Text::default(), number(|d| d.output, 4))
            .column("variance_factors", Text::new("var ln X", "var ln X"), Text::default(), number(|d| d.factors, 4))
            .column("variance_productivity", Text::new("var ln A", "var ln A"), Text::default(), number(|d| d.productivity, 4))
            .column("covariance", Text::new("2 cov(ln X, ln A)", "2 cov(ln X, ln A)"), Text::default(), number(|d| d.covariance, 4))
            .column("ends", Text::new("Units at each end", "两端单元数"), Text::default(), Cells::Integer(lines.iter().map(|d| Some(d.ends as i64)).collect()))
            .column("ratio", Text::new("Rich to poor: output", "富贫比：产出"), Text::default(), number(|d| d.ratios[0], 2))
            .column("ratio_capital", Text::new("by capital", "资本"), Text::default(), number(|d| d.ratios[1], 2))
            .column("ratio_human_capital", Text::new("by human capital", "人力资本"), Text::default(), number(|d| d.ratios[2], 2))
            .column("ratio_productivity", Text::new("by productivity", "生产率"), Text::default(), number(|d| d.ratios[3], 2))
    }

    /// Factors by unit: the last period shown, richest first, or all rows for download.
    fn levels(&self, last: bool) -> Table {
        let r = self.result;
        let period = self.last().map(|d| d.period);
        let mut rows: Vec<usize> = (0..self.panel.len()).filter(|&i| !last || Some(self.panel.periods[i]) == period).collect();
        if last {
            rows.retain(|&i| r.status[i] == Status::Computed);
            rows.sort_by(|&a, &b| r.output[b].total_cmp(&r.output[a]).then(self.units[a].cmp(&self.units[b])));
        }
        let status = |i: &usize| match r.status[*i] {
            Status::Computed => Text::new("computed", "已计算"),
            Status::Missing => Text::new("missing", "缺失"),
            Status::NoBase => Text::new("no base", "没有基准"),
        };
        let number = |v: &[f64]| Cells::Number(rows.iter().map(|&i| v[i]).collect(), 3);
        let (id, title) = match last {
            true => ("levels", Text::new("Factors of output per worker, last period", "人均产出的构成（末期）")),
            false => ("development", Text::new("Factors of output per worker by unit and period", "各单元各期人均产出的构成")),
        };
        let table = Table::new(id, title)
            .note(Text::new("The factors multiply to output per worker.", "各因素相乘等于人均产出。"))
            .column(
                "unit",
                Text::new("Unit", "单元"),
                Text::default(),
                Cells::Unit(rows.iter().map(|&i| self.panel.units[i].clone()).collect()),
            )
            .column(
                "period",
                Text::new("Period", "时期"),
                Text::default(),
                Cells::Integer(rows.iter().map(|&i| Some(i64::from(self.panel.periods[i]))).collect()),
            )
            .column("status", Text::new("Status", "状态"), Text::default(), Cells::Text(rows.iter().map(status).collect()))
            .column("output", Text::new("Output per worker", "人均产出"), self.base(), number(&r.output))
            .column("capital", Text::new("Capital", "资本"), self.base(), number(&r.capital))
            .column("human_capital", Text::new("Human capital", "人力资本"), self.base(), number(&r.human_capital))
            .column("productivity", Text::new("Productivity", "生产率"), self.base(), number(&r.productivity));
        if last { table } else { table.hidden() }
    }

    fn figures(&self) -> Vec<Figure> {
        let r = self.result;
        let lines = &r.dispersion;
        let of = |f: fn(&Dispersion) -> f64| lines.iter().map(f).collect::<Vec<f64>>();
        let stack = Figure {
            id: "variance".into(),
            title: Text::new("Variance of output per worker", "人均产出的方差"),
            note: Text::new(
                "The mark is the variance of log output per worker; the parts add up to it.",
                "标记为人均产出对数方差，各部分之和与之相等。",
            ),
            chart: Chart::Stack(Stack {
                label: Text::new("variance of logs", "对数方差"),
                decimals: 3,
                categories: lines.iter().map(|d| Text::plain(d.period.to_string())).collect(),
                categories_are_units: false,
                parts: vec![
                    (Text::new("factors", "要素"), of(|d| d.factors)),
                    (Text::new("productivity", "生产率"), of(|d| d.productivity)),
                    (Text::new("2 × covariance", "2 × 协方差"), of(|d| d.covariance)),
                ],
                total: of(|d| d.output),
            }),
        };
        let series = |name: Text, values: Vec<f64>| Series { name, unit: false, values, band: Vec::new() };
        let success = Figure {
            id: "success".into(),
            title: Text::new("What factors explain", "要素的解释力"),
            note: Text::default(),
            chart: Chart::Lines(Lines {
                label: Text::new("part explained", "解释的比例"),
                decimals: 2,
                periods: lines.iter().map(|d| d.period).collect(),
                series: vec![
                    series(Text::new("success 1 (variance)", "成功度 1（方差）"), of(|d| d.success_variance)),
                    series(Text::new("success 2 (90-10)", "成功度 2（90/10）"), of(|d| d.success_percentiles)),
                    series(Text::new("share of factors", "要素份额"), of(|d| d.share_factors)),
                ],
                reference: Some(1.0),
            }),
        };
        let period = self.last().map(|d| d.period);
        let rows = (0..self.panel.len()).filter(|&i| Some(self.panel.periods[i]) == period && r.status[i] == Status::Computed);
        let points = rows
            .map(|i| Point { unit: self.panel.units[i].clone(), x: r.output[i].ln(), y: r.productivity[i].ln(), class: 0 })
            .collect();
        let scatter = Figure {
            id: "productivity".into(),
            title: Text::new("Productivity and output per worker, last period", "生产率与人均产出（末期）"),
            note: Text::new("Logs, relative to the base.", "相对基准的对数值。"),
            chart: Chart::Scatter(Scatter {
                x: Text::new("ln output per worker", "人均产出对数"),
                y: Text::new("ln productivity", "生产率对数"),
                decimals: 2,
                classes: vec![Text::default()],
                points,
                line: Some((0.0, 1.0, Text::new("productivity explains all", "全由生产率解释"))),
                cross: false,
            }),
        };
        vec![stack, success, scatter]
    }

    fn findings(&self) -> Vec<Finding> {
        let r = self.result;
        let mut findings = Vec::new();
        let missing: Vec<String> = (0..self.panel.len())
            .filter(|&i| r.status[i] == Status::Missing)
            .map(|i| format!("{} {}", self.panel.units[i], self.panel.periods[i]))
            .collect();
        let counts: Vec<usize> = r.dispersion.iter().map(|d| d.units).collect();
        let (least, most) = (counts.iter().min().copied().unwrap_or(0), counts.iter().max().copied().unwrap_or(0));
        if !missing.is_empty() {
            findings.push(Finding {
                code: "TF026".into(),
                weight: Weight::Warning,
                place: lookup::first_of(&missing, 8),
                message: Text::new(
                    format!("{} rows are incomplete and left out; table `development` shows each.", missing.len()),
                    format!("{} 行不完整，未纳入比较，见表 `development`。", missing.len()),
                ),
            });
        }
        if least != most {
            findings.push(Finding {
                code: "TF026".into(),
                weight: Weight::Warning,
                place: Text::new("dispersion", "离散程度"),
                message: Text::new(
                    format!("The units compared number {least} to {most} by period: dispersion is not comparable over time."),
                    format!("各期参与比较的单元为 {least} 至 {most} 个：离散程度跨期不可比。"),
                ),
            });
        }
        let mut without: Vec<i32> =
            (0..self.panel.len()).filter(|&i| r.status[i] == Status::NoBase).map(|i| self.panel.periods[i]).collect();
        without.sort_unstable();
        without.dedup();
        if !without.is_empty() {
            let base = self.options.base_unit.clone().unwrap_or_default();
            let named: Vec<String> = without.iter().map(i32::to_string).collect();
            findings.push(Finding {
                code: "TF020".into(),
                weight: Weight::Warning,
                place: lookup::first_of(&named, 20),
                message: Text::new(
                    format!("{} periods have no levels: {base}, the base, has no complete row in them.", named.len()),
                    format!("{} 个时期没有水平值：基准单元 {base} 在这些时期没有完整数据。", named.len()),
                ),
            });
        }
        if self.options.human_capital.is_none() && self.options.schooling.is_none() {
            findings.push(Finding {
                code: "TF027".into(),
                weight: Weight::Warning,
                place: Text::plain("human_capital"),
                message: Text::new(
                    "No human capital is given: differences in education count as productivity.",
                    "未给出人力资本：教育差异计入生产率。",
                ),
            });
        }
        findings
    }
}
