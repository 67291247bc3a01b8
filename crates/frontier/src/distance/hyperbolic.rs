//! The hyperbolic distance: inputs shrink and outputs grow by the same factor.

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

/// Options of [`hyperbolic`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HyperbolicOptions {
    /// Whether inputs stay as they are. Without undesirable outputs θ is then 1/phi.
    pub fixed_inputs: bool,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    pub returns: Returns,
    /// Undesirable outputs: `weak` (equality) or `strong`. Without any it does not matter.
    pub bad_outputs: BadOutputs,
    /// Second phase: `range`, `mean` or `sum` of slacks, or `none`.
    pub slacks: Slacks,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

impl Default for HyperbolicOptions {
    fn default() -> Self {
        Self {
            fixed_inputs: false,
            returns: Returns::default(),
            bad_outputs: BadOutputs::default(),
            slacks: Slacks::Range,
            missing: Missing::default(),
        }
    }
}

/// Result of [`hyperbolic`]: one value per evaluated unit in each column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Hyperbolic {
    /// State of each unit.
    pub state: Vec<State>,
    /// The factor θ, in (0, 1] for units of the reference.
    pub score: Vec<f64>,
    /// Certified bounds of `score`.
    pub interval: Vec<(f64, f64)>,
    /// Strongly or weakly efficient, or not.
    pub class: Vec<Class>,
    /// Slacks after the move, targets, peers, and the prices of the frontier there: `v·x − u·y + w·b + intercept = 0` at
    /// `(θx₀, y₀/θ, θb₀)`. The price of a weakly disposable output may be negative.
    pub projection: Projection,
    /// Tangents that were needed.
    pub tangents: Vec<usize>,
}

/// The hyperbolic distance of every unit against all units with complete data.
///
/// # Errors
/// [`FrontierError`]: as for [`crate::dea::dea`], and returns to scale that the model does not have. An infeasible or
/// uncertified unit is a [`State`], not an error.
pub fn hyperbolic(technology: &Technology<'_>, options: &HyperbolicOptions) -> Result<Hyperbolic, FrontierError> {
    evaluate(technology, None, options)
}

/// The hyperbolic distance of `evaluated` against another set of units with the same variables; above 1 for units beyond
/// that set, infeasible where weakly disposable outputs keep the curve from it.
///
/// # Errors
/// As [`hyperbolic`], for both sets, and different variables.
pub fn hyperbolic_against(
    evaluated: &Technology<'_>,
    reference: &Technology<'_>,
    options: &HyperbolicOptions,
) -> Result<Hyperbolic, FrontierError> {
    evaluated.like(reference)?;
    evaluate(evaluated, Some(reference), options)
}

fn evaluate(
    evaluated: &Technology<'_>,
    reference: Option<&Technology<'_>>,
    options: &HyperbolicOptions,
) -> Result<Hyperbolic, FrontierError> {
    for technology in [Some(evaluated), reference].into_iter().flatten() {
        projection::check(technology, options.missing, false)?;
    }
    projection::sum_row(options.returns)?;
    let set = Reference::spanning(reference.unwrap_or(evaluated))?;
    let foreign = reference.map(|_| Reference::complete(evaluated));
    let distinct = foreign.as_ref().unwrap_or(&set);
    let points = Points::new(distinct, evaluated.len());
    let sizes = [evaluated.inputs.len(), evaluated.outputs.len(), evaluated.bad_outputs.len()];
    let curves = Curves {
        set: &set,
        points: distinct,
        sizes,
        inputs: if options.fixed_inputs { 0.0 } else { 1.0 },
        outputs: -1.0,
        bad_outputs: if sizes[2] > 0 { 1.0 } else { 0.0 },
        disposability: options.bad_outputs,
        returns: options.returns,
        slacks: options.slacks,
        own: reference.is_none(),
    };
    let solved = curves.solve(evaluated)?;
    let order: Vec<usize> = (0..solved.len()).collect();
    let units = points.units(&order, &solved);
    let distance = |get: fn(&Distance) -> f64| column(&units, f64::NAN, move |t| get(&t.place.distance));
    Ok(Hyperbolic {
        state: column(&units, State::Missing, |t| t.place.distance.state),
        score: distance(|d| d.value),
        interval: column(&units, UNSOLVED.interval, |t| t.place.distance.interval),
        class: column(&units, Class::None, |t| t.class),
        projection: Projection::new(&units, |t| t.landing.as_ref(), &set, sizes),
        tangents: column(&units, 0, |t| t.place.tangents),
    })
}
