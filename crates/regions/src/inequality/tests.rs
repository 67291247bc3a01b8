use proptest::prelude::*;

use super::*;

fn plain() -> InequalityOptions {
    InequalityOptions { bootstrap: 0, ..InequalityOptions::default() }
}

fn run(values: &[f64], groups: &[&str]) -> Inequality {
    inequality(values, None, Some(groups), &plain(), 1).unwrap()
}

fn close(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance * b.abs().max(1e-3), "{a} is not {b}");
}

/// Dagum (1997) on two groups of 4 and 3, worked by hand: E|y_j − y_h| = 51/3 over means 25 and 25/3.
#[test]
fn two_small_groups_by_hand() {
    let r = run(&[10.0, 20.0, 30.0, 40.0, 5.0, 8.0, 12.0], &["A", "A", "A", "A", "B", "B", "B"]);
    for (got, want) in [
        (r.dagum.total, 0.363_428_571_428_571_43),
        (r.dagum.within, 0.130_285_714_285_714_28),
        (r.dagum.net_between, 0.228_571_428_571_428_54),
        (r.dagum.transvariation, 0.004_571_428_571_428_607),
        (r.groups[0].gini, 0.25),
        (r.groups[1].gini, 0.186_666_666_666_666_65),
        (r.pairs[0].gini, 0.51),
        (r.pairs[0].affluence, 0.980_392_156_862_745),
    ] {
        close(got, want, 1e-12);
    }
    assert_eq!((r.pairs[0].rich, r.pairs[0].poor), (0, 1));
}

/// Documentation of the R package mathmodels 0.0.11, grouped Theil T, printed to 7 digits.
#[test]
fn theil_of_two_groups_as_printed() {
    let values = [10., 10., 4., 4., 4., 4., 2., 2., 8., 8., 8., 8., 6., 6., 6., 6., 6., 6.];
    let groups: Vec<&str> = (0..18).map(|i| if i < 8 { "A" } else { "B" }).collect();
    let r = run(&values, &groups);
    for (got, want) in [
        (r.theil_t.total, 0.079_078_22),
        (r.theil_t.between, 0.011_279_92),
        (r.theil_t.within, 0.067_798_3),
        (r.groups[0].theil_t, 0.165_687_1),
        (r.groups[1].theil_t, 0.010_216_66),
    ] {
        assert!((got - want).abs() <= 5e-8, "{got} is not {want}");
    }
}

/// The definitions, summed pair by pair.
fn brute(values: &[f64], weights: &[f64], groups: &[usize]) -> [f64; 6] {
    let total: f64 = weights.iter().sum();
    let mean = values.iter().zip(weights).map(|(x, w)| x * w).sum::<f64>() / total;
    let k = groups.iter().max().unwrap() + 1;
    let size: Vec<f64> = (0..k).map(|g| (0..values.len()).filter(|&i| groups[i] == g).map(|i| weights[i]).sum()).collect();
    let means: Vec<f64> = (0..k)
        .map(|g| (0..values.len()).filter(|&i| groups[i] == g).map(|i| weights[i] * values[i]).sum::<f64>() / size[g])
        .collect();
    let (mut all, mut within) = (0.0, 0.0);
    let (mut up, mut down) = (vec![vec![0.0; k]; k], vec![vec![0.0; k]; k]);
    for i in 0..values.len() {
        for j in 0..values.len() {
            let d = weights[i] * weights[j] * (values[i] - values[j]).abs();
            let (g, h) = (groups[i], groups[j]);
            all += d;
            if g == h {
                within += d;
            } else if means[g] > means[h] || (means[g] == means[h] && g < h) {
                if values[i] > values[j] { up[g][h] += d } else { down[g][h] += d }
            }
        }
    }
    let scale = 2.0 * mean * total * total;
    let (mut net, mut trans) = (0.0, 0.0);
    for g in 0..k {
        for h in 0..k {
            // G_jh (p_j s_h + p_h s_j) is 2 E|y_j − y_h| p_j p_h / 2μ; D_jh keeps d − p of it.
            net += 2.0 * (up[g][h] - down[g][h]) / scale;
            trans += 2.0 * 2.0 * down[g][h] / scale;
        }
    }
    let theil: f64 =
        values.iter().zip(weights).filter(|(x, _)| **x > 0.0).map(|(x, w)| w / total * x / mean * (x / mean).ln()).sum();
    [all / scale, within / scale, net, trans, theil, mean]
}

fn sample() -> impl Strategy<Value = (Vec<f64>, Vec<f64>, Vec<usize>)> {
    (2_usize..40, 1_usize..5).prop_flat_map(|(n, k)| {
        (
            prop::collection::vec(prop_oneof![4 => 0.01..100.0, 1 => Just(0.0), 1 => Just(7.0)], n),
            prop::collection::vec(0.1..10.0, n),
            prop::collection::vec(0..k, n),
        )
    })
}

proptest! {
    #[test]
    fn decomposition_is_the_pairwise_definition((mut x, w, g) in sample()) {
        x[0] += 1.0;
        // Consecutive group numbers, so that brute force has no empty group.
        let mut used = g.clone();
        used.sort_unstable();
        used.dedup();
        let g: Vec<usize> = g.iter().map(|v| used.binary_search(v).unwrap()).collect();
        let names: Vec<String> = g.iter().map(|v| format!("{v}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let r = inequality(&x, Some(&w), Some(&names), &plain(), 1).unwrap();
        let want = brute(&x, &w, &g);
        let got = [r.dagum.total, r.dagum.within, r.dagum.net_between, r.dagum.transvariation, r.theil_t.total, r.mean];
        for (a, b) in got.into_iter().zip(want) {
            prop_assert!((a - b).abs() <= 1e-12 * b.abs().max(1.0), "{:?} {:?}", got, want);
        }
        prop_assert!(r.theil_identity <= 1e-12);
    }

    #[test]
    fn units_of_measure_and_order_do_not_matter((mut x, w, g) in sample(), factor in prop_oneof![Just(1e9), Just(1e-9)]) {
        x[0] += 1.0;
        let names: Vec<String> = g.iter().map(|v| format!("{v}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let r = inequality(&x, Some(&w), Some(&names), &plain(), 1).unwrap();
        let scaled: Vec<f64> = x.iter().map(|x| x * factor).collect();
        let s = inequality(&scaled, Some(&w), Some(&names), &plain(), 1).unwrap();
        prop_assert!((r.dagum.total - s.dagum.total).abs() <= 1e-13);
        prop_assert!((r.dagum.net_between - s.dagum.net_between).abs() <= 1e-13);
        prop_assert!((r.theil_t.total - s.theil_t.total).abs() <= 1e-13);
        let back = |v: &[f64]| v.iter().rev().copied().collect::<Vec<f64>>();
        let turned: Vec<&str> = names.iter().rev().copied().collect();
        let t = inequality(&back(&x), Some(&back(&w)), Some(&turned), &plain(), 1).unwrap();
        prop_assert!((r.dagum.total - t.dagum.total).abs() <= 1e-15);
        prop_assert!((r.dagum.transvariation - t.dagum.transvariation).abs() <= 1e-15);
    }

    #[test]
    fn doubling_every_unit_changes_nothing_and_weights_are_copies((mut x, _, g) in sample()) {
        x[0] += 1.0;
        let names: Vec<String> = g.iter().map(|v| format!("{v}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let r = inequality(&x, None, Some(&names), &plain(), 1).unwrap();
        let (x2, n2) = ([&x[..], &x[..]].concat(), [&names[..], &names[..]].concat());
        let s = inequality(&x2, None, Some(&n2), &plain(), 1).unwrap();
        let w = inequality(&x, Some(&vec![2.0; x.len()]), Some(&names), &plain(), 1).unwrap();
        for t in [s, w] {
            prop_assert!((r.dagum.total - t.dagum.total).abs() <= 1e-13);
            prop_assert!((r.dagum.within - t.dagum.within).abs() <= 1e-13);
            prop_assert!((r.theil_t.within - t.theil_t.within).abs() <= 1e-13);
        }
    }

    #[test]
    fn giving_from_rich_to_poor_lowers_inequality(x in prop::collection::vec(1.0..100.0, 3..30), share in 0.05..0.45) {
        let (mut low, mut high) = (0, 0);
        for i in 0..x.len() {
            if x[i] < x[low] { low = i }
            if x[i] > x[high] { high = i }
        }
        prop_assume!(x[high] - x[low] > 0.1);
        let mut y: Vec<f64> = x.clone();
        let gift = share * (x[high] - x[low]);
        y[high] -= gift;
        y[low] += gift;
        let (a, b) = (inequality(&x, None, None, &plain(), 1).unwrap(), inequality(&y, None, None, &plain(), 1).unwrap());
        prop_assert!(b.dagum.total < a.dagum.total);
        prop_assert!(b.theil_t.total < a.theil_t.total);
        prop_assert!(b.theil_l.unwrap().total < a.theil_l.unwrap().total);
        prop_assert!(b.cv < a.cv);
    }
}

#[test]
fn one_group_leaves_nothing_between() {
    let r = inequality(&[1.0, 2.0, 3.0], None, None, &plain(), 1).unwrap();
    assert_eq!((r.dagum.net_between, r.dagum.transvariation), (0.0, 0.0));
    assert_eq!(r.dagum.total, r.dagum.within);
    assert!(r.pairs.is_empty());
    // E|x − y| = 8/9 over twice the mean.
    close(r.dagum.total, 2.0 / 9.0, 1e-15);
}

#[test]
fn equal_values_and_values_equal_but_for_rounding() {
    let r = run(&[5.0; 4], &["a", "a", "b", "b"]);
    assert_eq!((r.dagum.total, r.theil_t.total, r.cv), (0.0, 0.0, 0.0));
    let r = run(&[1e6, 1e6 + 1e-4, 1e6 + 3e-4, 1e6 + 2e-4], &["a", "a", "b", "b"]);
    assert!(r.dagum.total > 0.0 && r.identity <= TOLERANCE, "{r:?}");
}

#[test]
fn a_zero_leaves_theil_t_finite_and_takes_l_away() {
    let r = run(&[0.0, 1.0, 2.0], &["a", "a", "b"]);
    assert!(r.theil_t.total.is_finite() && r.theil_l.is_none() && r.sigma.is_none());
    // A group of zeros alone has no inequality of its own.
    let r = run(&[0.0, 0.0, 2.0, 3.0], &["a", "a", "b", "b"]);
    assert_eq!(r.groups[0].gini, 0.0);
    assert!(r.theil_identity <= 1e-15);
}

#[test]
fn what_cannot_be_measured_is_refused_by_name() {
    let bad = |x: &[f64], w: Option<&[f64]>| inequality(x, w, None, &plain(), 1).unwrap_err();
    assert_eq!(bad(&[1.0, -2.0, 3.0, -1.0], None), InequalityError::Negative { rows: vec![1, 3] });
    assert_eq!(bad(&[1.0, f64::NAN], None), InequalityError::NotFinite { rows: vec![1] });
    assert_eq!(bad(&[1.0], None), InequalityError::TooFew { units: 1 });
    assert_eq!(bad(&[0.0, 0.0], None), InequalityError::ZeroMean);
    assert_eq!(bad(&[1.0, 2.0], Some(&[1.0, 0.0])), InequalityError::Weight { rows: vec![1] });
    assert_eq!(bad(&[1.0, 2.0], Some(&[1.0])), InequalityError::Length);
    let options = InequalityOptions { level: 1.0, ..plain() };
    assert_eq!(inequality(&[1.0, 2.0], None, None, &options, 1).unwrap_err(), InequalityError::Level { level: 1.0 });
}

#[test]
fn the_bootstrap_repeats_itself_on_any_number_of_threads() {
    let x: Vec<f64> = (1..40).map(|i| f64::from(i * i % 37 + 1)).collect();
    let g: Vec<&str> = (0..39).map(|i| ["e", "c", "w"][i % 3]).collect();
    let options = InequalityOptions { bootstrap: 200, ..InequalityOptions::default() };
    let go = |threads| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
            .install(|| inequality(&x, None, Some(&g), &options, 7).unwrap())
    };
    let (a, b) = (go(1), go(3));
    assert_eq!(a, b);
    let gini = a.intervals.unwrap().dagum[0];
    assert!(gini.0 < a.dagum.total && a.dagum.total < gini.1);
}

/// 400 samples of 3 x 12 lognormal units (σ = 0.5, medians 1, 1.5, 2): the nominal 95 % interval of
/// the Gini coefficient of the mixture must cover it in most samples; the basic interval does better
/// than the percentile one, which the bias of a resample pulls down.
#[test]
fn intervals_cover() {
    let medians = [1.0, 1.5, 2.0];
    let draw = |sample: u64, per: usize| {
        let mut rng = random::stream(sample, "coverage", per as u64);
        let mut x = Vec::new();
        for median in medians {
            for _ in 0..per {
                let (u, v): (f64, f64) = (rng.random(), rng.random());
                x.push(median * (0.5 * (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()).exp());
            }
        }
        x
    };
    let groups = |per: usize| (0..3 * per).map(|i| ["a", "b", "c"][i / per]).collect::<Vec<_>>();
    let truth = inequality(&draw(0, 200_000), None, Some(&groups(200_000)), &plain(), 1).unwrap().dagum;
    let mut covered = [0; 2];
    for (way, interval) in [Interval::Basic, Interval::Percentile].into_iter().enumerate() {
        let options = InequalityOptions { bootstrap: 200, interval, ..InequalityOptions::default() };
        for sample in 1..=400 {
            let r = inequality(&draw(sample, 12), None, Some(&groups(12)), &options, sample).unwrap();
            let (low, high) = r.intervals.unwrap().dagum[0];
            covered[way] += usize::from(low <= truth.total && truth.total <= high);
        }
    }
    assert!(covered[0] >= 340 && covered[0] > covered[1], "{covered:?}");
}

/// Values that are equal, or nearly: the identities hold beside a Gini coefficient that is next to nothing.
#[test]
fn equal_and_nearly_equal_values_keep_the_identities() {
    let options = InequalityOptions { bootstrap: 20, ..InequalityOptions::default() };
    let groups = ["a", "a", "a", "b", "b", "c", "c"];
    let weights = [0.1, 0.7, 1.3, 2.1, 0.3, 5.7, 1.1];
    for base in [0.1, 1.0 / 3.0, 1e-9, 7.7e12] {
        for spread in [0.0, 1e-15, 1e-12, 1e-9, 1e-3] {
            let values: Vec<f64> = (0..7).map(|i| base * (1.0 + spread * f64::from(i * 37 % 11))).collect();
            for w in [None, Some(weights.as_slice())] {
                let r = inequality(&values, w, Some(&groups), &options, 1);
                assert!(r.as_ref().is_ok_and(|r| r.dagum.total >= 0.0 && r.dagum.total < 1e-2), "{base} {spread} {r:?}");
            }
        }
    }
}
