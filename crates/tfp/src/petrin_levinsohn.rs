#![doc = include_str!("petrin_levinsohn.md")]

use numerics::moments::sum;
use thiserror::Error;

use crate::{growth::Shares, rows};

/// The page of the method in English.
pub const PAGE: &str = include_str!("petrin_levinsohn.md");
/// The page of the method in Chinese.
pub const PAGE_ZH: &str = include_str!("petrin_levinsohn.zh.md");

/// One input of all rows.
#[derive(Clone, Copy, Debug)]
pub struct Factor<'a> {
    /// Quantity, positive; `NaN` is missing.
    pub quantity: &'a [f64],
    /// Cost in current prices, not negative; `NaN` is missing.
    pub cost: &'a [f64],
    /// Whether it is an intermediate input, whose cost is no value added.
    pub intermediate: bool,
}

/// Production and costs of a panel. Every slice has one entry per row; rows may stand in any order.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// Number of the unit of each row.
    pub units: &'a [usize],
    /// Period of each row.
    pub periods: &'a [i32],
    /// Quantity of output, positive; `NaN` is missing.
    pub output: &'a [f64],
    /// Revenue in current prices, positive; `NaN` is missing.
    pub revenue: &'a [f64],
    /// Inputs.
    pub factors: &'a [Factor<'a>],
}

/// Growth of aggregate productivity between two periods, as a share of aggregate value added.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Earlier period.
    pub from: i32,
    /// Later period.
    pub to: i32,
    /// Survivors, entrants, exiters, units left out because a cell is missing.
    pub units: [usize; 4],
    /// `Σ D̄_i Δln ω_i`: technical efficiency of survivors.
    pub technical: f64,
    /// `Σ D̄_i (ε̄_ik - s̄_ik) Δln X_ik`, one per input: reallocation.
    pub reallocation: Vec<f64>,
    /// Value added less cost of primary inputs of entrants, over aggregate value added of the later period.
    pub entry: f64,
    /// The same of exiters in the earlier period, with the sign turned.
    pub exit: f64,
    /// `Σ D̄_i (Δln Q_i - Σ_k s̄_ik Δln X_ik)` plus entry and exit: what the parts add up to.
    pub total: f64,
    /// Units left out, in order of their number.
    pub incomplete: Vec<usize>,
}

/// Result of the decomposition.
#[derive(Clone, Debug, PartialEq)]
pub struct Decomposition {
    /// Changes between consecutive periods.
    pub changes: Vec<Change>,
    /// Largest `|Σ parts - total|`, divided by the largest term.
    pub residual: f64,
}

/// Why nothing is decomposed.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum PetrinLevinsohnError {
    /// Slices differ in length, or there is no input.
    #[error("output, revenue, inputs, costs, elasticities, units and periods must have equal length, and there must be an input")]
    Shape,
    /// Quantities or revenues that are zero, negative or infinite: (input or `None` for output and revenue, row).
    #[error("{} quantities or revenues are zero, negative or infinite; logarithms and shares need positive numbers", .0.len())]
    NotPositive(Vec<(Option<usize>, usize)>),
    /// Costs that are negative or infinite: (input, row).
    #[error("{} costs are negative or infinite", .0.len())]
    Cost(Vec<(usize, usize)>),
    /// Elasticities that are infinite: (input, row; row 0 for constants).
    #[error("{} elasticities are not finite numbers", .0.len())]
    Elasticity(Vec<(usize, usize)>),
    /// The same unit and period twice.
    #[error(transparent)]
    Duplicate(#[from] rows::Twice),
    /// Aggregate value added of a period is not positive.
    #[error("aggregate value added of {0} is not positive")]
    ValueAdded(i32),
    /// Fewer than two periods.
    #[error("a change needs two periods")]
    Periods,
}

/// Growth of aggregate productivity by Petrin and Levinsohn (2012) between consecutive `breaks`, or all periods of the
/// data where `breaks` is empty. Bars are means of both periods.
///
/// # Errors
/// [`PetrinLevinsohnError`]; all offending cells are listed.
pub fn petrin_levinsohn(data: &Data<'_>, elasticities: &Shares, breaks: &[i32]) -> Result<Decomposition, PetrinLevinsohnError> {
    let order = check(data, elasticities)?;
    let periods = rows::distinct(if breaks.is_empty() { data.periods.to_vec() } else { breaks.to_vec() });
    if periods.len() < 2 {
        return Err(PetrinLevinsohnError::Periods);
    }
    let mut result = Decomposition { changes: Vec::new(), residual: 0.0 };
    for w in periods.windows(2) {
        let change = change(data, elasticities, &order, w[0], w[1])?;
        let mut parts = change.reallocation.clone();
        parts.extend([change.technical, change.entry, change.exit]);
        let largest = parts.iter().fold(change.total.abs(), |m, p| m.max(p.abs()));
        if largest > 0.0 {
            result.residual = result.residual.max((sum(&parts) - change.total).abs() / largest);
        }
        result.changes.push(change);
    }
    Ok(result)
}

fn check(data: &Data<'_>, elasticities: &Shares) -> Result<Vec<usize>, PetrinLevinsohnError> {
    let (n, m) = (data.units.len(), data.factors.len());
    let ragged = data.periods.len() != n
        || data.output.len() != n
        || data.revenue.len() != n
        || data.factors.iter().any(|f| f.quantity.len() != n || f.cost.len() != n)
        || !elasticities.fit(m, n);
    if m == 0 || ragged {
        return Err(PetrinLevinsohnError::Shape);
    }
    let bad = |x: f64| !x.is_nan() && (x <= 0.0 || x.is_infinite());
    let mut cells: Vec<(Option<usize>, usize)> =
        (0..n).filter(|&i| bad(data.output[i]) || bad(data.revenue[i])).map(|i| (None, i)).collect();
    for (k, f) in data.factors.iter().enumerate() {
        cells.extend((0..n).filter(|&i| bad(f.quantity[i])).map(|i| (Some(k), i)));
    }
    if !cells.is_empty() {
        return Err(PetrinLevinsohnError::NotPositive(cells));
    }
    let wrong = |&(k, i): &(usize, usize)| data.factors[k].cost[i] < 0.0 || data.factors[k].cost[i].is_infinite();
    let costs: Vec<(usize, usize)> = (0..m).flat_map(|k| (0..n).map(move |i| (k, i))).filter(wrong).collect();
    if !costs.is_empty() {
        return Err(PetrinLevinsohnError::Cost(costs));
    }
    let wrong = elasticities.not_finite();
    if !wrong.is_empty() {
        return Err(PetrinLevinsohnError::Elasticity(wrong));
    }
    Ok(rows::by_unit(data.units, data.periods)?)
}

fn change(data: &Data<'_>, elasticities: &Shares, order: &[usize], from: i32, to: i32) -> Result<Change, PetrinLevinsohnError> {
    let m = data.factors.len();
    let complete = |i: usize| {
        let factor = |k: usize| {
            let f = data.factors[k];
            f.quantity[i].is_finite() && f.cost[i].is_finite() && elasticities.at(k, i).is_finite()
        };
        data.output[i].is_finite() && data.revenue[i].is_finite() && (0..m).all(factor)
    };
    let mut incomplete = Vec::new();
    let mut pairs: Vec<[Option<usize>; 2]> = Vec::new();
    for block in order.chunk_by(|&a, &b| data.units[a] == data.units[b]) {
        let row = |p: i32| block.iter().copied().find(|&i| data.periods[i] == p);
        let pair = [row(from), row(to)];
        if pair.iter().flatten().any(|&i| !complete(i)) {
            incomplete.push(data.units[block[0]]);
        } else if pair.iter().any(Option::is_some) {
            pairs.push(pair);
        }
    }
    let cost = |i: usize, of: bool| -> f64 { data.factors.iter().filter(|f| f.intermediate == of).map(|f| f.cost[i]).sum() };
    let aggregate = |t: usize| {
        let all: Vec<f64> = pairs.iter().filter_map(|p| p[t]).map(|i| data.revenue[i] - cost(i, true)).collect();
        Some(sum(&all)).filter(|v| *v > 0.0).ok_or(PetrinLevinsohnError::ValueAdded([from, to][t]))
    };
    let all = [aggregate(0)?, aggregate(1)?];
    let surplus = |t: usize| {
        let alone = pairs.iter().filter(|p| p[1 - t].is_none()).filter_map(|p| p[t]);
        sum(&alone.map(|i| (data.revenue[i] - cost(i, true) - cost(i, false)) / all[t]).collect::<Vec<_>>())
    };
    let (mut technical, mut shown) = (Vec::new(), Vec::new());
    let mut reallocation = vec![Vec::new(); m];
    for (a, b) in pairs.iter().filter_map(|p| p[0].zip(p[1])) {
        let weight = f64::midpoint(data.revenue[a] / all[0], data.revenue[b] / all[1]);
        let output = (data.output[b] / data.output[a]).ln();
        let (mut by_elasticity, mut by_share) = (output, output);
        for (k, f) in data.factors.iter().enumerate() {
            let step = (f.quantity[b] / f.quantity[a]).ln();
            let elasticity = f64::midpoint(elasticities.at(k, a), elasticities.at(k, b));
            let share = f64::midpoint(f.cost[a] / data.revenue[a], f.cost[b] / data.revenue[b]);
            by_elasticity -= elasticity * step;
            by_share -= share * step;
            reallocation[k].push(weight * (elasticity - share) * step);
        }
        technical.push(weight * by_elasticity);
        shown.push(weight * by_share);
    }
    let (entry, exit) = (surplus(1), -surplus(0));
    let lone = |t: usize| pairs.iter().filter(|p| p[t].is_some() && p[1 - t].is_none()).count();
    Ok(Change {
        from,
        to,
        units: [technical.len(), lone(1), lone(0), incomplete.len()],
        technical: sum(&technical),
        reallocation: reallocation.iter().map(|c| sum(c)).collect(),
        entry,
        exit,
        total: sum(&shown) + entry + exit,
        incomplete,
    })
}

#[cfg(test)]
#[path = "petrin_levinsohn_tests.rs"]
mod tests;
