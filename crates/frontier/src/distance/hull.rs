//! Distances to the free disposal hull: the single point that lets a unit go farthest.

use crate::{
    observations::Distance,
    projection::{Landing, SlackOrientation},
    reference::Reference,
    technology::State,
};

/// Sums of slacks closer than this, as a share of them, are the same.
const SAME: f64 = 1e-12;

/// A unit and the lengths of its steps, one per variable.
pub(crate) struct Ray<'a> {
    pub(crate) values: &'a dyn Fn(usize) -> f64,
    pub(crate) lengths: &'a dyn Fn(usize) -> f64,
}

/// Where a single point lets a unit go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reach {
    point: usize,
    /// Steps of the inputs and of the outputs; equal where they move together.
    pub(crate) steps: [f64; 2],
    unique: bool,
}

/// The points of a reference, one at a time.
pub(crate) struct Hull<'a> {
    pub(crate) set: &'a Reference,
    pub(crate) inputs: usize,
    /// Whether inputs and outputs have steps of their own, which then add up.
    pub(crate) apart: bool,
}

impl Hull<'_> {
    fn room(&self, ray: &Ray<'_>, v: usize, j: usize) -> f64 {
        let gap = (ray.values)(v) - self.set.columns[v][j];
        if v < self.inputs { gap } else { 0.0 - gap }
    }

    fn steps(&self, ray: &Ray<'_>, j: usize) -> Option<[f64; 2]> {
        let mut least = [f64::INFINITY; 2];
        for v in 0..self.set.columns.len() {
            let (room, length) = (self.room(ray, v, j), (ray.lengths)(v));
            if length > 0.0 {
                let side = &mut least[usize::from(v >= self.inputs)];
                *side = side.min(room / length);
            } else if room < 0.0 {
                return None;
            }
        }
        if !self.apart {
            return Some([least[0].min(least[1]); 2]);
        }
        // A side that does not move has no distance; one that does goes forward only.
        let least = least.map(|s| if s.is_infinite() { 0.0 } else { s });
        least.iter().all(|s| *s >= 0.0).then_some(least)
    }

    fn total(&self, steps: [f64; 2]) -> f64 {
        if self.apart { steps[0] + steps[1] } else { steps[0] }
    }

    fn slack(&self, ray: &Ray<'_>, v: usize, reach: &Reach) -> f64 {
        self.room(ray, v, reach.point) - reach.steps[usize::from(v >= self.inputs)] * (ray.lengths)(v)
    }

    /// The farthest point; of several the one with the largest step of the outputs, then with the largest weighted sum of
    /// slacks, then the first.
    pub(crate) fn farthest(&self, ray: &Ray<'_>, weights: Option<&[f64]>) -> Option<Reach> {
        let slacks = |reach: &Reach| -> f64 {
            weights.map_or(0.0, |w| w.iter().enumerate().map(|(v, w)| w * self.slack(ray, v, reach)).sum())
        };
        let mut best: Option<(Reach, f64)> = None;
        for point in 0..self.set.classes.len() {
            let Some(steps) = self.steps(ray, point) else { continue };
            let reach = Reach { point, steps, unique: true };
            let Some((known, left)) = &mut best else {
                best = Some((reach, slacks(&reach)));
                continue;
            };
            // The larger sum of steps, then the larger step of the outputs.
            let rank = |s: [f64; 2]| (self.total(s), s[1]);
            if rank(steps) < rank(known.steps) {
                continue;
            }
            let more = slacks(&reach);
            let level = rank(steps) == rank(known.steps);
            if level && (more - *left).abs() <= SAME * left.abs() {
                known.unique = false;
            } else if !level || more > *left {
                best = Some((reach, more));
            }
        }
        best.map(|b| b.0)
    }

    /// The distance: a difference and a quotient, each rounded once.
    pub(crate) fn distance(&self, reach: Option<&Reach>) -> Distance {
        let Some(reach) = reach else {
            return Distance { value: f64::NAN, state: State::Infeasible, interval: (f64::NAN, f64::NAN) };
        };
        let value = self.total(reach.steps);
        let rounding = 4.0 * f64::EPSILON * (1.0 + value.abs());
        Distance { value, state: State::Optimal, interval: (value - rounding, value + rounding) }
    }

    /// Where the unit lands; a single point has no prices.
    pub(crate) fn landing(&self, ray: &Ray<'_>, reach: &Reach) -> Landing {
        Landing::single(self.set, reach.point, ray.values, &|v| self.slack(ray, v, reach), reach.unique)
    }
}

/// The variables of a side.
pub(crate) fn side(orientation: SlackOrientation, inputs: usize, variables: usize) -> std::ops::Range<usize> {
    match orientation {
        SlackOrientation::None => 0..variables,
        SlackOrientation::Input => 0..inputs,
        SlackOrientation::Output => inputs..variables,
    }
}
