use proptest::prelude::*;

use super::*;

/// Arellano and Bond's (1991) firms. `None`, said aloud, where the reference cases are not there.
struct Employment {
    units: Vec<usize>,
    periods: Vec<i32>,
    employment: Vec<f64>,
    wage: Vec<f64>,
    capital: Vec<f64>,
    output: Vec<f64>,
}

impl Employment {
    #[expect(clippy::print_stderr, reason = "says that it skips")]
    fn read() -> Option<Self> {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/tfp/C10_empluk_gmm/data.csv");
        let Ok(text) = std::fs::read_to_string(file) else {
            eprintln!("skipped: no {file}");
            return None;
        };
        let rows: Vec<Vec<f64>> = text.lines().skip(1).map(|l| l.split(',').map(|c| c.parse().unwrap()).collect()).collect();
        let log = |j: usize| rows.iter().map(|r| r[j].ln()).collect::<Vec<f64>>();
        Some(Self {
            units: rows.iter().map(|r| r[0] as usize).collect(),
            periods: rows.iter().map(|r| r[1] as i32).collect(),
            employment: log(3),
            wage: log(4),
            capital: log(5),
            output: log(6),
        })
    }

    fn firms(&self, with_output: bool) -> Firms<'_> {
        let mut free: Vec<&[f64]> = vec![&self.wage, &self.capital];
        if with_output {
            free.push(&self.output);
        }
        Firms {
            units: &self.units,
            periods: &self.periods,
            step: 1,
            output: &self.employment,
            free,
            state: vec![],
            proxy: None,
            controls: vec![],
            process: vec![],
            exit: None,
        }
    }
}

fn table_4b(steps: Steps, covariance: GmmCovariance) -> GmmOptions {
    let own = |lags| Regressor { lags, instruments: Instruments::Itself };
    GmmOptions {
        equations: Equations::Difference,
        output_lags: 2,
        inputs: vec![own(1), own(0), own(1)],
        collapse: false,
        steps,
        covariance,
        ..GmmOptions::default()
    }
}

fn near(found: &[f64], expected: &[f64], tolerance: f64) {
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= tolerance, "{i}: {f} for {e}");
    }
}

fn errors(g: &Gmm) -> Vec<f64> {
    let k = g.terms.len();
    (0..k).map(|j| g.covariance[j * k + j].sqrt()).collect()
}

/// Arellano and Bond (1991), table 4, column b: two-step differences, to the printed digits.
#[test]
fn arellano_and_bond_1991_table_4b() {
    let Some(data) = Employment::read() else { return };
    let g = gmm(&data.firms(true), &table_4b(Steps::Two, GmmCovariance::Conventional)).unwrap();
    near(&g.coefficients, &[0.474, -0.053, -0.513, 0.225, 0.293, 0.610, -0.446], 5.1e-4);
    near(&errors(&g), &[0.085, 0.027, 0.049, 0.080, 0.039, 0.109, 0.125], 5.1e-4);
    assert_eq!((g.hansen.degrees, g.equations, g.firms), (25, [611, 0], 140));
    assert!((g.hansen.statistic - 30.11).abs() < 5e-3);
    assert!((g.autocorrelation[0].z.unwrap() + 2.428).abs() < 5e-4);
    assert!((g.autocorrelation[1].z.unwrap() + 0.3325).abs() < 5e-4);
    let g = gmm(&data.firms(true), &table_4b(Steps::Two, GmmCovariance::Robust)).unwrap();
    near(&errors(&g), &[0.185398454301805, 0.0517491023124593, 0.145565318979452, 0.1419495067069], 1e-8);
    near(&[g.autocorrelation[0].z.unwrap(), g.autocorrelation[1].z.unwrap()], &[-1.5384501538936, -0.279682923207006], 1e-8);
    let g = gmm(&data.firms(true), &table_4b(Steps::One, GmmCovariance::Robust)).unwrap();
    near(&g.coefficients, &[0.534613619826237, -0.0750691875796712, -0.59157311183297], 1e-9);
    near(&errors(&g), &[0.166449277676234, 0.0679788779606925], 1e-9);
    near(&[g.first_criterion.statistic, g.autocorrelation[0].z.unwrap()], &[44.618754148239, -2.49337177246733], 1e-7);
}

/// Blundell and Bond (1998), table 4: one-step system.
#[test]
fn blundell_and_bond_1998_table_4() {
    let Some(data) = Employment::read() else { return };
    let options = GmmOptions { steps: Steps::One, collapse: false, ..GmmOptions::default() };
    let g = gmm(&data.firms(false), &options).unwrap();
    near(&g.coefficients, &[0.9356, -0.6310, 0.4826, 0.4839, -0.4244], 5.1e-5);
    near(&errors(&g), &[0.0263, 0.1181, 0.1369, 0.0539, 0.0585], 5.1e-5);
    assert_eq!((g.sargan.degrees, g.instruments, g.independent), (100, 113, 113));
    // Roodman (2009): the same model by xtabond2.
    let (hansen, z) = (g.hansen, g.autocorrelation.map(|a| a.z.unwrap()));
    near(&[z[0], z[1], hansen.statistic, hansen.p.unwrap()], &[-5.46, -0.25, 110.70, 0.218], 5.1e-3);
    // The variance of m is a sum of squares over firms; plm 2.6-2 drops the residuals of the equation in levels from its
    // middle term only.
    let system = System::new(&data.firms(false), &g.sample, &options).unwrap();
    let step = Step::run(&system, Whitening::of(&system.first_weights(FirstStep::Full), g.instruments)).unwrap();
    let influence = step.influence(&system);
    for (order, (ours, plm)) in [(1, (z[0], -4.80843398216057)), (2, (z[1], -0.280013254482057))] {
        let w = system.earlier(&step.residuals, order);
        let wx = |j: usize| system.rows.iter().zip(&w).map(|(r, v)| r.x[j] * v).sum::<f64>();
        let pull: Vec<f64> = (0..g.instruments).map(|l| (0..g.terms.len()).map(|j| wx(j) * influence[j][l]).sum()).collect();
        let (mut sum, mut squares, mut printed) = (0.0, 0.0, 0.0);
        for span in &system.firms {
            let own: f64 = span.clone().map(|i| w[i] * step.residuals[i]).sum();
            let through = |levels: bool| -> f64 {
                let rows = span.clone().filter(|&i| levels || system.rows[i].minus.is_some());
                rows.map(|i| step.residuals[i] * system.rows[i].z.iter().map(|&(l, v)| v * pull[l]).sum::<f64>()).sum()
            };
            sum += own;
            squares += (own - through(true)).powi(2);
            printed += own * own - 2.0 * own * through(false) + through(true).powi(2);
        }
        near(&[sum / squares.sqrt(), sum / printed.sqrt()], &[ours, plm], 1e-7);
    }
    near(&[g.first_criterion.statistic], &[118.763008863823], 1e-6);
}

/// Instruments collapsed, and ranges of lags, against plm 2.6-2.
#[test]
fn collapsed_and_limited_instruments_agree_with_plm() {
    let Some(data) = Employment::read() else { return };
    let g = gmm(&data.firms(false), &GmmOptions { collapse: true, ..GmmOptions::default() }).unwrap();
    near(&g.coefficients, &[0.918157698840, -0.840773579048, 0.665168150578, 0.588818061400, -0.483617328858], 1e-9);
    near(&errors(&g), &[0.067799866868, 0.281563769625, 0.328057497137, 0.170261990369, 0.193357954357], 1e-9);
    assert_eq!((g.instruments, g.hansen.degrees), (32, 19));
    near(&[g.hansen.statistic], &[19.1160324411], 1e-8);

    let lags = |first, last| Regressor { lags: 1, instruments: Instruments::Lags(Lags { first, last: Some(last) }) };
    let options = GmmOptions {
        equations: Equations::Difference,
        collapse: false,
        output_instruments: Lags { first: 2, last: Some(4) },
        inputs: vec![lags(2, 3), lags(1, 2)],
        ..GmmOptions::default()
    };
    let g = gmm(&data.firms(false), &options).unwrap();
    near(&g.coefficients, &[0.6776952560682, -0.6644408480766, 0.4326363759747, 0.2647999686510, -0.0416706385662], 1e-9);
    near(&errors(&g), &[0.131608806073, 0.251680293611, 0.113981794695, 0.143827420986, 0.068624303354], 1e-9);
    assert_eq!(g.hansen.degrees, 40);
    near(
        &[g.hansen.statistic, g.autocorrelation[0].z.unwrap(), g.autocorrelation[1].z.unwrap()],
        &[46.7258158568, -3.66973975329, -0.418284174677],
        1e-8,
    );

    let own = Regressor { lags: 0, instruments: Instruments::Itself };
    let options = GmmOptions {
        equations: Equations::Difference,
        collapse: false,
        output_instruments: Lags { first: 2, last: Some(4) },
        inputs: vec![own],
        period_effects: false,
        steps: Steps::One,
        ..GmmOptions::default()
    };
    let g = gmm(&data.firms(false), &options).unwrap();
    near(&g.coefficients, &[0.451365426586, -0.642445542425, 0.349977785308], 1e-9);
}

/// A panel that owns its columns.
struct Panel {
    units: Vec<usize>,
    periods: Vec<i32>,
    y: Vec<f64>,
    x: Vec<f64>,
}

impl Panel {
    fn firms(&self) -> Firms<'_> {
        Firms {
            units: &self.units,
            periods: &self.periods,
            step: 1,
            output: &self.y,
            free: vec![&self.x],
            state: vec![],
            proxy: None,
            controls: vec![],
            process: vec![],
            exit: None,
        }
    }

    /// `y = 0.5 y_(t-1) + 0.6 x + μ + e`, inputs that follow productivity; some rows missing.
    fn drawn(seed: u64, firms: usize, years: i32, holes: bool) -> Self {
        let mut state = seed.wrapping_mul(2).wrapping_add(1);
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
        };
        let mut p = Self { units: vec![], periods: vec![], y: vec![], x: vec![] };
        for g in 0..firms {
            let effect = next();
            let (mut y, mut x) = (2.0 * effect, effect);
            for t in -15..years {
                let e = 0.5 * next();
                x = 0.6 * x + 0.5 * effect + 0.5 * e + next();
                y = 0.5 * y + 0.6 * x + effect + e;
                if t >= 0 && !(holes && (g as i32 * 7 + t * 5) % 9 == 0) {
                    p.units.push(g);
                    p.periods.push(2000 + t);
                    p.y.push(y);
                    p.x.push(x);
                }
            }
        }
        p
    }
}

/// The mean over samples of what the data were drawn with lies within three of its standard errors; so does the mean of
/// the estimated errors beside the dispersion of the estimates.
#[test]
fn drawn_coefficients_are_found() {
    for (equations, holes) in [(Equations::System, true), (Equations::Difference, true)] {
        let samples = 30;
        let inputs = vec![Regressor { lags: 0, ..Regressor::default() }];
        let options = GmmOptions { equations, inputs, collapse: true, ..GmmOptions::default() };
        let fits: Vec<Gmm> =
            (0..samples).map(|s| gmm(&Panel::drawn(41 + 1000 * s, 800, 6, holes).firms(), &options).unwrap()).collect();
        for (j, truth) in [0.5, 0.6].into_iter().enumerate() {
            let found: Vec<f64> = fits.iter().map(|g| g.coefficients[j]).collect();
            let mean = numerics::moments::mean(&found);
            let spread = numerics::moments::deviation(&found, 1);
            let estimated = numerics::moments::mean(&fits.iter().map(|g| errors(g)[j]).collect::<Vec<_>>());
            assert!((mean - truth).abs() < 3.0 * spread / (samples as f64).sqrt(), "{equations:?} {j}: {mean} ± {spread}");
            assert!((0.7..1.4).contains(&(estimated / spread)), "{equations:?} {j}: {estimated} beside {spread}");
        }
        let rejected = fits.iter().filter(|g| g.autocorrelation[1].p.unwrap() < 0.05 || g.hansen.p.unwrap() < 0.02).count();
        assert!(rejected <= 6, "{rejected}");
        assert!(fits.iter().all(|g| g.autocorrelation[0].z.unwrap() < -2.0));
    }
}

/// One instrument a coefficient: the criterion is nought and there is nothing to test.
#[test]
fn exact_identification_has_no_overidentification_test() {
    let p = Panel::drawn(7, 80, 6, true);
    let options = GmmOptions {
        equations: Equations::Difference,
        output_instruments: Lags { first: 2, last: Some(2) },
        inputs: vec![Regressor { lags: 0, instruments: Instruments::Itself }],
        collapse: true,
        period_effects: false,
        ..GmmOptions::default()
    };
    let g = gmm(&p.firms(), &options).unwrap();
    assert!(g.hansen.statistic < 1e-18 && g.sargan.statistic < 1e-18);
    assert_eq!((g.hansen.degrees, g.hansen.p), (0, None));
    // Anderson and Hsiao (1982) by hand.
    let row = |unit: usize, t: i32| (0..p.y.len()).find(|&i| p.units[i] == unit && p.periods[i] == t);
    let mut m = [0.0; 6];
    let mut pairs = 0;
    for i in 0..p.y.len() {
        let (u, t) = (p.units[i], p.periods[i]);
        let (Some(a), Some(b)) = (row(u, t - 1), row(u, t - 2)) else { continue };
        let (dy, dl, dx) = (p.y[i] - p.y[a], p.y[a] - p.y[b], p.x[i] - p.x[a]);
        let z = [p.y[b], dx];
        for (j, z) in z.iter().enumerate() {
            m[3 * j] += z * dl;
            m[3 * j + 1] += z * dx;
            m[3 * j + 2] += z * dy;
        }
        pairs += 1;
    }
    let det = m[0] * m[4] - m[1] * m[3];
    near(&g.coefficients, &[(m[2] * m[4] - m[1] * m[5]) / det, (m[0] * m[5] - m[2] * m[3]) / det], 1e-10);
    assert_eq!(g.equations, [pairs, 0]);
}

#[test]
fn too_many_instruments_show_in_the_rank_of_the_weights() {
    let p = Panel::drawn(9, 12, 7, false);
    let g = gmm(&p.firms(), &GmmOptions { collapse: false, ..GmmOptions::default() }).unwrap();
    assert!(g.weights <= 12 && g.independent > 12, "{} {}", g.weights, g.independent);
}

#[test]
fn what_cannot_be_estimated_is_said() {
    let p = Panel::drawn(5, 20, 5, false);
    let run = |p: &Panel, options: GmmOptions| gmm(&p.firms(), &options).map(|_| ()).unwrap_err();
    let inputs = vec![Regressor::default(); 3];
    assert_eq!(run(&p, GmmOptions { inputs, ..GmmOptions::default() }), GmmError::Inputs { given: 3, inputs: 1 });
    let output_instruments = Lags { first: 3, last: Some(2) };
    let wrong = GmmOptions { output_instruments, ..GmmOptions::default() };
    assert_eq!(run(&p, wrong), GmmError::Lags { first: 3, last: 2 });
    let zero = GmmOptions { output_instruments: Lags { first: 0, last: None }, ..GmmOptions::default() };
    assert_eq!(run(&p, zero), GmmError::Lags { first: 0, last: 0 });
    let two = Panel::drawn(5, 20, 2, false);
    let difference = GmmOptions { equations: Equations::Difference, ..GmmOptions::default() };
    assert_eq!(run(&two, difference.clone()), GmmError::Short(3));
    let mut constant = Panel::drawn(5, 20, 6, false);
    constant.x.fill(1.0);
    assert!(matches!(run(&constant, difference.clone()), GmmError::Collinear(_) | GmmError::Underidentified { .. }));
    let few = GmmOptions {
        inputs: vec![Regressor { lags: 1, instruments: Instruments::Lags(Lags { first: 2, last: Some(2) }) }],
        output_instruments: Lags { first: 2, last: Some(2) },
        collapse: true,
        ..difference
    };
    assert!(matches!(run(&p, few), GmmError::Underidentified { .. }));
    let none = Firms { free: vec![], ..p.firms() };
    assert_eq!(gmm(&none, &GmmOptions::default()).unwrap_err(), FirmsError::Needs("an input").into());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn units_and_the_order_of_rows_do_not_matter(seed in 0_u64..1000, turn in 1_usize..20, power in -9_i32..9) {
        let p = Panel::drawn(seed, 60, 6, true);
        let n = p.y.len();
        let unit = 10.0_f64.powi(power).ln();
        let of = |c: &[f64]| (0..n).map(|i| c[(i + turn) % n]).collect::<Vec<f64>>();
        let moved = Panel {
            units: (0..n).map(|i| p.units[(i + turn) % n]).collect(),
            periods: (0..n).map(|i| p.periods[(i + turn) % n]).collect(),
            y: of(&p.y),
            x: of(&p.x),
        };
        let other = Panel { units: p.units.clone(), periods: p.periods.clone(), y: p.y.clone(), x: p.x.iter().map(|v| v + unit).collect() };
        for equations in [Equations::Difference, Equations::System] {
            let options = GmmOptions { equations, centre: true, collapse: true, ..GmmOptions::default() };
            let a = gmm(&p.firms(), &options).unwrap();
            let b = gmm(&moved.firms(), &options).unwrap();
            prop_assert_eq!(&a.coefficients, &b.coefficients);
            prop_assert_eq!(&a.covariance, &b.covariance);
            let c = gmm(&other.firms(), &options).unwrap();
            for j in 0..3 {
                prop_assert!((a.coefficients[j] - c.coefficients[j]).abs() < 1e-7, "{} {}", a.coefficients[j], c.coefficients[j]);
            }
        }
    }
}
