//! Flat weights of indicators taken from the data of some rows, over all indicators or within dimensions.

use super::{
    Basis, WeightNote, components, critic, dispersion, entropy, removal,
    sample::{Taken, TakenError, constants},
    scatter,
};
use crate::{
    error::IndexError,
    framework::{Direction, Tree},
    recipe::{Reach, Recipe, Weighting},
};

/// What is gathered while sets of weights are taken.
#[derive(Default)]
pub(super) struct Sets {
    /// `entropies[set][indicator]`.
    pub entropies: Vec<Vec<f64>>,
    /// Notes of all sets.
    pub notes: Vec<WeightNote>,
}

impl Sets {
    /// One set of entropies, the mean of all.
    pub fn average(&mut self) {
        if !self.entropies.is_empty() {
            self.entropies = vec![super::mean(&self.entropies)];
        }
    }
}

/// Flat weights of the indicators: over all of them, or within each lowest dimension (each then sums to 1).
pub(super) fn leaf_weights(
    tree: &Tree<'_>,
    from: Basis<'_>,
    rows: &[usize],
    recipe: &Recipe,
    sets: &mut Sets,
) -> Result<Vec<f64>, Vec<IndexError>> {
    let columns = if recipe.weights.is_in_own_units() { from.own } else { from.min_max };
    let mut weights = vec![0.0; columns.len()];
    let mut entropies = vec![1.0; columns.len()];
    let mut errors = Vec::new();
    // Over all indicators the root is the one group; within dimensions, every node that holds indicators.
    let groups = tree.nodes.iter().enumerate().filter(|(n, node)| match recipe.reach {
        Reach::Global => *n == 0,
        Reach::Within => !node.node.indicators.is_empty(),
    });
    for branch in groups.map(|(_, branch)| branch) {
        let g = branch.leaves.clone();
        let group = Group { tree, first: g.start, columns: &columns[g.clone()], rows, node: &branch.node.id };
        match group.take(recipe, &mut entropies[g.clone()], &mut sets.notes) {
            Ok(w) => weights[g].copy_from_slice(&w),
            Err(e) => errors.extend(e),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    if weights.iter().all(|w| *w <= 0.0) {
        return Err(vec![IndexError::NothingVaries]);
    }
    if recipe.weights == Weighting::Entropy {
        sets.entropies.push(entropies);
    }
    Ok(weights)
}

/// Indicators that share out weight among themselves.
struct Group<'a> {
    tree: &'a Tree<'a>,
    first: usize,
    columns: &'a [Vec<f64>],
    rows: &'a [usize],
    node: &'a str,
}

impl Group<'_> {
    fn id(&self, column: usize) -> String {
        self.tree.leaves[self.first + column].id.clone()
    }

    fn take(&self, recipe: &Recipe, entropies: &mut [f64], notes: &mut Vec<WeightNote>) -> Result<Vec<f64>, Vec<IndexError>> {
        let (columns, rows) = (self.columns, self.rows);
        let ratio = |taken: Result<Taken, Vec<TakenError>>| {
            let named = |e: &TakenError| IndexError::NegativeRatio { indicator: self.id(e.column()) };
            taken.map(|t| t.weights).map_err(|errors| errors.iter().map(named).collect())
        };
        match recipe.weights {
            Weighting::Equal | Weighting::Manual | Weighting::Importance | Weighting::Combination => Ok(vec![0.0; columns.len()]),
            Weighting::Entropy => self.entropy(&recipe.entropy, entropies),
            Weighting::Critic => Ok(critic::critic_with(columns, rows, &recipe.critic).weights),
            Weighting::Variation => ratio(dispersion::variation(columns, rows)),
            Weighting::Gini => ratio(dispersion::gini(columns, rows)),
            Weighting::Merec => self.removal("MEREC", removal::merec),
            Weighting::Cilos => self.removal("CILOS", removal::cilos),
            Weighting::Idocriw => self.removal("IDOCRIW", removal::idocriw),
            Weighting::StandardDeviation => Ok(dispersion::standard_deviation(columns, rows).weights),
            Weighting::PrincipalComponents => self.components(&recipe.components, notes),
            Weighting::ScatterDegree => {
                let s = scatter::scatter_degree(columns, rows);
                if !s.at_bound.is_empty() {
                    notes.push(WeightNote::AtBound { indicators: s.at_bound.iter().map(|j| self.first + j).collect() });
                }
                Ok(s.weights)
            }
        }
    }

    fn removal(&self, weights: &'static str, weigh: removal::Weigh) -> Result<Vec<f64>, Vec<IndexError>> {
        let directions: Vec<Direction> = (0..self.columns.len()).map(|k| self.tree.leaves[self.first + k].direction).collect();
        let named = |e: &TakenError| {
            let indicator = self.id(e.column());
            match *e {
                TakenError::Negative { value, .. } | TakenError::NotPositive { value, .. } => {
                    IndexError::WeightsNotPositive { indicator, value, weights }
                }
                TakenError::Ideal { .. } => IndexError::WeightsIdeal { indicator, weights },
            }
        };
        let taken = weigh(self.columns, self.rows, &directions).map_err(|errors| errors.iter().map(named).collect::<Vec<_>>())?;
        Ok(taken.weights)
    }

    fn entropy(&self, options: &entropy::EntropyOptions, entropies: &mut [f64]) -> Result<Vec<f64>, Vec<IndexError>> {
        let negative = |e: &TakenError| IndexError::NegativeEntropy { indicator: self.id(e.column()) };
        let taken = entropy::entropy_with(self.columns, self.rows, options)
            .map_err(|errors| errors.iter().map(negative).collect::<Vec<_>>())?;
        let outside = (0..taken.entropy.len()).filter(|&j| !(-1e-12..=1.0 + 1e-12).contains(&taken.entropy[j]));
        let errors: Vec<IndexError> =
            outside.map(|j| IndexError::EntropyRange { indicator: self.id(j), entropy: taken.entropy[j] }).collect();
        entropies.copy_from_slice(&taken.entropy);
        if errors.is_empty() { Ok(taken.weights) } else { Err(errors) }
    }

    fn components(
        &self,
        options: &components::ComponentOptions,
        notes: &mut Vec<WeightNote>,
    ) -> Result<Vec<f64>, Vec<IndexError>> {
        let constant = constants(self.columns, self.rows);
        if self.columns.len() - constant.len() < 2 {
            // One indicator that varies has all weight, and no correlation to take it from.
            return Ok((0..self.columns.len()).map(|j| f64::from(u8::from(!constant.contains(&j)))).collect());
        }
        let Some(taken) = components::principal_components(self.columns, self.rows, options) else {
            return Err(vec![IndexError::NoComponents { node: self.node.to_owned() }]);
        };
        if !taken.negative.is_empty() {
            let indicators = taken.negative.iter().map(|&j| self.id(j)).collect();
            return Err(vec![IndexError::NegativeComponents { indicators }]);
        }
        if taken.correlations.left_out > 0 {
            notes.push(WeightNote::LeftOut { rows: taken.correlations.left_out });
        }
        // What is negative by rounding alone is 0.
        Ok(taken.weights.iter().map(|w| w.max(0.0)).collect())
    }
}
