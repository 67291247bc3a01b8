//! Where a slack-based model sends each unit: slacks, targets, prices and peers beside its score.

use numerics::lp::{Sense, Solution, Status};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    dea::{Peers, Returns, TOLERANCE},
    reference::Reference,
    technology::{Defect, FrontierError, Missing, State, Technology, meets},
};

/// Values below this share of the variable's largest are zero to the rule for slacks.
const SPECK: f64 = 1e-3;

/// How far a value may be from what its slacks give, in units of its size; slacks that rounding could have made
/// are taken for zero.
const AGREEMENT: f64 = 1e-7;

/// Whose slacks count in the score. Those of the other side are maximised in a second phase, so that
/// targets are efficient in every variable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SlackOrientation {
    /// Inputs and outputs.
    #[default]
    None,
    /// Inputs.
    Input,
    /// Outputs, undesirable ones included.
    Output,
}

/// Where each unit is sent: matrices are `[variable][unit]`, the rest has one value per unit. `NaN` or
/// empty where a unit is not solved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Projection {
    /// Input excesses `x₀ − Σλx`.
    pub input_slacks: Vec<Vec<f64>>,
    /// Output shortfalls `Σλy − y₀`.
    pub output_slacks: Vec<Vec<f64>>,
    /// Excesses of undesirable outputs `b₀ − Σλb`.
    pub bad_output_slacks: Vec<Vec<f64>>,
    /// Inputs of the target `Σλx`.
    pub input_targets: Vec<Vec<f64>>,
    /// Outputs of the target.
    pub output_targets: Vec<Vec<f64>>,
    /// Undesirable outputs of the target.
    pub bad_output_targets: Vec<Vec<f64>>,
    /// Shadow prices of inputs: what one unit more costs in terms of the score. One of several where
    /// the target is a vertex.
    pub input_prices: Vec<Vec<f64>>,
    /// Shadow prices of outputs.
    pub output_prices: Vec<Vec<f64>>,
    /// Shadow prices of undesirable outputs.
    pub bad_output_prices: Vec<Vec<f64>>,
    /// What the score holds beside the priced variables (see the model's page).
    pub intercept: Vec<f64>,
    /// Peers with weights.
    pub peers: Peers,
    /// Sum of the weights.
    pub weight_sum: Vec<f64>,
    /// Whether peers and slacks are certainly the only optimal ones; where not, one set was chosen by
    /// a rule that looks at values only.
    pub unique: Vec<bool>,
}

/// Points to be evaluated against a reference: distinct ones, and which of them a unit is.
pub(crate) struct Points<'a> {
    distinct: &'a Reference,
    of: Vec<Option<usize>>,
}

/// One solved point.
pub(crate) struct Landing {
    pub(crate) slacks: Vec<f64>,
    pub(crate) targets: Vec<f64>,
    pub(crate) prices: Vec<f64>,
    pub(crate) intercept: f64,
    weights: Vec<(usize, f64)>,
    total: f64,
    unique: bool,
}

/// How a solution is read: the factor that its weights and slacks carry, the slack and the price of
/// each variable, and the intercept.
pub(crate) struct Reading<'a> {
    pub(crate) factor: f64,
    pub(crate) slack: &'a dyn Fn(usize) -> f64,
    pub(crate) price: &'a dyn Fn(usize) -> f64,
    pub(crate) intercept: f64,
}

/// Checks cells. Models invariant to translation take negative values and units of zeros.
pub(crate) fn check(technology: &Technology<'_>, missing: Missing, any_sign: bool) -> Result<(), FrontierError> {
    match technology.check(missing, !technology.bad_outputs.is_empty()) {
        Err(FrontierError::Data(mut defects)) if any_sign => {
            defects.retain(|d| !matches!(d, Defect::Negative(..) | Defect::ZeroUnit(..)));
            if defects.is_empty() { Ok(()) } else { Err(FrontierError::Data(defects)) }
        }
        other => other,
    }
}

/// Super-efficiency asked for against another set.
pub(crate) fn nothing_to_leave_out() -> FrontierError {
    let why = "no unit is in the reference, so that there is none to leave out";
    FrontierError::Options(vec![("super_efficiency", why.to_owned())])
}

/// Returns to scale as a row over the weights; the free disposal hull and bounds of your own are not
/// among the slack-based models.
pub(crate) fn sum_row(returns: Returns) -> Result<Option<Sense>, FrontierError> {
    match returns {
        Returns::Crs => Ok(None),
        Returns::Vrs => Ok(Some(Sense::Equal)),
        Returns::Nirs => Ok(Some(Sense::AtMost)),
        Returns::Ndrs => Ok(Some(Sense::AtLeast)),
        Returns::Generalised | Returns::Fdh | Returns::Replication | Returns::Upscaling => {
            Err(FrontierError::Options(vec![("returns", "this model takes `crs`, `vrs`, `nirs` or `ndrs`".to_owned())]))
        }
    }
}

impl<'a> Points<'a> {
    /// The points of `units` units, grouped by `distinct`.
    pub(crate) fn new(distinct: &'a Reference, units: usize) -> Self {
        let mut of = vec![None; units];
        for k in 0..distinct.classes.len() {
            for &u in distinct.classes.units(k) {
                of[u] = Some(k);
            }
        }
        Self { distinct, of }
    }

    /// Points in an order for a sweep.
    pub(crate) fn order(&self) -> Vec<usize> {
        let columns: Vec<&[f64]> = self.distinct.columns.iter().map(Vec::as_slice).collect();
        let all: Vec<usize> = (0..self.distinct.classes.len()).collect();
        crate::order::neighbours(&columns, &all, 0..0)
    }

    /// What each unit gets of what was solved in `order`.
    pub(crate) fn units<'t, T>(&self, order: &[usize], solved: &'t [T]) -> Vec<Option<&'t T>> {
        let mut at = vec![0; order.len()];
        order.iter().enumerate().for_each(|(i, &k)| at[k] = i);
        self.of.iter().map(|k| k.map(|k| &solved[at[k]])).collect()
    }
}

/// One value per unit; `blank` where a unit lacks data.
pub(crate) fn column<T, U: Clone>(units: &[Option<&T>], blank: U, get: impl Fn(&T) -> U) -> Vec<U> {
    units.iter().map(|t| t.map_or_else(|| blank.clone(), &get)).collect()
}

/// The state of a solved point whose value is of this size; `given` is the value that its slacks give.
pub(crate) fn state(status: Status, value: f64, given: f64, interval: (f64, f64), size: f64) -> State {
    // A number that is none agrees with nothing.
    let agree = (value - given).abs() <= AGREEMENT * size;
    match status {
        Status::Optimal if !agree => State::Numerical,
        other => State::from(other).certified(interval, size),
    }
}

impl Landing {
    /// Whether the targets dominate the unit's own values to the digits of these values; `lower` are the variables of
    /// which less is better.
    pub(crate) fn dominates(&self, observed: impl Fn(usize) -> f64, lower: impl Fn(usize) -> bool) -> bool {
        self.targets.iter().enumerate().all(|(v, &t)| meets(t, observed(v), lower(v), observed(v).abs()))
    }

    /// Reads a solution for the point that has the values `observed`.
    pub(crate) fn new(set: &Reference, observed: impl Fn(usize) -> f64, solution: &Solution, reading: &Reading<'_>) -> Self {
        let weights = solution.weights.iter().map(|&(j, w)| (j, w / reading.factor)).collect();
        Self::of(set, observed, (weights, solution.unique), reading)
    }

    /// The same where the weights are part of a solution, already free of the factor, beside whether they are unique.
    pub(crate) fn of(
        set: &Reference,
        observed: impl Fn(usize) -> f64,
        (mut weights, unique): (Vec<(usize, f64)>, bool),
        reading: &Reading<'_>,
    ) -> Self {
        let by = reading.factor;
        // A weight that moves no target by a digit is no peer.
        let total: f64 = weights.iter().map(|w| w.1).sum();
        let variables = 0..set.columns.len();
        let targets: Vec<f64> = variables.clone().map(|v| weights.iter().map(|&(j, w)| w * set.columns[v][j]).sum()).collect();
        let slack = |v: usize| {
            let raw = (reading.slack)(v) / by;
            // Rounding leaves specks where the row binds, also where the value itself is one.
            let largest = weights.iter().fold(0.0_f64, |l, &(j, _)| l.max(set.columns[v][j].abs()));
            let speck = TOLERANCE * targets[v].abs().max(observed(v).abs()).max(SPECK * largest);
            if raw > speck { raw } else { 0.0 }
        };
        let slacks = variables.clone().map(slack).collect();
        weights.retain(|w| w.1 > 1e-12 * total);
        let prices = variables.map(|v| (reading.price)(v).abs()).collect();
        Self { slacks, targets, prices, intercept: reading.intercept, weights, total, unique }
    }
}

impl Landing {
    /// The mix of several landings by shares that add up to 1, without prices.
    pub(crate) fn mix(parts: &[(f64, &Self)]) -> Self {
        let variables = 0..parts.first().map_or(0, |p| p.1.targets.len());
        let sum = |get: fn(&Self) -> &Vec<f64>, v: usize| parts.iter().map(|(share, l)| share * get(l)[v]).sum();
        let mut weights: Vec<(usize, f64)> =
            parts.iter().flat_map(|(share, l)| l.weights.iter().map(move |&(j, w)| (j, share * w))).collect();
        weights.sort_by_key(|w| w.0);
        weights.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            kept.1 += if same { next.1 } else { 0.0 };
            same
        });
        Self {
            slacks: variables.clone().map(|v| sum(|l| &l.slacks, v)).collect(),
            targets: variables.clone().map(|v| sum(|l| &l.targets, v)).collect(),
            prices: variables.map(|_| f64::NAN).collect(),
            intercept: f64::NAN,
            total: parts.iter().map(|(share, l)| share * l.total).sum(),
            weights,
            unique: matches!(parts, [(_, only)] if only.unique),
        }
    }

    /// A landing on a single point, which has no prices; `slack` is what each variable has left there.
    pub(crate) fn single(
        set: &Reference,
        point: usize,
        observed: impl Fn(usize) -> f64,
        slack: &dyn Fn(usize) -> f64,
        unique: bool,
    ) -> Self {
        let targets: Vec<f64> = set.columns.iter().map(|c| c[point]).collect();
        let size = |v: usize| targets[v].abs().max(observed(v).abs());
        let slacks = (0..targets.len()).map(|v| if slack(v) > TOLERANCE * size(v) { slack(v) } else { 0.0 }).collect();
        let prices = vec![f64::NAN; targets.len()];
        Self { slacks, targets, prices, intercept: f64::NAN, weights: vec![(point, 1.0)], total: 1.0, unique }
    }
}

impl Landing {
    /// Takes the points from `first` on, which stand idle, from the peers and gives their share of the weights.
    pub(crate) fn idle(&mut self, first: usize) -> f64 {
        let idle: f64 = self.weights.iter().filter(|w| w.0 >= first).map(|w| w.1).sum();
        self.weights.retain(|w| w.0 < first);
        idle
    }
}

impl Projection {
    /// The landings of units. `sizes` are the numbers of inputs, outputs and undesirable outputs.
    pub(crate) fn new<T>(
        units: &[Option<&T>],
        landing: impl Fn(&T) -> Option<&Landing>,
        set: &Reference,
        [m, s, b]: [usize; 3],
    ) -> Self {
        let landings: Vec<Option<&Landing>> = units.iter().map(|t| t.and_then(&landing)).collect();
        let matrix = |vs: std::ops::Range<usize>, get: fn(&Landing) -> &Vec<f64>| -> Vec<Vec<f64>> {
            vs.map(|v| column(&landings, f64::NAN, |l| get(l)[v])).collect()
        };
        let (inputs, outputs, bads) = (0..m, m..m + s, m + s..m + s + b);
        Self {
            input_slacks: matrix(inputs.clone(), |l| &l.slacks),
            output_slacks: matrix(outputs.clone(), |l| &l.slacks),
            bad_output_slacks: matrix(bads.clone(), |l| &l.slacks),
            input_targets: matrix(inputs.clone(), |l| &l.targets),
            output_targets: matrix(outputs.clone(), |l| &l.targets),
            bad_output_targets: matrix(bads.clone(), |l| &l.targets),
            input_prices: matrix(inputs, |l| &l.prices),
            output_prices: matrix(outputs, |l| &l.prices),
            bad_output_prices: matrix(bads, |l| &l.prices),
            intercept: column(&landings, f64::NAN, |l| l.intercept),
            peers: Peers::new(set.classes.clone(), landings.iter().map(|l| l.map_or(&[][..], |l| &l.weights))),
            weight_sum: column(&landings, f64::NAN, |l| l.total),
            unique: column(&landings, false, |l| l.unique),
        }
    }
}
