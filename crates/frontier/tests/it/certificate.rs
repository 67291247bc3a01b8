//! A checker of radial results that trusts nothing but the data.
//!
//! From the weights that a result reports it makes a combination of units that is feasible in 106 bits, and
//! from the prices a hyperplane that lies above every unit; between the two values lies the optimum.
//! Weights and prices are doubles, so each is off by rounding: what that takes to mend is part of the
//! bound.

use std::cmp::Ordering;

use frontier::{
    Orientation, State, Technology,
    dea::{Dea, Returns},
};

use crate::doubled::{Doubled, ONE, ZERO};

/// Bounds of the Farrell score of a unit.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub low: f64,
    pub high: f64,
    /// Largest share by which the reported weights miss a row as they stand.
    pub missed: f64,
}

/// One side of production: columns and the unit's own values.
struct Side<'a> {
    columns: &'a [&'a [f64]],
    own: Vec<f64>,
}

impl Side<'_> {
    fn worth(&self, prices: &[f64], unit: impl Fn(&[f64], usize) -> f64) -> Doubled {
        let one = |(i, p): (usize, &f64)| Doubled::from(p.max(0.0)) * Doubled::from(unit(self.columns[i], i));
        prices.iter().enumerate().map(one).fold(ZERO, |t, v| t + v)
    }
}

/// What a result says of a unit.
#[derive(Clone, Debug)]
pub struct Claim {
    pub state: State,
    pub score: f64,
    pub interval: (f64, f64),
    pub weights: Vec<(usize, f64)>,
    pub input_prices: Vec<f64>,
    pub output_prices: Vec<f64>,
    pub intercept: f64,
}

impl Claim {
    pub fn of(result: &Dea, unit: usize) -> Self {
        let at = |columns: &[Vec<f64>]| columns.iter().map(|c| c[unit]).collect();
        Self {
            state: result.state[unit],
            score: result.score[unit],
            interval: result.interval[unit],
            weights: result.peers(unit).map(|p| (p.units[0], p.weight)).collect(),
            input_prices: at(&result.input_prices),
            output_prices: at(&result.output_prices),
            intercept: result.intercept[unit],
        }
    }

    /// Bounds of the score that weights and prices prove, or why they prove none.
    pub fn bounds(
        &self,
        technology: &Technology<'_>,
        unit: usize,
        orientation: Orientation,
        returns: Returns,
    ) -> Result<Bounds, String> {
        if self.state != State::Optimal {
            return Err(format!("{:?}", self.state));
        }
        let side = |columns| Side { columns, own: columns.iter().map(|c: &&[f64]| c[unit]).collect() };
        let (x, y) = (side(&technology.inputs), side(&technology.outputs));
        let (support, reported): (Vec<usize>, Vec<Doubled>) = self.weights.iter().map(|w| (w.0, Doubled::from(w.1))).unzip();
        let (v, u, n) = (&self.input_prices, &self.output_prices, technology.len());
        let shrink = orientation == Orientation::Input;
        let (fixed, moving) = if shrink { (&y, &x) } else { (&x, &y) };
        let rows = rows(fixed, &support, shrink, returns);
        let missed = rows.iter().map(|r| r.missed(&reported).value().abs() / r.size).fold(0.0, f64::max);
        // The unit itself always reaches 1.
        let primal = mended(&rows, reported).and_then(|w| factor(moving, &support, &w, shrink));
        let better = |a: Doubled, b: Doubled| if shrink { a.min(b) } else { a.max(b) };
        let primal = primal.map_or(ONE, |p| better(p, ONE));
        let plane = if shrink { below } else { above };
        let dual = plane(&x, &y, v, u, self.intercept, returns, n).ok_or("prices that carry no hyperplane")?;
        let (low, high) = if shrink { (dual, primal) } else { (ONE / dual, ONE / primal) };
        Ok(Bounds { low: low.value(), high: high.value(), missed })
    }
}

/// A row over the weights of the support: how it relates to its right-hand side.
struct Row {
    entries: Vec<Doubled>,
    rhs: Doubled,
    sense: Ordering,
    /// What the row's misses are measured by.
    size: f64,
}

impl Row {
    /// By how much weights miss the row; for an equation with its sign, else never negative.
    fn missed(&self, weights: &[Doubled]) -> Doubled {
        let sum = self.entries.iter().zip(weights).fold(ZERO, |t, (&a, &w)| t + a * w);
        match self.sense {
            Ordering::Equal => self.rhs - sum,
            Ordering::Less => -(sum - self.rhs).max(ZERO),
            Ordering::Greater => (self.rhs - sum).max(ZERO),
        }
    }
}

/// The rows that weights must satisfy: the fixed side and the sum.
fn rows(fixed: &Side<'_>, support: &[usize], at_least: bool, returns: Returns) -> Vec<Row> {
    let sense = if at_least { Ordering::Greater } else { Ordering::Less };
    let row = |(c, &own): (&&[f64], &f64)| {
        let largest = c.iter().copied().fold(0.0, f64::max);
        let entries = support.iter().map(|&j| c[j].into()).collect();
        Row { entries, rhs: own.into(), sense, size: own.max(1e-6 * largest) }
    };
    let mut rows: Vec<Row> = fixed.columns.iter().zip(&fixed.own).map(row).collect();
    let sense = match returns {
        Returns::Crs => return rows,
        Returns::Vrs => Ordering::Equal,
        Returns::Nirs => Ordering::Less,
        _ => Ordering::Greater,
    };
    rows.push(Row { entries: vec![ONE; support.len()], rhs: ONE, sense, size: 1.0 });
    rows
}

/// What 106 bits cannot tell from nothing, as a share of a row.
const NOTHING: f64 = 1e-27;

/// Weights that satisfy all rows: those missed become equations and their residual is taken away.
fn mended(rows: &[Row], mut weights: Vec<Doubled>) -> Option<Vec<Doubled>> {
    let mut held: Vec<usize> = (0..rows.len()).filter(|&i| rows[i].sense == Ordering::Equal).collect();
    for _ in 0..4 * rows.len() {
        let missed = |i: &usize| rows[*i].missed(&weights).value().abs() > NOTHING * rows[*i].size;
        let new: Vec<usize> = (0..rows.len()).filter(missed).collect();
        if new.is_empty() {
            return weights.iter().all(|w| *w >= ZERO).then_some(weights);
        }
        held.extend(new);
        held.sort_unstable();
        held.dedup();
        let system = held.iter().map(|&i| {
            let sum = rows[i].entries.iter().zip(&weights).fold(ZERO, |t, (&a, &w)| t + a * w);
            let by = ONE / Doubled::from(rows[i].size);
            rows[i].entries.iter().map(|&a| a * by).chain([(rows[i].rhs - sum) * by]).collect()
        });
        let step = eliminated(system.collect(), weights.len());
        weights.iter_mut().zip(step).for_each(|(w, s)| *w = *w + s);
    }
    None
}

/// One solution of a small system by elimination with full pivoting; unknowns without a pivot are 0.
fn eliminated(mut system: Vec<Vec<Doubled>>, unknowns: usize) -> Vec<Doubled> {
    let mut pivots: Vec<(usize, usize)> = Vec::new();
    loop {
        let free = |r: usize, c: usize| pivots.iter().all(|p| p.0 != r && p.1 != c);
        let places = (0..system.len()).flat_map(|r| (0..unknowns).map(move |c| (r, c)));
        let size = |p: &(usize, usize)| system[p.0][p.1].value().abs();
        let best = places.filter(|&(r, c)| free(r, c)).max_by(|a, b| size(a).total_cmp(&size(b)));
        let Some((r, c)) = best.filter(|p| size(p) > 1e-20) else { break };
        pivots.push((r, c));
        let row = system[r].clone();
        for (other, line) in system.iter_mut().enumerate() {
            if other != r {
                let by = line[c] / row[c];
                line.iter_mut().zip(&row).for_each(|(a, &b)| *a = *a - by * b);
            }
        }
    }
    let mut out = vec![ZERO; unknowns];
    for (r, c) in pivots {
        out[c] = system[r][unknowns] / system[r][c];
    }
    out
}

/// The radial factor that a combination allows.
fn factor(moving: &Side<'_>, support: &[usize], weights: &[Doubled], shrink: bool) -> Option<Doubled> {
    let mut best: Option<Doubled> = None;
    for (column, &own) in moving.columns.iter().zip(&moving.own) {
        let sum = support.iter().zip(weights).fold(ZERO, |t, (&j, &w)| t + w * Doubled::from(column[j]));
        if own == 0.0 {
            if shrink && sum > ZERO {
                return None;
            }
            continue;
        }
        let ratio = sum / Doubled::from(own);
        best = Some(best.map_or(ratio, |b| if shrink { b.max(ratio) } else { b.min(ratio) }));
    }
    best
}

/// Whether unit `j` may lie above the hyperplane `v x + w >= u y`: doubles clear those far below it.
fn near(x: &Side<'_>, y: &Side<'_>, v: &[f64], u: &[f64], w: f64, j: usize) -> bool {
    let worth = |side: &Side<'_>, p: &[f64]| p.iter().zip(side.columns).map(|(p, c)| p.max(0.0) * c[j]).sum::<f64>();
    let (cost, gain) = (worth(x, v), worth(y, u));
    cost + w - gain <= 1e-9 * (cost + w.abs() + gain)
}

/// A lower bound of theta: the hyperplane `u y + w <= v x`, `v x0 = 1`, moved until no unit lies above it.
fn below(x: &Side<'_>, y: &Side<'_>, v: &[f64], u: &[f64], w: f64, returns: Returns, n: usize) -> Option<Doubled> {
    let size = x.worth(v, |_, i| x.own[i]);
    if size <= ZERO {
        return None;
    }
    let w = Doubled::from(match returns {
        Returns::Crs => 0.0,
        Returns::Vrs => w,
        Returns::Nirs => w.min(0.0),
        _ => w.max(0.0),
    });
    let (mut shift, mut scale) = (ZERO, ONE);
    for j in (0..n).filter(|&j| near(x, y, v, u, -w.value(), j)) {
        let (cost, gain) = (x.worth(v, |c, _| c[j]), y.worth(u, |c, _| c[j]) + w);
        shift = shift.max(gain - cost);
        if gain > ZERO {
            scale = scale.min(cost / gain);
        }
    }
    let value = y.worth(u, |_, i| y.own[i]);
    let moved = match returns {
        Returns::Vrs | Returns::Nirs => value + w - shift,
        Returns::Ndrs if w > shift => value + w - shift,
        _ => ZERO,
    };
    Some(moved.max((value + w) * scale) / size)
}

/// An upper bound of phi: the hyperplane `v x + w >= u y`, `u y0 = 1`.
fn above(x: &Side<'_>, y: &Side<'_>, v: &[f64], u: &[f64], w: f64, returns: Returns, n: usize) -> Option<Doubled> {
    let size = y.worth(u, |_, i| y.own[i]);
    if size <= ZERO {
        return None;
    }
    let w = Doubled::from(match returns {
        Returns::Crs => 0.0,
        Returns::Vrs => w,
        Returns::Nirs => w.max(0.0),
        _ => w.min(0.0),
    });
    let (mut shift, mut scale) = (ZERO, Some(ONE));
    for j in (0..n).filter(|&j| near(x, y, v, u, w.value(), j)) {
        let (cost, gain) = (x.worth(v, |c, _| c[j]) + w, y.worth(u, |c, _| c[j]));
        shift = shift.max(gain - cost);
        if gain > ZERO {
            scale = scale.filter(|_| cost > ZERO).map(|s| s.max(gain / cost));
        }
    }
    let value = x.worth(v, |_, i| x.own[i]) + w;
    let moved = match returns {
        Returns::Vrs | Returns::Nirs => Some(value + shift),
        Returns::Ndrs if ZERO > w + shift => Some(value + shift),
        _ => None,
    };
    let scaled = scale.map(|s| value * s);
    match (moved, scaled) {
        (Some(a), Some(b)) => Some(a.min(b) / size),
        (a, b) => a.or(b).map(|v| v / size),
    }
}
