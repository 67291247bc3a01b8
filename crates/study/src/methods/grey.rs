//! `grey`: the grey model GM(1,1) of short series, its tests and its back-test.

use index::grey::{self, BackTest, Gm11, Grade, GreyError};
use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{lookup, production::listed};
use crate::{
    figure::{Chart, Figure, Lines, Series},
    finding::{Finding, Weight},
    method::{Input, Method, Output, Page},
    table::{Cells, Table},
    text::{Language, Text},
};

/// Options of the grey model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GreyOptions {
    /// Variables to be modelled, unit by unit.
    #[schemars(extend("x-role" = "variable"))]
    pub variables: Vec<String>,
    /// Periods to forecast after the last.
    #[serde(default = "three")]
    #[schemars(range(min = 1, max = 50))]
    pub ahead: usize,
}

fn three() -> usize {
    3
}

/// The grey model GM(1,1).
pub struct GreyMethod;

impl Method for GreyMethod {
    type Options = GreyOptions;
    const NAME: &'static str = "grey";
    const PAGE: Page = Page {
        title: ("Grey model GM(1,1)", "灰色模型 GM(1,1)"),
        en: grey::PAGE,
        zh: grey::PAGE_ZH,
        example: "xinzhi grey provinces.csv --unit province --period year --variables index --ahead 3 --out result",
    };
    const OVER_TIME: bool = true;

    fn run(input: &Input<'_>, options: &GreyOptions) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let mut problems = Vec::new();
        if options.variables.is_empty() {
            problems.push(Problem::error("no-variable", "There is no variable to model."));
        }
        if !(1..=50).contains(&options.ahead) {
            problems.push(Problem::error("ahead", "`ahead` must be 1 to 50 periods."));
        }
        if panel.period_name.is_none() {
            problems
                .push(Problem::error("no-period", "The data have no periods.").help("Name the column of periods with `period`."));
        }
        let mut series = Vec::new();
        for name in &options.variables {
            let values = lookup::column(panel, name, &mut problems);
            if values.len() == panel.len() {
                series.extend(panel.unit_set().into_iter().map(|unit| Course::new(panel, name, unit, values, options.ahead)));
            }
        }
        if problems.is_empty() && series.iter().all(|c| c.model.is_err()) {
            let why = series.first().map_or("there is no unit", |c| c.model.as_ref().err().map_or("", |w| w.en.as_str()));
            problems.push(Problem::error("no-series", format!("No series can be modelled; the first: {why}.")));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let view = View { panel, options, series: &series };
        let mut tables = vec![view.models(), view.forecasts(), view.back_tests()];
        tables.extend(view.left_out());
        Ok(Output { summary: view.summary(), tables, figures: view.figures(), findings: view.findings(), ..Output::default() })
    }
}

/// One variable of one unit over its periods.
struct Course<'a> {
    variable: &'a str,
    unit: &'a str,
    periods: Vec<i32>,
    values: Vec<f64>,
    model: Result<Gm11, Text>,
    test: Option<BackTest>,
}

impl<'a> Course<'a> {
    fn new(panel: &Panel, variable: &'a str, unit: &'a str, values: &[f64], ahead: usize) -> Self {
        let mut rows: Vec<usize> = (0..panel.len()).filter(|&i| panel.units[i] == unit && !values[i].is_nan()).collect();
        rows.sort_by_key(|&i| panel.periods[i]);
        let periods: Vec<i32> = rows.iter().map(|&i| panel.periods[i]).collect();
        let values: Vec<f64> = rows.iter().map(|&i| values[i]).collect();
        let even = periods.windows(3).all(|w| w[1] - w[0] == w[2] - w[1]);
        let model = if even {
            grey::gm11(&values, ahead).map_err(|e| reason(&e))
        } else {
            Err(Text::new("its periods are not evenly spaced", "时期间隔不等"))
        };
        let test = model.as_ref().ok().and_then(|_| grey::back_test(&values, ahead).ok());
        Self { variable, unit, periods, values, model, test }
    }

    /// Periods after the last.
    fn later(&self, ahead: usize) -> Vec<i32> {
        let step = self.periods.windows(2).next().map_or(1, |w| w[1] - w[0]);
        let last = self.periods.last().copied().unwrap_or(0);
        (1..=ahead as i32).map(|k| last + k * step).collect()
    }
}

fn reason(error: &GreyError) -> Text {
    let zh = match error {
        GreyError::TooFew(n) => format!("至少需要四个值，现有 {n} 个"),
        GreyError::NotFinite(k) => format!("第 {k} 个值不是有限数"),
        GreyError::NotPositive(k) => format!("第 {k} 个值不大于 0"),
        GreyError::Singular => "方程没有有限解".into(),
    };
    Text::new(error.to_string(), zh)
}

fn grade(grade: Grade) -> Text {
    match grade {
        Grade::Good => Text::new("good", "好"),
        Grade::Qualified => Text::new("qualified", "合格"),
        Grade::Barely => Text::new("barely", "勉强"),
        Grade::Failed => Text::new("failed", "不合格"),
    }
}

struct View<'a> {
    panel: &'a Panel,
    options: &'a GreyOptions,
    series: &'a [Course<'a>],
}

impl<'a> View<'a> {
    fn fitted(&self) -> impl Iterator<Item = (&'a Course<'a>, &'a Gm11)> {
        self.series.iter().filter_map(|c| c.model.as_ref().ok().map(|m| (c, m)))
    }

    fn start(&self, id: &str, title: Text, rows: &[&Course<'_>]) -> Table {
        let label = |c: &&Course<'_>| lookup::variable_label(self.panel, c.variable);
        Table::new(id, title)
            .column("variable", Text::new("Variable", "变量"), Text::default(), Cells::Text(rows.iter().map(label).collect()))
            .column(
                "unit",
                Text::new("Unit", "单元"),
                Text::default(),
                Cells::Unit(rows.iter().map(|c| c.unit.to_owned()).collect()),
            )
    }

    fn models(&self) -> Table {
        let all: Vec<(&Course<'_>, &Gm11)> = self.fitted().collect();
        let rows: Vec<&Course<'_>> = all.iter().map(|(c, _)| *c).collect();
        let number = |of: &dyn Fn(&Gm11) -> f64, d: u8| Cells::Number(all.iter().map(|(_, m)| of(m)).collect(), d);
        let ahead = |c: &Course<'_>, of: &dyn Fn(&BackTest) -> f64| c.test.as_ref().map_or(f64::NAN, of);
        let percent = || Text::plain("%");
        let none = Text::default;
        let yes = |b: bool| if b { Text::new("yes", "是") } else { Text::new("no", "否") };
        self.start("models", Text::new("Models and their tests", "模型与检验"), &rows)
            .note(Text::new(
                "Back-test: mean absolute percentage error one period ahead from a rolling origin; naive is the last value.",
                "回测：滚动起点一步预测的平均绝对百分比误差；沿用法即沿用上一期的值。",
            ))
            .column(
                "values",
                Text::new("Values", "期数"),
                none(),
                Cells::Integer(all.iter().map(|(c, _)| Some(c.values.len() as i64)).collect()),
            )
            .column("a", Text::new("Development coefficient a", "发展系数 a"), none(), number(&|m| m.a, 5))
            .column("b", Text::new("Grey input b", "灰作用量 b"), none(), number(&|m| m.b, 4))
            .column(
                "level",
                Text::new("Level-ratio test passed", "级比检验通过"),
                none(),
                Cells::Text(all.iter().map(|(_, m)| yes(m.level_pass)).collect()),
            )
            .column(
                "mean_error",
                Text::new("Mean relative error of the fit", "平均相对误差"),
                percent(),
                number(&|m| 100.0 * m.mean_error, 2),
            )
            .column("c", Text::new("Posterior error C", "后验差比 C"), none(), number(&|m| m.c, 3))
            .column("p", Text::new("Small-error share P", "小误差概率 P"), none(), number(&|m| m.p, 3))
            .column("grade", Text::new("Grade", "等级"), none(), Cells::Text(all.iter().map(|(_, m)| grade(m.grade)).collect()))
            .column(
                "ahead_error",
                Text::new("Back-test", "回测误差"),
                percent(),
                Cells::Number(rows.iter().map(|c| 100.0 * ahead(c, &|t| t.errors[0])).collect(), 2),
            )
            .column(
                "naive_error",
                Text::new("Back-test, naive", "回测误差（沿用法）"),
                percent(),
                Cells::Number(rows.iter().map(|c| 100.0 * ahead(c, &|t| t.naive[0])).collect(), 2),
            )
    }

    fn forecasts(&self) -> Table {
        let mut rows: Vec<(&Course<'_>, i32, f64, f64)> = Vec::new();
        for (c, m) in self.fitted() {
            rows.extend(c.periods.iter().zip(&c.values).zip(&m.fitted).map(|((p, v), f)| (c, *p, *v, *f)));
            rows.extend(c.later(self.options.ahead).into_iter().zip(&m.forecast).map(|(p, f)| (c, p, f64::NAN, *f)));
        }
        let courses: Vec<&Course<'_>> = rows.iter().map(|r| r.0).collect();
        self.start("forecast", Text::new("Values, fit and forecast", "实际值、拟合值与预测值"), &courses)
            .hidden()
            .column(
                "period",
                Text::new("Period", "时期"),
                Text::default(),
                Cells::Integer(rows.iter().map(|r| Some(i64::from(r.1))).collect()),
            )
            .column("value", Text::new("Value", "实际值"), Text::default(), Cells::Number(rows.iter().map(|r| r.2).collect(), 4))
            .column(
                "model",
                Text::new("Fit or forecast", "拟合或预测值"),
                Text::default(),
                Cells::Number(rows.iter().map(|r| r.3).collect(), 4),
            )
    }

    fn back_tests(&self) -> Table {
        let rows: Vec<(&Course<'_>, usize, f64, f64)> = self
            .series
            .iter()
            .filter_map(|c| c.test.as_ref().map(|t| (c, t)))
            .flat_map(|(c, t)| {
                (0..t.errors.len()).filter(|&h| !t.errors[h].is_nan()).map(move |h| (c, h + 1, t.errors[h], t.naive[h]))
            })
            .collect();
        let courses: Vec<&Course<'_>> = rows.iter().map(|r| r.0).collect();
        let percent = || Text::plain("%");
        self.start("back_test", Text::new("Back-test by steps ahead", "分步数回测"), &courses)
            .hidden()
            .column(
                "ahead",
                Text::new("Steps ahead", "步数"),
                Text::default(),
                Cells::Integer(rows.iter().map(|r| Some(r.1 as i64)).collect()),
            )
            .column("model", Text::plain("GM(1,1)"), percent(), Cells::Number(rows.iter().map(|r| 100.0 * r.2).collect(), 2))
            .column(
                "naive",
                Text::new("Last value", "沿用上一期"),
                percent(),
                Cells::Number(rows.iter().map(|r| 100.0 * r.3).collect(), 2),
            )
    }

    fn left_out(&self) -> Option<Table> {
        let out: Vec<(&Course<'_>, &Text)> = self.series.iter().filter_map(|c| c.model.as_ref().err().map(|w| (c, w))).collect();
        let courses: Vec<&Course<'_>> = out.iter().map(|(c, _)| *c).collect();
        let why = Cells::Text(out.iter().map(|(_, w)| (*w).clone()).collect());
        (!out.is_empty()).then(|| {
            self.start("left_out", Text::new("Series left out", "未建模的序列"), &courses).hidden().column(
                "reason",
                Text::new("Reason", "原因"),
                Text::default(),
                why,
            )
        })
    }

    fn summary(&self) -> Vec<Text> {
        let all: Vec<(&Course<'_>, &Gm11)> = self.fitted().collect();
        let n = all.len();
        let level = all.iter().filter(|(_, m)| m.level_pass).count();
        let good = all.iter().filter(|(_, m)| m.grade <= Grade::Qualified).count();
        let tested: Vec<(f64, f64)> =
            all.iter().filter_map(|(c, _)| c.test.as_ref().map(|t| (t.errors[0], t.naive[0]))).collect();
        let mut out = vec![Text::new(
            format!("{n} series are modelled: {level} pass the level-ratio test, {good} are good or qualified by C and P."),
            format!("{n} 个序列建模：级比检验通过 {level} 个，按 C 与 P 为好或合格者 {good} 个。"),
        )];
        if !tested.is_empty() {
            let better = tested.iter().filter(|(g, v)| g < v).count();
            let median =
                |of: &dyn Fn(&(f64, f64)) -> f64| 100.0 * numerics::moments::median(&tested.iter().map(of).collect::<Vec<_>>());
            let (g, v) = (median(&|t| t.0), median(&|t| t.1));
            out.push(Text::new(
                format!("One period ahead the median error is {g:.1} %, that of the last value {v:.1} %; the model does better for {better} of {}.", tested.len()),
                format!("一步预测误差的中位数为 {g:.1}%，沿用上一期为 {v:.1}%；{} 个序列中模型更好的有 {better} 个。", tested.len()),
            ));
        }
        out
    }

    fn figures(&self) -> Vec<Figure> {
        let ahead = self.options.ahead;
        (self.options.variables.iter())
            .filter_map(|name| {
                let shown: Vec<(&Course<'_>, &Gm11)> = self.fitted().filter(|(c, _)| c.variable == name).collect();
                let mut periods: Vec<i32> =
                    shown.iter().flat_map(|(c, _)| c.periods.iter().copied().chain(c.later(ahead))).collect();
                periods.sort_unstable();
                periods.dedup();
                let line = |(c, m): &(&Course<'_>, &Gm11)| {
                    let later = c.later(ahead);
                    let at = |p: &i32| {
                        let known = c.periods.iter().position(|q| q == p).map(|k| c.values[k]);
                        known.or_else(|| later.iter().position(|q| q == p).map(|k| m.forecast[k])).unwrap_or(f64::NAN)
                    };
                    Series { name: Text::plain(c.unit), unit: true, values: periods.iter().map(at).collect(), band: Vec::new() }
                };
                let series: Vec<Series> = shown.iter().map(line).collect();
                let label = lookup::variable_label(self.panel, name);
                (!series.is_empty()).then(|| Figure {
                    id: format!("forecast_{name}"),
                    title: Text::new(
                        format!("{}: values and forecast", label.en),
                        format!("{}：实际值与预测值", label.get(Language::Zh)),
                    ),
                    note: Text::new(
                        format!("The last {ahead} periods are forecasts without an interval."),
                        format!("最后 {ahead} 期为预测值，没有区间。"),
                    ),
                    chart: Chart::Lines(Lines { label, decimals: 3, periods: periods.clone(), series, reference: None }),
                })
            })
            .collect()
    }

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut add = |code: &str, names: Vec<String>, en: String, zh: String| {
            if !names.is_empty() {
                let (place, message) = (listed(&names), Text::new(en, zh));
                findings.push(Finding { code: code.into(), weight: Weight::Warning, place, message });
            }
        };
        let name = |c: &Course<'_>| format!("{} {}", c.unit, c.variable);
        let out: Vec<String> = self.series.iter().filter(|c| c.model.is_err()).map(name).collect();
        let count = out.len();
        add(
            "AU001",
            out,
            format!("{count} series are left out; table `left_out` says why."),
            format!("{count} 个序列未建模，原因见表 left_out。"),
        );
        let off: Vec<String> = self.fitted().filter(|(_, m)| !m.level_pass).map(|(c, _)| name(c)).collect();
        let count = off.len();
        add(
            "CI014",
            off,
            format!(
                "{count} series fail the level-ratio test: GM(1,1) is not meant for them, their forecasts are extrapolation alone."
            ),
            format!("{count} 个序列未通过级比检验，不适用 GM(1,1)，其预测仅为外推。"),
        );
        let worse: Vec<String> =
            self.series.iter().filter(|c| c.test.as_ref().is_some_and(|t| t.errors[0] > t.naive[0])).map(name).collect();
        let count = worse.len();
        add(
            "CI014",
            worse,
            format!("For {count} series the last value forecasts better than the model one period ahead."),
            format!("{count} 个序列的一步预测不如沿用上一期。"),
        );
        findings
    }
}

#[cfg(test)]
mod tests {
    use panel::{Meaning, Variable};

    use super::*;

    fn run(x: &[f64], units: usize, options: &str) -> Result<Output, Vec<Problem>> {
        let per = x.len() / units;
        let panel = Panel::new(Panel {
            unit_name: "city".into(),
            period_name: Some("year".into()),
            units: (0..x.len()).map(|i| format!("u{}", i / per)).collect(),
            periods: (0..x.len()).map(|i| 2018 + (i % per) as i32).collect(),
            variables: vec![Variable { name: "x".into(), meaning: Meaning::default(), values: x.to_vec() }],
            ..Panel::default()
        })?;
        let options: GreyOptions = serde_json::from_str(options).unwrap();
        GreyMethod::run(&Input { step: "g", panel: &panel, folder: std::path::Path::new("."), seed: 1 }, &options)
    }

    #[test]
    fn the_printed_example_reaches_the_study() {
        let out = run(&[100.0, 120.0, 145.0, 175.0, 210.0], 1, r#"{"variables": ["x"]}"#).unwrap();
        let forecast = out.tables.iter().find(|t| t.id == "forecast").unwrap();
        let Cells::Number(model, _) = &forecast.columns[4].cells else { panic!() };
        assert!((model[5] - 251.9713).abs() < 5.1e-5 && model.len() == 8);
        assert_eq!((out.figures.len(), out.findings.len()), (1, 0));
        assert!(out.tables.iter().all(|t| t.columns.iter().all(|c| c.cells.len() == t.len())));
    }

    #[test]
    fn series_without_a_model_are_left_out_and_named() {
        let x = [1.0, 2.0, 0.0, 4.0, 5.0, 3.0, 9.0, 2.0, 8.0, 1.0];
        let out = run(&x, 2, r#"{"variables": ["x"], "ahead": 2}"#).unwrap();
        let codes: Vec<&str> = out.findings.iter().map(|f| f.code.as_str()).collect();
        assert_eq!(codes[..2], ["AU001", "CI014"]);
        assert_eq!(out.tables.iter().find(|t| t.id == "left_out").unwrap().len(), 1);
        assert_eq!(run(&[1.0, 2.0, 3.0], 1, r#"{"variables": ["x"]}"#).unwrap_err()[0].code, "no-series");
        assert_eq!(run(&x, 1, r#"{"variables": ["y"]}"#).unwrap_err()[0].code, "unknown-variable");
    }
}
