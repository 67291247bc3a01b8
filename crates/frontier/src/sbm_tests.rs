use proptest::prelude::*;

use super::*;
use crate::{
    Orientation,
    dea::{self, DeaOptions},
};

fn tech<'a>(inputs: &[&'a [f64]], outputs: &[&'a [f64]], bad: &[&'a [f64]]) -> Technology<'a> {
    Technology { inputs: inputs.to_vec(), outputs: outputs.to_vec(), bad_outputs: bad.to_vec() }
}

/// Two inputs, then outputs, then undesirable outputs from column 4 on.
fn borrowed(columns: &[Vec<f64>]) -> Technology<'_> {
    let all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    tech(&all[..2], &all[2..4], &all[4..])
}

fn close(found: &[f64], printed: &[f64], tolerance: f64) {
    assert_eq!(found.len(), printed.len());
    for (u, (f, p)) in found.iter().zip(printed).enumerate() {
        assert!((f - p).abs() <= tolerance, "unit {u}: {f} for {p}\n{found:?}");
    }
}

fn options(orientation: SlackOrientation, returns: Returns) -> SbmOptions {
    SbmOptions { orientation, returns, ..SbmOptions::default() }
}

/// Tone (2001), EJOR 130, p. 505: five units A to E, two inputs, two outputs; ρ to three decimals.
#[test]
fn tone_2001() {
    let t = tech(
        &[&[4.0, 6.0, 8.0, 8.0, 2.0], &[3.0, 3.0, 1.0, 1.0, 4.0]],
        &[&[2.0, 2.0, 6.0, 6.0, 1.0], &[3.0, 3.0, 2.0, 1.0, 4.0]],
        &[],
    );
    let r = sbm(&t, &options(SlackOrientation::None, Returns::Crs)).unwrap();
    close(&r.score, &[0.798, 0.568, 1.0, 0.667, 1.0], 0.0005);
    assert!(r.state.iter().all(|s| *s == State::Optimal));
    use Class::{Inefficient, Strong};
    assert_eq!(r.class, [Inefficient, Inefficient, Strong, Inefficient, Strong]);
    // Oriented scores on the same data as R deaR 1.5.3 prints them.
    let score = |side, returns| sbm(&t, &options(side, returns)).unwrap().score;
    close(&score(SlackOrientation::Input, Returns::Crs), &[0.8485, 0.7197, 1.0, 1.0, 1.0], 0.00005);
    close(&score(SlackOrientation::Input, Returns::Vrs), &[1.0, 0.8333, 1.0, 1.0, 1.0], 0.00005);
    close(&score(SlackOrientation::Output, Returns::Crs), &[0.8182, 0.6061, 1.0, 0.6667, 1.0], 0.00005);
    close(&score(SlackOrientation::Output, Returns::Vrs), &[0.8182, 0.7273, 1.0, 0.6667, 1.0], 0.00005);
    // D has C's inputs and half of its second output: efficient in inputs, yet improvable.
    assert_eq!(sbm(&t, &options(SlackOrientation::Input, Returns::Crs)).unwrap().class[3], Class::Weak);
}

/// Tone (2003), GRIPS discussion paper I-2003-0005, pp. 10-11, weights 1:1: nine units, one input, one
/// output, one undesirable output, variable returns.
#[test]
fn tone_2003() {
    let good = [1.0, 2.0, 6.0, 8.0, 9.0, 5.0, 4.0, 6.0, 4.0];
    let bad = [1.0, 1.0, 2.0, 4.0, 7.0, 2.0, 3.0, 4.0, 6.0];
    let r = sbm(&tech(&[&[1.0; 9]], &[&good], &[&bad]), &options(SlackOrientation::None, Returns::Vrs)).unwrap();
    close(&r.score, &[0.667, 1.0, 1.0, 1.0, 1.0, 0.909, 0.706, 0.8, 0.6], 0.0005);
    close(&r.projection.bad_output_slacks[0], &[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 2.0], 1e-9);
    close(&r.projection.output_targets[0], &[2.0, 2.0, 6.0, 8.0, 9.0, 6.0, 6.0, 6.0, 8.0], 1e-9);
}

/// Cooper, Seiford and Tone (2007), Example 2.2: two inputs, output 1; CCR scores as printed. A and B
/// have D as their reference, F has C. The slacks-based scores follow by hand.
#[test]
fn cooper_seiford_tone_unit_isoquant() {
    let t = tech(&[&[4.0, 7.0, 8.0, 4.0, 2.0, 10.0], &[3.0, 3.0, 1.0, 2.0, 4.0, 1.0]], &[&[1.0; 6]], &[]);
    let r = sbm(&t, &options(SlackOrientation::Input, Returns::Crs)).unwrap();
    let of = |a: f64, b: f64| 1.0 - (a + b) / 2.0;
    close(&r.score, &[of(0.0, 1.0 / 3.0), of(3.0 / 7.0, 1.0 / 3.0), 1.0, 1.0, 1.0, of(0.2, 0.0)], 1e-12);
    // The radial score of F is 1: only slack tells it from C.
    let radial = DeaOptions { returns: Returns::Crs, ..DeaOptions::default() };
    let theta = dea::dea(&t, &radial).unwrap();
    close(&theta.score, &[0.857, 0.632, 1.0, 1.0, 1.0, 1.0], 0.0005);
    assert_eq!(theta.class[5], Class::Weak);
}

#[test]
fn zero_policies() {
    // The second unit makes nothing of the second output; against the first it could make 4 of it.
    let t = tech(&[&[2.0, 4.0], &[1.0, 0.0]], &[&[2.0, 2.0], &[4.0, 0.0]], &[]);
    let drop = sbm(&t, &options(SlackOrientation::Output, Returns::Vrs)).unwrap();
    let cell = |role, variable| Cell { role, variable, unit: 1 };
    assert_eq!(drop.zeros, [cell(Role::Output, 1)]);
    let tenth = SbmOptions { zero_outputs: ZeroOutputs::Tenth, ..options(SlackOrientation::Output, Returns::Vrs) };
    assert_eq!(sbm(&t, &tenth).unwrap().score[1], 1.0, "its second input of 0 keeps it from moving");
    let t = tech(&[&[2.0, 4.0]], &[&[2.0, 2.0], &[4.0, 0.0]], &[]);
    let both = |zero_outputs| sbm(&t, &SbmOptions { zero_outputs, ..options(SlackOrientation::None, Returns::Vrs) }).unwrap();
    // Dropped: only the input counts, 1 − 2/4; the target still gains the output.
    let r = both(ZeroOutputs::Drop);
    close(&[r.score[1], r.projection.output_slacks[1][1]], &[0.5, 4.0], 1e-12);
    // A tenth of 4: (1 − 1/2) / (1 + (0 + 4/0.4)/2).
    close(&both(ZeroOutputs::Tenth).score[1..], &[0.5 / 6.0], 1e-12);
    // An input of 0 cannot shrink: one term is left.
    let t = tech(&[&[2.0, 4.0], &[0.0, 0.0], &[1.0, 1.0]], &[&[2.0, 2.0]], &[]);
    assert!(matches!(sbm(&t, &SbmOptions::default()), Err(FrontierError::Data(_))), "a variable of zeros");
    let t = tech(&[&[2.0, 4.0, 9.0], &[0.0, 0.0, 1.0]], &[&[2.0, 2.0, 1.0]], &[]);
    let r = sbm(&t, &options(SlackOrientation::Input, Returns::Crs)).unwrap();
    close(&r.score[1..2], &[0.5], 1e-12);
    assert_eq!(r.zeros.len(), 2);
}

#[test]
fn bad_input_is_refused_and_beyond_a_reference_is_infeasible() {
    let t = tech(&[&[2.0, -4.0]], &[&[2.0, f64::NAN]], &[]);
    let Err(FrontierError::Data(defects)) = sbm(&t, &SbmOptions::default()) else { panic!() };
    assert_eq!(defects.len(), 2);
    let reference = tech(&[&[2.0, 4.0]], &[&[2.0, 3.0]], &[]);
    for side in [SlackOrientation::None, SlackOrientation::Input, SlackOrientation::Output] {
        let r = sbm_against(&tech(&[&[1.0, 4.0]], &[&[2.0, 2.0]], &[]), &reference, &options(side, Returns::Vrs)).unwrap();
        assert_eq!(r.state, [State::Infeasible, State::Optimal]);
        assert!(r.score[0].is_nan() && r.score[1] < 1.0);
    }
    let one = sbm(&tech(&[&[2.0], &[1e-12]], &[&[1e12]], &[&[3.0]]), &SbmOptions::default()).unwrap();
    assert_eq!((one.score[0], one.class[0], one.state[0]), (1.0, Class::Strong, State::Optimal));
}

const RETURNS: [Returns; 4] = [Returns::Crs, Returns::Vrs, Returns::Nirs, Returns::Ndrs];
const SIDES: [SlackOrientation; 3] = [SlackOrientation::None, SlackOrientation::Input, SlackOrientation::Output];

fn table(kind: u8, n: usize, variables: usize, values: &[f64]) -> Vec<Vec<f64>> {
    (0..variables)
        .map(|i| {
            let cell = |u: usize| match kind {
                0 => 0.1 + values[5 * u + i],
                1 => 1.0 + (5.0 * values[5 * u + i]).floor(),
                2 => 0.1 + values[5 * (u / 3) + i],
                _ => {
                    if values[5 * u + i] < 0.3 && i != 0 && i != 2 {
                        0.0
                    } else {
                        0.05 + values[5 * u + i]
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
        kind in 0_u8..4, values in proptest::collection::vec(0.0..1.0, 80), returns in 0_usize..4, side in 0_usize..3,
        bad in any::<bool>(), by in 0_usize..4, tenth in any::<bool>(),
    ) {
        let n = 16;
        let columns = table(kind, n, if bad { 5 } else { 4 }, &values);
        let zero_outputs = if tenth { ZeroOutputs::Tenth } else { ZeroOutputs::Drop };
        let options = SbmOptions { zero_outputs, ..options(SIDES[side], RETURNS[returns]) };
        let r = sbm(&borrowed(&columns), &options).unwrap();
        prop_assert!(r.state.iter().all(|s| *s == State::Optimal), "{:?}", r.state);
        for u in 0..n {
            let (low, high) = r.interval[u];
            prop_assert!(low <= high && high - low < 1e-9 && (r.score[u] - low).abs() < 1e-9, "{} in {:?}", r.score[u], r.interval[u]);
            prop_assert!(r.score[u] > 0.0 && r.score[u] <= 1.0);
            let parts = match SIDES[side] {
                SlackOrientation::None => r.input_efficiency[u] * r.output_efficiency[u],
                SlackOrientation::Input => r.input_efficiency[u],
                SlackOrientation::Output => r.output_efficiency[u],
            };
            prop_assert!((parts - r.score[u]).abs() < 1e-9, "{} {}", parts, r.score[u]);
        }
        // Units of measure.
        for factor in [1e9, 1e-9] {
            let mut scaled = columns.clone();
            scaled[by].iter_mut().for_each(|x| *x *= factor);
            let e = sbm(&borrowed(&scaled), &options).unwrap();
            for u in 0..n {
                prop_assert!((r.score[u] - e.score[u]).abs() < 1e-9, "{} {} {:?}", r.score[u], e.score[u], e.state[u]);
            }
        }
        // Row order: bit for bit; a duplicate and a dominated unit change nothing.
        let turned: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().rev().copied().collect()).collect();
        let e = sbm(&borrowed(&turned), &options).unwrap();
        for u in 0..n {
            prop_assert_eq!(r.score[u].to_bits(), e.score[n - 1 - u].to_bits());
            prop_assert_eq!(r.projection.output_slacks[0][u].to_bits(), e.projection.output_slacks[0][n - 1 - u].to_bits());
        }
        let mut more = columns.clone();
        for (i, c) in more.iter_mut().enumerate() {
            let (first, second) = (c[0], c[1]);
            c.push(if i < 2 || i == 4 { 2.0 * first } else { first });
            c.push(second);
        }
        let e = sbm(&borrowed(&more), &options).unwrap();
        for u in 0..n {
            prop_assert!((r.score[u] - e.score[u]).abs() < 1e-10);
        }
        prop_assert_eq!(e.score[n + 1].to_bits(), e.score[1].to_bits());
        // Primal equals dual.
        let p = &r.projection;
        let prices: Vec<&Vec<f64>> = p.input_prices.iter().chain(&p.output_prices).chain(&p.bad_output_prices).collect();
        for u in 0..n {
            let sum: f64 = (0..columns.len())
                .map(|v| prices[v][u] * columns[v][u] * if (2..4).contains(&v) { 1.0 } else { -1.0 })
                .sum::<f64>() + p.intercept[u];
            let dual = match SIDES[side] {
                SlackOrientation::Output => 1.0 / (1.0 - sum),
                _ => 1.0 + sum,
            };
            prop_assert!((dual - r.score[u]).abs() < 1e-8, "{} {}", dual, r.score[u]);
        }
        // Targets are efficient.
        let targets: Vec<Vec<f64>> =
            p.input_targets.iter().chain(&p.output_targets).chain(&p.bad_output_targets).cloned().collect();
        if kind < 3 {
            let e = sbm_against(&borrowed(&targets), &borrowed(&columns), &SbmOptions { orientation: SlackOrientation::None, ..options }).unwrap();
            for u in 0..n {
                // Rounding may put a target a digit beyond the frontier.
                prop_assert!(e.state[u] == State::Infeasible || e.score[u] > 1.0 - 1e-7, "unit {} {}", u, e.score[u]);
            }
        }
    }

    /// Larger technologies find more slack; one side alone scores at least as high as both; and the
    /// measure is at most Farrell's (Tone 2001, theorem 2).
    #[test]
    fn order_of_measures(values in proptest::collection::vec(0.0..1.0, 80), returns in 0_usize..4) {
        let columns = table(0, 16, 4, &values);
        let t = borrowed(&columns);
        let score = |side, returns| sbm(&t, &options(side, returns)).unwrap().score;
        let here = RETURNS[returns];
        let (both, input, output) =
            (score(SlackOrientation::None, here), score(SlackOrientation::Input, here), score(SlackOrientation::Output, here));
        let farrell = |orientation| {
            dea::dea(&t, &DeaOptions { orientation, returns: here, scale: false, ..DeaOptions::default() }).unwrap().score
        };
        let (theta, phi) = (farrell(Orientation::Input), farrell(Orientation::Output));
        let nested = [Returns::Crs, Returns::Nirs, Returns::Vrs].map(|r| score(SlackOrientation::None, r));
        for u in 0..16 {
            prop_assert!(both[u] <= input[u] + 1e-10 && input[u] <= theta[u] + 1e-10);
            prop_assert!(both[u] <= output[u] + 1e-10 && output[u] <= phi[u] + 1e-10);
            prop_assert!(nested[0][u] <= nested[1][u] + 1e-10 && nested[1][u] <= nested[2][u] + 1e-10);
        }
    }
}
