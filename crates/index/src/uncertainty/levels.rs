//! Mean and standard deviation of scores under several alternatives, side by side: each sum waits for its last term, so
//! that four cost little more than one.

use pulp::{Arch, Simd, WithSimd};

/// Scores that are summed side by side.
const BESIDE: usize = 4;

/// Mean and standard deviation (denominator n) of the scores that are there, as `composite::level_and_spread` has them to
/// the last bit. All are of the same rows.
pub(super) fn levels(scores: &[Vec<f64>]) -> Vec<(f64, f64)> {
    let groups = scores.chunks(BESIDE).map(|some| {
        // The last group is filled with what it already has.
        let group = std::array::from_fn(|l| some.get(l).unwrap_or(&some[0]).as_slice());
        Arch::new().dispatch(Group(group)).into_iter().take(some.len())
    });
    groups.flatten().collect()
}

struct Group<'a>([&'a [f64]; BESIDE]);

impl WithSimd for Group<'_> {
    type Output = [(f64, f64); BESIDE];

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
        simd.vectorize(
            #[inline(always)]
            || self.run(),
        )
    }
}

impl Group<'_> {
    #[inline(always)]
    fn run(self) -> [(f64, f64); BESIDE] {
        let [a, b, c, d] = self.0;
        let rows = || a.iter().zip(b).zip(c).zip(d).map(|(((a, b), c), d)| [*a, *b, *c, *d]);
        // Neumaier's sum; one that is missing adds nothing to it.
        let (mut sum, mut lost, mut known) = ([0.0_f64; BESIDE], [0.0_f64; BESIDE], [0.0_f64; BESIDE]);
        for row in rows() {
            for l in 0..BESIDE {
                let there = !row[l].is_nan();
                let x = if there { row[l] } else { 0.0 };
                let to = sum[l] + x;
                let (large, small) = if sum[l].abs() >= x.abs() { (sum[l], x) } else { (x, sum[l]) };
                lost[l] += (large - to) + small;
                sum[l] = to;
                known[l] += if there { 1.0 } else { 0.0 };
            }
        }
        let mean: [f64; BESIDE] = std::array::from_fn(|l| (sum[l] + lost[l]) / known[l]);
        let mut squares = [0.0_f64; BESIDE];
        for row in rows() {
            for l in 0..BESIDE {
                let d = if row[l].is_nan() { 0.0 } else { row[l] - mean[l] };
                squares[l] += d * d;
            }
        }
        std::array::from_fn(|l| (mean[l], (squares[l] / known[l]).sqrt()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::composite::level_and_spread;

    proptest! {
        #[test]
        fn they_are_those_of_each_alone(
            sets in (0..40_usize).prop_flat_map(|n| {
                let score = prop_oneof![6 => -1.0..1.0, 1 => Just(f64::NAN), 1 => any::<i32>().prop_map(f64::from)];
                prop::collection::vec(prop::collection::vec(score, n), 0..10)
            })
        ) {
            let bits = |(a, b): (f64, f64)| [a, b].map(|x| (!x.is_nan()).then_some(x.to_bits()));
            let found: Vec<_> = levels(&sets).into_iter().map(bits).collect();
            let wanted: Vec<_> = sets.iter().map(|s| bits(level_and_spread(s))).collect();
            prop_assert_eq!(found, wanted);
        }
    }
}
