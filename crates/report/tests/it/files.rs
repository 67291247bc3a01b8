//! The files of a report.

use std::{collections::BTreeMap, fs, path::Path};

use calamine::{Data, Reader, Xlsx};
use study::{
    method::Output,
    table::{Cells, Table},
    text::{Language, Text},
};

use crate::fixture;

fn read(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/"), fs::read(&path).unwrap());
            }
        }
    }
    files
}

#[test]
fn the_same_result_gives_the_same_bytes() {
    let room = tempfile::tempdir().unwrap();
    let (a, b) = (room.path().join("a"), room.path().join("b"));
    report::write(&fixture::study(), &a).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    report::write(&fixture::study(), &b).unwrap();
    let (a, b) = (read(&a), read(&b));
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, bytes) in &a {
        assert!(bytes == &b[name], "{name} differs");
    }
    let left: Vec<_> = fs::read_dir(room.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "a temporary folder stayed: {left:?}");
}

#[test]
fn the_manifest_names_every_file_with_its_hash() {
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("deep/er/report");
    let written = report::write(&fixture::study(), &out).unwrap();
    let files = read(&out);
    assert_eq!(files.len(), written.files.len());
    let manifest: serde_json::Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    let outputs = manifest["outputs"].as_array().unwrap();
    assert_eq!(outputs.len() + 1, files.len());
    for pair in outputs {
        let bytes = &files[pair[0].as_str().unwrap()];
        assert_eq!(pair[1].as_str().unwrap(), blake3::hash(bytes).to_hex().as_str());
    }
}

#[test]
fn a_second_run_clears_its_own_old_files_and_no_others() {
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("report");
    report::write(&fixture::study(), &out).unwrap();
    fs::write(out.join("tables/mine.txt"), "kept").unwrap();
    let mut study = fixture::study();
    study.steps.truncate(1);
    report::write(&study, &out).unwrap();
    let files = read(&out);
    assert!(files.contains_key("tables/mine.txt"));
    assert!(files.contains_key("tables/index_scores.csv"));
    assert!(!files.contains_key("tables/growth_parts.csv"));
    assert!(!files.contains_key("figures/growth_moran.svg"));
}

#[test]
fn names_that_collide_or_climb_stay_inside() {
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("report");
    let mut study = fixture::study();
    study.steps[0].output.tables[0].id = "../../x".into();
    study.steps[0].output.tables[1].id = "..-..-x".into();
    study.steps[0].id = "a/b".into();
    report::write(&study, &out).unwrap();
    let files = read(&out);
    assert!(files.contains_key("tables/a-b_------x.csv"), "{:?}", files.keys());
    assert!(files.contains_key("tables/a-b_------x_2.csv"));
    assert_eq!(read(room.path()).len(), files.len());
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let room = tempfile::tempdir().unwrap();
    let file = room.path().join("file");
    fs::write(&file, "x").unwrap();
    let error = report::write(&fixture::study(), &file.join("report")).unwrap_err();
    assert!(error.to_string().contains("file"), "{error}");
    let error = report::write(&fixture::study(), &file).unwrap_err();
    assert!(error.to_string().contains("file"), "{error}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "x");
    assert_eq!(fs::read_dir(room.path()).unwrap().count(), 1);
}

#[test]
fn csv_carries_all_digits_and_machine_names() {
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("report");
    report::write(&fixture::study(), &out).unwrap();
    let bytes = fs::read(out.join("tables/index_scores.csv")).unwrap();
    let text = std::str::from_utf8(&bytes).unwrap().strip_prefix('\u{FEFF}').unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(head, ["province", "year", "score", "gdp", "rank", "class", "class_zh"]);
    let Cells::Number(scores, _) = &fixture::tables()[0].columns[2].cells else { unreachable!() };
    for (row, score) in reader.records().zip(scores) {
        assert_eq!(row.unwrap()[2].parse::<f64>().unwrap(), *score);
    }
}

#[test]
fn the_workbook_reads_back() {
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("report");
    let mut study = fixture::study();
    study.steps[0].id = "a very long name of a step: with [signs]".into();
    report::write(&study, &out).unwrap();
    let mut book: Xlsx<_> = calamine::open_workbook(out.join("tables.xlsx")).unwrap();
    let names = book.sheet_names();
    assert_eq!(names.len(), 5);
    assert_eq!(names[0], "Contents");
    let sheet = book.worksheet_range(&names[1]).unwrap();
    assert_eq!(sheet.get_value((2, 3)), Some(&Data::String("Output (100 million CNY)".into())));
    let Cells::Number(scores, _) = &fixture::tables()[0].columns[2].cells else { unreachable!() };
    for (i, score) in scores.iter().enumerate() {
        assert_eq!(sheet.get_value((3 + i as u32, 2)), Some(&Data::Float(*score)));
    }
    assert_eq!(sheet.get_value((8, 3)), Some(&Data::Empty), "missing is an empty cell");
}

#[test]
fn the_terminal_aligns_wide_words_and_stops_at_twenty_rows() {
    let many: Vec<Text> = (0..40).map(|i| Text::new(format!("row {i}"), format!("第{i}行"))).collect();
    let table = Table::new("rows", Text::new("Rows", "行"))
        .column("name", Text::new("Name", "名称"), Text::default(), Cells::Text(many))
        .column(
            "x",
            Text::new("x", "数值"),
            Text::plain("%"),
            Cells::Number((0..40).map(|i| f64::from(i) * 7.5 - 3.0).collect(), 1),
        );
    let study = fixture::study();
    let output = Output { tables: vec![table], ..study.steps[0].output.clone() };
    for language in [Language::En, Language::Zh] {
        let text = report::terminal(&output, &report::Units::of(&study), language);
        assert!(text.contains("rows.csv") && text.contains("CI010") && text.contains("≤"), "{text}");
        let width = |line: &str| line.chars().map(|c| if c >= '\u{2E80}' { 2 } else { 1 }).sum::<usize>();
        let rows: Vec<usize> = text.lines().filter(|l| l.starts_with("  row ") || l.starts_with("  第")).map(width).collect();
        assert_eq!(rows.len(), 20);
        assert!(rows.iter().all(|w| *w == rows[0]), "{text}");
    }
}
