use proptest::prelude::*;

use super::*;
use crate::dea::Class;

/// Six power plants, four inputs, two outputs: Tone (2002), EJOR 143, table 1.
const PLANTS: [[f64; 6]; 6] = [
    [80.0, 65.0, 83.0, 40.0, 52.0, 94.0],
    [600.0, 200.0, 400.0, 1000.0, 600.0, 700.0],
    [54.0, 97.0, 72.0, 75.0, 20.0, 36.0],
    [8.0, 1.0, 4.0, 7.0, 3.0, 5.0],
    [90.0, 58.0, 60.0, 80.0, 72.0, 96.0],
    [5.0, 1.0, 7.0, 10.0, 8.0, 6.0],
];

fn tech(columns: &[Vec<f64>], m: usize) -> Technology<'_> {
    let all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    Technology { inputs: all[..m].to_vec(), outputs: all[m..].to_vec(), bad_outputs: Vec::new() }
}

fn close(found: &[f64], printed: &[f64], tolerance: f64) {
    assert_eq!(found.len(), printed.len());
    for (u, (f, p)) in found.iter().zip(printed).enumerate() {
        assert!((f - p).abs() <= tolerance || f.is_nan() && p.is_nan(), "unit {u}: {f} for {p}\n{found:?}");
    }
}

fn run(t: &Technology<'_>, orientation: Orientation, returns: Returns) -> SuperEfficiency {
    super_efficiency(t, &SuperOptions { orientation, returns, ..SuperOptions::default() }).unwrap()
}

/// Tone (2002), p. 38: radial super-efficiency under constant returns. Under variable returns D4 and D6 are infeasible;
/// their repaired scores as SciPy's HiGHS solves the two programs one after the other.
#[test]
fn power_plants() {
    let columns: Vec<Vec<f64>> = PLANTS.iter().map(|c| c.to_vec()).collect();
    let t = tech(&columns, 4);
    let crs = run(&t, Orientation::Input, Returns::Crs);
    close(&crs.score, &[1.0283, 2.4167, 1.3125, 1.625, 2.4026, 1.0628], 0.00005);
    close(&crs.cook.score, &crs.score, 0.0);
    close(&crs.lee.score, &crs.score, 0.0);
    let vrs = run(&t, Orientation::Input, Returns::Vrs);
    let lost: Vec<usize> = (0..6).filter(|&u| vrs.state[u] == State::Infeasible).collect();
    assert_eq!(lost, [3, 5]);
    close(&[vrs.cook.score[3], vrs.cook.score[5]], &[1.3 + 1.25, 1.5777777777778 + 1.08], 1e-9);
    close(
        &[vrs.lee.score[3], vrs.lee.score[5]],
        &[1.65 + 1.0 / (1.0 - 4.0 / 15.0), 1.6166666666667 + 1.0 / (1.0 - 1.0 / 12.0)],
        1e-9,
    );
    close(&[vrs.lee.given_up[0][3], vrs.lee.given_up[1][3]], &[0.0, 4.0 / 15.0], 1e-9);
    for u in [0, 1, 2, 4] {
        assert!(vrs.cook.score[u] == vrs.score[u] && vrs.lee.score[u] == vrs.score[u] && vrs.lee.index[u] == 0.0);
    }
    let named: Vec<usize> = vrs.unreached.iter().map(|x| x.unit).collect();
    assert_eq!(named, lost);
}

/// One input, one output: (1, 1), (2, 4), (3, 3). The second's output is beyond the others: they give up a quarter of
/// it and need half as much input again; with its input they make half of its output; along its own values a third.
#[test]
fn by_hand() {
    let columns = vec![vec![1.0, 2.0, 3.0], vec![1.0, 4.0, 3.0]];
    let t = tech(&columns, 1);
    let r = run(&t, Orientation::Input, Returns::Vrs);
    assert_eq!(r.state, [State::Optimal, State::Infeasible, State::Optimal]);
    close(&r.score, &[2.0, f64::NAN, 5.0 / 9.0], 1e-12);
    for repair in [&r.cook, &r.lee] {
        close(&repair.radial, &[2.0, 1.5, 5.0 / 9.0], 1e-12);
        close(&repair.index, &[0.0, 4.0 / 3.0, 0.0], 1e-12);
        close(&repair.score, &[2.0, 1.5 + 4.0 / 3.0, 5.0 / 9.0], 1e-12);
        close(&repair.given_up[0], &[0.0, 0.25, 0.0], 1e-12);
    }
    close(&r.chen, &[2.0, 2.0, 5.0 / 9.0], 1e-12);
    close(&r.ray[1..2], &[4.0 / 3.0], 1e-12);
    // The first's input is below the others': they double it, and then make four times its output.
    let r = run(&t, Orientation::Output, Returns::Vrs);
    assert_eq!(r.state[0], State::Infeasible);
    close(&[r.cook.score[0], r.lee.score[0], r.chen[0]], &[0.25 + 2.0, 0.25 + 2.0, 2.0], 1e-12);
}

#[test]
fn what_has_no_repair_is_named() {
    // The second output is the first unit's alone.
    let columns = vec![vec![1.0, 2.0, 3.0], vec![1.0, 4.0, 3.0], vec![1.0, 0.0, 0.0]];
    let r = run(&tech(&columns, 1), Orientation::Input, Returns::Vrs);
    assert_eq!((r.state[0], r.lee.state[0]), (State::Infeasible, State::Unbounded));
    assert!(r.lee.score[0].is_nan() && r.cook.score[0].is_nan());
    // An input of 0 stays 0.
    let columns = vec![vec![0.0, 2.0, 3.0], vec![1.0, 1.0, 1.0], vec![1.0, 4.0, 3.0]];
    let r = run(&tech(&columns, 2), Orientation::Output, Returns::Vrs);
    assert_eq!((r.state[0], r.lee.state[0], r.cook.state[0]), (State::Infeasible, State::Infeasible, State::Infeasible));
    // Twins keep each other.
    let columns = vec![vec![1.0, 1.0, 3.0], vec![4.0, 4.0, 3.0]];
    let r = run(&tech(&columns, 1), Orientation::Input, Returns::Vrs);
    close(&r.score[..2], &[1.0, 1.0], 1e-12);
    let one = run(&tech(&[vec![1.0], vec![1.0]], 1), Orientation::Input, Returns::Vrs);
    assert!(one.score[0].is_nan() && one.lee.score[0].is_nan() && one.lee.state[0] != State::Optimal);
    let fdh = SuperOptions { returns: Returns::Fdh, ..SuperOptions::default() };
    assert!(matches!(super_efficiency(&tech(&columns, 1), &fdh), Err(FrontierError::Options(_))));
    let holed = vec![vec![1.0, f64::NAN, 3.0, 2.0], vec![4.0, 4.0, 3.0, 1.0]];
    let missing = SuperOptions { missing: Missing::Exclude, ..SuperOptions::default() };
    let r = super_efficiency(&tech(&holed, 1), &missing).unwrap();
    assert_eq!(
        (r.state[1], r.lee.state[1], r.ray_state[1], r.chen_state[1]),
        (State::Missing, State::Missing, State::Missing, State::Missing)
    );
}

const RETURNS: [Returns; 4] = [Returns::Crs, Returns::Vrs, Returns::Nirs, Returns::Ndrs];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn laws(whole in any::<bool>(), values in proptest::collection::vec(0.0..1.0_f64, 48), returns in 0_usize..4, input in any::<bool>(), by in 0_usize..4) {
        let n = 12;
        let cell = |i: usize, u: usize| if whole { 1.0 + (5.0 * values[4 * u + i]).floor() } else { 0.1 + values[4 * u + i] };
        let columns: Vec<Vec<f64>> = (0..4).map(|i| (0..n).map(|u| cell(i, u)).collect()).collect();
        let t = tech(&columns, 2);
        let (orientation, here) = (if input { Orientation::Input } else { Orientation::Output }, RETURNS[returns]);
        let r = run(&t, orientation, here);
        let plain = dea(&t, &DeaOptions { orientation, returns: here, ..DeaOptions::default() }).unwrap();
        for u in 0..n {
            // Values are positive: every repair but the other orientation exists.
            prop_assert!(r.cook.state[u] == State::Optimal && r.lee.state[u] == State::Optimal, "{:?} {:?}", r.cook.state, r.lee.state);
            if r.state[u] == State::Optimal {
                prop_assert!(r.cook.score[u] == r.score[u] && r.lee.score[u] == r.score[u] && r.chen[u] == r.score[u]);
                prop_assert!(plain.class[u] == Class::Strong || (r.score[u] - plain.score[u]).abs() < 1e-9 || r.score[u] >= 1.0 - 1e-9);
            } else {
                prop_assert_eq!(r.state[u], State::Infeasible);
                prop_assert!(r.cook.score[u] > 1.0 && r.lee.score[u] > 1.0 && r.cook.index[u] > 1.0);
                // A share of its own for each costs no more than the same share of all.
                let (own, one): (f64, f64) = (0..2).map(|i| (r.lee.given_up[i][u], r.cook.given_up[i][u])).fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
                prop_assert!(own <= one + 1e-9, "{} {}", own, one);
            }
            if r.ray_state[u] == State::Optimal && plain.class[u] == Class::Inefficient {
                prop_assert!(r.ray[u] <= 1.0 + 1e-9);
            }
        }
        for factor in [1e9, 1e-9] {
            let mut scaled = columns.clone();
            scaled[by].iter_mut().for_each(|x| *x *= factor);
            let e = run(&tech(&scaled, 2), orientation, here);
            for u in 0..n {
                prop_assert_eq!(r.state[u], e.state[u]);
                prop_assert!((r.cook.score[u] - e.cook.score[u]).abs() < 1e-8 && (r.lee.radial[u] - e.lee.radial[u]).abs() < 1e-8, "{} {}", r.lee.score[u], e.lee.score[u]);
            }
        }
        let turned: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().rev().copied().collect()).collect();
        let e = run(&tech(&turned, 2), orientation, here);
        for u in 0..n {
            prop_assert_eq!(r.lee.score[u].to_bits(), e.lee.score[n - 1 - u].to_bits());
            prop_assert_eq!(r.cook.score[u].to_bits(), e.cook.score[n - 1 - u].to_bits());
        }
    }
}
