//! Tables saved by other programs, read cell by cell; `data/README.md` says who made them.

use std::path::PathBuf;

use panel::{
    Keys, Problem, RawTable, ReadOptions,
    raw::{Cell, Parsed, parse},
    read,
};

const NAMES: [&str; 8] = ["省份", "年份", "代码", "地区", "地区生产总值", "人口", "发布日", "试点"];
const ENGLISH: [&str; 8] = ["province", "year", "code", "region", "gdp", "pop", "day", "pilot"];
const UNITS: [&str; 6] = ["北京", "北京", "内蒙古", "内蒙古", "西藏", "西藏"];
const CODES: [&str; 6] = ["011", "011", "015", "015", "054", "054"];
const REGIONS: [&str; 6] = ["东部", "东部", "西部", "西部", "西部", "西部"];
const DAYS: [&str; 6] = ["2020-01-22", "2021-01-21", "2020-02-28", "2021-03-01", "", "2021-02-04"];
const YEARS: [f64; 6] = [2019.0, 2020.0, 2019.0, 2020.0, 2019.0, 2020.0];
const GDP: [f64; 6] = [35445.13, 36102.55, 17212.5, f64::NAN, 1697.82, 1902.74];
const POPULATION: [f64; 6] = [2190.0, 2189.0, f64::NAN, 2403.0, 361.0, 366.0];
const PILOT: [f64; 6] = [1.0, 1.0, 0.0, 0.0, 0.0, 1.0];

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/data").join(name)
}

fn table(name: &str) -> Result<RawTable, Vec<Problem>> {
    read::table(&path(name), &ReadOptions::default())
}

fn labels(table: &RawTable, name: &str) -> Vec<String> {
    let column = table.column(name).unwrap_or_else(|| panic!("{}: {name}", table.file.display()));
    (0..table.rows.len()).map(|row| column.label(row)).collect()
}

/// The numbers of a column, truth values spelled out by Python included.
fn numbers(table: &RawTable, name: &str) -> Vec<f64> {
    let number = |cell: &Cell| match cell {
        Cell::Empty => f64::NAN,
        Cell::Number(x) => *x,
        Cell::Text(text) => match (text.as_str(), parse(text)) {
            ("True", _) => 1.0,
            ("False", _) => 0.0,
            (_, Parsed::Number(x)) => x,
            other => panic!("{}: {name}: {other:?}", table.file.display()),
        },
    };
    table.column(name).unwrap().cells.iter().map(number).collect()
}

fn same(file: &RawTable, name: &str, want: &[f64]) {
    let got = numbers(file, name);
    let equal = got.len() == want.len() && got.iter().zip(want).all(|(x, y)| x == y || (x.is_nan() && y.is_nan()));
    assert!(equal, "{} {name}: {got:?}", file.file.display());
}

fn notes(table: &RawTable) -> Vec<&str> {
    table.notes.iter().map(|n| n.code.as_str()).collect()
}

/// The whole table, and the codes of the warnings that come with it.
fn whole(file: &str, names: &[&str; 8], warnings: &[&str]) -> RawTable {
    let table = table(file).unwrap_or_else(|p| panic!("{file}: {p:?}"));
    let [unit, year, code, region, gdp, population, day, pilot] = *names;
    for (name, want) in [(unit, UNITS), (code, CODES), (region, REGIONS), (day, DAYS)] {
        assert_eq!(labels(&table, name), want, "{file} {name}");
    }
    same(&table, year, &YEARS);
    same(&table, gdp, &GDP);
    same(&table, pilot, &PILOT);
    if !file.starts_with("pyreadstat") {
        same(&table, population, &POPULATION);
    }
    assert_eq!(notes(&table), warnings, "{file}");
    table
}

fn refused(file: &str) -> Problem {
    let mut problems = table(file).unwrap_err();
    assert!(problems[0].place.file.is_some() && !problems[0].help.is_empty(), "{file}: {problems:?}");
    problems.remove(0)
}

#[test]
fn workbooks() {
    for file in ["openpyxl.xlsx", "openpyxl-empty-first.xlsx", "xlsxwriter.xlsx", "pandas.ods", "xlwt.xls"] {
        assert_eq!(whole(file, &NAMES, &[]).rows, [2, 3, 4, 5, 6, 7], "{file}");
    }
    let indexed = whole("pandas-index.xlsx", &NAMES, &["blank-header"]);
    same(&indexed, "column 1", &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    let options = ReadOptions { sheet: Some("数据".into()), ..ReadOptions::default() };
    assert_eq!(labels(&read::table(&path("pandas-sheets.xlsx"), &options).unwrap(), "省份"), UNITS);
}

#[test]
fn workbooks_that_hold_no_table_as_they_are() {
    for file in ["pandas-sheets.xlsx", "openpyxl-cover.xlsx"] {
        let cover = refused(file);
        assert!(cover.code == "cover-sheet" && cover.help.contains("`数据`"), "{file}: {cover}");
    }
    let merged = refused("openpyxl-merged.xlsx");
    assert_eq!((merged.code.as_str(), merged.place.row), ("merged-header", Some(1)));
    let formula = refused("openpyxl-formula-uncached.xlsx");
    assert_eq!(
        (formula.code.as_str(), formula.place.row, formula.place.column.as_deref()),
        ("formula-error", Some(2), Some("x"))
    );
    assert!(formula.what.contains("C2") && formula.help.contains("LibreOffice"), "{formula}");
}

#[test]
fn titles_and_notes_around_a_table_are_passed_over_and_told() {
    for file in ["openpyxl-title-notes.xlsx", "title-notes.csv"] {
        let table = whole(file, &NAMES, &["title-lines", "note-lines"]);
        assert_eq!(table.rows, [4, 5, 6, 7, 8, 9], "{file}");
        assert!(table.notes[0].what.contains("`表1 各省地区生产总值`, `单位：亿元`"), "{}", table.notes[0]);
        assert!(table.notes[1].what.contains("`注：2020年为初步核算数。`"), "{}", table.notes[1]);
        assert_eq!((table.notes[0].place.row, table.notes[1].place.row), (Some(1), Some(11)), "{file}");
    }
    assert_eq!(whole("comments.csv", &NAMES, &["title-lines"]).rows, [4, 5, 6, 7, 8, 9]);
}

#[test]
fn text_in_every_dress() {
    for file in ["utf8-bom.csv", "gb18030.csv", "utf16le.csv", "tab.tsv", "mac.csv"] {
        assert_eq!(whole(file, &NAMES, &[]).rows, [2, 3, 4, 5, 6, 7], "{file}");
    }
    let quoted = whole("quoted.csv", &NAMES, &[]);
    assert_eq!(quoted.rows, [2, 4, 5, 6, 7, 8]);
    assert_eq!(labels(&quoted, "备注")[0], "一行\n\"两行\", 逗号");
    let european = whole("european.csv", &NAMES, &["decimal-comma"]);
    assert_eq!(european.notes[0].place.column.as_deref(), Some("地区生产总值"));
}

#[test]
fn stata_files() {
    let modern = whole("pandas-118.dta", &NAMES, &[]);
    assert_eq!(labels(&modern, "注")[0].chars().count(), 700);
    assert_eq!(modern.column("地区生产总值").unwrap().meaning.label_en, "Product");
    for (file, names, warnings) in
        [("pyreadstat-12.dta", &ENGLISH, &["guessed-encoding"][..]), ("pyreadstat-15.dta", &NAMES, &[])]
    {
        let table = whole(file, names, warnings);
        same(&table, names[5], &[2190.0, 2189.0, f64::NAN, 2403.0, 361.0, f64::NAN]);
        assert_eq!(labels(&table, names[7]), ["是", "是", "否", "否", "否", "是"]);
        assert_eq!(table.column(names[4]).unwrap().meaning.label_en, "地区生产总值");
    }
    for (file, warnings) in [("haven-8.dta", &["guessed-encoding"][..]), ("haven-15.dta", &[])] {
        let table = table(file).unwrap();
        assert_eq!(notes(&table), warnings, "{file}");
        assert_eq!(labels(&table, "province"), ["北京", "内蒙古", "西藏"]);
        assert_eq!(labels(&table, "region"), ["东部", "西部", "西部"]);
        assert_eq!(labels(&table, "day"), ["2020-01-22", "", "2021-02-04"]);
        same(&table, "pop", &[2190.0, f64::NAN, 361.0]);
        assert_eq!(table.column("pop").unwrap().meaning.label_en, "人口");
    }
    let latin = table("pandas-117.dta").unwrap();
    assert_eq!(labels(&latin, "region"), ["East", "East", "West", "West", "West", "West"]);
    assert_eq!(
        (labels(&latin, "code"), labels(&latin, "day")),
        (CODES.map(String::from).to_vec(), DAYS.map(String::from).to_vec())
    );
    same(&latin, "gdp", &GDP);
    let chinese = table("pandas-114-gb.dta").unwrap();
    assert_eq!((labels(&chinese, "province"), notes(&chinese)), (UNITS.map(String::from).to_vec(), vec!["guessed-encoding"]));
    assert!(chinese.notes[0].what.contains("gb18030"), "{}", chinese.notes[0]);
}

#[test]
fn parquet_files() {
    for file in ["polars-zstd.parquet", "fastparquet-gzip.parquet"] {
        whole(file, &NAMES, &[]);
    }
    for file in ["pyarrow-snappy.parquet", "pyarrow-gzip.parquet", "pyarrow-lz4.parquet"] {
        let table = whole(file, &NAMES, &[]);
        let nan = f64::NAN;
        same(&table, "i8", &[-1.0, nan, 1.0, 2.0, 3.0, 4.0]);
        same(&table, "f32", &[0.5, nan, nan, 1.0, 2.0, 3.0]);
        for (name, first) in [("d32", 1.5), ("d64", 1.5), ("d256", 12.34), ("f16", 0.5)] {
            same(&table, name, &[first, nan, nan, nan, nan, nan]);
        }
        // 110000000000000001 is no double: as a code it keeps its last digit.
        assert_eq!(labels(&table, "u64"), ["110000000000000001", "110000000000000002", "1", "2", "3", ""]);
        assert_eq!(labels(&table, "ts")[0], "2020-01-22");
    }
    let brotli = refused("pyarrow-brotli.parquet");
    assert!(brotli.code == "unknown-compression" && brotli.what.contains("brotli"), "{brotli}");
    let nested = refused("pyarrow-nested.parquet");
    assert!(nested.code == "column-type" && nested.what.contains("`邻省`"), "{nested}");
}

#[test]
fn a_code_with_leading_zeros_is_no_variable() {
    let keys = Keys { unit: "省份".into(), period: Some("年份".into()), groups: vec!["地区".into()], unit_zh: None };
    for file in ["openpyxl.xlsx", "gb18030.csv", "polars-zstd.parquet"] {
        let (panel, _) = read::panel(&path(file), &ReadOptions::default(), &keys, None).unwrap();
        assert!(panel.variable("代码").is_none() && panel.variable("人口").is_some(), "{file}");
        assert_eq!(panel.groups[0].labels.len(), 6);
    }
}
