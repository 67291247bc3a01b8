use proptest::prelude::*;

use super::*;
use crate::{Role, Technology};

fn observe<'a>(x: &'a [f64], y: &'a [f64], b: &[&'a [f64]], units: &'a [usize], periods: &'a [i32]) -> Observations<'a> {
    Observations { technology: Technology { inputs: vec![x], outputs: vec![y], bad_outputs: b.to_vec() }, units, periods }
}

/// One input, one output, constant returns, direction (x, y): β = (k - r) / (k + r) for productivity r and best k.
#[test]
fn a_case_by_hand() {
    let (x, y) = ([1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 2.0, 3.0]);
    let data = observe(&x, &y, &[], &[0, 1, 0, 1], &[1, 1, 2, 2]);
    let r = luenberger(&data, &LuenbergerOptions::default()).unwrap();
    // Unit 0: own 1/3 and 1/5; against the later frontier 1/2, against the earlier one 0.
    let found = [r.base_own[0].value, r.comparison_own[0].value, r.base_other[0].value, r.comparison_other[0].value];
    for (f, e) in found.iter().zip([1.0 / 3.0, 0.2, 0.5, 0.0]) {
        assert!((f - e).abs() < 1e-15, "{found:?}");
    }
    assert!((r.indicator[0] - 0.5 * (1.0 / 3.0 + 0.5 - 0.2)).abs() < 1e-15);
    assert!((r.efficiency[0] - (1.0 / 3.0 - 0.2)).abs() < 1e-15);
    assert!((r.technical[0] - 0.5 * (0.2 + 0.5 - 1.0 / 3.0)).abs() < 1e-15);
    // Unit 1 leads: no efficiency change, beyond the earlier frontier by 1/5 and short of the later one by 1/5.
    assert!(r.efficiency[1].abs() < 1e-15 && (r.technical[1] - 0.2).abs() < 1e-15 && (r.indicator[1] - 0.2).abs() < 1e-15);
    let r = luenberger(&data, &LuenbergerOptions { indicator: Indicator::Global, ..LuenbergerOptions::default() }).unwrap();
    assert!((r.indicator[0] - (0.5 - 0.2)).abs() < 1e-15 && (r.indicator[1] - 0.2).abs() < 1e-15);
}

/// The catalogue of infeasible cross-period distances: each is named with its unit, periods and what cannot be reached,
/// and the global indicator stands beside it.
#[test]
fn infeasible_cross_period_distances_are_named() {
    let (x, y, b) = ([1.0, 1.0, 2.0, 1.0], [1.0, 2.0, 3.0, 2.0], [1.0, 1.0, 9.0, 1.0]);
    let data = observe(&x, &y, &[&b], &[0, 1, 0, 1], &[1, 1, 2, 2]);
    let options = LuenbergerOptions {
        direction: Direction::Outputs,
        returns: DirectionalReturns::VrsConvex,
        ..LuenbergerOptions::default()
    };
    let r = luenberger(&data, &options).unwrap();
    let expected = Failure {
        change: 0,
        which: Which::ComparisonOther,
        unit: 0,
        observed: 2,
        technology: Some(1),
        why: Why::Unreached(vec![(Role::Output, 0), (Role::BadOutput, 0)]),
    };
    assert_eq!(r.failures, [expected]);
    assert!(r.indicator[0].is_nan() && r.indicator[1].is_finite() && r.cumulative[0].is_nan());
    assert!(r.global.unwrap().iter().all(|g| g.is_finite()));
    // Without the bads it is feasible, and nothing stands beside it.
    let plain =
        LuenbergerOptions { direction: Direction::Outputs, returns: DirectionalReturns::Vrs, ..LuenbergerOptions::default() };
    let r = luenberger(&observe(&x, &y, &[], &[0, 1, 0, 1], &[1, 1, 2, 2]), &plain).unwrap();
    assert!(r.failures.is_empty() && r.global.is_none());
}

#[test]
fn a_missing_year_breaks_the_sum() {
    let (x, y) = ([1.0; 8], [1.0, 2.0, f64::NAN, 4.0, 2.0, 2.0, 3.0, 4.0]);
    let data = observe(&x, &y, &[], &[0, 0, 0, 0, 1, 1, 1, 1], &[1, 2, 3, 4, 1, 2, 3, 4]);
    let r = luenberger(&data, &LuenbergerOptions { missing: Missing::Exclude, ..LuenbergerOptions::default() }).unwrap();
    assert_eq!((r.gaps.len(), r.unit.as_slice()), (2, [0, 1, 1, 1].as_slice()));
    assert!((r.cumulative[3] - r.indicator[1..].iter().sum::<f64>()).abs() < 1e-15);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn sums_hold(
        cells in proptest::collection::vec(0.1_f64..10.0, 72),
        returns in 0_usize..3,
        direction in 0_usize..5,
        global in any::<bool>(),
        by in 0_usize..3,
    ) {
        let units: Vec<usize> = (0..24).map(|i| i % 8).collect();
        let periods: Vec<i32> = (0..24).map(|i| i / 8).collect();
        let directions = [Direction::Observed, Direction::Inputs, Direction::Outputs, Direction::Mean, Direction::Ones];
        let options = LuenbergerOptions {
            indicator: if global { Indicator::Global } else { Indicator::Adjacent },
            direction: directions[direction].clone(),
            returns: [DirectionalReturns::Crs, DirectionalReturns::VrsConvex, DirectionalReturns::VrsKuosmanen][returns],
            ..LuenbergerOptions::default()
        };
        let run = |cells: &[f64]| {
            let (x, rest) = cells.split_at(24);
            let (y, b) = rest.split_at(24);
            luenberger(&observe(x, y, &[b], &units, &periods), &options).unwrap()
        };
        let r = run(&cells);
        prop_assert!(r.residual < 1e-14, "{}", r.residual);
        prop_assert_eq!(r.failures.iter().any(|f| matches!(f.why, Why::State(_) | Why::Vanishing)), false);
        for i in 0..16 {
            let failed = r.failures.iter().any(|f| f.change == i);
            prop_assert_eq!(r.indicator[i].is_nan(), failed);
            if global {
                prop_assert!(!failed);
                // Global changes telescope: from the first to the last period by the ends alone.
                if i % 2 == 1 {
                    let whole = r.base_other[i - 1].value - r.comparison_other[i].value;
                    prop_assert!((r.cumulative[i] - whole).abs() < 1e-12 * (1.0 + whole.abs()));
                }
            }
        }
        let mean = r.mean(|_| true);
        if mean.count > 0 {
            prop_assert!((mean.indicator - mean.efficiency - mean.technical).abs() < 1e-12 * (1.0 + mean.indicator.abs()));
        }
        if direction != 4 {
            let scaled: Vec<f64> = cells.iter().enumerate().map(|(k, v)| if k / 24 == by { v * 1e9 } else { *v }).collect();
            let e = run(&scaled);
            for i in 0..16 {
                prop_assert_eq!(r.indicator[i].is_nan(), e.indicator[i].is_nan());
                if r.indicator[i].is_finite() {
                    prop_assert!((r.indicator[i] - e.indicator[i]).abs() < 1e-9 * (1.0 + r.indicator[i].abs()));
                }
            }
        }
    }
}
