use proptest::prelude::*;

use super::*;
use crate::directional::{Direction, DirectionalOptions, DirectionalReturns, directional};

type Columns = Vec<Vec<f64>>;

/// `[m, s]` inputs and outputs; the rest are undesirable outputs.
fn tech(columns: &Columns, [m, s]: [usize; 2]) -> Technology<'_> {
    let all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    Technology { inputs: all[..m].to_vec(), outputs: all[m..m + s].to_vec(), bad_outputs: all[m + s..].to_vec() }
}

fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (u, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= tolerance, "unit {u}: {f} for {e}\n{found:?}");
    }
}

fn options(index: Index, returns: Returns) -> ByProductionOptions {
    ByProductionOptions { polluting: vec![0], index, returns, ..ByProductionOptions::default() }
}

/// Murty, Russell and Levkoff (2012), example 1 (4.1): one input, which pollutes; constant returns.
fn example() -> Columns {
    vec![vec![1.0, 1.0, 1.0, 2.0, 2.0], vec![2.0, 1.5, 2.0 / 3.0, 3.0, 2.0], vec![4.0, 1.0, 2.0, 5.0, 3.0]]
}

/// The efficiencies that the authors give: unit 2 has 3/4, 1 and 7/8, unit 3 has 1/3, 1/2 and 5/12. The others follow
/// from y/x ≤ 2 and b/x ≥ 1.
#[test]
fn example_of_murty_russell_and_levkoff() {
    let columns = example();
    let t = tech(&columns, [1, 1]);
    let r = by_production(&t, &options(Index::Fgl, Returns::Crs)).unwrap();
    close(&r.intended.score, &[1.0, 0.75, 1.0 / 3.0, 0.75, 0.5], 1e-14);
    close(&r.residual.score, &[0.25, 1.0, 0.5, 0.4, 2.0 / 3.0], 1e-14);
    close(&r.score, &[0.625, 0.875, 5.0 / 12.0, 0.575, 7.0 / 12.0], 1e-14);
    assert!(r.class.iter().all(|c| *c == Class::Inefficient));
    let r = by_production(&t, &options(Index::Hyperbolic, Returns::Crs)).unwrap();
    close(&r.score, &[1.0, 1.0, 0.5, 0.75, 2.0 / 3.0], 1e-14);
    // The joint index stops where one part is at its best: they criticise it for that.
    assert_eq!((r.class[0], r.class[1], r.class[2]), (Class::Weak, Class::Weak, Class::Inefficient));
    let r = by_production(&t, &options(Index::Directional, Returns::Crs)).unwrap();
    close(&r.intended.score, &[0.0, 1.0 / 3.0, 2.0, 1.0 / 3.0, 1.0], 1e-14);
    close(&r.residual.score, &[0.75, 0.0, 0.5, 0.6, 1.0 / 3.0], 1e-14);
    close(&r.score, &[0.0, 0.0, 0.5, 1.0 / 3.0, 1.0 / 3.0], 1e-14);
    for (index, sizes) in [(Index::Fgl, 1e-12), (Index::Hyperbolic, 1e-12)] {
        let r = by_production(&t, &options(index, Returns::Crs)).unwrap();
        let (made, left) = (&r.intended.projection, &r.residual.projection);
        close(&made.output_targets[0], &[2.0, 2.0, 2.0, 4.0, 4.0], sizes);
        close(&left.bad_output_targets[0], &[1.0, 1.0, 1.0, 2.0, 2.0], sizes);
        close(&left.bad_output_slacks[0], &[3.0, 0.0, 1.0, 3.0, 1.0], sizes);
        assert!(left.output_targets.is_empty() && made.bad_output_targets.is_empty());
        assert_eq!((made.peers.of(2).next().unwrap().units, left.peers.of(2).next().unwrap().units), (&[0][..], &[1][..]));
    }
}

#[test]
fn what_does_not_fit_is_said_at_once() {
    let columns = example();
    let t = tech(&columns, [1, 1]);
    let refused = |o: ByProductionOptions| match by_production(&t, &o) {
        Err(FrontierError::Options(list)) => list.iter().map(|l| l.0).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(ByProductionOptions::default()), ["polluting"]);
    let wrong = ByProductionOptions {
        polluting: vec![0, 0, 4],
        returns: Returns::Fdh,
        residual_returns: Some(Returns::Replication),
        ..ByProductionOptions::default()
    };
    assert_eq!(refused(wrong), ["polluting", "polluting", "returns", "residual_returns"]);
    let none = Technology { bad_outputs: Vec::new(), ..t.clone() };
    let fgl = options(Index::Fgl, Returns::Vrs);
    assert_eq!(by_production(&none, &fgl), Err(FrontierError::NoVariable(Role::BadOutput)));
    let mut clean = columns.clone();
    clean[2][3] = 0.0;
    let found = by_production(&tech(&clean, [1, 1]), &fgl);
    assert_eq!(found, Err(FrontierError::Data(vec![Defect::ZeroUnit(Role::BadOutput, 3)])));
    let mut negative = columns.clone();
    (negative[2][1], negative[0][2]) = (-1.0, f64::INFINITY);
    assert!(matches!(by_production(&tech(&negative, [1, 1]), &fgl), Err(FrontierError::Data(d)) if d.len() == 2));
    // A second input that pollutes, unused by one unit, is no cause of its emissions.
    let mut two = columns.clone();
    two.insert(1, vec![0.0, 1.0, 1.0, 1.0, 1.0]);
    let second = ByProductionOptions { polluting: vec![1], ..fgl.clone() };
    assert!(matches!(by_production(&tech(&two, [2, 1]), &second), Err(FrontierError::Options(_))));
    two[1] = vec![0.0; 5];
    assert!(by_production(&tech(&two, [2, 1]), &fgl).is_err());
}

/// A unit that lacks any cell spans neither sub-technology.
#[test]
fn a_unit_with_a_missing_cell_is_in_no_reference() {
    let mut columns = example();
    columns[2][0] = f64::NAN;
    for index in [Index::Fgl, Index::Hyperbolic, Index::Directional] {
        let o = ByProductionOptions { missing: Missing::Exclude, ..options(index, Returns::Crs) };
        let r = by_production(&tech(&columns, [1, 1]), &o).unwrap();
        assert_eq!((r.state[0], r.class[0]), (State::Missing, Class::None));
        assert!(r.score[0].is_nan() && r.intended.score[0].is_nan() && r.residual.score[0].is_nan());
        // Without unit 1 the best y/x is that of units 2 and 4.
        let best = if index == Index::Directional { 0.0 } else { 1.0 };
        close(&r.intended.score[1..2], &[best], 1e-14);
        let refuse = ByProductionOptions { missing: Missing::Refuse, ..o };
        assert!(matches!(by_production(&tech(&columns, [1, 1]), &refuse), Err(FrontierError::Data(_))));
    }
}

/// Two causes, one of them clean labour: residual generation looks at energy alone.
#[test]
fn only_polluting_inputs_cause_pollution() {
    let columns: Columns = vec![vec![4.0, 4.0, 8.0], vec![2.0, 9.0, 5.0], vec![3.0, 3.0, 6.0], vec![2.0, 4.0, 6.0]];
    let t = tech(&columns, [2, 1]);
    let r = by_production(&t, &options(Index::Fgl, Returns::Vrs)).unwrap();
    close(&r.residual.score, &[1.0, 0.5, 1.0], 1e-14);
    assert_eq!(r.residual.projection.input_targets.len(), 1);
    let both = ByProductionOptions { polluting: vec![1, 0], ..options(Index::Fgl, Returns::Vrs) };
    let r = by_production(&t, &both).unwrap();
    // With labour a cause, the second unit has the most of it.
    close(&r.residual.score, &[1.0, 1.0, 1.0], 1e-14);
    close(&r.residual.projection.input_targets[0], &[2.0, 9.0, 5.0], 1e-13);
}

fn data() -> impl Strategy<Value = Columns> {
    (any::<bool>(), proptest::collection::vec(0.0_f64..1.0, 84)).prop_map(|(whole, cells)| {
        let cell = |x: f64| if whole { 1.0 + (5.0 * x).floor() } else { 0.1 + x };
        (0..6).map(|v| (0..14).map(|u| cell(cells[6 * u + v])).collect()).collect()
    })
}

const RETURNS: [Returns; 4] = [Returns::Vrs, Returns::Nirs, Returns::Ndrs, Returns::Crs];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Two inputs, two outputs, two undesirable outputs.
    #[test]
    fn laws(columns in data(), returns in 0_usize..4, residual in 0_usize..4, index in 0_usize..3, by in 0_usize..6) {
        let index = [Index::Fgl, Index::Hyperbolic, Index::Directional][index];
        let o = ByProductionOptions { residual_returns: Some(RETURNS[residual]), ..options(index, RETURNS[returns]) };
        let run = |columns: &Columns| by_production(&tech(columns, [2, 2]), &o).unwrap();
        let r = run(&columns);
        for u in 0..14 {
            prop_assert_eq!(r.state[u], State::Optimal);
            let (a, b, s) = (r.intended.score[u], r.residual.score[u], r.score[u]);
            prop_assert!(r.interval[u].0 <= s + 1e-12 && s <= r.interval[u].1 + 1e-12 && r.interval[u].1 - r.interval[u].0 < 1e-8);
            match index {
                Index::Fgl => {
                    let phi: f64 = r.intended.factors.iter().map(|f| f[u]).sum::<f64>() / 2.0;
                    let gamma: f64 = r.residual.factors.iter().map(|f| f[u]).sum::<f64>() / 2.0;
                    prop_assert!((a - 1.0 / phi).abs() < 1e-9 && (b - gamma).abs() < 1e-9);
                    prop_assert!((s - 0.5 * (a + b)).abs() < 1e-15 && s > 0.0 && s <= 1.0 + 1e-12);
                }
                Index::Hyperbolic => prop_assert!(s == a.max(b) && s > 0.0 && s <= 1.0),
                Index::Directional => prop_assert!(s == a.min(b) && s >= 0.0 && b <= 1.0),
            }
            // Targets are in the sub-technologies, and no worse than the unit.
            let (made, left) = (&r.intended.projection, &r.residual.projection);
            for v in 0..2 {
                prop_assert!(made.input_targets[v][u] <= columns[v][u] + 1e-9);
                prop_assert!(made.output_targets[v][u] >= r.intended.factors[v][u] * columns[2 + v][u] - 1e-8);
                prop_assert!(left.bad_output_targets[v][u] <= r.residual.factors[v][u] * columns[4 + v][u] + 1e-8);
                let way = left.bad_output_slacks[v][u] + left.bad_output_targets[v][u];
                prop_assert!((way - columns[4 + v][u]).abs() < 1e-8);
            }
            prop_assert!(left.input_targets[0][u] >= columns[0][u] - 1e-9);
        }
        for factor in [1e9, 1e-9] {
            let mut scaled = columns.clone();
            scaled[by].iter_mut().for_each(|x| *x *= factor);
            let e = run(&scaled);
            close(&e.score, &r.score, 1e-9);
        }
        let turned: Columns = columns.iter().map(|c| c.iter().rev().copied().collect()).collect();
        let e = run(&turned);
        for u in 0..14 {
            prop_assert_eq!(r.score[u].to_bits(), e.score[13 - u].to_bits());
        }
        let twins: Columns = columns.iter().map(|c| c.iter().chain(c).copied().collect()).collect();
        let e = run(&twins);
        close(&e.score[..14], &r.score, 1e-10);
        close(&e.score[14..], &r.score, 1e-10);
    }

    /// One step for both parts together: the program over both sets of weights, with strong disposal of the sides.
    #[test]
    fn indices_agree_with_each_other(columns in data(), returns in 0_usize..4) {
        let run = |index| by_production(&tech(&columns, [2, 2]), &options(index, RETURNS[returns])).unwrap();
        let (fgl, hyperbolic, steps) = (run(Index::Fgl), run(Index::Hyperbolic), run(Index::Directional));
        let same = [DirectionalReturns::Vrs, DirectionalReturns::Nirs, DirectionalReturns::Ndrs, DirectionalReturns::Crs][returns];
        let all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let ask = |inputs: Vec<&[f64]>, outputs: Vec<&[f64]>, direction: Direction| {
            let t = Technology { inputs, outputs, bad_outputs: Vec::new() };
            directional(&t, &DirectionalOptions { direction, returns: same, ..DirectionalOptions::default() }).unwrap().beta
        };
        let first = ask(all[..2].to_vec(), all[2..4].to_vec(), Direction::Outputs);
        let second = ask(all[4..].to_vec(), all[..1].to_vec(), Direction::Inputs);
        close(&steps.intended.score, &first, 1e-9);
        close(&steps.residual.score, &second, 1e-9);
        for u in 0..14 {
            prop_assert!((hyperbolic.intended.score[u] - 1.0 / (1.0 + first[u])).abs() < 1e-10);
            prop_assert!((hyperbolic.residual.score[u] - (1.0 - second[u])).abs() < 1e-10);
            // A factor for each variable leaves nothing behind.
            prop_assert!(fgl.intended.score[u] <= hyperbolic.intended.score[u] + 1e-10);
            prop_assert!(fgl.residual.score[u] <= hyperbolic.residual.score[u] + 1e-10);
        }
    }
}
