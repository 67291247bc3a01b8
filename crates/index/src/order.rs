//! Values in order: keys that sort without looking anything up, ranks, rank correlation.

use numerics::moments;

/// A value and its row in one number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Keyed(u128);

impl Keyed {
    /// The value, as a number in the same order.
    pub fn value(self) -> u64 {
        (self.0 >> 32) as u64
    }

    /// The row.
    pub fn row(self) -> usize {
        self.0 as u32 as usize
    }
}

/// Rows in ascending order of their values (none of them `NaN`), equal values in the order of rows.
pub(crate) fn keyed(values: impl Iterator<Item = (usize, f64)>) -> Vec<Keyed> {
    let mut keys: Vec<Keyed> = values
        .map(|(row, x)| {
            // Zeros of either sign are equal, and so must be their keys.
            let bits = (x + 0.0).to_bits();
            // Negative numbers are in reverse; a flip of all their bits, or of the sign alone, puts all in order.
            let key = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
            Keyed(u128::from(key) << 32 | row as u128)
        })
        .collect();
    keys.sort_unstable();
    keys
}

/// Ranks from 1 for the smallest, ties at the mean of their block.
pub fn mean_ranks(x: &[f64]) -> Vec<f64> {
    let sorted = keyed(x.iter().copied().enumerate());
    let mut out = vec![0.0; x.len()];
    let mut from = 0;
    for block in sorted.chunk_by(|a, b| a.value() == b.value()) {
        let to = from + block.len();
        block.iter().for_each(|k| out[k.row()] = (from + to + 1) as f64 / 2.0);
        from = to;
    }
    out
}

/// Spearman's rank correlation: Pearson's of the ranks, ties at the mean of their block; `NaN` where one side is constant.
pub fn spearman(a: &[f64], b: &[f64]) -> f64 {
    moments::correlation(&mean_ranks(a), &mean_ranks(b))
}

/// The pairs of which both are present, side by side.
pub(crate) fn present(pairs: impl Iterator<Item = (f64, f64)>) -> (Vec<f64>, Vec<f64>) {
    pairs.filter(|(x, y)| !x.is_nan() && !y.is_nan()).unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_the_middle_of_their_block_and_zeros_are_equal() {
        assert_eq!(mean_ranks(&[2.0, 1.0, 2.0, 9.0]), [2.5, 1.0, 2.5, 4.0]);
        assert_eq!(mean_ranks(&[0.0, -1e300, -0.0, -2.0, f64::INFINITY]), [3.5, 1.0, 3.5, 2.0, 5.0]);
    }
}
