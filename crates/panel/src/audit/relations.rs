//! Relations among three variables that the table itself keeps almost everywhere: a product
//! (income per head times heads is income), a sum, parts that do not exceed their whole.

use std::ops::Range;

use super::{
    Kind, Suspicion,
    scan::{Point, Ruler, Shape, scan},
    series::{Column, FLOOR, Grid, Known, median, movement},
    words::{Words, factor, number},
};
use crate::table::Panel;

/// Cells from which a relation can be learned.
const LEARNED: usize = 200;
/// Cells looked at before a relation is examined in full.
const GLANCE: usize = 300;
/// Variables beyond which triples are too many to be tried.
const MANY: usize = 60;
/// Relative error within which a product or sum counts as kept.
const KEPT: f64 = 0.01;
/// Share of cells in which a sum or product must be kept that closely; with `NEARLY`, no accident.
const USUAL: f64 = 0.5;
/// Share of cells in which it must be kept within `MATERIAL`; the others are worth a question.
const NEARLY: f64 = 0.9;
/// Logarithm from which a breach is told.
const MATERIAL: f64 = 0.1;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// a = k · b · c.
    Product,
    /// a = b + c.
    Sum,
    /// b + c <= a, with b + c most of a.
    Parts,
}

/// Whole (or product) `a`, parts (or factors) `b` and `c`, and the share of `a` they account for.
#[derive(Clone, Copy)]
struct Relation {
    form: Form,
    a: usize,
    b: usize,
    c: usize,
    share: f64,
}

pub(super) fn relations(panel: &Panel, grid: &Grid, columns: &[Column<'_>], known: &Known, z: f64) -> Vec<Suspicion> {
    let usable: Vec<usize> = (0..columns.len()).filter(|&i| columns[i].log && columns[i].counts[1] >= LEARNED).collect();
    if usable.len() > MANY {
        return Vec::new();
    }
    let stride = (panel.len() / GLANCE).max(1);
    let mut all = Vec::new();
    for &a in &usable {
        // What is exact says nothing of how parts share the rest: each is used.
        let mut best: [Option<Relation>; 2] = [None; 2];
        for (k, &b) in usable.iter().enumerate().filter(|x| *x.1 != a) {
            for &c in usable[k + 1..].iter().filter(|c| **c != a) {
                // A sample decides whether to look on.
                let found = learn(columns, [a, b, c], (0..panel.len()).step_by(stride))
                    .and_then(|_| learn(columns, [a, b, c], (0..panel.len()).step_by(1)))
                    .filter(|r| r.form != Form::Parts || steadier(columns, grid, *r));
                let Some(r) = found else { continue };
                // Parts that account for more of the whole say more than parts that leave a rest.
                let of = &mut best[usize::from(r.form == Form::Product)];
                if of.is_none_or(|old| r.share > old.share) {
                    *of = Some(r);
                }
            }
        }
        for r in best.into_iter().flatten() {
            let found = Found { panel, grid, columns, known, r };
            all.extend(found.suspicions(z).into_iter().filter(|s| !found.told(s)));
        }
    }
    all
}

/// The relation among three variables that these rows show, if any.
fn learn(columns: &[Column<'_>], [a, b, c]: [usize; 3], rows: impl Iterator<Item = usize>) -> Option<Relation> {
    let (xa, xb, xc) = (&columns[a].y, &columns[b].y, &columns[c].y);
    let mut shares = Vec::new();
    let mut products = Vec::new();
    for i in rows {
        let (p, q, r) = (xa[i], xb[i], xc[i]);
        if (p + q + r).is_nan() {
            continue;
        }
        shares.push((q - p).exp() + (r - p).exp());
        products.push(p - q - r);
        // Most triples have nothing to do with one another, which a few cells show.
        if shares.len() == 24
            && shares.iter().filter(|s| (0.6..=1.02).contains(*s)).count() < 12
            && spread(&products) > 10.0 * KEPT
        {
            return None;
        }
    }
    let n = shares.len();
    if n < LEARNED.min(GLANCE / 2) {
        return None;
    }
    let count = |low: f64, high: f64| shares.iter().filter(|s| (low..=high).contains(*s)).count() as f64 / n as f64;
    let share = median(&mut shares.clone());
    if count(1.0 - KEPT, 1.0 + KEPT) >= USUAL && count(1.0 - MATERIAL, 1.0 + MATERIAL) >= NEARLY {
        return Some(Relation { form: Form::Sum, a, b, c, share });
    }
    let middle = median(&mut products.clone());
    let near = |by: f64| products.iter().filter(|p| (*p - middle).abs() <= by).count() as f64 / n as f64;
    if near(KEPT) >= USUAL && near(MATERIAL) >= NEARLY {
        return Some(Relation { form: Form::Product, a, b, c, share: 0.0 });
    }
    (count(0.0, 1.0 + 1e-6) >= 0.975 && count(0.8, 1.0 + 1e-6) >= 0.5).then_some(Relation { form: Form::Parts, a, b, c, share })
}

fn spread(xs: &[f64]) -> f64 {
    let middle = median(&mut xs.to_vec());
    median(&mut xs.iter().map(|x| (x - middle).abs()).collect::<Vec<_>>())
}

/// Whether the parts together keep their share of the whole better than each alone, and neither is
/// a mere trifle: parts of one whole, not two variables that happen to be smaller.
fn steadier(columns: &[Column<'_>], grid: &Grid, r: Relation) -> bool {
    let (a, b, c) = (&columns[r.a].y, &columns[r.b].y, &columns[r.c].y);
    let changes = |of: &dyn Fn(usize) -> f64| {
        let rows = grid.units.iter().flat_map(|u| u.start + 1..u.end);
        let mut d: Vec<f64> = rows.map(|i| (of(i) - of(i - 1)).abs()).filter(|d| !d.is_nan()).collect();
        median(&mut d)
    };
    let both = changes(&|i| (b[i].exp() + c[i].exp()).ln() - a[i]);
    let apart = [changes(&|i| b[i] - a[i]), changes(&|i| c[i] - a[i])];
    both < 0.6 * apart[0] && both < 0.6 * apart[1]
}

struct Found<'a> {
    panel: &'a Panel,
    grid: &'a Grid,
    columns: &'a [Column<'a>],
    known: &'a Known,
    r: Relation,
}

impl Found<'_> {
    /// Logarithm of the left side over the right side; `NaN` where a variable is missing.
    fn error(&self) -> Vec<f64> {
        let (a, b, c) = (&self.columns[self.r.a].y, &self.columns[self.r.b].y, &self.columns[self.r.c].y);
        (0..a.len())
            .map(|i| match self.r.form {
                Form::Product => a[i] - b[i] - c[i],
                Form::Sum | Form::Parts => a[i] - (b[i].exp() + c[i].exp()).ln(),
            })
            .collect()
    }

    /// Whether another check already tells that the variable named here is wrong there.
    fn told(&self, s: &Suspicion) -> bool {
        let named = [self.r.a, self.r.b, self.r.c].into_iter().find(|&v| self.columns[v].variable.name == s.variable);
        named.is_some_and(|v| self.known.covers(v, &s.unit, s.period, s.last))
    }

    fn suspicions(&self, z: f64) -> Vec<Suspicion> {
        let mut error = self.error();
        let mut usual: Vec<f64> = error.iter().copied().filter(|e| !e.is_nan()).collect();
        let shared = usual.len();
        let middle = median(&mut usual);
        if self.r.form != Form::Parts {
            error.iter_mut().for_each(|e| *e -= middle);
            let scale = (1.4826 * spread(&error.iter().copied().filter(|e| !e.is_nan()).collect::<Vec<_>>())).max(FLOOR);
            let kept = error.iter().filter(|e| e.abs() <= KEPT).count();
            let broken = |i: usize| error[i].abs() > MATERIAL.max(z * scale);
            return self.runs(&broken, &error).map(|rows| self.suspicion(rows, &error, scale, (kept, shared))).collect();
        }
        let over = |i: usize| error[i] < -1e-6;
        let kept = shared - (0..error.len()).filter(|&i| over(i)).count();
        let mut all: Vec<Suspicion> =
            self.runs(&over, &error).map(|rows| self.suspicion(rows, &error, FLOOR, (kept, shared))).collect();
        all.extend(self.share(&error, z, (kept, shared)));
        all
    }

    /// Stretches of one unit in which the relation is broken the same way .
    fn runs<'b>(&'b self, broken: &'b dyn Fn(usize) -> bool, error: &'b [f64]) -> impl Iterator<Item = Range<usize>> + 'b {
        self.grid.units.iter().flat_map(move |u| {
            let mut runs: Vec<Range<usize>> = Vec::new();
            for i in u.clone().filter(|&i| broken(i)) {
                match runs.last_mut() {
                    Some(r) if r.end == i && error[i] * error[i - 1] > 0.0 && self.grid.at[i] == self.grid.at[i - 1] + 1 => {
                        r.end = i + 1;
                    }
                    _ => runs.push(i..i + 1),
                }
            }
            runs
        })
    }

    /// Stretches in which the parts' share of the whole leaves its level.
    fn share(&self, error: &[f64], z: f64, counts: (usize, usize)) -> Vec<Suspicion> {
        let (common, _, pooled, by_period) = movement(error, self.grid);
        let ruler = Ruler::new(pooled, by_period);
        let mut all = Vec::new();
        for u in &self.grid.units {
            let points = u.clone().filter(|&i| !error[i].is_nan());
            let points = points.map(|i| Point { row: i, at: self.grid.at[i], r: error[i] - common[self.grid.at[i]], fuzz: 0.0 });
            for hit in scan(points.collect(), &ruler, z) {
                let (Some(first), Some(last)) = (hit.points.first(), hit.points.last()) else { continue };
                if hit.shape == Shape::Shift || hit.deviation.abs() < MATERIAL {
                    continue;
                }
                let mut off = error.to_vec();
                (first.row..=last.row).for_each(|i| off[i] = hit.deviation);
                all.push(self.suspicion(first.row..last.row + 1, &off, hit.deviation.abs() / hit.z, counts));
            }
        }
        all
    }

    fn suspicion(&self, rows: Range<usize>, error: &[f64], scale: f64, (kept, shared): (usize, usize)) -> Suspicion {
        let worst = rows.clone().map(|i| error[i]).fold(0.0, |w: f64, e| if e.abs() > w.abs() { e } else { w });
        let Relation { a, b, c, form, .. } = self.r;
        let (bad, sign) = self.culprit(&rows, worst);
        let column = &self.columns[bad];
        let value = column.variable.values[rows.start];
        let expected = match form {
            // Of two parts one is what the other leaves of the whole.
            Form::Sum | Form::Parts if bad != a => {
                let whole = self.columns[a].y[rows.start].exp();
                let other = if bad == b { c } else { b };
                let rest = whole - self.columns[other].y[rows.start].exp();
                if rest > 0.0 && form == Form::Sum { rest } else { f64::NAN }
            }
            _ => value * (-sign * error[rows.start]).exp(),
        };
        let name = |i: usize| &self.columns[i].variable.name;
        let text = match form {
            Form::Product => format!("{} / ({} × {})", name(a), name(b), name(c)),
            Form::Sum | Form::Parts => format!("({} + {}) / {}", name(b), name(c), name(a)),
        };
        let (first, last) = (self.panel.periods[rows.start], self.panel.periods[rows.end - 1]);
        let span = if first == last { format!("{first}") } else { format!("{first}-{last}") };
        let percent = 100.0 * kept as f64 / shared as f64;
        let reason = if form == Form::Parts && worst < 0.0 && self.exceeds(&rows) {
            let [x, y, w] = [b, c, a].map(|v| number(self.columns[v].variable.values[rows.start]));
            Words::new(
                format!(
                    "{} + {} ({x} + {y}) exceed {} ({w}) in {span}; they do not in {percent:.1} % of {shared} cells",
                    name(b),
                    name(c),
                    name(a)
                ),
                format!(
                    "{span} 的 {} + {}（{x} + {y}）大于 {}（{w}）；在 {shared} 个单元格中有 {percent:.1}% 不超过",
                    name(b),
                    name(c),
                    name(a)
                ),
            )
        } else {
            let (times, rule, rule_zh) = match form {
                Form::Product => (
                    factor(worst.exp()),
                    format!("constant within 1 % in {percent:.0} % of {shared} cells"),
                    format!("在 {shared} 个单元格中有 {percent:.0}% 恒定（误差 1% 以内）"),
                ),
                Form::Sum => (
                    factor((-worst).exp()),
                    format!("1 within 1 % in {percent:.0} % of {shared} cells"),
                    format!("在 {shared} 个单元格中有 {percent:.0}% 等于 1（误差 1% 以内）"),
                ),
                Form::Parts => (factor((-worst).exp()), "steady elsewhere".to_owned(), "在其他时期稳定".to_owned()),
            };
            Words::new(
                format!("{text}, {rule}, is {times} times its usual value in {span}: two vintages or a slip in one of the three"),
                format!("{text} {rule_zh}，而 {span} 为通常值的 {times} 倍：版本不同，或三者之一有误"),
            )
        };
        Suspicion {
            kind: if form == Form::Parts && self.exceeds(&rows) { Kind::Order } else { Kind::Ratio },
            unit: self.panel.units[rows.start].clone(),
            period: first,
            last,
            variable: column.variable.name.clone(),
            value,
            expected,
            score: z_score(worst, scale),
            reason,
        }
    }

    fn exceeds(&self, rows: &Range<usize>) -> bool {
        let (a, b, c) = (&self.columns[self.r.a].y, &self.columns[self.r.b].y, &self.columns[self.r.c].y);
        (b[rows.start].exp() + c[rows.start].exp()).ln() > a[rows.start] + 1e-6
    }

    /// The variable whose own steps at the edges of the stretch the breach explains best, and the
    /// sign with which it enters the relation.
    fn culprit(&self, rows: &Range<usize>, worst: f64) -> (usize, f64) {
        let mut best = (self.r.a, 1.0, f64::NEG_INFINITY);
        for (v, sign) in [(self.r.a, 1.0), (self.r.b, -1.0), (self.r.c, -1.0)] {
            let y = &self.columns[v].y;
            let common = &self.columns[v].common;
            let mut off = sign * worst;
            if v != self.r.a && self.r.form != Form::Product {
                // A part must move more than the sum to move the sum.
                let (b, c) = (self.columns[self.r.b].y[rows.start], self.columns[self.r.c].y[rows.start]);
                off *= 1.0 + if v == self.r.b { (c - b).exp() } else { (b - c).exp() };
            }
            let unit = self.grid.units.iter().find(|u| u.contains(&rows.start)).cloned().unwrap_or_default();
            let edge = |from: usize, to: usize, step: f64| {
                let d = y[to] - y[from] - (common[self.grid.at[to]] - common[self.grid.at[from]]);
                if d.is_nan() { 0.0 } else { (d.abs() - (d - step).abs()) / step.abs().max(FLOOR) }
            };
            let mut gain = 0.0;
            if rows.start > unit.start {
                gain += edge(rows.start - 1, rows.start, off);
            }
            if rows.end < unit.end {
                gain += edge(rows.end - 1, rows.end, -off);
            }
            if gain > best.2 {
                best = (v, sign, gain);
            }
        }
        (best.0, best.1)
    }
}

/// Size of a breach in robust standard deviations.
fn z_score(worst: f64, scale: f64) -> f64 {
    6.0 + (worst.abs() / scale.max(FLOOR) - 6.0).max(0.0) / 2.0
}
