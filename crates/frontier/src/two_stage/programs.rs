//! Programs over two stages at once: a ratio of virtual quantities, where another one is held.

use numerics::lp::{Cloud, Family, Instance, LpError, Sense, Solution};

use crate::{order::neighbours, reference::Reference, technology::State};

/// Largest price of what is held. A held form is known to sixteen digits, so that no price may be without bound.
const CAP: f64 = 1e6;

/// Violation of a held form that is rounding.
const HELD: f64 = 1e-11;

/// A linear form in the prices of a unit's own values: coefficients of `v·x₀`, `w·z₀`, `u·y₀` and of the free
/// terms of the stages under variable returns.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Form {
    pub(super) used: f64,
    pub(super) link: f64,
    pub(super) made: f64,
    pub(super) first: f64,
    pub(super) second: f64,
}

/// `v·x₀`
pub(super) const USED: Form = Form { used: 1.0, link: 0.0, made: 0.0, first: 0.0, second: 0.0 };
/// `w·z₀`, what the second stage uses.
pub(super) const LINK: Form = Form { used: 0.0, link: 1.0, made: 0.0, first: 0.0, second: 0.0 };
/// `w·z₀ + u₁`, what the first stage makes.
pub(super) const FIRST: Form = Form { used: 0.0, link: 1.0, made: 0.0, first: 1.0, second: 0.0 };
/// `u·y₀ + u₂`, what the second stage makes.
pub(super) const SECOND: Form = Form { used: 0.0, link: 0.0, made: 1.0, first: 0.0, second: 1.0 };

impl Form {
    /// This form and `by` times another.
    pub(super) fn and(self, by: f64, other: Self) -> Self {
        Self {
            used: self.used + by * other.used,
            link: self.link + by * other.link,
            made: self.made + by * other.made,
            first: self.first + by * other.first,
            second: self.second + by * other.second,
        }
    }
}

/// A solved ratio.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ratio {
    pub(super) state: State,
    pub(super) value: f64,
    pub(super) interval: (f64, f64),
    /// `v·x₀` and `w·z₀` at these prices.
    pub(super) used: f64,
    pub(super) link: f64,
}

/// The stages of a reference as one block cloud: weights λ of the first, then μ of the second.
pub(super) struct Stages<'a> {
    cloud: Cloud,
    points: &'a Reference,
    sizes: [usize; 3],
    order: Vec<usize>,
    variable: bool,
}

impl<'a> Stages<'a> {
    pub(super) fn new(set: &Reference, points: &'a Reference, sizes: [usize; 3], variable: bool) -> Result<Self, LpError> {
        let [m, d, _] = sizes;
        let n = set.classes.len();
        let zeros = vec![0.0; n];
        let negative = |c: &[f64]| -> Vec<f64> { c.iter().map(|x| 0.0 - x).collect() };
        let block = |(v, c): (usize, &Vec<f64>)| match v {
            v if v < m => [&c[..], &zeros].concat(),
            v if v < m + d => [&c[..], &negative(c)].concat(),
            _ => [&zeros, &c[..]].concat(),
        };
        let mut rows: Vec<Vec<f64>> = set.columns.iter().enumerate().map(block).collect();
        if variable {
            let ones = vec![1.0; n];
            rows.extend([[&ones[..], &zeros].concat(), [&zeros[..], &ones].concat()]);
        }
        // What is held has a price up to `CAP`.
        rows.push(vec![0.0; 2 * n]);
        let columns: Vec<&[f64]> = points.columns.iter().map(Vec::as_slice).collect();
        let all: Vec<usize> = (0..points.classes.len()).collect();
        let order = neighbours(&columns, &all, 0..0);
        Ok(Self { cloud: Cloud::new(rows)?, points, sizes, order, variable })
    }

    /// `max objective·q` subject to `scale·q = 1`, `held·q ≥ 0` and no stage of the reference above 1, posed as its
    /// dual `min θ`: `take` sees the solution of each point and the result is by point.
    pub(super) fn sweep<T: Clone + Send>(
        &self,
        (objective, scale): (Form, Form),
        held: Option<&(dyn Fn(usize) -> Form + Sync)>,
        alone: bool,
        take: impl Fn(usize, &Solution) -> T + Sync,
    ) -> Result<Vec<T>, LpError> {
        let [m, d, s] = self.sizes;
        let variables = m + d + s;
        let rows = self.cloud.rows();
        let mut senses: Vec<Sense> = (0..variables).map(|v| if v < m { Sense::AtMost } else { Sense::AtLeast }).collect();
        senses.resize(rows - 1, Sense::Equal);
        senses.push(Sense::AtMost);
        let family = Family::new(&self.cloud, senses, vec![true, false], 1)?;
        let family = if alone { family.values() } else { family };
        let fill = |k: usize, instance: &mut Instance| {
            let held = held.map_or_else(Form::default, |held| held(k));
            let mut row = |i: usize, value: f64, sign: f64, pick: fn(Form) -> f64| {
                instance.rhs[i] = sign * pick(objective) * value;
                instance.extras[i] = sign * pick(scale) * value;
                instance.extras[rows + i] = -sign * pick(held) * value;
            };
            for v in 0..variables {
                let value = self.points.columns[v][k];
                match v {
                    v if v < m => row(v, value, -1.0, |f| f.used),
                    v if v < m + d => row(v, value, 1.0, |f| f.link),
                    _ => row(v, value, 1.0, |f| f.made),
                }
            }
            if self.variable {
                row(variables, 1.0, 1.0, |f| f.first);
                row(variables + 1, 1.0, 1.0, |f| f.second);
            }
            instance.rhs[rows - 1] = CAP;
            instance.extras[2 * rows - 1] = 1.0;
            instance.costs[0].extras[0] = 1.0;
        };
        let solved = family.sweep(&self.order, fill, take);
        let mut by_point: Vec<Option<T>> = vec![None; self.order.len()];
        self.order.iter().zip(solved).for_each(|(&k, t)| by_point[k] = Some(t));
        Ok(by_point.into_iter().flatten().collect())
    }

    /// The value of each point, with the virtual quantities of its prices.
    pub(super) fn ratio(
        &self,
        ratio: (Form, Form),
        held: Option<&(dyn Fn(usize) -> Form + Sync)>,
    ) -> Result<Vec<Ratio>, LpError> {
        self.sweep(ratio, held, true, |k, solution| self.read(k, solution))
    }

    pub(super) fn read(&self, k: usize, solution: &Solution) -> Ratio {
        let nan = f64::NAN;
        // This is the dual: where it falls without end, no prices meet what is asked of them.
        let state = match State::from(solution.status) {
            State::Unbounded => State::Infeasible,
            state => state,
        };
        let none = Ratio { state, value: nan, interval: (nan, nan), used: nan, link: nan };
        let Some(&value) = solution.values.first().filter(|_| solution.duals.len() == self.cloud.rows()) else { return none };
        let [m, d, _] = self.sizes;
        let worth = |v: usize| solution.duals[v].abs() * self.points.columns[v][k];
        let interval = solution.interval;
        let state = State::from(solution.status).certified(interval, 1.0 + value.abs());
        // The held form gave way to the cap on its price. Under variable returns all optimal prices may make what the
        // ratio is measured by worthless: no unit of it can then be had.
        if solution.duals[self.cloud.rows() - 1].abs() > HELD {
            return Ratio { state: if self.variable { State::Infeasible } else { State::Numerical }, ..none };
        }
        Ratio { state, value, interval, used: (0..m).map(worth).sum(), link: (m..m + d).map(worth).sum() }
    }
}
