//! `closest`: closest targets on the strongly efficient frontier.

use frontier::{
    Missing, SlackOrientation,
    additive::Weights,
    closest::{self, Closest, ClosestOptions, Measure},
    dea::Returns,
};
use panel::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    additive::{self, side},
    nonradial::{Shown, Story, renamed},
    production::{self, Names},
    scores::{self, Frontier, Part, Words, capital, returns},
    slacks,
};
use crate::{
    method::{Input, Method, Output, Page},
    text::Text,
};

/// By what the distance to a target is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Nearness {
    /// The slacks-based measure, as large as it can be (SBM-max, MinDS).
    #[default]
    Sbm,
    /// The plain sum of slacks, as small as it can be (mADD); it depends on the units of measure.
    Sum,
    /// Sum of slacks over the unit's own values.
    Mip,
    /// Sum of slacks over the ranges of the variables.
    Ram,
    /// Sum of slacks over the distances to the best values; `vrs` only.
    Bam,
    /// Sum of slacks over the standard deviations.
    Normalised,
    /// Sum of slacks with the numbers in `input_weights` and `output_weights`.
    Custom,
}

/// Options of closest targets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosestStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// By what the distance to a target is measured.
    #[serde(default)]
    pub measure: Nearness,
    /// With `custom`: a weight for each input, in order.
    #[serde(default)]
    pub input_weights: Vec<f64>,
    /// With `custom`: a weight for each output, in order.
    #[serde(default)]
    pub output_weights: Vec<f64>,
    /// Whose slacks count.
    #[serde(default)]
    pub orientation: SlackOrientation,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    #[serde(default)]
    pub rts: Returns,
    /// Which observations span the frontier.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

/// Closest targets.
pub struct ClosestTargets;

impl Method for ClosestTargets {
    type Options = ClosestStep;
    const NAME: &'static str = "closest";
    const PAGE: Page = Page {
        title: ("Closest targets on the strongly efficient frontier", "强有效前沿上的最近目标"),
        en: closest::PAGE,
        zh: closest::PAGE_ZH,
        example: "xinzhi closest data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --out result",
    };

    fn check(options: &ClosestStep) -> Vec<Problem> {
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        let measure = options.measure().err().unwrap_or_default();
        names.repeated().into_iter().chain(measure).chain(production::sum_of_weights(options.rts)).collect()
    }

    fn run(input: &Input<'_>, options: &ClosestStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let core = ClosestOptions {
            measure: options.measure()?,
            orientation: options.orientation,
            returns: options.rts,
            missing: options.missing,
        };
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        let own = options.measure == Nearness::Custom;
        let rename = |e| if own { renamed(e, "weights", "input_weights") } else { renamed(e, "weights", "measure") };
        let run = |t: &frontier::Technology<'_>| closest::closest(t, &core).map_err(rename);
        let parts = scores::measure(panel, &names, options.frontier, options.missing, run)?;
        let certificate = slacks::certificate(&parts, |d| &d.state, |d| &d.interval, |d, u| d.magnitude[u]);
        let mixed = (options.measure == Nearness::Sum).then(|| additive::mixed_units(panel, &names, options.orientation));
        let (words, note) = options.words();
        let story = Story {
            panel,
            names,
            frontier: options.frontier,
            parts: parts.into_iter().map(|p| Part { rows: p.rows, result: shown(p.result) }).collect(),
            words,
            variable: if options.measure == Nearness::Sbm { "score" } else { "distance" },
            note,
            factors: Text::default(),
        };
        let mut output = story.output();
        output.findings.extend(mixed.flatten());
        output.checks = vec![certificate];
        Ok(output)
    }
}

impl ClosestStep {
    fn measure(&self) -> Result<Measure, Vec<Problem>> {
        let (inputs, outputs) = (self.input_weights.clone(), self.output_weights.clone());
        if self.measure != Nearness::Custom && !(inputs.is_empty() && outputs.is_empty()) {
            let problem =
                Problem::error("weights-unused", "`input_weights` and `output_weights` go with `measure = \"custom\"` only.");
            return Err(vec![problem.help("Set `measure = \"custom\"`, or leave the numbers out.")]);
        }
        if self.measure == Nearness::Bam && self.rts != Returns::Vrs {
            return Err(vec![production::conflict("measure", "`bam` is bounded by the best values seen under `vrs` only")]);
        }
        Ok(match self.measure {
            Nearness::Sbm => Measure::Sbm,
            Nearness::Sum => Measure::Weighted(Weights::Sum),
            Nearness::Mip => Measure::Weighted(Weights::Mip),
            Nearness::Ram => Measure::Weighted(Weights::Ram),
            Nearness::Bam => Measure::Weighted(Weights::Bam),
            Nearness::Normalised => Measure::Weighted(Weights::Normalised),
            Nearness::Custom => Measure::Weighted(Weights::Custom { inputs, outputs }),
        })
    }

    /// What is said of the value, and the note of its table.
    fn words(&self) -> (Words, Text) {
        let (orientation, rts) = (side(self.orientation), returns(self.rts));
        let best = self.measure == Nearness::Sbm;
        let (en, zh) = match self.measure {
            Nearness::Sbm => ("largest slacks-based measure", "基于松弛的测度的最大值"),
            Nearness::Sum => ("least plain sum of slacks", "松弛简单和的最小值"),
            Nearness::Mip => ("least sum of slacks over the unit's own values", "松弛占自身取值比例之和的最小值"),
            Nearness::Ram => ("least sum of slacks over the ranges", "松弛占极差比例之和的最小值"),
            Nearness::Bam => ("least sum of slacks over the distances to the best values", "松弛占最优值之差比例之和的最小值"),
            Nearness::Normalised => ("least sum of slacks over the standard deviations", "松弛占标准差比例之和的最小值"),
            Nearness::Custom => ("least sum of slacks with the weights given", "按给定权重的松弛和的最小值"),
        };
        let note = Text::new(
            format!(
                "{} over all strongly efficient points that dominate the unit, {} is best. Slacks of {} count; {}. \
                 For targets, not for ranks.",
                capital(en),
                if best { 1 } else { 0 },
                orientation.en,
                rts.en
            ),
            format!(
                "支配该单元的全部强有效点上{zh}，{} 为最优；计入{}的松弛；{}。用于定目标，不用于排名。",
                if best { 1 } else { 0 },
                orientation.zh,
                rts.zh
            ),
        );
        let words = if best {
            Words {
                score: Text::new("Efficiency of the closest target", "最近目标的效率"),
                label: Text::new("efficiency of the closest target (1 = frontier)", "最近目标的效率（1 为前沿）"),
                note: Text::new("Units with score 1 have no slack that counts.", "效率为 1 的单元没有计入的松弛。"),
                high_is_best: true,
            }
        } else {
            Words {
                score: Text::new("Distance to the closest target", "到最近目标的距离"),
                label: Text::new("weighted slacks to the closest target (0 = frontier)", "到最近目标的加权松弛（0 为前沿）"),
                note: Text::new("Units with distance 0 have no slack that counts.", "距离为 0 的单元没有计入的松弛。"),
                high_is_best: false,
            }
        };
        (words, note)
    }
}

fn shown(r: Closest) -> Shown {
    Shown {
        state: r.state,
        value: r.value,
        interval: r.interval,
        class: r.class,
        beside: Vec::new(),
        factors: Vec::new(),
        projection: r.projection,
        zeros: r.zeros,
    }
}

#[cfg(test)]
#[path = "closest_tests.rs"]
mod tests;
