//! Programs in which every variable moves by a factor of its own.

use std::ops::Range;

use numerics::lp::{Cloud, Family, Instance, LpError, Sense, Solution};

use crate::{
    dea::{Class, TOLERANCE},
    projection::{self, Landing, Reading},
    reference::Reference,
    technology::{State, meets},
};

/// Shephard factors below this are what rounding makes of zero.
const NOTHING: f64 = 1e-12;

/// A factor: one step is this long, in the variable's unit of measure, and counts this much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Step {
    pub(crate) length: f64,
    pub(crate) weight: f64,
}

/// How undesirable outputs are abated under variable returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Abatement {
    /// Not at all.
    #[default]
    None,
    /// By one factor for all points (Shephard), written as an activity that uses the evaluated point's inputs and makes
    /// nothing; inputs stay.
    Common,
    /// By a factor for each point (Kuosmanen): the reference has a second, idle copy of each.
    Specific,
}

/// `max Σ wβ` with `Σλx ≤ x₀ − βg`, `Σλy ≥ y₀ + βg`; a variable without a step stays (what it has left is maximised in a
/// second phase). `β ≥ 0` unless `free`.
pub(crate) struct Moves<'a> {
    pub(crate) set: &'a Reference,
    pub(crate) points: &'a Reference,
    /// Variables of which more is better.
    pub(crate) better: Range<usize>,
    /// Variables that stay exactly as they are.
    pub(crate) held: Vec<usize>,
    pub(crate) sum: Option<Sense>,
    /// Whether factors may be negative where that pays for others; a step is then the point's own value.
    pub(crate) free: bool,
    /// Whether the points are those of the reference.
    pub(crate) own: bool,
    pub(crate) abatement: Abatement,
}

/// One moved point.
pub(crate) struct Moved {
    pub(crate) state: State,
    /// `Σ wβ`, 0 on the frontier.
    pub(crate) value: f64,
    pub(crate) interval: (f64, f64),
    /// β of each variable; 0 of one that stays.
    pub(crate) factors: Vec<f64>,
    pub(crate) class: Class,
    /// Share of activity given up to abate.
    pub(crate) abatement: f64,
    pub(crate) landing: Option<Landing>,
}

impl Moves<'_> {
    /// Solves for the points in `order`; `step` is the factor of a point's variable.
    pub(crate) fn sweep(
        &self,
        order: &[usize],
        step: impl Fn(usize, usize) -> Option<Step> + Sync,
    ) -> Result<Vec<Moved>, LpError> {
        let (mut rows, variables) = (self.set.columns.clone(), self.set.columns.len());
        let sense = |v: usize| match (self.held.contains(&v), self.better.contains(&v)) {
            (true, _) => Sense::Equal,
            (false, true) => Sense::AtLeast,
            (false, false) => Sense::AtMost,
        };
        let mut senses: Vec<Sense> = (0..variables).map(sense).collect();
        if let Some(sense) = self.sum {
            rows.push(vec![1.0; self.set.columns.first().map_or(0, Vec::len)]);
            senses.push(sense);
        }
        let height = rows.len();
        let cloud = Cloud::new(rows)?;
        let second: Vec<f64> = self.set.columns.iter().map(|c| 1.0 / range(c)).collect();
        let counts = |v: usize| (0..self.points.classes.len()).all(|k| step(k, v).is_some());
        let two = !(0..variables).all(|v| self.held.contains(&v) || counts(v));
        let common = self.abatement == Abatement::Common;
        let columns = match (self.free, common) {
            (true, _) => vec![false; variables],
            (false, common) => vec![false; usize::from(common)],
        };
        let family = Family::new(&cloud, senses, columns, if two { 2 } else { 1 })?;
        let fill = |k: usize, program: &mut Instance| {
            for (v, second) in second.iter().enumerate() {
                let found = step(k, v);
                program.rhs[v] = if self.free && found.is_some() { 0.0 } else { self.points.columns[v][k] };
                if self.free {
                    // The factor left, 1 − β or 1 + β. One that does not exist moves nothing and costs something.
                    let sign = if self.better.contains(&v) { -1.0 } else { 1.0 };
                    program.extras[v * height + v] = found.map_or(0.0, |s| 0.0 - s.length);
                    program.costs[0].extras[v] = found.map_or(1.0, |s| sign * s.weight);
                } else {
                    program.costs[0].slacks[v] = found.map_or(0.0, |s| 0.0 - s.weight / s.length);
                }
                if let Some(last) = program.costs.get_mut(1) {
                    last.slacks[v] = if found.is_some() { 0.0 } else { 0.0 - second };
                }
            }
            if self.sum.is_some() {
                program.rhs[variables] = 1.0;
            }
            if common {
                for v in 0..self.better.start {
                    program.extras[v] = self.points.columns[v][k];
                }
                program.extras[variables] = 1.0;
            }
        };
        Ok(family.sweep(order, fill, |k, solution| self.read(k, solution, &step)))
    }

    fn read(&self, k: usize, solution: &Solution, step: &dyn Fn(usize, usize) -> Option<Step>) -> Moved {
        let (variables, nan) = (self.set.columns.len(), f64::NAN);
        let whole = solution.slacks.len().min(solution.duals.len()) >= variables;
        let Some(&value) = solution.values.first().filter(|_| whole) else {
            let factors = vec![nan; variables];
            let state = solution.status.into();
            let (interval, class) = ((nan, nan), Class::None);
            return Moved { state, value: nan, interval, factors, class, abatement: nan, landing: None };
        };
        let observed = |v: usize| self.points.columns[v][k];
        // Weights `λ = θz`, and with them the slacks of inputs, carry Shephard's factor.
        let left =
            solution.extras.first().filter(|_| self.abatement == Abatement::Common).map_or(1.0, |s| 1.0 - s.clamp(0.0, 1.0));
        let theta = if left > NOTHING { left } else { 1.0 };
        let reading = Reading {
            factor: theta,
            slack: &|v| if v < self.better.start { solution.slacks[v] } else { solution.slacks[v] * theta },
            price: &|v| solution.duals[v],
            intercept: self.sum.map_or(0.0, |_| 0.0 - solution.duals[variables]),
        };
        let mut landing = Landing::new(self.set, observed, solution, &reading);
        landing.targets.iter_mut().skip(self.better.start).for_each(|t| *t *= theta);
        let idle = landing.idle(self.set.classes.len());
        let abatement = if self.abatement == Abatement::Common { 1.0 - left } else { idle };
        for &v in &self.held {
            landing.prices[v] = 0.0 - solution.duals[v];
        }
        let mut factors = vec![0.0; variables];
        let (mut given, mut moves, mut dominates) = (0.0, false, true);
        for (v, factor) in factors.iter_mut().enumerate() {
            let Some(s) = step(k, v) else {
                let size = observed(v).abs();
                dominates &= meets(landing.targets[v], observed(v), !self.better.contains(&v), size);
                continue;
            };
            if self.free {
                let gap = observed(v) - landing.targets[v];
                let gap = if self.better.contains(&v) { 0.0 - gap } else { gap };
                landing.slacks[v] =
                    if gap.abs() > TOLERANCE * observed(v).abs().max(landing.targets[v].abs()) { gap } else { 0.0 };
            } else {
                let size = observed(v).abs();
                dominates &= meets(landing.targets[v], observed(v), !self.better.contains(&v), size);
            }
            *factor = landing.slacks[v] / s.length;
            given += s.weight * *factor;
            moves |= s.weight > 0.0 && landing.slacks[v] != 0.0;
        }
        // A unit of the reference reaches itself, so that nothing below 0 is possible.
        let sign = |v: usize| if self.better.contains(&v) { -1.0 } else { 1.0 };
        let whole: f64 = (0..variables).filter(|_| self.free).filter_map(|v| step(k, v).map(|s| sign(v) * s.weight)).sum();
        let turn = |x: f64| if self.own { (whole - x).max(0.0) } else { whole - x };
        let (value, interval) = (turn(value), (turn(solution.interval.1), turn(solution.interval.0)));
        let given = if dominates { given } else { nan };
        let left = |v: usize| step(k, v).is_none() && landing.slacks[v] > 0.0;
        let class = match (moves, (0..variables).any(left)) {
            (true, _) if value < 0.0 => Class::Super,
            (true, _) => Class::Inefficient,
            (false, true) => Class::Weak,
            (false, false) => Class::Strong,
        };
        let state = projection::state(solution.status, value, given, interval, 1.0 + value.abs());
        Moved { state, value, interval, factors, class, abatement, landing: Some(landing) }
    }
}

/// What the slack of a variable without weight is measured by.
fn range(column: &[f64]) -> f64 {
    let (low, high) = column.iter().fold((f64::INFINITY, 0.0_f64), |(l, h), &x| (l.min(x), h.max(x)));
    if high > low { high - low } else { high }
}
