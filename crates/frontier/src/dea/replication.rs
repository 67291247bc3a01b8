//! Free replication hull: peers are whole units, each taken any whole number of times (Tulkens 1993). And the hull of
//! units scaled up: each is left out, or taken in any measure from once on.
//!
//! ```text
//! input:  min θ with Σnx ≤ θx₀, Σny ≥ y₀      output: max φ with Σnx ≤ x₀, Σny ≥ φy₀      n = 0, 1, 2, ... (or n = 0, n ≥ 1)
//! ```
//!
//! Branch and bound on the number of times: a branch is given up where the certified lower bound of its linear
//! program is no better than what is found.

use numerics::lp::{Cloud, Column, Objective, Program, Row, Sense, Solution, Status};

use super::singles::{Chosen, Problem};
use crate::{
    observations::{Distance, UNSOLVED},
    radial::{Bounds, Hold},
    technology::{Orientation, State, meets},
};

/// A number this close to a whole one is whole.
const WHOLE: f64 = 1e-6;
/// A branch that promises less than this share is given up; the score is certified to it.
const GAIN: f64 = 1e-10;
/// Programs after which a unit is left with what is found.
const PATIENCE: usize = 20_000;

/// How often a point may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Times {
    /// A whole number of times.
    Whole,
    /// Not at all, or once and any more.
    FromOnce,
}

impl Times {
    /// How far a number is from what is allowed.
    fn part(self, w: f64) -> f64 {
        if self == Self::FromOnce && w >= 1.0 { 0.0 } else { (w - w.round()).abs() }
    }

    /// A number that is allowed, one way or another.
    fn round(self, w: f64, by: fn(f64) -> f64) -> f64 {
        match self {
            Self::FromOnce if w >= 1.0 => w,
            _ if self.part(w) <= WHOLE => w.round(),
            _ => by(w),
        }
    }
}

/// A point taken at most, or at least, so many times.
type Branch = (usize, Sense, f64);

/// The best numbers of peers of a row.
pub(super) fn best(problem: &Problem<'_>, times: Times, row: usize, excluded: Option<usize>) -> Option<Chosen> {
    Search::new(problem, times, row, excluded).run()
}

struct Search<'a> {
    problem: &'a Problem<'a>,
    times: Times,
    row: usize,
    /// Points that can be taken at least once.
    points: Vec<usize>,
    column: Column,
    found: Option<(f64, Vec<(usize, f64)>)>,
    /// The least bound of a branch that was left open.
    open: f64,
}

impl<'a> Search<'a> {
    fn new(problem: &'a Problem<'a>, times: Times, row: usize, excluded: Option<usize>) -> Self {
        let upper = if times == Times::Whole { 1.0 } else { f64::INFINITY };
        let once = problem.within(Bounds { lower: 1.0, upper });
        let found = once.best(row, excluded).map(|c| (c.score.value, c.weights));
        // Nothing that uses more than the point may, or more than the best so far, is part of a better one.
        let limit = |i: usize| match (problem.moves[i], &found) {
            (true, Some((theta, _))) => theta * problem.at(i, row),
            (true, None) => {
                if problem.at(i, row) > 0.0 {
                    f64::INFINITY
                } else {
                    0.0
                }
            }
            _ => problem.at(i, row),
        };
        let limits: Vec<f64> = (0..problem.points.len()).map(limit).collect();
        let held = |i: usize| i < problem.inputs || problem.hold[i] == Hold::Equal;
        let fits = |j: &usize| limits.iter().enumerate().all(|(i, l)| !held(i) || problem.points[i][*j] <= l * (1.0 + WHOLE));
        let points = problem.peers(row, excluded).into_iter().filter(fits).collect();
        let entry = |i: usize| if problem.moves[i] { -problem.at(i, row) } else { 0.0 };
        let column = Column { entries: (0..problem.points.len()).map(entry).collect(), free: false };
        Self { problem, times, row, points, column, found, open: f64::INFINITY }
    }

    fn run(mut self) -> Option<Chosen> {
        if self.points.is_empty() {
            return None;
        }
        let mut stack: Vec<Vec<Branch>> = vec![Vec::new()];
        let mut programs = 0;
        while let Some(branches) = stack.pop() {
            programs += 1;
            let Some(solution) = self.relaxed(&branches).filter(|_| programs <= PATIENCE) else {
                self.open = 0.0;
                break;
            };
            let bound = self.score(solution.interval.0);
            match solution.status {
                Status::Infeasible => continue,
                Status::Unbounded => {
                    let score = Distance { state: State::Unbounded, ..UNSOLVED };
                    return Some(Chosen { score, weights: Vec::new(), unique: false });
                }
                _ if self.found.as_ref().is_some_and(|(best, _)| bound >= best * (1.0 - GAIN)) => continue,
                _ => {}
            }
            let part = |w: f64| self.times.part(w);
            let broken = solution.weights.iter().copied().filter(|w| part(w.1) > WHOLE);
            let broken = broken.max_by(|a, b| part(a.1).total_cmp(&part(b.1)).then(b.0.cmp(&a.0)));
            self.try_whole(&solution);
            let Some((j, w)) = broken else {
                // Whole numbers that fit are taken; others are what rounding makes of them.
                if self.found.as_ref().is_none_or(|(best, _)| bound < best * (1.0 - WHOLE)) {
                    self.open = self.open.min(bound);
                }
                continue;
            };
            let (down, up) = ((j, Sense::AtMost, w.floor()), (j, Sense::AtLeast, w.ceil()));
            let with = |b: Branch| branches.iter().copied().chain([b]).collect::<Vec<_>>();
            let (later, first) = if w - w.floor() < 0.5 { (up, down) } else { (down, up) };
            stack.extend([with(later), with(first)]);
        }
        let (value, weights) = self.found?;
        let low = value.min(self.open) * (1.0 - GAIN);
        let state = if self.open < value { State::Numerical } else { State::Optimal };
        let weights = weights.into_iter().filter(|w| w.1 > 0.0).collect();
        Some(Chosen { score: Distance { value, state, interval: (low, value) }, weights, unique: false })
    }

    /// The score that a value of the program stands for; programs minimise theta or -phi.
    fn score(&self, value: f64) -> f64 {
        match self.problem.orientation {
            Orientation::Input => value,
            Orientation::Output => -1.0 / value,
        }
    }

    /// Takes the nearest numbers that are allowed, those below and those above, where they fit.
    fn try_whole(&mut self, solution: &Solution) {
        let roundings: [fn(f64) -> f64; 3] = [f64::round, f64::floor, f64::ceil];
        for round in roundings {
            let whole = solution.weights.iter().map(|&(j, w)| (self.points[j], self.times.round(w, round)));
            let weights: Vec<(usize, f64)> = whole.filter(|w| w.1 > 0.0).collect();
            let fits = (0..self.problem.points.len()).filter(|&i| !self.problem.moves[i]).all(|i| {
                let own = self.problem.at(i, self.row);
                let target = weights.iter().map(|&(j, w)| w * self.problem.points[i][j]).sum();
                let (input, equal) = (i < self.problem.inputs, self.problem.hold[i] == Hold::Equal);
                meets(target, own, input, own) && (!equal || meets(target, own, !input, own))
            });
            let score = self.problem.score(&weights, self.row).filter(|_| fits && !weights.is_empty());
            if let Some(score) = score.filter(|s| self.found.as_ref().is_none_or(|(best, _)| s < best)) {
                self.found = Some((score, weights));
            }
        }
    }

    /// The linear program of a branch.
    fn relaxed(&self, branches: &[Branch]) -> Option<Solution> {
        let (problem, k) = (self.problem, self.problem.points.len());
        let mut entries: Vec<Vec<f64>> = problem.points.iter().map(|c| self.points.iter().map(|&j| c[j]).collect()).collect();
        let mut rows: Vec<Row> = (0..k)
            .map(|i| {
                let sense = match problem.hold[i] {
                    Hold::Equal => Sense::Equal,
                    _ if i < problem.inputs => Sense::AtMost,
                    _ => Sense::AtLeast,
                };
                Row { sense, rhs: if problem.moves[i] { 0.0 } else { problem.at(i, self.row) } }
            })
            .collect();
        for &(j, sense, rhs) in branches {
            entries.push((0..self.points.len()).map(|p| f64::from(u8::from(p == j))).collect());
            rows.push(Row { sense, rhs });
        }
        let mut column = self.column.clone();
        column.entries.resize(rows.len(), 0.0);
        let cost = if problem.orientation == Orientation::Input { 1.0 } else { -1.0 };
        let objective = Objective { extras: vec![cost], ..Objective::default() };
        let cloud = Cloud::new(entries).ok()?;
        Program { cloud: &cloud, extras: &[column], rows: &rows, objectives: &[objective], start: None }.solve().ok()
    }
}
