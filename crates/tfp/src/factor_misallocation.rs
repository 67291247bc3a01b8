#![doc = include_str!("factor_misallocation.md")]

use numerics::{
    least_squares::{self, Unfit},
    moments::{mean, sum},
};
use thiserror::Error;

use crate::rows;

/// The page of the method in English.
pub const PAGE: &str = include_str!("factor_misallocation.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("factor_misallocation.zh.md");

/// Output, factors and elasticities. Every slice has one entry per row; rows may stand in any order.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// Number of the unit of each row.
    pub units: &'a [usize],
    /// Period of each row.
    pub periods: &'a [i32],
    /// Output `p_i y_i`; `NaN` is missing.
    pub output: &'a [f64],
    /// Capital; `NaN` is missing.
    pub capital: &'a [f64],
    /// Labour; `NaN` is missing.
    pub labour: &'a [f64],
}

/// What stands behind the numbers of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Counted.
    Used,
    /// A cell or an elasticity is missing.
    Missing,
    /// Output, capital or labour is zero or negative.
    NotPositive,
}

/// Allocation of one period.
#[derive(Clone, Debug, PartialEq)]
pub struct Period {
    /// Period.
    pub period: i32,
    /// Units counted.
    pub units: usize,
    /// `β_K = Σ s_i β_Ki`, `β_L` likewise.
    pub elasticity: [f64; 2],
    /// `Σ s_i β_Ki ln γ_Ki`, `Σ s_i β_Li ln γ_Li`: their sum is `ln(TFP / TFP*)`.
    pub log_ratio: [f64; 2],
    /// Mean of `|τ_K|` and `|τ_L|` over units.
    pub distortion: [f64; 2],
}

impl Period {
    /// Output gained in percent if both factors were allocated efficiently: `100 (TFP*/TFP - 1)`.
    pub fn loss(&self) -> f64 {
        100.0 * ((-self.log_ratio[0] - self.log_ratio[1]).exp() - 1.0)
    }
}

/// Result; columns are aligned with the rows given, capital first in pairs.
#[derive(Clone, Debug, PartialEq)]
pub struct FactorMisallocation {
    /// Share `s_i` in output of the period.
    pub share: Vec<f64>,
    /// `γ_i = (X_i/X) / (s_i β_i / β)`: 1 is efficient, above 1 too much of the factor.
    pub gamma: [Vec<f64>; 2],
    /// `τ_i = 1/γ_i - 1`: above 0 too little of the factor, below 0 too much.
    pub tau: [Vec<f64>; 2],
    /// Status of each row.
    pub status: Vec<Status>,
    /// Periods in order.
    pub periods: Vec<Period>,
    /// Largest `|Σ s_i β_i γ_i / β - 1|`: the factor shares add up.
    pub residual: f64,
}

/// Why nothing is computed.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum FactorError {
    /// Slices differ in length.
    #[error("units, periods, output, capital, labour and elasticities must have equal length")]
    Shape,
    /// The same unit and period twice.
    #[error(transparent)]
    Duplicate(#[from] rows::Twice),
    /// Elasticities that are zero, negative or infinite: (0 capital, 1 labour; row).
    #[error("{} elasticities are not positive", .0.len())]
    Elasticity(Vec<(usize, usize)>),
    /// No row is complete and positive.
    #[error("no row has positive output, capital and labour and both elasticities")]
    Empty,
}

/// Relative distortions of capital and labour by unit and period, and the efficiency of the allocation.
///
/// # Errors
/// [`FactorError`]; all offending cells are listed.
pub fn factor_misallocation(data: &Data<'_>, elasticities: [&[f64]; 2]) -> Result<FactorMisallocation, FactorError> {
    let n = data.units.len();
    if [data.periods.len(), data.output.len(), data.capital.len(), data.labour.len()] != [n; 4]
        || elasticities.iter().any(|e| e.len() != n)
    {
        return Err(FactorError::Shape);
    }
    let bad: Vec<(usize, usize)> = (0..2)
        .flat_map(|f| (0..n).map(move |i| (f, i)))
        .filter(|&(f, i)| elasticities[f][i] <= 0.0 || elasticities[f][i].is_infinite())
        .collect();
    if !bad.is_empty() {
        return Err(FactorError::Elasticity(bad));
    }
    let mut order = rows::by_period(data.units, data.periods)?;
    let empty = || vec![f64::NAN; n];
    let mut result = FactorMisallocation {
        share: empty(),
        gamma: [empty(), empty()],
        tau: [empty(), empty()],
        status: vec![Status::Missing; n],
        periods: Vec::new(),
        residual: 0.0,
    };
    for i in 0..n {
        let cells = [data.output[i], data.capital[i], data.labour[i]];
        let complete = cells.iter().all(|x| x.is_finite()) && elasticities.iter().all(|e| e[i].is_finite());
        result.status[i] = match complete {
            false => Status::Missing,
            true if cells.iter().any(|x| *x <= 0.0) => Status::NotPositive,
            true => Status::Used,
        };
    }
    order.retain(|&i| result.status[i] == Status::Used);
    if order.is_empty() {
        return Err(FactorError::Empty);
    }
    for block in order.chunk_by(|&a, &b| data.periods[a] == data.periods[b]) {
        let over = |f: &dyn Fn(usize) -> f64| sum(&block.iter().map(|&i| f(i)).collect::<Vec<_>>());
        let all = over(&|i| data.output[i]);
        for &i in block {
            result.share[i] = data.output[i] / all;
        }
        let mut period = Period {
            period: data.periods[block[0]],
            units: block.len(),
            elasticity: [0.0; 2],
            log_ratio: [0.0; 2],
            distortion: [0.0; 2],
        };
        for (f, factor) in [data.capital, data.labour].into_iter().enumerate() {
            let weight = |i: usize| result.share[i] * elasticities[f][i];
            let (total, beta) = (over(&|i| factor[i]), over(&weight));
            let gamma: Vec<f64> = block.iter().map(|&i| factor[i] / total / (weight(i) / beta)).collect();
            let terms =
                |f: &dyn Fn(f64) -> f64| sum(&block.iter().zip(&gamma).map(|(&i, g)| weight(i) * f(*g)).collect::<Vec<_>>());
            period.elasticity[f] = beta;
            period.log_ratio[f] = terms(&f64::ln);
            result.residual = result.residual.max((terms(&|g| g) / beta - 1.0).abs());
            period.distortion[f] = mean(&gamma.iter().map(|g| (1.0 / g - 1.0).abs()).collect::<Vec<_>>());
            for (&i, g) in block.iter().zip(gamma) {
                result.gamma[f][i] = g;
                result.tau[f][i] = 1.0 / g - 1.0;
            }
        }
        result.periods.push(period);
    }
    Ok(result)
}

/// Elasticities of capital, one per unit, and what they rest on.
#[derive(Clone, Debug, PartialEq)]
pub struct Slopes {
    /// Numbers of the units, in order.
    pub units: Vec<usize>,
    /// Elasticity of capital of each; that of labour is the rest to 1.
    pub slopes: Vec<f64>,
    /// Standard errors under equal variances (one unit is one cluster, so that no clustered error exists).
    pub errors: Vec<f64>,
    /// Rows used.
    pub rows: usize,
}

/// Why the elasticities cannot be estimated.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum SlopeError {
    /// Slices differ in length.
    #[error("units, periods, output, capital and labour must have equal length")]
    Shape,
    /// Units with fewer than three complete rows.
    #[error("{} units have fewer than three complete rows", .0.len())]
    Short(Vec<usize>),
    /// Units whose capital per worker does not move.
    #[error("capital per worker of {} units does not move", .0.len())]
    Constant(Vec<usize>),
    /// The period effects and the slopes cannot be told apart.
    #[error("the period effects are a combination of the units' capital per worker")]
    Collinear,
    /// Too few rows.
    #[error("{rows} complete rows cannot determine {coefficients} coefficients")]
    Rows {
        /// Complete rows.
        rows: usize,
        /// Coefficients.
        coefficients: usize,
    },
}

/// Slopes `β_i` of `ln(y/l) = a_i + λ_t + β_i ln(k/l) + e` by least squares, on rows with positive output, capital and
/// labour. Intercepts and slopes are partialled out unit by unit (Frisch-Waugh-Lovell), so that only the period effects
/// are solved for together.
///
/// # Errors
/// [`SlopeError`]; all offending units are listed.
pub fn slopes(data: &Data<'_>, period_effects: bool) -> Result<Slopes, SlopeError> {
    let n = data.units.len();
    if [data.periods.len(), data.output.len(), data.capital.len(), data.labour.len()] != [n; 4] {
        return Err(SlopeError::Shape);
    }
    let good = |x: f64| x.is_finite() && x > 0.0;
    let mut order: Vec<usize> =
        (0..n).filter(|&i| good(data.output[i]) && good(data.capital[i]) && good(data.labour[i])).collect();
    order.sort_by_key(|&i| (data.units[i], data.periods[i], i));
    let periods = rows::distinct(order.iter().map(|&i| data.periods[i]));
    let effects = if period_effects { periods.len().saturating_sub(1) } else { 0 };
    let blocks: Vec<&[usize]> = order.chunk_by(|&a, &b| data.units[a] == data.units[b]).collect();
    let named = |of: &dyn Fn(&[usize]) -> bool| blocks.iter().filter(|b| of(b)).map(|b| data.units[b[0]]).collect::<Vec<_>>();
    let short = named(&|b| b.len() < 3);
    if !short.is_empty() {
        return Err(SlopeError::Short(short));
    }
    let (mut y, mut d) = (Vec::new(), vec![Vec::new(); effects]);
    // Of each unit: deviations of ln(k/l), their square, and slopes of output and dummies on them.
    let mut own: Vec<(f64, f64, Vec<f64>)> = Vec::new();
    let mut still = Vec::new();
    for block in &blocks {
        let deviations = |f: &dyn Fn(usize) -> f64| {
            let v: Vec<f64> = block.iter().map(|&i| f(i)).collect();
            let m = mean(&v);
            (v.iter().map(|x| x - m).collect::<Vec<f64>>(), v.iter().fold(0.0_f64, |a, x| a.max(x.abs())))
        };
        let (x, wide) = deviations(&|i| (data.capital[i] / data.labour[i]).ln());
        let square = sum(&x.iter().map(|v| v * v).collect::<Vec<_>>());
        // Rounding of the logarithms leaves dust where nothing moves.
        if square.sqrt() <= 1e-12 * wide.max(1.0) {
            still.push(data.units[block[0]]);
            continue;
        }
        let partial = |v: &[f64]| {
            let slope = sum(&x.iter().zip(v).map(|(a, b)| a * b).collect::<Vec<_>>()) / square;
            (slope, v.iter().zip(&x).map(|(v, x)| v - slope * x).collect::<Vec<f64>>())
        };
        let (slope, rest) = partial(&deviations(&|i| (data.output[i] / data.labour[i]).ln()).0);
        y.extend(rest);
        let mut dummies = Vec::with_capacity(effects);
        for (t, column) in d.iter_mut().enumerate() {
            let (s, rest) = partial(&deviations(&|i| f64::from(u8::from(data.periods[i] == periods[t + 1]))).0);
            column.extend(rest);
            dummies.push(s);
        }
        own.push((square, slope, dummies));
    }
    if !still.is_empty() {
        return Err(SlopeError::Constant(still));
    }
    let coefficients = 2 * blocks.len() + effects;
    if order.len() <= coefficients {
        return Err(SlopeError::Rows { rows: order.len(), coefficients });
    }
    let fit = least_squares::fit(&d, &y).map_err(|e| match e {
        Unfit::Short { rows, columns } => SlopeError::Rows { rows, coefficients: columns },
        Unfit::Collinear { .. } | Unfit::Ragged { .. } => SlopeError::Collinear,
    })?;
    let covariance = fit.covariance(2 * blocks.len());
    let spare = (order.len() - coefficients) as f64;
    let variance = sum(&fit.residuals.iter().map(|e| e * e).collect::<Vec<_>>()) / spare;
    let (mut slopes, mut errors) = (Vec::new(), Vec::new());
    for (square, slope, dummies) in &own {
        slopes.push(slope - sum(&dummies.iter().zip(&fit.coefficients).map(|(d, b)| d * b).collect::<Vec<_>>()));
        let through: f64 = (0..effects)
            .flat_map(|r| (0..effects).map(move |c| (r, c)))
            .map(|(r, c)| dummies[r] * covariance[r * effects + c] * dummies[c])
            .sum();
        errors.push((variance / square + through).max(0.0).sqrt());
    }
    Ok(Slopes { units: blocks.iter().map(|b| data.units[b[0]]).collect(), slopes, errors, rows: order.len() })
}

#[cfg(test)]
#[path = "factor_misallocation_tests.rs"]
mod tests;
