use proptest::prelude::*;

use crate::{
    dea::{Class, Dea, DeaOptions, Returns, Slacks, dea, dea_against},
    technology::{FrontierError, Missing, Orientation, Role, State, Technology},
};

fn tech<'a>(inputs: &[&'a [f64]], outputs: &[&'a [f64]]) -> Technology<'a> {
    Technology { inputs: inputs.to_vec(), outputs: outputs.to_vec(), bad_outputs: Vec::new() }
}

fn borrowed(columns: &[Vec<f64>], m: usize) -> Technology<'_> {
    let all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    tech(&all[..m], &all[m..])
}

fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (u, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= tolerance, "unit {u}: {f} for {e}\n{found:?}");
    }
}

fn whole(orientation: Orientation, returns: Returns, integer: &[bool]) -> DeaOptions {
    DeaOptions { orientation, returns, integer: integer.to_vec(), scale: false, ..DeaOptions::default() }
}

/// Constant returns, set by A = (3, 2): B = (5, 3) needs 4.5 of the input, so that no whole number below 5 will do; C =
/// (10, 4) needs 6. Output: B makes 10/3 at most, so 3; C 20/3, so 6.
#[test]
fn one_input_one_output_by_hand() {
    let t = tech(&[&[3.0, 5.0, 10.0]], &[&[2.0, 3.0, 4.0]]);
    let d = dea(&t, &whole(Orientation::Input, Returns::Crs, &[true, true])).unwrap();
    assert_eq!(d.score, [1.0, 1.0, 0.6]);
    assert_eq!(d.input_targets, [[3.0, 5.0, 6.0]]);
    assert_eq!((d.class[1], d.class[2]), (Class::Strong, Class::Inefficient));
    let d = dea(&t, &whole(Orientation::Output, Returns::Crs, &[true, true])).unwrap();
    assert_eq!(d.reciprocal, [1.0, 1.0, 1.5]);
    assert_eq!(d.output_targets, [[2.0, 3.0, 6.0]]);
    // Where the input alone is whole, the output of B may grow to 10/3.
    let d = dea(&t, &whole(Orientation::Output, Returns::Crs, &[true, false])).unwrap();
    close(&d.reciprocal, &[1.0, 10.0 / 9.0, 5.0 / 3.0], 1e-12);
    assert!(d.input_prices.is_empty() && d.intercept.is_empty());
}

const DOCTORS: [f64; 12] = [20.0, 19.0, 25.0, 27.0, 22.0, 55.0, 33.0, 31.0, 30.0, 50.0, 53.0, 38.0];
const NURSES: [f64; 12] = [151.0, 131.0, 160.0, 168.0, 158.0, 255.0, 235.0, 206.0, 244.0, 268.0, 306.0, 284.0];
const OUTPATIENTS: [f64; 12] = [100.0, 150.0, 160.0, 180.0, 94.0, 230.0, 220.0, 152.0, 190.0, 250.0, 260.0, 250.0];
const INPATIENTS: [f64; 12] = [90.0, 50.0, 55.0, 72.0, 66.0, 90.0, 88.0, 80.0, 100.0, 100.0, 147.0, 120.0];

/// Scores of the mixed integer program, by HiGHS: returns, orientation, which of the two variables of its side are whole.
type Solved = (Returns, Orientation, [bool; 2], [f64; 12]);
const HIGHS: [Solved; 12] = [
    (
        Returns::Crs,
        Orientation::Input,
        [true, false],
        [
            1.0,
            1.0,
            0.882708333,
            1.0,
            0.772727273,
            0.834771242,
            0.909090909,
            0.799710032,
            0.966666667,
            0.870646766,
            0.955098039,
            0.973684211,
        ],
    ),
    (
        Returns::Crs,
        Orientation::Input,
        [true, true],
        [
            1.0,
            1.0,
            0.8875,
            1.0,
            0.772727273,
            0.835294118,
            0.909090909,
            0.800970874,
            0.966666667,
            0.873134328,
            0.95751634,
            0.973684211,
        ],
    ),
    (
        Returns::Crs,
        Orientation::Output,
        [true, false],
        [
            1.0,
            1.0,
            0.883977901,
            1.0,
            0.764227642,
            0.836363636,
            0.902479955,
            0.796795881,
            0.96137039,
            0.871080139,
            0.955882353,
            0.958675285,
        ],
    ),
    (
        Returns::Crs,
        Orientation::Output,
        [true, true],
        [1.0, 1.0, 0.887096774, 1.0, 0.76744186, 0.836363636, 0.905349794, 0.8, 0.961538462, 0.874125874, 0.955882353, 0.96],
    ),
    (
        Returns::Vrs,
        Orientation::Input,
        [true, false],
        [1.0, 1.0, 0.895833333, 1.0, 0.909090909, 0.938935574, 1.0, 0.806451613, 1.0, 1.0, 1.0, 1.0],
    ),
    (
        Returns::Vrs,
        Orientation::Input,
        [true, true],
        [1.0, 1.0, 0.9, 1.0, 0.909090909, 0.941176471, 1.0, 0.806451613, 1.0, 1.0, 1.0, 1.0],
    ),
    (
        Returns::Vrs,
        Orientation::Output,
        [true, false],
        [1.0, 1.0, 0.924855491, 1.0, 0.768516249, 0.958333333, 1.0, 0.826086957, 0.990379174, 1.0, 1.0, 1.0],
    ),
    (
        Returns::Vrs,
        Orientation::Output,
        [true, true],
        [1.0, 1.0, 0.924855491, 1.0, 0.770491803, 0.958333333, 1.0, 0.830601093, 0.994764398, 1.0, 1.0, 1.0],
    ),
    (
        Returns::Ndrs,
        Orientation::Input,
        [true, false],
        [
            1.0,
            1.0,
            0.882708333,
            1.0,
            0.909090909,
            0.834771242,
            0.909090909,
            0.799710032,
            0.966666667,
            0.870646766,
            0.955098039,
            0.973684211,
        ],
    ),
    (
        Returns::Ndrs,
        Orientation::Input,
        [true, true],
        [
            1.0,
            1.0,
            0.8875,
            1.0,
            0.909090909,
            0.835294118,
            0.909090909,
            0.800970874,
            0.966666667,
            0.873134328,
            0.95751634,
            0.973684211,
        ],
    ),
    (
        Returns::Ndrs,
        Orientation::Output,
        [true, false],
        [
            1.0,
            1.0,
            0.883977901,
            1.0,
            0.764227642,
            0.836363636,
            0.902479955,
            0.796795881,
            0.96137039,
            0.871080139,
            0.955882353,
            0.958675285,
        ],
    ),
    (
        Returns::Ndrs,
        Orientation::Output,
        [true, true],
        [1.0, 1.0, 0.887096774, 1.0, 0.76744186, 0.836363636, 0.905349794, 0.8, 0.961538462, 0.874125874, 0.955882353, 0.96],
    ),
];

/// The twelve hospitals of Cooper, Seiford and Tone (2007), Table 1.5.
#[test]
fn hospitals_by_mixed_integer_programs() {
    let t = tech(&[&DOCTORS, &NURSES], &[&OUTPATIENTS, &INPATIENTS]);
    for (returns, orientation, [first, second], scores) in HIGHS {
        let integer =
            if orientation == Orientation::Input { [first, second, false, false] } else { [false, false, first, second] };
        let d = dea(&t, &whole(orientation, returns, &integer)).unwrap();
        assert!(d.state.iter().all(|s| *s == State::Optimal), "{:?}", d.state);
        close(&d.score, &scores, 1e-9);
    }
}

#[test]
fn what_does_not_go_together_is_refused() {
    let t = tech(&[&[3.0, 5.5]], &[&[2.0, 3.0]]);
    let refused = |o: &DeaOptions| matches!(dea(&t, o), Err(FrontierError::Options(_)));
    let Err(FrontierError::Options(found)) = dea(&t, &whole(Orientation::Input, Returns::Crs, &[true, true])) else {
        panic!("5.5 is no whole number")
    };
    assert_eq!(found, [("integer", "Input 1 of unit 2 is 5.5, not a whole number up to 1e9".to_owned())]);
    assert!(refused(&whole(Orientation::Input, Returns::Crs, &[true])));
    assert!(refused(&whole(Orientation::Input, Returns::Fdh, &[false, true])));
    assert!(refused(&DeaOptions { super_efficiency: true, ..whole(Orientation::Input, Returns::Crs, &[false, true]) }));
    assert!(refused(&DeaOptions { elasticity: true, ..whole(Orientation::Input, Returns::Vrs, &[false, true]) }));
    assert!(dea(&t, &whole(Orientation::Input, Returns::Crs, &[false, true])).is_ok());
}

#[test]
fn another_reference_and_missing_cells() {
    let reference = tech(&[&[2.0, 6.0, f64::NAN]], &[&[2.0, 4.0, 9.0]]);
    let options = DeaOptions { missing: Missing::Exclude, ..whole(Orientation::Input, Returns::Vrs, &[true, true]) };
    let d = dea_against(&tech(&[&[3.0, 4.0, 1.0, f64::NAN]], &[&[3.0, 5.0, 1.0, 1.0]]), &reference, &options).unwrap();
    // 3 needs 4; 5 is out of reach; 1 needs 2.
    assert_eq!(d.state, [State::Optimal, State::Infeasible, State::Optimal, State::Missing]);
    close(&d.score[..1], &[4.0 / 3.0], 1e-15);
    close(&d.score[2..3], &[2.0], 1e-15);
    assert_eq!(d.unreached.len(), 1);
    assert_eq!((d.unreached[0].unit, &d.unreached[0].variables[..]), (1, &[(Role::Output, 0)][..]));
}

fn run(columns: &[Vec<f64>], m: usize, options: &DeaOptions) -> Dea {
    dea(&borrowed(columns, m), options).unwrap()
}

/// Whether the technology has a point.
fn has(columns: &[Vec<f64>], m: usize, point: &[f64], returns: Returns) -> bool {
    let one: Vec<Vec<f64>> = point.iter().map(|x| vec![*x]).collect();
    let options = DeaOptions { returns, scale: false, slacks: Slacks::None, ..DeaOptions::default() };
    match dea_against(&borrowed(&one, m), &borrowed(columns, m), &options) {
        Ok(d) => d.state[0] == State::Optimal && d.score[0] <= 1.0 + 1e-9,
        Err(_) => false,
    }
}

/// All whole points of a side, from 1 to `top` in each variable.
fn grid(variables: usize, top: usize) -> Vec<Vec<f64>> {
    (0..top.pow(variables as u32)).map(|i| (0..variables).map(|v| (i / top.pow(v as u32) % top + 1) as f64).collect()).collect()
}

fn tables() -> impl Strategy<Value = (Vec<Vec<f64>>, usize)> {
    (1_usize..3, 1_usize..3).prop_flat_map(|(m, s)| {
        let cell = (1_u8..8).prop_map(f64::from);
        (prop::collection::vec(prop::collection::vec(cell, 6), m + s), Just(m))
    })
}

fn returns() -> impl Strategy<Value = Returns> {
    prop::sample::select(vec![Returns::Crs, Returns::Vrs, Returns::Nirs, Returns::Ndrs])
}

fn orientation() -> impl Strategy<Value = Orientation> {
    prop::sample::select(vec![Orientation::Input, Orientation::Output])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Every whole point is tried.
    #[test]
    fn no_whole_point_is_better((columns, m) in tables(), returns in returns(), orientation in orientation()) {
        let d = run(&columns, m, &whole(orientation, returns, &vec![true; columns.len()]));
        let moving = if orientation == Orientation::Input { 0..m } else { m..columns.len() };
        // Outputs under constant returns may grow beyond what was seen.
        let top = if orientation == Orientation::Input { 7 } else { 20 };
        for u in 0..2 {
            let mut best = f64::INFINITY;
            for side in grid(moving.len(), top) {
                let mut point: Vec<f64> = columns.iter().map(|c| c[u]).collect();
                point[moving.clone()].copy_from_slice(&side);
                let own = columns[moving.clone()].iter().map(|c| c[u]);
                let score = match orientation {
                    Orientation::Input => side.iter().zip(own).map(|(x, o)| x / o).fold(0.0, f64::max),
                    Orientation::Output => side.iter().zip(own).map(|(x, o)| o / x).fold(0.0, f64::max),
                };
                if score < best && has(&columns, m, &point, returns) {
                    best = score;
                }
            }
            let beyond = orientation == Orientation::Output && d.score[u] < 0.35;
            prop_assert!(beyond || (d.score[u] - best).abs() <= 1e-9, "unit {u}: {} for {best}", d.score[u]);
        }
    }

    #[test]
    fn laws((columns, m) in tables(), returns in returns(), orientation in orientation(), first in any::<bool>()) {
        let mut integer = vec![true; columns.len()];
        integer[0] = first;
        let options = whole(orientation, returns, &integer);
        let d = run(&columns, m, &DeaOptions { scale: true, ..options.clone() });
        prop_assert!(d.state.iter().all(|s| *s == State::Optimal), "{:?}", d.state);
        let real = run(&columns, m, &DeaOptions { integer: Vec::new(), ..options.clone() });
        let single = run(&columns, m, &DeaOptions { returns: Returns::Fdh, integer: Vec::new(), ..options.clone() });
        let scale = d.scale.as_ref().unwrap();
        for u in 0..6 {
            prop_assert!(d.score[u] >= real.score[u] - 1e-9);
            prop_assert!(scale.crs[u] <= scale.nirs[u] + 1e-9 && scale.nirs[u] <= scale.vrs[u] + 1e-9);
            prop_assert!(scale.vrs[u] <= single.score[u] + 1e-9);
            let targets = d.input_targets.iter().chain(&d.output_targets).map(|c| c[u]);
            let point: Vec<f64> = targets.collect();
            for (v, x) in point.iter().enumerate() {
                prop_assert!(!integer[v] || x.fract() == 0.0, "{x}");
                let (own, by) = (columns[v][u], d.score[u]);
                let limit = match (orientation, v < m) {
                    (Orientation::Input, true) => own * by,
                    (Orientation::Output, false) => own / by,
                    _ => own,
                };
                let slack = if v < m { limit - x } else { x - limit };
                prop_assert!(slack >= -1e-8, "target {x}, limit {limit}");
                let shown = if v < m { d.input_slacks[v][u] } else { d.output_slacks[v - m][u] };
                prop_assert!((shown - slack).abs() <= 1e-7);
                // No whole variable can still do better by one.
                if integer[v] {
                    let mut better = point.clone();
                    better[v] += if v < m { -1.0 } else { 1.0 };
                    prop_assert!(better[v] <= 0.0 || !has(&columns, m, &better, returns), "{better:?}");
                }
            }
            prop_assert!(has(&columns, m, &point, returns), "{point:?}");
        }
        // Neither the order of the rows nor units that are there twice change a score.
        let twice: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().rev().chain(c).copied().collect()).collect();
        let again = run(&twice, m, &options);
        prop_assert_eq!(&again.score[6..], &d.score[..]);
    }
}

/// Limits were once given way by a share of 1e-10, which the slope of the frontier carried into a variable that is not
/// whole: unit 2, which its reference does not dominate, scored 0.99999999965 and had no target.
#[test]
fn what_is_not_whole_keeps_its_digits() {
    let columns = [
        vec![2.0, 2.0, 1.0, 2.0, 1.0, 1.0],
        vec![1.0, 3.0, 1.0, 1.0, 2.0, 1.0],
        vec![1.0, 7.0, 1.0, 7.0, 6.0, 1.0],
        vec![1.0; 6],
    ];
    let d = run(&columns, 2, &whole(Orientation::Input, Returns::Nirs, &[false, true, true, true]));
    assert!(d.state.iter().all(|s| *s == State::Optimal), "{:?}", d.state);
    close(&d.score, &[1.0; 6], 1e-14);
    assert!(d.interval.iter().all(|(low, high)| *low <= 1.0 && 1.0 <= *high), "{:?}", d.interval);
    close(&d.input_targets[0], &[2.0, 2.0, 1.0, 2.0, 1.0, 1.0], 1e-14);
    let columns = [
        vec![1.0, 1.0, 1.0, 3.0, 1.0, 2.0],
        vec![1.0, 1.0, 1.0, 4.0, 1.0, 1.0],
        vec![1.0, 7.0, 1.0, 1.0, 1.0, 7.0],
        vec![6.0, 3.0, 2.0, 7.0, 5.0, 7.0],
    ];
    let d = run(&columns, 2, &whole(Orientation::Input, Returns::Vrs, &[false, true, true, true]));
    // Both outputs of 7 are had of unit 6 alone.
    close(&[d.score[3], d.input_targets[0][3], d.input_targets[0][5]], &[2.0 / 3.0, 2.0, 2.0], 1e-14);
}
