//! Pairs of variables: a part that exceeds its whole, a stable ratio that breaks.

use super::{
    Kind, Suspicion,
    scan::{Point, Ruler, Shape, scan},
    series::{Column, FLOOR, Grid, Known, movement},
    words::{Words, factor, number},
};
use crate::table::Panel;

/// Cells a pair must share before it says anything.
const SHARED: usize = 60;
/// Cells from which an order between two variables can be learned.
const ORDERED: usize = 300;
/// Changes looked at before a pair is examined in full.
const GLANCE: usize = 400;

pub(super) fn pairs(panel: &Panel, grid: &Grid, columns: &[Column<'_>], known: &Known, z: f64) -> Vec<Suspicion> {
    let mut all = Vec::new();
    for b in 0..columns.len() {
        for a in 0..columns.len() {
            if a == b || !columns[a].log || !columns[b].log || columns[a].counts[1] < SHARED || columns[b].counts[1] < SHARED {
                continue;
            }
            let pair = Pair { panel, grid, columns, known, a, b };
            all.extend(pair.order());
            if a < b {
                match pair.twins() {
                    Some(twins) => all.extend(twins),
                    None if pair.steady() => all.extend(pair.ratio(z)),
                    None => {}
                }
            }
        }
    }
    all
}

/// What is wrong in one of two columns is wrong in the other where the same numbers stand there,
/// even if the other column's own history hides it.
pub(super) fn mirrored(panel: &Panel, grid: &Grid, columns: &[Column<'_>], suspicions: &[Suspicion]) -> Vec<Suspicion> {
    let known = Known::new(columns, suspicions);
    let mut all = Vec::new();
    for (b, other) in columns.iter().enumerate() {
        for original in columns.iter().filter(|c| c.variable.name != other.variable.name) {
            let (xs, ys) = (&original.variable.values, &other.variable.values);
            let both = (0..xs.len()).filter(|&i| xs[i] > 0.0 && ys[i] > 0.0).count();
            let same = |i: usize| xs[i] == ys[i];
            if both < SHARED || (0..xs.len()).filter(|&i| xs[i] > 0.0 && same(i)).count() * 2 < both {
                continue;
            }
            for s in suspicions.iter().filter(|s| s.variable == original.variable.name) {
                let unit = grid.units.iter().find(|u| panel.units[u.start] == s.unit);
                let mut rows = unit.cloned().unwrap_or_default().filter(|&i| (s.period..=s.last).contains(&panel.periods[i]));
                if matches!(s.kind, Kind::Jump | Kind::MisplacedDecimal | Kind::LevelShift)
                    && !known.covers(b, &s.unit, s.period, s.last)
                    && rows.all(same)
                {
                    let name = &original.variable.name;
                    let en = format!("{}; the same number stands in {name}", s.reason.en);
                    let zh = format!("{}；与 {name} 数值相同", s.reason.zh);
                    all.push(Suspicion { variable: other.variable.name.clone(), reason: Words::new(en, zh), ..s.clone() });
                }
            }
        }
    }
    all
}

struct Pair<'a> {
    panel: &'a Panel,
    grid: &'a Grid,
    columns: &'a [Column<'a>],
    known: &'a Known,
    a: usize,
    b: usize,
}

impl Pair<'_> {
    fn told(&self, row: usize, first: i32, last: i32) -> bool {
        let unit = &self.panel.units[row];
        self.known.covers(self.a, unit, first, last) || self.known.covers(self.b, unit, first, last)
    }

    fn names(&self) -> (&str, &str) {
        (&self.columns[self.a].variable.name, &self.columns[self.b].variable.name)
    }

    /// `a <= b` in nearly every cell, with `a` often close to `b`, so that `b` bounds `a` by nature.
    fn order(&self) -> Vec<Suspicion> {
        let (ma, mb) = (&self.columns[self.a].variable.meaning.unit, &self.columns[self.b].variable.meaning.unit);
        if !ma.is_empty() && !mb.is_empty() && ma != mb {
            return Vec::new();
        }
        let (xa, xb) = (&self.columns[self.a].variable.values, &self.columns[self.b].variable.values);
        let over = |i: usize| xa[i] > xb[i] * (1.0 + 1e-6) && xb[i] >= 0.0;
        let (mut shared, mut broken, mut close) = (0, 0, 0);
        for i in 0..xa.len() {
            if xa[i] > 0.0 && xb[i] > 0.0 {
                shared += 1;
                broken += usize::from(over(i));
                close += usize::from(xa[i] >= 0.8 * xb[i]);
            }
        }
        if shared < ORDERED || broken == 0 || broken * 40 > shared || close * 20 < shared || !self.steady() {
            return Vec::new();
        }
        let (na, nb) = self.names();
        let mut all: Vec<Suspicion> = Vec::new();
        for rows in &self.grid.units {
            for i in rows.clone().filter(|&i| xa[i] > 0.0 && over(i)) {
                let period = self.panel.periods[i];
                if self.told(i, period, period) {
                    continue;
                }
                let excess = (xa[i] / xb[i]).ln();
                let score = 6.0 + excess / FLOOR;
                if let Some(s) = all.last_mut()
                    && s.unit == self.panel.units[i]
                    && self.grid.periods.partition_point(|&p| p <= s.last) == self.grid.at[i]
                {
                    s.last = period;
                    s.score = s.score.max(score);
                    continue;
                }
                all.push(Suspicion {
                    kind: Kind::Order,
                    unit: self.panel.units[i].clone(),
                    period,
                    last: period,
                    variable: na.to_owned(),
                    value: xa[i],
                    expected: xb[i],
                    score,
                    reason: Words::new(
                        format!(
                            "{} exceeds {nb} ({}), which bounds it in {} of {shared} cells",
                            number(xa[i]),
                            number(xb[i]),
                            shared - broken
                        ),
                        format!(
                            "{} 大于 {nb}（{}），而在 {shared} 个单元格中有 {} 个不超过它",
                            number(xa[i]),
                            number(xb[i]),
                            shared - broken
                        ),
                    ),
                });
            }
        }
        all
    }

    /// Two columns that are one column in most cells: either one was filled from the other, or it
    /// changes its definition where they part. `None` if they are ordinary columns.
    fn twins(&self) -> Option<Vec<Suspicion>> {
        let (xa, xb) = (&self.columns[self.a].variable.values, &self.columns[self.b].variable.values);
        let mut by_period = vec![(0_usize, 0_usize); self.grid.periods.len()];
        for i in (0..xa.len()).filter(|&i| xa[i] > 0.0 && xb[i] > 0.0) {
            let p = &mut by_period[self.grid.at[i]];
            p.0 += 1;
            p.1 += usize::from((xa[i] / xb[i] - 1.0).abs() > 1e-9);
        }
        let (shared, differ) = by_period.iter().fold((0, 0), |s, p| (s.0 + p.0, s.1 + p.1));
        if shared < SHARED || differ * 2 > shared {
            return None;
        }
        let (na, nb) = self.names();
        let apart: Vec<i32> =
            (0..by_period.len()).filter(|&t| by_period[t].1 * 4 > by_period[t].0).map(|t| self.grid.periods[t]).collect();
        let (first, last) = match (apart.first(), apart.last()) {
            (Some(&f), Some(&l)) => (f, l),
            _ => (self.grid.periods.first().copied()?, self.grid.periods.last().copied()?),
        };
        let named =
            if apart.is_empty() { "-".to_owned() } else { apart.iter().map(i32::to_string).collect::<Vec<_>>().join(", ") };
        // The column that is more complete is the original; the later one is taken for the copy.
        let (copy, source) = if self.columns[self.a].counts[0] < self.columns[self.b].counts[0] { (na, nb) } else { (nb, na) };
        let same = 100.0 * (shared - differ) as f64 / shared as f64;
        let reason = Words::new(
            format!(
                "identical to {source} in {same:.0} % of the cells they share; they part in: {named}. One column was filled from the other, and two definitions stand in one series"
            ),
            format!(
                "在共有单元格中有 {same:.0}% 与 {source} 完全相同；两者不同的时期：{named}。疑以一列填补另一列，同一序列混有两种口径"
            ),
        );
        let score = 30.0;
        let variable = copy.to_owned();
        let (value, expected) = (f64::NAN, f64::NAN);
        Some(vec![Suspicion {
            kind: Kind::Splice,
            unit: String::new(),
            period: first,
            last,
            variable,
            value,
            expected,
            score,
            reason,
        }])
    }

    /// Whether the ratio moves much less than either variable.
    fn steady(&self) -> bool {
        let (a, b) = (&self.columns[self.a], &self.columns[self.b]);
        let limit = 0.6 * own(a).min(own(b));
        if limit <= 0.0 {
            return false;
        }
        let stride = (self.grid.units.len() * self.grid.periods.len() / GLANCE).max(1);
        let mut changes: Vec<f64> = Vec::with_capacity(GLANCE);
        let mut k = 0;
        for rows in &self.grid.units {
            for i in rows.start + 1..rows.end {
                k += 1;
                if k % stride == 0 {
                    let d = (a.y[i] - b.y[i]) - (a.y[i - 1] - b.y[i - 1]);
                    if !d.is_nan() {
                        changes.push(d.abs());
                    }
                }
            }
        }
        changes.len() >= 30 && 1.4826 * super::series::median(&mut changes) < limit
    }

    fn ratio(&self, z: f64) -> Vec<Suspicion> {
        let (a, b) = (&self.columns[self.a], &self.columns[self.b]);
        let y: Vec<f64> = a.y.iter().zip(&b.y).map(|(p, q)| p - q).collect();
        let (common, _, pooled, by_period) = movement(&y, self.grid);
        let ruler = Ruler::new(pooled, by_period);
        let mut all = Vec::new();
        for rows in &self.grid.units {
            let points: Vec<Point> = rows
                .clone()
                .filter(|&i| !y[i].is_nan())
                .map(|i| {
                    let fuzz = (a.fuzz / a.variable.values[i]).hypot(b.fuzz / b.variable.values[i]);
                    Point { row: i, at: self.grid.at[i], r: y[i] - common[self.grid.at[i]], fuzz }
                })
                .collect();
            for hit in scan(points, &ruler, z) {
                let (Some(first), Some(last)) = (hit.points.first(), hit.points.last()) else { continue };
                let periods = (self.grid.periods[first.at], self.grid.periods[last.at]);
                if hit.shape == Shape::Shift || hit.deviation.abs() < 0.1 || self.told(first.row, periods.0, periods.1) {
                    continue;
                }
                // The variable that itself moves against its own history is the culprit.
                let a_moves = self.moves(a, first.row, rows) >= self.moves(b, first.row, rows);
                let (bad, other, sign) = if a_moves { (a, b, 1.0) } else { (b, a, -1.0) };
                let value = bad.variable.values[first.row];
                let off = y[first.row] - (hit.expected + common[first.at]);
                let expected = value * (-sign * off).exp();
                let span = if periods.0 == periods.1 { format!("{}", periods.0) } else { format!("{}-{}", periods.0, periods.1) };
                let times = factor((sign * hit.deviation).exp());
                all.push(Suspicion {
                    kind: Kind::Ratio,
                    unit: self.panel.units[first.row].clone(),
                    period: periods.0,
                    last: periods.1,
                    variable: bad.variable.name.clone(),
                    value,
                    expected,
                    score: hit.z,
                    reason: Words::new(
                        format!("the ratio to {}, steady elsewhere, is {times} times its usual value in {span}: two vintages or a slip in one of the two", other.variable.name),
                        format!("与 {} 之比在其他时期稳定，而 {span} 为通常值的 {times} 倍：两者版本不同，或其一有误", other.variable.name),
                    ),
                });
            }
        }
        all
    }

    /// Change of a variable into a row, net of what all units did, in its own standard deviations.
    fn moves(&self, c: &Column<'_>, row: usize, rows: &std::ops::Range<usize>) -> f64 {
        let Some(before) = (rows.start..row).rev().find(|&i| !c.y[i].is_nan()) else { return 0.0 };
        let d = c.y[row] - c.y[before] - (c.common[self.grid.at[row]] - c.common[self.grid.at[before]]);
        if d.is_nan() { 0.0 } else { d.abs() / c.pooled.max(FLOOR) }
    }
}

/// Typical absolute change of a variable, common movement included.
fn own(c: &Column<'_>) -> f64 {
    let mut steps: Vec<f64> = c.step.iter().filter(|s| !s.is_nan()).map(|s| s.abs()).collect();
    let common = if steps.is_empty() { 0.0 } else { super::series::median(&mut steps) };
    common.max(c.pooled)
}
