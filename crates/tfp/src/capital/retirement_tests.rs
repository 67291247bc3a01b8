use proptest::prelude::*;

use super::*;

/// OECD (2001), Measuring Capital, and Winfrey (1935): `F₀` is 11.911 at `m = 3.700` (S-2) and 15.610 at `m = 6.902` (S-3).
/// Tolerance: the last printed digit. S-3 is cut, not rounded: 15.6109 belongs to its `m`.
#[test]
fn printed_peaks_of_winfrey_curves() {
    assert!((winfrey_peak(3.7) - 11.911).abs() < 5e-4, "{}", winfrey_peak(3.7));
    assert!((winfrey_peak(6.902) - 15.610).abs() < 1e-3, "{}", winfrey_peak(6.902));
    // ∫ (1 − x²)^m over [−1, 1] is 4/3 at m = 1 and 16/15 at m = 2.
    assert!((winfrey_peak(1.0) - 7.5).abs() < 1e-8);
    assert!((winfrey_peak(2.0) - 9.375).abs() < 1e-8);
}

#[test]
fn simultaneous_exit_keeps_the_mean() {
    assert_eq!(lives(Pattern::Simultaneous, 3.0, 0.0).unwrap(), [0.0, 0.0, 1.0]);
    let split = lives(Pattern::Simultaneous, 2.25, 0.0).unwrap();
    assert_eq!(split, [0.0, 0.75, 0.25]);
    assert_eq!(mean_life(&split), 2.25);
}

/// Mass of one whole life against the closed forms of the distributions.
#[test]
fn masses_are_differences_of_the_distribution() {
    let life = 20.0;
    let exponential = lives(Pattern::Weibull, life, 1.0).unwrap();
    let expected = (-(9.5f64 / 20.0)).exp() - (-(10.5f64 / 20.0)).exp();
    assert!((exponential[9] - expected).abs() < 1e-8);
    let normal = lives(Pattern::TruncatedNormal, life, 0.25).unwrap();
    // P(-0.1 < Z < 0.1) = 0.0796556745540579, P(|Z| < 4) = 0.9999366575163338.
    assert!((normal[19] - 0.0796556745540579 / 0.9999366575163338).abs() < 1e-12, "{}", normal[19]);
    let winfrey = lives(Pattern::Winfrey, life, 1.0).unwrap();
    let whole = |x: f64| x - x * x * x / 3.0;
    assert!((winfrey[19] - 2.0 * whole(0.5 / 20.0) / (4.0 / 3.0)).abs() < 1e-8);
    let lognormal = lives(Pattern::Lognormal, life, 0.25).unwrap();
    // Mode exp(μ − σ²) = T (1 + cv²)^(−3/2) = 18.26.
    let mode = lognormal.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0 + 1;
    assert_eq!(mode, 18);
}

#[test]
fn out_of_bounds_is_refused() {
    for life in [0.0, 0.5, f64::NAN, 1000.0, -1.0] {
        assert!(matches!(lives(Pattern::Winfrey, life, 3.7), Err(RetirementError::Life(_))));
    }
    for (pattern, spread) in [
        (Pattern::Winfrey, 0.0),
        (Pattern::Winfrey, f64::NAN),
        (Pattern::Lognormal, 1.5),
        (Pattern::TruncatedNormal, 0.0),
        (Pattern::Weibull, 0.1),
    ] {
        assert!(matches!(lives(pattern, 10.0, spread), Err(RetirementError::Spread(_))), "{pattern:?} {spread}");
    }
}

proptest! {
    /// Shares are a distribution whose mean is the mean life, but for the gathering into whole lives.
    #[test]
    fn lives_are_distributions(life in 5.0f64..60.0, which in 0usize..5) {
        let pattern =
            [Pattern::Simultaneous, Pattern::Winfrey, Pattern::Lognormal, Pattern::Weibull, Pattern::TruncatedNormal][which];
        let p = lives(pattern, life, pattern.default_spread()).unwrap();
        prop_assert!(p.iter().all(|v| *v >= 0.0));
        prop_assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-14);
        prop_assert!((mean_life(&p) / life - 1.0).abs() < 0.01, "{:?}: {} for {}", pattern, mean_life(&p), life);
    }
}
