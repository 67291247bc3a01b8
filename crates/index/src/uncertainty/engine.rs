//! Index scores under one alternative after another, with everything that several of them share computed once.

use std::borrow::Cow;

use numerics::random;
use rand::RngExt;

use super::{Alternative, goalposts, linear};
use crate::{
    aggregate::{Combine, lift, needs_floor},
    composite::{Composite, treat},
    error::IndexError,
    expectation::{self, Normal},
    framework::Tree,
    missing::{self, Keys},
    normalise::Over,
    recipe::{Aggregation, Missing, Normalisation, Outliers, Recipe, Weighting},
    weights::{Weights, effective, weigh},
};

type Columns = Result<Vec<Vec<f64>>, Vec<IndexError>>;

/// Indicators on the common scale under one rule for missing cells, treatment of outliers and normalisation.
struct Scaled {
    missing: Missing,
    winsorise: Option<usize>,
    normalisation: Normalisation,
    values: Columns,
}

/// Weights with all indicators there, before any noise.
struct Weighed {
    missing: Missing,
    winsorise: Option<usize>,
    weights: Weighting,
    /// The normalisation of the values they are taken from, for those that are taken from values.
    normalisation: Normalisation,
    found: Result<Weights, Vec<IndexError>>,
}

/// A way in which an index is one weighted sum, of values or of their logarithms: the columns that are summed.
struct Sum {
    missing: Missing,
    winsorise: Option<usize>,
    normalisation: Normalisation,
    logarithms: bool,
    /// None where they are the values themselves.
    columns: Option<Vec<Vec<f64>>>,
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
    weighed: Vec<Weighed>,
    sums: Vec<Sum>,
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
        let mut engine =
            Self { tree, index, recipe, own: *own, noise, seed, scaled: Vec::new(), weighed: Vec::new(), sums: Vec::new(), gaps };
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
            if a.without.is_none() && engine.weights_of(a).is_none() {
                let found = engine.weigh(a);
                let Alternative { missing, winsorise, weights, .. } = *a;
                engine.weighed.push(Weighed { missing, winsorise, weights, normalisation: engine.weighed_from(a), found });
            }
            if engine.sum_of(a).is_none()
                && let Some(sum) = engine.as_sum(a)
            {
                engine.sums.push(sum);
            }
        }
        engine
    }

    fn weights_of(&self, a: &Alternative) -> Option<&Result<Weights, Vec<IndexError>>> {
        let same = |w: &&Weighed| {
            (w.missing, w.winsorise, w.weights, w.normalisation) == (a.missing, a.winsorise, a.weights, self.weighed_from(a))
        };
        self.weighed.iter().find(same).map(|w| &w.found)
    }

    /// Whether logarithms are summed where the whole tree is aggregated in one way that is a sum; `None` where it is not.
    fn logarithms(&self, a: &Alternative) -> Option<bool> {
        let same = self.tree.nodes.iter().all(|n| n.node.aggregation.is_none_or(|own| own == a.aggregation));
        match a.aggregation {
            Aggregation::Arithmetic if same => Some(false),
            Aggregation::Geometric if same && self.recipe.floor > 0.0 => Some(true),
            _ => None,
        }
    }

    fn sum_of(&self, a: &Alternative) -> Option<usize> {
        if a.imputation.is_some() || a.without.is_some() {
            return None;
        }
        let logarithms = self.logarithms(a)?;
        let same = |s: &Sum| {
            (s.missing, s.winsorise, s.normalisation, s.logarithms) == (a.missing, a.winsorise, a.normalisation, logarithms)
        };
        self.sums.iter().position(same)
    }

    /// The columns of an alternative that is a sum, where no value is missing and one set of weights serves all rows.
    fn as_sum(&self, a: &Alternative) -> Option<Sum> {
        if a.imputation.is_some() || a.without.is_some() {
            return None;
        }
        let logarithms = self.logarithms(a)?;
        let values = self.find(a, a.normalisation)?.values.as_ref().ok()?;
        let one_set = self.weights_of(a)?.as_ref().ok()?.local.len() == 1;
        if !one_set || values.iter().flatten().any(|x| x.is_nan()) {
            return None;
        }
        let recipe = Recipe { aggregation: a.aggregation, ..self.recipe.clone() };
        let columns = needs_floor(self.tree, &recipe).then(|| {
            let mut columns = lift(values, &recipe, self.tree);
            if logarithms {
                columns.iter_mut().flatten().for_each(|x| *x = x.max(self.recipe.floor).ln());
            }
            columns
        });
        Some(Sum { missing: a.missing, winsorise: a.winsorise, normalisation: a.normalisation, logarithms, columns })
    }

    /// Index scores under each of several alternatives.
    pub fn all(&self, alternatives: &[Alternative]) -> Vec<Result<Vec<f64>, Vec<IndexError>>> {
        let places: Vec<Option<usize>> = alternatives.iter().map(|a| self.sum_of(a)).collect();
        let mut out: Vec<Option<Vec<f64>>> = vec![None; alternatives.len()];
        for (k, sum) in self.sums.iter().enumerate() {
            let mut of = Vec::new();
            let mut sets = Vec::new();
            for (at, a) in alternatives.iter().enumerate().filter(|(at, _)| places[*at] == Some(k)) {
                let Some(Ok(weights)) = self.weights_of(a) else { continue };
                let mut local = weights.local.clone();
                if let Some(draw) = a.noise {
                    self.disturb(&mut local, draw);
                }
                sets.push(effective(self.tree, &local[0]));
                of.push(at);
            }
            let like = |s: &&Scaled| (s.missing, s.winsorise, s.normalisation) == (sum.missing, sum.winsorise, sum.normalisation);
            let own = self.scaled.iter().find(like).and_then(|s| s.values.as_ref().ok());
            let Some(columns) = sum.columns.as_ref().or(own) else { continue };
            for (at, mut scores) in of.into_iter().zip(linear::sums(columns, &sets)) {
                if sum.logarithms {
                    scores.iter_mut().for_each(|x| *x = x.exp());
                }
                out[at] = Some(scores);
            }
        }
        alternatives.iter().zip(out).map(|(a, done)| done.map_or_else(|| self.scores(a), Ok)).collect()
    }

    /// The normalisation of the values that weights are taken from.
    fn weighed_from(&self, a: &Alternative) -> Normalisation {
        let recipe = Recipe { weights: a.weights, ..self.recipe.clone() };
        if recipe.is_data_driven() { Normalisation::MinMax } else { a.normalisation }
    }

    /// Weights of an alternative before any noise.
    fn weigh(&self, a: &Alternative) -> Result<Weights, Vec<IndexError>> {
        let recipe =
            Recipe { normalisation: a.normalisation, weights: a.weights, aggregation: a.aggregation, ..self.recipe.clone() };
        let values = self.without(a, self.values(a, self.weighed_from(a))?);
        weigh(self.tree, &self.index.normalised.periods, &values, &recipe)
    }

    /// An indicator left out is one that is missing everywhere: its siblings share its weight.
    fn without<'v>(&self, a: &Alternative, mut columns: Cow<'v, [Vec<f64>]>) -> Cow<'v, [Vec<f64>]> {
        if let Some(j) = a.without
            && let Some(column) = columns.to_mut().get_mut(j)
        {
            column.fill(f64::NAN);
        }
        columns
    }

    fn find(&self, a: &Alternative, normalisation: Normalisation) -> Option<&Scaled> {
        self.scaled.iter().find(|s| s.missing == a.missing && s.winsorise == a.winsorise && s.normalisation == normalisation)
    }

    fn scale(&self, a: &Alternative, mut columns: Vec<Vec<f64>>, normalisation: Normalisation) -> Columns {
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

    fn values(&self, a: &Alternative, normalisation: Normalisation) -> Result<Cow<'_, [Vec<f64>]>, Vec<IndexError>> {
        let Some((draw, (gaps, normal))) = a.imputation.zip(self.gaps.as_ref()) else {
            return match self.find(a, normalisation).map(|s| &s.values) {
                Some(Ok(values)) => Ok(Cow::Borrowed(values)),
                Some(Err(errors)) => Err(errors.clone()),
                None => Err(vec![IndexError::Empty]),
            };
        };
        let mut columns = gaps.clone();
        let mut rng = random::stream(self.seed, "index-imputation", draw);
        for i in 0..self.index.normalised.units.len() {
            let row: Vec<f64> = gaps.iter().map(|c| c[i]).collect();
            if row.iter().any(|x| x.is_nan()) {
                normal.draw(&row, &mut rng).into_iter().for_each(|(j, x)| columns[j][i] = x);
            }
        }
        self.scale(a, columns, normalisation).map(Cow::Owned)
    }

    /// Index scores under an alternative.
    ///
    /// # Errors
    /// What keeps it from being computed.
    pub fn scores(&self, a: &Alternative) -> Result<Vec<f64>, Vec<IndexError>> {
        let recipe =
            Recipe { normalisation: a.normalisation, weights: a.weights, aggregation: a.aggregation, ..self.recipe.clone() };
        let values = self.without(a, self.values(a, a.normalisation)?);
        let mut weights = match self.weights_of(a).filter(|_| a.without.is_none() && a.imputation.is_none()) {
            Some(found) => found.clone()?,
            None => self.weigh(a)?,
        };
        if let Some(draw) = a.noise {
            self.disturb(&mut weights.local, draw);
        }
        if !needs_floor(self.tree, &recipe) {
            return Ok(Combine::new(self.tree, &values, &weights, &recipe).scores().swap_remove(0));
        }
        let leaves = lift(&values, &recipe, self.tree);
        Ok(Combine::new(self.tree, &leaves, &weights, &recipe).scores().swap_remove(0))
    }

    /// Multiplies each weight among its siblings by a factor of its own, the same in every set, and rescales them.
    fn disturb(&self, sets: &mut [Vec<Vec<f64>>], draw: u64) {
        let mut rng = random::stream(self.seed, "index-weights", draw);
        for node in 0..self.tree.nodes.len() {
            let factors: Vec<f64> =
                self.tree.nodes[node].children.iter().map(|_| 1.0 + self.noise * (2.0 * rng.random::<f64>() - 1.0)).collect();
            for set in &mut *sets {
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
