//! `network`: the slacks-based measure of units made of divisions.

use frontier::{
    Missing, SlackOrientation,
    dea::Returns,
    network::{self, NetworkOptions},
};
use numerics::moments;
use panel::{Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    divisions::{self, CarryOvers, Division, Link, Plan, View},
    production,
    scores::{self, Frontier, capital, returns},
};
use crate::{
    method::{Input, Method, Output, Page},
    spec::Named,
    table::{Cells, Table},
    text::Text,
};

/// A division of every unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DivisionStep {
    /// Inputs from outside.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs that leave the unit.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// Importance beside the other divisions.
    #[schemars(range(min = 0.0))]
    pub weight: f64,
}

impl Default for DivisionStep {
    fn default() -> Self {
        Self { inputs: Vec::new(), outputs: Vec::new(), weight: 1.0 }
    }
}

/// Options of the network slacks-based measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkStep {
    /// Divisions by name: `{ lab = { inputs = ["rd"] }, market = { inputs = ["staff"], outputs = ["sales"] } }`.
    pub divisions: Named<DivisionStep>,
    /// What they hand over: `[{ from = "lab", to = "market", variables = ["patents"], kind = "free" }]`.
    #[serde(default)]
    pub links: Vec<Link>,
    /// Whose slacks count.
    #[serde(default)]
    pub orientation: SlackOrientation,
    /// Returns to scale of each division: `crs`, `vrs`, `nirs` or `ndrs`.
    #[serde(default)]
    pub rts: Returns,
    /// Which observations span the frontier.
    #[serde(default)]
    pub frontier: Frontier,
    /// What to do with units that have missing cells.
    #[serde(default)]
    pub missing: Missing,
}

/// The network slacks-based measure.
pub struct NetworkMethod;

impl Method for NetworkMethod {
    type Options = NetworkStep;
    const NAME: &'static str = "network";
    const PAGE: Page = Page {
        title: ("Network slacks-based measure", "网络SBM"),
        en: network::PAGE,
        zh: network::PAGE_ZH,
        example: "xinzhi network data.csv --unit province --period year --divisions \"{ lab = { inputs = ['rd_expenditure', 'rd_fte'] }, market = { outputs = ['new_product_sales'] } }\" --links \"[{ from = 'lab', to = 'market', variables = ['patents'] }]\" --orientation input --out result",
    };

    fn check(options: &NetworkStep) -> Vec<Problem> {
        let plan = options.plan().err().unwrap_or_default();
        plan.into_iter().chain(production::sum_of_weights(options.rts)).collect()
    }

    fn run(input: &Input<'_>, options: &NetworkStep) -> Result<Output, Vec<Problem>> {
        let (panel, plan) = (input.panel, options.plan()?);
        let core = NetworkOptions { orientation: options.orientation, returns: options.rts, missing: options.missing };
        let every = |period: Option<i32>| -> Vec<usize> {
            (0..panel.len()).filter(|&r| period.is_none_or(|p| panel.periods[r] == p)).collect()
        };
        let groups: Vec<Vec<usize>> = match options.frontier {
            Frontier::Pooled => vec![every(None)],
            Frontier::PerPeriod => panel.period_set().into_iter().map(|p| every(Some(p))).collect(),
        };
        let (mut solved, mut problems) = (Vec::new(), Vec::new());
        for rows in groups {
            match plan.solve(panel, vec![rows], &[1.0], &core) {
                Ok(s) => solved.push(s),
                Err(found) => problems.extend(found),
            }
        }
        if solved.is_empty() && problems.is_empty() {
            problems = plan.names().refused(&frontier::FrontierError::Empty, panel, &[]);
        }
        if !problems.is_empty() {
            return Err(production::once(problems));
        }
        Ok(output(&View { panel, plan: &plan, options: &core, solved }, options))
    }
}

impl NetworkStep {
    fn plan(&self) -> Result<Plan<'_>, Vec<Problem>> {
        let division = |(name, d): (&'_ String, &'_ DivisionStep)| divisions::weight_problem(name, d.weight);
        let wrong: Vec<Problem> = self.divisions.iter().filter_map(division).collect();
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let divisions =
            self.divisions.iter().map(|(name, d)| Division { name, inputs: &d.inputs, outputs: &d.outputs, weight: d.weight });
        let none = CarryOvers::default();
        Plan::new(divisions.collect(), &self.links, &vec![&none; self.divisions.len()])
    }
}

fn output(view: &View<'_>, options: &NetworkStep) -> Output {
    let (panel, overall) = (view.panel, view.overall());
    let words = View::words();
    let mut figures = words.figures(panel, &overall);
    figures.extend(view.map_of_divisions(&overall));
    let mut variables = vec![scores::variable(panel, "score", words.score.clone(), overall.clone())];
    if view.plan.several() {
        variables.extend((0..view.plan.divisions.len()).map(|k| {
            let name = format!("division_{}", view.plan.divisions[k].name);
            scores::variable(panel, &name, view.plan.label(k), view.division(k))
        }));
    }
    let mut tables = words.last_period_first(panel, scores_table(view, options, &overall), &overall);
    tables.extend(view.tables());
    Output { summary: summary(view, &overall), variables, tables, figures, findings: view.findings(), checks: view.checks() }
}

fn scores_table(view: &View<'_>, options: &NetworkStep, overall: &[f64]) -> Table {
    let (panel, rts) = (view.panel, returns(options.rts));
    let every: Vec<usize> = (0..panel.len()).collect();
    let note = Text::new(
        format!("1 is best; {}. Divisions are measured in the optimum of the whole.", rts.en),
        format!("1 为最优；{}。各部门按整体最优方案计。", rts.zh),
    );
    let title = Text::new("Efficiency of units and their divisions", "单元与各部门效率");
    let table = scores::keyed(panel, "scores", title, &every).note(note).column(
        "score",
        View::words().score,
        Text::default(),
        Cells::Number(overall.to_vec(), 4),
    );
    view.certified(view.with_divisions(table))
}

fn summary(view: &View<'_>, overall: &[f64]) -> Vec<Text> {
    let rows = view.last(overall);
    let (Some(&best), Some(&worst)) = (rows.first(), rows.last()) else {
        return vec![Text::new("No unit could be scored.", "没有可计算的单元。")];
    };
    let (when, when_zh) = scores::when(view.panel, view.panel.periods[best]);
    let mean = moments::mean(&rows.iter().map(|&r| overall[r]).collect::<Vec<_>>());
    let n = rows.len();
    let mut lines = vec![Text::new(
        capital(format!("{when}the mean efficiency of {n} units is {mean:.3}.")),
        format!("{when_zh}{n} 个单元的平均效率为 {mean:.3}。"),
    )];
    lines.extend(view.weakest(&rows).map(|(name, mean)| {
        Text::new(
            format!("The division with the lowest mean efficiency is {} ({mean:.3}).", name.en),
            format!("平均效率最低的部门是{}（{mean:.3}）。", name.en),
        )
    }));
    lines.push(worst_line(view.panel, worst, overall[worst]));
    lines
}

/// The unit with the lowest efficiency.
pub(super) fn worst_line(panel: &Panel, row: usize, value: f64) -> Text {
    let zh = if panel.units_zh[row].is_empty() { &panel.units[row] } else { &panel.units_zh[row] };
    Text::new(format!("The lowest efficiency is {value:.3} ({}).", panel.units[row]), format!("效率最低的是{zh}（{value:.3}）。"))
}

#[cfg(test)]
mod tests;
