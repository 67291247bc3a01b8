//! Cases of productivity indices with O'Donnell's components.

use frontier::{
    Missing, Observations, Technology,
    tfp_index::{self, Components, Money, Prices, TfpIndex, TfpKind, TfpOptions, TfpPart, TfpReturns},
};
use serde_json::{Value, json};

use super::{
    Differences, Folder, Outcome,
    frontier::{Data, data, numbers, orientation, strings, text},
};

/// Levels and changes of one index.
pub fn run(family: &str, case: &Value, folder: Folder<'_>) -> Outcome {
    compare(family, case, folder).unwrap_or_else(|o| o)
}

/// The program that printed these cases takes changes of transitive indices since the first row, of the others since
/// the unit's previous period.
fn compare(family: &str, case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    let index = match family {
        "fare-primont" => TfpKind::FarePrimont,
        "hicks-moorsteen" => TfpKind::HicksMoorsteen,
        "lowe" => TfpKind::Lowe,
        _ => TfpKind::Fisher,
    };
    let returns = match text(&case["model"], "rts") {
        Some("vrs") => TfpReturns::Vrs,
        Some("crs") => TfpReturns::Crs,
        other => return Err(Outcome::unsupported(format!("returns to scale {other:?}"))),
    };
    let options =
        TfpOptions { index, returns, orientation: orientation(case)?, missing: Missing::Exclude, ..TfpOptions::default() };
    let data = data(case, folder)?;
    let prices = prices(case, folder)?;
    // Prices there stand beside quantities in units of their means (see `docs/known-differences.md`).
    let scaled = Data { inputs: in_means(&data.inputs), outputs: in_means(&data.outputs), ..data.clone() };
    let found = measure(&scaled, &prices, &options)?;
    let money = measure(&data, &prices, &options)?;
    let (_, names) = data.units();
    let mut d = Differences::default();
    let expected = &case["expected"];
    let row = |unit: &String, period: f64| {
        (0..data.names.len()).find(|&r| data.names[r] == *unit && f64::from(data.periods[r]) == period)
    };
    let n = data.names.len();
    let named = levels(&found, &money, &options, n);
    if let Some(table) = expected.get("levels") {
        let rows = rows(table, row);
        named.iter().for_each(|(name, values)| column(&mut d, table, name, &rows, values));
    }
    if let Some(table) = expected.get("changes") {
        let rows = rows(table, row);
        let values: Vec<(String, Vec<f64>)> = if index.transitive() {
            // Since the first unit in its first period.
            let first = (0..n).find(|&r| data.names[r] == names[0]).unwrap_or(0);
            let since = |v: &Vec<f64>| v.iter().map(|x| x / v[first]).collect();
            named.iter().map(|(name, v)| (name.clone(), since(v))).collect()
        } else {
            let spread = |v: &[f64]| {
                let mut out = vec![f64::NAN; n];
                found.to_row.iter().zip(v).for_each(|(&r, x)| out[r] = *x);
                out
            };
            let worth = worth(&money.money_change, (found.changes.part(TfpPart::Output), found.changes.part(TfpPart::Input)));
            parts(&found.changes, &options).into_iter().chain(worth).map(|(name, v)| (name, spread(&v))).collect()
        };
        for (name, values) in values {
            column(&mut d, table, &format!("d{name}"), &rows, &values);
        }
    }
    Ok(d.outcome("tfp-index"))
}

fn measure(data: &Data, prices: &[Vec<Vec<f64>>; 2], options: &TfpOptions) -> Result<TfpIndex, Outcome> {
    fn slices(columns: &[Vec<f64>]) -> Vec<&[f64]> {
        columns.iter().map(Vec::as_slice).collect()
    }
    let (units, _) = data.units();
    let technology: Technology<'_> = data.technology();
    let observations = Observations { technology, units: &units, periods: &data.periods };
    let prices = Prices { inputs: slices(&prices[0]), outputs: slices(&prices[1]) };
    tfp_index::tfp_index(&observations, Some(&prices), options).map_err(|e| Outcome::fail("tfp-index", format!("{e} {e:?}")))
}

fn in_means(columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let by_mean = |c: &Vec<f64>| {
        let mean = c.iter().sum::<f64>() / c.len() as f64;
        c.iter().map(|x| x / mean).collect()
    };
    columns.iter().map(by_mean).collect()
}

/// Prices of inputs and of outputs, read as a case whose quantities they are.
fn prices(case: &Value, folder: Folder<'_>) -> Result<[Vec<Vec<f64>>; 2], Outcome> {
    let mut spec = case["data"].clone();
    spec["inputs"] = spec["price_inputs"].clone();
    spec["outputs"] = spec["price_outputs"].clone();
    let read = data(&json!({ "data": spec }), folder)?;
    Ok([read.inputs, read.outputs])
}

fn rows(table: &Value, row: impl Fn(&String, f64) -> Option<usize>) -> Vec<Option<usize>> {
    strings(table.get("States")).iter().zip(numbers(&table["Years"])).map(|(u, t)| row(u, t)).collect()
}

fn column(d: &mut Differences, table: &Value, name: &str, rows: &[Option<usize>], values: &[f64]) {
    if let Some(expected) = table.get(name) {
        let found: Vec<f64> = rows.iter().map(|r| r.map_or(f64::NAN, |r| values[r])).collect();
        d.series(name, &found, &numbers(expected));
    }
}

/// The parts by the names that the program prints; without prices in the index, mix efficiency is `OME`, else `RAE`
/// for own prices.
fn parts(c: &Components, options: &TfpOptions) -> Vec<(String, Vec<f64>)> {
    let mix = if options.index.priced() && !options.index.transitive() { "RAE" } else { "OME" };
    let named = [
        ("AO", TfpPart::Output),
        ("AI", TfpPart::Input),
        ("TFP", TfpPart::Tfp),
        ("MP", TfpPart::Maximum),
        ("TFPE", TfpPart::Efficiency),
        ("OTE", TfpPart::Technical),
        ("OSE", TfpPart::Scale),
        (mix, TfpPart::Mix),
        ("ROSE", TfpPart::ResidualScale),
        ("OSME", TfpPart::ScaleMix),
        ("RME", TfpPart::ResidualMix),
        ("RE", TfpPart::Price),
    ];
    named.iter().filter(|(_, p)| !c.part(*p).is_empty()).map(|(n, p)| ((*n).to_owned(), c.part(*p).to_vec())).collect()
}

fn worth(m: &Money, (output, input): (&[f64], &[f64])) -> Vec<(String, Vec<f64>)> {
    let over = |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a / b).collect() };
    let (p, w) = (over(&m.revenue, output), over(&m.cost, input));
    let tt = over(&p, &w);
    let named =
        [("REV", m.revenue.clone()), ("COST", m.cost.clone()), ("PROF", m.profitability.clone()), ("P", p), ("W", w), ("TT", tt)];
    named.map(|(n, v)| (n.to_owned(), v)).to_vec()
}

/// Levels by row. Those of an index with weights that change are measured at the weights of the change that ends
/// with the row, the first of a unit at its own.
pub(super) fn levels(found: &TfpIndex, money: &TfpIndex, options: &TfpOptions, n: usize) -> Vec<(String, Vec<f64>)> {
    if found.levels.part(TfpPart::Output).is_empty() {
        return Vec::new();
    }
    let mut out = parts(&found.levels, options);
    if !options.index.transitive() {
        for ((_, values), (_, later)) in out.iter_mut().zip(parts(&found.later, options)) {
            found.to_row.iter().zip(later).for_each(|(&r, x)| values[r] = x);
        }
    }
    let column = |name: &str| out.iter().find(|c| c.0 == name).map_or(vec![f64::NAN; n], |c| c.1.clone());
    let (output, input) = (column("AO"), column("AI"));
    out.extend(worth(&money.money, (&output, &input)));
    out
}

/// Changes by the names that the program prints, in the order of the changes.
pub(super) fn changes(found: &TfpIndex, options: &TfpOptions) -> Vec<(String, Vec<f64>)> {
    let mut out = parts(&found.changes, options);
    out.extend(worth(&found.money_change, (found.changes.part(TfpPart::Output), found.changes.part(TfpPart::Input))));
    out
}

#[cfg(test)]
mod tests {
    use crate::verify::{Verdict, shared};

    #[test]
    fn every_case_of_the_shared_folder_passes() {
        let Some(rows) = shared::methods(|m| m == "tfp-index") else { return };
        assert!(rows.len() == 4 && rows.iter().all(|r| r.verdict == Verdict::Pass), "{rows:#?}");
        // Stated to 1e-4, met to the digits that are printed.
        assert!(rows.iter().all(|r| r.difference.is_some_and(|d| d < 1e-6)), "{rows:#?}");
    }
}
