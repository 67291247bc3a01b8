//! `capital-services`: user costs and capital services of several assets.

use panel::{Panel, Place, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfp::{
    capital::deflator::{self, Form as PriceForm, Prices},
    services::{self, Services, Timing, at_work},
    user_cost::{self, Asset, Assets, Form, Gains, Negative, Return, UserCostError, UserCostOptions, UserCosts},
};

use self::story::Story;
use super::{
    assets::{self, of, wrong},
    lookup,
};
use crate::method::{Input, Method, Output, Page};

mod story;
mod tables;

/// Options of capital services. Lists by asset hold one entry for all assets, or one for each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapitalServicesStep {
    /// Stocks at the end of the period in prices of the base period, one variable per asset.
    #[schemars(extend("x-role" = "variable"))]
    pub stocks: Vec<String>,
    /// Price indices of new assets.
    #[schemars(extend("x-role" = "variable"))]
    pub prices: Vec<String>,
    /// What the numbers of the price indices stand for.
    #[serde(default)]
    pub price_form: PriceForm,
    /// Period in whose prices the stocks are; the first of the data when not given.
    #[serde(default)]
    pub base_period: Option<i32>,
    /// Depreciation rates, e.g. 0.05 and 0.15.
    #[serde(default)]
    pub depreciation: Vec<f64>,
    /// Variables that hold depreciation rates.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub depreciation_variables: Vec<String>,
    /// Which stock is at work in a period.
    #[serde(default)]
    pub timing: Timing,
    /// Where the rate of return comes from.
    #[serde(default)]
    pub returns: Return,
    /// Capital income at current prices, in the unit of measure of the stocks.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub income: Option<String>,
    /// Exogenous rate of return, e.g. 0.08.
    #[serde(default)]
    pub rate: Option<f64>,
    /// Variable that holds the exogenous rate of return.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub rate_variable: Option<String>,
    /// Price at which the return is earned.
    #[serde(default)]
    pub form: Form,
    /// Which revaluation lowers the cost.
    #[serde(default)]
    pub gains: Gains,
    /// Longest window of smoothed revaluation, in periods.
    #[serde(default = "five")]
    pub gains_periods: u32,
    /// What is done about user costs that are not positive.
    #[serde(default)]
    pub negative: Negative,
    /// Least cost of a unit beside its price, under `negative = "floor"`.
    #[serde(default = "one_percent")]
    pub floor: f64,
    /// Rate of the tax on income, e.g. 0.25.
    #[serde(default)]
    pub tax: Option<f64>,
    /// Variable that holds the rate of the tax on income.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub tax_variable: Option<String>,
    /// Rate of the tax on property.
    #[serde(default)]
    pub property_tax: f64,
    /// Present value of depreciation allowances on one unit of money invested.
    #[serde(default)]
    pub allowance: Vec<f64>,
    /// Rate of investment credit.
    #[serde(default)]
    pub credit: Vec<f64>,
}

fn five() -> u32 {
    5
}

fn one_percent() -> f64 {
    0.01
}

/// Capital services.
pub struct CapitalServices;

impl Method for CapitalServices {
    type Options = CapitalServicesStep;
    const NAME: &'static str = "capital-services";
    const PAGE: Page = Page {
        title: ("Capital services", "资本服务"),
        en: services::PAGE,
        zh: services::PAGE_ZH,
        example: "xinzhi capital-services data.csv --unit industry --period year --stocks structures,machines --prices structures_price,machines_price --depreciation 0.03,0.15 --income capital_income --negative without-gains --out result",
    };

    fn check(options: &CapitalServicesStep) -> Vec<Problem> {
        check(options)
    }

    fn run(input: &Input<'_>, options: &CapitalServicesStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let problems = [check(options), data_problems(options, panel)].concat();
        if !problems.is_empty() {
            return Err(problems);
        }
        let (costs, services, work) = compute(panel, options)?;
        Ok(Story { panel, options, costs: &costs, services: &services, work: &work }.output())
    }
}

fn check(options: &CapitalServicesStep) -> Vec<Problem> {
    let mut problems = Vec::new();
    let count = options.stocks.len();
    if count == 0 {
        problems.push(wrong("stocks", "No stock is named.", "Name one variable per asset in `stocks`."));
    }
    problems.extend(assets::repeated("stocks", &options.stocks, "Each asset counts once."));
    if options.prices.is_empty() {
        problems.push(wrong("prices", "No price index is named.", "Name one for each asset, or one that holds for all."));
    }
    let lists = [
        ("prices", options.prices.len()),
        ("depreciation", options.depreciation.len()),
        ("depreciation_variables", options.depreciation_variables.len()),
        ("allowance", options.allowance.len()),
        ("credit", options.credit.len()),
    ];
    for (name, len) in lists.into_iter().filter(|(_, len)| *len > 1 && *len != count) {
        let help = "Give one entry for each asset, or one that holds for all.";
        problems.push(wrong(name, format!("`{name}` has {len} entries for {count} assets."), help));
    }
    if options.depreciation.is_empty() == options.depreciation_variables.is_empty() {
        let help = "Give `depreciation` (numbers) or `depreciation_variables` (columns).";
        problems.push(wrong("depreciation", "Depreciation must come from exactly one source.", help));
    }
    for d in options.depreciation.iter().filter(|d| !(0.0..1.0).contains(*d)) {
        problems.push(wrong("depreciation", format!("A depreciation rate of {d} is outside 0 to 1."), "Write 15 % as 0.15."));
    }
    let rates = [options.rate.is_some(), options.rate_variable.is_some()].iter().filter(|r| **r).count();
    match options.returns {
        Return::Endogenous if options.income.is_none() => {
            problems.push(wrong(
                "income",
                "An endogenous return needs capital income.",
                "Name `income`, or set `returns = \"exogenous\"`.",
            ));
        }
        Return::Endogenous if rates > 0 => {
            problems.push(wrong(
                "rate",
                "A given rate would do nothing here.",
                "Set `returns = \"exogenous\"`, or leave the rate out.",
            ));
        }
        Return::Exogenous if rates != 1 => {
            problems.push(wrong(
                "rate",
                "An exogenous return must come from exactly one source.",
                "Give `rate` or `rate_variable`.",
            ));
        }
        _ => {}
    }
    if options.tax.is_some() && options.tax_variable.is_some() {
        problems.push(wrong("tax", "The tax on income has two sources.", "Give `tax` or `tax_variable`."));
    }
    if let Some(u) = options.tax.filter(|u| !(0.0..1.0).contains(u)) {
        problems.push(wrong("tax", format!("A tax rate of {u} is outside 0 to 1."), "Write 25 % as 0.25."));
    }
    let finite = [("rate", options.rate), ("property_tax", Some(options.property_tax))];
    for (name, v) in finite.iter().filter_map(|(n, v)| v.filter(|v| v.abs() >= 1.0 || v.is_nan()).map(|v| (n, v))) {
        problems.push(wrong(name, format!("`{name}` is {v}."), "Write 8 % as 0.08."));
    }
    for (name, list) in [("allowance", &options.allowance), ("credit", &options.credit)] {
        for v in list.iter().filter(|v| !(0.0..=1.0).contains(*v)) {
            problems.push(wrong(name, format!("`{name}` is {v}, outside 0 to 1."), "It is a share of the price of the asset."));
        }
    }
    let taxed = options.tax.is_some() || options.tax_variable.is_some();
    let unused = [
        ("floor", options.floor != one_percent() && options.negative != Negative::Floor, "`negative = \"floor\"`"),
        ("gains_periods", options.gains_periods != five() && options.gains != Gains::Smoothed, "`gains = \"smoothed\"`"),
        ("allowance", !options.allowance.is_empty() && !taxed, "`tax` or `tax_variable`"),
    ];
    for (name, _, needs) in unused.iter().filter(|(_, unused, _)| *unused) {
        problems.push(wrong(name, format!("`{name}` would do nothing here."), &format!("Leave it out, or give {needs}.")));
    }
    if options.gains_periods == 0 {
        problems.push(wrong("gains_periods", "`gains_periods` is 0.", "Revaluation is smoothed over at least one period."));
    }
    if !(options.floor > 0.0 && options.floor < 1.0) {
        problems.push(wrong("floor", format!("`floor` is {}.", options.floor), "It must lie between 0 and 1."));
    }
    problems
}

fn data_problems(options: &CapitalServicesStep, panel: &Panel) -> Vec<Problem> {
    let lists = [&options.stocks, &options.prices, &options.depreciation_variables];
    let mut problems: Vec<Problem> = lists
        .into_iter()
        .flatten()
        .chain(&options.income)
        .chain(&options.rate_variable)
        .chain(&options.tax_variable)
        .filter(|name| panel.values(name).is_none())
        .map(|name| lookup::unknown_variable(panel, name))
        .collect();
    if panel.period_name.is_none() {
        problems.push(wrong("period", "The data have no periods.", "Growth needs periods: name the period column."));
    }
    problems.extend(assets::no_base(panel, options.base_period));
    let units = assets::units_of_measure(panel, options.stocks.iter().chain(&options.income));
    // A stock that a step computed writes its price base behind the unit.
    let bare: std::collections::BTreeSet<&str> = units.iter().map(|u| u.split(", prices of").next().unwrap_or(u)).collect();
    if bare.len() > 1 {
        problems.push(
            wrong(
                "unit-of-measure",
                format!("Stocks and income stand in several units of measure: {}.", units.join(", ")),
                "Bring them to one unit.",
            )
            .why("The cost of all assets is compared with the income."),
        );
    }
    problems
}

/// Columns of one asset, made ready.
struct Columns {
    work: Vec<f64>,
    price: Vec<f64>,
    depreciation: Vec<f64>,
    allowance: Vec<f64>,
    credit: Vec<f64>,
}

type Computed = (UserCosts, Services, Vec<Vec<f64>>);

fn compute(panel: &Panel, options: &CapitalServicesStep) -> Result<Computed, Vec<Problem>> {
    let n = panel.len();
    let units = lookup::unit_numbers(panel);
    let base = assets::base(panel, options.base_period);
    let column = |name: &str| panel.values(name).unwrap_or(&[]);
    let (mut columns, mut problems) = (Vec::new(), Vec::new());
    for (a, stock) in options.stocks.iter().enumerate() {
        let name = of(&options.prices, a).unwrap_or_default();
        let prices = Prices { units: &units, periods: &panel.periods, index: column(&name), form: options.price_form };
        let rates = of(&options.depreciation_variables, a).map(|name| column(&name).to_vec());
        match deflator::levels(&prices, base) {
            Ok(price) => columns.push(Columns {
                work: at_work(&units, &panel.periods, column(stock), options.timing),
                price,
                depreciation: rates.unwrap_or_else(|| vec![of(&options.depreciation, a).unwrap_or(f64::NAN); n]),
                allowance: of(&options.allowance, a).map_or_else(Vec::new, |z| vec![z; n]),
                credit: of(&options.credit, a).map_or_else(Vec::new, |e| vec![e; n]),
            }),
            Err(e) => {
                let help = "Choose a `base_period` that every unit has: that of the stocks.";
                problems.extend(assets::refused_price(&e, panel, [stock, &name], base, help));
            }
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let priced: Vec<Asset<'_>> = columns
        .iter()
        .map(|c| Asset {
            stock: &c.work,
            price: &c.price,
            depreciation: &c.depreciation,
            allowance: &c.allowance,
            credit: &c.credit,
        })
        .collect();
    let of_number = |number: Option<f64>, name: Option<&String>| match (number, name) {
        (_, Some(name)) => column(name).to_vec(),
        (Some(v), None) => vec![v; n],
        (None, None) => Vec::new(),
    };
    let rate = of_number(options.rate, options.rate_variable.as_ref());
    let tax = of_number(options.tax, options.tax_variable.as_ref());
    let data = Assets {
        units: &units,
        periods: &panel.periods,
        assets: &priced,
        income: options.income.as_ref().map_or(&[], |name| column(name)),
        rate: &rate,
        tax: &tax,
        property: &vec![options.property_tax; n],
    };
    let core = UserCostOptions {
        returns: options.returns,
        form: options.form,
        gains: options.gains,
        gains_periods: options.gains_periods,
        negative: options.negative,
        floor: options.floor,
    };
    let costs = user_cost::user_costs(&data, &core).map_err(|e| refused(&e, panel, options))?;
    let work: Vec<&[f64]> = columns.iter().map(|c| c.work.as_slice()).collect();
    let cost: Vec<&[f64]> = costs.cost.iter().map(Vec::as_slice).collect();
    let services = services::services(&units, &panel.periods, &work, &cost)
        .map_err(|e| vec![Problem::error("services", format!("Capital services cannot be computed: {e}."))])?;
    Ok((costs, services, columns.into_iter().map(|c| c.work).collect()))
}

fn refused(error: &UserCostError, panel: &Panel, options: &CapitalServicesStep) -> Vec<Problem> {
    let cells = |list: &[(usize, usize)], code: &str, what: &str, help: &str| -> Vec<Problem> {
        let each = |&(a, i): &(usize, usize)| wrong(code, what, help).at(lookup::cell(panel, &options.stocks[a], i));
        list.iter().map(each).collect()
    };
    match error {
        UserCostError::Stock(list) => cells(list, "stock", "A stock is negative.", "Mend the investment or the first stock behind it."),
        UserCostError::Price(list) => cells(list, "price", "A price is not positive.", "Mend the price index."),
        UserCostError::Tax(rows) => rows
            .iter()
            .map(|&i| {
                Problem::error("tax", "The tax on income is outside 0 to 1, or credits and allowances pay the whole price.")
                    .help("Write 25 % as 0.25; `credit` plus `tax` times `allowance` must stay below 1.")
                    .at(Place { column: options.tax_variable.clone(), ..lookup::place(panel, i) })
            })
            .collect(),
        UserCostError::Negative(list) => list
            .iter()
            .map(|&(a, i, cost)| {
                Problem::error("negative-user-cost", format!("The user cost of `{}` is {cost:.4}.", options.stocks[a]))
                    .why("The price of the asset rose by more than return and depreciation; a share below zero is no weight.")
                    .help("Declare a rule: `negative = \"without-gains\"`, `\"floor\"` or `\"keep\"`; or `gains = \"smoothed\"` or `\"none\"`.")
                    .at(lookup::cell(panel, &options.stocks[a], i))
            })
            .collect(),
        UserCostError::Empty => vec![
            Problem::error("no-complete-row", "No row has all stocks, prices and rates and the prices of the period before.")
                .help("Restrict the periods of the step, or choose other variables."),
        ],
        other => vec![Problem::error("user-cost", format!("User costs cannot be computed: {other}."))],
    }
}

#[cfg(test)]
mod tests;
