//! Distances along the directions of the decompositions.

use rayon::prelude::*;

use super::{Case, EconomicDirection, EconomicError};
use crate::{
    dea::{Returns, Slacks},
    directional::{Direction, DirectionDefect, DirectionalOptions, DirectionalReturns, directional, directional_against},
    distance::{Hull, Modified, ModifiedOptions, Ray, modified, modified_against},
    observations::Distance,
    reference::Reference,
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
    let hull = Hull { set: &set, inputs: case.inputs(), apart: false };
    let farthest = |u: usize| -> Distance {
        let ray = Ray { values: &|v| case.quantity(v, u), lengths: &|v| lengths[v][u] };
        hull.distance(if usable[u] { hull.farthest(&ray, None) } else { None }.as_ref())
    };
    let found: Vec<Distance> = (0..usable.len()).into_par_iter().map(farthest).collect();
    Ok(Distances {
        state: found.iter().map(|d| d.state).collect(),
        value: found.iter().map(|d| d.value).collect(),
        interval: found.iter().map(|d| d.interval).collect(),
    })
}

/// The modified directional distance.
pub(super) fn apart(case: &Case<'_>, lengths: Vec<Vec<f64>>, slacks: Slacks) -> Result<Modified, EconomicError> {
    let options = ModifiedOptions {
        direction: Direction::Columns(lengths),
        returns: case.options.returns,
        slacks,
        missing: case.options.missing,
    };
    Ok(match case.reference {
        None => modified(case.evaluated, &options)?,
        Some(reference) => modified_against(case.evaluated, reference, &options)?,
    })
}
