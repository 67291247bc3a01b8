//! Reads tables: delimited text, workbooks, Parquet and Stata files.
//!
//! What a file is, is told by its first bytes; its name counts only where they leave a choice. All
//! problems of a file are collected before giving up, each with row and column as an editor or
//! Excel shows them. Titles above the header and notes below the last row are passed over with a
//! warning that quotes them; a column written throughout with decimal commas is read as such.

mod around;
mod comma;
mod grid;
mod parquet;
mod stata;
mod text;
mod workbook;

use std::{
    fs::{self, File},
    io::Read,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use serde::{Deserialize, Serialize};

use crate::{
    columns,
    problem::{Place, Problem},
    raw::{Keys, RawTable},
    table::Panel,
};

/// How to read a file where its name and content leave a choice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReadOptions {
    /// Sheet of a workbook; the first one unless named.
    pub sheet: Option<String>,
    /// Delimiter of a text table; found by itself unless given.
    pub delimiter: Option<char>,
    /// Encoding of a text table or of an old Stata file by its label, e.g. `gb18030`; found by
    /// itself unless given.
    pub encoding: Option<String>,
}

pub(crate) use grid::whole;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Zip,
    Ole,
    Parquet,
    Stata,
}

/// Reads a file as a table.
///
/// # Errors
/// All problems found, never only the first.
pub fn table(path: &Path, options: &ReadOptions) -> Result<RawTable, Vec<Problem>> {
    let place = Place { file: Some(path.to_owned()), ..Place::default() };
    let kind = kind(path).map_err(|p| vec![p.at(place)])?;
    // The decoders of other people meet hostile bytes here: a panic of theirs is an unreadable file.
    let read = catch_unwind(AssertUnwindSafe(|| match kind {
        Kind::Text => text::read(path, options),
        Kind::Zip | Kind::Ole => workbook::read(path, kind == Kind::Zip, options),
        Kind::Parquet => parquet::read(path),
        Kind::Stata => stata::read(path, options),
    }));
    let problems = match read {
        Ok(Ok(table)) => return Ok(table),
        Ok(Err(problems)) => problems,
        Err(_) => vec![damaged("its content contradicts itself")],
    };
    Err(problems
        .into_iter()
        .map(|mut p| {
            p.place.file = Some(path.to_owned());
            p
        })
        .collect())
}

/// Reads a file as a panel, with an optional columns table that says what the columns mean.
/// The second item holds warnings.
///
/// # Errors
/// All problems of both files, never only the first.
pub fn panel(
    path: &Path,
    options: &ReadOptions,
    keys: &Keys,
    columns: Option<&Path>,
) -> Result<(Panel, Vec<Problem>), Vec<Problem>> {
    let table = table(path, options);
    let meanings = columns.map_or_else(|| Ok((Vec::new(), Vec::new())), columns::read);
    match (table, meanings) {
        (Ok(table), Ok((meanings, mut warnings))) => {
            let (panel, more) = table.into_panel(keys, &meanings)?;
            warnings.extend(more);
            Ok((panel, warnings))
        }
        (table, meanings) => Err(table.err().into_iter().chain(meanings.err()).flatten().collect()),
    }
}

fn kind(path: &Path) -> Result<Kind, Box<Problem>> {
    let meta = fs::metadata(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => Box::new(missing(path)),
        _ => Box::new(unreadable(&e)),
    })?;
    if meta.is_dir() {
        return Err(Box::new(
            Problem::error("not-a-file", format!("`{}` is a folder, not a file.", path.display()))
                .help("Name the file inside it."),
        ));
    }
    let mut head = Vec::new();
    let file = File::open(path).map_err(|e| Box::new(unreadable(&e)))?;
    file.take(16).read_to_end(&mut head).map_err(|e| Box::new(unreadable(&e)))?;
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    Ok(match head.as_slice() {
        [] => {
            return Err(Box::new(
                Problem::error("empty-file", "The file is empty.").help("Save the table again, with a header row and data."),
            ));
        }
        [b'P', b'K', 3 | 5, ..] => Kind::Zip,
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Kind::Ole,
        [b'P', b'A', b'R', b'1', ..] => Kind::Parquet,
        h if h.starts_with(b"<stata_dta>") => Kind::Stata,
        [102..=115, ..] if extension == "dta" => Kind::Stata,
        [0x1f, 0x8b, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..] | [b'B', b'Z', b'h', ..] => {
            return Err(Box::new(Problem::error("compressed-file", "The file is compressed.").help("Unpack it first.")));
        }
        _ if matches!(extension.as_str(), "xlsx" | "xlsm" | "xlsb" | "ods" | "parquet" | "dta") => {
            return Err(Box::new(damaged(&format!("its name ends in .{extension} but its content is something else"))));
        }
        _ => Kind::Text,
    })
}

fn missing(path: &Path) -> Problem {
    if path.is_dir() {
        return Problem::error("missing-file", format!("`{}` is a folder, not a file.", path.display()))
            .help("Name a table in it.");
    }
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut beside: Vec<String> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    beside.sort_unstable();
    let problem = Problem::error("missing-file", format!("There is no file `{}`.", path.display()));
    if folder.is_dir() {
        problem.did_you_mean(&name, beside.iter().map(String::as_str))
    } else {
        problem.help(format!("There is no folder `{}` either.", folder.display()))
    }
}

fn unreadable(error: &std::io::Error) -> Problem {
    Problem::error("unreadable-file", "The file cannot be read.")
        .why(format!("The system says: {error}."))
        .help("Check that the file exists, is not locked by another program and may be read.")
}

fn damaged(why: &str) -> Problem {
    Problem::error("damaged-file", "The file cannot be understood.")
        .why(format!("The reason: {}.", why.trim_end_matches('.')))
        .help("Open it in the program that made it and save it again, or export it as CSV.")
}
