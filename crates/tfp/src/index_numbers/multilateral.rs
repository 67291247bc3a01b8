//! Indices that compare all periods of a window at once: GEKS, Geary-Khamis, weighted time product dummy.

use numerics::graph::{potentials, stationary};

use super::{basket::Basket, matched::Pairs};

/// Logarithms of the levels in a window, 0 at its root, and the largest relative violation of the equations that define
/// them. `NaN` where no chain of common products leads to the root.
pub(super) struct Levels {
    pub logs: Vec<f64>,
    pub residual: f64,
}

/// GEKS: least squares fit of a transitive index to all bilateral comparisons of the window, which on a complete set is
/// their geometric mean over all link periods (Gini 1931, Eltetö and Köves 1964, Szulc 1964); where comparisons are missing,
/// the fit to those there are (Rao 1999).
pub(super) fn geks(pairs: &Pairs, from: usize, n: usize, root: usize) -> Levels {
    let mut weights = vec![0.0; n * n];
    let mut inflows = vec![0.0; n];
    let mut size: f64 = 1.0;
    for s in 0..n {
        for t in s + 1..n {
            let step = pairs.log(from + s, from + t);
            if step.is_finite() {
                weights[s * n + t] = 1.0;
                weights[t * n + s] = 1.0;
                inflows[t] += step;
                inflows[s] -= step;
                size = size.max(step.abs());
            }
        }
    }
    let logs = potentials(&weights, &inflows, root);
    let off = |s: usize| {
        let out: f64 = (0..n).filter(|&t| weights[s * n + t] > 0.0).map(|t| logs[s] - logs[t]).sum();
        (out - inflows[s]).abs() / (n as f64 * size)
    };
    Levels { residual: largest(&logs, off), logs }
}

/// Geary (1958) and Khamis (1972): world prices `b_i = Σ_t v_it / P_t / Σ_t q_it` and levels `P_t = Σ_i p_it q_it / Σ_i b_i q_it`
/// hold together. In `1 / P_t` the equations are linear and those of a stationary flow, solved without iterations.
pub(super) fn geary_khamis(basket: &Basket, from: usize, n: usize, root: usize) -> Levels {
    let total: Vec<f64> =
        (0..basket.products).map(|i| (from..from + n).map(|t| basket.quantities(t)[i]).filter(|q| !q.is_nan()).sum()).collect();
    // r_ts = Σ_i v_it q_is / Q_i, in values of t.
    let mut rates = vec![0.0; n * n];
    for t in 0..n {
        let (p, q) = (basket.prices(from + t), basket.quantities(from + t));
        let weight: Vec<f64> = (0..basket.products).map(|i| p[i] * q[i] / total[i]).collect();
        for s in 0..n {
            let other = basket.quantities(from + s);
            rates[t * n + s] = weight.iter().zip(other).map(|(w, q)| w * q).filter(|x| !x.is_nan()).sum();
        }
    }
    let y = stationary(&rates, n, root);
    let off = |t: usize| {
        let cost: f64 = (0..n).filter(|&s| !y[s].is_nan()).map(|s| y[s] * rates[s * n + t]).sum();
        let value: f64 = rates[t * n..][..n].iter().sum();
        (cost / (value * y[t]) - 1.0).abs()
    };
    let logs: Vec<f64> = y.iter().map(|y| -y.ln()).collect();
    Levels { residual: largest(&logs, off), logs }
}

/// Weighted time product dummy (Summers 1973, Rao 2005): least squares of `ln p_it = α_t + β_i`, weighted by the share of
/// the product in the value of the period; without quantities all weights are 1.
pub(super) fn time_product_dummy(basket: &Basket, from: usize, n: usize, root: usize) -> Levels {
    let k = basket.products;
    let weights: Vec<Vec<f64>> = (from..from + n)
        .map(|t| {
            let value = basket.value(t);
            let weight = |i: usize| match basket.prices(t)[i] {
                p if p.is_nan() => 0.0,
                p if basket.weighted => p * basket.quantities(t)[i] / value,
                _ => 1.0,
            };
            (0..k).map(weight).collect()
        })
        .collect();
    let logs: Vec<Vec<f64>> =
        (from..from + n).map(|t| basket.prices(t).iter().map(|p| if p.is_nan() { 0.0 } else { p.ln() }).collect()).collect();
    let total: Vec<f64> = (0..k).map(|i| weights.iter().map(|w| w[i]).sum()).collect();
    let centre: Vec<f64> = (0..k).map(|i| (0..n).map(|t| weights[t][i] * logs[t][i]).sum::<f64>() / total[i]).collect();
    let sold = |i: &usize| total[*i] > 0.0;
    let mut edges = vec![0.0; n * n];
    for s in 0..n {
        for t in 0..n {
            edges[s * n + t] = (0..k).filter(sold).map(|i| weights[s][i] * weights[t][i] / total[i]).sum();
        }
    }
    let inflows: Vec<f64> = (0..n).map(|t| (0..k).filter(sold).map(|i| weights[t][i] * (logs[t][i] - centre[i])).sum()).collect();
    let level = potentials(&edges, &inflows, root);
    let off = |t: usize| {
        let out: f64 = (0..n).filter(|&s| !level[s].is_nan()).map(|s| edges[t * n + s] * (level[t] - level[s])).sum();
        let size = (0..n).filter(|&s| s != t).map(|s| edges[t * n + s]).sum::<f64>().max(inflows[t].abs());
        if size > 0.0 { (out - inflows[t]).abs() / size } else { 0.0 }
    };
    Levels { residual: largest(&level, off), logs: level }
}

fn largest(levels: &[f64], off: impl Fn(usize) -> f64) -> f64 {
    (0..levels.len()).filter(|&t| levels[t].is_finite()).map(off).fold(0.0, f64::max)
}
