use proptest::prelude::*;

use crate::{
    dea::{Class, Returns},
    projection::SlackOrientation,
    sbm::{Sbm, SbmOptions, sbm, sbm_against},
    technology::{FrontierError, State, Technology},
};

const CAPACITY: [f64; 8] = [10.0, 12.0, 8.0, 15.0, 20.0, 9.0, 14.0, 11.0];
const FUEL: [f64; 8] = [6.0, 9.0, 5.0, 12.0, 11.0, 4.0, 10.0, 9.0];
const CLEAN: [f64; 8] = [5.0, 4.0, 6.0, 3.0, 9.0, 2.0, 5.0, 4.0];
const FOSSIL: [f64; 8] = [8.0, 10.0, 6.0, 14.0, 12.0, 5.0, 9.0, 12.0];
const EMISSION: [f64; 8] = [4.0, 6.0, 2.0, 9.0, 5.0, 3.0, 8.0, 5.0];

/// Fuel, fossil power and emission shrink together.
fn power() -> SbmOptions {
    SbmOptions { non_separable: vec![false, true, false, true, true], ..SbmOptions::default() }
}

fn columns() -> Vec<Vec<f64>> {
    [CAPACITY, FUEL, CLEAN, FOSSIL, EMISSION].map(Vec::from).into()
}

fn tech(columns: &[Vec<f64>]) -> Technology<'_> {
    let all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    Technology { inputs: all[..2].to_vec(), outputs: all[2..4].to_vec(), bad_outputs: all[4..].to_vec() }
}

fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (u, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= tolerance, "unit {u}: {f} for {e}\n{found:?}");
    }
}

/// Scores and α of the ratio program by HiGHS (Dinkelbach): returns, whether the total is kept, limit of growth.
type Solved = (Returns, bool, Option<f64>, [f64; 8], [f64; 8]);
const HIGHS: [Solved; 8] = [
    (
        Returns::Crs,
        false,
        None,
        [1.0, 0.277310924, 1.0, 0.152225519, 0.517114914, 0.288372093, 0.306122449, 1.0],
        [1.0, 0.37037, 1.0, 0.208333, 0.681818, 0.470588, 0.416667, 1.0],
    ),
    (
        Returns::Crs,
        true,
        None,
        [1.0, 0.458879619, 1.0, 0.341502573, 0.624551782, 0.449740933, 0.432969852, 1.0],
        [1.0, 0.7, 1.0, 0.607143, 0.875, 0.756757, 0.777778, 1.0],
    ),
    (
        Returns::Crs,
        false,
        Some(0.2),
        [1.0, 0.277310924, 1.0, 0.152225519, 0.517114914, 0.288372093, 0.306122449, 1.0],
        [1.0, 0.37037, 1.0, 0.208333, 0.681818, 0.470588, 0.416667, 1.0],
    ),
    (
        Returns::Crs,
        true,
        Some(0.3),
        [1.0, 0.60492004, 1.0, 0.694705251, 0.624551782, 0.53963766, 0.464708209, 1.0],
        [1.0, 0.88, 1.0, 0.935714, 0.875, 0.88, 0.833333, 1.0],
    ),
    (
        Returns::Vrs,
        false,
        None,
        [1.0, 0.397590361, 1.0, 0.265803109, 1.0, 1.0, 0.361155698, 1.0],
        [1.0, 0.555556, 1.0, 0.416667, 1.0, 1.0, 0.5, 1.0],
    ),
    (
        Returns::Vrs,
        true,
        None,
        [1.0, 0.532178218, 1.0, 0.484615385, 1.0, 1.0, 0.500063211, 1.0],
        [1.0, 0.733333, 1.0, 0.71875, 1.0, 1.0, 0.814815, 1.0],
    ),
    (
        Returns::Vrs,
        false,
        Some(0.2),
        [1.0, 0.423997413, 1.0, 0.310268949, 1.0, 1.0, 0.361155698, 1.0],
        [1.0, 0.522222, 1.0, 0.366667, 1.0, 1.0, 0.5, 1.0],
    ),
    (
        Returns::Vrs,
        true,
        Some(0.3),
        [1.0, 0.612024221, 1.0, 0.772875752, 1.0, 1.0, 0.507009312, 1.0],
        [1.0, 0.88, 1.0, 0.935714, 1.0, 1.0, 0.833333, 1.0],
    ),
];

#[test]
fn ratios_by_highs() {
    for (returns, keep_total, growth_limit, scores, alpha) in HIGHS {
        let r = sbm(&tech(&columns()), &SbmOptions { returns, keep_total, growth_limit, ..power() }).unwrap();
        assert!(r.state.iter().all(|s| *s == State::Optimal), "{:?}", r.state);
        close(&r.score, &scores, 1e-8);
        close(&r.alpha, &alpha, 1e-5);
        laws(&r, keep_total, growth_limit);
    }
}

/// The score is what its slacks and α give; targets are what α asks for; totals and limits hold.
fn laws(r: &Sbm, keep_total: bool, growth_limit: Option<f64>) {
    let (p, c) = (&r.projection, columns());
    for u in 0..8 {
        let alpha = r.alpha[u];
        let share = |slack: f64, v: usize| slack / c[v][u];
        let inputs = (share(p.input_slacks[0][u], 0) + share(p.input_slacks[1][u], 1)) / 2.0;
        let outputs = (share(p.output_slacks[0][u], 2) + (1.0 - alpha) + share(p.bad_output_slacks[0][u], 4)) / 3.0;
        assert!(((1.0 - inputs) / (1.0 + outputs) - r.score[u]).abs() < 1e-9);
        assert!((r.input_efficiency[u] * r.output_efficiency[u] - r.score[u]).abs() < 1e-9);
        assert!(p.input_targets[1][u] <= alpha * FUEL[u] + 1e-9 && p.bad_output_targets[0][u] <= alpha * EMISSION[u] + 1e-9);
        assert!(p.output_targets[1][u] >= alpha * FOSSIL[u] - 1e-9);
        let gain = p.output_targets[0][u] - CLEAN[u];
        assert!(!keep_total || (gain - (1.0 - alpha) * FOSSIL[u]).abs() < 1e-8);
        assert!(growth_limit.is_none_or(|limit| gain <= limit * CLEAN[u] + 1e-9));
    }
}

#[test]
fn what_does_not_go_together_is_refused() {
    let refused = |o: &SbmOptions| matches!(sbm(&tech(&columns()), o), Err(FrontierError::Options(_)));
    let bound = |list: &[bool]| SbmOptions { non_separable: list.to_vec(), ..SbmOptions::default() };
    assert!(refused(&bound(&[true])));
    // Bads alone, and goods alone.
    assert!(refused(&bound(&[false, true, false, false, true])) && refused(&bound(&[false, true, true, false, false])));
    assert!(refused(&SbmOptions { orientation: SlackOrientation::Input, ..power() }));
    assert!(refused(&SbmOptions { super_efficiency: true, ..power() }));
    assert!(refused(&SbmOptions { keep_total: true, ..SbmOptions::default() }));
    assert!(refused(&SbmOptions { growth_limit: Some(-0.1), ..power() }));
    assert!(refused(&SbmOptions { growth_limit: Some(0.1), ..SbmOptions::default() }));
}

#[test]
fn another_reference_may_be_out_of_reach() {
    let all = columns();
    let pick = |rows: &[usize]| -> Vec<Vec<f64>> { all.iter().map(|c| rows.iter().map(|&r| c[r]).collect()).collect() };
    let (reference, evaluated) = (pick(&[1, 3, 6]), pick(&[2, 3]));
    let r = sbm_against(&tech(&evaluated), &tech(&reference), &SbmOptions { returns: Returns::Vrs, ..power() }).unwrap();
    assert_eq!((r.state[0], r.class[0]), (State::Infeasible, Class::None));
    assert!(r.state[1] == State::Optimal && r.score[0].is_nan() && r.alpha[0].is_nan());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Units of measure, the order of rows and units that are there twice do not matter; zeros drop out.
    #[test]
    fn free_of_units_and_order(
        rows in prop::collection::vec((1_u8..20, 1_u8..20, 1_u8..20, 1_u8..20, 0_u8..20), 7),
        vrs in any::<bool>(),
        keep_total in any::<bool>(),
        big in any::<bool>(),
    ) {
        let cells = |get: fn(&(u8, u8, u8, u8, u8)) -> u8| rows.iter().map(|r| f64::from(get(r))).collect::<Vec<_>>();
        let columns = vec![cells(|r| r.0), cells(|r| r.1), cells(|r| r.2), cells(|r| r.3), cells(|r| r.4)];
        prop_assume!(columns[4].iter().any(|x| *x > 0.0));
        let returns = if vrs { Returns::Vrs } else { Returns::Crs };
        let run = |c: &[Vec<f64>]| sbm(&tech(c), &SbmOptions { returns, keep_total, ..power() }).unwrap();
        let first = run(&columns);
        prop_assert!(first.state.iter().all(|s| *s == State::Optimal), "{:?}", first.state);
        prop_assert!(first.score.iter().all(|x| *x > 0.0 && *x <= 1.0) && first.alpha.iter().all(|a| (0.0..=1.0).contains(a)));
        let by = if big { 1e9 } else { 1e-9 };
        // With a total, outputs share a unit of measure.
        let scale = |v: usize| match v {
            2 | 3 if keep_total => 3.0,
            0 | 2 | 4 => by,
            _ => 1.0 / by,
        };
        let scaled: Vec<Vec<f64>> =
            columns.iter().enumerate().map(|(v, c)| c.iter().rev().map(|x| x * scale(v)).collect()).collect();
        let mut back = run(&scaled).score;
        back.reverse();
        close(&back, &first.score, 1e-8);
        let twice: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().chain(c).copied().collect()).collect();
        close(&run(&twice).score[7..], &first.score, 1e-12);
    }
}
