//! Deck of cards: Simos' procedure as revised by Figueira and Roy.

use serde::{Deserialize, Serialize};

use super::{Judged, JudgementError};

/// Cards laid from the least to the most important, with blank cards between them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cards {
    /// Places of the children on each card, the least important first; children of one card weigh the same.
    pub cards: Vec<Vec<usize>>,
    /// Blank cards between a card and the next; all 0 where empty.
    pub blanks: Vec<u32>,
    /// How many times the most important is as important as the least.
    pub ratio: f64,
}

impl Cards {
    /// Weights (Figueira and Roy 2002, European Journal of Operational Research 139, 317-326): with `e_r` blank cards
    /// after card r, card r stands at `k(r) = 1 + (z - 1) sum_{l<r} (e_l + 1) / sum_l (e_l + 1)`, `z` the ratio, and a
    /// child weighs `k / sum k` over children. Weights are not rounded to one decimal as in the paper.
    pub(super) fn weigh(&self, children: usize) -> Result<Judged, Vec<JudgementError>> {
        if self.cards.is_empty() || children == 0 {
            return Err(vec![JudgementError::Empty]);
        }
        let mut errors = Vec::new();
        let named = self.cards.iter().flatten();
        errors.extend(named.clone().filter(|j| **j >= children).map(|j| JudgementError::NoChild { child: j + 1, children }));
        for child in 0..children {
            let times = named.clone().filter(|j| **j == child).count();
            if times != 1 {
                errors.push(JudgementError::Card { child: child + 1, times });
            }
        }
        let gaps = self.cards.len() - 1;
        if !self.blanks.is_empty() && self.blanks.len() != gaps {
            let what = "the list of blank cards (one entry between two cards each)".to_owned();
            errors.push(JudgementError::Size { what, found: self.blanks.len(), expected: gaps });
        }
        if !self.ratio.is_finite() || self.ratio < 1.0 || (gaps > 0 && self.ratio == 1.0) {
            errors.push(JudgementError::Ratio(self.ratio));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let steps: Vec<f64> = (0..gaps).map(|g| f64::from(self.blanks.get(g).copied().unwrap_or(0)) + 1.0).collect();
        let all: f64 = steps.iter().sum();
        let mut weights = vec![0.0; children];
        let mut below = 0.0;
        for (r, card) in self.cards.iter().enumerate() {
            let at = if gaps == 0 { 1.0 } else { 1.0 + (self.ratio - 1.0) * below / all };
            card.iter().for_each(|&j| weights[j] = at);
            below += steps.get(r).copied().unwrap_or(0.0);
        }
        let total: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|w| *w /= total);
        Ok(Judged { weights, ratio: None, limit: 0.0, revisions: Vec::new(), members: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::test_data::agree;

    /// By hand: two blanks then none, ratio 5: cards at 1, 1 + 4 · 3/4 = 4, 5; the middle card twice.
    #[test]
    fn blanks_widen_the_gap() {
        let c = Cards { cards: vec![vec![2], vec![0, 3], vec![1]], blanks: vec![2, 0], ratio: 5.0 };
        agree(&c.weigh(4).unwrap().weights, &[4.0 / 14.0, 5.0 / 14.0, 1.0 / 14.0, 4.0 / 14.0], 1e-15);
        let one = Cards { cards: vec![vec![1, 0]], blanks: vec![], ratio: 1.0 };
        agree(&one.weigh(2).unwrap().weights, &[0.5, 0.5], 0.0);
    }

    #[test]
    fn what_is_no_deck_is_named_all_at_once() {
        let c = Cards { cards: vec![vec![0, 5], vec![0]], blanks: vec![1, 1], ratio: 1.0 };
        let errors = c.weigh(2).unwrap_err();
        assert_eq!(errors.len(), 5, "{errors:?}");
        assert_eq!(errors[1], JudgementError::Card { child: 1, times: 2 });
    }
}
