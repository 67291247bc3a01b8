#![doc = include_str!("shift_share.md")]

use numerics::moments::sum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::industries::{self, Industries};

/// The page of the method in English.
pub const PAGE: &str = include_str!("shift_share.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("shift_share.zh.md");

/// Which end of the span weighs what. `s` share of labour, `x` productivity, 0 before, 1 after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Formula {
    /// `Σ s₀Δx + Σ x₀Δs + Σ ΔsΔx`: within, between (static), interaction (dynamic); Fabricant (1942).
    #[default]
    ThreePart,
    /// `Σ s̄Δx + Σ x̄Δs` with the means of both ends; no interaction.
    Midpoint,
    /// `Σ s₀Δx + Σ x₁Δs`: structural change at the productivity of the end; McMillan and Rodrik (2011).
    EndProductivity,
}

/// What the productivity of an industry is held against where labour moves into it. The totals do not depend
/// on it, the contributions of industries do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reference {
    /// The aggregate: an industry below it that gains labour lowers growth.
    #[default]
    Aggregate,
    /// Zero: every industry that gains labour raises growth.
    Zero,
}

/// Options of the shift-share decomposition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ShiftShareOptions {
    /// Which end of the span weighs what.
    pub formula: Formula,
    /// What the productivity of an industry is held against.
    pub reference: Reference,
}

/// Industries of economies over time. Every slice has one entry per row; rows may stand in any order.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// Number of the economy of each row.
    pub economies: &'a [usize],
    /// Number of the industry of each row.
    pub industries: &'a [usize],
    /// Period of each row.
    pub periods: &'a [i32],
    /// Output or value added in constant prices; `NaN` is missing.
    pub output: &'a [f64],
    /// Labour `>= 0`, persons or hours; `NaN` is missing. Zero only where output is zero too.
    pub labour: &'a [f64],
    /// Price of the industry relative to that of the aggregate, `> 0`: chained volumes do not add up without
    /// it (Tang and Wang 2004).
    pub price: Option<&'a [f64]>,
}

/// One industry over one span. Parts are in units of aggregate productivity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// Economy.
    pub economy: usize,
    /// Industry.
    pub industry: usize,
    /// First and last period.
    pub span: (i32, i32),
    /// Share of labour before and after, times the relative price where there is one.
    pub share: [f64; 2],
    /// Productivity before and after; an industry without labour at one end has that of the other.
    pub productivity: [f64; 2],
    /// Growth of its own productivity.
    pub within: f64,
    /// Labour moved into or out of it.
    pub between: f64,
    /// Labour moved while productivity changed.
    pub interaction: f64,
}

/// What stands behind a total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Every industry is known at both ends.
    Computed,
    /// Industries that are not known at an end: (industry, period). Nothing is computed.
    Incomplete(Vec<(usize, i32)>),
    /// No labour in the whole economy at an end. Nothing is computed.
    NoLabour,
}

/// One economy over one span; parts are `NaN` unless computed.
#[derive(Clone, Debug, PartialEq)]
pub struct Total {
    /// Economy.
    pub economy: usize,
    /// First and last period.
    pub span: (i32, i32),
    /// Aggregate productivity before and after.
    pub productivity: [f64; 2],
    /// Sum of the within parts.
    pub within: f64,
    /// Sum of the between parts.
    pub between: f64,
    /// Sum of the interactions.
    pub interaction: f64,
    /// Status.
    pub status: Status,
}

impl Total {
    /// Change of aggregate productivity.
    pub fn change(&self) -> f64 {
        self.productivity[1] - self.productivity[0]
    }
}

/// Result of the shift-share decomposition.
#[derive(Clone, Debug, PartialEq)]
pub struct ShiftShare {
    /// By economy, then span as asked.
    pub totals: Vec<Total>,
    /// By economy, span and industry, for computed totals.
    pub parts: Vec<Part>,
    /// Largest `|within + between + interaction - change|` beside the largest term.
    pub residual: f64,
}

/// Why productivity cannot be decomposed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ShiftShareError {
    /// Slices differ in length or are empty.
    #[error("economies, industries, periods, output, labour and prices must have equal length and a row")]
    Shape,
    /// Rows with an infinite output, negative or infinite labour, or output without labour.
    #[error("{} rows have negative or infinite labour, infinite output, or output without labour", .0.len())]
    Impossible(Vec<usize>),
    /// Rows with a relative price that is not positive.
    #[error("{} relative prices are not positive", .0.len())]
    Price(Vec<usize>),
    /// The same economy, industry and period twice.
    #[error(transparent)]
    Duplicate(#[from] industries::Twice),
    /// A span that does not run forward.
    #[error("a span must run forward in time, {0} to {1} does not")]
    Span(i32, i32),
    /// Shares that carry prices do not add up to one, so that no reference drops out.
    #[error("with relative prices the shares do not add up to 1; the reference must be zero")]
    Reference,
}

/// Splits the change of aggregate productivity `X = Σ s x` of each economy over each span into the growth of
/// industries (within) and the movement of labour between them (between and interaction).
///
/// # Errors
/// [`ShiftShareError`]. Industries missing at an end are a [`Status`], not an error.
pub fn shift_share(data: &Data<'_>, spans: &[(i32, i32)], options: &ShiftShareOptions) -> Result<ShiftShare, ShiftShareError> {
    check(data, spans, options)?;
    let industries = Industries::new(data.economies, data.industries, data.periods)?;
    let mut result = ShiftShare { totals: Vec::new(), parts: Vec::new(), residual: 0.0 };
    for (&economy, list) in &industries.of {
        for &span in spans {
            let ends = [span.0, span.1].map(|period| End::of(data, &industries, economy, period));
            result.add(economy, span, list, ends, options);
        }
    }
    Ok(result)
}

/// An economy in one period.
struct End {
    rows: Vec<Option<usize>>,
    missing: Vec<(usize, i32)>,
    share: Vec<f64>,
    /// `NaN` without labour.
    productivity: Vec<f64>,
    aggregate: f64,
}

impl End {
    fn of(data: &Data<'_>, industries: &Industries, economy: usize, period: i32) -> Self {
        let price = |i: usize| data.price.map_or(1.0, |p| p[i]);
        let known = |i: &usize| (data.output[*i] + data.labour[*i] + price(*i)).is_finite();
        let list = &industries.of[&economy];
        let rows: Vec<Option<usize>> = list.iter().map(|&k| industries.row(economy, period, k).filter(known)).collect();
        let missing = list.iter().zip(&rows).filter(|(_, r)| r.is_none()).map(|(&k, _)| (k, period)).collect();
        let of = |f: &dyn Fn(usize) -> f64| rows.iter().map(|r| r.map_or(f64::NAN, f)).collect::<Vec<f64>>();
        let labour = sum(&of(&|i| data.labour[i]));
        let share = of(&|i| price(i) * data.labour[i] / labour);
        let productivity = of(&|i| if data.labour[i] > 0.0 { data.output[i] / data.labour[i] } else { f64::NAN });
        let aggregate = sum(&of(&|i| price(i) * data.output[i])) / labour;
        Self { rows, missing, share, productivity, aggregate }
    }
}

impl ShiftShare {
    fn add(&mut self, economy: usize, span: (i32, i32), industries: &[usize], ends: [End; 2], options: &ShiftShareOptions) {
        let [before, after] = ends;
        let mut missing = before.missing.clone();
        missing.extend(&after.missing);
        let status = if !missing.is_empty() {
            Status::Incomplete(missing)
        } else if before.aggregate.is_finite() && after.aggregate.is_finite() {
            Status::Computed
        } else {
            Status::NoLabour
        };
        let mut total = Total {
            economy,
            span,
            productivity: [before.aggregate, after.aggregate],
            within: f64::NAN,
            between: f64::NAN,
            interaction: f64::NAN,
            status,
        };
        if total.status != Status::Computed {
            total.productivity = total.productivity.map(|x| if x.is_finite() { x } else { f64::NAN });
            self.totals.push(total);
            return;
        }
        let zero = |x: f64| if options.reference == Reference::Aggregate { x } else { 0.0 };
        let reference = total.productivity.map(zero);
        let first = self.parts.len();
        for (k, &industry) in industries.iter().enumerate().filter(|(k, _)| before.rows[*k].is_some()) {
            let share = [before.share[k], after.share[k]];
            let productivity = match [before.productivity[k], after.productivity[k]] {
                [a, b] if a.is_nan() && b.is_nan() => [0.0, 0.0],
                [a, b] if a.is_nan() => [b, b],
                [a, b] if b.is_nan() => [a, a],
                both => both,
            };
            let ([s0, s1], [x0, x1], [r0, r1]) = (share, productivity, reference);
            let (ds, dx) = (s1 - s0, x1 - x0);
            let (within, between, interaction) = match options.formula {
                Formula::ThreePart => (s0 * dx, ds * (x0 - r0), ds * (dx - (r1 - r0))),
                Formula::Midpoint => (f64::midpoint(s0, s1) * dx, ds * (f64::midpoint(x0, x1) - f64::midpoint(r0, r1)), 0.0),
                Formula::EndProductivity => (s0 * dx, ds * (x1 - r1), 0.0),
            };
            self.parts.push(Part { economy, industry, span, share, productivity, within, between, interaction });
        }
        let parts = &self.parts[first..];
        let over = |f: fn(&Part) -> f64| sum(&parts.iter().map(f).collect::<Vec<_>>());
        total.within = over(|p| p.within);
        total.between = over(|p| p.between);
        total.interaction = over(|p| p.interaction);
        let gap = (total.within + total.between + total.interaction - total.change()).abs();
        let terms = parts.iter().flat_map(|p| [p.within, p.between, p.interaction]).chain(total.productivity);
        let largest = terms.fold(0.0, |a: f64, b| a.max(b.abs()));
        if largest > 0.0 {
            self.residual = self.residual.max(gap / largest);
        }
        self.totals.push(total);
    }
}

fn check(data: &Data<'_>, spans: &[(i32, i32)], options: &ShiftShareOptions) -> Result<(), ShiftShareError> {
    let n = data.periods.len();
    let lengths = [data.economies.len(), data.industries.len(), data.output.len(), data.labour.len()];
    if n == 0 || lengths.iter().any(|l| *l != n) || data.price.is_some_and(|p| p.len() != n) {
        return Err(ShiftShareError::Shape);
    }
    let impossible = |i: &usize| {
        let (y, l) = (data.output[*i], data.labour[*i]);
        l < 0.0 || l.is_infinite() || y.is_infinite() || l == 0.0 && y != 0.0 && !y.is_nan()
    };
    let rows: Vec<usize> = (0..n).filter(impossible).collect();
    if !rows.is_empty() {
        return Err(ShiftShareError::Impossible(rows));
    }
    if let Some(price) = data.price {
        let rows: Vec<usize> = (0..n).filter(|&i| price[i] <= 0.0 || price[i].is_infinite()).collect();
        if !rows.is_empty() {
            return Err(ShiftShareError::Price(rows));
        }
        if options.reference == Reference::Aggregate {
            return Err(ShiftShareError::Reference);
        }
    }
    match spans.iter().find(|s| s.0 >= s.1) {
        Some(&(from, to)) => Err(ShiftShareError::Span(from, to)),
        None => Ok(()),
    }
}

#[cfg(test)]
#[path = "shift_share_tests.rs"]
mod tests;
