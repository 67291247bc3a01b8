use proptest::prelude::*;

use super::{
    tests::{KINDS, borrowed, close, dataset, tech},
    *,
};
use crate::technology::Role;

const POWER_PLANTS: [[f64; 6]; 6] = [
    [80.0, 65.0, 83.0, 40.0, 52.0, 94.0],
    [600.0, 200.0, 400.0, 1000.0, 600.0, 700.0],
    [54.0, 97.0, 72.0, 75.0, 20.0, 36.0],
    [8.0, 1.0, 4.0, 7.0, 3.0, 5.0],
    [90.0, 58.0, 60.0, 80.0, 72.0, 96.0],
    [5.0, 1.0, 7.0, 10.0, 8.0, 6.0],
];

fn power_plants<'a>() -> Technology<'a> {
    let c: Vec<&[f64]> = POWER_PLANTS.iter().map(<[f64; 6]>::as_slice).collect();
    tech(&c[..4], &c[4..])
}

fn quiet(returns: Returns) -> DeaOptions {
    DeaOptions { returns, scale: false, ..DeaOptions::default() }
}

/// Tone (2002), EJOR 143, p. 38: column of Andersen and Petersen, printed to four decimals.
#[test]
fn super_efficiency_of_six_power_plants() {
    let options = DeaOptions { super_efficiency: true, ..quiet(Returns::Crs) };
    let d = dea(&power_plants(), &options).unwrap();
    close(&d.score, &[1.0283, 2.4167, 1.3125, 1.625, 2.4026, 1.0628], 0.00005 + 1e-9);
    assert!(d.class.iter().all(|c| *c == Class::Super));
    assert!(d.unreached.is_empty());
}

/// The same plants under VRS: plants 4 and 6 produce more of one output than any other.
#[test]
fn super_efficiency_that_is_infeasible_names_what_cannot_be_reached() {
    let options = DeaOptions { super_efficiency: true, ..quiet(Returns::Vrs) };
    let d = dea(&power_plants(), &options).unwrap();
    for (u, expected) in [(0, 1.080_434_782_609), (1, 3.0), (2, 1.357_142_857_143), (4, 2.775)] {
        assert!((d.score[u] - expected).abs() < 1e-11, "{} is not {expected}", d.score[u]);
    }
    let output = |unit, v| Unreached { unit, variables: vec![(Role::Output, v)] };
    assert_eq!(d.unreached, [output(3, 1), output(5, 0)]);
    for u in [3, 5] {
        assert_eq!((d.state[u], d.class[u]), (State::Infeasible, Class::None));
        assert!(d.score[u].is_nan() && d.input_slacks[0][u].is_nan() && d.peers(u).len() == 0);
    }
    let options = DeaOptions { orientation: Orientation::Output, ..options };
    let d = dea(&power_plants(), &options).unwrap();
    for x in &d.unreached {
        assert!(x.variables.iter().all(|(role, _)| *role == Role::Input));
        // The smallest value of that input is the unit's own.
        for &(_, v) in &x.variables {
            let least = (0..6).filter(|u| *u != x.unit).map(|u| POWER_PLANTS[v][u]).fold(f64::INFINITY, f64::min);
            assert!(POWER_PLANTS[v][x.unit] < least);
        }
    }
    assert!(!d.unreached.is_empty());
}

/// Bogetoft and Otto (2011), seven firms: free disposal hull and super-efficiency under VRS.
#[test]
fn seven_firms() {
    let (x, y) = ([100.0, 200.0, 300.0, 500.0, 100.0, 200.0, 600.0], [75.0, 100.0, 300.0, 400.0, 25.0, 50.0, 400.0]);
    let t = tech(&[&x], &[&y]);
    let d = dea(&t, &quiet(Returns::Fdh)).unwrap();
    assert_eq!(d.score, [1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 500.0 / 600.0]);
    let peer = |u: usize| d.peers(u).map(|p| p.units.to_vec()).collect::<Vec<_>>();
    assert_eq!((peer(5), peer(6), peer(4)), (vec![vec![0]], vec![vec![3]], vec![vec![0]]));
    // Firm 5 uses the input of firm 1 for a third of its output; firm 6 has 25 to gain after the move.
    assert_eq!((d.class[4], d.output_slacks[0][4], d.output_slacks[0][5]), (Class::Weak, 50.0, 25.0));
    assert!(d.input_prices.is_empty() && d.intercept.is_empty());
    let s = dea(&t, &DeaOptions { super_efficiency: true, ..quiet(Returns::Vrs) }).unwrap();
    let printed = [1.363_636_363_636, 0.611_111_111_111_1, 1.256_410_256_41, 1.2, 1.0, 0.5, 0.833_333_333_333_3];
    close(&s.score, &printed, 1e-11);
}

/// By hand: with a sum of weights of at least 0.8 the first unit is 0.7 of itself and 0.1 of the second.
#[test]
fn generalised_returns() {
    let (x, y) = ([2.0, 3.0, 6.0], [1.0, 3.0, 5.0]);
    let options = DeaOptions { lower: Some(0.8), upper: Some(1.2), ..quiet(Returns::Generalised) };
    let d = dea(&tech(&[&x], &[&y]), &options).unwrap();
    // The third unit: 1.2 units of sum, of which 1.2 a + ... cannot make 5 from the second alone (3.6).
    close(&d.score[..2], &[0.85, 1.0], 1e-12);
    close(&d.weight_sum[..1], &[0.8], 1e-12);
    for (lower, upper, same) in
        [(Some(1.0), Some(1.0), Returns::Vrs), (None, Some(1.0), Returns::Nirs), (Some(1.0), None, Returns::Ndrs)]
    {
        let g = dea(&power_plants(), &DeaOptions { lower, upper, ..quiet(Returns::Generalised) }).unwrap();
        assert_eq!(g.score, dea(&power_plants(), &quiet(same)).unwrap().score);
    }
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    let t = power_plants();
    let vrs = quiet(Returns::Vrs);
    let refused = [
        quiet(Returns::Generalised),
        DeaOptions { lower: Some(1.5), ..quiet(Returns::Generalised) },
        DeaOptions { upper: Some(f64::NAN), ..quiet(Returns::Generalised) },
        DeaOptions { upper: Some(0.5), ..quiet(Returns::Generalised) },
        DeaOptions { lower: Some(0.5), ..vrs.clone() },
        DeaOptions { elasticity: true, ..quiet(Returns::Crs) },
        DeaOptions { elasticity: true, super_efficiency: true, ..vrs.clone() },
    ];
    for options in refused {
        assert!(matches!(dea(&t, &options), Err(FrontierError::Options(_))), "{options:?}");
    }
    let options = DeaOptions { super_efficiency: true, ..vrs };
    assert!(matches!(dea_against(&t, &t, &options), Err(FrontierError::Options(_))));
}

/// One input, one output (the data of DEAP's EG2): the frontier (2, 1), (3, 3), (6, 5) has slopes 2 and
/// 2/3; an elasticity is a slope over the average product.
#[test]
fn elasticities_by_hand() {
    let (x, y) = ([2.0, 4.0, 3.0, 5.0, 6.0], [1.0, 2.0, 3.0, 4.0, 5.0]);
    let options = DeaOptions { elasticity: true, ..quiet(Returns::Vrs) };
    let e = dea(&tech(&[&x], &[&y]), &options).unwrap().elasticity.unwrap();
    let third = 2.0 / 3.0;
    close(&e.low, &[4.0, 2.5, third, third * 4.5 / 4.0, 0.0], 1e-12);
    close(&e.high[1..], &[2.5, 2.0, third * 4.5 / 4.0, 0.8], 1e-12);
    assert_eq!(e.high[0], f64::INFINITY);
    assert_eq!((e.single(0), e.single(2)), (None, None));
    assert!((e.single(1).unwrap() - 2.5).abs() < 1e-12);
    use ScaleClass::{Constant, Decreasing, Increasing};
    assert_eq!(e.class, [Increasing, Increasing, Constant, Decreasing, Decreasing]);
    assert!(e.state.iter().all(|s| *s == State::Optimal));
}

#[test]
fn small_and_odd_sets() {
    for returns in [Returns::Crs, Returns::Vrs, Returns::Nirs, Returns::Ndrs, Returns::Fdh] {
        for orientation in [Orientation::Input, Orientation::Output] {
            let options = DeaOptions { orientation, ..quiet(returns) };
            // One unit.
            let d = dea(&tech(&[&[3.0]], &[&[2.0], &[1e-12]]), &options).unwrap();
            assert_eq!((d.score[0], d.class[0], d.peers(0).len()), (1.0, Class::Strong, 1));
            // It has no reference without itself.
            let alone = dea(&tech(&[&[3.0]], &[&[2.0]]), &DeaOptions { super_efficiency: true, ..options.clone() }).unwrap();
            // With the sum free, nothing is made of its inputs, and the factor is 0.
            let nothing = orientation == Orientation::Output && matches!(returns, Returns::Crs | Returns::Nirs);
            let state = if nothing { State::Unbounded } else { State::Infeasible };
            assert_eq!((alone.state[0], alone.unreached.len()), (state, 1), "{returns:?} {orientation:?}");
            // More variables than units.
            let x = [[1.0, 2.0], [2.0, 1.0], [3.0, 3.0], [1e12, 1e-12], [0.0, 5.0]];
            let columns: Vec<&[f64]> = x.iter().map(<[f64; 2]>::as_slice).collect();
            let d = dea(&tech(&columns, &[&[1.0, 1.0]]), &options).unwrap();
            assert_eq!((d.score, d.class), (vec![1.0; 2], vec![Class::Strong; 2]));
            // All equal: one class, also without the unit itself.
            for super_efficiency in [false, true] {
                let options = DeaOptions { super_efficiency, ..options.clone() };
                let d = dea(&tech(&[&[2.0; 4]], &[&[3.0; 4]]), &options).unwrap();
                assert_eq!((&d.score, &d.class), (&vec![1.0; 4], &vec![Class::Strong; 4]));
                assert_eq!(d.peers(3).next().unwrap().units, [0, 1, 2, 3]);
            }
        }
    }
}

/// A zero input can only be matched by units that do without it, under any returns to scale.
#[test]
fn an_input_that_nobody_else_does_without() {
    let t = tech(&[&[0.0, 1.0, 2.0], &[3.0, 1.0, 1.0]], &[&[1.0, 1.0, 1.0]]);
    for returns in [Returns::Crs, Returns::Fdh] {
        let d = dea(&t, &DeaOptions { super_efficiency: true, ..quiet(returns) }).unwrap();
        assert_eq!(d.state[0], State::Infeasible);
        assert_eq!(d.unreached, [Unreached { unit: 0, variables: vec![(Role::Input, 0)] }], "{returns:?}");
    }
}

#[test]
fn missing_cells_leave_their_units_out() {
    let x = [1.0, f64::NAN, 2.0];
    let t = tech(&[&x], &[&[1.0, 9.0, 1.0]]);
    let options = ScoreOptions { missing: Missing::Exclude, ..ScoreOptions::default() };
    let s = scores(&t, &options).unwrap();
    assert_eq!((s.score[0], s.score[2], s.state[1]), (1.0, 0.5, State::Missing));
    assert!(s.score[1].is_nan() && s.low[1].is_nan() && s.high[1].is_nan());
    let e = DeaOptions { missing: Missing::Exclude, elasticity: true, ..DeaOptions::default() };
    let d = dea(&t, &e).unwrap();
    assert_eq!(d.elasticity.as_ref().unwrap().state[1], State::Missing);
    assert_eq!((d.peers(1).len(), d.weight_sum[1].is_nan()), (0, true));
}

/// The score by the definition, pair by pair.
fn hull_score(columns: &[Vec<f64>], m: usize, u: usize, orientation: Orientation, alone: bool) -> f64 {
    let n = columns[0].len();
    let others = (0..n).filter(|&j| !(alone && j == u));
    let score = |j: usize| {
        let inside = |i: usize| if i < m { columns[i][j] <= columns[i][u] } else { columns[i][j] >= columns[i][u] };
        let (fixed, moving) = if orientation == Orientation::Input { (m..columns.len(), 0..m) } else { (0..m, m..columns.len()) };
        let mut worst: f64 = if fixed.clone().all(inside) { 0.0 } else { f64::INFINITY };
        for i in moving {
            let (a, b) = if i < m { (columns[i][j], columns[i][u]) } else { (columns[i][u], columns[i][j]) };
            worst = worst.max(if a == 0.0 { 0.0 } else { a / b });
        }
        worst
    };
    others.map(score).fold(f64::INFINITY, f64::min)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn laws_of_hulls_and_super_efficiency(kind in 0_usize..4, seed in 0_u64..1000, output in any::<bool>(), by in 0_usize..4) {
        let columns = dataset(KINDS[kind], 24, 2, 2, seed);
        let orientation = if output { Orientation::Output } else { Orientation::Input };
        let with = |returns| DeaOptions { orientation, slacks: Slacks::Range, ..quiet(returns) };
        let run = |c: &[Vec<f64>], o: &DeaOptions| dea(&borrowed(c, 2), o).unwrap();
        let [crs, vrs, nirs, ndrs, fdh] = [Returns::Crs, Returns::Vrs, Returns::Nirs, Returns::Ndrs, Returns::Fdh].map(|r| run(&columns, &with(r)));
        let bounded = run(&columns, &DeaOptions { lower: Some(0.7), upper: Some(1.5), ..with(Returns::Generalised) });
        for u in 0..24 {
            for (a, b) in [(&crs, &nirs), (&crs, &ndrs), (&nirs, &vrs), (&ndrs, &vrs), (&vrs, &fdh), (&crs, &bounded), (&bounded, &vrs)] {
                prop_assert!(a.score[u] <= b.score[u] + 1e-11);
            }
            prop_assert!((0.7 - 1e-9..=1.5 + 1e-9).contains(&bounded.weight_sum[u]));
            prop_assert_eq!(fdh.score[u], hull_score(&columns, 2, u, orientation, false));
            // The peer dominates the unit's projection, and is what the slacks say.
            let peer = fdh.peers(u).next().unwrap().units[0];
            for i in 0..2 {
                prop_assert_eq!(fdh.input_targets[i][u], columns[i][peer] + 0.0);
                prop_assert_eq!(fdh.output_targets[i][u], columns[2 + i][peer] + 0.0);
            }
        }
        // Targets are efficient in the same hull.
        let targets: Vec<Vec<f64>> = fdh.input_targets.iter().chain(&fdh.output_targets).cloned().collect();
        let t = dea_against(&borrowed(&targets, 2), &borrowed(&columns, 2), &with(Returns::Fdh)).unwrap();
        prop_assert!(t.class.iter().all(|c| *c == Class::Strong), "{:?}", t.class);

        for (returns, plain) in [(Returns::Crs, &crs), (Returns::Vrs, &vrs), (Returns::Fdh, &fdh)] {
            let alone = DeaOptions { super_efficiency: true, ..with(returns) };
            let s = run(&columns, &alone);
            for u in 0..24 {
                let twin = (0..24).any(|v| v != u && columns.iter().all(|c| c[u] == c[v]));
                let first = |d: &Dea| d.score[u];
                if plain.score[u] < 1.0 - 1e-9 || twin {
                    prop_assert!((first(&s) - first(plain)).abs() < 1e-11);
                    prop_assert_eq!(s.class[u], plain.class[u]);
                } else if s.state[u] == State::Optimal {
                    prop_assert!(first(&s) >= 1.0 - 1e-11);
                    prop_assert!(s.peers(u).all(|p| p.units != [u]));
                } else {
                    // With zeros, those that can do with its inputs may make nothing of one output.
                    let nothing = output && KINDS[kind] == "zeros";
                    prop_assert!(s.state[u] == State::Infeasible || nothing && s.state[u] == State::Unbounded);
                    let named = s.unreached.iter().find(|x| x.unit == u).unwrap();
                    prop_assert!(!named.variables.is_empty());
                    let side = if output { Role::Input } else { Role::Output };
                    for &(role, v) in &named.variables {
                        let zero = columns[if role == Role::Input { v } else { 2 + v }][u] == 0.0;
                        prop_assert!(role == side || zero, "{:?}", named);
                    }
                }
                if returns == Returns::Fdh && s.state[u] == State::Optimal {
                    prop_assert_eq!(first(&s), hull_score(&columns, 2, u, orientation, true));
                }
            }
            // Units of measure and row order.
            let mut scaled = columns.clone();
            scaled[by].iter_mut().for_each(|x| *x *= 1e9);
            let turned: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().rev().copied().collect()).collect();
            let (e, r) = (run(&scaled, &alone), run(&turned, &alone));
            for u in 0..24 {
                prop_assert_eq!(s.state[u], e.state[u]);
                prop_assert!(s.score[u].is_nan() || (s.score[u] - e.score[u]).abs() < 1e-10 * s.score[u]);
                prop_assert_eq!(s.score[u].to_bits(), r.score[23 - u].to_bits());
                prop_assert_eq!(s.output_slacks[0][u].to_bits(), r.output_slacks[0][23 - u].to_bits());
            }
        }
    }

    #[test]
    fn scores_alone_are_those_of_dea(kind in 0_usize..4, seed in 0_u64..1000, output in any::<bool>(), returns in 0_usize..6) {
        let columns = dataset(KINDS[kind], 30, 2, 1, seed);
        let (mine, theirs): (Vec<Vec<f64>>, Vec<Vec<f64>>) = columns.iter().map(|c| (c[..15].to_vec(), c[15..].to_vec())).unzip();
        let orientation = if output { Orientation::Output } else { Orientation::Input };
        let returns = [Returns::Crs, Returns::Vrs, Returns::Nirs, Returns::Ndrs, Returns::Generalised, Returns::Fdh][returns];
        let lower = (returns == Returns::Generalised).then_some(0.5);
        let full = DeaOptions { orientation, lower, ..quiet(returns) };
        let lean = ScoreOptions { orientation, returns, lower, ..ScoreOptions::default() };
        let (all, a, b) = (borrowed(&columns, 2), borrowed(&mine, 2), borrowed(&theirs, 2));
        let pairs = [
            (dea(&all, &full).unwrap(), scores(&all, &lean).unwrap()),
            (dea_against(&a, &b, &full).unwrap(), scores_against(&a, &b, &lean).unwrap()),
        ];
        for (d, s) in pairs {
            prop_assert_eq!(&d.state, &s.state);
            for u in 0..d.score.len() {
                prop_assert!(d.score[u].is_nan() && s.score[u].is_nan() || (d.score[u] - s.score[u]).abs() < 1e-11 * d.score[u]);
                prop_assert!(s.score[u].is_nan() || s.low[u] <= s.score[u] + 1e-15 && s.score[u] <= s.high[u] + 1e-15);
            }
        }
    }

    /// The elasticity is the slope at which outputs grow with inputs along a ray, on either side.
    #[test]
    fn elasticities_are_slopes(kind in 0_usize..4, seed in 0_u64..1000, output in any::<bool>(), by in 0_usize..4) {
        let columns = dataset(KINDS[kind], 20, 2, 2, seed);
        let orientation = if output { Orientation::Output } else { Orientation::Input };
        let options = DeaOptions { orientation, elasticity: true, slacks: Slacks::Range, ..DeaOptions::default() };
        let d = dea(&borrowed(&columns, 2), &options).unwrap();
        let e = d.elasticity.as_ref().unwrap();
        // One unit in some thousands has a range of thousands that is not certified, and says so.
        let open = e.state.iter().filter(|s| **s != State::Optimal).count();
        prop_assert!(open <= 1 && e.state.iter().all(|s| matches!(s, State::Optimal | State::Numerical)), "{:?}", e.state);
        const STEP: f64 = 1e-6;
        let slopes = |step: f64| -> Vec<f64> {
            let x = d.input_targets.iter().map(|c| c.iter().map(|x| (1.0 + step) * x).collect::<Vec<f64>>());
            let moved: Vec<Vec<f64>> = x.chain(d.output_targets.iter().cloned()).collect();
            let options = ScoreOptions { orientation: Orientation::Output, ..ScoreOptions::default() };
            let s = scores_against(&borrowed(&moved, 2), &borrowed(&columns, 2), &options).unwrap();
            s.score.iter().map(|s| (1.0 / s - 1.0) / step).collect()
        };
        let (right, left) = (slopes(STEP), slopes(-STEP));
        for u in (0..20).filter(|&u| e.state[u] == State::Optimal) {
            prop_assert!(e.low[u] <= e.high[u] + 1e-9);
            prop_assert!((right[u] - e.low[u]).abs() < 1e-5 * (1.0 + e.low[u]), "{} {}", right[u], e.low[u]);
            if e.high[u].is_infinite() {
                prop_assert!(left[u].is_nan() || left[u] > 1e4);
            } else {
                prop_assert!((left[u] - e.high[u]).abs() < 1e-4 * (1.0 + e.high[u]).powi(2), "{} {}", left[u], e.high[u]);
            }
            // The class by scores holds for some hyperplane.
            let by_scores = d.scale.as_ref().unwrap().class[u];
            if by_scores == ScaleClass::Constant {
                prop_assert_eq!(e.class[u], ScaleClass::Constant);
            }
        }
        let mut scaled = columns.clone();
        scaled[by].iter_mut().for_each(|x| *x *= 1e-9);
        let f = dea(&borrowed(&scaled, 2), &options).unwrap().elasticity.unwrap();
        for u in (0..20).filter(|&u| e.state[u] == State::Optimal && f.state[u] == State::Optimal) {
            prop_assert_eq!(e.class[u], f.class[u]);
            prop_assert!((e.low[u] - f.low[u]).abs() < 1e-8 * (1.0 + e.low[u]), "{} {}", e.low[u], f.low[u]);
        }
    }
}
