//! What the user states must hold: relations, sums to a total, one vintage.

use std::collections::BTreeMap;

use super::{
    AuditOptions, Kind, Suspicion,
    series::{Column, Grid, median},
    words::{Words, number},
};
use crate::{formula::Formula, problem::Problem, table::Panel};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Equal,
    AtMost,
    AtLeast,
}

/// A relation whose sides have been computed.
pub(super) struct Relation {
    text: String,
    name: String,
    sign: Sign,
    left: Vec<f64>,
    right: Vec<f64>,
}

/// Reads options and computes both sides of every relation.
pub(super) fn check(panel: &Panel, options: &AuditOptions) -> Result<Vec<Relation>, Vec<Problem>> {
    let mut problems = Vec::new();
    let names: Vec<&str> = panel.variables.iter().map(|v| v.name.as_str()).collect();
    for v in options.variables.iter().filter(|v| !names.contains(&v.as_str())) {
        problems.push(
            Problem::error("unknown-variable", format!("There is no variable `{v}`.")).did_you_mean(v, names.iter().copied()),
        );
    }
    if let Some(total) = &options.total
        && !panel.units.contains(total)
    {
        let units = panel.unit_set();
        problems.push(
            Problem::error("unknown-unit", format!("The total `{total}` is not a unit of the table.")).did_you_mean(total, units),
        );
    }
    for (name, x) in [("tolerance", options.tolerance), ("jump_z", options.jump_z)] {
        if !(x > 0.0 && x.is_finite()) {
            problems.push(Problem::error("option-range", format!("`{name} = {x}` must be a positive number.")));
        }
    }
    let mut relations = Vec::new();
    for text in &options.identities {
        match relation(panel, text) {
            Ok(r) => relations.push(r),
            Err(more) => problems.extend(more),
        }
    }
    if problems.is_empty() { Ok(relations) } else { Err(problems) }
}

fn relation(panel: &Panel, text: &str) -> Result<Relation, Vec<Problem>> {
    let sides = [("<=", Sign::AtMost), (">=", Sign::AtLeast), ("==", Sign::Equal), ("=", Sign::Equal)]
        .into_iter()
        .find_map(|(op, sign)| text.split_once(op).map(|(l, r)| (l.trim(), sign, r.trim())));
    let Some((left, sign, right)) = sides.filter(|(l, _, r)| !l.is_empty() && !r.is_empty() && !r.contains('=')) else {
        return Err(vec![Problem::error("identity", format!("`{text}` is not a relation between two formulas.")).help(
            "Write `left = right`, `left <= right` or `left >= right`, e.g. `gdp = va_primary + va_secondary + va_tertiary`.",
        )]);
    };
    let side = |formula: &str| Formula::parse(formula).and_then(|f| f.evaluate(panel));
    match (side(left), side(right)) {
        (Ok(l), Ok(r)) => Ok(Relation { text: text.trim().to_owned(), name: left.to_owned(), sign, left: l, right: r }),
        (l, r) => Err([l.err(), r.err()].into_iter().flatten().flatten().collect()),
    }
}

/// Rows where a stated relation fails, neighbouring periods of a unit told as one.
pub(super) fn relations(panel: &Panel, grid: &Grid, relations: &[Relation], tolerance: f64) -> Vec<Suspicion> {
    let mut all = Vec::new();
    for rel in relations {
        let error = |i: usize| {
            let (l, r) = (rel.left[i], rel.right[i]);
            let size = l.abs().max(r.abs());
            let d = match rel.sign {
                Sign::Equal => (l - r).abs(),
                Sign::AtMost => l - r,
                Sign::AtLeast => r - l,
            };
            if size > 0.0 { d / size } else { 0.0 }
        };
        let fails = |i: usize| error(i) > tolerance;
        for r in &grid.units {
            let mut i = r.start;
            while i < r.end {
                if !fails(i) {
                    i += 1;
                    continue;
                }
                let from = i;
                i += 1;
                while i < r.end && fails(i) && grid.at[i] == grid.at[i - 1] + 1 {
                    i += 1;
                }
                let worst = (from..i).map(error).fold(0.0, f64::max);
                let (first, last) = (panel.periods[from], panel.periods[i - 1]);
                let span = if first == last { format!("{first}") } else { format!("{first}-{last}") };
                let (l, right) = (number(rel.left[from]), number(rel.right[from]));
                all.push(Suspicion {
                    kind: Kind::Identity,
                    unit: panel.units[from].clone(),
                    period: first,
                    last,
                    variable: rel.name.clone(),
                    value: rel.left[from],
                    expected: rel.right[from],
                    score: worst / tolerance,
                    reason: Words::new(
                        format!(
                            "`{}` does not hold in {span}: {l} against {right}, off by up to {:.1} %",
                            rel.text,
                            100.0 * worst
                        ),
                        format!("{span} 不满足 `{}`：{l} 对 {right}，最大相差 {:.1}%", rel.text, 100.0 * worst),
                    ),
                });
            }
        }
    }
    all
}

/// Periods in which the units do not add up to the total, for variables that otherwise do.
pub(super) fn totals(panel: &Panel, grid: &Grid, columns: &[Column<'_>], options: &AuditOptions) -> Vec<Suspicion> {
    let Some(total) = grid.total.and_then(|t| grid.units.get(t)) else { return Vec::new() };
    let mut all = Vec::new();
    for column in columns {
        let xs = &column.variable.values;
        let mut sums = vec![(0.0, 0_usize, 0_usize); grid.periods.len()];
        for i in (0..xs.len()).filter(|i| !total.contains(i)) {
            let s = &mut sums[grid.at[i]];
            if xs[i].is_nan() {
                s.2 += 1;
            } else {
                s.0 += xs[i];
                s.1 += 1;
            }
        }
        let whole: Vec<(usize, f64, f64)> = total
            .clone()
            .filter(|&i| xs[i] != 0.0 && !xs[i].is_nan() && sums[grid.at[i]].1 > 0 && sums[grid.at[i]].2 == 0)
            .map(|i| (i, xs[i], sums[grid.at[i]].0))
            .collect();
        let middle = median(&mut whole.iter().map(|w| w.2 / w.1).collect::<Vec<_>>());
        // Averages, indices and rates do not add up and need not.
        if !(0.9..=1.1).contains(&middle) {
            continue;
        }
        for (i, told, sum) in whole.into_iter().filter(|w| (w.2 / w.1 - 1.0).abs() > options.tolerance) {
            let off = 100.0 * (sum / told - 1.0);
            all.push(Suspicion {
                kind: Kind::Total,
                unit: panel.units[i].clone(),
                period: panel.periods[i],
                last: panel.periods[i],
                variable: column.variable.name.clone(),
                value: told,
                expected: sum,
                score: (off / 100.0).abs() / options.tolerance,
                reason: Words::new(
                    format!("the units add up to {}, {off:+.1} % against the total {}", number(sum), number(told)),
                    format!("各单元之和为 {}，与总计 {} 相差 {off:+.1}%", number(sum), number(told)),
                ),
            });
        }
    }
    all
}

/// Variables whose vintage differs from that of most variables of the table.
pub(super) fn vintages(columns: &[Column<'_>]) -> Vec<Suspicion> {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for c in columns.iter().filter(|c| !c.variable.meaning.vintage.is_empty()) {
        *count.entry(&c.variable.meaning.vintage).or_default() += 1;
    }
    let Some((&usual, _)) = count.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0))) else { return Vec::new() };
    columns
        .iter()
        .filter(|c| !c.variable.meaning.vintage.is_empty() && c.variable.meaning.vintage != usual)
        .map(|c| Suspicion {
            kind: Kind::Vintage,
            unit: String::new(),
            period: 0,
            last: 0,
            variable: c.variable.name.clone(),
            value: f64::NAN,
            expected: f64::NAN,
            score: 1.0,
            reason: Words::new(
                format!(
                    "vintage `{}` beside `{usual}` of the other variables: ratios between them mix revisions",
                    c.variable.meaning.vintage
                ),
                format!("版本为 `{}`，而其他变量为 `{usual}`：二者之比会混用不同修订版", c.variable.meaning.vintage),
            ),
        })
        .collect()
}
