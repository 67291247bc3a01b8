use numerics::least_squares;
use proptest::prelude::*;

use super::*;
use crate::cross_efficiency::{CrossOptions, Goal, cross_efficiency};

/// Golany and Roll (1989): 13 units, three inputs, two outputs.
const GOLANY_ROLL: [[f64; 13]; 5] = [
    [10.0, 15.0, 12.0, 10.0, 18.0, 7.0, 10.0, 12.0, 14.0, 8.0, 6.0, 7.0, 8.0],
    [0.8, 1.0, 2.1, 0.6, 0.5, 0.9, 0.3, 1.5, 1.8, 0.9, 0.3, 0.3, 0.3],
    [540.0, 480.0, 510.0, 420.0, 600.0, 520.0, 500.0, 550.0, 570.0, 450.0, 450.0, 420.0, 400.0],
    [0.9, 1.0, 0.8, 0.9, 0.7, 1.0, 0.8, 0.75, 0.65, 0.85, 0.95, 1.0, 1.0],
    [70.0, 95.0, 75.0, 90.0, 80.0, 50.0, 70.0, 75.0, 55.0, 90.0, 100.0, 100.0, 95.0],
];

/// Sum of the gaps with least weights of 1 in units of measure.
const GAP_BY_UNIT: f64 = 31.365;

fn technology<const N: usize>(table: &[[f64; N]], inputs: usize) -> Technology<'_> {
    let (x, y) = table.split_at(inputs);
    let inputs = x.iter().map(<[f64; N]>::as_slice).collect();
    Technology { inputs, outputs: y.iter().map(<[f64; N]>::as_slice).collect(), bad_outputs: Vec::new() }
}

fn with(model: CommonModel) -> CommonOptions {
    CommonOptions { model, ..CommonOptions::default() }
}

#[track_caller]
fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() <= tolerance, "{found:?} for {expected:?}");
    }
}

/// Bisection over the multiplier programs with another solver.
#[test]
fn compromise_and_maximin_of_another_solver() {
    let t = technology(&GOLANY_ROLL, 3);
    let r = common_weights(&t, &with(CommonModel::Compromise)).unwrap();
    assert_eq!(r.status, State::Optimal);
    let (low, high) = r.bounds.unwrap();
    assert!((r.value - 0.151_779_334_893).abs() < 1e-11 && low <= r.value && r.value <= high && high - low < 3e-9, "{r:?}");
    let scores = [
        0.6364847594,
        0.6817965231,
        0.4756716455,
        0.7831643352,
        0.4225490545,
        0.7546954853,
        0.6482206651,
        0.4603486369,
        0.3655003439,
        0.696977219,
        0.9099165885,
        0.9874080211,
        1.0,
    ];
    close(&r.score, &scores, 1e-7);
    assert_eq!(r.unique, Some(true), "{:?} {:?}", r.low, r.high);

    let r = common_weights(&t, &with(CommonModel::Maximin)).unwrap();
    assert_eq!(r.status, State::Optimal);
    assert!((r.value - (1.0 - 0.543_859_649_122_807)).abs() < 1e-11, "{r:?}");
    assert!(r.score.iter().all(|s| *s >= r.value - 3e-9), "{:?}", r.score);
}

/// The program of Liu and Peng with another solver, whose weights are one of many.
#[test]
fn gaps_of_another_solver() {
    let t = technology(&GOLANY_ROLL, 3);
    let r = common_weights(&t, &with(CommonModel::Gap)).unwrap();
    assert_eq!((r.status, r.unique), (State::Optimal, Some(false)));
    assert!((r.value - 0.140_003_892_064).abs() < 1e-9, "{r:?}");
    let found = [
        0.43455734,
        0.437987349,
        0.2227058702,
        0.6057553895,
        0.4102419509,
        0.407073038,
        0.6303865047,
        0.2702023762,
        0.1846529827,
        0.4869892954,
        0.9900551127,
        1.0,
        0.9524133056,
    ];
    for (u, score) in found.iter().enumerate() {
        assert!(r.low[u] - 1e-6 <= *score && *score <= r.high[u] + 1e-6, "{u}: {} {score} {}", r.low[u], r.high[u]);
    }
    // Gaps of the three efficient units, where the least weight is 1 over the mean.
    let weights: Vec<f64> = r.input_weights.iter().chain(&r.output_weights).copied().collect();
    let least = weights.iter().zip(&GOLANY_ROLL).map(|(w, c)| w * moments::mean(c)).fold(f64::INFINITY, f64::min);
    assert!(((r.gap[10] + r.gap[11] + r.gap[12]) / least - r.value).abs() < 1e-6, "{r:?}");

    let r = common_weights(&t, &CommonOptions { least: LeastWeight::Unit, ..with(CommonModel::Gap) }).unwrap();
    assert!((r.value - GAP_BY_UNIT).abs() < 1e-9, "{r:?}");
    close(&r.input_weights, &[0.001982221; 3], 1e-8);
    close(&r.output_weights, &[0.0937590534, 0.0075324398], 1e-7);
}

/// With one output the canonical weights are those of least squares.
#[test]
fn canonical_weights_of_one_output_are_a_regression() {
    let x = [[2.0, 3.0, 5.0, 4.0, 7.0, 6.0], [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]];
    let y = [[2.1, 4.4, 4.6, 6.2, 6.1, 8.0]];
    let t = Technology { inputs: vec![&x[0], &x[1]], outputs: vec![&y[0]], bad_outputs: Vec::new() };
    let r = common_weights(&t, &with(CommonModel::Canonical)).unwrap();
    assert_eq!((r.status, r.bounds), (State::Optimal, None));
    let fit = least_squares::fit(&[x[0].to_vec(), x[1].to_vec(), vec![1.0; 6]], &y[0]).unwrap();
    let by = r.input_weights[0] / fit.coefficients[0];
    assert!((r.input_weights[1] - by * fit.coefficients[1]).abs() < 1e-12);
    let fitted: Vec<f64> = (0..6).map(|u| r.input_weights[0] * x[0][u] + r.input_weights[1] * x[1][u]).collect();
    assert!((moments::correlation(&fitted, &y[0]) - r.value).abs() < 1e-12 && r.value > 0.99);
    assert!((moments::mean(&fitted) - 1.0).abs() < 1e-12);
    let ratio: Vec<f64> = (0..6).map(|u| y[0][u] / fitted[u]).collect();
    let best = ratio.iter().copied().fold(0.0, f64::max);
    close(&r.score, &ratio.iter().map(|s| s / best).collect::<Vec<_>>(), 1e-12);
}

/// Correlations of another program; here the first pair has negative weights, and the ratios of no unit are any.
#[test]
fn canonical_weights_may_be_negative() {
    let r = common_weights(&technology(&GOLANY_ROLL, 3), &with(CommonModel::Canonical)).unwrap();
    assert!((r.value - 0.879_144_006_2).abs() < 1e-10, "{}", r.value);
    close(&r.input_weights, &[-0.0114881978, 0.0660613852, 0.002157159], 1e-9);
    close(&r.output_weights, &[-0.5736689971, -0.0062368807], 1e-9);
    assert!(r.state.iter().all(|s| *s == State::Infeasible) && r.score.iter().all(|s| s.is_nan()));
}

/// Columns that say the same have no weights of their own.
#[test]
fn canonical_weights_that_are_not_determined() {
    let (a, b, c, y) = ([1.0, 2.0, 4.0], [2.0, 4.0, 8.0], [3.0, 3.0, 3.0], [1.0, 3.0, 3.5]);
    for second in [&b, &c] {
        let t = Technology { inputs: vec![&a, second], outputs: vec![&y], bad_outputs: Vec::new() };
        let r = common_weights(&t, &with(CommonModel::Canonical)).unwrap();
        assert_eq!(r.status, State::Infeasible);
        assert!(r.value.is_nan() && r.score.iter().all(|s| s.is_nan()) && r.state.iter().all(|s| *s == State::Infeasible));
    }
}

/// One input and one output leave no choice: everyone's productivity over the best.
#[test]
fn one_input_and_one_output_leave_no_choice() {
    let (x, y) = ([2.0, 4.0, 5.0, f64::NAN], [2.0, 3.0, 1.0, 1.0]);
    let t = Technology { inputs: vec![&x], outputs: vec![&y], bad_outputs: Vec::new() };
    assert!(matches!(common_weights(&t, &CommonOptions::default()), Err(FrontierError::Data(d)) if d.len() == 1));
    for model in [CommonModel::Compromise, CommonModel::Maximin, CommonModel::Gap] {
        let r = common_weights(&t, &CommonOptions { missing: Missing::Exclude, ..with(model) }).unwrap();
        close(&r.score[..3], &[1.0, 0.75, 0.2], 1e-12);
        assert_eq!(r.state[3], State::Missing);
        assert!(r.score[3].is_nan() && r.gap[3].is_nan());
        let value = match model {
            CommonModel::Maximin => 0.2,
            _ => 0.0,
        };
        assert!((r.value - value).abs() < 1e-12, "{model:?} {}", r.value);
    }
}

/// Two inputs that no unit has in common: the weights of one are free where only the other is used, and that is said.
#[test]
fn several_optimal_weights_are_told() {
    let (a, b, y) = ([1.0, 2.0, 1.0, 2.0], [1.0, 1.0, 2.0, 2.0], [1.0, 1.0, 1.0, 1.0]);
    let t = Technology { inputs: vec![&a, &b], outputs: vec![&y], bad_outputs: Vec::new() };
    // Own scores 1, 1, 1, 1/2 (weakly efficient twice): equal weights leave 2/3 for both.
    let r = common_weights(&t, &with(CommonModel::Compromise)).unwrap();
    assert!((r.value - 1.0 / 3.0).abs() < 1e-9 && r.unique == Some(true), "{r:?}");
    // The least score is that of the last unit at any weights.
    let r = common_weights(&t, &with(CommonModel::Maximin)).unwrap();
    assert!((r.value - 0.5).abs() < 1e-9 && r.unique == Some(false), "{r:?}");
    assert!(r.low[1] < 0.5 + 1e-6 && r.high[1] > 1.0 - 1e-6, "{r:?}");
}

/// Tables on which a proof had failed: solutions so small keep few digits.
#[test]
fn small_distances_are_proved() {
    let first = [
        vec![47.66888348867792, 99.67977859657131, 72.15158637654372, 87.69343967868652],
        vec![34.85291932371687, 10.981896047142573, 95.20228009218222, 34.27520266715583],
        vec![81.66061231078963, 45.733194576393586, 89.19745458494106, 62.65715526195473],
    ];
    let second = [
        vec![2.732222422236905, 63.658179853540375, 80.57151449919321],
        vec![58.477356421778275, 91.09428993725578, 90.49126742228904],
        vec![1.26805104918751, 64.82160065971613, 76.28733137491999],
    ];
    for columns in [&first[..], &second[..]] {
        for model in [CommonModel::Compromise, CommonModel::Maximin, CommonModel::Gap] {
            let r = common_weights(&split(columns), &with(model)).unwrap();
            assert_eq!(r.status, State::Optimal, "{model:?} {r:?}");
        }
    }
}

fn tables() -> impl Strategy<Value = Vec<Vec<f64>>> {
    (3_usize..12, 1_usize..3).prop_flat_map(|(n, s)| prop::collection::vec(prop::collection::vec(1.0..100.0_f64, n), 2 + s))
}

fn split<'a>(columns: &'a [Vec<f64>]) -> Technology<'a> {
    let (x, y) = columns.split_at(2);
    let slices = |c: &'a [Vec<f64>]| -> Vec<&'a [f64]> { c.iter().map(Vec::as_slice).collect() };
    Technology { inputs: slices(x), outputs: slices(y), bad_outputs: Vec::new() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    /// No unit's own weights come nearer to all than the common ones; scores lie in [0, own score] and in their ranges.
    #[test]
    fn laws(columns in tables()) {
        let t = split(&columns);
        let cross = cross_efficiency(&t, &CrossOptions { goal: Goal::Arbitrary, ..CrossOptions::default() }).unwrap();
        for model in [CommonModel::Compromise, CommonModel::Maximin, CommonModel::Gap] {
            let r = common_weights(&t, &with(model)).unwrap();
            prop_assert_eq!(r.status, State::Optimal);
            for u in 0..t.len() {
                prop_assert!(r.score[u] >= 0.0 && r.score[u] <= r.efficiency[u] + 1e-9);
                if r.unique.is_some() {
                    prop_assert!(r.low[u] - 1e-7 <= r.score[u] && r.score[u] <= r.high[u] + 1e-7, "{r:?}");
                }
                let own = |j: usize| (cross.efficiency[j] - cross.matrix[u][j], cross.matrix[u][j]);
                let far = (0..t.len()).map(|j| own(j).0).fold(0.0, f64::max);
                let least = (0..t.len()).map(|j| own(j).1).fold(1.0, f64::min);
                match model {
                    CommonModel::Compromise => prop_assert!(r.value <= far + 1e-9),
                    CommonModel::Maximin => prop_assert!(r.value >= least - 1e-9),
                    _ => {}
                }
            }
            let sums: [f64; 2] = [r.shares[..2].iter().sum(), r.shares[2..].iter().sum()];
            prop_assert!(sums.iter().all(|s| (s - 1.0).abs() < 1e-12));
        }
    }

    /// Units of measure, the order of rows and units that come twice do not matter.
    #[test]
    fn invariance(columns in tables(), big in any::<bool>(), model in 0_usize..4) {
        let by = if big { 1e9 } else { 1e-9 };
        let model = [CommonModel::Compromise, CommonModel::Maximin, CommonModel::Gap, CommonModel::Canonical][model];
        let base = common_weights(&split(&columns), &with(model)).unwrap();
        let mut scaled = columns.clone();
        scaled[0].iter_mut().for_each(|x| *x *= by);
        let last = scaled.len() - 1;
        scaled[last].iter_mut().for_each(|x| *x /= by);
        let r = common_weights(&split(&scaled), &with(model)).unwrap();
        prop_assert_eq!(&base.state, &r.state);
        let same = (base.value - r.value).abs() < 1e-8 || (base.value.is_nan() && r.value.is_nan());
        prop_assert!(same, "{} {}", base.value, r.value);
        if base.unique != Some(false) {
            for (a, b) in base.score.iter().zip(&r.score) {
                prop_assert!((a.is_nan() && b.is_nan()) || (a - b).abs() < 1e-5, "{a} {b}");
            }
        }
        let turned: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().rev().copied().collect()).collect();
        let r = common_weights(&split(&turned), &with(model)).unwrap();
        let bits = |xs: &[f64]| -> Vec<u64> { xs.iter().map(|x| x.to_bits()).collect() };
        let back: Vec<f64> = r.score.iter().rev().copied().collect();
        prop_assert_eq!(bits(&base.score), bits(&back));
        if matches!(model, CommonModel::Compromise | CommonModel::Maximin) {
            let twice: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().chain(&c[..1]).copied().collect()).collect();
            let r = common_weights(&split(&twice), &with(model)).unwrap();
            prop_assert!((base.value - r.value).abs() < 1e-8, "{} {}", base.value, r.value);
        }
    }
}
