//! The first stage of proxy estimators: output on a complete polynomial of inputs and proxy, by QR; what it fits, `φ`, is
//! output without noise. Controls enter linearly and stay out of `φ`.

use numerics::triangle::Triangle;

use super::innovation::cholesky;
use super::monomials::Monomials;

const ROWS: usize = 64;
/// Sums of firms are kept where they take less than this many numbers, and made again in every replicate otherwise.
const KEPT: usize = 80_000_000;

/// A fitted first stage.
#[derive(Clone, Debug)]
pub struct FirstStage {
    /// Output without noise and controls, one a row.
    pub phi: Vec<f64>,
    /// Part of output that controls explain, one a row.
    pub controlled: Vec<f64>,
    /// Share of the variance of output that is fitted.
    pub r2: f64,
    /// Terms left out because they are linear combinations of others; the fit does not need them.
    pub collinear: usize,
    design: Design,
    coefficients: Vec<f64>,
}

/// Terms of the polynomial and controls.
#[derive(Clone, Debug)]
struct Design {
    monomials: Monomials,
    /// Variables, centred and divided by their standard deviation.
    scaled: Vec<Vec<f64>>,
    controls: Vec<Vec<f64>>,
    output: Vec<f64>,
    /// Terms kept, of monomials, then controls.
    kept: Vec<usize>,
    triangle: Triangle,
}

/// Sums of each firm from which any weighting of firms is fitted without another pass over rows.
#[derive(Clone, Debug)]
pub struct Resampling<'a> {
    stage: &'a FirstStage,
    /// First row of each firm, and the end.
    begins: Vec<usize>,
    sums: Option<Vec<f64>>,
}

impl Design {
    fn terms(&self) -> usize {
        self.monomials.len() + self.controls.len()
    }

    /// Terms of rows `from..to`, each a chunk of `to - from` neighbours.
    fn fill(&self, from: usize, to: usize, out: &mut Vec<f64>) {
        let rows = to - from;
        let points: Vec<f64> = self.scaled.iter().flat_map(|c| c[from..to].iter().copied()).collect();
        out.clear();
        out.resize(self.monomials.len() * rows, 1.0);
        self.monomials.block(&points, rows, out);
        out.extend(self.controls.iter().flat_map(|c| c[from..to].iter().copied()));
    }

    /// `Σ b term` of the monomials, and of the controls, for the rows given by ranges.
    fn fitted(&self, b: &[f64], ranges: impl Iterator<Item = (usize, usize)>, phi: &mut [f64], controlled: Option<&mut [f64]>) {
        let mut terms = Vec::new();
        let mut rest = controlled;
        let polynomial = self.monomials.len();
        for (begin, end) in ranges {
            for from in (begin..end).step_by(ROWS) {
                let to = (from + ROWS).min(end);
                self.fill(from, to, &mut terms);
                let out = &mut phi[from..to];
                out.fill(0.0);
                for (&term, b) in self.kept.iter().zip(b) {
                    let column = &terms[term * (to - from)..(term + 1) * (to - from)];
                    if term < polynomial {
                        out.iter_mut().zip(column).for_each(|(o, v)| *o += b * v);
                    } else if let Some(rest) = rest.as_deref_mut() {
                        rest[from..to].iter_mut().zip(column).for_each(|(o, v)| *o += b * v);
                    }
                }
            }
        }
    }
}

impl FirstStage {
    /// Fits `output` on the polynomial of `variables` of a degree and on `controls`. `None` with fewer rows than terms.
    pub fn new(output: Vec<f64>, variables: &[&[f64]], controls: Vec<Vec<f64>>, degree: usize) -> Option<Self> {
        let n = output.len();
        let scaled: Vec<Vec<f64>> = variables.iter().map(|v| super::polynomial::standardised(v)).collect();
        let monomials = Monomials::new(variables.len(), degree);
        let triangle = Triangle::new(0);
        let mut design = Design { monomials, scaled, controls, output, kept: Vec::new(), triangle };
        let terms = design.terms();
        if n <= terms {
            return None;
        }
        let mut triangle = Triangle::new(terms + 1);
        let mut block = Vec::new();
        for from in (0..n).step_by(8 * ROWS) {
            let to = (from + 8 * ROWS).min(n);
            design.fill(from, to, &mut block);
            block.extend_from_slice(&design.output[from..to]);
            let mut columns: Vec<Vec<f64>> = block.chunks(to - from).map(<[f64]>::to_vec).collect();
            triangle.absorb(&mut columns);
        }
        design.kept = triangle.independent(terms);
        let k = design.kept.len();
        let mut order = design.kept.clone();
        order.push(terms);
        let triangle = triangle.keep(&order);
        let coefficients = triangle.solve(k, k);
        let (mut phi, mut controlled) = (vec![0.0; n], vec![0.0; n]);
        design.fitted(&coefficients, std::iter::once((0, n)), &mut phi, Some(&mut controlled));
        let mean = design.output.iter().sum::<f64>() / n as f64;
        let total: f64 = design.output.iter().map(|y| (y - mean) * (y - mean)).sum();
        let r2 = 1.0 - triangle.left(k, k) / total;
        design.triangle = triangle;
        Some(Self { phi, controlled, r2, collinear: terms - k, design, coefficients })
    }

    /// Coefficients of the kept terms.
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// Prepares replicates; `firm` is the firm of each row, rows of a firm being neighbours.
    pub fn resampling(&self, firm: &[usize]) -> Resampling<'_> {
        let mut begins: Vec<usize> = (0..firm.len()).filter(|&i| i == 0 || firm[i] != firm[i - 1]).collect();
        begins.push(firm.len());
        let mut resampling = Resampling { stage: self, begins, sums: None };
        let (firms, size) = (resampling.begins.len() - 1, resampling.size());
        if firms.saturating_mul(size) <= KEPT {
            let mut sums = vec![0.0; firms * size];
            let mut block = Vec::new();
            for (f, sum) in sums.chunks_mut(size).enumerate() {
                resampling.add(f, 1.0, &mut block, sum);
            }
            resampling.sums = Some(sums);
        }
        resampling
    }
}

impl Resampling<'_> {
    fn size(&self) -> usize {
        let k = self.stage.design.kept.len();
        k * (k + 1) / 2 + k
    }

    /// Adds the weighted products of the orthonormal terms of a firm: the lower triangle row by row, then those with
    /// output.
    fn add(&self, firm: usize, weight: f64, block: &mut Vec<f64>, sum: &mut [f64]) {
        let design = &self.stage.design;
        let k = design.kept.len();
        let (from, to) = (self.begins[firm], self.begins[firm + 1]);
        design.fill(from, to, block);
        let rows = to - from;
        let root = (design.output.len() as f64).sqrt();
        let mut q = vec![0.0; k];
        for i in 0..rows {
            for (q, &term) in q.iter_mut().zip(&design.kept) {
                *q = block[term * rows + i];
            }
            design.triangle.whiten(&mut q);
            let y = weight * root * design.output[from + i];
            let mut at = 0;
            for r in 0..k {
                let left = weight * q[r] * root * root;
                for c in &q[..=r] {
                    sum[at] += left * c;
                    at += 1;
                }
            }
            for (s, q) in sum[at..].iter_mut().zip(&q) {
                *s += y * q;
            }
        }
    }

    /// `φ` under weights of firms, in the rows of firms that have weight; the others are 0. `None` where the weighted
    /// terms have lost their rank.
    pub fn phi(&self, weights: &[f64]) -> Option<Vec<f64>> {
        self.fit(weights).map(|(phi, _)| phi)
    }

    /// [`Self::phi`], and the coefficients of the controls that are kept.
    pub fn fit(&self, weights: &[f64]) -> Option<(Vec<f64>, Vec<f64>)> {
        let design = &self.stage.design;
        let (k, size) = (design.kept.len(), self.size());
        let mut sum = vec![0.0; size];
        let mut block = Vec::new();
        for (f, &w) in weights.iter().enumerate().filter(|(_, w)| **w != 0.0) {
            match &self.sums {
                Some(sums) => sum.iter_mut().zip(&sums[f * size..(f + 1) * size]).for_each(|(s, v)| *s += w * v),
                None => self.add(f, w, &mut block, &mut sum),
            }
        }
        let (lower, right) = sum.split_at(size - k);
        let mut gram = vec![0.0; k * k];
        for r in 0..k {
            for c in 0..=r {
                gram[r * k + c] = lower[r * (r + 1) / 2 + c];
                gram[c * k + r] = gram[r * k + c];
            }
        }
        let mut b = right.to_vec();
        cholesky(&mut gram, k, &mut b)?;
        // Back from orthonormal terms: R b = √N b_q, the sums being those of √N q.
        let root = (design.output.len() as f64).sqrt();
        let mut coefficients = vec![0.0; k];
        for j in (0..k).rev() {
            let rest: f64 = (j + 1..k).map(|c| design.triangle.at(j, c) * coefficients[c]).sum();
            coefficients[j] = (b[j] * root - rest) / design.triangle.at(j, j);
        }
        let mut phi = vec![0.0; design.output.len()];
        let ranges = self.begins.windows(2).zip(weights).filter(|(_, w)| **w != 0.0).map(|(b, _)| (b[0], b[1]));
        design.fitted(&coefficients, ranges, &mut phi, None);
        let from = design.kept.partition_point(|t| *t < design.monomials.len());
        Some((phi, coefficients.split_off(from)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use numerics::least_squares::fit;

    fn data() -> (Vec<f64>, Vec<f64>, Vec<f64>, Vec<f64>) {
        let x: Vec<f64> = (0..120).map(|i| 5.0 + (f64::from(i) * 0.7).sin()).collect();
        let z: Vec<f64> = (0..120).map(|i| f64::from(i * i % 13)).collect();
        let year: Vec<f64> = (0..120).map(|i| f64::from(u8::from(i % 4 == 1))).collect();
        let y = (0..120).map(|i| x[i] * z[i] / 10.0 + 0.4 * year[i] + (f64::from(i as u32) * 1.3).cos()).collect();
        (x, z, year, y)
    }

    #[test]
    fn the_fit_is_least_squares_and_controls_stay_apart() {
        let (x, z, year, y) = data();
        let stage = FirstStage::new(y.clone(), &[&x, &z], vec![year.clone(), vec![1.0; 120]], 2).unwrap();
        assert_eq!(stage.collinear, 1);
        let mut design = vec![vec![1.0; 120]];
        design.extend(crate::production::polynomial::columns(&[&x, &z], 2));
        design.push(year.clone());
        let f = fit(&design, &y).unwrap();
        for i in 0..120 {
            let fitted = y[i] - f.residuals[i];
            assert!((stage.phi[i] + stage.controlled[i] - fitted).abs() < 1e-10);
            assert!((stage.controlled[i] - f.coefficients[6] * year[i]).abs() < 1e-10);
        }
        assert!(FirstStage::new(y[..6].to_vec(), &[&x[..6], &z[..6]], vec![], 2).is_none());
    }

    #[test]
    fn weights_of_one_change_nothing_and_weights_are_copies() {
        let (x, z, year, y) = data();
        let firm: Vec<usize> = (0..120).map(|i| i / 10).collect();
        let stage = FirstStage::new(y.clone(), &[&x, &z], vec![year.clone()], 3).unwrap();
        let kept = stage.resampling(&firm);
        let mut made = kept.clone();
        made.sums = None;
        for r in [&kept, &made] {
            let phi = r.phi(&[1.0; 12]).unwrap();
            assert!(phi.iter().zip(&stage.phi).all(|(a, b)| (a - b).abs() < 1e-10));
            let weights: Vec<f64> = (0..12).map(|f| f64::from(f % 3)).collect();
            let phi = r.phi(&weights).unwrap();
            let rows: Vec<usize> = (0..120).flat_map(|i| std::iter::repeat_n(i, i / 10 % 3)).collect();
            let take = |c: &[f64]| -> Vec<f64> { rows.iter().map(|&i| c[i]).collect() };
            let copied = FirstStage::new(take(&y), &[&take(&x), &take(&z)], vec![take(&year)], 3).unwrap();
            for (at, &i) in rows.iter().enumerate() {
                assert!((copied.phi[at] - phi[i]).abs() < 1e-9);
            }
        }
        assert_eq!(kept.phi(&[0.0; 12]), None);
    }
}
