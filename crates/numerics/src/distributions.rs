//! Tails of the distributions that tests refer to.

use libm::{erfc, exp, lgamma, log};

/// Two-sided p value of a standard normal `z`: `P(|Z| > |z|)`.
pub fn normal_two_sided(z: f64) -> f64 {
    erfc(z.abs() / std::f64::consts::SQRT_2)
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
