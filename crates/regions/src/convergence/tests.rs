use proptest::prelude::*;

use super::*;

#[test]
fn what_cannot_converge_says_why() {
    let x = [1.0, 2.0, 3.0, 4.0];
    let with = |first: &[f64], last: &[f64], span: f64, level: f64| beta(first, last, span, Errors::Robust, level).unwrap_err();
    assert_eq!(with(&x, &x[..3], 1.0, 0.95), ConvergenceError::Length { first: 4, last: 3 });
    assert_eq!(with(&x[..3], &x[..3], 1.0, 0.95), ConvergenceError::TooFew { units: 3 });
    assert_eq!(with(&x, &[1.0, 0.0, f64::NAN, -1.0], 1.0, 0.95), ConvergenceError::NotPositive { units: vec![1, 2, 3] });
    assert_eq!(with(&[2.0; 4], &x, 1.0, 0.95), ConvergenceError::Constant);
    assert_eq!(with(&x, &x, 0.0, 0.95), ConvergenceError::Span);
    assert_eq!(with(&x, &x, 1.0, 0.0), ConvergenceError::Level { level: 0.0 });
    assert!(sigma(&[3.0]).cv.is_nan());
}

#[test]
fn halving_gaps_has_its_half_life() {
    // Logarithms halve their distance from 1 in ten periods.
    let first: Vec<f64> = (0..12).map(|i| (f64::from(i) / 3.0).exp()).collect();
    let last: Vec<f64> = (0..12).map(|i| (f64::from(i) / 6.0 + 1.0).exp()).collect();
    let b = beta(&first, &last, 10.0, Errors::Robust, 0.95).unwrap();
    assert!((b.half_life - 10.0).abs() < 1e-9 && b.reshuffling.abs() < 1e-12 && b.error < 1e-12);
    let apart = beta(&last, &first, 10.0, Errors::Robust, 0.95).unwrap();
    assert!(apart.speed < 0.0 && apart.half_life == f64::INFINITY);
    // Places turned round: no speed.
    let turned: Vec<f64> = first.iter().map(|x| 1.0 / x).collect();
    let b = beta(&first, &turned, 10.0, Errors::Robust, 0.95).unwrap();
    assert!(b.speed.is_nan() && b.half_life.is_nan() && b.reshuffling.is_nan() && b.p_sigma > 0.99);
}

proptest! {
    /// Galton: the slope is change of places and narrowing, and nothing else.
    #[test]
    fn speed_is_reshuffling_and_narrowing(
        first in proptest::collection::vec(-1.0_f64..1.0, 6..20),
        shocks in proptest::collection::vec(-0.3_f64..0.3, 20),
        span in 1.0_f64..30.0,
        scale in 1e-9_f64..1e9,
    ) {
        let a: Vec<f64> = first.iter().map(|x| x.exp()).collect();
        let z: Vec<f64> = first.iter().zip(&shocks).map(|(x, e)| scale * (0.7 * x + e).exp()).collect();
        if let Ok(b) = beta(&a, &z, span, Errors::Robust, 0.9) {
            prop_assert!((1.0 + b.slope * span - b.correlation * b.ratio).abs() < 1e-9);
            if b.correlation > 0.01 {
                prop_assert!((b.speed - b.reshuffling - b.narrowing).abs() < 1e-8);
                let (low, high) = b.speed_interval;
                prop_assert!((low.is_nan() || low <= b.speed) && (high.is_nan() || b.speed <= high));
            }
        }
    }
}
