//! `misallocation`: output lost because inputs are not where they earn most.

use panel::{Panel, Place, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfp::misallocation as room;

use super::lookup;
use crate::method::{Input, Method, Output, OutputVariable, Page};
use crate::text::Text;

mod factors;
mod firms;
mod industries;
#[cfg(test)]
mod tests;

/// Which accounting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// Firms within industries (Hsieh and Klenow 2009).
    #[default]
    HsiehKlenow,
    /// Firms within industries, and industries (Oberfield 2013).
    Oberfield,
    /// Capital and labour across regions or industries: the indices of Chen and Hu (2011) and Bai and Liu (2018).
    Factor,
}

/// Elasticities of the model `factor` that are estimated: `ln(y/l)` on `ln(k/l)`, constant returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Estimate {
    /// They are given.
    #[default]
    None,
    /// One slope for all units, with unit and period effects.
    Common,
    /// A slope for each unit, with unit and period effects.
    Unit,
}

/// What happens to units whose estimated elasticity is not inside (0, 1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outside {
    /// The step fails and names them.
    #[default]
    Refuse,
    /// They are left out of every period.
    LeaveOut,
    /// They take the common slope.
    Common,
}

/// Options of misallocation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MisallocationSpec {
    /// Which accounting.
    #[serde(default)]
    pub model: Model,
    /// Value added of the firm in current prices; output of the region for `factor`.
    #[schemars(extend("x-role" = "variable"))]
    pub output: String,
    /// Capital stock.
    #[schemars(extend("x-role" = "variable"))]
    pub capital: String,
    /// Wage bill of the firm; persons or hours for `factor`.
    #[schemars(extend("x-role" = "variable"))]
    pub labour: String,
    /// Group column of industries; without it all firms are one industry.
    #[serde(default)]
    #[schemars(extend("x-role" = "group"))]
    pub industry: Option<String>,
    /// Capital share (elasticity), the same everywhere.
    #[serde(default)]
    pub capital_share: Option<f64>,
    /// Variable of capital shares, the same in all rows of an industry.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub capital_share_variable: Option<String>,
    /// Variable of labour shares: the capital share is 1 less `labour_scale` times it.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub labour_share_variable: Option<String>,
    /// Factor on labour shares; Hsieh and Klenow take 1.5 for benefits that wages leave out.
    #[serde(default = "one")]
    pub labour_scale: f64,
    /// Elasticity of substitution between firms of an industry.
    #[serde(default = "sigma")]
    pub sigma: f64,
    /// Rental price of capital; it moves the capital wedge only.
    #[serde(default = "rental")]
    pub rental: f64,
    /// Share of firms cut from each tail of TFPR and TFPQ.
    #[serde(default = "trim")]
    pub trim: f64,
    /// Elasticities of substitution of the sensitivity fan.
    #[serde(default = "sigmas")]
    pub sigmas: Vec<f64>,
    /// Trimming shares of the sensitivity fan.
    #[serde(default = "trims")]
    pub trims: Vec<f64>,
    /// Gain of a reference economy in percent, e.g. 42.9 for the United States in 1997: gains are also given beside it.
    #[serde(default)]
    pub reference_gain: Option<f64>,
    /// Estimated elasticities (`factor`).
    #[serde(default)]
    pub estimate: Estimate,
    /// What happens to units whose estimated elasticity is not inside (0, 1) (`factor`).
    #[serde(default)]
    pub outside: Outside,
}

fn one() -> f64 {
    1.0
}

fn sigma() -> f64 {
    room::MisallocationOptions::default().sigma
}

fn rental() -> f64 {
    room::MisallocationOptions::default().rental
}

fn trim() -> f64 {
    room::MisallocationOptions::default().trim
}

fn sigmas() -> Vec<f64> {
    vec![2.0, 3.0, 5.0]
}

fn trims() -> Vec<f64> {
    vec![0.0, 0.01, 0.02]
}

/// The registry entry.
pub struct MisallocationMethod;

impl Method for MisallocationMethod {
    type Options = MisallocationSpec;
    const NAME: &'static str = "misallocation";
    const PAGE: Page = Page {
        title: ("Misallocation of inputs", "资源错配"),
        en: room::PAGE,
        zh: room::PAGE_ZH,
        example: "xinzhi misallocation firms.csv --unit firm --period year --groups industry --industry industry --output value_added --capital capital --labour wages --capital-share-variable alpha --out result",
    };

    fn check(options: &MisallocationSpec) -> Vec<Problem> {
        let mut problems = Vec::new();
        let factor = options.model == Model::Factor;
        let sources = [
            options.capital_share.is_some(),
            options.capital_share_variable.is_some(),
            options.labour_share_variable.is_some(),
            options.estimate != Estimate::None,
        ];
        if sources.iter().filter(|s| **s).count() != 1 {
            problems.push(Problem::error("capital-share", "The capital share must come from exactly one source.").help(
                "Give `capital_share`, `capital_share_variable` or `labour_share_variable`; `estimate` for the model `factor`.",
            ));
        }
        let idle = |name: &str, with: &str| {
            Problem::error("unused-option", format!("`{name}` does nothing with {with}.")).help(format!("Leave out `{name}`."))
        };
        if factor {
            let firms = [
                ("industry", options.industry.is_some()),
                ("sigma", options.sigma != sigma()),
                ("rental", options.rental != rental()),
                ("trim", options.trim != trim()),
                ("sigmas", options.sigmas != sigmas()),
                ("trims", options.trims != trims()),
                ("reference_gain", options.reference_gain.is_some()),
            ];
            problems.extend(firms.iter().filter(|f| f.1).map(|f| idle(f.0, "`model = \"factor\"`")));
            if options.estimate != Estimate::Unit && options.outside != Outside::default() {
                problems.push(idle("outside", "elasticities that are not estimated by unit"));
            }
        } else {
            let set = [("estimate", options.estimate != Estimate::None), ("outside", options.outside != Outside::default())];
            problems.extend(set.iter().filter(|f| f.1).map(|f| idle(f.0, "firms: it concerns `model = \"factor\"`")));
            for s in options.sigmas.iter().chain([&options.sigma]).filter(|s| !(**s > 1.0 && s.is_finite())) {
                problems.push(Problem::error("sigma", format!("The elasticity of substitution must exceed 1, it is {s}.")));
            }
            for t in options.trims.iter().chain([&options.trim]).filter(|t| !(0.0..0.5).contains(*t)) {
                problems.push(Problem::error("trim", format!("The share trimmed must lie in [0, 0.5), it is {t}.")));
            }
            if !(options.rental > 0.0 && options.rental.is_finite()) {
                problems.push(Problem::error("rental", "The rental price must be positive."));
            }
            if options.reference_gain.is_some_and(|g| g <= -100.0 || !g.is_finite()) {
                problems.push(Problem::error("reference-gain", "`reference_gain` is a gain in percent, e.g. 42.9."));
            }
        }
        if options.capital_share.is_some_and(|a| !(a > 0.0 && a < 1.0)) {
            problems.push(Problem::error("capital-share", "`capital_share` must lie between 0 and 1."));
        }
        if !(options.labour_scale > 0.0 && options.labour_scale.is_finite()) {
            problems.push(Problem::error("labour-scale", "`labour_scale` must be positive."));
        }
        if options.labour_share_variable.is_none() && options.labour_scale != one() {
            problems.push(idle("labour_scale", "capital shares"));
        }
        problems
    }

    fn run(input: &Input<'_>, options: &MisallocationSpec) -> Result<Output, Vec<Problem>> {
        let mut problems = Self::check(options);
        let panel = input.panel;
        let mut column = |name: &str| lookup::column(panel, name, &mut problems);
        let (output, capital, labour) = (column(&options.output), column(&options.capital), column(&options.labour));
        let given = options.capital_share_variable.as_deref().map(&mut column);
        let labour_share = options.labour_share_variable.as_deref().map(&mut column);
        let alpha: Option<Vec<f64>> = match (options.capital_share, given, labour_share) {
            (Some(a), ..) => Some(vec![a; panel.len()]),
            (_, Some(a), _) => Some(a.to_vec()),
            (_, _, Some(s)) => Some(s.iter().map(|s| 1.0 - options.labour_scale * s).collect()),
            (None, None, None) => None,
        };
        let industry = match &options.industry {
            Some(name) => panel.group(name).map(|g| g.labels.clone()).or_else(|| {
                problems.push(lookup::unknown_group(panel, name));
                None
            }),
            None => Some(vec![String::new(); panel.len()]),
        };
        let Some(industry) = industry.filter(|_| problems.is_empty()) else { return Err(problems) };
        let units = lookup::unit_numbers(panel);
        let columns = Columns { units, output, capital, labour, alpha };
        match options.model {
            Model::HsiehKlenow | Model::Oberfield => firms::run(panel, options, &columns, &industry),
            Model::Factor => factors::run(panel, options, columns),
        }
    }
}

/// What both models read.
struct Columns<'a> {
    units: Vec<usize>,
    output: &'a [f64],
    capital: &'a [f64],
    labour: &'a [f64],
    alpha: Option<Vec<f64>>,
}

/// A row in words.
fn key(panel: &Panel, row: usize) -> String {
    match panel.period_name {
        Some(_) => format!("{} {}", panel.units[row], panel.periods[row]),
        None => panel.units[row].clone(),
    }
}

/// The cell that the capital share of a row comes from.
fn share_cell(panel: &Panel, options: &MisallocationSpec, row: usize) -> Place {
    Place { column: share_column(options).map(str::to_owned), ..lookup::place(panel, row) }
}

/// The variable that capital shares come from.
fn share_column(options: &MisallocationSpec) -> Option<&str> {
    options.capital_share_variable.as_deref().or(options.labour_share_variable.as_deref())
}

fn variable(panel: &Panel, name: &str, label: Text, unit: Text, values: Vec<f64>) -> OutputVariable {
    let keys = panel.units.iter().cloned().zip(panel.periods.iter().copied()).collect();
    OutputVariable { name: name.to_owned(), label, unit, keys, values }
}
