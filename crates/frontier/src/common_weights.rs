#![doc = include_str!("common_weights.md")]

mod canonical;
mod programs;

use numerics::{lp::Sense, moments};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    dea::{Class, DeaOptions, Returns, dea},
    projection::{Points, column},
    reference::Reference,
    technology::{FrontierError, Missing, State, Technology},
};
use programs::{Found, Weighing};

/// The method's page.
pub const PAGE: &str = include_str!("common_weights.md");
/// The method's page in Chinese.
pub const PAGE_ZH: &str = include_str!("common_weights.zh.md");

/// Least and largest score over all optimal weights that are one score.
const SAME: f64 = 1e-6;

/// What the one set of weights is best for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CommonModel {
    /// The largest distance of a unit from its own best score is least: compromise solution with p = ∞ (Kao and Hung
    /// 2005).
    #[default]
    Compromise,
    /// The least score is largest: maximin efficiency ratio (Troutt 1997).
    Maximin,
    /// The sum of the gaps between virtual input and virtual output of the efficient units is least, every weight being
    /// positive: common weights analysis (Liu and Peng 2008).
    Gap,
    /// The correlation of virtual input and virtual output is largest: canonical correlation (Friedman and
    /// Sinuany-Stern 1997).
    Canonical,
}

/// What the least weight of the model `gap` is measured in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LeastWeight {
    /// One over the mean of the variable: free of units of measure.
    #[default]
    Mean,
    /// The same number for every variable, in its unit of measure, as in the paper: results change with these.
    Unit,
}

/// Options of [`common_weights`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CommonOptions {
    /// What weights are best for: `compromise`, `maximin`, `gap` or `canonical`.
    pub model: CommonModel,
    /// With `gap`: least weights by `mean` or by `unit`.
    pub least: LeastWeight,
    /// Whether to add the least and the largest score of each unit over all optimal weights: two programs a unit; not
    /// with `canonical`.
    pub range: bool,
    /// Units with missing cells: `refuse` the data, or `exclude` them with status `missing`.
    pub missing: Missing,
}

impl Default for CommonOptions {
    fn default() -> Self {
        Self { model: CommonModel::default(), least: LeastWeight::default(), range: true, missing: Missing::default() }
    }
}

/// Result of [`common_weights`]: one value per unit in each column, `NaN` where there is none; one weight per variable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommonWeights {
    /// State of each unit: that of its own program, or that of the weights where these are not optimal; `Infeasible`
    /// where the weights make no ratio of it.
    pub state: Vec<State>,
    /// Score at the common weights: virtual output over virtual input. With `canonical` the best unit has 1.
    pub score: Vec<f64>,
    /// Own score, at the unit's best weights (CCR).
    pub efficiency: Vec<f64>,
    /// Certified bounds of `efficiency`.
    pub interval: Vec<(f64, f64)>,
    /// Virtual input less virtual output.
    pub gap: Vec<f64>,
    /// Least score over all optimal weights, where asked for.
    pub low: Vec<f64>,
    /// Largest score over all optimal weights.
    pub high: Vec<f64>,
    /// Whether the scores are certainly those of every set of optimal weights; none where that was not looked at.
    pub unique: Option<bool>,
    /// State of the weights.
    pub status: State,
    /// Weights of inputs; the mean virtual input is 1.
    pub input_weights: Vec<f64>,
    /// Weights of outputs.
    pub output_weights: Vec<f64>,
    /// Weights times means over their sum, inputs first and apart from outputs.
    pub shares: Vec<f64>,
    /// What the weights are best for: largest distance, least score, sum of gaps at least weights of 1 (over means),
    /// or correlation.
    pub value: f64,
    /// Certified bounds of `value`; none for a correlation, which is no program.
    pub bounds: Option<(f64, f64)>,
}

/// Scores of all units with complete data at one set of weights, under constant returns to scale.
///
/// # Errors
/// [`FrontierError`]: no variables, columns of different length, or cells that cannot be used, all of them at once.
/// Weights that are not determined or not certified have a [`State`].
pub fn common_weights(technology: &Technology<'_>, options: &CommonOptions) -> Result<CommonWeights, FrontierError> {
    technology.check(options.missing, false)?;
    let set = Reference::spanning(technology)?;
    let own =
        dea(technology, &DeaOptions { returns: Returns::Crs, scale: false, missing: options.missing, ..DeaOptions::default() })?;
    let m = technology.inputs.len();
    let at = |k: usize| set.classes.units(k)[0];
    let n = set.classes.len();
    let weighing = Weighing::new(&set, m);
    let certain = (0..n).all(|k| own.state[at(k)] == State::Optimal);
    let found = match options.model {
        CommonModel::Canonical => canonical::weights(&set, m),
        CommonModel::Maximin => weighing.least_distance(&vec![1.0; n], 0.0)?.turned(),
        _ if !certain => Found::none(State::Numerical, weighing.variables()),
        CommonModel::Compromise => {
            let ideal: Vec<f64> = (0..n).map(|k| own.score[at(k)]).collect();
            let width = (0..n).map(|k| own.interval[at(k)].1 - own.interval[at(k)].0).fold(0.0, f64::max);
            weighing.least_distance(&ideal, width)?
        }
        CommonModel::Gap => {
            let efficient: Vec<usize> = (0..n).filter(|&k| own.class[at(k)] == Class::Strong).collect();
            let least: Vec<f64> = match options.least {
                LeastWeight::Mean => set.columns.iter().map(|c| 1.0 / moments::mean(c)).collect(),
                LeastWeight::Unit => vec![1.0; set.columns.len()],
            };
            weighing.least_gap(&efficient, &least)?
        }
    };

    let ranged = options.range && options.model != CommonModel::Canonical;
    let ranges = if ranged && found.status == State::Optimal { weighing.ranges(&found)? } else { Vec::new() };
    let points = Points::new(&set, technology.len());
    let all: Vec<usize> = (0..n).collect();
    let units: Vec<Option<&usize>> = points.units(&all, &all);
    let ratios: Vec<(f64, f64)> = all.iter().map(|&k| weighing.ratio(&found.weights, k)).collect();
    let canonical = options.model == CommonModel::Canonical;
    // Weights of any sign make a ratio where they make something of something.
    let counts = |(u, d): (f64, f64)| d > 0.0 && (u > 0.0 || !canonical);
    let ratio = |k: usize| if counts(ratios[k]) { ratios[k].0 / ratios[k].1 } else { f64::NAN };
    let best = if canonical { all.iter().map(|&k| ratio(k)).fold(f64::NAN, f64::max) } else { 1.0 };
    let score = |k: usize| Some(ratio(k) / best).filter(|s| s.is_finite()).map_or(f64::NAN, |s| s.min(1.0));
    let state = |k: usize| match (own.state[at(k)], found.status) {
        (State::Optimal, State::Optimal) if score(k).is_nan() => State::Infeasible,
        (State::Optimal, status) => status,
        (own, _) => own,
    };
    let range = |k: usize, high: bool| ranges.get(k).map_or(f64::NAN, |r| if high { r.1 } else { r.0 });
    let unique = ranged.then(|| !ranges.is_empty() && ranges.iter().all(|r| r.1 - r.0 <= SAME));
    let virtuals: Vec<f64> = set.columns.iter().zip(&found.weights).map(|(c, w)| w * moments::mean(c)).collect();
    let (x, y) = virtuals.split_at(m);
    let share = |side: &[f64]| -> Vec<f64> { side.iter().map(|s| s / side.iter().sum::<f64>()).collect() };
    Ok(CommonWeights {
        state: column(&units, State::Missing, |&k| state(k)),
        score: column(&units, f64::NAN, |&k| score(k)),
        efficiency: column(&units, f64::NAN, |&k| own.score[at(k)]),
        interval: column(&units, (f64::NAN, f64::NAN), |&k| own.interval[at(k)]),
        gap: column(&units, f64::NAN, |&k| ratios[k].1 - ratios[k].0),
        low: column(&units, f64::NAN, |&k| range(k, false)),
        high: column(&units, f64::NAN, |&k| range(k, true)),
        unique,
        status: found.status,
        shares: [share(x), share(y)].concat(),
        input_weights: found.weights[..m].to_vec(),
        output_weights: found.weights[m..].to_vec(),
        value: found.value,
        bounds: found.bounds,
    })
}

/// Sense of the row of each variable in envelopment form.
fn senses(inputs: usize, variables: usize) -> impl Iterator<Item = Sense> {
    (0..variables).map(move |v| if v < inputs { Sense::AtMost } else { Sense::AtLeast })
}

#[cfg(test)]
#[path = "common_weights_tests.rs"]
mod tests;
