//! What is kept of one evaluated point.

use numerics::lp::Solution;

use super::{Setting, TOLERANCE, fdh::Dominator, singles::Chosen};
use crate::{
    observations::{Distance, UNSOLVED},
    radial::{Bounds, Hold, Radial, measured},
    technology::{Orientation, State, meets},
};

/// Values below this share of the variable's largest are zero to the rule for slacks.
const SPECK: f64 = 1e-2;
/// Weights below this share of all that move no target by this share either are what rounding makes of
/// nothing: no peers.
const DUST: f64 = 1e-12;

/// One evaluated point. There are as many as units: what they hold lies in as few pieces as can be.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) score: Distance,
    /// Slacks, targets, prices, each one per variable (inputs, then outputs); prices are left out where there
    /// is no hyperplane, everything where there is no solution.
    pub(super) numbers: Box<[f64]>,
    pub(super) intercept: f64,
    /// Class and weight.
    pub(super) peers: Box<[(usize, f64)]>,
    pub(super) weight_sum: f64,
    pub(super) unique: bool,
    /// Variables whose values no point of the reference reaches.
    pub(super) unreached: Box<[usize]>,
}

/// What all records of a run are made with.
pub(super) struct Frame<'s> {
    setting: &'s Setting<'s>,
    /// Columns of the evaluated points.
    columns: &'s [&'s [f64]],
    /// Largest value of each variable in the reference.
    largest: Vec<f64>,
    ends: Vec<Ends>,
    orientation: Orientation,
    bounds: Bounds,
    hold: &'s [Hold],
    /// Whether scores above 1 are impossible.
    own: bool,
}

/// The class with the best value of a variable (an output's largest, an input's smallest), and the
/// best of the others.
struct Ends {
    class: usize,
    best: f64,
    next: f64,
}

impl<'s> Frame<'s> {
    pub(super) fn new(
        setting: &'s Setting<'s>,
        columns: &'s [&'s [f64]],
        (orientation, bounds, hold): (Orientation, Bounds, &'s [Hold]),
        own: bool,
    ) -> Self {
        let largest = setting.columns.iter().map(|c| c.iter().copied().fold(0.0, f64::max)).collect();
        let ends = |(i, c): (usize, &Vec<f64>)| {
            let (worst, sign) = if i < setting.inputs { (f64::INFINITY, -1.0) } else { (0.0, 1.0) };
            c.iter().enumerate().fold(Ends { class: 0, best: worst, next: worst }, |e, (class, &x)| {
                if sign * x > sign * e.best {
                    Ends { class, best: x, next: e.best }
                } else if sign * x > sign * e.next {
                    Ends { next: x, ..e }
                } else {
                    e
                }
            })
        };
        let ends = setting.columns.iter().enumerate().map(ends).collect();
        Self { setting, columns, largest, ends, orientation, bounds, hold, own }
    }

    /// From the solution of a radial program.
    /// The score of a solution, believed only where its weights meet the unit's own values.
    pub(super) fn score(&self, row: usize, s: &Solution, own: bool) -> Distance {
        let score = measured(s, self.orientation, own);
        let top = if own { 1.0 } else { f64::INFINITY };
        match score.state {
            State::Infeasible | State::Unbounded if own => Distance { state: State::Numerical, ..UNSOLVED },
            State::Optimal | State::Numerical if score.value.is_finite() => {
                if self.reaches(row, score.value, s) {
                    score
                } else {
                    score.missed(top)
                }
            }
            _ => score,
        }
    }

    fn reaches(&self, row: usize, score: f64, s: &Solution) -> bool {
        self.setting.columns.iter().enumerate().all(|(i, c)| {
            let (limit, input) = (self.limit(i, row, score), i < self.setting.inputs);
            let target = s.weights.iter().map(|&(j, w)| w * c[j]).sum();
            let equal = self.hold[i] == Hold::Equal;
            meets(target, limit, input, limit) && (!equal || meets(target, limit, !input, limit))
        })
    }

    /// Whether the radial factor moves a variable.
    fn moves(&self, i: usize) -> bool {
        (i < self.setting.inputs) == (self.orientation == Orientation::Input) && self.hold[i] == Hold::Free
    }

    /// The unit's value after the radial move.
    fn limit(&self, i: usize, row: usize, score: f64) -> f64 {
        let own = self.columns[i][row];
        match self.orientation {
            _ if !self.moves(i) => own,
            Orientation::Input => score * own,
            Orientation::Output => own / score,
        }
    }

    pub(super) fn solved(&self, row: usize, excluded: Option<usize>, s: &Solution, radial: &Radial<'_>) -> Record {
        let score = self.score(row, s, self.own);
        // A value without certificate may come without the rest.
        if score.value.is_nan() || s.slacks.len().min(s.duals.len()) < self.columns.len() {
            return self.unsolved(row, excluded, score);
        }
        let variables = self.columns.len();
        let weight_sum: f64 = s.weights.iter().map(|w| w.1).sum();
        let mut peers: Vec<(usize, f64)> = s.weights.iter().copied().filter(|w| w.1 > DUST * weight_sum).collect();
        if peers.len() < s.weights.len() {
            let plain: Vec<f64> = self.setting.columns.iter().map(|c| peers.iter().map(|&(j, w)| w * c[j]).sum()).collect();
            let moves = |&(j, w): &(usize, f64)| {
                let by = |i: usize| plain[i].max(self.columns[i][row]);
                w > DUST * weight_sum || (0..variables).any(|i| by(i) > 0.0 && w * self.setting.columns[i][j] > DUST * by(i))
            };
            peers = s.weights.iter().copied().filter(moves).collect();
        }
        // A zero input has no room; what is left there is rounding.
        let zero = |i: usize| i < self.setting.inputs && self.columns[i][row] == 0.0;
        let sum = |c: &Vec<f64>| -> f64 { peers.iter().map(|&(j, w)| w * c[j]).sum() };
        let mut numbers = Vec::with_capacity(3 * variables);
        numbers.resize(variables, 0.0);
        numbers.extend(self.setting.columns.iter().enumerate().map(|(i, c)| if zero(i) { 0.0 } else { sum(c) }));
        for i in 0..variables {
            numbers[i] = self.slack(i, row, s.slacks[i], numbers[variables + i]);
        }
        // An equality may be worth more on either side.
        let price = |(i, p): (usize, &f64)| match self.hold[i] {
            Hold::Equal if i < self.setting.inputs => 0.0 - p,
            Hold::Equal => *p,
            _ => p.abs(),
        };
        numbers.extend(s.duals[..variables].iter().enumerate().map(price));
        let intercept = radial.intercept(&s.duals);
        Record {
            score,
            numbers: numbers.into(),
            intercept: if self.orientation == Orientation::Input { intercept } else { -intercept },
            peers: peers.into(),
            weight_sum,
            unique: s.unique,
            unreached: Box::default(),
        }
    }

    /// From the single unit that dominates the point with the best score, if there is one.
    pub(super) fn dominated(&self, row: usize, excluded: Option<usize>, best: Option<Dominator>) -> Record {
        let chosen = best.map(|b| Chosen { score: b.distance(), weights: vec![(b.class, 1.0)], unique: b.unique });
        self.chosen(row, excluded, chosen)
    }

    /// From units with given weights, if there are any.
    pub(super) fn chosen(&self, row: usize, excluded: Option<usize>, best: Option<Chosen>) -> Record {
        let best = best.ok_or(Distance { state: State::Infeasible, ..UNSOLVED });
        let best = match best.and_then(|b| if b.score.value.is_finite() { Ok(b) } else { Err(b.score) }) {
            Ok(best) => best,
            Err(none) => return self.unsolved(row, excluded, none),
        };
        let variables = self.columns.len();
        let target = |i: usize| best.weights.iter().map(|&(j, w)| w * self.setting.columns[i][j]).sum::<f64>();
        let slack = |i: usize| {
            let (from, to) = (self.limit(i, row, best.score.value), target(i));
            self.slack(i, row, if i < self.setting.inputs { from - to } else { to - from }, to)
        };
        Record {
            numbers: (0..variables).map(slack).chain((0..variables).map(target)).collect(),
            intercept: f64::NAN,
            weight_sum: best.weights.iter().map(|w| w.1).sum(),
            peers: best.weights.into(),
            unique: best.unique,
            unreached: Box::default(),
            score: best.score,
        }
    }

    /// Rounding leaves specks where the row binds, also where the value itself is one.
    fn slack(&self, i: usize, row: usize, slack: f64, target: f64) -> f64 {
        let speck = TOLERANCE * target.max(self.columns[i][row]).max(SPECK * self.largest[i]);
        if slack > speck { slack } else { 0.0 }
    }

    fn unsolved(&self, row: usize, excluded: Option<usize>, score: Distance) -> Record {
        let failed = matches!(score.state, State::Infeasible | State::Unbounded);
        Record {
            score,
            numbers: Box::default(),
            intercept: f64::NAN,
            peers: Box::default(),
            weight_sum: f64::NAN,
            unique: false,
            unreached: if failed { self.unreached(row, excluded).into() } else { Box::default() },
        }
    }

    /// Variables that alone cannot be reached with the weights that are allowed; where there is none,
    /// all that must be reached at once. A zero must be reached on the side that moves, too.
    fn unreached(&self, row: usize, excluded: Option<usize>) -> Vec<usize> {
        let inputs = self.setting.inputs;
        let at = |i: usize| self.columns[i][row];
        let must = |i: usize| !self.moves(i) || (i < inputs && at(i) == 0.0);
        let alone = |i: usize| {
            let end = &self.ends[i];
            let best = if excluded == Some(end.class) { end.next } else { end.best };
            if self.moves(i) {
                i < inputs && best > 0.0
            } else if i < inputs {
                self.bounds.lower * best > at(i)
            } else {
                best == 0.0 && at(i) > 0.0 || self.bounds.upper * best < at(i)
            }
        };
        let all: Vec<usize> = (0..self.columns.len()).filter(|&i| must(i)).collect();
        let alone: Vec<usize> = all.iter().copied().filter(|&i| alone(i)).collect();
        if alone.is_empty() { all } else { alone }
    }
}
