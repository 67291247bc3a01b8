//! All measures of one cross-section in one pass over sorted units.

use std::{cmp::Ordering, collections::BTreeMap};

/// Neumaier's compensated running sum: prefix sums over a million units keep twelve digits.
#[derive(Clone, Copy, Default)]
struct Acc {
    sum: f64,
    carry: f64,
}

impl Acc {
    fn add(&mut self, x: f64) {
        let t = self.sum + x;
        self.carry += if self.sum.abs() >= x.abs() { (self.sum - t) + x } else { (x - t) + self.sum };
        self.sum = t;
    }

    fn value(self) -> f64 {
        self.sum + self.carry
    }

    fn of(xs: impl IntoIterator<Item = f64>) -> f64 {
        let mut acc = Self::default();
        xs.into_iter().for_each(|x| acc.add(x));
        acc.value()
    }
}

/// Units sorted within groups once, so that resampling only changes weights and never sorts again.
pub(super) struct Layout {
    /// Group names in order.
    pub names: Vec<String>,
    /// Places `offsets[g]..offsets[g + 1]` hold group `g`.
    pub offsets: Vec<usize>,
    /// Place of each row given.
    pub place: Vec<usize>,
    /// Values by place, ascending within each group, scaled by a power of two (exactly) to at most 1.
    values: Vec<f64>,
    /// Weights by place.
    pub weights: Vec<f64>,
    /// Places in ascending order of value.
    ascending: Vec<usize>,
    /// What the values were multiplied by.
    scale: f64,
}

/// Measures of one group.
pub(super) struct GroupParts {
    pub weight_share: f64,
    pub value_share: f64,
    pub mean: f64,
    pub gini: f64,
    pub theil_t: f64,
    pub theil_l: f64,
}

/// Measures of a pair of groups, `rich` the one with the larger mean.
pub(super) struct PairParts {
    pub rich: usize,
    pub poor: usize,
    pub gini: f64,
    pub d: f64,
    pub p: f64,
    pub affluence: f64,
}

/// Every measure of a cross-section.
pub(super) struct Parts {
    pub mean: f64,
    pub gini: f64,
    pub within: f64,
    pub net_between: f64,
    pub transvariation: f64,
    /// `Σ p_j p_h |μ_j − μ_h| / μ`, which `net_between` must equal.
    pub closed_form: f64,
    pub theil_t: [f64; 3],
    pub theil_l: [f64; 3],
    pub groups: Vec<GroupParts>,
    pub pairs: Vec<PairParts>,
}

impl Layout {
    pub fn new(values: &[f64], weights: Option<&[f64]>, groups: Option<&[&str]>) -> Self {
        let weight = |i: usize| weights.map_or(1.0, |w| w[i]);
        let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for i in 0..values.len() {
            members.entry(groups.map_or("", |g| g[i])).or_default().push(i);
        }
        let largest = values.iter().copied().fold(0.0, f64::max);
        let scale = if largest > 0.0 { libm::ldexp(1.0, -1 - libm::ilogb(largest)) } else { 1.0 };
        let total = Acc::of((0..values.len()).map(weight));
        let n = values.len();
        let mut layout = Self {
            names: members.keys().map(|&k| k.to_owned()).collect(),
            offsets: vec![0],
            place: vec![0; n],
            values: Vec::with_capacity(n),
            weights: Vec::with_capacity(n),
            ascending: Vec::new(),
            scale,
        };
        for rows in members.values_mut() {
            rows.sort_by(|&a, &b| values[a].total_cmp(&values[b]).then(weight(a).total_cmp(&weight(b))).then(a.cmp(&b)));
            for &row in rows.iter() {
                layout.place[row] = layout.values.len();
                // `+ 0.0` turns −0 into 0.
                layout.values.push(values[row] * scale + 0.0);
                layout.weights.push(weight(row) / total);
            }
            layout.offsets.push(layout.values.len());
        }
        layout.ascending = (0..n).collect();
        layout.ascending.sort_by(|&a, &b| layout.values[a].total_cmp(&layout.values[b]).then(a.cmp(&b)));
        layout
    }

    pub fn group(&self, g: usize) -> std::ops::Range<usize> {
        self.offsets[g]..self.offsets[g + 1]
    }

    /// All measures under the weights given by place, not all zero in any group.
    pub fn measure(&self, w: &[f64]) -> Parts {
        let k = self.names.len();
        let total = Acc::of(w.iter().copied());
        let mean = Acc::of(w.iter().zip(&self.values).map(|(w, x)| w * x)) / total;
        // Differences do not change when a constant is taken off, and keep their digits when it is.
        let centred: Vec<f64> = self.values.iter().map(|x| x - mean).collect();
        let gini = gap(self.ascending.iter().map(|&i| (centred[i], w[i]))) / (2.0 * mean);
        let mut means = Vec::with_capacity(k);
        let groups: Vec<GroupParts> = (0..k)
            .map(|g| {
                let (u, w) = (&centred[self.group(g)], &w[self.group(g)]);
                let weight = Acc::of(w.iter().copied());
                let shift = Acc::of(w.iter().zip(u).map(|(w, u)| w * u)) / weight;
                means.push(shift);
                let own = mean + shift;
                let share = weight / total;
                let gini = if own > 0.0 { gap(u.iter().copied().zip(w.iter().copied())) / (2.0 * own) } else { 0.0 };
                let (theil_t, theil_l) =
                    if own > 0.0 { theil(u.iter().zip(w).map(|(u, w)| ((u - shift) / own, *w))) } else { (0.0, f64::INFINITY) };
                GroupParts {
                    weight_share: share,
                    value_share: share * own / mean,
                    mean: own / self.scale,
                    gini,
                    theil_t,
                    theil_l,
                }
            })
            .collect();
        let mut pairs = Vec::with_capacity(k * k.saturating_sub(1) / 2);
        let (mut net_between, mut transvariation, mut closed_form) = (Acc::default(), Acc::default(), Acc::default());
        for a in 0..k {
            for b in a + 1..k {
                let (rich, poor) = if means[b] > means[a] { (b, a) } else { (a, b) };
                let side = |g: usize| (&centred[self.group(g)], &w[self.group(g)]);
                let (d, p) = (excess(side(rich), side(poor)), excess(side(poor), side(rich)));
                let (affluence, pair_gini) =
                    if d + p > 0.0 { ((d - p) / (d + p), (d + p) / (2.0 * mean + means[a] + means[b])) } else { (0.0, 0.0) };
                let cross = groups[a].weight_share * groups[b].value_share + groups[b].weight_share * groups[a].value_share;
                net_between.add(pair_gini * cross * affluence);
                transvariation.add(pair_gini * cross * (1.0 - affluence));
                closed_form.add(groups[a].weight_share * groups[b].weight_share * (means[a] - means[b]).abs() / mean);
                pairs.push(PairParts { rich, poor, gini: pair_gini, d: d / self.scale, p: p / self.scale, affluence });
            }
        }
        let t_within = Acc::of(groups.iter().map(|g| g.value_share * g.theil_t));
        let l_within = Acc::of(groups.iter().map(|g| g.weight_share * g.theil_l));
        let (t_between, l_between) = theil(groups.iter().zip(&means).map(|(g, shift)| (shift / mean, g.weight_share)));
        let (t, l) = theil(centred.iter().zip(w).map(|(u, w)| (u / mean, *w)));
        Parts {
            mean: mean / self.scale,
            gini,
            within: Acc::of(groups.iter().map(|g| g.weight_share * g.value_share * g.gini)),
            net_between: net_between.value(),
            transvariation: transvariation.value(),
            closed_form: closed_form.value(),
            theil_t: [t, t_within, t_between],
            theil_l: [l, l_within, l_between],
            groups,
            pairs,
        }
    }

    /// Coefficient of variation, and standard deviation of the logarithms (`NaN` where a value is 0), with denominator `n` (`Σ w`).
    pub fn spread(&self) -> (f64, f64) {
        let sd = |xs: &[f64]| {
            let total = Acc::of(self.weights.iter().copied());
            let mean = Acc::of(self.weights.iter().zip(xs).map(|(w, x)| w * x)) / total;
            let variance = Acc::of(self.weights.iter().zip(xs).map(|(w, x)| w * (x - mean) * (x - mean))) / total;
            (mean, variance.sqrt())
        };
        let (mean, s) = sd(&self.values);
        let positive = self.values.iter().all(|&x| x > 0.0);
        let logs: Vec<f64> = self.values.iter().map(|x| x.ln()).collect();
        (s / mean, if positive { sd(&logs).1 } else { f64::NAN })
    }
}

/// Mean absolute difference `Σ_i Σ_j w_i w_j |x_i − x_j| / (Σ w)²` of values in ascending order.
fn gap(ascending: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let total = Acc::of(ascending.clone().map(|(_, w)| w));
    let (mut below, mut sum) = (Acc::default(), Acc::default());
    for (x, w) in ascending {
        let before = below.value();
        below.add(w);
        sum.add(w * x * (before + below.value() - total));
    }
    (2.0 * sum.value() / (total * total)).max(0.0)
}

/// `E[(x − y)⁺]` of two weighted samples, each in ascending order.
fn excess((xs, wx): (&[f64], &[f64]), (ys, wy): (&[f64], &[f64])) -> f64 {
    let (mut weight, mut value, mut sum, mut next) = (Acc::default(), Acc::default(), Acc::default(), 0);
    for (&x, &w) in xs.iter().zip(wx) {
        while next < ys.len() && ys[next].partial_cmp(&x) == Some(Ordering::Less) {
            weight.add(wy[next]);
            value.add(wy[next] * ys[next]);
            next += 1;
        }
        sum.add(w * (x * weight.value() - value.value()));
    }
    (sum.value() / (Acc::of(wx.iter().copied()) * Acc::of(wy.iter().copied()))).max(0.0)
}

/// Theil T and L from weights and relative deviations `e = x/μ − 1`, as means of `(1+e) ln(1+e) − e ≥ 0` and
/// `e − ln(1+e) ≥ 0`: the terms taken off average to zero, and nearly equal values keep their digits.
/// L is infinite where a value with weight is 0.
fn theil(deviations: impl Iterator<Item = (f64, f64)> + Clone) -> (f64, f64) {
    let total = Acc::of(deviations.clone().map(|(_, w)| w));
    let t = Acc::of(deviations.clone().map(|(e, w)| if e > -1.0 { w * ((1.0 + e) * libm::log1p(e) - e) } else { w }));
    let l = Acc::of(deviations.map(|(e, w)| if w == 0.0 { 0.0 } else { w * (e - libm::log1p(e)) }));
    ((t / total).max(0.0), (l / total).max(0.0))
}
