//! `capital`: stocks from investment.

use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfp::capital::{self, Growth, Initial, Preset, deflator::Form, retirement::Pattern, vintage::History};

use self::{account::Account, story::Story};
use super::{
    assets::{self, wrong},
    lookup,
};
use crate::method::{Input, Method, Output, Page};

mod account;
mod figures;
mod findings;
mod refused;
mod story;
mod tables;

/// How assets lose efficiency and value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// By the same share at every age.
    #[default]
    Geometric,
    /// By retirement and an age-efficiency profile, vintage by vintage.
    Vintage,
}

/// Options of capital stocks. Lists by asset hold one entry for all assets, or one for each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapitalStep {
    /// Investment, one variable per asset; assets are added up, so all in one unit of measure.
    #[schemars(extend("x-role" = "variable"))]
    pub investment: Vec<String>,
    /// Price indices of investment; none when investment is in constant prices.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub deflators: Vec<String>,
    /// What the numbers of the price indices stand for.
    #[serde(default)]
    pub deflator_form: Form,
    /// Period in whose prices stocks are; the first of the data when not given.
    #[serde(default)]
    pub base_period: Option<i32>,
    /// How assets lose efficiency and value.
    #[serde(default)]
    pub model: Model,
    /// First stock and depreciation rate of a paper; other options given beside it win.
    #[serde(default)]
    pub preset: Option<Preset>,
    /// Depreciation rates, e.g. 0.096.
    #[serde(default)]
    pub depreciation: Vec<f64>,
    /// Variables that hold depreciation rates, e.g. by province.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub depreciation_variables: Vec<String>,
    /// Mean lives in periods: of vintages, or with `residual` of geometric rates.
    #[serde(default)]
    pub life: Vec<f64>,
    /// Residual value after the life, e.g. 0.04: the geometric rate is `1 − residual^(1/life)`.
    #[serde(default)]
    pub residual: Option<f64>,
    /// How the first stock is found (geometric model).
    #[serde(default)]
    pub initial: Option<Initial>,
    /// Divisor of the first investment under `initial = "rate"`.
    #[serde(default)]
    pub rate: Option<f64>,
    /// Variables that hold the first stocks at the end of the first period, under `initial = "given"`.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub first_stocks: Vec<String>,
    /// Growth rate behind the first stock; measured when not given.
    #[serde(default)]
    pub growth: Option<f64>,
    /// Periods over which growth is measured.
    #[serde(default)]
    pub growth_periods: Option<u32>,
    /// How growth is measured.
    #[serde(default)]
    pub growth_from: Growth,
    /// Output in constant prices: for `initial = "harberger"`, and for the capital-output ratio.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub output: Option<String>,
    /// Distribution of lives (vintage model).
    #[serde(default)]
    pub retirement: Pattern,
    /// Spread of lives: exponent of Winfrey, shape of Weibull, standard deviation over mean of the others.
    #[serde(default)]
    pub spread: Vec<f64>,
    /// `b` of the hyperbolic age-efficiency, e.g. 0.5 for equipment and 0.75 for structures (vintage model).
    #[serde(default)]
    pub efficiency: Vec<f64>,
    /// Real discount rate of the age-price profile (vintage model).
    #[serde(default = "four_percent")]
    pub discount: f64,
    /// Investment before the first period (vintage model).
    #[serde(default)]
    pub history: History,
    /// Fan: points of the depreciation rate.
    #[serde(default = "two_points")]
    pub fan_depreciation: f64,
    /// Fan: share of the mean life (vintage model).
    #[serde(default = "fifth")]
    pub fan_life: f64,
    /// Fan: share of the first stock, or of investment before the first period.
    #[serde(default = "half")]
    pub fan_initial: f64,
    /// Fan: points of growth of the deflator per period.
    #[serde(default = "one_point")]
    pub fan_deflator: f64,
}

fn four_percent() -> f64 {
    0.04
}

fn two_points() -> f64 {
    0.02
}

fn fifth() -> f64 {
    0.2
}

fn half() -> f64 {
    0.5
}

fn one_point() -> f64 {
    0.01
}

impl CapitalStep {
    /// Form of the first stock: given, of the preset, or `I₀ / rate`.
    fn initial(&self) -> Initial {
        self.initial.or(self.preset.map(|p| p.recipe().initial)).unwrap_or_default()
    }

    /// Options of the perpetual inventory.
    fn core(&self) -> capital::CapitalOptions {
        let default = capital::CapitalOptions::default();
        let recipe = self.preset.map(Preset::recipe);
        capital::CapitalOptions {
            initial: self.initial(),
            rate: self.rate.or(recipe.map(|r| r.rate)).unwrap_or(default.rate),
            growth: self.growth,
            growth_periods: self.growth_periods.or(recipe.map(|r| r.growth_periods)).unwrap_or(default.growth_periods),
            growth_from: self.growth_from,
        }
    }
}

/// Capital stocks.
pub struct CapitalStocks;

impl Method for CapitalStocks {
    type Options = CapitalStep;
    const NAME: &'static str = "capital";
    const PAGE: Page = Page {
        title: ("Capital stock", "资本存量"),
        en: capital::PAGE,
        zh: capital::PAGE_ZH,
        example: "xinzhi capital data.csv --unit province --period year --investment gfcf --deflators gfcf_price --deflator-form link --base-period 2000 --preset zhang-wu-zhang-2004 --out result",
    };

    fn check(options: &CapitalStep) -> Vec<Problem> {
        check(options)
    }

    fn run(input: &Input<'_>, options: &CapitalStep) -> Result<Output, Vec<Problem>> {
        let problems = [check(options), data_problems(options, input.panel)].concat();
        if !problems.is_empty() {
            return Err(problems);
        }
        let account = Account::new(input.panel, options)?;
        Ok(Story::new(account)?.output())
    }
}

fn check(options: &CapitalStep) -> Vec<Problem> {
    let mut problems = Vec::new();
    let count = options.investment.len();
    if count == 0 {
        problems.push(wrong("investment", "No investment is named.", "Name one variable per asset in `investment`."));
    }
    problems.extend(assets::repeated("investment", &options.investment, "Each asset is added up once."));
    let lists = [
        ("deflators", options.deflators.len()),
        ("depreciation", options.depreciation.len()),
        ("depreciation_variables", options.depreciation_variables.len()),
        ("life", options.life.len()),
        ("first_stocks", options.first_stocks.len()),
        ("spread", options.spread.len()),
        ("efficiency", options.efficiency.len()),
    ];
    for (name, len) in lists {
        // One first stock cannot be that of several assets.
        let one = len == 1 && (name != "first_stocks" || count == 1);
        if len != 0 && len != count && !one {
            problems.push(wrong(
                name,
                format!("`{name}` has {len} entries for {count} assets."),
                "Give one entry for each asset, or one that holds for all.",
            ));
        }
    }
    problems.extend(unused(options));
    let sources = [!options.depreciation.is_empty(), !options.depreciation_variables.is_empty(), options.residual.is_some()];
    match options.model {
        Model::Geometric => {
            let given = sources.iter().filter(|s| **s).count();
            if given > 1 || (given == 0 && options.preset.is_none()) {
                problems.push(wrong(
                    "depreciation",
                    "Depreciation must come from exactly one source.",
                    "Give `depreciation` (numbers), `depreciation_variables` (columns), `life` with `residual`, or a `preset`.",
                ));
            }
            if options.residual.is_some() == options.life.is_empty() {
                problems.push(wrong("life", "`life` and `residual` give a geometric rate together.", "Give both, or neither."));
            }
            if (options.initial() == Initial::Given) == options.first_stocks.is_empty() {
                problems.push(wrong(
                    "first_stocks",
                    "`first_stocks` and `initial = \"given\"` belong together.",
                    "Give both, or neither.",
                ));
            }
            if options.initial() == Initial::Harberger && options.output.is_none() && options.growth.is_none() {
                problems.push(wrong(
                    "output",
                    "`initial = \"harberger\"` needs the growth of output.",
                    "Name `output`, or give `growth`.",
                ));
            }
        }
        Model::Vintage if options.life.is_empty() => {
            problems.push(wrong("life", "Vintages need a mean life.", "Give `life`, e.g. 40 for buildings and 15 for machines."));
        }
        Model::Vintage => {}
    }
    let inside = |name: &str, value: Option<f64>, from: f64, to: f64, problems: &mut Vec<Problem>| {
        if let Some(v) = value.filter(|v| !(*v > from && *v < to)) {
            problems.push(wrong(name, format!("`{name}` is {v}."), &format!("It must lie between {from} and {to}.")));
        }
    };
    let given =
        [("residual", options.residual, 0.0, 1.0), ("rate", options.rate, 0.0, 1e3), ("growth", options.growth, -1.0, 10.0)];
    let fan = [
        ("fan_depreciation", options.fan_depreciation, 0.5),
        ("fan_life", options.fan_life, 0.9),
        ("fan_initial", options.fan_initial, 1.0),
        ("fan_deflator", options.fan_deflator, 0.5),
    ];
    given.into_iter().for_each(|(n, v, a, b)| inside(n, v, a, b, &mut problems));
    fan.into_iter().for_each(|(n, v, b)| inside(n, Some(v), 0.0, b, &mut problems));
    for rate in options.depreciation.iter().filter(|v| !(0.0..1.0).contains(*v)) {
        problems.push(wrong(
            "depreciation",
            format!("A depreciation rate of {rate} is outside 0 to 1."),
            "Write 9.6 % as 0.096.",
        ));
    }
    if options.growth_periods == Some(0) {
        problems.push(wrong("growth_periods", "`growth_periods` is 0.", "Growth is measured over at least one period."));
    }
    problems
}

/// Options that would do nothing under the model chosen.
fn unused(options: &CapitalStep) -> Vec<Problem> {
    let geometric = options.model == Model::Geometric;
    let initial = options.initial();
    let measured =
        if geometric { !matches!(initial, Initial::Rate | Initial::Given) } else { options.history == History::Backcast };
    let set = [
        (geometric, "retirement", options.retirement != Pattern::default()),
        (geometric, "spread", !options.spread.is_empty()),
        (geometric, "efficiency", !options.efficiency.is_empty()),
        (geometric, "history", options.history != History::default()),
        (geometric, "discount", options.discount != four_percent()),
        (geometric, "fan_life", options.fan_life != fifth()),
        (!geometric, "fan_depreciation", options.fan_depreciation != two_points()),
        (geometric && initial != Initial::Rate, "rate", options.rate.is_some()),
        (!measured, "growth", options.growth.is_some()),
        (!measured, "growth_periods", options.growth_periods.is_some()),
        (!measured, "growth_from", options.growth_from != Growth::default()),
        (!geometric, "preset", options.preset.is_some()),
        (!geometric, "depreciation", !options.depreciation.is_empty()),
        (!geometric, "depreciation_variables", !options.depreciation_variables.is_empty()),
        (!geometric, "residual", options.residual.is_some()),
        (!geometric, "initial", options.initial.is_some()),
        (!geometric, "rate", options.rate.is_some()),
        (!geometric, "first_stocks", !options.first_stocks.is_empty()),
        (options.deflators.is_empty(), "deflator_form", options.deflator_form != Form::default()),
    ];
    set.iter()
        .filter(|(other, _, given)| *other && *given)
        .map(|(_, name, _)| {
            wrong(
                name,
                format!("`{name}` would do nothing here."),
                "Leave it out, or choose the `model`, `initial`, `history` or `deflators` that it belongs to.",
            )
        })
        .collect()
}

/// What contradicts the data.
fn data_problems(options: &CapitalStep, panel: &Panel) -> Vec<Problem> {
    let named = [&options.investment, &options.deflators, &options.depreciation_variables, &options.first_stocks];
    let mut problems: Vec<Problem> = named
        .into_iter()
        .flatten()
        .chain(&options.output)
        .filter(|name| panel.values(name).is_none())
        .map(|name| lookup::unknown_variable(panel, name))
        .collect();
    if panel.period_name.is_none() {
        problems.push(wrong(
            "period",
            "The data have no periods.",
            "A stock adds up investment over periods: name the period column.",
        ));
    }
    problems.extend(assets::no_base(panel, options.base_period));
    let units = assets::units_of_measure(panel, options.investment.iter());
    if units.len() > 1 {
        problems.push(
            wrong(
                "unit-of-measure",
                format!("Investment stands in several units of measure: {}.", units.join(", ")),
                "Bring all assets to one unit.",
            )
            .why("Stocks of the assets are added up."),
        );
    }
    problems
}

#[cfg(test)]
mod tests;
