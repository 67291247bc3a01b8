//! Free disposal hull: a point is compared with single points that dominate it (Deprins, Simar and
//! Tulkens 1984). No linear program: the best dominator is found by looking at all of them.
//!
//! ```text
//! input:  θ   = min over j with yⱼ ≥ y₀ of maxᵢ xᵢⱼ / xᵢ₀
//! output: 1/φ = min over j with xⱼ ≤ x₀ of maxᵣ yᵣ₀ / yᵣⱼ
//! ```

use rayon::prelude::*;

use crate::{
    observations::Distance,
    technology::{Orientation, State},
};

/// The point of reference of a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Dominator {
    /// Its class.
    pub(super) class: usize,
    /// Farrell score of the point against it.
    pub(super) score: f64,
    /// Whether no other class gives the same score and the same sum of slacks.
    pub(super) unique: bool,
}

impl Dominator {
    /// The score with its bounds: it is one rounded quotient.
    pub(super) fn distance(&self) -> Distance {
        let score = self.score;
        let interval = if score == 1.0 { (1.0, 1.0) } else { (score.next_down(), score.next_up()) };
        Distance { value: score, state: State::Optimal, interval }
    }
}

/// Points that are compared at a time.
const BLOCK: usize = 64;

/// Points of reference of a free disposal hull, one after the other in the order of the first variable
/// of the side that stays, so that only a part of them need be looked at.
pub(super) struct Hull<'a> {
    /// Each variable, point by point.
    columns: Vec<Vec<f64>>,
    /// Class of each point.
    class: Vec<usize>,
    inputs: usize,
    orientation: Orientation,
    weights: Option<&'a [f64]>,
}

impl<'a> Hull<'a> {
    pub(super) fn new(
        columns: &[Vec<f64>],
        (inputs, _): (usize, usize),
        orientation: Orientation,
        weights: Option<&'a [f64]>,
    ) -> Self {
        let first = &columns[if orientation == Orientation::Input { inputs } else { 0 }];
        let mut class: Vec<usize> = (0..first.len()).collect();
        class.sort_by(|&a, &b| first[a].total_cmp(&first[b]).then(a.cmp(&b)));
        let columns = columns.iter().map(|c| class.iter().map(|&j| c[j]).collect()).collect();
        Self { columns, class, inputs, orientation, weights }
    }

    /// The best dominator of the points `rows` of `columns`, but for the class `excluded`.
    pub(super) fn sweep<T: Send>(
        &self,
        columns: &[&[f64]],
        rows: &[usize],
        excluded: impl Fn(usize) -> Option<usize> + Sync,
        take: impl Fn(usize, Option<Dominator>) -> T + Sync,
        mut put: impl FnMut(&[usize], T),
    ) {
        let found: Vec<T> = rows
            .par_iter()
            .map_init(Vec::new, |point, &row| {
                point.clear();
                point.extend(columns.iter().map(|c| c[row]));
                take(row, self.best(point, excluded(row)))
            })
            .collect();
        rows.chunks(1).zip(found).for_each(|(row, t)| put(row, t));
    }

    /// Least score; then the largest weighted sum of slacks, as in a second phase; then the order of
    /// the classes.
    fn best(&self, point: &[f64], excluded: Option<usize>) -> Option<Dominator> {
        let (fixed, moving) = match self.orientation {
            Orientation::Input => (self.inputs..point.len(), 0..self.inputs),
            Orientation::Output => (0..self.inputs, self.inputs..point.len()),
        };
        let (start, at) = (fixed.start, point[fixed.start]);
        let (rest, shrink) = (start + 1..fixed.end, self.orientation == Orientation::Input);
        let first = &self.columns[start];
        let among =
            if shrink { first.partition_point(|v| *v < at)..self.class.len() } else { 0..first.partition_point(|v| *v <= at) };
        let mut best: Option<(Dominator, f64)> = None;
        // Scores above this are worse, whatever the rounding.
        let mut limit = f64::INFINITY;
        // Most points are out by one comparison or another: a block at a time, without a branch.
        for from in among.clone().step_by(BLOCK) {
            let block = from..among.end.min(from + BLOCK);
            let mut out = [0_u64; BLOCK];
            for i in moving.clone() {
                let (at, there) = (point[i], &self.columns[i][block.clone()]);
                if shrink {
                    let most = limit * at;
                    mark(&mut out, there, |v| v > most);
                } else {
                    mark(&mut out, there, |v| at > limit * v);
                }
            }
            for i in rest.clone() {
                let (at, there) = (point[i], &self.columns[i][block.clone()]);
                if shrink {
                    mark(&mut out, there, |v| v < at);
                } else {
                    mark(&mut out, there, |v| v > at);
                }
            }
            for k in block.zip(&out).filter(|(_, out)| **out == 0).map(|(k, _)| k) {
                let j = self.class[k];
                if Some(j) == excluded {
                    continue;
                }
                let score = moving.clone().map(|i| ratio(self.columns[i][k], point[i], shrink)).fold(0.0, f64::max);
                if !score.is_finite() || best.is_some_and(|(b, _)| score > b.score) {
                    continue;
                }
                let slack = self.slack(point, score, k);
                let unique = match best {
                    Some((b, s)) if score == b.score && slack < s => continue,
                    Some((b, s)) if score == b.score && slack == s => {
                        // Equal in all that counts: the class that comes first.
                        best = Some((Dominator { class: b.class.min(j), unique: false, ..b }, s));
                        continue;
                    }
                    _ => true,
                };
                limit = score * (1.0 + 1e-12);
                best = Some((Dominator { class: j, score, unique }, slack));
            }
        }
        best.map(|b| b.0)
    }

    fn slack(&self, point: &[f64], score: f64, k: usize) -> f64 {
        let Some(weights) = self.weights else { return 0.0 };
        let term = |(i, w): (usize, &f64)| {
            let (at, there) = (point[i], self.columns[i][k]);
            let slack = match (self.orientation, i < self.inputs) {
                (Orientation::Input, true) => score * at - there,
                (Orientation::Output, false) => there - at / score,
                (_, true) => at - there,
                (_, false) => there - at,
            };
            w * slack.max(0.0)
        };
        weights.iter().enumerate().map(term).sum()
    }
}

/// Marks the points of a block whose value is `beyond`.
fn mark(out: &mut [u64; BLOCK], there: &[f64], beyond: impl Fn(f64) -> bool) {
    for (out, v) in out.iter_mut().zip(there) {
        *out |= if beyond(*v) { u64::MAX } else { 0 };
    }
}

/// What one variable of the moving side makes of the score.
fn ratio(there: f64, at: f64, shrink: bool) -> f64 {
    let (over, under) = if shrink { (there, at) } else { (at, there) };
    // Zero stays zero under any factor.
    if over == 0.0 { 0.0 } else { over / under }
}
