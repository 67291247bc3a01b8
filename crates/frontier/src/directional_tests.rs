use proptest::prelude::*;

use super::*;
use crate::{
    Orientation,
    dea::{DeaOptions, Returns, dea},
};

type Columns = Vec<Vec<f64>>;

fn borrowed(columns: &Columns, m: usize, s: usize) -> Technology<'_> {
    let all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    Technology { inputs: all[..m].to_vec(), outputs: all[m..m + s].to_vec(), bad_outputs: all[m + s..].to_vec() }
}

fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() <= tolerance, "{found:?} is not {expected:?}");
    }
}

/// Eleven farms of the example of Álvarez, Barbero and Zofío (2020), Journal of Statistical Software 95(3).
fn farms() -> Columns {
    vec![
        vec![5.0, 16.0, 16.0, 17.0, 18.0, 23.0, 25.0, 27.0, 37.0, 42.0, 5.0],
        vec![13.0, 12.0, 26.0, 15.0, 14.0, 6.0, 10.0, 22.0, 14.0, 25.0, 17.0],
        vec![12.0, 14.0, 25.0, 26.0, 8.0, 9.0, 27.0, 30.0, 31.0, 26.5, 12.0],
    ]
}

/// Álvarez, Barbero and Zofío (2020), section 3.5: super-efficiency along (x, y), CRS, printed to four decimals.
#[test]
fn super_directional_of_eleven_farms() {
    let options = DirectionalOptions { exclude_own: true, ..DirectionalOptions::default() };
    let farms = farms();
    let r = directional(&borrowed(&farms, 2, 1), &options).unwrap();
    let printed = [-0.0612, 0.2328, 0.099, -0.0552, 0.5263, 0.2857, -0.1091, 0.1379, 0.0988, 0.3333, 0.0];
    close(&r.beta, &printed, 0.00005 + 1e-9);
    assert_eq!([r.class[0], r.class[1], r.class[10]], [Class::Super, Class::Inefficient, Class::Weak]);
    // Under variable returns nothing produces as much as unit 9.
    let r = directional(&borrowed(&farms, 2, 1), &DirectionalOptions { returns: DirectionalReturns::Vrs, ..options }).unwrap();
    assert!(r.state.iter().all(|s| *s == State::Optimal), "{:?}", r.state);
    let outputs = DirectionalOptions {
        direction: Direction::Outputs,
        returns: DirectionalReturns::Vrs,
        exclude_own: true,
        ..DirectionalOptions::default()
    };
    let r = directional(&borrowed(&farms, 2, 1), &outputs).unwrap();
    // The fewest of the second input, all fixed: no weights of the others get there.
    assert_eq!((r.state[5], r.beta[5].is_nan()), (State::Infeasible, true));
    assert_eq!(r.unreached[5], [(Role::Input, 1)]);
    assert!(r.unreached[2].is_empty());
}

/// Five plants of `deaenv` in DataEnvelopmentAnalysis.jl 0.9.2, whose bads are strongly disposable: distances, slacks.
#[test]
fn strongly_disposable_bads_of_five_plants() {
    let plants: Columns = vec![vec![1.0; 5], vec![7.0, 5.0, 1.0, 3.0, 4.0], vec![2.0, 5.0, 3.0, 3.0, 2.0]];
    let t = borrowed(&plants, 1, 1);
    let strong =
        DirectionalOptions { direction: Direction::Outputs, bad_outputs: BadOutputs::Strong, ..DirectionalOptions::default() };
    let r = directional(&t, &strong).unwrap();
    close(&r.beta, &[0.0, 0.4, 19.0 / 23.0, 5.0 / 9.0, 3.0 / 11.0], 1e-14);
    close(&r.slacks[2], &[0.0, 1.0, 0.0, 0.0, 0.0], 1e-13);
    close(&r.slacks[0], &[0.0, 0.0, 17.0 / 23.0, 1.0 / 3.0, 3.0 / 11.0], 1e-14);
    // Weakly: y/b of the best is 7/2, and bads come down with the good only.
    let r = directional(&t, &DirectionalOptions { bad_outputs: BadOutputs::Weak, ..strong }).unwrap();
    assert!(r.slacks[2].iter().all(|s| *s == 0.0));
    assert!(r.beta.iter().zip([0.0, 0.4, 19.0 / 23.0, 5.0 / 9.0, 3.0 / 11.0]).all(|(w, s)| *w <= s + 1e-14));
}

/// A case by hand: two plants span the frontier; a third is priced on their facet.
#[test]
fn bads_are_priced_in_goods() {
    // y = 2 with b = 1, y = 3 with b = 2, one input each; VRS hull: y = 1 + b between them.
    let columns: Columns = vec![vec![1.0; 3], vec![2.0, 3.0, 2.0], vec![1.0, 2.0, 1.5]];
    let options = DirectionalOptions {
        direction: Direction::Custom(vec![0.0, 1.0, 0.0]),
        returns: DirectionalReturns::VrsConvex,
        ..DirectionalOptions::default()
    };
    let r = directional(&borrowed(&columns, 1, 1), &options).unwrap();
    close(&[r.beta[2], r.prices[1][2], r.prices[2][2], r.bad_prices[0][2]], &[0.5, 1.0, 1.0, 1.0], 1e-14);
    close(&[r.targets[1][2], r.targets[2][2], r.weight_sum[2]], &[2.5, 1.5, 1.0], 1e-14);
    let both = DirectionalOptions { direction: Direction::Custom(vec![0.0, 1.0, 1.0]), ..options.clone() };
    let r = directional(&borrowed(&columns, 1, 1), &both).unwrap();
    close(&[r.beta[2], r.prices[1][2], r.prices[2][2]], &[0.25, 0.5, 0.5], 1e-14);
    // Idle weights: no output, no bads; (y, b) = (1.5, 0.75) is half of the first plant.
    let columns: Columns = vec![vec![1.0; 3], vec![2.0, 3.0, 1.0], vec![1.0, 2.0, 0.75]];
    let kuosmanen = DirectionalOptions { returns: DirectionalReturns::VrsKuosmanen, ..options };
    let r = directional(&borrowed(&columns, 1, 1), &kuosmanen).unwrap();
    close(&[r.beta[2], r.weight_sum[2]], &[0.5, 1.0], 1e-14);
    assert_eq!((r.peers[2].len(), r.peers[2][0].units[0]), (1, 0));
    let idle: f64 = r.idle[2].iter().map(|p| p.weight).sum();
    close(&[r.peers[2][0].weight, idle], &[0.75, 0.25], 1e-14);
}

#[test]
fn what_does_not_fit_is_refused_all_at_once() {
    let farms = farms();
    let t = borrowed(&farms, 2, 1);
    let run = |o: DirectionalOptions| directional(&t, &o).unwrap_err();
    let wrong = DirectionalOptions { direction: Direction::Custom(vec![-1.0, f64::NAN]), ..DirectionalOptions::default() };
    let DirectionalError::Direction(defects) = run(wrong) else { panic!() };
    assert_eq!(defects.len(), 3, "{defects:?}");
    let zero = DirectionalOptions { direction: Direction::Custom(vec![0.0; 3]), ..DirectionalOptions::default() };
    assert_eq!(run(zero), DirectionalError::Direction(vec![DirectionDefect::Zero(None)]));
    let mut columns = vec![vec![1.0; 11]; 3];
    columns.iter_mut().for_each(|c| c[4] = 0.0);
    let idle = DirectionalOptions { direction: Direction::Columns(columns), ..DirectionalOptions::default() };
    assert_eq!(run(idle), DirectionalError::Direction(vec![DirectionDefect::Zero(Some(4))]));
    let short = DirectionalOptions { direction: Direction::Columns(vec![vec![1.0]; 3]), ..DirectionalOptions::default() };
    assert!(matches!(run(short), DirectionalError::Direction(d) if d.len() == 3));
    let convex = DirectionalOptions { returns: DirectionalReturns::VrsConvex, ..DirectionalOptions::default() };
    assert_eq!(run(convex), DirectionalError::Returns(DirectionalReturns::VrsConvex, BadOutputs::Weak));
    let third = DirectionalOptions { numeraire: 1, ..DirectionalOptions::default() };
    assert_eq!(run(third), DirectionalError::Numeraire { numeraire: 1, outputs: 1 });
    let weak = DirectionalOptions { returns: DirectionalReturns::Vrs, ..DirectionalOptions::default() };
    assert!(matches!(directional(&borrowed(&farms, 1, 1), &weak), Err(DirectionalError::Returns(..))));
}

#[test]
fn a_unit_with_a_missing_cell_is_missing() {
    let mut farms = farms();
    farms[0][3] = f64::NAN;
    let options = DirectionalOptions { missing: Missing::Exclude, ..DirectionalOptions::default() };
    let r = directional(&borrowed(&farms, 2, 1), &options).unwrap();
    assert_eq!((r.state[3], r.class[3]), (State::Missing, Class::None));
    assert!(r.beta[3].is_nan() && r.targets[0][3].is_nan() && r.state[4] == State::Optimal);
}

fn data(kind: usize, n: usize, k: usize) -> impl Strategy<Value = Columns> {
    let cell = move |v: f64| match kind {
        0 => 0.1 + v,
        1 => 1.0 + (5.0 * v).floor(),
        _ => {
            if v < 0.2 {
                0.0
            } else {
                v
            }
        }
    };
    proptest::collection::vec(0.0_f64..1.0, n * k).prop_map(move |cells| {
        let at = |u: usize, i: usize| if i == 0 || i == 2 { 0.1 + cells[u * k + i] } else { cell(cells[u * k + i]) };
        (0..k).map(|i| (0..n).map(|u| at(u, i)).collect()).collect()
    })
}

const STRONG: [DirectionalReturns; 4] =
    [DirectionalReturns::Crs, DirectionalReturns::Vrs, DirectionalReturns::Nirs, DirectionalReturns::Ndrs];
const WEAK: [DirectionalReturns; 3] = [DirectionalReturns::Crs, DirectionalReturns::VrsConvex, DirectionalReturns::VrsKuosmanen];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn along_inputs_or_outputs_it_is_the_radial_measure(columns in (0_usize..3).prop_flat_map(|k| data(k, 16, 4))) {
        let t = borrowed(&columns, 2, 2);
        let run = |direction| directional(&t, &DirectionalOptions { direction, ..DirectionalOptions::default() }).unwrap();
        let (inputs, outputs) = (run(Direction::Inputs), run(Direction::Outputs));
        let radial = |orientation| dea(&t, &DeaOptions { orientation, returns: Returns::Crs, ..DeaOptions::default() }).unwrap();
        let (theta, phi) = (radial(Orientation::Input), radial(Orientation::Output));
        for u in 0..16 {
            prop_assert!((inputs.beta[u] - (1.0 - theta.score[u])).abs() < 1e-11);
            prop_assert!((outputs.beta[u] - (phi.reciprocal[u] - 1.0)).abs() < 1e-10 * phi.reciprocal[u]);
        }
    }

    #[test]
    fn laws_of_one_technology(
        columns in (0_usize..3).prop_flat_map(|k| data(k, 16, 5)),
        returns in 0_usize..7,
        direction in 0_usize..5,
        by in 0_usize..5,
    ) {
        let (returns, bad_outputs) =
            if returns < 4 { (STRONG[returns], BadOutputs::Strong) } else { (WEAK[returns - 4], BadOutputs::Weak) };
        let directions = [Direction::Observed, Direction::Inputs, Direction::Outputs, Direction::Mean, Direction::Ones];
        let direction = directions[direction].clone();
        let options = DirectionalOptions { direction: direction.clone(), returns, bad_outputs, ..DirectionalOptions::default() };
        let t = borrowed(&columns, 2, 2);
        let Ok(r) = directional(&t, &options) else { return Ok(()) };
        prop_assert!(r.state.iter().all(|s| *s == State::Optimal), "{:?}", r.state);
        let members: Vec<usize> = (0..16).collect();
        let steps = direction.steps(&t, &t, &members).unwrap();
        for (u, &beta) in r.beta.iter().enumerate() {
            prop_assert!(beta >= 0.0 && r.interval[u].0 <= r.beta[u] && r.beta[u] <= r.interval[u].1);
            // Prices: one step is worth 1, and primal equals dual.
            let sign = |v: usize| if (2..4).contains(&v) { -1.0 } else { 1.0 };
            let worth: f64 = (0..5).map(|v| r.prices[v][u] * steps.length(v, u, columns[v][u])).sum();
            let value: f64 = (0..5).map(|v| sign(v) * r.prices[v][u] * columns[v][u]).sum();
            prop_assert!((worth - 1.0).abs() < 1e-9, "{worth}");
            prop_assert!((value + r.intercept[u] - r.beta[u]).abs() < 1e-9 * (1.0 + r.beta[u]));
            // The move, the slack and the target are one sum.
            for (v, column) in columns.iter().enumerate() {
                let moved = column[u] - sign(v) * beta * steps.length(v, u, column[u]);
                let target = moved - sign(v) * r.slacks[v][u];
                prop_assert!((target - r.targets[v][u]).abs() < 1e-8, "{target} {}", r.targets[v][u]);
            }
        }
        // Units of measure, for the direction that carries them.
        if !matches!(direction, Direction::Ones) {
            for factor in [1e9, 1e-9] {
                let mut scaled = columns.clone();
                scaled[by].iter_mut().for_each(|x| *x *= factor);
                let e = directional(&borrowed(&scaled, 2, 2), &options).unwrap();
                for u in 0..16 {
                    prop_assert!((r.beta[u] - e.beta[u]).abs() < 1e-10 * (1.0 + r.beta[u]));
                    prop_assert_eq!(r.class[u], e.class[u]);
                }
            }
        }
        // Row order: bit for bit.
        let turned: Columns = columns.iter().map(|c| c.iter().rev().copied().collect()).collect();
        let e = directional(&borrowed(&turned, 2, 2), &options).unwrap();
        if !matches!(direction, Direction::Mean) {
            for u in 0..16 {
                prop_assert_eq!(r.beta[u].to_bits(), e.beta[15 - u].to_bits());
            }
        }
        // Targets are on the frontier of the same reference, without slack.
        if !matches!(direction, Direction::Ones | Direction::Mean) && bad_outputs == BadOutputs::Strong {
            let e = directional_against(&borrowed(&r.targets, 2, 2), &t, &options);
            if let Ok(e) = e {
                for u in 0..16 {
                    // Where the direction has no step in a variable, rounding alone may put a target beyond the frontier,
                    // to which then a long way leads, or none.
                    let still = (0..5).any(|v| steps.length(v, u, r.targets[v][u]) == 0.0);
                    let beyond = still && (e.state[u] == State::Infeasible || e.beta[u] < 0.0);
                    prop_assert!(beyond || e.beta[u].abs() < 1e-8, "{} {:?}", e.beta[u], e.state[u]);
                }
            }
        }
        // Without a unit's own values β can only be smaller; a twin in the reference keeps it.
        let alone = directional(&t, &DirectionalOptions { exclude_own: true, ..options.clone() }).unwrap();
        for u in 0..16 {
            match alone.state[u] {
                State::Optimal => prop_assert!(alone.beta[u] <= r.beta[u] + 1e-10 * (1.0 + r.beta[u])),
                s => {
                    prop_assert_eq!(s, State::Infeasible);
                    prop_assert!(!alone.unreached[u].is_empty());
                }
            }
        }
        if !matches!(direction, Direction::Mean) {
            let twins: Columns = columns.iter().map(|c| c.iter().chain(c).copied().collect()).collect();
            let e = directional(&borrowed(&twins, 2, 2), &DirectionalOptions { exclude_own: true, ..options }).unwrap();
            for u in 0..32 {
                prop_assert!((e.beta[u] - r.beta[u % 16]).abs() < 1e-11 * (1.0 + r.beta[u % 16]));
            }
        }
    }

    /// Chambers, Chung and Färe (1998): β(x − a gx, y + a gy, b − a gb) = β − a.
    #[test]
    fn moving_along_the_direction_uses_up_the_distance(
        columns in data(0, 12, 4), lengths in proptest::collection::vec(0.01_f64..1.0, 4), share in 0.0_f64..0.9, strong in any::<bool>(),
    ) {
        let options = DirectionalOptions {
            direction: Direction::Custom(lengths.clone()),
            bad_outputs: if strong { BadOutputs::Strong } else { BadOutputs::Weak },
            ..DirectionalOptions::default()
        };
        let t = borrowed(&columns, 2, 1);
        let before = directional(&t, &options).unwrap();
        let signs = [-1.0, -1.0, 1.0, -1.0];
        let room = |u: usize| [0, 1, 3].iter().map(|&v| columns[v][u] / lengths[v]).fold(f64::INFINITY, f64::min);
        let a: Vec<f64> = (0..12).map(|u| share * room(u)).collect();
        let moved: Columns =
            (0..4).map(|v| (0..12).map(|u| columns[v][u] + signs[v] * a[u] * lengths[v]).collect()).collect();
        let after = directional_against(&borrowed(&moved, 2, 1), &t, &options).unwrap();
        for (u, a) in a.iter().enumerate() {
            prop_assert_eq!(after.state[u], State::Optimal);
            prop_assert!((after.beta[u] - (before.beta[u] - a)).abs() < 1e-10 * (1.0 + before.beta[u] + a));
        }
    }

    #[test]
    fn technologies_nest(columns in (0_usize..2).prop_flat_map(|k| data(k, 16, 4))) {
        let run = |returns, bad_outputs| {
            directional(&borrowed(&columns, 2, 1), &DirectionalOptions { returns, bad_outputs, ..DirectionalOptions::default() }).unwrap().beta
        };
        let strong = STRONG.map(|r| run(r, BadOutputs::Strong));
        let weak = WEAK.map(|r| run(r, BadOutputs::Weak));
        for u in 0..16 {
            let chains = [
                [strong[1][u], strong[2][u], strong[0][u]],
                [strong[1][u], strong[3][u], strong[0][u]],
                [weak[1][u], weak[2][u], weak[0][u]],
                [weak[1][u], strong[1][u], strong[0][u]],
                [weak[1][u], weak[0][u], strong[0][u]],
            ];
            for chain in chains {
                prop_assert!(chain[0] <= chain[1] + 1e-10 && chain[1] <= chain[2] + 1e-10, "{chain:?}");
            }
        }
    }
}

/// A unit on a steep facet (its second output is the largest by a thousandth): its distance is 0 to the digits of its
/// inputs, in whatever units the direction is told.
#[test]
fn digits_do_not_depend_on_the_units_of_the_direction() {
    let x = [[0.5, 0.5, 48.005_374_744_755_13], [0.5, 0.5, 44.036_383_789_048_92]];
    let y = [[0.5, 27.381_300_316_005_262, 25.407_467_672_610_03], [0.5, 49.376_207_758_814_62, 49.444_549_774_627_63]];
    let t = Technology { inputs: vec![&x[0], &x[1]], outputs: vec![&y[0], &y[1]], bad_outputs: Vec::new() };
    let at = |length: f64| {
        let direction = Direction::Columns(vec![vec![length; 3], vec![length; 3], vec![0.0; 3], vec![0.0; 3]]);
        let returns = DirectionalReturns::Vrs;
        directional(&t, &DirectionalOptions { direction, returns, ..DirectionalOptions::default() }).unwrap()
    };
    let one = at(1.0);
    for length in [1e-9, 1e-3, 0.014_2, 7.0, 1e9] {
        let scaled = at(length);
        assert_eq!(scaled.state, one.state, "{length}");
        for u in 0..3 {
            assert!((scaled.beta[u] * length - one.beta[u]).abs() <= 1e-9 * 48.0, "{length}: {:?}", scaled.beta);
            assert!((scaled.interval[u].1 * length - one.interval[u].1).abs() <= 1e-9 * 48.0, "{length}");
            assert!(scaled.prices.iter().zip(&one.prices).all(|(s, o)| (s[u] * length - o[u]).abs() <= 1e-6 * (1.0 + o[u])));
        }
    }
}
