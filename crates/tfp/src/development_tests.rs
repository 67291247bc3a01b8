use proptest::prelude::*;

use super::*;

/// Hall and Jones (1999), Quarterly Journal of Economics 114, Table I: Y/L, (K/Y)^(α/(1-α)), H/L and A relative to
/// the United States with α = 1/3. Three decimals: a product of three factors near 1 moves by at most 2e-3.
#[test]
fn hall_and_jones_table_1() {
    let print = [
        ("United States", [1.000, 1.000, 1.000, 1.000]),
        ("Canada", [0.941, 1.002, 0.908, 1.034]),
        ("Italy", [0.834, 1.063, 0.650, 1.207]),
        ("West Germany", [0.818, 1.118, 0.802, 0.912]),
        ("France", [0.818, 1.091, 0.666, 1.126]),
        ("United Kingdom", [0.727, 0.891, 0.808, 1.011]),
        ("Hong Kong", [0.608, 0.741, 0.735, 1.115]),
        ("Singapore", [0.606, 1.031, 0.545, 1.078]),
        ("Japan", [0.587, 1.119, 0.797, 0.658]),
        ("Mexico", [0.433, 0.868, 0.538, 0.926]),
        ("Argentina", [0.418, 0.953, 0.676, 0.648]),
        ("U.S.S.R.", [0.417, 1.231, 0.724, 0.468]),
        ("India", [0.086, 0.709, 0.454, 0.267]),
        ("China", [0.060, 0.891, 0.632, 0.106]),
        ("Kenya", [0.056, 0.747, 0.457, 0.165]),
        ("Zaire", [0.033, 0.499, 0.408, 0.160]),
    ];
    let n = print.len();
    let units: Vec<usize> = (0..n).collect();
    let output: Vec<f64> = print.iter().map(|p| p.1[0]).collect();
    // With α = 1/3 the exponent is one half.
    let capital: Vec<f64> = print.iter().map(|p| p.1[0] * p.1[1] * p.1[1]).collect();
    let human: Vec<f64> = print.iter().map(|p| p.1[2]).collect();
    let data = Data {
        units: &units,
        periods: &vec![1988; n],
        output: &output,
        capital: &capital,
        labour: &vec![1.0; n],
        human_capital: Some(&human),
    };
    let options = DevelopmentOptions { form: Form::CapitalOutput, base_unit: Some(0), ..DevelopmentOptions::default() };
    let d = development(&data, &options).unwrap();
    for (i, (name, [y, k, h, a])) in print.iter().enumerate() {
        assert!((d.capital[i] - k).abs() < 1e-12 && (d.human_capital[i] - h).abs() < 1e-12, "{name}");
        assert!((d.output[i] - y).abs() < 1e-12);
        // The print rounds each: half a digit in y over y, k and h.
        let room = 5e-4 + a * 5e-4 * (1.0 / y + 1.0 / k + 1.0 / h);
        assert!((d.productivity[i] - a).abs() <= room, "{name}: {} for {a}", d.productivity[i]);
    }
    // The text: five richest to five poorest of all 127 countries 31.7 = 1.8 x 2.2 x 8.3; here it is an identity.
    let [y, k, h, a] = d.dispersion[0].ratios;
    assert!((k * h * a / y - 1.0).abs() < 1e-14 && d.dispersion[0].ends == 5);
}

/// Penn World Table 10.01, 2005, 118 countries: an independent computation in double precision (numpy).
#[test]
#[expect(clippy::print_stderr, reason = "says what was not run")]
fn dispersion_of_118_countries() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/tfp/C08_pwt1001/data.csv");
    let Ok(text) = std::fs::read_to_string(file) else {
        eprintln!("skipped: the reference folder is absent");
        return;
    };
    let rows: Vec<Vec<&str>> = text.lines().map(|l| l.split(',').collect()).collect();
    let column = |name: &str| -> Vec<f64> {
        let at = rows[0].iter().position(|n| *n == name).unwrap();
        rows[1..].iter().map(|r| r[at].parse().unwrap_or(f64::NAN)).collect()
    };
    let (output, capital, labour, human) = (column("cgdpo"), column("ck"), column("emp"), column("hc"));
    let periods: Vec<i32> = column("year").iter().map(|y| *y as i32).collect();
    let mut names: Vec<&str> = rows[1..].iter().map(|r| r[0]).collect();
    names.sort_unstable();
    names.dedup();
    let units: Vec<usize> = rows[1..].iter().map(|r| names.partition_point(|n| n < &r[0])).collect();
    let human_capital = Some(&human[..]);
    let data = Data { units: &units, periods: &periods, output: &output, capital: &capital, labour: &labour, human_capital };
    let expected = [
        (
            Form::CapitalLabour,
            [1.2131681155963987, 0.3369734827797584, 0.34911178234106144, 0.5270828504755788],
            [0.2777632204866354, 0.26968152857980054, 0.4949972722637307],
            [58.691523251880845, 4.5874235840447035, 1.693697360990844, 7.553891234869321],
        ),
        (
            Form::CapitalOutput,
            [1.2131681155963987, 0.1607100031272344, 0.7855015102673885, 0.26695660220177597],
            [0.13247133769933336, 0.16487285790685371, 0.24249590839559643],
            [58.691523251880845, 1.2825242156766907, 2.2042137959026356, 20.76137395177733],
        ),
    ];
    for (form, variances, success, ratios) in expected {
        let d = development(&data, &DevelopmentOptions { form, ..DevelopmentOptions::default() }).unwrap();
        let year = d.dispersion.iter().find(|d| d.period == 2005).unwrap();
        assert_eq!(year.units, 118);
        let have = [year.output, year.factors, year.productivity, year.covariance];
        let measures = [year.success_variance, year.success_percentiles, year.share_factors];
        let pairs = have.iter().zip(&variances).chain(measures.iter().zip(&success)).chain(year.ratios.iter().zip(&ratios));
        for (have, want) in pairs {
            assert!((have / want - 1.0).abs() < 1e-12, "{form:?}: {have} for {want}");
        }
        assert!(d.residual < 1e-14);
    }
}

/// Two units, y of 8 and 1, k of 8 and 1, α = 1/3: capital explains a factor of 2, productivity one of 4.
#[test]
fn by_hand() {
    let data = Data {
        units: &[0, 1, 0],
        periods: &[2000, 2000, 2001],
        output: &[80.0, 10.0, 9.0],
        capital: &[80.0, 10.0, 9.0],
        labour: &[10.0, 10.0, 9.0],
        human_capital: None,
    };
    let options = DevelopmentOptions { base_unit: Some(1), ..DevelopmentOptions::default() };
    let d = development(&data, &options).unwrap();
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-14, "{a} for {b}");
    for (have, want) in [(d.output[0], 8.0), (d.capital[0], 2.0), (d.human_capital[0], 1.0), (d.productivity[0], 4.0)] {
        close(have, want);
    }
    assert_eq!(d.status, [Status::Computed, Status::Computed, Status::NoBase]);
    let s = &d.dispersion[0];
    close(s.success_variance, 1.0 / 9.0);
    close(s.share_factors, 1.0 / 3.0);
    close(s.ratios[3], 4.0);
    assert_eq!((s.ends, s.units), (1, 2));
    // One unit alone has no dispersion, and says so by NaN, not by zero.
    let alone = &d.dispersion[1];
    assert!(alone.success_variance.is_nan() && alone.ratios[0].is_nan() && alone.output.is_nan() && alone.ends == 0);
    // The same units with the capital-output ratio: K/Y is equal, so that all is productivity.
    let d = development(&data, &DevelopmentOptions { form: Form::CapitalOutput, ..options }).unwrap();
    close(d.capital[0], 1.0);
    close(d.productivity[0], 8.0);
}

#[test]
fn schooling_becomes_human_capital() {
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-14, "{a} for {b}");
    close(Returns::HallJones.human_capital(0.0), 1.0);
    close(Returns::HallJones.human_capital(4.0).ln(), 0.536);
    close(Returns::HallJones.human_capital(10.0).ln(), 0.134 * 4.0 + 0.101 * 4.0 + 0.068 * 2.0);
    close(Returns::China.human_capital(15.0).ln(), 0.18 * 6.0 + 0.134 * 6.0 + 0.151 * 3.0);
    assert!(Returns::China.human_capital(-1.0).is_nan() && Returns::China.human_capital(f64::NAN).is_nan());
}

#[test]
fn bad_input_is_named() {
    let one = [1.0, 1.0];
    let data = Data { units: &[0, 1], periods: &[1, 1], output: &one, capital: &one, labour: &one, human_capital: None };
    let options = DevelopmentOptions::default();
    let bad = Data { output: &[0.0, 1.0], human_capital: Some(&[1.0, -2.0]), ..data };
    assert_eq!(development(&bad, &options), Err(DevelopmentError::NotPositive(vec![(0, 0), (3, 1)])));
    assert_eq!(
        development(&Data { units: &[0, 0], ..data }, &options),
        Err(DevelopmentError::Duplicate(crate::rows::Twice(0, 1)))
    );
    assert_eq!(development(&Data { periods: &[1], ..data }, &options), Err(DevelopmentError::Shape));
    assert_eq!(development(&Data { output: &[f64::NAN; 2], ..data }, &options), Err(DevelopmentError::Empty));
    assert_eq!(development(&data, &DevelopmentOptions { base_unit: Some(9), ..options }), Err(DevelopmentError::Base));
    for wrong in [DevelopmentOptions { capital_share: 1.0, ..options }, DevelopmentOptions { ends: 0, ..options }] {
        assert_eq!(development(&data, &wrong), Err(DevelopmentError::Options));
    }
    // Units that are alike have nothing to explain.
    assert!(development(&data, &options).unwrap().dispersion[0].success_variance.is_nan());
}

proptest! {
    /// Factors multiply to output, variances add up; units of measure and the order of rows do not matter.
    #[test]
    fn laws(raw in prop::collection::vec((0.1..9.0_f64, 0.1..9.0_f64, 0.1..9.0_f64, 1.0..4.0_f64), 12), turn in 0..11_usize, output_form: bool) {
        let form = if output_form { Form::CapitalOutput } else { Form::CapitalLabour };
        let run = |order: &[usize], by: [f64; 4]| {
            let units: Vec<usize> = order.iter().map(|i| i % 6).collect();
            let periods: Vec<i32> = order.iter().map(|i| (i / 6) as i32).collect();
            let pick = |f: &dyn Fn(usize) -> f64| order.iter().map(|&i| f(i)).collect::<Vec<f64>>();
            let (y, k) = (pick(&|i| raw[i].0 * by[0]), pick(&|i| raw[i].1 * by[1]));
            let (l, h) = (pick(&|i| raw[i].2 * by[2]), pick(&|i| raw[i].3 * by[3]));
            let data = Data { units: &units, periods: &periods, output: &y, capital: &k, labour: &l, human_capital: Some(&h) };
            development(&data, &DevelopmentOptions { form, ..DevelopmentOptions::default() }).unwrap()
        };
        let order: Vec<usize> = (0..12).collect();
        let plain = run(&order, [1.0; 4]);
        prop_assert!(plain.residual < 1e-12);
        let turned: Vec<usize> = (0..12).map(|i| (i + turn) % 12).collect();
        let moved = run(&turned, [1.0; 4]);
        prop_assert_eq!(&moved.dispersion, &plain.dispersion);
        for (new, &i) in turned.iter().enumerate() {
            prop_assert_eq!(moved.productivity[new].to_bits(), plain.productivity[i].to_bits());
        }
        for by in [[1e9, 1e-9, 1e9, 1e-9], [1e-9, 1e9, 1e9, 1e9]] {
            let scaled = run(&order, by);
            for i in 0..12 {
                prop_assert!((scaled.productivity[i] / plain.productivity[i] - 1.0).abs() < 1e-10);
                let product = plain.capital[i] * plain.human_capital[i] * plain.productivity[i];
                prop_assert!((product / plain.output[i] - 1.0).abs() < 1e-12);
            }
            for (a, b) in scaled.dispersion.iter().zip(&plain.dispersion) {
                prop_assert!((a.success_variance - b.success_variance).abs() < 1e-10 * (1.0 + b.success_variance));
            }
        }
    }
}
