//! Coupling degrees as they are misprinted, kept to reproduce what was published with them; and which system lags.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A form met in print that is no coupling degree (Liu Chunlin 2017 and Wang et al. 2021 list them).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Misprint {
    /// `(Π U)^(1/n) / Σ U`: the coefficient `n` is lost, at most `1/n`.
    LostCoefficient,
    /// `[Π U / Π_{i<j}(Uᵢ + Uⱼ)]^(1/n)`: at most one half for two or three systems.
    PairProducts,
    /// `n [Π U / Π_{i<j}(Uᵢ + Uⱼ)]^(1/n)`: 1.5 for three equal systems.
    PairProductsTimesN,
    /// `{Π U / [ΣU / n]ⁿ}²`: the exponent of two systems kept as it is misread, for any number.
    Squared,
    /// `{Π U / [ΣU / n]ⁿ}^(1/2)`: the exponent of two systems kept for any number.
    SquareRoot,
    /// `[n Π U / (ΣU)ⁿ]^(1/n)`: `n` inside the root.
    InsideRoot,
}

impl Misprint {
    /// The degree as misprinted; 0 when a system is 0.
    pub fn degree(self, u: &[f64]) -> f64 {
        if u.iter().any(|x| *x <= 0.0) {
            return 0.0;
        }
        let mut u = u.to_vec();
        u.sort_by(f64::total_cmp);
        let n = u.len() as f64;
        let sum: f64 = u.iter().sum();
        let product: f64 = u.iter().product();
        // With products of up to a hundred systems, shares keep every number in range.
        let even: f64 = u.iter().map(|x| x / (sum / n)).product();
        let pairs: f64 = (0..u.len()).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| u[i] + u[j]).product();
        match self {
            Self::LostCoefficient => even.powf(1.0 / n) / n,
            Self::PairProducts => (product / pairs).powf(1.0 / n),
            Self::PairProductsTimesN => n * (product / pairs).powf(1.0 / n),
            Self::Squared => even * even,
            Self::SquareRoot => even.sqrt(),
            Self::InsideRoot => (n * even).powf(1.0 / n) / n,
        }
    }
}

/// How far the lowest system lags behind the highest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relative {
    /// Lowest over highest, `min U / max U`; 1 where all are 0.
    pub ratio: f64,
    /// The lowest system, the first of equals, where the ratio is below [`IN_STEP`].
    pub lags: Option<usize>,
}

/// Ratio of lowest to highest from which systems count as in step.
pub const IN_STEP: f64 = 0.8;

/// Relative development of systems (none missing).
pub fn relative_development(u: &[f64]) -> Relative {
    let low = (0..u.len()).fold(0, |best, j| if u[j] < u[best] { j } else { best });
    let high = u.iter().copied().fold(0.0, f64::max);
    let ratio = if high > 0.0 { u[low] / high } else { 1.0 };
    Relative { ratio, lags: (ratio < IN_STEP).then_some(low) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coupling::traditional;

    const ALL: [Misprint; 6] = [
        Misprint::LostCoefficient,
        Misprint::PairProducts,
        Misprint::PairProductsTimesN,
        Misprint::Squared,
        Misprint::SquareRoot,
        Misprint::InsideRoot,
    ];

    /// Systems of 0.6 and 0.3, worked by hand: product .18, sum .9, mean .45.
    #[test]
    fn two_systems_by_hand() {
        let wanted = [0.471_405, 0.447_214, 0.894_427, 0.790_123, 0.942_809, 0.666_667];
        for (form, wanted) in ALL.into_iter().zip(wanted) {
            assert!((form.degree(&[0.6, 0.3]) - wanted).abs() < 5e-7, "{form:?}");
        }
    }

    /// Equal systems are coupled as closely as can be: the degree is 1, and no misprint knows it for three of them
    /// but those whose error vanishes there.
    #[test]
    fn equal_systems_show_what_is_wrong() {
        let u = [0.5; 3];
        assert!((traditional(&u) - 1.0).abs() < 1e-12);
        let wanted = [1.0 / 3.0, 0.5, 1.5, 1.0, 1.0, 3f64.powf(1.0 / 3.0) / 3.0];
        for (form, wanted) in ALL.into_iter().zip(wanted) {
            assert!((form.degree(&u) - wanted).abs() < 1e-12, "{form:?} {}", form.degree(&u));
        }
    }

    #[test]
    fn the_order_of_systems_does_not_matter() {
        for form in ALL {
            assert_eq!(form.degree(&[0.2, 0.9, 0.4]), form.degree(&[0.4, 0.2, 0.9]));
            assert_eq!(form.degree(&[0.2, 0.0]), 0.0);
        }
    }

    #[test]
    fn the_lowest_lags() {
        assert_eq!(relative_development(&[0.5, 0.3, 0.6]), Relative { ratio: 0.5, lags: Some(1) });
        assert_eq!(relative_development(&[0.5, 0.45]).lags, None);
        assert_eq!(relative_development(&[0.0, 0.0]), Relative { ratio: 1.0, lags: None });
    }
}
