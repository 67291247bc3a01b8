//! Numbers too long to recur by chance that recur all the same.

use std::collections::BTreeMap;

use super::{
    Kind, Suspicion,
    series::{Column, FLOOR, Grid},
    words::{Words, number},
};
use crate::table::Panel;

/// Chance coincidences in the whole variable that are still tolerated before one is told.
const BY_CHANCE: f64 = 0.5;

/// Significant decimal digits of a number, at most seven, without trailing zeros. More than seven
/// are the noise of single precision or of a change of units.
fn digits(x: f64) -> i32 {
    let text = format!("{x:.6e}");
    text.split('e').next().map_or(0, |m| m.trim_end_matches('0').bytes().filter(u8::is_ascii_digit).count() as i32)
}

pub(super) fn copies(panel: &Panel, grid: &Grid, column: &Column<'_>) -> Vec<Suspicion> {
    let mut all = in_time(panel, grid, column);
    all.extend(across(panel, grid, column));
    all
}

fn in_time(panel: &Panel, grid: &Grid, column: &Column<'_>) -> Vec<Suspicion> {
    let xs = &column.variable.values;
    let same = |i: usize| grid.at[i] == grid.at[i - 1] + 1 && xs[i] == xs[i - 1] && xs[i] != 0.0;
    let (mut pairs, mut equal) = (0_usize, 0_usize);
    for r in &grid.units {
        for i in r.start + 1..r.end {
            pairs += usize::from(!(xs[i] - xs[i - 1]).is_nan());
            equal += usize::from(same(i));
        }
    }
    // A variable that often stands still may stand still.
    if equal == 0 || equal * 50 > pairs || !column.log {
        return Vec::new();
    }
    let spread = column.pooled.max(FLOOR);
    let mut all = Vec::new();
    for r in &grid.units {
        let mut i = r.start + 1;
        while i < r.end {
            if !same(i) {
                i += 1;
                continue;
            }
            let from = i - 1;
            while i < r.end && same(i) {
                i += 1;
            }
            let run = (i - from - 1) as i32;
            let d = digits(xs[from]);
            let chance = pairs as f64 * (10_f64.powi(1 - d) / spread).min(1.0).powi(run);
            if d >= 4 && chance < BY_CHANCE {
                let (first, last) = (panel.periods[from], panel.periods[i - 1]);
                all.push(Suspicion {
                    kind: Kind::RepeatedValue,
                    unit: panel.units[from].clone(),
                    period: first,
                    last,
                    variable: column.variable.name.clone(),
                    value: xs[from],
                    expected: f64::NAN,
                    score: 3.0 - chance.log10().max(-7.0),
                    reason: Words::new(
                        format!("exactly {} in every period from {first} to {last}: carried over?", number(xs[from])),
                        format!("{first} 至 {last} 各期均恰为 {}：是否照抄上期？", number(xs[from])),
                    ),
                });
            }
        }
    }
    all
}

/// Whether one pair of equal values continues another: the next period, or the one after it if the
/// two units all but agree in between, as they do when a copied number was rounded again.
fn follows(grid: &Grid, xs: &[f64], (a, b): (usize, usize), (c, d): (usize, usize)) -> bool {
    match grid.at[c] - grid.at[a] {
        1 => true,
        2 => a + 2 == c && b + 2 == d && (xs[a + 1] / xs[b + 1] - 1.0).abs() < 0.01,
        _ => false,
    }
}

/// Runs of equal values of two units in the same periods.
fn across(panel: &Panel, grid: &Grid, column: &Column<'_>) -> Vec<Suspicion> {
    let xs = &column.variable.values;
    let mut unit_of = vec![0; panel.len()];
    for (u, r) in grid.units.iter().enumerate() {
        unit_of[r.clone()].fill(u);
    }
    let mut by_period: Vec<Vec<usize>> = vec![Vec::new(); grid.periods.len()];
    for i in (0..xs.len()).filter(|&i| xs[i] > 0.0) {
        by_period[grid.at[i]].push(i);
    }
    let (mut pairs, mut twins, mut cells) = (0.0, 0_usize, 0_usize);
    let mut equal: BTreeMap<(usize, usize), Vec<(usize, usize)>> = BTreeMap::new();
    for rows in &mut by_period {
        rows.sort_by(|&a, &b| xs[a].total_cmp(&xs[b]).then(a.cmp(&b)));
        cells += rows.len();
        pairs += (rows.len() * rows.len().saturating_sub(1)) as f64 / 2.0;
        for w in rows.windows(2).filter(|w| xs[w[0]] == xs[w[1]]) {
            twins += 1;
            equal.entry((unit_of[w[0]], unit_of[w[1]])).or_default().push((w[0], w[1]));
        }
    }
    // National series repeated for every unit, rounded counts and codes coincide as a rule.
    if twins == 0 || twins * 50 > cells {
        return Vec::new();
    }
    let mut all = Vec::new();
    for ((ua, ub), mut hits) in equal {
        if Some(ua) == grid.total || Some(ub) == grid.total {
            continue;
        }
        hits.sort_unstable();
        let mut k = 0;
        while k < hits.len() {
            let from = k;
            while k + 1 < hits.len() && follows(grid, xs, hits[k], hits[k + 1]) {
                k += 1;
            }
            let run = &hits[from..=k];
            k += 1;
            let log_chance = pairs.max(1.0).log10() - run.iter().map(|&(a, _)| f64::from(digits(xs[a]) - 1) + 0.5).sum::<f64>();
            if log_chance >= BY_CHANCE.log10() || run.iter().all(|&(a, _)| digits(xs[a]) < 3) {
                continue;
            }
            let (&(a, b), &(z, _)) = (&run[0], &run[run.len() - 1]);
            let (first, last) = (panel.periods[a], panel.periods[z]);
            let span = if first == last { format!("{first}") } else { format!("{first}-{last}") };
            all.push(Suspicion {
                kind: Kind::CopiedValue,
                unit: panel.units[b].clone(),
                period: first,
                last,
                variable: column.variable.name.clone(),
                value: xs[b],
                expected: f64::NAN,
                score: 3.0 - log_chance.max(-7.0),
                reason: Words::new(
                    format!(
                        "{} in {span} is exactly the value of {}: copied from the neighbouring row?",
                        number(xs[b]),
                        panel.units[a]
                    ),
                    format!("{span} 的 {} 与 {} 完全相同：是否误抄邻行？", number(xs[b]), panel.units[a]),
                ),
            });
        }
    }
    all
}
