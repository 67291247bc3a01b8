//! VIKOR: compromise between group utility and individual regret (Opricovic and Tzeng 2004).

use numerics::moments::extremes;

use super::{RankingError, Table, criteria::share, dust, placed};

/// Result of VIKOR; smaller is better throughout.
#[derive(Clone, Debug, PartialEq)]
pub struct Vikor {
    /// `S_i = Σ_j w_j (f_j* - f_ij) / (f_j* - f_j-)`, group utility.
    pub group: Vec<f64>,
    /// `R_i`, the largest term of that sum, individual regret.
    pub regret: Vec<f64>,
    /// `Q_i = v (S_i - S*) / (S- - S*) + (1 - v) (R_i - R*) / (R- - R*)`.
    pub compromise: Vec<f64>,
    /// First alternative by `Q`; ties go to the smaller `S`, then `R`, then the earlier row.
    pub best: usize,
    /// Condition 1: `Q(second) - Q(best) >= 1 / (n - 1)`.
    pub advantage: bool,
    /// The difference compared in condition 1.
    pub lead: f64,
    /// Condition 2: the best by `Q` is also best by `S` or by `R`.
    pub stable: bool,
    /// Compromise solutions in order of `Q`: the best alone where both conditions hold, best and second where
    /// only condition 2 fails, all with `Q - Q(best) < 1 / (n - 1)` where condition 1 fails.
    pub set: Vec<usize>,
}

/// VIKOR with weight `v` of group utility. A criterion on which all alternatives are equal adds nothing.
///
/// # Errors
/// [`Table::check`]; `v` must lie in 0..1.
pub fn vikor(table: &Table<'_>, v: f64) -> Result<Vikor, Vec<RankingError>> {
    share("v", v)?;
    table.check()?;
    let n = table.len();
    let (mut group, mut regret) = (vec![0.0; n], vec![0.0_f64; n]);
    for (j, w) in table.weights.iter().enumerate() {
        let (worst, best) = table.end(j);
        if (best - worst).abs() <= 1e-12 * worst.abs().max(best.abs()) {
            continue;
        }
        let factor = w / (best - worst);
        for ((s, r), x) in group.iter_mut().zip(&mut regret).zip(&table.columns[j]) {
            let term = factor * (best - x);
            *s += term;
            *r = r.max(term);
        }
    }
    let relative = |x: f64, (low, high): (f64, f64)| if high - low > 1e-12 * high.abs() { (x - low) / (high - low) } else { 0.0 };
    let (s, r) = (extremes(&group), extremes(&regret));
    let compromise: Vec<f64> =
        group.iter().zip(&regret).map(|(&a, &b)| v * relative(a, s) + (1.0 - v) * relative(b, r)).collect();
    let threshold = 1.0 / (n - 1) as f64;
    let order = foremost(&compromise, &group, &regret, threshold);
    let best = order[0];
    let lead = compromise[order[1]] - compromise[best];
    // A lead that equals the threshold up to rounding reaches it.
    let advantage = lead >= threshold - 1e-12;
    let dust = |x: f64| 1e-12 * x.abs();
    let stable = group[best] <= s.0 + dust(s.0) || regret[best] <= r.0 + dust(r.0);
    let set = match (advantage, stable) {
        (true, true) => vec![best],
        (true, false) => order[..2].to_vec(),
        (false, _) => order.iter().copied().filter(|&i| compromise[i] - compromise[best] < threshold - 1e-12).collect(),
    };
    Ok(Vikor { group, regret, compromise, best, advantage, lead, stable, set })
}

/// The first two alternatives at least and all within `threshold` of the first, in order; no others are sorted.
fn foremost(compromise: &[f64], group: &[f64], regret: &[f64], threshold: f64) -> Vec<usize> {
    let apart = dust(compromise);
    let (first, second) = compromise
        .iter()
        .fold((f64::INFINITY, f64::INFINITY), |(first, second), &q| if q < first { (q, first) } else { (first, second.min(q)) });
    let last = second.max(first + threshold) + 2.0 * apart;
    let near: Vec<usize> = (0..compromise.len()).filter(|&i| compromise[i] <= last).collect();
    let place = placed(&near.iter().map(|&i| -compromise[i]).collect::<Vec<f64>>(), apart);
    let mut order: Vec<(usize, usize)> = place.into_iter().zip(near).collect();
    order.sort_by(|&(p, a), &(q, b)| {
        p.cmp(&q).then(group[a].total_cmp(&group[b])).then(regret[a].total_cmp(&regret[b])).then(a.cmp(&b))
    });
    order.into_iter().map(|(_, i)| i).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ranking::{
        Sense, places,
        tests::{table, tables},
    };

    proptest! {
        /// What VIKOR sorts is what it would find at the top of all alternatives in order.
        #[test]
        fn vikor_sorts_enough((m, w) in tables(), v in 0..5_u8) {
            let r = vikor(&table(&m, &vec![Sense::Benefit; m.len()], &w), f64::from(v) / 4.0).unwrap();
            let place = places(&r.compromise, false);
            let mut order: Vec<usize> = (0..place.len()).collect();
            order.sort_by(|&a, &b| {
                place[a].cmp(&place[b]).then(r.group[a].total_cmp(&r.group[b])).then(r.regret[a].total_cmp(&r.regret[b])).then(a.cmp(&b))
            });
            prop_assert_eq!(r.best, order[0]);
            prop_assert_eq!(r.lead, r.compromise[order[1]] - r.compromise[order[0]]);
            let threshold = 1.0 / (order.len() - 1) as f64 - 1e-12;
            let near: Vec<usize> = order.iter().copied().filter(|&i| r.compromise[i] - r.compromise[order[0]] < threshold).collect();
            prop_assert_eq!(r.set, if r.advantage { order[..if r.stable { 1 } else { 2 }].to_vec() } else { near });
        }
    }
}
