use super::*;
use proptest::prelude::*;

/// Three units, two goods, one period, by hand. ln of 1.1, 1.0, 1.0 and 1.0, 1.2, 1.0.
const UNITS: [usize; 3] = [0, 1, 2];
const PERIODS: [i32; 3] = [2001; 3];
const A: [f64; 3] = [110.0, 100.0, 100.0];
const B: [f64; 3] = [100.0, 120.0, 100.0];

fn run(pairs: Option<&[(usize, usize)]>, options: &SegmentationOptions) -> Result<Segmentation, SegmentationError> {
    segmentation(&Data { units: &UNITS, periods: &PERIODS, prices: &[&A, &B] }, pairs, options)
}

#[test]
fn three_units_by_hand() {
    let (a, b) = (1.1_f64.ln(), 1.2_f64.ln());
    let half = |x: f64, y: f64| (x - y) * (x - y) / 2.0;
    let plain = SegmentationOptions { centre: false, ..SegmentationOptions::default() };
    let s = run(None, &plain).unwrap();
    for (p, want) in s.pairs.iter().zip([half(a, b), half(a, 0.0), half(0.0, b)]) {
        assert!((p.variance - want).abs() < 1e-16, "{p:?} {want}");
    }
    // With signs unit 0 against unit 1 is a and -b.
    let signed = run(None, &SegmentationOptions { absolute: false, ..plain }).unwrap();
    assert!((signed.pairs[0].variance - half(a, -b)).abs() < 1e-16);
    let population = run(None, &SegmentationOptions { denominator: Denominator::Population, ..plain }).unwrap();
    assert!((population.pairs[0].variance - s.pairs[0].variance / 2.0).abs() < 1e-17);
    // Each good has been moved by the same in two of three pairs: centring takes 2a/3 and 2b/3 out.
    let centred = run(None, &SegmentationOptions::default()).unwrap();
    assert!((centred.pairs[0].variance - half(a / 3.0, b / 3.0)).abs() < 1e-16 && centred.residual < 1e-15);
    // Neighbours only: the mean is over these, and unit 2 has one pair.
    let near = run(Some(&[(1, 0), (0, 1), (2, 1)]), &plain).unwrap();
    assert_eq!(near.pairs.iter().map(|p| p.units).collect::<Vec<_>>(), [(0, 1), (1, 2)]);
    assert_eq!(near.units.iter().map(|u| u.pairs).collect::<Vec<_>>(), [1, 2, 1]);
    assert!((near.units[2].integration - (1.0 / half(0.0, b)).sqrt()).abs() < 1e-12);
    assert_eq!((near.periods[0].0, near.periods[0].1), (2001, 2));
}

#[test]
fn levels_take_changes_between_adjacent_periods_only() {
    let (units, periods) = ([0, 0, 0, 1, 1, 1], [2001, 2002, 2004, 2001, 2002, 2004]);
    let (a, b) = ([1.0, 1.1, 2.0, 3.0, 3.0, 9.0], [2.0, 2.0, 2.0, 5.0, 6.0, 6.0]);
    let data = Data { units: &units, periods: &periods, prices: &[&a, &b] };
    let options = SegmentationOptions { prices: Prices::Level, centre: false, ..SegmentationOptions::default() };
    let s = segmentation(&data, None, &options).unwrap();
    // 2004 follows a gap.
    assert_eq!(s.periods.iter().map(|p| p.0).collect::<Vec<_>>(), [2002]);
    let d = 1.1_f64.ln() - 1.2_f64.ln();
    assert!((s.pairs[0].variance - d * d / 2.0).abs() < 1e-16);
}

#[test]
fn missing_goods_are_counted_and_pairs_without_two_have_no_variance() {
    let a = [110.0, f64::NAN, 100.0];
    let data = Data { units: &UNITS, periods: &PERIODS, prices: &[&a, &B] };
    let s = segmentation(&data, None, &SegmentationOptions::default()).unwrap();
    assert_eq!(s.pairs.iter().map(|p| p.goods).collect::<Vec<_>>(), [1, 2, 1]);
    assert_eq!((s.missing, s.units[1].pairs, s.units[1].segmentation.is_nan()), (2, 0, true));
}

#[test]
fn bad_input_is_refused() {
    let options = SegmentationOptions::default();
    let one = Data { units: &UNITS, periods: &PERIODS, prices: &[&A] };
    assert_eq!(segmentation(&one, None, &options), Err(SegmentationError::Goods(1)));
    let bad = [0.0, 1.0, -3.0];
    let data = Data { units: &UNITS, periods: &PERIODS, prices: &[&A, &bad] };
    assert_eq!(segmentation(&data, None, &options), Err(SegmentationError::NotPositive(vec![(1, 0), (1, 2)])));
    let data = Data { units: &[0, 0, 1], periods: &PERIODS, prices: &[&A, &B] };
    assert_eq!(segmentation(&data, None, &options), Err(SegmentationError::Duplicate(crate::rows::Twice(0, 1))));
    assert_eq!(run(Some(&[(1, 1)]), &options), Err(SegmentationError::Itself(1)));
    assert_eq!(run(Some(&[]), &options), Err(SegmentationError::Empty));
    assert_eq!(run(None, &SegmentationOptions { step: 0, ..options }), Err(SegmentationError::Step));
    let short = Data { units: &UNITS, periods: &PERIODS, prices: &[&A, &B[..2]] };
    assert_eq!(segmentation(&short, None, &options), Err(SegmentationError::Shape));
}

proptest! {
    /// The base of the index (100 or 1) and the order of rows and pairs do not count.
    #[test]
    fn laws(raw in prop::collection::vec(80.0..120.0_f64, 36)) {
        let units: Vec<usize> = (0..12).map(|i| i / 3).collect();
        let periods: Vec<i32> = (0..12).map(|i| i % 3).collect();
        let goods: Vec<Vec<f64>> = (0..3).map(|k| raw[12 * k..12 * (k + 1)].to_vec()).collect();
        fn at<'a>(units: &'a [usize], periods: &'a [i32], goods: &[Vec<f64>], pairs: Option<&[(usize, usize)]>) -> Segmentation {
            let slices: Vec<&[f64]> = goods.iter().map(Vec::as_slice).collect();
            segmentation(&Data { units, periods, prices: &slices }, pairs, &SegmentationOptions::default()).unwrap()
        }
        let s = at(&units, &periods, &goods, Some(&[(0, 1), (1, 2), (2, 3)]));
        prop_assert!(s.residual < 1e-14);
        for by in [1e9, 1e-9, 0.01] {
            let scaled: Vec<Vec<f64>> = goods.iter().map(|g| g.iter().map(|x| x * by).collect()).collect();
            let t = at(&units, &periods, &scaled, Some(&[(0, 1), (1, 2), (2, 3)]));
            prop_assert!(s.units.iter().zip(&t.units).all(|(a, b)| (a.segmentation - b.segmentation).abs() < 1e-14));
        }
        let (u, p): (Vec<usize>, Vec<i32>) = (0..12).rev().map(|i| (units[i], periods[i])).unzip();
        let turned: Vec<Vec<f64>> = goods.iter().map(|g| g.iter().rev().copied().collect()).collect();
        prop_assert_eq!(at(&u, &p, &turned, Some(&[(3, 2), (2, 1), (0, 1), (1, 0)])), s);
    }
}
