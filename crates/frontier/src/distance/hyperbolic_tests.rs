#![allow(clippy::needless_range_loop, reason = "columns are read side by side")]

use proptest::prelude::*;

use super::{
    tests::{Columns, borrowed, close, eight, table},
    *,
};
use crate::{
    dea::{Class, Returns},
    direction::Direction,
    directional::{
        BadOutputs::{Strong, Weak},
        DirectionalOptions, DirectionalReturns, directional, directional_against,
    },
    technology::{State, Technology},
};

fn curve(columns: &[Vec<f64>], m: usize, returns: Returns) -> Hyperbolic {
    hyperbolic(&borrowed(columns, m), &HyperbolicOptions { returns, ..HyperbolicOptions::default() }).unwrap()
}

/// `(θx, y/θ)` on the facet `y = 2 + 3x/4`: `0.75·9.412 θ² + 2 θ − 2.353 = 0`. The squares are those of
/// DataEnvelopmentAnalysis.jl 0.9.2 (`deagdf`, α = 1/2).
#[test]
fn hyperbolic_efficiency_by_hand() {
    let h = curve(&eight(), 1, Returns::Vrs);
    let theta = ((4.0 + 3.0 * 9.412 * 2.353_f64).sqrt() - 2.0) / (1.5 * 9.412);
    close(&h.score[7..], &[theta], 1e-14);
    let squares: Vec<f64> = h.score.iter().map(|s| s * s).collect();
    close(&squares, &[1.0, 1.0, 1.0, 1.0, 0.410_097, 0.634_489, 1.0, 0.205_04], 0.000_001);
    assert_eq!(h.class[6], Class::Weak);
    let foreign = vec![vec![3.0], vec![6.0]];
    let options = HyperbolicOptions::default();
    let h = hyperbolic_against(&borrowed(&foreign, 1), &borrowed(&eight(), 1), &options).unwrap();
    // On the facet of (2, 1) and (4, 5), `y = 2x − 3`: 6 θ² − 3 θ − 6 = 0.
    close(&h.score, &[(3.0 + 153.0_f64.sqrt()) / 12.0], 1e-12);
    assert_eq!(h.class, [Class::Super]);
}

/// Two plants and a third that makes half of the good with twice the input and the bad.
fn polluters() -> Columns {
    vec![vec![1.0, 2.0, 2.0], vec![1.0, 2.0, 0.5], vec![1.0, 3.0, 2.0]]
}

#[test]
fn undesirable_outputs_contract_alike() {
    let columns = polluters();
    let mut t = borrowed(&columns[..2], 1);
    t.bad_outputs = vec![&columns[2]];
    let run = |fixed_inputs, returns, bad_outputs| {
        hyperbolic(&t, &HyperbolicOptions { fixed_inputs, returns, bad_outputs, ..HyperbolicOptions::default() }).unwrap()
    };
    // Constant returns: the first plant makes y/θ with θ times the input and the bad of the third, 2θ² = 0.5.
    for bads in [Weak, Strong] {
        let h = run(false, Returns::Crs, bads);
        close(&h.score, &[1.0, 1.0, 0.5], 1e-12);
        assert!(h.state.iter().all(|s| *s == State::Optimal));
        close(&h.projection.bad_output_targets[0][2..], &[1.0], 1e-12);
    }
    // Inputs fixed: 0.5/θ of the good from 2θ of the bad.
    let h = run(true, Returns::Crs, Weak);
    close(&h.score[2..], &[0.5], 1e-12);
    // Inputs and bads are at their least before the good: θ = 1/2 makes the first plant's bundle.
    let h = run(false, Returns::Vrs, Strong);
    close(&h.score[2..], &[0.5], 1e-12);
    // A plant beyond the others' mix of goods and bads is alone on its ray.
    close(&[run(false, Returns::Vrs, Weak).score[1]], &[1.0], 1e-12);
}

/// Two inputs, a good and a bad: values of a search over θ with a linear program of HiGHS at each (scipy 1.x), to eight
/// digits.
#[test]
fn hyperbolic_efficiency_against_a_search() {
    let columns: Columns = vec![
        vec![4.0, 3.0, 9.0, 6.0, 8.0, 5.0],
        vec![7.0, 9.0, 2.0, 8.0, 5.0, 4.0],
        vec![5.0, 6.0, 7.0, 4.0, 3.0, 2.0],
        vec![2.0, 5.0, 6.0, 7.0, 4.0, 3.0],
    ];
    let mut t = borrowed(&columns[..3], 2);
    t.bad_outputs = vec![&columns[3]];
    for (returns, bad_outputs, fixed_inputs, last) in [
        (Returns::Crs, Weak, false, [1.0, 0.695_018_6, 0.647_988_81]),
        (Returns::Crs, Weak, true, [0.576_377_21, 0.636_066_89, 0.577_599_27]),
        (Returns::Crs, Strong, false, [0.725_476_25, 0.695_018_6, 0.647_988_81]),
        (Returns::Vrs, Weak, false, [1.0, 0.843_485_1, 1.0]),
        (Returns::Vrs, Weak, true, [0.650_319_4, 0.75, 1.0]),
        (Returns::Vrs, Strong, false, [0.779_762_18, 0.843_485_1, 1.0]),
        (Returns::Nirs, Weak, false, [1.0, 0.695_018_6, 0.647_988_81]),
    ] {
        let options = HyperbolicOptions { fixed_inputs, returns, bad_outputs, ..HyperbolicOptions::default() };
        let h = hyperbolic(&t, &options).unwrap();
        assert!(h.state.iter().all(|s| *s == State::Optimal));
        close(&h.score[..3], &[1.0; 3], 1e-9);
        close(&h.score[3..], &last, 2e-8);
    }
}

/// The unit lies on a facet along which its curve starts, so that the curve touches the facet there and leaves the
/// technology: no θ below 1 is feasible. The facet is met in a double root, of which half of the digits were once lost.
#[test]
fn a_curve_may_touch_the_frontier_where_it_starts() {
    let columns: Columns =
        vec![vec![1.0, 1.0, 4.0, 1.0], vec![5.0, 5.0, 2.0, 3.0], vec![5.0, 1.0, 2.0, 4.0], vec![3.0, 1.0, 5.0, 5.0]];
    let more: Columns = vec![
        vec![1.0, 1.0, 1.0, 2.0, 5.0, 1.0, 3.0],
        vec![5.0, 5.0, 1.0, 3.0, 4.0, 4.0, 1.0],
        vec![1.0, 1.0, 1.0, 5.0, 2.0, 1.0, 1.0],
        vec![1.0, 1.0, 1.0, 1.0, 5.0, 1.0, 4.0],
    ];
    let cases = [
        (&columns, 2, true, Returns::Crs),
        (&columns, 2, true, Returns::Vrs),
        (&columns, 2, true, Returns::Nirs),
        (&more, 4, false, Returns::Vrs),
        (&more, 4, false, Returns::Nirs),
    ];
    for (columns, unit, fixed_inputs, returns) in cases {
        let mut t = borrowed(&columns[..3], 2);
        t.bad_outputs = vec![&columns[3]];
        let options = HyperbolicOptions { fixed_inputs, returns, ..HyperbolicOptions::default() };
        // The same against itself as another set, where nothing says that 1 is feasible.
        for h in [hyperbolic(&t, &options).unwrap(), hyperbolic_against(&t, &t, &options).unwrap()] {
            assert_eq!(h.state[unit], State::Optimal, "{returns:?}");
            close(&h.score[unit..=unit], &[1.0], 1e-12);
            let (low, high) = h.interval[unit];
            close(&[low, high], &[1.0, 1.0], 1e-11);
            assert!(low <= h.score[unit] && h.score[unit] <= high, "{low} {high}");
            // Targets and slacks are those of the unit itself, not of the end of its facet.
            let p = &h.projection;
            let targets = [p.output_targets[0][unit] - p.output_slacks[0][unit], p.bad_output_targets[0][unit]];
            close(&targets, &[columns[2][unit], columns[3][unit]], 1e-9);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Constant returns: θ² is linear in inputs and undesirable outputs, `min μ` with (μx₀, y₀, μb₀) in the technology.
    #[test]
    fn hyperbolic_squares_are_radial_under_constant_returns(columns in table(), weak in any::<bool>()) {
        let bad_outputs = if weak { Weak } else { Strong };
        let mut t = borrowed(&columns[..3], 2);
        t.bad_outputs = vec![&columns[3]];
        let options = HyperbolicOptions { returns: Returns::Crs, bad_outputs, ..HyperbolicOptions::default() };
        let h = hyperbolic(&t, &options).unwrap();
        let mut lengths = columns.clone();
        lengths[2].fill(0.0);
        let direction = Direction::Columns(lengths);
        let options = DirectionalOptions { direction, bad_outputs, ..DirectionalOptions::default() };
        let d = directional(&t, &options).unwrap();
        for u in 0..h.score.len() {
            prop_assert_eq!(h.state[u], State::Optimal);
            prop_assert!((h.score[u].powi(2) - (1.0 - d.beta[u])).abs() < 1e-8, "{} {}", h.score[u], d.beta[u]);
        }
    }

    /// The place found is on the frontier of every technology, no θ below it is in a free one, and sets nest.
    #[test]
    fn hyperbolic_places_are_on_the_frontier(columns in table(), fixed_inputs in any::<bool>()) {
        let with = |columns: &[Vec<f64>], run: &dyn Fn(&Technology<'_>) -> Vec<f64>| -> Vec<f64> {
            let mut t = borrowed(&columns[..3], 2);
            t.bad_outputs = vec![&columns[3]];
            run(&t)
        };
        let score = |returns, bad_outputs| {
            let options = HyperbolicOptions { fixed_inputs, returns, bad_outputs, ..HyperbolicOptions::default() };
            with(&columns, &|t| {
                let h = hyperbolic(t, &options).unwrap();
                assert!(h.state.iter().all(|s| *s == State::Optimal), "{:?} {:?}", h.state, h.interval);
                assert!(h.interval.iter().zip(&h.score).all(|((l, u), s)| l <= s && s <= u));
                h.score
            })
        };
        for (returns, along) in [(Returns::Crs, DirectionalReturns::Crs), (Returns::Vrs, DirectionalReturns::Vrs), (Returns::Nirs, DirectionalReturns::Nirs)] {
            let (weak, strong) = (score(returns, Weak), score(returns, Strong));
            prop_assert!(weak.iter().zip(&strong).all(|(w, s)| *w >= s - 1e-9), "{weak:?} {strong:?}");
            // No step along the curve is left at the place found.
            let place = |v: usize, u: usize| match v {
                0 | 1 if fixed_inputs => columns[v][u],
                2 => columns[v][u] / strong[u],
                _ => columns[v][u] * strong[u],
            };
            let moved: Columns = (0..4).map(|v| (0..strong.len()).map(|u| place(v, u)).collect()).collect();
            let mut lengths = moved.clone();
            if fixed_inputs {
                lengths[..2].iter_mut().for_each(|c| c.fill(0.0));
            }
            let beta = with(&moved, &|t| {
                let mut own = borrowed(&columns[..3], 2);
                own.bad_outputs = vec![&columns[3]];
                let options = DirectionalOptions {
                    direction: Direction::Columns(lengths.clone()),
                    returns: along,
                    bad_outputs: Strong,
                    ..DirectionalOptions::default()
                };
                directional_against(t, &own, &options).unwrap().beta
            });
            prop_assert!(beta.iter().all(|b| b.abs() < 1e-8), "{beta:?}");
        }
        let (crs, vrs) = (score(Returns::Crs, Strong), score(Returns::Vrs, Strong));
        prop_assert!(crs.iter().zip(&vrs).all(|(c, v)| *c <= v + 1e-9));
    }
}
