//! The points that can matter: a superset of the efficient ones, found by sampled recursion.
//!
//! A point that lies inside the free-disposal hull of others by more than a margin never supports a
//! frontier, whatever the returns to scale or the direction, and what is certified against the rest is
//! certified against it: its reduced cost is at least a convex combination of theirs. An eighth of the
//! points, taken evenly along a space-filling curve, is reduced first; whatever that hull dominates is
//! dropped; what survives is reduced against itself. No pass over all points prices a hyperplane.

use numerics::lp::{Cloud, Family, LpError, Sense, Status};

/// Sets up to this size are not worth reducing.
pub(crate) const SMALL: usize = 8 * DIRECT;
/// Sets up to this size are reduced directly.
const DIRECT: usize = 1024;
/// One in this many is sampled.
const SAMPLE: usize = 8;
/// Points are dropped if they lie inside by more than this share of their inputs.
const MARGIN: f64 = 1e-9;
/// A set in which more than this share of a sample is extreme is not worth reducing.
const DENSE: f64 = 0.3;

/// Positions of the points that may support a frontier of inputs (`columns[..inputs]`) and outputs, ascending;
/// `None` where reducing the set would not pay. `order` has all points, neighbours together.
pub(crate) fn extreme(columns: &[&[f64]], inputs: usize, order: &[usize]) -> Result<Option<Vec<usize>>, LpError> {
    let n = order.len();
    if n <= SMALL {
        return Ok(None);
    }
    let Some(mut kept) = reduce(columns, inputs, order)? else { return Ok(None) };
    kept.sort_unstable();
    Ok(Some(kept))
}

/// The surviving points of `set`, which is in neighbourly order; `None` where they are too many.
fn reduce(columns: &[&[f64]], inputs: usize, set: &[usize]) -> Result<Option<Vec<usize>>, LpError> {
    if set.len() <= DIRECT {
        return Ok(Some(surviving(columns, inputs, set, set)?));
    }
    let sample: Vec<usize> = set.iter().copied().step_by(SAMPLE).collect();
    let Some(hull) = reduce(columns, inputs, &sample)? else { return Ok(None) };
    // Extreme points grow more slowly than points do: a sample sees more of them than the whole would show.
    let share = hull.len() as f64 / sample.len() as f64 * (sample.len() as f64 / set.len() as f64).powf(0.25);
    if share > DENSE {
        return Ok(None);
    }
    let left = surviving(columns, inputs, &hull, set)?;
    surviving(columns, inputs, &left, &left).map(Some)
}

/// The points of `set` that are not inside the hull of `hull`; both in neighbourly order.
fn surviving(columns: &[&[f64]], inputs: usize, hull: &[usize], set: &[usize]) -> Result<Vec<usize>, LpError> {
    let d = columns.len();
    let mut rows: Vec<Vec<f64>> = columns.iter().map(|c| hull.iter().map(|&j| c[j]).collect()).collect();
    rows.push(vec![1.0; hull.len()]);
    let cloud = Cloud::new(rows)?;
    let mut senses = vec![Sense::AtMost; inputs];
    senses.resize(d, Sense::AtLeast);
    senses.push(Sense::Equal);
    let family = Family::new(&cloud, senses, vec![false], 1)?.values().until(1.0 - MARGIN);
    let outside = family.sweep(
        set,
        |j, p| {
            for (e, c) in p.extras.iter_mut().zip(&columns[..inputs]) {
                *e = -c[j];
            }
            for (b, c) in p.rhs[inputs..].iter_mut().zip(&columns[inputs..]) {
                *b = c[j];
            }
            p.rhs[d] = 1.0;
            p.costs[0].extras[0] = 1.0;
        },
        |_, s| !(s.status == Status::Optimal && s.values[0] <= 1.0 - MARGIN),
    );
    Ok(set.iter().zip(outside).filter(|(_, out)| *out).map(|(&j, _)| j).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points on and inside a quarter circle, the first `on` of them on it.
    fn arc(n: usize, on: usize) -> Vec<Vec<f64>> {
        let angle = |i: usize| 0.05 + 1.45 * ((i * 7919) % n) as f64 / n as f64;
        let radius = |i: usize| if i < on { 1.0 } else { 0.6 + 0.3 * ((i * 31) % 97) as f64 / 97.0 };
        let x = (0..n).map(|i| 1.1 - radius(i) * angle(i).cos()).collect();
        let y = (0..n).map(|i| radius(i) * angle(i).sin()).collect();
        vec![x, y]
    }

    fn found(columns: &[Vec<f64>]) -> Option<Vec<usize>> {
        let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let every: Vec<usize> = (0..slices[0].len()).collect();
        extreme(&slices, 1, &crate::order::neighbours(&slices, &every, 0..1)).unwrap()
    }

    #[test]
    fn the_points_of_an_arc_are_found() {
        let found = found(&arc(9000, 60)).unwrap();
        assert!((0..60).all(|i| found.contains(&i)));
        // Beyond the arc only what its first and last point leave to free disposal.
        assert!(found.len() < 80, "{}", found.len());
    }

    #[test]
    fn small_and_dense_sets_are_left_alone() {
        assert_eq!(found(&arc(500, 20)), None);
        assert_eq!(found(&arc(9000, 8900)), None);
    }
}
