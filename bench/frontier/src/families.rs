//! The other families of models, one task each, as a package would be asked for the same numbers.
//!
//! What a family needs beside quantities is made from a case by rule: input `i` costs `1 + i / 2`, output `r` earns
//! `2 + r`, unit `u` belongs to group `u mod 3`, and a chain makes the first three outputs of `ces55` from its inputs
//! and the last two from those three.

use frontier::{
    Observations, Orientation, State,
    additive::{AdditiveOptions, Weights, additive},
    by_production::{ByProductionOptions, by_production},
    cross_efficiency::{CrossOptions, Goal, cross_efficiency},
    dea::{DeaOptions, Returns, Slacks, dea},
    directional::{BadOutputs, Direction, DirectionalOptions, DirectionalReturns, directional},
    ebm::{Dispersion, EbmOptions, ebm},
    economic::{Decomposition, EconomicDirection, EconomicOptions, Measure, Prices, economic},
    generalised::{GeneralisedOptions, generalised},
    layers::{LayersOptions, layers},
    luenberger::{Indicator, LuenbergerOptions, luenberger},
    malmquist::{Kind, MalmquistOptions, malmquist},
    malmquist_luenberger::{Index, MalmquistLuenbergerOptions, malmquist_luenberger},
    materials_balance::{MaterialsBalanceOptions, materials_balance},
    metafrontier::{self, MetafrontierOptions, metafrontier},
    network::{Flow, FlowKind, Graph, NetworkOptions, Node, network},
    partial::{Order, PartialOptions, PartialOrientation, Tie, partial},
    russell::{RussellOptions, russell},
    sbm::{SbmOptions, sbm},
    tfp_index::{Aggregation, TfpKind, TfpOptions, tfp_index},
    two_stage::{Chain, Model, TwoStageOptions, two_stage},
    window::{WindowOptions, window},
};

use crate::{
    data::Case,
    further,
    ours::{Outcome, Task, keys, width},
};

/// Anything that refuses, in words.
pub(crate) fn said<T, E: ToString>(result: Result<T, E>) -> Result<T, String> {
    result.map_err(|e| e.to_string())
}

/// Does the task once.
pub(crate) fn run(task: Task, case: &Case) -> Result<Outcome, String> {
    let all = case.technology(0..case.shape.units, false);
    let with_bads = || case.technology(0..case.shape.units, true);
    let (vrs, crs) = (Returns::Vrs, Returns::Crs);
    let radial = |returns, super_efficiency| {
        let out = said(dea(
            &all,
            &DeaOptions { returns, super_efficiency, slacks: Slacks::None, scale: false, ..DeaOptions::default() },
        ))?;
        Ok(Outcome::certified(out.score, &out.state, out.interval.into_iter()))
    };
    let slacks = |weights| {
        let out = said(additive(&all, &AdditiveOptions { weights, returns: vrs, ..AdditiveOptions::default() }))?;
        // Sums of slacks carry units of measure: their bounds count beside what they are made of.
        let size = |u: usize| 1.0 + out.magnitude[u];
        let bounds: Vec<_> = out.interval.iter().enumerate().map(|(u, i)| (i.0 / size(u), i.1 / size(u))).collect();
        Ok(Outcome::certified(out.inefficiency, &out.state, bounds.into_iter()))
    };
    let based = |technology, returns, super_efficiency| {
        let out = said(sbm(technology, &SbmOptions { returns, super_efficiency, ..SbmOptions::default() }))?;
        Ok(Outcome::certified(out.score, &out.state, out.interval.into_iter()))
    };
    let along = |technology, direction, returns, exclude_own| {
        let bad_outputs = BadOutputs::Weak;
        let options = DirectionalOptions {
            direction,
            returns,
            bad_outputs,
            exclude_own,
            slacks: Slacks::None,
            ..DirectionalOptions::default()
        };
        let out = said(directional(technology, &options))?;
        Ok(Outcome::certified(out.beta, &out.state, out.interval.into_iter()))
    };
    let money = |measure, decomposition| {
        let prices = PriceColumns::of(case);
        let returns = if measure == Measure::Profitability { crs } else { vrs };
        let options = EconomicOptions { measure, decomposition, returns, ..EconomicOptions::default() };
        let out = said(economic(&all, &prices.view(), &options))?;
        Ok(Outcome::certified(out.economic, &out.state, out.interval.into_iter()))
    };
    match task {
        Task::Fdh => radial(Returns::Fdh, false),
        Task::Super => radial(crs, true),
        Task::Replication => radial(Returns::Replication, false),
        Task::Additive => slacks(Weights::Sum),
        Task::Ram => slacks(Weights::Ram),
        Task::SuperSbm => based(&all, crs, true),
        Task::BadSbm => based(&with_bads(), vrs, false),
        Task::Rdm => along(&all, Direction::Range(frontier::SlackOrientation::None), DirectionalReturns::Vrs, false),
        Task::Kuosmanen => along(&with_bads(), Direction::Outputs, DirectionalReturns::VrsKuosmanen, false),
        Task::SuperDdf => along(&all, Direction::Observed, DirectionalReturns::Vrs, true),
        Task::Cost => money(Measure::Cost, None),
        Task::Revenue => money(Measure::Revenue, None),
        Task::Profit => money(Measure::Profit, Some(Decomposition::Directional(EconomicDirection::Observed))),
        Task::Russell => {
            let out = said(russell(&all, &RussellOptions { returns: vrs, ..RussellOptions::default() }))?;
            Ok(Outcome::certified(out.score, &out.state, out.interval.into_iter()))
        }
        Task::Ebm => {
            let options = EbmOptions {
                orientation: frontier::SlackOrientation::Input,
                returns: crs,
                dispersion: Dispersion::Given { inputs: 0.5, outputs: 0.0 },
                ..EbmOptions::default()
            };
            let out = said(ebm(&all, &options))?;
            Ok(Outcome::certified(out.score, &out.state, out.interval.into_iter()))
        }
        Task::Generalised => {
            let options = GeneralisedOptions { alpha: 0.5, returns: vrs, slacks: Slacks::None, ..GeneralisedOptions::default() };
            let out = said(generalised(&all, &options))?;
            Ok(Outcome::certified(out.score, &out.state, out.interval.into_iter()))
        }
        Task::Cross => {
            let out =
                said(cross_efficiency(&all, &CrossOptions { goal: Goal::Benevolent, returns: crs, ..CrossOptions::default() }))?;
            Ok(Outcome::certified(out.score, &out.state, out.interval.into_iter()))
        }
        Task::Metafrontier => {
            let groups: Vec<usize> = (0..case.shape.units).map(|u| u % 3).collect();
            let measure = metafrontier::Measure::Radial { orientation: Orientation::Input, returns: vrs };
            let out = said(metafrontier(
                &all,
                &groups,
                &MetafrontierOptions { measure, meta: metafrontier::Meta::Pooled, missing: frontier::Missing::default() },
            ))?;
            let widths = out.group.iter().chain(&out.meta).map(|d| width(d.state, d.interval)).collect();
            Ok(Outcome { values: out.ratio, widths, ..Outcome::default() })
        }
        Task::Relational | Task::ChenAdditive => {
            let model = if task == Task::Relational { Model::Relational } else { Model::Additive };
            let (m, s) = (case.shape.inputs, case.shape.outputs);
            let part = |from: usize, to: usize| case.columns[from..to].iter().map(Vec::as_slice).collect();
            let chain = Chain { inputs: part(0, m), intermediates: part(m, m + 3), outputs: part(m + 3, m + s) };
            let out = said(two_stage(&chain, &TwoStageOptions { model, ..TwoStageOptions::default() }))?;
            Ok(Outcome::certified(out.efficiency, &out.state, out.interval.into_iter()))
        }
        Task::Network => {
            let part = |from: usize, to: usize| case.columns[from..to].iter().map(Vec::as_slice).collect();
            let (m, s) = (case.shape.inputs, case.shape.outputs);
            let node = |inputs, outputs| Node { inputs, outputs, weight: 1.0 };
            let link = |v: usize| Flow { values: &case.columns[v], from: 0, to: Some(1), kind: FlowKind::Free };
            let nodes = vec![node(part(0, 2), Vec::new()), node(part(2, m), part(m + 3, m + s))];
            linked(&Graph { nodes, flows: (m..m + 3).map(link).collect() }, frontier::SlackOrientation::Input)
        }
        Task::Dynamic => {
            let (m, s) = (case.shape.inputs, case.shape.outputs);
            let spans: Vec<_> = case.periods().collect();
            let column = |v: usize, t: usize| &case.columns[v][spans[t].clone()];
            let node = |t: usize| Node {
                inputs: (0..m).map(|v| column(v, t)).collect(),
                outputs: (m..m + s - 1).map(|v| column(v, t)).collect(),
                weight: 1.0,
            };
            let carried = |t: usize| {
                let to = (t + 1 < spans.len()).then_some(t + 1);
                Flow { values: column(m + s - 1, t), from: t, to, kind: FlowKind::AsOutput }
            };
            linked(
                &Graph { nodes: (0..spans.len()).map(node).collect(), flows: (0..spans.len()).map(carried).collect() },
                frontier::SlackOrientation::None,
            )
        }
        Task::ByProduction => {
            let options = ByProductionOptions { returns: crs, polluting: (0..case.shape.inputs).collect(), ..Default::default() };
            let out = said(by_production(&with_bads(), &options))?;
            Ok(Outcome::certified(out.score, &out.state, out.interval.into_iter()))
        }
        Task::MaterialsBalance => {
            let nothing: Vec<f64> = vec![0.0; case.shape.units];
            let held = PriceColumns::of(case);
            let contents = Prices { outputs: vec![&nothing; case.shape.outputs], ..held.view() };
            let options = MaterialsBalanceOptions { returns: crs, ..MaterialsBalanceOptions::default() };
            let out = said(materials_balance(&all, &contents, &options))?;
            Ok(Outcome::certified(out.environmental, &out.state, out.interval.into_iter()))
        }
        Task::OrderAlpha => {
            let options = PartialOptions {
                order: Order::Alpha(0.95),
                orientation: PartialOrientation::Input,
                tie: Tie::default(),
                missing: frontier::Missing::default(),
            };
            let out = said(partial(&all, &options))?;
            Ok(Outcome::certified(out.score, &out.state, out.interval.into_iter()))
        }
        Task::Layers => {
            let out = said(layers(&all, &LayersOptions { returns: crs, degrees: Some(0), ..LayersOptions::default() }))?;
            let layer = out.layer.iter().map(|&l| l as f64).collect();
            Ok(Outcome::certified(layer, &out.state, out.interval.into_iter()))
        }
        Task::Global | Task::Biennial | Task::Apz | Task::Luenberger | Task::HicksMoorsteen | Task::Window => change(task, case),
        _ => further::run(task, case),
    }
}

/// The measure of linked divisions, or of periods that carry over.
fn linked(graph: &Graph<'_>, orientation: frontier::SlackOrientation) -> Result<Outcome, String> {
    let out = said(network(graph, &NetworkOptions { returns: Returns::Vrs, orientation, ..NetworkOptions::default() }))?;
    Ok(Outcome::certified(out.efficiency, &out.state, out.interval.into_iter()))
}

/// Indices of a panel.
fn change(task: Task, case: &Case) -> Result<Outcome, String> {
    let (units, periods) = keys(case);
    let bads = task == Task::Apz;
    let data = Observations { technology: case.technology(0..case.shape.units, bads), units: &units, periods: &periods };
    match task {
        Task::Global | Task::Biennial => {
            let kind = if task == Task::Global { Kind::Global } else { Kind::Biennial };
            let out = said(malmquist(&data, &MalmquistOptions { kind, ..MalmquistOptions::default() }))?;
            let distances = [&out.crs.base_own, &out.crs.comparison_own, &out.crs.base_other, &out.crs.comparison_other];
            Ok(Outcome::changes(&out.unit, &out.from, out.index, distances.into_iter()))
        }
        Task::Apz => {
            let options = MalmquistLuenbergerOptions { index: Index::Apz2013, ..MalmquistLuenbergerOptions::default() };
            let out = said(malmquist_luenberger(&data, &options))?;
            let distances = [&out.base_own, &out.comparison_own, &out.base_other, &out.comparison_other];
            Ok(Outcome::changes(&out.unit, &out.from, out.index, distances.into_iter()))
        }
        Task::Luenberger => {
            let options = LuenbergerOptions { indicator: Indicator::Adjacent, ..LuenbergerOptions::default() };
            let out = said(luenberger(&data, &options))?;
            let distances = [&out.base_own, &out.comparison_own, &out.base_other, &out.comparison_other];
            Ok(Outcome::changes(&out.unit, &out.from, out.indicator, distances.into_iter()))
        }
        Task::HicksMoorsteen => {
            let options =
                TfpOptions { index: TfpKind::HicksMoorsteen, aggregation: Aggregation::Distances, ..TfpOptions::default() };
            let out = said(tfp_index(&data, None, &options))?;
            let widths = out.state.iter().map(|&s| if s == State::Optimal { 0.0 } else { f64::INFINITY }).collect();
            let index = out.changes.part(frontier::tfp_index::TfpPart::Tfp).to_vec();
            let none: [&Vec<frontier::Distance>; 0] = [];
            Ok(Outcome { widths, ..Outcome::changes(&out.unit, &out.from, index, none.into_iter()) })
        }
        Task::Window => {
            let options = WindowOptions { width: 3, returns: Returns::Crs, ..WindowOptions::default() };
            let out = said(window(&data, &options))?;
            let mut seen = out.seen;
            seen.sort_by_key(|s| (units[s.row], periods[s.row], s.window));
            let widths = seen.iter().map(|s| width(s.distance.state, s.distance.interval)).collect();
            Ok(Outcome { values: seen.iter().map(|s| s.distance.value).collect(), widths, ..Outcome::default() })
        }
        _ => Err(format!("{task:?} is no family")),
    }
}

/// One column of prices per variable, the same for all units.
pub(crate) struct PriceColumns {
    inputs: Vec<Vec<f64>>,
    outputs: Vec<Vec<f64>>,
}

impl PriceColumns {
    pub(crate) fn of(case: &Case) -> Self {
        let column = |price: f64| vec![price; case.shape.units];
        Self {
            inputs: (0..case.shape.inputs).map(|i| column(1.0 + 0.5 * i as f64)).collect(),
            outputs: (0..case.shape.outputs).map(|r| column(2.0 + r as f64)).collect(),
        }
    }

    pub(crate) fn view(&self) -> Prices<'_> {
        Prices {
            inputs: self.inputs.iter().map(Vec::as_slice).collect(),
            outputs: self.outputs.iter().map(Vec::as_slice).collect(),
        }
    }
}
