//! The desk on which one program after another is solved: a short list of columns, a basis and its
//! explicit inverse, kept from program to program.
//!
//! Changing the unit changes the right-hand side and the extra columns. The hyperplane through the same
//! peers stays dual feasible, so the dual simplex goes on from the predecessor's basis; a primal pass
//! follows where costs moved or new points came in.

use super::{
    Cloud, Sense,
    basis::{dot2, invert},
    family::{Family, Instance},
    scaled::power,
    screen::{self, Combine, LANES, On, Plain, Screen},
};

/// Points kept at most beside extras and logicals: longer lists make every pivot dearer, shorter ones call
/// for more pricing.
pub(super) fn room(rows: usize) -> usize {
    (128 + 12 * rows).min(640)
}

const NONE: u32 = u32::MAX;
/// Primal infeasibility allowed, in scaled terms.
const PRIMAL: f64 = 1e-11;
/// Dual infeasibility allowed, in scaled terms.
const DUAL: f64 = 1e-11;
/// Entries of a pivot row or column below this are zero.
const ZERO: f64 = 1e-10;
/// A pivot below this share of its column calls for a fresh inverse.
const SMALL: f64 = 1e-6;
/// Updates of the inverse before it is made anew.
const AGE: usize = 60;
/// Residual of an accepted basis before its refinement.
const RESIDUAL: f64 = 1e-9;
/// Duals below this share of the largest are rounding, in scaled terms.
const DUST: f64 = 1e-14;
/// Steps without progress before the desk gives up.
const PATIENCE: usize = 80;
/// Reduced costs up to this belong to the optimal face, in scaled terms.
pub(super) const FACE: f64 = 1e-10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// At least zero.
    Ordinary,
    /// Zero: the logical of an equality, an excluded point, a column off the optimal face.
    Fixed,
    /// Any value.
    Free,
}

/// How a pass over the listed columns ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Optimal, re-multiplied with the original columns.
    Optimal,
    /// No listed columns satisfy the rows; `duals` prove it for them.
    Infeasible,
    Unbounded,
    /// Lost its footing: another way must be found.
    Lost,
}

/// A column by what it stands for, whatever its place on the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    Point(u32),
    Extra(usize),
    Logical(usize),
}

pub(super) struct Desk<'a> {
    cloud: &'a Cloud,
    screen: &'a Screen,
    senses: &'a [Sense],
    k: usize,
    extras: usize,
    /// First place of a point.
    first: usize,
    stride: usize,
    /// Row scale: scaled row = scale x original row.
    pub(super) row_scale: Vec<f64>,
    /// Points by place, from `first` on.
    points: Vec<u32>,
    /// Place of each point of the cloud.
    place: Vec<u32>,
    /// Original value = `unit` x scaled value.
    unit: Vec<f64>,
    rows: Vec<f64>,
    columns: Vec<f64>,
    kind: Vec<Kind>,
    /// Infinite for what cannot enter: fixed columns and places without one.
    barred: Vec<f64>,
    banned: Vec<usize>,
    cost: Vec<f64>,
    /// Whether points carry costs.
    generic: bool,
    /// Scaled cost = `cost_scale` x original cost x unit.
    pub(super) cost_scale: f64,
    reduced: Vec<f64>,
    line: Vec<f64>,
    stamp: Vec<u32>,
    /// When each point was listed.
    born: Vec<u64>,
    /// Points listed so far.
    pub(super) births: u64,
    clock: u32,
    basis: Vec<usize>,
    inverse: Vec<f64>,
    pub(super) b: Vec<f64>,
    pub(super) x: Vec<f64>,
    /// Scaled duals.
    pub(super) duals: Vec<f64>,
    /// `b - B x` after refinement.
    pub(super) residual: Vec<f64>,
    alpha: Vec<f64>,
    scratch: Vec<f64>,
    square: Vec<f64>,
    age: usize,
    live: bool,
    pub(super) pivots: usize,
}

impl<'a> Desk<'a> {
    pub(super) fn new(family: &'a Family<'_>, screen: &'a Screen) -> Self {
        let (k, extras) = (family.senses.len(), family.free.len());
        let first = extras + k;
        let room = family.cloud.columns().min(room(k)) + 2 * k;
        let stride = (first + room).next_multiple_of(32);
        let mut kind = vec![Kind::Ordinary; stride];
        for (e, &free) in family.free.iter().enumerate() {
            if free {
                kind[e] = Kind::Free;
            }
        }
        for (i, sense) in family.senses.iter().enumerate() {
            if *sense == Sense::Equal {
                kind[extras + i] = Kind::Fixed;
            }
        }
        let mut desk = Self {
            cloud: family.cloud,
            screen,
            senses: &family.senses,
            k,
            extras,
            first,
            stride,
            row_scale: vec![0.0; k],
            points: Vec::with_capacity(room),
            place: vec![NONE; family.cloud.columns()],
            unit: vec![1.0; stride],
            rows: vec![0.0; k * stride],
            columns: vec![0.0; k * stride],
            kind,
            barred: vec![f64::INFINITY; stride],
            banned: Vec::new(),
            cost: vec![0.0; stride],
            generic: false,
            cost_scale: 1.0,
            reduced: vec![f64::INFINITY; stride],
            line: vec![0.0; stride],
            stamp: vec![0; stride],
            born: vec![0; stride],
            births: 0,
            clock: 0,
            basis: Vec::with_capacity(k),
            inverse: vec![0.0; k * k],
            b: vec![0.0; k],
            x: vec![0.0; k],
            duals: vec![0.0; k],
            residual: vec![0.0; k],
            alpha: vec![0.0; k],
            scratch: vec![0.0; k],
            square: vec![0.0; k * k],
            age: 0,
            live: false,
            pivots: 0,
        };
        for slot in 0..first {
            desk.let_in(slot, desk.kind[slot]);
        }
        for i in 0..k {
            let sign = if desk.senses[i] == Sense::AtLeast { -1.0 } else { 1.0 };
            desk.rows[i * stride + extras + i] = sign;
            desk.columns[(extras + i) * k + i] = sign;
        }
        desk
    }

    fn let_in(&mut self, slot: usize, kind: Kind) {
        self.kind[slot] = kind;
        self.barred[slot] = if kind == Kind::Fixed { f64::INFINITY } else { 0.0 };
    }

    /// Width up to which the padded arrays are scanned.
    fn padded(&self) -> usize {
        self.width().next_multiple_of(LANES)
    }

    fn width(&self) -> usize {
        self.first + self.points.len()
    }

    /// Whether every point of the cloud is listed.
    pub(super) fn whole(&self) -> bool {
        self.points.len() == self.cloud.columns()
    }

    pub(super) fn points(&self) -> &[u32] {
        &self.points
    }

    pub(super) fn code(&self, slot: usize) -> Code {
        if slot < self.extras {
            Code::Extra(slot)
        } else if slot < self.first {
            Code::Logical(slot - self.extras)
        } else {
            Code::Point(self.points[slot - self.first])
        }
    }

    /// Basic columns with their scaled values.
    pub(super) fn basic(&self) -> impl Iterator<Item = (Code, f64, f64)> + '_ {
        self.basis.iter().zip(&self.x).map(|(&s, &x)| (self.code(s), x, x * self.unit[s]))
    }

    /// Scaled costs of the extra columns and their entries.
    pub(super) fn extra(&self, e: usize) -> (f64, f64, &[f64]) {
        (self.cost[e], self.unit[e], &self.columns[e * self.k..(e + 1) * self.k])
    }

    pub(super) fn logical_cost(&self, row: usize) -> f64 {
        self.cost[self.extras + row]
    }

    /// A number that tells bases apart, whatever the order of their columns.
    pub(super) fn key(&self) -> u64 {
        self.basis.iter().fold(0, |key: u64, &slot| {
            let code = match self.code(slot) {
                Code::Point(p) => u64::from(p),
                Code::Extra(e) => (1 << 40) + e as u64,
                Code::Logical(i) => (1 << 41) + i as u64,
            };
            key.wrapping_add(mix(code))
        })
    }

    /// Takes a program: its right-hand side, extra columns, excluded points and first costs. The basis stays.
    pub(super) fn load(&mut self, instance: &Instance) {
        for slot in std::mem::take(&mut self.banned) {
            self.let_in(slot, Kind::Ordinary);
        }
        let (k, e) = (self.k, self.extras);
        let mut moved = false;
        for i in 0..k {
            let own = (0..e).fold(instance.rhs[i].abs(), |m, c| m.max(instance.extras[c * k + i].abs()));
            let largest = self.cloud.largest[i];
            let size = if own == 0.0 { largest } else { own.max(largest * 2.0_f64.powi(-40)) };
            // A scale that still fits within a few octaves stays, and with it all that was computed.
            let fit = size * self.row_scale[i];
            if !(0.06..32.0).contains(&fit) && size > 0.0 {
                self.row_scale[i] = power(size);
                moved = true;
            } else if self.row_scale[i] == 0.0 {
                self.row_scale[i] = 1.0;
                moved = true;
            }
        }
        if moved {
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

    /// Costs of an objective; points have none.
    pub(super) fn set_costs(&mut self, instance: &Instance, objective: usize) {
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
    pub(super) fn set_generic_costs(&mut self) {
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

    /// Forgets the basis: the next program starts from the logicals.
    pub(super) fn reset(&mut self) {
        self.live = false;
    }

    /// Goes back to a basis of an earlier program.
    pub(super) fn restore(&mut self, codes: &[Code]) {
        self.basis.clear();
        for &code in codes {
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
    }

    /// Lists a point; those unused for long make room. Returns when it was listed first.
    pub(super) fn add(&mut self, point: u32) -> u64 {
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

    fn write(&mut self, at: usize) {
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

    fn refactor(&mut self) -> bool {
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
    fn image(&mut self, slot: usize) {
        let k = self.k;
        let column = &self.columns[slot * k..(slot + 1) * k];
        for (a, row) in self.alpha.iter_mut().zip(self.inverse.chunks_exact(k)) {
            *a = row.iter().zip(column).map(|(x, y)| x * y).sum();
        }
    }

    /// Replaces basic column `r` of the inverse by the column whose image is `alpha`.
    fn replace(&mut self, r: usize) {
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

    fn solve_primal(&mut self) {
        for (x, row) in self.x.iter_mut().zip(self.inverse.chunks_exact(self.k)) {
            *x = row.iter().zip(&self.b).map(|(a, b)| a * b).sum();
        }
    }

    #[inline(always)]
    fn solve_duals(&mut self) {
        self.duals.fill(0.0);
        for (row, &slot) in self.inverse.chunks_exact(self.k).zip(&self.basis) {
            let c = self.cost[slot];
            if c != 0.0 {
                self.duals.iter_mut().zip(row).for_each(|(d, x)| *d += c * x);
            }
        }
    }

    /// Reduced costs of all listed columns; infinite for what cannot enter.
    fn price(&mut self) {
        self.solve_duals();
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
        screen::subtract(self.screen.arch(), out, c, &self.line[..n], &self.barred[..n]);
        for &slot in &self.basis {
            self.reduced[slot] = f64::INFINITY;
        }
    }

    /// `line = e_r' B^-1 A`, times `sign`.
    fn pivot_row(&mut self, r: usize, sign: f64) {
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

    fn infeasible_row(&self) -> Option<usize> {
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

    fn enter(&mut self, q: usize, r: usize, step: f64) {
        for (x, a) in self.x.iter_mut().zip(&self.alpha) {
            *x -= step * a;
        }
        self.x[r] = step;
        let tiny = self.alpha[r].abs() < SMALL * self.alpha.iter().fold(0.0_f64, |m, a| m.max(a.abs()));
        self.replace(r);
        self.basis[r] = q;
        self.pivots += 1;
        if tiny || self.age >= AGE {
            self.age = AGE;
        }
    }

    /// A fresh inverse and everything that follows from it; `false` if the basis is singular.
    fn renew(&mut self) -> bool {
        if !self.refactor() {
            self.live = false;
            return false;
        }
        self.solve_primal();
        self.price();
        true
    }

    /// Solves on the listed columns.
    pub(super) fn solve(&mut self) -> Stop {
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
    pub(super) fn improve(&mut self) -> Stop {
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

    /// Whether the basis as loaded already solves the program, by its right-hand side alone; computes
    /// solution and duals, refined.
    pub(super) fn stays(&mut self) -> bool {
        self.solve_primal();
        if self.infeasible_row().is_some() {
            return false;
        }
        self.solve_duals();
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

    /// Dual steps until the basis is feasible; `true` beside `Optimal` says that reduced costs need a primal pass.
    fn dual(&mut self) -> (Stop, bool) {
        let width = self.width();
        // Where the new program made a column attractive, its cost is raised for the time being; the
        // primal pass settles it.
        let raised = screen::least(self.screen.arch(), &self.reduced[..self.padded()]).0 < -DUAL;
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
                screen::shift(self.screen.arch(), &mut self.reduced[..width], t, &self.line);
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
    fn dual_ratio(&self) -> Option<usize> {
        // A free column without a place in the basis must come in first.
        let free = |e: &usize| self.kind[*e] == Kind::Free && self.reduced[*e] < f64::INFINITY && self.line[*e] < -ZERO;
        let n = self.padded();
        (0..self.extras)
            .find(free)
            .or_else(|| screen::harris(self.screen.arch(), &self.line[..n], &self.reduced[..n], ZERO, DUAL))
    }

    fn primal(&mut self) -> Stop {
        let (mut still, mut steps) = (0, 0);
        loop {
            let width = self.width();
            let (least, q) = screen::least(self.screen.arch(), &self.reduced[..self.padded()]);
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
            screen::shift(self.screen.arch(), &mut self.reduced[..width], -t, &self.line);
            self.reduced[leaving] = if self.kind[leaving] == Kind::Fixed { f64::INFINITY } else { -t };
            self.reduced[q] = f64::INFINITY;
            let fixed = self.kind[leaving] == Kind::Fixed;
            let step = if fixed { 0.0 } else { (self.x[r] / self.alpha[r]).max(0.0) };
            still = if step > 1e-12 { 0 } else { still + 1 };
            self.enter(q, r, step);
        }
    }

    /// Harris' ratio test: among the rows that block within a slip of feasibility, the largest pivot.
    fn primal_ratio(&self) -> Option<usize> {
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

    /// Multiplies the basis back with the original columns and refines solution and duals by what is
    /// missing; nothing is accepted on the word of an updated inverse.
    fn accept(&mut self) -> bool {
        // Inside the dispatch a fused multiply-add is one instruction.
        self.screen.arch().dispatch(On(Back(self)))
    }

    #[inline(always)]
    fn multiply_back(&mut self) -> bool {
        let k = self.k;
        for i in 0..k {
            let line = &self.rows[i * self.stride..(i + 1) * self.stride];
            self.residual[i] = self.basis.iter().zip(&self.x).fold(self.b[i], |r, (&s, &x)| x.mul_add(-line[s], r));
        }
        if self.residual.iter().any(|r| !(-RESIDUAL..=RESIDUAL).contains(r)) {
            return false;
        }
        for (x, row) in self.x.iter_mut().zip(self.inverse.chunks_exact(k)) {
            *x = row.iter().zip(&self.residual).fold(*x, |x, (a, r)| a.mul_add(*r, x));
        }
        // What is left goes into the certificate, so it is summed in doubled precision.
        for i in 0..k {
            let line = &self.rows[i * self.stride..(i + 1) * self.stride];
            self.residual[i] = dot2(self.b[i], self.basis.iter().zip(&self.x).map(|(&s, &x)| (-line[s], x)));
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

    /// Duals of the original rows for the scaled objective.
    pub(super) fn original_duals(&self, out: &mut Vec<f64>) {
        out.clear();
        out.extend(self.duals.iter().zip(&self.row_scale).map(|(p, r)| p * r));
    }

    pub(super) fn value(&self) -> f64 {
        dot2(0.0, self.basis.iter().zip(&self.x).map(|(&s, &x)| (self.cost[s], x))) / self.cost_scale
    }

    /// Whether a column that is not basic could enter without changing the optimum, listed or in `face`.
    pub(super) fn ties(&self, face: &[u32]) -> bool {
        let k = self.k;
        let fixed = (0..self.first).any(|s| {
            self.kind[s] != Kind::Fixed && !self.basis.contains(&s) && {
                let column = &self.columns[s * k..(s + 1) * k];
                self.cost[s] - column.iter().zip(&self.duals).map(|(a, p)| a * p).sum::<f64>() <= FACE
            }
        });
        let basic = |p: u32| {
            let slot = self.place[p as usize];
            slot != NONE && (self.kind[slot as usize] == Kind::Fixed || self.basis.contains(&(slot as usize)))
        };
        fixed || face.iter().any(|&p| !basic(p))
    }

    /// Bans every column off the optimal face of the present objective; `face` has the points on it, where
    /// pricing said so.
    pub(super) fn restrict(&mut self, face: Option<&[u32]>) {
        if let Some(face) = face {
            for &p in face {
                self.add(p);
            }
        }
        self.price();
        for slot in 0..self.width() {
            if self.kind[slot] != Kind::Ordinary || self.reduced[slot] == f64::INFINITY {
                continue;
            }
            let off = match face.filter(|_| slot >= self.first) {
                Some(face) => !face.contains(&self.points[slot - self.first]),
                None => self.reduced[slot] > FACE,
            };
            if off {
                self.let_in(slot, Kind::Fixed);
                self.banned.push(slot);
            }
        }
    }

    /// Whether anything may still enter.
    pub(super) fn open(&mut self) -> bool {
        self.price();
        self.reduced[..self.width()].iter().any(|&d| d < f64::INFINITY)
    }

    /// Price of a listed or unlisted point under duals of the original rows.
    pub(super) fn price_of(&self, duals: &[f64], point: u32) -> screen::Price {
        screen::price(self.cloud, duals, point as usize)
    }

    /// The columns of the basis.
    pub(super) fn codes(&self, out: &mut Vec<Code>) {
        out.clear();
        out.extend(self.basis.iter().map(|&s| self.code(s)));
    }
}

struct Back<'d, 'a>(&'d mut Desk<'a>);

impl Plain for Back<'_, '_> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        self.0.multiply_back()
    }
}

fn mix(code: u64) -> u64 {
    let mut z = code.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number in `[1, 2)` that belongs to a point: generic, so that no two vertices tie.
fn generic(point: usize) -> f64 {
    1.0 + (mix(point as u64) >> 11) as f64 / (1_u64 << 53) as f64
}
