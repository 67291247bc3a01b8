//! Derived variables in the order in which they need one another.

use std::collections::{BTreeMap, BTreeSet};

use super::{Formula, evaluate::unknown};
use crate::{
    problem::{Place, Problem},
    table::{Meaning, Panel, Variable},
};

/// A variable defined by a formula.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Derived {
    /// Name of the new variable.
    pub name: String,
    /// Its formula.
    pub formula: String,
    /// What it means.
    pub meaning: Meaning,
}

/// Adds derived variables to a panel, in the order given; each may use the panel's variables and
/// the others, whichever comes first. The column of a problem is the name of the derived variable,
/// its span lies inside the formula.
///
/// # Errors
/// All problems found, never only the first: formulas that cannot be read, names taken twice or by
/// the panel, unknown variables, cycles, cells without a result. The panel is then unchanged.
pub fn derive(panel: &mut Panel, derived: &[Derived]) -> Result<(), Vec<Problem>> {
    let mut problems = Vec::new();
    let mut formulas = BTreeMap::new();
    for (i, d) in derived.iter().enumerate() {
        let name = d.name.trim();
        let place = Place { column: Some(name.to_owned()), ..Place::default() };
        if name.is_empty() {
            problems.push(Problem::error("empty-name", format!("The derived variable `{}` has no name.", d.formula)));
        } else if let Some(what) = taken(panel, name) {
            problems.push(
                Problem::error("name-taken", format!("`{name}` is already {what}."))
                    .why("One name must mean one thing.")
                    .help("Choose another name for the derived variable.")
                    .at(place.clone()),
            );
        } else if derived.iter().take(i).any(|other| other.name.trim() == name) {
            problems.push(
                Problem::error("name-taken", format!("`{name}` is derived twice.")).help("Rename one of them.").at(place.clone()),
            );
        }
        match Formula::parse(&d.formula) {
            Ok(formula) => {
                formulas.insert(i, formula);
            }
            Err(more) => problems.extend(more.into_iter().map(|p| of(p, name))),
        }
    }
    let at: BTreeMap<&str, usize> = derived.iter().enumerate().map(|(i, d)| (d.name.trim(), i)).collect();
    for (i, formula) in &formulas {
        for (name, span) in formula.names().filter(|(name, _)| panel.variable(name).is_none() && !at.contains_key(name.as_str()))
        {
            let known = panel.variables.iter().map(|v| v.name.as_str()).chain(at.keys().copied());
            let own = derived.get(*i).map(|d| d.name.trim()).unwrap_or_default();
            let place = Place { span: Some(span.clone()), ..Place::default() };
            problems.push(of(unknown(name, known.filter(|k| *k != own)).at(place), own));
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let order = order(derived, &formulas, &at)?;
    let before = panel.variables.len();
    let mut failed: BTreeSet<usize> = BTreeSet::new();
    let mut places = BTreeMap::new();
    for i in order {
        let (Some(d), Some(formula)) = (derived.get(i), formulas.get(&i)) else { continue };
        // What rests on a failed variable is not a further problem.
        if formula.names().any(|(name, _)| at.get(name.as_str()).is_some_and(|j| failed.contains(j))) {
            failed.insert(i);
            continue;
        }
        match formula.evaluate(panel) {
            Ok(values) => {
                places.insert(i, panel.variables.len());
                panel.variables.push(Variable { name: d.name.trim().to_owned(), meaning: d.meaning.clone(), values });
            }
            Err(more) => {
                failed.insert(i);
                problems.extend(more.into_iter().map(|p| of(p, d.name.trim())));
            }
        }
    }
    let mut computed: BTreeMap<usize, Variable> =
        panel.variables.split_off(before).into_iter().enumerate().map(|(k, v)| (before + k, v)).collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    panel.variables.extend(places.values().filter_map(|place| computed.remove(place)));
    Ok(())
}

/// What already bears the name.
fn taken(panel: &Panel, name: &str) -> Option<&'static str> {
    if panel.variable(name).is_some() {
        Some("a variable of the data")
    } else if panel.unit_name == name || panel.period_name.as_deref() == Some(name) {
        Some("a key column of the data")
    } else {
        panel.group(name).map(|_| "a group of the data")
    }
}

fn of(mut problem: Problem, name: &str) -> Problem {
    problem.place.column = Some(name.to_owned());
    problem
}

/// The derived variables so that each comes after those it needs.
fn order(
    derived: &[Derived],
    formulas: &BTreeMap<usize, Formula>,
    at: &BTreeMap<&str, usize>,
) -> Result<Vec<usize>, Vec<Problem>> {
    let mut needs: BTreeMap<usize, BTreeSet<usize>> =
        formulas.iter().map(|(i, f)| (*i, f.names().filter_map(|(name, _)| at.get(name.as_str()).copied()).collect())).collect();
    let mut order = Vec::new();
    while let Some(ready) = needs.iter().find(|(_, needed)| needed.is_empty()).map(|(i, _)| *i) {
        needs.remove(&ready);
        for needed in needs.values_mut() {
            needed.remove(&ready);
        }
        order.push(ready);
    }
    let Some(&start) = needs.keys().next() else { return Ok(order) };
    // Every one left needs another one left, so walking from need to need closes a circle.
    let (mut walk, mut here) = (vec![start], start);
    while let Some(&next) = needs.get(&here).and_then(|n| n.iter().next()) {
        if let Some(from) = walk.iter().position(|i| *i == next) {
            walk.drain(..from);
            break;
        }
        walk.push(next);
        here = next;
    }
    let name = |i: &usize| derived.get(*i).map(|d| d.name.trim()).unwrap_or_default();
    let circle: Vec<&str> = walk.iter().chain(walk.first()).map(name).collect();
    Err(vec![
        Problem::error("cycle", format!("The derived variables need one another in a circle: {}.", circle.join(" → ")))
            .why("None of them can be computed first.")
            .help("Define one of them without the others.")
            .at(Place { column: circle.first().map(|n| (*n).to_owned()), ..Place::default() }),
    ])
}
