//! One radial program: Farrell's theta or phi of a point against a reference set.

use numerics::lp::{Cloud, Column, LpError, Objective, Program, Row, Sense, Solution, Variable};

use crate::{
    dea::Returns,
    reference::{Reference, SumRow},
    technology::{Orientation, Point},
};

/// A reference set ready for radial programs under one assumption on returns to scale.
pub(crate) struct Radial<'a> {
    reference: &'a Reference,
    cloud: Cloud,
    inputs: usize,
    outputs: usize,
    orientation: Orientation,
    returns: Returns,
}

impl<'a> Radial<'a> {
    pub(crate) fn new(
        reference: &'a Reference,
        (inputs, outputs): (usize, usize),
        orientation: Orientation,
        returns: Returns,
    ) -> Result<Self, LpError> {
        let sum = if returns == Returns::Crs { SumRow::None } else { SumRow::Ones };
        Ok(Self { reference, cloud: reference.cloud(sum, inputs)?, inputs, outputs, orientation, returns })
    }

    /// Solves for one point; with `weights` (one per input and output) also the slack phase.
    ///
    /// Input: `min θ` with `Σλx ≤ θx₀`, `Σλy ≥ y₀`. Output: `max φ` with `Σλx ≤ x₀`, `Σλy ≥ φy₀`,
    /// posed as `min −φ`.
    pub(crate) fn solve(&self, point: &Point, weights: Option<&[f64]>) -> Result<Solution, LpError> {
        let (m, s) = (self.inputs, self.outputs);
        let shrink = self.orientation == Orientation::Input;
        let row = |sense, rhs| Row { sense, rhs };
        let mut rows: Vec<Row> = point.x.iter().map(|&x| row(Sense::AtMost, if shrink { 0.0 } else { x })).collect();
        rows.extend(point.y.iter().map(|&y| row(Sense::AtLeast, if shrink { y } else { 0.0 })));
        let mut entries = vec![0.0; m + s];
        if shrink {
            entries[..m].iter_mut().zip(&point.x).for_each(|(e, x)| *e = -x);
        } else {
            entries[m..].iter_mut().zip(&point.y).for_each(|(e, y)| *e = -y);
        }
        let sense = match self.returns {
            Returns::Crs => None,
            Returns::Vrs => Some(Sense::Equal),
            Returns::Nirs => Some(Sense::AtMost),
            Returns::Ndrs => Some(Sense::AtLeast),
        };
        if let Some(sense) = sense {
            rows.push(row(sense, 1.0));
            entries.push(0.0);
        }
        let mut objectives = vec![Objective { extras: vec![if shrink { 1.0 } else { -1.0 }], ..Objective::default() }];
        if let Some(w) = weights {
            let mut slacks: Vec<f64> = w.iter().map(|w| -w).collect();
            slacks.resize(rows.len(), 0.0);
            objectives.push(Objective { slacks, ..Objective::default() });
        }
        let start = self.start(point);
        let extras = [Column { entries, free: false }];
        Program { cloud: &self.cloud, extras: &extras, rows: &rows, objectives: &objectives, start: start.as_deref() }.solve()
    }

    /// The basis of the single best reference point, scaled as returns to scale allow: feasible and
    /// far less degenerate than the point's own.
    fn start(&self, point: &Point) -> Option<Vec<Variable>> {
        let (m, s) = (self.inputs, self.outputs);
        let shrink = self.orientation == Orientation::Input;
        let columns = &self.reference.columns;
        let (fixed, moving) = if shrink { (m..m + s, 0..m) } else { (0..m, m..m + s) };
        let at = |i: usize| if i < m { point.x[i] } else { point.y[i - m] };
        // Best: radial value, point, row that binds on the moving side, row that binds the weight.
        let mut best: Option<(f64, usize, usize, Option<usize>)> = None;
        for (j, _) in self.reference.classes.iter().enumerate() {
            let bound = if shrink {
                // The smallest weight that still produces the outputs.
                extreme(fixed.clone().filter(|&r| at(r) > 0.0).map(|r| (at(r) / columns[r][j], r)), f64::gt)
            } else {
                extreme(fixed.clone().filter(|&i| columns[i][j] > 0.0).map(|i| (at(i) / columns[i][j], i)), f64::lt)
            };
            let Some((bound, binding)) = bound.filter(|(b, _)| b.is_finite() && *b > 0.0) else { continue };
            let one_fits = if shrink { bound <= 1.0 } else { bound >= 1.0 };
            let (weight, binding) = match (self.returns, one_fits) {
                (Returns::Crs, _) => (bound, Some(binding)),
                (Returns::Vrs, true) => (1.0, None),
                (Returns::Vrs, false) => continue,
                (Returns::Nirs, true) if shrink => (bound, Some(binding)),
                (Returns::Nirs, true) => (1.0, None),
                (Returns::Nirs, false) if shrink => continue,
                (Returns::Nirs, false) => (bound, Some(binding)),
                (Returns::Ndrs, true) if shrink => (1.0, None),
                (Returns::Ndrs, false) if !shrink => continue,
                (Returns::Ndrs, _) => (bound, Some(binding)),
            };
            let ratios = moving.clone().map(|i| (weight * columns[i][j], at(i), i));
            let value = if shrink {
                extreme(ratios.filter(|r| r.0 > 0.0).map(|(u, x, i)| (u / x, i)), f64::gt)
            } else {
                extreme(ratios.filter(|r| r.1 > 0.0).map(|(u, y, i)| (u / y, i)), f64::lt)
            };
            let Some((value, tight)) = value.filter(|(v, _)| v.is_finite()) else { continue };
            let better = best.is_none_or(|(b, ..)| if shrink { value < b } else { value > b });
            if better {
                best = Some((value, j, tight, binding));
            }
        }
        let (_, j, tight, binding) = best?;
        let rows = self.cloud.rows();
        let out = |i: usize| i == tight || Some(i) == binding || (i == m + s && binding.is_none());
        let sum_has_slack = self.returns != Returns::Vrs;
        let slacks = (0..rows).filter(|&i| !out(i) && (i < m + s || sum_has_slack)).map(Variable::Slack);
        Some([Variable::Cloud(j), Variable::Extra(0)].into_iter().chain(slacks).collect())
    }
}

fn extreme(items: impl Iterator<Item = (f64, usize)>, wins: fn(&f64, &f64) -> bool) -> Option<(f64, usize)> {
    items.fold(None, |best, item| match best {
        Some(b) if !wins(&item.0, &b.0) => Some(b),
        _ => Some(item),
    })
}
