use proptest::prelude::*;

use super::*;

/// Steel (0) delivers all of its output 40 to cars (1), whose output is 100: value added 40 and 60, Domar weights
/// 2/5 and 1. Ten percent more productivity in both raises the aggregate by 14 %, although value added shares add up to 1.
fn chain() -> Data<'static> {
    Data {
        economies: &[0; 4],
        industries: &[0, 1, 0, 1],
        periods: &[1, 1, 2, 2],
        gross_output: &[40.0, 100.0, 40.0, 100.0],
        value_added: &[40.0, 60.0, 40.0, 60.0],
        tfp: &[f64::NAN, f64::NAN, 0.1, 0.1],
        factors: None,
    }
}

fn close(have: f64, want: f64) {
    assert!((have - want).abs() < 1e-15, "{have} for {want}");
}

#[test]
fn gains_of_suppliers_pass_through_their_customers() {
    for weights in [Weights::MeanOfRatios, Weights::RatioOfMeans] {
        let r = domar(&chain(), &DomarOptions { weights, ..DomarOptions::default() }).unwrap();
        assert_eq!(r.totals.len(), 1);
        close(r.totals[0].weights, 1.4);
        close(r.totals[0].domar, 0.14);
        close(r.parts[0].contribution, 0.04);
        assert!(r.totals[0].aggregate.is_nan());
    }
}

/// Hulten (1978): the growth of value-added productivity is that of gross output over the share of value added, so
/// both aggregate to the same.
#[test]
fn value_added_productivity_aggregates_to_the_same() {
    let data = Data { tfp: &[f64::NAN, f64::NAN, 0.1, 0.1 * 100.0 / 60.0], ..chain() };
    let options = DomarOptions { productivity: Productivity::ValueAdded, ..DomarOptions::default() };
    let r = domar(&data, &options).unwrap();
    close(r.totals[0].weights, 1.0);
    close(r.totals[0].domar, 0.14);
}

/// Labour 30 and 10 becomes 10 and 30 at pay 1 and 3: no industry is more productive, total labour stands still, and
/// the shares of pay in value added 3/10, 3/10 before and 1/10, 9/10 after give 1/5·ln(1/3) + 3/5·ln 3 = 2/5·ln 3.
#[test]
fn labour_that_moves_to_better_pay_is_reallocation() {
    let data = Data {
        gross_output: &[40.0, 100.0, 40.0, 100.0],
        value_added: &[50.0; 4],
        tfp: &[0.0; 4],
        factors: Some(Factors {
            capital: &[5.0, 7.0, 5.0, 7.0],
            labour: &[30.0, 10.0, 10.0, 30.0],
            labour_pay: &[30.0, 30.0, 10.0, 90.0],
        }),
        ..chain()
    };
    let r = domar(&data, &DomarOptions::default()).unwrap();
    close(r.totals[0].capital, 0.0);
    close(r.totals[0].labour, 0.4 * 3.0_f64.ln());
    close(r.totals[0].aggregate, 0.4 * 3.0_f64.ln());
    assert!(r.residual < 1e-15);
}

#[test]
fn missing_industries_are_named_and_nothing_is_guessed() {
    let data = Data { tfp: &[f64::NAN, f64::NAN, 0.1, f64::NAN], ..chain() };
    let r = domar(&data, &DomarOptions::default()).unwrap();
    assert_eq!(r.totals[0].status, Status::Incomplete(vec![(1, 2)]));
    assert!(r.totals[0].domar.is_nan() && r.parts.is_empty());
    let gap = Data { periods: &[1, 1, 3, 3], ..chain() };
    let r = domar(&gap, &DomarOptions::default()).unwrap();
    assert_eq!(r.totals[0].status, Status::Incomplete(vec![(0, 2), (1, 2)]));
    assert_eq!(domar(&gap, &DomarOptions { step: 2, ..DomarOptions::default() }).unwrap().totals[0].status, Status::Computed);
    let loss = Data { value_added: &[40.0, 60.0, -80.0, 60.0], ..chain() };
    assert_eq!(domar(&loss, &DomarOptions::default()).unwrap().totals[0].status, Status::NoValueAdded);
}

#[test]
fn every_impossible_row_is_listed() {
    let options = DomarOptions::default();
    let bad = Data { gross_output: &[0.0, 1.0, -1.0, 1.0], tfp: &[0.0, f64::INFINITY, 0.0, 0.0], ..chain() };
    assert_eq!(domar(&bad, &options), Err(DomarError::Impossible(vec![0, 1, 2])));
    let ratio = DomarOptions { weights: Weights::RatioOfMeans, ..options };
    let none = Data { value_added: &[0.0, 60.0, 40.0, 60.0], ..chain() };
    assert_eq!(domar(&none, &ratio), Err(DomarError::ValueAdded(vec![0])));
    assert_eq!(
        domar(&Data { industries: &[0, 0, 0, 1], ..chain() }, &options),
        Err(DomarError::Duplicate(crate::industries::Twice(0, 1)))
    );
    assert_eq!(domar(&chain(), &DomarOptions { step: 0, ..options }), Err(DomarError::Step));
    assert_eq!(domar(&Data { tfp: &[], ..chain() }, &options), Err(DomarError::Shape));
    let one = [1.0; 4];
    let factors = Some(Factors { capital: &one, labour: &one, labour_pay: &one });
    assert_eq!(domar(&Data { factors, ..chain() }, &ratio), Err(DomarError::Reallocation));
}

proptest! {
    /// Aggregate TFP is contributions plus reallocations; prices, units of capital and labour and the order of rows
    /// do not matter.
    #[test]
    fn laws(raw in prop::collection::vec((1.0..9.0_f64, 0.1..0.9_f64, 0.1..0.9_f64, 0.1..9.0_f64, 0.1..9.0_f64, -0.1..0.1_f64), 12), turn in 0..11_usize) {
        let run = |order: &[usize], by: f64| {
            let pick = |f: &dyn Fn(usize) -> f64| order.iter().map(|&i| f(i)).collect::<Vec<f64>>();
            let economies: Vec<usize> = order.iter().map(|i| i / 6).collect();
            let industries: Vec<usize> = order.iter().map(|i| i % 3).collect();
            let periods: Vec<i32> = order.iter().map(|i| ((i / 3) % 2) as i32).collect();
            let (q, v) = (pick(&|i| raw[i].0 * by), pick(&|i| raw[i].0 * raw[i].1 * by));
            let (w, a) = (pick(&|i| raw[i].0 * raw[i].1 * raw[i].2 * by), pick(&|i| raw[i].5));
            let (k, l) = (pick(&|i| raw[i].3 / by), pick(&|i| raw[i].4 * by));
            let factors = Some(Factors { capital: &k, labour: &l, labour_pay: &w });
            let data = Data { economies: &economies, industries: &industries, periods: &periods, gross_output: &q, value_added: &v, tfp: &a, factors };
            domar(&data, &DomarOptions::default()).unwrap()
        };
        let order: Vec<usize> = (0..12).collect();
        let plain = run(&order, 1.0);
        prop_assert_eq!(plain.totals.len(), 2);
        prop_assert!(plain.residual < 1e-13);
        let turned: Vec<usize> = (0..12).map(|i| (i + turn) % 12).collect();
        prop_assert_eq!(&run(&turned, 1.0), &plain);
        for by in [1e9, 1e-9] {
            for (a, b) in run(&order, by).totals.iter().zip(&plain.totals) {
                prop_assert!((a.aggregate - b.aggregate).abs() < 1e-12 && (a.weights - b.weights).abs() < 1e-12);
            }
        }
    }
}
