use numerics::least_squares;
use proptest::prelude::*;

use super::*;

/// A panel that owns its columns.
#[derive(Clone, Debug)]
struct Panel {
    units: Vec<usize>,
    periods: Vec<i32>,
    y: Vec<f64>,
    x: Vec<Vec<f64>>,
    controls: Vec<Vec<f64>>,
}

impl Panel {
    fn firms(&self) -> Firms<'_> {
        Firms {
            units: &self.units,
            periods: &self.periods,
            step: 1,
            output: &self.y,
            free: self.x.iter().map(Vec::as_slice).collect(),
            state: vec![],
            proxy: None,
            controls: self.controls.iter().map(Vec::as_slice).collect(),
            process: vec![],
            exit: None,
        }
    }

    fn fit(&self, options: LinearOptions) -> Linear {
        ols(&self.firms(), &options).unwrap()
    }
}

fn with(estimator: Estimator, covariance: Covariance) -> LinearOptions {
    LinearOptions { estimator, covariance, ..LinearOptions::default() }
}

/// Munnell's (1990) states, as in Baltagi and Pinnoi (1995): log output on log public capital, private capital and
/// employment, with unemployment as a control. `None`, said aloud, where the reference cases are not there.
#[expect(clippy::print_stderr, reason = "says that it skips")]
fn munnell() -> Option<Panel> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/tfp/C09_produc_munnell/data.csv");
    let Ok(text) = std::fs::read_to_string(file) else {
        eprintln!("skipped: no {file}");
        return None;
    };
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next()?.split(',').map(|c| c.trim_matches('"')).collect();
    let rows: Vec<Vec<&str>> = lines.map(|l| l.split(',').map(|c| c.trim_matches('"')).collect()).collect();
    let at = |name: &str| names.iter().position(|n| *n == name).unwrap();
    let number = |name: &str| -> Vec<f64> { rows.iter().map(|r| r[at(name)].parse().unwrap()).collect() };
    let log = |name: &str| -> Vec<f64> { number(name).iter().map(|v| v.ln()).collect() };
    let mut states: Vec<&str> = rows.iter().map(|r| r[at("state")]).collect();
    states.dedup();
    Some(Panel {
        units: rows.iter().map(|r| states.iter().position(|s| *s == r[at("state")]).unwrap()).collect(),
        periods: number("year").iter().map(|y| *y as i32).collect(),
        y: log("gsp"),
        x: vec![log("pcap"), log("pc"), log("emp")],
        controls: vec![number("unemp")],
    })
}

/// Slopes, then their errors, each to the printed digits.
fn printed(found: &Linear, coefficients: [f64; 4], errors: [f64; 4], tolerance: f64) {
    let from = found.terms.iter().position(|t| *t == Term::Input(0)).unwrap();
    let k = found.terms.len();
    let covariance = found.covariance.as_ref().unwrap();
    for j in 0..4 {
        let at = from + j;
        let (b, se) = (found.coefficients[at], covariance[at * k + at].sqrt());
        assert!((b - coefficients[j]).abs() <= tolerance, "{j}: {b} for {}", coefficients[j]);
        assert!((se - errors[j]).abs() <= tolerance, "{j}: error {se} for {}", errors[j]);
    }
}

/// Baltagi and Pinnoi (1995), public capital productivity: ordinary least squares, between and within to three decimals.
#[test]
fn baltagi_and_pinnoi_1995() {
    let Some(panel) = munnell() else { return };
    let fit = |e| panel.fit(with(e, Covariance::Classical));
    let half = 5.0e-4;
    printed(&fit(Estimator::Pooled), [0.155, 0.309, 0.594, -0.007], [0.017, 0.010, 0.014, 0.001], half);
    printed(&fit(Estimator::Between), [0.179, 0.302, 0.576, -0.004], [0.072, 0.042, 0.056, 0.010], half);
    printed(&fit(Estimator::Within), [-0.026, 0.292, 0.768, -0.005], [0.029, 0.025, 0.030, 0.001], half);
}

/// Variances and `theta` of the R package plm 2.6-2.
#[test]
fn variances_of_random_effects_agree_with_plm() {
    let Some(panel) = munnell() else { return };
    let expected = [
        (Components::SwamyArora, 0.00145443522088413, 0.00683771932131411, 0.888835284622339),
        (Components::WallaceHussain, 0.00157449203338455, 0.00613893243224418, 0.878087638275726),
        (Components::Amemiya, 0.00144686003744203, 0.00794744338761806, 0.897065252023063),
        (Components::Nerlove, 0.00136175062347485, 0.00820345818034239, 0.90166326397008),
    ];
    for (components, idiosyncratic, firm, theta) in expected {
        let options = LinearOptions { estimator: Estimator::Random, components, ..LinearOptions::default() };
        let v = panel.fit(options).variances.unwrap();
        assert!((v.idiosyncratic - idiosyncratic).abs() < 1e-12, "{components:?}: {}", v.idiosyncratic);
        assert!((v.firm - firm).abs() < 1e-12, "{components:?}: {}", v.firm);
        assert!((v.theta[0] - theta).abs() < 1e-10 && !v.truncated);
    }
    let test = hausman(&panel.firms(), Components::SwamyArora).unwrap();
    assert!((test.statistic.unwrap() - 9.52541563499721).abs() < 1e-8);
    assert!((test.p.unwrap() - 0.0492276241761802).abs() < 1e-10);
    // The difference of the two covariances is not positive definite here; with one variance it is.
    assert!(!test.definite && test.same_variance.unwrap() > 0.0);
}

/// The same panel with every seventh row from the third and Alabama after 1973 taken out; figures of plm 2.6-2.
#[test]
fn unbalanced_swamy_arora_and_two_way_effects_agree_with_plm() {
    let Some(full) = munnell() else { return };
    let kept = |i: usize| i % 7 != 2 && !(full.units[i] == 0 && full.periods[i] > 1973);
    let rows: Vec<usize> = (0..full.y.len()).filter(|&i| kept(i)).collect();
    let of = |c: &[f64]| rows.iter().map(|&i| c[i]).collect::<Vec<f64>>();
    let panel = Panel {
        units: rows.iter().map(|&i| full.units[i]).collect(),
        periods: rows.iter().map(|&i| full.periods[i]).collect(),
        y: of(&full.y),
        x: full.x.iter().map(|c| of(c)).collect(),
        controls: full.controls.iter().map(|c| of(c)).collect(),
    };
    assert_eq!(rows.len(), 688);
    let random = panel.fit(with(Estimator::Random, Covariance::Classical));
    let v = random.variances.as_ref().unwrap();
    assert!((v.idiosyncratic - 0.00148964361889037).abs() < 1e-12);
    assert!((v.firm - 0.00651723018398018).abs() < 1e-10, "{}", v.firm);
    let slopes = [0.030520930078, 0.318148910823, 0.703555422525, -0.007246350507];
    printed(&random, slopes, [0.02561642627969, 0.02085171520231, 0.02670724246050, 0.00100483158564], 1e-9);
    let options = LinearOptions { effects: Effects::FirmPeriod, ..with(Estimator::Within, Covariance::Classical) };
    let slopes = [-0.001328198076, 0.177256006744, 0.748687638633, -0.005438297906];
    printed(&panel.fit(options), slopes, [0.03047742639965, 0.03035761390294, 0.03111115777753, 0.00130429731814], 1e-9);
}

/// A small panel with gaps, drawn from a linear congruential sequence.
fn drawn(seed: u64, firms: usize, years: i32, holes: bool) -> Panel {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
    };
    let mut p = Panel { units: vec![], periods: vec![], y: vec![], x: vec![vec![]; 2], controls: vec![] };
    for g in 0..firms {
        let effect = next();
        for t in 0..years {
            if holes && (g as i32 * 7 + t * 5) % 6 == 0 {
                continue;
            }
            let (a, b) = (next() + effect, next());
            p.units.push(g);
            p.periods.push(2000 + t);
            p.y.push(1.0 + 0.6 * a + 0.3 * b + effect + 0.2 * next() + 0.05 * f64::from(t * t % 5));
            p.x[0].push(a);
            p.x[1].push(b);
        }
    }
    p
}

/// Coefficients of least squares with a dummy of each firm (and period) are those of the within estimator.
#[test]
fn within_is_least_squares_with_dummies() {
    let p = drawn(3, 9, 6, true);
    for effects in [Effects::Firm, Effects::FirmPeriod] {
        let found = p.fit(LinearOptions { effects, ..with(Estimator::Within, Covariance::Classical) });
        let dummy = |on: &dyn Fn(usize) -> bool| (0..p.y.len()).map(|i| f64::from(u8::from(on(i)))).collect::<Vec<_>>();
        let mut x = p.x.clone();
        x.extend((0..9).map(|g| dummy(&|i| p.units[i] == g)));
        if effects == Effects::FirmPeriod {
            x.extend((2001..2006).map(|t| dummy(&|i| p.periods[i] == t)));
        }
        let fit = least_squares::fit(&x, &p.y).unwrap();
        let expected = fit.covariance(0);
        let errors = found.fitted.errors().unwrap();
        for (j, (slope, error)) in found.fitted.elasticities.iter().zip(errors).enumerate() {
            assert!((slope - fit.coefficients[j]).abs() < 1e-12);
            assert!((error - expected[j * x.len() + j].sqrt()).abs() < 1e-12);
        }
        // The firm effects are the coefficients of the dummies.
        for (i, omega) in found.fitted.omega.iter().enumerate() {
            assert!((omega - fit.coefficients[2 + p.units[i]]).abs() < 1e-11);
        }
        assert_eq!(found.degrees, p.y.len() - x.len());
    }
}

#[test]
fn differences_do_not_bridge_gaps() {
    let p = drawn(5, 8, 7, true);
    let found = p.fit(with(Estimator::FirstDifferences, Covariance::Cluster));
    let pairs = (1..p.y.len()).filter(|&i| p.units[i] == p.units[i - 1] && p.periods[i] == p.periods[i - 1] + 1).count();
    assert_eq!(found.fitted.rows, [p.y.len(), pairs]);
    assert_eq!(found.terms, [Term::Constant, Term::Input(0), Term::Input(1)]);
    let without = p.fit(LinearOptions { drift: false, ..with(Estimator::FirstDifferences, Covariance::Cluster) });
    assert_eq!(without.terms, [Term::Input(0), Term::Input(1)]);
    // With two periods, differences without a drift are the within estimator.
    let two = drawn(6, 12, 2, false);
    let a = two.fit(LinearOptions { drift: false, ..with(Estimator::FirstDifferences, Covariance::Cluster) });
    let b = two.fit(with(Estimator::Within, Covariance::Cluster));
    for (p, q) in a.fitted.elasticities.iter().zip(&b.fitted.elasticities) {
        assert!((p - q).abs() < 1e-12);
    }
}

#[test]
fn random_effects_lie_between_pooled_and_within() {
    let mut p = drawn(8, 20, 5, true);
    let at = |p: &Panel, e| p.fit(with(e, Covariance::Classical)).fitted.elasticities[0];
    let (pooled, within, random) = (at(&p, Estimator::Pooled), at(&p, Estimator::Within), at(&p, Estimator::Random));
    assert!((random - pooled) * (random - within) <= 0.0, "{pooled} {random} {within}");
    // Without firm effects in the residuals the variance is estimated negative, and is nought.
    for (i, y) in p.y.iter_mut().enumerate() {
        *y = p.x[0][i] + f64::from([1, -1][usize::try_from(p.periods[i] % 2).unwrap()]) * 0.1;
    }
    let flat = drawn(8, 20, 4, false);
    let y: Vec<f64> = (0..flat.y.len()).map(|i| flat.x[0][i] + f64::from(1 - 2 * (flat.periods[i] % 2)) * 0.1).collect();
    let flat = Panel { y, ..flat };
    let found = flat.fit(with(Estimator::Random, Covariance::Classical));
    assert!(found.variances.as_ref().unwrap().truncated);
    let pooled = flat.fit(with(Estimator::Pooled, Covariance::Classical));
    assert!((found.fitted.elasticities[0] - pooled.fitted.elasticities[0]).abs() < 1e-12);
}

#[test]
fn the_cluster_factors_are_what_their_names_say() {
    let p = drawn(11, 10, 6, true);
    let se = |c| p.fit(with(Estimator::Within, c)).fitted.errors().unwrap()[0];
    let n = p.y.len() as f64;
    let plain = se(Covariance::Cluster);
    assert!((se(Covariance::ClusterRows) / plain - (n / (n - 2.0)).sqrt()).abs() < 1e-12);
    assert!((se(Covariance::ClusterFirms) / plain - (10.0 / 9.0 * (n - 1.0) / (n - 3.0)).sqrt()).abs() < 1e-12);
}

#[test]
fn what_cannot_be_estimated_is_said() {
    let mut p = drawn(2, 6, 4, false);
    p.controls = vec![p.units.iter().map(|g| *g as f64 + 0.1).collect()];
    let run = |p: &Panel, o: LinearOptions| ols(&p.firms(), &o).map(|_| ());
    let within = with(Estimator::Within, Covariance::Cluster);
    assert_eq!(run(&p, within), Err(LinearError::Collinear(Term::Control(0))));
    assert!(run(&p, with(Estimator::Pooled, Covariance::Cluster)).is_ok());
    assert!(run(&p, with(Estimator::Random, Covariance::Cluster)).is_ok());
    let amemiya = LinearOptions { components: Components::Amemiya, ..with(Estimator::Random, Covariance::Cluster) };
    assert_eq!(run(&p, amemiya), Err(LinearError::Collinear(Term::Control(0))));
    // A common trend beside period effects.
    p.controls = vec![p.periods.iter().map(|t| f64::from(*t)).collect()];
    let both = LinearOptions { effects: Effects::FirmPeriod, ..within };
    assert_eq!(run(&p, both), Err(LinearError::Collinear(Term::Control(0))));
    p.controls.clear();
    p.x[1] = p.x[0].iter().map(|v| 2.0 * v).collect();
    assert_eq!(run(&p, within), Err(LinearError::Collinear(Term::Input(1))));
    let lone = Panel {
        units: vec![0; 3],
        periods: vec![1, 2, 3],
        y: vec![1.0, 2.0, 4.0],
        x: vec![vec![1.0, 3.0, 2.0]],
        controls: vec![],
    };
    let found = lone.fit(with(Estimator::Within, Covariance::Cluster));
    assert!(found.covariance.is_none() && found.fitted.covariance.is_none());
    assert!(matches!(run(&lone, with(Estimator::Between, Covariance::Cluster)), Err(LinearError::Short { rows: 1, .. })));
    let none = Panel { x: vec![], ..lone };
    assert_eq!(run(&none, within), Err(FirmsError::Needs("an input").into()));
    let holes = drawn(2, 6, 6, true);
    let random = LinearOptions { estimator: Estimator::Random, effects: Effects::FirmPeriod, ..within };
    assert!(matches!(run(&holes, random), Err(LinearError::Unbalanced(rows, 36)) if rows == holes.y.len()));
}

/// Two groups of firms that share no period: one effect too many, left out and named.
#[test]
fn a_period_that_nothing_connects_is_dropped() {
    let mut p = drawn(4, 8, 3, false);
    for (t, g) in p.periods.iter_mut().zip(&p.units) {
        *t += if *g < 4 { 0 } else { 10 };
    }
    let found = p.fit(LinearOptions { effects: Effects::FirmPeriod, ..with(Estimator::Within, Covariance::Cluster) });
    assert_eq!(found.dropped, [2012]);
}

fn every() -> Vec<LinearOptions> {
    let one = [Estimator::Pooled, Estimator::Between, Estimator::Within, Estimator::FirstDifferences, Estimator::Random];
    let mut all: Vec<LinearOptions> = one.iter().map(|e| with(*e, Covariance::ClusterFirms)).collect();
    all.push(LinearOptions { effects: Effects::FirmPeriod, ..with(Estimator::Within, Covariance::ClusterFirms) });
    for components in [Components::WallaceHussain, Components::Amemiya, Components::Nerlove] {
        all.push(LinearOptions { components, ..with(Estimator::Random, Covariance::ClusterFirms) });
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn units_and_the_order_of_rows_do_not_matter(seed in 0_u64..1000, turn in 1_usize..20, power in -9_i32..9) {
        let p = drawn(seed, 12, 5, true);
        let unit = 10.0_f64.powi(power).ln();
        let n = p.y.len();
        let mut other = p.clone();
        other.x[0].iter_mut().for_each(|v| *v += unit);
        let of = |c: &[f64]| (0..n).map(|i| c[(i + turn) % n]).collect::<Vec<f64>>();
        let moved = Panel {
            units: (0..n).map(|i| p.units[(i + turn) % n]).collect(),
            periods: (0..n).map(|i| p.periods[(i + turn) % n]).collect(),
            y: of(&p.y),
            x: p.x.iter().map(|c| of(c)).collect(),
            controls: vec![],
        };
        for options in every() {
            let a = p.fit(options);
            let b = other.fit(options);
            let c = moved.fit(options);
            for (u, v) in a.fitted.elasticities.iter().zip(&b.fitted.elasticities) {
                prop_assert!((u - v).abs() < 1e-9, "{options:?}: {u} {v}");
            }
            let (ea, eb) = (a.fitted.errors().unwrap(), b.fitted.errors().unwrap());
            prop_assert!(ea.iter().zip(eb).all(|(u, v)| (u / v - 1.0).abs() < 1e-7));
            // Rows in another order: the very same numbers.
            prop_assert_eq!(&a.coefficients, &c.coefficients);
            prop_assert_eq!(&a.covariance, &c.covariance);
            let back = of(&a.fitted.tfp);
            prop_assert_eq!(&back, &c.fitted.tfp);
        }
    }
}
