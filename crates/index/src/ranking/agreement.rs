//! How far two rankings agree.

pub use crate::order::{mean_ranks, spearman};

/// Kendall's `τ_b`, corrected for ties, `O(n log n)`; `NaN` where one side is constant.
pub fn kendall(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| a[i].total_cmp(&a[j]).then(b[i].total_cmp(&b[j])));
    let pairs = |k: usize| k as f64 * (k as f64 - 1.0) / 2.0;
    let tied = |same: &dyn Fn(usize, usize) -> bool, order: &[usize]| {
        let mut total = 0.0;
        let mut from = 0;
        for k in 1..=order.len() {
            if k == order.len() || !same(order[k - 1], order[k]) {
                total += pairs(k - from);
                from = k;
            }
        }
        total
    };
    let in_a = tied(&|i, j| a[i] == a[j], &order);
    let in_both = tied(&|i, j| a[i] == a[j] && b[i] == b[j], &order);
    let mut values: Vec<f64> = order.iter().map(|&i| b[i]).collect();
    let discordant = exchanges(&mut values);
    order.sort_by(|&i, &j| b[i].total_cmp(&b[j]));
    let in_b = tied(&|i, j| b[i] == b[j], &order);
    let all = pairs(n);
    (all - in_a - in_b + in_both - 2.0 * discordant) / ((all - in_a) * (all - in_b)).sqrt()
}

/// Pairs out of order, by merging.
fn exchanges(x: &mut [f64]) -> f64 {
    if x.len() < 2 {
        return 0.0;
    }
    let (left, right) = x.split_at_mut(x.len() / 2);
    let mut count = exchanges(left) + exchanges(right);
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut i, mut j) = (0, 0);
    while i < left.len() && j < right.len() {
        if right[j] < left[i] {
            count += (left.len() - i) as f64;
            merged.push(right[j]);
            j += 1;
        } else {
            merged.push(left[i]);
            i += 1;
        }
    }
    merged.extend_from_slice(&left[i..]);
    merged.extend_from_slice(&right[j..]);
    x.copy_from_slice(&merged);
    count
}
