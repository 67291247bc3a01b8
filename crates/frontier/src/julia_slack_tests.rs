//! The additive and ERG calls of the test suite of DataEnvelopmentAnalysis.jl (MIT), kept in the folder
//! `shared` beside the repository; the test says so where it is absent.

use std::path::Path;

use serde_json::Value;

use crate::{
    Projection, SlackOrientation, Technology,
    additive::{AdditiveOptions, Weights, additive},
    dea::Returns,
    sbm::{SbmOptions, sbm},
};

/// Columns of a matrix given row by row, or of a vector.
fn columns(v: &Value) -> Vec<Vec<f64>> {
    let rows = v.as_array().unwrap();
    let row =
        |r: &Value| r.as_array().map_or_else(|| vec![r.as_f64().unwrap()], |c| c.iter().map(|x| x.as_f64().unwrap()).collect());
    let rows: Vec<Vec<f64>> = rows.iter().map(row).collect();
    (0..rows[0].len()).map(|j| rows.iter().map(|r| r[j]).collect()).collect()
}

fn same(found: &[f64], expected: &[f64]) -> bool {
    found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| (f - e).abs() <= 1e-8 * (1.0 + e.abs()))
}

/// The value of an accessor, as columns.
fn value(accessor: &str, score: &[f64], output: &[f64], p: &Projection) -> Option<Vec<Vec<f64>>> {
    let units = score.len();
    let weight = |u: usize, j: usize| p.peers.of(u).find(|x| x.units.contains(&j)).map_or(0.0, |x| x.weight);
    match accessor {
        a if a.contains(":beta") => Some(vec![output.to_vec()]),
        a if a.contains("peers") => Some((0..units).map(|j| (0..units).map(|u| weight(u, j)).collect()).collect()),
        a if a.contains("targets") && a.contains(":X") => Some(p.input_targets.clone()),
        a if a.contains("targets") && a.contains(":Y") => Some(p.output_targets.clone()),
        a if a.contains("slackX") || a.contains(":X)") => Some(p.input_slacks.clone()),
        a if a.contains("slackY") || a.contains(":Y)") => Some(p.output_slacks.clone()),
        a if a.starts_with("efficiency(") => Some(vec![score.to_vec()]),
        _ => None,
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "says that it skips")]
fn additive_and_erg_calls_of_the_julia_suite() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/frontier/julia_dea_tests.jsonl");
    let Ok(text) = std::fs::read_to_string(&file) else {
        eprintln!("skipped: no {}", file.display());
        return;
    };
    let (mut calls, mut checks, mut left, mut wrong) = (0, 0, Vec::new(), Vec::new());
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let call = case["call"].as_str().unwrap();
        let erg = call.starts_with("deaerg(");
        if !erg && !call.starts_with("deaadd(") {
            continue;
        }
        // No free disposal hull here, and no equalities in place of slacks.
        if call.contains(":FDH") || call.contains("dispos") {
            left.push(call.to_owned());
            continue;
        }
        let (x, y) = (columns(&case["data"]["X"]), columns(&case["data"]["Y"]));
        let technology = Technology {
            inputs: x.iter().map(Vec::as_slice).collect(),
            outputs: y.iter().map(Vec::as_slice).collect(),
            bad_outputs: Vec::new(),
        };
        let has = |word: &str| call.contains(word);
        let orientation = if has("orient = :Input") {
            SlackOrientation::Input
        } else if has("orient = :Output") {
            SlackOrientation::Output
        } else {
            SlackOrientation::None
        };
        // The suite's default is constant returns for ERG, variable returns for the additive model.
        let returns = if has(":CRS") || erg && !has(":VRS") { Returns::Crs } else { Returns::Vrs };
        let erg_options = SbmOptions { orientation, returns, ..SbmOptions::default() };
        let (score, output, projection) = if erg {
            let r = sbm(&technology, &erg_options).unwrap();
            (r.score, r.output_efficiency, r.projection)
        } else {
            let weights = match () {
                () if has(":Custom") => Weights::Custom { inputs: vec![1.0; x.len()], outputs: vec![1.0; y.len()] },
                () if has(":MIP") => Weights::Mip,
                () if has(":Normalized") => Weights::Normalised,
                () if has(":RAM") => Weights::Ram,
                () if has(":BAM") => Weights::Bam,
                () => Weights::Sum,
            };
            let options = AdditiveOptions { weights, orientation, returns, ..AdditiveOptions::default() };
            let r = additive(&technology, &options).unwrap();
            (r.inefficiency, Vec::new(), r.projection)
        };
        calls += 1;
        for check in case["checks"].as_array().unwrap() {
            let accessor = check["accessor"].as_str().unwrap();
            if erg && accessor.starts_with("efficiency(deaerg(targets") {
                let targets = Technology {
                    inputs: projection.input_targets.iter().map(Vec::as_slice).collect(),
                    outputs: projection.output_targets.iter().map(Vec::as_slice).collect(),
                    bad_outputs: Vec::new(),
                };
                let again = sbm(&targets, &erg_options).unwrap();
                assert!(same(&again.score, &columns(&check["expected"])[0]), "{call}: {accessor} {:?}", again.score);
                checks += 1;
                continue;
            }
            let Some(found) = value(accessor, &score, &output, &projection) else {
                left.push(format!("{call}: {accessor}"));
                continue;
            };
            let expected = columns(&check["expected"]);
            checks += 1;
            // A unit with several optima may have another one there.
            let unit_free = !accessor.starts_with("efficiency(");
            let kept = |c: &[f64]| -> Vec<f64> {
                c.iter().zip(&projection.unique).filter(|(_, u)| !unit_free || **u).map(|(x, _)| *x).collect()
            };
            if found.len() != expected.len() || !found.iter().zip(&expected).all(|(f, e)| same(&kept(f), &kept(e))) {
                wrong.push(format!("{call}: {accessor}\n  {found:?}\n  {expected:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(left.len(), 4, "{left:#?}");
    assert!(calls >= 20 && checks >= 45, "{calls} {checks}");
}
