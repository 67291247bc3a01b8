//! What remains of scores and ranks when the choices behind them change.

use numerics::random;
use rand::RngExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    composite::Composite,
    error::IndexError,
    framework::{Framework, Tree},
    recipe::{Aggregation, Goalposts, Missing, Normalisation, Recipe, Weighting},
};

mod engine;
mod levels;
mod linear;
pub mod sensitivity;
mod spread;
mod standing;
mod summary;
#[cfg(test)]
mod tests;

use engine::{Engine, Noise};
use sensitivity::Indices;

/// How alternatives are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Design {
    /// Every combination of the lists.
    #[default]
    Factorial,
    /// Each choice drawn independently, `replicates` times.
    Random,
    /// Saltelli's design over a Sobol sequence of `replicates` points: `replicates * (choices + 2)` alternatives, from
    /// which follows how much each choice matters.
    Sobol,
}

/// Which weights noise falls on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoiseOn {
    /// Those of dimensions and of indicators.
    #[default]
    All,
    /// Those of dimensions; indicators keep theirs within the dimension.
    Dimensions,
}

/// The alternatives an index is recomputed under; the recipe's own choices are always among them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Alternatives {
    /// How alternatives are chosen from the lists.
    pub design: Design,
    /// How many are drawn with `random`; how many points the design has with `sobol`.
    pub replicates: usize,
    /// Normalisations. z scores and ranks are taken over all units and periods where goalposts are fixed or of a base period.
    pub normalisation: Vec<Normalisation>,
    /// Weights.
    pub weights: Vec<Weighting>,
    /// Aggregations; dimensions that declare their own keep it.
    pub aggregation: Vec<Aggregation>,
    /// Rules for missing cells, where there are any.
    pub missing: Vec<Missing>,
    /// Most values brought in when outliers are treated, where they are.
    pub winsorise: Vec<usize>,
    /// Each weight among its siblings is multiplied by a draw between `1 - noise` and `1 + noise`; not with `factorial`.
    pub weight_noise: f64,
    /// Which weights are multiplied.
    pub noise_on: NoiseOn,
    /// Whether missing cells filled by `em` are drawn from their distribution (multiple imputation); not with `factorial`.
    pub imputations: bool,
    /// Whether to leave out each indicator in turn as well.
    pub leave_one_out: bool,
    /// Largest number of alternatives with `factorial`; a random sample of this size is drawn when there are more.
    pub limit: usize,
    /// Ranks up to this one count as the top group.
    pub top: usize,
}

impl Default for Alternatives {
    fn default() -> Self {
        Self {
            design: Design::default(),
            replicates: 1000,
            normalisation: vec![Normalisation::MinMax, Normalisation::ZScore, Normalisation::Rank],
            weights: vec![Weighting::Equal, Weighting::Entropy, Weighting::Critic],
            aggregation: vec![Aggregation::Arithmetic, Aggregation::Geometric],
            missing: Vec::new(),
            winsorise: Vec::new(),
            weight_noise: 0.0,
            noise_on: NoiseOn::default(),
            imputations: false,
            leave_one_out: true,
            limit: 2000,
            top: 5,
        }
    }
}

/// One alternative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alternative {
    /// Rule for missing cells.
    pub missing: Missing,
    /// Most values brought in; `None` where outliers are not treated.
    pub winsorise: Option<usize>,
    /// Normalisation.
    pub normalisation: Normalisation,
    /// Weights.
    pub weights: Weighting,
    /// Aggregation.
    pub aggregation: Aggregation,
    /// Indicator left out, by its place in the framework.
    pub without: Option<usize>,
    /// Number of the draw of weight factors; `None` where weights are left as they are.
    pub noise: Option<u64>,
    /// Number of the draw of missing cells; `None` where they are filled by their means.
    pub imputation: Option<u64>,
}

/// One of the choices that vary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// Rule for missing cells.
    Missing,
    /// Most values brought in.
    Winsorise,
    /// Normalisation.
    Normalisation,
    /// Weights.
    Weights,
    /// Aggregation.
    Aggregation,
    /// Indicator left out.
    Indicator,
    /// Noise on the weights.
    Noise,
    /// Draw of missing cells.
    Imputation,
}

/// How much one choice matters.
#[derive(Clone, Debug, PartialEq)]
pub struct Sensitivity {
    /// The choice.
    pub factor: Factor,
    /// Indices of the mean absolute change of ranks against the recipe, over all rows.
    pub shift: Indices,
    /// Total index of the rank of each row of the last period, without bands; `NaN` where its rank never changes.
    pub rank: Vec<f64>,
}

/// How often one unit ranks ahead of another in the last period.
#[derive(Clone, Debug, PartialEq)]
pub struct Ahead {
    /// Rows of the result, best score first.
    pub rows: Vec<usize>,
    /// `share[a * n + b]`: share of alternatives in which `rows[a]` scores higher than `rows[b]`, of those in which both
    /// have a score; ties count half. `NaN` where there is none.
    pub share: Vec<f64>,
    /// `ranks[alternative][k]`: rank of `rows[k]`; 0 where it has none.
    pub ranks: Vec<Vec<u32>>,
}

/// The spread of scores and ranks over alternatives; one value per row of the index.
#[derive(Clone, Debug, PartialEq)]
pub struct Uncertainty {
    /// The alternatives computed, the recipe itself first.
    pub alternatives: Vec<Alternative>,
    /// How many there were before sampling.
    pub declared: usize,
    /// Alternatives that these data do not allow, each with the reason: they are not among `alternatives`.
    pub impossible: Vec<(Alternative, IndexError)>,
    /// Spearman correlation of each alternative's scores with the recipe's, over all rows.
    pub agreement: Vec<f64>,
    /// Mean absolute change of rank of each alternative against the recipe, over all rows.
    pub shift: Vec<f64>,
    /// 5th percentile of the score (0..1), after each alternative's scores were brought to the recipe's mean and
    /// standard deviation over all rows: the spread is of positions, not of the level a method happens to give.
    pub low: Vec<f64>,
    /// 95th percentile.
    pub high: Vec<f64>,
    /// Best rank under any alternative; 0 where a row has no score.
    pub best: Vec<usize>,
    /// Worst rank under any alternative.
    pub worst: Vec<usize>,
    /// 5th percentile of the rank.
    pub rank_low: Vec<f64>,
    /// 95th percentile of the rank.
    pub rank_high: Vec<f64>,
    /// Median rank.
    pub median: Vec<f64>,
    /// Share of alternatives in which the unit is in the top group of its period.
    pub top: Vec<f64>,
    /// Who ranks ahead of whom in the last period, of at most [`PAIRS`] units.
    pub ahead: Option<Ahead>,
    /// How much each choice matters, with a Sobol design.
    pub sensitivity: Vec<Sensitivity>,
}

/// Most units that are compared pair by pair.
pub const PAIRS: usize = 400;

/// Recomputes an index under alternatives.
///
/// An alternative that the data do not allow (nothing varies without the indicator left out, a period of one row has
/// no ranks) is set aside with its reason; the index itself stays. A Sobol design needs all its alternatives: rows of
/// it with an impossible one are left out of the indices.
///
/// # Errors
/// A framework that is not whole, or alternatives it does not provide for: manual weights without weights.
pub fn uncertainty(
    framework: &Framework,
    index: &Composite,
    recipe: &Recipe,
    declared: &Alternatives,
    seed: u64,
) -> Result<Uncertainty, Vec<IndexError>> {
    let tree = framework.tree().map_err(|e| e.into_iter().map(IndexError::Framework).collect::<Vec<_>>())?;
    check(declared)?;
    let space = Space::new(index, recipe, declared, &tree);
    let (alternatives, total) = space.alternatives(declared, seed);
    let noise = Noise { size: declared.weight_noise, on: declared.noise_on };
    let engine = Engine::new(&tree, index, recipe, &space.own, &alternatives, noise, seed);
    let outcome = summary::run(&engine, index, &alternatives, declared.top)?;
    let sensitivity =
        if declared.design == Design::Sobol { space.sensitivity(declared.replicates, &outcome, seed) } else { Vec::new() };
    Ok(outcome.finish(total, sensitivity))
}

fn check(declared: &Alternatives) -> Result<(), Vec<IndexError>> {
    let factorial = declared.design == Design::Factorial;
    let wrong = [
        ("weight_noise", !(0.0..1.0).contains(&declared.weight_noise) || (factorial && declared.weight_noise != 0.0)),
        ("noise_on", declared.noise_on != NoiseOn::All && declared.weight_noise == 0.0),
        ("imputations", factorial && declared.imputations),
        ("replicates", declared.design != Design::Factorial && !(2..=1_000_000).contains(&declared.replicates)),
    ];
    let errors: Vec<IndexError> =
        wrong.into_iter().filter(|(_, is)| *is).map(|(name, _)| IndexError::Alternatives(name)).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// The choices and their levels, the recipe's own first.
struct Space {
    own: Alternative,
    missing: Vec<Missing>,
    winsorise: Vec<Option<usize>>,
    normalisation: Vec<Normalisation>,
    weights: Vec<Weighting>,
    aggregation: Vec<Aggregation>,
    without: Vec<Option<usize>>,
    noise: bool,
    imputation: bool,
}

fn with_base<T: Copy + PartialEq>(base: T, others: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut list = vec![base];
    for other in others {
        if !list.contains(&other) {
            list.push(other);
        }
    }
    list
}

impl Space {
    fn new(index: &Composite, recipe: &Recipe, declared: &Alternatives, tree: &Tree<'_>) -> Self {
        let leaves = tree.leaves.len();
        let gaps = !index.normalised.fills.is_empty();
        let winsorise = recipe.outliers.as_ref().map(|o| o.winsorise);
        let without = if declared.leave_one_out && leaves > 1 { (0..leaves).map(Some).collect() } else { Vec::new() };
        Self {
            own: Alternative {
                missing: recipe.missing,
                winsorise,
                normalisation: recipe.normalisation,
                weights: recipe.weights,
                aggregation: recipe.aggregation,
                without: None,
                noise: None,
                imputation: None,
            },
            missing: with_base(recipe.missing, declared.missing.iter().copied().filter(|_| gaps)),
            winsorise: with_base(winsorise, declared.winsorise.iter().filter(|_| winsorise.is_some()).map(|k| Some(*k))),
            normalisation: with_base(recipe.normalisation, declared.normalisation.iter().copied()),
            weights: with_base(recipe.weights, declared.weights.iter().copied()),
            aggregation: with_base(recipe.aggregation, declared.aggregation.iter().copied()),
            without: with_base(None, without),
            noise: declared.weight_noise > 0.0 && (declared.noise_on == NoiseOn::All || tree.nodes.len() > 1),
            imputation: declared.imputations && gaps,
        }
    }

    /// The choices that have more than one level.
    fn factors(&self) -> Vec<Factor> {
        let several = [
            (Factor::Missing, self.missing.len() > 1),
            (Factor::Winsorise, self.winsorise.len() > 1),
            (Factor::Normalisation, self.normalisation.len() > 1),
            (Factor::Weights, self.weights.len() > 1),
            (Factor::Aggregation, self.aggregation.len() > 1),
            (Factor::Indicator, self.without.len() > 1),
            (Factor::Noise, self.noise),
            (Factor::Imputation, self.imputation),
        ];
        several.into_iter().filter(|(_, varies)| *varies).map(|(f, _)| f).collect()
    }

    /// Sets one choice to the level at `u` of 0 to 1; draws are numbered `draw`.
    fn set(&self, to: &mut Alternative, factor: Factor, u: f64, draw: u64) {
        fn pick<T: Copy>(levels: &[T], u: f64) -> T {
            levels[((u * levels.len() as f64) as usize).min(levels.len() - 1)]
        }
        match factor {
            Factor::Missing => to.missing = pick(&self.missing, u),
            Factor::Winsorise => to.winsorise = pick(&self.winsorise, u),
            Factor::Normalisation => to.normalisation = pick(&self.normalisation, u),
            Factor::Weights => to.weights = pick(&self.weights, u),
            Factor::Aggregation => to.aggregation = pick(&self.aggregation, u),
            Factor::Indicator => to.without = pick(&self.without, u),
            Factor::Noise => to.noise = Some(draw),
            Factor::Imputation => to.imputation = Some(draw),
        }
    }

    /// The alternatives, the recipe itself first, and how many there were before sampling.
    fn alternatives(&self, declared: &Alternatives, seed: u64) -> (Vec<Alternative>, usize) {
        match declared.design {
            Design::Factorial => self.factorial(declared.limit.max(1), seed),
            Design::Random => {
                let factors = self.factors();
                let mut all = vec![self.own];
                all.extend((0..declared.replicates as u64).map(|r| {
                    let mut rng = random::stream(seed, "index-replicate", r);
                    let mut a = self.own;
                    factors.iter().for_each(|f| self.set(&mut a, *f, rng.random(), r));
                    a
                }));
                let total = all.len();
                (all, total)
            }
            Design::Sobol => {
                let all: Vec<Alternative> = std::iter::once(self.own).chain(self.saltelli(declared.replicates, seed)).collect();
                let total = all.len();
                (all, total)
            }
        }
    }

    fn factorial(&self, limit: usize, seed: u64) -> (Vec<Alternative>, usize) {
        let mut all = vec![self.own];
        for factor in self.factors() {
            let levels = match factor {
                Factor::Missing => self.missing.len(),
                Factor::Winsorise => self.winsorise.len(),
                Factor::Normalisation => self.normalisation.len(),
                Factor::Weights => self.weights.len(),
                Factor::Aggregation => self.aggregation.len(),
                Factor::Indicator => self.without.len(),
                Factor::Noise | Factor::Imputation => 1,
            };
            let before = std::mem::take(&mut all);
            for level in 0..levels {
                for a in &before {
                    let mut a = *a;
                    self.set(&mut a, factor, (level as f64 + 0.5) / levels as f64, 0);
                    all.push(a);
                }
            }
        }
        let total = all.len();
        if total > limit {
            // The recipe itself stays first; the rest is a sample without replacement, kept in order.
            let mut rest: Vec<usize> = (1..total).collect();
            random::shuffle_prefix(&mut random::stream(seed, "index-alternatives", 0), &mut rest, limit - 1);
            rest.truncate(limit - 1);
            rest.sort_unstable();
            all = std::iter::once(0).chain(rest).map(|k| all[k]).collect();
        }
        (all, total)
    }

    /// Samples A, B, and A with one factor after the other from B.
    fn saltelli(&self, points: usize, seed: u64) -> Vec<Alternative> {
        let factors = self.factors();
        let d = factors.len();
        let mut shift = random::stream(seed, "index-design", 0);
        let moved: Vec<f64> = (0..2 * d).map(|_| shift.random()).collect();
        // A shift of the whole sequence keeps it even and takes away what its first points have in common.
        let sequence = numerics::sobol::points(2 * d, points).unwrap_or_default();
        let at = |i: usize, k: usize| (sequence[i][k] + moved[k]).fract();
        let make = |i: usize, from_b: &dyn Fn(usize) -> bool| {
            let mut a = self.own;
            for (k, f) in factors.iter().enumerate() {
                let b = from_b(k);
                self.set(&mut a, *f, at(i, if b { d + k } else { k }), (if b { points + i } else { i }) as u64);
            }
            a
        };
        let mut all: Vec<Alternative> = (0..sequence.len()).map(|i| make(i, &|_| false)).collect();
        all.extend((0..sequence.len()).map(|i| make(i, &|_| true)));
        for k in 0..d {
            all.extend((0..sequence.len()).map(|i| make(i, &|j| j == k)));
        }
        all
    }

    fn sensitivity(&self, points: usize, outcome: &summary::Outcome, seed: u64) -> Vec<Sensitivity> {
        let factors = self.factors();
        let blocks = factors.len() + 2;
        // A row of the design is whole when none of its alternatives was impossible.
        let whole: Vec<usize> =
            (0..points).filter(|i| (0..blocks).all(|b| outcome.position[1 + b * points + i].is_some())).collect();
        let block = |b: usize, value: &dyn Fn(usize) -> f64| -> Vec<f64> {
            whole.iter().filter_map(|i| outcome.position[1 + b * points + i]).map(value).collect()
        };
        let split = |value: &dyn Fn(usize) -> f64| {
            let ab: Vec<Vec<f64>> = (2..blocks).map(|b| block(b, value)).collect();
            (block(0, value), block(1, value), ab)
        };
        let (a, b, ab) = split(&|r| outcome.shift[r]);
        let shift = sensitivity::indices(&a, &b, &ab, 200, seed);
        let by_row: Vec<Vec<f64>> = (0..outcome.last.len())
            .map(|k| {
                let (a, b, ab) = split(&|r| outcome.last_ranks[r].get(k).map_or(f64::NAN, |x| f64::from(*x)));
                sensitivity::indices(&a, &b, &ab, 0, seed).iter().map(|i| i.total).collect()
            })
            .collect();
        factors
            .into_iter()
            .zip(shift)
            .enumerate()
            .map(|(k, (factor, shift))| Sensitivity { factor, shift, rank: by_row.iter().map(|r| r[k]).collect() })
            .collect()
    }
}

/// The normalisation's goalposts: where the recipe's do not apply to it, all rows.
fn goalposts(recipe: &Recipe, normalisation: Normalisation) -> Goalposts {
    let own = normalisation == recipe.normalisation || matches!(normalisation, Normalisation::MinMax | Normalisation::Efficacy);
    match recipe.goalposts {
        Goalposts::Fixed | Goalposts::Base if !own => Goalposts::Pooled,
        posts => posts,
    }
}
