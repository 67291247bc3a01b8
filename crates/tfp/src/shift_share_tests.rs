use proptest::prelude::*;

use super::*;

/// Two industries: labour 60 and 40 become 40 and 60, output 60 and 120 become 60 and 240.
/// Productivity 1 and 3 becomes 3/2 and 4, the aggregate 9/5 becomes 3.
fn two(options: ShiftShareOptions) -> ShiftShare {
    let data = Data {
        economies: &[0; 4],
        industries: &[0, 1, 0, 1],
        periods: &[2000, 2000, 2010, 2010],
        output: &[60.0, 120.0, 60.0, 240.0],
        labour: &[60.0, 40.0, 40.0, 60.0],
        price: None,
    };
    shift_share(&data, &[(2000, 2010)], &options).unwrap()
}

fn close(have: f64, want: f64) {
    assert!((have - want).abs() < 1e-15, "{have} for {want}");
}

/// Worked by hand in fractions: within 3/5·1/2 + 2/5·1 = 7/10, between -1/5·1 + 1/5·3 = 2/5,
/// interaction -1/5·1/2 + 1/5·1 = 1/10, together 6/5.
#[test]
fn three_parts_are_exact_fractions() {
    for reference in [Reference::Aggregate, Reference::Zero] {
        let t = two(ShiftShareOptions { reference, ..ShiftShareOptions::default() }).totals[0].clone();
        for (have, want) in [(t.within, 0.7), (t.between, 0.4), (t.interaction, 0.1), (t.change(), 1.2)] {
            close(have, want);
        }
        assert_eq!(t.status, Status::Computed);
    }
}

/// Midpoint: within 1/2·1/2 + 1/2·1 = 3/4, between -1/5·5/4 + 1/5·7/2 = 9/20.
/// End productivity: within 7/10, between -1/5·3/2 + 1/5·4 = 1/2.
#[test]
fn two_part_formulas_are_exact_fractions() {
    for (formula, within, between) in [(Formula::Midpoint, 0.75, 0.45), (Formula::EndProductivity, 0.7, 0.5)] {
        let t = two(ShiftShareOptions { formula, ..ShiftShareOptions::default() }).totals[0].clone();
        close(t.within, within);
        close(t.between, between);
        close(t.interaction, 0.0);
    }
}

/// Against the aggregate 9/5, the industry of productivity 1 that loses labour raises growth by -1/5·(1 - 9/5) = 4/25;
/// against zero it lowers it by 1/5.
#[test]
fn the_reference_moves_contributions_between_industries_only() {
    let against = |reference| two(ShiftShareOptions { reference, ..ShiftShareOptions::default() }).parts;
    close(against(Reference::Aggregate)[0].between, 0.16);
    close(against(Reference::Zero)[0].between, -0.2);
}

/// Labour moves to where productivity stands still: the interaction is negative (Baumol).
#[test]
fn movement_to_stagnant_industries_is_a_burden() {
    let data = Data {
        economies: &[0; 4],
        industries: &[0, 1, 0, 1],
        periods: &[1, 1, 2, 2],
        output: &[50.0, 50.0, 80.0, 60.0],
        labour: &[50.0, 50.0, 40.0, 60.0],
        price: None,
    };
    let t = shift_share(&data, &[(1, 2)], &ShiftShareOptions::default()).unwrap().totals[0].clone();
    close(t.within, 0.5);
    close(t.between, 0.0);
    close(t.interaction, -0.1);
}

/// Tang and Wang (2004): with relative prices the parts add up to the change of nominal output over the
/// aggregate price and labour. Here 4·30 + 1/2·40 = 140 becomes 2·60 + 1·80 = 200, both on 100 heads.
#[test]
fn relative_prices_make_volumes_add_up() {
    let data = Data {
        economies: &[0; 4],
        industries: &[0, 1, 0, 1],
        periods: &[1, 1, 2, 2],
        output: &[30.0, 40.0, 60.0, 80.0],
        labour: &[50.0; 4],
        price: Some(&[4.0, 0.5, 2.0, 1.0]),
    };
    let options = ShiftShareOptions { reference: Reference::Zero, ..ShiftShareOptions::default() };
    let r = shift_share(&data, &[(1, 2)], &options).unwrap();
    assert_eq!(r.totals[0].productivity, [1.4, 2.0]);
    assert!(r.residual < 1e-15);
    assert_eq!(shift_share(&data, &[(1, 2)], &ShiftShareOptions::default()), Err(ShiftShareError::Reference));
}

#[test]
fn industries_that_come_and_go_count_as_movement() {
    let data = Data {
        economies: &[0; 6],
        industries: &[0, 1, 2, 0, 1, 2],
        periods: &[1, 1, 1, 2, 2, 2],
        output: &[10.0, 0.0, 0.0, 10.0, 30.0, 0.0],
        labour: &[10.0, 0.0, 0.0, 10.0, 10.0, 0.0],
        price: None,
    };
    let r = shift_share(&data, &[(1, 2)], &ShiftShareOptions::default()).unwrap();
    close(r.totals[0].change(), 1.0);
    close(r.totals[0].within, 0.0);
    assert_eq!((r.parts[1].productivity, r.parts[2].productivity), ([3.0, 3.0], [0.0, 0.0]));
    assert!(r.residual < 1e-15);
}

#[test]
fn a_missing_industry_leaves_the_span_uncomputed_and_is_named() {
    let data = Data {
        economies: &[0, 0, 0, 1, 1],
        industries: &[0, 1, 0, 0, 0],
        periods: &[1, 1, 2, 1, 2],
        output: &[1.0, f64::NAN, 1.0, 1.0, 2.0],
        labour: &[1.0; 5],
        price: None,
    };
    let r = shift_share(&data, &[(1, 2)], &ShiftShareOptions::default()).unwrap();
    assert_eq!(r.totals[0].status, Status::Incomplete(vec![(1, 1), (1, 2)]));
    assert!(r.totals[0].within.is_nan());
    assert_eq!((r.totals[1].within, r.totals[1].status.clone()), (1.0, Status::Computed));
    let idle = Data { output: &[0.0; 5], labour: &[0.0; 5], ..data };
    assert_eq!(shift_share(&idle, &[(1, 2)], &ShiftShareOptions::default()).unwrap().totals[1].status, Status::NoLabour);
}

#[test]
fn every_impossible_row_is_listed() {
    let data = Data {
        economies: &[0; 4],
        industries: &[0, 1, 2, 3],
        periods: &[1; 4],
        output: &[1.0, f64::INFINITY, 2.0, f64::NAN],
        labour: &[-1.0, 1.0, 0.0, f64::NAN],
        price: None,
    };
    let options = ShiftShareOptions::default();
    assert_eq!(shift_share(&data, &[(1, 2)], &options), Err(ShiftShareError::Impossible(vec![0, 1, 2])));
    let fine = Data { output: &[1.0; 4], labour: &[1.0; 4], ..data };
    assert_eq!(shift_share(&fine, &[(2, 2)], &options), Err(ShiftShareError::Span(2, 2)));
    let twice = Data { industries: &[0, 1, 0, 3], ..fine };
    assert_eq!(shift_share(&twice, &[(1, 2)], &options), Err(ShiftShareError::Duplicate(crate::industries::Twice(0, 2))));
    assert_eq!(shift_share(&Data { output: &[], ..fine }, &[(1, 2)], &options), Err(ShiftShareError::Shape));
    let priced = Data { price: Some(&[0.0, 1.0, f64::NAN, -1.0]), ..fine };
    assert_eq!(shift_share(&priced, &[(1, 2)], &options), Err(ShiftShareError::Price(vec![0, 3])));
}

proptest! {
    /// The parts add up under every formula and reference; they scale with the unit of output and against that of
    /// labour, and do not know the order of rows.
    #[test]
    fn laws(raw in prop::collection::vec((0.1..99.0_f64, 0.1..99.0_f64), 12), formula in 0..3_usize, turn in 0..11_usize, zero: bool) {
        let formula = [Formula::ThreePart, Formula::Midpoint, Formula::EndProductivity][formula];
        let reference = if zero { Reference::Zero } else { Reference::Aggregate };
        let options = ShiftShareOptions { formula, reference };
        let keys: Vec<(usize, usize, i32)> = (0..12).map(|i| (i / 6, i % 3, ((i / 3) % 2) as i32)).collect();
        let run = |order: &[usize], by_y: f64, by_l: f64| {
            let (e, k): (Vec<usize>, Vec<usize>) = order.iter().map(|&i| (keys[i].0, keys[i].1)).unzip();
            let p: Vec<i32> = order.iter().map(|&i| keys[i].2).collect();
            let y: Vec<f64> = order.iter().map(|&i| raw[i].0 * by_y).collect();
            let l: Vec<f64> = order.iter().map(|&i| raw[i].1 * by_l).collect();
            let data = Data { economies: &e, industries: &k, periods: &p, output: &y, labour: &l, price: None };
            shift_share(&data, &[(0, 1)], &options).unwrap()
        };
        let order: Vec<usize> = (0..12).collect();
        let plain = run(&order, 1.0, 1.0);
        prop_assert!(plain.residual < 1e-13);
        let turned: Vec<usize> = (0..12).map(|i| (i + turn) % 12).collect();
        prop_assert_eq!(&run(&turned, 1.0, 1.0), &plain);
        for (y, l) in [(1e9, 1e-9), (1e-9, 1e9), (1e9, 1e9)] {
            let scaled = run(&order, y, l);
            prop_assert!(scaled.residual < 1e-13);
            for (a, b) in scaled.totals.iter().zip(&plain.totals) {
                for (a, b) in [(a.within, b.within), (a.between, b.between), (a.interaction, b.interaction)] {
                    prop_assert!((a * l / y - b).abs() < 1e-9 * (1.0 + b.abs()));
                }
            }
        }
    }
}
