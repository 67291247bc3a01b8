#![doc = include_str!("doubt.md")]

use numerics::lp::{self, Cloud, Column, Objective, Program, Row, Sense};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The page of the method, in English.
pub const PAGE: &str = include_str!("doubt.md");
/// The page of the method, in Chinese.
pub const PAGE_ZH: &str = include_str!("doubt.zh.md");

/// Options of the benefit of the doubt.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DoubtOptions {
    /// Least share of each indicator in a unit's score, one for all or one each; 0 where empty.
    pub least: Vec<f64>,
    /// Largest share of each indicator in a unit's score, one for all or one each; 1 where empty.
    pub most: Vec<f64>,
}

/// How far the shares of a score may be from 1 together.
const SHARES: f64 = 1e-8;

/// What became of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DoubtStatus {
    /// Scored.
    Scored,
    /// The unit has 0 in an indicator with a least share above 0: no weight gives it that share, and the score is 0.
    ZeroUnderBound,
    /// All of the unit's indicators are 0: so is the score, under any weights.
    Zero,
    /// A cell is missing: no score, and the unit is no benchmark of others.
    Missing,
    /// The program was not solved with certainty; no score.
    Numerical,
}

/// The score of one unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Doubt {
    /// `sum_j w_j y_ij` in 0..1, 1 where no other unit does better under the unit's own weights; `NaN` without a score.
    pub score: f64,
    /// The weights, in score per unit of the indicator. Units on the frontier often have others as good.
    pub weights: Vec<f64>,
    /// `w_j y_ij / score`, summing to 1; empty where the score is 0 or missing.
    pub shares: Vec<f64>,
    /// The units that reach 1 under these weights, with their intensities.
    pub peers: Vec<(usize, f64)>,
    /// What became of the unit.
    pub status: DoubtStatus,
}

/// Why nothing can be scored.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum DoubtError {
    /// Columns of different length, or none.
    #[error("there are no columns, or they differ in length")]
    Shape,
    /// A value below 0 or infinite.
    #[error("indicator {column} of row {row} is {value}; a score takes finite values of at least 0")]
    Value {
        /// Column, from 0.
        column: usize,
        /// Row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// A list of bounds that fits no indicator.
    #[error("{found} bounds are given for {indicators} indicators; give one, or one each")]
    Bounds {
        /// Length of the list.
        found: usize,
        /// Number of indicators.
        indicators: usize,
    },
    /// A bound that is no share, or a least above a largest share.
    #[error("the shares of indicator {column} are to lie between {least} and {most}")]
    Range {
        /// Column, from 0.
        column: usize,
        /// Least share.
        least: f64,
        /// Largest share.
        most: f64,
    },
    /// Shares that cannot sum to 1.
    #[error("the least shares sum to {least} and the largest to {most}: shares that sum to 1 do not fit between")]
    Sum {
        /// Sum of the least shares.
        least: f64,
        /// Sum of the largest shares.
        most: f64,
    },
}

/// Benefit-of-the-doubt scores of every row (Melyn and Moesen 1991; Cherchye et al. 2007, Social Indicators Research
/// 82, 111-145), with bounds on shares (Wong and Beasley 1990):
///
/// ```text
/// max sum_j w_j y_ij   subject to   sum_j w_j y_kj <= 1 for every unit k,   w >= 0,
///                                   least_j <= w_j y_ij / sum_l w_l y_il <= most_j
/// ```
///
/// solved by its dual over the units, one column each. Rows are units, or units in periods: all are benchmarks of one
/// another, so that scores of a panel can be compared over time.
///
/// # Errors
/// Everything wrong with the values and the bounds.
pub fn benefit_of_the_doubt(columns: &[Vec<f64>], options: &DoubtOptions) -> Result<Vec<Doubt>, Vec<DoubtError>> {
    let n = columns.first().map_or(0, Vec::len);
    if n == 0 || columns.iter().any(|c| c.len() != n) {
        return Err(vec![DoubtError::Shape]);
    }
    let mut errors = Vec::new();
    for (column, c) in columns.iter().enumerate() {
        let bad = c.iter().enumerate().filter(|(_, x)| x.is_infinite() || **x < 0.0);
        errors.extend(bad.map(|(row, &value)| DoubtError::Value { column, row, value }));
    }
    let m = columns.len();
    let mut bounds = |list: &[f64], otherwise: f64| match list {
        [] => vec![otherwise; m],
        [one] => vec![*one; m],
        list if list.len() == m => list.to_vec(),
        list => {
            errors.push(DoubtError::Bounds { found: list.len(), indicators: m });
            vec![otherwise; m]
        }
    };
    let (least, most) = (bounds(&options.least, 0.0), bounds(&options.most, 1.0));
    for column in 0..m {
        let (least, most) = (least[column], most[column]);
        if !(least >= 0.0 && least <= most && most <= 1.0) {
            errors.push(DoubtError::Range { column, least, most });
        }
    }
    let (low, high): (f64, f64) = (least.iter().sum(), most.iter().sum());
    if low > 1.0 + 1e-12 || high < 1.0 - 1e-12 {
        errors.push(DoubtError::Sum { least: low, most: high });
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let units: Vec<usize> = (0..n).filter(|&i| columns.iter().all(|c| !c[i].is_nan())).collect();
    let Ok(cloud) = Cloud::new(columns.iter().map(|c| units.iter().map(|&i| c[i]).collect()).collect()) else {
        return Err(vec![DoubtError::Shape]);
    };
    let all = Scorer { columns, units: &units, cloud: &cloud, least: &least, most: &most };
    Ok((0..n).into_par_iter().map(|i| all.score(i)).collect())
}

struct Scorer<'a> {
    columns: &'a [Vec<f64>],
    units: &'a [usize],
    cloud: &'a Cloud,
    least: &'a [f64],
    most: &'a [f64],
}

impl Scorer<'_> {
    /// The dual of a unit's program: `min sum λ` with one row an indicator, one column a unit, and one column a bound.
    fn score(&self, unit: usize) -> Doubt {
        let m = self.columns.len();
        let own: Vec<f64> = self.columns.iter().map(|c| c[unit]).collect();
        let without = |score: f64, status| {
            let weights = if score.is_nan() { Vec::new() } else { vec![0.0; m] };
            Doubt { score, weights, shares: Vec::new(), peers: Vec::new(), status }
        };
        if own.iter().any(|y| y.is_nan()) {
            return without(f64::NAN, DoubtStatus::Missing);
        }
        if own.iter().all(|y| *y == 0.0) {
            return without(0.0, DoubtStatus::Zero);
        }
        if own.iter().zip(self.least).any(|(y, l)| *y == 0.0 && *l > 0.0) {
            return without(0.0, DoubtStatus::ZeroUnderBound);
        }
        let mut extras = Vec::new();
        for j in 0..m {
            let mut bound = |share: f64, sign: f64| {
                let mut entries: Vec<f64> = own.iter().map(|y| sign * share * y).collect();
                entries[j] -= sign * own[j];
                extras.push(Column { entries, free: false });
            };
            if self.least[j] > 0.0 {
                bound(self.least[j], 1.0);
            }
            if self.most[j] < 1.0 {
                bound(self.most[j], -1.0);
            }
        }
        let rows: Vec<Row> = own.iter().map(|&rhs| Row { sense: Sense::AtLeast, rhs }).collect();
        let objectives = [Objective { cloud: vec![1.0; self.units.len()], ..Objective::default() }];
        let program = Program { cloud: self.cloud, extras: &extras, rows: &rows, objectives: &objectives, start: None };
        let solution = match program.solve() {
            Ok(solution) if solution.status == lp::Status::Optimal => solution,
            _ => return without(f64::NAN, DoubtStatus::Numerical),
        };
        let weights: Vec<f64> = solution.duals.iter().map(|w| w.max(0.0)).collect();
        let score = solution.values[0];
        let shares: Vec<f64> = weights.iter().zip(&own).map(|(w, y)| w * y / score).collect();
        // A table that mixes magnitudes may leave a score certified beside 1 and its parts without a digit.
        if (shares.iter().sum::<f64>() - 1.0).abs() > SHARES {
            return without(f64::NAN, DoubtStatus::Numerical);
        }
        let peers = solution.weights.iter().map(|&(k, x)| (self.units[k], x)).collect();
        Doubt { score, weights, shares, peers, status: DoubtStatus::Scored }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::weights::test_data::{agree, lines};

    fn read(file: &str) -> Option<(Vec<Vec<f64>>, Vec<f64>)> {
        let (data, expected) = (lines(&format!("compind/{file}"))?, lines(&format!("compind/{}", expected(file)))?);
        let width = if file == "bli_2017.csv" { 11 } else { 2 };
        let columns: Vec<Vec<f64>> = (1..=width).map(|k| data[1..].iter().map(|r| r[k].parse().unwrap()).collect()).collect();
        let scaled = columns
            .iter()
            .map(|c: &Vec<f64>| {
                let (l, h) = c.iter().fold((f64::MAX, f64::MIN), |(l, h), x| (l.min(*x), h.max(*x)));
                c.iter().map(|x| (x - l) / (h - l)).collect()
            })
            .collect();
        Some((scaled, expected[1..].iter().map(|r| r[r.len() - 1].parse().unwrap()).collect()))
    }

    fn expected(file: &str) -> &str {
        if file == "bli_2017.csv" { "expect_bod_bli2017_minmax.csv" } else { "expect_bod_nuts1.csv" }
    }

    /// Compind's two examples on min-max values, by an independent program (lpSolve): 12 decimals.
    #[test]
    fn scores_of_better_life_and_nuts1() {
        for file in ["bli_2017.csv", "eu_nuts1.csv"] {
            let Some((columns, expected)) = read(file) else { return };
            let scores: Vec<f64> =
                benefit_of_the_doubt(&columns, &DoubtOptions::default()).unwrap().iter().map(|d| d.score).collect();
            agree(&scores, &expected, 1e-9);
        }
    }

    #[test]
    fn bounds_hold_and_cost() {
        let Some((columns, free)) = read("bli_2017.csv") else { return };
        let lifted: Vec<Vec<f64>> = columns.iter().map(|c| c.iter().map(|x| 0.01 + 0.99 * x).collect()).collect();
        let options = DoubtOptions { least: vec![0.03], most: vec![0.3] };
        for (i, d) in benefit_of_the_doubt(&lifted, &options).unwrap().iter().enumerate() {
            assert_eq!(d.status, DoubtStatus::Scored);
            assert!(d.score <= 1.0 + 1e-9, "{i} {} {}", d.score, free[i]);
            assert!(d.shares.iter().all(|s| (0.03 - 1e-7..=0.3 + 1e-7).contains(s)), "{:?}", d.shares);
            assert!((d.shares.iter().sum::<f64>() - 1.0).abs() < 1e-7);
            for k in 0..columns[0].len() {
                assert!(d.weights.iter().zip(&lifted).map(|(w, c)| w * c[k]).sum::<f64>() <= 1.0 + 1e-7);
            }
        }
    }

    /// With every share fixed the score is `1 / max_k sum_j share_j y_kj / y_ij`.
    #[test]
    fn fixed_shares_leave_no_doubt() {
        let columns = [vec![1.0, 2.0, 4.0], vec![3.0, 1.0, 1.0]];
        let half = DoubtOptions { least: vec![0.5], most: vec![0.5] };
        let scores: Vec<f64> = benefit_of_the_doubt(&columns, &half).unwrap().iter().map(|d| d.score).collect();
        let by_hand: Vec<f64> = (0..3)
            .map(|i| 1.0 / (0..3).map(|k| (0..2).map(|j| 0.5 * columns[j][k] / columns[j][i]).sum::<f64>()).fold(0.0, f64::max))
            .collect();
        agree(&scores, &by_hand, 1e-9);
    }

    #[test]
    fn what_cannot_be_scored_is_told() {
        let columns = [vec![0.0, 2.0, f64::NAN, 0.0], vec![3.0, 1.0, 1.0, 0.0]];
        let status = |o: &DoubtOptions| -> Vec<DoubtStatus> {
            benefit_of_the_doubt(&columns, o).unwrap().iter().map(|d| d.status).collect()
        };
        use DoubtStatus::{Missing, Scored, Zero, ZeroUnderBound};
        assert_eq!(status(&DoubtOptions::default()), [Scored, Scored, Missing, Zero]);
        assert_eq!(status(&DoubtOptions { least: vec![0.1], most: vec![] }), [ZeroUnderBound, Scored, Missing, Zero]);
        let bad = DoubtOptions { least: vec![0.6, 0.7], most: vec![0.1, 0.2, 0.3] };
        assert_eq!(benefit_of_the_doubt(&columns, &bad).unwrap_err().len(), 2);
        assert_eq!(benefit_of_the_doubt(&[vec![-1.0]], &DoubtOptions { least: vec![], most: vec![0.5] }).unwrap_err().len(), 2);
        assert_eq!(benefit_of_the_doubt(&[], &DoubtOptions::default()), Err(vec![DoubtError::Shape]));
    }

    proptest! {
        #[test]
        fn the_best_have_one_and_units_of_measure_do_not_matter(
            c in prop::collection::vec(prop::collection::vec(0.1..9.0_f64, 6), 3), least in 0.0..0.3_f64) {
            let options = DoubtOptions { least: vec![least], most: vec![] };
            let scores = |c: &[Vec<f64>]| -> Vec<f64> {
                benefit_of_the_doubt(c, &options).unwrap().iter().map(|d| d.score).collect()
            };
            let a = scores(&c);
            let scaled: Vec<Vec<f64>> =
                c.iter().zip([1e6, 1.0, 1e-5]).map(|(c, k)| c.iter().map(|x| k * x).collect()).collect();
            for (x, y) in a.iter().zip(scores(&scaled)) {
                prop_assert!((x - y).abs() < 1e-8 && *x <= 1.0 + 1e-9 && *x > 0.0);
            }
            // Freedom never lowers a score, and without bounds somebody is best.
            let free = benefit_of_the_doubt(&c, &DoubtOptions::default()).unwrap();
            prop_assert!(free.iter().zip(&a).all(|(f, b)| f.score >= b - 1e-9));
            prop_assert!((free.iter().map(|d| d.score).fold(0.0, f64::max) - 1.0).abs() < 1e-9);
        }
    }
}
