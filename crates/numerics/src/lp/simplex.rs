//! The revised simplex itself.

use super::{Program, Solution, Status, Variable, basis::Basis, certificate, patient, scaled::Scaled};

/// How a run is carried out; a second, more careful run follows one whose certificate stays open.
struct Care {
    /// Infeasibility that the ratio test may use to find a larger pivot (Harris).
    slip: f64,
    /// Reduced costs above minus this are optimal.
    dual: f64,
    /// Pivots between factorisations.
    refactor: usize,
    /// Degenerate steps in a row before Bland's rule takes over.
    patience: usize,
    /// Whether the given start is used.
    start: bool,
}

const RUNS: [Care; 3] = [
    Care { slip: 1e-11, dual: 1e-11, refactor: 50, patience: 60, start: true },
    Care { slip: 1e-13, dual: 1e-11, refactor: 10, patience: 200, start: false },
    Care { slip: 0.0, dual: 1e-10, refactor: 1, patience: 0, start: false },
];
/// Reduced costs up to this belong to the optimal face.
const FACE: f64 = 1e-10;
/// Residual of an accepted basis.
const RESIDUAL: f64 = 1e-10;
/// Widest certificate of an optimal solution, relative to `1 + |value|` in scaled terms.
const GAP: f64 = 5e-10;

enum Stop {
    Optimal,
    Unbounded,
    Lost,
}

struct Tableau<'a> {
    lp: &'a Scaled<'a>,
    care: &'a Care,
    basis: Vec<usize>,
    basic: Vec<bool>,
    factor: Basis,
    x: Vec<f64>,
    age: usize,
    pivots: usize,
}

pub(super) fn solve(program: &Program<'_>) -> Solution {
    let lp = Scaled::new(program);
    let mut best: Option<Solution> = None;
    let mut pivots = 0;
    for care in &RUNS {
        let mut solution = run(&lp, care);
        pivots += solution.pivots;
        solution.pivots = pivots;
        match solution.status {
            Status::Numerical => {}
            // A column without a pivot may be one whose pivots are small: only more digits can tell.
            Status::Unbounded => break,
            _ => return solution,
        }
        let width = |s: &Solution| s.interval.1 - s.interval.0;
        if best.as_ref().is_none_or(|b| width(b).is_nan() || width(&solution) < width(b)) {
            best = Some(solution);
        }
    }
    let mut solution = patient::solve(&lp);
    solution.pivots += pivots;
    if solution.status != Status::Numerical {
        return solution;
    }
    best.filter(|b| !b.interval.0.is_nan()).unwrap_or(solution)
}

pub(super) fn blank(status: Status, pivots: usize) -> Solution {
    Solution {
        status,
        values: Vec::new(),
        interval: (f64::NAN, f64::NAN),
        first_extras: Vec::new(),
        weights: Vec::new(),
        extras: Vec::new(),
        slacks: Vec::new(),
        duals: Vec::new(),
        basis: Vec::new(),
        unique: false,
        pivots,
    }
}

fn run(lp: &Scaled<'_>, care: &Care) -> Solution {
    let warm = if care.start { lp.program.start.and_then(|s| Tableau::warm(lp, care, s)) } else { None };
    let Some(mut t) = warm.or_else(|| Tableau::cold(lp, care)) else { return blank(Status::Numerical, 0) };

    if t.basis.iter().any(|&j| j >= lp.structural) {
        let mut cost = vec![0.0; lp.width];
        cost[lp.structural..].fill(1.0);
        let everything: Vec<usize> = (0..lp.structural).collect();
        if !matches!(t.optimise(&cost, &everything), Stop::Optimal) || !t.accept(&cost) {
            return blank(Status::Numerical, t.pivots);
        }
        let infeasibility: f64 = t.basis.iter().zip(&t.x).filter(|(j, _)| **j >= lp.structural).map(|(_, x)| x.abs()).sum();
        let duals = t.factor.solve_dual(&t.basis.iter().map(|&j| cost[j]).collect::<Vec<_>>());
        if lp.beyond(infeasibility, duals.iter().copied()) {
            let proof = duals.iter().zip(&lp.row_scale).map(|(p, r)| p * r).collect();
            return Solution { duals: proof, ..blank(Status::Infeasible, t.pivots) };
        }
    }

    let mut active: Vec<usize> = (0..lp.structural).collect();
    let mut out = blank(Status::Optimal, 0);
    for (stage, objective) in lp.program.objectives.iter().enumerate() {
        let (cost, scale) = lp.costs(objective);
        match t.optimise(&cost, &active) {
            Stop::Unbounded => return blank(Status::Unbounded, t.pivots),
            Stop::Lost => return blank(Status::Numerical, t.pivots),
            Stop::Optimal => {}
        }
        let ok = t.accept(&cost);
        let duals = t.factor.solve_dual(&t.cost_of_basis(&cost));
        let primal = t.primal();
        if stage == 0 {
            let (mut low, high) = certificate::interval(lp, &cost, &duals, &primal);
            let open = |low: f64| high - low > GAP * (1.0 + low.abs());
            if open(low) {
                low = low.max(certificate::interval(lp, &cost, &certificate::without_dust(&duals), &primal).0);
            }
            out.interval = (low / scale, high / scale);
            out.duals = duals.iter().zip(&lp.row_scale).map(|(p, r)| p * r / scale).collect();
            // What misses a row is no solution, and bounds nothing.
            if !certificate::meets(lp, &primal) {
                return blank(Status::Numerical, t.pivots);
            }
            if !ok || open(low) || low.is_nan() {
                out.status = Status::Numerical;
            }
            out.first_extras = extras(lp, &primal);
        }
        out.values.push(primal.iter().map(|&(j, x)| cost[j] * x).sum::<f64>() / scale);
        let reduced = t.reduced(&cost, &duals, &active);
        active = active.iter().zip(reduced).filter(|(j, d)| *d <= FACE || t.basic[**j]).map(|(j, _)| *j).collect();
    }
    out.unique = active.iter().all(|&j| t.basic[j]);
    if !out.unique {
        t.settle(&active);
    }

    let primal = t.primal();
    out.extras = extras(lp, &primal);
    out.slacks = vec![0.0; lp.k];
    for &(j, x) in &primal {
        match lp.variable(j) {
            Some(Variable::Cloud(c)) if x > 0.0 => out.weights.push((c, x * lp.unscale(j))),
            Some(Variable::Slack(row)) => out.slacks[row] = x * lp.unscale(j),
            _ => {}
        }
    }
    out.weights.sort_by_key(|w| w.0);
    out.basis = t.basis.iter().filter_map(|&j| lp.variable(j)).collect();
    out.basis.sort_unstable();
    out.pivots = t.pivots;
    out
}

fn extras(lp: &Scaled<'_>, primal: &[(usize, f64)]) -> Vec<f64> {
    let mut out = vec![0.0; lp.program.extras.len()];
    for &(j, x) in primal {
        if let Some(Variable::Extra(i)) = lp.variable(j) {
            out[i] += x * lp.unscale(j);
        }
    }
    out
}

/// A number that looks random and belongs to its argument (the finaliser of SplitMix64).
pub(super) fn mix(j: u64) -> u64 {
    let mut z = j.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number in `[1, 2)` that belongs to a column index: generic, so that no two vertices tie.
pub(super) fn generic(j: usize) -> f64 {
    1.0 + (mix(j as u64) >> 11) as f64 / (1_u64 << 53) as f64
}

impl<'a> Tableau<'a> {
    fn from(lp: &'a Scaled<'a>, care: &'a Care, basis: Vec<usize>) -> Option<Self> {
        let factor = factorise(lp, &basis)?;
        let x = factor.solve(&lp.b);
        let mut basic = vec![false; lp.width];
        basis.iter().for_each(|&j| basic[j] = true);
        Some(Self { lp, care, basis, basic, factor, x, age: 0, pivots: 0 })
    }

    fn warm(lp: &'a Scaled<'a>, care: &'a Care, start: &[Variable]) -> Option<Self> {
        let mut basis: Vec<usize> = start.iter().map(|&v| lp.index(v)).collect::<Option<_>>()?;
        basis.sort_unstable();
        basis.dedup();
        if basis.len() != lp.k {
            return None;
        }
        Self::from(lp, care, basis).filter(|t| t.x.iter().all(|&x| x >= -care.slip))
    }

    fn cold(lp: &'a Scaled<'a>, care: &'a Care) -> Option<Self> {
        let basis = (0..lp.k)
            .map(|i| {
                let slack = lp.index(Variable::Slack(i));
                slack.filter(|&j| lp.a[i * lp.width + j] * lp.b[i] >= 0.0).unwrap_or(lp.structural + i)
            })
            .collect();
        Self::from(lp, care, basis)
    }

    fn cost_of_basis(&self, cost: &[f64]) -> Vec<f64> {
        self.basis.iter().map(|&j| cost[j]).collect()
    }

    fn primal(&self) -> Vec<(usize, f64)> {
        self.basis.iter().zip(&self.x).map(|(&j, &x)| (j, x.max(0.0))).collect()
    }

    fn reduced(&self, cost: &[f64], duals: &[f64], active: &[usize]) -> Vec<f64> {
        let lp = self.lp;
        let mut d: Vec<f64>;
        if active.len() == lp.structural {
            // The long pass: row by row, contiguous.
            d = cost[..lp.structural].to_vec();
            for (line, &p) in lp.a.chunks_exact(lp.width).zip(duals).filter(|(_, p)| **p != 0.0) {
                for (d, a) in d.iter_mut().zip(line) {
                    *d -= p * a;
                }
            }
        } else {
            d = active.iter().map(|&j| self.reduced_one(cost, duals, j)).collect();
        }
        d
    }

    fn reduced_one(&self, cost: &[f64], duals: &[f64], j: usize) -> f64 {
        duals.iter().enumerate().fold(cost[j], |d, (i, p)| if *p == 0.0 { d } else { d - p * self.lp.a[i * self.lp.width + j] })
    }

    fn refactor(&mut self) -> bool {
        let Some(factor) = factorise(self.lp, &self.basis) else { return false };
        self.factor = factor;
        self.x = self.factor.solve(&self.lp.b);
        self.age = 0;
        self.x.iter().all(|&x| x >= -1e-8)
    }

    /// Sorts and factorises the basis anew and multiplies it back: what is not confirmed is not accepted.
    fn accept(&mut self, cost: &[f64]) -> bool {
        self.basis.sort_unstable();
        if !self.refactor() {
            return false;
        }
        let c = self.cost_of_basis(cost);
        let duals = self.factor.solve_dual(&c);
        let small = |r: Vec<f64>| r.iter().all(|r| r.abs() <= RESIDUAL);
        small(self.factor.residual(&self.lp.b, &self.x)) && small(self.factor.residual_dual(&c, &duals))
    }

    fn optimise(&mut self, cost: &[f64], active: &[usize]) -> Stop {
        let limit = self.pivots + 200 * (self.lp.k + 10) + active.len().min(20_000);
        let mut still = 0;
        let mut shortlist: Vec<usize> = Vec::new();
        while self.pivots < limit {
            if self.age >= self.care.refactor && !self.refactor() {
                return Stop::Lost;
            }
            let bland = still > self.care.patience;
            let duals = self.factor.backward(&self.cost_of_basis(cost));
            let Some(q) = self.entering(cost, &duals, active, bland, &mut shortlist) else {
                if self.age == 0 {
                    return Stop::Optimal;
                }
                // Optimal by an updated inverse only: ask again with a fresh one.
                self.basis.sort_unstable();
                if !self.refactor() {
                    return Stop::Lost;
                }
                shortlist.clear();
                continue;
            };
            let alpha = self.factor.forward(&self.lp.column(q));
            let Some(r) = self.leaving(&alpha, bland) else {
                if self.age == 0 {
                    return Stop::Unbounded;
                }
                if !self.refactor() {
                    return Stop::Lost;
                }
                continue;
            };
            let largest = alpha.iter().fold(0.0_f64, |m, a| m.max(a.abs()));
            if alpha[r].abs() < 1e-6 * largest && self.age > 0 {
                if !self.refactor() {
                    return Stop::Lost;
                }
                continue;
            }
            let tiny = alpha[r].abs() < 1e-6 * largest;
            let step = if self.basis[r] >= self.lp.structural && alpha[r] < 0.0 { 0.0 } else { (self.x[r] / alpha[r]).max(0.0) };
            still = if step > 1e-12 { 0 } else { still + 1 };
            for (x, a) in self.x.iter_mut().zip(&alpha) {
                *x -= step * a;
            }
            self.x[r] = step;
            self.basic[self.basis[r]] = false;
            self.basic[q] = true;
            self.basis[r] = q;
            self.factor.replace(r, &alpha);
            self.age += 1;
            self.pivots += 1;
            if tiny {
                self.age = self.age.max(self.care.refactor);
            }
        }
        Stop::Lost
    }

    /// The column with the most negative reduced cost (the first negative one under Bland's rule).
    /// Between full pricings only a shortlist of the best columns is looked at.
    fn entering(&self, cost: &[f64], duals: &[f64], active: &[usize], bland: bool, shortlist: &mut Vec<usize>) -> Option<usize> {
        let tolerance = -self.care.dual;
        if !bland {
            let best = shortlist
                .iter()
                .filter(|&&j| !self.basic[j])
                .map(|&j| (self.reduced_one(cost, duals, j), j))
                .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            if let Some((d, j)) = best
                && d < tolerance
            {
                return Some(j);
            }
        }
        let d = self.reduced(cost, duals, active);
        if bland {
            return active.iter().zip(&d).find(|(j, d)| **d < tolerance && !self.basic[**j]).map(|(j, _)| *j);
        }
        let mut below: Vec<(f64, usize)> =
            active.iter().zip(d).filter(|(j, d)| *d < tolerance && !self.basic[**j]).map(|(j, d)| (d, *j)).collect();
        let order = |a: &(f64, usize), b: &(f64, usize)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        const SHORT: usize = 48;
        if below.len() > SHORT {
            below.select_nth_unstable_by(SHORT, order);
            below.truncate(SHORT);
        }
        *shortlist = below.iter().map(|b| b.1).collect();
        below.into_iter().min_by(order).map(|(_, j)| j)
    }

    /// Harris' ratio test: among the rows that block within a slip of feasibility, the largest pivot.
    fn leaving(&self, alpha: &[f64], bland: bool) -> Option<usize> {
        let rows = 0..self.lp.k;
        let artificial = |i: usize| self.basis[i] >= self.lp.structural;
        // An artificial that has reached zero must not come back.
        let zero = |i: usize| artificial(i) && self.x[i] <= 1e-11 && alpha[i] < -1e-9;
        let blocks = |i: &usize| alpha[*i] > 1e-11 || zero(*i);
        let ratio = |i: usize, slip: f64| if zero(i) { 0.0 } else { (self.x[i].max(0.0) + slip) / alpha[i] };
        let slip = if bland { 0.0 } else { self.care.slip };
        let bound = rows.clone().filter(blocks).map(|i| ratio(i, slip)).min_by(f64::total_cmp)?;
        let near = rows.filter(blocks).filter(|&i| ratio(i, 0.0) <= bound);
        if bland {
            near.min_by_key(|&i| self.basis[i])
        } else {
            near.max_by(|&i, &j| alpha[i].abs().total_cmp(&alpha[j].abs()).then(self.basis[j].cmp(&self.basis[i])))
        }
    }

    /// Moves along the optimal face to the vertex that a generic objective over the cloud prefers.
    fn settle(&mut self, active: &[usize]) {
        let (basis, basic) = (self.basis.clone(), self.basic.clone());
        let n = self.lp.program.cloud.columns();
        let mut cost = vec![0.0; self.lp.width];
        for &j in active.iter().filter(|&&j| j < n) {
            cost[j] = generic(j) * self.lp.column_scale[j];
        }
        let scale = super::scaled::power(cost.iter().fold(0.0_f64, |m, x| m.max(*x)));
        cost.iter_mut().for_each(|c| *c *= scale);
        if !matches!(self.optimise(&cost, active), Stop::Optimal) || !self.accept(&cost) {
            (self.basis, self.basic) = (basis, basic);
            self.refactor();
        }
    }
}

fn factorise(lp: &Scaled<'_>, basis: &[usize]) -> Option<Basis> {
    let mut matrix = Vec::with_capacity(lp.k * lp.k);
    for line in lp.a.chunks_exact(lp.width) {
        matrix.extend(basis.iter().map(|&j| line[j]));
    }
    Basis::new(lp.k, matrix)
}
