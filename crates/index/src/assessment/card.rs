//! Scorecards: what would raise a unit's score most for one step of the size its peers usually take.

use numerics::moments;

use super::{AssessmentError, Own};
use crate::{
    composite::score,
    framework::{Direction, Tree},
    normalise::Over,
    obstacle::{self, Gain},
    recipe::{Aggregation, Normalisation, Recipe},
    weights::{Weights, in_row},
};

/// What a step is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Median of so many positive yearly changes among the peers.
    Yearly(usize),
    /// A quarter of the interquartile range of the peers: nobody was seen to improve.
    Spread,
    /// Peers do not differ, or the indicator has no scale: there is no step and no gain.
    None,
}

/// One indicator of one unit in the last period.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The indicator, by its place in the framework.
    pub indicator: usize,
    /// Its value, in its unit.
    pub value: f64,
    /// Median of the peers.
    pub median: f64,
    /// Best of the peers.
    pub best: f64,
    /// How far the best is ahead, at least 0.
    pub gap: f64,
    /// Weight in force in this row.
    pub weight: f64,
    /// Size of a step, on the scale the indicator is normalised from.
    pub step: f64,
    /// What the step is taken from.
    pub source: Step,
    /// Whether the step is cut at the end of the scale.
    pub cut: bool,
    /// Normalised value, and the same after the step.
    pub scaled: (f64, f64),
    /// Rise of the score, 0 to 1, when this indicator alone takes the step; `NaN` where there is no step.
    pub gain: f64,
    /// Obstacle degree, in percent.
    pub degree: f64,
}

/// The scorecard of one unit, the largest gain first.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// Row of the composite.
    pub row: usize,
    /// The indicators it has.
    pub lines: Vec<Line>,
}

/// A value one step better, not beyond what is best of all.
fn better(direction: Direction, x: f64, step: f64) -> f64 {
    match direction {
        Direction::Positive => x + step,
        Direction::Negative => x - step,
        Direction::Middle(_) | Direction::Interval(..) => {
            let (low, high) = direction.ideal().unwrap_or((x, x));
            if x < low {
                (x + step).min(low)
            } else if x > high {
                (x - step).max(high)
            } else {
                x
            }
        }
    }
}

/// Whether a row's score depends on that row alone.
fn is_local(tree: &Tree<'_>, recipe: &Recipe) -> bool {
    let method = |a: Option<Aggregation>| a.unwrap_or(recipe.aggregation);
    !tree
        .nodes
        .iter()
        .any(|n| matches!(method(n.node.aggregation), Aggregation::Topsis | Aggregation::Mpi | Aggregation::Copeland))
}

/// Whether every node is a weighted sum.
pub(super) fn is_sum(tree: &Tree<'_>, recipe: &Recipe) -> bool {
    tree.nodes.iter().all(|n| n.node.aggregation.unwrap_or(recipe.aggregation) == Aggregation::Arithmetic)
}

/// The typical step of one indicator: see [`Step`].
fn typical(own: &Own<'_>, j: usize, latest: &[usize]) -> (f64, Step) {
    let n = &own.composite.normalised;
    let turn = |i: usize| own.tree.leaves[j].direction.turn(n.treated[j][i]);
    // A change towards or from a cell that was filled was not seen.
    let mut filled = vec![false; n.units.len()];
    n.fills.iter().filter(|f| f.indicator == j).for_each(|f| filled[f.row] = true);
    let changes: Vec<f64> = own
        .rows
        .windows(2)
        .filter(|w| n.units[w[0]] == n.units[w[1]] && !filled[w[0]] && !filled[w[1]])
        .map(|w| (turn(w[1]) - turn(w[0])) / (f64::from(n.periods[w[1]]) - f64::from(n.periods[w[0]])))
        .filter(|c| *c > 0.0)
        .collect();
    if !changes.is_empty() {
        return (moments::median(&changes), Step::Yearly(changes.len()));
    }
    let mut peers: Vec<f64> = latest.iter().map(|&i| turn(i)).filter(|x| !x.is_nan()).collect();
    peers.sort_by(f64::total_cmp);
    let quarter = (moments::quantile(&peers, 0.75) - moments::quantile(&peers, 0.25)) / 4.0;
    if quarter > 0.0 { (quarter, Step::Spread) } else { (f64::NAN, Step::None) }
}

/// Scores of row `i` as it is and with each of `changed` (indicator, normalised value) put in alone.
fn rescored(own: &Own<'_>, i: usize, changed: &[(usize, f64)]) -> Vec<f64> {
    let (composite, recipe) = (own.composite, own.recipe);
    let set = composite.weights.of_row[i];
    if is_local(own.tree, recipe) {
        let mut values: Vec<Vec<f64>> = composite.normalised.values.iter().map(|c| vec![c[i]; changed.len() + 1]).collect();
        changed.iter().enumerate().for_each(|(k, &(j, r))| values[j][k + 1] = r);
        let weights = Weights {
            periods: vec![None],
            local: vec![composite.weights.local[set].clone()],
            effective: Vec::new(),
            entropy: Vec::new(),
            of_row: vec![0; changed.len() + 1],
            notes: Vec::new(),
        };
        return score(own.tree, &values, &weights, recipe);
    }
    // Ideals, means and majorities are those of all rows, this one changed.
    let mut values = composite.normalised.values.clone();
    let mut out = vec![score(own.tree, &values, &composite.weights, recipe)[i]];
    for &(j, r) in changed {
        let was = std::mem::replace(&mut values[j][i], r);
        out.push(score(own.tree, &values, &composite.weights, recipe)[i]);
        values[j][i] = was;
    }
    out
}

/// Scorecards of the rows of the last period, and the largest difference between scores and gains computed twice.
pub(super) fn cards(own: &Own<'_>, latest: &[usize]) -> Result<(Vec<Card>, f64), Vec<AssessmentError>> {
    let (n, recipe) = (&own.composite.normalised, own.recipe);
    let over = Over { tree: own.tree, units: &n.units, periods: &n.periods, recipe };
    let leaves = own.tree.leaves.len();
    let mut ends = Vec::with_capacity(leaves);
    for j in 0..leaves {
        ends.push(over.ends(j, &n.treated[j], recipe.normalisation).map_err(|e| own.failed(vec![e]))?);
    }
    let steps: Vec<(f64, Step)> = (0..leaves).map(|j| typical(own, j, latest)).collect();
    let known = |j: usize| latest.iter().map(|&i| n.raw[j][i]).filter(|x| !x.is_nan()).collect::<Vec<f64>>();
    let peers: Vec<(f64, f64)> = (0..leaves)
        .map(|j| {
            let values = known(j);
            let turn = |x: f64| own.tree.leaves[j].direction.turn(x);
            let best = values.iter().copied().max_by(|a, b| turn(*a).total_cmp(&turn(*b)));
            (moments::median(&values), best.unwrap_or(f64::NAN))
        })
        .collect();
    let declared = |j: usize| own.tree.leaves[j].goalposts.filter(|_| recipe.normalisation != Normalisation::Target);
    // Where a value stands between the ends of its scale, beyond 1 where it lies beyond.
    let position = |j: usize, i: usize, x: f64| -> Option<f64> {
        let direction = own.tree.leaves[j].direction;
        match (declared(j), ends[j][i]) {
            // A best value at a goalpost leaves no way to fall short on that side: there 0/0 is the best.
            (Some(posts), _) => Some(direction.between(x, posts)).map(|u| if u.is_nan() { 1.0 } else { u }),
            (None, Some((low, high))) => Some((direction.turn(x) - low) / (high - low)),
            (None, None) => None,
        }
    };
    let put = |j: usize, u: f64| {
        let u = if declared(j).is_some() { u.max(0.0) } else { u };
        let held = declared(j).is_some() || recipe.normalisation == Normalisation::Target;
        let u = if held { u.min(1.0) } else { u };
        if recipe.normalisation == Normalisation::Efficacy { 0.6 + 0.4 * u } else { u }
    };
    let additive = is_sum(own.tree, recipe);
    let (mut out, mut residual) = (Vec::new(), 0.0_f64);
    for &i in latest {
        let present: Vec<usize> = (0..leaves).filter(|&j| !n.values[j][i].is_nan()).collect();
        let local = &own.composite.weights.local[own.composite.weights.of_row[i]];
        let weights = in_row(own.tree, local, &|j| !n.values[j][i].is_nan());
        // Each indicator after its step, and whether the step was cut; `None` where there is no scale or no step.
        let mut after = Vec::with_capacity(present.len());
        for &j in &present {
            let (now, x) = (n.values[j][i], n.treated[j][i]);
            if let Some(u) = position(j, i, x) {
                residual = residual.max((put(j, u) - now).abs());
            }
            let moved = position(j, i, better(own.tree.leaves[j].direction, x, steps[j].0));
            // Who is beyond the end of a scale already is not moved back to it.
            after.push(moved.filter(|_| steps[j].1 != Step::None).map(|u| (put(j, u.min(1.0)).max(now), u > 1.0 + 1e-12)));
        }
        let changed: Vec<(usize, f64)> =
            present.iter().zip(&after).map(|(&j, a)| (j, a.map_or(n.values[j][i], |a| a.0))).collect();
        let scores = rescored(own, i, &changed);
        let score = scores[0];
        if !score.is_nan() {
            residual = residual.max((score - own.composite.scores[0][i]).abs());
        }
        let clamped: Vec<Vec<f64>> = (0..leaves).map(|j| vec![at_most_one(n.values[j][i])]).collect();
        let shares: Vec<Vec<f64>> = weights.iter().map(|w| vec![*w]).collect();
        let degree =
            obstacle::obstacle(&clamped, &shares, Gain::Arithmetic, 0.1).map_err(|e| vec![AssessmentError::Obstacle(e)])?.degree;
        let mut lines = Vec::with_capacity(present.len());
        for (k, &j) in present.iter().enumerate() {
            let direction = own.tree.leaves[j].direction;
            let (value, now, (median, best)) = (n.raw[j][i], n.values[j][i], peers[j]);
            let gain = if after[k].is_some() { scores[k + 1] - score } else { f64::NAN };
            if additive && !gain.is_nan() {
                residual = residual.max((gain - weights[j] * (changed[k].1 - now)).abs());
            }
            lines.push(Line {
                indicator: j,
                value,
                median,
                best,
                gap: (direction.turn(best) - direction.turn(value)).max(0.0),
                weight: weights[j],
                step: if after[k].is_some() { steps[j].0 } else { f64::NAN },
                source: if after[k].is_some() { steps[j].1 } else { Step::None },
                cut: after[k].is_some_and(|a| a.1),
                scaled: (now, changed[k].1),
                gain,
                degree: degree[j][0],
            });
        }
        lines.sort_by(|a, b| {
            a.gain.is_nan().cmp(&b.gain.is_nan()).then(b.gain.total_cmp(&a.gain)).then(a.indicator.cmp(&b.indicator))
        });
        out.push(Card { row: i, lines });
    }
    Ok((out, residual))
}

/// Within 0 to 1, where obstacles are defined; `NaN` stays.
fn at_most_one(r: f64) -> f64 {
    if r.is_nan() { r } else { r.clamp(0.0, 1.0) }
}
