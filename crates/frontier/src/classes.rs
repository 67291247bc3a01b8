//! Units with equal values, taken as one point.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Units in classes of exactly equal values. Classes are ordered by these values, so that nothing
/// solved over them depends on the order of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classes {
    starts: Vec<usize>,
    units: Vec<usize>,
}

impl Classes {
    /// The classes of `units`, and the columns over them.
    pub(crate) fn new(columns: &[&[f64]], units: &[usize]) -> (Self, Vec<Vec<f64>>) {
        let first = |u: usize| columns.first().map_or(0, |c| rank(c[u]));
        let rest = columns.get(1..).unwrap_or_default();
        let order =
            |a: usize, b: usize| rest.iter().fold(std::cmp::Ordering::Equal, |o, c| o.then_with(|| rank(c[a]).cmp(&rank(c[b]))));
        let mut keyed: Vec<(u64, usize)> = units.iter().map(|&u| (first(u), u)).collect();
        keyed.par_sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| order(a.1, b.1)).then(a.1.cmp(&b.1)));
        let mut starts = Vec::with_capacity(keyed.len() + 1);
        for (i, key) in keyed.iter().enumerate() {
            if i == 0 || keyed[i - 1].0 != key.0 || order(keyed[i - 1].1, key.1).is_ne() {
                starts.push(i);
            }
        }
        starts.push(keyed.len());
        starts.shrink_to_fit();
        let units: Vec<usize> = keyed.into_iter().map(|k| k.1).collect();
        let heads = || starts[..starts.len() - 1].iter().map(|&i| units[i]);
        // No class has a negative zero.
        let over = columns.iter().map(|c| heads().map(|u| c[u] + 0.0).collect()).collect();
        (Self { starts, units }, over)
    }

    /// The same classes in another order, which has each of them once.
    pub(crate) fn in_order(&self, order: &[usize]) -> Self {
        let mut out = Self { starts: Vec::with_capacity(self.starts.len()), units: Vec::with_capacity(self.units.len()) };
        for &class in order {
            out.starts.push(out.units.len());
            out.units.extend_from_slice(self.units(class));
        }
        out.starts.push(out.units.len());
        out
    }

    /// Number of classes.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there is no class.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Units of a class, smallest index first.
    pub fn units(&self, class: usize) -> &[usize] {
        &self.units[self.starts[class]..self.starts[class + 1]]
    }
}

/// A whole number that grows with `x`.
fn rank(x: f64) -> u64 {
    let bits = (x + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_form_one_class_in_an_order_of_values() {
        let (x, y) = ([2.0, 0.0, 2.0, -0.0, -1.0], [1.0, 5.0, 1.0, 5.0, 9.0]);
        let (classes, columns) = Classes::new(&[&x, &y], &[0, 1, 2, 3, 4]);
        assert_eq!((0..3).map(|c| classes.units(c)).collect::<Vec<_>>(), [&[4][..], &[1, 3], &[0, 2]]);
        assert_eq!(columns, [[-1.0, 0.0, 2.0], [9.0, 5.0, 1.0]]);
        let turned = classes.in_order(&[2, 0, 1]);
        assert_eq!((0..3).map(|c| turned.units(c)).collect::<Vec<_>>(), [&[0, 2][..], &[4], &[1, 3]]);
        assert!(Classes::new(&[&x], &[]).0.is_empty());
    }
}
