//! `dynamic`: units over several periods that hang together by what is carried over.

mod budget;
mod horizon;

use frontier::{
    Missing, SlackOrientation, State,
    dea::Returns,
    network::{self, Network, NetworkOptions},
};
use panel::{Panel, Place, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    divisions::{self, CarryOvers, Division, Link, Plan, View},
    production,
    scores::{self, returns},
};
use crate::{
    method::{Input, Method, Output, Page},
    spec::Named,
    table::Cells,
    text::Text,
};
use horizon::Horizon;

/// How periods hang together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DynamicModel {
    /// By carry-overs; slacks-based (Tone and Tsutsui 2010, with divisions 2014).
    #[default]
    Sbm,
    /// By a budget that each period takes from; radial, oriented to inputs (Lim, Kim and Lee 2020).
    Budget,
}

/// A division of every unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DynamicDivision {
    /// Inputs from outside.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs that leave the unit.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// What it carries over: `{ good = [..], bad = [..], free = [..], fixed = [..] }`.
    pub carry_overs: CarryOvers,
    /// Importance beside the other divisions.
    #[schemars(range(min = 0.0))]
    pub weight: f64,
}

impl Default for DynamicDivision {
    fn default() -> Self {
        Self { inputs: Vec::new(), outputs: Vec::new(), carry_overs: CarryOvers::default(), weight: 1.0 }
    }
}

/// Options of the dynamic models.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DynamicStep {
    /// How periods hang together: `sbm` by carry-overs, `budget` by a budget.
    pub model: DynamicModel,
    /// Inputs, where units have no divisions.
    #[schemars(extend("x-role" = "variable"))]
    pub inputs: Vec<String>,
    /// Outputs, where units have no divisions.
    #[schemars(extend("x-role" = "variable"))]
    pub outputs: Vec<String>,
    /// What is carried over: `{ good = ["capital"], bad = ["debt"], free = [..], fixed = [..] }`.
    pub carry_overs: CarryOvers,
    /// Divisions by name, each with inputs, outputs and carry-overs of its own.
    pub divisions: Named<DynamicDivision>,
    /// What divisions hand over within a period.
    pub links: Vec<Link>,
    /// With `budget`: what is spent of each budget in a period.
    #[schemars(extend("x-role" = "variable"))]
    pub spent: Vec<String>,
    /// With `budget`: what was secured of each before the first period, in the same order; later periods are not read.
    #[schemars(extend("x-role" = "variable"))]
    pub secured: Vec<String>,
    /// Importance of periods: `{ 2020 = 2 }`; 1 where not given.
    pub period_weights: Named<f64>,
    /// Whose slacks count.
    pub orientation: SlackOrientation,
    /// Returns to scale in each period: `crs`, `vrs`, `nirs` or `ndrs`.
    pub rts: Returns,
    /// What to do with units that have missing cells or periods.
    pub missing: Missing,
}

/// The dynamic models.
pub struct DynamicMethod;

impl Method for DynamicMethod {
    type Options = DynamicStep;
    const NAME: &'static str = "dynamic";
    const PAGE: Page = Page {
        title: ("Dynamic slacks-based measure", "动态SBM"),
        en: network::DYNAMIC_PAGE,
        zh: network::DYNAMIC_PAGE_ZH,
        example: "xinzhi dynamic data.csv --unit province --period year --inputs employment --outputs gdp_real --carry-overs \"{ good = ['capital'] }\" --out result",
    };

    fn check(options: &DynamicStep) -> Vec<Problem> {
        let described = match options.model {
            DynamicModel::Sbm => options.plan().err().unwrap_or_default(),
            DynamicModel::Budget => Vec::new(),
        };
        described.into_iter().chain(options.contradictions()).chain(production::sum_of_weights(options.rts)).collect()
    }

    fn run(input: &Input<'_>, options: &DynamicStep) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let wrong = Self::check(options);
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let weights = options.weights(panel)?;
        let rows = balanced(panel, options.missing)?;
        if options.model == DynamicModel::Budget {
            return budget::run(panel, options, &rows, &weights);
        }
        let plan = options.plan()?;
        let core = NetworkOptions { orientation: options.orientation, returns: options.rts, missing: options.missing };
        let solved = plan.solve(panel, rows, &weights, &core)?;
        Ok(output(&View { panel, plan: &plan, options: &core, solved: vec![solved] }, options))
    }
}

impl DynamicStep {
    fn plan(&self) -> Result<Plan<'_>, Vec<Problem>> {
        let wrong: Vec<Problem> =
            self.divisions.iter().filter_map(|(name, d)| divisions::weight_problem(name, d.weight)).collect();
        if !wrong.is_empty() {
            return Err(wrong);
        }
        if self.divisions.is_empty() {
            let unit = Division { name: "", inputs: &self.inputs, outputs: &self.outputs, weight: 1.0 };
            return Plan::new(vec![unit], &self.links, &[&self.carry_overs]);
        }
        let (mut list, mut carried) = (Vec::new(), Vec::new());
        for (name, d) in &self.divisions {
            list.push(Division { name, inputs: &d.inputs, outputs: &d.outputs, weight: d.weight });
            carried.push(&d.carry_overs);
        }
        Plan::new(list, &self.links, &carried)
    }

    /// Options that belong to another model, or to units without divisions.
    fn contradictions(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut tell = |wrong: bool, name: &str, why: &str| {
            if wrong {
                problems.push(production::conflict(name, why));
            }
        };
        let carries = self.carry_overs != CarryOvers::default();
        if self.model == DynamicModel::Budget {
            let why = "`budget` knows units as a whole, with `spent` and `secured` instead of carry-overs";
            tell(carries, "carry_overs", why);
            tell(!self.divisions.is_empty(), "divisions", why);
            tell(!self.links.is_empty(), "links", why);
            tell(self.orientation == SlackOrientation::Output, "orientation", "`budget` is oriented to inputs");
            tell(self.spent.is_empty(), "spent", "`budget` needs what is spent in each period");
            let why = "it names one variable for each of `spent`";
            tell(self.secured.len() != self.spent.len(), "secured", why);
        } else {
            let why = "it belongs to the model `budget`";
            tell(!self.spent.is_empty(), "spent", why);
            tell(!self.secured.is_empty(), "secured", why);
            let why = "units have divisions, which have their own";
            let whole = self.divisions.is_empty();
            tell(!whole && !self.inputs.is_empty(), "inputs", why);
            tell(!whole && !self.outputs.is_empty(), "outputs", why);
            tell(!whole && carries, "carry_overs", why);
        }
        problems.extend(self.period_weights.iter().filter_map(|(p, w)| divisions::weight_problem(p, *w)));
        problems
    }

    /// One weight per period of the panel.
    fn weights(&self, panel: &Panel) -> Result<Vec<f64>, Vec<Problem>> {
        let periods = panel.period_set();
        if periods.len() < 2 {
            return Err(vec![
                Problem::error("one-period", "The data have a single period.")
                    .why("Dynamic models follow units over two periods or more.")
                    .help("Name the period column, or use `network` or `sbm` for one period."),
            ]);
        }
        let mut weights = vec![1.0; periods.len()];
        let mut problems = Vec::new();
        for (name, weight) in &self.period_weights {
            match periods.iter().position(|p| p.to_string() == *name) {
                Some(at) => weights[at] = *weight,
                None => problems.push(
                    Problem::error("unknown-period", format!("There is no period `{name}` to give a weight to."))
                        .did_you_mean(name, periods.iter().map(i32::to_string).collect::<Vec<_>>().iter().map(String::as_str)),
                ),
            }
        }
        if problems.is_empty() && !weights.iter().any(|w| *w > 0.0) {
            problems.push(production::conflict("period_weights", "they are not all 0"));
        }
        if problems.is_empty() { Ok(weights) } else { Err(problems) }
    }
}

/// Panel rows by period and unit. A unit without a row in some period is refused, or left out.
fn balanced(panel: &Panel, missing: Missing) -> Result<Vec<Vec<usize>>, Vec<Problem>> {
    let periods = panel.period_set();
    let mut rows = vec![Vec::new(); periods.len()];
    let mut problems = Vec::new();
    for unit in panel.unit_set() {
        let found: Vec<Option<usize>> = periods.iter().map(|&p| panel.row(unit, p)).collect();
        if found.iter().all(Option::is_some) {
            rows.iter_mut().zip(&found).for_each(|(list, row)| list.extend(*row));
        } else if missing == Missing::Refuse {
            problems.extend(periods.iter().zip(&found).filter(|(_, row)| row.is_none()).map(|(&period, _)| {
                Problem::error("unbalanced-panel", "The unit has no row in this period.")
                    .why("Dynamic models follow every unit through all periods.")
                    .help("Add the row, restrict the periods (`from`, `to`), or set `missing = \"exclude\"` to leave the unit out and report it.")
                    .at(Place { unit: Some(unit.to_owned()), period: Some(period), ..Place::default() })
            }));
        }
    }
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}

/// Nodes of one period, and of one division over all periods.
fn of_period(plan: &Plan<'_>, t: usize) -> Vec<usize> {
    let count = plan.divisions.len();
    (t * count..(t + 1) * count).collect()
}

fn of_division(plan: &Plan<'_>, k: usize, periods: usize) -> Vec<usize> {
    (0..periods).map(|t| t * plan.divisions.len() + k).collect()
}

fn output(view: &View<'_>, options: &DynamicStep) -> Output {
    let (panel, plan) = (view.panel, view.plan);
    let solved = &view.solved[0];
    let part = |nodes: &dyn Fn(usize) -> Vec<usize>| -> Vec<Vec<f64>> {
        (0..solved.rows.len()).map(|t| solved.result.part(&nodes(t))).collect()
    };
    let by_period = part(&|t| of_period(plan, t));
    let several = plan.several();
    let divisions: Vec<(Text, Vec<f64>)> = (0..plan.divisions.len())
        .filter(|_| several)
        .map(|k| {
            let own = solved.result.part(&of_division(plan, k, solved.rows.len()));
            (plan.label(k), view.spread(f64::NAN, |_: &Network, _, u| own[u]))
        })
        .collect();
    let horizon = Horizon {
        panel,
        rows: &solved.rows,
        overall: view.overall(),
        by_period: view.spread(f64::NAN, |_, t, u| by_period[t][u]),
        state: view.spread(State::Missing, |r, _, u| r.state[u]),
        interval: view.spread((f64::NAN, f64::NAN), |r, _, u| r.interval[u]),
        divisions,
        note: Text::new(
            format!("1 is best; {}. Periods and divisions are measured in the optimum of the whole.", returns(options.rts).en),
            format!("1 为最优；{}。各期与各部门按整体最优方案计。", returns(options.rts).zh),
        ),
    };
    let mut variables = horizon.variables();
    let mut tables = vec![horizon.scores(|table| view.certified(table))];
    tables.push(view.with_divisions(horizon.periods()));
    tables.extend(view.tables());
    let mut figures = horizon.figures();
    figures.extend(view.map_of_divisions(&horizon.overall));
    let mut summary = horizon.summary();
    if several {
        let rows = view.last(&horizon.overall);
        let lowest = horizon.divisions.iter().map(|(name, values)| (name, horizon::mean(values, &rows)));
        let lowest = lowest.filter(|l| l.1.is_finite()).min_by(|a, b| a.1.total_cmp(&b.1));
        summary.extend(lowest.map(|(name, mean)| {
            Text::new(
                format!("The division with the lowest mean efficiency is {} ({mean:.3}).", name.en),
                format!("平均效率最低的部门是{}（{mean:.3}）。", name.en),
            )
        }));
        variables.extend((0..plan.divisions.len()).map(|k| {
            let name = format!("division_{}", plan.divisions[k].name);
            scores::variable(panel, &name, plan.label(k), view.division(k))
        }));
    }
    Output { summary, variables, tables, figures, findings: view.findings(), checks: view.checks() }
}

/// A column of numbers of the panel's rows.
fn numbers(values: &[f64]) -> Cells {
    Cells::Number(values.to_vec(), 4)
}

#[cfg(test)]
mod tests;
