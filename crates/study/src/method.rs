//! What a method is to a study: a name, a page, options with a schema, and a run.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use panel::{Origin, Panel, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{figure::Figure, finding::Finding, table::Table, text::Text};

/// The page of a method, shown by `xinzhi explain`, the documentation and the report.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Name, e.g. "Data envelopment analysis (radial)".
    pub title: (&'static str, &'static str),
    /// Markdown in English with the fixed headings What it measures / Model / Assumptions / When not
    /// to use it / Variants / Reference.
    pub en: &'static str,
    /// The same in Chinese.
    pub zh: &'static str,
    /// A real command line, shown by `--help`.
    pub example: &'static str,
}

/// What a method is given.
#[derive(Debug)]
pub struct Input<'a> {
    /// Name of the step.
    pub step: &'a str,
    /// The data set, restricted to the periods the step asked for, with derived variables and the
    /// output variables of earlier steps (`step.variable`) joined in.
    pub panel: &'a Panel,
    /// Folder that file options are relative to.
    pub folder: &'a Path,
    /// Seed of the study.
    pub seed: u64,
}

/// A variable that a step offers to later steps, one value per row of the step's panel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutputVariable {
    /// Name; later steps say `step.name`.
    pub name: String,
    /// Label.
    pub label: Text,
    /// Unit of measure; empty for pure numbers.
    pub unit: Text,
    /// Keys (unit, period) of the values.
    pub keys: Vec<(String, i32)>,
    /// Values; `NaN` where the method has none (its tables say why).
    pub values: Vec<f64>,
}

/// An identity or certificate that was checked while computing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// What must hold, e.g. "G = Gw + Gnb + Gt".
    pub name: Text,
    /// Largest violation met.
    pub residual: f64,
    /// What is allowed.
    pub tolerance: f64,
}

/// What a method gives back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Output {
    /// Plain sentences with figures from the results, most important first.
    pub summary: Vec<Text>,
    /// Variables for later steps.
    pub variables: Vec<OutputVariable>,
    /// Tables.
    pub tables: Vec<Table>,
    /// Figures.
    pub figures: Vec<Figure>,
    /// Findings.
    pub findings: Vec<Finding>,
    /// Identities and certificates, asserted.
    pub checks: Vec<Check>,
}

/// A method of the registry. `Options` is read from the step's table in the study file (or from the
/// flags of the direct command), with its schema as the only description of what is allowed:
///
/// * `#[schemars(extend("x-role" = "variable"))]` on a field (string or list of strings) says that it
///   names variables of the panel; unknown names are reported with their place before anything runs;
/// * `"x-role" = "group"` names a group column, `"x-role" = "file"` a file relative to the study.
pub trait Method: Sync {
    /// Options of the method.
    type Options: DeserializeOwned + JsonSchema + Send;
    /// Name in study files and on the command line.
    const NAME: &'static str;
    /// Its page.
    const PAGE: Page;

    /// What contradicts itself in the options alone; told together with unknown names, before anything runs.
    fn check(_options: &Self::Options) -> Vec<Problem> {
        Vec::new()
    }

    /// The same, where it matters which options were given and which stand at their defaults.
    fn check_given(_given: &Map<String, Value>) -> Vec<Problem> {
        Vec::new()
    }

    /// Variables of earlier steps (`step.variable`) that the options imply without naming them.
    fn implied(_options: &Self::Options) -> Vec<String> {
        Vec::new()
    }

    /// What its output variables are made of, by name, where that is not simply what the options name: the indicators
    /// of a framework in a file of `folder`, a scale of each period.
    fn origins(_folder: &Path, _options: &Self::Options) -> BTreeMap<String, Origin> {
        BTreeMap::new()
    }

    /// Whether it reads a course over time from its variables, which needs a scale that all periods share.
    const OVER_TIME: bool = false;

    /// Runs it.
    ///
    /// # Errors
    /// Every problem of the data or options that only running can show.
    fn run(input: &Input<'_>, options: &Self::Options) -> Result<Output, Vec<Problem>>;
}

impl Input<'_> {
    /// The place of a file option.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.folder.join(relative)
    }
}
