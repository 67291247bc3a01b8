//! A framework: what an index is made of, as a tree of dimensions over indicators.

use schemars::JsonSchema;
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// More is better.
    #[default]
    Positive,
    /// Less is better.
    Negative,
    /// Best at a value of its own, worse the farther from it (适度指标).
    Middle(f64),
    /// Best within an interval, ends included, worse the farther from it (区间型指标).
    Interval(f64, f64),
}

impl Direction {
    /// `x` turned so that more is better: `x`, `-x`, or minus the distance from what is best.
    pub fn turn(self, x: f64) -> f64 {
        match self {
            Self::Positive => x,
            Self::Negative => -x,
            Self::Middle(best) => -(x - best).abs(),
            // `NaN` must stay one: `f64::max` would lose it.
            Self::Interval(low, high) => {
                if x < low {
                    x - low
                } else if x > high {
                    high - x
                } else {
                    x * 0.0
                }
            }
        }
    }

    /// The best values, where they are declared rather than the largest or smallest there is.
    pub fn ideal(self) -> Option<(f64, f64)> {
        match self {
            Self::Positive | Self::Negative => None,
            Self::Middle(best) => Some((best, best)),
            Self::Interval(low, high) => Some((low, high)),
        }
    }

    /// `x` on the scale of declared goalposts: 0 at the worst, 1 at the best, beyond where `x` lies beyond.
    pub fn between(self, x: f64, (low, high): (f64, f64)) -> f64 {
        match self {
            Self::Positive => (x - low) / (high - low),
            Self::Negative => (high - x) / (high - low),
            Self::Middle(_) | Self::Interval(..) => {
                let (from, to) = self.ideal().unwrap_or((low, high));
                if x < from {
                    (x - low) / (from - low)
                } else if x > to {
                    (high - x) / (high - to)
                } else {
                    1.0 + x * 0.0
                }
            }
        }
    }

    fn is_whole(self) -> bool {
        match self {
            Self::Positive | Self::Negative => true,
            Self::Middle(best) => best.is_finite(),
            Self::Interval(low, high) => low.is_finite() && high.is_finite() && low <= high,
        }
    }
}

/// Whether somebody has compared a framework, or a part of it, with where it is published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verification {
    /// Nothing is said.
    #[default]
    Unstated,
    /// It agrees with its source.
    Verified,
    /// It was put down from memory or from a second hand.
    Unverified,
}

/// A leaf of the tree.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
    /// The value aimed at, for `target` normalisation and distances to targets.
    pub target: Option<f64>,
    /// Whether the indicator is itself a composite index.
    pub composite: bool,
    /// Whether it was compared with where it is published.
    pub verification: Verification,
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
    /// A best value or interval is not one.
    #[error("the best value of `{0}` must be a finite number, or two with the smaller first")]
    Ideal(String),
    /// Goalposts do not lie on both sides of the best value.
    #[error("the goalposts of `{0}` must enclose its best value: they say where it is worst on either side")]
    IdealGoalposts(String),
    /// A target is not a number.
    #[error("the target of `{0}` is not a finite number")]
    Target(String),
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
            if !indicator.direction.is_whole() {
                errors.push(FrameworkError::Ideal(indicator.id.clone()));
            }
            if let (Some((low, high)), Some((from, to))) = (indicator.goalposts, indicator.direction.ideal())
                && !(low <= from && to <= high)
            {
                errors.push(FrameworkError::IdealGoalposts(indicator.id.clone()));
            }
            if indicator.target.is_some_and(|t| !t.is_finite()) {
                errors.push(FrameworkError::Target(indicator.id.clone()));
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
