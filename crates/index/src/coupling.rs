#![doc = include_str!("coupling.md")]

pub mod misprint;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The page of the method in English.
pub const PAGE: &str = include_str!("coupling.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("coupling.zh.md");

/// English and Chinese names of the ten classes, from low to high (Liao Chongbin 1999).
pub const CLASSES: [(&str, &str); 10] = [
    ("extreme imbalance", "极度失调"),
    ("serious imbalance", "严重失调"),
    ("moderate imbalance", "中度失调"),
    ("mild imbalance", "轻度失调"),
    ("near imbalance", "濒临失调"),
    ("barely coordinated", "勉强协调"),
    ("primary coordination", "初级协调"),
    ("intermediate coordination", "中级协调"),
    ("good coordination", "良好协调"),
    ("high-quality coordination", "优质协调"),
];

const EDGES: [f64; 9] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/// Which coupling degree the coordination degree is built on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Formula {
    /// Geometric over arithmetic mean, `C = n (ΠU)^(1/n) / ΣU`.
    #[default]
    Traditional,
    /// Wang Shujia et al. (2021), spread over the whole of 0 to 1.
    Wang2021,
}

/// On which side the classes of width 0.1 are closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Boundary {
    /// `[0, 0.1), [0.1, 0.2) … [0.9, 1]`: a degree of exactly 0.5 is barely coordinated.
    #[default]
    LeftClosed,
    /// `[0, 0.1], (0.1, 0.2] … (0.9, 1]`: a degree of exactly 0.5 is near imbalance.
    RightClosed,
}

/// Options of the coupling coordination degree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CouplingOptions {
    /// Which coupling degree the coordination degree and its class are built on.
    pub formula: Formula,
    /// Weights `α` of the systems in `T`, scaled to sum 1; equal when empty.
    pub alpha: Vec<f64>,
    /// Value of the common fixed scale that stands for 0.
    pub low: f64,
    /// Value of the common fixed scale that stands for 1, e.g. 100 for scores of 0 to 100.
    pub high: f64,
    /// On which side the classes are closed.
    pub boundary: Boundary,
}

impl Default for CouplingOptions {
    fn default() -> Self {
        Self { formula: Formula::default(), alpha: Vec::new(), low: 0.0, high: 1.0, boundary: Boundary::default() }
    }
}

/// Result, one entry per row; `NaN` (and no class) where a system is missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Coupling {
    /// Traditional coupling degree `C`.
    pub traditional: Vec<f64>,
    /// Corrected coupling degree `C'` of Wang et al. (2021).
    pub wang: Vec<f64>,
    /// Comprehensive development `T = Σ α U`.
    pub development: Vec<f64>,
    /// Coordination degree `D = √(C T)` with the chosen formula.
    pub coordination: Vec<f64>,
    /// Class of `D`, 0 to 9, an index into [`CLASSES`].
    pub class: Vec<Option<usize>>,
    /// Weights used.
    pub alpha: Vec<f64>,
}

/// Why the degree cannot be computed.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum CouplingError {
    /// Fewer than two systems.
    #[error("coupling needs at least two systems, {0} given")]
    Systems(usize),
    /// Systems of unequal length.
    #[error("the systems differ in length")]
    Shape,
    /// `low` and `high` are not two finite numbers in order.
    #[error("the scale {0} to {1} is not a scale")]
    Scale(f64, f64),
    /// The weights do not fit.
    #[error("there must be one weight of at least 0 per system, and their sum must be positive")]
    Alpha,
    /// Values outside the declared scale: (system, row).
    #[error("{} values lie outside the declared scale", .0.len())]
    Outside(Vec<(usize, usize)>),
}

/// Coupling coordination degree of `n >= 2` systems given as columns over the same rows.
///
/// # Errors
/// [`CouplingError`]; every value outside the declared scale is listed.
pub fn coupling(systems: &[&[f64]], options: &CouplingOptions) -> Result<Coupling, CouplingError> {
    let n = systems.len();
    if n < 2 {
        return Err(CouplingError::Systems(n));
    }
    let rows = systems[0].len();
    if systems.iter().any(|s| s.len() != rows) {
        return Err(CouplingError::Shape);
    }
    let (low, high) = (options.low, options.high);
    if !(low.is_finite() && high.is_finite() && low < high) {
        return Err(CouplingError::Scale(low, high));
    }
    let alpha = weights(n, &options.alpha)?;
    // A score that rounding lifted a hair above 100 is 100.
    let dust = 1e-9;
    let unit = |x: f64| (x - low) / (high - low);
    let off = |x: f64| !x.is_nan() && !(-dust..=1.0 + dust).contains(&unit(x));
    let outside: Vec<(usize, usize)> =
        (0..n).flat_map(|j| (0..rows).filter(move |&i| off(systems[j][i])).map(move |i| (j, i))).collect();
    if !outside.is_empty() {
        return Err(CouplingError::Outside(outside));
    }
    let mut out = Coupling {
        traditional: vec![f64::NAN; rows],
        wang: vec![f64::NAN; rows],
        development: vec![f64::NAN; rows],
        coordination: vec![f64::NAN; rows],
        class: vec![None; rows],
        alpha,
    };
    for i in 0..rows {
        let u: Vec<f64> = systems.iter().map(|s| unit(s[i]).clamp(0.0, 1.0)).collect();
        if u.iter().any(|v| v.is_nan()) {
            continue;
        }
        let (c, w) = (traditional(&u), wang2021(&u));
        let t: f64 = u.iter().zip(&out.alpha).map(|(u, a)| a * u).sum();
        let d = (t * if options.formula == Formula::Traditional { c } else { w }).sqrt();
        out.traditional[i] = c;
        out.wang[i] = w;
        out.development[i] = t;
        out.coordination[i] = d;
        out.class[i] = Some(class(d, options.boundary));
    }
    Ok(out)
}

/// Lowest and highest coordination degree of each row when the weight of one system at a time is moved
/// by `by` up and down (kept within 0 and 1) and the others are scaled so that the sum stays 1.
///
/// # Errors
/// As [`coupling`].
pub fn alpha_band(systems: &[&[f64]], options: &CouplingOptions, by: f64) -> Result<Vec<(f64, f64)>, CouplingError> {
    let base = coupling(systems, options)?;
    let mut band: Vec<(f64, f64)> = base.coordination.iter().map(|&d| (d, d)).collect();
    for j in 0..systems.len() {
        for step in [-by, by] {
            let new = (base.alpha[j] + step).clamp(0.0, 1.0);
            let rest = 1.0 - base.alpha[j];
            let spread = |k: usize, a: f64| match (k == j, rest > 0.0) {
                (true, _) => new,
                (false, true) => a * (1.0 - new) / rest,
                (false, false) => (1.0 - new) / (systems.len() - 1) as f64,
            };
            let alpha = base.alpha.iter().enumerate().map(|(k, &a)| spread(k, a)).collect();
            let moved = coupling(systems, &CouplingOptions { alpha, ..options.clone() })?;
            for (b, d) in band.iter_mut().zip(moved.coordination) {
                *b = (b.0.min(d), b.1.max(d));
            }
        }
    }
    Ok(band)
}

/// `C = n (ΠU)^(1/n) / ΣU`, the geometric over the arithmetic mean; 0 when a system is 0.
pub fn traditional(u: &[f64]) -> f64 {
    let Some(v) = relative(u) else { return 0.0 };
    let n = v.len() as f64;
    let geometric = (v.iter().map(|x| x.ln()).sum::<f64>() / n).exp();
    (geometric / (v.iter().sum::<f64>() / n)).min(1.0)
}

/// `C' = √{[1 - Σ_{i>j}|U_i - U_j| / Σ_{m=1}^{n-1} m] · [Π U_i / max U]^(1/(n-1))}`; 0 when a system is 0.
pub fn wang2021(u: &[f64]) -> f64 {
    let Some(v) = relative(u) else { return 0.0 };
    let n = v.len() as f64;
    let top = u.iter().copied().fold(0.0, f64::max);
    let apart: f64 = (0..v.len()).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| (v[i] - v[j]).abs()).sum();
    let near = 1.0 - top * apart / (n * (n - 1.0) / 2.0);
    let level = (v.iter().map(|x| x.ln()).sum::<f64>() / (n - 1.0)).exp();
    (near * level).clamp(0.0, 1.0).sqrt()
}

/// Class of a coordination degree, an index into [`CLASSES`].
pub fn class(d: f64, boundary: Boundary) -> usize {
    match boundary {
        Boundary::LeftClosed => EDGES.partition_point(|e| *e <= d),
        Boundary::RightClosed => EDGES.partition_point(|e| *e < d),
    }
}

/// Values over their maximum, ascending (so that the order of systems cannot matter); `None` when one
/// of them is 0.
fn relative(u: &[f64]) -> Option<Vec<f64>> {
    let top = u.iter().copied().fold(0.0, f64::max);
    if u.iter().any(|x| *x <= 0.0) {
        return None;
    }
    let mut v: Vec<f64> = u.iter().map(|x| x / top).collect();
    v.sort_by(f64::total_cmp);
    Some(v)
}

fn weights(n: usize, alpha: &[f64]) -> Result<Vec<f64>, CouplingError> {
    if alpha.is_empty() {
        return Ok(vec![1.0 / n as f64; n]);
    }
    let sum: f64 = alpha.iter().sum();
    if alpha.len() != n || alpha.iter().any(|a| !a.is_finite() || *a < 0.0) || !(sum.is_finite() && sum > 0.0) {
        return Err(CouplingError::Alpha);
    }
    Ok(alpha.iter().map(|a| a / sum).collect())
}

#[cfg(test)]
#[path = "coupling_tests.rs"]
mod tests;
