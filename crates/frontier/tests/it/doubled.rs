//! Numbers of 106 bits as sums of two doubles: enough to check what doubles claim.
//!
//! Dekker (1971), Numerische Mathematik 18, 224-242; Ogita, Rump and Oishi (2005).

use std::{
    cmp::Ordering,
    ops::{Add, Div, Mul, Neg, Sub},
};

/// `high + low`, with `|low|` at most half a unit in the last place of `high`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Doubled {
    high: f64,
    low: f64,
}

pub const ZERO: Doubled = Doubled { high: 0.0, low: 0.0 };
pub const ONE: Doubled = Doubled { high: 1.0, low: 0.0 };

fn two_sum(a: f64, b: f64) -> Doubled {
    let high = a + b;
    let part = high - a;
    Doubled { high, low: (a - (high - part)) + (b - part) }
}

impl From<f64> for Doubled {
    fn from(high: f64) -> Self {
        Self { high, low: 0.0 }
    }
}

impl Doubled {
    /// The nearest double.
    pub fn value(self) -> f64 {
        self.high + self.low
    }

    pub fn max(self, other: Self) -> Self {
        if self < other { other } else { self }
    }

    pub fn min(self, other: Self) -> Self {
        if other < self { other } else { self }
    }
}

impl Add for Doubled {
    type Output = Self;
    fn add(self, b: Self) -> Self {
        let (s, t) = (two_sum(self.high, b.high), two_sum(self.low, b.low));
        let u = two_sum(s.high, s.low + t.high);
        two_sum(u.high, u.low + t.low)
    }
}

impl Neg for Doubled {
    type Output = Self;
    fn neg(self) -> Self {
        Self { high: -self.high, low: -self.low }
    }
}

impl Sub for Doubled {
    type Output = Self;
    fn sub(self, b: Self) -> Self {
        self + -b
    }
}

impl Mul for Doubled {
    type Output = Self;
    fn mul(self, b: Self) -> Self {
        let high = self.high * b.high;
        two_sum(high, self.high.mul_add(b.high, -high) + (self.high * b.low + self.low * b.high))
    }
}

impl Div for Doubled {
    type Output = Self;
    fn div(self, b: Self) -> Self {
        let first = Self::from(self.high / b.high);
        let rest = self - b * first;
        let second = Self::from(rest.high / b.high);
        let rest = rest - b * second;
        first + second + Self::from(rest.high / b.high)
    }
}

impl PartialOrd for Doubled {
    fn partial_cmp(&self, b: &Self) -> Option<Ordering> {
        (*self - *b).value().partial_cmp(&0.0)
    }
}

#[test]
fn a_third_has_thirty_digits() {
    let third = ONE / Doubled::from(3.0);
    let rest = third + third + third - ONE;
    assert!(rest.value().abs() < 1e-31, "{rest:?}");
    let (a, b) = (Doubled::from(1e9) + Doubled::from(1e-9), Doubled::from(1e9) - Doubled::from(1e-9));
    assert!((a * b - Doubled::from(1e18)).value().abs() < 1e-11);
    assert!(b < a && a.max(b) == a && (b - a).value() == -2e-9);
}
