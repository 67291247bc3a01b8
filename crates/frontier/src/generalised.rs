#![doc = include_str!("generalised.md")]

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    curves::Curves,
    dea::{Class, Returns, Slacks},
    directional::BadOutputs,
    observations::{Distance, UNSOLVED},
    projection::{self, Points, Projection, column},
    reference::Reference,
    technology::{FrontierError, Missing, State, Technology},
};

/// The method's page.
pub const PAGE: &str = include_str!("generalised.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("generalised.zh.md");

/// Options of [`generalised`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GeneralisedOptions {
    /// Share of the output side, from 0 to 1: 0 is Farrell's theta, 1 is 1/phi, 0.5 moves both sides by as much.
    pub alpha: f64,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    pub returns: Returns,
    /// Second phase: `range`, `mean` or `sum` of slacks, or `none`.
    pub slacks: Slacks,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

impl Default for GeneralisedOptions {
    fn default() -> Self {
        Self { alpha: 0.5, returns: Returns::default(), slacks: Slacks::Range, missing: Missing::default() }
    }
}

/// Result of [`generalised`]: one value per evaluated unit in each column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Generalised {
    /// State of each unit.
    pub state: Vec<State>,
    /// The distance δ, in (0, 1] for units of the reference.
    pub score: Vec<f64>,
    /// Certified bounds of `score`.
    pub interval: Vec<(f64, f64)>,
    /// Strongly or weakly efficient, or not.
    pub class: Vec<Class>,
    /// Slacks after the move, targets, peers, and the prices of the frontier there: `v·x − u·y + intercept = 0` at
    /// `(δ^(1−α) x₀, y₀/δ^α)`.
    pub projection: Projection,
    /// Tangents that were needed.
    pub tangents: Vec<usize>,
}

/// The generalised distance function of every unit against all units with complete data.
///
/// # Errors
/// [`FrontierError`]: as for [`crate::dea::dea`], and a share outside 0 to 1. An infeasible or uncertified unit is a
/// [`State`], not an error.
pub fn generalised(technology: &Technology<'_>, options: &GeneralisedOptions) -> Result<Generalised, FrontierError> {
    evaluate(technology, None, options)
}

/// The generalised distance function of `evaluated` against another set of units with the same variables; above 1 for
/// units beyond that set.
///
/// # Errors
/// As [`generalised`], for both sets, and different variables.
pub fn generalised_against(
    evaluated: &Technology<'_>,
    reference: &Technology<'_>,
    options: &GeneralisedOptions,
) -> Result<Generalised, FrontierError> {
    evaluated.like(reference)?;
    evaluate(evaluated, Some(reference), options)
}

fn evaluate(
    evaluated: &Technology<'_>,
    reference: Option<&Technology<'_>>,
    options: &GeneralisedOptions,
) -> Result<Generalised, FrontierError> {
    for technology in [Some(evaluated), reference].into_iter().flatten() {
        technology.check(options.missing, false)?;
    }
    if !(0.0..=1.0).contains(&options.alpha) {
        let why = format!("{} is not a share from 0 to 1", options.alpha);
        return Err(FrontierError::Options(vec![("alpha", why)]));
    }
    projection::sum_row(options.returns)?;
    let set = Reference::spanning(reference.unwrap_or(evaluated))?;
    let foreign = reference.map(|_| Reference::complete(evaluated));
    let distinct = foreign.as_ref().unwrap_or(&set);
    let points = Points::new(distinct, evaluated.len());
    let (m, s) = (evaluated.inputs.len(), evaluated.outputs.len());
    let curves = Curves {
        set: &set,
        points: distinct,
        sizes: [m, s, 0],
        inputs: 1.0 - options.alpha,
        outputs: 0.0 - options.alpha,
        bad_outputs: 0.0,
        disposability: BadOutputs::Strong,
        returns: options.returns,
        slacks: options.slacks,
        own: reference.is_none(),
    };
    let solved = curves.solve(evaluated)?;
    let order: Vec<usize> = (0..solved.len()).collect();
    let units = points.units(&order, &solved);
    let distance = |get: fn(&Distance) -> f64| column(&units, f64::NAN, move |t| get(&t.place.distance));
    Ok(Generalised {
        state: column(&units, State::Missing, |t| t.place.distance.state),
        score: distance(|d| d.value),
        interval: column(&units, UNSOLVED.interval, |t| t.place.distance.interval),
        class: column(&units, Class::None, |t| t.class),
        projection: Projection::new(&units, |t| t.landing.as_ref(), &set, [m, s, 0]),
        tangents: column(&units, 0, |t| t.place.tangents),
    })
}

#[cfg(test)]
#[path = "generalised_tests.rs"]
mod tests;
