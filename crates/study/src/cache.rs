//! Results by the hash of everything they depend on.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use panel::Panel;
use serde_json::Value;

use crate::method::Output;

/// The hash of a step: method, options, data, files, seed. Equal hashes mean equal results.
pub fn hash(method: &str, options: &Value, panel: &Panel, files: &[(String, blake3::Hash)], seed: u64) -> blake3::Hash {
    let mut h = blake3::Hasher::new();
    let mut field = |bytes: &[u8]| {
        h.update(&(bytes.len() as u64).to_le_bytes());
        h.update(bytes);
    };
    field(env!("CARGO_PKG_VERSION").as_bytes());
    field(method.as_bytes());
    field(options.to_string().as_bytes());
    for name in [Some(&panel.unit_name), panel.period_name.as_ref()].into_iter().flatten() {
        field(name.as_bytes());
    }
    for unit in panel.units.iter().chain(&panel.units_zh) {
        field(unit.as_bytes());
    }
    field(&panel.periods.iter().flat_map(|p| p.to_le_bytes()).collect::<Vec<_>>());
    for group in &panel.groups {
        field(group.name.as_bytes());
        for label in &group.labels {
            field(label.as_bytes());
        }
    }
    for v in &panel.variables {
        let m = &v.meaning;
        for text in [&v.name, &m.label_en, &m.label_zh, &m.unit, &m.price_base, &m.vintage, &m.source] {
            field(text.as_bytes());
        }
        field(m.origin.made_of.join("\0").as_bytes());
        field(&[u8::from(m.origin.per_period)]);
        field(&v.values.iter().flat_map(|x| x.to_bits().to_le_bytes()).collect::<Vec<_>>());
    }
    for (name, content) in files {
        field(name.as_bytes());
        field(content.as_bytes());
    }
    field(&seed.to_le_bytes());
    h.finalize()
}

/// A folder of results.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
    /// Which build of the program wrote an entry; another build never reads it.
    build: blake3::Hash,
}

impl Cache {
    /// The cache in `folder`, which need not exist yet.
    pub fn new(folder: PathBuf) -> Self {
        let mark = std::env::current_exe()
            .ok()
            .and_then(|exe| fs::metadata(exe).ok())
            .map(|m| format!("{} {:?}", m.len(), m.modified().ok()))
            .unwrap_or_default();
        Self { folder, build: blake3::hash(mark.as_bytes()) }
    }

    fn path(&self, hash: blake3::Hash) -> PathBuf {
        let mut key = blake3::Hasher::new();
        key.update(hash.as_bytes()).update(self.build.as_bytes());
        self.folder.join(format!("{}.step", key.finalize().to_hex()))
    }

    /// The result of a hash, if it is there and whole.
    pub fn get(&self, hash: blake3::Hash) -> Option<Output> {
        let bytes = fs::read(self.path(hash)).ok()?;
        let (seal, body) = bytes.split_first_chunk::<32>()?;
        (blake3::hash(body).as_bytes() == seal).then(|| postcard::from_bytes(body).ok()).flatten()
    }

    /// Keeps a result. A cache that cannot be written only costs time, so failures are silent.
    pub fn put(&self, hash: blake3::Hash, output: &Output) {
        let Ok(body) = postcard::to_stdvec(output) else { return };
        let _ = fs::create_dir_all(&self.folder);
        let write = |path: &Path| -> std::io::Result<()> {
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            file.write_all(blake3::hash(&body).as_bytes())?;
            file.write_all(&body)?;
            file.persist(path)?;
            Ok(())
        };
        let _ = write(&self.path(hash));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_comes_back_and_a_damaged_one_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("cache"));
        let key = blake3::hash(b"step");
        let output = Output { summary: vec![crate::text::Text::new("one", "一")], ..Output::default() };
        assert_eq!(cache.get(key), None);
        cache.put(key, &output);
        assert_eq!(cache.get(key), Some(output));
        let path = cache.path(key);
        let mut bytes = fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&path, bytes).unwrap();
        assert_eq!(cache.get(key), None);
    }
}
