//! `russell`: the Russell measure, with preferences.

use frontier::{
    Missing,
    dea::Returns,
    russell::{self, Russell, RussellOptions, RussellOrientation},
};
use panel::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    defaults,
    nonradial::{Shown, Story, renamed},
    production::{self, Names},
    scores::{self, Frontier, Part, Words, returns},
};
use crate::{
    method::{Input, Method, Output, Page},
    text::Text,
};

/// Options of the Russell measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RussellStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Whose variables move, each by a factor of its own: `input`, `output` or `graph` (both).
    #[serde(default)]
    pub orientation: RussellOrientation,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    #[serde(default)]
    pub rts: Returns,
    /// Preference weights of the variables that move, in order; equal if not given.
    #[serde(default)]
    pub preferences: Vec<f64>,
    /// Whether no variable may get worse; if not, one may where that pays for others (Zhu 1996). Not with `graph`.
    #[serde(default = "defaults::yes")]
    pub bounded: bool,
    /// Which observations span the frontier.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

/// The Russell measure.
pub struct RussellMeasure;

impl Method for RussellMeasure {
    type Options = RussellStep;
    const NAME: &'static str = "russell";
    const PAGE: Page = Page {
        title: ("Russell measure (non-radial)", "Russell 测度（非径向）"),
        en: russell::PAGE,
        zh: russell::PAGE_ZH,
        example: "xinzhi russell data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --out result",
    };

    fn check(options: &RussellStep) -> Vec<Problem> {
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        let free = options.orientation == RussellOrientation::Graph && !options.bounded;
        let free = free.then(|| production::conflict("bounded", "the graph measure is that of factors that make nothing worse"));
        names.repeated().into_iter().chain(free).chain(production::sum_of_weights(options.rts)).collect()
    }

    fn run(input: &Input<'_>, options: &RussellStep) -> Result<Output, Vec<Problem>> {
        let core = RussellOptions {
            orientation: options.orientation,
            returns: options.rts,
            weights: options.preferences.clone(),
            bounded: options.bounded,
            missing: options.missing,
        };
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        let run = |t: &frontier::Technology<'_>| russell::russell(t, &core).map_err(|e| renamed(e, "weights", "preferences"));
        let parts = scores::measure(input.panel, &names, options.frontier, options.missing, run)?;
        let shown = |p: Part<Russell>| Part { rows: p.rows, result: shown(p.result, options.orientation, options.inputs.len()) };
        let rts = returns(options.rts);
        let (en, zh) = match options.orientation {
            RussellOrientation::Input => ("inputs", "投入"),
            RussellOrientation::Output => ("outputs", "产出"),
            RussellOrientation::Graph => ("inputs and outputs", "投入与产出"),
        };
        let story = Story {
            panel: input.panel,
            names,
            frontier: options.frontier,
            parts: parts.into_iter().map(shown).collect(),
            words: Words {
                score: Text::new("Efficiency", "效率"),
                label: Text::new("efficiency (1 = frontier)", "效率（1 为前沿）"),
                note: Text::new(
                    format!("Units with score 1 can improve none of their {en}."),
                    format!("效率为 1 的单元没有可改进的{zh}。"),
                ),
                high_is_best: true,
            },
            variable: "score",
            note: Text::new(
                format!("Russell measure, 1 is best: mean of one factor for each of the {en}; {}.", rts.en),
                format!("Russell 测度，1 为最优：每项{zh}各有一个系数，取平均；{}。", rts.zh),
            ),
            factors: Text::new("Factor of each variable (1 = stays)", "各变量的系数（1 为不变）"),
        };
        Ok(story.output())
    }
}

fn shown(r: Russell, orientation: RussellOrientation, inputs: usize) -> Shown {
    let outputs = orientation == RussellOrientation::Output;
    let blank = || vec![f64::NAN; r.score.len()];
    let factors = if outputs { (0..inputs).map(|_| blank()).chain(r.factors.clone()).collect() } else { r.factors.clone() };
    let beside = if outputs {
        vec![("mean_factor", Text::new("Mean factor φ", "平均系数 φ"), r.reciprocal.clone())]
    } else {
        Vec::new()
    };
    Shown {
        state: r.state,
        value: r.score,
        interval: r.interval,
        class: r.class,
        beside,
        factors,
        projection: r.projection,
        zeros: r.zeros,
    }
}
