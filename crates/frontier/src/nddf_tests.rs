use proptest::prelude::*;

use super::*;
use crate::{
    additive::{AdditiveOptions, Weights, additive},
    dea::Returns,
    directional::{DirectionalOptions, DirectionalReturns, directional},
};

fn tech(columns: &[Vec<f64>], m: usize, s: usize) -> Technology<'_> {
    let all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    Technology { inputs: all[..m].to_vec(), outputs: all[m..m + s].to_vec(), bad_outputs: all[m + s..].to_vec() }
}

fn close(found: &[f64], printed: &[f64], tolerance: f64) {
    assert_eq!(found.len(), printed.len());
    for (u, (f, p)) in found.iter().zip(printed).enumerate() {
        assert!((f - p).abs() <= tolerance, "unit {u}: {f} for {p}\n{found:?}");
    }
}

fn weighted(weights: NddfWeights) -> NddfOptions {
    NddfOptions { weights, ..NddfOptions::default() }
}

/// Capital, energy, output, carbon: (1, 1, 1, 1) and (2, 4, 1, 2) under constant returns. The second can keep its output
/// with a half of the capital, a quarter of the energy and a half of the carbon (k = 1), or double it (k = 2).
#[test]
fn weight_conventions() {
    let columns = vec![vec![1.0, 2.0], vec![1.0, 4.0], vec![1.0, 1.0], vec![1.0, 2.0]];
    let t = tech(&columns, 2, 1);
    // With k times the first: Σβ = (1 − k/2) + (1 − k/4) + (k − 1) + (1 − k/2), largest at k = 1.
    let equal = nddf(&t, &weighted(NddfWeights::Equal)).unwrap();
    close(&equal.inefficiency, &[0.0, 0.5 + 0.75 + 0.5], 1e-12);
    close(&equal.factors.iter().map(|f| f[1]).collect::<Vec<_>>(), &[0.5, 0.75, 0.0, 0.5], 1e-12);
    close(&equal.weights, &[1.0; 4], 0.0);
    // By group: (1 − 3k/8)/3 + (k − 1)/3 + (1 − k/2)/3, largest at k = 2.
    let groups = nddf(&t, &weighted(NddfWeights::Groups)).unwrap();
    close(&groups.weights, &[1.0 / 6.0, 1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0], 1e-15);
    close(&groups.inefficiency, &[0.0, 0.25 / 3.0 + 1.0 / 3.0], 1e-12);
    close(&groups.factors.iter().map(|f| f[1]).collect::<Vec<_>>(), &[0.0, 0.5, 1.0, 0.0], 1e-12);
    // Energy: capital stays, at most k = 2: (1 − k/4 + k − 1 + 1 − k/2)/3 = (1 + k/4)/3.
    let energy = nddf(&t, &weighted(NddfWeights::EnergyEnvironment(vec![1]))).unwrap();
    close(&energy.weights, &[0.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0], 1e-15);
    close(&energy.inefficiency, &[0.0, 0.5], 1e-12);
    // Energy performance (1 − β)/(1 + β) = (1 − 1/2)/2, carbon performance (1 − 0)/2, together their mean.
    close(&[energy.ratios[1][1], energy.ratios[3][1], energy.performance[1]], &[0.25, 0.5, 0.375], 1e-12);
    assert!(energy.ratios[0][1].is_nan() && energy.performance[0] == 1.0);
    assert_eq!(energy.class, [Class::Strong, Class::Inefficient]);
    let custom = nddf(&t, &weighted(NddfWeights::Custom(vec![0.0, 0.0, 1.0, 0.0]))).unwrap();
    // Only output moves; carbon stays at 2 exactly: k = 2.
    close(&custom.inefficiency, &[0.0, 1.0], 1e-12);
}

/// A bad output that stays is an equality: the third would have to make carbon to make more.
#[test]
fn weak_disposability_of_what_stays() {
    let columns = vec![vec![1.0, 1.0, 1.0], vec![2.0, 1.0, 1.0], vec![2.0, 1.0, 0.5]];
    let t = tech(&columns, 1, 1);
    let run = |bad_outputs| {
        nddf(
            &t,
            &NddfOptions {
                weights: NddfWeights::Custom(vec![0.0, 1.0, 0.0]),
                bad_outputs,
                returns: DirectionalReturns::Vrs,
                ..NddfOptions::default()
            },
        )
        .unwrap()
    };
    let (weak, strong) = (run(BadOutputs::Weak), run(BadOutputs::Strong));
    close(&weak.inefficiency, &strong.inefficiency, 1e-12);
    close(&weak.inefficiency, &[0.0, 1.0 / 3.0, 0.0], 1e-12);
    // Too much carbon for too little: without disposal it cannot be left.
    let columns = vec![vec![1.0, 1.0], vec![2.0, 1.0], vec![1.0, 3.0]];
    let t = tech(&columns, 1, 1);
    let run = |bad_outputs| {
        nddf(
            &t,
            &NddfOptions {
                weights: NddfWeights::Custom(vec![0.0, 1.0, 0.0]),
                bad_outputs,
                returns: DirectionalReturns::Vrs,
                ..NddfOptions::default()
            },
        )
        .unwrap()
        .inefficiency[1]
    };
    close(&[run(BadOutputs::Weak), run(BadOutputs::Strong)], &[0.0, 1.0], 1e-12);
}

#[test]
fn bad_input() {
    let columns = vec![vec![1.0, 2.0], vec![1.0, 1.0], vec![1.0, 2.0]];
    let t = tech(&columns, 1, 1);
    let refused = |options: NddfOptions| nddf(&t, &options).unwrap_err();
    for weights in [
        NddfWeights::Custom(vec![1.0]),
        NddfWeights::Custom(vec![1.0, -1.0, f64::NAN]),
        NddfWeights::Custom(vec![0.0; 3]),
        NddfWeights::EnergyEnvironment(vec![1]),
        NddfWeights::EnergyEnvironment(vec![]),
    ] {
        assert!(matches!(refused(weighted(weights)), DirectionalError::Frontier(FrontierError::Options(_))));
    }
    let direction = Direction::Custom(vec![1.0, 1.0, -1.0]);
    assert!(matches!(
        refused(NddfOptions { direction, ..NddfOptions::default() }),
        DirectionalError::Frontier(FrontierError::Options(_))
    ));
    let negative = vec![vec![-1.0, f64::NAN], vec![1.0, 1.0]];
    let Err(DirectionalError::Frontier(FrontierError::Data(found))) = nddf(&tech(&negative, 1, 1), &NddfOptions::default())
    else {
        panic!()
    };
    assert_eq!(found.len(), 2);
    let beyond = nddf_against(&tech(&[vec![1.0], vec![3.0], vec![1.0]], 1, 1), &t, &NddfOptions::default()).unwrap();
    assert_eq!(beyond.state, [State::Infeasible]);
    // A missing cell leaves its unit out; nothing else changes.
    let holed = vec![vec![1.0, f64::NAN, 2.0], vec![1.0, 1.0, 1.0], vec![1.0, 1.0, 2.0]];
    let r = nddf(&tech(&holed, 1, 1), &NddfOptions { missing: Missing::Exclude, ..NddfOptions::default() }).unwrap();
    assert_eq!(r.state, [State::Optimal, State::Missing, State::Optimal]);
}

const RETURNS: [DirectionalReturns; 4] =
    [DirectionalReturns::Crs, DirectionalReturns::Vrs, DirectionalReturns::Nirs, DirectionalReturns::Ndrs];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn laws(
        whole in any::<bool>(), values in proptest::collection::vec(0.0..1.0_f64, 70), returns in 0_usize..4, by in 0_usize..5,
        convention in 0_usize..3,
    ) {
        let n = 14;
        let cell = |i: usize, u: usize| if whole { 1.0 + (5.0 * values[5 * u + i]).floor() } else { 0.1 + values[5 * u + i] };
        let columns: Vec<Vec<f64>> = (0..5).map(|i| (0..n).map(|u| cell(i, u)).collect()).collect();
        let weights = [NddfWeights::Equal, NddfWeights::Groups, NddfWeights::EnergyEnvironment(vec![1])][convention].clone();
        let options = NddfOptions { weights, returns: RETURNS[returns], bad_outputs: BadOutputs::Strong, ..NddfOptions::default() };
        let r = nddf(&tech(&columns, 2, 2), &options).unwrap();
        let same = DirectionalReturns::Crs;
        let radial = directional(&tech(&columns, 2, 2), &DirectionalOptions { returns: same, bad_outputs: BadOutputs::Strong, ..DirectionalOptions::default() }).unwrap();
        let total: f64 = r.weights.iter().sum();
        for u in 0..n {
            prop_assert_eq!(r.state[u], State::Optimal);
            let sum: f64 = (0..5).map(|v| r.weights[v] * r.factors[v][u]).sum();
            prop_assert!((sum - r.inefficiency[u]).abs() < 1e-9 && r.interval[u].1 - r.interval[u].0 < 1e-9);
            prop_assert!(r.performance[u] > 0.0 && r.performance[u] <= 1.0 + 1e-12);
            // One factor for all is one of the choices.
            if returns == 0 && convention < 2 {
                prop_assert!(r.inefficiency[u] >= total * radial.beta[u] - 1e-9);
            }
            // Primal equals dual.
            let p = &r.projection;
            let prices: Vec<f64> = p.input_prices.iter().chain(&p.output_prices).chain(&p.bad_output_prices).map(|c| c[u]).collect();
            let value: f64 = (0..5).map(|v| prices[v] * columns[v][u] * if (2..4).contains(&v) { -1.0 } else { 1.0 }).sum();
            prop_assert!((value + p.intercept[u] - r.inefficiency[u]).abs() < 1e-8);
        }
        for factor in [1e9, 1e-9] {
            let mut scaled = columns.clone();
            scaled[by].iter_mut().for_each(|x| *x *= factor);
            let e = nddf(&tech(&scaled, 2, 2), &options).unwrap();
            for u in 0..n {
                prop_assert!((r.inefficiency[u] - e.inefficiency[u]).abs() < 1e-9, "{} {}", r.inefficiency[u], e.inefficiency[u]);
            }
        }
        let turned: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().rev().copied().collect()).collect();
        let e = nddf(&tech(&turned, 2, 2), &options).unwrap();
        for u in 0..n {
            prop_assert_eq!(r.inefficiency[u].to_bits(), e.inefficiency[n - 1 - u].to_bits());
            prop_assert_eq!(r.factors[0][u].to_bits(), e.factors[0][n - 1 - u].to_bits());
        }
        // A twin gets the same; lengths given row by row are the same direction.
        let mut more = columns.clone();
        more.iter_mut().for_each(|c| c.push(c[1]));
        let e = nddf(&tech(&more, 2, 2), &options).unwrap();
        prop_assert_eq!(e.inefficiency[n].to_bits(), e.inefficiency[1].to_bits());
        prop_assert!((e.inefficiency[0] - r.inefficiency[0]).abs() < 1e-10);
        let given = nddf(&tech(&columns, 2, 2), &NddfOptions { direction: Direction::Columns(columns.clone()), ..options.clone() }).unwrap();
        prop_assert_eq!(given.inefficiency, r.inefficiency);
    }

    /// Without undesirable outputs and with weights of 1 it is the measure of inefficiency proportions.
    #[test]
    fn proportions(values in proptest::collection::vec(0.0..1.0_f64, 56), returns in 0_usize..4) {
        let columns: Vec<Vec<f64>> = (0..4).map(|i| (0..14).map(|u| 0.1 + values[4 * u + i]).collect()).collect();
        let t = tech(&columns, 2, 2);
        let here = RETURNS[returns];
        let same = [Returns::Crs, Returns::Vrs, Returns::Nirs, Returns::Ndrs][returns];
        let r = nddf(&t, &NddfOptions { returns: here, ..weighted(NddfWeights::Equal) }).unwrap();
        let mip = additive(&t, &AdditiveOptions { weights: Weights::Mip, returns: same, ..AdditiveOptions::default() }).unwrap();
        for u in 0..14 {
            prop_assert!((r.inefficiency[u] - mip.inefficiency[u]).abs() < 1e-9 * (1.0 + mip.inefficiency[u]));
        }
    }
}
