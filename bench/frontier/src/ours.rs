//! Our side, through the public functions of `frontier` that users call.
//!
//! One function per task. A task gives the values that rivals are compared with, and what is certified
//! about them.

use std::ops::Range;

use clap::ValueEnum;
use frontier::{
    Observations, Orientation, State, Technology,
    dea::{DeaOptions, Returns, ScoreOptions, Slacks, dea},
    directional::{DirectionalOptions, DirectionalReturns, directional},
    malmquist::{Distance, MalmquistOptions, malmquist},
    malmquist_luenberger::{Index, MalmquistLuenbergerOptions, malmquist_luenberger},
    sbm::{SbmOptions, sbm},
};

use crate::{data::Case, families};

/// Widest interval that counts as certified.
pub(crate) const CERTIFIED: f64 = 1e-9;

/// What is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Task {
    /// Input-oriented VRS scores.
    L1,
    /// L1 with largest sum of slacks, peers, targets and multipliers.
    L2,
    /// Slacks-based measure (Tone 2001), non-oriented, VRS, each period its own technology.
    Sbm,
    /// Directional distance along (x, y), VRS, each period its own technology.
    Ddf,
    /// Malmquist index of adjacent periods, input orientation, CRS with pure and scale parts.
    Malmquist,
    /// Malmquist-Luenberger of adjacent periods (Chung, Färe and Grosskopf 1997), CRS.
    Ml,
    /// Global Malmquist-Luenberger (Oh 2010), CRS.
    Gml,
    /// Free disposal hull, input orientation.
    Fdh,
    /// Free replication hull, input orientation (a program of integers).
    Replication,
    /// Radial super-efficiency, input orientation, CRS.
    Super,
    /// Additive model, sum of slacks, VRS.
    Additive,
    /// Range-adjusted measure, VRS.
    Ram,
    /// Super-efficient slacks-based measure, CRS.
    SuperSbm,
    /// Slacks-based measure with an undesirable output (Tone 2003), VRS.
    BadSbm,
    /// Russell measure of inputs, VRS.
    Russell,
    /// Epsilon-based measure, input orientation, CRS, ε = 0.5.
    Ebm,
    /// Range directional measure, VRS.
    Rdm,
    /// Directional distance of outputs, weak disposability of Kuosmanen, VRS.
    Kuosmanen,
    /// Directional super-efficiency, VRS.
    SuperDdf,
    /// Generalised distance (Chavas and Cox), α = ½, VRS.
    Generalised,
    /// Cost efficiency, VRS.
    Cost,
    /// Revenue efficiency, VRS.
    Revenue,
    /// Profit inefficiency along (x, y), VRS.
    Profit,
    /// Cross-efficiency, benevolent, CRS.
    Cross,
    /// Metatechnology ratio of three groups, input orientation, VRS.
    Metafrontier,
    /// Relational two-stage efficiency (Kao and Hwang), CRS.
    Relational,
    /// Additive two-stage efficiency (Chen, Cook, Li and Zhu), CRS.
    ChenAdditive,
    /// Global Malmquist index.
    Global,
    /// Biennial Malmquist index.
    Biennial,
    /// Consistent Malmquist-Luenberger index (Aparicio, Pastor and Zofío 2013).
    Apz,
    /// Luenberger indicator, adjacent periods, CRS.
    Luenberger,
    /// Hicks-Moorsteen index, VRS.
    HicksMoorsteen,
    /// Network slacks-based measure of two divisions, input orientation, free links, VRS.
    Network,
    /// Dynamic slacks-based measure, the second output carried over as a good, VRS.
    Dynamic,
    /// By-production (Murty, Russell and Levkoff), all inputs polluting, CRS.
    ByProduction,
    /// Materials balance (Coelli, Lauwers and Van Huylenbroeck), CRS.
    MaterialsBalance,
    /// Order-α, α = 0.95, input orientation.
    OrderAlpha,
    /// Context-dependent layers, CRS.
    Layers,
    /// Scores in windows of three periods, CRS.
    Window,
    /// Modified directional distance along (x, y), VRS.
    Modified,
    /// Hyperbolic distance, VRS.
    Hyperbolic,
    /// Closest strongly efficient target, the largest slacks-based measure, VRS.
    Closest,
    /// Net capacity utilisation, the first input fixed, VRS.
    Capacity,
    /// Potential gains from merging units two by two, input orientation, VRS.
    Merger,
    /// Common weights, compromise, with the range of each score, CRS.
    CommonWeights,
    /// Common weights by canonical correlation.
    Canonical,
    /// Game cross-efficiency, CRS.
    Game,
    /// Radial scores with assurance regions, input orientation, CRS.
    Assurance,
    /// Färe-Primont index, VRS.
    FarePrimont,
    /// Lowe index, VRS.
    Lowe,
    /// Order-m, m = 25, input orientation.
    OrderM,
    /// Whole inputs and outputs, input orientation, VRS.
    Integer,
    /// Non-radial directional distance with an undesirable output, groups weighing the same, CRS.
    Nddf,
    /// The same with one input, one output and one undesirable output (Zhou, Ang and Wang 2012).
    EnergyCarbon,
}

/// Values for the comparison, by unit (or by pair of periods, then unit), with their certificates.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    /// Scores, distances or indices. `NaN` where infeasible.
    pub(crate) values: Vec<f64>,
    /// A second column that must agree as well: the sum of slacks of [`Task::L2`].
    pub(crate) second: Vec<f64>,
    /// Programs that count, each with the width of its certificate; infinite where there is none.
    pub(crate) widths: Vec<f64>,
    /// Units with a score of 1; `None` where the task has no score.
    pub(crate) frontier: Option<usize>,
}

/// Does the task once.
pub(crate) fn run(task: Task, case: &Case) -> Result<Outcome, String> {
    let all = || case.technology(0..case.shape.units, false);
    match task {
        Task::L1 => scores(&all()),
        Task::L2 => product(&all()),
        Task::Sbm => by_period(case, false, slacks_based),
        Task::Ddf => by_period(case, false, along_observed),
        Task::Malmquist => change(case),
        Task::Ml => green_change(case, Index::Cfg1997),
        Task::Gml => green_change(case, Index::Oh2010),
        family => families::run(family, case),
    }
}

/// Scores only.
fn scores(technology: &Technology<'_>) -> Result<Outcome, String> {
    let options = ScoreOptions { orientation: Orientation::Input, returns: Returns::Vrs, ..ScoreOptions::default() };
    let out = frontier::dea::scores(technology, &options).map_err(|e| e.to_string())?;
    Ok(Outcome::certified(out.score, &out.state, out.low.into_iter().zip(out.high)))
}

/// Scores, slacks, peers, targets and multipliers.
fn product(technology: &Technology<'_>) -> Result<Outcome, String> {
    let options = DeaOptions { scale: false, ..DeaOptions::default() };
    let out = dea(technology, &options).map_err(|e| e.to_string())?;
    let columns = || out.input_slacks.iter().chain(&out.output_slacks);
    let second = (0..out.score.len()).map(|u| columns().map(|c| c[u]).sum()).collect();
    Ok(Outcome { second, ..Outcome::certified(out.score, &out.state, out.interval.into_iter()) })
}

/// The slacks-based measure of one period's units against themselves.
fn slacks_based(technology: &Technology<'_>) -> Result<Outcome, String> {
    let options = SbmOptions { returns: Returns::Vrs, ..SbmOptions::default() };
    let out = sbm(technology, &options).map_err(|e| e.to_string())?;
    Ok(Outcome::certified(out.score, &out.state, out.interval.into_iter()))
}

/// The directional distance of one period's units along their own (x, y), against themselves.
fn along_observed(technology: &Technology<'_>) -> Result<Outcome, String> {
    let options = DirectionalOptions { returns: DirectionalReturns::Vrs, slacks: Slacks::None, ..DirectionalOptions::default() };
    let out = directional(technology, &options).map_err(|e| e.to_string())?;
    let frontier = out.beta.iter().filter(|b| b.abs() <= frontier::dea::TOLERANCE).count();
    Ok(Outcome { frontier: Some(frontier), ..Outcome::certified(out.beta, &out.state, out.interval.into_iter()) })
}

fn change(case: &Case) -> Result<Outcome, String> {
    let (units, periods) = keys(case);
    let data = Observations { technology: case.technology(0..case.shape.units, false), units: &units, periods: &periods };
    let out = malmquist(&data, &MalmquistOptions::default()).map_err(|e| e.to_string())?;
    let distances = [
        &out.crs.base_own,
        &out.crs.comparison_own,
        &out.crs.base_other,
        &out.crs.comparison_other,
        &out.vrs.base_own,
        &out.vrs.comparison_own,
    ];
    Ok(Outcome::changes(&out.unit, &out.from, out.index, distances.into_iter()))
}

fn green_change(case: &Case, index: Index) -> Result<Outcome, String> {
    let (units, periods) = keys(case);
    let data = Observations { technology: case.technology(0..case.shape.units, true), units: &units, periods: &periods };
    let options = MalmquistLuenbergerOptions { index, ..MalmquistLuenbergerOptions::default() };
    let out = malmquist_luenberger(&data, &options).map_err(|e| e.to_string())?;
    let distances = [&out.base_own, &out.comparison_own, &out.base_other, &out.comparison_other];
    Ok(Outcome::changes(&out.unit, &out.from, out.index, distances.into_iter()))
}

/// Unit and period of each row.
pub(crate) fn keys(case: &Case) -> (Vec<usize>, Vec<i32>) {
    let units = case.shape.units / case.shape.periods;
    (0..case.shape.units).map(|r| (r % units, (r / units) as i32)).unzip()
}

fn by_period(
    case: &Case,
    bad_outputs: bool,
    solve: impl Fn(&Technology<'_>) -> Result<Outcome, String>,
) -> Result<Outcome, String> {
    let parts: Vec<Outcome> =
        case.periods().map(|rows: Range<usize>| solve(&case.technology(rows, bad_outputs))).collect::<Result<_, _>>()?;
    let mut out = Outcome::default();
    for part in parts {
        out.values.extend(part.values);
        out.widths.extend(part.widths);
        out.frontier = part.frontier.map(|n| n + out.frontier.unwrap_or(0));
    }
    Ok(out)
}

impl Outcome {
    pub(crate) fn certified(values: Vec<f64>, states: &[State], intervals: impl Iterator<Item = (f64, f64)>) -> Self {
        let widths = states.iter().zip(intervals).map(|(&s, i)| width(s, i)).collect();
        let frontier = Some(values.iter().filter(|&&v| v >= 1.0 - frontier::dea::TOLERANCE).count());
        Self { values, second: Vec::new(), widths, frontier }
    }

    /// By the earlier period, then unit, as rivals give them.
    pub(crate) fn changes<'a>(
        units: &[usize],
        from: &[i32],
        index: Vec<f64>,
        distances: impl Iterator<Item = &'a Vec<Distance>>,
    ) -> Self {
        let mut order: Vec<usize> = (0..index.len()).collect();
        order.sort_by_key(|&i| (from[i], units[i]));
        let widths = distances.flatten().map(|d| width(d.state, d.interval)).collect();
        Self { values: order.into_iter().map(|i| index[i]).collect(), second: Vec::new(), widths, frontier: None }
    }
}

/// A proof of infeasibility is a certificate without an interval.
pub(crate) fn width(state: State, (low, high): (f64, f64)) -> f64 {
    match state {
        State::Optimal if high >= low => high - low,
        State::Infeasible | State::Unbounded => 0.0,
        _ => f64::INFINITY,
    }
}
