#![doc = include_str!("decomposition.md")]

use numerics::moments::{mean, sum};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::rows;

/// The page of the method in English.
pub const PAGE: &str = include_str!("decomposition.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("decomposition.zh.md");

/// How a change of aggregate productivity is split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// Baily, Hulten and Campbell (1992): weights of the earlier period, no reference level.
    Bhc,
    /// Griliches and Regev (1995): means of both periods, reference the mean aggregate.
    Gr,
    /// Foster, Haltiwanger and Krizan (2001): weights of the earlier period, reference the earlier aggregate, a cross term.
    Fhk,
    /// Baldwin and Gu (2006): means of both periods, reference the aggregate of those who exit.
    Bg,
    /// Melitz and Polanec (2015): Olley and Pakes among survivors; entry and exit against the survivors of their period.
    Mp,
    /// Diewert and Fox (2010): mean shares within survivors; entry and exit against the survivors of their period.
    Df,
}

impl Variant {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Bhc, Self::Gr, Self::Fhk, Self::Bg, Self::Mp, Self::Df];
}

/// Options of the decomposition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DecompositionOptions {
    /// Whether the logarithm of productivity is taken first; productivity must then be positive.
    pub logs: bool,
    /// Periods between which changes are taken, in increasing order; all periods of the data when empty.
    pub breaks: Vec<i32>,
}

/// Productivity and weights of a panel. Every slice has one entry per row; rows may stand in any order.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// Number of the unit of each row.
    pub units: &'a [usize],
    /// Period of each row.
    pub periods: &'a [i32],
    /// Productivity `φ`; `NaN` is missing.
    pub productivity: &'a [f64],
    /// Weight, e.g. employment or value added, not negative; `NaN` is missing. Shares are weights over their sum in the period.
    pub weight: &'a [f64],
}

/// Olley and Pakes (1996) in one period: `Φ = φ̄ + Σ (s_i - s̄)(φ_i - φ̄)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cross {
    /// Period.
    pub period: i32,
    /// Units with productivity and weight.
    pub units: usize,
    /// Weighted mean `Φ = Σ s_i φ_i`.
    pub aggregate: f64,
    /// Unweighted mean `φ̄`.
    pub mean: f64,
    /// `Σ (s_i - s̄)(φ_i - φ̄)`: whether the productive are large.
    pub covariance: f64,
}

/// What stands behind the parts of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// As defined.
    Computed,
    /// Nobody exits, so there is no reference of Baldwin and Gu; the mean aggregate stands in, as in Griliches and Regev.
    NoExits,
    /// Nothing: no survivor has weight in both periods, and the variant compares with survivors.
    NoSurvivors,
}

/// Parts of the change of aggregate productivity; they add up to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parts {
    /// Variant.
    pub variant: Variant,
    /// Survivors' own change; of Melitz and Polanec the change of their unweighted mean.
    pub within: f64,
    /// Shift of shares among survivors; of Melitz and Polanec the change of their covariance.
    pub between: f64,
    /// `Σ Δs Δφ` of Foster, Haltiwanger and Krizan; 0 in the other variants, which have no such term.
    pub cross: f64,
    /// Entrants.
    pub entry: f64,
    /// Those who exit, signed as a contribution: positive when the unproductive leave.
    pub exit: f64,
    /// Status.
    pub status: Status,
}

/// Part a unit plays in a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Observed in both periods.
    Survivor,
    /// Observed in the later period only.
    Entrant,
    /// Observed in the earlier period only.
    Exiter,
    /// Productivity or weight is missing in a period in which the unit has a row: out of both periods of this change.
    Incomplete,
}

/// A unit in a change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    /// Unit.
    pub unit: usize,
    /// Its part.
    pub role: Role,
    /// Shares in the earlier and the later period; `NaN` where it is not counted.
    pub share: [f64; 2],
    /// Productivity in both periods, after the logarithm where one is taken.
    pub productivity: [f64; 2],
    /// Whether an entrant was observed before the earlier period, or an exiter after the later one.
    pub returns: bool,
}

/// Change of aggregate productivity between two periods.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Earlier period.
    pub from: i32,
    /// Later period.
    pub to: i32,
    /// Aggregate productivity of both.
    pub aggregate: [f64; 2],
    /// Units, in order of their number.
    pub members: Vec<Member>,
    /// One entry per variant, in the order of [`Variant::ALL`].
    pub parts: Vec<Parts>,
}

impl Change {
    /// Units that play a part.
    pub fn count(&self, role: Role) -> usize {
        self.members.iter().filter(|m| m.role == role).count()
    }
}

/// Result of the decomposition.
#[derive(Clone, Debug, PartialEq)]
pub struct Decomposition {
    /// Olley and Pakes by period, over complete rows.
    pub levels: Vec<Cross>,
    /// Changes between consecutive breaks, then the whole span where there is more than one.
    pub changes: Vec<Change>,
    /// Rows without productivity or weight.
    pub incomplete: Vec<usize>,
    /// Largest `|Σ parts - ΔΦ|` and `|φ̄ + covariance - Φ|`, divided by the largest term met in the sum.
    pub residual: f64,
}

/// Why nothing is decomposed.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum DecompositionError {
    /// Slices differ in length.
    #[error("units, periods, productivity and weights must have equal length")]
    Shape,
    /// Weights that are negative or infinite: rows.
    #[error("{} weights are negative or infinite", .0.len())]
    Weight(Vec<usize>),
    /// Productivity that is infinite, or not positive where logarithms are taken: rows.
    #[error("{} values of productivity are infinite, or have no logarithm", .0.len())]
    Productivity(Vec<usize>),
    /// The same unit and period twice.
    #[error(transparent)]
    Duplicate(#[from] rows::Twice),
    /// A period in which no complete row has weight.
    #[error("period {0} has no complete row with weight")]
    NoWeight(i32),
    /// `breaks` do not increase.
    #[error("the periods between which changes are taken must increase")]
    Breaks,
    /// A change in which no complete unit has weight in one of the periods.
    #[error("between {0} and {1} no unit that is complete has weight in both")]
    Change(i32, i32),
    /// No row is complete.
    #[error("no row has productivity and weight")]
    Empty,
}

/// Splits changes of `Φ = Σ s_i φ_i` by every [`Variant`].
///
/// # Errors
/// [`DecompositionError`]; all offending rows are listed.
pub fn decomposition(data: &Data<'_>, options: &DecompositionOptions) -> Result<Decomposition, DecompositionError> {
    let (order, value) = check(data, options)?;
    let complete = |i: usize| value[i].is_finite() && data.weight[i].is_finite();
    let periods = rows::distinct(order.iter().filter(|&&i| complete(i)).map(|&i| data.periods[i]));
    if periods.is_empty() {
        return Err(DecompositionError::Empty);
    }
    let mut residual = 0.0_f64;
    let mut levels = Vec::new();
    for &period in &periods {
        let rows: Vec<usize> = order.iter().copied().filter(|&i| data.periods[i] == period && complete(i)).collect();
        let level = cross(period, &rows, &value, data.weight).ok_or(DecompositionError::NoWeight(period))?;
        residual = residual.max(off(level.aggregate, &[level.mean, level.covariance]));
        levels.push(level);
    }
    let breaks = if options.breaks.is_empty() { periods } else { options.breaks.clone() };
    if let Some(absent) = breaks.iter().find(|p| !levels.iter().any(|l| l.period == **p)) {
        return Err(DecompositionError::NoWeight(*absent));
    }
    let mut spans: Vec<(i32, i32)> = breaks.windows(2).map(|w| (w[0], w[1])).collect();
    if spans.len() > 1 {
        spans.push((breaks[0], breaks[breaks.len() - 1]));
    }
    let mut changes = Vec::new();
    for (from, to) in spans {
        let members = members(data, &order, &value, from, to).ok_or(DecompositionError::Change(from, to))?;
        let change = split(from, to, members);
        for p in change.parts.iter().filter(|p| p.status != Status::NoSurvivors) {
            // Beside the levels, which are what the parts are differences of.
            let total = change.aggregate[1];
            residual = residual.max(off(total, &[change.aggregate[0], p.within, p.between, p.cross, p.entry, p.exit]));
        }
        changes.push(change);
    }
    let incomplete = order.iter().copied().filter(|&i| !complete(i)).collect();
    Ok(Decomposition { levels, changes, incomplete, residual })
}

/// `|total - Σ parts|` beside the largest of them.
fn off(total: f64, parts: &[f64]) -> f64 {
    let largest = parts.iter().fold(total.abs(), |m, p| m.max(p.abs()));
    if largest == 0.0 { 0.0 } else { (total - sum(parts)).abs() / largest }
}

/// Rows by unit, then period, and productivity as it is compared.
fn check(data: &Data<'_>, options: &DecompositionOptions) -> Result<(Vec<usize>, Vec<f64>), DecompositionError> {
    let n = data.units.len();
    if data.periods.len() != n || data.productivity.len() != n || data.weight.len() != n {
        return Err(DecompositionError::Shape);
    }
    if options.breaks.len() == 1 || options.breaks.windows(2).any(|w| w[0] >= w[1]) {
        return Err(DecompositionError::Breaks);
    }
    let weights: Vec<usize> = (0..n).filter(|&i| data.weight[i] < 0.0 || data.weight[i].is_infinite()).collect();
    if !weights.is_empty() {
        return Err(DecompositionError::Weight(weights));
    }
    let bad = |x: f64| x.is_infinite() || options.logs && x <= 0.0;
    let values: Vec<usize> = (0..n).filter(|&i| bad(data.productivity[i])).collect();
    if !values.is_empty() {
        return Err(DecompositionError::Productivity(values));
    }
    let order = rows::by_unit(data.units, data.periods)?;
    let value = data.productivity.iter().map(|&x| if options.logs { x.ln() } else { x }).collect();
    Ok((order, value))
}

fn cross(period: i32, rows: &[usize], value: &[f64], weight: &[f64]) -> Option<Cross> {
    let phi: Vec<f64> = rows.iter().map(|&i| value[i]).collect();
    let share = shares(&rows.iter().map(|&i| weight[i]).collect::<Vec<_>>())?;
    let (centre, even) = (mean(&phi), 1.0 / phi.len() as f64);
    let covariance = total(share.iter().zip(&phi).map(|(s, f)| (s - even) * (f - centre)));
    let aggregate = total(share.iter().zip(&phi).map(|(s, f)| s * f));
    Some(Cross { period, units: phi.len(), aggregate, mean: centre, covariance })
}

/// Shares of their sum; `None` where there is nothing to share.
fn shares(weight: &[f64]) -> Option<Vec<f64>> {
    let all = sum(weight);
    (all > 0.0 && all.is_finite()).then(|| weight.iter().map(|w| w / all).collect())
}

fn total(terms: impl Iterator<Item = f64>) -> f64 {
    sum(&terms.collect::<Vec<_>>())
}

/// Units of a change in order of their number; `None` where a period has no weight among them.
fn members(data: &Data<'_>, order: &[usize], value: &[f64], from: i32, to: i32) -> Option<Vec<Member>> {
    let mut list = Vec::new();
    for block in order.chunk_by(|&a, &b| data.units[a] == data.units[b]) {
        let row = |p: i32| block.iter().copied().find(|&i| data.periods[i] == p);
        let rows = [row(from), row(to)];
        let complete = |i: usize| value[i].is_finite() && data.weight[i].is_finite();
        let role = match rows {
            [None, None] => continue,
            [a, b] if [a, b].into_iter().flatten().any(|i| !complete(i)) => Role::Incomplete,
            [Some(_), Some(_)] => Role::Survivor,
            [None, Some(_)] => Role::Entrant,
            [Some(_), None] => Role::Exiter,
        };
        let cell = |column: &[f64], row: Option<usize>| row.map_or(f64::NAN, |i| column[i]);
        let outside = block.iter().any(|&i| match role {
            Role::Entrant => data.periods[i] < from,
            Role::Exiter => data.periods[i] > to,
            Role::Survivor | Role::Incomplete => false,
        });
        list.push(Member {
            unit: data.units[block[0]],
            role,
            share: rows.map(|r| if role == Role::Incomplete { f64::NAN } else { cell(data.weight, r) }),
            productivity: rows.map(|r| cell(value, r)),
            returns: outside,
        });
    }
    for t in 0..2 {
        let counted: Vec<f64> = list.iter().map(|m| m.share[t]).filter(|w| w.is_finite()).collect();
        let all = sum(&counted);
        if !(all > 0.0 && all.is_finite()) {
            return None;
        }
        for m in &mut list {
            m.share[t] /= all;
        }
    }
    Some(list)
}

/// Weight and weighted mean of those who play a part in period `t`; the mean is `NaN` without weight.
fn group(members: &[Member], role: Role, t: usize) -> (f64, f64) {
    let of = || members.iter().filter(move |m| m.role == role);
    let weight = total(of().map(|m| m.share[t]));
    let value = total(of().map(|m| m.share[t] * m.productivity[t]));
    (weight, if weight > 0.0 { value / weight } else { f64::NAN })
}

fn split(from: i32, to: i32, members: Vec<Member>) -> Change {
    let counted = |t: usize| members.iter().filter(move |m| m.share[t].is_finite());
    let aggregate = [0, 1].map(|t| total(counted(t).map(|m| m.share[t] * m.productivity[t])));
    let parts = Variant::ALL.map(|variant| match variant {
        Variant::Mp | Variant::Df => against_survivors(variant, &members),
        Variant::Bhc | Variant::Gr | Variant::Fhk | Variant::Bg => against_level(variant, &members, aggregate),
    });
    Change { from, to, aggregate, members, parts: parts.to_vec() }
}

/// Variants that measure shifts of shares, entry and exit against one level.
fn against_level(variant: Variant, members: &[Member], aggregate: [f64; 2]) -> Parts {
    let middle = f64::midpoint(aggregate[0], aggregate[1]);
    let exits = group(members, Role::Exiter, 0).1;
    let (level, status) = match variant {
        Variant::Bhc => (0.0, Status::Computed),
        Variant::Fhk => (aggregate[0], Status::Computed),
        Variant::Bg if exits.is_finite() => (exits, Status::Computed),
        Variant::Bg => (middle, Status::NoExits),
        Variant::Gr | Variant::Mp | Variant::Df => (middle, Status::Computed),
    };
    let over = |role: Role, term: &dyn Fn(&Member) -> f64| total(members.iter().filter(|m| m.role == role).map(term));
    let change = |m: &Member| m.productivity[1] - m.productivity[0];
    let shift = |m: &Member| m.share[1] - m.share[0];
    let even = matches!(variant, Variant::Gr | Variant::Bg);
    let weight = |m: &Member| if even { f64::midpoint(m.share[0], m.share[1]) } else { m.share[0] };
    let value = |m: &Member| match variant {
        Variant::Bhc => m.productivity[1],
        Variant::Fhk => m.productivity[0],
        _ => f64::midpoint(m.productivity[0], m.productivity[1]),
    };
    Parts {
        variant,
        within: over(Role::Survivor, &|m| weight(m) * change(m)),
        between: over(Role::Survivor, &|m| shift(m) * (value(m) - level)),
        cross: if variant == Variant::Fhk { over(Role::Survivor, &|m| shift(m) * change(m)) } else { 0.0 },
        entry: over(Role::Entrant, &|m| m.share[1] * (m.productivity[1] - level)),
        exit: over(Role::Exiter, &|m| -m.share[0] * (m.productivity[0] - level)),
        status,
    }
}

/// Variants that split survivors among themselves and measure entry and exit against them.
fn against_survivors(variant: Variant, members: &[Member]) -> Parts {
    let stay: Vec<&Member> = members.iter().filter(|m| m.role == Role::Survivor).collect();
    let [(w1, phi1), (w2, phi2)] = [0, 1].map(|t| group(members, Role::Survivor, t));
    if !(phi1.is_finite() && phi2.is_finite()) {
        let none = f64::NAN;
        let status = Status::NoSurvivors;
        return Parts { variant, within: none, between: none, cross: none, entry: none, exit: none, status };
    }
    let own = |m: &Member| [m.share[0] / w1, m.share[1] / w2];
    let (within, between) = if variant == Variant::Mp {
        let centre = [0, 1].map(|t| mean(&stay.iter().map(|m| m.productivity[t]).collect::<Vec<_>>()));
        let even = 1.0 / stay.len() as f64;
        let covariance = |t: usize| total(stay.iter().map(|m| (own(m)[t] - even) * (m.productivity[t] - centre[t])));
        (centre[1] - centre[0], covariance(1) - covariance(0))
    } else {
        let average = |[a, b]: [f64; 2]| f64::midpoint(a, b);
        let step = |[a, b]: [f64; 2]| b - a;
        (
            total(stay.iter().map(|m| average(own(m)) * step(m.productivity))),
            total(stay.iter().map(|m| step(own(m)) * average(m.productivity))),
        )
    };
    // Without anybody who enters or exits there is no mean to compare, and nothing to count.
    let against = |(weight, value): (f64, f64), level: f64| if weight > 0.0 { weight * (value - level) } else { 0.0 };
    Parts {
        variant,
        within,
        between,
        cross: 0.0,
        entry: against(group(members, Role::Entrant, 1), phi2),
        exit: 0.0 - against(group(members, Role::Exiter, 0), phi1),
        status: Status::Computed,
    }
}

#[cfg(test)]
#[path = "decomposition_tests.rs"]
mod tests;
