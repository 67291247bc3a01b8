#![doc = include_str!("malmquist.md")]

mod decomposition;
mod distances;
mod kinds;

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::{
    decomposition::{Decomposition, Measured, Part},
    distances::Barrier,
    kinds::{Align, Kind},
};
use self::{
    decomposition::{MEASURED, Pair, Scheme},
    distances::Answers,
    kinds::Plan,
};
pub use crate::observations::Distance;
use crate::{
    observations::{Gap, Observations, Pairs, cumulate, geometric_mean},
    technology::{FrontierError, Missing, Orientation, State},
};

/// The method's page.
pub const PAGE: &str = include_str!("malmquist.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("malmquist.zh.md");

/// Technology against which the index itself is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IndexReturns {
    /// Constant returns (Färe, Grosskopf, Norris and Zhang 1994): a measure of total factor
    /// productivity, never infeasible, with pure and scale parts from variable returns.
    #[default]
    Crs,
    /// Variable returns throughout, as some programs offer: not a productivity measure under scale
    /// change, cross-period programs may be infeasible; no pure and scale parts.
    Vrs,
}

/// Period whose technology is the yardstick, for kinds with one technology for each period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mean {
    /// Geometric mean of both periods.
    #[default]
    Geometric,
    /// The earlier period's technology.
    Base,
    /// The later period's technology.
    Comparison,
}

/// Options of [`malmquist`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MalmquistOptions {
    /// Which index: `adjacent`, `fixed-base`, `sequential`, `window`, `biennial` or `global`.
    pub kind: Kind,
    /// Base period of `fixed-base`; the first period with a complete row where not given.
    pub base: Option<i32>,
    /// Width of `window` in periods; 3 where not given.
    pub window: Option<NonZeroU32>,
    /// Whether a window lies around its period (`centred`) or ends with it (`trailing`).
    pub align: Align,
    /// Parts: `fgnz`, `ray-desli`, `grifell-lovell` or `bias`.
    pub decomposition: Decomposition,
    /// Which side is moved to the frontier: `input` or `output`.
    pub orientation: Orientation,
    /// Returns to scale of the index: `crs` or `vrs`.
    pub returns: IndexReturns,
    /// Yardstick of kinds with one technology for each period: `geometric` mean of both, `base` or
    /// `comparison` period.
    pub mean: Mean,
    /// Units with missing cells: `refuse` the data, or `exclude` those observations and name the gaps.
    pub missing: Missing,
}

/// Efficiencies (Farrell's theta, or 1 / phi) of the two observations of each change.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Levels {
    /// Earlier observation against its own technology.
    pub base_own: Vec<Distance>,
    /// Later observation against its own technology.
    pub comparison_own: Vec<Distance>,
    /// Earlier observation against the later technology, or the index's single yardstick.
    pub base_other: Vec<Distance>,
    /// Later observation against the earlier technology, or the index's single yardstick.
    pub comparison_other: Vec<Distance>,
    /// Mixed observation against the earlier technology: later inputs with earlier outputs.
    pub mixed_earlier: Vec<Distance>,
    /// Mixed observation against the later technology: later inputs with earlier outputs (`bias`),
    /// earlier inputs with later outputs (`grifell-lovell`).
    pub mixed_later: Vec<Distance>,
}

/// Changes between adjacent periods, one row per unit and pair, by unit, then period. All changes
/// above 1 are improvements, in both orientations. `NaN` where a distance was not solved (see
/// `failures`); columns that the options do not ask for are empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Malmquist {
    /// Unit.
    pub unit: Vec<usize>,
    /// Earlier period.
    pub from: Vec<i32>,
    /// Later period.
    pub to: Vec<i32>,
    /// Row of the earlier observation.
    pub from_row: Vec<usize>,
    /// Row of the later observation.
    pub to_row: Vec<usize>,
    /// Efficiencies under constant returns.
    pub crs: Levels,
    /// Efficiencies under variable returns.
    pub vrs: Levels,
    /// Malmquist index.
    pub index: Vec<f64>,
    /// Efficiency change EC, later over earlier efficiency in its own technology.
    pub efficiency: Vec<f64>,
    /// Technical change TC, computed from its own formula; best-practice change for kinds with a single
    /// yardstick; under variable returns for `ray-desli` and `grifell-lovell`.
    pub technical: Vec<f64>,
    /// Pure efficiency change PEC (variable returns).
    pub pure: Vec<f64>,
    /// Scale efficiency change SEC of FGNZ; scale change SCH of Ray and Desli or of Grifell-Tatjé and Lovell.
    pub scale: Vec<f64>,
    /// Output-biased technical change OBTC.
    pub output_bias: Vec<f64>,
    /// Input-biased technical change IBTC.
    pub input_bias: Vec<f64>,
    /// Magnitude of neutral technical change MATC; `technical = output_bias x input_bias x magnitude`.
    pub magnitude: Vec<f64>,
    /// Index cumulated from the unit's first period, where no gap precedes.
    pub cumulative: Vec<f64>,
    /// Changes that could not be computed because an observation is missing.
    pub gaps: Vec<Gap>,
    /// Distances that have no certified value though the index or a part needs them, by change.
    pub failures: Vec<Failure>,
    /// For each change with a failure: the same change by indices that pool the periods.
    pub alternatives: Vec<Alternative>,
    /// Largest relative violation of the identities between the index and its parts.
    pub residual: f64,
    chain: Vec<(usize, usize)>,
}

/// A distance without a certified value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// Position of the change in the columns.
    pub change: usize,
    /// Which distance.
    pub distance: Measured,
    /// Its returns to scale.
    pub returns: IndexReturns,
    /// Period of the observation's inputs and of its outputs.
    pub observed: (i32, i32),
    /// First and last period that span the technology.
    pub technology: (i32, i32),
    /// What became of it.
    pub state: State,
    /// The variables in which the observation lies beyond the technology.
    pub barriers: Vec<Barrier>,
    /// Whether the barriers stop it only together; else each one alone does.
    pub joint: bool,
}

/// A change measured by another index.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    /// Position of the change in the columns.
    pub change: usize,
    /// The other index: global or biennial.
    pub kind: Kind,
    /// Its value; `NaN` where it is not solved either.
    pub index: f64,
    /// Efficiency change; under variable returns for Ray and Desli's parts.
    pub efficiency: f64,
    /// Best-practice change; under variable returns for Ray and Desli's parts.
    pub technical: f64,
    /// The worst state of its distances.
    pub state: State,
}

/// Geometric means over solved rows, as DEAP prints them; `NaN` for parts that are not there.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeanChange {
    /// Efficiency change.
    pub efficiency: f64,
    /// Technical change.
    pub technical: f64,
    /// Pure efficiency change.
    pub pure: f64,
    /// Scale efficiency change.
    pub scale: f64,
    /// Index.
    pub index: f64,
    /// Number of rows with an index and all its parts.
    pub count: usize,
}

impl Malmquist {
    /// The column of a part; empty where the options do not ask for it.
    pub fn part(&self, part: Part) -> &[f64] {
        match part {
            Part::Efficiency => &self.efficiency,
            Part::Technical => &self.technical,
            Part::Pure => &self.pure,
            Part::Scale => &self.scale,
            Part::OutputBias => &self.output_bias,
            Part::InputBias => &self.input_bias,
            Part::Magnitude => &self.magnitude,
        }
    }

    /// Geometric means over the rows that `keep` accepts and that have an index and all its parts, so that the
    /// means multiply as the changes do.
    pub fn mean(&self, keep: impl Fn(usize) -> bool) -> MeanChange {
        let parts = [&self.index, &self.efficiency, &self.technical, &self.pure, &self.scale];
        let whole = |i: usize| parts.iter().all(|c| c.is_empty() || c[i].is_finite());
        let rows: Vec<usize> = (0..self.index.len()).filter(|&i| keep(i) && whole(i)).collect();
        let g = |c: &[f64]| geometric_mean(rows.iter().filter_map(|&i| c.get(i).copied()));
        MeanChange {
            efficiency: g(&self.efficiency).0,
            technical: g(&self.technical).0,
            pure: g(&self.pure).0,
            scale: g(&self.scale).0,
            index: g(&self.index).0,
            count: g(&self.index).1,
        }
    }

    /// A column of changes cumulated from the unit's first period; `NaN` from the first gap or unsolved
    /// change on.
    pub fn cumulate(&self, changes: &[f64]) -> Vec<f64> {
        if changes.len() == self.chain.len() { cumulate(&self.chain, changes) } else { Vec::new() }
    }
}

/// Malmquist index of every unit between adjacent periods.
///
/// Adjacent periods are neighbours among the periods of the data. The panel may be unbalanced: each
/// period's technology is spanned by the units observed in it, and a pair with one side missing is a
/// [`Gap`].
///
/// # Errors
/// [`FrontierError`] as for [`crate::dea::dea`]; `Options` names every option that does not go with the
/// others or with the periods of the data.
pub fn malmquist(data: &Observations<'_>, options: &MalmquistOptions) -> Result<Malmquist, FrontierError> {
    let pairs = data.pairs(options.missing, false)?;
    let sizes: Vec<(i32, usize)> = pairs.periods.iter().map(|(p, rows)| (*p, rows.len())).collect();
    let plan = Plan::new(options, &sizes)?;
    let list: Vec<Pair> = pairs.pairs.iter().map(|&(_, from, earlier, later)| Pair { from, earlier, later }).collect();
    let scheme = Scheme { plan, options };
    let solve = |scheme: &Scheme<'_>, list: &[Pair]| {
        let requests = list.iter().flat_map(|p| scheme.requests(p)).collect();
        Answers::solve(&data.technology, &pairs.periods, options.orientation, requests)
    };
    let answers = solve(&scheme, &list)?;
    let mut out = collect(&pairs, &list, &scheme, &answers);
    out.failures = failures(data, &pairs, &list, &scheme, &answers);

    let mut failed: Vec<usize> = out.failures.iter().map(|f| f.change).collect();
    failed.dedup();
    if !failed.is_empty() {
        let some: Vec<Pair> = failed.iter().map(|&i| list[i]).collect();
        for kind in [Kind::Biennial, Kind::Global].into_iter().filter(|k| *k != options.kind) {
            let decomposition = match options.decomposition {
                Decomposition::RayDesli => Decomposition::RayDesli,
                _ => Decomposition::Fgnz,
            };
            let options = MalmquistOptions { kind, decomposition, mean: Mean::Geometric, ..options.clone() };
            let scheme = Scheme { plan: plan.with(kind), options: &options };
            let answers = solve(&scheme, &some)?;
            for (pair, &change) in some.iter().zip(&failed) {
                let c = scheme.change(pair, &answers);
                let states = scheme.requests(pair).map(|r| answers.distance(Some(r)).state);
                let state = states.max().unwrap_or(State::Optimal);
                let part = |p: Part| {
                    let there = decomposition.parts(options.returns).contains(&p);
                    if there { c.parts[p as usize] } else { f64::NAN }
                };
                let catching_up = if decomposition == Decomposition::RayDesli { Part::Pure } else { Part::Efficiency };
                let (efficiency, technical) = (part(catching_up), part(Part::Technical));
                out.alternatives.push(Alternative { change, kind, index: c.index, efficiency, technical, state });
            }
        }
        out.alternatives.sort_by_key(|a| (a.change, a.kind == Kind::Global));
    }
    out.gaps = pairs.gaps;
    Ok(out)
}

/// The columns of all changes.
fn collect(pairs: &Pairs, list: &[Pair], scheme: &Scheme<'_>, answers: &Answers) -> Malmquist {
    let mut out = Malmquist::default();
    let mut parts: Vec<[f64; 7]> = Vec::with_capacity(list.len());
    for (&(unit, from, a, b), pair) in pairs.pairs.iter().zip(list) {
        let change = scheme.change(pair, answers);
        out.residual = out.residual.max(change.residual);
        out.unit.push(unit);
        out.from.push(pairs.periods[from].0);
        out.to.push(pairs.periods[from + 1].0);
        out.from_row.push(a);
        out.to_row.push(b);
        out.index.push(change.index);
        out.chain.push((unit, from));
        parts.push(change.parts);
    }
    let asked = scheme.options.decomposition.parts(scheme.options.returns);
    for &part in asked {
        let column: Vec<f64> = parts.iter().map(|p| p[part as usize]).collect();
        match part {
            Part::Efficiency => out.efficiency = column,
            Part::Technical => out.technical = column,
            Part::Pure => out.pure = column,
            Part::Scale => out.scale = column,
            Part::OutputBias => out.output_bias = column,
            Part::InputBias => out.input_bias = column,
            Part::Magnitude => out.magnitude = column,
        }
    }
    let levels = |vrs: bool| {
        let column = |which| -> Vec<Distance> {
            let requests: Vec<_> = list.iter().map(|p| scheme.request(p, which, vrs)).collect();
            if requests.iter().all(Option::is_none) {
                return Vec::new();
            }
            requests.into_iter().map(|r| answers.distance(r)).collect()
        };
        let [base_own, comparison_own, base_other, comparison_other, mixed_earlier, mixed_later] = MEASURED.map(column);
        Levels { base_own, comparison_own, base_other, comparison_other, mixed_earlier, mixed_later }
    };
    (out.crs, out.vrs) = (levels(false), levels(true));
    out.cumulative = cumulate(&out.chain, &out.index);
    out
}

fn failures(data: &Observations<'_>, pairs: &Pairs, list: &[Pair], scheme: &Scheme<'_>, answers: &Answers) -> Vec<Failure> {
    let mut out = Vec::new();
    for (change, pair) in list.iter().enumerate() {
        for (vrs, returns) in [(false, IndexReturns::Crs), (true, IndexReturns::Vrs)] {
            for distance in MEASURED.into_iter().filter(|w| scheme.uses(*w, vrs)) {
                let Some(request) = scheme.request(pair, distance, vrs) else { continue };
                let Some(answer) = answers.get(&request).filter(|a| a.distance.state != State::Optimal) else { continue };
                out.push(Failure {
                    change,
                    distance,
                    returns,
                    observed: (data.periods[request.inputs], data.periods[request.outputs]),
                    technology: (pairs.periods[request.span.0].0, pairs.periods[request.span.1 - 1].0),
                    state: answer.distance.state,
                    barriers: answer.barriers.clone(),
                    joint: answer.joint,
                });
            }
        }
    }
    out
}

#[cfg(test)]
#[path = "malmquist_tests.rs"]
mod tests;
