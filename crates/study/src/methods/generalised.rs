//! `generalised`: the generalised distance function.

use frontier::{
    Missing, State,
    dea::{Class, Returns, Slacks},
    generalised::{self, Generalised, GeneralisedOptions},
};
use numerics::moments;
use panel::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    production::{self, Names},
    scores::{self, Frontier, Words, capital, returns},
    slacks,
};
use crate::{
    method::{Input, Method, Output, Page},
    table::Cells,
    text::Text,
};

/// Options of the generalised distance function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GeneralisedStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Share of the output side, from 0 (inputs alone) to 1 (outputs alone).
    #[serde(default = "half")]
    pub alpha: f64,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    #[serde(default)]
    pub rts: Returns,
    /// What the second phase maximises: slacks over `range` or `mean`, or the plain `sum`.
    #[serde(default = "range")]
    pub slacks: Slacks,
    /// Which observations span the frontier.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

fn half() -> f64 {
    0.5
}

fn range() -> Slacks {
    Slacks::Range
}

/// Generalised distance function.
pub struct GeneralisedDistance;

impl Method for GeneralisedDistance {
    type Options = GeneralisedStep;
    const NAME: &'static str = "generalised";
    const PAGE: Page = Page {
        title: ("Generalised distance function (Chavas and Cox)", "广义距离函数（Chavas 与 Cox）"),
        en: generalised::PAGE,
        zh: generalised::PAGE_ZH,
        example: "xinzhi generalised data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --alpha 0.5 --out result",
    };

    fn check(options: &GeneralisedStep) -> Vec<Problem> {
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        let share = (0.0..=1.0).contains(&options.alpha);
        let alpha = (!share).then(|| production::conflict("alpha", "the share of the output side lies between 0 and 1"));
        names.repeated().into_iter().chain(alpha).chain(production::sum_of_weights(options.rts)).collect()
    }

    fn run(input: &Input<'_>, options: &GeneralisedStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let core =
            GeneralisedOptions { alpha: options.alpha, returns: options.rts, slacks: options.slacks, missing: options.missing };
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        let parts = scores::measure(panel, &names, options.frontier, options.missing, |t| generalised::generalised(t, &core))?;
        Ok(Story { panel, options, names, parts }.output())
    }
}

type Story<'a> = scores::Story<'a, GeneralisedStep, Generalised>;

impl Story<'_> {
    fn output(&self) -> Output {
        let (panel, options) = (self.panel, self.options);
        let words = Words {
            score: Text::new("Efficiency", "效率"),
            label: Text::new("generalised distance δ (1 = frontier)", "广义距离 δ（1 为前沿）"),
            note: Text::new("Units with δ = 1 are on the frontier.", "δ 为 1 的单元位于前沿。"),
            high_is_best: true,
        };
        let score = self.spread(f64::NAN, |g, u| g.score[u]);
        let states = self.spread(State::Missing, |g, u| g.state[u]);
        let every: Vec<usize> = (0..panel.len()).collect();
        let rts = returns(options.rts);
        let table = scores::keyed(panel, "scores", Text::new("Generalised distance", "广义距离"), &every).note(Text::new(
            format!("(δ^(1−α) x, y/δ^α) is on the frontier; α = {}; {}.", options.alpha, rts.en),
            format!("(δ^(1−α) x, y/δ^α) 位于前沿；α = {}；{}。", options.alpha, rts.zh),
        ));
        let table = table.column("score", words.score.clone(), Text::default(), Cells::Number(score.clone(), 4));
        let table = slacks::class_and_unique(table, panel, &self.parts, |g| &g.class, |g| &g.projection);
        let table = scores::certified(table, &states, &self.spread((f64::NAN, f64::NAN), |g, u| g.interval[u]));
        let mut tables = words.last_period_first(panel, table, &score);
        tables.extend(slacks::tables(panel, &self.parts, options.frontier, &self.names, |g| &g.projection));
        Output {
            summary: self.summary(&score),
            variables: vec![scores::variable(panel, "score", words.score.clone(), score.clone())],
            tables,
            figures: words.figures(panel, &score),
            findings: scores::findings(panel, &self.parts, options.frontier, &self.names, |g| &g.state),
            checks: vec![slacks::certificate(&self.parts, |g| &g.state, |g| &g.interval, |g, u| g.score[u])],
        }
    }

    fn summary(&self, score: &[f64]) -> Vec<Text> {
        let period = self.panel.period_set().last().copied().unwrap_or_default();
        let rows: Vec<usize> =
            (0..self.panel.len()).filter(|&r| self.panel.periods[r] == period && score[r].is_finite()).collect();
        if rows.is_empty() {
            return vec![Text::new("No unit could be scored.", "没有可计算的单元。")];
        }
        let class = self.spread(Class::None, |g, u| g.class[u]);
        let strong = rows.iter().filter(|&&r| class[r] == Class::Strong).count();
        let mean = moments::mean(&rows.iter().map(|&r| score[r]).collect::<Vec<_>>());
        let (when, when_zh) = scores::when(self.panel, period);
        vec![Text::new(
            capital(format!("{when}{strong} of {} units are efficient; the mean distance is {mean:.3}.", rows.len())),
            format!("{when_zh}{} 个单元中 {strong} 个有效，平均广义距离 {mean:.3}。", rows.len()),
        )]
    }
}
