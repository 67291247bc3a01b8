//! What a run gives back: plain columns.

use serde::{Deserialize, Serialize};

use super::{DeaOptions, Elasticity, SCALE_TOLERANCE, Setting, TOLERANCE, record::Record};
use crate::{
    classes::Classes,
    technology::{Role, State},
};

/// A point of reference of a unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Peer<'a> {
    /// Rows of the reference with exactly these values, first first; usually one.
    pub units: &'a [usize],
    /// Weight of the class.
    pub weight: f64,
}

/// Peers of all units: one flat list of weights, with the place where each unit's begin.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Peers {
    starts: Vec<usize>,
    class: Vec<usize>,
    weight: Vec<f64>,
    classes: Classes,
}

impl Peers {
    /// Peers of units in order, each a list of classes with weights.
    pub(crate) fn new<'w>(classes: Classes, units: impl Iterator<Item = &'w [(usize, f64)]>) -> Self {
        let mut out = Self { starts: vec![0], classes, ..Self::default() };
        units.for_each(|peers| out.push(peers));
        out
    }

    /// Peers of one unit, in order of the first row of their classes.
    pub fn of(&self, unit: usize) -> impl ExactSizeIterator<Item = Peer<'_>> + '_ {
        let own = self.starts[unit]..self.starts[unit + 1];
        own.map(|i| Peer { units: self.classes.units(self.class[i]), weight: self.weight[i] })
    }

    /// Classes of equal units in the reference.
    pub fn classes(&self) -> &Classes {
        &self.classes
    }

    pub(super) fn classes_of(&self, unit: usize) -> &[usize] {
        &self.class[self.starts[unit]..self.starts[unit + 1]]
    }

    /// Adds a unit with its classes of peers and their weights.
    fn push(&mut self, peers: &[(usize, f64)]) {
        let begin = self.class.len();
        self.class.extend(peers.iter().map(|p| p.0));
        self.class[begin..].sort_unstable_by_key(|&c| self.classes.units(c)[0]);
        let weight = |c: usize| peers.iter().find(|p| p.0 == c).map_or(0.0, |p| p.1);
        self.weight.extend(self.class[begin..].iter().map(|&c| weight(c)));
        self.starts.push(self.class.len());
    }
}

/// Why a unit is infeasible or has no bound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreached {
    /// The unit.
    pub unit: usize,
    /// Role and position of the variables that no point of its reference reaches: inputs that are too
    /// small, or outputs that are too large. Where each alone is reached by some point, all those that
    /// must be reached at once.
    pub variables: Vec<(Role, usize)>,
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

/// Result of [`super::dea`]: one value per evaluated unit in each column; matrices are `[variable][unit]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dea {
    /// State of each unit.
    pub state: Vec<State>,
    /// Farrell efficiency, theta or 1/phi, in (0, 1] for units of the reference; with super-efficiency
    /// against all other units, above 1 for units that span the frontier.
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
    /// inputs is 1). One of several where the unit is a vertex. Empty under FDH and with whole targets, which have none.
    pub input_prices: Vec<Vec<f64>>,
    /// Shadow prices of outputs (output orientation: value of the unit's outputs is 1). Empty under FDH.
    pub output_prices: Vec<Vec<f64>>,
    /// Slacks of undesirable outputs that were turned round: by how much more they could shrink after the radial move.
    /// This and the next two are empty without `translation`.
    pub bad_output_slacks: Vec<Vec<f64>>,
    /// Undesirable outputs of the projection, in their own units.
    pub bad_output_targets: Vec<Vec<f64>>,
    /// Shadow prices of undesirable outputs: what one unit less of them is worth.
    pub bad_output_prices: Vec<Vec<f64>>,
    /// Intercept of the supporting hyperplane: theta = u·y + intercept, or phi = v·x + intercept. Empty
    /// under FDH.
    pub intercept: Vec<f64>,
    /// Peers with weights; [`Dea::peers`] gives those of a unit.
    pub peers: Peers,
    /// Sum of the weights.
    pub weight_sum: Vec<f64>,
    /// Whether peers and slacks are certainly the only optimal ones; where not, one set was chosen by
    /// a rule that looks at values only.
    pub unique: Vec<bool>,
    /// Units that are infeasible or without bound, and the values that cannot be reached.
    pub unreached: Vec<Unreached>,
    /// Scale results, if asked for.
    pub scale: Option<Scale>,
    /// Local scale elasticity, if asked for.
    pub elasticity: Option<Elasticity>,
}

impl Scale {
    pub(super) fn new(crs: Vec<f64>, vrs: Vec<f64>, nirs: Vec<f64>) -> Self {
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
    /// Peers of one unit, in order of the first row of their classes.
    pub fn peers(&self, unit: usize) -> impl ExactSizeIterator<Item = Peer<'_>> + '_ {
        self.peers.of(unit)
    }
}

/// A result being filled, record by record.
pub(super) struct Columns<'s> {
    setting: &'s Setting<'s>,
    out: Dea,
    /// Peers of each record, and the record of each unit.
    peers: Vec<Box<[(usize, f64)]>>,
    at: Vec<usize>,
    /// Variables whose slack counts.
    counted: Vec<bool>,
}

impl<'s> Columns<'s> {
    pub(super) fn new(setting: &'s Setting<'s>, options: &DeaOptions, counted: Vec<bool>) -> Self {
        let (n, nan) = (setting.units, f64::NAN);
        let matrix = |variables: usize| vec![vec![nan; n]; variables];
        let both = || (matrix(setting.inputs), matrix(setting.outputs));
        let priced = options.convex();
        let ((input_slacks, output_slacks), (input_targets, output_targets)) = (both(), both());
        let (input_prices, output_prices) = if priced { both() } else { Default::default() };
        let out = Dea {
            state: vec![State::Missing; n],
            score: vec![nan; n],
            interval: vec![(nan, nan); n],
            class: vec![Class::None; n],
            input_slacks,
            output_slacks,
            input_targets,
            output_targets,
            input_prices,
            output_prices,
            intercept: if priced { vec![nan; n] } else { Vec::new() },
            weight_sum: vec![nan; n],
            unique: vec![false; n],
            ..Dea::default()
        };
        Self { setting, out, peers: Vec::new(), at: vec![usize::MAX; n], counted }
    }

    /// The record of these rows of the evaluated points.
    pub(super) fn put(&mut self, rows: &[usize], record: Record) {
        let (setting, out) = (self.setting, &mut self.out);
        let (m, variables) = (setting.inputs, setting.inputs + setting.outputs);
        let class = Class::of(&record, &self.counted);
        let role = |&v: &usize| if v < m { (Role::Input, v) } else { (Role::Output, v - m) };
        let mut blocks = record.numbers.chunks_exact(variables);
        let [slacks, targets, prices] = [(); 3].map(|()| blocks.next().unwrap_or_default());
        let fill = |inputs: &mut [Vec<f64>], outputs: &mut [Vec<f64>], values: &[f64], u: usize| {
            inputs.iter_mut().chain(outputs).zip(values).for_each(|(c, x)| c[u] = *x);
        };
        setting.units_of(rows, |u| {
            out.state[u] = record.score.state;
            out.score[u] = record.score.value;
            out.interval[u] = record.score.interval;
            out.class[u] = class;
            fill(&mut out.input_slacks, &mut out.output_slacks, slacks, u);
            fill(&mut out.input_targets, &mut out.output_targets, targets, u);
            fill(&mut out.input_prices, &mut out.output_prices, prices, u);
            out.intercept.iter_mut().skip(u).take(1).for_each(|x| *x = record.intercept);
            out.weight_sum[u] = record.weight_sum;
            out.unique[u] = record.unique;
            self.at[u] = self.peers.len();
            if !record.unreached.is_empty() {
                out.unreached.push(Unreached { unit: u, variables: record.unreached.iter().map(role).collect() });
            }
        });
        self.peers.push(record.peers);
    }

    pub(super) fn finish(self) -> Dea {
        let Self { setting, mut out, peers, at, .. } = self;
        out.reciprocal = out.score.iter().map(|s| 1.0 / s).collect();
        out.unreached.sort_by_key(|x| x.unit);
        out.peers = Peers::new(setting.classes.clone(), at.iter().map(|&i| peers.get(i).map_or(&[][..], |p| p)));
        out
    }
}

impl Class {
    fn of(record: &Record, counted: &[bool]) -> Self {
        let score = record.score.value;
        if score.is_nan() {
            Self::None
        } else if score > 1.0 + TOLERANCE {
            Self::Super
        } else if score < 1.0 - TOLERANCE {
            Self::Inefficient
        } else if record.numbers.iter().zip(counted).any(|(s, counts)| *counts && *s > 0.0) {
            Self::Weak
        } else {
            Self::Strong
        }
    }
}
