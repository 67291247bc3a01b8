use proptest::prelude::*;

use super::*;
use crate::Technology;

const KINDS: [TfpKind; 6] =
    [TfpKind::FarePrimont, TfpKind::HicksMoorsteen, TfpKind::Lowe, TfpKind::Fisher, TfpKind::Laspeyres, TfpKind::Paasche];

/// A panel of two inputs and two outputs with prices.
#[derive(Clone, Debug)]
struct Farm {
    x: Vec<Vec<f64>>,
    y: Vec<Vec<f64>>,
    w: Vec<Vec<f64>>,
    p: Vec<Vec<f64>>,
    units: Vec<usize>,
    periods: Vec<i32>,
}

fn slices(columns: &[Vec<f64>]) -> Vec<&[f64]> {
    columns.iter().map(Vec::as_slice).collect()
}

impl Farm {
    /// Columns of equal length: two inputs, two outputs, their prices; `n` units in each period.
    fn of(cells: &[f64], n: usize) -> Self {
        let rows = cells.len() / 8;
        let c: Vec<Vec<f64>> = cells.chunks(rows).map(<[f64]>::to_vec).collect();
        Self {
            x: c[0..2].to_vec(),
            y: c[2..4].to_vec(),
            w: c[4..6].to_vec(),
            p: c[6..8].to_vec(),
            units: (0..rows).map(|i| i % n).collect(),
            periods: (0..rows).map(|i| (i / n) as i32).collect(),
        }
    }

    fn measure(&self, options: &TfpOptions) -> TfpIndex {
        let technology = Technology { inputs: slices(&self.x), outputs: slices(&self.y), bad_outputs: vec![] };
        let data = Observations { technology, units: &self.units, periods: &self.periods };
        let prices = Prices { inputs: slices(&self.w), outputs: slices(&self.p) };
        tfp_index(&data, Some(&prices), options).unwrap()
    }

    fn mapped(&self, rows: &[usize]) -> Self {
        let pick = |c: &[Vec<f64>]| c.iter().map(|c| rows.iter().map(|&r| c[r]).collect()).collect();
        Self {
            x: pick(&self.x),
            y: pick(&self.y),
            w: pick(&self.w),
            p: pick(&self.p),
            units: rows.iter().map(|&r| self.units[r]).collect(),
            periods: rows.iter().map(|&r| self.periods[r]).collect(),
        }
    }
}

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found} is not {expected}");
}

fn same(a: &TfpIndex, b: &TfpIndex, parts: &[TfpPart]) {
    for &part in parts {
        let (a, b) = (a.changes.part(part), b.changes.part(part));
        assert_eq!(a.len(), b.len());
        a.iter().zip(b).for_each(|(a, b)| near(*a, *b));
    }
}

/// One input, one output: every index is the change of y / x, whatever the prices.
#[test]
fn one_input_and_one_output_leave_no_choice_of_weights() {
    let (x, y) = (vec![2.0, 4.0, 5.0, 2.0, 4.0, 4.0], vec![1.0, 4.0, 4.5, 2.0, 5.0, 4.0]);
    let (w, p) = (vec![3.0, 1.0, 2.0, 1.0, 1.5, 4.0], vec![1.0, 2.0, 3.0, 5.0, 1.0, 2.0]);
    let (units, periods) = ([0, 1, 2, 0, 1, 2], [1, 1, 1, 2, 2, 2]);
    let technology = Technology { inputs: vec![&x], outputs: vec![&y], bad_outputs: vec![] };
    let data = Observations { technology, units: &units, periods: &periods };
    let prices = Prices { inputs: vec![&w], outputs: vec![&p] };
    for index in KINDS {
        for aggregation in [Aggregation::ShadowPrices, Aggregation::Distances] {
            for orientation in [Orientation::Input, Orientation::Output] {
                let options = TfpOptions { index, aggregation, orientation, returns: TfpReturns::Crs, ..Default::default() };
                let r = tfp_index(&data, Some(&prices), &options).unwrap();
                for (found, expected) in r.changes.part(Tfp).iter().zip([2.0, 1.25, 1.0 / 0.9]) {
                    near(*found, expected);
                }
                // Best y / x is 1 in the first period and 1.25 in the second.
                for found in r.changes.part(Maximum) {
                    near(*found, 1.25);
                }
                for (found, expected) in r.changes.part(Technical).iter().zip([0.8 / 0.5, 1.0, 0.8 / 0.9]) {
                    near(*found, expected);
                }
                for part in [Mix, ResidualScale, ResidualMix, Scale] {
                    r.changes.part(part).iter().for_each(|v| near(*v, 1.0));
                }
                assert!(r.state.iter().all(|s| *s == State::Optimal), "{index:?} {:?}", r.state);
            }
        }
    }
}

/// Index numbers by their definitions, on two rows of a unit.
#[test]
fn index_numbers_are_those_of_the_textbook() {
    let farm = Farm {
        x: vec![vec![2.0, 3.0], vec![5.0, 4.0]],
        y: vec![vec![4.0, 7.0], vec![1.0, 0.5]],
        w: vec![vec![1.0, 1.2], vec![2.0, 2.5]],
        p: vec![vec![3.0, 2.0], vec![1.0, 4.0]],
        units: vec![0, 0],
        periods: vec![1, 2],
    };
    let (laspeyres, paasche) = ((21.5 / 13.0) / (11.0 / 12.0), (16.0 / 12.0) / (13.6 / 14.9));
    let of = |index| farm.measure(&TfpOptions { index, ..Default::default() });
    near(of(TfpKind::Laspeyres).changes.part(Tfp)[0], laspeyres);
    near(of(TfpKind::Paasche).changes.part(Tfp)[0], paasche);
    near(of(TfpKind::Fisher).changes.part(Tfp)[0], (laspeyres * paasche).sqrt());
    // Mean prices 2.5 and 2.5 of outputs, 1.1 and 2.25 of inputs.
    let lowe = of(TfpKind::Lowe);
    near(lowe.changes.part(Tfp)[0], (18.75 / 12.5) / (12.3 / 13.45));
    near(lowe.levels.part(Tfp)[0], 12.5 / 13.45);
    near(lowe.money.profitability[1], 16.0 / 13.6);
    near(lowe.money_change.profitability[0], lowe.changes.part(Tfp)[0] * lowe.money_change.terms_of_trade[0]);
    // One unit a period is the best there is.
    near(lowe.levels.part(Efficiency)[0], 1.0);
    near(lowe.changes.part(Maximum)[0], lowe.changes.part(Tfp)[0]);
}

/// Revenue efficiency at given prices: a closed form where all units use the same input.
#[test]
fn revenue_efficiency_is_the_share_of_the_best_revenue() {
    let farm = Farm {
        x: vec![vec![1.0; 6], vec![2.0; 6]],
        y: vec![vec![4.0, 1.0, 2.0, 4.0, 2.0, 3.0], vec![1.0, 4.0, 2.0, 2.0, 5.0, 3.0]],
        w: vec![vec![1.0; 6], vec![1.0; 6]],
        p: vec![vec![2.0; 6], vec![1.0; 6]],
        units: vec![0, 1, 2, 0, 1, 2],
        periods: vec![1, 1, 1, 2, 2, 2],
    };
    let r = farm.measure(&TfpOptions { index: TfpKind::Lowe, ..Default::default() });
    for (found, expected) in r.levels.part(Price).iter().zip([1.0, 6.0 / 9.0, 6.0 / 9.0, 1.0, 9.0 / 10.0, 9.0 / 10.0]) {
        near(*found, expected);
    }
    // (2, 2) reaches (2.5, 2.5): technical 0.8, and 7.5 of 9 by its mix.
    near(r.levels.part(Technical)[2], 0.8);
    near(r.levels.part(Mix)[2], 7.5 / 9.0);
    r.levels.part(ResidualScale).iter().for_each(|v| near(*v, 1.0));
}

/// Three points of a pooled technology and a corner among them. Of the first unit the earlier output can be made from its
/// later inputs (2, 2), where all prices between (1/3, 1/6) and (1/6, 1/3) are optimal; on the side of its earlier inputs
/// (1, 4) it is the first, at which both use 1. Its later output, from (1, 4), takes twice of the first input alone: there
/// (2, 2) is worth 2.
#[test]
fn of_several_shadow_prices_those_of_the_own_side_count() {
    let farm = Farm {
        x: vec![vec![1.0, 4.0, 2.0, 4.0], vec![4.0, 1.0, 2.0, 1.0]],
        y: vec![vec![1.0, 1.0, 2.0, 1.0], vec![1.0, 1.0, 2.0, 1.0]],
        w: vec![vec![1.0; 4], vec![1.0; 4]],
        p: vec![vec![1.0; 4], vec![1.0; 4]],
        units: vec![0, 1, 0, 1],
        periods: vec![1, 1, 2, 2],
    };
    let options = TfpOptions { index: TfpKind::HicksMoorsteen, technology: TfpTechnology::Pooled, ..Default::default() };
    for by in [1.0, 1e9, 3e-9] {
        let mut other = farm.clone();
        other.x[0].iter_mut().for_each(|x| *x *= by);
        for rows in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
            let r = other.mapped(&rows).measure(&options);
            assert!(r.state.iter().all(|s| *s == State::Optimal), "{:?}", r.state);
            for (found, expected) in r.changes.part(Input).iter().zip([2.0_f64.sqrt(), 1.0]) {
                near(*found, expected);
            }
            near(r.changes.part(Tfp)[0], 2.0 / 2.0_f64.sqrt());
        }
    }
}

#[test]
fn prices_that_are_none_are_refused_all_at_once() {
    let (x, y) = ([1.0, 2.0], [1.0, 2.0]);
    let technology = Technology { inputs: vec![&x], outputs: vec![&y], bad_outputs: vec![] };
    let data = Observations { technology, units: &[0, 0], periods: &[1, 2] };
    let options = |index| TfpOptions { index, ..Default::default() };
    let needed = tfp_index(&data, None, &options(TfpKind::Fisher)).unwrap_err();
    assert!(matches!(needed, FrontierError::Options(ref l) if l.len() == 1 && l[0].0 == "prices"), "{needed:?}");
    assert!(tfp_index(&data, None, &options(TfpKind::FarePrimont)).is_ok());
    let prices = Prices { inputs: vec![&[-1.0, f64::NAN]], outputs: vec![] };
    let FrontierError::Options(wrong) = tfp_index(&data, Some(&prices), &options(TfpKind::Lowe)).unwrap_err() else { panic!() };
    let names: Vec<&str> = wrong.iter().map(|w| w.0).collect();
    assert_eq!(names, ["input_prices", "input_prices", "output_prices"]);
    let prices = Prices { inputs: vec![&[1.0, 1.0]], outputs: vec![&[0.0, 1.0]] };
    assert!(tfp_index(&data, Some(&prices), &options(TfpKind::Lowe)).is_err());
}

#[test]
fn an_observation_without_prices_spans_but_has_no_index() {
    let mut farm = Farm::of(&(0..48).map(|i| 1.0 + (i * i % 17) as f64).collect::<Vec<f64>>(), 3);
    farm.p[0][1] = f64::NAN;
    let r = farm.measure(&TfpOptions { index: TfpKind::Fisher, missing: Missing::Exclude, ..Default::default() });
    assert!(r.changes.part(Tfp)[1].is_nan() && r.state[1] == State::Missing && r.level_state[1] == State::Missing);
    assert!(r.changes.part(Tfp)[0].is_finite() && r.changes.part(Tfp)[2].is_finite());
    assert!(r.technical[1].value.is_finite() && r.gaps.is_empty());
}

#[test]
fn weights_that_see_nothing_have_a_state() {
    // The second unit makes only what is worth nothing at the first unit's prices.
    let farm = Farm {
        x: vec![vec![1.0, 1.0, 1.0, 1.0], vec![1.0; 4]],
        y: vec![vec![1.0, 0.0, 1.0, 0.0], vec![1.0, 2.0, 1.0, 3.0]],
        w: vec![vec![1.0; 4], vec![1.0; 4]],
        p: vec![vec![1.0, 1.0, 1.0, 1.0], vec![0.0, 1.0, 0.0, 1.0]],
        units: vec![0, 1, 1, 0],
        periods: vec![1, 1, 2, 2],
    };
    let r = farm.measure(&TfpOptions { index: TfpKind::Laspeyres, ..Default::default() });
    assert_eq!(r.state, [State::Unbounded, State::Optimal]);
    assert!(r.changes.part(Tfp)[0].is_nan());
}

fn farm() -> impl Strategy<Value = Farm> {
    proptest::collection::vec(0.1_f64..10.0, 8 * 24).prop_map(|cells| Farm::of(&cells, 8))
}

fn options() -> impl Strategy<Value = TfpOptions> {
    let technology = [TfpTechnology::Contemporaneous, TfpTechnology::Sequential, TfpTechnology::Pooled];
    (0_usize..6, any::<bool>(), any::<bool>(), any::<bool>(), 0_usize..3).prop_map(move |(k, exact, output, crs, t)| TfpOptions {
        index: KINDS[k],
        aggregation: if exact { Aggregation::Distances } else { Aggregation::ShadowPrices },
        orientation: if output { Orientation::Output } else { Orientation::Input },
        returns: if crs { TfpReturns::Crs } else { TfpReturns::Vrs },
        technology: technology[t],
        missing: Missing::Refuse,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn products_hold_and_efficiencies_are_shares(farm in farm(), options in options()) {
        let r = farm.measure(&options);
        prop_assert!(r.residual < 1e-12, "{}", r.residual);
        // Mixed shadow prices may ignore all that an observation has; nothing else fails.
        prop_assert!(r.state.iter().all(|s| matches!(s, State::Optimal | State::Unbounded)), "{:?}", r.state);
        for part in [Efficiency, Technical, Scale, Mix, ResidualScale, ScaleMix, ResidualMix, Price] {
            for v in r.levels.part(part).iter().filter(|_| part != ResidualMix) {
                prop_assert!(*v <= 1.0 + 1e-9, "{part:?} {v}");
            }
        }
        if options.technology == TfpTechnology::Pooled && options.index.transitive() {
            r.changes.part(Maximum).iter().for_each(|v| near(*v, 1.0));
        }
        if options.technology == TfpTechnology::Sequential {
            prop_assert!(r.changes.part(Maximum).iter().all(|v| v.is_nan() || *v >= 1.0 - 1e-12));
        }
        if options.returns == TfpReturns::Crs {
            r.changes.part(Scale).iter().for_each(|v| near(*v, 1.0));
        }
    }

    #[test]
    fn levels_of_transitive_indices_are_their_changes(farm in farm(), lowe in any::<bool>()) {
        let index = if lowe { TfpKind::Lowe } else { TfpKind::FarePrimont };
        let r = farm.measure(&TfpOptions { index, ..Default::default() });
        for part in PARTS {
            let (levels, changes) = (r.levels.part(part), r.changes.part(part));
            for (i, change) in changes.iter().enumerate() {
                near(*change, levels[r.to_row[i]] / levels[r.from_row[i]]);
            }
        }
        let tfp = r.levels.part(Tfp);
        for (i, &c) in r.cumulative.iter().enumerate() {
            let first = r.unit.iter().position(|u| *u == r.unit[i]).unwrap();
            near(c, tfp[r.to_row[i]] / tfp[r.from_row[first]]);
        }
    }

    /// Units of measure: quantities by a factor, prices by its reciprocal.
    #[test]
    fn units_of_measure_change_nothing(farm in farm(), options in options(), up in any::<bool>()) {
        let factor = if up { 1e9 } else { 1e-9 };
        let mut other = farm.clone();
        other.x[0].iter_mut().chain(&mut other.y[1]).for_each(|v| *v *= factor);
        other.w[0].iter_mut().chain(&mut other.p[1]).for_each(|v| *v /= factor);
        let (a, b) = (farm.measure(&options), other.measure(&options));
        let parts = options.index.parts(options.aggregation);
        let whole = |r: &TfpIndex| r.state.iter().all(|s| *s == State::Optimal);
        if whole(&a) && whole(&b) {
            same(&a, &b, parts);
        }
    }

    #[test]
    fn rows_may_stand_in_any_order_and_twice_is_once(farm in farm(), options in options()) {
        let a = farm.measure(&options);
        let reversed: Vec<usize> = (0..24).rev().collect();
        let b = farm.mapped(&reversed).measure(&options);
        prop_assert_eq!(&a.unit, &b.unit);
        for part in PARTS {
            let bits = |r: &TfpIndex| r.changes.part(part).iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            // The mean of a sample is summed in the order of rows.
            if options.index != TfpKind::FarePrimont && options.index != TfpKind::Lowe {
                prop_assert_eq!(bits(&a), bits(&b));
            }
        }
        if a.state.iter().all(|s| *s == State::Optimal) {
            same(&a, &b, options.index.parts(options.aggregation));
        }
        // A copy of every unit under another name spans nothing new.
        let twice: Vec<usize> = (0..24).chain(0..24).collect();
        let mut copy = farm.mapped(&twice);
        copy.units[24..].iter_mut().for_each(|u| *u += 8);
        let c = copy.measure(&options);
        for part in [Tfp, Efficiency, Technical] {
            for (i, v) in a.changes.part(part).iter().enumerate().filter(|v| v.1.is_finite()) {
                near(c.changes.part(part)[i], *v);
            }
        }
    }

    #[test]
    fn the_index_does_not_depend_on_the_orientation(farm in farm(), options in options()) {
        let other = match options.orientation {
            Orientation::Input => Orientation::Output,
            Orientation::Output => Orientation::Input,
        };
        let (a, b) = (farm.measure(&options), farm.measure(&TfpOptions { orientation: other, ..options.clone() }));
        for part in [Output, Input, Tfp, Maximum] {
            for (a, b) in a.changes.part(part).iter().zip(b.changes.part(part)).filter(|(a, b)| a.is_finite() && b.is_finite()) {
                near(*a, *b);
            }
        }
    }

    /// Hicks and Moorsteen's index with its distances: outputs times a factor raise it by that factor.
    #[test]
    fn growth_in_proportion_is_itself(farm in farm(), factor in 0.5_f64..2.0, crs in any::<bool>()) {
        let mut grown = farm.mapped(&(0..8).chain(0..8).collect::<Vec<_>>());
        grown.periods = (0..16).map(|i| i / 8).collect();
        grown.y.iter_mut().for_each(|c| c[8..].iter_mut().for_each(|v| *v *= factor));
        for index in KINDS {
            for aggregation in [Aggregation::ShadowPrices, Aggregation::Distances] {
                let returns = if crs { TfpReturns::Crs } else { TfpReturns::Vrs };
                let r = grown.measure(&TfpOptions { index, aggregation, returns, ..Default::default() });
                for v in r.changes.part(Tfp).iter().filter(|v| v.is_finite()) {
                    near(*v, factor);
                }
            }
        }
    }
}
