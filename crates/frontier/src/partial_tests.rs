use proptest::prelude::*;

use super::*;
use crate::dea::{DeaOptions, Returns, dea};

fn tech(columns: &[Vec<f64>], inputs: usize) -> Technology<'_> {
    let (x, y) = columns.split_at(inputs);
    Technology {
        inputs: x.iter().map(Vec::as_slice).collect(),
        outputs: y.iter().map(Vec::as_slice).collect(),
        bad_outputs: vec![],
    }
}

fn options(order: Order, orientation: PartialOrientation) -> PartialOptions {
    PartialOptions { order, orientation, tie: Tie::Outer, missing: Missing::Refuse }
}

const SIDES: [PartialOrientation; 3] = [PartialOrientation::Input, PartialOrientation::Output, PartialOrientation::Hyperbolic];

#[track_caller]
fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() <= tolerance * e.abs().max(1.0), "{found:?} for {expected:?}");
    }
}

/// Four units with the same output and inputs 1, 2, 4, 8: factors of the last are 1/8, 1/4, 1/2, 1.
#[test]
fn by_hand() {
    let columns = vec![vec![1.0, 2.0, 4.0, 8.0], vec![1.0; 4]];
    let t = tech(&columns, 1);
    let last = |order, tie| {
        let r = partial(&t, &PartialOptions { tie, ..options(order, PartialOrientation::Input) }).unwrap();
        assert_eq!((r.compared[3], r.full[3], r.state[3]), (4, 0.125, State::Optimal));
        r.score[3]
    };
    // (7/8 + 5/4 + 3/2 + 1) / 16.
    close(&[last(Order::M(2), Tie::Outer)], &[0.289_062_5], 1e-15);
    close(&[last(Order::M(1), Tie::Outer)], &[1.875 / 4.0], 1e-15);
    for (alpha, tie, score) in [
        (1.0, Tie::Outer, 0.125),
        (1.0, Tie::Inner, 0.125),
        (0.8, Tie::Outer, 0.125),
        (0.75, Tie::Outer, 0.125),
        (0.75, Tie::Inner, 0.25),
        (0.6, Tie::Outer, 0.25),
        (0.6, Tie::Inner, 0.25),
        (0.25, Tie::Outer, 0.5),
        (0.01, Tie::Outer, 1.0),
    ] {
        assert_eq!(last(Order::Alpha(alpha), tie), score, "{alpha} {tie:?}");
    }
    // The first is beyond the frontier of order 0.6 of its four: it is 2 / 1 there.
    let r = partial(&t, &options(Order::Alpha(0.6), PartialOrientation::Input)).unwrap();
    assert_eq!((r.score[0], r.reciprocal[0], r.input_targets[0][0], r.output_targets[0][0]), (2.0, 0.5, 2.0, 1.0));
    let peer: Vec<_> = r.peers.of(0).map(|p| (p.units.to_vec(), p.weight)).collect();
    assert_eq!(peer, [(vec![1], 1.0)]);
    assert_eq!(partial(&t, &options(Order::M(3), PartialOrientation::Input)).unwrap().peers.of(0).len(), 0);
}

/// 1 − 0.95 of 20 units is one unit, and 1 − 0.9 of 10 is, whatever binary fractions make of it.
#[test]
fn whole_shares_are_whole() {
    for (n, alpha) in [(20, 0.95), (10, 0.9), (100, 0.99), (1000, 0.997)] {
        let columns = vec![(1..=n).map(f64::from).collect(), vec![1.0; n as usize]];
        let beyond = ((1.0 - alpha) * f64::from(n)).round();
        for (tie, x) in [(Tie::Outer, beyond), (Tie::Inner, beyond + 1.0)] {
            let o = PartialOptions { tie, ..options(Order::Alpha(alpha), PartialOrientation::Input) };
            let r = partial(&tech(&columns, 1), &o).unwrap();
            assert_eq!(r.input_targets[0][n as usize - 1], x, "{n} {alpha} {tie:?}");
        }
    }
}

#[test]
fn zeros() {
    // The first unit uses none of the second input.
    let columns = vec![vec![1.0, 1.0, 2.0], vec![0.0, 1.0, 1.0], vec![1.0, 1.0, 1.0]];
    let t = tech(&columns, 2);
    let m = partial(&t, &options(Order::M(5), PartialOrientation::Input)).unwrap();
    assert_eq!((m.state[0], m.full[0], m.compared[0]), (State::Unbounded, 1.0, 3));
    assert!(m.score[0].is_nan() && m.input_targets[0][0].is_nan());
    assert!(m.state[1..].iter().all(|s| *s == State::Optimal));
    let huge = partial(&t, &options(Order::M(u32::MAX), PartialOrientation::Input)).unwrap();
    assert_eq!(huge.state[0], State::Unbounded);
    let a = partial(&t, &options(Order::Alpha(1.0), PartialOrientation::Input)).unwrap();
    assert_eq!((a.state[0], a.score[0]), (State::Optimal, 1.0));
    let a = partial(&t, &options(Order::Alpha(0.5), PartialOrientation::Input)).unwrap();
    assert_eq!((a.state[0], a.score[1]), (State::Unbounded, 1.0));
    // An output that another lacks counts as nothing.
    let columns = vec![vec![1.0, 1.0], vec![1.0, 2.0], vec![1.0, 0.0]];
    let o = partial(&tech(&columns, 1), &options(Order::M(2), PartialOrientation::Output)).unwrap();
    // The second unit: none of the second output, so that the first counts alone: (3 · 1 + 1/2) / 4.
    close(&o.reciprocal, &[0.75, 0.875], 1e-15);
}

#[test]
fn bad_input_and_other_references() {
    let columns = vec![vec![1.0, 2.0], vec![1.0, 1.0]];
    let t = tech(&columns, 1);
    for order in [Order::M(0), Order::Alpha(0.0), Order::Alpha(1.1), Order::Alpha(f64::NAN), Order::Alpha(-0.5)] {
        let refused = partial(&t, &options(order, PartialOrientation::Input));
        assert!(matches!(refused, Err(FrontierError::Options(list)) if list.len() == 1));
    }
    let bad = vec![vec![f64::NAN, -1.0, f64::INFINITY], vec![1.0, 0.0, 1.0]];
    let Err(FrontierError::Data(defects)) = partial(&tech(&bad, 1), &options(Order::M(2), PartialOrientation::Input)) else {
        panic!()
    };
    assert_eq!(defects.len(), 4);
    let exclude = PartialOptions { missing: Missing::Exclude, ..options(Order::M(2), PartialOrientation::Input) };
    let some = vec![vec![f64::NAN, 2.0], vec![1.0, 1.0]];
    assert_eq!(partial(&tech(&some, 1), &exclude).unwrap().state, [State::Missing, State::Optimal]);
    let zero = vec![vec![1.0, 2.0], vec![0.0, 0.0], vec![1.0, 1.0]];
    assert!(matches!(partial(&tech(&zero, 2), &exclude), Err(FrontierError::Data(_))));
    // One unit is its own frontier.
    let one = vec![vec![3.0], vec![2.0]];
    for side in SIDES {
        assert_eq!(partial(&tech(&one, 1), &options(Order::M(7), side)).unwrap().score, [1.0]);
    }
    // Nobody makes as much as 2.
    let beyond = vec![vec![1.0], vec![2.0]];
    let r = partial_against(&tech(&beyond, 1), &t, &options(Order::M(2), PartialOrientation::Input)).unwrap();
    assert_eq!((r.state[0], r.compared[0]), (State::Infeasible, 0));
    assert!(matches!(
        partial_against(&tech(&zero, 2), &t, &options(Order::M(2), PartialOrientation::Input)),
        Err(FrontierError::Variables)
    ));
}

/// The mean over all nᵐ draws, one by one.
fn every_draw(list: &[f64], m: u32) -> f64 {
    let n = list.len();
    let best = |mut draw: usize| {
        (0..m).fold(f64::INFINITY, |best, _| {
            let v = list[draw % n];
            draw /= n;
            best.min(v)
        })
    };
    let all = n.pow(m);
    (0..all).map(best).sum::<f64>() / all as f64
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Against every draw of m units, in all orientations.
    #[test]
    fn order_m_is_the_mean_over_all_draws(whole in any::<bool>(), values in proptest::collection::vec(0.0..1.0_f64, 24), m in 1_u32..5) {
        let n = 6;
        let cell = |i: usize, u: usize| if whole { 1.0 + (3.0 * values[4 * u + i]).floor() } else { 0.1 + values[4 * u + i] };
        let columns: Vec<Vec<f64>> = (0..4).map(|i| (0..n).map(|u| cell(i, u)).collect()).collect();
        for side in SIDES {
            let r = partial(&tech(&columns, 2), &options(Order::M(m), side)).unwrap();
            for u in 0..n {
                let (input, output) = (side != PartialOrientation::Output, side != PartialOrientation::Input);
                let kept = (0..n).filter(|&j| {
                    (input || (0..2).all(|i| columns[i][j] <= columns[i][u])) && (output || (2..4).all(|i| columns[i][j] >= columns[i][u]))
                });
                let factors: Vec<f64> = kept.map(|j| {
                    let x = (0..2).map(|i| columns[i][j] / columns[i][u]);
                    let y = (2..4).map(|i| columns[i][u] / columns[i][j]);
                    x.filter(|_| input).chain(y.filter(|_| output)).fold(0.0, f64::max)
                }).collect();
                let expected = if output {
                    // Means of λ and γ, which are one over the factor.
                    let turned: Vec<f64> = factors.iter().map(|f| -1.0 / f).collect();
                    -1.0 / every_draw(&turned, m)
                } else {
                    every_draw(&factors, m)
                };
                prop_assert!((r.score[u] - expected).abs() <= 1e-13 * expected, "{side:?} {u}: {} {expected}", r.score[u]);
                prop_assert!(r.interval[u].0 <= r.score[u] && r.score[u] <= r.interval[u].1);
                prop_assert!(r.interval[u].1 - r.interval[u].0 < 1e-12);
                prop_assert_eq!((r.compared[u], r.state[u]), (factors.len(), State::Optimal));
            }
        }
    }

    #[test]
    fn laws(whole in any::<bool>(), values in proptest::collection::vec(0.0..1.0_f64, 120), m in 1_u32..200, alpha in 0.01..1.0_f64, shift in 1_usize..30) {
        let n = 30;
        let cell = |i: usize, u: usize| if whole { 1.0 + (4.0 * values[4 * u + i]).floor() } else { 0.1 + values[4 * u + i] };
        let columns: Vec<Vec<f64>> = (0..4).map(|i| (0..n).map(|u| cell(i, u)).collect()).collect();
        let t = tech(&columns, 2);
        for side in SIDES {
            let run = |order, columns: &[Vec<f64>]| partial(&tech(columns, 2), &options(order, side)).unwrap();
            let (by_m, by_alpha) = (run(Order::M(m), &columns), run(Order::Alpha(alpha), &columns));
            // Towards the full frontier as m and α grow, and there in the end.
            let (more, outer) = (run(Order::M(m + 7), &columns), run(Order::Alpha((alpha + 0.1).min(1.0)), &columns));
            let (last, whole_share) = (run(Order::M(1_000_000), &columns), run(Order::Alpha(1.0), &columns));
            for u in 0..n {
                prop_assert!(by_m.full[u] <= 1.0 && by_m.full[u] <= by_m.score[u] * (1.0 + 1e-14));
                prop_assert!(more.score[u] <= by_m.score[u] * (1.0 + 1e-14));
                prop_assert!(outer.score[u] <= by_alpha.score[u]);
                prop_assert!((last.score[u] - last.full[u]).abs() <= 1e-13);
                prop_assert_eq!(whole_share.score[u], whole_share.full[u]);
            }
            if side != PartialOrientation::Hyperbolic {
                let orientation = if side == PartialOrientation::Input { crate::Orientation::Input } else { crate::Orientation::Output };
                let fdh = dea(&t, &DeaOptions { returns: Returns::Fdh, orientation, scale: false, ..DeaOptions::default() }).unwrap();
                prop_assert!(fdh.score.iter().zip(&by_m.full).all(|(a, b)| (a - b).abs() <= 1e-15));
            }
            for (order, r) in [(Order::M(m), &by_m), (Order::Alpha(alpha), &by_alpha)] {
                // Targets lie on the partial frontier.
                let targets: Vec<Vec<f64>> = r.input_targets.iter().chain(&r.output_targets).cloned().collect();
                let there = partial_against(&tech(&targets, 2), &t, &options(order, side)).unwrap();
                for u in 0..n {
                    prop_assert!((there.score[u] - 1.0).abs() <= 1e-12, "{side:?} {order:?} {u} {}", there.score[u]);
                }
                // Every unit twice is the same distribution.
                let twice: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().chain(c).copied().collect()).collect();
                let doubled = run(order, &twice);
                if matches!(order, Order::M(_)) {
                    prop_assert!((0..n).all(|u| (doubled.score[u] - r.score[u]).abs() <= 1e-13 * r.score[u]));
                }
                prop_assert!((0..n).all(|u| doubled.score[u].to_bits() == doubled.score[n + u].to_bits()));
                // Units of measure and row order change nothing.
                let other: Vec<Vec<f64>> =
                    columns.iter().zip([1e9, 1e-9, 1024.0, 3.0]).map(|(c, by)| c.iter().map(|x| x * by).collect()).collect();
                let scaled = run(order, &other);
                prop_assert!((0..n).all(|u| (scaled.score[u] - r.score[u]).abs() <= 1e-13 * r.score[u]));
                let mut turned = columns.clone();
                turned.iter_mut().for_each(|c| c.rotate_left(shift));
                let moved = run(order, &turned);
                prop_assert!((0..n).all(|u| moved.score[u].to_bits() == r.score[(u + shift) % n].to_bits()));
            }
        }
    }
}
