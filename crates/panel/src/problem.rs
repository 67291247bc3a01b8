//! One shape for everything that is wrong with an input: where, what, why it matters, how to mend it.

use std::{fmt, ops::Range, path::PathBuf};

use serde::{Deserialize, Serialize};

/// How bad a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Work goes on; the reader should know.
    Warning,
    /// Work stops, with exit code 2, after all problems have been collected.
    Error,
}

/// Where a [`Problem`] lies: a span of a text file, a cell of a table, or a key of a panel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The file, as the user named it.
    pub file: Option<PathBuf>,
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// Line (text) or row (table) counted from 1, header included, as an editor or Excel shows it.
    pub row: Option<usize>,
    /// Column name, or its position from 1 where it has no name.
    pub column: Option<String>,
    /// Bytes of the file that are meant; set for text such as a study file.
    pub span: Option<Range<usize>>,
    /// Unit of the panel.
    pub unit: Option<String>,
    /// Period of the panel.
    pub period: Option<i32>,
}

/// Something wrong with an input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable kebab-case name, e.g. `unknown-column`.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence with the offending value.
    pub what: String,
    /// Why it matters; may be empty where `what` says it all.
    pub why: String,
    /// How to mend it ("did you mean …", the option that allows it); may be empty.
    pub help: String,
    /// Where.
    pub place: Place,
}

impl Problem {
    /// An error with a code and what is wrong.
    pub fn error(code: &str, what: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            severity: Severity::Error,
            what: what.into(),
            why: String::new(),
            help: String::new(),
            place: Place::default(),
        }
    }

    /// A warning with a code and what is worth knowing.
    pub fn warning(code: &str, what: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, what) }
    }

    /// Says why it matters.
    #[must_use]
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.why = why.into();
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// Adds "did you mean …" when one of `known` is close to `given`.
    #[must_use]
    pub fn did_you_mean<'a>(mut self, given: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        if let Some(near) = nearest(given, known) {
            let hint = format!("did you mean `{near}`?");
            self.help = if self.help.is_empty() { hint } else { format!("{hint} {}", self.help) };
        }
        self
    }
}

/// Problems of one kind, of which only the first few are told and the rest counted.
#[derive(Debug, Default)]
pub struct Capped {
    told: Vec<Problem>,
    untold: usize,
}

impl Capped {
    /// How many are told.
    pub const MOST: usize = 20;

    /// Adds a problem, which is made only if it will be told.
    pub fn push(&mut self, problem: impl FnOnce() -> Problem) {
        if self.told.len() < Self::MOST {
            self.told.push(problem());
        } else {
            self.untold += 1;
        }
    }

    /// The problems, and one more that says how many were left out, as in "12 `what`".
    pub fn finish(mut self, what: &str) -> Vec<Problem> {
        if let Some(last) = self.told.last().filter(|_| self.untold > 0).cloned() {
            let place = Place { row: None, unit: None, period: None, ..last.place };
            let more = Problem { severity: last.severity, ..Problem::error(&last.code, format!("{} {what}.", self.untold)) };
            self.told.push(more.at(place));
        }
        self.told
    }
}

/// The known name closest to `given`, if any is close enough to be what was meant.
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = given.to_lowercase();
    known
        .into_iter()
        .map(|k| (strsim::damerau_levenshtein(&lower, &k.to_lowercase()), strsim::jaro_winkler(&lower, &k.to_lowercase()), k))
        .filter(|&(d, j, _)| d <= 2.max(given.chars().count() / 3) || j > 0.9)
        .min_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(b.2)))
        .map(|(_, _, k)| k)
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some(file) = &self.file {
            parts.push(file.display().to_string());
        }
        if let Some(sheet) = &self.sheet {
            parts.push(format!("sheet {sheet}"));
        }
        if let Some(row) = self.row {
            parts.push(format!("row {row}"));
        }
        if let Some(column) = &self.column {
            parts.push(format!("column {column}"));
        }
        if let Some(unit) = &self.unit {
            parts.push(unit.clone());
        }
        if let Some(period) = self.period {
            parts.push(period.to_string());
        }
        f.write_str(&parts.join(", "))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place.to_string();
        if !place.is_empty() {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.what)?;
        for more in [&self.why, &self.help] {
            if !more.is_empty() {
                write!(f, " {more}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_recognised_and_a_stranger_is_not() {
        let known = ["employment", "capital", "gdp_real"];
        assert_eq!(nearest("employmnet", known), Some("employment"));
        assert_eq!(nearest("GDP_real", known), Some("gdp_real"));
        assert_eq!(nearest("rainfall", known), None);
    }

    #[test]
    fn a_problem_reads_as_place_then_sentence() {
        let p = Problem::error("text-in-number", "`n.a.` is not a number.")
            .at(Place { file: Some("a.csv".into()), row: Some(7), column: Some("gdp".into()), ..Place::default() })
            .help("Leave the cell empty if the value is missing.");
        assert_eq!(
            p.to_string(),
            "a.csv, row 7, column gdp: `n.a.` is not a number. Leave the cell empty if the value is missing."
        );
    }
}
