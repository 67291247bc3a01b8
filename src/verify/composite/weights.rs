//! Weights taken from data or from judgements.

use std::path::Path;

use index::weights;

use super::{Outcome, Row, Vector, half};

/// The row of a vector of weights.
pub(super) fn vector(v: &Vector, dir: &Path) -> Option<Row> {
    let case = v.case(dir);
    let all = |columns: &[Vec<f64>]| (0..columns.first().map_or(0, Vec::len)).collect::<Vec<usize>>();
    let tolerance = v.rounding().unwrap_or(half(6));
    Some(match v.id.as_str() {
        "entropy_elsayed2017" => case.part("", "entropy weights", tolerance, |d| {
            let columns = v.columns()?;
            d.series("w", &weights::entropy(&columns, &all(&columns)).weights, &v.get::<Vec<f64>>("expected")?);
            Ok(())
        }),
        "critic_diakoulaki1995" | "critic_tus2019" => case.part("", "CRITIC weights", tolerance, |d| {
            let columns = min_max(v.columns()?);
            d.series("w", &weights::critic(&columns, &all(&columns)), &v.get::<Vec<f64>>("expected")?);
            Ok(())
        }),
        id if ["std_", "merec_", "cilos_", "idocriw_", "ahp_", "bwm_", "game_theory_"].iter().any(|p| id.starts_with(p)) => {
            case.row("", 0.0, Outcome::unsupported(format!("no {} yet", v.method)))
        }
        _ => return None,
    })
}

/// Folders of weights.
pub(super) fn rows(_dir: &Path) -> Vec<Row> {
    Vec::new()
}

fn min_max(columns: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    columns
        .into_iter()
        .map(|c| {
            let (low, high) = c.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(*x), h.max(*x)));
            c.iter().map(|x| (x - low) / (high - low)).collect()
        })
        .collect()
}
