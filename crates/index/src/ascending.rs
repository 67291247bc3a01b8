//! Values in ascending order, by their digits.

use numerics::moments::extremes;

/// Fewer values are sorted by comparing them.
const FEW: usize = 128;
/// Values that share their leading digits and are put in order by insertion.
const RUN: usize = 16;

/// The values in ascending order; none may be `NaN`. Two passes over the leading digits of what the values span leave
/// runs of equal digits, which are sorted by comparing: `O(n)` where values are spread, `O(n log n)` wherever they are not.
pub(crate) fn ascending(xs: &[f64]) -> Vec<f64> {
    let mut sorted = xs.to_vec();
    if xs.len() < FEW || u32::try_from(xs.len()).is_err() {
        sorted.sort_unstable_by(f64::total_cmp);
        return sorted;
    }
    let (low, high) = extremes(xs);
    // Zeros of either sign are equal and may be told as the other one.
    let (low, high) = (key(if low == 0.0 { -0.0 } else { low }), key(high + 0.0));
    // Digits enough to part values that are evenly spread, and not so many that counting them costs more than it saves.
    let digits = (xs.len().ilog2() / 2 + 4).clamp(8, 12);
    let span = u64::BITS - (high - low).leading_zeros();
    let shift = span.saturating_sub(2 * digits);
    let leading = |x: f64| (key(x) - low) >> shift;
    let mask = (1 << digits) - 1;
    let mut other = vec![0.0; xs.len()];
    let (mut last, mut first) = (vec![0_u32; 1 << digits], vec![0_u32; 1 << digits]);
    for x in xs {
        let leading = leading(*x);
        last[(leading & mask) as usize] += 1;
        first[(leading >> digits) as usize] += 1;
    }
    pass(&sorted, &mut other, &mut last, |x| (leading(x) & mask) as usize);
    pass(&other, &mut sorted, &mut first, |x| (leading(x) >> digits) as usize);
    for run in sorted.chunk_by_mut(|a, b| leading(*a) == leading(*b)) {
        if run.len() > RUN {
            run.sort_unstable_by(f64::total_cmp);
        } else {
            insert(run);
        }
    }
    sorted
}

/// A number in the same order as the value.
fn key(x: f64) -> u64 {
    let bits = x.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

/// Puts values where their digit says, those of equal digits in the order they had; `place` has the number of each digit.
fn pass(from: &[f64], to: &mut [f64], place: &mut [u32], digit: impl Fn(f64) -> usize) {
    let mut before = 0;
    for p in place.iter_mut() {
        before += std::mem::replace(p, before);
    }
    for x in from {
        let p = &mut place[digit(*x)];
        to[*p as usize] = *x;
        *p += 1;
    }
}

fn insert(run: &mut [f64]) {
    for i in 1..run.len() {
        let x = run[i];
        let mut at = i;
        while at > 0 && run[at - 1].total_cmp(&x).is_gt() {
            run[at] = run[at - 1];
            at -= 1;
        }
        run[at] = x;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Evenly spread, over all magnitudes, with ties, with zeros of both signs, all but one equal.
        #[test]
        fn in_order_whatever_the_values(n in 0..700_usize, seed in any::<u64>(), kind in 0..5_usize) {
            let mut state = seed | 1;
            let xs: Vec<f64> = (0..n)
                .map(|i| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    let u = (state >> 11) as f64 / (1_u64 << 53) as f64;
                    match kind {
                        0 => u,
                        1 => (u - 0.5) * 10_f64.powi((state % 600) as i32 - 300),
                        2 => (u * 5.0).floor() - 2.0,
                        3 => if state % 3 == 0 { 0.0 } else if state % 3 == 1 { -0.0 } else { u - 0.5 },
                        _ => if i == n / 2 { 1e300 } else { 7.0 + f64::EPSILON * (u * 9.0).floor() },
                    }
                })
                .collect();
            let mut expected = xs.clone();
            expected.sort_by(f64::total_cmp);
            let same = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits());
            prop_assert!(same(&ascending(&xs), &expected));
        }
    }
}
