#![doc = include_str!("closest.md")]

mod faces;
mod generators;
mod programs;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    additive::{AdditiveOptions, Scheme, Weights},
    dea::{Class, Returns, TOLERANCE},
    projection::{self, Landing, Points, Projection, SlackOrientation, column},
    reference::Reference,
    technology::{Cell, FrontierError, Missing, State, Technology},
};
use faces::Face;
use generators::Generators;
use programs::{Cost, Found, Ground};

/// The method's page.
pub const PAGE: &str = include_str!("closest.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("closest.zh.md");

/// By what the distance to a target is measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// The slacks-based measure, as large as it can be (SBM-max).
    #[default]
    Sbm,
    /// A weighted sum of slacks, as small as it can be (Aparicio, Ruiz and Sirvent 2007).
    Weighted(Weights),
}

/// Options of [`closest`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClosestOptions {
    /// What is near: the largest slacks-based measure, or the least weighted sum of slacks.
    pub measure: Measure,
    /// Whose slacks count: `none` (both sides), `input` or `output`.
    pub orientation: SlackOrientation,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    pub returns: Returns,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

/// Result of [`closest`]: one value per evaluated unit in each column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Closest {
    /// State of each unit.
    pub state: Vec<State>,
    /// With `sbm` the score of the closest target, in (0, 1]; with weights the least weighted sum of slacks, 0 or more.
    pub value: Vec<f64>,
    /// Certified bounds of `value`.
    pub interval: Vec<(f64, f64)>,
    /// With weights: weighted sum of the unit's own values, signs dropped, which bounds the digits of `value`; else 1.
    pub magnitude: Vec<f64>,
    /// Strong: no slack. Weak: slack only in variables that do not count. Inefficient: slack that counts.
    pub class: Vec<Class>,
    /// Slacks, targets and peers. Prices are those of a hyperplane through the target that no point of the technology is
    /// beyond, all positive: `v·x̂ − u·ŷ + intercept = 0` with `v·x̂ = 1`.
    pub projection: Projection,
    /// Cells that are 0, so that their slack is no share of them and does not count.
    pub zeros: Vec<Cell>,
    /// Number of maximal faces of the strongly efficient frontier.
    pub faces: usize,
}

struct Solved {
    state: State,
    value: f64,
    interval: (f64, f64),
    magnitude: f64,
    class: Class,
    landing: Option<Landing>,
}

/// The closest strongly efficient target of every unit among the points that dominate it, against all units with complete
/// data.
///
/// # Errors
/// [`FrontierError`]: no variables, undesirable outputs, columns of different length, options that do not fit, cells that
/// cannot be used, all of them at once; a frontier with too many strongly efficient points or faces.
/// Negative values are taken under variable returns by weights other than MIP. An infeasible or uncertified unit is a
/// [`State`], not an error.
pub fn closest(technology: &Technology<'_>, options: &ClosestOptions) -> Result<Closest, FrontierError> {
    evaluate(technology, None, options)
}

/// The closest targets of `evaluated` on the strongly efficient frontier of another set of units; weights come from that
/// set. A unit that the set does not dominate is infeasible.
///
/// # Errors
/// As [`closest`], for both sets, and different variables.
pub fn closest_against(
    evaluated: &Technology<'_>,
    reference: &Technology<'_>,
    options: &ClosestOptions,
) -> Result<Closest, FrontierError> {
    evaluated.like(reference)?;
    evaluate(evaluated, Some(reference), options)
}

fn evaluate(
    evaluated: &Technology<'_>,
    reference: Option<&Technology<'_>>,
    options: &ClosestOptions,
) -> Result<Closest, FrontierError> {
    let shares = matches!(options.measure, Measure::Sbm | Measure::Weighted(Weights::Mip));
    let any_sign = options.returns == Returns::Vrs && !shares;
    for technology in [Some(evaluated), reference].into_iter().flatten() {
        if !technology.bad_outputs.is_empty() {
            return Err(FrontierError::BadOutputs);
        }
        projection::check(technology, options.missing, any_sign)?;
    }
    let (m, s) = (evaluated.inputs.len(), evaluated.outputs.len());
    let returns = options.returns;
    if let Measure::Weighted(weights) = &options.measure {
        weights.check(m, s)?;
        if *weights == Weights::Bam && returns != Returns::Vrs {
            let why = "`bam` is bounded by the best values seen under `vrs` only".to_owned();
            return Err(FrontierError::Options(vec![("weights", why)]));
        }
    }
    let set = Reference::spanning(reference.unwrap_or(evaluated))?;
    let foreign = reference.map(|_| Reference::complete(evaluated));
    let distinct = foreign.as_ref().unwrap_or(&set);
    let scheme = |weights: Weights| {
        let plain = AdditiveOptions { weights, orientation: options.orientation, returns, ..AdditiveOptions::default() };
        Scheme::new(&set, &plain, m)
    };
    let cost = match &options.measure {
        Measure::Sbm => Cost::Shares(options.orientation),
        Measure::Weighted(weights) => Cost::Weighted(scheme(weights.clone())),
    };
    let second = scheme(Weights::Sum);
    let second: Vec<f64> = (0..m + s).map(|v| second.second(v)).collect();

    let every: Vec<usize> = (0..set.classes.len()).collect();
    let efficient = faces::efficient(&Generators::new(&set, &every, returns)?, m)?;
    let generators = Generators::new(&set, efficient.as_deref().unwrap_or_default(), returns)?;
    if generators.len() > faces::LARGEST {
        let found = efficient.as_ref().map_or(0, Vec::len);
        return Err(faces::too_large(format!("{found} units are strongly efficient, {} can be", faces::LARGEST)));
    }
    let (faces, certified) = faces::maximal(&generators, m)?;
    let mut ground =
        Ground { generators: &generators, set: &set, points: distinct, inputs: m, cost: &cost, second: &second, two: false };
    let points = Points::new(distinct, evaluated.len());
    let order = points.order();
    ground.two = order.iter().any(|&k| (0..m + s).any(|v| ground.weight(k, v) == 0.0));
    let search = Search { ground: &ground, faces: &faces, options, own: reference.is_none() };
    let solved = search.run(&order, certified && efficient.is_some())?;
    let units = points.units(&order, &solved);
    let nan = (f64::NAN, f64::NAN);
    Ok(Closest {
        state: column(&units, State::Missing, |t| t.state),
        value: column(&units, f64::NAN, |t| t.value),
        interval: column(&units, nan, |t| t.interval),
        magnitude: column(&units, f64::NAN, |t| t.magnitude),
        class: column(&units, Class::None, |t| t.class),
        projection: Projection::new(&units, |t| t.landing.as_ref(), &set, [m, s, 0]),
        zeros: if shares { zeros(evaluated, options.orientation) } else { Vec::new() },
        faces: faces.len(),
    })
}

/// Cells of 0 on the sides that count.
fn zeros(evaluated: &Technology<'_>, side: SlackOrientation) -> Vec<Cell> {
    let m = evaluated.inputs.len();
    let counts = |v: usize| side != if v < m { SlackOrientation::Output } else { SlackOrientation::Input };
    let columns = evaluated.columns().enumerate().filter(|(v, _)| counts(*v));
    columns
        .flat_map(|(_, (role, variable, c))| {
            let zero = c.iter().enumerate().filter(|(_, x)| **x == 0.0);
            zero.map(move |(unit, _)| Cell { role, variable, unit }).collect::<Vec<_>>()
        })
        .collect()
}

/// Programs over faces after which the run is given up.
const PATIENCE: usize = 2_000_000;

/// The search for the nearest face of each point.
struct Search<'a> {
    ground: &'a Ground<'a>,
    faces: &'a [Face],
    options: &'a ClosestOptions,
    own: bool,
}

/// What is known of a point: the nearest face so far, and the least bound of all that were looked at.
#[derive(Clone)]
struct Known {
    best: Option<(usize, Found)>,
    low: f64,
    /// Whether some face was left without a solution.
    open: bool,
    /// Whether another target is as near.
    tied: bool,
}

impl Search<'_> {
    fn run(&self, order: &[usize], certified: bool) -> Result<Vec<Solved>, FrontierError> {
        let blank = Known { best: None, low: f64::INFINITY, open: false, tied: false };
        let mut known = vec![blank; order.len()];
        let variables = 0..self.ground.set.columns.len();
        let weights: Vec<Vec<f64>> =
            order.par_iter().map(|&k| variables.clone().map(|v| self.ground.weight(k, v)).collect()).collect();
        let bound = |i: usize, f: usize| self.ground.bound(order[i], &self.faces[f], &weights[i]);
        // The face with the least bound first, then all that may be nearer.
        let first = |i: usize| {
            let bounds = (0..self.faces.len()).filter_map(|f| bound(i, f).map(|b| (f, b)));
            bounds.min_by(|x, y| x.1.total_cmp(&y.1)).map(|b| b.0)
        };
        let firsts: Vec<Option<usize>> = (0..order.len()).into_par_iter().map(first).collect();
        for f in 0..self.faces.len() {
            let now: Vec<usize> = (0..order.len()).filter(|&i| firsts[i] == Some(f)).collect();
            self.look(f, &now, order, &mut known)?;
        }
        let mut programs = order.len();
        for f in 0..self.faces.len() {
            let nearer = |&i: &usize| {
                let cost = known[i].best.as_ref().map_or(f64::INFINITY, |b| b.1.cost);
                firsts[i] != Some(f) && bound(i, f).is_some_and(|b| b <= cost + self.digits(order[i]))
            };
            let now: Vec<usize> = (0..order.len()).into_par_iter().filter(nearer).collect();
            programs += now.len();
            if programs > PATIENCE {
                let found = format!("{} faces may hold the targets of {} units", self.faces.len(), order.len());
                return Err(faces::too_large(found));
            }
            self.look(f, &now, order, &mut known)?;
        }
        Ok(order.iter().zip(known).map(|(&k, known)| self.solved(k, known, certified)).collect())
    }

    /// Differences of costs below this are none.
    fn digits(&self, k: usize) -> f64 {
        TOLERANCE * (1.0 + self.magnitude(k))
    }

    fn magnitude(&self, k: usize) -> f64 {
        match self.ground.cost {
            Cost::Shares(_) => 1.0,
            Cost::Weighted(_) => {
                (0..self.ground.set.columns.len()).map(|v| self.ground.weight(k, v) * self.ground.value(k, v).abs()).sum()
            }
        }
    }

    fn look(&self, f: usize, now: &[usize], order: &[usize], known: &mut [Known]) -> Result<(), FrontierError> {
        if now.is_empty() {
            return Ok(());
        }
        let points: Vec<usize> = now.iter().map(|&i| order[i]).collect();
        for (&i, found) in now.iter().zip(self.ground.sweep(&self.faces[f], &points)?) {
            let Some(found) = found else { continue };
            let (k, known) = (order[i], &mut known[i]);
            if found.cost.is_nan() {
                known.open = true;
                continue;
            }
            known.low = known.low.min(found.interval.0);
            let digits = self.digits(k);
            let Some((_, best)) = &known.best else {
                known.best = Some((f, found));
                continue;
            };
            let (nearer, as_near) = (found.cost < best.cost - digits, found.cost <= best.cost + digits);
            let gain = best.rest - found.rest;
            let level = as_near && gain.abs() <= TOLERANCE;
            let tied = level && !self.ground.same(k, best, &found);
            let less = as_near && gain > TOLERANCE || level && found.cost < best.cost;
            known.tied = tied || known.tied && !(nearer || as_near && gain > TOLERANCE);
            if nearer || less {
                known.best = Some((f, found));
            }
        }
        Ok(())
    }

    fn solved(&self, k: usize, known: Known, certified: bool) -> Solved {
        let nan = f64::NAN;
        let magnitude = self.magnitude(k);
        let Some((f, mut found)) = known.best else {
            let state = if self.own || known.open || !certified { State::Numerical } else { State::Infeasible };
            return Solved { state, value: nan, interval: (nan, nan), magnitude, class: Class::None, landing: None };
        };
        found.unique &= !known.tied;
        let ground = self.ground;
        let landing = ground.landing(k, &self.faces[f], &found);
        let variables = ground.set.columns.len();
        let sum = |vs: std::ops::Range<usize>| vs.map(|v| ground.weight(k, v) * landing.slacks[v]).sum::<f64>();
        let (inputs, outputs) = (sum(0..ground.inputs), sum(ground.inputs..variables));
        let given = match ground.cost {
            Cost::Shares(SlackOrientation::None) => 1.0 - (1.0 - inputs) / (1.0 + outputs),
            _ => inputs + outputs,
        };
        let dominates = landing.dominates(|v| ground.value(k, v), |v| v < ground.inputs);
        let interval = (found.interval.0.min(known.low).max(0.0), found.interval.1.max(0.0));
        let cost = found.cost.max(0.0);
        let size = 1.0 + magnitude.max(cost);
        let state = projection::state(found.status, cost, if dominates { given } else { nan }, interval, size);
        let doubtful = known.open || !certified;
        let state = if doubtful && state == State::Optimal { State::Numerical } else { state };
        let interval = if doubtful { (0.0, interval.1) } else { interval };
        let slack = |counting: bool| {
            let left = |(v, s): (usize, &f64)| *s > 0.0 && (ground.weight(k, v) > 0.0) == counting;
            landing.slacks.iter().enumerate().any(left)
        };
        let class = match (slack(true), slack(false)) {
            (true, _) => Class::Inefficient,
            (false, true) => Class::Weak,
            (false, false) => Class::Strong,
        };
        let turn = |x: f64| match (&self.options.measure, self.options.orientation) {
            (Measure::Weighted(_), _) => x,
            (Measure::Sbm, SlackOrientation::Output) => 1.0 / (1.0 + x),
            (Measure::Sbm, _) => 1.0 - x,
        };
        let falls = self.options.measure == Measure::Sbm;
        let interval = if falls { (turn(interval.1), turn(interval.0)) } else { interval };
        Solved { state, value: turn(cost), interval, magnitude, class, landing: Some(landing) }
    }
}

#[cfg(test)]
#[path = "closest_tests.rs"]
mod tests;
