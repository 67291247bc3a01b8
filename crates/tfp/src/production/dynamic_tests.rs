use proptest::prelude::*;

use super::*;

fn near(found: &[f64], expected: &[f64], tolerance: f64) {
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= tolerance, "{i}: {f} for {e}");
    }
}

/// A covariance with all correlations, from a triangle of numbers.
fn covariance(n: usize) -> Vec<f64> {
    let l = |i: usize, j: usize| if i == j { 0.1 + 0.02 * i as f64 } else { 0.03 / (1.0 + (i + 2 * j) as f64) };
    (0..n * n).map(|e| (0..=(e / n).min(e % n)).map(|m| l(e / n, m) * l(e % n, m)).sum()).collect()
}

#[test]
fn coefficients_that_obey_the_restriction_are_kept() {
    let (rho, beta) = (0.6, [0.5, 0.3]);
    let pi = [rho, beta[0], beta[1], -rho * beta[0], -rho * beta[1]];
    let v = covariance(5);
    let found = minimum_distance(&pi, &v, 2).unwrap();
    near(&found.theta, &[0.6, 0.5, 0.3], 1e-12);
    assert!(found.minima[0].distance < 1e-24);
}

/// One input, coefficients uncorrelated: the conditions of first order by hand, and no point of a fine grid is nearer.
#[test]
fn the_minimum_is_the_least_of_a_grid() {
    let (pi, v) = ([0.7, 0.4, -0.1], [0.01, 0.0, 0.0, 0.0, 0.04, 0.0, 0.0, 0.0, 0.02]);
    let found = minimum_distance(&pi, &v, 1).unwrap();
    let distance = |r: f64, b: f64| (0.7 - r).powi(2) / 0.01 + (0.4 - b).powi(2) / 0.04 + (-0.1 + r * b).powi(2) / 0.02;
    let (r, b) = (found.theta[0], found.theta[1]);
    near(&[(r - 0.7) / 0.01 + (r * b - 0.1) * b / 0.02, (b - 0.4) / 0.04 + (r * b - 0.1) * r / 0.02], &[0.0, 0.0], 1e-11);
    near(&[found.minima[0].distance], &[distance(r, b)], 1e-12);
    for i in -200..=200 {
        for j in -200..=200 {
            assert!(distance(f64::from(i) / 100.0, f64::from(j) / 100.0) >= found.minima[0].distance);
        }
    }
}

#[test]
fn every_minimum_is_reported() {
    // Persistence loosely known, current and lagged input tightly: `ρ β = 0.9` against `β = 1` far from `ρ = -1`.
    let v = [1.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 0.001];
    let found = minimum_distance(&[0.0, 0.0, -0.9], &v, 1).unwrap();
    assert_eq!(found.minima.len(), 2);
    near(&[found.minima[0].rho + found.minima[1].rho], &[0.0], 1e-8);
}

#[test]
fn a_singular_covariance_is_refused() {
    assert_eq!(minimum_distance(&[0.5, 0.5, -0.25], &[1.0; 9], 1).map(|r| r.theta), Err(DynamicError::Singular));
}

/// Firms of the model: two inputs that react to the innovation of productivity and do not follow one autoregression.
struct Panel {
    units: Vec<usize>,
    periods: Vec<i32>,
    y: Vec<f64>,
    x: [Vec<f64>; 2],
}

impl Panel {
    /// `ρ = 0.5`, elasticities 0.6 and 0.3.
    fn drawn(seed: u64, firms: usize, years: i32) -> Self {
        let mut state = seed.wrapping_mul(7919).wrapping_add(1);
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
        };
        let mut p = Self { units: vec![], periods: vec![], y: vec![], x: [vec![], vec![]] };
        for g in 0..firms {
            let effect = next();
            let (mut a, mut x, mut old) = (0.0, [0.0; 2], [0.0; 2]);
            for t in -20..years {
                let e = 0.4 * next();
                a = 0.5 * a + e;
                for (j, (now, before)) in x.iter_mut().zip(&mut old).enumerate() {
                    let last = *now;
                    *now = 0.9 * last - 0.5 * *before + 0.3 * effect + 0.3 * e + next() * (1.0 + 0.2 * j as f64);
                    *before = last;
                }
                if t >= 0 {
                    p.units.push(g);
                    p.periods.push(t);
                    p.y.push(0.6 * x[0] + 0.3 * x[1] + effect + a);
                    p.x[0].push(x[0]);
                    p.x[1].push(x[1]);
                }
            }
        }
        p
    }

    fn firms(&self) -> Firms<'_> {
        Firms {
            units: &self.units,
            periods: &self.periods,
            step: 1,
            output: &self.y,
            free: vec![&self.x[0]],
            state: vec![&self.x[1]],
            proxy: None,
            controls: vec![],
            process: vec![],
            exit: None,
        }
    }
}

/// Over samples, the mean of the estimates is what the data were drawn with; the test rejects about as often as it should.
#[test]
fn drawn_elasticities_and_persistence_are_found() {
    let options = DynamicOptions { collapse: true, ..DynamicOptions::default() };
    let fits: Vec<Dynamic> = (0..20).map(|s| dynamic(&Panel::drawn(s + 1, 400, 7).firms(), &options).unwrap()).collect();
    for (j, truth) in [0.5, 0.6, 0.3].into_iter().enumerate() {
        let of = |d: &Dynamic| if j == 0 { d.rho.value } else { d.fitted.elasticities[j - 1] };
        let found: Vec<f64> = fits.iter().map(of).collect();
        let (mean, spread) = (numerics::moments::mean(&found), numerics::moments::deviation(&found, 1));
        assert!((mean - truth).abs() < 3.0 * spread / 20.0_f64.sqrt() && spread < 0.2, "{j}: {mean} ± {spread}");
        let error = |d: &Dynamic| if j == 0 { d.rho.error } else { d.fitted.errors().unwrap()[j - 1] };
        let estimated = numerics::moments::mean(&fits.iter().map(error).collect::<Vec<_>>());
        assert!((0.6..1.6).contains(&(estimated / spread)), "{j}: {estimated} beside {spread}");
    }
    assert!(fits.iter().filter(|d| d.restriction.p.unwrap() < 0.05).count() <= 4);
    assert!(fits.iter().all(|d| d.restriction.degrees == 2 && d.minima[0].distance == d.restriction.statistic));
}

/// Restricted estimates are never less precise than unrestricted ones.
#[test]
fn the_restriction_adds_precision() {
    let p = Panel::drawn(3, 200, 7);
    let found = dynamic(&p.firms(), &DynamicOptions::default()).unwrap();
    let k = found.unrestricted.terms.len();
    let at = |term| found.unrestricted.terms.iter().position(|t| *t == term).unwrap();
    let free = |term| found.unrestricted.covariance[at(term) * (k + 1)].sqrt();
    assert!(found.rho.error <= free(Term::Output(1)));
    for (j, error) in found.fitted.errors().unwrap().iter().enumerate() {
        assert!(*error <= free(Term::Input(j, 0)) + 1e-12);
    }
    let row = 11;
    let expected = p.y[row] - found.fitted.elasticities[0] * p.x[0][row] - found.fitted.elasticities[1] * p.x[1][row];
    near(&[found.fitted.tfp[row]], &[expected], 1e-12);
}

#[test]
fn errors_of_gmm_pass_through() {
    let p = Panel::drawn(3, 20, 2);
    let difference = DynamicOptions { equations: Equations::Difference, ..DynamicOptions::default() };
    assert_eq!(dynamic(&p.firms(), &difference).unwrap_err(), GmmError::Short(3).into());
    let inputs = vec![Instruments::Itself; 3];
    let wrong = DynamicOptions { inputs, ..DynamicOptions::default() };
    assert_eq!(dynamic(&p.firms(), &wrong).unwrap_err(), GmmError::Inputs { given: 3, inputs: 2 }.into());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    /// No point near the minimum is nearer.
    #[test]
    fn the_minimum_is_a_minimum(raw in prop::collection::vec(-1.0..1.0_f64, 5), step in prop::collection::vec(-0.05..0.05_f64, 3)) {
        let pi = [0.5 + 0.3 * raw[0], 0.6 + 0.3 * raw[1], 0.3 + 0.3 * raw[2], 0.3 * raw[3], 0.3 * raw[4]];
        let v = covariance(5);
        let found = minimum_distance(&pi, &v, 2).unwrap();
        let whitening = Whitening::of(&v, 5);
        let distance = |t: &[f64]| {
            whitening.form(&[pi[0] - t[0], pi[1] - t[1], pi[2] - t[2], pi[3] + t[0] * t[1], pi[4] + t[0] * t[2]])
        };
        let best = distance(&found.theta);
        prop_assert!((best - found.minima[0].distance).abs() < 1e-9 * best.max(1.0));
        let other: Vec<f64> = found.theta.iter().zip(&step).map(|(t, s)| t + s).collect();
        prop_assert!(distance(&other) >= best - 1e-12);
    }
}
