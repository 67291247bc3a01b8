//! Bad input: exit code 2, every problem at once, each with its place, and nothing half-written.

use std::fs;

use crate::bench::{Bench, PANEL};

const DATA: &str = "title = 'x'\n[data.main]\nfile = 'panel.csv'\nunit = 'unit'\nperiod = 'year'\ngroups = ['region']\n";

/// A study of the standard panel with these steps.
fn study(steps: &str) -> Bench {
    Bench::new(&[("panel.csv", PANEL), ("study.toml", &format!("{DATA}{steps}"))])
}

/// The complaint about a study with these steps.
fn complaint(steps: &str) -> String {
    let b = study(steps);
    let said = b.refused(&["study", "study.toml"]);
    assert!(!b.path().join("report").exists(), "half-written: {said}");
    said
}

/// The complaint of a direct `inequality` on a table.
fn of_table(content: &[u8], more: &[&str]) -> String {
    let b = Bench::new(&[]);
    b.write("t.csv", content);
    let mut args = vec!["inequality", "t.csv", "--unit", "unit", "--period", "year", "--variable", "gdp", "--out", "out"];
    args.extend(more);
    let said = b.refused(&args);
    assert!(!b.path().join("out").exists(), "half-written: {said}");
    said
}

#[track_caller]
fn has(said: &str, words: &[&str]) {
    for word in words {
        assert!(said.contains(word), "`{word}` is missing in: {said}");
    }
}

#[test]
fn a_missing_study_and_a_missing_table() {
    let b = Bench::new(&[]);
    has(&b.refused(&["study", "none.toml"]), &["none.toml", "cannot be read"]);
    has(&b.refused(&["audit", "none.csv"]), &["none.csv"]);
    has(&complaint("[data.b]\nfile = 'gone.csv'\nunit = 'u'\n"), &["gone.csv", "study.toml:7"]);
}

#[test]
fn a_study_that_is_not_toml() {
    let b = Bench::new(&[("study.toml", "title = \n[data\n")]);
    has(&b.refused(&["study", "study.toml"]), &["not TOML", "study.toml:1"]);
    b.write("study.toml", b"\xff\xfe\x00\x01");
    has(&b.refused(&["study", "study.toml"]), &["UTF-8"]);
    b.write("study.toml", b"PK\x03\x04\x00\x00");
    b.refused(&["study", "study.toml"]);
}

#[test]
fn all_problems_of_a_study_come_at_once() {
    let said = complaint(
        "[steps.a]\nmethod = 'inequality'\ndata = 'main'\nvariable = 'gpd'\ngroup = 'regon'\n\
         [steps.b]\nmethod = 'dea'\ndata = 'main'\ninputs = ['capitl']\noutputs = ['gdp']\n",
    );
    has(&said, &["did you mean `gdp`?", "did you mean `region`?", "did you mean `capital`?", "3 problems"]);
    let said = complaint("[steps.a]\nmethod = 'dea'\ndata = 'main'\ninput = ['capital']\noutputs = ['gdp']\nreturns = 'vsr'\n");
    has(&said, &["did you mean `inputs`?", "did you mean `vrs`?", "study.toml:10"]);
}

#[test]
fn cyclic_steps_are_named() {
    let said = complaint(
        "[steps.a]\nmethod = 'inequality'\ndata = 'main'\nvariable = 'b.x'\n\
         [steps.b]\nmethod = 'inequality'\ndata = 'main'\nvariable = 'a.x'\n",
    );
    has(&said, &["wait for one another", "`a`", "`b`"]);
}

#[test]
fn an_output_that_a_step_does_not_give() {
    let said = complaint(
        "[steps.a]\nmethod = 'dea'\ndata = 'main'\ninputs = ['capital']\noutputs = ['gdp']\n\
         [steps.b]\nmethod = 'inequality'\ndata = 'main'\nvariable = 'a.scor'\n",
    );
    has(&said, &["did you mean `score`?"]);
}

#[test]
fn a_formula_that_divides_by_zero_or_names_nothing() {
    let said = complaint("[data.main.derived]\nr = 'gdp / (capital - capital)'\n");
    has(&said, &["A", "2001"]);
    let said = complaint("[data.main.derived]\nr = 'gdp / capitol'\ns = '1 +'\n");
    has(&said, &["did you mean `capital`?", "study.toml:8", "study.toml:9"]);
    let said = complaint("[data.main.derived]\nr = 's + 1'\ns = 'r + 1'\n");
    has(&said, &["`r`", "`s`"]);
}

#[test]
fn periods_outside_the_data() {
    has(&complaint("[steps.a]\nmethod = 'inequality'\ndata = 'main'\nvariable = 'gdp'\nfrom = 2010\n"), &["2001 to 2003"]);
}

#[test]
fn empty_tables() {
    has(&of_table(b"", &[]), &["t.csv", "empty"]);
    has(&of_table(b"unit,year,gdp\n", &[]), &["t.csv"]);
}

#[test]
fn an_unknown_key_column() {
    let b = Bench::new(&[("t.csv", PANEL)]);
    has(&b.refused(&["inequality", "t.csv", "--unit", "units", "--period", "year", "--variable", "gdp"]), &["did you mean `unit`?"]);
}

#[test]
fn duplicate_keys_and_text_in_numbers_name_their_rows() {
    has(&of_table(b"unit,year,gdp\nA,2001,1\nB,2001,2\nA,2001,3\n", &[]), &["A", "2001", "2", "4"]);
    let table = b"unit,year,gdp\nA,2001,1\nB,2001,2\nC,2001,3\nD,2001,4\nE,2001,5\nF,2001,about 6\n";
    has(&of_table(table, &[]), &["row 7", "gdp", "about 6"]);
    has(&of_table(b"unit,year,gdp\nA,2001,1\nB,2001,nan\nC,2001,inf\n", &[]), &["row 3", "row 4"]);
}

#[test]
fn values_a_method_forbids() {
    has(&of_table(b"unit,year,gdp\nA,2001,1\nB,2001,-2\nC,2001,3\n", &[]), &["B", "negative"]);
    let b = study("[data.main.derived]\nloss = '0 - gdp'\n[steps.a]\nmethod = 'dea'\ndata = 'main'\ninputs = ['loss']\noutputs = ['gdp']\n");
    has(&b.refused(&["study", "study.toml"]), &["A", "2001"]);
}

#[test]
fn neighbours_that_are_no_units() {
    let b = study("[steps.a]\nmethod = 'moran'\ndata = 'main'\nvariable = 'gdp'\nneighbours = 'n.csv'\n");
    b.write("n.csv", b"a,b\nA,B\nB,C\nC,Dd\n");
    has(&b.refused(&["study", "study.toml"]), &["Dd", "n.csv"]);
}

#[test]
fn ten_megabytes_on_one_line() {
    let line = "x".repeat(10 << 20);
    of_table(line.as_bytes(), &[]);
    of_table(line.replace("xxxx", "x,1,").as_bytes(), &[]);
}

#[test]
fn garbage_is_refused_politely() {
    of_table(&(0..=255).cycle().take(5000).collect::<Vec<u8>>(), &[]);
    of_table(b"PK\x03\x04 this is no workbook", &[]);
    of_table(b"PAR1 nor is this parquet PAR1", &[]);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written() {
    let b = study("[steps.a]\nmethod = 'inequality'\ndata = 'main'\nvariable = 'gdp'\n");
    fs::write(b.path().join("taken"), "a file, not a folder").unwrap();
    has(&b.refused(&["study", "study.toml", "--out", "taken/report"]), &["taken"]);
    assert_eq!(fs::read_to_string(b.path().join("taken")).unwrap(), "a file, not a folder");
}
