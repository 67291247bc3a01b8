//! Radial results proven from the data alone, by `certificate`.

use frontier::{
    Orientation, Technology,
    dea::{self, Dea, DeaOptions, Returns, Slacks},
};

use crate::{
    certificate,
    generate::{Columns, Kind},
    oracle::{RETURNS, ROUNDING, SIDES, all_right, sets},
};

#[test]
fn weights_and_prices_prove_the_radial_scores() {
    let mut complaints = Vec::new();
    for set in sets() {
        for (side, orientation) in SIDES {
            for (name, returns) in RETURNS {
                let options = DeaOptions { orientation, returns, scale: false, slacks: Slacks::Range, ..DeaOptions::default() };
                let technology = set.columns.technology();
                let d = dea::dea(&technology, &options).unwrap();
                for u in 0..technology.len() {
                    let wrong = unproven(&technology, &d, u, orientation, returns);
                    complaints.extend(wrong.map(|w| format!("{} {side}-{name} unit {u}: {w}", set.name)));
                }
            }
        }
    }
    all_right(&complaints);
}

/// What weights, prices and interval of a unit fail to prove.
fn unproven(technology: &Technology<'_>, d: &Dea, u: usize, orientation: Orientation, returns: Returns) -> Option<String> {
    let b = match certificate::bounds(technology, d, u, orientation, returns) {
        Ok(b) => b,
        Err(why) => return Some(why),
    };
    let (score, (low, high)) = (d.score[u], d.interval[u]);
    let slack = ROUNDING * b.high;
    if b.low > b.high + slack {
        Some(format!("checker at odds with itself: {b:?}"))
    } else if b.high - b.low > 1e-9 * b.high {
        Some(format!("weights and prices leave {:.1e} open around {score}: {b:?}", b.high - b.low))
    } else if score < b.low - 1e-9 * b.high || score > b.high * (1.0 + 1e-9) {
        Some(format!("{score} lies outside {b:?}"))
    } else if low > b.high + slack || high < b.low - slack {
        Some(format!("[{low}, {high}] and {b:?} do not meet"))
    } else if b.missed > 1e-9 {
        Some(format!("the weights miss a row by {:.1e}", b.missed))
    } else {
        None
    }
}

/// A frontier unit that a solver loses is what the checker is for.
#[test]
fn the_checker_sees_a_lost_unit_and_bent_numbers() {
    let columns = Columns::new(Kind::Ces55, 60, 2);
    let technology = columns.technology();
    let options = DeaOptions { scale: false, ..DeaOptions::default() };
    let (orientation, returns) = (options.orientation, options.returns);
    let d = dea::dea(&technology, &options).unwrap();
    let unproven = |d: &Dea, u: usize| unproven(&technology, d, u, orientation, returns);
    let inefficient = (0..60).find(|&u| d.score[u] < 0.95).unwrap();
    let lost = d.peers[inefficient][0].units[0];
    let without = |c: &Vec<f64>| -> Vec<f64> { (0..60).filter(|&j| j != lost).map(|j| c[j]).collect() };
    let fewer =
        Columns { inputs: columns.inputs.iter().map(without).collect(), outputs: columns.outputs.iter().map(without).collect() };
    let mut wrong = dea::dea_against(&technology, &fewer.technology(), &options).unwrap();
    // As if the lost unit had been among those searched.
    wrong.peers.iter_mut().flatten().flat_map(|p| &mut p.units).for_each(|j| *j += usize::from(*j >= lost));
    assert!(unproven(&wrong, inefficient).is_some() && unproven(&d, inefficient).is_none());

    let mut bent = d.clone();
    bent.score[inefficient] *= 1.0 + 1e-8;
    assert!(unproven(&bent, inefficient).is_some());
    let mut bent = d.clone();
    bent.interval[inefficient] = (d.score[inefficient] + 1e-12, d.score[inefficient] + 2e-12);
    assert!(unproven(&bent, inefficient).is_some());
    let mut bent = d.clone();
    bent.peers[inefficient][0].weight *= 1.0 - 1e-6;
    assert!(unproven(&bent, inefficient).is_some());
    let mut bent = d;
    let worth = |r: &usize| bent.output_prices[*r][inefficient] * columns.outputs[*r][inefficient];
    let most = (0..5).max_by(|a, b| worth(a).total_cmp(&worth(b))).unwrap();
    bent.output_prices[most][inefficient] *= 1.0 + 1e-5;
    assert!(unproven(&bent, inefficient).is_some());
}

#[test]
fn thousands_of_units_prove_their_scores() {
    let mut complaints = Vec::new();
    // More units than a short list of candidates holds.
    let sets = [(Kind::Cd31, 3000), (Kind::Ces55, 2000), (Kind::Sphere(5, 0.5), 1000), (Kind::Collinear(1e-6), 1000)];
    for (kind, n) in sets {
        let columns = Columns::new(kind, n, 21);
        let technology = columns.technology();
        for returns in [Returns::Vrs, Returns::Crs] {
            let options = DeaOptions { returns, scale: false, slacks: Slacks::None, ..DeaOptions::default() };
            let d = dea::dea(&technology, &options).unwrap();
            for u in 0..n {
                let wrong = unproven(&technology, &d, u, options.orientation, returns);
                complaints.extend(wrong.map(|w| format!("{kind:?} {returns:?} unit {u}: {w}")));
            }
        }
    }
    all_right(&complaints);
}
