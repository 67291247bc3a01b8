#![expect(clippy::needless_range_loop, reason = "a unit is a row of many columns")]

use proptest::prelude::*;

use crate::{
    dea::{Class, Returns},
    russell::{Russell, RussellOptions, RussellOrientation, russell, russell_against},
    sbm::{SbmOptions, sbm},
    technology::{FrontierError, Missing, State, Technology},
};

fn tech(columns: &[Vec<f64>], m: usize) -> Technology<'_> {
    let all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    Technology { inputs: all[..m].to_vec(), outputs: all[m..].to_vec(), bad_outputs: Vec::new() }
}

#[track_caller]
fn close(found: &[f64], printed: &[f64], tolerance: f64) {
    assert_eq!(found.len(), printed.len());
    for (u, (f, p)) in found.iter().zip(printed).enumerate() {
        assert!((f - p).abs() <= tolerance, "unit {u}: {f} for {p}\n{found:?}");
    }
}

fn options(returns: Returns) -> RussellOptions {
    RussellOptions { orientation: RussellOrientation::Graph, returns, ..RussellOptions::default() }
}

fn run(columns: &[Vec<f64>], m: usize, returns: Returns) -> Russell {
    russell(&tech(columns, m), &options(returns)).unwrap()
}

fn eight() -> Vec<Vec<f64>> {
    vec![vec![2.0, 4.0, 8.0, 12.0, 6.0, 14.0, 14.0, 9.412], vec![1.0, 5.0, 8.0, 9.0, 3.0, 7.0, 9.0, 2.353]]
}

/// Values of DataEnvelopmentAnalysis.jl 0.9.2 (`dearussell`, orient = :Graph), found there by a non-linear solver.
#[test]
fn eight_units_of_the_julia_suite() {
    let r = run(&eight(), 1, Returns::Crs);
    let score = [0.632_455, 1.0, 0.894_427, 0.774_597, 0.632_455, 0.632_455, 0.717_137, 0.447_214];
    close(&r.score, &score, 0.000_001);
    close(&r.factors[0], &score, 0.000_001);
    let r = run(&eight(), 1, Returns::Vrs);
    close(&r.score, &[1.0, 1.0, 1.0, 1.0, 0.633_333, 0.723_214, 0.928_571, 0.447_795], 0.000_000_6);
    close(&r.factors[0], &[1.0, 1.0, 1.0, 1.0, 0.666_667, 0.571_429, 0.857_143, 0.424_989], 0.000_000_6);
    close(&r.factors[1], &[1.0, 1.0, 1.0, 1.0, 1.666_667, 1.142_857, 1.0, 2.124_947], 0.000_000_6);
}

/// One input and one output under constant returns: θ + 1/φ with φ = θ y*/y is least where both are the same,
/// `√(y/x over the best)`. Under variable returns the last unit is at the vertex (4, 5).
#[test]
fn by_hand() {
    let columns = eight();
    let r = run(&columns, 1, Returns::Crs);
    let exact: Vec<f64> = (0..8).map(|u| (columns[1][u] / columns[0][u] / 1.25).sqrt()).collect();
    close(&r.score, &exact, 1e-12);
    close(&r.factors[0], &exact, 1e-9);
    assert!(r.interval.iter().zip(&r.score).all(|((l, h), s)| l <= s && s <= h && h - l < 1e-10), "{:?}", r.interval);
    let r = run(&columns, 1, Returns::Vrs);
    close(&r.score[7..], &[(4.0 / 9.412 + 2.353 / 5.0) / 2.0], 1e-12);
    close(&r.projection.output_targets[0][7..], &[5.0], 1e-12);
    // (14, 7) at (8, 8): no mix with (12, 9) is better.
    close(&r.score[5..6], &[(8.0 / 14.0 + 7.0 / 8.0) / 2.0], 1e-12);
    // (14, 9) saves inputs alone.
    assert_eq!(r.class[6], Class::Inefficient);
    assert_eq!(r.class[0], Class::Strong);
}

#[test]
fn preferences_zeros_and_what_is_refused() {
    let columns = eight();
    let weigh = |weights: &[f64]| {
        russell(&tech(&columns, 1), &RussellOptions { weights: weights.to_vec(), ..options(Returns::Vrs) }).unwrap().score
    };
    // Weight on one side only is the oriented measure.
    let oriented = |orientation| {
        russell(&tech(&columns, 1), &RussellOptions { orientation, returns: Returns::Vrs, ..RussellOptions::default() })
            .unwrap()
            .score
    };
    close(&weigh(&[1.0, 0.0]), &oriented(RussellOrientation::Input), 1e-10);
    close(&weigh(&[0.0, 1.0]), &oriented(RussellOrientation::Output), 1e-10);
    let free = RussellOptions { bounded: false, ..options(Returns::Vrs) };
    assert!(matches!(russell(&tech(&columns, 1), &free), Err(FrontierError::Options(_))));
    let count = RussellOptions { weights: vec![1.0], ..options(Returns::Vrs) };
    assert!(matches!(russell(&tech(&columns, 1), &count), Err(FrontierError::Options(_))));
    // A zero has no factor and leaves its weight to the others.
    let zeros = vec![vec![2.0, 4.0], vec![0.0, 1.0], vec![1.0, 1.0]];
    let r = run(&zeros, 2, Returns::Vrs);
    assert_eq!(r.zeros.len(), 1);
    close(&r.score, &[1.0, (0.5 + 0.0 + 1.0) / 3.0], 1e-12);
    let gap = vec![vec![1.0, f64::NAN], vec![1.0, 2.0]];
    let r = russell(&tech(&gap, 1), &RussellOptions { missing: Missing::Exclude, ..options(Returns::Vrs) }).unwrap();
    assert_eq!(r.state, [State::Optimal, State::Missing]);
    assert!(r.score[1].is_nan() && r.factors[1][1].is_nan());
}

/// Two inputs and two outputs: the best of twenty starts of a sequential quadratic program (scipy, SLSQP).
#[test]
fn against_a_search() {
    let columns = vec![
        vec![4.0, 3.0, 9.0, 6.0, 8.0, 5.0],
        vec![7.0, 9.0, 2.0, 8.0, 5.0, 4.0],
        vec![5.0, 6.0, 7.0, 4.0, 3.0, 2.0],
        vec![3.0, 1.0, 4.0, 2.0, 5.0, 1.0],
    ];
    close(&run(&columns, 2, Returns::Crs).score, &[1.0, 1.0, 1.0, 0.693_452_381, 1.0, 0.555_009_652], 2e-9);
    close(&run(&columns, 2, Returns::Vrs).score, &[1.0, 1.0, 1.0, 0.725_722_617, 1.0, 1.0], 2e-9);
}

#[test]
fn against_another_set() {
    let (own, there) = (eight(), vec![vec![3.0, 6.0], vec![6.0, 3.0]]);
    let r = russell_against(&tech(&there, 1), &tech(&own, 1), &options(Returns::Vrs)).unwrap();
    assert_eq!(r.state, [State::Infeasible, State::Optimal]);
    close(&r.score[1..], &[(4.0 / 6.0 + 3.0 / 5.0) / 2.0], 1e-12);
}

fn table() -> impl Strategy<Value = Vec<Vec<f64>>> {
    (4..14_usize, any::<bool>()).prop_flat_map(|(n, grid)| {
        let value = (0.5..50.0_f64).prop_map(move |x| if grid { (x / 10.0).ceil() } else { x });
        proptest::collection::vec(proptest::collection::vec(value, n), 4)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The bounds close; the value is that of the factors; targets are reached by them and need no more.
    #[test]
    fn the_measure_is_that_of_its_factors(columns in table()) {
        for returns in [Returns::Crs, Returns::Vrs, Returns::Nirs, Returns::Ndrs] {
            let r = run(&columns, 2, returns);
            for u in 0..r.score.len() {
                prop_assert_eq!(r.state[u], State::Optimal);
                let (low, high) = r.interval[u];
                prop_assert!(low <= r.score[u] && r.score[u] <= high && high - low <= 1e-9, "{low} {high}");
                let mean = (r.factors[0][u] + r.factors[1][u] + 1.0 / r.factors[2][u] + 1.0 / r.factors[3][u]) / 4.0;
                prop_assert!((r.score[u] - mean).abs() < 1e-9);
                for v in 0..2 {
                    let (x, y) = (columns[v][u] * r.factors[v][u], columns[2 + v][u] * r.factors[2 + v][u]);
                    prop_assert!((r.projection.input_targets[v][u] - x).abs() <= 1e-7 * x);
                    prop_assert!((r.projection.output_targets[v][u] - y).abs() <= 1e-7 * y);
                }
            }
            let p = &r.projection;
            let targets: Vec<Vec<f64>> = p.input_targets.iter().chain(&p.output_targets).cloned().collect();
            let again = russell_against(&tech(&targets, 2), &tech(&columns, 2), &options(returns)).unwrap();
            for u in 0..r.score.len() {
                // Rounding may leave a target a digit beyond the set.
                let beyond = again.state[u] == State::Infeasible;
                prop_assert!(beyond || (again.score[u] - 1.0).abs() < 1e-6, "{}", again.score[u]);
            }
        }
    }

    /// No feasible way does better: those of the oriented measures are feasible ones, and mean θ · mean 1/φ bounds.
    #[test]
    fn measures_nest(columns in table()) {
        for returns in [Returns::Crs, Returns::Vrs] {
            let of = |orientation| {
                russell(&tech(&columns, 2), &RussellOptions { orientation, returns, ..RussellOptions::default() }).unwrap()
            };
            let (graph, x, y) = (of(RussellOrientation::Graph), of(RussellOrientation::Input), of(RussellOrientation::Output));
            let erg = sbm(&tech(&columns, 2), &SbmOptions { returns, ..SbmOptions::default() }).unwrap();
            for u in 0..graph.score.len() {
                let by_outputs = y.factors.iter().map(|f| 1.0 / f[u]).sum::<f64>() / 2.0;
                prop_assert!(graph.score[u] <= (x.score[u] + 1.0) / 2.0 + 1e-9);
                prop_assert!(graph.score[u] <= (by_outputs + 1.0) / 2.0 + 1e-9);
                prop_assert!(graph.score[u] >= erg.score[u] - 1e-9);
                // The target of the slacks-based measure is a feasible one too.
                let p = &erg.projection;
                let theta = (0..2).map(|v| p.input_targets[v][u] / columns[v][u]).sum::<f64>();
                let phi = (0..2).map(|v| columns[2 + v][u] / p.output_targets[v][u]).sum::<f64>();
                prop_assert!(graph.score[u] <= (theta + phi) / 4.0 + 1e-9);
            }
        }
    }

    #[test]
    fn units_of_measure_and_the_order_of_rows_do_not_matter(columns in table()) {
        let r = run(&columns, 2, Returns::Vrs);
        let by = [1e9, 1e-9, 1e-9, 1e9];
        let turned: Vec<Vec<f64>> = columns.iter().zip(by).map(|(c, k)| c.iter().rev().map(|x| x * k).collect()).collect();
        let mut back = run(&turned, 2, Returns::Vrs).score;
        back.reverse();
        close(&back, &r.score, 1e-9);
    }
}
