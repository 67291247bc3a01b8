//! Radial efficiency over several periods that share a budget (Lim, Kim and Lee 2020); its page is that of the dynamic
//! models.
//!
//! In period t, with `a = secured − Σ spent before t`: `min θᵗ` subject to `Σλx ≤ θᵗx₀`, `Σλz ≤ θᵗz₀`, `Σλa ≤ a₀`,
//! `Σλy ≥ y₀`. The whole is the weighted mean of the factors.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    dea::{self, Control, Dea, DeaOptions, Returns},
    technology::{Cell, Defect, FrontierError, Missing, Role, State, Technology},
};

/// A period: one column per variable, one row per unit. `NaN` is a missing cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Period<'a> {
    /// Inputs.
    pub inputs: Vec<&'a [f64]>,
    /// What is spent of each budget.
    pub spent: Vec<&'a [f64]>,
    /// Outputs.
    pub outputs: Vec<&'a [f64]>,
    /// Importance beside the other periods.
    pub weight: f64,
}

/// Options of [`budget`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BudgetOptions {
    /// Returns to scale of every period: `crs`, `vrs`, `nirs` or `ndrs`.
    pub returns: Returns,
    /// Units with missing cells: `refuse` the data, or `exclude` them, from every period, with status `missing`.
    pub missing: Missing,
}

impl Default for BudgetOptions {
    fn default() -> Self {
        Self { returns: Returns::Crs, missing: Missing::default() }
    }
}

/// Result of [`budget`]: one value per unit in each column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    /// State of each unit: the worst of its periods.
    pub state: Vec<State>,
    /// Weighted mean of the factors.
    pub efficiency: Vec<f64>,
    /// Certified bounds of `efficiency`.
    pub interval: Vec<(f64, f64)>,
    /// Each period. Its inputs are those of [`Period`], then what is spent, then what was left of each budget.
    pub periods: Vec<Dea>,
    /// What was left of each budget before each period: `[period][budget][unit]`.
    pub left: Vec<Vec<Vec<f64>>>,
}

/// Efficiency of every unit over the periods; `secured` holds its budgets at the beginning of the first.
///
/// # Errors
/// [`FrontierError`]: no period, columns of different length or number, or cells that cannot be used, all of them at
/// once. Variables of a role are counted through the periods, and unit `u` of period `t` stands at `t · units + u`;
/// budgets are in the role `Intermediate`: what is spent through the periods, then what was secured. A budget that is
/// overspent is a negative cell of what is spent last.
pub fn budget(periods: &[Period<'_>], secured: &[&[f64]], options: &BudgetOptions) -> Result<Budget, FrontierError> {
    let units = check(periods, secured, options.missing)?;
    // A unit that lacks a cell in one period is in none.
    let whole = |u: usize| {
        let columns = periods.iter().flat_map(|p| p.inputs.iter().chain(&p.spent).chain(&p.outputs)).chain(secured);
        columns.into_iter().all(|c| !c[u].is_nan())
    };
    let complete: Vec<bool> = (0..units).map(whole).collect();
    let total: f64 = periods.iter().map(|p| p.weight).sum();
    let mut left: Vec<Vec<f64>> = secured.iter().map(|c| c.to_vec()).collect();
    let mut out = Budget { state: vec![State::Optimal; units], ..Budget::default() };
    (out.efficiency, out.interval) = (vec![0.0; units], vec![(0.0, 0.0); units]);
    for (t, period) in periods.iter().enumerate() {
        let mut inputs: Vec<Vec<f64>> = period.inputs.iter().chain(&period.spent).map(|c| c.to_vec()).collect();
        (0..units).filter(|&u| !complete[u]).for_each(|u| inputs.iter_mut().for_each(|c| c[u] = f64::NAN));
        let mut control = vec![Control::Chosen; inputs.len()];
        // A budget that nobody has any more binds nobody.
        let bound = |c: &&Vec<f64>| (0..units).any(|u| complete[u] && c[u] != 0.0);
        inputs.extend(left.iter().filter(bound).cloned());
        control.resize(inputs.len(), Control::NonDiscretionary);
        control.resize(inputs.len() + period.outputs.len(), Control::Chosen);
        let technology = Technology {
            inputs: inputs.iter().map(Vec::as_slice).collect(),
            outputs: period.outputs.clone(),
            bad_outputs: Vec::new(),
        };
        let own =
            DeaOptions { returns: options.returns, control, scale: false, missing: Missing::Exclude, ..DeaOptions::default() };
        let result = dea::dea(&technology, &own).map_err(|e| placed(e, periods, t, units))?;
        let share = period.weight / total;
        for u in 0..units {
            out.state[u] = out.state[u].max(result.state[u]);
            out.efficiency[u] += share * result.score[u];
            out.interval[u].0 += share * result.interval[u].0;
            out.interval[u].1 += share * result.interval[u].1;
        }
        out.periods.push(result);
        out.left.push(left.clone());
        for (budget, spent) in left.iter_mut().zip(&period.spent) {
            budget.iter_mut().zip(*spent).for_each(|(a, z)| *a -= z);
        }
    }
    Ok(out)
}

/// The number of units, if nothing is wrong with shapes and cells.
fn check(periods: &[Period<'_>], secured: &[&[f64]], missing: Missing) -> Result<usize, FrontierError> {
    let wrong = |name, why: &str| Err(FrontierError::Options(vec![(name, why.to_owned())]));
    let Some(first) = periods.first() else { return wrong("periods", "there is none") };
    if secured.is_empty() || periods.iter().any(|p| p.spent.len() != secured.len()) {
        return wrong("budget", "each budget has one column of what was secured, and one in every period of what is spent");
    }
    let sizes = |p: &Period<'_>| (p.inputs.len(), p.outputs.len());
    if periods.iter().any(|p| sizes(p) != sizes(first)) {
        return Err(FrontierError::Variables);
    }
    if first.outputs.is_empty() {
        return Err(FrontierError::NoVariable(Role::Output));
    }
    let total: f64 = periods.iter().map(|p| p.weight).sum();
    if !(periods.iter().all(|p| p.weight >= 0.0) && total > 0.0 && total.is_finite()) {
        return wrong("period_weights", "they are not negative, and not all of them 0");
    }
    let units = secured[0].len();
    let (mut found, mut left) = (Vec::new(), secured.iter().map(|c| c.to_vec()).collect::<Vec<_>>());
    let look = |role, variable, column: &[f64], t: usize, found: &mut Vec<Defect>| {
        if column.len() != units {
            return Err(FrontierError::Shape { role, variable, found: column.len(), expected: units });
        }
        let own = crate::technology::defects(std::iter::once((role, variable, column)), missing);
        found.extend(own.into_iter().map(|d| moved(d, 0, t * units)));
        Ok(())
    };
    for (t, p) in periods.iter().enumerate() {
        for (role, columns) in [(Role::Input, &p.inputs), (Role::Intermediate, &p.spent), (Role::Output, &p.outputs)] {
            for (v, c) in columns.iter().enumerate() {
                look(role, t * columns.len() + v, c, t, &mut found)?;
            }
        }
        for (b, spent) in p.spent.iter().enumerate() {
            for u in 0..units {
                let size = secured[b][u];
                left[b][u] -= spent[u];
                if left[b][u] < -1e-9 * size {
                    let cell = Cell { role: Role::Intermediate, variable: t * p.spent.len() + b, unit: t * units + u };
                    found.push(Defect::Negative(cell, left[b][u]));
                } else {
                    left[b][u] = left[b][u].max(0.0);
                }
            }
        }
    }
    for (b, c) in secured.iter().enumerate() {
        look(Role::Intermediate, periods.len() * secured.len() + b, c, 0, &mut found)?;
    }
    if found.is_empty() { Ok(units) } else { Err(FrontierError::Data(found)) }
}

fn moved(defect: Defect, variables: usize, units: usize) -> Defect {
    let cell = |c: Cell| Cell { variable: c.variable + variables, unit: c.unit + units, ..c };
    match defect {
        Defect::Missing(c) => Defect::Missing(cell(c)),
        Defect::Infinite(c) => Defect::Infinite(cell(c)),
        Defect::Negative(c, x) => Defect::Negative(cell(c), x),
        Defect::NoLogarithm(c) => Defect::NoLogarithm(cell(c)),
        Defect::ZeroVariable(role, v) => Defect::ZeroVariable(role, v + variables),
        Defect::ZeroUnit(role, u) => Defect::ZeroUnit(role, u + units),
    }
}

/// Defects of one period, numbered through all of them.
fn placed(error: FrontierError, periods: &[Period<'_>], t: usize, units: usize) -> FrontierError {
    let FrontierError::Data(defects) = error else { return error };
    let (inputs, spent, outputs) = (periods[t].inputs.len(), periods[t].spent.len(), periods[t].outputs.len());
    let place = |d: Defect| match d {
        Defect::ZeroVariable(Role::Input, v) if v >= inputs => {
            Defect::ZeroVariable(Role::Intermediate, t * spent + (v - inputs).min(spent.saturating_sub(1)))
        }
        Defect::ZeroVariable(Role::Input, _) => moved(d, t * inputs, t * units),
        d => moved(d, t * outputs, t * units),
    };
    FrontierError::Data(defects.into_iter().map(place).collect())
}

#[cfg(test)]
#[path = "budget_tests.rs"]
mod tests;
