use proptest::prelude::*;

use super::*;

/// The example of R DJL 3.9, `dm.dynamic.bc`: four units, two periods.
const X: [[f64; 4]; 2] = [[2.0, 4.0, 8.0, 4.0], [5.0, 4.0, 3.0, 8.0]];
const Y: [[f64; 4]; 2] = [[1.0, 2.0, 2.0, 2.0], [1.0; 4]];
const Z: [[f64; 4]; 2] = [[3.0, 6.0, 12.0, 6.0], [5.0, 4.0, 3.0, 8.0]];
const SECURED: [f64; 4] = [9.0, 12.0, 18.0, 24.0];

fn periods<'a>(x: &'a [[f64; 4]], y: &'a [[f64; 4]], z: &'a [[f64; 4]]) -> Vec<Period<'a>> {
    let period = |t: usize| Period { inputs: vec![&x[t]], spent: vec![&z[t]], outputs: vec![&y[t]], weight: 1.0 };
    (0..2).map(period).collect()
}

fn close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    assert!(found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 1e-9), "{found:?} for {expected:?}");
}

#[test]
fn the_example_of_djl() {
    let r = budget(&periods(&X, &Y, &Z), &[&SECURED], &BudgetOptions::default()).unwrap();
    assert!(r.state.iter().all(|s| *s == State::Optimal));
    close(&r.efficiency, &[0.8, 0.875, 0.75, 0.6875]);
    close(&r.periods[0].score, &[1.0, 1.0, 0.5, 1.0]);
    close(&r.periods[1].score, &[0.6, 0.75, 1.0, 0.375]);
    // What is left of the budget beyond what the peers had.
    close(&r.periods[0].input_slacks[2], &[3.0, 0.0, 6.0, 12.0]);
    close(&r.periods[1].input_slacks[2], &[0.0, 0.0, 0.0, 12.0]);
    close(&r.left[1][0], &[6.0, 6.0, 6.0, 18.0]);
    let peers = |t: usize, u: usize| r.periods[t].peers(u).map(|p| (p.units[0], p.weight)).collect::<Vec<_>>();
    assert_eq!((peers(0, 0), peers(1, 3)), (vec![(1, 0.5)], vec![(2, 1.0)]));
}

/// Without a budget to hold them the peers would be others: a unit that had little left has few of them.
#[test]
fn what_is_left_holds_the_peers() {
    let mut poor = SECURED;
    poor[0] = 8.0;
    let r = budget(&periods(&X, &Y, &Z), &[&poor], &BudgetOptions::default()).unwrap();
    // Before the second period 5 is left; the best peer, which had 6, is out of full reach.
    close(&r.left[1][0][..1], &[5.0]);
    assert!(r.periods[1].score[0] > 0.6 + 1e-6, "{}", r.periods[1].score[0]);
}

#[test]
fn what_cannot_be_used_is_named() {
    let options = BudgetOptions::default();
    let mut z = Z;
    z[1][0] = 7.0;
    let Err(FrontierError::Data(found)) = budget(&periods(&X, &Y, &z), &[&SECURED], &options) else { panic!() };
    // The first unit had 6 left and spent 7 in the second period.
    assert_eq!(found, [Defect::Negative(Cell { role: Role::Intermediate, variable: 1, unit: 4 }, -1.0)]);
    let mut x = X;
    x[1][2] = f64::NAN;
    let Err(FrontierError::Data(found)) = budget(&periods(&x, &Y, &Z), &[&SECURED], &options) else { panic!() };
    assert_eq!(found, [Defect::Missing(Cell { role: Role::Input, variable: 1, unit: 4 + 2 })]);
    let exclude = BudgetOptions { missing: Missing::Exclude, ..options.clone() };
    let r = budget(&periods(&x, &Y, &Z), &[&SECURED], &exclude).unwrap();
    assert!(r.state[2] == State::Missing && r.efficiency[2].is_nan() && r.state[0] == State::Optimal);
    assert!(matches!(budget(&[], &[&SECURED], &options), Err(FrontierError::Options(_))));
    assert!(matches!(budget(&periods(&X, &Y, &Z), &[], &options), Err(FrontierError::Options(_))));
    let mut weightless = periods(&X, &Y, &Z);
    weightless.iter_mut().for_each(|p| p.weight = 0.0);
    assert!(matches!(budget(&weightless, &[&SECURED], &options), Err(FrontierError::Options(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Units of measure, the order of rows, and a budget that holds less than none.
    #[test]
    fn laws(values in proptest::collection::vec(0.1..1.0, 28), by in prop::sample::select(vec![1e9, 1e-9])) {
        let four = |i: usize| -> [f64; 4] { std::array::from_fn(|u| values[4 * i + u]) };
        let (x, y, z) = ([four(0), four(1)], [four(2), four(3)], [four(4), four(5)]);
        let secured: [f64; 4] = std::array::from_fn(|u| 2.0 + values[24 + u]);
        let r = budget(&periods(&x, &y, &z), &[&secured], &BudgetOptions::default()).unwrap();
        let scaled = |c: [f64; 4]| c.map(|v| v * by);
        let (zs, most) = (z.map(scaled), scaled(secured));
        let s = budget(&periods(&x, &y, &zs), &[&most], &BudgetOptions::default()).unwrap();
        for u in 0..4 {
            prop_assert!((r.efficiency[u] - s.efficiency[u]).abs() < 1e-8);
            prop_assert!(r.interval[u].0 <= r.interval[u].1 && r.efficiency[u] <= 1.0 + 1e-9);
            for t in 0..2 {
                // The budget only takes peers away.
                let free = Technology { inputs: vec![&x[t], &z[t]], outputs: vec![&y[t]], bad_outputs: Vec::new() };
                let own = DeaOptions { returns: Returns::Crs, scale: false, ..DeaOptions::default() };
                prop_assert!(dea::dea(&free, &own).unwrap().score[u] <= r.periods[t].score[u] + 1e-9);
            }
        }
    }
}
