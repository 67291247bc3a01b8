//! Dual and primal steps on the listed columns.

use super::{AGE, DUAL, Desk, GRAIN, Kind, PATIENCE, PRIMAL, SMALL, Stop, ZERO};
use crate::lp::scan;

impl Desk<'_> {
    #[inline(always)]
    pub(super) fn infeasible_row(&self) -> Option<usize> {
        let (k, mut best, mut row) = (self.k, 0.0, None);
        for i in 0..k {
            let v = match self.kind[self.basis[i]] {
                Kind::Ordinary => -self.x[i],
                Kind::Fixed => self.x[i].abs(),
                Kind::Free => continue,
            };
            if v > PRIMAL {
                let norm: f64 = self.inverse[i * k..(i + 1) * k].iter().map(|x| x * x).sum();
                let score = v * v / norm;
                if score > best {
                    (best, row) = (score, Some(i));
                }
            }
        }
        row
    }

    /// Solves on the listed columns.
    pub(in crate::lp) fn solve(&mut self) -> Stop {
        compiled!(self, solving -> Stop)
    }

    #[inline(always)]
    fn solving(&mut self) -> Stop {
        self.clock += 1;
        self.solve_primal();
        self.price();
        for _ in 0..6 {
            let raised = match self.dual() {
                (Stop::Optimal, raised) => raised,
                (other, _) => return other,
            };
            if raised {
                match self.primal() {
                    Stop::Optimal => {}
                    other => return other,
                }
            }
            if self.accept() {
                return Stop::Optimal;
            }
            if !self.renew() {
                return Stop::Lost;
            }
        }
        Stop::Lost
    }

    /// Primal steps only, from a feasible basis: later objectives.
    pub(in crate::lp) fn improve(&mut self) -> Stop {
        compiled!(self, improving -> Stop)
    }

    #[inline(always)]
    fn improving(&mut self) -> Stop {
        self.price();
        for _ in 0..4 {
            match self.primal() {
                Stop::Optimal => {}
                other => return other,
            }
            if self.accept() {
                return Stop::Optimal;
            }
            if !self.renew() {
                return Stop::Lost;
            }
        }
        Stop::Lost
    }

    /// Primal steps down to the last digits, from an accepted basis, each from an inverse of its own: what a tolerance
    /// leaves below the hyperplane may be dear where weights are large.
    pub(in crate::lp) fn polish(&mut self) -> bool {
        compiled!(self, polishing -> bool)
    }

    #[inline(always)]
    fn polishing(&mut self) -> bool {
        for _ in 0..3 * self.k {
            self.reduce();
            let (least, q) = scan::least(self.screen.arch(), &self.reduced[..self.padded()]);
            let size = self.duals.iter().fold(1.0_f64, |m, p| m.max(p.abs()));
            if least >= -GRAIN * size {
                return true;
            }
            self.image(q);
            let Some(r) = self.primal_ratio() else { return true };
            let top = self.alpha.iter().fold(0.0_f64, |m, a| m.max(a.abs()));
            if self.alpha[r].abs() < SMALL * top {
                return true;
            }
            self.enter(q, r, 0.0);
            if !self.refactor() {
                self.live = false;
                return false;
            }
            self.solve_primal();
            if !self.sound() {
                return false;
            }
        }
        true
    }

    /// Whether the basis is accepted, and its solution within the tolerance of the steps once it is refined.
    #[inline(always)]
    fn sound(&mut self) -> bool {
        self.accept() && self.infeasible_row().is_none()
    }

    /// Whether the basis as loaded already solves the program, by its right-hand side alone; computes
    /// solution and duals, refined.
    pub(in crate::lp) fn stays(&mut self) -> bool {
        compiled!(self, staying -> bool)
    }

    #[inline(always)]
    fn staying(&mut self) -> bool {
        self.solve_primal();
        if self.infeasible_row().is_some() {
            return false;
        }
        if !self.accept() {
            return false;
        }
        let k = self.k;
        (0..self.first).all(|s| {
            if self.kind[s] == Kind::Fixed || self.basis.contains(&s) {
                return true;
            }
            let d = self.cost[s] - self.columns[s * k..(s + 1) * k].iter().zip(&self.duals).map(|(a, p)| a * p).sum::<f64>();
            d >= -DUAL
        })
    }

    /// Whether a basis that was accepted before is so again.
    pub(in crate::lp) fn resumes(&mut self) -> bool {
        compiled!(self, resuming -> bool)
    }

    #[inline(always)]
    fn resuming(&mut self) -> bool {
        self.solve_primal();
        self.sound() || self.age > 0 && self.renew() && self.sound()
    }

    /// Dual steps until the basis is feasible; `true` beside `Optimal` says that reduced costs need a primal pass.
    #[inline(always)]
    pub(super) fn dual(&mut self) -> (Stop, bool) {
        let width = self.width();
        // Where the new program made a column attractive, its cost is raised for the time being; the
        // primal pass settles it.
        let raised = scan::least(self.screen.arch(), &self.reduced[..self.padded()]).0 < -DUAL;
        if raised {
            self.reduced[..width].iter_mut().for_each(|d| *d = if *d > 0.0 { *d } else { 0.0 });
        }
        let (mut steps, mut retried) = (0, false);
        while let Some(r) = self.infeasible_row() {
            steps += 1;
            if steps > 20 * self.k + 4 * PATIENCE {
                return (Stop::Lost, raised);
            }
            if self.age >= AGE {
                if !self.refactor() {
                    self.live = false;
                    return (Stop::Lost, raised);
                }
                self.solve_primal();
                continue;
            }
            let sign = if self.x[r] < 0.0 { 1.0 } else { -1.0 };
            self.pivot_row(r, sign);
            let Some(q) = self.dual_ratio() else {
                if self.age > 0 {
                    self.age = AGE;
                    continue;
                }
                // e_r' B^-1 with this sign: every listed column has a product of at least zero, the
                // right-hand side has a negative one.
                let top = self.scratch.iter().fold(0.0_f64, |m, s| m.max(s.abs()));
                for (d, s) in self.duals.iter_mut().zip(&self.scratch) {
                    *d = if s.abs() < 1e-13 * top { 0.0 } else { -s };
                }
                return (Stop::Infeasible, raised);
            };
            self.image(q);
            let (seen, computed) = (sign * self.line[q], self.alpha[r]);
            if (seen - computed).abs() > 1e-7 * (1.0 + computed.abs()) || computed.abs() < 1e-9 {
                if retried && self.age == 0 {
                    return (Stop::Lost, raised);
                }
                retried = true;
                if self.age > 0 {
                    self.age = AGE;
                    continue;
                }
            }
            let t = self.reduced[q].max(0.0) / -self.line[q];
            let leaving = self.basis[r];
            if t != 0.0 {
                scan::shift(self.screen.arch(), &mut self.reduced[..width], t, &self.line);
            }
            self.reduced[leaving] = if self.kind[leaving] == Kind::Fixed { f64::INFINITY } else { t };
            self.reduced[q] = f64::INFINITY;
            let step = self.x[r] / self.alpha[r];
            self.enter(q, r, step);
        }
        if raised {
            self.price();
        }
        (Stop::Optimal, raised)
    }

    /// Harris' ratio test on the reduced costs: among the columns that stay dual feasible within a slip,
    /// the largest pivot.
    #[inline(always)]
    pub(super) fn dual_ratio(&self) -> Option<usize> {
        // A free column without a place in the basis must come in first.
        let free = |e: &usize| self.kind[*e] == Kind::Free && self.reduced[*e] < f64::INFINITY && self.line[*e] < -ZERO;
        let n = self.padded();
        (0..self.extras).find(free).or_else(|| scan::harris(self.screen.arch(), &self.line[..n], &self.reduced[..n], ZERO, DUAL))
    }

    #[inline(always)]
    pub(super) fn primal(&mut self) -> Stop {
        let (mut still, mut steps) = (0, 0);
        loop {
            let width = self.width();
            let (least, q) = scan::least(self.screen.arch(), &self.reduced[..self.padded()]);
            if least >= -DUAL {
                return Stop::Optimal;
            }
            steps += 1;
            if steps > 50 * self.k + 4 * PATIENCE || still > PATIENCE {
                return Stop::Lost;
            }
            if self.age >= AGE {
                if !self.renew() {
                    return Stop::Lost;
                }
                continue;
            }
            self.image(q);
            let Some(r) = self.primal_ratio() else {
                if self.age > 0 {
                    self.age = AGE;
                    continue;
                }
                return Stop::Unbounded;
            };
            let top = self.alpha.iter().fold(0.0_f64, |m, a| m.max(a.abs()));
            if self.alpha[r].abs() < SMALL * top && self.age > 0 {
                self.age = AGE;
                continue;
            }
            self.pivot_row(r, 1.0);
            let t = self.reduced[q] / self.alpha[r];
            let leaving = self.basis[r];
            scan::shift(self.screen.arch(), &mut self.reduced[..width], -t, &self.line);
            self.reduced[leaving] = if self.kind[leaving] == Kind::Fixed { f64::INFINITY } else { -t };
            self.reduced[q] = f64::INFINITY;
            let fixed = self.kind[leaving] == Kind::Fixed;
            let step = if fixed { 0.0 } else { (self.x[r] / self.alpha[r]).max(0.0) };
            still = if step > 1e-12 { 0 } else { still + 1 };
            self.enter(q, r, step);
        }
    }

    /// Harris' ratio test: among the rows that block within a slip of feasibility, the largest pivot.
    #[inline(always)]
    pub(super) fn primal_ratio(&self) -> Option<usize> {
        let mut bound = f64::INFINITY;
        for i in 0..self.k {
            let a = self.alpha[i];
            match self.kind[self.basis[i]] {
                Kind::Ordinary if a > ZERO => bound = bound.min((self.x[i].max(0.0) + PRIMAL) / a),
                Kind::Fixed if a.abs() > 1e-9 => bound = bound.min(PRIMAL / a.abs()),
                _ => {}
            }
        }
        let (mut best, mut at) = (0.0, None);
        for i in 0..self.k {
            let a = self.alpha[i];
            let fits = match self.kind[self.basis[i]] {
                Kind::Ordinary => a > ZERO && self.x[i].max(0.0) <= bound * a,
                Kind::Fixed => a.abs() > 1e-9,
                Kind::Free => false,
            };
            if fits && a.abs() > best {
                (best, at) = (a.abs(), Some(i));
            }
        }
        at
    }
}
