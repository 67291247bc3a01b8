//! The Russell graph measure: the least weighted mean of all θ and 1/φ.
//!
//! The measure is convex over the factors that a unit can reach. A linear program (the measure's slope at a place) gives a
//! vertex of them and, by its dual bound, a bound of the measure from below; the best mix of the vertices found is the
//! next place and a bound from above (von Hohenbalken 1977). There are finitely many vertices, and few are needed.

use numerics::lp::{LpError, Sense};
use rayon::prelude::*;

use super::Share;
use crate::{
    dea::Class,
    moves::{Abatement, Moved, Moves, Step},
    projection::Landing,
    reference::Reference,
    technology::State,
};

/// Rounds after which a measure has to be found; each adds a vertex.
const ROUNDS: usize = 60;

/// What a vertex may still improve, as a share of the measure, where the place found is the best.
const GAIN: f64 = 1e-11;

/// Factors closer than this, as a share of them, are those of one vertex.
const SAME: f64 = 1e-11;

/// A slope between vertices that no mix can use.
const FLAT: f64 = 1e-15;

pub(super) struct Graph<'a> {
    pub(super) set: &'a Reference,
    pub(super) points: &'a Reference,
    pub(super) inputs: usize,
    pub(super) sum: Option<Sense>,
    /// Whether the points are those of the reference.
    pub(super) own: bool,
}

/// A point on its way.
struct Way {
    state: State,
    /// Factors of the vertices found, θ = 1 − β or φ = 1 + β, and where they land.
    vertices: Vec<(Vec<f64>, Landing)>,
    shares: Vec<f64>,
    /// β at the best mix.
    place: Vec<f64>,
    value: f64,
    low: f64,
    prices: Option<(Vec<f64>, f64)>,
    going: bool,
}

impl Graph<'_> {
    /// Solves for the points in `order`. `share` is what each variable counts, and adds up to 1.
    pub(super) fn sweep(&self, order: &[usize], share: &Share<'_>) -> Result<Vec<Moved>, LpError> {
        let variables = self.set.columns.len();
        let program = Moves {
            set: self.set,
            points: self.points,
            better: self.inputs..variables,
            held: Vec::new(),
            sum: self.sum,
            free: false,
            own: self.own,
            abatement: Abatement::None,
        };
        let mut ways: Vec<Way> = (0..self.points.classes.len()).map(|_| Way::new(variables)).collect();
        let mut active = order.to_vec();
        for _ in 0..ROUNDS {
            if active.is_empty() {
                break;
            }
            let step = |k: usize, v: usize| {
                let slope = if v < self.inputs { 1.0 } else { (1.0 + ways[k].place[v]).powi(-2) };
                share(k, v).map(|weight| Step { length: self.points.columns[v][k], weight: weight * slope })
            };
            let solved = program.sweep(&active, step)?;
            let mut old: Vec<(usize, Way, Moved)> =
                active.iter().zip(solved).map(|(&k, s)| (k, std::mem::replace(&mut ways[k], Way::new(0)), s)).collect();
            old.par_iter_mut().for_each(|(k, way, moved)| {
                let weights: Vec<f64> = (0..variables).map(|v| share(*k, v).unwrap_or(0.0)).collect();
                way.step(&weights, self.inputs, moved);
            });
            active.clear();
            for (k, way, _) in old {
                if way.going {
                    active.push(k);
                }
                ways[k] = way;
            }
        }
        // What still moves is as good as its bounds.
        let mut found: Vec<Option<Way>> = ways.into_iter().map(Some).collect();
        let blank = || Way::new(variables);
        Ok(order.iter().map(|&k| found[k].take().unwrap_or_else(blank).moved(|v| share(k, v).is_some())).collect())
    }
}

impl Way {
    fn new(variables: usize) -> Self {
        Self {
            state: State::Numerical,
            vertices: Vec::new(),
            shares: Vec::new(),
            place: vec![0.0; variables],
            value: f64::NAN,
            low: f64::NEG_INFINITY,
            prices: None,
            going: false,
        }
    }

    /// Takes a vertex and goes to the best mix of those known.
    fn step(&mut self, weights: &[f64], inputs: usize, vertex: &mut Moved) {
        let measure = Measure { weights, inputs };
        let first = self.vertices.is_empty();
        self.going = false;
        let Some(landing) = vertex.landing.take().filter(|_| vertex.state == State::Optimal) else {
            // The bounds that are known stay.
            if first {
                self.state = vertex.state;
            }
            return;
        };
        self.state = State::Optimal;
        // Weak duality: the measure lies above its tangent plane, and the plane above its least value.
        let here = measure.value(&self.place);
        let along = measure.along(&self.place, &self.place);
        let least = |value: f64| here - (value - along);
        self.low = self.low.max(least(vertex.interval.1));
        let (gain, found) = (vertex.value - along, std::mem::take(&mut vertex.factors));
        self.prices = Some((landing.prices.clone(), landing.intercept));
        let known =
            |vertex: &(Vec<f64>, Landing)| vertex.0.iter().zip(&found).all(|(a, b)| (a - b).abs() <= SAME * (1.0 + b.abs()));
        if !first && (gain <= GAIN * here || self.vertices.iter().any(known)) {
            return;
        }
        self.vertices.push((found, landing));
        self.shares.push(if first { 1.0 } else { 0.0 });
        measure.mix(&self.vertices, &mut self.shares);
        // A vertex of no share is forgotten.
        let mut kept = self.shares.iter().map(|s| *s > 0.0).collect::<Vec<_>>().into_iter();
        self.vertices.retain(|_| kept.next() == Some(true));
        self.shares.retain(|s| *s > 0.0);
        let total: f64 = self.shares.iter().sum();
        self.shares.iter_mut().for_each(|s| *s /= total);
        for (v, x) in self.place.iter_mut().enumerate() {
            *x = self.vertices.iter().zip(&self.shares).map(|(vertex, s)| s * vertex.0[v]).sum();
        }
        self.value = measure.value(&self.place);
        self.going = gain > GAIN * here;
    }

    /// The result, with the measure as its value.
    fn moved(self, counts: impl Fn(usize) -> bool) -> Moved {
        let nan = f64::NAN;
        if self.vertices.is_empty() {
            let (factors, class) = (vec![nan; self.place.len()], Class::None);
            return Moved { state: self.state, value: nan, interval: (nan, nan), factors, class, abatement: 0.0, landing: None };
        }
        let parts: Vec<(f64, &Landing)> = self.shares.iter().zip(&self.vertices).map(|(s, v)| (*s, &v.1)).collect();
        let mut landing = Landing::mix(&parts);
        if let Some((prices, intercept)) = self.prices {
            (landing.prices, landing.intercept) = (prices, intercept);
        }
        let left = (0..self.place.len()).any(|v| !counts(v) && landing.slacks[v] > 0.0);
        let class = match (self.place.iter().any(|b| *b > 0.0), left) {
            (true, _) => Class::Inefficient,
            (false, true) => Class::Weak,
            (false, false) => Class::Strong,
        };
        let interval = (self.low.min(self.value), self.value);
        let state = self.state.certified(interval, self.value);
        Moved { state, value: self.value, interval, factors: self.place, class, abatement: 0.0, landing: Some(landing) }
    }
}

/// `Σ w (1 − β)` over inputs and `Σ w/(1 + β)` over outputs.
struct Measure<'a> {
    weights: &'a [f64],
    inputs: usize,
}

impl Measure<'_> {
    fn value(&self, place: &[f64]) -> f64 {
        let term = |(v, w): (usize, &f64)| if v < self.inputs { w * (1.0 - place[v]) } else { w / (1.0 + place[v]) };
        self.weights.iter().enumerate().map(term).sum()
    }

    /// How much the tangent plane at `place` falls towards `to`, from β = 0.
    fn along(&self, place: &[f64], to: &[f64]) -> f64 {
        let slope = |v: usize| if v < self.inputs { 1.0 } else { (1.0 + place[v]).powi(-2) };
        self.weights.iter().enumerate().map(|(v, w)| w * slope(v) * to[v]).sum()
    }

    /// The best mix of vertices: mass goes from the worst that has some to the best, as far as it pays.
    fn mix(&self, vertices: &[(Vec<f64>, Landing)], shares: &mut [f64]) {
        let variables = self.weights.len();
        let mut place: Vec<f64> = vec![0.0; variables];
        for _ in 0..5000 {
            for (v, x) in place.iter_mut().enumerate() {
                *x = vertices.iter().zip(shares.iter()).map(|(vertex, s)| s * vertex.0[v]).sum();
            }
            let falls: Vec<f64> = vertices.iter().map(|vertex| self.along(&place, &vertex.0)).collect();
            let all = 0..vertices.len();
            let best = all.clone().max_by(|&a, &b| falls[a].total_cmp(&falls[b])).unwrap_or(0);
            let worst = all.filter(|&k| shares[k] > 0.0).min_by(|&a, &b| falls[a].total_cmp(&falls[b])).unwrap_or(0);
            if falls[best] - falls[worst] <= FLAT * falls[best].abs().max(f64::MIN_POSITIVE) {
                break;
            }
            let way: Vec<f64> = (0..variables).map(|v| vertices[best].0[v] - vertices[worst].0[v]).collect();
            let step = self.root(&place, &way, shares[worst]);
            if step <= 0.0 {
                break;
            }
            shares[best] += step;
            shares[worst] = if step >= shares[worst] { 0.0 } else { shares[worst] - step };
        }
    }

    /// How far along `way` the measure falls, at most `most`.
    fn root(&self, place: &[f64], way: &[f64], most: f64) -> f64 {
        // Slope of the measure, and slope of the slope, which is not negative.
        let slopes = |t: f64| {
            let (mut first, mut second) = (0.0, 0.0);
            for (v, w) in self.weights.iter().enumerate() {
                if v < self.inputs {
                    first -= w * way[v];
                } else {
                    let factor = 1.0 + place[v] + t * way[v];
                    first -= w * way[v] / (factor * factor);
                    second += 2.0 * w * way[v] * way[v] / (factor * factor * factor);
                }
            }
            (first, second)
        };
        if slopes(most).0 <= 0.0 {
            return most;
        }
        let (mut low, mut high, mut t) = (0.0, most, 0.0);
        for _ in 0..100 {
            let (first, second) = slopes(t);
            if first > 0.0 {
                high = t;
            } else {
                low = t;
            }
            let newton = t - first / second;
            let next = if newton > low && newton < high { newton } else { low + (high - low) / 2.0 };
            if (next - t).abs() <= 1e-16 * most {
                return next;
            }
            t = next;
        }
        t
    }
}

#[cfg(test)]
#[path = "graph_tests.rs"]
mod tests;
