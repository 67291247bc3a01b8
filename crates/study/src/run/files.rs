//! The files a study is made of.

use std::{fs, path::Path};

use panel::{Place, Problem};

use crate::{framework::library, spec::Study};

/// Every file the study names and the hash of its content, in the order in which it names them.
pub(super) fn hashes(study: &Study, folder: &Path) -> Vec<(String, blake3::Hash)> {
    let of_data = study.spec.data.values().flat_map(|d| [Some(&d.file), d.columns.as_ref()]).flatten();
    let of_steps = study.steps.iter().flat_map(|s| s.mentions.iter()).filter(|m| m.role == "file").map(|m| &m.name);
    let mut hashes: Vec<(String, blake3::Hash)> = Vec::new();
    for file in of_data.chain(study.spec.map.tiles.as_ref()).chain(of_steps) {
        if !hashes.iter().any(|(name, _)| name == file) {
            let builtin = library::name(file).and_then(library::get).map(|b| b.text().into_bytes());
            let content = builtin.unwrap_or_else(|| fs::read(folder.join(file)).unwrap_or_default());
            hashes.push((file.clone(), blake3::hash(&content)));
        }
    }
    hashes
}

/// Reads a study file as text.
pub(super) fn text(path: &Path) -> Result<String, Box<Problem>> {
    let here = Place { file: Some(path.to_owned()), ..Place::default() };
    let bytes = fs::read(path).map_err(|e| {
        let why = match e.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
            _ if path.is_dir() => "it is a folder".to_owned(),
            _ => e.to_string(),
        };
        let problem = Problem::error("unreadable-file", format!("The study file cannot be read: {why}."));
        Box::new(problem.help("`xinzhi new FILE.csv` writes a first study for a table.").at(here.clone()))
    })?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    String::from_utf8(bytes.to_vec())
        .map_err(|_| Box::new(Problem::error("not-utf8", "A study file is UTF-8 text.").help("Save it as UTF-8.").at(here)))
}
