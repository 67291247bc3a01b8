#![doc = include_str!("russell.md")]

mod graph;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    dea::{Class, Returns},
    moves::{Abatement, Moved, Moves, Step},
    projection::{self, Points, Projection, column},
    reference::Reference,
    technology::{Cell, FrontierError, Missing, State, Technology},
};

use graph::Graph;

/// The method's page.
pub const PAGE: &str = include_str!("russell.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("russell.zh.md");

/// Whose variables move, each by a factor of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RussellOrientation {
    /// Inputs: the mean of θ.
    #[default]
    Input,
    /// Outputs: one over the mean of φ.
    Output,
    /// Both: the mean of all θ and 1/φ.
    Graph,
}

/// Options of [`russell`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RussellOptions {
    /// Whose variables move: `input`, `output` or `graph` (both).
    pub orientation: RussellOrientation,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    pub returns: Returns,
    /// Preference weights (Zhu 1996), one per variable that moves; equal ones if empty. 0 keeps a variable from being
    /// measured.
    pub weights: Vec<f64>,
    /// Whether no variable may get worse. If not, an input may grow (an output fall) where that pays for others; not with
    /// `graph`.
    pub bounded: bool,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

impl Default for RussellOptions {
    fn default() -> Self {
        Self {
            orientation: RussellOrientation::default(),
            returns: Returns::default(),
            weights: Vec::new(),
            bounded: true,
            missing: Missing::default(),
        }
    }
}

/// Result of [`russell`]: one value per evaluated unit in each column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Russell {
    /// State of each unit.
    pub state: Vec<State>,
    /// Weighted mean of the factors θ (input), one over that of φ (output), or that of θ and 1/φ (graph); in (0, 1] for units
    /// of the reference.
    pub score: Vec<f64>,
    /// `1 / score`: the mean of φ as many programs print it.
    pub reciprocal: Vec<f64>,
    /// Certified bounds of `score`.
    pub interval: Vec<(f64, f64)>,
    /// θ of each input, φ of each output, or both in this order, `[variable][unit]`; 1 where it does not move.
    pub factors: Vec<Vec<f64>>,
    /// Strong: no factor moves and no slack. Weak: score 1 with slack on the other side. Inefficient: score below 1.
    /// Super: beyond a reference that does not contain the unit.
    pub class: Vec<Class>,
    /// Slacks (the way from the unit to its target), targets, prices and peers. Bounded: with
    /// `p = u·y − v·x + intercept` the score is `1 + p` or `1/(1 − p)`; of `graph` they are its slopes (see the page).
    pub projection: Projection,
    /// Zero cells, which have no factor and are not counted.
    pub zeros: Vec<Cell>,
}

/// The Russell measure of every unit against all units with complete data.
///
/// # Errors
/// [`FrontierError`]: no variables, columns of different length, weights that do not fit, or cells that cannot be used,
/// all of them at once. An infeasible or uncertified unit is a [`State`], not an error.
pub fn russell(technology: &Technology<'_>, options: &RussellOptions) -> Result<Russell, FrontierError> {
    evaluate(technology, None, options)
}

/// The Russell measure of `evaluated` against another set of units. A unit that the set does not dominate is
/// infeasible while `bounded`; otherwise its score may exceed 1.
///
/// # Errors
/// As [`russell`], for both sets, and different variables.
pub fn russell_against(
    evaluated: &Technology<'_>,
    reference: &Technology<'_>,
    options: &RussellOptions,
) -> Result<Russell, FrontierError> {
    evaluated.like(reference)?;
    evaluate(evaluated, Some(reference), options)
}

/// Preference weights as shares, or what is wrong with them.
fn shares(weights: &[f64], variables: usize) -> Result<Vec<f64>, FrontierError> {
    if weights.is_empty() {
        return Ok(vec![1.0; variables]);
    }
    let mut found = Vec::new();
    if weights.len() != variables {
        found.push(("weights", format!("{} weights for {variables} variables that move", weights.len())));
    }
    let bad = weights.iter().enumerate().filter(|(_, w)| !(w.is_finite() && **w >= 0.0));
    found.extend(bad.map(|(i, w)| ("weights", format!("{w} in place {} is not a finite number of 0 or more", i + 1))));
    if found.is_empty() && weights.iter().all(|w| *w == 0.0) {
        found.push(("weights", "none is positive, so that nothing is measured".to_owned()));
    }
    if found.is_empty() { Ok(weights.to_vec()) } else { Err(FrontierError::Options(found)) }
}

/// What each variable of a point counts, of all that do.
type Share<'a> = dyn Fn(usize, usize) -> Option<f64> + Sync + 'a;

fn evaluate(
    evaluated: &Technology<'_>,
    reference: Option<&Technology<'_>>,
    options: &RussellOptions,
) -> Result<Russell, FrontierError> {
    for technology in [Some(evaluated), reference].into_iter().flatten() {
        if !technology.bad_outputs.is_empty() {
            return Err(FrontierError::BadOutputs);
        }
        projection::check(technology, options.missing, false)?;
    }
    let (m, s) = (evaluated.inputs.len(), evaluated.outputs.len());
    let (input, graph) = (options.orientation == RussellOrientation::Input, options.orientation == RussellOrientation::Graph);
    let moving = match options.orientation {
        RussellOrientation::Input => 0..m,
        RussellOrientation::Output => m..m + s,
        RussellOrientation::Graph => 0..m + s,
    };
    if graph && !options.bounded {
        let why = "the graph measure is that of factors that make nothing worse".to_owned();
        return Err(FrontierError::Options(vec![("bounded", why)]));
    }
    let weights = shares(&options.weights, moving.len())?;
    let set = Reference::spanning(reference.unwrap_or(evaluated))?;
    let foreign = reference.map(|_| Reference::complete(evaluated));
    let distinct = foreign.as_ref().unwrap_or(&set);
    let points = Points::new(distinct, evaluated.len());
    let order = points.order();
    let program = Moves {
        set: &set,
        points: distinct,
        better: m..m + s,
        held: Vec::new(),
        sum: projection::sum_row(options.returns)?,
        free: !options.bounded,
        own: reference.is_none(),
        abatement: Abatement::None,
    };
    // A zero has no factor: what is left of the weights is shared out again.
    let counts = |k: usize, v: usize| {
        let weight = if moving.contains(&v) { weights[v - moving.start] } else { 0.0 };
        (weight > 0.0 && distinct.columns[v][k] > 0.0).then_some(weight)
    };
    let share = |k: usize, v: usize| {
        let weight = counts(k, v)?;
        let all: f64 = moving.clone().filter_map(|v| counts(k, v)).sum();
        Some(weight / all)
    };
    let solved = if graph {
        let graph = Graph { set: &set, points: distinct, inputs: m, sum: program.sum, own: program.own };
        graph.sweep(&order, &share)?
    } else {
        let step = |k: usize, v: usize| share(k, v).map(|weight| Step { length: distinct.columns[v][k], weight });
        program.sweep(&order, step)?
    };
    let units = points.units(&order, &solved);
    let score = |x: f64| if input { 1.0 - x } else { 1.0 / (1.0 + x) };
    let score_of = |t: &Moved| if graph { t.value } else { score(t.value) };
    // More of the distance is a lower score.
    let interval = |t: &Moved| if graph { t.interval } else { (score(t.interval.1), score(t.interval.0)) };
    let scores = column(&units, f64::NAN, score_of);
    let zero = |(v, (role, variable, c)): (usize, (crate::Role, usize, &[f64]))| -> Vec<Cell> {
        let zeros = c.iter().enumerate().filter(|(_, x)| moving.contains(&v) && **x == 0.0);
        zeros.map(|(unit, _)| Cell { role, variable, unit }).collect()
    };
    let sign = |v: usize| if v < m { -1.0 } else { 1.0 };
    let mut projection = Projection::new(&units, |t| t.landing.as_ref(), &set, [m, s, 0]);
    projection.intercept.iter_mut().for_each(|x| *x = 0.0 - *x);
    Ok(Russell {
        state: column(&units, State::Missing, |t| t.state),
        reciprocal: scores.iter().map(|s| 1.0 / s).collect(),
        score: scores,
        interval: column(&units, (f64::NAN, f64::NAN), interval),
        factors: moving.clone().map(|v| column(&units, f64::NAN, |t| 1.0 + sign(v) * t.factors[v])).collect(),
        class: column(&units, Class::None, |t| t.class),
        projection,
        zeros: evaluated.columns().enumerate().flat_map(zero).collect(),
    })
}

#[cfg(test)]
#[path = "russell_tests.rs"]
mod tests;
