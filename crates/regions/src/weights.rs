//! Spatial weights: which units are neighbours, and how much each counts.
//!
//! `W` is stored in compressed sparse rows with columns in ascending order. Its diagonal is zero. A
//! unit without neighbours (an island) keeps a row of zeros.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How neighbours are weighted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    /// `w_ij = 1/k_i` over the `k_i` neighbours of unit i: the lag is the mean of the neighbours.
    #[default]
    RowStandardised,
    /// `w_ij = 1`: the lag is the sum over the neighbours.
    Binary,
}

/// A symmetric neighbourhood with weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    style: Style,
    offsets: Vec<usize>,
    columns: Vec<usize>,
}

/// A pair of neighbours that cannot stand in a weights matrix. Pairs count from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PairError {
    /// The pair names a unit beyond the last.
    #[error("pair {pair} names unit {unit}, but there are {units}")]
    OutOfRange {
        /// Pair.
        pair: usize,
        /// Unit it names.
        unit: usize,
        /// Number of units.
        units: usize,
    },
    /// A unit stands beside itself.
    #[error("pair {pair} makes unit {unit} its own neighbour")]
    Itself {
        /// Pair.
        pair: usize,
        /// The unit.
        unit: usize,
    },
}

impl Weights {
    /// Weights of `units` units from pairs of neighbours. A pair counts in both directions; repeating it changes nothing.
    ///
    /// # Errors
    /// Every pair that is out of range or names one unit twice.
    pub fn from_pairs(units: usize, pairs: &[(usize, usize)], style: Style) -> Result<Self, Vec<PairError>> {
        let mut rows: Vec<Vec<usize>> = vec![Vec::new(); units];
        let mut errors = Vec::new();
        for (pair, &(a, b)) in pairs.iter().enumerate() {
            if let Some(&unit) = [a, b].iter().find(|&&u| u >= units) {
                errors.push(PairError::OutOfRange { pair, unit, units });
            } else if a == b {
                errors.push(PairError::Itself { pair, unit: a });
            } else {
                rows[a].push(b);
                rows[b].push(a);
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let mut weights = Self { style, offsets: vec![0], columns: Vec::new() };
        for mut row in rows {
            row.sort_unstable();
            row.dedup();
            weights.columns.extend(row);
            weights.offsets.push(weights.columns.len());
        }
        Ok(weights)
    }

    /// Number of units.
    pub fn units(&self) -> usize {
        self.offsets.len() - 1
    }

    /// How neighbours are weighted.
    pub fn style(&self) -> Style {
        self.style
    }

    /// Neighbours of a unit in ascending order.
    pub fn neighbours(&self, unit: usize) -> &[usize] {
        &self.columns[self.offsets[unit]..self.offsets[unit + 1]]
    }

    /// Weight of each neighbour of a unit; 0 for an island.
    pub fn weight(&self, unit: usize) -> f64 {
        match (self.neighbours(unit).len(), self.style) {
            (0, _) => 0.0,
            (_, Style::Binary) => 1.0,
            (k, Style::RowStandardised) => 1.0 / k as f64,
        }
    }

    /// Units without neighbours.
    pub fn islands(&self) -> Vec<usize> {
        (0..self.units()).filter(|&i| self.neighbours(i).is_empty()).collect()
    }

    /// Spatial lag `W x`.
    pub fn lag(&self, x: &[f64]) -> Vec<f64> {
        (0..self.units()).map(|i| self.weight(i) * self.neighbours(i).iter().map(|&j| x[j]).sum::<f64>()).collect()
    }

    /// The neighbourhood of the units kept, numbered anew and standardised over what remains.
    #[must_use]
    pub fn restrict(&self, keep: &[bool]) -> Self {
        let mut number = vec![0; self.units()];
        for (new, (old, _)) in keep.iter().enumerate().filter(|(_, k)| **k).enumerate() {
            number[old] = new;
        }
        let mut kept = Self { style: self.style, offsets: vec![0], columns: Vec::new() };
        for i in (0..self.units()).filter(|&i| keep[i]) {
            kept.columns.extend(self.neighbours(i).iter().filter(|&&j| keep[j]).map(|&j| number[j]));
            kept.offsets.push(kept.columns.len());
        }
        kept
    }

    /// The sums that the moments of Moran's I need (Cliff & Ord 1981): `S0 = Σ w_ij`,
    /// `S1 = ½ Σ (w_ij + w_ji)²`, `S2 = Σ_i (w_i. + w_.i)²`.
    pub fn sums(&self) -> (f64, f64, f64) {
        let (mut s0, mut s1, mut s2) = (0.0, 0.0, 0.0);
        for i in 0..self.units() {
            let own = self.weight(i);
            let (mut row, mut column) = (0.0, 0.0);
            for &j in self.neighbours(i) {
                let back = self.weight(j);
                row += own;
                column += back;
                s1 += 0.5 * (own + back) * (own + back);
            }
            s0 += row;
            s2 += (row + column) * (row + column);
        }
        (s0, s1, s2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_make_a_symmetric_matrix_whatever_their_order() {
        let w = Weights::from_pairs(4, &[(0, 1), (2, 1)], Style::RowStandardised).unwrap();
        assert_eq!(w, Weights::from_pairs(4, &[(1, 2), (1, 0), (0, 1)], Style::RowStandardised).unwrap());
        assert_eq!(w.neighbours(1), [0, 2]);
        assert_eq!(w.lag(&[1.0, 5.0, 3.0, 9.0]), [5.0, 2.0, 5.0, 0.0]);
        assert_eq!(w.islands(), [3]);
        assert_eq!(w.sums().0, 3.0);
    }

    #[test]
    fn every_bad_pair_is_named() {
        let errors = Weights::from_pairs(2, &[(0, 0), (0, 1), (1, 2)], Style::Binary).unwrap_err();
        assert_eq!(errors, [PairError::Itself { pair: 0, unit: 0 }, PairError::OutOfRange { pair: 2, unit: 2, units: 2 }]);
    }

    #[test]
    fn dropping_a_unit_standardises_over_what_remains() {
        let w = Weights::from_pairs(4, &[(0, 1), (1, 2), (2, 3)], Style::RowStandardised).unwrap();
        let kept = w.restrict(&[true, true, false, true]);
        assert_eq!(kept, Weights::from_pairs(3, &[(0, 1)], Style::RowStandardised).unwrap());
        assert_eq!(kept.weight(1), 1.0);
    }
}
