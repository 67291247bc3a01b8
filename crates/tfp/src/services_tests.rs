use proptest::prelude::*;

use super::*;

/// Two assets by hand: shares 3/4 and 1/4, then 2/3 and 1/3.
#[test]
fn tornqvist_by_hand() {
    let (a, b) = ([30.0, 33.0], [10.0, 15.0]);
    let (ca, cb) = ([0.1, 2.0 / 33.0], [0.1, 1.0 / 15.0]);
    let s = services(&[0, 0], &[2000, 2001], &[&a, &b], &[&ca, &cb]).unwrap();
    assert!((s.shares[0][0] - 0.75).abs() < 1e-15 && (s.shares[0][1] - 2.0 / 3.0).abs() < 1e-15);
    let (wa, wb) = (17.0 / 24.0, 7.0 / 24.0);
    let exact = wa * 1.1_f64.ln() + wb * 1.5_f64.ln();
    assert!((s.growth[1] - exact).abs() < 1e-15);
    assert!((s.level[1] - exact.exp()).abs() < 1e-14 && s.level[0] == 1.0);
    assert!((s.stock_growth[1] - 1.2_f64.ln()).abs() < 1e-15);
    assert!((s.composition[1] - (exact - 1.2_f64.ln())).abs() < 1e-15 && s.residual < 1e-15);
    assert_eq!(s.status, [Status::First, Status::Computed]);
}

#[test]
fn gaps_and_assets_that_appear_have_no_growth() {
    let units = [0, 0, 0, 0, 0, 1, 1];
    let periods = [2000, 2001, 2003, 2004, 2005, 2000, 2001];
    let a = [1.0, 1.1, 1.2, 1.3, 1.4, 2.0, f64::NAN];
    let b = [0.0, 0.0, 0.0, 5.0, 5.0, 1.0, 1.0];
    let s = services(&units, &periods, &[&a, &b], &[&[0.1; 7], &[0.2; 7]]).unwrap();
    assert_eq!(
        s.status,
        [Status::First, Status::Computed, Status::Gap, Status::Appears, Status::Computed, Status::First, Status::Missing]
    );
    assert!((s.growth[1] - 1.1_f64.ln()).abs() < 1e-15 && s.contributions[1][1] == 0.0);
    assert!(s.level[2].is_nan() && s.level[4].is_nan() && s.growth[4].is_finite() && s.growth[3].is_nan());
}

#[test]
fn stocks_at_work() {
    let (units, periods) = ([0, 0, 0, 1], [2001, 2000, 2003, 2002]);
    let stock = [12.0, 10.0, 20.0, 7.0];
    assert_eq!(at_work(&units, &periods, &stock, Timing::End), stock);
    let mean = at_work(&units, &periods, &stock, Timing::Mean);
    assert_eq!(mean[0], 11.0);
    assert!(mean[1..].iter().all(|v| v.is_nan()));
    assert_eq!(at_work(&units, &periods, &stock, Timing::Beginning)[0], 10.0);
}

#[test]
fn bad_input_is_refused() {
    let one = [1.0, 1.0];
    assert_eq!(services(&[0, 0], &[1, 2], &[], &[]), Err(ServicesError::Shape));
    assert_eq!(services(&[0, 0], &[1, 2], &[&one], &[&one[..1]]), Err(ServicesError::Shape));
    assert_eq!(services(&[0, 0], &[1, 1], &[&one], &[&one]), Err(ServicesError::Duplicate(crate::rows::Twice(0, 1))));
    assert_eq!(services(&[0, 0], &[1, 2], &[&[-1.0, 1.0]], &[&one]), Err(ServicesError::Stock(vec![(0, 0)])));
    // Assets that together cost nothing have no shares.
    let nothing = services(&[0, 0], &[1, 2], &[&one], &[&[0.0, -1.0]]).unwrap();
    assert_eq!(nothing.status, [Status::Missing, Status::Missing]);
}

proptest! {
    /// Units of measure cancel; with equal growth of all assets there is no composition; contributions add up.
    #[test]
    fn laws_of_services(
        k in prop::collection::vec(1.0f64..100.0, 6),
        c in prop::collection::vec(0.01f64..1.0, 6),
        g in 0.5f64..2.0,
    ) {
        let run = |stocks: &[f64], unit: f64, money: f64| {
            let first: Vec<f64> = stocks.iter().map(|v| v * unit).collect();
            let costs: Vec<f64> = c.iter().map(|v| v * money).collect();
            services(&[0; 3], &[1, 2, 3], &[&first[..3], &first[3..]], &[&costs[..3], &costs[3..]]).unwrap()
        };
        let s = run(&k, 1.0, 1.0);
        prop_assert!(s.residual < 1e-13);
        for (unit, money) in [(1e9, 1.0), (1e-9, 1e9)] {
            let other = run(&k, unit, money);
            for t in 1..3 {
                prop_assert!((other.growth[t] - s.growth[t]).abs() < 1e-12);
                prop_assert!((other.composition[t] - s.composition[t]).abs() < 1e-12);
            }
        }
        let even = [k[0], k[0] * g, k[0] * g * g, k[3], k[3] * g, k[3] * g * g];
        let e = run(&even, 1.0, 1.0);
        for t in 1..3 {
            prop_assert!((e.growth[t] - g.ln()).abs() < 1e-13 && e.composition[t].abs() < 1e-13);
        }
    }
}
