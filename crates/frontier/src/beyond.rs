//! How far a point lies beyond a reference that does not contain it: the least that has to be given up to reach it.

use numerics::lp::{Cloud, Family, Instance, LpError, Sense, Solution};

use crate::{
    dea::TOLERANCE,
    projection::{self, Landing, Reading},
    reference::Reference,
    technology::{State, meets},
};

/// What giving up a variable costs; one without a term stays as it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Term {
    /// What one step is, in the variable's unit of measure.
    pub(crate) size: f64,
    /// What a step adds to the numerator.
    pub(crate) above: f64,
    /// What a step takes from the denominator.
    pub(crate) below: f64,
}

/// Programs `min (c + Σ aω) / (1 − Σ bω)` with `Σλx ≤ x₀ + dω`, `Σλy ≥ y₀ − dω`, `ω ≥ 0`, over the points of a
/// reference but one; made linear with `t > 0` (Charnes and Cooper 1962), so that `c`, steps and weights carry it.
pub(crate) struct Beyond<'a> {
    set: &'a Reference,
    cloud: Cloud,
    senses: Vec<Sense>,
    /// Variables of which more is better.
    better: std::ops::Range<usize>,
    constant: f64,
    sum: bool,
}

/// What became of one point.
pub(crate) struct Reach {
    pub(crate) state: State,
    /// The ratio.
    pub(crate) value: f64,
    pub(crate) interval: (f64, f64),
    /// Means of the two sides: `c + Σ aω` and `1 − Σ bω`.
    pub(crate) sides: (f64, f64),
    /// Targets are the point after its steps, slacks what it had less than they have (negative).
    pub(crate) landing: Option<Landing>,
}

impl<'a> Beyond<'a> {
    pub(crate) fn new(
        set: &'a Reference,
        better: std::ops::Range<usize>,
        sum: Option<Sense>,
        constant: f64,
    ) -> Result<Self, LpError> {
        let (mut rows, n) = (set.columns.clone(), set.classes.len());
        let sense = |v| if better.contains(&v) { Sense::AtLeast } else { Sense::AtMost };
        let mut senses: Vec<Sense> = (0..rows.len()).map(sense).collect();
        if let Some(sense) = sum {
            rows.push(vec![1.0; n]);
            senses.push(sense);
        }
        rows.push(vec![0.0; n]);
        senses.push(Sense::Equal);
        Ok(Self { set, cloud: Cloud::new(rows)?, senses, better, constant, sum: sum.is_some() })
    }

    /// Solves for points of the reference, each against the others. `size` is that of the numbers a value is made of.
    pub(crate) fn sweep(
        &self,
        points: &[usize],
        term: impl Fn(usize, usize) -> Option<Term> + Sync,
        size: impl Fn(usize) -> f64 + Sync,
    ) -> Result<Vec<Reach>, LpError> {
        let (variables, height) = (self.set.columns.len(), self.senses.len());
        let family = Family::new(&self.cloud, self.senses.clone(), vec![false; 1 + variables], 1)?;
        let fill = |k: usize, program: &mut Instance| {
            let norm = height - 1;
            program.rhs[norm] = 1.0;
            program.extras[norm] = 1.0;
            program.costs[0].extras[0] = self.constant;
            if self.sum {
                program.extras[variables] = -1.0;
            }
            for v in 0..variables {
                program.extras[v] = -self.set.columns[v][k];
                let column = (1 + v) * height;
                let found = term(k, v);
                let size = found.map_or(0.0, |t| t.size);
                program.extras[column + v] = if self.better.contains(&v) { size } else { -size };
                program.extras[column + norm] = found.map_or(0.0, |t| 0.0 - t.below);
                // A step that does not exist moves nothing and costs something.
                program.costs[0].extras[1 + v] = found.map_or(1.0, |t| t.above);
            }
            program.excluded.clear();
            program.excluded.push(k);
        };
        Ok(family.sweep(points, fill, |k, solution| self.read(k, solution, &term, size(k))))
    }

    fn read(&self, k: usize, solution: &Solution, term: &dyn Fn(usize, usize) -> Option<Term>, size: f64) -> Reach {
        let (variables, nan) = (self.set.columns.len(), f64::NAN);
        let whole = solution.slacks.len().min(solution.duals.len()) >= variables && solution.extras.len() > variables;
        let factor = solution.extras.first().copied().unwrap_or(nan);
        let Some(&value) = solution.values.first().filter(|_| whole && factor > 0.0 && factor.is_finite()) else {
            let state = if whole { State::Numerical } else { solution.status.into() };
            return Reach { state, value: nan, interval: (nan, nan), sides: (nan, nan), landing: None };
        };
        let reading = Reading {
            factor,
            slack: &|_| 0.0,
            price: &|v| solution.duals[v],
            intercept: if self.sum { solution.duals[variables] } else { 0.0 },
        };
        let own = |v: usize| self.set.columns[v][k];
        let mut landing = Landing::new(self.set, own, solution, &reading);
        let (mut above, mut below, mut reached) = (self.constant, 1.0, true);
        for v in 0..variables {
            let found = term(k, v);
            let step = solution.extras[1 + v] / factor;
            let raw = found.map_or(0.0, |t| t.size * step);
            let speck = TOLERANCE * landing.targets[v].abs().max(own(v).abs());
            let (moved, step) = if raw > speck { (raw, step) } else { (0.0, 0.0) };
            let better = self.better.contains(&v);
            let target = if better { own(v) - moved } else { own(v) + moved };
            reached &= meets(landing.targets[v], target, !better, target.abs().max(own(v).abs()));
            (landing.slacks[v], landing.targets[v]) = (0.0 - moved, target);
            above += found.map_or(0.0, |t| t.above * step);
            below -= found.map_or(0.0, |t| t.below * step);
        }
        let given = if reached { above / below } else { nan };
        let state = projection::state(solution.status, value, given, solution.interval, size.max(1.0 + value.abs()));
        Reach { state, value, interval: solution.interval, sides: (above, below), landing: Some(landing) }
    }
}
