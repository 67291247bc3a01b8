use proptest::prelude::*;

use super::*;
use crate::capital::{
    profile::{ProfileOptions, profile},
    retirement::Pattern,
};

fn simple(life: f64, b: f64) -> Profile {
    profile(&ProfileOptions { pattern: Pattern::Simultaneous, life, spread: None, efficiency: b, discount: 0.0 }).unwrap()
}

fn run(real: &[f64], profile: &Profile, options: VintageOptions) -> VintageStocks {
    let periods: Vec<i32> = (0..real.len() as i32).collect();
    stocks(&vec![0; real.len()], &periods, real, profile, &options).unwrap()
}

const NONE: VintageOptions =
    VintageOptions { history: History::None, growth: None, growth_periods: 10, growth_from: Growth::Ends, scale: 1.0 };

/// Life 3, full efficiency, no discount: by hand.
#[test]
fn stocks_by_hand() {
    let s = run(&[6.0, 3.0, 9.0, 12.0], &simple(3.0, 1.0), NONE);
    assert_eq!(s.gross, [6.0, 9.0, 18.0, 24.0]);
    assert_eq!(s.productive, s.gross);
    assert_eq!(s.retired, [0.0, 0.0, 0.0, 6.0]);
    for (found, exact) in s.net.iter().zip([6.0, 7.0, 13.0, 19.0]) {
        assert!((found - exact).abs() < 1e-14);
    }
    for (found, exact) in s.consumption.iter().zip([0.0, 2.0, 3.0, 6.0]) {
        assert!((found - exact).abs() < 1e-14);
    }
    assert!(s.initial_share.iter().all(|v| v.is_nan()));
    assert_eq!(s.status[..2], [Status::First, Status::Computed]);
    for (found, exact) in s.lacking.iter().zip([0.5, 1.0 / 6.0, 0.0, 0.0]) {
        assert!((found - exact).abs() < 1e-15);
    }
}

/// With investment that has always grown at `g`, every stock grows at `g` from the first period on, and a stock is
/// `I Σ w(n) (1+g)^(−n)`.
#[test]
fn a_backcast_is_the_steady_state() {
    let real: Vec<f64> = (0..15).map(|t| 100.0 * 1.08_f64.powi(t)).collect();
    let p = profile(&ProfileOptions::default()).unwrap();
    let s = run(&real, &p, VintageOptions::default());
    assert!((s.growth[0].1 - 0.08).abs() < 1e-13);
    for (stock, weights) in [(&s.gross, &p.survival), (&s.net, &p.price), (&s.productive, &p.efficiency)] {
        let steady: f64 = weights.iter().enumerate().map(|(n, w)| w * 1.08_f64.powi(-(n as i32))).sum();
        for (k, i) in stock.iter().zip(&real) {
            assert!((k / (i * steady) - 1.0).abs() < 1e-12);
        }
    }
    assert!(s.residual < 1e-13);
    assert!(s.initial_share.windows(2).all(|w| w[1] < w[0]));
    let half = run(&real, &p, VintageOptions { scale: 0.5, ..VintageOptions::default() });
    let none = run(&real, &p, NONE);
    for t in 0..15 {
        assert!((half.net[t] - f64::midpoint(s.net[t], none.net[t])).abs() < 1e-9, "stocks are linear in the past");
    }
}

#[test]
fn what_cannot_be_cast_back_is_refused() {
    let p = simple(3.0, 1.0);
    let units = [0, 0, 1, 1];
    let periods = [0, 1, 0, 1];
    let bad = stocks(&units, &periods, &[0.0, 1.0, 1.0, 2.0], &p, &VintageOptions::default());
    assert_eq!(bad, Err(CapitalError::Initial(vec![(0, InitialError::NoGrowth)])));
    let given = VintageOptions { growth: Some(-1.0), ..VintageOptions::default() };
    assert!(matches!(stocks(&units, &periods, &[1.0; 4], &p, &given), Err(CapitalError::Initial(w)) if w.len() == 2));
    let gap = stocks(&[0, 0], &[0, 2], &[1.0; 2], &p, &NONE);
    assert!(matches!(gap, Err(CapitalError::Gaps(_))));
    let options = VintageOptions { growth_periods: 0, ..NONE };
    assert_eq!(stocks(&units, &periods, &[1.0; 4], &p, &options), Err(CapitalError::Options));
}

proptest! {
    /// Gross holds productive; net changes by investment less consumption; gross by investment less retirements; units of
    /// measure do not matter.
    #[test]
    fn laws_of_vintages(real in prop::collection::vec(0.1f64..100.0, 3..30), life in 2.0f64..30.0, b in 0.0f64..1.0) {
        let p = profile(&ProfileOptions { life, efficiency: b, ..ProfileOptions::default() }).unwrap();
        let s = run(&real, &p, VintageOptions::default());
        prop_assert!(s.residual < 1e-12);
        for (t, i) in real.iter().enumerate() {
            prop_assert!(s.productive[t] <= s.gross[t] * (1.0 + 1e-12) && s.net[t] <= s.gross[t] * (1.0 + 1e-12));
            if t > 0 {
                let off = s.gross[t] - s.gross[t - 1] - i + s.retired[t];
                prop_assert!(off.abs() <= 1e-11 * s.gross[t].max(s.gross[t - 1]));
            }
        }
        for unit in [1e9, 1e-9] {
            let scaled: Vec<f64> = real.iter().map(|v| v * unit).collect();
            let other = run(&scaled, &p, VintageOptions::default());
            for (a, b) in other.net.iter().zip(&s.net) {
                prop_assert!((a / unit / b - 1.0).abs() < 1e-11);
            }
        }
    }
}
