//! Distances along the directions of the decompositions.

use numerics::lp::{Family, Instance, Sense, Solution};
use rayon::prelude::*;

use super::{Case, EconomicDirection, EconomicError};
use crate::{
    dea::{Returns, Slacks},
    directional::{Direction, DirectionDefect, DirectionalOptions, DirectionalReturns, directional, directional_against},
    observations::Distance,
    projection,
    reference::{Reference, SumRow},
    technology::State,
};

/// Distances of the evaluated units.
pub(super) struct Distances {
    pub(super) state: Vec<State>,
    pub(super) value: Vec<f64>,
    pub(super) interval: Vec<(f64, f64)>,
}

/// Lengths of a direction, `[variable][unit]`: 0 where the measure lets a variable be. A unit that is not usable has
/// some length, which nothing looks at.
pub(super) fn lengths(case: &Case<'_>, direction: &EconomicDirection, usable: &[bool]) -> Result<Vec<Vec<f64>>, EconomicError> {
    let (variables, units) = (case.variables(), usable.len());
    let reference = case.reference.unwrap_or(case.evaluated);
    let members: Vec<usize> = reference.complete().iter().enumerate().filter(|c| *c.1).map(|c| c.0).collect();
    let mut given: Vec<Vec<f64>> = match direction {
        EconomicDirection::Observed => (0..variables).map(|v| (0..units).map(|u| case.quantity(v, u)).collect()).collect(),
        EconomicDirection::Ones => vec![vec![1.0; units]; variables],
        EconomicDirection::Mean => {
            let mean = |c: &[f64]| numerics::moments::mean(&members.iter().map(|&r| c[r]).collect::<Vec<_>>());
            reference.columns().map(|(_, _, c)| vec![mean(c); units]).collect()
        }
        EconomicDirection::Monetary => {
            let one = |u: usize| 1.0 / case.chosen().map(|v| case.price(v, u)).sum::<f64>();
            vec![(0..units).map(one).collect(); variables]
        }
        EconomicDirection::Custom(lengths) => {
            if lengths.len() != variables {
                let count = DirectionDefect::Count { found: lengths.len(), expected: variables };
                return Err(EconomicError::Direction(vec![count]));
            }
            lengths.iter().map(|&g| vec![g; units]).collect()
        }
        EconomicDirection::Columns(columns) => columns.clone(),
    };
    for (v, column) in given.iter_mut().enumerate() {
        let moves = case.chosen().contains(&v);
        for (u, g) in column.iter_mut().enumerate() {
            if !moves {
                *g = 0.0;
            } else if usable.get(u) == Some(&false) {
                *g = 1.0;
            }
        }
    }
    let checked = Direction::Columns(given);
    checked.steps(case.evaluated, reference, &members)?;
    let Direction::Columns(given) = checked else { return Ok(Vec::new()) };
    Ok(given)
}

/// The directional distance along given lengths.
pub(super) fn along(case: &Case<'_>, lengths: Vec<Vec<f64>>, usable: &[bool]) -> Result<Distances, EconomicError> {
    let returns = match case.options.returns {
        Returns::Crs => DirectionalReturns::Crs,
        Returns::Nirs => DirectionalReturns::Nirs,
        Returns::Ndrs => DirectionalReturns::Ndrs,
        // The others were refused.
        Returns::Vrs | Returns::Generalised | Returns::Replication | Returns::Upscaling => DirectionalReturns::Vrs,
        Returns::Fdh => return hull(case, &lengths, usable),
    };
    let options = DirectionalOptions {
        direction: Direction::Columns(lengths),
        returns,
        slacks: Slacks::None,
        missing: case.options.missing,
        ..DirectionalOptions::default()
    };
    let d = match case.reference {
        None => directional(case.evaluated, &options)?,
        Some(reference) => directional_against(case.evaluated, reference, &options)?,
    };
    Ok(Distances { state: d.state, value: d.beta, interval: d.interval })
}

/// The distance to the free disposal hull: the farthest that a single point lets the unit go.
fn hull(case: &Case<'_>, lengths: &[Vec<f64>], usable: &[bool]) -> Result<Distances, EconomicError> {
    let set = Reference::spanning(case.reference.unwrap_or(case.evaluated))?;
    let m = case.inputs();
    let step = |u: usize, j: usize| -> Option<f64> {
        let mut least = f64::INFINITY;
        for (v, column) in set.columns.iter().enumerate() {
            let room = if v < m { case.quantity(v, u) - column[j] } else { column[j] - case.quantity(v, u) };
            let g = lengths[v][u];
            if g > 0.0 {
                least = least.min(room / g);
            } else if room < 0.0 {
                return None;
            }
        }
        Some(least)
    };
    let farthest = |u: usize| -> Distance {
        let steps = (0..set.classes.len()).filter_map(|j| step(u, j));
        match steps.reduce(f64::max) {
            Some(value) if usable[u] => {
                // A difference and a quotient, each rounded once.
                let rounding = 4.0 * f64::EPSILON * (1.0 + value.abs());
                Distance { value, state: State::Optimal, interval: (value - rounding, value + rounding) }
            }
            _ => Distance { value: f64::NAN, state: State::Infeasible, interval: (f64::NAN, f64::NAN) },
        }
    };
    let found: Vec<Distance> = (0..usable.len()).into_par_iter().map(farthest).collect();
    Ok(Distances {
        state: found.iter().map(|d| d.state).collect(),
        value: found.iter().map(|d| d.value).collect(),
        interval: found.iter().map(|d| d.interval).collect(),
    })
}

/// The modified directional distance: `max βx + βy` with `Σλx ≤ x₀ − βx gx`, `Σλy ≥ y₀ + βy gy`, both at least 0. A unit
/// that the reference does not dominate is infeasible.
pub(super) fn apart(case: &Case<'_>, lengths: &[Vec<f64>], usable: &[bool]) -> Result<Distances, EconomicError> {
    let set = Reference::spanning(case.reference.unwrap_or(case.evaluated))?;
    let (m, variables) = (case.inputs(), case.variables());
    let sum = projection::sum_row(case.options.returns)?;
    let cloud = set.cloud(if sum.is_some() { SumRow::Ones } else { SumRow::None }, m)?;
    let mut senses = vec![Sense::AtMost; m];
    senses.resize(variables, Sense::AtLeast);
    senses.extend(sum);
    let rows = senses.len();
    let family = Family::new(&cloud, senses, vec![false, false], 1)?.values();
    let fill = |u: usize, instance: &mut Instance| {
        for (v, length) in lengths.iter().enumerate().take(variables) {
            instance.rhs[v] = case.quantity(v, u);
            let g = length[u];
            if v < m {
                instance.extras[v] = g;
            } else {
                instance.extras[rows + v] = -g;
            }
        }
        if sum.is_some() {
            instance.rhs[variables] = 1.0;
        }
        for side in 0..2 {
            let range = if side == 0 { 0..m } else { m..variables };
            // A side that does not move has no distance.
            let moves = range.clone().any(|v| lengths[v][u] > 0.0);
            instance.costs[0].extras[side] = if moves { -1.0 } else { 1.0 };
        }
    };
    let own = case.reference.is_none();
    let take = |_: usize, s: &Solution| -> Distance {
        let turn = |x: f64| if own { (0.0 - x).max(0.0) } else { 0.0 - x };
        let value = s.values.first().map_or(f64::NAN, |v| turn(*v));
        let interval = (turn(s.interval.1), turn(s.interval.0));
        Distance { value, state: State::from(s.status).certified(interval, 1.0 + value.abs()), interval }
    };
    let members: Vec<usize> = (0..usable.len()).filter(|&u| usable[u]).collect();
    let columns: Vec<&[f64]> = case.evaluated.columns().map(|c| c.2).collect();
    let order = crate::order::neighbours(&columns, &members, 0..0);
    let nan = f64::NAN;
    let mut found = Distances {
        state: vec![State::Missing; usable.len()],
        value: vec![nan; usable.len()],
        interval: vec![(nan, nan); usable.len()],
    };
    for (&u, d) in order.iter().zip(family.sweep(&order, fill, take)) {
        (found.state[u], found.value[u], found.interval[u]) = (d.state, d.value, d.interval);
    }
    Ok(found)
}
