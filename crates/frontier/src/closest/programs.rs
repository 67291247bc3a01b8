//! How near each point comes to one face: linear programs over the points that span it.

use numerics::lp::{Cloud, Family, Instance, LpError, Sense, Solution, Status};

use super::{faces::Face, generators::Generators};
use crate::{
    additive::Scheme,
    dea::TOLERANCE,
    projection::{Landing, Reading, SlackOrientation},
    reference::Reference,
};

/// What the slack of a variable costs.
pub(super) enum Cost {
    /// Its weight in an additive model.
    Weighted(Scheme),
    /// Its share of the unit's own value, over the number of variables of its side that count.
    Shares(SlackOrientation),
}

/// What all programs share.
pub(super) struct Ground<'a> {
    pub(super) generators: &'a Generators,
    pub(super) set: &'a Reference,
    pub(super) points: &'a Reference,
    pub(super) inputs: usize,
    pub(super) cost: &'a Cost,
    /// Weights of what does not count: one over the range of each variable.
    pub(super) second: &'a [f64],
    /// Whether some slack does not count for some point.
    pub(super) two: bool,
}

/// The nearest point of a face.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) status: Status,
    /// What the slacks cost; with both sides of shares 1 minus the ratio.
    pub(super) cost: f64,
    pub(super) interval: (f64, f64),
    /// What the slacks that do not count come to.
    pub(super) rest: f64,
    weights: Vec<(usize, f64)>,
    slacks: Vec<f64>,
    pub(super) unique: bool,
}

impl Ground<'_> {
    fn variables(&self) -> usize {
        self.set.columns.len()
    }

    fn ratio(&self) -> bool {
        matches!(self.cost, Cost::Shares(SlackOrientation::None))
    }

    pub(super) fn value(&self, k: usize, v: usize) -> f64 {
        self.points.columns[v][k]
    }

    /// Variables of one side of a point whose share counts.
    pub(super) fn terms(&self, k: usize, outputs: bool) -> f64 {
        let side = if outputs { self.inputs..self.variables() } else { 0..self.inputs };
        side.filter(|&v| self.value(k, v) > 0.0).count() as f64
    }

    /// What a unit of slack costs; 0 where it does not count.
    pub(super) fn weight(&self, k: usize, v: usize) -> f64 {
        let value = self.value(k, v);
        match self.cost {
            Cost::Weighted(scheme) => scheme.of(v, value),
            Cost::Shares(side) => {
                let output = v >= self.inputs;
                let counts = *side != if output { SlackOrientation::Input } else { SlackOrientation::Output };
                if counts && value > 0.0 { 1.0 / (self.terms(k, output) * value) } else { 0.0 }
            }
        }
    }

    /// No point of the face costs less: all its points lie on the hyperplane, which prices their slacks at what it
    /// prices the point above itself; all of that in the one slack which is cheapest for its price is the least. None
    /// where no point of the face dominates this one.
    pub(super) fn bound(&self, k: usize, face: &Face, weights: &[f64]) -> Option<f64> {
        if !self.within_reach(k, face) {
            return None;
        }
        let worth = |v: usize| face.prices[v] * if v < self.inputs { self.value(k, v) } else { -self.value(k, v) };
        let (mut gap, mut size) = (face.intercept, face.intercept.abs());
        for v in 0..self.variables() {
            gap += worth(v);
            size += worth(v).abs();
        }
        let gap = (gap - TOLERANCE * size).max(0.0);
        let cheapest = |v: usize| {
            let cost = gap / face.prices[v] * weights[v];
            // An input of 0 has no slack.
            if v < self.inputs && self.value(k, v) == 0.0 && matches!(self.cost, Cost::Shares(_)) {
                f64::INFINITY
            } else if self.ratio() && v >= self.inputs {
                cost / (1.0 + cost)
            } else {
                cost
            }
        };
        let least = (0..self.variables()).map(cheapest).fold(f64::INFINITY, f64::min);
        Some(if least.is_finite() { least } else { 0.0 })
    }

    /// Whether some point of the face may dominate this one, as far as single variables tell.
    fn within_reach(&self, k: usize, face: &Face) -> bool {
        let g = self.generators;
        g.endless(&face.members)
            || (0..self.variables()).all(|v| {
                let (value, column) = (self.value(k, v), &g.columns[v]);
                face.members.iter().any(|&j| if v < self.inputs { column[j] <= value } else { column[j] >= value })
            })
    }

    /// The nearest points of a face to points; none where it has no point that dominates them.
    pub(super) fn sweep(&self, face: &Face, points: &[usize]) -> Result<Vec<Option<Found>>, LpError> {
        let mut rows = self.generators.rows(&face.members);
        let objectives = if self.two { 2 } else { 1 };
        let take = |k: usize, s: &Solution| self.read(k, face, s);
        if self.ratio() {
            rows.push(vec![0.0; face.members.len()]);
            let cloud = Cloud::new(rows)?;
            let mut senses = self.generators.senses(self.inputs, Sense::AtMost, Sense::Equal);
            senses.push(Sense::Equal);
            let family = Family::new(&cloud, senses, vec![false; 1 + self.variables() - self.inputs], objectives)?;
            Ok(family.sweep(points, |k, i| self.fill_ratio(k, i), take))
        } else {
            let cloud = Cloud::new(rows)?;
            let senses = self.generators.senses(self.inputs, Sense::AtMost, Sense::AtLeast);
            let family = Family::new(&cloud, senses, Vec::new(), objectives)?;
            Ok(family.sweep(points, |k, i| self.fill(k, i), take))
        }
    }

    /// `min Σ w s`, then the rest.
    fn fill(&self, k: usize, instance: &mut Instance) {
        for v in 0..self.variables() {
            let weight = self.weight(k, v);
            instance.rhs[v] = self.value(k, v);
            instance.costs[0].slacks[v] = weight;
            if let Some(second) = instance.costs.get_mut(1) {
                second.slacks[v] = if weight > 0.0 { 0.0 } else { self.second[v] };
            }
        }
        if self.generators.convex {
            instance.rhs[self.variables()] = 1.0;
        }
    }

    /// The size in which the slack of an output is a column.
    fn size(&self, k: usize, v: usize) -> f64 {
        if self.value(k, v) > 0.0 { self.value(k, v) } else { 1.0 / self.second[v] }
    }

    /// `max t − mean(s⁻/x₀)` where `t + mean(s⁺/y₀) = 1` (Charnes and Cooper 1962): the columns are `t` and the slacks
    /// of outputs.
    fn fill_ratio(&self, k: usize, instance: &mut Instance) {
        let (m, variables, height) = (self.inputs, self.variables(), instance.rhs.len());
        let norm = height - 1;
        instance.rhs[norm] = 1.0;
        instance.extras[norm] = 1.0;
        instance.costs[0].extras[0] = -1.0;
        if self.generators.convex {
            instance.extras[variables] = -1.0;
        }
        let outputs = self.terms(k, true);
        for v in 0..variables {
            instance.extras[v] = -self.value(k, v);
            let weight = self.weight(k, v);
            let rest = if weight > 0.0 { 0.0 } else { self.second[v] };
            if v < m {
                instance.costs[0].slacks[v] = weight;
                if let Some(second) = instance.costs.get_mut(1) {
                    second.slacks[v] = rest;
                }
            } else {
                let (column, size) = (1 + v - m, self.size(k, v));
                instance.extras[column * height + v] = -size;
                instance.extras[column * height + norm] = if weight > 0.0 { 1.0 / outputs } else { 0.0 };
                if let Some(second) = instance.costs.get_mut(1) {
                    second.extras[column] = rest * size;
                }
            }
        }
    }

    fn read(&self, k: usize, face: &Face, s: &Solution) -> Option<Found> {
        if s.status == Status::Infeasible {
            return None;
        }
        let (m, variables) = (self.inputs, self.variables());
        let shift = if self.ratio() { 1.0 } else { 0.0 };
        let needed = if self.ratio() { 1 + variables - m } else { 0 };
        let whole = s.slacks.len() >= variables && s.extras.len() >= needed;
        let factor = if !self.ratio() { 1.0 } else { s.extras.first().copied().unwrap_or(f64::NAN) };
        let (Some(value), true, true) = (s.values.first(), whole, factor > 0.0 && factor.is_finite()) else {
            let nan = f64::NAN;
            let (weights, slacks) = (Vec::new(), Vec::new());
            return Some(Found {
                status: Status::Numerical,
                cost: nan,
                interval: (nan, nan),
                rest: nan,
                weights,
                slacks,
                unique: false,
            });
        };
        let slack = |v: usize| if self.ratio() && v >= m { s.extras[1 + v - m] * self.size(k, v) } else { s.slacks[v] };
        let slacks: Vec<f64> = (0..variables).map(|v| slack(v) / factor).collect();
        let left = |v: usize| if self.weight(k, v) > 0.0 { 0.0 } else { self.second[v] * slacks[v].max(0.0) };
        let weights: Vec<(usize, f64)> = s.weights.iter().map(|&(j, w)| (j, w / factor)).collect();
        Some(Found {
            status: s.status,
            cost: shift + value,
            interval: (shift + s.interval.0, shift + s.interval.1),
            rest: (0..variables).map(left).sum(),
            weights: self.generators.weights(&face.members, &weights),
            slacks,
            unique: s.unique,
        })
    }

    /// The target on a face, with the prices of its hyperplane in shares of the target's inputs.
    pub(super) fn landing(&self, k: usize, face: &Face, found: &Found) -> Landing {
        let target = |v: usize| found.weights.iter().map(|&(j, w)| w * self.set.columns[v][j]).sum::<f64>();
        let worth: f64 = (0..self.inputs).map(|v| face.prices[v] * target(v).abs()).sum();
        let by = if worth > 0.0 { 1.0 / worth } else { 1.0 };
        let solution = Solution {
            status: found.status,
            values: Vec::new(),
            interval: found.interval,
            first_extras: Vec::new(),
            weights: found.weights.clone(),
            extras: Vec::new(),
            slacks: Vec::new(),
            duals: Vec::new(),
            basis: Vec::new(),
            unique: found.unique,
            pivots: 0,
        };
        let reading =
            Reading { factor: 1.0, slack: &|v| found.slacks[v], price: &|v| by * face.prices[v], intercept: by * face.intercept };
        Landing::new(self.set, |v| self.value(k, v), &solution, &reading)
    }

    /// Whether two findings are one and the same target.
    pub(super) fn same(&self, k: usize, a: &Found, b: &Found) -> bool {
        let near = |(v, (x, y)): (usize, (&f64, &f64))| (x - y).abs() <= 1e-7 * (self.value(k, v).abs() + 1.0 / self.second[v]);
        a.slacks.iter().zip(&b.slacks).enumerate().all(near)
    }
}
