//! `malmquist-luenberger`: green productivity change with undesirable outputs.

use frontier::{
    Missing, Observations,
    malmquist_luenberger::{self, Direction, Index, MalmquistLuenbergerOptions, WeakReturns},
};
use panel::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    change::{Change, Component},
    failures::{self, Beside},
    lookup,
    production::{self, Names},
};
use crate::{
    method::{Input, Method, Output, Page},
    text::Text,
};

/// Options of the Malmquist-Luenberger index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MalmquistLuenbergerStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Desirable outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Undesirable outputs, e.g. emissions; they enter as equalities (`apz2013`: as inequalities).
    #[schemars(extend("x-role" = "variable"))]
    pub bad_outputs: Vec<String>,
    /// `oh2010` (global, always feasible), `cfg1997` (adjacent, may be infeasible) or `apz2013` (adjacent, consistent).
    #[serde(default)]
    pub index: Index,
    /// `outputs` for (0, y, -b) or `full` for (-x, y, -b).
    #[serde(default)]
    pub direction: Direction,
    /// Returns to scale with weak disposability.
    #[serde(default)]
    pub rts: WeakReturns,
    /// Group column for cumulative lines, e.g. region.
    #[serde(default)]
    #[schemars(extend("x-role" = "group"))]
    pub group: Option<String>,
    /// What to do with observations that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

/// Malmquist-Luenberger index.
pub struct MalmquistLuenbergerIndex;

impl Method for MalmquistLuenbergerIndex {
    type Options = MalmquistLuenbergerStep;
    const NAME: &'static str = "malmquist-luenberger";
    const PAGE: Page = Page {
        title: ("Malmquist-Luenberger productivity index", "Malmquist-Luenberger 生产率指数"),
        en: malmquist_luenberger::PAGE,
        zh: malmquist_luenberger::PAGE_ZH,
        example: "xinzhi malmquist-luenberger data.csv --unit province --period year --inputs capital,employment,energy --outputs gdp_real --bad-outputs co2 --out result",
    };

    fn check(options: &MalmquistLuenbergerStep) -> Vec<Problem> {
        Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &options.bad_outputs }.repeated()
    }

    fn run(input: &Input<'_>, options: &MalmquistLuenbergerStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &options.bad_outputs };
        let technology = names.technology(panel)?;
        if let Some(group) = options.group.as_deref().filter(|g| panel.group(g).is_none()) {
            return Err(vec![lookup::unknown_group(panel, group)]);
        }
        production::two_periods(panel)?;
        let (units, unit_names) = production::unit_numbers(panel);
        let data = Observations { technology, units: &units, periods: &panel.periods };
        let core = MalmquistLuenbergerOptions {
            index: options.index,
            direction: options.direction,
            returns: options.rts,
            missing: options.missing,
        };
        let every: Vec<usize> = (0..panel.len()).collect();
        let m = malmquist_luenberger::malmquist_luenberger(&data, &core).map_err(|e| names.refused(&e, panel, &every))?;
        let global = options.index == Index::Oh2010;
        let part = |name, en: &str, zh: &str, values| Component { name, label: Text::new(en, zh), values };
        let (index, other) = if global {
            (
                part("gml", "Green productivity change (GML)", "绿色全要素生产率变化（GML）", m.index.as_slice()),
                part("bpc", "Best-practice change", "最佳实践变化", &m.best_practice),
            )
        } else {
            (
                part("ml", "Green productivity change (ML)", "绿色全要素生产率变化（ML）", m.index.as_slice()),
                part("tc", "Technical change", "技术变化", &m.best_practice),
            )
        };
        let components = vec![index, part("ec", "Efficiency change", "技术效率变化", &m.efficiency), other];
        let (base_other, comparison_other) = if global {
            (
                Text::new("β of the earlier period, global", "前期 β（全局）"),
                Text::new("β of the later period, global", "后期 β（全局）"),
            )
        } else {
            (
                Text::new("β of the earlier observation, later technology", "前期观测对后期前沿的 β"),
                Text::new("β of the later observation, earlier technology", "后期观测对前期前沿的 β"),
            )
        };
        let distances = vec![
            ("base_own", Text::new("β of the earlier period", "前期 β"), m.base_own.as_slice()),
            ("comparison_own", Text::new("β of the later period", "后期 β"), &m.comparison_own),
            ("base_other", base_other, &m.base_other),
            ("comparison_other", comparison_other, &m.comparison_other),
        ];
        let (bads, bads_zh) =
            if options.index == Index::Apz2013 { ("inequalities", "不等式") } else { ("equalities", "等式") };
        let direction = match options.direction {
            Direction::Outputs => "(0, y, -b)",
            Direction::Full => "(-x, y, -b)",
        };
        let change = Change {
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
            identity: if global {
                Text::new("GML = EC × BPC (relative)", "GML = EC × BPC（相对误差）")
            } else {
                Text::new("ML = EC × TC (relative)", "ML = EC × TC（相对误差）")
            },
            note: Text::new(
                format!(
                    "Above 1 is improvement. Direction {direction}, undesirable outputs as {bads}. A change belongs to the later period."
                ),
                format!("大于 1 为改善。方向 {direction}，非期望产出取{bads_zh}。变化记于后期。"),
            ),
            group: options.group.as_deref(),
        };
        let mut out = change.output();
        let beside: Vec<Beside<'_>> = m
            .alternatives
            .iter()
            .flat_map(|a| {
                [
                    Beside { name: "global", label: Text::new("Global index", "全局指数"), values: &a.global },
                    Beside { name: "biennial", label: Text::new("Biennial index", "双期指数"), values: &a.biennial },
                    Beside {
                        name: "apz2013",
                        label: Text::new("Consistent adjacent index (APZ 2013)", "一致的相邻指数（APZ 2013）"),
                        values: &a.consistent,
                    },
                ]
            })
            // An index does not stand beside itself.
            .filter(|b| !b.values.is_empty())
            .collect();
        failures::tell(&mut out, &change, &names, &m.failures, &beside);
        Ok(out)
    }
}
