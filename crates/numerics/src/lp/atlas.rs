//! The facets that were certified so far, side by side: a program begins at the one that bounds it best.
//!
//! Where a single extra column `e` bears all cost `c`, each certified hyperplane `π` is dual feasible for every
//! program once it is scaled to `π'e = c`, so that `c π'b / π'e` is a lower bound; the largest of them all is
//! the optimum as soon as the right facet is among them. Looking at hundreds costs less than a pivot or two,
//! and where the basis of that facet is feasible, the program is solved and certified without any.

use std::collections::HashMap;

use pulp::{Arch, Simd, WithSimd};

use super::{
    Sense,
    certificate::{MISSED, narrow},
    desk::{Code, Desk, PRIMAL, RESIDUAL, SMALL, Saved},
    family::Instance,
    proof::Proof,
    scan::{On, Plain},
};

/// Facets looked at together.
const BLOCK: usize = 16;
/// Programs after which an atlas is judged.
const TRIAL: usize = 64;
/// Rows up to which programs are solved on a facet alone.
pub(super) const ROWS: usize = 16;

/// A hyperplane with its proof and its basis.
pub(super) struct Facet {
    pub(super) duals: Vec<f64>,
    pub(super) proof: Proof,
    pub(super) basis: Saved,
}

#[derive(Default)]
pub(super) struct Atlas {
    facets: Vec<Facet>,
    keys: HashMap<u64, usize>,
    /// Scales of the rows in `lines`: those of the desk when the first facet came.
    scale: Vec<f64>,
    /// Scaled duals of [`BLOCK`] facets at a time, row by row, the largest of each facet 1.
    lines: Vec<f32>,
    right: Vec<f32>,
    extra: Vec<f32>,
    tries: usize,
    hits: usize,
}

/// An optimum found on a facet, with its bounds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) value: f64,
    pub(super) interval: (f64, f64),
    /// The program's duals as a multiple of the facet's.
    pub(super) ratio: f64,
}

impl Atlas {
    pub(super) fn get(&self, key: u64) -> Option<&Facet> {
        self.keys.get(&key).map(|&f| &self.facets[f])
    }

    pub(super) fn insert(&mut self, key: u64, facet: Facet, row_scale: &[f64]) {
        let f = *self.keys.entry(key).or_insert(self.facets.len());
        let k = facet.duals.len();
        if self.scale.is_empty() {
            self.scale.extend_from_slice(row_scale);
        }
        if f / BLOCK * BLOCK * k == self.lines.len() {
            self.lines.resize(self.lines.len() + BLOCK * k, 0.0);
        }
        let scaled = || facet.duals.iter().zip(&self.scale).map(|(p, s)| p / s);
        let top = scaled().fold(0.0_f64, |m, p| m.max(p.abs()));
        let block = &mut self.lines[f / BLOCK * BLOCK * k..];
        for (line, p) in block.chunks_exact_mut(BLOCK).zip(scaled()) {
            line[f % BLOCK] = if top > 0.0 { (p / top) as f32 } else { 0.0 };
        }
        if f < self.facets.len() {
            self.facets[f] = facet;
        } else {
            self.facets.push(facet);
        }
    }

    /// Whether every other program is solved here.
    pub(super) fn useful(&self) -> bool {
        self.tries < TRIAL || self.hits * 2 > self.tries
    }

    /// The facet with the best bound; `None` where none bounds.
    pub(super) fn best(&mut self, arch: Arch, instance: &Instance) -> Option<usize> {
        if self.facets.is_empty() {
            return None;
        }
        let cost = instance.costs[0].extras[0];
        let scaled = |out: &mut Vec<f32>, values: &[f64], by: f64| {
            out.clear();
            out.extend(values.iter().zip(&self.scale).map(|(x, s)| (by * x * s) as f32));
        };
        scaled(&mut self.right, &instance.rhs, 1.0);
        scaled(&mut self.extra, &instance.extras, cost.signum());
        arch.dispatch(Best { lines: &self.lines, b: &self.right, e: &self.extra })
    }

    pub(super) fn basis(&self, facet: usize) -> &Saved {
        &self.facets[facet].basis
    }

    pub(super) fn duals(&self, facet: usize) -> &[f64] {
        &self.facets[facet].duals
    }

    /// Solves a program on the facet with the best bound, if its basis is feasible.
    pub(super) fn glance(&mut self, facet: usize, desk: &Desk<'_>, instance: &Instance) -> Option<Found> {
        self.tries += 1;
        let facet = &self.facets[facet];
        let found = desk.holds(&facet.basis).then(|| desk.arch().dispatch(On(Glance { facet, desk, instance })))??;
        self.hits += 1;
        Some(found)
    }
}

struct Best<'a> {
    lines: &'a [f32],
    b: &'a [f32],
    e: &'a [f32],
}

impl WithSimd for Best<'_> {
    type Output = Option<usize>;

    /// The facet with the largest `π'b / π'e` among those with `π'e > 0`.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Option<usize> {
        let lanes = S::F32_LANES;
        let zero = simd.splat_f32s(0.0);
        // Numerator, denominator and block of the best so far: less than anything at first.
        let (mut top_n, mut top_d, mut at) = (simd.splat_f32s(-1.0), zero, simd.splat_f32s(-1.0));
        let (mut best, mut found) = (f32::NEG_INFINITY, None);
        for part in 0..BLOCK / lanes {
            for (f, block) in self.lines.chunks_exact(BLOCK * self.b.len()).enumerate() {
                let (mut n, mut d) = (zero, zero);
                for ((line, &b), &e) in block.as_chunks::<BLOCK>().0.iter().zip(self.b).zip(self.e) {
                    let line = S::as_simd_f32s(line).0[part];
                    n = simd.mul_add_e_f32s(line, simd.splat_f32s(b), n);
                    d = simd.mul_add_e_f32s(line, simd.splat_f32s(e), d);
                }
                let higher = simd.greater_than_f32s(simd.mul_f32s(n, top_d), simd.mul_f32s(top_n, d));
                let better = simd.and_m32s(higher, simd.greater_than_f32s(d, zero));
                top_n = simd.select_f32s(better, n, top_n);
                top_d = simd.select_f32s(better, d, top_d);
                at = simd.select_f32s(better, simd.splat_f32s(f as f32), at);
            }
            let of = |v: &S::f32s, l: usize| pulp::bytemuck::cast_slice::<S::f32s, f32>(std::slice::from_ref(v))[l];
            for l in (0..lanes).filter(|&l| of(&at, l) >= 0.0) {
                let bound = of(&top_n, l) / of(&top_d, l);
                if bound > best {
                    (best, found) = (bound, Some(of(&at, l) as usize * BLOCK + part * lanes + l));
                }
            }
            (top_n, top_d, at) = (simd.splat_f32s(-1.0), zero, simd.splat_f32s(-1.0));
        }
        found
    }
}

struct Glance<'a> {
    facet: &'a Facet,
    desk: &'a Desk<'a>,
    instance: &'a Instance,
}

impl Plain for Glance<'_> {
    type Output = Option<Found>;

    /// Solution of the facet's basis with this program's extra column in the place of its own; `None` if it is
    /// not feasible, or anything about it is not as good as it should be.
    #[inline(always)]
    fn run(self) -> Option<Found> {
        let Self { facet: Facet { duals, proof, basis }, desk, instance } = self;
        let k = duals.len();
        let one_sided = desk.one_sided();
        let (mut b, mut e) = ([0.0; ROWS], [0.0; ROWS]);
        let (mut x, mut alpha, mut missing) = ([0.0; ROWS], [0.0; ROWS], [0.0; ROWS]);
        for i in 0..k {
            b[i] = instance.rhs[i] * desk.row_scale[i];
            e[i] = instance.extras[i] * desk.row_scale[i];
        }
        let mut extra = k;
        let mut top = 0.0_f64;
        for (i, row) in basis.inverse.chunks_exact(k).enumerate() {
            for (j, r) in row.iter().enumerate() {
                x[i] = r.mul_add(b[j], x[i]);
                alpha[i] = r.mul_add(e[j], alpha[i]);
            }
            top = top.max(alpha[i].abs());
            if matches!(basis.codes[i], Code::Extra(_)) {
                extra = i;
            }
        }
        if extra == k || alpha[extra].abs() < SMALL * top {
            return None;
        }
        let by = 1.0 / alpha[extra];
        let bring_in = |x: &mut [f64; ROWS]| {
            let step = x[extra] * by;
            for i in 0..k {
                x[i] = alpha[i].mul_add(-step, x[i]);
            }
            x[extra] = step;
        };
        bring_in(&mut x);
        let feasible = |x: &[f64; ROWS], slip: f64| {
            basis.codes.iter().zip(x).all(|(code, x)| match code {
                Code::Extra(c) if desk.is_free(*c) => true,
                Code::Logical(r) if desk.sense(*r) == Sense::Equal => x.abs() <= slip,
                _ => *x >= -slip,
            })
        };
        if !feasible(&x, PRIMAL) {
            return None;
        }
        // Multiplied back with the original columns and refined once; nothing is believed of the inverse.
        let column = |i: usize| if i == extra { &e[..k] } else { &basis.columns[i * k..(i + 1) * k] };
        missing[..k].copy_from_slice(&b[..k]);
        for (c, &x) in x.iter().enumerate().take(k) {
            for (m, a) in missing.iter_mut().zip(column(c)) {
                *m = x.mul_add(-a, *m);
            }
        }
        if missing[..k].iter().any(|m| !(-RESIDUAL..=RESIDUAL).contains(m)) {
            return None;
        }
        let mut correction = [0.0; ROWS];
        for (c, row) in correction.iter_mut().zip(basis.inverse.chunks_exact(k)) {
            *c = row.iter().zip(&missing).fold(0.0, |c, (r, m)| r.mul_add(*m, c));
        }
        bring_in(&mut correction);
        for i in 0..k {
            x[i] += correction[i];
        }
        if !feasible(&x, 10.0 * PRIMAL) {
            return None;
        }
        // What is left, with all that rounding may hide and with weights below zero taken as zero.
        let unit = (k as f64 + 4.0) * f64::EPSILON;
        let (mut left, mut weight, mut below) = ([0.0; ROWS], [0.0; ROWS], [0.0; ROWS]);
        left[..k].copy_from_slice(&b[..k]);
        for i in 0..k {
            weight[i] = b[i].abs();
        }
        for (c, &x) in x.iter().enumerate().take(k) {
            let off = if x < 0.0 && c != extra { -x } else { 0.0 };
            for (i, a) in column(c).iter().enumerate() {
                left[i] = x.mul_add(-a, left[i]);
                weight[i] += (x * a).abs();
                below[i] = a.abs().mul_add(off, below[i]);
            }
        }
        let z = x[extra];
        let cost = instance.costs[0].extras[0];
        // The duals with what holds strengthened, so that no point lies below: any scale of them bounds. Where signs differ
        // within rows, what lies below is priced with twice the weights in use, entries of scaled columns being below 2.
        let (mut n, mut d, mut size, mut depth, mut residual, mut prices) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        for i in 0..k {
            let left = left[i].abs() + unit * weight[i];
            let own = b[i].abs().max((e[i] * z).abs());
            if own > 0.0 && left + below[i] > MISSED * own {
                return None;
            }
            let strengthened = one_sided && duals[i] < 0.0;
            let p = if strengthened { duals[i] * (1.0 + proof.relative + f64::EPSILON) } else { duals[i] };
            let (pb, pe) = (p * instance.rhs[i], p * instance.extras[i]);
            (n, d) = (n + pb, d + pe);
            (size, depth) = (size + pb.abs(), depth + pe.abs());
            residual += p.abs() / desk.row_scale[i] * left;
            prices += p.abs() / desk.row_scale[i];
        }
        // Not a number fails as well.
        if (cost * d).partial_cmp(&0.0) != Some(std::cmp::Ordering::Greater) {
            return None;
        }
        let value = cost * z;
        let weights: f64 = x[..k].iter().map(|x| x.abs()).sum();
        let loss = if one_sided { 0.0 } else { proof.share * 2.0 * prices * (1.0 + 2.0 * weights) * (cost / d).abs() };
        let low = cost * n / d - loss;
        let rounding = unit * (size + low.abs() / cost.abs() * depth) * (cost / d).abs();
        let high = value + residual * (cost / d).abs() + unit * value.abs();
        narrow(value, (low - rounding, high)).map(|interval| Found { value, interval, ratio: cost / d })
    }
}
