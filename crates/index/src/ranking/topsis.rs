//! TOPSIS: nearness to the ideal and distance from the anti-ideal (Hwang and Yoon 1981).

use super::{RankingError, Scaling, Table};
use crate::recipe::Placement;

/// Result of TOPSIS.
#[derive(Clone, Debug, PartialEq)]
pub struct Topsis {
    /// Ideal on the scale compared, one value per criterion.
    pub ideal: Vec<f64>,
    /// Anti-ideal.
    pub anti_ideal: Vec<f64>,
    /// `D+`, distance to the ideal.
    pub to_ideal: Vec<f64>,
    /// `D-`, distance to the anti-ideal.
    pub to_anti_ideal: Vec<f64>,
    /// `C = D- / (D+ + D-)`; 0.5 where both are 0.
    pub closeness: Vec<f64>,
}

/// TOPSIS. Inside, `D = sqrt(Σ_j (w_j r_ij - w_j r_j*)^2)`; outside, `D = sqrt(Σ_j w_j (r_ij - r_j*)^2)`. The ideal is
/// the best declared value of each criterion, or the best of the alternatives.
///
/// # Errors
/// [`Table::check_for`].
pub fn topsis(table: &Table<'_>, scaling: Scaling, placement: Placement) -> Result<Topsis, Vec<RankingError>> {
    table.check_for(scaling)?;
    let n = table.len();
    let (mut far, mut near) = (vec![0.0; n], vec![0.0; n]);
    let (mut ideal, mut anti_ideal) = (Vec::new(), Vec::new());
    for (j, w) in table.weights.iter().enumerate() {
        let s = table.scaled(j, scaling);
        let (inside, outside) = if placement == Placement::Inside { (*w, 1.0) } else { (1.0, *w) };
        let square = inside * inside * outside;
        far.iter_mut().zip(&s.values).for_each(|(d, r)| *d += square * (r - s.best) * (r - s.best));
        near.iter_mut().zip(&s.values).for_each(|(d, r)| *d += square * (r - s.worst) * (r - s.worst));
        ideal.push(inside * s.best);
        anti_ideal.push(inside * s.worst);
    }
    let root = |v: Vec<f64>| v.into_iter().map(f64::sqrt).collect::<Vec<f64>>();
    let (to_ideal, to_anti_ideal) = (root(far), root(near));
    let closeness = to_ideal.iter().zip(&to_anti_ideal).map(|(p, m)| if p + m > 0.0 { m / (p + m) } else { 0.5 }).collect();
    Ok(Topsis { ideal, anti_ideal, to_ideal, to_anti_ideal, closeness })
}
