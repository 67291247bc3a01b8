use super::*;

/// Two products, small whole numbers: every formula by hand.
#[test]
fn by_hand() {
    let pair = Pair { p0: &[1.0, 4.0], p1: &[2.0, 4.0], q0: &[8.0, 2.0], q1: &[2.0, 3.0], reference: &[1.0, 1.0] };
    // Values 8 + 8 = 16 and 4 + 12 = 16; shares ½, ½ and ¼, ¾; price ratios 2 and 1.
    let (l, p): (f64, f64) = (24.0 / 16.0, 16.0 / 14.0);
    let power = |x: f64| 2.0_f64.powf(x);
    let logarithmic = |a: f64, b: f64| (a - b) / (a / b).ln();
    let (m0, m1) = (logarithmic(0.5, 0.25), logarithmic(0.5, 0.75));
    let quantity = 14.0 / 16.0;
    let a = (l - quantity) / 2.0;
    let adjusted = {
        let b = 0.375 * 2.0_f64.ln();
        let s = 0.375 * (2.0_f64.ln() - b).powi(2) + 0.625 * b * b;
        (b - s / 2.0).exp()
    };
    let expected = [
        (Dutot, 6.0 / 5.0),
        (Carli, 1.5),
        (Jevons, power(0.5)),
        (Harmonic, 2.0 / 1.5),
        (Cswd, 2.0_f64.sqrt()),
        (Laspeyres, l),
        (Paasche, p),
        (Fisher, (l * p).sqrt()),
        (Tornqvist, power(0.375)),
        (SatoVartia, power(m0 / (m0 + m1))),
        (Walsh, (2.0 * 4.0 + 4.0 * 6.0_f64.sqrt()) / (4.0 + 4.0 * 6.0_f64.sqrt())),
        (GeometricLaspeyres, power(0.5)),
        (GeometricPaasche, power(0.25)),
        (TimeProductDummy, power((1.0 / 6.0) / (1.0 / 6.0 + 0.3))),
        (TimeProductDummyMean, power(0.375)),
        (TimeProductDummyAdjusted, adjusted),
        (GearyKhamis, (2.0 * 1.6 + 4.0 * 1.2) / (1.6 + 4.0 * 1.2)),
        (Drobisch, (l + p) / 2.0),
        (Stuvel, a + (a * a + 1.0).sqrt()),
        (MarshallEdgeworth, (20.0 + 20.0) / (10.0 + 20.0)),
        (Palgrave, 0.25 * 2.0 + 0.75),
        (LloydMoulton, 1.0 / (0.5 / 2.0 + 0.5)),
        (Lowe, 6.0 / 5.0),
        (Young, 1.5),
    ];
    assert_eq!(expected.len(), FORMULAS.len());
    for (formula, value) in expected {
        let found = formula.prices(&pair, 2.0);
        assert!((found - value).abs() < 1e-15 * 4.0, "{formula:?}: {found} for {value}");
    }
}

/// Exact in floating point where prices and quantities stay.
#[test]
fn nothing_moves() {
    let x = [3.0, 0.7, 11.0];
    let pair = Pair { p0: &x, p1: &x, q0: &x, q1: &x, reference: &x };
    assert!(FORMULAS.iter().all(|f| f.prices(&pair, 0.3) == 1.0 || *f == LloydMoulton));
    assert!((LloydMoulton.prices(&pair, 0.3) - 1.0).abs() < 1e-15);
    assert!((LloydMoulton.prices(&pair, 1.0) - LloydMoulton.prices(&pair, 1.0 + 1e-9)).abs() < 1e-9);
}

#[test]
fn no_product_is_no_number() {
    let pair = Pair { p0: &[], p1: &[], q0: &[], q1: &[], reference: &[] };
    assert!(FORMULAS.iter().all(|f| f.prices(&pair, 2.0).is_nan()));
}

/// Zeros of quantities, compared as Fisher compares outputs of which one is not produced.
#[test]
fn zeros_where_they_have_a_meaning() {
    let pair = Pair { p0: &[0.0, 2.0], p1: &[5.0, 2.0], q0: &[1.0, 3.0], q1: &[1.0, 3.0], reference: &[1.0, 1.0] };
    for f in FORMULAS.iter().filter(|f| f.takes_zeros()) {
        let x = f.prices(&pair, f64::NAN);
        assert!(x.is_finite() && x > 1.0, "{f:?}: {x}");
    }
}

/// The logarithmic mean of nearly equal shares keeps its digits.
#[test]
fn logarithmic_means() {
    assert_eq!(logarithmic_mean(0.25, 0.25), 0.25);
    assert_eq!(logarithmic_mean(0.25, 0.0), 0.0);
    let (a, b) = (0.25, 0.25 + 1e-9);
    assert!((logarithmic_mean(a, b) - (a + 0.5e-9)).abs() <= f64::EPSILON / 2.0);
    assert!((logarithmic_mean(1.0, 4.0) - 3.0 / 4.0_f64.ln()).abs() < 1e-15);
}
