//! One unit as the only peer, scaled between bounds: `t` of unit j, `lower ≤ t ≤ upper`.
//!
//! ```text
//! input:  θ   = min over j, t with t yⱼ ≥ y₀ of maxᵢ t xᵢⱼ / xᵢ₀
//! output: 1/φ = min over j, t with t xⱼ ≤ x₀ of maxᵣ yᵣ₀ / t yᵣⱼ
//! ```
//!
//! The best `t` of a unit is its least (input) or largest (output), so that no program is needed.

use super::Setting;
use crate::{
    observations::Distance,
    radial::{Barred, Bounds, Hold, Radial},
    technology::{Orientation, State},
};

/// How far two scales that should be equal may lie apart.
const SAME: f64 = 1e-12;

/// Peers of a point with their weights.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    pub(super) score: Distance,
    pub(super) weights: Vec<(usize, f64)>,
    /// Whether no others are as good.
    pub(super) unique: bool,
}

/// The points, and what a program may do with them.
#[derive(Clone)]
pub(super) struct Problem<'a> {
    pub(super) points: &'a [Vec<f64>],
    pub(super) inputs: usize,
    pub(super) moves: Vec<bool>,
    pub(super) hold: &'a [Hold],
    pub(super) orientation: Orientation,
    columns: &'a [&'a [f64]],
    bounds: Bounds,
    weights: Option<&'a [f64]>,
    barred: Option<&'a Barred<'a>>,
}

impl<'a> Problem<'a> {
    pub(super) fn new(
        setting: &'a Setting<'_>,
        (radial, hold): (&Radial<'_>, &'a [Hold]),
        columns: &'a [&'a [f64]],
        (orientation, bounds, weights): (Orientation, Bounds, Option<&'a [f64]>),
        barred: Option<&'a Barred<'a>>,
    ) -> Self {
        let moves = (0..setting.columns.len()).map(|i| radial.moves(i)).collect();
        Self { points: &setting.columns, inputs: setting.inputs, moves, hold, orientation, columns, bounds, weights, barred }
    }

    /// The same with other bounds of the scale.
    pub(super) fn within(&self, bounds: Bounds) -> Self {
        Self { bounds, ..self.clone() }
    }

    /// Value of a variable of an evaluated point.
    pub(super) fn at(&self, i: usize, row: usize) -> f64 {
        self.columns[i][row]
    }

    /// Points that may be peers of a row.
    pub(super) fn peers(&self, row: usize, excluded: Option<usize>) -> Vec<usize> {
        let mut barred: Vec<usize> = excluded.into_iter().collect();
        if let Some(bar) = self.barred {
            bar(row, &mut barred);
            barred.sort_unstable();
        }
        (0..self.points.first().map_or(0, Vec::len)).filter(|j| barred.binary_search(j).is_err()).collect()
    }

    /// The best single peer: least score, then the largest weighted sum of slacks, then the order of the points.
    pub(super) fn best(&self, row: usize, excluded: Option<usize>) -> Option<Chosen> {
        let mut best: Option<(Chosen, f64)> = None;
        for j in self.peers(row, excluded) {
            let Some(scale) = self.scale(j, row) else { continue };
            let Some(score) = self.score(&[(j, scale)], row) else { continue };
            let known = best.as_ref().map(|(b, s)| (b.score.value, *s));
            if known.is_some_and(|(value, _)| score > value) {
                continue;
            }
            let slack = self.slack(j, scale, score, row);
            match (known, &mut best) {
                (Some((value, s)), _) if score == value && slack < s => continue,
                (Some((value, s)), Some((b, _))) if score == value && slack == s => b.unique = false,
                _ => {
                    let by = if score == 1.0 && scale == 1.0 { 0.0 } else { 4.0 * f64::EPSILON };
                    let score =
                        Distance { value: score, state: State::Optimal, interval: (score * (1.0 - by), score * (1.0 + by)) };
                    best = Some((Chosen { score, weights: vec![(j, scale)], unique: true }, slack));
                }
            }
        }
        best.map(|b| b.0)
    }

    /// The best scale of a point for a row, if there is any.
    fn scale(&self, j: usize, row: usize) -> Option<f64> {
        let (mut low, mut high) = (self.bounds.lower, self.bounds.upper);
        for i in (0..self.points.len()).filter(|&i| !self.moves[i]) {
            let (own, there) = (self.at(i, row), self.points[i][j]);
            let (floor, ceiling) = match self.hold[i] {
                Hold::Equal => (true, true),
                _ => (i >= self.inputs, i < self.inputs),
            };
            if there == 0.0 {
                if floor && own > 0.0 {
                    return None;
                }
                continue;
            }
            if floor {
                low = low.max(own / there);
            }
            if ceiling {
                high = high.min(own / there);
            }
        }
        let equal = self.hold.contains(&Hold::Equal);
        let feasible = low <= high || equal && low <= high * (1.0 + SAME);
        let scale = if self.orientation == Orientation::Input { low } else { high };
        (feasible && scale > 0.0 && scale.is_finite()).then_some(scale)
    }

    /// Farrell score of a row against points with weights: what the variables that move make of it.
    pub(super) fn score(&self, weights: &[(usize, f64)], row: usize) -> Option<f64> {
        let mut score = 0.0_f64;
        for i in (0..self.points.len()).filter(|&i| self.moves[i]) {
            let there: f64 = weights.iter().map(|&(j, w)| w * self.points[i][j]).sum();
            let (over, under) = if i < self.inputs { (there, self.at(i, row)) } else { (self.at(i, row), there) };
            // Zero stays zero under any factor.
            score = score.max(if over == 0.0 { 0.0 } else { over / under });
        }
        (score > 0.0 && score.is_finite()).then_some(score)
    }

    fn slack(&self, j: usize, scale: f64, score: f64, row: usize) -> f64 {
        let Some(weights) = self.weights else { return 0.0 };
        let term = |(i, w): (usize, &f64)| {
            let (own, there) = (self.at(i, row), scale * self.points[i][j]);
            let limit = match (self.moves[i], i < self.inputs) {
                (true, true) => own * score,
                (true, false) => own / score,
                _ => own,
            };
            w * (if i < self.inputs { limit - there } else { there - limit }).max(0.0)
        };
        weights.iter().enumerate().map(term).sum()
    }
}
