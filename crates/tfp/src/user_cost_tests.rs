use proptest::prelude::*;

use super::*;

const UNITS: [usize; 3] = [0; 3];
const PERIODS: [i32; 3] = [2000, 2001, 2002];

fn asset<'a>(stock: &'a [f64], price: &'a [f64], depreciation: &'a [f64]) -> Asset<'a> {
    Asset { stock, price, depreciation, allowance: &[], credit: &[] }
}

fn data<'a>(assets: &'a [Asset<'a>], income: &'a [f64], rate: &'a [f64]) -> Assets<'a> {
    Assets { units: &UNITS, periods: &PERIODS, assets, income, rate, tax: &[], property: &[] }
}

/// Two assets by hand. Year 2001: buildings 1.00 → 1.02, δ 4 %, 500 units; machines 1.00 → 0.90, δ 20 %, 100 units; income 90.
/// Bases .04·1.02 − .02 = .0208 and .2·.9 + .1 = .28; r = (90 − 10.4 − 28) / 600 = .086; costs .1068 and .366.
#[test]
fn endogenous_return_by_hand() {
    let (b, m) = ([500.0; 3], [100.0; 3]);
    let (pb, pm) = ([1.0, 1.02, 1.02], [1.0, 0.9, 0.9]);
    let assets = [asset(&b, &pb, &[0.04; 3]), asset(&m, &pm, &[0.2; 3])];
    let income = [90.0, 90.0, f64::NAN];
    let c = user_costs(&data(&assets, &income, &[]), &UserCostOptions::default()).unwrap();
    assert_eq!(c.status, [Status::First, Status::Computed, Status::Missing]);
    assert!((c.rate[1] - 0.086).abs() < 1e-15);
    assert!((c.cost[0][1] - 0.1068).abs() < 1e-15 && (c.cost[1][1] - 0.366).abs() < 1e-15);
    assert!((c.total[1] - 90.0).abs() < 1e-12 && c.profit[1].abs() < 1e-12 && c.residual < 1e-14);
    // The form of BLS earns the return on the prices of the period: r = 51.6 / (510 + 90).
    let bls = UserCostOptions { form: Form::Bls, ..UserCostOptions::default() };
    assert!((user_costs(&data(&assets, &income, &[]), &bls).unwrap().rate[1] - 51.6 / 600.0).abs() < 1e-15);
}

/// Exogenous return, all tax terms, by hand: τ = (1 − .25·.6 − .1) / .75 = 1; with z = .8, e = 0: τ = .8/.75.
#[test]
fn tax_terms_by_hand() {
    let (stock, price) = ([100.0; 3], [1.0, 1.1, 1.21]);
    let (allowance, credit) = ([0.6, 0.6, 0.8], [0.1, 0.1, 0.0]);
    let assets = [Asset { allowance: &allowance, credit: &credit, ..asset(&stock, &price, &[0.1; 3]) }];
    let taxed = Assets { tax: &[0.25; 3], property: &[0.01; 3], ..data(&assets, &[], &[0.2; 3]) };
    let options = UserCostOptions { returns: Return::Exogenous, ..UserCostOptions::default() };
    let c = user_costs(&taxed, &options).unwrap();
    assert!((c.cost[0][1] - (0.2 + 0.11 - 0.1 + 0.011)).abs() < 1e-15);
    assert!((c.cost[0][2] - (0.8 / 0.75 * (0.22 + 0.121 - 0.11) + 0.0121)).abs() < 1e-15);
    assert!(c.profit[1].is_nan() && c.residual == 0.0);
    let with = Assets { income: &[30.0; 3], ..taxed };
    assert!((user_costs(&with, &options).unwrap().profit[1] - (30.0 - 22.1)).abs() < 1e-12);
}

/// Land that doubles: the gain exceeds return and depreciation. Every rule gives what it says.
#[test]
fn every_rule_for_negative_costs() {
    let (land, plant) = ([100.0; 3], [100.0; 3]);
    let prices = [1.0, 2.0, 2.0];
    let assets = [asset(&land, &prices, &[0.0; 3]), asset(&plant, &[1.0; 3], &[0.1; 3])];
    let income = [30.0; 3];
    let run = |negative| user_costs(&data(&assets, &income, &[]), &UserCostOptions { negative, ..UserCostOptions::default() });
    // r = (30 − (−100) − 10) / 200 = .6, land costs .6 − 1 = −.4.
    let Err(UserCostError::Negative(cells)) = run(Negative::Refuse) else { panic!("a negative cost went through") };
    assert_eq!(cells.len(), 1);
    assert!(cells[0].0 == 0 && cells[0].1 == 1 && (cells[0].2 + 0.4).abs() < 1e-14);
    let keep = run(Negative::Keep).unwrap();
    assert_eq!((keep.treated.as_slice(), keep.negative.as_slice()), (&[(0, 1)][..], &[(0, 1)][..]));
    assert!((keep.total[1] - 30.0).abs() < 1e-12);
    // Land at .01 · 2; plant earns r = (30 − 2 − 10) / 100.
    let floor = run(Negative::Floor).unwrap();
    assert!((floor.cost[0][1] - 0.02).abs() < 1e-15 && (floor.rate[1] - 0.18).abs() < 1e-15);
    assert!((floor.cost[1][1] - 0.28).abs() < 1e-15 && (floor.total[1] - 30.0).abs() < 1e-12);
    assert_eq!((floor.treated.len(), floor.negative.len(), floor.status[1]), (1, 0, Status::Computed));
    // Without land's gain: r = (30 − 10) / 200 = .1.
    let without = run(Negative::WithoutGains).unwrap();
    assert!((without.rate[1] - 0.1).abs() < 1e-15 && (without.cost[0][1] - 0.1).abs() < 1e-15);
    assert!(without.negative.is_empty() && without.residual < 1e-14);
}

#[test]
fn when_all_stand_at_the_floor_there_is_no_return() {
    let assets = [asset(&[100.0; 3], &[1.0; 3], &[0.0; 3]), asset(&[0.0; 3], &[1.0; 3], &[0.1; 3])];
    let options = UserCostOptions { negative: Negative::Floor, ..UserCostOptions::default() };
    let c = user_costs(&data(&assets, &[-5.0; 3], &[]), &options).unwrap();
    assert_eq!(c.status[1], Status::AllFloored);
    assert!(c.rate[1].is_nan() && (c.total[1] - 1.0).abs() < 1e-15 && (c.profit[1] + 6.0).abs() < 1e-15);
    let empty = [asset(&[0.0; 3], &[1.0; 3], &[0.0; 3])];
    assert_eq!(user_costs(&data(&empty, &[1.0; 3], &[]), &options), Err(UserCostError::Empty));
}

#[test]
fn revaluation_by_window_and_gaps_in_prices() {
    let price = [1.0, 1.21, 1.1];
    let assets = [asset(&[1.0; 3], &price, &[0.1; 3])];
    let run = |gains, gains_periods| {
        let options = UserCostOptions {
            returns: Return::Exogenous,
            gains,
            gains_periods,
            negative: Negative::Keep,
            ..UserCostOptions::default()
        };
        user_costs(&data(&assets, &[], &[0.05; 3]), &options).unwrap()
    };
    let none = run(Gains::None, 5);
    assert_eq!(none.status[0], Status::First);
    let gain = |c: &UserCosts, t: usize| none.cost[0][t] - c.cost[0][t];
    assert!((gain(&run(Gains::Actual, 5), 2) + 0.11).abs() < 1e-15);
    // Two periods: growth sqrt(1.1) − 1 of the price before.
    assert!((gain(&run(Gains::Smoothed, 5), 2) - 1.21 * (1.1_f64.sqrt() - 1.0)).abs() < 1e-14);
    assert!((gain(&run(Gains::Smoothed, 1), 2) + 0.11).abs() < 1e-14);
    let holes = [1.0, f64::NAN, 1.1];
    let broken = [asset(&[1.0; 3], &holes, &[0.1; 3])];
    let real = UserCostOptions { returns: Return::Exogenous, gains: Gains::None, form: Form::Bls, ..UserCostOptions::default() };
    let c = user_costs(&data(&broken, &[], &[0.05; 3]), &real).unwrap();
    assert_eq!(c.status, [Status::Computed, Status::Missing, Status::Computed]);
    let c = user_costs(&data(&broken, &[], &[0.05; 3]), &UserCostOptions { form: Form::Jorgenson, ..real });
    assert_eq!(c, Err(UserCostError::Empty));
}

#[test]
fn bad_input_is_refused_with_all_its_cells() {
    let default = UserCostOptions::default();
    let good = [asset(&[1.0; 3], &[1.0; 3], &[0.1; 3])];
    assert_eq!(user_costs(&data(&good, &[], &[]), &default), Err(UserCostError::NoReturn));
    assert_eq!(user_costs(&data(&[], &[1.0; 3], &[]), &default), Err(UserCostError::Shape));
    let price = [asset(&[1.0; 3], &[0.0, 1.0, -1.0], &[0.1; 3])];
    assert_eq!(user_costs(&data(&price, &[1.0; 3], &[]), &default), Err(UserCostError::Price(vec![(0, 0), (0, 2)])));
    let stock = [asset(&[1.0, -1.0, f64::INFINITY], &[1.0; 3], &[0.1; 3])];
    assert_eq!(user_costs(&data(&stock, &[1.0; 3], &[]), &default), Err(UserCostError::Stock(vec![(0, 1), (0, 2)])));
    let taxed = Assets { tax: &[0.0, 1.0, f64::NAN], ..data(&good, &[1.0; 3], &[]) };
    assert_eq!(user_costs(&taxed, &default), Err(UserCostError::Tax(vec![1])));
    let twice = Assets { periods: &[1, 1, 2], ..data(&good, &[1.0; 3], &[]) };
    assert_eq!(user_costs(&twice, &default), Err(UserCostError::Duplicate(crate::rows::Twice(0, 1))));
    let options = UserCostOptions { floor: 0.0, ..default };
    assert_eq!(user_costs(&data(&good, &[1.0; 3], &[]), &options), Err(UserCostError::Options));
}

proptest! {
    /// The endogenous return uses up the income, in any money; the return itself has no unit.
    #[test]
    fn income_is_used_up(
        stock in prop::collection::vec(1.0f64..100.0, 6),
        price in prop::collection::vec(0.5f64..2.0, 6),
        income in prop::collection::vec(5.0f64..50.0, 3),
        rule in 0usize..3,
    ) {
        let negative = [Negative::Keep, Negative::Floor, Negative::WithoutGains][rule];
        let options = UserCostOptions { negative, ..UserCostOptions::default() };
        let run = |money: f64, unit: f64| {
            let k: Vec<f64> = stock.iter().map(|v| v * unit).collect();
            let p: Vec<f64> = price.iter().map(|v| v * money / unit).collect();
            let y: Vec<f64> = income.iter().map(|v| v * money).collect();
            let assets = [asset(&k[..3], &p[..3], &[0.05; 3]), asset(&k[3..], &p[3..], &[0.15; 3])];
            user_costs(&data(&assets, &y, &[]), &options).unwrap()
        };
        let c = run(1.0, 1.0);
        prop_assert!(c.residual < 1e-12);
        for (money, unit) in [(1e9, 1.0), (1e-9, 1e9)] {
            let other = run(money, unit);
            for (t, income) in income.iter().enumerate().skip(1) {
                prop_assert_eq!(other.status[t], c.status[t]);
                if c.status[t] == Status::Computed {
                    prop_assert!((other.rate[t] - c.rate[t]).abs() < 1e-10 * c.rate[t].abs().max(1.0));
                    prop_assert!((c.total[t] - income).abs() < 1e-10 * (1.0 + income));
                }
            }
        }
        if rule == 1 {
            prop_assert!(c.negative.is_empty());
        }
    }
}
