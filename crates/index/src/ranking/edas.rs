//! EDAS: evaluation by distance from the average solution (Keshavarz Ghorabaee et al. 2015).

use super::{RankingError, Sense, Table};

/// Result of EDAS.
#[derive(Clone, Debug, PartialEq)]
pub struct Edas {
    /// Average of each criterion.
    pub average: Vec<f64>,
    /// `SP_i`, weighted distances on the good side of the average, as shares of it.
    pub above: Vec<f64>,
    /// `SN_i`, the same on the bad side.
    pub below: Vec<f64>,
    /// Appraisal score `(SP / max SP + 1 - SN / max SN) / 2`; a side without any distance counts 0 for `SP`, 1 for `SN`.
    pub appraisal: Vec<f64>,
}

/// EDAS.
///
/// # Errors
/// [`Table::check`]; a criterion whose average is not above 0.
pub fn edas(table: &Table<'_>) -> Result<Edas, Vec<RankingError>> {
    table.check()?;
    let n = table.len();
    let average: Vec<f64> = table.columns.iter().map(|c| numerics::moments::mean(c)).collect();
    let errors: Vec<RankingError> = (0..average.len()).filter(|&j| average[j] <= 0.0).map(RankingError::Mean).collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let (mut above, mut below) = (vec![0.0; n], vec![0.0; n]);
    for (j, column) in table.columns.iter().enumerate() {
        let sign = if table.senses[j] == Sense::Benefit { 1.0 } else { -1.0 };
        let factor = sign * table.weights[j] / average[j];
        for ((p, q), x) in above.iter_mut().zip(&mut below).zip(column) {
            let d = factor * (x - average[j]);
            *p += d.max(0.0);
            *q += (-d).max(0.0);
        }
    }
    let top = |v: &[f64]| v.iter().copied().fold(0.0, f64::max);
    let (p, q) = (top(&above), top(&below));
    let share = |x: f64, top: f64| if top > 0.0 { x / top } else { 0.0 };
    let appraisal = above.iter().zip(&below).map(|(&a, &b)| (share(a, p) + 1.0 - share(b, q)) / 2.0).collect();
    Ok(Edas { average, above, below, appraisal })
}
