#![doc = include_str!("merger.md")]

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    dea::{self, Dea, DeaOptions, Returns, ScoreOptions, Scores, Slacks},
    observations::{Distance, UNSOLVED},
    technology::{FrontierError, Missing, Orientation, State, Technology},
};

/// The method's page.
pub const PAGE: &str = include_str!("merger.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("merger.zh.md");

/// Options of [`merger`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MergerOptions {
    /// Which side is measured: `input` or `output`.
    pub orientation: Orientation,
    /// Returns to scale: `crs`, `vrs`, `nirs`, `ndrs` or `fdh`.
    pub returns: Returns,
    /// Units with missing cells: `refuse` the data, or `exclude` them; a merger with such a unit is `missing`.
    pub missing: Missing,
}

/// Result of [`merger`]: one value per merger in each column; distances are Farrell scores θ or 1/φ.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Merger {
    /// Potential overall efficiency E of the sum of the units. Below 1 there is something to gain; infeasible where the
    /// merged unit is larger than anything the technology knows.
    pub overall: Vec<Distance>,
    /// E*: the same once every unit has been made efficient on its own.
    pub adjusted: Vec<Distance>,
    /// Learning LE = E / E*: what the units could gain without a merger.
    pub learning: Vec<f64>,
    /// Harmony HA: efficiency of the mean of the efficient units, that is, of a better mix.
    pub harmony: Vec<Distance>,
    /// Scale SI = E* / HA: what size alone does; above 1 where the merged unit is too large.
    pub scale: Vec<f64>,
    /// Inputs of the merged units, `[variable][merger]`.
    pub inputs: Vec<Vec<f64>>,
    /// Outputs of the merged units.
    pub outputs: Vec<Vec<f64>>,
    /// The merged units against the units: targets, slacks, prices and peers behind `overall`.
    pub plan: Dea,
    /// Scores of the single units.
    pub single: Scores,
}

/// Potential gains from merging each of `sets`, lists of rows.
///
/// # Errors
/// [`FrontierError`]: unusable data, all of it at once; a set that is empty, has a row twice, or names one that is not
/// there; returns to scale that cannot be compared with sums.
pub fn merger(technology: &Technology<'_>, sets: &[Vec<usize>], options: &MergerOptions) -> Result<Merger, FrontierError> {
    technology.check(options.missing, false)?;
    let n = technology.len();
    check(sets, n, options.returns)?;
    let scoring = ScoreOptions {
        orientation: options.orientation,
        returns: options.returns,
        missing: Missing::Exclude,
        ..ScoreOptions::default()
    };
    let single = dea::scores(technology, &ScoreOptions { missing: options.missing, ..scoring.clone() })?;
    let input = options.orientation == Orientation::Input;
    // Inputs, then outputs of each set; `by` is what a unit's value is multiplied by on the side that moves.
    let merged = |by: &dyn Fn(usize) -> f64, mean: bool| -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
        let side = |columns: &[&[f64]], moved: bool| -> Vec<Vec<f64>> {
            let of = |c: &[f64]| {
                let set = |s: &Vec<usize>| {
                    let sum: f64 = s.iter().map(|&u| if moved { c[u] * by(u) } else { c[u] }).sum();
                    if mean { sum / s.len() as f64 } else { sum }
                };
                sets.iter().map(set).collect()
            };
            columns.iter().map(|c| of(c)).collect()
        };
        (side(&technology.inputs, input), side(&technology.outputs, !input))
    };
    // On the side of inputs a unit becomes efficient by θ, on that of outputs by φ.
    let made = |u: usize| if input { single.score[u] } else { 1.0 / single.score[u] };
    let (inputs, outputs) = merged(&|_| 1.0, false);
    let (own, pure, mean) = ((inputs, outputs), merged(&made, false), merged(&made, true));

    let planning = DeaOptions {
        orientation: options.orientation,
        returns: options.returns,
        slacks: Slacks::Range,
        scale: false,
        missing: Missing::Exclude,
        ..DeaOptions::default()
    };
    let plan = match whole(&own) {
        Some(t) => dea::dea_against(&t, technology, &planning)?,
        None => Dea::default(),
    };
    let against = |sums: &(Vec<Vec<f64>>, Vec<Vec<f64>>)| -> Result<Vec<Distance>, FrontierError> {
        let Some(t) = whole(sums) else { return Ok(vec![UNSOLVED; sets.len()]) };
        let s = dea::scores_against(&t, technology, &scoring)?;
        Ok((0..sets.len()).map(|i| Distance { value: s.score[i], state: s.state[i], interval: (s.low[i], s.high[i]) }).collect())
    };
    let (overall, adjusted, harmony) = (against(&own)?, against(&pure)?, against(&mean)?);
    let ratio = |a: &[Distance], b: &[Distance]| a.iter().zip(b).map(|(a, b)| a.value / b.value).collect();
    let (inputs, outputs) = own;
    Ok(Merger {
        learning: ratio(&overall, &adjusted),
        scale: ratio(&adjusted, &harmony),
        overall,
        adjusted,
        harmony,
        inputs,
        outputs,
        plan,
        single,
    })
}

/// The technology of sums; none where no sum is complete.
fn whole((inputs, outputs): &(Vec<Vec<f64>>, Vec<Vec<f64>>)) -> Option<Technology<'_>> {
    let sets = inputs.first().map_or(0, Vec::len);
    if !(0..sets).any(|s| inputs.iter().chain(outputs).all(|c| !c[s].is_nan())) {
        return None;
    }
    let (inputs, outputs) = (inputs.iter().map(Vec::as_slice).collect(), outputs.iter().map(Vec::as_slice).collect());
    Some(Technology { inputs, outputs, bad_outputs: Vec::new() })
}

fn check(sets: &[Vec<usize>], rows: usize, returns: Returns) -> Result<(), FrontierError> {
    let mut found = Vec::new();
    if sets.is_empty() {
        found.push(("sets", "no merger is named".to_owned()));
    }
    for (i, set) in sets.iter().enumerate() {
        let mut seen = set.clone();
        seen.sort_unstable();
        seen.dedup();
        if set.len() < 2 {
            found.push(("sets", format!("merger {} has fewer than two units", i + 1)));
        } else if seen.len() < set.len() {
            found.push(("sets", format!("merger {} has a unit twice", i + 1)));
        }
        found.extend(set.iter().filter(|&&u| u >= rows).map(|u| ("sets", format!("merger {} names row {u} of {rows}", i + 1))));
    }
    if matches!(returns, Returns::Generalised | Returns::Replication | Returns::Upscaling) {
        found.push(("returns", "mergers take `crs`, `vrs`, `nirs`, `ndrs` or `fdh`".to_owned()));
    }
    if found.is_empty() { Ok(()) } else { Err(FrontierError::Options(found)) }
}

impl Merger {
    /// Whether a merger has all its parts.
    pub fn solved(&self, merger: usize) -> bool {
        [&self.overall, &self.adjusted, &self.harmony].iter().all(|d| d[merger].state == State::Optimal)
    }
}

#[cfg(test)]
#[path = "merger_tests.rs"]
mod tests;
