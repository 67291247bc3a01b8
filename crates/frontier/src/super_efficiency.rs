#![doc = include_str!("super_efficiency.md")]

use numerics::lp::{Cloud, Family, Instance, Sense, Solution, Status};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    dea::{DeaOptions, Returns, Slacks, Unreached, dea},
    directional::{DirectionalError, DirectionalOptions, DirectionalReturns, directional},
    projection::{self, Points, column},
    reference::Reference,
    technology::{FrontierError, Missing, Orientation, State, Technology, meets},
};

/// The method's page.
pub const PAGE: &str = include_str!("super_efficiency.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("super_efficiency.zh.md");

/// Options of [`super_efficiency`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SuperOptions {
    /// Which side is moved to the frontier of the others: `input` or `output`.
    pub orientation: Orientation,
    /// Returns to scale: `crs`, `vrs`, `nirs` or `ndrs`.
    pub returns: Returns,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

/// One way to score units for which the plain program is infeasible; the plain score where it is not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Repair {
    /// State of each unit.
    pub state: Vec<State>,
    /// Score: the radial part plus the index of what is given up; the plain score where nothing is.
    pub score: Vec<f64>,
    /// Radial part: θ, or 1/φ.
    pub radial: Vec<f64>,
    /// Index of what the other side gives up: mean of `1/(1 − β)` of outputs, or of `1 + t` of inputs; 0 for none.
    pub index: Vec<f64>,
    /// Shares given up, `[variable of the other side][unit]`: β of outputs, or t of inputs.
    pub given_up: Vec<Vec<f64>>,
}

/// Result of [`super_efficiency`]: one value per unit in each column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SuperEfficiency {
    /// State of the plain program (Andersen and Petersen 1993).
    pub state: Vec<State>,
    /// Plain score against the others: above 1 beyond their frontier. `NaN` where infeasible.
    pub score: Vec<f64>,
    /// Certified bounds of `score`.
    pub interval: Vec<(f64, f64)>,
    /// Infeasible units, and the values that the others do not reach.
    pub unreached: Vec<Unreached>,
    /// Cook, Liang, Zha and Zhu (2009): one share for the whole other side.
    pub cook: Repair,
    /// Lee, Chu and Zhu (2011): a share for each variable of the other side.
    pub lee: Repair,
    /// Chen (2005): the score of the other orientation, for units infeasible in this one.
    pub chen: Vec<f64>,
    /// State of `chen`; infeasible where both orientations are.
    pub chen_state: Vec<State>,
    /// Ray (2008): `1 − β` of the directional distance along own values, inputs and outputs together, for all units.
    pub ray: Vec<f64>,
    /// State of `ray`.
    pub ray_state: Vec<State>,
}

/// Super-efficiency of every unit against the others, with the repairs of infeasibility beside it. A unit with the same
/// values as another stays in its reference.
///
/// # Errors
/// [`FrontierError`]: as [`dea`]; `generalised` and `fdh` returns are refused. An infeasible unit is a [`State`], not an
/// error.
pub fn super_efficiency(technology: &Technology<'_>, options: &SuperOptions) -> Result<SuperEfficiency, FrontierError> {
    let sum = projection::sum_row(options.returns)?;
    let radial = |orientation| {
        let options = DeaOptions {
            orientation,
            returns: options.returns,
            slacks: Slacks::None,
            scale: false,
            super_efficiency: true,
            missing: options.missing,
            ..DeaOptions::default()
        };
        dea(technology, &options)
    };
    let plain = radial(options.orientation)?;
    let other = radial(if options.orientation == Orientation::Input { Orientation::Output } else { Orientation::Input })?;
    let lost: Vec<bool> = plain.state.iter().map(|s| matches!(s, State::Infeasible | State::Unbounded)).collect();
    let chosen = |u: usize| if lost[u] { (other.score[u], other.state[u]) } else { (plain.score[u], plain.state[u]) };
    let (chen, chen_state) = (0..technology.len()).map(chosen).unzip();
    let along = DirectionalOptions {
        returns: match options.returns {
            Returns::Crs => DirectionalReturns::Crs,
            Returns::Nirs => DirectionalReturns::Nirs,
            Returns::Ndrs => DirectionalReturns::Ndrs,
            _ => DirectionalReturns::Vrs,
        },
        exclude_own: true,
        slacks: Slacks::None,
        missing: options.missing,
        ..DirectionalOptions::default()
    };
    let ray = directional(technology, &along).map_err(|e| match e {
        DirectionalError::Frontier(e) => e,
        e => FrontierError::Options(vec![("direction", e.to_string())]),
    })?;
    let set = Reference::spanning(technology)?;
    let program = Program {
        set: &set,
        m: technology.inputs.len(),
        input: options.orientation == Orientation::Input,
        sum,
        lost: (0..set.classes.len()).map(|k| lost[set.classes.units(k)[0]]).collect(),
    };
    Ok(SuperEfficiency {
        cook: program.repair(technology.len(), true, (&plain.score, &plain.state))?,
        lee: program.repair(technology.len(), false, (&plain.score, &plain.state))?,
        chen,
        chen_state,
        ray: ray.beta.iter().map(|b| 1.0 - b).collect(),
        ray_state: ray.state,
        state: plain.state,
        score: plain.score,
        interval: plain.interval,
        unreached: plain.unreached,
    })
}

/// Programs that first give up as little as can be of the other side (as a sum of shares), then move the own side
/// radially: `min Σβ`, then `min θ`, with `Σλx ≤ θx₀`, `Σλy ≥ (1 − β)y₀`; or `min Σt`, then `max φ`, with
/// `Σλx ≤ (1 + t)x₀`, `Σλy ≥ φy₀`.
struct Program<'a> {
    set: &'a Reference,
    m: usize,
    input: bool,
    sum: Option<Sense>,
    /// Points whose plain program has no solution.
    lost: Vec<bool>,
}

struct Solved {
    state: State,
    radial: f64,
    given_up: Vec<f64>,
}

impl Program<'_> {
    fn others(&self) -> std::ops::Range<usize> {
        if self.input { self.m..self.set.columns.len() } else { 0..self.m }
    }

    fn repair(&self, units: usize, one: bool, (score, state): (&[f64], &[State])) -> Result<Repair, FrontierError> {
        let points = Points::new(self.set, units);
        let order: Vec<usize> = points.order().into_iter().filter(|&k| self.lost[k]).collect();
        let solved = self.sweep(&order, one)?;
        let mut found: Vec<Option<&Solved>> = vec![None; self.set.classes.len()];
        order.iter().zip(&solved).for_each(|(&k, s)| found[k] = Some(s));
        let every: Vec<usize> = (0..found.len()).collect();
        let at = points.units(&every, &found);
        let of = |u: usize| at[u].copied().flatten();
        let index = |s: &Solved| {
            let given: Vec<f64> = s.given_up.iter().copied().filter(|b| *b > 0.0).collect();
            let each: Vec<f64> = given.iter().map(|b| if self.input { 1.0 / (1.0 - b) } else { 1.0 + b }).collect();
            if each.is_empty() { 0.0 } else { numerics::moments::mean(&each) }
        };
        let read = |get: &dyn Fn(&Solved) -> f64, plain: &dyn Fn(usize) -> f64| -> Vec<f64> {
            (0..units).map(|u| of(u).map_or_else(|| plain(u), get)).collect()
        };
        let none = column(&at, f64::NAN, |_| 0.0);
        Ok(Repair {
            state: (0..units).map(|u| of(u).map_or(state[u], |s| s.state)).collect(),
            score: read(&|s| s.radial + index(s), &|u| score[u]),
            radial: read(&|s| s.radial, &|u| score[u]),
            index: read(&index, &|u| none[u]),
            given_up: (0..self.others().len()).map(|i| read(&|s| s.given_up[i], &|u| none[u])).collect(),
        })
    }

    fn sweep(&self, order: &[usize], one: bool) -> Result<Vec<Solved>, FrontierError> {
        let (mut rows, m) = (self.set.columns.clone(), self.m);
        let variables = rows.len();
        let mut senses: Vec<Sense> = (0..variables).map(|v| if v < m { Sense::AtMost } else { Sense::AtLeast }).collect();
        if let Some(sense) = self.sum {
            rows.push(vec![1.0; self.set.classes.len()]);
            senses.push(sense);
        }
        let (cloud, height) = (Cloud::new(rows)?, senses.len());
        let others = self.others();
        let shares = if one { 1 } else { others.len() };
        let family = Family::new(&cloud, senses, vec![false; 1 + shares], 2)?;
        let fill = |k: usize, program: &mut Instance| {
            for v in 0..variables {
                let x = self.set.columns[v][k];
                let given = others.contains(&v);
                program.rhs[v] = if given { x } else { 0.0 };
                program.extras[v] = if given { 0.0 } else { 0.0 - x };
                if given {
                    let share = if one { 0 } else { v - others.start };
                    program.extras[(1 + share) * height + v] = if self.input { x } else { 0.0 - x };
                }
            }
            if self.sum.is_some() {
                program.rhs[variables] = 1.0;
            }
            for share in 0..shares {
                program.costs[0].extras[1 + share] = 1.0;
            }
            program.costs[1].extras[0] = if self.input { 1.0 } else { -1.0 };
            program.excluded.clear();
            program.excluded.push(k);
        };
        Ok(family.sweep(order, fill, |k, solution| self.read(k, solution, one)))
    }

    fn read(&self, k: usize, solution: &Solution, one: bool) -> Solved {
        let others = self.others();
        let nothing = |state| Solved { state, radial: f64::NAN, given_up: vec![f64::NAN; others.len()] };
        let shares = if one { 1 } else { others.len() };
        if solution.status != Status::Optimal || solution.extras.len() <= shares {
            return nothing(solution.status.into());
        }
        let factor = solution.extras[0];
        // What rounding makes of nothing is nothing.
        let share = |i: usize| solution.extras[1 + if one { 0 } else { i }];
        let given_up: Vec<f64> = (0..others.len()).map(|i| if share(i) > 1e-9 { share(i) } else { 0.0 }).collect();
        let (radial, lost) = if self.input {
            (factor, given_up.iter().any(|b| *b >= 1.0 - 1e-9))
        } else {
            (1.0 / factor, factor <= 0.0 || factor.is_nan())
        };
        if lost {
            return nothing(State::Unbounded);
        }
        let target = |v: usize| solution.weights.iter().map(|&(j, w)| w * self.set.columns[v][j]).sum::<f64>();
        let reached = (0..self.set.columns.len()).all(|v| {
            let own = self.set.columns[v][k];
            let by = match others.contains(&v) {
                true if self.input => 1.0 - given_up[v - others.start],
                true => 1.0 + given_up[v - others.start],
                false => factor,
            };
            meets(target(v), by * own, v < self.m, own.max(by * own))
        });
        let state = State::Optimal.certified(solution.interval, 1.0 + solution.values.first().copied().unwrap_or(f64::NAN));
        Solved { state: if reached { state } else { State::Numerical }, radial, given_up }
    }
}

#[cfg(test)]
#[path = "super_efficiency_tests.rs"]
mod tests;
