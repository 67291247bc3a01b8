//! Aggregations that limit compensation, with the parts of a score that each child accounts for.

use crate::ranking::{
    compensation::{Compensation, mean_min, penalised, power_base, power_mean},
    owa::{self, Emphasis},
};

/// One row of a dimension: the children present, and where the parts of the score go.
pub(super) struct Row<'a> {
    /// Place of the child in `part`.
    place: Vec<usize>,
    /// Value and weight; weights sum to 1.
    pairs: Vec<(f64, f64)>,
    /// Mean and standard deviation of the child over all rows.
    level: Vec<(f64, f64)>,
    part: &'a mut [f64],
}

impl<'a> Row<'a> {
    /// Children as place, weight, value, level.
    pub fn new(present: impl Iterator<Item = (usize, f64, f64, (f64, f64))>, part: &'a mut [f64]) -> Self {
        let mut row = Self { place: Vec::new(), pairs: Vec::new(), level: Vec::new(), part };
        for (place, weight, value, level) in present {
            row.place.push(place);
            row.pairs.push((value, weight));
            row.level.push(level);
        }
        row
    }

    fn set(&mut self, share: impl Fn(usize, f64, f64) -> f64) {
        for (k, (&place, &(value, weight))) in self.place.iter().zip(&self.pairs).enumerate() {
            self.part[place] = share(k, value, weight);
        }
    }

    /// Power mean; a child's part is its value times what the score gains with it: `w v^p / Σ w v^p` of the score.
    pub fn power(&mut self, p: f64, floor: f64) -> f64 {
        let least = if p <= 0.0 { floor } else { 0.0 };
        self.pairs.iter_mut().for_each(|(v, _)| *v = v.max(least));
        let score = power_mean(&self.pairs, p);
        let base = power_base(&self.pairs, p);
        let power = |v: f64, w: f64| if w > 0.0 { w * (v / base).powf(p) } else { 0.0 };
        let total: f64 = self.pairs.iter().map(|&(v, w)| power(v, w)).sum();
        let proper = total.is_finite() && total > 0.0;
        self.set(|_, v, w| score * if proper { power(v, w) / total } else { w });
        score
    }

    /// Mazziotta-Pareto of `100 + 10 z`; the penalty is charged by each child's share in the variance across children.
    pub fn mpi(&mut self, form: &Compensation) -> f64 {
        let z =
            |&((v, w), (mean, sd)): &((f64, f64), (f64, f64))| (100.0 + if sd > 0.0 { 10.0 * (v - mean) / sd } else { 0.0 }, w);
        let scaled: Vec<(f64, f64)> = self.pairs.iter().copied().zip(self.level.iter().copied()).map(|p| z(&p)).collect();
        self.charged(&scaled, form, |z| 0.5 + (z - 100.0) / 100.0, 100.0)
    }

    /// Adjusted Mazziotta-Pareto of `70 + 60 v`, charged likewise.
    pub fn ampi(&mut self, form: &Compensation) -> f64 {
        let scaled: Vec<(f64, f64)> = self.pairs.iter().map(|&(v, w)| (70.0 + 60.0 * v, w)).collect();
        self.charged(&scaled, form, |r| (r - 70.0) / 60.0, 60.0)
    }

    fn charged(&mut self, scaled: &[(f64, f64)], form: &Compensation, back: impl Fn(f64) -> f64, unit: f64) -> f64 {
        let (mean, _, score) = penalised(scaled, form.penalty, form.spread);
        let square = |(x, w): (f64, f64)| w * (x - mean) * (x - mean);
        let total: f64 = scaled.iter().map(|&p| square(p)).sum();
        let change = (score - mean) / unit;
        self.set(|k, _, w| w * back(scaled[k].0) + if total > 0.0 { change * square(scaled[k]) / total } else { change * w });
        back(score)
    }

    /// Mean-min; the penalty is charged to the weakest, by weight where several are.
    pub fn mean_min(&mut self, form: &Compensation) -> f64 {
        let score = mean_min(&self.pairs, form.min_share, form.min_smoothing);
        let mean: f64 = self.pairs.iter().map(|(v, w)| v * w).sum();
        let low = self.pairs.iter().filter(|p| p.1 > 0.0).map(|p| p.0).fold(f64::INFINITY, f64::min);
        let weakest: f64 = self.pairs.iter().filter(|p| p.0 == low).map(|p| p.1).sum();
        self.set(|_, v, w| w * v - if v == low { (mean - score) * w / weakest } else { 0.0 });
        score
    }

    /// Ordered weighted average; a child's part is its value times the weight of its place, equal values share by weight.
    pub fn owa(&mut self, quantifier: f64) -> f64 {
        let emphasis = Emphasis::Quantifier(quantifier);
        let mut sorted = self.pairs.clone();
        let score = owa::average(&mut sorted, &emphasis);
        let total: f64 = sorted.iter().map(|p| p.1).sum();
        let cumulated = |keep: &dyn Fn(f64) -> bool| {
            let seen: f64 = sorted.iter().filter(|p| keep(p.0)).map(|p| p.1).sum();
            (seen / total).min(1.0)
        };
        let pairs = self.pairs.clone();
        self.set(|_, v, w| {
            let (before, upto) = (cumulated(&|x| x > v), cumulated(&|x| x >= v));
            let tied: f64 = pairs.iter().filter(|p| p.0 == v).map(|p| p.1).sum();
            if tied > 0.0 { (upto.powf(quantifier) - before.powf(quantifier)) * v * w / tied } else { 0.0 }
        });
        score
    }

    /// Copeland against all other rows. Each win (loss) is credited (charged) to the children that were for it, by weight.
    pub fn copeland(&mut self, columns: &[&[f64]]) -> f64 {
        let rows = columns.first().map_or(0, |c| c.len());
        let own: Vec<(usize, f64, f64)> = self.place.iter().zip(&self.pairs).map(|(&p, &(v, w))| (p, v, w)).collect();
        let mut credit = vec![0.0; own.len()];
        let (mut score, mut others) = (0.0, 0_usize);
        for row in 0..rows {
            others += usize::from(columns.iter().any(|c| !c[row].is_nan()));
            let (mut above, mut below) = (0.0, 0.0);
            for &(k, v, w) in &own {
                above += if v > columns[k][row] { w } else { 0.0 };
                below += if v < columns[k][row] { w } else { 0.0 };
            }
            let margin: f64 = above - below;
            if margin.abs() <= 1e-12 {
                continue;
            }
            let (sign, side) = if margin > 0.0 { (1.0, above) } else { (-1.0, below) };
            score += sign;
            for (c, &(k, v, w)) in credit.iter_mut().zip(&own) {
                if (v > columns[k][row] && sign > 0.0) || (v < columns[k][row] && sign < 0.0) {
                    *c += sign * w / side;
                }
            }
        }
        // The row itself is among those counted.
        let scale = if others > 1 { 0.5 / (others - 1) as f64 } else { 0.0 };
        self.set(|k, _, w| 0.5 * w + scale * credit[k]);
        0.5 + scale * score
    }
}
