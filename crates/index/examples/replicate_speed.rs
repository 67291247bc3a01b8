//! CPU time of index replicates: the ASEM shape (51 units, 49 indicators) with all stages, a Sobol run of 8,000, and a
//! panel of 3,000 cities over 20 years with 60 indicators: `cargo run --release -p index --example replicate_speed --
//! --cities [replicates] [threads]`. The digest is of all numbers of a result, to the last bit.

#![allow(clippy::print_stdout, reason = "a bench prints its times")]

use std::hash::{DefaultHasher, Hash, Hasher};

use index::{
    Aggregation, Data, Framework, Indicator, Missing, Node, Normalisation, Outliers, Recipe, Weighting, evaluate,
    uncertainty::{Alternatives, Design, Uncertainty, uncertainty},
};
use numerics::random;
use rand::RngExt;

/// Dimensions of so many indicators each.
fn framework(sizes: &[usize]) -> Framework {
    let nodes = sizes
        .iter()
        .enumerate()
        .map(|(d, &k)| Node {
            id: format!("d{d}"),
            indicators: (0..k).map(|i| Indicator { id: format!("d{d}_{i}"), ..Indicator::default() }).collect(),
            ..Node::default()
        })
        .collect();
    Framework { root: Node { id: "index".into(), nodes, ..Node::default() } }
}

/// Skewed positive columns, a part of the cells missing.
fn columns(rows: usize, indicators: usize, gaps: f64) -> Vec<Vec<f64>> {
    (0..indicators as u64)
        .map(|j| {
            let mut rng = random::stream(1, "bench", j);
            (0..rows)
                .map(|_| {
                    let x = random::normal(&mut rng).exp();
                    if rng.random::<f64>() < gaps { f64::NAN } else { x }
                })
                .collect()
        })
        .collect()
}

/// CPU seconds of all threads so far, and peak memory in megabytes.
fn used() -> (f64, f64) {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanoseconds: f64 = threads
        .filter_map(|t| std::fs::read_to_string(t.path().join("schedstat")).ok())
        .filter_map(|t| t.split_whitespace().next()?.parse::<f64>().ok())
        .sum();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|l| l.starts_with("VmHWM")).and_then(|l| l.split_whitespace().nth(1)?.parse::<f64>().ok());
    (nanoseconds / 1e9, peak.unwrap_or(f64::NAN) / 1024.0)
}

fn time<T>(name: &str, of: f64, run: impl FnOnce() -> T) -> T {
    let start = used().0;
    let out = run();
    let (end, peak) = used();
    println!("{name}: {:.3} CPU s, {:.1} us each, peak {peak:.0} MB", end - start, 1e6 * (end - start) / of);
    out
}

fn digest(u: &Uncertainty) -> u64 {
    let mut to = DefaultHasher::new();
    let ahead = u.ahead.iter().flat_map(|a| &a.share);
    [&u.agreement, &u.shift, &u.low, &u.high, &u.rank_low, &u.rank_high, &u.median, &u.top]
        .into_iter()
        .flatten()
        .chain(ahead)
        .for_each(|x| x.to_bits().hash(&mut to));
    (&u.best, &u.worst).hash(&mut to);
    let told: Vec<String> = u.sensitivity.iter().map(|s| format!("{s:?}")).collect();
    (told, u.alternatives.len(), u.impossible.len()).hash(&mut to);
    to.finish()
}

fn main() {
    let number = |k: usize| std::env::args().nth(k).and_then(|a| a.parse().ok());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(number(3).unwrap_or(1)).build().expect("one thread");
    pool.install(|| {
        let f = framework(&[8, 5, 3, 6, 8, 5, 9, 5]);
        let units: Vec<String> = (0..51).map(|i| format!("u{i:02}")).collect();
        let groups: Vec<String> = (0..51).map(|i| format!("g{}", i % 2)).collect();
        let table = columns(51, 49, 0.03);
        let data = Data { units: &units, periods: &[0; 51], columns: &table, groups: &groups };
        let recipe = Recipe { missing: Missing::GroupMean, outliers: Some(Outliers::default()), ..Recipe::default() };
        let index = time("51 x 49, all stages, 1,000 times", 1000.0, || {
            (0..999).for_each(|_| drop(evaluate(&f, &data, &recipe)));
            evaluate(&f, &data, &recipe).expect("an index")
        });
        let sobol = Alternatives {
            design: Design::Sobol,
            replicates: 1000,
            normalisation: vec![Normalisation::MinMax, Normalisation::Rank],
            winsorise: (0..6).collect(),
            missing: vec![Missing::GroupMean, Missing::Mean],
            weights: vec![Weighting::Equal, Weighting::Entropy],
            aggregation: vec![Aggregation::Arithmetic, Aggregation::Geometric],
            weight_noise: 0.25,
            leave_one_out: false,
            ..Alternatives::default()
        };
        let u = time("51 x 49, Sobol design of 8,000", 8000.0, || uncertainty(&f, &index, &recipe, &sobol, 1).expect("bands"));
        println!("{} alternatives, digest {:016x}", u.alternatives.len(), digest(&u));
        if std::env::args().any(|a| a == "--cities") {
            let f = framework(&[10; 6]);
            let rows = 60_000;
            let units: Vec<String> = (0..rows).map(|i| format!("u{:04}", i / 20)).collect();
            let periods: Vec<i32> = (0..rows).map(|i| 2000 + i % 20).collect();
            let table = columns(rows as usize, 60, 0.0);
            let data = Data { units: &units, periods: &periods, columns: &table, groups: &[] };
            let recipe = Recipe::default();
            let index = time("60,000 x 60, once", 1.0, || evaluate(&f, &data, &recipe).expect("an index"));
            let replicates = number(2).unwrap_or(10_000);
            let random = Alternatives {
                design: Design::Random,
                replicates,
                weight_noise: 0.25,
                leave_one_out: false,
                ..Alternatives::default()
            };
            let u = time("60,000 x 60, replicates", replicates as f64, || {
                uncertainty(&f, &index, &recipe, &random, 1).expect("bands")
            });
            println!("{} alternatives, digest {:016x}", u.alternatives.len(), digest(&u));
        }
    });
}
