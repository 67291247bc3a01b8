//! Cases of directional distances and of the indices made of them.

use frontier::{
    Columns, Missing, Observations, SlackOrientation, State,
    directional::{self, BadOutputs, Direction, DirectionalOptions, DirectionalReturns},
    malmquist_luenberger::{self, Index, MalmquistLuenbergerOptions},
};
use serde_json::Value;

use super::{
    Differences, Folder, Outcome,
    frontier::{Data, data, numbers, text, unknown_key},
};

/// Distances of single units.
pub fn distances(case: &Value, folder: Folder<'_>) -> Outcome {
    beta(case, folder).unwrap_or_else(|o| o)
}

/// Changes over periods.
pub fn changes(case: &Value, folder: Folder<'_>) -> Outcome {
    change(case, folder).unwrap_or_else(|o| o)
}

/// The words of the cases for directions, technologies and references.
fn options(case: &Value, data: &Data) -> Result<DirectionalOptions, Outcome> {
    let model = &case["model"];
    if let Some(options) = towards(case) {
        return Ok(options);
    }
    if let Some(key) = unknown_key(case, &["direction", "rts", "reference", "disposability"]) {
        return Err(Outcome::unsupported(format!("option `{key}`")));
    }
    let variables = data.technology().columns().count();
    let direction = match (&model["direction"], text(model, "direction")) {
        (Value::Array(_), _) => Direction::Custom(numbers(&model["direction"])),
        (_, Some("(x,y)" | "(-K,-L,Y,-CO2)")) => Direction::Observed,
        // That program subtracts its direction of bads: its -1 lets them grow with the good.
        (_, Some("gx=0, gy=1, gb=-1 (pyStoNED sign)")) if variables == 4 => Direction::Custom(vec![0.0, 0.0, 1.0, -1.0]),
        (_, other) => return Err(Outcome::unsupported(format!("direction {other:?}"))),
    };
    let returns = match text(model, "rts") {
        Some("crs") => DirectionalReturns::Crs,
        // The weights of its output add up to 1.
        Some("crs?") => DirectionalReturns::Vrs,
        Some("vrs (Kuosmanen weak disposability?)") => DirectionalReturns::VrsKuosmanen,
        other => return Err(Outcome::unsupported(format!("returns to scale {other:?}"))),
    };
    let bad_outputs = match text(model, "disposability") {
        None | Some("inputs <=, good >=, bad =") => BadOutputs::Weak,
        other => return Err(Outcome::unsupported(format!("disposability {other:?}"))),
    };
    let exclude_own = text(case, "family") == Some("super-directional");
    Ok(DirectionalOptions { direction, returns, bad_outputs, exclude_own, missing: Missing::Exclude, ..Default::default() })
}

/// The models whose direction has a name: range, multi-directional, and the generalised orientation, which is
/// (-x, y) under constant returns.
fn towards(case: &Value) -> Option<DirectionalOptions> {
    let side = match text(&case["model"], "orientation") {
        Some("input") => SlackOrientation::Input,
        Some("output") => SlackOrientation::Output,
        _ => SlackOrientation::None,
    };
    let (direction, returns) = match text(case, "family")? {
        "range-directional" => (Direction::Range(side), DirectionalReturns::Vrs),
        "mea" => (Direction::Potential(side), DirectionalReturns::Vrs),
        "generalised-orientation" => (Direction::Observed, DirectionalReturns::Crs),
        _ => return None,
    };
    Some(DirectionalOptions { direction, returns, missing: Missing::Exclude, ..Default::default() })
}

/// Distances, weights and slacks; contemporaneous references where the case says so.
fn beta(case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    let data = data(case, folder)?;
    let options = options(case, &data)?;
    let whole = data.technology();
    let by_period = match text(&case["model"], "reference") {
        None => false,
        Some("contemporaneous") => true,
        other => return Err(Outcome::unsupported(format!("reference {other:?}"))),
    };
    let mut periods = data.periods.clone();
    periods.sort_unstable();
    periods.dedup();
    let groups: Vec<Vec<usize>> = if by_period {
        periods.iter().map(|p| (0..whole.len()).filter(|&r| data.periods[r] == *p).collect()).collect()
    } else {
        vec![(0..whole.len()).collect()]
    };
    let expected = &case["expected"];
    let mut found = vec![f64::NAN; whole.len()];
    let mut d = Differences::default();
    for rows in groups {
        let part = Columns::pick(&whole, &rows);
        let result = directional::directional(&part.technology(), &options)
            .map_err(|e| Outcome::fail("directional", format!("{e} {e:?}")))?;
        if let Some(failed) = result.state.iter().find(|s| **s != State::Optimal) {
            return Err(Outcome::fail("directional", format!("a unit is {failed:?}")));
        }
        rows.iter().zip(&result.beta).for_each(|(&r, b)| found[r] = *b);
        if let Some(directions) = expected.get("direction").and_then(Value::as_array) {
            for (u, lengths) in directions.iter().map(numbers).enumerate().filter(|(u, _)| result.beta[*u] > 1e-9) {
                for (v, length) in lengths.iter().enumerate() {
                    d.value(&format!("direction {} of unit {}", v + 1, u + 1), result.lengths[v][u], *length);
                }
            }
        }
        if let Some(table) = expected.get("table") {
            weights_and_slacks(&mut d, table, &result);
        }
    }
    if text(case, "family") == Some("generalised-orientation") {
        // Inputs times 1 - β for outputs times 1 + β.
        found.iter_mut().for_each(|b| *b = (1.0 - *b) / (1.0 + *b));
    }
    let (names, table) = (["beta", "theta", "eff", "Dv", "score"], expected.get("table").unwrap_or(expected));
    let values = names.iter().find_map(|n| table.get(*n)).map(numbers);
    let values = values.ok_or_else(|| Outcome::fail("directional", "no distances expected"))?;
    // Rows beside the values are 1-based rows of the file.
    match expected.get("Row").map(numbers) {
        Some(rows) => {
            let found: Vec<f64> =
                rows.iter().map(|r| found.get((*r as usize).wrapping_sub(1)).copied().unwrap_or(f64::NAN)).collect();
            d.series("beta", &found, &values);
        }
        None => d.series("beta", &found, &values),
    }
    Ok(d.outcome("directional"))
}

/// Columns `lambdaN`, `slack.xN` and `slack.yN`.
fn weights_and_slacks(d: &mut Differences, table: &Value, result: &directional::Directional) {
    let units = result.beta.len();
    for j in 0..units {
        let Some(column) = table.get(format!("lambda{}", j + 1)) else { continue };
        let weight = |u: usize| result.peers[u].iter().filter(|p| p.units.contains(&j)).map(|p| p.weight).sum();
        d.series(&format!("lambda{}", j + 1), &(0..units).map(weight).collect::<Vec<f64>>(), &numbers(column));
    }
    for (name, column) in ["slack.x1", "slack.y1"].iter().zip(&result.slacks) {
        if let Some(expected) = table.get(*name) {
            d.series(name, column, &numbers(expected));
        }
    }
}

/// The index of Aparicio, Pastor and Zofío; other cases do not record their options or are not radial.
fn change(case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    let model = &case["model"];
    if !text(model, "variant").is_some_and(|v| v.starts_with("APZ 2013")) {
        let why = if model.get("weights").is_some() { "a non-radial indicator" } else { "the options are not recorded" };
        return Err(Outcome::unsupported(why));
    }
    if text(model, "direction") != Some("(0,y,-b)") {
        return Err(Outcome::unsupported("another direction"));
    }
    let data = data(case, folder)?;
    let (units, _) = data.units();
    let observations = Observations { technology: data.technology(), units: &units, periods: &data.periods };
    let options = MalmquistLuenbergerOptions { index: Index::Apz2013, ..MalmquistLuenbergerOptions::default() };
    let result = malmquist_luenberger::malmquist_luenberger(&observations, &options)
        .map_err(|e| Outcome::fail("malmquist-luenberger", format!("{e} {e:?}")))?;
    let mut d = Differences::default();
    for (name, found) in [("ML", &result.index), ("MLTEC", &result.efficiency), ("MLTC", &result.best_practice)] {
        d.series(name, found, &numbers(&case["expected"][name]));
    }
    Ok(d.outcome("malmquist-luenberger"))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{
        super::{Outcome, shared},
        Folder, changes, distances,
    };

    #[test]
    fn every_directional_case_of_the_shared_folder_passes() {
        let Some(folder) = shared::folder() else { return };
        let cases =
            ["nonparaeff_ddf", "deamatlab_super_ddf_crs", "gtfpch_teddf_ddf", "pystoned_ddf_undesirable_vrs", "deamatlab_ml_apz"];
        for name in cases {
            let text = Folder::Disk(&folder).read(&format!("cases/{name}.json")).unwrap();
            let case: Value = serde_json::from_str(&text).unwrap();
            let run = if name.ends_with("apz") { changes } else { distances };
            let Outcome::Compared { difference, at, .. } = run(&case, Folder::Disk(&folder)) else { panic!("{name}") };
            assert!(difference <= case["tolerance"].as_f64().unwrap(), "{name}: {at}");
        }
    }
}
