//! Directions towards an ideal point, each unit's own.
//!
//! The ideal point of `range` has the best value of each variable in the reference (Portela, Thanassoulis and Simpson
//! 2004); that of `potential` the best value that the unit could reach in one variable with all others kept (Bogetoft
//! and Hougaard 1999). Steps are the differences to it.

use std::ops::Range;

use crate::{
    dea::TOLERANCE,
    direction::{Direction, DirectionalError, Steps},
    projection::SlackOrientation,
    rays::{Measured, Rays},
    reference::Reference,
    technology::{FrontierError, Role, State, Technology},
};

/// Lengths of the steps by variable and evaluated row, and rows of which a length is not certified.
pub(crate) struct Ideal {
    pub(crate) lengths: Vec<Vec<f64>>,
    pub(crate) shaky: Vec<bool>,
}

impl Direction {
    /// Whether the direction is made of differences, which a shift of a variable leaves as they are.
    pub(crate) fn of_differences(&self) -> bool {
        matches!(self, Self::Range(_) | Self::Potential(_))
    }
}

/// Best and worst value of a variable in the reference.
struct Ends {
    best: f64,
    worst: f64,
}

impl Ideal {
    /// The steps of a direction of differences; `None` for another.
    pub(crate) fn new(
        direction: &Direction,
        evaluated: &Technology<'_>,
        (set, rays): (&Reference, &Rays),
        own: bool,
    ) -> Result<Option<Self>, DirectionalError> {
        let (side, potential) = match direction {
            Direction::Range(side) => (*side, false),
            Direction::Potential(side) => (*side, true),
            _ => return Ok(None),
        };
        if potential && !own {
            let why = "potentials are those within the unit's own reference".to_owned();
            return Err(FrontierError::Options(vec![("direction", why)]).into());
        }
        let (m, all, n) = (evaluated.inputs.len(), evaluated.columns().count(), evaluated.len());
        let moving: Range<usize> = match side {
            SlackOrientation::None => 0..all,
            SlackOrientation::Input => 0..m,
            SlackOrientation::Output => m..all,
        };
        let lower: Vec<bool> = evaluated.columns().map(|(role, ..)| role != Role::Output).collect();
        let ends: Vec<Ends> = set.columns.iter().zip(&lower).map(|(c, lower)| Ends::of(c, *lower)).collect();
        let complete = evaluated.complete();
        let rows: Vec<usize> = (0..n).filter(|&u| complete[u]).collect();
        let mut out = Self { lengths: vec![vec![0.0; n]; all], shaky: vec![false; n] };
        let columns: Vec<&[f64]> = evaluated.columns().map(|c| c.2).collect();
        for v in moving.clone() {
            if potential {
                out.reach(v, evaluated, rays, &rows, ends[v].range())?;
            } else {
                rows.iter().for_each(|&u| out.lengths[v][u] = (columns[v][u] - ends[v].best).abs());
                // Beyond the best there is nothing to reach.
                let beyond = |u: &&usize| (columns[v][**u] < ends[v].best) == lower[v];
                rows.iter().filter(beyond).for_each(|&u| out.lengths[v][u] = 0.0);
            }
        }
        // A unit that has reached its ideal point is on the frontier whichever way it looks: the ranges are as good.
        let there: Vec<usize> = rows.into_iter().filter(|&u| out.lengths.iter().all(|c| c[u] == 0.0)).collect();
        for u in there {
            moving.clone().for_each(|v| out.lengths[v][u] = ends[v].range());
        }
        Ok(Some(out))
    }

    /// How far each row could move in one variable alone.
    fn reach(
        &mut self,
        v: usize,
        evaluated: &Technology<'_>,
        rays: &Rays,
        rows: &[usize],
        step: f64,
    ) -> Result<(), DirectionalError> {
        let steps = Steps::Same((0..self.lengths.len()).map(|i| if i == v { step } else { 0.0 }).collect());
        for (u, Measured { distance, .. }) in rays.distances(evaluated, rows, (&Direction::Ones, &steps))? {
            self.shaky[u] |= distance.state != State::Optimal;
            // Rounding is no potential.
            if distance.value > TOLERANCE {
                self.lengths[v][u] = distance.value * step;
            }
        }
        Ok(())
    }
}

impl Ends {
    fn of(column: &[f64], lower: bool) -> Self {
        let least = column.iter().copied().fold(f64::INFINITY, f64::min);
        let most = column.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if lower { Self { best: least, worst: most } } else { Self { best: most, worst: least } }
    }

    /// A variable without range takes its own size as one.
    fn range(&self) -> f64 {
        let range = (self.best - self.worst).abs();
        match (range > 0.0, self.best == 0.0) {
            (true, _) => range,
            (false, true) => 1.0,
            (false, false) => self.best.abs(),
        }
    }
}

#[cfg(test)]
#[path = "ideal_tests.rs"]
mod tests;
