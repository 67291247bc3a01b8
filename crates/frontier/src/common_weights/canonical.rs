//! First canonical correlation of inputs and outputs.

use numerics::moments;

use super::programs::Found;
use crate::{reference::Reference, technology::State};

/// What is left of a column beside those before it, as a share of its length, below which it tells nothing of its own.
const OWN: f64 = 1e-8;

/// Two correlations nearer than this have no first.
const APART: f64 = 1e-9;

/// Sweeps of rotations after which a symmetric matrix of any size met here is diagonal.
const SWEEPS: usize = 60;

/// `max corr(v·x, u·y)` over units. Without weights where a variable is constant or follows from others of its side,
/// or where the largest correlation has more than one pair of weights.
pub(super) fn weights(set: &Reference, inputs: usize) -> Found {
    let none = || Found::none(State::Infeasible, set.columns.len());
    let units = |column: &Vec<f64>| -> Vec<f64> {
        let each = |(k, x): (usize, &f64)| vec![*x; set.classes.units(k).len()];
        column.iter().enumerate().flat_map(each).collect()
    };
    let spread: Vec<Vec<f64>> = set.columns.iter().map(units).collect();
    let (x, y) = spread.split_at(inputs);
    let (Some(x), Some(y)) = (Basis::new(x), Basis::new(y)) else { return none() };
    // Cosines between the two spaces; the shorter side is the one whose square is taken.
    let cosine = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let (short, long, turned) = if x.unit.len() <= y.unit.len() { (&x, &y, false) } else { (&y, &x, true) };
    let cross: Vec<Vec<f64>> = short.unit.iter().map(|a| long.unit.iter().map(|b| cosine(a, b)).collect()).collect();
    let square: Vec<Vec<f64>> = cross.iter().map(|a| cross.iter().map(|b| cosine(a, b)).collect()).collect();
    let (values, vectors) = symmetric(square);
    let Some(first) = (0..values.len()).max_by(|&a, &b| values[a].total_cmp(&values[b])) else { return none() };
    let correlation = values[first].max(0.0).sqrt().min(1.0);
    let second = (0..values.len()).filter(|&i| i != first).map(|i| values[i].max(0.0).sqrt()).fold(0.0, f64::max);
    if correlation.is_nan() || correlation <= APART || (values.len() > 1 && correlation - second <= APART) {
        return none();
    }
    let a: Vec<f64> = vectors.iter().map(|row| row[first]).collect();
    let b: Vec<f64> = (0..long.unit.len()).map(|j| (0..a.len()).map(|i| a[i] * cross[i][j]).sum::<f64>()).collect();
    let (v, u) = if turned { (x.weights(&b), y.weights(&a)) } else { (x.weights(&a), y.weights(&b)) };
    // The mean virtual input is 1; a pair may change its sign as a whole.
    let size: f64 = v.iter().zip(&set.columns).map(|(w, c)| w * moments::mean(c)).sum();
    // Both sides of a pair are free in length: that of outputs is such that the mean virtual output is 1 in size.
    let made: f64 = u.iter().zip(&set.columns[inputs..]).map(|(w, c)| w * moments::mean(c)).sum();
    let by = (size.signum() * made.abs()).recip();
    let weights: Vec<f64> = v.iter().map(|w| w / size).chain(u.iter().map(|w| w * by)).collect();
    if weights.iter().all(|w| w.is_finite()) { Found::given(weights, correlation) } else { none() }
}

/// Centred columns as an orthonormal basis and the triangle that makes them of it.
struct Basis {
    unit: Vec<Vec<f64>>,
    /// `[column][basis]`, columns at unit length.
    triangle: Vec<Vec<f64>>,
    lengths: Vec<f64>,
}

impl Basis {
    fn new(columns: &[Vec<f64>]) -> Option<Self> {
        let mut out = Self { unit: Vec::new(), triangle: Vec::new(), lengths: Vec::new() };
        for column in columns {
            // By the largest value first, so that squares neither vanish nor overflow.
            let largest = column.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
            let scaled: Vec<f64> = column.iter().map(|x| x / largest).collect();
            let mean = moments::mean(&scaled);
            let mut rest: Vec<f64> = scaled.iter().map(|x| x - mean).collect();
            let length = norm(&rest);
            if length.is_nan() || length <= OWN * norm(&scaled) {
                return None;
            }
            rest.iter_mut().for_each(|x| *x /= length);
            let mut row = vec![0.0; out.unit.len()];
            // Twice is enough.
            for _ in 0..2 {
                for (q, r) in out.unit.iter().zip(&mut row) {
                    let along: f64 = q.iter().zip(&rest).map(|(a, b)| a * b).sum();
                    *r += along;
                    rest.iter_mut().zip(q).for_each(|(x, q)| *x -= along * q);
                }
            }
            let own = norm(&rest);
            if own.is_nan() || own <= OWN {
                return None;
            }
            rest.iter_mut().for_each(|x| *x /= own);
            row.push(own);
            out.unit.push(rest);
            out.triangle.push(row);
            out.lengths.push(length * largest);
        }
        Some(out)
    }

    /// Weights of the columns that make the vector with these coordinates.
    fn weights(&self, coordinates: &[f64]) -> Vec<f64> {
        let mut rest = coordinates.to_vec();
        let mut out = vec![0.0; rest.len()];
        for j in (0..rest.len()).rev() {
            out[j] = rest[j] / self.triangle[j][j];
            (0..j).for_each(|i| rest[i] -= out[j] * self.triangle[j][i]);
        }
        out.iter().zip(&self.lengths).map(|(w, l)| w / l).collect()
    }
}

fn norm(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// Eigenvalues and eigenvectors (columns) of a symmetric matrix by Jacobi's rotations.
fn symmetric(mut a: Vec<Vec<f64>>) -> (Vec<f64>, Vec<Vec<f64>>) {
    let n = a.len();
    let mut v: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for _ in 0..SWEEPS {
        for p in 0..n {
            for q in p + 1..n {
                if a[p][q] == 0.0 {
                    continue;
                }
                let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
                let c = t.hypot(1.0).recip();
                let s = t * c;
                for row in a.iter_mut().chain(v.iter_mut()) {
                    (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
                }
                let (head, tail) = a.split_at_mut(q);
                for (x, y) in head[p].iter_mut().zip(&mut tail[0]) {
                    (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
                }
            }
        }
    }
    ((0..n).map(|i| a[i][i]).collect(), v)
}
