//! CRITIC weights and their variants.

use std::borrow::Cow;

use numerics::moments::{self, products};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    association::{correlation, distance_correlation, spearman},
    entropy::entropy,
    sample::{Taken, constants, known, shares},
};
use crate::order::mean_ranks;

/// How much two columns say the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Association {
    /// Pearson's `r`, signed: columns that run against each other conflict most (Diakoulaki et al. 1995).
    #[default]
    Pearson,
    /// `|r|`: a column turned round says nothing new.
    Absolute,
    /// Spearman's rank correlation, signed.
    Spearman,
    /// Distance correlation, in 0..1 and 0 for independence alone (D-CRITIC, Krishnan et al. 2021).
    Distance,
}

/// How much a column tells units apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Contrast {
    /// Standard deviation.
    #[default]
    StandardDeviation,
    /// `1 - E`, `E` the entropy of the column.
    Entropy,
    /// Coefficient of variation `s / |mean|`.
    Variation,
    /// `(1 - E) s / |mean|`: entropy times coefficient of variation.
    EntropyVariation,
}

/// Options of CRITIC weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CriticOptions {
    /// How much two columns say the same.
    pub association: Association,
    /// How much a column tells units apart.
    pub contrast: Contrast,
}

/// CRITIC weights over `rows` (Diakoulaki, Mavrotas and Papayannakis 1995, Computers & OR 22, 763-770):
/// `c_j = s_j sum_k(1 - r_jk)`, `w = c / sum c`, with signed Pearson correlations over the rows both columns have.
/// A constant column has weight 0 and is no partner of the others. Where no column conflicts with another, a single
/// one included, weights follow the spread alone; all 0 when nothing varies.
pub fn critic(columns: &[Vec<f64>], rows: &[usize]) -> Vec<f64> {
    critic_with(columns, rows, &CriticOptions::default()).weights
}

/// CRITIC weights with a named association and contrast; columns are min-max values for the published form.
pub fn critic_with(columns: &[Vec<f64>], rows: &[usize], options: &CriticOptions) -> Taken {
    let constant = constants(columns, rows);
    let mut varies = vec![true; columns.len()];
    constant.iter().for_each(|&j| varies[j] = false);
    let information = || entropy(columns, rows).entropy.into_iter().map(|e| 1.0 - e).collect::<Vec<f64>>();
    let deviation = |relative: bool| -> Vec<f64> {
        let of = |c: &Vec<f64>| {
            let xs = known(c, rows);
            let s = if xs.len() < 2 { 0.0 } else { moments::deviation(&xs, 1) };
            let m = if relative { moments::mean(&xs).abs() } else { 1.0 };
            if m > 0.0 { s / m } else { 0.0 }
        };
        columns.iter().map(of).collect()
    };
    let spread: Vec<f64> = match options.contrast {
        Contrast::StandardDeviation => deviation(false),
        Contrast::Entropy => information(),
        Contrast::Variation => deviation(true),
        Contrast::EntropyVariation => information().iter().zip(deviation(true)).map(|(e, v)| e * v).collect(),
    };
    let spread: Vec<f64> = spread.iter().zip(&varies).map(|(s, v)| if *v { *s } else { 0.0 }).collect();
    let n = columns.len();
    let mut conflict = vec![0.0; n];
    let whole = whole(columns, rows, &varies, options.association);
    for j in 0..n {
        for k in j + 1..n {
            if varies[j] && varies[k] {
                let (a, b) = (&columns[j], &columns[k]);
                let r = match (options.association, &whole) {
                    (Association::Absolute, Some(z)) => products(&z[j], &z[k]).abs(),
                    (_, Some(z)) => products(&z[j], &z[k]),
                    (Association::Pearson, None) => correlation(a, b, rows),
                    (Association::Absolute, None) => correlation(a, b, rows).abs(),
                    (Association::Spearman, None) => spearman(a, b, rows),
                    (Association::Distance, None) => distance_correlation(a, b, rows),
                };
                // Columns that agree up to rounding have no conflict; weights must not be made of what is left.
                let c = if r.is_nan() || 1.0 - r < 1e-12 { 0.0 } else { 1.0 - r };
                conflict[j] += c;
                conflict[k] += c;
            }
        }
    }
    let c: Vec<f64> = spread.iter().zip(&conflict).map(|(s, c)| s * c).collect();
    let weights = if c.iter().all(|x| *x <= 0.0) { shares(&spread) } else { shares(&c) };
    Taken { weights, constant }
}

/// Where no cell is missing: columns, or their ranks, less the mean and of length 1, whose products are correlations.
/// `None` with missing cells, with fewer than three rows and for distance correlations.
fn whole(columns: &[Vec<f64>], rows: &[usize], varies: &[bool], association: Association) -> Option<Vec<Vec<f64>>> {
    if rows.len() < 3 || association == Association::Distance {
        return None;
    }
    let unit = |(column, varies): (&Vec<f64>, &bool)| {
        if !varies {
            return Some(Vec::new());
        }
        let xs = known(column, rows);
        if xs.len() < rows.len() {
            return None;
        }
        let ranks = if association == Association::Spearman { Cow::Owned(mean_ranks(&xs)) } else { xs };
        let mean = moments::mean(&ranks);
        let mut z: Vec<f64> = ranks.iter().map(|x| x - mean).collect();
        let length = products(&z, &z).sqrt();
        z.iter_mut().for_each(|z| *z /= length);
        Some(z)
    };
    columns.iter().zip(varies).map(unit).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::weights::test_data::{agree, asem};

    #[test]
    fn absolute_correlations_of_the_asem_panel() {
        let Some(panel) = asem() else { return };
        let of = |association| {
            critic_with(&panel.columns, &panel.rows, &CriticOptions { association, ..CriticOptions::default() }).weights
        };
        panel.compare("critic_sd_signed", &of(Association::Pearson));
        panel.compare("critic_sd_abs", &of(Association::Absolute));
    }

    /// Three columns by hand: `b` is `a` turned round, `c` is uncorrelated with both.
    #[test]
    fn a_turned_column_conflicts_only_when_signs_count() {
        let columns = [vec![0.0, 0.0, 1.0, 1.0], vec![1.0, 1.0, 0.0, 0.0], vec![0.0, 1.0, 1.0, 0.0]];
        let of = |association| critic_with(&columns, &[0, 1, 2, 3], &CriticOptions { association, ..CriticOptions::default() });
        agree(&of(Association::Pearson).weights, &[3.0 / 8.0, 3.0 / 8.0, 2.0 / 8.0], 1e-15);
        agree(&of(Association::Spearman).weights, &[3.0 / 8.0, 3.0 / 8.0, 2.0 / 8.0], 1e-15);
        agree(&of(Association::Absolute).weights, &[0.25, 0.25, 0.5], 1e-15);
        agree(&of(Association::Distance).weights, &[0.25, 0.25, 0.5], 1e-12);
    }

    /// pymcdm and scikit-criteria turn all weights into NaN when one column is constant.
    #[test]
    fn a_constant_column_costs_the_others_nothing() {
        let two = vec![vec![0.0, 0.2, 1.0, 0.4], vec![1.0, 0.0, 0.5, 0.1]];
        let three = [two[0].clone(), vec![7.0; 4], two[1].clone()];
        for contrast in [Contrast::StandardDeviation, Contrast::Entropy, Contrast::Variation, Contrast::EntropyVariation] {
            for association in [Association::Pearson, Association::Absolute, Association::Spearman, Association::Distance] {
                let options = CriticOptions { association, contrast };
                let (a, b) = (critic_with(&two, &[0, 1, 2, 3], &options), critic_with(&three, &[0, 1, 2, 3], &options));
                assert_eq!(b.constant, [1]);
                assert_eq!((b.weights[0], b.weights[1], b.weights[2]), (a.weights[0], 0.0, a.weights[1]));
            }
        }
    }

    proptest! {
        #[test]
        fn weights_are_shares(c in prop::collection::vec(prop::collection::vec(0.0..1.0_f64, 6), 4), kind in 0..4_usize) {
            let association =
                [Association::Pearson, Association::Absolute, Association::Spearman, Association::Distance][kind];
            let w = critic_with(&c, &[0, 1, 2, 3, 4, 5], &CriticOptions { association, ..CriticOptions::default() }).weights;
            prop_assert!(w.iter().all(|w| *w >= 0.0));
            prop_assert!((w.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }
}
