//! The Hölder distance in ℓ₂: the nearest of all hyperplanes that support the frontier.
//!
//! With lengths `g` and `d` the distance in ℓ∞, let H be the prices `d·g·h` of the hyperplanes from which the unit is at
//! most `d` away; they form a polytope in the simplex `ΣH ≤ 1`, and the distance is `d / max ‖H‖`. The convex maximum is
//! found by branch and bound (Falk and Soland 1969): over a box the chord `Σ (l + u) H − l u` lies above `‖H‖²`, and its
//! maximum is a linear program, here in its dual.

use std::ops::Range;

use numerics::lp::{Family, Instance, Sense, Solution, Status};

use super::holder::Near;
use crate::{
    observations::Distance,
    projection,
    reference::SumRow,
    technology::{FrontierError, State},
};

/// Rounds of branching, and boxes of a unit, after which the bounds are what they are.
const ROUNDS: usize = 200;
const BOXES: usize = 4000;

/// How far a bound may lie above the best value known, as a share of it.
const CLOSE: f64 = 1e-11;

/// A box of prices, and a bound of `‖H‖²` in it.
struct Box {
    unit: usize,
    low: Vec<f64>,
    high: Vec<f64>,
    bound: f64,
}

/// What is known of a unit: the largest `‖H‖²` found, its prices, and the largest that may be left.
struct Found {
    best: f64,
    normal: Vec<f64>,
    top: f64,
    boxes: usize,
}

/// What a program says of a box.
struct Told {
    value: f64,
    bound: f64,
    prices: Vec<f64>,
}

/// Distances of all units in ℓ∞ and along each variable that moves, and the lengths of one change.
pub(super) struct Known<'a> {
    pub(super) side: Range<usize>,
    pub(super) all: &'a [Option<Distance>],
    pub(super) single: &'a [Vec<Option<Distance>>],
    pub(super) length: &'a (dyn Fn(usize, usize) -> f64 + Sync),
}

/// The direction of the nearest hyperplane for each unit, of length 1, by place in `side`; and a lower bound of its distance.
/// Empty for a unit whose distance in ℓ∞ is none or 0.
pub(super) fn nearest(near: &Near<'_>, known: &Known<'_>) -> Result<Vec<(Vec<f64>, f64)>, FrontierError> {
    let count = known.side.len();
    let mut found: Vec<Option<Found>> = known.all.iter().map(|_| None).collect();
    let mut boxes = Vec::new();
    for (u, all) in known.all.iter().enumerate() {
        let Some(all) = all.filter(|d| d.state == State::Optimal && d.value > 0.0) else { continue };
        let most = |i: usize| match known.single[i][u] {
            Some(d) if d.state == State::Optimal && d.value > 0.0 => (all.value / d.value).min(1.0),
            Some(d) if d.state == State::Unbounded => 0.0,
            // A variable that does not move has no price here.
            None => 0.0,
            Some(_) => 1.0,
        };
        let high: Vec<f64> = (0..count).map(most).collect();
        // Of several that are as near the last.
        let first = (0..count).max_by(|&a, &b| high[a].total_cmp(&high[b])).unwrap_or(0);
        let mut normal = vec![0.0; count];
        normal[first] = high[first];
        let bound = high.iter().map(|h| h * h).sum::<f64>().min(1.0);
        let best = high[first] * high[first];
        found[u] = Some(Found { best, normal, top: best, boxes: 0 });
        if bound > best * (1.0 + CLOSE) {
            boxes.push(Box { unit: u, low: vec![0.0; count], high, bound });
        }
    }
    let program = Program::new(near, known)?;
    for _ in 0..ROUNDS {
        if boxes.is_empty() {
            break;
        }
        let told = program.solve(&boxes)?;
        let mut next = Vec::new();
        for (b, told) in boxes.into_iter().zip(told) {
            let Some(unit) = &mut found[b.unit] else { continue };
            unit.boxes += 1;
            let Some(told) = told else {
                // What a box holds is not known better than before.
                unit.top = unit.top.max(b.bound);
                continue;
            };
            let bound = told.bound.min(b.bound);
            let value: f64 = told.prices.iter().map(|h| h * h).sum();
            if value > unit.best {
                (unit.best, unit.normal) = (value, told.prices.clone());
            }
            let gap = |i: usize| (told.prices[i] - b.low[i]).max(0.0) * (b.high[i] - told.prices[i]).max(0.0);
            let widest = (0..count).max_by(|&x, &y| gap(x).total_cmp(&gap(y)).then(y.cmp(&x))).unwrap_or(0);
            if bound <= unit.best * (1.0 + CLOSE) || told.value - value <= CLOSE * value || unit.boxes > BOXES {
                unit.top = unit.top.max(bound);
                continue;
            }
            let cut = told.prices[widest];
            let half = |low: f64, high: f64| {
                let (mut lows, mut highs) = (b.low.clone(), b.high.clone());
                (lows[widest], highs[widest]) = (low, high);
                Box { unit: b.unit, low: lows, high: highs, bound }
            };
            next.extend([half(b.low[widest], cut), half(cut, b.high[widest])]);
        }
        boxes = next.into_iter().filter(|b| found[b.unit].as_ref().is_some_and(|f| b.bound > f.best * (1.0 + CLOSE))).collect();
    }
    for b in boxes {
        if let Some(unit) = &mut found[b.unit] {
            unit.top = unit.top.max(b.bound);
        }
    }
    let told = |(u, f): (usize, &Option<Found>)| match (f, known.all[u]) {
        (Some(f), Some(all)) if f.best > 0.0 => {
            let norm = f.best.sqrt();
            (f.normal.iter().map(|h| h / norm).collect(), all.interval.0 / f.top.max(f.best).sqrt())
        }
        _ => (Vec::new(), f64::NEG_INFINITY),
    };
    Ok(found.iter().enumerate().map(told).collect())
}

/// `min t + Σ u p − Σ l q` with `Σλx − t x₀ − d g (p − q) ≤ −(l + u) d g`, `Σλy − t y₀ + d g (p − q) ≥ (l + u) d g` and
/// `Σλ = t` (`vrs`); the prices of its rows are those of the hyperplane.
struct Program<'a> {
    near: &'a Near<'a>,
    known: &'a Known<'a>,
    cloud: numerics::lp::Cloud,
    senses: Vec<Sense>,
    inputs: usize,
}

impl<'a> Program<'a> {
    fn new(near: &'a Near<'a>, known: &'a Known<'a>) -> Result<Self, FrontierError> {
        let (inputs, variables) = (near.evaluated.inputs.len(), near.columns.len());
        let sum = projection::sum_row(near.options.returns)?;
        let cloud = near.set.cloud(if sum.is_some() { SumRow::Ones } else { SumRow::None }, inputs)?;
        let mut senses = vec![Sense::AtMost; inputs];
        senses.resize(variables, Sense::AtLeast);
        senses.extend(sum);
        Ok(Self { near, known, cloud, senses, inputs })
    }

    /// How much one unit of `H` is in terms of the variable's own price.
    fn size(&self, i: usize, u: usize) -> f64 {
        self.known.all[u].map_or(0.0, |d| d.value) * (self.known.length)(self.known.side.start + i, u)
    }

    fn solve(&self, boxes: &[Box]) -> Result<Vec<Option<Told>>, FrontierError> {
        let (rows, variables, count) = (self.senses.len(), self.near.columns.len(), self.known.side.len());
        let family = Family::new(&self.cloud, self.senses.clone(), vec![false; 1 + 2 * count], 1)?.values();
        let fill = |k: usize, program: &mut Instance| {
            let b = &boxes[k];
            program.extras.fill(0.0);
            program.rhs.fill(0.0);
            for v in 0..variables {
                program.extras[v] = 0.0 - self.near.columns[v][b.unit];
            }
            if rows > variables {
                program.extras[variables] = -1.0;
            }
            program.costs[0].extras[0] = 1.0;
            for i in 0..count {
                let (v, size) = (self.known.side.start + i, self.size(i, b.unit));
                let sign = if v < self.inputs { -1.0 } else { 1.0 };
                program.rhs[v] = sign * (b.low[i] + b.high[i]) * size;
                program.extras[(1 + 2 * i) * rows + v] = sign * size;
                program.extras[(2 + 2 * i) * rows + v] = 0.0 - sign * size;
                program.costs[0].extras[1 + 2 * i] = b.high[i];
                program.costs[0].extras[2 + 2 * i] = 0.0 - b.low[i];
            }
        };
        let take = |k: usize, s: &Solution| {
            let b = &boxes[k];
            let value = s.values.first().copied().filter(|_| s.status == Status::Optimal && s.duals.len() >= variables)?;
            let chord: f64 = b.low.iter().zip(&b.high).map(|(l, h)| l * h).sum();
            let price = |i: usize| {
                let price = s.duals[self.known.side.start + i].abs() * self.size(i, b.unit);
                price.clamp(b.low[i], b.high[i])
            };
            Some(Told { value: value - chord, bound: s.interval.1 - chord, prices: (0..count).map(price).collect() })
        };
        let order: Vec<usize> = (0..boxes.len()).collect();
        Ok(family.sweep(&order, fill, take))
    }
}
