//! Numbers of about 32 digits: the unevaluated sum of two doubles.
//!
//! Dekker (1971), Numerische Mathematik 18, 224-242; Hida, Li and Bailey (2001), ARITH-15, 155-162.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// `high + low`, with `low` below half a unit in the last place of `high`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Twin {
    high: f64,
    low: f64,
}

impl Twin {
    pub(super) const ZERO: Self = Self { high: 0.0, low: 0.0 };

    pub(super) fn get(self) -> f64 {
        self.high + self.low
    }

    pub(super) fn abs(self) -> Self {
        if self.high < 0.0 { -self } else { self }
    }
}

impl From<f64> for Twin {
    fn from(high: f64) -> Self {
        Self { high, low: 0.0 }
    }
}

/// Sum and what rounding took from it (Knuth).
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let s = a + b;
    let z = s - a;
    (s, (a - (s - z)) + (b - z))
}

fn tidy(a: f64, b: f64) -> Twin {
    let s = a + b;
    Twin { high: s, low: b - (s - a) }
}

impl Add for Twin {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        let (s, e) = two_sum(self.high, o.high);
        let (t, f) = two_sum(self.low, o.low);
        let r = tidy(s, e + t);
        tidy(r.high, r.low + f)
    }
}

impl Neg for Twin {
    type Output = Self;
    fn neg(self) -> Self {
        Self { high: -self.high, low: -self.low }
    }
}

impl Sub for Twin {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        self + -o
    }
}

impl Mul for Twin {
    type Output = Self;
    fn mul(self, o: Self) -> Self {
        let p = self.high * o.high;
        let e = self.high.mul_add(o.high, -p);
        tidy(p, e + (self.high * o.low + self.low * o.high))
    }
}

impl Div for Twin {
    type Output = Self;
    fn div(self, o: Self) -> Self {
        let first = Self::from(self.high / o.high);
        let rest = self - first * o;
        let second = Self::from(rest.high / o.high);
        let rest = rest - second * o;
        first + second + Self::from(rest.high / o.high)
    }
}

#[cfg(test)]
mod tests {
    use super::Twin;

    #[test]
    fn thirty_digits() {
        let third = Twin::from(1.0) / Twin::from(3.0);
        let error = (third + third + third - Twin::from(1.0)).get();
        assert!(error.abs() < 1e-31, "{error:e}");
        // (1 + 2^-50)^2 - 1 - 2^-49 = 2^-100, far below the last place of 1.
        let small = Twin::from(1.0) + Twin::from(2.0_f64.powi(-50));
        let square = small * small - Twin::from(1.0) - Twin::from(2.0_f64.powi(-49));
        assert_eq!(square.get(), 2.0_f64.powi(-100));
        assert_eq!((Twin::from(7.0) / Twin::from(-2.0)).get(), -3.5);
        assert_eq!(Twin::from(-2.5).abs().get(), 2.5);
    }
}
