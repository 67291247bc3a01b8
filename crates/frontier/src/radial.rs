//! Radial programs: Farrell's theta or phi of points against one reference set.

use std::borrow::Cow;

use numerics::lp::{Cloud, Family, Instance, LpError, Sense, Solution, Status};

use crate::{
    dea::Returns,
    observations::{Distance, UNSOLVED},
    order::neighbours,
    reference::Reference,
    technology::{Orientation, State},
};

/// Bounds on the sum of the weights: what returns to scale mean to a program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) lower: f64,
    /// Infinite where there is none.
    pub(crate) upper: f64,
}

impl Bounds {
    /// Bounds of a named assumption. Free disposability alone has no program; its convex hull is VRS.
    pub(crate) fn of(returns: Returns, lower: Option<f64>, upper: Option<f64>) -> Self {
        let (lower, upper) = match returns {
            Returns::Crs | Returns::Replication | Returns::Upscaling => (0.0, f64::INFINITY),
            Returns::Fdh if lower.is_some() || upper.is_some() => (lower.unwrap_or(0.0), upper.unwrap_or(f64::INFINITY)),
            Returns::Vrs | Returns::Fdh => (1.0, 1.0),
            Returns::Nirs => (0.0, 1.0),
            Returns::Ndrs => (1.0, f64::INFINITY),
            Returns::Generalised => (lower.unwrap_or(0.0), upper.unwrap_or(f64::INFINITY)),
        };
        Self { lower, upper }
    }

    /// Rows over the weights: what their sum must be.
    pub(crate) fn rows(self) -> Vec<(Sense, f64)> {
        if self.lower == self.upper {
            return vec![(Sense::Equal, self.lower)];
        }
        let lower = (self.lower > 0.0).then_some((Sense::AtLeast, self.lower));
        let upper = self.upper.is_finite().then_some((Sense::AtMost, self.upper));
        lower.into_iter().chain(upper).collect()
    }
}

/// A reference set ready for radial programs under one assumption on returns to scale.
///
/// Input: `min θ` with `Σλx ≤ θx₀`, `Σλy ≥ y₀`. Output: `max φ` with `Σλx ≤ x₀`, `Σλy ≥ φy₀`, posed as
/// `min −φ`.
pub(crate) struct Radial<'a> {
    cloud: Cow<'a, Cloud>,
    /// Which points of the reference the cloud has, where not all.
    members: Option<Vec<usize>>,
    inputs: usize,
    outputs: usize,
    orientation: Orientation,
    sum: Vec<(Sense, f64)>,
    hold: Vec<Hold>,
}

/// What the radial factor does to a variable of the side that it moves, and how freely the variable is disposed of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Hold {
    /// As the orientation has it.
    #[default]
    Free,
    /// Not moved.
    Still,
    /// Not moved, and met exactly.
    Equal,
}

/// Adds the points that a row may not be compared with, in ascending order.
pub(crate) type Barred<'a> = dyn Fn(usize, &mut Vec<usize>) + Sync + 'a;

/// What is asked of each program beside the radial factor.
#[derive(Clone, Copy, Default)]
pub(crate) struct Ask<'w> {
    /// The rows in neighbourly order, where it is known; no two of them are equal then.
    pub(crate) order: Option<&'w [usize]>,
    /// Weights of the slack phase, one per input and output; none skips the phase.
    pub(crate) weights: Option<&'w [f64]>,
    /// The value with its bounds is all that is wanted.
    pub(crate) value: bool,
    /// Points that are no peers of a row, beside the one that is left out.
    pub(crate) barred: Option<&'w Barred<'w>>,
}

impl<'a> Radial<'a> {
    pub(crate) fn new(
        reference: &'a Reference,
        sizes: (usize, usize),
        orientation: Orientation,
        returns: Returns,
    ) -> Result<Self, LpError> {
        Self::over(reference.columns.clone(), sizes, orientation, Bounds::of(returns, None, None))
    }

    /// Over points given as columns: inputs, then outputs.
    pub(crate) fn over(
        mut columns: Vec<Vec<f64>>,
        (inputs, outputs): (usize, usize),
        orientation: Orientation,
        bounds: Bounds,
    ) -> Result<Self, LpError> {
        let (n, sum) = (columns.first().map_or(0, Vec::len), bounds.rows());
        columns.truncate(inputs + outputs);
        columns.extend(sum.iter().map(|_| vec![1.0; n]));
        let (cloud, hold) = (Cow::Owned(Cloud::new(columns)?), vec![Hold::Free; inputs + outputs]);
        Ok(Self { cloud, members: None, inputs, outputs, orientation, sum, hold })
    }

    /// Holds variables: inputs, then outputs.
    pub(crate) fn holding(mut self, hold: &[Hold]) -> Self {
        self.hold = hold.to_vec();
        self
    }

    /// Over those of the points that are given as members, ascending: solutions call them by their position
    /// among all.
    pub(crate) fn among(
        columns: &[Vec<f64>],
        members: Vec<usize>,
        sizes: (usize, usize),
        orientation: Orientation,
        bounds: Bounds,
    ) -> Result<Self, LpError> {
        let kept = columns.iter().map(|c| members.iter().map(|&j| c[j]).collect()).collect();
        Ok(Self { members: Some(members), ..Self::over(kept, sizes, orientation, bounds)? })
    }

    /// The same points under other returns to scale; the cloud is shared where its rows are the same.
    pub(crate) fn under(&self, bounds: Bounds) -> Result<Radial<'_>, LpError> {
        let sum = bounds.rows();
        if sum.len() == self.sum.len() {
            let cloud = Cow::Borrowed(self.cloud.as_ref());
            return Ok(Radial { cloud, sum, members: self.members.clone(), hold: self.hold.clone(), ..*self });
        }
        let columns = self.columns().into_iter().map(<[f64]>::to_vec).collect();
        let radial = Radial::over(columns, (self.inputs, self.outputs), self.orientation, bounds)?;
        Ok(Radial { members: self.members.clone(), hold: self.hold.clone(), ..radial })
    }

    /// The points: inputs, then outputs.
    pub(crate) fn columns(&self) -> Vec<&[f64]> {
        (0..self.inputs + self.outputs).map(|i| self.cloud.row(i)).collect()
    }

    /// The points with a row for each bound on the sum of the weights.
    pub(crate) fn cloud(&self) -> &Cloud {
        &self.cloud
    }

    /// Value of the bounds on the sum of the weights at a program's duals.
    pub(crate) fn intercept(&self, duals: &[f64]) -> f64 {
        self.sum.iter().zip(&duals[self.inputs + self.outputs..]).map(|((_, rhs), dual)| rhs * dual).sum()
    }

    /// Solves for the points `rows` of `columns` (inputs, then outputs), equal points once. `excluded`
    /// names a point of the reference that may not be used. `put` receives what
    /// `take` kept of each solution with the rows of that point, in an order that depends on the values alone.
    pub(crate) fn sweep<T: Send>(
        &self,
        columns: &[&[f64]],
        rows: &[usize],
        ask: Ask<'_>,
        excluded: impl Fn(usize) -> Option<usize> + Sync,
        take: impl Fn(usize, &Solution) -> T + Sync,
        mut put: impl FnMut(&[usize], T),
    ) -> Result<(), LpError> {
        let own = if ask.order.is_some() { Vec::new() } else { neighbours(columns, rows, self.mix()) };
        let order = ask.order.unwrap_or(&own);
        let fill = |r: usize, program: &mut Instance| {
            self.fill(|i| columns[i][r], ask.weights, program);
            program.excluded.clear();
            program.excluded.extend(excluded(r));
            if let Some(barred) = ask.barred {
                barred(r, &mut program.excluded);
                program.excluded.sort_unstable();
            }
        };
        let family = self.family(ask)?;
        if ask.order.is_some() {
            for (h, t) in family.sweep(order, fill, take).into_iter().enumerate() {
                put(&order[h..=h], t);
            }
            return Ok(());
        }
        let same = |a: usize, b: usize| columns.iter().all(|c| c[a] == c[b]);
        let heads: Vec<usize> = order
            .iter()
            .enumerate()
            .filter(|&(i, &r)| i == 0 || ask.barred.is_some() || excluded(r).is_some() || !same(order[i - 1], r))
            .map(|(i, _)| i)
            .collect();
        let points: Vec<usize> = heads.iter().map(|&i| order[i]).collect();
        for (h, t) in family.sweep(&points, fill, take).into_iter().enumerate() {
            let end = heads.get(h + 1).copied().unwrap_or(order.len());
            put(&order[heads[h]..end], t);
        }
        Ok(())
    }

    /// Variables whose common size does not change the factor's program.
    fn mix(&self) -> std::ops::Range<usize> {
        match self.orientation {
            _ if self.hold.iter().any(|h| *h != Hold::Free) => 0..0,
            Orientation::Input => 0..self.inputs,
            Orientation::Output => self.inputs..self.inputs + self.outputs,
        }
    }

    /// Whether the radial factor moves a variable.
    pub(crate) fn moves(&self, i: usize) -> bool {
        (i < self.inputs) == (self.orientation == Orientation::Input) && self.hold[i] == Hold::Free
    }

    fn family(&self, ask: Ask<'_>) -> Result<Family<'_>, LpError> {
        let mut senses = vec![Sense::AtMost; self.inputs];
        senses.resize(self.inputs + self.outputs, Sense::AtLeast);
        senses.iter_mut().zip(&self.hold).filter(|(_, h)| **h == Hold::Equal).for_each(|(s, _)| *s = Sense::Equal);
        senses.extend(self.sum.iter().map(|s| s.0));
        let family = Family::new(&self.cloud, senses, vec![false], 1 + usize::from(ask.weights.is_some()))?;
        let family = match &self.members {
            Some(members) => family.naming(members),
            None => family,
        };
        Ok(if ask.value { family.values() } else { family })
    }

    fn fill(&self, value: impl Fn(usize) -> f64, weights: Option<&[f64]>, program: &mut Instance) {
        let rows = self.inputs + self.outputs;
        for i in 0..rows {
            let x = value(i);
            (program.rhs[i], program.extras[i]) = if self.moves(i) { (0.0, -x) } else { (x, 0.0) };
        }
        for (i, (_, rhs)) in self.sum.iter().enumerate() {
            program.rhs[rows + i] = *rhs;
        }
        program.costs[0].extras[0] = match self.orientation {
            Orientation::Input => 1.0,
            Orientation::Output => -1.0,
        };
        if let Some(weights) = weights {
            program.costs[1].slacks.iter_mut().zip(weights).for_each(|(c, w)| *c = -w);
        }
    }
}

/// Radial factors below this are what rounding makes of zero.
const NOTHING: f64 = 1e-30;

/// The Farrell score of a radial program with bounds and state.
pub(crate) fn measured(s: &Solution, orientation: Orientation, own: bool) -> Distance {
    let state = State::from(s.status);
    if s.values.is_empty() {
        return Distance { state, ..UNSOLVED };
    }
    let (value, (low, high)) = farrell(s, orientation, own);
    // With zero inputs the reference may make nothing of them: phi is 0 but for rounding, and its
    // reciprocal has no bound.
    if s.status == Status::Optimal && !(value > NOTHING && value < 1.0 / NOTHING) {
        return Distance { state: State::Unbounded, ..UNSOLVED };
    }
    Distance { value, state: state.certified((low, high), value.max(1.0)), interval: (low, high) }
}

/// Score and its bounds from a radial program that has a value.
pub(crate) fn farrell(s: &Solution, orientation: Orientation, own: bool) -> (f64, (f64, f64)) {
    let value = s.values.first().copied().unwrap_or(f64::NAN);
    let (score, low, high) = match orientation {
        Orientation::Input => (value, s.interval.0, s.interval.1),
        // The program minimises -phi.
        Orientation::Output => (-1.0 / value, -1.0 / s.interval.0, -1.0 / s.interval.1),
    };
    // A unit of the reference reaches itself, so that nothing above 1 is possible.
    if own { (score.min(1.0), (low.min(1.0), high.min(1.0))) } else { (score, (low, high)) }
}
