use panel::{Group, Meaning, Variable};

use super::*;

/// The four firms of the documentation of Benchmarking, in one period; a fifth in another.
fn panel() -> Panel {
    let variable =
        |name: &str, values: &[f64]| Variable { name: name.into(), meaning: Meaning::default(), values: values.to_vec() };
    Panel::new(Panel {
        unit_name: "unit".into(),
        period_name: Some("year".into()),
        units: ["A", "B", "C", "D", "A"].map(String::from).to_vec(),
        units_zh: vec![String::new(); 5],
        periods: vec![2001, 2001, 2001, 2001, 2002],
        groups: vec![Group { name: "owner".into(), labels: ["p", "p", "q", "q", "p"].map(String::from).to_vec() }],
        variables: vec![variable("x", &[100.0, 200.0, 300.0, 500.0, 1.0]), variable("y", &[75.0, 100.0, 300.0, 400.0, 1.0])],
    })
    .unwrap()
}

fn run(options: &str) -> Result<Output, Vec<Problem>> {
    let text = format!(r#"{{"inputs": ["x"], "outputs": ["y"], {options}}}"#);
    let options: MergerStep = serde_json::from_str(&text).unwrap();
    let panel = panel();
    MergerGains::run(&Input { step: "s", panel: &panel, folder: std::path::Path::new("."), seed: 1 }, &options)
}

fn column(out: &Output, name: &str) -> Vec<f64> {
    match &out.tables[0].columns.iter().find(|c| c.name == name).unwrap().cells {
        Cells::Number(values, _) => values.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn groups_and_lists_are_mergers() {
    for named in [r#""group": "owner""#, r#""mergers": [["A", "B"], ["D", "C"]]"#] {
        let out = run(&format!(r#"{named}, "rts": "crs""#)).unwrap();
        let (e, le) = (column(&out, "overall"), column(&out, "learning"));
        assert_eq!(e.len(), 2, "{named}");
        assert!((e[0] - 7.0 / 12.0).abs() < 1e-9 && (e[1] - 0.875).abs() < 1e-9 && (le[0] - e[0]).abs() < 1e-9);
        assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
    }
    // Too large for anything seen: told, and harmony still there.
    let out = run(r#""group": "owner", "rts": "vrs""#).unwrap();
    assert!(column(&out, "overall")[1].is_nan() && (column(&out, "harmony")[1] - 1.0).abs() < 1e-9);
    assert!(out.findings.iter().any(|f| f.code == "FR041" && f.place.en.contains("q 2001")));
}

#[test]
fn what_is_no_merger_is_refused() {
    let codes = |options: &str| -> Vec<String> { run(options).unwrap_err().iter().map(|p| p.code.to_string()).collect() };
    assert_eq!(codes(r#""rts": "vrs""#), ["options"]);
    assert_eq!(codes(r#""group": "owner", "mergers": [["A", "A"], ["B"]]"#), ["options", "options", "options"]);
    assert_eq!(codes(r#""mergers": [["A", "Z"], ["Z", "Y"]]"#), ["unknown-unit", "unknown-unit"]);
    assert_eq!(codes(r#""group": "owners""#), ["unknown-group"]);
}
