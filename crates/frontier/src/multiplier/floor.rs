//! Least prices that every unit can afford.

use numerics::{
    lp::{Cloud, Column, Objective, Program, Row, Sense, Status},
    moments,
};

use super::{Floor, MultiplierOptions};
use crate::{
    reference::Reference,
    restrictions::Ray,
    technology::{FrontierError, Orientation},
};

/// Room below the bound, so that rounding cannot make the last unit infeasible.
const ROOM: f64 = 1e-9;

pub(super) struct Least {
    /// One per variable.
    pub(super) floors: Vec<f64>,
    /// The bound of a floor that is the same number for every variable.
    pub(super) assured: Option<f64>,
}

pub(super) fn floors(set: &Reference, inputs: usize, rays: &[Ray], options: &MultiplierOptions) -> Result<Least, FrontierError> {
    let variables = set.columns.len();
    let program = |scale: &[f64]| assured(set, inputs, rays, options.orientation, scale);
    let floors = match options.floor {
        Floor::None => vec![0.0; variables],
        Floor::Given(x) => vec![x; variables],
        Floor::Assured => {
            let scale: Vec<f64> = set.columns.iter().map(|c| 1.0 / moments::mean(c)).collect();
            let Some(largest) = program(&scale)? else {
                let why = "no positive prices are affordable to every unit within the restrictions";
                return Err(FrontierError::Options(vec![("floor", why.to_owned())]));
            };
            scale.iter().map(|s| s * largest * (1.0 - ROOM)).collect()
        }
    };
    Ok(Least { floors, assured: program(&vec![1.0; variables])? })
}

/// `max ε` subject to `v·xⱼ <= 1` (output orientation: `u·yⱼ <= 1`), `u·yⱼ − v·xⱼ <= 0`, restrictions, and every price
/// at least `ε scale`. Prices that meet it, over a unit's own sum of at most 1, are feasible for that unit under any
/// returns to scale. Solved as its dual, which has one column per constraint.
fn assured(
    set: &Reference,
    inputs: usize,
    rays: &[Ray],
    orientation: Orientation,
    scale: &[f64],
) -> Result<Option<f64>, FrontierError> {
    let variables = set.columns.len();
    let measured = |v: usize| (v < inputs) == (orientation == Orientation::Input);
    let row = |(v, column): (usize, &Vec<f64>)| -> Vec<f64> {
        let sign = if v < inputs { -1.0 } else { 1.0 };
        let profit = column.iter().map(|x| sign * x * scale[v]);
        let budget = column.iter().map(|x| if measured(v) { x * scale[v] } else { 0.0 });
        profit.chain(budget).collect()
    };
    let n = set.classes.len();
    let mut rows: Vec<Vec<f64>> = set.columns.iter().enumerate().map(row).collect();
    rows.push(vec![0.0; 2 * n]);
    let cloud = Cloud::new(rows)?;
    let restriction = |r: &Ray| {
        // Rays are written over (−v, u); over v they change sign.
        let sign = |v: usize| if v < inputs { -1.0 } else { 1.0 };
        let mut entries: Vec<f64> = (0..variables).map(|v| sign(v) * r.entries[v] * scale[v]).collect();
        entries.push(0.0);
        Column { entries, free: false }
    };
    let least = |v: usize| {
        let mut entries = vec![0.0; variables + 1];
        (entries[v], entries[variables]) = (-1.0, 1.0);
        Column { entries, free: false }
    };
    let extras: Vec<Column> = rays.iter().map(restriction).chain((0..variables).map(least)).collect();
    let mut limits = vec![Row { sense: Sense::AtLeast, rhs: 0.0 }; variables];
    limits.push(Row { sense: Sense::AtLeast, rhs: 1.0 });
    let costs = (0..2 * n).map(|j| if j < n { 0.0 } else { 1.0 }).collect();
    let objective = Objective { cloud: costs, ..Objective::default() };
    let program = Program { cloud: &cloud, extras: &extras, rows: &limits, objectives: &[objective], start: None };
    let solution = program.solve()?;
    Ok(solution.values.first().copied().filter(|v| solution.status == Status::Optimal && *v > 0.0))
}
