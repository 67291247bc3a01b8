//! Nonlinear least squares of a logarithmic share on the logarithm of a polynomial: `ln s = ln D(x) - ε`, `D > 0`.

use numerics::triangle::Triangle;

use super::monomials::Monomials;

const ROWS: usize = 256;

/// A complete polynomial and the points it is taken at.
pub(super) struct Polynomial<'a> {
    pub monomials: Monomials,
    /// Columns of the variables, centred and scaled.
    pub points: &'a [Vec<f64>],
}

/// A fit.
pub(super) struct ShareFit {
    /// Coefficients of the monomials, the constant first.
    pub coefficients: Vec<f64>,
    /// `ε`, one a row.
    pub noise: Vec<f64>,
    /// `E[e^ε]`.
    pub scale: f64,
    /// Sum of squares.
    pub ssr: f64,
    /// Steps taken.
    pub steps: usize,
}

impl Polynomial<'_> {
    fn blocks(&self, rows: usize) -> impl Iterator<Item = (usize, usize)> {
        (0..rows).step_by(ROWS).map(move |from| (from, (from + ROWS).min(rows)))
    }

    fn fill(&self, from: usize, to: usize) -> Vec<f64> {
        let points: Vec<f64> = self.points.iter().flat_map(|c| c[from..to].iter().copied()).collect();
        let mut out = vec![1.0; self.monomials.len() * (to - from)];
        self.monomials.block(&points, to - from, &mut out);
        out
    }

    /// `D` at every row; `None` where it is not positive at a row of weight.
    fn at(&self, b: &[f64], rows: usize, weight: &impl Fn(usize) -> f64) -> Option<Vec<f64>> {
        let mut values = vec![0.0; rows];
        for (from, to) in self.blocks(rows) {
            let terms = self.fill(from, to);
            for (column, b) in terms.chunks(to - from).zip(b) {
                values[from..to].iter_mut().zip(column).for_each(|(o, v)| *o += b * v);
            }
            if (from..to).any(|i| weight(i) != 0.0 && (values[i].is_nan() || values[i] <= 0.0)) {
                return None;
            }
        }
        Some(values)
    }

    /// Gauss-Newton with a line search that keeps `D` positive at every row of weight and the sum of squares falling.
    /// Starts at `start` or at the constant share. `None` where terms are too many for the rows or no step converges.
    pub fn fit(&self, share: &[f64], weight: impl Fn(usize) -> f64, start: Option<&[f64]>) -> Option<ShareFit> {
        let (n, k) = (share.len(), self.monomials.len());
        if n <= k {
            return None;
        }
        let total: f64 = (0..n).map(&weight).sum();
        let sum = |d: &[f64]| -> f64 {
            let square = |i: usize| if weight(i) == 0.0 { 0.0 } else { weight(i) * (share[i] - d[i].ln()).powi(2) };
            (0..n).map(square).sum()
        };
        let mut b = vec![0.0; k];
        b[0] = ((0..n).map(|i| weight(i) * share[i]).sum::<f64>() / total).exp();
        let mut begin = (b.clone(), self.at(&b, n, &weight)?);
        if let Some(other) = start.and_then(|s| Some((s.to_vec(), self.at(s, n, &weight)?))) {
            begin = other;
        }
        let (mut b, mut d) = begin;
        let mut ssr = sum(&d);
        for step in 1..=200 {
            let mut triangle = Triangle::new(k + 1);
            for (from, to) in self.blocks(n) {
                let root = |i: usize| weight(i).sqrt();
                let terms = self.fill(from, to);
                let rows: Vec<usize> = (from..to).filter(|&i| weight(i) != 0.0).collect();
                let column = |c: &[f64]| rows.iter().map(|&i| root(i) * c[i - from] / d[i]).collect::<Vec<f64>>();
                let mut block: Vec<Vec<f64>> = terms.chunks(to - from).map(column).collect();
                block.push(rows.iter().map(|&i| root(i) * (share[i] - d[i].ln())).collect());
                triangle.absorb(&mut block);
            }
            if triangle.independent(k).len() < k {
                return None;
            }
            let direction = triangle.solve(k, k);
            // What the linear model would still explain, beside what is left.
            let explained = 1.0 - triangle.left(k, k) / ssr;
            let mut length = 1.0;
            let next = loop {
                let trial: Vec<f64> = b.iter().zip(&direction).map(|(b, s)| b + length * s).collect();
                let values = self.at(&trial, n, &weight);
                if let Some((values, lower)) = values.map(|v| (sum(&v), v)).map(|(s, v)| (v, s)).filter(|(_, s)| *s < ssr) {
                    break Some((trial, values, lower));
                }
                length /= 2.0;
                if length < 1e-10 {
                    break None;
                }
            };
            let converged = explained < 1e-13;
            match next {
                Some((trial, values, lower)) => (b, d, ssr) = (trial, values, lower),
                None if converged || explained < 1e-10 => {}
                None => return None,
            }
            if converged || explained < 1e-13 {
                let noise: Vec<f64> = (0..n).map(|i| d[i].ln() - share[i]).collect();
                let mean = |i: usize| if weight(i) == 0.0 { 0.0 } else { weight(i) * noise[i].exp() };
                let scale = (0..n).map(mean).sum::<f64>() / total;
                return Some(ShareFit { coefficients: b, noise, scale, ssr, steps: step });
            }
        }
        None
    }
}
