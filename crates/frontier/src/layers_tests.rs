use proptest::prelude::*;

use super::*;
use crate::dea::{DeaOptions, dea};

fn tech(columns: &[Vec<f64>], inputs: usize) -> Technology<'_> {
    let (x, y) = columns.split_at(inputs);
    Technology {
        inputs: x.iter().map(Vec::as_slice).collect(),
        outputs: y.iter().map(Vec::as_slice).collect(),
        bad_outputs: vec![],
    }
}

fn options(orientation: Orientation, returns: Returns) -> LayersOptions {
    LayersOptions { orientation, returns, degrees: None, missing: Missing::Refuse }
}

fn find(r: &Layers, unit: usize, context: usize) -> &Appraisal {
    r.appraisals.iter().find(|a| (a.unit, a.context) == (unit, context)).unwrap()
}

/// An isoquant, twice and three times as far out.
fn onion() -> Vec<Vec<f64>> {
    let scaled = |c: [f64; 3]| (1..=3).flat_map(|k| c.map(|x| x * f64::from(k))).collect();
    vec![scaled([1.0, 2.0, 4.0]), scaled([4.0, 2.0, 1.0]), vec![1.0; 9]]
}

#[test]
fn an_onion() {
    let columns = onion();
    for returns in [Returns::Crs, Returns::Vrs] {
        let r = layers(&tech(&columns, 2), &options(Orientation::Input, returns)).unwrap();
        assert_eq!(r.layer, [1, 1, 1, 2, 2, 2, 3, 3, 3]);
        assert_eq!(r.sizes, [3, 3, 3]);
        for u in 0..9 {
            for context in (1..=3).filter(|c| *c != r.layer[u]) {
                let a = find(&r, u, context);
                assert_eq!((a.state, a.degree), (State::Optimal, context as isize - r.layer[u] as isize));
                assert!((a.score - context as f64 / r.layer[u] as f64).abs() < 1e-9, "{a:?}");
                assert!(a.interval.0 <= a.score && a.score <= a.interval.1);
            }
        }
        assert_eq!(r.appraisals.len(), 18);
        let near = LayersOptions { degrees: Some(1), ..options(Orientation::Input, returns) };
        assert_eq!(layers(&tech(&columns, 2), &near).unwrap().appraisals.len(), 12);
    }
    // Output, constant returns: the same numbers.
    let r = layers(&tech(&columns, 2), &options(Orientation::Output, Returns::Crs)).unwrap();
    assert!((find(&r, 0, 3).score - 3.0).abs() < 1e-9 && (find(&r, 8, 1).score - 1.0 / 3.0).abs() < 1e-9);
    // Output, variable returns: all make the same, so that none can make more.
    let r = layers(&tech(&columns, 2), &options(Orientation::Output, Returns::Vrs)).unwrap();
    assert_eq!((r.sizes, r.appraisals.len()), (vec![9], 0));
}

/// One input and one output under constant returns: layers are productivities.
#[test]
fn twins_and_empty_outputs() {
    let columns = vec![vec![1.0, 2.0, 1.0, 4.0], vec![2.0, 4.0, 1.0, 2.0]];
    let r = layers(&tech(&columns, 1), &options(Orientation::Input, Returns::Crs)).unwrap();
    assert_eq!((r.layer, r.sizes), (vec![1, 1, 2, 3], vec![2, 1, 1]));
    // The second layer makes nothing of the second output, and never reaches the first.
    let columns = vec![vec![1.0, 2.0], vec![1.0, 1.0], vec![1.0, 0.0]];
    let r = layers(&tech(&columns, 1), &options(Orientation::Input, Returns::Vrs)).unwrap();
    assert_eq!(r.layer, [1, 2]);
    assert_eq!(find(&r, 0, 2).state, State::Infeasible);
    assert!((find(&r, 1, 1).score - 0.5).abs() < 1e-12);
}

#[test]
fn bad_input() {
    let columns = vec![vec![1.0, f64::NAN, -1.0], vec![1.0, 1.0, 1.0]];
    let refused = layers(&tech(&columns, 1), &LayersOptions::default());
    assert!(matches!(refused, Err(FrontierError::Data(list)) if list.len() == 2));
    let some = vec![vec![1.0, f64::NAN], vec![1.0, 1.0]];
    let r = layers(&tech(&some, 1), &LayersOptions { missing: Missing::Exclude, ..LayersOptions::default() }).unwrap();
    assert_eq!((r.layer, r.state), (vec![1, 0], vec![State::Optimal, State::Missing]));
    let fdh = LayersOptions { returns: Returns::Fdh, ..LayersOptions::default() };
    assert!(matches!(layers(&tech(&onion(), 2), &fdh), Err(FrontierError::Options(_))));
}

const RETURNS: [Returns; 4] = [Returns::Crs, Returns::Vrs, Returns::Nirs, Returns::Ndrs];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn laws(
        whole in any::<bool>(), values in proptest::collection::vec(0.0..1.0_f64, 72), returns in 0_usize..4, input in any::<bool>(),
        shift in 1_usize..18,
    ) {
        let n = 18;
        let cell = |i: usize, u: usize| if whole { 1.0 + (5.0 * values[4 * u + i]).floor() } else { 0.1 + values[4 * u + i] };
        let columns: Vec<Vec<f64>> = (0..4).map(|i| (0..n).map(|u| cell(i, u)).collect()).collect();
        let orientation = if input { Orientation::Input } else { Orientation::Output };
        let o = options(orientation, RETURNS[returns]);
        let r = layers(&tech(&columns, 2), &o).unwrap();
        prop_assert_eq!(r.sizes.iter().sum::<usize>(), n);
        // Peeled by the plain model: efficient among what is left, and only they.
        for (l, size) in r.sizes.iter().enumerate() {
            let left: Vec<usize> = (0..n).filter(|&u| r.layer[u] > l).collect();
            let part: Vec<Vec<f64>> = columns.iter().map(|c| left.iter().map(|&u| c[u]).collect()).collect();
            let plain = DeaOptions { orientation, returns: RETURNS[returns], scale: false, ..DeaOptions::default() };
            let d = dea(&tech(&part, 2), &plain).unwrap();
            let found: Vec<usize> = left.iter().zip(&d.score).filter(|(_, s)| **s >= 1.0 - TOLERANCE).map(|(u, _)| *u).collect();
            let told: Vec<usize> = (0..n).filter(|&u| r.layer[u] == l + 1).collect();
            prop_assert_eq!(*size, told.len());
            prop_assert_eq!(found, told);
        }
        for u in 0..n {
            let own: Vec<&Appraisal> = r.appraisals.iter().filter(|a| a.unit == u).collect();
            prop_assert_eq!(own.len(), r.sizes.len() - 1);
            // Progress below 1 towards better layers, attractiveness of 1 or more beside worse ones, growing downwards.
            let solved: Vec<&&Appraisal> = own.iter().filter(|a| a.state == State::Optimal).collect();
            let sides = solved.iter().all(|a| if a.degree < 0 { a.score <= 1.0 + 1e-9 } else { a.score >= 1.0 - 1e-9 });
            prop_assert!(sides);
            prop_assert!(solved.windows(2).all(|w| w[0].score <= w[1].score + 1e-8));
            // The first layer spans the frontier of all.
            if r.layer[u] > 1 {
                prop_assert!((find(&r, u, 1).score - r.score[u]).abs() <= 1e-9);
            }
        }
        let other: Vec<Vec<f64>> = columns.iter().zip([1e9, 1e-9, 3.0, 7.0]).map(|(c, b)| c.iter().map(|x| x * b).collect()).collect();
        prop_assert_eq!(&layers(&tech(&other, 2), &o).unwrap().layer, &r.layer);
        let mut turned = columns.clone();
        turned.iter_mut().for_each(|c| c.rotate_left(shift));
        let moved = layers(&tech(&turned, 2), &o).unwrap();
        prop_assert!((0..n).all(|u| moved.layer[u] == r.layer[(u + shift) % n]));
        prop_assert!((0..n).all(|u| moved.score[u].to_bits() == r.score[(u + shift) % n].to_bits()));
    }
}
