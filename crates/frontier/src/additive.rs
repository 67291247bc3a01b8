#![doc = include_str!("additive.md")]

use numerics::lp::{Cloud, Family, Instance, Sense, Solution};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    beyond::{Beyond, Reach, Term},
    dea::{Class, Returns},
    projection::{self, Landing, Points, Projection, Reading, SlackOrientation, column},
    reference::Reference,
    technology::{Cell, FrontierError, Missing, State, Technology},
};

/// The method's page.
pub const PAGE: &str = include_str!("additive.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("additive.zh.md");

/// What one unit of slack weighs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Weights {
    /// 1 (Charnes, Cooper, Golany, Seiford and Stutz 1985). The value depends on the units of measure.
    Sum,
    /// Measure of inefficiency proportions: 1 over the unit's own value; 0 where that value is 0.
    Mip,
    /// Range adjusted measure (Cooper, Park and Pastor 1999): 1 over the range of the variable in the
    /// reference, over the number of variables.
    #[default]
    Ram,
    /// Bounded adjusted measure (Cooper, Pastor, Borras, Aparicio and Pastor 2011): 1 over the distance
    /// to the best value in the reference, over the number of variables; 0 where there is none.
    Bam,
    /// Normalised (Lovell and Pastor 1995): 1 over the standard deviation (n - 1) in the reference.
    Normalised,
    /// Weights of your own, one per variable, in the order of the variables.
    Custom {
        /// Weights of the inputs.
        inputs: Vec<f64>,
        /// Weights of the outputs.
        outputs: Vec<f64>,
    },
}

/// Options of [`additive`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AdditiveOptions {
    /// What one unit of slack weighs: `sum`, `mip`, `ram`, `bam`, `normalised` or `custom`.
    pub weights: Weights,
    /// Whose slacks count: `none` (both sides), `input` or `output`.
    pub orientation: SlackOrientation,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    pub returns: Returns,
    /// Whether units without slack are measured against the others only (Du, Liang and Zhu 2010); not with `bam`. A unit
    /// with the same values as another stays in its reference.
    pub super_efficiency: bool,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

/// Result of [`additive`]: one value per evaluated unit in each column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Additive {
    /// State of each unit.
    pub state: Vec<State>,
    /// The largest weighted sum of slacks; 0 is efficient. With super-efficiency negative for units beyond the others:
    /// the least weighted sum that has to be given up to reach them.
    pub inefficiency: Vec<f64>,
    /// Certified bounds of `inefficiency`.
    pub interval: Vec<(f64, f64)>,
    /// Weighted sum of the unit's own values, signs dropped: `inefficiency` is a difference of sums of this
    /// size, which bounds its digits where the weights keep units of measure (`sum`, `custom`).
    pub magnitude: Vec<f64>,
    /// `1 - inefficiency` for RAM and BAM, in [0, 1] under variable returns; RAM may fall below 0 under
    /// others. `None` for the weights whose sum has no such scale.
    pub efficiency: Option<Vec<f64>>,
    /// Super-efficiency score of Du, Liang and Zhu (2010), with super-efficiency: mean of the targets' shares of the
    /// unit's inputs over that of its outputs, zeros left out. Above 1 beyond the others. Where several targets share
    /// the optimum, that of the one chosen. `None` where a value is negative.
    pub ratio: Option<Vec<f64>>,
    /// Strong: no slack. Weak: slack only in variables that do not count. Inefficient: slack that counts. Super: beyond
    /// what the others reach, with super-efficiency.
    pub class: Vec<Class>,
    /// Slacks (negative where given up), targets, prices and peers. `inefficiency = v·x − u·y + intercept`.
    pub projection: Projection,
    /// Cells whose slack does not count because of their value: zeros under MIP.
    pub dropped: Vec<Cell>,
}

struct Solved {
    state: State,
    value: f64,
    interval: (f64, f64),
    magnitude: f64,
    ratio: f64,
    class: Class,
    landing: Option<Landing>,
}

/// The additive model of every unit against all units with complete data.
///
/// # Errors
/// [`FrontierError`]: no variables, columns of different length, weights that do not fit, or cells that
/// cannot be used, all of them at once. Negative values are taken under variable returns by every
/// weight but MIP. An infeasible or uncertified unit is a [`State`], not an error.
pub fn additive(technology: &Technology<'_>, options: &AdditiveOptions) -> Result<Additive, FrontierError> {
    evaluate(technology, None, options)
}

/// The additive model of `evaluated` against another set of units; weights come from that set. A unit
/// that the set does not dominate is infeasible.
///
/// # Errors
/// As [`additive`], for both sets, and different variables. Super-efficiency is refused: no unit is in its own
/// reference.
pub fn additive_against(
    evaluated: &Technology<'_>,
    reference: &Technology<'_>,
    options: &AdditiveOptions,
) -> Result<Additive, FrontierError> {
    evaluated.like(reference)?;
    if options.super_efficiency {
        return Err(projection::nothing_to_leave_out());
    }
    evaluate(evaluated, Some(reference), options)
}

fn evaluate(
    evaluated: &Technology<'_>,
    reference: Option<&Technology<'_>>,
    options: &AdditiveOptions,
) -> Result<Additive, FrontierError> {
    // What counts under a convex technology are differences: a shift of a variable cancels out.
    let any_sign = options.returns == Returns::Vrs && options.weights != Weights::Mip;
    for technology in [Some(evaluated), reference].into_iter().flatten() {
        if !technology.bad_outputs.is_empty() {
            return Err(FrontierError::BadOutputs);
        }
        projection::check(technology, options.missing, any_sign)?;
    }
    let (m, s) = (evaluated.inputs.len(), evaluated.outputs.len());
    options.weights.check(m, s)?;
    if options.super_efficiency && options.weights == Weights::Bam {
        let why = "`bam` has no weight for the best value of a variable, so that giving it up would cost nothing";
        return Err(FrontierError::Options(vec![("super_efficiency", why.to_owned())]));
    }
    let set = Reference::spanning(reference.unwrap_or(evaluated))?;
    let foreign = reference.map(|_| Reference::complete(evaluated));
    let distinct = foreign.as_ref().unwrap_or(&set);
    let scheme = Scheme::new(&set, options, m);
    let points = Points::new(distinct, evaluated.len());
    let order = points.order();
    let program = Program { set: &set, scheme: &scheme, points: distinct, own: reference.is_none() };
    let mut solved = program.sweep(&order, options)?;
    if options.super_efficiency {
        program.pass(&order, &mut solved, options)?;
    }
    let sizes = [m, s, 0];
    let units = points.units(&order, &solved);
    let nan = (f64::NAN, f64::NAN);
    let inefficiency = column(&units, f64::NAN, |t| t.value);
    let scaled = matches!(options.weights, Weights::Ram | Weights::Bam);
    Ok(Additive {
        state: column(&units, State::Missing, |t| t.state),
        efficiency: scaled.then(|| inefficiency.iter().map(|v| 1.0 - v).collect()),
        interval: column(&units, nan, |t| t.interval),
        magnitude: column(&units, f64::NAN, |t| t.magnitude),
        ratio: (options.super_efficiency && set.columns.iter().flatten().all(|x| *x >= 0.0))
            .then(|| column(&units, f64::NAN, |t| t.ratio)),
        class: column(&units, Class::None, |t| t.class),
        projection: Projection::new(&units, |t| t.landing.as_ref(), &set, sizes),
        dropped: scheme.dropped(evaluated),
        inefficiency,
    })
}

impl Weights {
    pub(crate) fn check(&self, m: usize, s: usize) -> Result<(), FrontierError> {
        let Self::Custom { inputs, outputs } = self else { return Ok(()) };
        let mut found = Vec::new();
        for (what, list, expected) in [("inputs", inputs, m), ("outputs", outputs, s)] {
            if list.len() != expected {
                found.push(("weights", format!("{} weights for {expected} {what}", list.len())));
            }
            let bad = list.iter().enumerate().filter(|(_, w)| !(w.is_finite() && **w >= 0.0));
            let why = |v: usize, w: f64| format!("{w} for place {} of the {what} is not a finite number of 0 or more", v + 1);
            found.extend(bad.map(|(v, w)| ("weights", why(v, *w))));
        }
        if found.is_empty() && inputs.iter().chain(outputs).all(|w| *w == 0.0) {
            found.push(("weights", "none is positive, so that nothing is measured".to_owned()));
        }
        if found.is_empty() { Ok(()) } else { Err(FrontierError::Options(found)) }
    }
}

/// Weights made for a reference set.
pub(crate) struct Scheme {
    weights: Weights,
    inputs: usize,
    counted: std::ops::Range<usize>,
    low: Vec<f64>,
    high: Vec<f64>,
    /// Weights that are the same for all units.
    fixed: Vec<f64>,
    /// Weights of the second phase.
    second: Vec<f64>,
}

impl Scheme {
    pub(crate) fn new(set: &Reference, options: &AdditiveOptions, m: usize) -> Self {
        let variables = set.columns.len();
        let counted = match options.orientation {
            SlackOrientation::None => 0..variables,
            SlackOrientation::Input => 0..m,
            SlackOrientation::Output => m..variables,
        };
        let extreme = |start: f64, pick: fn(f64, f64) -> f64| -> Vec<f64> {
            set.columns.iter().map(|c| c.iter().copied().fold(start, pick)).collect()
        };
        let (low, high) = (extreme(f64::INFINITY, f64::min), extreme(f64::NEG_INFINITY, f64::max));
        let inverse = |x: f64| if x > 0.0 { 1.0 / x } else { 0.0 };
        let number = counted.len() as f64;
        let fixed = (0..variables)
            .map(|v| match &options.weights {
                Weights::Ram => inverse(number * (high[v] - low[v])),
                Weights::Normalised => inverse(deviation(set, v)),
                Weights::Custom { inputs, outputs } => {
                    if v < m {
                        inputs[v]
                    } else {
                        outputs[v - m]
                    }
                }
                _ => 1.0,
            })
            .collect();
        let second = (0..variables)
            .map(|v| if high[v] > low[v] { high[v] - low[v] } else { high[v].abs() })
            .map(|by| if by > 0.0 { 1.0 / by } else { 1.0 })
            .collect();
        Self { weights: options.weights.clone(), inputs: m, counted, low, high, fixed, second }
    }

    /// Weight of the slack of variable `v` for a unit with this value.
    pub(crate) fn of(&self, v: usize, value: f64) -> f64 {
        if !self.counted.contains(&v) {
            return 0.0;
        }
        let by = match self.weights {
            Weights::Mip => value,
            Weights::Bam if v < self.inputs => self.counted.len() as f64 * (value - self.low[v]),
            Weights::Bam => self.counted.len() as f64 * (self.high[v] - value),
            _ => return self.fixed[v],
        };
        if by > 0.0 { 1.0 / by } else { 0.0 }
    }

    /// Weight of a slack that does not count: one over the range.
    pub(crate) fn second(&self, v: usize) -> f64 {
        self.second[v]
    }

    fn dropped(&self, evaluated: &Technology<'_>) -> Vec<Cell> {
        if self.weights != Weights::Mip {
            return Vec::new();
        }
        let mut cells = Vec::new();
        for (v, (role, variable, column)) in evaluated.columns().enumerate() {
            if self.counted.contains(&v) {
                cells.extend(column.iter().enumerate().filter(|(_, x)| **x == 0.0).map(|(unit, _)| Cell {
                    role,
                    variable,
                    unit,
                }));
            }
        }
        cells
    }
}

/// Standard deviation (n - 1) over the units of a reference, in the order of its values.
fn deviation(set: &Reference, v: usize) -> f64 {
    let values = || set.columns[v].iter().enumerate().map(|(k, &x)| (x, set.classes.units(k).len() as f64));
    let n: f64 = values().map(|(_, k)| k).sum();
    let mean = values().map(|(x, k)| k * x).sum::<f64>() / n;
    (values().map(|(x, k)| k * (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0)).sqrt()
}

/// Programs `max Σ w s` with `Σλx + s⁻ = x₀`, `Σλy − s⁺ = y₀`, posed as `min −Σ w s`.
struct Program<'a> {
    set: &'a Reference,
    scheme: &'a Scheme,
    points: &'a Reference,
    own: bool,
}

impl Program<'_> {
    fn sweep(&self, order: &[usize], options: &AdditiveOptions) -> Result<Vec<Solved>, FrontierError> {
        let (m, variables) = (self.scheme.inputs, self.set.columns.len());
        let sense = |v: usize| if v < m { Sense::AtMost } else { Sense::AtLeast };
        let mut rows = self.set.columns.clone();
        let mut senses: Vec<Sense> = (0..variables).map(sense).collect();
        // BAM outside variable returns: no target beyond the best values seen, or slacks would exceed
        // the ranges they are measured by.
        let bounded = options.weights == Weights::Bam && options.returns != Returns::Vrs;
        if bounded {
            rows.extend(self.set.columns.iter().cloned());
            senses.extend((0..variables).map(|v| if v < m { Sense::AtLeast } else { Sense::AtMost }));
        }
        let bounds = variables..rows.len();
        let sum = projection::sum_row(options.returns)?;
        if let Some(sense) = sum {
            rows.push(vec![1.0; self.set.classes.len()]);
            senses.push(sense);
        }
        let cloud = Cloud::new(rows)?;
        // A second phase where a variable does not count for some point.
        let counts = |v: usize| self.points.columns[v].iter().all(|x| self.scheme.of(v, *x) > 0.0);
        let two = !(0..variables).all(counts);
        let family = Family::new(&cloud, senses, Vec::new(), if two { 2 } else { 1 })?;
        let fill = |k: usize, instance: &mut Instance| {
            for v in 0..variables {
                let x = self.points.columns[v][k];
                let w = self.scheme.of(v, x);
                instance.rhs[v] = x;
                instance.costs[0].slacks[v] = -w;
                if two {
                    instance.costs[1].slacks[v] = if w > 0.0 { 0.0 } else { -self.scheme.second[v] };
                }
            }
            for row in bounds.clone() {
                let v = row - variables;
                instance.rhs[row] = if v < m { self.scheme.low[v] } else { self.scheme.high[v] };
            }
            if sum.is_some() {
                instance.rhs[bounds.end] = 1.0;
            }
        };
        let beyond = |solution: &Solution| -> f64 {
            let bound = |row: usize| {
                if row - variables < m { self.scheme.low[row - variables] } else { self.scheme.high[row - variables] }
            };
            let held: f64 = bounds.clone().map(|row| solution.duals[row] * bound(row)).sum();
            0.0 - held - sum.map_or(0.0, |_| solution.duals[bounds.end])
        };
        Ok(family.sweep(order, fill, |k, solution| self.read(k, solution, &beyond)))
    }

    /// Measures the points without slack against the others: `min Σ w t` with `Σλx ≤ x₀ + t⁻`, `Σλy ≥ y₀ − t⁺`.
    fn pass(&self, order: &[usize], solved: &mut [Solved], options: &AdditiveOptions) -> Result<(), FrontierError> {
        let alone = |i: &usize| solved[*i].class == Class::Strong && self.set.classes.units(order[*i]).len() == 1;
        let ahead: Vec<usize> = (0..order.len()).filter(alone).collect();
        let points: Vec<usize> = ahead.iter().map(|&i| order[i]).collect();
        let (m, variables) = (self.scheme.inputs, self.set.columns.len());
        let beyond = Beyond::new(self.set, m..variables, projection::sum_row(options.returns)?, 0.0)?;
        // A variable that does not count is not given up either.
        let term = |k: usize, v: usize| {
            let (weight, size) = (self.scheme.of(v, self.set.columns[v][k]), 1.0 / self.scheme.second[v]);
            (weight > 0.0).then_some(Term { size, above: weight * size, below: 0.0 })
        };
        let magnitudes: Vec<f64> = points.iter().zip(&ahead).map(|(_, &i)| solved[i].magnitude).collect();
        let mut size = vec![0.0; self.set.classes.len()];
        points.iter().zip(&magnitudes).for_each(|(&k, x)| size[k] = *x);
        for (i, reach) in ahead.into_iter().zip(beyond.sweep(&points, term, |k| size[k])?) {
            let Reach { state, value, interval: (low, high), mut landing, .. } = reach;
            landing.iter_mut().for_each(|l| l.intercept = 0.0 - l.intercept);
            let turn = |x: f64| if x.is_nan() { x } else { (0.0 - x).min(0.0) };
            let beyond = landing.as_ref().is_some_and(|l| l.slacks.iter().any(|s| *s < 0.0));
            solved[i] = Solved {
                state,
                value: turn(value),
                interval: (turn(high), turn(low)),
                ratio: Some(self.ratio(order[i], landing.as_ref())).filter(|r| r.is_finite()).unwrap_or(f64::NAN),
                class: if beyond || state == State::Infeasible { Class::Super } else { Class::Strong },
                landing,
                ..solved[i]
            };
        }
        Ok(())
    }

    fn ratio(&self, k: usize, landing: Option<&Landing>) -> f64 {
        let Some(landing) = landing else { return f64::NAN };
        let mean = |variables: std::ops::Range<usize>| {
            let shares: Vec<f64> = variables
                .map(|v| (landing.targets[v], self.points.columns[v][k]))
                .filter(|p| p.1 > 0.0)
                .map(|p| p.0 / p.1)
                .collect();
            numerics::moments::mean(&shares)
        };
        mean(0..self.scheme.inputs) / mean(self.scheme.inputs..self.points.columns.len())
    }

    fn read(&self, k: usize, solution: &Solution, intercept: &dyn Fn(&Solution) -> f64) -> Solved {
        let observed = |v: usize| self.points.columns[v][k];
        let magnitude = (0..self.points.columns.len()).map(|v| self.scheme.of(v, observed(v)) * observed(v).abs()).sum();
        let whole = solution.slacks.len().min(solution.duals.len()) >= self.points.columns.len();
        let Some(&value) = solution.values.first().filter(|_| whole) else {
            let nan = f64::NAN;
            let state = solution.status.into();
            return Solved { state, value: nan, interval: (nan, nan), magnitude, ratio: nan, class: Class::None, landing: None };
        };
        // A unit of the reference reaches itself, so that nothing below 0 is possible.
        let turn = |x: f64| if self.own { (0.0 - x).max(0.0) } else { 0.0 - x };
        let reading = Reading {
            factor: 1.0,
            slack: &|v| solution.slacks[v],
            price: &|v| solution.duals[v],
            intercept: intercept(solution),
        };
        let landing = Landing::new(self.set, observed, solution, &reading);
        let slack = |counting: bool| {
            let left = |(v, s): (usize, &f64)| *s > 0.0 && (self.scheme.of(v, observed(v)) > 0.0) == counting;
            landing.slacks.iter().enumerate().any(left)
        };
        let class = match (slack(true), slack(false)) {
            (true, _) => Class::Inefficient,
            (false, true) => Class::Weak,
            (false, false) => Class::Strong,
        };
        let interval = (turn(solution.interval.1), turn(solution.interval.0));
        let value = turn(value);
        let dominates = landing.dominates(observed, |v| v < self.scheme.inputs);
        let given = landing.slacks.iter().enumerate().map(|(v, s)| self.scheme.of(v, observed(v)) * s).sum();
        let state = projection::state(
            solution.status,
            value,
            if dominates { given } else { f64::NAN },
            interval,
            (1.0 + value.abs()).max(magnitude),
        );
        let ratio = self.ratio(k, Some(&landing));
        // A target whose outputs vanish beside the unit's has no ratio.
        let (state, ratio) = if ratio.is_infinite() { (State::Numerical, f64::NAN) } else { (state, ratio) };
        Solved { state, value, interval, magnitude, ratio, class, landing: Some(landing) }
    }
}

#[cfg(test)]
#[path = "additive_tests.rs"]
mod tests;
