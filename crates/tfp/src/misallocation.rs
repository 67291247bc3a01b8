#![doc = include_str!("misallocation.md")]

use numerics::moments::{mean, quantile, sum, variance};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::rows;

/// The page of the method in English.
pub const PAGE: &str = include_str!("misallocation.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("misallocation.zh.md");

/// Options of Hsieh and Klenow's accounting.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MisallocationOptions {
    /// Elasticity of substitution between the firms of an industry, above 1.
    pub sigma: f64,
    /// Rental price of capital; it moves the capital wedge by a factor, no other result.
    pub rental: f64,
    /// Share of firms cut from each tail of `ln(TFPR / mean)` and of `ln(A M^(1/(σ-1)) / Ā)`, all industries together.
    pub trim: f64,
}

impl Default for MisallocationOptions {
    fn default() -> Self {
        Self { sigma: 3.0, rental: 0.1, trim: 0.01 }
    }
}

/// Firms of one period. Every slice has one entry per row; rows may stand in any order.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// Number of the unit of each row; each stands once.
    pub units: &'a [usize],
    /// Number of the industry of each row.
    pub industries: &'a [usize],
    /// Value added `PY`; `NaN` is missing.
    pub revenue: &'a [f64],
    /// Capital `K`; `NaN` is missing.
    pub capital: &'a [f64],
    /// Wage bill `wL`; `NaN` is missing.
    pub labour: &'a [f64],
    /// Capital share `α` of the industry, inside (0, 1), the same in all its rows; `NaN` is missing.
    pub alpha: &'a [f64],
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Counted.
    Used,
    /// Wedges are given; cut from a tail and not counted in the gains.
    Trimmed,
    /// A cell is missing: nothing is given.
    Missing,
    /// Value added, capital or wage bill is zero or negative: nothing is given.
    NotPositive,
}

/// Spread of logarithms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Standard deviation, denominator n - 1; with weights, of the weighted distribution.
    pub sd: f64,
    /// 75th less 25th percentile.
    pub p75_p25: f64,
    /// 90th less 10th percentile.
    pub p90_p10: f64,
}

/// One industry.
#[derive(Clone, Debug, PartialEq)]
pub struct Industry {
    /// Number of the industry.
    pub industry: usize,
    /// Firms counted.
    pub firms: usize,
    /// Firms trimmed.
    pub trimmed: usize,
    /// Capital share.
    pub alpha: f64,
    /// Share `θ` in value added.
    pub share: f64,
    /// `Y / Y*`: actual over efficient output, its inputs given.
    pub ratio: f64,
    /// Capital over what equal marginal products across industries would give it.
    pub capital: f64,
    /// Labour over what equal marginal products across industries would give it.
    pub labour: f64,
    /// Spread of `ln(TFPR / mean)`.
    pub tfpr: Spread,
    /// Spread of `ln(A M^(1/(σ-1)) / Ā)`.
    pub tfpq: Spread,
}

/// Result of the accounting; columns are aligned with the rows given.
#[derive(Clone, Debug, PartialEq)]
pub struct Misallocation {
    /// Output wedge: `1 - τ_Y = σ/(σ-1) · wL / ((1-α) PY)`.
    pub tau_y: Vec<f64>,
    /// Capital wedge: `1 + τ_K = α/(1-α) · wL / (R K)`.
    pub tau_k: Vec<f64>,
    /// `ln(TFPR / mean)`, `TFPR = PY / (K^α (wL)^(1-α))`; the mean is that of the firms counted;
    /// `NaN` where all firms of the industry are cut.
    pub tfpr: Vec<f64>,
    /// `ln(A M^(1/(σ-1)) / Ā)`, `A = (PY)^(σ/(σ-1)) / (K^α (wL)^(1-α))`, up to a constant of the industry.
    pub tfpq: Vec<f64>,
    /// Status of each row.
    pub status: Vec<Status>,
    /// Industries with firms counted, in order of their number.
    pub industries: Vec<Industry>,
    /// `Y / Y*` within industries: `Π ratio^θ` (Hsieh and Klenow).
    pub within: f64,
    /// `Y / Y*` between industries, Cobb-Douglas in `θ` (Oberfield).
    pub between: f64,
    /// Spread of `ln(TFPR / mean)`, every firm the same weight, then every industry its share of value added.
    pub tfpr_spread: [Spread; 2],
    /// Spread of `ln(A M^(1/(σ-1)) / Ā)`, likewise.
    pub tfpq_spread: [Spread; 2],
    /// Largest difference of the log industry mean of TFPR from wedges and from totals, and of any `Y / Y*` above 1.
    pub residual: f64,
}

impl Misallocation {
    /// Gain of output in percent if TFPR were equal within industries: `100 (Y*/Y - 1)`.
    pub fn gain(&self) -> f64 {
        100.0 * (1.0 / self.within - 1.0)
    }

    /// Gain in percent if marginal products were equal within and between industries.
    pub fn total_gain(&self) -> f64 {
        100.0 * (1.0 / (self.within * self.between) - 1.0)
    }
}

/// Gain in percent from reaching the efficiency of a reference economy, both gains in percent (Table VI of Hsieh and Klenow).
pub fn relative_gain(gain: f64, reference: f64) -> f64 {
    100.0 * ((1.0 + gain / 100.0) / (1.0 + reference / 100.0) - 1.0)
}

/// Why nothing is accounted for.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum MisallocationError {
    /// Slices differ in length.
    #[error("units, industries, value added, capital, wage bill and capital shares must have equal length")]
    Shape,
    /// An option out of range.
    #[error("sigma must exceed 1, rental must be positive, trim must lie in [0, 0.5)")]
    Options,
    /// The same unit twice: rows.
    #[error("rows {0} and {1} are the same unit")]
    Duplicate(usize, usize),
    /// Capital shares outside (0, 1): rows.
    #[error("{} capital shares lie outside 0 to 1", .0.len())]
    Alpha(Vec<usize>),
    /// Industries whose capital share differs between rows.
    #[error("{} industries have several capital shares", .0.len())]
    Alphas(Vec<usize>),
    /// No row is complete and positive, or all are trimmed.
    #[error("no row has positive value added, capital and wage bill and a capital share")]
    Empty,
}

/// Logarithms of one firm.
#[derive(Clone, Copy)]
struct Firm {
    row: usize,
    industry: usize,
    tfpr: f64,
    tfpq: f64,
}

/// Totals of an industry.
struct Total {
    revenue: f64,
    capital: f64,
    labour: f64,
    /// `ln` of mean TFPR.
    tfpr: f64,
    /// `ln` of `Ā M^(-1/(σ-1))`.
    tfpq: f64,
    /// `ln Ā`.
    level: f64,
    alpha: f64,
    firms: usize,
}

/// Wedges, TFPR and TFPQ of each firm; efficiency of the allocation within and between industries.
///
/// # Errors
/// [`MisallocationError`]; all offending rows are listed. Rows that are missing or not positive keep a status.
pub fn misallocation(data: &Data<'_>, options: &MisallocationOptions) -> Result<Misallocation, MisallocationError> {
    let order = check(data, options)?;
    let n = data.units.len();
    let mut result = Misallocation {
        tau_y: vec![f64::NAN; n],
        tau_k: vec![f64::NAN; n],
        tfpr: vec![f64::NAN; n],
        tfpq: vec![f64::NAN; n],
        status: vec![Status::Missing; n],
        industries: Vec::new(),
        within: f64::NAN,
        between: f64::NAN,
        tfpr_spread: [NONE; 2],
        tfpq_spread: [NONE; 2],
        residual: 0.0,
    };
    let markup = options.sigma / (options.sigma - 1.0);
    let mut firms = Vec::new();
    for i in order {
        let (y, k, l, a) = (data.revenue[i], data.capital[i], data.labour[i], data.alpha[i]);
        if [y, k, l, a].iter().any(|x| !x.is_finite()) {
            continue;
        }
        if [y, k, l].iter().any(|x| *x <= 0.0) {
            result.status[i] = Status::NotPositive;
            continue;
        }
        let (output, capital) = wedges(data, options, i);
        (result.tau_y[i], result.tau_k[i]) = (1.0 - output, capital - 1.0);
        result.status[i] = Status::Used;
        let inputs = a * k.ln() + (1.0 - a) * l.ln();
        firms.push(Firm { row: i, industry: data.industries[i], tfpr: y.ln() - inputs, tfpq: markup * y.ln() - inputs });
    }
    firms.sort_by_key(|f| (f.industry, data.units[f.row]));
    let all = firms.clone();
    let mut totals = sums(data, &firms, options.sigma);
    if options.trim > 0.0 && !firms.is_empty() {
        let keep = inside(&firms, &totals, options.trim);
        for (f, _) in firms.iter().zip(&keep).filter(|(_, k)| !**k) {
            result.status[f.row] = Status::Trimmed;
        }
        firms.retain(|f| result.status[f.row] == Status::Used);
        totals = sums(data, &firms, options.sigma);
    }
    if firms.is_empty() {
        return Err(MisallocationError::Empty);
    }
    for f in &all {
        // An industry whose firms were all cut has no mean to compare with.
        if let Ok(at) = totals.binary_search_by_key(&f.industry, |t| t.0) {
            result.tfpr[f.row] = f.tfpr - totals[at].1.tfpr;
            result.tfpq[f.row] = f.tfpq - totals[at].1.tfpq;
        }
    }
    allocate(data, options, &firms, &all, &totals, &mut result);
    Ok(result)
}

const NONE: Spread = Spread { sd: f64::NAN, p75_p25: f64::NAN, p90_p10: f64::NAN };

fn check(data: &Data<'_>, options: &MisallocationOptions) -> Result<Vec<usize>, MisallocationError> {
    let n = data.units.len();
    if [data.industries.len(), data.revenue.len(), data.capital.len(), data.labour.len(), data.alpha.len()] != [n; 5] {
        return Err(MisallocationError::Shape);
    }
    let positive = |x: f64| x > 0.0 && x.is_finite();
    if !positive(options.sigma - 1.0) || !positive(options.rental) || !(0.0..0.5).contains(&options.trim) {
        return Err(MisallocationError::Options);
    }
    let bad: Vec<usize> = (0..n).filter(|&i| data.alpha[i] <= 0.0 || data.alpha[i] >= 1.0).collect();
    if !bad.is_empty() {
        return Err(MisallocationError::Alpha(bad));
    }
    let mut shares: Vec<(usize, f64)> =
        (0..n).filter(|&i| data.alpha[i].is_finite()).map(|i| (data.industries[i], data.alpha[i])).collect();
    shares.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    shares.dedup();
    let mut several: Vec<usize> = shares.windows(2).filter(|w| w[0].0 == w[1].0).map(|w| w[0].0).collect();
    several.dedup();
    if !several.is_empty() {
        return Err(MisallocationError::Alphas(several));
    }
    rows::in_order(n, |i| data.units[i]).map_err(|rows::Twice(a, b)| MisallocationError::Duplicate(a, b))
}

/// `ln Σ exp x`.
fn log_sum(x: &[f64]) -> f64 {
    let top = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    top + sum(&x.iter().map(|v| (v - top).exp()).collect::<Vec<_>>()).ln()
}

/// Totals by industry, in order of industry; firms stand in that order.
fn sums(data: &Data<'_>, firms: &[Firm], sigma: f64) -> Vec<(usize, Total)> {
    firms
        .chunk_by(|a, b| a.industry == b.industry)
        .map(|block| {
            let over = |column: &[f64]| sum(&block.iter().map(|f| column[f.row]).collect::<Vec<_>>());
            let (revenue, capital, labour) = (over(data.revenue), over(data.capital), over(data.labour));
            let alpha = data.alpha[block[0].row];
            let level = log_sum(&block.iter().map(|f| (sigma - 1.0) * f.tfpq).collect::<Vec<_>>()) / (sigma - 1.0);
            let total = Total {
                revenue,
                capital,
                labour,
                tfpr: revenue.ln() - alpha * capital.ln() - (1.0 - alpha) * labour.ln(),
                tfpq: level - (block.len() as f64).ln() / (sigma - 1.0),
                level,
                alpha,
                firms: block.len(),
            };
            (block[0].industry, total)
        })
        .collect()
}

/// `1 - τ_Y` and `1 + τ_K` of a firm: as such, because near nought both lose their digits in the taxes themselves.
fn wedges(data: &Data<'_>, options: &MisallocationOptions, i: usize) -> (f64, f64) {
    let (y, k, l, a) = (data.revenue[i], data.capital[i], data.labour[i], data.alpha[i]);
    let markup = options.sigma / (options.sigma - 1.0);
    (markup * l / ((1.0 - a) * y), a / (1.0 - a) * l / (options.rental * k))
}

fn relative(firms: &[Firm], totals: &[(usize, Total)]) -> (Vec<f64>, Vec<f64>) {
    let of = |f: &Firm| totals.binary_search_by_key(&f.industry, |t| t.0).ok().map(|at| &totals[at].1);
    let each =
        |value: fn(&Firm, &Total) -> f64| -> Vec<f64> { firms.iter().map(|f| of(f).map_or(f64::NAN, |t| value(f, t))).collect() };
    (each(|f, t| f.tfpr - t.tfpr), each(|f, t| f.tfpq - t.tfpq))
}

/// Which firms lie between the quantiles `trim` and `1 - trim` of both measures.
fn inside(firms: &[Firm], totals: &[(usize, Total)], trim: f64) -> Vec<bool> {
    let (tfpr, tfpq) = relative(firms, totals);
    let bounds = |v: &[f64]| {
        let mut s = v.to_vec();
        s.sort_by(f64::total_cmp);
        (quantile(&s, trim), quantile(&s, 1.0 - trim))
    };
    let (r, q) = (bounds(&tfpr), bounds(&tfpq));
    // A firm on the quantile stays, whatever the rounding of its logarithm.
    let within = |x: f64, b: (f64, f64)| b.0 - 1e-9 <= x && x <= b.1 + 1e-9;
    tfpr.iter().zip(&tfpq).map(|(&a, &b)| within(a, r) && within(b, q)).collect()
}

fn allocate(
    data: &Data<'_>,
    options: &MisallocationOptions,
    firms: &[Firm],
    all: &[Firm],
    totals: &[(usize, Total)],
    result: &mut Misallocation,
) {
    let (tfpr, tfpq) = relative(firms, totals);
    let over = |f: &dyn Fn(&Total) -> f64| sum(&totals.iter().map(|t| f(&t.1)).collect::<Vec<_>>());
    let (revenue, capital, labour) = (over(&|t| t.revenue), over(&|t| t.capital), over(&|t| t.labour));
    let of_capital = over(&|t| t.revenue * t.alpha) / revenue;
    let (mut within, mut between, mut from) = (Vec::new(), Vec::new(), 0);
    for (industry, t) in totals {
        let block = from..from + t.firms;
        from = block.end;
        let share = t.revenue / revenue;
        let ratio = t.revenue.ln() / (options.sigma - 1.0) + t.tfpr - t.level;
        // The same mean from the wedges, as the paper writes it.
        let weighted = |f: &dyn Fn(usize) -> f64| {
            sum(&firms[block.clone()].iter().map(|x| f(x.row) * data.revenue[x.row] / t.revenue).collect::<Vec<_>>())
        };
        let of_k = weighted(&|i| wedges(data, options, i).0 / wedges(data, options, i).1);
        let of_l = weighted(&|i| wedges(data, options, i).0);
        let mean = (options.sigma / (options.sigma - 1.0)).ln() + t.alpha * (options.rental / (t.alpha * of_k)).ln()
            - (1.0 - t.alpha) * ((1.0 - t.alpha) * of_l).ln();
        result.residual = result.residual.max((mean - t.tfpr).abs()).max(ratio);
        let excess = [
            t.capital / capital / (share * t.alpha / of_capital),
            t.labour / labour / (share * (1.0 - t.alpha) / (1.0 - of_capital)),
        ];
        within.push(share * ratio);
        between.push(share * (t.alpha * excess[0].ln() + (1.0 - t.alpha) * excess[1].ln()));
        result.industries.push(Industry {
            industry: *industry,
            firms: t.firms,
            trimmed: all.partition_point(|f| f.industry <= *industry) - all.partition_point(|f| f.industry < *industry) - t.firms,
            alpha: t.alpha,
            share,
            ratio: ratio.exp(),
            capital: excess[0],
            labour: excess[1],
            tfpr: spread(&tfpr[block.clone()]),
            tfpq: spread(&tfpq[block]),
        });
    }
    result.within = sum(&within).exp();
    result.between = sum(&between).exp();
    result.residual = result.residual.max(sum(&between));
    let weights: Vec<f64> =
        totals.iter().flat_map(|(_, t)| std::iter::repeat_n(t.revenue / revenue / t.firms as f64, t.firms)).collect();
    result.tfpr_spread = [spread(&tfpr), weighted_spread(&tfpr, &weights)];
    result.tfpq_spread = [spread(&tfpq), weighted_spread(&tfpq, &weights)];
}

fn spread(x: &[f64]) -> Spread {
    let mut s = x.to_vec();
    s.sort_by(f64::total_cmp);
    let gap = |p: f64| quantile(&s, 1.0 - p) - quantile(&s, p);
    let sd = if x.len() > 1 { variance(x, 1).sqrt() } else { f64::NAN };
    Spread { sd, p75_p25: gap(0.25), p90_p10: gap(0.1) }
}

/// Spread where values weigh `w` (sum 1); a percentile is the smallest value with that weight at or below it.
fn weighted_spread(x: &[f64], w: &[f64]) -> Spread {
    let mut pairs: Vec<(f64, f64)> = x.iter().copied().zip(w.iter().copied()).collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let at = |p: f64| {
        let mut below = 0.0;
        let hit = pairs.iter().find(|(_, w)| {
            below += w;
            below >= p - 1e-12
        });
        hit.or(pairs.last()).map_or(f64::NAN, |v| v.0)
    };
    let all = sum(w);
    let centre = sum(&pairs.iter().map(|(x, w)| x * w).collect::<Vec<_>>()) / all;
    let square = sum(&pairs.iter().map(|(x, w)| w * (x - centre) * (x - centre)).collect::<Vec<_>>()) / all;
    Spread { sd: square.sqrt(), p75_p25: at(0.75) - at(0.25), p90_p10: at(0.9) - at(0.1) }
}

/// Slope of `ln(TFPR / mean)` on `ln(A M^(1/(σ-1)) / Ā)` over the firms counted, industry means taken out: the higher, the
/// more of the spread of TFPR follows measured productivity, as errors of measurement make it do.
pub fn slope(result: &Misallocation, data: &Data<'_>) -> f64 {
    let mut rows: Vec<usize> = (0..data.units.len()).filter(|&i| result.status[i] == Status::Used).collect();
    rows.sort_by_key(|&i| (data.industries[i], data.units[i]));
    let (mut xy, mut xx) = (Vec::new(), Vec::new());
    for block in rows.chunk_by(|&a, &b| data.industries[a] == data.industries[b]) {
        let centred = |column: &[f64]| {
            let m = mean(&block.iter().map(|&i| column[i]).collect::<Vec<_>>());
            block.iter().map(|&i| column[i] - m).collect::<Vec<f64>>()
        };
        let (r, q) = (centred(&result.tfpr), centred(&result.tfpq));
        xy.extend(r.iter().zip(&q).map(|(r, q)| r * q));
        xx.extend(q.iter().map(|q| q * q));
    }
    sum(&xy) / sum(&xx)
}

#[cfg(test)]
#[path = "misallocation_tests.rs"]
mod tests;
