//! Luenberger indicators with a factor for each variable.

use proptest::prelude::*;

use super::*;
use crate::{
    FrontierError, Technology,
    nddf::{NddfOptions, NddfWeights, nddf, nddf_against},
};

type Columns = Vec<Vec<f64>>;

fn tech(columns: &Columns, rows: std::ops::Range<usize>) -> Technology<'_> {
    let all: Vec<&[f64]> = columns.iter().map(|c| &c[rows.clone()]).collect();
    Technology { inputs: all[..2].to_vec(), outputs: vec![all[2]], bad_outputs: vec![all[3]] }
}

fn non_radial(indicator: Indicator, weights: NddfWeights) -> LuenbergerOptions {
    LuenbergerOptions { indicator, non_radial: Some(weights), ..LuenbergerOptions::default() }
}

/// Two units, two periods. In period 2 unit 0 makes as much with half the pollution, unit 1 stays.
#[test]
fn a_case_by_hand() {
    let columns: Columns = vec![vec![1.0; 4], vec![1.0; 4], vec![2.0, 2.0, 2.0, 2.0], vec![2.0, 2.0, 1.0, 2.0]];
    let data = Observations { technology: tech(&columns, 0..4), units: &[0, 1, 0, 1], periods: &[1, 1, 2, 2] };
    let options = non_radial(Indicator::Global, NddfWeights::Equal);
    let r = luenberger(&data, &options).unwrap();
    // The frontier of all periods pollutes 1: half of what all others do.
    assert_eq!([r.indicator[0], r.indicator[1]], [0.5, 0.0]);
    assert_eq!([r.efficiency[0], r.efficiency[1]], [0.0, -0.5]);
    assert_eq!([r.technical[0], r.technical[1]], [0.5, 0.5]);
    assert!(r.failures.is_empty());
    // What unit 0 does in period 2 the first period's technology does not dominate.
    let r = luenberger(&data, &LuenbergerOptions { indicator: Indicator::Adjacent, ..options }).unwrap();
    let why: Vec<_> = r.failures.iter().map(|f| (f.unit, f.which, f.technology, f.why.clone())).collect();
    assert_eq!(why, [(0, Which::ComparisonOther, Some(1), Why::Unreached(Vec::new()))]);
    assert!(r.indicator[0].is_nan() && (r.indicator[1] - 0.0).abs() < 1e-15);
    assert_eq!(r.global.unwrap(), [0.5, 0.0]);
}

#[test]
fn what_does_not_fit_is_refused() {
    let columns: Columns = vec![vec![1.0; 4], vec![1.0; 4], vec![2.0; 4], vec![2.0, 2.0, 1.0, 2.0]];
    let data = Observations { technology: tech(&columns, 0..4), units: &[0, 1, 0, 1], periods: &[1, 1, 2, 2] };
    let weighted = |weights| non_radial(Indicator::Global, weights);
    let refused = |o: &LuenbergerOptions| match luenberger(&data, o) {
        Err(DirectionalError::Frontier(FrontierError::Options(list))) => list[0].0,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(&weighted(NddfWeights::Custom(vec![1.0]))), "weights");
    assert_eq!(refused(&weighted(NddfWeights::EnergyEnvironment(vec![7]))), "weights");
    let lengths = LuenbergerOptions { direction: Direction::Custom(vec![0.0, 0.0, 1.0, -1.0]), ..weighted(NddfWeights::Equal) };
    assert_eq!(refused(&lengths), "direction");
    let one = LuenbergerOptions { returns: DirectionalReturns::VrsShephard, ..weighted(NddfWeights::Equal) };
    assert_eq!(refused(&one), "direction");
    let strong = LuenbergerOptions {
        returns: DirectionalReturns::VrsKuosmanen,
        bad_outputs: BadOutputs::Strong,
        ..weighted(NddfWeights::Equal)
    };
    assert!(matches!(luenberger(&data, &strong), Err(DirectionalError::Returns(..))));
}

fn data() -> impl Strategy<Value = Columns> {
    proptest::collection::vec(0.1_f64..1.1, 72)
        .prop_map(|cells| (0..4).map(|v| (0..18).map(|u| cells[4 * u + v]).collect()).collect())
}

const RETURNS: [DirectionalReturns; 4] =
    [DirectionalReturns::Crs, DirectionalReturns::Vrs, DirectionalReturns::VrsConvex, DirectionalReturns::VrsKuosmanen];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Six units, three periods; every distance is that of `nddf`.
    #[test]
    fn distances_are_those_of_the_non_radial_model(columns in data(), returns in 0_usize..4, by in 0_usize..4, groups in any::<bool>()) {
        let units: Vec<usize> = (0..18).map(|i| i % 6).collect();
        let periods: Vec<i32> = (0..18).map(|i| 1 + i / 6).collect();
        let weights = if groups { NddfWeights::Groups } else { NddfWeights::Equal };
        let returns = RETURNS[returns];
        let one = NddfOptions { weights: weights.clone(), returns, ..NddfOptions::default() };
        let run = |columns: &Columns, indicator| {
            let data = Observations { technology: tech(columns, 0..18), units: &units, periods: &periods };
            luenberger(&data, &LuenbergerOptions { returns, ..non_radial(indicator, weights.clone()) }).unwrap()
        };
        let (global, adjacent) = (run(&columns, Indicator::Global), run(&columns, Indicator::Adjacent));
        let whole = nddf(&tech(&columns, 0..18), &one).unwrap();
        let own: Vec<f64> = (0..3).flat_map(|p| nddf(&tech(&columns, 6 * p..6 * p + 6), &one).unwrap().inefficiency).collect();
        prop_assert!(global.residual < 1e-12 && adjacent.residual < 1e-12 && global.failures.is_empty());
        for i in 0..12 {
            let (a, b) = (global.from_row[i], global.to_row[i]);
            prop_assert!((global.indicator[i] - (whole.inefficiency[a] - whole.inefficiency[b])).abs() < 1e-9);
            prop_assert!((global.efficiency[i] - (own[a] - own[b])).abs() < 1e-9);
            let from = (global.from[i] - 1) as usize;
            let earlier = tech(&columns, 6 * from..6 * from + 6);
            let across = nddf_against(&tech(&columns, b..b + 1), &earlier, &one).unwrap();
            prop_assert_eq!(adjacent.comparison_other[i].state, across.state[0]);
            if across.state[0] == State::Optimal {
                prop_assert!((adjacent.comparison_other[i].value - across.inefficiency[0]).abs() < 1e-9);
            } else {
                prop_assert!(adjacent.indicator[i].is_nan());
            }
        }
        // The global indicator telescopes; with failures it stands beside the adjacent one.
        for u in 0..6 {
            let all = whole.inefficiency[u] - whole.inefficiency[12 + u];
            prop_assert!((global.cumulative[2 * u + 1] - all).abs() < 1e-9);
        }
        if let Some(beside) = &adjacent.global {
            prop_assert!(beside.iter().zip(&global.indicator).all(|(b, g)| (b - g).abs() < 1e-12));
        }
        for factor in [1e9, 1e-9] {
            let mut scaled = columns.clone();
            scaled[by].iter_mut().for_each(|x| *x *= factor);
            let e = run(&scaled, Indicator::Global);
            prop_assert!(e.indicator.iter().zip(&global.indicator).all(|(e, g)| (e - g).abs() < 1e-9));
        }
    }
}
