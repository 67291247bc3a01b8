//! Published results, recomputed and compared.

mod change;
mod closest;
mod composite;
mod constraints;
mod directional;
mod dynamic;
mod economic;
mod embedded;
mod frontier;
mod julia;
mod large;
mod nonradial;
mod partial;
mod prices;
mod radial;
#[cfg(test)]
mod shared;
mod slacks;
mod spatial;
#[cfg(test)]
mod tests;
mod tfp;
mod tfp_index;
mod two_stage;

use std::{fmt, path::Path};

use serde::Deserialize;
use serde_json::Value;

/// One case and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Name of the case.
    pub case: String,
    /// Where the expected numbers come from.
    pub source: String,
    /// Method that recomputed them; the family where none is there yet.
    pub method: String,
    /// Largest absolute difference; `None` where nothing could be compared.
    pub difference: Option<f64>,
    /// Largest difference allowed; `None` where the case states none.
    pub tolerance: Option<f64>,
    /// Verdict.
    pub verdict: Verdict,
    /// Where the largest difference lies, or why there is none.
    pub detail: String,
}

/// What became of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every number lies within the tolerance.
    Pass,
    /// A number does not, or could not be computed.
    Fail,
    /// The family or an option of it is not there yet.
    Unsupported,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unsupported => "unsupported",
        })
    }
}

/// What a runner says of a case, before its tolerance is looked at.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It ran.
    Compared {
        /// Method.
        method: String,
        /// Largest absolute difference; infinite where a number is missing on one side.
        difference: f64,
        /// Where that difference lies.
        at: String,
    },
    /// It could not be read or computed.
    Failed {
        /// Method.
        method: String,
        /// Why.
        why: String,
    },
    /// There is no runner for it.
    Unsupported(String),
}

impl Outcome {
    pub(crate) fn fail(method: &str, why: impl Into<String>) -> Self {
        Self::Failed { method: method.to_owned(), why: why.into() }
    }

    pub(crate) fn unsupported(what: impl Into<String>) -> Self {
        Self::Unsupported(what.into())
    }
}

/// Gathers differences and remembers the largest.
#[derive(Debug, Default)]
pub struct Differences {
    largest: f64,
    at: String,
    compared: usize,
}

impl Differences {
    /// Compares one number. Two missing numbers agree; one missing number is infinitely far off.
    pub fn value(&mut self, name: &str, found: f64, expected: f64) {
        self.compared += 1;
        let difference = if found.is_nan() && expected.is_nan() || found == expected {
            0.0
        } else if found.is_finite() && expected.is_finite() {
            (found - expected).abs()
        } else {
            f64::INFINITY
        };
        if difference > self.largest || self.at.is_empty() {
            self.largest = difference;
            self.at = format!("{name}: {found} for {expected}");
        }
    }

    /// Compares two series number by number.
    pub fn series(&mut self, name: &str, found: &[f64], expected: &[f64]) {
        self.length(name, found.len(), expected.len());
        for (i, (f, e)) in found.iter().zip(expected).enumerate() {
            self.value(&format!("{name} {}", i + 1), *f, *e);
        }
    }

    /// Compares two counts: different lengths are infinitely far apart.
    pub fn length(&mut self, name: &str, found: usize, expected: usize) {
        if found != expected {
            self.compared += 1;
            self.largest = f64::INFINITY;
            self.at = format!("{name}: {found} numbers for {expected}");
        }
    }

    /// The outcome; a case that compares nothing has failed.
    pub fn outcome(self, method: &str) -> Outcome {
        if self.compared == 0 {
            return Outcome::fail(method, "the case expects nothing that can be compared");
        }
        Outcome::Compared { method: method.to_owned(), difference: self.largest, at: self.at }
    }
}

/// Where cases are read from.
#[derive(Clone, Copy, Debug)]
pub enum Folder<'a> {
    /// The cases built into the program.
    Embedded,
    /// A folder with `manifest.json`, `cases/` and `data/`.
    Disk(&'a Path),
}

impl Folder<'_> {
    /// The bytes of a file of the folder.
    ///
    /// # Errors
    /// Which file could not be read, and why.
    pub fn bytes(self, name: &str) -> Result<Vec<u8>, String> {
        match self {
            Self::Embedded => self.read(name).map(String::into_bytes),
            Self::Disk(folder) => {
                let file = folder.join(name);
                std::fs::read(&file).map_err(|e| format!("{}: {e}", file.display()))
            }
        }
    }

    /// The text of a file of the folder.
    ///
    /// # Errors
    /// Which file could not be read, and why.
    pub fn read(self, name: &str) -> Result<String, String> {
        match self {
            Self::Embedded => embedded::FILES
                .iter()
                .find(|(file, _)| *file == name)
                .map(|(_, text)| (*text).to_owned())
                .ok_or_else(|| format!("{name}: not among the built-in cases")),
            Self::Disk(folder) => {
                let file = folder.join(name);
                std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))
            }
        }
    }
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    family: String,
    file: String,
    #[serde(default)]
    source: String,
}

/// Runs the cases of a folder, or the built-in ones, in the order of its manifest, then the assertion files
/// that stand beside it. Cases of the family `large-scale` run only if `large`.
///
/// # Errors
/// The manifest that cannot be read. A case that cannot be read is a row that fails.
pub fn verify(dir: Option<&Path>, large: bool) -> Result<Vec<Row>, String> {
    if let Some(dir) = dir.filter(|dir| dir.join(tfp::INDEX).is_file()) {
        return tfp::rows(dir);
    }
    if let Some(dir) = dir.filter(|dir| dir.join(composite::INDEX).is_file()) {
        return composite::rows(dir);
    }
    let folder = dir.map_or(Folder::Embedded, Folder::Disk);
    let manifest = folder.read("manifest.json")?;
    let entries: Vec<Entry> = serde_json::from_str(&manifest).map_err(|e| format!("manifest.json: {e}"))?;
    let mut rows: Vec<Row> = entries.into_iter().map(|entry| row(entry, folder, large)).collect();
    rows.extend(dir.into_iter().flat_map(julia::rows));
    Ok(rows)
}

fn row(entry: Entry, folder: Folder<'_>, large: bool) -> Row {
    let case = folder
        .read(&entry.file)
        .and_then(|text| serde_json::from_str::<Value>(&text).map_err(|e| format!("{}: {e}", entry.file)));
    let tolerance = case.as_ref().ok().and_then(|c| c.get("tolerance")).and_then(Value::as_f64);
    let outcome = match &case {
        Ok(_) if entry.family == "large-scale" && !large => Outcome::unsupported("run with --large"),
        Ok(case) => run(&entry.family, case, folder),
        Err(why) => Outcome::fail(&entry.family, why.as_str()),
    };
    let (method, difference, verdict, detail) = match outcome {
        Outcome::Compared { method, difference, at } => {
            let verdict = if tolerance.is_some_and(|t| difference <= t) { Verdict::Pass } else { Verdict::Fail };
            let detail = if tolerance.is_some() { at } else { "the case states no tolerance".to_owned() };
            (method, Some(difference), verdict, detail)
        }
        Outcome::Failed { method, why } => (method, None, Verdict::Fail, why),
        Outcome::Unsupported(what) => (entry.family, None, Verdict::Unsupported, what),
    };
    Row { case: entry.id, source: entry.source, method, difference, tolerance, verdict, detail }
}

fn run(family: &str, case: &Value, folder: Folder<'_>) -> Outcome {
    match family {
        "composite-index" => composite::cases::index(case),
        "weights" => composite::cases::weights(case),
        "coupling" => composite::cases::coupling(case),
        "dagum" => spatial::dagum(case),
        "theil" => spatial::theil(case),
        "large-scale" => large::run(case, folder),
        "moran" => spatial::moran(case, folder),
        "additive" | "sbm" | "sbm-undesirable" | "numerical-robustness" => slacks::run(family, case, folder),
        "directional" | "super-directional" | "ddf-undesirable" | "range-directional" | "mea" | "generalised-orientation" => {
            directional::distances(case, folder)
        }
        "super-sbm" | "super-additive" | "russell" | "preference-structure" | "nddf-undesirable" => {
            nonradial::run(family, case, folder)
        }
        "luenberger-global" if nonradial::is_change(case) => nonradial::run(family, case, folder),
        "malmquist-luenberger" | "luenberger-global" => directional::changes(case, folder),
        "malmquist" | "malmquist-decomposition" => change::malmquist(case, folder),
        "malmquist-distances" => change::distances(case, folder),
        "fare-primont" | "hicks-moorsteen" | "lowe" | "fisher" => tfp_index::run(family, case, folder),
        "network-two-stage" => two_stage::run(case, folder),
        "dynamic" => dynamic::run(case),
        "non-controllable" | "undesirable-translation" | "replicability-hull" => constraints::run(case, folder),
        "cost" | "revenue" | "profit" => economic::run(family, case, folder),
        "cross-efficiency" | "assurance-region" | "cone-ratio" | "multiplier" => prices::run(family, case, folder),
        "closest-targets" => closest::run(case, folder),
        "fdh" | "super-efficiency" => radial::run(family, case, folder),
        "order-m" | "order-alpha" => partial::run(case, folder),
        other => {
            frontier::run(other, case, folder).unwrap_or_else(|| Outcome::unsupported(format!("no runner for `{other}` yet")))
        }
    }
}
