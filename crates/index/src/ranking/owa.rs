//! Ordered weighted averages (Yager 1988): weights belong to places, the best value first.

use super::{RankingError, Scaling, Table};

/// How much each place counts.
#[derive(Clone, Debug, PartialEq)]
pub enum Emphasis {
    /// `Q(x) = x^a` over cumulated importance: 1 is the weighted mean, above 1 weak places count more ("most" is 2),
    /// below 1 strong ones (Yager 1996).
    Quantifier(f64),
    /// One weight per place, the best first, whatever the importance of criteria; scaled to sum 1.
    Places(Vec<f64>),
}

/// Result of ordered weighted averaging.
#[derive(Clone, Debug, PartialEq)]
pub struct Owa {
    /// `scaled[criterion][alternative]`, larger is better.
    pub scaled: Vec<Vec<f64>>,
    /// Weights of the places where criteria are equally important, the best first.
    pub places: Vec<f64>,
    /// `Σ_k v_k (m - k) / (m - 1)` of those: 1 the best value alone, 0.5 the mean, 0 the worst alone; 0.5 for a single
    /// criterion.
    pub orness: f64,
    /// `Σ_k v_k r_(k)`.
    pub score: Vec<f64>,
}

/// Ordered weighted average of a row. `pairs` of value and importance are sorted by it, the largest value first.
pub fn average(pairs: &mut [(f64, f64)], emphasis: &Emphasis) -> f64 {
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let total: f64 = pairs.iter().map(|p| p.1).sum();
    match emphasis {
        Emphasis::Quantifier(a) => {
            let (mut seen, mut before, mut score) = (0.0, 0.0, 0.0);
            for (k, (value, importance)) in pairs.iter().enumerate() {
                seen += importance;
                let upto = if k + 1 == pairs.len() { 1.0 } else { (seen / total).min(1.0).powf(*a) };
                score += (upto - before) * value;
                before = upto;
            }
            score
        }
        Emphasis::Places(v) => {
            let total: f64 = v.iter().take(pairs.len()).sum();
            pairs.iter().zip(v).map(|(p, v)| v / total * p.0).sum()
        }
    }
}

/// OWA of every alternative.
///
/// # Errors
/// [`Table::check_for`]; an exponent that is not above 0; weights of places that are not one per criterion, at least 0
/// and not all 0.
pub fn owa(table: &Table<'_>, scaling: Scaling, emphasis: &Emphasis) -> Result<Owa, Vec<RankingError>> {
    table.check_for(scaling)?;
    let m = table.columns.len();
    match emphasis {
        Emphasis::Quantifier(a) if !(*a > 0.0 && a.is_finite()) => {
            return Err(vec![RankingError::parameter("quantifier", *a, "a number above 0")]);
        }
        Emphasis::Places(v) if v.len() != m => return Err(vec![RankingError::Shape]),
        Emphasis::Places(v) => {
            if let Some(j) = v.iter().position(|x| !(x.is_finite() && *x >= 0.0)) {
                return Err(vec![RankingError::Weight(j)]);
            }
            if v.iter().all(|x| *x == 0.0) {
                return Err(vec![RankingError::ZeroWeights]);
            }
        }
        Emphasis::Quantifier(_) => {}
    }
    let places: Vec<f64> = match emphasis {
        Emphasis::Quantifier(a) => {
            (0..m).map(|k| ((k + 1) as f64 / m as f64).powf(*a) - (k as f64 / m as f64).powf(*a)).collect()
        }
        Emphasis::Places(v) => {
            let total: f64 = v.iter().sum();
            v.iter().map(|x| x / total).collect()
        }
    };
    let orness =
        if m == 1 { 0.5 } else { places.iter().enumerate().map(|(k, v)| v * (m - 1 - k) as f64).sum::<f64>() / (m - 1) as f64 };
    let scaled: Vec<Vec<f64>> = (0..m).map(|j| table.scaled(j, scaling).values).collect();
    let mut pairs = vec![(0.0, 0.0); m];
    let score = (0..table.len())
        .map(|i| {
            for (j, p) in pairs.iter_mut().enumerate() {
                *p = (scaled[j][i], table.weights[j]);
            }
            average(&mut pairs, emphasis)
        })
        .collect();
    Ok(Owa { scaled, places, orness, score })
}
