use proptest::prelude::*;

use super::*;

/// Hours of the unskilled 300 stay, those of the skilled double from 100 to 200; pay 300 and 100 becomes 300 and 300:
/// shares 3/4, 1/4 and 1/2, 1/2. Total hours grow by ln(5/4), services by 3/8 ln 2.
fn simple(weights: Weights) -> Composition {
    let data = Data {
        units: &[0, 0],
        periods: &[2000, 2001],
        hours: &[&[300.0, 300.0], &[100.0, 200.0]],
        pay: &[&[300.0, 300.0], &[100.0, 300.0]],
        persons: Some(&[10.0, 12.0]),
    };
    labour_composition(&data, &CompositionOptions { weights, step: 1 }).unwrap()
}

#[test]
fn services_and_composition_by_hand() {
    let (two, all) = (2.0_f64.ln(), 1.25_f64.ln());
    for (weights, skilled) in [(Weights::TwoPeriod, 0.375), (Weights::Before, 0.25), (Weights::After, 0.5)] {
        let c = simple(weights);
        let close = |have: f64, want: f64| assert!((have - want).abs() < 1e-15, "{weights:?}: {have} for {want}");
        close(c.services[1], skilled * two);
        close(c.hours[1], all);
        close(c.composition[1], skilled * two - all);
        close(c.contributions[0][1], -(1.0 - skilled) * all);
        close(c.contributions[1][1], skilled * (two - all));
        close(c.persons[1], 1.2_f64.ln());
        close(c.index[1], (skilled * two - all).exp());
        assert_eq!((c.index[0], c.status[0]), (1.0, Status::First));
        // Pay per hour 1 and 1 before; 1 and 3/2 after, 6/5 in the mean.
        close(c.relative_pay[0][0], 1.0);
        close(c.relative_pay[1][1], 1.25);
        assert!(c.residual < 1e-15);
    }
}

#[test]
fn equal_growth_of_all_types_leaves_composition_alone() {
    let (a, b) = ([1.0, 1.5], [3.0, 4.5]);
    let data = Data { units: &[0, 0], periods: &[1, 2], hours: &[&a, &b], pay: &[&[5.0, 1.0], &[2.0, 9.0]], persons: None };
    let c = labour_composition(&data, &CompositionOptions::default()).unwrap();
    assert!(c.composition[1].abs() < 1e-15 && c.persons[1].is_nan());
}

#[test]
fn gaps_start_a_new_chain() {
    let (h, p) = ([1.0, 2.0, 3.0, 4.0], [1.0, f64::NAN, 1.0, 2.0]);
    let data = Data { units: &[0; 4], periods: &[1, 2, 3, 4], hours: &[&h, &[1.0; 4]], pay: &[&p, &h], persons: None };
    let c = labour_composition(&data, &CompositionOptions::default()).unwrap();
    assert_eq!(c.status, [Status::First, Status::Missing, Status::Gap, Status::Computed]);
    assert_eq!(c.index[2], 1.0);
    assert!(c.index[1].is_nan() && c.services[2].is_nan() && c.shares[0][1].is_nan());
    let wide = labour_composition(&data, &CompositionOptions { step: 2, ..CompositionOptions::default() }).unwrap();
    assert_eq!(wide.status[2..], [Status::Computed, Status::Gap]);
}

#[test]
fn every_bad_cell_is_listed() {
    let ok = [1.0, 1.0];
    let data = Data { units: &[0, 0], periods: &[1, 2], hours: &[&[0.0, 1.0], &ok], pay: &[&ok, &[1.0, -2.0]], persons: None };
    let options = CompositionOptions::default();
    let cells = vec![(Column::Hours(0), 0), (Column::Pay(1), 1), (Column::Persons, 0)];
    let with_persons = Data { persons: Some(&[f64::INFINITY, 1.0]), ..data };
    assert_eq!(labour_composition(&with_persons, &options), Err(CompositionError::NotPositive(cells)));
    let fine = Data { hours: &[&ok, &ok], pay: &[&ok, &ok], ..data };
    assert_eq!(
        labour_composition(&Data { periods: &[1, 1], ..fine }, &options),
        Err(CompositionError::Duplicate(crate::rows::Twice(0, 1)))
    );
    assert_eq!(labour_composition(&Data { hours: &[&ok], pay: &[&ok], ..fine }, &options), Err(CompositionError::Shape));
    let none = [f64::NAN; 2];
    assert_eq!(labour_composition(&Data { hours: &[&none, &ok], ..fine }, &options), Err(CompositionError::Empty));
    assert_eq!(labour_composition(&fine, &CompositionOptions { step: 0, ..options }), Err(CompositionError::Step));
}

proptest! {
    /// Units of hours and pay, and the order of rows, do not matter; contributions add up; forward and backward
    /// weights bracket the Törnqvist index as their mean.
    #[test]
    fn laws(raw in prop::collection::vec((0.1..9.0_f64, 0.1..9.0_f64, 0.1..9.0_f64, 0.1..9.0_f64), 8), turn in 0..7_usize) {
        let run = |order: &[usize], by: f64, weights: Weights| {
            let units: Vec<usize> = order.iter().map(|i| i / 4).collect();
            let periods: Vec<i32> = order.iter().map(|i| (i % 4) as i32).collect();
            let pick = |f: &dyn Fn(usize) -> f64| order.iter().map(|&i| f(i)).collect::<Vec<f64>>();
            let (a, b) = (pick(&|i| raw[i].0 * by), pick(&|i| raw[i].1 * by));
            let (c, d) = (pick(&|i| raw[i].2 / by), pick(&|i| raw[i].3 / by));
            let data = Data { units: &units, periods: &periods, hours: &[&a, &b], pay: &[&c, &d], persons: None };
            labour_composition(&data, &CompositionOptions { weights, step: 1 }).unwrap()
        };
        let order: Vec<usize> = (0..8).collect();
        let plain = run(&order, 1.0, Weights::TwoPeriod);
        prop_assert!(plain.residual < 1e-14);
        let (before, after) = (run(&order, 1.0, Weights::Before), run(&order, 1.0, Weights::After));
        let turned: Vec<usize> = (0..8).map(|i| (i + turn) % 8).collect();
        let moved = run(&turned, 1.0, Weights::TwoPeriod);
        let scaled = [run(&order, 1e9, Weights::TwoPeriod), run(&order, 1e-9, Weights::TwoPeriod)];
        for (new, &i) in turned.iter().enumerate() {
            prop_assert_eq!(moved.index[new].to_bits(), plain.index[i].to_bits());
            prop_assert_eq!(moved.services[new].to_bits(), plain.services[i].to_bits());
            for s in &scaled {
                prop_assert!((s.index[i] / plain.index[i] - 1.0).abs() < 1e-12);
            }
            if plain.status[i] == Status::Computed {
                prop_assert!((f64::midpoint(before.services[i], after.services[i]) - plain.services[i]).abs() < 1e-13);
            }
        }
    }
}
