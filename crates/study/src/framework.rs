//! Frameworks as files: TOML with nested dimensions, a table with one row per indicator, COINr's `iMeta`, YAML notes of
//! published frameworks; and the built-in ones.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    path::{Path, PathBuf},
};

use index::{Aggregation, Direction, Framework, Indicator, Node, Verification, Words};
use panel::{Panel, Place, Problem, formula::Formula};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    spec::{
        check, schema,
        tree::{self, Kind},
    },
    text::{Text, capital},
};

mod coinr;
mod judgement;
pub mod library;
mod published;
mod sheet;

pub use judgement::JudgementFile;

/// A framework as a TOML file states it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FrameworkFile {
    /// Title of the framework.
    #[serde(default)]
    pub title: String,
    /// Title in Chinese.
    #[serde(default)]
    pub title_zh: String,
    /// Where the framework is published.
    #[serde(default)]
    pub citation: String,
    /// Whether it was compared with where it is published; a report says so when it was not.
    #[serde(default)]
    pub verification: Verification,
    /// What that comparison covered.
    #[serde(default)]
    pub verification_note: String,
    /// Aggregation of the dimensions into the index, where it differs from the step's.
    pub aggregation: Option<Aggregation>,
    /// What is held of the dimensions, used with manual weights.
    pub judgement: Option<JudgementFile>,
    /// The dimensions.
    #[schemars(extend("minItems" = 1))]
    pub dimension: Vec<DimensionFile>,
}

/// A dimension: it holds either indicators or dimensions.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DimensionFile {
    /// Name, unique in the framework; later steps say `step.id`.
    pub id: String,
    /// Label.
    #[serde(default)]
    pub label: String,
    /// Label in Chinese.
    #[serde(default)]
    pub label_zh: String,
    /// Which statement of the theory it stands for.
    #[serde(default)]
    pub description: String,
    /// The same in Chinese.
    #[serde(default)]
    pub description_zh: String,
    /// Source of the statement.
    #[serde(default)]
    pub source: String,
    /// Weight among its siblings, used with manual weights.
    pub weight: Option<f64>,
    /// Aggregation of what stands below, where it differs from the step's.
    pub aggregation: Option<Aggregation>,
    /// What is held of what stands right below, used with manual weights instead of their own.
    pub judgement: Option<JudgementFile>,
    /// Dimensions below.
    #[serde(default)]
    pub dimension: Vec<DimensionFile>,
    /// Indicators below.
    #[serde(default)]
    pub indicator: Vec<IndicatorFile>,
}

/// An indicator.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IndicatorFile {
    /// Name, unique in the framework.
    pub id: String,
    /// Label.
    #[serde(default)]
    pub label: String,
    /// Label in Chinese.
    #[serde(default)]
    pub label_zh: String,
    /// What it stands for.
    #[serde(default)]
    pub description: String,
    /// The same in Chinese.
    #[serde(default)]
    pub description_zh: String,
    /// How it is computed from the variables of the data set.
    pub formula: String,
    /// Whether more is better (`positive`) or worse (`negative`), or a value (`middle`) or an interval (`interval`) is best.
    pub direction: Way,
    /// The best value of a `middle` indicator, the ends of the best interval of an `interval` indicator.
    pub best: Option<Best>,
    /// Unit of measure.
    #[serde(default)]
    pub unit: String,
    /// The same in Chinese.
    #[serde(default)]
    pub unit_zh: String,
    /// Where its data come from.
    #[serde(default)]
    pub source: String,
    /// Weight among its siblings, used with manual weights.
    pub weight: Option<f64>,
    /// Smallest and largest value of the scale, in the indicator's unit; the two worst where a value between is best.
    pub goalposts: Option<[f64; 2]>,
    /// The value aimed at, for `target` normalisation and distances to targets.
    pub target: Option<f64>,
    /// Whether the indicator is itself a composite index.
    #[serde(default)]
    pub composite: bool,
    /// Whether it was compared with where it is published.
    #[serde(default)]
    pub verification: Verification,
}

/// What an indicator is best at.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Best {
    /// One value.
    Value(f64),
    /// Anything between two.
    Interval([f64; 2]),
}

/// Which way an indicator counts.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// More is better.
    Positive,
    /// Less is better.
    Negative,
    /// A value is best.
    Middle,
    /// An interval is best.
    Interval,
}

impl Way {
    /// The direction, given what is best.
    ///
    /// # Errors
    /// What is missing or too much, as a sentence.
    fn direction(self, best: Option<Best>) -> Result<Direction, &'static str> {
        match (self, best) {
            (Self::Positive, None) => Ok(Direction::Positive),
            (Self::Negative, None) => Ok(Direction::Negative),
            (Self::Middle, Some(Best::Value(best))) => Ok(Direction::Middle(best)),
            (Self::Interval, Some(Best::Interval([low, high]))) => Ok(Direction::Interval(low, high)),
            (Self::Middle, _) => Err("a `middle` indicator needs `best`, one number"),
            (Self::Interval, _) => Err("an `interval` indicator needs `best`, two numbers"),
            (Self::Positive | Self::Negative, Some(_)) => Err("`best` goes with `middle` or `interval` directions only"),
        }
    }
}

/// A framework with its formulas read and the places of its parts.
#[derive(Clone, Debug)]
pub struct Read {
    /// Title.
    pub title: Text,
    /// Where it is published.
    pub citation: String,
    /// Whether it was compared with that.
    pub verification: Verification,
    /// What the comparison covered.
    pub verification_note: String,
    /// The tree.
    pub framework: Framework,
    formulas: Vec<Formula>,
    spots: Vec<Spot>,
}

/// Where an indicator or a dimension stands in its file.
#[derive(Clone, Debug, Default)]
struct Spot {
    id: String,
    place: Place,
    /// Place of the formula; its span starts at the first letter.
    formula: Option<Place>,
}

/// Reads a framework from `path`, or the built-in one that `shown` names (`builtin:NAME`); problems name the file as
/// `shown`.
///
/// # Errors
/// Everything wrong with it: syntax, unknown or missing keys, double names, formulas.
pub fn read(path: &Path, shown: &str) -> Result<Read, Vec<Problem>> {
    if let Some(name) = library::name(shown) {
        return library::read(name);
    }
    let of = |kinds: &[&str]| path.extension().is_some_and(|e| kinds.iter().any(|k| e.eq_ignore_ascii_case(k)));
    let text = || {
        std::fs::read_to_string(path).map_err(|e| {
            vec![
                Problem::error("unreadable-file", format!("`{shown}` cannot be read: {e}."))
                    .at(Place { file: Some(shown.into()), ..Place::default() }),
            ]
        })
    };
    let (file, spots) = if of(&["toml"]) {
        parse(&text()?, shown)?
    } else if of(&["yaml", "yml"]) {
        published::read(&text()?, shown)?
    } else {
        sheet::read(path)?
    };
    finish(file, spots)
}

/// Reads the TOML text of a framework.
fn parse(text: &str, shown: &str) -> Result<(FrameworkFile, Vec<Spot>), Vec<Problem>> {
    let shown = PathBuf::from(shown);
    let name = |mut p: Problem| {
        p.place.file = Some(shown.clone());
        p
    };
    let node = tree::parse(text).map_err(|ps| ps.into_iter().map(name).collect::<Vec<_>>())?;
    let report = check::check(&node, &schema::of::<FrameworkFile>(), "framework");
    if !report.problems.is_empty() {
        let mut problems: Vec<Problem> = report.problems.into_iter().map(name).collect();
        problems.sort_by_key(|p| p.place.span.as_ref().map_or(0, |s| s.start));
        return Err(problems);
    }
    let file = serde_json::from_value(node.to_json()).map_err(|e| vec![name(Problem::error("framework", format!("{e}.")))])?;
    let mut spots = Vec::new();
    spots_of(&node, &shown, &mut spots);
    Ok((file, spots))
}

fn spots_of(node: &tree::Node, file: &Path, spots: &mut Vec<Spot>) {
    let at = |span: Range<usize>| Place { file: Some(file.to_owned()), span: Some(span), ..Place::default() };
    for key in ["dimension", "indicator"] {
        let Some(Kind::Array(items)) = node.get(key).map(|n| &n.kind) else { continue };
        for item in items {
            if let Some(id) = item.get("id") {
                // A string starts after its quotation mark.
                let formula = item.get("formula").map(|f| at(f.span.start + 1..f.span.end));
                spots.push(Spot { id: id.as_str().unwrap_or_default().to_owned(), place: at(id.span.clone()), formula });
            }
            spots_of(item, file, spots);
        }
    }
}

fn finish(file: FrameworkFile, spots: Vec<Spot>) -> Result<Read, Vec<Problem>> {
    let mut problems = Vec::new();
    for spot in &spots {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        if spot.id.is_empty() || !spot.id.chars().all(word) {
            problems.push(
                Problem::error("bad-id", format!("`{}` cannot be an id.", spot.id))
                    .help("Use letters, digits and `_`; the label may hold anything.")
                    .at(spot.place.clone()),
            );
        } else if spot.formula.is_none() && (spot.id == "score" || spot.id.starts_with("r_")) {
            problems.push(
                Problem::error("reserved-id", format!("A dimension cannot be called `{}`.", spot.id))
                    .why("`score` is the index itself, and names that begin with `r_` are its normalised indicators.")
                    .at(spot.place.clone()),
            );
        }
    }
    let title = Text::new(file.title.clone(), file.title_zh.clone());
    directions(&file.dimension, &spots, &mut problems);
    let mut judge = |id: &str, judgement: Option<JudgementFile>, children: &[&str]| {
        judgement.and_then(|j| match j.read(children) {
            Ok(judgement) => Some(judgement),
            Err(sentences) => {
                let name = if id == "score" { "the framework itself".to_owned() } else { format!("`{id}`") };
                let place = spots.iter().find(|s| s.id == id).map(|s| s.place.clone()).unwrap_or_default();
                problems.extend(sentences.into_iter().map(|s| {
                    Problem::error("bad-judgement", format!("The judgement of {name}: {s}."))
                        .help("Compare what stands right below: `matrix`, `best` and `worst`, or `cards`.")
                        .at(place.clone())
                }));
                None
            }
        })
    };
    let ids: Vec<String> = file.dimension.iter().map(|d| d.id.clone()).collect();
    let judgement = judge("score", file.judgement, &ids.iter().map(String::as_str).collect::<Vec<_>>());
    let root = Node {
        id: "score".to_owned(),
        label: Words { en: file.title, zh: file.title_zh },
        aggregation: file.aggregation,
        judgement,
        nodes: file.dimension.into_iter().map(|d| dimension(d, &mut judge)).collect(),
        ..Node::default()
    };
    let framework = Framework { root };
    let mut formulas = Vec::new();
    match framework.tree() {
        Ok(tree) => {
            for leaf in &tree.leaves {
                match Formula::parse(&leaf.formula) {
                    Ok(f) => formulas.push(f),
                    Err(ps) => problems.extend(ps.into_iter().map(|p| in_formula(p, &spots, &leaf.id))),
                }
            }
        }
        Err(errors) => problems.extend(errors.iter().map(|e| structure(e, &spots))),
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let (citation, verification_note) = (file.citation, file.verification_note);
    Ok(Read { title, citation, verification: file.verification, verification_note, framework, formulas, spots })
}

/// Reads the judgement of a dimension over the ids of what stands below.
type Judge<'a> = dyn FnMut(&str, Option<JudgementFile>, &[&str]) -> Option<index::judgement::Judgement> + 'a;

fn dimension(d: DimensionFile, judge: &mut Judge<'_>) -> Node {
    let below = d.dimension.iter().map(|d| d.id.as_str()).chain(d.indicator.iter().map(|i| i.id.as_str()));
    let judgement = judge(&d.id, d.judgement, &below.collect::<Vec<_>>());
    let label = if d.label.is_empty() { d.id.clone() } else { d.label };
    Node {
        id: d.id,
        label: Words { en: label, zh: d.label_zh },
        description: Words { en: d.description, zh: d.description_zh },
        source: d.source,
        weight: d.weight,
        aggregation: d.aggregation,
        judgement,
        nodes: d.dimension.into_iter().map(|d| dimension(d, judge)).collect(),
        indicators: d.indicator.into_iter().map(indicator).collect(),
    }
}

/// Indicators whose direction and best value do not go together.
fn directions(dimensions: &[DimensionFile], spots: &[Spot], problems: &mut Vec<Problem>) {
    for d in dimensions {
        for i in &d.indicator {
            if let Err(sentence) = i.direction.direction(i.best) {
                let place = spots.iter().find(|s| s.id == i.id).map(|s| s.place.clone()).unwrap_or_default();
                problems.push(
                    Problem::error("bad-direction", format!("Indicator `{}`: {sentence}.", i.id))
                        .help("Write e.g. `direction = \"middle\", best = 50` or `direction = \"interval\", best = [40, 60]`.")
                        .at(place),
                );
            }
        }
        directions(&d.dimension, spots, problems);
    }
}

fn indicator(i: IndicatorFile) -> Indicator {
    let label = if i.label.is_empty() { i.id.clone() } else { i.label };
    Indicator {
        id: i.id,
        label: Words { en: label, zh: i.label_zh },
        description: Words { en: i.description, zh: i.description_zh },
        formula: i.formula,
        // What does not go together was refused before.
        direction: i.direction.direction(i.best).unwrap_or_default(),
        unit: Words { en: i.unit, zh: i.unit_zh },
        source: i.source,
        weight: i.weight,
        goalposts: i.goalposts.map(|[low, high]| (low, high)),
        target: i.target,
        composite: i.composite,
        verification: i.verification,
    }
}

fn structure(e: &index::framework::FrameworkError, spots: &[Spot]) -> Problem {
    use index::framework::FrameworkError as E;
    let (id, code, help) = match e {
        E::Empty(id) => (id, "empty-dimension", "Give it indicators or dimensions, or delete it."),
        E::Mixed(id) => (id, "mixed-dimension", "Put the indicators into a dimension of their own."),
        E::Duplicate(id) => (id, "duplicate-id", "Every dimension and indicator needs an id of its own."),
        E::Weight(id, _) => (id, "bad-weight", "Weights are scaled to sum 1; only their proportions count."),
        E::Judgement(id, _) => {
            (id, "bad-judgement", "Compare what stands right below: `matrix`, `best` and `worst`, or `cards`.")
        }
        E::TwiceWeighted(id) => (id, "twice-weighted", "Keep the judgement, or the weights of what stands below."),
        E::Goalposts(id) => (id, "bad-goalposts", "Write the smaller number first, also for negative indicators."),
        E::Ideal(id) => (id, "bad-direction", "Write the smaller end of the best interval first."),
        E::IdealGoalposts(id) => (id, "bad-goalposts", "Goalposts are the two worst values, `best` lies between them."),
        E::Target(id) => (id, "bad-target", "Write a number in the unit of the indicator."),
    };
    // For a double id, the second place is the one to mend.
    let place = spots.iter().rev().find(|s| s.id == *id).map(|s| s.place.clone()).unwrap_or_default();
    Problem::error(code, format!("{}.", capital(e.to_string()))).help(help).at(place)
}

fn in_formula(mut p: Problem, spots: &[Spot], id: &str) -> Problem {
    p.what = format!("Indicator `{id}`: {}", p.what);
    if let Some(place) = spots.iter().find(|s| s.id == id).and_then(|s| s.formula.clone()) {
        let inner = p.place.span.take();
        p.place.span = match (place.span, inner) {
            (Some(outer), Some(inner)) => Some(outer.start + inner.start..outer.start + inner.end),
            (outer, _) => outer,
        };
        p.place.file = place.file;
        p.place.sheet = p.place.sheet.or(place.sheet);
        p.place.row = p.place.row.or(place.row);
        p.place.column = p.place.column.or(place.column);
    }
    p
}

impl Read {
    /// The indicators of the framework over the rows of a panel, in the order of the tree.
    ///
    /// # Errors
    /// Unknown variables and undefined arithmetic of all formulas, each with its indicator and place.
    pub fn evaluate(&self, panel: &Panel) -> Result<Vec<Vec<f64>>, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut columns = Vec::new();
        let ids: Vec<String> = self.leaves().map(|l| l.id.clone()).collect();
        for (formula, id) in self.formulas.iter().zip(&ids) {
            match formula.evaluate(panel) {
                Ok(c) => columns.push(c),
                Err(ps) => problems.extend(ps.into_iter().map(|p| in_formula(p, &self.spots, id))),
            }
        }
        if problems.is_empty() { Ok(columns) } else { Err(problems) }
    }

    /// The variables each indicator is computed from.
    pub fn variables(&self) -> BTreeMap<String, Vec<String>> {
        self.leaves().map(|l| l.id.clone()).zip(self.formulas.iter().map(Formula::variables)).collect()
    }

    /// The variables each output of an index is computed from: `score`, dimensions by their id, `r_` and an indicator's id.
    pub fn made_of(&self) -> BTreeMap<String, Vec<String>> {
        fn below(node: &Node, name: &str, own: &BTreeMap<String, Vec<String>>, out: &mut BTreeMap<String, Vec<String>>) {
            let mut all: BTreeSet<String> = node.indicators.iter().flat_map(|l| own[&l.id].iter().cloned()).collect();
            for child in &node.nodes {
                below(child, &child.id, own, out);
                all.extend(out[&child.id].iter().cloned());
            }
            out.insert(name.to_owned(), all.into_iter().collect());
        }
        let own = self.variables();
        let mut out = own.iter().map(|(id, parts)| (format!("r_{id}"), parts.clone())).collect();
        below(&self.framework.root, "score", &own, &mut out);
        out
    }

    /// The variables the whole framework needs.
    pub fn needs(&self) -> BTreeSet<String> {
        self.formulas.iter().flat_map(Formula::variables).collect()
    }

    /// Where an indicator or dimension stands in its file.
    pub fn place(&self, id: &str) -> Place {
        self.spots.iter().find(|s| s.id == id).map(|s| s.place.clone()).unwrap_or_default()
    }

    fn leaves(&self) -> impl Iterator<Item = &Indicator> {
        fn below<'a>(node: &'a Node, out: &mut Vec<&'a Indicator>) {
            node.nodes.iter().for_each(|n| below(n, out));
            out.extend(&node.indicators);
        }
        let mut out = Vec::new();
        below(&self.framework.root, &mut out);
        out.into_iter()
    }
}

#[cfg(test)]
mod tests;
