use proptest::prelude::*;

use super::*;
use crate::{
    Technology,
    sbm::{SbmOptions, sbm},
    technology::{Defect, Role},
};

pub(super) fn close(found: &[f64], printed: &[f64], tolerance: f64) {
    assert_eq!(found.len(), printed.len());
    for (u, (f, p)) in found.iter().zip(printed).enumerate() {
        assert!((f - p).abs() <= tolerance, "unit {u}: {f} for {p}\n{found:?}");
    }
}

fn options(orientation: SlackOrientation, returns: Returns) -> NetworkOptions {
    NetworkOptions { orientation, returns, missing: Missing::Refuse }
}

const SIDES: [SlackOrientation; 3] = [SlackOrientation::None, SlackOrientation::Input, SlackOrientation::Output];

/// Tone and Tsutsui (2009), Table 1: ten electric power companies. Labour of generation; labour and large customers of
/// transmission; labour and small customers of distribution; power generated, power sent.
fn companies() -> Vec<Vec<f64>> {
    let rows: [[f64; 7]; 10] = [
        [0.838, 0.277, 0.879, 0.962, 0.337, 0.894, 0.362],
        [1.233, 0.132, 0.538, 0.443, 0.180, 0.678, 0.188],
        [0.321, 0.045, 0.911, 0.482, 0.198, 0.836, 0.207],
        [1.483, 0.111, 0.570, 0.467, 0.491, 0.869, 0.516],
        [1.592, 0.208, 1.086, 1.073, 0.372, 0.693, 0.407],
        [0.790, 0.139, 0.722, 0.545, 0.253, 0.966, 0.269],
        [0.451, 0.075, 0.509, 0.366, 0.241, 0.647, 0.257],
        [0.408, 0.074, 0.619, 0.229, 0.097, 0.756, 0.103],
        [1.864, 0.061, 1.023, 0.691, 0.380, 1.191, 0.402],
        [1.222, 0.149, 0.769, 0.337, 0.178, 0.792, 0.187],
    ];
    (0..7).map(|v| rows.iter().map(|r| r[v]).collect()).collect()
}

fn chain(c: &[Vec<f64>], kind: FlowKind) -> Graph<'_> {
    Graph {
        nodes: vec![
            Node { inputs: vec![&c[0]], outputs: Vec::new(), weight: 0.4 },
            Node { inputs: vec![&c[1]], outputs: vec![&c[2]], weight: 0.2 },
            Node { inputs: vec![&c[3]], outputs: vec![&c[4]], weight: 0.4 },
        ],
        flows: vec![Flow { values: &c[5], from: 0, to: Some(1), kind }, Flow { values: &c[6], from: 1, to: Some(2), kind }],
    }
}

/// Tone and Tsutsui (2009), free links, variable returns, oriented to inputs, weights 0.4, 0.2, 0.4: three decimals. What
/// the divisions get is the only optimum there.
#[test]
fn tone_and_tsutsui_2009_free_links() {
    let columns = companies();
    let r = network(&chain(&columns, FlowKind::Free), &options(SlackOrientation::Input, Returns::Vrs)).unwrap();
    assert!(r.state.iter().all(|s| *s == State::Optimal));
    close(&r.efficiency, &[0.385, 0.433, 0.968, 0.719, 0.456, 0.484, 0.778, 0.969, 0.832, 0.506], 0.0005);
    let divisions = [
        [0.383, 0.260, 1.000, 0.297, 0.263, 0.406, 0.712, 0.922, 1.000, 0.271],
        [0.383, 0.341, 1.000, 1.000, 1.000, 0.420, 0.740, 1.000, 1.000, 0.338],
        [0.389, 0.652, 0.919, 1.000, 0.377, 0.593, 0.863, 1.000, 0.581, 0.825],
    ];
    for (node, printed) in r.nodes.iter().zip(divisions) {
        close(&node.efficiency, &printed, 0.0005);
    }
    // Company A is sent to what C makes; six decimals as DEAPack's page prints them.
    close(&[r.efficiency[0], r.flows[0].target[0], r.flows[1].target[0]], &[0.385273, 0.836, 0.354574], 1e-6);
    let a: Vec<f64> = r.nodes.iter().map(|n| n.efficiency[0]).collect();
    close(&a, &[0.383055, 0.382763, 0.388747], 1e-6);
    assert!(r.output_efficiency.iter().all(|x| x.is_nan()));
}

/// The same companies with fixed links and under constant returns, against the program written out on HiGHS.
#[test]
fn fixed_links_and_constant_returns() {
    let columns = companies();
    let run = |kind, returns| {
        let r = network(&chain(&columns, kind), &options(SlackOrientation::Input, returns)).unwrap();
        assert!(r.state.iter().all(|s| *s == State::Optimal));
        r
    };
    let fixed = run(FlowKind::Fixed, Returns::Vrs);
    let printed = [0.478229, 0.739392, 0.967515, 0.718693, 0.456042, 0.718812, 0.947263, 0.968653, 0.832304, 0.590289];
    close(&fixed.efficiency, &printed, 1e-6);
    for (flow, column) in fixed.flows.iter().zip(&columns[5..]) {
        close(&flow.target, column, 1e-9);
        assert!(flow.slack.iter().all(|s| *s == 0.0));
    }
    let free = run(FlowKind::Free, Returns::Crs);
    let printed = [0.361472, 0.275008, 0.965675, 0.689999, 0.308876, 0.395234, 0.583464, 0.518821, 0.506492, 0.343959];
    close(&free.efficiency, &printed, 1e-6);
    let fixed = run(FlowKind::Fixed, Returns::Crs);
    let printed = [0.367761, 0.538866, 0.965675, 0.689999, 0.404174, 0.440060, 0.593655, 0.647418, 0.508743, 0.380035];
    close(&fixed.efficiency, &printed, 1e-6);
}

/// By hand: two divisions, the second unit uses twice the input and hands over twice what is needed. Under an input that
/// is a link, half of it is excess of the recipient.
#[test]
fn links_as_inputs_and_outputs_by_hand() {
    let (x, z, y) = ([1.0, 2.0], [1.0, 2.0], [1.0, 1.0]);
    let graph = |kind| Graph {
        nodes: vec![
            Node { inputs: vec![&x], outputs: Vec::new(), weight: 1.0 },
            Node { inputs: Vec::new(), outputs: vec![&y], weight: 1.0 },
        ],
        flows: vec![Flow { values: &z, from: 0, to: Some(1), kind }],
    };
    let run = |kind, side| network(&graph(kind), &options(side, Returns::Vrs)).unwrap();
    // The first division halves its input; the second has none, so that its part is 1.
    let free = run(FlowKind::Free, SlackOrientation::Input);
    close(&[free.efficiency[1], free.nodes[0].efficiency[1], free.nodes[1].efficiency[1]], &[0.75, 0.5, 1.0], 1e-12);
    close(&[free.flows[0].target[1], free.flows[0].slack[1]], &[1.0, 1.0], 1e-12);
    // As an input of the second, the link halves too.
    let scored = run(FlowKind::AsInput, SlackOrientation::Input);
    close(&[scored.efficiency[1], scored.nodes[1].efficiency[1], scored.flows[0].slack[1]], &[0.5, 0.5, 1.0], 1e-12);
    // As an output of the first it may not fall; the first unit could hand over twice as much, with twice the input.
    let made = run(FlowKind::AsOutput, SlackOrientation::Input);
    close(&made.efficiency, &[1.0, 1.0], 1e-12);
    let made = run(FlowKind::AsOutput, SlackOrientation::Output);
    assert_eq!(made.class[1], Class::Strong);
    close(&made.efficiency, &[1.0, 1.0], 1e-12);
    assert_eq!(run(FlowKind::Fixed, SlackOrientation::None).class, [Class::Strong; 2]);
}

#[test]
fn what_cannot_be_used_is_named_at_once() {
    let (x, z, y) = ([2.0, -1.0, 4.0], [2.0, f64::NAN, 0.0], [1.0, 2.0, f64::INFINITY]);
    let graph = |flows| Graph {
        nodes: vec![
            Node { inputs: vec![&x], outputs: Vec::new(), weight: 1.0 },
            Node { inputs: Vec::new(), outputs: vec![&y], weight: 1.0 },
        ],
        flows,
    };
    let link = Flow { values: &z, from: 0, to: Some(1), kind: FlowKind::Free };
    let Err(FrontierError::Data(found)) = network(&graph(vec![link.clone()]), &NetworkOptions::default()) else { panic!() };
    let cell = |role, unit| Cell { role, variable: 0, unit };
    // The second node stands three units further.
    let expected = [
        Defect::Negative(cell(Role::Input, 1), -1.0),
        Defect::Infinite(cell(Role::Output, 3 + 2)),
        Defect::Missing(cell(Role::Intermediate, 1)),
        Defect::ZeroUnit(Role::Output, 2),
        Defect::ZeroUnit(Role::Input, 3 + 2),
    ];
    assert_eq!(found, expected);
    let refused = |graph: &Graph<'_>, side| match network(graph, &options(side, Returns::Crs)) {
        Err(FrontierError::Options(list)) => list.into_iter().map(|w| w.0).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let side = SlackOrientation::None;
    assert_eq!(refused(&graph(Vec::new()), side), ["divisions", "divisions"]);
    assert_eq!(refused(&graph(vec![Flow { to: Some(0), ..link.clone() }]), side), ["links"]);
    assert_eq!(refused(&graph(vec![Flow { to: Some(7), ..link.clone() }]), side), ["links"]);
    assert_eq!(refused(&graph(vec![Flow { to: None, kind: FlowKind::AsInput, ..link.clone() }]), side), ["links"]);
    for weight in [-1.0, f64::NAN, f64::INFINITY, 0.0] {
        let mut g = graph(vec![link.clone()]);
        g.nodes.iter_mut().for_each(|n| n.weight = weight);
        assert_eq!(refused(&g, side), ["weights"]);
    }
    assert_eq!(refused(&Graph::default(), side), ["weights"]);
    let fdh = network(&graph(vec![link.clone()]), &options(side, Returns::Fdh));
    assert!(matches!(fdh, Err(FrontierError::Options(_) | FrontierError::Data(_))));
    let mut weightless = graph(vec![link]);
    weightless.nodes[0].weight = 0.0;
    assert_eq!(refused(&weightless, SlackOrientation::Input), ["orientation"]);
    let short = Graph { nodes: vec![Node { inputs: vec![&x], outputs: vec![&y[..2]], weight: 1.0 }], flows: Vec::new() };
    assert!(matches!(network(&short, &NetworkOptions::default()), Err(FrontierError::Shape { .. })));
}

/// From 1e-12 to 1e12 in one table: what double precision cannot prove is not optimal.
#[test]
fn twenty_four_orders_of_magnitude() {
    let power = |i: usize| 10_f64.powi((i * 7 % 25) as i32 - 12);
    let cell = |u: usize, v: usize| (1.0 + ((u * 13 + v * 5) % 11) as f64) * power(3 * u + v);
    let columns: Vec<Vec<f64>> = (0..5).map(|v| (0..12).map(|u| cell(u, v)).collect()).collect();
    for (side, kind) in SIDES.into_iter().flat_map(|s| KINDS.map(|k| (s, k))) {
        for returns in [Returns::Crs, Returns::Vrs] {
            let r = network(&pair(&columns, kind), &options(side, returns)).unwrap();
            for u in (0..12).filter(|&u| r.state[u] == State::Optimal) {
                let (low, high) = r.interval[u];
                // A share of 1e-20 that is left rounds to nothing.
                let e = r.efficiency[u];
                assert!(low <= high && high - low <= 1e-7 && (0.0..=1.0).contains(&e), "{low} {high} {e}");
                assert!((r.part(&[0, 1])[u] - r.efficiency[u]).abs() < 1e-6, "{side:?} {kind:?} {u}");
            }
        }
    }
}

#[test]
fn missing_units_one_unit_and_a_foreign_reference() {
    let (x, z, y) = ([2.0, 4.0, f64::NAN], [2.0, 2.0, 9.0], [1.0, 2.0, 9.0]);
    fn graph<'a>(x: &'a [f64], z: &'a [f64], y: &'a [f64]) -> Graph<'a> {
        Graph {
            nodes: vec![
                Node { inputs: vec![x], outputs: Vec::new(), weight: 1.0 },
                Node { inputs: Vec::new(), outputs: vec![y], weight: 1.0 },
            ],
            flows: vec![Flow { values: z, from: 0, to: Some(1), kind: FlowKind::Free }],
        }
    }
    let holed = NetworkOptions { returns: Returns::Crs, missing: Missing::Exclude, ..NetworkOptions::default() };
    let r = network(&graph(&x, &z, &y), &holed).unwrap();
    assert_eq!((r.state[2], r.class[2]), (State::Missing, Class::None));
    assert!(r.efficiency[2].is_nan() && r.nodes[0].efficiency[2].is_nan() && r.flows[0].target[2].is_nan());
    // x 1 makes z 1 and z 1 makes y 1 at best: outputs double, B = 3/2.
    close(&r.efficiency[..2], &[2.0 / 3.0, 2.0 / 3.0], 1e-9);
    let one = [[3.0], [2.0], [7.0]];
    for side in SIDES {
        let own = network(&graph(&one[0], &one[1], &one[2]), &options(side, Returns::Vrs)).unwrap();
        close(&own.efficiency, &[1.0], 1e-12);
        assert_eq!(own.class, [Class::Strong]);
    }
    let better = ([1.0], [1.0], [5.0]);
    let r = network_against(&graph(&better.0, &better.1, &better.2), &graph(&x, &z, &y), &holed).unwrap();
    assert_eq!(r.state, [State::Infeasible]);
    let two = Graph { flows: Vec::new(), ..graph(&x, &z, &y) };
    assert_eq!(network_against(&two, &graph(&x, &z, &y), &holed), Err(FrontierError::Variables));
}

/// Columns of a network of two divisions: x1 x2 | y1 y2 | z, random, whole numbers with ties, duplicates or zeros.
fn table(kind: u8, n: usize, values: &[f64]) -> Vec<Vec<f64>> {
    let cell = |u: usize, v: usize| match kind {
        0 => 0.1 + values[5 * u + v],
        1 => 1.0 + (4.0 * values[5 * u + v]).floor(),
        2 => 0.1 + values[5 * (u / 2) + v],
        _ if v == 2 && u > 0 && values[5 * u + v] < 0.3 => 0.0,
        _ => 0.1 + values[5 * u + v],
    };
    (0..5).map(|v| (0..n).map(|u| cell(u, v)).collect()).collect()
}

fn pair(c: &[Vec<f64>], kind: FlowKind) -> Graph<'_> {
    Graph {
        nodes: vec![
            Node { inputs: vec![&c[0]], outputs: vec![&c[2]], weight: 0.7 },
            Node { inputs: vec![&c[1]], outputs: vec![&c[3]], weight: 0.3 },
        ],
        flows: vec![Flow { values: &c[4], from: 0, to: Some(1), kind }],
    }
}

const KINDS: [FlowKind; 5] = [FlowKind::Free, FlowKind::Fixed, FlowKind::AsInput, FlowKind::AsOutput, FlowKind::Bad];
const RETURNS: [Returns; 4] = [Returns::Crs, Returns::Vrs, Returns::Nirs, Returns::Ndrs];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn laws(
        kind in 0_u8..4, values in proptest::collection::vec(0.0..1.0, 60), flow in 0_usize..5, side in 0_usize..3,
        returns in 0_usize..4, scaled in 0_usize..5,
    ) {
        let n = 12;
        let columns = table(kind, n, &values);
        let set = options(SIDES[side], RETURNS[returns]);
        let r = network(&pair(&columns, KINDS[flow]), &set).unwrap();
        let same = |a: f64, b: f64| (a - b).abs() <= 1e-8;
        for u in 0..n {
            prop_assert_eq!(r.state[u], State::Optimal);
            let (low, high) = r.interval[u];
            prop_assert!(low <= high && high - low < 1e-8 && r.efficiency[u] > 0.0 && r.efficiency[u] <= 1.0);
            // Targets agree with the flow, and the whole is made of its nodes.
            let (target, z) = (r.flows[0].target[u], columns[4][u]);
            match KINDS[flow] {
                FlowKind::Fixed => prop_assert!(same(target, z)),
                FlowKind::AsInput | FlowKind::Bad => prop_assert!(target <= z + 1e-8),
                FlowKind::AsOutput => prop_assert!(target >= z - 1e-8),
                FlowKind::Free => (),
            }
            for (node, v) in [(0, 0), (1, 1)] {
                let p = &r.nodes[node].projection;
                prop_assert!(p.input_targets[0][u] <= columns[v][u] + 1e-8);
                prop_assert!(p.output_targets[0][u] >= columns[2 + v][u] - 1e-8);
                let used: f64 = p.peers.of(u).map(|q| q.weight * columns[4][q.units[0]]).sum();
                prop_assert!((used - target).abs() <= 1e-7 * (1.0 + target), "{used} {target}");
            }
            prop_assert!(same(r.part(&[0, 1])[u], r.efficiency[u]));
        }
        // Units of measure.
        for factor in [1e9, 1e-9] {
            let mut other = columns.clone();
            other[scaled].iter_mut().for_each(|x| *x *= factor);
            let e = network(&pair(&other, KINDS[flow]), &set).unwrap();
            for u in 0..n {
                prop_assert!(same(r.efficiency[u], e.efficiency[u]), "{} {}", r.efficiency[u], e.efficiency[u]);
            }
        }
        // Row order: bit for bit.
        let turned: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().rev().copied().collect()).collect();
        let e = network(&pair(&turned, KINDS[flow]), &set).unwrap();
        for u in 0..n {
            prop_assert_eq!(r.efficiency[u].to_bits(), e.efficiency[n - 1 - u].to_bits());
            prop_assert_eq!(r.nodes[0].efficiency[u].to_bits(), e.nodes[0].efficiency[n - 1 - u].to_bits());
        }
        // A duplicate changes nothing.
        let mut more = columns.clone();
        more.iter_mut().for_each(|c| c.push(c[5]));
        let e = network(&pair(&more, KINDS[flow]), &set).unwrap();
        for u in 0..n {
            prop_assert!(same(r.efficiency[u], e.efficiency[u]));
        }
    }

    /// Without links the whole is the weighted mean of divisions on their own; one division is the slacks-based measure.
    #[test]
    fn without_links_divisions_stand_alone(
        kind in 0_u8..4, values in proptest::collection::vec(0.0..1.0, 60), returns in 0_usize..4, side in 0_usize..3,
    ) {
        let columns = table(kind, 12, &values);
        let set = options(SIDES[side], RETURNS[returns]);
        let mut graph = pair(&columns, FlowKind::Free);
        graph.flows.clear();
        let alone = |node: usize| {
            let t = Technology { inputs: vec![&columns[node]], outputs: vec![&columns[2 + node]], bad_outputs: Vec::new() };
            sbm(&t, &SbmOptions { orientation: SIDES[side], returns: RETURNS[returns], ..SbmOptions::default() })
        };
        // A unit that makes nothing is refused by both.
        let Ok(first) = alone(0) else {
            prop_assert!(network(&graph, &set).is_err());
            return Ok(());
        };
        let second = alone(1).unwrap();
        let both = network(&graph, &set).unwrap();
        let single = network(&Graph { nodes: graph.nodes[..1].to_vec(), flows: Vec::new() }, &set).unwrap();
        for u in 0..12 {
            prop_assert!((single.efficiency[u] - first.score[u]).abs() < 1e-9);
            let expected = match SIDES[side] {
                SlackOrientation::Input => 0.7 * first.score[u] + 0.3 * second.score[u],
                SlackOrientation::Output => 1.0 / (0.7 / first.score[u] + 0.3 / second.score[u]),
                // The ratio of sums is at least the smaller of the ratios.
                SlackOrientation::None => {
                    let (low, high) = (first.score[u].min(second.score[u]), first.score[u].max(second.score[u]));
                    prop_assert!(both.efficiency[u] <= high + 1e-9 && both.efficiency[u] >= low - 1e-9);
                    continue;
                }
            };
            prop_assert!((both.efficiency[u] - expected).abs() < 1e-8, "{} {}", both.efficiency[u], expected);
        }
    }

    /// More is allowed where links are free, and where returns are constant.
    #[test]
    fn nesting(kind in 0_u8..4, values in proptest::collection::vec(0.0..1.0, 60), side in 0_usize..3) {
        let columns = table(kind, 12, &values);
        let run = |flow, returns| network(&pair(&columns, flow), &options(SIDES[side], returns)).unwrap().efficiency;
        let free = run(FlowKind::Free, Returns::Vrs);
        let (fixed, crs, nirs) = (
            run(FlowKind::Fixed, Returns::Vrs), run(FlowKind::Free, Returns::Crs), run(FlowKind::Free, Returns::Nirs),
        );
        for u in 0..12 {
            prop_assert!(free[u] <= fixed[u] + 1e-9 && crs[u] <= nirs[u] + 1e-9 && nirs[u] <= free[u] + 1e-9);
        }
    }
}
