//! Good and bad outputs that cannot be separated: bads, the goods made with them and the inputs they need shrink together
//! (Cooper, Seiford and Tone 2007, chapter 13).
//!
//! ```text
//! min ρ = (1 − (1/m)[Σ s⁻/x₀ + m₂(1 − α)]) / (1 + (1/s)[Σ s⁺/y₀ + Σ sᵇ/b₀ + (s₂ + b₂)(1 − α)])
//! Σλx + s⁻ = x₀ (or αx₀),  Σλy − s⁺ = y₀ (or Σλy ≥ αy₀),  Σλb + sᵇ = b₀ (or αb₀),  0 ≤ α ≤ 1
//! ```
//!
//! made linear with `t > 0` as in the parent; `A = αt` is a column beside it.

use numerics::lp::{Cloud, Family, Instance, Sense, Solution, Status};

use super::{Program, SbmOptions, Solved};
use crate::{
    dea::{Class, TOLERANCE},
    projection::{self, Landing, Reading, SlackOrientation},
    technology::{FrontierError, meets},
};

/// Options that do not go with it, each with its reason.
pub(super) fn check(options: &SbmOptions, [m, s, b]: [usize; 3]) -> Result<(), FrontierError> {
    let mut found = Vec::new();
    let mut refuse = |bad: bool, name, why: &str| found.extend(bad.then(|| (name, why.to_owned())));
    let bound = &options.non_separable;
    let separable = bound.is_empty();
    let why = "it goes with `non_separable` only";
    refuse(separable && options.keep_total, "keep_total", why);
    refuse(separable && options.growth_limit.is_some(), "growth_limit", why);
    let limit = |u: f64| u.is_finite() && u >= 0.0;
    refuse(options.growth_limit.is_some_and(|u| !limit(u)), "growth_limit", "a share of 0 or more");
    if !separable {
        refuse(bound.len() != m + s + b, "non_separable", "one entry for each input, output and undesirable output");
        let none = bound.len() == m + s + b && !(bound[m..m + s].contains(&true) && bound[m + s..].contains(&true));
        refuse(none, "non_separable", "it takes an output and an undesirable output at least that shrink together");
        let oriented = options.orientation != SlackOrientation::None;
        refuse(oriented, "non_separable", "what shrinks together is on both sides: take no orientation");
        refuse(options.super_efficiency, "super_efficiency", "there is none with variables that are not separable");
    }
    if found.is_empty() { Ok(()) } else { Err(FrontierError::Options(found)) }
}

/// The programs of one reference set.
struct Bound<'p, 'a> {
    program: &'p Program<'a>,
    bound: &'p [bool],
    keep_total: bool,
    growth_limit: Option<f64>,
    /// Variables whose slack is a column.
    columns: Vec<usize>,
    /// Separable outputs whose growth is limited.
    limited: Vec<usize>,
}

pub(super) fn sweep(program: &Program<'_>, order: &[usize], options: &SbmOptions) -> Result<Vec<Solved>, FrontierError> {
    let [m, s, _] = program.sizes;
    let variables = program.set.columns.len();
    let bound = &options.non_separable;
    let good = |v: &usize| (m..m + s).contains(v);
    let columns: Vec<usize> = (m..variables).filter(|v| !(good(v) && bound[*v])).collect();
    let limited = if options.growth_limit.is_some() { columns.iter().copied().filter(good).collect() } else { Vec::new() };
    let (keep_total, growth_limit) = (options.keep_total, options.growth_limit);
    Bound { program, bound, keep_total, growth_limit, columns, limited }.sweep(order)
}

impl Bound<'_, '_> {
    fn variables(&self) -> usize {
        self.program.set.columns.len()
    }

    fn value(&self, k: usize, v: usize) -> f64 {
        self.program.points.columns[v][k]
    }

    fn good(&self, v: usize) -> bool {
        (self.program.sizes[0]..self.program.sizes[0] + self.program.sizes[1]).contains(&v)
    }

    /// Terms of one side, and those of them that shrink together.
    fn terms(&self, k: usize, outputs: bool) -> (f64, f64) {
        let m = self.program.sizes[0];
        let side = if outputs { m..self.variables() } else { 0..m };
        let counted: Vec<usize> = side.filter(|&v| self.counts(k, v)).collect();
        (counted.len() as f64, counted.iter().filter(|v| self.bound[**v]).count() as f64)
    }

    /// A zero shrinks by nothing.
    fn counts(&self, k: usize, v: usize) -> bool {
        if self.bound[v] { self.value(k, v) > 0.0 } else { self.program.base(k, v).is_some() }
    }

    fn sweep(&self, order: &[usize]) -> Result<Vec<Solved>, FrontierError> {
        let (m, variables) = (self.program.sizes[0], self.variables());
        let classes = self.program.set.classes.len();
        let mut rows = self.program.set.columns.clone();
        let sense = |v: usize| match (v < m, self.good(v) && self.bound[v]) {
            (true, _) => Sense::AtMost,
            (false, true) => Sense::AtLeast,
            (false, false) => Sense::Equal,
        };
        let mut senses: Vec<Sense> = (0..variables).map(sense).collect();
        if let Some(sum) = self.program.sum {
            rows.push(vec![1.0; classes]);
            senses.push(sum);
        }
        let beside = [Sense::AtMost].into_iter().chain(self.keep_total.then_some(Sense::Equal));
        let beside = beside.chain(self.limited.iter().map(|_| Sense::AtMost)).chain([Sense::Equal]);
        for sense in beside {
            rows.push(vec![0.0; classes]);
            senses.push(sense);
        }
        let cloud = Cloud::new(rows)?;
        let family = Family::new(&cloud, senses, vec![false; 2 + self.columns.len()], 2)?;
        Ok(family.sweep(order, |k, instance| self.fill(k, instance), |k, solution| self.read(k, solution)))
    }

    /// Columns: t, A, then slacks of outputs in shares.
    fn fill(&self, k: usize, instance: &mut Instance) {
        let (program, variables, height) = (self.program, self.variables(), instance.rhs.len());
        let m = program.sizes[0];
        let ((inputs, still), (outputs, shrinking)) = (self.terms(k, false), self.terms(k, true));
        let (norm, mut row) = (height - 1, variables);
        instance.extras.fill(0.0);
        instance.rhs[norm] = 1.0;
        instance.costs[0].extras[0] = 1.0 - still / inputs;
        instance.costs[0].extras[1] = still / inputs;
        instance.extras[norm] = 1.0 + shrinking / outputs;
        instance.extras[height + norm] = -shrinking / outputs;
        for v in 0..variables {
            let own = if self.bound[v] { height } else { 0 };
            instance.extras[own + v] = -self.value(k, v);
            let counts = self.counts(k, v);
            let left = -program.second[v];
            if v < m {
                instance.costs[0].slacks[v] = if counts { -1.0 / (inputs * self.value(k, v)) } else { 0.0 };
                instance.costs[1].slacks[v] = if counts { 0.0 } else { left };
            } else if self.good(v) && self.bound[v] {
                instance.costs[1].slacks[v] = left;
            }
        }
        for (c, &v) in self.columns.iter().enumerate() {
            let (at, size) = ((2 + c) * height, program.size(k, v));
            let counts = self.counts(k, v);
            instance.extras[at + v] = if self.good(v) { -size } else { size };
            instance.extras[at + norm] = if counts { 1.0 / outputs } else { 0.0 };
            instance.costs[1].extras[2 + c] = if counts { 0.0 } else { -program.second[v] * size };
        }
        if program.sum.is_some() {
            instance.extras[row] = -1.0;
            row += 1;
        }
        (instance.extras[row], instance.extras[height + row]) = (-1.0, 1.0);
        row += 1;
        if self.keep_total {
            // What the goods that shrink lose, the others gain: shares of all that shrinks.
            let goods = (m..m + program.sizes[1]).filter(|v| self.bound[*v]);
            let total: f64 = goods.map(|v| self.value(k, v)).sum();
            let by = if total > 0.0 { 1.0 / total } else { 1.0 };
            (instance.extras[row], instance.extras[height + row]) = (-total * by, total * by);
            for (c, &v) in self.columns.iter().enumerate().filter(|(_, v)| self.good(**v)) {
                instance.extras[(2 + c) * height + row] = program.size(k, v) * by;
            }
            row += 1;
        }
        for &v in &self.limited {
            let c = self.columns.iter().position(|x| *x == v).unwrap_or_default();
            let value = self.value(k, v);
            instance.extras[row] = -self.growth_limit.unwrap_or_default() * value / program.size(k, v);
            instance.extras[(2 + c) * height + row] = 1.0;
            row += 1;
        }
    }

    fn read(&self, k: usize, s: &Solution) -> Solved {
        let (program, variables, nan) = (self.program, self.variables(), f64::NAN);
        let unsolved = |status: Status| Solved {
            state: status.into(),
            score: nan,
            interval: (nan, nan),
            parts: (nan, nan),
            alpha: nan,
            class: Class::None,
            landing: None,
        };
        let whole = s.slacks.len().min(s.duals.len()) >= variables && s.extras.len() >= 2 + self.columns.len();
        let Some(&value) = s.values.first().filter(|_| whole) else { return unsolved(s.status) };
        let t = s.extras[0];
        if !(t > 0.0 && t.is_finite()) {
            return unsolved(Status::Numerical);
        }
        let alpha = (s.extras[1] / t).clamp(0.0, 1.0);
        let of = |v: usize| self.columns.iter().position(|c| *c == v).map(|c| s.extras[2 + c] * program.size(k, v));
        // What shrinks together, and what more there is.
        let slack =
            |v: usize| of(v).unwrap_or(s.slacks[v]) + if self.bound[v] { (1.0 - alpha) * t * self.value(k, v) } else { 0.0 };
        let reading = Reading {
            factor: t,
            slack: &|v| if self.good(v) && self.bound[v] { 0.0 } else { slack(v) },
            price: &|v| s.duals[v],
            intercept: program.sum.map_or(0.0, |_| s.duals[variables]),
        };
        let mut landing = Landing::new(program.set, |v| self.value(k, v), s, &reading);
        for v in (0..variables).filter(|&v| self.good(v) && self.bound[v]) {
            let gain = landing.targets[v] - self.value(k, v);
            let speck = TOLERANCE * landing.targets[v].max(self.value(k, v));
            landing.slacks[v] = if gain.abs() > speck { gain } else { 0.0 };
        }
        let mean = |outputs: bool| {
            let m = program.sizes[0];
            let side = if outputs { m..variables } else { 0..m };
            let term = |v: usize| match self.good(v) && self.bound[v] {
                true => 1.0 - alpha,
                false => landing.slacks[v] / program.size(k, v),
            };
            let sum: f64 = side.filter(|&v| self.counts(k, v)).map(term).sum();
            let terms = self.terms(k, outputs).0;
            if terms > 0.0 { sum / terms } else { 0.0 }
        };
        let (input, output) = (1.0 - mean(false), 1.0 / (1.0 + mean(true)));
        let top = |x: f64| if program.own { x.min(1.0) } else { x };
        let (score, interval) = (top(value), (top(s.interval.0), top(s.interval.1)));
        let reached = (0..variables).all(|v| {
            let limit = if self.bound[v] { alpha * self.value(k, v) } else { self.value(k, v) };
            meets(landing.targets[v], limit, !self.good(v), self.value(k, v))
        });
        let given = if reached { input * output } else { nan };
        let class = if score < 1.0 - TOLERANCE {
            Class::Inefficient
        } else if landing.slacks.iter().any(|x| *x > 0.0) {
            Class::Weak
        } else {
            Class::Strong
        };
        let state = projection::state(s.status, score, given, interval, 1.0 + score.abs());
        Solved { state, score, interval, parts: (input, output), alpha, class, landing: Some(landing) }
    }
}

#[cfg(test)]
#[path = "non_separable_tests.rs"]
mod tests;
