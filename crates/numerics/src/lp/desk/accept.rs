//! What makes a basis acceptable.

use super::{DUST, Desk, Kind, PRIMAL, RESIDUAL};
use crate::lp::{Sense, basis::dot2};

/// Values above this are no rounding of zero, in scaled terms.
const CLEAN: f64 = 1e-12;

impl Desk<'_> {
    /// `b - B x`, summed in doubled precision.
    #[inline(always)]
    fn miss(&mut self) {
        for i in 0..self.k {
            let line = &self.rows[i * self.stride..(i + 1) * self.stride];
            self.residual[i] = dot2(self.b[i], self.basis.iter().zip(&self.x).map(|(&s, &x)| (-line[s], x)));
        }
    }

    #[inline(always)]
    fn correct_primal(&mut self) {
        for (x, row) in self.x.iter_mut().zip(self.inverse.chunks_exact(self.k)) {
            *x = row.iter().zip(&self.residual).fold(*x, |x, (a, r)| a.mul_add(*r, x));
        }
    }

    /// Takes values that are what rounding leaves of terms that cancel for the zeros they stand for; whether there are.
    /// Where nothing else flows through a row, they would be all it has.
    #[inline(always)]
    fn clean(&mut self) -> bool {
        let mut cleaned = false;
        for (x, row) in self.x.iter_mut().zip(self.inverse.chunks_exact(self.k)) {
            if *x != 0.0 && x.abs() < CLEAN {
                let terms: f64 = row.iter().zip(&self.b).map(|(a, b)| (a * b).abs()).sum();
                if x.abs() <= 8.0 * f64::EPSILON * terms {
                    *x = 0.0;
                    cleaned = true;
                }
            }
        }
        cleaned
    }

    /// Multiplies the basis back with the original columns and refines solution and duals by what is
    /// missing; nothing is accepted on the word of an updated inverse.
    #[inline(always)]
    pub(super) fn accept(&mut self) -> bool {
        let k = self.k;
        for i in 0..k {
            let line = &self.rows[i * self.stride..(i + 1) * self.stride];
            self.residual[i] = self.basis.iter().zip(&self.x).fold(self.b[i], |r, (&s, &x)| x.mul_add(-line[s], r));
        }
        if self.residual.iter().any(|r| !(-RESIDUAL..=RESIDUAL).contains(r)) {
            return false;
        }
        self.correct_primal();
        // What is left goes into the certificate, so it is summed in doubled precision.
        self.miss();
        let rounding = 16.0 * f64::EPSILON * self.x.iter().fold(1.0_f64, |m, x| m.max(x.abs()));
        if self.residual.iter().any(|r| r.abs() > rounding) {
            self.correct_primal();
            self.miss();
        }
        if self.clean() {
            self.miss();
        }
        self.solve_duals();
        for (missing, &slot) in self.scratch.iter_mut().zip(&self.basis) {
            let column = &self.columns[slot * k..(slot + 1) * k];
            *missing = column.iter().zip(&self.duals).fold(self.cost[slot], |c, (&a, &p)| p.mul_add(-a, c));
        }
        if self.scratch.iter().any(|r| !(-RESIDUAL..=RESIDUAL).contains(r)) {
            return false;
        }
        for (row, &m) in self.inverse.chunks_exact(k).zip(&self.scratch) {
            self.duals.iter_mut().zip(row).for_each(|(d, x)| *d = m.mul_add(*x, *d));
        }
        for (&slot, &x) in self.basis.iter().zip(&self.x) {
            let off = match self.kind[slot] {
                Kind::Ordinary => -x,
                Kind::Fixed => x.abs(),
                Kind::Free => 0.0,
            };
            if off > 10.0 * PRIMAL {
                return false;
            }
            self.stamp[slot] = self.clock;
            // The price of a row whose costless logical is in use is zero, not dust.
            if (self.extras..self.first).contains(&slot) && self.cost[slot] == 0.0 {
                self.duals[slot - self.extras] = 0.0;
            }
        }
        // Nor is any price that rounding alone may have made: a point that touches no other row would hang on it.
        let dust = DUST * self.duals.iter().fold(0.0_f64, |m, p| m.max(p.abs()));
        for p in &mut self.duals {
            if p.abs() < dust {
                *p = 0.0;
            }
        }
        for (i, sense) in self.senses.iter().enumerate() {
            let c = self.cost[self.extras + i];
            match sense {
                Sense::AtMost => self.duals[i] = self.duals[i].min(c),
                Sense::AtLeast => self.duals[i] = self.duals[i].max(-c),
                Sense::Equal => {}
            }
        }
        true
    }

    /// Takes values within the tolerance of the steps for zero, where they bear no cost.
    pub(in crate::lp) fn level(&mut self) {
        for (x, &slot) in self.x.iter_mut().zip(&self.basis) {
            if x.abs() <= 10.0 * PRIMAL && self.kind[slot] != Kind::Free && self.cost[slot] == 0.0 {
                *x = 0.0;
            }
        }
        self.miss();
    }

    /// What a row misses once weights below zero are taken as zero.
    pub(in crate::lp) fn missed(&self, row: usize) -> f64 {
        let line = &self.rows[row * self.stride..(row + 1) * self.stride];
        let negative = |(s, x): (&usize, &f64)| {
            let kept = *x >= 0.0 || self.kind[*s] == Kind::Free;
            if kept { 0.0 } else { (line[*s] * x).abs() }
        };
        self.residual[row].abs() + self.basis.iter().zip(&self.x).map(negative).sum::<f64>()
    }

    /// What flows through a row, without regard to sign; its slack is no flow.
    pub(in crate::lp) fn through(&self, row: usize) -> f64 {
        let line = &self.rows[row * self.stride..(row + 1) * self.stride];
        let flow = |(&s, x): (&usize, &f64)| if (self.extras..self.first).contains(&s) { 0.0 } else { (line[s] * x).abs() };
        self.basis.iter().zip(&self.x).map(flow).sum()
    }
}
