//! Weakly disposable undesirable outputs under variable returns: equality alone, Shephard's factor, Kuosmanen's factors.
//! Scores of Shephard's technology are searched for over its factor elsewhere (a program for each θ of a fine grid).

use proptest::prelude::*;

use crate::{
    FrontierError, Observations, State, Technology,
    directional::{Direction, DirectionalError, DirectionalOptions, DirectionalReturns, directional, directional_against},
    luenberger::{LuenbergerOptions, luenberger},
    malmquist_luenberger::{self as ml, Index, MalmquistLuenbergerOptions, WeakReturns, malmquist_luenberger},
    nddf::{NddfOptions, NddfWeights, nddf},
};
use DirectionalReturns::{Crs, VrsConvex, VrsKuosmanen, VrsShephard};

type Columns = Vec<Vec<f64>>;

fn tech(columns: &Columns) -> Technology<'_> {
    let all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    Technology { inputs: all[..2].to_vec(), outputs: vec![all[2]], bad_outputs: vec![all[3]] }
}

fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() <= tolerance, "{found:?} is not {expected:?}");
    }
}

fn along(direction: Direction, returns: DirectionalReturns) -> DirectionalOptions {
    DirectionalOptions { direction, returns, ..DirectionalOptions::default() }
}

fn good_alone() -> Direction {
    let own = plants()[2].clone();
    Direction::Columns(vec![vec![0.0; 6], vec![0.0; 6], own, vec![0.0; 6]])
}

/// Six plants: two inputs, one good, one bad.
fn plants() -> Columns {
    vec![
        vec![4.0, 6.0, 9.0, 8.0, 5.0, 7.0],
        vec![2.0, 3.0, 4.0, 8.0, 5.0, 6.0],
        vec![3.0, 7.0, 9.0, 6.0, 2.0, 5.0],
        vec![2.0, 6.0, 5.0, 4.0, 3.0, 6.0],
    ]
}

/// Six plants none of which any convex combination dominates, while a curtailed one dominates the last.
fn curtailed() -> Columns {
    vec![
        vec![7.0, 8.0, 2.0, 8.0, 5.0, 6.0],
        vec![7.0, 4.0, 9.0, 2.0, 4.0, 5.0],
        vec![6.0, 4.0, 2.0, 1.0, 1.0, 1.0],
        vec![1.0, 6.0, 2.0, 4.0, 5.0, 2.0],
    ]
}

#[test]
fn three_technologies_of_six_plants() {
    let plants = plants();
    let beta = |direction: Direction, returns| directional(&tech(&plants), &along(direction, returns)).unwrap().beta;
    let outputs = |returns| beta(Direction::Outputs, returns);
    close(&outputs(VrsConvex), &[0.0, 0.0, 0.0, 0.071429, 0.333333, 0.338983], 6e-7);
    close(&outputs(VrsShephard), &[0.0, 0.0, 0.0, 0.083333, 0.41573, 0.338983], 6e-7);
    close(&outputs(VrsKuosmanen), &[0.0, 0.0, 0.0, 0.090909, 0.430769, 0.338983], 6e-7);
    close(&beta(good_alone(), VrsConvex), &[0.0, 0.0, 0.0, 0.166667, 1.214286, 0.4], 6e-7);
    close(&beta(good_alone(), VrsShephard), &[0.0, 0.0, 0.0, 0.181818, 1.214286, 0.4], 6e-7);
    close(&beta(good_alone(), VrsKuosmanen), &[0.0, 0.0, 0.0, 0.2, 1.214286, 0.4], 6e-7);
    let r = directional(&tech(&plants), &along(Direction::Outputs, VrsShephard)).unwrap();
    close(&r.abatement, &[0.0, 0.0, 0.0, 0.1667, 0.3258, 0.0], 6e-4);
}

#[test]
fn a_plant_that_only_curtailment_dominates() {
    let plants = curtailed();
    let last = |direction: Direction, returns| directional(&tech(&plants), &along(direction, returns)).unwrap().beta[5];
    let three = |direction: Direction| [VrsConvex, VrsShephard, VrsKuosmanen].map(|r| last(direction.clone(), r));
    close(&three(Direction::Outputs), &[0.0, 0.266667, 0.846154], 6e-7);
    close(&three(Direction::Inputs), &[0.0, 0.082902, 0.134569], 6e-7);
    // Non-radial: all variables move (Shephard's factor is not linear there), or outputs alone.
    let distance = |direction: Direction, returns| {
        nddf(&tech(&plants), &NddfOptions { direction, returns, weights: NddfWeights::Groups, ..NddfOptions::default() })
    };
    let value = |direction: Direction, returns| distance(direction, returns).unwrap().inefficiency[5];
    close(&[value(Direction::Observed, VrsConvex), value(Direction::Observed, VrsKuosmanen)], &[0.0, 0.705128], 6e-7);
    close(&[value(Direction::Outputs, VrsConvex), value(Direction::Outputs, VrsShephard)], &[0.0, 0.363636], 6e-7);
    assert_eq!(value(Direction::Observed, VrsConvex).to_bits(), value(Direction::Observed, DirectionalReturns::Vrs).to_bits());
    let r = distance(Direction::Outputs, VrsShephard).unwrap();
    let moved = (1.0 + r.factors[2][5], 2.0 * (1.0 - r.factors[3][5]));
    close(&[r.projection.output_targets[0][5], r.projection.bad_output_targets[0][5]], &[moved.0, moved.1], 1e-9);
    assert!(r.abatement[5] > 0.3 && r.projection.input_targets.iter().zip(&plants).all(|(t, x)| t[5] <= x[5] + 1e-9));
    assert!((r.projection.weight_sum[5] - 1.0).abs() < 1e-9);
    let r = distance(Direction::Observed, VrsKuosmanen).unwrap();
    let producing: f64 = r.projection.peers.of(5).map(|p| p.weight).sum();
    assert!(r.abatement[5] > 0.1 && (producing + r.abatement[5] - 1.0).abs() < 1e-9);
}

/// Three activities whose optimum 1/42 has an exact primal and dual certificate.
#[test]
fn activity_specific_abatement_of_three_plants() {
    let (x, y, b) = ([1.0, 2.0, 1.5], [1.0, 1.5, 1.2], [1.0, 0.8, 0.9]);
    let t = Technology { inputs: vec![&x], outputs: vec![&y], bad_outputs: vec![&b] };
    let r = directional(&t, &along(Direction::Outputs, VrsKuosmanen)).unwrap();
    close(&r.beta, &[0.0, 0.0, 1.0 / 42.0], 1e-14);
    close(&[r.targets[0][2], r.targets[1][2], r.targets[2][2]], &[1.5, 43.0 / 35.0, 123.0 / 140.0], 1e-14);
    close(&[r.abatement[2], r.peers[2][0].weight, r.peers[2][1].weight], &[3.0 / 140.0, 67.0 / 140.0, 0.5], 1e-13);
}

#[test]
fn one_factor_for_all_moves_one_side() {
    let plants = plants();
    let refused = |e: DirectionalError| matches!(e, DirectionalError::Frontier(FrontierError::Options(_)));
    for direction in [Direction::Observed, Direction::Mean, Direction::Ones] {
        assert!(refused(directional(&tech(&plants), &along(direction.clone(), VrsShephard)).unwrap_err()));
        let options = NddfOptions { direction, returns: VrsShephard, ..NddfOptions::default() };
        assert!(refused(nddf(&tech(&plants), &options).unwrap_err()));
    }
    // Abatement is of bads: without them, or with strong ones, the words are refused.
    let all: Vec<&[f64]> = plants.iter().map(Vec::as_slice).collect();
    let none = Technology { inputs: all[..2].to_vec(), outputs: vec![all[2]], bad_outputs: Vec::new() };
    for returns in [VrsConvex, VrsShephard, VrsKuosmanen] {
        assert!(matches!(directional(&none, &along(Direction::Outputs, returns)), Err(DirectionalError::Returns(..))));
        let options = NddfOptions { direction: Direction::Outputs, returns, ..NddfOptions::default() };
        assert!(matches!(nddf(&none, &options), Err(DirectionalError::Returns(..))));
    }
    let (units, periods) = ([0, 1, 2, 0, 1, 2], [1, 1, 1, 2, 2, 2]);
    let data = Observations { technology: tech(&plants), units: &units, periods: &periods };
    let index = |direction| {
        let options = MalmquistLuenbergerOptions {
            direction,
            returns: WeakReturns::VrsShephard,
            index: Index::Oh2010,
            ..Default::default()
        };
        malmquist_luenberger(&data, &options)
    };
    assert!(matches!(index(ml::Direction::Full), Err(FrontierError::Options(_))));
    let m = index(ml::Direction::Outputs).unwrap();
    let whole = directional(&tech(&plants), &along(Direction::Outputs, VrsShephard)).unwrap();
    for (i, index) in m.index.iter().enumerate() {
        close(&[*index], &[(1.0 + whole.beta[i]) / (1.0 + whole.beta[i + 3])], 1e-12);
    }
    let options = LuenbergerOptions { returns: VrsShephard, ..LuenbergerOptions::default() };
    assert!(luenberger(&data, &options).is_err());
    assert!(luenberger(&data, &LuenbergerOptions { direction: Direction::Outputs, ..options }).is_ok());
}

#[test]
fn a_unit_without_output_is_abated_altogether() {
    let plants = plants();
    let idle: Columns = vec![vec![5.0], vec![3.0], vec![1e-300], vec![0.0]];
    let r = directional_against(&tech(&idle), &tech(&plants), &along(Direction::Outputs, VrsShephard)).unwrap();
    // Nothing of a good is nothing of a direction either: whatever is found has finite targets.
    assert!(r.state[0] != State::Optimal || r.targets.iter().all(|t| t[0].is_finite()));
}

fn data() -> impl Strategy<Value = Columns> {
    (any::<bool>(), proptest::collection::vec(0.0_f64..1.0, 56)).prop_map(|(whole, cells)| {
        let cell = |x: f64| if whole { 1.0 + (5.0 * x).floor() } else { 0.1 + x };
        (0..4).map(|v| (0..14).map(|u| cell(cells[4 * u + v])).collect()).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn laws(columns in data(), inputs in any::<bool>(), by in 0_usize..4) {
        let direction = if inputs { Direction::Inputs } else { Direction::Outputs };
        let run = |columns: &Columns, returns| directional(&tech(columns), &along(direction.clone(), returns)).unwrap();
        let chain = [VrsConvex, VrsShephard, VrsKuosmanen, Crs].map(|returns| run(&columns, returns));
        let r = &chain[1];
        for u in 0..14 {
            for two in chain.windows(2) {
                prop_assert_eq!(two[0].state[u], State::Optimal);
                prop_assert!(two[0].beta[u] <= two[1].beta[u] + 1e-9 * (1.0 + two[1].beta[u]));
            }
            prop_assert!(r.interval[u].0 <= r.beta[u] && r.beta[u] <= r.interval[u].1);
            // The target is the peers' mean, its outputs less what is abated; the move and the slack lead there.
            let theta = 1.0 - r.abatement[u];
            prop_assert!((r.weight_sum[u] - 1.0).abs() < 1e-9 && (0.0..=1.0).contains(&theta), "{} {theta}", r.weight_sum[u]);
            for (v, column) in columns.iter().enumerate() {
                let mean: f64 = r.peers[u].iter().map(|p| p.weight * column[p.units[0]]).sum();
                let target = if v < 2 { mean } else { theta * mean };
                prop_assert!((target - r.targets[v][u]).abs() < 1e-8, "{v}: {target} {}", r.targets[v][u]);
                let moves = (v < 2) == inputs;
                let sign = if v == 2 { -1.0 } else { 1.0 };
                let moved = column[u] * if moves { 1.0 - sign * r.beta[u] } else { 1.0 } - sign * r.slacks[v][u];
                prop_assert!((moved - r.targets[v][u]).abs() < 1e-8, "{v}: {moved} {}", r.targets[v][u]);
            }
            let sign = [1.0, 1.0, -1.0, 1.0];
            let value: f64 = (0..4).map(|v| sign[v] * r.prices[v][u] * columns[v][u]).sum();
            prop_assert!((value + r.intercept[u] - r.beta[u]).abs() < 1e-8 * (1.0 + r.beta[u]));
        }
        for factor in [1e9, 1e-9] {
            let mut scaled = columns.clone();
            scaled[by].iter_mut().for_each(|x| *x *= factor);
            let e = run(&scaled, VrsShephard);
            for u in 0..14 {
                prop_assert!((r.beta[u] - e.beta[u]).abs() < 1e-10 * (1.0 + r.beta[u]));
                prop_assert!((r.abatement[u] - e.abatement[u]).abs() < 1e-8);
            }
        }
        let turned: Columns = columns.iter().map(|c| c.iter().rev().copied().collect()).collect();
        let e = run(&turned, VrsShephard);
        for u in 0..14 {
            prop_assert_eq!(r.beta[u].to_bits(), e.beta[13 - u].to_bits());
        }
        // A twin in the reference changes nothing.
        let twins: Columns = columns.iter().map(|c| c.iter().chain(c).copied().collect()).collect();
        let e = directional(&tech(&twins), &DirectionalOptions { exclude_own: true, ..along(direction.clone(), VrsShephard) }).unwrap();
        for u in 0..28 {
            prop_assert!((e.beta[u] - r.beta[u % 14]).abs() < 1e-10 * (1.0 + r.beta[u % 14]));
        }
    }

    #[test]
    fn non_radial_technologies_nest(columns in data(), outputs in any::<bool>(), by in 0_usize..4) {
        let direction = if outputs { Direction::Outputs } else { Direction::Observed };
        let run = |columns: &Columns, returns| {
            nddf(&tech(columns), &NddfOptions { direction: direction.clone(), returns, ..NddfOptions::default() }).unwrap()
        };
        let returns = if outputs { vec![VrsConvex, VrsShephard, VrsKuosmanen, Crs] } else { vec![VrsConvex, VrsKuosmanen, Crs] };
        let chain: Vec<_> = returns.iter().map(|r| run(&columns, *r)).collect();
        for u in 0..14 {
            for two in chain.windows(2) {
                prop_assert_eq!(two[0].state[u], State::Optimal);
                prop_assert!(two[0].inefficiency[u] <= two[1].inefficiency[u] + 1e-9 * (1.0 + two[1].inefficiency[u]));
            }
        }
        for (returns, before) in returns.iter().zip(&chain) {
            for factor in [1e9, 1e-9] {
                let mut scaled = columns.clone();
                scaled[by].iter_mut().for_each(|x| *x *= factor);
                let e = run(&scaled, *returns);
                for u in 0..14 {
                    prop_assert!((before.inefficiency[u] - e.inefficiency[u]).abs() < 1e-9 * (1.0 + e.inefficiency[u]));
                }
            }
        }
        // The distance radial in outputs is one of the choices.
        if outputs {
            let radial = directional(&tech(&columns), &along(Direction::Outputs, VrsShephard)).unwrap();
            for u in 0..14 {
                prop_assert!(chain[1].inefficiency[u] >= radial.beta[u] - 1e-9);
            }
        }
    }
}
