use proptest::prelude::*;

use super::*;

/// Tolerance for numbers printed to three decimals.
const PRINTED: f64 = 0.0005 + 1e-9;

pub(super) fn tech<'a>(x: &[&'a [f64]], y: &[&'a [f64]]) -> Technology<'a> {
    Technology { inputs: x.to_vec(), outputs: y.to_vec(), bad_outputs: Vec::new() }
}

pub(super) fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() <= tolerance, "{found:?} is not {expected:?}");
    }
}

/// Coelli (1996), DEAP 2.1, EG1: five firms, two inputs, one output, input orientation, CRS.
#[test]
fn deap_eg1() {
    let (x1, x2, y) = ([2.0, 2.0, 6.0, 3.0, 6.0], [5.0, 4.0, 6.0, 2.0, 2.0], [1.0, 2.0, 3.0, 1.0, 2.0]);
    let d = dea(&tech(&[&x1, &x2], &[&y]), &DeaOptions { returns: Returns::Crs, ..DeaOptions::default() }).unwrap();
    close(&d.score, &[0.5, 1.0, 0.833, 0.714, 1.0], PRINTED);
    // Peers of firm 3: firms 2 and 5; its target is on their facet.
    let peers: Vec<usize> = d.peers(2).map(|p| p.units[0]).collect();
    assert_eq!(peers, [1, 4]);
}

/// Coelli (1996), DEAP 2.1, EG2: CRS, VRS, scale efficiency and class, printed to three decimals.
#[test]
fn deap_eg2() {
    let (x, y) = ([2.0, 4.0, 3.0, 5.0, 6.0], [1.0, 2.0, 3.0, 4.0, 5.0]);
    let s = dea(&tech(&[&x], &[&y]), &DeaOptions::default()).unwrap().scale.unwrap();
    close(&s.crs, &[0.5, 0.5, 1.0, 0.8, 0.833], PRINTED);
    close(&s.vrs, &[1.0, 0.625, 1.0, 0.9, 1.0], PRINTED);
    close(&s.efficiency, &[0.5, 0.8, 1.0, 0.889, 0.833], PRINTED);
    use ScaleClass::{Constant, Decreasing, Increasing};
    assert_eq!(s.class, [Increasing, Increasing, Constant, Decreasing, Decreasing]);
}

/// Cooper, Seiford and Tone (2007), Table 1.5 (hospitals) and the CCR scores printed with it.
#[test]
fn twelve_hospitals() {
    let doctors = [20.0, 19.0, 25.0, 27.0, 22.0, 55.0, 33.0, 31.0, 30.0, 50.0, 53.0, 38.0];
    let nurses = [151.0, 131.0, 160.0, 168.0, 158.0, 255.0, 235.0, 206.0, 244.0, 268.0, 306.0, 284.0];
    let outpatients = [100.0, 150.0, 160.0, 180.0, 94.0, 230.0, 220.0, 152.0, 190.0, 250.0, 260.0, 250.0];
    let inpatients = [90.0, 50.0, 55.0, 72.0, 66.0, 90.0, 88.0, 80.0, 100.0, 100.0, 147.0, 120.0];
    let options = DeaOptions { returns: Returns::Crs, ..DeaOptions::default() };
    let d = dea(&tech(&[&doctors, &nurses], &[&outpatients, &inpatients]), &options).unwrap();
    let printed = [1.0, 1.0, 0.883, 1.0, 0.763, 0.835, 0.902, 0.796, 0.960, 0.871, 0.955, 0.958];
    close(&d.score, &printed, PRINTED);
    assert!(d.state.iter().all(|s| *s == State::Optimal));
    assert!(d.interval.iter().all(|i| i.1 - i.0 < 1e-12), "{:?}", d.interval);
}

/// Zeros leave some units one row only; a dual value of 1e-17 on the sum of weights once opened the certificate of
/// the third unit to 2 % of its score (numerics::lp, `without_dust`).
#[test]
fn zeros_do_not_open_the_certificate() {
    let technology = tech(
        &[
            &[0.0, 0.086_293_255_066_771_27, 0.00905, 0.0, 0.0],
            &[0.0, 1e6, 1.1e6, 3.2e5, 0.0],
            &[8.4e3, 0.0, 1.02e4, 0.0, 0.0],
            &[66_881.713_660_818_1, 64_409.967_387_296_87, 194895.25523687922, 93_612.666_448_919_6, 1.6e4],
        ],
        &[
            &[0.000_632_152_245_861_724_1, 0.0011797333141428908, 0.00052, 0.0, 0.0],
            &[12.68, 0.0, 130.0, 456.689_532_150_089_1, 2_093.728_081_952_596],
        ],
    );
    let d = dea(&technology, &DeaOptions { returns: Returns::Vrs, ..DeaOptions::default() }).unwrap();
    assert!(d.state.iter().all(|s| *s == State::Optimal), "{:?}", d.state);
    assert!(d.interval.iter().all(|i| i.1 - i.0 < 1e-12), "{:?}", d.interval);
}

fn draws(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The data sets of `tests/oracle/oracle.py`, as columns.
pub(super) fn dataset(kind: &str, n: usize, m: usize, s: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut r = draws(seed);
    let raw: Vec<Vec<f64>> = (0..n).map(|_| (0..m + s).map(|_| r()).collect()).collect();
    let cell = |u: usize, i: usize| {
        let v = raw[u][i];
        match kind {
            "smooth" => 0.1 + v,
            "ties" => 1.0 + (5.0 * v).floor(),
            "zeros" => {
                if v < 0.3 && i != 0 && i != m {
                    0.0
                } else {
                    0.05 + v
                }
            }
            "units" => (0.1 + v) * if i.is_multiple_of(2) { 1e-6 } else { 1e9 },
            "duplicates" => 0.1 + raw[u / 3][i],
            _ => 0.1 + raw[u][0] + if i > 0 { 1e-5 * v } else { 0.0 },
        }
    };
    (0..m + s).map(|i| (0..n).map(|u| cell(u, i)).collect()).collect()
}

pub(super) fn borrowed(columns: &[Vec<f64>], m: usize) -> Technology<'_> {
    let all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    Technology { inputs: all[..m].to_vec(), outputs: all[m..].to_vec(), bad_outputs: Vec::new() }
}

#[test]
fn scores_agree_with_highs_on_ties_zeros_duplicates_wild_units_and_near_collinear_data() {
    let cases: serde_json::Value = serde_json::from_str(include_str!("../tests/oracle/radial.json")).unwrap();
    for case in cases.as_array().unwrap() {
        let size = |k: &str| case[k].as_u64().unwrap() as usize;
        let (n, m, s) = (size("n"), size("m"), size("s"));
        let columns = dataset(case["kind"].as_str().unwrap(), n, m, s, case["seed"].as_u64().unwrap());
        let options: DeaOptions = serde_json::from_value(serde_json::json!({
            "orientation": case["orientation"], "returns": case["returns"], "scale": false
        }))
        .unwrap();
        let d = dea(&borrowed(&columns, m), &options).unwrap();
        for (k, value) in case["values"].as_array().unwrap().iter().enumerate() {
            let (u, v) = (6 * k, value.as_f64().unwrap());
            let found = if options.orientation == Orientation::Input { d.score[u] } else { d.reciprocal[u] };
            let what =
                format!("{} {} {:?} {:?} unit {u}: {found} is not {v}", case["kind"], n, options.orientation, options.returns);
            assert!((found - v).abs() <= 1e-9 * v, "{what}");
            assert_eq!(d.state[u], State::Optimal, "{what}");
        }
    }
}

#[test]
fn defects_are_all_named() {
    let (x, z, y) = ([1.0, -2.0, f64::NAN], [0.0, 0.0, 0.0], [0.0, 1.0, 1.0]);
    let t = tech(&[&x, &z], &[&y]);
    let Err(FrontierError::Data(defects)) = dea(&t, &DeaOptions::default()) else { panic!() };
    assert_eq!(defects.len(), 3, "{defects:?}");
    let x = [1.0, 2.0, f64::NAN];
    let options = DeaOptions { missing: Missing::Exclude, ..DeaOptions::default() };
    let y = [1.0, 1.0, 1.0];
    let Err(FrontierError::Data(zero)) = dea(&tech(&[&x, &z], &[&y]), &options) else { panic!() };
    assert_eq!(zero, [crate::Defect::ZeroVariable(crate::Role::Input, 1)]);
    let d = dea(&tech(&[&x], &[&y]), &options).unwrap();
    assert_eq!((d.state[2], d.score[1]), (State::Missing, 0.5));
}

#[test]
fn a_unit_beyond_a_foreign_reference_is_super_or_infeasible() {
    let (x, y) = ([2.0, 4.0], [2.0, 3.0]);
    let reference = tech(&[&x], &[&y]);
    let better = dea_against(&tech(&[&[1.0]], &[&[2.0]]), &reference, &DeaOptions::default()).unwrap();
    assert_eq!((better.class[0], better.score[0]), (Class::Super, 2.0));
    let beyond = dea_against(&tech(&[&[9.0]], &[&[5.0]]), &reference, &DeaOptions::default()).unwrap();
    assert_eq!((beyond.state[0], beyond.score[0].is_nan()), (State::Infeasible, true));
}

pub(super) const KINDS: [&str; 4] = ["smooth", "ties", "zeros", "duplicates"];
const RETURNS: [Returns; 4] = [Returns::Crs, Returns::Vrs, Returns::Nirs, Returns::Ndrs];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn laws(kind in 0_usize..4, seed in 0_u64..1000, returns in 0_usize..4, output in any::<bool>(), by in 0_usize..4) {
        let columns = dataset(KINDS[kind], 24, 2, 2, seed);
        let orientation = if output { Orientation::Output } else { Orientation::Input };
        let options = DeaOptions { orientation, returns: RETURNS[returns], slacks: Slacks::Range, ..DeaOptions::default() };
        let d = dea(&borrowed(&columns, 2), &options).unwrap();
        prop_assert!(d.state.iter().all(|s| *s == State::Optimal));

        // Units of measure.
        for factor in [1e9, 1e-9] {
            let mut scaled = columns.clone();
            scaled[by].iter_mut().for_each(|x| *x *= factor);
            let e = dea(&borrowed(&scaled, 2), &options).unwrap();
            for u in 0..24 {
                prop_assert!((d.score[u] - e.score[u]).abs() < 1e-10);
                prop_assert_eq!(d.class[u], e.class[u]);
            }
        }
        // Row order: bit for bit.
        let turned: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().rev().copied().collect()).collect();
        let e = dea(&borrowed(&turned, 2), &options).unwrap();
        for u in 0..24 {
            prop_assert_eq!(d.score[u].to_bits(), e.score[23 - u].to_bits());
            prop_assert_eq!(d.input_slacks[0][u].to_bits(), e.input_slacks[0][23 - u].to_bits());
        }
        // A dominated unit and a duplicate change nothing.
        let mut more = columns.clone();
        for (i, c) in more.iter_mut().enumerate() {
            let (first, second) = (c[0], c[1]);
            c.push(if i < 2 { 2.0 * first } else { 0.5 * first });
            c.push(second);
        }
        let e = dea(&borrowed(&more, 2), &options).unwrap();
        for u in 0..24 {
            prop_assert!((d.score[u] - e.score[u]).abs() < 1e-11);
        }
        prop_assert_eq!(e.score[25].to_bits(), e.score[1].to_bits());
        // Nesting of returns to scale.
        let s = d.scale.as_ref().unwrap();
        for u in 0..24 {
            prop_assert!(s.crs[u] <= s.nirs[u] + 1e-11 && s.nirs[u] <= s.vrs[u] + 1e-11);
        }
        // Primal equals dual.
        for u in 0..24 {
            let dot = |p: &[Vec<f64>], c: &[Vec<f64>]| p.iter().zip(c).map(|(p, c)| p[u] * c[u]).sum::<f64>();
            let value = match orientation {
                Orientation::Input => dot(&d.output_prices, &columns[2..]) + d.intercept[u],
                Orientation::Output => 1.0 / (dot(&d.input_prices, &columns[..2]) + d.intercept[u]),
            };
            prop_assert!((value - d.score[u]).abs() < 1e-10, "{} {}", value, d.score[u]);
        }
        // Targets are efficient against the same reference.
        let targets: Vec<Vec<f64>> = d.input_targets.iter().chain(&d.output_targets).cloned().collect();
        let e = dea_against(&borrowed(&targets, 2), &borrowed(&columns, 2), &options).unwrap();
        for u in 0..24 {
            prop_assert!((e.score[u] - 1.0).abs() < 1e-9, "unit {} target score {}", u, e.score[u]);
            prop_assert!(e.class[u] == Class::Strong, "unit {} {:?}", u, e.class[u]);
        }
    }
}

/// Nine units whose columns span 23 magnitudes: what lies below the digits of its row is no optimum. Unit 7 has 7e-10 of
/// the largest first input, and a share of 1.25e-8 of unit 6 makes its output of 5.2e-6 of its first input.
#[test]
fn specks_among_giants_are_right_or_not_certified() {
    let x = [
        4.2819049082883266e-08,
        2949.3306064325393,
        9.769885704613365e-05,
        0.0065694698435939955,
        20596034.468686692,
        4.1991305462136256e-08,
        1.0116862792097224e-10,
        154629897907.75485,
        5.960814024948924e-11,
    ];
    let z = [
        21036679.789699327,
        21484147.453271285,
        769.7792141330042,
        824862.1228204546,
        6634.919625436933,
        527.6895514728913,
        7474123973.437551,
        13549152129.64554,
        5.38787054963245e-12,
    ];
    let y = [
        19.353698536227014,
        56214.51470037016,
        5087547282.659882,
        1.1543594664434789e-10,
        5.772526775404038e-05,
        54625248712.769295,
        683.7879028717502,
        0.021713065481443933,
        3.0648114356469423,
    ];
    for scaled in [1.0, 1e-6] {
        let x = x.map(|x| x * scaled);
        let t = tech(&[&x, &z], &[&y]);
        for orientation in [Orientation::Input, Orientation::Output] {
            let d = dea(&t, &DeaOptions { orientation, ..DeaOptions::default() }).unwrap();
            let scale = d.scale.unwrap();
            for u in 0..9 {
                for (less, more) in [(scale.crs[u], scale.nirs[u]), (scale.nirs[u], scale.vrs[u]), (scale.crs[u], scale.vrs[u])] {
                    assert!(less.is_nan() || more.is_nan() || less <= more + 1e-9, "{u}: {less} {more}");
                }
            }
            assert!(scale.nirs[6].is_nan() || (scale.nirs[6] - 5.195669e-6).abs() < 1e-9, "{}", scale.nirs[6]);
        }
    }
}
