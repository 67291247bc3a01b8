//! `development`: why output per worker differs between units.

use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfp::development::{self as room, Data, DevelopmentError, DevelopmentOptions, Form, Returns};

use self::story::Story;
use super::lookup;
use crate::method::{Input, Method, Output, Page};

mod story;
#[cfg(test)]
mod tests;

/// Options of development accounting.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DevelopmentSpec {
    /// Output, in prices common to the units.
    #[schemars(extend("x-role" = "variable"))]
    pub output: String,
    /// Capital stock, in prices common to the units.
    #[schemars(extend("x-role" = "variable"))]
    pub capital: String,
    /// Labour, persons or hours.
    #[schemars(extend("x-role" = "variable"))]
    pub labour: String,
    /// Human capital per person or hour; 1 without it and without `schooling`.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub human_capital: Option<String>,
    /// Mean years of schooling, from which human capital is computed.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub schooling: Option<String>,
    /// Returns to the years of schooling; `hall-jones` where none are named.
    #[serde(default)]
    pub returns: Option<Returns>,
    /// How inputs and productivity share output per worker.
    #[serde(default)]
    pub form: Form,
    /// Share of capital, between 0 and 1.
    #[serde(default = "third")]
    #[schemars(extend("exclusiveMinimum" = 0.0, "exclusiveMaximum" = 1.0))]
    pub capital_share: f64,
    /// Unit whose factors are 1, e.g. USA; the geometric mean of the units of a period otherwise.
    #[serde(default)]
    pub base_unit: Option<String>,
    /// How many of the richest and of the poorest units are held against each other.
    #[serde(default = "five")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub ends: u32,
}

fn third() -> f64 {
    1.0 / 3.0
}

fn five() -> u32 {
    5
}

/// The registry entry.
pub struct DevelopmentMethod;

impl Method for DevelopmentMethod {
    type Options = DevelopmentSpec;
    const NAME: &'static str = "development";
    const PAGE: Page = Page {
        title: ("Development accounting", "发展核算"),
        en: room::PAGE,
        zh: room::PAGE_ZH,
        example: "xinzhi development pwt.csv --unit country --period year --output cgdpo --capital ck --labour emp --human-capital hc --base-unit USA --out result",
    };

    fn check(options: &DevelopmentSpec) -> Vec<Problem> {
        let mut problems = Vec::new();
        if options.human_capital.is_some() && options.schooling.is_some() {
            problems.push(
                Problem::error("human-capital", "Human capital is given twice: by `human_capital` and by `schooling`.")
                    .help("Name one of them."),
            );
        }
        if options.returns.is_some() && options.schooling.is_none() {
            problems.push(
                Problem::error("returns", "`returns` concerns years of schooling, but none are given.")
                    .help("Name `schooling`, or leave out `returns`."),
            );
        }
        if !(options.capital_share > 0.0 && options.capital_share < 1.0) {
            problems.push(Problem::error("capital-share", "`capital_share` must lie between 0 and 1, e.g. 0.333."));
        }
        if options.ends == 0 {
            problems.push(Problem::error("ends", "`ends` must be at least 1."));
        }
        problems
    }

    fn run(input: &Input<'_>, options: &DevelopmentSpec) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let mut problems = Self::check(options);
        let output = lookup::column(panel, &options.output, &mut problems);
        let capital = lookup::column(panel, &options.capital, &mut problems);
        let labour = lookup::column(panel, &options.labour, &mut problems);
        let human = options.human_capital.as_ref().map(|n| lookup::column(panel, n, &mut problems).to_vec());
        let years = options.schooling.as_ref().map(|n| (n, lookup::column(panel, n, &mut problems)));
        let base = options.base_unit.as_ref().map(|name| lookup::base_unit(panel, name, &mut problems));
        if let Some((name, years)) = &years {
            for row in (0..years.len()).filter(|&i| years[i] < 0.0 || years[i].is_infinite()) {
                problems.push(
                    Problem::error("schooling", format!("`{}` is no number of years of schooling.", years[row]))
                        .help("Mend the cell, or leave it empty if it is missing.")
                        .at(lookup::cell(panel, name, row)),
                );
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let returns = options.returns.unwrap_or_default();
        let human = human.or_else(|| years.map(|(_, y)| y.iter().map(|&y| returns.human_capital(y)).collect()));
        let units = lookup::unit_numbers(panel);
        let data = Data { units: &units, periods: &panel.periods, output, capital, labour, human_capital: human.as_deref() };
        let core = DevelopmentOptions {
            form: options.form,
            capital_share: options.capital_share,
            base_unit: base.flatten(),
            ends: options.ends as usize,
        };
        let run = |core: &DevelopmentOptions| room::development(&data, core).map_err(|e| refused(&e, options, panel));
        let result = run(&core)?;
        let other = match core.form {
            Form::CapitalLabour => Form::CapitalOutput,
            Form::CapitalOutput => Form::CapitalLabour,
        };
        let other = run(&DevelopmentOptions { form: other, ..core })?;
        Ok(Story { panel, options, result: &result, other: &other, units: &units }.output())
    }
}

fn refused(error: &DevelopmentError, options: &DevelopmentSpec, panel: &Panel) -> Vec<Problem> {
    match error {
        DevelopmentError::NotPositive(cells) => cells
            .iter()
            .map(|&(column, row)| {
                let human = options.human_capital.as_ref().or(options.schooling.as_ref());
                let name = match column {
                    0 => &options.output,
                    1 => &options.capital,
                    2 => &options.labour,
                    _ => human.unwrap_or(&options.labour),
                };
                let value = panel.values(name).map_or(f64::NAN, |v| v[row]);
                Problem::error("not-positive", format!("`{value}` has no logarithm."))
                    .why("Development accounting works with logarithms of output and inputs.")
                    .help("Mend the cell, or leave it empty if it is missing.")
                    .at(lookup::cell(panel, name, row))
            })
            .collect(),
        DevelopmentError::Empty => vec![
            Problem::error("no-complete-row", "No row has output, capital, labour and human capital.")
                .help("Restrict the periods of the step, or choose other variables."),
        ],
        DevelopmentError::Base => vec![
            Problem::error("base-unit", "The base unit has no row with output, capital, labour and human capital.")
                .help("Choose another `base_unit`, or leave it out."),
        ],
        other => vec![Problem::error("development", format!("Levels cannot be accounted for: {other}."))],
    }
}
