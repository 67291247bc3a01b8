//! A program comes to the desk: rows, columns and costs, scaled.

use super::{AGE, Desk, Kind, NONE, SMALL, ZERO};
use crate::lp::{Sense, family::Instance, scaled::power, simplex::generic};

impl Desk<'_> {
    /// Takes a program: its right-hand side, extra columns, excluded points and first costs. The basis stays.
    pub(in crate::lp) fn load(&mut self, instance: &Instance) {
        for slot in std::mem::take(&mut self.banned) {
            self.let_in(slot, Kind::Ordinary);
        }
        let (k, e) = (self.k, self.extras);
        let mut moved = false;
        for i in 0..k {
            let size = self.size(instance, i);
            if !self.fits(i, size) {
                self.row_scale[i] = power(size);
                moved = true;
            } else if self.row_scale[i] == 0.0 {
                self.row_scale[i] = 1.0;
                moved = true;
            }
        }
        if moved {
            self.scalings += 1;
            for at in 0..self.points.len() {
                self.write(at);
            }
            for i in 0..k {
                self.unit[e + i] = 1.0 / self.row_scale[i];
            }
            self.age = AGE;
        }
        for i in 0..k {
            self.b[i] = instance.rhs[i] * self.row_scale[i];
        }
        for c in 0..e {
            let mut top = 0.0_f64;
            for i in 0..k {
                let x = instance.extras[c * k + i] * self.row_scale[i];
                self.columns[c * k + i] = x;
                top = top.max(x.abs());
            }
            let s = if top == 0.0 { 1.0 } else { power(top) };
            self.unit[c] = s;
            for i in 0..k {
                self.columns[c * k + i] *= s;
                self.rows[i * self.stride + c] = self.columns[c * k + i];
            }
        }
        self.set_costs(instance, 0);
        for &p in &instance.excluded {
            if let Some(&slot) = self.place.get(p)
                && slot != NONE
            {
                self.let_in(slot as usize, Kind::Fixed);
                self.banned.push(slot as usize);
            }
        }
        if self.live && self.age < AGE {
            for r in 0..k {
                let slot = self.basis[r];
                if slot < e {
                    self.image(slot);
                    let top = self.alpha.iter().fold(0.0_f64, |m, a| m.max(a.abs()));
                    if self.alpha[r].abs() < SMALL * top {
                        self.age = AGE;
                        break;
                    }
                    self.replace(r);
                }
            }
        }
        if self.live && self.age >= AGE {
            self.live = self.refactor();
        }
        if !self.live {
            self.cold();
        }
    }

    /// What a row is measured by in a program.
    pub(super) fn size(&self, instance: &Instance, i: usize) -> f64 {
        let own = (0..self.extras).fold(instance.rhs[i].abs(), |m, c| m.max(instance.extras[c * self.k + i].abs()));
        let largest = self.cloud.largest[i];
        if own == 0.0 { largest } else { own.max(largest * 2.0_f64.powi(-40)) }
    }

    /// A scale that still fits within a few octaves stays, and with it all that was computed.
    pub(super) fn fits(&self, i: usize, size: f64) -> bool {
        size == 0.0 || (0.06..32.0).contains(&(size * self.row_scale[i]))
    }

    /// Costs of an objective; points have none.
    pub(in crate::lp) fn set_costs(&mut self, instance: &Instance, objective: usize) {
        let costs = &instance.costs[objective];
        let e = self.extras;
        let mut top = 0.0_f64;
        for c in 0..e {
            self.cost[c] = costs.extras[c] * self.unit[c];
            top = top.max(self.cost[c].abs());
        }
        for i in 0..self.k {
            let c = if self.senses[i] == Sense::Equal { 0.0 } else { costs.slacks[i] * self.unit[e + i] };
            self.cost[e + i] = c;
            top = top.max(c.abs());
        }
        if self.generic {
            self.cost[self.first..].fill(0.0);
            self.generic = false;
        }
        self.scale_costs(top);
    }

    /// Generic costs over the points, so that no two vertices tie.
    pub(in crate::lp) fn set_generic_costs(&mut self) {
        self.generic = true;
        self.cost[..self.first].fill(0.0);
        let mut top = 0.0_f64;
        for at in 0..self.points.len() {
            let slot = self.first + at;
            self.cost[slot] = generic(self.points[at] as usize) * self.unit[slot];
            top = top.max(self.cost[slot]);
        }
        self.scale_costs(top);
    }

    fn scale_costs(&mut self, top: f64) {
        self.cost_scale = power(top);
        let width = if self.generic { self.width() } else { self.first };
        for c in &mut self.cost[..width] {
            *c *= self.cost_scale;
        }
    }

    /// Starts from the logicals, free extras brought in.
    fn cold(&mut self) {
        self.basis.clear();
        self.basis.extend(self.extras..self.first);
        self.live = true;
        self.refactor();
        for e in 0..self.extras {
            if self.kind[e] != Kind::Free {
                continue;
            }
            self.image(e);
            let logical = |r: &usize| self.basis[*r] >= self.extras && self.basis[*r] < self.first;
            let row = (0..self.k).filter(logical).max_by(|&a, &b| self.alpha[a].abs().total_cmp(&self.alpha[b].abs()));
            if let Some(r) = row.filter(|&r| self.alpha[r].abs() > ZERO) {
                self.replace(r);
                self.basis[r] = e;
            }
        }
    }
}
