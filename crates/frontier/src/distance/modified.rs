//! The modified directional distance: a step of its own for each side.

use numerics::lp::{Family, Instance, Sense, Solution};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::hull::{Hull, Ray};
use crate::{
    dea::{Class, Returns, Slacks, TOLERANCE, slack_weights},
    direction::{Direction, DirectionalError, Steps},
    order::neighbours,
    projection::{self, Landing, Projection, Reading, column},
    reference::{Reference, SumRow},
    technology::{FrontierError, Missing, State, Technology},
};

/// Values below this share of the variable's largest are zero to the rule for moves.
const SPECK: f64 = 1e-3;

/// Options of [`modified`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ModifiedOptions {
    /// Direction: `observed`, `inputs`, `outputs`, `mean`, `ones`, `custom` lengths or `columns` of them.
    pub direction: Direction,
    /// Returns to scale: `crs`, `vrs`, `nirs`, `ndrs` or `fdh`.
    pub returns: Returns,
    /// Second phase: `range`, `mean` or `sum` of slacks, or `none`.
    pub slacks: Slacks,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

impl Default for ModifiedOptions {
    fn default() -> Self {
        Self { direction: Direction::default(), returns: Returns::default(), slacks: Slacks::Range, missing: Missing::default() }
    }
}

/// Result of [`modified`]: one value per evaluated unit in each column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Modified {
    /// State of each unit.
    pub state: Vec<State>,
    /// `βx + βy`, 0 on the frontier.
    pub distance: Vec<f64>,
    /// Certified bounds of `distance`.
    pub interval: Vec<(f64, f64)>,
    /// Steps βx of the inputs. Of several pairs with the same sum the one with the largest βy.
    pub input_steps: Vec<f64>,
    /// Steps βy of the outputs.
    pub output_steps: Vec<f64>,
    /// Strongly or weakly efficient, or not.
    pub class: Vec<Class>,
    /// Slacks after the move, targets, peers, and prices: `βx + βy = v·x − u·y + intercept`. The free disposal hull has
    /// no prices.
    pub projection: Projection,
}

/// The modified directional distance of every unit against all units with complete data.
///
/// # Errors
/// [`DirectionalError`]: data as for [`crate::dea::dea`], a direction that is none, returns to scale that the model does
/// not have. An infeasible or uncertified unit is a [`State`], not an error.
pub fn modified(technology: &Technology<'_>, options: &ModifiedOptions) -> Result<Modified, DirectionalError> {
    evaluate(technology, None, options)
}

/// The modified directional distance of `evaluated` against another set of units. A unit that the set does not dominate
/// is infeasible: no step is negative.
///
/// # Errors
/// As [`modified`], for both sets, and different variables.
pub fn modified_against(
    evaluated: &Technology<'_>,
    reference: &Technology<'_>,
    options: &ModifiedOptions,
) -> Result<Modified, DirectionalError> {
    evaluated.like(reference)?;
    evaluate(evaluated, Some(reference), options)
}

/// Returns to scale of the distances of this page.
pub(super) fn knows(returns: Returns) -> Result<(), FrontierError> {
    match returns {
        Returns::Generalised | Returns::Replication | Returns::Upscaling => {
            let why = "this model takes `crs`, `vrs`, `nirs`, `ndrs` or `fdh`".to_owned();
            Err(FrontierError::Options(vec![("returns", why)]))
        }
        _ => Ok(()),
    }
}

/// Class of a unit that moves by `step` in each variable. The move counts as a share of its values: steps may carry
/// units of measure.
pub(super) fn class(set: &Reference, landing: &Landing, observed: impl Fn(usize) -> f64, step: impl Fn(usize) -> f64) -> Class {
    let far = |(v, column): (usize, &Vec<f64>)| {
        let largest = column.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
        step(v) > TOLERANCE * observed(v).abs().max(SPECK * largest)
    };
    if set.columns.iter().enumerate().any(far) {
        Class::Inefficient
    } else if landing.slacks.iter().any(|s| *s > 0.0) {
        Class::Weak
    } else {
        Class::Strong
    }
}

struct Solved {
    state: State,
    distance: f64,
    interval: (f64, f64),
    steps: [f64; 2],
    class: Class,
    landing: Option<Landing>,
}

fn evaluate(
    evaluated: &Technology<'_>,
    reference: Option<&Technology<'_>>,
    options: &ModifiedOptions,
) -> Result<Modified, DirectionalError> {
    for technology in [Some(evaluated), reference].into_iter().flatten() {
        technology.check(options.missing, false)?;
    }
    knows(options.returns)?;
    let there = reference.unwrap_or(evaluated);
    let set = Reference::spanning(there)?;
    let members: Vec<usize> = there.complete().iter().enumerate().filter(|c| *c.1).map(|c| c.0).collect();
    let steps = options.direction.steps(evaluated, there, &members)?;
    let complete = evaluated.complete();
    let rows: Vec<usize> = (0..evaluated.len()).filter(|&u| complete[u]).collect();
    let columns: Vec<&[f64]> = evaluated.columns().map(|c| c.2).collect();
    let weights = slack_weights(&set.columns, options.slacks);
    let apart = Apart {
        set: &set,
        columns: &columns,
        inputs: evaluated.inputs.len(),
        steps: &steps,
        weights: weights.as_deref(),
        own: reference.is_none(),
    };
    let (order, solved) = match options.returns {
        Returns::Fdh => (rows.clone(), rows.par_iter().map(|&u| apart.best(u)).collect()),
        returns => {
            let order = neighbours(&columns, &rows, 0..0);
            let solved = apart.sweep(&order, returns)?;
            (order, solved)
        }
    };
    let mut units: Vec<Option<&Solved>> = vec![None; evaluated.len()];
    order.iter().zip(&solved).for_each(|(&u, s)| units[u] = Some(s));
    let sizes = [evaluated.inputs.len(), evaluated.outputs.len(), 0];
    Ok(Modified {
        state: column(&units, State::Missing, |t| t.state),
        distance: column(&units, f64::NAN, |t| t.distance),
        interval: column(&units, (f64::NAN, f64::NAN), |t| t.interval),
        input_steps: column(&units, f64::NAN, |t| t.steps[0]),
        output_steps: column(&units, f64::NAN, |t| t.steps[1]),
        class: column(&units, Class::None, |t| t.class),
        projection: Projection::new(&units, |t| t.landing.as_ref(), &set, sizes),
    })
}

/// `max βx + βy` with `Σλx ≤ x₀ − βx gx`, `Σλy ≥ y₀ + βy gy`, both at least 0.
struct Apart<'a> {
    set: &'a Reference,
    columns: &'a [&'a [f64]],
    inputs: usize,
    steps: &'a Steps<'a>,
    weights: Option<&'a [f64]>,
    own: bool,
}

impl Apart<'_> {
    fn length(&self, v: usize, u: usize) -> f64 {
        self.steps.length(v, u, self.columns[v][u])
    }

    fn side(&self, side: usize) -> std::ops::Range<usize> {
        if side == 0 { 0..self.inputs } else { self.inputs..self.columns.len() }
    }

    fn sweep(&self, order: &[usize], returns: Returns) -> Result<Vec<Solved>, FrontierError> {
        let variables = self.columns.len();
        let sum = projection::sum_row(returns)?;
        let cloud = self.set.cloud(if sum.is_some() { SumRow::Ones } else { SumRow::None }, self.inputs)?;
        let mut senses = vec![Sense::AtMost; self.inputs];
        senses.resize(variables, Sense::AtLeast);
        senses.extend(sum);
        let rows = senses.len();
        let objectives = 2 + usize::from(self.weights.is_some());
        let family = Family::new(&cloud, senses, vec![false, false], objectives)?;
        let fill = |u: usize, program: &mut Instance| {
            for v in 0..variables {
                let length = self.length(v, u);
                program.rhs[v] = self.columns[v][u];
                if v < self.inputs {
                    program.extras[v] = length;
                } else {
                    program.extras[rows + v] = 0.0 - length;
                }
            }
            if sum.is_some() {
                program.rhs[variables] = 1.0;
            }
            for side in 0..2 {
                // A side that does not move has no distance.
                let moves = self.side(side).any(|v| self.length(v, u) > 0.0);
                program.costs[0].extras[side] = if moves { -1.0 } else { 1.0 };
            }
            program.costs[1].extras[1] = -1.0;
            if let (Some(weights), Some(last)) = (self.weights, program.costs.get_mut(2)) {
                last.slacks.iter_mut().zip(weights).for_each(|(c, w)| *c = 0.0 - w);
            }
        };
        Ok(family.sweep(order, fill, |u, s| self.read(u, sum.is_some(), s)))
    }

    fn read(&self, u: usize, sum: bool, s: &Solution) -> Solved {
        let (variables, nan) = (self.columns.len(), f64::NAN);
        let whole = s.slacks.len().min(s.duals.len()) >= variables && s.extras.len() == 2;
        let Some(&value) = s.values.first().filter(|_| whole) else {
            return Solved {
                state: s.status.into(),
                distance: nan,
                interval: (nan, nan),
                steps: [nan; 2],
                class: Class::None,
                landing: None,
            };
        };
        let turn = |x: f64| if self.own { (0.0 - x).max(0.0) } else { 0.0 - x };
        let (distance, interval) = (turn(value), (turn(s.interval.1), turn(s.interval.0)));
        let steps = [s.extras[0].max(0.0), s.extras[1].max(0.0)];
        let observed = |v: usize| self.columns[v][u];
        let reading = Reading {
            factor: 1.0,
            slack: &|v| s.slacks[v],
            price: &|v| s.duals[v],
            intercept: if sum { 0.0 - s.duals[variables] } else { 0.0 },
        };
        let landing = Landing::new(self.set, observed, s, &reading);
        let given = if landing.dominates(observed, |v| v < self.inputs) { steps[0] + steps[1] } else { nan };
        let state = projection::state(s.status, distance, given, interval, 1.0 + distance.abs());
        Solved { state, distance, interval, steps, class: self.class(u, steps, &landing), landing: Some(landing) }
    }

    fn class(&self, u: usize, steps: [f64; 2], landing: &Landing) -> Class {
        let step = |v: usize| steps[usize::from(v >= self.inputs)] * self.length(v, u);
        class(self.set, landing, |v| self.columns[v][u], step)
    }

    /// The free disposal hull: the best single point.
    fn best(&self, u: usize) -> Solved {
        let hull = Hull { set: self.set, inputs: self.inputs, apart: true };
        let ray = Ray { values: &|v| self.columns[v][u], lengths: &|v| self.length(v, u) };
        let reach = hull.farthest(&ray, self.weights);
        let d = hull.distance(reach.as_ref());
        let landing = reach.as_ref().map(|r| hull.landing(&ray, r));
        let steps = reach.map_or([f64::NAN; 2], |r| r.steps);
        let class = landing.as_ref().map_or(Class::None, |l| self.class(u, steps, l));
        let interval = if self.own { (d.interval.0.max(0.0), d.interval.1) } else { d.interval };
        Solved { state: d.state, distance: d.value, interval, steps, class, landing }
    }
}
