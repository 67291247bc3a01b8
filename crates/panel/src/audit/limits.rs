//! Values that cannot be: negative, zero, outside the range of a share, alone among missing cells.

use super::{
    Kind, Suspicion,
    series::{Column, Grid, median, stray},
    words::{Words, number},
};
use crate::table::{Panel, Variable};

/// Cells on each side of an isolated value that must be missing.
const SILENCE: usize = 1;
/// Values a unit must have before one of them can be called far from the rest.
const KNOWN: usize = 6;
/// Values told within which a zero must meet positive values on both sides to be a hole.
const HOLE: usize = 4;

pub(super) fn limits(panel: &Panel, grid: &Grid, column: &Column<'_>) -> Vec<Suspicion> {
    let [present, positive, zero, negative] = column.counts;
    let xs = &column.variable.values;
    let mut all = Vec::new();
    let mut tell = |kind, row: usize, expected, score, reason| {
        all.push(Suspicion {
            kind,
            unit: panel.units[row].clone(),
            period: panel.periods[row],
            last: panel.periods[row],
            variable: column.variable.name.clone(),
            value: xs[row],
            expected,
            score,
            reason,
        });
    };
    if negative > 0 && stray(negative, present) {
        for i in (0..xs.len()).filter(|&i| xs[i] < 0.0) {
            let en = format!("negative: {} while {} of {present} values are not", number(xs[i]), present - negative);
            let zh = format!("负值：{}，而 {present} 个值中有 {} 个非负", number(xs[i]), present - negative);
            tell(Kind::Impossible, i, f64::NAN, 100.0, Words::new(en, zh));
        }
    }
    if let Some(top) = share(column.variable) {
        let above = xs.iter().filter(|x| **x > top * (1.0 + 1e-9)).count();
        if above > 0 && stray(above, present) {
            for i in (0..xs.len()).filter(|&i| xs[i] > top * (1.0 + 1e-9)) {
                let en = format!("{} is outside 0 to {top}, the range of a share", number(xs[i]));
                let zh = format!("{} 超出比重的取值范围 0 至 {top}", number(xs[i]));
                tell(Kind::Impossible, i, f64::NAN, 100.0, Words::new(en, zh));
            }
        }
    }
    let few = zero > 0 && stray(zero, present) && positive > zero;
    for rows in &grid.units {
        let mut sizes: Vec<f64> = rows.clone().filter(|&i| xs[i] > 0.0).map(|i| xs[i]).collect();
        let usual = median(&mut sizes);
        for i in rows.clone() {
            if xs[i] == 0.0 && column.log {
                let told = |j: &usize| !xs[*j].is_nan();
                let near = |j: Option<usize>| j.map_or(f64::NAN, |j| xs[j]);
                let before = near((rows.start..i).rev().filter(told).take(HOLE).find(|&j| xs[j] > 0.0));
                let after = near((i + 1..rows.end).filter(told).take(HOLE).find(|&j| xs[j] > 0.0));
                // A series that ends in zero has ended; a zero between ordinary values has not.
                let hole = before > 0.02 * usual && after > 0.02 * usual;
                if hole || (few && usual > 0.0) {
                    let expected = if hole { (before * after).sqrt() } else { f64::NAN };
                    let (en, zh) = match hole {
                        true => (
                            format!(
                                "zero between {} and {}: a missing or rounded value written as 0?",
                                number(before),
                                number(after)
                            ),
                            format!("{} 与 {} 之间出现零：是否把缺失或舍入后的值写成了 0？", number(before), number(after)),
                        ),
                        false => (
                            format!("zero while {positive} of {present} values are positive"),
                            format!("零值，而 {present} 个值中有 {positive} 个为正"),
                        ),
                    };
                    tell(Kind::Zero, i, expected, if hole { 60.0 } else { 20.0 }, Words::new(en, zh));
                }
            }
            if column.log && xs[i] > 0.0 && sizes.len() >= KNOWN && isolated(rows, xs, i) && far(xs[i], usual, column) {
                let en = format!(
                    "{} stands alone, far from the unit's usual {}: the periods before and after are missing or zero",
                    number(xs[i]),
                    number(usual)
                );
                let zh = format!("孤立的值 {}：与本单元通常的 {} 相差甚远，前后各期均缺失或为零", number(xs[i]), number(usual));
                tell(Kind::Isolated, i, f64::NAN, 6.0, Words::new(en, zh));
            }
        }
    }
    all
}

fn isolated(rows: &std::ops::Range<usize>, xs: &[f64], i: usize) -> bool {
    let empty = |j: usize| xs[j].is_nan() || xs[j] == 0.0;
    i >= rows.start + SILENCE && i + SILENCE < rows.end && (i - SILENCE..i).all(empty) && (i + 1..=i + SILENCE).all(empty)
}

/// Whether a value is far from its unit's median: by a factor of four, beyond what small values may.
fn far(x: f64, usual: f64, column: &Column<'_>) -> bool {
    (x / usual).ln().abs() >= 4.0_f64.ln() + 2.0 * column.fuzz / x.min(usual)
}

/// The upper bound of a variable that calls itself a share; `None` for anything else.
fn share(v: &Variable) -> Option<f64> {
    let label = format!("{} {}", v.name, v.meaning.label_en).to_lowercase();
    let says = label.split(|c: char| !c.is_alphabetic()).any(|w| matches!(w, "share" | "shares" | "proportion" | "fraction"))
        || ["比重", "占比", "份额"].iter().any(|w| v.meaning.label_zh.contains(w) || v.name.contains(w));
    if !says {
        return None;
    }
    let unit = v.meaning.unit.to_lowercase();
    let percent = unit.contains('%') || unit.contains("percent") || unit.contains("per cent");
    let mut sizes: Vec<f64> = v.values.iter().copied().filter(|x| !x.is_nan()).collect();
    if sizes.is_empty() {
        return None;
    }
    Some(if percent || median(&mut sizes) > 1.0 { 100.0 } else { 1.0 })
}
