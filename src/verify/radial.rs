//! Cases of free disposal hulls and of radial super-efficiency.

use frontier::{
    Missing, Orientation, State,
    dea::{self, DeaOptions, Returns, ScoreOptions},
};
use serde_json::Value;

use super::{
    Differences, Folder, Outcome,
    frontier::{data, numbers, orientation, returns, unknown_key},
};

/// Runs a case of the families `fdh` and `super-efficiency`.
pub fn run(family: &str, case: &Value, folder: Folder<'_>) -> Outcome {
    scores(family == "fdh", case, folder).unwrap_or_else(|o| o)
}

/// Scores; a unit without a number, or with an infinite one, is one that cannot be measured.
fn scores(hull: bool, case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    if let Some(key) = unknown_key(case, &["orientation", "rts"]) {
        return Err(Outcome::unsupported(format!("option `{key}`")));
    }
    let data = data(case, folder)?;
    let orientation = orientation(case)?;
    let returns = if hull { Returns::Fdh } else { returns(case)? };
    let options = DeaOptions {
        orientation,
        returns,
        super_efficiency: !hull,
        scale: false,
        missing: Missing::Exclude,
        ..DeaOptions::default()
    };
    let failed = |e: frontier::FrontierError| Outcome::fail("dea", format!("{e} {e:?}"));
    let result = dea::dea(&data.technology(), &options).map_err(failed)?;
    let mut d = Differences::default();
    // Programs print the output score as phi.
    let found = if orientation == Orientation::Output { &result.reciprocal } else { &result.score };
    let expected = numbers(&case["expected"]["score"]);
    d.series("score", found, &expected);
    for (unit, (state, x)) in result.state.iter().zip(&expected).enumerate() {
        let agrees = (*state == State::Infeasible) == x.is_nan();
        d.value(&format!("state of unit {}, {state:?}", unit + 1), if agrees { 0.0 } else { f64::INFINITY }, 0.0);
    }
    if hull {
        let options = ScoreOptions { orientation, returns, missing: Missing::Exclude, ..ScoreOptions::default() };
        let alone = dea::scores(&data.technology(), &options).map_err(failed)?;
        d.series("score alone", &alone.score, &result.score);
    }
    Ok(d.outcome("dea"))
}

#[cfg(test)]
mod tests {
    use crate::verify::{Verdict, shared};

    #[test]
    fn every_hull_and_super_efficiency_case_of_the_shared_folder_passes() {
        let Some(rows) = shared::families(|f| matches!(f, "fdh" | "super-efficiency")) else { return };
        assert!(rows.len() >= 11 && rows.iter().all(|r| r.verdict == Verdict::Pass), "{rows:#?}");
    }
}
