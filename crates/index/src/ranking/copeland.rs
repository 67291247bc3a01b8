//! Copeland scores and Condorcet's winner: pairwise majority of weighted criteria (Munda and Nardo 2009).

use rayon::prelude::*;

use super::{RankingError, Sense, Table};

/// Result of pairwise majority.
#[derive(Clone, Debug, PartialEq)]
pub struct Copeland {
    /// Alternatives that a majority of weight puts below this one.
    pub wins: Vec<usize>,
    /// Alternatives with equal weight on both sides.
    pub ties: Vec<usize>,
    /// Alternatives that a majority puts above it.
    pub losses: Vec<usize>,
    /// `wins - losses`.
    pub score: Vec<f64>,
    /// Alternative that beats every other one.
    pub winner: Option<usize>,
    /// Alternative that every other one beats.
    pub loser: Option<usize>,
    /// Smith set: the smallest set whose every member beats every alternative outside it; ascending. More than one
    /// member means a cycle of majorities, or a tie, at the top.
    pub smith: Vec<usize>,
}

/// Rows compared together, so that a block of a column stays in the nearest cache.
const BLOCK: usize = 1024;

/// Pairwise majority of alternatives, `O(n^2 m)`.
///
/// # Errors
/// [`Table::check`].
pub fn copeland(table: &Table<'_>) -> Result<Copeland, Vec<RankingError>> {
    table.check()?;
    Ok(majority(&oriented(table), table.weights))
}

/// Columns with larger values better.
fn oriented(table: &Table<'_>) -> Vec<Vec<f64>> {
    let turn = |(c, s): (&Vec<f64>, &Sense)| c.iter().map(|x| if *s == Sense::Cost { -x } else { *x }).collect();
    table.columns.iter().zip(table.senses).map(turn).collect()
}

/// Pairwise majority where larger is better; of a criterion with a missing value on either side, no one says anything.
pub(crate) fn majority(columns: &[Vec<f64>], weights: &[f64]) -> Copeland {
    let n = columns.first().map_or(0, Vec::len);
    let dust = 1e-12 * weights.iter().sum::<f64>();
    let counted: Vec<(usize, usize)> = (0..n)
        .into_par_iter()
        .map_init(
            || vec![0.0; BLOCK],
            |margin, a| {
                let (mut wins, mut losses) = (0, 0);
                for from in (0..n).step_by(BLOCK) {
                    let to = (from + BLOCK).min(n);
                    let margin = &mut margin[..to - from];
                    margins(columns, weights, a, from, margin);
                    wins += margin.iter().filter(|m| **m > dust).count();
                    losses += margin.iter().filter(|m| **m < -dust).count();
                }
                (wins, losses)
            },
        )
        .collect();
    let (wins, losses): (Vec<usize>, Vec<usize>) = counted.into_iter().unzip();
    let ties = wins.iter().zip(&losses).map(|(w, l)| n - 1 - w - l).collect();
    let score: Vec<f64> = wins.iter().zip(&losses).map(|(w, l)| *w as f64 - *l as f64).collect();
    let only = |counts: &[usize]| counts.iter().position(|c| c + 1 == n);
    let (winner, loser) = (only(&wins), only(&losses));
    let smith = smith(columns, weights, &score, dust);
    Copeland { ties, score, winner, loser, smith, wins, losses }
}

/// Weight for `a` less weight against it, facing rows `from..`.
fn margins(columns: &[Vec<f64>], weights: &[f64], a: usize, from: usize, margin: &mut [f64]) {
    margin.fill(0.0);
    for (column, w) in columns.iter().zip(weights) {
        let own = column[a];
        for (m, other) in margin.iter_mut().zip(&column[from..]) {
            *m += w * (f64::from(u8::from(own > *other)) - f64::from(u8::from(own < *other)));
        }
    }
}

/// The best by Copeland scores belong to the Smith set; so does whatever is not beaten by a member.
fn smith(columns: &[Vec<f64>], weights: &[f64], score: &[f64], dust: f64) -> Vec<usize> {
    let n = score.len();
    let top = score.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut inside: Vec<bool> = score.iter().map(|s| *s == top).collect();
    let mut open: Vec<usize> = (0..n).filter(|&i| inside[i]).collect();
    let mut margin = vec![0.0; n];
    while let Some(a) = open.pop() {
        margins(columns, weights, a, 0, &mut margin);
        for b in (0..n).filter(|&b| b != a && margin[b] <= dust) {
            if !inside[b] {
                inside[b] = true;
                open.push(b);
            }
        }
    }
    (0..n).filter(|&i| inside[i]).collect()
}
