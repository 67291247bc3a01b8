//! Shadow prices at a corner of the frontier, where the distance has several.

use numerics::lp::{Cloud, Column, LpError, Objective, Program, Row, Sense, Solution};

use crate::technology::Orientation;

/// Weights and slacks below this share of their row are what rounding makes of nothing.
const NOTHING: f64 = 1e-9;

/// Room that the value of a program leaves to its optimal prices, as a share.
const ROOM: f64 = 4.0 * f64::EPSILON;

/// The optimal prices of a radial program.
///
/// With `v x₀ = 1` (inputs; outputs: `u y₀ = 1`) they support the technology at the point found. Where several do, the
/// distance function has a kink, and its derivative depends on the side from which the point is approached. Taken are
/// the prices on the side of a second point: the largest `u y`, the least `v x` of its values. By convexity of `D_O` and
/// concavity of `D_I` they come closest to its distance. What they leave open is settled by the largest value share
/// of the first variable, then of the second.
pub(super) struct Corner<'a> {
    pub(super) cloud: &'a Cloud,
    pub(super) sizes: (usize, usize),
    pub(super) orientation: Orientation,
}

impl Corner<'_> {
    /// Whether a basic solution leaves its prices open: fewer of its variables than rows are positive.
    pub(super) fn open(&self, s: &Solution) -> bool {
        if self.moved().len() < 2 {
            return false;
        }
        let rows = self.cloud.rows();
        let total: f64 = s.weights.iter().map(|w| w.1).sum();
        let used = s.weights.iter().filter(|w| w.1 > NOTHING * total).count();
        let flow = |i: usize| s.weights.iter().map(|&(j, w)| w * self.cloud.row(i)[j]).sum::<f64>();
        let free = (0..rows).filter(|&i| s.slacks.get(i).is_some_and(|x| *x > NOTHING * (flow(i) + x))).count();
        1 + used + free < rows
    }

    /// Variables of the side that moves.
    pub(super) fn moved(&self) -> std::ops::Range<usize> {
        let (m, s) = self.sizes;
        if self.orientation == Orientation::Input { 0..m } else { m..m + s }
    }

    /// The prices of the side that moves, for the program of `point` whose optimum is `factor` (θ or φ), on the side of
    /// `second`; `None` where they are not found.
    pub(super) fn prices(&self, point: &[f64], factor: f64, second: Option<&[f64]>) -> Result<Option<Vec<f64>>, LpError> {
        let moved = self.moved();
        let sign = if self.orientation == Orientation::Input { 1.0 } else { -1.0 };
        // What is made small in turn: a form over the prices that move.
        let least = |x: &[f64]| moved.clone().map(|i| sign * x[i]).collect::<Vec<f64>>();
        let shares = moved.clone().skip(1).map(|v| moved.clone().map(|i| if i + 1 == v { -point[i] } else { 0.0 }).collect());
        let forms: Vec<Vec<f64>> = second.map(least).into_iter().chain(shares).collect();
        let mut settled: Vec<(&[f64], f64)> = Vec::new();
        let mut prices = None;
        for form in &forms {
            let Some((found, value)) = self.least(point, factor, &settled, form)? else { return Ok(None) };
            settled.push((form, value));
            prices = Some(found);
        }
        Ok(prices)
    }

    /// The prices at which `form` is least, and its value there.
    ///
    /// The program over prices `(v, u, ω)` is posed as its dual, whose points are those of the cloud (inputs; outputs
    /// likewise):
    /// `max τ + κθ − Σμc` with `Σλx + τx₀ − Σμf ≤ d`, `Σλy − κy₀ ≥ 0`, `Σλ − κ = 0`: `τ` stands for `v x₀ = 1`, `κ ≥ 0` for
    /// the optimum `u y₀ + ω ≥ θ`, `μ ≥ 0` for what is settled, `v f ≤ c`, and `d` for the form.
    fn least(
        &self,
        point: &[f64],
        factor: f64,
        settled: &[(&[f64], f64)],
        form: &[f64],
    ) -> Result<Option<(Vec<f64>, f64)>, LpError> {
        let (moved, k, (m, s)) = (self.moved(), self.cloud.rows(), self.sizes);
        let input = self.orientation == Orientation::Input;
        let spread = |values: &dyn Fn(usize) -> f64| -> Vec<f64> {
            (0..k).map(|i| if moved.contains(&i) { values(i) } else { 0.0 }).collect()
        };
        let side = if input { 1.0 } else { -1.0 };
        let at = |form: &[f64], i: usize| form[i - moved.start];
        // Rows of outputs ask for at least, so that their signs are turned.
        let scale = Column { entries: spread(&|i| side * point[i]), free: true };
        let held = (0..k).map(|i| {
            if i < m + s && moved.contains(&i) {
                0.0
            } else if i < m + s {
                -point[i]
            } else {
                -1.0
            }
        });
        let optimum = Column { entries: held.collect(), free: false };
        let mut extras = vec![scale, optimum];
        extras.extend(settled.iter().map(|(f, _)| Column { entries: spread(&|i| -side * at(f, i)), free: false }));
        let sense = |i: usize| {
            if i < m {
                Sense::AtMost
            } else if i < m + s {
                Sense::AtLeast
            } else {
                Sense::Equal
            }
        };
        let rhs = spread(&|i| side * at(form, i));
        let rows: Vec<Row> = (0..k).map(|i| Row { sense: sense(i), rhs: rhs[i] }).collect();
        let mut costs = vec![-1.0, if input { -factor * (1.0 - ROOM) } else { factor * (1.0 + ROOM) }];
        costs.extend(settled.iter().map(|(_, c)| c + ROOM * c.abs()));
        let objectives = [Objective { extras: costs, ..Objective::default() }];
        let program = Program { cloud: self.cloud, extras: &extras, rows: &rows, objectives: &objectives, start: None };
        let solution = program.solve()?;
        let prices: Vec<f64> = moved.clone().filter_map(|i| solution.duals.get(i).map(|d| d.abs())).collect();
        let worth: f64 = moved.clone().zip(&prices).map(|(i, p)| p * point[i]).sum();
        let sound = !solution.values.is_empty() && prices.len() == moved.len() && (worth - 1.0).abs() <= NOTHING;
        if !sound {
            return Ok(None);
        }
        let value = prices.iter().zip(form).map(|(p, f)| p * f).sum();
        Ok(Some((prices, value)))
    }
}
