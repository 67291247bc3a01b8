#![doc = include_str!("directional.md")]

use numerics::lp::Solution;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::direction::{Direction, DirectionDefect, DirectionalError};
use crate::{
    dea::{Class, Slacks, TOLERANCE, slack_weights},
    direction::Steps,
    ideal::Ideal,
    projection,
    rays::{Measured, Rays, Side, Then, one_sided},
    reference::Reference,
    technology::{FrontierError, Missing, Role, State, Technology},
};

/// The method's page.
pub const PAGE: &str = include_str!("directional.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("directional.zh.md");

/// Values below this share of the variable's largest are zero to the rule for slacks.
const SPECK: f64 = 1e-3;

/// Shephard factors below this are what rounding makes of zero.
const NOTHING: f64 = 1e-12;

/// How undesirable outputs can be disposed of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BadOutputs {
    /// Weakly: `Σλb = b₀ − βg_b`; less of them costs good output.
    #[default]
    Weak,
    /// Strongly: `Σλb ≤ b₀ − βg_b`, as if they were inputs.
    Strong,
}

/// Returns to scale of a directional technology.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DirectionalReturns {
    /// Constant returns: any sum of weights.
    #[default]
    Crs,
    /// Variable returns: the sum is 1. Without bads, or with strongly disposable ones.
    Vrs,
    /// Non-increasing returns: the sum is at most 1. As `vrs`.
    Nirs,
    /// Non-decreasing returns: the sum is at least 1. As `vrs`.
    Ndrs,
    /// Bads with equality and the sum of weights 1: convex combinations alone, without abatement; see
    /// [`crate::malmquist_luenberger::WeakReturns`].
    VrsConvex,
    /// Weakly disposable bads with one abatement factor for all (Shephard 1970; Färe and Grosskopf 2003): inputs or
    /// outputs move, not both.
    VrsShephard,
    /// Weakly disposable bads with activity-specific abatement (Kuosmanen 2005).
    VrsKuosmanen,
}

/// Options of [`directional`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DirectionalOptions {
    /// Direction: `observed`, `inputs`, `outputs`, `mean`, `ones`, `range`, `potential`, `custom` lengths or `columns` of
    /// them.
    pub direction: Direction,
    /// Returns to scale: `crs`; `vrs`, `nirs`, `ndrs`; with weak bads `vrs-convex`, `vrs-shephard` or `vrs-kuosmanen`.
    pub returns: DirectionalReturns,
    /// Undesirable outputs: `weak` (equality) or `strong`. Without any it does not matter.
    pub bad_outputs: BadOutputs,
    /// Whether a unit's own values leave its reference (Ray 2008); β may then be negative.
    pub exclude_own: bool,
    /// Second phase: `range`, `mean` or `sum` of slacks, or `none`.
    pub slacks: Slacks,
    /// Output (position) in which shadow prices of bads are expressed.
    pub numeraire: usize,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

impl Default for DirectionalOptions {
    fn default() -> Self {
        Self {
            direction: Direction::default(),
            returns: DirectionalReturns::default(),
            bad_outputs: BadOutputs::default(),
            exclude_own: false,
            slacks: Slacks::Range,
            numeraire: 0,
            missing: Missing::default(),
        }
    }
}

/// A point of reference of a unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Peer {
    /// Rows of the reference with exactly these values, first first; usually one.
    pub units: Vec<usize>,
    /// Weight of the class.
    pub weight: f64,
}

/// Result of [`directional`]: one value per evaluated unit in each column; matrices are `[variable][unit]` over
/// inputs, outputs, undesirable outputs in this order, in the units of measure of the variable.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Directional {
    /// State of each unit.
    pub state: Vec<State>,
    /// Distance β: steps of the direction to the frontier. 0 on it, negative beyond it.
    pub beta: Vec<f64>,
    /// Certified bounds of `beta`, at most 1e-8 of `size` apart where optimal.
    pub interval: Vec<(f64, f64)>,
    /// Steps that change the variable moved first by its own value, about (1 where directions are observed values), and
    /// |β| with them: β itself carries the units of measure of its direction.
    pub size: Vec<f64>,
    /// Strongly or weakly efficient, or not.
    pub class: Vec<Class>,
    /// Length of a step of each variable for `range` and `potential`; empty for others.
    pub lengths: Vec<Vec<f64>>,
    /// Variables whose rows no weights meet together, for infeasible units: the proof of infeasibility.
    pub unreached: Vec<Vec<(Role, usize)>>,
    /// Slacks after the directional move; 0 for weakly disposable bads.
    pub slacks: Vec<Vec<f64>>,
    /// Values of the projection.
    pub targets: Vec<Vec<f64>>,
    /// Shadow prices of the supporting hyperplane, normalised so that one step is worth 1 (`Σ p g = 1`). Inputs and outputs: at least 0.
    /// Bads: positive where less of them costs output. One of several where the unit is a vertex.
    pub prices: Vec<Vec<f64>>,
    /// Shadow price of each undesirable output in units of the good named by `numeraire` (`p_b / p_y`): the good output
    /// lost by the last unit abated. `[bad][unit]`; `NaN` where that good has the price 0.
    pub bad_prices: Vec<Vec<f64>>,
    /// Intercept of the supporting hyperplane: `β = p_x x − p_y y + p_b b + intercept`.
    pub intercept: Vec<f64>,
    /// Peers with weights, in order of the first unit of the class.
    pub peers: Vec<Vec<Peer>>,
    /// Peers that stand idle (`vrs-kuosmanen`): they use inputs and produce nothing.
    pub idle: Vec<Vec<Peer>>,
    /// Sum of the weights, idle ones included.
    pub weight_sum: Vec<f64>,
    /// Share of activity given up to abate: `1 − θ` of Shephard's factor, the weight of idle peers of Kuosmanen's; 0
    /// for other technologies.
    pub abatement: Vec<f64>,
    /// Whether peers and slacks are certainly the only optimal ones.
    pub unique: Vec<bool>,
}

/// Directional distance of every unit against all units with complete data.
///
/// `technology` has one row per unit; results keep that order. Undesirable outputs are optional.
///
/// # Errors
/// [`DirectionalError`]: data as for [`crate::dea::dea`], a direction that is none, returns to scale that do not go
/// with the undesirable outputs. An infeasible or uncertified unit is a [`State`], not an error.
pub fn directional(technology: &Technology<'_>, options: &DirectionalOptions) -> Result<Directional, DirectionalError> {
    evaluate(technology, technology, options, true)
}

/// Directional distance of `evaluated` against another set of units with the same variables; β is negative for
/// units beyond that set and may be infeasible. `exclude_own` has no meaning here.
///
/// # Errors
/// As [`directional`], for both sets, and different variables.
pub fn directional_against(
    evaluated: &Technology<'_>,
    reference: &Technology<'_>,
    options: &DirectionalOptions,
) -> Result<Directional, DirectionalError> {
    evaluated.like(reference)?;
    projection::check(evaluated, options.missing, options.any_sign())?;
    evaluate(evaluated, reference, options, false)
}

impl DirectionalOptions {
    /// Whether a shift of a variable cancels out: distances along differences under a convex technology.
    fn any_sign(&self) -> bool {
        self.returns == DirectionalReturns::Vrs && self.direction.of_differences()
    }
}

/// Whether returns to scale go with the undesirable outputs.
pub(crate) fn fits(returns: DirectionalReturns, bads: BadOutputs, any: bool) -> Result<(), DirectionalError> {
    use DirectionalReturns::{Crs, Ndrs, Nirs, Vrs, VrsConvex, VrsKuosmanen, VrsShephard};
    match returns {
        Crs => Ok(()),
        Vrs | Nirs | Ndrs if !any || bads == BadOutputs::Strong => Ok(()),
        VrsConvex | VrsShephard | VrsKuosmanen if any && bads == BadOutputs::Weak => Ok(()),
        _ => Err(DirectionalError::Returns(returns, bads)),
    }
}

fn evaluate(
    evaluated: &Technology<'_>,
    reference: &Technology<'_>,
    options: &DirectionalOptions,
    own: bool,
) -> Result<Directional, DirectionalError> {
    fits(options.returns, options.bad_outputs, !reference.bad_outputs.is_empty())?;
    projection::check(reference, options.missing, options.any_sign())?;
    if options.numeraire >= reference.outputs.len() {
        return Err(DirectionalError::Numeraire { numeraire: options.numeraire, outputs: reference.outputs.len() });
    }
    let complete = reference.complete();
    let members: Vec<usize> = (0..reference.len()).filter(|&u| complete[u]).collect();
    if members.is_empty() {
        return Err(FrontierError::Empty.into());
    }
    let zero = reference.zero_variables(&members);
    if !zero.is_empty() {
        return Err(FrontierError::Data(zero).into());
    }
    let set = Reference::new(reference, &members);
    let rays = Rays::new(&set, reference, options.returns, options.bad_outputs)?;
    if options.exclude_own && matches!(options.direction, Direction::Potential(_)) {
        let why = "potentials are those of a reference that has the unit".to_owned();
        return Err(FrontierError::Options(vec![("direction", why)]).into());
    }
    let ideal = Ideal::new(&options.direction, evaluated, (&set, &rays), own)?;
    let steps = match &ideal {
        Some(ideal) => Steps::Columns(&ideal.lengths),
        None => options.direction.steps(evaluated, reference, &members)?,
    };
    let usable = evaluated.complete();
    let whole: Vec<usize> = (0..evaluated.len()).filter(|&u| usable[u]).collect();
    one_sided(options.returns, evaluated, &whole, &steps)?;
    let weights = slack_weights(&set.columns, options.slacks);

    // Units with equal values and directions have equal solutions.
    let mut copies: Vec<Vec<usize>> = if own && !matches!(options.direction, Direction::Columns(_)) {
        (0..set.classes.len()).map(|k| set.classes.units(k).to_vec()).collect()
    } else {
        whole.into_iter().map(|u| vec![u]).collect()
    };
    copies.sort_unstable_by_key(|c| c[0]);
    let rows: Vec<usize> = copies.iter().map(|c| c[0]).collect();
    let exclude = own && options.exclude_own;
    let mut alone = vec![None; if exclude { evaluated.len() } else { 0 }];
    if exclude {
        // A duplicate stays in the reference of its twin.
        for k in 0..set.classes.len() {
            if let [unit] = set.classes.units(k) {
                alone[*unit] = Some(k);
            }
        }
    }
    let story = Story { evaluated, rays: &rays, set: &set, steps: &steps, options, clamp: own && !exclude };
    let rest = rays.idle_offset();
    let solved = rays.sweep(
        evaluated,
        &rows,
        (&options.direction, &steps),
        &Then::Slacks(weights.as_deref()),
        |u| if exclude { alone[u].map(|k| (k, rest.map(|n| n + k))) } else { None },
        |u, s| story.told(u, s),
    )?;
    let mut by_row: Vec<Option<Unit>> = vec![None; evaluated.len()];
    for (row, unit) in solved {
        by_row[row] = Some(unit);
    }
    let mut source: Vec<Option<usize>> = vec![None; evaluated.len()];
    copies.iter().for_each(|c| c.iter().for_each(|&u| source[u] = Some(c[0])));
    let mut out = Directional::sized(reference.columns().count(), reference.bad_outputs.len());
    for at in source {
        out.push(at.and_then(|u| by_row[u].as_ref()), options, reference);
    }
    if let Some(Ideal { lengths, shaky }) = ideal {
        let blank = |c: Vec<f64>| c.into_iter().zip(&usable).map(|(x, usable)| if *usable { x } else { f64::NAN }).collect();
        out.lengths = lengths.into_iter().map(blank).collect();
        // A distance is as certain as its direction.
        let unsure = out.state.iter_mut().zip(shaky).filter(|(state, shaky)| *shaky && **state == State::Optimal);
        unsure.for_each(|(state, _)| *state = State::Numerical);
    }
    Ok(out)
}

/// One unit's results.
#[derive(Clone, Debug)]
struct Unit {
    measured: Measured,
    class: Class,
    slacks: Vec<f64>,
    targets: Vec<f64>,
    prices: Vec<f64>,
    intercept: f64,
    peers: Vec<Peer>,
    idle: Vec<Peer>,
    weight_sum: f64,
    abatement: f64,
    unique: bool,
}

struct Story<'a> {
    evaluated: &'a Technology<'a>,
    rays: &'a Rays,
    set: &'a Reference,
    steps: &'a Steps<'a>,
    options: &'a DirectionalOptions,
    clamp: bool,
}

impl Story<'_> {
    fn told(&self, u: usize, s: &Solution) -> Unit {
        let measured = self.rays.measured(self.evaluated, u, self.steps, s);
        let measured = if self.clamp { measured.own() } else { measured };
        let size = self.evaluated.columns().count();
        // A value without certificate may come without the rest.
        if !measured.distance.value.is_finite() || s.slacks.len().min(s.duals.len()) < size {
            let none = vec![f64::NAN; size];
            return Unit {
                measured,
                class: Class::None,
                slacks: none.clone(),
                targets: none.clone(),
                prices: none,
                intercept: f64::NAN,
                peers: Vec::new(),
                idle: Vec::new(),
                weight_sum: f64::NAN,
                abatement: f64::NAN,
                unique: false,
            };
        }
        let beta = measured.distance.value;
        let (mut slacks, mut targets, mut prices) = (Vec::new(), Vec::new(), Vec::new());
        let mut sizes = Vec::new();
        // How far the move goes, as a share of the values moved: β itself may carry units of measure.
        let mut share = 0.0_f64;
        // Weights and slacks of Shephard's program carry its factor.
        let common = self.rays.common_factor(self.evaluated, u, self.steps, s);
        let by = common.map_or(1.0, |(theta, side)| if side == Side::Outputs { theta } else { 1.0 });
        for (v, (role, _, column)) in self.evaluated.columns().enumerate() {
            let points = self.rays.row(v);
            let largest = points.iter().fold(column[u].abs(), |m, x| m.max(x.abs()));
            let held: f64 = s.weights.iter().map(|&(j, w)| w * points[j]).sum();
            let (target, slack) = match common {
                // Nothing is left at work: inputs stay as they are.
                Some((theta, Side::Outputs)) if theta <= NOTHING && role == Role::Input => (column[u], 0.0),
                Some((theta, Side::Outputs)) if role == Role::Input => (held / theta, s.slacks[v] / theta),
                Some((theta, Side::Inputs)) if role != Role::Input => (held * theta, s.slacks[v] * theta),
                _ => (held, s.slacks[v]),
            };
            // Rounding leaves specks where the row binds, also where the value itself is one.
            let speck = TOLERANCE * target.abs().max(column[u].abs()).max(SPECK * largest);
            sizes.push(largest);
            slacks.push(if slack > speck { slack } else { 0.0 });
            targets.push(target);
            prices.push(if role == Role::BadOutput && self.options.bad_outputs == BadOutputs::Weak {
                0.0 - s.duals[v]
            } else {
                s.duals[v].abs()
            });
            share = share.max((beta * self.steps.length(v, u, column[u])).abs() / column[u].abs().max(SPECK * largest));
        }
        clear_dust(&mut prices, &sizes);
        let class = if share > TOLERANCE {
            if beta > 0.0 { Class::Inefficient } else { Class::Super }
        } else if slacks.iter().any(|x| *x > 0.0) {
            Class::Weak
        } else {
            Class::Strong
        };
        // A weight that moves no target by a digit is no peer.
        let total: f64 = s.weights.iter().map(|w| w.1).sum();
        let by = if by > NOTHING { by } else { 1.0 };
        let classes = self.set.classes.len();
        let list = |idle: bool| {
            let kept = s.weights.iter().filter(|&&(j, w)| (j >= classes) == idle && w > 1e-12 * total);
            let mut peers: Vec<Peer> =
                kept.map(|&(j, w)| Peer { units: self.set.classes.units(j % classes).to_vec(), weight: w / by }).collect();
            peers.sort_by(|a, b| a.units.cmp(&b.units));
            peers
        };
        let idle = list(true);
        Unit {
            class,
            slacks,
            targets,
            prices,
            intercept: self.rays.sum_row().map_or(0.0, |i| 0.0 - s.duals[i]),
            peers: list(false),
            abatement: common.map_or_else(|| idle.iter().map(|p| p.weight).sum(), |(theta, _)| 1.0 - theta),
            idle,
            weight_sum: total / by,
            unique: s.unique,
            measured,
        }
    }
}

/// A price that moves no value by a digit is none: a ratio of prices must not be one of roundings.
fn clear_dust(prices: &mut [f64], sizes: &[f64]) {
    let values: Vec<f64> = prices.iter().zip(sizes).map(|(p, size)| p.abs() * size).collect();
    let top = values.iter().copied().fold(0.0, f64::max);
    prices.iter_mut().zip(values).filter(|(_, value)| *value <= 1e-12 * top).for_each(|(p, _)| *p = 0.0);
}

impl Directional {
    fn sized(variables: usize, bads: usize) -> Self {
        let columns = || vec![Vec::new(); variables];
        Self { slacks: columns(), targets: columns(), prices: columns(), bad_prices: vec![Vec::new(); bads], ..Self::default() }
    }

    /// Adds a unit; one without complete data has none of its own.
    fn push(&mut self, unit: Option<&Unit>, options: &DirectionalOptions, technology: &Technology<'_>) {
        let none = Measured::none();
        let measured = unit.map_or(&none, |u| &u.measured);
        self.state.push(measured.distance.state);
        self.beta.push(measured.distance.value);
        self.interval.push(measured.distance.interval);
        self.size.push(measured.size);
        self.unreached.push(measured.unreached.clone());
        self.class.push(unit.map_or(Class::None, |u| u.class));
        let at = |get: fn(&Unit) -> &Vec<f64>, v: usize| unit.map_or(f64::NAN, |u| get(u)[v]);
        for v in 0..self.slacks.len() {
            self.slacks[v].push(at(|u| &u.slacks, v));
            self.targets[v].push(at(|u| &u.targets, v));
            self.prices[v].push(at(|u| &u.prices, v));
        }
        let (m, s) = (technology.inputs.len(), technology.outputs.len());
        let good = at(|u| &u.prices, m + options.numeraire);
        for (b, column) in self.bad_prices.iter_mut().enumerate() {
            let bad = at(|u| &u.prices, m + s + b);
            column.push(if good > 0.0 { bad / good } else { f64::NAN });
        }
        self.intercept.push(unit.map_or(f64::NAN, |u| u.intercept));
        self.peers.push(unit.map_or_else(Vec::new, |u| u.peers.clone()));
        self.idle.push(unit.map_or_else(Vec::new, |u| u.idle.clone()));
        self.weight_sum.push(unit.map_or(f64::NAN, |u| u.weight_sum));
        self.abatement.push(unit.map_or(f64::NAN, |u| u.abatement));
        self.unique.push(unit.is_some_and(|u| u.unique));
    }
}

#[cfg(test)]
#[path = "directional_julia_tests.rs"]
mod julia;
#[cfg(test)]
#[path = "directional_tests.rs"]
mod tests;
