//! Inputs and outputs out of a panel, and what is wrong with them in the words of the panel.

use frontier::{Cell, Defect, FrontierError, Role, State, Technology, dea::Returns};
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
            // No method has both.
            Role::BadOutput | Role::Intermediate => self.bad_outputs,
        };
        names.get(variable).map_or("", String::as_str)
    }

    /// Every variable plays one part.
    pub(super) fn repeated(&self) -> Vec<Problem> {
        let names: Vec<&String> = self.inputs.iter().chain(self.outputs).chain(self.bad_outputs).collect();
        let mut twice: Vec<&String> =
            names.iter().enumerate().filter(|(i, n)| names[..*i].contains(n)).map(|(_, n)| *n).collect();
        twice.sort_unstable();
        twice.dedup();
        let problem = |name: &String| {
            Problem::error("repeated-variable", format!("`{name}` is named more than once."))
                .why("A variable is an input, an output or an undesirable output, once.")
                .at(Place { column: Some(name.clone()), ..Place::default() })
        };
        twice.into_iter().map(problem).collect()
    }

    /// The columns of the panel; every unknown or repeated name is a problem.
    pub(super) fn technology<'p>(&self, panel: &'p Panel) -> Result<Technology<'p>, Vec<Problem>> {
        let mut problems = self.repeated();
        let mut pick = |names: &'a [String]| -> Vec<&'p [f64]> {
            let mut columns = Vec::new();
            for name in names {
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
            FrontierError::Data(defects) => {
                let told = |(i, d): (usize, &Defect)| match d {
                    Defect::ZeroVariable(..) if defects[..i].contains(d) => Vec::new(),
                    Defect::ZeroVariable(role, v) => self.zero_variable(self.get(*role, *v), panel, rows),
                    _ => vec![self.defect(d, panel, rows)],
                };
                defects.iter().enumerate().flat_map(told).collect()
            }
            FrontierError::NoVariable(role) => {
                let (what, option) = match role {
                    Role::Input => ("input", "inputs"),
                    Role::Output => ("output", "outputs"),
                    Role::BadOutput => ("undesirable output", "bad_outputs"),
                    Role::Intermediate => ("intermediate", "intermediates"),
                };
                vec![
                    Problem::error("no-variable", format!("No {what} is named."))
                        .help(format!("Name at least one in `{option}`.")),
                ]
            }
            FrontierError::Empty => {
                vec![Problem::error("no-complete-unit", "No unit has complete data, so there is no frontier to measure against.")]
            }
            FrontierError::Options(list) => list.iter().map(|(name, why)| conflict(name, why)).collect(),
            other => vec![Problem::error("frontier", format!("{other}."))],
        }
    }

    /// One problem for each period in which the variable is zero throughout.
    fn zero_variable(&self, name: &str, panel: &Panel, rows: &[usize]) -> Vec<Problem> {
        let place = |period| Place { column: Some(name.to_owned()), period, ..Place::default() };
        let Some(values) = panel.values(name).filter(|_| panel.period_name.is_some()) else {
            return vec![zero_variable(place(None))];
        };
        let positive = |t: i32| rows.iter().any(|&r| panel.periods[r] == t && values[r] != 0.0 && !values[r].is_nan());
        let seen = |t: i32| rows.iter().any(|&r| panel.periods[r] == t && !values[r].is_nan());
        let zero = panel.period_set().into_iter().filter(|&t| seen(t) && !positive(t));
        zero.map(|t| zero_variable(place(Some(t)))).collect()
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
                .why("A share of a negative quantity has no meaning.")
                .help("Check the cell; where it is right, use the variable's positive parts, or `additive` under `vrs` with weights other than `mip`.")
                .at(at(c)),
            Defect::NoLogarithm(c) => Problem::error("no-logarithm", "The value, or its target, is not above 0 and has no logarithm; give ε instead.")
                .why("Affinity compares logarithms. A target vanishes beside others where the data mix very different sizes.")
                .help("Set `epsilon = \"given\"` with `epsilon_inputs` and `epsilon_outputs`, or measure units of like size together.")
                .at(at(c)),
            Defect::ZeroVariable(role, v) => zero_variable(place(*role, *v, None)),
            Defect::ZeroUnit(role, unit) => {
                let (what, why) = match role {
                    Role::Input => ("input", "A unit needs at least one positive input and one positive output."),
                    Role::BadOutput => ("undesirable output", "A share of no pollution has no meaning."),
                    Role::Intermediate => ("intermediate", "A stage needs at least one positive value of what it makes or uses."),
                    _ => ("output", "A unit needs at least one positive input and one positive output."),
                };
                let mut p = place(*role, 0, Some(*unit));
                p.column = None;
                Problem::error("zero-unit", format!("Every {what} is zero."))
                    .why(why)
                    .at(p)
            }
        }
    }
}

fn zero_variable(place: Place) -> Problem {
    Problem::error("zero-variable", "The variable is zero for every unit that spans the frontier.")
        .why("It tells no unit from another, and a share of it has no meaning.")
        .help("Leave it out, or the periods in which nothing was recorded (`from`, `to`).")
        .at(place)
}

/// Returns to scale that a model with slacks as its measure does not have.
pub(super) fn sum_of_weights(rts: Returns) -> Option<Problem> {
    let known = matches!(rts, Returns::Crs | Returns::Vrs | Returns::Nirs | Returns::Ndrs);
    (!known).then(|| conflict("rts", "this model takes `crs`, `vrs`, `nirs` or `ndrs`"))
}

/// Each problem once: what is wrong with the options is wrong for every frontier.
pub(super) fn once(problems: Vec<Problem>) -> Vec<Problem> {
    let mut said: Vec<Problem> = Vec::new();
    for problem in problems {
        if !said.contains(&problem) {
            said.push(problem);
        }
    }
    said
}

/// An option that does not go with the others, by the name it has in a study.
pub(super) fn conflict(name: &str, why: &str) -> Problem {
    let name = if name == "returns" { "rts" } else { name };
    Problem::error("options", format!("`{name}` does not go with the other options or the data: {why}."))
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
            match places.len() {
                1 => "1 observation lacks data and is not part of any frontier; its results are empty.".to_owned(),
                n => format!("{n} observations lack data and are not part of any frontier; their results are empty."),
            },
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
            match places.len() {
                1 => "1 program has no certified solution; the status column says why.".to_owned(),
                n => format!("{n} programs have no certified solution; the status column says why."),
            },
            format!("{} 个线性规划没有经认证的解，原因见状态列。", places.len()),
        ),
    })
}

/// A number of things, in English.
pub(super) fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// A finding about a reference with too few units for its variables, by three rules of thumb.
pub(super) fn too_few(units: usize, inputs: usize, outputs: usize, period: &str) -> Option<Finding> {
    // Cooper, Seiford and Tone (2007, p. 116); Golany and Roll (1989); Dyson et al. (2001).
    let cooper = (inputs * outputs).max(3 * (inputs + outputs));
    let (golany, dyson) = (2 * (inputs + outputs), 2 * inputs * outputs);
    (units < cooper.max(dyson)).then(|| Finding {
        code: "FR003".into(),
        weight: if units < cooper { Weight::Warning } else { Weight::Info },
        place: Text::plain(period),
        message: Text::new(
            format!(
                "{} for {} and {}; rules of thumb ask for {cooper} (Cooper, Seiford and Tone), {golany} (Golany and Roll), {dyson} \
                 (Dyson et al.). Many units will look efficient only because nobody resembles them.",
                counted(units, "unit"),
                counted(inputs, "input"),
                counted(outputs, "output")
            ),
            format!(
                "{inputs} 个投入、{outputs} 个产出仅有 {units} 个单元；经验规则要求 {cooper} 个（Cooper、Seiford 和 Tone）、{golany} 个（Golany \
                 和 Roll）、{dyson} 个（Dyson 等）。许多单元会仅因无可比对象而显得有效。"
            ),
        ),
    })
}

/// A finding about a frontier on which most units lie.
pub(super) fn most_efficient(efficient: usize, units: usize, period: &str) -> Option<Finding> {
    (units > 1 && 2 * efficient > units).then(|| Finding {
        code: "FR028".into(),
        weight: Weight::Warning,
        place: Text::plain(period),
        message: Text::new(
            format!("{efficient} of {units} units are efficient: the scores tell most of them not apart."),
            format!("{units} 个单元中有 {efficient} 个有效：效率值对多数单元没有区分力。"),
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
