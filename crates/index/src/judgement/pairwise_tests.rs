//! Published matrices, groups, revisions, and what is refused.

use proptest::prelude::*;

use super::*;
use crate::weights::test_data::agree;

fn matrix<const N: usize>(rows: [[f64; N]; N]) -> Pairwise {
    Pairwise::new("m", &rows.map(Vec::from), N).unwrap()
}

/// Wang and Chin (2011), Information Sciences 181(23): 4 decimals. The matrix is far from consistent.
fn wang_chin() -> Pairwise {
    let t = 1.0 / 3.0;
    matrix([
        [1.0, 4.0, 3.0, 1.0, 3.0, 4.0],
        [0.25, 1.0, 7.0, 3.0, 0.2, 1.0],
        [t, 1.0 / 7.0, 1.0, 0.2, 0.2, 1.0 / 6.0],
        [1.0, t, 5.0, 1.0, 1.0, t],
        [t, 5.0, 5.0, 1.0, 1.0, 3.0],
        [0.25, 1.0, 6.0, 3.0, t, 1.0],
    ])
}

#[test]
fn eigenvector_wang_chin_2011() {
    let p = wang_chin().priorities(Priority::Eigenvector, RandomIndex::Saaty1980);
    agree(&p.weights, &[0.3208, 0.1395, 0.0348, 0.1285, 0.2374, 0.1391], 5.1e-5);
    assert!(p.ratio.unwrap() > LIMIT, "{p:?}");
}

fn travel() -> Vec<Vec<f64>> {
    let (t, s) = (1.0 / 3.0, 1.0 / 7.0);
    vec![
        vec![1.0, 0.5, 4.0, 3.0, 3.0],
        vec![2.0, 1.0, 7.0, 5.0, 5.0],
        vec![0.25, s, 1.0, 0.5, t],
        vec![t, 0.2, 2.0, 1.0, 1.0],
        vec![t, 0.2, 3.0, 1.0, 1.0],
    ]
}

/// The classic travel example of five criteria, by an independent program.
#[test]
fn three_ways_of_reading_priorities() {
    let m = Pairwise::new("m", &travel(), 5).unwrap();
    let of = |p| m.priorities(p, RandomIndex::Saaty1980);
    let eigen = of(Priority::Eigenvector);
    agree(&eigen.weights, &[0.263_603, 0.475_835, 0.053_815, 0.098_068, 0.108_678], 5.1e-7);
    agree(&[eigen.lambda, eigen.index, eigen.ratio.unwrap()], &[5.072_084, 0.018_021, 0.016_09], 5.1e-7);
    agree(&of(Priority::GeometricMean).weights, &[0.263_633, 0.477_264, 0.053_074, 0.098_84, 0.107_189], 5.1e-7);
    agree(&of(Priority::ColumnSums).weights, &[0.262_281, 0.474_395, 0.054_492, 0.098_534, 0.110_298], 5.1e-7);
}

#[test]
fn the_worst_judgement_is_named() {
    // w = (4, 2, 1, 1/2) but for one slip: the last is said to be 4 times the first instead of 1/8.
    let rows: Vec<Vec<f64>> = (0..4).map(|i| (0..4).map(|j| 2.0_f64.powi(j - i)).collect()).collect();
    let mut slipped = rows.clone();
    (slipped[0][3], slipped[3][0]) = (0.25, 4.0);
    let judged = Comparisons { matrices: vec![slipped], ..Comparisons::default() }.weigh(4).unwrap();
    assert!(judged.inconsistent());
    let first = judged.revisions[0];
    assert_eq!((first.row, first.column, first.given, first.suggested), (0, 3, 0.25, 8.0));
    assert!(first.ratio.abs() < 1e-9 && judged.revisions.len() <= 3);
    let judged = Comparisons { matrices: vec![rows], ..Comparisons::default() }.weigh(4).unwrap();
    assert!(judged.revisions.is_empty() && judged.ratio.unwrap().abs() < 1e-12);
    agree(&judged.weights, &[8.0 / 15.0, 4.0 / 15.0, 2.0 / 15.0, 1.0 / 15.0], 1e-14);
}

/// With consistent members both ways agree: priorities of geometric means are geometric means of priorities.
#[test]
fn groups() {
    let of = |w: [f64; 3]| w.iter().map(|a| w.iter().map(|b| a / b).collect()).collect::<Vec<Vec<f64>>>();
    let matrices = vec![of([1.0, 2.0, 4.0]), of([4.0, 2.0, 1.0])];
    for group in [Group::Judgements, Group::Priorities] {
        let c = Comparisons { matrices: matrices.clone(), group, ..Comparisons::default() };
        let judged = c.weigh(3).unwrap();
        agree(&judged.weights, &[1.0 / 3.0; 3], 1e-12);
        assert_eq!(judged.members.len(), 2);
        let voices = Comparisons { voices: vec![3.0, 1.0], ..c }.weigh(3).unwrap();
        let root = 2.0_f64.sqrt();
        let total = root + 2.0 + 2.0 * root;
        agree(&voices.weights, &[root / total, 2.0 / total, 2.0 * root / total], 1e-12);
    }
}

#[test]
fn what_is_no_matrix_is_named_all_at_once() {
    let rows = vec![vec![1.0, 3.0, 2.0], vec![0.5, 2.0, 1.0], vec![0.5, 1.0, 1.0]];
    let errors = Comparisons { matrices: vec![rows], ..Comparisons::default() }.weigh(3).unwrap_err();
    assert_eq!(
        errors,
        [
            JudgementError::NotReciprocal { what: "the matrix, row 1, column 2".into(), value: 3.0, other: 0.5 },
            JudgementError::Diagonal { what: "the matrix, row 2, column 2".into(), value: 2.0 },
        ]
    );
    let short = vec![vec![1.0, -3.0], vec![0.5, f64::NAN, 1.0]];
    let errors = Comparisons { matrices: vec![short], ..Comparisons::default() }.weigh(3).unwrap_err();
    assert_eq!(errors.len(), 4, "{errors:?}");
    assert_eq!(Comparisons::default().weigh(3), Err(vec![JudgementError::Empty]));
    // Rounded counterparts pass: 0.33 for 1/3, 0.11 for 1/9.
    let rounded = vec![vec![1.0, 0.33, 0.11], vec![3.0, 1.0, 0.33], vec![9.0, 3.0, 1.0]];
    let judged = Comparisons { matrices: vec![rounded], ..Comparisons::default() }.weigh(3).unwrap();
    agree(&judged.weights, &[1.0 / 13.0, 3.0 / 13.0, 9.0 / 13.0], 1e-12);
}

#[test]
fn random_indices() {
    assert_eq!((RandomIndex::Saaty1980.of(2), RandomIndex::Saaty1980.of(16)), (None, None));
    assert_eq!((RandomIndex::Saaty1980.of(5), RandomIndex::AlonsoLamata2006.of(15)), (Some(1.12), Some(1.5838)));
    assert!(ALONSO_LAMATA.windows(2).all(|w| w[0] < w[1]));
}

proptest! {
    #[test]
    fn consistent_matrices_give_back_their_weights(w in prop::collection::vec(0.1..9.0_f64, 2..7)) {
        let rows: Vec<Vec<f64>> = w.iter().map(|a| w.iter().map(|b| a / b).collect()).collect();
        let m = Pairwise::new("m", &rows, w.len()).unwrap();
        let total: f64 = w.iter().sum();
        for priority in [Priority::Eigenvector, Priority::GeometricMean, Priority::ColumnSums] {
            let p = m.priorities(priority, RandomIndex::Saaty1980);
            for (ours, given) in p.weights.iter().zip(&w) {
                prop_assert!((ours - given / total).abs() < 1e-12);
            }
            prop_assert!(p.index.abs() < 1e-12);
        }
    }

    #[test]
    fn lambda_is_at_least_the_size_and_revisions_help(g in prop::collection::vec(1..10_u32, 6), turn in prop::collection::vec(any::<bool>(), 6)) {
        let mut rows = vec![vec![1.0; 4]; 4];
        for ((i, j), (grade, up)) in [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)].into_iter().zip(g.into_iter().zip(turn)) {
            let x = if up { f64::from(grade) } else { 1.0 / f64::from(grade) };
            (rows[i][j], rows[j][i]) = (x, 1.0 / x);
        }
        let m = Pairwise::new("m", &rows, 4).unwrap();
        let p = m.priorities(Priority::Eigenvector, RandomIndex::Saaty1980);
        prop_assert!(p.lambda >= 4.0 - 1e-12);
        for r in m.revisions(RandomIndex::Saaty1980) {
            prop_assert!(r.ratio < p.ratio.unwrap());
        }
    }
}
