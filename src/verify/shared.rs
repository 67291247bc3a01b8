//! The cases beside the repository, for tests: where they are, and what became of them, run once.

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

use super::{Entry, Row, verify};

/// The folder of frontier cases; says so where it is absent.
#[expect(clippy::print_stderr, reason = "says that a test skips")]
pub(super) fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/frontier");
    if !folder.is_dir() {
        eprintln!("skipped: no {}", folder.display());
    }
    Some(folder).filter(|f| f.is_dir())
}

/// What became of all frontier cases.
pub(super) fn rows() -> Option<&'static [Row]> {
    static ROWS: OnceLock<Option<Vec<Row>>> = OnceLock::new();
    ROWS.get_or_init(|| Some(verify(Some(&folder()?), false).unwrap())).as_deref()
}

/// What became of the cases that `wanted` takes by their family.
pub(super) fn families(wanted: impl Fn(&str) -> bool) -> Option<Vec<&'static Row>> {
    let manifest = std::fs::read_to_string(folder()?.join("manifest.json")).unwrap();
    let entries: Vec<Entry> = serde_json::from_str(&manifest).unwrap();
    let of = |r: &&Row| entries.iter().any(|e| e.id == r.case && wanted(&e.family));
    Some(rows()?.iter().filter(of).collect())
}

/// What became of the cases that `wanted` takes by their method.
pub(super) fn methods(wanted: impl Fn(&str) -> bool) -> Option<Vec<&'static Row>> {
    Some(rows()?.iter().filter(|r| wanted(&r.method)).collect())
}
