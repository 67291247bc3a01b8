//! Studies that run.

use std::fs;

use crate::bench::{Bench, PANEL};

const STUDY: &str = "title = 'Test'\nlanguages = ['en', 'zh']\nseed = 7\n\
[labels]\nEast = '东部'\n\
[data.main]\nfile = 'panel.csv'\nunit = 'unit'\nperiod = 'year'\ngroups = ['region']\n\
[data.main.derived]\nlabour_productivity = 'gdp / labour'\n\
[steps.gap]\nmethod = 'inequality'\ndata = 'main'\nvariable = 'labour_productivity'\ngroup = 'region'\n\
[steps.frontier]\nmethod = 'dea'\ndata = 'main'\ninputs = ['capital', 'labour']\noutputs = ['gdp']\n\
[steps.spread]\nmethod = 'inequality'\ndata = 'main'\nvariable = 'frontier.score'\n";

fn bench() -> Bench {
    Bench::new(&[("panel.csv", PANEL), ("study.toml", STUDY)])
}

#[test]
fn a_study_writes_its_report_and_says_where() {
    let b = bench();
    let out = b.run(&["study", "study.toml"]).success();
    assert!(String::from_utf8_lossy(&out.get_output().stdout).contains("report.html"));
    let html = fs::read_to_string(b.path().join("report/report.html")).unwrap();
    assert!(html.contains("东部"), "labels reach the report");
    for file in ["report/tables.xlsx", "report/manifest.json", "report/tables"] {
        assert!(b.path().join(file).exists(), "{file}");
    }
}

#[test]
fn a_second_run_keeps_what_has_not_changed_and_gives_the_same_bytes() {
    let b = bench();
    b.run(&["study", "study.toml", "--out", "one"]).success();
    let again = b.run(&["study", "study.toml", "--out", "two"]).success();
    assert!(String::from_utf8_lossy(&again.get_output().stdout).contains("3 kept"));
    let fresh = b.run(&["study", "study.toml", "--out", "three", "--fresh"]).success();
    assert!(String::from_utf8_lossy(&fresh.get_output().stdout).contains("0 kept"));
    for file in ["report.html", "manifest.json", "tables.xlsx"] {
        let read = |folder: &str| fs::read(b.path().join(folder).join(file)).unwrap();
        assert!(read("one") == read("two"), "{file} differs after caching");
        assert!(read("one") == read("three"), "{file} differs after a fresh run");
    }
}

#[test]
fn row_order_and_threads_change_no_byte_of_the_tables() {
    let b = bench();
    b.run(&["study", "study.toml", "--out", "one"]).success();
    let mut lines: Vec<&str> = PANEL.lines().collect();
    lines[1..].reverse();
    b.write("panel.csv", lines.join("\n").as_bytes());
    assert_cmd::Command::cargo_bin("xinzhi")
        .unwrap()
        .current_dir(b.path())
        .env("RAYON_NUM_THREADS", "1")
        .args(["study", "study.toml", "--out", "two", "--fresh"])
        .assert()
        .success();
    let mut compared = 0;
    for entry in fs::read_dir(b.path().join("one/tables")).unwrap() {
        let name = entry.unwrap().file_name();
        let read = |folder: &str| fs::read(b.path().join(folder).join("tables").join(&name)).unwrap();
        assert!(read("one") == read("two"), "{name:?}");
        compared += 1;
    }
    assert!(compared > 2);
}

#[test]
fn a_direct_command_tells_and_writes_and_can_be_saved_as_a_study() {
    let b = bench();
    let args = ["dea", "panel.csv", "--inputs", "capital,labour", "--outputs", "gdp", "--save-study", "saved.toml", "--out", "d"];
    let out = b.run(&args).success();
    assert!(String::from_utf8_lossy(&out.get_output().stdout).contains('A'));
    assert!(b.path().join("d/tables").is_dir());
    b.run(&["study", "saved.toml", "--out", "e"]).success();
    for entry in fs::read_dir(b.path().join("d/tables")).unwrap() {
        let name = entry.unwrap().file_name();
        let read = |folder: &str| fs::read(b.path().join(folder).join("tables").join(&name)).unwrap();
        assert!(read("d") == read("e"), "{name:?}");
    }
}

#[test]
fn a_new_study_runs_as_it_is() {
    let b = bench();
    fs::remove_file(b.path().join("study.toml")).unwrap();
    b.run(&["new", "panel.csv"]).success();
    b.run(&["study", "study.toml"]).success();
    b.run(&["new", "panel.csv"]).code(2);
}

#[test]
fn explain_knows_every_method_and_finding() {
    let b = bench();
    let list = b.run(&["explain"]).success();
    let list = String::from_utf8_lossy(&list.get_output().stdout).into_owned();
    let names: Vec<&str> = list.lines().filter_map(|l| l.split_whitespace().next()).collect();
    assert!(names.len() > 20, "{list}");
    // One page of each kind; unit tests of the command read all of them.
    for name in ["dea", "formulas", "CI001"] {
        assert!(names.contains(&name));
        b.run(&["explain", name, "--lang", "zh"]).success();
    }
    assert!(b.refused(&["explain", "CI01"]).contains("Did you mean"));
}

#[test]
fn a_method_has_help_with_an_example() {
    let help = bench().run(&["dea", "--help"]).success();
    assert!(String::from_utf8_lossy(&help.get_output().stdout).contains("xinzhi dea "));
}
