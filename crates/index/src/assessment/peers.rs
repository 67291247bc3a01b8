//! Peer groups by clustering: Ward's method on z scores, with the number of clusters given or chosen by silhouettes.

use numerics::moments;
use thiserror::Error;

/// Most units a matrix of distances is made for.
const MOST: usize = 5_000;

/// Units in clusters.
#[derive(Clone, Debug, PartialEq)]
pub struct Clusters {
    /// The units, in order of their names.
    pub units: Vec<String>,
    /// Cluster of each, numbered from 0 in the order in which clusters first occur.
    pub of: Vec<usize>,
    /// How many clusters there are.
    pub number: usize,
    /// Mean silhouette by number of clusters, for the numbers looked at.
    pub silhouettes: Vec<(usize, f64)>,
    /// Heights at which clusters were joined (distances of Ward's method), in order.
    pub heights: Vec<f64>,
}

/// Why units cannot be clustered.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum PeerError {
    /// No variable, or columns of another length than the units.
    #[error("there must be a variable, with one value for each unit")]
    Shape,
    /// A unit occurs twice.
    #[error("{0} occurs twice")]
    Twice(String),
    /// A value is missing or not finite: variable, unit.
    #[error("{unit} has no finite value of variable {variable}")]
    Missing {
        /// The variable, by its place.
        variable: usize,
        /// The unit.
        unit: String,
    },
    /// A variable does not vary, by its place.
    #[error("variable {0} is the same for every unit")]
    Constant(usize),
    /// The number of clusters does not lie between 2 and the number of units.
    #[error("{number} clusters of {units} units are not between 2 and the number of units")]
    Number {
        /// Clusters asked for.
        number: usize,
        /// Units.
        units: usize,
    },
    /// More units than a matrix of distances is made for.
    #[error("{0} units are more than the {MOST} that are clustered")]
    TooMany(usize),
}

/// Clusters units by Ward's method on z scores (sd with denominator n - 1) of `columns[variable][unit]`.
///
/// Where `number` is not given, the number of clusters from 2 to 8 (at most n - 1) with the largest mean silhouette is
/// taken, the smallest of equals. Of equally near pairs (within 1e-9) the first in the order of names is joined.
///
/// # Errors
/// Everything that stands in the way.
pub fn cluster(units: &[String], columns: &[Vec<f64>], number: Option<usize>) -> Result<Clusters, Vec<PeerError>> {
    let n = units.len();
    if columns.is_empty() || columns.iter().any(|c| c.len() != n) {
        return Err(vec![PeerError::Shape]);
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| units[a].cmp(&units[b]));
    let mut errors: Vec<PeerError> =
        order.windows(2).filter(|w| units[w[0]] == units[w[1]]).map(|w| PeerError::Twice(units[w[0]].clone())).collect();
    let least = if number.is_some() { 2 } else { 3 };
    if n < least || number.is_some_and(|k| !(2..=n).contains(&k)) {
        errors.push(PeerError::Number { number: number.unwrap_or(2), units: n });
    }
    if n > MOST {
        errors.push(PeerError::TooMany(n));
    }
    let mut scores = Vec::with_capacity(columns.len());
    for (variable, column) in columns.iter().enumerate() {
        let holes = order.iter().filter(|&&i| !column[i].is_finite());
        let missing: Vec<PeerError> = holes.map(|&i| PeerError::Missing { variable, unit: units[i].clone() }).collect();
        if missing.is_empty() {
            scores.push(standard(&order.iter().map(|&i| column[i]).collect::<Vec<_>>()));
            if scores.last().is_some_and(Option::is_none) && n > 1 {
                errors.push(PeerError::Constant(variable));
            }
        }
        errors.extend(missing);
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let scores: Vec<Vec<f64>> = scores.into_iter().flatten().collect();
    let squared = distances(&scores, n);
    let (joins, heights) = ward(squared.clone());
    let most = 8.min(n.saturating_sub(1));
    let mut silhouettes: Vec<(usize, f64)> = (2..=most).map(|k| (k, silhouette(&squared, &cut(n, &joins, k), k))).collect();
    let number = number.unwrap_or_else(|| {
        let mut best = (2, f64::NEG_INFINITY);
        for &(k, s) in &silhouettes {
            if s > best.1 + 1e-9 {
                best = (k, s);
            }
        }
        best.0
    });
    let of = cut(n, &joins, number);
    if silhouettes.iter().all(|(k, _)| *k != number) {
        silhouettes.push((number, silhouette(&squared, &of, number)));
    }
    Ok(Clusters { units: order.iter().map(|&i| units[i].clone()).collect(), of, number, silhouettes, heights })
}

/// z scores; `None` where nothing varies but by rounding.
fn standard(values: &[f64]) -> Option<Vec<f64>> {
    let largest = values.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    // Shares of the largest keep squares within the range of numbers.
    let shares: Vec<f64> = values.iter().map(|x| if largest > 0.0 { x / largest } else { 0.0 }).collect();
    let (mean, sd) = (moments::mean(&shares), moments::deviation(&shares, 1));
    (sd > 1e-12).then(|| shares.iter().map(|x| (x - mean) / sd).collect())
}

/// Squared Euclidean distances, `[i * n + k]`.
fn distances(scores: &[Vec<f64>], n: usize) -> Vec<f64> {
    let mut out = vec![0.0; n * n];
    for i in 0..n {
        for k in i + 1..n {
            let d = scores.iter().map(|c| (c[i] - c[k]) * (c[i] - c[k])).sum();
            out[i * n + k] = d;
            out[k * n + i] = d;
        }
    }
    out
}

/// The nearest of the clusters after `i`, the first of equals.
fn nearest(d: &[f64], alive: &[bool], i: usize) -> Option<(f64, usize)> {
    let n = alive.len();
    let mut best: Option<(f64, usize)> = None;
    for k in (i + 1..n).filter(|&k| alive[k]) {
        if best.is_none_or(|(b, _)| d[i * n + k] < b * (1.0 - 1e-9)) {
            best = Some((d[i * n + k], k));
        }
    }
    best
}

/// Joins of clusters in order and their heights; a joined cluster keeps the smaller of the two places.
fn ward(mut d: Vec<f64>) -> (Vec<(usize, usize)>, Vec<f64>) {
    let n = (d.len() as f64).sqrt().round() as usize;
    let mut alive = vec![true; n];
    let mut size = vec![1.0; n];
    let mut near: Vec<Option<(f64, usize)>> = (0..n).map(|i| nearest(&d, &alive, i)).collect();
    let (mut joins, mut heights) = (Vec::new(), Vec::new());
    for _ in 1..n {
        let mut best: Option<(f64, usize, usize)> = None;
        for i in (0..n).filter(|&i| alive[i]) {
            if let Some((x, k)) = near[i]
                && best.is_none_or(|(b, _, _)| x < b * (1.0 - 1e-9))
            {
                best = Some((x, i, k));
            }
        }
        let Some((height, i, j)) = best else { break };
        alive[j] = false;
        for k in (0..n).filter(|&k| alive[k] && k != i) {
            let all = size[i] + size[j] + size[k];
            // Lance and Williams's recurrence for Ward's criterion.
            let joined = ((size[k] + size[i]) * d[i * n + k] + (size[k] + size[j]) * d[j * n + k] - size[k] * height) / all;
            d[i * n + k] = joined;
            d[k * n + i] = joined;
        }
        size[i] += size[j];
        joins.push((i, j));
        heights.push(height.max(0.0).sqrt());
        // A joined cluster is no nearer to a third than the nearer of its parts was: other nearest ones stand.
        for k in (0..j).filter(|&k| alive[k]) {
            if k == i || near[k].is_some_and(|(_, x)| x == i || x == j) {
                near[k] = nearest(&d, &alive, k);
            }
        }
    }
    (joins, heights)
}

/// The clusters left after all but the last `number - 1` joins, numbered as they first occur.
fn cut(n: usize, joins: &[(usize, usize)], number: usize) -> Vec<usize> {
    let mut head: Vec<usize> = (0..n).collect();
    for &(i, j) in joins.iter().take(n.saturating_sub(number)) {
        head.iter_mut().filter(|h| **h == j).for_each(|h| *h = i);
    }
    let mut names: Vec<usize> = Vec::new();
    head.iter()
        .map(|h| {
            names.iter().position(|x| x == h).unwrap_or_else(|| {
                names.push(*h);
                names.len() - 1
            })
        })
        .collect()
}

/// Mean silhouette (Rousseeuw 1987): `(b - a) / max(a, b)`, 0 for a unit alone.
fn silhouette(squared: &[f64], of: &[usize], number: usize) -> f64 {
    let n = of.len();
    let mut size = vec![0.0; number];
    of.iter().for_each(|&c| size[c] += 1.0);
    let one = |i: usize| {
        let mut total = vec![0.0; number];
        (0..n).for_each(|k| total[of[k]] += squared[i * n + k].sqrt());
        if size[of[i]] < 2.0 {
            return 0.0;
        }
        let own = total[of[i]] / (size[of[i]] - 1.0);
        let other = (0..number).filter(|&c| c != of[i]).map(|c| total[c] / size[c]).fold(f64::INFINITY, f64::min);
        let larger = own.max(other);
        if larger > 0.0 { (other - own) / larger } else { 0.0 }
    };
    moments::mean(&(0..n).map(one).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(n: usize) -> Vec<String> {
        (0..n).map(|i| format!("u{i:02}")).collect()
    }

    /// 0, 1, 10, 11: two pairs. Silhouettes by hand: 9.5/10.5 at the ends, 8.5/9.5 between.
    #[test]
    fn two_pairs_are_two_clusters() {
        let c = cluster(&names(4), &[vec![0.0, 1.0, 10.0, 11.0]], None).unwrap();
        assert_eq!((c.number, &c.of[..]), (2, &[0, 0, 1, 1][..]));
        let by_hand = (9.5 / 10.5 + 8.5 / 9.5) / 2.0;
        assert!((c.silhouettes[0].1 - by_hand).abs() < 1e-12);
        // Three clusters: one pair with 9/10 (to 10: 9 and 10) by unit, two units alone.
        assert_eq!(c.silhouettes[1].0, 3);
        assert!((c.silhouettes[1].1 - (9.0 / 10.0 + 8.0 / 9.0) / 4.0).abs() < 1e-12);
        // Ward's height of two clusters of two: sqrt(2 * 2 * 2 / 4) times the distance of their means.
        let sd = moments::deviation(&[0.0, 1.0, 10.0, 11.0], 1);
        assert!((c.heights[2] - 2f64.sqrt() * 10.0 / sd).abs() < 1e-12);
    }

    /// Heights, partitions and silhouettes of scipy 1.x's `linkage(..., "ward")` and `fcluster(..., "maxclust")`.
    #[test]
    fn agrees_with_an_independent_program() {
        let n = 12_u32;
        let x = (0..n).map(|i| f64::from((7 * i * i + 3 * i) % 19)).collect();
        let y = (0..n).map(|i| f64::from((5 * i * i + 11 * i + 2) % 23)).collect();
        let c = cluster(&names(12), &[x, y], None).unwrap();
        let heights = [
            0.31698386, 0.37782638, 0.44111816, 0.81080116, 0.81155703, 0.83200852, 0.86753146, 1.36982658, 2.16472931,
            3.19554238, 4.90176926,
        ];
        assert!(c.heights.iter().zip(heights).all(|(a, b)| (a - b).abs() < 5e-9), "{:?}", c.heights);
        let silhouettes = [
            0.5080839520741681,
            0.47572917667715525,
            0.4502578632452099,
            0.45494318657793414,
            0.37782693155597435,
            0.27116846688260404,
            0.2684945502526607,
        ];
        assert_eq!(c.silhouettes.len(), silhouettes.len());
        assert!(c.silhouettes.iter().zip(silhouettes).all(|((_, a), b)| (a - b).abs() < 1e-12), "{:?}", c.silhouettes);
        assert_eq!((c.number, &c.of[..]), (2, &[0, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1, 1][..]));
    }

    #[test]
    fn of_equal_pairs_the_first_names_are_joined() {
        let of = |names: [&str; 3]| {
            let c = cluster(&names.map(String::from), &[vec![0.0, 1.0, 2.0]], Some(2)).unwrap();
            c.units.into_iter().zip(c.of).collect::<Vec<_>>()
        };
        assert_eq!(of(["a", "b", "c"]).iter().map(|x| x.1).collect::<Vec<_>>(), [0, 0, 1]);
        // The same line with its names turned round: now the pair at the other end comes first.
        assert_eq!(of(["c", "b", "a"]), [("a".to_owned(), 0), ("b".to_owned(), 0), ("c".to_owned(), 1)]);
    }

    #[test]
    fn everything_in_the_way_is_told() {
        let e = cluster(&names(3), &[vec![1.0, 1.0, 1.0], vec![1.0, f64::NAN, 2.0]], Some(4)).unwrap_err();
        assert_eq!(
            e,
            [
                PeerError::Number { number: 4, units: 3 },
                PeerError::Constant(0),
                PeerError::Missing { variable: 1, unit: "u01".into() }
            ]
        );
        assert_eq!(cluster(&names(2), &[], None).unwrap_err(), [PeerError::Shape]);
        assert!(matches!(cluster(&names(2), &[vec![0.0, 1.0]], None).unwrap_err()[..], [PeerError::Number { .. }]));
    }

    proptest! {
        /// Neither the unit of measure nor the order of rows moves a cluster, and heights never fall.
        #[test]
        fn clusters_do_not_depend_on_units_of_measure_or_order(
            rows in proptest::collection::vec((0.0f64..10.0, 0.0f64..10.0), 4..15), turn in 0usize..15,
        ) {
            let names = names(rows.len());
            let (a, b): (Vec<f64>, Vec<f64>) = rows.iter().copied().unzip();
            let Ok(c) = cluster(&names, &[a.clone(), b.clone()], None) else { return Ok(()) };
            prop_assert!(c.heights.windows(2).all(|w| w[1] >= w[0] * (1.0 - 1e-8)));
            let large = cluster(&names, &[a.iter().map(|x| x * 1e9).collect(), b.iter().map(|x| x * 1e-9).collect()], None).unwrap();
            prop_assert_eq!((&c.of, c.number), (&large.of, large.number));
            let at = |v: &[f64]| -> Vec<f64> { let mut v = v.to_vec(); v.rotate_left(turn % rows.len()); v };
            let mut turned = names.clone();
            turned.rotate_left(turn % rows.len());
            prop_assert_eq!(&c, &cluster(&turned, &[at(&a), at(&b)], None).unwrap());
        }
    }
}
