//! Rank-sum ratio 秩和比 with probit grading (Tian Fengtiao 1988).

use numerics::{distributions::normal_quantile, moments};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RankingError, Sense, Table};

/// How ranks are given; the best value has rank `n`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ranks {
    /// 1 to n, ties at the mean of their block.
    #[default]
    Integer,
    /// `1 + (n - 1) (x - min) / (max - min)`, cost turned round: distances between values are kept.
    NonInteger,
}

/// One value of the rank-sum ratio and its place in the distribution.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Rank-sum ratio.
    pub ratio: f64,
    /// Alternatives with it.
    pub count: usize,
    /// Alternatives with it or less.
    pub cumulated: usize,
    /// Mean rank of those with it, from 1 for the smallest ratio.
    pub mean_rank: f64,
    /// Downward cumulative frequency `mean rank / n`; `1 - 1 / (4 n)` for the last.
    pub frequency: f64,
    /// Probit `5 + Φ^-1(frequency)`.
    pub probit: f64,
    /// Ratio on the regression line.
    pub fitted: f64,
}

/// Regression of the ratio on its probit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Constant.
    pub intercept: f64,
    /// Slope.
    pub slope: f64,
    /// Share of the variance explained.
    pub r_squared: f64,
    /// Standard error of the slope; `NaN` with two steps.
    pub slope_error: f64,
}

/// Result of the rank-sum ratio.
#[derive(Clone, Debug, PartialEq)]
pub struct RankSum {
    /// `ranks[criterion][alternative]`.
    pub ranks: Vec<Vec<f64>>,
    /// `RSR_i = Σ_j w_j R_ij / n`.
    pub ratio: Vec<f64>,
    /// Distribution of the ratio, ascending.
    pub steps: Vec<Step>,
    /// Regression; `None` where there are fewer than two different ratios.
    pub line: Option<Line>,
    /// Probits that part the grades, ascending: `2 + 6 k / grades`.
    pub cuts: Vec<f64>,
    /// Grade of each alternative by its fitted ratio, 0 the lowest; `None` without a regression.
    pub grade: Vec<Option<usize>>,
}

/// Rank-sum ratio and grading in `grades` classes.
///
/// # Errors
/// [`Table::check`]; fewer than two or more than ten grades.
pub fn rank_sum(table: &Table<'_>, ranks: Ranks, grades: usize) -> Result<RankSum, Vec<RankingError>> {
    if !(2..=10).contains(&grades) {
        return Err(vec![RankingError::parameter("grades", grades as f64, "2 to 10")]);
    }
    table.check()?;
    let n = table.len();
    let given: Vec<Vec<f64>> = (0..table.columns.len()).map(|j| ranked(table, j, ranks)).collect();
    let mut ratio = vec![0.0; n];
    for (r, w) in given.iter().zip(table.weights) {
        ratio.iter_mut().zip(r).for_each(|(s, r)| *s += w * r / n as f64);
    }
    let mut steps = distribution(&ratio);
    let line = regress(&steps);
    let cuts: Vec<f64> = (1..grades).map(|k| 2.0 + 6.0 * k as f64 / grades as f64).collect();
    let mut grade = vec![None; n];
    if let Some(line) = line {
        for s in &mut steps {
            s.fitted = line.intercept + line.slope * s.probit;
        }
        let of: Vec<usize> = steps.iter().map(|s| cuts.partition_point(|c| *c <= s.probit)).collect();
        for (g, r) in grade.iter_mut().zip(&ratio) {
            *g = of.get(step_of(&steps, *r)).copied();
        }
    }
    Ok(RankSum { ranks: given, ratio, steps, line, cuts, grade })
}

/// The step a ratio belongs to; ratios apart by rounding alone share one.
fn step_of(steps: &[Step], ratio: f64) -> usize {
    steps.partition_point(|s| s.ratio <= ratio + DUST).saturating_sub(1)
}

const DUST: f64 = 1e-12;

fn ranked(table: &Table<'_>, criterion: usize, ranks: Ranks) -> Vec<f64> {
    let column = &table.columns[criterion];
    let n = column.len() as f64;
    match ranks {
        Ranks::Integer => {
            let sign = if table.senses[criterion] == Sense::Cost { -1.0 } else { 1.0 };
            let mut sorted: Vec<f64> = column.iter().map(|x| sign * x).collect();
            sorted.sort_unstable_by(f64::total_cmp);
            let place = |x: f64| {
                let (below, upto) = (sorted.partition_point(|y| *y < x), sorted.partition_point(|y| *y <= x));
                (below + upto + 1) as f64 / 2.0
            };
            column.iter().map(|x| place(sign * x)).collect()
        }
        Ranks::NonInteger => {
            let scaled = table.scaled(criterion, super::Scaling::MinMax);
            scaled.values.into_iter().map(|r| 1.0 + (n - 1.0) * r).collect()
        }
    }
}

fn distribution(ratio: &[f64]) -> Vec<Step> {
    let n = ratio.len() as f64;
    let mut sorted = ratio.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut steps: Vec<Step> = Vec::new();
    let mut from = 0;
    while from < sorted.len() {
        let to = sorted.partition_point(|r| *r <= sorted[from] + DUST);
        let mean_rank = (from + 1 + to) as f64 / 2.0;
        let frequency = if to == sorted.len() { 1.0 - 1.0 / (4.0 * n) } else { mean_rank / n };
        steps.push(Step {
            ratio: sorted[from],
            count: to - from,
            cumulated: to,
            mean_rank,
            frequency,
            probit: 5.0 + normal_quantile(frequency),
            fitted: f64::NAN,
        });
        from = to;
    }
    steps
}

fn regress(steps: &[Step]) -> Option<Line> {
    if steps.len() < 2 {
        return None;
    }
    let (x, y): (Vec<f64>, Vec<f64>) = steps.iter().map(|s| (s.probit, s.ratio)).unzip();
    let (mx, my) = (moments::mean(&x), moments::mean(&y));
    let sum = |f: &dyn Fn(f64, f64) -> f64| x.iter().zip(&y).map(|(a, b)| f(a - mx, b - my)).sum::<f64>();
    let (xx, xy, yy) = (sum(&|a, _| a * a), sum(&|a, b| a * b), sum(&|_, b| b * b));
    let slope = xy / xx;
    let rest = (yy - slope * xy).max(0.0);
    let free = steps.len() as f64 - 2.0;
    Some(Line {
        intercept: my - slope * mx,
        slope,
        r_squared: slope * xy / yy,
        slope_error: if free > 0.0 { (rest / free / xx).sqrt() } else { f64::NAN },
    })
}
