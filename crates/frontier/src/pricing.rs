//! Programs over prices: the multiplier side of data envelopment analysis, solved in envelopment form.
//!
//! Prices are `d = (−v, u, w)` over the rows (inputs, outputs, sum of weights), feasible where
//! `d·(xⱼ, yⱼ, 1) = u·yⱼ − v·xⱼ + w ≤ 0` for every point j, and `d·r ≤ 0` for every restriction r. The program
//!
//! ```text
//! max d·goal   subject to   d·unit = 1,   d·anchor >= 0,   d feasible
//! ```
//!
//! is the dual of `min θ` with `Σ λⱼ pⱼ + Σ π r + θ unit − μ anchor {<=, >=, =} goal`: few rows, one column per point,
//! prices as its duals.

use numerics::lp::{Cloud, Family, Instance, LpError, Sense, Solution, Status};

use crate::{
    dea::Returns,
    projection,
    reference::Reference,
    technology::{FrontierError, Orientation, State},
};

/// The points that prices must not find profitable, and what else restricts prices.
pub(crate) struct Pricing<'a> {
    pub(crate) set: &'a Reference,
    pub(crate) inputs: usize,
    sum: bool,
    cloud: Cloud,
    senses: Vec<Sense>,
    restrictions: Vec<Vec<f64>>,
}

/// One program of a [`Pricing`]: linear forms over prices, one entry per row.
pub(crate) struct Forms<'i> {
    pub(crate) goal: &'i mut [f64],
    pub(crate) unit: &'i mut [f64],
    pub(crate) anchor: &'i mut [f64],
}

/// What the programs of a sweep have in common.
#[derive(Clone, Copy, Default)]
pub(crate) struct Common<'f> {
    /// Whether there is an anchor.
    pub(crate) anchored: bool,
    /// Least price of each variable.
    pub(crate) floors: Option<&'f [f64]>,
    /// Value, bounds and prices are all that is wanted.
    pub(crate) values: bool,
}

/// A radial score with the prices that give it.
pub(crate) struct Priced {
    pub(crate) state: State,
    /// `NaN` where there is none.
    pub(crate) score: f64,
    pub(crate) interval: (f64, f64),
    /// `(−v, u, w)`; empty where there are none.
    pub(crate) prices: Vec<f64>,
}

/// The state of a program over prices, whose dual has this status.
pub(crate) fn state(status: Status) -> State {
    match status {
        Status::Infeasible => State::Unbounded,
        Status::Unbounded => State::Infeasible,
        other => other.into(),
    }
}

impl<'a> Pricing<'a> {
    /// `restrictions` have one entry per variable.
    pub(crate) fn new(
        set: &'a Reference,
        inputs: usize,
        returns: Returns,
        mut restrictions: Vec<Vec<f64>>,
    ) -> Result<Self, FrontierError> {
        let sum = projection::sum_row(returns)?;
        let variables = set.columns.len();
        let mut rows = set.columns.clone();
        let mut senses: Vec<Sense> = (0..variables).map(|v| if v < inputs { Sense::AtMost } else { Sense::AtLeast }).collect();
        if let Some(sense) = sum {
            rows.push(vec![1.0; set.classes.len()]);
            senses.push(sense);
            restrictions.iter_mut().for_each(|r| r.push(0.0));
        }
        Ok(Self { set, inputs, sum: sum.is_some(), cloud: Cloud::new(rows)?, senses, restrictions })
    }

    pub(crate) fn rows(&self) -> usize {
        self.senses.len()
    }

    /// Adds `by` times the numerator of point `k` to a form: `u·y + w`, or `u·y` where the intercept counts as input.
    pub(crate) fn numerator(&self, form: &mut [f64], side: Orientation, k: usize, by: f64) {
        form.iter_mut().zip(&self.set.columns).skip(self.inputs).for_each(|(f, column)| *f += by * column[k]);
        if self.sum && side == Orientation::Input {
            form[self.rows() - 1] += by;
        }
    }

    /// Adds `by` times the denominator of point `k` to a form: `v·x`, or `v·x − w`.
    pub(crate) fn denominator(&self, form: &mut [f64], side: Orientation, k: usize, by: f64) {
        form.iter_mut().zip(&self.set.columns).take(self.inputs).for_each(|(f, column)| *f -= by * column[k]);
        if self.sum && side == Orientation::Output {
            form[self.rows() - 1] -= by;
        }
    }

    /// Value of numerator and denominator of point `k` at prices.
    pub(crate) fn ratio(&self, prices: &[f64], side: Orientation, k: usize) -> (f64, f64) {
        let over = |vs: std::ops::Range<usize>| -> f64 { vs.map(|v| prices[v] * self.set.columns[v][k]).sum() };
        let intercept = self.intercept(prices);
        let (outputs, inputs) = (over(self.inputs..self.set.columns.len()), -over(0..self.inputs));
        match side {
            Orientation::Input => (outputs + intercept, inputs),
            Orientation::Output => (outputs, inputs - intercept),
        }
    }

    /// Sum of the terms of numerator and denominator of point `k`, signs dropped.
    pub(crate) fn magnitude(&self, prices: &[f64], k: usize) -> f64 {
        let terms = self.set.columns.iter().zip(prices).map(|(column, p)| (p * column[k]).abs());
        terms.sum::<f64>() + self.intercept(prices).abs()
    }

    /// The intercept w of prices; 0 under constant returns.
    pub(crate) fn intercept(&self, prices: &[f64]) -> f64 {
        if self.sum { prices[self.rows() - 1] } else { 0.0 }
    }

    /// Prices out of duals: what rounding leaves on the wrong side of 0 is 0.
    pub(crate) fn prices(&self, duals: &[f64]) -> Vec<f64> {
        let variables = self.set.columns.len();
        let clean = |(r, &d): (usize, &f64)| match r {
            r if r < self.inputs => 0.0 - (-d).max(0.0),
            r if r < variables => d.max(0.0),
            _ => d,
        };
        duals.iter().enumerate().map(clean).collect()
    }

    /// The score of a point of the set: what `max U` with `D = 1` reaches, or one over what `min D` with `U = 1` does.
    pub(crate) fn priced(&self, s: &Solution, orientation: Orientation) -> Priced {
        let nan = f64::NAN;
        let Some(&value) = s.values.first().filter(|_| s.duals.len() == self.rows()) else {
            return Priced { state: state(s.status), score: nan, interval: (nan, nan), prices: Vec::new() };
        };
        let (score, (low, high)) = match orientation {
            Orientation::Input => (value, s.interval),
            Orientation::Output => (-1.0 / value, (-1.0 / s.interval.0, -1.0 / s.interval.1)),
        };
        // A unit of the reference reaches itself, so that nothing above 1 is possible.
        let (score, interval) = (score.min(1.0), (low.min(1.0), high.min(1.0)));
        Priced { state: state(s.status).certified(interval, 1.0), score, interval, prices: self.prices(&s.duals) }
    }

    /// The points and a form that prices must not give less than 0: where many programs share an anchor, it is one more
    /// point to them, so that facets certified for one serve the others.
    pub(crate) fn anchored(&self, anchor: &[f64]) -> Result<Cloud, LpError> {
        Cloud::new(anchor.iter().enumerate().map(|(i, a)| [self.cloud.row(i), &[0.0 - a]].concat()).collect())
    }

    /// The family of programs that have `common` in common.
    pub(crate) fn family(&self, common: Common<'_>) -> Result<Family<'_>, LpError> {
        self.family_over(&self.cloud, common)
    }

    /// The same over the points of [`Pricing::anchored`].
    pub(crate) fn family_over<'c>(&self, cloud: &'c Cloud, common: Common<'_>) -> Result<Family<'c>, LpError> {
        let mut free = vec![true];
        free.extend(common.anchored.then_some(false));
        free.extend(self.restrictions.iter().map(|_| false));
        let family = Family::new(cloud, self.senses.clone(), free, 1)?;
        Ok(if common.values { family.values() } else { family })
    }

    /// Solves one program for each entry of `order`, whose forms `write` writes over zeros.
    pub(crate) fn sweep<T: Send>(
        &self,
        family: &Family<'_>,
        common: Common<'_>,
        order: &[usize],
        write: impl Fn(usize, Forms<'_>) + Sync,
        take: impl Fn(usize, &Solution) -> T + Sync,
    ) -> Vec<T> {
        let k = self.rows();
        let fill = |p: usize, program: &mut Instance| {
            program.rhs.fill(0.0);
            program.extras.fill(0.0);
            let (unit, rest) = program.extras.split_at_mut(k);
            let (anchor, rest) = rest.split_at_mut(if common.anchored { k } else { 0 });
            write(p, Forms { goal: &mut program.rhs, unit, anchor: &mut *anchor });
            anchor.iter_mut().for_each(|a| *a = 0.0 - *a);
            rest.chunks_mut(k).zip(&self.restrictions).for_each(|(column, r)| column.copy_from_slice(r));
            program.costs[0].extras[0] = 1.0;
            if let Some(floors) = common.floors {
                program.costs[0].slacks.iter_mut().zip(floors).for_each(|(c, f)| *c = -f);
            }
        };
        family.sweep(order, fill, take)
    }
}
