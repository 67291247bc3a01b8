//! Profiles: the indicators in which a unit stands best and worst among the others.

use crate::{composite::Normalised, framework::Tree};

/// Where a unit stands in one indicator, among the units of `rows` that have a measured value.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Indicator, by its place in the framework.
    pub indicator: usize,
    /// Rank, 1 for the best; ties share the best rank.
    pub rank: usize,
    /// Units at that rank, the unit itself among them.
    pub tied: usize,
    /// Units ranked.
    pub ranked: usize,
    /// The value, in the indicator's unit.
    pub value: f64,
}

/// Strengths and weaknesses of one unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Row of the result.
    pub row: usize,
    /// Indicators in which more units stand behind it than ahead, best rank first.
    pub strengths: Vec<Standing>,
    /// Indicators in which more units stand ahead of it than behind, worst rank first.
    pub weaknesses: Vec<Standing>,
}

/// Strengths and weaknesses of `rows` (rows of the result, of one period), at most `count` of each.
///
/// Units are ranked by the indicator's value as the framework defines it, before outliers are treated, turned by its
/// direction. Cells that were filled are no achievement and are not ranked. At the same rank, what fewer units share
/// comes first, then the order of the framework. An indicator is never both: a strength has more units behind than ahead.
pub fn profiles(tree: &Tree<'_>, normalised: &Normalised, rows: &[usize], count: usize) -> Vec<Profile> {
    let mut all: Vec<Profile> = rows.iter().map(|&row| Profile { row, strengths: Vec::new(), weaknesses: Vec::new() }).collect();
    for (indicator, leaf) in tree.leaves.iter().enumerate() {
        let measured = normalised.measured(indicator);
        let mut order: Vec<(usize, f64)> =
            rows.iter().enumerate().map(|(at, &i)| (at, leaf.direction.turn(measured[i]))).filter(|x| !x.1.is_nan()).collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1));
        let ranked = order.len();
        let mut ahead = 0;
        for block in order.chunk_by(|a, b| a.1 == b.1) {
            let tied = block.len();
            let behind = ranked - ahead - tied;
            for &(at, _) in block {
                let standing = Standing { indicator, rank: ahead + 1, tied, ranked, value: measured[rows[at]] };
                match behind.cmp(&ahead) {
                    std::cmp::Ordering::Greater => all[at].strengths.push(standing),
                    std::cmp::Ordering::Less => all[at].weaknesses.push(standing),
                    std::cmp::Ordering::Equal => {}
                }
            }
            ahead += tied;
        }
    }
    for profile in &mut all {
        profile.strengths.sort_by_key(|s| (s.rank, s.tied));
        profile.weaknesses.sort_by_key(|s| (std::cmp::Reverse(s.rank), s.tied));
        profile.strengths.truncate(count);
        profile.weaknesses.truncate(count);
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Data, Direction, Framework, Missing, Node, Recipe, normalise, tests::indicator};

    fn framework() -> Framework {
        let indicators = vec![
            indicator("a", Direction::Positive, None),
            indicator("b", Direction::Negative, None),
            indicator("c", Direction::Middle(5.0), None),
        ];
        Framework { root: Node { id: "score".into(), indicators, ..Node::default() } }
    }

    fn of(columns: &[Vec<f64>], count: usize) -> Vec<Profile> {
        let (framework, n) = (framework(), columns[0].len());
        let units: Vec<String> = (0..n).map(|i| format!("u{i}")).collect();
        let recipe = Recipe { missing: Missing::Mean, ..Recipe::default() };
        let data = Data { units: &units, periods: &vec![0; n], columns, groups: &[] };
        let normalised = normalise(&framework, &data, &recipe).unwrap();
        profiles(&framework.tree().unwrap(), &normalised, &(0..n).collect::<Vec<_>>(), count)
    }

    fn ids(list: &[Standing]) -> Vec<(usize, usize)> {
        list.iter().map(|s| (s.indicator, s.rank)).collect()
    }

    /// By hand: more is better, less is better, 5 is best; the gap of the third unit is filled and not ranked.
    #[test]
    fn directions_ties_and_gaps_by_hand() {
        let found = of(&[vec![1.0, 2.0, 2.0, 3.0], vec![1.0, 2.0, f64::NAN, 3.0], vec![5.0, 4.0, 9.0, 6.0]], 9);
        assert_eq!(ids(&found[0].strengths), [(1, 1), (2, 1)]);
        assert_eq!(ids(&found[0].weaknesses), [(0, 4)]);
        // Second of three in b: as many behind as ahead. 4 and 6 are equally far from 5.
        assert_eq!((ids(&found[1].strengths), ids(&found[1].weaknesses)), (vec![], vec![]));
        assert_eq!(ids(&found[2].weaknesses), [(2, 4)]);
        assert_eq!((found[0].strengths[0].ranked, found[0].strengths[0].value), (3, 1.0));
        assert_eq!(ids(&found[3].weaknesses), [(1, 3)]);
    }

    proptest! {
        #[test]
        fn strengths_and_weaknesses_are_apart_and_ordered(c in prop::collection::vec(prop::collection::vec(0..4_u8, 7), 3)) {
            let columns: Vec<Vec<f64>> = c.iter().map(|c| c.iter().map(|x| f64::from(*x)).collect()).collect();
            for profile in of(&columns, 3) {
                prop_assert!(profile.strengths.is_sorted_by_key(|s| s.rank));
                prop_assert!(profile.weaknesses.is_sorted_by(|a, b| a.rank >= b.rank));
                for s in &profile.strengths {
                    prop_assert!(2 * (s.rank - 1) + s.tied < s.ranked);
                    prop_assert!(profile.weaknesses.iter().all(|w| w.indicator != s.indicator));
                }
            }
        }
    }
}
