//! Exact optima of models other than the radial one.

use frontier::{
    Orientation, SlackOrientation, State, Technology,
    additive::{AdditiveOptions, Weights, additive},
    dea::{DeaOptions, Returns, dea},
    directional::{Direction, DirectionalOptions, DirectionalReturns, directional},
    sbm::{SbmOptions, sbm},
};

use crate::oracle::{Set, all_right, complaint, sets};

/// State, value and interval of every unit.
type Found = Vec<(State, f64, (f64, f64))>;

fn found(state: &[State], value: &[f64], interval: &[(f64, f64)]) -> Found {
    state.iter().zip(value).zip(interval).map(|((&s, &v), &i)| (s, v, i)).collect()
}

/// Compares a model with its exact values, each turned by `turn` into what the model reports.
fn compare(set: &Set, model: &str, found: &Found, turn: impl Fn(f64) -> f64, complaints: &mut Vec<String>) {
    let exact = set.values(model).unwrap_or_else(|| panic!("{} has no {model}", set.name));
    for (&u, exact) in set.evaluated.iter().zip(exact) {
        let exact = exact.map(&turn);
        let (state, value, interval) = found[u];
        let size = exact.unwrap_or(0.0).abs().max(1.0);
        let wrong = complaint(state, value, interval, exact, size);
        complaints.extend(wrong.map(|w| format!("{} {model} unit {u}: {w}", set.name)));
    }
}

#[test]
fn additive_models() {
    let mut complaints = Vec::new();
    for set in sets() {
        for (name, returns) in [("crs", Returns::Crs), ("vrs", Returns::Vrs)] {
            for (measure, weights) in [("ram", Weights::Ram), ("mip", Weights::Mip)] {
                let model = format!("{measure}-{name}");
                if set.values(&model).is_none() {
                    continue;
                }
                let options = AdditiveOptions { weights, returns, ..AdditiveOptions::default() };
                let a = additive(&set.columns.technology(), &options).unwrap();
                compare(&set, &model, &found(&a.state, &a.inefficiency, &a.interval), |v| v, &mut complaints);
            }
        }
    }
    all_right(&complaints);
}

#[test]
fn super_efficiency() {
    let mut complaints = Vec::new();
    for set in sets() {
        for (model, orientation, returns) in [
            ("super-in-crs", Orientation::Input, Returns::Crs),
            ("super-in-vrs", Orientation::Input, Returns::Vrs),
            ("super-out-vrs", Orientation::Output, Returns::Vrs),
        ] {
            let options = DeaOptions { orientation, returns, super_efficiency: true, scale: false, ..DeaOptions::default() };
            let d = dea(&set.columns.technology(), &options).unwrap();
            let turn = |v: f64| if orientation == Orientation::Input { v } else { 1.0 / v };
            compare(&set, model, &found(&d.state, &d.score, &d.interval), turn, &mut complaints);
        }
    }
    all_right(&complaints);
}

#[test]
fn slacks_based_measures() {
    let mut complaints = Vec::new();
    for set in sets() {
        let mut one = |model: &str, orientation, returns, turn: fn(f64) -> f64| {
            if set.values(model).is_some() {
                let options = SbmOptions { orientation, returns, ..SbmOptions::default() };
                let s = sbm(&set.columns.technology(), &options).unwrap();
                compare(&set, model, &found(&s.state, &s.score, &s.interval), turn, &mut complaints);
            }
        };
        one("sbm-crs", SlackOrientation::None, Returns::Crs, |v| v);
        one("sbm-vrs", SlackOrientation::None, Returns::Vrs, |v| v);
        one("sbm-in-vrs", SlackOrientation::Input, Returns::Vrs, |v| 1.0 - v);
        one("sbm-out-vrs", SlackOrientation::Output, Returns::Vrs, |v| 1.0 / (1.0 + v));
    }
    all_right(&complaints);
}

#[test]
fn directional_distances() {
    let mut complaints = Vec::new();
    for set in sets() {
        let technology = set.columns.technology();
        let mut one = |model: &str, technology: &Technology<'_>, direction, returns| {
            let options = DirectionalOptions { direction, returns, ..DirectionalOptions::default() };
            let d = directional(technology, &options).unwrap();
            compare(&set, model, &found(&d.state, &d.beta, &d.interval), |v| v, &mut complaints);
        };
        let first = technology.columns().map(|(_, _, c)| c[0]).collect();
        one("ddf-own-crs", &technology, Direction::Observed, DirectionalReturns::Crs);
        one("ddf-own-vrs", &technology, Direction::Observed, DirectionalReturns::Vrs);
        // A direction of zeros in some rows is one all the same.
        one("ddf-first-vrs", &technology, Direction::Custom(first), DirectionalReturns::Vrs);
        // The last output as an undesirable one; some units of `zeros` have no other.
        if technology.outputs.len() > 1 && set.name != "zeros" {
            let mut weak = technology.clone();
            weak.bad_outputs = weak.outputs.split_off(weak.outputs.len() - 1);
            one("weak-crs", &weak, Direction::Outputs, DirectionalReturns::Crs);
            one("weak-vrs", &weak, Direction::Outputs, DirectionalReturns::VrsConvex);
        }
    }
    all_right(&complaints);
}
