//! The basis: its inverse, updates of it, and solutions refined with residuals in doubled precision.

/// Dot product as if computed in twice the working precision and rounded once (Ogita, Rump, Oishi 2005).
#[inline(always)]
pub(super) fn dot2(start: f64, terms: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (mut s, mut c) = (start, 0.0);
    for (a, b) in terms {
        let p = a * b;
        let e = a.mul_add(b, -p);
        let t = s + p;
        let z = t - s;
        c += ((s - (t - z)) + (p - z)) + e;
        s = t;
    }
    s + c
}

/// Inverts a row-major matrix, which is used up, by Gauss-Jordan elimination with partial pivoting; `false` if
/// it is singular to working precision.
#[inline(always)]
pub(super) fn invert(k: usize, a: &mut [f64], inverse: &mut [f64]) -> bool {
    inverse.fill(0.0);
    for i in 0..k {
        inverse[i * k + i] = 1.0;
    }
    for c in 0..k {
        let mut p = c;
        for i in c + 1..k {
            if a[i * k + c].abs() > a[p * k + c].abs() {
                p = i;
            }
        }
        // Not a number counts as singular.
        if a[p * k + c].abs() < 1e-13 || a[p * k + c].is_nan() {
            return false;
        }
        if p != c {
            for j in 0..k {
                a.swap(p * k + j, c * k + j);
                inverse.swap(p * k + j, c * k + j);
            }
        }
        let d = 1.0 / a[c * k + c];
        for j in 0..k {
            a[c * k + j] *= d;
            inverse[c * k + j] *= d;
        }
        for i in (0..k).filter(|&i| i != c) {
            let f = a[i * k + c];
            if f != 0.0 {
                for j in 0..k {
                    a[i * k + j] -= f * a[c * k + j];
                    inverse[i * k + j] -= f * inverse[c * k + j];
                }
            }
        }
    }
    true
}

/// A square basis matrix (row-major) and its explicit inverse (row-major).
#[derive(Clone, Debug)]
pub(super) struct Basis {
    pub(super) k: usize,
    matrix: Vec<f64>,
    inverse: Vec<f64>,
}

impl Basis {
    /// Inverts by Gauss-Jordan elimination with partial pivoting; `None` if singular to working precision.
    pub(super) fn new(k: usize, matrix: Vec<f64>) -> Option<Self> {
        let mut a = matrix.clone();
        let mut inverse = vec![0.0; k * k];
        invert(k, &mut a, &mut inverse).then_some(Self { k, matrix, inverse })
    }

    /// `B^-1 a`, by the inverse alone.
    pub(super) fn forward(&self, a: &[f64]) -> Vec<f64> {
        self.inverse.chunks_exact(self.k).map(|row| row.iter().zip(a).map(|(x, y)| x * y).sum()).collect()
    }

    /// `c' B^-1`, by the inverse alone.
    pub(super) fn backward(&self, c: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; self.k];
        for (row, &ci) in self.inverse.chunks_exact(self.k).zip(c).filter(|(_, c)| **c != 0.0) {
            for (o, x) in out.iter_mut().zip(row) {
                *o += ci * x;
            }
        }
        out
    }

    /// Solves `B x = b`, refined; valid only while the inverse is not updated.
    pub(super) fn solve(&self, b: &[f64]) -> Vec<f64> {
        let mut x = self.forward(b);
        for _ in 0..3 {
            let r = self.residual(b, &x);
            for (xi, d) in x.iter_mut().zip(self.forward(&r)) {
                *xi += d;
            }
        }
        x
    }

    /// Solves `p B = c`, refined; valid only while the inverse is not updated.
    pub(super) fn solve_dual(&self, c: &[f64]) -> Vec<f64> {
        let mut p = self.backward(c);
        for _ in 0..3 {
            let r = self.residual_dual(c, &p);
            for (pi, d) in p.iter_mut().zip(self.backward(&r)) {
                *pi += d;
            }
        }
        p
    }

    /// `b - B x` in doubled precision.
    pub(super) fn residual(&self, b: &[f64], x: &[f64]) -> Vec<f64> {
        let rows = self.matrix.chunks_exact(self.k).zip(b);
        rows.map(|(row, &bi)| dot2(bi, row.iter().zip(x).map(|(&a, &x)| (-a, x)))).collect()
    }

    /// `c - p B` in doubled precision.
    pub(super) fn residual_dual(&self, c: &[f64], p: &[f64]) -> Vec<f64> {
        (0..self.k).map(|j| dot2(c[j], (0..self.k).map(|i| (-p[i], self.matrix[i * self.k + j])))).collect()
    }

    /// Replaces column `r` of the basis by a column whose image `B^-1 a` is `alpha`.
    pub(super) fn replace(&mut self, r: usize, alpha: &[f64]) {
        let k = self.k;
        let d = 1.0 / alpha[r];
        for x in &mut self.inverse[r * k..(r + 1) * k] {
            *x *= d;
        }
        let pivot: Vec<f64> = self.inverse[r * k..(r + 1) * k].to_vec();
        for (i, row) in self.inverse.chunks_exact_mut(k).enumerate() {
            if i != r && alpha[i] != 0.0 {
                for (x, p) in row.iter_mut().zip(&pivot) {
                    *x -= alpha[i] * p;
                }
            }
        }
    }
}
