//! Methods over windows, layers and plants, on one small panel.

use panel::{Meaning, Panel, Variable};

use super::{capacity::CapacityUtilisation, layers::ContextLayers, partial::PartialFrontier, window::WindowAnalysis};
use crate::{
    method::{Input, Method, Output},
    table::Cells,
};

/// Productivities of three units in four years: 1 2 2 4, 2 2 4 4, 1 1 1 1; labour is twice the output.
fn panel() -> Panel {
    let variable = |name: &str, values: Vec<f64>| Variable { name: name.into(), meaning: Meaning::default(), values };
    let y = vec![1.0, 2.0, 2.0, 4.0, 2.0, 2.0, 4.0, 4.0, 1.0, 1.0, 1.0, 1.0];
    Panel::new(Panel {
        unit_name: "unit".into(),
        period_name: Some("year".into()),
        units: (0..12).map(|i| ["A", "B", "C"][i / 4].to_owned()).collect(),
        units_zh: vec![String::new(); 12],
        periods: (0..12).map(|i| 2001 + i % 4).collect(),
        groups: Vec::new(),
        variables: vec![variable("x", vec![1.0; 12]), variable("l", y.iter().map(|y| 2.0 * y).collect()), variable("y", y)],
    })
    .unwrap()
}

fn run<M: Method>(options: &str) -> Result<Output, Vec<panel::Problem>> {
    let options: M::Options = serde_json::from_str(&format!(r#"{{"inputs": ["x"], "outputs": ["y"], {options}}}"#)).unwrap();
    assert!(M::check(&options).is_empty());
    let panel = panel();
    M::run(&Input { step: "s", panel: &panel, folder: std::path::Path::new("."), seed: 1 }, &options)
}

#[track_caller]
fn column(out: &Output, table: &str, name: &str) -> Vec<f64> {
    let table = out.tables.iter().find(|t| t.id == table).unwrap();
    match &table.columns.iter().find(|c| c.name == name).unwrap().cells {
        Cells::Number(values, _) => values.clone(),
        Cells::Integer(values) => values.iter().map(|v| v.map_or(f64::NAN, |v| v as f64)).collect(),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() <= 1e-9 || f.is_nan() && e.is_nan(), "{found:?} for {expected:?}");
    }
}

fn held(out: &Output) {
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance), "{:?}", out.checks);
    assert!(!out.summary.is_empty() && out.summary.iter().all(|t| !t.zh.is_empty()));
}

#[test]
fn windows_in_the_layout_of_the_literature() {
    const NONE: f64 = f64::NAN;
    let out = run::<WindowAnalysis>(r#""width": 2, "rts": "crs""#).unwrap();
    held(&out);
    close(&column(&out, "windows", "p2001"), &[0.5, NONE, NONE, 1.0, NONE, NONE, 0.5, NONE, NONE]);
    close(&column(&out, "windows", "p2003"), &[NONE, 0.5, 0.5, NONE, 1.0, 1.0, NONE, 0.25, 0.25]);
    close(&column(&out, "units", "mean"), &[4.0 / 6.0, 5.5 / 6.0, 2.0 / 6.0]);
    close(&column(&out, "units", "ldy"), &[0.5, 0.5, 0.25]);
    close(&column(&out, "units", "ldp"), &[0.5, 0.5, 0.25]);
    assert_eq!(column(&out, "all", "low").len(), 18);
    close(&out.variables[0].values[..2], &[0.5, 0.75]);
    let wide = run::<WindowAnalysis>(r#""width": 5"#).unwrap_err();
    assert!(wide[0].to_string().contains("width"), "{wide:?}");
    assert_eq!(column(&run::<WindowAnalysis>(r#""rts": "crs""#).unwrap(), "windows", "p2001").len(), 9);
}

#[test]
fn layers_by_period() {
    let out = run::<ContextLayers>(r#""rts": "crs""#).unwrap();
    held(&out);
    close(&column(&out, "scores_all", "layer"), &[2.0, 1.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 3.0, 2.0]);
    close(&column(&out, "scores_all", "attractiveness")[4..8], &[2.0, 2.0, 2.0, 4.0]);
    close(&column(&out, "scores_all", "progress")[8..], &[2.0, 2.0, 2.0, 4.0]);
    close(&column(&out, "sizes", "units"), &[1.0, 2.0, 2.0, 1.0, 1.0, 1.0, 1.0, 2.0, 1.0]);
    // The third year has three layers: two contexts for each unit.
    assert_eq!(column(&out, "contexts", "degree").len(), 3 + 3 + 6 + 3);
}

#[test]
fn capacity_by_period() {
    let out = run::<CapacityUtilisation>(r#""variable_inputs": ["l"], "rts": "vrs""#).unwrap();
    held(&out);
    // All machines are alike; the best of each year is capacity.
    close(&column(&out, "scores_all", "gross"), &[0.5, 1.0, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.25, 0.25]);
    close(&column(&out, "rates", "l"), &[2.0, 1.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 4.0, 4.0]);
    close(&column(&out, "capacity", "y")[8..], &[2.0, 2.0, 4.0, 4.0]);
    let none = run::<CapacityUtilisation>(r#""variable_inputs": []"#).unwrap_err();
    assert!(none.len() == 1 && none[0].to_string().contains("variable_inputs"), "{none:?}");
}

#[test]
fn partial_frontiers_name_what_they_leave_out() {
    let out = run::<PartialFrontier>(r#""order": "alpha", "alpha": 0.5, "frontier": "pooled", "orientation": "output""#).unwrap();
    held(&out);
    // The sixth best of twelve makes 2.
    close(&column(&out, "scores_all", "score"), &[0.5, 1.0, 1.0, 2.0, 1.0, 1.0, 2.0, 2.0, 0.5, 0.5, 0.5, 0.5]);
    close(&column(&out, "targets", "y"), &[2.0; 12]);
    assert!(out.findings.iter().all(|f| f.code != "FR040"));
    let few = run::<PartialFrontier>(r#""order": "alpha""#).unwrap();
    assert!(few.findings.iter().any(|f| f.code == "FR040"));
    let m = run::<PartialFrontier>(r#""m": 1, "frontier": "pooled", "orientation": "output""#).unwrap();
    close(&column(&m, "targets", "y"), &[25.0 / 12.0; 12]);
}
