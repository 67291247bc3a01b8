//! The triangle `R` of a QR factorisation of a tall matrix, built block by block: memory does not grow with the rows,
//! and nothing is squared as in normal equations.

/// Upper triangle `R` with `R'R = X'X` of all rows absorbed so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Triangle {
    columns: usize,
    r: Vec<f64>,
}

impl Triangle {
    /// The triangle of no rows.
    pub fn new(columns: usize) -> Self {
        Self { columns, r: vec![0.0; columns * columns] }
    }

    /// Adds the rows of a block by Householder reflections; one vector a column, all of the same length. The block is
    /// spoilt.
    pub fn absorb(&mut self, block: &mut [Vec<f64>]) {
        let k = self.columns;
        for j in 0..k.min(block.len()) {
            let (head, tail) = block.split_at_mut(j + 1);
            let v = &head[j];
            let below: f64 = v.iter().map(|x| x * x).sum();
            if below == 0.0 {
                continue;
            }
            let top = self.r[j * k + j];
            let length = top.hypot(below.sqrt());
            let pivot = if top > 0.0 { -length } else { length };
            let first = top - pivot;
            let half = (first * first + below) / 2.0;
            self.r[j * k + j] = pivot;
            for (c, other) in (j + 1..k).zip(tail) {
                let dot = first * self.r[j * k + c] + v.iter().zip(&*other).map(|(a, b)| a * b).sum::<f64>();
                let t = dot / half;
                self.r[j * k + c] -= t * first;
                for (o, a) in other.iter_mut().zip(v) {
                    *o -= t * a;
                }
            }
        }
    }

    /// Entry of the triangle.
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.r[row * self.columns + column]
    }

    /// Those of the first `leading` columns that are not linear combinations of the ones before them: what is left after
    /// projection is longer than `1e-10` of the column.
    pub fn independent(&self, leading: usize) -> Vec<usize> {
        let mut kept: Vec<usize> = Vec::new();
        let mut triangle = self.keep(&(0..leading.min(self.columns)).collect::<Vec<_>>());
        let mut names: Vec<usize> = (0..leading.min(self.columns)).collect();
        // Directions after a dependent column are noise until the triangle is built without it.
        while let Some(at) = (0..names.len()).find(|&j| {
            let length = (0..=j).map(|r| triangle.at(r, j).powi(2)).sum::<f64>().sqrt();
            triangle.at(j, j).is_nan() || triangle.at(j, j).abs() <= 1e-10 * length
        }) {
            names.remove(at);
            triangle = self.keep(&names);
        }
        kept.append(&mut names);
        kept
    }

    /// The triangle of these columns only, in this order.
    #[must_use]
    pub fn keep(&self, columns: &[usize]) -> Self {
        let mut kept = Self::new(columns.len());
        let mut block: Vec<Vec<f64>> = columns.iter().map(|&c| (0..self.columns).map(|r| self.at(r, c)).collect()).collect();
        kept.absorb(&mut block);
        kept
    }

    /// Coefficients of the least squares fit of column `target` on the first `leading` columns, which must be independent
    /// and stand before it.
    pub fn solve(&self, leading: usize, target: usize) -> Vec<f64> {
        let mut b = vec![0.0; leading];
        for j in (0..leading).rev() {
            let rest: f64 = (j + 1..leading).map(|c| self.at(j, c) * b[c]).sum();
            b[j] = (self.at(j, target) - rest) / self.at(j, j);
        }
        b
    }

    /// Sum of squares of what is left of column `target` after its fit on the first `leading` columns.
    pub fn left(&self, leading: usize, target: usize) -> f64 {
        (leading..=target).map(|r| self.at(r, target).powi(2)).sum()
    }

    /// `R⁻ᵀ v` in place for the first `v.len()` columns: the row of `Q` that belongs to the row `v` of `X`.
    pub fn whiten(&self, v: &mut [f64]) {
        for j in 0..v.len() {
            let rest: f64 = (0..j).map(|r| self.at(r, j) * v[r]).sum();
            v[j] = (v[j] - rest) / self.at(j, j);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::least_squares::fit;
    use proptest::prelude::*;

    fn blocks(columns: &[Vec<f64>], size: usize) -> Triangle {
        let mut t = Triangle::new(columns.len());
        let n = columns[0].len();
        for from in (0..n).step_by(size) {
            let mut block: Vec<Vec<f64>> = columns.iter().map(|c| c[from..(from + size).min(n)].to_vec()).collect();
            t.absorb(&mut block);
        }
        t
    }

    #[test]
    fn dependent_columns_are_found_wherever_they_stand() {
        let a: Vec<f64> = (0..30).map(|i| f64::from(i).sin()).collect();
        let b: Vec<f64> = (0..30).map(|i| f64::from(i * i % 7)).collect();
        let c: Vec<f64> = a.iter().zip(&b).map(|(a, b)| 2.0 * a - b).collect();
        let d: Vec<f64> = (0..30).map(|i| f64::from(i % 5)).collect();
        let t = blocks(&[vec![0.0; 30], a, b, c, d], 7);
        assert_eq!(t.independent(5), [1, 2, 4]);
    }

    proptest! {
        #[test]
        fn the_fit_is_that_of_least_squares(raw in prop::collection::vec(-4.0..4.0_f64, 60), size in 1..9_usize) {
            let x: Vec<Vec<f64>> = vec![vec![1.0; 20], raw[..20].to_vec(), raw[20..40].to_vec()];
            let y = raw[40..].to_vec();
            let Ok(f) = fit(&x, &y) else { return Ok(()) };
            let mut all = x.clone();
            all.push(y);
            let t = blocks(&all, size);
            prop_assume!(t.independent(3).len() == 3 && t.at(2, 2).abs() > 0.1);
            for (a, b) in t.solve(3, 3).iter().zip(&f.coefficients) {
                prop_assert!((a - b).abs() < 1e-9);
            }
            let rss: f64 = f.residuals.iter().map(|e| e * e).sum();
            prop_assert!((t.left(3, 3) - rss).abs() < 1e-9 * rss.max(1.0));
            let mut sum = 0.0;
            for (a, b) in x[1].iter().zip(&x[2]) {
                let mut q = [1.0, *a, *b];
                t.whiten(&mut q);
                sum += q.iter().map(|v| v * v).sum::<f64>();
            }
            prop_assert!((sum - 3.0).abs() < 1e-9);
        }
    }
}
