use proptest::prelude::*;

use super::*;
use crate::{
    Technology,
    dea::scores,
    technology::{Defect, State},
};

fn tech(columns: &[Vec<f64>], inputs: usize) -> Technology<'_> {
    let (x, y) = columns.split_at(inputs);
    Technology {
        inputs: x.iter().map(Vec::as_slice).collect(),
        outputs: y.iter().map(Vec::as_slice).collect(),
        bad_outputs: vec![],
    }
}

fn options(width: usize) -> WindowOptions {
    WindowOptions { width, returns: Returns::Crs, ..WindowOptions::default() }
}

#[track_caller]
fn close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() <= 1e-12 || f.is_nan() && e.is_nan(), "{found:?} for {expected:?}");
    }
}

/// Productivities of three units in four years: 1 2 2 4, 2 2 4 4, 1 1 1 1.
#[test]
fn by_hand() {
    let columns = vec![vec![1.0; 12], vec![1.0, 2.0, 2.0, 4.0, 2.0, 2.0, 4.0, 4.0, 1.0, 1.0, 1.0, 1.0]];
    let units: Vec<usize> = (0..12).map(|i| i / 4).collect();
    let periods: Vec<i32> = (0..12).map(|i| 2001 + i % 4).collect();
    let data = Observations { technology: tech(&columns, 1), units: &units, periods: &periods };
    let r = window(&data, &options(2)).unwrap();
    assert_eq!(r.windows, [(2001, 2002), (2002, 2003), (2003, 2004)]);
    let seen = |unit: usize| -> Vec<f64> { r.seen.iter().filter(|s| units[s.row] == unit).map(|s| s.distance.value).collect() };
    close(&seen(0), &[0.5, 1.0, 0.5, 0.5, 0.5, 1.0]);
    close(&seen(1), &[1.0, 1.0, 0.5, 1.0, 1.0, 1.0]);
    close(&seen(2), &[0.5, 0.5, 0.25, 0.25, 0.25, 0.25]);
    let of = |get: fn(&Spread) -> f64| r.units.iter().map(get).collect::<Vec<_>>();
    close(&of(|s| s.mean), &[4.0 / 6.0, 5.5 / 6.0, 2.0 / 6.0]);
    close(&of(|s| s.range), &[0.5, 0.5, 0.25]);
    close(&r.same_period, &[0.5, 0.5, 0.25]);
    // Squares 1/6 four times, 1/3 twice: (4/36 + 2/9) / 5.
    close(&[r.units[0].variance], &[1.0 / 15.0]);
    assert_eq!(r.rows.iter().map(|s| s.count).collect::<Vec<_>>(), [1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2, 1]);
    close(&[r.rows[0].variance, r.rows[1].mean, r.rows[1].range], &[f64::NAN, 0.75, 0.5]);
}

#[test]
fn bad_input_and_holes() {
    let columns = vec![vec![1.0, f64::NAN, 2.0, f64::NAN], vec![1.0, 1.0, 0.0, 1.0], vec![0.0, 1.0, 1.0, 1.0]];
    let (units, periods) = ([0, 0, 0, 1], [1, 2, 3, 2]);
    let data = Observations { technology: tech(&columns, 1), units: &units, periods: &periods };
    let out = |width, missing| window(&data, &WindowOptions { missing, ..options(width) });
    assert!(matches!(out(1, Missing::Refuse), Err(FrontierError::Data(list)) if list.len() == 2));
    for width in [0, 4] {
        assert!(matches!(out(width, Missing::Exclude), Err(FrontierError::Options(_))));
    }
    // The first and the last year make one of the outputs each.
    let Err(FrontierError::Data(zero)) = out(1, Missing::Exclude) else { panic!() };
    assert_eq!(zero, [Defect::ZeroVariable(crate::Role::Output, 1), Defect::ZeroVariable(crate::Role::Output, 0)]);
    let whole = out(3, Missing::Exclude).unwrap();
    assert_eq!(whole.seen.iter().filter(|s| s.distance.state == State::Missing).count(), 2);
    assert!(whole.units[1].mean.is_nan() && whole.same_period[1].is_nan());
    let plain = vec![columns[0].clone(), vec![1.0; 4]];
    let data = Observations { technology: tech(&plain, 1), units: &units, periods: &periods };
    let r = window(&data, &WindowOptions { missing: Missing::Exclude, ..options(1) }).unwrap();
    assert_eq!((r.seen.len(), r.rows[1].count, r.rows[2].count), (4, 0, 1));
    let short = Observations { units: &units[..2], ..data };
    assert!(matches!(
        window(&short, &WindowOptions { missing: Missing::Exclude, ..options(1) }),
        Err(FrontierError::Shape { .. })
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(25))]

    #[test]
    fn laws(values in proptest::collection::vec(0.1..1.1_f64, 90), width in 1_usize..7, input in any::<bool>(), vrs in any::<bool>()) {
        let n = 30;
        let columns: Vec<Vec<f64>> = (0..3).map(|i| (0..n).map(|u| values[3 * u + i]).collect()).collect();
        let units: Vec<usize> = (0..n).map(|r| r % 5).collect();
        let periods: Vec<i32> = (0..n).map(|r| 10 * (r / 5) as i32).collect();
        let data = Observations { technology: tech(&columns, 2), units: &units, periods: &periods };
        let orientation = if input { Orientation::Input } else { Orientation::Output };
        let returns = if vrs { Returns::Vrs } else { Returns::Crs };
        let o = WindowOptions { width, orientation, returns, missing: Missing::Refuse };
        let r = window(&data, &o).unwrap();
        prop_assert_eq!(r.windows.len(), 7 - width);
        prop_assert_eq!(r.seen.len(), (7 - width) * width * 5);
        // Pooled over all periods, no score is above that of a window.
        let pooled = scores(&data.technology, &ScoreOptions { orientation, returns, ..ScoreOptions::default() }).unwrap();
        for s in &r.seen {
            prop_assert!(pooled.score[s.row] <= s.distance.value + 1e-9);
            prop_assert!(width < 6 || (pooled.score[s.row] - s.distance.value).abs() <= 1e-9);
            prop_assert_eq!(s.distance.state, State::Optimal);
        }
        for u in 0..5 {
            prop_assert!(r.same_period[u] <= r.units[u].range + 1e-15);
            prop_assert!(width > 1 || r.same_period[u] == 0.0);
        }
        // Units of measure and row order.
        let other: Vec<Vec<f64>> = columns.iter().zip([1e9, 1e-9, 3.0]).map(|(c, b)| c.iter().rev().map(|x| x * b).collect()).collect();
        let (units, periods): (Vec<usize>, Vec<i32>) = (units.iter().rev().copied().collect(), periods.iter().rev().copied().collect());
        let again = window(&Observations { technology: tech(&other, 2), units: &units, periods: &periods }, &o).unwrap();
        prop_assert!((0..n).all(|row| (again.rows[n - 1 - row].mean - r.rows[row].mean).abs() <= 1e-9));
    }
}
