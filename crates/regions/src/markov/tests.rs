use numerics::distributions::chi_squared_above;
use proptest::prelude::*;

use super::*;

fn plain(lag: u32) -> MarkovOptions {
    MarkovOptions { lag, bootstrap: 0, ..MarkovOptions::default() }
}

fn series(states: &[usize]) -> Vec<Seen> {
    states.iter().enumerate().map(|(t, &class)| Seen { unit: 0, period: t as i32, class, around: None }).collect()
}

fn close(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance, "{what}: {found} for {expected}");
}

/// Weather of twenty days in the manual of mathmodels 0.0.11: rain 0, cloud 1, sun 2.
#[test]
fn weather_of_twenty_days() {
    let states: Vec<usize> = "SSCRSCSSRCSCRSSCSRCS".chars().map(|c| "RCS".find(c).unwrap()).collect();
    let m = markov(&series(&states), 3, 0, &plain(1), 0).unwrap();
    let printed = [0.0, 0.5, 0.5, 0.3333333, 0.0, 0.6666667, 0.2222222, 0.4444444, 0.3333333];
    for (found, expected) in m.chain.probabilities.iter().zip(printed) {
        close(*found, expected, 5e-8, "probability");
    }
    for (found, expected) in m.chain.long_run.ergodic().unwrap().iter().zip([0.2105263, 0.3157895, 0.4736842]) {
        close(*found, expected, 5e-8, "stationary share");
    }
}

/// US states 1929-2009 (Rey 2001), fixed quintiles: transitions by class of the spatial lag as giddy 2.3.8 prints them.
#[test]
fn tests_over_classes_of_the_lag_as_printed_for_us_states() {
    let tables: [[u64; 25]; 5] = [
        [474, 15, 3, 0, 0, 9, 124, 16, 0, 0, 0, 14, 74, 12, 0, 0, 1, 9, 16, 2, 0, 0, 0, 1, 5],
        [95, 20, 4, 0, 0, 16, 187, 9, 0, 0, 1, 13, 161, 11, 0, 0, 0, 13, 184, 7, 0, 0, 0, 7, 29],
        [83, 15, 0, 0, 0, 17, 165, 27, 0, 0, 1, 19, 153, 19, 1, 0, 0, 16, 148, 6, 0, 0, 0, 10, 88],
        [54, 6, 0, 1, 0, 5, 105, 18, 0, 1, 1, 19, 157, 24, 1, 0, 4, 22, 129, 16, 0, 0, 0, 20, 187],
        [1, 2, 0, 0, 0, 3, 48, 10, 1, 0, 1, 14, 65, 7, 0, 0, 2, 12, 173, 6, 0, 0, 0, 10, 415],
    ];
    let tables: Vec<&[u64]> = tables.iter().map(|t| t.as_slice()).collect();
    let h = homogeneity(&tables, 5).unwrap();
    assert_eq!((h.degrees, h.groups), (60, 5));
    close(h.chi_squared, 200.62372763076806, 1e-9, "Q");
    close(h.likelihood_ratio, 170.6588284308426, 1e-9, "LR");
    // giddy subtracts from 1 and keeps four digits; scipy's upper tail has them all.
    close(h.p_likelihood_ratio, 1.4922345328388595e-12, 1e-23, "p of LR");
}

#[test]
fn a_reducible_chain_says_where_it_ends() {
    // 0 leads to 1 and 2; 1 stays; 2 and 3 exchange places; 4 is never seen.
    let seen: Vec<Seen> = [[0, 1, 1, 1], [0, 2, 3, 2], [3, 2, 3, 2]]
        .iter()
        .enumerate()
        .flat_map(|(unit, s)| s.iter().enumerate().map(move |(t, &class)| Seen { unit, period: t as i32, class, around: None }))
        .collect();
    let m = markov(&seen, 5, 0, &plain(1), 0).unwrap();
    let run = &m.chain.long_run;
    assert!(run.ergodic().is_none());
    assert_eq!((&run.transient[..], &run.dead_ends[..], &run.unseen[..]), (&[0][..], &[][..], &[4][..]));
    let sets: Vec<(&[usize], usize)> = run.sets.iter().map(|s| (&s.classes[..], s.cycle)).collect();
    assert_eq!(sets, [(&[1][..], 1), (&[2, 3][..], 2)]);
    assert_eq!(run.sets[1].shares, [0.0, 0.0, 0.5, 0.5, 0.0]);
    let passage = |i: usize, j: usize| m.chain.passage[i * 5 + j];
    assert_eq!((passage(2, 3), passage(3, 3), passage(1, 1)), (1.0, 2.0, 1.0));
    // From 0 the coin decides: neither end is certain.
    assert_eq!((passage(0, 1), passage(0, 3), passage(0, 0)), (f64::INFINITY, f64::INFINITY, f64::INFINITY));
    assert!(passage(4, 1).is_nan());
    let mobility = m.chain.mobility.unwrap();
    assert!(mobility.leaving.is_nan() && mobility.half_life == f64::INFINITY);
}

#[test]
fn a_class_that_is_entered_last_has_no_known_way_on() {
    let m = markov(&series(&[0, 1, 0, 1, 2]), 3, 0, &plain(1), 0).unwrap();
    assert_eq!(m.chain.long_run.dead_ends, [2]);
    assert!(m.chain.long_run.ergodic().is_none() && m.chain.mobility.is_none());
    assert!(m.chain.probabilities[6..].iter().all(|p| p.is_nan()));
    assert_eq!(m.chain.passage[2], 4.0);
    // 0 leads to 1 for certain; whether 1 comes back to 0 depends on what follows 2.
    assert_eq!(m.chain.passage[1], 1.0);
    assert!(m.chain.passage[6].is_nan() && m.chain.passage[3].is_nan() && m.chain.passage[0].is_nan());
}

#[test]
fn gaps_are_gaps_and_steps_have_a_length() {
    let seen: Vec<Seen> = [(2000, 0), (2001, 1), (2003, 0), (2004, 1), (2005, 0)]
        .map(|(period, class)| Seen { unit: 0, period, class, around: None })
        .to_vec();
    let m = markov(&seen, 2, 0, &plain(1), 0).unwrap();
    assert_eq!(m.chain.counts, [0, 2, 1, 0]);
    // 2001 is not seen again in 2002.
    assert_eq!(m.unfollowed, [1]);
    let m = markov(&seen, 2, 0, &plain(2), 0).unwrap();
    assert_eq!((m.chain.counts.clone(), m.unfollowed), (vec![1, 0, 1, 0], vec![0]));
    // Returns are counted in periods.
    assert_eq!((m.chain.passage[0], m.chain.passage[2]), (2.0, 2.0));
    let spans = |breaks: &[i32]| markov(&seen, 2, 0, &MarkovOptions { breaks: breaks.to_vec(), ..plain(1) }, 0).map(|m| m.spans);
    let ends: Vec<(i32, i32)> = spans(&[2002]).unwrap().iter().map(|s| (s.first, s.last)).collect();
    assert_eq!(ends, [(2000, 2000), (2003, 2004)]);
    assert_eq!(spans(&[2002, 2001]), Err(MarkovError::Breaks));
}

#[test]
fn what_makes_no_chain_says_why() {
    let ok = series(&[0, 1, 0]);
    let with = |options: MarkovOptions| markov(&ok, 2, 0, &options, 0).unwrap_err();
    assert_eq!(with(plain(0)), MarkovError::Lag);
    assert_eq!(with(plain(3)), MarkovError::NoTransition { lag: 3 });
    assert_eq!(with(MarkovOptions { level: 1.0, ..plain(1) }), MarkovError::Level { level: 1.0 });
    assert_eq!(markov(&ok, 1, 0, &plain(1), 0), Err(MarkovError::Classes { classes: 1 }));
    assert_eq!(markov(&series(&[0, 2]), 2, 0, &plain(1), 0), Err(MarkovError::OutOfRange { row: 1 }));
    assert_eq!(markov(&[ok[0], ok[0]], 2, 0, &plain(1), 0), Err(MarkovError::Twice { period: 0 }));
}

/// Brown, Cai and DasGupta (2001): Wilson's 95 % interval of 0 in 10 and of 1 in 10.
#[test]
fn wilson_intervals() {
    let seen: Vec<Seen> = (0..11)
        .flat_map(|u| {
            let to = usize::from(u == 0);
            [(0, 0), (1, to)].map(|(period, class)| Seen { unit: u, period, class, around: None })
        })
        .collect();
    let m = markov(&seen[2..], 2, 0, &plain(1), 0).unwrap();
    assert_eq!(m.chain.intervals[1].0, 0.0);
    close(m.chain.intervals[1].1, 0.2775, 5e-5, "0 in 10");
    let m = markov(&seen[..20], 2, 0, &plain(1), 0).unwrap();
    close(m.chain.intervals[1].0, 0.0179, 5e-5, "1 in 10");
    close(m.chain.intervals[1].1, 0.4042, 5e-5, "1 in 10");
}

/// Simulated chains whose steps depend on the last class alone: the tests of order and space keep their size, roughly.
#[test]
fn a_first_order_chain_passes_its_tests() {
    let (mut order, mut space) = (0, 0);
    let runs = 400;
    for run in 0..runs {
        let mut rng = random::stream(run, "test-chain", 0);
        let mut seen = Vec::new();
        for unit in 0..40 {
            let mut class = rng.random_range(0..2_u32) as usize;
            for period in 0..12 {
                seen.push(Seen { unit, period, class, around: Some(rng.random_range(0..2_u32) as usize) });
                if rng.random_range(0..10_u32) < if class == 0 { 2 } else { 4 } {
                    class = 1 - class;
                }
            }
        }
        let m = markov(&seen, 2, 2, &plain(1), 0).unwrap();
        order += usize::from(m.order.unwrap().p_likelihood_ratio < 0.05);
        space += usize::from(m.space.unwrap().p_chi_squared < 0.05);
    }
    // Binomial(400, 0.05): 20 expected, sd 4.4.
    assert!((6..=36).contains(&order) && (6..=36).contains(&space), "{order} {space}");
}

#[test]
fn intervals_hold_the_estimate_and_repeat() {
    let mut seen = Vec::new();
    for unit in 0..30_usize {
        for period in 0..10_usize {
            let class = (unit * 7 + period * period * (unit % 4 + 1)) / 5 % 3;
            seen.push(Seen { unit, period: period as i32, class, around: None });
        }
    }
    let options = MarkovOptions { bootstrap: 200, ..MarkovOptions::default() };
    let m = markov(&seen, 3, 0, &options, 7).unwrap();
    let i = m.intervals.clone().unwrap();
    for (share, (low, high)) in m.chain.long_run.ergodic().unwrap().iter().zip(&i.ergodic) {
        assert!(low < share && share < high && *low > 0.0 && *high < 1.0, "{low} {share} {high}");
    }
    seen.reverse();
    assert_eq!(markov(&seen, 3, 0, &options, 7).unwrap().intervals, Some(i));
    assert_ne!(markov(&seen, 3, 0, &options, 8).unwrap().intervals, m.intervals);
}

proptest! {
    #[test]
    fn laws_of_any_chain(counts in proptest::collection::vec(0_u64..6, 16), k in 2_usize..5) {
        let counts = &counts[..k * k];
        let chain = Chain::new(counts.to_vec(), k, 0.95, 1.0);
        for set in &chain.long_run.sets {
            prop_assert!((set.shares.iter().sum::<f64>() - 1.0).abs() < 1e-14);
            for j in 0..k {
                let on: f64 = set.classes.iter().map(|&i| set.shares[i] * chain.probabilities[i * k + j]).sum();
                prop_assert!((on - set.shares[j]).abs() < 1e-13);
                if set.classes.contains(&j) {
                    // Kac: the mean return is the reciprocal of the share.
                    prop_assert!((chain.passage[j * k + j] * set.shares[j] - 1.0).abs() < 1e-11);
                }
            }
        }
        // First passage times solve their equations.
        for i in 0..k {
            for j in (0..k).filter(|&j| chain.passage[i * k + j].is_finite()) {
                let on: f64 = (0..k).filter(|&l| l != j && chain.probabilities[i * k + l] > 0.0)
                    .map(|l| chain.probabilities[i * k + l] * chain.passage[l * k + j]).sum();
                prop_assert!((1.0 + on - chain.passage[i * k + j]).abs() < 1e-10 * chain.passage[i * k + j]);
            }
        }
        for (p, (low, high)) in chain.probabilities.iter().zip(&chain.intervals) {
            prop_assert!(p.is_nan() || (0.0 <= *low && *low <= *p && p <= high && *high <= 1.0));
        }
        if let Some(m) = chain.mobility {
            prop_assert!((0.0..=1.0).contains(&m.second) && m.half_life >= 0.0);
            prop_assert!((-1e-12..=k as f64 / (k as f64 - 1.0) + 1e-12).contains(&m.shorrocks));
        }
    }

    /// With two classes the second eigenvalue is the trace less one, and the determinant equals it.
    #[test]
    fn two_classes_in_closed_form(n in proptest::collection::vec(1_u64..50, 4)) {
        let chain = Chain::new(n, 2, 0.95, 1.0);
        let (a, b) = (chain.probabilities[1], chain.probabilities[2]);
        let m = chain.mobility.unwrap();
        prop_assert!((m.second - (1.0 - a - b).abs()).abs() < 1e-7);
        prop_assert!((m.determinant - (1.0 - (1.0 - a - b).abs())).abs() < 1e-13);
        let ergodic = chain.long_run.ergodic().unwrap();
        prop_assert!((ergodic[0] - b / (a + b)).abs() < 1e-14);
        prop_assert!((chain.passage[1] - 1.0 / a).abs() < 1e-11 / a);
    }

    /// Copies of one table are homogeneous; splitting a table any way never gives a negative statistic.
    #[test]
    fn copies_are_homogeneous(n in proptest::collection::vec(0_u64..9, 9), split in proptest::collection::vec(0_u64..9, 9)) {
        if let Some(h) = homogeneity(&[&n, &n], 3) {
            prop_assert!(h.likelihood_ratio < 1e-10 && h.chi_squared < 1e-10 && h.p_chi_squared > 0.999);
        }
        if let Some(h) = homogeneity(&[&n, &split], 3) {
            prop_assert!(h.likelihood_ratio >= 0.0 && h.chi_squared >= 0.0);
            prop_assert!((h.p_chi_squared - chi_squared_above(h.chi_squared, h.degrees)).abs() < 1e-15);
        }
    }
}
