//! Outliers: what is told to be one, what is done to it, and what that does to the shape of an indicator.

use numerics::moments;

use crate::{
    order::Sorter,
    recipe::{Outliers, Rule, Transform},
};

/// What was done to one indicator (in one period, where each is looked at by itself).
#[derive(Clone, Debug, PartialEq)]
pub struct Treated {
    /// Indicator, by its place in the framework.
    pub indicator: usize,
    /// Period, where each is looked at by itself.
    pub period: Option<i32>,
    /// Skewness and excess kurtosis before.
    pub before: (f64, f64),
    /// Skewness and excess kurtosis after.
    pub after: (f64, f64),
    /// Cells whose value changed by winsorising: row and value before.
    pub winsorised: Vec<(usize, f64)>,
    /// The transformation of the whole indicator.
    pub transform: Transform,
    /// Exponent of a Box-Cox transformation; `NaN` otherwise.
    pub lambda: f64,
    /// Whether skewness or kurtosis now lie within their bounds.
    pub passes: bool,
}

/// Skewness and excess kurtosis with the corrections for small samples of Joanes and Gill (1998), `G1` and `G2`:
/// `G1 = sqrt(n (n - 1)) / (n - 2) m3 / m2^1.5`, `G2 = (n - 1) / ((n - 2)(n - 3)) ((n + 1) (m4 / m2^2 - 3) + 6)`.
/// `NaN` below four values or without variation.
pub fn shape(xs: &[f64]) -> (f64, f64) {
    let n = xs.len() as f64;
    let mean = moments::mean(xs);
    let (mut m2, mut m3, mut m4) = (0.0, 0.0, 0.0);
    for x in xs {
        let d = x - mean;
        let square = d * d;
        m2 += square;
        m3 += square * d;
        m4 += square * square;
    }
    (m2, m3, m4) = (m2 / n, m3 / n, m4 / n);
    if xs.len() < 4 || m2 <= 0.0 {
        return (f64::NAN, f64::NAN);
    }
    let skewness = m3 / (m2 * m2.sqrt()) * (n * (n - 1.0)).sqrt() / (n - 2.0);
    let kurtosis = ((n + 1.0) * (m4 / (m2 * m2) - 3.0) + 6.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0));
    (skewness, kurtosis)
}

/// Treats the cells `rows` of one column in place. `None` when nothing had to be done.
pub(crate) fn treat(column: &mut [f64], rows: &[usize], options: &Outliers) -> Option<Treated> {
    let all: Vec<f64> = rows.iter().map(|&i| column[i]).collect();
    let mut sorter = Sorter::default();
    let order = sorter.sort(&all);
    let mut values: Vec<f64> = order.rows().map(|k| all[k]).collect();
    // Shapes are taken of numbers near 1, so that no power of them leaves the range of numbers.
    let size = values.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    let look = |values: &[f64]| shape(&values.iter().map(|x| x / size).collect::<Vec<_>>());
    let before = look(&values);
    let passes = |(s, k): (f64, f64)| !(s.abs() > options.skewness && k > options.kurtosis);
    let untouched = values.clone();
    let (mut transform, mut lambda) = (Transform::None, f64::NAN);
    match options.rule {
        Rule::SkewKurtosis => {
            if passes(before) {
                return None;
            }
            let n = values.len();
            let mut now = before;
            for k in 1..=options.winsorise.min(n.saturating_sub(2)) {
                // The tail is that of the whole indicator: a second look would chase its own changes.
                if before.0 > 0.0 {
                    let to = values[n - 1 - k];
                    values[n - k..].fill(to);
                } else {
                    let to = values[k];
                    values[..k].fill(to);
                }
                now = look(&values);
                if passes(now) {
                    break;
                }
            }
            if !passes(now) && options.otherwise != Transform::None {
                values.clone_from(&untouched);
                transform = options.otherwise;
                lambda = transformed(&mut values, transform, before.0 < 0.0);
            }
        }
        Rule::Percentile => {
            let (low, high) =
                (moments::quantile(&values, options.percentile), moments::quantile(&values, 1.0 - options.percentile));
            values.iter_mut().for_each(|x| *x = x.clamp(low, high));
            if values == untouched {
                return None;
            }
        }
    }
    let after = look(&values);
    let mut winsorised = Vec::new();
    for ((i, value), old) in order.rows().map(|k| rows[k]).zip(&values).zip(&untouched) {
        if transform == Transform::None && value != old {
            winsorised.push((i, *old));
        }
        column[i] = *value;
    }
    Some(Treated { indicator: 0, period: None, before, after, winsorised, transform, lambda, passes: passes(after) })
}

/// Transforms ascending values in place and keeps their order; the exponent of Box-Cox, else `NaN`.
fn transformed(values: &mut [f64], transform: Transform, left: bool) -> f64 {
    let (Some(&low), Some(&high)) = (values.first(), values.last()) else { return f64::NAN };
    let range = high - low;
    match transform {
        Transform::None => {}
        Transform::LogEither if left => values.iter_mut().for_each(|x| *x = -(high - *x + 0.01 * range).ln()),
        Transform::Log | Transform::LogEither => values.iter_mut().for_each(|x| *x = (*x - low + 0.01 * range).ln()),
        Transform::Gii => {
            // Where the largest value is 1 or less the formula of the index has no stretch left to take logarithms of.
            let stretch = if high > 1.0 { high - 1.0 } else { 99.0 };
            let unit = |x: f64| if left { (high - x) / range } else { (x - low) / range };
            values.iter_mut().for_each(|x| {
                let l = (stretch * unit(*x) + 1.0).ln();
                *x = if left { -l } else { l };
            });
        }
        Transform::BoxCox => {
            let shift = if low > 0.0 { 0.0 } else { 0.01 * range - low };
            // In units of the geometric mean, powers of any unit of measure stay near 1.
            let logs: Vec<f64> = values.iter().map(|x| (x + shift).ln()).collect();
            let centre = moments::mean(&logs);
            let logs: Vec<f64> = logs.iter().map(|l| l - centre).collect();
            let lambda = likeliest(&logs);
            values.iter_mut().zip(&logs).for_each(|(x, l)| *x = power(*l, lambda));
            return lambda;
        }
    }
    f64::NAN
}

/// `(exp(lambda l) - 1) / lambda`, the logarithm itself at 0.
fn power(l: f64, lambda: f64) -> f64 {
    if lambda == 0.0 { l } else { (lambda * l).exp_m1() / lambda }
}

/// The exponent in -3 to 3 that maximises the profile likelihood `-n/2 ln var(y) + (lambda - 1) sum ln x`, the last
/// term 0 for logarithms of mean 0. Golden section on the better of 60 intervals.
fn likeliest(logs: &[f64]) -> f64 {
    let spread = |lambda: f64| moments::variance(&logs.iter().map(|l| power(*l, lambda)).collect::<Vec<_>>(), 0).ln();
    let grid = |k: usize| -3.0 + 0.1 * k as f64;
    let best = (0..=60).min_by(|&a, &b| spread(grid(a)).total_cmp(&spread(grid(b)))).unwrap_or(40);
    let (mut a, mut b) = (grid(best.saturating_sub(1)), grid((best + 1).min(60)));
    let golden = (5f64.sqrt() - 1.0) / 2.0;
    for _ in 0..60 {
        let (c, d) = (b - golden * (b - a), a + golden * (b - a));
        if spread(c) <= spread(d) { b = d } else { a = c }
    }
    let lambda = 0.5 * (a + b);
    // A logarithm that the search comes within rounding of is meant.
    if lambda.abs() < 1e-6 { 0.0 } else { lambda }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(xs: &[f64], options: &Outliers) -> (Vec<f64>, Option<Treated>) {
        let mut column = xs.to_vec();
        let rows: Vec<usize> = (0..xs.len()).collect();
        let done = treat(&mut column, &rows, options);
        (column, done)
    }

    const SKEWED: [f64; 12] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 400.0];

    #[test]
    fn shape_is_that_of_spreadsheets() {
        // SKEW and KURT of 3, 4, 5, 2, 3, 4, 5, 6, 4, 7 as documented with those functions: 0.359543, -0.151800.
        let (s, k) = shape(&[3.0, 4.0, 5.0, 2.0, 3.0, 4.0, 5.0, 6.0, 4.0, 7.0]);
        assert!((s - 0.359_543_071_406_797_4).abs() < 1e-12 && (k + 0.151_799_637_208_420_3).abs() < 1e-12, "{s} {k}");
    }

    #[test]
    fn one_value_is_brought_to_the_next() {
        let (column, done) = run(&SKEWED, &Outliers::default());
        let done = done.unwrap();
        assert_eq!((column[11], done.winsorised, done.passes), (11.0, vec![(11, 400.0)], true));
        let turned: Vec<f64> = SKEWED.iter().map(|x| -x).collect();
        assert_eq!(run(&turned, &Outliers::default()).0[11], -11.0);
    }

    #[test]
    fn what_passes_is_left_alone_and_percentiles_cut_both_ends() {
        assert_eq!(run(&SKEWED[..11], &Outliers::default()), (SKEWED[..11].to_vec(), None));
        let (column, _) = run(&SKEWED, &Outliers { rule: Rule::Percentile, percentile: 1.0 / 11.0, ..Outliers::default() });
        assert_eq!((column[0], column[11]), (2.0, 11.0));
    }

    #[test]
    fn transformations_keep_the_order_whatever_the_unit() {
        for otherwise in [Transform::Log, Transform::LogEither, Transform::Gii, Transform::BoxCox] {
            for unit in [1e-9, 1.0, -1.0, 1e9] {
                let mut xs: Vec<f64> = SKEWED.iter().map(|x| x * unit).collect();
                let options = Outliers { winsorise: 0, otherwise, ..Outliers::default() };
                let before = xs.clone();
                let (after, done) = run(&xs, &options);
                assert_eq!(done.unwrap().transform, otherwise);
                xs.sort_by(f64::total_cmp);
                assert!(after.iter().all(|x| x.is_finite()));
                for i in 0..xs.len() {
                    for j in 0..xs.len() {
                        assert_eq!(before[i] < before[j], after[i] < after[j], "{otherwise:?} {unit}");
                    }
                }
            }
        }
    }

    #[test]
    fn box_cox_of_a_lognormal_is_the_logarithm() {
        // Exact quantiles of a symmetric distribution: the likeliest exponent of its exponential is 0.
        let logs: Vec<f64> = (-10..=10).map(|k| f64::from(k) / 4.0).collect();
        assert!(likeliest(&logs).abs() < 1e-6);
        // Squares of an even spread: the square root makes them even again.
        let squares: Vec<f64> = (1..=400).map(|k| 2.0 * f64::from(k).ln()).collect();
        let centre = moments::mean(&squares);
        let lambda = likeliest(&squares.iter().map(|l| l - centre).collect::<Vec<_>>());
        assert!((0.3..0.5).contains(&lambda), "{lambda}");
    }
}
