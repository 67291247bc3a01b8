use panel::{Group, Meaning, Variable};

use super::*;
use crate::table::{Cells, Table};

/// Three firms, two years. Markups with θ = 0.5: 1.25, 1, 1.5; 1.25, 2, 1.5.
fn panel() -> Panel {
    let mut p = Panel { unit_name: "firm".into(), period_name: Some("year".into()), ..Panel::default() };
    for (unit, year) in [("a", 2001), ("a", 2002), ("b", 2001), ("b", 2002), ("c", 2001), ("c", 2002)] {
        p.units.push(unit.into());
        p.periods.push(year);
    }
    let columns: [(&str, [f64; 6]); 7] = [
        ("sales", [100.0, 200.0, 200.0, 400.0, 300.0, 300.0]),
        ("materials", [30.0, 60.0, 90.0, 90.0, 90.0, 90.0]),
        ("energy", [10.0, 20.0, 10.0, 10.0, 10.0, 10.0]),
        ("wages", [20.0, 40.0, 40.0, 80.0, 50.0, 50.0]),
        ("theta", [0.5, 0.5, 0.5, 0.5, 0.5, 0.25]),
        ("tfp", [1.0, 1.2, 1.0, 1.0, 1.0, 1.0]),
        ("omega", [1.0, 1.0, 1.0, 1.0, 1.1, f64::NAN]),
    ];
    let variable =
        |(name, values): (&str, [f64; 6])| Variable { name: name.into(), meaning: Meaning::default(), values: values.to_vec() };
    p.variables = columns.into_iter().map(variable).collect();
    p.groups = vec![Group { name: "sector".into(), labels: ["x", "x", "y", "y", "x", "x"].map(String::from).to_vec() }];
    Panel::new(p).unwrap()
}

fn run(panel: &Panel, options: &str) -> Result<Output, Vec<Problem>> {
    let options: MarkupsSpec = serde_json::from_str(options).unwrap();
    MarkupsMethod::run(&Input { step: "s", panel, folder: std::path::Path::new("."), seed: 1 }, &options)
}

fn number(table: &Table, column: &str, row: usize) -> f64 {
    match &table.columns.iter().find(|c| c.name == column).unwrap().cells {
        Cells::Number(values, _) => values[row],
        _ => panic!("{column} holds no numbers"),
    }
}

const PLAIN: &str = r#""revenue": "sales", "expenditures": ["materials", "energy"]"#;

#[test]
fn expenditures_add_up_and_means_are_by_period() {
    let out = run(&panel(), &format!("{{{PLAIN}, \"elasticity\": 0.5}}")).unwrap();
    let table = &out.tables[0];
    assert_eq!((table.id.as_str(), table.len()), ("periods", 2));
    for (column, want) in [("sales_weighted", 775.0 / 600.0), ("cost_weighted", 1.25), ("harmonic", 1.25), ("median", 1.25)] {
        assert!((number(table, column, 0) - want).abs() < 1e-14, "{column}");
    }
    assert_eq!(out.variables[0].values, [1.25, 1.25, 1.0, 2.0, 1.5, 1.5]);
    assert_eq!(out.variables.len(), 1);
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
    assert_eq!(out.findings.iter().map(|f| f.code.as_str()).collect::<Vec<_>>(), ["TF065"]);
    assert_eq!(out.figures.len(), 1);
    let quiet = run(&panel(), &format!("{{{PLAIN}, \"elasticity\": 0.5, \"elasticity_of\": \"quantity\"}}")).unwrap();
    assert!(quiet.findings.is_empty() && quiet.tables == out.tables);
}

#[test]
fn the_correction_and_markdowns_stand_beside() {
    let all =
        r#""elasticity_variable": "theta", "tfp": "tfp", "omega": "omega", "labour_cost": "wages", "labour_elasticity": 0.25"#;
    let out = run(&panel(), &format!("{{{PLAIN}, {all}}}")).unwrap();
    assert_eq!(out.variables.iter().map(|v| v.name.as_str()).collect::<Vec<_>>(), ["markup", "uncorrected", "markdown"]);
    let markup = &out.variables[0].values;
    assert!((markup[1] - 1.25 * (-0.2_f64).exp()).abs() < 1e-14 && (markup[4] - 1.5 * 0.1_f64.exp()).abs() < 1e-14);
    assert!(markup[5].is_nan());
    assert_eq!(out.variables[1].values[5], 0.75);
    // Labour wedge 0.25 · 300/50 = 1.5 over 0.75: the residual is not needed.
    assert!((out.variables[2].values[5] - 2.0).abs() < 1e-14);
    let left: Vec<_> = out.findings.iter().filter(|f| f.code == "TF067").collect();
    assert_eq!((left.len(), left[0].place.en.as_str()), (1, "c 2002"));
    assert!(left[0].message.en.starts_with("1 of 6 rows") && left[0].message.zh.contains("无残差"), "{left:?}");
    assert_eq!(out.figures.len(), 2);
}

#[test]
fn rows_without_and_unlikely_levels_are_told() {
    let mut p = panel();
    p.variables[0].values[0] = f64::NAN;
    p.variables[1].values[1] = -70.0;
    // A negative part is not hidden by the other: the sum would be positive.
    p.variables[2].values[1] = 90.0;
    let out = run(&p, &format!("{{{PLAIN}, \"elasticity\": 0.2}}")).unwrap();
    let told: Vec<(&str, &str)> = out.findings.iter().map(|f| (f.code.as_str(), f.place.en.as_str())).collect();
    assert_eq!(told, [("TF065", "elasticity"), ("TF066", "markup"), ("TF067", "a 2001"), ("TF067", "a 2002")]);
    assert!(out.findings[1].message.en.starts_with("4 of 4 markups (100 %)"), "{}", out.findings[1].message.en);
    let none = run(&p, r#"{"revenue": "omega", "expenditures": ["energy"], "elasticity_variable": "theta"}"#);
    assert!(none.is_ok());
}

#[test]
fn what_is_wrong_comes_back_at_once() {
    let codes = |p: &Panel, options: &str| run(p, options).unwrap_err().into_iter().map(|p| p.code).collect::<Vec<_>>();
    let wrong = r#"{"revenue": "sales", "expenditures": [], "elasticity": -1.0, "elasticity_variable": "thta", "tfp": "tfp", "labour_elasticity": 0.2}"#;
    assert_eq!(
        codes(&panel(), wrong),
        ["expenditures", "elasticity", "elasticity", "labour-cost", "correction", "unknown-variable"]
    );
    assert_eq!(codes(&panel(), r#"{"revenue": "sales", "expenditures": ["sales"]}"#), ["repeated-variable", "elasticity"]);
    let mut p = panel();
    p.variables[5].values[3] = f64::INFINITY;
    let infinite = run(&p, &format!("{{{PLAIN}, \"elasticity\": 0.5, \"tfp\": \"tfp\", \"omega\": \"omega\"}}")).unwrap_err();
    assert_eq!((infinite.len(), infinite[0].place.unit.as_deref()), (1, Some("b")));
}

#[test]
fn a_step_of_production_gives_elasticities_and_residuals() {
    let from = |more: &str| -> MarkupsSpec {
        serde_json::from_str(&format!(
            r#"{{{PLAIN}, "production": {{"step": "f", "estimator": "acf", "input": "m", "labour": "l"{more}}}, "labour_cost": "wages"}}"#
        ))
        .unwrap()
    };
    assert_eq!(MarkupsMethod::implied(&from("")), ["f.elasticity_acf_m", "f.elasticity_acf_l", "f.tfp_acf", "f.omega_acf"]);
    assert_eq!(MarkupsMethod::implied(&from(r#", "residual": false"#)).len(), 2);
    // What the runner joins.
    let mut p = panel();
    for (name, from) in [("f.elasticity_acf_m", 4), ("f.tfp_acf", 5), ("f.omega_acf", 6)] {
        let values = p.variables[from].values.clone();
        p.variables.push(Variable { name: name.into(), meaning: Meaning::default(), values });
    }
    p.variables.push(Variable { name: "f.elasticity_acf_l".into(), meaning: Meaning::default(), values: vec![0.25; 6] });
    let input = Input { step: "s", panel: &p, folder: std::path::Path::new("."), seed: 1 };
    let out = MarkupsMethod::run(&input, &from("")).unwrap();
    let named =
        r#""elasticity_variable": "theta", "tfp": "tfp", "omega": "omega", "labour_cost": "wages", "labour_elasticity": 0.25"#;
    let same = run(&panel(), &format!("{{{PLAIN}, {named}}}")).unwrap();
    assert_eq!(format!("{:?}", out.tables), format!("{:?}", same.tables));
    let twice = run(
        &panel(),
        &format!(r#"{{{PLAIN}, "elasticity": 0.5, "production": {{"step": "f", "estimator": "ols", "input": "m"}}}}"#),
    );
    assert_eq!(twice.unwrap_err().len(), 1);
}

#[test]
fn each_industry_has_its_own_means() {
    let out = run(&panel(), &format!("{{{PLAIN}, \"elasticity\": 0.5, \"industry\": \"sector\"}}")).unwrap();
    let table = &out.tables[1];
    assert_eq!((table.id.as_str(), table.len()), ("industries", 4));
    // Firms a and c in 2001, b alone in both years.
    for (row, want) in [(0, (100.0 * 1.25 + 300.0 * 1.5) / 400.0), (2, 1.0), (3, 2.0)] {
        assert!((number(table, "sales_weighted", row) - want).abs() < 1e-14, "{row}");
    }
    assert!(out.summary.iter().any(|s| s.en == "By industry it runs from 1.400 (x) to 2.000 (y) in 2002."), "{:?}", out.summary);
    assert_eq!(out.figures[1].id, "industries");
    let unknown = run(&panel(), &format!("{{{PLAIN}, \"elasticity\": 0.5, \"industry\": \"sectr\"}}")).unwrap_err();
    assert_eq!(unknown[0].code, "unknown-group");
}
