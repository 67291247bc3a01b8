//! `sbm`: the slacks-based measure.

use frontier::{
    Missing, SlackOrientation, State,
    dea::{Class, Returns},
    sbm::{self, Sbm, SbmOptions, ZeroOutputs},
};
use numerics::moments;
use panel::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    additive::side,
    production::{self, Names},
    scores::{self, Frontier, Words, capital, returns},
    slacks,
};
use crate::{
    method::{Check, Input, Method, Output, Page},
    table::{Cells, Table},
    text::Text,
};

/// Options of the slacks-based measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SbmStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Undesirable outputs: less is better (Tone 2003).
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub bad_outputs: Vec<String>,
    /// Whose slacks count.
    #[serde(default)]
    pub orientation: SlackOrientation,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    #[serde(default)]
    pub rts: Returns,
    /// Outputs that are 0: `drop` the term, or measure by a `tenth` of the smallest positive value.
    #[serde(default)]
    pub zero_outputs: ZeroOutputs,
    /// Whether units without slack are scored against the others only (super-SBM, Tone 2002).
    #[serde(default)]
    pub super_efficiency: bool,
    /// Undesirable outputs, the outputs made with them and the inputs they need: they shrink together (Cooper, Seiford and
    /// Tone 2007, chapter 13). At least an output and an undesirable one; without orientation.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub non_separable: Vec<String>,
    /// With `non_separable`: whether the sum of all outputs stays, for outputs in one unit of measure.
    #[serde(default)]
    pub keep_total: bool,
    /// With `non_separable`: largest growth of a separable output, as a share of its value.
    #[serde(default)]
    pub growth_limit: Option<f64>,
    /// Which observations span the frontier.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

/// The slacks-based measure.
pub struct SlacksBasedMeasure;

impl Method for SlacksBasedMeasure {
    type Options = SbmStep;
    const NAME: &'static str = "sbm";
    const PAGE: Page = Page {
        title: ("Slacks-based measure (SBM)", "基于松弛的测度（SBM）"),
        en: sbm::PAGE,
        zh: sbm::PAGE_ZH,
        example: "xinzhi sbm data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --bad-outputs co2 --out result",
    };

    fn check(options: &SbmStep) -> Vec<Problem> {
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &options.bad_outputs };
        let known = |name: &&String| [names.inputs, names.outputs, names.bad_outputs].iter().any(|list| list.contains(name));
        let unknown = options.non_separable.iter().filter(|name| !known(name)).map(|name| {
            Problem::error("non-separable", format!("`{name}` is neither an input nor an output."))
                .help("Name it in `inputs`, `outputs` or `bad_outputs` too.")
        });
        names.repeated().into_iter().chain(production::sum_of_weights(options.rts)).chain(unknown).collect()
    }

    fn run(input: &Input<'_>, options: &SbmStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let core = SbmOptions {
            orientation: options.orientation,
            returns: options.rts,
            zero_outputs: options.zero_outputs,
            super_efficiency: options.super_efficiency,
            non_separable: options.non_separable(),
            keep_total: options.keep_total,
            growth_limit: options.growth_limit,
            missing: options.missing,
        };
        let problems = Self::check(options);
        if !problems.is_empty() {
            return Err(problems);
        }
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &options.bad_outputs };
        let parts = scores::measure(panel, &names, options.frontier, options.missing, |t| sbm::sbm(t, &core))?;
        Ok(Story { panel, options, names, parts }.output())
    }
}

impl SbmStep {
    /// Whether each variable is among those that shrink together.
    fn non_separable(&self) -> Vec<bool> {
        if self.non_separable.is_empty() {
            return Vec::new();
        }
        let all = self.inputs.iter().chain(&self.outputs).chain(&self.bad_outputs);
        all.map(|name| self.non_separable.contains(name)).collect()
    }
}

type Story<'a> = scores::Story<'a, SbmStep, Sbm>;

impl Story<'_> {
    fn output(&self) -> Output {
        let panel = self.panel;
        let values = self.spread(f64::NAN, |d, u| d.score[u]);
        let words = Words {
            score: Text::new("Efficiency", "效率"),
            label: Text::new("efficiency (1 = frontier)", "效率（1 为前沿）"),
            note: Text::new("Units with score 1 or more have no slack that counts.", "效率不低于 1 的单元没有计入的松弛。"),
            high_is_best: true,
        };
        let mut findings = scores::findings(panel, &self.parts, self.options.frontier, &self.names, |d| &d.state);
        findings.extend(scores::crowded(panel, &self.parts, self.options.frontier, |d| &d.class));
        findings.extend(slacks::zeros(panel, &self.parts, &self.names, |d| &d.zeros));
        let mut tables = words.last_period_first(panel, self.scores(&values), &values);
        tables.extend(slacks::tables(panel, &self.parts, self.options.frontier, &self.names, |d| &d.projection));
        Output {
            summary: self.summary(&values),
            variables: vec![scores::variable(panel, "score", words.score.clone(), values.clone())],
            tables,
            figures: words.figures(panel, &values),
            findings,
            checks: self.checks(),
        }
    }

    fn scores(&self, values: &[f64]) -> Table {
        let every: Vec<usize> = (0..self.panel.len()).collect();
        let (orientation, rts) = (side(self.options.orientation), returns(self.options.rts));
        let title = Text::new("Efficiency scores", "效率值");
        let part = |get: fn(&Sbm, usize) -> f64| Cells::Number(self.spread(f64::NAN, get), 4);
        let none = Text::default;
        let mut table = scores::keyed(self.panel, "scores", title, &every)
            .note(if self.options.super_efficiency {
                Text::new(
                    format!(
                        "Slacks-based measure; units without slack are scored against the others and may exceed 1. {}; {}.",
                        capital(orientation.en),
                        rts.en
                    ),
                    format!("基于松弛的测度；没有松弛的单元以其他单元为参照，可大于 1；{}；{}。", orientation.zh, rts.zh),
                )
            } else {
                Text::new(
                    format!("Slacks-based measure, 1 is best. Slacks of {} count; {}.", orientation.en, rts.en),
                    format!("基于松弛的测度，1 为最优；计入{}的松弛；{}。", orientation.zh, rts.zh),
                )
            })
            .column("score", Text::new("Efficiency", "效率"), none(), Cells::Number(values.to_vec(), 4));
        if self.options.orientation != SlackOrientation::Output {
            table = table.column("input", Text::new("Input part", "投入部分"), none(), part(|d, u| d.input_efficiency[u]));
        }
        if self.options.orientation != SlackOrientation::Input {
            table = table.column("output", Text::new("Output part", "产出部分"), none(), part(|d, u| d.output_efficiency[u]));
        }
        if !self.options.non_separable.is_empty() {
            let alpha = Text::new("Factor α of what shrinks together", "同比缩减系数 α");
            table = table.column("alpha", alpha, none(), part(|d, u| d.alpha[u]));
        }
        let table = slacks::class_and_unique(table, self.panel, &self.parts, |d| &d.class, |d| &d.projection);
        let states = self.spread(State::Missing, |d, u| d.state[u]);
        scores::certified(table, &states, &self.spread((f64::NAN, f64::NAN), |d, u| d.interval[u]))
    }

    fn summary(&self, values: &[f64]) -> Vec<Text> {
        let period = self.panel.period_set().last().copied().unwrap_or_default();
        let rows: Vec<usize> =
            (0..self.panel.len()).filter(|&r| self.panel.periods[r] == period && values[r].is_finite()).collect();
        let Some(&worst) = rows.iter().min_by(|a, b| values[**a].total_cmp(&values[**b])) else {
            return vec![Text::new("No unit could be scored.", "没有可计算的单元。")];
        };
        let class = self.spread(Class::None, |d, u| d.class[u]);
        let strong = rows.iter().filter(|&&r| matches!(class[r], Class::Strong | Class::Super)).count();
        let mean = moments::mean(&rows.iter().map(|&r| values[r]).collect::<Vec<_>>());
        let (when, when_zh) = scores::when(self.panel, period);
        let (name, zh) = (&self.panel.units[worst], &self.panel.units_zh[worst]);
        let zh = if zh.is_empty() { name } else { zh };
        vec![
            Text::new(
                capital(format!("{when}{strong} of {} units have no slack; the mean efficiency is {mean:.3}.", rows.len())),
                format!("{when_zh}{} 个单元中 {strong} 个没有松弛，平均效率 {mean:.3}。", rows.len()),
            ),
            Text::new(
                format!("The lowest score is {:.3} ({name}).", values[worst]),
                format!("效率最低的是{zh}（{:.3}）。", values[worst]),
            ),
        ]
    }

    fn checks(&self) -> Vec<Check> {
        let mut checks = vec![slacks::certificate(&self.parts, |d| &d.state, |d| &d.interval, |_, _| 1.0)];
        let gap = |d: &Sbm, u: usize| {
            let parts = match self.options.orientation {
                SlackOrientation::None => d.input_efficiency[u] * d.output_efficiency[u],
                SlackOrientation::Input => d.input_efficiency[u],
                SlackOrientation::Output => d.output_efficiency[u],
            };
            // Beyond the frontier a score may be as large as magnitudes lie apart.
            (parts - d.score[u]).abs() / (1.0 + d.score[u].abs())
        };
        let solved =
            |d: &Sbm| (0..d.score.len()).filter(|&u| d.state[u] == State::Optimal).map(|u| gap(d, u)).fold(0.0, f64::max);
        checks.push(Check {
            name: Text::new("Score = what its slacks give", "效率 = 由其松弛算得的值"),
            residual: self.parts.iter().map(|p| solved(&p.result)).fold(0.0, f64::max),
            tolerance: 1e-7,
        });
        checks
    }
}

#[cfg(test)]
#[path = "sbm_tests.rs"]
mod tests;
