//! Weighted sums of columns under many sets of weights at once: a product of matrices, row tile by row tile.

/// Rows of a tile: with 64 columns it stays in the first cache.
const TILE: usize = 64;
/// Rows and sets of weights whose sums are held in registers.
const ROWS: usize = 8;
const SETS: usize = 4;

/// `out[s][i] = sum_j weights[s][j] columns[j][i]`.
pub(super) fn sums(columns: &[Vec<f64>], weights: &[Vec<f64>], out: &mut [Vec<f64>]) {
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
        let rows = TILE.min(n - start);
        for strip in 0..rows.div_ceil(ROWS) {
            for (j, column) in columns.iter().enumerate() {
                let from = &column[start + strip * ROWS..(start + (strip + 1) * ROWS).min(start + rows)];
                let to = &mut tile[strip * k + j];
                to[..from.len()].copy_from_slice(from);
                to[from.len()..].fill(0.0);
            }
        }
        for (g, group) in groups.iter().enumerate() {
            for strip in 0..rows.div_ceil(ROWS) {
                let mut total = [[0.0; ROWS]; SETS];
                for (values, w) in tile[strip * k..(strip + 1) * k].iter().zip(group) {
                    for s in 0..SETS {
                        for i in 0..ROWS {
                            total[s][i] += w[s] * values[i];
                        }
                    }
                }
                let at = start + strip * ROWS;
                let width = ROWS.min(start + rows - at);
                for (s, sums) in total.iter().enumerate() {
                    if let Some(to) = out.get_mut(g * SETS + s) {
                        to[at..at + width].copy_from_slice(&sums[..width]);
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
