//! Growth accounts that statistical offices publish: Penn World Table 10.01 and the KLEMS tables of the US Bureau of
//! Labor Statistics.

use std::collections::BTreeMap;

use serde_json::Value;
use tfp::{
    average::{Averaging, by_period, over},
    growth::{Data, Growth, GrowthOptions, Level, Shares, growth},
};

use super::{super::Differences, Case, Row, Table};

/// Rows of a case of this family.
pub(super) fn rows(case: &Case) -> Vec<Row> {
    match case.id.as_str() {
        "C08" => vec![
            case.part("growth of rtfpna", "growth", 5e-7, |d| national_growth(&Pwt::read(case)?, d)),
            case.part("levels of ctfp", "growth by-period", 3e-6, |d| levels(&Pwt::read(case)?, d)),
            // Ten digits in the file; TFP there is a 32-bit series, 6e-8 of rounding at both ends of nine years.
            case.part("China, growth of inputs", "growth", 1e-8, |d| {
                china(&Pwt::read(case)?, &case.json("expected.json")?, d, false)
            }),
            case.part("China, growth of TFP", "growth", 1.3e-6, |d| {
                china(&Pwt::read(case)?, &case.json("expected.json")?, d, true)
            }),
        ],
        // Three decimals of an index near 100 in seven columns.
        _ => vec![case.part("multifactor productivity", "growth", 5.1e-5, |d| klems(&case.table("data.csv")?, d))],
    }
}

struct Pwt {
    table: Table,
    units: Vec<usize>,
    periods: Vec<i32>,
    hours: Vec<f64>,
    usa: usize,
    china: usize,
}

impl Pwt {
    fn read(case: &Case) -> Result<Self, String> {
        let table = case.table("data.csv")?;
        let (units, periods) = (table.units("isocode")?, table.periods("year")?);
        let names = table.text("isocode")?;
        let unit = |name: &str| names.iter().position(|n| *n == name).map(|i| units[i]).ok_or(format!("no rows of {name}"));
        let (usa, china) = (unit("USA")?, unit("CHN")?);
        let hours = complete_hours(&units, &periods, &table.numbers("avh")?, usa);
        Ok(Self { table, units, periods, hours, usa, china })
    }

    /// Shares of capital and labour.
    fn shares(&self) -> Result<Shares, String> {
        let labour = self.table.numbers("labsh")?;
        Ok(Shares::Varying(vec![labour.iter().map(|s| 1.0 - s).collect(), labour]))
    }

    /// Growth accounts of an output with a capital stock, persons, hours per person and human capital.
    fn accounts(&self, output: &[f64], capital: &str, options: &GrowthOptions) -> Result<Growth, String> {
        let (k, e, h) = (self.table.numbers(capital)?, self.table.numbers("emp")?, self.table.numbers("hc")?);
        let data = Data { units: &self.units, periods: &self.periods, output, inputs: &[&k, &e, &self.hours, &h] };
        growth(&data, &self.shares()?.of_factors(&[0, 1, 1, 1]), options).map_err(|e| e.to_string())
    }
}

/// Hours as PWT uses them: gaps interpolated, both ends spliced with the growth of US hours.
fn complete_hours(units: &[usize], periods: &[i32], hours: &[f64], usa: usize) -> Vec<f64> {
    let of = |unit: usize| -> BTreeMap<i32, f64> {
        (0..units.len()).filter(|&i| units[i] == unit && hours[i].is_finite()).map(|i| (periods[i], hours[i])).collect()
    };
    let known: Vec<BTreeMap<i32, f64>> = (0..=units.iter().copied().max().unwrap_or(0)).map(of).collect();
    let us = |period: i32| known[usa].get(&period).copied().unwrap_or(f64::NAN);
    let complete = |i: usize| {
        let (own, period) = (&known[units[i]], periods[i]);
        match (own.range(..=period).next_back(), own.range(period..).next()) {
            (Some((_, h)), Some((to, _))) if *to == period => *h,
            (Some((from, a)), Some((to, b))) => a + f64::from(period - from) / f64::from(to - from) * (b - a),
            (Some((at, h)), None) | (None, Some((at, h))) => h * us(period) / us(*at),
            (None, None) => us(period),
        }
    };
    (0..units.len()).map(|i| if hours[i].is_finite() { hours[i] } else { complete(i) }).collect()
}

fn national_growth(pwt: &Pwt, differences: &mut Differences) -> Result<(), String> {
    let g = pwt.accounts(&pwt.table.numbers("rgdpna")?, "rkna", &GrowthOptions::default())?;
    steps(&g, &pwt.table.numbers("rtfpna")?, 6289, differences);
    Ok(())
}

/// Growth against the steps of a published index.
fn steps(g: &Growth, published: &[f64], count: usize, differences: &mut Differences) {
    let step = |(i, j): (usize, &Option<usize>)| Some((i, (published[i] / published[(*j)?]).ln()));
    let known: Vec<(usize, f64)> = g.before.iter().enumerate().filter_map(step).filter(|s| s.1.is_finite()).collect();
    differences.length("growth rates", known.len(), count);
    known.iter().for_each(|&(i, growth)| differences.value(&format!("row {}", i + 1), g.tfp[i], growth));
}

fn levels(pwt: &Pwt, differences: &mut Differences) -> Result<(), String> {
    let published = pwt.table.numbers("ctfp")?;
    let output = pwt.table.numbers("cgdpo")?;
    // The countries that PWT publishes are those it compares.
    let kept: Vec<f64> = output.iter().zip(&published).map(|(y, p)| if p.is_finite() { *y } else { f64::NAN }).collect();
    let options = GrowthOptions { level: Level::ByPeriod, base_unit: Some(pwt.usa), ..GrowthOptions::default() };
    let g = pwt.accounts(&kept, "ck", &options)?;
    differences.length("levels", published.iter().filter(|p| p.is_finite()).count(), 6407);
    for (i, p) in published.iter().enumerate().filter(|(_, p)| p.is_finite()) {
        differences.value(&format!("row {}", i + 1), g.level[i].ln(), p.ln());
    }
    Ok(())
}

fn china(pwt: &Pwt, expected: &Value, differences: &mut Differences, productivity: bool) -> Result<(), String> {
    let output = pwt.table.numbers("rgdpna")?;
    let g = pwt.accounts(&output, "rkna", &GrowthOptions::default())?;
    let data = Data { units: &pwt.units, periods: &pwt.periods, output: &output, inputs: &[] };
    let means = by_period(&data, &g, &pwt.units, Averaging::Units);
    let spans = expected["china_growth_accounting_pct_per_year"].as_array().ok_or("no accounts of China")?;
    for span in spans {
        let name = span["period"].as_str().unwrap_or_default();
        let (from, to) = name.split_once('-').ok_or("no span")?;
        let year = |y: &str| y.parse::<i32>().map_err(|e| format!("{name}: {e}"));
        let m = over(&means, pwt.china, year(from)?, year(to)?).ok_or(format!("no growth in {name}"))?;
        let inputs = [("dlnY", m.output), ("cap", m.contributions[0]), ("emp", m.contributions[1])];
        let labour = [("hours", m.contributions[2]), ("hc", m.contributions[3])];
        for (key, found) in if productivity { vec![("tfp", m.tfp)] } else { [&inputs[..], &labour[..]].concat() } {
            differences.value(&format!("{name} {key}"), 100.0 * found, span[key].as_f64().unwrap_or(f64::NAN));
        }
    }
    Ok(())
}

fn klems(table: &Table, differences: &mut Differences) -> Result<(), String> {
    let names = ["K", "L", "E", "M", "S"];
    let columns = |prefix: &str| names.iter().map(|n| table.numbers(&format!("{prefix}{n}"))).collect::<Result<Vec<_>, _>>();
    let (quantities, costs) = (columns("")?, columns("c")?);
    let total: Vec<f64> = (0..table.len()).map(|i| costs.iter().map(|c| c[i]).sum()).collect();
    let shares = Shares::Varying(costs.iter().map(|c| c.iter().zip(&total).map(|(c, t)| c / t).collect()).collect());
    let inputs: Vec<&[f64]> = quantities.iter().map(Vec::as_slice).collect();
    let (units, periods, output) = (table.units("NAICS")?, table.periods("year")?, table.numbers("Y")?);
    let data = Data { units: &units, periods: &periods, output: &output, inputs: &inputs };
    let g = growth(&data, &shares, &GrowthOptions::default()).map_err(|e| e.to_string())?;
    steps(&g, &table.numbers("MFP")?, 2170, differences);
    Ok(())
}
