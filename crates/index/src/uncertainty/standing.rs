//! How scores under one alternative stand: ranks within periods, and how they compare with the recipe's.

use crate::order::{Sorter, present, spearman};

/// The recipe's scores and ranks, which those of every alternative are compared with.
pub(super) struct Standing<'a> {
    scores: &'a [f64],
    /// Ranks within periods; 0 where there is none.
    pub ranks: Vec<u32>,
    periods: usize,
    places: Vec<Place>,
    /// Root of the sum of squares of the distances in `places`; none where a score is missing.
    length: Option<f64>,
}

/// What is looked up by row.
#[derive(Clone, Copy, Default)]
struct Place {
    period: u32,
    /// Rank among all rows, as twice its distance from the mean of all ranks.
    distance: i32,
}

/// Memory kept from one alternative to the next.
#[derive(Default)]
pub(super) struct Desk {
    sorter: Sorter,
    counts: Vec<u32>,
}

impl<'a> Standing<'a> {
    /// Of scores and the rows of each period.
    pub fn new(scores: &'a [f64], periods: &[(i32, Vec<usize>)]) -> Self {
        let n = scores.len();
        let mut places = vec![Place::default(); n];
        periods.iter().enumerate().for_each(|(p, (_, rows))| rows.iter().for_each(|&i| places[i].period = p as u32));
        let mut own = Self { scores, ranks: vec![0; n], periods: periods.len(), places, length: None };
        let mut ranks = vec![0; n];
        let mut distances = vec![0; n];
        let (ranked, squares) = own.walk(scores, &mut Desk::default(), &mut ranks, |row, d| distances[row] = d as i32);
        own.places.iter_mut().zip(distances).for_each(|(p, d)| p.distance = d);
        own.length = (ranked == n).then(|| (squares as f64).sqrt());
        own.ranks = ranks;
        own
    }

    /// Ranks of scores; how many there are, and the sum of squares of their distances.
    fn walk(&self, scores: &[f64], desk: &mut Desk, ranks: &mut [u32], among_all: impl FnMut(usize, i64)) -> (usize, i128) {
        desk.counts.resize(self.periods, 0);
        let sorted = desk.sorter.sort(scores);
        let n = sorted.len();
        if n < scores.len() {
            ranks.fill(0);
        }
        (n, sorted.ranks(|row| self.places[row].period as usize, &mut desk.counts, ranks, among_all))
    }

    /// Ranks of scores under an alternative go to `ranks`, 0 where there is none. Returned are the Spearman correlation
    /// with the recipe's scores and the mean absolute change of rank.
    pub fn compare(&self, scores: &[f64], desk: &mut Desk, ranks: &mut [u32]) -> (f64, f64) {
        let mut products = 0_i128;
        let (ranked, squares) = self.walk(scores, desk, ranks, |row, distance| {
            products += i128::from(distance * i64::from(self.places[row].distance));
        });
        let agreement = match self.length {
            Some(length) if ranked == scores.len() => products as f64 / (length * (squares as f64).sqrt()),
            _ => {
                let (own, other) = present(self.scores.iter().copied().zip(scores.iter().copied()));
                spearman(&own, &other)
            }
        };
        // Without a branch: which of two ranks is larger cannot be foreseen.
        let (mut moved, mut both) = (0_i64, 0_i64);
        for (&a, &b) in ranks.iter().zip(&self.ranks) {
            let ranked = i64::from(a > 0) & i64::from(b > 0);
            moved += (i64::from(a) - i64::from(b)).abs() & -ranked;
            both += ranked;
        }
        (agreement, moved as f64 / both.max(1) as f64)
    }
}
