//! Cases of cost, revenue and profit efficiency.

use frontier::{
    Technology,
    additive::Weights,
    economic::{self, Decomposition, Economic, EconomicDirection, EconomicOptions, Measure, Prices},
};
use serde_json::Value;

use super::{
    Differences, Folder, Outcome,
    frontier::{data, numbers, returns, strings, text, unknown_key},
};

/// Runs a case of these families.
pub fn run(family: &str, case: &Value, folder: Folder<'_>) -> Outcome {
    let measure = match family {
        "cost" => Measure::Cost,
        "revenue" => Measure::Revenue,
        _ => Measure::Profit,
    };
    parts(measure, case, folder).unwrap_or_else(|o| o)
}

/// Inputs, outputs, input prices, output prices.
type Columns = [Vec<Vec<f64>>; 4];

fn columns(case: &Value, folder: Folder<'_>) -> Result<Columns, Outcome> {
    let (model, inline) = (&case["model"], &case["data"]["inline"]);
    if !inline.is_object() {
        let quantities = data(case, folder)?;
        // Prices are further columns of the same table.
        let mut prices = case.clone();
        prices["data"]["inputs"] = strings(model.get("price_inputs")).into();
        prices["data"]["outputs"] = strings(model.get("price_outputs")).into();
        let prices = data(&prices, folder)?;
        return Ok([quantities.inputs, quantities.outputs, prices.inputs, prices.outputs]);
    }
    let rows = |key: &str| -> Vec<Vec<f64>> { inline[key].as_array().into_iter().flatten().map(numbers).collect() };
    let across = |rows: &[Vec<f64>]| -> Vec<Vec<f64>> {
        (0..rows.first().map_or(0, Vec::len)).map(|v| rows.iter().map(|r| r[v]).collect()).collect()
    };
    let (x, y) = (rows("X"), rows("Y"));
    let common = |key: &str| -> Vec<Vec<f64>> { numbers(&inline[key]).into_iter().map(|p| vec![p; x.len()]).collect() };
    Ok([across(&x), across(&y), common("W"), common("P")])
}

fn parts(measure: Measure, case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    if let Some(key) = unknown_key(case, &["rts", "price_inputs", "price_outputs", "kind", "direction"]) {
        return Err(Outcome::unsupported(format!("option `{key}`")));
    }
    let decomposition = match (measure, text(&case["model"], "kind"), text(&case["model"], "direction")) {
        (Measure::Profit, Some("weighted additive MIP"), None) => Decomposition::Additive(Weights::Mip),
        (Measure::Profit, Some("Nerlovian"), Some("(x,y)")) => Decomposition::Directional(EconomicDirection::Observed),
        (Measure::Cost | Measure::Revenue, None, None) => Decomposition::Farrell,
        (_, kind, direction) => return Err(Outcome::unsupported(format!("{kind:?} along {direction:?}"))),
    };
    let [x, y, w, p] = columns(case, folder)?;
    fn slices(columns: &[Vec<f64>]) -> Vec<&[f64]> {
        columns.iter().map(Vec::as_slice).collect()
    }
    let technology = Technology { inputs: slices(&x), outputs: slices(&y), bad_outputs: Vec::new() };
    let prices = Prices { inputs: slices(&w), outputs: slices(&p) };
    let mip = matches!(decomposition, Decomposition::Additive(_));
    let options =
        EconomicOptions { measure, decomposition: Some(decomposition), returns: returns(case)?, ..EconomicOptions::default() };
    let mut e =
        economic::economic(&technology, &prices, &options).map_err(|e| Outcome::fail("economic", format!("{e} {e:?}")))?;
    if mip {
        printed(&mut e);
    }
    let expected = &case["expected"];
    let mut d = Differences::default();
    for (key, found) in [
        ("score", &e.economic),
        ("ce", &e.economic),
        ("re", &e.economic),
        ("pe", &e.economic),
        ("te", &e.technical),
        ("ae", &e.allocative),
    ] {
        if let Some(values) = expected.get(key) {
            d.series(key, found, &numbers(values));
        }
    }
    for (unit, row) in expected.get("xopt").and_then(Value::as_array).into_iter().flatten().enumerate() {
        for (v, quantity) in numbers(row).into_iter().enumerate() {
            d.value(&format!("optimal input {} of unit {}", v + 1, unit + 1), e.projection.input_targets[v][unit], quantity);
        }
    }
    Ok(d.outcome("economic"))
}

/// The toolbox divides every unit by the least value of the table, not by the unit's own: `docs/known-differences.md`,
/// "DEA toolbox for MATLAB: profit by the weighted additive model".
fn printed(e: &mut Economic) {
    let own = e.normalisation.clone().unwrap_or_default();
    let least = own.iter().copied().fold(f64::INFINITY, f64::min);
    for values in [&mut e.economic, &mut e.technical, &mut e.allocative] {
        values.iter_mut().zip(&own).for_each(|(x, k)| *x *= k / least);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Verdict, shared};

    #[test]
    fn every_case_of_the_shared_folder_passes() {
        let Some(mine) = shared::methods(|m| m == "economic") else { return };
        assert_eq!(mine.len(), 8, "{mine:?}");
        assert!(mine.iter().all(|r| r.verdict == Verdict::Pass), "{mine:?}");
    }
}
