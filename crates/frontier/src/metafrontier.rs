#![doc = include_str!("metafrontier.md")]

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    dea::{self, Returns, ScoreOptions, Slacks},
    directional::{self, BadOutputs, Direction, DirectionalError, DirectionalOptions, DirectionalReturns},
    observations::{Distance, UNSOLVED},
    projection,
    technology::{Columns, FrontierError, Missing, Orientation, Role, State, Technology},
};

/// The method's page.
pub const PAGE: &str = include_str!("metafrontier.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("metafrontier.zh.md");

/// How far a unit is from a frontier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Farrell efficiency, theta or 1/phi.
    Radial {
        /// Which side is moved.
        orientation: Orientation,
        /// Returns to scale: `crs`, `vrs`, `nirs`, `ndrs` or `fdh`.
        returns: Returns,
    },
    /// Directional distance.
    Directional {
        /// Direction of own values or of lengths that are the same for all units.
        direction: Direction,
        /// Returns to scale.
        returns: DirectionalReturns,
        /// Undesirable outputs.
        bad_outputs: BadOutputs,
    },
}

/// What spans the metafrontier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Meta {
    /// All units of all groups together: mixtures of units of different groups are possible (O'Donnell, Rao and
    /// Battese 2008).
    #[default]
    Pooled,
    /// The group technologies side by side: a unit is measured against the group that is farthest ahead of it.
    Union,
}

/// Options of [`metafrontier`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetafrontierOptions {
    /// How far a unit is from a frontier.
    pub measure: Measure,
    /// What spans the metafrontier.
    pub meta: Meta,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

/// Result of [`metafrontier`]: one value per unit in each column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metafrontier {
    /// Against the unit's own group: efficiency, or β of a directional measure.
    pub group: Vec<Distance>,
    /// Against the metafrontier.
    pub meta: Vec<Distance>,
    /// Technology gap ratio, at most 1: `meta / group`; directional `(1 + β_group) / (1 + β_meta)`. `NaN` where one of
    /// the two is not certified, or their quotient is not.
    pub ratio: Vec<f64>,
    /// Certified bounds of `ratio`.
    pub interval: Vec<(f64, f64)>,
    /// Directional: `β_meta − β_group`, at least 0; empty for a radial measure.
    pub gap: Vec<f64>,
    /// The group that is farthest ahead of the unit, with `union`; the unit's own where several are. `None` without.
    pub ahead: Vec<Option<usize>>,
}

/// Distances of every unit to the frontier of its group and to the metafrontier. `groups` names each unit's group by a
/// number.
///
/// # Errors
/// [`DirectionalError`]: data and options as for [`dea::dea`] and [`directional::directional`]; not one group for each
/// unit; a variable that is zero throughout a group.
pub fn metafrontier(
    technology: &Technology<'_>,
    groups: &[usize],
    options: &MetafrontierOptions,
) -> Result<Metafrontier, DirectionalError> {
    let n = technology.len();
    projection::check(technology, options.missing, false)?;
    if groups.len() != n {
        return Err(FrontierError::Shape { role: Role::Input, variable: 0, found: groups.len(), expected: n }.into());
    }
    if let Measure::Directional { direction, .. } = &options.measure
        && !matches!(
            direction,
            Direction::Observed | Direction::Inputs | Direction::Outputs | Direction::Ones | Direction::Custom(_)
        )
    {
        let why = "groups take a direction that is the same against every frontier".to_owned();
        return Err(FrontierError::Options(vec![("direction", why)]).into());
    }
    if let Measure::Radial { returns: Returns::Generalised | Returns::Replication | Returns::Upscaling, .. } = options.measure {
        let why = "a metafrontier takes `crs`, `vrs`, `nirs`, `ndrs` or `fdh`".to_owned();
        return Err(FrontierError::Options(vec![("returns", why)]).into());
    }
    let complete = technology.complete();
    let mut names: Vec<usize> = (0..n).filter(|&u| complete[u]).map(|u| groups[u]).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return Err(FrontierError::Empty.into());
    }
    let everyone: Vec<usize> = (0..n).collect();
    let mut own = vec![UNSOLVED; n];
    let mut best: Vec<(Distance, Option<usize>)> = vec![(UNSOLVED, None); n];
    for &g in &names {
        let rows: Vec<usize> = (0..n).filter(|&u| groups[u] == g).collect();
        let set = Columns::pick(technology, &rows);
        for (&u, d) in rows.iter().zip(options.distances(&set.technology(), None)?) {
            own[u] = d;
            best[u] = (d, Some(g));
        }
    }
    if options.meta == Meta::Pooled {
        let whole = options.distances(technology, None)?;
        best = whole.into_iter().map(|d| (d, None)).collect();
    } else {
        for &g in &names {
            let set = Columns::pick(technology, &(0..n).filter(|&u| groups[u] == g).collect::<Vec<_>>());
            let rows: Vec<usize> = everyone.iter().copied().filter(|&u| groups[u] != g && complete[u]).collect();
            let others = Columns::pick(technology, &rows);
            let found =
                if rows.is_empty() { Vec::new() } else { options.distances(&set.technology(), Some(&others.technology()))? };
            for (u, d) in rows.into_iter().zip(found) {
                best[u] = options.farther(best[u], (d, g));
            }
        }
    }
    let radial = matches!(options.measure, Measure::Radial { .. });
    let size = |x: f64| if radial { x } else { 1.0 / (1.0 + x) };
    let mut out = Metafrontier { ahead: best.iter().map(|b| b.1).collect(), ..Metafrontier::default() };
    for (a, (b, _)) in own.iter().zip(&best) {
        let solved = a.state == State::Optimal && b.state == State::Optimal;
        // The group's technology is part of the whole: rounding alone makes a ratio above 1.
        let ratio = |x: f64, y: f64| if solved { (size(y) / size(x)).min(1.0) } else { f64::NAN };
        let (one, two) = (ratio(a.interval.0, b.interval.1), ratio(a.interval.1, b.interval.0));
        // A score of 1e-12 may be certified beside 1 and mean nothing as a divisor.
        let certified = solved && State::Optimal.certified((one.min(two), one.max(two)), 1.0) == State::Optimal;
        out.ratio.push(if certified { ratio(a.value, b.value) } else { f64::NAN });
        out.interval.push(if certified { (one.min(two), one.max(two)) } else { (f64::NAN, f64::NAN) });
        if !radial {
            out.gap.push(if solved { (b.value - a.value).max(0.0) } else { f64::NAN });
        }
    }
    out.meta = best.into_iter().map(|b| b.0).collect();
    out.group = own;
    Ok(out)
}

impl Metafrontier {
    /// What became of the ratio of a unit: the worse of its two distances; `numerical` where both are certified and
    /// their quotient is not.
    pub fn state(&self, unit: usize) -> State {
        match self.group[unit].state.max(self.meta[unit].state) {
            State::Optimal if self.ratio[unit].is_nan() => State::Numerical,
            worse => worse,
        }
    }
}

impl MetafrontierOptions {
    /// Distances of `evaluated`, or of the reference itself.
    fn distances(
        &self,
        reference: &Technology<'_>,
        evaluated: Option<&Technology<'_>>,
    ) -> Result<Vec<Distance>, DirectionalError> {
        match &self.measure {
            Measure::Radial { orientation, returns } => {
                let options =
                    ScoreOptions { orientation: *orientation, returns: *returns, missing: self.missing, ..Default::default() };
                let found = match evaluated {
                    None => dea::scores(reference, &options),
                    Some(evaluated) => dea::scores_against(evaluated, reference, &options),
                };
                let s = match found {
                    // A group whose units all lack data has none to measure.
                    Err(FrontierError::Empty) => return Ok(vec![UNSOLVED; reference.len()]),
                    other => other?,
                };
                let one = |u: usize| Distance { value: s.score[u], state: s.state[u], interval: (s.low[u], s.high[u]) };
                Ok((0..s.score.len()).map(one).collect())
            }
            Measure::Directional { direction, returns, bad_outputs } => {
                let options = DirectionalOptions {
                    direction: direction.clone(),
                    returns: *returns,
                    bad_outputs: *bad_outputs,
                    slacks: Slacks::None,
                    missing: self.missing,
                    ..DirectionalOptions::default()
                };
                let d = match evaluated {
                    None => directional::directional(reference, &options)?,
                    Some(evaluated) => directional::directional_against(evaluated, reference, &options)?,
                };
                let one = |u: usize| Distance { value: d.beta[u], state: d.state[u], interval: d.interval[u] };
                Ok((0..d.beta.len()).map(one).collect())
            }
        }
    }

    /// Which of two groups is farther ahead. A group that does not reach the unit is behind it.
    fn farther(&self, known: (Distance, Option<usize>), (d, g): (Distance, usize)) -> (Distance, Option<usize>) {
        let radial = matches!(self.measure, Measure::Radial { .. });
        let ahead = if radial { d.value < known.0.value } else { d.value > known.0.value };
        match d.state {
            State::Infeasible | State::Unbounded | State::Missing => known,
            // What is not certified could be ahead.
            State::Numerical => (Distance { state: State::Numerical, ..known.0 }, known.1),
            State::Optimal if ahead && known.0.state == State::Optimal => (d, Some(g)),
            State::Optimal => known,
        }
    }
}

#[cfg(test)]
#[path = "metafrontier_tests.rs"]
mod tests;
