//! Distances along curves: a variable changes by a power of one factor.

use std::ops::Range;

use numerics::lp::Solution;

use crate::{
    dea::{Class, Returns, Slacks, TOLERANCE, slack_weights},
    direction::{Direction, Steps},
    directional::{BadOutputs, DirectionalReturns},
    observations::{Distance, UNSOLVED},
    projection::{Landing, Reading},
    rays::{Rays, Then},
    reference::Reference,
    technology::{FrontierError, State, Technology},
};

/// Tangents after which a distance has to be found; each is a facet of the frontier, and a handful is usual.
const TANGENTS: usize = 60;

/// A move shorter than this, as a share of the distance, is none.
const STEP: f64 = 1e-12;

/// What rounding makes of nothing, as a share of the terms of a sum.
const ROUNDING: f64 = 32.0 * f64::EPSILON;

/// Where a point is on its curve.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    delta: f64,
    pub(crate) distance: Distance,
    pub(crate) tangents: usize,
}

pub(crate) struct Solved {
    pub(crate) place: Place,
    pub(crate) class: Class,
    pub(crate) landing: Option<Landing>,
}

/// The curves of all points: `min δ` with `(x₀ δ^e)` in the technology, the exponent `e` that of the variable. A
/// directional program at a place on the curve, along the curve, gives a hyperplane that supports the frontier; where the
/// curve meets it is a lower bound of the distance and the next place. From the second place on bounds only grow; the
/// frontier has finitely many facets, so that the last one gives the distance exactly (for exponents 1 and −1, or halves of
/// them, a quadratic equation).
pub(crate) struct Curves<'a> {
    pub(crate) set: &'a Reference,
    pub(crate) points: &'a Reference,
    /// Numbers of inputs, outputs and undesirable outputs.
    pub(crate) sizes: [usize; 3],
    /// Exponent of the inputs, not negative.
    pub(crate) inputs: f64,
    /// Exponent of the outputs, not positive.
    pub(crate) outputs: f64,
    /// Exponent of the undesirable outputs, that of the inputs unless these are 0.
    pub(crate) bad_outputs: f64,
    pub(crate) disposability: BadOutputs,
    pub(crate) returns: Returns,
    pub(crate) slacks: Slacks,
    /// Whether the points are those of the reference.
    pub(crate) own: bool,
}

impl Curves<'_> {
    fn exponent(&self, v: usize) -> f64 {
        let [m, s, _] = self.sizes;
        if v < m {
            self.inputs
        } else if v < m + s {
            self.outputs
        } else {
            self.bad_outputs
        }
    }

    fn made(&self) -> Range<usize> {
        self.sizes[0]..self.sizes[0] + self.sizes[1]
    }

    /// Price of a variable in the hyperplane of a solution, negative where more of a weakly disposable output is worth
    /// something.
    fn price(&self, v: usize, s: &Solution) -> f64 {
        let weak = v >= self.made().end && self.disposability == BadOutputs::Weak;
        if weak { 0.0 - s.duals[v] } else { s.duals[v].abs() }
    }

    /// Every point moved to its place, and the directions there.
    fn moved(&self, places: &[Place]) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
        let mut at = self.points.columns.clone();
        for (v, column) in at.iter_mut().enumerate() {
            for (x, place) in column.iter_mut().zip(places) {
                *x *= place.delta.powf(self.exponent(v));
            }
        }
        let along = at.iter().enumerate().map(|(v, c)| c.iter().map(|x| self.exponent(v).abs() * x).collect()).collect();
        (at, along)
    }

    fn here<'t>(&self, columns: &'t [Vec<f64>]) -> Technology<'t> {
        let all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let made = self.made();
        Technology {
            inputs: all[..made.start].to_vec(),
            outputs: all[made.clone()].to_vec(),
            bad_outputs: all[made.end..].to_vec(),
        }
    }

    /// The distances of all points. `technology` has the variables of the reference.
    pub(crate) fn solve(&self, technology: &Technology<'_>) -> Result<Vec<Solved>, FrontierError> {
        let returns = match self.returns {
            Returns::Crs => DirectionalReturns::Crs,
            Returns::Nirs => DirectionalReturns::Nirs,
            Returns::Ndrs => DirectionalReturns::Ndrs,
            _ => DirectionalReturns::Vrs,
        };
        let rays = Rays::new(self.set, technology, returns, self.disposability)?;
        let count = self.points.classes.len();
        let mut places = vec![Place { delta: 1.0, distance: UNSOLVED, tangents: 0 }; count];
        let mut active: Vec<usize> = (0..count).collect();
        for tangent in 1..=TANGENTS {
            if active.is_empty() {
                break;
            }
            let (at, along) = self.moved(&places);
            let now = self.here(&at);
            let steps = Steps::Columns(&along);
            let direction = Direction::Observed;
            let take = |k: usize, s: &Solution| self.step(&at, &rays, k, s, places[k]);
            let found = rays.sweep(&now, &active, (&direction, &steps), &Then::Nothing, |_| None, take)?;
            active.clear();
            for (k, next) in found {
                let moving = next.distance.state == State::Optimal && next.delta != places[k].delta;
                places[k] = Place { tangents: tangent, ..next };
                if moving {
                    active.push(k);
                }
            }
            active.sort_unstable();
        }
        // What still moves has no certificate.
        for k in active {
            places[k].distance.state = State::Numerical;
        }
        self.land(&rays, places)
    }

    /// From one place to the next; the distance is bounded there.
    fn step(&self, at: &[Vec<f64>], rays: &Rays, k: usize, s: &Solution, from: Place) -> Place {
        let delta = from.delta;
        let state = State::from(s.status);
        let Some(&beta) = s.values.first().filter(|_| s.duals.len() >= at.len()) else {
            return Place { delta, distance: Distance { state, ..UNSOLVED }, tangents: 0 };
        };
        let (beta, (low, high)) = (0.0 - beta, (-s.interval.1, -s.interval.0));
        let intercept = rays.sum_row().map_or(0.0, |i| 0.0 - s.duals[i]);
        let mut plane =
            Plane { spent: 0.0, made: 0.0, rest: intercept, down: self.bad_outputs.max(self.inputs), up: -self.outputs };
        for (v, column) in at.iter().enumerate() {
            let worth = self.price(v, s) * column[k];
            match self.exponent(v) {
                e if e > 0.0 => plane.spent += worth,
                e if e < 0.0 => plane.made += worth,
                _ if self.made().contains(&v) => plane.rest -= worth,
                _ => plane.rest += worth,
            }
        }
        // Bounds that do not grow any more have reached the distance.
        let bound = from.tangents > 1;
        let there = beta.abs() <= STEP || bound && beta >= 0.0;
        let step = if there { 0.0 } else { plane.meeting(-delta.ln()) };
        // What a feasible move of `b` along the tangent says of the curve, from above and from below.
        let ends = |b: f64| {
            let input = if plane.down > 0.0 { (1.0 - b * plane.down).powf(1.0 / plane.down) } else { f64::NAN };
            let output = if plane.up > 0.0 { (1.0 + b * plane.up).powf(-1.0 / plane.up) } else { f64::NAN };
            (input.min(output), input.max(output))
        };
        // Below a bound there is nothing, however far a tangent that lies in the frontier goes.
        let floor = if bound { 1.0 - STEP } else { 0.0 };
        let interval = (delta * ends(high).0.max(floor), delta * ends(low).1);
        if !step.is_finite() {
            let distance = Distance { value: f64::NAN, state: State::Numerical, interval };
            return Place { delta, distance, tangents: 0 };
        }
        let next = delta * step.exp();
        if step != 0.0 {
            return Place { delta: next, distance: Distance { value: next, state, interval }, tangents: 0 };
        }
        let top = |x: f64| if self.own { x.min(1.0) } else { x };
        let value = top(delta);
        // What is left of the tangent lies within the bounds too.
        let interval = (top(interval.0).min(value), top(interval.1).max(value));
        Place { delta, distance: Distance { value, state: state.certified(interval, value), interval }, tangents: 0 }
    }

    /// Slacks, targets, prices and peers at the places found.
    fn land(&self, rays: &Rays, places: Vec<Place>) -> Result<Vec<Solved>, FrontierError> {
        let (at, along) = self.moved(&places);
        let weights = slack_weights(&self.set.columns, self.slacks);
        let known: Vec<usize> = (0..places.len()).filter(|&k| places[k].distance.value.is_finite()).collect();
        let take = |k: usize, s: &Solution| -> Option<(f64, Landing)> {
            if s.slacks.len().min(s.duals.len()) < at.len() {
                return None;
            }
            let reading = Reading {
                factor: 1.0,
                slack: &|v| s.slacks[v],
                price: &|v| s.duals[v],
                intercept: rays.sum_row().map_or(0.0, |i| 0.0 - s.duals[i]),
            };
            let mut landing = Landing::new(self.set, |v| at[v][k], s, &reading);
            (self.made().end..at.len()).for_each(|v| landing.prices[v] = self.price(v, s));
            Some((0.0 - s.values.first()?, landing))
        };
        let then = Then::Slacks(weights.as_deref());
        let now = self.here(&at);
        let mut landings: Vec<Option<Landing>> = places.iter().map(|_| None).collect();
        let mut beyond = Vec::new();
        for (k, found) in rays.sweep(&now, &known, (&Direction::Observed, &Steps::Columns(&along)), &then, |_| None, take)? {
            // A tangent that lies in the frontier leads away from the place.
            beyond.extend(found.as_ref().filter(|f| f.0 > TOLERANCE).map(|_| k));
            landings[k] = found.map(|f| f.1);
        }
        // Nothing more of the outputs alone can be made there.
        let made = self.made();
        let up: Vec<Vec<f64>> =
            at.iter().enumerate().map(|(v, c)| if made.contains(&v) { c.clone() } else { vec![0.0; c.len()] }).collect();
        for (k, found) in rays.sweep(&now, &beyond, (&Direction::Observed, &Steps::Columns(&up)), &then, |_| None, take)? {
            landings[k] = found.map(|f| f.1);
        }
        let class = |place: &Place, landing: &Option<Landing>| match landing {
            None => Class::None,
            Some(_) if place.distance.value > 1.0 + TOLERANCE => Class::Super,
            Some(_) if place.distance.value < 1.0 - TOLERANCE => Class::Inefficient,
            Some(l) if l.slacks.iter().any(|s| *s > 0.0) => Class::Weak,
            Some(_) => Class::Strong,
        };
        let solved = places.into_iter().zip(landings);
        Ok(solved.map(|(place, landing)| Solved { class: class(&place, &landing), place, landing }).collect())
    }
}

/// The hyperplane of a place in terms of the move `t` along the curve: `spent·exp(down t) − made·exp(−up t) + rest`.
struct Plane {
    spent: f64,
    made: f64,
    rest: f64,
    down: f64,
    up: f64,
}

impl Plane {
    fn value(&self, t: f64) -> f64 {
        self.spent * (self.down * t).exp() - self.made * (-self.up * t).exp() + self.rest
    }

    fn slope(&self, t: f64) -> f64 {
        self.down * self.spent * (self.down * t).exp() + self.up * self.made * (-self.up * t).exp()
    }

    /// The `t` at which the hyperplane is met: its value there is 0. It grows with `t`, by 1 at `t = 0`; `NaN` where it has no
    /// zero. `origin` is the `t` of the point itself.
    fn meeting(&self, origin: f64) -> f64 {
        if self.spent < 0.0 && self.value(0.0) < 0.0 {
            return self.rise(origin);
        }
        let (mut low, mut high) = (0.0, 0.0);
        let mut reach = 1.0;
        while self.value(low) > 0.0 {
            low -= reach;
            reach *= 2.0;
            if reach > 1e3 {
                return f64::NAN;
            }
        }
        reach = 1.0;
        while self.value(high) < 0.0 {
            high += reach;
            reach *= 2.0;
            if reach > 1e3 {
                return f64::NAN;
            }
        }
        let mut t = 0.0_f64.clamp(low, high);
        for _ in 0..200 {
            let f = self.value(t);
            if f > 0.0 {
                high = t;
            } else {
                low = t;
            }
            let newton = t - f / self.slope(t);
            let next = if newton > low && newton < high { newton } else { low + (high - low) / 2.0 };
            if (next - t).abs() <= 1e-16 * (1.0 + t.abs()) || next == low || next == high {
                return next;
            }
            t = next;
        }
        t
    }

    /// The first zero where what is spent is earned: the value bends down as `t` grows. Only undesirable outputs are spent
    /// so, which shrink as the outputs grow: with `z = exp(down t)` it is a root of `spent z² + rest z − made`.
    ///
    /// A curve may touch the hyperplane in the very point it starts from, where the two roots are one and neither has more
    /// than half of the digits. Of a point on the hyperplane one root is known; the other follows from their product.
    fn rise(&self, origin: f64) -> f64 {
        debug_assert!(self.down == self.up, "undesirable outputs shrink as outputs grow");
        let size = |z: f64| -self.spent * z + self.made / z + self.rest.abs();
        let product = self.made / -self.spent;
        let own = (self.down * origin).exp();
        let z = if self.value(origin).abs() <= ROUNDING * size(own) {
            own.min(product / own)
        } else {
            let half = self.rest / (-2.0 * self.spent);
            let apart = (half - product / half) / half;
            // A hyperplane that is touched elsewhere is met where it is nearest.
            if apart.abs() <= ROUNDING {
                half
            } else if apart > 0.0 && half > 0.0 {
                product / (half * (1.0 + apart.sqrt()))
            } else {
                f64::NAN
            }
        };
        z.ln() / self.down
    }
}
