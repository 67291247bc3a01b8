#![doc = include_str!("ebm.md")]

use numerics::lp::{Cloud, Family, Instance, Sense, Solution, Status};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    affinity::Affinity,
    dea::{Class, Returns, TOLERANCE},
    projection::{self, Landing, Points, Projection, Reading, SlackOrientation, column},
    reference::Reference,
    sbm::{SbmOptions, sbm},
    technology::{Cell, Defect, FrontierError, Missing, Role, State, Technology},
};

/// The method's page.
pub const PAGE: &str = include_str!("ebm.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("ebm.zh.md");

/// Where ε and the weights of slacks come from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Dispersion {
    /// The affinity of the variables over the projections of the slacks-based measure under variable returns, without
    /// orientation (Tone and Tsutsui 2010).
    #[default]
    Projected,
    /// The affinity of the variables as observed.
    Observed,
    /// Given ε, from 0 (radial) to 1, and equal weights.
    Given {
        /// ε of inputs.
        inputs: f64,
        /// ε of outputs.
        outputs: f64,
    },
}

/// Options of [`ebm`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EbmOptions {
    /// Which side moves: `none` (both), `input` or `output`.
    pub orientation: SlackOrientation,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    pub returns: Returns,
    /// ε and weights: `projected`, `observed` or `given`.
    pub dispersion: Dispersion,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

/// What decides how much the slacks of a side count.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// ε: 0 is radial, 1 counts slacks in full.
    pub epsilon: f64,
    /// Weight of each variable; they add up to 1.
    pub weights: Vec<f64>,
    /// Affinity matrix, row by row; empty where ε is given.
    pub affinity: Vec<Vec<f64>>,
}

/// Result of [`ebm`]: one value per evaluated unit in each column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ebm {
    /// State of each unit.
    pub state: Vec<State>,
    /// The measure, in (0, 1].
    pub score: Vec<f64>,
    /// Certified bounds of `score`.
    pub interval: Vec<(f64, f64)>,
    /// Radial factor θ of the inputs; 1 with orientation `output`.
    pub theta: Vec<f64>,
    /// Radial factor η of the outputs; 1 with orientation `input`.
    pub eta: Vec<f64>,
    /// Strong: score 1 without slack. Weak: score 1 with slack. Inefficient: score below 1.
    pub class: Vec<Class>,
    /// ε and weights of the inputs; `None` where they do not move.
    pub inputs: Option<Side>,
    /// ε and weights of the outputs; `None` where they do not move.
    pub outputs: Option<Side>,
    /// Slacks (the way from the unit to its target, radial part included), targets, prices and peers.
    /// `score = 1 − v·x + u·y + intercept`.
    pub projection: Projection,
}

/// The epsilon-based measure of every unit against all units with complete data.
///
/// # Errors
/// [`FrontierError`]: no variables, columns of different length, ε that is none, values of 0 where affinity takes
/// logarithms, or cells that cannot be used, all of them at once. An uncertified unit is a [`State`], not an error.
pub fn ebm(technology: &Technology<'_>, options: &EbmOptions) -> Result<Ebm, FrontierError> {
    if !technology.bad_outputs.is_empty() {
        return Err(FrontierError::BadOutputs);
    }
    projection::check(technology, options.missing, false)?;
    let (m, s) = (technology.inputs.len(), technology.outputs.len());
    let set = Reference::spanning(technology)?;
    let sum = projection::sum_row(options.returns)?;
    let (inputs, outputs) = sides(technology, &set, options)?;
    let points = Points::new(&set, technology.len());
    let order = points.order();
    let program = Program { set: &set, m, sum, inputs: inputs.as_ref(), outputs: outputs.as_ref() };
    let solved = program.sweep(&order)?;
    let units = points.units(&order, &solved);
    Ok(Ebm {
        state: column(&units, State::Missing, |t| t.state),
        score: column(&units, f64::NAN, |t| t.score),
        interval: column(&units, (f64::NAN, f64::NAN), |t| t.interval),
        theta: column(&units, f64::NAN, |t| t.radial.0),
        eta: column(&units, f64::NAN, |t| t.radial.1),
        class: column(&units, Class::None, |t| t.class),
        projection: Projection::new(&units, |t| t.landing.as_ref(), &set, [m, s, 0]),
        inputs,
        outputs,
    })
}

/// ε and weights of the sides that move.
fn sides(
    technology: &Technology<'_>,
    set: &Reference,
    options: &EbmOptions,
) -> Result<(Option<Side>, Option<Side>), FrontierError> {
    let (m, s) = (technology.inputs.len(), technology.outputs.len());
    let (takes_inputs, takes_outputs) =
        (options.orientation != SlackOrientation::Output, options.orientation != SlackOrientation::Input);
    if let Dispersion::Given { inputs, outputs } = options.dispersion {
        let bad = [("inputs", inputs), ("outputs", outputs)].into_iter().filter(|(_, e)| !(0.0..=1.0).contains(e));
        let bad: Vec<_> = bad.map(|(side, e)| ("dispersion", format!("ε of the {side} is {e}, not between 0 and 1"))).collect();
        if !bad.is_empty() {
            return Err(FrontierError::Options(bad));
        }
        let side = |epsilon, k: usize| Side { epsilon, weights: vec![1.0 / k as f64; k], affinity: Vec::new() };
        return Ok((takes_inputs.then(|| side(inputs, m)), takes_outputs.then(|| side(outputs, s))));
    }
    let heads: Vec<usize> = (0..set.classes.len()).map(|k| set.classes.units(k)[0]).collect();
    let counts: Vec<usize> = (0..set.classes.len()).map(|k| set.classes.units(k).len()).collect();
    let columns: Vec<Vec<f64>> = if options.dispersion == Dispersion::Projected {
        let projected = sbm(technology, &SbmOptions { missing: options.missing, ..SbmOptions::default() })?.projection;
        let all = projected.input_targets.iter().chain(&projected.output_targets);
        all.map(|c| heads.iter().map(|&u| c[u]).collect()).collect()
    } else {
        set.columns.clone()
    };
    let mut bad = Vec::new();
    let mut side = |takes: bool, range: std::ops::Range<usize>, role: Role| {
        let columns = &columns[range];
        for (variable, column) in columns.iter().enumerate().filter(|_| takes) {
            let none = heads.iter().zip(column).filter(|(_, x)| **x <= 0.0 || x.is_nan());
            bad.extend(none.map(|(&unit, _)| Defect::NoLogarithm(Cell { role, variable, unit })));
        }
        let found = (takes && bad.is_empty()).then(|| Affinity::new(columns, &counts));
        found.map(|a| Side { epsilon: a.epsilon, weights: a.weights, affinity: a.matrix })
    };
    let found = (side(takes_inputs, 0..m, Role::Input), side(takes_outputs, m..m + s, Role::Output));
    if bad.is_empty() { Ok(found) } else { Err(FrontierError::Data(bad)) }
}

struct Solved {
    state: State,
    score: f64,
    interval: (f64, f64),
    radial: (f64, f64),
    class: Class,
    landing: Option<Landing>,
}

/// Programs `min (θ − εₓ Σ w s⁻/x₀) / (η + ε_y Σ w s⁺/y₀)` with `Σλx + s⁻ = θx₀`, `Σλy − s⁺ = ηy₀`, `θ ≤ 1 ≤ η`, made
/// linear with `t > 0` (Charnes and Cooper 1962): `θ = 1 − a`, `η = 1 + b`, and `t`, `a`, `b`, `s⁺/y₀` are extra columns.
struct Program<'a> {
    set: &'a Reference,
    m: usize,
    sum: Option<Sense>,
    inputs: Option<&'a Side>,
    outputs: Option<&'a Side>,
}

impl Program<'_> {
    /// What the share of slack of a variable counts; `None` where it does not.
    fn counts(&self, k: usize, v: usize) -> Option<f64> {
        let (side, at) = if v < self.m { (self.inputs, v) } else { (self.outputs, v - self.m) };
        let counted = side.map(|s| s.epsilon * s.weights[at])?;
        (counted > 0.0 && self.set.columns[v][k] > 0.0).then_some(counted)
    }

    fn sweep(&self, order: &[usize]) -> Result<Vec<Solved>, FrontierError> {
        let (mut rows, n) = (self.set.columns.clone(), self.set.classes.len());
        let (variables, m) = (rows.len(), self.m);
        let second: Vec<f64> = rows.iter().map(|c| 1.0 / c.iter().fold(0.0_f64, |l, x| l.max(*x))).collect();
        let sense = |v: usize| match (v < m, self.outputs.is_some()) {
            (true, _) => Sense::AtMost,
            (false, true) => Sense::Equal,
            (false, false) => Sense::AtLeast,
        };
        let mut senses: Vec<Sense> = (0..variables).map(sense).chain(self.sum).collect();
        if self.sum.is_some() {
            rows.push(vec![1.0; n]);
        }
        rows.push(vec![0.0; n]);
        senses.push(Sense::Equal);
        let (cloud, height) = (Cloud::new(rows)?, senses.len());
        // Columns: t, a, b, then s⁺ of each output. The second phase maximises what does not count.
        let family = Family::new(&cloud, senses, vec![false; 3 + variables - m], 2)?;
        let fill = |k: usize, program: &mut Instance| {
            let norm = height - 1;
            program.rhs[norm] = 1.0;
            program.extras[norm] = 1.0;
            program.costs[0].extras[0] = 1.0;
            if self.sum.is_some() {
                program.extras[variables] = -1.0;
            }
            // A radial factor that does not exist moves nothing and costs something.
            program.costs[0].extras[1] = if self.inputs.is_some() { -1.0 } else { 1.0 };
            program.extras[2 * height + norm] = if self.outputs.is_some() { 1.0 } else { 0.0 };
            program.costs[0].extras[2] = if self.outputs.is_some() { 0.0 } else { 1.0 };
            for (v, second) in second.iter().enumerate() {
                let x = self.set.columns[v][k];
                program.extras[v] = 0.0 - x;
                let counted = self.counts(k, v);
                let left = if counted.is_some() { 0.0 } else { 0.0 - second };
                if v < m {
                    program.extras[height + v] = if self.inputs.is_some() { x } else { 0.0 };
                    program.costs[0].slacks[v] = counted.map_or(0.0, |c| 0.0 - c / x);
                    program.costs[1].slacks[v] = left;
                } else if self.outputs.is_some() {
                    let (column, size) = (3 + v - m, self.size(k, v));
                    program.extras[2 * height + v] = 0.0 - x;
                    program.extras[column * height + v] = 0.0 - size;
                    program.extras[column * height + norm] = counted.unwrap_or(0.0);
                    program.costs[1].extras[column] = left * size;
                } else {
                    program.costs[0].extras[3 + v - m] = 1.0;
                    program.costs[1].slacks[v] = left;
                }
            }
        };
        Ok(family.sweep(order, fill, |k, solution| self.read(k, solution)))
    }

    /// The size in which the slack of an output is a column.
    fn size(&self, k: usize, v: usize) -> f64 {
        let (own, top) = (self.set.columns[v][k], self.set.columns[v].iter().fold(0.0_f64, |l, x| l.max(*x)));
        if own > 0.0 { own } else { top }
    }

    fn read(&self, k: usize, solution: &Solution) -> Solved {
        let (variables, nan) = (self.set.columns.len(), f64::NAN);
        let unsolved = |status: Status| Solved {
            state: status.into(),
            score: nan,
            interval: (nan, nan),
            radial: (nan, nan),
            class: Class::None,
            landing: None,
        };
        let whole =
            solution.slacks.len().min(solution.duals.len()) >= variables && solution.extras.len() >= 3 + variables - self.m;
        let Some(&value) = solution.values.first().filter(|_| whole) else { return unsolved(solution.status) };
        let factor = solution.extras[0];
        if !(factor > 0.0 && factor.is_finite()) {
            return unsolved(Status::Numerical);
        }
        let own = |v: usize| self.set.columns[v][k];
        let (theta, eta) = (1.0 - solution.extras[1] / factor, 1.0 + solution.extras[2] / factor);
        // Slacks beside the radial factors, in multiples of `factor`.
        let beside = |v: usize| {
            if v >= self.m && self.outputs.is_some() {
                solution.extras[3 + v - self.m] * self.size(k, v)
            } else {
                solution.slacks[v]
            }
        };
        let way = |v: usize| {
            let radial = if v < self.m { solution.extras[1] } else { solution.extras[2] };
            beside(v) + radial * own(v)
        };
        let reading = Reading {
            factor,
            slack: &way,
            price: &|v| solution.duals[v],
            intercept: self.sum.map_or(0.0, |_| solution.duals[variables]),
        };
        let landing = Landing::new(self.set, own, solution, &reading);
        let (mut above, mut below) = (theta, eta);
        for v in 0..variables {
            let part = self.counts(k, v).map_or(0.0, |c| c * beside(v) / factor / own(v));
            if v < self.m { above -= part } else { below += part }
        }
        // A unit reaches itself, so that nothing above 1 is possible.
        let score = value.min(1.0);
        let interval = (solution.interval.0.min(1.0), solution.interval.1.min(1.0));
        let class = if score < 1.0 - TOLERANCE {
            Class::Inefficient
        } else if landing.slacks.iter().any(|s| *s > 0.0) {
            Class::Weak
        } else {
            Class::Strong
        };
        let given = if landing.dominates(own, |v| v < self.m) { above / below } else { nan };
        let state = projection::state(solution.status, score, given, interval, 1.0 + score.abs());
        Solved { state, score, interval, radial: (theta.min(1.0), eta.max(1.0)), class, landing: Some(landing) }
    }
}

#[cfg(test)]
#[path = "ebm_tests.rs"]
mod tests;
