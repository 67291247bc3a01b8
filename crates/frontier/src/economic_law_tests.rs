#![allow(clippy::needless_range_loop, reason = "columns are read side by side")]

use proptest::prelude::*;

use super::{
    tests::{Columns, Market, close, differences, of_both_sides},
    *,
};
use crate::{
    dea::{DeaOptions, dea},
    technology::Orientation,
};

fn columns(count: usize, units: usize, from: f64) -> impl Strategy<Value = Columns> {
    proptest::collection::vec(proptest::collection::vec(from..50.0, units), count)
}

/// Two inputs and two outputs, some of them on a grid, where ties and duplicates are frequent.
fn market() -> impl Strategy<Value = Market> {
    (4..14_usize, any::<bool>())
        .prop_flat_map(|(n, grid)| {
            let round = move |c: Columns| -> Columns {
                c.into_iter().map(|c| c.into_iter().map(|x| if grid { (x / 10.0).ceil() } else { x }).collect()).collect()
            };
            (columns(4, n, 0.5).prop_map(round), columns(4, n, 0.5))
        })
        .prop_map(|(quantities, prices)| Market { quantities, prices, inputs: 2 })
}

const CONVEX: [Returns; 4] = [Returns::Crs, Returns::Nirs, Returns::Ndrs, Returns::Vrs];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn cost_and_revenue_are_shares_with_parts_that_multiply(market in market()) {
        for measure in [Measure::Cost, Measure::Revenue] {
            let mut before: Option<Vec<f64>> = None;
            for returns in [Returns::Crs, Returns::Nirs, Returns::Vrs, Returns::Fdh] {
                let e = market.classical(measure, returns);
                let orientation = if measure == Measure::Cost { Orientation::Input } else { Orientation::Output };
                let d = dea(&market.technology(), &DeaOptions { orientation, returns, scale: false, ..DeaOptions::default() });
                close(&e.technical, &d.unwrap().score, 1e-9);
                for u in 0..e.state.len() {
                    prop_assert_eq!(e.state[u], State::Optimal);
                    prop_assert!(e.economic[u] > 0.0 && e.economic[u] <= 1.0);
                    prop_assert!(e.allocative[u] <= 1.0 + 1e-9);
                    prop_assert!((e.economic[u] - e.technical[u] * e.allocative[u]).abs() < 1e-12);
                    prop_assert!(e.interval[u].0 <= e.optimum[u] && e.optimum[u] <= e.interval[u].1);
                    // The less a technology takes for possible, the better its units look.
                    prop_assert!(before.as_ref().is_none_or(|b| b[u] <= e.economic[u] + 1e-9));
                }
                before = Some(e.economic);
            }
        }
    }

    #[test]
    fn optimal_quantities_cost_what_is_said_and_do_with_what_is_given(market in market()) {
        for measure in [Measure::Cost, Measure::Revenue] {
            for returns in CONVEX.into_iter().chain([Returns::Fdh]) {
                let e = market.classical(measure, returns);
                let (t, p) = (market.technology(), &e.projection);
                for u in 0..t.len() {
                    let sum = |prices: &[Vec<f64>], targets: &[Vec<f64>]| -> f64 {
                        prices.iter().zip(targets).map(|(w, x)| w[u] * x[u]).sum()
                    };
                    let worth = match measure {
                        Measure::Cost => sum(&market.prices[..2], &p.input_targets),
                        _ => sum(&market.prices[2..], &p.output_targets),
                    };
                    prop_assert!((worth - e.optimum[u]).abs() <= 1e-9 * (1.0 + worth));
                    for v in 0..2 {
                        match measure {
                            Measure::Cost => prop_assert!(p.output_targets[v][u] >= t.outputs[v][u] - 1e-9),
                            _ => prop_assert!(p.input_targets[v][u] <= t.inputs[v][u] + 1e-9),
                        }
                    }
                    if returns != Returns::Fdh {
                        // Strong duality: marginal costs add up to the least cost.
                        let marginal: f64 = match measure {
                            Measure::Cost => (0..2).map(|v| p.output_prices[v][u] * t.outputs[v][u]).sum(),
                            _ => (0..2).map(|v| p.input_prices[v][u] * t.inputs[v][u]).sum(),
                        };
                        prop_assert!((marginal + p.intercept[u] - e.optimum[u]).abs() <= 1e-8 * (1.0 + worth));
                    }
                }
            }
        }
    }

    #[test]
    fn differences_have_parts_that_add_up_and_none_is_negative(market in market()) {
        for measure in [Measure::Cost, Measure::Revenue, Measure::Profit] {
            let both = if measure == Measure::Profit { of_both_sides() } else { Vec::new() };
            for decomposition in differences().into_iter().chain(both) {
                let e = market.with(measure, decomposition.clone(), Returns::Vrs);
                for u in 0..e.state.len() {
                    if e.state[u] == State::Unbounded {
                        // Nothing to normalise by: the bounded weights of a unit that is best in every variable.
                        prop_assert!(matches!(decomposition, Decomposition::Additive(_)));
                        prop_assert!(e.economic[u].is_nan() && e.optimum[u].is_finite());
                        continue;
                    }
                    prop_assert_eq!(e.state[u], State::Optimal, "{:?} {:?}", measure, decomposition);
                    let size = 1.0 + e.economic[u].abs();
                    let said = (measure, &decomposition, e.economic[u], e.technical[u], e.allocative[u]);
                    prop_assert!(e.technical[u] >= -1e-9 && e.allocative[u] >= -1e-8 * size, "{:?}", said);
                    prop_assert!((e.technical[u] + e.allocative[u] - e.economic[u]).abs() <= 1e-12 * size);
                    let money = e.normalisation.as_ref().unwrap()[u] * e.economic[u];
                    prop_assert!((money - e.loss(measure)[u]).abs() <= 1e-9 * (1.0 + e.observed[u].abs()), "{:?}", said);
                }
            }
        }
    }

    #[test]
    fn the_optimum_leaves_nothing_to_gain(market in market()) {
        for measure in [Measure::Cost, Measure::Revenue, Measure::Profit, Measure::Profitability] {
            let e = market.classical(measure, Returns::Vrs);
            let quantities = [e.projection.input_targets.clone(), e.projection.output_targets.clone()].concat();
            let there = Market { quantities, ..market.clone() };
            let options = EconomicOptions { measure, ..EconomicOptions::default() };
            let again = economic_against(&there.technology(), &market.technology(), &there.prices(), &options).unwrap();
            let best = if measure == Measure::Profit { 0.0 } else { 1.0 };
            for u in 0..again.state.len() {
                prop_assert!((again.economic[u] - best).abs() < 1e-8, "{:?} {}", measure, again.economic[u]);
            }
        }
    }

    #[test]
    fn units_of_measure_and_of_money_do_not_matter(market in market()) {
        let scaled = |by: &[f64; 4], money: f64| -> Market {
            let times = |c: &Vec<f64>, k: f64| c.iter().map(|x| x * k).collect();
            let quantities = market.quantities.iter().zip(by).map(|(c, k)| times(c, *k)).collect();
            let prices = market.prices.iter().zip(by).map(|(c, k)| times(c, money / k)).collect();
            Market { quantities, prices, inputs: 2 }
        };
        let turned = scaled(&[1e9, 1e-9, 1e-9, 1e9], 1e-3);
        let free = differences().into_iter().filter(|d| {
            use Decomposition as D;
            let ones = matches!(d, D::Directional(EconomicDirection::Ones | EconomicDirection::Monetary));
            !(ones || *d == D::Additive(Weights::Sum) || matches!(d, D::Holder { weighted: false, .. }))
        });
        let all = free.map(Some).chain([None]);
        for (decomposition, measure) in of_both_sides().into_iter().map(|d| (Some(d), Measure::Profit)) {
            let options = EconomicOptions { measure, decomposition, ..EconomicOptions::default() };
            let (a, b) = (market.run(&options), turned.run(&options));
            close(&a.technical, &b.technical, 1e-7);
        }
        for decomposition in all {
            for measure in [Measure::Cost, Measure::Revenue, Measure::Profit] {
                let options = EconomicOptions { measure, decomposition: decomposition.clone(), ..EconomicOptions::default() };
                let (a, b) = (market.run(&options), turned.run(&options));
                for u in 0..a.state.len() {
                    prop_assert_eq!(a.state[u], b.state[u], "{:?}", options);
                    let (x, y) = (a.economic[u], b.economic[u]);
                    prop_assert!(x.is_nan() && y.is_nan() || (x - y).abs() <= 1e-7 * (1.0 + x.abs()), "{} {} {:?}", x, y, options);
                    let (x, y) = (a.technical[u], b.technical[u]);
                    prop_assert!(x.is_nan() && y.is_nan() || (x - y).abs() <= 1e-7 * (1.0 + x.abs()), "{} {} {:?}", x, y, options);
                }
            }
        }
        let (a, b) = (market.classical(Measure::Profitability, Returns::Vrs), turned.classical(Measure::Profitability, Returns::Vrs));
        close(&a.economic, &b.economic, 1e-9);
        close(&a.technical, &b.technical, 1e-8);
    }

    #[test]
    fn neither_the_order_of_rows_nor_a_twin_matters(market in market()) {
        let n = market.quantities[0].len();
        let order: Vec<usize> = (0..n).rev().chain([0]).collect();
        let pick = |c: &Columns| -> Columns { c.iter().map(|c| order.iter().map(|&r| c[r]).collect()).collect() };
        let twin = Market { quantities: pick(&market.quantities), prices: pick(&market.prices), inputs: 2 };
        for measure in [Measure::Cost, Measure::Revenue, Measure::Profit, Measure::Profitability] {
            let (a, b) = (market.classical(measure, Returns::Vrs), twin.classical(measure, Returns::Vrs));
            for (i, &r) in order.iter().enumerate() {
                prop_assert!((a.economic[r] - b.economic[i]).abs() <= 1e-12 * (1.0 + a.economic[r].abs()));
                prop_assert!((a.technical[r] - b.technical[i]).abs() <= 1e-9);
                for v in 0..2 {
                    prop_assert!((a.projection.input_targets[v][r] - b.projection.input_targets[v][i]).abs() <= 1e-9 * 50.0);
                }
            }
        }
    }

    #[test]
    fn profitability_has_a_part_of_scale(market in market(), alpha in 0.0..1.0_f64) {
        for returns in CONVEX {
            let e = market.with(Measure::Profitability, Decomposition::Generalised { alpha }, returns);
            let scale = e.scale.as_ref().unwrap();
            for u in 0..e.state.len() {
                prop_assert_eq!(e.state[u], State::Optimal);
                prop_assert!((e.technical[u] * scale[u] * e.allocative[u] - e.economic[u]).abs() < 1e-9);
                for part in [e.technical[u], scale[u], e.allocative[u]] {
                    prop_assert!(part > 0.0 && part <= 1.0 + 1e-8);
                }
            }
        }
    }
}
