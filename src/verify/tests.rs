use std::{path::Path, sync::OnceLock};

use super::*;

/// What became of the built-in cases, run once.
fn built_in() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| verify(None, false).unwrap())
}

#[test]
fn every_built_in_case_passes() {
    let rows = built_in();
    let missed: Vec<_> = rows.iter().filter(|r| r.verdict != Verdict::Pass).collect();
    assert!(missed.is_empty(), "{missed:#?}");
    assert_eq!(rows.len(), embedded::FILES.iter().filter(|(name, _)| name.starts_with("cases/")).count());
}

#[test]
fn the_program_carries_exactly_the_files_of_the_folder() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("reference");
    let mut on_disk = vec!["manifest.json".to_owned()];
    for folder in ["cases", "data"] {
        for file in std::fs::read_dir(root.join(folder)).unwrap() {
            on_disk.push(format!("{folder}/{}", file.unwrap().file_name().to_string_lossy()));
        }
    }
    on_disk.sort();
    let mut built_in: Vec<&str> = embedded::FILES.iter().map(|(name, _)| *name).collect();
    built_in.sort_unstable();
    assert_eq!(built_in, on_disk);
}

#[test]
fn a_folder_on_disk_gives_what_the_built_in_cases_give() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("reference");
    assert_eq!(verify(Some(&root), false).unwrap(), built_in());
}

#[test]
fn a_number_missing_on_one_side_fails() {
    let mut differences = Differences::default();
    differences.value("a", f64::NAN, f64::NAN);
    differences.value("b", f64::NAN, 1.0);
    assert!(matches!(differences.outcome("m"), Outcome::Compared { difference, .. } if difference == f64::INFINITY));
    let mut differences = Differences::default();
    differences.series("c", &[1.0], &[1.0, 2.0]);
    assert!(matches!(differences.outcome("m"), Outcome::Compared { difference, .. } if difference == f64::INFINITY));
    assert!(matches!(Differences::default().outcome("m"), Outcome::Failed { .. }));
}

#[test]
fn a_folder_without_a_manifest_is_an_error_that_names_it() {
    assert!(verify(Some(Path::new("no/such/folder")), false).unwrap_err().contains("manifest.json"));
}

/// Every number of the composite reference folder, where it stands beside the repository.
#[test]
fn the_composite_folder_has_no_failure() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/composite");
    if !folder.is_dir() {
        return;
    }
    let rows = verify(Some(&folder), false).unwrap();
    let failed: Vec<_> = rows.iter().filter(|r| r.verdict == Verdict::Fail).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(rows.iter().filter(|r| r.verdict == Verdict::Pass).count() >= 35);
}
