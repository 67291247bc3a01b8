//! Frontier methods under bad data and contradictory options, by the command line: a clear refusal or a finding, never
//! a silent number. Each test names the fault it keeps away.

use std::fs;

use crate::bench::Bench;

const KEYS: [&str; 4] = ["--unit", "unit", "--period", "year"];

/// A command line for each frontier method, without the table.
const METHODS: [&[&str]; 16] = [
    &["dea", "--inputs", "k,l", "--outputs", "y"],
    &["dea", "--inputs", "k,l", "--outputs", "y", "--rts", "vrs", "--elasticity"],
    &["dea", "--inputs", "k,l", "--outputs", "y", "--rts", "vrs", "--super-efficiency"],
    &["dea", "--inputs", "k,l", "--outputs", "y", "--rts", "fdh", "--orientation", "output"],
    &["additive", "--inputs", "k,l", "--outputs", "y", "--weights", "sum"],
    &["additive", "--inputs", "k,l", "--outputs", "y", "--weights", "bam", "--rts", "crs"],
    &["sbm", "--inputs", "k,l", "--outputs", "y", "--bad-outputs", "b"],
    &["directional", "--inputs", "k,l", "--outputs", "y", "--bad-outputs", "b"],
    &["malmquist", "--inputs", "k,l", "--outputs", "y"],
    &["malmquist", "--inputs", "k,l", "--outputs", "y", "--kind", "biennial", "--rts", "vrs"],
    &["malmquist-luenberger", "--inputs", "k,l", "--outputs", "y", "--bad-outputs", "b", "--index", "cfg1997"],
    &["luenberger", "--inputs", "k,l", "--outputs", "y", "--bad-outputs", "b"],
    &["generalised", "--inputs", "k,l", "--outputs", "y"],
    &["economic", "--inputs", "k,l", "--outputs", "y", "--common-input-prices", "2,3"],
    &["economic", "--inputs", "k,l", "--outputs", "y", "--measure", "revenue", "--common-output-prices", "4", "--rts", "crs"],
    &[
        "economic",
        "--inputs",
        "k,l",
        "--outputs",
        "y",
        "--measure",
        "profit",
        "--common-input-prices",
        "2,3",
        "--common-output-prices",
        "4",
        "--decomposition",
        "general-direct",
    ],
];

/// Six units over three years; the closure changes a cell: unit, year, column, value.
pub fn table(cell: impl Fn(usize, usize, usize, f64) -> String) -> String {
    let mut text = "unit,year,k,l,y,b\n".to_owned();
    for year in 0..3 {
        for unit in 0..6 {
            let (u, t) = (unit as f64, year as f64);
            let (k, l) = (3.0 + u * 1.7 % 5.0, 2.0 + u * 2.3 % 4.0);
            let values = [k, l, (k * l).sqrt() * (0.6 + u * 0.37 % 0.4) * (1.0 + 0.05 * t), k * (0.5 + u * 0.29 % 0.5)];
            let cells: Vec<String> = values.iter().enumerate().map(|(c, &x)| cell(unit, year, c, x)).collect();
            text += &format!("{},{},{}\n", ["A", "B", "C", "D", "E", "F"][unit], 2001 + year, cells.join(","));
        }
    }
    text
}

pub fn plain(_: usize, _: usize, _: usize, x: f64) -> String {
    x.to_string()
}

fn bench(text: &str) -> Bench {
    Bench::new(&[("t.csv", text)])
}

fn with<'a>(method: &'a [&'a str], more: &'a [&'a str]) -> Vec<&'a str> {
    [&method[..1], &["t.csv"], &KEYS, &method[1..], more].concat()
}

#[track_caller]
fn has(said: &str, words: &[&str]) {
    for word in words {
        assert!(said.contains(word), "`{word}` is missing in: {said}");
    }
}

/// No table holds a NaN or an infinity, and a certified interval stands beside each optimal score.
#[track_caller]
fn sound(b: &Bench, method: &[&str]) {
    for entry in fs::read_dir(b.path().join("out/tables")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let mut lines = text.trim_start_matches('\u{feff}').lines();
        let head: Vec<&str> = lines.next().unwrap().split(',').collect();
        let at = |name: &str| head.iter().position(|h| *h == name);
        for line in lines {
            let cells: Vec<&str> = line.split(',').collect();
            assert!(!cells.iter().any(|c| ["NaN", "inf", "-inf"].contains(c)), "{method:?} {}: {line}", path.display());
            if let (Some(status), Some(low), Some(high)) = (at("status"), at("low"), at("high")) {
                let full = !cells[low].is_empty() && !cells[high].is_empty();
                assert!(cells[status] != "optimal" || full, "{method:?} {}: {line}", path.display());
            }
        }
    }
}

/// Twenty-four orders of magnitude in one table, by row and by column and at random, ended as a mistake of the program:
/// scores whose interval was hundreds wide were called optimal.
#[test]
fn magnitudes_beyond_double_precision_are_numerical_and_never_silent() {
    let rows = table(|u, _, _, x| (x * 10_f64.powi(-12 + 24 * u as i32 / 5)).to_string());
    let columns = table(|_, _, c, x| (x * [1e-12, 1e12, 1e9, 1e-9][c]).to_string());
    let mixed = table(|u, t, c, x| (x * 10_f64.powi((u * 7 + t * 5 + c * 11) as i32 % 25 - 12)).to_string());
    for text in [rows, columns, mixed] {
        for method in METHODS {
            let b = bench(&text);
            b.run(&with(method, &["--out", "out"])).success();
            sound(&b, method);
        }
    }
}

/// The plain sum of slacks of efficient units broke its check by the size of the data.
#[test]
fn slacks_in_large_units_of_measure_keep_their_certificate() {
    for by in [1e5, 1e9, 1e-9] {
        let b = bench(&table(|_, _, c, x| (x * if c == 3 { 1.0 } else { by }).to_string()));
        for rts in ["vrs", "crs", "nirs", "ndrs"] {
            b.run(&with(METHODS[4], &["--rts", rts, "--out", "out"])).success();
            let scores = fs::read_to_string(b.path().join("out/tables/additive_scores_all.csv")).unwrap();
            assert_eq!(scores.matches(",optimal,").count(), 18, "{rts} {by}: {scores}");
        }
    }
}

/// What is wrong with an option was told once for each period, by a name that no study has.
#[test]
fn options_are_refused_once_by_the_name_they_have() {
    let b = bench(&table(plain));
    for method in [METHODS[4], METHODS[6]] {
        let said = b.refused(&with(method, &["--rts", "generalised"]));
        has(&said, &["`rts`", "`ndrs`", "1 problem found"]);
        assert!(!said.contains("`returns`"), "{said}");
    }
}

/// An unknown variable hid what is wrong with the options.
#[test]
fn options_and_names_are_told_together() {
    let b = bench(&table(plain));
    let said =
        b.refused(&["dea", "t.csv", "--inputs", "k,zz,k", "--outputs", "y", "--lower", "0.5", "--elasticity", "--rts", "crs"]);
    has(&said, &["`zz`", "`lower`", "`elasticity`", "more than once", "4 problems found", "lower = 0.5"]);
    let said = b.refused(&["additive", "t.csv", "--inputs", "k,zz", "--outputs", "y", "--input-weights", "1", "--rts", "fdh"]);
    has(&said, &["`zz`", "input_weights", "`rts`", "3 problems found"]);
}

/// Undesirable outputs in a model that has none were answered with "a similar argument exists: --outputs".
#[test]
fn an_option_of_another_method_names_the_methods_that_have_it() {
    let b = bench(&table(plain));
    for method in [METHODS[4], METHODS[8], METHODS[12]] {
        has(&b.refused(&with(method, &["--bad-outputs", "b"])), &["bad_outputs", "`directional`", "`sbm`", "`luenberger`"]);
    }
}

/// `nan` among numbers was "unsupported unit type".
#[test]
fn numbers_that_are_none_are_named() {
    let b = bench(&table(plain));
    let said = b.refused(&with(METHODS[7], &["--direction", "custom", "--lengths", "1,nan,1,1"]));
    has(&said, &["lengths", "must be a number"]);
}

/// A window wider than the data was taken for one that covers them.
#[test]
fn periods_that_the_data_do_not_have() {
    let b = bench(&table(plain));
    has(&b.refused(&with(METHODS[8], &["--kind", "window", "--window", "5"])), &["5 periods wide", "have 3", "window = 5"]);
    has(&b.refused(&with(METHODS[8], &["--kind", "fixed-base", "--base", "1990"])), &["1990 is not a period", "base = 1990"]);
    b.run(&with(METHODS[8], &["--kind", "window", "--window", "3"])).success();
    let single = bench(&table(plain).lines().take(7).collect::<Vec<_>>().join("\n"));
    for method in &METHODS[8..12] {
        has(&single.refused(&with(method, &[])), &["single period"]);
    }
}

/// A variable of zeros was named once for each period, without the period.
#[test]
fn zeros_name_their_periods_and_units() {
    let b = bench(&table(|_, t, c, x| if t == 1 && c == 0 { 0.0 } else { x }.to_string()));
    for method in METHODS {
        let said = b.refused(&with(method, &[]));
        has(&said, &["column k, 2002", "1 problem found"]);
    }
    let b = bench(&table(|u, t, _, x| if t == 1 && u == 3 { 0.0 } else { x }.to_string()));
    for method in METHODS {
        if method[0] != "additive" || method.contains(&"crs") {
            has(&b.refused(&with(method, &[])), &["D, 2002", "Every input is zero", "Every output is zero"]);
        }
    }
}

#[test]
fn negative_and_missing_cells_are_all_named() {
    let negative = bench(&table(|u, t, c, x| if c == 0 && u == t { -x } else { x }.to_string()));
    let blank = bench(&table(|u, t, c, x| if c == 0 && u == t { String::new() } else { x.to_string() }));
    for method in METHODS {
        let any_sign = method[0] == "additive" && !method.contains(&"crs");
        if !any_sign {
            has(&negative.refused(&with(method, &["--out", "out"])), &["A, 2001", "B, 2002", "C, 2003", "negative"]);
        }
        has(&blank.refused(&with(method, &["--out", "out"])), &["A, 2001", "B, 2002", "C, 2003", "exclude"]);
        let out = blank.run(&with(method, &["--missing", "exclude", "--out", "out"])).success();
        has(&String::from_utf8_lossy(&out.get_output().stdout), &["FR001"]);
        sound(&blank, method);
    }
}

/// One unit, more variables than units, twins, constant columns: results with a word of warning where one is due.
#[test]
fn thin_data_run_and_say_so() {
    let one = bench(&table(plain).lines().filter(|l| l.starts_with('u') || l.starts_with('A')).collect::<Vec<_>>().join("\n"));
    let twins = bench(&table(|_, _, _, _| "2".to_owned()));
    let constant = bench(&table(|_, _, c, x| if c == 0 { 5.0 } else { x }.to_string()));
    for method in METHODS {
        for b in [&one, &twins, &constant] {
            let out = b.run(&with(method, &["--out", "out"])).success();
            sound(b, method);
            let said = String::from_utf8_lossy(&out.get_output().stdout).into_owned();
            if std::ptr::eq(b, &one) && method[0] != "malmquist" && !method[0].contains("luenberger") {
                has(&said, &["FR003", "1 unit for 2 inputs"]);
            }
        }
    }
}

/// Units that come and go leave gaps with a name.
#[test]
fn unbalanced_panels_name_their_gaps() {
    let text: Vec<String> =
        table(plain).lines().enumerate().filter(|(i, _)| ![2, 9, 15].contains(i)).map(|l| l.1.to_owned()).collect();
    let b = bench(&text.join("\n"));
    for method in METHODS {
        let out = b.run(&with(method, &["--out", "out"])).success();
        sound(&b, method);
        if method[0].contains("malmquist") || method[0] == "luenberger" {
            has(&String::from_utf8_lossy(&out.get_output().stdout), &["FR001", "B 2001-2002", "table `gaps`"]);
        }
    }
}
