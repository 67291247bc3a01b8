//! A framework: what an index is made of, as a tree of dimensions over indicators.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    judgement::{Judged, Judgement, JudgementError},
    recipe::Aggregation,
};

/// A text in English and Chinese.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// English.
    pub en: String,
    /// Chinese; empty where none was given.
    pub zh: String,
}

/// Which way an indicator counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// More is better.
    Positive,
    /// Less is better.
    Negative,
}

/// A leaf of the tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Indicator {
    /// Name, unique in the framework.
    pub id: String,
    /// Label.
    pub label: Words,
    /// What it stands for.
    pub description: Words,
    /// How it is computed from variables, as written.
    pub formula: String,
    /// Which way it counts.
    pub direction: Direction,
    /// Unit of measure.
    pub unit: Words,
    /// Where its data come from.
    pub source: String,
    /// Weight among its siblings, for manual weights.
    pub weight: Option<f64>,
    /// Smallest and largest value on the scale, declared for good; in the indicator's own unit, whatever its direction.
    pub goalposts: Option<(f64, f64)>,
    /// Whether the indicator is itself a composite index.
    pub composite: bool,
}

/// A dimension: either dimensions or indicators stand below it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Name, unique in the framework.
    pub id: String,
    /// Label.
    pub label: Words,
    /// Which statement of the theory it stands for.
    pub description: Words,
    /// Source of that statement.
    pub source: String,
    /// Weight among its siblings, for manual weights.
    pub weight: Option<f64>,
    /// Aggregation of what stands below, where it differs from the recipe's.
    pub aggregation: Option<Aggregation>,
    /// What is held of what stands below, for manual weights; places are those of [`Branch::children`].
    #[serde(default)]
    pub judgement: Option<Judgement>,
    /// Dimensions below.
    pub nodes: Vec<Node>,
    /// Indicators below.
    pub indicators: Vec<Indicator>,
}

/// The whole tree; the root's score is the index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Framework {
    /// The root.
    pub root: Node,
}

/// What is wrong with a framework.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum FrameworkError {
    /// Nothing stands below a dimension.
    #[error("dimension `{0}` has neither indicators nor dimensions")]
    Empty(String),
    /// Dimensions and indicators stand below the same dimension.
    #[error("dimension `{0}` has both indicators and dimensions")]
    Mixed(String),
    /// An id occurs twice.
    #[error("id `{0}` is used twice")]
    Duplicate(String),
    /// A weight is negative or not finite.
    #[error("the weight {1} of `{0}` is not a number of at least 0")]
    Weight(String, f64),
    /// A judgement that is none.
    #[error("the judgement of `{0}`: {1}")]
    Judgement(String, JudgementError),
    /// A dimension has a judgement, and what stands below declares weights.
    #[error("`{0}` has a judgement, and what stands below it declares weights of its own")]
    TwiceWeighted(String),
    /// Goalposts are not increasing.
    #[error("the goalposts of `{0}` must be two finite numbers, the smaller first")]
    Goalposts(String),
}

/// What stands below a node of the flat tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Child {
    /// A dimension, by its place in [`Tree::nodes`].
    Node(usize),
    /// An indicator, by its place in [`Tree::leaves`].
    Leaf(usize),
}

/// A node of the flat tree.
#[derive(Clone, Debug)]
pub struct Branch<'a> {
    /// The dimension.
    pub node: &'a Node,
    /// Its parent; `None` for the root.
    pub parent: Option<usize>,
    /// Distance from the root.
    pub depth: usize,
    /// What stands below, in order.
    pub children: Vec<Child>,
    /// The indicators anywhere below, a range of [`Tree::leaves`].
    pub leaves: std::ops::Range<usize>,
    /// Weights of the children by the dimension's judgement.
    pub judged: Option<Judged>,
}

/// The framework in depth-first order: a parent stands before what is below it, the root first.
#[derive(Clone, Debug)]
pub struct Tree<'a> {
    /// Dimensions, the root first.
    pub nodes: Vec<Branch<'a>>,
    /// Indicators in order.
    pub leaves: Vec<&'a Indicator>,
    /// The dimension right above each indicator.
    pub parents: Vec<usize>,
}

impl Framework {
    /// Lays the tree flat.
    ///
    /// # Errors
    /// Everything wrong with it, in the order of the tree.
    pub fn tree(&self) -> Result<Tree<'_>, Vec<FrameworkError>> {
        let mut tree = Tree { nodes: Vec::new(), leaves: Vec::new(), parents: Vec::new() };
        let mut errors = Vec::new();
        tree.grow(&self.root, None, 0, &mut errors);
        let mut seen = std::collections::BTreeSet::new();
        let ids = tree.nodes.iter().skip(1).map(|n| n.node.id.as_str()).chain(tree.leaves.iter().map(|l| l.id.as_str()));
        let twice: std::collections::BTreeSet<&str> = ids.filter(|id| !seen.insert(*id)).collect();
        errors.extend(twice.into_iter().map(|id| FrameworkError::Duplicate(id.to_owned())));
        if errors.is_empty() { Ok(tree) } else { Err(errors) }
    }
}

impl<'a> Tree<'a> {
    fn grow(&mut self, node: &'a Node, parent: Option<usize>, depth: usize, errors: &mut Vec<FrameworkError>) -> usize {
        let at = self.nodes.len();
        let first = self.leaves.len();
        self.nodes.push(Branch { node, parent, depth, children: Vec::new(), leaves: first..first, judged: None });
        match (node.nodes.is_empty(), node.indicators.is_empty()) {
            (true, true) => errors.push(FrameworkError::Empty(node.id.clone())),
            (false, false) => errors.push(FrameworkError::Mixed(node.id.clone())),
            _ => {}
        }
        check_weight(&node.id, node.weight, errors);
        let mut children = Vec::with_capacity(node.nodes.len() + node.indicators.len());
        for below in &node.nodes {
            children.push(Child::Node(self.grow(below, Some(at), depth + 1, errors)));
        }
        for indicator in &node.indicators {
            check_weight(&indicator.id, indicator.weight, errors);
            if indicator.goalposts.is_some_and(|(low, high)| !(low.is_finite() && high.is_finite() && low < high)) {
                errors.push(FrameworkError::Goalposts(indicator.id.clone()));
            }
            children.push(Child::Leaf(self.leaves.len()));
            self.leaves.push(indicator);
            self.parents.push(at);
        }
        if let Some(judgement) = &node.judgement {
            match judgement.weigh(children.len()) {
                Ok(judged) => self.nodes[at].judged = Some(judged),
                Err(e) => errors.extend(e.into_iter().map(|e| FrameworkError::Judgement(node.id.clone(), e))),
            }
            let below = node.nodes.iter().map(|n| n.weight).chain(node.indicators.iter().map(|i| i.weight));
            if below.flatten().next().is_some() {
                errors.push(FrameworkError::TwiceWeighted(node.id.clone()));
            }
        }
        self.nodes[at].children = children;
        self.nodes[at].leaves = first..self.leaves.len();
        at
    }

    /// The top-level dimensions; empty when indicators stand right below the root.
    pub fn dimensions(&self) -> Vec<usize> {
        (0..self.nodes.len()).filter(|&n| self.nodes[n].depth == 1).collect()
    }

    /// Weight declared by a child.
    pub fn declared(&self, child: Child) -> Option<f64> {
        match child {
            Child::Node(n) => self.nodes[n].node.weight,
            Child::Leaf(j) => self.leaves[j].weight,
        }
    }

    /// Id of a child.
    pub fn id(&self, child: Child) -> &'a str {
        match child {
            Child::Node(n) => &self.nodes[n].node.id,
            Child::Leaf(j) => &self.leaves[j].id,
        }
    }
}

fn check_weight(id: &str, weight: Option<f64>, errors: &mut Vec<FrameworkError>) {
    if let Some(w) = weight.filter(|w| !(w.is_finite() && *w >= 0.0)) {
        errors.push(FrameworkError::Weight(id.to_owned(), w));
    }
}
