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

/// Points of reference of a free disposal hull.
pub(super) struct Hull<'a> {
    columns: &'a [Vec<f64>],
    inputs: usize,
    orientation: Orientation,
    weights: Option<&'a [f64]>,
    /// Classes by the first variable of the side that stays, so that only a part need be looked at.
    sorted: Vec<usize>,
}

impl<'a> Hull<'a> {
    pub(super) fn new(
        columns: &'a [Vec<f64>],
        (inputs, _): (usize, usize),
        orientation: Orientation,
        weights: Option<&'a [f64]>,
    ) -> Self {
        let first = &columns[if orientation == Orientation::Input { inputs } else { 0 }];
        let mut sorted: Vec<usize> = (0..first.len()).collect();
        sorted.sort_by(|&a, &b| first[a].total_cmp(&first[b]).then(a.cmp(&b)));
        Self { columns, inputs, orientation, weights, sorted }
    }

    /// The best dominator of the points `rows` of `columns`, but for the class `excluded`.
    pub(super) fn sweep<T: Send>(
        &self,
        columns: &[&[f64]],
        rows: &[usize],
        excluded: impl Fn(usize) -> Option<usize> + Sync,
        take: impl Fn(usize, Option<Dominator>) -> T + Sync,
        mut put: impl FnMut(usize, &T),
    ) {
        let found: Vec<T> = rows
            .par_iter()
            .map_init(Vec::new, |point, &row| {
                point.clear();
                point.extend(columns.iter().map(|c| c[row]));
                take(row, self.best(point, excluded(row)))
            })
            .collect();
        rows.iter().zip(&found).for_each(|(&row, t)| put(row, t));
    }

    /// Least score; then the largest weighted sum of slacks, as in a second phase; then the order of
    /// the classes.
    fn best(&self, point: &[f64], excluded: Option<usize>) -> Option<Dominator> {
        let (fixed, moving) = match self.orientation {
            Orientation::Input => (self.inputs..point.len(), 0..self.inputs),
            Orientation::Output => (0..self.inputs, self.inputs..point.len()),
        };
        let first = &self.columns[fixed.start];
        let candidates = match self.orientation {
            Orientation::Input => &self.sorted[self.sorted.partition_point(|&j| first[j] < point[fixed.start])..],
            Orientation::Output => &self.sorted[..self.sorted.partition_point(|&j| first[j] <= point[fixed.start])],
        };
        let rest = fixed.start + 1..fixed.end;
        let mut best: Option<(Dominator, f64)> = None;
        for &j in candidates {
            let stays = |i: usize| match self.orientation {
                Orientation::Input => self.columns[i][j] >= point[i],
                Orientation::Output => self.columns[i][j] <= point[i],
            };
            if Some(j) == excluded || !rest.clone().all(stays) {
                continue;
            }
            let score = moving.clone().map(|i| self.ratio(i, j, point[i])).fold(0.0, f64::max);
            if !score.is_finite() || best.is_some_and(|(b, _)| score > b.score) {
                continue;
            }
            let slack = self.slack(point, score, j);
            let unique = match best {
                Some((b, s)) if score == b.score && slack < s => continue,
                Some((b, s)) if score == b.score && slack == s => {
                    // Equal in all that counts: the class that comes first.
                    best = Some((Dominator { class: b.class.min(j), unique: false, ..b }, s));
                    continue;
                }
                _ => true,
            };
            best = Some((Dominator { class: j, score, unique }, slack));
        }
        best.map(|b| b.0)
    }

    fn ratio(&self, i: usize, j: usize, at: f64) -> f64 {
        let there = self.columns[i][j];
        let (over, under) = if self.orientation == Orientation::Input { (there, at) } else { (at, there) };
        // Zero stays zero under any factor.
        if over == 0.0 { 0.0 } else { over / under }
    }

    fn slack(&self, point: &[f64], score: f64, j: usize) -> f64 {
        let Some(weights) = self.weights else { return 0.0 };
        let term = |(i, w): (usize, &f64)| {
            let there = self.columns[i][j];
            let slack = match (self.orientation, i < self.inputs) {
                (Orientation::Input, true) => score * point[i] - there,
                (Orientation::Output, false) => there - point[i] / score,
                (_, true) => point[i] - there,
                (_, false) => there - point[i],
            };
            w * slack.max(0.0)
        };
        weights.iter().enumerate().map(term).sum()
    }
}
