//! Laws: units of measure, order of rows, direction, sums, bands, and what goes wrong.

use proptest::prelude::*;

use super::{AGGREGATIONS, framework, indicator};
use crate::{
    Aggregation, Data, Direction, Framework, Goalposts, IndexError, Missing, Node, Normalisation, Placement, Reach, Recipe,
    Scope, Weighting, evaluate,
    ranking::compensation::{Compensation, Penalty, Spread},
    uncertainty::{Alternatives, uncertainty},
    weights::{
        combination::Combination,
        components::{ComponentOptions, Loading},
        critic,
    },
};

const UNITS: usize = 6;
const PERIODS: usize = 3;

fn compensations() -> impl Strategy<Value = Compensation> {
    use prop::sample::select;
    (
        select(vec![-3.0, -0.5, 0.0, 0.5, 3.0]),
        select(vec![Penalty::Downward, Penalty::Upward]),
        select(vec![Spread::Population, Spread::Sample]),
        (0.0..=1.0_f64, 0.0..0.5_f64, 0.3..4.0_f64),
    )
        .prop_map(|(power, penalty, spread, (min_share, min_smoothing, quantifier))| Compensation {
            power,
            penalty,
            spread,
            min_share,
            min_smoothing,
            quantifier,
        })
}

fn keys() -> (Vec<String>, Vec<i32>) {
    let n = UNITS * PERIODS;
    ((0..n).map(|i| format!("u{}", i / PERIODS)).collect(), (0..n).map(|i| (i % PERIODS) as i32).collect())
}

fn tables() -> impl Strategy<Value = Vec<Vec<f64>>> {
    prop::collection::vec(prop::collection::vec(0.0..100.0_f64, UNITS * PERIODS), 5)
}

const WEIGHTINGS: [Weighting; 14] = [
    Weighting::Equal,
    Weighting::Manual,
    Weighting::Entropy,
    Weighting::Critic,
    Weighting::Variation,
    Weighting::StandardDeviation,
    Weighting::Gini,
    Weighting::PrincipalComponents,
    Weighting::ScatterDegree,
    Weighting::Merec,
    Weighting::Cilos,
    Weighting::Idocriw,
    Weighting::Importance,
    Weighting::Combination,
];

/// Options under which every weighting has an answer.
fn weighted(weights: Weighting) -> Recipe {
    // Random tables have components with entries of both signs.
    let components = ComponentOptions { loading: Loading::Absolute, ..ComponentOptions::default() };
    let of = vec![Weighting::Manual, Weighting::Entropy, Weighting::Critic];
    Recipe { weights, components, combination: Combination { of, ..Combination::default() }, ..Recipe::default() }
}

fn recipes() -> impl Strategy<Value = Recipe> {
    use prop::sample::select;
    let one = (
        select(vec![Goalposts::Pooled, Goalposts::PerPeriod]),
        select(vec![Normalisation::MinMax, Normalisation::ZScore, Normalisation::Rank]),
        select(WEIGHTINGS.to_vec()),
    );
    let two = (
        select(vec![Scope::Pooled, Scope::PerPeriod, Scope::PeriodMean, Scope::Base]),
        select(vec![Reach::Global, Reach::Within]),
        select(AGGREGATIONS.to_vec()),
        select(vec![Placement::Outside, Placement::Inside]),
    );
    (one, two, compensations()).prop_map(
        |((goalposts, normalisation, weights), (scope, reach, aggregation, placement), compensation)| Recipe {
            compensation,
            goalposts,
            normalisation,
            scope,
            reach,
            aggregation,
            placement,
            ..weighted(weights)
        },
    )
}

fn scores(f: &Framework, columns: &[Vec<f64>], recipe: &Recipe) -> Vec<f64> {
    let (units, periods) = keys();
    evaluate(f, &Data { units: &units, periods: &periods, columns, groups: &[] }, recipe).unwrap().scores.swap_remove(0)
}

fn close(a: &[f64], b: &[f64], tolerance: f64) -> bool {
    a.iter().zip(b).all(|(x, y)| (x - y).abs() <= tolerance)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn units_of_measure_do_not_matter(t in tables(), recipe in recipes()) {
        let f = framework(&[2, 3]);
        let scaled: Vec<Vec<f64>> = t.iter().enumerate()
            .map(|(k, c)| c.iter().map(|x| x * if k % 2 == 0 { 1e9 } else { 1e-9 }).collect()).collect();
        prop_assert!(close(&scores(&f, &t, &recipe), &scores(&f, &scaled, &recipe), 1e-9));
    }

    #[test]
    fn the_order_of_rows_does_not_matter(t in tables(), recipe in recipes(), step in prop::sample::select(vec![5_usize, 7, 11])) {
        let (units, periods) = keys();
        let n = units.len();
        let order: Vec<usize> = (0..n).map(|i| i * step % n).collect();
        let f = framework(&[2, 3]);
        let a = evaluate(&f, &Data { units: &units, periods: &periods, columns: &t, groups: &[] }, &recipe).unwrap();
        let columns: Vec<Vec<f64>> = t.iter().map(|c| order.iter().map(|&i| c[i]).collect()).collect();
        let units: Vec<String> = order.iter().map(|&i| units[i].clone()).collect();
        let periods: Vec<i32> = order.iter().map(|&i| periods[i]).collect();
        let b = evaluate(&f, &Data { units: &units, periods: &periods, columns: &columns, groups: &[] }, &recipe).unwrap();
        prop_assert_eq!(a, b);
    }

    #[test]
    fn turning_an_indicator_is_negating_it(t in tables(), recipe in recipes()) {
        // Negative values in their own units have no removal weights.
        prop_assume!(!recipe.weights.is_in_own_units());
        let f = framework(&[2, 3]);
        let mut turned = f.clone();
        turned.root.nodes[0].indicators[1].direction = Direction::Negative;
        let mut negated = t.clone();
        negated[1].iter_mut().for_each(|x| *x = -*x);
        prop_assert_eq!(scores(&turned, &t, &recipe), scores(&f, &negated, &recipe));
    }

    #[test]
    fn weights_sum_to_one_and_contributions_to_the_score(t in tables(), recipe in recipes(), gap in 0..90_usize) {
        let (units, periods) = keys();
        let mut t = t;
        t[gap / 18][gap % 18] = f64::NAN;
        let recipe = Recipe { missing: Missing::MeanOfPresent, ..recipe };
        let index = evaluate(&framework(&[2, 3]), &Data { units: &units, periods: &periods, columns: &t, groups: &[] }, &recipe).unwrap();
        for set in &index.weights.effective {
            prop_assert!((set.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            prop_assert!(set.iter().all(|w| *w >= 0.0));
        }
        prop_assert!(index.residual < 1e-12, "{}", index.residual);
        prop_assert_eq!(index.normalised.fills.len(), 1);
    }

    #[test]
    fn a_duplicate_of_the_only_sibling_changes_nothing_under_equal_weights(t in tables()) {
        let recipe = Recipe::default();
        let one = scores(&framework(&[1, 3]), &t[..4], &recipe);
        let twice = vec![t[0].clone(), t[0].clone(), t[1].clone(), t[2].clone(), t[3].clone()];
        prop_assert!(close(&one, &scores(&framework(&[2, 3]), &twice, &recipe), 1e-12));
    }

    #[test]
    fn a_constant_indicator_has_no_data_driven_weight(t in tables(), reach in prop::sample::select(vec![Reach::Global, Reach::Within])) {
        let (units, periods) = keys();
        let mut t = t;
        t[3].fill(42.0);
        for weights in WEIGHTINGS.into_iter().filter(|w| w.is_data_driven()) {
            let recipe = Recipe { reach, ..weighted(weights) };
            let index = evaluate(&framework(&[2, 3]), &Data { units: &units, periods: &periods, columns: &t, groups: &[] }, &recipe).unwrap();
            prop_assert_eq!(index.weights.effective[0][3], 0.0);
            prop_assert_eq!(&index.normalised.constant, &vec![(3, None)]);
        }
    }

    #[test]
    fn bands_contain_the_index_itself_and_repeat(t in tables(), recipe in recipes()) {
        let (units, periods) = keys();
        let f = framework(&[2, 3]);
        let index = evaluate(&f, &Data { units: &units, periods: &periods, columns: &t, groups: &[] }, &recipe).unwrap();
        let declared = Alternatives { limit: 40, ..Alternatives::default() };
        let u = uncertainty(&f, &index, &recipe, &declared, 7).unwrap();
        prop_assert_eq!(u.alternatives.len(), 40);
        for (i, rank) in index.ranks.iter().enumerate() {
            let rank = rank.unwrap();
            prop_assert!(u.best[i] <= rank && rank <= u.worst[i]);
            prop_assert!(u.low[i] <= u.high[i]);
            prop_assert!((0.0..=1.0).contains(&u.top[i]));
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        prop_assert_eq!(&u, &pool.install(|| uncertainty(&f, &index, &recipe, &declared, 7)).unwrap());
    }
}

#[test]
fn arithmetic_contributions_are_weight_times_value() {
    let (units, periods) = keys();
    let t: Vec<Vec<f64>> = (1..6).map(|k| (0..18).map(|i| f64::from((i * k * 5) % 17)).collect()).collect();
    let index =
        evaluate(&framework(&[2, 3]), &Data { units: &units, periods: &periods, columns: &t, groups: &[] }, &Recipe::default())
            .unwrap();
    for j in 0..5 {
        for i in 0..18 {
            let expected = index.weights.effective[0][j] * index.normalised.values[j][i];
            assert!((index.contributions[j][i] - expected).abs() < 1e-15);
        }
    }
}

#[test]
fn manual_weights_multiply_down_the_tree() {
    let (units, periods) = keys();
    let t: Vec<Vec<f64>> = (1..4).map(|k| (0..18).map(|i| f64::from((i * k * 5) % 17)).collect()).collect();
    let mut f = framework(&[2, 1]);
    f.root.nodes[0].weight = Some(3.0);
    f.root.nodes[1].weight = Some(1.0);
    f.root.nodes[0].indicators[0].weight = Some(1.0);
    let data = Data { units: &units, periods: &periods, columns: &t, groups: &[] };
    let recipe = Recipe { weights: Weighting::Manual, ..Recipe::default() };
    let errors = evaluate(&f, &data, &recipe).unwrap_err();
    assert_eq!(errors, [IndexError::WeightMissing { id: "d0_1".into(), parent: "d0".into() }]);
    f.root.nodes[0].indicators[1].weight = Some(3.0);
    let index = evaluate(&f, &data, &recipe).unwrap();
    assert_eq!(index.weights.effective[0], [0.1875, 0.5625, 0.25]);
}

#[test]
fn a_geometric_zero_is_lifted_to_the_floor() {
    let units = ["a", "b"].map(String::from);
    let recipe = Recipe { aggregation: Aggregation::Geometric, floor: 0.01, ..Recipe::default() };
    let columns = [vec![0.0, 1.0], vec![5.0, 3.0]];
    let index = evaluate(&framework(&[1, 1]), &Data { units: &units, periods: &[0; 2], columns: &columns, groups: &[] }, &recipe)
        .unwrap();
    // One indicator at the floor, one at the top: sqrt(0.01 * 1), all of it from the second.
    assert!((index.scores[0][0] - 0.1).abs() < 1e-15);
    assert!(index.contributions[0][0].abs() < 1e-15);
    assert!((index.contributions[1][0] - 0.1).abs() < 1e-15);
}

#[test]
fn what_cannot_be_computed_is_named_all_at_once() {
    let units = ["a", "b", "c"].map(String::from);
    let run = |columns: &[Vec<f64>], recipe: &Recipe| {
        evaluate(&framework(&[1, 1]), &Data { units: &units, periods: &[0; 3], columns, groups: &[] }, recipe).unwrap_err()
    };
    let n = f64::NAN;
    let errors = run(&[vec![n, 1.0, n], vec![n, n, n]], &Recipe { floor: 2.0, ..Recipe::default() });
    assert_eq!(errors.len(), 3, "{errors:?}");
    assert_eq!(errors[1], IndexError::MissingCells { indicator: "d0_0".into(), cells: 2, unit: "a".into(), period: 0 });
    assert_eq!(errors[2], IndexError::AllMissing { indicator: "d1_0".into() });
    let both = [vec![1.0, 2.0, 3.0], vec![2.0, 2.5, 9.0]];
    let fixed = run(&both, &Recipe { goalposts: Goalposts::Fixed, ..Recipe::default() });
    assert_eq!(fixed.len(), 2);
    let base = run(&both, &Recipe { goalposts: Goalposts::Base, base: Some(1999), ..Recipe::default() });
    assert_eq!(base, [IndexError::NoBase { period: 1999 }]);
    let flat = [vec![1.0; 3], vec![2.0; 3]];
    assert_eq!(run(&flat, &Recipe { weights: Weighting::Entropy, ..Recipe::default() }), [IndexError::NothingVaries]);
    let gone = run(&[vec![n, 1.0, 2.0], vec![1.0, n, n]], &Recipe { missing: Missing::DropUnit, ..Recipe::default() });
    assert_eq!(gone, [IndexError::NoneComplete]);
}

#[test]
fn a_single_row_has_no_scale_of_its_own() {
    let units = ["a".to_owned()];
    let columns = [vec![1.0], vec![2.0]];
    let data = Data { units: &units, periods: &[0], columns: &columns, groups: &[] };
    let errors = evaluate(&framework(&[1, 1]), &data, &Recipe::default()).unwrap_err();
    assert_eq!(errors.len(), 2);
    let mut f = framework(&[1, 1]);
    f.root.nodes.iter_mut().for_each(|n| n.indicators[0].goalposts = Some((0.0, 4.0)));
    let index = evaluate(&f, &data, &Recipe::default()).unwrap();
    assert_eq!(index.scores[0], [0.375]);
    assert_eq!(index.ranks, [Some(1)]);
}

#[test]
fn a_framework_tells_everything_wrong_with_it() {
    let mut f = framework(&[1, 1]);
    f.root.nodes[1].indicators[0] = indicator("d0_0", Direction::Positive, Some((3.0, 1.0)));
    f.root.nodes[0].weight = Some(-1.0);
    f.root.nodes.push(Node { id: "empty".into(), ..Node::default() });
    assert_eq!(f.tree().unwrap_err().len(), 4);
}

/// Four normalisations, weights and aggregations with each of 20 indicators left out, at 31 provinces by 5 years:
/// a millisecond each is the budget; the test allows ten in case the machine is busy.
#[test]
fn an_alternative_takes_about_a_millisecond() {
    let f = framework(&[5, 5, 5, 5]);
    let units: Vec<String> = (0..155).map(|i| format!("{:02}", i / 5)).collect();
    let periods: Vec<i32> = (0..155).map(|i| i % 5).collect();
    let columns: Vec<Vec<f64>> = (0..20).map(|k| (0..155).map(|i| f64::from((i * (k + 3) * 7919) % 1009)).collect()).collect();
    let recipe = Recipe::default();
    let index = evaluate(&f, &Data { units: &units, periods: &periods, columns: &columns, groups: &[] }, &recipe).unwrap();
    let clock = std::time::Instant::now();
    let u = uncertainty(&f, &index, &recipe, &Alternatives::default(), 1).unwrap();
    let each = clock.elapsed().as_secs_f64() / u.alternatives.len() as f64;
    assert_eq!(u.alternatives.len(), 3 * 3 * 2 * 21);
    assert!(each < 0.01, "{each}");
}

/// What only an alternative cannot do must not cost the index: one row has no ranks, no z scores and no entropy, and
/// without the one indicator that varies nothing does.
#[test]
fn an_alternative_the_data_do_not_allow_is_set_aside_with_its_reason() {
    let mut f = framework(&[1, 1]);
    f.root.nodes.iter_mut().for_each(|n| n.indicators[0].goalposts = Some((0.0, 4.0)));
    let units = ["a".to_owned()];
    let columns = [vec![1.0], vec![2.0]];
    let data = Data { units: &units, periods: &[0], columns: &columns, groups: &[] };
    let index = evaluate(&f, &data, &Recipe::default()).unwrap();
    let u = uncertainty(&f, &index, &Recipe::default(), &Alternatives::default(), 1).unwrap();
    assert_eq!((u.alternatives.len() + u.impossible.len(), u.rank_low[0], u.rank_high[0]), (u.declared, 1.0, 1.0));
    assert!(u.impossible.iter().any(|(_, e)| matches!(e, IndexError::TooFewRows { .. })));
    assert!(u.impossible.iter().any(|(_, e)| *e == IndexError::NothingVaries));

    let units = ["a", "b", "c"].map(String::from);
    let columns = [vec![1.0, 2.0, 4.0], vec![3.0; 3]];
    let data = Data { units: &units, periods: &[0; 3], columns: &columns, groups: &[] };
    let index = evaluate(&framework(&[1, 1]), &data, &Recipe::default()).unwrap();
    let u = uncertainty(&framework(&[1, 1]), &index, &Recipe::default(), &Alternatives::default(), 1).unwrap();
    // Entropy and CRITIC without the first indicator, under each normalisation and aggregation.
    assert_eq!(u.impossible.len(), 2 * 3 * 2);
    assert!(u.impossible.iter().all(|(a, e)| a.without == Some(0) && *e == IndexError::NothingVaries));
}

#[test]
fn an_indicator_without_a_value_in_the_base_period_is_refused() {
    let units = ["a", "a", "b", "b"].map(String::from);
    let columns = [vec![1.0, 2.0, 3.0, 5.0], vec![f64::NAN, 1.0, f64::NAN, 4.0]];
    let data = Data { units: &units, periods: &[2000, 2001, 2000, 2001], columns: &columns, groups: &[] };
    let recipe = Recipe { missing: Missing::MeanOfPresent, goalposts: Goalposts::Base, ..Recipe::default() };
    let errors = evaluate(&framework(&[1, 1]), &data, &recipe).unwrap_err();
    assert_eq!(errors, [IndexError::NoBaseValue { indicator: "d1_0".into(), period: 2000 }]);
}

#[test]
fn critic_makes_no_weights_of_rounding() {
    // Three columns that are one another up to rounding: their conflict is nothing, their spread is the same.
    let a: Vec<f64> = (0..9).map(|i| f64::from(i * i) / 64.0).collect();
    let columns = [a.clone(), a.iter().map(|x| x / 3.0 * 3.0).collect(), a.iter().map(|x| (x + 0.1) - 0.1).collect()];
    for w in critic(&columns, &(0..9).collect::<Vec<_>>()) {
        assert!((w - 1.0 / 3.0).abs() < 1e-12, "{w}");
    }
}

/// Every policy, aggregation, kind of goalposts, weights and scope over a panel with a row without any value, a period
/// without one indicator and a dimension of one: a score or an error, and contributions that sum to each score.
#[test]
fn every_combination_of_choices_scores_or_says_why() {
    let f = framework(&[2, 1, 3]);
    let (units, periods) = keys();
    let n = units.len();
    let value = |j: usize, i: usize| ((i * (j + 2) * 37 + j * 11) % 23) as f64;
    let mut columns: Vec<Vec<f64>> = (0..6).map(|j| (0..n).map(|i| value(j, i)).collect()).collect();
    let last = *periods.iter().max().unwrap();
    columns.iter_mut().for_each(|c| c[1] = f64::NAN);
    (0..n).filter(|&i| periods[i] == last).for_each(|i| columns[2][i] = f64::NAN);
    let data = Data { units: &units, periods: &periods, columns: &columns, groups: &[] };
    let mut scored = 0;
    for missing in [Missing::MeanOfPresent, Missing::Carry, Missing::Interpolate, Missing::Mean] {
        for goalposts in [Goalposts::Pooled, Goalposts::PerPeriod, Goalposts::Base] {
            for normalisation in [Normalisation::MinMax, Normalisation::ZScore, Normalisation::Rank] {
                for aggregation in AGGREGATIONS {
                    for weights in [Weighting::Equal, Weighting::Entropy, Weighting::Critic] {
                        for scope in [Scope::Pooled, Scope::PerPeriod, Scope::PeriodMean, Scope::Base] {
                            for reach in [Reach::Global, Reach::Within] {
                                for floor in [0.0, 0.01] {
                                    let recipe = Recipe {
                                        missing,
                                        goalposts,
                                        normalisation,
                                        aggregation,
                                        weights,
                                        scope,
                                        reach,
                                        floor,
                                        ..Recipe::default()
                                    };
                                    let Ok(index) = evaluate(&f, &data, &recipe) else { continue };
                                    scored += 1;
                                    assert!(index.residual < 1e-9, "{recipe:?} {}", index.residual);
                                    for w in &index.weights.effective {
                                        assert!((w.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{recipe:?}");
                                    }
                                    for i in 0..n {
                                        let none = index.normalised.values.iter().all(|c| c[i].is_nan());
                                        let s = index.scores[0][i];
                                        // Only a row without a value, or whose values all weigh nothing, has no score.
                                        let idle = (0..6).all(|j| {
                                            index.normalised.values[j][i].is_nan()
                                                || index.weights.effective[index.weights.of_row[i]][j] == 0.0
                                        });
                                        assert_eq!(s.is_nan(), none || idle, "{recipe:?} row {i}");
                                        assert_eq!(s.is_nan(), index.ranks[i].is_none());
                                        assert!(s.is_nan() || s.is_finite(), "{recipe:?} row {i}: {s}");
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(scored > 1000, "{scored}");
}
