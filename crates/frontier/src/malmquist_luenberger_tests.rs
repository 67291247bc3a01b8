use proptest::prelude::*;

use super::*;
use crate::Technology;

fn observe<'a>(x: &'a [f64], y: &'a [f64], b: &'a [f64], units: &'a [usize], periods: &'a [i32]) -> Observations<'a> {
    Observations { technology: Technology { inputs: vec![x], outputs: vec![y], bad_outputs: vec![b] }, units, periods }
}

/// Two units and two periods worked by hand, constant returns.
#[test]
fn a_case_by_hand() {
    let (x, y, b) = ([1.0, 2.0, 1.0, 1.0], [1.0, 1.0, 1.0, 2.0], [1.0, 1.0, 1.0, 1.0]);
    let (units, periods) = ([0, 1, 0, 1], [1, 1, 2, 2]);
    let data = observe(&x, &y, &b, &units, &periods);
    let r = malmquist_luenberger(&data, &MalmquistLuenbergerOptions::default()).unwrap();
    // Global best: one input, y = 2, b = 1. Unit 0: y/b from 1 to (1+β)/(1−β) = 2, β = 1/3.
    assert!((r.base_other[0].value - 1.0 / 3.0).abs() < 1e-14);
    assert!((r.comparison_other[0].value - 1.0 / 3.0).abs() < 1e-14);
    assert!((r.base_other[1].value - 1.0 / 3.0).abs() < 1e-14 && r.comparison_other[1].value.abs() < 1e-14);
    assert!((r.index[0] - 1.0).abs() < 1e-14 && (r.index[1] - 4.0 / 3.0).abs() < 1e-14);
    // In period 1 nobody does better in y and b at once; in period 2 unit 0 lags by 1/3.
    assert!(r.base_own[0].value.abs() < 1e-14 && (r.comparison_own[0].value - 1.0 / 3.0).abs() < 1e-14);
    assert!((r.efficiency[0] - 0.75).abs() < 1e-14 && (r.best_practice[0] - 4.0 / 3.0).abs() < 1e-14);
}

#[test]
fn an_infeasible_cross_period_distance_is_named_by_its_state() {
    // Against period 1 (b = 1, y up to 2) unit 0 of period 2 would have to come down to b = 1, which
    // takes β = 8/9 and then y = 17/3; no weights reach it.
    let (x, y, b) = ([1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 3.0, 2.0], [1.0, 1.0, 9.0, 1.0]);
    let (units, periods) = ([0, 1, 0, 1], [1, 1, 2, 2]);
    let data = observe(&x, &y, &b, &units, &periods);
    let adjacent = MalmquistLuenbergerOptions {
        index: Index::Cfg1997,
        returns: WeakReturns::VrsConvex,
        ..MalmquistLuenbergerOptions::default()
    };
    let r = malmquist_luenberger(&data, &adjacent).unwrap();
    assert_eq!(r.comparison_other[0].state, State::Infeasible);
    assert_eq!(r.comparison_own[0].state, State::Optimal);
    assert!(r.index[0].is_nan() && r.index[1].is_finite());
    let r = malmquist_luenberger(&data, &MalmquistLuenbergerOptions::default()).unwrap();
    assert!(r.index.iter().all(|m| m.is_finite()));
}

#[test]
fn a_unit_beyond_the_earlier_frontier_has_a_negative_distance() {
    // λ = 1 - β, 2λ = 3(1 + β): β = -1/5, with inputs to spare.
    let (x, y, b) = ([1.0, 2.0], [2.0, 3.0], [1.0, 1.0]);
    let options = MalmquistLuenbergerOptions { index: Index::Cfg1997, ..MalmquistLuenbergerOptions::default() };
    let r = malmquist_luenberger(&observe(&x, &y, &b, &[0, 0], &[1, 2]), &options).unwrap();
    assert!((r.comparison_other[0].value + 0.2).abs() < 1e-14);
}

#[test]
fn undesirable_outputs_are_needed() {
    let x = [1.0, 1.0];
    let technology = Technology { inputs: vec![&x], outputs: vec![&x], bad_outputs: vec![] };
    let data = Observations { technology, units: &[0, 0], periods: &[1, 2] };
    let error = malmquist_luenberger(&data, &MalmquistLuenbergerOptions::default()).unwrap_err();
    assert_eq!(error, FrontierError::NoVariable(crate::Role::BadOutput));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn products_hold_and_technologies_nest(cells in proptest::collection::vec(0.1_f64..10.0, 90), full in any::<bool>()) {
        let (x, rest) = cells.split_at(30);
        let (y, b) = rest.split_at(30);
        let units: Vec<usize> = (0..30).map(|i| i % 10).collect();
        let periods: Vec<i32> = (0..30).map(|i| i / 10).collect();
        let run = |b: &[f64], returns| {
            let options = MalmquistLuenbergerOptions {
                direction: if full { Direction::Full } else { Direction::Outputs },
                returns,
                ..MalmquistLuenbergerOptions::default()
            };
            malmquist_luenberger(&observe(x, y, b, &units, &periods), &options).unwrap()
        };
        let crs = run(b, WeakReturns::Crs);
        let convex = run(b, WeakReturns::VrsConvex);
        let kuosmanen = run(b, WeakReturns::VrsKuosmanen);
        for r in [&crs, &convex, &kuosmanen] {
            prop_assert!(r.residual < 1e-13);
            prop_assert!(r.base_other.iter().chain(&r.base_own).all(|d| d.state == State::Optimal));
        }
        for i in 0..20 {
            // Convex VRS is part of Kuosmanen's technology, that of CRS; a period is part of the whole.
            prop_assert!(convex.base_own[i].value <= kuosmanen.base_own[i].value + 1e-10);
            prop_assert!(kuosmanen.base_own[i].value <= crs.base_own[i].value + 1e-10);
            prop_assert!(crs.base_own[i].value <= crs.base_other[i].value + 1e-10);
        }
        let scaled = run(&b.iter().map(|v| v * 1e9).collect::<Vec<_>>(), WeakReturns::Crs);
        for i in 0..20 {
            prop_assert!((crs.index[i] - scaled.index[i]).abs() < 1e-9 * crs.index[i]);
        }
    }
}

/// Far cleaner than anything of the earlier period: β = 1 - 10 would leave -8 times the output. The index was the
/// root of a negative number, or of the product of two, with states that said optimal.
#[test]
fn a_distance_that_takes_all_output_away_is_infeasible() {
    let (x, y, b) = ([1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 1.0, 2.0], [10.0, 12.0, 1.0, 1.2]);
    let data = observe(&x, &y, &b, &[0, 1, 0, 1], &[1, 1, 2, 2]);
    let options = MalmquistLuenbergerOptions {
        index: Index::Cfg1997,
        returns: WeakReturns::VrsConvex,
        ..MalmquistLuenbergerOptions::default()
    };
    let r = malmquist_luenberger(&data, &options).unwrap();
    for (d, m) in r.comparison_other.iter().zip(&r.index) {
        assert_eq!(d.state, State::Infeasible);
        assert!(d.value.is_nan() && m.is_nan());
    }
}

/// Chung, Färe and Grosskopf's index fails in one cell: it is named, and the indices that exist stand beside it.
#[test]
fn a_failed_distance_comes_with_its_reason_and_alternatives() {
    let (x, y, b) = ([1.0, 1.0, 2.0, 1.0], [1.0, 2.0, 3.0, 2.0], [1.0, 1.0, 9.0, 1.0]);
    let data = observe(&x, &y, &b, &[0, 1, 0, 1], &[1, 1, 2, 2]);
    let returns = WeakReturns::VrsConvex;
    let adjacent = MalmquistLuenbergerOptions { index: Index::Cfg1997, returns, ..MalmquistLuenbergerOptions::default() };
    let r = malmquist_luenberger(&data, &adjacent).unwrap();
    let why = Why::Unreached(vec![(crate::Role::Output, 0), (crate::Role::BadOutput, 0)]);
    let failure = Failure { change: 0, which: Which::ComparisonOther, unit: 0, observed: 2, technology: Some(1), why };
    assert_eq!(r.failures, [failure]);
    let beside = r.alternatives.unwrap();
    let global = malmquist_luenberger(&data, &MalmquistLuenbergerOptions { returns, ..Default::default() }).unwrap();
    assert_eq!(beside.global, global.index);
    // Two periods in all: the biennial technology is the global one.
    assert_eq!(beside.biennial, global.index);
    // The consistent index is the one that stands alone, and has no other of its kind beside it.
    let alone = malmquist_luenberger(&data, &MalmquistLuenbergerOptions { index: Index::Apz2013, ..adjacent }).unwrap();
    for (found, value) in beside.consistent.iter().zip(&alone.index) {
        assert!(found.is_nan() && value.is_nan() || (found - value).abs() <= 1e-12 * value, "{found} {value}");
    }
    assert_eq!(beside.consistent.len(), alone.index.len());
    assert!(alone.alternatives.is_none_or(|a| a.consistent.is_empty()));
    assert!(global.failures.is_empty() && global.alternatives.is_none());
}

/// Álvarez, Barbero and Zofío (2020), Journal of Statistical Software 95(3), section 7: the consistent index of Aparicio,
/// Pastor and Zofío, printed to four decimals.
#[test]
fn the_consistent_index_of_five_plants() {
    let x = [1.0; 10];
    let y = [7.0, 5.0, 1.0, 3.0, 4.0, 8.0, 5.5, 2.0, 2.0, 4.0];
    let b = [2.0, 5.0, 3.0, 3.0, 2.0, 1.0, 3.0, 2.0, 4.0, 1.0];
    let units: Vec<usize> = (0..10).map(|i| i % 5).collect();
    let periods: Vec<i32> = (0..10).map(|i| 1 + i / 5).collect();
    let options = MalmquistLuenbergerOptions { index: Index::Apz2013, ..Default::default() };
    let r = malmquist_luenberger(&observe(&x, &y, &b, &units, &periods), &options).unwrap();
    let printed = [
        (&r.index, [1.3702, 1.1, 1.126, 0.9162, 1.2792]),
        (&r.efficiency, [1.0, 0.9625, 1.0272, 0.8264, 0.9545]),
        (&r.best_practice, [1.3702, 1.1429, 1.0962, 1.1087, 1.3401]),
    ];
    for (found, expected) in printed {
        assert!(found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 0.00005 + 1e-9), "{found:?} is not {expected:?}");
    }
}

/// The ceiling on bads: what the earlier period never emitted cannot be compared with it.
#[test]
fn the_consistent_index_stops_at_the_largest_bad() {
    let (x, y, b) = ([1.0; 4], [1.0, 1.0, 1.0, 9.0], [1.0, 1.0, 1.0, 30.0]);
    let options = MalmquistLuenbergerOptions { index: Index::Apz2013, ..Default::default() };
    let r = malmquist_luenberger(&observe(&x, &y, &b, &[0, 1, 0, 1], &[1, 1, 2, 2]), &options).unwrap();
    let failure = r.failures.iter().find(|f| f.unit == 1).unwrap();
    assert_eq!(failure.why, Why::Unreached(vec![(crate::Role::BadOutput, 0)]));
    assert!(r.index[0].is_finite() && r.index[1].is_nan() && r.alternatives.unwrap().global[1].is_finite());
}
