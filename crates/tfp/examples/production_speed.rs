//! CPU seconds and peak memory of Ackerberg-Caves-Frazer against its laws; run in a release build:
//! `cargo run --release -p tfp --example production_speed [all]`. `all` adds the two million rows.
#![allow(clippy::print_stdout, reason = "a bench prints its times")]

use numerics::random::stream;
use rand::RngExt;
use tfp::production::Firms;
use tfp::production::acf::{Acf, AcfError, AcfOptions, Replicates, acf};

struct Made {
    units: Vec<usize>,
    periods: Vec<i32>,
    columns: [Vec<f64>; 4],
}

fn made(firms: usize, years: usize) -> Made {
    let mut rng = stream(1, "production_speed", 0);
    let mut draw = || (0..4).map(|_| rng.random::<f64>()).sum::<f64>() * 1.732 - 3.464;
    let mut m = Made { units: Vec::new(), periods: Vec::new(), columns: Default::default() };
    for f in 0..firms {
        let (mut omega, mut k, mut wage) = (0.15 * draw(), 3.0 + 0.5 * draw(), 0.5 * draw());
        for t in 0..years {
            wage = 0.9 * wage + 0.3 * draw();
            let l = 1.0 + 0.5 * k + 0.5 * omega - wage + 0.05 * draw();
            let y = 0.6 * l + 0.35 * k + omega + 0.05 * draw();
            let materials = 0.5 + 0.4 * k + 0.2 * l + 1.5 * omega;
            m.units.push(f);
            m.periods.push(t as i32);
            for (c, v) in m.columns.iter_mut().zip([y, l, k, materials]) {
                c.push(v);
            }
            k = 0.3 + 0.85 * k + 0.3 * omega + 0.15 * draw();
            omega = 0.7 * omega + 0.1 * draw();
        }
    }
    m
}

/// CPU seconds of all threads so far: fields 14 and 15 of the process's statistics, in hundredths.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = text.rsplit(')').next().unwrap_or_default();
    after.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// Peak memory in megabytes.
fn peak() -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find(|l| l.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|v| v.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1024.0
}

fn fitted(m: &Made, options: &AcfOptions) -> Result<Acf, AcfError> {
    let [y, l, k, materials] = &m.columns;
    let firms = Firms {
        units: &m.units,
        periods: &m.periods,
        step: 1,
        output: y,
        free: vec![l],
        state: vec![k],
        proxy: Some(materials),
        controls: Vec::new(),
        process: Vec::new(),
        exit: None,
    };
    acf(&firms, options)
}

fn run(name: &str, m: &Made, options: &AcfOptions) {
    let before = cpu();
    let done = fitted(m, options);
    let seconds = cpu() - before;
    match done {
        Ok(a) => {
            let (draws, failed) = a.bootstrap.as_ref().map_or((0, 0), |b| (b.draws.len(), b.failed.len()));
            let e = a.fitted.as_ref().map(|f| (f.elasticities.clone(), f.errors()));
            println!("{name}: {seconds:.2} CPU s, peak {:.0} MB, {:?}, {e:?}, draws {draws}, failed {failed}", peak(), a.choice);
        }
        Err(e) => println!("{name}: {e}"),
    }
}

fn main() {
    let plain = AcfOptions { stability: false, ..AcfOptions::default() };
    let with = |count: usize| AcfOptions { replicates: Replicates { count, ..Replicates::default() }, ..plain };
    let small = made(1000, 10);
    let time = |starts: usize| {
        let before = cpu();
        for _ in 0..20 {
            assert!(fitted(&small, &AcfOptions { starts, ..plain }).is_ok());
        }
        (cpu() - before) / 20.0
    };
    let (one, default, scan) = (time(1), time(256), time(2000));
    println!("10,000 rows: {one:.4} CPU s from one start, {default:.4} from 256, {scan:.4} from 2,000: {:.1} fits", scan / one);
    run("10,000 rows, 1,000 replicates", &small, &with(1000));
    if std::env::args().any(|a| a == "all") {
        run("2,000,000 rows, 200 replicates", &made(200_000, 10), &with(200));
    }
}
