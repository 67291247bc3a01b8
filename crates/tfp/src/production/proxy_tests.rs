use std::path::PathBuf;

use super::*;

/// A case folder beside the repository; `None`, said on stderr, where it is not there.
#[allow(clippy::print_stderr)]
pub(in crate::production) fn case(name: &str) -> Option<Vec<(String, Vec<f64>)>> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/tfp").join(name).join("data.csv");
    let Ok(text) = std::fs::read_to_string(&file) else {
        eprintln!("skipped: {} is not there", file.display());
        return None;
    };
    let mut lines = text.lines();
    let names: Vec<String> = lines.next().unwrap().split(',').map(|c| c.trim_matches('"').to_owned()).collect();
    let rows: Vec<Vec<f64>> =
        lines.map(|l| l.split(',').map(|c| c.trim_matches('"').parse().unwrap_or(f64::NAN)).collect()).collect();
    Some(names.into_iter().enumerate().map(|(j, n)| (n, rows.iter().map(|r| r[j]).collect())).collect())
}

pub(in crate::production) struct Table(pub Vec<(String, Vec<f64>)>);

impl Table {
    pub fn get(&self, name: &str) -> &[f64] {
        &self.0.iter().find(|c| c.0 == name).unwrap().1
    }

    pub fn keys(&self, unit: &str, period: &str) -> (Vec<usize>, Vec<i32>) {
        (self.get(unit).iter().map(|v| *v as usize).collect(), self.get(period).iter().map(|v| *v as i32).collect())
    }
}

pub(in crate::production) fn firms<'a>(
    keys: &'a (Vec<usize>, Vec<i32>),
    output: &'a [f64],
    free: &[&'a [f64]],
    state: &[&'a [f64]],
    proxy: &'a [f64],
) -> Firms<'a> {
    Firms {
        units: &keys.0,
        periods: &keys.1,
        step: 1,
        output,
        free: free.to_vec(),
        state: state.to_vec(),
        proxy: Some(proxy),
        controls: vec![],
        process: vec![],
        exit: None,
    }
}

pub(in crate::production) fn near(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance, "{a} {b}");
}

/// Chilean manufacturing plants, 2,544 rows. Printed: prodest vignette 1.0.1, Table 1 and pp. 11-13 (three decimals);
/// the further digits are an independent computation.
#[test]
fn chilean_plants_olley_pakes_and_levinsohn_petrin() {
    let Some(data) = case("C01_prodest_chilean").map(Table) else { return };
    let keys = data.keys("idvar", "timevar");
    // Proxy, degree, law, β_k, criterion.
    let cases = [
        ("inv", 2, Law::Smooth, 0.167_541_9, 996.347_008_8),
        ("inv", 2, Law::Joint, 0.157_238_37, 981.746_035_1),
        ("inv", 3, Law::Smooth, 0.161_750_6, 994.093_297_3),
        ("inv", 3, Law::Joint, 0.129_366_6, 985.446_195_0),
        ("pX", 2, Law::Smooth, 0.116_542_4, 774.960_884_8),
        ("pX", 2, Law::Joint, 0.120_565_9, 768.687_912_4),
        ("pX", 3, Law::Smooth, 0.120_035_8, 743.099_559_6),
        ("pX", 3, Law::Joint, 0.126_618_5, 740.123_648_3),
    ];
    for (name, degree, law, beta, criterion) in cases {
        let panel = firms(&keys, data.get("Y"), &[data.get("fX1"), data.get("fX2")], &[data.get("sX")], data.get(name));
        let got = proxy(&panel, &ProxyOptions { degree, law, ..ProxyOptions::default() }).unwrap();
        near(got.fitted.elasticities[2], beta, 1e-6);
        near(got.minima[0].criterion, criterion, 1e-6);
        assert_eq!((got.fitted.rows, got.fitted.firms, got.gaps), ([2544, 1944], 497, 103));
        assert!(got.residual < 1e-12);
        let printed = match (name, degree, law) {
            ("inv", 2, Law::Smooth) => [0.314, 0.256, 0.168],
            ("pX", 2, Law::Smooth) => [0.199, 0.169, 0.117],
            _ => continue,
        };
        for (a, b) in got.fitted.elasticities.iter().zip(printed) {
            near(*a, b, 5.1e-4);
        }
    }
}

/// estprod 1.2 on its data (random numbers): levpet-style with both degrees 3, opreg-style with a law of degree 2.
#[test]
fn estprod_numbers() {
    let Some(data) = case("C04_estprod").map(Table) else { return };
    let keys = data.keys("id", "year");
    let panel = firms(&keys, data.get("var1"), &[data.get("var2")], &[data.get("var3")], data.get("var4"));
    let run = |options: ProxyOptions| proxy(&panel, &options).unwrap().fitted.elasticities;
    let lp = run(ProxyOptions::default());
    near(lp[0], 0.014_574_064_877, 1e-10);
    near(lp[1], 0.060_513_877_8, 1e-5);
    near(run(ProxyOptions { law: Law::Joint, motion: 2, ..ProxyOptions::default() })[1], 0.058_171_287_4, 1e-5);
}

/// estprod 1.2 with its column of exits (the last period of every firm): the row is the exit, and the probit has the degree
/// of the law of motion.
#[test]
fn estprod_numbers_with_exits() {
    let Some(data) = case("C04_estprod").map(Table) else { return };
    let keys = data.keys("id", "year");
    let mut panel = firms(&keys, data.get("var1"), &[data.get("var2")], &[data.get("var3")], data.get("var4"));
    panel.exit = Some(data.get("exit"));
    let run = |law, motion| {
        let options =
            ProxyOptions { law, motion, survival: Some(motion), selection: Selection::AtLast, ..ProxyOptions::default() };
        let got = proxy(&panel, &options).unwrap();
        assert_eq!(got.exits, Some(1000));
        got.fitted.elasticities[1]
    };
    near(run(Law::Smooth, 3), 0.061_979_270_6, 1e-5);
    near(run(Law::Joint, 2), 0.061_950_928_9, 1e-5);
}

/// With the correction of prodest 1.0.1 (`exit = TRUE`, rows in order); its optimiser stops within 5e-5 of the minimum.
#[test]
fn chilean_plants_with_the_correction_for_exits() {
    let Some(data) = case("C01_prodest_chilean").map(Table) else { return };
    let keys = data.keys("idvar", "timevar");
    for (name, beta) in [("inv", 0.202_257_7), ("pX", 0.120_240_4)] {
        let panel = firms(&keys, data.get("Y"), &[data.get("fX1"), data.get("fX2")], &[data.get("sX")], data.get(name));
        let options = ProxyOptions { degree: 2, selection: Selection::AtLast, ..ProxyOptions::default() };
        let got = proxy(&panel, &options).unwrap();
        near(got.fitted.elasticities[2], beta, 5e-5);
        assert_eq!(got.exits, Some(253));
        let mut back: Vec<usize> = (0..keys.0.len()).rev().collect();
        back.rotate_left(777);
        let take = |c: &[f64]| -> Vec<f64> { back.iter().map(|&i| c[i]).collect() };
        let shuffled = (back.iter().map(|&i| keys.0[i]).collect(), back.iter().map(|&i| keys.1[i]).collect());
        let (y, a, b, k, m) =
            (take(data.get("Y")), take(data.get("fX1")), take(data.get("fX2")), take(data.get("sX")), take(data.get(name)));
        let again = proxy(&firms(&shuffled, &y, &[&a, &b], &[&k], &m), &options).unwrap();
        assert_eq!(again.fitted.elasticities, got.fitted.elasticities);
    }
}

/// Vignette of prodest, Table 1, 100 replicates: standard errors .025, .024, .044 of Levinsohn-Petrin; ours from another
/// stream must be of that size, and by firm not by row (.010, .009, .015).
#[test]
fn the_bootstrap_is_over_firms() {
    let Some(data) = case("C01_prodest_chilean").map(Table) else { return };
    let keys = data.keys("idvar", "timevar");
    let panel = firms(&keys, data.get("Y"), &[data.get("fX1"), data.get("fX2")], &[data.get("sX")], data.get("pX"));
    let options = ProxyOptions { degree: 2, ..ProxyOptions::default() };
    let got = proxy(&panel, &options).unwrap();
    let run = |seed| bootstrap(&panel, &options, &got.minima[0].point, 60, seed, Kind::Multinomial).unwrap();
    let (first, again) = (run(1), run(1));
    assert_eq!(first, again);
    let errors = first.errors().unwrap();
    for (e, printed) in errors.iter().zip([0.025, 0.024, 0.044]) {
        assert!((0.6..1.5).contains(&(e / printed)), "{errors:?}");
    }
    assert!(first.failed.len() <= 3);
}

#[test]
fn what_cannot_be_estimated_is_said() {
    let keys = ((0..12).map(|i| i / 4).collect::<Vec<usize>>(), (0..12).map(|i| 2000 + i % 4).collect::<Vec<i32>>());
    let y: Vec<f64> = (0..12).map(|i| f64::from(i * i % 7)).collect();
    let x: Vec<f64> = (0..12).map(|i| f64::from(i * 5 % 11)).collect();
    let k: Vec<f64> = (0..12).map(|i| f64::from(i * 3 % 13)).collect();
    let m: Vec<f64> = (0..12).map(|i| f64::from(i * 7 % 5)).collect();
    let run = |panel: &Firms<'_>| proxy(panel, &ProxyOptions { degree: 2, ..ProxyOptions::default() }).unwrap_err();
    let cubic = proxy(&firms(&keys, &y, &[&x], &[&k], &m), &ProxyOptions { degree: 4, ..ProxyOptions::default() });
    assert_eq!(cubic.unwrap_err(), ProxyError::Few { stage: 1, rows: 12, terms: 16 });
    assert!(matches!(run(&firms(&keys, &y, &[&k], &[&k], &m)), ProxyError::Collinear(_)));
    assert!(matches!(run(&firms(&keys, &y, &[&x], &[&[1.0; 12]], &m)), ProxyError::Collinear(_)));
    assert_eq!(run(&firms(&keys, &y, &[&x], &[], &m)), ProxyError::Firms(FirmsError::Needs("a state variable")));
    let mut bare = firms(&keys, &y, &[&x], &[&k], &m);
    bare.proxy = None;
    assert_eq!(run(&bare), ProxyError::Firms(FirmsError::Needs("a proxy")));
}

/// Sums of firms and of monomials give the replicates that passes over all rows give.
#[test]
fn compressed_replicates_are_those_of_the_rows() {
    let mut rng = numerics::random::stream(4, "proxy", 0);
    let mut draw = || rand::RngExt::random::<f64>(&mut rng) - 0.5;
    let mut columns: [Vec<f64>; 6] = Default::default();
    let keys: (Vec<usize>, Vec<i32>) = (0..60).flat_map(|f| (0..6).map(move |t| (f, t))).unzip();
    for _ in 0..60 {
        let (mut omega, mut k) = (draw(), 4.0 + 2.0 * draw());
        for t in 0..6 {
            omega = 0.8 * omega + 0.3 * omega * omega + 0.2 * draw();
            let l = 1.0 + 0.4 * omega + draw();
            let y = 0.6 * l + 0.3 * k + 0.1 * f64::from(t % 2) + omega + 0.1 * draw();
            let row = [y, l, k, 0.2 * k + draw(), 2.0 + 0.5 * k + omega + 0.02 * draw(), f64::from(t % 2)];
            columns.iter_mut().zip(row).for_each(|(c, v)| c.push(v));
            k = 0.9 * k + 0.5 + 0.3 * omega + 0.1 * draw();
        }
    }
    let [y, l, k, other, m, year] = &columns;
    for (state, controls) in [(vec![k.as_slice()], vec![]), (vec![k, other], vec![year.as_slice()])] {
        let panel = Firms { controls, ..firms(&keys, y, &[l], &state, m) };
        for (law, motion) in [(Law::Smooth, 3), (Law::Joint, 2)] {
            let options = ProxyOptions { degree: 2, law, motion, range: [-1.0, 2.0], ..ProxyOptions::default() };
            let got = proxy(&panel, &options).unwrap();
            let ready = ready(&panel, &options).unwrap();
            let variables: Vec<&[f64]> = ready.inputs.iter().map(Vec::as_slice).chain([m.as_slice()]).collect();
            let compressed = Compressed::new(&ready, &variables, &options).unwrap();
            let sums = compressed.resampling();
            let mut compared = 0;
            for replicate in 0..12 {
                let kind = if replicate % 2 == 0 { Kind::Multinomial } else { Kind::Dirichlet };
                let by_firm = bootstrap::weights(60, 3, kind, replicate);
                let weights: Vec<f64> = ready.sample.firm.iter().map(|&f| by_firm[f]).collect();
                let first = ready.first(&weights).unwrap();
                let direct = ready.second(&first, &weights, &options).unwrap().refine(got.minima[0].point.clone());
                let fast = compressed.estimate(&sums, &by_firm, &got.minima[0].point);
                if let (Some(direct), Some(fast)) = (direct, fast) {
                    for (a, b) in first.free.iter().chain(&direct.point).zip(&fast) {
                        near(*a, *b, 2e-7);
                    }
                    compared += 1;
                }
            }
            assert!(compared >= 10, "{law:?} {compared}");
        }
    }
}
