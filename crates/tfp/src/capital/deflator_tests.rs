use super::*;

#[test]
fn fixed_base_and_links_give_the_same_levels() {
    let (units, periods) = ([0; 4], [2003, 2000, 2002, 2001]);
    let (level, link) = ([121.0, 88.0, 110.0, 100.0], [110.0, 105.0, 110.0, 100.0 / 0.88]);
    let expected = [1.1, 0.8, 1.0, 100.0 / 110.0];
    for (index, form) in [(level, Form::Level), (link, Form::Link)] {
        let prices = Prices { units: &units, periods: &periods, index: &index, form };
        let found = levels(&prices, 2002).unwrap();
        for (f, e) in found.iter().zip(expected) {
            assert!((f - e).abs() < 1e-14, "{form:?}: {f} for {e}");
        }
        let real = deflate(&[11.0, 8.0, 10.0, f64::NAN], &prices, 2002).unwrap();
        assert!((real[0] - 10.0).abs() < 1e-12 && (real[1] - 10.0).abs() < 1e-12 && real[3].is_nan());
    }
}

/// The link of the first period leads to before it, and that of a period without investment may still be needed.
#[test]
fn links_are_not_chained_over_a_missing_one() {
    let (units, periods) = ([0; 4], [2000, 2001, 2002, 2004]);
    let prices = Prices { units: &units, periods: &periods, index: &[f64::NAN, 105.0, f64::NAN, 103.0], form: Form::Link };
    assert_eq!(levels(&prices, 2000).unwrap()[..2], [1.0, 1.05]);
    assert_eq!(deflate(&[1.0; 4], &prices, 2000), Err(DeflatorError::Missing(vec![2, 3])));
    assert_eq!(deflate(&[1.0, 1.0, f64::NAN, f64::NAN], &prices, 2000).unwrap()[0], 1.0);
}

#[test]
fn every_bad_price_and_unit_is_listed() {
    let (units, periods) = ([0, 0, 1, 2], [2000, 2001, 2001, 2000]);
    let prices = |index| Prices { units: &units, periods: &periods, index, form: Form::Level };
    assert_eq!(levels(&prices(&[0.0, 1.0, -3.0, f64::INFINITY]), 2000), Err(DeflatorError::NotPositive(vec![0, 2, 3])));
    assert_eq!(levels(&prices(&[1.0, 1.0, 1.0, f64::NAN]), 2000), Err(DeflatorError::NoBase(vec![1, 2])));
    assert_eq!(levels(&prices(&[1.0]), 2000), Err(DeflatorError::Shape));
    assert_eq!(deflate(&[1.0], &prices(&[1.0; 4]), 2000), Err(DeflatorError::Shape));
}
