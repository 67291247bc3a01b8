use proptest::prelude::*;

use super::*;

fn borrowed(columns: &[Vec<f64>], m: usize) -> Technology<'_> {
    let all: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    Technology { inputs: all[..m].to_vec(), outputs: all[m..].to_vec(), bad_outputs: Vec::new() }
}

fn radial(returns: Returns, meta: Meta) -> MetafrontierOptions {
    MetafrontierOptions { measure: Measure::Radial { orientation: Orientation::Output, returns }, meta, missing: Missing::Refuse }
}

/// Two groups on rays `y = x` and `y = 2x`, by hand.
#[test]
fn gaps_of_two_rays() {
    let columns = vec![vec![2.0, 4.0, 1.0, 4.0], vec![2.0, 2.0, 2.0, 4.0]];
    let t = borrowed(&columns, 1);
    for meta in [Meta::Pooled, Meta::Union] {
        let m = metafrontier(&t, &[7, 7, 9, 9], &radial(Returns::Crs, meta)).unwrap();
        let value = |d: &[Distance]| d.iter().map(|d| d.value).collect::<Vec<_>>();
        assert_eq!((value(&m.group), value(&m.meta)), (vec![1.0, 0.5, 1.0, 0.5], vec![0.5, 0.25, 1.0, 0.5]));
        assert_eq!(m.ratio, [0.5, 0.5, 1.0, 1.0]);
        assert!(m.gap.is_empty() && m.interval.iter().zip(&m.ratio).all(|(i, r)| i.0 <= *r && *r <= i.1 && i.1 - i.0 < 1e-9));
        let ahead = if meta == Meta::Union { vec![Some(9); 4] } else { vec![None; 4] };
        assert_eq!(m.ahead, ahead);
    }
    let options = MetafrontierOptions {
        measure: Measure::Directional {
            direction: Direction::Outputs,
            returns: DirectionalReturns::Crs,
            bad_outputs: BadOutputs::Weak,
        },
        ..radial(Returns::Crs, Meta::Union)
    };
    let m = metafrontier(&t, &[7, 7, 9, 9], &options).unwrap();
    // β = φ - 1, so that the ratio is the radial one.
    for (found, expected) in m.gap.iter().chain(&m.ratio).zip([1.0, 2.0, 0.0, 0.0, 0.5, 0.5, 1.0, 1.0]) {
        assert!((found - expected).abs() < 1e-12);
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let columns = vec![vec![2.0, 4.0, f64::NAN], vec![2.0, 0.0, 2.0], vec![1.0, 1.0, 1.0]];
    let t = borrowed(&columns, 1);
    let crs = radial(Returns::Crs, Meta::Pooled);
    assert!(matches!(metafrontier(&t, &[0, 0], &crs), Err(DirectionalError::Frontier(FrontierError::Data(_)))));
    let exclude = MetafrontierOptions { missing: Missing::Exclude, ..crs };
    assert!(matches!(metafrontier(&t, &[0, 0], &exclude), Err(DirectionalError::Frontier(FrontierError::Shape { .. }))));
    // The second unit alone has no second output.
    assert!(matches!(metafrontier(&t, &[0, 1, 1], &exclude), Err(DirectionalError::Frontier(FrontierError::Data(_)))));
    for (groups, meta) in [([0, 0, 0], Meta::Pooled), ([0, 0, 5], Meta::Union)] {
        let m = metafrontier(&t, &groups, &MetafrontierOptions { meta, ..exclude.clone() }).unwrap();
        assert_eq!((m.group[2].state, m.meta[2].state), (State::Missing, State::Missing));
        assert!(m.ratio[2].is_nan() && m.ratio[0] == 1.0);
    }
    assert!(metafrontier(&t, &[0; 3], &radial(Returns::Replication, Meta::Pooled)).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn laws(raw in prop::collection::vec(prop::collection::vec(0.1_f64..9.0, 15), 4), output in any::<bool>()) {
        let t = borrowed(&raw, 2);
        let groups: Vec<usize> = (0..15).map(|u| u % 3).collect();
        for returns in [Returns::Crs, Returns::Vrs, Returns::Fdh] {
            let orientation = if output { Orientation::Output } else { Orientation::Input };
            let run = |t: &Technology<'_>, groups: &[usize], meta| {
                let options = MetafrontierOptions { measure: Measure::Radial { orientation, returns }, meta, missing: Missing::Refuse };
                metafrontier(t, groups, &options).unwrap()
            };
            let (pooled, union) = (run(&t, &groups, Meta::Pooled), run(&t, &groups, Meta::Union));
            let whole = dea::scores(&t, &ScoreOptions { orientation, returns, ..ScoreOptions::default() }).unwrap();
            for u in 0..15 {
                prop_assert_eq!(pooled.meta[u].value, whole.score[u]);
                prop_assert!((pooled.group[u].value * pooled.ratio[u] - pooled.meta[u].value).abs() < 1e-9);
                prop_assert!(pooled.ratio[u] <= union.ratio[u] + 1e-9 && union.ratio[u] <= 1.0);
                prop_assert!(returns != Returns::Fdh || (pooled.ratio[u] - union.ratio[u]).abs() < 1e-12);
            }
            // One group has no gap; units of measure and the order of rows do not matter.
            prop_assert!(run(&t, &[4; 15], Meta::Union).ratio.iter().all(|r| (r - 1.0).abs() < 1e-9));
            let scaled: Vec<Vec<f64>> =
                raw.iter().enumerate().map(|(i, c)| c.iter().rev().map(|x| x * [1e9, 1e-9, 7.0, 1e-9][i]).collect()).collect();
            let back: Vec<usize> = groups.iter().rev().copied().collect();
            let other = run(&borrowed(&scaled, 2), &back, Meta::Union);
            for u in 0..15 {
                prop_assert!((other.ratio[14 - u] - union.ratio[u]).abs() < 1e-8);
            }
        }
    }
}
