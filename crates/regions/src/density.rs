#![doc = include_str!("density.md")]

mod bandwidth;
mod modes;
#[cfg(test)]
mod tests;

use numerics::moments;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use bandwidth::Rule;
pub use modes::{Peak, Unimodality};

/// The page of the method in English.
pub const PAGE: &str = include_str!("density.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("density.zh.md");

/// Weight of a value by its distance `u` in bandwidths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kernel {
    /// `exp(−u²/2)/√(2π)`.
    #[default]
    Gaussian,
    /// `3/(4√5) (1 − u²/5)` for `|u| < √5`: variance 1, so bandwidths mean the same as with `gaussian` (Stata's
    /// `epanechnikov`, its default; R's too).
    Epanechnikov,
    /// `3/4 (1 − u²)` for `|u| < 1` (Epanechnikov 1969; Stata's `epan2`): narrower by √5 at the same bandwidth.
    Epan2,
}

impl Kernel {
    fn at(self, u: f64) -> f64 {
        const ROOT_FIVE: f64 = 2.236_067_977_499_79;
        match self {
            Self::Gaussian => libm::exp(-0.5 * u * u) / (2.0 * std::f64::consts::PI).sqrt(),
            Self::Epanechnikov => 0.75 / ROOT_FIVE * (1.0 - u * u / 5.0).max(0.0),
            Self::Epan2 => 0.75 * (1.0 - u * u).max(0.0),
        }
    }

    /// Bandwidths beyond which the weight is 0, or less than one part in 10^16.
    fn reach(self) -> f64 {
        match self {
            Self::Gaussian => 8.6,
            Self::Epanechnikov => 5_f64.sqrt(),
            Self::Epan2 => 1.0,
        }
    }

    /// Bandwidths that curves reach past the outermost values.
    fn margin(self) -> f64 {
        self.reach().min(3.0)
    }
}

/// Whether periods share a bandwidth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// One bandwidth for all periods, the median of their own: curves can be compared.
    #[default]
    Common,
    /// Each period its own: peaks narrow and widen with the bandwidth too.
    PerPeriod,
}

/// Options of [`density`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DensityOptions {
    /// Kernel.
    pub kernel: Kernel,
    /// Rule that gives the bandwidth.
    pub rule: Rule,
    /// The bandwidth itself, instead of a rule.
    pub bandwidth: Option<f64>,
    /// Whether periods share a bandwidth.
    pub scope: Scope,
    /// Smallest possible value: the curve is reflected there and 0 below.
    pub lower: Option<f64>,
    /// Largest possible value: the curve is reflected there and 0 above.
    pub upper: Option<f64>,
    /// Least number of points of the grid, which all periods share; narrow bandwidths take more.
    pub points: usize,
    /// Least prominence of a peak that counts as a mode, as a share of the highest peak of its curve.
    pub prominence: f64,
    /// Replicates of Silverman's test of one mode; 0 leaves it out.
    pub bootstrap: u32,
}

impl Default for DensityOptions {
    fn default() -> Self {
        Self {
            kernel: Kernel::default(),
            rule: Rule::default(),
            bandwidth: None,
            scope: Scope::default(),
            lower: None,
            upper: None,
            points: 256,
            prominence: 0.01,
            bootstrap: 499,
        }
    }
}

/// Why there is no density. Samples and values count from 0 in the order given.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DensityError {
    /// Fewer than three values.
    #[error("{values} value(s): a density needs at least 3")]
    TooFew {
        /// Sample.
        sample: usize,
        /// Values it has.
        values: usize,
    },
    /// A value that is not a finite number.
    #[error("value {row} is not finite")]
    NotFinite {
        /// Sample.
        sample: usize,
        /// Value.
        row: usize,
    },
    /// A value outside the stated support.
    #[error("{value} lies outside the stated support")]
    Outside {
        /// Sample.
        sample: usize,
        /// Place of the value.
        row: usize,
        /// The value.
        value: f64,
    },
    /// Values without a spread, and no bandwidth from elsewhere.
    #[error("the rule gives no bandwidth: its values do not differ")]
    NoBandwidth {
        /// Sample; `None` where no sample has one.
        sample: Option<usize>,
    },
    /// An option out of its range.
    #[error("`{name}` must be {limit}")]
    Option {
        /// Option.
        name: &'static str,
        /// What it may be.
        limit: &'static str,
    },
    /// A bandwidth so narrow that no grid shows the curve.
    #[error("a bandwidth of {bandwidth:e} shows nothing of values that span {span:e}")]
    Narrow {
        /// The narrowest bandwidth.
        bandwidth: f64,
        /// Length of the grid.
        span: f64,
    },
    /// There is no sample.
    #[error("there are no values")]
    Empty,
}

/// Shape of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// Values.
    pub values: usize,
    /// Mean.
    pub mean: f64,
    /// Standard deviation, denominator n − 1.
    pub sd: f64,
    /// Quantiles at 10, 50 and 90 % (type 7).
    pub quantiles: [f64; 3],
    /// Skewness with the correction for small samples; `NaN` for constant values.
    pub skewness: f64,
    /// Sarle's coefficient `(g² + 1)/(k + 3(n−1)²/((n−2)(n−3)))` of corrected skewness g and excess kurtosis k: above
    /// 5/9, that of the uniform distribution, it points to two modes or a heavy skew. `NaN` below four values.
    pub bimodality: f64,
}

/// Density of one sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Bandwidth used.
    pub bandwidth: f64,
    /// What the rule gives for this sample alone; `NaN` where it gives none.
    pub own: f64,
    /// Values on the grid.
    pub values: Vec<f64>,
    /// Share of the mass that lies on the grid, by the trapezoidal rule.
    pub mass: f64,
    /// Local maxima, from left to right.
    pub peaks: Vec<Peak>,
    /// Peaks prominent enough to count.
    pub modes: usize,
    /// Silverman's test of one mode; `None` without replicates or for constant values.
    pub unimodality: Option<Unimodality>,
    /// Shape of the sample.
    pub shape: Shape,
}

/// Densities on a common grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Density {
    /// Where the curves are evaluated, ascending.
    pub grid: Vec<f64>,
    /// One curve for each sample.
    pub curves: Vec<Curve>,
}

/// Kernel densities of samples (one for each period).
///
/// # Errors
/// Every [`DensityError`] found.
pub fn density(samples: &[Vec<f64>], options: &DensityOptions, seed: u64) -> Result<Density, Vec<DensityError>> {
    let errors = refused(samples, options);
    if !errors.is_empty() {
        return Err(errors);
    }
    let own: Vec<f64> = samples.iter().map(|x| options.bandwidth.unwrap_or_else(|| options.rule.bandwidth(x))).collect();
    let known: Vec<f64> = own.iter().copied().filter(|h| !h.is_nan()).collect();
    if known.is_empty() {
        return Err(vec![DensityError::NoBandwidth { sample: None }]);
    }
    let widths: Vec<f64> = match options.scope {
        Scope::Common => vec![moments::median(&known); samples.len()],
        Scope::PerPeriod => own.clone(),
    };
    let without = |(sample, h): (usize, &f64)| h.is_nan().then_some(DensityError::NoBandwidth { sample: Some(sample) });
    let errors: Vec<DensityError> = widths.iter().enumerate().filter_map(without).collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let grid = grid(samples, &widths, options).map_err(|e| vec![e])?;
    let curves = samples.iter().enumerate().map(|(s, x)| {
        let h = widths[s];
        let images = images(x, h, options);
        let values: Vec<f64> = grid.par_iter().map(|&at| height(&images, x.len(), at, h, options.kernel)).collect();
        let peaks = modes::peaks(&grid, &values);
        let highest = peaks.iter().map(|p| p.height).fold(0.0, f64::max);
        Curve {
            bandwidth: h,
            own: own[s],
            mass: grid.windows(2).zip(values.windows(2)).map(|(g, v)| 0.5 * (g[1] - g[0]) * (v[0] + v[1])).sum(),
            modes: peaks.iter().filter(|p| p.prominence >= options.prominence * highest).count(),
            peaks,
            values,
            unimodality: modes::unimodality(x, options.bootstrap, seed, s),
            shape: shape(x),
        }
    });
    Ok(Density { curves: curves.collect(), grid })
}

/// What is wrong with samples and options.
fn refused(samples: &[Vec<f64>], options: &DensityOptions) -> Vec<DensityError> {
    let mut errors = Vec::new();
    if samples.is_empty() {
        errors.push(DensityError::Empty);
    }
    let (lower, upper) = (options.lower.unwrap_or(f64::NEG_INFINITY), options.upper.unwrap_or(f64::INFINITY));
    let limits = [
        ("bandwidth", options.bandwidth.is_none_or(|h| h.is_finite() && h > 0.0), "a positive number"),
        ("lower", lower < upper && lower < f64::INFINITY, "below `upper`"),
        ("points", (16..=100_000).contains(&options.points), "16 to 100 000"),
        ("prominence", (0.0..1.0).contains(&options.prominence), "at least 0 and below 1"),
    ];
    let wrong = limits.iter().filter(|(_, fits, _)| !fits);
    errors.extend(wrong.map(|&(name, _, limit)| DensityError::Option { name, limit }));
    for (sample, x) in samples.iter().enumerate() {
        if x.len() < 3 {
            errors.push(DensityError::TooFew { sample, values: x.len() });
        }
        for (row, &value) in x.iter().enumerate() {
            if !value.is_finite() {
                errors.push(DensityError::NotFinite { sample, row });
            } else if value < lower || value > upper {
                errors.push(DensityError::Outside { sample, row, value });
            }
        }
    }
    errors
}

/// Points of a grid in each bandwidth, so that no kernel falls between them and the trapezoidal rule is right to 2 %.
const DENSE: f64 = 4.0;
/// Points of a grid at most.
const FINEST: f64 = 16_384.0;

/// Evenly from a margin below the smallest value to a margin above the largest, inside the support.
fn grid(samples: &[Vec<f64>], widths: &[f64], options: &DensityOptions) -> Result<Vec<f64>, DensityError> {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for (x, h) in samples.iter().zip(widths) {
        for value in x {
            low = low.min(value - h * options.kernel.margin());
            high = high.max(value + h * options.kernel.margin());
        }
    }
    low = options.lower.map_or(low, |l| low.max(l));
    high = options.upper.map_or(high, |u| high.min(u));
    let (span, bandwidth) = (high - low, widths.iter().copied().fold(f64::INFINITY, f64::min));
    let needed = (DENSE * span / bandwidth).ceil();
    // Also where the quotient overflows or the bandwidth is lost beside the values.
    if !(needed > 0.0 && needed < FINEST.max(options.points as f64)) {
        return Err(DensityError::Narrow { bandwidth, span });
    }
    let last = (options.points - 1).max(needed as usize);
    // Weighted ends, so that the last point is the end itself.
    let at = |i: usize| {
        let share = i as f64 / last as f64;
        low * (1.0 - share) + high * share
    };
    Ok((0..=last).map(at).collect())
}

/// The values with their mirror images at the ends of the support, as far as the kernel reaches; sorted.
fn images(x: &[f64], h: f64, options: &DensityOptions) -> Vec<f64> {
    let reach = h * options.kernel.reach();
    let mut all = x.to_vec();
    match (options.lower, options.upper) {
        (None, None) => {}
        (Some(lower), None) => all.extend(x.iter().map(|v| 2.0 * lower - v)),
        (None, Some(upper)) => all.extend(x.iter().map(|v| 2.0 * upper - v)),
        (Some(lower), Some(upper)) => {
            let span = upper - lower;
            let times = (reach / span).ceil().min(1e4) as i32 + 1;
            all = (-times..=times)
                .flat_map(|m| {
                    let shift = 2.0 * f64::from(m) * span;
                    x.iter().flat_map(move |v| [v + shift, 2.0 * lower - v + shift])
                })
                .filter(|v| *v >= lower - reach && *v <= upper + reach)
                .collect();
        }
    }
    all.sort_by(f64::total_cmp);
    all
}

/// Height of the curve over `n` values and their images.
fn height(sorted: &[f64], n: usize, at: f64, h: f64, kernel: Kernel) -> f64 {
    let reach = h * kernel.reach();
    let from = sorted.partition_point(|v| *v < at - reach);
    let to = sorted.partition_point(|v| *v <= at + reach);
    sorted[from..to].iter().map(|v| kernel.at((at - v) / h)).sum::<f64>() / (n as f64 * h)
}

fn shape(x: &[f64]) -> Shape {
    let mut sorted = x.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (n, mean) = (x.len() as f64, moments::mean(x));
    let sd = moments::deviation(x, 1);
    let moment = |power: i32| x.iter().map(|v| ((v - mean) / sd).powi(power)).sum::<f64>() / n;
    // Values that differ by rounding alone have no shape.
    let flat = sd <= 1e-14 * mean.abs();
    // Moments over the deviation with n − 1, brought to that with n.
    let (third, fourth) = (moment(3) * (n / (n - 1.0)).powf(1.5), moment(4) * (n / (n - 1.0)).powi(2));
    let skewness = third * (n * (n - 1.0)).sqrt() / (n - 2.0);
    let excess = (n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * (fourth - 3.0) + 6.0);
    let bimodality = (skewness * skewness + 1.0) / (excess + 3.0 * (n - 1.0).powi(2) / ((n - 2.0) * (n - 3.0)));
    Shape {
        values: x.len(),
        mean,
        sd: if flat { 0.0 } else { sd },
        quantiles: [0.1, 0.5, 0.9].map(|p| moments::quantile(&sorted, p)),
        skewness: if flat { f64::NAN } else { skewness },
        bimodality: if flat || x.len() < 4 { f64::NAN } else { bimodality },
    }
}
