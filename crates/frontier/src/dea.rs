#![doc = include_str!("dea.md")]

use numerics::lp::{Solution, Status};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    radial::Radial,
    reference::Reference,
    technology::{FrontierError, Missing, Orientation, State, Technology},
};

/// The method's page.
pub const PAGE: &str = include_str!("dea.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("dea.zh.md");

/// Scores within this of 1 count as efficient; slacks below this share of the unit's own value count
/// as none.
pub const TOLERANCE: f64 = 1e-9;
/// Values below this share of the variable's largest are zero to the rule for slacks.
const SPECK: f64 = 1e-3;
/// Differences of scores below this are no difference when returns to scale are classified.
pub const SCALE_TOLERANCE: f64 = 1e-8;

/// Returns to scale of the reference technology: what the sum of the weights must satisfy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Returns {
    /// Constant returns (Charnes, Cooper and Rhodes 1978): any sum.
    Crs,
    /// Variable returns (Banker, Charnes and Cooper 1984): the sum is 1.
    #[default]
    Vrs,
    /// Non-increasing returns: the sum is at most 1.
    Nirs,
    /// Non-decreasing returns: the sum is at least 1.
    Ndrs,
}

/// What the second phase maximises once the radial factor is fixed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Slacks {
    /// The plain sum of slacks (Ali and Seiford 1993). Which of several slack solutions is found
    /// depends on the units of measure; whether there is any slack does not.
    #[default]
    Sum,
    /// The sum of slacks over the range of each variable in the reference; free of units.
    Range,
    /// The sum of slacks over the mean of each variable in the reference; free of units.
    Mean,
    /// No second phase: slacks are those of one radial solution, and weak efficiency is not told
    /// from strong.
    None,
}

/// Options of [`dea`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DeaOptions {
    /// Which side is moved to the frontier: `input` or `output`.
    pub orientation: Orientation,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    pub returns: Returns,
    /// Second phase: `sum` (as in the literature), `range` or `mean` (free of units), or `none`.
    pub slacks: Slacks,
    /// Whether to solve CRS, VRS and NIRS for scale efficiency and the class of returns to scale.
    pub scale: bool,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

impl Default for DeaOptions {
    fn default() -> Self {
        Self {
            orientation: Orientation::default(),
            returns: Returns::default(),
            slacks: Slacks::default(),
            scale: true,
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

/// How a unit stands to the frontier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Score 1 and no slack (Pareto-Koopmans).
    Strong,
    /// Score 1 with slack: on the frontier, yet improvable (Farrell only).
    Weak,
    /// Score below 1.
    Inefficient,
    /// Beyond the frontier of a reference that does not contain it.
    Super,
    /// Not solved.
    None,
}

/// Returns to scale at the unit's projection (Färe, Grosskopf and Lovell 1985, by scores).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScaleClass {
    /// CRS score equals VRS score.
    Constant,
    /// NIRS score differs from VRS: the unit is too small.
    Increasing,
    /// NIRS score equals VRS but not CRS: the unit is too large.
    Decreasing,
    /// Not solved.
    Unknown,
}

/// Scale results; one value per unit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// Score under constant returns.
    pub crs: Vec<f64>,
    /// Score under variable returns.
    pub vrs: Vec<f64>,
    /// Score under non-increasing returns.
    pub nirs: Vec<f64>,
    /// `crs / vrs`.
    pub efficiency: Vec<f64>,
    /// Class of returns to scale.
    pub class: Vec<ScaleClass>,
}

/// Result of [`dea`]: one value per evaluated unit in each column; matrices are `[variable][unit]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dea {
    /// State of each unit.
    pub state: Vec<State>,
    /// Farrell efficiency, theta or 1/phi, in (0, 1] for units of the reference.
    pub score: Vec<f64>,
    /// `1 / score`: phi of the output orientation as many programs print it, and Shephard's input
    /// distance in the input orientation.
    pub reciprocal: Vec<f64>,
    /// Certified bounds of `score`.
    pub interval: Vec<(f64, f64)>,
    /// Strongly or weakly efficient, or not.
    pub class: Vec<Class>,
    /// Input slacks after the radial move.
    pub input_slacks: Vec<Vec<f64>>,
    /// Output slacks after the radial move.
    pub output_slacks: Vec<Vec<f64>>,
    /// Inputs of the projection on the efficient frontier.
    pub input_targets: Vec<Vec<f64>>,
    /// Outputs of the projection.
    pub output_targets: Vec<Vec<f64>>,
    /// Shadow prices of inputs, normalised by the program (input orientation: value of the unit's
    /// inputs is 1). One of several where the unit is a vertex.
    pub input_prices: Vec<Vec<f64>>,
    /// Shadow prices of outputs (output orientation: value of the unit's outputs is 1).
    pub output_prices: Vec<Vec<f64>>,
    /// Intercept of the supporting hyperplane: theta = u·y + intercept, or phi = v·x + intercept.
    pub intercept: Vec<f64>,
    /// Peers with weights, in order of the first unit of the class.
    pub peers: Vec<Vec<Peer>>,
    /// Sum of the weights.
    pub weight_sum: Vec<f64>,
    /// Whether peers and slacks are certainly the only optimal ones; where not, one set was chosen by
    /// a rule that looks at values only.
    pub unique: Vec<bool>,
    /// Scale results, if asked for.
    pub scale: Option<Scale>,
}

/// Radial efficiency of every unit against all units with complete data.
///
/// `technology` has one row per unit; results keep that order.
///
/// # Errors
/// [`FrontierError`]: no variables, columns of different length, or cells that cannot be used, all of
/// them at once. An infeasible or uncertified unit is a [`State`], not an error.
pub fn dea(technology: &Technology<'_>, options: &DeaOptions) -> Result<Dea, FrontierError> {
    evaluate(technology, technology, options, true)
}

/// Radial efficiency of `evaluated` against another set of units with the same variables. Scores may
/// exceed 1, and under VRS, NIRS and NDRS a unit outside the reference may be infeasible.
///
/// # Errors
/// As [`dea`], for both sets, and different variables.
pub fn dea_against(evaluated: &Technology<'_>, reference: &Technology<'_>, options: &DeaOptions) -> Result<Dea, FrontierError> {
    if evaluated.inputs.len() != reference.inputs.len() || evaluated.outputs.len() != reference.outputs.len() {
        return Err(FrontierError::Variables);
    }
    evaluated.check(options.missing, false)?;
    evaluate(evaluated, reference, options, false)
}

fn evaluate(
    evaluated: &Technology<'_>,
    reference: &Technology<'_>,
    options: &DeaOptions,
    own: bool,
) -> Result<Dea, FrontierError> {
    reference.check(options.missing, false)?;
    let complete = reference.complete();
    let members: Vec<usize> = (0..reference.len()).filter(|&u| complete[u]).collect();
    if members.is_empty() {
        return Err(FrontierError::Empty);
    }
    let zero = reference.zero_variables(&members);
    if !zero.is_empty() {
        return Err(FrontierError::Data(zero));
    }
    let set = Reference::new(reference, &members);
    let sizes = (reference.inputs.len(), reference.outputs.len());
    let usable = evaluated.complete();
    let weights = slack_weights(&set, options.slacks);
    let main = Radial::new(&set, sizes, options.orientation, options.returns)?;
    let solved: Vec<Option<Solution>> = (0..evaluated.len())
        .into_par_iter()
        .map(|u| usable[u].then(|| main.solve(&evaluated.point(u), weights.as_deref())).transpose())
        .collect::<Result<_, _>>()?;

    let mut out = Dea::sized(sizes);
    for (u, s) in solved.iter().enumerate() {
        out.push(evaluated, u, s.as_ref(), &set, options, own);
    }
    if options.scale {
        let scores = |returns: Returns| -> Result<Vec<f64>, FrontierError> {
            if returns == options.returns {
                return Ok(out.score.clone());
            }
            let radial = Radial::new(&set, sizes, options.orientation, returns)?;
            let score = |u: usize| match usable[u].then(|| radial.solve(&evaluated.point(u), None)).transpose()? {
                Some(s) if s.status == Status::Optimal => Ok(farrell(&s, options.orientation, own).0),
                _ => Ok(f64::NAN),
            };
            (0..evaluated.len()).into_par_iter().map(score).collect()
        };
        let (crs, vrs, nirs) = (scores(Returns::Crs)?, scores(Returns::Vrs)?, scores(Returns::Nirs)?);
        out.scale = Some(Scale::new(crs, vrs, nirs));
    }
    Ok(out)
}

/// Score and its bounds from a radial program.
pub(crate) fn farrell(s: &Solution, orientation: Orientation, own: bool) -> (f64, (f64, f64)) {
    let value = s.values.first().copied().unwrap_or(f64::NAN);
    let (score, low, high) = match orientation {
        Orientation::Input => (value, s.interval.0, s.interval.1),
        // The program minimises -phi.
        Orientation::Output => (-1.0 / value, -1.0 / s.interval.0, -1.0 / s.interval.1),
    };
    // A unit of the reference reaches itself, so that nothing above 1 is possible.
    if own { (score.min(1.0), (low.min(1.0), high.min(1.0))) } else { (score, (low, high)) }
}

fn slack_weights(set: &Reference, slacks: Slacks) -> Option<Vec<f64>> {
    let weight = |c: &Vec<f64>| {
        let (low, high) = c.iter().fold((f64::INFINITY, 0.0_f64), |(l, h), &x| (l.min(x), h.max(x)));
        let by = match slacks {
            Slacks::Sum | Slacks::None => 1.0,
            // A variable without range has no slack; any weight does.
            Slacks::Range => {
                if high > low {
                    high - low
                } else {
                    high
                }
            }
            Slacks::Mean => numerics::moments::mean(c),
        };
        1.0 / by
    };
    (slacks != Slacks::None).then(|| set.columns.iter().map(weight).collect())
}

impl Scale {
    fn new(crs: Vec<f64>, vrs: Vec<f64>, nirs: Vec<f64>) -> Self {
        let class = |u: usize| {
            if !(crs[u].is_finite() && vrs[u].is_finite()) {
                ScaleClass::Unknown
            } else if (crs[u] - vrs[u]).abs() <= SCALE_TOLERANCE {
                ScaleClass::Constant
            } else if !nirs[u].is_finite() {
                ScaleClass::Unknown
            } else if (nirs[u] - vrs[u]).abs() <= SCALE_TOLERANCE {
                ScaleClass::Decreasing
            } else {
                ScaleClass::Increasing
            }
        };
        let n = crs.len();
        let efficiency = (0..n).map(|u| crs[u] / vrs[u]).collect();
        Self { class: (0..n).map(class).collect(), efficiency, crs, vrs, nirs }
    }
}

impl Dea {
    fn sized((m, s): (usize, usize)) -> Self {
        let (i, o) = (|| vec![Vec::new(); m], || vec![Vec::new(); s]);
        Self {
            input_slacks: i(),
            input_targets: i(),
            input_prices: i(),
            output_slacks: o(),
            output_targets: o(),
            output_prices: o(),
            ..Self::default()
        }
    }

    fn push(
        &mut self,
        evaluated: &Technology<'_>,
        u: usize,
        solution: Option<&Solution>,
        set: &Reference,
        options: &DeaOptions,
        own: bool,
    ) {
        let (m, s) = (evaluated.inputs.len(), evaluated.outputs.len());
        let state = solution.map_or(State::Missing, |s| s.status.into());
        let solved = solution.filter(|s| !s.values.is_empty());
        let (score, interval) = solved.map_or((f64::NAN, (f64::NAN, f64::NAN)), |s| farrell(s, options.orientation, own));
        let weights: &[(usize, f64)] = solved.map_or(&[], |s| &s.weights);
        let mut slack_left = false;
        for v in 0..m + s {
            let column = &set.columns[v];
            let (slack, target, price) = match solved {
                None => (f64::NAN, f64::NAN, f64::NAN),
                Some(sol) => {
                    let target: f64 = weights.iter().map(|&(j, w)| w * column[j]).sum();
                    let observed = if v < m { evaluated.inputs[v][u] } else { evaluated.outputs[v - m][u] };
                    // Rounding leaves specks where the row binds, also where the value itself is one.
                    let largest = column.iter().copied().fold(0.0, f64::max);
                    let speck = TOLERANCE * target.max(observed).max(SPECK * largest);
                    let slack = if sol.slacks[v] > speck { sol.slacks[v] } else { 0.0 };
                    (slack, target, sol.duals[v].abs())
                }
            };
            slack_left |= slack > 0.0;
            let i = if v < m { v } else { v - m };
            let (slacks, targets, prices) = if v < m {
                (&mut self.input_slacks, &mut self.input_targets, &mut self.input_prices)
            } else {
                (&mut self.output_slacks, &mut self.output_targets, &mut self.output_prices)
            };
            slacks[i].push(slack);
            targets[i].push(target);
            prices[i].push(price);
        }
        let intercept = match (solved, options.returns) {
            (None, _) => f64::NAN,
            (Some(_), Returns::Crs) => 0.0,
            (Some(sol), _) if options.orientation == Orientation::Input => sol.duals[m + s],
            (Some(sol), _) => -sol.duals[m + s],
        };
        let mut peers: Vec<Peer> = weights.iter().map(|&(j, weight)| Peer { units: set.classes[j].clone(), weight }).collect();
        // A weight that moves no target by a digit is no peer.
        let total: f64 = peers.iter().map(|p| p.weight).sum();
        peers.retain(|p| p.weight > 1e-12 * total);
        peers.sort_by(|a, b| a.units.cmp(&b.units));
        self.state.push(state);
        self.score.push(score);
        self.reciprocal.push(1.0 / score);
        self.interval.push(interval);
        self.class.push(if score.is_nan() {
            Class::None
        } else if score > 1.0 + TOLERANCE {
            Class::Super
        } else if score < 1.0 - TOLERANCE {
            Class::Inefficient
        } else if slack_left {
            Class::Weak
        } else {
            Class::Strong
        });
        self.intercept.push(intercept);
        self.weight_sum.push(if solved.is_some() { total } else { f64::NAN });
        self.peers.push(peers);
        self.unique.push(solved.is_some_and(|s| s.unique));
    }
}

#[cfg(test)]
#[path = "dea_tests.rs"]
mod tests;
