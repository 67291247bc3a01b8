//! Weighted sums of columns under many sets of weights at once: a product of matrices, row tile by row tile.

use pulp::{Arch, Simd, WithSimd};

/// Rows whose sums are held in registers.
const ROWS: usize = 8;
/// Rows of a tile: with 64 columns it stays in the first cache.
const TILE: usize = 8 * ROWS;
/// Sets of weights whose sums are held in registers.
const SETS: usize = 4;

/// `out[s][i] = sum_j weights[s][j] columns[j][i]`, with the widest registers there are; products and sums are rounded
/// one by one, so that the width does not show.
pub(super) fn sums(columns: &[Vec<f64>], weights: &[Vec<f64>], out: &mut [Vec<f64>]) {
    Arch::new().dispatch(Sums { columns, weights, out });
}

struct Sums<'a> {
    columns: &'a [Vec<f64>],
    weights: &'a [Vec<f64>],
    out: &'a mut [Vec<f64>],
}

impl WithSimd for Sums<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        simd.vectorize(
            #[inline(always)]
            || self.run(),
        );
    }
}

impl Sums<'_> {
    #[inline(always)]
    fn run(self) {
        let Self { columns, weights, out } = self;
        let n = columns.first().map_or(0, Vec::len);
        let k = columns.len();
        out.iter_mut().for_each(|to| to.resize(n, 0.0));
        // Weights of four sets side by side, the last group filled with zeros.
        let groups: Vec<Vec<[f64; SETS]>> = weights
            .chunks(SETS)
            .map(|sets| (0..k).map(|j| std::array::from_fn(|s| sets.get(s).map_or(0.0, |w| w[j]))).collect())
            .collect();
        let mut tile = vec![[0.0; ROWS]; k * TILE / ROWS];
        for start in (0..n).step_by(TILE) {
            let rows = start..(start + TILE).min(n);
            for (j, column) in columns.iter().enumerate() {
                let (whole, rest) = column[rows.clone()].as_chunks::<ROWS>();
                whole.iter().enumerate().for_each(|(strip, from)| tile[strip * k + j] = *from);
                if !rest.is_empty() {
                    tile[whole.len() * k + j][..rest.len()].copy_from_slice(rest);
                }
            }
            for (group, out) in groups.iter().zip(out.chunks_mut(SETS)) {
                for (strip, at) in rows.clone().step_by(ROWS).enumerate() {
                    let mut total = [[0.0; ROWS]; SETS];
                    for (values, w) in tile[strip * k..(strip + 1) * k].iter().zip(group) {
                        for s in 0..SETS {
                            for i in 0..ROWS {
                                total[s][i] += w[s] * values[i];
                            }
                        }
                    }
                    for (to, sums) in out.iter_mut().zip(&total) {
                        let to = &mut to[at..rows.end];
                        match to.first_chunk_mut() {
                            Some(whole) => *whole = *sums,
                            None => to.copy_from_slice(&sums[..to.len()]),
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_and_groups_do_not_show() {
        for (n, k, sets) in [(1, 1, 1), (7, 3, 5), (64, 2, 4), (131, 5, 9)] {
            let columns: Vec<Vec<f64>> = (0..k).map(|j| (0..n).map(|i| ((i * 7 + j * 13) % 11) as f64).collect()).collect();
            let weights: Vec<Vec<f64>> = (0..sets).map(|s| (0..k).map(|j| ((s + 3 * j) % 5) as f64).collect()).collect();
            let mut found = vec![Vec::new(); sets];
            sums(&columns, &weights, &mut found);
            for s in 0..sets {
                for i in 0..n {
                    let wanted: f64 = (0..k).map(|j| weights[s][j] * columns[j][i]).sum();
                    assert_eq!(found[s][i], wanted);
                }
            }
        }
    }
}
