//! `nddf`: the non-radial directional distance.

use frontier::{
    FrontierError, Missing,
    directional::{BadOutputs, DirectionDefect, DirectionalError, DirectionalReturns},
    nddf::{self, Nddf, NddfOptions, NddfWeights},
};
use panel::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    direction::{self, DirectionName},
    nonradial::{Shown, Story, renamed},
    production::{self, Names},
    scores::{self, Frontier, Part, Words},
};
use crate::{
    method::{Input, Method, Output, Page},
    text::Text,
};

/// What one step of each variable counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FactorWeights {
    /// Equal by group (inputs, outputs, undesirable outputs), then within it (Zhou, Ang and Wang 2012).
    #[default]
    Groups,
    /// 1 for every variable that moves (Stata `teddf`, `gtfpch`).
    Equal,
    /// Only the inputs in `energy` move beside outputs and undesirable outputs; a third each.
    EnergyEnvironment,
    /// The numbers in `factor_weights`.
    Custom,
}

/// Options of the non-radial directional distance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NddfStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Desirable outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Undesirable outputs, e.g. emissions; may be empty.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub bad_outputs: Vec<String>,
    /// Direction in which units are moved.
    #[serde(default)]
    pub direction: DirectionName,
    /// Lengths of a `custom` direction: one number per input, output and undesirable output.
    #[serde(default)]
    pub lengths: Vec<f64>,
    /// What one step of each variable counts.
    #[serde(default)]
    pub weights: FactorWeights,
    /// With `custom` weights: one number per input, output and undesirable output.
    #[serde(default)]
    pub factor_weights: Vec<f64>,
    /// With `energy-environment`: the inputs that are energy.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub energy: Vec<String>,
    /// Returns to scale: `crs`, `vrs`, `nirs`, `ndrs`; with abatement of weakly disposable bads `vrs-shephard` (where no
    /// input moves) or `vrs-kuosmanen`.
    #[serde(default)]
    pub rts: DirectionalReturns,
    /// Undesirable outputs that do not move: `weak` (equalities) or `strong`.
    #[serde(default)]
    pub disposability: BadOutputs,
    /// Which observations span the frontier.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

impl FactorWeights {
    /// The weights, with `factor_weights` and `energy` where they go with the word.
    pub(super) fn read(self, given: &[f64], energy: &[String], inputs: &[String]) -> Result<NddfWeights, Vec<Problem>> {
        let wrong = |name: &str, why: String| Err(vec![production::conflict(name, &why)]);
        if self != Self::Custom && !given.is_empty() {
            return wrong("factor_weights", "they go with `custom` weights only".to_owned());
        }
        if self != Self::EnergyEnvironment && !energy.is_empty() {
            return wrong("energy", "it goes with the weights `energy-environment` only".to_owned());
        }
        let at = |name: &String| inputs.iter().position(|i| i == name).ok_or_else(|| name.clone());
        match self {
            Self::Groups => Ok(NddfWeights::Groups),
            Self::Equal => Ok(NddfWeights::Equal),
            Self::Custom => Ok(NddfWeights::Custom(given.to_vec())),
            Self::EnergyEnvironment => match energy.iter().map(at).collect::<Result<Vec<usize>, _>>() {
                Ok(energy) if !energy.is_empty() => Ok(NddfWeights::EnergyEnvironment(energy)),
                Ok(_) => wrong("energy", "it names the inputs that are energy, at least one".to_owned()),
                Err(name) => wrong("energy", format!("`{name}` is not an input")),
            },
        }
    }
}

impl NddfStep {
    fn weights(&self) -> Result<NddfWeights, Vec<Problem>> {
        self.weights.read(&self.factor_weights, &self.energy, &self.inputs)
    }
}

/// The non-radial directional distance.
pub struct NonRadialDirectional;

impl Method for NonRadialDirectional {
    type Options = NddfStep;
    const NAME: &'static str = "nddf";
    const PAGE: Page = Page {
        title: ("Non-radial directional distance (NDDF)", "非径向方向距离函数（NDDF）"),
        en: nddf::PAGE,
        zh: nddf::PAGE_ZH,
        example: "xinzhi nddf data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --bad-outputs co2 --out result",
    };

    fn check(options: &NddfStep) -> Vec<Problem> {
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &options.bad_outputs };
        let weights = options.weights().err().unwrap_or_default();
        names.repeated().into_iter().chain(weights).collect()
    }

    fn run(input: &Input<'_>, options: &NddfStep) -> Result<Output, Vec<Problem>> {
        let core = NddfOptions {
            direction: options.direction.direction(&options.lengths, &[], input.panel, &[])?,
            weights: options.weights()?,
            returns: options.rts,
            bad_outputs: options.disposability,
            missing: options.missing,
        };
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &options.bad_outputs };
        let name = if options.weights == FactorWeights::Custom { "factor_weights" } else { "weights" };
        let run = |t: &frontier::Technology<'_>| nddf::nddf(t, &core).map_err(|e| renamed(plain(e), "weights", name));
        let parts = scores::measure(input.panel, &names, options.frontier, options.missing, run)?;
        let shown = |p: Part<Nddf>| Part { rows: p.rows, result: shown(p.result, &names) };
        let parts = parts.into_iter().map(shown).collect();
        let (direction, rts) = (options.direction.words(), direction::returns(options.rts));
        let story = Story {
            panel: input.panel,
            frontier: options.frontier,
            parts,
            words: Words {
                score: Text::new("Inefficiency", "无效率值"),
                label: Text::new("weighted factors (0 = frontier)", "系数加权和（0 为前沿）"),
                note: Text::new("Units with value 0 are on the frontier.", "数值为 0 的单元位于前沿。"),
                high_is_best: false,
            },
            variable: "inefficiency",
            note: Text::new(
                format!("Largest weighted sum of one factor for each variable, 0 is best; {}; {}.", direction.en, rts.en),
                format!("每个变量各有一个系数，其加权和的最大值，0 为最优；{}；{}。", direction.zh, rts.zh),
            ),
            factors: Text::new("Factor β of each variable (0 = stays)", "各变量的系数 β（0 为不变）"),
            names,
        };
        Ok(story.output())
    }
}

fn plain(e: DirectionalError) -> FrontierError {
    match e {
        DirectionalError::Frontier(e) => e,
        DirectionalError::Direction(defects) => {
            let why = |d: &DirectionDefect| match *d {
                DirectionDefect::Count { found, expected } => format!("{found} lengths for {expected} variables"),
                DirectionDefect::Length { variable, value } => format!("{value} in place {} is no length", variable + 1),
                _ => "nothing moves along it".to_owned(),
            };
            FrontierError::Options(defects.iter().map(|d| ("lengths", why(d))).collect())
        }
        DirectionalError::Returns(..) => FrontierError::Options(vec![("rts", direction::UNFIT.to_owned())]),
        e => FrontierError::Options(vec![("direction", e.to_string())]),
    }
}

fn shown(r: Nddf, names: &Names<'_>) -> Shown {
    let performance = ("performance", Text::new("Performance (1 = frontier)", "绩效（1 为前沿）"), r.performance);
    let first = names.inputs.len() + names.outputs.len();
    // The index that most users read stands beside the distance: that of the first undesirable output.
    let bad = r.ratios.get(first).map(|ratio| {
        ("bad_performance", Text::new("Performance in the first undesirable output", "首个非期望产出的绩效"), ratio.clone())
    });
    let given_up = r.abatement.iter().any(|a| *a > 0.0);
    let abated = given_up.then(|| ("abatement", Text::new("Activity given up to abate", "为减排放弃的活动份额"), r.abatement));
    Shown {
        state: r.state,
        value: r.inefficiency,
        interval: r.interval,
        class: r.class,
        beside: std::iter::once(performance).chain(bad).chain(abated).collect(),
        factors: r.factors,
        projection: r.projection,
        zeros: Vec::new(),
    }
}
