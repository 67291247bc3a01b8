//! Directional distances of a panel: each row against its own period, its neighbours and all periods.

use serde::{Deserialize, Serialize};

use crate::{
    direction::{Direction, DirectionalError, Steps},
    directional::{BadOutputs, DirectionalReturns},
    nddf::{NddfOptions, NddfWeights, nddf_against},
    observations::{Distance, Pairs, UNSOLVED},
    rays::{Measured, Rays},
    reference::Reference,
    technology::{Columns, FrontierError, Missing, Role, State, Technology},
};

/// Which of the distances of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Which {
    /// Earlier observation, own period.
    BaseOwn,
    /// Later observation, own period.
    ComparisonOwn,
    /// Earlier observation, the other technology (later period or global).
    BaseOther,
    /// Later observation, the other technology (earlier period or global).
    ComparisonOther,
}

/// Why a distance has no value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Infeasible: no weights of the reference meet the rows of these variables together.
    Unreached(Vec<(Role, usize)>),
    /// The frontier is reached only by giving up all output (`β ≤ -1`).
    Vanishing,
    /// Another state says it.
    State(State),
}

/// A distance without a value: of which observation, against which technology, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Position of the change.
    pub change: usize,
    /// Which of its distances.
    pub which: Which,
    /// Unit.
    pub unit: usize,
    /// Period of the observation.
    pub observed: i32,
    /// Period of the technology; `None` for the global one.
    pub technology: Option<i32>,
    /// Why.
    pub why: Why,
}

/// The programs of a panel: one technology per period, one direction.
pub(crate) struct Crossings<'a> {
    pub(crate) technology: &'a Technology<'a>,
    pub(crate) pairs: &'a Pairs,
    pub(crate) direction: &'a Direction,
    pub(crate) steps: &'a Steps<'a>,
    pub(crate) returns: DirectionalReturns,
    pub(crate) bads: BadOutputs,
    /// Whether a projection has no more of a bad than the technology's largest (Aparicio, Pastor and Zofío 2013).
    pub(crate) ceiling: bool,
    /// Weight of each variable where each has a factor of its own.
    pub(crate) factors: Option<&'a [f64]>,
}

/// Distances by row against the row's own period, the next and the previous one; where `cross` was asked for.
pub(crate) struct Crossed {
    pub(crate) own: Vec<Measured>,
    pub(crate) ahead: Vec<Measured>,
    pub(crate) behind: Vec<Measured>,
}

impl Crossings<'_> {
    fn against(&self, members: &[usize], rows: &[usize]) -> Result<Vec<(usize, Measured)>, FrontierError> {
        if members.is_empty() || rows.is_empty() {
            return Ok(Vec::new());
        }
        if let Some(weights) = self.factors {
            return self.non_radial(members, rows, weights);
        }
        let reference = Reference::new(self.technology, members);
        let set = Rays::new(&reference, self.technology, self.returns, self.bads)?;
        let mut found = set.distances(self.technology, rows, (self.direction, self.steps))?;
        if self.ceiling {
            found.iter_mut().for_each(|(row, measured)| self.cap(*row, members, measured));
        }
        Ok(found)
    }

    fn non_radial(&self, members: &[usize], rows: &[usize], weights: &[f64]) -> Result<Vec<(usize, Measured)>, FrontierError> {
        let (span, here) = (Columns::pick(self.technology, members), Columns::pick(self.technology, rows));
        let here = here.technology();
        let length = |(v, (_, _, column)): (usize, (Role, usize, &[f64]))| -> Vec<f64> {
            rows.iter().zip(column).map(|(&r, &x)| self.steps.length(v, r, x)).collect()
        };
        let options = NddfOptions {
            direction: Direction::Columns(here.columns().enumerate().map(length).collect()),
            weights: NddfWeights::Custom(weights.to_vec()),
            returns: self.returns,
            bad_outputs: self.bads,
            missing: Missing::Refuse,
        };
        let found = nddf_against(&here, &span.technology(), &options).map_err(|e| match e {
            DirectionalError::Frontier(e) => e,
            other => FrontierError::Options(vec![("direction", other.to_string())]),
        })?;
        let measured = |(u, &row): (usize, &usize)| {
            let (low, high) = found.interval[u];
            // Factors are not negative.
            let (value, interval) = (found.inefficiency[u], (low.max(0.0), high.max(0.0)));
            let value = if value < 0.0 { 0.0 } else { value };
            (
                row,
                Measured {
                    distance: Distance { value, state: found.state[u], interval },
                    size: 1.0 + value.abs(),
                    unreached: Vec::new(),
                },
            )
        };
        Ok(rows.iter().enumerate().map(measured).collect())
    }

    /// A smaller β has more of the bads still: beyond the ceiling there is no solution at all.
    fn cap(&self, row: usize, members: &[usize], measured: &mut Measured) {
        let beta = measured.distance.value;
        let over: Vec<(Role, usize)> = self
            .technology
            .columns()
            .enumerate()
            .filter(|(v, (role, _, column))| {
                let largest = members.iter().map(|&r| column[r]).fold(0.0, f64::max);
                let left = column[row] - beta * self.steps.length(*v, row, column[row]);
                *role == Role::BadOutput && left > largest * (1.0 + 1e-12)
            })
            .map(|(_, (role, i, _))| (role, i))
            .collect();
        if !over.is_empty() {
            measured.distance = Distance { state: State::Infeasible, ..UNSOLVED };
            measured.unreached = over;
        }
    }

    /// Distances against single periods: each period's technology is swept once, by its own rows and, with `cross`, by
    /// those rows of its neighbours that form a pair.
    pub(crate) fn periods(&self, cross: bool) -> Result<Crossed, FrontierError> {
        let n = self.technology.len();
        let blank = || vec![Measured::none(); n];
        let mut out = Crossed { own: blank(), ahead: blank(), behind: blank() };
        for (p, (_, members)) in self.pairs.periods.iter().enumerate() {
            let mut rows = members.clone();
            let (from, mut to) = (rows.len(), rows.len());
            if cross {
                rows.extend(self.pairs.pairs.iter().filter(|pair| pair.1 + 1 == p).map(|pair| pair.2));
                to = rows.len();
                rows.extend(self.pairs.pairs.iter().filter(|pair| pair.1 == p).map(|pair| pair.3));
            }
            // 0: own row, 1: earlier row against this period, 2: later row against it.
            let mut kind = vec![0_u8; n];
            rows[from..to].iter().for_each(|&r| kind[r] = 1);
            rows[to..].iter().for_each(|&r| kind[r] = 2);
            for (r, measured) in self.against(members, &rows)? {
                let column = match kind[r] {
                    0 => &mut out.own,
                    1 => &mut out.ahead,
                    _ => &mut out.behind,
                };
                column[r] = measured;
            }
        }
        Ok(out)
    }

    /// Distances by row against all periods together.
    pub(crate) fn global(&self) -> Result<Vec<Measured>, FrontierError> {
        let rows: Vec<usize> = self.pairs.periods.iter().flat_map(|(_, rows)| rows.iter().copied()).collect();
        let mut out = vec![Measured::none(); self.technology.len()];
        self.against(&rows, &rows)?.into_iter().for_each(|(r, m)| out[r] = m);
        Ok(out)
    }

    /// Distances of both observations of each pair against their two periods together.
    pub(crate) fn biennial(&self) -> Result<Vec<(Measured, Measured)>, FrontierError> {
        let mut out = vec![(Measured::none(), Measured::none()); self.pairs.pairs.len()];
        for (p, two) in self.pairs.periods.windows(2).enumerate() {
            let members: Vec<usize> = two.iter().flat_map(|(_, rows)| rows.iter().copied()).collect();
            let here: Vec<usize> = (0..out.len()).filter(|&i| self.pairs.pairs[i].1 == p).collect();
            let rows: Vec<usize> = here.iter().flat_map(|&i| [self.pairs.pairs[i].2, self.pairs.pairs[i].3]).collect();
            let mut by_row = vec![None; self.technology.len()];
            self.against(&members, &rows)?.into_iter().for_each(|(r, m)| by_row[r] = Some(m));
            for i in here {
                let (_, _, a, b) = self.pairs.pairs[i];
                let mut take = |r: usize| by_row[r].take().unwrap_or_else(Measured::none);
                out[i] = (take(a), take(b));
            }
        }
        Ok(out)
    }
}

impl Measured {
    /// Why there is no value.
    pub(crate) fn why(&self) -> Why {
        match self.distance.state {
            State::Infeasible => Why::Unreached(self.unreached.clone()),
            state => Why::State(state),
        }
    }
}
