//! `growth`: growth accounting.

use panel::{Panel, Place, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfp::{
    average::Averaging,
    growth::{self, Base, Data, GrowthError, Level, Shares},
    shares::{self, Effects, Estimate, EstimateError, Returns},
};

use self::{labour::Factor, story::Story};
use super::{defaults, lookup};
use crate::method::{Input, Method, Output, Page};

mod figures;
mod labour;
mod story;

/// What happens when an estimated share is not inside (0, 1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outside {
    /// The step fails and shows the estimate.
    #[default]
    Refuse,
    /// The step goes on with a finding.
    Flag,
}

/// Options of growth accounting. Shares come from exactly one of `shares`, `share_variables`, `estimate`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrowthOptions {
    /// Output, in constant prices.
    #[schemars(extend("x-role" = "variable"))]
    pub output: String,
    /// Inputs, capital first: the sensitivity band moves the share of the first input.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Average hours per person: with them labour is hours worked, and its contribution is split into persons and hours.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub hours: Option<String>,
    /// Human capital per hour, e.g. an index of education or of labour composition; multiplies labour.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub human_capital: Option<String>,
    /// The input that `hours` and `human_capital` multiply, in persons; the last input where none is named.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub labour: Option<String>,
    /// Given shares, one number per input; with one number fewer the last input takes the rest to 1.
    #[serde(default)]
    pub shares: Vec<f64>,
    /// Variables that hold the shares, one per input; with one fewer the last input takes the rest to 1.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub share_variables: Vec<String>,
    /// Estimate the shares by least squares of ln output on ln inputs.
    #[serde(default)]
    pub estimate: bool,
    /// Fixed effects of the estimate.
    #[serde(default)]
    pub effects: Effects,
    /// Returns to scale imposed on the estimate.
    #[serde(default)]
    pub returns: Returns,
    /// What happens when an estimated share is not inside (0, 1).
    #[serde(default)]
    pub outside: Outside,
    /// How levels of productivity are compared.
    #[serde(default)]
    pub level: Level,
    /// What a level of 1 stands for.
    #[serde(default)]
    pub base: Base,
    /// Unit that stands alone for the base, e.g. USA.
    #[serde(default)]
    pub base_unit: Option<String>,
    /// Distance between adjacent periods; growth over longer gaps is not computed.
    #[serde(default = "defaults::step")]
    pub step: u32,
    /// Group column for averages, e.g. region.
    #[serde(default)]
    #[schemars(extend("x-role" = "group"))]
    pub group: Option<String>,
    /// How units count in the average of a group.
    #[serde(default)]
    pub averaging: Averaging,
    /// Periods where sub-periods begin and end, e.g. 1997, 2007, 2017; the whole span when empty.
    #[serde(default)]
    pub breaks: Vec<i32>,
    /// How far the share of the first input is moved for the sensitivity band.
    #[serde(default = "tenth")]
    pub sensitivity: f64,
}

fn tenth() -> f64 {
    0.1
}

/// Growth accounting.
pub struct GrowthAccounting;

impl Method for GrowthAccounting {
    type Options = GrowthOptions;
    const NAME: &'static str = "growth";
    const PAGE: Page = Page {
        title: ("Growth accounting", "增长核算"),
        en: growth::PAGE,
        zh: growth::PAGE_ZH,
        example: "xinzhi growth data.csv --unit province --period year --output gdp_real --inputs capital,employment --shares 0.5,0.5 --out result",
    };

    fn run(input: &Input<'_>, options: &GrowthOptions) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let mut problems = Vec::new();
        let mut column = |name: &str| lookup::column(panel, name, &mut problems);
        let output = column(&options.output);
        let inputs: Vec<&[f64]> = options.inputs.iter().map(|n| column(n)).collect();
        let given: Vec<&[f64]> = options.share_variables.iter().map(|n| column(n)).collect();
        let factors = labour::factors(options);
        let columns: Vec<&[f64]> = factors.iter().map(|f| column(&f.name)).collect();
        check(options, panel, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let unit_set = panel.unit_set();
        let units = lookup::unit_numbers(panel);
        let whole = labour::products(&factors, &columns, inputs.len());
        let whole: Vec<&[f64]> = whole.iter().map(Vec::as_slice).collect();
        let persons = Data { units: &units, periods: &panel.periods, output, inputs: &inputs };
        let data = Data { inputs: &columns, ..persons };
        let (shares, estimate) = shares_of(&Data { inputs: &whole, ..persons }, options, &given)?;
        let base_unit = options.base_unit.as_ref().map(|b| unit_set.partition_point(|u| *u < b.as_str()));
        let core = growth::GrowthOptions { level: options.level, base: options.base, base_unit, step: options.step };
        let of: Vec<usize> = factors.iter().map(|f| f.of).collect();
        let run =
            |s: &Shares| growth::growth(&data, &s.of_factors(&of), &core).map_err(|e| refused(&e, options, &factors, panel));
        let result = run(&shares)?;
        let low = run(&shares.moved(0, -options.sensitivity))?;
        let high = run(&shares.moved(0, options.sensitivity))?;
        let measures = labour::measures(&data, &factors, &shares, &core).map_err(|e| refused(&e, options, &factors, panel))?;
        let moved = [&low, &high];
        let story =
            Story { panel, options, factors: &factors, data, result: &result, moved, shares: &shares, estimate, measures };
        Ok(story.output())
    }
}

fn check(options: &GrowthOptions, panel: &Panel, problems: &mut Vec<Problem>) {
    let m = options.inputs.len();
    if m == 0 {
        problems.push(Problem::error("no-input", "Growth accounting needs at least one input.").help("Name them in `inputs`."));
    }
    let sources = [!options.shares.is_empty(), !options.share_variables.is_empty(), options.estimate];
    if sources.iter().filter(|s| **s).count() != 1 {
        problems.push(
            Problem::error("shares", "The factor shares must come from exactly one source.")
                .help("Give `shares` (numbers), `share_variables` (columns), or `estimate = true`."),
        );
    }
    for (name, len) in [("shares", options.shares.len()), ("share_variables", options.share_variables.len())] {
        if len != 0 && len != m && len + 1 != m {
            problems.push(
                Problem::error("shares", format!("`{name}` has {len} entries for {m} inputs."))
                    .help("Give one per input, or one fewer: the last input then takes the rest to 1."),
            );
        }
    }
    let quality = options.hours.iter().chain(&options.human_capital);
    let mut names: Vec<&String> = std::iter::once(&options.output).chain(&options.inputs).chain(quality).collect();
    names.sort();
    for w in names.windows(2).filter(|w| w[0] == w[1]) {
        problems.push(
            Problem::error("repeated-variable", format!("`{}` is named more than once.", w[0]))
                .why("A variable is the output or one input, once.")
                .at(Place { column: Some(w[0].clone()), ..Place::default() }),
        );
    }
    if let Some(labour) = options.labour.as_ref() {
        if !options.inputs.contains(labour) {
            problems.push(
                Problem::error("labour", format!("`labour` names `{labour}`, which is none of the inputs."))
                    .did_you_mean(labour, options.inputs.iter().map(String::as_str)),
            );
        } else if options.hours.is_none() && options.human_capital.is_none() {
            problems.push(
                Problem::error("labour", "`labour` says what hours and human capital multiply, but neither is given.")
                    .help("Name `hours` or `human_capital`, or leave out `labour`."),
            );
        }
    }
    if let Some(base) = options.base_unit.as_ref().filter(|b| !panel.unit_set().contains(&b.as_str())) {
        problems.push(
            Problem::error("base-unit", format!("The data have no unit `{base}`."))
                .why("Levels of productivity would have nothing to stand against.")
                .did_you_mean(base, panel.unit_set()),
        );
    }
    let chosen = [
        ("effects", options.effects != Effects::default()),
        ("returns", options.returns != Returns::default()),
        ("outside", options.outside != Outside::default()),
    ];
    for (name, _) in chosen.iter().filter(|c| c.1 && !options.estimate) {
        problems.push(
            Problem::error("estimate-unused", format!("`{name}` concerns estimated shares, but none are estimated."))
                .help(format!("Set `estimate = true`, or leave out `{name}`.")),
        );
    }
    if options.step == 0 {
        problems.push(Problem::error("step", "`step` must be at least 1."));
    }
    if !(options.sensitivity > 0.0 && options.sensitivity < 1.0) {
        problems.push(Problem::error("sensitivity", "`sensitivity` must lie between 0 and 1, e.g. 0.1."));
    }
    if options.breaks.len() == 1 || options.breaks.windows(2).any(|w| w[0] >= w[1]) {
        problems.push(Problem::error("breaks", "`breaks` must be at least two periods in increasing order."));
    }
    let periods = panel.period_set();
    for p in options.breaks.iter().filter(|p| !periods.contains(*p)) {
        problems.push(
            Problem::error("breaks", format!("`breaks` names {p}, which is no period of the data."))
                .why("A sub-period would be said to begin or end where nothing was observed."),
        );
    }
    if let Some(g) = options.group.as_ref().filter(|g| panel.group(g).is_none()) {
        problems.push(lookup::unknown_group(panel, g));
    }
}

fn shares_of(data: &Data<'_>, options: &GrowthOptions, given: &[&[f64]]) -> Result<(Shares, Option<Estimate>), Vec<Problem>> {
    let m = options.inputs.len();
    if !options.shares.is_empty() {
        let mut s = options.shares.clone();
        if s.len() < m {
            s.push(1.0 - s.iter().sum::<f64>());
        }
        return Ok((Shares::Constant(s), None));
    }
    if !given.is_empty() {
        let mut s: Vec<Vec<f64>> = given.iter().map(|c| c.to_vec()).collect();
        if s.len() < m {
            s.push((0..data.units.len()).map(|i| 1.0 - s.iter().map(|c| c[i]).sum::<f64>()).collect());
        }
        return Ok((Shares::Varying(s), None));
    }
    let estimate = shares::estimate(data, options.effects, options.returns).map_err(|e| {
        let what = match e {
            EstimateError::Collinear(k) => format!(
                "The share of `{}` cannot be estimated: it moves exactly with the other inputs and the effects.",
                options.inputs.get(k).map_or("an input", String::as_str)
            ),
            other => format!("The shares cannot be estimated: {other}."),
        };
        vec![Problem::error("estimate", what).help("Give the shares, or choose other `effects` or `returns`.")]
    })?;
    if options.outside == Outside::Refuse {
        let bad: Vec<String> = (0..m)
            .filter(|&k| estimate.shares[k] <= 0.0 || estimate.shares[k] >= 1.0)
            .map(|k| format!("{} {:.3} (standard error {:.3})", options.inputs[k], estimate.shares[k], estimate.errors[k]))
            .collect();
        if !bad.is_empty() && m > 1 {
            return Err(vec![
                Problem::error("share-outside", format!("Estimated shares lie outside 0 to 1: {}.", bad.join(", ")))
                    .why("An elasticity that is negative or above 1 makes the accounting arithmetic without meaning.")
                    .help("Give `shares`, change `effects` or `returns`, or set `outside = \"flag\"` to see the result."),
            ]);
        }
    }
    Ok((Shares::Constant(estimate.shares.clone()), Some(estimate)))
}

fn refused(error: &GrowthError, options: &GrowthOptions, factors: &[Factor], panel: &Panel) -> Vec<Problem> {
    match error {
        GrowthError::NotPositive(cells) => cells
            .iter()
            .map(|&(k, row)| {
                let name = k.map_or(options.output.as_str(), |k| factors[k].name.as_str());
                let value = panel.values(name).map_or(f64::NAN, |v| v[row]);
                Problem::error("not-positive", format!("`{value}` has no logarithm."))
                    .why("Growth accounting works with logarithms of output and inputs.")
                    .help("Mend the cell, or leave it empty if it is missing.")
                    .at(lookup::cell(panel, name, row))
            })
            .collect(),
        GrowthError::Empty => vec![
            Problem::error("no-complete-row", "No row has output, all inputs and all shares.")
                .help("Restrict the periods of the step, or choose other variables."),
        ],
        GrowthError::Base => vec![
            Problem::error("base-unit", "The base unit has no row with output, all inputs and all shares.")
                .help("Choose another `base_unit`, or leave it out."),
        ],
        other => vec![Problem::error("growth", format!("Growth cannot be accounted for: {other}."))],
    }
}

#[cfg(test)]
mod tests;
