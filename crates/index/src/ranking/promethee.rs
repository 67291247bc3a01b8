//! PROMETHEE II: net flows of pairwise preference (Brans and Vincke 1985).

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RankingError, Sense, Table};

/// How strongly a difference `d > 0` in a criterion's own unit is preferred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "type", deny_unknown_fields)]
pub enum Preference {
    /// I: 1 for any difference.
    #[default]
    Usual,
    /// II: 1 above `q`, else 0.
    U {
        /// Indifference threshold.
        q: f64,
    },
    /// III: `d / p` up to `p`, then 1.
    V {
        /// Preference threshold.
        p: f64,
    },
    /// IV: 0 up to `q`, 1/2 up to `p`, then 1.
    Level {
        /// Indifference threshold.
        q: f64,
        /// Preference threshold.
        p: f64,
    },
    /// V: 0 up to `q`, `(d - q) / (p - q)` up to `p`, then 1.
    Linear {
        /// Indifference threshold.
        q: f64,
        /// Preference threshold.
        p: f64,
    },
    /// VI: `1 - exp(-d^2 / (2 s^2))`.
    Gaussian {
        /// Point of inflection.
        s: f64,
    },
}

impl Preference {
    /// `P(d)`.
    pub fn degree(self, d: f64) -> f64 {
        let step = |from: f64| f64::from(u8::from(d > from));
        match self {
            _ if d <= 0.0 => 0.0,
            Self::Usual => 1.0,
            Self::U { q } => step(q),
            Self::V { p } => (d / p).min(1.0),
            Self::Level { q, p } => 0.5 * (step(q) + step(p)),
            Self::Linear { q, p } => ((d - q) / (p - q)).clamp(0.0, 1.0),
            Self::Gaussian { s } => -(-d * d / (2.0 * s * s)).exp_m1(),
        }
    }

    /// Thresholds that make no preference.
    ///
    /// # Errors
    /// The first of them.
    pub fn check(self) -> Result<(), RankingError> {
        let positive = |name, x: f64| {
            if x > 0.0 && x.is_finite() { Ok(()) } else { Err(RankingError::parameter(name, x, "a number above 0")) }
        };
        let least = |q: f64| {
            if q >= 0.0 && q.is_finite() { Ok(()) } else { Err(RankingError::parameter("q", q, "a number of at least 0")) }
        };
        match self {
            Self::Usual => Ok(()),
            Self::U { q } => least(q),
            Self::V { p } => positive("p", p),
            Self::Level { q, p } | Self::Linear { q, p } => {
                least(q)?;
                if p > q && p.is_finite() { Ok(()) } else { Err(RankingError::parameter("p", p, "above q")) }
            }
            Self::Gaussian { s } => positive("s", s),
        }
    }
}

/// Result of PROMETHEE II.
#[derive(Clone, Debug, PartialEq)]
pub struct Promethee {
    /// `φ+`, how far an alternative is preferred to the others on average.
    pub leaving: Vec<f64>,
    /// `φ-`, how far the others are preferred to it.
    pub entering: Vec<f64>,
    /// `φ = φ+ - φ-`; the net flows sum to 0.
    pub net: Vec<f64>,
    /// `flows[criterion][alternative]`, net flow of each criterion by itself; `φ = Σ_j w_j φ_j`.
    pub flows: Vec<Vec<f64>>,
}

/// PROMETHEE II, `O(n m log n)`, but `O(n^2 m)` for Gaussian preferences.
///
/// # Errors
/// [`Table::check`]; not one preference per criterion, or thresholds out of range.
pub fn promethee(table: &Table<'_>, preferences: &[Preference]) -> Result<Promethee, Vec<RankingError>> {
    table.check()?;
    if preferences.len() != table.columns.len() {
        return Err(vec![RankingError::Shape]);
    }
    let errors: Vec<RankingError> = preferences.iter().filter_map(|p| p.check().err()).collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let n = table.len();
    let each: Vec<(Vec<f64>, Vec<f64>)> = (0..table.columns.len())
        .into_par_iter()
        .map(|j| {
            let sign = if table.senses[j] == Sense::Cost { -1.0 } else { 1.0 };
            let x: Vec<f64> = table.columns[j].iter().map(|x| sign * x).collect();
            let turned: Vec<f64> = x.iter().map(|x| -x).collect();
            (degrees(&x, preferences[j]), degrees(&turned, preferences[j]))
        })
        .collect();
    let mut out =
        Promethee { leaving: vec![0.0; n], entering: vec![0.0; n], net: vec![0.0; n], flows: Vec::with_capacity(each.len()) };
    for ((plus, minus), w) in each.into_iter().zip(table.weights) {
        let flow: Vec<f64> = plus.iter().zip(&minus).map(|(p, m)| p - m).collect();
        for i in 0..n {
            out.leaving[i] += w * plus[i];
            out.entering[i] += w * minus[i];
            out.net[i] += w * flow[i];
        }
        out.flows.push(flow);
    }
    Ok(out)
}

/// `Σ_b P(x_a - x_b) / (n - 1)` for every `a`.
fn degrees(x: &[f64], preference: Preference) -> Vec<f64> {
    let n = x.len();
    let others = (n - 1) as f64;
    if let Preference::Gaussian { .. } = preference {
        return x.par_iter().map(|a| x.iter().map(|b| preference.degree(a - b)).sum::<f64>() / others).collect();
    }
    let mut sorted = x.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    // Sums of differences from the middle lose less than sums of values.
    let middle = sorted[n / 2];
    let mut sums = Vec::with_capacity(n + 1);
    sums.push(0.0);
    for b in &sorted {
        sums.push(sums[sums.len() - 1] + (b - middle));
    }
    let below = |a: f64, by: f64| sorted.partition_point(|b| a - b > by);
    let ramp = |a: f64, q: f64, p: f64| {
        let (full, part) = (below(a, p), below(a, q));
        let count = (part - full) as f64;
        full as f64 + (count * (a - middle - q) - (sums[part] - sums[full])) / (p - q)
    };
    x.iter()
        .map(|&a| {
            let total = match preference {
                Preference::Usual => below(a, 0.0) as f64,
                Preference::U { q } => below(a, q) as f64,
                Preference::Level { q, p } => 0.5 * (below(a, q) + below(a, p)) as f64,
                Preference::V { p } => ramp(a, 0.0, p),
                Preference::Linear { q, p } => ramp(a, q, p),
                Preference::Gaussian { .. } => 0.0,
            };
            total / others
        })
        .collect()
}
