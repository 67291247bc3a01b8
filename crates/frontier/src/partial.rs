#![doc = include_str!("partial.md")]

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    dea::Peers,
    reference::Reference,
    technology::{FrontierError, Missing, State, Technology},
};

/// The method's page.
pub const PAGE: &str = include_str!("partial.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("partial.zh.md");

/// Which side is measured, and with whom a unit is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PartialOrientation {
    /// Inputs, against units that produce at least as much.
    #[default]
    Input,
    /// Outputs, against units that use no more.
    Output,
    /// Inputs and outputs by one factor (hyperbolic), against all units.
    Hyperbolic,
}

/// Order α: which value is the quantile where N(1 − α) is whole, so that two neighbours are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tie {
    /// The one nearer to the full frontier: the N(1 − α)-th best unit (Daouia and Simar 2007).
    #[default]
    Outer,
    /// The one farther from it: `inf {θ : F(θ) > 1 − α}` to the letter.
    Inner,
}

/// What the frontier is a part of.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Order {
    /// Order m: the expected best of m units drawn at random, with replacement.
    M(u32),
    /// Order α in (0, 1]: the frontier that a share 1 − α of the units surpasses.
    Alpha(f64),
}

/// Options of [`partial`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartialOptions {
    /// Order m or order α.
    pub order: Order,
    /// Which side is measured.
    #[serde(default)]
    pub orientation: PartialOrientation,
    /// Order α: which of two quantiles.
    #[serde(default)]
    pub tie: Tie,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    #[serde(default)]
    pub missing: Missing,
}

/// Result of [`partial`]: one value per evaluated unit in each column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Partial {
    /// State. `Unbounded`: the expectation is not finite, because the unit uses none of an input that others use.
    pub state: Vec<State>,
    /// Farrell score θ, 1/λ or 1/γ; above 1 for units beyond the partial frontier.
    pub score: Vec<f64>,
    /// `1 / score`: λ or γ as many programs print it.
    pub reciprocal: Vec<f64>,
    /// Bounds of `score` that hold whatever rounding did.
    pub interval: Vec<(f64, f64)>,
    /// Score against the full frontier, the free disposal hull.
    pub full: Vec<f64>,
    /// How many units each is compared with, itself among them if it is in the reference.
    pub compared: Vec<usize>,
    /// Inputs of the point of the partial frontier that the score leads to, `[variable][unit]`.
    pub input_targets: Vec<Vec<f64>>,
    /// Outputs of that point.
    pub output_targets: Vec<Vec<f64>>,
    /// Order α: the unit through which the frontier runs, with weight 1.
    pub peers: Peers,
}

/// One evaluated point.
struct Scored {
    score: f64,
    error: f64,
    full: f64,
    compared: usize,
    peer: Vec<(usize, f64)>,
    state: State,
}

/// Scores of every unit against the partial frontier of all complete units.
///
/// # Errors
/// [`FrontierError`]: no variables, columns of different length, m of 0, α outside (0, 1], or cells that cannot be used,
/// all of them at once.
pub fn partial(technology: &Technology<'_>, options: &PartialOptions) -> Result<Partial, FrontierError> {
    evaluate(technology, None, options)
}

/// Scores of `evaluated` against the partial frontier of another set of units. A unit that none of them can be compared
/// with is infeasible.
///
/// # Errors
/// As [`partial`], for both sets, and different variables.
pub fn partial_against(
    evaluated: &Technology<'_>,
    reference: &Technology<'_>,
    options: &PartialOptions,
) -> Result<Partial, FrontierError> {
    evaluated.like(reference)?;
    evaluate(evaluated, Some(reference), options)
}

fn evaluate(
    evaluated: &Technology<'_>,
    reference: Option<&Technology<'_>>,
    options: &PartialOptions,
) -> Result<Partial, FrontierError> {
    options.check()?;
    for technology in [Some(evaluated), reference].into_iter().flatten() {
        technology.check(options.missing, false)?;
    }
    let set = Reference::spanning(reference.unwrap_or(evaluated))?;
    let foreign = reference.map(|_| Reference::complete(evaluated));
    let points = foreign.as_ref().unwrap_or(&set);
    let model = Model { options, set: &set, inputs: evaluated.inputs.len() };
    let solved: Vec<Scored> = (0..points.classes.len()).into_par_iter().map(|k| model.score(&points.columns, k)).collect();

    let n = evaluated.len();
    let mut of: Vec<Option<&Scored>> = vec![None; n];
    for (k, s) in solved.iter().enumerate() {
        points.classes.units(k).iter().for_each(|&u| of[u] = Some(s));
    }
    let number = |get: &dyn Fn(&Scored) -> f64| -> Vec<f64> { of.iter().map(|s| s.map_or(f64::NAN, get)).collect() };
    let score = number(&|s| s.score);
    let target = |column: &[f64], moved: bool, by: &dyn Fn(f64) -> f64| -> Vec<f64> {
        column.iter().zip(&score).map(|(x, s)| if moved || s.is_nan() { x * by(*s) } else { *x }).collect()
    };
    let side = options.orientation;
    let inputs = evaluated.inputs.iter().map(|c| target(c, side != PartialOrientation::Output, &|s| s));
    let outputs = evaluated.outputs.iter().map(|c| target(c, side != PartialOrientation::Input, &|s| 1.0 / s));
    Ok(Partial {
        state: of.iter().map(|s| s.map_or(State::Missing, |s| s.state)).collect(),
        reciprocal: number(&|s| 1.0 / s.score),
        interval: of.iter().map(|s| s.map_or((f64::NAN, f64::NAN), |s| (s.score - s.error, s.score + s.error))).collect(),
        full: number(&|s| s.full),
        compared: of.iter().map(|s| s.map_or(0, |s| s.compared)).collect(),
        input_targets: inputs.collect(),
        output_targets: outputs.collect(),
        peers: Peers::new(set.classes.clone(), of.iter().map(|s| s.map_or(&[][..], |s| &s.peer))),
        score,
    })
}

impl PartialOptions {
    /// Whether the options make sense by themselves.
    ///
    /// # Errors
    /// [`FrontierError::Options`].
    pub fn check(&self) -> Result<(), FrontierError> {
        let problem = match self.order {
            Order::M(0) => ("m", "at least one unit is drawn".to_owned()),
            Order::Alpha(a) if !(a > 0.0 && a <= 1.0) => ("alpha", format!("{a} is not above 0 and at most 1")),
            _ => return Ok(()),
        };
        Err(FrontierError::Options(vec![problem]))
    }
}

struct Model<'a> {
    options: &'a PartialOptions,
    set: &'a Reference,
    inputs: usize,
}

impl Model<'_> {
    fn score(&self, own: &[Vec<f64>], k: usize) -> Scored {
        let list = self.against(own, k);
        let n: usize = list.iter().map(|&(_, class)| self.set.classes.units(class).len()).sum();
        let Some(&(full, _)) = list.first() else {
            let state = State::Infeasible;
            return Scored { score: f64::NAN, error: f64::NAN, full: f64::NAN, compared: 0, peer: Vec::new(), state };
        };
        let (score, error, peer) = match self.options.order {
            Order::Alpha(alpha) => {
                let (v, class) = self.quantile(&list, alpha, n);
                (v, v * f64::EPSILON, vec![(class, 1.0)])
            }
            Order::M(m) => {
                let (v, error) = self.expected(&list, f64::from(m), n);
                (v, error, Vec::new())
            }
        };
        if score > 0.0 && score.is_finite() {
            let state = State::Optimal.certified((score - error, score + error), score);
            return Scored { score, error, full, compared: n, peer, state };
        }
        Scored { score: f64::NAN, error: f64::NAN, full, compared: n, peer: Vec::new(), state: State::Unbounded }
    }

    /// Scores against each single class that the point is compared with, best first.
    fn against(&self, own: &[Vec<f64>], k: usize) -> Vec<(f64, usize)> {
        let side = self.options.orientation;
        let one = |j: usize| {
            let mut score = 0.0_f64;
            for (v, (own, other)) in own.iter().zip(&self.set.columns).enumerate() {
                let input = v < self.inputs;
                let (less, more) = if input { (other[j], own[k]) } else { (own[k], other[j]) };
                let measured = match side {
                    PartialOrientation::Input => input,
                    PartialOrientation::Output => !input,
                    PartialOrientation::Hyperbolic => true,
                };
                if !measured {
                    if less > more {
                        return None;
                    }
                } else if less > 0.0 {
                    // Infinite where the point has none of an input, or the other none of an output.
                    score = score.max(less / more);
                }
            }
            Some((score, j))
        };
        let mut list: Vec<(f64, usize)> = (0..self.set.classes.len()).filter_map(one).collect();
        // Scores are not negative: their bits are in their order.
        list.sort_unstable_by_key(|&(score, j)| (score.to_bits(), j));
        list
    }

    /// The value that a share 1 − α of the units surpasses, and where it lies.
    fn quantile(&self, list: &[(f64, usize)], alpha: f64, n: usize) -> (f64, usize) {
        let beyond = (1.0 - alpha) * n as f64;
        let nearest = beyond.round();
        // What rounding adds to a whole number is nothing.
        let whole = (beyond - nearest).abs() <= 1e-9 * n as f64;
        let place = match (whole, self.options.tie) {
            (true, Tie::Outer) => (nearest as usize).saturating_sub(1),
            (true, Tie::Inner) => nearest as usize,
            (false, _) => beyond as usize,
        };
        let mut seen = 0;
        let at = list.iter().find(|v| {
            seen += self.set.classes.units(v.1).len();
            seen > place.min(n - 1)
        });
        at.copied().unwrap_or((f64::NAN, 0))
    }

    /// The expected best of m draws among n units, and a bound on its rounding error.
    ///
    /// Of draws from `v₁ ≤ v₂ ≤ …` the least exceeds the first k with probability `S = ((n − k)/n)^m`. θ is the mean of
    /// least factors, `v₁ + Σ (vₖ₊₁ − vₖ) S`; λ and γ are means of largest factors `1/v`, summed from the other end
    /// with `1 − S`. No term is negative, so that nothing cancels.
    fn expected(&self, list: &[(f64, usize)], m: f64, n: usize) -> (f64, f64) {
        const UNIT: f64 = f64::EPSILON;
        let least = self.options.orientation == PartialOrientation::Input;
        let factor = |v: f64| if least { v } else { 1.0 / v };
        let (mut seen, mut sum, mut doubt) = (0, 0.0, 0.0);
        for (here, next) in list.iter().zip(&list[1..]) {
            seen += self.set.classes.units(here.1).len();
            let power = m * (-(seen as f64) / n as f64).ln_1p();
            let (step, share, loose) = if least {
                (next.0 - here.0, power.exp(), 4.0 - 3.0 * power)
            } else {
                (factor(here.0) - factor(next.0), -power.exp_m1(), 8.0)
            };
            if step == f64::INFINITY {
                sum = step;
            } else if step > 0.0 {
                sum += step * share;
                doubt += step * share * loose;
            }
        }
        let edge = if least { list.first() } else { list.last() };
        sum += edge.map_or(f64::NAN, |v| factor(v.0));
        let relative = UNIT * (doubt / sum + list.len() as f64 + 4.0);
        let score = factor(sum);
        (score, score * relative)
    }
}

#[cfg(test)]
#[path = "partial_tests.rs"]
mod tests;
