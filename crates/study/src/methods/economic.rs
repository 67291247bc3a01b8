//! `economic`: cost, revenue, profit and profitability efficiency.

use frontier::{
    Missing, Role, State, Technology,
    dea::Returns,
    economic::{self, Decomposition, Economic, EconomicDirection, EconomicError, EconomicOptions, Measure, Norm, Prices},
};
use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    additive::SlackWeights,
    lookup,
    production::{self, Names},
    scores::{self, Frontier},
};
use crate::method::{Input, Method, Output, Page};

mod change;
mod refused;
mod story;
#[cfg(test)]
mod tests;

/// Technical measure that splits economic efficiency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DecompositionName {
    /// Radial (Farrell): cost and revenue; shares.
    Farrell,
    /// Directional distance: cost, revenue, profit (Nerlovian).
    Directional,
    /// Modified directional distance: profit, both sides by steps of their own.
    ModifiedDirectional,
    /// Weighted additive model.
    Additive,
    /// Russell measure of a side; of both the enhanced Russell graph measure.
    Russell,
    /// General direct approach: normalised by the money value of the slacks of `russell`.
    GeneralDirect,
    /// Reverse directional distance of `russell`.
    ReverseDirectional,
    /// Reverse directional distance of `modified-directional`: profit.
    ReverseModified,
    /// Russell graph measure, the mean of all θ and 1/φ: profit.
    RussellGraph,
    /// Hölder distance.
    Holder,
    /// Generalised distance function: profitability.
    Generalised,
}

/// Direction of `directional`, `modified-directional` and `reverse-modified`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EconomicDirectionName {
    /// The unit's own values.
    #[default]
    Observed,
    /// Means of the variables over the reference.
    Mean,
    /// One unit of measure of each variable.
    Ones,
    /// The same length for each variable, worth one unit of money in all.
    Monetary,
    /// The numbers in `lengths`.
    Custom,
}

/// Options of economic efficiency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EconomicStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// What a unit is after: `cost`, `revenue`, `profit` or `profitability`.
    #[serde(default)]
    pub measure: Measure,
    /// Variables with the prices of the inputs, in their order: all measures but `revenue`.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub input_prices: Vec<String>,
    /// Variables with the prices of the outputs, in their order: all measures but `cost`.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub output_prices: Vec<String>,
    /// Instead of `input_prices`: prices that all units face, one number per input.
    #[serde(default)]
    pub common_input_prices: Vec<f64>,
    /// Instead of `output_prices`: prices that all units face, one number per output.
    #[serde(default)]
    pub common_output_prices: Vec<f64>,
    /// Technical measure of the decomposition; `farrell` for cost and revenue, `directional` for profit, `generalised` for
    /// profitability if not given.
    #[serde(default)]
    pub decomposition: Option<DecompositionName>,
    /// With `additive`: what one unit of slack weighs.
    #[serde(default)]
    pub weights: SlackWeights,
    /// With `directional`, `modified-directional` and `reverse-modified`: the direction.
    #[serde(default)]
    pub direction: EconomicDirectionName,
    /// With the direction `custom`: one number per input and output.
    #[serde(default)]
    pub lengths: Vec<f64>,
    /// With `holder`: the norm, `one`, `two` or `infinity`.
    #[serde(default)]
    pub norm: Norm,
    /// With `holder`: whether changes count as shares of the unit's own values.
    #[serde(default)]
    pub weighted: bool,
    /// With `generalised`: share of the output side, from 0 to 1; a half if not given.
    #[serde(default)]
    pub alpha: Option<f64>,
    /// Returns to scale: `crs`, `vrs`, `nirs`, `ndrs` or `fdh`.
    #[serde(default)]
    pub rts: Returns,
    /// Which observations span the frontier.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing quantities or prices.
    #[serde(default)]
    pub missing: Missing,
}

/// Economic efficiency.
pub struct EconomicEfficiency;

impl Method for EconomicEfficiency {
    type Options = EconomicStep;
    const NAME: &'static str = "economic";
    const PAGE: Page = Page {
        title: ("Economic efficiency: cost, revenue, profit, profitability", "经济效率：成本、收益、利润与盈利能力"),
        en: economic::PAGE,
        zh: economic::PAGE_ZH,
        example: "xinzhi economic data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --measure cost --input-prices rental,wage --rts vrs --out result",
    };

    fn check(options: &EconomicStep) -> Vec<Problem> {
        options.problems()
    }

    fn run(input: &Input<'_>, options: &EconomicStep) -> Result<Output, Vec<Problem>> {
        let problems = options.problems();
        if !problems.is_empty() {
            return Err(problems);
        }
        let panel = input.panel;
        let core = EconomicOptions {
            measure: options.measure,
            decomposition: Some(options.decomposition()?),
            returns: options.rts,
            missing: options.missing,
        };
        let names = options.names();
        let (w, p) = (options.side(panel, Role::Input)?, options.side(panel, Role::Output)?);
        fn slices(columns: &[Vec<f64>]) -> Vec<&[f64]> {
            columns.iter().map(Vec::as_slice).collect()
        }
        let run = |technology: &Technology<'_>, rows: &[usize]| {
            let pick = |columns: &[Vec<f64>]| -> Vec<Vec<f64>> {
                columns.iter().map(|c| rows.iter().map(|&r| c[r]).collect()).collect()
            };
            let (w, p) = (pick(&w), pick(&p));
            economic::economic(technology, &Prices { inputs: slices(&w), outputs: slices(&p) }, &core)
        };
        let told = |e: &EconomicError, rows: &[usize]| match e {
            // A period without a complete unit has no frontier; where such units are left out, they all are.
            e if refused::empty(e) && options.missing == Missing::Exclude => Vec::new(),
            e => options.refused(e, panel, rows),
        };
        let parts = scores::measure_rows(panel, &names, options.frontier, run, told)?;
        Ok(Story { panel, options, names, parts }.output())
    }
}

impl EconomicStep {
    fn names(&self) -> Names<'_> {
        Names { inputs: &self.inputs, outputs: &self.outputs, bad_outputs: &[] }
    }

    fn chosen(&self) -> DecompositionName {
        self.decomposition.unwrap_or(match self.measure {
            Measure::Cost | Measure::Revenue => DecompositionName::Farrell,
            Measure::Profit => DecompositionName::Directional,
            Measure::Profitability => DecompositionName::Generalised,
        })
    }

    /// Whether the parts are shares that multiply, not differences that add.
    fn shares(&self) -> bool {
        matches!(self.chosen(), DecompositionName::Farrell | DecompositionName::Generalised)
    }

    fn needs(&self, role: Role) -> bool {
        match self.measure {
            Measure::Cost => role == Role::Input,
            Measure::Revenue => role == Role::Output,
            Measure::Profit | Measure::Profitability => true,
        }
    }

    fn decomposition(&self) -> Result<Decomposition, Vec<Problem>> {
        use DecompositionName as D;
        Ok(match self.chosen() {
            D::Farrell => Decomposition::Farrell,
            D::Directional => Decomposition::Directional(self.direction()),
            D::ModifiedDirectional => Decomposition::ModifiedDirectional(self.direction()),
            D::Additive => match self.weights.named() {
                Some(weights) => Decomposition::Additive(weights),
                None => {
                    let why = "prices weigh the slacks; take `sum`, `mip`, `ram`, `bam` or `normalised`";
                    return Err(vec![production::conflict("weights", why)]);
                }
            },
            D::Russell => Decomposition::Russell,
            D::GeneralDirect => Decomposition::GeneralDirect,
            D::ReverseDirectional => Decomposition::ReverseDirectional,
            D::ReverseModified => Decomposition::ReverseModified(self.direction()),
            D::RussellGraph => Decomposition::RussellGraph,
            D::Holder => Decomposition::Holder { norm: self.norm, weighted: self.weighted },
            D::Generalised => Decomposition::Generalised { alpha: self.alpha.unwrap_or(0.5) },
        })
    }

    fn direction(&self) -> EconomicDirection {
        match self.direction {
            EconomicDirectionName::Observed => EconomicDirection::Observed,
            EconomicDirectionName::Mean => EconomicDirection::Mean,
            EconomicDirectionName::Ones => EconomicDirection::Ones,
            EconomicDirectionName::Monetary => EconomicDirection::Monetary,
            EconomicDirectionName::Custom => EconomicDirection::Custom(self.lengths.clone()),
        }
    }

    /// Prices of a side that the measure needs, one column per variable over all rows of the panel.
    fn side(&self, panel: &Panel, role: Role) -> Result<Vec<Vec<f64>>, Vec<Problem>> {
        let (variables, common) = match role {
            Role::Input => (&self.input_prices, &self.common_input_prices),
            _ => (&self.output_prices, &self.common_output_prices),
        };
        if !self.needs(role) {
            return Ok(Vec::new());
        }
        if !common.is_empty() {
            return Ok(common.iter().map(|&x| vec![x; panel.len()]).collect());
        }
        let unknown = variables.iter().filter(|v| panel.values(v).is_none());
        let problems: Vec<Problem> = unknown.map(|v| lookup::unknown_variable(panel, v)).collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(variables.iter().filter_map(|v| panel.values(v)).map(<[f64]>::to_vec).collect())
    }
}

type Story<'a> = scores::Story<'a, EconomicStep, Economic>;

impl Story<'_> {
    /// A column of numbers; empty where the result has none.
    fn numbers(&self, get: impl Fn(&Economic, usize) -> f64) -> Vec<f64> {
        self.spread(f64::NAN, get)
    }

    fn states(&self) -> Vec<State> {
        self.spread(State::Missing, |e, u| e.state[u])
    }
}
