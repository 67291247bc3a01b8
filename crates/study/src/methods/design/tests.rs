use panel::{Meaning, Variable};

use super::*;
use crate::{figure::Chart, table::Cells, text::Text};

/// A column with a unit of measure.
type Given<'a> = (&'a str, &'a str, Vec<f64>);

fn panel_of(columns: &[Given<'_>], periods: &[i32]) -> Panel {
    let n = columns[0].2.len();
    let each = n / periods.len().max(1);
    let variable = |(name, unit, values): &Given<'_>| Variable {
        name: (*name).to_owned(),
        meaning: Meaning { unit: (*unit).to_owned(), ..Meaning::default() },
        values: values.clone(),
    };
    Panel::new(Panel {
        unit_name: "unit".into(),
        period_name: (!periods.is_empty()).then(|| "year".into()),
        units: (0..n).map(|i| format!("U{:02}", i % each)).collect(),
        periods: if periods.is_empty() { vec![0; n] } else { (0..n).map(|i| periods[i / each]).collect() },
        variables: columns.iter().map(variable).collect(),
        ..Panel::default()
    })
    .unwrap()
}

fn step(inputs: &[&str], outputs: &[&str], more: &str) -> DesignStep {
    serde_json::from_str(&format!("{{\"inputs\": {inputs:?}, \"outputs\": {outputs:?}{more}}}")).unwrap()
}

fn run(panel: &Panel, options: &DesignStep) -> Result<Output, Vec<Problem>> {
    let input = Input { step: "design", panel, folder: std::path::Path::new("."), seed: 1 };
    DesignCheck::run(&input, options)
}

fn codes(out: &Output) -> Vec<&str> {
    out.findings.iter().map(|f| f.code.as_str()).collect()
}

fn told<'a>(out: &'a Output, code: &str) -> &'a Finding {
    out.findings.iter().find(|f| f.code == code).unwrap_or_else(|| panic!("{code} is missing in {:?}", out.findings))
}

/// Twenty-four units on a frontier with decreasing returns or below it; nothing is wrong with them.
fn sound() -> Vec<Given<'static>> {
    let u = |k: usize, step: usize| ((k * step) % 24) as f64 / 24.0;
    let capital: Vec<f64> = (0..24).map(|k| 20.0 + 60.0 * u(k, 5)).collect();
    let labour: Vec<f64> = (0..24).map(|k| 10.0 + 40.0 * u(k, 7)).collect();
    let output = (0..24).map(|k| (capital[k] * labour[k]).sqrt() * (1.0 - 0.5 * u(k, 11))).collect();
    vec![("capital", "million CNY", capital), ("labour", "persons", labour), ("gdp", "million CNY", output)]
}

/// A sound design in which a closure changes what it likes.
fn changed(change: impl Fn(&mut Vec<Given<'static>>)) -> Panel {
    let mut columns = sound();
    change(&mut columns);
    panel_of(&columns, &[])
}

fn plain(rest: &str) -> DesignStep {
    step(&["capital", "labour"], &["gdp"], rest)
}

#[test]
fn a_sound_design_has_no_findings() {
    let out = run(&changed(|_| ()), &plain(", \"rise\": 0.1")).unwrap();
    assert_eq!(codes(&out), [""; 0], "{:?}", out.findings);
    assert_eq!(out.summary[0].en, "Nothing in the design asks for a change.");
    assert!(out.summary[1].en.contains("the frontier leans most on") || out.summary[1].en.starts_with("The frontier leans"));
    assert!(out.checks.iter().all(|c| c.residual <= c.tolerance));
    let ids: Vec<&str> = out.tables.iter().map(|t| t.id.as_str()).collect();
    assert_eq!(ids, ["influence", "variables", "left_out"]);
    assert_eq!(out.figures.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["influence", "correlations"]);
    assert!(out.tables[0].columns.iter().all(|c| !c.label.zh.is_empty()), "every column has a Chinese label");
    for f in &out.figures {
        assert!(!f.title.zh.is_empty() && !f.note.zh.is_empty());
        if let Chart::Bars(bars) = &f.chart {
            assert!(bars.items.windows(2).all(|w| w[0].1 >= w[1].1), "largest first");
        }
    }
}

#[test]
fn too_few_units_by_three_rules() {
    let few = panel_of(&sound().into_iter().map(|(n, u, v)| (n, u, v[..8].to_vec())).collect::<Vec<_>>(), &[]);
    let out = run(&few, &plain("")).unwrap();
    let f = told(&out, "FR003");
    assert_eq!(f.weight, Weight::Warning);
    for word in ["8 units for 2 inputs and 1 output", "9 (Cooper", "6 (Golany", "4 (Dyson"] {
        assert!(f.message.en.contains(word), "{}", f.message.en);
    }
    // Four by four: only the rule of Dyson et al. asks for more than 24.
    let f = production::too_few(28, 4, 4, "").unwrap();
    assert_eq!(f.weight, Weight::Info);
    assert!(production::too_few(32, 4, 4, "").is_none() && production::too_few(9, 2, 1, "").is_none());
}

#[test]
fn zeros_and_negative_values_name_variable_and_models() {
    let negative = changed(|c| (c[2].2[3], c[2].2[5]) = (-1.0, 0.0));
    let out = run(&negative, &plain("")).unwrap();
    let both: Vec<&Finding> = out.findings.iter().filter(|f| f.code == "FR020").collect();
    assert_eq!(both.iter().map(|f| f.weight).collect::<Vec<_>>(), [Weight::Error, Weight::Warning, Weight::Info]);
    assert_eq!(both[0].place.en, "U05");
    assert!(both[1].message.en.contains("1 in gdp") && both[1].message.en.contains("`additive`"));
    // Nothing can be solved, and the output says so.
    assert!(out.summary[1].en.contains("refuses these data"), "{:?}", out.summary);
    assert_eq!(out.tables.iter().map(|t| t.id.as_str()).collect::<Vec<_>>(), ["variables"]);
    // A zero beside a positive input is told, and is no obstacle.
    let out = run(&changed(|c| c[0].2[3] = 0.0), &plain("")).unwrap();
    assert_eq!(told(&out, "FR020").weight, Weight::Info);
    assert_eq!(out.tables[0].id, "influence");
    let out = run(&changed(|c| c[0].2.fill(0.0)), &plain("")).unwrap();
    assert_eq!((out.findings[0].code.as_str(), out.findings[0].weight), ("FR020", Weight::Error));
}

#[test]
fn sizes_and_units_of_measure() {
    let out = run(&changed(|c| c[0].2[3] *= 1e4), &plain("")).unwrap();
    assert_eq!(told(&out, "FR021").place.en, "U03 capital");
    let out = run(&changed(|c| c[0].2[3] *= 1e7), &plain("")).unwrap();
    let powers = out.findings.iter().filter(|f| f.code == "FR021").collect::<Vec<_>>();
    assert_eq!((powers.len(), powers[0].place.en.as_str()), (2, "capital"));
    assert!(powers[0].message.en.contains("10^7"), "{}", powers[0].message.en);
    // A whole column in another unit of measure, and units that are large in everything, are no matter.
    let scaled = changed(|c| c[0].2.iter_mut().for_each(|x| *x *= 1e9));
    assert!(!codes(&run(&scaled, &plain("")).unwrap()).contains(&"FR021"));
    let giant = changed(|c| c.iter_mut().for_each(|v| v.2[3] *= 1e4));
    assert!(!codes(&run(&giant, &plain("")).unwrap()).contains(&"FR021"));
}

#[test]
fn an_orientation_with_nothing_to_move() {
    let one = changed(|c| c[0].2.fill(5.0));
    let f = run(&one, &plain(", \"rts\": \"vrs\"")).unwrap();
    assert_eq!((told(&f, "FR022").weight, told(&f, "FR022").place.en.as_str()), (Weight::Error, "capital"));
    // What it claims: every score is 1.
    let Cells::Number(scores, _) = &f.tables[0].columns.iter().find(|c| c.name == "score").unwrap().cells else { panic!() };
    assert!(scores.iter().all(|s| (s - 1.0).abs() < 1e-9));
    let all = changed(|c| (0..2).for_each(|v| c[v].2.fill(5.0)));
    assert_eq!(told(&run(&all, &plain(", \"rts\": \"crs\"")).unwrap(), "FR022").weight, Weight::Warning);
    for fine in [", \"rts\": \"vrs\", \"orientation\": \"output\"", ", \"rts\": \"crs\"", ", \"rts\": \"nirs\""] {
        assert!(!codes(&run(&one, &plain(fine)).unwrap()).contains(&"FR022"), "{fine}");
    }
    // An output under non-increasing returns is pinned as an input under non-decreasing ones is.
    let output = changed(|c| c[2].2.fill(5.0));
    for rts in ["vrs", "nirs", "fdh"] {
        let o = plain(&format!(", \"rts\": \"{rts}\", \"orientation\": \"output\""));
        assert_eq!(told(&run(&output, &o).unwrap(), "FR022").weight, Weight::Error, "{rts}");
    }
    for rts in ["vrs", "ndrs", "fdh"] {
        assert_eq!(told(&run(&one, &plain(&format!(", \"rts\": \"{rts}\""))).unwrap(), "FR022").weight, Weight::Error);
    }
}

#[test]
fn variables_that_tell_the_same_and_what_dropping_one_does() {
    let alike = changed(|c| c[1].2 = c[0].2.iter().enumerate().map(|(k, x)| x * 0.3 + (k % 2) as f64 * 0.1).collect());
    let out = run(&alike, &plain("")).unwrap();
    let f = told(&out, "FR023");
    assert_eq!((f.place.en.as_str(), f.weight), ("capital, labour", Weight::Info));
    assert!(f.message.en.contains("Without capital") && f.message.en.contains("Without labour"), "{}", f.message.en);
    // The table holds what the sentence says: here next to nothing changes.
    let left = out.tables.iter().find(|t| t.id == "left_out").unwrap();
    assert_eq!(left.len(), 2);
    let Cells::Number(largest, _) = &left.columns.iter().find(|c| c.name == "largest").unwrap().cells else { panic!() };
    assert!(largest.iter().all(|x| (0.0..0.05).contains(x)), "{largest:?}");
}

#[test]
fn inputs_and_outputs_that_move_apart() {
    let ranks: Vec<f64> = sound()[2].2.iter().map(|x| 100.0 - x).collect();
    let out = run(&changed(|c| c[2].2.clone_from(&ranks)), &plain("")).unwrap();
    assert!(told(&out, "FR024").place.en.ends_with("gdp"));
    let turned: Vec<f64> = sound()[2].2.iter().map(|x| 200.0 - x).collect();
    let out = run(&changed(|c| c[0].2.clone_from(&turned)), &plain("")).unwrap();
    assert_eq!(told(&out, "FR024").place.en, "capital");
}

#[test]
fn ratios_among_volumes_are_a_question() {
    let out = run(&changed(|c| c[1].1 = "%"), &plain("")).unwrap();
    let f = told(&out, "FR025");
    assert_eq!((f.place.en.as_str(), f.weight), ("labour", Weight::Warning));
    assert!(f.message.en.starts_with("May be ratios"));
    let all = run(&changed(|c| c.iter_mut().for_each(|v| v.1 = "%")), &plain("")).unwrap();
    assert!(!codes(&all).contains(&"FR025"), "all ratios are no mixture");
}

#[test]
fn twins_are_named() {
    let out = run(&changed(|c| c.iter_mut().for_each(|v| v.2[4] = v.2[9])), &plain("")).unwrap();
    assert_eq!(told(&out, "FR026").place.en, "(U04, U09)");
    // The same values in another period are no twins of one frontier.
    let twice: Vec<Given<'_>> = sound().into_iter().map(|(n, u, v)| (n, u, [v.clone(), v].concat())).collect();
    let panel = panel_of(&twice, &[2001, 2002]);
    assert!(!codes(&run(&panel, &plain("")).unwrap()).contains(&"FR026"));
    assert!(codes(&run(&panel, &plain(", \"frontier\": \"pooled\"")).unwrap()).contains(&"FR026"));
}

/// A slip of a digit in one unit: far from all, and the frontier of everybody else.
#[test]
fn one_unit_that_defines_the_frontier() {
    let slip = changed(|c| (0..2).for_each(|v| c[v].2[7] /= 10.0));
    let out = run(&slip, &plain(", \"rts\": \"crs\"")).unwrap();
    assert!(told(&out, "FR008").place.en.starts_with("U07 ("));
    let f = told(&out, "FR027");
    assert!(f.place.en.starts_with("U07 (+0.") && f.place.en.contains("23/23"), "{}", f.place.en);
    assert!(out.summary[1].en.contains("leans most on U07"), "{:?}", out.summary);
    // What a later step gets.
    let rise = out.variables.iter().find(|v| v.name == "influence").unwrap();
    let most = (0..24).max_by(|&a, &b| rise.values[a].total_cmp(&rise.values[b])).unwrap();
    assert_eq!(rise.keys[most].0, "U07");
    let high = run(&slip, &plain(", \"rts\": \"crs\", \"far\": 1000.0")).unwrap();
    assert!(!codes(&high).contains(&"FR008"));
}

#[test]
fn most_units_efficient() {
    let few = panel_of(&sound().into_iter().map(|(n, u, v)| (n, u, v[..3].to_vec())).collect::<Vec<_>>(), &[]);
    let out = run(&few, &plain(", \"rts\": \"vrs\"")).unwrap();
    assert!(told(&out, "FR028").message.en.contains("of 3 units are efficient"));
}

#[test]
fn periods_gaps_and_undesirable_outputs() {
    let twice = |v: &[f64], by: f64| [v.to_vec(), v.iter().map(|x| x * by).collect()].concat();
    let mut columns: Vec<Given<'_>> = sound().into_iter().map(|(n, u, v)| (n, u, twice(&v, 1.1))).collect();
    columns.push(("co2", "t", columns[0].2.iter().enumerate().map(|(k, x)| x * (0.5 + (k % 5) as f64 / 10.0)).collect()));
    columns[0].2[30] = f64::NAN;
    let panel = panel_of(&columns, &[2001, 2002]);
    let out = run(&panel, &plain(", \"bad_outputs\": [\"co2\"]")).unwrap();
    assert_eq!(told(&out, "FR001").place.en, "U06 2002");
    let ids: Vec<&str> = out.tables.iter().map(|t| t.id.as_str()).collect();
    assert_eq!(ids, ["influence", "influence_all", "variables", "left_out"]);
    assert_eq!((out.tables[0].len(), out.tables[1].len()), (24, 48));
    let roles = &out.tables[2].columns[1].cells;
    assert!(matches!(roles, Cells::Text(t) if t[3] == Text::new("undesirable output", "非期望产出")));
    // Each of the three variables of the shrinking side can be left out, the single output cannot.
    assert_eq!(out.tables[3].len(), 3);
}

#[test]
fn options_are_checked_and_thin_data_run() {
    assert_eq!(DesignCheck::check(&plain(", \"rts\": \"generalised\", \"far\": 1.0, \"rise\": -1.0")).len(), 3);
    let one = panel_of(&sound().into_iter().map(|(n, u, v)| (n, u, v[..1].to_vec())).collect::<Vec<_>>(), &[]);
    let out = run(&one, &plain("")).unwrap();
    assert!(codes(&out).contains(&"FR003"));
    let none = changed(|c| c[0].2.fill(f64::NAN));
    assert_eq!(run(&none, &plain("")).unwrap_err()[0].code, "no-complete-unit");
}

/// Every frontier method gets the findings that need no solving, and none of them twice.
#[test]
fn methods_tell_of_their_design_by_themselves() {
    let panel = changed(|c| {
        c[1].1 = "%";
        c[0].2[3] *= 1e4;
    });
    for name in ["dea", "additive", "sbm", "directional"] {
        let entry = crate::methods::entry(name).unwrap();
        let options = serde_json::json!({ "inputs": ["capital", "labour"], "outputs": ["gdp"] });
        let input = Input { step: name, panel: &panel, folder: std::path::Path::new("."), seed: 1 };
        let out = (entry.run)(&input, &options).unwrap();
        for code in ["FR021", "FR025"] {
            assert_eq!(codes(&out).iter().filter(|c| **c == code).count(), 1, "{name} {code}: {:?}", out.findings);
        }
    }
    // A radial model is told of an orientation with nothing to move.
    let still = changed(|c| c[0].2.fill(5.0));
    let input = Input { step: "dea", panel: &still, folder: std::path::Path::new("."), seed: 1 };
    let options = serde_json::json!({ "inputs": ["capital", "labour"], "outputs": ["gdp"] });
    let out = (crate::methods::entry("dea").unwrap().run)(&input, &options).unwrap();
    assert!(codes(&out).contains(&"FR022") && codes(&out).contains(&"FR028"), "{:?}", out.findings);
}
