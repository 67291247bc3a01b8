//! `distance`: distances to the frontier that are no plain directional distance.

use frontier::{
    FrontierError, Missing, Role, SlackOrientation, Technology,
    dea::{Returns, Slacks},
    directional::{BadOutputs, Direction, DirectionalError},
    distance::{self, HolderOptions, HyperbolicOptions, ModifiedOptions, Norm, ReverseOptions, Reversed},
};
use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    direction::{self, DirectionName},
    lookup,
    nonradial::{Shown, Story},
    production::{self, Names},
    scores::{self, Frontier, Part, Words, returns},
};
use crate::{
    finding::{Finding, Weight},
    method::{Input, Method, Output, Page},
    table::Cells,
    text::Text,
};

/// How the distance is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DistanceModel {
    /// Modified directional distance: inputs and outputs by steps of their own.
    #[default]
    Modified,
    /// Reverse directional distance: along the way to the target of the measure `of`.
    Reverse,
    /// Hölder distance: the least change in a norm.
    Holder,
    /// Hyperbolic (graph) efficiency: inputs and undesirable outputs shrink, outputs grow by the same factor.
    Hyperbolic,
}

/// The measure that is reversed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReversedName {
    /// The slacks-based measure (enhanced Russell graph measure).
    #[default]
    Sbm,
    /// The modified directional distance along `direction`.
    Modified,
}

/// Options of the distances.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DistanceStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// With `hyperbolic`: undesirable outputs, e.g. emissions; may be empty.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub bad_outputs: Vec<String>,
    /// How the distance is measured: `modified`, `reverse`, `holder` or `hyperbolic`.
    #[serde(default)]
    pub model: DistanceModel,
    /// With `reverse`: the measure, `sbm` or `modified`.
    #[serde(default)]
    pub of: ReversedName,
    /// With `modified`: the direction; `observed`, `inputs`, `outputs`, `mean`, `ones` or `custom`.
    #[serde(default)]
    pub direction: DirectionName,
    /// Lengths of a `custom` direction: one number per input and output.
    #[serde(default)]
    pub lengths: Vec<f64>,
    /// With `holder`: the norm, `one`, `two` or `infinity`.
    #[serde(default)]
    pub norm: Norm,
    /// With `holder`: whether changes count as shares of the unit's own values.
    #[serde(default)]
    pub weighted: bool,
    /// With `holder` and `reverse`: whose variables move.
    #[serde(default)]
    pub orientation: SlackOrientation,
    /// With `hyperbolic`: whether inputs stay as they are.
    #[serde(default)]
    pub fixed_inputs: bool,
    /// With `hyperbolic`: undesirable outputs, `weak` (equalities) or `strong` (as if inputs).
    #[serde(default)]
    pub disposability: BadOutputs,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`; `fdh` with `modified` and `holder`.
    #[serde(default)]
    pub rts: Returns,
    /// What the second phase maximises: slacks over `range` or `mean`, or the plain `sum`. Not with `reverse`.
    #[serde(default = "range")]
    pub slacks: Slacks,
    /// Which observations span the frontier.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

fn range() -> Slacks {
    Slacks::Range
}

impl DistanceStep {
    fn names(&self) -> Names<'_> {
        Names { inputs: &self.inputs, outputs: &self.outputs, bad_outputs: &self.bad_outputs }
    }

    /// Whether a direction is looked at.
    fn directed(&self) -> bool {
        self.model == DistanceModel::Modified || self.model == DistanceModel::Reverse && self.of == ReversedName::Modified
    }

    /// Options of other models.
    fn unused(&self) -> Vec<Problem> {
        use DistanceModel::{Holder, Hyperbolic, Reverse};
        let mut found = Vec::new();
        let mut unused = |set: bool, name: &str, owner: &str| {
            found.extend(set.then(|| production::conflict(name, &format!("it goes with {owner} only"))));
        };
        let sided = self.model == Holder || self.model == Reverse && self.of == ReversedName::Sbm;
        unused(
            self.model != Hyperbolic && !self.bad_outputs.is_empty(),
            "bad_outputs",
            "the model `hyperbolic` (or the method `directional`)",
        );
        unused(self.model != Hyperbolic && self.fixed_inputs, "fixed_inputs", "the model `hyperbolic`");
        unused(
            self.bad_outputs.is_empty() && self.disposability != BadOutputs::default(),
            "disposability",
            "undesirable outputs in the model `hyperbolic`",
        );
        unused(self.model != Reverse && self.of != ReversedName::default(), "of", "the model `reverse`");
        unused(self.direction != DirectionName::default() && !self.directed(), "direction", "the model `modified`");
        unused(!self.lengths.is_empty() && !self.directed(), "lengths", "the model `modified`");
        unused(self.model != Holder && self.norm != Norm::default(), "norm", "the model `holder`");
        unused(self.model != Holder && self.weighted, "weighted", "the model `holder`");
        unused(
            self.orientation != SlackOrientation::None && !sided,
            "orientation",
            "the models `holder` and `reverse` (of `sbm`)",
        );
        found
    }

    fn run(&self, technology: &Technology<'_>, panel: &Panel, rows: &[usize]) -> Result<Ran, Refused> {
        let (returns, slacks, missing, orientation) = (self.rts, self.slacks, self.missing, self.orientation);
        let direction = || -> Result<Direction, Refused> {
            if self.direction == DirectionName::Custom && self.lengths.is_empty() {
                let what = "The direction `custom` needs its lengths.";
                let help = "Give `lengths`, one number per input and output.";
                return Err(Refused::Named(vec![Problem::error("direction", what).help(help)]));
            }
            self.direction.direction(&self.lengths, &[], panel, rows).map_err(Refused::Named)
        };
        Ok(match self.model {
            DistanceModel::Modified => {
                let options = ModifiedOptions { direction: direction()?, returns, slacks, missing };
                let m = distance::modified(technology, &options)?;
                let step = |name, en, zh, values: &Vec<f64>| (name, Text::new(en, zh), values.clone());
                let beside = vec![
                    step("input_step", "Step of inputs βx", "投入步长 βx", &m.input_steps),
                    step("output_step", "Step of outputs βy", "产出步长 βy", &m.output_steps),
                ];
                let shown = Shown {
                    state: m.state,
                    value: m.distance,
                    interval: m.interval,
                    class: m.class,
                    beside,
                    factors: Vec::new(),
                    projection: m.projection,
                    zeros: Vec::new(),
                };
                Ran { shown, moved: Vec::new() }
            }
            DistanceModel::Reverse => {
                let of = match self.of {
                    ReversedName::Sbm => Reversed::Sbm,
                    ReversedName::Modified => Reversed::Modified(direction()?),
                };
                let r = distance::reverse(technology, &ReverseOptions { of, orientation, returns, missing })?;
                let shown = Shown {
                    state: r.state,
                    value: r.distance,
                    interval: r.interval,
                    class: r.class,
                    beside: Vec::new(),
                    factors: r.lengths,
                    projection: r.projection,
                    zeros: r.zeros,
                };
                Ran { shown, moved: Vec::new() }
            }
            DistanceModel::Holder => {
                let options = HolderOptions { norm: self.norm, weighted: self.weighted, orientation, returns, slacks, missing };
                let h = distance::holder(technology, &options)?;
                let shown = Shown {
                    state: h.state,
                    value: h.distance,
                    interval: h.interval,
                    class: h.class,
                    beside: Vec::new(),
                    factors: Vec::new(),
                    projection: h.projection,
                    zeros: Vec::new(),
                };
                Ran { shown, moved: h.moved }
            }
            DistanceModel::Hyperbolic => {
                let options = HyperbolicOptions {
                    fixed_inputs: self.fixed_inputs,
                    returns,
                    bad_outputs: self.disposability,
                    slacks,
                    missing,
                };
                let h = distance::hyperbolic(technology, &options)?;
                let squared = h.score.iter().map(|s| s * s).collect();
                let shown = Shown {
                    state: h.state,
                    value: h.score,
                    interval: h.interval,
                    class: h.class,
                    beside: vec![("squared", Text::new("θ squared", "θ 的平方"), squared)],
                    factors: Vec::new(),
                    projection: h.projection,
                    zeros: Vec::new(),
                };
                Ran { shown, moved: Vec::new() }
            }
        })
    }

    fn words(&self) -> Words {
        let (label, zh) = match self.model {
            DistanceModel::Modified => ("sum of both steps (0 = frontier)", "两步长之和（0 为前沿）"),
            DistanceModel::Reverse => ("reverse distance (0 = frontier)", "反向距离（0 为前沿）"),
            DistanceModel::Holder => ("Hölder distance (0 = frontier)", "Hölder 距离（0 为前沿）"),
            DistanceModel::Hyperbolic => ("hyperbolic efficiency θ (1 = frontier)", "双曲效率 θ（1 为前沿）"),
        };
        let label = Text::new(label, zh);
        if self.model == DistanceModel::Hyperbolic {
            return Words {
                score: Text::new("Efficiency", "效率"),
                label,
                note: Text::new("Units with θ = 1 are on the frontier.", "θ 为 1 的单元位于前沿。"),
                high_is_best: true,
            };
        }
        Words {
            score: Text::new("Distance", "距离"),
            label,
            note: Text::new("Units at distance 0 are on the frontier.", "距离为 0 的单元位于前沿。"),
            high_is_best: false,
        }
    }

    fn note(&self) -> Text {
        let rts = returns(self.rts);
        let direction = self.direction.words();
        let (en, zh) = match self.model {
            DistanceModel::Modified => (
                format!("Largest sum of one step for the inputs and one for the outputs; {}", direction.en),
                format!("投入步长与产出步长之和的最大值；{}", direction.zh),
            ),
            DistanceModel::Reverse if self.of == ReversedName::Sbm => (
                "Distance along the way to the target of the slacks-based measure: one less that measure".to_owned(),
                "沿基于松弛的测度之目标方向的距离，即 1 减该测度".to_owned(),
            ),
            DistanceModel::Reverse => (
                format!("Distance along the way to the target of the modified distance; {}", direction.en),
                format!("沿修正方向距离之目标方向的距离；{}", direction.zh),
            ),
            DistanceModel::Holder => {
                let (norm, norm_zh) = match self.norm {
                    Norm::One => ("the change of one variable", "单个变量的变动"),
                    Norm::Two => ("the straight way", "直线距离"),
                    Norm::Infinity => ("the change of all variables alike", "所有变量的同等变动"),
                };
                let (by, by_zh) = if self.weighted {
                    ("in shares of the unit's own values", "以自身取值的份额计")
                } else {
                    ("in units of measure", "以计量单位计")
                };
                (
                    format!("Least change that reaches the frontier: {norm}, {by}"),
                    format!("到达前沿的最小变动：{norm_zh}，{by_zh}"),
                )
            }
            DistanceModel::Hyperbolic if self.fixed_inputs => (
                "Undesirable outputs times θ and outputs over θ are on the frontier; inputs stay".to_owned(),
                "非期望产出乘以 θ、产出除以 θ 后位于前沿，投入不变".to_owned(),
            ),
            DistanceModel::Hyperbolic => (
                "Inputs (and undesirable outputs) times θ and outputs over θ are on the frontier".to_owned(),
                "投入（及非期望产出）乘以 θ、产出除以 θ 后位于前沿".to_owned(),
            ),
        };
        Text::new(format!("{en}; {}.", rts.en), format!("{zh}；{}。", rts.zh))
    }
}

/// One frontier as it is shown, and the variable that moves alone.
struct Ran {
    shown: Shown,
    moved: Vec<Option<(Role, usize)>>,
}

/// Why a frontier could not be measured against.
enum Refused {
    Core(DirectionalError),
    Named(Vec<Problem>),
}

impl From<DirectionalError> for Refused {
    fn from(e: DirectionalError) -> Self {
        Self::Core(e)
    }
}

impl From<FrontierError> for Refused {
    fn from(e: FrontierError) -> Self {
        Self::Core(e.into())
    }
}

/// Distances to the frontier.
pub struct FrontierDistance;

impl Method for FrontierDistance {
    type Options = DistanceStep;
    const NAME: &'static str = "distance";
    const PAGE: Page = Page {
        title: ("Distances to the frontier: modified, reverse, Hölder, hyperbolic", "到前沿的距离：修正、反向、Hölder、双曲"),
        en: distance::PAGE,
        zh: distance::PAGE_ZH,
        example: "xinzhi distance data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --bad-outputs co2 --model hyperbolic --out result",
    };

    fn check(options: &DistanceStep) -> Vec<Problem> {
        let single = matches!(options.model, DistanceModel::Modified | DistanceModel::Holder)
            || options.model == DistanceModel::Reverse && options.of == ReversedName::Modified;
        let rts = if single && options.rts == Returns::Fdh { None } else { production::sum_of_weights(options.rts) };
        options.names().repeated().into_iter().chain(options.unused()).chain(rts).collect()
    }

    fn run(input: &Input<'_>, options: &DistanceStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let names = options.names();
        let refused = |e: &Refused, rows: &[usize]| match e {
            // A period without a complete unit has no frontier; where such units are left out, they all are.
            Refused::Core(DirectionalError::Frontier(FrontierError::Empty)) if options.missing == Missing::Exclude => Vec::new(),
            Refused::Core(e) => direction::refused(&names, e, panel, rows),
            Refused::Named(problems) => problems.clone(),
        };
        let run = |t: &Technology<'_>, rows: &[usize]| options.run(t, panel, rows);
        let parts = scores::measure_rows(panel, &names, options.frontier, run, refused)?;
        let moves = options.model == DistanceModel::Holder && options.norm == Norm::One;
        let moved = moves.then(|| {
            scores::spread(panel, &parts, Text::default(), |r, u| match r.moved.get(u).copied().flatten() {
                Some((role, v)) => lookup::variable_label(panel, names.get(role, v)),
                None => Text::default(),
            })
        });
        let story = Story {
            panel,
            names: options.names(),
            frontier: options.frontier,
            parts: parts.into_iter().map(|p| Part { rows: p.rows, result: p.result.shown }).collect(),
            words: options.words(),
            variable: if options.model == DistanceModel::Hyperbolic { "score" } else { "distance" },
            note: options.note(),
            factors: Text::new("Direction: length of one step, in the unit of the variable", "方向：一步的长度，以变量的单位计"),
        };
        let mut output = story.output();
        if let Some(moved) = moved {
            let every: Vec<usize> = (0..panel.len()).collect();
            let table = scores::keyed(panel, "moved", Text::new("The variable that moves", "移动的变量"), &every);
            let label = Text::new("Nearest by", "最近变量");
            output.tables.push(table.column("variable", label, Text::default(), Cells::Text(moved)).hidden());
        }
        output.findings.extend(options.apples_and_pears(panel));
        Ok(output)
    }
}

impl DistanceStep {
    /// A norm over variables in different units of measure.
    fn apples_and_pears(&self, panel: &Panel) -> Option<Finding> {
        if self.model != DistanceModel::Holder || self.weighted {
            return None;
        }
        let names: Vec<&String> = match self.orientation {
            SlackOrientation::None => self.inputs.iter().chain(&self.outputs).collect(),
            SlackOrientation::Input => self.inputs.iter().collect(),
            SlackOrientation::Output => self.outputs.iter().collect(),
        };
        let unit = |name: &&String| panel.variable(name).map_or("", |v| v.meaning.unit.as_str());
        let first = names.first().map_or("", unit);
        let alike = names.len() < 2 || !first.is_empty() && names.iter().all(|n| unit(n) == first);
        (!alike).then(|| Finding {
            code: "FR032".into(),
            weight: Weight::Warning,
            place: Text::plain(names.iter().map(|n| n.as_str()).collect::<Vec<_>>().join(", ")),
            message: Text::new(
                "The norm compares changes in units of measure that are not the same for all variables: other units, another distance.",
                "范数比较的是各变量计量单位下的变动，而这些单位并不相同：换一种单位，距离就不同。",
            ),
        })
    }
}

#[cfg(test)]
mod tests;
