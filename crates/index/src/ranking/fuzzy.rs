//! Fuzzy comprehensive evaluation: memberships in grades, composed over criteria (Wang Peizhuang 1983).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RankingError, Scaling, Table};

/// How weights `a` and memberships `r` are composed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Operator {
    /// `b_k = Σ_j a_j r_jk`, M(·, +): every criterion counts.
    #[default]
    WeightedAverage,
    /// `b_k = max_j min(a_j, r_jk)`, M(∧, ∨): the main factor alone.
    MinMax,
    /// `b_k = max_j a_j r_jk`, M(·, ∨).
    ProductMax,
    /// `b_k = min(1, Σ_j min(a_j, r_jk))`, M(∧, ⊕).
    BoundedSum,
}

/// `B = A ∘ R`: weights `a_j` of the criteria, memberships `r[j][grade]`.
///
/// # Errors
/// Rows of `r` of unequal length or not one per weight; weights or memberships outside 0..1.
pub fn compose(weights: &[f64], memberships: &[Vec<f64>], operator: Operator) -> Result<Vec<f64>, Vec<RankingError>> {
    let grades = memberships.first().map_or(0, Vec::len);
    if grades == 0 || weights.len() != memberships.len() || memberships.iter().any(|r| r.len() != grades) {
        return Err(vec![RankingError::Shape]);
    }
    let off = |x: &f64| !(0.0..=1.0).contains(x);
    let mut errors: Vec<RankingError> = (0..weights.len()).filter(|&j| off(&weights[j])).map(RankingError::Weight).collect();
    for (criterion, r) in memberships.iter().enumerate() {
        errors.extend(r.iter().find(|x| off(x)).map(|_| RankingError::Ends(criterion)));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok((0..grades).map(|k| composed(weights, |j| memberships[j][k], operator)).collect())
}

fn composed(weights: &[f64], r: impl Fn(usize) -> f64, operator: Operator) -> f64 {
    let terms = weights.iter().enumerate();
    match operator {
        Operator::WeightedAverage => terms.map(|(j, a)| a * r(j)).sum(),
        Operator::MinMax => terms.map(|(j, a)| a.min(r(j))).fold(0.0, f64::max),
        Operator::ProductMax => terms.map(|(j, a)| a * r(j)).fold(0.0, f64::max),
        Operator::BoundedSum => terms.map(|(j, a)| a.min(r(j))).sum::<f64>().min(1.0),
    }
}

/// Result of evaluating a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Fuzzy {
    /// Centres of the grades on 0 (worst) to 1 (best), the lowest first.
    pub centres: Vec<f64>,
    /// `membership[grade][alternative]`, scaled to sum 1 over grades.
    pub membership: Vec<Vec<f64>>,
    /// Grade of largest membership; of equal ones the lower.
    pub grade: Vec<usize>,
    /// `Σ_k b_k centre_k`.
    pub score: Vec<f64>,
}

/// Fuzzy evaluation of a table in `grades` evenly spaced grades: min-max values have triangular memberships in the
/// two grades next to them (the end grades are flat beyond their centre).
///
/// # Errors
/// [`Table::check`]; fewer than two grades.
pub fn fuzzy(table: &Table<'_>, grades: usize, operator: Operator) -> Result<Fuzzy, Vec<RankingError>> {
    if !(2..=20).contains(&grades) {
        return Err(vec![RankingError::parameter("grades", grades as f64, "2 to 20")]);
    }
    table.check()?;
    let scaled: Vec<Vec<f64>> = (0..table.columns.len()).map(|j| table.scaled(j, Scaling::MinMax).values).collect();
    let step = (grades - 1) as f64;
    let centres: Vec<f64> = (0..grades).map(|k| k as f64 / step).collect();
    let mut out =
        Fuzzy { membership: vec![Vec::with_capacity(table.len()); grades], grade: Vec::new(), score: Vec::new(), centres };
    let mut b = vec![0.0; grades];
    for row in 0..table.len() {
        let at: Vec<f64> = scaled.iter().map(|c| c[row] * step).collect();
        for (k, b) in b.iter_mut().enumerate() {
            let near = |j: usize| (1.0 - (at[j] - k as f64).abs()).max(0.0);
            *b = composed(table.weights, near, operator);
        }
        let total: f64 = b.iter().sum();
        b.iter_mut().for_each(|b| *b /= total);
        out.membership.iter_mut().zip(&b).for_each(|(m, b)| m.push(*b));
        let mut grade = 0;
        for k in 1..grades {
            if b[k] > b[grade] + 1e-12 {
                grade = k;
            }
        }
        out.grade.push(grade);
        out.score.push(b.iter().zip(&out.centres).map(|(b, c)| b * c).sum());
    }
    Ok(out)
}
