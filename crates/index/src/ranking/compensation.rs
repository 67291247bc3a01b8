//! Means that limit how far a strength makes up for a weakness: power means, Mazziotta-Pareto indices, mean-min.

use numerics::moments;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RankingError, Sense, Table};

/// Which way imbalance counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Penalty {
    /// `M - S cv`: imbalance lowers the score, where more is better.
    #[default]
    Downward,
    /// `M + S cv`: imbalance raises the score, where the index measures something bad.
    Upward,
}

/// Denominator of the standard deviation across criteria.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Spread {
    /// The number of criteria (De Muro, Mazziotta and Pareto 2011; Mazziotta and Pareto 2016).
    #[default]
    Population,
    /// One less (`ci_mpi` of Compind).
    Sample,
}

impl Spread {
    fn factor(self, terms: usize) -> f64 {
        match self {
            Self::Sample if terms > 1 => terms as f64 / (terms - 1) as f64,
            _ => 1.0,
        }
    }
}

/// Parameters of aggregations that limit compensation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Compensation {
    /// `p` of the power mean: 1 arithmetic, 0 geometric, -1 harmonic, 2 quadratic.
    pub power: f64,
    /// Which way imbalance counts under Mazziotta-Pareto.
    pub penalty: Penalty,
    /// Denominator of the standard deviations of Mazziotta-Pareto.
    pub spread: Spread,
    /// `a` of mean-min: 0 the mean, 1 the minimum.
    pub min_share: f64,
    /// `b` of mean-min, on the scale of 0 to 1: how smoothly the penalty sets in; 0 is `(1 - a) M + a min`.
    pub min_smoothing: f64,
    /// `a` of the quantifier `x^a` of OWA: 1 the weighted mean, 2 "most", above 1 weak places count more.
    pub quantifier: f64,
}

impl Default for Compensation {
    fn default() -> Self {
        Self {
            power: 0.5,
            penalty: Penalty::default(),
            spread: Spread::default(),
            min_share: 0.5,
            min_smoothing: 0.0,
            quantifier: 2.0,
        }
    }
}

impl Compensation {
    /// Parameters out of range.
    pub fn check(&self) -> Vec<RankingError> {
        let mut errors = Vec::new();
        let mut need = |fine: bool, name, value, needs| {
            if !fine {
                errors.push(RankingError::parameter(name, value, needs));
            }
        };
        need((-20.0..=20.0).contains(&self.power), "power", self.power, "between -20 and 20");
        need((0.0..=1.0).contains(&self.min_share), "min_share", self.min_share, "between 0 and 1");
        need((0.0..=1e6).contains(&self.min_smoothing), "min_smoothing", self.min_smoothing, "a number of at least 0");
        let fine = self.quantifier > 0.0 && self.quantifier <= 1e3;
        need(fine, "quantifier", self.quantifier, "above 0 and at most 1000");
        errors
    }
}

/// Weighted power mean `(Σ w x^p / Σ w)^(1/p)` of values of at least 0 with their weights: 1 arithmetic, 0 geometric,
/// -1 harmonic, 2 quadratic. With `p <= 0` a value of 0 that has weight gives 0.
pub fn power_mean(pairs: &[(f64, f64)], p: f64) -> f64 {
    let present = || pairs.iter().filter(|(_, w)| *w > 0.0);
    let total: f64 = present().map(|(_, w)| w).sum();
    if p <= 0.0 && present().any(|(x, _)| *x <= 0.0) {
        return 0.0;
    }
    let base = power_base(pairs, p);
    if base == 0.0 {
        return 0.0;
    }
    if p == 0.0 {
        return base * (present().map(|(x, w)| w * (x / base).ln()).sum::<f64>() / total).exp();
    }
    // Relative to the base every power is at most 1, and its distance from 1 keeps its digits when p is small.
    let less = present().map(|(x, w)| w * (p * (x / base).ln()).exp_m1()).sum::<f64>() / total;
    base * (less.ln_1p() / p).exp()
}

/// The value whose power is the largest: the maximum, or the minimum where `p < 0`; 0 where there is none.
pub(crate) fn power_base(pairs: &[(f64, f64)], p: f64) -> f64 {
    let present = pairs.iter().filter(|(_, w)| *w > 0.0).map(|(x, _)| *x);
    if p < 0.0 { present.reduce(f64::min).unwrap_or(0.0) } else { present.fold(0.0, f64::max) }
}

/// Mean `M`, standard deviation `S` and `M ∓ S^2 / M` of values with their weights.
pub fn penalised(pairs: &[(f64, f64)], penalty: Penalty, spread: Spread) -> (f64, f64, f64) {
    let total: f64 = pairs.iter().map(|p| p.1).sum();
    let mean = pairs.iter().map(|(x, w)| w * x).sum::<f64>() / total;
    let square = pairs.iter().map(|(x, w)| w * (x - mean) * (x - mean)).sum::<f64>() / total * spread.factor(pairs.len());
    let sign = if penalty == Penalty::Downward { -1.0 } else { 1.0 };
    (mean, square.sqrt(), mean + sign * square / mean)
}

/// Mean-min function (Casadio Tarabusi and Guarini 2013) `M - a (sqrt((M - min)^2 + b^2) - b)`: `a` from 0 (mean) to 1,
/// `b >= 0` how smoothly the penalty sets in; with `a = 1, b = 0` it is the minimum.
pub fn mean_min(pairs: &[(f64, f64)], a: f64, b: f64) -> f64 {
    let total: f64 = pairs.iter().map(|p| p.1).sum();
    let mean = pairs.iter().map(|(x, w)| w * x).sum::<f64>() / total;
    let low = pairs.iter().filter(|(_, w)| *w > 0.0).map(|(x, _)| *x).fold(f64::INFINITY, f64::min);
    mean - a * ((mean - low).hypot(b) - b)
}

/// Result of a Mazziotta-Pareto index.
#[derive(Clone, Debug, PartialEq)]
pub struct MazziottaPareto {
    /// `scaled[criterion][alternative]`, on the scale of mean 100 or of 70 to 130.
    pub scaled: Vec<Vec<f64>>,
    /// Mean across criteria.
    pub mean: Vec<f64>,
    /// Standard deviation across criteria.
    pub spread: Vec<f64>,
    /// `S^2 / M`, what is taken off or added.
    pub penalty: Vec<f64>,
    /// The index.
    pub score: Vec<f64>,
}

/// Mazziotta-Pareto index: `z = 100 ± 10 (x - mean) / sd`, `M ∓ S cv`. The sd over alternatives has the same
/// denominator as the one across criteria. A constant criterion stands at 100.
///
/// # Errors
/// [`Table::check`].
pub fn mpi(table: &Table<'_>, penalty: Penalty, spread: Spread) -> Result<MazziottaPareto, Vec<RankingError>> {
    table.check()?;
    let less = usize::from(spread == Spread::Sample);
    let scale = |(column, sense): (&Vec<f64>, &Sense)| {
        let (mean, sd) = (moments::mean(column), moments::deviation(column, less));
        let unit = if *sense == Sense::Benefit { sd } else { -sd };
        column.iter().map(|x| if sd > 1e-12 * mean.abs() { 100.0 + 10.0 * (x - mean) / unit } else { 100.0 }).collect()
    };
    Ok(across(table.columns.iter().zip(table.senses).map(scale).collect(), table.weights, penalty, spread))
}

/// Adjusted Mazziotta-Pareto index: `r = 70 + 60 (x - low) / (high - low)`, cost turned round, `M ∓ S cv`, with the ends
/// declared in the table or those of the alternatives. Scores of one set of ends can be compared over time. A constant
/// criterion stands at 100.
///
/// # Errors
/// [`Table::check`], except that values may lie beyond the ends.
pub fn ampi(table: &Table<'_>, penalty: Penalty, spread: Spread) -> Result<MazziottaPareto, Vec<RankingError>> {
    let ends: Vec<(f64, f64)> = (0..table.columns.len()).map(|j| table.end(j)).collect();
    if let Some(j) = ends.iter().position(|(a, b)| !(a.is_finite() && b.is_finite())) {
        return Err(vec![RankingError::Ends(j)]);
    }
    Table { ends: None, ..*table }.check()?;
    let scale = |(column, (worst, best)): (&Vec<f64>, (f64, f64))| {
        let flat = (best - worst).abs() <= 1e-12 * worst.abs().max(best.abs());
        column.iter().map(|x| if flat { 100.0 } else { 70.0 + 60.0 * (x - worst) / (best - worst) }).collect()
    };
    Ok(across(table.columns.iter().zip(ends).map(scale).collect(), table.weights, penalty, spread))
}

/// Ends of the AMPI from a reference value and the range of all values: `reference ± (max - min) / 2`, so that the
/// reference stands at 100; as (worst, best).
pub fn reference_ends(column: &[f64], reference: f64, sense: Sense) -> (f64, f64) {
    let (low, high) = moments::extremes(column);
    let half = (high - low) / 2.0;
    if sense == Sense::Benefit { (reference - half, reference + half) } else { (reference + half, reference - half) }
}

fn across(scaled: Vec<Vec<f64>>, weights: &[f64], penalty: Penalty, spread: Spread) -> MazziottaPareto {
    let n = scaled.first().map_or(0, Vec::len);
    let mut out = MazziottaPareto { scaled, mean: Vec::new(), spread: Vec::new(), penalty: Vec::new(), score: Vec::new() };
    let mut pairs: Vec<(f64, f64)> = weights.iter().map(|w| (0.0, *w)).collect();
    for i in 0..n {
        pairs.iter_mut().zip(&out.scaled).for_each(|(p, c)| p.0 = c[i]);
        let (mean, sd, score) = penalised(&pairs, penalty, spread);
        out.mean.push(mean);
        out.spread.push(sd);
        out.penalty.push(sd * sd / mean);
        out.score.push(score);
    }
    out
}
