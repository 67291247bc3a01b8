//! Weights in a framework: judgements, combinations, scopes, and what is told of them.

use super::{WeightNote, association::correlation, combination::*, components::*, importance::Importance};
use crate::{
    Data, Direction, Framework, IndexError, Normalisation, Reach, Recipe, Scope, Weighting, evaluate,
    framework::FrameworkError,
    judgement::{BestWorst, Cards, Comparisons, Judgement},
    tests::framework,
    weights::{Weights, test_data::agree},
};

fn table(columns: usize) -> (Vec<String>, Vec<i32>, Vec<Vec<f64>>) {
    let units = (0..18).map(|i| format!("u{}", i / 3)).collect();
    let periods = (0..18).map(|i| i % 3).collect();
    (units, periods, (1..=columns as i32).map(|k| (0..18).map(|i| f64::from((i * k * 5 + k) % 17)).collect()).collect())
}

fn weights(f: &Framework, recipe: &Recipe) -> Result<Weights, Vec<IndexError>> {
    let (units, periods, columns) = table(f.tree().map(|t| t.leaves.len()).unwrap_or(0));
    evaluate(f, &Data { units: &units, periods: &periods, columns: &columns, groups: &[] }, recipe).map(|c| c.weights)
}

fn judged() -> Framework {
    let mut f = framework(&[3, 2]);
    let matrix = vec![vec![1.0, 2.0, 4.0], vec![0.5, 1.0, 2.0], vec![0.25, 0.5, 1.0]];
    f.root.judgement = Some(Judgement::Cards(Cards { cards: vec![vec![1], vec![0]], blanks: vec![], ratio: 3.0 }));
    f.root.nodes[0].judgement = Some(Judgement::Pairwise(Comparisons { matrices: vec![matrix], ..Comparisons::default() }));
    f.root.nodes[1].judgement = Some(Judgement::BestWorst(BestWorst {
        best: 1,
        worst: 0,
        best_to_others: vec![4.0, 1.0],
        others_to_worst: vec![1.0, 4.0],
    }));
    f
}

#[test]
fn judgements_multiply_down_the_tree() {
    let manual = Recipe { weights: Weighting::Manual, ..Recipe::default() };
    let w = weights(&judged(), &manual).unwrap();
    agree(&w.effective[0], &[3.0 / 7.0, 1.5 / 7.0, 0.75 / 7.0, 0.05, 0.2], 1e-12);
    assert!(w.notes.is_empty());
    // Within dimensions, the judgement of dimensions stays and indicators are weighed by the data.
    let within = Recipe { weights: Weighting::Variation, reach: Reach::Within, ..Recipe::default() };
    let w = weights(&judged(), &within).unwrap();
    assert!((w.effective[0][..3].iter().sum::<f64>() - 0.75).abs() < 1e-12);
}

#[test]
fn a_judgement_that_contradicts_itself_is_told_with_what_to_revise() {
    let mut f = judged();
    let slipped = vec![vec![1.0, 2.0, 0.25], vec![0.5, 1.0, 2.0], vec![4.0, 0.5, 1.0]];
    f.root.nodes[0].judgement = Some(Judgement::Pairwise(Comparisons { matrices: vec![slipped], ..Comparisons::default() }));
    let manual = Recipe { weights: Weighting::Manual, ..Recipe::default() };
    let notes = weights(&f, &manual).unwrap().notes;
    let [WeightNote::Inconsistent { node: 1, judged }] = notes.as_slice() else { panic!("{notes:?}") };
    // Of three comparisons any one can be mended.
    assert_eq!(judged.revisions.len(), 3);
    assert!(judged.revisions.iter().all(|r| r.ratio.abs() < 1e-9));
    // Equal weights do not use it.
    assert!(weights(&f, &Recipe::default()).unwrap().notes.is_empty());
}

#[test]
fn a_judgement_of_other_children_is_refused() {
    let mut f = judged();
    f.root.nodes[0].indicators[0].weight = Some(1.0);
    f.root.nodes[1].judgement =
        Some(Judgement::Pairwise(Comparisons { matrices: vec![vec![vec![1.0]]], ..Comparisons::default() }));
    let errors = f.tree().unwrap_err();
    assert!(errors.contains(&FrameworkError::TwiceWeighted("d0".into())));
    assert_eq!(errors.iter().filter(|e| matches!(e, FrameworkError::Judgement(id, _) if id == "d1")).count(), 2, "{errors:?}");
}

#[test]
fn a_combination_of_judgement_and_data_in_every_scope() {
    let f = judged();
    for scope in [Scope::Pooled, Scope::PerPeriod, Scope::PeriodMean, Scope::Base] {
        let of = vec![Weighting::Manual, Weighting::Entropy];
        let part = |weights| weights_of(&f, scope, weights, &Combination::default());
        let (manual, entropy) = (part(Weighting::Manual), part(Weighting::Entropy));
        let combination = Combination { of, shares: vec![3.0, 1.0], ..Combination::default() };
        let both = weights_of(&f, scope, Weighting::Combination, &combination);
        assert_eq!(both.periods, entropy.periods);
        assert_eq!(both.entropy, entropy.entropy);
        for (c, e) in both.effective.iter().zip(&entropy.effective) {
            let by_hand: Vec<f64> = manual.effective[0].iter().zip(e).map(|(m, e)| 0.75 * m + 0.25 * e).collect();
            agree(c, &by_hand, 1e-12);
        }
    }
}

fn weights_of(f: &Framework, scope: Scope, weights: Weighting, combination: &Combination) -> Weights {
    self::weights(f, &Recipe { scope, weights, combination: combination.clone(), ..Recipe::default() }).unwrap()
}

#[test]
fn a_combination_that_is_none_is_refused() {
    let combination = Combination { of: vec![Weighting::Combination], rule: Rule::Game, shares: vec![-1.0, 2.0] };
    let recipe = Recipe { weights: Weighting::Combination, combination, ..Recipe::default() };
    let errors = weights(&framework(&[2, 2]), &recipe).unwrap_err();
    assert_eq!(errors.len(), 5, "{errors:?}");
    assert!(errors.iter().all(|e| matches!(e, IndexError::WeightOptions(_))));
}

/// Two indicators that run against each other: the first component cannot give both a positive entry.
#[test]
fn a_negative_component_is_refused_by_name_and_taken_when_asked() {
    let units: Vec<String> = (0..5).map(|i| format!("u{i}")).collect();
    let columns = [vec![1.0, 2.0, 3.0, 4.0, 5.0], vec![1.0, 2.5, 3.0, 4.0, 6.0], vec![5.0, 4.0, 3.5, 2.0, 1.0]];
    let data = Data { units: &units, periods: &[0; 5], columns: &columns, groups: &[] };
    let recipe = Recipe { weights: Weighting::PrincipalComponents, ..Recipe::default() };
    let errors = evaluate(&framework(&[2, 1]), &data, &recipe).unwrap_err();
    assert_eq!(errors, [IndexError::NegativeComponents { indicators: vec!["d1_0".into()] }]);
    let components = ComponentOptions { loading: Loading::Squared, ..ComponentOptions::default() };
    let index = evaluate(&framework(&[2, 1]), &data, &Recipe { components, ..recipe }).unwrap();
    assert!(index.weights.effective[0].iter().all(|w| *w > 0.3));
}

/// Keshavarz-Ghorabaee et al. (2021), Zavadskas and Podvezko (2016), 4 decimals: the index takes these weights from the
/// indicators' own units, whatever their normalisation.
#[test]
fn removal_weights_of_an_index_are_those_published() {
    let merec = [
        [450.0, 8000.0, 54.0, 145.0],
        [10.0, 9100.0, 2.0, 160.0],
        [100.0, 8200.0, 31.0, 153.0],
        [220.0, 9300.0, 1.0, 162.0],
        [5.0, 8400.0, 23.0, 158.0],
    ];
    let podvezko = [[3.0, 100.0, 10.0, 7.0], [2.5, 80.0, 8.0, 5.0], [1.8, 50.0, 20.0, 11.0], [2.2, 70.0, 12.0, 9.0]];
    let found = |rows: &[[f64; 4]], negative: [usize; 2], weights| {
        let mut f = framework(&[4]);
        f.root = f.root.nodes.remove(0);
        negative.iter().for_each(|&j| f.root.indicators[j].direction = Direction::Negative);
        let units: Vec<String> = (0..rows.len()).map(|i| format!("u{i}")).collect();
        let columns: Vec<Vec<f64>> = (0..4).map(|j| rows.iter().map(|r| r[j]).collect()).collect();
        let data = Data { units: &units, periods: &vec![0; rows.len()], columns: &columns, groups: &[] };
        let recipe = Recipe { weights, normalisation: Normalisation::ZScore, ..Recipe::default() };
        evaluate(&f, &data, &recipe).map(|c| c.weights.effective[0].clone())
    };
    agree(&found(&merec, [2, 3], Weighting::Merec).unwrap(), &[0.5752, 0.0141, 0.4016, 0.0091], 5.1e-5);
    agree(&found(&podvezko, [0, 2], Weighting::Cilos).unwrap(), &[0.3343, 0.2199, 0.1957, 0.2501], 5.1e-5);
    agree(&found(&podvezko, [0, 2], Weighting::Idocriw).unwrap(), &[0.1658, 0.1885, 0.3545, 0.2911], 5.1e-5);
    let mut zero = merec;
    zero[1][0] = 0.0;
    let errors = found(&zero, [2, 3], Weighting::Merec).unwrap_err();
    assert_eq!(errors, [IndexError::WeightsNotPositive { indicator: "d0_0".into(), value: 0.0, weights: "MEREC" }]);
}

/// What is reported as the importance reached is what the weights reported give in the index itself.
#[test]
fn sought_importance_is_that_of_the_index() {
    let mut f = framework(&[3, 2]);
    (f.root.nodes[0].weight, f.root.nodes[1].weight) = (Some(2.0), Some(1.0));
    let (units, periods, columns) = table(5);
    let data = Data { units: &units, periods: &periods, columns: &columns, groups: &[] };
    for measure in [Importance::Correlation, Importance::SquaredCorrelation, Importance::Variance] {
        let recipe = Recipe { weights: Weighting::Importance, importance: measure, ..Recipe::default() };
        let index = evaluate(&f, &data, &recipe).unwrap();
        assert_eq!(index.weights.notes.len(), 3);
        let rows: Vec<usize> = (0..units.len()).collect();
        for note in &index.weights.notes {
            let WeightNote::Sought { node, declared, found, period: None } = note else { panic!("{note:?}") };
            let of = |k: usize| if *node == 0 { &index.scores[k + 1] } else { &index.normalised.values[3 * (node - 1) + k] };
            let y = &index.scores[*node];
            let parts: Vec<f64> = (0..declared.len())
                .map(|k| match measure {
                    Importance::Correlation => correlation(of(k), y, &rows),
                    Importance::SquaredCorrelation => correlation(of(k), y, &rows).powi(2),
                    Importance::Variance => {
                        index.weights.local[0][*node][k] * correlation(of(k), y, &rows) * numerics::moments::deviation(of(k), 1)
                    }
                })
                .collect();
            let total: f64 = parts.iter().sum();
            agree(&parts.iter().map(|p| p / total).collect::<Vec<_>>(), &found.importance, 1e-9);
            agree(&found.weights, &index.weights.local[0][*node], 1e-12);
        }
        let WeightNote::Sought { declared, .. } = index.weights.notes.last().unwrap() else { panic!() };
        agree(declared, &[2.0 / 3.0, 1.0 / 3.0], 1e-12);
    }
}
