#![allow(clippy::needless_range_loop, reason = "columns are read side by side")]

use proptest::prelude::*;

use super::*;
use crate::{
    SlackOrientation,
    dea::{Class, Returns, Slacks},
    direction::{Direction, DirectionalError},
    directional::{DirectionalOptions, DirectionalReturns, directional},
    sbm::{SbmOptions, sbm},
    technology::{FrontierError, Missing, Role, State, Technology},
};

pub(super) type Columns = Vec<Vec<f64>>;

pub(super) fn borrowed(columns: &[Vec<f64>], m: usize) -> Technology<'_> {
    let all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    Technology { inputs: all[..m].to_vec(), outputs: all[m..].to_vec(), bad_outputs: Vec::new() }
}

#[track_caller]
pub(super) fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (u, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= tolerance, "unit {u}: {f} for {e}\n{found:?}");
    }
}

/// One input and one output (Pastor, Aparicio and Zofío 2022, table 2.2).
pub(super) fn eight() -> Columns {
    vec![vec![2.0, 4.0, 8.0, 12.0, 6.0, 14.0, 14.0, 9.412], vec![1.0, 5.0, 8.0, 9.0, 3.0, 7.0, 9.0, 2.353]]
}

/// Two inputs and one output of 1 (the same, table 2.4).
fn inputs() -> Columns {
    vec![vec![2.0, 1.0, 4.0, 4.0, 5.0, 6.0, 2.0, 1.6], vec![2.0, 4.0, 1.0, 3.0, 5.0, 1.0, 5.0, 8.0], vec![1.0; 8]]
}

/// One input of 1 and two outputs.
fn outputs() -> Columns {
    vec![vec![1.0; 8], vec![7.0, 4.0, 8.0, 3.0, 3.0, 8.0, 6.0, 1.5], vec![7.0, 8.0, 4.0, 5.0, 3.0, 2.0, 4.0, 5.0]]
}

fn apart(columns: &[Vec<f64>], m: usize, direction: Direction, returns: Returns) -> Modified {
    modified(&borrowed(columns, m), &ModifiedOptions { direction, returns, ..ModifiedOptions::default() }).unwrap()
}

fn near(columns: &[Vec<f64>], m: usize, norm: Norm, weighted: bool, orientation: SlackOrientation) -> Holder {
    let options = HolderOptions { norm, weighted, orientation, ..HolderOptions::default() };
    holder(&borrowed(columns, m), &options).unwrap()
}

/// Values of DataEnvelopmentAnalysis.jl 0.9.2 (`deamddf`).
#[test]
fn modified_distances_of_eight_units() {
    let m = apart(&eight(), 1, Direction::Ones, Returns::Crs);
    close(&m.distance, &[1.5, 0.0, 2.0, 6.0, 4.5, 10.5, 8.5, 9.412], 1e-9);
    close(&m.input_steps, &[0.0; 8], 1e-9);
    close(&m.output_steps, &[1.5, 0.0, 2.0, 6.0, 4.5, 10.5, 8.5, 9.412], 1e-9);
    let m = apart(&eight(), 1, Direction::Ones, Returns::Vrs);
    close(&m.input_steps, &[0.0, 0.0, 0.0, 0.0, 2.0, 22.0 / 3.0, 2.0, 5.412], 1e-9);
    close(&m.output_steps, &[0.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 2.647], 1e-9);
    let m = apart(&eight(), 1, Direction::Observed, Returns::Vrs);
    close(&m.distance, &[0.0, 0.0, 0.0, 0.0, 1.166_666_666_7, 0.571_429, 0.142_857, 2.549_936], 0.000_000_6);
    close(&m.input_steps, &[0.0, 0.0, 0.0, 0.0, 0.0, 0.428_571, 0.142_857, 0.0], 0.000_000_6);
    // Of the last unit a step of inputs is worth one of outputs on the facet of (8, 8) and (12, 9): 9.412/4 = 2.353.
    let m = apart(&eight(), 1, Direction::Mean, Returns::Vrs);
    close(&m.input_steps, &[0.0, 0.0, 0.0, 0.0, 0.0, 0.691_523, 0.230_508, 0.162_738], 0.000_000_6);
    close(&m.output_steps, &[0.0, 0.0, 0.0, 0.0, 0.631_299, 0.180_371, 0.0, 1.018_556], 0.000_000_6);
    let m = apart(&eight(), 1, Direction::Ones, Returns::Fdh);
    close(&m.input_steps, &[0.0, 0.0, 0.0, 0.0, 2.0, 6.0, 2.0, 5.412], 1e-12);
    close(&m.output_steps, &[0.0, 0.0, 0.0, 0.0, 2.0, 1.0, 0.0, 2.647], 1e-12);
    assert_eq!(m.projection.peers.of(5).next().unwrap().units, [2]);
    assert!(m.projection.input_prices[0][5].is_nan(), "a single point has no prices");
}

#[test]
fn a_modified_distance_leaves_slacks() {
    let columns = vec![vec![1.0, 2.0, 1.5], vec![1.0, 2.0, 1.0], vec![1.0, 2.0, 1.0], vec![1.0, 2.0, 0.5]];
    for returns in [Returns::Vrs, Returns::Fdh] {
        let m = apart(&columns, 2, Direction::Ones, returns);
        close(&m.projection.input_slacks[0], &[0.0, 0.0, 0.5], 1e-12);
        close(&m.projection.output_slacks[1], &[0.0, 0.0, 0.5], 1e-12);
        assert_eq!(m.class, [Class::Strong, Class::Strong, Class::Weak]);
    }
}

#[test]
fn reverse_distances_lie_along_the_way_to_the_target() {
    let run = |columns: &Columns, m, orientation| {
        let options = ReverseOptions { orientation, ..ReverseOptions::default() };
        reverse(&borrowed(columns, m), &options).unwrap()
    };
    // Values of DataEnvelopmentAnalysis.jl 0.9.2 (`dearddf`, measure ERG).
    let r = run(&inputs(), 2, SlackOrientation::Input);
    close(&r.distance, &[0.0, 0.0, 0.0, 5.0 / 12.0, 0.6, 1.0 / 6.0, 0.35, 0.4375], 1e-9);
    let r = run(&outputs(), 1, SlackOrientation::Output);
    close(&r.distance, &[0.0, 0.0, 0.0, 13.0 / 28.0, 4.0 / 7.0, 1.0 / 3.0, 11.0 / 35.0, 0.672_727_272_7], 1e-9);
    let r = run(&eight(), 1, SlackOrientation::None);
    close(&r.distance, &[0.0, 0.0, 0.0, 0.0, 0.6, 11.0 / 21.0, 1.0 / 7.0, 0.8], 1e-9);
    // Unit 5 saves 2 and gains 2: the target (4, 5) is 0.6 steps of 10/3 away.
    close(&[r.lengths[0][4], r.lengths[1][4]], &[10.0 / 3.0; 2], 1e-9);
    assert_eq!([r.lengths[0][0], r.lengths[1][0]], [0.0; 2]);
    let r = reverse(
        &borrowed(&eight(), 1),
        &ReverseOptions { of: Reversed::Modified(Direction::Observed), ..ReverseOptions::default() },
    )
    .unwrap();
    let m = apart(&eight(), 1, Direction::Observed, Returns::Vrs);
    assert_eq!(r.distance, m.distance);
    close(&[r.lengths[0][5]], &[14.0 * m.input_steps[5] / m.distance[5]], 1e-9);
}

/// Values of DataEnvelopmentAnalysis.jl 0.9.2 (`deaholder`).
#[test]
fn hoelder_distances_of_eight_units() {
    use SlackOrientation::{Input, None, Output};
    let h = near(&inputs(), 2, Norm::One, false, Input);
    close(&h.distance, &[0.0, 0.0, 0.0, 2.0, 4.0, 0.0, 1.0, 0.6], 1e-9);
    close(&h.projection.input_slacks[1], &[0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 4.0], 1e-9);
    close(&h.projection.input_slacks[0], &[0.0, 0.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0], 1e-9);
    assert_eq!(h.moved[4], Some((Role::Input, 0)), "of two that are as good the first");
    assert_eq!(h.moved[3], Some((Role::Input, 1)));
    assert_eq!(h.class[5], Class::Weak);
    close(&near(&inputs(), 2, Norm::One, true, Input).distance, &[0.0, 0.0, 0.0, 0.625, 0.8, 0.0, 0.5, 0.375], 1e-9);
    let h = near(&inputs(), 2, Norm::Infinity, false, Input);
    close(&h.distance, &[0.0, 0.0, 0.0, 4.0 / 3.0, 3.0, 0.0, 1.0, 0.6], 1e-9);
    assert_eq!(h.moved, [Option::None; 8]);
    close(&near(&inputs(), 2, Norm::Infinity, true, Input).distance, &[0.0, 0.0, 0.0, 0.4, 0.6, 0.0, 1.0 / 3.0, 0.375], 1e-9);
    let o = |norm, weighted| near(&outputs(), 1, norm, weighted, Output).distance;
    close(&o(Norm::One, true), &[0.0, 0.0, 0.0, 0.6, 5.0 / 3.0, 0.0, 1.0 / 3.0, 0.6], 1e-9);
    close(&o(Norm::Infinity, false), &[0.0, 0.0, 0.0, 2.5, 4.0, 0.0, 1.5, 2.875], 1e-9);
    close(&o(Norm::Infinity, true), &[0.0, 0.0, 0.0, 5.0 / 9.0, 4.0 / 3.0, 0.0, 3.0 / 11.0, 0.6], 1e-9);
    let g = |norm, weighted| near(&eight(), 1, norm, weighted, None).distance;
    close(&g(Norm::One, false), &[0.0, 0.0, 0.0, 0.0, 3.0, 2.0, 0.0, 6.0], 1e-9);
    close(&g(Norm::Infinity, false), &[0.0, 0.0, 0.0, 0.0, 2.0, 2.0, 0.0, 3.832], 1e-9);
    close(&g(Norm::Infinity, true), &[0.0, 0.0, 0.0, 0.0, 0.4, 5.0 / 21.0, 0.0, 0.636_115], 0.000_000_6);
}

/// Values of DataEnvelopmentAnalysis.jl 0.9.2 (`deaholder`, l = 2), found there by a mixed-integer solver.
#[test]
fn straight_ways() {
    use SlackOrientation::{Input, None, Output};
    let h = near(&inputs(), 2, Norm::Two, false, Input);
    close(&h.distance, &[0.0, 0.0, 0.0, 1.788_854, 4.0, 0.0, 1.0, 0.6], 0.000_000_6);
    close(&h.projection.input_slacks[1], &[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 4.0], 1e-9);
    assert_eq!(h.moved, [Option::None; 8]);
    close(
        &near(&inputs(), 2, Norm::Two, true, Input).distance,
        &[0.0, 0.0, 0.0, 0.5547, 0.8, 0.0, 0.468_521, 0.375],
        0.000_000_6,
    );
    let o = |weighted| near(&outputs(), 1, Norm::Two, weighted, Output).distance;
    close(&o(false), &[0.0, 0.0, 0.0, 3.0, 5.0, 0.0, 1.897_367, 3.0], 0.000_001);
    close(&o(true), &[0.0, 0.0, 0.0, 0.6, 5.0 / 3.0, 0.0, 0.325_396, 0.6], 0.000_000_6);
    let g = |weighted| near(&eight(), 1, Norm::Two, weighted, None).distance;
    close(&g(false), &[0.0, 0.0, 0.0, 0.0, 2.683_282, 2.0, 0.0, 5.3648], 0.000_000_6);
    close(&g(true), &[0.0, 0.0, 0.0, 0.0, 0.485_071, 2.0 / 7.0, 0.0, 0.710_103], 0.000_000_6);
    let fdh = HolderOptions { norm: Norm::Two, returns: Returns::Fdh, ..HolderOptions::default() };
    assert!(matches!(holder(&borrowed(&eight(), 1), &fdh), Err(FrontierError::Options(_))));
}

/// By hand: from (6, 3) to the facet `y = 2x − 3` of (2, 1) and (4, 5) it is 6/√5; from (9.412, 2.353) to `4y = 8 + 3x`
/// 26.824/5.
#[test]
fn straight_ways_by_hand() {
    let h = near(&eight(), 1, Norm::Two, false, SlackOrientation::None);
    close(&h.distance[4..5], &[6.0 / 5.0_f64.sqrt()], 1e-9);
    close(&h.distance[7..], &[(8.0 + 3.0 * 9.412 - 4.0 * 2.353) / 5.0], 1e-9);
    assert!(h.interval.iter().zip(&h.distance).all(|((l, u), d)| l <= d && d <= u && u - l < 1e-8), "{:?}", h.interval);
}

/// By hand: a free disposal hull has steps.
#[test]
fn hoelder_distances_to_steps() {
    let options = HolderOptions { returns: Returns::Fdh, ..HolderOptions::default() };
    let h = holder(&borrowed(&eight(), 1), &options).unwrap();
    // (6, 3) meets the step of (4, 5) after 2 of either; (9.412, 2.353) after 5.412 of the input, 5.647 of the output.
    close(&h.distance, &[0.0, 0.0, 0.0, 0.0, 2.0, 2.0, 0.0, 5.412], 1e-12);
    assert_eq!(h.moved[7], Some((Role::Input, 0)));
    assert_eq!(h.class[6], Class::Weak);
    let h = holder(&borrowed(&eight(), 1), &HolderOptions { norm: Norm::Infinity, ..options }).unwrap();
    // Both at once: (9.412, 2.353) reaches the output of (4, 5) first.
    close(&h.distance, &[0.0, 0.0, 0.0, 0.0, 2.0, 2.0, 0.0, 2.647], 1e-12);
}

#[test]
fn beyond_a_foreign_frontier() {
    let (own, there) = (eight(), vec![vec![3.0, 6.0], vec![6.0, 3.0]]);
    let (own, there) = (borrowed(&own, 1), borrowed(&there, 1));
    for norm in [Norm::One, Norm::Two, Norm::Infinity] {
        for returns in [Returns::Vrs, Returns::Fdh] {
            if norm == Norm::Two && returns == Returns::Fdh {
                continue;
            }
            let h = holder_against(&there, &own, &HolderOptions { norm, returns, ..HolderOptions::default() }).unwrap();
            assert_eq!(h.state, [State::Infeasible, State::Optimal], "{norm:?} {returns:?}");
            assert!(h.distance[0].is_nan() && h.moved[0].is_none() && h.class[0] == Class::None);
        }
    }
    for returns in [Returns::Vrs, Returns::Fdh] {
        let m = modified_against(&there, &own, &ModifiedOptions { returns, ..ModifiedOptions::default() }).unwrap();
        assert_eq!(m.state, [State::Infeasible, State::Optimal]);
        assert!(m.distance[0].is_nan() && m.input_steps[0].is_nan());
    }
    let wide = vec![vec![1.0], vec![1.0], vec![1.0]];
    let wide = borrowed(&wide, 2);
    assert_eq!(holder_against(&wide, &own, &HolderOptions::default()), Err(FrontierError::Variables));
    assert_eq!(
        modified_against(&wide, &own, &ModifiedOptions::default()),
        Err(DirectionalError::Frontier(FrontierError::Variables))
    );
}

#[test]
fn options_and_data_are_checked() {
    let columns = eight();
    let t = borrowed(&columns, 1);
    for returns in [Returns::Generalised, Returns::Replication] {
        assert!(matches!(holder(&t, &HolderOptions { returns, ..Default::default() }), Err(FrontierError::Options(_))));
        assert!(modified(&t, &ModifiedOptions { returns, ..Default::default() }).is_err());
    }
    assert!(reverse(&t, &ReverseOptions { returns: Returns::Fdh, ..Default::default() }).is_err());
    let of = Reversed::Modified(Direction::Ones);
    assert!(reverse(&t, &ReverseOptions { of: of.clone(), returns: Returns::Fdh, ..Default::default() }).is_ok());
    assert!(reverse(&t, &ReverseOptions { of, orientation: SlackOrientation::Input, ..Default::default() }).is_err());
    let range = Direction::Range(SlackOrientation::None);
    assert!(modified(&t, &ModifiedOptions { direction: range, ..Default::default() }).is_err());
    let negative = vec![vec![1.0, -2.0], vec![1.0, 2.0]];
    assert!(matches!(holder(&borrowed(&negative, 1), &HolderOptions::default()), Err(FrontierError::Data(_))));
    let gap = vec![vec![1.0, f64::NAN], vec![1.0, 2.0]];
    let missing = Missing::Exclude;
    let h = holder(&borrowed(&gap, 1), &HolderOptions { missing, ..Default::default() }).unwrap();
    let m = modified(&borrowed(&gap, 1), &ModifiedOptions { missing, ..Default::default() }).unwrap();
    let r = reverse(&borrowed(&gap, 1), &ReverseOptions { missing, ..Default::default() }).unwrap();
    for state in [h.state, m.state, r.state] {
        assert_eq!(state, [State::Optimal, State::Missing]);
    }
    assert!(h.distance[1].is_nan() && m.output_steps[1].is_nan() && r.lengths[0][1].is_nan());
}

pub(super) fn table() -> impl Strategy<Value = Columns> {
    (4..14_usize, any::<bool>()).prop_flat_map(|(n, grid)| {
        let value = (0.5..50.0_f64).prop_map(move |x| if grid { (x / 10.0).ceil() } else { x });
        proptest::collection::vec(proptest::collection::vec(value, n), 4)
    })
}

fn moved(columns: &[Vec<f64>], by: [f64; 4]) -> Columns {
    columns.iter().zip(by).map(|(c, k)| c.iter().rev().map(|x| x * k).collect()).collect()
}

fn backwards(mut values: Vec<f64>) -> Vec<f64> {
    values.reverse();
    values
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// A common step is no more than two of its own, and each side alone no more than both.
    #[test]
    fn modified_distances_nest(columns in table()) {
        for (returns, same) in [(Returns::Crs, DirectionalReturns::Crs), (Returns::Vrs, DirectionalReturns::Vrs)] {
            let m = apart(&columns, 2, Direction::Observed, returns);
            let along = |direction| {
                let options = DirectionalOptions { direction, returns: same, ..DirectionalOptions::default() };
                directional(&borrowed(&columns, 2), &options).unwrap().beta
            };
            let (both, x, y) = (along(Direction::Observed), along(Direction::Inputs), along(Direction::Outputs));
            let only = apart(&columns, 2, Direction::Inputs, returns);
            for u in 0..m.distance.len() {
                prop_assert_eq!(m.state[u], State::Optimal);
                prop_assert!(m.interval[u].0 <= m.distance[u] && m.distance[u] <= m.interval[u].1);
                prop_assert!(m.distance[u] >= 2.0 * both[u] - 1e-9);
                prop_assert!(m.distance[u] >= x[u].max(y[u]) - 1e-9);
                prop_assert!((only.distance[u] - x[u]).abs() <= 1e-9);
                // The target is the unit moved, less its slacks.
                for v in 0..2 {
                    let at = columns[v][u] * (1.0 - m.input_steps[u]) - m.projection.input_slacks[v][u];
                    prop_assert!((m.projection.input_targets[v][u] - at).abs() <= 1e-7 * 50.0);
                    let at = columns[2 + v][u] * (1.0 + m.output_steps[u]) + m.projection.output_slacks[v][u];
                    prop_assert!((m.projection.output_targets[v][u] - at).abs() <= 1e-7 * 50.0 * (1.0 + m.output_steps[u]));
                }
            }
            let fdh = apart(&columns, 2, Direction::Observed, Returns::Fdh);
            prop_assert!(fdh.distance.iter().zip(&m.distance).all(|(f, d)| *f <= d + 1e-9));
        }
    }

    /// The measure is the directional distance along its own direction, and its target needs no further step.
    #[test]
    fn reverse_distances_are_distances(columns in table(), crs in any::<bool>()) {
        let (returns, same) = if crs { (Returns::Crs, DirectionalReturns::Crs) } else { (Returns::Vrs, DirectionalReturns::Vrs) };
        for orientation in [SlackOrientation::None, SlackOrientation::Input, SlackOrientation::Output] {
            let r = reverse(&borrowed(&columns, 2), &ReverseOptions { orientation, returns, ..Default::default() }).unwrap();
            let score = sbm(&borrowed(&columns, 2), &SbmOptions { orientation, returns, ..Default::default() }).unwrap().score;
            let far: Vec<usize> = (0..score.len()).filter(|&u| r.distance[u] > 1e-6).collect();
            let lengths: Columns =
                r.lengths.iter().map(|c| c.iter().enumerate().map(|(u, g)| if far.contains(&u) { *g } else { 1.0 }).collect()).collect();
            let options = DirectionalOptions { direction: Direction::Columns(lengths), returns: same, ..Default::default() };
            let d = directional(&borrowed(&columns, 2), &options).unwrap();
            for u in far {
                prop_assert!((r.distance[u] - (1.0 - score[u])).abs() < 1e-12);
                prop_assert!((d.beta[u] - r.distance[u]).abs() < 1e-7, "{orientation:?} {u}: {} {}", d.beta[u], r.distance[u]);
            }
        }
    }

    /// Norms order distances: ‖·‖∞ ≤ ‖·‖₁, and ‖·‖₁ ≤ k ‖·‖∞ in k variables; more variables are no farther.
    #[test]
    fn hoelder_distances_nest(columns in table(), weighted in any::<bool>(), fdh in any::<bool>()) {
        let run = |norm, orientation| {
            let returns = if fdh { Returns::Fdh } else { Returns::Vrs };
            holder(&borrowed(&columns, 2), &HolderOptions { norm, weighted, orientation, returns, ..Default::default() }).unwrap()
        };
        let (one, all) = (run(Norm::One, SlackOrientation::None), run(Norm::Infinity, SlackOrientation::None));
        let (x, y) = (run(Norm::One, SlackOrientation::Input), run(Norm::One, SlackOrientation::Output));
        for u in 0..one.distance.len() {
            prop_assert_eq!((one.state[u], all.state[u]), (State::Optimal, State::Optimal));
            let (d, e) = (one.distance[u], all.distance[u]);
            prop_assert!(e <= d * (1.0 + 1e-9) + 1e-9);
            prop_assert!(fdh || d <= 4.0 * e * (1.0 + 1e-9) + 1e-9);
            prop_assert!((d - x.distance[u].min(y.distance[u])).abs() <= 1e-9 * (1.0 + d));
            prop_assert!(one.interval[u].0 <= d && d <= one.interval[u].1);
        }
    }

    #[test]
    fn units_of_measure_and_the_order_of_rows_do_not_matter(columns in table()) {
        let turned = moved(&columns, [1e9, 1e-9, 1e-9, 1e9]);
        for returns in [Returns::Vrs, Returns::Fdh] {
            let (a, b) = (apart(&columns, 2, Direction::Observed, returns), apart(&turned, 2, Direction::Observed, returns));
            close(&backwards(b.distance), &a.distance, 1e-8);
            let run = |columns: &Columns, norm| {
                let options = HolderOptions { norm, weighted: true, returns, ..HolderOptions::default() };
                holder(&borrowed(columns, 2), &options).unwrap()
            };
            for norm in [Norm::One, Norm::Two, Norm::Infinity] {
                if norm == Norm::Two && returns == Returns::Fdh {
                    continue;
                }
                let (a, b) = (run(&columns, norm), run(&turned, norm));
                close(&backwards(b.distance), &a.distance, 1e-9);
                let mut class = b.class;
                class.reverse();
                prop_assert_eq!(class, a.class);
            }
        }
        let r = |columns: &Columns| reverse(&borrowed(columns, 2), &ReverseOptions::default()).unwrap().distance;
        close(&backwards(r(&turned)), &r(&columns), 1e-9);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// ‖·‖∞ ≤ ‖·‖₂ ≤ ‖·‖₁; bounds close; and no direction of the sphere reaches the frontier sooner.
    #[test]
    fn straight_ways_are_the_shortest(
        columns in table(),
        weighted in any::<bool>(),
        crs in any::<bool>(),
        ways in proptest::collection::vec(proptest::collection::vec(0.0..1.0_f64, 4), 6),
    ) {
        let (returns, same) = if crs { (Returns::Crs, DirectionalReturns::Crs) } else { (Returns::Vrs, DirectionalReturns::Vrs) };
        let run = |norm| {
            let options = HolderOptions { norm, weighted, returns, ..HolderOptions::default() };
            holder(&borrowed(&columns, 2), &options).unwrap()
        };
        let (one, two, all) = (run(Norm::One), run(Norm::Two), run(Norm::Infinity));
        for u in 0..two.distance.len() {
            let d = two.distance[u];
            prop_assert_eq!(two.state[u], State::Optimal, "{:?}", two.interval[u]);
            prop_assert!(two.interval[u].0 <= d && d <= two.interval[u].1 && two.interval[u].1 - two.interval[u].0 <= 1e-8 * (1.0 + d));
            prop_assert!(all.distance[u] <= d + 1e-9 * (1.0 + d) && d <= one.distance[u] + 1e-9 * (1.0 + d));
        }
        for way in ways {
            let norm = way.iter().map(|x| x * x).sum::<f64>().sqrt().max(1e-6);
            let length = |v: usize, u: usize| way[v].max(1e-6) / norm * if weighted { columns[v][u] } else { 1.0 };
            let lengths = (0..4).map(|v| (0..columns[0].len()).map(|u| length(v, u)).collect()).collect();
            let options = DirectionalOptions { direction: Direction::Columns(lengths), returns: same, ..Default::default() };
            let d = directional(&borrowed(&columns, 2), &options).unwrap();
            for u in 0..d.beta.len() {
                prop_assert!(two.distance[u] <= d.beta[u] * (1.0 + 1e-4) + 1e-7, "{u}: {} {}", two.distance[u], d.beta[u]);
            }
        }
    }
}

/// Without a second phase the distances are the same.
#[test]
fn slacks_come_after() {
    let options = |slacks| ModifiedOptions { slacks, ..ModifiedOptions::default() };
    let columns = eight();
    let run = |slacks| modified(&borrowed(&columns, 1), &options(slacks)).unwrap().distance;
    close(&run(Slacks::None), &run(Slacks::Sum), 1e-12);
}
