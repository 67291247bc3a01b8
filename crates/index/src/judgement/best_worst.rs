//! Best-worst method, linear model.

use numerics::lp::{Cloud, Objective, Program, Row, Sense, Status};
use serde::{Deserialize, Serialize};

use super::{Judged, JudgementError, check_list, pairwise::LIMIT};

/// How far the best child is above the others, and the others above the worst, on a scale from 1 (equal) to 9.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BestWorst {
    /// Place of the best (most important) child.
    pub best: usize,
    /// Place of the worst (least important) child.
    pub worst: usize,
    /// `a_Bj`: how many times the best is as important as each child; 1 at the best itself.
    pub best_to_others: Vec<f64>,
    /// `a_jW`: how many times each child is as important as the worst; 1 at the worst itself.
    pub others_to_worst: Vec<f64>,
}

/// Weights of the best-worst method.
#[derive(Clone, Debug, PartialEq)]
pub struct BestWorstWeights {
    /// Summing to 1.
    pub weights: Vec<f64>,
    /// `xi`, the largest `|w_B - a_Bj w_j|` or `|w_j - a_jW w_W|`: 0 where the comparisons fit together.
    pub deviation: f64,
    /// Input-based consistency ratio (Liang, Brunelli and Rezaei 2020, Omega 96, 102175):
    /// `max_j |a_Bj a_jW - a_BW| / (a_BW² - a_BW)`, 0 where `a_BW` is 1.
    pub ratio: f64,
    /// The child whose two comparisons contradict each other most; `None` where none do.
    pub farthest: Option<usize>,
}

impl BestWorst {
    fn check(&self, children: usize) -> Vec<JudgementError> {
        const LISTS: [&str; 2] = ["best to others", "others to worst"];
        let mut errors = check_list(LISTS[0], &self.best_to_others, children);
        errors.extend(check_list(LISTS[1], &self.others_to_worst, children));
        if self.best >= children || self.worst >= children || self.best == self.worst {
            errors.push(JudgementError::BestWorst { best: self.best + 1, worst: self.worst + 1, children });
        }
        if !errors.is_empty() {
            return errors;
        }
        for (what, list, own) in [(LISTS[0], &self.best_to_others, self.best), (LISTS[1], &self.others_to_worst, self.worst)] {
            if list[own] != 1.0 {
                errors.push(JudgementError::Diagonal { what: format!("{what}, place {}", own + 1), value: list[own] });
            }
            for (k, &value) in list.iter().enumerate().filter(|(k, x)| *k != own && **x < 1.0) {
                errors.push(JudgementError::BelowOne { what: format!("{what}, place {}", k + 1), value });
            }
        }
        let (best_to_worst, worst_to_best) = (self.best_to_others[self.worst], self.others_to_worst[self.best]);
        if best_to_worst != worst_to_best {
            errors.push(JudgementError::Disagree { best_to_worst, worst_to_best });
        }
        errors
    }

    /// Solves the linear model (Rezaei 2016, Omega 64, 126-130):
    ///
    /// ```text
    /// min xi   subject to   |w_B - a_Bj w_j| <= xi,   |w_j - a_jW w_W| <= xi,   sum w = 1,   w >= 0
    /// ```
    ///
    /// # Errors
    /// Everything wrong with the lists.
    pub fn solve(&self, children: usize) -> Result<BestWorstWeights, Vec<JudgementError>> {
        let errors = self.check(children);
        if !errors.is_empty() {
            return Err(errors);
        }
        // Columns: the weights, then xi. Rows: every deviation in both signs, then the sum.
        let (mut matrix, mut rows) = (Vec::new(), Vec::new());
        let mut bound = |over: usize, under: usize, ratio: f64| {
            for sign in [1.0, -1.0] {
                let mut row = vec![0.0; children + 1];
                row[over] += sign;
                row[under] -= sign * ratio;
                row[children] = -1.0;
                matrix.push(row);
                rows.push(Row { sense: Sense::AtMost, rhs: 0.0 });
            }
        };
        for j in (0..children).filter(|j| *j != self.best) {
            bound(self.best, j, self.best_to_others[j]);
        }
        for j in (0..children).filter(|j| *j != self.worst && *j != self.best) {
            bound(j, self.worst, self.others_to_worst[j]);
        }
        let mut sum = vec![1.0; children + 1];
        sum[children] = 0.0;
        matrix.push(sum);
        rows.push(Row { sense: Sense::Equal, rhs: 1.0 });
        let mut cost = vec![0.0; children + 1];
        cost[children] = 1.0;
        let unsolved = || vec![JudgementError::Unsolved];
        let cloud = Cloud::new(matrix).map_err(|_| unsolved())?;
        let objectives = [Objective { cloud: cost, ..Objective::default() }];
        let program = Program { cloud: &cloud, extras: &[], rows: &rows, objectives: &objectives, start: None };
        let solution = program.solve().map_err(|_| unsolved())?;
        if solution.status != Status::Optimal {
            return Err(unsolved());
        }
        let mut weights = vec![0.0; children];
        for &(j, w) in solution.weights.iter().filter(|(j, _)| *j < children) {
            weights[j] = w;
        }
        let whole = self.best_to_others[self.worst];
        let gap = |j: usize| (self.best_to_others[j] * self.others_to_worst[j] - whole).abs();
        let farthest = (0..children)
            .filter(|j| *j != self.best && *j != self.worst)
            .fold(None, |far: Option<usize>, j| if gap(j) > far.map_or(0.0, gap) { Some(j) } else { far });
        let ratio = if whole > 1.0 { farthest.map_or(0.0, gap) / (whole * whole - whole) } else { 0.0 };
        Ok(BestWorstWeights { weights, deviation: solution.values[0].max(0.0), ratio, farthest })
    }

    pub(super) fn weigh(&self, children: usize) -> Result<Judged, Vec<JudgementError>> {
        let solved = self.solve(children)?;
        Ok(Judged {
            weights: solved.weights,
            ratio: Some(solved.ratio),
            limit: LIMIT,
            revisions: Vec::new(),
            members: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::weights::test_data::agree;

    fn case(best_to_others: [f64; 5], others_to_worst: [f64; 5]) -> BestWorst {
        BestWorst { best: 1, worst: 4, best_to_others: best_to_others.into(), others_to_worst: others_to_worst.into() }
    }

    /// Comparisons that fit together give the weights themselves, `others_to_worst / 19`; the others by an independent
    /// program (scipy).
    #[test]
    fn the_linear_model() {
        let fits = case([2.0, 1.0, 4.0, 2.0, 8.0], [4.0, 8.0, 2.0, 4.0, 1.0]).solve(5).unwrap();
        agree(&fits.weights, &[4.0, 8.0, 2.0, 4.0, 1.0].map(|x| x / 19.0), 1e-12);
        assert!(fits.deviation < 1e-12 && fits.ratio == 0.0 && fits.farthest.is_none());
        let off = case([2.0, 1.0, 4.0, 3.0, 8.0], [4.0, 8.0, 3.0, 2.0, 1.0]).solve(5).unwrap();
        agree(&off.weights, &[0.241_379, 0.448_276, 0.120_69, 0.137_931, 0.051_724], 5.1e-7);
        assert!((off.deviation - 0.034_483).abs() < 5.1e-7);
        // 4 · 3 is 12 where 8 would fit: |12 - 8| / (64 - 8).
        assert_eq!((off.ratio, off.farthest), (4.0 / 56.0, Some(2)));
    }

    #[test]
    fn what_is_no_comparison_is_named_all_at_once() {
        let bad = case([2.0, 2.0, 0.5, 3.0, 8.0], [4.0, 7.0, 3.0, 2.0, 1.0]).solve(5).unwrap_err();
        assert_eq!(bad.len(), 3, "{bad:?}");
        let same = BestWorst { best: 0, worst: 0, best_to_others: vec![1.0], others_to_worst: vec![1.0, 2.0] };
        assert_eq!(same.solve(2).unwrap_err().len(), 2);
    }

    proptest! {
        #[test]
        fn consistent_comparisons_give_back_their_weights(raw in prop::collection::vec(1.0..9.0_f64, 2..8)) {
            let (mut best, mut worst) = (0, 0);
            for j in 0..raw.len() {
                if raw[j] > raw[best] { best = j; }
                if raw[j] <= raw[worst] { worst = j; }
            }
            prop_assume!(best != worst && raw[best] / raw[worst] > 1.0);
            let ratio = |a: f64, b: f64| (a / b).max(1.0);
            let b = BestWorst {
                best,
                worst,
                best_to_others: raw.iter().map(|x| ratio(raw[best], *x)).collect(),
                others_to_worst: raw.iter().map(|x| ratio(*x, raw[worst])).collect(),
            };
            let total: f64 = raw.iter().sum();
            let solved = b.solve(raw.len()).unwrap();
            for (w, x) in solved.weights.iter().zip(&raw) {
                prop_assert!((w - x / total).abs() < 1e-9);
            }
        }
    }
}
