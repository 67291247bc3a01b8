use proptest::prelude::*;

use super::{
    fan::{FanOptions, Scenario, band, scenarios},
    *,
};

/// Years 0 to 20 of `I = 100 · 1.08^t`, reference case C13.
fn growing(years: i32, g: f64) -> (Vec<usize>, Vec<i32>, Vec<f64>) {
    let periods: Vec<i32> = (0..=years).collect();
    let real = periods.iter().map(|&t| 100.0 * (1.0 + g).powi(t)).collect();
    (vec![0; periods.len()], periods, real)
}

fn run(real: &[f64], delta: f64, options: CapitalOptions) -> Result<Stocks, CapitalError> {
    let periods: Vec<i32> = (0..real.len() as i32).collect();
    let (units, depreciation) = (vec![0; real.len()], vec![delta; real.len()]);
    capital(
        &Investment { units: &units, periods: &periods, real, depreciation: &depreciation, output: &[], given: &[] },
        &options,
    )
}

fn preset(real: &[f64], preset: Preset) -> Stocks {
    let r = preset.recipe();
    let options =
        CapitalOptions { initial: r.initial, rate: r.rate, growth_periods: r.growth_periods, ..CapitalOptions::default() };
    run(real, r.depreciation, options).unwrap()
}

/// First, eleventh and last stock of C13 by its printed digits (twelve), one initialisation each.
#[test]
fn stocks_of_the_presets() {
    let (_, _, real) = growing(20, 0.08);
    let printed = [
        (Preset::ZhangWuZhang2004, [1000.0, 1465.62014077, 2911.46203523]),
        (Preset::Young2003, [1000.0, 1788.56845255, 3661.90550894]),
        (Preset::Shan2008, [569.620253165, 1229.76740351, 2654.97558827]),
        (Preset::HallJones1999, [714.285714286, 1634.67841995, 3579.01801148]),
        (Preset::WangFan2000, [769.230769231, 1756.72310917, 3850.1191089]),
    ];
    for (preset_, expected) in printed {
        let s = preset(&real, preset_);
        for (t, k) in [0, 10, 20].into_iter().zip(expected) {
            assert!((s.stock[t] / k - 1.0).abs() < 1e-11, "{preset_:?} {t}: {} for {k}", s.stock[t]);
        }
        assert!(s.residual < 1e-14, "{}", s.residual);
        assert_eq!(s.status[0], Status::First);
        assert!(s.consumption[0].is_nan() && s.status[1..].iter().all(|x| *x == Status::Computed));
    }
}

/// Reinsdorf and Cover's stock grows at the rate of investment from the first period on.
#[test]
fn the_steady_state_stays() {
    let (_, _, real) = growing(20, 0.08);
    let options = CapitalOptions { initial: Initial::ReinsdorfCover, ..CapitalOptions::default() };
    let s = run(&real, 0.096, options).unwrap();
    assert!((s.stock[0] / 613.636363636 - 1.0).abs() < 1e-11);
    assert!((s.stock[20] / 2860.132792816621 - 1.0).abs() < 1e-14);
    for w in s.stock.windows(2) {
        assert!((w[1] / w[0] - 1.08).abs() < 1e-13);
    }
    let trend = CapitalOptions { growth_from: Growth::Trend, ..options };
    assert!((run(&real, 0.096, trend).unwrap().starts[0].growth - 0.08).abs() < 1e-13);
    let told = CapitalOptions { growth: Some(0.08), ..options };
    let told = run(&real, 0.096, told).unwrap();
    assert_eq!(told.starts[0].growth_periods, 0);
    assert!((told.stock[20] / s.stock[20] - 1.0).abs() < 1e-13);
}

/// Share of an error of the first stock that is left at 9.6 %: 36, 13 and 5 % after 10, 20 and 30 years.
#[test]
fn errors_of_the_first_stock_fade() {
    let (_, _, real) = growing(30, 0.08);
    let s = preset(&real, Preset::ZhangWuZhang2004);
    for (t, left) in [(10, 0.36448889809460083), (20, 0.1328521568342163), (30, 0.04842313625399459)] {
        assert!((s.error_left[t] - left).abs() < 1e-14);
        assert!((s.initial_share[t] - 1000.0 * left / s.stock[t]).abs() < 1e-14);
    }
}

#[test]
fn harberger_takes_the_growth_of_output() {
    let (units, periods, real) = growing(12, 0.08);
    let output: Vec<f64> = periods.iter().map(|&t| 7.0 * 1.05_f64.powi(t)).collect();
    let depreciation = vec![0.05; units.len()];
    let options = CapitalOptions { initial: Initial::Harberger, ..CapitalOptions::default() };
    let data =
        Investment { units: &units, periods: &periods, real: &real, depreciation: &depreciation, output: &output, given: &[] };
    let s = capital(&data, &options).unwrap();
    assert!((s.stock[0] - 1000.0).abs() < 1e-9, "{}", s.stock[0]);
    let none = Investment { output: &[], ..data };
    assert_eq!(capital(&none, &options), Err(CapitalError::Initial(vec![(0, InitialError::NoGrowth)])));
}

#[test]
fn given_stocks_are_those_at_the_end_of_the_first_period() {
    let (units, periods) = ([1, 1, 1, 0, 0], [2001, 2000, 1999, 2000, 2001]);
    // The first unit by number has nothing before 2001; the second starts in 1999.
    let real = [12.0, 11.0, 10.0, f64::NAN, 5.0];
    let given = [f64::NAN, f64::NAN, 100.0, 77.0, 0.0];
    let options = CapitalOptions { initial: Initial::Given, ..CapitalOptions::default() };
    let data = Investment { units: &units, periods: &periods, real: &real, depreciation: &[0.1; 5], output: &[], given: &given };
    let s = capital(&data, &options).unwrap();
    assert_eq!(s.stock[2], 100.0);
    assert_eq!(s.stock[1], 101.0);
    assert!((s.stock[0] - 102.9).abs() < 1e-12);
    assert_eq!((s.stock[4], s.initial_share[4], s.status[3]), (0.0, 0.0, Status::Missing));
    assert_eq!(s.starts.iter().map(|s| (s.unit, s.row)).collect::<Vec<_>>(), [(0, 4), (1, 2)]);
    let wrong = [f64::NAN, 1.0, f64::NAN, 1.0, -1.0];
    let refused = capital(&Investment { given: &wrong, ..data }, &options);
    assert_eq!(refused, Err(CapitalError::Initial(vec![(0, InitialError::NotPositive(-1.0)), (1, InitialError::NoStock)])));
}

#[test]
fn gaps_are_named_and_never_bridged() {
    let units = [0, 0, 0, 0, 1, 1, 1];
    let periods = [2000, 2001, 2002, 2005, 2000, 2001, 2002];
    let real = [1.0, f64::NAN, 1.0, 1.0, 1.0, 1.0, f64::NAN];
    let data = Investment { units: &units, periods: &periods, real: &real, depreciation: &[0.1; 7], output: &[], given: &[] };
    let gap = |from, to| Gap { unit: 0, from, to };
    assert_eq!(capital(&data, &CapitalOptions::default()), Err(CapitalError::Gaps(vec![gap(2001, 2001), gap(2003, 2004)])));
    let ends = [f64::NAN, f64::NAN, 1.0, f64::NAN, 1.0, 1.0, f64::NAN];
    let s = capital(&Investment { real: &ends, ..data }, &CapitalOptions::default()).unwrap();
    assert_eq!(s.status[..4], [Status::Missing, Status::Missing, Status::First, Status::Missing]);
    assert_eq!(s.status[6], Status::Missing);
}

#[test]
fn bad_input_is_refused_with_all_its_rows() {
    let default = CapitalOptions::default();
    let rates = |d: &[f64]| {
        let n = d.len();
        let (units, periods): (Vec<usize>, Vec<i32>) = (vec![0; n], (0..n as i32).collect());
        let real = vec![1.0; n];
        capital(&Investment { units: &units, periods: &periods, real: &real, depreciation: d, output: &[], given: &[] }, &default)
    };
    assert_eq!(rates(&[0.1, 1.0, 9.6, f64::NAN, -0.1]), Err(CapitalError::Depreciation(vec![1, 2, 3, 4])));
    assert_eq!(rates(&[]), Err(CapitalError::Empty));
    assert_eq!(run(&[1.0, f64::INFINITY], 0.1, default), Err(CapitalError::Infinite(vec![1])));
    assert_eq!(run(&[f64::NAN; 3], 0.1, default), Err(CapitalError::Empty));
    assert_eq!(run(&[-1.0, 2.0], 0.1, default), Err(CapitalError::Initial(vec![(0, InitialError::NotPositive(-10.0))])));
    for wrong in [CapitalOptions { rate: 0.0, ..default }, CapitalOptions { growth_periods: 0, ..default }] {
        assert_eq!(run(&[1.0, 2.0], 0.1, wrong), Err(CapitalError::Options));
    }
    let falling = CapitalOptions { initial: Initial::HallJones, ..default };
    let Err(CapitalError::Initial(why)) = run(&[8.0, 4.0, 2.0], 0.1, falling) else { panic!("g + δ < 0 went through") };
    assert!(matches!(why[0], (0, InitialError::Denominator(d)) if (d + 0.4).abs() < 1e-15));
    let shan = CapitalOptions { initial: Initial::Shan, ..default };
    assert_eq!(run(&[1.0], 0.1, shan), Err(CapitalError::Initial(vec![(0, InitialError::OnePeriod)])));
    assert_eq!(run(&[1.0, 2.0], 0.1, shan), Err(CapitalError::Initial(vec![(0, InitialError::NoGrowth)])));
    let twice =
        Investment { units: &[0, 0], periods: &[1, 1], real: &[1.0; 2], depreciation: &[0.1; 2], output: &[], given: &[] };
    assert_eq!(capital(&twice, &default), Err(CapitalError::Duplicate(crate::rows::Twice(0, 1))));
    assert_eq!(capital(&Investment { output: &[1.0], ..twice }, &default), Err(CapitalError::Shape));
}

/// Negative investment (sales of old assets) is arithmetic like any other.
#[test]
fn disposals_lower_the_stock() {
    let s = run(&[10.0, -20.0], 0.1, CapitalOptions::default()).unwrap();
    assert!((s.stock[1] - 70.0).abs() < 1e-12);
}

#[test]
fn a_fan_has_the_central_case_and_every_combination() {
    let all = scenarios(&FanOptions::default());
    assert_eq!((all.len(), all[0]), (27, Scenario::default()));
    assert_eq!(all.iter().filter(|s| s.moved() == 1).count(), 6);
    let up = Scenario { depreciation: 0.02, initial: 0.5, deflator: 0.01 };
    assert!(all.contains(&up));
    assert_eq!((up.rate(0.99), up.first()), (0.999, 1.5));
    assert!((up.deflation(2001, 2000) - 1.0 / 1.01).abs() < 1e-15);
    let low = Scenario { depreciation: -0.02, ..up };
    assert_eq!((low.rate(0.01), low.deflation(2000, 2000)), (0.0, 1.0));
    assert_eq!(band(&[&[1.0, 5.0], &[2.0, 3.0]]), (vec![1.0, 3.0], vec![2.0, 5.0]));
    assert!(band(&[&[1.0], &[f64::NAN]]).0[0].is_nan());
}

proptest! {
    /// Unit of measure and order of rows leave stocks alone; stocks are linear in investment and in the first stock.
    #[test]
    fn laws_of_the_inventory(
        real in prop::collection::vec(0.1f64..100.0, 3..30),
        delta in 0.0f64..0.5,
        which in 0usize..4,
        shift in 0usize..30,
    ) {
        let initial = [Initial::Rate, Initial::HallJones, Initial::ReinsdorfCover, Initial::Shan][which];
        let options = CapitalOptions { initial, growth: Some(0.03), ..CapitalOptions::default() };
        let base = run(&real, delta, options).unwrap();
        for unit in [1e9, 1e-9] {
            let scaled: Vec<f64> = real.iter().map(|v| v * unit).collect();
            let s = run(&scaled, delta, options).unwrap();
            for (a, b) in s.stock.iter().zip(&base.stock) {
                prop_assert!((a / unit / b - 1.0).abs() < 1e-12);
            }
        }
        let n = real.len();
        let order: Vec<usize> = (0..n).map(|i| (i * 7 + shift) % n).collect();
        prop_assume!({ let mut o = order.clone(); o.sort_unstable(); o.dedup(); o.len() == n });
        let periods: Vec<i32> = order.iter().map(|&i| i as i32).collect();
        let turned: Vec<f64> = order.iter().map(|&i| real[i]).collect();
        let data = Investment { units: &vec![0; n], periods: &periods, real: &turned, depreciation: &vec![delta; n], output: &[], given: &[] };
        let s = capital(&data, &options).unwrap();
        for (at, &i) in order.iter().enumerate() {
            prop_assert_eq!(s.stock[at], base.stock[i]);
        }
        prop_assert!(base.residual < 1e-13);
        for (t, i) in real.iter().enumerate().skip(1) {
            prop_assert_eq!(base.stock[t], base.stock[t - 1] - base.consumption[t] + i);
        }
    }

    /// A higher rate leaves less, whatever the years.
    #[test]
    fn depreciation_only_takes_away(real in prop::collection::vec(0.1f64..100.0, 2..20), delta in 0.01f64..0.4) {
        let (a, b) = (run(&real, delta, CapitalOptions::default()).unwrap(), run(&real, delta + 0.05, CapitalOptions::default()).unwrap());
        for t in 1..real.len() {
            prop_assert!(b.stock[t] < a.stock[t]);
        }
    }
}
