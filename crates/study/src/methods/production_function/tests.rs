use panel::{Group, Meaning, Panel, Variable};

use super::*;

/// Firms with known elasticities 0.6 and 0.3: labour and materials answer productivity, capital is fixed before.
fn panel() -> Panel {
    let mut p = Panel { unit_name: "firm".into(), period_name: Some("year".into()), ..Panel::default() };
    let mut columns: [Vec<f64>; 5] = Default::default();
    let mut industry = Vec::new();
    let mut state = 12345_u64;
    let mut draw = || {
        // Sum of uniforms: close to normal, the same everywhere.
        (0..12)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 11) as f64 / (1_u64 << 53) as f64
            })
            .sum::<f64>()
            - 6.0
    };
    for firm in 0..120 {
        let (mut omega, mut k) = (0.5 * draw(), 2.0 + draw());
        for year in 0..8 {
            omega = 0.7 * omega + 0.2 * draw();
            let invest = 0.6 * omega + 0.1 * k + 0.1;
            let l = 1.0 + 0.8 * omega + 0.3 * k + 0.2 * draw();
            let m = 0.5 + omega + 0.5 * k;
            p.units.push(format!("f{firm:03}"));
            p.periods.push(2000 + year);
            columns[0].push((0.6 * l + 0.3 * k + omega + 0.05 * draw()).exp());
            columns[1].push(l.exp());
            columns[2].push(k.exp());
            columns[3].push(m.exp());
            columns[4].push(if firm % 10 == 0 && year == 3 { 0.0 } else { invest.exp() });
            industry.push(if firm < 119 { "steel".to_owned() } else { "tiny".to_owned() });
            k = 0.9 * k + 0.15 * invest + 0.1 * draw();
        }
    }
    let names = ["y", "l", "k", "m", "i"];
    p.variables = names
        .iter()
        .zip(columns)
        .map(|(n, values)| Variable { name: (*n).into(), meaning: Meaning::default(), values })
        .collect();
    p.groups = vec![Group { name: "industry".into(), labels: industry }];
    Panel::new(p).unwrap()
}

fn run_on(panel: &Panel, options: &str) -> Result<Output, Vec<Problem>> {
    let options: ProductionOptions = serde_json::from_str(options).unwrap();
    ProductionFunctions::run(&Input { step: "p", panel, folder: std::path::Path::new("."), seed: 1 }, &options)
}

const COLUMNS: &str = r#""output": "y", "free": ["l"], "state": ["k"], "materials": "m", "investment": "i""#;

fn number(t: &crate::table::Table, name: &str, row: usize) -> f64 {
    match &t.columns.iter().find(|c| c.name == name).unwrap().cells {
        crate::table::Cells::Number(v, _) | crate::table::Cells::P(v) => v[row],
        _ => panic!("{name} holds no numbers"),
    }
}

#[test]
fn the_proxies_remove_what_biases_least_squares() {
    let out = run_on(&panel(), &format!("{{{COLUMNS}, \"estimators\": [\"ols\", \"op\", \"lp\"]}}")).unwrap();
    let table = &out.tables[0];
    assert_eq!((table.id.as_str(), table.len()), ("elasticities", 3));
    assert!(number(table, "l", 0) > 0.75, "least squares is biased upward");
    for row in 1..3 {
        assert!((number(table, "l", row) - 0.6).abs() < 0.03, "{}", number(table, "l", row));
        assert!((number(table, "k", row) - 0.3).abs() < 0.06, "{}", number(table, "k", row));
    }
    assert!(number(table, "l_se", 0) > 0.0 && number(table, "k_se", 1).is_nan());
    let names: Vec<&str> = out.variables.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names[..5], ["tfp_ols", "tfp_op", "omega_op", "tfp_lp", "omega_lp"]);
    assert_eq!(names[5..7], ["elasticity_ols_l", "elasticity_ols_k"]);
    assert_eq!(names.len(), 11);
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
    let codes: Vec<&str> = out.findings.iter().map(|f| f.code.as_str()).collect();
    assert!(codes.contains(&"TF002") && codes.contains(&"TF008") && !codes.contains(&"TF001"), "{codes:?}");
    let investment = out.findings.iter().find(|f| f.code == "TF002").unwrap();
    assert!(investment.message.en.contains("12 of 960 rows (1.2 %)"), "{}", investment.message.en);
}

#[test]
fn industries_run_apart_and_a_tiny_one_is_named() {
    let out = run_on(&panel(), &format!("{{{COLUMNS}, \"industry\": \"industry\", \"estimators\": [\"lp\", \"ols\"]}}")).unwrap();
    assert_eq!(out.tables[0].len(), 4);
    let failed = out.findings.iter().find(|f| f.code == "TF007").unwrap();
    assert!(failed.place.en.contains("LP · tiny") && failed.message.zh.contains("太少"), "{failed:?}");
    let lp = out.variables.iter().find(|v| v.name == "omega_lp").unwrap();
    assert_eq!(lp.values.iter().filter(|v| v.is_nan()).count(), 8);
}

#[test]
fn logarithms_given_and_taken_agree_and_units_do_not_matter() {
    let first = run_on(&panel(), &format!("{{{COLUMNS}, \"estimators\": [\"op\", \"lp\"]}}")).unwrap();
    let mut logs = panel();
    for v in &mut logs.variables {
        v.values.iter_mut().for_each(|x| *x = if *x > 0.0 { x.ln() } else { f64::NAN });
    }
    let second = run_on(&logs, &format!("{{{COLUMNS}, \"estimators\": [\"op\", \"lp\"], \"logs\": true}}")).unwrap();
    let mut scaled = panel();
    for v in &mut scaled.variables {
        v.values.iter_mut().for_each(|x| *x *= 1e9);
    }
    let third = run_on(&scaled, &format!("{{{COLUMNS}, \"estimators\": [\"op\", \"lp\"]}}")).unwrap();
    for (name, row) in [("l", 0), ("k", 0), ("l", 1), ("k", 1)] {
        let at = number(&first.tables[0], name, row);
        assert!((at - number(&second.tables[0], name, row)).abs() < 1e-12);
        assert!((at - number(&third.tables[0], name, row)).abs() < 1e-7);
    }
}

#[test]
fn what_is_wrong_comes_back_at_once() {
    let problems = run_on(
        &panel(),
        r#"{"output": "y", "free": ["l", "l"], "state": ["kk"], "estimators": ["op", "lp"], "degree": 9, "band": [2, 1], "industry": "ind"}"#,
    )
    .unwrap_err();
    let codes: Vec<&str> = problems.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(
        codes,
        ["repeated-variable", "missing-column", "missing-column", "degree", "band", "unknown-variable", "unknown-group"]
    );
}

#[test]
fn values_without_a_logarithm_are_counted_and_listed() {
    let mut p = panel();
    p.variables[3].values[5] = -1.0;
    p.variables[0].values[7] = f64::NAN;
    let out = run_on(&p, &format!("{{{COLUMNS}, \"estimators\": [\"lp\"]}}")).unwrap();
    assert_eq!(out.findings.iter().filter(|f| f.code == "TF001").count(), 2);
    assert!(out.findings.iter().any(|f| f.code == "TF003"));
    let left = out.tables.iter().find(|t| t.id == "left_out").unwrap();
    assert_eq!(left.len(), 14);
}

#[test]
fn the_bootstrap_gives_errors_and_exits_are_told() {
    let mut p = panel();
    // A third of the firms leaves early.
    let keep: Vec<usize> = (0..p.len()).filter(|i| (i / 8) % 3 != 0 || i % 8 < 5).collect();
    p = p.rows(&keep);
    let out = run_on(&p, &format!("{{{COLUMNS}, \"estimators\": [\"lp\"], \"replicates\": 20, \"selection\": \"after-last\"}}"))
        .unwrap();
    let table = &out.tables[0];
    assert!(number(table, "k_se", 0) > 0.0 && number(table, "k_se", 0) < 0.1);
    assert!((number(table, "k", 0) - 0.3).abs() < 0.06);
    let exits = out.tables.iter().find(|t| t.id == "diagnostics").unwrap();
    assert_eq!(number(exits, "value", 0), 40.0);
    assert!(out.findings.iter().all(|f| f.code != "TF008"));
}

#[test]
fn value_added_estimators_refuse_gross_output() {
    let problems = run_on(&panel(), &format!("{{{COLUMNS}, \"estimators\": [\"wooldridge\"], \"gross\": true}}")).unwrap_err();
    assert_eq!(problems[0].code, "gross");
}

#[test]
fn the_panel_estimators_stand_beside_the_proxies_with_their_tests() {
    let out = run_on(&panel(), &format!("{{{COLUMNS}}}")).unwrap();
    let names: Vec<&str> = out.variables.iter().map(|v| v.name.as_str()).collect();
    // The usual six columns in their order; ACF has one where its rule finds a root.
    assert_eq!(names[..7], ["tfp_ols", "tfp_fe", "omega_fe", "tfp_lp", "omega_lp", "tfp_op", "omega_op"]);
    assert_eq!(names.iter().rfind(|n| !n.starts_with("elasticity")), Some(&"tfp_gmm"));
    let all = r#""estimators": ["fe", "fd", "re", "gmm", "dynamic-panel"], "gmm": {"collapse": true, "equations": "system"}"#;
    let out = run_on(&panel(), &format!("{{{COLUMNS}, {all}}}")).unwrap();
    assert_eq!(out.tables[0].len(), 5);
    for row in 0..5 {
        assert!(number(&out.tables[0], "l", row).is_finite() && number(&out.tables[0], "k_se", row) > 0.0, "{row}");
    }
    let tests = out.tables.iter().find(|t| t.id == "diagnostics").unwrap();
    let Some(crate::table::Cells::Text(what)) = tests.columns.iter().find(|c| c.name == "name").map(|c| &c.cells) else {
        panic!("no names")
    };
    for name in ["m1", "m2", "Hansen", "Sargan", "common factor", "ρ,"] {
        let at = what.iter().position(|w| w.en.starts_with(name)).unwrap();
        assert!(number(tests, "value", at).is_finite() && number(tests, "p", at).is_finite(), "{name}");
    }
    assert!(out.tables.iter().any(|t| t.id == "roots"));
}

#[test]
fn options_of_gmm_are_checked_before_it_runs() {
    let wrong = r#""gmm": {"inputs": [{}, {}, {}], "output_instruments": {"first": 0}}, "dynamic": {"inputs": [{"lags": {"first": 3, "last": 2}}]}"#;
    let problems = run_on(&panel(), &format!("{{{COLUMNS}, {wrong}}}")).unwrap_err();
    let codes: Vec<&str> = problems.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["gmm", "gmm", "dynamic"]);
}

fn variable<'a>(out: &'a Output, name: &str) -> &'a [f64] {
    &out.variables.iter().find(|v| v.name == name).unwrap_or_else(|| panic!("no {name}")).values
}

#[test]
fn elasticities_are_handed_out_by_row() {
    let industries = r#""industry": "industry", "estimators": ["ols", "lp"]"#;
    let out = run_on(&panel(), &format!("{{{COLUMNS}, {industries}}}")).unwrap();
    let (l, tiny) = (variable(&out, "elasticity_ols_l"), variable(&out, "elasticity_lp_k"));
    for (row, value) in l.iter().enumerate() {
        assert_eq!(*value, number(&out.tables[0], "l", if row < 119 * 8 { 0 } else { 2 }));
    }
    // Levinsohn-Petrin has no estimate in the industry of one firm.
    assert!(tiny[..119 * 8].iter().all(|v| *v == number(&out.tables[0], "k", 1)) && tiny[119 * 8..].iter().all(|v| v.is_nan()));
    let translog = r#""estimators": ["acf"], "form": "translog", "starts": 64, "degree": 2"#;
    let out = run_on(&panel(), &format!("{{{COLUMNS}, {translog}}}")).unwrap();
    let by_row = variable(&out, "elasticity_acf_l");
    let mean = by_row.iter().sum::<f64>() / by_row.len() as f64;
    assert!((mean - number(&out.tables[0], "l", 0)).abs() < 1e-9 && by_row.iter().any(|v| (v - mean).abs() > 1e-6));
}

#[test]
fn the_proxy_is_chosen() {
    let mut p = panel();
    // Energy that says what materials say; investment without its zeros.
    let energy = p.variables[3].values.iter().map(|m| 3.0 * m * m).collect();
    p.variables.push(Variable { name: "e".into(), meaning: Meaning::default(), values: energy });
    let run = |more: &str| run_on(&p, &format!("{{{COLUMNS}, \"energy\": \"e\", {more}}}"));
    let lp = r#""estimators": ["lp", "robinson"]"#;
    let (one, other) = (run(lp).unwrap(), run(&format!("{lp}, \"proxy\": \"energy\"")).unwrap());
    for name in ["l", "k"] {
        for row in 0..2 {
            assert!((number(&one.tables[0], name, row) - number(&other.tables[0], name, row)).abs() < 1e-7, "{name} {row}");
        }
    }
    let codes = |r: Result<Output, Vec<Problem>>| r.unwrap_err().into_iter().map(|p| p.code).collect::<Vec<_>>();
    assert_eq!(codes(run(r#""estimators": ["lp"], "proxy": "investment""#)), ["proxy"]);
    assert_eq!(codes(run(r#""estimators": ["lp"], "exit": "k""#)), ["selection"]);
    let missing = run_on(&panel(), &format!("{{{COLUMNS}, \"estimators\": [\"acf\"], \"proxy\": \"energy\"}}"));
    assert_eq!(codes(missing), ["missing-column"]);
    // With gross output and another proxy, materials are a free input.
    let gross = run(r#""estimators": ["lp"], "proxy": "energy", "gross": true"#);
    assert!(gross.is_err_and(|p| p[0].code == "not-estimated"), "energy here is a function of materials");
}

#[test]
fn firms_that_say_nothing_are_counted_and_listed() {
    let mut p = panel();
    // Twenty firms are seen once.
    let keep: Vec<usize> = (0..p.len()).filter(|i| i / 8 >= 20 || i % 8 == 2).collect();
    p = p.rows(&keep);
    let out = run_on(&p, &format!("{{{COLUMNS}, \"estimators\": [\"ols\", \"fe\", \"fd\", \"lp\"]}}")).unwrap();
    let count = |name: &str| match &out.tables[0].columns.iter().find(|c| c.name == name).unwrap().cells {
        crate::table::Cells::Integer(v) => v.iter().map(|v| v.unwrap()).collect::<Vec<_>>(),
        _ => panic!(),
    };
    assert_eq!(count("firms"), [120; 4]);
    assert_eq!(count("rows_first"), [820; 4]);
    assert_eq!(count("silent"), [0, 20, 20, 20]);
    assert_eq!(count("rows"), [820, 800, 700, 700]);
    let silent = out.tables.iter().find(|t| t.id == "silent").unwrap();
    assert_eq!(silent.len(), 60);
    let told: Vec<_> = out.findings.iter().filter(|f| f.code == "TF009").collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].message.en.contains("up to 20 of 120") && told[0].place.en == "FE, FD, LP", "{told:?}");
    let few: Vec<usize> = (0..p.len()).filter(|i| p.units[*i].as_str() >= "f095").collect();
    let out = run_on(&p.rows(&few), &format!("{{{COLUMNS}, \"estimators\": [\"ols\"]}}")).unwrap();
    let told = out.findings.iter().find(|f| f.code == "TF009").unwrap();
    assert!(told.message.en.contains("fewer than 30 firms") && told.message.en.contains("the least on 25"), "{told:?}");
}
