use panel::{Meaning, Variable};
use serde_json::{Value, json};

use super::*;
use crate::{methods, table::Cells};

/// Three shops of Cooper, Seiford and Tone (2007), p. 261, over two years; in the later year labour costs twice as much.
fn panel() -> Panel {
    let twice = |c: [f64; 3]| c.iter().flat_map(|&x| [x, x]).collect::<Vec<f64>>();
    let variable = |name: &str, values: Vec<f64>| Variable { name: name.into(), meaning: Meaning::default(), values };
    Panel::new(Panel {
        unit_name: "shop".into(),
        period_name: Some("year".into()),
        units: ["a", "a", "b", "b", "c", "c"].map(String::from).into(),
        units_zh: vec![String::new(); 6],
        periods: vec![2001, 2002, 2001, 2002, 2001, 2002],
        groups: Vec::new(),
        variables: vec![
            variable("k", twice([3.0, 1.0, 4.0])),
            variable("l", twice([2.0, 3.0, 6.0])),
            variable("y", twice([3.0, 5.0, 6.0])),
            variable("r", vec![4.0; 6]),
            variable("w", vec![2.0, 4.0, 2.0, 4.0, 2.0, 4.0]),
            variable("p", vec![6.0; 6]),
            variable("gap", vec![6.0, 6.0, f64::NAN, 6.0, 6.0, 0.0]),
        ],
    })
    .unwrap()
}

fn run(options: Value) -> Result<Output, Vec<Problem>> {
    let panel = panel();
    let input = Input { step: "s", panel: &panel, folder: std::path::Path::new("."), seed: 1 };
    let mut all = json!({"inputs": ["k", "l"], "outputs": ["y"]});
    all.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
    (methods::entry("economic").unwrap().run)(&input, &all)
}

fn column(out: &Output, table: usize, name: &str) -> Vec<f64> {
    match &out.tables[table].columns.iter().find(|c| c.name == name).unwrap().cells {
        Cells::Number(v, _) => v.clone(),
        _ => panic!("{name} is no column of numbers"),
    }
}

fn codes(problems: Vec<Problem>) -> Vec<String> {
    problems.into_iter().map(|p| p.code).collect()
}

#[test]
fn costs_and_their_parts_by_period() {
    let out = run(json!({"rts": "crs", "input_prices": ["r", "w"]})).unwrap();
    let all = out.tables.iter().position(|t| t.id == "scores_all").unwrap();
    let economic = column(&out, all, "economic");
    // The printed shares of 2001, and the same with labour at 4: 16 for 5 units of output.
    for (found, expected) in economic.iter().zip([0.375, 48.0 / 100.0, 1.0, 1.0, 3.0 / 7.0, 96.0 / 200.0]) {
        assert!((found - expected).abs() < 1e-12, "{economic:?}");
    }
    assert!((column(&out, all, "loss")[0] - 10.0).abs() < 1e-9);
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance), "{:?}", out.checks);
    assert_eq!(out.variables.iter().map(|v| v.name.as_str()).collect::<Vec<_>>(), ["economic", "technical", "allocative"]);
    assert!(out.summary[0].en.starts_with("In 2002, the mean cost efficiency of 3 units is 0.653"), "{}", out.summary[0].en);
    assert!(out.summary[0].zh.contains("成本效率"));
    let change = out.tables.iter().position(|t| t.id == "change").unwrap();
    for (found, expected) in column(&out, change, "economic").iter().zip([0.48 / 0.375, 1.0, 0.48 * 7.0 / 3.0]) {
        assert!((found - expected).abs() < 1e-12);
    }
    let (means, parts) =
        (out.tables.iter().position(|t| t.id == "change_means").unwrap(), ["economic", "technical", "allocative"]);
    let [whole, technical, allocative] = parts.map(|p| column(&out, means, p)[0]);
    assert!((whole - (1.28_f64 * 1.12).cbrt()).abs() < 1e-12 && (whole - technical * allocative).abs() < 1e-12);
    // Common prices are the same for all.
    let common = run(json!({"rts": "crs", "common_input_prices": [4.0, 2.0]})).unwrap();
    assert!((column(&common, all, "economic")[1] - 0.375).abs() < 1e-12);
}

#[test]
fn every_measure_and_decomposition_runs() {
    let prices = json!({"input_prices": ["r", "w"], "output_prices": ["p"]});
    let with = |more: Value| {
        let mut all = prices.clone();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let out = run(all).unwrap();
        assert!(out.checks.iter().all(|c| c.residual <= c.tolerance), "{more} {:?}", out.checks);
        assert!(out.tables.iter().any(|t| t.id == "targets") && out.tables.iter().any(|t| t.id == "peers"));
        out
    };
    let names = [
        "directional",
        "modified-directional",
        "additive",
        "russell",
        "general-direct",
        "reverse-directional",
        "reverse-modified",
        "russell-graph",
        "holder",
    ];
    for name in names {
        let out = with(json!({"measure": "profit", "rts": "vrs", "decomposition": name}));
        assert!(out.tables[1].columns.iter().any(|c| c.name == "normalisation"), "{name}");
    }
    with(json!({"measure": "profit", "direction": "custom", "lengths": [1.0, 1.0, 0.0]}));
    let out = with(json!({"measure": "profitability", "alpha": 0.7}));
    assert!(out.tables[1].columns.iter().any(|c| c.name == "scale"));
    let out = run(json!({"measure": "revenue", "rts": "fdh", "output_prices": ["p"]})).unwrap();
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
}

#[test]
fn prices_that_are_none_are_named_with_their_place() {
    let problems = run(json!({"measure": "revenue", "output_prices": ["gap"]})).unwrap_err();
    assert_eq!(codes(problems.clone()), ["missing-price", "price"]);
    assert_eq!((problems[0].place.unit.as_deref(), problems[0].place.period), (Some("b"), Some(2001)));
    assert_eq!((problems[1].place.unit.as_deref(), problems[1].place.column.as_deref()), (Some("c"), Some("gap")));
    assert_eq!(codes(run(json!({"input_prices": ["r", "wage"]})).unwrap_err()), ["unknown-variable"]);
}

#[test]
fn options_that_do_not_go_together_are_named_all_at_once() {
    let check = |options: Value| codes(run(options).unwrap_err());
    assert_eq!(check(json!({})), ["prices-count"]);
    assert_eq!(check(json!({"input_prices": ["r", "w"], "output_prices": ["p"]})), ["prices-unused"]);
    assert_eq!(check(json!({"input_prices": ["r", "w"], "common_input_prices": [1.0, 2.0]})), ["prices-twice"]);
    let many = json!({"common_input_prices": [1.0], "alpha": 0.3, "weights": "mip", "weighted": true, "direction": "ones", "lengths": [1.0]});
    assert_eq!(check(many), ["prices-count", "options", "options", "options", "options", "options"]);
    let profit = json!({"measure": "profit", "rts": "crs", "common_input_prices": [1.0, 1.0], "common_output_prices": [1.0]});
    assert_eq!(check(profit), ["options"]);
    let custom = json!({"common_input_prices": [1.0, 1.0], "decomposition": "additive", "weights": "custom"});
    assert_eq!(check(custom), ["options"]);
    let lengths =
        json!({"common_input_prices": [1.0, 1.0], "decomposition": "directional", "direction": "custom", "lengths": [1.0]});
    assert_eq!(check(lengths), ["options"]);
}

#[test]
fn the_generalised_distance_runs_with_its_tables() {
    let panel = panel();
    let input = Input { step: "s", panel: &panel, folder: std::path::Path::new("."), seed: 1 };
    let method = methods::entry("generalised").unwrap();
    let out = (method.run)(&input, &json!({"inputs": ["k", "l"], "outputs": ["y"], "rts": "crs"})).unwrap();
    // Under constant returns it is Farrell's score.
    for (found, expected) in out.variables[0].values.iter().zip([0.9, 0.9, 1.0, 1.0, 0.6, 0.6]) {
        assert!((found - expected).abs() < 1e-9);
    }
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
    let wrong = (method.check)(&json!({"inputs": ["k"], "outputs": ["k"], "alpha": 2.0, "rts": "fdh"}));
    assert_eq!(codes(wrong), ["repeated-variable", "options", "options"]);
}
