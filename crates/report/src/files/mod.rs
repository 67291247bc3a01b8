//! The folder of a study: page, tables, figures, manifest.

mod csv;
mod sheets;
mod xlsx;

use std::{
    fs,
    io::{self, Write},
    path::{Component, Path, PathBuf},
};

use study::{
    result::{Manifest, StudyResult},
    table::Table,
    text::Language,
};
use thiserror::Error;

use crate::{Units, draw, page};

/// Why a report could not be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The folder or a file in it cannot be written.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// What was to be written.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// The workbook could not be made.
    #[error("cannot make tables.xlsx: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// The page could not be made.
    #[error("cannot make report.html: {0}")]
    Page(#[from] minijinja::Error),
    /// A table or the manifest could not be encoded.
    #[error("cannot encode {name}: {reason}")]
    Encode {
        /// File.
        name: String,
        /// Why it failed.
        reason: String,
    },
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Each file with the BLAKE3 of its content, in the order report, tables, figures, manifest.
    pub files: Vec<(PathBuf, String)>,
}

/// Writes `report.html`, `tables/`, `tables.xlsx`, `figures/` and `manifest.json` into `out`.
///
/// Everything is made in a temporary folder beside `out` and moved into place at the end, the manifest
/// last, so an interrupted run leaves no half-written file. Files that an earlier manifest in `out`
/// names and that are no longer made are removed; other files are left alone. The same result gives
/// the same bytes.
///
/// # Errors
/// Folders and files that cannot be written, with their path.
pub fn write(result: &StudyResult, out: &Path) -> Result<Written, ReportError> {
    let parent = match out.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(at(parent))?;
    let room = tempfile::Builder::new().prefix(".report-").tempdir_in(parent).map_err(at(parent))?;
    let pieces = pieces(result, room.path())?;
    fs::create_dir_all(out).map_err(at(out))?;
    let old = earlier(out);
    let mut files = Vec::new();
    for (name, hash) in pieces {
        let path = out.join(&name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(at(folder))?;
        }
        fs::rename(room.path().join(&name), &path).map_err(at(&path))?;
        files.push((path, hash));
    }
    for path in old.into_iter().map(|name| out.join(name)).filter(|p| files.iter().all(|f| f.0 != *p)) {
        match fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(at(&path)(e)),
            _ => {}
        }
    }
    Ok(Written { files })
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> ReportError {
    let path = path.to_owned();
    move |source| ReportError::Write { path, source }
}

/// A file of the report by name, with the hash of its content.
type Piece = (String, String);

/// Writes every file into `room`; the manifest comes last.
fn pieces(result: &StudyResult, room: &Path) -> Result<Vec<Piece>, ReportError> {
    let units = Units::of(result);
    let language = result.languages.first().copied().unwrap_or(Language::En);
    let names = Names::of(result);
    for folder in ["tables", "figures"] {
        let folder = room.join(folder);
        fs::create_dir_all(&folder).map_err(at(&folder))?;
    }
    let page = || whole(room, "report.html", page::html(result, &units, &names)?.as_bytes());
    let book = || whole(room, "tables.xlsx", &xlsx::workbook(result, &units, language)?);
    let csv = || -> Result<Vec<Piece>, ReportError> {
        let files = names.tables.iter().zip(tables(result));
        files.map(|(name, table)| file(room, name, |out| csv::table(table, out))).collect()
    };
    let ((page, book), csv) = rayon::join(|| rayon::join(page, book), csv);
    let mut pieces = vec![page?];
    pieces.extend(csv?);
    if page::findings(result).next().is_some() {
        pieces.push(whole(room, "tables/findings.csv", &csv::findings(result).map_err(encode("findings.csv"))?)?);
    }
    pieces.push(book?);
    let figures = result.steps.iter().flat_map(|s| &s.output.figures);
    for (name, figure) in names.figures.iter().zip(figures) {
        pieces.push(whole(room, name, draw::svg(figure, &units, language).as_bytes())?);
    }
    let manifest = Manifest { outputs: pieces.clone(), ..result.manifest.clone() };
    let mut json = serde_json::to_vec_pretty(&manifest).map_err(encode("manifest.json"))?;
    json.push(b'\n');
    pieces.push(whole(room, "manifest.json", &json)?);
    Ok(pieces)
}

/// A file whose content is at hand.
fn whole(room: &Path, name: &str, bytes: &[u8]) -> Result<Piece, ReportError> {
    file(room, name, |out| out.write_all(bytes))
}

/// Writes a file and takes its hash on the way.
fn file(room: &Path, name: &str, fill: impl FnOnce(&mut Hashed) -> io::Result<()>) -> Result<Piece, ReportError> {
    let path = room.join(name);
    let write = || -> io::Result<Piece> {
        let mut out = Hashed { file: fs::File::create(&path)?, hasher: blake3::Hasher::new() };
        fill(&mut out)?;
        Ok((name.to_owned(), out.hasher.finalize().to_hex().to_string()))
    };
    write().map_err(at(&path))
}

/// A file with the hash of what went into it. What is written comes in large pieces.
struct Hashed {
    file: fs::File,
    hasher: blake3::Hasher,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn encode<E: std::fmt::Display>(name: &str) -> impl FnOnce(E) -> ReportError {
    let name = name.to_owned();
    move |e| ReportError::Encode { name, reason: e.to_string() }
}

/// All tables in the order of the steps.
fn tables(result: &StudyResult) -> impl Iterator<Item = &Table> {
    result.steps.iter().flat_map(|s| &s.output.tables)
}

/// Files that the manifest of an earlier run names; nothing outside the folder.
fn earlier(out: &Path) -> Vec<String> {
    let manifest: Option<Manifest> =
        fs::read(out.join("manifest.json")).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let inside = |name: &String| Path::new(name).components().all(|c| matches!(c, Component::Normal(_)));
    manifest.map_or_else(Vec::new, |m| m.outputs.into_iter().map(|o| o.0).filter(inside).collect())
}

/// File names of tables and figures, in the order of the steps.
#[derive(Debug)]
pub(crate) struct Names {
    /// One per table.
    pub tables: Vec<String>,
    /// One per figure.
    pub figures: Vec<String>,
}

impl Names {
    /// Of a result.
    pub fn of(result: &StudyResult) -> Self {
        let mut taken = vec!["tables/findings.csv".to_owned()];
        let mut name = |folder: &str, step: &str, id: &str, ending: &str| {
            let stem = format!("{folder}/{}_{}", plain(step), plain(id));
            let mut name = format!("{stem}.{ending}");
            let mut again = 1;
            while taken.contains(&name.to_lowercase()) {
                again += 1;
                name = format!("{stem}_{again}.{ending}");
            }
            taken.push(name.to_lowercase());
            name
        };
        let mut names = Self { tables: Vec::new(), figures: Vec::new() };
        for step in &result.steps {
            names.tables.extend(step.output.tables.iter().map(|t| name("tables", &step.id, &t.id, "csv")));
            names.figures.extend(step.output.figures.iter().map(|f| name("figures", &step.id, &f.id, "svg")));
        }
        names
    }
}

/// Letters, digits, `-` and `_` of a name, everything else as `-`; at most 80 characters.
fn plain(name: &str) -> String {
    let kept: String = name.chars().take(80).map(|c| if c.is_alphanumeric() || "-_".contains(c) { c } else { '-' }).collect();
    if kept.is_empty() { "-".to_owned() } else { kept }
}
