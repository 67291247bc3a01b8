//! The last resort: a tableau in doubled precision for programs that double precision cannot close.
//!
//! Bases of nearly parallel points, or of units fifteen orders of magnitude apart, leave no digit to work with
//! in double precision; with 32 digits they are ordinary programs. It is slow (a tableau of all listed columns)
//! and simple: two phases, Dantzig's rule, Bland's when progress stops.

use super::{Solution, Status, Variable, certificate, scaled::Scaled, simplex, twin::Twin};

/// Columns listed at first; the others come in as pricing finds them.
const LISTED: usize = 1500;
/// Columns added at a time.
const ADDED: usize = 64;
/// Numbers below this are zero, in scaled terms.
const ZERO: f64 = 1e-20;
/// Pivots without progress before Bland's rule takes over.
const PATIENCE: usize = 60;
/// Pivots after which even this gives up.
const LIMIT: usize = 20_000;

struct Tableau<'a, 'p> {
    lp: &'a Scaled<'p>,
    k: usize,
    /// Listed columns; those from `lp.structural` on are artificial.
    listed: Vec<usize>,
    /// Row by row: `B^-1 A` over the listed columns.
    rows: Vec<Vec<Twin>>,
    /// `B^-1`, row by row.
    inverse: Vec<Vec<Twin>>,
    x: Vec<Twin>,
    /// Position in `listed` of each basic column.
    basis: Vec<usize>,
    barred: Vec<bool>,
    pivots: usize,
}

enum Stop {
    Optimal,
    Unbounded,
    Lost,
}

/// Solves a scaled program; `Numerical` only if even this does not end.
pub(super) fn solve(lp: &Scaled<'_>) -> Solution {
    let points = lp.program.cloud.columns();
    let stride = points.div_ceil(LISTED).max(1);
    let mut listed: Vec<usize> = (0..points).step_by(stride).collect();
    listed.extend(points..lp.structural);
    let mut t = Tableau::new(lp, listed);
    let failed = |t: &Tableau<'_, '_>| simplex::blank(Status::Numerical, t.pivots);

    // Phase one.
    let mut cost = vec![0.0; lp.width];
    cost[lp.structural..].fill(1.0);
    if !matches!(t.optimise_all(&cost), Stop::Optimal) {
        return failed(&t);
    }
    let artificial = |t: &Tableau<'_, '_>, i: usize| t.listed[t.basis[i]] >= lp.structural;
    let left = (0..t.k).filter(|&i| artificial(&t, i)).fold(Twin::ZERO, |s, i| s + t.x[i].abs());
    let duals = t.duals(&cost);
    if lp.beyond(left.get(), duals.iter().map(|p| p.get())) {
        let proof = duals.iter().zip(&lp.row_scale).map(|(p, r)| p.get() * r).collect();
        return Solution { duals: proof, ..simplex::blank(Status::Infeasible, t.pivots) };
    }
    for (at, &j) in t.listed.iter().enumerate() {
        t.barred[at] = j >= lp.structural;
    }

    let mut out = simplex::blank(Status::Optimal, 0);
    let stages = lp.program.objectives.len();
    for (stage, objective) in lp.program.objectives.iter().enumerate() {
        let (cost, scale) = lp.costs(objective);
        let stop = if stage == 0 { t.optimise_all(&cost) } else { t.optimise(&cost) };
        match stop {
            Stop::Optimal => {}
            Stop::Unbounded => return simplex::blank(Status::Unbounded, t.pivots),
            Stop::Lost => return failed(&t),
        }
        let value = (0..t.k).fold(Twin::ZERO, |s, i| s + Twin::from(cost[t.listed[t.basis[i]]]) * t.x[i]);
        if stage == 0 {
            if !t.meets() {
                return failed(&t);
            }
            let duals = t.duals(&cost);
            let loss = t.loss(&cost, &duals);
            out.duals = duals.iter().zip(&lp.row_scale).map(|(p, r)| p.get() * r / scale).collect();
            let v = value.get();
            let slack = loss + 2.0 * f64::EPSILON * v.abs();
            out.interval = ((v - slack) / scale, (v + slack) / scale);
            if loss > 1e-10 * (1.0 + v.abs()) {
                out.status = Status::Numerical;
            }
            out.first_extras = t.extras();
        }
        out.values.push(value.get() / scale);
        out.unique = t.restrict(&cost);
    }
    if !out.unique {
        let mut cost = vec![0.0; lp.width];
        for (j, c) in cost.iter_mut().enumerate().take(points) {
            *c = simplex::generic(j) * lp.column_scale[j];
        }
        let top = super::scaled::power(cost.iter().fold(0.0_f64, |m, x| m.max(*x)));
        cost.iter_mut().for_each(|c| *c *= top);
        if !matches!(t.optimise(&cost), Stop::Optimal) {
            return failed(&t);
        }
    }
    debug_assert_eq!(stages, out.values.len());
    out.extras = t.extras();
    out.slacks = vec![0.0; t.k];
    for i in 0..t.k {
        let j = t.listed[t.basis[i]];
        let x = t.x[i].get().max(0.0);
        match lp.variable(j) {
            Some(v @ Variable::Cloud(c)) => {
                if x > 0.0 {
                    out.weights.push((c, x * lp.unscale(j)));
                }
                out.basis.push(v);
            }
            Some(v @ Variable::Slack(row)) => {
                out.slacks[row] = x * lp.unscale(j);
                out.basis.push(v);
            }
            Some(v) => out.basis.push(v),
            None => {}
        }
    }
    out.weights.sort_by_key(|w| w.0);
    out.basis.sort_unstable();
    out.pivots = t.pivots;
    out
}

impl<'a, 'p> Tableau<'a, 'p> {
    fn new(lp: &'a Scaled<'p>, mut listed: Vec<usize>) -> Self {
        let k = lp.k;
        let first = listed.len();
        listed.extend(lp.structural..lp.structural + k);
        let sign = |i: usize| lp.a[i * lp.width + lp.structural + i].signum();
        let rows = (0..k).map(|i| listed.iter().map(|&j| Twin::from(sign(i) * lp.a[i * lp.width + j])).collect()).collect();
        let mut inverse = vec![vec![Twin::ZERO; k]; k];
        for (i, row) in inverse.iter_mut().enumerate() {
            row[i] = Twin::from(sign(i));
        }
        let x = (0..k).map(|i| Twin::from(sign(i) * lp.b[i])).collect();
        let barred = vec![false; listed.len()];
        let mut t = Self { lp, k, listed, rows, inverse, x, basis: (first..first + k).collect(), barred, pivots: 0 };
        // Artificial columns are of size one after scaling; where not, the row is divided.
        for i in 0..k {
            let d = t.rows[i][first + i];
            t.divide(i, d);
        }
        t
    }

    fn divide(&mut self, r: usize, d: Twin) {
        for x in self.rows[r].iter_mut().chain(&mut self.inverse[r]) {
            *x = *x / d;
        }
        self.x[r] = self.x[r] / d;
    }

    /// Whether what artificial columns still hold is nothing beside what the program itself has in their rows, and what
    /// columns below zero are short of nothing beside what it may have there.
    fn meets(&self) -> bool {
        let basic = || self.basis.iter().map(|&at| self.listed[at]).zip(self.x.iter().map(|x| x.get()));
        let primal: Vec<(usize, f64)> = basic().filter(|(j, _)| *j < self.lp.structural).collect();
        let size: f64 = primal.iter().map(|(_, x)| x.abs()).sum();
        let mut left = basic().filter(|(j, _)| *j >= self.lp.structural);
        let lp = self.lp;
        let short = |&(j, x): &(usize, f64), i: usize| (lp.a[i * lp.width + j] * x.min(0.0)).abs();
        left.all(|(j, x)| certificate::near(x.abs(), certificate::own(lp, &primal, j - lp.structural), size))
            && (0..lp.k).all(|i| {
                let missed: f64 = primal.iter().map(|c| short(c, i)).sum();
                missed == 0.0 || certificate::near(missed, certificate::given(lp, i).max(certificate::flow(lp, &primal, i)), size)
            })
    }

    fn duals(&self, cost: &[f64]) -> Vec<Twin> {
        let mut out = vec![Twin::ZERO; self.k];
        for (row, &at) in self.inverse.iter().zip(&self.basis) {
            let c = Twin::from(cost[self.listed[at]]);
            for (o, x) in out.iter_mut().zip(row) {
                *o = *o + c * *x;
            }
        }
        out
    }

    fn reduced(&self, cost: &[f64], duals: &[Twin], j: usize) -> Twin {
        (0..self.k).fold(Twin::from(cost[j]), |d, i| d - duals[i] * Twin::from(self.lp.a[i * self.lp.width + j]))
    }

    /// What dual infeasibility over all columns can cost.
    fn loss(&self, cost: &[f64], duals: &[Twin]) -> f64 {
        let size: f64 = self.x.iter().map(|x| x.get().abs()).sum();
        let below = (0..self.lp.structural).map(|j| -self.reduced(cost, duals, j).get()).fold(0.0, f64::max);
        below * (1.0 + 2.0 * size)
    }

    /// Optimises over the whole cloud, listing what prices out.
    fn optimise_all(&mut self, cost: &[f64]) -> Stop {
        loop {
            match self.optimise(cost) {
                Stop::Optimal => {}
                other => return other,
            }
            let points = self.lp.program.cloud.columns();
            if self.listed.len() >= points + (self.lp.width - points) {
                return Stop::Optimal;
            }
            let duals = self.duals(cost);
            let mut known = vec![false; self.lp.width];
            self.listed.iter().for_each(|&j| known[j] = true);
            let mut below: Vec<(f64, usize)> = (0..points)
                .filter(|&j| !known[j])
                .map(|j| (self.reduced(cost, &duals, j).get(), j))
                .filter(|b| b.0 < -ZERO)
                .collect();
            if below.is_empty() {
                return Stop::Optimal;
            }
            below.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            for &(_, j) in below.iter().take(ADDED) {
                self.list(j);
            }
        }
    }

    fn list(&mut self, j: usize) {
        for (row, inverse) in self.rows.iter_mut().zip(&self.inverse) {
            let column = (0..self.k).fold(Twin::ZERO, |s, i| s + inverse[i] * Twin::from(self.lp.a[i * self.lp.width + j]));
            row.push(column);
        }
        self.listed.push(j);
        self.barred.push(false);
    }

    fn optimise(&mut self, cost: &[f64]) -> Stop {
        let (mut still, start) = (0, self.pivots);
        // Reduced costs as a row of the tableau.
        let mut d: Vec<Twin> = self.listed.iter().map(|&j| Twin::from(cost[j])).collect();
        for (row, &at) in self.rows.iter().zip(&self.basis) {
            let c = Twin::from(cost[self.listed[at]]);
            if c.get() != 0.0 {
                d.iter_mut().zip(row).for_each(|(d, a)| *d = *d - c * *a);
            }
        }
        let mut basic = vec![false; self.listed.len()];
        self.basis.iter().for_each(|&at| basic[at] = true);
        loop {
            if self.pivots > start + LIMIT {
                return Stop::Lost;
            }
            let open = (0..d.len()).filter(|&at| !basic[at] && !self.barred[at] && d[at].get() < -ZERO);
            let bland = still > PATIENCE;
            let entering = if bland {
                open.min_by_key(|&at| self.listed[at])
            } else {
                open.min_by(|&a, &b| d[a].get().total_cmp(&d[b].get()).then(self.listed[a].cmp(&self.listed[b])))
            };
            let Some(q) = entering else { return Stop::Optimal };
            // An artificial at zero must not grow: it blocks whatever the sign of its entry.
            let stuck = |i: usize| self.barred[self.basis[i]] && self.listed[self.basis[i]] >= self.lp.structural;
            let ratio = |i: usize| {
                let a = self.rows[i][q].get();
                if stuck(i) && a.abs() > ZERO {
                    Some(0.0)
                } else if a > ZERO {
                    Some((self.x[i] / self.rows[i][q]).get().max(0.0))
                } else {
                    None
                }
            };
            let least = (0..self.k).filter_map(ratio).fold(f64::INFINITY, f64::min);
            if least == f64::INFINITY {
                return Stop::Unbounded;
            }
            let ties = (0..self.k).filter(|&i| ratio(i).is_some_and(|r| r <= least * (1.0 + 1e-25)));
            let leaving = if bland {
                ties.min_by_key(|&i| self.listed[self.basis[i]])
            } else {
                ties.max_by(|&i, &j| self.rows[i][q].get().abs().total_cmp(&self.rows[j][q].get().abs()).then(j.cmp(&i)))
            };
            let Some(r) = leaving else { return Stop::Lost };
            still = if least > ZERO { 0 } else { still + 1 };
            basic[self.basis[r]] = false;
            basic[q] = true;
            self.pivot(r, q, &mut d);
        }
    }

    fn pivot(&mut self, r: usize, q: usize, d: &mut [Twin]) {
        self.divide(r, self.rows[r][q]);
        let (row, inverse, x) = (self.rows[r].clone(), self.inverse[r].clone(), self.x[r]);
        for i in (0..self.k).filter(|&i| i != r) {
            let f = self.rows[i][q];
            if f.get() == 0.0 {
                continue;
            }
            self.rows[i].iter_mut().zip(&row).for_each(|(a, b)| *a = *a - f * *b);
            self.inverse[i].iter_mut().zip(&inverse).for_each(|(a, b)| *a = *a - f * *b);
            self.x[i] = self.x[i] - f * x;
        }
        let f = d[q];
        d.iter_mut().zip(&row).for_each(|(d, a)| *d = *d - f * *a);
        self.basis[r] = q;
        self.pivots += 1;
    }

    /// Bars what is off the optimal face; whether nothing but the basis is left on it.
    fn restrict(&mut self, cost: &[f64]) -> bool {
        let duals = self.duals(cost);
        // The face may hold points that were never listed.
        let points = self.lp.program.cloud.columns();
        let on = |t: &Self, j: usize| t.reduced(cost, &duals, j).get() <= 1e-14;
        if self.barred.iter().zip(&self.listed).all(|(b, &j)| !b || j >= self.lp.structural) {
            let mut known = vec![false; self.lp.width];
            self.listed.iter().for_each(|&j| known[j] = true);
            for j in (0..points).filter(|&j| !known[j]).collect::<Vec<_>>() {
                if on(self, j) {
                    self.list(j);
                }
            }
        }
        let mut alone = true;
        for at in 0..self.listed.len() {
            if self.barred[at] || self.basis.contains(&at) {
                continue;
            }
            self.barred[at] = !on(self, self.listed[at]);
            alone &= self.barred[at];
        }
        alone
    }

    fn extras(&self) -> Vec<f64> {
        let mut out = vec![0.0; self.lp.program.extras.len()];
        for (i, &at) in self.basis.iter().enumerate() {
            let j = self.listed[at];
            if let Some(Variable::Extra(e)) = self.lp.variable(j) {
                out[e] += self.x[i].get() * self.lp.unscale(j);
            }
        }
        out
    }
}
