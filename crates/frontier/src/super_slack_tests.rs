//! Super-efficiency of the slack-based models.

use proptest::prelude::*;

use crate::{
    FrontierError, Orientation, SlackOrientation, State, Technology,
    additive::{Additive, AdditiveOptions, Weights, additive, additive_against},
    dea::{Class, DeaOptions, Returns, dea, dea_against},
    sbm::{Sbm, SbmOptions, sbm, sbm_against},
};

/// Six power plants, four inputs, two outputs: Tone (2002), EJOR 143, table 1.
const PLANTS: [[f64; 6]; 6] = [
    [80.0, 65.0, 83.0, 40.0, 52.0, 94.0],
    [600.0, 200.0, 400.0, 1000.0, 600.0, 700.0],
    [54.0, 97.0, 72.0, 75.0, 20.0, 36.0],
    [8.0, 1.0, 4.0, 7.0, 3.0, 5.0],
    [90.0, 58.0, 60.0, 80.0, 72.0, 96.0],
    [5.0, 1.0, 7.0, 10.0, 8.0, 6.0],
];
const RETURNS: [Returns; 4] = [Returns::Crs, Returns::Vrs, Returns::Nirs, Returns::Ndrs];
const SIDES: [SlackOrientation; 3] = [SlackOrientation::None, SlackOrientation::Input, SlackOrientation::Output];

fn tech(columns: &[Vec<f64>], m: usize, s: usize) -> Technology<'_> {
    let all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    Technology { inputs: all[..m].to_vec(), outputs: all[m..m + s].to_vec(), bad_outputs: all[m + s..].to_vec() }
}

fn plants() -> Vec<Vec<f64>> {
    PLANTS.iter().map(|c| c.to_vec()).collect()
}

fn slacks(t: &Technology<'_>, orientation: SlackOrientation, returns: Returns) -> Sbm {
    sbm(t, &SbmOptions { orientation, returns, super_efficiency: true, ..SbmOptions::default() }).unwrap()
}

fn weighted(t: &Technology<'_>, weights: Weights, returns: Returns) -> Additive {
    additive(t, &AdditiveOptions { weights, returns, super_efficiency: true, ..AdditiveOptions::default() }).unwrap()
}

fn close(found: &[f64], printed: &[f64], tolerance: f64) {
    assert_eq!(found.len(), printed.len());
    for (u, (f, p)) in found.iter().zip(printed).enumerate() {
        assert!((f - p).abs() <= tolerance, "unit {u}: {f} for {p}\n{found:?}");
    }
}

/// Tone (2002), p. 39: input-oriented super-SBM under constant returns, four decimals. Without orientation as R deaR
/// 1.5.3 prints it on the same data.
#[test]
fn tone_2002() {
    let columns = plants();
    let t = tech(&columns, 4, 2);
    let r = slacks(&t, SlackOrientation::Input, Returns::Crs);
    // 37/32 is printed rounded up.
    close(&r.score, &[1.0116, 1.7083, 1.0781, 1.1563, 1.7988, 1.0198], 0.000051);
    assert!(r.class.iter().all(|c| *c == Class::Super) && r.state.iter().all(|s| *s == State::Optimal));
    close(&r.input_efficiency, &r.score, 1e-12);
    let both = slacks(&t, SlackOrientation::None, Returns::Crs);
    close(&both.score, &[1.011615988179, 1.414634146341, 1.078125, 1.15625, 1.585846153846, 1.019809764396], 1e-9);
    // Under variable returns D4 and D6 have an output that the others do not reach: infeasible by inputs alone, as in the
    // radial model; giving up output as well repairs it.
    let vrs = slacks(&t, SlackOrientation::Input, Returns::Vrs);
    let lost: Vec<usize> = (0..6).filter(|&u| vrs.state[u] == State::Infeasible).collect();
    assert_eq!(lost, [3, 5]);
    assert!(lost.iter().all(|&u| vrs.class[u] == Class::Super && vrs.score[u].is_nan()));
    assert!(slacks(&t, SlackOrientation::None, Returns::Vrs).state.iter().all(|s| *s == State::Optimal));
}

/// Du, Liang and Zhu (2010), EJOR 204, table 6, p. 696: weights are the reciprocals of the unit's own values.
#[test]
fn du_liang_zhu_2010() {
    let columns = plants();
    let t = tech(&columns, 4, 2);
    let r = weighted(&t, Weights::Mip, Returns::Crs);
    close(&r.ratio.unwrap(), &[1.0139, 1.4146, 1.0884, 1.1765, 1.7322, 1.0304], 0.00005);
    assert!(r.inefficiency.iter().all(|v| *v < 0.0));
    assert!(r.class.iter().all(|c| *c == Class::Super));
    assert!(weighted(&t, Weights::Mip, Returns::Vrs).state.iter().all(|s| *s == State::Optimal), "always feasible");
}

/// Two units: (2, 4) and (4, 4) of one input and one output. The first saves 2 of the second's 4.
#[test]
fn by_hand() {
    let columns = vec![vec![2.0, 4.0], vec![4.0, 4.0]];
    let t = tech(&columns, 1, 1);
    for returns in RETURNS {
        let r = slacks(&t, SlackOrientation::Input, returns);
        close(&r.score, &[2.0, 0.5], 1e-12);
        close(&r.projection.input_slacks[0], &[-2.0, 2.0], 1e-12);
        close(&r.projection.input_targets[0], &[4.0, 2.0], 1e-12);
        assert_eq!(r.class, [Class::Super, Class::Inefficient]);
    }
    let a = weighted(&t, Weights::Sum, Returns::Vrs);
    close(&a.inefficiency, &[-2.0, 2.0], 1e-12);
    close(&a.ratio.unwrap(), &[2.0, 0.5], 1e-12);
    // A range of 2: one range beyond the other, one range behind it.
    let ram = AdditiveOptions { orientation: SlackOrientation::Input, super_efficiency: true, ..AdditiveOptions::default() };
    close(&additive(&t, &ram).unwrap().efficiency.unwrap(), &[2.0, 0.0], 1e-12);
    // By outputs alone the second cannot give what the first's input asks for, except by a smaller scale.
    assert_eq!(slacks(&t, SlackOrientation::Output, Returns::Vrs).state[0], State::Infeasible);
    close(&slacks(&t, SlackOrientation::Output, Returns::Crs).score, &[2.0, 0.5], 1e-12);
}

/// An undesirable output is given up like an input but counts below: (1, 1, 1) and (1, 1, 1.5).
#[test]
fn undesirable_outputs() {
    let columns = vec![vec![1.0, 1.0], vec![1.0, 1.0], vec![1.0, 1.5]];
    let r = slacks(&tech(&columns, 1, 1), SlackOrientation::None, Returns::Vrs);
    close(&r.score, &[1.0 / 0.75, 1.0 / (1.0 + (1.0 / 3.0) / 2.0)], 1e-12);
    close(&r.projection.bad_output_slacks[0], &[-0.5, 0.5], 1e-12);
    // Five times as much would take more than all of the denominator away.
    let columns = vec![vec![1.0, 1.0], vec![1.0, 1.0], vec![1.0, 5.0]];
    assert_eq!(slacks(&tech(&columns, 1, 1), SlackOrientation::None, Returns::Vrs).state[0], State::Infeasible);
}

#[test]
fn one_unit_twins_zeros_and_options() {
    let columns = vec![vec![2.0], vec![4.0]];
    let r = slacks(&tech(&columns, 1, 1), SlackOrientation::None, Returns::Crs);
    assert_eq!((r.state[0], r.class[0]), (State::Infeasible, Class::Super));
    let columns = vec![vec![2.0, 2.0, 4.0], vec![4.0, 4.0, 4.0]];
    let twins = slacks(&tech(&columns, 1, 1), SlackOrientation::None, Returns::Vrs);
    close(&twins.score[..2], &[1.0, 1.0], 0.0);
    assert_eq!(twins.class[0], Class::Strong);
    assert_eq!(weighted(&tech(&columns, 1, 1), Weights::Ram, Returns::Vrs).inefficiency[..2], [0.0, 0.0]);
    // The first uses none of the second input: any of it would be infinitely more.
    let columns = vec![vec![2.0, 4.0], vec![0.0, 1.0], vec![4.0, 4.0]];
    assert_eq!(slacks(&tech(&columns, 2, 1), SlackOrientation::None, Returns::Vrs).state[0], State::Infeasible);
    let t = tech(&columns, 2, 1);
    let bam = AdditiveOptions { weights: Weights::Bam, super_efficiency: true, ..AdditiveOptions::default() };
    assert!(matches!(additive(&t, &bam), Err(FrontierError::Options(_))));
    let ram = AdditiveOptions { super_efficiency: true, ..AdditiveOptions::default() };
    assert!(matches!(additive_against(&t, &t, &ram), Err(FrontierError::Options(_))));
    let options = SbmOptions { super_efficiency: true, ..SbmOptions::default() };
    assert!(matches!(sbm_against(&t, &t, &options), Err(FrontierError::Options(_))));
    // Negative values leave the distance and take the ratio away.
    let columns = vec![vec![-2.0, 4.0, 5.0], vec![4.0, 4.0, 3.0]];
    let r = weighted(&tech(&columns, 1, 1), Weights::Sum, Returns::Vrs);
    assert!(r.ratio.is_none() && r.inefficiency[0] == -6.0, "{r:?}");
}

fn table(kind: u8, n: usize, values: &[f64]) -> Vec<Vec<f64>> {
    let cell = |i: usize, u: usize| match kind {
        0 => 0.1 + values[4 * u + i],
        1 => 1.0 + (5.0 * values[4 * u + i]).floor(),
        _ => 0.1 + values[4 * (u / 3) + i],
    };
    (0..4).map(|i| (0..n).map(|u| cell(i, u)).collect()).collect()
}

/// All units but one.
fn others(columns: &[Vec<f64>], u: usize) -> Vec<Vec<f64>> {
    columns.iter().map(|c| c.iter().enumerate().filter(|(j, _)| *j != u).map(|(_, x)| *x).collect()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn laws(
        kind in 0_u8..3, values in proptest::collection::vec(0.0..1.0, 48), returns in 0_usize..4, side in 0_usize..3, by in 0_usize..4,
    ) {
        let (n, here) = (12, RETURNS[returns]);
        let columns = table(kind, n, &values);
        let t = tech(&columns, 2, 2);
        let r = slacks(&t, SIDES[side], here);
        let plain = sbm(&t, &SbmOptions { orientation: SIDES[side], returns: here, ..SbmOptions::default() }).unwrap();
        let ram = weighted(&t, Weights::Ram, here);
        for u in 0..n {
            prop_assert!(ram.state[u] == State::Optimal, "{:?}", ram.state);
            prop_assert!(r.state[u] == State::Optimal || SIDES[side] != SlackOrientation::None && here != Returns::Crs && r.state[u] == State::Infeasible);
            let q = &ram.projection;
            let value: f64 = (0..4).map(|v| if v < 2 { q.input_prices[v][u] } else { -q.output_prices[v - 2][u] } * columns[v][u]).sum();
            prop_assert!((value + q.intercept[u] - ram.inefficiency[u]).abs() < 1e-8, "{} {}", value + q.intercept[u], ram.inefficiency[u]);
            if plain.class[u] != Class::Strong {
                prop_assert_eq!(r.score[u].to_bits(), plain.score[u].to_bits());
            }
            if r.class[u] != Class::Super || r.state[u] != State::Optimal {
                continue;
            }
            prop_assert!(r.score[u] > 1.0 && r.interval[u].0 <= r.score[u] + 1e-12 && r.interval[u].1 - r.interval[u].0 < 1e-9 * r.score[u]);
            // What is left after giving up, the others can do.
            let p = &r.projection;
            let target: Vec<Vec<f64>> = p.input_targets.iter().chain(&p.output_targets).map(|c| vec![c[u]]).collect();
            let rest = others(&columns, u);
            let reached = dea_against(&tech(&target, 2, 2), &tech(&rest, 2, 2), &DeaOptions { returns: here, scale: false, ..DeaOptions::default() }).unwrap();
            prop_assert!(reached.state[0] != State::Optimal || reached.score[0] < 1.0 + 1e-8, "{}", reached.score[0]);
            // Primal equals dual.
            let sum: f64 = (0..4).map(|v| {
                let price = if v < 2 { -p.input_prices[v][u] } else { p.output_prices[v - 2][u] };
                price * columns[v][u]
            }).sum::<f64>() + p.intercept[u];
            prop_assert!((1.0 + sum - r.score[u]).abs() < 1e-7 * r.score[u], "{} {}", 1.0 + sum, r.score[u]);
        }
        // Units of measure and row order.
        for factor in [1e9, 1e-9] {
            let mut scaled = columns.clone();
            scaled[by].iter_mut().for_each(|x| *x *= factor);
            let (e, a) = (slacks(&tech(&scaled, 2, 2), SIDES[side], here), weighted(&tech(&scaled, 2, 2), Weights::Ram, here));
            for u in 0..n {
                prop_assert!(r.state[u] == e.state[u] && (r.score[u].is_nan() || (r.score[u] - e.score[u]).abs() < 1e-9 * r.score[u]), "{} {}", r.score[u], e.score[u]);
                prop_assert!((ram.inefficiency[u] - a.inefficiency[u]).abs() < 1e-9);
            }
        }
        let turned: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().rev().copied().collect()).collect();
        let e = slacks(&tech(&turned, 2, 2), SIDES[side], here);
        for u in 0..n {
            prop_assert_eq!(r.score[u].to_bits(), e.score[n - 1 - u].to_bits());
        }
        // A dominated unit changes nothing; a twin takes super-efficiency away.
        let mut more = columns.clone();
        for (i, c) in more.iter_mut().enumerate() {
            let (first, second) = (c[0], c[1]);
            c.push(if i < 2 { 2.0 * first } else { first });
            c.push(second);
        }
        let e = slacks(&tech(&more, 2, 2), SIDES[side], here);
        prop_assert!(e.score[1] <= 1.0 && e.score[n + 1] <= 1.0);
        if r.class[0] == Class::Super {
            // The dominated unit may now be what is reached.
            prop_assert!(r.score[0].is_nan() || e.score[0] <= r.score[0] + 1e-9);
        }
    }

    /// Giving up on both sides costs no more than on one, and shares no more than the radial factor (Tone 2002, theorem 2).
    #[test]
    fn order_of_measures(values in proptest::collection::vec(0.0..1.0, 48)) {
        let columns = table(0, 12, &values);
        let t = tech(&columns, 2, 2);
        let here = Returns::Crs;
        let [both, input, output] = SIDES.map(|side| slacks(&t, side, here));
        let radial = |orientation| dea(&t, &DeaOptions { orientation, returns: here, scale: false, super_efficiency: true, ..DeaOptions::default() }).unwrap();
        let (theta, phi) = (radial(Orientation::Input), radial(Orientation::Output));
        for u in (0..12).filter(|&u| both.class[u] == Class::Super) {
            prop_assert!(both.score[u] <= input.score[u] + 1e-9 && both.score[u] <= output.score[u] + 1e-9);
            prop_assert!(input.score[u] <= theta.score[u] + 1e-9 && output.score[u] <= phi.score[u] + 1e-9);
        }
    }
}
