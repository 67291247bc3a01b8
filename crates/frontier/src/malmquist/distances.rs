//! Radial distances of many observations against many technologies, each solved once.

use std::cmp::Ordering;

use numerics::lp::{Solution, Status};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::kinds::Span;
use crate::{
    dea::Returns,
    observations::{Distance, UNSOLVED},
    radial::{Ask, Radial, farrell},
    reference::Reference,
    technology::{FrontierError, Orientation, Role, State, Technology, meets},
};

/// Values nearer to a limit than this share of it are left to the program.
const ROUNDING: f64 = 1e-12;

/// A variable in which an observation lies beyond what a technology reaches.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Barrier {
    /// Role of the variable.
    pub role: Role,
    /// Its position among the variables of that role.
    pub variable: usize,
    /// The observation's value.
    pub value: f64,
    /// The smallest input, or the largest output, in the technology.
    pub limit: f64,
}

/// One distance: a technology, its returns to scale, the rows whose inputs and outputs are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Request {
    pub(super) span: Span,
    pub(super) vrs: bool,
    pub(super) inputs: usize,
    pub(super) outputs: usize,
}

/// What became of a request. Where it failed: the variables that stop it, and whether only jointly.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer {
    pub(super) distance: Distance,
    pub(super) barriers: Vec<Barrier>,
    pub(super) joint: bool,
}

/// Requests, sorted, with their answers.
pub(super) struct Answers {
    requests: Vec<Request>,
    /// Where the requests to each technology under each returns to scale start.
    groups: Vec<usize>,
    answers: Vec<Answer>,
}

impl Answers {
    /// Solves the requests; equal ones once, those of one technology in one sweep.
    pub(super) fn solve(
        technology: &Technology<'_>,
        periods: &[(i32, Vec<usize>)],
        orientation: Orientation,
        mut requests: Vec<Request>,
    ) -> Result<Self, FrontierError> {
        requests.sort_unstable();
        requests.dedup();
        let one = |group: &[Request]| -> Result<Vec<Answer>, FrontierError> {
            let span = group[0].span;
            let rows: Vec<usize> = periods[span.0..span.1].iter().flat_map(|(_, rows)| rows.iter().copied()).collect();
            let reference = Reference::new(technology, &rows);
            let limits = limits(&reference, technology.inputs.len());
            let batch = Batch { technology, reference: &reference, limits, orientation };
            let mut answers = Vec::with_capacity(group.len());
            for same in group.chunk_by(|a, b| a.vrs == b.vrs) {
                answers.extend(batch.solve(same)?);
            }
            Ok(answers)
        };
        let groups: Vec<&[Request]> = requests.chunk_by(|a, b| a.span == b.span).collect();
        let answers = groups.into_par_iter().map(one).collect::<Result<Vec<_>, _>>()?.concat();
        let other = |w: &[Request]| (w[0].span, w[0].vrs) != (w[1].span, w[1].vrs);
        let groups = (0..requests.len()).filter(|&i| i == 0 || other(&requests[i - 1..=i])).collect();
        Ok(Self { requests, groups, answers })
    }

    /// The answer to a request that was made.
    pub(super) fn get(&self, request: &Request) -> Option<&Answer> {
        let kind = |r: &Request| (r.span, r.vrs);
        let group = self.groups.partition_point(|&at| kind(&self.requests[at]) < kind(request));
        let start = *self.groups.get(group)?;
        let end = self.groups.get(group + 1).copied().unwrap_or(self.requests.len());
        self.requests[start..end].binary_search(request).ok().map(|i| &self.answers[start + i])
    }

    /// The distance of a request; unsolved where it was not made.
    pub(super) fn distance(&self, request: Option<Request>) -> Distance {
        request.and_then(|r| self.get(&r)).map_or(UNSOLVED, |a| a.distance)
    }
}

/// Programs against one reference.
struct Batch<'a> {
    technology: &'a Technology<'a>,
    reference: &'a Reference,
    /// The smallest of each input and the largest of each output.
    limits: Vec<f64>,
    orientation: Orientation,
}

fn limits(reference: &Reference, inputs: usize) -> Vec<f64> {
    let limit = |(i, c): (usize, &Vec<f64>)| {
        if i < inputs { c.iter().copied().fold(f64::INFINITY, f64::min) } else { c.iter().copied().fold(0.0, f64::max) }
    };
    reference.columns.iter().enumerate().map(limit).collect()
}

impl Batch<'_> {
    /// Answers in the order of the requests.
    fn solve(&self, requests: &[Request]) -> Result<Vec<Answer>, FrontierError> {
        let (m, s) = (self.technology.inputs.len(), self.technology.outputs.len());
        let (shrink, vrs) = (self.orientation == Orientation::Input, requests[0].vrs);
        let columns: Vec<Vec<f64>> = (0..m + s).map(|i| requests.iter().map(|r| self.cell(r, i)).collect()).collect();
        let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let every: Vec<usize> = (0..requests.len()).collect();
        let returns = if vrs { Returns::Vrs } else { Returns::Crs };
        let radial = Radial::new(self.reference, (m, s), self.orientation, returns)?;
        let mut answers = vec![Answer { distance: UNSOLVED, barriers: Vec::new(), joint: false }; requests.len()];
        radial.sweep(
            &slices,
            &every,
            Ask { value: true, ..Ask::default() },
            |_| None,
            |at, solution| {
                let request = &requests[at];
                let (value, interval) = if solution.values.is_empty() {
                    (UNSOLVED.value, UNSOLVED.interval)
                } else {
                    let free = farrell(solution, self.orientation, false);
                    // Only above 1 does it matter whether the reference has the observation itself.
                    let own = free.1.1 > 1.0 && self.contains(request);
                    if own { farrell(solution, self.orientation, true) } else { free }
                };
                // With zero inputs a technology may make nothing of them: phi is 0 and its reciprocal has no bound.
                let bounded = [value, interval.0, interval.1].iter().all(|v| v.is_finite() && *v > 0.0);
                let alone = self.alone(request);
                let distance = match solution.status {
                    Status::Optimal if bounded && alone.is_empty() => {
                        Distance { value, state: State::Optimal.certified(interval, value.max(1.0)), interval }
                    }
                    Status::Optimal => {
                        let none = !alone.is_empty() && (shrink || vrs && alone.iter().any(|b| b.role == Role::Input));
                        Distance { state: if none { State::Infeasible } else { State::Unbounded }, ..UNSOLVED }
                    }
                    Status::Numerical if value.is_finite() && value > 0.0 => {
                        Distance { value, state: State::Numerical, interval }
                    }
                    other => Distance { state: other.into(), ..UNSOLVED },
                };
                // An optimal solution meets its rows; one that is not certified has to show that it does.
                let doubtful = solution.status == Status::Numerical && distance.value.is_finite();
                let distance = if doubtful && !self.reaches(request, distance.value, solution) {
                    distance.missed(f64::INFINITY)
                } else {
                    distance
                };
                let (barriers, joint) = match distance.state {
                    State::Infeasible | State::Unbounded if alone.is_empty() => (self.together(request, &solution.duals), true),
                    State::Infeasible | State::Unbounded => (alone, false),
                    _ => (Vec::new(), false),
                };
                Answer { distance, barriers, joint }
            },
            |rows, answer| rows.iter().for_each(|&at| answers[at].clone_from(&answer)),
        )?;
        Ok(answers)
    }

    fn cell(&self, request: &Request, i: usize) -> f64 {
        let m = self.technology.inputs.len();
        if i < m { self.technology.inputs[i][request.inputs] } else { self.technology.outputs[i - m][request.outputs] }
    }

    /// Whether the weights meet the observation's values, moved by the score, to the digits of these values.
    fn reaches(&self, request: &Request, score: f64, solution: &Solution) -> bool {
        let m = self.technology.inputs.len();
        self.reference.columns.iter().enumerate().all(|(i, c)| {
            let own = self.cell(request, i);
            let limit = match (self.orientation, i < m) {
                (Orientation::Input, true) => score * own,
                (Orientation::Output, false) => own / score,
                _ => own,
            };
            meets(solution.weights.iter().map(|&(j, w)| w * c[j]).sum(), limit, i < m, limit)
        })
    }

    /// Whether the observation is a point of the reference, which then reaches it.
    fn contains(&self, request: &Request) -> bool {
        let columns = &self.reference.columns;
        // The columns of a reference have no negative zero.
        let point = |j: usize| {
            let by_value = (0..columns.len()).map(|i| columns[i][j].total_cmp(&(self.cell(request, i) + 0.0)));
            by_value.fold(Ordering::Equal, Ordering::then)
        };
        let (mut low, mut high) = (0, self.reference.classes.len());
        while low < high {
            let middle = low.midpoint(high);
            match point(middle) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return true,
                Ordering::Greater => high = middle,
            }
        }
        false
    }

    fn barrier(&self, request: &Request, i: usize) -> Barrier {
        let m = self.technology.inputs.len();
        let (role, variable) = if i < m { (Role::Input, i) } else { (Role::Output, i - m) };
        Barrier { role, variable, value: self.cell(request, i), limit: self.limits[i] }
    }

    /// Variables each of which alone leaves the distance without a value.
    fn alone(&self, request: &Request) -> Vec<Barrier> {
        let m = self.technology.inputs.len();
        let stops = |&i: &usize| {
            let (value, limit) = (self.cell(request, i), self.limits[i]);
            // What moves, or may be scaled, is only stopped by a zero.
            let rigid = request.vrs && (i < m) != (self.orientation == Orientation::Input);
            if i < m {
                value < limit * (1.0 - ROUNDING) && (rigid || value == 0.0)
            } else {
                value > limit * (1.0 + ROUNDING) && (rigid || limit == 0.0)
            }
        };
        (0..self.limits.len()).filter(stops).map(|i| self.barrier(request, i)).collect()
    }

    /// The variables that carry the proof (Farkas) that no weights meet all of them.
    fn together(&self, request: &Request, proof: &[f64]) -> Vec<Barrier> {
        let largest = |i: usize| self.reference.columns[i].iter().copied().fold(self.cell(request, i), f64::max);
        let price = |i: usize| proof.get(i).map_or(0.0, |d| (d * largest(i)).abs());
        let every = 0..self.limits.len();
        let most = every.clone().map(price).fold(0.0, f64::max);
        every.filter(|&i| price(i) > 1e-9 * most).map(|i| self.barrier(request, i)).collect()
    }
}
