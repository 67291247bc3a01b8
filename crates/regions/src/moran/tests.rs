use proptest::prelude::*;

use super::*;
use crate::weights::Style;

fn weights(neighbours: &[&[usize]], style: Style) -> Weights {
    let pairs: Vec<(usize, usize)> =
        neighbours.iter().enumerate().flat_map(|(i, row)| row.iter().map(move |&j| (i, j - 1))).collect();
    Weights::from_pairs(neighbours.len(), &pairs, style).unwrap()
}

fn quick(permutations: u32) -> MoranOptions {
    MoranOptions { permutations, ..MoranOptions::default() }
}

/// Residential burglaries and vehicle thefts per 1,000 households in 49 neighbourhoods of Columbus,
/// Ohio, 1980, and their contiguity: Anselin (1988), Spatial Econometrics, table 12.1 and chapter 12.
const CRIME: [f64; 49] = [
    18.801754, 32.38776, 38.425858, 0.178269, 15.72598, 30.626781, 50.73151, 26.066658, 48.585487, 34.000835, 36.868774,
    20.048504, 19.145592, 18.905146, 27.822861, 16.241299, 0.223797, 30.515917, 33.705048, 40.969742, 52.79443, 41.968163,
    39.175053, 53.710938, 25.962263, 22.541491, 26.645266, 29.028488, 36.663612, 42.445076, 56.919785, 61.299175, 60.750446,
    68.892044, 38.297871, 54.838711, 56.705669, 62.275448, 46.716129, 57.066132, 54.521965, 43.962486, 40.074074, 23.974028,
    17.677214, 14.305556, 19.100863, 16.530533, 16.49189,
];
#[rustfmt::skip]
const COLUMBUS: [&[usize]; 49] = [
    &[2, 5, 6], &[1, 3, 6, 7], &[2, 4, 7, 37, 38, 39], &[3, 37, 39, 40], &[1, 6], &[1, 2, 5, 7],
    &[2, 3, 6, 8, 9, 18, 36, 38], &[7, 18], &[7, 18, 20, 32, 36, 38], &[11, 17, 18, 19], &[10, 12, 17],
    &[11, 13, 17], &[12, 14, 16, 17], &[13, 15, 16], &[14, 16], &[13, 14, 15, 17, 23],
    &[10, 11, 12, 13, 16, 18, 19, 21, 22, 23], &[7, 8, 9, 10, 17, 19, 20], &[10, 17, 18, 20, 21, 31],
    &[9, 18, 19, 31, 32], &[17, 19, 22, 31], &[17, 21, 23, 31], &[16, 17, 22, 24, 25, 29, 31],
    &[23, 25, 29, 30, 31, 33], &[23, 24, 26, 27, 29], &[25, 27, 28], &[25, 26, 28, 29], &[26, 27, 29, 30],
    &[23, 24, 25, 27, 28, 30], &[24, 28, 29, 31, 33, 34], &[19, 20, 21, 22, 23, 24, 30, 32, 33],
    &[9, 20, 31, 33, 34, 35, 36], &[24, 30, 31, 32, 34, 35], &[30, 32, 33, 35, 43], &[32, 33, 34, 36, 41, 42, 43],
    &[7, 9, 32, 35, 37, 38, 40, 42], &[3, 4, 36, 38, 39, 40, 42], &[3, 7, 9, 36, 37], &[3, 4, 37, 40],
    &[4, 36, 37, 39, 41, 42], &[35, 40, 42], &[35, 36, 37, 40, 41], &[34, 35, 44], &[43, 45, 46, 49], &[44, 46],
    &[44, 45, 47, 48, 49], &[46, 48], &[46, 47], &[44, 46],
];

/// Anselin (1988); the manual of the R package spdep prints I 0.510951264, variance 0.008908762 and
/// standard deviate 5.6341 for these weights, row-standardised, under randomisation.
#[test]
fn columbus_crime() {
    let w = weights(&COLUMBUS, Style::RowStandardised);
    let m = moran(&CRIME, &w, &quick(999), 1).unwrap();
    let r = m.randomisation.unwrap();
    assert!((m.i - 0.510_951_264).abs() <= 5e-10, "{}", m.i);
    assert!((m.expected + 0.020_833_333).abs() <= 5e-10);
    assert!((r.variance - 0.008_908_762).abs() <= 5e-10);
    assert!((r.z - 5.6341).abs() <= 5e-5);
    assert_eq!(m.permutation.unwrap().p_one_sided, 0.001);
    assert!((m.slope - m.i).abs() < 1e-15 && m.identity < 1e-13);
}

/// De Smith, Goodchild & Longley's ten-unit lattice as in the tests of esda (denominator n − 1).
#[test]
fn ten_unit_lattice() {
    let z = [2.24, 3.1, 4.55, -5.15, -4.39, 0.46, 5.54, 9.02, -2.09, -3.06];
    let w = weights(
        &[&[2, 4], &[1, 5], &[4, 7], &[1, 3, 5, 8], &[2, 4, 6, 9], &[5, 10], &[3, 8], &[4, 7, 9], &[5, 8, 10], &[6, 9]],
        Style::RowStandardised,
    );
    let m = moran(&z, &w, &MoranOptions { denominator: Denominator::NMinusOne, ..quick(99) }, 1).unwrap();
    let want = [
        -0.114_092_771_044_396_3,
        -0.199_405_425_677_548_68,
        -0.133_514_084_849_352_54,
        -0.517_703_832_044_677_3,
        0.480_950_090_494_396_85,
        0.122_081_131_140_302_57,
        1.191_482_981_379_041_7,
        -0.581_443_045_476_612_1,
        0.071_013_828_080_780_44,
        0.343_143_007_993_485_2,
    ];
    for (l, want) in m.local.iter().zip(want) {
        assert!((l.i - want).abs() < 1e-14);
    }
    let quadrants: Vec<Quadrant> = m.local.iter().map(|l| l.quadrant.unwrap()).collect();
    use Quadrant::*;
    assert_eq!(quadrants, [HighLow, HighLow, HighLow, LowHigh, LowLow, LowLow, HighHigh, HighLow, LowLow, LowLow]);
    assert!(m.identity < 1e-15);
}

fn rook(rows: usize, columns: usize, style: Style) -> Weights {
    let mut pairs = Vec::new();
    for r in 0..rows {
        for c in 0..columns {
            let i = r * columns + c;
            if c + 1 < columns {
                pairs.push((i, i + 1))
            }
            if r + 1 < rows {
                pairs.push((i, i + columns))
            }
        }
    }
    Weights::from_pairs(rows * columns, &pairs, style).unwrap()
}

/// Every set of `k` of `values`, as sums.
fn sums_of_sets(values: &[f64], k: usize) -> Vec<f64> {
    match (k, values.split_first()) {
        (0, _) => vec![0.0],
        (_, None) => Vec::new(),
        (_, Some((first, rest))) => {
            let mut all: Vec<f64> = sums_of_sets(rest, k - 1).iter().map(|s| s + first).collect();
            all.extend(sums_of_sets(rest, k));
            all
        }
    }
}

/// Conditional inference against full enumeration of every way to place the others around a unit:
/// moments to rounding, p-values within four standard errors of 40,000 permutations.
#[test]
fn conditional_inference_is_the_enumeration() {
    let z = [0.0, 0.3, -0.3, -0.9, -0.5, -0.6, 0.5, 1.7, -0.1, -0.2, 1.3, 1.2, 0.9, -0.1, 0.8, 1.9, -0.1, 0.7, -0.7, -0.1];
    let w = rook(4, 5, Style::RowStandardised);
    let m = moran(&z, &w, &quick(40_000), 11).unwrap();
    for (i, l) in m.local.iter().enumerate() {
        let mut others = m.z.clone();
        others.swap_remove(i);
        let k = w.neighbours(i).len();
        let all: Vec<f64> = sums_of_sets(&others, k).iter().map(|s| m.z[i] * s / k as f64).collect();
        let count = all.len() as f64;
        let mean = all.iter().sum::<f64>() / count;
        let variance = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
        assert!((l.expected - mean).abs() < 1e-12 && (l.variance - variance).abs() < 1e-12, "unit {i}");
        let tail = |reach: &dyn Fn(f64) -> bool| all.iter().filter(|x| reach(**x)).count() as f64 / count;
        let p = tail(&|x| x >= l.i - TIE).min(tail(&|x| x <= l.i + TIE));
        let error = (p * (1.0 - p) / 40_000.0).sqrt();
        assert!((l.p_one_sided - p).abs() <= 4.0 * error + 1.0 / 40_000.0, "unit {i}: {} {p}", l.p_one_sided);
    }
}

#[test]
fn false_discovery_rate_as_published() {
    // Benjamini & Hochberg (1995), section 3.3: 15 p-values, four rejected at 0.05.
    let p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0];
    let q = false_discovery(&p);
    assert_eq!(q.iter().filter(|q| **q <= 0.05).count(), 4);
    assert!((q[3] - 0.0095 * 15.0 / 4.0).abs() < 1e-15);
    let q = false_discovery(&[0.04, f64::NAN, 0.02]);
    assert!(q[1].is_nan() && q[0] == 0.04 && q[2] == 0.04);
}

/// On a random map the expected share of false discoveries stays under alpha: 200 maps of white noise.
#[test]
fn white_noise_is_rarely_significant() {
    let w = rook(6, 6, Style::RowStandardised);
    let (mut any, mut global) = (0, 0);
    for map in 0..200 {
        let mut rng = random::stream(map, "noise", 0);
        let x: Vec<f64> = (0..36).map(|_| rng.random::<f64>()).collect();
        let m = moran(&x, &w, &quick(1999), map).unwrap();
        any += usize::from(m.local.iter().any(|l| l.significant));
        global += usize::from(m.permutation.unwrap().p_two_sided <= 0.05);
    }
    // 10 expected of each; 20 would be three standard errors above.
    assert!(any < 20 && global < 20, "{any} {global}");
}

#[test]
fn a_value_at_the_mean_and_an_island_are_not_discoveries() {
    let w = Weights::from_pairs(5, &[(0, 1), (1, 2), (2, 3)], Style::RowStandardised).unwrap();
    let m = moran(&[1.0, 3.0, 5.0, 3.0, 3.0], &w, &quick(99), 1).unwrap();
    assert_eq!((m.local[1].i, m.local[1].p_one_sided), (0.0, 1.0));
    assert_eq!(m.local[4].status, LocalStatus::Island);
    assert!(m.local[4].p_two_sided.is_nan() && !m.local[4].significant);
    assert_eq!(m.permutations_needed, 159);
}

#[test]
fn what_cannot_be_measured_is_refused_by_name() {
    let w = rook(2, 2, Style::Binary);
    let bad = |x: &[f64]| moran(x, &w, &quick(9), 1).unwrap_err();
    assert_eq!(bad(&[0.1 + 0.2, 0.3, 0.3, 0.3]), MoranError::Constant);
    assert_eq!(bad(&[1.0, f64::NAN, 2.0, f64::INFINITY]), MoranError::NotFinite { units: vec![1, 3] });
    assert_eq!(bad(&[1.0, 2.0]), MoranError::Length { values: 2, units: 4 });
    let pair = Weights::from_pairs(2, &[(0, 1)], Style::Binary).unwrap();
    assert_eq!(moran(&[1.0, 2.0], &pair, &quick(9), 1).unwrap_err(), MoranError::TooFew { units: 2 });
    let none = Weights::from_pairs(3, &[], Style::Binary).unwrap();
    assert_eq!(moran(&[1.0, 2.0, 3.0], &none, &quick(9), 1).unwrap_err(), MoranError::NoNeighbours);
    let options = MoranOptions { alpha: 0.0, ..quick(9) };
    assert_eq!(moran(&[1.0, 2.0, 3.0, 4.0], &w, &options, 1).unwrap_err(), MoranError::Alpha { alpha: 0.0 });
}

#[test]
fn bits_do_not_depend_on_threads() {
    let w = weights(&COLUMBUS, Style::Binary);
    let go = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| moran(&CRIME, &w, &quick(999), 3).unwrap())
    };
    assert_eq!(go(1), go(3));
}

proptest! {
    #[test]
    fn linear_transforms_leave_it_alone(x in prop::collection::vec(0.0..1.0_f64, 20), scale in prop_oneof![Just(1e9), Just(1e-9), Just(-3.0)]) {
        let w = rook(4, 5, Style::RowStandardised);
        let m = moran(&x, &w, &quick(199), 5).unwrap();
        let y: Vec<f64> = x.iter().map(|x| scale * (x + 2.0)).collect();
        let t = moran(&y, &w, &quick(199), 5).unwrap();
        prop_assert!((m.i - t.i).abs() < 1e-12);
        prop_assert_eq!(m.permutation.unwrap().p_two_sided, t.permutation.unwrap().p_two_sided);
        for (a, b) in m.local.iter().zip(&t.local) {
            prop_assert!((a.i - b.i).abs() < 1e-11);
            prop_assert_eq!(a.p_two_sided, b.p_two_sided);
        }
    }

    #[test]
    fn naming_units_otherwise_changes_no_statistic(x in prop::collection::vec(0.0..1.0_f64, 12), order in Just((0..12).collect::<Vec<usize>>()).prop_shuffle()) {
        let pairs: Vec<(usize, usize)> = (0..12).map(|i| (i, (i + 1) % 12)).chain([(0, 6), (2, 9)]).collect();
        let w = Weights::from_pairs(12, &pairs, Style::RowStandardised).unwrap();
        let moved: Vec<(usize, usize)> = pairs.iter().map(|&(a, b)| (order[a], order[b])).collect();
        let v = Weights::from_pairs(12, &moved, Style::RowStandardised).unwrap();
        let mut y = vec![0.0; 12];
        for (&to, &value) in order.iter().zip(&x) { y[to] = value }
        let (m, t) = (moran(&x, &w, &quick(0), 1).unwrap(), moran(&y, &v, &quick(0), 1).unwrap());
        prop_assert!((m.i - t.i).abs() < 1e-13);
        prop_assert!((m.randomisation.unwrap().z - t.randomisation.unwrap().z).abs() < 1e-10);
        for (l, &to) in m.local.iter().zip(&order) {
            prop_assert!((l.i - t.local[to].i).abs() < 1e-12);
            prop_assert!((l.variance - t.local[to].variance).abs() < 1e-12);
        }
    }
}
