#![doc = include_str!("generalised.md")]

use numerics::lp::Solution;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    dea::{Class, Returns, Slacks, TOLERANCE, slack_weights},
    direction::{Direction, Steps},
    directional::{BadOutputs, DirectionalReturns},
    observations::{Distance, UNSOLVED},
    projection::{self, Landing, Points, Projection, Reading, column},
    rays::{Rays, Then},
    reference::Reference,
    technology::{FrontierError, Missing, State, Technology},
};

/// The method's page.
pub const PAGE: &str = include_str!("generalised.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("generalised.zh.md");

/// Tangents after which a distance has to be found; each is a facet of the frontier, and a handful is usual.
const TANGENTS: usize = 60;

/// A move shorter than this, as a share of the distance, is none.
const STEP: f64 = 1e-12;

/// Options of [`generalised`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GeneralisedOptions {
    /// Share of the output side, from 0 to 1: 0 is Farrell's theta, 1 is 1/phi, 0.5 moves both sides by as much.
    pub alpha: f64,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    pub returns: Returns,
    /// Second phase: `range`, `mean` or `sum` of slacks, or `none`.
    pub slacks: Slacks,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

impl Default for GeneralisedOptions {
    fn default() -> Self {
        Self { alpha: 0.5, returns: Returns::default(), slacks: Slacks::Range, missing: Missing::default() }
    }
}

/// Result of [`generalised`]: one value per evaluated unit in each column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Generalised {
    /// State of each unit.
    pub state: Vec<State>,
    /// The distance δ, in (0, 1] for units of the reference.
    pub score: Vec<f64>,
    /// Certified bounds of `score`.
    pub interval: Vec<(f64, f64)>,
    /// Strongly or weakly efficient, or not.
    pub class: Vec<Class>,
    /// Slacks after the move, targets, peers, and the prices of the frontier there: `v·x − u·y + intercept = 0` at
    /// `(δ^(1−α) x₀, y₀/δ^α)`.
    pub projection: Projection,
    /// Tangents that were needed.
    pub tangents: Vec<usize>,
}

/// The generalised distance function of every unit against all units with complete data.
///
/// # Errors
/// [`FrontierError`]: as for [`crate::dea::dea`], and a share outside 0 to 1. An infeasible or uncertified unit is a
/// [`State`], not an error.
pub fn generalised(technology: &Technology<'_>, options: &GeneralisedOptions) -> Result<Generalised, FrontierError> {
    evaluate(technology, None, options)
}

/// The generalised distance function of `evaluated` against another set of units with the same variables; above 1 for
/// units beyond that set.
///
/// # Errors
/// As [`generalised`], for both sets, and different variables.
pub fn generalised_against(
    evaluated: &Technology<'_>,
    reference: &Technology<'_>,
    options: &GeneralisedOptions,
) -> Result<Generalised, FrontierError> {
    if evaluated.inputs.len() != reference.inputs.len() || evaluated.outputs.len() != reference.outputs.len() {
        return Err(FrontierError::Variables);
    }
    evaluate(evaluated, Some(reference), options)
}

/// Where a point is on its curve `(δ^(1−α) x₀, y₀/δ^α)`.
#[derive(Clone, Copy)]
struct Place {
    delta: f64,
    distance: Distance,
    tangents: usize,
}

struct Solved {
    place: Place,
    class: Class,
    landing: Option<Landing>,
}

fn evaluate(
    evaluated: &Technology<'_>,
    reference: Option<&Technology<'_>>,
    options: &GeneralisedOptions,
) -> Result<Generalised, FrontierError> {
    for technology in [Some(evaluated), reference].into_iter().flatten() {
        technology.check(options.missing, false)?;
    }
    if !(0.0..=1.0).contains(&options.alpha) {
        let why = format!("{} is not a share from 0 to 1", options.alpha);
        return Err(FrontierError::Options(vec![("alpha", why)]));
    }
    projection::sum_row(options.returns)?;
    let set = Reference::spanning(reference.unwrap_or(evaluated))?;
    let foreign = reference.map(|_| Reference::complete(evaluated));
    let distinct = foreign.as_ref().unwrap_or(&set);
    let points = Points::new(distinct, evaluated.len());
    let (m, s) = (evaluated.inputs.len(), evaluated.outputs.len());
    let curves = Curves { set: &set, points: distinct, inputs: m, own: reference.is_none(), options };
    let solved = curves.solve(evaluated)?;
    let order: Vec<usize> = (0..solved.len()).collect();
    let units = points.units(&order, &solved);
    let distance = |get: fn(&Distance) -> f64| column(&units, f64::NAN, move |t| get(&t.place.distance));
    Ok(Generalised {
        state: column(&units, State::Missing, |t| t.place.distance.state),
        score: distance(|d| d.value),
        interval: column(&units, UNSOLVED.interval, |t| t.place.distance.interval),
        class: column(&units, Class::None, |t| t.class),
        projection: Projection::new(&units, |t| t.landing.as_ref(), &set, [m, s, 0]),
        tangents: column(&units, 0, |t| t.place.tangents),
    })
}

/// The curves of all points. A directional program at a place on the curve, along the curve, gives a hyperplane that
/// supports the frontier; where the curve meets it is a lower bound of the distance and the next place. From the second
/// place on bounds only grow; the frontier has finitely many facets, so that the last one gives the distance exactly
/// (for `α = 1/2` a quadratic equation).
struct Curves<'a> {
    set: &'a Reference,
    points: &'a Reference,
    inputs: usize,
    own: bool,
    options: &'a GeneralisedOptions,
}

impl Curves<'_> {
    /// Every point moved to its place, and the directions there.
    fn moved(&self, places: &[Place]) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
        let alpha = self.options.alpha;
        let mut at = self.points.columns.clone();
        for (v, column) in at.iter_mut().enumerate() {
            for (x, place) in column.iter_mut().zip(places) {
                *x *= place.delta.powf(if v < self.inputs { 1.0 - alpha } else { -alpha });
            }
        }
        let share = |v: usize| if v < self.inputs { 1.0 - alpha } else { alpha };
        let along = at.iter().enumerate().map(|(v, c)| c.iter().map(|x| share(v) * x).collect()).collect();
        (at, along)
    }

    fn solve(&self, technology: &Technology<'_>) -> Result<Vec<Solved>, FrontierError> {
        let returns = match self.options.returns {
            Returns::Crs => DirectionalReturns::Crs,
            Returns::Nirs => DirectionalReturns::Nirs,
            Returns::Ndrs => DirectionalReturns::Ndrs,
            _ => DirectionalReturns::Vrs,
        };
        let rays = Rays::new(self.set, technology, returns, BadOutputs::Strong)?;
        let count = self.points.classes.len();
        let mut places = vec![Place { delta: 1.0, distance: UNSOLVED, tangents: 0 }; count];
        let mut active: Vec<usize> = (0..count).collect();
        for tangent in 1..=TANGENTS {
            if active.is_empty() {
                break;
            }
            let (at, along) = self.moved(&places);
            let now = here(&at, self.inputs);
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
        let (alpha, delta) = (self.options.alpha, from.delta);
        let state = State::from(s.status);
        let Some(&beta) = s.values.first().filter(|_| s.duals.len() >= at.len()) else {
            return Place { delta, distance: Distance { state, ..UNSOLVED }, tangents: 0 };
        };
        let (beta, (low, high)) = (0.0 - beta, (-s.interval.1, -s.interval.0));
        let side = |vs: std::ops::Range<usize>| -> f64 { vs.map(|v| s.duals[v].abs() * at[v][k]).sum() };
        let (spent, made) = (side(0..self.inputs), side(self.inputs..at.len()));
        let intercept = rays.sum_row().map_or(0.0, |i| 0.0 - s.duals[i]);
        // Bounds that do not grow any more have reached the distance.
        let there = beta.abs() <= STEP || from.tangents > 1 && beta >= 0.0;
        let step = if there { 0.0 } else { meeting(spent, made, intercept, alpha) };
        // What a feasible move of `b` along the tangent says of the curve, from above and from below.
        let ends = |b: f64| {
            let input = if alpha < 1.0 { (1.0 - b * (1.0 - alpha)).powf(1.0 / (1.0 - alpha)) } else { f64::NAN };
            let output = if alpha > 0.0 { (1.0 + b * alpha).powf(-1.0 / alpha) } else { f64::NAN };
            (input.min(output), input.max(output))
        };
        let interval = (delta * ends(high).0, delta * ends(low).1);
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
        let weights = slack_weights(&self.set.columns, self.options.slacks);
        let known: Vec<usize> = (0..places.len()).filter(|&k| places[k].distance.value.is_finite()).collect();
        let take = |k: usize, s: &Solution| -> Option<Landing> {
            let whole = s.slacks.len().min(s.duals.len()) >= at.len();
            let reading = Reading {
                factor: 1.0,
                slack: &|v| s.slacks[v],
                price: &|v| s.duals[v],
                intercept: rays.sum_row().map_or(0.0, |i| 0.0 - s.duals[i]),
            };
            whole.then(|| Landing::new(self.set, |v| at[v][k], s, &reading))
        };
        let steps = Steps::Columns(&along);
        let then = Then::Slacks(weights.as_deref());
        let now = here(&at, self.inputs);
        let mut landings: Vec<Option<Landing>> = places.iter().map(|_| None).collect();
        for (k, landing) in rays.sweep(&now, &known, (&Direction::Observed, &steps), &then, |_| None, take)? {
            landings[k] = landing;
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

/// Columns as a technology.
fn here(columns: &[Vec<f64>], inputs: usize) -> Technology<'_> {
    let all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    Technology { inputs: all[..inputs].to_vec(), outputs: all[inputs..].to_vec(), bad_outputs: Vec::new() }
}

/// The logarithm `t` at which `a exp((1−α)t) − b exp(−αt) + c` is 0. It grows with `t`, by 1 at `t = 0`; `NaN` where it
/// has no zero.
fn meeting(a: f64, b: f64, c: f64, alpha: f64) -> f64 {
    let value = |t: f64| a * ((1.0 - alpha) * t).exp() - b * (-alpha * t).exp() + c;
    let slope = |t: f64| (1.0 - alpha) * a * ((1.0 - alpha) * t).exp() + alpha * b * (-alpha * t).exp();
    let (mut low, mut high) = (0.0, 0.0);
    let mut reach = 1.0;
    while value(low) > 0.0 {
        low -= reach;
        reach *= 2.0;
        if reach > 1e3 {
            return f64::NAN;
        }
    }
    reach = 1.0;
    while value(high) < 0.0 {
        high += reach;
        reach *= 2.0;
        if reach > 1e3 {
            return f64::NAN;
        }
    }
    let mut t = 0.0_f64.clamp(low, high);
    for _ in 0..200 {
        let f = value(t);
        if f > 0.0 {
            high = t;
        } else {
            low = t;
        }
        let newton = t - f / slope(t);
        let next = if newton > low && newton < high { newton } else { low + (high - low) / 2.0 };
        if (next - t).abs() <= 1e-16 * (1.0 + t.abs()) || next == low || next == high {
            return next;
        }
        t = next;
    }
    t
}

#[cfg(test)]
#[path = "generalised_tests.rs"]
mod tests;
