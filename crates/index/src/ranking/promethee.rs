//! PROMETHEE II: net flows of pairwise preference (Brans and Vincke 1985).

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RankingError, Sense, Table};
use crate::order::Sorter;

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
    // Threads cost more than they save on a small table.
    let each: Vec<(Vec<f64>, Vec<f64>)> = (0..table.columns.len())
        .into_par_iter()
        .with_min_len(1 + PARALLEL / n)
        .map(|j| {
            let sign = if table.senses[j] == Sense::Cost { -1.0 } else { 1.0 };
            let x: Vec<f64> = table.columns[j].iter().map(|x| sign * x).collect();
            match preferences[j] {
                Preference::Gaussian { .. } => pairwise(&x, preferences[j]),
                preference => swept(&x, preference),
            }
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

/// Cells that one thread takes at least.
const PARALLEL: usize = 10_000;

/// `Σ_b P(x_a - x_b) / (n - 1)` and `Σ_b P(x_b - x_a) / (n - 1)` for every `a`, pair by pair.
fn pairwise(x: &[f64], preference: Preference) -> (Vec<f64>, Vec<f64>) {
    let others = (x.len() - 1) as f64;
    let one = |&a: &f64| {
        let (mut plus, mut minus) = (0.0, 0.0);
        for b in x {
            let degree = preference.degree((a - b).abs());
            *(if a > *b { &mut plus } else { &mut minus }) += degree;
        }
        (plus / others, minus / others)
    };
    x.par_iter().map(one).unzip()
}

/// The same for preferences that are linear by pieces: in ascending order, the values that lie further below than a
/// threshold, and further above, follow one another, and only their number and their sum count.
fn swept(x: &[f64], preference: Preference) -> (Vec<f64>, Vec<f64>) {
    let (q, p) = match preference {
        Preference::U { q } => (q, q),
        Preference::V { p } => (0.0, p),
        Preference::Level { q, p } | Preference::Linear { q, p } => (q, p),
        Preference::Usual | Preference::Gaussian { .. } => (0.0, 0.0),
    };
    let is_ramp = matches!(preference, Preference::V { .. } | Preference::Linear { .. });
    let n = x.len();
    let rows: Vec<usize> = Sorter::default().sort(x).rows().collect();
    let sorted: Vec<f64> = rows.iter().map(|&i| x[i]).collect();
    // Sums of differences from the middle lose less than sums of values.
    let middle = sorted[n / 2];
    let mut sums = Vec::new();
    if is_ramp {
        sums.reserve(n + 1);
        sums.push(0.0);
        sums.extend(sorted.iter().scan(0.0, |s, b| {
            *s += b - middle;
            Some(*s)
        }));
    }
    // Of `full` values further than `p` and `part` further than `q`, with the sum of the distances of those between.
    let total = |full: usize, part: usize, distances: f64| {
        let between = (part - full) as f64;
        if is_ramp { full as f64 + (distances - between * q) / (p - q) } else { 0.5 * (full + part) as f64 }
    };
    let sum = |from: usize, to: usize| if is_ramp { sums[to] - sums[from] } else { 0.0 };
    let others = (n - 1) as f64;
    let (mut plus, mut minus) = (vec![0.0; n], vec![0.0; n]);
    let (mut full, mut part) = (0, 0);
    for (&row, &a) in rows.iter().zip(&sorted) {
        while a - sorted[full] > p {
            full += 1;
        }
        part = part.max(full);
        while a - sorted[part] > q {
            part += 1;
        }
        plus[row] = total(full, part, (part - full) as f64 * (a - middle) - sum(full, part)) / others;
    }
    (full, part) = (n, n);
    for (&row, &a) in rows.iter().zip(&sorted).rev() {
        while sorted[full - 1] - a > p {
            full -= 1;
        }
        part = part.min(full);
        while sorted[part - 1] - a > q {
            part -= 1;
        }
        minus[row] = total(n - full, n - part, sum(part, full) - (full - part) as f64 * (a - middle)) / others;
    }
    (plus, minus)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ranking::tests::table;

    /// Flows of many alternatives, with ties and far from 0, are the sums over all pairs.
    #[test]
    fn promethee_of_many_is_its_definition() {
        let column = |step: usize, from: f64| (0..257).map(|i| from + ((i * step) % 101) as f64 / 8.0).collect::<Vec<f64>>();
        let m = vec![column(37, 1e6), column(55, -3.0)];
        let w = [0.25, 0.75];
        let t = table(&m, &[Sense::Benefit, Sense::Cost], &w);
        for preference in [
            Preference::Usual,
            Preference::U { q: 1.5 },
            Preference::V { p: 4.0 },
            Preference::Level { q: 1.0, p: 3.0 },
            Preference::Linear { q: 0.5, p: 6.0 },
            Preference::Gaussian { s: 2.0 },
        ] {
            let r = promethee(&t, &[preference; 2]).unwrap();
            for a in 0..t.len() {
                let flow = |b: usize| {
                    let (d, e) = (m[0][a] - m[0][b], m[1][b] - m[1][a]);
                    let of = |d: f64, e: f64| 0.25 * preference.degree(d) + 0.75 * preference.degree(e);
                    (of(d, e), of(-d, -e))
                };
                let (plus, minus) = (0..t.len()).map(flow).fold((0.0, 0.0), |(p, m), (x, y)| (p + x, m + y));
                assert!((r.leaving[a] - plus / 256.0).abs() < 1e-11, "{preference:?} {a}");
                assert!((r.entering[a] - minus / 256.0).abs() < 1e-11, "{preference:?} {a}");
            }
        }
    }
}
