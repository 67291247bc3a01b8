//! The list of points on the desk: what comes, what goes, and bases put aside.

use super::{AGE, Code, Desk, Kind, NONE, Saved};
use crate::lp::scaled::power;

impl Desk<'_> {
    /// Goes back to a basis of an earlier program; its inverse serves while the rows are scaled as they were.
    pub(in crate::lp) fn restore(&mut self, saved: &Saved) {
        self.basis.clear();
        for &code in &saved.codes {
            let slot = match code {
                Code::Extra(e) => e,
                Code::Logical(i) => self.extras + i,
                Code::Point(p) => {
                    if self.place[p as usize] == NONE {
                        self.add(p);
                    }
                    self.place[p as usize] as usize
                }
            };
            self.basis.push(slot);
        }
        self.live = true;
        self.age = AGE;
        if saved.scalings == self.scalings {
            self.inverse.copy_from_slice(&saved.inverse);
            self.age = saved.age;
        }
    }

    /// Keeps the basis for [`Desk::restore`].
    pub(in crate::lp) fn save(&self, saved: &mut Saved) {
        saved.codes.clear();
        saved.codes.extend(self.basis.iter().map(|&s| self.code(s)));
        saved.columns.clear();
        saved.columns.extend(self.basis.iter().flat_map(|&s| &self.columns[s * self.k..(s + 1) * self.k]));
        saved.inverse.clone_from(&self.inverse);
        (saved.age, saved.scalings) = (self.age, self.scalings);
    }

    /// Lists a point; those unused for long make room. Returns when it was listed first.
    pub(in crate::lp) fn add(&mut self, point: u32) -> u64 {
        if self.place[point as usize] != NONE {
            return self.born[self.place[point as usize] as usize];
        }
        if self.width() == self.stride {
            self.tidy();
        }
        let at = self.points.len();
        self.points.push(point);
        self.place[point as usize] = (self.first + at) as u32;
        self.let_in(self.first + at, Kind::Ordinary);
        self.stamp[self.first + at] = self.clock;
        self.cost[self.first + at] = 0.0;
        self.write(at);
        self.births += 1;
        self.born[self.first + at] = self.births;
        self.births
    }

    fn tidy(&mut self) {
        for &s in &self.basis {
            self.stamp[s] = u32::MAX;
        }
        for &s in &self.banned {
            self.stamp[s] = u32::MAX;
        }
        let mut stamps: Vec<u32> = self.stamp[self.first..self.width()].to_vec();
        let half = stamps.len() / 2;
        stamps.sort_unstable_by(|a, b| b.cmp(a));
        let bound = stamps[half];
        let old = self.points.clone();
        let kinds: Vec<_> = (self.first..self.width()).map(|s| (self.kind[s], self.stamp[s], self.born[s])).collect();
        self.points.clear();
        let mut new = vec![NONE; old.len()];
        for (at, &p) in old.iter().enumerate() {
            let (kind, stamp, born) = kinds[at];
            if stamp == u32::MAX || stamp > bound || (stamp == bound && self.points.len() < half) {
                let to = self.points.len();
                new[at] = to as u32;
                self.points.push(p);
                self.place[p as usize] = (self.first + to) as u32;
                self.let_in(self.first + to, kind);
                self.born[self.first + to] = born;
                self.stamp[self.first + to] = if stamp == u32::MAX { self.clock } else { stamp };
                self.write(to);
            } else {
                self.place[p as usize] = NONE;
            }
        }
        let first = self.first;
        let moved = |s: usize| if s < first { s } else { first + new[s - first] as usize };
        self.basis.iter_mut().for_each(|s| *s = moved(*s));
        self.banned.iter_mut().for_each(|s| *s = moved(*s));
        let width = self.width();
        self.kind[width..].fill(Kind::Ordinary);
        self.barred[width..].fill(f64::INFINITY);
        self.reduced[width..].fill(f64::INFINITY);
        self.cost[width..].fill(0.0);
    }

    pub(super) fn write(&mut self, at: usize) {
        let (slot, k) = (self.first + at, self.k);
        let p = self.points[at] as usize;
        let mut top = 0.0_f64;
        for i in 0..k {
            let x = self.cloud.rows[i][p] * self.row_scale[i];
            self.columns[slot * k + i] = x;
            if self.cloud.sizes(i, self.senses[i]) {
                top = top.max(x.abs());
            }
        }
        let s = if top == 0.0 { 1.0 } else { power(top) };
        self.unit[slot] = s;
        for i in 0..k {
            self.columns[slot * k + i] *= s;
            self.rows[i * self.stride + slot] = self.columns[slot * k + i];
        }
    }
}
