//! Weights in a framework: judgements, combinations, scopes, and what is told of them.

use super::{WeightNote, combination::*, components::*};
use crate::{
    Data, Framework, IndexError, Reach, Recipe, Scope, Weighting, evaluate,
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
