//! `ebm`: the epsilon-based measure.

use frontier::{
    Missing, SlackOrientation,
    dea::Returns,
    ebm::{self, Dispersion, Ebm, EbmOptions, Side},
};
use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    additive::side,
    nonradial::{Shown, Story, renamed},
    production::{self, Names},
    scores::{self, Frontier, Part, Words, returns},
};
use crate::{
    method::{Input, Method, Output, Page},
    table::{Cells, Table},
    text::Text,
};

/// Where ε and the weights of slacks come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EpsilonFrom {
    /// The affinity of the variables over the targets of the slacks-based measure (Tone and Tsutsui 2010).
    #[default]
    Projected,
    /// The affinity of the variables as observed.
    Observed,
    /// The numbers in `epsilon_inputs` and `epsilon_outputs`, with equal weights.
    Given,
}

/// Options of the epsilon-based measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EbmStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Which side moves.
    #[serde(default)]
    pub orientation: SlackOrientation,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    #[serde(default)]
    pub rts: Returns,
    /// Where ε and the weights of slacks come from.
    #[serde(default)]
    pub epsilon: EpsilonFrom,
    /// With `given`: ε of the inputs, from 0 (radial) to 1.
    #[serde(default)]
    pub epsilon_inputs: Option<f64>,
    /// With `given`: ε of the outputs.
    #[serde(default)]
    pub epsilon_outputs: Option<f64>,
    /// Which observations span the frontier.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

impl EbmStep {
    fn dispersion(&self) -> Result<Dispersion, Vec<Problem>> {
        let (inputs, outputs) = (self.epsilon_inputs, self.epsilon_outputs);
        let wrong = |why: &str| Err(vec![production::conflict("epsilon", why)]);
        match self.epsilon {
            EpsilonFrom::Given if self.orientation != SlackOrientation::Output && inputs.is_none() => {
                wrong("`given` needs `epsilon_inputs`, from 0 to 1")
            }
            EpsilonFrom::Given if self.orientation != SlackOrientation::Input && outputs.is_none() => {
                wrong("`given` needs `epsilon_outputs`, from 0 to 1")
            }
            EpsilonFrom::Given => Ok(Dispersion::Given { inputs: inputs.unwrap_or(0.0), outputs: outputs.unwrap_or(0.0) }),
            _ if inputs.is_some() || outputs.is_some() => {
                wrong("`epsilon_inputs` and `epsilon_outputs` go with `epsilon = \"given\"` only")
            }
            EpsilonFrom::Projected => Ok(Dispersion::Projected),
            EpsilonFrom::Observed => Ok(Dispersion::Observed),
        }
    }
}

/// The epsilon-based measure.
pub struct EpsilonBasedMeasure;

impl Method for EpsilonBasedMeasure {
    type Options = EbmStep;
    const NAME: &'static str = "ebm";
    const PAGE: Page = Page {
        title: ("Epsilon-based measure (EBM)", "ε 测度（EBM）"),
        en: ebm::PAGE,
        zh: ebm::PAGE_ZH,
        example: "xinzhi ebm data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --out result",
    };

    fn check(options: &EbmStep) -> Vec<Problem> {
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        let epsilon = options.dispersion().err().unwrap_or_default();
        names.repeated().into_iter().chain(epsilon).chain(production::sum_of_weights(options.rts)).collect()
    }

    fn run(input: &Input<'_>, options: &EbmStep) -> Result<Output, Vec<Problem>> {
        let core = EbmOptions {
            orientation: options.orientation,
            returns: options.rts,
            dispersion: options.dispersion()?,
            missing: options.missing,
        };
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        let run = |t: &frontier::Technology<'_>| ebm::ebm(t, &core).map_err(|e| renamed(e, "dispersion", "epsilon"));
        let parts = scores::measure(input.panel, &names, options.frontier, options.missing, run)?;
        let sides = sides(input.panel, &names, options.frontier, &parts);
        let (orientation, rts) = (side(options.orientation), returns(options.rts));
        let story = Story {
            panel: input.panel,
            names,
            frontier: options.frontier,
            parts: parts.into_iter().map(|p| Part { rows: p.rows, result: shown(p.result) }).collect(),
            words: Words {
                score: Text::new("Efficiency", "效率"),
                label: Text::new("efficiency (1 = frontier)", "效率（1 为前沿）"),
                note: Text::new("ε and the weights of slacks are in the table `dispersion`.", "ε 与松弛权重见表 `dispersion`。"),
                high_is_best: true,
            },
            variable: "score",
            note: Text::new(
                format!(
                    "Epsilon-based measure, 1 is best: radial factors less slacks by ε. {} move; {}.",
                    scores::capital(orientation.en),
                    rts.en
                ),
                format!("ε 测度，1 为最优：径向系数减去按 ε 计入的松弛；{}移动；{}。", orientation.zh, rts.zh),
            ),
            factors: Text::default(),
        };
        let mut output = story.output();
        output.tables.push(sides);
        Ok(output)
    }
}

fn shown(r: Ebm) -> Shown {
    Shown {
        state: r.state,
        value: r.score,
        interval: r.interval,
        class: r.class,
        beside: vec![
            ("theta", Text::new("Radial factor of inputs θ", "投入径向系数 θ"), r.theta),
            ("eta", Text::new("Radial factor of outputs η", "产出径向系数 η"), r.eta),
        ],
        factors: Vec::new(),
        projection: r.projection,
        zeros: Vec::new(),
    }
}

/// ε and the weights of slacks, one row per frontier and variable.
fn sides(panel: &Panel, names: &Names<'_>, frontier: Frontier, parts: &[Part<Ebm>]) -> Table {
    let (mut periods, mut variables, mut epsilons, mut weights) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        let mut put = |side: &Option<Side>, list: &[String]| {
            for (name, weight) in list.iter().zip(side.iter().flat_map(|s| &s.weights)) {
                periods.push(part.rows.first().map(|&r| i64::from(panel.periods[r])));
                variables.push(super::lookup::variable_label(panel, name));
                epsilons.push(side.as_ref().map_or(f64::NAN, |s| s.epsilon));
                weights.push(*weight);
            }
        };
        put(&part.result.inputs, names.inputs);
        put(&part.result.outputs, names.outputs);
    }
    let none = Text::default;
    let mut table = Table::new("dispersion", Text::new("ε and weights of slacks", "ε 与松弛权重"));
    if frontier == Frontier::PerPeriod && panel.period_name.is_some() {
        table = table.column("period", Text::new("Period", "时期"), none(), Cells::Integer(periods));
    }
    table
        .column("variable", Text::new("Variable", "变量"), none(), Cells::Text(variables))
        .column("epsilon", Text::new("ε of its side", "所在一侧的 ε"), none(), Cells::Number(epsilons, 4))
        .column("weight", Text::new("Weight", "权重"), none(), Cells::Number(weights, 4))
}
