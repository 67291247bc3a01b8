#![expect(clippy::needless_range_loop, reason = "a unit is a row of many columns")]

use proptest::prelude::*;

use super::*;
use crate::{
    Orientation,
    dea::{DeaOptions, dea},
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

fn given(epsilon: f64, orientation: SlackOrientation, returns: Returns) -> EbmOptions {
    EbmOptions {
        orientation,
        returns,
        dispersion: Dispersion::Given { inputs: epsilon, outputs: epsilon },
        ..EbmOptions::default()
    }
}

/// A = (2, 2), B = (6, 3), output 1. B against A: θ = 2/3, slack in the first input
/// 6·2/3 − 2 = 2, a third of 6; with ε = 0.6 and weights of a half the measure is 2/3 − 0.6·(1/2)(1/3).
#[test]
fn by_hand() {
    let columns = vec![vec![2.0, 6.0], vec![2.0, 3.0], vec![1.0, 1.0]];
    let r = ebm(&tech(&columns, 2), &given(0.6, SlackOrientation::Input, Returns::Crs)).unwrap();
    close(&r.score, &[1.0, 2.0 / 3.0 - 0.1], 1e-12);
    close(&r.theta, &[1.0, 2.0 / 3.0], 1e-12);
    close(&r.eta, &[1.0, 1.0], 0.0);
    close(&r.projection.input_slacks[0], &[0.0, 4.0], 1e-12);
    close(&r.projection.input_targets[1], &[2.0, 2.0], 1e-12);
    assert_eq!(r.class, [Class::Strong, Class::Inefficient]);
    assert!(r.outputs.is_none() && r.inputs.unwrap().weights == [0.5, 0.5]);
    // By outputs: A makes 1.5 of B's inputs under constant returns.
    let r = ebm(&tech(&columns, 2), &given(0.6, SlackOrientation::Output, Returns::Crs)).unwrap();
    close(&r.score, &[1.0, 2.0 / 3.0], 1e-12);
    close(&r.eta, &[1.0, 1.5], 1e-12);
}

/// ε and weights come from the affinity of what is projected: two inputs in one ratio say that one factor is enough.
#[test]
fn dispersion() {
    let columns = vec![vec![1.0, 2.0, 4.0], vec![3.0, 6.0, 12.0], vec![1.0, 3.0, 4.0]];
    for dispersion in [Dispersion::Projected, Dispersion::Observed] {
        let options = EbmOptions { dispersion, orientation: SlackOrientation::Input, ..EbmOptions::default() };
        let side = ebm(&tech(&columns, 2), &options).unwrap().inputs.unwrap();
        assert!(side.epsilon.abs() < 1e-12 && (side.weights[0] - 0.5).abs() < 1e-12, "{side:?}");
    }
    // ln(b/a) of the observed inputs: 0, 0, ln 8; D = 4/9, S = 1/9, ε = 8/9. Of one output: 0.
    let columns = vec![vec![1.0, 2.0, 1.0], vec![1.0, 2.0, 8.0], vec![1.0, 2.0, 1.0]];
    let r = ebm(&tech(&columns, 2), &EbmOptions { dispersion: Dispersion::Observed, ..EbmOptions::default() }).unwrap();
    let (inputs, outputs) = (r.inputs.unwrap(), r.outputs.unwrap());
    close(&[inputs.epsilon, inputs.affinity[0][1], outputs.epsilon], &[8.0 / 9.0, 1.0 / 9.0, 0.0], 1e-12);
    // The third could save seven eighths of its second input.
    close(&r.score[2..], &[1.0 - 8.0 / 9.0 * 0.5 * 7.0 / 8.0], 1e-12);
    // Projected onto the others its ratio is theirs.
    let r = ebm(&tech(&columns, 2), &EbmOptions::default()).unwrap();
    close(&[r.inputs.unwrap().epsilon, r.score[2]], &[0.0, 1.0], 1e-12);
    assert_eq!(r.class[2], Class::Weak);
}

#[test]
fn bad_input() {
    let columns = vec![vec![1.0, 2.0], vec![0.0, 1.0], vec![1.0, 1.0]];
    let t = tech(&columns, 2);
    for dispersion in [Dispersion::Observed, Dispersion::Projected, Dispersion::Given { inputs: 1.5, outputs: f64::NAN }] {
        let refused = ebm(&t, &EbmOptions { dispersion: dispersion.clone(), ..EbmOptions::default() });
        match dispersion {
            Dispersion::Given { .. } => assert!(matches!(refused, Err(FrontierError::Options(_))), "{refused:?}"),
            // The input of 0 has no logarithm.
            _ => {
                let Err(FrontierError::Data(d)) = refused else { panic!("{dispersion:?} {refused:?}") };
                assert!(!d.is_empty() && d.iter().all(|d| matches!(d, Defect::NoLogarithm(_))), "{dispersion:?} {d:?}");
            }
        }
    }
    let r = ebm(&t, &given(0.5, SlackOrientation::None, Returns::Vrs)).unwrap();
    assert!(r.state.iter().all(|s| *s == State::Optimal) && r.score[0] == 1.0 && r.score[1] < 1.0);
    let negative = vec![vec![-1.0, f64::NAN], vec![1.0, 1.0]];
    let Err(FrontierError::Data(found)) = ebm(&tech(&negative, 1), &EbmOptions::default()) else { panic!() };
    assert_eq!(found.len(), 2);
    let one = ebm(&tech(&[vec![2.0], vec![4.0]], 1), &EbmOptions::default()).unwrap();
    assert_eq!((one.score[0], one.class[0]), (1.0, Class::Strong));
}

const RETURNS: [Returns; 4] = [Returns::Crs, Returns::Vrs, Returns::Nirs, Returns::Ndrs];
const SIDES: [SlackOrientation; 3] = [SlackOrientation::None, SlackOrientation::Input, SlackOrientation::Output];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn laws(
        whole in any::<bool>(), values in proptest::collection::vec(0.0..1.0_f64, 56), returns in 0_usize..4, side in 0_usize..3,
        by in 0_usize..4,
    ) {
        let n = 14;
        let cell = |i: usize, u: usize| if whole { 1.0 + (5.0 * values[4 * u + i]).floor() } else { 0.1 + values[4 * u + i] };
        let columns: Vec<Vec<f64>> = (0..4).map(|i| (0..n).map(|u| cell(i, u)).collect()).collect();
        let t = tech(&columns, 2);
        let (here, orientation) = (RETURNS[returns], SIDES[side]);
        let options = EbmOptions { orientation, returns: here, ..EbmOptions::default() };
        let r = ebm(&t, &options).unwrap();
        // ε = 0 is radial, ε = 1 the slacks-based measure (equal weights); between them the measure lies between.
        let radial = |orientation| dea(&t, &DeaOptions { orientation, returns: here, scale: false, ..DeaOptions::default() }).unwrap().score;
        let none = ebm(&t, &given(0.0, orientation, here)).unwrap();
        let full = ebm(&t, &given(1.0, orientation, here)).unwrap();
        let half = ebm(&t, &given(0.5, orientation, here)).unwrap();
        let slacks = sbm(&t, &SbmOptions { orientation, returns: here, ..SbmOptions::default() }).unwrap();
        for u in 0..n {
            prop_assert_eq!(r.state[u], State::Optimal);
            let (low, high) = r.interval[u];
            prop_assert!(low <= high && high - low < 1e-9 && (r.score[u] - low).abs() < 1e-9);
            prop_assert!((full.score[u] - slacks.score[u]).abs() < 1e-9, "{} {}", full.score[u], slacks.score[u]);
            prop_assert!(full.score[u] <= half.score[u] + 1e-9 && half.score[u] <= none.score[u] + 1e-9);
            match orientation {
                SlackOrientation::Input => prop_assert!((none.score[u] - radial(Orientation::Input)[u]).abs() < 1e-9),
                SlackOrientation::Output => prop_assert!((none.score[u] - radial(Orientation::Output)[u]).abs() < 1e-9),
                SlackOrientation::None => {
                    prop_assert!(none.score[u] <= radial(Orientation::Input)[u] + 1e-9 && none.score[u] <= radial(Orientation::Output)[u] + 1e-9);
                }
            }
            // Primal equals dual.
            let p = &r.projection;
            let sum: f64 = (0..4).map(|v| if v < 2 { -p.input_prices[v][u] } else { p.output_prices[v - 2][u] } * columns[v][u]).sum();
            prop_assert!((1.0 + sum + p.intercept[u] - r.score[u]).abs() < 1e-8, "{} {}", 1.0 + sum + p.intercept[u], r.score[u]);
        }
        for side in [&r.inputs, &r.outputs].into_iter().flatten() {
            prop_assert!((0.0..=1.0).contains(&side.epsilon) && (side.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            prop_assert!(side.weights.iter().all(|w| *w >= 0.0));
        }
        // Units of measure (logarithms of ratios only shift), row order.
        for factor in [1e9, 1e-9] {
            let mut scaled = columns.clone();
            scaled[by].iter_mut().for_each(|x| *x *= factor);
            let observed = EbmOptions { dispersion: Dispersion::Observed, ..options.clone() };
            let (a, b) = (ebm(&t, &observed).unwrap(), ebm(&tech(&scaled, 2), &observed).unwrap());
            for u in 0..n {
                prop_assert!((a.score[u] - b.score[u]).abs() < 1e-8, "{} {}", a.score[u], b.score[u]);
            }
        }
        let turned: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().rev().copied().collect()).collect();
        let e = ebm(&tech(&turned, 2), &options).unwrap();
        for u in 0..n {
            prop_assert_eq!(r.score[u].to_bits(), e.score[n - 1 - u].to_bits());
        }
    }
}
