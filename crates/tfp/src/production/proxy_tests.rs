use std::path::PathBuf;

use super::*;

/// A case folder beside the repository; `None`, said on stderr, where it is not there.
#[allow(clippy::print_stderr)]
fn case(name: &str) -> Option<Vec<(String, Vec<f64>)>> {
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

struct Table(Vec<(String, Vec<f64>)>);

impl Table {
    fn get(&self, name: &str) -> &[f64] {
        &self.0.iter().find(|c| c.0 == name).unwrap().1
    }

    fn keys(&self, unit: &str, period: &str) -> (Vec<usize>, Vec<i32>) {
        (self.get(unit).iter().map(|v| *v as usize).collect(), self.get(period).iter().map(|v| *v as i32).collect())
    }
}

fn firms<'a>(
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
    }
}

fn near(a: f64, b: f64, tolerance: f64) {
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
