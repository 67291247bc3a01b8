//! `index`: composite index of a framework.

use std::{collections::BTreeMap, path::Path};

use index::{
    Composite, Data, Goalposts, IndexError, Missing, Normalisation, Recipe, Scope, Tree, Weighting, audit, evaluate,
    uncertainty::{Alternatives, Uncertainty, uncertainty},
    weights::{
        combination::Combination, components::ComponentOptions, critic::CriticOptions, entropy::EntropyOptions,
        importance::Importance,
    },
};
use panel::{Origin, Panel, Place, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::lookup;
use crate::{
    framework::{self, Read},
    method::{Check, Input, Method, Output, OutputVariable, Page},
    text::{Text, capital},
};

mod association;
mod bands;
mod data;
mod derivation;
mod figures;
mod findings;
mod portrait;
mod preset;
mod profile;
mod story;
mod structure;
mod tables;
mod weighing;

pub use preset::Preset;

/// How an index is made of a framework: what every method that starts from one asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Construction {
    /// The framework: a TOML file, a table with one row per indicator, COINr's `iMeta`, YAML notes, or a built-in one by
    /// `builtin:NAME` (`xinzhi frameworks` lists them).
    #[schemars(extend("x-role" = "file"))]
    pub framework: String,
    /// Groups of the units, for missing cells filled by group.
    #[schemars(extend("x-role" = "group"))]
    pub group: Option<String>,
    /// The choices from a table of indicators to scores.
    #[serde(flatten)]
    pub recipe: Recipe,
}

/// Options of a composite index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
pub struct IndexOptions {
    /// How the index is made.
    #[serde(flatten)]
    pub construction: Construction,
    /// Does what a tool does, and shows the default recipe beside it.
    pub preset: Option<Preset>,
    /// Variables that measure size, such as population; indicators that follow them too closely are reported.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub size: Vec<String>,
    /// How many strengths, and as many weaknesses, are listed for each unit of the last period; 0 lists none.
    #[serde(default = "five")]
    pub strengths: usize,
    /// Whether to recompute the index under alternatives, which gives intervals and rank bands.
    #[serde(default = "yes")]
    pub uncertainty: bool,
    /// The alternatives; a list for each choice.
    pub alternatives: Option<Alternatives>,
    /// Units whose profiles are drawn, beside the first and the one in the middle.
    #[serde(default)]
    pub profiles: Vec<String>,
}

fn yes() -> bool {
    true
}

fn five() -> usize {
    5
}

impl IndexOptions {
    fn recipe(&self) -> &Recipe {
        &self.construction.recipe
    }

    /// The options with the recipe of the preset.
    fn resolved(&self) -> Self {
        let mut out = self.clone();
        if let Some(preset) = self.preset {
            out.construction.recipe = preset.recipe(&out.construction.recipe);
        }
        out
    }

    fn alternatives(&self) -> Alternatives {
        let mut declared = self.alternatives.clone().unwrap_or_default();
        // Values of later years can lie below the base period's worst, and negative values have no entropy.
        if self.alternatives.is_none() && self.recipe().goalposts == Goalposts::Base {
            declared.weights.retain(|w| *w != Weighting::Entropy);
        }
        declared
    }
}

/// An index of a framework over a panel: what `index` reports, and what `obstacle` starts from.
#[derive(Clone, Debug)]
pub struct Normalised {
    /// The framework and its formulas.
    pub read: Read,
    /// The choices.
    pub recipe: Recipe,
    /// Normalised indicators (`composite.normalised.values`), weights and scores; rows sorted by unit, then period.
    pub composite: Composite,
}

/// Reads the framework, evaluates its formulas over the panel and computes the index. `weighed` are the weightings
/// that alternatives use beside the recipe's own.
///
/// # Errors
/// Everything wrong with the framework, its formulas or the data.
pub fn normalised(input: &Input<'_>, options: &Construction, weighed: &[Weighting]) -> Result<Normalised, Vec<Problem>> {
    let recipe = options.recipe.clone();
    unused(options, weighed)?;
    let read = framework::read(&input.path(&options.framework), &options.framework)?;
    let columns = read.evaluate(input.panel)?;
    let groups = match &options.group {
        Some(name) => &input.panel.group(name).ok_or_else(|| vec![lookup::unknown_group(input.panel, name)])?.labels[..],
        None => &[],
    };
    let data = Data { units: &input.panel.units, periods: &input.panel.periods, columns: &columns, groups };
    let composite = evaluate(&read.framework, &data, &recipe)
        .map_err(|errors| errors.iter().map(|e| problem(e, &read, input.panel)).collect::<Vec<_>>())?;
    Ok(Normalised { read, recipe, composite })
}

/// Options that would be read and do nothing.
fn unused(options: &Construction, weighed: &[Weighting]) -> Result<(), Vec<Problem>> {
    let recipe = &options.recipe;
    let mut problems = Vec::new();
    if recipe.base.is_some() && recipe.goalposts != Goalposts::Base && recipe.scope != Scope::Base {
        problems.push(
            Problem::error("base-unused", "`base` names a base period, but neither goalposts nor weights are of a base period.")
                .help("Set `goalposts = \"base\"` or `scope = \"base\"`, or leave `base` out."),
        );
    }
    if recipe.reference.is_some() && recipe.normalisation != Normalisation::Reference {
        problems.push(
            Problem::error("reference-unused", "`reference` names a unit, but the normalisation compares with none.")
                .help("Set `normalisation = \"reference\"`, or leave `reference` out."),
        );
    }
    if options.group.is_some() && !matches!(recipe.missing, Missing::GroupMean | Missing::GroupMedian) {
        problems.push(
            Problem::error("group-unused", "`group` is given, but missing cells are not filled by group.")
                .help("Set `missing = \"group-mean\"` or `\"group-median\"`, or leave `group` out."),
        );
    }
    let uses = |w: Weighting| {
        let part = recipe.weights == Weighting::Combination && recipe.combination.of.contains(&w);
        recipe.weights == w || part || weighed.contains(&w)
    };
    for (key, given, weighting) in [
        ("entropy", recipe.entropy != EntropyOptions::default(), Weighting::Entropy),
        ("critic", recipe.critic != CriticOptions::default(), Weighting::Critic),
        ("components", recipe.components != ComponentOptions::default(), Weighting::PrincipalComponents),
        ("importance", recipe.importance != Importance::default(), Weighting::Importance),
        ("combination", recipe.combination != Combination::default(), Weighting::Combination),
    ] {
        if given && !uses(weighting) {
            problems.push(
                Problem::error("weights-unused", format!("`{key}` is given, but no weights are made that way."))
                    .help("Set `weights` to it, or leave the options out."),
            );
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Alternatives that would be read and do nothing.
fn contradictions(options: &IndexOptions) -> Result<(), Vec<Problem>> {
    if options.alternatives.is_some() && !options.uncertainty {
        return Err(vec![
            Problem::error("alternatives-unused", "`alternatives` are given, but `uncertainty` is off: none would be computed.")
                .help("Leave out one of the two."),
        ]);
    }
    Ok(())
}

/// Units asked for that are none.
fn unknown_units(panel: &Panel, options: &IndexOptions) -> Result<(), Vec<Problem>> {
    let units = panel.unit_set();
    let unknown = options.profiles.iter().filter(|u| !units.contains(&u.as_str()));
    let problems: Vec<Problem> = unknown
        .map(|u| Problem::error("unknown-unit", format!("There is no unit `{u}`.")).did_you_mean(u, units.iter().copied()))
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// What an [`IndexError`] means to the user.
pub(super) fn problem(error: &IndexError, read: &Read, panel: &Panel) -> Problem {
    use IndexError as E;
    let what = format!("{}.", capital(error.to_string()));
    let cell = |indicator: &str, unit: &str, period: i32| Place {
        column: Some(indicator.to_owned()),
        unit: Some(unit.to_owned()),
        period: panel.period_name.as_ref().map(|_| period),
        ..Place::default()
    };
    match error {
        E::MissingCells { indicator, unit, period, .. } => Problem::error("missing-cells", what)
            .why("A score over fewer indicators is not comparable with the others unless that is wanted.")
            .help("Choose `missing`: drop-unit, mean-of-present, carry, interpolate or mean; every such cell is then listed.")
            .at(cell(indicator, unit, *period)),
        E::Infinite { indicator, unit, period } => Problem::error("infinite-value", what).at(cell(indicator, unit, *period)),
        E::AllMissing { indicator } => Problem::error("all-missing", what)
            .help("Take the indicator out of the framework, or restrict the step to periods that have it (`from`, `to`).")
            .at(read.place(indicator)),
        E::NoGoalposts { indicator } => Problem::error("no-goalposts", what)
            .help("Declare `goalposts = [low, high]`, or use pooled goalposts.")
            .at(read.place(indicator)),
        E::TooFewRows { indicator, .. } => Problem::error("too-few-rows", what)
            .why("The worst and the best of one row are the same.")
            .help("Use pooled goalposts over several units or periods, or declare goalposts.")
            .at(read.place(indicator)),
        E::NegativeEntropy { indicator } => {
            Problem::error("negative-entropy", what).help("Use pooled goalposts, or other weights.").at(read.place(indicator))
        }
        E::NegativeRatio { indicator } => {
            Problem::error("negative-ratio", what).help("Use pooled goalposts, or other weights.").at(read.place(indicator))
        }
        E::WeightsNotPositive { indicator, .. } | E::WeightsIdeal { indicator, .. } => Problem::error("weights-of-ratios", what)
            .help("Use weights that work on the common scale, such as entropy or CRITIC.")
            .at(read.place(indicator)),
        E::NegativeComponents { indicators } => Problem::error("negative-components", what)
            .why("They run against the others: a weight turned round in silence would count against what the framework says.")
            .help(
                "Check their directions, weigh within dimensions (`reach = \"within\"`), or set `components = { loading = \"absolute\" }` or `\"squared\"`.",
            )
            .at(indicators.first().map(|i| read.place(i)).unwrap_or_default()),
        E::NoComponents { node } => {
            Problem::error("no-components", what).help("Fill missing cells, or use other weights.").at(read.place(node))
        }
        E::WeightOptions(_) => Problem::error("bad-weights", what).help("See the page of the method for the options of weights."),
        E::WeightMissing { id, .. } => {
            Problem::error("weight-missing", what).help("Give every sibling a `weight`, or none of them.").at(read.place(id))
        }
        E::ZeroWeights { node } => Problem::error("zero-weights", what).at(read.place(node)),
        E::NothingVaries => {
            Problem::error("nothing-varies", what).help("Use equal or manual weights, or check the data of the step.")
        }
        E::NoBaseValue { indicator, .. } => Problem::error("no-base-value", what)
            .help("Choose another `base`, pooled goalposts, or take the indicator out of the framework.")
            .at(read.place(indicator)),
        E::NoBase { .. } => Problem::error("no-base", what).help("Set `base` to a period of the data."),
        E::Empty => Problem::error("empty-table", what).help("Check `from` and `to` of the step."),
        E::NoneComplete => Problem::error("none-complete", what).help("Choose another `missing`."),
        E::Floor(_) => Problem::error("bad-floor", what).help("COINr's scale of 1 to 100 is 0.01."),
        E::Compensation(_) => Problem::error("bad-parameter", what).help("See `compensation`."),
        E::RankBase => Problem::error("rank-base", what),
        E::Unavailable { indicator, .. } => Problem::error("unavailable", what)
            .why("A framework is not changed in silence: an indicator without data has to be taken out of it by its author.")
            .help("Take the indicator out, find its data, or lower `screen.indicators`.")
            .at(read.place(indicator)),
        E::NoneAvailable => Problem::error("none-available", what).help("Lower `screen.units` or `screen.nonzero`."),
        E::NotPositive { indicator, unit, period, .. } => Problem::error("not-positive", what)
            .why("Shares and ratios have a meaning on a scale with a true zero only.")
            .help("Use min-max, z-score or rank normalisation.")
            .at(cell(indicator, unit, *period)),
        E::Ideal { indicator, .. } => Problem::error("ideal-ratio", what)
            .help("Use min-max, z-score, rank or target normalisation.")
            .at(read.place(indicator)),
        E::NoTarget { indicator } => {
            Problem::error("no-target", what).help("Declare `target` for every indicator.").at(read.place(indicator))
        }
        E::TargetBehind { indicator, .. } => Problem::error("target-behind", what)
            .help("Check the target, its unit and the direction of the indicator.")
            .at(read.place(indicator)),
        E::NoReference { indicator, unit, period } => Problem::error("no-reference", what)
            .help("Name a unit with values in every period.")
            .at(cell(indicator, unit, *period)),
        E::ReferenceUnnamed => Problem::error("reference-unnamed", what).help("Set `reference` to a unit of the data."),
        E::NoGroups => Problem::error("no-groups", what).help("Set `group` to a group of the data."),
        E::Outliers(_) => Problem::error("bad-outliers", what)
            .help("`skewness` is at least 0, `percentile` at least 0 and below 0.5; COINr's bounds are 2 and 3.5."),
        E::Screen(_) => Problem::error("bad-screen", what).help("Write shares, such as 0.65 for 65 %."),
        E::Alternatives(_) => Problem::error("bad-alternatives", what)
            .help("`weight_noise` (0 to 1) and `imputations` go with `design = \"random\"` or `\"sobol\"`; `replicates` lie between 2 and 1,000,000."),
        E::EntropyRange { .. } | E::Framework(_) | E::Shape { .. } | E::DuplicateKey { .. } => Problem::error("index", what),
    }
}

/// Everything the tables, figures and sentences are made from.
struct View<'a> {
    panel: &'a Panel,
    options: &'a IndexOptions,
    read: &'a Read,
    tree: Tree<'a>,
    index: &'a Composite,
    bands: Option<Uncertainty>,
    notes: Vec<audit::Note>,
    /// Periods in order; a single 0 for a cross-section.
    periods: Vec<i32>,
    /// Rows of the last period, best first; units without a score last.
    latest: Vec<usize>,
}

impl View<'_> {
    fn unit(&self, row: usize) -> &str {
        &self.index.normalised.units[row]
    }

    fn period(&self, row: usize) -> i32 {
        self.index.normalised.periods[row]
    }

    fn has_periods(&self) -> bool {
        self.panel.period_name.is_some()
    }

    /// Row of the panel of a row of the result.
    fn source(&self, row: usize) -> Option<usize> {
        self.panel.row(self.unit(row), self.period(row))
    }

    fn unit_label(&self, row: usize) -> Text {
        let zh = self.source(row).map(|i| self.panel.units_zh[i].clone()).unwrap_or_default();
        Text::new(self.unit(row), if zh.is_empty() { self.unit(row).to_owned() } else { zh })
    }

    fn indicator(&self, j: usize) -> Text {
        words(&self.tree.leaves[j].label)
    }

    fn node(&self, n: usize) -> Text {
        words(&self.tree.nodes[n].node.label)
    }

    fn score(&self, row: usize) -> f64 {
        100.0 * self.index.scores[0][row]
    }

    /// Dimensions shown: the top level.
    fn dimensions(&self) -> Vec<usize> {
        self.tree.dimensions()
    }

    /// Contribution of a node, the sum over its indicators.
    fn part(&self, node: usize, row: usize) -> f64 {
        self.tree.nodes[node].leaves.clone().map(|j| self.index.contributions[j][row]).filter(|c| !c.is_nan()).sum::<f64>()
            * 100.0
    }

    /// Whether scores of different periods share one scale.
    fn comparable(&self) -> bool {
        !self.notes.iter().any(|n| matches!(n, audit::Note::PeriodScale))
    }
}

fn words(w: &index::Words) -> Text {
    Text::new(w.en.clone(), w.zh.clone())
}

/// The composite index.
pub struct Index;

impl Method for Index {
    type Options = IndexOptions;
    const NAME: &'static str = "index";
    const PAGE: Page = Page {
        title: ("Composite index", "综合指数"),
        en: index::PAGE,
        zh: index::PAGE_ZH,
        example: "xinzhi index provinces.csv --unit province --period year --framework framework.toml --weights entropy --out out",
    };

    fn check_given(given: &Map<String, Value>) -> Vec<Problem> {
        preset::contradicted(given)
    }

    fn origins(folder: &Path, options: &Self::Options) -> BTreeMap<String, Origin> {
        let made = &options.resolved().construction;
        let per_period = made.recipe.scales_by_period();
        let read = framework::read(&folder.join(&made.framework), &made.framework);
        let parts = read.map(|r| r.made_of()).unwrap_or_default();
        parts.into_iter().map(|(name, made_of)| (name, Origin { made_of, per_period })).collect()
    }

    fn run(input: &Input<'_>, options: &Self::Options) -> Result<Output, Vec<Problem>> {
        let given = options;
        let options = &options.resolved();
        let weighed = if options.uncertainty { options.alternatives().weights } else { Vec::new() };
        let idle = [unused(&options.construction, &weighed), contradictions(options), unknown_units(input.panel, options)];
        let problems: Vec<Problem> = idle.into_iter().filter_map(Result::err).flatten().collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        let default = options.preset.map(|p| normalised(input, &p.corrected(&given.construction), &[])).transpose()?;
        let Normalised { read, recipe, composite } = normalised(input, &options.construction, &weighed)?;
        let errors = |es: Vec<IndexError>| es.iter().map(|e| problem(e, &read, input.panel)).collect::<Vec<_>>();
        let bands = if options.uncertainty {
            Some(uncertainty(&read.framework, &composite, &recipe, &options.alternatives(), input.seed).map_err(errors)?)
        } else {
            None
        };
        let notes = audit::audit(&read.framework, &composite, &recipe).map_err(errors)?;
        let geometric = audit::geometric(&read.framework, &composite, &recipe).map_err(errors)?;
        let mpi = audit::mazziotta_pareto(&read.framework, &composite).map_err(errors)?;
        let tree = read.framework.tree().map_err(|e| errors(e.into_iter().map(IndexError::Framework).collect()))?;
        let mut periods = composite.normalised.periods.clone();
        periods.sort_unstable();
        periods.dedup();
        let last = periods.last().copied().unwrap_or(0);
        let mut latest: Vec<usize> = (0..composite.ranks.len()).filter(|&i| composite.normalised.periods[i] == last).collect();
        latest.sort_by_key(|&i| composite.ranks[i].unwrap_or(usize::MAX));
        let view = View { panel: input.panel, options, read: &read, tree, index: &composite, bands, notes, periods, latest };
        let mut out = Output {
            summary: story::summary(&view),
            variables: variables(&view),
            tables: tables::tables(&view, &geometric, &mpi),
            figures: figures::figures(&view),
            findings: findings::findings(&view, input.panel),
            checks: checks(&view),
        };
        if let Some((preset, default)) = options.preset.zip(default) {
            let (table, finding) = preset::beside(&view, preset, &default);
            out.tables.insert(1, table);
            out.findings.push(finding);
        }
        Ok(out)
    }
}

/// `score`, one variable per dimension of any level, and `r_<indicator>` for each normalised indicator.
fn variables(v: &View<'_>) -> Vec<OutputVariable> {
    let n = &v.index.normalised;
    let keys: Vec<(String, i32)> = n.units.iter().cloned().zip(n.periods.iter().copied()).collect();
    let variable = |name: String, label: Text, unit: Text, values: Vec<f64>| OutputVariable {
        name,
        label,
        unit,
        keys: keys.clone(),
        values,
    };
    let points = || Text::new("points (0-100)", "分（0–100）");
    let mut out = vec![variable(
        "score".to_owned(),
        if v.read.title.is_empty() { Text::new("Index", "综合指数") } else { v.read.title.clone() },
        points(),
        v.index.scores[0].iter().map(|s| 100.0 * s).collect(),
    )];
    for (k, node) in v.tree.nodes.iter().enumerate().skip(1) {
        out.push(variable(node.node.id.clone(), v.node(k), points(), v.index.scores[k].iter().map(|s| 100.0 * s).collect()));
    }
    for (j, leaf) in v.tree.leaves.iter().enumerate() {
        let label = v.indicator(j);
        let zh = if label.zh.is_empty() { label.en.clone() } else { label.zh };
        let label = Text::new(format!("{}, normalised", label.en), format!("{zh}（归一化）"));
        out.push(variable(format!("r_{}", leaf.id), label, Text::default(), n.values[j].clone()));
    }
    out
}

fn checks(v: &View<'_>) -> Vec<Check> {
    let sums = v.index.weights.effective.iter().map(|w| (w.iter().sum::<f64>() - 1.0).abs()).fold(0.0, f64::max);
    vec![
        Check {
            name: Text::new("contributions of the indicators sum to the score", "各指标贡献之和等于得分"),
            residual: v.index.residual,
            tolerance: 1e-9,
        },
        Check { name: Text::new("effective weights sum to 1", "有效权重之和为 1"), residual: sums, tolerance: 1e-12 },
    ]
}

#[cfg(test)]
mod tests;
