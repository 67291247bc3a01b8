//! What a reader of an index should know: weak indicators, double counting, borrowed weights, unstable ranks.
//! Everything here is data; the codes (`CI0nn`) are those of the project's list of known mistakes.

use numerics::moments;

use crate::{
    composite::{self, Composite, Normalised, ranks},
    error::IndexError,
    framework::{Framework, Tree},
    normalise::by_period,
    recipe::{Goalposts, Normalisation, Recipe, Weighting},
    weights::{Basis, association::correlation, entropy::Zeros, sample::shares, weigh},
};

mod association;
mod compensation;
mod influence;
mod without;

pub use association::{Band, COMMON, Pair, indicators_with_index, nodes_with_index, pairs};
pub use compensation::{geometric, mazziotta_pareto};
pub use influence::{correlation_ratios, importance, variance_shares};

/// Correlation above which two indicators count the same thing twice.
pub const DOUBLE: f64 = 0.92;
/// Cronbach's alpha below which a dimension does not hang together.
pub const ALPHA: f64 = 0.6;
/// Correlation with the rest of its dimension below which a direction is in doubt.
pub const AGAINST: f64 = -0.1;
/// Correlation between two indicators of one dimension below which it adds up what excludes one another.
pub const OPPOSED: f64 = -0.3;
/// Share of the cells with one and the same value above which an indicator hardly varies.
pub const SAME: f64 = 0.9;
/// Range, relative to the size of the values, below which they differ by rounding only.
pub const ROUNDING: f64 = 1e-6;
/// Score of a dimension below which it counts as nothing, on 0 to 1.
pub const NOTHING: f64 = 0.01;
/// Correlation with a size variable above which an indicator measures size.
pub const SIZE: f64 = 0.7;
/// Share of zeros above which an indicator is inflated with them.
pub const ZEROS: f64 = 0.3;
/// Effective weight above which one indicator rules the index, if it is also half again its equal share.
pub const HEAVY: f64 = 0.2;
/// Share of the variance of the score above which one indicator rules the index, on the same condition.
pub const CARRIES: f64 = 0.25;

/// How far ranks move between two ways of computing them.
#[derive(Clone, Debug, PartialEq)]
pub struct Shift {
    /// Rows whose rank differs.
    pub moved: usize,
    /// Rows compared.
    pub rows: usize,
    /// Largest difference.
    pub largest: usize,
    /// Row of the result with the largest difference, the first in order.
    pub row: usize,
}

/// One thing found.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// CI001: weights of a set do not sum to 1.
    WeightSum {
        /// The sum.
        sum: f64,
    },
    /// CI001: a weight is negative.
    NegativeWeight {
        /// Indicator.
        indicator: usize,
        /// Its effective weight.
        weight: f64,
    },
    /// CI002: entropy was taken from shifted or stretched values; what the exact form does to ranks.
    EntropyOfShifted {
        /// What that does to ranks.
        change: Option<Shift>,
    },
    /// CI002: ranks under entropy weights when `shift` is added before shares are taken, as much code does against zeros.
    EntropyShift {
        /// What is added.
        shift: f64,
        /// What that does to ranks.
        change: Shift,
    },
    /// CI003: an indicator does not vary.
    Constant {
        /// Indicator.
        indicator: usize,
        /// In this period only.
        period: Option<i32>,
    },
    /// CI003: many zeros.
    Zeros {
        /// Indicator.
        indicator: usize,
        /// Share of zeros.
        share: f64,
    },
    /// CI003: nearly all cells have one and the same value, or all differ by rounding only.
    NearConstant {
        /// Indicator.
        indicator: usize,
        /// Share of the commonest value.
        share: f64,
    },
    /// CI004: goalposts or ranks taken anew in each period.
    PeriodScale,
    /// CI004: some indicators have declared goalposts, the others their own of each period.
    MixedScale {
        /// Indicators with declared goalposts.
        declared: Vec<usize>,
    },
    /// CI006: an indicator is itself a composite.
    IsComposite {
        /// Indicator.
        indicator: usize,
    },
    /// CI007: an indicator runs against the rest of its dimension.
    Against {
        /// Indicator.
        indicator: usize,
        /// Correlation with the mean of its siblings.
        correlation: f64,
    },
    /// CI008: two indicators say the same.
    Double {
        /// The pair.
        pair: (usize, usize),
        /// Their correlation.
        correlation: f64,
    },
    /// CI008: a dimension does not hang together.
    Loose {
        /// Node of the tree.
        node: usize,
        /// Standardised Cronbach's alpha.
        alpha: f64,
    },
    /// CI008: indicators of one dimension that exclude one another.
    Opposed {
        /// Node of the tree.
        node: usize,
        /// The pair with the lowest correlation.
        pair: (usize, usize),
        /// Their correlation.
        correlation: f64,
        /// How many pairs lie below the bound.
        pairs: usize,
    },
    /// CI008: an indicator's weight and what it does to the index differ by more than four times.
    Idle {
        /// Indicator.
        indicator: usize,
        /// Effective weight.
        weight: f64,
        /// Its share in the correlation ratios with the index.
        importance: f64,
    },
    /// CI011: cells were filled or left out.
    Filled {
        /// How many.
        cells: usize,
        /// Share of all cells.
        share: f64,
        /// Indicator with most of them.
        indicator: usize,
        /// How many there.
        most: usize,
    },
    /// CI011: cells were cut at a goalpost.
    Cut {
        /// How many.
        cells: usize,
    },
    /// CI012: one indicator rules the index.
    Heavy {
        /// Indicator.
        indicator: usize,
        /// Effective weight.
        weight: f64,
        /// Share of the variance of the index.
        variance: f64,
    },
    /// CI013: ranks of the earlier periods when the last is taken away.
    WithoutLast {
        /// The last period.
        period: i32,
        /// What that does to ranks.
        change: Shift,
    },
    /// CI013: ranks of the others when one unit is taken away; the unit that moves most.
    WithoutUnit {
        /// The unit.
        unit: String,
        /// What that does to ranks.
        change: Shift,
    },
    /// CI016: a dimension at nothing does not keep a unit out of the better half.
    HidesZero {
        /// Row of the result, the best ranked of them.
        row: usize,
        /// Node of the tree.
        node: usize,
        /// How many rows of the last period.
        rows: usize,
    },
    /// CI016: ranks in the last period under geometric aggregation.
    Compensates {
        /// What that does to ranks.
        change: Shift,
    },
}

/// Pearson correlation of each indicator (raw values) with a size variable such as population (CI005), over the rows
/// of the result; `NaN` where it cannot be computed.
pub fn size_correlations(raw: &[Vec<f64>], size: &[f64]) -> Vec<f64> {
    let rows: Vec<usize> = (0..size.len()).collect();
    raw.iter().map(|c| correlation(c, size, &rows)).collect()
}

/// Everything worth telling about an index, in the order of the codes.
///
/// # Errors
/// What keeps a recomputation from running; nothing that ran for the index itself fails here.
pub fn audit(framework: &Framework, index: &Composite, recipe: &Recipe) -> Result<Vec<Note>, Vec<IndexError>> {
    let tree = framework.tree().map_err(|e| e.into_iter().map(IndexError::Framework).collect::<Vec<_>>())?;
    let mut notes = Vec::new();
    for set in &index.weights.effective {
        let sum = moments::sum(set);
        if (sum - 1.0).abs() > 1e-9 {
            notes.push(Note::WeightSum { sum });
        }
        let negative = set.iter().enumerate().filter(|(_, w)| **w < 0.0);
        notes.extend(negative.map(|(indicator, &weight)| Note::NegativeWeight { indicator, weight }));
    }
    entropy_shift(&tree, index, recipe, &mut notes)?;
    indicators(&tree, index, recipe, &mut notes);
    structure(&tree, index, &mut notes);
    cells(index, &mut notes);
    heavy(index, &mut notes);
    without::without(&tree, index, recipe, &mut notes)?;
    compensation::compensation(&tree, index, recipe, &mut notes)?;
    Ok(notes)
}

/// Index scores from values on the common scale, with weights taken from `min_max` or from values in their own units.
fn rescore(tree: &Tree<'_>, normalised: &Normalised, min_max: &[Vec<f64>], recipe: &Recipe) -> Result<Vec<f64>, Vec<IndexError>> {
    let weights = weigh(tree, &normalised.periods, Basis { min_max, own: &normalised.treated }, recipe)?;
    Ok(composite::score(tree, &normalised.values, &weights, recipe))
}

/// How ranks differ over `rows` (rows of the result), given both sets of ranks in that order.
fn shift(rows: &[usize], a: &[Option<usize>], b: &[Option<usize>]) -> Option<Shift> {
    let differences: Vec<(usize, usize)> =
        rows.iter().zip(a.iter().zip(b)).filter_map(|(&i, (a, b))| Some((a.as_ref()?.abs_diff(*b.as_ref()?), i))).collect();
    let largest = differences.iter().map(|d| d.0).max()?;
    let row = differences.iter().find(|d| d.0 == largest)?.1;
    Some(Shift { moved: differences.iter().filter(|d| d.0 > 0).count(), rows: differences.len(), largest, row })
}

fn entropy_shift(tree: &Tree<'_>, index: &Composite, recipe: &Recipe, notes: &mut Vec<Note>) -> Result<(), Vec<IndexError>> {
    let combined = recipe.weights == Weighting::Combination && recipe.combination.of.contains(&Weighting::Entropy);
    if recipe.weights != Weighting::Entropy && !combined {
        return Ok(());
    }
    let n = &index.normalised;
    let groups = by_period(&n.periods);
    let all: Vec<usize> = (0..n.units.len()).collect();
    if recipe.entropy.zeros != Zeros::Exact {
        let mut exact = recipe.clone();
        exact.entropy.zeros = Zeros::Exact;
        let scores = rescore(tree, n, &n.min_max, &exact)?;
        notes
            .push(Note::EntropyOfShifted { change: shift(&all, &index.ranks, &ranks(&scores, &groups)).filter(|c| c.moved > 0) });
        return Ok(());
    }
    for by in [1e-4, 1e-2, 1.0] {
        let shifted: Vec<Vec<f64>> = n.min_max.iter().map(|c| c.iter().map(|x| x + by).collect()).collect();
        let scores = rescore(tree, n, &shifted, recipe)?;
        if let Some(change) = shift(&all, &index.ranks, &ranks(&scores, &groups)).filter(|c| c.moved > 0) {
            notes.push(Note::EntropyShift { shift: by, change });
        }
    }
    Ok(())
}

fn indicators(tree: &Tree<'_>, index: &Composite, recipe: &Recipe, notes: &mut Vec<Note>) {
    let n = &index.normalised;
    notes.extend(n.constant.iter().map(|&(indicator, period)| Note::Constant { indicator, period }));
    for (indicator, raw) in n.raw.iter().enumerate() {
        let known = raw.iter().filter(|x| !x.is_nan()).count();
        let share = raw.iter().filter(|x| **x == 0.0).count() as f64 / known.max(1) as f64;
        if share > ZEROS {
            notes.push(Note::Zeros { indicator, share });
        }
        let told = n.constant.iter().any(|c| c.0 == indicator) || share > ZEROS;
        notes.extend(near_constant(raw).filter(|_| !told).map(|share| Note::NearConstant { indicator, share }));
    }
    let several = n.periods.windows(2).any(|w| w[0] != w[1]) && by_period(&n.periods).len() > 1;
    if several && recipe.scales_by_period() {
        notes.push(Note::PeriodScale);
    }
    let declared: Vec<usize> = (0..tree.leaves.len()).filter(|&j| tree.leaves[j].goalposts.is_some()).collect();
    if several
        && recipe.goalposts == Goalposts::PerPeriod
        && recipe.normalisation == Normalisation::MinMax
        && !declared.is_empty()
        && declared.len() < tree.leaves.len()
    {
        notes.push(Note::MixedScale { declared });
    }
    let composites = (0..tree.leaves.len()).filter(|&j| tree.leaves[j].composite);
    notes.extend(composites.map(|indicator| Note::IsComposite { indicator }));
}

/// Share of the commonest value, where an indicator hardly varies.
fn near_constant(raw: &[f64]) -> Option<f64> {
    let mut known: Vec<f64> = raw.iter().copied().filter(|x| !x.is_nan()).collect();
    known.sort_by(f64::total_cmp);
    let (low, high) = (*known.first()?, *known.last()?);
    let most = known.chunk_by(|a, b| a == b).map(<[f64]>::len).max()?;
    let share = most as f64 / known.len() as f64;
    (known.len() > 2 && (share >= SAME || high - low <= ROUNDING * low.abs().max(high.abs()))).then_some(share)
}

fn structure(tree: &Tree<'_>, index: &Composite, notes: &mut Vec<Note>) {
    let values = &index.normalised.values;
    let rows: Vec<usize> = (0..index.normalised.units.len()).collect();
    let r = |a: usize, b: usize| correlation(&values[a], &values[b], &rows);
    for node in tree.nodes.iter().filter(|n| n.node.indicators.len() > 1) {
        for j in node.leaves.clone() {
            let rest: Vec<f64> = rows
                .iter()
                .map(|&i| {
                    let others: Vec<f64> =
                        node.leaves.clone().filter(|&k| k != j).map(|k| values[k][i]).filter(|x| !x.is_nan()).collect();
                    moments::mean(&others)
                })
                .collect();
            let with_rest = correlation(&values[j], &rest, &rows);
            if with_rest < AGAINST {
                notes.push(Note::Against { indicator: j, correlation: with_rest });
            }
        }
    }
    for a in 0..values.len() {
        for b in a + 1..values.len() {
            if r(a, b).abs() > DOUBLE {
                notes.push(Note::Double { pair: (a, b), correlation: r(a, b) });
            }
        }
    }
    for (k, node) in tree.nodes.iter().enumerate().filter(|(_, n)| n.node.indicators.len() > 1) {
        let leaves: Vec<usize> = node.leaves.clone().collect();
        let both: Vec<(usize, usize)> =
            leaves.iter().flat_map(|&a| leaves.iter().filter(move |&&b| b > a).map(move |&b| (a, b))).collect();
        let pairs: Vec<f64> = both.iter().map(|&(a, b)| r(a, b)).collect();
        let opposed = pairs.iter().filter(|r| **r < OPPOSED).count();
        let lowest = both.iter().zip(&pairs).filter(|(_, r)| **r < OPPOSED).min_by(|a, b| a.1.total_cmp(b.1));
        notes.extend(lowest.map(|(&pair, &correlation)| Note::Opposed { node: k, pair, correlation, pairs: opposed }));
        if pairs.iter().any(|r| r.is_nan()) {
            continue;
        }
        let (m, mean) = (leaves.len() as f64, moments::mean(&pairs));
        let alpha = m * mean / (1.0 + (m - 1.0) * mean);
        if alpha < ALPHA {
            notes.push(Note::Loose { node: k, alpha });
        }
    }
    let squared = shares(&correlation_ratios(index));
    let weight = index.weights.effective.first().map_or(&[][..], Vec::as_slice);
    for (indicator, (&weight, &importance)) in weight.iter().zip(&squared).enumerate() {
        let equal = 1.0 / squared.len() as f64;
        if weight >= equal && importance < weight / 4.0 || importance >= equal && weight > 0.0 && importance > 4.0 * weight {
            notes.push(Note::Idle { indicator, weight, importance });
        }
    }
}

fn cells(index: &Composite, notes: &mut Vec<Note>) {
    let n = &index.normalised;
    if !n.fills.is_empty() {
        let mut by = vec![0; n.raw.len()];
        n.fills.iter().for_each(|f| by[f.indicator] += 1);
        let most = by.iter().copied().max().unwrap_or(0);
        let indicator = by.iter().position(|c| *c == most).unwrap_or(0);
        let share = n.fills.len() as f64 / (n.raw.len() * n.units.len()).max(1) as f64;
        notes.push(Note::Filled { cells: n.fills.len(), share, indicator, most });
    }
    if !n.cut.is_empty() {
        notes.push(Note::Cut { cells: n.cut.len() });
    }
}

fn heavy(index: &Composite, notes: &mut Vec<Note>) {
    let variance = variance_shares(index);
    let equal = 1.5 / variance.len().max(1) as f64;
    for (indicator, &variance) in variance.iter().enumerate() {
        let weight = index.weights.effective.iter().map(|w| w[indicator]).fold(0.0, f64::max);
        if weight > HEAVY.max(equal) || variance > CARRIES.max(equal) {
            notes.push(Note::Heavy { indicator, weight, variance });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Data, Indicator, Node, evaluate};

    /// CI001: no recipe makes such weights; an index that has them is told of.
    #[test]
    fn weights_that_are_none_are_noted() {
        let indicator = |id: &str| Indicator { id: id.into(), ..Indicator::default() };
        let node = Node { id: "d".into(), indicators: vec![indicator("x"), indicator("y")], ..Node::default() };
        let framework = Framework { root: Node { id: "score".into(), nodes: vec![node], ..Node::default() } };
        let units: Vec<String> = (0..6).map(|i| format!("u{i}")).collect();
        let columns = [vec![1.0, 2.0, 4.0, 3.0, 6.0, 5.0], vec![2.0, 1.0, 3.0, 5.0, 4.0, 6.0]];
        let data = Data { units: &units, periods: &[0; 6], columns: &columns, groups: &[] };
        let recipe = Recipe { weights: Weighting::Entropy, ..Recipe::default() };
        let mut index = evaluate(&framework, &data, &recipe).unwrap();
        assert!(index.weights.entropy.iter().flatten().all(|e| (0.0..=1.0).contains(e)));
        let wrong = |notes: &[Note]| {
            let sum = notes.iter().any(|n| matches!(n, Note::WeightSum { .. }));
            (sum, notes.iter().any(|n| matches!(n, Note::NegativeWeight { indicator: 1, .. })))
        };
        assert_eq!(wrong(&audit(&framework, &index, &recipe).unwrap()), (false, false));
        index.weights.effective[0] = vec![1.3, -0.3];
        assert_eq!(wrong(&audit(&framework, &index, &recipe).unwrap()), (false, true));
        index.weights.effective[0] = vec![0.6, 0.6];
        assert_eq!(wrong(&audit(&framework, &index, &recipe).unwrap()), (true, false));
    }
}
