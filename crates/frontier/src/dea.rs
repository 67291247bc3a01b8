#![doc = include_str!("dea.md")]

mod constraints;
mod elasticity;
mod fdh;
mod influence;
mod integer;
mod record;
mod replication;
mod result;
mod scores;
mod singles;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    classes::Classes,
    extreme::{self, extreme},
    order::neighbours,
    radial::{Ask, Barred, Bounds, Hold, Radial, measured},
    technology::{FrontierError, Missing, Orientation, State, Technology},
};
use record::Record;
use replication::Times;
use result::Columns;
pub use {
    constraints::Control,
    elasticity::Elasticity,
    influence::{Effect, Influence, influence},
    result::{Class, Dea, Peer, Peers, Scale, ScaleClass, Unreached},
    scores::{ScoreOptions, Scores, scores, scores_against},
};

/// The method's page.
pub const PAGE: &str = include_str!("dea.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("dea.zh.md");

/// Scores within this of 1 count as efficient; slacks below this share of the unit's own value count
/// as none.
pub const TOLERANCE: f64 = 1e-9;
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
    /// Generalised returns: the sum lies between `lower` and `upper` (Cooper, Seiford and Tone 2007,
    /// chapter 5).
    Generalised,
    /// Free disposal hull (Deprins, Simar and Tulkens 1984): no convexity; a unit is compared with
    /// single units that dominate it. With `lower` or `upper` that unit may be scaled between these bounds.
    Fdh,
    /// Free replication hull (Tulkens 1993): a unit is compared with whole units, each taken any whole number of
    /// times.
    Replication,
    /// Free hull of units scaled up: a unit is compared with sums of units, each left out or taken at least once, in any
    /// measure from once on (`irs2` of R Benchmarking): increasing returns without convexity.
    Upscaling,
}

impl Returns {
    /// Whether peers are units as they are or scaled, not their mixtures.
    fn single(self) -> bool {
        matches!(self, Self::Fdh | Self::Replication | Self::Upscaling)
    }
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
    /// Returns to scale: `crs`, `vrs`, `nirs`, `ndrs`, `generalised`, `fdh`, `replication` or `upscaling`.
    pub returns: Returns,
    /// With `generalised`: least sum of the weights, from 0 to 1; 0 if not given. With `fdh`: least scale of the peer.
    pub lower: Option<f64>,
    /// With `generalised`: largest sum of the weights, 1 or more; no bound if not given. With `fdh`: largest scale
    /// of the peer. Where neither is given, the peer of `fdh` is not scaled.
    pub upper: Option<f64>,
    /// Whether each input, then each output, is the unit's to choose; empty if all are.
    pub control: Vec<Control>,
    /// Columns by unit of what surrounds it, larger is more favourable: a unit is compared only with units whose
    /// environment is no more favourable in any respect (Ruggiero 1996; with one column of ordered categories,
    /// Banker and Morey 1986). Not for a foreign reference.
    pub environment: Vec<Vec<f64>>,
    /// With undesirable outputs: a number `w` for each, above its largest value; `w − b` is then an output (Seiford
    /// and Zhu 2002).
    pub translation: Vec<f64>,
    /// Whether the target of each input, then each output, is a whole number, as its values must be (Lozano and Villa
    /// 2006; Kuosmanen and Kazemi Matin 2009); empty if none is.
    pub integer: Vec<bool>,
    /// Second phase: `sum` (as in the literature), `range` or `mean` (free of units), or `none`.
    pub slacks: Slacks,
    /// Whether to solve CRS, VRS and NIRS for scale efficiency and the class of returns to scale.
    pub scale: bool,
    /// Whether each unit is measured against the others only (Andersen and Petersen 1993). A unit with
    /// the same values as another stays in its reference.
    pub super_efficiency: bool,
    /// Whether to bound the local scale elasticity at each projection; `vrs` only.
    pub elasticity: bool,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

impl Default for DeaOptions {
    fn default() -> Self {
        Self {
            orientation: Orientation::default(),
            returns: Returns::default(),
            lower: None,
            upper: None,
            control: Vec::new(),
            environment: Vec::new(),
            translation: Vec::new(),
            integer: Vec::new(),
            slacks: Slacks::default(),
            scale: true,
            super_efficiency: false,
            elasticity: false,
            missing: Missing::default(),
        }
    }
}

impl DeaOptions {
    /// Whether some target is a whole number.
    fn whole(&self) -> bool {
        self.integer.contains(&true)
    }

    /// Whether the technology is convex, so that hyperplanes support it.
    fn convex(&self) -> bool {
        !(self.whole() || self.returns.single())
    }

    /// Whether the options go together for units measured against their own set.
    ///
    /// # Errors
    /// [`FrontierError::Options`], all contradictions at once.
    pub fn check(&self) -> Result<(), FrontierError> {
        bounds(self, true).map(|_| ())
    }
}

/// Radial efficiency of every unit against all units with complete data.
///
/// `technology` has one row per unit; results keep that order.
///
/// # Errors
/// [`FrontierError`]: no variables, columns of different length, options that do not go together, or
/// cells that cannot be used, all of them at once. An infeasible or uncertified unit is a [`State`],
/// not an error.
pub fn dea(technology: &Technology<'_>, options: &DeaOptions) -> Result<Dea, FrontierError> {
    if !(technology.bad_outputs.is_empty() && options.translation.is_empty()) {
        return if options.translation.is_empty() {
            Err(FrontierError::BadOutputs)
        } else {
            constraints::translated(technology, options)
        };
    }
    technology.check(options.missing, false)?;
    constraints::check(technology, options)?;
    integer::check(technology, options)?;
    evaluate(&Setting::own(technology, options)?, options)
}

/// Radial efficiency of `evaluated` against another set of units with the same variables. Scores may
/// exceed 1, and under VRS, NIRS, NDRS and FDH a unit outside the reference may be infeasible.
///
/// # Errors
/// As [`dea`], for both sets, and different variables. Super-efficiency is refused: no unit is in its
/// own reference.
pub fn dea_against(evaluated: &Technology<'_>, reference: &Technology<'_>, options: &DeaOptions) -> Result<Dea, FrontierError> {
    if !options.translation.is_empty() {
        return Err(FrontierError::Options(vec![("translation", "a foreign reference takes no undesirable outputs".to_owned())]));
    }
    let plain = DeaOptions { environment: Vec::new(), ..options.clone() };
    constraints::check(reference, &plain)?;
    constraints::check(evaluated, &plain)?;
    integer::check(reference, options)?;
    integer::check(evaluated, options)?;
    evaluate(&Setting::foreign(evaluated, reference, options)?, options)
}

/// What is evaluated against what.
struct Setting<'a> {
    inputs: usize,
    outputs: usize,
    /// Distinct points of the reference.
    classes: Classes,
    /// Columns over the classes: inputs, then outputs.
    columns: Vec<Vec<f64>>,
    /// Environment of the classes.
    levels: Vec<Vec<f64>>,
    /// Evaluated units and their complete rows, where they are not those of the reference.
    foreign: Option<(Vec<&'a [f64]>, Vec<usize>)>,
    /// Number of evaluated units.
    units: usize,
}

/// What makes many units cheap.
#[derive(Default)]
struct Lean {
    order: Option<Vec<usize>>,
    members: Option<Vec<usize>>,
}

impl<'a> Setting<'a> {
    fn own(technology: &Technology<'a>, options: &DeaOptions) -> Result<Self, FrontierError> {
        technology.check(options.missing, false)?;
        let complete = technology.complete();
        let members: Vec<usize> = (0..technology.len()).filter(|&u| complete[u]).collect();
        if members.is_empty() {
            return Err(FrontierError::Empty);
        }
        let zero = technology.zero_variables(&members);
        if !zero.is_empty() {
            return Err(FrontierError::Data(zero));
        }
        let environment = options.environment.iter().map(Vec::as_slice);
        let given: Vec<&[f64]> = technology.columns().map(|(_, _, c)| c).chain(environment).collect();
        let (classes, mut columns) = Classes::new(&given, &members);
        let (inputs, outputs) = (technology.inputs.len(), technology.outputs.len());
        let levels = columns.split_off(inputs + outputs);
        Ok(Self { inputs, outputs, classes, columns, levels, foreign: None, units: technology.len() })
    }

    fn foreign(evaluated: &Technology<'a>, reference: &Technology<'a>, options: &DeaOptions) -> Result<Self, FrontierError> {
        evaluated.like(reference)?;
        evaluated.check(options.missing, false)?;
        let complete = evaluated.complete();
        let rows = (0..evaluated.len()).filter(|&u| complete[u]).collect();
        let columns = evaluated.columns().map(|(_, _, c)| c).collect();
        Ok(Self { foreign: Some((columns, rows)), units: evaluated.len(), ..Self::own(reference, options)? })
    }

    fn sizes(&self) -> (usize, usize) {
        (self.inputs, self.outputs)
    }

    /// Evaluated points: columns and rows of them. Those of the reference itself are `over` its classes.
    fn points<'s>(&'s self, over: Vec<&'s [f64]>) -> (Vec<&'s [f64]>, Vec<usize>) {
        match &self.foreign {
            Some((columns, rows)) => (columns.clone(), rows.clone()),
            None => (over, (0..self.classes.len()).collect()),
        }
    }

    /// Whether the reference is large enough for it to pay to know what can matter.
    fn large(&self) -> bool {
        self.classes.len() > extreme::SMALL
    }

    /// Points of the reference in neighbourly order.
    fn order(&self, columns: &[Vec<f64>]) -> Vec<usize> {
        let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let every: Vec<usize> = (0..self.classes.len()).collect();
        neighbours(&slices, &every, 0..self.inputs)
    }

    /// Puts classes and their columns into neighbourly order, so that a sweep reads memory from front to back.
    fn arrange(&mut self, columns: &mut [Vec<f64>]) {
        let order = self.order(columns);
        for column in columns {
            *column = order.iter().map(|&j| column[j]).collect();
        }
        self.classes = self.classes.in_order(&order);
    }

    /// The points of the reference that can matter, where it is large; `order` is a neighbourly one.
    fn lean(&self, columns: &[Vec<f64>], order: Vec<usize>) -> Result<Lean, FrontierError> {
        let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let members = extreme(&slices, self.inputs, &order)?;
        Ok(Lean { order: Some(order), members })
    }

    fn own_columns(&self) -> Vec<&[f64]> {
        self.columns.iter().map(Vec::as_slice).collect()
    }

    /// Units that rows of the evaluated points stand for.
    fn units_of(&self, rows: &[usize], mut each: impl FnMut(usize)) {
        match self.foreign {
            Some(_) => rows.iter().for_each(|&u| each(u)),
            None => rows.iter().flat_map(|&c| self.classes.units(c)).for_each(|&u| each(u)),
        }
    }

    /// The point that a program leaves out: the unit's own, where no other unit stands there too.
    fn alone(&self, row: usize) -> Option<usize> {
        (self.classes.units(row).len() == 1).then_some(row)
    }
}

/// Options that do not go together, each with its reason.
fn contradictions(options: &DeaOptions, own: bool) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let mut refuse = |bad: bool, name, why: &str| found.extend(bad.then(|| (name, why.to_owned())));
    let (lower, upper) = (options.lower, options.upper);
    if matches!(options.returns, Returns::Generalised | Returns::Fdh) {
        let neither = options.returns == Returns::Generalised && lower.is_none() && upper.is_none();
        refuse(neither, "lower", "generalised returns need `lower`, `upper`, or both");
        refuse(lower.is_some_and(|l| !(0.0..=1.0).contains(&l)), "lower", "the least sum of weights lies between 0 and 1");
        refuse(upper.is_some_and(|u| !(u >= 1.0 && u.is_finite())), "upper", "the largest sum of weights is 1 or more");
    } else {
        refuse(lower.is_some(), "lower", "bounds on the sum of weights belong to `generalised` and `fdh`");
        refuse(upper.is_some(), "upper", "bounds on the sum of weights belong to `generalised` and `fdh`");
    }
    refuse(
        options.super_efficiency && !own,
        "super_efficiency",
        "no unit is in the reference, so that there is none to leave out",
    );
    refuse(!options.environment.is_empty() && !own, "environment", "a foreign reference has no environment");
    let constrained = options.constrained() || !options.translation.is_empty();
    refuse(options.elasticity && constrained, "elasticity", "the elasticity is that of a frontier on which all can be chosen");
    refuse(options.elasticity && options.returns != Returns::Vrs, "elasticity", "the elasticity is that of the VRS frontier");
    refuse(
        options.elasticity && options.super_efficiency,
        "elasticity",
        "the elasticity is that of the frontier with all its units",
    );
    let whole = "whole targets are those of a convex technology in which every variable is the unit's to choose";
    let single = options.returns.single();
    refuse(options.whole() && (single || constrained), "integer", whole);
    refuse(options.whole() && options.super_efficiency, "integer", "super-efficiency has no whole targets");
    refuse(options.whole() && options.elasticity, "integer", "whole targets have no hyperplane");
    found
}

fn bounds(options: &DeaOptions, own: bool) -> Result<Bounds, FrontierError> {
    let found = contradictions(options, own);
    if found.is_empty() {
        Ok(Bounds::of(options.returns, options.lower, options.upper))
    } else {
        Err(FrontierError::Options(found))
    }
}

fn evaluate(setting: &Setting<'_>, options: &DeaOptions) -> Result<Dea, FrontierError> {
    let own = setting.foreign.is_none();
    let main = bounds(options, own)?;
    if options.whole() {
        return integer::Whole::new(setting, options).evaluate(main);
    }
    let left_out = options.super_efficiency;
    // Leaving a unit out uncovers points that no frontier of all units has; elasticities ask for all peers.
    let single = options.returns.single();
    let lean = !(left_out || options.elasticity || options.constrained() || single);
    let Lean { order, members } =
        if lean && setting.large() { setting.lean(&setting.columns, setting.order(&setting.columns))? } else { Lean::default() };
    let radial = match members {
        Some(members) => Radial::among(&setting.columns, members, setting.sizes(), options.orientation, main)?,
        None => Radial::over(setting.columns.clone(), setting.sizes(), options.orientation, main)?,
    };
    let hold = options.hold(setting.columns.len());
    let radial = radial.holding(&hold);
    let favoured = |row: usize, list: &mut Vec<usize>| setting.favoured(row, list);
    let barred: Option<&Barred<'_>> = if setting.levels.is_empty() { None } else { Some(&favoured) };
    let order = order.as_deref().filter(|_| own);
    let (columns, rows) = setting.points(setting.own_columns());
    let mut weights = slack_weights(&setting.columns, options.slacks);
    // What a unit cannot choose is nothing it could do better.
    let counted: Vec<bool> = hold.iter().map(|h| *h == Hold::Free).collect();
    weights.iter_mut().flatten().zip(&counted).filter(|(_, counts)| !**counts).for_each(|(w, _)| *w = 0.0);
    let excluded = |row: usize| if left_out { setting.alone(row) } else { None };

    let mut found = Columns::new(setting, options, counted);
    let mut put = |rows: &[usize], record: Record| found.put(rows, record);
    let frame = record::Frame::new(setting, &columns, (options.orientation, main, &hold), own && !left_out);
    if single && (options.returns != Returns::Fdh || options.constrained() || main != Bounds::of(Returns::Vrs, None, None)) {
        let problem =
            singles::Problem::new(setting, (&radial, &hold), &columns, (options.orientation, main, weights.as_deref()), barred);
        let best = |row| match options.returns {
            Returns::Replication => replication::best(&problem, Times::Whole, row, excluded(row)),
            Returns::Upscaling => replication::best(&problem, Times::FromOnce, row, excluded(row)),
            _ => problem.best(row, excluded(row)),
        };
        let chosen: Vec<_> = rows.par_iter().map(|&row| frame.chosen(row, excluded(row), best(row))).collect();
        rows.chunks(1).zip(chosen).for_each(|(row, record)| put(row, record));
    } else if single {
        let hull = fdh::Hull::new(&setting.columns, setting.sizes(), options.orientation, weights.as_deref());
        hull.sweep(&columns, &rows, excluded, |row, best| frame.dominated(row, excluded(row), best), &mut put);
    } else {
        let ask = Ask { order, weights: weights.as_deref(), value: false, barred };
        radial.sweep(&columns, &rows, ask, excluded, |row, s| frame.solved(row, excluded(row), s, &radial), &mut put)?;
    }
    let mut out = found.finish();

    if options.scale {
        let plain = |bounds: Bounds| -> Result<Vec<f64>, FrontierError> {
            if bounds == main && !left_out && !single {
                let certified = out.score.iter().zip(&out.state);
                return Ok(certified.map(|(s, state)| if *state == State::Optimal { *s } else { f64::NAN }).collect());
            }
            let mut scores = vec![f64::NAN; setting.units];
            let take = |_, s: &_| measured(s, options.orientation, own);
            let ask = Ask { order, weights: None, value: true, barred };
            let put = |rows: &[usize], d: crate::observations::Distance| {
                let score = if d.state == State::Optimal { d.value } else { f64::NAN };
                setting.units_of(rows, |u| scores[u] = score);
            };
            radial.under(bounds)?.sweep(&columns, &rows, ask, |_| None, take, put)?;
            Ok(scores)
        };
        let [crs, vrs, nirs] = [Returns::Crs, Returns::Vrs, Returns::Nirs].map(|r| plain(Bounds::of(r, None, None)));
        out.scale = Some(Scale::new(crs?, vrs?, nirs?));
    }
    if options.elasticity {
        out.elasticity = Some(Elasticity::at_targets(&out, &radial)?);
    }
    Ok(out)
}

/// Weights of the slack phase, one per column; `None` without that phase.
pub(crate) fn slack_weights(columns: &[Vec<f64>], slacks: Slacks) -> Option<Vec<f64>> {
    let weight = |c: &Vec<f64>| {
        let (low, high) = c.iter().fold((f64::INFINITY, 0.0_f64), |(l, h), &x| (l.min(x), h.max(x)));
        1.0 / match slacks {
            Slacks::Sum | Slacks::None => 1.0,
            // A variable without range has no slack against its own set; any weight does.
            Slacks::Range if high > low => high - low,
            Slacks::Range => high,
            Slacks::Mean => numerics::moments::mean(&c.iter().map(|x| x.abs()).collect::<Vec<_>>()),
        }
    };
    (slacks != Slacks::None).then(|| columns.iter().map(weight).collect())
}

#[cfg(test)]
mod options_tests;
#[cfg(test)]
#[path = "dea_tests.rs"]
mod tests;
