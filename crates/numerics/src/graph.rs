//! Weighted graphs whose nodes are tied by comparisons or flows: what is connected, potentials by least squares, stationary
//! weights. The eliminations add and multiply positive numbers only (Grassmann, Taksar and Heyman 1985), so small numbers
//! keep all their digits.

/// Which nodes of an `n` x `n` matrix of weights (row-major) are tied to `root`, by an edge in either direction or over others.
///
/// # Panics
/// If the matrix is not `n` x `n` or `root` is not below `n`.
pub fn component(weights: &[f64], n: usize, root: usize) -> Vec<bool> {
    assert!(weights.len() == n * n && root < n, "weights are n x n and the root is a node");
    let mut seen = vec![false; n];
    seen[root] = true;
    let mut open = vec![root];
    while let Some(i) = open.pop() {
        for j in 0..n {
            if !seen[j] && (weights[i * n + j] > 0.0 || weights[j * n + i] > 0.0) {
                seen[j] = true;
                open.push(j);
            }
        }
    }
    seen
}

/// Potentials `x` of an undirected graph that balance given inflows: `Σ_j w_ij (x_i - x_j) = b_i` at every node tied to
/// `root`, with `x_root = 0`. `weights` is symmetric, `n` x `n`, not negative; the diagonal is not read. Nodes not tied to
/// `root` are `NaN`; the inflow of `root` is what the others leave.
///
/// These are the normal equations of least squares on differences: minimise `Σ w_ij (x_i - x_j - d_ij)²` with
/// `b_i = Σ_j w_ij d_ij`. Weights with a direction are taken row by row, if every node leads to `root`: with transition
/// probabilities and inflows of 1 the potentials are mean times until `root` is reached.
///
/// # Panics
/// If the shapes disagree.
pub fn potentials(weights: &[f64], inflows: &[f64], root: usize) -> Vec<f64> {
    let n = inflows.len();
    let mut w = weights.to_vec();
    let mut b = inflows.to_vec();
    let (order, sums) = eliminate(&mut w, n, root, |w, k, i, share| {
        let moved = w[i * n + k] * share;
        b[i] += moved * b[k];
    });
    let mut x = vec![f64::NAN; n];
    x[root] = 0.0;
    for (at, &k) in order.iter().enumerate().rev() {
        let later = order[at + 1..].iter().chain(std::iter::once(&root));
        x[k] = (b[k] + later.map(|&i| w[k * n + i] * x[i]).sum::<f64>()) / sums[at];
    }
    x
}

/// Stationary weights `y` of flows: `y_i Σ_j r_ij = Σ_j y_j r_ji` with `y_root = 1`, where `rates[i * n + j]` flows from
/// node `i` to node `j` (not negative; the diagonal is not read; what can be reached from a node leads back to it). Nodes not
/// tied to `root` are `NaN`.
///
/// # Panics
/// If the matrix is not `n` x `n` or `root` is not below `n`.
pub fn stationary(rates: &[f64], n: usize, root: usize) -> Vec<f64> {
    let mut r = rates.to_vec();
    let (order, sums) = eliminate(&mut r, n, root, |_, _, _, _| ());
    let mut y = vec![f64::NAN; n];
    y[root] = 1.0;
    for (at, &k) in order.iter().enumerate().rev() {
        let later = order[at + 1..].iter().chain(std::iter::once(&root));
        y[k] = later.map(|&i| y[i] * r[i * n + k]).sum::<f64>() / sums[at];
    }
    y
}

/// Eliminates the nodes tied to `root`, last first, and returns them in the order they went with the sum of what each sent
/// to those left.
fn eliminate(w: &mut [f64], n: usize, root: usize, mut also: impl FnMut(&[f64], usize, usize, f64)) -> (Vec<usize>, Vec<f64>) {
    let tied = component(w, n, root);
    let order: Vec<usize> = (0..n).rev().filter(|&i| tied[i] && i != root).collect();
    let mut sums = Vec::with_capacity(order.len());
    for (at, &k) in order.iter().enumerate() {
        let left: Vec<usize> = order[at + 1..].iter().copied().chain(std::iter::once(root)).collect();
        let sum: f64 = left.iter().map(|&i| w[k * n + i]).sum();
        for &i in &left {
            also(w, k, i, sum.recip());
            for &j in &left {
                if i != j {
                    w[i * n + j] += w[i * n + k] / sum * w[k * n + j];
                }
            }
        }
        sums.push(sum);
    }
    (order, sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn potentials_of_a_path_are_sums() {
        // Differences 1 and 2 along a path 0 - 1 - 2, node 3 apart.
        let mut w = vec![0.0; 16];
        for (i, j, x) in [(0, 1, 2.0), (1, 2, 5.0)] {
            w[i * 4 + j] = x;
            w[j * 4 + i] = x;
        }
        let x = potentials(&w, &[-2.0, 2.0 - 10.0, 10.0, 0.0], 0);
        assert!((x[1] - 1.0).abs() < 1e-15 && (x[2] - 3.0).abs() < 1e-15 && x[3].is_nan(), "{x:?}");
    }

    #[test]
    fn potentials_balance_every_node_of_a_full_graph() {
        let n = 7;
        let mut w = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..i {
                w[i * n + j] = 1.0 + ((i * 3 + j * 5) % 4) as f64 * 1e3_f64.powi((i % 3) as i32 - 1);
                w[j * n + i] = w[i * n + j];
            }
        }
        let mut b: Vec<f64> = (0..n).map(|i| (i as f64 * 1.7).sin()).collect();
        b[3] -= b.iter().sum::<f64>();
        let x = potentials(&w, &b, 3);
        for i in 0..n {
            let out: f64 = (0..n).filter(|&j| j != i).map(|j| w[i * n + j] * (x[i] - x[j])).sum();
            assert!((out - b[i]).abs() < 1e-12, "node {i}: {out} for {}", b[i]);
        }
    }

    #[test]
    fn stationary_weights_balance_flows() {
        // Two nodes: y_0 r_01 = y_1 r_10.
        assert_eq!(stationary(&[0.0, 3.0, 1.0, 0.0], 2, 0), [1.0, 3.0]);
        let n = 6;
        let rates: Vec<f64> = (0..n * n).map(|k| 1.0 + (k as f64 * 2.3).sin()).collect();
        let y = stationary(&rates, n, 2);
        for i in 0..n {
            let out: f64 = (0..n).filter(|&j| j != i).map(|j| y[i] * rates[i * n + j]).sum();
            let back: f64 = (0..n).filter(|&j| j != i).map(|j| y[j] * rates[j * n + i]).sum();
            assert!((out - back).abs() < 1e-13 * out, "node {i}");
        }
        assert!(stationary(&[0.0; 4], 2, 1)[0].is_nan());
    }
}
