//! The panel as one short series per unit and variable.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use super::{Kind, Suspicion};
use crate::table::{Panel, Variable};

/// Units as ranges of rows, periods as positions.
pub(super) struct Grid {
    /// Rows of each unit, in canonical order.
    pub units: Vec<Range<usize>>,
    /// Position of the unit that is the total, kept out of comparisons between units.
    pub total: Option<usize>,
    /// Periods from the first to the last by the usual step, and whatever else occurs.
    pub periods: Vec<i32>,
    /// Position of each row's period.
    pub at: Vec<usize>,
}

impl Grid {
    pub fn new(panel: &Panel, total: Option<&str>) -> Self {
        let mut units: Vec<Range<usize>> = Vec::new();
        for i in 0..panel.len() {
            match units.last_mut() {
                Some(r) if panel.units[r.start] == panel.units[i] => r.end = i + 1,
                _ => units.push(i..i + 1),
            }
        }
        let mut periods: BTreeSet<i32> = panel.periods.iter().copied().collect();
        if let (Some(&first), Some(&last)) = (periods.first(), periods.last()) {
            // The usual step is the most frequent one; a period that no unit has is a gap only if
            // the step says it should be there, and only while the calendar stays sensible.
            let mut steps: BTreeMap<i64, usize> = BTreeMap::new();
            for r in &units {
                for i in r.start + 1..r.end {
                    *steps.entry(i64::from(panel.periods[i]) - i64::from(panel.periods[i - 1])).or_default() += 1;
                }
            }
            let step = steps.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0))).map_or(1, |(&s, _)| s.max(1));
            let span = (i64::from(last) - i64::from(first)) / step;
            if span <= 4 * periods.len() as i64 {
                periods.extend((0..=span).filter_map(|k| i32::try_from(i64::from(first) + k * step).ok()));
            }
        }
        let periods: Vec<i32> = periods.into_iter().collect();
        let at = panel.periods.iter().map(|p| periods.partition_point(|q| q < p)).collect();
        let total = total.and_then(|t| units.iter().position(|r| panel.units[r.start] == t));
        Self { units, total, periods, at }
    }
}

/// One audited variable.
pub(super) struct Column<'a> {
    pub variable: &'a Variable,
    /// Whether changes are judged in logarithms (no negative value, or so few that they are errors).
    pub log: bool,
    /// What `y` was divided by; 1 in logarithms.
    pub unit: f64,
    /// Transformed values per row; `NaN` where missing or, in logarithms, not positive.
    pub y: Vec<f64>,
    /// Size below which movements mean nothing; 0 where changes are not judged in logarithms.
    pub fuzz: f64,
    /// Common movement: cumulated median change of all units up to each period.
    pub common: Vec<f64>,
    /// Median change of all units into each period; `NaN` where fewer than five units have one.
    pub step: Vec<f64>,
    /// Robust standard deviation of changes net of the common movement, all units.
    pub pooled: f64,
    /// The same by period.
    pub by_period: Vec<f64>,
    /// Number of values that are not missing, positive, zero, negative.
    pub counts: [usize; 4],
}

/// Smallest standard deviation of changes that is believed: below it rounding and ordinary
/// revisions decide.
pub(super) const FLOOR: f64 = 0.006;
/// Part of a variable's median size within which small values may move freely.
const FUZZ: f64 = 0.001;

/// The audited variables with their transformations.
pub(super) fn columns<'a>(panel: &'a Panel, grid: &Grid, names: &[String]) -> Vec<Column<'a>> {
    let wanted = |v: &&Variable| if names.is_empty() { !is_code(panel, v) } else { names.contains(&v.name) };
    panel.variables.iter().filter(wanted).map(|v| column(v, grid)).collect()
}

/// Whether a variable only names its unit: one whole number per unit, a different one for each.
fn is_code(panel: &Panel, variable: &Variable) -> bool {
    let mut codes: BTreeMap<&str, f64> = BTreeMap::new();
    let same =
        panel.units.iter().zip(&variable.values).all(|(unit, x)| x.fract() == 0.0 && *codes.entry(unit).or_insert(*x) == *x);
    let distinct: BTreeSet<u64> = codes.values().map(|x| x.to_bits()).collect();
    same && codes.len() > 2 && codes.len() < panel.len() && distinct.len() == codes.len()
}

fn column<'a>(variable: &'a Variable, grid: &Grid) -> Column<'a> {
    let xs = &variable.values;
    let present = xs.iter().filter(|x| !x.is_nan()).count();
    let positive = xs.iter().filter(|x| **x > 0.0).count();
    let negative = xs.iter().filter(|x| **x < 0.0).count();
    let counts = [present, positive, present - positive - negative, negative];
    let log = stray(negative, present);
    let mut sizes: Vec<f64> = xs.iter().filter(|x| **x != 0.0 && !x.is_nan()).map(|x| x.abs()).collect();
    let usual = median(&mut sizes);
    let fuzz = if log && !usual.is_nan() { FUZZ * usual } else { 0.0 };
    let unit = if log || sizes.is_empty() { 1.0 } else { usual };
    let y: Vec<f64> = match log {
        true => xs.iter().map(|&x| if x > 0.0 { x.ln() } else { f64::NAN }).collect(),
        false => xs.iter().map(|x| x / unit).collect(),
    };
    let (common, step, pooled, by_period) = movement(&y, grid);
    Column { variable, log, unit, y, fuzz, common, step, pooled, by_period, counts }
}

/// Whether `few` of `all` values are so few that they are errors rather than a property.
pub(super) fn stray(few: usize, all: usize) -> bool {
    few == 0 || (all >= 20 && few * 100 <= all) || (few == 1 && all >= 12)
}

/// Cumulated common movement, its steps, and the dispersion around it, pooled and by period.
pub(super) fn movement(y: &[f64], grid: &Grid) -> (Vec<f64>, Vec<f64>, f64, Vec<f64>) {
    let n = grid.periods.len();
    let mut changes: Vec<Vec<f64>> = vec![Vec::new(); n];
    for (u, r) in grid.units.iter().enumerate() {
        for i in r.start + 1..r.end {
            if grid.at[i] == grid.at[i - 1] + 1 && !(y[i] - y[i - 1]).is_nan() && Some(u) != grid.total {
                changes[grid.at[i]].push(y[i] - y[i - 1]);
            }
        }
    }
    let step: Vec<f64> = changes.iter_mut().map(|c| if c.len() >= 5 { median(c) } else { f64::NAN }).collect();
    let mut sum = 0.0;
    let common = step
        .iter()
        .map(|s| {
            sum += if s.is_nan() { 0.0 } else { *s };
            sum
        })
        .collect();
    for (c, s) in changes.iter_mut().zip(&step) {
        let s = if s.is_nan() { 0.0 } else { *s };
        c.iter_mut().for_each(|x| *x = (*x - s).abs());
    }
    let by_period = changes.iter_mut().map(|c| if c.len() >= 8 { 1.4826 * median(c) } else { 0.0 }).collect();
    let mut all: Vec<f64> = changes.into_iter().flatten().collect();
    let pooled = if all.is_empty() { 0.0 } else { 1.4826 * median(&mut all) };
    (common, step, pooled, by_period)
}

/// Median, reordering the slice; `NaN` if it is empty.
pub(super) fn median(xs: &mut [f64]) -> f64 {
    if xs.is_empty() {
        return f64::NAN;
    }
    let (mid, odd) = (xs.len() / 2, xs.len() % 2 == 1);
    let (low, &mut high, _) = xs.select_nth_unstable_by(mid, f64::total_cmp);
    if odd {
        return high;
    }
    0.5 * (high + low.iter().copied().max_by(f64::total_cmp).unwrap_or(high))
}

/// Cells that a suspicion already covers, so that a pair of variables does not tell them again.
pub(super) struct Known(BTreeMap<(usize, String), Vec<(i32, i32)>>);

impl Known {
    pub fn new(columns: &[Column<'_>], suspicions: &[Suspicion]) -> Self {
        let mut known = Self(BTreeMap::new());
        known.add(columns, suspicions);
        known
    }

    pub fn add(&mut self, columns: &[Column<'_>], suspicions: &[Suspicion]) {
        let names: BTreeMap<&str, usize> = columns.iter().enumerate().map(|(i, c)| (c.variable.name.as_str(), i)).collect();
        for s in suspicions.iter().filter(|s| !matches!(s.kind, Kind::RepeatedValue | Kind::CopiedValue)) {
            if let Some(&v) = names.get(s.variable.as_str()) {
                self.0.entry((v, s.unit.clone())).or_default().push((s.period, s.last));
            }
        }
    }

    pub fn covers(&self, variable: usize, unit: &str, first: i32, last: i32) -> bool {
        let key = (variable, unit.to_owned());
        self.0.get(&key).is_some_and(|runs| runs.iter().any(|&(a, b)| a <= last && first <= b))
    }
}
