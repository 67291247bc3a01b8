//! Whether groups of transitions come from one chain.

use numerics::distributions::chi_squared_above;

/// Likelihood ratio and chi-squared test that the rows of several tables of transitions share their probabilities
/// (Anderson and Goodman 1957; Kullback, Kupperman and Ku 1962), with degrees of freedom over the cells that can be
/// filled (Bickenbach and Bode 2003): `Σ_i (a_i − 1)(b_i − 1)`, `a_i` groups that leave class i, `b_i` classes reached
/// from it in any group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Homogeneity {
    /// Groups with a transition.
    pub groups: usize,
    /// `LR = 2 Σ n_ij(g) ln(p_ij(g) / p_ij)`.
    pub likelihood_ratio: f64,
    /// `Q = Σ n_i(g) (p_ij(g) − p_ij)² / p_ij`.
    pub chi_squared: f64,
    /// Degrees of freedom of both.
    pub degrees: usize,
    /// `P(χ² > LR)`.
    pub p_likelihood_ratio: f64,
    /// `P(χ² > Q)`.
    pub p_chi_squared: f64,
    /// Share of cells whose expected count is below 5, where the chi-squared distribution is a rough guide.
    pub sparse: f64,
}

/// Tests tables of `rows x k` counts each, row-major; `None` where nothing can differ (no degree of freedom).
pub fn homogeneity(tables: &[&[u64]], k: usize) -> Option<Homogeneity> {
    let rows = tables.first()?.len() / k;
    let (mut likelihood_ratio, mut chi_squared, mut degrees) = (0.0, 0.0, 0);
    let (mut cells, mut small) = (0_usize, 0_usize);
    for row in 0..rows {
        let groups: Vec<(&[u64], f64)> = tables
            .iter()
            .map(|t| &t[row * k..(row + 1) * k])
            .map(|r| (r, r.iter().sum::<u64>() as f64))
            .filter(|(_, n)| *n > 0.0)
            .collect();
        let all: f64 = groups.iter().map(|(_, n)| n).sum();
        let pooled: Vec<f64> = (0..k).map(|j| groups.iter().map(|(r, _)| r[j]).sum::<u64>() as f64).collect();
        let reached: Vec<usize> = (0..k).filter(|&j| pooled[j] > 0.0).collect();
        degrees += groups.len().saturating_sub(1) * reached.len().saturating_sub(1);
        for (counts, n) in groups.iter().filter(|_| groups.len() > 1) {
            for &j in &reached {
                let (found, expected) = (counts[j] as f64, n * pooled[j] / all);
                chi_squared += (found - expected).powi(2) / expected;
                if found > 0.0 {
                    likelihood_ratio += 2.0 * found * libm::log(found / expected);
                }
                cells += 1;
                small += usize::from(expected < 5.0);
            }
        }
    }
    (degrees > 0).then(|| Homogeneity {
        groups: tables.iter().filter(|t| t.iter().any(|&n| n > 0)).count(),
        // Equal rows leave a speck of rounding on either side of zero.
        likelihood_ratio: f64::max(likelihood_ratio, 0.0),
        chi_squared,
        degrees,
        p_likelihood_ratio: chi_squared_above(likelihood_ratio, degrees),
        p_chi_squared: chi_squared_above(chi_squared, degrees),
        sparse: small as f64 / cells.max(1) as f64,
    })
}
