use proptest::prelude::*;

use super::*;
use crate::economic::{EconomicOptions, economic};

type Columns = Vec<Vec<f64>>;

/// Two inputs, the rest outputs.
fn tech(columns: &Columns) -> Technology<'_> {
    let all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    Technology { inputs: all[..2].to_vec(), outputs: all[2..].to_vec(), bad_outputs: Vec::new() }
}

fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (u, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= tolerance, "unit {u}: {f} for {e}\n{found:?}");
    }
}

/// The same contents for all units.
fn common(contents: &[f64], n: usize) -> Columns {
    contents.iter().map(|&a| vec![a; n]).collect()
}

fn run(columns: &Columns, inputs: &Columns, outputs: &Columns, returns: Returns) -> Result<MaterialsBalance, EconomicError> {
    fn slices(columns: &Columns) -> Vec<&[f64]> {
        columns.iter().map(Vec::as_slice).collect()
    }
    let contents = Prices { inputs: slices(inputs), outputs: slices(outputs) };
    materials_balance(&tech(columns), &contents, &MaterialsBalanceOptions { returns, ..Default::default() })
}

/// Constant returns: `x₁ + x₂ ≥ 4y` and `x₁ + 3x₂ ≥ 6y` hold for all, with equality at the second unit.
#[test]
fn three_plans_under_constant_returns() {
    let columns: Columns = vec![vec![1.0, 3.0, 8.0], vec![3.0, 1.0, 8.0], vec![1.0, 1.0, 2.0]];
    let r = run(&columns, &common(&[1.0, 3.0], 3), &common(&[2.0], 3), Returns::Crs).unwrap();
    close(&r.observed, &[10.0, 6.0, 32.0], 0.0);
    close(&r.least, &[6.0, 6.0, 12.0], 1e-13);
    close(&r.environmental, &[0.6, 1.0, 0.375], 1e-14);
    close(&r.technical, &[1.0, 1.0, 0.5], 1e-14);
    close(&r.allocative, &[0.6, 1.0, 0.75], 1e-14);
    close(&r.surplus, &[8.0, 4.0, 28.0], 0.0);
    close(&r.least_surplus, &[4.0, 4.0, 8.0], 1e-13);
    close(&r.projection.input_targets[0], &[3.0, 3.0, 6.0], 1e-13);
    close(&r.projection.input_targets[1], &[1.0, 1.0, 2.0], 1e-13);
    assert!(r.state.iter().all(|s| *s == State::Optimal));
}

/// Variable returns: four plans that make the same.
#[test]
fn four_plans_under_variable_returns() {
    let columns: Columns = vec![vec![1.0, 3.0, 2.0, 4.0], vec![3.0, 1.0, 2.0, 4.0], vec![1.0; 4]];
    let r = run(&columns, &common(&[1.0, 3.0], 4), &common(&[1.0], 4), Returns::Vrs).unwrap();
    close(&r.environmental, &[0.6, 1.0, 0.75, 0.375], 1e-14);
    close(&r.technical, &[1.0, 1.0, 1.0, 0.5], 1e-14);
    close(&r.allocative, &[0.6, 1.0, 0.75, 0.75], 1e-14);
    close(&r.least_surplus, &[5.0; 4], 1e-13);
}

/// Only coal holds the material; a unit without coal has none to save, and a scrap-only mix is the least for all.
#[test]
fn an_input_without_content_is_free() {
    let columns: Columns = vec![vec![2.0, 0.0, 3.0], vec![3.0, 4.0, 2.0], vec![5.0; 3]];
    let r = run(&columns, &common(&[1.0, 0.0], 3), &Vec::new(), Returns::Crs).unwrap();
    assert_eq!(r.state, [State::Optimal, State::Unbounded, State::Optimal]);
    close(&r.environmental[..1], &[0.0], 1e-14);
    assert!(r.environmental[1].is_nan() && r.observed[1] == 0.0 && r.retained == [0.0; 3]);
}

#[test]
fn what_does_not_fit_is_said_at_once() {
    let columns: Columns = vec![vec![1.0, 3.0, 8.0], vec![3.0, 1.0, 8.0], vec![1.0, 1.0, 2.0]];
    let wrong = run(&columns, &vec![vec![1.0, -1.0, f64::NAN]], &vec![vec![1.0; 2], vec![f64::INFINITY; 3]], Returns::Crs);
    let Err(EconomicError::Prices(defects)) = wrong else { panic!("{wrong:?}") };
    assert_eq!(defects.len(), 3 + 2 + 3, "{defects:?}");
    let none = run(&columns, &common(&[0.0, 0.0], 3), &Vec::new(), Returns::Crs);
    assert!(matches!(none, Err(EconomicError::Frontier(FrontierError::Options(_)))), "{none:?}");
    let hull = run(&columns, &common(&[1.0, 1.0], 3), &Vec::new(), Returns::Replication);
    assert!(matches!(hull, Err(EconomicError::Frontier(FrontierError::Options(_)))));
    let mut holed = columns.clone();
    holed[2][0] = f64::NAN;
    assert!(run(&holed, &common(&[1.0, 1.0], 3), &Vec::new(), Returns::Crs).is_err());
    let contents = common(&[1.0, 1.0], 3);
    let exclude = MaterialsBalanceOptions { missing: Missing::Exclude, ..Default::default() };
    let prices = Prices { inputs: contents.iter().map(Vec::as_slice).collect(), outputs: Vec::new() };
    let r = materials_balance(&tech(&holed), &prices, &exclude).unwrap();
    assert!(r.state[0] == State::Missing && r.observed[0].is_nan() && r.state[1] == State::Optimal);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn laws(
        values in proptest::collection::vec(0.1_f64..1.1, 56), contents in proptest::collection::vec(0.0_f64..1.0, 2),
        returns in 0_usize..5, by in 0_usize..4,
    ) {
        let returns = [Returns::Crs, Returns::Vrs, Returns::Nirs, Returns::Ndrs, Returns::Fdh][returns];
        let columns: Columns = (0..4).map(|v| (0..14).map(|u| values[4 * u + v]).collect()).collect();
        let (a, c) = (common(&[0.01 + contents[0], contents[1]], 14), common(&[0.1, 0.0], 14));
        let r = run(&columns, &a, &c, returns).unwrap();
        for u in 0..14 {
            prop_assert_eq!(r.state[u], State::Optimal);
            let (ee, te, eae) = (r.environmental[u], r.technical[u], r.allocative[u]);
            prop_assert!((ee - te * eae).abs() < 1e-12 && ee > 0.0 && ee <= te + 1e-9 && te <= 1.0 + 1e-12);
            let target: f64 = (0..2).map(|v| a[v][u] * r.projection.input_targets[v][u]).sum();
            prop_assert!((target - r.least[u]).abs() < 1e-9 && r.interval[u].0 <= r.least[u] && r.least[u] <= r.interval[u].1);
            prop_assert!((r.surplus[u] - r.least_surplus[u] - (r.observed[u] - r.least[u])).abs() < 1e-12);
            prop_assert!((r.retained[u] - 0.1 * columns[2][u]).abs() < 1e-15);
        }
        // Quantities in other units, contents the other way round.
        for factor in [1e9, 1e-9] {
            let (mut scaled, mut per) = (columns.clone(), a.clone());
            scaled[by].iter_mut().for_each(|x| *x *= factor);
            if let Some(content) = per.get_mut(by) {
                content.iter_mut().for_each(|x| *x /= factor);
            }
            let e = run(&scaled, &per, &Vec::new(), returns).unwrap();
            close(&e.environmental, &r.environmental, 1e-9);
            close(&e.allocative, &r.allocative, 1e-9);
        }
        let turned: Columns = columns.iter().map(|c| c.iter().rev().copied().collect()).collect();
        let e = run(&turned, &a, &c, returns).unwrap();
        for u in 0..14 {
            prop_assert_eq!(r.environmental[u].to_bits(), e.environmental[13 - u].to_bits());
        }
        // With positive contents it is cost efficiency.
        if contents[1] > 0.0 {
            let prices = Prices { inputs: a.iter().map(Vec::as_slice).collect(), outputs: Vec::new() };
            let cost = economic(&tech(&columns), &prices, &EconomicOptions { returns, ..Default::default() }).unwrap();
            close(&cost.economic, &r.environmental, 1e-14);
        }
    }
}
