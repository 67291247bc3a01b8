use tfp::decomposition::{Data, DecompositionOptions, Parts, Role, decomposition};

/// Eight firms in periods 0, 1 and 3, two of which enter and two leave (data of R's dfvad). Expected: the formulas in
/// exact rational arithmetic by another program; within, between, cross, entry, exit of each variant from 0 to 1.
/// In period 3 the firms of period 0 are back, so from 0 to 3 nothing changes and two firms have returned.
#[test]
fn firms_that_enter_and_leave() {
    let Some(rows) = crate::table("C06_dfvad_firms/data.csv") else { return crate::absent("C06") };
    let (units, _) = crate::numbered(&rows, "id");
    let (periods, productivity, weight) = (crate::years(&rows, "t"), crate::numbers(&rows, "tfp"), crate::numbers(&rows, "s"));
    let data = Data { units: &units, periods: &periods, productivity: &productivity, weight: &weight };
    let d = decomposition(&data, &DecompositionOptions::default()).unwrap();
    assert!(d.residual < 1e-15);
    let expected = [
        [-0.1872, -0.2097, 0.0, 0.3663, -0.2978],
        [-0.18385, -0.037_534, 0.0, -0.128_336, 0.021_32],
        [-0.1872, -0.022_822, 0.0067, -0.179_238, 0.054_16],
        [-0.18385, -0.049_26, 0.0, -0.095_29, 0.0],
        [-0.305, 0.021_123_188_405_797_102, 0.0, -0.112_223_188_405_797_1, 0.0677],
        [-0.247_797_101_449_275_36, -0.036_079_710_144_927_536, 0.0, -0.112_223_188_405_797_1, 0.0677],
    ];
    let terms = |p: &Parts| [p.within, p.between, p.cross, p.entry, p.exit];
    for (p, want) in d.changes[0].parts.iter().zip(expected) {
        for (a, b) in terms(p).into_iter().zip(want) {
            assert!((a - b).abs() < 1e-14, "{:?}: {a} for {b}", p.variant);
        }
    }
    let spans: Vec<(i32, i32)> = d.changes.iter().map(|c| (c.from, c.to)).collect();
    assert_eq!(spans, [(0, 1), (1, 3), (0, 3)]);
    assert!(d.changes[2].parts.iter().all(|p| terms(p).iter().all(|x| x.abs() < 1e-15)));
    assert_eq!(d.changes[0].members.iter().filter(|m| m.role == Role::Exiter && m.returns).count(), 2);
}
