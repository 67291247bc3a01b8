//! The programs over one set of weights, solved in envelopment form: few rows, a column or two per point, weights as
//! duals.

use numerics::{
    lp::{Cloud, Column, Family, Instance, Objective, Program, Row, Sense, Solution, Status},
    moments,
};

use super::senses;
use crate::{
    pricing::state,
    reference::Reference,
    technology::{FrontierError, State},
};

/// Most steps of the search for the least distance, which are few: it converges faster than by a factor.
const STEPS: usize = 100;

/// A step that gains less is the last.
const GAIN: f64 = 1e-14;

/// Distances below the one found that are tried for the bound, the first that is proved out of reach counts.
const ROOM: [f64; 5] = [1e-12, 1e-11, 1e-10, 1e-9, 5e-9];

/// Distance beyond the optimum up to which weights are as good.
const REACH: f64 = 1e-9;

/// Room, as a share, that keeps rounding from emptying the weights whose gaps are at their least.
const SPACE: f64 = 1e-11;

/// How far virtual output may lie above virtual input, as a share, for weights to be believed.
const AGREEMENT: f64 = 1e-9;

/// Weights and what they are worth.
pub(super) struct Found {
    pub(super) status: State,
    /// Inputs, then outputs; the mean virtual input is 1.
    pub(super) weights: Vec<f64>,
    pub(super) value: f64,
    pub(super) bounds: Option<(f64, f64)>,
    /// What is left to weights that are as good.
    face: Option<Face>,
}

/// Weights `w = least t + w'`, with `t` and `w'` from 0, that no row finds profitable: a cone, as only ratios matter.
struct Face {
    /// Entries over the variables, then over t where there are least weights.
    rows: Vec<Vec<f64>>,
    /// None where weights are from 0.
    least: Vec<f64>,
}

impl Found {
    /// Not solved.
    pub(super) fn none(status: State, variables: usize) -> Self {
        Self { status, weights: vec![f64::NAN; variables], value: f64::NAN, bounds: None, face: None }
    }

    /// Weights that no program gave.
    pub(super) fn given(weights: Vec<f64>, value: f64) -> Self {
        Self { status: State::Optimal, weights, value, bounds: None, face: None }
    }

    /// With distances from 1 counted as scores.
    pub(super) fn turned(self) -> Self {
        let bounds = self.bounds.map(|(low, high)| (1.0 - high, 1.0 - low));
        Self { value: 1.0 - self.value, bounds, ..self }
    }
}

/// The points that are weighed.
pub(super) struct Weighing<'a> {
    set: &'a Reference,
    inputs: usize,
    counts: Vec<f64>,
    means: Vec<f64>,
}

impl<'a> Weighing<'a> {
    pub(super) fn new(set: &'a Reference, inputs: usize) -> Self {
        let counts: Vec<f64> = (0..set.classes.len()).map(|k| set.classes.units(k).len() as f64).collect();
        let means = set.columns.iter().map(|c| moments::mean(c)).collect();
        Self { set, inputs, counts, means }
    }

    pub(super) fn variables(&self) -> usize {
        self.set.columns.len()
    }

    fn points(&self) -> usize {
        self.counts.len()
    }

    /// Virtual output and virtual input of a point.
    pub(super) fn ratio(&self, weights: &[f64], k: usize) -> (f64, f64) {
        let sum = |vs: std::ops::Range<usize>| -> f64 { vs.map(|v| weights[v] * self.set.columns[v][k]).sum() };
        (sum(self.inputs..self.variables()), sum(0..self.inputs))
    }

    /// The weights in duals, with a mean virtual input of 1. None where output exceeds input.
    fn weights(&self, duals: &[f64], least: &[f64]) -> Option<Vec<f64>> {
        if duals.len() < self.variables() {
            return None;
        }
        let by = duals.get(self.variables()).filter(|_| !least.is_empty()).map_or(0.0, |t| t.max(0.0));
        let signed = |v: usize| if v < self.inputs { -duals[v] } else { duals[v] };
        let weight = |v: usize| signed(v).max(0.0) + least.get(v).map_or(0.0, |l| l * by);
        let mut weights: Vec<f64> = (0..self.variables()).map(weight).collect();
        let size: f64 = weights.iter().zip(&self.means).take(self.inputs).map(|(w, m)| w * m).sum();
        weights.iter_mut().for_each(|w| *w /= size);
        let fits = |k: usize| {
            let (u, d) = self.ratio(&weights, k);
            u <= d * (1.0 + AGREEMENT)
        };
        (size > 0.0 && weights.iter().all(|w| w.is_finite()) && (0..self.points()).all(fits)).then_some(weights)
    }

    /// The largest distance of a score from its ideal. A point without virtual input has no score.
    fn distance(&self, weights: &[f64], ideal: &[f64]) -> f64 {
        let far = |k: usize| {
            let (u, d) = self.ratio(weights, k);
            if d > 0.0 { ideal[k] - u / d } else { f64::NEG_INFINITY }
        };
        (0..self.points()).map(far).fold(f64::NEG_INFINITY, f64::max)
    }

    /// The points twice: as what no weights may find profitable, `u·y − v·x ≤ 0`, and as what keeps its score within
    /// `z` of its ideal, `(ideal − z) v·x − u·y ≤ 0`.
    fn rows(&self, near: Option<(&[f64], f64)>) -> Vec<Vec<f64>> {
        let row = |(v, column): (usize, &Vec<f64>)| -> Vec<f64> {
            let kept = near.iter().flat_map(|(ideal, z)| {
                column.iter().zip(*ideal).map(move |(x, e)| if v < self.inputs { -(e - z) * x } else { -x })
            });
            column.iter().copied().chain(kept).collect()
        };
        self.set.columns.iter().enumerate().map(row).collect()
    }

    /// `min f` subject to `u·y − v·x ≤ 0`, `(ideal − z) v·x − u·y ≤ size f`, mean virtual input 1: above 0 where no
    /// weights keep all scores within `z`. The value is −f.
    fn excess(&self, ideal: &[f64], z: f64, sizes: &[f64]) -> Result<Solution, FrontierError> {
        let mut rows = self.rows(Some((ideal, z)));
        rows.push((0..self.points()).map(|_| 0.0).chain(sizes.iter().copied()).collect());
        let cloud = Cloud::new(rows)?;
        let mut entries: Vec<f64> = (0..self.variables()).map(|v| if v < self.inputs { -self.means[v] } else { 0.0 }).collect();
        entries.push(0.0);
        let mut limits: Vec<Row> = senses(self.inputs, self.variables()).map(|sense| Row { sense, rhs: 0.0 }).collect();
        limits.push(Row { sense: Sense::Equal, rhs: 1.0 });
        let extras = [Column { entries, free: true }];
        let objective = Objective { extras: vec![1.0], ..Objective::default() };
        Ok(Program { cloud: &cloud, extras: &extras, rows: &limits, objectives: &[objective], start: None }.solve()?)
    }

    /// Writes virtual output by `sign` and virtual input of something as forms over a face.
    fn forms(&self, face: &Face, value: impl Fn(usize) -> f64, sign: f64, goal: &mut [f64], unit: &mut [f64]) {
        let n = self.variables();
        for v in 0..n {
            (goal[v], unit[v]) = if v < self.inputs { (0.0, -value(v)) } else { (sign * value(v), 0.0) };
        }
        if let Some(t) = goal.get_mut(n) {
            *t = (self.inputs..n).map(|v| sign * face.least[v] * value(v)).sum();
            unit[n] = (0..self.inputs).map(|v| face.least[v] * value(v)).sum();
        }
    }

    fn senses(&self, face: &Face) -> Vec<Sense> {
        senses(self.inputs, face.rows.len()).collect()
    }

    /// Of all weights of a face, those best for the unit made of all.
    fn best_for_all(&self, face: &Face) -> Result<Option<Vec<f64>>, FrontierError> {
        let total = |v: usize| -> f64 { self.set.columns[v].iter().zip(&self.counts).map(|(x, c)| x * c).sum() };
        let cloud = Cloud::new(face.rows.clone())?;
        let (mut goal, mut entries) = (vec![0.0; face.rows.len()], vec![0.0; face.rows.len()]);
        self.forms(face, total, 1.0, &mut goal, &mut entries);
        let limits: Vec<Row> = self.senses(face).into_iter().zip(goal).map(|(sense, rhs)| Row { sense, rhs }).collect();
        let extras = [Column { entries, free: true }];
        let objective = Objective { extras: vec![1.0], ..Objective::default() };
        let program = Program { cloud: &cloud, extras: &extras, rows: &limits, objectives: &[objective], start: None };
        let solution = program.solve()?;
        Ok(if solution.status == Status::Optimal { self.weights(&solution.duals, &face.least) } else { None })
    }

    /// `min z` over weights with `ideal − u·y/v·x ≤ z` for all points: a generalised fractional program, by the method
    /// of Dinkelbach in the form of Crouzeix, Ferland and Schaible (1986). `width` is how far an ideal may be off.
    pub(super) fn least_distance(&self, ideal: &[f64], width: f64) -> Result<Found, FrontierError> {
        let failed = || Found::none(State::Numerical, self.variables());
        let any = Face { rows: self.rows(None), least: Vec::new() };
        let Some(mut weights) = self.best_for_all(&any)? else { return Ok(failed()) };
        let mut z = self.distance(&weights, ideal);
        let share = |k: usize| -> f64 { (0..self.inputs).map(|v| self.set.columns[v][k] / self.means[v]).sum() };
        let sizes = |weights: &[f64]| -> Vec<f64> {
            let size = |k: usize| Some(self.ratio(weights, k).1).filter(|d| *d > 0.0).unwrap_or_else(|| share(k));
            (0..self.points()).map(size).collect()
        };
        for _ in 0..STEPS {
            let solution = self.excess(ideal, z, &sizes(&weights))?;
            // Weights are judged by what they are worth, however their program ended.
            let Some(next) = self.weights(&solution.duals, &[]) else { break };
            let gained = self.distance(&next, ideal);
            let done = z - gained <= GAIN;
            if gained < z {
                (weights, z) = (next, gained);
            }
            if done {
                break;
            }
        }
        let mut low = f64::NEG_INFINITY;
        for room in ROOM {
            let solution = self.excess(ideal, z - room, &sizes(&weights))?;
            // The value is −f: a bound below 0 proves that no weights come as near.
            // It holds where a solution so small keeps too few digits to be called optimal, too.
            if matches!(solution.status, Status::Optimal | Status::Numerical) && solution.interval.1 < 0.0 {
                low = z - room;
                break;
            }
        }
        let reach = z + REACH;
        let face = Face { rows: self.rows(Some((ideal, reach))), least: Vec::new() };
        if let Some(best) = self.best_for_all(&face)?.filter(|w| self.distance(w, ideal) <= reach + REACH) {
            weights = best;
        }
        let bounds = (low - width, z + width);
        let status = State::Optimal.certified(bounds, 1.0);
        Ok(Found { status, weights, value: z, bounds: Some(bounds), face: Some(face) })
    }

    /// Least and largest score of each point over all optimal weights.
    pub(super) fn ranges(&self, found: &Found) -> Result<Vec<(f64, f64)>, FrontierError> {
        let Some(face) = &found.face else { return Ok(Vec::new()) };
        let cloud = Cloud::new(face.rows.clone())?;
        let family = Family::new(&cloud, self.senses(face), vec![true], 1)?.values();
        let columns: Vec<&[f64]> = self.set.columns.iter().map(Vec::as_slice).collect();
        let all: Vec<usize> = (0..self.points()).collect();
        let order = crate::order::neighbours(&columns, &all, 0..0);
        let side = |sign: f64| -> Vec<f64> {
            let fill = |k: usize, program: &mut Instance| {
                self.forms(face, |v| self.set.columns[v][k], sign, &mut program.rhs, &mut program.extras);
                program.costs[0].extras[0] = 1.0;
            };
            let take = |_: usize, s: &Solution| match (state(s.status).certified(s.interval, 1.0), s.values.first()) {
                (State::Optimal, Some(&v)) => sign * v,
                _ => f64::NAN,
            };
            let mut by_point = vec![f64::NAN; all.len()];
            order.iter().zip(family.sweep(&order, fill, take)).for_each(|(&k, v)| by_point[k] = v);
            by_point
        };
        Ok(side(-1.0).into_iter().zip(side(1.0)).collect())
    }

    /// `min Σ (v·x − u·y)` over the efficient points, no gap being negative and no weight below its least.
    pub(super) fn least_gap(&self, efficient: &[usize], least: &[f64]) -> Result<Found, FrontierError> {
        let rows: Vec<Vec<f64>> = self.set.columns.iter().map(|c| efficient.iter().map(|&k| c[k]).collect()).collect();
        let total = |v: usize| -> f64 { efficient.iter().map(|&k| self.set.columns[v][k] * self.counts[k]).sum() };
        let limits: Vec<Row> =
            senses(self.inputs, self.variables()).enumerate().map(|(v, sense)| Row { sense, rhs: total(v) }).collect();
        let cloud = Cloud::new(rows)?;
        let objective = Objective { slacks: least.iter().map(|l| -l).collect(), ..Objective::default() };
        let solution = Program { cloud: &cloud, extras: &[], rows: &limits, objectives: &[objective], start: None }.solve()?;
        let none = Found::none(state(solution.status), self.variables());
        let Some(mut weights) = self.weights(&solution.duals, &[]).filter(|_| solution.status == Status::Optimal) else {
            let status = if none.status == State::Optimal { State::Numerical } else { none.status };
            return Ok(Found { status, ..none });
        };
        let (value, bounds) = ((-solution.values[0]).max(0.0), (-solution.interval.1, -solution.interval.0));
        // Beside the efficient points, one more that says that the sum of gaps is at its least.
        let sum = |v: usize| least[v] * total(v);
        let over: f64 = (0..self.inputs).map(sum).sum::<f64>() - (self.inputs..least.len()).map(sum).sum::<f64>();
        let sign = |v: usize| if v < self.inputs { -1.0 } else { 1.0 };
        let mut rows: Vec<Vec<f64>> =
            (0..least.len()).map(|v| efficient.iter().map(|&k| self.set.columns[v][k]).chain([-total(v)]).collect()).collect();
        let own = |k: usize| -> f64 { (0..least.len()).map(|v| sign(v) * least[v] * self.set.columns[v][k]).sum() };
        let size: f64 = (0..self.inputs).map(sum).sum();
        rows.push(efficient.iter().map(|&k| own(k)).chain([over - value - SPACE * size]).collect());
        let face = Face { rows, least: least.to_vec() };
        if let Some(best) = self.best_for_all(&face)? {
            weights = best;
        }
        let status = State::Optimal.certified(bounds, size);
        Ok(Found { status, weights, value, bounds: Some(bounds), face: Some(face) })
    }
}
