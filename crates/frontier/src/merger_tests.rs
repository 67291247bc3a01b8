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

fn options(orientation: Orientation, returns: Returns) -> MergerOptions {
    MergerOptions { orientation, returns, missing: Missing::Refuse }
}

#[track_caller]
fn close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() <= 1e-9 || f.is_nan() && e.is_nan(), "{found:?} for {expected:?}");
    }
}

fn values(d: &[Distance]) -> Vec<f64> {
    d.iter().map(|d| d.value).collect()
}

/// The four firms and two mergers of the documentation of Benchmarking (Bogetoft and Otto 2011, chapter 9), by hand.
#[test]
fn four_firms() {
    let columns = vec![vec![100.0, 200.0, 300.0, 500.0], vec![75.0, 100.0, 300.0, 400.0]];
    let t = tech(&columns, 1);
    let sets = [vec![0, 1], vec![2, 3]];
    let vrs = merger(&t, &sets, &options(Orientation::Input, Returns::Vrs)).unwrap();
    // B needs 1100/9 where it uses 200; A and B together need 1700/9.
    close(&vrs.single.score, &[1.0, 11.0 / 18.0, 1.0, 1.0]);
    close(&values(&vrs.overall), &[17.0 / 27.0, f64::NAN]);
    close(&values(&vrs.adjusted), &[0.85, f64::NAN]);
    close(&values(&vrs.harmony), &[1.0, 1.0]);
    close(&vrs.learning, &[20.0 / 27.0, f64::NAN]);
    close(&vrs.scale, &[0.85, f64::NAN]);
    assert_eq!((vrs.overall[1].state, vrs.solved(0), vrs.solved(1)), (State::Infeasible, true, false));
    assert_eq!((&vrs.inputs, &vrs.outputs), (&vec![vec![300.0, 800.0]], &vec![vec![175.0, 700.0]]));
    close(&[vrs.plan.input_targets[0][0]], &[1700.0 / 9.0]);
    let crs = merger(&t, &sets, &options(Orientation::Input, Returns::Crs)).unwrap();
    close(&values(&crs.overall), &[7.0 / 12.0, 0.875]);
    close(&values(&crs.adjusted), &[1.0, 1.0]);
    close(&crs.learning, &[7.0 / 12.0, 0.875]);
    close(&crs.scale, &[1.0, 1.0]);
    // Output: A and B make 175 of 300, where 300 is possible.
    let out = merger(&t, &sets[..1], &options(Orientation::Output, Returns::Vrs)).unwrap();
    close(&values(&out.overall), &[175.0 / 300.0]);
    // B could make 187.5; together 262.5 of 300.
    close(&values(&out.adjusted), &[262.5 / 300.0]);
    close(&out.learning, &[175.0 / 262.5]);
}

/// Two efficient firms whose mixes complement one another.
#[test]
fn harmony_alone() {
    let columns = vec![vec![1.0, 4.0, 2.0], vec![4.0, 1.0, 2.0], vec![1.0, 1.0, 1.0]];
    let r = merger(&tech(&columns, 2), &[vec![0, 1]], &options(Orientation::Input, Returns::Crs)).unwrap();
    close(&values(&r.overall), &[0.8]);
    close(&values(&r.harmony), &[0.8]);
    close(&[r.learning[0], r.scale[0]], &[1.0, 1.0]);
}

#[test]
fn bad_input() {
    let columns = vec![vec![1.0, 2.0, f64::NAN], vec![1.0, 1.0, 1.0]];
    let t = tech(&columns, 1);
    let base = MergerOptions { missing: Missing::Exclude, ..options(Orientation::Input, Returns::Vrs) };
    for (sets, count) in [(vec![], 1), (vec![vec![]], 1), (vec![vec![0]], 1), (vec![vec![0, 0], vec![1, 7, 9]], 3)] {
        assert!(matches!(merger(&t, &sets, &base), Err(FrontierError::Options(list)) if list.len() == count), "{sets:?}");
    }
    assert!(matches!(merger(&t, &[vec![0, 1]], &options(Orientation::Input, Returns::Vrs)), Err(FrontierError::Data(_))));
    let r = MergerOptions { returns: Returns::Replication, ..base.clone() };
    assert!(matches!(merger(&t, &[vec![0, 1]], &r), Err(FrontierError::Options(_))));
    // A merger with a unit that lacks data is missing, alone or beside others.
    for sets in [vec![vec![0, 2]], vec![vec![0, 2], vec![0, 1]]] {
        let r = merger(&t, &sets, &base).unwrap();
        assert!(r.overall[0].state == State::Missing && r.harmony[0].state == State::Missing && r.learning[0].is_nan());
        assert!(sets.len() == 1 || r.harmony[1].state == State::Optimal);
    }
    let zero = vec![vec![1.0, 2.0], vec![0.0, 1.0]];
    assert!(matches!(merger(&tech(&zero, 1), &[vec![0, 1]], &base), Err(FrontierError::Data(list)) if list.len() == 1));
}

const RETURNS: [Returns; 4] = [Returns::Crs, Returns::Vrs, Returns::Nirs, Returns::Ndrs];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn laws(
        whole in any::<bool>(), values in proptest::collection::vec(0.0..1.0_f64, 56), returns in 0_usize..4, input in any::<bool>(),
        pair in 0_usize..13,
    ) {
        let n = 14;
        let cell = |i: usize, u: usize| if whole { 1.0 + (5.0 * values[4 * u + i]).floor() } else { 0.1 + values[4 * u + i] };
        let columns: Vec<Vec<f64>> = (0..4).map(|i| (0..n).map(|u| cell(i, u)).collect()).collect();
        let orientation = if input { Orientation::Input } else { Orientation::Output };
        let o = options(orientation, RETURNS[returns]);
        let sets = [vec![pair, pair + 1], vec![0, 5, 9, 13]];
        let r = merger(&tech(&columns, 2), &sets, &o).unwrap();
        for (s, set) in sets.iter().enumerate() {
            // The mean of efficient units is never out of reach.
            prop_assert_eq!(r.harmony[s].state, State::Optimal);
            prop_assert!(r.harmony[s].value <= 1.0 + 1e-9);
            let members: Vec<f64> = set.iter().map(|&u| r.single.score[u]).collect();
            if r.overall[s].state == State::Optimal {
                prop_assert_eq!(r.adjusted[s].state, State::Optimal);
                let whole = r.learning[s] * r.harmony[s].value * r.scale[s];
                prop_assert!((whole - r.overall[s].value).abs() <= 1e-9);
                // Learning is a mean of the single scores.
                let (low, high) = members.iter().fold((1.0_f64, 0.0_f64), |(l, h), &x| (l.min(x), h.max(x)));
                prop_assert!(r.learning[s] <= 1.0 + 1e-9 && r.learning[s] >= low - 1e-9);
                prop_assert!(high > 0.0);
            }
            match RETURNS[returns] {
                Returns::Crs => prop_assert!((r.scale[s] - 1.0).abs() <= 1e-8),
                Returns::Ndrs => prop_assert!(r.scale[s] <= 1.0 + 1e-8),
                Returns::Nirs if r.solved(s) => prop_assert!(r.scale[s] >= 1.0 - 1e-8),
                _ => {}
            }
        }
        // Units of measure, row order, order of members.
        let by = [1e9, 1e-9, 3.0, 7.0];
        let other: Vec<Vec<f64>> = columns.iter().zip(by).map(|(c, b)| c.iter().rev().map(|x| x * b).collect()).collect();
        let turned: Vec<Vec<usize>> = sets.iter().map(|s| s.iter().map(|u| n - 1 - u).collect()).collect();
        let again = merger(&tech(&other, 2), &turned, &o).unwrap();
        for s in 0..2 {
            prop_assert_eq!(again.overall[s].state, r.overall[s].state);
            prop_assert!((again.harmony[s].value - r.harmony[s].value).abs() <= 1e-8);
            if r.solved(s) {
                prop_assert!((again.overall[s].value - r.overall[s].value).abs() <= 1e-8);
            }
        }
    }
}
