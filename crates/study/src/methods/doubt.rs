//! `benefit-of-the-doubt`: scores under the weights that suit each unit best.

use index::doubt::{self, Doubt, DoubtError, DoubtStatus, benefit_of_the_doubt};
use panel::{Panel, Place, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::lookup;
use crate::{
    figure::{Bars, Chart, Figure},
    finding::{Finding, Weight},
    method::{Check, Input, Method, Output, OutputVariable, Page},
    table::{Cells, Table},
    text::Text,
};

/// What the scores are taken from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DoubtScale {
    /// Indicators as they are, at least 0.
    #[default]
    None,
    /// `(x - min) / (max - min)` over all rows.
    MinMax,
}

/// Options of the benefit of the doubt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DoubtOptions {
    /// Indicators of which more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub indicators: Vec<String>,
    /// What the scores are taken from.
    #[serde(default)]
    pub scale: DoubtScale,
    /// Least share of each indicator in a unit's score: one number for all, or one each; 0 where left out.
    #[serde(default)]
    pub least: Vec<f64>,
    /// Largest share of each indicator in a unit's score: one number for all, or one each; 1 where left out.
    #[serde(default)]
    pub most: Vec<f64>,
}

/// Benefit of the doubt.
pub struct BenefitOfTheDoubt;

impl Method for BenefitOfTheDoubt {
    type Options = DoubtOptions;
    const NAME: &'static str = "benefit-of-the-doubt";
    const PAGE: Page = Page {
        title: ("Benefit of the doubt", "疑点利益法"),
        en: doubt::PAGE,
        zh: doubt::PAGE_ZH,
        example: "xinzhi benefit-of-the-doubt provinces.csv --unit province --indicators patents,graduates --least 0.1 --out out",
    };

    fn run(input: &Input<'_>, options: &DoubtOptions) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let mut problems = Vec::new();
        if options.indicators.is_empty() {
            problems.push(Problem::error("no-variable", "`indicators` names no variable."));
        }
        for (k, name) in options.indicators.iter().enumerate() {
            if options.indicators[..k].contains(name) {
                problems.push(
                    Problem::error("repeated-variable", format!("`{name}` is named more than once."))
                        .at(Place { column: Some(name.clone()), ..Place::default() }),
                );
            }
        }
        let columns: Vec<Vec<f64>> =
            options.indicators.iter().map(|name| lookup::column(panel, name, &mut problems).to_vec()).collect();
        if panel.is_empty() {
            problems.push(Problem::error("no-row", "The data set has no row."));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let columns = if options.scale == DoubtScale::MinMax { columns.iter().map(|c| min_max(c)).collect() } else { columns };
        let core = doubt::DoubtOptions { least: options.least.clone(), most: options.most.clone() };
        let result = benefit_of_the_doubt(&columns, &core)
            .map_err(|errors| errors.iter().map(|e| refused(e, options, panel)).collect::<Vec<_>>())?;
        if result.iter().all(|d| d.score.is_nan()) {
            return Err(vec![
                Problem::error("no-complete-row", "No row has a value of every indicator.")
                    .help("Restrict the periods of the step, or choose other indicators."),
            ]);
        }
        let residual = result
            .iter()
            .filter(|d| d.status == DoubtStatus::Scored)
            .map(|d| (d.shares.iter().sum::<f64>() - 1.0).abs())
            .fold(0.0, f64::max);
        let view = View { panel, options, result: &result };
        Ok(Output {
            summary: view.summary(),
            variables: vec![view.variable()],
            tables: vec![view.shares(), view.rows()],
            figures: vec![view.figure()],
            findings: view.findings(),
            checks: vec![Check {
                name: Text::new("the shares of a score sum to 1", "得分中各指标份额之和为 1"),
                residual,
                tolerance: 1e-7,
            }],
        })
    }
}

/// Constant columns stand at 0: they tell nothing apart.
fn min_max(column: &[f64]) -> Vec<f64> {
    let known = || column.iter().copied().filter(|x| !x.is_nan());
    let (low, high) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
    column.iter().map(|x| if high > low { (x - low) / (high - low) } else { x - low }).collect()
}

fn refused(error: &DoubtError, options: &DoubtOptions, panel: &Panel) -> Problem {
    let name = |column: usize| options.indicators.get(column).cloned().unwrap_or_default();
    match error {
        DoubtError::Value { column, row, value } => {
            Problem::error("below-zero", format!("`{}` is {value}; a score takes finite values of at least 0.", name(*column)))
                .why("The weights of other units would turn a negative value into an advantage.")
                .help("Set `scale = \"min-max\"`, or turn the indicator round.")
                .at(lookup::cell(panel, &name(*column), *row))
        }
        DoubtError::Range { column, least, most } => {
            Problem::error("bad-shares", format!("The share of `{}` cannot lie between {least} and {most}.", name(*column)))
                .help("Shares lie between 0 and 1, `least` not above `most`.")
        }
        DoubtError::Bounds { .. } | DoubtError::Sum { .. } | DoubtError::Shape => {
            Problem::error("bad-shares", format!("The bounds do not fit: {error}."))
                .help("Give one number for all indicators or one each; least shares sum to at most 1, largest to at least 1.")
        }
    }
}

struct View<'a> {
    panel: &'a Panel,
    options: &'a DoubtOptions,
    result: &'a [Doubt],
}

impl View<'_> {
    fn unit(&self, row: usize) -> (String, String) {
        let en = self.panel.units[row].clone();
        let zh = self.panel.units_zh.get(row).cloned().unwrap_or_default();
        let zh = if zh.is_empty() { en.clone() } else { zh };
        if self.panel.period_name.is_none() {
            return (en, zh);
        }
        (format!("{en} in {}", self.panel.periods[row]), format!("{zh}（{}）", self.panel.periods[row]))
    }

    fn scored(&self) -> Vec<usize> {
        (0..self.result.len()).filter(|&i| !self.result[i].score.is_nan()).collect()
    }

    /// Mean, least and largest share of an indicator in the scores.
    fn share(&self, j: usize) -> [f64; 3] {
        let shares: Vec<f64> = self.result.iter().filter_map(|d| d.shares.get(j).copied()).collect();
        let (low, high) = (shares.iter().copied().fold(f64::INFINITY, f64::min), shares.iter().copied().fold(0.0, f64::max));
        [numerics::moments::mean(&shares), if shares.is_empty() { f64::NAN } else { low }, high]
    }

    fn summary(&self) -> Vec<Text> {
        let rows = self.scored();
        let best = rows.iter().filter(|&&i| self.result[i].score >= 1.0 - 1e-9).count();
        let mean = numerics::moments::mean(&rows.iter().map(|&i| self.result[i].score).collect::<Vec<_>>());
        let mut out = vec![Text::new(
            format!("{best} of {} rows reach 1 under weights of their own choice; the mean score is {mean:.3}.", rows.len()),
            format!("{} 行中有 {best} 行在自选权重下达到 1；平均得分 {mean:.3}。", rows.len()),
        )];
        let lowest = rows.iter().copied().reduce(|a, b| if self.result[b].score < self.result[a].score { b } else { a });
        if let Some(row) = lowest.filter(|&i| self.result[i].score < 1.0 - 1e-9) {
            let ((en, zh), score) = (self.unit(row), self.result[row].score);
            out.push(Text::new(
                format!("Under every choice of weights {en} stays below others: its best score is {score:.3}."),
                format!("无论怎样选择权重，{zh}总低于其他单元：其最高得分为 {score:.3}。"),
            ));
        }
        out
    }

    fn variable(&self) -> OutputVariable {
        OutputVariable {
            name: "score".to_owned(),
            label: Text::new("Score, benefit of the doubt", "疑点利益法得分"),
            unit: Text::default(),
            keys: self.panel.units.iter().cloned().zip(self.panel.periods.iter().copied()).collect(),
            values: self.result.iter().map(|d| d.score).collect(),
        }
    }

    fn shares(&self) -> Table {
        let k = self.options.indicators.len();
        let percent = || Text::plain("%");
        let column = |which: usize| Cells::Number((0..k).map(|j| 100.0 * self.share(j)[which]).collect(), 1);
        let labels = self.options.indicators.iter().map(|n| lookup::variable_label(self.panel, n)).collect();
        Table::new("shares", Text::new("Shares of indicators in the scores", "各指标在得分中的份额"))
            .column("indicator", Text::new("Indicator", "指标"), Text::default(), Cells::Text(labels))
            .column("mean", Text::new("Mean", "均值"), percent(), column(0))
            .column("least", Text::new("Least", "最小"), percent(), column(1))
            .column("largest", Text::new("Largest", "最大"), percent(), column(2))
            .note(Text::new(
                "Over rows with a score above 0. Weights of a row on the frontier may be one choice of several.",
                "按得分大于 0 的行计算。前沿行的权重可能只是多种取法之一。",
            ))
    }

    fn rows(&self) -> Table {
        let periods = self.panel.periods.iter().map(|p| Some(i64::from(*p))).collect();
        let status = |d: &Doubt| match d.status {
            DoubtStatus::Scored => Text::new("scored", "已评分"),
            DoubtStatus::ZeroUnderBound => Text::new("zero under a least share", "设有份额下限的指标为零"),
            DoubtStatus::Zero => Text::new("all indicators are zero", "全部指标为零"),
            DoubtStatus::Missing => Text::new("missing", "缺失"),
            DoubtStatus::Numerical => Text::new("no certified solution", "无经认证的解"),
        };
        let peers = |d: &Doubt| {
            let names: Vec<(String, String)> = d.peers.iter().map(|&(row, _)| self.unit(row)).collect();
            Text::new(
                names.iter().map(|n| n.0.as_str()).collect::<Vec<_>>().join(", "),
                names.iter().map(|n| n.1.as_str()).collect::<Vec<_>>().join("、"),
            )
        };
        let none = Text::default;
        let mut table = Table::new("scores", Text::new("Scores under weights of own choice", "自选权重下的得分"))
            .hidden()
            .column("unit", Text::new("Unit", "单元"), none(), Cells::Unit(self.panel.units.clone()))
            .column("period", Text::new("Period", "时期"), none(), Cells::Integer(periods))
            .column("score", Text::new("Score", "得分"), none(), Cells::Number(self.variable().values, 4))
            .column("status", Text::new("Status", "状态"), none(), Cells::Text(self.result.iter().map(status).collect()))
            .column("peers", Text::new("Peers", "参照"), none(), Cells::Text(self.result.iter().map(peers).collect()));
        for (j, name) in self.options.indicators.iter().enumerate() {
            let (en, zh) = lookup::variable_label(self.panel, name).both();
            let of = |list: &Vec<f64>, scale: f64| list.get(j).map_or(f64::NAN, |x| scale * x);
            let share = self.result.iter().map(|d| of(&d.shares, 100.0)).collect();
            let weight = self.result.iter().map(|d| of(&d.weights, 1.0)).collect();
            let (s, w) = (
                Text::new(format!("Share, {en}"), format!("份额：{zh}")),
                Text::new(format!("Weight, {en}"), format!("权重：{zh}")),
            );
            table = table.column(&format!("share_{name}"), s, Text::plain("%"), Cells::Number(share, 1)).column(
                &format!("weight_{name}"),
                w,
                none(),
                Cells::Number(weight, 6),
            );
        }
        table
    }

    fn figure(&self) -> Figure {
        let items = self.options.indicators.iter().enumerate();
        let items = items.map(|(j, name)| (lookup::variable_label(self.panel, name), 100.0 * self.share(j)[0])).collect();
        Figure {
            id: "shares".to_owned(),
            title: Text::new("What scores rest on", "得分依靠什么"),
            note: Text::new(
                "Mean share of each indicator in the scores, under each row's own weights.",
                "各行自选权重下，各指标在得分中的平均份额。",
            ),
            chart: Chart::Bars(Bars {
                label: Text::new("Mean share, %", "平均份额，%"),
                decimals: 1,
                items,
                items_are_units: false,
            }),
        }
    }

    fn findings(&self) -> Vec<Finding> {
        let rows_of = |status| (0..self.result.len()).filter(move |&i| self.result[i].status == status);
        let count = |status| rows_of(status).count();
        let finding = |code: &str, weight, message| Finding {
            code: code.to_owned(),
            weight,
            place: Text::new("the scores", "得分"),
            message,
        };
        let list = |status, zh: bool| -> String {
            let names: Vec<String> = rows_of(status).take(10).map(|i| if zh { self.unit(i).1 } else { self.unit(i).0 }).collect();
            names.join(if zh { "、" } else { ", " })
        };
        let mut out = Vec::new();
        let missing = count(DoubtStatus::Missing);
        if missing > 0 {
            let message = Text::new(
                format!(
                    "{missing} rows with a missing indicator have no score and are no benchmark: {}.",
                    list(DoubtStatus::Missing, false)
                ),
                format!("{missing} 行因指标缺失没有得分，也不作为基准：{}。", list(DoubtStatus::Missing, true)),
            );
            out.push(finding("AU002", Weight::Warning, message));
        }
        let unsolved = count(DoubtStatus::Numerical);
        if unsolved > 0 {
            let message = Text::new(
                format!("{unsolved} rows have no certified solution: {}.", list(DoubtStatus::Numerical, false)),
                format!("{unsolved} 行没有经认证的解：{}。", list(DoubtStatus::Numerical, true)),
            );
            out.push(finding("FR002", Weight::Warning, message));
        }
        let zero = count(DoubtStatus::ZeroUnderBound);
        if zero > 0 {
            let message = Text::new(
                format!(
                    "{zero} rows score 0 because an indicator with a least share is 0: {}.",
                    list(DoubtStatus::ZeroUnderBound, false)
                ),
                format!("{zero} 行因设有份额下限的指标为零而得分为零：{}。", list(DoubtStatus::ZeroUnderBound, true)),
            );
            out.push(finding("CI003", Weight::Warning, message));
        }
        let scored = self.scored();
        let best = scored.iter().filter(|&&i| self.result[i].score >= 1.0 - 1e-9).count();
        if 2 * best > scored.len() && scored.len() > 2 {
            let (k, n) = (self.options.indicators.len(), scored.len());
            let message = Text::new(
                format!(
                    "{best} of {n} rows reach 1 with {k} indicators: the scores hardly tell rows apart. Set `least` and `most`, or use fewer indicators."
                ),
                format!("{k} 项指标下 {n} 行中有 {best} 行达到 1：得分几乎不能区分。请设置 `least` 与 `most`，或减少指标。"),
            );
            out.push(finding("FR028", Weight::Warning, message));
        }
        out.sort_by(|a, b| a.code.cmp(&b.code));
        out
    }
}

#[cfg(test)]
#[path = "doubt_tests.rs"]
mod tests;
