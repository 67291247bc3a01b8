//! `labour-composition`: labour services, and what the composition of hours adds to them.

use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfp::labour_composition::{self as room, Column, Composition, CompositionError, CompositionOptions, Data, Status, Weights};

use super::{defaults, lookup, rows};
use crate::{
    figure::{Chart, Figure, Lines, Series, Stack},
    finding::{Finding, Weight},
    method::{Check, Input, Method, Output, OutputVariable, Page},
    table::{Cells, Table},
    text::{Language, Text},
};

#[cfg(test)]
mod tests;

/// Options of labour composition; one variable per type of labour.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompositionSpec {
    /// Hours worked by type of labour, one variable per type.
    #[schemars(extend("x-role" = "variable"))]
    pub hours: Vec<String>,
    /// Total pay by type, in the order of `hours`.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub compensation: Vec<String>,
    /// Pay per hour by type, instead of `compensation`.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub wages: Vec<String>,
    /// Persons of all types together: growth of hours is then split into persons and hours per person.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub persons: Option<String>,
    /// Shares of pay that weigh the hours of the types.
    #[serde(default)]
    pub weights: Weights,
    /// Distance between adjacent periods; growth over longer gaps is not computed.
    #[serde(default = "defaults::step")]
    #[schemars(range(min = 1))]
    pub step: u32,
}

/// The registry entry.
pub struct CompositionMethod;

impl Method for CompositionMethod {
    type Options = CompositionSpec;
    const NAME: &'static str = "labour-composition";
    const PAGE: Page = Page {
        title: ("Labour composition", "劳动构成"),
        en: room::PAGE,
        zh: room::PAGE_ZH,
        example: "xinzhi labour-composition data.csv --unit industry --period year --hours h_low,h_high --wages w_low,w_high --out result",
    };

    fn check(options: &CompositionSpec) -> Vec<Problem> {
        let mut problems = Vec::new();
        let m = options.hours.len();
        if m < 2 {
            problems.push(
                Problem::error("types", format!("`hours` names {m} types of labour; composition needs at least two."))
                    .help("Name one variable per type, e.g. by education."),
            );
        }
        let pay = [("compensation", &options.compensation), ("wages", &options.wages)];
        if pay.iter().filter(|p| !p.1.is_empty()).count() != 1 {
            problems.push(
                Problem::error("pay", "Pay must come from exactly one source.")
                    .help("Give `compensation` (total) or `wages` (per hour)."),
            );
        }
        for (name, list) in pay.iter().filter(|p| !p.1.is_empty() && p.1.len() != m) {
            problems.push(
                Problem::error("pay", format!("`{name}` names {} variables for {m} types of labour.", list.len()))
                    .help("Give one per type, in the order of `hours`."),
            );
        }
        if options.step == 0 {
            problems.push(Problem::error("step", "`step` must be at least 1."));
        }
        problems
    }

    fn run(input: &Input<'_>, options: &CompositionSpec) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let mut problems = Self::check(options);
        let mut columns =
            |names: &[String]| -> Vec<&[f64]> { names.iter().map(|n| lookup::column(panel, n, &mut problems)).collect() };
        let hours = columns(&options.hours);
        let total = columns(&options.compensation);
        let wages = columns(&options.wages);
        let persons = columns(options.persons.as_slice());
        if !problems.is_empty() {
            return Err(problems);
        }
        let by_hour: Vec<Vec<f64>> =
            wages.iter().zip(&hours).map(|(w, h)| w.iter().zip(*h).map(|(w, h)| w * h).collect()).collect();
        let pay: Vec<&[f64]> = if wages.is_empty() { total } else { by_hour.iter().map(Vec::as_slice).collect() };
        let units = lookup::unit_numbers(panel);
        let persons = persons.first().copied();
        let data = Data { units: &units, periods: &panel.periods, hours: &hours, pay: &pay, persons };
        let core = CompositionOptions { weights: options.weights, step: options.step };
        let result = room::labour_composition(&data, &core).map_err(|e| refused(&e, options, panel))?;
        Ok(Story { panel, options, units: &units, result: &result }.output())
    }
}

fn refused(error: &CompositionError, options: &CompositionSpec, panel: &Panel) -> Vec<Problem> {
    let pay = if options.wages.is_empty() { &options.compensation } else { &options.wages };
    match error {
        CompositionError::NotPositive(cells) => cells
            .iter()
            // Pay per hour times no hours is no pay: the hours are at fault.
            .filter(|(column, row)| !matches!(column, Column::Pay(l) if cells.contains(&(Column::Hours(*l), *row))))
            .map(|&(column, row)| {
                let name = match column {
                    Column::Hours(l) => &options.hours[l],
                    Column::Pay(l) => &pay[l],
                    Column::Persons => options.persons.as_ref().unwrap_or(&panel.unit_name),
                };
                let value = panel.values(name).map_or(f64::NAN, |v| v[row]);
                Problem::error("not-positive", format!("`{value}` makes no weight and has no logarithm."))
                    .why("A Törnqvist index needs positive hours and pay of every type in every period.")
                    .help("Merge types that are empty in some periods, or leave the cell empty if it is missing.")
                    .at(lookup::cell(panel, name, row))
            })
            .collect(),
        CompositionError::Empty => vec![
            Problem::error("no-complete-row", "No row has hours and pay of every type.")
                .help("Restrict the periods of the step, or choose other variables."),
        ],
        other => vec![Problem::error("labour-composition", format!("Composition cannot be computed: {other}."))],
    }
}

struct Story<'a> {
    panel: &'a Panel,
    options: &'a CompositionSpec,
    units: &'a [usize],
    result: &'a Composition,
}

impl Story<'_> {
    fn computed(&self) -> Vec<usize> {
        (0..self.panel.len()).filter(|&i| self.result.status[i] == Status::Computed).collect()
    }

    /// Mean over the computed rows, in percent.
    fn mean(&self, column: &[f64]) -> f64 {
        100.0 * numerics::moments::mean(&self.computed().iter().map(|&i| column[i]).collect::<Vec<_>>())
    }

    fn label(&self, l: usize) -> Text {
        lookup::variable_label(self.panel, &self.options.hours[l])
    }

    fn output(&self) -> Output {
        let r = self.result;
        let keys: Vec<(String, i32)> = self.panel.units.iter().cloned().zip(self.panel.periods.iter().copied()).collect();
        let variable = |name: &str, label: Text, unit: Text, values: &[f64]| OutputVariable {
            name: name.to_owned(),
            label,
            unit,
            keys: keys.clone(),
            values: values.to_vec(),
        };
        let log = Text::plain("log");
        Output {
            summary: self.summary(),
            variables: vec![
                variable(
                    "composition",
                    Text::new("Composition index of labour", "劳动构成指数"),
                    Text::new("first period = 1", "首期 = 1"),
                    &r.index,
                ),
                variable("composition_growth", Text::new("Growth of composition", "劳动构成增长"), log.clone(), &r.composition),
                variable("services_growth", Text::new("Growth of labour services", "劳动服务增长"), log, &r.services),
            ],
            tables: vec![self.types(), self.rows()],
            figures: self.figures(),
            findings: self.findings(),
            checks: vec![Check {
                name: Text::new("Σ contributions of types = growth of composition", "各类型贡献之和 = 劳动构成增长"),
                residual: r.residual,
                tolerance: 1e-12,
            }],
        }
    }

    fn summary(&self) -> Vec<Text> {
        let r = self.result;
        let n = self.computed().len();
        if n == 0 {
            return vec![Text::new(
                "No unit has two adjacent complete periods: no growth is computed.",
                "没有单元具有相邻两期的完整数据，未计算增长。",
            )];
        }
        let (services, hours, quality) = (self.mean(&r.services), self.mean(&r.hours), self.mean(&r.composition));
        let mut out = vec![Text::new(
            format!(
                "Over {n} rows labour services grew by {services:.2} % a period (log): hours {hours:.2}, composition {quality:.2} points."
            ),
            format!("{n} 行平均，劳动服务每期增长 {services:.2}%（对数）：工时 {hours:.2}、劳动构成 {quality:.2} 个百分点。"),
        )];
        if self.options.persons.is_some() {
            let persons = self.mean(&r.persons);
            let average = hours - persons;
            out.push(Text::new(
                format!("Of the growth of hours, persons gave {persons:.2} and hours per person {average:.2} points."),
                format!("工时增长中，人数贡献 {persons:.2}、人均工时贡献 {average:.2} 个百分点。"),
            ));
        }
        let best =
            (0..r.contributions.len()).max_by(|&a, &b| self.mean(&r.contributions[a]).total_cmp(&self.mean(&r.contributions[b])));
        if let Some(l) = best {
            let (label, part) = (self.label(l), self.mean(&r.contributions[l]));
            out.push(Text::new(
                format!("The largest contribution to composition is that of {}: {part:.2} points.", label.en),
                format!("对劳动构成贡献最大的是{}：{part:.2} 个百分点。", label.get(Language::Zh)),
            ));
        }
        out
    }

    fn types(&self) -> Table {
        let r = self.result;
        let m = r.shares.len();
        let known = |column: &[f64], by: f64| {
            let values: Vec<f64> = column.iter().copied().filter(|v| v.is_finite()).collect();
            by * numerics::moments::mean(&values)
        };
        let number = |f: &dyn Fn(usize) -> f64, decimals| Cells::Number((0..m).map(f).collect(), decimals);
        Table::new("types", Text::new("Types of labour", "劳动类型"))
            .note(Text::new(
                "Means over complete rows. A type adds to composition when its hours grow faster than all hours, or shrink slower, by its share of pay.",
                "取完整行的均值。某类型工时增速高于总工时时，按其报酬份额对劳动构成作出正贡献。",
            ))
            .column("type", Text::new("Type", "类型"), Text::default(), Cells::Text((0..m).map(|l| self.label(l)).collect()))
            .column("share", Text::new("Share of pay", "报酬份额"), Text::plain("%"), number(&|l| known(&r.shares[l], 100.0), 1))
            .column("relative_pay", Text::new("Pay per hour, mean = 1", "每小时报酬（均值 = 1）"), Text::default(), number(&|l| known(&r.relative_pay[l], 1.0), 3))
            .column("contribution", Text::new("Contribution to composition", "对劳动构成的贡献"), Text::new("% a period", "每期 %"), number(&|l| self.mean(&r.contributions[l]), 3))
    }

    fn rows(&self) -> Table {
        let r = self.result;
        let log = Text::plain("log");
        let number = |v: &[f64]| Cells::Number(v.to_vec(), 4);
        let mut table = Table::new("composition", Text::new("Labour input by unit and period", "各单元各期的劳动投入"))
            .hidden()
            .column("unit", Text::new("Unit", "单元"), Text::default(), Cells::Unit(self.panel.units.clone()))
            .column(
                "period",
                Text::new("Period", "时期"),
                Text::default(),
                Cells::Integer(self.panel.periods.iter().map(|p| Some(i64::from(*p))).collect()),
            )
            .column(
                "status",
                Text::new("Status", "状态"),
                Text::default(),
                Cells::Text(r.status.iter().map(rows::word).collect()),
            )
            .column(
                "index",
                Text::new("Composition index", "劳动构成指数"),
                Text::new("chain start = 1", "链接起点 = 1"),
                number(&r.index),
            )
            .column("services", Text::new("Labour services", "劳动服务"), log.clone(), number(&r.services));
        if self.options.persons.is_some() {
            let average: Vec<f64> = r.hours.iter().zip(&r.persons).map(|(h, n)| h - n).collect();
            table = table.column("persons", Text::new("Persons", "人数"), log.clone(), number(&r.persons)).column(
                "hours_per_person",
                Text::new("Hours per person", "人均工时"),
                log.clone(),
                number(&average),
            );
        }
        table = table.column("hours", Text::new("Hours", "工时"), log.clone(), number(&r.hours)).column(
            "composition",
            Text::new("Composition", "劳动构成"),
            log.clone(),
            number(&r.composition),
        );
        for (l, c) in r.contributions.iter().enumerate() {
            table = table.column(&format!("contribution_{}", self.options.hours[l]), self.label(l), log.clone(), number(c));
        }
        table
    }

    fn figures(&self) -> Vec<Figure> {
        let r = self.result;
        let periods = self.panel.period_set();
        let series = (self.panel.unit_set().iter().enumerate())
            .map(|(u, name)| {
                let at = |p: &i32| {
                    (0..self.panel.len())
                        .find(|&i| self.units[i] == u && self.panel.periods[i] == *p)
                        .map_or(f64::NAN, |i| r.index[i])
                };
                Series { name: Text::plain(*name), unit: true, values: periods.iter().map(at).collect(), band: Vec::new() }
            })
            .collect();
        let lines = Figure {
            id: "index".into(),
            title: Text::new("Composition of labour", "劳动构成"),
            note: Text::new("Chained; starts again at 1 after a gap.", "链接指数，间断之后重新从 1 开始。"),
            chart: Chart::Lines(Lines {
                label: Text::new("chain start = 1", "链接起点 = 1"),
                decimals: 3,
                periods: periods.clone(),
                series,
                reference: Some(1.0),
            }),
        };
        let rows = self.computed();
        let shown: Vec<i32> = periods.into_iter().filter(|p| rows.iter().any(|&i| self.panel.periods[i] == *p)).collect();
        let of = |column: &[f64]| -> Vec<f64> {
            let at = |p: &i32| -> f64 {
                let values: Vec<f64> = rows.iter().filter(|&&i| self.panel.periods[i] == *p).map(|&i| column[i]).collect();
                100.0 * numerics::moments::mean(&values)
            };
            shown.iter().map(at).collect()
        };
        let mut parts = Vec::new();
        if self.options.persons.is_some() {
            let average: Vec<f64> = r.hours.iter().zip(&r.persons).map(|(h, n)| h - n).collect();
            parts.push((Text::new("persons", "人数"), of(&r.persons)));
            parts.push((Text::new("hours per person", "人均工时"), of(&average)));
        } else {
            parts.push((Text::new("hours", "工时"), of(&r.hours)));
        }
        parts.push((Text::new("composition", "劳动构成"), of(&r.composition)));
        let stack = Figure {
            id: "sources".into(),
            title: Text::new("Where labour input came from", "劳动投入增长的来源"),
            note: Text::new("Means of the units; the mark is growth of labour services.", "取各单元平均；标记为劳动服务增长。"),
            chart: Chart::Stack(Stack {
                label: Text::new("log growth, %", "对数增长率（%）"),
                decimals: 2,
                categories: shown.iter().map(|p| Text::plain(p.to_string())).collect(),
                categories_are_units: false,
                parts,
                total: of(&r.services),
            }),
        };
        vec![lines, stack]
    }

    fn findings(&self) -> Vec<Finding> {
        let r = self.result;
        let mut findings = Vec::new();
        let named = |i: usize| format!("{} {}", self.panel.units[i], self.panel.periods[i]);
        let missing = ["lack hours or pay of a type, or persons", "缺某类型的工时、报酬或人数"];
        findings.extend(rows::without_growth(self.panel, &r.status, missing, "composition"));
        let jumps: Vec<String> = self.computed().into_iter().filter(|&i| r.composition[i].abs() > JUMP).map(named).collect();
        if !jumps.is_empty() {
            findings.push(Finding {
                code: "TF024".into(),
                weight: Weight::Warning,
                place: lookup::first_of(&jumps, 8),
                message: Text::new(
                    format!("In {} rows composition moves by more than {:.0} % in one step.", jumps.len(), 100.0 * JUMP),
                    format!("{} 行的劳动构成一步变化超过 {:.0}%。", jumps.len(), 100.0 * JUMP),
                ),
            });
        }
        findings
    }
}

/// Composition moves slowly, below one percent a year in official tables; a jump beyond this is a break of the types.
const JUMP: f64 = 0.05;
