use proptest::prelude::*;

use super::*;

const X: [f64; 16] = [2.3, 4.1, 4.4, 5.0, 5.2, 5.9, 6.6, 7.0, 7.1, 8.8, 9.5, 10.2, 14.9, 15.3, 17.7, 21.0];
const AT: [f64; 4] = [1.0, 5.5, 12.0, 18.25];

fn with(bandwidth: f64) -> DensityOptions {
    DensityOptions { bandwidth: Some(bandwidth), bootstrap: 0, ..DensityOptions::default() }
}

fn at(x: &[f64], options: &DensityOptions, place: f64) -> f64 {
    let h = options.bandwidth.unwrap();
    height(&images(x, h, options), x.len(), place, h, options.kernel)
}

fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found} for {expected}");
}

/// R 4.2 (`bw.nrd0`, `bw.nrd`, quartiles of type 2 for Stata's), scipy 1.17 (`scott`), and the equation of Sheather and
/// Jones solved by scipy's brentq without binning (R's `bw.SJ` with a million bins: 2.052693610127).
#[test]
fn bandwidths_of_other_programs() {
    let rules = [Rule::Silverman, Rule::Scott, Rule::Stata, Rule::ScottFactor, Rule::SheatherJones];
    let others = [2.401336766370, 2.828241080391, 2.797512402316, 3.1083471136848773, 2.0526941912088907];
    for (rule, other) in rules.into_iter().zip(others) {
        near(rule.bandwidth(&X), other, 1e-11);
        near(rule.bandwidth(&X.map(|x| 1e-9 * x)) * 1e9, other, 1e-11);
    }
}

#[test]
fn heights_of_other_programs() {
    // scipy.stats.gaussian_kde at its own bandwidth.
    let scipy = [0.03031167668427656, 0.07583373600821569, 0.03829055888073043, 0.023470728980743323];
    // statsmodels 0.15 KDEUnivariate, kernel "epa", bandwidth 2.5.
    let statsmodels = [0.01368, 0.12093, 0.00903, 0.0178425];
    // numpy: reflection at 0, bandwidth 2.
    let reflected = [0.02527081911881545, 0.0954303046537072, 0.026949968143222522, 0.024119757533603785];
    for k in 0..4 {
        near(at(&X, &with(3.1083471136848773), AT[k]), scipy[k], 1e-15);
        near(at(&X, &DensityOptions { kernel: Kernel::Epan2, ..with(2.5) }, AT[k]), statsmodels[k], 1e-15);
        // Both forms are one kernel, √5 apart.
        near(at(&X, &DensityOptions { kernel: Kernel::Epanechnikov, ..with(2.5 / 5_f64.sqrt()) }, AT[k]), statsmodels[k], 1e-14);
        near(at(&X, &DensityOptions { lower: Some(0.0), ..with(2.0) }, AT[k]), reflected[k], 1e-15);
    }
}

/// Corrected skewness and kurtosis of scipy.stats.
#[test]
fn shape_of_scipy() {
    let s = shape(&X);
    near(s.skewness, 0.9941542248730889, 1e-13);
    near(s.bimodality, 0.5286309521537583, 1e-13);
}

#[test]
fn one_bandwidth_for_all_or_one_for_each() {
    let narrow: Vec<f64> = X.iter().map(|x| x / 4.0).collect();
    let samples = [X.to_vec(), narrow.clone(), narrow];
    let options = DensityOptions { bootstrap: 0, ..DensityOptions::default() };
    let widths = |options: &DensityOptions| -> Vec<f64> {
        density(&samples, options, 0).unwrap().curves.iter().map(|c| c.bandwidth / Rule::Silverman.bandwidth(&X)).collect()
    };
    for (found, expected) in widths(&options).into_iter().zip([0.25, 0.25, 0.25]) {
        near(found, expected, 1e-14);
    }
    for (found, expected) in widths(&DensityOptions { scope: Scope::PerPeriod, ..options }).into_iter().zip([1.0, 0.25, 0.25]) {
        near(found, expected, 1e-14);
    }
}

#[test]
fn a_period_without_spread_borrows_the_common_bandwidth() {
    let samples = [X.to_vec(), vec![6.0; 5]];
    let options = DensityOptions { bootstrap: 19, ..DensityOptions::default() };
    let d = density(&samples, &options, 0).unwrap();
    assert!(d.curves[1].own.is_nan() && d.curves[1].modes == 1 && d.curves[1].unimodality.is_none());
    assert!(d.curves[1].shape.skewness.is_nan() && d.curves[1].shape.sd == 0.0);
    let each = DensityOptions { scope: Scope::PerPeriod, ..options };
    assert_eq!(density(&samples, &each, 0), Err(vec![DensityError::NoBandwidth { sample: Some(1) }]));
    assert_eq!(density(&samples[1..], &each, 0), Err(vec![DensityError::NoBandwidth { sample: None }]));
}

#[test]
fn everything_wrong_is_told() {
    let samples = [vec![1.0, 2.0], vec![0.5, f64::NAN, -3.0]];
    let options = DensityOptions { lower: Some(0.0), upper: Some(0.0), points: 2, prominence: 1.0, ..with(-1.0) };
    let errors = density(&samples, &options, 0).unwrap_err();
    let name = |e: &DensityError| match e {
        DensityError::Option { name, .. } => (*name).to_owned(),
        DensityError::TooFew { sample, .. } => format!("few {sample}"),
        DensityError::NotFinite { sample, row } => format!("nan {sample} {row}"),
        DensityError::Outside { sample, row, .. } => format!("out {sample} {row}"),
        e => e.to_string(),
    };
    let names: Vec<String> = errors.iter().map(name).collect();
    let expected = ["bandwidth", "lower", "points", "prominence", "few 0", "out 0 0", "out 0 1", "out 1 0", "nan 1 1", "out 1 2"];
    assert_eq!(names, expected);
    assert_eq!(density(&[], &with(1.0), 0), Err(vec![DensityError::Empty]));
}

#[test]
fn modes_are_counted_with_their_prominence() {
    let two: Vec<f64> = (0..40).map(|i| if i % 2 == 0 { 0.0 } else { 10.0 } + f64::from(i % 7) / 3.5).collect();
    let options = DensityOptions { bootstrap: 99, ..DensityOptions::default() };
    let d = density(std::slice::from_ref(&two), &DensityOptions { bandwidth: Some(1.0), ..options.clone() }, 3).unwrap();
    let c = &d.curves[0];
    assert_eq!(c.modes, 2);
    near(c.peaks[0].at, 0.857, 0.15);
    assert!(c.peaks.iter().any(|p| p.prominence == p.height));
    assert!(c.shape.bimodality > 5.0 / 9.0);
    assert!(c.unimodality.unwrap().p <= 0.02 && c.unimodality.unwrap().critical > 1.0, "{:?}", c.unimodality);
    // Two samples, the same numbers: replicates do not depend on the order of values.
    let mut turned = two.clone();
    turned.reverse();
    assert_eq!(
        density(&[turned], &options, 3).unwrap().curves[0].unimodality,
        density(&[two], &options, 3).unwrap().curves[0].unimodality
    );
    // Quantiles of one bell: no second mode.
    let bell: Vec<f64> = (1..60).map(|i| numerics::distributions::normal_quantile(f64::from(i) / 60.0)).collect();
    let one = density(&[bell], &options, 3).unwrap();
    assert_eq!(one.curves[0].modes, 1);
    assert!(one.curves[0].unimodality.unwrap().p > 0.2);
}

/// numpy on 20 001 points: critical bandwidth 2.66378; 4000 replicates of its own: p 0.460 (standard error 0.008).
#[test]
fn critical_bandwidth_of_numpy() {
    let d = density(&[X.to_vec()], &DensityOptions { bootstrap: 499, ..DensityOptions::default() }, 5).unwrap();
    let test = d.curves[0].unimodality.unwrap();
    // Modes are counted on 128 points here: a very shallow one is missed.
    near(test.critical, 2.66378, 0.01);
    // Three standard errors of both.
    near(test.p, 0.46, 0.075);
}

#[test]
fn parabola_and_plateau() {
    let grid: Vec<f64> = (0..7).map(f64::from).collect();
    let found = modes::peaks(&grid, &[0.0, 3.0, 4.0, 3.0, 5.0, 5.0, 1.0]);
    let flat: Vec<(f64, f64, f64)> = found.iter().map(|p| (p.at, p.height, p.prominence)).collect();
    assert_eq!(flat, [(2.0, 4.0, 1.0), (4.5, 5.0, 5.0)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the kernel, the support and the bandwidth, the mass is 1 and mirror images keep it inside.
    #[test]
    fn mass_is_one(
        x in proptest::collection::vec(0.0_f64..1.0, 3..30),
        h in 0.02_f64..3.0,
        kernel in prop::sample::select(vec![Kernel::Gaussian, Kernel::Epanechnikov, Kernel::Epan2]),
        ends in 0_u8..4,
    ) {
        let end = |bit: u8, at: f64| (ends & bit != 0).then_some(at);
        let options = DensityOptions { kernel, lower: end(1, 0.0), upper: end(2, 1.0), points: 1000, ..with(h) };
        let d = density(&[x], &options, 0).unwrap();
        // The margin of the grid leaves out 0.27 % of a Gaussian at most.
        let slack = if kernel == Kernel::Gaussian { 3e-3 } else { 1e-3 };
        prop_assert!((d.curves[0].mass - 1.0).abs() < slack, "{}", d.curves[0].mass);
        prop_assert!(ends & 1 == 0 || d.grid[0] == 0.0 || d.grid[0] > 0.0);
        prop_assert!(d.curves[0].values.iter().all(|v| *v >= 0.0));
    }

    #[test]
    fn units_of_measure_do_not_matter(x in proptest::collection::vec(0.0_f64..1.0, 5..20), rule in 0_usize..5) {
        let rule = [Rule::Silverman, Rule::Stata, Rule::Scott, Rule::ScottFactor, Rule::SheatherJones][rule];
        let options = DensityOptions { rule, bootstrap: 0, ..DensityOptions::default() };
        let big: Vec<f64> = x.iter().map(|v| v * 1024.0).collect();
        match (density(&[x], &options, 0), density(&[big], &options, 0)) {
            (Ok(a), Ok(b)) => {
                prop_assert!((a.curves[0].bandwidth * 1024.0 / b.curves[0].bandwidth - 1.0).abs() < 1e-9);
                prop_assert_eq!(a.curves[0].modes, b.curves[0].modes);
            }
            (a, b) => prop_assert_eq!(a.is_err(), b.is_err()),
        }
    }
}

#[test]
fn the_grid_is_finer_than_every_bandwidth_or_refused() {
    // Fifty values close together and one far away: 256 points would step over all of the former.
    let mut x: Vec<f64> = (0..50).map(|i| f64::from(i % 7) * 0.1).collect();
    x.push(500.0);
    let d = density(&[x.clone()], &DensityOptions { bootstrap: 0, ..DensityOptions::default() }, 1).unwrap();
    assert!(d.grid.len() > 256 && d.grid[1] - d.grid[0] <= 0.25 * d.curves[0].bandwidth);
    assert!((d.curves[0].mass - 1.0).abs() < 0.01, "{}", d.curves[0].mass);
    for narrow in [1e-3, 1e-9, 1e-320] {
        assert_eq!(density(&[x.clone()], &with(narrow), 1).unwrap_err().len(), 1);
    }
    let huge = vec![-1e308, 0.0, 1e308];
    assert!(matches!(density(&[huge], &with(1.0), 1).unwrap_err()[0], DensityError::Narrow { .. }));
}
