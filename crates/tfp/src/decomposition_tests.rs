use super::*;
use proptest::prelude::*;

fn run(rows: &[(usize, i32, f64, f64)], options: &DecompositionOptions) -> Result<Decomposition, DecompositionError> {
    let units: Vec<usize> = rows.iter().map(|r| r.0).collect();
    let periods: Vec<i32> = rows.iter().map(|r| r.1).collect();
    let productivity: Vec<f64> = rows.iter().map(|r| r.2).collect();
    let weight: Vec<f64> = rows.iter().map(|r| r.3).collect();
    decomposition(&Data { units: &units, periods: &periods, productivity: &productivity, weight: &weight }, options)
}

fn plain(rows: &[(usize, i32, f64, f64)]) -> Decomposition {
    run(rows, &DecompositionOptions::default()).unwrap()
}

fn terms(p: &Parts) -> [f64; 5] {
    [p.within, p.between, p.cross, p.entry, p.exit]
}

/// Two survivors, one exiter, one entrant. Unit 0 is the entrant: in one package the first identifier being an
/// entrant turns the sign of the survivors' terms (total 0.33 in place of 1.03).
const TOY: [(usize, i32, f64, f64); 6] =
    [(1, 0, 1.0, 0.5), (2, 0, 2.0, 0.3), (9, 0, 0.5, 0.2), (0, 1, 3.0, 0.3), (1, 1, 1.5, 0.3), (2, 1, 2.2, 0.4)];

/// By hand, as fractions: within, between, cross, entry, exit.
#[test]
fn exact_fractions_with_the_entrant_first() {
    let d = plain(&TOY);
    let c = &d.changes[0];
    assert_eq!((d.changes.len(), c.count(Role::Survivor), c.count(Role::Entrant), c.count(Role::Exiter)), (1, 2, 1, 1));
    assert!((c.aggregate[1] - c.aggregate[0] - 103.0 / 100.0).abs() < 1e-14);
    let expected = [
        (Variant::Bhc, [31.0 / 100.0, -2.0 / 25.0, 0.0, 9.0 / 10.0, -1.0 / 10.0]),
        (Variant::Gr, [27.0 / 100.0, 263.0 / 2000.0, 0.0, 771.0 / 2000.0, 243.0 / 1000.0]),
        (Variant::Fhk, [31.0 / 100.0, 3.0 / 25.0, -2.0 / 25.0, 27.0 / 50.0, 7.0 / 50.0]),
        (Variant::Bg, [27.0 / 100.0, 1.0 / 100.0, 0.0, 3.0 / 4.0, 0.0]),
        (Variant::Mp, [7.0 / 20.0, 7.0 / 40.0, 0.0, 33.0 / 100.0, 7.0 / 40.0]),
        (Variant::Df, [401.0 / 1120.0, 187.0 / 1120.0, 0.0, 33.0 / 100.0, 7.0 / 40.0]),
    ];
    for ((variant, want), p) in expected.into_iter().zip(&c.parts) {
        assert_eq!((p.variant, p.status), (variant, Status::Computed));
        for (a, b) in terms(p).into_iter().zip(want) {
            assert!((a - b).abs() < 1e-14, "{variant:?}: {a} for {b}");
        }
    }
    for (level, want) in d.levels.iter().zip([[6.0 / 5.0, 7.0 / 6.0, 1.0 / 30.0], [223.0 / 100.0, 67.0 / 30.0, -1.0 / 300.0]]) {
        for (a, b) in [level.aggregate, level.mean, level.covariance].into_iter().zip(want) {
            assert!((a - b).abs() < 1e-14, "{a} for {b}");
        }
    }
    assert!(d.residual <= 1e-15);
}

/// Griliches and Regev with nobody entering or leaving is a plain shift-share.
#[test]
fn without_exits_baldwin_and_gu_is_griliches_and_regev() {
    let d = plain(&[(0, 1, 1.0, 1.0), (1, 1, 2.0, 1.0), (0, 2, 1.0, 1.0), (1, 2, 3.0, 1.0), (2, 2, 9.0, 2.0)]);
    let [gr, bg] = [d.changes[0].parts[1], d.changes[0].parts[3]];
    assert_eq!((gr.status, bg.status), (Status::Computed, Status::NoExits));
    assert_eq!(terms(&gr), terms(&bg));
    assert_eq!(d.changes[0].parts[4].exit, 0.0);
}

#[test]
fn without_survivors_those_who_compare_with_them_have_no_value() {
    let d = plain(&[(0, 1, 1.0, 1.0), (1, 2, 2.0, 1.0)]);
    for p in &d.changes[0].parts {
        let none = matches!(p.variant, Variant::Mp | Variant::Df);
        assert_eq!(p.status == Status::NoSurvivors, none);
        assert_eq!(terms(p).iter().all(|x| x.is_finite()), !none);
    }
    // Survivors without weight are survivors nobody can be compared with.
    let d = plain(&[(0, 1, 1.0, 0.0), (1, 1, 1.0, 1.0), (0, 2, 1.0, 0.0), (2, 2, 2.0, 1.0)]);
    assert_eq!(d.changes[0].parts[4].status, Status::NoSurvivors);
}

#[test]
fn a_missing_cell_is_no_exit() {
    let mut rows = TOY.to_vec();
    rows.extend([(5, 0, 100.0, 7.0), (5, 1, f64::NAN, 7.0)]);
    let d = plain(&rows);
    assert_eq!(d.changes[0].parts, plain(&TOY).changes[0].parts);
    assert_eq!((d.changes[0].count(Role::Incomplete), d.incomplete.clone()), (1, vec![7]));
    // The level of the first period knows the unit: there it is complete.
    assert_eq!((d.levels[0].units, d.levels[1].units), (4, 3));
}

#[test]
fn those_who_come_back_are_told_apart() {
    let rows = [(0, 1, 1.0, 1.0), (1, 1, 1.0, 1.0), (1, 2, 1.0, 1.0), (0, 3, 1.0, 1.0), (1, 3, 1.0, 1.0), (2, 3, 2.0, 1.0)];
    let d = plain(&rows);
    assert_eq!(d.changes.iter().map(|c| (c.from, c.to)).collect::<Vec<_>>(), [(1, 2), (2, 3), (1, 3)]);
    let back = |k: usize| d.changes[k].members.iter().filter(|m| m.returns).map(|m| m.unit).collect::<Vec<_>>();
    assert_eq!((back(0), back(1), back(2)), (vec![0], vec![0], vec![]));
}

#[test]
fn every_bad_row_is_listed() {
    let rows = [(0, 1, 1.0, -1.0), (1, 1, 0.0, 1.0), (0, 2, 1.0, f64::INFINITY), (1, 2, -3.0, 1.0)];
    assert_eq!(run(&rows, &DecompositionOptions::default()), Err(DecompositionError::Weight(vec![0, 2])));
    let rows = [(0, 1, 1.0, 1.0), (1, 1, 0.0, 1.0), (0, 2, 1.0, 1.0), (1, 2, -3.0, 1.0)];
    let logs = DecompositionOptions { logs: true, ..DecompositionOptions::default() };
    assert_eq!(run(&rows, &logs), Err(DecompositionError::Productivity(vec![1, 3])));
    assert!(run(&rows, &DecompositionOptions::default()).is_ok());
    let at = |breaks: &[i32]| run(&rows, &DecompositionOptions { logs: false, breaks: breaks.to_vec() }).unwrap_err();
    assert_eq!(
        (at(&[1]), at(&[2, 1]), at(&[1, 5])),
        (DecompositionError::Breaks, DecompositionError::Breaks, DecompositionError::NoWeight(5))
    );
    let twice = [(0, 1, 1.0, 1.0), (0, 1, 2.0, 1.0)];
    assert_eq!(run(&twice, &DecompositionOptions::default()), Err(DecompositionError::Duplicate(crate::rows::Twice(0, 1))));
    let empty = [(0, 1, f64::NAN, 1.0)];
    assert_eq!(run(&empty, &DecompositionOptions::default()), Err(DecompositionError::Empty));
    let idle = [(0, 1, 1.0, 0.0)];
    assert_eq!(run(&idle, &DecompositionOptions::default()), Err(DecompositionError::NoWeight(1)));
    let apart = [(0, 1, 1.0, 1.0), (0, 2, f64::NAN, 1.0), (1, 2, 1.0, 1.0)];
    assert_eq!(run(&apart, &DecompositionOptions::default()), Err(DecompositionError::Change(1, 2)));
}

proptest! {
    /// Parts add up; they carry the unit of productivity, none of weights; rows may stand in any order.
    #[test]
    fn laws(raw in prop::collection::vec((0.1..9.0_f64, 0.1..9.0_f64, 0..4_u8), 8..40), turn in 0..39_usize) {
        let rows: Vec<(usize, i32, f64, f64)> = raw
            .iter()
            .enumerate()
            // One row in four is absent: entrants, exiters and those who come back.
            .filter(|(i, r)| r.2 > 0 || *i < 3)
            .map(|(i, r)| (i / 3, (i % 3) as i32, r.0, r.1))
            .collect();
        let d = plain(&rows);
        prop_assert!(d.residual <= 1e-13, "{}", d.residual);
        for by in [1e9, 1e-9] {
            let scaled: Vec<_> = rows.iter().map(|&(u, t, phi, w)| (u, t, phi * by, w / by)).collect();
            let s = plain(&scaled);
            for (a, b) in d.changes.iter().zip(&s.changes).flat_map(|(a, b)| a.parts.iter().zip(&b.parts)) {
                prop_assert_eq!(a.status, b.status);
                for (x, y) in terms(a).into_iter().zip(terms(b)) {
                    prop_assert!(x.is_nan() && y.is_nan() || (x - y / by).abs() < 1e-13);
                }
            }
        }
        let mut turned = rows.clone();
        turned.rotate_left(turn % rows.len());
        let t = plain(&turned);
        for (a, b) in d.changes.iter().zip(&t.changes).flat_map(|(a, b)| a.parts.iter().zip(&b.parts)) {
            for (x, y) in terms(a).into_iter().zip(terms(b)) {
                prop_assert_eq!(x.to_bits(), y.to_bits());
            }
        }
        // Logarithms: a common factor of all productivity is no change of the parts.
        let logs = DecompositionOptions { logs: true, ..DecompositionOptions::default() };
        let scaled: Vec<_> = rows.iter().map(|&(u, t, phi, w)| (u, t, phi * 1e9, w)).collect();
        let (a, b) = (run(&rows, &logs).unwrap(), run(&scaled, &logs).unwrap());
        for (p, q) in a.changes.iter().zip(&b.changes).flat_map(|(a, b)| a.parts.iter().zip(&b.parts)) {
            if p.variant != Variant::Bhc {
                prop_assert!(p.status == Status::NoSurvivors || terms(p).iter().zip(terms(q)).all(|(x, y)| (x - y).abs() < 1e-12));
            }
        }
    }
}
