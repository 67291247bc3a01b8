//! From values to the common scale: 0 worst, 1 best.

use numerics::moments;

use crate::{
    error::IndexError,
    framework::{Direction, Indicator, Tree},
    recipe::{Goalposts, Normalisation, Recipe},
};

/// Indicators on the common scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaled {
    /// `values[indicator][row]`.
    pub values: Vec<Vec<f64>>,
    /// Cells cut at a declared goalpost: row and indicator.
    pub cut: Vec<(usize, usize)>,
    /// Indicators, with the period where scales are per period or of a base period, that do not vary: they stand at 0.5.
    pub constant: Vec<(usize, Option<i32>)>,
}

/// The rows of each period, periods ascending.
pub(crate) fn by_period(periods: &[i32]) -> Vec<(i32, Vec<usize>)> {
    let mut groups = std::collections::BTreeMap::<i32, Vec<usize>>::new();
    for (i, &p) in periods.iter().enumerate() {
        groups.entry(p).or_default().push(i);
    }
    groups.into_iter().collect()
}

/// The base period: the one asked for, or the first.
pub(crate) fn base_rows(periods: &[i32], base: Option<i32>) -> Result<Vec<usize>, IndexError> {
    let wanted = base.or_else(|| periods.iter().copied().min()).unwrap_or(0);
    let rows: Vec<usize> = (0..periods.len()).filter(|&i| periods[i] == wanted).collect();
    if rows.is_empty() { Err(IndexError::NoBase { period: wanted }) } else { Ok(rows) }
}

impl Normalisation {
    /// Its name in a recipe.
    pub fn name(self) -> &'static str {
        match self {
            Self::MinMax => "min-max",
            Self::ZScore => "z-score",
            Self::Rank => "rank",
            Self::PercentRank => "percent-rank",
            Self::FractionOfMaximum => "fraction-of-maximum",
            Self::Sum => "sum",
            Self::Vector => "vector",
            Self::Mean => "mean",
            Self::Reference => "reference",
            Self::Target => "target",
            Self::Efficacy => "efficacy",
            Self::Logistic => "logistic",
        }
    }

    /// Whether values are divided by one another, which asks for a scale with a true zero.
    pub fn is_ratio(self) -> bool {
        matches!(self, Self::FractionOfMaximum | Self::Sum | Self::Vector | Self::Mean | Self::Reference)
    }
}

/// Smallest and largest of turned values; `None` where there is none, or where they differ by rounding alone:
/// a scale over them would be noise.
fn span(direction: Direction, known: &[f64]) -> Option<(f64, f64)> {
    let low = known.iter().copied().fold(f64::INFINITY, f64::min);
    let top = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // Where the best value is declared, nothing short of it is the best.
    let high = if direction.ideal().is_some() { 0.0 } else { top };
    (top - low > 1e-12 * low.abs().max(top.abs())).then_some((low, high))
}

/// The value aimed at, turned: the best value, where it is declared, or the target.
pub(crate) fn goal(leaf: &Indicator) -> Option<f64> {
    leaf.direction.ideal().map(|(best, _)| best).or(leaf.target).map(|t| leaf.direction.turn(t))
}

/// Rows that share a scale.
struct Part {
    /// The rows that are scaled.
    rows: Vec<usize>,
    /// The rows that set the scale.
    from: Vec<usize>,
    /// The period these are of, where it is one.
    period: Option<i32>,
}

/// What values are scaled over: keys of the rows, in their order, and the choices.
#[derive(Clone, Copy)]
pub(crate) struct Over<'a> {
    pub tree: &'a Tree<'a>,
    pub units: &'a [String],
    pub periods: &'a [i32],
    pub recipe: &'a Recipe,
}

impl Over<'_> {
    fn parts(&self) -> Result<Vec<Part>, IndexError> {
        let all: Vec<usize> = (0..self.periods.len()).collect();
        Ok(match self.recipe.goalposts {
            Goalposts::Pooled | Goalposts::Fixed => vec![Part { rows: all.clone(), from: all, period: None }],
            Goalposts::PerPeriod => by_period(self.periods)
                .into_iter()
                .map(|(p, rows)| Part { rows: rows.clone(), from: rows, period: Some(p) })
                .collect(),
            Goalposts::Base => {
                let from = base_rows(self.periods, self.recipe.base)?;
                let period = from.first().map(|&i| self.periods[i]);
                vec![Part { rows: all, from, period }]
            }
        })
    }

    /// Brings `columns` to the common scale. `values` outside 0 to 1 occur under `base` goalposts, z scores and ratios.
    pub fn scale(&self, columns: &[Vec<f64>], normalisation: Normalisation) -> Result<Scaled, Vec<IndexError>> {
        let parts = self.parts().map_err(|e| vec![e])?;
        let mut errors = Vec::new();
        let n = self.periods.len();
        let mut out = Scaled { values: vec![vec![f64::NAN; n]; columns.len()], cut: Vec::new(), constant: Vec::new() };
        for (j, (leaf, column)) in self.tree.leaves.iter().zip(columns).enumerate() {
            let done = match (normalisation, leaf.goalposts) {
                (Normalisation::MinMax | Normalisation::Efficacy, Some(posts)) => {
                    self.declared(j, column, posts, normalisation, &mut out);
                    Ok(())
                }
                (Normalisation::MinMax | Normalisation::Efficacy, None) if self.recipe.goalposts == Goalposts::Fixed => {
                    Err(IndexError::NoGoalposts { indicator: leaf.id.clone() })
                }
                _ if normalisation.is_ratio() => self.ratios(j, column, &parts, normalisation, &mut out.values[j]),
                _ => parts.iter().try_for_each(|part| self.part(j, column, part, normalisation, &mut out)),
            };
            errors.extend(done.err());
        }
        if errors.is_empty() { Ok(out) } else { Err(errors) }
    }

    /// Between declared goalposts; what lies beyond is cut there.
    fn declared(&self, j: usize, column: &[f64], posts: (f64, f64), normalisation: Normalisation, out: &mut Scaled) {
        let direction = self.tree.leaves[j].direction;
        for (i, (&x, to)) in column.iter().zip(&mut out.values[j]).enumerate() {
            let r = direction.between(x, posts);
            if !(0.0..=1.0).contains(&r) && !x.is_nan() {
                out.cut.push((i, j));
            }
            // A best value at a goalpost leaves no way to fall short on that side: there 0/0 is the best.
            let r = if r.is_nan() && !x.is_nan() { 1.0 } else { r };
            let r = if r.is_nan() { r } else { r.clamp(0.0, 1.0) };
            *to = if normalisation == Normalisation::Efficacy { 0.6 + 0.4 * r } else { r };
        }
    }

    /// Ends of an indicator's scale in each row, turned so that more is better: where it stands at 0 and at 1.
    /// `None` where it does not vary, or where the normalisation has no ends.
    pub fn ends(&self, j: usize, column: &[f64], normalisation: Normalisation) -> Result<Vec<Option<(f64, f64)>>, IndexError> {
        let leaf = self.tree.leaves[j];
        let mut out = vec![None; column.len()];
        for part in self.parts()? {
            let known: Vec<f64> = part.from.iter().map(|&i| leaf.direction.turn(column[i])).filter(|x| !x.is_nan()).collect();
            let Some((low, high)) = span(leaf.direction, &known) else { continue };
            let best = match normalisation {
                Normalisation::MinMax | Normalisation::Efficacy => Some(high),
                Normalisation::Target => goal(leaf),
                _ => None,
            };
            part.rows.iter().for_each(|&i| out[i] = best.filter(|b| *b > low).map(|b| (low, b)));
        }
        Ok(out)
    }

    /// One indicator over one part, by its smallest, largest, mean, spread or order.
    fn part(
        &self,
        j: usize,
        column: &[f64],
        part: &Part,
        normalisation: Normalisation,
        out: &mut Scaled,
    ) -> Result<(), IndexError> {
        let leaf = self.tree.leaves[j];
        let turn = |x: f64| leaf.direction.turn(x);
        let mut known = Vec::with_capacity(part.from.len());
        known.extend(part.from.iter().map(|&i| turn(column[i])).filter(|x| !x.is_nan()));
        if known.is_empty() {
            // In a period of its own the cells are missing anyway; a base without values would lose the others too.
            return match part.period {
                Some(period) if self.recipe.goalposts == Goalposts::Base => {
                    Err(IndexError::NoBaseValue { indicator: leaf.id.clone(), period })
                }
                _ => Ok(()),
            };
        }
        if part.from.len() < 2 {
            return Err(IndexError::TooFewRows { indicator: leaf.id.clone(), period: part.period });
        }
        let to = &mut out.values[j];
        let Some((low, high)) = span(leaf.direction, &known) else {
            out.constant.push((j, part.period));
            part.rows.iter().filter(|&&i| !column[i].is_nan()).for_each(|&i| to[i] = 0.5);
            return Ok(());
        };
        let mut put = |f: &dyn Fn(f64) -> f64| {
            part.rows.iter().filter(|&&i| !column[i].is_nan()).for_each(|&i| to[i] = f(turn(column[i])));
        };
        match normalisation {
            Normalisation::MinMax => put(&|x| (x - low) / (high - low)),
            Normalisation::Efficacy => put(&|x| 0.6 + 0.4 * (x - low) / (high - low)),
            Normalisation::ZScore | Normalisation::Logistic => {
                let mean = moments::mean(&known);
                let sd = moments::deviation(&known, 1);
                if normalisation == Normalisation::ZScore {
                    put(&|x| 0.5 + 0.1 * (x - mean) / sd);
                } else {
                    put(&|x| 1.0 / (1.0 + (-(x - mean) / sd).exp()));
                }
            }
            Normalisation::Rank | Normalisation::PercentRank => {
                let mut sorted = known.clone();
                sorted.sort_unstable_by(f64::total_cmp);
                let others = (sorted.len() - 1).max(1) as f64;
                put(&|x| {
                    let below = sorted.partition_point(|y| *y < x);
                    if normalisation == Normalisation::PercentRank {
                        return below as f64 / others;
                    }
                    let upto = sorted.partition_point(|y| *y <= x);
                    // Middle of the block of ties, from 0 for the smallest to 1 for the largest.
                    ((below + upto) as f64 - 1.0).max(0.0) / (2.0 * others)
                });
            }
            Normalisation::Target => {
                let Some(goal) = goal(leaf) else { return Err(IndexError::NoTarget { indicator: leaf.id.clone() }) };
                if goal <= low {
                    let target = leaf.direction.ideal().map(|(best, _)| best).or(leaf.target).unwrap_or(goal);
                    return Err(IndexError::TargetBehind { indicator: leaf.id.clone(), target });
                }
                put(&|x| ((x - low) / (goal - low)).min(1.0));
            }
            Normalisation::FractionOfMaximum
            | Normalisation::Sum
            | Normalisation::Vector
            | Normalisation::Mean
            | Normalisation::Reference => {}
        }
        Ok(())
    }

    /// One indicator as shares of a sum, a length, a mean, the largest, or the reference unit.
    fn ratios(
        &self,
        j: usize,
        column: &[f64],
        parts: &[Part],
        normalisation: Normalisation,
        to: &mut [f64],
    ) -> Result<(), IndexError> {
        let leaf: &Indicator = self.tree.leaves[j];
        if leaf.direction.ideal().is_some() {
            return Err(IndexError::Ideal { indicator: leaf.id.clone(), normalisation: normalisation.name() });
        }
        let refuse = |bad: &[usize]| {
            bad.first().map_or(Ok(()), |&i| {
                Err(IndexError::NotPositive {
                    indicator: leaf.id.clone(),
                    cells: bad.len(),
                    unit: self.units[i].clone(),
                    period: self.periods[i],
                    normalisation: normalisation.name(),
                })
            })
        };
        // Nothing is divided by a value of 0 where more is better, unless all of them are 0.
        let inverted = leaf.direction == Direction::Negative;
        refuse(&(0..column.len()).filter(|&i| column[i] < 0.0 || inverted && column[i] == 0.0).collect::<Vec<_>>())?;
        let value = |i: usize| if inverted { 1.0 / column[i] } else { column[i] };
        if normalisation == Normalisation::Reference {
            let unit = self.recipe.reference.as_deref().unwrap_or_default();
            for (period, rows) in by_period(self.periods) {
                let own = rows.iter().find(|&&i| self.units[i] == unit).map_or(f64::NAN, |&i| value(i));
                refuse(&rows.iter().copied().filter(|&i| self.units[i] == unit && column[i] == 0.0).collect::<Vec<_>>())?;
                if own.is_nan() {
                    return Err(IndexError::NoReference { indicator: leaf.id.clone(), unit: unit.to_owned(), period });
                }
                rows.iter().for_each(|&i| to[i] = value(i) / own);
            }
            return Ok(());
        }
        for part in parts {
            let known: Vec<f64> = part.from.iter().map(|&i| value(i)).filter(|x| !x.is_nan()).collect();
            let top = known.iter().copied().fold(0.0, f64::max);
            if known.is_empty() {
                continue;
            }
            if top <= 0.0 {
                return refuse(&part.from);
            }
            // Shares of the largest keep squares within the range of numbers.
            let shares: Vec<f64> = known.iter().map(|x| x / top).collect();
            let unit = top
                * match normalisation {
                    Normalisation::Sum => moments::sum(&shares),
                    Normalisation::Vector => moments::sum(&shares.iter().map(|x| x * x).collect::<Vec<_>>()).sqrt(),
                    Normalisation::Mean => moments::mean(&shares),
                    _ => 1.0,
                };
            part.rows.iter().for_each(|&i| to[i] = value(i) / unit);
        }
        Ok(())
    }
}
