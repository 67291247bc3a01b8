//! Values in order: rows sorted by their values, ranks, rank correlation.

use std::cmp::Ordering;

use numerics::moments;

/// Values from which on rows are sorted digit by digit.
const MANY: usize = 512;
/// Values are placed on a grid of this many steps over their range; of those on one step the values decide.
const STEPS: f64 = u32::MAX as f64;
/// Bits of a digit, and bits of a key below the two digits that are sorted.
const DIGIT: u32 = 11;
const BELOW: u32 = 64 - 2 * DIGIT;

/// Sorts rows by their values in memory that is kept from one sort to the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sorter {
    /// Step of a row's value in the upper half, the row in the lower.
    keys: Vec<u64>,
    spare: Vec<u64>,
}

/// Rows in ascending order of their values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sorted<'s> {
    values: &'s [f64],
    keys: &'s [u64],
}

/// The row of a key.
pub(crate) fn row(key: u64) -> usize {
    key as u32 as usize
}

impl Sorter {
    /// Rows (fewer than 2^32) in ascending order of their values, equal values in the order of rows; `NaN` is left out.
    pub fn sort<'s>(&'s mut self, values: &'s [f64]) -> Sorted<'s> {
        let (low, high, gaps) = range(values);
        let scale = STEPS / (high - low);
        // Where the range has no size, is no number or is too small or large to divide by, all are on one step.
        let scale = if scale.is_finite() { scale } else { 0.0 };
        // Differences, products and sums are rounded in the order of the values, so steps are in their order; a number
        // added to 2^52 is rounded to a whole one, which stands in the lower bits.
        let key = |(row, &x): (usize, &f64)| {
            let step = if scale > 0.0 { ((x - low) * scale + (1_u64 << 52) as f64).to_bits() } else { 0 };
            step << 32 | row as u64
        };
        self.keys.clear();
        if gaps {
            self.keys.extend(values.iter().enumerate().filter(|(_, x)| !x.is_nan()).map(key));
        } else {
            self.keys.extend(values.iter().enumerate().map(key));
        }
        if self.keys.len() < MANY {
            self.keys.sort_unstable();
        } else {
            self.digits();
        }
        // What the digits leave open, and what the steps do.
        for open in self.keys.chunk_by_mut(|a, b| (a ^ b) >> BELOW == 0).filter(|keys| keys.len() > 1) {
            open.sort_unstable();
            for step in open.chunk_by_mut(|a, b| a >> 32 == b >> 32).filter(|keys| keys.len() > 1) {
                step.sort_unstable_by(|&a, &b| {
                    let (x, y) = (values[row(a)], values[row(b)]);
                    // Zeros of either sign are equal.
                    x.partial_cmp(&y).unwrap_or(Ordering::Equal).then(a.cmp(&b))
                });
            }
        }
        Sorted { values, keys: &self.keys }
    }

    /// Sorts the keys by their two leading digits.
    fn digits(&mut self) {
        const MASK: usize = (1 << DIGIT) - 1;
        let low = |k: u64| (k >> BELOW) as usize & MASK;
        let high = |k: u64| (k >> (BELOW + DIGIT)) as usize & MASK;
        let mut places = [[0_u32; 1 << DIGIT]; 2];
        for &k in &self.keys {
            places[0][low(k)] += 1;
            places[1][high(k)] += 1;
        }
        for digit in &mut places {
            let mut next = 0;
            digit.iter_mut().for_each(|p| next += std::mem::replace(p, next));
        }
        self.spare.resize(self.keys.len(), 0);
        let [by_low, by_high] = &mut places;
        deal(&self.keys, &mut self.spare, by_low, low);
        deal(&self.spare, &mut self.keys, by_high, high);
    }
}

/// Puts each key in the next place of its digit.
fn deal(from: &[u64], to: &mut [u64], places: &mut [u32; 1 << DIGIT], digit: impl Fn(u64) -> usize) {
    for &k in from {
        let place = &mut places[digit(k)];
        to[*place as usize] = k;
        *place += 1;
    }
}

/// Smallest and largest value, and whether there is a `NaN`.
fn range(values: &[f64]) -> (f64, f64, bool) {
    const LANES: usize = 8;
    let (mut low, mut high, mut gaps) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES], [false; LANES]);
    let mut see = |lane: usize, x: f64| {
        low[lane] = if x < low[lane] { x } else { low[lane] };
        high[lane] = if x > high[lane] { x } else { high[lane] };
        gaps[lane] |= x.is_nan();
    };
    let (whole, rest) = values.as_chunks::<LANES>();
    whole.iter().for_each(|chunk| (0..LANES).for_each(|l| see(l, chunk[l])));
    rest.iter().enumerate().for_each(|(l, &x)| see(l, x));
    let (low, high) = (low.into_iter().fold(f64::INFINITY, f64::min), high.into_iter().fold(f64::NEG_INFINITY, f64::max));
    (low, high, gaps.contains(&true))
}

impl<'s> Sorted<'s> {
    /// How many rows there are.
    pub fn len(self) -> usize {
        self.keys.len()
    }

    /// The rows.
    pub fn rows(self) -> impl ExactSizeIterator<Item = usize> + 's {
        self.keys.iter().map(|&key| row(key))
    }

    /// Keys of rows of equal values, block by block.
    pub fn blocks(self) -> impl DoubleEndedIterator<Item = &'s [u64]> {
        let Self { values, keys } = self;
        keys.chunk_by(move |&a, &b| a >> 32 == b >> 32 && values[row(a)] == values[row(b)])
    }

    /// Ranks within groups of rows, from 1 for the largest value, ties at the best of their block; `counts` has a place
    /// for each group. Rows without a value keep what stands in `ranks`.
    ///
    /// `among_all` is told each row with its rank among all of them, ties at the mean of their block, as twice its
    /// distance from the mean of all ranks. Returned is the sum of squares of these distances.
    pub fn ranks(
        self,
        group: impl Fn(usize) -> usize,
        counts: &mut [u32],
        ranks: &mut [u32],
        mut among_all: impl FnMut(usize, i64),
    ) -> i128 {
        // Squares of distances of n ranks without ties; ties at the mean of their block take away as much within it.
        let squares = |n: usize| ((n as i128).pow(3) - n as i128) / 3;
        counts.fill(0);
        let mut from = 0;
        let mut total = squares(self.len());
        for block in self.blocks().rev() {
            let to = from + block.len();
            let distance = (from + to) as i64 - self.len() as i64;
            if let [key] = *block {
                let row = row(key);
                let count = &mut counts[group(row)];
                *count += 1;
                ranks[row] = *count;
                among_all(row, distance);
            } else {
                for &key in block {
                    let row = row(key);
                    ranks[row] = counts[group(row)] + 1;
                    among_all(row, distance);
                }
                block.iter().for_each(|&key| counts[group(row(key))] += 1);
                total -= squares(block.len());
            }
            from = to;
        }
        total
    }
}

/// Ranks from 1 for the smallest, ties at the mean of their block; `NaN` where there is no value.
pub fn mean_ranks(x: &[f64]) -> Vec<f64> {
    let mut sorter = Sorter::default();
    let mut out = vec![f64::NAN; x.len()];
    let mut from = 0;
    for block in sorter.sort(x).blocks() {
        let to = from + block.len();
        block.iter().for_each(|&k| out[row(k)] = (from + to + 1) as f64 / 2.0);
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ties_share_the_middle_of_their_block_and_zeros_are_equal() {
        assert_eq!(mean_ranks(&[2.0, 1.0, 2.0, 9.0]), [2.5, 1.0, 2.5, 4.0]);
        assert_eq!(mean_ranks(&[0.0, -1e300, -0.0, -2.0, f64::INFINITY]), [3.5, 1.0, 3.5, 2.0, 5.0]);
        let without = mean_ranks(&[2.0, f64::NAN, 1.0]);
        assert!(without[0] == 2.0 && without[1].is_nan() && without[2] == 1.0);
    }

    /// Values of one kind: spread evenly, few and often the same, of every size, close together, with a few far out.
    fn values() -> impl Strategy<Value = Vec<f64>> {
        let special = || {
            prop::sample::select(vec![
                f64::NAN,
                0.0,
                -0.0,
                f64::MIN_POSITIVE,
                5e-324,
                -5e-324,
                f64::MAX,
                f64::MIN,
                f64::INFINITY,
                f64::NEG_INFINITY,
                1.0,
            ])
        };
        let kinds = prop_oneof![
            Just(0), // even
            Just(1), // ties
            Just(2), // bits
            Just(3), // steps of rounding
            Just(4), // far out
        ];
        (kinds, prop_oneof![0..40_usize, 500..3000_usize], any::<bool>()).prop_flat_map(move |(kind, n, odd)| {
            let one = match kind {
                0 => (-1.0..1.0).boxed(),
                1 => (-3..4_i32).prop_map(|k| f64::from(k) * 0.1).boxed(),
                2 => any::<u64>().prop_map(f64::from_bits).boxed(),
                3 => (0..9_u64).prop_map(|k| f64::from_bits(1.0_f64.to_bits() + k)).boxed(),
                _ => (0.0..1.0).prop_map(|u: f64| u.powi(-40)).boxed(),
            };
            let one = if odd { prop_oneof![9 => one, 1 => special()].boxed() } else { one };
            prop::collection::vec(one, n)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        /// One sorter over values of any size, one after the other, sorts as the standard library does.
        #[test]
        fn rows_are_in_the_order_of_their_values(all in prop::collection::vec(values(), 1..4)) {
            let mut sorter = Sorter::default();
            for x in &all {
                let found: Vec<Vec<usize>> =
                    sorter.sort(x).blocks().map(|b| b.iter().map(|&k| row(k)).collect()).collect();
                let mut wanted: Vec<usize> = (0..x.len()).filter(|&i| !x[i].is_nan()).collect();
                wanted.sort_by(|&a, &b| x[a].partial_cmp(&x[b]).unwrap());
                let wanted: Vec<Vec<usize>> = wanted.chunk_by(|&a, &b| x[a] == x[b]).map(<[usize]>::to_vec).collect();
                prop_assert_eq!(found, wanted);
            }
        }

        /// Ranks within groups and among all are one more than the number of larger values, ties as they are said to be.
        #[test]
        fn ranks_count_the_larger_values(x in values(), groups in 1..6_usize) {
            let x = &x[..x.len().min(600)];
            let group = |row: usize| row * 7 % groups;
            let mut ranks = vec![0; x.len()];
            let mut distances = vec![0; x.len()];
            Sorter::default().sort(x).ranks(group, &mut vec![9; groups], &mut ranks, |row, d| distances[row] = d);
            let n = x.iter().filter(|v| !v.is_nan()).count();
            for (i, v) in x.iter().enumerate() {
                let larger = |within: bool| {
                    x.iter().enumerate().filter(|(j, w)| (!within || group(*j) == group(i)) && *w > v).count()
                };
                let equal = x.iter().filter(|w| *w == v).count();
                let rank = if v.is_nan() { 0 } else { larger(true) + 1 };
                // Twice the mean rank of the block, less twice the mean of all ranks.
                let distance = if v.is_nan() { 0 } else { (2 * larger(false) + equal + 1) as i64 - (n + 1) as i64 };
                prop_assert_eq!((ranks[i] as usize, distances[i]), (rank, distance));
            }
        }
    }
}
