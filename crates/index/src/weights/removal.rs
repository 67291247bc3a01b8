//! Weights from what is lost: MEREC, CILOS and their union with entropy, IDOCRIW. All work on indicators in their own
//! units with a direction each, not on min-max values.

use numerics::moments;

use super::{
    entropy::entropy,
    sample::{Taken, TakenError, complete, constants, known, not_positive, shares},
};
use crate::framework::Direction;

/// Weights of columns in their own units, each with a direction.
pub type Weigh = fn(&[Vec<f64>], &[usize], &[Direction]) -> Result<Taken, Vec<TakenError>>;

/// Rows whose ratios are multiplied before their logarithm is taken; the product of so many cannot overflow.
const ROWS: usize = 8;

/// MEREC (Keshavarz-Ghorabaee et al. 2021, Symmetry 13(4), 525): what performance changes when a column is removed.
/// `n = min / x` for positive and `x / max` for negative directions, `S_i = ln(1 + sum_j |ln n_ij| / m)`, `S'_ij`
/// without column j, `w_j` in proportion to `sum_i |S'_ij - S_i|`. Rows with a missing cell are left out.
///
/// # Errors
/// Values of 0 or below, the first of each column; columns that are best at a value of their own.
pub fn merec(columns: &[Vec<f64>], rows: &[usize], directions: &[Direction]) -> Result<Taken, Vec<TakenError>> {
    let Prepared { constant, varying, rows } = prepare(columns, rows, directions)?;
    let logs: Vec<Vec<f64>> = varying
        .iter()
        .map(|&j| {
            let xs = known(&columns[j], &rows);
            let (low, high) = moments::extremes(&xs);
            let end = if directions[j] == Direction::Negative { high } else { low };
            xs.iter().map(|x| (end / x).ln().abs()).collect()
        })
        .collect();
    let m = logs.len() as f64;
    let mut all = vec![0.0; rows.len()];
    logs.iter().for_each(|l| all.iter_mut().zip(l).for_each(|(s, l)| *s += l));
    let mut effect = vec![0.0; columns.len()];
    for (l, &j) in logs.iter().zip(&varying) {
        // `S - S'` is the logarithm of a ratio between 1 and a few hundred: one logarithm serves several rows.
        effect[j] = all
            .chunks(ROWS)
            .zip(l.chunks(ROWS))
            .map(|(all, l)| all.iter().zip(l).map(|(s, l)| (m + s) / (m + s - l)).product::<f64>().ln())
            .sum();
    }
    Ok(Taken { weights: shares(&effect), constant })
}

/// CILOS (Mirkin; Zavadskas and Podvezko 2016, IJITDM 15(2), 267-283): the loss in one column when another is at its
/// best. Negative directions are turned by `min / x`, columns divided by their sums; with `a_kj` the value of column j
/// in the row where column k is largest (the first such row), `P_kj = (a_jj - a_kj) / a_jj`, and the weights solve
/// `(P - diag(column sums of P)) q = 0`. Rows with a missing cell are left out.
///
/// # Errors
/// Values of 0 or below, the first of each column; columns that are best at a value of their own.
pub fn cilos(columns: &[Vec<f64>], rows: &[usize], directions: &[Direction]) -> Result<Taken, Vec<TakenError>> {
    let Prepared { constant, varying, rows } = prepare(columns, rows, directions)?;
    let q = impact(columns, &varying, &rows, directions);
    Ok(Taken { weights: spread(columns.len(), &varying, &q), constant })
}

/// IDOCRIW (Zavadskas and Podvezko 2016): products of CILOS and entropy weights, `w_j = q_j W_j / sum q W`, the
/// entropy of the columns in their own units, not turned.
///
/// # Errors
/// Values of 0 or below, the first of each column; columns that are best at a value of their own.
pub fn idocriw(columns: &[Vec<f64>], rows: &[usize], directions: &[Direction]) -> Result<Taken, Vec<TakenError>> {
    let Prepared { constant, varying, rows } = prepare(columns, rows, directions)?;
    let w = entropy(columns, &rows).weights;
    let q = impact(columns, &varying, &rows, directions);
    let both: Vec<f64> = q.iter().zip(&varying).map(|(q, &j)| q * w[j]).collect();
    Ok(Taken { weights: spread(columns.len(), &varying, &shares(&both)), constant })
}

struct Prepared {
    constant: Vec<usize>,
    varying: Vec<usize>,
    rows: Vec<usize>,
}

fn prepare(columns: &[Vec<f64>], rows: &[usize], directions: &[Direction]) -> Result<Prepared, Vec<TakenError>> {
    let mut errors = not_positive(columns, rows);
    let ideal = directions.iter().enumerate().filter(|(_, d)| d.ideal().is_some());
    errors.extend(ideal.map(|(column, _)| TakenError::Ideal { column }));
    if !errors.is_empty() {
        return Err(errors);
    }
    // A constant column would take all weight under CILOS: nothing is lost in it wherever the others are best.
    let constant = constants(columns, rows);
    let varying: Vec<usize> = (0..columns.len()).filter(|j| !constant.contains(j)).collect();
    let rows = complete(columns, &varying, rows);
    Ok(Prepared { constant, varying, rows })
}

/// Weights of relative impact losses; all equal where no column loses anything at the best of another. The sums that
/// columns are divided by cancel in `P`.
fn impact(columns: &[Vec<f64>], varying: &[usize], rows: &[usize], directions: &[Direction]) -> Vec<f64> {
    let n = varying.len();
    let is_cost: Vec<bool> = varying.iter().map(|&j| directions[j] == Direction::Negative).collect();
    let mut best = Vec::with_capacity(n);
    let mut at = Vec::with_capacity(n);
    for (&j, is_cost) in varying.iter().zip(&is_cost) {
        let xs = known(&columns[j], rows);
        let (low, high) = moments::extremes(&xs);
        let own = if *is_cost { low } else { high };
        best.push(own);
        at.push(xs.iter().position(|x| *x == own).map(|k| rows[k]));
    }
    let mut loss = vec![vec![0.0; n]; n];
    for (k, row) in at.iter().enumerate() {
        for j in (0..n).filter(|j| *j != k) {
            let Some(row) = *row else { continue };
            let x = columns[varying[j]][row];
            loss[k][j] = 1.0 - if is_cost[j] { best[j] / x } else { x / best[j] };
        }
    }
    // The equations sum to 0: the last is replaced by `sum q = 1`.
    let mut a: Vec<Vec<f64>> = (0..n)
        .map(|k| {
            let mut row: Vec<f64> = loss[k].clone();
            row[k] = -(0..n).map(|i| loss[i][k]).sum::<f64>();
            row.push(0.0);
            row
        })
        .collect();
    if let Some(last) = a.last_mut() {
        last.fill(1.0);
    }
    match solve(&mut a) {
        Some(q) if q.iter().all(|x| x.is_finite() && *x > -1e-9) => shares(&q.iter().map(|x| x.max(0.0)).collect::<Vec<_>>()),
        _ => vec![1.0 / n as f64; n],
    }
}

/// Solves a square system, its right-hand side in the last column, by elimination with row pivots; `None` if singular.
pub(crate) fn solve(a: &mut [Vec<f64>]) -> Option<Vec<f64>> {
    let n = a.len();
    for c in 0..n {
        let best = (c..n).fold(c, |b, r| if a[r][c].abs() > a[b][c].abs() { r } else { b });
        a.swap(c, best);
        let scale = a[c].iter().take(n).fold(0.0_f64, |m, x| m.max(x.abs()));
        if a[c][c].abs() <= 1e-13 * scale.max(f64::MIN_POSITIVE) || a[c][c] == 0.0 {
            return None;
        }
        for r in 0..n {
            if r != c {
                let f = a[r][c] / a[c][c];
                if f != 0.0 {
                    let pivot = a[c].clone();
                    a[r].iter_mut().zip(&pivot).skip(c).for_each(|(x, p)| *x -= f * p);
                }
            }
        }
    }
    Some((0..n).map(|i| a[i][n] / a[i][i]).collect())
}

fn spread(columns: usize, varying: &[usize], weights: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; columns];
    varying.iter().zip(weights).for_each(|(&j, w)| out[j] = *w);
    out
}

#[cfg(test)]
mod tests {
    use numerics::moments::sum;

    use super::*;
    use crate::{
        Direction::{Negative, Positive},
        weights::test_data::{agree, columns},
    };

    const ALL: [usize; 5] = [0, 1, 2, 3, 4];

    /// Keshavarz-Ghorabaee et al. (2021), 4 decimals.
    #[test]
    fn merec_2021() {
        let m = columns(&[
            [450.0, 8000.0, 54.0, 145.0],
            [10.0, 9100.0, 2.0, 160.0],
            [100.0, 8200.0, 31.0, 153.0],
            [220.0, 9300.0, 1.0, 162.0],
            [5.0, 8400.0, 23.0, 158.0],
        ]);
        let taken = merec(&m, &ALL, &[Positive, Positive, Negative, Negative]).unwrap();
        agree(&taken.weights, &[0.5752, 0.0141, 0.4016, 0.0091], 5.1e-5);
    }

    fn podvezko() -> Vec<Vec<f64>> {
        columns(&[[3.0, 100.0, 10.0, 7.0], [2.5, 80.0, 8.0, 5.0], [1.8, 50.0, 20.0, 11.0], [2.2, 70.0, 12.0, 9.0]])
    }

    const WAYS: [Direction; 4] = [Negative, Positive, Negative, Positive];

    /// Zavadskas and Podvezko (2016), 4 decimals.
    #[test]
    fn cilos_and_idocriw_2016() {
        agree(&cilos(&podvezko(), &ALL[..4], &WAYS).unwrap().weights, &[0.3343, 0.2199, 0.1957, 0.2501], 5.1e-5);
        agree(&idocriw(&podvezko(), &ALL[..4], &WAYS).unwrap().weights, &[0.1658, 0.1885, 0.3545, 0.2911], 5.1e-5);
    }

    #[test]
    fn a_constant_column_has_no_weight_and_moves_no_other() {
        let mut m = podvezko();
        let alone = [merec, cilos, idocriw].map(|f| f(&m, &ALL[..4], &WAYS).unwrap());
        m.insert(1, vec![5.0; 4]);
        let ways = [Negative, Positive, Positive, Negative, Positive];
        for (f, alone) in [merec, cilos, idocriw].iter().zip(alone) {
            let mut taken = f(&m, &ALL[..4], &ways).unwrap();
            assert_eq!((taken.constant.as_slice(), taken.weights.remove(1)), (&[1][..], 0.0));
            agree(&taken.weights, &alone.weights, 1e-12);
            assert!((sum(&taken.weights) - 1.0).abs() < 1e-12);
        }
        assert!(merec(&[vec![0.0, 1.0]], &[0, 1], &[Positive]).is_err());
    }
}
