use proptest::prelude::*;

use super::*;
use crate::dea::{DeaOptions, dea};

fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() <= tolerance || f.is_nan() && e.is_nan(), "{found:?} for {expected:?}");
    }
}

fn crs() -> MultiplierOptions {
    MultiplierOptions { returns: Returns::Crs, ..MultiplierOptions::default() }
}

fn ratio(over: Variable, under: Variable, lower: Option<f64>, upper: Option<f64>) -> Restriction {
    Restriction::Ratio { over, under, lower, upper }
}

const X1: Variable = Variable::Input(0);
const X2: Variable = Variable::Input(1);
const Y1: Variable = Variable::Output(0);

/// Six units with one output, input prices within 0.25 <= v2/v1 <= 1; every unit has one optimum.
#[test]
fn assurance_region_with_printed_prices() {
    let (x1, x2, y) = ([2.0, 3.0, 6.0, 3.0, 6.0, 6.0], [5.0, 3.0, 1.0, 8.0, 4.0, 2.0], [1.0; 6]);
    let t = Technology { inputs: vec![&x1, &x2], outputs: vec![&y], bad_outputs: Vec::new() };
    let options = MultiplierOptions { restrictions: vec![ratio(X2, X1, Some(0.25), Some(1.0))], ..crs() };
    let r = multiplier(&t, &options).unwrap();
    let score = [1.0, 1.0, 6.0 / 7.0, 0.65, 0.6, 0.75];
    close(&r.score, &score, 1e-12);
    close(&r.output_prices[0], &score, 1e-12);
    let third = 1.0 / 7.0;
    close(&r.input_prices[0][1..], &[1.0 / 6.0, third, 0.2, 0.1, 0.125], 1e-12);
    close(&r.input_prices[1][1..], &[1.0 / 6.0, third, 0.05, 0.1, 0.125], 1e-12);
    // Unit 3 sits on the upper bound, unit 4 on the lower one; the bound costs what the score falls by.
    assert!(r.intensities[0][2] > 0.0 && r.intensities[0][3] > 0.0);
    assert!(r.free.iter().zip(&r.score).all(|(f, s)| s <= &(f + 1e-12)));
    // The same region written as trade-offs.
    let trade = |a: f64, b: f64| Restriction::TradeOff { inputs: vec![a, b], outputs: vec![0.0] };
    let options = MultiplierOptions { restrictions: vec![trade(-0.25, 1.0), trade(1.0, -1.0)], ..crs() };
    close(&multiplier(&t, &options).unwrap().score, &score, 1e-12);
}

/// Charnes, Cooper, Huang and Sun (1990), pp. 83-85, example 2: units 3 and 10 are printed, the others are an
/// independent solution.
#[test]
fn cone_ratio_of_the_paper() {
    let x1 = [10.0, 20.0, 30.0, 27.0, 14.0, 5.0, 4.0, 12.0, 8.0, 4.0, 6.0, 25.0, 7.0, 40.0, 20.5, 4.1, 5.0];
    let x2 = [10.0, 5.0, 4.0, 9.0, 8.0, 20.0, 20.0, 18.0, 12.0, 30.0, 15.0, 4.0, 13.0, 5.0, 4.9, 19.5, 15.0];
    let y = [2.0; 17];
    let t = Technology { inputs: vec![&x1, &x2], outputs: vec![&y], bad_outputs: Vec::new() };
    let options = MultiplierOptions { input_cone: vec![vec![1.0, 0.01], vec![0.01, 1.0]], output_cone: vec![vec![1.0]], ..crs() };
    let r = multiplier(&t, &options).unwrap();
    close(&[r.score[2], r.score[9]], &[0.9884, 0.9767], 5e-5);
    let all = [
        1.0,
        1.0,
        0.9883720930232568,
        2.0 / 3.0,
        1.0,
        8.0 / 9.0,
        1.0,
        2.0 / 3.0,
        1.0,
        0.976744186046508,
        0.9523809523809521,
        1.0,
        1.0,
        0.7870370370370368,
        1.0,
        1.0,
        1.0,
    ];
    close(&r.score, &all, 1e-9);
    // Prices within the cone: neither below a hundredth of the other. The same cone as an assurance region.
    let options = MultiplierOptions { restrictions: vec![ratio(X2, X1, Some(0.01), Some(100.0))], ..crs() };
    close(&multiplier(&t, &options).unwrap().score, &all, 1e-9);
    for u in 0..17 {
        let (a, b) = (r.input_prices[0][u], r.input_prices[1][u]);
        assert!(a >= 0.01 * b * (1.0 - 1e-9) && b >= 0.01 * a * (1.0 - 1e-9));
        assert!((a * x1[u] + b * x2[u] - 1.0).abs() < 1e-9);
    }
}

/// Fifteen firms of the Fortune list (Zhu 2014): a floor of 1e-6 for every price leaves two of them without any.
#[test]
fn a_floor_that_two_firms_cannot_afford() {
    let assets = [
        91920.6, 68770.9, 65708.9, 217123.4, 50268.9, 71439.3, 243283.0, 106004.2, 91296.0, 118011.6, 37871.0, 91620.9, 364762.5,
        127077.3, 88884.0,
    ];
    let equity = [
        10950.0, 5553.9, 4271.1, 23345.5, 6681.0, 5239.1, 24547.0, 49691.6, 40436.0, 58986.4, 14762.0, 29907.2, 2241.9, 42240.1,
        17274.0,
    ];
    let employees = [
        36000.0, 80000.0, 7182.0, 709000.0, 6193.0, 6702.0, 346990.0, 146855.0, 82000.0, 104000.0, 675000.0, 331852.0, 89690.0,
        231400.0, 299300.0,
    ];
    let revenue = [
        184365.2, 181518.7, 169164.6, 168828.6, 167530.7, 161057.4, 137137.0, 111052.0, 110009.0, 109833.7, 93627.0, 84167.1,
        83206.7, 81937.2, 79609.0,
    ];
    let profit =
        [346.2, 314.8, 121.2, 6880.7, 210.5, 156.6, 4139.0, 2662.4, 6470.0, 6904.6, 2740.0, 1468.8, 2426.6, 2209.1, 139.0];
    let t = Technology { inputs: vec![&assets, &equity, &employees], outputs: vec![&revenue, &profit], bad_outputs: Vec::new() };
    let r = multiplier(&t, &MultiplierOptions { floor: Floor::Given(1e-6), ..crs() }).unwrap();
    let nan = f64::NAN;
    let printed = [
        0.6557759756522,
        0.9629803004781,
        1.0,
        nan,
        1.0,
        0.95907837322,
        nan,
        0.4825383149009,
        1.0,
        0.8219091440109,
        0.4822971089536,
        0.2943408382926,
        1.0,
        0.3027055960158,
        0.1932463136895,
    ];
    close(&r.score, &printed, 1e-9);
    assert_eq!((r.state[3], r.state[6]), (State::Infeasible, State::Infeasible));
    // The bound says that 1e-6 is too much, and is itself affordable.
    let assured = r.assured.unwrap();
    assert!(assured < 1e-6, "{assured}");
    for floor in [Floor::Given(assured * (1.0 - 1e-9)), Floor::Assured] {
        let r = multiplier(&t, &MultiplierOptions { floor, ..crs() }).unwrap();
        assert!(r.state.iter().all(|s| *s == State::Optimal), "{floor:?} {:?}", r.state);
        for (prices, least) in r.input_prices.iter().chain(&r.output_prices).zip(&r.floors) {
            assert!(*least > 0.0 && prices.iter().all(|p| *p >= least * (1.0 - 1e-9)), "{prices:?} {least}");
        }
    }
}

#[test]
fn restrictions_that_give_something_for_nothing_are_refused_by_number() {
    let (x1, x2, y) = ([2.0, 4.0], [5.0, 1.0], [1.0, 2.0]);
    let t = Technology { inputs: vec![&x1, &x2], outputs: vec![&y], bad_outputs: Vec::new() };
    let run = |returns, restrictions: Vec<Restriction>| multiplier(&t, &MultiplierOptions { returns, restrictions, ..crs() });
    let why = |r: Result<Multiplier, FrontierError>| match r {
        Err(FrontierError::Options(list)) => list[0].1.clone(),
        other => panic!("{other:?}"),
    };
    // v1 >= 2 v2 and v2 >= v1; the third takes no part.
    let list = vec![ratio(X1, X2, Some(2.0), None), ratio(Y1, X1, Some(0.001), None), ratio(X2, X1, Some(1.0), None)];
    assert!(why(run(Returns::Vrs, list)).starts_with("number 1, 3 together give"), "two regions without a common price");
    // u >= 10 v1, but y/x1 = 0.5 asks for u <= 2 v1 + ...: under constant returns only.
    let linked = vec![ratio(Y1, X1, Some(10.0), None), ratio(X1, X2, Some(1.0), None)];
    assert!(why(run(Returns::Crs, linked.clone())).contains("with the data"));
    assert!(run(Returns::Vrs, linked).is_ok());
    // Output for nothing.
    let gift = Restriction::TradeOff { inputs: vec![0.0, 0.0], outputs: vec![1.0] };
    assert!(why(run(Returns::Vrs, vec![gift])).starts_with("number 1 together give"));
    // Equal bounds fix a ratio.
    assert!(run(Returns::Crs, vec![ratio(X2, X1, Some(0.5), Some(0.5))]).is_ok());
}

#[test]
fn every_mistake_in_options_at_once() {
    let (x, y) = ([2.0, 4.0], [1.0, 2.0]);
    let t = Technology { inputs: vec![&x], outputs: vec![&y], bad_outputs: Vec::new() };
    let options = MultiplierOptions {
        returns: Returns::Fdh,
        floor: Floor::Given(f64::NAN),
        restrictions: vec![
            ratio(X1, X1, Some(1.0), None),
            ratio(X2, X1, Some(1.0), None),
            ratio(Y1, X1, None, None),
            ratio(Y1, X1, Some(2.0), Some(1.0)),
            Restriction::TradeOff { inputs: vec![0.0], outputs: vec![0.0] },
        ],
        input_cone: vec![vec![1.0, 2.0]],
        output_cone: vec![vec![-1.0]],
        ..crs()
    };
    let Err(FrontierError::Options(list)) = multiplier(&t, &options) else { panic!("accepted") };
    let names: Vec<&str> = list.iter().map(|o| o.0).collect();
    assert_eq!(names.iter().filter(|n| **n == "restrictions").count(), 5);
    assert!(["returns", "floor", "input_cone", "output_cone"].iter().all(|n| names.contains(n)), "{list:?}");
}

fn tables() -> impl Strategy<Value = Vec<Vec<f64>>> {
    (3_usize..10, 1_usize..3).prop_flat_map(|(n, s)| prop::collection::vec(prop::collection::vec(1.0..100.0_f64, n), 2 + s))
}

fn split<'a>(columns: &'a [Vec<f64>]) -> Technology<'a> {
    let (x, y) = columns.split_at(2);
    let slices = |c: &'a [Vec<f64>]| -> Vec<&'a [f64]> { c.iter().map(Vec::as_slice).collect() };
    Technology { inputs: slices(x), outputs: slices(y), bad_outputs: Vec::new() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Prices are feasible, normalised, meet restrictions and floor, and give the score; without restrictions it is the
    /// radial one, with them it is not above it.
    #[test]
    fn laws(columns in tables(), output in any::<bool>(), vrs in any::<bool>(), restricted in any::<bool>(), floor in any::<bool>()) {
        let t = split(&columns);
        let orientation = if output { Orientation::Output } else { Orientation::Input };
        let returns = if vrs { Returns::Vrs } else { Returns::Crs };
        let restrictions = if restricted { vec![ratio(X2, X1, Some(0.5), Some(2.0))] } else { Vec::new() };
        let floor = if floor { Floor::Assured } else { Floor::None };
        let r = multiplier(&t, &MultiplierOptions { orientation, returns, restrictions, floor, ..crs() }).unwrap();
        let radial = dea(&t, &DeaOptions { orientation, returns, scale: false, ..DeaOptions::default() }).unwrap();
        for k in 0..t.len() {
            prop_assert_eq!(r.state[k], State::Optimal);
            prop_assert!((r.free[k] - radial.score[k]).abs() < 1e-9);
            prop_assert!(r.score[k] <= r.free[k] + 1e-9);
            if !restricted && floor == Floor::None {
                prop_assert!((r.score[k] - radial.score[k]).abs() < 1e-9);
            }
            let value = |columns: &[&[f64]], prices: &[Vec<f64>], j: usize| -> f64 {
                columns.iter().zip(prices).map(|(c, p)| p[k] * c[j]).sum()
            };
            let (vx, uy, w) = (value(&t.inputs, &r.input_prices, k), value(&t.outputs, &r.output_prices, k), r.intercept[k]);
            let (unit, score) = if output { (uy, 1.0 / (vx - w)) } else { (vx, uy + w) };
            prop_assert!((unit - 1.0).abs() < 1e-8, "{unit}");
            prop_assert!((score - r.score[k]).abs() < 1e-8, "{score} {}", r.score[k]);
            for j in 0..t.len() {
                let (vx, uy) = (value(&t.inputs, &r.input_prices, j), value(&t.outputs, &r.output_prices, j));
                prop_assert!(uy - vx + w <= 1e-8 * (uy + vx + w.abs()));
            }
            if restricted {
                let (a, b) = (r.input_prices[0][k], r.input_prices[1][k]);
                prop_assert!(b >= 0.5 * a * (1.0 - 1e-8) && b <= 2.0 * a * (1.0 + 1e-8), "{a} {b}");
            }
            for (prices, least) in r.input_prices.iter().chain(&r.output_prices).zip(&r.floors) {
                prop_assert!(prices[k] >= least * (1.0 - 1e-8));
            }
        }
    }

    /// The assured floor is free of units of measure.
    #[test]
    fn units_of_measure_do_not_matter(columns in tables(), big in any::<bool>(), output in any::<bool>()) {
        let by = if big { 1e9 } else { 1e-9 };
        let orientation = if output { Orientation::Output } else { Orientation::Input };
        let options = MultiplierOptions { orientation, floor: Floor::Assured, ..crs() };
        let base = multiplier(&split(&columns), &options).unwrap();
        let mut scaled = columns.clone();
        scaled[0].iter_mut().for_each(|x| *x *= by);
        let last = scaled.len() - 1;
        scaled[last].iter_mut().for_each(|x| *x /= by);
        let r = multiplier(&split(&scaled), &options).unwrap();
        close(&r.score, &base.score, 1e-8);
    }
}
