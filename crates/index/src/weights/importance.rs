//! Weights that give columns a declared importance in the index, rather than a declared coefficient.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{removal::solve, sample::shares};
use crate::multivariate::correlations;

/// What importance is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Importance {
    /// Share in the correlations with the index, `r_j / sum r` (COINr).
    #[default]
    Correlation,
    /// Share in the squared correlations with the index (Paruolo, Saisana and Saltelli 2013).
    SquaredCorrelation,
    /// Share of the variance of the index, `w_j cov(x_j, y) / var(y)`.
    Variance,
}

/// Weights found for a declared importance.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportanceWeights {
    /// At least 0, summing to 1; 0 for constant columns.
    pub weights: Vec<f64>,
    /// The importance these very weights give, summing to 1.
    pub importance: Vec<f64>,
    /// Largest distance between the importance reached and the one declared.
    pub residual: f64,
    /// Whether the declared importance is reached (residual up to 1e-9). Where it is not, no weights of at least 0 reach
    /// it, and these come nearest in squares among those searched.
    pub reached: bool,
    /// Rows left out because a cell is missing.
    pub left_out: usize,
}

/// Finds weights `w >= 0` of an arithmetic mean `y = sum w_j x_j` under which columns have the importance declared.
///
/// Correlations with `y` are `R u / |u|_R` with `u_j = s_j w_j`, so that `u = R⁻¹ target` solves the first two measures
/// exactly, squares by their roots; where that has a negative entry a compass search over the logarithms of weights goes
/// on from the solution cut at 0. Shares of variance are those of equal-risk portfolios: the minimum of
/// `w'Cw / 2 - sum target ln w`, found by cyclic descent.
///
/// `None` where declared importances do not fit the columns, are negative or all 0, a constant column is declared to
/// matter, or fewer than two columns vary.
pub fn weights_for(columns: &[Vec<f64>], rows: &[usize], declared: &[f64], measure: Importance) -> Option<ImportanceWeights> {
    if declared.len() != columns.len() || declared.iter().any(|p| !(p.is_finite() && *p >= 0.0)) {
        return None;
    }
    let r = correlations(columns, rows)?;
    let target = shares(declared);
    let goal: Vec<f64> = r.columns.iter().map(|&j| target[j]).collect();
    if (shares(&goal).iter().sum::<f64>() - 1.0).abs() > 1e-9 || (goal.iter().sum::<f64>() - 1.0).abs() > 1e-9 {
        return None;
    }
    let spread: Vec<f64> = r
        .columns
        .iter()
        .map(|&j| numerics::moments::deviation(&r.rows.iter().map(|&i| columns[j][i]).collect::<Vec<_>>(), 1))
        .collect();
    let k = r.size();
    let system = System { matrix: &r.matrix, goal: &goal, measure };
    let u = match measure {
        Importance::Variance => system.descend(),
        Importance::Correlation | Importance::SquaredCorrelation => {
            let right = |p: f64| if measure == Importance::Correlation { p } else { p.sqrt() };
            let mut equations: Vec<Vec<f64>> =
                (0..k).map(|a| r.matrix[a * k..(a + 1) * k].iter().copied().chain([right(goal[a])]).collect()).collect();
            let exact = solve(&mut equations).filter(|u| u.iter().all(|x| *x >= 0.0));
            exact.unwrap_or_else(|| system.search())
        }
    };
    let importance_of = system.importance(&u);
    let scaled = shares(&u.iter().zip(&spread).map(|(u, s)| u / s).collect::<Vec<_>>());
    let (mut weights, mut importance) = (vec![0.0; columns.len()], vec![0.0; columns.len()]);
    for (place, &j) in r.columns.iter().enumerate() {
        (weights[j], importance[j]) = (scaled[place], importance_of[place]);
    }
    let residual = importance.iter().zip(&target).map(|(i, t)| (i - t).abs()).fold(0.0, f64::max);
    Some(ImportanceWeights { weights, importance, residual, reached: residual <= 1e-9, left_out: r.left_out })
}

/// Columns brought to variance 1: `u` are weights times standard deviations.
struct System<'a> {
    matrix: &'a [f64],
    goal: &'a [f64],
    measure: Importance,
}

impl System<'_> {
    /// Importance of each column, summing to 1.
    fn importance(&self, u: &[f64]) -> Vec<f64> {
        let k = u.len();
        let along = |a: usize| (0..k).map(|b| self.matrix[a * k + b] * u[b]).sum::<f64>();
        let parts: Vec<f64> = (0..k)
            .map(|a| match self.measure {
                Importance::Correlation => along(a),
                Importance::SquaredCorrelation => along(a) * along(a),
                Importance::Variance => u[a] * along(a),
            })
            .collect();
        let total: f64 = parts.iter().sum();
        parts.iter().map(|p| p / total).collect()
    }

    fn distance(&self, u: &[f64]) -> f64 {
        let d: f64 = self.importance(u).iter().zip(self.goal).map(|(i, g)| (i - g) * (i - g)).sum();
        // Weights whose correlations cancel have no importance to speak of.
        if d.is_nan() { f64::INFINITY } else { d }
    }

    /// Compass search over logarithms of weights, each coordinate up and down, steps halved where nothing helps.
    fn search(&self) -> Vec<f64> {
        let k = self.goal.len();
        let mut u = vec![1.0 / k as f64; k];
        let (mut best, mut step) = (self.distance(&u), 1.0_f64);
        for _ in 0..5000 {
            if step < 1e-12 || best < 1e-24 {
                break;
            }
            let mut moved = false;
            for j in 0..k {
                for factor in [step.exp(), (-step).exp()] {
                    let old = u[j];
                    u[j] = (old * factor).max(1e-12);
                    let d = self.distance(&u);
                    if d < best {
                        (best, moved) = (d, true);
                    } else {
                        u[j] = old;
                    }
                }
            }
            if !moved {
                step /= 2.0;
            }
        }
        let largest = u.iter().copied().fold(0.0, f64::max);
        u.iter().map(|x| if *x < 1e-9 * largest { 0.0 } else { *x }).collect()
    }

    /// `u_j` solves `u_j² + u_j sum_{k != j} r_jk u_k = goal_j`, one after another: the function descends in each.
    fn descend(&self) -> Vec<f64> {
        let k = self.goal.len();
        let mut u: Vec<f64> = self.goal.iter().map(|g| g.sqrt()).collect();
        for _ in 0..10_000 {
            let mut moved = 0.0_f64;
            for j in 0..k {
                let b: f64 = (0..k).filter(|c| *c != j).map(|c| self.matrix[j * k + c] * u[c]).sum();
                let next = if self.goal[j] > 0.0 { (-b + (b * b + 4.0 * self.goal[j]).sqrt()) / 2.0 } else { 0.0 };
                moved = moved.max((next - u[j]).abs());
                u[j] = next;
            }
            if moved < 1e-15 {
                break;
            }
        }
        u
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::weights::{
        association::correlation,
        test_data::{agree, lines},
    };

    /// Correlations of the index made with the weights returned, from the data themselves.
    fn measured(columns: &[Vec<f64>], weights: &[f64]) -> Vec<f64> {
        let rows: Vec<usize> = (0..columns[0].len()).collect();
        let y: Vec<f64> = rows.iter().map(|&i| columns.iter().zip(weights).map(|(c, w)| w * c[i]).sum()).collect();
        shares(&columns.iter().map(|c| correlation(c, &y, &rows)).collect::<Vec<_>>())
    }

    /// The pillars of ASEM: balanced weights, and what is reported is what these weights give (COINr's function reports
    /// its last trial instead).
    #[test]
    fn balanced_asem_pillars() {
        let Some(table) = lines("coinr_asem/expect_default_aggregated.csv") else { return };
        let at = |n: &str| table[0].iter().position(|c| c == n).unwrap();
        let rows: Vec<usize> = (0..51).collect();
        let found = |names: &[&str]| {
            let columns: Vec<Vec<f64>> =
                names.iter().map(|n| table[1..].iter().map(|r| r[at(n)].parse().unwrap()).collect()).collect();
            let w = weights_for(&columns, &rows, &vec![1.0; names.len()], Importance::Correlation).unwrap();
            assert!((w.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12 && w.weights.iter().all(|w| *w >= 0.0));
            agree(&w.importance, &measured(&columns, &w.weights), 1e-9);
            w
        };
        // By an independent optimiser (scipy, minimum over the logarithms of weights): balance is out of reach, the
        // nearest in squares leaves three pillars without weight.
        let connectivity = found(&["Physical", "ConEcFin", "Political", "Instit", "P2P"]);
        agree(&connectivity.weights, &[0.0, 0.561_354_906_8, 0.438_645_093_2, 0.0, 0.0], 1e-6);
        agree(&connectivity.importance, &[0.218_056_41, 0.181_958_26, 0.179_346_13, 0.211_784_12, 0.208_855_08], 1e-6);
        assert!(!connectivity.reached);
        // The same, where balance is reached.
        let sustainability = found(&["Environ", "Social", "SusEcFin"]);
        agree(&sustainability.weights, &[0.302_767_941_1, 0.219_319_900_2, 0.477_912_158_7], 1e-9);
        assert!(sustainability.reached);
    }

    #[test]
    fn what_cannot_be_declared_is_none() {
        let columns = [vec![1.0, 2.0, 4.0, 3.0], vec![5.0; 4], vec![2.0, 1.0, 0.0, 5.0]];
        let of = |p: &[f64]| weights_for(&columns, &[0, 1, 2, 3], p, Importance::Correlation);
        assert!(of(&[1.0, 1.0, 1.0]).is_none() && of(&[1.0, 1.0]).is_none() && of(&[-1.0, 0.0, 1.0]).is_none());
        assert!(of(&[0.0; 3]).is_none());
        let w = of(&[1.0, 0.0, 1.0]).unwrap();
        assert_eq!(w.weights[1], 0.0);
        assert!(w.reached);
    }

    proptest! {
        #[test]
        fn importance_declared_from_weights_is_reached(c in prop::collection::vec(prop::collection::vec(0.0..1.0_f64, 12), 3),
                                                       raw in prop::collection::vec(0.1..1.0_f64, 3)) {
            let rows: Vec<usize> = (0..12).collect();
            let given = shares(&raw);
            let importance = measured(&c, &given);
            prop_assume!(importance.iter().all(|i| *i > 0.01));
            let found = weights_for(&c, &rows, &importance, Importance::Correlation).unwrap();
            prop_assert!(found.reached);
            for (a, b) in found.weights.iter().zip(&given) {
                prop_assert!((a - b).abs() < 1e-6);
            }
            let found = weights_for(&c, &rows, &raw, Importance::Variance).unwrap();
            prop_assert!(found.reached, "{:?}", found);
            let squares: Vec<f64> = importance.iter().map(|i| i * i).collect();
            prop_assert!(weights_for(&c, &rows, &squares, Importance::SquaredCorrelation).unwrap().reached);
        }
    }
}
