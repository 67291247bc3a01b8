//! Proofs that a program has no solution.

use super::{
    Sense,
    family::{Family, Instance},
    screen::price,
};

/// Whether multipliers `y` of the rows prove, beyond rounding, that no weights satisfy them: they demand something
/// (`y'b > 0`), and no column of the program offers any of it (`y'a <= 0`).
pub(super) fn proves(family: &Family<'_>, instance: &Instance, y: &[f64]) -> bool {
    let k = y.len();
    let unit = (k as f64 + 2.0) * f64::EPSILON;
    // What the rows demand under these multipliers.
    let (mut demand, mut size) = (0.0, 0.0_f64);
    for (p, b) in y.iter().zip(&instance.rhs) {
        demand += p * b;
        size += (p * b).abs();
    }
    let signs = y.iter().zip(&family.senses).all(|(&p, s)| match s {
        Sense::AtMost => p <= 0.0,
        Sense::AtLeast => p >= 0.0,
        Sense::Equal => true,
    });
    let extras = family.free.iter().enumerate().all(|(e, &free)| {
        let entries = &instance.extras[e * k..(e + 1) * k];
        let (d, m) = entries.iter().zip(y).fold((0.0, 0.0), |(d, m): (f64, f64), (a, p)| (d + a * p, m + (a * p).abs()));
        if free { d.abs() <= 1e-12 * m } else { d <= 1e-12 * m }
    });
    // No offer of the cloud meets any of it.
    let offer = (0..family.cloud.columns()).filter(|&j| !instance.excludes(j)).all(|j| {
        let p = price(family.cloud, y, j);
        p.reduced >= -(1e-13 + unit) * (p.hold + p.pull)
    });
    signs && extras && offer && demand > 1e-9 * size
}
