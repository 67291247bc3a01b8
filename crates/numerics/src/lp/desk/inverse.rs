//! The inverse of the basis and what follows from it: solution, duals, reduced costs, rows and columns of the tableau.

use super::{AGE, Desk, SMALL};
use crate::lp::{
    basis::invert,
    scan::{self, Combine},
};

impl Desk<'_> {
    #[inline(always)]
    pub(super) fn refactor(&mut self) -> bool {
        let k = self.k;
        for (r, &slot) in self.basis.iter().enumerate() {
            for i in 0..k {
                self.square[i * k + r] = self.columns[slot * k + i];
            }
        }
        self.age = 0;
        invert(k, &mut self.square, &mut self.inverse)
    }

    /// `alpha = B^-1 a` of a column.
    #[inline(always)]
    pub(super) fn image(&mut self, slot: usize) {
        let k = self.k;
        let column = &self.columns[slot * k..(slot + 1) * k];
        for (a, row) in self.alpha.iter_mut().zip(self.inverse.chunks_exact(k)) {
            *a = row.iter().zip(column).map(|(x, y)| x * y).sum();
        }
    }

    /// Replaces basic column `r` of the inverse by the column whose image is `alpha`.
    #[inline(always)]
    pub(super) fn replace(&mut self, r: usize) {
        let k = self.k;
        let d = 1.0 / self.alpha[r];
        let (head, rest) = self.inverse.split_at_mut(r * k);
        let (pivot, tail) = rest.split_at_mut(k);
        pivot.iter_mut().for_each(|x| *x *= d);
        for (row, &a) in head.chunks_exact_mut(k).zip(&self.alpha[..r]).chain(tail.chunks_exact_mut(k).zip(&self.alpha[r + 1..]))
        {
            if a != 0.0 {
                row.iter_mut().zip(pivot.iter()).for_each(|(x, p)| *x -= a * p);
            }
        }
        self.age += 1;
    }

    #[inline(always)]
    pub(super) fn solve_primal(&mut self) {
        for (x, row) in self.x.iter_mut().zip(self.inverse.chunks_exact(self.k)) {
            *x = row.iter().zip(&self.b).map(|(a, b)| a * b).sum();
        }
    }

    #[inline(always)]
    pub(super) fn solve_duals(&mut self) {
        self.duals.fill(0.0);
        for (row, &slot) in self.inverse.chunks_exact(self.k).zip(&self.basis) {
            let c = self.cost[slot];
            if c != 0.0 {
                self.duals.iter_mut().zip(row).for_each(|(d, x)| *d += c * x);
            }
        }
    }

    /// Reduced costs of all listed columns; infinite for what cannot enter.
    #[inline(always)]
    pub(super) fn price(&mut self) {
        self.solve_duals();
        self.reduce();
    }

    /// The same from the duals as they stand.
    #[inline(always)]
    pub(super) fn reduce(&mut self) {
        let width = self.width();
        self.screen.arch().dispatch(Combine {
            rows: &self.rows,
            stride: self.stride,
            width,
            coefficients: &self.duals,
            out: &mut self.line,
        });
        let n = self.padded();
        let (out, c) = (&mut self.reduced[..n], &self.cost[..n]);
        scan::subtract(self.screen.arch(), out, c, &self.line[..n], &self.barred[..n]);
        for &slot in &self.basis {
            self.reduced[slot] = f64::INFINITY;
        }
    }

    /// `line = e_r' B^-1 A`, times `sign`.
    #[inline(always)]
    pub(super) fn pivot_row(&mut self, r: usize, sign: f64) {
        let k = self.k;
        for (s, x) in self.scratch.iter_mut().zip(&self.inverse[r * k..(r + 1) * k]) {
            *s = sign * x;
        }
        self.screen.arch().dispatch(Combine {
            rows: &self.rows,
            stride: self.stride,
            width: self.width(),
            coefficients: &self.scratch,
            out: &mut self.line,
        });
    }

    #[inline(always)]
    pub(super) fn enter(&mut self, q: usize, r: usize, step: f64) {
        for (x, a) in self.x.iter_mut().zip(&self.alpha) {
            *x -= step * a;
        }
        self.x[r] = step;
        let tiny = self.alpha[r].abs() < SMALL * self.alpha.iter().fold(0.0_f64, |m, a| m.max(a.abs()));
        self.replace(r);
        self.basis[r] = q;
        self.pivots += 1;
        if tiny {
            self.age = AGE;
        }
    }

    /// A fresh inverse and everything that follows from it; `false` if the basis is singular.
    #[inline(always)]
    pub(super) fn renew(&mut self) -> bool {
        if !self.refactor() {
            self.live = false;
            return false;
        }
        self.solve_primal();
        self.price();
        true
    }
}
