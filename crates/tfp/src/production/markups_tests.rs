use numerics::random::stream;
use proptest::prelude::*;
use rand::RngExt;

use super::*;
use crate::production::{Firms, acf, proxy};

const NAN: f64 = f64::NAN;

/// Columns of a panel; the other inputs of [`Data`] refer to them.
#[derive(Clone, Debug)]
struct Columns {
    units: Vec<usize>,
    periods: Vec<i32>,
    revenue: Vec<f64>,
    cost: Vec<f64>,
    theta: Vec<f64>,
    noise: Vec<f64>,
    pay: Vec<f64>,
}

impl Columns {
    fn data(&self) -> Data<'_> {
        Data {
            units: &self.units,
            periods: &self.periods,
            revenue: &self.revenue,
            input: Input { expenditure: &self.cost, elasticity: Elasticity::ByRow(&self.theta) },
            noise: Some(&self.noise),
            labour: Some(Input { expenditure: &self.pay, elasticity: Elasticity::Constant(0.25) }),
        }
    }
}

/// Three firms in one period. θ = 0.5; sales 100, 200, 300; cost 40, 100, 100.
fn three() -> Columns {
    Columns {
        units: vec![0, 1, 2],
        periods: vec![2001; 3],
        revenue: vec![100.0, 200.0, 300.0],
        cost: vec![40.0, 100.0, 100.0],
        theta: vec![0.5; 3],
        noise: vec![0.0; 3],
        pay: vec![20.0, 40.0, 50.0],
    }
}

fn near(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance * b.abs().max(1.0), "{a} {b}");
}

#[test]
fn three_firms_by_hand() {
    // Markups 1.25, 1, 1.5.
    let c = three();
    let data = Data { input: Input { expenditure: &c.cost, elasticity: Elasticity::Constant(0.5) }, noise: None, ..c.data() };
    let got = markups(&data).unwrap();
    assert_eq!(got.markup, [1.25, 1.0, 1.5]);
    assert_eq!((got.status.clone(), &got.uncorrected), (vec![Status::Computed; 3], &got.markup));
    let p = got.periods[0];
    assert_eq!((p.period, p.rows, p.firms, p.below_one, p.coverage), (2001, 3, 3, 0, 1.0));
    // (125 + 200 + 450)/600; (50 + 100 + 150)/240; 600/(80 + 200 + 200) = 1.25: equal, for θ is common.
    near(p.sales_weighted, 775.0 / 600.0, 1e-15);
    near(p.cost_weighted, 1.25, 1e-15);
    near(p.harmonic, 1.25, 1e-15);
    assert_eq!((p.median, p.p10, p.p90), (1.25, 1.05, 1.45));
    // Labour wedges 0.25 × 5, 5, 6 = 1.25, 1.25, 1.5; markdowns 1, 1.25, 1.
    for (got, want) in got.markdown.iter().zip([1.0, 1.25, 1.0]) {
        near(*got, want, 1e-15);
    }
    near(p.markdown_weighted, (20.0 + 50.0 + 50.0) / 110.0, 1e-15);
    near(p.markdown_median, 1.0, 1e-15);
    assert!(got.residual < 1e-15 && p.markdowns == 3);
}

#[test]
fn the_residual_of_the_first_stage_is_taken_out() {
    // Firm 0 sold e^0.2 of what it planned, firm 2 e^-0.1.
    let c = Columns { noise: vec![0.2, 0.0, -0.1], ..three() };
    let got = markups(&c.data()).unwrap();
    for (got, want) in got.markup.iter().zip([1.25 * (-0.2_f64).exp(), 1.0, 1.5 * 0.1_f64.exp()]) {
        near(*got, want, 1e-15);
    }
    assert_eq!(got.uncorrected, [1.25, 1.0, 1.5]);
    near(got.periods[0].sales_weighted_uncorrected, 775.0 / 600.0, 1e-15);
    // The markdown compares two inputs of the same firm: noise cancels.
    assert_eq!(got.markdown, markups(&three().data()).unwrap().markdown);
    let (planned, costs) = (100.0 * (-0.2_f64).exp(), [40.0 * 0.2_f64.exp(), 100.0, 100.0 * (-0.1_f64).exp()]);
    near(got.markup[0], 0.5 * planned / 40.0, 1e-15);
    near(got.periods[0].harmonic, 600.0 / (costs.iter().sum::<f64>() / 0.5), 1e-14);
}

#[test]
fn rows_without_have_a_status_and_are_in_no_mean() {
    let c = Columns {
        units: (0..9).collect(),
        periods: vec![2001; 9],
        revenue: vec![100.0, NAN, 0.0, 100.0, 100.0, 100.0, 1e80, 100.0, 100.0],
        cost: vec![40.0, 40.0, 40.0, -1.0, 40.0, 40.0, 1e-80, NAN, 40.0],
        theta: vec![0.5, 0.5, 0.5, 0.5, -0.1, 0.5, 0.5, 0.5, NAN],
        noise: vec![0.0, 0.0, 0.0, 0.0, 0.0, NAN, 0.0, 0.0, 0.0],
        pay: vec![0.0, 20.0, 20.0, 20.0, 20.0, 20.0, 20.0, 20.0, 20.0],
    };
    let got = markups(&c.data()).unwrap();
    use Status::*;
    assert_eq!(got.status, [Computed, Missing, Revenue, Expenditure, Elasticity, NoResidual, Range, Missing, Missing]);
    assert!(got.markup.iter().zip(&got.status).all(|(m, s)| m.is_finite() == (*s == Computed)));
    assert_eq!(got.uncorrected[5], 1.25);
    let none = NoMarkup;
    assert_eq!(got.markdown_status, [Expenditure, none, none, none, none, Computed, none, none, none]);
    let p = got.periods[0];
    assert_eq!((p.rows, p.firms, p.markdowns, p.sales_weighted), (9, 1, 1, 1.25));
    assert!(p.coverage < 1e-70);
}

#[test]
fn a_period_without_a_markup_is_empty_and_not_wrong() {
    let c = Columns { periods: vec![2001, 2001, 2002], theta: vec![0.5, 0.5, -1.0], ..three() };
    let got = markups(&c.data()).unwrap();
    let p = got.periods[1];
    assert_eq!((p.period, p.rows, p.firms, p.coverage), (2002, 1, 0, 0.0));
    assert!([p.sales_weighted, p.cost_weighted, p.harmonic, p.median, p.markdown_weighted].iter().all(|x| x.is_nan()));
    assert!(got.residual < 1e-15);
}

#[test]
fn what_cannot_be_read_is_refused() {
    let c = three();
    let short = Data { revenue: &c.revenue[..2], ..c.data() };
    assert_eq!(markups(&short), Err(MarkupsError::Shape));
    for theta in [0.0, -1.0, NAN, f64::INFINITY] {
        let input = Input { expenditure: &c.cost, elasticity: Elasticity::Constant(theta) };
        assert_eq!(markups(&Data { input, ..c.data() }), Err(MarkupsError::Elasticity));
    }
    let infinite = Columns { noise: vec![0.0, f64::INFINITY, 0.0], ..three() };
    assert_eq!(markups(&infinite.data()), Err(MarkupsError::Infinite(vec![1])));
    let twice = Columns { units: vec![1, 0, 1], ..three() };
    assert_eq!(markups(&twice.data()), Err(MarkupsError::Duplicates(vec![(0, 2)])));
}

#[test]
fn translog_elasticities_are_derivatives() {
    // θ_l = β_l + 2 β_ll l + β_lk k + β_lm m, and the same of m, the last.
    let f = Translog { first: &[0.4, 0.3, 0.2], second: &[0.01, 0.02, 0.03, 0.04, 0.05, 0.06] };
    let (l, k, m) = ([1.0, -2.0], [3.0, 0.5], [2.0, 4.0]);
    let inputs: [&[f64]; 3] = [&l, &k, &m];
    let labour = f.elasticity(0, &inputs).unwrap();
    near(labour[0], 0.4 + 2.0 * 0.01 + 0.02 * 3.0 + 0.03 * 2.0, 1e-15);
    let materials = f.elasticity(2, &inputs).unwrap();
    near(materials[1], 0.2 + 0.03 * -2.0 + 0.05 * 0.5 + 2.0 * 0.06 * 4.0, 1e-15);
    let capital = f.elasticity(1, &inputs).unwrap();
    near(capital[0], 0.3 + 0.02 + 2.0 * 0.04 * 3.0 + 0.05 * 2.0, 1e-15);
    assert_eq!(f.elasticity(3, &inputs), None);
    assert_eq!(f.elasticity(0, &inputs[..2]), None);
}

/// Firms that take prices and choose labour before they know ε: `w L = θ/μ · P Q*`, so the markup is known by
/// construction. Materials reveal ω.
struct Economy {
    keys: (Vec<usize>, Vec<i32>),
    columns: [Vec<f64>; 4],
    revenue: Vec<f64>,
    pay: Vec<f64>,
    markup: Vec<f64>,
}

fn economy(firms: usize) -> Economy {
    let mut rng = stream(7, "markups", 0);
    let mut normal = || (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0;
    let (theta, gamma) = (0.6, 0.3);
    let mut e = Economy {
        keys: (vec![], vec![]),
        columns: [vec![], vec![], vec![], vec![]],
        revenue: vec![],
        pay: vec![],
        markup: vec![],
    };
    for unit in 0..firms {
        let markup = 1.0 + (unit % 11) as f64 / 10.0;
        let (mut omega, mut k) = (normal() * 0.3, normal());
        for period in 0..8 {
            let wage = 0.3 * normal();
            let l = ((theta / markup).ln() + omega + gamma * k - wage) / (1.0 - theta);
            let planned = theta * l + gamma * k + omega;
            let y = planned + 0.3 * normal();
            for (column, value) in e.columns.iter_mut().zip([y, l, k, omega + 0.4 * k]) {
                column.push(value);
            }
            e.keys.0.push(unit);
            e.keys.1.push(period);
            e.revenue.push(y.exp());
            e.pay.push((wage + l).exp());
            e.markup.push(markup);
            k = 0.8 * k + 0.4 * omega + 0.2 * normal();
            omega = 0.7 * omega + 0.2 * normal();
        }
    }
    e
}

#[test]
fn known_markups_are_recovered_from_an_estimated_function() {
    let e = economy(600);
    let [y, l, k, m] = &e.columns;
    let panel = Firms {
        units: &e.keys.0,
        periods: &e.keys.1,
        step: 1,
        output: y,
        free: vec![l],
        state: vec![k],
        proxy: Some(m),
        controls: vec![],
        process: vec![],
        exit: None,
    };
    let fitted = proxy::proxy(&panel, &proxy::ProxyOptions::default()).unwrap().fitted;
    let noise = noise(&fitted);
    let input = Input { expenditure: &e.pay, elasticity: Elasticity::Constant(fitted.elasticities[0]) };
    let data = Data { units: &e.keys.0, periods: &e.keys.1, revenue: &e.revenue, input, noise: Some(&noise), labour: None };
    let got = markups(&data).unwrap();
    let worst = |values: &[f64]| values.iter().zip(&e.markup).map(|(a, b)| (a / b - 1.0).abs()).fold(0.0, f64::max);
    // What is left is the error of the estimated first stage, largest where a cubic has least to hold on to.
    let spread = |values: &[f64]| {
        let squares: Vec<f64> = values.iter().zip(&e.markup).map(|(a, b)| (a / b).ln().powi(2)).collect();
        numerics::moments::mean(&squares).sqrt()
    };
    assert!(spread(&got.markup) < 0.03, "{}", spread(&got.markup));
    assert!((spread(&got.uncorrected) - 0.3).abs() < 0.02, "{}", spread(&got.uncorrected));
    for p in &got.periods {
        near(p.median, 1.5, 0.02);
    }
    // With the true elasticity and the true residual nothing is left.
    let truth: Vec<f64> = (0..y.len()).map(|i| y[i] - (e.pay[i] * e.markup[i] / 0.6).ln()).collect();
    let input = Input { expenditure: &e.pay, elasticity: Elasticity::Constant(0.6) };
    let got = markups(&Data { input, noise: Some(&truth), ..data }).unwrap();
    assert!(worst(&got.markup) < 1e-13 && got.residual < 1e-12);
}

#[test]
fn elasticities_by_row_of_an_estimator_fit_the_columns() {
    let e = economy(120);
    let [y, l, k, m] = &e.columns;
    let panel = Firms {
        units: &e.keys.0,
        periods: &e.keys.1,
        step: 1,
        output: y,
        free: vec![l],
        state: vec![k],
        proxy: Some(m),
        controls: vec![],
        process: vec![],
        exit: None,
    };
    let options = acf::AcfOptions { starts: 8, stability: false, ..acf::AcfOptions::default() };
    let Ok(acf) = acf::acf(&panel, &options) else { panic!("no estimate") };
    let fitted = acf.fitted.as_ref().unwrap();
    let noise = noise(fitted);
    let input = Input { expenditure: &e.pay, elasticity: Elasticity::ByRow(&acf.by_row[0]) };
    let data = Data { units: &e.keys.0, periods: &e.keys.1, revenue: &e.revenue, input, noise: Some(&noise), labour: None };
    let constant = Input { elasticity: Elasticity::Constant(fitted.elasticities[0]), ..input };
    let (a, b) = (markups(&data).unwrap(), markups(&Data { input: constant, ..data }).unwrap());
    for (a, b) in a.markup.iter().zip(&b.markup) {
        near(*a, *b, 1e-12);
    }
}

fn columns() -> impl Strategy<Value = Columns> {
    let row = (0.1..100.0_f64, 0.1..100.0_f64, 0.05..1.0_f64, -0.5..0.5_f64, 0.1..100.0_f64);
    proptest::collection::vec(row, 2..30).prop_map(|rows| Columns {
        units: (0..rows.len()).map(|i| i / 3).collect(),
        periods: (0..rows.len()).map(|i| 2001 + (i % 3) as i32).collect(),
        revenue: rows.iter().map(|r| r.0).collect(),
        cost: rows.iter().map(|r| r.1).collect(),
        theta: rows.iter().map(|r| r.2).collect(),
        noise: rows.iter().map(|r| r.3).collect(),
        pay: rows.iter().map(|r| r.4).collect(),
    })
}

fn means(p: &Period) -> [f64; 10] {
    [
        p.coverage,
        p.sales_weighted,
        p.sales_weighted_uncorrected,
        p.cost_weighted,
        p.harmonic,
        p.p10,
        p.median,
        p.p90,
        p.markdown_weighted,
        p.markdown_median,
    ]
}

proptest! {
    #[test]
    fn the_unit_of_money_does_not_matter(c in columns(), up in any::<bool>()) {
        let scale = if up { 1e9 } else { 1e-9 };
        let scaled = |v: &[f64]| v.iter().map(|x| x * scale).collect::<Vec<_>>();
        let s = Columns { revenue: scaled(&c.revenue), cost: scaled(&c.cost), pay: scaled(&c.pay), ..c.clone() };
        let (a, b) = (markups(&c.data()).unwrap(), markups(&s.data()).unwrap());
        for (a, b) in a.markup.iter().chain(&a.markdown).zip(b.markup.iter().chain(&b.markdown)) {
            prop_assert!((a / b - 1.0).abs() < 1e-14);
        }
        for (a, b) in a.periods.iter().zip(&b.periods) {
            for (a, b) in means(a).iter().zip(means(b)) {
                prop_assert!((a / b - 1.0).abs() < 1e-13);
            }
        }
    }

    #[test]
    fn the_order_of_rows_does_not_matter(c in columns(), seed in 0_u64..1000) {
        let mut order: Vec<usize> = (0..c.units.len()).collect();
        let n = order.len();
        numerics::random::shuffle_prefix(&mut stream(seed, "order", 0), &mut order, n);
        let of = |v: &[f64]| order.iter().map(|&i| v[i]).collect::<Vec<_>>();
        let s = Columns {
            units: order.iter().map(|&i| c.units[i]).collect(),
            periods: order.iter().map(|&i| c.periods[i]).collect(),
            revenue: of(&c.revenue),
            cost: of(&c.cost),
            theta: of(&c.theta),
            noise: of(&c.noise),
            pay: of(&c.pay),
        };
        let (a, b) = (markups(&c.data()).unwrap(), markups(&s.data()).unwrap());
        prop_assert_eq!(of(&a.markup), b.markup);
        prop_assert_eq!(of(&a.markdown), b.markdown);
        prop_assert_eq!(a.periods, b.periods);
    }

    #[test]
    fn aggregates_of_groups_add_up_to_those_of_all(c in columns()) {
        let (data, n) = (c.data(), c.units.len());
        let all = markups(&data).unwrap();
        let backwards: Vec<usize> = (0..n).rev().collect();
        prop_assert_eq!(format!("{:?}", all.among(&data, &backwards)), format!("{:?}", &all.periods));
        let (even, odd): (Vec<usize>, Vec<usize>) = (0..n).partition(|&i| c.units[i].is_multiple_of(2));
        let parts = [all.among(&data, &even), all.among(&data, &odd)].concat();
        for whole in &all.periods {
            let own = || parts.iter().filter(|p| p.period == whole.period);
            prop_assert_eq!(whole.firms, own().map(|p| p.firms).sum::<usize>());
            let known = || own().filter(|p| p.firms > 0).map(|p| p.sales_weighted);
            if whole.firms > 0 {
                let (low, high) = (known().fold(f64::INFINITY, f64::min), known().fold(0.0, f64::max));
                prop_assert!(whole.sales_weighted >= low * (1.0 - 1e-12) && whole.sales_weighted <= high * (1.0 + 1e-12));
            }
        }
    }

    #[test]
    fn means_are_ordered_and_the_first_order_condition_holds(c in columns()) {
        let got = markups(&c.data()).unwrap();
        prop_assert!(got.residual < 1e-12);
        for p in &got.periods {
            prop_assert!(p.harmonic <= p.sales_weighted * (1.0 + 1e-12), "the harmonic mean is never above the arithmetic");
            prop_assert!(p.p10 <= p.median && p.median <= p.p90);
        }
        for i in 0..c.units.len() {
            // Markup times markdown is the wedge of labour.
            let wedge = 0.25 * c.revenue[i] * (-c.noise[i]).exp() / c.pay[i];
            prop_assert!((got.markup[i] * got.markdown[i] / wedge - 1.0).abs() < 1e-13);
            prop_assert!((got.markup[i] * (c.cost[i] / (c.revenue[i] * (-c.noise[i]).exp())) / c.theta[i] - 1.0).abs() < 1e-13);
        }
    }

    #[test]
    fn a_common_elasticity_without_noise_makes_cost_weighted_and_harmonic_equal(c in columns()) {
        let n = c.units.len();
        let same = Columns { theta: vec![0.7; n], noise: vec![0.0; n], ..c };
        for p in markups(&same.data()).unwrap().periods {
            prop_assert!((p.cost_weighted / p.harmonic - 1.0).abs() < 1e-12);
        }
    }
}
