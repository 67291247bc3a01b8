//! The official figures and other real tables, where they lie beside the repository; skipped where
//! they do not.

use std::path::{Path, PathBuf};

use panel::{ReadOptions, columns, read};

fn shared(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(root).into_iter().flatten().flatten().map(|e| e.path()).collect();
    files.sort();
    files
}

fn is(path: &Path, end: &str) -> bool {
    path.to_string_lossy().ends_with(end)
}

#[test]
fn the_official_figures_read_with_guessed_keys_and_their_meanings() {
    for path in shared("figures").iter().filter(|p| is(p, ".csv") && !is(p, ".columns.csv") && !is(p, "borders.csv")) {
        let table = read::table(path, &ReadOptions::default()).unwrap_or_else(|p| panic!("{p:?}"));
        let keys = table.guess_keys().unwrap();
        assert_eq!(
            (keys.unit.as_str(), keys.period.as_deref(), keys.groups.as_slice()),
            ("province", Some("year"), &["region".to_owned()][..])
        );
        assert_eq!(keys.unit_zh.as_deref(), Some("province_zh"));
        let (meanings, notes) = columns::read(&path.with_extension("columns.csv")).unwrap();
        assert_eq!(notes, []);
        let (panel, warnings) = table.into_panel(&keys, &meanings).unwrap_or_else(|p| panic!("{p:?}"));
        assert_eq!(warnings, []);
        assert!(panel.unit_set().len() >= 30);
    }
}

#[test]
fn real_tables_read() {
    let folders = [
        "china_city",
        "china_province_longrun",
        "china_province_tfp",
        "us_regions",
        "firms",
        "eu_regions",
        "us_bls_klems",
        "geo",
        "io_world",
    ];
    for path in folders.iter().flat_map(|f| shared(&format!("data/{f}"))).filter(|p| is(p, ".csv") || is(p, ".parquet")) {
        let table = read::table(&path, &ReadOptions::default());
        assert!(table.is_ok(), "{}: {:?}", path.display(), table.err());
    }
}
