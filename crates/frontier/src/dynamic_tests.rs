use super::{tests::close, *};

fn options(orientation: SlackOrientation, returns: Returns) -> NetworkOptions {
    NetworkOptions { orientation, returns, missing: Missing::Refuse }
}

/// Two units that differ in what they carry over: capacity 2 and 1 (good), backlog 1 and 2 (bad). By hand the second has
/// A = 3/4 and B = 3/2 in both periods.
#[test]
fn carry_overs_by_hand() {
    let (one, good, bad) = ([1.0, 1.0], [2.0, 1.0], [1.0, 2.0]);
    let node = || Node { inputs: vec![&one[..]], outputs: vec![&one[..]], weight: 1.0 };
    let carry = |values, kind, to| Flow { values, from: 0, to, kind };
    let mut flows = vec![carry(&good[..], FlowKind::AsOutput, Some(1)), carry(&bad[..], FlowKind::Bad, Some(1))];
    flows.extend([carry(&good[..], FlowKind::AsOutput, None), carry(&bad[..], FlowKind::Bad, None)]);
    flows[2..].iter_mut().for_each(|f| f.from = 1);
    let graph = Graph { nodes: vec![node(), node()], flows };
    let r = network(&graph, &options(SlackOrientation::None, Returns::Vrs)).unwrap();
    close(&r.efficiency, &[1.0, 0.5], 1e-12);
    close(&[r.input_efficiency[1], r.output_efficiency[1]], &[0.75, 2.0 / 3.0], 1e-12);
    for n in &r.nodes {
        close(&[n.input_efficiency[1], n.output_efficiency[1], n.efficiency[1]], &[0.75, 2.0 / 3.0, 0.5], 1e-12);
    }
    let found: Vec<[f64; 2]> = r.flows.iter().map(|f| [f.target[1], f.slack[1]]).collect();
    assert_eq!(found, [[2.0, 1.0], [1.0, 1.0], [2.0, 1.0], [1.0, 1.0]]);
    assert!(r.flows[2].price[0].is_nan() && r.flows[0].price[0].is_finite());
    close(&r.part(&[0]), &[1.0, 0.5], 1e-12);
}

/// Two periods of two divisions with links and carry-overs of every kind, thirty units.
struct Everything {
    columns: Vec<Vec<f64>>,
}

impl Everything {
    fn new() -> Self {
        let cell = |t: usize, c: usize, u: usize| {
            if c == 5 || c == 11 {
                20.0 + (u % 3) as f64
            } else {
                20.0 + ((u * u * 17 + u * (c * c * 29 + t * 31 + 7) + c * 13 + t * 5) % 97) as f64 / 10.0
            }
        };
        let column = |i: usize| (0..30).map(|u| cell(i / 12, i % 12, u)).collect();
        Self { columns: (0..24).map(column).collect() }
    }

    fn graph(&self) -> Graph<'_> {
        let c = |t: usize, v: usize| self.columns[12 * t + v].as_slice();
        let (mut nodes, mut flows) = (Vec::new(), Vec::new());
        for (t, weight) in [(0, 1.0), (1, 2.0)] {
            nodes.push(Node { inputs: vec![c(t, 0)], outputs: vec![c(t, 2)], weight: 0.6 * weight });
            nodes.push(Node { inputs: vec![c(t, 1)], outputs: vec![c(t, 3)], weight: 0.4 * weight });
            let links = [FlowKind::Free, FlowKind::Fixed, FlowKind::AsInput, FlowKind::AsOutput];
            for (i, kind) in links.into_iter().enumerate() {
                flows.push(Flow { values: c(t, 4 + i), from: 2 * t, to: Some(2 * t + 1), kind });
            }
            let carried = [(0, FlowKind::AsOutput), (1, FlowKind::Bad), (0, FlowKind::Free), (1, FlowKind::Fixed)];
            for (i, (k, kind)) in carried.into_iter().enumerate() {
                flows.push(Flow { values: c(t, 8 + i), from: 2 * t + k, to: (t == 0).then_some(2 + k), kind });
            }
        }
        Graph { nodes, flows }
    }
}

/// Units below 1 of [`Everything`] as DEAPack 2.0.1 (`DynamicNetworkSBM`) gives them, six decimals.
#[test]
fn dynamic_network_with_every_kind_of_link_and_carry_over() {
    let data = Everything::new();
    type Below = &'static [(usize, f64)];
    let printed: [(SlackOrientation, Returns, Below); 6] = [
        (
            SlackOrientation::None,
            Returns::Crs,
            &[
                (1, 0.955465),
                (3, 0.755394),
                (8, 0.928565),
                (10, 0.966084),
                (13, 0.771949),
                (14, 0.975737),
                (15, 0.790355),
                (18, 0.929256),
                (23, 0.876051),
                (27, 0.936660),
                (28, 0.744668),
                (29, 0.881941),
            ],
        ),
        (
            SlackOrientation::None,
            Returns::Vrs,
            &[(3, 0.780162), (8, 0.966562), (10, 0.991822), (13, 0.820157), (23, 0.899408), (28, 0.766433)],
        ),
        (
            SlackOrientation::Input,
            Returns::Crs,
            &[
                (1, 0.980373),
                (3, 0.795187),
                (8, 0.946511),
                (10, 0.985232),
                (13, 0.873142),
                (14, 0.994888),
                (15, 0.875584),
                (18, 0.932864),
                (23, 0.935627),
                (27, 0.956530),
                (28, 0.857445),
                (29, 0.929422),
            ],
        ),
        (
            SlackOrientation::Input,
            Returns::Vrs,
            &[(3, 0.839058), (8, 0.983903), (10, 0.997154), (13, 0.896133), (23, 0.953504), (28, 0.872128)],
        ),
        (
            SlackOrientation::Output,
            Returns::Crs,
            &[
                (1, 0.966432),
                (3, 0.898921),
                (8, 0.977362),
                (10, 0.974240),
                (13, 0.866608),
                (14, 0.980441),
                (15, 0.869202),
                (18, 0.987648),
                (23, 0.922726),
                (27, 0.972576),
                (28, 0.803485),
                (29, 0.931936),
            ],
        ),
        (
            SlackOrientation::Output,
            Returns::Vrs,
            &[(3, 0.904299), (8, 0.982376), (10, 0.992528), (13, 0.889533), (23, 0.934894), (28, 0.811300)],
        ),
    ];
    for (side, returns, below) in printed {
        let r = network(&data.graph(), &options(side, returns)).unwrap();
        assert!(r.state.iter().all(|s| *s == State::Optimal), "{:?}", r.state);
        let mut expected = vec![1.0; 30];
        below.iter().for_each(|(u, e)| expected[*u] = *e);
        close(&r.efficiency, &expected, 1e-6);
        // The whole is made of its nodes.
        close(&r.part(&[0, 1, 2, 3]), &r.efficiency, 1e-9);
    }
}
