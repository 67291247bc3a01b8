use proptest::prelude::*;

use super::*;
use crate::dea::{DeaOptions, dea};

/// Golany and Roll (1989): 13 units, three inputs, two outputs.
const GOLANY_ROLL: [[f64; 13]; 5] = [
    [10.0, 15.0, 12.0, 10.0, 18.0, 7.0, 10.0, 12.0, 14.0, 8.0, 6.0, 7.0, 8.0],
    [0.8, 1.0, 2.1, 0.6, 0.5, 0.9, 0.3, 1.5, 1.8, 0.9, 0.3, 0.3, 0.3],
    [540.0, 480.0, 510.0, 420.0, 600.0, 520.0, 500.0, 550.0, 570.0, 450.0, 450.0, 420.0, 400.0],
    [0.9, 1.0, 0.8, 0.9, 0.7, 1.0, 0.8, 0.75, 0.65, 0.85, 0.95, 1.0, 1.0],
    [70.0, 95.0, 75.0, 90.0, 80.0, 50.0, 70.0, 75.0, 55.0, 90.0, 100.0, 100.0, 95.0],
];

/// Liang, Wu, Cook and Zhu (2008), section 4: five units, three inputs, two outputs.
const LIANG: [[f64; 5]; 5] = [
    [7.0, 5.0, 4.0, 5.0, 6.0],
    [7.0, 9.0, 6.0, 9.0, 8.0],
    [7.0, 7.0, 5.0, 8.0, 5.0],
    [4.0, 7.0, 5.0, 6.0, 3.0],
    [4.0, 7.0, 7.0, 2.0, 6.0],
];

fn technology<const N: usize>(table: &[[f64; N]], inputs: usize) -> Technology<'_> {
    let (x, y) = table.split_at(inputs);
    let inputs = x.iter().map(<[f64; N]>::as_slice).collect();
    let outputs = y.iter().map(<[f64; N]>::as_slice).collect();
    Technology { inputs, outputs, bad_outputs: Vec::new() }
}

fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() <= tolerance, "{found:?} for {expected:?}");
    }
}

fn with(goal: Goal, surrogate: Surrogate) -> CrossOptions {
    CrossOptions { goal, surrogate, ..CrossOptions::default() }
}

/// Means of Doyle and Green's methods II and III for the data of Golany and Roll.
#[test]
fn secondary_goals_give_the_printed_means() {
    let expected = [
        (
            Goal::Aggressive,
            Surrogate::Difference,
            [
                0.5078908176469,
                0.6383005334784,
                0.4553438273438,
                0.7347174516251,
                0.4827299458951,
                0.487067903504,
                0.6513532934132,
                0.4287350496234,
                0.319071839867,
                0.6477182604511,
                0.9374358974359,
                0.992673992674,
                0.9871625978812,
            ],
        ),
        (
            Goal::Benevolent,
            Surrogate::Difference,
            [
                0.5856329828891,
                0.7494068196653,
                0.5686788695835,
                0.823316352724,
                0.4818662481893,
                0.5902804619326,
                0.6236032934132,
                0.5179765773265,
                0.3942742690168,
                0.7588776807409,
                0.9170085470085,
                0.985347985348,
                0.9902515401889,
            ],
        ),
        (
            Goal::Aggressive,
            Surrogate::Composite,
            [
                0.5078908176474,
                0.6383005334794,
                0.4553438273445,
                0.734717451626,
                0.4827299458957,
                0.487067903504,
                0.6513532934137,
                0.4287350496239,
                0.3190718398675,
                0.6477182604515,
                0.9374358974359,
                0.9926739926745,
                0.987162597882,
            ],
        ),
        (
            Goal::Benevolent,
            Surrogate::Composite,
            [
                0.6058457378584,
                0.7360241438809,
                0.5662791220445,
                0.8117425955588,
                0.4623829687138,
                0.6595401462585,
                0.6313219714422,
                0.5123652041424,
                0.3978940171165,
                0.750051905518,
                0.9171794871795,
                0.9853479853484,
                0.9908636573016,
            ],
        ),
    ];
    let technology = technology(&GOLANY_ROLL, 3);
    for (goal, surrogate, means) in expected {
        let r = cross_efficiency(&technology, &with(goal, surrogate)).unwrap();
        assert!(r.state.iter().all(|s| *s == State::Optimal), "{goal:?} {surrogate:?} {:?}", r.state);
        close(&r.score, &means, 1e-9);
    }
}

/// Game cross-efficiency of the example of Liang, Wu, Cook and Zhu (2008), who stop at changes below 0.001 and print four
/// digits; further digits from the same iteration over another solver of linear programs, run until nothing changes.
#[test]
fn the_game_ends_where_the_paper_says() {
    let r = cross_efficiency(&technology(&LIANG, 3), &with(Goal::Game, Surrogate::Composite)).unwrap();
    close(&r.efficiency, &[0.6857, 1.0, 1.0, 0.8571, 0.8571], 5.1e-5);
    let end = r.convergence.unwrap();
    assert!(end.converged && end.change <= 1e-8 && end.steps > 1, "{end:?}");
    close(&r.score, &[0.6384, 0.9766, 1.0, 0.7988, 0.6667], 1e-3);
    close(&r.score, &[0.638294933, 0.976553183, 1.0, 0.798641710, 0.666840258], 5e-9);
    // A step more changes nothing; a step too few says so.
    let short = CrossOptions { steps: 1, ..with(Goal::Game, Surrogate::Composite) };
    let short = cross_efficiency(&technology(&LIANG, 3), &short).unwrap().convergence.unwrap();
    assert!(!short.converged && short.steps == 1);
}

/// Input orientation under variable returns has negative appraisals; the shifted origin has none.
#[test]
fn negative_appraisals_and_the_shifted_origin() {
    // The third unit makes much of its input; its hyperplane charges the others an intercept.
    let (x, y) = ([2.0, 3.0, 8.0, 6.0], [1.0, 4.0, 6.0, 2.0]);
    let t = Technology { inputs: vec![&x], outputs: vec![&y], bad_outputs: Vec::new() };
    let vrs =
        |negative| CrossOptions { negative, range: true, returns: Returns::Vrs, ..with(Goal::Arbitrary, Surrogate::Composite) };
    let kept = cross_efficiency(&t, &vrs(Negative::Keep)).unwrap();
    let shifted = cross_efficiency(&t, &vrs(Negative::LimZhu)).unwrap();
    let least = |r: &CrossEfficiency| r.ranges.as_ref().unwrap().low.iter().flatten().copied().fold(f64::INFINITY, f64::min);
    assert!(least(&kept) < 0.0 && least(&shifted) >= -1e-9, "{} {}", least(&kept), least(&shifted));
    assert!(shifted.matrix.iter().flatten().all(|e| (-1e-9..=1.0 + 1e-9).contains(e)), "{shifted:?}");
    // u·y/(v·x − w) of the prices given.
    for k in 0..4 {
        for j in 0..4 {
            let e = shifted.output_prices[0][k] * y[j] / (shifted.input_prices[0][k] * x[j] - shifted.intercept[k]);
            assert!((e - shifted.matrix[k][j]).abs() < 1e-9);
        }
    }
    // The plain diagonal is the own score.
    for k in 0..4 {
        assert!((kept.matrix[k][k] - kept.efficiency[k]).abs() < 1e-9);
    }
}

#[test]
fn one_unit_appraises_itself_and_missing_units_nobody() {
    let t = Technology { inputs: vec![&[2.0]], outputs: vec![&[3.0]], bad_outputs: Vec::new() };
    let r = cross_efficiency(&t, &CrossOptions::default()).unwrap();
    assert_eq!((r.score[0], r.by_peers[0].is_nan(), r.state[0]), (1.0, true, State::Optimal));
    let x = [2.0, f64::NAN, 4.0];
    let t = Technology { inputs: vec![&x], outputs: vec![&[2.0, 1.0, 2.0]], bad_outputs: Vec::new() };
    assert!(matches!(cross_efficiency(&t, &CrossOptions::default()), Err(FrontierError::Data(d)) if d.len() == 1));
    let r = cross_efficiency(&t, &CrossOptions { missing: Missing::Exclude, ..CrossOptions::default() }).unwrap();
    assert_eq!(r.state, [State::Optimal, State::Missing, State::Optimal]);
    assert!(r.score[1].is_nan() && r.matrix[1].iter().all(|e| e.is_nan()) && r.matrix[0][1].is_nan());
    close(&[r.score[0], r.score[2]], &[1.0, 0.5], 1e-12);
}

#[test]
fn options_that_do_not_go_together() {
    let options = CrossOptions { returns: Returns::Fdh, tolerance: 0.0, steps: 0, ..CrossOptions::default() };
    let Err(FrontierError::Options(list)) = options.check() else { panic!("accepted") };
    assert_eq!(list.iter().map(|o| o.0).collect::<Vec<_>>(), ["returns", "tolerance", "steps"]);
}

/// A zero input can be priced without bound: the unit appraises nobody, and says so.
#[test]
fn a_goal_without_bound_is_a_state() {
    let (a, b, y) = ([0.0, 2.0, 3.0], [1.0, 2.0, 1.0], [1.0, 1.0, 1.0]);
    let t = Technology { inputs: vec![&a, &b], outputs: vec![&y], bad_outputs: Vec::new() };
    for surrogate in [Surrogate::Difference, Surrogate::Composite] {
        let r = cross_efficiency(&t, &with(Goal::Aggressive, surrogate)).unwrap();
        assert_eq!(r.state, [State::Unbounded, State::Optimal, State::Optimal], "{surrogate:?}");
        assert!(r.matrix[0].iter().all(|e| e.is_nan()) && r.score.iter().all(|e| e.is_finite()));
        let r = cross_efficiency(&t, &with(Goal::Benevolent, surrogate)).unwrap();
        assert!(r.state.iter().all(|s| *s == State::Optimal), "{surrogate:?}");
    }
}

/// Under variable returns a unit whose score is intercept alone, θ = w with u = 0, sees its peers at `0 / (v·x − w) = 0/0`:
/// the aggregate of such others has no ratio, and aggressive and benevolent prices are not to be compared by it. This is
/// the mathematics of a free intercept; where one of the others has input beyond it, the law of the goals holds.
#[test]
fn a_unit_of_intercept_alone_appraises_none_of_its_peers() {
    let vrs = |goal| CrossOptions { returns: Returns::Vrs, ..with(goal, Surrogate::Composite) };
    for goal in [Goal::Aggressive, Goal::Benevolent] {
        let t = Technology { inputs: vec![&[2.0, 1.0]], outputs: vec![&[1.0, 2.0]], bad_outputs: Vec::new() };
        let r = cross_efficiency(&t, &vrs(goal)).unwrap();
        assert_eq!(r.efficiency[0], 0.5);
        assert!(r.matrix[0][1].is_nan(), "{goal:?} {r:?}");
        // A third unit with input beyond the intercept: its ratio is 0 / (3/2 − 1/2).
        let t = Technology { inputs: vec![&[2.0, 1.0, 3.0]], outputs: vec![&[1.0, 2.0, 4.0]], bad_outputs: Vec::new() };
        let r = cross_efficiency(&t, &vrs(goal)).unwrap();
        assert_eq!(r.state[0], State::Optimal);
        assert!(r.matrix[0][1].is_nan() && r.matrix[0][2].abs() < 1e-9, "{goal:?} {r:?}");
    }
}

/// Prices under which the others make nothing give no index, not an infinite one.
#[test]
fn a_maverick_to_whom_the_others_give_nothing_has_no_index() {
    let x = [1.0, 1.0, 1.0];
    let (a, b) = ([1.0, 0.0, 0.0], [0.0, 1.0, 1.0]);
    let t = Technology { inputs: vec![&x], outputs: vec![&a, &b], bad_outputs: Vec::new() };
    let r = cross_efficiency(&t, &with(Goal::Aggressive, Surrogate::Composite)).unwrap();
    assert_eq!((r.efficiency[0], r.by_peers[0]), (1.0, 0.0));
    close(&[r.by_peers[1], r.maverick[1]], &[0.5, 1.0], 1e-9);
    assert!(r.maverick[0].is_nan(), "{:?}", r.maverick);
}

/// Beyond the size there is no matrix; what is a mean over it is the same, here of units that come in twos.
#[test]
fn means_need_no_matrix() {
    let x: Vec<f64> = (0..=MATRIX / 2).map(|i| 1.0 + (i * 7 % 13) as f64).collect();
    let y: Vec<f64> = (0..=MATRIX / 2).map(|i| 1.0 + (i * 5 % 11) as f64).collect();
    let twice = |c: &[f64]| -> Vec<f64> { c.iter().chain(c).copied().collect() };
    let (xx, yy) = (twice(&x), twice(&y));
    let few = Technology { inputs: vec![&x], outputs: vec![&y], bad_outputs: Vec::new() };
    let many = Technology { inputs: vec![&xx], outputs: vec![&yy], bad_outputs: Vec::new() };
    let options = with(Goal::Arbitrary, Surrogate::Composite);
    let (a, b) = (cross_efficiency(&few, &options).unwrap(), cross_efficiency(&many, &options).unwrap());
    assert_eq!((a.matrix.len(), b.matrix.len()), (x.len(), 0));
    close(&b.score[..x.len()], &a.score, 1e-12);
    close(&b.given[x.len()..], &a.given, 1e-12);
    let received = |j: usize| a.matrix.iter().map(|row| row[j]).sum::<f64>() / x.len() as f64;
    close(&a.score, &(0..x.len()).map(received).collect::<Vec<_>>(), 1e-12);
    for (goal, range, name) in [(Goal::Game, false, "goal"), (Goal::Arbitrary, true, "range")] {
        let refused = cross_efficiency(&many, &CrossOptions { range, ..with(goal, Surrogate::Composite) });
        assert!(matches!(refused, Err(FrontierError::Options(list)) if list.len() == 1 && list[0].0 == name));
    }
}

fn tables() -> impl Strategy<Value = Vec<Vec<f64>>> {
    (3_usize..9, 1_usize..3).prop_flat_map(|(n, s)| prop::collection::vec(prop::collection::vec(1.0..100.0_f64, n), 2 + s))
}

fn split<'a>(columns: &'a [Vec<f64>]) -> Technology<'a> {
    let (x, y) = columns.split_at(2);
    let slices = |c: &'a [Vec<f64>]| -> Vec<&'a [f64]> { c.iter().map(Vec::as_slice).collect() };
    Technology { inputs: slices(x), outputs: slices(y), bad_outputs: Vec::new() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Diagonal = own score = radial score; appraisals within [0, 1] and within their ranges; the benevolent aggregate is
    /// not below the aggressive one.
    #[test]
    fn laws(columns in tables(), output in any::<bool>(), vrs in any::<bool>()) {
        let t = split(&columns);
        let orientation = if output { Orientation::Output } else { Orientation::Input };
        let returns = if vrs { Returns::Vrs } else { Returns::Crs };
        let radial = dea(&t, &DeaOptions { orientation, returns, scale: false, ..DeaOptions::default() }).unwrap();
        let run = |goal| {
            let options = CrossOptions { orientation, returns, range: true, ..with(goal, Surrogate::Composite) };
            cross_efficiency(&t, &options).unwrap()
        };
        let (aggressive, benevolent) = (run(Goal::Aggressive), run(Goal::Benevolent));
        for r in [&aggressive, &benevolent] {
            let ranges = r.ranges.as_ref().unwrap();
            for k in 0..t.len() {
                // With an intercept the goal may drive prices without bound, or where no digit is left: a state, no number.
                if vrs && r.state[k] != State::Optimal {
                    prop_assert!(r.matrix[k].iter().all(|e| e.is_nan()));
                    continue;
                }
                prop_assert_eq!(r.state[k], State::Optimal);
                prop_assert!((r.efficiency[k] - radial.score[k]).abs() < 1e-9);
                if !vrs || output {
                    prop_assert!((r.matrix[k][k] - radial.score[k]).abs() < 1e-8);
                }
                for j in 0..t.len() {
                    let e = r.matrix[k][j];
                    // Only an intercept can make a denominator of positive data 0.
                    if vrs && (e.is_nan() || ranges.low[k][j].is_nan() || ranges.high[k][j].is_nan()) {
                        continue;
                    }
                    prop_assert!((-1e-9..=1.0 + 1e-9).contains(&e), "{e}");
                    prop_assert!(ranges.low[k][j] - 1e-7 <= e && e <= ranges.high[k][j] + 1e-7, "{} {e} {}", ranges.low[k][j], ranges.high[k][j]);
                }
            }
        }
        // The ratio of the unit made of all others, by the prices chosen, where that unit has an input left: see
        // `a_unit_of_intercept_alone_appraises_none_of_its_peers`.
        for k in 0..t.len() {
            let ratio = |r: &CrossEfficiency| {
                let others = (0..t.len()).filter(|j| *j != k);
                let (mut u, mut d, mut terms) = (0.0, 0.0, 0.0);
                for j in others {
                    u += t.outputs.iter().zip(&r.output_prices).map(|(c, p)| p[k] * c[j]).sum::<f64>();
                    let input = t.inputs.iter().zip(&r.input_prices).map(|(c, p)| p[k] * c[j]).sum::<f64>();
                    d += input - r.intercept[k];
                    terms += input + r.intercept[k].abs();
                }
                (d > ROUNDING * terms).then(|| u / d)
            };
            if let (Some(a), Some(b)) = (ratio(&aggressive), ratio(&benevolent)) {
                prop_assert!(a <= b + 1e-9, "{a} {b} {returns:?}");
            }
        }
    }

    /// Units of measure and the order of rows do not matter.
    #[test]
    fn invariance(columns in tables(), big in any::<bool>()) {
        let by = if big { 1e9 } else { 1e-9 };
        let options = CrossOptions::default();
        let base = cross_efficiency(&split(&columns), &options).unwrap();
        let mut scaled = columns.clone();
        scaled[0].iter_mut().for_each(|x| *x *= by);
        let last = scaled.len() - 1;
        scaled[last].iter_mut().for_each(|x| *x /= by);
        let r = cross_efficiency(&split(&scaled), &options).unwrap();
        for (a, b) in base.score.iter().zip(&r.score) {
            prop_assert!((a - b).abs() < 1e-7, "{a} {b}");
        }
        let turned: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().rev().copied().collect()).collect();
        let r = cross_efficiency(&split(&turned), &options).unwrap();
        let back: Vec<u64> = r.matrix.iter().rev().flat_map(|row| row.iter().rev().map(|e| e.to_bits())).collect();
        let first: Vec<u64> = base.matrix.iter().flatten().map(|e| e.to_bits()).collect();
        prop_assert_eq!(first, back);
    }
}
