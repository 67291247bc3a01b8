//! YAML notes of a published framework: what the paper says, indicator by indicator, with how far it was compared with
//! the paper.

use std::{collections::BTreeSet, path::PathBuf};

use panel::{Place, Problem};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{DimensionFile, FrameworkFile, IndicatorFile, Spot, Verification, Way, coinr::variable};

/// Words by which such notes say that something was not compared with the paper.
const DOUBT: [&str; 9] =
    ["memory", "[mem]", "unverified", "not re-read", "not re-verified", "assumed", "assigned here", "informal", "cut"];
/// Words by which they say that it was.
const WHOLE: &str = "retrieved in full";

/// The file. Keys beside these (`level`, `note`, `method`, `critique`, ...) are remarks and change no number.
#[derive(Debug, Deserialize)]
struct Notes {
    #[serde(default)]
    id: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    title_zh: String,
    #[serde(default)]
    citation: String,
    #[serde(default)]
    verification: Value,
    indicators: Option<Vec<Entry>>,
}

/// An indicator; the column of the data is its `code`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: String,
    dimension: Option<String>,
    sub_dimension: Option<String>,
    name: String,
    name_en: Option<String>,
    unit: Option<String>,
    direction: String,
    /// How the paper says it is computed, in words.
    formula: Option<String>,
    weight: Option<f64>,
    data_source: Option<String>,
    target_standard: Option<f64>,
    /// Remarks of whoever wrote the notes.
    note: Option<String>,
    /// The same.
    remark: Option<String>,
}

/// Reads such notes. Weights of the paper are those of the whole index, so a dimension weighs what its indicators do.
pub(super) fn read(text: &str, shown: &str) -> Result<(FrameworkFile, Vec<Spot>), Vec<Problem>> {
    let file = PathBuf::from(shown);
    let here = || Place { file: Some(file.clone()), ..Place::default() };
    let notes: Notes = serde_saphyr::from_str(text).map_err(|e| {
        let told = e.to_string();
        let first = told.lines().next().unwrap_or_default().trim_end_matches('.').to_owned();
        vec![
            Problem::error("framework", format!("The YAML notes cannot be read: {first}."))
                .help("Each indicator has code, name, direction (+ or -), and may have dimension, sub_dimension, name_en, unit, formula, weight, data_source, target_standard.")
                .at(here()),
        ]
    })?;
    let entries = notes.indicators.unwrap_or_default();
    if entries.is_empty() {
        return Err(vec![
            Problem::error("no-indicators", format!("`{shown}` names no indicators."))
                .why("It describes dimensions or a method only: nothing in it can be computed from data.")
                .help("Choose a framework with `indicators`, or write them: `xinzhi frameworks` lists those to start from.")
                .at(here()),
        ]);
    }
    let places = places(text);
    let mut reader = Reader { seen: BTreeSet::new(), spots: Vec::new(), problems: Vec::new(), dimensions: Vec::new() };
    for (k, entry) in entries.iter().enumerate() {
        let span = (places.len() == entries.len()).then(|| places[k].clone());
        reader.add(entry, Place { span, ..here() });
    }
    let mut dimension: Vec<DimensionFile> = reader.dimensions.into_iter().map(|d| d.file).collect();
    dimension.iter_mut().for_each(weigh);
    let (verification, verification_note) = told(&notes.verification);
    let title = if notes.title.is_empty() { notes.id } else { notes.title };
    let file = FrameworkFile {
        title,
        title_zh: notes.title_zh,
        citation: notes.citation,
        verification,
        verification_note,
        dimension,
        ..FrameworkFile::default()
    };
    if reader.problems.is_empty() { Ok((file, reader.spots)) } else { Err(reader.problems) }
}

/// What is said of the comparison with the paper: one doubt makes the whole doubtful.
fn told(verification: &Value) -> (Verification, String) {
    let words = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    let note = match verification {
        Value::Null => String::new(),
        Value::Object(parts) => sentence(parts),
        other => words(other),
    };
    let low = note.to_lowercase();
    let state = if DOUBT.iter().any(|d| low.contains(d)) {
        Verification::Unverified
    } else if low.contains(WHOLE) || low == "verified" {
        Verification::Verified
    } else {
        Verification::Unstated
    };
    (state, note)
}

fn sentence(parts: &Map<String, Value>) -> String {
    let part = |(key, v): (&String, &Value)| {
        let said = v.as_str().map_or_else(|| v.to_string(), str::to_owned);
        format!("{}: {}.", key.replace('_', " "), said.trim_end_matches('.'))
    };
    parts.iter().map(part).collect::<Vec<_>>().join(" ")
}

/// Places of the codes in the text.
fn places(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut at = 0;
    let mut found = Vec::new();
    for line in text.split_inclusive('\n') {
        let inner = line.trim_start().trim_start_matches("- ");
        if let Some(rest) = inner.strip_prefix("code:") {
            let value = rest.trim_start();
            let from = at + line.len() - value.len();
            found.push(from..from + value.trim_end().len());
        }
        at += line.len();
    }
    found
}

/// A dimension weighs what its indicators weigh, where all of them do.
fn weigh(d: &mut DimensionFile) {
    d.dimension.iter_mut().for_each(weigh);
    let below: Option<Vec<f64>> = d.dimension.iter().map(|d| d.weight).chain(d.indicator.iter().map(|i| i.weight)).collect();
    d.weight = below.map(|w| w.iter().sum());
}

struct Dimension {
    name: String,
    file: DimensionFile,
    /// Names of its sub-dimensions, in the order of `file.dimension`.
    below: Vec<String>,
}

struct Reader {
    seen: BTreeSet<String>,
    spots: Vec<Spot>,
    problems: Vec<Problem>,
    dimensions: Vec<Dimension>,
}

impl Reader {
    /// A word no other part has: signs become `_`, a second use is numbered.
    fn id(&mut self, name: &str) -> String {
        let word: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
        let word = word.trim_matches('_').to_owned();
        let word = if word.is_empty() || word == "score" || word.starts_with("r_") { format!("x_{word}") } else { word };
        let mut id = word.clone();
        let mut k = 2;
        while !self.seen.insert(id.clone()) {
            id = format!("{word}_{k}");
            k += 1;
        }
        id
    }

    fn part(&mut self, name: &str, place: &Place) -> DimensionFile {
        let id = self.id(name);
        self.spots.push(Spot { id: id.clone(), place: place.clone(), formula: None });
        let label_zh = if is_chinese(name) { name.to_owned() } else { String::new() };
        DimensionFile { id, label: name.to_owned(), label_zh, ..DimensionFile::default() }
    }

    fn add(&mut self, e: &Entry, place: Place) {
        let direction = match e.direction.trim() {
            "+" | "positive" | "正" | "正向" => Way::Positive,
            "-" | "−" | "negative" | "负" | "负向" => Way::Negative,
            other => {
                self.problems.push(
                    Problem::error("unknown-choice", format!("Indicator `{}`: `{other}` is not a direction.", e.code))
                        .help("Write '+' or '-'.")
                        .at(place),
                );
                return;
            }
        };
        let home = e.dimension.clone().unwrap_or_else(|| "Indicators".to_owned());
        let at = self.dimensions.iter().position(|d| d.name == home).unwrap_or_else(|| {
            let file = self.part(&home, &place);
            self.dimensions.push(Dimension { name: home, file, below: Vec::new() });
            self.dimensions.len() - 1
        });
        let sub = e.sub_dimension.as_ref().map(|name| {
            self.dimensions[at].below.iter().position(|n| n == name).unwrap_or_else(|| {
                let file = self.part(name, &place);
                let d = &mut self.dimensions[at];
                d.below.push(name.clone());
                d.file.dimension.push(file);
                d.below.len() - 1
            })
        });
        let id = self.id(&e.code);
        self.spots.push(Spot { id: id.clone(), place: place.clone(), formula: Some(place) });
        let said: Vec<&str> = [&e.formula, &e.note, &e.remark].into_iter().flatten().map(String::as_str).collect();
        let description = said.join(". ");
        let zh = |t: &str| if is_chinese(t) { t.to_owned() } else { String::new() };
        let unit = e.unit.clone().unwrap_or_default();
        let indicator = IndicatorFile {
            id,
            label: e.name_en.clone().unwrap_or_else(|| e.name.clone()),
            label_zh: zh(&e.name),
            description_zh: zh(&description),
            description,
            formula: variable(&e.code),
            direction,
            best: None,
            unit_zh: zh(&unit),
            unit,
            source: e.data_source.clone().unwrap_or_default(),
            weight: e.weight,
            goalposts: None,
            target: e.target_standard,
            composite: false,
            verification: Verification::default(),
        };
        let d = &mut self.dimensions[at].file;
        match sub {
            Some(s) => d.dimension[s].indicator.push(indicator),
            None => d.indicator.push(indicator),
        }
    }
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}
