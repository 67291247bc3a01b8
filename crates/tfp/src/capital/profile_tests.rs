use proptest::prelude::*;

use super::*;

fn options(life: f64, b: f64, discount: f64) -> ProfileOptions {
    ProfileOptions { pattern: Pattern::Simultaneous, life, spread: None, efficiency: b, discount }
}

/// Hyperbolic age-efficiency as BLS and ABS use it, by exact fractions.
#[test]
fn hyperbolic_efficiency_by_fractions() {
    let equipment = profile(&options(15.0, 0.5, 0.04)).unwrap().efficiency;
    for (n, e) in equipment.iter().enumerate() {
        let exact = 2.0 * (15.0 - n as f64) / (30.0 - n as f64);
        assert!((e - exact).abs() < 1e-15, "{n}: {e} for {exact}");
    }
    assert_eq!(equipment.len(), 16);
    assert_eq!(age_efficiency(20.0, 0.75, 10.0), 0.8);
    // One-hoss-shay: full efficiency to the end, then nothing; the bare formula is 0/0 there.
    assert_eq!(
        (age_efficiency(15.0, 1.0, 14.0), age_efficiency(15.0, 1.0, 15.0), age_efficiency(15.0, 1.0, 40.0)),
        (1.0, 0.0, 0.0)
    );
}

/// Two rows of C13, to 1e-12: `T = 15, b = 0.5, r = 4 %`.
#[test]
fn age_price_of_hyperbolic_efficiency() {
    let price = profile(&options(15.0, 0.5, 0.04)).unwrap().price;
    for (n, p) in [(1, 0.9096542081159146), (7, 0.4004618330122038), (14, 0.015666561524529495), (15, 0.0)] {
        assert!((price[n] - p).abs() < 1e-12, "{n}: {} for {p}", price[n]);
    }
}

/// Full efficiency to the end without discounting is a straight line; with it, an annuity. Geometric stays geometric.
#[test]
fn closed_forms_of_age_price() {
    for (n, p) in profile(&options(10.0, 1.0, 0.0)).unwrap().price.iter().enumerate() {
        assert!((p - (1.0 - n as f64 / 10.0)).abs() < 1e-15);
    }
    let r = 0.05_f64;
    let annuity = |n: f64| 1.0 - (1.0 + r).powf(n - 10.0);
    for (n, p) in profile(&options(10.0, 1.0, r)).unwrap().price.iter().enumerate() {
        assert!((p - annuity(n as f64) / annuity(0.0)).abs() < 1e-14);
    }
    let geometric: Vec<f64> = (0..2000).map(|n| 0.9_f64.powi(n)).collect();
    for (e, p) in geometric.iter().zip(age_price(&geometric, 0.04)).take(50) {
        assert!((e - p).abs() < 1e-14);
    }
}

/// Zhang, Wu and Zhang (2004) print 6.9, 14.9 and 12.1 % for buildings, equipment and the rest (lives 45, 20, 25, residual
/// value 4 %) and 9.6 % with the weights 63, 29 and 8 %.
#[test]
fn zhang_wu_and_zhang_print_their_rates() {
    let rates: Vec<f64> = [45.0, 20.0, 25.0].iter().map(|&life| geometric_rate(life, 0.04)).collect();
    for (rate, printed) in rates.iter().zip([0.069, 0.149, 0.121]) {
        assert!((rate - printed).abs() < 5e-4, "{rate}");
    }
    let mean: f64 = rates.iter().zip([0.63, 0.29, 0.08]).map(|(d, w)| d * w).sum();
    assert!((mean - 0.09626655481644196).abs() < 1e-15);
    assert!((declining_balance(20.0, 1.65) - 0.0825).abs() < 1e-16);
}

#[test]
fn bad_parameters_are_refused() {
    for b in [1.1, f64::NAN, -11.0] {
        assert!(matches!(profile(&options(10.0, b, 0.0)), Err(ProfileError::Efficiency(_))));
    }
    for r in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(profile(&options(10.0, 0.5, r)), Err(ProfileError::Discount(_))));
    }
    assert!(matches!(profile(&options(0.0, 0.5, 0.0)), Err(ProfileError::Retirement(_))));
}

proptest! {
    /// All profiles begin at 1, fall, and end at 0; efficiency never exceeds what is in service; with full efficiency they agree.
    #[test]
    fn profiles_fall_from_one_to_nothing(life in 2.0f64..50.0, b in -2.0f64..1.0, r in 0.0f64..0.1, which in 0usize..5) {
        let pattern =
            [Pattern::Simultaneous, Pattern::Winfrey, Pattern::Lognormal, Pattern::Weibull, Pattern::TruncatedNormal][which];
        let made = |b: f64| profile(&ProfileOptions { pattern, life, spread: None, efficiency: b, discount: r }).unwrap();
        let p = made(b);
        for column in [&p.survival, &p.efficiency, &p.price] {
            prop_assert!((column[0] - 1.0).abs() < 1e-14 && *column.last().unwrap() == 0.0);
            prop_assert!(column.windows(2).all(|w| w[1] <= w[0] + 1e-15));
        }
        prop_assert!(p.efficiency.iter().zip(&p.survival).all(|(e, s)| *e <= s + 1e-12));
        let full = made(1.0);
        prop_assert!(full.efficiency.iter().zip(&full.survival).all(|(e, s)| (e - s).abs() < 1e-12));
        let known: f64 = p.survival.iter().sum();
        prop_assert!((known / p.mean_life - 1.0).abs() < 1e-13, "Σ S(n) is the mean life");
    }
}
