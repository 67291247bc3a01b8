#![allow(clippy::needless_range_loop, reason = "columns are read side by side")]

use proptest::prelude::*;

use super::*;
use crate::{
    Orientation,
    dea::{DeaOptions, dea},
};

fn borrowed(columns: &[Vec<f64>], m: usize) -> Technology<'_> {
    let all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    Technology { inputs: all[..m].to_vec(), outputs: all[m..].to_vec(), bad_outputs: Vec::new() }
}

fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (u, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= tolerance, "unit {u}: {f} for {e}\n{found:?}");
    }
}

fn run(columns: &[Vec<f64>], m: usize, alpha: f64, returns: Returns) -> Generalised {
    generalised(&borrowed(columns, m), &GeneralisedOptions { alpha, returns, ..GeneralisedOptions::default() }).unwrap()
}

fn eight() -> Vec<Vec<f64>> {
    vec![vec![2.0, 4.0, 8.0, 12.0, 6.0, 14.0, 14.0, 9.412], vec![1.0, 5.0, 8.0, 9.0, 3.0, 7.0, 9.0, 2.353]]
}

/// Values of DataEnvelopmentAnalysis.jl 0.9.2 (`deagdf`), found there by a non-linear solver.
#[test]
fn eight_units_of_the_julia_suite() {
    let g = run(&eight(), 1, 0.5, Returns::Vrs);
    close(&g.score, &[1.0, 1.0, 1.0, 1.0, 0.410_097, 0.634_489, 1.0, 0.205_04], 0.000_001);
    let g = run(&eight(), 1, 0.7, Returns::Vrs);
    close(&g.score, &[1.0, 1.0, 1.0, 1.0, 0.423_216, 0.698_36, 1.0, 0.2315], 0.0001);
    close(&g.projection.input_slacks[0], &[0.0, 0.0, 0.0, 0.0, 0.0, 0.570_479, 2.0, 0.0], 0.000_01);
    assert_eq!(g.class[6], Class::Weak);
    assert!(g.tangents.iter().all(|t| *t <= 6), "{:?}", g.tangents);
}

/// With one input and one output, VRS and α = 1/2, the distance is a root of a quadratic equation.
#[test]
fn a_half_by_hand() {
    let g = run(&eight(), 1, 0.5, Returns::Vrs);
    // (9.412, 2.353) meets the facet of (4, 5) and (8, 8), `4y = 8 + 3x`: 3 · 9.412 t² + 8 t − 4 · 2.353 = 0, t = √δ.
    let t = ((64.0 + 48.0 * 9.412 * 2.353_f64).sqrt() - 8.0) / (6.0 * 9.412);
    close(&g.score[7..], &[t * t], 1e-14);
    assert!(g.interval.iter().all(|(l, h)| h - l < 1e-9 && *l <= *h));
}

#[test]
fn a_foreign_unit_may_lie_beyond() {
    let own = eight();
    let there = vec![vec![3.0, 6.0], vec![6.0, 3.0]];
    let options = GeneralisedOptions { returns: Returns::Vrs, ..GeneralisedOptions::default() };
    let g = generalised_against(&borrowed(&there, 1), &borrowed(&own, 1), &options).unwrap();
    assert_eq!((g.class[0], g.class[1]), (Class::Super, Class::Inefficient));
    assert!(g.score[0] > 1.0 && (g.score[1] - 0.410_097).abs() < 1e-6);
    let wide = vec![vec![1.0], vec![1.0], vec![1.0]];
    assert_eq!(generalised_against(&borrowed(&wide, 2), &borrowed(&own, 1), &options), Err(FrontierError::Variables));
}

#[test]
fn options_and_data_are_checked() {
    let columns = eight();
    let t = borrowed(&columns, 1);
    for alpha in [-0.1, 1.1, f64::NAN] {
        let options = GeneralisedOptions { alpha, ..GeneralisedOptions::default() };
        assert!(matches!(generalised(&t, &options), Err(FrontierError::Options(_))));
    }
    let fdh = GeneralisedOptions { returns: Returns::Fdh, ..GeneralisedOptions::default() };
    assert!(matches!(generalised(&t, &fdh), Err(FrontierError::Options(_))));
    let negative = vec![vec![1.0, -2.0], vec![1.0, 2.0]];
    assert!(matches!(generalised(&borrowed(&negative, 1), &GeneralisedOptions::default()), Err(FrontierError::Data(_))));
    let gap = vec![vec![1.0, f64::NAN], vec![1.0, 2.0]];
    let g = generalised(&borrowed(&gap, 1), &GeneralisedOptions { missing: Missing::Exclude, ..GeneralisedOptions::default() });
    let g = g.unwrap();
    assert_eq!(g.state, [State::Optimal, State::Missing]);
    assert!(g.score[1].is_nan());
}

fn table() -> impl Strategy<Value = Vec<Vec<f64>>> {
    (4..14_usize, any::<bool>()).prop_flat_map(|(n, grid)| {
        let value = (0.5..50.0_f64).prop_map(move |x| if grid { (x / 10.0).ceil() } else { x });
        proptest::collection::vec(proptest::collection::vec(value, n), 4)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_ends_are_farrells_and_constant_returns_know_no_share(columns in table(), alpha in 0.0..1.0_f64) {
        let farrell = |orientation, returns| {
            dea(&borrowed(&columns, 2), &DeaOptions { orientation, returns, scale: false, ..DeaOptions::default() }).unwrap().score
        };
        for returns in [Returns::Vrs, Returns::Nirs, Returns::Ndrs, Returns::Crs] {
            close(&run(&columns, 2, 0.0, returns).score, &farrell(Orientation::Input, returns), 1e-9);
            close(&run(&columns, 2, 1.0, returns).score, &farrell(Orientation::Output, returns), 1e-9);
        }
        close(&run(&columns, 2, alpha, Returns::Crs).score, &farrell(Orientation::Input, Returns::Crs), 1e-9);
    }

    #[test]
    fn the_place_found_is_on_the_frontier(columns in table(), alpha in 0.0..1.0_f64) {
        let g = run(&columns, 2, alpha, Returns::Vrs);
        let place = |v: usize, u: usize| columns[v][u] * g.score[u].powf(if v < 2 { 1.0 - alpha } else { -alpha });
        let moved: Vec<Vec<f64>> = (0..4).map(|v| (0..g.score.len()).map(|u| place(v, u)).collect()).collect();
        let options = GeneralisedOptions { alpha, returns: Returns::Vrs, ..GeneralisedOptions::default() };
        let again = generalised_against(&borrowed(&moved, 2), &borrowed(&columns, 2), &options).unwrap();
        for u in 0..g.score.len() {
            prop_assert_eq!(g.state[u], State::Optimal);
            prop_assert!(g.interval[u].0 <= g.score[u] && g.score[u] <= g.interval[u].1);
            prop_assert!((again.score[u] - 1.0).abs() < 1e-8, "{} {}", g.score[u], again.score[u]);
            // Targets are the place less its slacks.
            for v in 0..2 {
                let input = g.projection.input_targets[v][u] + g.projection.input_slacks[v][u];
                prop_assert!((input - moved[v][u]).abs() <= 1e-7 * 50.0);
                let output = g.projection.output_targets[v][u] - g.projection.output_slacks[v][u];
                prop_assert!((output - moved[2 + v][u]).abs() <= 1e-7 * 50.0);
            }
        }
    }

    #[test]
    fn units_of_measure_and_the_order_of_rows_do_not_matter(columns in table()) {
        let g = run(&columns, 2, 0.5, Returns::Vrs);
        let by = [1e9, 1e-9, 1e-9, 1e9];
        let scaled: Vec<Vec<f64>> = columns.iter().zip(by).map(|(c, k)| c.iter().rev().map(|x| x * k).collect()).collect();
        let turned = run(&scaled, 2, 0.5, Returns::Vrs);
        let back: Vec<f64> = turned.score.into_iter().rev().collect();
        close(&back, &g.score, 1e-9);
        prop_assert!(g.tangents.iter().all(|t| *t <= 30), "{:?}", g.tangents);
    }
}
