#![doc = include_str!("nddf.md")]

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    dea::Class,
    directional::{BadOutputs, Direction, DirectionalError, DirectionalReturns},
    moves::{Abatement, Moved, Moves, Step},
    projection::{self, Points, Projection, column},
    reference::Reference,
    technology::{FrontierError, Missing, Role, State, Technology},
};

/// The method's page.
pub const PAGE: &str = include_str!("nddf.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("nddf.zh.md");

/// What one step of each variable counts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NddfWeights {
    /// Equal by group, then equal within it (Zhou, Ang and Wang 2012): with inputs, outputs and undesirable outputs that
    /// move, each group counts 1/3.
    #[default]
    Groups,
    /// 1 for every variable that moves (the default of Stata `teddf` and `gtfpch`).
    Equal,
    /// Energy and environment (Zhou, Ang and Wang 2012): inputs other than these (positions) stay; energy, outputs and
    /// undesirable outputs count 1/3 each.
    EnergyEnvironment(Vec<usize>),
    /// Weights of your own, one per variable: inputs, outputs, undesirable outputs. 0 keeps a variable as it is.
    Custom(Vec<f64>),
}

/// Options of [`nddf`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NddfOptions {
    /// Direction: `observed`, `inputs`, `outputs`, `mean`, `ones`, `custom` lengths or `columns` of them.
    pub direction: Direction,
    /// Weights: `groups`, `equal`, `energy-environment` or `custom`.
    pub weights: NddfWeights,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`, all without abatement; with weak bads also `vrs-convex` (here
    /// the same as `vrs`), `vrs-shephard` (where no input moves) or `vrs-kuosmanen`.
    pub returns: DirectionalReturns,
    /// Undesirable outputs that do not move: `weak` (equality) or `strong`.
    pub bad_outputs: BadOutputs,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

impl Default for NddfOptions {
    fn default() -> Self {
        Self {
            direction: Direction::default(),
            weights: NddfWeights::default(),
            returns: DirectionalReturns::Crs,
            bad_outputs: BadOutputs::default(),
            missing: Missing::default(),
        }
    }
}

/// Result of [`nddf`]: one value per evaluated unit in each column; matrices are `[variable][unit]` over inputs, outputs,
/// undesirable outputs in this order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Nddf {
    /// State of each unit.
    pub state: Vec<State>,
    /// The distance `Σ wβ`; 0 is on the frontier.
    pub inefficiency: Vec<f64>,
    /// Certified bounds of `inefficiency`.
    pub interval: Vec<(f64, f64)>,
    /// β of each variable, in steps of its direction; 0 where it does not move. One of several solutions where
    /// `projection.unique` is false.
    pub factors: Vec<Vec<f64>>,
    /// Weight of each variable; 0 of one that does not move.
    pub weights: Vec<f64>,
    /// What is left of each input or undesirable output over what becomes of the outputs:
    /// `(1 − βg/x₀) / mean(1 + βg/y₀)`. With own values as direction the energy and carbon performance indices of Zhou, Ang
    /// and Wang (2012). `NaN` for outputs and for variables that do not move.
    pub ratios: Vec<Vec<f64>>,
    /// Mean of what is left of the inputs and undesirable outputs that move, over the mean growth of the outputs that
    /// move: in (0, 1], 1 on the frontier.
    pub performance: Vec<f64>,
    /// Share of activity given up to abate (`vrs-shephard`, `vrs-kuosmanen`); 0 for other technologies.
    pub abatement: Vec<f64>,
    /// Strong: nothing moves and no slack. Weak: distance 0 with slack in a variable that does not move.
    pub class: Vec<Class>,
    /// Slacks (the way from the unit to its target), targets, prices and peers. `inefficiency = v·x − u·y + w·b +
    /// intercept`; prices of undesirable outputs held at their values may be negative.
    pub projection: Projection,
}

/// Non-radial directional distance of every unit against all units with complete data.
///
/// # Errors
/// [`DirectionalError`]: data as for [`crate::sbm::sbm`], a direction that is none, weights that do not fit. An infeasible
/// or uncertified unit is a [`State`], not an error.
pub fn nddf(technology: &Technology<'_>, options: &NddfOptions) -> Result<Nddf, DirectionalError> {
    evaluate(technology, None, options)
}

/// Non-radial directional distance of `evaluated` against another set of units. A unit that the set does not dominate is
/// infeasible: factors are not negative.
///
/// # Errors
/// As [`nddf`], for both sets, and different variables.
pub fn nddf_against(
    evaluated: &Technology<'_>,
    reference: &Technology<'_>,
    options: &NddfOptions,
) -> Result<Nddf, DirectionalError> {
    evaluated.like(reference)?;
    evaluate(evaluated, Some(reference), options)
}

impl NddfWeights {
    /// One weight per variable; `moves` says which have a length.
    pub(crate) fn of(&self, roles: &[Role], moves: &[bool]) -> Result<Vec<f64>, FrontierError> {
        let inputs = roles.iter().filter(|r| **r == Role::Input).count();
        let mut found = Vec::new();
        let counted: Vec<bool> = match self {
            Self::EnergyEnvironment(energy) => {
                let none = energy.iter().filter(|e| **e >= inputs);
                found.extend(none.map(|e| ("weights", format!("energy is input number {e}, but there are {inputs} inputs"))));
                if energy.is_empty() {
                    found.push(("weights", "no input is named as energy".to_owned()));
                }
                (0..roles.len()).map(|v| moves[v] && (v >= inputs || energy.contains(&v))).collect()
            }
            _ => moves.to_vec(),
        };
        let weights: Vec<f64> = match self {
            Self::Custom(given) => {
                if given.len() != roles.len() {
                    found.push(("weights", format!("{} weights for {} variables", given.len(), roles.len())));
                }
                let bad = given.iter().enumerate().filter(|(_, w)| !(w.is_finite() && **w >= 0.0));
                found
                    .extend(bad.map(|(v, w)| ("weights", format!("{w} in place {} is not a finite number of 0 or more", v + 1))));
                (0..roles.len()).map(|v| if counted[v] { given.get(v).copied().unwrap_or(0.0) } else { 0.0 }).collect()
            }
            Self::Equal => counted.iter().map(|c| if *c { 1.0 } else { 0.0 }).collect(),
            Self::Groups | Self::EnergyEnvironment(_) => {
                let members = |role: Role| (0..roles.len()).filter(|&v| counted[v] && roles[v] == role).count() as f64;
                let groups =
                    [Role::Input, Role::Output, Role::BadOutput].into_iter().filter(|r| members(*r) > 0.0).count() as f64;
                (0..roles.len()).map(|v| if counted[v] { 1.0 / (groups * members(roles[v])) } else { 0.0 }).collect()
            }
        };
        if found.is_empty() && weights.iter().all(|w| *w == 0.0) {
            found.push(("weights", "no variable that moves has a weight, so that nothing is measured".to_owned()));
        }
        if found.is_empty() { Ok(weights) } else { Err(FrontierError::Options(found)) }
    }
}

/// The row over the weights and the kind of abatement.
pub(crate) fn technology(
    returns: DirectionalReturns,
    bad_outputs: BadOutputs,
    bads: bool,
) -> Result<(Option<numerics::lp::Sense>, Abatement), DirectionalError> {
    use DirectionalReturns as D;
    use numerics::lp::Sense::{AtLeast, AtMost, Equal};
    let weak = bads && bad_outputs == BadOutputs::Weak;
    match returns {
        D::Crs => Ok((None, Abatement::None)),
        D::Vrs => Ok((Some(Equal), Abatement::None)),
        D::Nirs => Ok((Some(AtMost), Abatement::None)),
        D::Ndrs => Ok((Some(AtLeast), Abatement::None)),
        D::VrsConvex if weak => Ok((Some(Equal), Abatement::None)),
        D::VrsShephard if weak => Ok((Some(Equal), Abatement::Common)),
        D::VrsKuosmanen if weak => Ok((Some(Equal), Abatement::Specific)),
        other => Err(DirectionalError::Returns(other, bad_outputs)),
    }
}

fn evaluate(
    evaluated: &Technology<'_>,
    reference: Option<&Technology<'_>>,
    options: &NddfOptions,
) -> Result<Nddf, DirectionalError> {
    for technology in [Some(evaluated), reference].into_iter().flatten() {
        projection::check(technology, options.missing, false)?;
    }
    let sizes = [evaluated.inputs.len(), evaluated.outputs.len(), evaluated.bad_outputs.len()];
    let [m, s, _] = sizes;
    let spanning = reference.unwrap_or(evaluated);
    let set = Reference::spanning(spanning)?;
    let complete = |t: &Technology<'_>| -> Vec<usize> {
        let complete = t.complete();
        (0..t.len()).filter(|&u| complete[u]).collect()
    };
    let rows = complete(evaluated);
    let steps = options.direction.steps(evaluated, spanning, &complete(spanning))?;
    // Units with equal values and directions have equal solutions.
    let mut columns: Vec<&[f64]> = evaluated.columns().map(|c| c.2).collect();
    let lengths: Vec<Vec<f64>> =
        columns.iter().enumerate().map(|(v, c)| c.iter().enumerate().map(|(u, &x)| steps.length(v, u, x)).collect()).collect();
    if rows.iter().any(|&u| lengths.iter().any(|l| l[u] < 0.0)) {
        let why = "a factor of its own leaves no variable grow against its kind: lengths are 0 or more";
        return Err(FrontierError::Options(vec![("direction", why.to_owned())]).into());
    }
    columns.extend(lengths.iter().map(Vec::as_slice));
    let (classes, values) = crate::classes::Classes::new(&columns, &rows);
    let distinct = Reference { classes, columns: values };
    let roles: Vec<Role> = evaluated.columns().map(|c| c.0).collect();
    let variables = roles.len();
    let moves: Vec<bool> = lengths.iter().map(|l| rows.iter().any(|&u| l[u] > 0.0)).collect();
    let weights = options.weights.of(&roles, &moves)?;
    let weak = options.bad_outputs == BadOutputs::Weak;
    let (sum, abatement) = technology(options.returns, options.bad_outputs, sizes[2] > 0)?;
    if abatement == Abatement::Common && weights[..m].iter().any(|w| *w > 0.0) {
        let why = "one abatement factor for all is linear where no input moves; take the direction `outputs`, or `vrs-kuosmanen`";
        return Err(FrontierError::Options(vec![("direction", why.to_owned())]).into());
    }
    let specific = abatement == Abatement::Specific;
    let spread = specific.then(|| Reference { classes: set.classes.clone(), columns: set.with_idle(m) });
    let program = Moves {
        set: spread.as_ref().unwrap_or(&set),
        points: &distinct,
        better: m..m + s,
        held: (m + s..variables).filter(|&v| weak && weights[v] == 0.0).collect(),
        sum,
        free: false,
        own: reference.is_none(),
        abatement,
    };
    let step = |k: usize, v: usize| {
        let length = distinct.columns[variables + v][k];
        (length > 0.0 && weights[v] > 0.0).then_some(Step { length, weight: weights[v] })
    };
    let points = Points::new(&distinct, evaluated.len());
    let order = points.order();
    let solved = program.sweep(&order, step)?;
    let of: Vec<(usize, Moved)> = order.iter().copied().zip(solved).collect();
    let units = points.units(&order, &of);
    let share = |k: usize, t: &Moved, v: usize| -> Option<f64> {
        let (own, sign) = (distinct.columns[v][k], if roles[v] == Role::Output { 1.0 } else { -1.0 });
        let length = distinct.columns[variables + v][k];
        (weights[v] > 0.0 && own > 0.0).then(|| 1.0 + sign * t.factors[v] * length / own)
    };
    let mean = |k: usize, t: &Moved, outputs: bool| -> f64 {
        let shares: Vec<f64> =
            (0..variables).filter(|&v| (roles[v] == Role::Output) == outputs).filter_map(|v| share(k, t, v)).collect();
        if shares.is_empty() { 1.0 } else { numerics::moments::mean(&shares) }
    };
    let ratio = |(k, t): &(usize, Moved), v: usize| -> f64 {
        let left = share(*k, t, v).filter(|_| roles[v] != Role::Output);
        left.map_or(f64::NAN, |left| left / mean(*k, t, true))
    };
    Ok(Nddf {
        state: column(&units, State::Missing, |t| t.1.state),
        inefficiency: column(&units, f64::NAN, |t| t.1.value),
        interval: column(&units, (f64::NAN, f64::NAN), |t| t.1.interval),
        factors: (0..variables).map(|v| column(&units, f64::NAN, |t| t.1.factors[v])).collect(),
        ratios: (0..variables).map(|v| column(&units, f64::NAN, |t| ratio(t, v))).collect(),
        performance: column(&units, f64::NAN, |(k, t)| mean(*k, t, false) / mean(*k, t, true)),
        abatement: column(&units, f64::NAN, |t| t.1.abatement),
        class: column(&units, Class::None, |t| t.1.class),
        projection: Projection::new(&units, |t| t.1.landing.as_ref(), &set, sizes),
        weights,
    })
}

#[cfg(test)]
#[path = "nddf_tests.rs"]
mod tests;
