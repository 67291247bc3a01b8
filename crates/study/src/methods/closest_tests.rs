use panel::{Meaning, Panel, Variable};

use super::*;

/// Six plants: capacity, fuel, clean and fossil power, emission.
fn plants() -> Panel {
    let variable =
        |name: &str, values: [f64; 6]| Variable { name: name.into(), meaning: Meaning::default(), values: values.into() };
    Panel::new(Panel {
        unit_name: "plant".into(),
        units: ["P1", "P2", "P3", "P4", "P5", "P6"].map(String::from).into(),
        units_zh: vec![String::new(); 6],
        periods: vec![0; 6],
        variables: vec![
            variable("capacity", [10.0, 12.0, 8.0, 15.0, 20.0, 9.0]),
            variable("fuel", [6.0, 9.0, 5.0, 12.0, 11.0, 4.0]),
            variable("clean", [5.0, 4.0, 6.0, 3.0, 9.0, 2.0]),
            variable("fossil", [8.0, 10.0, 6.0, 14.0, 12.0, 5.0]),
            variable("emission", [4.0, 6.0, 2.0, 9.0, 5.0, 3.0]),
        ],
        ..Panel::default()
    })
    .unwrap()
}

fn run(options: &str) -> Result<Output, Vec<Problem>> {
    let panel = plants();
    let names = r#""inputs": ["capacity", "fuel"], "outputs": ["clean", "fossil"]"#;
    let options: ClosestStep = serde_json::from_str(&format!("{{{names}{options}}}")).unwrap();
    let problems = ClosestTargets::check(&options);
    if !problems.is_empty() {
        return Err(problems);
    }
    ClosestTargets::run(&Input { step: "closest", panel: &panel, folder: std::path::Path::new("."), seed: 1 }, &options)
}

#[test]
fn every_measure_and_orientation_runs() {
    for measure in ["sbm", "sum", "mip", "ram", "bam", "normalised"] {
        for orientation in ["none", "input", "output"] {
            let out = run(&format!(r#", "measure": "{measure}", "orientation": "{orientation}""#)).unwrap();
            assert!(out.checks.iter().all(|c| c.residual <= c.tolerance), "{measure}: {:?}", out.checks);
            let name = if measure == "sbm" { "score" } else { "distance" };
            assert_eq!(out.variables[0].name, name);
            for id in ["scores", "slacks", "targets", "prices", "peers"] {
                assert!(out.tables.iter().any(|t| t.id == id), "{measure}: no table {id}");
            }
            let warned = out.findings.iter().any(|f| f.code == "FR004");
            assert_eq!(warned, measure == "sum", "{measure} {orientation}");
        }
    }
    let out = run(r#", "measure": "custom", "input_weights": [1.0, 0.5], "output_weights": [2.0, 1.0], "rts": "crs""#).unwrap();
    assert!(out.tables[0].note.en.contains("For targets, not for ranks"), "{:?}", out.tables[0].note);
}

#[test]
fn options_that_contradict_each_other_are_told() {
    let codes = |options: &str| run(options).unwrap_err().into_iter().map(|p| p.code.to_string()).collect::<Vec<_>>();
    assert_eq!(codes(r#", "input_weights": [1.0]"#), ["weights-unused"]);
    assert_eq!(codes(r#", "measure": "bam", "rts": "crs""#).len(), 1);
    assert_eq!(codes(r#", "rts": "fdh""#).len(), 1);
    assert_eq!(codes(r#", "measure": "custom", "input_weights": [1.0], "output_weights": [1.0, 1.0]"#).len(), 1);
}
