//! Free replication hull: peers are whole units, each taken any whole number of times (Tulkens 1993). And the hull of
//! units scaled up: each is left out, or taken in any measure from once on.
//!
//! ```text
//! input:  min θ with Σnx ≤ θx₀, Σny ≥ y₀      output: max φ with Σnx ≤ x₀, Σny ≥ φy₀      n = 0, 1, 2, ... (or n = 0, n ≥ 1)
//! ```
//!
//! Branch and bound on the number of times, the least bound first: a branch is given up where the certified lower bound
//! of its linear program is no better than what is found, a point where its reduced cost lifts the bound that high. What
//! is taken at least moves to the right-hand side, what is not taken leaves the program, so that programs stay small.

use std::{cmp::Ordering, collections::BinaryHeap};

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
/// A reduced cost below this share of the value is taken for nought.
const KEPT: f64 = 1e-9;
/// What is left of a total below this share of it is taken for nought.
const ROUNDING: f64 = 1e-12;
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

/// A branch: what is fixed, and what may still be taken.
#[derive(Clone)]
struct Branch {
    /// Points that may be taken, beyond what is taken already.
    points: Vec<usize>,
    /// Points with the times they are taken at least.
    taken: Vec<(usize, f64)>,
    /// Points with the times they are taken at most, more than nought.
    most: Vec<(usize, f64)>,
}

impl Branch {
    /// How often a point is taken at least.
    fn least(&self, j: usize) -> f64 {
        self.taken.iter().find(|t| t.0 == j).map_or(0.0, |t| t.1)
    }

    /// The same with a point taken at least so many times.
    fn above(mut self, j: usize, times: f64) -> Self {
        self.taken.retain(|t| t.0 != j);
        self.taken.push((j, times));
        match self.most.iter().find(|m| m.0 == j) {
            Some(&(_, most)) => self.below(j, most),
            None => self,
        }
    }

    /// The same with a point taken at most so many times.
    fn below(mut self, j: usize, times: f64) -> Self {
        self.most.retain(|t| t.0 != j);
        if times > self.least(j) {
            self.most.push((j, times));
        } else {
            self.points.retain(|&p| p != j);
        }
        self
    }

    /// What is taken with the weights of its program.
    fn with(&self, weights: &[(usize, f64)]) -> Vec<(usize, f64)> {
        let mut all = self.taken.clone();
        for &(p, w) in weights {
            let j = self.points[p];
            match all.iter_mut().find(|t| t.0 == j) {
                Some(t) => t.1 += w,
                None => all.push((j, w)),
            }
        }
        all
    }
}

/// The best numbers of peers of a row.
pub(super) fn best(problem: &Problem<'_>, times: Times, row: usize, excluded: Option<usize>) -> Option<Chosen> {
    Search::new(problem, times, row, excluded).run()
}

/// A branch that waits: the one with the least bound comes first, of equals the last to come.
struct Open {
    bound: f64,
    order: usize,
    branch: Branch,
}

impl Ord for Open {
    fn cmp(&self, other: &Self) -> Ordering {
        other.bound.total_cmp(&self.bound).then(self.order.cmp(&other.order))
    }
}

impl PartialOrd for Open {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Open {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Open {}

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
        let all = std::mem::take(&mut self.points);
        let root = Branch { points: all, taken: Vec::new(), most: Vec::new() };
        let mut open = BinaryHeap::from([Open { bound: 0.0, order: 0, branch: root }]);
        let mut programs = 0;
        while let Some(Open { bound, mut branch, .. }) = open.pop() {
            if self.useless(bound) {
                break;
            }
            if branch.points.is_empty() {
                self.try_whole(&branch.taken);
                continue;
            }
            programs += 1;
            let Some(solution) = self.relaxed(&branch).filter(|_| programs <= PATIENCE) else {
                self.open = bound;
                break;
            };
            let bound = bound.max(self.score(solution.interval.0));
            match solution.status {
                Status::Infeasible => continue,
                Status::Unbounded => {
                    let score = Distance { state: State::Unbounded, ..UNSOLVED };
                    return Some(Chosen { score, weights: Vec::new(), unique: false });
                }
                _ if self.useless(bound) => continue,
                _ => {}
            }
            let times = branch.with(&solution.weights);
            let part = |w: f64| self.times.part(w);
            let broken = times.iter().copied().filter(|w| part(w.1) > WHOLE);
            let broken = broken.max_by(|a, b| part(a.1).total_cmp(&part(b.1)).then(b.0.cmp(&a.0)));
            self.try_whole(&times);
            let Some((j, w)) = broken else {
                // Whole numbers that fit are taken; others are what rounding makes of them.
                if self.found.as_ref().is_none_or(|(best, _)| bound < best * (1.0 - WHOLE)) {
                    self.open = self.open.min(bound);
                }
                continue;
            };
            self.leave_out(&mut branch, &solution);
            let (down, up) = (branch.clone().below(j, w.floor()), branch.above(j, w.ceil()));
            let (later, first) = if w - w.floor() < 0.5 { (up, down) } else { (down, up) };
            let order = 2 * programs;
            open.extend([Open { bound, order, branch: later }, Open { bound, order: order + 1, branch: first }]);
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

    /// Whether nothing better than what is found lies above a bound.
    fn useless(&self, bound: f64) -> bool {
        self.found.as_ref().is_some_and(|(best, _)| bound >= best * (1.0 - GAIN))
    }

    /// Leaves out what cannot be part of anything better: taken once more, a point costs its reduced cost at least.
    fn leave_out(&self, branch: &mut Branch, solution: &Solution) {
        let k = self.problem.points.len();
        if solution.status != Status::Optimal || solution.duals.len() < k {
            return;
        }
        // Duals are right to rounding only; what costs little is kept.
        let size: f64 = solution.interval.0.abs();
        let costs = branch.points.iter().enumerate().map(|(p, &j)| {
            let own = solution.duals.iter().zip(self.problem.points).map(|(y, c)| y * c[j]);
            let rows = branch.most.iter().zip(&solution.duals[k..]).filter(|(m, _)| m.0 == j).map(|(_, y)| *y);
            (p, -own.chain(rows).sum::<f64>())
        });
        let out: Vec<bool> = costs
            .map(|(p, cost)| {
                // From nought a point jumps to once; from there on it may grow by less.
                let whole = self.times == Times::Whole || branch.least(branch.points[p]) == 0.0;
                whole && cost > KEPT * size && self.useless(self.score(solution.interval.0 + cost * (1.0 - KEPT)))
            })
            .collect();
        let mut out = out.into_iter();
        branch.points.retain(|_| !out.next().unwrap_or(false));
        if branch.taken.is_empty() && branch.most.is_empty() {
            self.keep_the_best(&mut branch.points);
        }
        let Branch { points, most, .. } = branch;
        most.retain(|m| points.contains(&m.0));
    }

    /// Leaves out points in whose place another may always be taken: one that uses no more and makes no less.
    fn keep_the_best(&self, points: &mut Vec<usize>) {
        let (problem, all) = (self.problem, points.clone());
        let instead = |a: usize, b: usize| {
            problem.points.iter().enumerate().all(|(i, c)| match problem.hold[i] {
                Hold::Equal => c[a] == c[b],
                _ if i < problem.inputs => c[a] <= c[b],
                _ => c[a] >= c[b],
            })
        };
        points.retain(|&b| !all.iter().any(|&a| a != b && instead(a, b) && (a < b || !instead(b, a))));
    }

    /// Takes the nearest numbers that are allowed, those below and those above, where they fit.
    fn try_whole(&mut self, times: &[(usize, f64)]) {
        let roundings: [fn(f64) -> f64; 3] = [f64::round, f64::floor, f64::ceil];
        for round in roundings {
            let whole = times.iter().map(|&(j, w)| (j, self.times.round(w, round)));
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

    /// The linear program of a branch, in what is taken beyond the least.
    fn relaxed(&self, branch: &Branch) -> Option<Solution> {
        let (problem, k) = (self.problem, self.problem.points.len());
        let pick = |c: &Vec<f64>| branch.points.iter().map(|&j| c[j]).collect();
        let mut entries: Vec<Vec<f64>> = problem.points.iter().map(pick).collect();
        let mut rows: Vec<Row> = (0..k)
            .map(|i| {
                let sense = match problem.hold[i] {
                    Hold::Equal => Sense::Equal,
                    _ if i < problem.inputs => Sense::AtMost,
                    _ => Sense::AtLeast,
                };
                let own = if problem.moves[i] { 0.0 } else { problem.at(i, self.row) };
                let taken: f64 = branch.taken.iter().map(|&(j, n)| n * problem.points[i][j]).sum();
                let left = own - taken;
                Row { sense, rhs: if left.abs() <= ROUNDING * own.abs() { 0.0 } else { left } }
            })
            .collect();
        for &(j, times) in &branch.most {
            entries.push(branch.points.iter().map(|&p| f64::from(u8::from(p == j))).collect());
            rows.push(Row { sense: Sense::AtMost, rhs: times - branch.least(j) });
        }
        let mut column = self.column.clone();
        column.entries.resize(rows.len(), 0.0);
        let cost = if problem.orientation == Orientation::Input { 1.0 } else { -1.0 };
        let objective = Objective { extras: vec![cost], ..Objective::default() };
        let cloud = Cloud::new(entries).ok()?;
        Program { cloud: &cloud, extras: &[column], rows: &rows, objectives: &[objective], start: None }.solve().ok()
    }
}
