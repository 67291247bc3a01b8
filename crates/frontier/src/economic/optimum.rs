//! The least cost, the largest revenue, profit and profitability, and where they are had.

use std::ops::Range;

use numerics::lp::{Cloud, Family, Instance, Sense, Solution, Status};
use rayon::prelude::*;

use super::{Case, EconomicError, Measure};
use crate::{
    classes::Classes,
    dea::Returns,
    projection::{self, Landing, Points, Projection, Reading, column},
    reference::Reference,
    technology::{FrontierError, State, meets},
};

/// Values of two points closer than this share of their size are the same value.
const SAME: f64 = 1e-12;

/// The optimum of each evaluated unit.
pub(super) struct Optimum {
    pub(super) state: Vec<State>,
    pub(super) value: Vec<f64>,
    pub(super) interval: Vec<(f64, f64)>,
    pub(super) projection: Projection,
}

struct Solved {
    state: State,
    value: f64,
    interval: (f64, f64),
    landing: Option<Landing>,
}

impl Optimum {
    pub(super) fn new(case: &Case<'_>, usable: &[bool]) -> Result<Self, EconomicError> {
        let set = Reference::spanning(case.reference.unwrap_or(case.evaluated))?;
        let rows: Vec<usize> = (0..usable.len()).filter(|&u| usable[u]).collect();
        let (measure, returns) = (case.options.measure, case.options.returns);
        // The choice depends on what is given and on the prices of what is not.
        let keys: Vec<&[f64]> = match measure {
            Measure::Cost => case.evaluated.outputs.iter().chain(&case.prices.inputs).copied().collect(),
            Measure::Revenue => case.evaluated.inputs.iter().chain(&case.prices.outputs).copied().collect(),
            _ => case.prices.inputs.iter().chain(&case.prices.outputs).copied().collect(),
        };
        let given = match measure {
            Measure::Cost => case.inputs()..case.variables(),
            Measure::Revenue => 0..case.inputs(),
            _ => 0..0,
        };
        let (classes, columns) = Classes::new(&keys, &rows);
        let distinct = Reference { classes, columns };
        let points = Points::new(&distinct, usable.len());
        let order = points.order();
        let choice =
            Choice { set: &set, distinct: &distinct, inputs: case.inputs(), given, chosen: case.chosen(), measure, returns };
        let convex = matches!(measure, Measure::Cost | Measure::Revenue) && returns != Returns::Fdh;
        let solved = if convex { choice.sweep(&order)? } else { order.par_iter().map(|&k| choice.best(k)).collect() };
        let units = points.units(&order, &solved);
        let sizes = [case.inputs(), case.evaluated.outputs.len(), 0];
        Ok(Self {
            state: column(&units, State::Missing, |t| t.state),
            value: column(&units, f64::NAN, |t| t.value),
            interval: column(&units, (f64::NAN, f64::NAN), |t| t.interval),
            projection: Projection::new(&units, |t| t.landing.as_ref(), &set, sizes),
        })
    }
}

/// What a point may choose from.
///
/// Cost: `min w·Σλx` with `Σλy ≥ y₀`; revenue: `max p·Σλy` with `Σλx ≤ x₀`, posed as `min −p·Σλy`. What is chosen is the
/// slack of a row `Σλv ≥ 0`, which carries the price. Profit, profitability and the free disposal hull are had at single
/// points.
struct Choice<'a> {
    set: &'a Reference,
    /// What is given, then prices.
    distinct: &'a Reference,
    inputs: usize,
    given: Range<usize>,
    chosen: Range<usize>,
    measure: Measure,
    returns: Returns,
}

impl Choice<'_> {
    fn amount(&self, v: usize, k: usize) -> f64 {
        self.distinct.columns[v - self.given.start][k]
    }

    /// Price of a chosen variable, negative where it is earned.
    fn cost(&self, v: usize, k: usize) -> f64 {
        let price = self.distinct.columns[self.given.len() + v - self.chosen.start][k];
        if v < self.inputs { price } else { -price }
    }

    fn sweep(&self, order: &[usize]) -> Result<Vec<Solved>, FrontierError> {
        let variables = self.set.columns.len();
        let sense = |v: usize| if v < self.inputs && self.given.contains(&v) { Sense::AtMost } else { Sense::AtLeast };
        let mut senses: Vec<Sense> = (0..variables).map(sense).collect();
        let mut rows = self.set.columns.clone();
        let sum = projection::sum_row(self.returns)?;
        if let Some(sense) = sum {
            rows.push(vec![1.0; self.set.classes.len()]);
            senses.push(sense);
        }
        let cloud = Cloud::new(rows)?;
        let family = Family::new(&cloud, senses, Vec::new(), 1)?;
        let fill = |k: usize, instance: &mut Instance| {
            for v in self.given.clone() {
                instance.rhs[v] = self.amount(v, k);
            }
            for v in self.chosen.clone() {
                instance.costs[0].slacks[v] = self.cost(v, k);
            }
            if sum.is_some() {
                instance.rhs[variables] = 1.0;
            }
        };
        Ok(family.sweep(order, fill, |k, solution| self.read(k, solution)))
    }

    fn read(&self, k: usize, solution: &Solution) -> Solved {
        let variables = self.set.columns.len();
        let whole = solution.slacks.len().min(solution.duals.len()) >= variables;
        let Some(&value) = solution.values.first().filter(|_| whole) else {
            let nan = f64::NAN;
            return Solved { state: solution.status.into(), value: nan, interval: (nan, nan), landing: None };
        };
        let sign = if self.measure == Measure::Cost { 1.0 } else { -1.0 };
        let observed = |v: usize| if self.given.contains(&v) { self.amount(v, k) } else { 0.0 };
        let reading = Reading {
            factor: 1.0,
            slack: &|v| if self.given.contains(&v) { solution.slacks[v] } else { 0.0 },
            price: &|v| solution.duals[v],
            intercept: solution.duals.get(variables).map_or(0.0, |d| 0.0 + sign * d),
        };
        let landing = Landing::new(self.set, observed, solution, &reading);
        let (value, (low, high)) = (sign * value, solution.interval);
        let interval = if sign > 0.0 { (low, high) } else { (-high, -low) };
        // The quantities have to meet what is given, and to cost what they are said to.
        let met = self.given.clone().all(|v| meets(landing.targets[v], observed(v), v < self.inputs, observed(v)));
        let worth: f64 = self.chosen.clone().map(|v| sign * self.cost(v, k) * landing.targets[v]).sum();
        let state = projection::state(solution.status, value, if met { worth } else { f64::NAN }, interval, value.abs());
        Solved { state, value, interval, landing: Some(landing) }
    }

    /// Whether a point of the reference does with what is given.
    fn suits(&self, k: usize, j: usize) -> bool {
        self.given.clone().all(|v| {
            let there = self.set.columns[v][j];
            if v < self.inputs { there <= self.amount(v, k) } else { there >= self.amount(v, k) }
        })
    }

    /// What a point of the reference is worth at the prices of `k`, and the size of the sums in it.
    fn worth(&self, k: usize, j: usize) -> (f64, f64) {
        let sum = |side: Range<usize>| -> f64 {
            side.filter(|v| self.chosen.contains(v)).map(|v| self.cost(v, k).abs() * self.set.columns[v][j]).sum()
        };
        let (spent, earned) = (sum(0..self.inputs), sum(self.inputs..self.set.columns.len()));
        match self.measure {
            Measure::Cost => (-spent, spent),
            Measure::Revenue => (earned, earned),
            Measure::Profit => (earned - spent, earned + spent),
            Measure::Profitability => (earned / spent, earned / spent),
        }
    }

    /// The best single point.
    fn best(&self, k: usize) -> Solved {
        let mut found: Option<(usize, f64, f64)> = None;
        let mut second = f64::NEG_INFINITY;
        for j in (0..self.set.classes.len()).filter(|&j| self.suits(k, j)) {
            let (worth, size) = self.worth(k, j);
            match found {
                Some((_, best, _)) if worth <= best => second = second.max(worth),
                _ => {
                    second = second.max(found.map_or(f64::NEG_INFINITY, |f| f.1));
                    found = Some((j, worth, size));
                }
            }
        }
        // Under non-increasing returns nothing need be made at all.
        let idle = self.measure == Measure::Profit && self.returns == Returns::Nirs;
        let (weights, best, size) = match found {
            Some((_, best, size)) if idle && best <= 0.0 => (Vec::new(), 0.0, size),
            Some((j, best, size)) => (vec![(j, 1.0)], best, size),
            None => {
                let nan = f64::NAN;
                return Solved { state: State::Infeasible, value: nan, interval: (nan, nan), landing: None };
            }
        };
        let value = if self.measure == Measure::Cost { -best } else { best };
        let rounding = (self.chosen.len() as f64 + 2.0) * f64::EPSILON * size;
        let interval = (value - rounding, value + rounding);
        let solution = Solution {
            status: Status::Optimal,
            values: vec![value],
            interval,
            first_extras: Vec::new(),
            weights,
            extras: Vec::new(),
            slacks: Vec::new(),
            duals: Vec::new(),
            basis: Vec::new(),
            unique: best - second > SAME * size,
            pivots: 0,
        };
        let at = solution.weights.first().map(|w| w.0);
        let there = |v: usize| at.map_or(0.0, |j| self.set.columns[v][j]);
        let amount = |v: usize| if self.given.contains(&v) { self.amount(v, k) } else { 0.0 };
        let reading = Reading {
            factor: 1.0,
            slack: &|v| if self.given.contains(&v) { (there(v) - amount(v)).abs() } else { 0.0 },
            // A single point has no marginal cost.
            price: &|v| if self.given.contains(&v) { f64::NAN } else { self.cost(v, k) },
            intercept: f64::NAN,
        };
        let landing = Landing::new(self.set, amount, &solution, &reading);
        Solved { state: State::Optimal.certified(interval, size), value, interval, landing: Some(landing) }
    }
}
