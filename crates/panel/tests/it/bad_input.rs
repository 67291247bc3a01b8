//! Every kind of bad table ends in problems that name the place.

use std::time::{Duration, Instant};

use encoding_rs::GB18030;
use panel::{Keys, ReadOptions, columns, read};
use rust_xlsxwriter::{Format, Formula, Workbook};

use super::{file, keys, panel_of, problems, read_panel};

fn codes(name: &str, bytes: impl AsRef<[u8]>) -> Vec<String> {
    problems(name, bytes).into_iter().map(|p| p.code).collect()
}

#[test]
fn files_that_are_not_tables() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("panel.csv"), "x").unwrap();
    let missing = read_panel(&folder.path().join("panle.csv")).unwrap_err();
    assert_eq!(missing[0].code, "missing-file");
    assert!(missing[0].help.contains("did you mean `panel.csv`?"), "{}", missing[0]);
    assert_eq!(read_panel(folder.path()).unwrap_err()[0].code, "not-a-file");
    for (name, bytes, code) in [
        ("a.csv", &b""[..], "empty-file"),
        ("a.csv", b" \n\n \n", "empty-file"),
        ("a.csv", b"\xef\xbb\xbf", "empty-file"),
        ("a.csv", b"province,year,x\n", "header-only"),
        ("a.csv", b"province,year,x\n,,\n\n", "header-only"),
        ("a.csv", b"province,year\nA,20\x0019\n", "binary-data"),
        ("a.csv", b"\x00\x01\x02\xff\xfe\x80", "damaged-file"),
        ("a.csv", b"\x1f\x8b\x08\x00rest", "compressed-file"),
        ("a.xls", b"<html><table></table></html>", "damaged-file"),
        ("a.xlsx", b"province,year\nA,1\n", "damaged-file"),
        ("a.xlsx", b"PK\x03\x04 not a zip", "damaged-file"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 not OLE", "damaged-file"),
        ("a.parquet", b"PAR1 not parquet PAR1", "damaged-file"),
        ("a.dta", b"<stata_dta><header>nonsense", "damaged-file"),
        ("a.csv", b"province,year,x,x\nA,1,2,3\n", "duplicate-header"),
    ] {
        assert_eq!(codes(name, bytes), [code], "{name} {:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn a_file_is_known_by_its_content_not_its_name() {
    assert_eq!(panel_of("a.weird", "province\tyear\tx\nA\t2019\t1\n").unwrap().len(), 1);
    assert_eq!(panel_of("old-export.xls", "province\tyear\tx\nA\t2019\t1\n").unwrap().len(), 1);
}

#[test]
fn ten_megabytes_in_one_line_end_soon() {
    let start = Instant::now();
    assert_eq!(codes("a.csv", "x".repeat(10_000_000)), ["long-line"]);
    assert_eq!(codes("a.csv", "1,".repeat(5_000_000)), ["long-line"]);
    assert_eq!(codes("a.csv", format!("province,year,x\n{}", "1,".repeat(5_000_000))), ["ragged-row"]);
    assert_eq!(codes("a.csv", format!("province,year,x\n\"{}", "1,\n".repeat(3_000_000))), ["ragged-row"]);
    assert_eq!(codes("a.csv", "a,".repeat(100_000) + "\n1,2\n"), ["too-many-columns"]);
    // Seconds on an idle machine; quadratic work would take hours.
    assert!(start.elapsed() < Duration::from_secs(120), "{:?}", start.elapsed());
}

#[test]
fn text_in_a_numeric_column_is_named_by_row_and_column() {
    let mut text = String::from("province,year,x,note\n");
    for i in 0..40 {
        let x = match i {
            7 => "many".to_owned(),
            9 => "nan".to_owned(),
            11 => "\"1,234.5\"".to_owned(),
            12 => "12%".to_owned(),
            13 => "\"1,5\"".to_owned(),
            14 => "n.a.".to_owned(),
            _ => i.to_string(),
        };
        text.push_str(&format!("P{i},2019,{x},words\n"));
    }
    let found = problems("a.csv", &text);
    let told: Vec<_> = found.iter().map(|p| (p.code.as_str(), p.place.row, p.place.column.as_deref())).collect();
    assert_eq!(
        told,
        [
            ("text-in-number", Some(9), Some("x")),
            ("not-finite", Some(11), Some("x")),
            ("thousands-separator", Some(13), Some("x")),
            ("percent-sign", Some(14), Some("x")),
            ("text-in-number", Some(15), Some("x")),
        ]
    );
    assert!(found.iter().all(|p| !p.help.is_empty() && !p.why.is_empty()));
    let many =
        (0..400).map(|i| format!("P{i},2019,{}\n", if i % 10 == 0 { "?".into() } else { i.to_string() })).collect::<String>();
    let found = problems("a.csv", format!("province,year,x\n{many}"));
    assert_eq!(found.len(), 21);
    assert!(found[20].what.starts_with("20 more cells"), "{}", found[20]);
}

#[test]
fn missing_marks_are_missing_and_text_columns_stay_outside() {
    let p = panel_of("a.csv", "province,year,x,y,note\nA,2019,NA,１２,good\nB,2019,-,…,bad\nC,2019,NULL,3,.\n").unwrap();
    assert!(p.values("x").unwrap().iter().all(|x| x.is_nan()));
    assert_eq!(p.values("y").unwrap()[0], 12.0);
    assert!(p.values("y").unwrap()[1].is_nan());
    assert!(p.variable("note").is_none());
}

#[test]
fn keys_are_checked() {
    let found = problems("a.csv", "provinec,year,x\nA,2019,1\n");
    assert_eq!(found[0].code, "unknown-column");
    assert!(found[0].help.contains("did you mean `provinec`?"), "{}", found[0]);
    let found = problems("a.csv", "province,year,x\nA,2019,1\n\nB,2019,2\nA,2019,3\n,2019,4\nB,,5\nB,soon,6\n");
    assert_eq!(
        found.iter().map(|p| (p.code.as_str(), p.place.row)).collect::<Vec<_>>(),
        [("empty-key", Some(6)), ("empty-key", Some(7)), ("bad-period", Some(8)),]
    );
    let found = problems("a.csv", "province,year,x\nA,2019,1\n\nB,2019,2\nA,2019,3\n");
    assert!(found[0].what.contains("row 2 and again in row 5"), "{}", found[0]);
    assert_eq!(codes("a.csv", "province,year,x\nA,2019-03-31,1\nA,2019-06-30,2\n"), ["dates-within-year"]);
    let p = panel_of("a.csv", " province ,year,x\n A ,2019年,1\nA,2020-12-31,2\nA,2021.0,3\nA,２０２２,4\n").unwrap();
    assert_eq!(p.periods, [2019, 2020, 2021, 2022]);
    let same = Keys { unit: "year".into(), ..keys() };
    let (_folder, path) = file("a.csv", "province,year\nA,1\n");
    assert_eq!(read::panel(&path, &ReadOptions::default(), &same, None).unwrap_err()[0].code, "same-column");
}

#[test]
fn ragged_rows_and_blank_names_are_placed() {
    let found = problems("a.csv", "province,year,x\nA,2019,1\nB,2019\n\"C\nD\",2019,2,3\n");
    assert_eq!(found.iter().map(|p| p.place.row).collect::<Vec<_>>(), [Some(3), Some(4)]);
    assert!(panel_of("a.csv", "province,year,x,,\nA,2019,1,,\n").is_ok());
    let (_folder, path) = file("a.csv", ",province,year,x\n0,A,2019,1\n");
    let (panel, warnings) = read::panel(&path, &ReadOptions::default(), &keys(), None).unwrap();
    assert_eq!(panel.variables[0].name, "column 1");
    assert_eq!(warnings[0].code, "blank-header");
}

#[test]
fn a_stray_control_character_is_a_warning() {
    let (_folder, path) = file("a.csv", "province,year,x\nA\u{1a},2019,1\n");
    let (panel, warnings) = read::panel(&path, &ReadOptions::default(), &keys(), None).unwrap();
    assert_eq!(panel.units, ["A"]);
    assert_eq!((warnings[0].code.as_str(), warnings[0].place.row), ("control-character", Some(2)));
}

#[test]
fn encodings_are_found() {
    let text = "省份;年份;地区生产总值\n北京;2019年;1.5\n\"内蒙古\n自治区\";2020年;2\n";
    let keys = Keys { unit: "省份".into(), period: Some("年份".into()), ..Keys::default() };
    let utf16 = |big: bool| {
        let words = std::iter::once('\u{feff}').chain(text.chars()).collect::<String>();
        words.encode_utf16().flat_map(|w| if big { w.to_be_bytes() } else { w.to_le_bytes() }).collect::<Vec<u8>>()
    };
    for bytes in [
        text.as_bytes().to_vec(),
        format!("\u{feff}{text}").into_bytes(),
        GB18030.encode(text).0.into_owned(),
        utf16(false),
        utf16(true),
        text.replace('\n', "\r\n").into_bytes(),
    ] {
        let (_folder, path) = file("a.txt", bytes);
        let (panel, _) = read::panel(&path, &ReadOptions::default(), &keys, None).unwrap();
        assert_eq!(panel.values("地区生产总值").unwrap().iter().sum::<f64>(), 3.5);
        assert_eq!(panel.periods.iter().sum::<i32>(), 4039);
    }
    let (_folder, path) = file("a.txt", text);
    let options = ReadOptions { encoding: Some("gb18031".into()), ..ReadOptions::default() };
    assert!(read::table(&path, &options).unwrap_err()[0].help.contains("did you mean `gb18030`?"));
}

fn workbook(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("数据").unwrap();
    for (j, name) in (0..).zip(["province", "year", "x"]) {
        sheet.write(0, j, name).unwrap();
    }
    sheet.write(1, 0, "A").unwrap();
    sheet.write(1, 1, 2019).unwrap();
    sheet.write(1, 2, 1.5).unwrap();
    fill(sheet);
    book.save_to_buffer().unwrap()
}

#[test]
fn workbooks() {
    let good = workbook(|sheet| {
        sheet.write(3, 0, "B").unwrap();
        let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2019, 12, 31).unwrap();
        sheet.write_with_format(3, 1, &day, &Format::new().set_num_format("yyyy-mm-dd")).unwrap();
        sheet.write(3, 2, true).unwrap();
    });
    let p = panel_of("a.xlsx", &good).unwrap();
    assert_eq!((p.periods.as_slice(), p.values("x").unwrap()), (&[2019, 2019][..], &[1.5, 1.0][..]));
    let (_folder, path) = file("a.xlsx", &good);
    let options = ReadOptions { sheet: Some("数居".into()), ..ReadOptions::default() };
    let found = read::table(&path, &options).unwrap_err();
    assert_eq!(found[0].code, "unknown-sheet");
    assert!(found[0].help.contains("did you mean `数据`?"), "{}", found[0]);
}

#[test]
fn merged_headers_and_formula_errors_are_placed() {
    let found = problems(
        "a.xlsx",
        workbook(|sheet| {
            sheet.merge_range(0, 3, 0, 4, "both", &Format::new()).unwrap();
            sheet.write_formula(1, 2, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
        }),
    );
    let told: Vec<_> =
        found.iter().map(|p| (p.code.as_str(), p.place.sheet.as_deref(), p.place.row, p.place.column.as_deref())).collect();
    assert!(told.contains(&("merged-header", Some("数据"), Some(1), Some("D"))), "{told:?}");
    assert!(told.contains(&("formula-error", Some("数据"), Some(2), Some("x"))), "{told:?}");
}

#[test]
fn a_stray_cell_at_the_far_end_costs_no_memory() {
    let found = problems(
        "a.xlsx",
        workbook(|sheet| {
            sheet.write(1_048_575, 16_383, "stray").unwrap();
        }),
    );
    assert_eq!((found[0].code.as_str(), found[0].place.row), ("ragged-row", Some(1_048_576)));
}

#[test]
fn the_columns_table() {
    let (_a, path) = file("a.csv", "province,year,gdp\nA,2019,1\n");
    let (_b, table) =
        file("b.csv", "column,label_en,label_hz,unit,publisher\ngdp,Product,产值,CNY,NBS\ngpd,Slip,,,\nprovince,Province,,,\n");
    let (panel, warnings) = read::panel(&path, &ReadOptions::default(), &keys(), Some(&table)).unwrap();
    assert_eq!(panel.variables[0].meaning.source, "NBS");
    assert_eq!(warnings.iter().map(|w| w.code.as_str()).collect::<Vec<_>>(), ["unknown-header", "unknown-column"]);
    assert!(warnings[0].help.contains("did you mean `label_zh`?") && warnings[1].help.contains("did you mean `gdp`?"));
    let (_c, table) = file("c.csv", "colunm,unit\ngdp,CNY\n");
    assert_eq!(columns::read(&table).unwrap_err()[0].code, "no-column-header");
    let (_d, table) = file("d.csv", "column,unit\ngdp,CNY\ngdp,USD\n,x\n");
    assert_eq!(columns::read(&table).unwrap_err().len(), 2);
}
