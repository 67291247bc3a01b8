//! Bounds on the optimum that do not trust the simplex: weak duality and the priced residual.

use super::{Sense, basis::dot2, desk::Desk, family::Family, proof::Proof, scaled::Scaled};

/// Bounds of the scaled optimum from scaled dual values and a scaled primal solution (by column).
///
/// The dual is given the right signs and scaled until the costed extra column in use (the radial
/// factor) is paid exactly. Points that are still below zero reduced cost are then lifted: either the
/// rows that pull points down give way, or the rows that hold them up are strengthened, whichever
/// leaves the radial factor alone. What rounding could hide is added to every violation, and what
/// cannot be lifted (programs without rows of one sign) is priced with twice the weights in use.
pub(super) fn interval(lp: &Scaled<'_>, costs: &[f64], duals: &[f64], primal: &[(usize, f64)]) -> (f64, f64) {
    let k = lp.k;
    let (n, extras_end) = (lp.program.cloud.columns(), lp.structural);
    let unit = (k as f64 + 3.0) * f64::EPSILON;
    let entry = |i: usize, j: usize| lp.a[i * lp.width + j];
    let mut p: Vec<f64> = duals.to_vec();
    for (x, row) in p.iter_mut().zip(lp.program.rows) {
        match row.sense {
            Sense::AtLeast => *x = x.max(0.0),
            Sense::AtMost => *x = x.min(0.0),
            Sense::Equal => {}
        }
    }
    let mut loss = 0.0;
    let size: f64 = primal.iter().map(|(_, x)| x.abs()).sum();

    let radial = primal.iter().find(|&&(j, x)| (n..extras_end).contains(&j) && costs[j] != 0.0 && x > 0.0).copied();
    if let Some((j, x)) = radial {
        let paid = dot2(0.0, (0..k).map(|i| (p[i], entry(i, j))));
        if paid * costs[j] > 0.0 {
            let s = costs[j] / paid;
            p.iter_mut().for_each(|p| *p *= s);
        }
        loss += unit * costs[j].abs() * (1.0 + x);
    }

    let mut reduced: Vec<(f64, f64)> = costs[..lp.structural].iter().map(|c| (*c, 0.0)).collect();
    for (line, &pi) in lp.a.chunks_exact(lp.width).zip(&p).filter(|(_, p)| **p != 0.0) {
        for (d, a) in reduced.iter_mut().zip(line) {
            let t = pi * a;
            d.0 -= t;
            d.1 += t.abs();
        }
    }
    // Rows whose entries have one sign over the cloud, as in every production technology.
    let one_sided = |want: f64| -> Vec<usize> {
        let held = |i: usize| p[i] != 0.0 && (0..n).all(|j| want * p[i] * entry(i, j) >= 0.0);
        (0..k).filter(|&i| held(i)).collect()
    };
    let touches = |rows: &[usize]| radial.is_some_and(|(j, _)| rows.iter().any(|&i| entry(i, j) != 0.0));
    let (pull, hold) = (one_sided(1.0), one_sided(-1.0));
    let (rows, direction) = if touches(&pull) && !touches(&hold) { (hold, 1.0) } else { (pull, -1.0) };
    let mut shift = 0.0_f64;
    for (j, (d, m)) in reduced.into_iter().enumerate() {
        let violation = unit * m - d;
        if violation <= 0.0 || m == 0.0 {
            continue;
        }
        let lift: f64 = if j < n { rows.iter().map(|&i| -direction * p[i] * entry(i, j)).sum() } else { 0.0 };
        if lift > violation {
            shift = shift.max(violation / lift);
        } else {
            loss += violation * (1.0 + 2.0 * size);
        }
    }
    if let Some((j, x)) = radial {
        loss += shift * (1.0 + x) * rows.iter().map(|&i| (p[i] * entry(i, j)).abs()).sum::<f64>();
    }
    for &i in &rows {
        p[i] *= 1.0 + direction * shift;
    }
    let weight: f64 = p.iter().zip(&lp.b).map(|(p, b)| (p * b).abs()).sum();
    let low = dot2(0.0, p.iter().copied().zip(lp.b.iter().copied())) - unit * weight - loss;

    let value = dot2(0.0, primal.iter().map(|&(j, x)| (costs[j], x)));
    let weight: f64 = primal.iter().map(|&(j, x)| (costs[j] * x).abs()).sum();
    let residual: f64 = (0..k).map(|i| (duals[i] * dot2(lp.b[i], primal.iter().map(|&(j, x)| (-entry(i, j), x)))).abs()).sum();
    (low, value + residual + unit * weight)
}

/// Share of a program's own values by which a solution may miss a row.
pub(super) const MISSED: f64 = 1e-9;

/// Whether a row is met to nine digits of what a program has there; the square of what rounding leaves of the whole
/// solution is dust in any row.
pub(super) fn near(missed: f64, own: f64, size: f64) -> bool {
    missed <= MISSED * own + f64::EPSILON * f64::EPSILON * size
}

/// What a program itself has in a row, in scaled terms: its right-hand side and its extra columns. Without a right-hand
/// side, as where points are linked to points, what flows through the row counts.
///
/// A row is scaled by the larger of its own values and a share of the cloud's, so that a speck among giants could be
/// missed altogether without a residual that shows.
pub(super) fn own(lp: &Scaled<'_>, primal: &[(usize, f64)], i: usize) -> f64 {
    let line = &lp.a[i * lp.width..(i + 1) * lp.width];
    let points = lp.program.cloud.columns();
    let terms = || primal.iter().filter(|(j, _)| lp.row_of(*j).is_none()).map(|&(j, x)| (j, (line[j] * x).abs()));
    match lp.b[i].abs() {
        0.0 => terms().map(|(_, t)| t).sum(),
        b => terms().filter(|(j, _)| *j >= points).fold(b, |m, (_, t)| m.max(t)),
    }
}

/// The right-hand side of a row or its largest entry in the extra columns, in scaled terms.
pub(super) fn given(lp: &Scaled<'_>, i: usize) -> f64 {
    let line = &lp.a[i * lp.width..(i + 1) * lp.width];
    let points = lp.program.cloud.columns();
    line[points..points + lp.program.extras.len()].iter().fold(lp.b[i].abs(), |m, a| m.max(a.abs()))
}

/// What flows through a row in columns that are not its slack, without regard to sign.
pub(super) fn flow(lp: &Scaled<'_>, primal: &[(usize, f64)], i: usize) -> f64 {
    let line = &lp.a[i * lp.width..(i + 1) * lp.width];
    primal.iter().filter(|(j, _)| lp.row_of(*j).is_none()).map(|&(j, x)| (line[j] * x).abs()).sum()
}

/// Whether a scaled primal solution (by column) meets every row to nine digits of what the program itself has there.
pub(super) fn meets(lp: &Scaled<'_>, primal: &[(usize, f64)]) -> bool {
    let size: f64 = primal.iter().map(|(_, x)| x.abs()).sum();
    (0..lp.k).all(|i| {
        let line = &lp.a[i * lp.width..(i + 1) * lp.width];
        let missed = dot2(lp.b[i], primal.iter().map(|&(j, x)| (-line[j], x))).abs();
        near(missed, own(lp, primal, i), size)
    })
}

/// Widest certificate of an optimal solution, relative to `1 + |value|`.
const GAP: f64 = 5e-10;

/// Bounds of a value as an interval, where they are close enough. A lower bound above the upper one contradicts
/// itself; by rounding alone they may cross.
pub(super) fn narrow(value: f64, (low, high): (f64, f64)) -> Option<(f64, f64)> {
    let wide = GAP * (1.0 + value.abs());
    (-1e-4 * wide..=wide).contains(&(high - low)).then_some((low.min(high), high))
}

/// The same of the solution on the desk.
pub(super) fn met(desk: &Desk<'_>, extras: usize) -> bool {
    let size: f64 = desk.x.iter().map(|x| x.abs()).sum();
    (0..desk.b.len()).all(|i| {
        let of = |e: usize| (desk.extra(e).2[i] * desk.value_of_extra(e)).abs();
        let own = match desk.b[i].abs() {
            0.0 => desk.through(i),
            b => (0..extras).fold(b, |m, e| m.max(of(e))),
        };
        near(desk.missed(i), own, size)
    })
}

/// Dual values without those that are rounding alone, such as an intercept of 1e-17 that should be 0.
///
/// A point with zeros may touch no other row than the one with the dust; its reduced cost is then dust over
/// dust, and lifting it would cost anything. Every dual gives a valid bound, so either may be taken.
pub(super) fn without_dust(duals: &[f64]) -> Vec<f64> {
    let largest = duals.iter().fold(0.0_f64, |m, p| m.max(p.abs()));
    duals.iter().map(|&p| if p.abs() < 1e-14 * largest { 0.0 } else { p }).collect()
}

/// Bounds of the scaled optimum on the desk, from its duals and what pricing proved of their hyperplane.
///
/// The points below the hyperplane are lifted onto it: by strengthening the rows that hold (A), by
/// weakening those that pull (B), or by the row that fixes the sum of the weights (C), or they stay where
/// they are and count as what a lift takes (D); the best bound of the four counts. What a lift takes from extra
/// columns and slacks is priced with twice the weights in use; for radial, directional and additive programs one of
/// the first three takes nothing.
pub(super) fn of_desk(
    desk: &Desk<'_>,
    family: &Family<'_>,
    proof: &Proof,
    firm: Option<&[bool]>,
    p: &mut Vec<f64>,
) -> (f64, f64) {
    let k = family.senses.len();
    let unit = (k as f64 + 3.0) * f64::EPSILON;
    let size: f64 = desk.x.iter().map(|x| x.abs()).sum();
    let value = desk.value() * desk.cost_scale;
    let mut low = f64::NEG_INFINITY;
    let sole = desk.sole();
    for lift in 0..4 {
        // Good enough: what the others could gain is nobody's concern.
        if value - low <= 1e-11 * (1.0 + value.abs()) {
            break;
        }
        p.clear();
        p.extend_from_slice(&desk.duals);
        match (lift, family.ones) {
            // A point that nothing holds cannot be lifted by strengthening.
            (0, _) if firm.is_none() && proof.relative.is_finite() => {
                p.iter_mut().filter(|p| **p < 0.0).for_each(|p| *p *= 1.0 + proof.relative)
            }
            // Signs differ within rows: the others do both, which is worth a half of the share at least.
            (0, _) if proof.relative <= 1.0 => {
                let rows = p.iter_mut().zip(firm.into_iter().flatten()).filter(|(_, firm)| **firm);
                rows.for_each(|(p, _)| *p = if *p < 0.0 { *p * (1.0 + proof.relative) } else { *p / (1.0 + proof.relative) });
            }
            (1, _) if firm.is_none() => p.iter_mut().filter(|p| **p > 0.0).for_each(|p| *p /= 1.0 + proof.relative),
            (2, Some((row, entry))) => p[row] -= proof.absolute / entry / desk.row_scale[row],
            (3, _) if desk.sized() => {}
            _ => continue,
        }
        // A lift may pay the one column that bears cost too much or too little; any multiple of the duals lifts as well.
        if let Some((cost, _, entries)) = sole.map(|e| desk.extra(e)) {
            let paid = dot2(0.0, entries.iter().copied().zip(p.iter().copied()));
            if paid * cost > 0.0 {
                p.iter_mut().for_each(|p| *p *= cost / paid);
            }
        }
        // Entries of a scaled column are below 2.
        let mut loss =
            if lift == 3 { proof.share * 2.0 * p.iter().map(|p| p.abs()).sum::<f64>() * (1.0 + 2.0 * size) } else { 0.0 };
        for (e, &free) in family.free.iter().enumerate() {
            let (cost, _, entries) = desk.extra(e);
            let d = dot2(cost, entries.iter().zip(p.iter()).map(|(&a, &p)| (-a, p)));
            let m = entries.iter().zip(p.iter()).fold(cost.abs(), |m, (a, p)| m + (a * p).abs());
            let below = f64::EPSILON * (d.abs() + unit * m) + if free { d.abs() } else { -d };
            // What the value itself is made of is known.
            let weight = if sole == Some(e) { desk.value_of_extra(e).abs() } else { size };
            loss += below.max(0.0) * (1.0 + 2.0 * weight);
        }
        for (i, sense) in family.senses.iter().enumerate() {
            let c = desk.logical_cost(i);
            let d = match sense {
                Sense::AtMost => c - p[i],
                Sense::AtLeast => c + p[i],
                Sense::Equal => 0.0,
            };
            loss += (-d).max(0.0) * (1.0 + 2.0 * size);
        }
        let weight: f64 = p.iter().zip(&desk.b).map(|(p, b)| (p * b).abs()).sum();
        let sum: f64 = p.iter().zip(&desk.b).map(|(p, b)| p * b).sum();
        low = low.max(sum - unit * weight - loss);
    }
    let residual: f64 = desk.duals.iter().zip(&desk.residual).map(|(p, r)| (p * r).abs()).sum();
    (low, value + residual + unit * value.abs())
}
