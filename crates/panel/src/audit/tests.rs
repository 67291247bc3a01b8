//! One planted error of each kind in an otherwise clean panel, laws, and a real panel.

use proptest::prelude::*;

use super::*;
use crate::table::{Meaning, Variable};

const UNITS: usize = 12;
const PERIODS: usize = 24;

/// A small deterministic noise in [-1, 1).
fn noise(k: usize) -> f64 {
    let x = (k as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    ((x ^ (x >> 32)) >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

fn variable(name: &str, values: Vec<f64>) -> Variable {
    Variable { name: name.into(), meaning: Meaning::default(), values }
}

/// Units growing by about 6 % a year with noise of 1.5 %.
fn clean(salt: usize) -> Vec<f64> {
    (0..UNITS * PERIODS)
        .map(|i| {
            let (u, t) = (i / PERIODS, i % PERIODS);
            (100.0 * (u + 1) as f64) * (0.06 * t as f64 + 0.015 * noise(i + 10_000 * salt)).exp()
        })
        .collect()
}

fn panel(variables: Vec<Variable>) -> Panel {
    Panel::new(Panel {
        unit_name: "unit".into(),
        period_name: Some("year".into()),
        units: (0..UNITS * PERIODS).map(|i| format!("u{:02}", i / PERIODS)).collect(),
        periods: (0..UNITS * PERIODS).map(|i| 2000 + (i % PERIODS) as i32).collect(),
        variables,
        ..Panel::default()
    })
    .unwrap()
}

fn cell(unit: usize, year: usize) -> usize {
    unit * PERIODS + year - 2000
}

fn found(variables: Vec<Variable>) -> Vec<Suspicion> {
    audit(&panel(variables), &AuditOptions::default()).unwrap().suspicions
}

/// The single suspicion, as (kind, unit, first, last).
fn only(variables: Vec<Variable>) -> (Kind, String, i32, i32) {
    let all = found(variables);
    assert_eq!(all.len(), 1, "{all:#?}");
    (all[0].kind, all[0].unit.clone(), all[0].period, all[0].last)
}

#[test]
fn a_clean_panel_is_quiet() {
    assert_eq!(found(vec![variable("x", clean(1)), variable("y", clean(2))]), []);
}

#[test]
fn a_code_of_units_is_no_variable_unless_asked_for() {
    let code = || variable("code", (0..UNITS * PERIODS).map(|i| f64::from((i / PERIODS) as u32 * 10_000 + 110_000)).collect());
    let p = panel(vec![code(), variable("x", clean(0))]);
    let names = |options: &AuditOptions| -> Vec<String> {
        audit(&p, options).unwrap().coverage.into_iter().map(|c| c.variable).collect()
    };
    assert_eq!(names(&AuditOptions::default()), ["x"]);
    assert_eq!(names(&AuditOptions { variables: vec!["code".into()], ..AuditOptions::default() }), ["code"]);
}

#[test]
fn a_spike_is_a_jump() {
    let mut x = clean(1);
    x[cell(3, 2010)] *= 1.6;
    assert_eq!(only(vec![variable("x", x)]), (Kind::Jump, "u03".into(), 2010, 2010));
}

#[test]
fn a_spike_names_what_was_expected() {
    let mut x = clean(1);
    let truth = x[cell(3, 2010)];
    x[cell(3, 2010)] *= 0.5;
    let s = &found(vec![variable("x", x)])[0];
    assert!((s.expected / truth - 1.0).abs() < 0.05, "{s:?} {truth}");
}

#[test]
fn a_run_of_years_is_one_suspicion() {
    let mut x = clean(1);
    (2010..=2014).for_each(|t| x[cell(3, t)] *= 0.6);
    assert_eq!(only(vec![variable("x", x)]), (Kind::Jump, "u03".into(), 2010, 2014));
}

#[test]
fn powers_of_ten_are_misplaced_decimals() {
    for factor in [10.0, 0.1, 1000.0, 1e-4] {
        let mut x = clean(1);
        x[cell(5, 2004)] *= factor;
        assert_eq!(only(vec![variable("x", x)]), (Kind::MisplacedDecimal, "u05".into(), 2004, 2004), "{factor}");
    }
}

#[test]
fn a_step_that_stays_is_a_level_shift() {
    let mut x = clean(1);
    (2012..2024).for_each(|t| x[cell(7, t)] *= 1.5);
    assert_eq!(only(vec![variable("x", x)]), (Kind::LevelShift, "u07".into(), 2012, 2012));
}

#[test]
fn the_ends_of_a_series_are_watched() {
    let mut x = clean(1);
    x[cell(2, 2023)] *= 7.0 / 12.0;
    let s = found(vec![variable("x", x)]);
    assert_eq!((s.len(), s[0].kind, s[0].period), (1, Kind::Jump, 2023));
    assert!(s[0].reason.en.contains("about 7 of 12 months"), "{}", s[0].reason.en);
    let mut x = clean(1);
    x[cell(2, 2000)] *= 3.0;
    assert_eq!(only(vec![variable("x", x)]), (Kind::Jump, "u02".into(), 2000, 2000));
}

#[test]
fn an_unfinished_last_year_is_told_once() {
    let mut x = clean(1);
    (0..UNITS).for_each(|u| x[cell(u, 2023)] *= 0.75);
    assert_eq!(only(vec![variable("x", x)]), (Kind::PartYear, String::new(), 2023, 2023));
}

#[test]
fn a_national_boom_is_no_error_and_a_common_step_is_a_splice() {
    let mut x = clean(1);
    (0..UNITS).for_each(|u| (2009..2024).for_each(|t| x[cell(u, t)] *= 1.15));
    assert_eq!(found(vec![variable("x", x.clone())]), []);
    (0..UNITS).for_each(|u| (2009..2024).for_each(|t| x[cell(u, t)] *= 2.0));
    assert_eq!(only(vec![variable("x", x)]), (Kind::Splice, String::new(), 2009, 2009));
}

#[test]
fn negatives_and_zeros_among_positive_values() {
    let mut x = clean(1);
    x[cell(1, 2008)] *= -1.0;
    assert_eq!(only(vec![variable("x", x)]), (Kind::Impossible, "u01".into(), 2008, 2008));
    let mut x = clean(1);
    x[cell(1, 2008)] = 0.0;
    assert_eq!(only(vec![variable("x", x)]), (Kind::Zero, "u01".into(), 2008, 2008));
}

#[test]
fn shares_stay_in_their_range() {
    let mut x: Vec<f64> = (0..UNITS * PERIODS).map(|i| 94.0 + 4.0 * noise(i)).collect();
    x[cell(4, 2003)] = 101.5;
    assert_eq!(only(vec![variable("urban_share", x)]), (Kind::Impossible, "u04".into(), 2003, 2003));
}

#[test]
fn a_value_alone_among_missing_cells() {
    let mut x = clean(1);
    (2012..2024).filter(|&t| t != 2017).for_each(|t| x[cell(6, t)] = f64::NAN);
    assert_eq!(found(vec![variable("x", x.clone())]), []);
    x[cell(6, 2017)] *= 40.0;
    let s = found(vec![variable("x", x)]);
    assert_eq!((s.len(), s[0].kind, s[0].period), (1, Kind::Isolated, 2017));
}

#[test]
fn long_numbers_do_not_recur() {
    let mut x = clean(1);
    (2011..=2012).for_each(|t| x[cell(8, t)] = x[cell(8, 2010)]);
    x[cell(8, 2011)] = x[cell(8, 2010)];
    let all = found(vec![variable("x", x)]);
    assert!(all.iter().any(|s| s.kind == Kind::RepeatedValue && (s.period, s.last) == (2010, 2012)), "{all:#?}");
    let mut x = clean(1);
    // Two units of one size, so that the copy fits its series.
    (0..PERIODS).for_each(|t| x[9 * PERIODS + t] = x[8 * PERIODS + t] * (1.0 + 0.01 * noise(t + 777)));
    x[cell(9, 2015)] = x[cell(8, 2015)];
    assert_eq!(only(vec![variable("x", x)]).0, Kind::CopiedValue);
}

#[test]
fn a_broken_ratio_names_the_culprit() {
    // b follows a closely; both are noisy enough to hide the slip in b alone.
    let a: Vec<f64> = clean(1).iter().enumerate().map(|(i, x)| x * (0.12 * noise(i + 99)).exp()).collect();
    let mut b: Vec<f64> = a.iter().enumerate().map(|(i, x)| 0.4 * x * (0.004 * noise(i + 5)).exp()).collect();
    b[cell(3, 2011)] *= 1.3;
    let all = found(vec![variable("a", a), variable("b", b)]);
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!((all[0].kind, all[0].unit.as_str(), all[0].period), (Kind::Ratio, "u03", 2011));
}

#[test]
fn a_product_the_table_keeps_is_watched() {
    // Income, income per head and heads: each too uneven to show a slip of 15 %.
    let uneven = |salt: usize| -> Vec<f64> {
        clean(salt).iter().enumerate().map(|(i, x)| x * (0.3 * noise(i + 5000 * salt)).exp()).collect()
    };
    let (heads, per_head) = (uneven(1), uneven(2));
    let mut income: Vec<f64> = heads.iter().zip(&per_head).map(|(a, b)| a * b / 1e4).collect();
    let keep = [heads.clone(), per_head.clone(), income.clone()];
    let named = |x: [Vec<f64>; 3]| ["heads", "per_head", "income"].into_iter().zip(x).map(|(n, v)| variable(n, v)).collect();
    assert_eq!(found(named(keep)), []);
    (2010..=2013).for_each(|t| income[cell(4, t)] *= 1.25);
    let all = found(named([heads, per_head, income]));
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!((all[0].kind, all[0].unit.as_str(), all[0].period, all[0].last), (Kind::Ratio, "u04", 2010, 2013));
    assert!(["heads", "per_head", "income"].iter().all(|n| all[0].reason.en.contains(n)), "{}", all[0].reason.en);
}

#[test]
fn parts_do_not_exceed_their_whole() {
    let whole = clean(1);
    let tilt: Vec<f64> = (0..UNITS * PERIODS).map(|i| 0.5 + 0.15 * noise(i + 31)).collect();
    let mut b: Vec<f64> = whole.iter().zip(&tilt).map(|(w, s)| 0.9 * s * w).collect();
    let c: Vec<f64> = whole.iter().zip(&tilt).map(|(w, s)| 0.9 * (1.0 - s) * w * 1.0001).collect();
    b[cell(6, 2012)] = 1.02 * whole[cell(6, 2012)] - c[cell(6, 2012)];
    let all = found(vec![variable("whole", whole), variable("b", b), variable("c", c)]);
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!((all[0].kind, all[0].unit.as_str(), all[0].period), (Kind::Order, "u06", 2012));
}

#[test]
fn stated_relations_are_checked() {
    let (y, z) = (clean(2), clean(3));
    let mut x: Vec<f64> = y.iter().zip(&z).map(|(a, b)| a + b).collect();
    (2010..=2012).for_each(|t| x[cell(1, t)] *= 1.01);
    let p = panel(vec![variable("x", x), variable("y", y), variable("z", z)]);
    let told = |relation: &str| {
        let options = AuditOptions { identities: vec![relation.into()], ..AuditOptions::default() };
        let all = audit(&p, &options).unwrap().suspicions;
        all.iter().map(|s| (s.kind, s.unit.clone(), s.period, s.last)).collect::<Vec<_>>()
    };
    let run = (Kind::Identity, "u01".to_owned(), 2010, 2012);
    assert_eq!(told("x = y + z"), std::slice::from_ref(&run));
    assert_eq!(told("x <= y + z"), [run]);
    assert_eq!(told("x >= y + z"), []);
}

#[test]
fn totals_are_checked_where_units_add_up() {
    let mut x = clean(1);
    for t in 0..PERIODS {
        x[(UNITS - 1) * PERIODS + t] = (0..UNITS - 1).map(|u| x[u * PERIODS + t]).sum();
    }
    let options = AuditOptions { total: Some("u11".into()), ..AuditOptions::default() };
    assert_eq!(audit(&panel(vec![variable("x", x.clone())]), &options).unwrap().suspicions, []);
    x[cell(11, 2005)] *= 1.02;
    let all = audit(&panel(vec![variable("x", x)]), &options).unwrap().suspicions;
    assert_eq!((all.len(), all[0].kind, all[0].period), (1, Kind::Total, 2005), "{all:#?}");
}

#[test]
fn vintages_are_not_mixed_silently() {
    let mut all: Vec<Variable> = (1..=3).map(|k| variable(&format!("x{k}"), clean(k))).collect();
    all.iter_mut().for_each(|v| v.meaning.vintage = "2024".into());
    all[1].meaning.vintage = "2018".into();
    let s = found(all);
    assert_eq!((s.len(), s[0].kind, s[0].variable.as_str()), (1, Kind::Vintage, "x2"));
}

#[test]
fn gaps_missing_cells_and_balance() {
    let mut x = clean(1);
    x[cell(0, 2003)] = f64::NAN;
    (2000..2024).for_each(|t| x[cell(4, t)] = f64::NAN);
    let full = panel(vec![variable("x", x)]);
    let rows: Vec<usize> = (0..full.len()).filter(|&i| i != cell(2, 2010) && i != cell(3, 2023)).collect();
    let a = audit(&full.rows(&rows), &AuditOptions::default()).unwrap();
    assert!(!a.balanced);
    assert_eq!(a.gaps.len(), 2);
    assert_eq!((a.gaps[0].inside.as_slice(), a.gaps[1].outside.as_slice()), (&[2010][..], &[2023][..]));
    assert_eq!(a.coverage[0].missing, 25);
    assert_eq!(a.coverage[0].empty_units, ["u04"]);
    assert_eq!(a.missing[0].periods, [2003]);
}

#[test]
fn every_bad_option_is_told_at_once() {
    let options = AuditOptions {
        variables: vec!["xx".into()],
        total: Some("nobody".into()),
        tolerance: -1.0,
        identities: vec!["x".into()],
        ..AuditOptions::default()
    };
    assert_eq!(audit(&panel(vec![variable("x", clean(1))]), &options).unwrap_err().len(), 4);
}

#[test]
fn poor_panels_neither_panic_nor_cry() {
    for periods in 1..=3_usize {
        let full = panel(vec![variable("x", clean(1)), variable("y", clean(2))]);
        let rows: Vec<usize> = (0..full.len()).filter(|i| i % PERIODS < periods).collect();
        assert_eq!(audit(&full.rows(&rows), &AuditOptions::default()).unwrap().suspicions, [], "{periods}");
    }
    let n = UNITS * PERIODS;
    for x in [vec![5.0; n], vec![0.0; n], vec![f64::NAN; n], (0..n).map(|i| 8.0 * noise(i)).collect()] {
        assert_eq!(found(vec![variable("x", x)]), []);
    }
    assert_eq!(audit(&Panel::default(), &AuditOptions::default()).unwrap().found, 0);
}

fn dirty() -> Vec<f64> {
    let mut x = clean(1);
    x[cell(3, 2010)] *= 1.6;
    x[cell(5, 2004)] *= 10.0;
    (2012..2024).for_each(|t| x[cell(7, t)] *= 1.5);
    x[cell(9, 2016)] = 0.0;
    x
}

fn marks(all: &[Suspicion]) -> Vec<(Kind, String, i32, i32)> {
    all.iter().map(|s| (s.kind, s.unit.clone(), s.period, s.last)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn units_of_measure_do_not_matter(k in prop::sample::select(vec![1e9, 1e-9, 7.3, 0.02])) {
        let scaled: Vec<f64> = dirty().iter().map(|x| x * k).collect();
        prop_assert_eq!(marks(&found(vec![variable("x", scaled)])), marks(&found(vec![variable("x", dirty())])));
    }

    #[test]
    fn row_order_does_not_matter(seed in 0_usize..1000) {
        let full = panel(vec![variable("x", dirty())]);
        let mut order: Vec<usize> = (0..full.len()).collect();
        order.sort_by(|&a, &b| noise(a + seed).total_cmp(&noise(b + seed)));
        let shuffled = Panel::new(full.rows(&order)).unwrap();
        let options = AuditOptions::default();
        prop_assert_eq!(audit(&shuffled, &options).unwrap(), audit(&full, &options).unwrap());
    }

    #[test]
    fn any_numbers_at_all_are_survived(xs in prop::collection::vec(prop_oneof![
        Just(f64::NAN), Just(0.0), Just(1e300), Just(-1e300), Just(1e-300), -1e3..1e3_f64], UNITS * PERIODS)) {
        for s in found(vec![variable("x", xs)]) {
            prop_assert!(s.score.is_finite() && s.score <= 1000.0);
        }
    }
}
