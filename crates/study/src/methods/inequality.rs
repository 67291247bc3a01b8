//! `inequality`: Gini, Dagum and Theil of one variable by period.

use std::collections::BTreeMap;

use panel::{Panel, Place, Problem, Variable};
use regions::inequality::{self as room, InequalityError, InequalityOptions, Interval};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::lookup;
use crate::{
    finding::{Finding, Weight},
    method::{Input, Method, Output, Page},
    text::Text,
};
use view::View;

mod tables;
mod view;

#[cfg(test)]
mod tests;

/// The registry entry.
pub struct InequalityMethod;

/// Inequality of a variable over units, by period, and its decomposition by group.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InequalitySpec {
    /// Variable whose inequality is measured; not negative.
    #[schemars(extend("x-role" = "variable"))]
    pub variable: String,
    /// Population that weights the units; give it when the variable is a value per head. Units count equally otherwise.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub population: Option<String>,
    /// Group column, e.g. region, for the decompositions; no decomposition otherwise.
    #[serde(default)]
    #[schemars(extend("x-role" = "group"))]
    pub group: Option<String>,
    /// Bootstrap replicates, units resampled within groups; 0 gives no intervals.
    #[serde(default = "replicates")]
    #[schemars(range(max = 1_000_000))]
    pub bootstrap: u32,
    /// Confidence level of the intervals.
    #[serde(default = "level")]
    #[schemars(extend("exclusiveMinimum" = 0.0, "exclusiveMaximum" = 1.0))]
    pub level: f64,
    /// How intervals are made from the replicates.
    #[serde(default)]
    pub interval: Interval,
}

/// Smallest positive value beside the largest of its period that still counts among sixteen digits.
const SPAN: f64 = 1e-15;

fn replicates() -> u32 {
    InequalityOptions::default().bootstrap
}

fn level() -> f64 {
    InequalityOptions::default().level
}

impl Method for InequalityMethod {
    type Options = InequalitySpec;
    const NAME: &'static str = "inequality";
    const PAGE: Page = Page {
        title: ("Inequality: Gini, Dagum decomposition and Theil", "不平等：基尼系数、Dagum 分解与泰尔指数"),
        en: room::PAGE,
        zh: room::PAGE_ZH,
        example: "xinzhi inequality data.csv --unit province --period year --groups region --variable income --population population --group region --out DIR",
    };
    const OVER_TIME: bool = true;

    fn run(input: &Input<'_>, options: &InequalitySpec) -> Result<Output, Vec<Problem>> {
        let mut findings = Vec::new();
        let sections = sections(input.panel, options, &mut findings)?;
        let settings = InequalityOptions { bootstrap: options.bootstrap, level: options.level, interval: options.interval };
        let (mut results, mut problems) = (Vec::new(), Vec::new());
        for s in sections {
            let labels: Vec<&str> = s.groups.iter().map(String::as_str).collect();
            let weights = (!s.weights.is_empty()).then_some(s.weights.as_slice());
            match room::inequality(&s.values, weights, options.group.is_some().then_some(&labels), &settings, input.seed) {
                Ok(r) => results.push((s, r)),
                Err(e) => problems.push(refused(&e, input.panel, options, s.period)),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let view = View::new(input.panel, options, &results);
        findings.extend(view.small_groups());
        Ok(Output {
            summary: view.summary(),
            variables: Vec::new(),
            tables: view.tables(),
            figures: view.figures(),
            findings,
            checks: view.checks(),
        })
    }
}

/// One period's complete units.
struct Section {
    period: i32,
    units: Vec<String>,
    values: Vec<f64>,
    weights: Vec<f64>,
    groups: Vec<String>,
}

fn refused(error: &InequalityError, panel: &Panel, options: &InequalitySpec, period: i32) -> Problem {
    let dated = panel.period_name.as_ref().map(|_| period);
    Problem::error("inequality", format!("Inequality cannot be measured: {error}.")).at(Place {
        column: Some(options.variable.clone()),
        period: dated,
        ..Place::default()
    })
}

fn variable<'a>(panel: &'a Panel, name: &str) -> Result<&'a Variable, Vec<Problem>> {
    panel.variable(name).ok_or_else(|| vec![lookup::unknown_variable(panel, name)])
}

/// Takes the complete rows out of the panel, names every forbidden cell, and tells what is missing.
fn sections(panel: &Panel, options: &InequalitySpec, findings: &mut Vec<Finding>) -> Result<Vec<Section>, Vec<Problem>> {
    let mut problems = Vec::new();
    let value = variable(panel, &options.variable)?;
    let population = options.population.as_ref().map(|n| variable(panel, n)).transpose()?;
    let group = match &options.group {
        Some(name) => Some(panel.group(name).ok_or_else(|| vec![lookup::unknown_group(panel, name)])?),
        None => None,
    };
    let cell = |row: usize, column: &str| lookup::cell(panel, column, row);
    let mut by_period: BTreeMap<i32, Section> = BTreeMap::new();
    let mut missing: BTreeMap<String, Vec<i32>> = BTreeMap::new();
    let mut largest: BTreeMap<i32, f64> = BTreeMap::new();
    for (period, x) in panel.periods.iter().zip(&value.values).filter(|(_, x)| !x.is_nan()) {
        largest.entry(*period).and_modify(|most| *most = most.max(*x)).or_insert(*x);
    }
    for row in 0..panel.len() {
        let (unit, period) = panel.key(row);
        let section = by_period.entry(period).or_insert_with(|| Section {
            period,
            units: Vec::new(),
            values: Vec::new(),
            weights: Vec::new(),
            groups: Vec::new(),
        });
        let (x, w) = (value.values[row], population.map(|p| p.values[row]));
        if x < 0.0 {
            problems.push(
                Problem::error("negative-value", format!("`{x}` is negative."))
                    .why("Gini and Theil are built on shares of a total, which negative values do not have.")
                    .help("Measure the inequality of a level instead, or leave the cell empty if the value is wrong.")
                    .at(cell(row, &options.variable)),
            );
        }
        if x > 0.0 && largest.get(&period).is_some_and(|most| x < most * SPAN) {
            problems.push(
                Problem::error("too-wide", format!("`{x:e}` is lost beside the largest value of its period."))
                    .why("A double has sixteen digits; shares of a total cannot be told from 0 here.")
                    .help("Check the unit of measure of this cell.")
                    .at(cell(row, &options.variable)),
            );
        }
        if let (Some(w), Some(p)) = (w, population)
            && w <= 0.0
        {
            problems.push(
                Problem::error("weight-not-positive", format!("`{w}` is not a population."))
                    .help("Leave the cell empty if it is unknown.")
                    .at(cell(row, &p.name)),
            );
        }
        if x.is_nan() || w.is_some_and(f64::is_nan) {
            missing.entry(unit.to_owned()).or_default().push(period);
            continue;
        }
        if let Some(g) = group
            && g.labels[row].is_empty()
        {
            problems.push(
                Problem::error("group-unknown", format!("`{unit}` stands in no group."))
                    .why("A decomposition needs every unit in exactly one group.")
                    .at(cell(row, &g.name)),
            );
        }
        section.units.push(unit.to_owned());
        section.values.push(x);
        section.weights.extend(w);
        section.groups.extend(group.map(|g| g.labels[row].clone()));
    }
    if !missing.is_empty() {
        findings.push(absent(panel, value, &missing));
    }
    let mut kept = Vec::new();
    for section in by_period.into_values() {
        match section.values.len() {
            // A period in which nothing is known is a gap, named in the finding; nothing is measured there.
            0 => {}
            1 => problems.push(refused(&InequalityError::TooFew { units: 1 }, panel, options, section.period)),
            _ => kept.push(section),
        }
    }
    if kept.is_empty() && problems.is_empty() {
        problems.push(Problem::error("no-values", format!("`{}` has no value in any period.", options.variable)));
    }
    if problems.is_empty() { Ok(kept) } else { Err(problems) }
}

/// Names the cells that are missing.
fn absent(panel: &Panel, value: &Variable, missing: &BTreeMap<String, Vec<i32>>) -> Finding {
    let cells: usize = missing.values().map(Vec::len).sum();
    let name = |unit: &String, zh: bool| {
        let row = panel.units.partition_point(|u| u < unit);
        if zh { panel.units_zh.get(row).filter(|z| !z.is_empty()).unwrap_or(unit).clone() } else { unit.clone() }
    };
    let list = |zh: bool| {
        let spans: Vec<String> = missing
            .iter()
            .map(|(unit, periods)| match panel.period_name {
                Some(_) => {
                    format!("{} {}", name(unit, zh), periods.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
                }
                None => name(unit, zh),
            })
            .collect();
        spans.join(if zh { "；" } else { "; " })
    };
    Finding {
        code: "AU002".into(),
        weight: Weight::Warning,
        place: lookup::variable_label(panel, &value.name),
        message: Text::new(
            format!(
                "{} left out of {} period, so periods do not cover the same units: {}.",
                if cells == 1 { "1 missing cell is".to_owned() } else { format!("{cells} missing cells are") },
                if cells == 1 { "its" } else { "their" },
                list(false)
            ),
            format!("有 {cells} 个缺失单元格未进入所在时期，因此各期覆盖的单元不同：{}。", list(true)),
        ),
    }
}
