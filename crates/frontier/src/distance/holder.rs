//! The Hölder distance: the nearest point of the frontier in a norm.

use std::ops::Range;

use numerics::lp::Solution;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    euclid::{self, Known},
    hull::{Hull, Ray, Reach, side},
    modified::{class, knows},
};
use crate::{
    dea::{Class, Returns, Slacks, slack_weights},
    direction::{Direction, Steps},
    directional::{BadOutputs, DirectionalReturns},
    observations::{Distance, UNSOLVED},
    projection::{Landing, Projection, Reading, SlackOrientation, column},
    rays::{Rays, Then},
    reference::Reference,
    technology::{FrontierError, Missing, Role, State, Technology},
};

/// A distance this much less than another, as a share of it, is less.
const LESS: f64 = 1e-12;

/// Norm of the Hölder distance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Norm {
    /// ℓ₁: the change of a single variable that suffices.
    #[default]
    One,
    /// ℓ₂: the straight way to the nearest facet.
    Two,
    /// ℓ∞: all variables change by as much.
    Infinity,
}

/// Options of [`holder`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HolderOptions {
    /// Norm: `one`, `two` or `infinity`. The free disposal hull takes `one` and `infinity`.
    pub norm: Norm,
    /// Whether changes count as shares of the unit's own values. A value of 0 has no share and does not move.
    pub weighted: bool,
    /// Whose variables move: `none` (both sides), `input` or `output`.
    pub orientation: SlackOrientation,
    /// Returns to scale: `crs`, `vrs`, `nirs`, `ndrs` or `fdh`.
    pub returns: Returns,
    /// Second phase: `range`, `mean` or `sum` of slacks, or `none`.
    pub slacks: Slacks,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

impl Default for HolderOptions {
    fn default() -> Self {
        Self {
            norm: Norm::default(),
            weighted: false,
            orientation: SlackOrientation::default(),
            returns: Returns::default(),
            slacks: Slacks::Range,
            missing: Missing::default(),
        }
    }
}

/// Result of [`holder`]: one value per evaluated unit in each column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Holder {
    /// State of each unit.
    pub state: Vec<State>,
    /// The least change that reaches the weakly efficient frontier, 0 on it.
    pub distance: Vec<f64>,
    /// Certified bounds of `distance`.
    pub interval: Vec<(f64, f64)>,
    /// The variable that moves, where one alone does (`one`): role and position. The first of several.
    pub moved: Vec<Option<(Role, usize)>>,
    /// Strongly or weakly efficient, or not.
    pub class: Vec<Class>,
    /// Slacks after the move, targets, peers, and prices: `distance = v·x − u·y + intercept`. The free disposal hull has no
    /// prices.
    pub projection: Projection,
}

/// The Hölder distance of every unit to the frontier of all units with complete data.
///
/// # Errors
/// [`FrontierError`]: data as for [`crate::dea::dea`], returns to scale that the model does not have. An infeasible or
/// uncertified unit is a [`State`], not an error.
pub fn holder(technology: &Technology<'_>, options: &HolderOptions) -> Result<Holder, FrontierError> {
    evaluate(technology, None, options)
}

/// The Hölder distance of `evaluated` to the frontier of another set of units. A unit beyond that frontier is
/// infeasible.
///
/// # Errors
/// As [`holder`], for both sets, and different variables.
pub fn holder_against(
    evaluated: &Technology<'_>,
    reference: &Technology<'_>,
    options: &HolderOptions,
) -> Result<Holder, FrontierError> {
    evaluated.like(reference)?;
    evaluate(evaluated, Some(reference), options)
}

fn evaluate(
    evaluated: &Technology<'_>,
    reference: Option<&Technology<'_>>,
    options: &HolderOptions,
) -> Result<Holder, FrontierError> {
    for technology in [Some(evaluated), reference].into_iter().flatten() {
        technology.check(options.missing, false)?;
    }
    knows(options.returns)?;
    let set = Reference::spanning(reference.unwrap_or(evaluated))?;
    let complete = evaluated.complete();
    let rows: Vec<usize> = (0..evaluated.len()).filter(|&u| complete[u]).collect();
    let columns: Vec<&[f64]> = evaluated.columns().map(|c| c.2).collect();
    let inputs = evaluated.inputs.len();
    let weights = slack_weights(&set.columns, options.slacks);
    let near = Near { set: &set, evaluated, columns, rows, weights: weights.as_deref(), own: reference.is_none(), options };
    let side = side(options.orientation, inputs, set.columns.len());
    if options.norm == Norm::Two && options.returns == Returns::Fdh {
        let why = "the nearest point of a free disposal hull is not found in the norm `two`".to_owned();
        return Err(FrontierError::Options(vec![("norm", why)]));
    }
    let step = |v: usize, u: usize| if options.weighted { near.columns[v][u] } else { 1.0 };
    let units = evaluated.len();
    let lengths = |moves: &dyn Fn(usize) -> bool| -> Vec<Vec<f64>> {
        let one = |v: usize| (0..units).map(|u| if moves(v) { step(v, u) } else { 0.0 }).collect();
        (0..set.columns.len()).map(one).collect()
    };
    let all = || vec![(None, lengths(&|w| side.contains(&w)))];
    let single = || side.clone().map(|v| (Some(v), lengths(&|w| w == v))).collect::<Vec<_>>();
    let solved = match options.norm {
        Norm::One => near.solve(&single())?,
        Norm::Infinity => near.solve(&all())?,
        Norm::Two => near.straight(&all(), &single(), side.clone(), &step)?,
    };
    let found: Vec<Option<&Solved>> = solved.iter().map(Option::as_ref).collect();
    let role = |v: usize| if v < inputs { (Role::Input, v) } else { (Role::Output, v - inputs) };
    Ok(Holder {
        state: column(&found, State::Missing, |t| t.distance.state),
        distance: column(&found, f64::NAN, |t| t.distance.value),
        interval: column(&found, UNSOLVED.interval, |t| t.distance.interval),
        moved: column(&found, None, |t| t.moved.map(role)),
        class: column(&found, Class::None, |t| t.class),
        projection: Projection::new(&found, |t| t.landing.as_ref(), &set, [inputs, evaluated.outputs.len(), 0]),
    })
}

struct Solved {
    distance: Distance,
    moved: Option<usize>,
    class: Class,
    landing: Option<Landing>,
}

/// Lengths of the steps of a way, `[variable][unit]`, and the variable that moves alone.
type Way = (Option<usize>, Vec<Vec<f64>>);

pub(super) struct Near<'a> {
    pub(super) set: &'a Reference,
    pub(super) evaluated: &'a Technology<'a>,
    pub(super) columns: Vec<&'a [f64]>,
    rows: Vec<usize>,
    weights: Option<&'a [f64]>,
    own: bool,
    pub(super) options: &'a HolderOptions,
}

impl Near<'_> {
    fn hull(&self) -> Hull<'_> {
        Hull { set: self.set, inputs: self.evaluated.inputs.len(), apart: false }
    }

    /// The convex technology, if it is one.
    fn rays(&self) -> Result<Option<Rays>, FrontierError> {
        let returns = match self.options.returns {
            Returns::Fdh => return Ok(None),
            Returns::Crs => DirectionalReturns::Crs,
            Returns::Nirs => DirectionalReturns::Nirs,
            Returns::Ndrs => DirectionalReturns::Ndrs,
            // The others were refused.
            Returns::Vrs | Returns::Generalised | Returns::Replication | Returns::Upscaling => DirectionalReturns::Vrs,
        };
        Ok(Some(Rays::new(self.set, self.evaluated, returns, BadOutputs::Strong)?))
    }

    /// Distances one way; a unit that does not move this way has none.
    fn along(&self, rays: Option<&Rays>, lengths: &[Vec<f64>]) -> Result<Vec<Option<Distance>>, FrontierError> {
        let hull = self.hull();
        let rows: Vec<usize> = self.rows.iter().copied().filter(|&u| lengths.iter().any(|c| c[u] > 0.0)).collect();
        let found: Vec<(usize, Distance)> = match rays {
            Some(rays) => {
                let along = rays.distances(self.evaluated, &rows, (&Direction::Ones, &Steps::Columns(lengths)))?;
                along.into_iter().map(|(u, m)| (u, m.distance)).collect()
            }
            None => rows.par_iter().map(|&u| (u, self.single(&hull, lengths, u, |reach, _| hull.distance(reach)))).collect(),
        };
        let mut out = vec![None; self.evaluated.len()];
        found.into_iter().for_each(|(u, d)| out[u] = Some(self.inside(d)));
        Ok(out)
    }

    /// The nearest of several ways.
    fn solve(&self, ways: &[Way]) -> Result<Vec<Option<Solved>>, FrontierError> {
        let rays = self.rays()?;
        let mut best: Vec<Option<(usize, Distance)>> = vec![None; self.evaluated.len()];
        for (way, (_, lengths)) in ways.iter().enumerate() {
            for (best, d) in best.iter_mut().zip(self.along(rays.as_ref(), lengths)?) {
                let Some(d) = d else { continue };
                *best = Some(best.map_or((way, d), |known| nearer(known, (way, d))));
            }
        }
        self.land(ways, rays.as_ref(), &self.hull(), &best)
    }

    /// The straight way to the nearest hyperplane.
    fn straight(
        &self,
        all: &[Way],
        single: &[Way],
        side: Range<usize>,
        length: &(dyn Fn(usize, usize) -> f64 + Sync),
    ) -> Result<Vec<Option<Solved>>, FrontierError> {
        let rays = self.rays()?;
        let along = |way: &Way| self.along(rays.as_ref(), &way.1);
        let whole = along(&all[0])?;
        let singles = single.iter().map(along).collect::<Result<Vec<_>, _>>()?;
        let known = Known { side: side.clone(), all: &whole, single: &singles, length };
        let found = euclid::nearest(self, &known)?;
        let mut lengths = all[0].1.clone();
        for (u, (normal, _)) in found.iter().enumerate() {
            for (v, share) in side.clone().zip(normal) {
                lengths[v][u] = share * length(v, u);
            }
        }
        let mut solved = self.solve(&[(None, lengths)])?;
        for (solved, (_, low)) in solved.iter_mut().zip(&found) {
            let Some(Solved { distance, .. }) = solved else { continue };
            // The way found bounds the distance from above, all others together from below.
            if low.is_finite() {
                distance.interval.0 = distance.interval.0.min(*low);
                distance.state = distance.state.certified(distance.interval, 1.0 + distance.value);
            }
        }
        Ok(solved)
    }

    /// Nothing is nearer than 0; a unit beyond the frontier has no distance to it.
    fn inside(&self, d: Distance) -> Distance {
        let floor = |x: f64| if self.own && x < 0.0 { 0.0 } else { x };
        if d.state == State::Optimal && floor(d.interval.1) < 0.0 {
            return Distance { state: State::Infeasible, ..UNSOLVED };
        }
        let (value, interval) = (floor(d.value), (floor(d.interval.0), floor(d.interval.1)));
        // A norm is a number in its units of measure: its digits count beside 1.
        Distance { value, interval, state: d.state.certified(interval, 1.0 + value.abs()) }
    }

    fn single<T>(&self, hull: &Hull<'_>, lengths: &[Vec<f64>], u: usize, take: impl Fn(Option<&Reach>, &Ray<'_>) -> T) -> T {
        let ray = Ray { values: &|v| self.columns[v][u], lengths: &|v| lengths[v][u] };
        take(hull.farthest(&ray, self.weights).as_ref(), &ray)
    }

    /// Slacks, targets, prices and peers of the nearest way.
    fn land(
        &self,
        ways: &[Way],
        rays: Option<&Rays>,
        hull: &Hull<'_>,
        best: &[Option<(usize, Distance)>],
    ) -> Result<Vec<Option<Solved>>, FrontierError> {
        let way = |u: usize| best[u].map_or(0, |b| b.0);
        let variables = 0..self.columns.len();
        let lengths: Vec<Vec<f64>> = variables.clone().map(|v| (0..best.len()).map(|u| ways[way(u)].1[v][u]).collect()).collect();
        let known = |u: &usize| best[*u].is_some_and(|b| b.1.value.is_finite());
        let rows: Vec<usize> = self.rows.iter().copied().filter(known).collect();
        let landings: Vec<(usize, Option<Landing>)> = match rays {
            None => {
                let landing = |u: usize| self.single(hull, &lengths, u, |reach, ray| reach.map(|r| hull.landing(ray, r)));
                rows.into_iter().map(|u| (u, landing(u))).collect()
            }
            Some(rays) => {
                let take = |u: usize, s: &Solution| {
                    if s.slacks.len().min(s.duals.len()) < variables.end {
                        return None;
                    }
                    let reading = Reading {
                        factor: 1.0,
                        slack: &|v| s.slacks[v],
                        price: &|v| s.duals[v],
                        intercept: rays.sum_row().map_or(0.0, |i| 0.0 - s.duals[i]),
                    };
                    Some(Landing::new(self.set, |v| self.columns[v][u], s, &reading))
                };
                let steps = Steps::Columns(&lengths);
                rays.sweep(self.evaluated, &rows, (&Direction::Ones, &steps), &Then::Slacks(self.weights), |_| None, take)?
            }
        };
        let mut out: Vec<Option<Solved>> = best.iter().map(|_| None).collect();
        for &u in &self.rows {
            let (way, distance) = best[u].unwrap_or((0, UNSOLVED));
            let moved = distance.value.is_finite().then(|| ways[way].0).flatten();
            out[u] = Some(Solved { distance, moved, class: Class::None, landing: None });
        }
        for (u, landing) in landings {
            if let (Some(solved), Some(landing)) = (&mut out[u], landing) {
                let step = |v: usize| solved.distance.value * lengths[v][u];
                solved.class = class(self.set, &landing, |v| self.columns[v][u], step);
                solved.landing = Some(landing);
            }
        }
        Ok(out)
    }
}

/// The nearer of two ways. What is not certain of one is not certain of the nearest; a way without end is none.
fn nearer(known: (usize, Distance), other: (usize, Distance)) -> (usize, Distance) {
    let (a, b) = (known.1, other.1);
    match (a.state, b.state) {
        (_, State::Unbounded) => known,
        (State::Unbounded, _) => other,
        (State::Optimal, State::Optimal) => {
            let interval = (a.interval.0.min(b.interval.0), a.interval.1.min(b.interval.1));
            let (way, nearest) = if b.value < a.value - LESS * a.value.abs() { other } else { known };
            (way, Distance { interval: (interval.0.min(nearest.value), interval.1.max(nearest.value)), ..nearest })
        }
        (State::Optimal, _) => other,
        _ => known,
    }
}
