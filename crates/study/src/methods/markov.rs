//! `markov`: how units move between classes from period to period.

use panel::{Panel, Problem};
use regions::{
    markov::{self as room, Markov, MarkovError, MarkovOptions, Seen},
    weights::Style,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub(super) mod classes;
mod findings;
#[cfg(test)]
mod tests;
mod view;

use super::{
    lookup,
    moran::Unknown,
    production::{conflict, two_periods},
};
use crate::{
    method::{Check, Input, Method, Output, Page},
    text::Text,
};

/// The registry entry.
pub struct MarkovMethod;

/// Transitions between classes, their long run, and whether the surroundings matter.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkovSpec {
    /// Variable whose values are put into classes.
    #[serde(default)]
    #[schemars(extend("x-role" = "variable"))]
    pub variable: Option<String>,
    /// Column of labels that are classes already, instead of a variable.
    #[serde(default)]
    #[schemars(extend("x-role" = "group"))]
    pub labels: Option<String>,
    /// The labels from the lowest class to the highest; by name unless given.
    #[serde(default)]
    pub order: Vec<String>,
    /// Number of classes at quantiles.
    #[serde(default = "four")]
    #[schemars(range(min = 2, max = 20))]
    pub classes: usize,
    /// Whose quantiles bound the classes.
    #[serde(default)]
    pub scope: Scope,
    /// Bounds between the classes, instead of quantiles; a value on a bound stands below it.
    #[serde(default)]
    pub bounds: Vec<f64>,
    /// Whether values are divided by the mean of their period first.
    #[serde(default)]
    pub relative: bool,
    /// Length of a step in periods.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 50))]
    pub lag: u32,
    /// First period of each later subperiod for the test over time; every period its own unless given.
    #[serde(default)]
    pub breaks: Vec<i32>,
    /// Confidence level of the intervals.
    #[serde(default = "level")]
    #[schemars(extend("exclusiveMinimum" = 0.0, "exclusiveMaximum" = 1.0))]
    pub level: f64,
    /// Bootstrap replicates for the long run, whole units resampled; 0 gives no intervals there.
    #[serde(default = "replicates")]
    #[schemars(range(max = 1_000_000))]
    pub bootstrap: u32,
    /// Table of pairs of neighbours, for transitions by the class of the spatial lag.
    #[serde(default)]
    #[schemars(extend("x-role" = "file"))]
    pub neighbours: Option<String>,
    /// Column of the pairs that names the first unit; found by its content unless given.
    #[serde(default)]
    pub unit_column: Option<String>,
    /// Column of the pairs that names the second unit; found by its content unless given.
    #[serde(default)]
    pub neighbour_column: Option<String>,
    /// What to do with pairs that name a unit the data do not have.
    #[serde(default)]
    pub unknown: Unknown,
    /// How neighbours are weighted.
    #[serde(default)]
    pub style: Style,
    /// How the spatial lag is put into classes.
    #[serde(default)]
    pub surroundings: Surroundings,
}

/// Whose quantiles bound the classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Of all units in all periods: classes mean the same throughout.
    #[default]
    Pooled,
    /// Of the units of the period: classes are places in the order of the period.
    PerPeriod,
}

/// How the spatial lag is put into classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Surroundings {
    /// By the bounds of the values themselves (Rey 2001).
    #[default]
    SameBounds,
    /// By its own quantiles, as many classes.
    OwnQuantiles,
}

fn four() -> usize {
    4
}

fn one() -> u32 {
    1
}

fn level() -> f64 {
    MarkovOptions::default().level
}

fn replicates() -> u32 {
    MarkovOptions::default().bootstrap
}

impl Method for MarkovMethod {
    type Options = MarkovSpec;
    const NAME: &'static str = "markov";
    const OVER_TIME: bool = true;
    const PAGE: Page = Page {
        title: ("Markov chains: moves between classes", "马尔可夫链：类别之间的转移"),
        en: room::PAGE,
        zh: room::PAGE_ZH,
        example: "xinzhi markov data.csv --unit province --period year --variable index --classes 4 --neighbours neighbours.csv --out DIR",
    };

    fn check(options: &MarkovSpec) -> Vec<Problem> {
        let mut problems = Vec::new();
        match (&options.variable, &options.labels) {
            (None, None) => problems.push(
                Problem::error("no-variable", "There is nothing to be put into classes.")
                    .help("Name a `variable`, or a column of `labels` that are classes already."),
            ),
            (Some(_), Some(_)) => problems.push(conflict("labels", "`variable` gives classes too; leave one of them out")),
            _ => {}
        }
        if !options.bounds.iter().all(|b| b.is_finite()) || !options.bounds.windows(2).all(|w| w[0] < w[1]) {
            problems.push(Problem::error("bounds", "`bounds` must be finite numbers that ascend."));
        }
        if !options.breaks.windows(2).all(|w| w[0] < w[1]) {
            problems.push(Problem::error("breaks", "`breaks` must be periods that ascend."));
        }
        let limits = [
            ("classes", (2..=20).contains(&options.classes), "2 to 20"),
            ("lag", (1..=50).contains(&options.lag), "1 to 50 periods"),
            ("level", options.level > 0.0 && options.level < 1.0, "between 0 and 1"),
        ];
        for (name, fits, limit) in limits {
            if !fits {
                problems.push(Problem::error("options", format!("`{name}` must be {limit}.")));
            }
        }
        problems
    }

    fn check_given(given: &Map<String, Value>) -> Vec<Problem> {
        let with = |name: &str| given.contains_key(name);
        let mut problems = Vec::new();
        let mut idle = |names: &[&str], why: &str| {
            problems.extend(names.iter().filter(|n| with(n)).map(|n| conflict(n, why)));
        };
        if with("labels") {
            idle(&["classes", "scope", "bounds", "relative"], "labels are classes already");
            idle(&["neighbours"], "the mean of neighbours needs numbers; name a `variable`");
        } else {
            idle(&["order"], "it orders labels, and there are none");
        }
        if with("bounds") {
            idle(&["classes", "scope"], "bounds make the classes");
        }
        if !with("neighbours") {
            let names = ["unit_column", "neighbour_column", "unknown", "style", "surroundings"];
            idle(&names, "it is about neighbours, and there are none");
        }
        problems
    }

    fn run(input: &Input<'_>, options: &MarkovSpec) -> Result<Output, Vec<Problem>> {
        let panel = input.panel;
        let mut problems = Self::check(options);
        problems.extend(two_periods(panel).err().unwrap_or_default());
        let sorted = match (&options.labels, &options.variable) {
            (Some(labels), _) => classes::labelled(panel, labels, &options.order),
            (None, Some(variable)) => classes::sorted(input, options, variable),
            (None, None) => Err(Vec::new()),
        };
        let sorted = match (sorted, problems.is_empty()) {
            (Ok(sorted), true) => sorted,
            (sorted, _) => {
                problems.extend(sorted.err().unwrap_or_default());
                return Err(problems);
            }
        };
        let settings = MarkovOptions {
            lag: options.lag,
            level: options.level,
            bootstrap: options.bootstrap,
            breaks: options.breaks.clone(),
        };
        let around = if options.neighbours.is_some() { sorted.names.len() } else { 0 };
        let result = room::markov(&sorted.seen, sorted.names.len(), around, &settings, input.seed)
            .map_err(|e| vec![refused(&e, panel, options)])?;
        let study = Study { panel, options, sorted: &sorted, result: &result };
        let mut output = view::output(&study);
        output.findings = findings::findings(&study);
        output.checks = checks(&result, f64::from(options.lag));
        Ok(output)
    }
}

/// Units in classes.
struct Sorted {
    /// Names of the classes, lowest first.
    names: Vec<Text>,
    /// What is put into classes.
    label: Text,
    /// Unit of measure of the bounds.
    unit: Text,
    /// Bounds between the classes; empty for labels and for quantiles of each period.
    bounds: Vec<f64>,
    /// Bounds between classes of the spatial lag where they are others.
    around: Vec<f64>,
    /// Observations with a class, numbers of units by name.
    seen: Vec<Seen>,
    /// Row of the panel of each.
    rows: Vec<usize>,
    /// Rows of the panel without a value.
    missing: Vec<usize>,
    /// Units without neighbours.
    islands: Vec<String>,
    /// Names in the pairs of neighbours that the data do not have.
    skipped: Vec<String>,
}

/// What the words and pictures are made from.
struct Study<'a> {
    panel: &'a Panel,
    options: &'a MarkovSpec,
    sorted: &'a Sorted,
    result: &'a Markov,
}

impl Study<'_> {
    /// Unit and period of an observation.
    fn place(&self, row: usize) -> String {
        format!("{} {}", self.panel.units[row], self.panel.periods[row])
    }

    /// Shares of the classes in a period.
    fn shares(&self, period: i32) -> Vec<f64> {
        let mut counts = vec![0.0; self.sorted.names.len()];
        for s in self.sorted.seen.iter().filter(|s| s.period == period) {
            counts[s.class] += 1.0;
        }
        let all: f64 = counts.iter().sum();
        counts.iter().map(|c| c / all).collect()
    }

    /// Periods in which a unit has a class, in order.
    fn periods(&self) -> Vec<i32> {
        let mut periods: Vec<i32> = self.sorted.seen.iter().map(|s| s.period).collect();
        periods.sort_unstable();
        periods.dedup();
        periods
    }
}

fn refused(error: &MarkovError, panel: &Panel, options: &MarkovSpec) -> Problem {
    let problem = Problem::error("markov", format!("There is no chain: {error}."));
    if !matches!(error, MarkovError::NoTransition { .. }) {
        return problem;
    }
    let periods: Vec<String> = panel.period_set().iter().map(i32::to_string).collect();
    problem
        .why(format!("The periods are {}; a step leads from a period to the one {} later.", periods.join(", "), options.lag))
        .help("Give a `lag` that is a distance between periods of the data.")
}

fn checks(result: &Markov, lag: f64) -> Vec<Check> {
    let (chain, k) = (&result.chain, result.chain.classes);
    let balance = chain.long_run.sets.iter().flat_map(|set| {
        (0..k).map(move |j| {
            let on: f64 = set.classes.iter().map(|&i| set.shares[i] * chain.probabilities[i * k + j]).sum();
            (on - set.shares[j]).abs()
        })
    });
    let kac = chain
        .long_run
        .sets
        .iter()
        .flat_map(|set| set.classes.iter().map(move |&j| (chain.passage[j * k + j] * set.shares[j] / lag - 1.0).abs()));
    vec![
        Check {
            name: Text::new("long run: Σ π_i p_ij = π_j", "长期分布：Σ π_i p_ij = π_j"),
            residual: balance.fold(0.0, f64::max),
            tolerance: 1e-12,
        },
        Check {
            name: Text::new("mean return = step / π_j, relative", "平均重返时间 = 步长 / π_j（相对误差）"),
            residual: kac.fold(0.0, f64::max),
            tolerance: 1e-9,
        },
    ]
}
