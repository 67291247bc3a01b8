//! Cases of radial models whose variables, peers or weights are restricted.

use frontier::{
    Missing, Orientation, State,
    dea::{self, Control, DeaOptions, Returns},
};
use serde_json::Value;

use super::{
    Differences, Folder, Outcome,
    frontier::{data, numbers, orientation, returns, strings, text, unknown_key},
};

/// Runs a case of the families `non-controllable`, `undesirable-translation` and `replicability-hull`.
pub fn run(case: &Value, folder: Folder<'_>) -> Outcome {
    scores(case, folder).unwrap_or_else(|o| o)
}

fn scores(case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    if let Some(key) = unknown_key(case, &["orientation", "rts", "noncontrollable", "bad_outputs", "translation"]) {
        return Err(Outcome::unsupported(format!("option `{key}`")));
    }
    let (model, mut data) = (&case["model"], data(case, folder)?);
    let orientation = orientation(case)?;
    let mut options = DeaOptions { orientation, scale: false, missing: Missing::Exclude, ..DeaOptions::default() };
    options.returns = match text(model, "rts") {
        Some("add") => Returns::Replication,
        Some("irs2") => Returns::Upscaling,
        _ => returns(case)?,
    };
    let (inputs, outputs) = (strings(case["data"].get("inputs")), strings(case["data"].get("outputs")));
    let held = strings(model.get("noncontrollable"));
    if !held.is_empty() {
        let control = |n: &String| if held.contains(n) { Control::NonControllable } else { Control::Chosen };
        options.control = inputs.iter().chain(&outputs).map(control).collect();
    }
    // There bads stand among the outputs.
    for name in strings(model.get("bad_outputs")) {
        let at = outputs.iter().position(|o| *o == name).ok_or_else(|| Outcome::fail("dea", format!("no output `{name}`")))?;
        data.bad_outputs.push(data.outputs.remove(at));
    }
    options.translation = model.get("translation").map(numbers).unwrap_or_default();
    let result = dea::dea(&data.technology(), &options).map_err(|e| Outcome::fail("dea", format!("{e} {e:?}")))?;
    if let Some(state) = result.state.iter().find(|s| **s != State::Optimal) {
        return Err(Outcome::fail("dea", format!("a unit is {state:?}")));
    }
    let expected = &case["expected"];
    let mut d = Differences::default();
    let found = if orientation == Orientation::Output { &result.reciprocal } else { &result.score };
    d.series("score", found, &numbers(&expected["score"]));
    // Shares of the largest value: a tolerance carries no unit of measure.
    let tables = [
        (&expected["targets"]["target_input"]["values"], &result.input_targets, &data.inputs),
        (&expected["targets"]["target_output"]["values"], &result.output_targets, &data.outputs),
    ];
    for (values, found, observed) in tables {
        for (unit, row) in values.as_array().into_iter().flatten().map(numbers).enumerate() {
            for (v, x) in row.iter().enumerate() {
                let largest = observed[v].iter().copied().fold(0.0, f64::max);
                d.value(&format!("share of target {} of unit {}", v + 1, unit + 1), found[v][unit] / largest, x / largest);
            }
        }
    }
    Ok(d.outcome("dea"))
}
