use proptest::prelude::*;

use super::*;
use crate::Technology;

/// Coelli (1996), DEAP 2.1, EG4: five firms, three years, output orientation.
#[test]
fn deap_eg4() {
    let x = [2.0, 4.0, 3.0, 5.0, 6.0, 2.0, 4.0, 3.0, 5.0, 5.0, 2.0, 4.0, 3.0, 5.0, 5.0];
    let y = [1.0, 2.0, 3.0, 4.0, 5.0, 1.0, 3.0, 4.0, 3.0, 5.0, 1.0, 3.0, 4.0, 3.0, 5.0];
    let units = [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4];
    let periods = [1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3];
    let technology = Technology { inputs: vec![&x], outputs: vec![&y], bad_outputs: vec![] };
    let data = Observations { technology, units: &units, periods: &periods };
    let options = MalmquistOptions { orientation: Orientation::Output, ..MalmquistOptions::default() };
    let m = malmquist(&data, &options).unwrap();
    let year = |c: &[f64], t: i32| -> Vec<f64> { (0..c.len()).filter(|&i| m.to[i] == t).map(|i| c[i]).collect() };
    let printed = [
        (&m.efficiency, [0.75, 1.125, 1.0, 0.562, 0.9]),
        (&m.technical, [1.333; 5]),
        (&m.pure, [1.0, 1.222, 1.0, 0.65, 1.0]),
        (&m.scale, [0.75, 0.92, 1.0, 0.865, 0.9]),
        (&m.index, [1.0, 1.5, 1.333, 0.75, 1.2]),
    ];
    for (found, expected) in printed {
        for (f, e) in year(found, 2).iter().zip(expected) {
            // Printed by cutting or rounding to three decimals: 0.5625 stands as 0.562.
            assert!((f - e).abs() <= 0.0006, "{f} is not {e}");
        }
        for f in year(found, 3) {
            assert!((f - 1.0).abs() < 1e-12);
        }
    }
    let all = m.mean(|_| true);
    for (f, e) in [all.efficiency, all.technical, all.pure, all.scale, all.index].iter().zip([0.918, 1.155, 0.977, 0.94, 1.061]) {
        assert!((f - e).abs() <= 0.0006, "{f} is not {e}");
    }
}

#[test]
fn gaps_are_named_and_break_the_cumulative_index() {
    let (x, y) = ([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 3.0, 4.0, 1.0, 2.0, 4.0]);
    let (units, periods) = ([0, 0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 1, 2, 4]);
    let technology = Technology { inputs: vec![&x], outputs: vec![&y], bad_outputs: vec![] };
    let m = malmquist(&Observations { technology, units: &units, periods: &periods }, &MalmquistOptions::default()).unwrap();
    let gap = |from, to, from_missing, to_missing| Gap { unit: 1, from, to, from_missing, to_missing };
    assert_eq!(m.gaps, [gap(2, 3, false, true), gap(3, 4, true, false)]);
    assert_eq!(m.cumulative, [2.0, 3.0, 4.0, 2.0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn products_hold(cells in proptest::collection::vec(0.1_f64..10.0, 90), output in any::<bool>(), mean in 0_usize..3) {
        let (x, rest) = cells.split_at(30);
        let (z, y) = rest.split_at(30);
        let units: Vec<usize> = (0..30).map(|i| i % 10).collect();
        let periods: Vec<i32> = (0..30).map(|i| i / 10).collect();
        let options = MalmquistOptions {
            orientation: if output { Orientation::Output } else { Orientation::Input },
            mean: [Mean::Geometric, Mean::Base, Mean::Comparison][mean],
            ..MalmquistOptions::default()
        };
        let run = |x: &[f64]| {
            let technology = Technology { inputs: vec![x, z], outputs: vec![y], bad_outputs: vec![] };
            malmquist(&Observations { technology, units: &units, periods: &periods }, &options).unwrap()
        };
        let m = run(x);
        prop_assert!(m.residual < 1e-13, "{}", m.residual);
        prop_assert!(m.gaps.is_empty() && m.index.len() == 20);
        for i in 0..20 {
            prop_assert!((m.index[i] - m.efficiency[i] * m.technical[i]).abs() < 1e-12 * m.index[i]);
            prop_assert!((m.efficiency[i] - m.pure[i] * m.scale[i]).abs() < 1e-12 * m.efficiency[i]);
        }
        let scaled = run(&x.iter().map(|v| v * 1e9).collect::<Vec<_>>());
        for i in 0..20 {
            prop_assert!((m.index[i] - scaled.index[i]).abs() < 1e-9 * m.index[i]);
        }
    }

    /// Under CRS the index is the same in both orientations.
    #[test]
    fn orientations_agree_under_constant_returns(cells in proptest::collection::vec(0.1_f64..10.0, 40)) {
        let (x, y) = cells.split_at(20);
        let units: Vec<usize> = (0..20).map(|i| i % 10).collect();
        let periods: Vec<i32> = (0..20).map(|i| i / 10).collect();
        let run = |orientation| {
            let technology = Technology { inputs: vec![x], outputs: vec![y], bad_outputs: vec![] };
            let options = MalmquistOptions { orientation, ..MalmquistOptions::default() };
            malmquist(&Observations { technology, units: &units, periods: &periods }, &options).unwrap()
        };
        let (i, o) = (run(Orientation::Input), run(Orientation::Output));
        for k in 0..10 {
            prop_assert!((i.index[k] - o.index[k]).abs() < 1e-10 * i.index[k]);
        }
    }
}

#[test]
fn a_period_without_a_complete_row_is_a_gap_for_everyone() {
    let n = f64::NAN;
    let (x, y) = ([1.0, n, 1.0, 1.0, 1.0, n, 1.0, 1.0], [1.0, 2.0, 3.0, 4.0, 2.0, 2.0, 4.0, 4.0]);
    let (units, periods) = ([0, 0, 0, 0, 1, 1, 1, 1], [1, 2, 3, 4, 1, 2, 3, 4]);
    let technology = Technology { inputs: vec![&x], outputs: vec![&y], bad_outputs: vec![] };
    let data = Observations { technology, units: &units, periods: &periods };
    let options = MalmquistOptions { missing: Missing::Exclude, ..MalmquistOptions::default() };
    let m = malmquist(&data, &options).unwrap();
    assert_eq!((m.gaps.len(), m.from.as_slice()), (4, [3, 3].as_slice()));
    assert!(m.cumulative.iter().chain(&m.index).all(|v| v.is_finite()));
}

/// With a zero input the other period may make nothing at all: 1/phi is infinite and must not pass as solved.
#[test]
fn a_distance_without_bound_says_so() {
    let (a, b) = ([1.0, 1.0, 1.0, 1.0], [0.0, 1.0, 1.0, 1.0]);
    let y = [1.0, 1.0, 1.0, 2.0];
    let technology = Technology { inputs: vec![&a, &b], outputs: vec![&y], bad_outputs: vec![] };
    let data = Observations { technology, units: &[0, 1, 0, 1], periods: &[1, 1, 2, 2] };
    let options = MalmquistOptions { orientation: Orientation::Output, ..MalmquistOptions::default() };
    let m = malmquist(&data, &options).unwrap();
    assert_eq!(m.base_in_comparison[0].state, State::Unbounded);
    assert!(m.base_in_comparison[0].value.is_nan() && m.index[0].is_nan() && m.index[1].is_finite());
    // The means leave the unsolved change out of every part, so that they still multiply.
    let mean = m.mean(|_| true);
    assert_eq!(mean.count, 1);
    assert!((mean.index - mean.efficiency * mean.technical).abs() < 1e-12);
}
