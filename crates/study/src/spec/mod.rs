//! The study file: its form, its schema, and reading it with every problem named at once.

pub mod check;
pub mod schema;
pub mod tree;

use std::{collections::BTreeMap, path::Path};

use panel::{Place, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use self::{check::Mention, tree::Node};
use crate::{finding::Severity, findings, framework::library, methods, text::Language};

/// A study: which tables, which steps, which report.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Title of the report.
    pub title: String,
    /// Title in Chinese.
    #[serde(default)]
    pub title_zh: String,
    /// One paragraph under the title.
    #[serde(default)]
    pub subtitle: String,
    /// The same in Chinese.
    #[serde(default)]
    pub subtitle_zh: String,
    /// Languages of the report; the first is shown first.
    #[serde(default = "both")]
    pub languages: Vec<Language>,
    /// Seed of every random draw.
    #[serde(default)]
    pub seed: u64,
    /// Where the units lie on a map.
    #[serde(default)]
    pub map: MapSpec,
    /// Chinese for words of the data, such as group names.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Weights of findings by code, such as `CI008 = "off"`, instead of their own. The run exits with 1 where a finding
    /// set to `error` turns up; everything is written first.
    #[serde(default)]
    pub findings: BTreeMap<String, Severity>,
    /// Data sets by name.
    pub data: Named<DataSpec>,
    /// Steps by name, in order.
    #[serde(default)]
    #[schemars(with = "Named<Value>")]
    pub steps: Map<String, Value>,
    /// Sections of the report, in order. Without any, every step gets its own.
    #[serde(default)]
    pub section: Vec<SectionSpec>,
}

/// A table keyed by names of the user's choice, in the order of the file.
pub type Named<T> = indexmap::IndexMap<String, T>;

/// Where the units lie.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapSpec {
    /// Tile grid: a table with columns unit, row, column and, if wanted, label and label_zh.
    #[schemars(extend("x-role" = "file"))]
    pub tiles: Option<String>,
}

/// A data set: one table, its keys and what is derived from it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataSpec {
    /// The table: CSV, XLSX, XLS, ODS, Parquet or Stata, relative to the study file.
    #[schemars(extend("x-role" = "file"))]
    pub file: String,
    /// Sheet of a workbook; the first if not given.
    pub sheet: Option<String>,
    /// Delimiter of a text table; found by itself if not given.
    pub delimiter: Option<char>,
    /// Encoding of a text table; found by itself if not given.
    pub encoding: Option<String>,
    /// A table that says what the columns mean: column, label_en, label_zh, unit, price_base, vintage, source.
    #[schemars(extend("x-role" = "file"))]
    pub columns: Option<String>,
    /// Column that names the unit.
    pub unit: String,
    /// Column with the unit's Chinese name.
    pub unit_zh: Option<String>,
    /// Column of the period; leave out for a single cross-section.
    pub period: Option<String>,
    /// Columns that group the units, such as region.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Derived variables: a formula, or a table with formula, label, label_zh, unit.
    #[serde(default)]
    pub derived: Named<DerivedSpec>,
}

/// A derived variable.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum DerivedSpec {
    /// Only the formula.
    Formula(String),
    /// The formula and what it means.
    Full(DerivedFull),
}

/// A derived variable with its meaning.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DerivedFull {
    /// Formula over the variables of the data set.
    pub formula: String,
    /// Label.
    #[serde(default)]
    pub label: String,
    /// Label in Chinese.
    #[serde(default)]
    pub label_zh: String,
    /// Unit of measure.
    #[serde(default)]
    pub unit: String,
}

/// A section of the report.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SectionSpec {
    /// Heading.
    pub title: String,
    /// Heading in Chinese.
    #[serde(default)]
    pub title_zh: String,
    /// The statement the measure stands for, quoted exactly.
    #[serde(default)]
    pub quote: String,
    /// The statement in English.
    #[serde(default)]
    pub quote_en: String,
    /// Where and when it was said, in the language of the quotation.
    #[serde(default)]
    pub quote_source: String,
    /// The same in English.
    #[serde(default)]
    pub quote_source_en: String,
    /// Introduction.
    #[serde(default)]
    pub text: String,
    /// Introduction in Chinese.
    #[serde(default)]
    pub text_zh: String,
    /// What is shown: steps (`index`) or one figure or table of a step (`index.ranking`).
    #[serde(default)]
    pub show: Vec<String>,
}

/// What every step says beside the options of its method.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct StepHeader {
    /// Method; `xinzhi explain` lists them.
    pub method: String,
    /// Data set.
    pub data: String,
    /// Title of the step in the report.
    #[serde(default)]
    pub title: String,
    /// Title in Chinese.
    #[serde(default)]
    pub title_zh: String,
    /// First period used.
    pub from: Option<i32>,
    /// Last period used.
    pub to: Option<i32>,
}

/// A step read from the file.
#[derive(Clone, Debug)]
pub struct StepSpec {
    /// Name.
    pub id: String,
    /// The header.
    pub header: StepHeader,
    /// The options of the method.
    pub options: Value,
    /// Names with roles in the options, with their places.
    pub mentions: Vec<Mention>,
    /// Place of the step's name.
    pub span: std::ops::Range<usize>,
}

/// A study file that passed every check a file alone can fail.
#[derive(Clone, Debug)]
pub struct Study {
    /// The content.
    pub spec: Spec,
    /// Steps in the order of the file.
    pub steps: Vec<StepSpec>,
    /// The tree, for places.
    pub tree: Node,
}

fn both() -> Vec<Language> {
    vec![Language::En, Language::Zh]
}

/// Reads the text of a study file that lies in `folder`.
///
/// # Errors
/// Every problem of the file: syntax, unknown or missing keys, wrong types, unknown methods, data
/// sets, steps and files.
pub fn read(text: &str, folder: &Path) -> Result<Study, Vec<Problem>> {
    let tree = tree::parse(text)?;
    let schema = schema::head();
    let mut report = check::check(&tree, &schema, "");
    let mut steps = Vec::new();
    let names = |key: &str| -> Vec<String> {
        tree.get(key).map(|t| t.entries().iter().map(|(k, _)| k.name.clone()).collect()).unwrap_or_default()
    };
    let (data_names, step_names) = (names("data"), names("steps"));
    for (key, node) in tree.get("steps").map(Node::entries).unwrap_or_default() {
        let path = format!("steps.{}", key.name);
        let method = node.get("method");
        let Some(entry) = method.and_then(Node::as_str).and_then(methods::entry) else {
            report.problems.push(unknown_method(node, method, &path));
            continue;
        };
        let of_step = check::check(node, &schema::step(entry), &path);
        if let Some(data) = node.get("data")
            && let Some(name) = data.as_str()
            && !data_names.iter().any(|d| d == name)
        {
            report.problems.push(
                at(Problem::error("unknown-data", format!("There is no data set `{name}`.")), &data.span)
                    .help(format!("Data sets here: {}.", data_names.join(", ")))
                    .did_you_mean(name, data_names.iter().map(String::as_str)),
            );
        }
        report.mentions.extend(of_step.mentions.iter().cloned());
        let sound = of_step.problems.is_empty();
        report.problems.extend(of_step.problems);
        if sound && let Some(step) = step_of(entry, (&key.name, &key.span), node, of_step.mentions) {
            steps.push(step);
        }
    }
    for item in
        tree.get("section").map(Node::items).unwrap_or_default().iter().filter_map(|s| s.get("show")).flat_map(Node::items)
    {
        let Some(name) = item.as_str() else { continue };
        let step = name.split('.').next().unwrap_or_default();
        if !step_names.iter().any(|s| s == step) {
            report.problems.push(
                at(Problem::error("unknown-step", format!("`{name}`: there is no step `{step}`.")), &item.span)
                    .help(format!("Steps here: {}.", step_names.join(", ")))
                    .did_you_mean(step, step_names.iter().map(String::as_str)),
            );
        }
    }
    for (code, _) in tree.get("findings").map(Node::entries).unwrap_or_default() {
        let codes = || findings::pages().iter().map(|p| p.code);
        if !codes().any(|c| c == code.name) {
            report.problems.push(
                at(Problem::error("unknown-finding", format!("There is no finding `{}`.", code.name)), &code.span)
                    .help("`xinzhi explain` lists the codes.")
                    .did_you_mean(&code.name, codes()),
            );
        }
    }
    for file in report.mentions.iter().filter(|m| m.role == "file") {
        if let Some(name) = library::name(&file.name) {
            report.problems.extend(library::get(name).is_none().then(|| at(library::unknown(name), &file.span)));
            continue;
        }
        if !folder.join(&file.name).is_file() {
            let what = if folder.join(&file.name).is_dir() {
                format!("`{}` is a folder, not a file.", file.name)
            } else {
                format!("There is no file `{}`.", file.name)
            };
            report
                .problems
                .push(at(Problem::error("missing-file", what), &file.span).help("Files are named relative to the study file."));
        }
    }
    if report.problems.is_empty() {
        let spec = serde_json::from_value(tree.to_json())
            .map_err(|e| vec![at(Problem::error("study-file", format!("{e}.")), &(0..0))])?;
        Ok(Study { spec, steps, tree })
    } else {
        report.problems.sort_by_key(|p| p.place.span.as_ref().map_or(0, |s| s.start));
        Err(report.problems)
    }
}

/// Puts a problem at a place of the study file.
pub(crate) fn at(problem: Problem, span: &std::ops::Range<usize>) -> Problem {
    problem.at(Place { span: Some(span.clone()), ..Place::default() })
}

fn unknown_method(node: &Node, method: Option<&Node>, path: &str) -> Problem {
    let known: Vec<&str> = methods::entries().iter().map(|e| e.name).collect();
    let problem = match method.map(|m| (m, m.as_str())) {
        Some((m, Some(name))) => at(Problem::error("unknown-method", format!("There is no method `{name}`.")), &m.span)
            .did_you_mean(name, known.iter().copied()),
        Some((m, None)) => at(Problem::error("wrong-type", format!("`{path}.method` must be a text.")), &m.span),
        None => at(Problem::error("missing-key", format!("`{path}` needs `method`.")), &(node.span.start..node.span.start)),
    };
    let list = format!("Methods: {}.", known.join(", "));
    let help = if problem.help.is_empty() { list } else { format!("{} {list}", problem.help) };
    problem.help(help)
}

fn step_of(
    entry: &methods::Entry,
    (id, span): (&str, &std::ops::Range<usize>),
    node: &Node,
    mut mentions: Vec<Mention>,
) -> Option<StepSpec> {
    let Value::Object(mut all) = node.to_json() else { return None };
    let mut head = Map::new();
    for key in schema::HEADER {
        if let Some(value) = all.shift_remove(key) {
            head.insert(key.to_owned(), value);
        }
    }
    let header = serde_json::from_value(Value::Object(head)).ok()?;
    let options = Value::Object(all);
    let implied = |name| Mention { role: "variable".to_owned(), name, span: span.clone() };
    mentions.extend((entry.implied)(&options).into_iter().map(implied));
    Some(StepSpec { id: id.to_owned(), header, options, mentions, span: span.clone() })
}

#[cfg(test)]
mod tests;
