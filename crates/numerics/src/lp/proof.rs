//! What pricing proved of a hyperplane, and what of that holds for one that is nearly parallel.

use std::rc::Rc;

use super::{desk::FACE, screen::Price};

/// Difference up to which two hyperplanes count as one.
const PARALLEL: f64 = 1e-11;

/// What the pricing of a whole cloud proved of a hyperplane.
#[derive(Clone, Debug, Default)]
pub(super) struct Proof {
    /// No point lies below by more than this share of what holds it up.
    pub(super) relative: f64,
    /// No point lies below by more than this.
    pub(super) absolute: f64,
    /// Largest sum of terms among the points near the hyperplane.
    size: f64,
    /// Points on the hyperplane.
    pub(super) face: Rc<[u32]>,
}

impl Proof {
    /// A proof that is yet to come: no point below by more than `relative`.
    pub(super) fn foreseen(relative: f64) -> Self {
        Self { relative, absolute: f64::INFINITY, ..Self::default() }
    }

    /// What the prices of the points near a hyperplane say of it; the others are above it.
    pub(super) fn of<'p>(rows: usize, prices: impl Iterator<Item = &'p Price>) -> Proof {
        let unit = (rows as f64 + 2.0) * f64::EPSILON;
        let mut proof = Proof::default();
        let mut face = Vec::new();
        for p in prices {
            let below = unit * (p.hold + p.pull) - p.reduced;
            if below > 0.0 {
                proof.absolute = proof.absolute.max(below);
                proof.relative = proof.relative.max(if p.hold > 0.0 { below / p.hold } else { f64::INFINITY });
            }
            proof.size = proof.size.max(p.hold + p.pull);
            if p.relative <= FACE {
                face.push(p.point);
            }
        }
        proof.face = face.into();
        proof
    }

    /// The proof for a hyperplane that is `ratio` times as long and off from parallel by a relative `off`.
    pub(super) fn turned(&self, (ratio, off): (f64, f64)) -> Self {
        let mut out = self.clone();
        out.relative += 3.0 * off;
        out.absolute = ratio * (self.absolute + 3.0 * off * self.size);
        out
    }
}

/// Ratio of two vectors of duals and how far they are from parallel; `None` beyond [`PARALLEL`].
pub(super) fn apart(old: &[f64], new: &[f64]) -> Option<(f64, f64)> {
    let mut top = 0;
    for (i, p) in old.iter().enumerate() {
        if p.abs() > old[top].abs() {
            top = i;
        }
    }
    let ratio = new[top] / old[top];
    if !(ratio.is_finite() && ratio > 0.0) {
        return None;
    }
    let mut off = 0.0_f64;
    for (&o, &n) in old.iter().zip(new) {
        if o == 0.0 && n == 0.0 {
            continue;
        }
        off = off.max(((n - ratio * o) / (ratio * o)).abs());
    }
    (off <= PARALLEL).then_some((ratio, off))
}
