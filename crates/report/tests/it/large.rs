//! Results with more rows than a page or a sheet bears.

use calamine::{Reader, Xlsx};
use study::{
    figure::{Chart, Figure, Ranking, RankingRow},
    result::{StudyResult, Unit},
    table::{Cells, Table},
    text::Text,
};

use crate::{fixture, markup};

const N: usize = 30_000;

/// A study of many units, each with a label of its own.
fn many() -> StudyResult {
    let mut study = fixture::study();
    let id = |i: usize| format!("u{i:05}");
    let unit = |i| Unit { id: id(i), label: Text::new(format!("Unit {i}"), format!("单元{i}")), ..study.units[0].clone() };
    study.units = (0..N).map(unit).collect();
    let step = &mut study.steps[0];
    let none = Text::default;
    let numbers: Vec<f64> = (0..N).map(|i| 1.0 - i as f64 / N as f64).collect();
    let row = |i: usize| RankingRow { unit: id(i), value: numbers[i], low: f64::NAN, high: f64::NAN, ranks: (i + 1, i + 1) };
    let ranking = Ranking { label: none(), decimals: 3, interval: none(), rows: (0..N).map(row).collect() };
    step.output.figures = vec![Figure { id: "ranking".into(), title: none(), note: none(), chart: Chart::Ranking(ranking) }];
    step.output.tables = vec![
        Table::new("many", Text::plain("Many")).column("unit", none(), none(), Cells::Unit((0..N).map(id).collect())).column(
            "x",
            none(),
            none(),
            Cells::Number(numbers, 3),
        ),
    ];
    study.sections.truncate(1);
    study.sections[0].show = vec![study::result::Show { step: step.id.clone(), item: None }];
    study
}

#[test]
fn what_is_left_out_is_said_and_the_csv_has_all() {
    let room = tempfile::tempdir().unwrap();
    let out = room.path().join("report");
    report::write(&many(), &out).unwrap();
    let page = std::fs::read_to_string(out.join("report.html")).unwrap();
    markup::balanced(&page);
    assert!(page.len() < 1_000_000, "{}", page.len());
    for words in [
        "The page has the first 500 of 30\u{2009}000 rows",
        "本页仅含全部 30\u{2009}000 行中的前 500 行",
        "the best 30 and the worst 30 of 30\u{2009}000",
        "最优的 30 项与最差的 30 项",
        "29\u{2009}940 more",
    ] {
        assert!(page.contains(words), "{words}");
    }
    // Labels are those of the units on the page: the first rows, the best and the worst.
    assert!(page.contains("\"u00499\":") && page.contains("\"u29999\":") && !page.contains("u15000"));
    let name = std::fs::read_dir(out.join("tables")).unwrap().map(|e| e.unwrap().path()).find(|p| p.ends_with("index_many.csv"));
    assert_eq!(std::fs::read_to_string(name.unwrap()).unwrap().lines().count(), N + 1);
    let mut book: Xlsx<_> = calamine::open_workbook(out.join("tables.xlsx")).unwrap();
    assert!(book.sheet_names().iter().all(|n| !n.contains("many")), "{:?}", book.sheet_names());
    let contents = book.worksheet_range("Contents").unwrap();
    assert!(contents.rows().any(|r| r[0].to_string().starts_with("only as CSV")), "{contents:?}");
}
