//! Market segmentation of six regions, eight goods and five years, with both variances.

use std::collections::BTreeMap;

use tfp::market_segmentation::{Data, Denominator, Segmentation, SegmentationOptions, segmentation};

use super::{Case, Row};

/// Tolerance of the case.
const TOLERANCE: f64 = 1e-14;
/// The integration index is printed to twelve digits, of which two stand before the point.
const INTEGRATION: f64 = 1e-10;

pub(super) fn rows(case: &Case) -> Vec<Row> {
    let name = "market segmentation";
    let columns = [("var_pop", Denominator::Population), ("var_sample", Denominator::Sample)];
    let mut rows = Vec::new();
    for (column, denominator) in columns {
        rows.push(case.part(&format!("pairs, {column}"), name, TOLERANCE, |d| {
            let (names, s) = run(case, denominator)?;
            let table = case.table("expected_pairs.csv")?;
            let found: BTreeMap<(String, String, i32), f64> =
                s.pairs.iter().map(|p| ((names[p.units.0].clone(), names[p.units.1].clone(), p.period), p.variance)).collect();
            d.length("pairs", found.len(), table.len());
            let (first, second) = (table.text("i")?, table.text("j")?);
            for (k, want) in table.numbers(column)?.into_iter().enumerate() {
                let key = (first[k].to_owned(), second[k].to_owned(), table.periods("year")?[k]);
                d.value(&format!("{key:?}"), found.get(&key).copied().unwrap_or(f64::NAN), want);
            }
            Ok(())
        }));
        rows.push(case.part(&format!("regions, {column}"), name, TOLERANCE, |d| {
            let (names, s) = run(case, denominator)?;
            each(case, &names, &s, column, |name, found, want| d.value(name, found.0, want))
        }));
    }
    rows.push(case.part("integration index", name, INTEGRATION, |d| {
        let (names, s) = run(case, Denominator::Sample)?;
        each(case, &names, &s, "integration_sample", |name, found, want| d.value(name, found.1, want))
    }));
    rows
}

/// Segmentation and integration of each region and year beside a column of what is expected.
fn each(
    case: &Case,
    names: &[String],
    s: &Segmentation,
    column: &str,
    mut compare: impl FnMut(&str, (f64, f64), f64),
) -> Result<(), String> {
    let table = case.table("expected.csv")?;
    let (regions, years) = (table.text("region")?, table.periods("year")?);
    for (k, want) in table.numbers(column)?.into_iter().enumerate() {
        let unit = s.units.iter().find(|u| names[u.unit] == regions[k] && u.period == years[k]);
        let found = unit.map_or((f64::NAN, f64::NAN), |u| (u.segmentation, u.integration));
        compare(&format!("{} {}", regions[k], years[k]), found, want);
    }
    Ok(())
}

fn run(case: &Case, denominator: Denominator) -> Result<(Vec<String>, Segmentation), String> {
    let table = case.table("prices.csv")?;
    let (regions, years, goods) = (table.text("region")?, table.periods("year")?, table.text("good")?);
    let distinct = |cells: &[&str]| {
        let mut v: Vec<String> = cells.iter().map(|c| (*c).to_owned()).collect();
        v.sort();
        v.dedup();
        v
    };
    let (names, kinds) = (distinct(&regions), distinct(&goods));
    let mut cells: BTreeMap<(usize, i32), Vec<f64>> = BTreeMap::new();
    for (k, price) in table.numbers("chain_index")?.into_iter().enumerate() {
        let unit = names.partition_point(|n| n.as_str() < regions[k]);
        let good = kinds.partition_point(|n| n.as_str() < goods[k]);
        cells.entry((unit, years[k])).or_insert_with(|| vec![f64::NAN; kinds.len()])[good] = price;
    }
    let (units, periods): (Vec<usize>, Vec<i32>) = cells.keys().copied().unzip();
    let columns: Vec<Vec<f64>> = (0..kinds.len()).map(|g| cells.values().map(|row| row[g]).collect()).collect();
    let prices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let adjacency = case.table("adjacency.csv")?;
    let number = |name: &str| names.iter().position(|n| n == name).ok_or_else(|| format!("no region {name}"));
    let pairs = adjacency
        .text("i")?
        .into_iter()
        .zip(adjacency.text("j")?)
        .map(|(i, j)| Ok((number(i)?, number(j)?)))
        .collect::<Result<Vec<_>, String>>()?;
    let data = Data { units: &units, periods: &periods, prices: &prices };
    let options = SegmentationOptions { denominator, ..SegmentationOptions::default() };
    let result = segmentation(&data, Some(&pairs), &options).map_err(|e| e.to_string())?;
    Ok((names, result))
}
