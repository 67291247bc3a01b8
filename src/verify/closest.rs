//! Cases of closest targets.

use frontier::{
    additive::Weights,
    closest::{ClosestOptions, Measure, closest},
};
use serde_json::Value;

use super::{
    Differences, Folder, Outcome,
    frontier::{data, numbers, returns, text, unknown_key},
    slacks,
};

/// Runs a case: the sums, then slacks and targets as shares of the largest values.
pub fn run(case: &Value, folder: Folder<'_>) -> Outcome {
    compared(case, folder).unwrap_or_else(|o| o)
}

fn compared(case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    if let Some(key) = unknown_key(case, &["kind", "orientation", "rts"]) {
        return Err(Outcome::unsupported(format!("option `{key}`")));
    }
    if text(&case["model"], "kind") != Some("min additive (mADD) MILP") {
        return Err(Outcome::unsupported("another measure of nearness"));
    }
    let data = data(case, folder)?;
    let options = ClosestOptions {
        measure: Measure::Weighted(Weights::Sum),
        orientation: slacks::orientation(case)?,
        returns: returns(case)?,
        ..ClosestOptions::default()
    };
    let result = closest(&data.technology(), &options).map_err(|e| Outcome::fail("closest", format!("{e} {e:?}")))?;
    let expected = &case["expected"];
    let mut d = Differences::default();
    d.series("score", &result.value, &numbers(&expected["score"]));
    slacks::compare(&mut d, expected, &result.projection, &data);
    Ok(d.outcome("closest"))
}

#[cfg(test)]
mod tests {
    use super::super::{Verdict, shared};

    #[test]
    fn the_airlines_pass() {
        let Some(rows) = shared::rows() else { return };
        let row = rows.iter().find(|r| r.case == "aparicio2007_airlines_addmin").unwrap();
        assert_eq!(row.verdict, Verdict::Pass, "{row:?}");
    }
}
