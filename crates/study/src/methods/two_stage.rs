//! `two-stage`: network DEA of a chain of two stages.

mod figures;
mod tables;

use frontier::{
    Missing, State,
    dea::Returns,
    two_stage::{self, Chain, Model, Stage, TwoStage, TwoStageOptions, Weaker},
};
use numerics::moments;
use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    lookup,
    production::{self, Names},
    scores::{self, Frontier, Part, Words, capital},
    slacks,
};
use crate::{
    finding::{Finding, Weight},
    method::{Check, Input, Method, Output, Page},
    text::Text,
};

/// Options of the two-stage models.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TwoStageStep {
    /// Inputs of the first stage.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// What the first stage makes and the second uses.
    #[schemars(extend("x-role" = "variable"))]
    pub intermediates: Vec<String>,
    /// Outputs of the second stage.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// How the stages make up the system: `relational`, `centralised`, `additive` or `leader-follower`.
    #[serde(default)]
    pub model: Model,
    /// The stage that is as efficient as the system's optimum allows, or that leads.
    #[serde(default)]
    pub priority: Stage,
    /// Returns to scale: `crs`; `additive` takes `vrs` too.
    #[serde(default = "crs")]
    pub rts: Returns,
    /// Which observations span the frontier.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

fn crs() -> Returns {
    Returns::Crs
}

/// Network DEA of a chain of two stages.
pub struct TwoStageMethod;

impl Method for TwoStageMethod {
    type Options = TwoStageStep;
    const NAME: &'static str = "two-stage";
    const PAGE: Page = Page {
        title: ("Two-stage network DEA", "两阶段网络DEA"),
        en: two_stage::PAGE,
        zh: two_stage::PAGE_ZH,
        example: "xinzhi two-stage data.csv --unit province --period year --inputs rd_expenditure,rd_fte --intermediates patents --outputs new_product_sales --out result",
    };

    fn check(options: &TwoStageStep) -> Vec<Problem> {
        options.names().repeated()
    }

    fn run(input: &Input<'_>, options: &TwoStageStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let core =
            TwoStageOptions { model: options.model, priority: options.priority, returns: options.rts, missing: options.missing };
        let names = options.names();
        let parts = scores::measure(panel, &names, options.frontier, options.missing, |t| {
            let chain = Chain { inputs: t.inputs.clone(), intermediates: t.bad_outputs.clone(), outputs: t.outputs.clone() };
            two_stage::two_stage(&chain, &core)
        })?;
        Ok(Story::new(panel, options, parts).output())
    }
}

impl TwoStageStep {
    /// Intermediates stand in the third place: a chain has no undesirable outputs.
    fn names(&self) -> Names<'_> {
        Names { inputs: &self.inputs, outputs: &self.outputs, bad_outputs: &self.intermediates }
    }
}

struct Story<'a> {
    panel: &'a Panel,
    options: &'a TwoStageStep,
    parts: Vec<Part<TwoStage>>,
    system: Vec<f64>,
    first: Vec<f64>,
    second: Vec<f64>,
    weaker: Vec<Weaker>,
}

impl<'a> Story<'a> {
    fn new(panel: &'a Panel, options: &'a TwoStageStep, parts: Vec<Part<TwoStage>>) -> Self {
        let number = |get: fn(&TwoStage, usize) -> f64| scores::spread(panel, &parts, f64::NAN, get);
        Self {
            system: number(|r, u| r.efficiency[u]),
            first: number(|r, u| r.stages.first[u]),
            second: number(|r, u| r.stages.second[u]),
            weaker: scores::spread(panel, &parts, Weaker::None, |r, u| r.weaker[u]),
            panel,
            options,
            parts,
        }
    }

    fn output(&self) -> Output {
        let panel = self.panel;
        let names = self.options.names();
        let mut findings = scores::findings(panel, &self.parts, self.options.frontier, &names, |r| &r.state);
        findings.extend(self.weightless());
        let variable = |name: &str, label, values: &[f64]| scores::variable(panel, name, label, values.to_vec());
        Output {
            summary: self.summary(),
            variables: vec![
                variable("score", Text::new("System efficiency", "系统效率"), &self.system),
                variable("first_stage", stage_name(Stage::First), &self.first),
                variable("second_stage", stage_name(Stage::Second), &self.second),
            ],
            tables: self.tables(),
            figures: self.figures(),
            findings,
            checks: self.checks(),
        }
    }

    fn words() -> Words {
        Words {
            score: Text::new("System efficiency", "系统效率"),
            label: Text::new("efficiency (1 = frontier)", "效率（1 为前沿）"),
            note: Text::new("A system is efficient only where both of its stages are.", "只有两个阶段都有效，系统才有效。"),
            high_is_best: true,
        }
    }

    /// What a stage turns into what.
    fn turns(&self, stage: Stage) -> Text {
        let labels = |names: &[String]| -> (String, String) {
            let labels: Vec<Text> = names.iter().map(|n| lookup::variable_label(self.panel, n)).collect();
            let zh = |t: &Text| if t.zh.is_empty() { t.en.clone() } else { t.zh.clone() };
            let en: Vec<&str> = labels.iter().map(|t| t.en.as_str()).collect();
            (en.join(" + "), labels.iter().map(zh).collect::<Vec<_>>().join("、"))
        };
        let o = self.options;
        let (from, to) = match stage {
            Stage::First => (labels(&o.inputs), labels(&o.intermediates)),
            Stage::Second => (labels(&o.intermediates), labels(&o.outputs)),
        };
        Text::new(format!("{} → {}", from.0, to.0), format!("{} → {}", from.1, to.1))
    }

    /// Rows of a period that have a system and both stages.
    fn whole(&self, period: i32) -> Vec<usize> {
        let solved = |r: &usize| self.weaker[*r] != Weaker::None;
        (0..self.panel.len()).filter(|&r| self.panel.periods[r] == period).filter(solved).collect()
    }

    fn summary(&self) -> Vec<Text> {
        let panel = self.panel;
        let period = panel.period_set().last().copied().unwrap_or_default();
        let rows = self.whole(period);
        let Some(&worst) = rows.iter().min_by(|a, b| self.system[**a].total_cmp(&self.system[**b])) else {
            return vec![Text::new("No unit could be scored.", "没有可计算的单元。")];
        };
        let mean = |values: &[f64]| moments::mean(&rows.iter().map(|&r| values[r]).collect::<Vec<_>>());
        let count = |w: Weaker| rows.iter().filter(|&&r| self.weaker[r] == w).count();
        let (when, when_zh) = scores::when(panel, period);
        let (s, a, b) = (mean(&self.system), mean(&self.first), mean(&self.second));
        let (first, second, rest) = (count(Weaker::First), count(Weaker::Second), count(Weaker::Even) + count(Weaker::Open));
        let n = rows.len();
        let zh = if panel.units_zh[worst].is_empty() { &panel.units[worst] } else { &panel.units_zh[worst] };
        let (turns_a, turns_b) = (self.turns(Stage::First), self.turns(Stage::Second));
        vec![
            Text::new(
                capital(format!(
                    "{when}the mean efficiency of {n} chains is {s:.3}: {a:.3} in the first stage ({}) and {b:.3} in the second ({}).",
                    turns_a.en, turns_b.en
                )),
                format!(
                    "{when_zh}{n} 条链的平均系统效率为 {s:.3}：第一阶段（{}）{a:.3}，第二阶段（{}）{b:.3}。",
                    turns_a.zh, turns_b.zh
                ),
            ),
            Text::new(
                format!(
                    "The first stage is the weaker one in {first} of {n} units and the second in {second}; {rest} are even or depend on which stage has priority."
                ),
                format!(
                    "{n} 个单元中，第一阶段较弱的 {first} 个，第二阶段较弱的 {second} 个；其余 {rest} 个两者相等或取决于何者优先。"
                ),
            ),
            Text::new(
                format!("The lowest system efficiency is {:.3} ({}).", self.system[worst], panel.units[worst]),
                format!("系统效率最低的是{zh}（{:.3}）。", self.system[worst]),
            ),
        ]
    }

    /// The additive model may give a stage no weight; then nothing is said of it.
    fn weightless(&self) -> Option<Finding> {
        let system = scores::spread(self.panel, &self.parts, State::Missing, |r, u| r.state[u]);
        let lost = |r: &usize| system[*r] == State::Optimal && self.weaker[*r] == Weaker::None;
        let places: Vec<String> = (0..self.panel.len()).filter(lost).map(|r| scores::place(self.panel, r)).collect();
        (!places.is_empty()).then(|| Finding {
            code: "FR018".into(),
            weight: Weight::Warning,
            place: production::listed(&places),
            message: Text::new(
                format!(
                    "{} have a system efficiency in which one stage has no weight, or a stage that could not be certified; which stage is weaker is not said.",
                    production::counted(places.len(), "observation")
                ),
                format!("{} 个观测的系统效率中某一阶段权重为零，或阶段数值未获认证；不判定较弱阶段。", places.len()),
            ),
        })
    }

    fn checks(&self) -> Vec<Check> {
        let gap = |r: &TwoStage, u: usize| {
            let given = match self.options.model {
                Model::Additive => {
                    let share = r.stages.first_weight[u];
                    share * r.stages.first[u] + (1.0 - share) * r.stages.second[u]
                }
                _ => r.stages.first[u] * r.stages.second[u],
            };
            (given - r.efficiency[u]).abs()
        };
        let largest = |r: &TwoStage| {
            let gaps = (0..r.efficiency.len()).map(|u| gap(r, u)).filter(|g| g.is_finite());
            gaps.fold(0.0, f64::max)
        };
        let name = match self.options.model {
            Model::Additive => Text::new("System = weighted mean of its stages", "系统效率 = 两阶段加权平均"),
            _ => Text::new("System = first stage × second stage", "系统效率 = 第一阶段 × 第二阶段"),
        };
        vec![
            slacks::certificate(&self.parts, |r| &r.state, |r| &r.interval, |_, _| 1.0),
            Check { name, residual: self.parts.iter().map(|p| largest(&p.result)).fold(0.0, f64::max), tolerance: 1e-8 },
        ]
    }
}

fn stage_name(stage: Stage) -> Text {
    match stage {
        Stage::First => Text::new("First stage", "第一阶段"),
        Stage::Second => Text::new("Second stage", "第二阶段"),
    }
}

/// The words for the weaker stage; nothing where it is not known.
fn weaker_name(weaker: Weaker) -> Text {
    match weaker {
        Weaker::First => Text::new("first stage", "第一阶段"),
        Weaker::Second => Text::new("second stage", "第二阶段"),
        Weaker::Even => Text::new("even", "相等"),
        Weaker::Open => Text::new("depends on priority", "取决于优先顺序"),
        Weaker::None => Text::default(),
    }
}

#[cfg(test)]
mod tests;
