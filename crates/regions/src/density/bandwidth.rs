//! Bandwidths of the normal reference and of Sheather and Jones.

use numerics::moments;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Rule that gives a bandwidth; `s` is the standard deviation (denominator n − 1), `IQR` the interquartile range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// `0.9 min(s, IQR/1.34) n^(−1/5)` (Silverman 1986, p. 48; R `nrd0`).
    #[default]
    Silverman,
    /// The same with `IQR/1.349` and quartiles by averaging (Stata `kdensity`).
    Stata,
    /// `1.06 min(s, IQR/1.34) n^(−1/5)` (Scott 1992; R `nrd`).
    Scott,
    /// `s n^(−1/5)` (scipy's `scott`).
    ScottFactor,
    /// The equation of Sheather and Jones (1991), solved; follows several modes.
    SheatherJones,
}

impl Rule {
    /// The bandwidth for a sample; `NaN` where its values do not differ or the equation has no root.
    pub fn bandwidth(self, x: &[f64]) -> f64 {
        let mut sorted = x.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else { return f64::NAN };
        if last - first <= 1e-14 * first.abs().max(last.abs()) {
            return f64::NAN;
        }
        let (n, s) = (x.len() as f64, moments::deviation(x, 1));
        let fifth = libm::pow(n, -0.2);
        // Half of the values may be equal: then the deviation alone is left.
        let spread = |range: f64, divisor: f64| if range > 0.0 { s.min(range / divisor) } else { s };
        let seventh_type = moments::quantile(&sorted, 0.75) - moments::quantile(&sorted, 0.25);
        match self {
            Self::Silverman => 0.9 * spread(seventh_type, 1.34) * fifth,
            Self::Stata => 0.9 * spread(averaged(&sorted, 0.75) - averaged(&sorted, 0.25), 1.349) * fifth,
            Self::Scott => 1.06 * spread(seventh_type, 1.34) * fifth,
            Self::ScottFactor => s * fifth,
            Self::SheatherJones => sheather_jones(&sorted, spread(seventh_type, 1.349)),
        }
    }
}

/// Quantile by averaging at jumps of the distribution function (Hyndman and Fan's type 2).
fn averaged(sorted: &[f64], p: f64) -> f64 {
    let at = p * sorted.len() as f64;
    let i = (at.ceil() as usize).max(1) - 1;
    if at.fract() == 0.0 && i + 1 < sorted.len() { f64::midpoint(sorted[i], sorted[i + 1]) } else { sorted[i] }
}

/// `h = (R(K) / (n S(α(h))))^(1/5)` with Gaussian pilot estimates of the roughness of the second and third derivative.
fn sheather_jones(sorted: &[f64], scale: f64) -> f64 {
    let n = sorted.len() as f64;
    let second = |a: f64| functional(sorted, a, 5, |d| d * d - 6.0 * d + 3.0);
    let third = |b: f64| -functional(sorted, b, 7, |d| d * d * d - 15.0 * d * d + 45.0 * d - 15.0);
    let (a, b) = (1.24 * scale * libm::pow(n, -1.0 / 7.0), 1.23 * scale * libm::pow(n, -1.0 / 9.0));
    let alpha = 1.357 * libm::pow(second(a) / third(b), 1.0 / 7.0);
    let roughness = 1.0 / (2.0 * std::f64::consts::PI.sqrt() * n);
    let gap = |h: f64| libm::pow(roughness / second(alpha * libm::pow(h, 5.0 / 7.0)), 0.2) - h;
    // Positive below the root, negative above it.
    let (mut low, mut high) = (0.1 * 1.144 * scale * libm::pow(n, -0.2), 1.144 * scale * libm::pow(n, -0.2));
    for _ in 0..100 {
        match (gap(low) > 0.0, gap(high) < 0.0) {
            (true, true) => break,
            (false, _) => low /= 1.2,
            (_, false) => high *= 1.2,
        }
    }
    if !(gap(low) > 0.0 && gap(high) < 0.0) {
        return f64::NAN;
    }
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if gap(middle) > 0.0 { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// `Σ_i Σ_j φ^(r)((x_i − x_j)/h) / (n (n − 1) h^(r+1))` with the polynomial of the derivative in the squared distance.
fn functional(sorted: &[f64], h: f64, power: i32, polynomial: impl Fn(f64) -> f64) -> f64 {
    let n = sorted.len();
    let mut sum = n as f64 * polynomial(0.0) / 2.0;
    for (i, x) in sorted.iter().enumerate() {
        for y in &sorted[i + 1..] {
            let d = ((y - x) / h).powi(2);
            // Sorted: all that follow are farther still.
            if d >= 1000.0 {
                break;
            }
            sum += libm::exp(-0.5 * d) * polynomial(d);
        }
    }
    2.0 * sum / (n as f64 * (n as f64 - 1.0) * h.powi(power) * (2.0 * std::f64::consts::PI).sqrt())
}
