#![doc = include_str!("sbm.md")]

mod non_separable;

use numerics::lp::{Cloud, Family, Instance, Sense, Solution, Status};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    beyond::{Beyond, Reach, Term},
    dea::{Class, Returns, TOLERANCE},
    projection::{self, Landing, Points, Projection, Reading, SlackOrientation, column},
    reference::Reference,
    technology::{Cell, FrontierError, Missing, Role, State, Technology},
};

/// The method's page.
pub const PAGE: &str = include_str!("sbm.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("sbm.zh.md");

/// What becomes of the ratio of slack to output where the output is 0 (Tone 2001, section on zeros).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ZeroOutputs {
    /// The unit has no function to produce it: the term is dropped and not counted.
    #[default]
    Drop,
    /// The unit could produce it but does not: a tenth of the smallest positive value of the reference
    /// stands in the denominator.
    Tenth,
}

/// Options of [`sbm`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SbmOptions {
    /// Whose slacks count: `none` (both sides), `input` or `output`.
    pub orientation: SlackOrientation,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    pub returns: Returns,
    /// Outputs that are 0: `drop` the term, or measure by a `tenth` of the smallest positive value.
    pub zero_outputs: ZeroOutputs,
    /// Whether units without slack are scored against the others only (Tone 2002). A unit with the same values as
    /// another stays in its reference.
    pub super_efficiency: bool,
    /// Whether each input, then output, then undesirable output, shrinks together with the others so marked (Cooper, Seiford
    /// and Tone 2007, chapter 13); empty if all are separable. At least an output and an undesirable one.
    pub non_separable: Vec<bool>,
    /// With `non_separable`: whether the sum of all outputs stays, so that separable ones grow by what the others lose; for
    /// outputs in one unit of measure.
    pub keep_total: bool,
    /// With `non_separable`: largest growth of a separable output as a share of its value; no limit if not given.
    pub growth_limit: Option<f64>,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

/// Result of [`sbm`]: one value per evaluated unit in each column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sbm {
    /// State of each unit.
    pub state: Vec<State>,
    /// The slacks-based measure ρ, in (0, 1]; with super-efficiency δ ≥ 1 for units without slack.
    pub score: Vec<f64>,
    /// Certified bounds of `score`.
    pub interval: Vec<(f64, f64)>,
    /// Input part of the projection: `1 − mean(s⁻/x₀)`, above 1 where inputs are given up.
    pub input_efficiency: Vec<f64>,
    /// Output part: `1 / (1 + mean(s⁺/y₀))`, undesirable outputs included. Without orientation the
    /// score is the product of the two parts.
    pub output_efficiency: Vec<f64>,
    /// With variables that are not separable: the factor α by which they shrink together; else empty.
    pub alpha: Vec<f64>,
    /// Strong: no slack. Weak: score 1 with slack that does not count. Inefficient: score below 1. Super: beyond what
    /// the others reach, with super-efficiency.
    pub class: Vec<Class>,
    /// Slacks, targets, prices and peers. `score = 1 − v·x + u·y − w·b + intercept` without
    /// orientation (see the page for the others). Slacks of a unit beyond the others are negative.
    pub projection: Projection,
    /// Zero cells whose term was dropped, or measured by a tenth.
    pub zeros: Vec<Cell>,
}

struct Solved {
    state: State,
    score: f64,
    interval: (f64, f64),
    parts: (f64, f64),
    /// Factor of what shrinks together.
    alpha: f64,
    class: Class,
    landing: Option<Landing>,
}

/// The slacks-based measure of every unit against all units with complete data. Undesirable outputs,
/// where there are any, enter as in Tone (2003).
///
/// # Errors
/// [`FrontierError`]: no variables, columns of different length, or cells that cannot be used, all of
/// them at once. An infeasible or uncertified unit is a [`State`], not an error.
pub fn sbm(technology: &Technology<'_>, options: &SbmOptions) -> Result<Sbm, FrontierError> {
    evaluate(technology, None, options)
}

/// The slacks-based measure of `evaluated` against another set of units. A unit that the set does not
/// dominate is infeasible.
///
/// # Errors
/// As [`sbm`], for both sets, and different variables. Super-efficiency is refused: no unit is in its own reference.
pub fn sbm_against(evaluated: &Technology<'_>, reference: &Technology<'_>, options: &SbmOptions) -> Result<Sbm, FrontierError> {
    evaluated.like(reference)?;
    if options.super_efficiency {
        return Err(projection::nothing_to_leave_out());
    }
    evaluate(evaluated, Some(reference), options)
}

fn evaluate(evaluated: &Technology<'_>, reference: Option<&Technology<'_>>, options: &SbmOptions) -> Result<Sbm, FrontierError> {
    for technology in [Some(evaluated), reference].into_iter().flatten() {
        projection::check(technology, options.missing, false)?;
    }
    let sizes = [evaluated.inputs.len(), evaluated.outputs.len(), evaluated.bad_outputs.len()];
    non_separable::check(options, sizes)?;
    let separable = options.non_separable.is_empty();
    let set = Reference::spanning(reference.unwrap_or(evaluated))?;
    let foreign = reference.map(|_| Reference::complete(evaluated));
    let distinct = foreign.as_ref().unwrap_or(&set);
    let points = Points::new(distinct, evaluated.len());
    let order = points.order();
    let program = Program::new(&set, distinct, sizes, reference.is_none(), options)?;
    let mut solved = if separable { program.sweep(&order)? } else { non_separable::sweep(&program, &order, options)? };
    if options.super_efficiency {
        program.pass(&order, &mut solved)?;
    }
    let units = points.units(&order, &solved);
    let nan = (f64::NAN, f64::NAN);
    Ok(Sbm {
        state: column(&units, State::Missing, |t| t.state),
        score: column(&units, f64::NAN, |t| t.score),
        interval: column(&units, nan, |t| t.interval),
        input_efficiency: column(&units, f64::NAN, |t| t.parts.0),
        output_efficiency: column(&units, f64::NAN, |t| t.parts.1),
        alpha: if separable { Vec::new() } else { column(&units, f64::NAN, |t| t.alpha) },
        class: column(&units, Class::None, |t| t.class),
        projection: Projection::new(&units, |t| t.landing.as_ref(), &set, sizes),
        zeros: program.zeros(evaluated),
    })
}

/// Programs of one reference set and orientation.
///
/// Without orientation the ratio is made linear (Charnes and Cooper 1962) with `t > 0`:
/// `min t − Σ s⁻/(m x₀)` with `Σλx + s⁻ = t x₀`, `Σλy − s⁺ = t y₀`, `Σλb + sᵇ = t b₀` and
/// `t + (Σ s⁺/y₀ + Σ sᵇ/b₀)/(s₁ + s₂) = 1`; the rows of inputs keep their own slack, `t`, `s⁺/y₀` and
/// `sᵇ/b₀` are extra columns, and the last row is zero in the cloud.
struct Program<'a> {
    set: &'a Reference,
    points: &'a Reference,
    sizes: [usize; 3],
    own: bool,
    orientation: SlackOrientation,
    /// The row over the weights, if returns to scale ask for one.
    sum: Option<Sense>,
    /// A tenth of the smallest positive value of each variable, if that is the policy.
    tenth: Option<Vec<f64>>,
    /// Weights of the second phase.
    second: Vec<f64>,
}

impl<'a> Program<'a> {
    fn new(
        set: &'a Reference,
        points: &'a Reference,
        sizes: [usize; 3],
        own: bool,
        options: &SbmOptions,
    ) -> Result<Self, FrontierError> {
        let smallest = |c: &Vec<f64>| c.iter().copied().filter(|x| *x > 0.0).fold(f64::INFINITY, f64::min);
        let second = |c: &Vec<f64>| {
            let (low, high) = c.iter().fold((f64::INFINITY, 0.0_f64), |(l, h), &x| (l.min(x), h.max(x)));
            1.0 / if high > low { high - low } else { high }
        };
        let tenth = options.zero_outputs == ZeroOutputs::Tenth;
        Ok(Self {
            set,
            points,
            sizes,
            own,
            orientation: options.orientation,
            sum: projection::sum_row(options.returns)?,
            tenth: tenth.then(|| set.columns.iter().map(|c| 0.1 * smallest(c)).collect()),
            second: set.columns.iter().map(second).collect(),
        })
    }

    fn input_side(&self) -> bool {
        self.orientation != SlackOrientation::Output
    }

    fn output_side(&self) -> bool {
        self.orientation != SlackOrientation::Input
    }

    /// What the slack of variable `v` is divided by in the score; `None` where its term does not count.
    fn base(&self, k: usize, v: usize) -> Option<f64> {
        let [m, s, _] = self.sizes;
        let value = self.points.columns[v][k];
        if !(if v < m { self.input_side() } else { self.output_side() }) {
            None
        } else if value > 0.0 {
            Some(value)
        } else if (m..m + s).contains(&v) {
            // A tenth is for outputs that could be made; an input or a bad output of 0 cannot shrink.
            self.tenth.as_ref().map(|t| t[v])
        } else {
            None
        }
    }

    /// The size in which the slack of an output is a column: what it is divided by, so that the program
    /// looks the same in all units of measure.
    fn size(&self, k: usize, v: usize) -> f64 {
        self.base(k, v).unwrap_or(1.0 / self.second[v])
    }

    /// Terms that count on the input or the output side.
    fn terms(&self, k: usize, outputs: bool) -> f64 {
        let m = self.sizes[0];
        let side = if outputs { m..self.set.columns.len() } else { 0..m };
        side.filter(|&v| self.base(k, v).is_some()).count() as f64
    }

    fn zeros(&self, evaluated: &Technology<'_>) -> Vec<Cell> {
        let mut cells = Vec::new();
        for (role, variable, column) in evaluated.columns() {
            if if role == Role::Input { self.input_side() } else { self.output_side() } {
                cells.extend(column.iter().enumerate().filter(|(_, x)| **x == 0.0).map(|(unit, _)| Cell {
                    role,
                    variable,
                    unit,
                }));
            }
        }
        cells
    }

    fn sweep(&self, order: &[usize]) -> Result<Vec<Solved>, FrontierError> {
        let mut rows = self.set.columns.clone();
        let classes = self.set.classes.len();
        let sum = self.sum;
        if sum.is_some() {
            rows.push(vec![1.0; classes]);
        }
        let fractional = self.orientation == SlackOrientation::None;
        if fractional {
            rows.push(vec![0.0; classes]);
        }
        let cloud = Cloud::new(rows)?;
        let [m, s, _] = self.sizes;
        let variables = self.set.columns.len();
        let sense = |v: usize| match (v < m, fractional) {
            (true, _) => Sense::AtMost,
            (false, true) => Sense::Equal,
            (false, false) if v < m + s => Sense::AtLeast,
            (false, false) => Sense::AtMost,
        };
        let mut senses: Vec<Sense> = (0..variables).map(sense).chain(sum).collect();
        let all = |k: usize| (0..variables).all(|v| self.base(k, v).is_some());
        let two = !(0..self.points.classes.len()).all(all);
        let objectives = if two { 2 } else { 1 };
        if fractional {
            senses.push(Sense::Equal);
            let family = Family::new(&cloud, senses, vec![false; 1 + variables - m], objectives)?;
            Ok(family.sweep(order, |k, i| self.fill_ratio(k, i), |k, solution| self.read(k, solution)))
        } else {
            let family = Family::new(&cloud, senses, Vec::new(), objectives)?;
            Ok(family.sweep(order, |k, i| self.fill_side(k, i), |k, solution| self.read(k, solution)))
        }
    }

    /// Scores the points without slack against the others: `min (1 + mean(w⁻/x₀)) / (1 − mean(w⁺/y₀))`.
    fn pass(&self, order: &[usize], solved: &mut [Solved]) -> Result<(), FrontierError> {
        let alone = |i: &usize| solved[*i].class == Class::Strong && self.set.classes.units(order[*i]).len() == 1;
        let ahead: Vec<usize> = (0..order.len()).filter(alone).collect();
        let points: Vec<usize> = ahead.iter().map(|&i| order[i]).collect();
        let [m, s, _] = self.sizes;
        let beyond = Beyond::new(self.set, m..m + s, self.sum, 1.0)?;
        // What is 0 cannot be given up, and any of it would be infinitely more.
        let term = |k: usize, v: usize| {
            let size = self.base(k, v).filter(|_| self.points.columns[v][k] > 0.0)?;
            let share = 1.0 / self.terms(k, v >= m);
            Some(if v < m { Term { size, above: share, below: 0.0 } } else { Term { size, above: 0.0, below: share } })
        };
        for (i, reach) in ahead.into_iter().zip(beyond.sweep(&points, term, |_| 1.0)?) {
            let Reach { state, value, interval, sides: (input, below), landing } = reach;
            let parts =
                (if self.input_side() { input } else { f64::NAN }, if self.output_side() { 1.0 / below } else { f64::NAN });
            // Its own weight is what makes it reach itself: without it the score is at least 1.
            let (score, interval) = (value.max(1.0), (interval.0.max(1.0), interval.1.max(1.0)));
            let (score, interval) = if value.is_nan() { (value, (value, value)) } else { (score, interval) };
            let class = if state == State::Infeasible || score > 1.0 + TOLERANCE { Class::Super } else { Class::Strong };
            solved[i] = Solved { state, score, interval, parts, alpha: f64::NAN, class, landing };
        }
        Ok(())
    }

    /// One side: `max mean(slack / value)` with the unit's own values at the right.
    fn fill_side(&self, k: usize, instance: &mut Instance) {
        let variables = self.set.columns.len();
        let terms = self.terms(k, self.orientation == SlackOrientation::Output);
        for v in 0..variables {
            instance.rhs[v] = self.points.columns[v][k];
            let base = self.base(k, v);
            instance.costs[0].slacks[v] = base.map_or(0.0, |by| -1.0 / (terms * by));
            if let Some(second) = instance.costs.get_mut(1) {
                second.slacks[v] = if base.is_some() { 0.0 } else { -self.second[v] };
            }
        }
        if self.sum.is_some() {
            instance.rhs[variables] = 1.0;
        }
    }

    fn fill_ratio(&self, k: usize, instance: &mut Instance) {
        let [m, s, _] = self.sizes;
        let variables = self.set.columns.len();
        let height = instance.rhs.len();
        let (inputs, outputs) = (self.terms(k, false), self.terms(k, true));
        let norm = height - 1;
        instance.rhs[norm] = 1.0;
        instance.extras[norm] = 1.0;
        instance.costs[0].extras[0] = 1.0;
        if self.sum.is_some() {
            instance.extras[variables] = -1.0;
        }
        for v in 0..variables {
            instance.extras[v] = -self.points.columns[v][k];
            let base = self.base(k, v);
            let left_out = if base.is_some() { 0.0 } else { -self.second[v] };
            if v < m {
                instance.costs[0].slacks[v] = base.map_or(0.0, |by| -1.0 / (inputs * by));
                if let Some(second) = instance.costs.get_mut(1) {
                    second.slacks[v] = left_out;
                }
            } else {
                let column = 1 + v - m;
                // Outputs fall short, undesirable ones exceed.
                let size = self.size(k, v);
                instance.extras[column * height + v] = if v < m + s { -size } else { size };
                instance.extras[column * height + norm] = base.map_or(0.0, |_| 1.0 / outputs);
                if let Some(second) = instance.costs.get_mut(1) {
                    second.extras[column] = left_out * size;
                }
            }
        }
    }

    fn read(&self, k: usize, solution: &Solution) -> Solved {
        let nan = f64::NAN;
        let unsolved = |status: Status| Solved {
            state: status.into(),
            score: nan,
            interval: (nan, nan),
            parts: (nan, nan),
            alpha: nan,
            class: Class::None,
            landing: None,
        };
        let extras = if self.orientation == SlackOrientation::None { 1 + self.set.columns.len() - self.sizes[0] } else { 0 };
        let whole = solution.slacks.len().min(solution.duals.len()) >= self.set.columns.len() && solution.extras.len() >= extras;
        let Some(&value) = solution.values.first().filter(|_| whole) else { return unsolved(solution.status) };
        let fractional = self.orientation == SlackOrientation::None;
        let factor = if fractional { solution.extras[0] } else { 1.0 };
        if !(factor > 0.0 && factor.is_finite()) {
            return unsolved(Status::Numerical);
        }
        let score = |x: f64| {
            let score = match self.orientation {
                SlackOrientation::None => x,
                SlackOrientation::Input => 1.0 + x,
                SlackOrientation::Output => 1.0 / (1.0 - x),
            };
            // A unit of the reference reaches itself, so that nothing above 1 is possible.
            if self.own { score.min(1.0) } else { score }
        };
        let m = self.sizes[0];
        let variables = self.set.columns.len();
        let reading = Reading {
            factor,
            slack: &|v| if fractional && v >= m { solution.extras[1 + v - m] * self.size(k, v) } else { solution.slacks[v] },
            price: &|v| solution.duals[v],
            intercept: self.sum.map_or(0.0, |_| solution.duals[variables]),
        };
        let observed = |v: usize| self.points.columns[v][k];
        let landing = Landing::new(self.set, observed, solution, &reading);
        let mean = |outputs: bool| -> f64 {
            let side = if outputs { m..variables } else { 0..m };
            let terms = self.terms(k, outputs);
            let sum: f64 = side.filter_map(|v| self.base(k, v).map(|by| landing.slacks[v] / by)).sum();
            if terms > 0.0 { sum / terms } else { 0.0 }
        };
        let (input, output) = (1.0 - mean(false), 1.0 / (1.0 + mean(true)));
        let parts = (if self.input_side() { input } else { nan }, if self.output_side() { output } else { nan });
        let value = score(value);
        let class = if value < 1.0 - TOLERANCE {
            Class::Inefficient
        } else if landing.slacks.iter().any(|s| *s > 0.0) {
            Class::Weak
        } else {
            Class::Strong
        };
        let interval = (score(solution.interval.0), score(solution.interval.1));
        let given = match self.orientation {
            SlackOrientation::None => input * output,
            SlackOrientation::Input => input,
            SlackOrientation::Output => output,
        };
        let better = self.sizes[0]..self.sizes[0] + self.sizes[1];
        let dominates = landing.dominates(observed, |v| !better.contains(&v));
        let given = if dominates { given } else { f64::NAN };
        let state = projection::state(solution.status, value, given, interval, 1.0 + value.abs());
        Solved { state, score: value, interval, parts, alpha: nan, class, landing: Some(landing) }
    }
}

#[cfg(test)]
#[path = "sbm_tests.rs"]
mod tests;
