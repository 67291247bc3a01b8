//! Cases of chains of two stages.

use frontier::two_stage::{self, Chain, Model, TwoStage, TwoStageOptions};
use serde_json::Value;

use super::{
    Differences, Folder, Outcome,
    frontier::{data, numbers, returns, text},
};

const METHOD: &str = "two-stage";

/// Runs a case of the family.
pub fn run(case: &Value, folder: Folder<'_>) -> Outcome {
    chain(case, folder).unwrap_or_else(|o| o)
}

fn chain(case: &Value, folder: Folder<'_>) -> Result<Outcome, Outcome> {
    let joint = match text(&case["model"], "kind") {
        Some("Chen-Cook-Li-Zhu additive") => Model::Additive,
        Some("Kao-Hwang relational") => Model::Relational,
        Some("centralized (co) and leader-follower (nc)") => Model::Centralised,
        other => return Err(Outcome::unsupported(format!("model {other:?}"))),
    };
    let returns = returns(case)?;
    // Intermediates stand in the third place of a table.
    let mut named = case.clone();
    named["data"]["bad_outputs"] = case["data"]["intermediates"].clone();
    let data = data(&named, folder)?;
    let table = data.technology();
    let chain = Chain { inputs: table.inputs, intermediates: table.bad_outputs, outputs: table.outputs };
    let solve = |model| -> Result<TwoStage, Outcome> {
        let options = TwoStageOptions { model, returns, ..TwoStageOptions::default() };
        two_stage::two_stage(&chain, &options).map_err(|e| Outcome::fail(METHOD, format!("{e} {e:?}")))
    };
    let (joint, led) = (solve(joint)?, solve(Model::LeaderFollower)?);
    let found = [
        ("system", &joint.efficiency),
        ("system_3dec_published", &joint.efficiency),
        ("overall", &joint.efficiency),
        ("stage1_max_given_system", &joint.stages.first),
        ("stage2_given_stage1_max", &joint.stages.second),
        ("co_s1", &joint.stages.first),
        ("co_s2", &joint.stages.second),
        ("lf_s1", &led.stages.first),
        ("lf_s2", &led.stages.second),
        ("fl_s1", &led.alternative.first),
        ("fl_s2", &led.alternative.second),
    ];
    let mut d = Differences::default();
    for (key, values) in case["expected"].as_object().into_iter().flatten() {
        let Some((name, found)) = found.iter().find(|f| f.0 == key) else {
            return Err(Outcome::unsupported(format!("result `{key}`")));
        };
        d.series(name, found, &numbers(values));
    }
    Ok(d.outcome(METHOD))
}

#[cfg(test)]
mod tests {
    use super::super::{Verdict, shared};

    #[test]
    fn every_case_of_two_stages_passes() {
        let Some(mine) = shared::methods(|m| m == super::METHOD) else { return };
        assert!(mine.len() >= 3 && mine.iter().all(|r| r.verdict == Verdict::Pass), "{mine:#?}");
    }
}
