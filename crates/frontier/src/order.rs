//! An order of units in which neighbours resemble each other, so that a program starts near its end.

/// Rows sorted along a space-filling (Morton) curve over their values, ties by value, then by row.
///
/// The columns in `mix` enter as shares of their common size: units that differ in size alone face the
/// same prices under a radial move of these columns. The order depends on the values alone.
pub(crate) fn neighbours(columns: &[&[f64]], rows: &[usize], mix: std::ops::Range<usize>) -> Vec<usize> {
    let dimensions = columns.len().max(1);
    let bits = (48 / dimensions).clamp(1, 16) as u32;
    let mean = |c: &[f64]| {
        let sum: f64 = rows.iter().map(|&r| c[r].abs()).sum();
        if sum > 0.0 { rows.len() as f64 / sum } else { 1.0 }
    };
    let scale: Vec<f64> = columns.iter().map(|c| mean(c)).collect();
    let share = mix.len() > 1;
    let size = |r: usize| -> f64 { if share { mix.clone().map(|i| columns[i][r].abs() * scale[i]).sum() } else { 1.0 } };
    let value =
        |i: usize, r: usize, by: f64| if share && mix.contains(&i) { columns[i][r] * scale[i] / by } else { columns[i][r] };
    // The bits of a positive number grow as its logarithm does; twenty octaves are told apart.
    let level = |x: f64| (x.max(0.0).to_bits() >> 32) as i64;
    let mut top = vec![0_i64; dimensions];
    let mut low = vec![i64::MAX; dimensions];
    for &r in rows {
        let by = size(r).max(f64::MIN_POSITIVE);
        for i in 0..columns.len() {
            let l = level(value(i, r, by));
            top[i] = top[i].max(l);
            low[i] = low[i].min(l);
        }
    }
    let span: Vec<f64> = (0..dimensions)
        .map(|i| {
            low[i] = low[i].max(top[i] - (20 << 20));
            ((1_u64 << bits) - 1) as f64 / ((top[i] - low[i]).max(1)) as f64
        })
        .collect();
    let key = |r: usize| -> u64 {
        let by = size(r).max(f64::MIN_POSITIVE);
        let mut key = 0_u64;
        for i in 0..columns.len() {
            let q = ((level(value(i, r, by)) - low[i]).max(0) as f64 * span[i]) as u64;
            for b in 0..bits {
                key |= (q >> b & 1) << (b as usize * dimensions + i);
            }
        }
        key
    };
    let mut keyed: Vec<(u64, usize)> = rows.iter().map(|&r| (key(r), r)).collect();
    let by_value =
        |a: usize, b: usize| columns.iter().fold(std::cmp::Ordering::Equal, |o, c| o.then_with(|| c[a].total_cmp(&c[b])));
    keyed.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| by_value(a.1, b.1)).then(a.1.cmp(&b.1)));
    keyed.into_iter().map(|k| k.1).collect()
}

#[cfg(test)]
mod tests {
    use super::neighbours;

    #[test]
    fn the_order_is_of_the_values_alone() {
        let (x, y) = ([3.0, 1.0, 2.0, 8.0, 1.0], [1.0, 5.0, 2.0, 0.0, 5.0]);
        let order = neighbours(&[&x, &y], &[0, 1, 2, 3, 4], 0..1);
        let (u, v): (Vec<f64>, Vec<f64>) = (0..5).rev().map(|r| (x[r], y[r])).unzip();
        let reversed = neighbours(&[&u, &v], &[0, 1, 2, 3, 4], 0..1);
        let values = |o: &[usize], a: &[f64], b: &[f64]| o.iter().map(|&r| (a[r].to_bits(), b[r].to_bits())).collect::<Vec<_>>();
        assert_eq!(values(&order, &x, &y), values(&reversed, &u, &v));
        assert_eq!(neighbours(&[&x], &[2], 0..1), [2]);
        assert!(neighbours(&[&x], &[], 0..1).is_empty());
    }
}
