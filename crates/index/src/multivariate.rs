//! Multivariate statistics of a set of columns: correlation matrix, principal components, Cronbach's alpha,
//! Kaiser-Meyer-Olkin, Bartlett's test, variance inflation.

use numerics::{distributions::chi_squared_above, jacobi::eigen, moments};

use crate::weights::{
    association::correlation,
    sample::{complete, constants, known},
};

/// Correlations of the columns that vary, over the rows in which all of these have a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Correlations {
    /// The columns that vary, ascending.
    pub columns: Vec<usize>,
    /// Columns without variation: they have no correlation and are left out.
    pub constant: Vec<usize>,
    /// Row-major Pearson correlations of [`Correlations::columns`].
    pub matrix: Vec<f64>,
    /// Rows used.
    pub rows: Vec<usize>,
    /// Rows left out because a cell is missing.
    pub left_out: usize,
}

/// Correlations with listwise deletion; `None` where fewer than two columns vary over at least three complete rows.
pub fn correlations(columns: &[Vec<f64>], rows: &[usize]) -> Option<Correlations> {
    let flat = constants(columns, rows);
    let mut varying: Vec<usize> = (0..columns.len()).filter(|j| !flat.contains(j)).collect();
    // Dropping rows can make a column constant, and dropping that column brings rows back: at most once per column.
    let used = loop {
        let used = complete(columns, &varying, rows);
        let gone = constants(columns, &used);
        let before = varying.len();
        varying.retain(|j| !gone.contains(j));
        if varying.len() == before {
            break used;
        }
    };
    let k = varying.len();
    if k < 2 || used.len() < 3 {
        return None;
    }
    let mut matrix = vec![1.0; k * k];
    for a in 0..k {
        for b in a + 1..k {
            let r = correlation(&columns[varying[a]], &columns[varying[b]], &used);
            (matrix[a * k + b], matrix[b * k + a]) = (r, r);
        }
    }
    let constant = (0..columns.len()).filter(|j| !varying.contains(j)).collect();
    Some(Correlations { columns: varying, constant, matrix, left_out: rows.len() - used.len(), rows: used })
}

/// Principal components of a correlation matrix, largest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Components {
    /// Eigenvalues, descending; they sum to the number of columns.
    pub eigenvalues: Vec<f64>,
    /// Share of the variance of each component.
    pub shares: Vec<f64>,
    /// `vectors[component][column]`, of length 1; the sign makes the entries sum to 0 or more.
    pub vectors: Vec<Vec<f64>>,
}

impl Correlations {
    /// Number of columns.
    pub fn size(&self) -> usize {
        self.columns.len()
    }

    /// Principal components. The loading of a column is `sqrt(eigenvalue)` times its entry.
    pub fn components(&self) -> Components {
        let k = self.size();
        let (values, vectors) = eigen(&self.matrix, k);
        let mut order: Vec<usize> = (0..k).collect();
        order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
        let eigenvalues: Vec<f64> = order.iter().map(|&e| values[e].max(0.0)).collect();
        let shares = eigenvalues.iter().map(|l| l / k as f64).collect();
        let vectors = order
            .iter()
            .map(|&e| {
                let v: Vec<f64> = (0..k).map(|r| vectors[r * k + e]).collect();
                let sum: f64 = v.iter().sum();
                // Entries that cancel leave the sign to the largest of them.
                let lead = if sum.abs() > 1e-9 {
                    sum
                } else {
                    v.iter().fold(0.0, |m: f64, x| if x.abs() > m.abs() + 1e-9 { *x } else { m })
                };
                v.iter().map(|x| if lead < 0.0 { -x } else { *x }).collect()
            })
            .collect();
        Components { eigenvalues, shares, vectors }
    }

    /// The inverse; `None` where a column is a linear combination of others (smallest eigenvalue below 1e-10).
    pub fn inverse(&self) -> Option<Vec<f64>> {
        let k = self.size();
        let (values, v) = eigen(&self.matrix, k);
        if values.iter().any(|l| *l < 1e-10) {
            return None;
        }
        let cell = |c: usize| (0..k).map(|e| v[(c / k) * k + e] * v[(c % k) * k + e] / values[e]).sum();
        Some((0..k * k).map(cell).collect())
    }

    /// Variance inflation of each column, the diagonal of the inverse: `1 / (1 - R²)` of its regression on the others.
    pub fn variance_inflation(&self) -> Option<Vec<f64>> {
        let k = self.size();
        self.inverse().map(|i| (0..k).map(|a| i[a * k + a]).collect())
    }

    /// Kaiser-Meyer-Olkin measure of sampling adequacy (Kaiser 1974, Psychometrika 39, 31-36), overall and by column:
    /// `sum r² / (sum r² + sum p²)` over pairs, `p` the partial correlation given all other columns.
    pub fn sampling_adequacy(&self) -> Option<Adequacy> {
        let k = self.size();
        let inverse = self.inverse()?;
        let (mut r2, mut p2) = (vec![0.0; k], vec![0.0; k]);
        for a in 0..k {
            for b in (0..k).filter(|b| *b != a) {
                r2[a] += self.matrix[a * k + b] * self.matrix[a * k + b];
                p2[a] += inverse[a * k + b] * inverse[a * k + b] / (inverse[a * k + a] * inverse[b * k + b]);
            }
        }
        let ratio = |r: f64, p: f64| if r + p > 0.0 { r / (r + p) } else { 0.5 };
        let overall = ratio(r2.iter().sum(), p2.iter().sum());
        Some(Adequacy { overall, columns: r2.iter().zip(&p2).map(|(r, p)| ratio(*r, *p)).collect() })
    }

    /// Bartlett's test that all correlations are 0 (Bartlett 1951): `-(n - 1 - (2k + 5) / 6) ln |R|`, chi-squared with
    /// `k (k - 1) / 2` degrees of freedom.
    pub fn sphericity(&self) -> Option<Sphericity> {
        let k = self.size();
        let (values, _) = eigen(&self.matrix, k);
        if values.iter().any(|l| *l < 1e-10) {
            return None;
        }
        let log: f64 = values.iter().map(|l| l.ln()).sum();
        let statistic = -(self.rows.len() as f64 - 1.0 - (2.0 * k as f64 + 5.0) / 6.0) * log;
        let degrees = k * (k - 1) / 2;
        Some(Sphericity { statistic, degrees, p: chi_squared_above(statistic, degrees) })
    }
}

/// Kaiser-Meyer-Olkin measures: above 0.5 components are said to be worth taking.
#[derive(Clone, Debug, PartialEq)]
pub struct Adequacy {
    /// Of all columns together.
    pub overall: f64,
    /// Of each of [`Correlations::columns`].
    pub columns: Vec<f64>,
}

/// Bartlett's test of sphericity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sphericity {
    /// Chi-squared statistic.
    pub statistic: f64,
    /// Its degrees of freedom.
    pub degrees: usize,
    /// Probability of a larger one if all correlations were 0.
    pub p: f64,
}

/// Cronbach's alpha (1951, Psychometrika 16, 297-334): `k / (k - 1) (1 - sum of variances / variance of the sum)`,
/// from covariances over the rows both columns have, the negative sign of columns that run against the rest kept.
/// `None` for fewer than two columns with two values each.
pub fn cronbach_alpha(columns: &[Vec<f64>], rows: &[usize]) -> Option<f64> {
    let k = columns.len();
    if k < 2 {
        return None;
    }
    let (mut own, mut all) = (0.0, 0.0);
    for (a, x) in columns.iter().enumerate() {
        let xs = known(x, rows);
        if xs.len() < 2 {
            return None;
        }
        own += moments::variance(&xs, 1);
        for y in &columns[a + 1..] {
            let both = complete(&[x.clone(), y.clone()], &[0, 1], rows);
            if both.len() < 2 {
                return None;
            }
            let of = |c: &[f64]| both.iter().map(|&i| c[i]).collect::<Vec<f64>>();
            let (p, q) = (of(x), of(y));
            let (mp, mq) = (moments::mean(&p), moments::mean(&q));
            let cross: f64 = p.iter().zip(&q).map(|(a, b)| (a - mp) * (b - mq)).sum();
            all += 2.0 * cross / (both.len() as f64 - 1.0);
        }
    }
    let total = own + all;
    (total > 0.0).then(|| k as f64 / (k as f64 - 1.0) * (1.0 - own / total))
}

/// Alpha of standardised columns: `k r / (1 + (k - 1) r)`, `r` the mean correlation.
pub fn standardised_alpha(columns: &[Vec<f64>], rows: &[usize]) -> Option<f64> {
    let c = correlations(columns, rows)?;
    let k = c.size() as f64;
    let r = (c.matrix.iter().sum::<f64>() - k) / (k * (k - 1.0));
    Some(k * r / (1.0 + (k - 1.0) * r))
}

#[cfg(test)]
#[path = "multivariate_tests.rs"]
mod tests;
