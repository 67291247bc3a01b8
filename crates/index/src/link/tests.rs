use proptest::prelude::*;

use super::*;
use crate::order::spearman;

const NAN: f64 = f64::NAN;

fn plain(bootstrap: u32) -> LinkOptions {
    LinkOptions { bootstrap, ..LinkOptions::default() }
}

fn at(links: &[Link], view: View) -> &Link {
    links.iter().find(|l| l.view == view).unwrap()
}

/// Galton's peas (1877), diameters in 1/100 inch of parents and of their offspring; Pearson's r of the seven means.
#[test]
fn seven_units_of_one_period() {
    let (parents, offspring) = ([21.0, 20.0, 19.0, 18.0, 17.0, 16.0, 15.0], [17.26, 17.07, 16.37, 16.40, 16.13, 16.17, 15.98]);
    let units: Vec<usize> = (0..7).collect();
    let data = Data { units: &units, periods: &[0; 7], index: &parents, other: &offspring };
    let links = link(&data, &plain(0), 1).unwrap();
    assert_eq!((links.len(), links[0].view, links[0].pairs, links[0].units), (1, View::Pooled, 7, 7));
    // numpy.corrcoef and scipy.stats.spearmanr on the same numbers.
    assert!((links[0].pearson.value - 0.924_875_913_636).abs() < 1e-9, "{}", links[0].pearson.value);
    assert!((links[0].spearman.value - 13.0 / 14.0).abs() < 1e-12, "{}", links[0].spearman.value);
    assert!(links[0].pearson.low.is_nan());
}

/// Units ahead in one are ahead in the other, and where one rises the other falls.
#[test]
fn between_and_within_can_differ_in_sign() {
    let (mut units, mut periods, mut index, mut other) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for unit in 0..6_usize {
        for t in 0..4_i32 {
            let wave = f64::from((t + unit as i32) % 2);
            units.push(unit);
            periods.push(2000 + t);
            index.push(10.0 * unit as f64 + wave + f64::from(t));
            other.push(20.0 * unit as f64 - wave + f64::from(t));
        }
    }
    let data = Data { units: &units, periods: &periods, index: &index, other: &other };
    let links = link(&data, &plain(400), 1).unwrap();
    assert!((at(&links, View::Between).pearson.value - 1.0).abs() < 1e-12);
    assert!((at(&links, View::TwoWay).pearson.value + 1.0).abs() < 1e-12);
    assert_eq!(at(&links, View::TwoWay).pearson.low, -1.0);
    // Odd distances turn the wave round, even ones do not.
    assert!((at(&links, View::Lag(1)).pearson.value - 1.0).abs() < 1e-12);
    assert!((at(&links, View::Lag(-2)).pearson.value + 1.0).abs() < 1e-12);
    assert_eq!(at(&links, View::Lag(1)).pairs, 18);
    let changes = at(&links, View::Changes);
    assert_eq!((changes.pairs, changes.units), (18, 6));
    let views: Vec<View> = links.iter().map(|l| l.view).collect();
    assert_eq!(views.len(), 5 + 4 + 4);
}

#[test]
fn what_cannot_be_compared_has_a_status() {
    // Unit 2 has a gap in the second period: no change over it; unit 3 has one row.
    let data = Data {
        units: &[0, 0, 0, 1, 1, 1, 2, 2, 2, 3],
        periods: &[1, 2, 3, 1, 2, 3, 1, 2, 3, 1],
        index: &[1.0, 2.0, 4.0, 2.0, 3.0, 3.0, 5.0, NAN, 9.0, 1.0],
        other: &[7.0; 10],
    };
    let links = link(&data, &plain(50), 1).unwrap();
    assert_eq!(at(&links, View::Changes).pairs, 4);
    assert_eq!(at(&links, View::Changes).status, Status::TooFew);
    assert_eq!(at(&links, View::Pooled).status, Status::Constant);
    assert_eq!(at(&links, View::Period(2)).status, Status::TooFew);
    assert!(links.iter().all(|l| l.pearson.value.is_nan() && l.undefined == 0));
    // A difference of rounding is no variation.
    let noise: Vec<f64> = (0..10).map(|i| 0.1 + 1e-17 * f64::from(i)).collect();
    let links = link(&Data { other: &noise, ..data }, &plain(0), 1).unwrap();
    assert_eq!(at(&links, View::TwoWay).status, Status::Constant);
    let bad = Data { other: &[f64::INFINITY; 10], ..data };
    assert!(matches!(link(&bad, &plain(0), 1), Err(LinkError::Infinite(r)) if r.len() == 10));
    let twice = Data { periods: &[1, 1, 3, 1, 2, 3, 1, 2, 3, 1], ..data };
    assert_eq!(link(&twice, &plain(0), 1), Err(LinkError::Duplicates(vec![(0, 1)])));
    assert_eq!(link(&data, &LinkOptions { level: 1.0, ..plain(0) }, 1), Err(LinkError::Level));
    assert_eq!(link(&Data { units: &[], periods: &[], index: &[], other: &[] }, &plain(0), 1), Err(LinkError::Shape));
}

/// Fisher's interval of a correlation of independent normal pairs, `tanh(atanh r ∓ 1.96/√(n − 3))`, is what resampling
/// comes near to.
#[test]
fn intervals_are_near_those_of_fisher() {
    let n = 400;
    let mut rng = random::stream(5, "link-test", 0);
    let pairs: Vec<(f64, f64)> = (0..n)
        .map(|_| {
            let x = random::normal(&mut rng);
            (x, 0.6 * x + 0.8 * random::normal(&mut rng))
        })
        .collect();
    let (x, y): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
    let units: Vec<usize> = (0..n).collect();
    let data = Data { units: &units, periods: &vec![0; n], index: &x, other: &y };
    let found = link(&data, &plain(4000), 7).unwrap()[0].pearson;
    let fisher = |side: f64| (found.value.atanh() + side * 1.959_964 / (n as f64 - 3.0).sqrt()).tanh();
    assert!((found.low - fisher(-1.0)).abs() < 0.02 && (found.high - fisher(1.0)).abs() < 0.02, "{found:?}");
}

fn panel() -> impl Strategy<Value = (Vec<usize>, Vec<i32>, Vec<f64>, Vec<f64>)> {
    (3_usize..7, 1_i32..5).prop_flat_map(|(units, periods)| {
        let n = units * periods as usize;
        let cell = prop_oneof![4 => (-50_i32..50).prop_map(f64::from), 1 => Just(NAN)];
        (proptest::collection::vec(cell.clone(), n), proptest::collection::vec(cell, n)).prop_map(move |(x, y)| {
            let key = |i: usize| (i / periods as usize, (i % periods as usize) as i32);
            ((0..n).map(|i| key(i).0).collect(), (0..n).map(|i| key(i).1).collect(), x, y)
        })
    })
}

fn near(a: f64, b: f64) -> bool {
    a.is_nan() && b.is_nan() || (a - b).abs() < 1e-9
}

proptest! {
    #[test]
    fn unit_of_measure_sides_and_order_of_rows_do_not_matter((units, periods, x, y) in panel(), up in any::<bool>()) {
        let options = plain(20);
        let data = Data { units: &units, periods: &periods, index: &x, other: &y };
        let links = link(&data, &options, 3).unwrap();
        let scale = if up { 1e9 } else { 1e-9 };
        let scaled: Vec<f64> = x.iter().map(|v| v * scale).collect();
        let again = link(&Data { index: &scaled, ..data }, &options, 3).unwrap();
        let turned = link(&Data { index: &y, other: &x, ..data }, &options, 3).unwrap();
        for (a, b) in links.iter().zip(&again) {
            prop_assert!(near(a.pearson.value, b.pearson.value) && near(a.spearman.low, b.spearman.low), "{a:?} {b:?}");
        }
        for a in links.iter().filter(|l| !matches!(l.view, View::Lag(_))) {
            let b = at(&turned, a.view);
            prop_assert!(near(a.pearson.value, b.pearson.value) && near(a.pearson.high, b.pearson.high), "{a:?} {b:?}");
        }
        let back = |v: &[f64]| -> Vec<f64> { v.iter().rev().copied().collect() };
        let (ru, rp): (Vec<usize>, Vec<i32>) = units.iter().copied().zip(periods.iter().copied()).rev().unzip();
        let reversed = link(&Data { units: &ru, periods: &rp, index: &back(&x), other: &back(&y) }, &options, 3).unwrap();
        prop_assert_eq!(format!("{:?}", links), format!("{:?}", reversed));
    }

    #[test]
    fn pooled_correlations_are_the_plain_ones((units, periods, x, y) in panel()) {
        let data = Data { units: &units, periods: &periods, index: &x, other: &y };
        let links = link(&data, &plain(0), 3).unwrap();
        let (a, b): (Vec<f64>, Vec<f64>) = x.iter().zip(&y).filter(|(a, b)| !a.is_nan() && !b.is_nan()).unzip();
        if links[0].status == Status::Computed {
            prop_assert!(near(links[0].pearson.value, moments::correlation(&a, &b)));
            prop_assert!(near(links[0].spearman.value, spearman(&a, &b)));
        }
        // Nothing is left of the means that were taken out.
        if periods.iter().max() > Some(&0) {
            let rows = pairs(&data).unwrap().0;
            let left = two_way(&rows, 8, 8);
            for own in by_unit(&left) {
                prop_assert!(means(own).0.abs() < 1e-9 && means(own).1.abs() < 1e-9);
            }
            for t in 0..5 {
                let own: Vec<f64> = left.iter().filter(|p| p.period == t).map(|p| p.x).collect();
                prop_assert!(own.is_empty() || moments::mean(&own).abs() < 1e-9);
            }
        }
    }
}
