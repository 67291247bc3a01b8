#![expect(clippy::needless_range_loop, reason = "a unit is a row of many columns")]

use proptest::prelude::*;

use super::*;
use crate::{
    Orientation, SlackOrientation,
    dea::{DeaOptions, dea},
    sbm::{SbmOptions, sbm},
};

fn tech(columns: &[Vec<f64>], m: usize) -> Technology<'_> {
    let all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    Technology { inputs: all[..m].to_vec(), outputs: all[m..].to_vec(), bad_outputs: Vec::new() }
}

fn close(found: &[f64], printed: &[f64], tolerance: f64) {
    assert_eq!(found.len(), printed.len());
    for (u, (f, p)) in found.iter().zip(printed).enumerate() {
        assert!((f - p).abs() <= tolerance, "unit {u}: {f} for {p}\n{found:?}");
    }
}

fn options(orientation: RussellOrientation, returns: Returns) -> RussellOptions {
    RussellOptions { orientation, returns, ..RussellOptions::default() }
}

/// Two inputs and output 1 (test data of DataEnvelopmentAnalysis.jl): every factor by unit and input.
#[test]
fn factors_of_inputs() {
    let columns = vec![vec![2.0, 1.0, 4.0, 4.0, 5.0, 6.0, 2.0, 1.6], vec![2.0, 4.0, 1.0, 3.0, 5.0, 1.0, 5.0, 8.0], vec![1.0; 8]];
    for returns in [Returns::Crs, Returns::Vrs] {
        let r = russell(&tech(&columns, 2), &options(RussellOrientation::Input, returns)).unwrap();
        close(&r.score, &[1.0, 1.0, 1.0, 7.0 / 12.0, 0.4, 5.0 / 6.0, 0.65, 0.5625], 1e-12);
        close(&r.factors[0], &[1.0, 1.0, 1.0, 0.5, 0.4, 4.0 / 6.0, 0.5, 0.625], 1e-12);
        close(&r.factors[1], &[1.0, 1.0, 1.0, 2.0 / 3.0, 0.4, 1.0, 0.8, 0.5], 1e-12);
    }
}

/// One input, two outputs, of the same suite: means of φ.
#[test]
fn factors_of_outputs() {
    let columns = vec![vec![1.0; 8], vec![7.0, 4.0, 8.0, 3.0, 3.0, 8.0, 6.0, 1.5], vec![7.0, 8.0, 4.0, 5.0, 3.0, 2.0, 4.0, 5.0]];
    let r = russell(&tech(&columns, 1), &options(RussellOrientation::Output, Returns::Crs)).unwrap();
    close(&r.reciprocal, &[1.0, 1.0, 1.0, 1.0 + 2.6 / 3.0, 7.0 / 3.0, 1.5, 1.458333333333, 3.055555555556], 1e-11);
    close(&r.factors[1], &[1.0, 1.0, 1.0, 1.4, 7.0 / 3.0, 2.0, 1.75, 1.0], 1e-12);
}

/// What is preferred is what is saved: (2, 4) can go to (2, 2) or to (1, 4), and, if an input may grow, to (4, 1).
#[test]
fn preference_structure() {
    let columns = vec![vec![2.0, 1.0, 4.0, 2.0], vec![2.0, 4.0, 1.0, 4.0], vec![1.0; 4]];
    let run = |weights: &[f64], bounded| {
        russell(&tech(&columns, 2), &RussellOptions { weights: weights.to_vec(), bounded, ..RussellOptions::default() }).unwrap()
    };
    close(&[run(&[2.0, 1.0], true).score[3], run(&[1.0, 2.0], true).score[3]], &[(2.0 * 0.5 + 1.0) / 3.0; 2], 1e-12);
    close(&[run(&[2.0, 1.0], true).factors[0][3], run(&[1.0, 2.0], true).factors[1][3]], &[0.5, 0.5], 1e-12);
    // (4, 1): factors 2 and 1/4; weights 1 : 9 give (2 + 9/4) / 10.
    let free = run(&[1.0, 9.0], false);
    close(&[free.score[3], free.factors[0][3], free.factors[1][3]], &[0.425, 2.0, 0.25], 1e-12);
    close(&free.projection.input_slacks.iter().map(|c| c[3]).collect::<Vec<_>>(), &[-2.0, 3.0], 1e-12);
    assert_eq!(free.state[3], State::Optimal);
    // Weight 0: only the first input is measured.
    close(&run(&[1.0, 0.0], true).factors[1], &[1.0; 4], 0.0);
}

#[test]
fn bad_input_zeros_and_beyond() {
    let columns = vec![vec![2.0, 4.0], vec![0.0, 1.0], vec![1.0, 1.0]];
    let t = tech(&columns, 2);
    let r = russell(&t, &options(RussellOrientation::Input, Returns::Vrs)).unwrap();
    // Against (2, 0) both inputs of (4, 1) shrink: to a half and to nothing.
    close(&r.score, &[1.0, 0.25], 1e-12);
    assert_eq!(r.zeros, [Cell { role: crate::Role::Input, variable: 1, unit: 0 }]);
    for weights in [vec![1.0], vec![1.0, -1.0], vec![0.0, 0.0], vec![f64::NAN, 1.0]] {
        let refused = russell(&t, &RussellOptions { weights, ..RussellOptions::default() });
        assert!(matches!(refused, Err(FrontierError::Options(_))));
    }
    let negative = vec![vec![-2.0, f64::NAN], vec![1.0, 1.0]];
    let Err(FrontierError::Data(defects)) = russell(&tech(&negative, 1), &RussellOptions::default()) else { panic!() };
    assert_eq!(defects.len(), 2);
    let fdh = RussellOptions { returns: Returns::Fdh, ..RussellOptions::default() };
    assert!(matches!(russell(&t, &fdh), Err(FrontierError::Options(_))));
    // (1, 1, 1) is beyond (2, 1, 1) while no input may grow; otherwise it has a score above 1.
    let (own, reference) = (vec![vec![1.0], vec![1.0], vec![1.0]], vec![vec![2.0], vec![1.0], vec![1.0]]);
    let against = |bounded| {
        russell_against(&tech(&own, 2), &tech(&reference, 2), &RussellOptions { bounded, ..RussellOptions::default() }).unwrap()
    };
    assert_eq!(against(true).state[0], State::Infeasible);
    let free = against(false);
    close(&[free.score[0], free.factors[0][0]], &[1.5, 2.0], 1e-12);
    assert_eq!((free.state[0], free.class[0]), (State::Optimal, Class::Super));
}

const RETURNS: [Returns; 4] = [Returns::Crs, Returns::Vrs, Returns::Nirs, Returns::Ndrs];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn laws(
        whole in any::<bool>(), values in proptest::collection::vec(0.0..1.0_f64, 56), returns in 0_usize..4, input in any::<bool>(),
        by in 0_usize..4, prefer in 1.0..5.0,
    ) {
        let n = 14;
        let cell = |i: usize, u: usize| if whole { 1.0 + (5.0 * values[4 * u + i]).floor() } else { 0.1 + values[4 * u + i] };
        let columns: Vec<Vec<f64>> = (0..4).map(|i| (0..n).map(|u| cell(i, u)).collect()).collect();
        let t = tech(&columns, 2);
        let orientation = if input { RussellOrientation::Input } else { RussellOrientation::Output };
        let side = if input { SlackOrientation::Input } else { SlackOrientation::Output };
        let here = RETURNS[returns];
        let plain = russell(&t, &options(orientation, here)).unwrap();
        // Equal weights: the oriented slacks-based measure. Never above Farrell.
        let same = sbm(&t, &SbmOptions { orientation: side, returns: here, ..SbmOptions::default() }).unwrap();
        let farrells = if input { Orientation::Input } else { Orientation::Output };
        let farrell = dea(&t, &DeaOptions { orientation: farrells, returns: here, scale: false, ..DeaOptions::default() }).unwrap();
        let chosen = RussellOptions { weights: vec![prefer, 1.0], ..options(orientation, here) };
        let r = russell(&t, &chosen).unwrap();
        let free = russell(&t, &RussellOptions { bounded: false, ..chosen.clone() }).unwrap();
        for u in 0..n {
            prop_assert_eq!(plain.state[u], State::Optimal);
            prop_assert!((plain.score[u] - same.score[u]).abs() < 1e-9 && plain.score[u] <= farrell.score[u] + 1e-9);
            let (low, high) = r.interval[u];
            prop_assert!(low <= high && high - low < 1e-9 && r.score[u] >= low - 1e-12 && r.score[u] <= high + 1e-12);
            prop_assert!(free.state[u] == State::Optimal && free.score[u] <= r.score[u] + 1e-9);
            let mean = (prefer * r.factors[0][u] + r.factors[1][u]) / (prefer + 1.0);
            let mean_free = (prefer * free.factors[0][u] + free.factors[1][u]) / (prefer + 1.0);
            let score = |x: f64| if input { x } else { 1.0 / x };
            prop_assert!((score(mean) - r.score[u]).abs() < 1e-9 && (score(mean_free) - free.score[u]).abs() < 1e-9);
            // Primal equals dual.
            let p = &r.projection;
            let sum: f64 = (0..4).map(|v| if v < 2 { -p.input_prices[v][u] } else { p.output_prices[v - 2][u] } * columns[v][u]).sum();
            let sum = sum + p.intercept[u];
            let by_prices = if input { 1.0 + sum } else { 1.0 / (1.0 - sum) };
            prop_assert!((by_prices - r.score[u]).abs() < 1e-8, "{} {}", by_prices, r.score[u]);
        }
        // Targets are efficient against the same units.
        let targets: Vec<Vec<f64>> = r.projection.input_targets.iter().chain(&r.projection.output_targets).cloned().collect();
        let again = russell_against(&tech(&targets, 2), &t, &options(orientation, here)).unwrap();
        for u in 0..n {
            prop_assert!(again.state[u] == State::Infeasible || again.score[u] > 1.0 - 1e-7, "{}", again.score[u]);
        }
        for factor in [1e9, 1e-9] {
            let mut scaled = columns.clone();
            scaled[by].iter_mut().for_each(|x| *x *= factor);
            let e = russell(&tech(&scaled, 2), &chosen).unwrap();
            let f = russell(&tech(&scaled, 2), &RussellOptions { bounded: false, ..chosen.clone() }).unwrap();
            for u in 0..n {
                prop_assert!((r.score[u] - e.score[u]).abs() < 1e-9 && (free.score[u] - f.score[u]).abs() < 1e-9, "{} {}", r.score[u], e.score[u]);
            }
        }
        let turned: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().rev().copied().collect()).collect();
        let e = russell(&tech(&turned, 2), &chosen).unwrap();
        for u in 0..n {
            prop_assert_eq!(r.score[u].to_bits(), e.score[n - 1 - u].to_bits());
            prop_assert_eq!(r.factors[0][u].to_bits(), e.factors[0][n - 1 - u].to_bits());
        }
        let mut more = columns.clone();
        for (i, c) in more.iter_mut().enumerate() {
            let (first, second) = (c[0], c[1]);
            c.push(if i < 2 { 2.0 * first } else { first });
            c.push(second);
        }
        let e = russell(&tech(&more, 2), &chosen).unwrap();
        for u in 0..n {
            prop_assert!((r.score[u] - e.score[u]).abs() < 1e-10);
        }
        prop_assert_eq!(e.score[n + 1].to_bits(), e.score[1].to_bits());
    }

    #[test]
    fn larger_technologies_find_more(values in proptest::collection::vec(0.0..1.0_f64, 56)) {
        let columns: Vec<Vec<f64>> = (0..4).map(|i| (0..14).map(|u| 0.1 + values[4 * u + i]).collect()).collect();
        let nested = [Returns::Crs, Returns::Nirs, Returns::Vrs].map(|r| russell(&tech(&columns, 2), &options(RussellOrientation::Input, r)).unwrap().score);
        for u in 0..14 {
            prop_assert!(nested[0][u] <= nested[1][u] + 1e-10 && nested[1][u] <= nested[2][u] + 1e-10);
        }
    }
}
