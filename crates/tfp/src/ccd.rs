//! Multilateral Törnqvist aggregates (Caves, Christensen and Diewert 1982): each row against the mean row.

use numerics::moments::mean;

/// Logarithm of the aggregate of each of `rows` against their mean: `Σ_k ½(s_ki + s̄_k)(ln x_ki - mean ln x_k)`, written to
/// `out[row]`. `log` and `share` take the item and the row.
pub fn aggregate(
    rows: &[usize],
    items: usize,
    log: impl Fn(usize, usize) -> f64,
    share: impl Fn(usize, usize) -> f64,
    out: &mut [f64],
) {
    let centre = Centre::new(rows, items, &log, &share);
    for &i in rows {
        out[i] = (0..items).map(|k| f64::midpoint(share(k, i), centre.shares[k]) * (log(k, i) - centre.logs[k])).sum();
    }
}

/// The same by groups of rows (periods, in order), with the means of the groups chained: a row is compared with the mean of
/// its group, and that with the mean of the group before, `Σ_k ½(s̄_kt + s̄_k,t-1)(mean ln x_kt - mean ln x_k,t-1)` (Good,
/// Nadiri and Sickles 1997).
pub fn chained(
    groups: &[Vec<usize>],
    items: usize,
    log: impl Fn(usize, usize) -> f64,
    share: impl Fn(usize, usize) -> f64,
    out: &mut [f64],
) {
    let mut height = 0.0;
    let mut before: Option<Centre> = None;
    for rows in groups {
        aggregate(rows, items, &log, &share, out);
        let centre = Centre::new(rows, items, &log, &share);
        if let Some(b) = before {
            let step = |k: usize| f64::midpoint(centre.shares[k], b.shares[k]) * (centre.logs[k] - b.logs[k]);
            height += (0..items).map(step).sum::<f64>();
        }
        rows.iter().for_each(|&i| out[i] += height);
        before = Some(centre);
    }
}

/// The mean row.
struct Centre {
    logs: Vec<f64>,
    shares: Vec<f64>,
}

impl Centre {
    fn new(rows: &[usize], items: usize, log: impl Fn(usize, usize) -> f64, share: impl Fn(usize, usize) -> f64) -> Self {
        let over = |f: &dyn Fn(usize) -> f64| mean(&rows.iter().map(|&i| f(i)).collect::<Vec<f64>>());
        Self {
            logs: (0..items).map(|k| over(&|i| log(k, i))).collect(),
            shares: (0..items).map(|k| over(&|i| share(k, i))).collect(),
        }
    }
}
