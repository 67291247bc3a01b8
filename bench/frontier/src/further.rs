//! Further families: distances of several steps, nearest targets, appraisals, mergers, and indices with fixed weights.
//!
//! What they need is made by rule as well: the first input is the fixed one, units `2k` and `2k + 1` merge, a price stays
//! between half and twice that of the first variable of its side, and whole numbers are quantities in tenths, rounded up.

use frontier::{
    Observations, Orientation, State, Technology,
    capacity::{CapacityOptions, capacity},
    closest::{ClosestOptions, Measure, closest},
    common_weights::{CommonModel, CommonOptions, common_weights},
    cross_efficiency::{CrossOptions, Goal, cross_efficiency},
    dea::{DeaOptions, Returns, Slacks, dea},
    directional::DirectionalReturns,
    distance::{HyperbolicOptions, ModifiedOptions, hyperbolic, modified},
    merger::{MergerOptions, merger},
    multiplier::{MultiplierOptions, Restriction, Variable, multiplier},
    nddf::{NddfOptions, NddfWeights, nddf},
    partial::{Order, PartialOptions, PartialOrientation, Tie, partial},
    tfp_index::{Prices, TfpKind, TfpOptions, TfpPart, tfp_index},
};

use crate::{
    data::Case,
    families::{PriceColumns, said},
    ours::{Outcome, Task, keys, width},
};

/// Does the task once.
pub(crate) fn run(task: Task, case: &Case) -> Result<Outcome, String> {
    let all = case.technology(0..case.shape.units, false);
    let (vrs, crs) = (Returns::Vrs, Returns::Crs);
    match task {
        Task::Modified => {
            let options = ModifiedOptions { returns: vrs, slacks: Slacks::None, ..ModifiedOptions::default() };
            let out = said(modified(&all, &options))?;
            Ok(Outcome::certified(out.distance, &out.state, out.interval.into_iter()))
        }
        Task::Hyperbolic => {
            let options = HyperbolicOptions { returns: vrs, slacks: Slacks::None, ..HyperbolicOptions::default() };
            let out = said(hyperbolic(&all, &options))?;
            Ok(Outcome::certified(out.score, &out.state, out.interval.into_iter()))
        }
        Task::Closest => {
            let out = said(closest(&all, &ClosestOptions { measure: Measure::Sbm, returns: vrs, ..ClosestOptions::default() }))?;
            Ok(Outcome::certified(out.value, &out.state, out.interval.into_iter()))
        }
        Task::Capacity => {
            let out = said(capacity(&all, &CapacityOptions { fixed: vec![0], returns: vrs, ..CapacityOptions::default() }))?;
            let intervals = out.gross_interval.iter().chain(&out.technical_interval);
            let widths = intervals.zip(out.state.iter().cycle()).map(|(&i, &s)| width(s, i)).collect();
            Ok(Outcome { values: out.net, widths, ..Outcome::default() })
        }
        Task::Merger => {
            let sets: Vec<Vec<usize>> = (0..case.shape.units / 2).map(|k| vec![2 * k, 2 * k + 1]).collect();
            let options = MergerOptions { orientation: Orientation::Input, returns: vrs, ..MergerOptions::default() };
            let out = said(merger(&all, &sets, &options))?;
            let distances = out.overall.iter().chain(&out.adjusted).chain(&out.harmony);
            let widths = distances.map(|d| width(d.state, d.interval)).collect();
            Ok(Outcome { values: out.overall.iter().map(|d| d.value).collect(), widths, ..Outcome::default() })
        }
        Task::CommonWeights => common(&all, CommonModel::Compromise),
        Task::Canonical => common(&all, CommonModel::Canonical),
        Task::Game => {
            let out = said(cross_efficiency(&all, &CrossOptions { goal: Goal::Game, returns: crs, ..CrossOptions::default() }))?;
            if !out.convergence.is_some_and(|c| c.converged) {
                return Err("the game did not converge".to_owned());
            }
            Ok(Outcome::certified(out.score, &out.state, out.interval.into_iter()))
        }
        Task::Assurance => {
            let sides = [(case.shape.inputs, Variable::Input as fn(usize) -> Variable), (case.shape.outputs, Variable::Output)];
            let restrictions = sides
                .into_iter()
                .flat_map(|(count, variable)| (1..count).map(move |k| (variable(k), variable(0))))
                .map(|(over, under)| Restriction::Ratio { over, under, lower: Some(0.5), upper: Some(2.0) })
                .collect();
            let out = said(multiplier(&all, &MultiplierOptions { returns: crs, restrictions, ..MultiplierOptions::default() }))?;
            Ok(Outcome::certified(out.score, &out.state, out.interval.into_iter()))
        }
        Task::FarePrimont | Task::Lowe => fixed_weights(task, case),
        Task::OrderM => {
            let options = PartialOptions {
                order: Order::M(25),
                orientation: PartialOrientation::Input,
                tie: Tie::default(),
                missing: frontier::Missing::default(),
            };
            let out = said(partial(&all, &options))?;
            Ok(Outcome::certified(out.score, &out.state, out.interval.into_iter()))
        }
        Task::Integer => {
            let whole: Vec<Vec<f64>> = case.columns.iter().map(|c| c.iter().map(|v| (10.0 * v).ceil()).collect()).collect();
            let whole = Case { shape: case.shape, columns: whole };
            let options = DeaOptions {
                returns: vrs,
                integer: vec![true; case.shape.inputs + case.shape.outputs],
                slacks: Slacks::None,
                scale: false,
                ..DeaOptions::default()
            };
            let out = said(dea(&whole.technology(0..case.shape.units, false), &options))?;
            Ok(Outcome::certified(out.score, &out.state, out.interval.into_iter()))
        }
        Task::Nddf => non_radial(&case.technology(0..case.shape.units, true)),
        Task::EnergyCarbon => {
            let Technology { mut inputs, mut outputs, mut bad_outputs } = case.technology(0..case.shape.units, true);
            [&mut inputs, &mut outputs, &mut bad_outputs].into_iter().for_each(|columns| columns.truncate(1));
            non_radial(&Technology { inputs, outputs, bad_outputs })
        }
        _ => Err(format!("{task:?} is no family")),
    }
}

/// Groups count the same; constant returns.
fn non_radial(technology: &Technology<'_>) -> Result<Outcome, String> {
    let options = NddfOptions { weights: NddfWeights::Groups, returns: DirectionalReturns::Crs, ..NddfOptions::default() };
    let out = said(nddf(technology, &options))?;
    Ok(Outcome::certified(out.inefficiency, &out.state, out.interval.into_iter()))
}

/// Scores at one set of weights; the programs are the units' own and the one of the weights.
fn common(technology: &Technology<'_>, model: CommonModel) -> Result<Outcome, String> {
    let out = said(common_weights(technology, &CommonOptions { model, ..CommonOptions::default() }))?;
    let mut done = Outcome::certified(out.score, &out.state, out.interval.into_iter());
    // Common weights are proved to 5e-9, not 1e-9, so that of them only the state counts.
    done.widths.push(if out.status == State::Optimal { 0.0 } else { f64::INFINITY });
    Ok(done)
}

/// Indices of a panel that add up with the same weights throughout.
fn fixed_weights(task: Task, case: &Case) -> Result<Outcome, String> {
    let (units, periods) = keys(case);
    let data = Observations { technology: case.technology(0..case.shape.units, false), units: &units, periods: &periods };
    let held = PriceColumns::of(case);
    let view = held.view();
    let prices = Prices { inputs: view.inputs, outputs: view.outputs };
    let (index, prices) = if task == Task::Lowe { (TfpKind::Lowe, Some(&prices)) } else { (TfpKind::FarePrimont, None) };
    let out = said(tfp_index(&data, prices, &TfpOptions { index, ..TfpOptions::default() }))?;
    let states = out.state.iter().map(|&s| if s == State::Optimal { 0.0 } else { f64::INFINITY });
    let own = out.technical.iter().chain(&out.constant).map(|d| width(d.state, d.interval));
    let widths = states.chain(own).collect();
    let none: [&Vec<frontier::Distance>; 0] = [];
    let changes = out.changes.part(TfpPart::Tfp).to_vec();
    Ok(Outcome { widths, ..Outcome::changes(&out.unit, &out.from, changes, none.into_iter()) })
}
