//! Cases of capital, growth accounting, index numbers, production functions, decomposition and misallocation:
//! a folder with `cases.json`, each case a folder of its own with its data and what is expected of them.

mod accounting;
mod acf;
mod capital;
mod decomposition;
mod factor_misallocation;
mod gmm;
mod indices;
mod linear;
mod market_segmentation;
mod misallocation;
mod proxy;
mod states;

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::{Differences, Outcome, Row, Verdict, frontier::cells};

/// One case: its name, and the folder its files stand in.
pub(super) struct Case {
    /// Name, such as `C13`.
    pub id: String,
    /// Where its expected numbers come from.
    pub source: String,
    folder: PathBuf,
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    dir: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    tests: Vec<String>,
}

/// The file that says which cases there are.
pub(super) const INDEX: &str = "cases.json";

/// Runs the cases of a folder in the order of its index.
///
/// # Errors
/// The index that cannot be read.
pub(super) fn rows(dir: &Path) -> Result<Vec<Row>, String> {
    let text = std::fs::read_to_string(dir.join(INDEX)).map_err(|e| format!("{INDEX}: {e}"))?;
    let entries: Vec<Entry> = serde_json::from_str(&text).map_err(|e| format!("{INDEX}: {e}"))?;
    let unlisted = unlisted(dir, &entries);
    let listed = entries.into_iter().flat_map(|entry| {
        let case = Case { id: entry.id, source: entry.kind, folder: dir.join(entry.dir) };
        run(&case).unwrap_or_else(|| vec![case.row(&entry.tests.join(", "), 0.0, Outcome::unsupported("no runner yet"))])
    });
    Ok(listed.chain(unlisted.iter().filter_map(run).flatten()).collect())
}

/// The rows of a case; `None` where it has no runner.
fn run(case: &Case) -> Option<Vec<Row>> {
    match case.id.as_str() {
        "C12" => Some(misallocation::rows(case)),
        "C14" => Some(factor_misallocation::rows(case)),
        "C15" => Some(market_segmentation::rows(case)),
        "C17" => Some(decomposition::rows(case)),
        "C08" | "C11" => Some(accounting::rows(case)),
        "C05" => Some(indices::rows(case)),
        "C07" => Some(states::rows(case)),
        "C13" => Some(capital::rows(case)),
        "C01" => Some([acf::rows(case), proxy::chilean(case)].concat()),
        "C02" | "C16" => Some(acf::rows(case)),
        "C04" => Some(proxy::estprod(case)),
        "C09" => Some(linear::rows(case)),
        "C10" => Some(gmm::rows(case)),
        _ => None,
    }
}

/// Folders of cases that the index does not name, such as `C11_bls_klems`, in order of their names.
fn unlisted(dir: &Path, entries: &[Entry]) -> Vec<Case> {
    let folders = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|f| f.path()).filter(|f| f.is_dir());
    let mut cases: Vec<Case> = folders
        .filter_map(|folder| {
            let name = folder.file_name()?.to_str()?.to_owned();
            let id = name.split_once('_')?.0.to_owned();
            let listed = entries.iter().any(|e| e.dir == name);
            (!listed).then(|| Case { id, source: "not in the index".to_owned(), folder })
        })
        .collect();
    cases.sort_by(|a, b| a.id.cmp(&b.id));
    cases
}

impl Case {
    /// A case whose files stand in `folder`.
    pub fn at(id: &str, source: &str, folder: PathBuf) -> Self {
        Self { id: id.to_owned(), source: source.to_owned(), folder }
    }

    /// What became of one part of the case, held to a tolerance of its own.
    pub fn row(&self, part: &str, tolerance: f64, outcome: Outcome) -> Row {
        let (method, difference, verdict, detail) = match outcome {
            Outcome::Compared { method, difference, at } => {
                (method, Some(difference), if difference <= tolerance { Verdict::Pass } else { Verdict::Fail }, at)
            }
            Outcome::Failed { method, why } => (method, None, Verdict::Fail, why),
            Outcome::Unsupported(what) => (String::new(), None, Verdict::Unsupported, what),
        };
        let case = format!("{} {part}", self.id);
        Row { case, source: self.source.clone(), method, difference, tolerance: Some(tolerance), verdict, detail }
    }

    /// The row of a part that `compare` fills with differences; what it cannot read or compute fails.
    pub fn part(
        &self,
        part: &str,
        method: &str,
        tolerance: f64,
        compare: impl FnOnce(&mut Differences) -> Result<(), String>,
    ) -> Row {
        let mut differences = Differences::default();
        let outcome = match compare(&mut differences) {
            Ok(()) => differences.outcome(method),
            Err(why) => Outcome::fail(method, why),
        };
        self.row(part, tolerance, outcome)
    }

    /// A file of the case as JSON.
    pub fn json(&self, name: &str) -> Result<Value, String> {
        let file = self.folder.join(name);
        let text = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        serde_json::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))
    }

    /// A file of the case as a table.
    pub fn table(&self, name: &str) -> Result<Table, String> {
        let file = self.folder.join(name);
        let text = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        let mut lines = text.lines().filter(|line| !line.is_empty());
        let names = cells(lines.next().unwrap_or_default());
        let rows: Vec<Vec<String>> = lines.map(cells).collect();
        match rows.iter().position(|r| r.len() != names.len()) {
            Some(at) => Err(format!("{}, row {}: not {} cells", file.display(), at + 1, names.len())),
            None => Ok(Table { names, rows }),
        }
    }
}

/// A table of comma separated values.
pub(super) struct Table {
    /// Names of the columns.
    pub names: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Cells of a column.
    pub fn text(&self, name: &str) -> Result<Vec<&str>, String> {
        let at = self.names.iter().position(|n| n == name).ok_or_else(|| format!("no column `{name}`"))?;
        Ok(self.rows.iter().map(|r| r[at].as_str()).collect())
    }

    /// Numbers of a column; empty cells and `NA` are `NaN`.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, String> {
        let number = |cell: &str| match cell {
            "" | "NA" | "NaN" | "nan" => Ok(f64::NAN),
            cell => cell.parse::<f64>().map_err(|e| format!("{name}: {cell}: {e}")),
        };
        self.text(name)?.into_iter().map(number).collect()
    }

    /// Numbers of the units named in a column, in order of their names.
    pub fn units(&self, name: &str) -> Result<Vec<usize>, String> {
        let cells = self.text(name)?;
        let mut set = cells.clone();
        set.sort_unstable();
        set.dedup();
        Ok(cells.iter().map(|c| set.partition_point(|s| s < c)).collect())
    }

    /// Periods of a column.
    pub fn periods(&self, name: &str) -> Result<Vec<i32>, String> {
        Ok(self.numbers(name)?.into_iter().map(|v| v as i32).collect())
    }
}
