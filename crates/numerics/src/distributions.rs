//! Tails of the distributions that tests refer to.

use libm::{erfc, exp, lgamma, log};

/// Distribution function of the standard normal.
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * erfc(-x / std::f64::consts::SQRT_2)
}

/// Two-sided p value of a standard normal `z`: `P(|Z| > |z|)`.
pub fn normal_two_sided(z: f64) -> f64 {
    erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// Quantile of the standard normal distribution, `0 < p < 1`: Acklam's rational approximation and one step of Halley's
/// rule. Infinite at 0 and 1, `NaN` outside.
pub fn normal_quantile(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969683028665376e1,
        2.209460984245205e2,
        -2.759285104469687e2,
        1.38357751867269e2,
        -3.066479806614716e1,
        2.506628277459239e0,
    ];
    const B: [f64; 6] =
        [-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1.0];
    const C: [f64; 6] = [
        -7.784894002430293e-3,
        -3.223964580411365e-1,
        -2.400758277161838e0,
        -2.549732539343734e0,
        4.374664141464968e0,
        2.938163982698783e0,
    ];
    const D: [f64; 5] = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996e0, 3.754408661907416e0, 1.0];
    if p.is_nan() || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 || p == 1.0 {
        return if p == 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let polynomial = |c: &[f64], x: f64| c.iter().fold(0.0, |s, c| s * x + c);
    // The upper tail by symmetry, where `1 - p` is exact.
    let (tail, sign) = if p > 0.5 { (1.0 - p, -1.0) } else { (p, 1.0) };
    let start = if tail < 0.02425 {
        let q = (-2.0 * log(tail)).sqrt();
        polynomial(&C, q) / polynomial(&D, q)
    } else {
        let q = tail - 0.5;
        let r = q * q;
        polynomial(&A, r) * q / polynomial(&B, r)
    };
    let error = normal_cdf(start) - tail;
    let u = error * (2.0 * std::f64::consts::PI).sqrt() * exp(0.5 * start * start);
    let x = start - u / (1.0 + 0.5 * start * u);
    // No negative zero.
    if x == 0.0 { 0.0 } else { sign * x }
}

/// Upper tail `P(X > x)` of the chi-squared distribution with `degrees > 0` degrees of freedom, by the regularised
/// incomplete gamma function (series below the mean, continued fraction above it); 1 for `x <= 0`, `NaN` for `NaN`
/// or no degrees of freedom.
pub fn chi_squared_above(x: f64, degrees: usize) -> f64 {
    if x.is_nan() || degrees == 0 {
        return f64::NAN;
    }
    if x <= 0.0 {
        return 1.0;
    }
    let (a, x) = (degrees as f64 / 2.0, x / 2.0);
    let front = exp(a * log(x) - x - lgamma(a));
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        while term > sum * f64::EPSILON {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        1.0 - front * sum
    } else {
        // Lentz's evaluation; convergence within a few times sqrt(a) steps.
        let mut b = x + 1.0 - a;
        let mut c = f64::MAX;
        let mut d = 1.0 / b;
        let mut h = d;
        for i in 1..100_000 {
            let i = f64::from(i);
            let an = -i * (i - a);
            b += 2.0;
            d = 1.0 / (an * d + b);
            c = b + an / c;
            h *= d * c;
            if (d * c - 1.0).abs() < 4.0 * f64::EPSILON {
                break;
            }
        }
        front * h
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_of_the_printed_tables() {
        // 5 % points of the usual tables, to their digits.
        assert!((normal_two_sided(-1.959_963_984_540_054) - 0.05).abs() < 1e-15);
        for (degrees, point) in [(1, 3.841_458_820_694_124), (4, 9.487_729_036_781_154), (25, 37.652_484_133_482_77)] {
            assert!((chi_squared_above(point, degrees) - 0.05).abs() < 1e-13, "{degrees}");
        }
        assert!((chi_squared_above(124.342_113_404_004_1, 100) - 0.05).abs() < 1e-12);
    }

    /// Printed points of the normal distribution, the far tails against the distribution itself.
    #[test]
    fn normal_quantiles() {
        for (p, z) in [(0.5, 0.0), (0.975, 1.959_963_984_540_054), (0.9, 1.281_551_565_544_6), (0.999, 3.090_232_306_167_814)] {
            assert!((normal_quantile(p) - z).abs() < 1e-13, "{p}");
            assert!((normal_quantile(1.0 - p) + z).abs() < 1e-12, "{p}");
        }
        for k in 1..300 {
            let p = 10_f64.powi(-k);
            let back = normal_cdf(normal_quantile(p));
            assert!((back / p - 1.0).abs() < 1e-10, "{p} {back}");
        }
        assert!(normal_quantile(0.0) == f64::NEG_INFINITY && normal_quantile(1.0) == f64::INFINITY);
        assert!(normal_quantile(-0.1).is_nan() && normal_quantile(f64::NAN).is_nan());
    }

    #[test]
    fn two_degrees_of_freedom_have_a_closed_form() {
        for i in 0..200 {
            let x = f64::from(i) / 4.0;
            assert!((chi_squared_above(x, 2) / (-x / 2.0).exp() - 1.0).abs() < 1e-12, "{x}");
        }
        assert_eq!(chi_squared_above(-1.0, 3), 1.0);
        assert!(chi_squared_above(1.0, 0).is_nan() && chi_squared_above(f64::NAN, 1).is_nan());
    }
}
