//! `malmquist`: productivity change against a frontier.

use frontier::{
    Missing, Observations, Orientation,
    malmquist::{self, IndexReturns, MalmquistOptions, Mean},
};
use panel::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    change::{Change, Component},
    lookup,
    production::{self, Names},
};
use crate::{
    method::{Input, Method, Output, Page},
    text::Text,
};

/// Options of the adjacent Malmquist index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MalmquistStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Which side is moved to the frontier.
    #[serde(default)]
    pub orientation: Orientation,
    /// Returns to scale of the index: `crs` with pure and scale parts (FGNZ), or `vrs` throughout.
    #[serde(default)]
    pub rts: IndexReturns,
    /// Period whose technology is the yardstick.
    #[serde(default)]
    pub mean: Mean,
    /// Group column for cumulative lines, e.g. region.
    #[serde(default)]
    #[schemars(extend("x-role" = "group"))]
    pub group: Option<String>,
    /// What to do with observations that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

/// Adjacent Malmquist index.
pub struct MalmquistIndex;

impl Method for MalmquistIndex {
    type Options = MalmquistStep;
    const NAME: &'static str = "malmquist";
    const PAGE: Page = Page {
        title: ("Malmquist productivity index", "Malmquist 生产率指数"),
        en: malmquist::PAGE,
        zh: malmquist::PAGE_ZH,
        example: "xinzhi malmquist data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --orientation output --out result",
    };

    fn run(input: &Input<'_>, options: &MalmquistStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        let technology = names.technology(panel)?;
        if let Some(group) = options.group.as_deref().filter(|g| panel.group(g).is_none()) {
            return Err(vec![lookup::unknown_group(panel, group)]);
        }
        production::two_periods(panel)?;
        let (units, unit_names) = production::unit_numbers(panel);
        let data = Observations { technology, units: &units, periods: &panel.periods };
        let core = MalmquistOptions {
            orientation: options.orientation,
            returns: options.rts,
            mean: options.mean,
            missing: options.missing,
        };
        let every: Vec<usize> = (0..panel.len()).collect();
        let m = malmquist::malmquist(&data, &core).map_err(|e| names.refused(&e, panel, &every))?;
        let part = |name, en: &str, zh: &str, values| Component { name, label: Text::new(en, zh), values };
        let mut components = vec![
            part("tfp_change", "Productivity change", "生产率变化", m.index.as_slice()),
            part("efficiency_change", "Efficiency change", "技术效率变化", &m.efficiency),
            part("technical_change", "Technical change", "技术变化", &m.technical),
        ];
        let mut distances = vec![
            (
                "base_in_base",
                Text::new("E of the earlier period, own technology", "前期观测对前期前沿"),
                m.base_in_base.as_slice(),
            ),
            (
                "comparison_in_base",
                Text::new("E of the later observation, earlier technology", "后期观测对前期前沿"),
                &m.comparison_in_base,
            ),
            (
                "base_in_comparison",
                Text::new("E of the earlier observation, later technology", "前期观测对后期前沿"),
                &m.base_in_comparison,
            ),
            (
                "comparison_in_comparison",
                Text::new("E of the later period, own technology", "后期观测对后期前沿"),
                &m.comparison_in_comparison,
            ),
        ];
        if options.rts == IndexReturns::Crs {
            components.push(part("pure_change", "Pure efficiency change", "纯技术效率变化", &m.pure));
            components.push(part("scale_change", "Scale efficiency change", "规模效率变化", &m.scale));
            distances.push(("base_vrs", Text::new("E of the earlier period, VRS", "前期观测（VRS）"), &m.base_vrs));
            distances.push(("comparison_vrs", Text::new("E of the later period, VRS", "后期观测（VRS）"), &m.comparison_vrs));
        }
        Ok(Change {
            panel,
            names: unit_names,
            unit: &m.unit,
            from: &m.from,
            to: &m.to,
            to_row: &m.to_row,
            components,
            cumulative: &m.cumulative,
            distances,
            gaps: &m.gaps,
            residual: m.residual,
            identity: Text::new("M = EC × TC = TC × PEC × SEC (relative)", "M = EC × TC = TC × PEC × SEC（相对误差）"),
            note: Text::new(
                "Above 1 is improvement. A change belongs to the later period; means are geometric.",
                "大于 1 为改善。变化记于后期；均值为几何平均。",
            ),
            group: options.group.as_deref(),
        }
        .output())
    }
}
