use panel::{Meaning, Panel, Variable};

use super::*;
use crate::figure::Chart;

/// Three units over three years, one input and one output with prices.
fn panel() -> Panel {
    let variable =
        |name: &str, values: [f64; 9]| Variable { name: name.into(), meaning: Meaning::default(), values: values.to_vec() };
    Panel::new(Panel {
        unit_name: "unit".into(),
        period_name: Some("year".into()),
        units: (0..9).map(|i| format!("u{}", i / 3)).collect(),
        units_zh: vec![String::new(); 9],
        periods: (0..9).map(|i| 2001 + i % 3).collect(),
        groups: Vec::new(),
        variables: vec![
            variable("x", [1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 4.0, 4.0, 3.0]),
            variable("y", [1.0, 2.0, 4.0, 3.0, 3.0, 5.0, 4.0, 5.0, 5.0]),
            variable("w", [1.0, 1.0, 2.0, 1.0, 1.0, 2.0, 1.0, 1.0, 2.0]),
            variable("p", [2.0, 2.0, 3.0, 2.0, 2.0, 3.0, 2.0, 2.0, 3.0]),
        ],
    })
    .unwrap()
}

fn run(options: &str) -> Result<Output, Vec<Problem>> {
    let options: TfpStep = serde_json::from_str(options).unwrap();
    let panel = panel();
    ProductivityIndex::run(&Input { step: "s", panel: &panel, folder: std::path::Path::new("."), seed: 1 }, &options)
}

fn numbers<'a>(out: &'a Output, table: &str, column: &str) -> &'a [f64] {
    let table = out.tables.iter().find(|t| t.id == table).unwrap();
    match &table.columns.iter().find(|c| c.name == column).unwrap().cells {
        Cells::Number(values, _) => values,
        _ => panic!("numbers"),
    }
}

#[test]
fn levels_changes_and_values_are_told() {
    let out =
        run(r#"{"inputs": ["x"], "outputs": ["y"], "input_prices": ["w"], "output_prices": ["p"], "index": "lowe"}"#).unwrap();
    let tfp = &out.variables.iter().find(|v| v.name == "tfp_change").unwrap().values;
    assert!(tfp[0].is_nan() && (tfp[1] - 2.0).abs() < 1e-12 && (tfp[2] - 1.0).abs() < 1e-12, "{tfp:?}");
    let level = &out.variables.iter().find(|v| v.name == "tfp").unwrap().values;
    assert!((level[1] / level[0] - 2.0).abs() < 1e-12);
    // The table is by unit, then year; prices of outputs rise by 3/2, of inputs by 2.
    let trade = numbers(&out, "value_changes", "terms_of_trade");
    assert!((trade[0] - 1.0).abs() < 1e-12 && (trade[1] - 0.75).abs() < 1e-12, "{trade:?}");
    assert_eq!(numbers(&out, "values", "revenue")[0], 2.0);
    assert_eq!(numbers(&out, "components", "technical_efficiency").len(), 6);
    assert!(out.checks[0].residual < 1e-12 && out.findings.is_empty());
    let Chart::Lines(lines) = &out.figures[0].chart else { panic!("lines") };
    assert_eq!(lines.series.len(), 5);
}

#[test]
fn every_index_runs_in_every_variant() {
    for index in ["fare-primont", "hicks-moorsteen", "lowe", "fisher", "laspeyres", "paasche"] {
        for more in [r#""aggregation": "distances""#, r#""rts": "crs", "orientation": "input""#, r#""technology": "sequential""#]
        {
            let options = format!(
                r#"{{"inputs": ["x"], "outputs": ["y"], "input_prices": ["w"], "output_prices": ["p"], "index": "{index}", {more}}}"#
            );
            let out = run(&options).unwrap();
            let tfp = &out.variables[0].values;
            assert!((tfp[1] - 2.0).abs() < 1e-9, "{index} {more} {tfp:?}");
        }
    }
}

#[test]
fn options_that_do_not_fit_are_named_together() {
    let problems = run(r#"{"inputs": ["x"], "outputs": ["y"], "index": "fisher"}"#).unwrap_err();
    assert_eq!(problems.len(), 1);
    let problems =
        run(r#"{"inputs": ["x"], "outputs": ["y"], "input_prices": ["w", "nothing"], "index": "fisher"}"#).unwrap_err();
    assert_eq!(problems.len(), 3, "{problems:#?}");
}
