//! What pricing proved of a hyperplane, and what of that holds for one that is nearly parallel.

use std::rc::Rc;

use super::{Cloud, desk::FACE, screen::Price};

/// Difference up to which two hyperplanes count as one.
const PARALLEL: f64 = 1e-11;

/// What the pricing of a whole cloud proved of a hyperplane.
#[derive(Clone, Debug, Default)]
pub(super) struct Proof {
    /// No point lies below by more than this share of what holds it up; where signs differ within rows, of half its terms
    /// in the firm rows, those without a negative entry.
    pub(super) relative: f64,
    /// Most that the terms of a point near the hyperplane are of those in its firm rows.
    spread: f64,
    /// No point lies below by more than this share of all its terms.
    pub(super) share: f64,
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
        Self { relative, share: f64::INFINITY, absolute: f64::INFINITY, ..Self::default() }
    }

    /// What the prices of the points near a hyperplane say of it; the others are above it.
    pub(super) fn of<'p>(cloud: &Cloud, duals: &[f64], firm: Option<&[bool]>, prices: impl Iterator<Item = &'p Price>) -> Proof {
        let unit = (cloud.rows() as f64 + 2.0) * f64::EPSILON;
        let mut proof = Proof { spread: 1.0, ..Proof::default() };
        let held = |p: &Price| match firm {
            None => p.hold,
            Some(firm) => {
                let rows = cloud.rows.iter().zip(duals).zip(firm).filter(|(_, firm)| **firm);
                0.5 * rows.map(|((row, dual), _)| (dual * row[p.point as usize]).abs()).sum::<f64>()
            }
        };
        let mut face = Vec::new();
        for p in prices {
            let below = unit * (p.hold + p.pull) - p.reduced;
            if below > 0.0 {
                proof.absolute = proof.absolute.max(below);
                if p.hold + p.pull > 0.0 {
                    proof.share = proof.share.max(below / (p.hold + p.pull));
                }
                let held = held(p);
                proof.relative = proof.relative.max(if held > 0.0 { below / held } else { f64::INFINITY });
            }
            if firm.is_some() && p.hold + p.pull > 0.0 {
                proof.spread = proof.spread.max((p.hold + p.pull) / held(p).max(f64::MIN_POSITIVE));
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
        out.relative += 3.0 * off * self.spread;
        out.share += 3.0 * off;
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
