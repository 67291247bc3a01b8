//! The public face of the crate: files in, panels out, and back.

mod bad_input;
mod figures;
mod files;
mod fuzz;
mod keys;
mod round_trip;

use std::path::{Path, PathBuf};

use panel::{Keys, Panel, Problem, ReadOptions, read};

/// A file with these bytes in a folder of its own.
fn file(name: &str, bytes: impl AsRef<[u8]>) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn keys() -> Keys {
    Keys { unit: "province".into(), period: Some("year".into()), ..Keys::default() }
}

fn read_panel(path: &Path) -> Result<Panel, Vec<Problem>> {
    read::panel(path, &ReadOptions::default(), &keys(), None).map(|(panel, _)| panel)
}

fn panel_of(name: &str, bytes: impl AsRef<[u8]>) -> Result<Panel, Vec<Problem>> {
    let (_folder, path) = file(name, bytes);
    read_panel(&path)
}

/// The problems of a file, each with what it says about itself checked.
fn problems(name: &str, bytes: impl AsRef<[u8]>) -> Vec<Problem> {
    let problems = panel_of(name, bytes).unwrap_err();
    for p in &problems {
        assert!(!p.what.is_empty() && p.place.file.is_some(), "{p:?}");
        assert!(p.what.len() < 400, "{p:?}");
    }
    problems
}
