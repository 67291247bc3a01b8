//! Penn World Table recomputed, national growth of productivity and levels of each year: `bench-accounts TABLE REPEATS`
//! prints seconds, how many published growth rates and levels there are, and the largest difference from them in logs.
//! TABLE has the columns of PWT 10.01.
#![allow(clippy::print_stdout, reason = "its output is what the program is for")]

use std::{collections::BTreeMap, error::Error, time::Instant};

use tfp::growth::{Data, GrowthOptions, Level, Shares, growth};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let table = arguments.next().ok_or("which table?")?;
    let repeats: usize = arguments.next().ok_or("how often?")?.parse()?;
    let mut rows: Vec<BTreeMap<String, String>> = Vec::new();
    for row in csv::Reader::from_path(table)?.deserialize() {
        rows.push(row?);
    }
    let of =
        |name: &str| -> Vec<f64> { rows.iter().map(|r| r.get(name).and_then(|v| v.parse().ok()).unwrap_or(f64::NAN)).collect() };
    let mut names: Vec<&str> = rows.iter().filter_map(|r| r.get("isocode").map(String::as_str)).collect();
    names.sort_unstable();
    names.dedup();
    let unit = |r: &BTreeMap<String, String>| names.partition_point(|n| *n < r.get("isocode").map_or("", String::as_str));
    let units: Vec<usize> = rows.iter().map(unit).collect();
    let periods: Vec<i32> = of("year").into_iter().map(|y| y as i32).collect();
    let hours = complete(&units, &periods, &of("avh"), names.partition_point(|n| *n < "USA"));
    let labour: Vec<f64> = of("emp").iter().zip(of("hc")).zip(&hours).map(|((e, h), a)| e * h * a).collect();
    let wages = of("labsh");
    let shares = Shares::Varying(vec![wages.iter().map(|s| 1.0 - s).collect(), wages]);
    let (output, capital, rates) = (of("rgdpna"), of("rkna"), of("rtfpna"));
    let (current, stock, published) = (of("cgdpo"), of("ck"), of("ctfp"));
    let kept: Vec<f64> = current.iter().zip(&published).map(|(y, a)| if a.is_finite() { *y } else { f64::NAN }).collect();
    let levels =
        GrowthOptions { level: Level::ByPeriod, base_unit: names.binary_search(&"USA").ok(), ..GrowthOptions::default() };
    let mut seconds = Vec::new();
    let (mut counts, mut worst) = ([0, 0], [0.0_f64; 2]);
    for _ in 0..repeats {
        let start = Instant::now();
        let national = Data { units: &units, periods: &periods, output: &output, inputs: &[&capital, &labour] };
        let found = growth(&national, &shares, &GrowthOptions::default())?;
        let multilateral = Data { units: &units, periods: &periods, output: &kept, inputs: &[&stock, &labour] };
        let level = growth(&multilateral, &shares, &levels)?.level;
        seconds.push(start.elapsed().as_secs_f64());
        let steps = found.before.iter().enumerate().filter_map(|(i, j)| Some(found.tfp[i] - (rates[i] / rates[(*j)?]).ln()));
        let gaps = level.iter().zip(&published).map(|(l, p)| (l / p).ln());
        for (at, all) in [steps.collect::<Vec<f64>>(), gaps.collect()].into_iter().enumerate() {
            let known = || all.iter().filter(|v| v.is_finite());
            counts[at] = known().count();
            worst[at] = known().fold(0.0, |m, v| m.max(v.abs()));
        }
    }
    println!("{}", serde_json::json!({ "seconds": seconds, "counts": counts, "differences": worst }));
    Ok(())
}

/// Hours as PWT uses them: single gaps interpolated, both ends spliced with the growth of hours in the United States.
fn complete(units: &[usize], periods: &[i32], hours: &[f64], usa: usize) -> Vec<f64> {
    let us: BTreeMap<i32, f64> = (0..units.len()).filter(|&i| units[i] == usa).map(|i| (periods[i], hours[i])).collect();
    let mut known: BTreeMap<usize, BTreeMap<i32, f64>> = BTreeMap::new();
    for i in (0..units.len()).filter(|&i| hours[i].is_finite()) {
        known.entry(units[i]).or_default().insert(periods[i], hours[i]);
    }
    let of = |i: usize| {
        let (here, year) = (known.get(&units[i]), periods[i]);
        let before = here.and_then(|k| k.range(..=year).next_back());
        let after = here.and_then(|k| k.range(year..).next());
        match (before, after) {
            (Some((a, x)), Some((b, _))) if a == b => *x,
            (Some((a, x)), Some((b, y))) => x + f64::from(year - a) / f64::from(b - a) * (y - x),
            (Some((k, x)), None) | (None, Some((k, x))) => x * us[&year] / us[k],
            (None, None) => us[&year],
        }
    };
    (0..units.len()).map(of).collect()
}
