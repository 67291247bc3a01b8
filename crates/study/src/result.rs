//! The result of a study: everything a report needs, nothing about how it looks.

use serde::{Deserialize, Serialize};

use crate::{
    finding::Finding,
    method::Output,
    text::{Language, Text},
};

/// A finished study.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StudyResult {
    /// Title.
    pub title: Text,
    /// One paragraph under the title.
    pub subtitle: Text,
    /// Languages of the report, the first is shown first.
    pub languages: Vec<Language>,
    /// Units of all data sets, in canonical order.
    pub units: Vec<Unit>,
    /// Tile-grid positions; empty when the study names none.
    pub tiles: Vec<Tile>,
    /// The body, in order.
    pub sections: Vec<Section>,
    /// Steps in the order of the study file.
    pub steps: Vec<Step>,
    /// Findings about the data themselves (audit), not of a step.
    pub findings: Vec<Finding>,
    /// Data sets with their variables and sources.
    pub sources: Vec<Source>,
    /// What is needed to repeat the study.
    pub manifest: Manifest,
}

/// A unit with its labels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Identifier as in the data.
    pub id: String,
    /// Label.
    pub label: Text,
    /// Group of the unit in the study's first group column, e.g. region; empty when there is none.
    pub group: String,
    /// Words for the group, from the labels of the study file.
    #[serde(default)]
    pub group_label: Text,
}

/// A cell of the tile grid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tile {
    /// Unit identifier.
    pub unit: String,
    /// Row from the top, from 0.
    pub row: u32,
    /// Column from the left, from 0.
    pub column: u32,
    /// Short label for the tile.
    pub label: Text,
}

/// A section of the report.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Section {
    /// Heading.
    pub title: Text,
    /// A quotation that says what the measure stands for, and its source; both empty when none.
    pub quote: Text,
    /// Source of the quotation.
    pub quote_source: Text,
    /// Introductory text of the author of the study; may be empty.
    pub text: Text,
    /// What is shown, in order: the whole step, or one figure or table of it.
    pub show: Vec<Show>,
}

/// A reference to something shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Show {
    /// Step.
    pub step: String,
    /// Figure or table of the step; `None` shows summary, figures and shown tables of the step.
    pub item: Option<String>,
}

/// A step that ran.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Step {
    /// Name.
    pub id: String,
    /// Method.
    pub method: String,
    /// Title.
    pub title: Text,
    /// Data set.
    pub data: String,
    /// Options as given, with defaults filled in, as JSON.
    pub options: String,
    /// Whether the result came from the cache.
    pub cached: bool,
    /// The result.
    pub output: Output,
}

/// A data set and its variables.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Source {
    /// Name of the data set.
    pub name: String,
    /// File, as written in the study.
    pub file: String,
    /// Units, first and last period, rows.
    pub coverage: Text,
    /// Variables: name, meaning, count of missing cells, formula when derived.
    pub variables: Vec<SourceVariable>,
}

/// One variable of a [`Source`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SourceVariable {
    /// Name.
    pub name: String,
    /// What it means.
    pub meaning: panel::Meaning,
    /// Missing cells.
    pub missing: usize,
    /// Formula of a derived variable; empty otherwise.
    pub formula: String,
}

/// What is needed to repeat the study bit for bit. No clock, no paths of the machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the program.
    pub version: String,
    /// Seed.
    pub seed: u64,
    /// Files read: name as written, BLAKE3 of the content.
    pub inputs: Vec<(String, String)>,
    /// Steps: name, method, BLAKE3 of method, options and data.
    pub steps: Vec<(String, String, String)>,
    /// Files written: name, BLAKE3; filled in by the writer.
    pub outputs: Vec<(String, String)>,
}
