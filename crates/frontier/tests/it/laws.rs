//! Laws that hold between results: units of measure, row order, company, returns to scale, time.

use frontier::{
    Observations, Orientation, State, Technology,
    additive::{AdditiveOptions, additive},
    dea::{self, Class, Dea, DeaOptions, Returns, Slacks},
    directional::{Direction, DirectionalOptions, DirectionalReturns, directional},
    malmquist::{self, Malmquist, MalmquistOptions},
    sbm::{SbmOptions, sbm},
};
use proptest::prelude::*;

use crate::{
    generate::{Columns, KINDS, Kind, uniform},
    oracle::{RETURNS, SIDES},
};

const UNITS: usize = 40;

fn solved(columns: &Columns, options: &DeaOptions) -> Dea {
    let d = dea::dea(&columns.technology(), options).unwrap();
    assert!(d.state.iter().all(|s| *s == State::Optimal), "{:?}", d.state);
    d
}

fn bits(x: &[f64]) -> Vec<u64> {
    x.iter().map(|x| x.to_bits()).collect()
}

/// Scores that agree to nine digits, and classes that agree wherever the score decides them.
fn agree(a: &Dea, b: &Dea, units: usize) -> Result<(), TestCaseError> {
    for u in 0..units {
        let (s, t) = (a.score[u], b.score[u]);
        prop_assert!((s - t).abs() <= 1e-9 * s, "unit {}: {} and {}", u, s, t);
        let efficient = |c| c == Class::Strong || c == Class::Weak;
        prop_assert_eq!(efficient(a.class[u]), efficient(b.class[u]), "unit {}: {:?} and {:?}", u, a.class[u], b.class[u]);
    }
    Ok(())
}

/// A permutation of `0..n`.
fn shuffled(n: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| uniform(seed, a as u64, 40).total_cmp(&uniform(seed, b as u64, 40)));
    order
}

fn picked(columns: &Columns, rows: &[usize]) -> Columns {
    let pick = |c: &Vec<f64>| rows.iter().map(|&r| c[r]).collect();
    Columns { inputs: columns.inputs.iter().map(pick).collect(), outputs: columns.outputs.iter().map(pick).collect() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn radial(kind in 0..KINDS.len(), seed in 0_u64..1000, returns in 0_usize..4, side in 0_usize..2) {
        let columns = Columns::new(KINDS[kind].1, UNITS, seed);
        let (orientation, returns) = (SIDES[side].1, RETURNS[returns].1);
        let options = DeaOptions { orientation, returns, scale: false, slacks: Slacks::Range, ..DeaOptions::default() };
        let d = solved(&columns, &options);

        // Units of measure: powers of two round nothing and change no digit, powers of ten little.
        let mut other = columns.clone();
        for (i, c) in other.all_mut().enumerate() {
            let by = 2.0_f64.powi([40, -40, 7, 0][(seed as usize + i) % 4]);
            c.iter_mut().for_each(|x| *x *= by);
        }
        prop_assert_eq!(bits(&solved(&other, &options).score), bits(&d.score));
        // Near-collinear columns turn the rounding of the data into more than 1e-9 of the score.
        if !matches!(KINDS[kind].1, Kind::Collinear(by) if by < 1e-5) {
            let mut other = columns.clone();
            for (i, c) in other.all_mut().enumerate() {
                let by = [1e12, 1e-12, 1.0][(seed as usize + i) % 3];
                c.iter_mut().for_each(|x| *x *= by);
            }
            agree(&d, &solved(&other, &options), UNITS)?;
        }

        // Row order: no digit of scores, slacks, prices or weights.
        let order = shuffled(UNITS, seed);
        let e = solved(&picked(&columns, &order), &options);
        for (place, &u) in order.iter().enumerate() {
            prop_assert_eq!(e.score[place].to_bits(), d.score[u].to_bits());
            let turned = |c: &Vec<f64>, f: &Vec<f64>| c[u].to_bits() == f[place].to_bits();
            prop_assert!(d.input_slacks.iter().zip(&e.input_slacks).all(|(c, f)| turned(c, f)), "slacks of unit {}", u);
            prop_assert!(d.output_prices.iter().zip(&e.output_prices).all(|(c, f)| turned(c, f)), "prices of unit {}", u);
            let weights = |d: &Dea, u: usize| d.weight_sum[u];
            prop_assert!((weights(&d, u) - weights(&e, place)).abs() <= 1e-12 * weights(&d, u));
        }

        // Company: a unit alone against the reference has the score it has among the others.
        let alone = picked(&columns, &[7]);
        let e = dea::dea_against(&alone.technology(), &columns.technology(), &options).unwrap();
        prop_assert!((e.score[0] - d.score[7]).abs() <= 1e-12 * d.score[7], "{} alone, {} among others", e.score[0], d.score[7]);

        // A duplicate and a dominated unit change nobody.
        let mut more = picked(&columns, &(0..UNITS).chain([3, 5]).collect::<Vec<_>>());
        more.inputs.iter_mut().for_each(|c| c[UNITS + 1] *= 1.5);
        let e = solved(&more, &options);
        agree(&d, &e, UNITS)?;
        prop_assert_eq!(e.score[UNITS].to_bits(), e.score[3].to_bits());
        prop_assert!(e.score[UNITS + 1] <= e.score[5] * (1.0 + 1e-12));

        // An efficient unit leaves a mark only on others: removing an inefficient one changes nobody.
        if let Some(gone) = (0..UNITS).find(|&u| d.class[u] == Class::Inefficient) {
            let rest: Vec<usize> = (0..UNITS).filter(|&u| u != gone).collect();
            let e = solved(&picked(&columns, &rest), &options);
            for (place, &u) in rest.iter().enumerate() {
                prop_assert!((e.score[place] - d.score[u]).abs() <= 1e-9 * d.score[u], "unit {} without unit {}", u, gone);
            }
        }
    }

    #[test]
    fn returns_to_scale_nest(kind in 0..KINDS.len(), seed in 0_u64..1000, side in 0_usize..2) {
        let columns = Columns::new(KINDS[kind].1, UNITS, seed);
        let score = |returns| {
            solved(&columns, &DeaOptions { orientation: SIDES[side].1, returns, scale: false, ..DeaOptions::default() }).score
        };
        let (crs, vrs, nirs, ndrs) = (score(Returns::Crs), score(Returns::Vrs), score(Returns::Nirs), score(Returns::Ndrs));
        for u in 0..UNITS {
            let below = |a: f64, b: f64| a <= b * (1.0 + 1e-11);
            prop_assert!(below(crs[u], nirs[u]) && below(crs[u], ndrs[u]) && below(nirs[u], vrs[u]) && below(ndrs[u], vrs[u]));
            // The sum of the weights is bound on one side at most.
            prop_assert!((nirs[u].max(ndrs[u]) - vrs[u]).abs() <= 1e-9 * vrs[u]);
            prop_assert!((nirs[u].min(ndrs[u]) - crs[u]).abs() <= 1e-9 * crs[u]);
        }
        prop_assert!(vrs.iter().any(|s| *s >= 1.0 - 1e-9) && crs.iter().any(|s| *s >= 1.0 - 1e-9));
    }

    #[test]
    fn constant_returns_give_both_orientations_one_score(kind in 0..KINDS.len(), seed in 0_u64..1000) {
        let columns = Columns::new(KINDS[kind].1, UNITS, seed);
        let score = |orientation| {
            solved(&columns, &DeaOptions { orientation, returns: Returns::Crs, scale: false, ..DeaOptions::default() }).score
        };
        for (a, b) in score(Orientation::Input).iter().zip(score(Orientation::Output)) {
            prop_assert!((a - b).abs() <= 1e-9 * a, "{} and {}", a, b);
        }
    }

    #[test]
    fn malmquist_of_time(kind in 0_usize..8, seed in 0_u64..1000, side in 0_usize..2) {
        let n = 20;
        let columns = Columns::new(KINDS[kind].1, 2 * n, seed);
        let units: Vec<usize> = (0..2 * n).map(|r| r % n).collect();
        let periods: Vec<i32> = (0..2 * n).map(|r| 2000 + (r / n) as i32).collect();
        let options = MalmquistOptions { orientation: SIDES[side].1, ..MalmquistOptions::default() };
        let of = |technology: Technology<'_>, periods: &[i32]| -> Malmquist {
            malmquist::malmquist(&Observations { technology, units: &units, periods }, &options).unwrap()
        };
        let forward = of(columns.technology(), &periods);
        // Time reversal, which the geometric mean of both periods has.
        let turned: Vec<i32> = periods.iter().map(|p| -p).collect();
        let back = of(columns.technology(), &turned);
        let close = |a: f64, b: f64| a.is_nan() && b.is_nan() || (a - b).abs() <= 1e-9 * a.abs();
        for i in 0..n {
            prop_assert!(close(forward.index[i], 1.0 / back.index[i]), "{} {}", forward.index[i], back.index[i]);
            prop_assert!(close(forward.index[i], forward.efficiency[i] * forward.technical[i]));
        }
        prop_assert!(forward.residual <= 1e-12 && forward.index.iter().filter(|m| m.is_finite()).count() * 2 >= n);
        // Nothing changes where nothing happens.
        let still = picked(&columns, &(0..2 * n).map(|r| r % n).collect::<Vec<_>>());
        prop_assert!(of(still.technology(), &periods).index.iter().all(|m| (m - 1.0).abs() <= 1e-12));
        // Units of measure.
        let mut other = columns.clone();
        for (i, c) in other.all_mut().enumerate() {
            c.iter_mut().for_each(|x| *x *= if i % 2 == 0 { 1e12 } else { 1e-12 });
        }
        let scaled = of(other.technology(), &periods);
        prop_assert!((0..n).all(|i| close(forward.index[i], scaled.index[i])));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// What one model says of another.
    #[test]
    fn between_models(kind in 0..KINDS.len(), seed in 0_u64..1000, variable in any::<bool>()) {
        let columns = Columns::new(KINDS[kind].1, UNITS, seed);
        let t = columns.technology();
        let (returns, along) =
            if variable { (Returns::Vrs, DirectionalReturns::Vrs) } else { (Returns::Crs, DirectionalReturns::Crs) };
        let radial = |orientation, super_efficiency| {
            let options =
                DeaOptions { orientation, returns, super_efficiency, scale: false, slacks: Slacks::Range, ..DeaOptions::default() };
            dea::dea(&t, &options).unwrap()
        };
        let (input, output) = (radial(Orientation::Input, false), radial(Orientation::Output, false));
        let beta = |direction| {
            directional(&t, &DirectionalOptions { direction, returns: along, ..DirectionalOptions::default() }).unwrap().beta
        };
        let (inputs, outputs, both) = (beta(Direction::Inputs), beta(Direction::Outputs), beta(Direction::Observed));
        let above = radial(Orientation::Input, true);
        let hull = dea::dea(&t, &DeaOptions { returns: Returns::Fdh, scale: false, ..DeaOptions::default() }).unwrap();
        let sum = additive(&t, &AdditiveOptions { returns, ..AdditiveOptions::default() }).unwrap();
        let slacks = sbm(&t, &SbmOptions { returns, ..SbmOptions::default() }).unwrap();
        for u in 0..UNITS {
            let (theta, phi) = (input.score[u], output.reciprocal[u]);
            // Distances along one side are radial factors; along both they are less than along either.
            prop_assert!((inputs[u] - (1.0 - theta)).abs() <= 1e-9, "unit {}: {} and {}", u, inputs[u], theta);
            prop_assert!((outputs[u] - (phi - 1.0)).abs() <= 1e-9 * phi, "unit {}: {} and {}", u, outputs[u], phi);
            prop_assert!(both[u] <= inputs[u].min(outputs[u]) + 1e-9 && both[u] >= -1e-9);
            if !variable {
                prop_assert!((both[u] - (1.0 - theta) / (1.0 + theta)).abs() <= 1e-9);
            }
            // Without itself an inefficient unit is where it was, an efficient one at 1 or above.
            match above.state[u] {
                State::Optimal if theta < 1.0 - 1e-9 => prop_assert!((above.score[u] - theta).abs() <= 1e-9 * theta),
                State::Optimal => prop_assert!(above.score[u] >= 1.0 - 1e-9),
                state => prop_assert!(variable && state == State::Infeasible && theta >= 1.0 - 1e-9, "{:?}", state),
            }
            // The hull lies within the convex technology.
            prop_assert!(hull.score[u] >= theta * (1.0 - 1e-9));
            // The slacks-based measure is at most the radial one (Tone 2001, theorem 5).
            prop_assert!(slacks.score[u] <= theta * (1.0 + 1e-9), "unit {}: {} above {}", u, slacks.score[u], theta);
            // No slack at all is what all of them call efficient.
            let strong = |c: Class| c == Class::Strong;
            if sum.inefficiency[u] > 1e-6 {
                prop_assert!(!strong(input.class[u]) && slacks.score[u] < 1.0, "unit {}: {}", u, sum.inefficiency[u]);
            }
            if strong(sum.class[u]) {
                prop_assert!(theta >= 1.0 - 1e-9 && slacks.score[u] >= 1.0 - 1e-6, "unit {}", u);
            }
        }
    }
}

#[test]
fn the_number_of_threads_changes_no_digit() {
    for (name, kind) in KINDS {
        let columns = Columns::new(kind, 150, 5);
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| solved(&columns, &DeaOptions { slacks: Slacks::Range, ..DeaOptions::default() }))
        };
        let (one, three) = (run(1), run(3));
        assert_eq!(bits(&one.score), bits(&three.score), "{name}");
        assert_eq!(one.peers, three.peers, "{name}");
        assert_eq!(one.input_prices, three.input_prices, "{name}");
        assert_eq!(one.interval, three.interval, "{name}");
    }
}
