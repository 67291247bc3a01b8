use super::*;
use proptest::prelude::*;

/// `ln y/l = a_i + λ_t + β_i ln k/l`, exactly; unit 3 enters late.
fn exact() -> (Vec<usize>, Vec<i32>, [Vec<f64>; 3], Vec<f64>) {
    let betas = [0.35, 0.5, 0.62, 0.44];
    let (mut units, mut periods, mut columns) = (vec![], vec![], [vec![], vec![], vec![]]);
    for (u, beta) in betas.iter().enumerate() {
        for t in (if u == 3 { 4 } else { 0 })..12 {
            let (x, z) = ((u as f64 * 1.3 + f64::from(t) * 0.8).sin() + 2.0, (f64::from(t) * 1.7).cos() * 0.1);
            units.push(u);
            periods.push(2000 + t);
            columns[0].push((0.2 * u as f64 + z + beta * x + 3.0).exp());
            columns[1].push((x + 3.0).exp());
            columns[2].push(3.0_f64.exp());
        }
    }
    (units, periods, columns, betas.to_vec())
}

#[test]
fn slopes_by_unit_are_recovered_beside_period_effects() {
    let (units, periods, [y, k, l], betas) = exact();
    let data = Data { units: &units, periods: &periods, output: &y, capital: &k, labour: &l };
    let s = slopes(&data, true).unwrap();
    assert_eq!((s.units, s.rows), (vec![0, 1, 2, 3], 44));
    assert!(s.slopes.iter().zip(&betas).all(|(a, b)| (a - b).abs() < 1e-12), "{:?}", s.slopes);
    assert!(s.errors.iter().all(|e| *e < 1e-12));
    // Without them the common movement of all units lands in the slopes.
    let free = slopes(&data, false).unwrap();
    assert!(free.slopes.iter().zip(&betas).any(|(a, b)| (a - b).abs() > 1e-3) && free.errors[0] > 1e-3);
}

/// The regression with all dummies and interactions, by the plain solver.
#[test]
fn slopes_and_errors_equal_those_of_the_full_regression() {
    let (units, periods, [mut y, k, l], _) = exact();
    for (i, v) in y.iter_mut().enumerate() {
        *v *= (0.05 * (i as f64 * 2.3).sin()).exp();
    }
    let data = Data { units: &units, periods: &periods, output: &y, capital: &k, labour: &l };
    let s = slopes(&data, true).unwrap();
    let rows = 0..units.len();
    let indicator = |b: bool| f64::from(u8::from(b));
    let mut x: Vec<Vec<f64>> = (0..4).map(|u| rows.clone().map(|i| indicator(units[i] == u)).collect()).collect();
    x.extend((1..12).map(|t| rows.clone().map(|i| indicator(periods[i] == 2000 + t)).collect::<Vec<f64>>()));
    x.extend((0..4).map(|u| rows.clone().map(|i| indicator(units[i] == u) * (k[i] / l[i]).ln()).collect::<Vec<f64>>()));
    let left: Vec<f64> = rows.clone().map(|i| (y[i] / l[i]).ln()).collect();
    let full = least_squares::fit(&x, &left).unwrap();
    let covariance = full.covariance(0);
    for u in 0..4 {
        assert!((s.slopes[u] - full.coefficients[15 + u]).abs() < 1e-12);
        assert!((s.errors[u] - covariance[(15 + u) * 19 + 15 + u].sqrt()).abs() < 1e-12);
    }
}

#[test]
fn slopes_that_do_not_exist_are_named() {
    let (units, periods, [y, mut k, l], _) = exact();
    let run = |units: &[usize], k: &[f64]| {
        slopes(&Data { units, periods: &periods, output: &y, capital: k, labour: &l }, true).unwrap_err()
    };
    let mut few = units.clone();
    (few[0], few[1]) = (7, 8);
    assert_eq!(run(&few, &k), SlopeError::Short(vec![7, 8]));
    let still: Vec<f64> = k.iter().zip(&units).map(|(k, u)| if *u == 1 { 5.0 } else { *k }).collect();
    assert_eq!(run(&units, &still), SlopeError::Constant(vec![1]));
    // One movement common to all: it is a period effect as much as capital.
    for (i, v) in k.iter_mut().enumerate() {
        *v = (0.3 * f64::from(periods[i] - 2000)).exp();
    }
    assert_eq!(run(&units, &k), SlopeError::Collinear);
}

/// Two units by hand: shares 1/4 and 3/4, elasticities 0.4 and 0.6, so that β_K = 0.55 and β_L = 0.45.
#[test]
fn two_units_by_hand() {
    let data = Data { units: &[0, 1], periods: &[1, 1], output: &[10.0, 30.0], capital: &[30.0, 30.0], labour: &[1.0, 4.0] };
    let m = factor_misallocation(&data, [&[0.4, 0.6], &[0.6, 0.4]]).unwrap();
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-15, "{a} {b}");
    near(m.gamma[0][0], 0.5 / (0.25 * 0.4 / 0.55));
    near(m.gamma[0][1], 0.5 / (0.75 * 0.6 / 0.55));
    near(m.tau[1][0], (0.25 * 0.6 / 0.45) / 0.2 - 1.0);
    near(m.periods[0].log_ratio[0], 0.1 * 2.75_f64.ln() + 0.45 * (0.5_f64 / (0.45 / 0.55)).ln());
    assert!(m.periods[0].loss() > 0.0 && m.residual < 1e-15);
}

#[test]
fn bad_rows_keep_a_status_and_bad_elasticities_are_refused() {
    let data = Data {
        units: &[0, 1, 2, 3],
        periods: &[1; 4],
        output: &[1.0, 2.0, f64::NAN, 4.0],
        capital: &[1.0, 2.0, 3.0, -4.0],
        labour: &[1.0; 4],
    };
    let m = factor_misallocation(&data, [&[0.4; 4], &[0.6; 4]]).unwrap();
    assert_eq!(m.status, [Status::Used, Status::Used, Status::Missing, Status::NotPositive]);
    assert!(m.gamma[0][3].is_nan() && m.periods[0].units == 2);
    let bad = factor_misallocation(&data, [&[0.4, -0.1, 0.4, 0.4], &[0.6, 0.6, 0.6, f64::INFINITY]]);
    assert_eq!(bad, Err(FactorError::Elasticity(vec![(0, 1), (1, 3)])));
    let twice = Data { units: &[0; 4], ..data };
    assert_eq!(factor_misallocation(&twice, [&[0.4; 4], &[0.6; 4]]), Err(FactorError::Duplicate(crate::rows::Twice(0, 1))));
    assert_eq!(factor_misallocation(&data, [&[0.4; 3], &[0.6; 4]]), Err(FactorError::Shape));
    let empty = Data { output: &[f64::NAN; 4], ..data };
    assert_eq!(factor_misallocation(&empty, [&[0.4; 4], &[0.6; 4]]), Err(FactorError::Empty));
}

proptest! {
    /// An allocation is never better than the efficient one; where factors follow `s β` it is efficient; units do not count.
    #[test]
    fn laws(raw in prop::collection::vec((0.1..9.0_f64, 0.1..9.0_f64, 0.1..9.0_f64, 0.1..0.9_f64), 4..20)) {
        let n = raw.len();
        let units: Vec<usize> = (0..n).map(|i| i / 2).collect();
        let periods: Vec<i32> = (0..n).map(|i| (i % 2) as i32).collect();
        let column = |f: &dyn Fn(usize) -> f64| (0..n).map(f).collect::<Vec<f64>>();
        let (y, k, l) = (column(&|i| raw[i].0), column(&|i| raw[i].1), column(&|i| raw[i].2));
        let (bk, bl) = (column(&|i| raw[i].3), column(&|i| 1.0 - raw[i].3));
        let data = Data { units: &units, periods: &periods, output: &y, capital: &k, labour: &l };
        let m = factor_misallocation(&data, [&bk, &bl]).unwrap();
        prop_assert!(m.residual < 1e-13);
        prop_assert!(m.periods.iter().all(|p| p.log_ratio.iter().all(|x| *x <= 1e-15) && p.loss() >= -1e-12));
        let efficient = column(&|i| raw[i].0 * raw[i].3);
        let e = factor_misallocation(&Data { capital: &efficient, ..data }, [&bk, &bl]).unwrap();
        prop_assert!(e.periods.iter().all(|p| p.log_ratio[0].abs() < 1e-14 && p.distortion[0] < 1e-13));
        let (y9, k9, l9) = (column(&|i| y[i] * 1e9), column(&|i| k[i] * 1e-9), column(&|i| l[i] * 1e9));
        let s = factor_misallocation(&Data { output: &y9, capital: &k9, labour: &l9, ..data }, [&bk, &bl]).unwrap();
        prop_assert!((0..n).all(|i| (s.tau[0][i] - m.tau[0][i]).abs() < 1e-12 * (1.0 + m.tau[0][i].abs())));
        let turn = |v: &[f64]| v.iter().rev().copied().collect::<Vec<f64>>();
        let (u, p): (Vec<usize>, Vec<i32>) = (0..n).rev().map(|i| (units[i], periods[i])).unzip();
        let (y, k, l, bk, bl) = (turn(&y), turn(&k), turn(&l), turn(&bk), turn(&bl));
        let t = factor_misallocation(&Data { units: &u, periods: &p, output: &y, capital: &k, labour: &l }, [&bk, &bl]).unwrap();
        prop_assert_eq!(t.periods, m.periods);
    }
}
