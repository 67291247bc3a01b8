//! Comparisons of two periods over the products that both have.

use super::{
    basket::Basket,
    bilateral::{Formula, Pair},
};

/// A formula with what it needs beside two periods.
pub(super) struct Comparer<'a> {
    basket: &'a Basket,
    formula: Formula,
    elasticity: f64,
    reference: Vec<f64>,
}

/// One comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Comparison {
    /// The index; `NaN` where no product is common.
    pub index: f64,
    /// Number of common products.
    pub matched: usize,
    /// Share of common products in the value of both periods (mean of the two shares), in their number without quantities.
    pub coverage: f64,
    /// Largest violation of time reversal and factor reversal, of what the formula claims.
    pub residual: f64,
}

impl<'a> Comparer<'a> {
    /// A comparer; `periods` are the reference periods of [`Formula::Lowe`] and [`Formula::Young`], and `prices` tells
    /// whether the basket still holds prices where prices belong.
    pub fn new(basket: &'a Basket, formula: Formula, elasticity: f64, periods: &[usize], prices: bool) -> Self {
        let reference = if formula.referenced() { reference(basket, formula, periods, prices) } else { Vec::new() };
        Self { basket, formula, elasticity, reference }
    }

    /// Compares period `t` with period `s` (places among the periods).
    pub fn compare(&self, s: usize, t: usize) -> Comparison {
        let mut buffers: [Vec<f64>; 5] = std::array::from_fn(|_| Vec::new());
        let pair = self.pair(s, t, &mut buffers);
        let index = self.formula.prices(&pair, self.elasticity);
        let matched = pair.p0.len();
        let coverage = if self.basket.weighted {
            let value = |p: &[f64], q: &[f64]| p.iter().zip(q).map(|(p, q)| p * q).sum::<f64>();
            f64::midpoint(value(pair.p0, pair.q0) / self.basket.value(s), value(pair.p1, pair.q1) / self.basket.value(t))
        } else {
            let share = |t: usize| matched as f64 / self.basket.count(t) as f64;
            f64::midpoint(share(s), share(t))
        };
        let mut residual: f64 = 0.0;
        if matched > 0 && self.formula.time_reversal() {
            let back = Pair { p0: pair.p1, p1: pair.p0, q0: pair.q1, q1: pair.q0, reference: pair.reference };
            residual = residual.max((index * self.formula.prices(&back, self.elasticity) - 1.0).abs());
        }
        if matched > 0 && self.formula.factor_reversal() {
            let value = Formula::Laspeyres.prices(&pair, 0.0) * Formula::Paasche.prices(&pair.exchanged(), 0.0);
            residual = residual.max((index * self.formula.prices(&pair.exchanged(), 0.0) / value - 1.0).abs());
        }
        Comparison { index, matched, coverage, residual }
    }

    fn pair<'b>(&self, s: usize, t: usize, buffers: &'b mut [Vec<f64>; 5]) -> Pair<'b> {
        let (a, b) = (self.basket.prices(s), self.basket.prices(t));
        let (x, y) = (self.basket.quantities(s), self.basket.quantities(t));
        buffers.iter_mut().for_each(Vec::clear);
        let referenced = !self.reference.is_empty();
        for i in 0..self.basket.products {
            if a[i].is_nan() || b[i].is_nan() || (referenced && self.reference[i].is_nan()) {
                continue;
            }
            buffers[0].push(a[i]);
            buffers[1].push(b[i]);
            if self.basket.weighted {
                buffers[2].push(x[i]);
                buffers[3].push(y[i]);
            }
            if referenced {
                buffers[4].push(self.reference[i]);
            }
        }
        let [p0, p1, q0, q1, reference] = buffers;
        Pair { p0, p1, q0, q1, reference }
    }
}

/// Reference weights by product, `NaN` where the reference periods do not have it: total quantities (mean prices where the
/// index is of quantities) for Lowe, total values for Young.
fn reference(basket: &Basket, formula: Formula, periods: &[usize], prices: bool) -> Vec<f64> {
    let weight = |i: usize| {
        let (mut total, mut seen) = (0.0, 0);
        for &t in periods {
            let (p, q) = (basket.prices(t)[i], basket.quantities(t)[i]);
            if !p.is_nan() {
                total += if formula == Formula::Young { p * q } else { q };
                seen += 1;
            }
        }
        match seen {
            0 => f64::NAN,
            _ if formula == Formula::Lowe && !prices => total / f64::from(seen),
            _ => total,
        }
    };
    (0..basket.products).map(weight).collect()
}

/// Logarithms of all comparisons of periods less than a window apart.
pub(super) struct Pairs {
    periods: usize,
    logs: Vec<f64>,
    /// Comparisons without a common product.
    pub missing: usize,
}

impl Pairs {
    /// All comparisons; the formula must satisfy time reversal.
    pub fn new(comparer: &Comparer<'_>, window: usize) -> Self {
        let n = comparer.basket.periods.len();
        let mut logs = vec![f64::NAN; n * n];
        let mut missing = 0;
        let mut buffers: [Vec<f64>; 5] = std::array::from_fn(|_| Vec::new());
        for s in 0..n {
            for t in s + 1..n.min(s + window) {
                let log = comparer.formula.prices(&comparer.pair(s, t, &mut buffers), comparer.elasticity).ln();
                missing += usize::from(!log.is_finite());
                logs[s * n + t] = log;
            }
        }
        Self { periods: n, logs, missing }
    }

    /// Logarithm of the index from period `s` to a later period `t`.
    pub fn log(&self, s: usize, t: usize) -> f64 {
        self.logs[s * self.periods + t]
    }
}
