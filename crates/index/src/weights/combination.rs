//! Several sets of weights made one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{removal::solve, sample::shares};

/// How sets of weights `w_k` become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// `sum_k a_k w_k`, `a` the shares of the sets.
    #[default]
    Linear,
    /// `w_1j w_2j ... / sum`: what one set calls unimportant stays so.
    Multiplicative,
    /// `sqrt(w_1j w_2j) / sum`, the geometric mean for any number of sets.
    Geometric,
    /// Game theory: the linear combination nearest to all sets, `sum_k a_k (w_i . w_k) = w_i . w_i`, `a` scaled to sum 1.
    Game,
}

/// What is combined, and how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Combination {
    /// The weightings combined, two or more; `combination` itself is none of them.
    pub of: Vec<crate::recipe::Weighting>,
    /// How they become one.
    pub rule: Rule,
    /// Share of each under `linear`, scaled to sum 1; equal where empty.
    pub shares: Vec<f64>,
}

impl Combination {
    /// What is wrong with it, one sentence each.
    pub fn problems(&self) -> Vec<String> {
        use crate::recipe::Weighting;
        let mut out = Vec::new();
        if self.of.len() < 2 {
            out.push(format!("combination weights are made of {} weightings; name two or more in `of`", self.of.len()));
        }
        if self.of.contains(&Weighting::Combination) {
            out.push("a combination cannot be a part of itself".to_owned());
        }
        if !self.shares.is_empty() && self.rule != Rule::Linear {
            out.push("`shares` are given, but only the linear rule has shares".to_owned());
        }
        if !self.shares.is_empty() && self.shares.len() != self.of.len() {
            out.push(format!("{} shares are given for {} weightings", self.shares.len(), self.of.len()));
        }
        let bad = |x: &f64| !(x.is_finite() && *x >= 0.0);
        if self.shares.iter().any(bad) || (!self.shares.is_empty() && self.shares.iter().all(|x| *x == 0.0)) {
            out.push("the shares must be numbers of at least 0, not all 0".to_owned());
        }
        out
    }
}

/// How a combination came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combining {
    /// As asked.
    AsAsked,
    /// The game has a negative coefficient: one set lies beyond the others. Equal shares were taken.
    NegativeCoefficient,
    /// The sets are one and the same, or depend on each other: the game has no single solution. Equal shares were taken.
    Dependent,
    /// Every product is 0: no column has weight in all sets. The linear combination with equal shares was taken.
    Disjoint,
}

/// One set of weights made of several.
#[derive(Clone, Debug, PartialEq)]
pub struct Combined {
    /// Summing to 1.
    pub weights: Vec<f64>,
    /// Coefficient of each set, summing to 1; empty for products.
    pub coefficients: Vec<f64>,
    /// The coefficients the game asked for, where they could not be taken.
    pub refused: Vec<f64>,
    /// How it came about.
    pub status: Combining,
}

/// Combines sets of weights, each at least 0 and summing to 1. `given` are the shares of a linear combination (equal
/// where empty). `None` where there is no set, or where sets differ in length.
pub fn combine(sets: &[Vec<f64>], rule: Rule, given: &[f64]) -> Option<Combined> {
    let n = sets.first()?.len();
    if sets.iter().any(|s| s.len() != n) || !(given.is_empty() || given.len() == sets.len()) {
        return None;
    }
    let equal = vec![1.0 / sets.len() as f64; sets.len()];
    let linear = |coefficients: Vec<f64>, refused: Vec<f64>, status| {
        let sum = |j: usize| sets.iter().zip(&coefficients).map(|(s, a)| a * s[j]).sum();
        Combined { weights: (0..n).map(sum).collect(), coefficients, refused, status }
    };
    Some(match rule {
        Rule::Linear => linear(if given.is_empty() { equal } else { shares(given) }, Vec::new(), Combining::AsAsked),
        Rule::Multiplicative | Rule::Geometric => {
            let power = if rule == Rule::Geometric { 1.0 / sets.len() as f64 } else { 1.0 };
            let product = |j: usize| sets.iter().map(|s| s[j]).product::<f64>().powf(power);
            let weights = shares(&(0..n).map(product).collect::<Vec<_>>());
            if weights.iter().all(|w| *w == 0.0) {
                linear(equal, Vec::new(), Combining::Disjoint)
            } else {
                Combined { weights, coefficients: Vec::new(), refused: Vec::new(), status: Combining::AsAsked }
            }
        }
        Rule::Game => {
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
            let mut system: Vec<Vec<f64>> =
                sets.iter().map(|a| sets.iter().map(|b| dot(a, b)).chain([dot(a, a)]).collect()).collect();
            match solve(&mut system) {
                None => linear(equal, Vec::new(), Combining::Dependent),
                Some(raw) => {
                    let total: f64 = raw.iter().sum();
                    let a: Vec<f64> = raw.iter().map(|x| x / total).collect();
                    if a.iter().all(|x| x.is_finite() && *x >= 0.0) {
                        linear(a, Vec::new(), Combining::AsAsked)
                    } else {
                        linear(equal, a, Combining::NegativeCoefficient)
                    }
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::weights::test_data::agree;

    /// Printed in the documentation of mathmodels 0.0.11, 7 decimals.
    #[test]
    fn two_sets() {
        let sets = [vec![0.4, 0.3, 0.2, 0.1], vec![0.25, 0.2, 0.3, 0.25]];
        let of = |rule, given: &[f64]| combine(&sets, rule, given).unwrap().weights;
        agree(&of(Rule::Linear, &[0.6, 0.4]), &[0.34, 0.26, 0.24, 0.16], 1e-15);
        agree(&of(Rule::Multiplicative, &[]), &[0.408_163_3, 0.244_898, 0.244_898, 0.102_040_8], 5.1e-8);
        agree(&of(Rule::Geometric, &[]), &[0.327_955_6, 0.254_033_3, 0.254_033_3, 0.163_977_8], 5.1e-8);
        agree(&of(Rule::Game, &[]), &[0.373_568_3, 0.282_378_9, 0.217_621_1, 0.126_431_7], 5.1e-8);
    }

    #[test]
    fn what_the_game_cannot_do_is_told() {
        let same = [vec![0.5, 0.5], vec![0.5, 0.5]];
        let c = combine(&same, Rule::Game, &[]).unwrap();
        assert_eq!((c.status, c.weights), (Combining::Dependent, vec![0.5, 0.5]));
        // The flat set lies between: its coefficient would be negative.
        let beyond = [vec![0.9, 0.1, 0.0], vec![0.5, 0.3, 0.2]];
        let c = combine(&beyond, Rule::Game, &[]).unwrap();
        assert_eq!((c.status, c.coefficients), (Combining::NegativeCoefficient, vec![0.5, 0.5]));
        assert!(c.refused.iter().any(|a| *a < 0.0));
        let apart = [vec![1.0, 0.0], vec![0.0, 1.0]];
        let c = combine(&apart, Rule::Multiplicative, &[]).unwrap();
        assert_eq!((c.status, c.weights), (Combining::Disjoint, vec![0.5, 0.5]));
        assert_eq!(combine(&[], Rule::Linear, &[]), None);
        assert_eq!(combine(&apart, Rule::Linear, &[1.0]), None);
    }

    proptest! {
        #[test]
        fn combinations_are_weights(raw in prop::collection::vec(prop::collection::vec(0.01..1.0_f64, 5), 2..4), k in 0..4_usize) {
            let sets: Vec<Vec<f64>> = raw.iter().map(|r| shares(r)).collect();
            let rule = [Rule::Linear, Rule::Multiplicative, Rule::Geometric, Rule::Game][k];
            let c = combine(&sets, rule, &[]).unwrap();
            prop_assert!((c.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            prop_assert!(c.weights.iter().all(|w| *w >= 0.0));
            // A set combined with itself stays what it is, but for the product.
            let twice = combine(&[sets[0].clone(), sets[0].clone()], if rule == Rule::Multiplicative { Rule::Geometric } else { rule }, &[]);
            for (a, b) in twice.unwrap().weights.iter().zip(&sets[0]) {
                prop_assert!((a - b).abs() < 1e-9);
            }
        }
    }
}
