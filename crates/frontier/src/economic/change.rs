//! Change of economic efficiency between two periods.

use serde::{Deserialize, Serialize};

use super::Economic;

/// Change of economic efficiency and of its parts, one value per unit. Shares are divided, later by earlier, so that more
/// than 1 is progress; differences are subtracted, earlier less later, so that more than 0 is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EconomicChange {
    /// Economic efficiency.
    pub economic: Vec<f64>,
    /// Technical part.
    pub technical: Vec<f64>,
    /// Allocative part.
    pub allocative: Vec<f64>,
    /// Part of scale: profitability only.
    pub scale: Option<Vec<f64>>,
}

impl Economic {
    /// The change from this period to a `later` one of the same units in the same order, each measured against its own
    /// period. With `money` differences are amounts: what is lost less.
    pub fn change(&self, later: &Self, money: bool) -> EconomicChange {
        let count = self.state.len().min(later.state.len());
        let same: Vec<(usize, usize)> = (0..count).map(|u| (u, u)).collect();
        self.change_of(later, &same, money)
    }

    /// The same for given places, here and in `later`: panels in which units come and go.
    pub fn change_of(&self, later: &Self, places: &[(usize, usize)], money: bool) -> EconomicChange {
        let parts = |get: fn(&Self) -> &Vec<f64>| -> Vec<f64> {
            let amount = |e: &Self, u: usize| match &e.normalisation {
                Some(k) if money => k[u] * get(e)[u],
                _ => get(e)[u],
            };
            let share = self.normalisation.is_none();
            let change = |&(u, v): &(usize, usize)| {
                let (before, after) = (amount(self, u), amount(later, v));
                if share { after / before } else { before - after }
            };
            places.iter().map(change).collect()
        };
        let scale = self.scale.as_ref().zip(later.scale.as_ref());
        EconomicChange {
            economic: parts(|e| &e.economic),
            technical: parts(|e| &e.technical),
            allocative: parts(|e| &e.allocative),
            scale: scale.map(|(a, b)| places.iter().map(|&(u, v)| b[v] / a[u]).collect()),
        }
    }
}
