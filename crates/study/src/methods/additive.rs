//! `additive`: weighted additive models.

use frontier::{
    Missing, SlackOrientation, State,
    additive::{self, Additive, AdditiveOptions, Weights},
    dea::{Class, Returns},
};
use numerics::moments;
use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    production::{self, Names},
    scores::{self, Frontier, Words, capital, returns},
    slacks,
};
use crate::{
    finding::{Finding, Weight},
    method::{Check, Input, Method, Output, Page},
    table::{Cells, Table},
    text::Text,
};

/// What one unit of slack weighs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SlackWeights {
    /// 1; the value depends on the units of measure.
    Sum,
    /// Measure of inefficiency proportions: 1 over the unit's own value.
    Mip,
    /// Range adjusted measure: 1 over the range of the variable.
    #[default]
    Ram,
    /// Bounded adjusted measure: 1 over the distance to the best value.
    Bam,
    /// 1 over the standard deviation.
    Normalised,
    /// The numbers in `input_weights` and `output_weights`.
    Custom,
}

/// Options of the additive models.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdditiveStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// What one unit of slack weighs.
    #[serde(default)]
    pub weights: SlackWeights,
    /// With `custom`: a weight for each input, in order.
    #[serde(default)]
    pub input_weights: Vec<f64>,
    /// With `custom`: a weight for each output, in order.
    #[serde(default)]
    pub output_weights: Vec<f64>,
    /// Whose slacks count.
    #[serde(default)]
    pub orientation: SlackOrientation,
    /// Whether units without slack are measured against the others only (Du, Liang and Zhu 2010); not with `bam`.
    #[serde(default)]
    pub super_efficiency: bool,
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

/// Weighted additive models.
pub struct AdditiveModels;

impl Method for AdditiveModels {
    type Options = AdditiveStep;
    const NAME: &'static str = "additive";
    const PAGE: Page = Page {
        title: ("Additive models (slacks with weights)", "加性模型（加权松弛）"),
        en: additive::PAGE,
        zh: additive::PAGE_ZH,
        example: "xinzhi additive data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --weights bam --out result",
    };

    fn check(options: &AdditiveStep) -> Vec<Problem> {
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        let weights = options.weights().err().unwrap_or_default();
        names.repeated().into_iter().chain(weights).chain(production::sum_of_weights(options.rts)).collect()
    }

    fn run(input: &Input<'_>, options: &AdditiveStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let core = AdditiveOptions {
            weights: options.weights()?,
            orientation: options.orientation,
            returns: options.rts,
            super_efficiency: options.super_efficiency,
            missing: options.missing,
        };
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        let parts = scores::measure(panel, &names, options.frontier, options.missing, |t| additive::additive(t, &core))?;
        Ok(Story { panel, options, names, parts }.output())
    }
}

impl AdditiveStep {
    fn weights(&self) -> Result<Weights, Vec<Problem>> {
        let (inputs, outputs) = (self.input_weights.clone(), self.output_weights.clone());
        if self.weights != SlackWeights::Custom && !(inputs.is_empty() && outputs.is_empty()) {
            let problem =
                Problem::error("weights-unused", "`input_weights` and `output_weights` go with `weights = \"custom\"` only.");
            return Err(vec![problem.help("Set `weights = \"custom\"`, or leave the numbers out.")]);
        }
        Ok(self.weights.named().unwrap_or(Weights::Custom { inputs, outputs }))
    }
}

impl SlackWeights {
    /// The weights of this name; `None` for those that come with numbers.
    pub(super) fn named(self) -> Option<Weights> {
        match self {
            Self::Sum => Some(Weights::Sum),
            Self::Mip => Some(Weights::Mip),
            Self::Ram => Some(Weights::Ram),
            Self::Bam => Some(Weights::Bam),
            Self::Normalised => Some(Weights::Normalised),
            Self::Custom => None,
        }
    }
}

type Story<'a> = scores::Story<'a, AdditiveStep, Additive>;

impl Story<'_> {
    /// RAM and BAM are read as `1 − inefficiency`; the other sums have no such scale.
    fn scaled(&self) -> bool {
        matches!(self.options.weights, SlackWeights::Ram | SlackWeights::Bam)
    }

    fn words(&self) -> Words {
        if self.scaled() {
            Words {
                score: Text::new("Efficiency", "效率"),
                label: Text::new("efficiency (1 = frontier)", "效率（1 为前沿）"),
                note: Text::new("Units with score 1 have no slack.", "效率为 1 的单元没有松弛。"),
                high_is_best: true,
            }
        } else {
            Words {
                score: Text::new("Inefficiency", "无效率值"),
                label: Text::new("weighted slacks (0 = frontier)", "加权松弛（0 为前沿）"),
                note: Text::new("Units with value 0 have no slack.", "数值为 0 的单元没有松弛。"),
                high_is_best: false,
            }
        }
    }

    fn output(&self) -> Output {
        let panel = self.panel;
        let inefficiency = self.spread(f64::NAN, |d, u| d.inefficiency[u]);
        let efficiency = self.spread(f64::NAN, |d, u| d.efficiency.as_ref().map_or(f64::NAN, |e| e[u]));
        let read = if self.scaled() { &efficiency } else { &inefficiency };
        let words = self.words();
        let mut findings = scores::findings(panel, &self.parts, self.options.frontier, &self.names, |d| &d.state);
        findings.extend(self.mixed_units());
        findings.extend(scores::crowded(panel, &self.parts, self.options.frontier, |d| &d.class));
        findings.extend(slacks::zeros(panel, &self.parts, &self.names, |d| &d.dropped));
        let mut tables = words.last_period_first(panel, self.scores(&inefficiency, &efficiency), read);
        tables.extend(slacks::tables(panel, &self.parts, self.options.frontier, &self.names, |d| &d.projection));
        let mut variables =
            vec![scores::variable(panel, "inefficiency", Text::new("Inefficiency", "无效率值"), inefficiency.clone())];
        if self.scaled() {
            variables.push(scores::variable(panel, "score", words.score.clone(), efficiency.clone()));
        }
        Output {
            summary: self.summary(read),
            variables,
            tables,
            figures: words.figures(panel, read),
            findings,
            checks: self.checks(),
        }
    }

    fn scores(&self, inefficiency: &[f64], efficiency: &[f64]) -> Table {
        let every: Vec<usize> = (0..self.panel.len()).collect();
        let (weights, orientation, rts) =
            (weights(self.options.weights), side(self.options.orientation), returns(self.options.rts));
        let title = Text::new("Slack-based scores", "松弛效率值");
        let mut table = scores::keyed(self.panel, "scores", title, &every).note(Text::new(
            format!("Largest weighted sum of slacks, 0 is best. Weights: {}; {}; {}.", weights.en, orientation.en, rts.en),
            format!("松弛加权和的最大值，0 为最优。权重：{}；{}；{}。", weights.zh, orientation.zh, rts.zh),
        ));
        let number = |values: &[f64]| Cells::Number(values.to_vec(), 4);
        if self.scaled() {
            let label = Text::new("Efficiency (1 − inefficiency)", "效率（1 − 无效率值）");
            table = table.column("score", label, Text::default(), number(efficiency));
        }
        table = table.column("inefficiency", Text::new("Inefficiency", "无效率值"), Text::default(), number(inefficiency));
        if self.options.super_efficiency {
            let label = Text::new("Ratio of target shares (Du, Liang and Zhu)", "目标份额之比（Du、Liang 与 Zhu）");
            let ratio = self.spread(f64::NAN, |d, u| d.ratio.as_ref().map_or(f64::NAN, |r| r[u]));
            table = table.column("ratio", label, Text::default(), number(&ratio));
        }
        let table = slacks::class_and_unique(table, self.panel, &self.parts, |d| &d.class, |d| &d.projection);
        let states = self.spread(State::Missing, |d, u| d.state[u]);
        scores::certified(table, &states, &self.spread((f64::NAN, f64::NAN), |d, u| d.interval[u]))
    }

    fn mixed_units(&self) -> Option<Finding> {
        let sum = self.options.weights == SlackWeights::Sum;
        sum.then(|| mixed_units(self.panel, &self.names, self.options.orientation)).flatten()
    }

    fn summary(&self, read: &[f64]) -> Vec<Text> {
        let period = self.panel.period_set().last().copied().unwrap_or_default();
        let rows: Vec<usize> =
            (0..self.panel.len()).filter(|&r| self.panel.periods[r] == period && read[r].is_finite()).collect();
        if rows.is_empty() {
            return vec![Text::new("No unit could be scored.", "没有可计算的单元。")];
        }
        let class = self.spread(Class::None, |d, u| d.class[u]);
        let strong = rows.iter().filter(|&&r| matches!(class[r], Class::Strong | Class::Super)).count();
        let mean = moments::mean(&rows.iter().map(|&r| read[r]).collect::<Vec<_>>());
        let (when, when_zh) = scores::when(self.panel, period);
        let words = self.words();
        vec![Text::new(
            capital(format!(
                "{when}{strong} of {} units have no slack; the mean {} is {mean:.3}.",
                rows.len(),
                words.score.en.to_lowercase()
            )),
            format!("{when_zh}{} 个单元中 {strong} 个没有松弛，平均{} {mean:.3}。", rows.len(), words.score.zh),
        )]
    }

    fn checks(&self) -> Vec<Check> {
        let mut checks = vec![slacks::certificate(&self.parts, |d| &d.state, |d| &d.interval, |d, u| d.magnitude[u])];
        if self.scaled() && self.options.rts == Returns::Vrs {
            let above = self.parts.iter().flat_map(|p| &p.result.inefficiency).filter(|v| v.is_finite()).map(|v| v - 1.0);
            checks.push(Check {
                name: Text::new("Inefficiency ≤ 1", "无效率值 ≤ 1"),
                residual: above.fold(0.0, f64::max),
                tolerance: 1e-9,
            });
        }
        checks
    }
}

fn weights(w: SlackWeights) -> Text {
    match w {
        SlackWeights::Sum => Text::new("1 (plain sum)", "1（简单和）"),
        SlackWeights::Mip => Text::new("1 over the unit's value (MIP)", "单元取值的倒数（MIP）"),
        SlackWeights::Ram => Text::new("1 over the range (RAM)", "极差的倒数（RAM）"),
        SlackWeights::Bam => Text::new("1 over the distance to the best value (BAM)", "与最优值之差的倒数（BAM）"),
        SlackWeights::Normalised => Text::new("1 over the standard deviation", "标准差的倒数"),
        SlackWeights::Custom => Text::new("given", "自定"),
    }
}

/// The words for whose slacks count.
pub(super) fn side(o: SlackOrientation) -> Text {
    match o {
        SlackOrientation::None => Text::new("inputs and outputs", "投入与产出"),
        SlackOrientation::Input => Text::new("inputs", "投入"),
        SlackOrientation::Output => Text::new("outputs", "产出"),
    }
}

/// A plain sum of slacks in several units of measure has no meaning of its own.
pub(super) fn mixed_units(panel: &Panel, names: &Names<'_>, orientation: SlackOrientation) -> Option<Finding> {
    let counted: Vec<&String> = match orientation {
        SlackOrientation::None => names.inputs.iter().chain(names.outputs).collect(),
        SlackOrientation::Input => names.inputs.iter().collect(),
        SlackOrientation::Output => names.outputs.iter().collect(),
    };
    let unit = |n: &String| panel.variable(n).map_or("", |v| v.meaning.unit.as_str());
    let first = counted.first().map_or("", |n| unit(n));
    let same = counted.len() < 2 || !first.is_empty() && counted.iter().all(|n| unit(n) == first);
    (!same).then(|| Finding {
        code: "FR004".into(),
        weight: Weight::Warning,
        place: Text::plain(counted.iter().map(|n| n.as_str()).collect::<Vec<_>>().join(", ")),
        message: Text::new(
            "Slacks in different or unknown units of measure are added up as they are; values, ranks and targets change with the units.",
            "计量单位不同或不明的松弛被直接相加；数值、排名与目标值都随计量单位改变。",
        ),
    })
}
