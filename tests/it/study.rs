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

/// Two industries with elasticities of materials 0.6 and 0.3; materials cost half of revenue everywhere.
#[test]
fn markups_take_the_elasticities_of_a_step_of_production_by_industry() {
    let mut table = String::from("firm,year,industry,output,labour,capital,materials,sales,cost\n");
    for firm in 0..60_u32 {
        for year in 0..4_u32 {
            let wave = |a: f64, b: f64| (f64::from(firm) * a + f64::from(year) * b).sin();
            let (l, k, m) = (wave(1.7, 0.9), wave(2.3, 1.1), wave(3.1, 1.9));
            let theta = if firm < 30 { 0.6 } else { 0.3 };
            let y: f64 = 0.2 * l + 0.2 * k + theta * m + 0.001 * wave(5.3, 2.7);
            let industry = if firm < 30 { "steel" } else { "paper" };
            let row = [y.exp(), l.exp(), k.exp(), m.exp(), 200.0, 100.0];
            let row: Vec<String> = row.iter().map(f64::to_string).collect();
            table.push_str(&format!("f{firm},{},{industry},{}\n", 2000 + year, row.join(",")));
        }
    }
    let study = "title = 'Markups'\nlanguages = ['en']\n\
[data.firms]\nfile = 'firms.csv'\nunit = 'firm'\nperiod = 'year'\ngroups = ['industry']\n\
[steps.markups]\nmethod = 'markups'\ndata = 'firms'\nrevenue = 'sales'\nexpenditures = ['cost']\n\
production = { step = 'functions', estimator = 'ols', input = 'materials' }\n\
[steps.functions]\nmethod = 'production'\ndata = 'firms'\noutput = 'output'\nfree = ['labour']\nstate = ['capital']\n\
materials = 'materials'\ngross = true\nestimators = ['ols']\nindustry = 'industry'\n";
    let b = Bench::new(&[("firms.csv", &table), ("study.toml", study)]);
    b.run(&["study", "study.toml"]).success();
    let tables: Vec<_> = fs::read_dir(b.path().join("report/tables")).unwrap().map(|e| e.unwrap().path()).collect();
    let file = tables.iter().find(|p| p.to_string_lossy().contains("markups") && p.to_string_lossy().contains("firms")).unwrap();
    let text = fs::read_to_string(file).unwrap();
    let rows: Vec<Vec<&str>> = text.trim_start_matches('\u{feff}').lines().map(|l| l.split(',').collect()).collect();
    let firms: Vec<&Vec<&str>> = rows.iter().filter(|r| r[0].starts_with('f') && r[0] != "firm").collect();
    assert_eq!(firms.len(), 240, "{:?}", &rows[..3]);
    for row in firms {
        let firm: usize = row[0][1..].parse().unwrap();
        let markup: f64 = row[2].parse().unwrap();
        assert!((markup - if firm < 30 { 1.2 } else { 0.6 }).abs() < 0.01, "{row:?}");
    }
    // An input the step has no elasticity of is named with what there is.
    b.write("study.toml", study.replace("input = 'materials'", "input = 'energy'").as_bytes());
    let out = b.run(&["study", "study.toml"]).failure();
    let said = String::from_utf8_lossy(&out.get_output().stderr).into_owned();
    assert!(said.contains("elasticity_ols_energy") && said.contains("elasticity_ols_materials"), "{said}");
}

#[test]
fn a_study_decides_how_much_findings_weigh() {
    let study = |findings: &str| STUDY.replace("[labels]", &format!("[findings]\n{findings}\n[labels]"));
    let b = Bench::new(&[
        ("panel.csv", PANEL),
        ("off.toml", &study("CI014 = 'off'")),
        ("error.toml", &study("CI014 = 'error'")),
        ("typo.toml", &study("CI014 = 'of'\nCI914 = 'off'")),
    ]);
    // Regions of two units: too small for a Gini coefficient of their own.
    let out = b.run(&["study", "off.toml", "--out", "off"]).success();
    assert!(String::from_utf8_lossy(&out.get_output().stderr).contains("1 finding is switched off: CI014"));
    let out = b.run(&["study", "error.toml", "--out", "error"]).code(1);
    assert!(String::from_utf8_lossy(&out.get_output().stderr).contains("holds these findings for errors: CI014"));
    assert!(b.path().join("error/report.html").exists());
    let out = b.run(&["study", "typo.toml"]).code(2);
    let said = String::from_utf8_lossy(&out.get_output().stderr).into_owned();
    assert!(said.contains("`CI914`") && said.contains("CI014") && said.contains("`off`"), "{said}");
}

#[test]
fn built_in_frameworks_are_listed_written_and_used() {
    let b = bench();
    let out = b.run(&["frameworks"]).success();
    assert!(String::from_utf8_lossy(&out.get_output().stdout).contains("four-chains"));
    b.run(&["frameworks", "elements", "--out", "framework.toml"]).success();
    assert!(fs::read_to_string(b.path().join("framework.toml")).unwrap().contains("mean_years_schooling"));
    b.run(&["frameworks", "elements", "--out", "framework.toml"]).code(2);
    b.run(&["frameworks", "element"]).code(2);
    // Asked for by name, it says which variables the data lack.
    let out = b.run(&["index", "panel.csv", "--framework", "builtin:elements"]).code(2);
    assert!(String::from_utf8_lossy(&out.get_output().stderr).contains("mean_years_schooling"));
    let out = b.run(&["index", "panel.csv", "--framework", "builtin:element"]).code(2);
    assert!(String::from_utf8_lossy(&out.get_output().stderr).contains("did you mean `elements`?"));
}
