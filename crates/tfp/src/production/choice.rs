//! Which root is the estimate: a rule stated before anything is estimated, and a refusal where it leaves two.

use numerics::roots::Solution;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Firms;

/// When an exact root qualifies: all output elasticities are positive, their sum lies in a band, and it is stable where
/// that is asked for. A root flagged as spurious does not qualify beside one that is not.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// Least and largest returns to scale.
    pub returns: [f64; 2],
    /// A root is flagged as the spurious one of Ackerberg, Caves and Frazer (2015) where the elasticities of free inputs
    /// sum to 1 and those of the state to 0, both within this distance.
    pub spurious: f64,
    /// Largest distance to a root of the neighbouring degree of the first stage, in any elasticity; without it, the
    /// distance is reported but decides nothing.
    pub stable: Option<f64>,
}

impl Default for Rule {
    fn default() -> Self {
        Self { returns: [0.7, 1.3], spurious: 0.15, stable: None }
    }
}

/// A root or another local minimum of the moments, and what speaks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Root {
    /// Where it is, how exact, how often it was found.
    pub solution: Solution,
    /// Output elasticities at the mean of the sample.
    pub elasticities: Vec<f64>,
    /// Whether it is near the known spurious root.
    pub spurious: bool,
    /// Largest distance of an elasticity to those of the nearest exact root when the first stage has the neighbouring
    /// degree; `None` where there is none, or none was sought.
    pub moved: Option<f64>,
    /// Largest distance of an elasticity to that of ordinary least squares.
    pub from_ols: f64,
    /// Whether it is exact and meets the rule by itself.
    pub qualifies: bool,
}

/// What the rule says of the roots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The only root that qualifies.
    Root(usize),
    /// The only exact root there is; it does not qualify.
    Outside(usize),
    /// These qualify, or there are several roots and none does: nothing is chosen.
    Refused(Vec<usize>),
    /// No start reached an exact root.
    NoRoot,
}

impl Choice {
    /// The root estimates are taken from, if any.
    pub fn root(&self) -> Option<usize> {
        match self {
            Self::Root(at) | Self::Outside(at) => Some(*at),
            Self::Refused(_) | Self::NoRoot => None,
        }
    }
}

/// Largest distance in any elasticity.
pub(super) fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
}

impl Rule {
    /// A solution, its elasticities at the mean, and what speaks for it beside least squares.
    pub(super) fn describe(
        &self,
        solution: Solution,
        elasticities: Vec<f64>,
        moved: Option<f64>,
        ols: &[f64],
        firms: &Firms<'_>,
    ) -> Root {
        Root {
            spurious: self.is_spurious(&elasticities, firms.free.len(), firms.state.len()),
            from_ols: distance(ols, &elasticities),
            moved,
            qualifies: false,
            elasticities,
            solution,
        }
    }

    /// Whether elasticities lie in the region.
    pub fn meets(&self, elasticities: &[f64]) -> bool {
        let sum: f64 = elasticities.iter().sum();
        elasticities.iter().all(|&e| e > 0.0) && sum >= self.returns[0] && sum <= self.returns[1]
    }

    /// Whether elasticities, `free` of them of free inputs first, are those of the spurious root; `state` follow.
    pub fn is_spurious(&self, elasticities: &[f64], free: usize, state: usize) -> bool {
        let labour: f64 = elasticities[..free].iter().sum();
        let capital: f64 = elasticities[free..free + state].iter().sum();
        (labour - 1.0).abs() < self.spurious && capital.abs() < self.spurious
    }

    /// The choice among roots; sets what qualifies.
    pub fn choose(&self, roots: &mut [Root]) -> Choice {
        for root in roots.iter_mut() {
            let stable = self.stable.is_none_or(|most| root.moved.is_some_and(|m| m <= most));
            root.qualifies = root.solution.exact && stable && self.meets(&root.elasticities);
        }
        let which = |test: &dyn Fn(&Root) -> bool| -> Vec<usize> { (0..roots.len()).filter(|&i| test(&roots[i])).collect() };
        let exact = which(&|r| r.solution.exact);
        let mut good = which(&|r| r.qualifies);
        let honest = which(&|r| r.qualifies && !r.spurious);
        if !honest.is_empty() {
            good = honest;
        }
        match (good.as_slice(), exact.as_slice()) {
            (_, []) => Choice::NoRoot,
            ([one], _) => Choice::Root(*one),
            ([], [one]) => Choice::Outside(*one),
            _ => Choice::Refused(good),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(elasticities: &[f64], exact: bool) -> Root {
        let solution = Solution { at: elasticities.to_vec(), criterion: 0.0, exact, starts: 1, singular: vec![] };
        let spurious = Rule::default().is_spurious(elasticities, 1, 1);
        Root { solution, elasticities: elasticities.to_vec(), spurious, moved: Some(0.05), from_ols: 0.0, qualifies: false }
    }

    #[test]
    fn the_rule_chooses_refuses_and_says_so() {
        let rule = Rule::default();
        let choose = |roots: &[Root]| rule.choose(&mut roots.to_vec());
        assert_eq!(choose(&[root(&[0.6, 0.4], true), root(&[1.2, -0.2], true)]), Choice::Root(0));
        assert_eq!(choose(&[root(&[0.6, 0.4], true), root(&[0.3, 0.7], true)]), Choice::Refused(vec![0, 1]));
        assert_eq!(choose(&[root(&[1.6, 0.4], true), root(&[0.6, 0.4], false)]), Choice::Outside(0));
        assert_eq!(choose(&[root(&[1.6, 0.4], true), root(&[1.2, -0.2], true)]), Choice::Refused(vec![]));
        assert_eq!(choose(&[root(&[0.6, 0.4], false)]), Choice::NoRoot);
        // The spurious root gives way to another, and stands where it is alone.
        assert_eq!(choose(&[root(&[0.95, 0.05], true), root(&[0.6, 0.4], true)]), Choice::Root(1));
        assert_eq!(choose(&[root(&[0.95, 0.05], true)]), Choice::Root(0));
        let strict = Rule { stable: Some(0.01), ..rule };
        assert_eq!(strict.choose(&mut [root(&[0.6, 0.4], true)]), Choice::Outside(0));
    }
}
