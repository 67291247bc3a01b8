//! What is written reads back as the same panel.

use std::path::Path;

use panel::{
    Group, Meaning, Panel, Problem, ReadOptions, Variable, arrow, read,
    write::{self, CsvOptions},
};

fn panel() -> Panel {
    let rows = [("Anhui", "安徽", 2019), ("Anhui", "安徽", 2020), ("Beijing", "北京", 2019), ("Beijing", "北京", 2020)];
    let variable = |name: &str, label: &str, values: [f64; 4]| Variable {
        name: name.into(),
        meaning: Meaning {
            label_en: label.into(),
            label_zh: "标签".into(),
            unit: "100 million CNY".into(),
            price_base: "2019".into(),
            vintage: "5th census".into(),
            source: "NBS, \"accounts\"".into(),
            ..Meaning::default()
        },
        values: values.to_vec(),
    };
    Panel::new(Panel {
        unit_name: "province".into(),
        period_name: Some("year".into()),
        units: rows.iter().map(|r| r.0.into()).collect(),
        units_zh: rows.iter().map(|r| r.1.into()).collect(),
        periods: rows.iter().map(|r| r.2).collect(),
        groups: vec![Group {
            name: "region".into(),
            labels: ["Central", "Central", "East, coast", "East, coast"].map(String::from).to_vec(),
        }],
        variables: vec![
            variable("gdp", "Gross regional product", [1.0, f64::NAN, 0.1 + 0.2, -4.0]),
            variable("地区生产总值", "", [1e-300, 1e300, f64::NAN, 123_456_789.125]),
            variable("all_missing", "Nothing known", [f64::NAN; 4]),
        ],
    })
    .unwrap()
}

/// Equal with missing equal to missing; meanings only where the format carries them.
fn assert_same(got: &Panel, want: &Panel, meanings: bool) {
    assert_eq!((&got.units, &got.units_zh, &got.periods), (&want.units, &want.units_zh, &want.periods));
    assert_eq!((&got.unit_name, &got.period_name, &got.groups), (&want.unit_name, &want.period_name, &want.groups));
    assert_eq!(got.variables.len(), want.variables.len());
    for (a, b) in got.variables.iter().zip(&want.variables) {
        assert_eq!(a.name, b.name);
        for (x, y) in a.values.iter().zip(&b.values) {
            assert!(x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan()), "{}: {x:e} {y:e}", a.name);
        }
        if meanings {
            assert_eq!(a.meaning, b.meaning);
        }
    }
}

fn back(path: &Path) -> Panel {
    let (panel, warnings) = read::panel(path, &ReadOptions::default(), &panel().keys(), None).unwrap();
    assert_eq!(warnings, []);
    panel
}

#[test]
fn csv() {
    let folder = tempfile::tempdir().unwrap();
    for bom in [false, true] {
        let path = folder.path().join(format!("{bom}.csv"));
        write::csv(&path, &panel(), &CsvOptions { bom }).unwrap();
        assert_eq!(std::fs::read(&path).unwrap().starts_with(b"\xef\xbb\xbf"), bom);
        assert_same(&back(&path), &panel(), false);
    }
}

#[test]
fn parquet() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("panel.parquet");
    write::parquet(&path, &panel()).unwrap();
    assert_same(&back(&path), &panel(), true);
}

#[test]
fn record_batch() {
    let batch = arrow::to_record_batch(&panel()).unwrap();
    let (got, _) = arrow::from_record_batch(&batch, &panel().keys()).unwrap();
    assert_same(&got, &panel(), true);
}

#[test]
fn xlsx_with_its_own_columns_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("panel.xlsx");
    write::xlsx(&path, &panel()).unwrap();
    assert_same(&back(&path), &panel(), false);
    let options = ReadOptions { sheet: Some("columns".into()), ..ReadOptions::default() };
    let (meanings, warnings) = panel::columns::meanings(&read::table(&path, &options).unwrap()).unwrap();
    assert_eq!(warnings, []);
    let (got, _) = read::table(&path, &ReadOptions::default()).unwrap().into_panel(&panel().keys(), &meanings).unwrap();
    assert_same(&got, &panel(), true);
}

#[test]
fn stata() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("panel.dta");
    write::dta(&path, &panel()).unwrap();
    let got = back(&path);
    assert_same(&got, &panel(), false);
    assert_eq!(got.variables[0].meaning.label_en, "Gross regional product");
    let mut large = panel();
    large.variables[0].values[0] = 1e308;
    let problems = write::dta(&path, &large).unwrap_err();
    assert_eq!((problems[0].code.as_str(), problems[0].place.unit.as_deref()), ("large-number", Some("Anhui")));
}

#[test]
fn a_cross_section_has_no_period_column() {
    let folder = tempfile::tempdir().unwrap();
    let mut p = panel().rows(&[0, 2]);
    p.period_name = None;
    p.periods = vec![0; 2];
    let path = folder.path().join("a.csv");
    write::csv(&path, &p, &CsvOptions::default()).unwrap();
    let (got, _) = read::panel(&path, &ReadOptions::default(), &p.keys(), None).unwrap();
    assert_same(&got, &p, false);
}

/// A writer of one format.
type Writer = fn(&Path, &Panel) -> Result<(), Vec<Problem>>;

#[test]
fn a_folder_that_cannot_be_written_is_a_problem_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("no/such/folder/panel");
    let writers: [Writer; 4] = [|p, x| write::csv(p, x, &CsvOptions::default()), write::parquet, write::xlsx, write::dta];
    for writer in writers {
        let problems = writer(&path, &panel()).unwrap_err();
        assert_eq!(problems[0].code, "unwritable");
        assert!(!problems[0].help.is_empty());
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    let taken = folder.path().join("a-folder");
    std::fs::create_dir(&taken).unwrap();
    assert_eq!(write::parquet(&taken, &panel()).unwrap_err()[0].code, "unwritable");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn two_columns_of_one_name_are_not_written() {
    let mut p = panel();
    p.variables[0].name = "region".into();
    assert_eq!(write::parquet(Path::new("never"), &p).unwrap_err()[0].code, "duplicate-column");
}
