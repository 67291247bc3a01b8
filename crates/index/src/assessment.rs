#![doc = include_str!("assessment.md")]

mod card;
mod error;
mod fit;
pub mod peers;
mod target;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::{
    card::{Card, Line, Step},
    error::AssessmentError,
    target::{Achievement, Distance, Status},
};
use crate::{
    composite::{Composite, Data, evaluate, ranks},
    error::IndexError,
    framework::{Framework, Tree},
    normalise::by_period,
    recipe::{Normalisation, Recipe},
};

/// The page of the method in English.
pub const PAGE: &str = include_str!("assessment.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("assessment.zh.md");

/// Over whom the ends of scales, data-driven weights and ideals are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ends {
    /// All units: scores of different groups stand on one scale where their goalposts and weights agree.
    #[default]
    All,
    /// The peers alone: scores of different groups cannot be compared.
    Peers,
}

/// What a group declares for itself; whatever it does not is as in the framework.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Terms {
    /// Weights of dimensions and indicators among their siblings, by id.
    pub weights: BTreeMap<String, f64>,
    /// Smallest and largest value of the scale of indicators, by id.
    pub goalposts: BTreeMap<String, [f64; 2]>,
    /// Targets of indicators, by id.
    pub targets: BTreeMap<String, f64>,
}

/// The choices of an assessment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Choices {
    /// Over whom scales are taken.
    pub ends: Ends,
    /// How the distance to a target is measured.
    pub distance: Distance,
    /// Base period of progress; the first period where none is given.
    pub since: Option<i32>,
    /// Share of progress in the joined result, 0 to 1.
    pub progress_share: f64,
}

/// Progress against the own past, aligned with the rows of the composite; `NaN` and `None` outside the group, before
/// the base period and where a unit has no score in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// The base period.
    pub since: i32,
    /// `change[node][row]`: score less that of the base period, nodes in the order of the tree.
    pub change: Vec<Vec<f64>>,
    /// Rank of the change of the index among the peers of the period.
    pub ranks: Vec<Option<usize>>,
    /// `(1 - s) L + s P` with `L` and `P` the score and its change, each min-max among the peers of the period (0.5
    /// where they do not differ).
    pub joined: Vec<f64>,
    /// Rank of the joined result among the peers of the period.
    pub joined_ranks: Vec<Option<usize>>,
}

/// One group, assessed by its own terms.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessed {
    /// Its name.
    pub name: String,
    /// The framework with its weights, goalposts and targets.
    pub framework: Framework,
    /// The index by them, over all units or the peers alone.
    pub composite: Composite,
    /// Rows of the composite that belong to the group.
    pub rows: Vec<usize>,
    /// Its units in the last period.
    pub latest: Vec<usize>,
    /// Units by name.
    pub units: Vec<String>,
    /// Rank among the peers of the period.
    pub ranks: Vec<Option<usize>>,
    /// Achievement of targets; `None` where no indicator has one.
    pub achievement: Option<Achievement>,
    /// Progress; `None` where there is a single period.
    pub progress: Option<Progress>,
    /// Scorecards of the last period.
    pub cards: Vec<Card>,
    /// Largest difference between scores, normalised values and gains computed twice.
    pub residual: f64,
}

/// A group at work.
struct Own<'a> {
    name: &'a str,
    tree: &'a Tree<'a>,
    composite: &'a Composite,
    recipe: &'a Recipe,
    rows: &'a [usize],
    since: i32,
}

impl Own<'_> {
    /// Row of the same unit in the base period.
    fn base_row(&self, i: usize) -> Option<usize> {
        let n = &self.composite.normalised;
        let unit = n.units[i].as_str();
        let at = self.rows.partition_point(|&k| (n.units[k].as_str(), n.periods[k]) < (unit, self.since));
        self.rows.get(at).copied().filter(|&k| n.units[k] == unit && n.periods[k] == self.since)
    }

    fn failed(&self, errors: Vec<IndexError>) -> Vec<AssessmentError> {
        errors.into_iter().map(|error| AssessmentError::Index { group: self.name.to_owned(), error }).collect()
    }
}

/// Assesses every unit among its peers. `peers` gives the group of each unit, `terms` what groups declare.
///
/// # Errors
/// Everything that stands in the way, not only the first.
pub fn assess(
    framework: &Framework,
    data: &Data<'_>,
    recipe: &Recipe,
    peers: &BTreeMap<String, String>,
    terms: &BTreeMap<String, Terms>,
    choices: &Choices,
) -> Result<Vec<Assessed>, Vec<AssessmentError>> {
    let mut units: Vec<&str> = data.units.iter().map(String::as_str).collect();
    units.sort_unstable();
    units.dedup();
    let mut errors = problems(framework, data, recipe, terms, choices);
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for unit in units {
        match peers.get(unit).filter(|g| !g.is_empty()) {
            Some(group) => groups.entry(group).or_default().push(unit),
            None => errors.push(AssessmentError::Ungrouped { unit: unit.to_owned() }),
        }
    }
    errors.extend(
        terms.keys().filter(|g| !groups.contains_key(g.as_str())).map(|g| AssessmentError::NoSuchGroup { group: g.clone() }),
    );
    if choices.ends == Ends::Peers {
        errors.extend(
            groups
                .iter()
                .filter(|(_, units)| units.len() == 1)
                .map(|(group, units)| AssessmentError::Alone { group: (*group).to_owned(), unit: units[0].to_owned() }),
        );
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let (mut out, mut told) = (Vec::new(), Vec::new());
    for (name, units) in &groups {
        let own = terms.get(*name).cloned().unwrap_or_default();
        match one(framework, data, recipe, name, units, &own, choices) {
            Ok(assessed) => out.push(assessed),
            // What is wrong with the data of all units is wrong in every group: it is told once.
            Err(found) => found.into_iter().for_each(|e| {
                if !told.iter().any(|t: &AssessmentError| t.same(&e)) {
                    told.push(e);
                }
            }),
        }
    }
    if told.is_empty() { Ok(out) } else { Err(told) }
}

/// What is wrong before anything is computed.
fn problems(
    framework: &Framework,
    data: &Data<'_>,
    recipe: &Recipe,
    terms: &BTreeMap<String, Terms>,
    choices: &Choices,
) -> Vec<AssessmentError> {
    let mut out = fit::problems(framework, recipe, terms);
    if !matches!(recipe.normalisation, Normalisation::MinMax | Normalisation::Efficacy | Normalisation::Target) {
        out.push(AssessmentError::Normalisation(recipe.normalisation.name()));
    }
    if !(0.0..=1.0).contains(&choices.progress_share) {
        out.push(AssessmentError::Share(choices.progress_share));
    }
    let first = data.periods.iter().copied().min();
    if let Some(since) = choices.since.filter(|s| !data.periods.contains(s)) {
        out.push(AssessmentError::Since(since));
    }
    let progress = choices.progress_share > 0.0 || choices.distance == Distance::FromBase;
    if progress && data.periods.iter().copied().max() == choices.since.or(first) {
        out.push(AssessmentError::NoPast);
    }
    out
}

fn one(
    framework: &Framework,
    data: &Data<'_>,
    recipe: &Recipe,
    name: &str,
    units: &[&str],
    terms: &Terms,
    choices: &Choices,
) -> Result<Assessed, Vec<AssessmentError>> {
    let (framework, recipe) = fit::fit(framework, recipe, terms);
    let failed = |errors: Vec<IndexError>| -> Vec<AssessmentError> {
        errors.into_iter().map(|error| AssessmentError::Index { group: name.to_owned(), error }).collect()
    };
    let belongs = |unit: &str| units.binary_search(&unit).is_ok();
    let composite = match choices.ends {
        Ends::All => evaluate(&framework, data, &recipe),
        Ends::Peers => {
            let rows: Vec<usize> = (0..data.units.len()).filter(|&i| belongs(&data.units[i])).collect();
            let columns: Vec<Vec<f64>> = data.columns.iter().map(|c| pick(c, &rows)).collect();
            let (units, periods) = (pick(data.units, &rows), pick(data.periods, &rows));
            let groups = if data.groups.is_empty() { Vec::new() } else { pick(data.groups, &rows) };
            evaluate(&framework, &Data { units: &units, periods: &periods, columns: &columns, groups: &groups }, &recipe)
        }
    }
    .map_err(failed)?;
    let tree = framework.tree().map_err(|e| failed(e.into_iter().map(IndexError::Framework).collect()))?;
    let n = &composite.normalised;
    let rows: Vec<usize> = (0..n.units.len()).filter(|&i| belongs(&n.units[i])).collect();
    // The last and the first period of the data, not of the group, so that all groups speak of the same ones.
    let last = data.periods.iter().copied().max().unwrap_or(0);
    let first = data.periods.iter().copied().min().unwrap_or(0);
    let latest: Vec<usize> = rows.iter().copied().filter(|&i| n.periods[i] == last).collect();
    let since = choices.since.unwrap_or(first);
    let own = Own { name, tree: &tree, composite: &composite, recipe: &recipe, rows: &rows, since };
    let periods = own_periods(&own);
    let ranks = ranks(&composite.scores[0], &periods);
    let progress = (since < last).then(|| advance(&own, choices.progress_share, &periods));
    let aims = tree.leaves.iter().any(|l| l.target.is_some());
    let achievement = aims.then(|| target::achieve(&own, choices.distance)).transpose()?;
    let (cards, residual) = card::cards(&own, &latest)?;
    let units = units.iter().map(|u| (*u).to_owned()).collect();
    Ok(Assessed {
        name: name.to_owned(),
        units,
        ranks,
        progress,
        achievement,
        cards,
        residual,
        latest,
        rows,
        composite,
        framework,
    })
}

fn pick<T: Clone>(items: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().map(|&i| items[i].clone()).collect()
}

/// The group's rows by period.
fn own_periods(own: &Own<'_>) -> Vec<(i32, Vec<usize>)> {
    let periods: Vec<i32> = own.rows.iter().map(|&i| own.composite.normalised.periods[i]).collect();
    by_period(&periods).into_iter().map(|(p, at)| (p, at.into_iter().map(|k| own.rows[k]).collect())).collect()
}

fn advance(own: &Own<'_>, share: f64, periods: &[(i32, Vec<usize>)]) -> Progress {
    let (scores, n) = (&own.composite.scores, own.composite.normalised.units.len());
    let later: Vec<(i32, Vec<usize>)> = periods.iter().filter(|(p, _)| *p > own.since).cloned().collect();
    let mut change = vec![vec![f64::NAN; n]; scores.len()];
    for &i in later.iter().flat_map(|(_, rows)| rows) {
        if let Some(base) = own.base_row(i) {
            change.iter_mut().zip(scores).for_each(|(c, s)| c[i] = s[i] - s[base]);
        }
    }
    let mut joined = vec![f64::NAN; n];
    for (_, rows) in &later {
        // Only who has both a score and a change is joined, and sets the ends.
        let whole: Vec<usize> = rows.iter().copied().filter(|&i| !change[0][i].is_nan()).collect();
        let (level, way) = (between(&scores[0], &whole), between(&change[0], &whole));
        whole.iter().enumerate().for_each(|(k, &i)| joined[i] = (1.0 - share) * level[k] + share * way[k]);
    }
    Progress { since: own.since, ranks: ranks(&change[0], &later), joined_ranks: ranks(&joined, &later), joined, change }
}

/// Min-max values of some rows; 0.5 where they differ by rounding alone.
fn between(values: &[f64], rows: &[usize]) -> Vec<f64> {
    let low = rows.iter().map(|&i| values[i]).fold(f64::INFINITY, f64::min);
    let high = rows.iter().map(|&i| values[i]).fold(f64::NEG_INFINITY, f64::max);
    let varies = high - low > 1e-12;
    rows.iter().map(|&i| if varies { (values[i] - low) / (high - low) } else { 0.5 }).collect()
}

#[cfg(test)]
mod tests;
