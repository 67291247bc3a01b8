//! Influence: what becomes of the scores of all units when one of them leaves the reference (Wilson 1995).
//!
//! ```text
//! super-efficiency of j:   θⱼ(−j)
//! influence of j on i ≠ j: θᵢ(−j) − θᵢ ≥ 0
//! ```
//!
//! Where j has no weight in an optimal solution of i, that solution stays feasible without j, and the score stays. Only the
//! units that have j as a peer are therefore solved again.

use serde::{Deserialize, Serialize};

use super::{DeaOptions, Returns, ScoreOptions, Setting, Slacks, bounds, evaluate, fdh::Hull};
use crate::{
    observations::{Distance, UNSOLVED},
    radial::{Ask, Radial, measured},
    technology::{FrontierError, State, Technology},
};

/// A score that changes when another unit leaves the reference.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// The unit that leaves.
    pub left: usize,
    /// The unit whose score changes.
    pub unit: usize,
    /// Its score without the other; `NaN` where `state` is neither `Optimal` nor `Numerical`.
    pub score: f64,
    /// State of that score.
    pub state: State,
}

/// What each unit means to the frontier; one value per unit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Influence {
    /// Farrell score against all units, theta or 1/phi.
    pub score: Vec<f64>,
    /// Its state.
    pub state: Vec<State>,
    /// Super-efficiency: the score against the others only. That of a unit with a twin, or without weight in its own
    /// solution, is its score.
    pub super_efficiency: Vec<f64>,
    /// Its state; infeasible where the others cannot reach the unit.
    pub super_state: Vec<State>,
    /// Other units with exactly the same values. While there are any, nothing changes when the unit leaves.
    pub twins: Vec<usize>,
    /// Other units that have it, or a twin of it, as a peer.
    pub followers: Vec<usize>,
    /// Other units whose score rises by more than [`Influence::CHANGE`] when it leaves.
    pub moved: Vec<usize>,
    /// Mean rise of the scores of all other units when it leaves, units without change included; `NaN` where there is no
    /// other unit with a score.
    pub mean_rise: Vec<f64>,
    /// Largest rise of a score when it leaves.
    pub largest_rise: Vec<f64>,
    /// The unit of the largest rise, where there is one.
    pub most_moved: Vec<Option<usize>>,
    /// Scores solved again, ordered by the unit that leaves.
    pub effects: Vec<Effect>,
}

impl Influence {
    /// A rise above this counts as one.
    pub const CHANGE: f64 = 1e-6;
}

/// Influence of every unit on the scores of all others.
///
/// # Errors
/// As [`super::dea`].
pub fn influence(technology: &Technology<'_>, options: &ScoreOptions) -> Result<Influence, FrontierError> {
    let &ScoreOptions { orientation, returns, lower, upper, missing } = options;
    let full =
        DeaOptions { orientation, returns, lower, upper, missing, slacks: Slacks::None, scale: false, ..DeaOptions::default() };
    let setting = Setting::own(technology, &full)?;
    let all = evaluate(&setting, &full)?;
    let (classes, sizes) = (&setting.classes, setting.sizes());
    let peers = |c: usize| all.peers.classes_of(classes.units(c)[0]);

    // Evaluated class and the class that leaves; a class of several units stays while one of them does.
    let pairs: Vec<(usize, usize)> = (0..classes.len())
        .filter(|&c| all.state[classes.units(c)[0]] == State::Optimal)
        .flat_map(|c| peers(c).iter().filter(|&&p| classes.units(p).len() == 1).map(move |&p| (c, p)))
        .collect();
    let evaluated: Vec<Vec<f64>> = setting.columns.iter().map(|x| pairs.iter().map(|&(c, _)| x[c]).collect()).collect();
    let columns: Vec<&[f64]> = evaluated.iter().map(Vec::as_slice).collect();
    let rows: Vec<usize> = (0..pairs.len()).collect();
    let mut found = vec![UNSOLVED; pairs.len()];
    let put = |rows: &[usize], d: Distance| rows.iter().for_each(|&r| found[r] = d);
    let excluded = |row: usize| Some(pairs[row].1);
    if returns == Returns::Fdh {
        let hull = Hull::new(&setting.columns, sizes, orientation, None);
        let none = Distance { state: State::Infeasible, ..UNSOLVED };
        hull.sweep(&columns, &rows, excluded, |_, best| best.map_or(none, |b| b.distance()), put);
    } else {
        let radial = Radial::over(setting.columns.clone(), sizes, orientation, bounds(&full, true)?)?;
        let ask = Ask { value: true, ..Ask::default() };
        let take = |row: usize, s: &_| measured(s, orientation, pairs[row].0 != pairs[row].1);
        radial.sweep(&columns, &rows, ask, excluded, take, put)?;
    }

    let units = setting.units;
    let mut out = Influence {
        score: all.score.clone(),
        state: all.state.clone(),
        super_efficiency: all.score.clone(),
        super_state: all.state.clone(),
        twins: vec![0; units],
        followers: vec![0; units],
        moved: vec![0; units],
        mean_rise: vec![f64::NAN; units],
        largest_rise: vec![f64::NAN; units],
        most_moved: vec![None; units],
        effects: Vec::with_capacity(pairs.len()),
    };
    for c in 0..classes.len() {
        let members = classes.units(c);
        for &unit in members {
            out.twins[unit] = members.len() - 1;
        }
        for &p in peers(c).iter().filter(|&&p| p != c) {
            classes.units(p).iter().for_each(|&unit| out.followers[unit] += members.len());
        }
    }
    for (&(c, p), d) in pairs.iter().zip(&found) {
        let left = classes.units(p)[0];
        if c == p {
            (out.super_efficiency[left], out.super_state[left]) = (d.value, d.state);
        } else {
            let effect = |&unit: &usize| Effect { left, unit, score: d.value, state: d.state };
            out.effects.extend(classes.units(c).iter().map(effect));
        }
    }
    out.effects.sort_by_key(|e| (e.left, e.unit));
    out.sum_up();
    Ok(out)
}

impl Influence {
    /// Rises by the unit that leaves.
    fn sum_up(&mut self) {
        let scored = self.state.iter().filter(|s| **s == State::Optimal).count();
        for unit in 0..self.score.len() {
            let others = scored - usize::from(self.state[unit] == State::Optimal);
            if self.state[unit] != State::Missing && others > 0 {
                (self.mean_rise[unit], self.largest_rise[unit]) = (0.0, 0.0);
            }
        }
        for group in self.effects.chunk_by(|a, b| a.left == b.left) {
            let left = group[0].left;
            let rises: Vec<(f64, usize)> = group
                .iter()
                .filter(|e| e.state == State::Optimal)
                .map(|e| ((e.score - self.score[e.unit]).max(0.0), e.unit))
                .collect();
            let others = scored - usize::from(self.state[left] == State::Optimal);
            // In order of size, so that the sum does not hang on the order of rows.
            let mut sizes: Vec<f64> = rises.iter().map(|r| r.0).collect();
            sizes.sort_unstable_by(f64::total_cmp);
            self.mean_rise[left] = numerics::moments::sum(&sizes) / others as f64;
            self.largest_rise[left] = sizes.last().copied().unwrap_or(0.0);
            self.moved[left] = sizes.iter().filter(|r| **r > Self::CHANGE).count();
            let largest = self.largest_rise[left];
            let most = rises.iter().find(|r| r.0 == largest && largest > Self::CHANGE);
            self.most_moved[left] = most.map(|r| r.1);
        }
    }
}

#[cfg(test)]
#[path = "influence_tests.rs"]
mod tests;
