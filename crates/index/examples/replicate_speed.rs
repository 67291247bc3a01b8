//! CPU time of index replicates: the ASEM shape (51 units, 49 indicators) with all stages, a Sobol run of 8,000, and a
//! panel of 3,000 cities over 20 years with 60 indicators. `cargo run --release -p index --example replicate_speed`.

#![allow(clippy::print_stdout, reason = "a bench prints its times")]

use std::time::Instant;

use index::{
    Aggregation, Data, Framework, Indicator, Missing, Node, Normalisation, Outliers, Recipe, Weighting, evaluate,
    uncertainty::{Alternatives, Design, uncertainty},
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

fn time<T>(name: &str, of: f64, run: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let out = run();
    let seconds = start.elapsed().as_secs_f64();
    println!("{name}: {:.3} s, {:.1} us each", seconds, 1e6 * seconds / of);
    out
}

fn main() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("one thread");
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
        println!("{} alternatives", u.alternatives.len());
        if std::env::args().any(|a| a == "--cities") {
            let f = framework(&[10; 6]);
            let rows = 60_000;
            let units: Vec<String> = (0..rows).map(|i| format!("u{:04}", i / 20)).collect();
            let periods: Vec<i32> = (0..rows).map(|i| 2000 + i % 20).collect();
            let table = columns(rows as usize, 60, 0.0);
            let data = Data { units: &units, periods: &periods, columns: &table, groups: &[] };
            let recipe = Recipe::default();
            let index = time("60,000 x 60, once", 1.0, || evaluate(&f, &data, &recipe).expect("an index"));
            let replicates = std::env::args().nth(2).and_then(|a| a.parse().ok()).unwrap_or(10_000);
            let random = Alternatives {
                design: Design::Random,
                replicates,
                weight_noise: 0.25,
                leave_one_out: false,
                ..Alternatives::default()
            };
            time("60,000 x 60, replicates", replicates as f64, || uncertainty(&f, &index, &recipe, &random, 1).expect("bands"));
        }
    });
}
