use proptest::prelude::*;

use super::*;

fn tech(columns: &[Vec<f64>], inputs: usize) -> Technology<'_> {
    let (x, y) = columns.split_at(inputs);
    Technology {
        inputs: x.iter().map(Vec::as_slice).collect(),
        outputs: y.iter().map(Vec::as_slice).collect(),
        bad_outputs: vec![],
    }
}

fn options(fixed: &[usize], returns: Returns) -> CapacityOptions {
    CapacityOptions { fixed: fixed.to_vec(), returns, missing: Missing::Refuse }
}

#[track_caller]
fn close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() <= 1e-9 || f.is_nan() && e.is_nan(), "{found:?} for {expected:?}");
    }
}

/// Three plants with the same machines: one at capacity, one short of labour, one that wastes its labour.
#[test]
fn by_hand() {
    let columns = vec![vec![1.0, 1.0, 1.0], vec![2.0, 1.0, 2.0], vec![2.0, 1.0, 1.0]];
    let r = capacity(&tech(&columns, 2), &options(&[0], Returns::Vrs)).unwrap();
    close(&r.gross, &[1.0, 0.5, 0.5]);
    close(&r.technical, &[1.0, 1.0, 0.5]);
    close(&r.net, &[1.0, 0.5, 1.0]);
    close(&r.capacity_outputs[0], &[2.0; 3]);
    close(&r.capacity_inputs[0], &[2.0; 3]);
    close(&r.rates[0], &[1.0, 2.0, 1.0]);
    assert_eq!((r.variable, r.state, r.unique), (vec![1], vec![State::Optimal; 3], vec![true; 3]));
    // Labour as the plant: the second makes as much of its labour as there is to make.
    let r = capacity(&tech(&columns, 2), &options(&[1], Returns::Crs)).unwrap();
    close(&r.gross, &[1.0, 1.0, 0.5]);
}

/// Two plants alike in machines and output, with labour of their own: capacity needs either.
#[test]
fn several_ways_to_capacity() {
    let columns = vec![vec![1.0, 1.0, 1.0], vec![2.0, 4.0, 1.0], vec![2.0, 2.0, 1.0]];
    let r = capacity(&tech(&columns, 2), &options(&[0], Returns::Vrs)).unwrap();
    assert_eq!(r.unique, [false; 3]);
    close(&r.gross, &[1.0, 1.0, 0.5]);
    close(&r.capacity_inputs[0], &[3.0; 3]);
}

#[test]
fn bad_input() {
    let columns = vec![vec![1.0, 2.0, 1.0], vec![0.0, 1.0, f64::NAN], vec![1.0, 1.0, 5.0]];
    let t = tech(&columns, 2);
    let exclude =
        |fixed: &[usize], returns| capacity(&t, &CapacityOptions { missing: Missing::Exclude, ..options(fixed, returns) });
    for (fixed, returns) in [(&[][..], Returns::Vrs), (&[0, 1], Returns::Vrs), (&[2], Returns::Vrs), (&[0], Returns::Fdh)] {
        assert!(matches!(exclude(fixed, returns), Err(FrontierError::Options(list)) if list.len() == 1));
    }
    assert!(matches!(capacity(&t, &options(&[0], Returns::Vrs)), Err(FrontierError::Data(_))));
    // The third lacks its variable input: it is in neither reference. A zero has no rate.
    let r = exclude(&[0], Returns::Vrs).unwrap();
    assert_eq!(r.state, [State::Optimal, State::Optimal, State::Missing]);
    close(&r.gross, &[1.0, 1.0, f64::NAN]);
    close(&r.rates[0], &[f64::NAN, 0.0, f64::NAN]);
    // The first has no plant.
    assert!(matches!(exclude(&[1], Returns::Vrs), Err(FrontierError::Data(list)) if list.len() == 1));
}

const RETURNS: [Returns; 4] = [Returns::Crs, Returns::Vrs, Returns::Nirs, Returns::Ndrs];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn laws(whole in any::<bool>(), values in proptest::collection::vec(0.0..1.0_f64, 64), returns in 0_usize..4, shift in 1_usize..16) {
        let n = 16;
        let cell = |i: usize, u: usize| if whole { 1.0 + (5.0 * values[4 * u + i]).floor() } else { 0.1 + values[4 * u + i] };
        let columns: Vec<Vec<f64>> = (0..4).map(|i| (0..n).map(|u| cell(i, u)).collect()).collect();
        let o = options(&[1], RETURNS[returns]);
        let r = capacity(&tech(&columns, 3), &o).unwrap();
        for u in 0..n {
            prop_assert_eq!(r.state[u], State::Optimal);
            prop_assert!(r.gross[u] <= r.technical[u] + 1e-9 && r.net[u] <= 1.0 + 1e-9);
            prop_assert!((r.gross[u] - r.technical[u] * r.net[u]).abs() <= 1e-12);
            prop_assert!(r.net_interval[u].0 <= r.net[u] && r.net[u] <= r.net_interval[u].1);
            // Plenty of the variable inputs at the rates lets the unit reach capacity with its own plant.
            let reach: Vec<Vec<f64>> = vec![
                vec![r.capacity_inputs[0][u] * (1.0 + 1e-9)],
                vec![columns[1][u]],
                vec![r.capacity_inputs[1][u] * (1.0 + 1e-9)],
                vec![columns[3][u]],
            ];
            let scoring = ScoreOptions { orientation: Orientation::Output, returns: RETURNS[returns], ..ScoreOptions::default() };
            let there = dea::scores_against(&tech(&reach, 3), &tech(&columns, 3), &scoring).unwrap();
            prop_assert!((there.score[0] - r.gross[u]).abs() <= 1e-6, "{} {}", there.score[0], r.gross[u]);
        }
        let other: Vec<Vec<f64>> = columns.iter().zip([1e9, 1e-9, 3.0, 7.0]).map(|(c, b)| {
            let mut c: Vec<f64> = c.iter().map(|x| x * b).collect();
            c.rotate_left(shift);
            c
        }).collect();
        let again = capacity(&tech(&other, 3), &o).unwrap();
        for u in 0..n {
            let v = (u + shift) % n;
            prop_assert!((again.net[u] - r.net[v]).abs() <= 1e-8 && (again.gross[u] - r.gross[v]).abs() <= 1e-8);
        }
    }
}
