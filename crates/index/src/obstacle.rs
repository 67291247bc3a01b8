#![doc = include_str!("obstacle.md")]

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The page of the method in English.
pub const PAGE: &str = include_str!("obstacle.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("obstacle.zh.md");

/// How the index the obstacles belong to is aggregated; decides the marginal gain.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Gain {
    /// `S = Σ w r`: a step `δ` of indicator j adds `w_j δ`.
    Arithmetic,
    /// `S = Π (f + (1 - f) r)^w` with floor `f`: a step adds `S [((f + (1-f)(r+δ)) / (f + (1-f) r))^w - 1]`.
    Geometric {
        /// Floor of the scale, in (0, 1).
        floor: f64,
    },
}

/// Obstacles, each field `[indicator][row]`; `NaN` where the indicator is missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Obstacle {
    /// Obstacle degree in percent; adds up to 100 over the indicators of a row, or to 0 where every
    /// indicator stands at its goalpost.
    pub degree: Vec<Vec<f64>>,
    /// Gap `1 - r`, free of weights.
    pub gap: Vec<Vec<f64>>,
    /// Rise of the score (0 to 1) when the indicator alone moves up by the step, at most to its goalpost.
    pub gain: Vec<Vec<f64>>,
    /// Largest `|Σ degree - 100|` over rows with any gap.
    pub residual: f64,
}

/// Why obstacles cannot be computed.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ObstacleError {
    /// No indicator, or columns of unequal length.
    #[error("there must be an indicator, and indicators and weights must have equal length")]
    Shape,
    /// Normalised values outside [0, 1]: (indicator, row).
    #[error("{} normalised values lie outside 0 to 1; the distance to the goalpost is not defined", .0.len())]
    Outside(Vec<(usize, usize)>),
    /// Weights that are negative or not finite: (indicator, row).
    #[error("{} weights are negative or not finite", .0.len())]
    Weight(Vec<(usize, usize)>),
    /// The step is not in (0, 1], or the floor not in (0, 1).
    #[error("the step must lie in (0, 1] and the floor in (0, 1)")]
    Step,
}

/// Obstacle degrees of normalised indicators `r[indicator][row]` in [0, 1] with effective weights
/// `w[indicator][row]` (the product of weights from the root down), beside the weight-free gap and the
/// gain in score from a step of `step` on the scale.
///
/// # Errors
/// [`ObstacleError`], with every offending cell.
pub fn obstacle(r: &[Vec<f64>], w: &[Vec<f64>], gain: Gain, step: f64) -> Result<Obstacle, ObstacleError> {
    let (m, n) = (r.len(), r.first().map_or(0, Vec::len));
    if m == 0 || w.len() != m || r.iter().chain(w).any(|c| c.len() != n) {
        return Err(ObstacleError::Shape);
    }
    let floor = if let Gain::Geometric { floor } = gain { floor } else { 0.5 };
    if !(step > 0.0 && step <= 1.0 && floor > 0.0 && floor < 1.0) {
        return Err(ObstacleError::Step);
    }
    let cells = |bad: &dyn Fn(usize, usize) -> bool| -> Vec<(usize, usize)> {
        (0..m).flat_map(|j| (0..n).map(move |i| (j, i))).filter(|&(j, i)| bad(j, i)).collect()
    };
    let dust = 1e-9;
    let outside = cells(&|j, i| !r[j][i].is_nan() && !(-dust..=1.0 + dust).contains(&r[j][i]));
    if !outside.is_empty() {
        return Err(ObstacleError::Outside(outside));
    }
    let wrong = cells(&|j, i| !r[j][i].is_nan() && (!w[j][i].is_finite() || w[j][i] < 0.0));
    if !wrong.is_empty() {
        return Err(ObstacleError::Weight(wrong));
    }
    let blank = vec![vec![f64::NAN; n]; m];
    let mut out = Obstacle { degree: blank.clone(), gap: blank.clone(), gain: blank, residual: 0.0 };
    for i in 0..n {
        let present: Vec<usize> = (0..m).filter(|&j| !r[j][i].is_nan()).collect();
        let at = |j: usize| r[j][i].clamp(0.0, 1.0);
        let total: f64 = present.iter().map(|&j| w[j][i] * (1.0 - at(j))).sum();
        let lifted = |x: f64| floor + (1.0 - floor) * x;
        let score: f64 = present.iter().map(|&j| w[j][i] * lifted(at(j)).ln()).sum::<f64>().exp();
        let mut sum = 0.0;
        for &j in &present {
            let (weight, value) = (w[j][i], at(j));
            let degree = if total > 0.0 { 100.0 * weight * (1.0 - value) / total } else { 0.0 };
            sum += degree;
            out.degree[j][i] = degree;
            out.gap[j][i] = 1.0 - value;
            let next = (value + step).min(1.0);
            out.gain[j][i] = match gain {
                Gain::Arithmetic => weight * (next - value),
                Gain::Geometric { .. } => score * ((lifted(next) / lifted(value)).powf(weight) - 1.0),
            };
        }
        if total > 0.0 {
            out.residual = out.residual.max((sum - 100.0).abs());
        }
    }
    assert!(out.residual <= 1e-9, "obstacle degrees must add up to 100 percent");
    Ok(out)
}

/// Sums of obstacle degrees by dimension: `dimension[j]` numbers the dimension of indicator j from 0.
/// `NaN` where every indicator of the dimension is missing.
pub fn by_dimension(degree: &[Vec<f64>], dimension: &[usize]) -> Vec<Vec<f64>> {
    let (count, n) = (dimension.iter().max().map_or(0, |d| d + 1), degree.first().map_or(0, Vec::len));
    let mut out = vec![vec![f64::NAN; n]; count];
    for (column, &d) in degree.iter().zip(dimension) {
        for (to, &x) in out[d].iter_mut().zip(column).filter(|(_, x)| !x.is_nan()) {
            *to = if to.is_nan() { x } else { *to + x };
        }
    }
    out
}

/// The `k` largest obstacles of a row, largest first; ties go to the indicator listed first, indicators
/// without obstacle are left out.
pub fn largest(degree: &[Vec<f64>], row: usize, k: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..degree.len()).filter(|&j| degree[j][row] > 0.0).collect();
    order.sort_by(|&a, &b| degree[b][row].total_cmp(&degree[a][row]).then(a.cmp(&b)));
    order.truncate(k);
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Worked by hand: w = (.5, .3, .2), r = (.8, .4, 1): F·I = (.1, .18, 0), sum .28.
    #[test]
    fn by_hand() {
        let (r, w) = (vec![vec![0.8], vec![0.4], vec![1.0]], vec![vec![0.5], vec![0.3], vec![0.2]]);
        let o = obstacle(&r, &w, Gain::Arithmetic, 0.1).unwrap();
        assert!((o.degree[0][0] - 100.0 * 0.1 / 0.28).abs() < 1e-12);
        assert!((o.degree[1][0] - 100.0 * 0.18 / 0.28).abs() < 1e-12);
        assert_eq!((o.degree[2][0], o.gain[2][0]), (0.0, 0.0));
        assert!((o.gain[0][0] - 0.05).abs() < 1e-15 && (o.gap[1][0] - 0.6).abs() < 1e-15);
        assert_eq!(largest(&o.degree, 0, 5), [1, 0]);
        let d = by_dimension(&o.degree, &[0, 0, 1]);
        assert!((d[0][0] - 100.0).abs() < 1e-12 && d[1][0] == 0.0);
    }

    #[test]
    fn a_perfect_row_has_no_obstacle_and_a_missing_cell_stays_missing() {
        let (r, w) = (vec![vec![1.0, f64::NAN], vec![1.0, 0.5]], vec![vec![0.5; 2], vec![0.5; 2]]);
        let o = obstacle(&r, &w, Gain::Geometric { floor: 0.01 }, 0.1).unwrap();
        assert_eq!((o.degree[0][0], o.degree[1][0]), (0.0, 0.0));
        assert!(o.degree[0][1].is_nan() && (o.degree[1][1] - 100.0).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_an_obstacle_is_named() {
        let w = vec![vec![1.0, 1.0]];
        assert_eq!(obstacle(&[vec![1.2, 0.5]], &w, Gain::Arithmetic, 0.1), Err(ObstacleError::Outside(vec![(0, 0)])));
        assert_eq!(
            obstacle(&[vec![0.5, 0.5]], &[vec![1.0, -1.0]], Gain::Arithmetic, 0.1),
            Err(ObstacleError::Weight(vec![(0, 1)]))
        );
        assert_eq!(obstacle(&[vec![0.5, 0.5]], &w, Gain::Arithmetic, 0.0), Err(ObstacleError::Step));
        assert_eq!(obstacle(&[], &[], Gain::Arithmetic, 0.1), Err(ObstacleError::Shape));
    }

    proptest! {
        #[test]
        fn laws(cells in prop::collection::vec((0.0..1.0_f64, 0.01..1.0_f64), 2..12), scale in prop::sample::select(vec![1e9, 1e-9])) {
            let column = |f: &dyn Fn(f64, f64) -> f64| cells.iter().map(|&(r, w)| vec![f(r, w)]).collect::<Vec<_>>();
            let r = column(&|r, _| r);
            let total: f64 = cells.iter().map(|c| c.1).sum();
            let share = column(&|_, w| w / total);
            let o = obstacle(&r, &share, Gain::Arithmetic, 0.1).unwrap();
            // Weights count relative to one another.
            let scaled = obstacle(&r, &column(&|_, w| w * scale), Gain::Arithmetic, 0.1).unwrap();
            for j in 0..cells.len() {
                prop_assert!((o.degree[j][0] - scaled.degree[j][0]).abs() < 1e-9);
            }
            // The gain is what recomputing the score gives.
            for gain in [Gain::Arithmetic, Gain::Geometric { floor: 0.01 }] {
                let score = |bumped: usize, by: f64| -> f64 {
                    let at = |j: usize| (r[j][0] + if j == bumped { by } else { 0.0 }).min(1.0);
                    match gain {
                        Gain::Arithmetic => (0..cells.len()).map(|j| share[j][0] * at(j)).sum(),
                        Gain::Geometric { floor } => (0..cells.len()).map(|j| (floor + (1.0 - floor) * at(j)).powf(share[j][0])).product(),
                    }
                };
                let o = obstacle(&r, &share, gain, 0.1).unwrap();
                for j in 0..cells.len() {
                    prop_assert!((o.gain[j][0] - (score(j, 0.1) - score(j, 0.0))).abs() < 1e-12);
                }
            }
        }
    }
}
