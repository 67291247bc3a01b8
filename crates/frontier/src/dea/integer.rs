//! Targets in whole numbers (Lozano and Villa 2006; Kuosmanen and Kazemi Matin 2009).
//!
//! ```text
//! input:  min θ with x̃ ≤ θx₀, Σλx ≤ x̃, Σλy ≥ y₀      output: max φ with ỹ ≥ φy₀, Σλx ≤ x₀, Σλy ≥ ỹ
//! ```
//!
//! where the named variables of x̃, ỹ are whole. No mixed integer program is needed: at a factor θ the best whole x̃ is
//! `⌊θx₀⌋` (ỹ is `⌈φy₀⌉`), so that only factors `k/x₀` count; whether the technology has such a point is one radial
//! program, and what one factor reaches a worse one reaches too. Bisection finds the least.
//!
//! Slacks follow one whole variable after the other, each as large as the technology allows.

use numerics::lp::{Cloud, Family, Instance, Sense, Solution, Status};

use super::{
    Dea, DeaOptions, Returns, Scale, Setting, TOLERANCE,
    record::{Frame, Record},
    result::Columns,
    slack_weights,
};
use crate::{
    observations::{Distance, UNSOLVED},
    radial::{Ask, Bounds, Hold, Radial, measured},
    technology::{FrontierError, Orientation, State, Technology},
};

/// Largest whole number whose products with a factor are still told from their neighbours.
const LARGEST: f64 = 1e9;
/// A slack this near below a whole number is that number, as a share of the variable's size.
const NEAR: f64 = 4e-10;

/// Whether the named variables are whole numbers.
pub(super) fn check(technology: &Technology<'_>, options: &DeaOptions) -> Result<(), FrontierError> {
    if options.integer.is_empty() {
        return Ok(());
    }
    let (m, s) = (technology.inputs.len(), technology.outputs.len());
    if options.integer.len() != m + s {
        let why = format!("{} entries for {} inputs and outputs", options.integer.len(), m + s);
        return Err(FrontierError::Options(vec![("integer", why)]));
    }
    let mut found = Vec::new();
    for ((role, variable, column), _) in technology.columns().zip(&options.integer).filter(|(_, whole)| **whole) {
        let broken = |x: &f64| !x.is_nan() && (x.fract() != 0.0 || *x > LARGEST);
        for (unit, x) in column.iter().enumerate().filter(|(_, x)| broken(x)) {
            let why = format!("{role:?} {} of unit {} is {x}, not a whole number up to {LARGEST:e}", variable + 1, unit + 1);
            found.push(("integer", why));
        }
    }
    if found.is_empty() { Ok(()) } else { Err(FrontierError::Options(found)) }
}

/// The search for the least factor of one row. Factors are signed, so that less is better and more is easier to reach:
/// θ in the input orientation, −φ in the output orientation.
#[derive(Clone, Copy, Debug)]
struct Hunt {
    row: usize,
    /// The largest factor known to be out of reach, the least within reach, and the one to be tried.
    low: f64,
    high: f64,
    trial: f64,
    done: bool,
    certified: bool,
}

pub(super) struct Whole<'a> {
    setting: &'a Setting<'a>,
    options: &'a DeaOptions,
    columns: Vec<&'a [f64]>,
    rows: Vec<usize>,
    own: bool,
}

/// What is found of one row.
#[derive(Clone, Debug)]
struct Found {
    score: Distance,
    /// What a target may use, and must make.
    limits: Vec<f64>,
}

impl<'a> Whole<'a> {
    pub(super) fn new(setting: &'a Setting<'a>, options: &'a DeaOptions) -> Self {
        let (columns, rows) = setting.points(setting.own_columns());
        Self { setting, options, columns, rows, own: setting.foreign.is_none() }
    }

    fn moving(&self, i: usize) -> bool {
        (i < self.setting.inputs) == (self.options.orientation == Orientation::Input)
    }

    /// Whole variables that move, and others that move.
    fn movers(&self, whole: bool) -> impl Iterator<Item = usize> + '_ {
        (0..self.columns.len()).filter(move |&i| self.moving(i) && self.options.integer[i] == whole)
    }

    fn sign(&self) -> f64 {
        if self.options.orientation == Orientation::Input { 1.0 } else { -1.0 }
    }

    /// `⌊factor · value⌋`, where a product that rounding brought near a whole number is that number.
    fn floor(factor: f64, value: f64) -> f64 {
        let product = factor * value;
        let whole = product.round();
        if (product - whole).abs() <= 8.0 * f64::EPSILON * whole.abs() { whole } else { product.floor() }
    }

    /// The factors `k/x₀` next to one: the largest up to it, and the least above it.
    fn steps(&self, row: usize, factor: f64) -> (f64, f64) {
        let (mut below, mut above) = (f64::NEG_INFINITY, f64::INFINITY);
        for i in self.movers(true) {
            let x = self.columns[i][row];
            if x > 0.0 {
                let k = Self::floor(factor, x);
                below = below.max(k / x);
                above = above.min((k + 1.0) / x);
            }
        }
        (below, above)
    }

    /// The point that a factor asks for: whole variables at `factor`, the others that move at `rest`.
    fn limits(&self, row: usize, factor: f64, rest: f64) -> Vec<f64> {
        let limit = |i: usize| {
            let x = self.columns[i][row];
            match (self.moving(i), self.options.integer[i]) {
                (false, _) => x,
                (true, true) => self.sign() * Self::floor(factor, x),
                (true, false) => self.sign() * rest * x,
            }
        };
        (0..self.columns.len()).map(limit).collect()
    }

    /// Radial scores of points of their own, in their order.
    fn scores(&self, radial: &Radial<'_>, points: &[Vec<f64>]) -> Result<Vec<Distance>, FrontierError> {
        let columns: Vec<Vec<f64>> = (0..self.columns.len()).map(|i| points.iter().map(|p| p[i]).collect()).collect();
        let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let rows: Vec<usize> = (0..points.len()).collect();
        let mut out = vec![UNSOLVED; points.len()];
        let ask = Ask { value: true, ..Ask::default() };
        let take = |_, s: &Solution| measured(s, self.options.orientation, false);
        radial.sweep(&slices, &rows, ask, |_| None, take, |rows, d| rows.iter().for_each(|&r| out[r] = d))?;
        Ok(out)
    }

    /// The best score of each row under some returns to scale.
    fn solve(&self, bounds: Bounds) -> Result<Vec<Found>, FrontierError> {
        let sizes = self.setting.sizes();
        let radial = Radial::over(self.setting.columns.clone(), sizes, self.options.orientation, bounds)?;
        let own: Vec<Vec<f64>> = self.rows.iter().map(|&r| self.columns.iter().map(|c| c[r]).collect()).collect();
        let relaxed = self.scores(&radial, &own)?;
        let mut hunts: Vec<Hunt> = self.rows.iter().zip(&relaxed).map(|(&row, d)| self.start(row, d)).collect();
        loop {
            let open: Vec<usize> = (0..hunts.len()).filter(|&h| !hunts[h].done).collect();
            if open.is_empty() {
                break;
            }
            let point = |&h: &usize| {
                let hunt = &hunts[h];
                self.limits(hunt.row, hunt.trial, self.steps(hunt.row, hunt.trial).1)
            };
            let points: Vec<Vec<f64>> = open.iter().map(point).collect();
            for (&h, d) in open.iter().zip(self.scores(&radial, &points)?) {
                self.learn(&mut hunts[h], &d);
            }
        }
        let rest = self.rest(&hunts, &relaxed, bounds)?;
        Ok(hunts.iter().zip(&relaxed).zip(rest).map(|((hunt, d), rest)| self.found(hunt, d, rest)).collect())
    }

    /// Nothing below the relaxed factor is within reach; above it by a whole unit of each variable something is, and
    /// so is a unit of the reference itself.
    fn start(&self, row: usize, relaxed: &Distance) -> Hunt {
        let usable = relaxed.state == State::Optimal && relaxed.value > 0.0;
        let factor = |score: f64| if self.options.orientation == Orientation::Input { score } else { -1.0 / score };
        let least = self.movers(true).map(|i| self.columns[i][row]).filter(|x| *x > 0.0).fold(f64::INFINITY, f64::min);
        let none = Hunt { row, low: f64::NAN, high: f64::NAN, trial: f64::NAN, done: true, certified: usable };
        if !usable {
            return none;
        }
        let from = factor(relaxed.value * (1.0 - TOLERANCE));
        if least == f64::INFINITY {
            // Nothing whole moves.
            return Hunt { low: from, high: factor(relaxed.value), ..none };
        }
        let top = factor(relaxed.value) + 1.0 / least;
        let top = if self.own { top.min(self.sign()) } else { top };
        let (high, (trial, _)) = (self.steps(row, top).0, self.steps(row, from));
        Hunt { low: f64::NEG_INFINITY, high, trial, done: trial >= high, ..none }
    }

    /// What a trial says: beyond the technology, or within it.
    fn learn(&self, hunt: &mut Hunt, d: &Distance) {
        match d.state {
            State::Optimal if d.value <= 1.0 + TOLERANCE => hunt.high = hunt.trial,
            State::Optimal if d.interval.0 > 1.0 => hunt.low = hunt.trial,
            State::Infeasible => hunt.low = hunt.trial,
            _ => {
                hunt.certified = false;
                hunt.low = hunt.trial;
            }
        }
        let row = hunt.row;
        if hunt.low == f64::NEG_INFINITY {
            // The first trial holds the relaxed factor: nothing less is within reach.
            hunt.done = true;
            return;
        }
        let middle = hunt.low + (hunt.high - hunt.low) / 2.0;
        let (below, above) = self.steps(row, middle);
        let between = |x: &f64| *x > hunt.low && *x < hunt.high;
        match [below, above].into_iter().find(between) {
            Some(trial) => hunt.trial = trial,
            None => hunt.done = true,
        }
    }

    /// With variables that move and are not whole: the least factor of these, the whole ones held at their limits.
    fn rest(&self, hunts: &[Hunt], relaxed: &[Distance], bounds: Bounds) -> Result<Vec<Option<Distance>>, FrontierError> {
        if self.movers(false).next().is_none() || self.movers(true).next().is_none() {
            return Ok(vec![None; hunts.len()]);
        }
        let hold: Vec<Hold> =
            (0..self.columns.len()).map(|i| if self.options.integer[i] { Hold::Still } else { Hold::Free }).collect();
        let sizes = self.setting.sizes();
        let radial = Radial::over(self.setting.columns.clone(), sizes, self.options.orientation, bounds)?.holding(&hold);
        let solved: Vec<usize> = (0..hunts.len()).filter(|&h| relaxed[h].state == State::Optimal).collect();
        let points: Vec<Vec<f64>> = solved.iter().map(|&h| self.limits(hunts[h].row, hunts[h].high, self.sign())).collect();
        let mut out = vec![None; hunts.len()];
        for (h, d) in solved.iter().zip(self.scores(&radial, &points)?) {
            out[*h] = Some(d);
        }
        Ok(out)
    }

    fn found(&self, hunt: &Hunt, relaxed: &Distance, rest: Option<Distance>) -> Found {
        let none = |state: State| Found { score: Distance { state, ..UNSOLVED }, limits: Vec::new() };
        if relaxed.state != State::Optimal || hunt.high.is_nan() {
            return none(if self.own && relaxed.state != State::Missing { State::Numerical } else { relaxed.state });
        }
        let score = |factor: f64| if self.options.orientation == Orientation::Input { factor } else { -1.0 / factor };
        // No whole number above 0 is within reach.
        if self.options.orientation == Orientation::Output && hunt.high >= 0.0 {
            return none(State::Infeasible);
        }
        let whole = self.movers(true).any(|i| self.columns[i][hunt.row] > 0.0);
        let factor = |d: &Distance| if self.options.orientation == Orientation::Input { d.value } else { -1.0 / d.value };
        let (mut value, mut interval, mut state) = if whole {
            let value = score(hunt.high);
            (value, if value == 1.0 { (1.0, 1.0) } else { (value.next_down(), value.next_up()) }, State::Optimal)
        } else {
            (relaxed.value, relaxed.interval, relaxed.state)
        };
        let mut at = hunt.high;
        if let Some(d) = rest {
            if d.state != State::Optimal {
                // What rounding keeps out of reach: the relaxed score is all that is certified.
                (state, interval) = (State::Numerical, (relaxed.interval.0, f64::INFINITY));
            } else if factor(&d) > hunt.high {
                (value, interval, at) = (d.value, d.interval, factor(&d));
            }
        }
        if self.own {
            (value, interval) = (value.min(1.0), (interval.0.min(1.0), interval.1.min(1.0)));
            at = at.min(self.sign());
        }
        if !hunt.certified {
            (state, interval) = (State::Numerical, (relaxed.interval.0.min(value), interval.1));
        }
        let score = Distance { value, state, interval };
        Found { score, limits: self.limits(hunt.row, if whole { hunt.high } else { at }, at) }
    }

    /// Programs `max` of some slacks within limits, for the rows that have any.
    fn slacks(
        &self,
        (cloud, bounds): (&Cloud, &[(Sense, f64)]),
        found: &[Found],
        weights: &[f64],
    ) -> Result<Vec<Option<Solution>>, FrontierError> {
        let inputs = self.setting.inputs;
        let mut senses = vec![Sense::AtMost; inputs];
        senses.resize(self.columns.len(), Sense::AtLeast);
        senses.extend(bounds.iter().map(|b| b.0));
        let family = Family::new(cloud, senses, Vec::new(), 1)?;
        let order: Vec<usize> = (0..found.len()).filter(|&h| !found[h].limits.is_empty()).collect();
        let fill = |h: usize, instance: &mut Instance| {
            for (i, x) in found[h].limits.iter().enumerate() {
                instance.rhs[i] = *x;
                instance.costs[0].slacks[i] = -weights[i];
            }
            for (b, (_, rhs)) in bounds.iter().enumerate() {
                instance.rhs[self.columns.len() + b] = *rhs;
            }
        };
        let mut out = vec![None; found.len()];
        for (h, s) in order.iter().zip(family.sweep(&order, fill, |_, s| s.clone())) {
            out[*h] = Some(s).filter(|s| s.status == Status::Optimal);
        }
        Ok(out)
    }

    /// Scores, whole targets and peers.
    pub(super) fn evaluate(&self, main: Bounds) -> Result<Dea, FrontierError> {
        let mut found = self.solve(main)?;
        let (variables, n) = (self.columns.len(), self.setting.classes.len());
        let bounds = main.rows();
        let mut entries = self.setting.columns.clone();
        entries.extend(bounds.iter().map(|_| vec![1.0; n]));
        let cloud = Cloud::new(entries)?;
        let moved: Vec<Vec<f64>> = found.iter().zip(&self.rows).map(|(f, &row)| self.moved(row, f)).collect();
        let weights = slack_weights(&self.setting.columns, self.options.slacks);
        if weights.is_some() {
            for v in (0..variables).filter(|&v| self.options.integer[v]) {
                let one: Vec<f64> = (0..variables).map(|i| f64::from(u8::from(i == v))).collect();
                let solved = self.slacks((&cloud, &bounds), &found, &one)?;
                for (f, s) in found.iter_mut().zip(solved) {
                    let Some(s) = s else { continue };
                    let room = (s.slacks[v] + NEAR * (1.0 + f.limits[v])).floor().max(0.0);
                    f.limits[v] += if v < self.setting.inputs { -room } else { room };
                }
            }
        }
        let all = weights.unwrap_or_else(|| vec![0.0; variables]);
        let real = |i: usize| if self.options.integer[i] { 0.0 } else { all[i] };
        let last: Vec<f64> = (0..variables).map(real).collect();
        let solved = self.slacks((&cloud, &bounds), &found, &last)?;
        let mut out = Columns::new(self.setting, self.options, vec![true; variables]);
        let hold = vec![Hold::Free; variables];
        let frame = Frame::new(self.setting, &self.columns, (self.options.orientation, main, &hold), self.own);
        for (h, (f, s)) in found.iter().zip(solved).enumerate() {
            let row = self.rows[h];
            let record = if f.score.state == State::Infeasible {
                frame.chosen(row, None, None)
            } else {
                self.record(f, s, &moved[h], row)
            };
            out.put(&[row], record);
        }
        let mut out = out.finish();
        if self.options.scale {
            let under = |returns| -> Result<Vec<f64>, FrontierError> {
                let mut scores = vec![f64::NAN; self.setting.units];
                for (f, row) in self.solve(Bounds::of(returns, None, None))?.iter().zip(&self.rows) {
                    let score = if f.score.state == State::Optimal { f.score.value } else { f64::NAN };
                    self.setting.units_of(&[*row], |u| scores[u] = score);
                }
                Ok(scores)
            };
            out.scale = Some(Scale::new(under(Returns::Crs)?, under(Returns::Vrs)?, under(Returns::Nirs)?));
        }
        Ok(out)
    }

    /// The row's own values after the radial move.
    fn moved(&self, row: usize, f: &Found) -> Vec<f64> {
        let by = if self.options.orientation == Orientation::Input { f.score.value } else { 1.0 / f.score.value };
        (0..self.columns.len()).map(|i| self.columns[i][row] * if self.moving(i) { by } else { 1.0 }).collect()
    }

    fn record(&self, f: &Found, solution: Option<Solution>, moved: &[f64], row: usize) -> Record {
        let mut score = f.score;
        if solution.is_none() && score.state == State::Optimal {
            score.state = State::Numerical;
        }
        let none = Record {
            score,
            numbers: Box::default(),
            intercept: f64::NAN,
            peers: Box::default(),
            weight_sum: f64::NAN,
            unique: false,
            unreached: Box::default(),
        };
        let Some(s) = solution else { return none };
        let inputs = self.setting.inputs;
        let target = |i: usize| {
            if self.options.integer[i] {
                f.limits[i]
            } else {
                s.weights.iter().map(|&(j, w)| w * self.setting.columns[i][j]).sum()
            }
        };
        let targets: Vec<f64> = (0..self.columns.len()).map(target).collect();
        let slack = |i: usize| {
            let slack = if i < inputs { moved[i] - targets[i] } else { targets[i] - moved[i] };
            if slack > TOLERANCE * targets[i].max(self.columns[i][row]) { slack } else { 0.0 }
        };
        let slacks: Vec<f64> = (0..self.columns.len()).map(slack).collect();
        let weight_sum: f64 = s.weights.iter().map(|w| w.1).sum();
        Record {
            numbers: slacks.into_iter().chain(targets).collect(),
            peers: s.weights.iter().copied().filter(|w| w.1 > 1e-12 * weight_sum).collect(),
            weight_sum,
            unique: s.unique,
            ..none
        }
    }
}

#[cfg(test)]
#[path = "integer_tests.rs"]
mod tests;
