//! Entropy weights, with the ways of treating zeros and the wrong constant that are met.

use numerics::moments;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::sample::{TakenError, known, negative, shares};

/// Entropies of columns and the weights that follow.
#[derive(Clone, Debug, PartialEq)]
pub struct Entropy {
    /// `E_j`, 1 where a column does not discriminate at all.
    pub entropy: Vec<f64>,
    /// `w_j = (1 - E_j) / sum(1 - E)`; all 0 when no column discriminates.
    pub weights: Vec<f64>,
}

/// What happens to zeros before logarithms are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Zeros {
    /// `0 ln 0 = 0`, which is the limit: nothing is changed.
    #[default]
    Exact,
    /// `x + shift` in every cell, as much code does with 0.0001, 0.01 or 1.
    Shift,
    /// `low + (high - low) x` in every cell, such as `0.01 + 0.98 x` ("interval" scaling of web tools).
    Stretch,
    /// `x + |min| + shift` in columns whose smallest value is not above 0, others unchanged, as SPSSAU does with 0.01.
    ShiftToPositive,
}

/// Options of entropy weights.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EntropyOptions {
    /// What happens to zeros.
    pub zeros: Zeros,
    /// What is added under `shift` and `shift-to-positive`.
    pub shift: f64,
    /// Where 0 goes under `stretch`.
    pub low: f64,
    /// Where 1 goes under `stretch`.
    pub high: f64,
}

impl Default for EntropyOptions {
    fn default() -> Self {
        Self { zeros: Zeros::Exact, shift: 0.01, low: 0.01, high: 0.99 }
    }
}

impl EntropyOptions {
    /// What is wrong with the numbers, one sentence each.
    pub fn problems(&self) -> Vec<String> {
        let mut out = Vec::new();
        if !(self.shift.is_finite() && self.shift > 0.0) {
            out.push(format!("the shift {} is not above 0", self.shift));
        }
        if !(self.low >= 0.0 && self.low < self.high && self.high <= 1.0) {
            out.push(format!("low {} and high {} are not 0 <= low < high <= 1", self.low, self.high));
        }
        out
    }

    /// The columns as entropies see them.
    fn treat(&self, columns: &[Vec<f64>], rows: &[usize]) -> Vec<Vec<f64>> {
        let each = |c: &Vec<f64>, f: &dyn Fn(f64) -> f64| c.iter().map(|&x| f(x)).collect();
        let Self { shift, low, high, .. } = *self;
        columns
            .iter()
            .map(|c| match self.zeros {
                Zeros::Exact => c.clone(),
                Zeros::Shift => each(c, &|x| x + shift),
                Zeros::Stretch => each(c, &|x| low + (high - low) * x),
                Zeros::ShiftToPositive => {
                    let least = moments::extremes(&known(c, rows)).0;
                    if least > 0.0 { c.clone() } else { each(c, &|x| x - least + shift) }
                }
            })
            .collect()
    }
}

/// Entropy weights of non-negative columns over `rows`: `p = x / sum x`, `E = -sum(p ln p) / ln m` with `m` the
/// number of terms in that very sum (`0 ln 0 = 0`), so that `0 <= E <= 1` whatever the shape of the panel.
/// `NaN` cells are no terms. A column that sums to 0 has `E = 1`.
pub fn entropy(columns: &[Vec<f64>], rows: &[usize]) -> Entropy {
    let e: Vec<f64> = columns
        .iter()
        .map(|c| {
            let (sum, terms) = shannon(c, rows);
            if terms < 2 || sum.is_nan() {
                return 1.0;
            }
            let e = sum / (terms as f64).ln();
            // An even distribution gives 1 up to rounding.
            if (1.0 - e).abs() < 1e-13 { 1.0 } else { e }
        })
        .collect();
    let d: Vec<f64> = e.iter().map(|e| 1.0 - e).collect();
    Entropy { entropy: e, weights: shares(&d) }
}

/// Entropy weights with a named treatment of zeros. Columns are min-max values, as in most studies, or indicators in
/// their own units (raw shares, as in much of decision analysis), whose directions then play no part: the two give
/// different weights.
///
/// # Errors
/// Values below 0 after the treatment, the first of each column.
pub fn entropy_with(columns: &[Vec<f64>], rows: &[usize], options: &EntropyOptions) -> Result<Entropy, Vec<TakenError>> {
    let treated = options.treat(columns, rows);
    let errors = negative(&treated, rows);
    if errors.is_empty() { Ok(entropy(&treated, rows)) } else { Err(errors) }
}

/// `-sum(p ln p)` and its number of terms; `NaN` where there are no shares.
fn shannon(column: &[f64], rows: &[usize]) -> (f64, usize) {
    let xs = known(column, rows);
    let total = moments::sum(&xs);
    if total <= 0.0 {
        return (f64::NAN, xs.len());
    }
    let terms: Vec<f64> = xs.iter().map(|x| x / total).map(|p| if p > 0.0 { p * p.ln() } else { 0.0 }).collect();
    (-moments::sum(&terms), xs.len())
}

/// What circulating panel code prints, and what it should have.
#[derive(Clone, Debug, PartialEq)]
pub struct PerUnitConstant {
    /// With `1 / ln T`: entropies beyond 1, and every weight turned round.
    pub printed: Entropy,
    /// With `1 / ln m`, `m` the number of terms summed.
    pub correct: Entropy,
}

/// Reproduces, for comparison only, Stata code for panels that counts years by unit (`by id: egen m = count(year)`)
/// and divides sums over all rows by `ln T`, `T` the number of periods. Entropies then exceed 1, all `1 - E` are
/// negative, their signs cancel in the shares, and the columns that discriminate least weigh most.
pub fn reproduce_per_unit(columns: &[Vec<f64>], rows: &[usize], periods: usize) -> PerUnitConstant {
    let e: Vec<f64> = columns.iter().map(|c| shannon(c, rows).0 / (periods as f64).ln()).collect();
    let d: Vec<f64> = e.iter().map(|e| 1.0 - e).collect();
    let total = moments::sum(&d);
    let weights = d.iter().map(|d| d / total).collect();
    PerUnitConstant { printed: Entropy { entropy: e, weights }, correct: entropy(columns, rows) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::weights::test_data::asem;

    #[test]
    fn variants_of_the_asem_panel() {
        let Some(panel) = asem() else { return };
        let stretch = EntropyOptions { zeros: Zeros::Stretch, low: 0.002, high: 0.998, ..EntropyOptions::default() };
        let shift = |shift| EntropyOptions { zeros: Zeros::Shift, shift, ..EntropyOptions::default() };
        let cases = [
            ("pooled_0log0", EntropyOptions::default()),
            ("pooled_shift_1e-4", shift(1e-4)),
            ("pooled_shift_0.01", shift(0.01)),
            ("pooled_shift_1", shift(1.0)),
            ("pooled_epsclip_0.002_0.998", stretch),
        ];
        for (name, options) in cases {
            panel.compare(name, &entropy_with(&panel.columns, &panel.rows, &options).unwrap().weights);
        }
    }

    #[test]
    fn the_constant_of_one_unit_turns_every_weight_round() {
        let Some(panel) = asem() else { return };
        let both = reproduce_per_unit(&panel.columns, &panel.rows, 5);
        panel.compare("WRONG_lnT", &both.printed.weights);
        panel.compare("pooled_0log0", &both.correct.weights);
        assert!(both.printed.entropy.iter().all(|e| (3.0..3.5).contains(e)));
        let order = |w: &[f64]| {
            let mut o: Vec<usize> = (0..w.len()).collect();
            o.sort_by(|&a, &b| w[a].total_cmp(&w[b]));
            o
        };
        let turned: Vec<usize> = order(&both.printed.weights).into_iter().rev().collect();
        assert_eq!(turned, order(&both.correct.weights));
    }

    /// pymcdm refuses a column with a zero, scikit-criteria answers `[nan, 0, 0]` to a negative value.
    #[test]
    fn zeros_are_values_and_negatives_are_named() {
        let rows = [0, 1, 2];
        let w = entropy(&[vec![0.0, 0.5, 1.0], vec![0.0, 0.0, 1.0]], &rows);
        assert!((w.entropy[0] - (1.5_f64.ln() / 1.5 + 3.0_f64.ln() / 3.0) / 3.0_f64.ln()).abs() < 1e-15);
        assert_eq!(w.entropy[1], 0.0);
        let bad = [vec![-1.0, 0.5, 1.0], vec![1.0, 2.0, 4.0]];
        assert_eq!(
            entropy_with(&bad, &rows, &EntropyOptions::default()),
            Err(vec![TakenError::Negative { column: 0, row: 0, value: -1.0 }])
        );
        let moved = EntropyOptions { zeros: Zeros::ShiftToPositive, ..EntropyOptions::default() };
        let by_hand = entropy(&[vec![0.01, 1.51, 2.01], vec![1.0, 2.0, 4.0]], &rows);
        for (a, b) in entropy_with(&bad, &rows, &moved).unwrap().weights.iter().zip(&by_hand.weights) {
            assert!((a - b).abs() < 1e-14);
        }
    }

    proptest! {
        #[test]
        fn within_its_range_and_blind_to_units(c in prop::collection::vec(prop::collection::vec(0.0..9.0_f64, 7), 3), k in 0.1..99.0_f64) {
            let rows: Vec<usize> = (0..7).collect();
            let a = entropy(&c, &rows);
            prop_assert!(a.entropy.iter().all(|e| (0.0..=1.0).contains(e)));
            prop_assert!((a.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let scaled: Vec<Vec<f64>> = c.iter().map(|c| c.iter().map(|x| k * x).collect()).collect();
            for (x, y) in a.weights.iter().zip(&entropy(&scaled, &rows).weights) {
                prop_assert!((x - y).abs() < 1e-10);
            }
        }
    }
}
