//! `super-efficiency`: the radial score against the others, and the repairs of its infeasibility.

use frontier::{
    Missing, Orientation, State,
    dea::Returns,
    super_efficiency::{self, SuperEfficiency, SuperOptions},
};
use panel::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    failures,
    production::{self, Names},
    scores::{self, Frontier, Words, returns},
};
use crate::{
    finding::{Finding, Weight},
    method::{Check, Input, Method, Output, Page},
    table::Cells,
    text::Text,
};

/// Options of super-efficiency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuperStep {
    /// Inputs: less is better.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs: more is better.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Which side is moved to the frontier of the others.
    #[serde(default)]
    pub orientation: Orientation,
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

/// Super-efficiency with repairs.
pub struct SuperEfficiencyMethod;

impl Method for SuperEfficiencyMethod {
    type Options = SuperStep;
    const NAME: &'static str = "super-efficiency";
    const PAGE: Page = Page {
        title: ("Super-efficiency and its repairs", "超效率及其修复"),
        en: super_efficiency::PAGE,
        zh: super_efficiency::PAGE_ZH,
        example: "xinzhi super-efficiency data.csv --unit province --period year --inputs capital,employment --outputs gdp_real --out result",
    };

    fn check(options: &SuperStep) -> Vec<Problem> {
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        names.repeated().into_iter().chain(production::sum_of_weights(options.rts)).collect()
    }

    fn run(input: &Input<'_>, options: &SuperStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let core = SuperOptions { orientation: options.orientation, returns: options.rts, missing: options.missing };
        let names = Names { inputs: &options.inputs, outputs: &options.outputs, bad_outputs: &[] };
        let run = |t: &frontier::Technology<'_>| super_efficiency::super_efficiency(t, &core);
        let parts = scores::measure(panel, &names, options.frontier, options.missing, run)?;
        let number = |get: &dyn Fn(&SuperEfficiency) -> &Vec<f64>| scores::spread(panel, &parts, f64::NAN, |r, u| get(r)[u]);
        let values = number(&|r| &r.score);
        let states = scores::spread(panel, &parts, State::Missing, |r, u| r.state[u]);
        let words = Words {
            score: Text::new("Super-efficiency", "超效率"),
            label: Text::new("super-efficiency (above 1 = beyond the others)", "超效率（大于 1 为超出其他单元）"),
            note: Text::new("Units that the others do not reach have no plain score.", "其他单元达不到的单元没有普通得分。"),
            high_is_best: true,
        };
        let rts = returns(options.rts);
        let every: Vec<usize> = (0..panel.len()).collect();
        let mut table = scores::keyed(panel, "scores", words.score.clone(), &every).note(Text::new(
            format!("Radial score against the others; {}. Repairs differ in scale and are never mixed with it silently.", rts.en),
            format!("以其他单元为参照的径向得分；{}。各修复尺度不同，不与其混用。", rts.zh),
        ));
        let columns: [(&str, Text, Vec<f64>); 7] = [
            ("score", Text::new("Plain (Andersen and Petersen 1993)", "普通（Andersen 与 Petersen 1993）"), values.clone()),
            ("cook", Text::new("Cook et al. 2009", "Cook 等 2009"), number(&|r| &r.cook.score)),
            ("lee", Text::new("Lee, Chu and Zhu 2011", "Lee、Chu 与 Zhu 2011"), number(&|r| &r.lee.score)),
            ("lee_radial", Text::new("its radial part", "其径向部分"), number(&|r| &r.lee.radial)),
            ("lee_index", Text::new("its index of what is given up", "其让步指数"), number(&|r| &r.lee.index)),
            ("chen", Text::new("Chen 2005: other orientation", "Chen 2005：另一导向"), number(&|r| &r.chen)),
            ("ray", Text::new("Ray 2008: 1 − β", "Ray 2008：1 − β"), number(&|r| &r.ray)),
        ];
        for (name, label, values) in columns {
            table = table.column(name, label, Text::default(), Cells::Number(values, 4));
        }
        let intervals = scores::spread(panel, &parts, (f64::NAN, f64::NAN), |r, u| r.interval[u]);
        let table = scores::certified(table, &states, &intervals);
        let mut findings = scores::findings(panel, &parts, options.frontier, &names, |r| &r.state);
        findings.retain(|f| f.code != "FR002");
        let places = |wanted: &dyn Fn(State) -> bool| -> Vec<String> {
            (0..panel.len()).filter(|&r| wanted(states[r])).map(|r| scores::place(panel, r)).collect()
        };
        findings.extend(production::unsolved(&places(&failures::uncertified)));
        let lost = places(&|s| s == State::Infeasible);
        if !lost.is_empty() {
            let cause = parts.iter().find_map(|p| p.result.unreached.first().map(|x| (p.rows[x.unit], &x.variables)));
            let (en, zh) = cause.map_or_else(Default::default, |(row, variables)| {
                let (place, text) = (scores::place(panel, row), failures::unreached(&names, variables));
                (format!(", e.g. {place}: {}", text.en), format!("，例如 {place}：{}", text.zh))
            });
            findings.push(Finding {
                code: "FR009".into(),
                weight: Weight::Warning,
                place: production::listed(&lost),
                message: Text::new(
                    format!(
                        "{} units have no plain super-efficiency: the others do not reach them{en}. The repairs stand beside it.",
                        lost.len()
                    ),
                    format!("{} 个单元没有普通超效率：其他单元达不到它们{zh}。修复得分并列给出。", lost.len()),
                ),
            });
        }
        let period = panel.period_set().last().copied().unwrap_or_default();
        let rows = words.ranked(panel, &values, period);
        let beyond = rows.iter().filter(|&&r| values[r] > 1.0).count();
        let (when, when_zh) = scores::when(panel, period);
        let summary = vec![Text::new(
            scores::capital(format!("{when}{beyond} of {} scored units lie beyond the frontier of the others.", rows.len())),
            format!("{when_zh}{} 个有得分的单元中 {beyond} 个超出其他单元的前沿。", rows.len()),
        )];
        let solved = (0..panel.len()).filter(|&r| states[r] == State::Optimal);
        let width = solved.map(|r| (intervals[r].1 - intervals[r].0) / (1.0 + values[r].abs())).fold(0.0, f64::max);
        Ok(Output {
            summary,
            variables: vec![
                scores::variable(panel, "score", words.score.clone(), values.clone()),
                scores::variable(
                    panel,
                    "lee",
                    Text::new("Super-efficiency, repaired (Lee, Chu and Zhu)", "超效率（Lee、Chu 与 Zhu 修复）"),
                    number(&|r| &r.lee.score),
                ),
                scores::variable(
                    panel,
                    "cook",
                    Text::new("Super-efficiency, repaired (Cook et al.)", "超效率（Cook 等修复）"),
                    number(&|r| &r.cook.score),
                ),
            ],
            tables: words.last_period_first(panel, table, &values),
            figures: words.figures(panel, &values),
            findings,
            checks: vec![Check {
                name: Text::new("Widest certified interval of a score (relative)", "认证区间的最大宽度（相对值）"),
                residual: width,
                tolerance: 1e-8,
            }],
        })
    }
}
