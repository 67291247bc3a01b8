//! Regressors and the left-hand side, and what estimators do to them.

use numerics::least_squares::{self, Unfit};

use super::{Firms, LinearError, Sample, Term};

/// Regressors and the left-hand side.
#[derive(Clone, Debug)]
pub(in crate::production::linear) struct Design {
    pub terms: Vec<Term>,
    pub x: Vec<Vec<f64>>,
    pub y: Vec<f64>,
    /// Firm of each row.
    pub firm: Vec<usize>,
    /// Number of firms.
    pub firms: usize,
}

/// A regression on a design.
pub(in crate::production::linear) struct Regression {
    pub fit: least_squares::Fit,
    pub squares: f64,
    /// Rows less coefficients and absorbed effects.
    pub degrees: usize,
}

impl Design {
    /// All rows of the sample, with a constant.
    pub fn levels(firms: &Firms<'_>, sample: &Sample) -> Self {
        let mut terms = vec![Term::Constant];
        let mut x = vec![vec![1.0; sample.rows.len()]];
        for (k, column) in firms.free.iter().chain(&firms.state).enumerate() {
            terms.push(Term::Input(k));
            x.push(sample.of(column));
        }
        for (j, column) in firms.controls.iter().enumerate() {
            terms.push(Term::Control(j));
            x.push(sample.of(column));
        }
        Self { terms, x, y: sample.of(firms.output), firm: sample.firm.clone(), firms: sample.firms }
    }

    /// Every column, with the left-hand side, through a transformation.
    pub fn map(&self, firm: Vec<usize>, f: impl Fn(&[f64]) -> Vec<f64>) -> Self {
        let x = self.x.iter().map(|c| f(c)).collect();
        Self { terms: self.terms.clone(), x, y: f(&self.y), firm, firms: self.firms }
    }

    /// Without a term.
    pub fn without(mut self, term: Term) -> Self {
        if let Some(at) = self.terms.iter().position(|t| *t == term) {
            self.terms.remove(at);
            self.x.remove(at);
        }
        self
    }

    /// Means of the firms, one row a firm.
    pub fn means(&self) -> Self {
        let counts = self.counts();
        self.map((0..self.firms).collect(), |c| means(c, &self.firm, &counts))
    }

    /// Deviations from the means of the firms times `theta` of each firm.
    pub fn deviations(&self, theta: &[f64]) -> Self {
        let counts = self.counts();
        self.map(self.firm.clone(), |c| {
            let m = means(c, &self.firm, &counts);
            c.iter().zip(&self.firm).map(|(v, &g)| v - theta[g] * m[g]).collect()
        })
    }

    /// Rows of each firm.
    pub fn counts(&self) -> Vec<f64> {
        let mut counts = vec![0.0; self.firms];
        self.firm.iter().for_each(|&g| counts[g] += 1.0);
        counts
    }

    /// Deviations from the means of the firms, without the constant. A column that is constant within firms leaves
    /// nothing but rounding, which is named by its size beside the column's own.
    pub fn within(&self) -> Result<Self, LinearError> {
        let d = self.clone().without(Term::Constant);
        let centred = d.deviations(&vec![1.0; self.firms]);
        let size = |c: &[f64]| c.iter().map(|v| v * v).sum::<f64>().sqrt();
        match (0..d.x.len()).find(|&j| size(&centred.x[j]) <= 1e-10 * size(&d.x[j])) {
            Some(j) => Err(LinearError::Collinear(d.terms[j])),
            None => Ok(centred),
        }
    }

    /// Effects of the periods but the first in front of the regressors, so that a period that is a combination of others
    /// is found before a regressor is blamed. Returns the periods left out.
    pub fn with_periods(mut self, sample: &Sample) -> Result<(Self, Vec<i32>), LinearError> {
        let mut periods = sample.period.clone();
        periods.sort_unstable();
        periods.dedup();
        let counts = self.counts();
        let mut kept: Vec<(Term, Vec<f64>)> = Vec::new();
        for &p in periods.iter().skip(1) {
            let raw: Vec<f64> = sample.period.iter().map(|&q| f64::from(u8::from(p == q))).collect();
            let m = means(&raw, &self.firm, &counts);
            kept.push((Term::Period(p), raw.iter().zip(&self.firm).map(|(v, &g)| v - m[g]).collect()));
        }
        let mut dropped = Vec::new();
        loop {
            let columns: Vec<Vec<f64>> = kept.iter().map(|(_, c)| c.clone()).collect();
            match least_squares::fit(&columns, &self.y) {
                Err(Unfit::Collinear { column }) => match kept.remove(column).0 {
                    Term::Period(p) => dropped.push(p),
                    term => return Err(LinearError::Collinear(term)),
                },
                Err(_) => return Err(LinearError::Short { rows: self.y.len(), parameters: kept.len() + self.firms }),
                Ok(_) => break,
            }
        }
        for (at, (term, column)) in kept.into_iter().enumerate() {
            self.terms.insert(at, term);
            self.x.insert(at, column);
        }
        Ok((self, dropped))
    }

    /// Least squares with `absorbed` effects already taken out.
    pub fn regress(&self, absorbed: usize) -> Result<Regression, LinearError> {
        let (rows, parameters) = (self.y.len(), self.x.len() + absorbed);
        if rows <= parameters {
            return Err(LinearError::Short { rows, parameters });
        }
        let fit = least_squares::fit(&self.x, &self.y).map_err(|unfit| match unfit {
            Unfit::Collinear { column } => LinearError::Collinear(self.terms[column]),
            _ => LinearError::Short { rows, parameters },
        })?;
        let squares = fit.residuals.iter().map(|e| e * e).sum();
        Ok(Regression { fit, squares, degrees: rows - parameters })
    }

    /// `Σ b_j x_j` of the terms that both have, row by row.
    pub fn explained(&self, terms: &[Term], b: &[f64]) -> Vec<f64> {
        let mut sum = vec![0.0; self.y.len()];
        for (column, term) in self.x.iter().zip(&self.terms) {
            if let Some(at) = terms.iter().position(|t| t == term) {
                sum.iter_mut().zip(column).for_each(|(s, v)| *s += b[at] * v);
            }
        }
        sum
    }
}

/// Means by firm.
pub(in crate::production::linear) fn means(column: &[f64], firm: &[usize], counts: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; counts.len()];
    column.iter().zip(firm).for_each(|(v, &g)| sums[g] += v);
    sums.iter().zip(counts).map(|(s, n)| s / n).collect()
}
