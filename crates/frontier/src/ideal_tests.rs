#![allow(clippy::needless_range_loop, reason = "columns are read side by side")]

use proptest::prelude::*;

use crate::{
    FrontierError, SlackOrientation, State, Technology,
    dea::Class,
    directional::{Direction, DirectionalError, DirectionalOptions, DirectionalReturns, directional, directional_against},
};

fn options(direction: Direction) -> DirectionalOptions {
    DirectionalOptions { direction, returns: DirectionalReturns::Vrs, ..DirectionalOptions::default() }
}

fn borrowed(columns: &[Vec<f64>], m: usize) -> Technology<'_> {
    let all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    Technology { inputs: all[..m].to_vec(), outputs: all[m..].to_vec(), bad_outputs: Vec::new() }
}

fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() <= tolerance, "{found:?} is not {expected:?}");
    }
}

/// One input, one output by hand: the frontier runs from (1, 1) to (3, 4); unit 3 at (3, 1).
#[test]
fn ways_to_an_ideal_point_by_hand() {
    let columns = vec![vec![1.0, 3.0, 3.0], vec![1.0, 4.0, 1.0]];
    let t = borrowed(&columns, 1);
    // Ideal (1, 4): from (3, 1) along (-2, 3) the line 3x - 2y = 1 is met half way.
    for direction in [Direction::Range(SlackOrientation::None), Direction::Potential(SlackOrientation::None)] {
        let d = directional(&t, &options(direction)).unwrap();
        close(&d.beta, &[0.0, 0.0, 0.5], 1e-12);
        assert_eq!((d.lengths[0][2], d.lengths[1][2]), (2.0, 3.0));
        assert_eq!(d.class, [Class::Strong, Class::Strong, Class::Inefficient]);
    }
    let d = directional(&t, &options(Direction::Potential(SlackOrientation::Input))).unwrap();
    close(&d.beta, &[0.0, 0.0, 1.0], 1e-12);
    assert_eq!(d.lengths[1][2], 0.0);
    let d = directional(&t, &options(Direction::Range(SlackOrientation::Output))).unwrap();
    // Unit 2 is at its ideal: the range of the output is its direction.
    assert!(d.lengths[1][1] == 3.0 && d.beta[1] < 1e-12);
}

#[test]
fn a_shift_into_negative_values_changes_nothing() {
    let columns = vec![vec![2.0, 5.0, 4.0, 9.0, 6.0], vec![3.0, 1.0, 4.0, 6.0, 2.0], vec![1.0, 4.0, 3.0, 5.0, 1.0]];
    let shifted: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().map(|x| x - 4.0).collect()).collect();
    for side in [SlackOrientation::None, SlackOrientation::Input, SlackOrientation::Output] {
        for direction in [Direction::Range(side), Direction::Potential(side)] {
            let [a, b] = [&columns, &shifted].map(|c| directional(&borrowed(c, 2), &options(direction.clone())).unwrap());
            close(&a.beta, &b.beta, 1e-9);
            assert_eq!(a.class, b.class);
            for (x, y) in a.targets.iter().zip(&b.targets) {
                close(x, &y.iter().map(|t| t + 4.0).collect::<Vec<_>>(), 1e-8);
            }
            // Under constant returns a shift changes what is feasible.
            let crs = DirectionalOptions { returns: DirectionalReturns::Crs, ..options(direction) };
            assert!(matches!(directional(&borrowed(&shifted, 2), &crs), Err(DirectionalError::Frontier(FrontierError::Data(_)))));
        }
    }
}

#[test]
fn potentials_need_the_units_own_reference() {
    let columns = vec![vec![1.0, 3.0, 3.0], vec![1.0, 4.0, 1.0]];
    let t = borrowed(&columns, 1);
    let potential = options(Direction::Potential(SlackOrientation::None));
    let refused = |r: Result<_, DirectionalError>| matches!(r, Err(DirectionalError::Frontier(FrontierError::Options(_))));
    assert!(refused(directional_against(&t, &t, &potential)));
    assert!(refused(directional(&t, &DirectionalOptions { exclude_own: true, ..potential })));
    let range = options(Direction::Range(SlackOrientation::None));
    let (own, foreign) = (directional(&t, &range).unwrap(), directional_against(&t, &t, &range).unwrap());
    close(&own.beta, &foreign.beta, 1e-12);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn laws(raw in prop::collection::vec(prop::collection::vec(0.1_f64..9.0, 12), 4)) {
        let t = borrowed(&raw, 2);
        for side in [SlackOrientation::None, SlackOrientation::Input, SlackOrientation::Output] {
            let [range, potential] = [Direction::Range(side), Direction::Potential(side)].map(|d| directional(&t, &options(d)).unwrap());
            for u in 0..12 {
                prop_assert!(range.state[u] == State::Optimal && potential.state[u] == State::Optimal);
                // The ideal point is not beyond one step, and a potential never beyond the best value.
                prop_assert!(range.beta[u] >= 0.0 && range.beta[u] <= 1.0 + 1e-9);
                prop_assert!(potential.beta[u] >= 0.0 && potential.beta[u] <= 1.0 + 1e-9);
                prop_assert!((range.beta[u] > 1e-7) == (potential.beta[u] > 1e-7) || side != SlackOrientation::None);
                for v in 0..4 {
                    let moved = potential.beta[u] * potential.lengths[v][u];
                    let (own, slack, target) = (raw[v][u], potential.slacks[v][u], potential.targets[v][u]);
                    let there = if v < 2 { own - moved - slack } else { own + moved + slack };
                    prop_assert!((there - target).abs() < 1e-7);
                }
            }
            // Units of measure and the order of rows.
            let scaled: Vec<Vec<f64>> =
                raw.iter().enumerate().map(|(i, c)| c.iter().rev().map(|x| x * [1e9, 1e-9, 7.0, 1e-9][i]).collect()).collect();
            let s = borrowed(&scaled, 2);
            for (direction, before) in [(Direction::Range(side), &range), (Direction::Potential(side), &potential)] {
                let mut beta = directional(&s, &options(direction)).unwrap().beta;
                beta.reverse();
                close(&beta, &before.beta, 1e-7);
            }
        }
    }
}
