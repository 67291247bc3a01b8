use numerics::lp::{Cloud, Objective, Program, Row, Sense};
use proptest::prelude::*;

use super::*;
use crate::{
    additive::{additive, additive_against},
    sbm::{SbmOptions, sbm},
    technology::Role,
};

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

fn weighted(weights: Weights, returns: Returns) -> ClosestOptions {
    ClosestOptions { measure: Measure::Weighted(weights), returns, ..ClosestOptions::default() }
}

fn plain(returns: Returns) -> ClosestOptions {
    ClosestOptions { returns, ..ClosestOptions::default() }
}

const LAB: [f64; 28] = [
    12222.0, 12214.0, 10428.0, 21430.0, 15156.0, 17997.0, 24708.0, 10864.0, 4067.0, 51802.0, 8630.0, 30140.0, 45514.0, 22180.0,
    19985.0, 10520.0, 22766.0, 11914.0, 80627.0, 16613.0, 35661.0, 61675.0, 21350.0, 42989.0, 28638.0, 35783.0, 73902.0, 53557.0,
];
const FUEL: [f64; 28] = [
    860.0, 456.0, 304.0, 1351.0, 279.0, 393.0, 235.0, 523.0, 62.0, 1294.0, 185.0, 499.0, 1078.0, 377.0, 392.0, 121.0, 626.0,
    309.0, 2381.0, 513.0, 1285.0, 1997.0, 580.0, 1762.0, 991.0, 1118.0, 2246.0, 1252.0,
];
const MATL: [f64; 28] = [
    2008.0, 1492.0, 3171.0, 2536.0, 1246.0, 1474.0, 806.0, 1512.0, 241.0, 4276.0, 303.0, 1238.0, 3314.0, 1234.0, 964.0, 831.0,
    1197.0, 611.0, 5149.0, 1051.0, 2835.0, 3972.0, 1498.0, 3678.0, 2193.0, 2389.0, 5678.0, 3030.0,
];
const CAP: [f64; 28] = [
    6074.0, 4174.0, 3305.0, 17932.0, 2258.0, 4784.0, 6819.0, 4479.0, 587.0, 12161.0, 1482.0, 3771.0, 9004.0, 3119.0, 2929.0,
    1117.0, 4829.0, 2124.0, 18624.0, 3358.0, 9960.0, 14063.0, 4459.0, 13698.0, 7131.0, 8704.0, 18204.0, 8952.0,
];
const PASS: [f64; 28] = [
    35261.0, 23388.0, 14074.0, 57290.0, 12891.0, 28991.0, 18969.0, 32404.0, 2943.0, 67364.0, 9925.0, 23312.0, 50989.0, 20799.0,
    20092.0, 8961.0, 27676.0, 18378.0, 133796.0, 24372.0, 69050.0, 96540.0, 29050.0, 85744.0, 54054.0, 62345.0, 131905.0,
    59001.0,
];
const CARGO: [f64; 28] = [
    614.0, 1580.0, 539.0, 3781.0, 599.0, 1330.0, 760.0, 1902.0, 65.0, 2618.0, 157.0, 845.0, 5346.0, 619.0, 1375.0, 234.0, 998.0,
    169.0, 1838.0, 625.0, 1090.0, 1300.0, 245.0, 2513.0, 1382.0, 1119.0, 2326.0, 392.0,
];
const MADD: [f64; 28] = [
    2109.41332427,
    369.15791004,
    2673.59316318,
    0.0,
    3454.00765306,
    0.0,
    0.0,
    0.0,
    526.83266975,
    1170.66431921,
    0.0,
    7922.89540816,
    0.0,
    5788.11404482,
    0.0,
    0.0,
    281.08875343,
    0.0,
    1046.32077969,
    270.00060127,
    1327.97921058,
    1308.0031753,
    803.74057741,
    1012.8266177,
    361.32482843,
    429.12260978,
    2319.80853008,
    2745.82577977,
];

/// The 28 airlines of Aparicio, Ruiz and Sirvent (2007) under constant returns: least sums of slacks, as R deaR 1.5.3
/// has them.
#[test]
fn aparicio_ruiz_sirvent_2007() {
    let t = tech(&[&LAB, &FUEL, &MATL, &CAP], &[&PASS, &CARGO]);
    let r = closest(&t, &weighted(Weights::Sum, Returns::Crs)).unwrap();
    close(&r.value, &MADD, 1e-6);
    assert!(r.state.iter().all(|s| *s == State::Optimal), "{:?}", r.state);
    close(&r.projection.input_slacks[1][..1], &[239.101492597906], 1e-6);
    close(&r.projection.input_slacks[0][4..5], &[931.982142857147], 1e-6);
    let efficient = additive(&t, &AdditiveOptions { weights: Weights::Sum, returns: Returns::Crs, ..AdditiveOptions::default() });
    assert_eq!(r.class, efficient.unwrap().class);
}

const DOCTORS: [f64; 12] = [20.0, 19.0, 25.0, 27.0, 22.0, 55.0, 33.0, 31.0, 30.0, 50.0, 53.0, 38.0];
const NURSES: [f64; 12] = [151.0, 131.0, 160.0, 168.0, 158.0, 255.0, 235.0, 206.0, 244.0, 268.0, 306.0, 284.0];
const OUTPATIENTS: [f64; 12] = [100.0, 150.0, 160.0, 180.0, 94.0, 230.0, 220.0, 152.0, 190.0, 250.0, 260.0, 250.0];
const INPATIENTS: [f64; 12] = [90.0, 50.0, 55.0, 72.0, 66.0, 90.0, 88.0, 80.0, 100.0, 100.0, 147.0, 120.0];

type Hospitals = [f64; 12];

/// The twelve hospitals of Cooper, Seiford and Tone (2007), Table 1.5, by the mixed integer program of Aparicio, Ruiz and
/// Sirvent, solved with HiGHS: least sum of slacks, least RAM, least mean of input shares, largest SBM (Dinkelbach).
const HIGHS: [(Returns, Hospitals, Hospitals, Hospitals, Hospitals); 4] = [
    (
        Returns::Crs,
        [0.0, 0.0, 18.323699, 0.0, 37.86, 53.973988, 23.645058, 39.046243, 35.736364, 39.552023, 20.421965, 22.954545],
        [
            0.0, 0.0, 0.04537842, 0.0, 0.08872746, 0.2051348, 0.04238095, 0.10359587, 0.05439238, 0.13632937, 0.08698968,
            0.03725714,
        ],
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.12743506, 0.0, 0.0, 0.05441505, 0.06928571, 0.06130077, 0.01880602],
        [
            1.0, 1.0, 0.87507003, 1.0, 0.76820314, 0.7264794, 0.93687943, 0.80918012, 0.92197814, 0.81032338, 0.88893564,
            0.95408451,
        ],
    ),
    (
        Returns::Vrs,
        [0.0, 0.0, 15.256995, 0.0, 39.0, 25.25, 0.0, 33.425, 22.838095, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.04331589, 0.0, 0.091948, 0.08829353, 0.0, 0.0815122, 0.03525156, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.07263636, 0.0, 0.0, 0.04211553, 0.0, 0.0, 0.0],
        [1.0, 1.0, 0.88659788, 1.0, 0.77725878, 0.87567352, 1.0, 0.84509137, 0.94876543, 1.0, 1.0, 1.0],
    ),
    (
        Returns::Nirs,
        [0.0, 0.0, 15.256995, 0.0, 37.86, 25.25, 0.0, 33.425, 22.838095, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.04331589, 0.0, 0.08872746, 0.08829353, 0.0, 0.0815122, 0.03525156, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.07263636, 0.0, 0.0, 0.04211553, 0.0, 0.0, 0.0],
        [1.0, 1.0, 0.88659788, 1.0, 0.77725878, 0.87567352, 1.0, 0.84509137, 0.94876543, 1.0, 1.0, 1.0],
    ),
    (
        Returns::Ndrs,
        [0.0, 0.0, 18.387755, 0.0, 39.0, 53.973988, 23.645058, 39.046243, 35.736364, 39.552023, 20.421965, 22.954545],
        [0.0, 0.0, 0.04917362, 0.0, 0.0947807, 0.2051348, 0.04238095, 0.10359587, 0.05439238, 0.13632937, 0.08698968, 0.03725714],
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.12743506, 0.0, 0.0, 0.05441505, 0.06928571, 0.06130077, 0.01880602],
        [
            1.0, 1.0, 0.87100981, 1.0, 0.76820314, 0.7264794, 0.93687943, 0.80918012, 0.92197814, 0.81032338, 0.88893564,
            0.95408451,
        ],
    ),
];

#[test]
fn hospitals_by_mixed_integer_programs() {
    let t = tech(&[&DOCTORS, &NURSES], &[&OUTPATIENTS, &INPATIENTS]);
    for (returns, sum, ram, shares, ratio) in HIGHS {
        close(&closest(&t, &weighted(Weights::Sum, returns)).unwrap().value, &sum, 1e-6);
        close(&closest(&t, &weighted(Weights::Ram, returns)).unwrap().value, &ram, 2e-8);
        close(&closest(&t, &plain(returns)).unwrap().value, &ratio, 2e-8);
        let input = ClosestOptions { orientation: SlackOrientation::Input, ..plain(returns) };
        let scores: Vec<f64> = shares.iter().map(|x| 1.0 - x).collect();
        close(&closest(&t, &input).unwrap().value, &scores, 2e-8);
    }
}

/// One input, one output: A (2, 2), B (3, 5), C (6, 7) and D (9, 8) span the frontier; E (5, 3) lies below it. Its nearest
/// point by the sum of slacks is a shift of output or of input alone: to B's input at 2 or to (5, 19/3); on BC an output of 3
/// is out of reach, on AB the output 3 needs 7/3 of input.
#[test]
fn one_input_one_output_by_hand() {
    let t = tech(&[&[2.0, 3.0, 6.0, 9.0, 5.0]], &[&[2.0, 5.0, 7.0, 8.0, 3.0]]);
    let r = closest(&t, &weighted(Weights::Sum, Returns::Vrs)).unwrap();
    close(&r.value, &[0.0, 0.0, 0.0, 0.0, 8.0 / 3.0], 1e-12);
    assert_eq!(r.faces, 3);
    close(&[r.projection.input_targets[0][4], r.projection.output_targets[0][4]], &[7.0 / 3.0, 3.0], 1e-12);
    assert_eq!((r.class[0], r.class[4]), (Class::Strong, Class::Inefficient));
    // AB rises by 3: the price of the output is a third of the input's.
    let p = &r.projection;
    close(&[p.input_prices[0][4], p.output_prices[0][4], p.intercept[4]], &[3.0 / 7.0, 1.0 / 7.0, -4.0 / 7.0], 1e-12);
    // SBM: 1 − (8/3)/5 at (7/3, 3) against 1/(1 + (10/3)/3) at (5, 19/3): the output is nearer.
    close(&closest(&t, &plain(Returns::Vrs)).unwrap().value[4..], &[9.0 / 19.0], 1e-12);
}

#[test]
fn what_cannot_be_is_refused_and_says_what_to_do() {
    let arc = |i: usize| (f64::from(i as u32) * 1.5 / 600.0 + 0.03).sin_cos();
    let (x, y): (Vec<f64>, Vec<f64>) = (0..600).map(arc).map(|(s, c)| (1.5 - c, s)).unzip();
    let t = tech(&[&x], &[&y]);
    let Err(FrontierError::Options(found)) = closest(&t, &plain(Returns::Vrs)) else { panic!("600 points on an arc") };
    assert!(found[0].1.contains("600 units") && found[0].1.contains("`sbm`"), "{found:?}");
    // One ray is all there is under constant returns.
    assert_eq!(closest(&t, &plain(Returns::Crs)).unwrap().faces, 1);
    let t = tech(&[&[1.0, 2.0]], &[&[1.0, 3.0]]);
    assert!(matches!(closest(&t, &weighted(Weights::Bam, Returns::Crs)), Err(FrontierError::Options(_))));
    assert!(matches!(closest(&t, &plain(Returns::Fdh)), Err(FrontierError::Options(_))));
    let bads = Technology { bad_outputs: vec![&[1.0, 1.0]], ..t.clone() };
    assert_eq!(closest(&bads, &plain(Returns::Vrs)), Err(FrontierError::BadOutputs));
    let wrong = Weights::Custom { inputs: vec![1.0], outputs: vec![] };
    assert!(matches!(closest(&t, &weighted(wrong, Returns::Vrs)), Err(FrontierError::Options(_))));
}

#[test]
fn another_reference_may_not_reach_a_unit() {
    let reference = tech(&[&[2.0, 4.0]], &[&[2.0, 3.0]]);
    let r = closest_against(&tech(&[&[3.0, 3.0]], &[&[1.0, 4.0]]), &reference, &weighted(Weights::Sum, Returns::Vrs)).unwrap();
    assert_eq!(r.state, [State::Optimal, State::Infeasible]);
    close(&r.value[..1], &[1.5], 1e-12);
    assert!(r.value[1].is_nan() && r.projection.peers.of(1).len() == 0);
    let other = tech(&[&[1.0], &[1.0]], &[&[1.0]]);
    assert_eq!(closest_against(&other, &reference, &plain(Returns::Vrs)), Err(FrontierError::Variables));
}

/// Zeros and missing cells: a share of nothing is dropped, a unit without data is left out.
#[test]
fn zeros_and_missing_cells() {
    let (x, y1, y2) = ([2.0, 4.0, 5.0, f64::NAN], [3.0, 0.0, 1.0, 1.0], [1.0, 6.0, 2.0, 1.0]);
    let options = ClosestOptions { missing: Missing::Exclude, ..plain(Returns::Vrs) };
    let r = closest(&tech(&[&x], &[&y1, &y2]), &options).unwrap();
    assert_eq!(r.zeros, [Cell { role: Role::Output, variable: 0, unit: 1 }]);
    assert_eq!(r.state, [State::Optimal, State::Optimal, State::Optimal, State::Missing]);
    close(&r.value[..2], &[1.0, 1.0], 1e-12);
    assert!(r.value[2] < 1.0 && r.value[3].is_nan());
}

/// Least weighted sum over all points of hulls of up to m + s efficient units that are efficient themselves.
fn by_enumeration(t: &Technology<'_>, returns: Returns, weights: &[f64]) -> Vec<f64> {
    let columns: Vec<&[f64]> = t.columns().map(|c| c.2).collect();
    let m = t.inputs.len();
    let own = Weights::Custom { inputs: weights[..m].to_vec(), outputs: weights[m..].to_vec() };
    let options = AdditiveOptions { weights: own, returns, ..AdditiveOptions::default() };
    let class = additive(t, &options).unwrap().class;
    let efficient: Vec<usize> = (0..t.len()).filter(|&u| class[u] == Class::Strong).collect();
    let mut best = vec![f64::INFINITY; t.len()];
    for mask in 1_u32..1 << efficient.len() {
        let members: Vec<usize> = (0..efficient.len()).filter(|b| mask >> b & 1 == 1).map(|b| efficient[b]).collect();
        if members.len() > columns.len() {
            continue;
        }
        let middle: Vec<[f64; 1]> =
            columns.iter().map(|c| [members.iter().map(|&u| c[u]).sum::<f64>() / members.len() as f64]).collect();
        let slices: Vec<&[f64]> = middle.iter().map(<[f64; 1]>::as_slice).collect();
        if additive_against(&tech(&slices[..m], &slices[m..]), t, &options).unwrap().inefficiency[0] > 1e-9 {
            continue;
        }
        let mut rows: Vec<Vec<f64>> = columns.iter().map(|c| members.iter().map(|&u| c[u]).collect()).collect();
        if returns == Returns::Vrs {
            rows.push(vec![1.0; members.len()]);
        }
        let cloud = Cloud::new(rows).unwrap();
        for (u, best) in best.iter_mut().enumerate() {
            let sense = |v: usize| if v < m { Sense::AtMost } else { Sense::AtLeast };
            let mut rows: Vec<Row> = columns.iter().enumerate().map(|(v, c)| Row { sense: sense(v), rhs: c[u] }).collect();
            let mut slacks = weights.to_vec();
            if returns == Returns::Vrs {
                rows.push(Row { sense: Sense::Equal, rhs: 1.0 });
                slacks.push(0.0);
            }
            let objective = Objective { slacks, ..Objective::default() };
            let s = Program { cloud: &cloud, extras: &[], rows: &rows, objectives: &[objective], start: None }.solve().unwrap();
            if let Some(value) = s.values.first() {
                *best = best.min(*value);
            }
        }
    }
    best
}

/// Whole numbers from 1 to 6, so that ties, collinear points and duplicates are common.
fn tables() -> impl Strategy<Value = (Vec<Vec<f64>>, usize)> {
    (1_usize..3, 1_usize..3).prop_flat_map(|(m, s)| {
        let cell = (1_u8..7).prop_map(f64::from);
        (prop::collection::vec(prop::collection::vec(cell, 8), m + s), Just(m))
    })
}

fn returns() -> impl Strategy<Value = Returns> {
    prop::sample::select(vec![Returns::Crs, Returns::Vrs, Returns::Nirs, Returns::Ndrs])
}

fn orientations() -> impl Strategy<Value = SlackOrientation> {
    prop::sample::select(vec![SlackOrientation::None, SlackOrientation::Input, SlackOrientation::Output])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nothing_efficient_is_nearer((columns, m) in tables(), convex in any::<bool>(), weights in prop::collection::vec(1_u8..4, 4)) {
        let returns = if convex { Returns::Vrs } else { Returns::Crs };
        let t = borrowed(&columns, m);
        let weights: Vec<f64> = weights[..columns.len()].iter().map(|w| f64::from(*w)).collect();
        let own = Weights::Custom { inputs: weights[..m].to_vec(), outputs: weights[m..].to_vec() };
        let r = closest(&t, &weighted(own, returns)).unwrap();
        prop_assert!(r.state.iter().all(|s| *s == State::Optimal), "{:?}", r.state);
        for (u, (found, best)) in r.value.iter().zip(by_enumeration(&t, returns, &weights)).enumerate() {
            prop_assert!((found - best).abs() <= 1e-8, "unit {u}: {found} for {best}");
        }
    }

    /// Targets have no slack, dominate the unit, and lie on a hyperplane with positive prices that no unit is beyond.
    #[test]
    fn targets_are_strongly_efficient((columns, m) in tables(), returns in returns(), orientation in orientations()) {
        let t = borrowed(&columns, m);
        let r = closest(&t, &ClosestOptions { orientation, ..plain(returns) }).unwrap();
        prop_assert!(r.state.iter().all(|s| *s == State::Optimal), "{:?}", r.state);
        let p = &r.projection;
        let targets: Vec<Vec<f64>> = p.input_targets.iter().chain(&p.output_targets).cloned().collect();
        let options = AdditiveOptions { weights: Weights::Sum, returns, ..AdditiveOptions::default() };
        let again = additive_against(&borrowed(&targets, m), &t, &options).unwrap();
        for u in 0..t.len() {
            prop_assert!(again.inefficiency[u] <= 1e-7, "unit {u}: {}", again.inefficiency[u]);
            let slacks = p.input_slacks.iter().chain(&p.output_slacks);
            for (v, (slack, target)) in slacks.zip(&targets).enumerate() {
                let own = columns[v][u];
                let expected = if v < m { own - target[u] } else { target[u] - own };
                prop_assert!((slack[u] - expected).abs() <= 1e-8 && slack[u] >= 0.0);
            }
            let prices: Vec<f64> = p.input_prices.iter().chain(&p.output_prices).map(|c| c[u]).collect();
            prop_assert!(prices.iter().all(|x| *x > 0.0), "{prices:?}");
            let above = |at: &[Vec<f64>], j: usize| -> f64 {
                at.iter().enumerate().map(|(v, c)| if v < m { prices[v] * c[j] } else { -prices[v] * c[j] }).sum::<f64>() + p.intercept[u]
            };
            prop_assert!(above(&targets, u).abs() <= 1e-7, "{}", above(&targets, u));
            for j in 0..t.len() {
                prop_assert!(above(&columns, j) >= -1e-7);
            }
        }
        // The closest target is no farther than the farthest.
        let far = sbm(&t, &SbmOptions { orientation, returns, ..SbmOptions::default() }).unwrap();
        for u in 0..t.len() {
            prop_assert!(r.value[u] >= far.score[u] - 1e-9 && r.value[u] <= 1.0);
            prop_assert!(r.interval[u].0 <= r.value[u] + 1e-12 && r.value[u] <= r.interval[u].1 + 1e-12);
        }
    }

    /// Scores do not depend on units of measure, on the order of rows, or on units that are there twice.
    #[test]
    fn units_order_and_duplicates((columns, m) in tables(), returns in returns(), orientation in orientations(), big in any::<bool>()) {
        let options = ClosestOptions { orientation, ..plain(returns) };
        let value = |c: &[Vec<f64>]| closest(&borrowed(c, m), &options).unwrap().value;
        let first = value(&columns);
        let mut scaled = columns.clone();
        scaled[0].iter_mut().for_each(|x| *x *= if big { 1e9 } else { 1e-9 });
        close(&value(&scaled), &first, 1e-9);
        let turned: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().rev().copied().collect()).collect();
        let mut back = value(&turned);
        back.reverse();
        prop_assert_eq!(&back, &first);
        let twice: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().chain(c).copied().collect()).collect();
        prop_assert_eq!(&value(&twice)[8..], &first[..]);
    }

    /// Under variable returns the range adjusted sum does not see where the zero of a variable lies.
    #[test]
    fn translation((columns, m) in tables()) {
        let value = |c: &[Vec<f64>]| closest(&borrowed(c, m), &weighted(Weights::Ram, Returns::Vrs)).unwrap().value;
        let shifted: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().map(|x| x - 4.0).collect()).collect();
        close(&value(&shifted), &value(&columns), 1e-9);
    }
}
