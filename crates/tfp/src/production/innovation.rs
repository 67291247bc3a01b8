//! Moments of the innovation of productivity, the second stage of Ackerberg-Caves-Frazer and Gandhi-Navarro-Rivers.
//!
//! `ω_t = φ_t - x_t'β`; `ξ` is what is left of `ω_t` after least squares on `1, ω_{t-1}, …, ω_{t-1}^g` and what else moves
//! productivity; the moments are `E[z ξ] = 0` with one instrument a coefficient. They are given as
//! `m = (Z'Z)^{-1/2} Z'ξ / √N`, so that `|m|²` is the criterion `ξ'Z(Z'Z)^{-1}Z'ξ / N` of the field.

use numerics::roots::Moments;
use numerics::triangle::Triangle;

/// Columns of the rows that have a lag.
#[derive(Clone, Debug)]
pub struct Innovation {
    /// Regressors `x_t`.
    pub now: Vec<Vec<f64>>,
    /// Their lags.
    pub before: Vec<Vec<f64>>,
    /// Instruments, orthonormal: `Z'Z = N`. In the units of the sample, so that no criterion depends on weights.
    pub instruments: Vec<Vec<f64>>,
    /// What else moves productivity, lagged.
    pub process: Vec<Vec<f64>>,
    /// Degree of the law of motion.
    pub degree: usize,
}

/// Why there are no moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unidentified {
    /// Fewer rows with a lag than moments and coefficients of the law of motion.
    Short {
        /// Rows with a lag.
        rows: usize,
        /// Needed.
        needed: usize,
    },
    /// Instrument with this number is a linear combination of those before it.
    Instrument(usize),
    /// `φ` and the inputs of the period before are collinear: no productivity is left to follow.
    Collinear,
    /// More coefficients than moments are compressed or starts are drawn for.
    Large(usize),
}

const BLOCK: usize = 512;

/// The triangle of columns over all rows, block by block.
pub(super) fn triangle(columns: &[&[f64]]) -> Triangle {
    let mut triangle = Triangle::new(columns.len());
    let n = columns.first().map_or(0, |c| c.len());
    for from in (0..n).step_by(BLOCK) {
        let mut block: Vec<Vec<f64>> = columns.iter().map(|c| c[from..(from + BLOCK).min(n)].to_vec()).collect();
        triangle.absorb(&mut block);
    }
    triangle
}

impl Innovation {
    /// Makes the instruments orthonormal and checks the counts.
    ///
    /// # Errors
    /// [`Unidentified`].
    pub fn new(
        now: Vec<Vec<f64>>,
        before: Vec<Vec<f64>>,
        mut instruments: Vec<Vec<f64>>,
        process: Vec<Vec<f64>>,
        degree: usize,
    ) -> Result<Self, Unidentified> {
        let rows = now.first().map_or(0, Vec::len);
        let needed = instruments.len() + degree + process.len() + 2;
        if rows < needed {
            return Err(Unidentified::Short { rows, needed });
        }
        let z = triangle(&instruments.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let kept = z.independent(instruments.len());
        if let Some(at) = (0..instruments.len()).find(|at| !kept.contains(at)) {
            return Err(Unidentified::Instrument(at));
        }
        let root = (rows as f64).sqrt();
        let mut row = vec![0.0; instruments.len()];
        for i in 0..rows {
            for (r, z) in row.iter_mut().zip(&instruments) {
                *r = z[i] * root;
            }
            z.whiten(&mut row);
            for (z, r) in instruments.iter_mut().zip(&row) {
                z[i] = *r;
            }
        }
        Ok(Self { now, before, instruments, process, degree })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.now.first().map_or(0, Vec::len)
    }
}

/// Solves `A x = b` for several right sides by Cholesky; `None` where `A` is not positive definite. `a` is row-major
/// `k x k` and is spoilt; `b` holds each right side as `k` neighbours.
pub(super) fn cholesky(a: &mut [f64], k: usize, b: &mut [f64]) -> Option<()> {
    for j in 0..k {
        let diagonal = a[j * k + j];
        let left = diagonal - (0..j).map(|c| a[j * k + c] * a[j * k + c]).sum::<f64>();
        if left.is_nan() || left <= 1e-13 * diagonal.abs() {
            return None;
        }
        let pivot = left.sqrt();
        a[j * k + j] = pivot;
        for r in j + 1..k {
            let s: f64 = (0..j).map(|c| a[r * k + c] * a[j * k + c]).sum();
            a[r * k + j] = (a[r * k + j] - s) / pivot;
        }
    }
    for x in b.chunks_mut(k) {
        for r in 0..k {
            let s: f64 = (0..r).map(|c| a[r * k + c] * x[c]).sum();
            x[r] = (x[r] - s) / a[r * k + r];
        }
        for r in (0..k).rev() {
            let s: f64 = (r + 1..k).map(|c| a[c * k + r] * x[c]).sum();
            x[r] = (x[r] - s) / a[r * k + r];
        }
    }
    Some(())
}

/// The moments by passes over all rows: what compression is checked against, and where there are too many monomials.
pub struct Direct<'a> {
    /// The columns.
    pub columns: &'a Innovation,
    /// `φ_t`.
    pub phi: &'a [f64],
    /// `φ_{t-1}`.
    pub phi_before: &'a [f64],
}

impl Moments for Direct<'_> {
    fn unknowns(&self) -> usize {
        self.columns.now.len()
    }

    fn moments(&self) -> usize {
        self.columns.instruments.len()
    }

    fn evaluate(&mut self, theta: &[f64], moments: &mut [f64], jacobian: &mut [f64]) -> bool {
        let c = self.columns;
        let (n, g, p) = (c.rows(), c.degree, theta.len());
        let less = |phi: &[f64], x: &[Vec<f64>]| -> Vec<f64> {
            let mut omega = phi.to_vec();
            for (b, x) in theta.iter().zip(x) {
                omega.iter_mut().zip(x).for_each(|(o, x)| *o -= b * x);
            }
            omega
        };
        let now = less(self.phi, &c.now);
        let mut before = less(self.phi_before, &c.before);
        let mean = before.iter().sum::<f64>() / n as f64;
        before.iter_mut().for_each(|o| *o -= mean);
        let sigma = (before.iter().map(|o| o * o).sum::<f64>() / n as f64).sqrt();
        if !sigma.is_finite() || sigma == 0.0 {
            return false;
        }
        before.iter_mut().for_each(|o| *o /= sigma);
        // Law of motion: 1, ω, …, ω^g, the process.
        let mut law = vec![vec![1.0; n]];
        for r in 1..=g {
            law.push(law[r - 1].iter().zip(&before).map(|(a, b)| a * b).collect());
        }
        law.extend(c.process.iter().cloned());
        let k = law.len();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>() / n as f64;
        let mut gram: Vec<f64> = (0..k * k).map(|at| dot(&law[at / k], &law[at % k])).collect();
        let mut right: Vec<f64> = law.iter().map(|l| dot(l, &now)).collect();
        for z in &c.instruments {
            right.extend(law.iter().map(|l| dot(l, z)));
        }
        if cholesky(&mut gram, k, &mut right).is_none() {
            return false;
        }
        let gamma = &right[..k];
        let combine = |b: &[f64], i: usize| b.iter().zip(&law).map(|(b, l)| b * l[i]).sum::<f64>();
        let slope = |b: &[f64], i: usize| (1..=g).map(|r| r as f64 * b[r] * law[r - 1][i]).sum::<f64>();
        let xi: Vec<f64> = (0..n).map(|i| now[i] - combine(gamma, i)).collect();
        let kappa: Vec<f64> = (0..n).map(|i| slope(gamma, i) / sigma).collect();
        for (i, z) in c.instruments.iter().enumerate() {
            let b = &right[(i + 1) * k..(i + 2) * k];
            let left: Vec<f64> = (0..n).map(|r| z[r] - combine(b, r)).collect();
            let turn: Vec<f64> = (0..n).map(|r| left[r] * kappa[r] + slope(b, r) / sigma * xi[r]).collect();
            moments[i] = dot(z, &xi);
            for j in 0..p {
                // The mean of the lags drops out: `left` and `xi` are orthogonal to the law, but their products with
                // its slope are not, so it is taken off.
                let centre = c.before[j].iter().sum::<f64>() / n as f64;
                let lag: f64 = turn.iter().zip(&c.before[j]).map(|(t, x)| t * (x - centre)).sum::<f64>() / n as f64;
                jacobian[i * p + j] = lag - dot(&left, &c.now[j]);
            }
        }
        true
    }
}

#[cfg(test)]
#[path = "innovation_tests.rs"]
mod tests;
