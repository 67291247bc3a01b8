//! Radial results proven from the data alone, by `certificate`.

use frontier::{
    Orientation, Technology,
    dea::{self, DeaOptions, Returns, ScoreOptions, Slacks},
};

use crate::{
    certificate::Claim,
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
                    let wrong = unproven(&Claim::of(&d, u), &technology, u, orientation, returns);
                    complaints.extend(wrong.map(|w| format!("{} {side}-{name} unit {u}: {w}", set.name)));
                }
            }
        }
    }
    all_right(&complaints);
}

/// What weights, prices and interval of a unit fail to prove.
fn unproven(claim: &Claim, technology: &Technology<'_>, u: usize, orientation: Orientation, returns: Returns) -> Option<String> {
    let b = match claim.bounds(technology, u, orientation, returns) {
        Ok(b) => b,
        Err(why) => return Some(why),
    };
    let (score, (low, high)) = (claim.score, claim.interval);
    let slack = ROUNDING * b.high;
    if b.low > b.high + slack {
        Some(format!("checker at odds with itself: {b:?}"))
    } else if b.high - b.low > 1e-9 * b.high {
        Some(format!("weights and prices leave {:.1e} open around {score}: {b:?}", b.high - b.low))
    } else if score < b.low - 1e-9 * b.high || score > b.high * (1.0 + 1e-9) {
        Some(format!("{score} lies outside {b:?}"))
    } else if low > b.high + slack || high < b.low - slack {
        Some(format!("[{low}, {high}] and {b:?} do not meet"))
    } else if high - low > 1e-9 * b.high {
        Some(format!("[{low}, {high}] is wider than 1e-9"))
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
    let d = dea::dea(&technology, &options).unwrap();
    let u = (0..60).find(|&u| d.score[u] < 0.95).unwrap();
    let claim = Claim::of(&d, u);
    let seen = |claim: &Claim| unproven(claim, &technology, u, options.orientation, options.returns).is_some();
    assert!(!seen(&claim));

    let lost = claim.weights[0].0;
    let without = |c: &Vec<f64>| -> Vec<f64> { (0..60).filter(|&j| j != lost).map(|j| c[j]).collect() };
    let fewer =
        Columns { inputs: columns.inputs.iter().map(without).collect(), outputs: columns.outputs.iter().map(without).collect() };
    let mut wrong = Claim::of(&dea::dea_against(&technology, &fewer.technology(), &options).unwrap(), u);
    // As if the lost unit had been among those searched.
    wrong.weights.iter_mut().for_each(|w| w.0 += usize::from(w.0 >= lost));
    assert!(seen(&wrong));

    assert!(seen(&Claim { score: claim.score * (1.0 + 1e-8), ..claim.clone() }));
    assert!(seen(&Claim { interval: (claim.score + 1e-12, claim.score + 2e-12), ..claim.clone() }));
    assert!(seen(&Claim { interval: (claim.score - 1e-8, claim.score + 1e-8), ..claim.clone() }));
    let mut bent = claim.clone();
    bent.weights[0].1 *= 1.0 - 1e-6;
    assert!(seen(&bent));
    let mut bent = claim;
    let worth = |r: &usize| bent.output_prices[*r] * columns.outputs[*r][u];
    let most = (0..5).max_by(|a, b| worth(a).total_cmp(&worth(b))).unwrap();
    bent.output_prices[most] *= 1.0 + 1e-5;
    assert!(seen(&bent));
}

#[test]
fn thousands_of_units_prove_their_scores() {
    let mut complaints = Vec::new();
    // More units than a short list of candidates holds.
    let sets = [
        (Kind::Cd31, 10_000),
        (Kind::Ces55, 5000),
        (Kind::Sphere(5, 0.5), 3000),
        (Kind::Sphere(2, 0.1), 10_000),
        (Kind::Integers, 2000),
        (Kind::Zeros, 2000),
        (Kind::Units, 2000),
        (Kind::Triples, 3000),
        (Kind::Collinear(1e-5), 2000),
        (Kind::Collinear(1e-6), 1000),
        (Kind::Collinear(1e-7), 1000),
    ];
    for (kind, n) in sets {
        let columns = Columns::new(kind, n, 21);
        let technology = columns.technology();
        for returns in [Returns::Vrs, Returns::Crs] {
            let options = DeaOptions { returns, scale: false, slacks: Slacks::None, ..DeaOptions::default() };
            let d = dea::dea(&technology, &options).unwrap();
            for u in 0..n {
                let wrong = unproven(&Claim::of(&d, u), &technology, u, options.orientation, returns);
                complaints.extend(wrong.map(|w| format!("{kind:?} {returns:?} unit {u}: {w}")));
            }
        }
    }
    all_right(&complaints);
}

/// Scores alone take another way through large data; they must be those that `dea` proves.
#[test]
fn scores_alone_are_those_proven() {
    for (kind, n) in [(Kind::Cd31, 20_000), (Kind::Ces55, 5000), (Kind::Sphere(5, 0.01), 5000), (Kind::Units, 5000)] {
        let columns = Columns::new(kind, n, 41);
        let technology = columns.technology();
        for (side, orientation) in SIDES {
            let proven = DeaOptions { orientation, scale: false, slacks: Slacks::None, ..DeaOptions::default() };
            let d = dea::dea(&technology, &proven).unwrap();
            let s = dea::scores(&technology, &ScoreOptions { orientation, ..ScoreOptions::default() }).unwrap();
            for u in 0..n {
                let off = (d.score[u] - s.score[u]).abs();
                assert!(off <= 1e-9 * d.score[u], "{kind:?} {side} unit {u}: {} and {}", d.score[u], s.score[u]);
                let meet = s.low[u] <= d.interval[u].1 && d.interval[u].0 <= s.high[u];
                assert!(meet && s.high[u] - s.low[u] <= 1e-9, "{kind:?} {side} unit {u}: [{}, {}]", s.low[u], s.high[u]);
            }
        }
    }
}
