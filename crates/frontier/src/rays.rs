//! Directional programs over one reference: how far rows can move along their directions.

use std::ops::Range;

use numerics::lp::{Cloud, Family, Instance, LpError, Sense, Solution, Status};

use crate::{
    direction::{Direction, Steps},
    directional::{BadOutputs, DirectionalReturns},
    observations::{Distance, UNSOLVED},
    order::neighbours,
    reference::{Reference, SumRow},
    technology::{FrontierError, Role, State, Technology, meets},
};

/// A reference set ready for directional programs.
///
/// `max β` with `Σλx ≤ x₀ − βgₓ`, `Σλy ≥ y₀ + βg_y`, `Σλb = b₀ − βg_b` (strong disposability: `≤`), posed as
/// `min −β`; β is free, negative for points beyond the reference.
///
/// Shephard's factor θ has `Σzx ≤ x₀ − βgₓ`, `θΣzy ≥ y₀ + βg_y`, `θΣzb = b₀ − βg_b`, `Σz = 1`. Where inputs stay it is
/// linear in `λ = θz` and `s = 1 − θ`: `Σλx + s x₀ ≤ x₀`, `Σλ + s = 1`. Where outputs stay it is linear in `z` and
/// `t = 1/θ − 1`: `Σzy − t y₀ ≥ y₀`, `Σzb − t b₀ = b₀`. The second extra column is `s` or `t`.
pub(crate) struct Rays {
    cloud: Cloud,
    senses: Vec<Sense>,
    roles: Vec<Role>,
    idle: bool,
    /// Whether one factor abates all outputs (Shephard).
    common: bool,
}

/// Which side of production a row moves along its direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Inputs,
    Outputs,
}

/// Refuses directions along which Shephard's factor leaves no linear program: those that move inputs and outputs of
/// one row.
pub(crate) fn one_sided(
    returns: DirectionalReturns,
    evaluated: &Technology<'_>,
    rows: &[usize],
    steps: &Steps<'_>,
) -> Result<(), FrontierError> {
    let m = evaluated.inputs.len();
    let columns: Vec<&[f64]> = evaluated.columns().map(|c| c.2).collect();
    let moves = |u: usize, side: Range<usize>| side.into_iter().any(|v| steps.length(v, u, columns[v][u]) != 0.0);
    let both = |u: &&usize| moves(**u, 0..m) && moves(**u, m..columns.len());
    if returns != DirectionalReturns::VrsShephard || rows.iter().find(both).is_none() {
        return Ok(());
    }
    let why = "one abatement factor for all is linear where inputs stay or outputs stay; take `outputs` or `inputs`, or `vrs-kuosmanen`";
    Err(FrontierError::Options(vec![("direction", why.to_owned())]))
}

/// What is solved after the distance.
pub(crate) enum Then<'a> {
    /// Nothing: the distance alone.
    Nothing,
    /// The slacks, with one weight per variable, and the solution that the canonical rule picks.
    Slacks(Option<&'a [f64]>),
}

impl Rays {
    pub(crate) fn new(
        reference: &Reference,
        technology: &Technology<'_>,
        returns: DirectionalReturns,
        bads: BadOutputs,
    ) -> Result<Self, LpError> {
        let (sum, sum_sense) = match returns {
            DirectionalReturns::Crs => (SumRow::None, None),
            DirectionalReturns::Vrs | DirectionalReturns::VrsConvex | DirectionalReturns::VrsShephard => {
                (SumRow::Ones, Some(Sense::Equal))
            }
            DirectionalReturns::Nirs => (SumRow::Ones, Some(Sense::AtMost)),
            DirectionalReturns::Ndrs => (SumRow::Ones, Some(Sense::AtLeast)),
            DirectionalReturns::VrsKuosmanen => (SumRow::OnesWithIdle, Some(Sense::Equal)),
        };
        let roles: Vec<Role> = technology.columns().map(|c| c.0).collect();
        let sense = |role: &Role| match (role, bads) {
            (Role::Input, _) | (Role::BadOutput, BadOutputs::Strong) => Sense::AtMost,
            (Role::Output | Role::Intermediate, _) => Sense::AtLeast,
            (Role::BadOutput, BadOutputs::Weak) => Sense::Equal,
        };
        let senses = roles.iter().map(sense).chain(sum_sense).collect();
        Ok(Self {
            cloud: reference.cloud(sum, technology.inputs.len())?,
            senses,
            roles,
            idle: sum == SumRow::OnesWithIdle,
            common: returns == DirectionalReturns::VrsShephard,
        })
    }

    /// Columns whose common size does not change β, for the order of neighbours.
    fn mix(&self, direction: &Direction) -> Range<usize> {
        let (all, inputs) = (self.roles.len(), self.roles.iter().filter(|r| **r == Role::Input).count());
        match (direction, self.senses.len() == all) {
            (Direction::Observed | Direction::Inputs | Direction::Outputs, true) => 0..all,
            (Direction::Inputs, false) => 0..inputs,
            (Direction::Outputs, false) => inputs..all,
            _ => 0..0,
        }
    }

    /// Entry `variable` of every point: classes of the reference, then idle ones.
    pub(crate) fn row(&self, variable: usize) -> &[f64] {
        self.cloud.row(variable)
    }

    /// Row of the sum of weights, where there is one.
    pub(crate) fn sum_row(&self) -> Option<usize> {
        (self.senses.len() > self.roles.len()).then_some(self.roles.len())
    }

    /// Where the idle copies of the points start, if there are any.
    pub(crate) fn idle_offset(&self) -> Option<usize> {
        self.idle.then(|| self.cloud.columns() / 2)
    }

    /// Solves for `rows` of `evaluated`; what `take` keeps comes back with its row, in an order of the values.
    pub(crate) fn sweep<T: Send>(
        &self,
        evaluated: &Technology<'_>,
        rows: &[usize],
        (direction, steps): (&Direction, &Steps<'_>),
        then: &Then<'_>,
        excluded: impl Fn(usize) -> Option<(usize, Option<usize>)> + Sync,
        take: impl Fn(usize, &Solution) -> T + Sync,
    ) -> Result<Vec<(usize, T)>, LpError> {
        let columns: Vec<&[f64]> = evaluated.columns().map(|c| c.2).collect();
        let order = neighbours(&columns, rows, self.mix(direction));
        let weights = match then {
            Then::Slacks(weights) => *weights,
            Then::Nothing => None,
        };
        let objectives = 1 + usize::from(weights.is_some());
        let extras = if self.common { vec![true, false] } else { vec![true] };
        let family = Family::new(&self.cloud, self.senses.clone(), extras, objectives)?;
        let height = self.senses.len();
        let family = if matches!(then, Then::Nothing) { family.values() } else { family };
        let fill = |row: usize, program: &mut Instance| {
            let unit = self.unit(evaluated, row, steps);
            for (i, column) in columns.iter().enumerate() {
                let (value, role) = (column[row], self.roles[i]);
                let step = unit * steps.length(i, row, value);
                program.rhs[i] = value;
                program.extras[i] = if role == Role::Output { -step } else { step };
            }
            if let Some(sum) = self.sum_row() {
                program.rhs[sum] = 1.0;
            }
            if self.common {
                let side = self.side(evaluated, row, steps);
                for (i, column) in columns.iter().enumerate() {
                    program.extras[height + i] = self.abated(i, column[row], side);
                }
                program.extras[2 * height - 1] = if side == Side::Outputs { 1.0 } else { 0.0 };
            }
            program.costs[0].extras[0] = -1.0;
            if let Some(weights) = weights {
                program.costs[1].slacks.iter_mut().zip(weights).for_each(|(c, w)| *c = -w);
            }
            program.excluded.clear();
            if let Some((point, idle)) = excluded(row) {
                program.excluded.push(point);
                program.excluded.extend(idle);
            }
        };
        let take = |row: usize, s: &Solution| {
            let unit = self.unit(evaluated, row, steps);
            if unit == 1.0 { take(row, s) } else { take(row, &in_steps(s, unit)) }
        };
        Ok(order.iter().copied().zip(family.sweep(&order, fill, take)).collect())
    }

    /// Which side of a row moves.
    fn side(&self, evaluated: &Technology<'_>, row: usize, steps: &Steps<'_>) -> Side {
        let moves = |(i, column): (usize, &&[f64])| steps.length(i, row, column[row]) != 0.0;
        if evaluated.inputs.iter().enumerate().any(moves) { Side::Inputs } else { Side::Outputs }
    }

    /// Entry of the abatement column in the row of a variable.
    fn abated(&self, variable: usize, value: f64, side: Side) -> f64 {
        match (self.roles[variable] == Role::Input, side) {
            (true, Side::Outputs) => value,
            (false, Side::Inputs) => 0.0 - value,
            _ => 0.0,
        }
    }

    /// Shephard's factor `θ` of a solution, and the side that moves; `None` for other technologies.
    pub(crate) fn common_factor(
        &self,
        evaluated: &Technology<'_>,
        row: usize,
        steps: &Steps<'_>,
        s: &Solution,
    ) -> Option<(f64, Side)> {
        let extra = s.extras.get(1).copied().filter(|_| self.common)?;
        let side = self.side(evaluated, row, steps);
        Some((if side == Side::Outputs { 1.0 - extra.clamp(0.0, 1.0) } else { 1.0 / (1.0 + extra.max(0.0)) }, side))
    }

    /// Distances of `rows`, and for infeasible ones the variables that cannot be reached.
    pub(crate) fn distances(
        &self,
        evaluated: &Technology<'_>,
        rows: &[usize],
        direction: (&Direction, &Steps<'_>),
    ) -> Result<Vec<(usize, Measured)>, LpError> {
        let take = |row: usize, s: &Solution| self.measured(evaluated, row, direction.1, s);
        self.sweep(evaluated, rows, direction, &Then::Nothing, |_| None, take)
    }

    /// The unit in which β is solved: the power of two near the number of steps that change one of the moved variables by
    /// its own value. So the digits of β do not depend on the units of measure of its direction.
    fn unit(&self, evaluated: &Technology<'_>, row: usize, steps: &Steps<'_>) -> f64 {
        if matches!(steps, Steps::Own(_)) {
            return 1.0;
        }
        let reach = |(i, (_, _, column)): (usize, (Role, usize, &[f64]))| {
            let (own, step) = (column[row].abs(), steps.length(i, row, column[row]).abs());
            if own > 0.0 && step > 0.0 { own / step } else { f64::INFINITY }
        };
        let least = evaluated.columns().enumerate().map(reach).fold(f64::INFINITY, f64::min);
        if least.is_normal() { least.log2().round().clamp(-900.0, 900.0).exp2() } else { 1.0 }
    }

    /// The distance that a solution states.
    pub(crate) fn measured(&self, evaluated: &Technology<'_>, row: usize, steps: &Steps<'_>, s: &Solution) -> Measured {
        let value = -s.values.first().copied().unwrap_or(f64::NAN);
        let interval = (-s.interval.1, -s.interval.0);
        let size = self.unit(evaluated, row, steps) + value.abs();
        let state = State::from(s.status).certified(interval, size);
        // An optimal solution meets its rows; one that is not certified has to show that it does.
        let missed = s.status == Status::Numerical && value.is_finite() && !self.reaches(evaluated, row, steps, value, s);
        let state = if missed && state == State::Optimal { State::Numerical } else { state };
        let interval = if missed { (f64::NEG_INFINITY, interval.1) } else { interval };
        let distance = Distance { value, state, interval };
        Measured { distance, size, unreached: self.unreached(evaluated, row, s) }
    }

    /// Whether the weights meet the row's values, moved by β, to the digits of these values.
    fn reaches(&self, evaluated: &Technology<'_>, row: usize, steps: &Steps<'_>, beta: f64, s: &Solution) -> bool {
        evaluated.columns().enumerate().all(|(i, (role, _, column))| {
            let (own, points) = (column[row], self.cloud.row(i));
            let step = steps.length(i, row, own);
            let move_by = beta * step;
            let limit = if role == Role::Output { own + move_by } else { own - move_by };
            let target: f64 = s.weights.iter().map(|&(j, w)| w * points[j]).sum();
            let abated = s.extras.get(1).filter(|_| self.common);
            let target = target + abated.map_or(0.0, |by| by * self.abated(i, own, self.side(evaluated, row, steps)));
            // A residual that moves β by less than its digits is none.
            let size = own.max(limit).max(step.abs());
            let above = self.senses[i] == Sense::AtLeast || meets(target, limit, true, size);
            above && (self.senses[i] == Sense::AtMost || meets(target, limit, false, size))
        })
    }

    /// Variables in the proof of infeasibility (Farkas): no weights meet their rows together.
    fn unreached(&self, evaluated: &Technology<'_>, row: usize, s: &Solution) -> Vec<(Role, usize)> {
        if s.status != Status::Infeasible || s.duals.len() < self.roles.len() {
            return Vec::new();
        }
        // Multipliers carry units of measure; in shares of the variable's largest value they do not.
        let largest = |i: usize| self.cloud.row(i).iter().fold(0.0_f64, |m, x| m.max(x.abs()));
        let shares: Vec<f64> =
            evaluated.columns().enumerate().map(|(i, (_, _, c))| s.duals[i].abs() * largest(i).max(c[row])).collect();
        let top = shares.iter().copied().fold(0.0, f64::max);
        let named = evaluated.columns().zip(&shares).filter(|(_, share)| **share > 1e-9 * top);
        named.map(|((role, i, _), _)| (role, i)).collect()
    }
}

/// A solution for β in units of `unit` steps, told in steps.
fn in_steps(s: &Solution, unit: f64) -> Solution {
    let mut told = s.clone();
    told.interval = (unit * s.interval.0, unit * s.interval.1);
    // β is the first extra column; an abatement factor beside it has no unit.
    let betas = told.first_extras.first_mut().into_iter().chain(told.extras.first_mut());
    let distance = told.values.first_mut().into_iter().chain(betas);
    distance.chain(&mut told.duals).for_each(|x| *x *= unit);
    told
}

/// A distance, and the variables that could not be reached where it is infeasible.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Measured {
    pub(crate) distance: Distance,
    /// What the width of its interval is beside: the distance, and the steps that change a moved variable by its own value.
    pub(crate) size: f64,
    pub(crate) unreached: Vec<(Role, usize)>,
}

impl Measured {
    /// A distance that nothing asked for.
    pub(crate) fn none() -> Self {
        Self { distance: UNSOLVED, size: f64::NAN, unreached: Vec::new() }
    }

    /// Bounded below by 0: a row of the reference reaches itself.
    pub(crate) fn own(mut self) -> Self {
        if matches!(self.distance.state, State::Optimal | State::Numerical) {
            let d = &mut self.distance;
            d.value = d.value.max(0.0);
            d.interval = (d.interval.0.max(0.0), d.interval.1.max(0.0));
        }
        self
    }
}
