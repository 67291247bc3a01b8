//! Formulas that compare the prices of two periods. With prices and quantities exchanged each compares quantities.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A formula between period 0 and period 1, with shares `s = pq / Σ pq` over the products of both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Formula {
    /// `Σ p₁ / Σ p₀`; depends on the units of measure.
    Dutot,
    /// Mean of `p₁ / p₀`; drifts upwards when chained.
    Carli,
    /// Geometric mean of `p₁ / p₀`.
    Jevons,
    /// Harmonic mean of `p₁ / p₀` (Jevons, Coggeshall).
    Harmonic,
    /// Carruthers, Sellwood, Ward (1980) and Dalén (1992): `√(Carli · harmonic)`.
    Cswd,
    /// `Σ p₁q₀ / Σ p₀q₀`.
    Laspeyres,
    /// `Σ p₁q₁ / Σ p₀q₁`.
    Paasche,
    /// `√(Laspeyres · Paasche)`.
    #[default]
    Fisher,
    /// `exp Σ ½(s₀ + s₁) ln(p₁ / p₀)`.
    Tornqvist,
    /// `exp Σ w ln(p₁ / p₀)` with `w` the logarithmic mean of `s₀` and `s₁`, scaled to sum to 1 (Sato 1976, Vartia 1976).
    SatoVartia,
    /// `Σ p₁√(q₀q₁) / Σ p₀√(q₀q₁)`.
    Walsh,
    /// `exp Σ s₀ ln(p₁ / p₀)`.
    GeometricLaspeyres,
    /// `exp Σ s₁ ln(p₁ / p₀)`.
    GeometricPaasche,
    /// Weighted time product dummy, each observation weighted by its own share: `exp(Σ h ln(p₁ / p₀) / Σ h)`,
    /// `h = s₀s₁ / (s₀ + s₁)`.
    TimeProductDummy,
    /// Time product dummy with both observations of a product weighted by its mean share; equal to Törnqvist.
    TimeProductDummyMean,
    /// The same without the bias of the exponential (Kennedy 1981): `exp(b - ½ Σ w (ln(p₁ / p₀) - b)² / (n - 1))`, `w` mean
    /// shares, `b` their mean of the logarithms, `n` products; `exp b` for one product. Fails time reversal.
    TimeProductDummyAdjusted,
    /// `Σ p₁h / Σ p₀h`, `h = q₀q₁ / (q₀ + q₁)`.
    GearyKhamis,
    /// `½(Laspeyres + Paasche)`.
    Drobisch,
    /// `A + √(A² + V₁/V₀)`, `A = ½(Laspeyres of prices - Laspeyres of quantities)` (Stuvel 1957).
    Stuvel,
    /// `Σ p₁(q₀ + q₁) / Σ p₀(q₀ + q₁)`.
    MarshallEdgeworth,
    /// `Σ s₁ p₁ / p₀`.
    Palgrave,
    /// Constant elasticity of substitution `σ` (Lloyd 1975, Moulton 1996): `(Σ s₀ (p₁/p₀)^(1-σ))^(1/(1-σ))`.
    LloydMoulton,
    /// `Σ p₁q_b / Σ p₀q_b` with mean quantities `q_b` of the reference periods.
    Lowe,
    /// `Σ s_b p₁ / p₀` with shares `s_b` of the reference periods.
    Young,
}

use Formula::{
    Carli, Cswd, Drobisch, Dutot, Fisher, GearyKhamis, GeometricLaspeyres, GeometricPaasche, Harmonic, Jevons, Laspeyres,
    LloydMoulton, Lowe, MarshallEdgeworth, Paasche, Palgrave, SatoVartia, Stuvel, TimeProductDummy, TimeProductDummyAdjusted,
    TimeProductDummyMean, Tornqvist, Walsh, Young,
};

/// All formulas.
pub const FORMULAS: [Formula; 24] = [
    Dutot,
    Carli,
    Jevons,
    Harmonic,
    Cswd,
    Laspeyres,
    Paasche,
    Fisher,
    Tornqvist,
    SatoVartia,
    Walsh,
    GeometricLaspeyres,
    GeometricPaasche,
    TimeProductDummy,
    TimeProductDummyMean,
    TimeProductDummyAdjusted,
    GearyKhamis,
    Drobisch,
    Stuvel,
    MarshallEdgeworth,
    Palgrave,
    LloydMoulton,
    Lowe,
    Young,
];

/// Prices and quantities of the products that both periods have, in one order.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    /// Prices of period 0.
    pub p0: &'a [f64],
    /// Prices of period 1.
    pub p1: &'a [f64],
    /// Quantities of period 0; may be empty for formulas without weights.
    pub q0: &'a [f64],
    /// Quantities of period 1.
    pub q1: &'a [f64],
    /// Weights of [`Formula::Lowe`] (quantities) and [`Formula::Young`] (values); may be empty for all others.
    pub reference: &'a [f64],
}

impl Formula {
    /// Whether quantities weigh the prices.
    pub fn weighted(self) -> bool {
        !matches!(self, Dutot | Carli | Jevons | Harmonic | Cswd)
    }

    /// Whether weights of reference periods are needed.
    pub fn referenced(self) -> bool {
        matches!(self, Lowe | Young)
    }

    /// Time reversal: `P₀₁ P₁₀ = 1` on the same products.
    pub fn time_reversal(self) -> bool {
        matches!(
            self,
            Dutot
                | Jevons
                | Cswd
                | Fisher
                | Tornqvist
                | SatoVartia
                | Walsh
                | TimeProductDummy
                | TimeProductDummyMean
                | GearyKhamis
                | Stuvel
                | MarshallEdgeworth
                | Lowe
        )
    }

    /// Factor reversal: price index times quantity index of the same formula is the ratio of values.
    pub fn factor_reversal(self) -> bool {
        matches!(self, Fisher | SatoVartia | Stuvel)
    }

    /// Transitivity: `P₀₁ P₁₂ = P₀₂` as long as the products stay the same.
    pub fn transitive(self) -> bool {
        matches!(self, Dutot | Jevons | Lowe)
    }

    /// Commensurability: units of measure of products do not matter.
    pub fn commensurable(self) -> bool {
        self != Dutot
    }

    /// Whether zero prices or quantities have a meaning: the formula takes neither logarithms nor ratios of single products.
    pub fn takes_zeros(self) -> bool {
        matches!(self, Dutot | Laspeyres | Paasche | Fisher | Walsh | Drobisch | Stuvel | MarshallEdgeworth | Lowe)
    }

    /// The index of prices from period 0 to period 1. `elasticity` is the σ of [`Formula::LloydMoulton`], else not read.
    /// `NaN` where there is no product.
    pub fn prices(self, pair: &Pair<'_>, elasticity: f64) -> f64 {
        let Pair { p0, p1, q0, q1, reference } = *pair;
        if p0.is_empty() {
            return f64::NAN;
        }
        let n = p0.len() as f64;
        let ratio = |i: usize| p1[i] / p0[i];
        let carli = || pair.over(ratio) / n;
        let harmonic = || n / pair.over(|i| p0[i] / p1[i]);
        let laspeyres = || pair.fixed(|i| q0[i]);
        let paasche = || pair.fixed(|i| q1[i]);
        let values = || (pair.over(|i| p0[i] * q0[i]), pair.over(|i| p1[i] * q1[i]));
        let shares = || {
            let (v0, v1) = values();
            move |i: usize| (p0[i] * q0[i] / v0, p1[i] * q1[i] / v1)
        };
        match self {
            Dutot => pair.over(|i| p1[i]) / pair.over(|i| p0[i]),
            Carli => carli(),
            Jevons => pair.geometric(|_| 1.0),
            Harmonic => harmonic(),
            Cswd => (carli() * harmonic()).sqrt(),
            Laspeyres => laspeyres(),
            Paasche => paasche(),
            Fisher => (laspeyres() * paasche()).sqrt(),
            Tornqvist | TimeProductDummyMean => {
                let s = shares();
                pair.geometric(|i| f64::midpoint(s(i).0, s(i).1))
            }
            SatoVartia => {
                let s = shares();
                pair.geometric(|i| logarithmic_mean(s(i).0, s(i).1))
            }
            Walsh => pair.fixed(|i| (q0[i] * q1[i]).sqrt()),
            GeometricLaspeyres => pair.geometric(|i| p0[i] * q0[i]),
            GeometricPaasche => pair.geometric(|i| p1[i] * q1[i]),
            TimeProductDummy => {
                let s = shares();
                pair.geometric(|i| s(i).0 * s(i).1 / (s(i).0 + s(i).1))
            }
            TimeProductDummyAdjusted => {
                let s = shares();
                let index = pair.geometric(|i| f64::midpoint(s(i).0, s(i).1));
                let squares = pair.over(|i| f64::midpoint(s(i).0, s(i).1) * (ratio(i) / index).ln().powi(2));
                index * (-squares / (2.0 * (n - 1.0).max(1.0))).exp()
            }
            GearyKhamis => pair.fixed(|i| q0[i] * q1[i] / (q0[i] + q1[i])),
            Drobisch => f64::midpoint(laspeyres(), paasche()),
            Stuvel => {
                let (v0, v1) = values();
                let a = (laspeyres() - pair.over(|i| p0[i] * q1[i]) / v0) / 2.0;
                let root = (a * a + v1 / v0).sqrt();
                // The same root, without taking nearly equal numbers from one another.
                if a < 0.0 { v1 / v0 / (root - a) } else { a + root }
            }
            MarshallEdgeworth => pair.fixed(|i| q0[i] + q1[i]),
            Palgrave => pair.over(|i| p1[i] * q1[i] * ratio(i)) / values().1,
            LloydMoulton if elasticity == 1.0 => pair.geometric(|i| p0[i] * q0[i]),
            LloydMoulton => {
                let power = 1.0 - elasticity;
                (pair.over(|i| p0[i] * q0[i] * ratio(i).powf(power)) / values().0).powf(1.0 / power)
            }
            Lowe => pair.fixed(|i| reference[i]),
            Young => pair.over(|i| reference[i] * ratio(i)) / pair.over(|i| reference[i]),
        }
    }
}

impl Pair<'_> {
    /// Sum over products, compensated (Neumaier).
    fn over(&self, f: impl Fn(usize) -> f64) -> f64 {
        let (mut sum, mut lost) = (0.0_f64, 0.0);
        for i in 0..self.p0.len() {
            let x = f(i);
            let next = sum + x;
            lost += if sum.abs() >= x.abs() { (sum - next) + x } else { (x - next) + sum };
            sum = next;
        }
        sum + lost
    }

    /// What fixed quantities cost in period 1 over what they cost in period 0.
    fn fixed(&self, quantity: impl Fn(usize) -> f64) -> f64 {
        self.over(|i| self.p1[i] * quantity(i)) / self.over(|i| self.p0[i] * quantity(i))
    }

    /// Weighted geometric mean of the price ratios.
    fn geometric(&self, weight: impl Fn(usize) -> f64) -> f64 {
        (self.over(|i| weight(i) * (self.p1[i] / self.p0[i]).ln()) / self.over(weight)).exp()
    }

    /// The pair with prices and quantities exchanged, for quantity indices. Reference weights stay.
    #[must_use]
    pub fn exchanged(self) -> Self {
        Self { p0: self.q0, p1: self.q1, q0: self.p0, q1: self.p1, reference: self.reference }
    }
}

/// `(a - b) / ln(a / b)`, `a` where both are equal, 0 where one is.
fn logarithmic_mean(a: f64, b: f64) -> f64 {
    let r = (a - b) / (a + b);
    let shrink = if r == 0.0 { 1.0 } else { r / r.atanh() };
    f64::midpoint(a, b) * shrink
}

#[cfg(test)]
#[path = "bilateral_tests.rs"]
mod tests;
