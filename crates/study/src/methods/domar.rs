//! `domar`: aggregate TFP growth from industries.

use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfp::domar::{self as room, Data, DomarError, DomarOptions, Factors, Productivity, Weights};

use self::story::Story;
use super::{
    defaults,
    industries::{self, Industries, Naming},
};
use crate::method::{Input, Method, Output, Page};

mod story;
#[cfg(test)]
mod tests;

/// Options of Domar aggregation. Industries are rows (one variable each, the units of the data are industries) or
/// columns (one variable per industry, the units of the data are economies).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DomarSpec {
    /// Growth of TFP of the industries (log), e.g. `accounts.tfp_growth` of a step of growth accounting: one variable,
    /// or one per industry.
    #[schemars(extend("x-role" = "variable"))]
    pub tfp_growth: Vec<String>,
    /// Value added in current prices: one variable, or one per industry.
    #[schemars(extend("x-role" = "variable"))]
    pub value_added: Vec<String>,
    /// Gross output in current prices: one variable, or one per industry. Not with productivity on value added.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub gross_output: Vec<String>,
    /// Capital, in a unit that adds up over industries; with `labour` and `labour_pay` for reallocation.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub capital: Vec<String>,
    /// Labour, persons or hours.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub labour: Vec<String>,
    /// Pay of labour in current prices.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub labour_pay: Vec<String>,
    /// Group column of the economies, where industries are rows; one economy otherwise.
    #[serde(default)]
    #[schemars(extend("x-role" = "group"))]
    pub economy: Option<String>,
    /// Group column of the industries, where industries are rows; the units otherwise.
    #[serde(default)]
    #[schemars(extend("x-role" = "group"))]
    pub industry: Option<String>,
    /// What the productivity of industries is measured on.
    #[serde(default)]
    pub productivity: Productivity,
    /// Two-period weights of gross output.
    #[serde(default)]
    pub weights: Weights,
    /// Distance between adjacent periods, the one that growth is measured over.
    #[serde(default = "defaults::step")]
    #[schemars(range(min = 1))]
    pub step: u32,
}

/// The registry entry.
pub struct DomarMethod;

impl Method for DomarMethod {
    type Options = DomarSpec;
    const NAME: &'static str = "domar";
    const PAGE: Page = Page {
        title: ("Domar aggregation", "Domar 加总"),
        en: room::PAGE,
        zh: room::PAGE_ZH,
        example: "xinzhi domar klems.csv --unit industry --period year --tfp-growth dlntfp --gross-output go --value-added va --out result",
    };

    fn check(options: &DomarSpec) -> Vec<Problem> {
        let mut problems = Vec::new();
        let gross = options.productivity == Productivity::GrossOutput;
        if gross && options.gross_output.is_empty() {
            problems.push(
                Problem::error("gross-output", "Domar weights need gross output.")
                    .help("Name `gross_output`, or set `productivity = \"value-added\"` where TFP is measured on value added."),
            );
        }
        if !gross && !options.gross_output.is_empty() {
            problems.push(
                Problem::error("gross-output", "`gross_output` is not used where productivity is measured on value added.")
                    .why("The weights are then shares in value added; Domar weights would count intermediate inputs twice.")
                    .help("Leave it out."),
            );
        }
        if !gross && options.weights != Weights::default() {
            problems.push(
                Problem::error("weights", "`weights` concerns gross output, but productivity is measured on value added.")
                    .help("Leave it out."),
            );
        }
        let factors = [&options.capital, &options.labour, &options.labour_pay];
        if factors.iter().any(|f| f.is_empty()) && factors.iter().any(|f| !f.is_empty()) {
            problems.push(
                Problem::error("factors", "Reallocation needs `capital`, `labour` and `labour_pay` together.")
                    .help("Name all three, or none."),
            );
        }
        if gross && options.weights == Weights::RatioOfMeans && !options.capital.is_empty() {
            problems.push(
                Problem::error("weights", "Reallocation is computed with `weights = \"mean-of-ratios\"` only.")
                    .help("Leave out `weights`, or the factors."),
            );
        }
        if options.step == 0 {
            problems.push(Problem::error("step", "`step` must be at least 1."));
        }
        problems
    }

    fn run(input: &Input<'_>, options: &DomarSpec) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let mut problems = Self::check(options);
        let naming =
            Naming { names: &options.value_added, economy: options.economy.as_ref(), industry: options.industry.as_ref() };
        let who = industries::industries(panel, &naming, &mut problems);
        let mut values = |option: &str, names: &[String]| match names.is_empty() {
            true => vec![f64::NAN; who.periods.len()],
            false => who.values(panel, option, names, &mut problems),
        };
        let value_added = values("value_added", &options.value_added);
        let tfp = values("tfp_growth", &options.tfp_growth);
        let gross_output = values("gross_output", &options.gross_output);
        let capital = values("capital", &options.capital);
        let labour = values("labour", &options.labour);
        let labour_pay = values("labour_pay", &options.labour_pay);
        if options.tfp_growth.is_empty() {
            problems.push(Problem::error("tfp-growth", "No growth of TFP of the industries is named."));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let factors = Factors { capital: &capital, labour: &labour, labour_pay: &labour_pay };
        let data = Data {
            economies: &who.economies,
            industries: &who.industries,
            periods: &who.periods,
            gross_output: &gross_output,
            value_added: &value_added,
            tfp: &tfp,
            factors: (!options.capital.is_empty()).then_some(factors),
        };
        let core = DomarOptions { productivity: options.productivity, weights: options.weights, step: options.step };
        let result = room::domar(&data, &core).map_err(|e| refused(&e, options, panel, &who))?;
        if result.totals.is_empty() {
            return Err(vec![
                Problem::error("periods", "No economy has a period before another: nothing can be aggregated.")
                    .help("Widen the periods of the step."),
            ]);
        }
        Ok(Story { options, who: &who, data, result: &result }.output())
    }
}

fn refused(error: &DomarError, options: &DomarSpec, panel: &Panel, who: &Industries) -> Vec<Problem> {
    let names = &options.value_added;
    match error {
        DomarError::Impossible(rows) => rows
            .iter()
            .map(|&i| {
                Problem::error("impossible-industry", "Gross output, capital or labour is not positive, or a number is infinite.")
                    .why("Weights and growth of an industry need positive quantities.")
                    .help("Mend the cell, or leave it empty if it is missing.")
                    .at(who.at(panel, names, i))
            })
            .collect(),
        DomarError::ValueAdded(rows) => rows
            .iter()
            .map(|&i| {
                Problem::error("value-added", "Value added is not positive.")
                    .why("The ratio of means divides by the share of value added in gross output.")
                    .help("Use `weights = \"mean-of-ratios\"`.")
                    .at(who.at(panel, names, i))
            })
            .collect(),
        DomarError::Duplicate(twice) => vec![who.twice(panel, names, *twice)],
        other => vec![Problem::error("domar", format!("Industries cannot be aggregated: {other}."))],
    }
}
