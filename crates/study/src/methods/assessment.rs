//! `assessment`: units among their peers: level, progress, distance to targets, and what would raise a score most.

use std::collections::BTreeMap;

use index::{
    Composite, Data, Tree,
    assessment::{
        self as core, Assessed, AssessmentError, Choices, Distance, Ends, Terms,
        peers::{Clusters, PeerError, cluster},
    },
};
use panel::{Panel, Place, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    index::{Construction, Normalised, normalised, problem},
    lookup,
};
use crate::{
    framework::Read,
    method::{Check, Input, Method, Output, OutputVariable, Page},
    text::{Text, capital},
};

mod cards;
mod figures;
mod findings;
mod story;
mod tables;

/// Peer groups by clustering.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clustering {
    /// Variables that say what units are alike, such as size, structure and endowment; their last period is used.
    #[schemars(extend("x-role" = "variable"), length(min = 1))]
    pub variables: Vec<String>,
    /// How many clusters; the number from 2 to 8 with the largest mean silhouette where none is given.
    pub number: Option<usize>,
}

/// Options of a differentiated assessment: those of the index it is about, the peers and their terms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
pub struct AssessmentOptions {
    /// How the index is made.
    #[serde(flatten)]
    pub construction: Construction,
    /// Peer groups: a group column. A unit belongs to the group of its last row.
    #[schemars(extend("x-role" = "group"))]
    pub peers: Option<String>,
    /// Peer groups by Ward's clustering of variables, in place of a group column.
    pub cluster: Option<Clustering>,
    /// What groups declare for themselves, by their name.
    #[serde(default)]
    pub terms: BTreeMap<String, Terms>,
    /// Over whom scales, data-driven weights and ideals are taken.
    #[serde(default)]
    pub ends: Ends,
    /// How the distance to a target is measured.
    #[serde(default)]
    pub distance: Distance,
    /// Base period of progress; the first period where none is given.
    pub since: Option<i32>,
    /// Share of progress in the joined result; with 0 progress only stands beside the level.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub progress_share: f64,
    /// Fewest units of a group that are compared without a warning.
    #[serde(default = "five")]
    pub least: usize,
    /// How many lines of each scorecard are shown.
    #[serde(default = "three")]
    pub top: usize,
}

fn five() -> usize {
    5
}

fn three() -> usize {
    3
}

/// Differentiated assessment.
pub struct Assessments;

impl Method for Assessments {
    type Options = AssessmentOptions;
    const NAME: &'static str = "assessment";
    const PAGE: Page = Page {
        title: ("Differentiated assessment", "差异化考核"),
        en: core::PAGE,
        zh: core::PAGE_ZH,
        example: "xinzhi assessment provinces.csv --unit province --period year --framework framework.toml --peers function --progress-share 0.3 --out out",
    };

    fn check(options: &AssessmentOptions) -> Vec<Problem> {
        let mut out = Vec::new();
        match (&options.peers, &options.cluster) {
            (None, None) => out.push(
                Problem::error("no-peers", "Neither `peers` nor `cluster` says who is compared with whom.")
                    .why("Units are assessed among those with the same function or endowment.")
                    .help("Name a group column as `peers`, or variables as `cluster = { variables = [...] }`."),
            ),
            (Some(_), Some(_)) => out.push(
                Problem::error("peers-twice", "Both `peers` and `cluster` say who is compared with whom.")
                    .help("Leave out one of the two."),
            ),
            _ => {}
        }
        if options.top == 0 {
            out.push(
                Problem::error("top-zero", "`top` is 0: no line of a scorecard would be shown.").help("Set `top` to at least 1."),
            );
        }
        out
    }

    fn run(input: &Input<'_>, options: &AssessmentOptions) -> Result<Output, Vec<Problem>> {
        let contradictions = Self::check(options);
        if !contradictions.is_empty() {
            return Err(contradictions);
        }
        let Normalised { read, recipe, composite } = normalised(input, &options.construction, &[])?;
        let (peers, clusters) = peers(input.panel, options)?;
        let columns = read.evaluate(input.panel)?;
        let groups = options.construction.group.as_ref().and_then(|name| input.panel.group(name));
        let data = Data {
            units: &input.panel.units,
            periods: &input.panel.periods,
            columns: &columns,
            groups: groups.map_or(&[], |g| &g.labels[..]),
        };
        let choices = Choices {
            ends: options.ends,
            distance: options.distance,
            since: options.since,
            progress_share: options.progress_share,
        };
        let assessed = core::assess(&read.framework, &data, &recipe, &peers, &options.terms, &choices)
            .map_err(|errors| errors.iter().map(|e| refused(e, &read, input.panel)).collect::<Vec<_>>())?;
        let whole = |e| vec![Problem::error("framework", format!("The framework is not whole: {e:?}."))];
        let tree = read.framework.tree().map_err(whole)?;
        let view = View { panel: input.panel, options, tree, common: &composite, assessed: &assessed, clusters };
        Ok(Output {
            summary: story::summary(&view),
            variables: view.variables(),
            tables: tables::tables(&view),
            figures: figures::figures(&view),
            findings: findings::findings(&view),
            checks: view.checks(),
        })
    }
}

/// The group of each unit, and the clusters where they were made.
type Peers = (BTreeMap<String, String>, Option<Clusters>);

fn peers(panel: &Panel, options: &AssessmentOptions) -> Result<Peers, Vec<Problem>> {
    if let Some(name) = &options.peers {
        let labels = &panel.group(name).ok_or_else(|| vec![lookup::unknown_group(panel, name)])?.labels;
        // Rows are sorted by unit, then period: the last label stays.
        let known = panel.units.iter().zip(labels).filter(|(_, l)| !l.is_empty());
        return Ok((known.map(|(u, l)| (u.clone(), l.clone())).collect(), None));
    }
    let Some(Clustering { variables, number }) = &options.cluster else { return Ok((BTreeMap::new(), None)) };
    let mut problems = Vec::new();
    let columns: Vec<&[f64]> = variables.iter().map(|v| lookup::column(panel, v, &mut problems)).collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let last = panel.periods.iter().copied().max().unwrap_or(0);
    let rows: Vec<usize> = (0..panel.len()).filter(|&i| panel.periods[i] == last).collect();
    let units: Vec<String> = rows.iter().map(|&i| panel.units[i].clone()).collect();
    let values: Vec<Vec<f64>> = columns.iter().map(|c| rows.iter().map(|&i| c[i]).collect()).collect();
    let clusters = cluster(&units, &values, *number).map_err(|errors| {
        let named = |e: &PeerError| match e {
            PeerError::Missing { variable, unit } => Problem::error(
                "cluster-missing",
                format!("{unit} has no value of `{}` in the last period.", variables[*variable]),
            )
            .why("A unit without it has no distance to the others, and so no peers.")
            .help("Fill the cell, take another variable, or give groups as `peers`.")
            .at(Place { column: Some(variables[*variable].clone()), unit: Some(unit.clone()), ..Place::default() }),
            PeerError::Constant(variable) => {
                Problem::error("cluster-constant", format!("`{}` is the same for every unit.", variables[*variable]))
                    .help("Leave it out.")
                    .at(Place { column: Some(variables[*variable].clone()), ..Place::default() })
            }
            other => Problem::error("cluster", format!("Units cannot be clustered: {other}.")),
        };
        errors.iter().map(named).collect::<Vec<_>>()
    })?;
    let of = clusters.units.iter().zip(&clusters.of).map(|(u, c)| (u.clone(), format!("cluster {}", c + 1)));
    Ok((of.collect(), Some(clusters)))
}

/// What an [`AssessmentError`] means to the user.
fn refused(error: &AssessmentError, read: &Read, panel: &Panel) -> Problem {
    use AssessmentError as E;
    let what = format!("{}.", capital(error.to_string()));
    let unit = |u: &str| Place { unit: Some(u.to_owned()), ..Place::default() };
    match error {
        E::Index { group, error } => {
            let mut found = problem(error, read, panel);
            found.what = format!("In group `{group}`: {}", found.what);
            found
        }
        E::Ungrouped { unit: u } => Problem::error("no-peer-group", what)
            .why("It would be assessed against nobody.")
            .help("Give it a group, or leave it out of the data of the step.")
            .at(unit(u)),
        E::NoSuchGroup { .. } => Problem::error("unknown-peers", what).help("Name groups as the group column does."),
        E::Alone { unit: u, .. } => Problem::error("alone", what)
            .why("On a scale of its own a unit is at an end of it whatever it does.")
            .help("Join the group with another, use `ends = \"all\"`, or declare goalposts and `ends = \"all\"`.")
            .at(unit(u)),
        E::UnknownId { .. } => Problem::error("unknown-id", what).help("Use ids of the framework."),
        E::Number { id, .. } => Problem::error("bad-terms", what).at(read.place(id)),
        E::WeightsFromData { .. } => Problem::error("weights-twice", what)
            .help("Use `weights = \"equal\"` or `\"manual\"`, or declare none for the group."),
        E::WeightMissing { id, .. } => {
            Problem::error("weight-missing", what).help("Weigh every sibling, or none of them.").at(read.place(id))
        }
        E::GoalpostsUnused { .. } => {
            Problem::error("goalposts-unused", what).help("Use min-max normalisation, or leave them out.")
        }
        E::Normalisation(_) => Problem::error("no-ends", what)
            .why("What one improvement is worth can only be told on a scale that does not move with it.")
            .help("Use `normalisation = \"min-max\"`, `\"efficacy\"` or `\"target\"`."),
        E::Share(_) => Problem::error("bad-share", what),
        E::Since(_) => Problem::error("no-since", what).help("Set `since` to a period of the data."),
        E::NoPast => {
            Problem::error("no-past", what).help("Set `since` to an earlier period, or leave progress and `from-base` out.")
        }
        E::RatioIdeal { indicator, .. } => Problem::error("ratio-ideal", what)
            .help("Use `distance = \"from-worst\"` or `\"from-base\"`.")
            .at(read.place(indicator)),
        E::RatioTarget { indicator, .. } => Problem::error("ratio-target", what)
            .help("Use `distance = \"from-worst\"` or `\"from-base\"`, or check the target.")
            .at(read.place(indicator)),
        E::RatioNegative { indicator, unit: u, period } => Problem::error("ratio-negative", what)
            .help("Use `distance = \"from-worst\"` or `\"from-base\"`.")
            .at(Place { column: Some(indicator.clone()), period: panel.period_name.as_ref().map(|_| *period), ..unit(u) }),
        E::Obstacle(_) => Problem::error("obstacle", what),
    }
}

/// Everything that tables, figures and sentences are made from.
struct View<'a> {
    panel: &'a Panel,
    options: &'a AssessmentOptions,
    tree: Tree<'a>,
    /// The index of all units by the same terms.
    common: &'a Composite,
    assessed: &'a [Assessed],
    clusters: Option<Clusters>,
}

impl View<'_> {
    fn indicator(&self, j: usize) -> Text {
        let leaf = self.tree.leaves[j];
        if leaf.label.en.is_empty() { Text::new(&leaf.id, &leaf.label.zh) } else { Text::new(&leaf.label.en, &leaf.label.zh) }
    }

    fn node(&self, n: usize) -> Text {
        let node = self.tree.nodes[n].node;
        if node.label.en.is_empty() { Text::new(&node.id, &node.label.zh) } else { Text::new(&node.label.en, &node.label.zh) }
    }

    fn group(&self, g: usize) -> Text {
        let name = &self.assessed[g].name;
        match (&self.clusters, name.strip_prefix("cluster ")) {
            (Some(_), Some(number)) => Text::new(name, format!("第 {number} 类")),
            _ => Text::plain(name),
        }
    }

    /// The last period, where there are periods.
    fn when(&self) -> Option<i32> {
        self.panel.period_name.as_ref().and(self.panel.periods.iter().copied().max())
    }

    fn unit(&self, g: usize, row: usize) -> &str {
        &self.assessed[g].composite.normalised.units[row]
    }

    fn period(&self, g: usize, row: usize) -> i32 {
        self.assessed[g].composite.normalised.periods[row]
    }

    fn score(&self, g: usize, row: usize) -> f64 {
        100.0 * self.assessed[g].composite.scores[0][row]
    }

    /// Rank among the peers, joined with progress where that is asked for.
    fn place(&self, g: usize, row: usize) -> Option<usize> {
        match &self.assessed[g].progress {
            Some(p) if self.options.progress_share > 0.0 => p.joined_ranks[row],
            _ => self.assessed[g].ranks[row],
        }
    }

    /// Change of the index or a dimension since the base period, in points.
    fn change(&self, g: usize, node: usize, row: usize) -> f64 {
        self.assessed[g].progress.as_ref().map_or(f64::NAN, |p| 100.0 * p.change[node][row])
    }

    fn has_progress(&self) -> bool {
        self.assessed.iter().any(|a| a.progress.is_some())
    }

    /// Units of the last period, group by group, best first; units without a rank last.
    fn latest(&self) -> Vec<(usize, usize)> {
        let mut out = Vec::new();
        for (g, assessed) in self.assessed.iter().enumerate() {
            let mut rows = assessed.latest.clone();
            rows.sort_by_key(|&i| (self.place(g, i).unwrap_or(usize::MAX), i));
            out.extend(rows.into_iter().map(|i| (g, i)));
        }
        out
    }

    /// Every row, group by group.
    fn every(&self) -> Vec<(usize, usize)> {
        self.assessed.iter().enumerate().flat_map(|(g, a)| a.rows.iter().map(move |&i| (g, i))).collect()
    }

    /// Row of the common index of the same unit and period.
    fn shared(&self, g: usize, row: usize) -> Option<usize> {
        let n = &self.common.normalised;
        let key = (self.unit(g, row), self.period(g, row));
        let at = |k: usize| (n.units[k].as_str(), n.periods[k]);
        let (mut low, mut high) = (0, n.units.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if at(middle) < key { low = middle + 1 } else { high = middle }
        }
        (low < n.units.len() && at(low) == key).then_some(low)
    }

    fn variables(&self) -> Vec<OutputVariable> {
        let mut rows = self.every();
        rows.sort_by_key(|&(g, i)| (self.unit(g, i), self.period(g, i)));
        let keys: Vec<(String, i32)> = rows.iter().map(|&(g, i)| (self.unit(g, i).to_owned(), self.period(g, i))).collect();
        let variable = |name: &str, label: Text, unit: Text, value: &dyn Fn(usize, usize) -> f64| OutputVariable {
            name: name.to_owned(),
            label,
            unit,
            keys: keys.clone(),
            values: rows.iter().map(|&(g, i)| value(g, i)).collect(),
        };
        let points = || Text::new("points (0-100)", "分（0–100）");
        let mut out = vec![
            variable("score", Text::new("Score by the group's terms", "分组得分"), points(), &|g, i| self.score(g, i)),
            variable("rank", Text::new("Rank among peers", "组内名次"), Text::default(), &|g, i| {
                self.place(g, i).map_or(f64::NAN, |r| r as f64)
            }),
        ];
        if self.has_progress() {
            out.push(variable("change", Text::new("Change since the base period", "较基期变化"), points(), &|g, i| {
                self.change(g, 0, i)
            }));
        }
        if self.assessed.iter().any(|a| a.achievement.is_some()) {
            out.push(variable(
                "achievement",
                Text::new("Achievement of targets", "目标实现程度"),
                Text::plain("%"),
                &|g, i| self.assessed[g].achievement.as_ref().map_or(f64::NAN, |a| 100.0 * a.total[i]),
            ));
        }
        out
    }

    fn checks(&self) -> Vec<Check> {
        let sum = |w: &Vec<f64>| (numerics::moments::sum(w) - 1.0).abs();
        let weights = self.assessed.iter().flat_map(|a| a.composite.weights.effective.iter().map(sum));
        vec![
            Check {
                name: Text::new("scores and gains agree with the scores recomputed", "得分与增益同重新计算的结果一致"),
                residual: self.assessed.iter().map(|a| a.residual).fold(0.0, f64::max),
                tolerance: 1e-9,
            },
            Check {
                name: Text::new("effective weights of each group sum to 1", "各组有效权重之和为 1"),
                residual: weights.fold(0.0, f64::max),
                tolerance: 1e-12,
            },
        ]
    }
}

#[cfg(test)]
mod tests;
