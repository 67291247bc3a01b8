//! `luenberger`: productivity change as differences of directional distances.

use frontier::{
    Missing, Observations,
    directional::{BadOutputs, DirectionalReturns},
    luenberger::{self, Indicator, LuenbergerOptions},
    nddf::NddfWeights,
};
use panel::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    change::{Change, Component, Sums},
    direction::{self, DirectionName},
    failures::{self, Beside},
    lookup,
    nddf::FactorWeights,
    production::{self, Names},
};
use crate::{
    method::{Input, Method, Output, Page},
    text::Text,
};

/// Options of the Luenberger indicator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LuenbergerStep {
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
    /// `adjacent` (may be infeasible) or `global`.
    #[serde(default)]
    pub indicator: Indicator,
    /// Direction in which units are moved; `mean` is the mean over all periods.
    #[serde(default)]
    pub direction: DirectionName,
    /// Lengths of a `custom` direction: one number per input, output and undesirable output.
    #[serde(default)]
    pub lengths: Vec<f64>,
    /// Variables that hold the lengths of a `custom` direction, in the same order.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub length_variables: Vec<String>,
    /// A factor for each variable (non-radial distance), with these weights; one factor for all if not given.
    #[serde(default)]
    pub non_radial: Option<FactorWeights>,
    /// With `custom` weights: one number per input, output and undesirable output.
    #[serde(default)]
    pub factor_weights: Vec<f64>,
    /// With `energy-environment` weights: the inputs that are energy.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub energy: Vec<String>,
    /// Returns to scale: `crs`; `vrs`, `nirs`, `ndrs`; with weakly disposable bads `vrs-convex`,
    /// `vrs-shephard` or `vrs-kuosmanen`.
    #[serde(default)]
    pub rts: DirectionalReturns,
    /// Undesirable outputs: `weak` (equalities) or `strong` (as if inputs).
    #[serde(default)]
    pub disposability: BadOutputs,
    /// Group column for means and cumulative lines, e.g. region.
    #[serde(default)]
    #[schemars(extend("x-role" = "group"))]
    pub group: Option<String>,
    /// What to do with observations that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

impl LuenbergerStep {
    fn factors(&self) -> Result<Option<NddfWeights>, Vec<Problem>> {
        match self.non_radial {
            Some(weights) => weights.read(&self.factor_weights, &self.energy, &self.inputs).map(Some),
            None if self.factor_weights.is_empty() && self.energy.is_empty() => Ok(None),
            None => {
                let name = if self.energy.is_empty() { "factor_weights" } else { "energy" };
                Err(vec![production::conflict(name, "it goes with `non_radial` only")])
            }
        }
    }
}

/// Luenberger indicator.
pub struct LuenbergerIndicator;

impl Method for LuenbergerIndicator {
    type Options = LuenbergerStep;
    const NAME: &'static str = "luenberger";
    const PAGE: Page = Page {
        title: ("Luenberger productivity indicator", "Luenberger 生产率指标"),
        en: luenberger::PAGE,
        zh: luenberger::PAGE_ZH,
        example: "xinzhi luenberger data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --bad-outputs co2 --indicator global --out result",
    };

    fn check(options: &LuenbergerStep) -> Vec<Problem> {
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &options.bad_outputs };
        names.repeated().into_iter().chain(options.factors().err().into_iter().flatten()).collect()
    }

    fn run(input: &Input<'_>, options: &LuenbergerStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &options.bad_outputs };
        let technology = names.technology(panel)?;
        if let Some(group) = options.group.as_deref().filter(|g| panel.group(g).is_none()) {
            return Err(vec![lookup::unknown_group(panel, group)]);
        }
        production::two_periods(panel)?;
        let every: Vec<usize> = (0..panel.len()).collect();
        let (units, unit_names) = production::unit_numbers(panel);
        let data = Observations { technology, units: &units, periods: &panel.periods };
        let core = LuenbergerOptions {
            indicator: options.indicator,
            direction: options.direction.direction(&options.lengths, &options.length_variables, panel, &every)?,
            non_radial: options.factors()?,
            returns: options.rts,
            bad_outputs: options.disposability,
            missing: options.missing,
        };
        let l = luenberger::luenberger(&data, &core).map_err(|e| direction::refused(&names, &e, panel, &every))?;
        let global = options.indicator == Indicator::Global;
        let part = |name, en: &str, zh: &str, values| Component { name, label: Text::new(en, zh), values };
        let technical = if global {
            part("bpc", "Best-practice change", "最佳实践变化", l.technical.as_slice())
        } else {
            part("tc", "Technical change", "技术变化", l.technical.as_slice())
        };
        let label = |en: &str, zh: &str| Text::new(en, zh);
        let others = if global {
            [label("β of the earlier period, global", "前期 β（全局）"), label("β of the later period, global", "后期 β（全局）")]
        } else {
            [
                label("β of the earlier observation, later technology", "前期观测对后期前沿的 β"),
                label("β of the later observation, earlier technology", "后期观测对前期前沿的 β"),
            ]
        };
        let [base_other, comparison_other] = others;
        let words = options.direction.words();
        let factors = match options.non_radial {
            Some(_) => Text::new("; non-radial, a factor for each variable", "；非径向，各变量各有系数"),
            None => Text::default(),
        };
        let change = Change {
            panel,
            names: unit_names,
            unit: &l.unit,
            from: &l.from,
            to: &l.to,
            to_row: &l.to_row,
            components: vec![
                part("luenberger", "Productivity change (Luenberger)", "生产率变化（Luenberger）", l.indicator.as_slice()),
                part("ec", "Efficiency change", "技术效率变化", &l.efficiency),
                technical,
            ],
            cumulative: &l.cumulative,
            distances: vec![
                ("base_own", label("β of the earlier period", "前期 β"), l.base_own.as_slice()),
                ("comparison_own", label("β of the later period", "后期 β"), &l.comparison_own),
                ("base_other", base_other, &l.base_other),
                ("comparison_other", comparison_other, &l.comparison_other),
            ],
            gaps: &l.gaps,
            residual: l.residual,
            identity: if global { label("L = EC + BPC", "L = EC + BPC") } else { label("L = EC + TC", "L = EC + TC") },
            note: Text::new(
                format!(
                    "Above 0 is improvement; {}{}. A change belongs to the later period; means are arithmetic.",
                    words.en, factors.en
                ),
                format!("大于 0 为改善；{}{}。变化记于后期；均值为算术平均。", words.zh, factors.zh),
            ),
            group: options.group.as_deref(),
        };
        let story = Sums(change);
        let mut out = story.output();
        let beside: Vec<Beside<'_>> = l
            .global
            .iter()
            .map(|g| Beside {
                name: "global", label: label("Global Luenberger indicator", "全局 Luenberger 指标"), values: g
            })
            .collect();
        failures::tell(&mut out, &story.0, &names, &l.failures, &beside);
        Ok(out)
    }
}
