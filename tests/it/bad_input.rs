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
    has(&complaint("[data.b]\nfile = 'gone.csv'\nunit = 'u'\n"), &["gone.csv", "study.toml:8"]);
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
    let said = complaint("[steps.a]\nmethod = 'dea'\ndata = 'main'\ninput = ['capital']\noutputs = ['gdp']\nrts = 'vsr'\n");
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
    has(&said, &["A, 2001", "(capital - capital)` divides", "study.toml:8"]);
    let said = complaint("[data.main.derived]\nr = 'gdp / capitol'\ns = '1 +'\n");
    has(&said, &["did you mean `capital`?", "study.toml:8", "study.toml:9"]);
    let said = complaint("[data.main.derived]\nr = 's + 1'\ns = 'r + 1'\n");
    has(&said, &["r → s → r", "study.toml:8", "Define one of them"]);
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
    has(
        &b.refused(&["inequality", "t.csv", "--unit", "units", "--period", "year", "--variable", "gdp"]),
        &["did you mean `unit`?"],
    );
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
    let b = study(
        "[data.main.derived]\nloss = '0 - gdp'\n[steps.a]\nmethod = 'dea'\ndata = 'main'\ninputs = ['loss']\noutputs = ['gdp']\n",
    );
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

// What a hostile walk found; each test names the bug it keeps away.

/// A table of four units over three years whose cells the closure makes.
fn table(cell: impl Fn(usize, usize, usize) -> String) -> String {
    let mut text = "unit,region,year,gdp,capital,labour\n".to_owned();
    for (i, (unit, region)) in [("A", "E"), ("B", "E"), ("C", "W"), ("D", "W")].into_iter().enumerate() {
        for j in 0..3 {
            text += &format!("{unit},{region},{},{},{},{}\n", 2001 + j, cell(i, j, 0), cell(i, j, 1), cell(i, j, 2));
        }
    }
    text
}

/// A fault in a hundred cells was told a hundred times over, and without the cell under a quoted flag.
#[test]
fn many_cells_with_one_fault_are_folded_and_named() {
    let b = study("[steps.a]\nmethod = 'coupling'\ndata = 'main'\nsystems = ['gdp', 'capital']\n");
    let said = b.refused(&["study", "study.toml"]);
    has(&said, &["A, 2001", "A, 2002", "more like it", "D, 2003", "study.toml:10"]);
    assert_eq!(said.matches("is not between").count(), 10, "{said}");
}

/// What two steps say of one framework was said twice.
#[test]
fn the_same_problem_is_said_once() {
    let b = study(
        "[steps.a]\nmethod = 'index'\ndata = 'main'\nframework = 'f.toml'\n\
         [steps.b]\nmethod = 'obstacle'\ndata = 'main'\nframework = 'f.toml'\n",
    );
    b.write("f.toml", b"title = 1\n[[dimension]]\n");
    let said = b.refused(&["study", "study.toml"]);
    has(&said, &["f.toml:1", "whole number", "needs `id`"]);
    assert_eq!(said.matches("needs `id`").count(), 1, "{said}");
}

/// Numbers below the normal range broke DEA's certificate and ended as a mistake of the program.
#[test]
fn numbers_too_near_zero_are_refused_with_their_cell() {
    let b = study("[steps.a]\nmethod = 'dea'\ndata = 'main'\ninputs = ['capital']\noutputs = ['gdp']\n");
    b.write("panel.csv", table(|i, j, k| format!("{}e-320", i + j + k + 1)).as_bytes());
    has(&b.refused(&["study", "study.toml"]), &["row 2", "gdp", "1e-320", "unit of measure"]);
}

/// Six hundred orders of magnitude in one variable broke the Theil identity.
#[test]
fn values_that_sixteen_digits_cannot_hold_together_are_refused() {
    let b = study("[steps.a]\nmethod = 'inequality'\ndata = 'main'\nvariable = 'gdp'\ngroup = 'region'\n");
    b.write("panel.csv", table(|i, _, _| format!("{}e{}300", i + 1, if i % 2 == 0 { "" } else { "-" })).as_bytes());
    has(&b.refused(&["study", "study.toml"]), &["B, 2001", "2e-300", "unit of measure"]);
}

/// Huge and tiny numbers leave no infinity and no NaN in any table.
#[test]
fn the_ends_of_the_range_stay_finite() {
    for end in ["e300", "e-300"] {
        let b = study(
            "[steps.a]\nmethod = 'dea'\ndata = 'main'\ninputs = ['capital', 'labour']\noutputs = ['gdp']\n\
             [steps.b]\nmethod = 'malmquist'\ndata = 'main'\ninputs = ['capital']\noutputs = ['gdp']\n\
             [steps.c]\nmethod = 'growth'\ndata = 'main'\noutput = 'gdp'\ninputs = ['capital', 'labour']\nshares = [0.4, 0.6]\n\
             [steps.d]\nmethod = 'inequality'\ndata = 'main'\nvariable = 'gdp'\ngroup = 'region'\nbootstrap = 20\n",
        );
        b.write("panel.csv", table(|i, j, k| format!("{}{end}", (i + 1) * (k + 1) + j)).as_bytes());
        b.run(&["study", "study.toml"]).success();
        for entry in fs::read_dir(b.path().join("report/tables")).unwrap() {
            let path = entry.unwrap().path();
            for word in fs::read_to_string(&path).unwrap().split([',', '\n']) {
                assert!(!["NaN", "inf", "-inf"].contains(&word.trim()), "{}: {word}", path.display());
            }
        }
    }
}

/// A folder in place of a table was called missing; a file in place of the report's folder was found
/// only after the whole run.
#[test]
fn files_and_folders_in_each_others_place() {
    let b = study("[data.b]\nfile = 'dir'\nunit = 'u'\n");
    b.write("dir/x", b"1");
    has(&b.refused(&["study", "study.toml"]), &["`dir` is a folder", "study.toml:8"]);
    has(&b.refused(&["study", "dir"]), &["dir", "folder"]);
    has(&b.refused(&["audit", "dir"]), &["dir", "folder"]);
    let b = study("");
    for out in ["panel.csv", "panel.csv/a/b"] {
        has(&b.refused(&["study", "study.toml", "--out", out]), &["panel.csv is a file", "--out", "nothing was written"]);
    }
}

/// Names are text and never markup.
#[test]
fn names_with_markup_quotes_and_emoji() {
    let long = "长".repeat(300);
    let names = ["\"a \"\"q\"\", b\"", "\"two\nlines\"", "<script>alert(1)</script>", &format!("😀{long}")];
    let mut text = "unit,region,year,gdp,capital,labour\n".to_owned();
    for (i, name) in names.iter().enumerate() {
        text += &format!("{name},<b>{},2001,{},{},{}\n", i % 2, i + 1, i + 2, 3);
    }
    let b = study(
        "[steps.a]\nmethod = 'inequality'\ndata = 'main'\nvariable = 'gdp'\ngroup = 'region'\n\
         [steps.b]\nmethod = 'dea'\ndata = 'main'\ninputs = ['capital']\noutputs = ['gdp']\n",
    );
    b.write("panel.csv", text.as_bytes());
    b.run(&["study", "study.toml"]).success();
    let page = fs::read_to_string(b.path().join("report/report.html")).unwrap();
    assert!(!page.contains("<script>alert(1)") && !page.contains("<b>0"), "markup from the data reached the page");
}

/// The number of a region was offered as the first output.
#[test]
fn a_first_study_skips_codes() {
    let b = Bench::new(&[]);
    b.write("t.csv", b"unit,year,code,gdp,capital\nA,2001,7,1,2\nA,2002,7,2,3\nB,2001,8,3,4\nB,2002,8,4,5\n");
    b.run(&["new", "t.csv"]).success();
    let text = fs::read_to_string(b.path().join("study.toml")).unwrap();
    assert!(text.contains("variable = \"gdp\"") && !text.contains("\"code"), "{text}");
    b.run(&["study", "study.toml"]).success();
}

/// A workbook whose heading spans two columns, and one with a formula that failed.
#[test]
fn workbooks_with_merged_headers_and_failed_formulas() {
    use rust_xlsxwriter::{Format, Formula, Workbook};
    let b = Bench::new(&[]);
    let save = |name: &str, failed: bool| {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write_row(0, 0, ["unit", "year", "gdp"]).unwrap();
        if !failed {
            sheet.merge_range(0, 2, 0, 3, "gdp", &Format::new()).unwrap();
        }
        for (i, unit) in ["A", "B", "C", "D"].iter().enumerate() {
            let row = u32::try_from(i).unwrap() + 1;
            sheet.write(row, 0, *unit).unwrap();
            sheet.write(row, 1, 2001).unwrap();
            sheet.write(row, 2, f64::from(row)).unwrap();
            sheet.write(row, 3, f64::from(row)).unwrap();
        }
        if failed {
            sheet.write(2, 2, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
        }
        book.save(b.path().join(name)).unwrap();
    };
    save("merged.xlsx", false);
    save("failed.xlsx", true);
    let args = |file| ["inequality", file, "--unit", "unit", "--period", "year", "--variable", "gdp", "--out", "out"];
    has(&b.refused(&args("merged.xlsx")), &["merged.xlsx", "merged"]);
    has(&b.refused(&args("failed.xlsx")), &["failed.xlsx", "row 3", "gdp", "#DIV/0!"]);
    assert!(!b.path().join("out").exists());
}

/// Growth of a single period gave shares and no word about the missing growth.
#[test]
fn growth_of_a_single_period_says_that_there_is_none() {
    let b = Bench::new(&[("t.csv", "unit,year,gdp,k,l\nA,2001,1,2,3\nB,2001,2,3,4\nC,2001,3,1,2\n")]);
    let keys = ["t.csv", "--unit", "unit", "--period", "year"];
    let growth = ["--output", "gdp", "--inputs", "k,l", "--shares", "0.4,0.6"];
    let out = b.run(&[&["growth"], &keys[..], &growth[..]].concat()).success();
    assert!(String::from_utf8_lossy(&out.get_output().stdout).contains("no growth is computed"));
    let frontier = ["--inputs", "k,l", "--outputs", "gdp"];
    has(&b.refused(&[&["malmquist"], &keys[..], &frontier[..]].concat()), &["single period"]);
}

/// `2>&1 | head`: what cannot be told any more changes neither the exit code nor the end. It once waited for itself.
#[test]
fn a_reader_that_stops_listening_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("t.csv"), "unit,year,k,y\nA,2001,1,1\n").unwrap();
    let mut run = std::process::Command::new(env!("CARGO_BIN_EXE_xinzhi"))
        .args(["dea", "t.csv", "--unit", "unit", "--period", "year", "--inputs", "a,b,c", "--outputs", "d"])
        .current_dir(folder.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop((run.stdout.take(), run.stderr.take()));
    for _ in 0..600 {
        if let Some(status) = run.try_wait().unwrap() {
            assert_eq!(status.code(), Some(2));
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    run.kill().unwrap();
    panic!("it did not end");
}
