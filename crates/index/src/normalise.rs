//! From values to the common scale: 0 worst, 1 best.

use crate::{
    composite::IndexError,
    framework::{Direction, Tree},
    recipe::{Goalposts, Normalisation, Recipe},
};

/// Indicators on the common scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaled {
    /// `values[indicator][row]`.
    pub values: Vec<Vec<f64>>,
    /// Cells cut at a declared goalpost: row and indicator.
    pub cut: Vec<(usize, usize)>,
    /// Indicators, with the period where scales are per period or of a base period, that do not vary: they stand at 0.5.
    pub constant: Vec<(usize, Option<i32>)>,
}

/// The rows of each period, periods ascending.
pub(crate) fn by_period(periods: &[i32]) -> Vec<(i32, Vec<usize>)> {
    let mut groups = std::collections::BTreeMap::<i32, Vec<usize>>::new();
    for (i, &p) in periods.iter().enumerate() {
        groups.entry(p).or_default().push(i);
    }
    groups.into_iter().collect()
}

/// The base period: the one asked for, or the first.
pub(crate) fn base_rows(periods: &[i32], base: Option<i32>) -> Result<Vec<usize>, IndexError> {
    let wanted = base.or_else(|| periods.iter().copied().min()).unwrap_or(0);
    let rows: Vec<usize> = (0..periods.len()).filter(|&i| periods[i] == wanted).collect();
    if rows.is_empty() { Err(IndexError::NoBase { period: wanted }) } else { Ok(rows) }
}

/// Brings `columns` to the common scale. `values` outside 0 to 1 occur under `base` goalposts and z scores.
pub(crate) fn scale(
    tree: &Tree<'_>,
    periods: &[i32],
    columns: &[Vec<f64>],
    recipe: &Recipe,
    normalisation: Normalisation,
) -> Result<Scaled, Vec<IndexError>> {
    let mut errors = Vec::new();
    let n = periods.len();
    // Each part: the rows that are scaled, the rows that set the scale, the period these are of.
    let parts: Vec<(Vec<usize>, Vec<usize>, Option<i32>)> = match recipe.goalposts {
        Goalposts::Pooled | Goalposts::Fixed => vec![((0..n).collect(), (0..n).collect(), None)],
        Goalposts::PerPeriod => by_period(periods).into_iter().map(|(p, rows)| (rows.clone(), rows, Some(p))).collect(),
        Goalposts::Base => match base_rows(periods, recipe.base) {
            Ok(rows) => {
                let base = rows.first().map(|&i| periods[i]);
                vec![((0..n).collect(), rows, base)]
            }
            Err(e) => return Err(vec![e]),
        },
    };
    let mut out = Scaled { values: vec![vec![f64::NAN; n]; columns.len()], cut: Vec::new(), constant: Vec::new() };
    for (j, (leaf, column)) in tree.leaves.iter().zip(columns).enumerate() {
        let to = &mut out.values[j];
        let turn = |x: f64| if leaf.direction == Direction::Negative { -x } else { x };
        if let (Normalisation::MinMax, Some((low, high))) = (normalisation, leaf.goalposts) {
            for i in 0..n {
                let r = if leaf.direction == Direction::Negative {
                    (high - column[i]) / (high - low)
                } else {
                    (column[i] - low) / (high - low)
                };
                if !(0.0..=1.0).contains(&r) && !r.is_nan() {
                    out.cut.push((i, j));
                }
                to[i] = if r.is_nan() { r } else { r.clamp(0.0, 1.0) };
            }
            continue;
        }
        if recipe.goalposts == Goalposts::Fixed && normalisation == Normalisation::MinMax {
            errors.push(IndexError::NoGoalposts { indicator: leaf.id.clone() });
            continue;
        }
        for (rows, from, period) in &parts {
            let known: Vec<f64> = from.iter().map(|&i| turn(column[i])).filter(|x| !x.is_nan()).collect();
            if known.is_empty() {
                // In a period of its own the cells are missing anyway; a base without values would lose the others too.
                if recipe.goalposts == Goalposts::Base {
                    errors.extend(period.map(|period| IndexError::NoBaseValue { indicator: leaf.id.clone(), period }));
                }
                continue;
            }
            if from.len() < 2 {
                errors.push(IndexError::TooFewRows { indicator: leaf.id.clone(), period: *period });
                continue;
            }
            let low = known.iter().copied().fold(f64::INFINITY, f64::min);
            let high = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            // Values that differ by rounding alone carry no information; a scale over them would be noise.
            if high - low <= 1e-12 * low.abs().max(high.abs()) {
                out.constant.push((j, *period));
                for &i in rows.iter().filter(|&&i| !column[i].is_nan()) {
                    to[i] = 0.5;
                }
                continue;
            }
            match normalisation {
                Normalisation::MinMax => rows.iter().for_each(|&i| to[i] = (turn(column[i]) - low) / (high - low)),
                Normalisation::ZScore => {
                    let mean = numerics::moments::mean(&known);
                    let sd = numerics::moments::variance(&known, 1).sqrt();
                    rows.iter().for_each(|&i| to[i] = 0.5 + 0.1 * (turn(column[i]) - mean) / sd);
                }
                Normalisation::Rank => {
                    let mut sorted = known.clone();
                    sorted.sort_by(f64::total_cmp);
                    for &i in rows.iter().filter(|&&i| !column[i].is_nan()) {
                        let x = turn(column[i]);
                        let below = sorted.partition_point(|y| *y < x);
                        let upto = sorted.partition_point(|y| *y <= x);
                        // Middle of the block of ties, from 0 for the smallest to 1 for the largest.
                        to[i] = ((below + upto) as f64 - 1.0).max(0.0) / (2.0 * (sorted.len() - 1) as f64);
                    }
                }
            }
        }
    }
    if errors.is_empty() { Ok(out) } else { Err(errors) }
}
