//! Index scores under one alternative after another, with everything that several of them share computed once.

use std::borrow::Cow;

use numerics::random;
use rand::RngExt;

use super::{Alternative, NoiseOn, goalposts, linear};
use crate::{
    aggregate::lift,
    composite::{Composite, Normalised, score, treat},
    error::IndexError,
    expectation::{self, Normal},
    framework::{Child, Tree},
    missing::{self, Keys},
    normalise::Over,
    recipe::{Aggregation, Missing, Normalisation, Outliers, Recipe, Weighting},
    weights::{Basis, Weights, effective, weigh},
};

type Columns<'a> = Result<Cow<'a, [Vec<f64>]>, Vec<IndexError>>;

/// What indicators are before they are scaled: the rule for missing cells and the most values brought in.
type Source = (Missing, Option<usize>);

fn source(a: &Alternative) -> Source {
    (a.missing, a.winsorise)
}

/// Indicators on the common scale.
struct Scaled<'a> {
    of: Source,
    normalisation: Normalisation,
    values: Columns<'a>,
    /// Whether they could be scaled and no value is missing.
    whole: bool,
}

/// Weights with all indicators there, before any noise.
struct Weighed {
    of: Source,
    weights: Weighting,
    found: Result<Weights, Vec<IndexError>>,
}

/// A way in which an index is one weighted sum, of values or of their logarithms.
struct Sum {
    /// Place of the values.
    scaled: usize,
    logarithms: bool,
    /// The columns that are summed; none where they are the values themselves.
    columns: Option<Vec<Vec<f64>>>,
}

/// Noise on weights.
#[derive(Clone, Copy)]
pub(super) struct Noise {
    pub size: f64,
    pub on: NoiseOn,
}

/// Recomputes index scores.
pub(super) struct Engine<'a> {
    tree: &'a Tree<'a>,
    index: &'a Composite,
    recipe: &'a Recipe,
    own: Alternative,
    noise: Noise,
    seed: u64,
    scaled: Vec<Scaled<'a>>,
    /// Treated values in the indicators' own units, where weights are taken from them.
    treated: Vec<(Source, Vec<Vec<f64>>)>,
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
        noise: Noise,
        seed: u64,
    ) -> Self {
        let n = &index.normalised;
        let gaps = alternatives.iter().any(|a| a.imputation.is_some()).then(|| {
            let gaps = with_gaps(n);
            let normal = expectation::fit(&gaps);
            (gaps, normal)
        });
        let mut engine = Self {
            tree,
            index,
            recipe,
            own: *own,
            noise,
            seed,
            scaled: Vec::new(),
            treated: Vec::new(),
            weighed: Vec::new(),
            sums: Vec::new(),
            gaps,
        };
        for a in alternatives.iter().filter(|a| a.imputation.is_none()) {
            for normalisation in [a.normalisation, Normalisation::MinMax] {
                if engine.find(a, normalisation).is_none() {
                    let values = engine.filled(a, normalisation);
                    let whole = values.as_deref().is_ok_and(|v: &[Vec<f64>]| !v.iter().flatten().any(|x| x.is_nan()));
                    engine.scaled.push(Scaled { of: source(a), normalisation, values, whole });
                }
            }
            if recipe.takes_own_units(a.weights) && !engine.treated.iter().any(|(of, _)| *of == source(a)) {
                engine.treated.push((source(a), engine.before_scaling(a)));
            }
            if a.without.is_none() && engine.weights_of(a).is_none() {
                let values = engine.values(a, Normalisation::MinMax);
                let found = engine.weigh(a, values, engine.own_units(a));
                engine.weighed.push(Weighed { of: source(a), weights: a.weights, found });
            }
            if engine.sum_of(a).is_none()
                && let Some(sum) = engine.as_sum(a)
            {
                engine.sums.push(sum);
            }
        }
        engine
    }

    fn find(&self, a: &Alternative, normalisation: Normalisation) -> Option<usize> {
        self.scaled.iter().position(|s| s.of == source(a) && s.normalisation == normalisation)
    }

    fn weights_of(&self, a: &Alternative) -> Option<&Result<Weights, Vec<IndexError>>> {
        self.weighed.iter().find(|w| w.of == source(a) && w.weights == a.weights).map(|w| &w.found)
    }

    /// The recipe with an alternative's choices.
    fn recipe_of(&self, a: &Alternative) -> Recipe {
        Recipe { normalisation: a.normalisation, weights: a.weights, aggregation: a.aggregation, ..self.recipe.clone() }
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

    /// The values of an alternative that is a sum, and whether it is one of logarithms: no value is missing, and one set
    /// of weights serves all rows.
    fn summed(&self, a: &Alternative) -> Option<(usize, bool)> {
        if a.imputation.is_some() || a.without.is_some() || self.weights_of(a)?.as_ref().ok()?.local.len() != 1 {
            return None;
        }
        let scaled = self.find(a, a.normalisation).filter(|&s| self.scaled[s].whole)?;
        Some((scaled, self.logarithms(a)?))
    }

    /// The sum an alternative is one of.
    pub fn sum_of(&self, a: &Alternative) -> Option<usize> {
        let summed = self.summed(a)?;
        self.sums.iter().position(|s| (s.scaled, s.logarithms) == summed)
    }

    /// The columns of an alternative that is a sum.
    fn as_sum(&self, a: &Alternative) -> Option<Sum> {
        let (scaled, logarithms) = self.summed(a)?;
        let values = self.scaled[scaled].values.as_deref().ok()?;
        let columns = match lift(values, &self.recipe_of(a), self.tree) {
            Cow::Borrowed(_) => None,
            Cow::Owned(mut columns) => {
                if logarithms {
                    columns.iter_mut().flatten().for_each(|x| *x = x.max(self.recipe.floor).ln());
                }
                Some(columns)
            }
        };
        Some(Sum { scaled, logarithms, columns })
    }

    /// Index scores under each of several alternatives, all of one sum or none of any, go to `out`.
    pub fn all(&self, alternatives: &[Alternative], out: &mut [Vec<f64>]) -> Vec<Result<(), Vec<IndexError>>> {
        let Some(sum) = alternatives.first().and_then(|a| self.sum_of(a)).map(|k| &self.sums[k]) else {
            return alternatives.iter().zip(out).map(|(a, to)| self.scores(a).map(|scores| *to = scores)).collect();
        };
        let sets: Vec<Vec<f64>> = alternatives.iter().filter_map(|a| self.one_set(a)).collect();
        if let Some(columns) = sum.columns.as_deref().or(self.scaled[sum.scaled].values.as_deref().ok()) {
            linear::sums(columns, &sets, out);
        }
        if sum.logarithms {
            out.iter_mut().flatten().for_each(|x| *x = x.exp());
        }
        vec![Ok(()); alternatives.len()]
    }

    /// Effective weights of an alternative with one set for all rows.
    fn one_set(&self, a: &Alternative) -> Option<Vec<f64>> {
        let mut local = self.weights_of(a)?.as_ref().ok().filter(|w| w.local.len() == 1)?.local.clone();
        if let Some(draw) = a.noise {
            self.disturb(&mut local, draw);
        }
        Some(effective(self.tree, &local[0]))
    }

    /// Weights of an alternative before any noise, from its min-max values where they are taken from any.
    fn weigh(
        &self,
        a: &Alternative,
        min_max: Result<Cow<'_, [Vec<f64>]>, Vec<IndexError>>,
        own: Cow<'_, [Vec<f64>]>,
    ) -> Result<Weights, Vec<IndexError>> {
        let periods = &self.index.normalised.periods;
        if !self.recipe.takes_from_data(a.weights) {
            return weigh(self.tree, periods, Basis { min_max: &[], own: &[] }, &self.recipe_of(a));
        }
        let (min_max, own) = (without(a, min_max?), without(a, own));
        weigh(self.tree, periods, Basis { min_max: &min_max, own: &own }, &self.recipe_of(a))
    }

    /// Treated values of an alternative without draws, where its weights are taken from them; none where they are not.
    fn own_units(&self, a: &Alternative) -> Cow<'_, [Vec<f64>]> {
        Cow::Borrowed(self.treated.iter().find(|(of, _)| *of == source(a)).map_or(&[], |(_, columns)| columns))
    }

    /// Indicators with gaps filled, treated and scaled as an alternative without draws has them.
    fn filled(&self, a: &Alternative, normalisation: Normalisation) -> Columns<'a> {
        let n = &self.index.normalised;
        if source(a) == source(&self.own) {
            return match normalisation {
                own if own == self.own.normalisation => Ok(Cow::Borrowed(&n.values)),
                Normalisation::MinMax => Ok(Cow::Borrowed(&n.min_max)),
                other => self.scale(&n.treated, other),
            };
        }
        self.scale(&self.before_scaling(a), normalisation)
    }

    /// Indicators with gaps filled and outliers treated as an alternative without draws has them.
    fn before_scaling(&self, a: &Alternative) -> Vec<Vec<f64>> {
        let n = &self.index.normalised;
        if source(a) == source(&self.own) {
            return n.treated.clone();
        }
        if a.missing == self.own.missing {
            return self.treat(a, n.raw.clone());
        }
        let mut columns = with_gaps(n);
        missing::fill(&Keys { units: &n.units, periods: &n.periods, groups: &n.groups }, &mut columns, a.missing);
        self.treat(a, columns)
    }

    fn treat(&self, a: &Alternative, mut columns: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
        let outliers = a.winsorise.and_then(|winsorise| Some(Outliers { winsorise, ..self.recipe.outliers.clone()? }));
        treat(self.tree, &self.index.normalised.periods, &mut columns, outliers.as_ref());
        columns
    }

    fn scale(&self, treated: &[Vec<f64>], normalisation: Normalisation) -> Columns<'a> {
        let n = &self.index.normalised;
        let recipe = Recipe { goalposts: goalposts(self.recipe, normalisation), ..self.recipe.clone() };
        let over = Over { tree: self.tree, units: &n.units, periods: &n.periods, recipe: &recipe };
        Ok(Cow::Owned(over.scale(treated, normalisation)?.values))
    }

    /// Values of an alternative without draws.
    fn values(&self, a: &Alternative, normalisation: Normalisation) -> Result<Cow<'_, [Vec<f64>]>, Vec<IndexError>> {
        match self.find(a, normalisation).map(|s| &self.scaled[s].values) {
            Some(Ok(values)) => Ok(Cow::Borrowed(values)),
            Some(Err(errors)) => Err(errors.clone()),
            None => Err(vec![IndexError::Empty]),
        }
    }

    /// One draw of the missing cells, treated.
    fn drawn(&self, a: &Alternative) -> Option<Vec<Vec<f64>>> {
        let (draw, (gaps, normal)) = a.imputation.zip(self.gaps.as_ref())?;
        let mut columns = gaps.clone();
        let mut rng = random::stream(self.seed, "index-imputation", draw);
        for i in 0..self.index.normalised.units.len() {
            let row: Vec<f64> = gaps.iter().map(|c| c[i]).collect();
            if row.iter().any(|x| x.is_nan()) {
                normal.draw(&row, &mut rng).into_iter().for_each(|(j, x)| columns[j][i] = x);
            }
        }
        Some(self.treat(a, columns))
    }

    /// Index scores under an alternative.
    ///
    /// # Errors
    /// What keeps it from being computed.
    pub fn scores(&self, a: &Alternative) -> Result<Vec<f64>, Vec<IndexError>> {
        let drawn = self.drawn(a);
        let values = |normalisation| match &drawn {
            Some(columns) => self.scale(columns, normalisation),
            None => self.values(a, normalisation),
        };
        let own = without(a, values(a.normalisation)?);
        let mut weights = match self.weights_of(a).filter(|_| a.without.is_none() && drawn.is_none()) {
            Some(found) => found.clone()?,
            None => {
                let own = drawn.as_deref().map_or_else(|| self.own_units(a), Cow::Borrowed);
                self.weigh(a, values(Normalisation::MinMax), own)?
            }
        };
        if let Some(draw) = a.noise {
            self.disturb(&mut weights.local, draw);
        }
        Ok(score(self.tree, &own, &weights, &self.recipe_of(a)))
    }

    /// Multiplies each weight among its siblings by a factor of its own, the same in every set, and rescales them.
    fn disturb(&self, sets: &mut [Vec<Vec<f64>>], draw: u64) {
        let mut rng = random::stream(self.seed, "index-weights", draw);
        for node in 0..self.tree.nodes.len() {
            let factor = |child: &Child, u: f64| match child {
                Child::Leaf(_) if self.noise.on == NoiseOn::Dimensions => 1.0,
                _ => 1.0 + self.noise.size * (2.0 * u - 1.0),
            };
            let factors: Vec<f64> = self.tree.nodes[node].children.iter().map(|c| factor(c, rng.random())).collect();
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

/// Indicators in their units, with their gaps.
fn with_gaps(n: &Normalised) -> Vec<Vec<f64>> {
    let mut columns = n.raw.clone();
    n.fills.iter().for_each(|f| columns[f.indicator][f.row] = f64::NAN);
    columns
}

/// An indicator left out is one that is missing everywhere: its siblings share its weight.
fn without<'v>(a: &Alternative, mut columns: Cow<'v, [Vec<f64>]>) -> Cow<'v, [Vec<f64>]> {
    if let Some(column) = a.without.and_then(|j| columns.to_mut().get_mut(j)) {
        column.fill(f64::NAN);
    }
    columns
}
