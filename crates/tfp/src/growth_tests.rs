use super::*;
use proptest::prelude::*;

fn run(shares: &Shares, options: GrowthOptions) -> Growth {
    let (units, periods) = ([0, 0, 0, 1, 1], [2000, 2001, 2003, 2000, 2001]);
    let y = [100.0, 110.0, 130.0, 50.0, 52.0];
    let k = [200.0, 230.0, 300.0, 80.0, 90.0];
    let l = [10.0, 10.1, 10.4, f64::NAN, 6.0];
    growth(&Data { units: &units, periods: &periods, output: &y, inputs: &[&k, &l] }, shares, &options).unwrap()
}

/// Solow (1957), Review of Economics and Statistics 39, Table 1, 1909 to 1911: share of property in
/// income .335, .330, .335; private non-farm GNP per man-hour .623, .616, .647; employed capital per
/// man-hour 2.06, 2.10, 2.17. The print has ΔA/A = -.017 and .039. Tolerance 0.002: the print takes
/// ratios and one share, the Törnqvist form logarithms and the mean of two.
#[test]
fn solow_1957_first_years() {
    let shares = Shares::Varying(vec![vec![0.335, 0.330, 0.335]]);
    let (units, periods) = ([0, 0, 0], [1909, 1910, 1911]);
    let data = Data { units: &units, periods: &periods, output: &[0.623, 0.616, 0.647], inputs: &[&[2.06, 2.10, 2.17]] };
    let g = growth(&data, &shares, &GrowthOptions::default()).unwrap();
    for (row, printed) in [(1, -0.017), (2, 0.039)] {
        assert!((g.tfp[row] - printed).abs() < 0.002, "{}", g.tfp[row]);
    }
}

#[test]
fn gaps_and_missing_cells_are_named_and_never_bridged() {
    let g = run(&Shares::Constant(vec![0.4, 0.6]), GrowthOptions::default());
    assert_eq!(g.status, [Status::First, Status::Computed, Status::Gap, Status::Missing, Status::First]);
    assert_eq!(g.before, [None, Some(0), None, None, None]);
    assert!(g.tfp[2].is_nan() && g.level[2].is_finite() && g.level[3].is_nan());
    let dy = 1.1_f64.ln();
    assert!((g.tfp[1] - (dy - 0.4 * 1.15_f64.ln() - 0.6 * 1.01_f64.ln())).abs() < 1e-15);
    let two = run(&Shares::Constant(vec![0.4, 0.6]), GrowthOptions { step: 2, ..GrowthOptions::default() });
    assert_eq!(two.status[1..3], [Status::Gap, Status::Computed]);
}

#[test]
fn with_constant_shares_both_levels_agree_and_grow_as_the_residual() {
    let shares = Shares::Constant(vec![0.4, 0.6]);
    let a = run(&shares, GrowthOptions::default());
    let b = run(&shares, GrowthOptions { level: Level::Ratio, ..GrowthOptions::default() });
    for i in [0, 1, 2, 4] {
        assert!((a.level[i] - b.level[i]).abs() < 1e-14);
    }
    assert!(((a.level[1] / a.level[0]).ln() - a.tfp[1]).abs() < 1e-14);
    assert!((a.level[0] - 1.0).abs() < 1e-15, "the only complete unit of the first period is the base");
}

#[test]
fn every_bad_cell_is_listed() {
    let data = Data { units: &[0, 0], periods: &[1, 2], output: &[0.0, 1.0], inputs: &[&[1.0, -2.0]] };
    let options = GrowthOptions::default();
    assert_eq!(
        growth(&data, &Shares::Constant(vec![0.5]), &options),
        Err(GrowthError::NotPositive(vec![(None, 0), (Some(0), 1)]))
    );
    let twice = Data { units: &[0, 0], periods: &[1, 1], output: &[1.0, 1.0], inputs: &[&[1.0, 2.0]] };
    assert_eq!(growth(&twice, &Shares::Constant(vec![0.5]), &options), Err(GrowthError::Duplicate(crate::rows::Twice(0, 1))));
    assert_eq!(growth(&twice, &Shares::Constant(vec![f64::INFINITY]), &options), Err(GrowthError::Share(vec![(0, 0)])));
    assert_eq!(growth(&twice, &Shares::Constant(vec![]), &options), Err(GrowthError::Shape));
}

#[test]
fn shares_outside_the_unit_interval_are_pointed_at() {
    assert_eq!(outside(&Shares::Constant(vec![0.4, 1.0])), [(1, 0)]);
    assert_eq!(outside(&Shares::Varying(vec![vec![0.4, f64::NAN, -0.1], vec![0.6, 0.5, 1.1]])), [(0, 2), (1, 2)]);
}

#[test]
fn moving_a_share_keeps_the_sum() {
    let s = Shares::Constant(vec![0.4, 0.45, 0.15]).moved(0, 0.1);
    let Shares::Constant(v) = s else { panic!("kind kept") };
    assert!((v[0] - 0.5).abs() < 1e-15 && (v.iter().sum::<f64>() - 1.0).abs() < 1e-15);
    assert!((v[1] / v[2] - 3.0).abs() < 1e-12);
}

#[test]
fn levels_by_period_stand_against_the_units_of_the_period() {
    let (units, periods) = ([0, 1, 0, 1, 1], [2000, 2000, 2001, 2001, 2002]);
    let (y, x) = ([4.0, 1.0, 9.0, 1.0, 7.0], [1.0; 5]);
    let data = Data { units: &units, periods: &periods, output: &y, inputs: &[&x] };
    let shares = Shares::Constant(vec![1.0]);
    let run = |base_unit, base| growth(&data, &shares, &GrowthOptions { level: Level::ByPeriod, base, base_unit, step: 1 });
    let close =
        |have: &[f64], want: &[f64]| have.iter().zip(want).all(|(a, b)| a.is_nan() && b.is_nan() || (a - b).abs() < 1e-14);
    let mean = run(None, Base::FirstPeriod).unwrap();
    assert!(close(&mean.level, &[2.0, 0.5, 3.0, 1.0 / 3.0, 1.0]), "{:?}", mean.level);
    assert_eq!(mean.level, run(None, Base::Panel).unwrap().level);
    // A period without the base unit has no levels and is named; growth is still there.
    let against = run(Some(0), Base::FirstPeriod).unwrap();
    assert!(close(&against.level, &[1.0, 0.25, 1.0, 1.0 / 9.0, f64::NAN]), "{:?}", against.level);
    assert_eq!(against.without_base, [2002]);
    assert_eq!(against.status[4], Status::Computed);
    assert_eq!(run(Some(7), Base::Panel), Err(GrowthError::Base));
}

#[test]
fn a_base_unit_stands_for_the_base_of_the_panel() {
    let (units, periods) = ([0, 0, 1, 1], [2000, 2001, 2001, 2002]);
    let (y, x) = ([2.0, 4.0, 8.0, 32.0], [1.0; 4]);
    let data = Data { units: &units, periods: &periods, output: &y, inputs: &[&x] };
    let at = |base| GrowthOptions { base, base_unit: Some(1), ..GrowthOptions::default() };
    let first = growth(&data, &Shares::Constant(vec![1.0]), &at(Base::FirstPeriod)).unwrap();
    assert!((first.level[2] - 1.0).abs() < 1e-15 && (first.level[0] - 0.25).abs() < 1e-15);
    let panel = growth(&data, &Shares::Constant(vec![1.0]), &at(Base::Panel)).unwrap();
    assert!((panel.level[2] - 0.5).abs() < 1e-15 && (panel.level[3] - 2.0).abs() < 1e-15);
}

#[test]
fn factors_carry_the_share_of_their_input() {
    let constant = Shares::Constant(vec![0.4, 0.6]).of_factors(&[0, 1, 1]);
    assert_eq!(constant, Shares::Constant(vec![0.4, 0.6, 0.6]));
    let varying = Shares::Varying(vec![vec![0.4], vec![0.6]]).of_factors(&[1, 0]);
    assert_eq!(varying, Shares::Varying(vec![vec![0.6], vec![0.4]]));
}

proptest! {
    /// Growth does not know the units of measure, the order of rows or duplicates of a unit; levels
    /// do not know them either, because they are relative to the panel.
    #[test]
    fn laws(raw in prop::collection::vec((0.1..9.0_f64, 0.1..9.0_f64, 0.1..9.0_f64, 0.05..0.95_f64), 6..30), turn in 0..29_usize) {
        let n = raw.len();
        let units: Vec<usize> = (0..n).map(|i| i / 3).collect();
        let periods: Vec<i32> = (0..n).map(|i| 2000 + (i % 3) as i32).collect();
        let y: Vec<f64> = raw.iter().map(|r| r.0).collect();
        let k: Vec<f64> = raw.iter().map(|r| r.1).collect();
        let l: Vec<f64> = raw.iter().map(|r| r.2).collect();
        let s: Vec<f64> = raw.iter().map(|r| r.3).collect();
        let shares = Shares::Varying(vec![s.clone(), s.iter().map(|v| 1.0 - v).collect()]);
        let options = GrowthOptions::default();
        let g = growth(&Data { units: &units, periods: &periods, output: &y, inputs: &[&k, &l] }, &shares, &options).unwrap();
        prop_assert!(g.residual <= 1e-12);

        let scaled = |v: &[f64], by: f64| v.iter().map(|x| x * by).collect::<Vec<f64>>();
        let (y9, k9, l9) = (scaled(&y, 1e9), scaled(&k, 1e-9), scaled(&l, 1e9));
        let h = growth(&Data { units: &units, periods: &periods, output: &y9, inputs: &[&k9, &l9] }, &shares, &options).unwrap();
        for i in 0..n {
            prop_assert!((g.level[i] / h.level[i] - 1.0).abs() < 1e-11);
            prop_assert!(g.tfp[i].is_nan() && h.tfp[i].is_nan() || (g.tfp[i] - h.tfp[i]).abs() < 1e-12);
        }

        let order: Vec<usize> = (0..n).map(|i| (i + turn) % n).collect();
        let pick = |v: &[f64]| order.iter().map(|&i| v[i]).collect::<Vec<f64>>();
        let (u2, p2): (Vec<usize>, Vec<i32>) = order.iter().map(|&i| (units[i], periods[i])).unzip();
        let turned = Shares::Varying(vec![pick(&s), pick(&s).iter().map(|v| 1.0 - v).collect()]);
        let r = growth(&Data { units: &u2, periods: &p2, output: &pick(&y), inputs: &[&pick(&k), &pick(&l)] }, &turned, &options).unwrap();
        for (new, &old) in order.iter().enumerate() {
            prop_assert_eq!(r.level[new].to_bits(), g.level[old].to_bits());
            prop_assert_eq!(r.tfp[new].to_bits(), g.tfp[old].to_bits());
        }
    }
}

/// Shares in percent, or wrong by a factor: the terms are large, their rounding is too, and nothing may stop with a panic.
#[test]
fn large_shares_are_computed_with() {
    let (units, periods) = ([0, 0, 0], [1, 2, 3]);
    let (y, k, l) = ([1.0, 1.7, 2.9], [3.0, 4.1, 7.3], [2.0, 1.1, 9.7]);
    let data = Data { units: &units, periods: &periods, output: &y, inputs: &[&k, &l] };
    for scale in [1.0, 100.0, 1e9] {
        let g = growth(&data, &Shares::Constant(vec![0.37 * scale, 0.61 * scale]), &GrowthOptions::default()).unwrap();
        assert!(g.residual <= 1e-12, "{scale}: {}", g.residual);
    }
}
