//! Inputs and outputs out of a panel, and what is wrong with them in the words of the panel.

use frontier::{Cell, Defect, FrontierError, Role, State, Technology};
use panel::{Panel, Place, Problem};

use super::lookup;
use crate::{
    finding::{Finding, Weight},
    text::Text,
};

/// Names of the variables by role.
pub(super) struct Names<'a> {
    pub inputs: &'a [String],
    pub outputs: &'a [String],
    pub bad_outputs: &'a [String],
}

impl<'a> Names<'a> {
    pub(super) fn get(&self, role: Role, variable: usize) -> &'a str {
        let names = match role {
            Role::Input => self.inputs,
            Role::Output => self.outputs,
            Role::BadOutput => self.bad_outputs,
        };
        names.get(variable).map_or("", String::as_str)
    }

    /// The columns of the panel; every unknown or repeated name is a problem.
    pub(super) fn technology<'p>(&self, panel: &'p Panel) -> Result<Technology<'p>, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut seen: Vec<&str> = Vec::new();
        let mut pick = |names: &'a [String]| -> Vec<&'p [f64]> {
            let mut columns = Vec::new();
            for name in names {
                if seen.contains(&name.as_str()) {
                    problems.push(
                        Problem::error("repeated-variable", format!("`{name}` is named more than once."))
                            .why("A variable is an input, an output or an undesirable output, once.")
                            .at(Place { column: Some(name.clone()), ..Place::default() }),
                    );
                }
                seen.push(name);
                match panel.values(name) {
                    Some(values) => columns.push(values),
                    None => problems.push(lookup::unknown_variable(panel, name)),
                }
            }
            columns
        };
        let technology =
            Technology { inputs: pick(self.inputs), outputs: pick(self.outputs), bad_outputs: pick(self.bad_outputs) };
        if problems.is_empty() { Ok(technology) } else { Err(problems) }
    }

    /// The problems behind an error; `rows` are the panel rows of the technology's units.
    pub(super) fn refused(&self, error: &FrontierError, panel: &Panel, rows: &[usize]) -> Vec<Problem> {
        match error {
            FrontierError::Data(defects) => defects.iter().map(|d| self.defect(d, panel, rows)).collect(),
            FrontierError::NoVariable(role) => {
                let (what, option) = match role {
                    Role::Input => ("input", "inputs"),
                    Role::Output => ("output", "outputs"),
                    Role::BadOutput => ("undesirable output", "bad_outputs"),
                };
                vec![
                    Problem::error("no-variable", format!("No {what} is named."))
                        .help(format!("Name at least one in `{option}`.")),
                ]
            }
            FrontierError::Empty => {
                vec![Problem::error("no-complete-unit", "No unit has complete data, so there is no frontier to measure against.")]
            }
            other => vec![Problem::error("frontier", format!("{other}."))],
        }
    }

    fn defect(&self, defect: &Defect, panel: &Panel, rows: &[usize]) -> Problem {
        let place = |role: Role, variable: usize, unit: Option<usize>| {
            let row = unit.and_then(|u| rows.get(u)).copied();
            Place {
                column: Some(self.get(role, variable).to_owned()),
                unit: row.map(|r| panel.units[r].clone()),
                period: row.filter(|_| panel.period_name.is_some()).map(|r| panel.periods[r]),
                ..Place::default()
            }
        };
        let at = |c: &Cell| place(c.role, c.variable, Some(c.unit));
        match defect {
            Defect::Missing(c) => Problem::error("missing-cell", "The cell is empty.")
                .why("Efficiency compares complete bundles of inputs and outputs.")
                .help("Fill the cell, or set `missing = \"exclude\"` to leave the unit out of the reference and report it.")
                .at(at(c)),
            Defect::Infinite(c) => Problem::error("infinite-value", "The value is not finite.").at(at(c)),
            Defect::Negative(c, x) => Problem::error("negative-value", format!("`{x}` is negative."))
                .why("A radial or directional ratio of a negative quantity has no meaning.")
                .help("Use the variable's positive parts, or a model made for negative data (additive under VRS, range directional).")
                .at(at(c)),
            Defect::ZeroVariable(role, v) => Problem::error("zero-variable", "The variable is zero for every unit of a reference.")
                .help("Leave it out, or the periods in which nothing was recorded.")
                .at(place(*role, *v, None)),
            Defect::ZeroUnit(role, unit) => {
                let what = if *role == Role::Input { "input" } else { "output" };
                let mut p = place(*role, 0, Some(*unit));
                p.column = None;
                Problem::error("zero-unit", format!("Every {what} is zero."))
                    .why("A unit needs at least one positive input and one positive output.")
                    .at(p)
            }
        }
    }
}

/// Units of the panel's rows as numbers, and their names.
pub(super) fn unit_numbers(panel: &Panel) -> (Vec<usize>, Vec<&str>) {
    let names = panel.unit_set();
    (panel.units.iter().map(|u| names.partition_point(|n| *n < u.as_str())).collect(), names)
}

/// The word for a state.
pub(super) fn state(s: State) -> Text {
    match s {
        State::Optimal => Text::new("optimal", "最优"),
        State::Infeasible => Text::new("infeasible", "无可行解"),
        State::Unbounded => Text::new("unbounded", "无界"),
        State::Numerical => Text::new("numerical", "数值未认证"),
        State::Missing => Text::new("missing", "数据缺失"),
    }
}

/// Some of a list of places, and how many more.
pub(super) fn listed(places: &[String]) -> Text {
    const SHOWN: usize = 8;
    let shown = places[..places.len().min(SHOWN)].join(", ");
    match places.len().saturating_sub(SHOWN) {
        0 => Text::plain(shown),
        more => Text::new(format!("{shown} and {more} more"), format!("{shown} 等另 {more} 处")),
    }
}

/// A finding about observations that were left out or changes that are gaps.
pub(super) fn left_out(places: &[String]) -> Option<Finding> {
    (!places.is_empty()).then(|| Finding {
        code: "FR001".into(),
        weight: Weight::Warning,
        place: listed(places),
        message: Text::new(
            format!("{} observations lack data and are not part of any frontier; their results are empty.", places.len()),
            format!("{} 个观测数据不全，未进入任何前沿，其结果为空。", places.len()),
        ),
    })
}

/// A finding about values that could not be solved or certified.
pub(super) fn unsolved(places: &[String]) -> Option<Finding> {
    (!places.is_empty()).then(|| Finding {
        code: "FR002".into(),
        weight: Weight::Warning,
        place: listed(places),
        message: Text::new(
            format!("{} programs have no certified solution; the status column says why.", places.len()),
            format!("{} 个线性规划没有经认证的解，原因见状态列。", places.len()),
        ),
    })
}

/// A finding about a reference with too few units for its variables (Cooper, Seiford and Tone 2007,
/// p. 116: n of at least max(m s, 3 (m + s))).
pub(super) fn too_few(units: usize, inputs: usize, outputs: usize, period: &str) -> Option<Finding> {
    let needed = (inputs * outputs).max(3 * (inputs + outputs));
    (units < needed).then(|| Finding {
        code: "FR003".into(),
        weight: Weight::Warning,
        place: Text::plain(period),
        message: Text::new(
            format!("{units} units for {inputs} inputs and {outputs} outputs; the rule of thumb asks for {needed}. Many units will look efficient only because nobody resembles them."),
            format!("{inputs} 个投入、{outputs} 个产出仅有 {units} 个单元，经验规则要求至少 {needed} 个；许多单元会仅因无可比对象而显得有效。"),
        ),
    })
}

/// Change needs two periods.
pub(super) fn two_periods(panel: &Panel) -> Result<(), Vec<Problem>> {
    if panel.period_set().len() >= 2 {
        return Ok(());
    }
    Err(vec![
        Problem::error("one-period", "The data have a single period.")
            .why("Productivity change is measured between two periods.")
            .help("Name the period column, or use `dea` for one period."),
    ])
}
