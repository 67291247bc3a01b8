//! Index scores under one alternative after another, with everything that several of them share computed once.

use numerics::random;
use rand::RngExt;

use super::{Alternative, goalposts};
use crate::{
    aggregate::{Combine, lift},
    composite::{Composite, treat},
    error::IndexError,
    expectation::{self, Normal},
    framework::Tree,
    missing::{self, Keys},
    normalise::Over,
    recipe::{Missing, Normalisation, Outliers, Recipe},
    weights::{Weights, weigh},
};

/// Indicators on the common scale under one rule for missing cells, treatment of outliers and normalisation.
struct Scaled {
    missing: Missing,
    winsorise: Option<usize>,
    normalisation: Normalisation,
    values: Result<Vec<Vec<f64>>, Vec<IndexError>>,
}

/// Recomputes index scores.
pub(super) struct Engine<'a> {
    tree: &'a Tree<'a>,
    index: &'a Composite,
    recipe: &'a Recipe,
    own: Alternative,
    noise: f64,
    seed: u64,
    scaled: Vec<Scaled>,
    /// Indicators with their gaps, and the normal that draws of missing cells come from.
    gaps: Option<(Vec<Vec<f64>>, Normal)>,
}

impl<'a> Engine<'a> {
    pub fn new(
        tree: &'a Tree<'a>,
        index: &'a Composite,
        recipe: &'a Recipe,
        own: &Alternative,
        alternatives: &[Alternative],
        noise: f64,
        seed: u64,
    ) -> Self {
        let n = &index.normalised;
        let mut with_gaps = n.raw.clone();
        n.fills.iter().for_each(|f| with_gaps[f.indicator][f.row] = f64::NAN);
        let gaps = alternatives.iter().any(|a| a.imputation.is_some()).then(|| {
            let normal = expectation::fit(&with_gaps);
            (with_gaps.clone(), normal)
        });
        let mut engine = Self { tree, index, recipe, own: *own, noise, seed, scaled: Vec::new(), gaps };
        let keys = Keys { units: &n.units, periods: &n.periods, groups: &n.groups };
        for a in alternatives.iter().filter(|a| a.imputation.is_none()) {
            for normalisation in [a.normalisation, Normalisation::MinMax] {
                if engine.find(a, normalisation).is_none() {
                    let mut columns = with_gaps.clone();
                    if a.missing == own.missing {
                        columns.clone_from(&n.raw);
                    } else {
                        missing::fill(&keys, &mut columns, a.missing);
                    }
                    let values = engine.scale(a, columns, normalisation);
                    engine.scaled.push(Scaled { missing: a.missing, winsorise: a.winsorise, normalisation, values });
                }
            }
        }
        engine
    }

    fn find(&self, a: &Alternative, normalisation: Normalisation) -> Option<&Scaled> {
        self.scaled.iter().find(|s| s.missing == a.missing && s.winsorise == a.winsorise && s.normalisation == normalisation)
    }

    fn scale(
        &self,
        a: &Alternative,
        mut columns: Vec<Vec<f64>>,
        normalisation: Normalisation,
    ) -> Result<Vec<Vec<f64>>, Vec<IndexError>> {
        let n = &self.index.normalised;
        if a.missing == self.own.missing && a.winsorise == self.own.winsorise && a.imputation.is_none() {
            if normalisation == self.own.normalisation {
                return Ok(n.values.clone());
            }
            if normalisation == Normalisation::MinMax {
                return Ok(n.min_max.clone());
            }
            columns.clone_from(&n.treated);
        } else {
            let outliers = a.winsorise.and_then(|winsorise| Some(Outliers { winsorise, ..self.recipe.outliers.clone()? }));
            treat(self.tree, &n.periods, &mut columns, outliers.as_ref());
        }
        let recipe = Recipe { goalposts: goalposts(self.recipe, normalisation), ..self.recipe.clone() };
        let over = Over { tree: self.tree, units: &n.units, periods: &n.periods, recipe: &recipe };
        Ok(over.scale(&columns, normalisation)?.values)
    }

    fn values(&self, a: &Alternative, normalisation: Normalisation) -> Result<Vec<Vec<f64>>, Vec<IndexError>> {
        let Some((draw, (gaps, normal))) = a.imputation.zip(self.gaps.as_ref()) else {
            let found = self.find(a, normalisation).map(|s| s.values.clone());
            return found.unwrap_or_else(|| Err(vec![IndexError::Empty]));
        };
        let mut columns = gaps.clone();
        let mut rng = random::stream(self.seed, "index-imputation", draw);
        for i in 0..self.index.normalised.units.len() {
            let row: Vec<f64> = gaps.iter().map(|c| c[i]).collect();
            if row.iter().any(|x| x.is_nan()) {
                normal.draw(&row, &mut rng).into_iter().for_each(|(j, x)| columns[j][i] = x);
            }
        }
        self.scale(a, columns, normalisation)
    }

    /// Index scores under an alternative.
    ///
    /// # Errors
    /// What keeps it from being computed.
    pub fn scores(&self, a: &Alternative) -> Result<Vec<f64>, Vec<IndexError>> {
        let recipe =
            Recipe { normalisation: a.normalisation, weights: a.weights, aggregation: a.aggregation, ..self.recipe.clone() };
        // An indicator left out is one that is missing everywhere: its siblings share its weight.
        let gone = |mut columns: Vec<Vec<f64>>| {
            if let Some(column) = a.without.and_then(|j| columns.get_mut(j)) {
                column.fill(f64::NAN);
            }
            columns
        };
        let values = gone(self.values(a, a.normalisation)?);
        let min_max = if recipe.is_data_driven() && a.normalisation != Normalisation::MinMax {
            Some(gone(self.values(a, Normalisation::MinMax)?))
        } else {
            None
        };
        let mut weights = weigh(self.tree, &self.index.normalised.periods, min_max.as_ref().unwrap_or(&values), &recipe)?;
        if let Some(draw) = a.noise {
            self.disturb(&mut weights, draw);
        }
        let leaves = lift(&values, &recipe, self.tree);
        Ok(Combine::new(self.tree, &leaves, &weights, &recipe).scores().swap_remove(0))
    }

    /// Multiplies each weight among its siblings by a factor of its own, the same in every set, and rescales them.
    fn disturb(&self, weights: &mut Weights, draw: u64) {
        let mut rng = random::stream(self.seed, "index-weights", draw);
        for node in 0..self.tree.nodes.len() {
            let factors: Vec<f64> =
                self.tree.nodes[node].children.iter().map(|_| 1.0 + self.noise * (2.0 * rng.random::<f64>() - 1.0)).collect();
            for set in &mut weights.local {
                let local = &mut set[node];
                local.iter_mut().zip(&factors).for_each(|(w, f)| *w *= f);
                let total: f64 = local.iter().sum();
                if total > 0.0 {
                    local.iter_mut().for_each(|w| *w /= total);
                }
            }
        }
    }
}
