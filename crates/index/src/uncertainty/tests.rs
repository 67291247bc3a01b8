//! Alternatives against the index computed afresh, and what is kept of them against all that could be.

use proptest::prelude::*;

use super::{spread, spread::Spread, standing, standing::Standing, *};
use crate::{Data, Outliers, Scope, composite, evaluate, normalise::by_period, order::spearman, tests::framework};

fn table(rows: usize, indicators: usize) -> Vec<Vec<f64>> {
    let normals = |j| {
        let mut rng = random::stream(3, "table", j);
        (0..rows).map(|_| random::normal(&mut rng).exp()).collect()
    };
    (0..indicators as u64).map(normals).collect()
}

fn keys(units: usize, periods: usize) -> (Vec<String>, Vec<i32>) {
    let n = units * periods;
    ((0..n).map(|i| format!("u{:05}", i / periods)).collect(), (0..n).map(|i| (i % periods) as i32).collect())
}

/// Every alternative without a draw is an index of its own, weights of each period included.
#[test]
fn alternatives_are_the_indices_of_their_recipes() {
    let f = framework(&[2, 3]);
    let (units, periods) = keys(12, 4);
    let columns = table(48, 5);
    let data = Data { units: &units, periods: &periods, columns: &columns, groups: &[] };
    for scope in [Scope::Pooled, Scope::PerPeriod] {
        let recipe = Recipe { scope, outliers: Some(Outliers::default()), ..Recipe::default() };
        let index = evaluate(&f, &data, &recipe).unwrap();
        // Not ranks: sums of theirs are equal up to rounding, and the order of summation would decide.
        let declared = Alternatives {
            normalisation: vec![Normalisation::MinMax, Normalisation::ZScore],
            aggregation: vec![Aggregation::Arithmetic, Aggregation::Geometric, Aggregation::Topsis],
            leave_one_out: false,
            ..Alternatives::default()
        };
        let u = uncertainty(&f, &index, &recipe, &declared, 1).unwrap();
        assert_eq!(u.alternatives.len(), 18);
        for (a, agreement) in u.alternatives.iter().zip(&u.agreement) {
            let Alternative { normalisation, weights, aggregation, .. } = *a;
            let other = evaluate(&f, &data, &Recipe { normalisation, weights, aggregation, ..recipe.clone() }).unwrap();
            let wanted = spearman(&index.scores[0], &other.scores[0]);
            assert!((agreement - wanted).abs() < 1e-9, "{scope:?} {a:?} {agreement} {wanted}");
        }
    }
}

/// Too many values to keep them all: histograms, by any number of threads to the last bit.
#[test]
fn threads_do_not_show_in_histograms() {
    let f = framework(&[2, 2]);
    let (units, periods) = keys(6_000, 3);
    let mut columns = table(18_000, 4);
    // Ties, and rows without a score.
    columns.iter_mut().for_each(|c| c.iter_mut().step_by(3).for_each(|x| *x = x.round()));
    columns.iter_mut().for_each(|c| c[100..130].fill(f64::NAN));
    let recipe = Recipe { missing: Missing::MeanOfPresent, ..Recipe::default() };
    let index = evaluate(&f, &Data { units: &units, periods: &periods, columns: &columns, groups: &[] }, &recipe).unwrap();
    let declared = Alternatives { design: Design::Random, replicates: 460, weight_noise: 0.3, ..Alternatives::default() };
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| uncertainty(&f, &index, &recipe, &declared, 7)).unwrap()
    };
    let (one, three) = (with(1), with(3));
    assert!(one.alternatives.len() * units.len() > 8_000_000);
    // Rows without a score have no percentiles: the shapes of numbers are compared as they are printed.
    assert_eq!(format!("{one:?}"), format!("{three:?}"));
    assert!(one.median[110].is_nan() && one.best[110] == 0 && !one.median[0].is_nan());
}

/// Scores of some rows under some alternatives, with ties and gaps.
fn scores() -> impl Strategy<Value = Vec<Vec<f64>>> {
    let score = prop_oneof![8 => -1.0..1.0, 2 => (-2..3_i32).prop_map(|k| f64::from(k) / 2.0), 1 => Just(f64::NAN)];
    (1..40_usize).prop_flat_map(move |n| prop::collection::vec(prop::collection::vec(score.clone(), n), 1..12))
}

fn plain(ranks: &[Option<usize>]) -> Vec<u32> {
    ranks.iter().map(|r| r.map_or(0, |r| r as u32)).collect()
}

proptest! {
    #[test]
    fn standings_are_ranks_and_their_correlations(all in scores(), periods in 1..4_usize) {
        let rows = all[0].len();
        let groups = by_period(&(0..rows).map(|i| (i * 5 % periods) as i32).collect::<Vec<_>>());
        let standing = Standing::new(&all[0], &groups);
        let mut desk = standing::Desk::default();
        let mut ranks = vec![0; rows];
        let base = plain(&composite::ranks(&all[0], &groups));
        for scores in &all {
            let (agreement, shift) = standing.compare(scores, &mut desk, &mut ranks);
            let wanted = plain(&composite::ranks(scores, &groups));
            prop_assert_eq!(&ranks, &wanted);
            let (a, b): (Vec<f64>, Vec<f64>) =
                all[0].iter().zip(scores).filter(|(x, y)| !x.is_nan() && !y.is_nan()).unzip();
            let wanted = spearman(&a, &b);
            prop_assert!((agreement - wanted).abs() < 1e-12 || (agreement.is_nan() && wanted.is_nan()));
            let moves: Vec<f64> =
                ranks.iter().zip(&base).filter(|(a, b)| **a > 0 && **b > 0).map(|(a, b)| f64::from(a.abs_diff(*b))).collect();
            prop_assert!((shift - moves.iter().sum::<f64>() / moves.len().max(1) as f64).abs() < 1e-12);
        }
    }

    /// Histograms say within a bin what all values say, whatever the order in which alternatives come.
    #[test]
    fn histograms_are_near_to_all_values(all in scores(), top in 0..6_usize, times in 1..60_usize) {
        let rows = all[0].len();
        let groups = by_period(&vec![0; rows]);
        let ranks: Vec<Vec<u32>> = all.iter().map(|s| plain(&composite::ranks(s, &groups))).collect();
        let n = all.len() * times;
        let pairs: Vec<(&[f64], &[u32])> =
            (0..n).map(|k| k % all.len()).map(|k| (all[k].as_slice(), ranks[k].as_slice())).collect();
        let told = |pairs: &[(&[f64], &[u32])], alternatives: usize| {
            let spread = Spread::new(0.1, 1.5, vec![rows; rows], alternatives, top);
            pairs.chunks(7).enumerate().for_each(|(t, some)| spread.add(t, some.iter().copied()));
            spread.finish(n)
        };
        let found = told(&pairs, n);
        let turned: Vec<_> = pairs.iter().rev().copied().collect();
        // Wide counts and narrow ones, too.
        prop_assert_eq!(format!("{found:?}"), format!("{:?}", told(&turned, 100_000)));
        for (i, bands) in found.iter().enumerate() {
            let wanted = spread::exact(pairs.iter().map(|p| p.0[i]), pairs.iter().map(|p| p.1[i]), top);
            let same = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan());
            prop_assert!(same(bands.ranks[0], wanted.ranks[0]) && same(bands.ranks[4], wanted.ranks[4]));
            prop_assert!(same(bands.top, wanted.top));
            // The value at a share lies between its neighbours in order, and a histogram is off by a bin at most.
            let mut known: Vec<f64> = pairs.iter().map(|p| p.0[i]).filter(|x| !x.is_nan()).collect();
            known.sort_by(f64::total_cmp);
            for (share, at) in [(0.05, bands.scores[0]), (0.95, bands.scores[1])] {
                let place = share * known.len() as f64;
                let ends = (place.floor() as usize).saturating_sub(1)..=(place.ceil() as usize).min(known.len().saturating_sub(1));
                let fits = known.is_empty() || {
                    let (low, high) = (known[*ends.start()], known[*ends.end()]);
                    low - 3.0 / 256.0 <= at && at <= high + 3.0 / 256.0
                };
                prop_assert!(fits, "{} {:?}", at, known);
            }
        }
    }
}
