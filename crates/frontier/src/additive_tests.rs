use proptest::prelude::*;

use super::*;
use crate::technology::{Defect, Role};

fn tech<'a>(inputs: &[&'a [f64]], outputs: &[&'a [f64]]) -> Technology<'a> {
    Technology { inputs: inputs.to_vec(), outputs: outputs.to_vec(), bad_outputs: Vec::new() }
}

fn borrowed(columns: &[Vec<f64>], m: usize) -> Technology<'_> {
    let all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    tech(&all[..m], &all[m..])
}

fn close(found: &[f64], printed: &[f64], tolerance: f64) {
    assert_eq!(found.len(), printed.len());
    for (u, (f, p)) in found.iter().zip(printed).enumerate() {
        assert!((f - p).abs() <= tolerance, "unit {u}: {f} for {p}\n{found:?}");
    }
}

fn options(weights: Weights, returns: Returns) -> AdditiveOptions {
    AdditiveOptions { weights, returns, ..AdditiveOptions::default() }
}

const X: [f64; 7] = [2.0, 3.0, 6.0, 9.0, 5.0, 4.0, 10.0];
const Y: [f64; 7] = [2.0, 5.0, 7.0, 8.0, 3.0, 1.0, 7.0];

/// Charnes, Cooper, Lewin and Seiford (1994), Data Envelopment Analysis, p. 27: seven units, one input,
/// one output, variable returns; values and slacks are exact.
#[test]
fn charnes_cooper_lewin_seiford_1994() {
    let r = additive(&tech(&[&X], &[&Y]), &options(Weights::Sum, Returns::Vrs)).unwrap();
    close(&r.inefficiency, &[0.0, 0.0, 0.0, 0.0, 4.0, 5.0, 4.0], 1e-12);
    close(&r.projection.input_slacks[0], &[0.0, 0.0, 0.0, 0.0, 2.0, 1.0, 4.0], 1e-12);
    close(&r.projection.output_slacks[0], &[0.0, 0.0, 0.0, 0.0, 2.0, 4.0, 0.0], 1e-12);
    assert_eq!(r.class[3], Class::Strong);
    assert_eq!(r.class[4], Class::Inefficient);
    assert_eq!(r.efficiency, None);
    let peers = |u: usize| r.projection.peers.of(u).map(|p| p.units[0]).collect::<Vec<_>>();
    assert_eq!((peers(4), peers(5), peers(6)), (vec![1], vec![1], vec![2]));
}

/// RAM on the same data by hand: ranges are 8 and 7, and the best of `s⁻/8 + s⁺/7` is at a vertex.
#[test]
fn ram_by_hand() {
    let r = additive(&tech(&[&X], &[&Y]), &AdditiveOptions::default()).unwrap();
    let of = |input: f64, output: f64| (input / 8.0 + output / 7.0) / 2.0;
    // E and F move to B: a further unit of input (1/8) would bring 2/3 of output (2/21) at most.
    close(&r.inefficiency, &[0.0, 0.0, 0.0, 0.0, of(2.0, 2.0), of(1.0, 4.0), of(4.0, 0.0)], 1e-12);
    close(&r.efficiency.unwrap()[6..], &[0.75], 1e-12);
}

const DOCTORS: [f64; 12] = [20.0, 19.0, 25.0, 27.0, 22.0, 55.0, 33.0, 31.0, 30.0, 50.0, 53.0, 38.0];
const NURSES: [f64; 12] = [151.0, 131.0, 160.0, 168.0, 158.0, 255.0, 235.0, 206.0, 244.0, 268.0, 306.0, 284.0];
const OUTPATIENTS: [f64; 12] = [100.0, 150.0, 160.0, 180.0, 94.0, 230.0, 220.0, 152.0, 190.0, 250.0, 260.0, 250.0];
const INPATIENTS: [f64; 12] = [90.0, 50.0, 55.0, 72.0, 66.0, 90.0, 88.0, 80.0, 100.0, 100.0, 147.0, 120.0];

/// The twelve hospitals of Cooper, Seiford and Tone (2007), Table 1.5; values from R additiveDEA 1.1.
#[test]
fn twelve_hospitals() {
    let t = tech(&[&DOCTORS, &NURSES], &[&OUTPATIENTS, &INPATIENTS]);
    let value = |w, r| additive(&t, &options(w, r)).unwrap().inefficiency;
    let crs = [0.0, 0.0, 31.0687, 0.0, 70.6, 87.3282, 45.8, 82.3837, 44.0, 70.2901, 35.6081, 34.0];
    close(&value(Weights::Sum, Returns::Crs), &crs, 0.00005);
    let ram = [0.0, 0.0, 0.0532, 0.0, 0.0994, 0.1880, 0.0, 0.1031, 0.0358, 0.0, 0.0, 0.0];
    close(&value(Weights::Ram, Returns::Vrs), &ram, 0.00005);
    let bam = [0.0, 0.0, 0.2944, 0.0, 0.4468, 0.2369, 0.0, 0.2758, 0.0596, 0.0, 0.0, 0.0];
    close(&value(Weights::Bam, Returns::Vrs), &bam, 0.00005);
    let mip = [0.0, 0.0, 0.3432, 0.0, 0.6913, 0.5726, 0.0, 0.4608, 0.1071, 0.0, 0.0, 0.0];
    close(&value(Weights::Mip, Returns::Vrs), &mip, 0.00005);
    let normalised = [0.0, 0.0, 0.6930, 0.0, 1.2665, 2.2569, 0.0, 1.2782, 0.4319, 0.0, 0.0, 0.0];
    close(&value(Weights::Normalised, Returns::Vrs), &normalised, 0.00005);
}

#[test]
fn bam_outside_variable_returns_stays_within_the_values_seen() {
    let t = tech(&[&DOCTORS, &NURSES], &[&OUTPATIENTS, &INPATIENTS]);
    for returns in [Returns::Crs, Returns::Nirs, Returns::Ndrs] {
        let r = additive(&t, &options(Weights::Bam, returns)).unwrap();
        assert!(r.inefficiency.iter().all(|v| (0.0..=1.0).contains(v)), "{returns:?} {:?}", r.inefficiency);
        assert!(r.projection.output_targets[0].iter().all(|y| *y <= 260.0 + 1e-9));
        assert!(r.projection.input_targets[0].iter().all(|x| *x >= 19.0 - 1e-9));
    }
}

#[test]
fn negative_values_are_taken_where_a_shift_cancels_out_and_named_elsewhere() {
    let profit: Vec<f64> = Y.iter().map(|y| y - 4.0).collect();
    let t = tech(&[&X], &[&profit]);
    for weights in [Weights::Sum, Weights::Ram, Weights::Bam, Weights::Normalised] {
        let shifted = additive(&t, &options(weights.clone(), Returns::Vrs)).unwrap();
        let plain = additive(&tech(&[&X], &[&Y]), &options(weights, Returns::Vrs)).unwrap();
        close(&shifted.inefficiency, &plain.inefficiency, 1e-12);
    }
    for (weights, returns) in [(Weights::Mip, Returns::Vrs), (Weights::Ram, Returns::Crs), (Weights::Sum, Returns::Nirs)] {
        let Err(FrontierError::Data(defects)) = additive(&t, &options(weights, returns)) else { panic!() };
        let negative = |unit, x| Defect::Negative(Cell { role: Role::Output, variable: 0, unit }, x);
        assert_eq!(defects, [negative(0, -2.0), negative(4, -1.0), negative(5, -3.0)]);
    }
}

#[test]
fn zeros_do_not_count_under_mip_and_are_named() {
    let y2 = [0.0, 1.0, 2.0, 3.0, 0.0, 1.0, 1.0];
    let r = additive(&tech(&[&X], &[&Y, &y2]), &options(Weights::Mip, Returns::Vrs)).unwrap();
    let cell = |unit| Cell { role: Role::Output, variable: 1, unit };
    assert_eq!(r.dropped, [cell(0), cell(4)]);
    // The second phase still sends unit 4 to the frontier in the variable that does not count.
    assert!(r.projection.output_slacks[1][4] > 0.0);
    assert!(r.state.iter().all(|s| *s == State::Optimal));
}

#[test]
fn weights_of_your_own_are_checked() {
    let t = tech(&[&X], &[&Y]);
    let custom = |inputs: &[f64], outputs: &[f64]| Weights::Custom { inputs: inputs.to_vec(), outputs: outputs.to_vec() };
    let run = |w| additive(&t, &options(w, Returns::Vrs));
    let problems = |w| match run(w) {
        Err(FrontierError::Options(list)) => list.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(problems(custom(&[1.0, f64::NAN], &[-1.0])), 3);
    assert_eq!(problems(custom(&[0.0], &[0.0])), 1);
    let fdh = additive(&t, &options(Weights::Sum, Returns::Fdh));
    assert!(matches!(fdh, Err(FrontierError::Options(_))));
    assert_eq!(run(custom(&[1.0], &[1.0])).unwrap().inefficiency, run(Weights::Sum).unwrap().inefficiency);
    // Two inputs saved against nothing: only inputs count, and outputs follow in the second phase.
    let r = run(custom(&[1.0], &[0.0])).unwrap();
    close(&r.inefficiency[4..5], &[5.0 - 2.0 - 1.0 / 3.0], 1e-12);
}

#[test]
fn a_unit_beyond_a_foreign_reference_is_infeasible() {
    let reference = tech(&[&X], &[&Y]);
    let r = additive_against(&tech(&[&[1.0, 5.0]], &[&[3.0, 3.0]]), &reference, &options(Weights::Sum, Returns::Vrs)).unwrap();
    assert_eq!(r.state, [State::Infeasible, State::Optimal]);
    assert!(r.inefficiency[0].is_nan() && r.interval[0].0.is_nan());
    close(&r.inefficiency[1..], &[4.0], 1e-12);
}

#[test]
fn one_unit_more_dimensions_than_units_and_missing_cells() {
    let r = additive(&tech(&[&[2.0], &[1.0], &[7.0]], &[&[1.0], &[3.0]]), &AdditiveOptions::default()).unwrap();
    assert_eq!((r.inefficiency[0], r.class[0]), (0.0, Class::Strong));
    let (x, y) = ([2.0, f64::NAN, 4.0], [1.0, 5.0, 1.0]);
    assert!(additive(&tech(&[&x], &[&y]), &AdditiveOptions::default()).is_err());
    let exclude = AdditiveOptions { missing: Missing::Exclude, ..AdditiveOptions::default() };
    let r = additive(&tech(&[&x], &[&y]), &exclude).unwrap();
    assert_eq!(r.state, [State::Optimal, State::Missing, State::Optimal]);
    assert!(r.inefficiency[1].is_nan() && r.projection.input_targets[0][1].is_nan());
    // Range 2 of the input; the output does not vary.
    close(&[r.inefficiency[2]], &[0.5], 1e-12);
}

const RETURNS: [Returns; 4] = [Returns::Crs, Returns::Vrs, Returns::Nirs, Returns::Ndrs];
const SIDES: [SlackOrientation; 3] = [SlackOrientation::None, SlackOrientation::Input, SlackOrientation::Output];

fn table(kind: u8, n: usize, values: &[f64]) -> Vec<Vec<f64>> {
    (0..4)
        .map(|i| {
            let cell = |u: usize| match kind {
                0 => 0.1 + values[4 * u + i],
                1 => 1.0 + (5.0 * values[4 * u + i]).floor(),
                2 => 0.1 + values[4 * (u / 3) + i],
                _ => {
                    if values[4 * u + i] < 0.3 && i != 0 && i != 2 {
                        0.0
                    } else {
                        0.05 + values[4 * u + i]
                    }
                }
            };
            (0..n).map(cell).collect()
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn laws(
        kind in 0_u8..4, values in proptest::collection::vec(0.0..1.0, 72), returns in 0_usize..4, side in 0_usize..3,
        weights in 1_usize..5, by in 0_usize..4,
    ) {
        let columns = table(kind, 18, &values);
        let named = [Weights::Sum, Weights::Mip, Weights::Ram, Weights::Bam, Weights::Normalised];
        let options = AdditiveOptions {
            weights: named[weights].clone(), orientation: SIDES[side], returns: RETURNS[returns], super_efficiency: false, missing: Missing::Refuse,
        };
        let r = additive(&borrowed(&columns, 2), &options).unwrap();
        prop_assert!(r.state.iter().all(|s| *s == State::Optimal), "{:?}", r.state);
        prop_assert!(r.inefficiency.iter().all(|v| *v >= 0.0));
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * (1.0 + a.abs());
        for u in 0..18 {
            let (low, high) = r.interval[u];
            prop_assert!(low <= high && close(low, high) && close(low, r.inefficiency[u]), "{} in {:?}", r.inefficiency[u], r.interval[u]);
        }
        // Units of measure.
        for factor in [1e9, 1e-9] {
            let mut scaled = columns.clone();
            scaled[by].iter_mut().for_each(|x| *x *= factor);
            let e = additive(&borrowed(&scaled, 2), &options).unwrap();
            for u in 0..18 {
                prop_assert!(close(r.inefficiency[u], e.inefficiency[u]), "{} {}", r.inefficiency[u], e.inefficiency[u]);
            }
        }
        // Row order: bit for bit.
        let turned: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().rev().copied().collect()).collect();
        let e = additive(&borrowed(&turned, 2), &options).unwrap();
        for u in 0..18 {
            prop_assert_eq!(r.inefficiency[u].to_bits(), e.inefficiency[17 - u].to_bits());
            prop_assert_eq!(r.projection.input_slacks[0][u].to_bits(), e.projection.input_slacks[0][17 - u].to_bits());
        }
        // Primal equals dual: inefficiency = v·x − u·y + intercept.
        let p = &r.projection;
        for u in 0..18 {
            let dot = |prices: &[Vec<f64>], c: &[Vec<f64>]| prices.iter().zip(c).map(|(p, c)| p[u] * c[u]).sum::<f64>();
            let dual = dot(&p.input_prices, &columns[..2]) - dot(&p.output_prices, &columns[2..]) + p.intercept[u];
            prop_assert!((dual - r.inefficiency[u]).abs() < 1e-8, "{} {}", dual, r.inefficiency[u]);
        }
        // Targets balance and are efficient.
        for (u, (x, y)) in columns[0].iter().zip(&columns[3]).enumerate() {
            prop_assert!(close(p.input_targets[0][u] + p.input_slacks[0][u], *x));
            prop_assert!(close(p.output_targets[1][u] - p.output_slacks[1][u], *y));
        }
        let targets: Vec<Vec<f64>> = p.input_targets.iter().chain(&p.output_targets).cloned().collect();
        if !(weights == 3 && returns != 1) {
            let plain = AdditiveOptions { orientation: SlackOrientation::None, weights: Weights::Sum, ..options };
            let e = additive_against(&borrowed(&targets, 2), &borrowed(&columns, 2), &plain).unwrap();
            for u in 0..18 {
                // Rounding may put a target a digit beyond the frontier.
                prop_assert!(e.state[u] == State::Infeasible || e.inefficiency[u] < 1e-7, "unit {} {}", u, e.inefficiency[u]);
            }
        }
    }

    /// RAM is at most BAM (ranges against one-sided ranges), a larger technology finds more slack, and a
    /// duplicate changes nothing but the standard deviation.
    #[test]
    fn order_of_measures(values in proptest::collection::vec(0.0..1.0, 72)) {
        let columns = table(0, 18, &values);
        let t = borrowed(&columns, 2);
        let value = |w: Weights, r| additive(&t, &options(w, r)).unwrap().inefficiency;
        let (ram, bam) = (value(Weights::Ram, Returns::Vrs), value(Weights::Bam, Returns::Vrs));
        let (vrs, nirs) = (value(Weights::Sum, Returns::Vrs), value(Weights::Sum, Returns::Nirs));
        let crs = value(Weights::Sum, Returns::Crs);
        let mut more = columns.clone();
        more.iter_mut().for_each(|c| c.push(c[7]));
        let again = additive(&borrowed(&more, 2), &options(Weights::Ram, Returns::Vrs)).unwrap().inefficiency;
        for u in 0..18 {
            prop_assert!(ram[u] <= bam[u] + 1e-10 && bam[u] <= 1.0 + 1e-12);
            prop_assert!(vrs[u] <= nirs[u] + 1e-10 && nirs[u] <= crs[u] + 1e-10);
            prop_assert!((ram[u] - again[u]).abs() < 1e-12);
        }
        prop_assert_eq!(again[18].to_bits(), again[7].to_bits());
    }
}
