//! The framework and the recipe of a group: those of all, with what the group declares.

use std::collections::{BTreeMap, BTreeSet};

use super::{AssessmentError, Terms};
use crate::{
    framework::{Framework, Node},
    recipe::{Normalisation, Recipe, Weighting},
};

/// The framework and the recipe of a group.
///
/// Declared weights are used beside equal weights or declared ones; where a group weighs what stands below a
/// dimension, the dimension's judgement gives way.
pub(super) fn fit(framework: &Framework, recipe: &Recipe, terms: &Terms) -> (Framework, Recipe) {
    let (mut framework, mut recipe) = (framework.clone(), recipe.clone());
    let clear = recipe.weights == Weighting::Equal && !terms.weights.is_empty();
    if !terms.weights.is_empty() {
        recipe.weights = Weighting::Manual;
    }
    walk(&mut framework.root, terms, clear);
    (framework, recipe)
}

fn walk(node: &mut Node, terms: &Terms, clear: bool) {
    let ids = node.nodes.iter().map(|n| &n.id).chain(node.indicators.iter().map(|i| &i.id));
    if clear || ids.into_iter().any(|id| terms.weights.contains_key(id)) {
        node.judgement = None;
    }
    let weigh = |id: &str, weight: &mut Option<f64>| {
        if clear {
            *weight = None;
        }
        *weight = terms.weights.get(id).copied().or(*weight);
    };
    for below in &mut node.nodes {
        weigh(&below.id, &mut below.weight);
        walk(below, terms, clear);
    }
    for indicator in &mut node.indicators {
        weigh(&indicator.id, &mut indicator.weight);
        indicator.goalposts = terms.goalposts.get(&indicator.id).map(|[low, high]| (*low, *high)).or(indicator.goalposts);
        indicator.target = terms.targets.get(&indicator.id).copied().or(indicator.target);
    }
}

/// What is wrong with the terms of groups.
pub(super) fn problems(framework: &Framework, recipe: &Recipe, terms: &BTreeMap<String, Terms>) -> Vec<AssessmentError> {
    let (mut all, mut leaves) = (BTreeSet::new(), BTreeSet::new());
    ids(&framework.root, &mut all, &mut leaves);
    let mut out = Vec::new();
    for (group, own) in terms {
        let unknown = |what, known: &BTreeSet<&str>, keys: Vec<&String>| {
            keys.into_iter()
                .filter(|id| !known.contains(id.as_str()))
                .map(|id| AssessmentError::UnknownId { group: group.clone(), what, id: id.clone() })
                .collect::<Vec<_>>()
        };
        out.extend(unknown("weights", &all, own.weights.keys().collect()));
        out.extend(unknown("goalposts", &leaves, own.goalposts.keys().collect()));
        out.extend(unknown("targets", &leaves, own.targets.keys().collect()));
        let number = |what, id: &String, why| AssessmentError::Number { group: group.clone(), what, id: id.clone(), why };
        let weights = own.weights.iter().filter(|(_, w)| !(w.is_finite() && **w >= 0.0));
        out.extend(weights.map(|(id, _)| number("weight", id, "is not a number of at least 0")));
        let posts = own.goalposts.iter().filter(|(_, [low, high])| !(low.is_finite() && high.is_finite() && low < high));
        out.extend(posts.map(|(id, _)| number("goalposts", id, "are not two numbers, the smaller first")));
        let targets = own.targets.iter().filter(|(_, t)| !t.is_finite());
        out.extend(targets.map(|(id, _)| number("target", id, "is not a number")));
        if !own.weights.is_empty() && !matches!(recipe.weights, Weighting::Equal | Weighting::Manual) {
            out.push(AssessmentError::WeightsFromData { group: group.clone() });
        }
        if !own.goalposts.is_empty() && recipe.normalisation == Normalisation::Target {
            out.push(AssessmentError::GoalpostsUnused { group: group.clone() });
        }
        let manual = recipe.weights == Weighting::Manual;
        siblings(&framework.root, own, manual, &mut |id| {
            out.push(AssessmentError::WeightMissing { group: group.clone(), id: id.to_owned() });
        });
    }
    out
}

fn ids<'a>(node: &'a Node, all: &mut BTreeSet<&'a str>, leaves: &mut BTreeSet<&'a str>) {
    for below in &node.nodes {
        all.insert(&below.id);
        ids(below, all, leaves);
    }
    all.extend(node.indicators.iter().map(|i| i.id.as_str()));
    leaves.extend(node.indicators.iter().map(|i| i.id.as_str()));
}

/// Tells who has no weight among siblings of whom a group weighs some.
fn siblings(node: &Node, own: &Terms, manual: bool, tell: &mut dyn FnMut(&str)) {
    let children = || {
        let nodes = node.nodes.iter().map(|n| (n.id.as_str(), n.weight));
        nodes.chain(node.indicators.iter().map(|i| (i.id.as_str(), i.weight)))
    };
    if children().any(|(id, _)| own.weights.contains_key(id)) {
        children().filter(|(id, w)| !(own.weights.contains_key(*id) || manual && w.is_some())).for_each(|(id, _)| tell(id));
    }
    node.nodes.iter().for_each(|below| siblings(below, own, manual, tell));
}
