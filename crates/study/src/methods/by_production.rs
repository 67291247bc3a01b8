//! `by-production`: two sub-technologies, one of output and one of pollution.

use frontier::{
    Missing, Projection,
    by_production::{self, ByProduction, ByProductionOptions, Index, Subtechnology},
    dea::{Class, Returns},
};
use panel::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    nonradial::{Shown, Story, renamed},
    production::{self, Names},
    scores::{self, Frontier, Part, Words, returns},
};
use crate::{
    finding::{Finding, Weight},
    method::{Input, Method, Output, Page},
    text::Text,
};

/// Options of by-production.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ByProductionStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Desirable outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Undesirable outputs, e.g. emissions.
    #[schemars(extend("x-role" = "variable"))]
    pub bad_outputs: Vec<String>,
    /// Those of the inputs that cause the undesirable outputs, e.g. energy; all inputs if none is named.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub polluting: Vec<String>,
    /// Index: `fgl` (mean of both parts), `hyperbolic` or `directional` (one step for all outputs).
    #[serde(default)]
    pub index: Index,
    /// Returns to scale of intended production: `crs`, `vrs`, `nirs` or `ndrs`.
    #[serde(default)]
    pub rts: Returns,
    /// Returns to scale of residual generation; those of intended production if not given.
    #[serde(default)]
    pub residual_rts: Option<Returns>,
    /// Which observations span the frontier.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

impl ByProductionStep {
    fn names(&self) -> Names<'_> {
        Names { inputs: &self.inputs, outputs: &self.outputs, bad_outputs: &self.bad_outputs }
    }

    fn polluting(&self) -> Result<Vec<usize>, Vec<Problem>> {
        if self.polluting.is_empty() {
            return Ok((0..self.inputs.len()).collect());
        }
        let place = |name: &String| self.inputs.iter().position(|i| i == name);
        let unknown = self.polluting.iter().filter(|name| place(name).is_none());
        let problems: Vec<Problem> =
            unknown.map(|name| production::conflict("polluting", &format!("`{name}` is not an input"))).collect();
        if problems.is_empty() { Ok(self.polluting.iter().filter_map(place).collect()) } else { Err(problems) }
    }
}

/// By-production.
pub struct ByProductionMethod;

impl Method for ByProductionMethod {
    type Options = ByProductionStep;
    const NAME: &'static str = "by-production";
    const PAGE: Page = Page {
        title: ("By-production (two sub-technologies)", "副产品生产（两个子技术）"),
        en: by_production::PAGE,
        zh: by_production::PAGE_ZH,
        example: "xinzhi by-production data.csv --unit province --period year --inputs capital,employment,energy --outputs gdp_real --bad-outputs co2 --polluting energy --out result",
    };

    fn check(options: &ByProductionStep) -> Vec<Problem> {
        let returns = production::sum_of_weights(options.rts).into_iter().chain(
            options
                .residual_rts
                .and_then(production::sum_of_weights)
                .map(|_| production::conflict("residual_rts", "this model takes `crs`, `vrs`, `nirs` or `ndrs`")),
        );
        let polluting = options.polluting().err().unwrap_or_default();
        options.names().repeated().into_iter().chain(polluting).chain(returns).collect()
    }

    fn run(input: &Input<'_>, options: &ByProductionStep) -> Result<Output, Vec<Problem>> {
        let core = ByProductionOptions {
            polluting: options.polluting()?,
            index: options.index,
            returns: options.rts,
            residual_returns: options.residual_rts,
            missing: options.missing,
        };
        let (panel, names) = (input.panel, options.names());
        let run = |t: &frontier::Technology<'_>| {
            let told = |e| renamed(renamed(e, "returns", "rts"), "residual_returns", "residual_rts");
            by_production::by_production(t, &core).map_err(told)
        };
        let parts = scores::measure(panel, &names, options.frontier, options.missing, run)?;
        let shown = |p: &Part<ByProduction>| Part { rows: p.rows.clone(), result: shown(&p.result, options) };
        let story = Story {
            panel,
            names: options.names(),
            frontier: options.frontier,
            parts: parts.iter().map(shown).collect(),
            words: words(options.index),
            variable: if options.index == Index::Directional { "inefficiency" } else { "score" },
            note: note(options),
            factors: Text::new(
                "Factor of each variable: φ of outputs, γ of undesirable outputs (1 = stays)",
                "各变量的系数：期望产出 φ，非期望产出 γ（1 为不变）",
            ),
        };
        let mut out = story.output();
        let title = Text::new("Peers and their weights, residual generation", "残余物生成的参照单元及其权重");
        let peers = scores::peers(panel, &parts, options.frontier, |r: &ByProduction| &r.residual.projection.peers);
        out.tables.push(crate::table::Table { id: "peers_residual".into(), title, ..peers });
        let places: Vec<String> = parts
            .iter()
            .flat_map(|p| {
                let open = |u: &usize| {
                    let r = &p.result;
                    r.class[*u] == Class::Weak && [&r.intended, &r.residual].iter().any(|s| s.class[*u] == Class::Inefficient)
                };
                (0..p.rows.len()).filter(open).map(|u| scores::place(panel, p.rows[u]))
            })
            .collect();
        if !places.is_empty() {
            out.findings.push(Finding {
                code: "FR038".into(),
                weight: Weight::Info,
                place: production::listed(&places),
                message: Text::new(
                    format!("The joint index of {} units is at its best although one of their two parts is not.", places.len()),
                    format!("{} 个单元的联合指数已达最优，而其两部分之一并非如此。", places.len()),
                ),
            });
        }
        Ok(out)
    }
}

fn words(index: Index) -> Words {
    if index == Index::Directional {
        return Words {
            score: Text::new("Inefficiency", "无效率值"),
            label: Text::new("joint distance β (0 = frontier)", "联合距离 β（0 为前沿）"),
            note: Text::new("At 0 one of the two parts is on its frontier.", "为 0 时两部分之一位于前沿。"),
            high_is_best: false,
        };
    }
    let note = if index == Index::Fgl {
        Text::new("Units with score 1 are on the frontier of both parts.", "效率为 1 的单元在两部分均位于前沿。")
    } else {
        Text::new("At 1 one of the two parts is on its frontier.", "为 1 时两部分之一位于前沿。")
    };
    let (score, label) = (Text::new("Efficiency", "效率"), Text::new("efficiency (1 = frontier)", "效率（1 为前沿）"));
    Words { score, label, note, high_is_best: true }
}

fn note(options: &ByProductionStep) -> Text {
    let (how, how_zh) = match options.index {
        Index::Fgl => ("mean of both parts, 1 is best", "两部分的均值，1 为最优"),
        Index::Hyperbolic => {
            ("one factor for all outputs, the larger of both parts, 1 is best", "全部产出同一系数，取两部分之大，1 为最优")
        }
        Index::Directional => {
            ("one step for all outputs, the smaller of both parts, 0 is best", "全部产出同一步长，取两部分之小，0 为最优")
        }
    };
    let causes = if options.polluting.is_empty() { &options.inputs } else { &options.polluting };
    let (rts, residual) = (returns(options.rts), returns(options.residual_rts.unwrap_or(options.rts)));
    Text::new(
        format!(
            "By-production: {how}; pollution is caused by {}; {}, in residual generation {}.",
            causes.join(", "),
            rts.en,
            residual.en
        ),
        format!("副产品生产：{how_zh}；污染由 {} 引起；{}，残余物生成{}。", causes.join("、"), rts.zh, residual.zh),
    )
}

fn shown(r: &ByProduction, options: &ByProductionStep) -> Shown {
    let (made, left) = (&r.intended, &r.residual);
    let blank = || vec![f64::NAN; r.score.len()];
    let part = |name, en, zh, s: &Subtechnology| (name, Text::new(en, zh), s.score.clone());
    let both = made.projection.unique.iter().zip(&left.projection.unique).map(|(a, b)| *a && *b).collect();
    let projection = Projection {
        bad_output_slacks: left.projection.bad_output_slacks.clone(),
        bad_output_targets: left.projection.bad_output_targets.clone(),
        bad_output_prices: left.projection.bad_output_prices.clone(),
        unique: both,
        ..made.projection.clone()
    };
    let factors = (0..options.inputs.len()).map(|_| blank()).chain(made.factors.clone()).chain(left.factors.clone());
    Shown {
        state: r.state.clone(),
        value: r.score.clone(),
        interval: r.interval.clone(),
        class: r.class.clone(),
        beside: vec![
            part("intended", "Intended production", "预期生产", made),
            part("residual", "Residual generation", "残余物生成", left),
        ],
        factors: factors.collect(),
        projection,
        zeros: made.zeros.iter().chain(&left.zeros).copied().collect(),
    }
}

#[cfg(test)]
mod tests;
