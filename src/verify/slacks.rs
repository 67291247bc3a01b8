//! Cases of the additive family and of the slacks-based measure.

use frontier::{
    Projection, SlackOrientation, Technology,
    additive::{self, AdditiveOptions, Weights},
    sbm::{self, Sbm, SbmOptions},
};
use serde_json::Value;

use super::{
    Differences, Folder, Outcome,
    frontier::{Data, data, numbers, returns, strings, text, unknown_key},
};

/// Runs a case of these families.
pub fn run(family: &str, case: &Value, folder: Folder<'_>) -> Outcome {
    let runner = if family.starts_with("sbm") { slacks_based } else { weighted };
    runner(case, folder).unwrap_or_else(|o| o)
}

pub(super) fn orientation(case: &Value) -> Result<SlackOrientation, Outcome> {
    match text(&case["model"], "orientation") {
        None | Some("none" | "no") => Ok(SlackOrientation::None),
        Some("input" | "in" | "io") => Ok(SlackOrientation::Input),
        Some("output" | "out" | "oo") => Ok(SlackOrientation::Output),
        Some(other) => Err(Outcome::unsupported(format!("orientation {other}"))),
    }
}

/// Value and slacks of the additive model under the weights named.
fn weighted(case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    if let Some(key) = unknown_key(case, &["orientation", "rts", "weights"]) {
        return Err(Outcome::unsupported(format!("option `{key}`")));
    }
    let weights = match text(&case["model"], "weights") {
        Some("unit" | "additive") => Weights::Sum,
        Some("MIP") => Weights::Mip,
        Some("RAM") => Weights::Ram,
        Some("BAM") => Weights::Bam,
        Some("LovPast") => Weights::Normalised,
        other => return Err(Outcome::unsupported(format!("weights {other:?}"))),
    };
    let data = data(case, folder)?;
    let options =
        AdditiveOptions { weights, orientation: orientation(case)?, returns: returns(case)?, ..AdditiveOptions::default() };
    let result = additive::additive(&data.technology(), &options).map_err(|e| Outcome::fail("additive", format!("{e} {e:?}")))?;
    let expected = &case["expected"];
    let mut d = Differences::default();
    for key in ["score", "inefficiency", "inefficiency_scaled"] {
        if let Some(values) = expected.get(key) {
            d.series(key, &result.inefficiency, &numbers(values));
        }
    }
    compare(&mut d, expected, &result.projection, &data);
    Ok(d.outcome("additive"))
}

/// Score, slacks and targets of the slacks-based measure.
fn slacks_based(case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    if let Some(key) = unknown_key(case, &["orientation", "rts", "weights", "bad_outputs"]) {
        return Err(Outcome::unsupported(format!("option `{key}`")));
    }
    if text(&case["model"], "weights").is_some_and(|w| w != "1:1") {
        return Err(Outcome::unsupported("weights other than equal ones"));
    }
    let mut data = data(case, folder)?;
    // The table lists undesirable outputs among the outputs, in last place.
    let bad = strings(case["model"].get("bad_outputs")).len();
    data.bad_outputs = data.outputs.split_off(data.outputs.len().saturating_sub(bad));
    let options = SbmOptions { orientation: orientation(case)?, returns: returns(case)?, ..SbmOptions::default() };
    let result = sbm::sbm(&data.technology(), &options).map_err(|e| Outcome::fail("sbm", format!("{e} {e:?}")))?;
    let expected = &case["expected"];
    let mut d = Differences::default();
    if let Some(values) = expected.get("score") {
        d.series("score", &result.score, &numbers(values));
    }
    if let Some(table) = expected.get("table") {
        wide(&mut d, table, &result, &data.technology());
    }
    match options.orientation {
        SlackOrientation::None => compare(&mut d, expected, &result.projection, &data),
        side => oriented(&mut d, expected, &result, &data, side == SlackOrientation::Input),
    }
    Ok(d.outcome("sbm"))
}

/// A table with the columns `eff`, `lambda1`.., `slack.x1`.., `slack.y1`... Where a unit has several
/// optima, the printed one need not be ours: it must be feasible and give our score.
fn wide(d: &mut Differences, table: &Value, result: &Sbm, technology: &Technology<'_>) {
    let units = technology.len();
    d.series("eff", &result.score, &numbers(&table["eff"]));
    let column = |name: String| numbers(&table[&name]);
    let weights: Vec<Vec<f64>> = (0..units).map(|j| column(format!("lambda{}", j + 1))).collect();
    let at = |c: &[f64], u: usize| c.get(u).copied().unwrap_or(f64::NAN);
    let found = |u: usize, j: usize| result.projection.peers.of(u).find(|p| p.units.contains(&j)).map_or(0.0, |p| p.weight);
    let unique = &result.projection.unique;
    for u in (0..units).filter(|u| unique[*u]) {
        for (j, printed) in weights.iter().enumerate() {
            d.value(&format!("lambda{} of unit {}", j + 1, u + 1), found(u, j), at(printed, u));
        }
    }
    let mut means = [vec![0.0; units], vec![0.0; units]];
    let sides = [
        ("x", -1.0, &technology.inputs, &result.projection.input_slacks),
        ("y", 1.0, &technology.outputs, &result.projection.output_slacks),
    ];
    for (side, (letter, sign, columns, slacks)) in sides.into_iter().enumerate() {
        for (v, values) in columns.iter().enumerate() {
            let name = format!("slack.{letter}{}", v + 1);
            let printed = column(name.clone());
            for u in 0..units {
                let slack = at(&printed, u);
                means[side][u] += slack / values[u] / columns.len() as f64;
                if unique[u] {
                    d.value(&format!("{name} of unit {}", u + 1), slacks[v][u], slack);
                } else {
                    let target: f64 = weights.iter().zip(*values).map(|(w, x)| at(w, u) * x).sum();
                    d.value(&format!("target of {name} of unit {}", u + 1), values[u] + sign * slack, target);
                }
            }
        }
    }
    for u in (0..units).filter(|u| !unique[*u]) {
        let implied = (1.0 - means[0][u]) / (1.0 + means[1][u]);
        d.value(&format!("score of the printed slacks of unit {}", u + 1), result.score[u], implied);
    }
}

/// Slacks and targets carry units of measure, the tolerance of a case does not: they are compared as
/// shares of the variable's largest value.
pub(super) fn compare(d: &mut Differences, expected: &Value, found: &Projection, data: &Data) {
    let outputs: Vec<&Vec<f64>> = data.outputs.iter().chain(&data.bad_outputs).collect();
    let inputs: Vec<&Vec<f64>> = data.inputs.iter().collect();
    let join = |a: &[Vec<f64>], b: &[Vec<f64>]| -> Vec<Vec<f64>> { a.iter().chain(b).cloned().collect() };
    let tables = [
        ("slacks", "slack_input", found.input_slacks.clone(), &inputs),
        ("slacks", "slack_output", join(&found.output_slacks, &found.bad_output_slacks), &outputs),
        ("targets", "target_input", found.input_targets.clone(), &inputs),
        ("targets", "target_output", join(&found.output_targets, &found.bad_output_targets), &outputs),
    ];
    for (outer, inner, found, observed) in tables {
        let Some(rows) = printed(expected, outer, inner) else { continue };
        d.length(inner, observed.first().map_or(0, |c| c.len()), rows.len());
        for (unit, row) in rows.iter().enumerate() {
            for (v, x) in row.iter().enumerate() {
                let at = found.get(v).and_then(|c| c.get(unit)).copied().unwrap_or(f64::NAN);
                let largest = observed.get(v).map_or(f64::NAN, |c| c.iter().copied().fold(0.0, f64::max));
                d.value(&format!("share of {inner} {} of unit {}", v + 1, unit + 1), at / largest, x / largest);
            }
        }
    }
}

fn printed(expected: &Value, outer: &str, inner: &str) -> Option<Vec<Vec<f64>>> {
    let values = expected.get(outer)?.get(inner)?.get("values")?;
    Some(values.as_array().into_iter().flatten().map(numbers).collect())
}

/// The slacks of the side that an oriented model counts, as the score that they give: several slacks
/// may share the best score, and those of the other side are left open (here they are maximised).
fn oriented(d: &mut Differences, expected: &Value, result: &Sbm, data: &Data, inputs: bool) {
    let (inner, columns) = if inputs { ("slack_input", &data.inputs) } else { ("slack_output", &data.outputs) };
    let Some(rows) = printed(expected, "slacks", inner) else { return };
    d.length(inner, result.score.len(), rows.len());
    for (unit, row) in rows.iter().enumerate() {
        let share = |(slack, column): (&f64, &Vec<f64>)| slack / column.get(unit).copied().unwrap_or(f64::NAN);
        let mean = row.iter().zip(columns).map(share).sum::<f64>() / columns.len() as f64;
        let implied = if inputs { 1.0 - mean } else { 1.0 / (1.0 + mean) };
        let found = result.score.get(unit).copied().unwrap_or(f64::NAN);
        d.value(&format!("score of the printed slacks of unit {}", unit + 1), found, implied);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Verdict, shared};

    #[test]
    fn every_additive_and_sbm_case_of_the_shared_folder_passes() {
        let Some(mine) = shared::methods(|m| m == "additive" || m == "sbm") else { return };
        let failed: Vec<_> = mine.iter().filter(|r| r.verdict != Verdict::Pass).collect();
        assert!(failed.is_empty(), "{failed:#?}");
        assert!(mine.len() >= 18, "{}", mine.len());
    }
}
