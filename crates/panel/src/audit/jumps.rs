//! Jumps, misplaced decimals, part-years, level shifts and splices of one variable.

use std::ops::Range;

use super::{
    Kind, Suspicion,
    scan::{Hit, Point, Ruler, Shape, scan},
    series::{Column, FLOOR, Grid, median},
    words::{Words, factor, number},
};
use crate::table::Panel;

/// Everything in one variable that leaves its own level.
pub(super) fn jumps(panel: &Panel, grid: &Grid, column: &Column<'_>, z: f64) -> Vec<Suspicion> {
    let mut all = common(grid, column, z);
    let series = |rows: &Range<usize>| -> Vec<Point> {
        rows.clone()
            .filter(|&i| !column.y[i].is_nan())
            .map(|i| {
                let r = column.y[i] - column.common[grid.at[i]];
                Point { row: i, at: grid.at[i], r, fuzz: column.fuzz / column.variable.values[i].abs().max(f64::MIN_POSITIVE) }
            })
            .collect()
    };
    let all_series: Vec<Vec<Point>> = grid.units.iter().map(series).collect();
    let ruler = Ruler::new(column.pooled, column.by_period.clone()).ranked(&all_series);
    for points in all_series {
        for hit in scan(points, &ruler, z) {
            all.extend(suspicion(panel, grid, column, &hit));
        }
    }
    all
}

fn suspicion(panel: &Panel, grid: &Grid, column: &Column<'_>, hit: &Hit) -> Option<Suspicion> {
    let (first, last) = (hit.points.first()?, hit.points.last()?);
    let value = column.variable.values[first.row];
    let level = hit.expected + column.common[first.at];
    let expected = if column.log { level.exp() } else { level * column.unit };
    let periods = (grid.periods[first.at], grid.periods[last.at]);
    let (kind, reason) = words(column, hit, value, expected, periods);
    Some(Suspicion {
        kind,
        unit: panel.units[first.row].clone(),
        period: periods.0,
        last: periods.1,
        variable: column.variable.name.clone(),
        value,
        expected,
        score: hit.z,
        reason,
    })
}

/// The power of ten by which a run is off, if every point is off by it.
fn decimal(column: &Column<'_>, hit: &Hit) -> Option<i32> {
    let k = (hit.deviation / std::f64::consts::LN_10).round();
    let near = (2.0 * column.pooled).clamp(0.05, 0.2);
    (column.log && hit.shape != Shape::Shift && k != 0.0 && (hit.deviation - k * std::f64::consts::LN_10).abs() <= near)
        .then_some(k as i32)
}

fn words(column: &Column<'_>, hit: &Hit, value: f64, expected: f64, (first, last): (i32, i32)) -> (Kind, Words) {
    let (v, e) = (number(value), number(expected));
    let times = factor(value / expected);
    let when = if first == last { format!("{first}") } else { format!("{first}-{last}") };
    if let Some(k) = decimal(column, hit) {
        let off = if k > 0 { format!("10^{k}") } else { format!("10^-{}", -k) };
        return (
            Kind::MisplacedDecimal,
            Words::new(
                format!(
                    "misplaced decimal or unit: {v} is about {off} times the {e} that the neighbouring periods let expect ({when})"
                ),
                format!("疑为小数点错位或单位有误：{v} 约为相邻时期所示 {e} 的 {off} 倍（{when}）"),
            ),
        );
    }
    let size = if column.log { format!(" ({times} times)") } else { String::new() };
    let size_zh = if column.log { format!("（{times} 倍）") } else { String::new() };
    match hit.shape {
        Shape::Shift => (
            Kind::LevelShift,
            Words::new(
                format!(
                    "level shift: {v} where {e} would continue the series{size}, and the new level stays from {first} on: another source, boundary or definition?"
                ),
                format!(
                    "水平移位：{v}，而按原序列应约为 {e}{size_zh}，且自 {first} 起一直停留在新水平：来源、区划或口径是否改变？"
                ),
            ),
        ),
        Shape::Start | Shape::End => {
            let (en, zh) = if hit.shape == Shape::Start { ("first", "首") } else { ("last", "末") };
            let months = (12.0 * value / expected).round();
            let (part, part_zh) = if column.log && hit.shape == Shape::End && (1.0..=10.0).contains(&months) {
                (format!(", about {months} of 12 months"), format!("，约合 12 个月中的 {months} 个月"))
            } else {
                Default::default()
            };
            (
                Kind::Jump,
                Words::new(
                    format!("jump at the {en} observation: {v} where the series lets expect {e}{size}{part}"),
                    format!("{zh}个观测值跳变：{v}，按序列应约为 {e}{size_zh}{part_zh}"),
                ),
            )
        }
        Shape::Run if first == last => (
            Kind::Jump,
            Words::new(
                format!("jump: {v} where the neighbouring periods let expect {e}{size}"),
                format!("跳变：{v}，按相邻时期应约为 {e}{size_zh}"),
            ),
        ),
        Shape::Run => (
            Kind::Jump,
            Words::new(
                format!("{when} leave the unit's level together and come back: {v} in {first} where {e} would be expected{size}"),
                format!("{when} 一同偏离本单元水平后又返回：{first} 年为 {v}，应约为 {e}{size_zh}"),
            ),
        ),
    }
}

/// Steps that many units take between the same two periods.
fn common(grid: &Grid, column: &Column<'_>, z: f64) -> Vec<Suspicion> {
    let known: Vec<(usize, f64)> = column.step.iter().copied().enumerate().filter(|(_, s)| !s.is_nan()).collect();
    if known.len() < 5 || !column.log {
        return Vec::new();
    }
    let middle = median(&mut known.iter().map(|k| k.1).collect::<Vec<_>>());
    let spread = 1.4826 * median(&mut known.iter().map(|k| (k.1 - middle).abs()).collect::<Vec<_>>());
    let mut all = Vec::new();
    for &(t, s) in &known {
        let d = s - middle;
        // All units moving alike is a national event or a splice; only a step far outside the
        // variable's history, and far larger than the units' differences, is told.
        let size = d.abs() / spread.max(column.by_period[t] / 3.0).max(2.0 * FLOOR);
        let deepest = known.iter().filter(|k| k.0 != t).map(|k| k.1 - middle).fold(0.0, f64::min);
        let ending = t + 1 == grid.periods.len() && d < -0.08 && d < 2.0 * deepest;
        if size < if ending { 0.7 * z } else { z } || (!ending && d.abs() < 0.35) {
            continue;
        }
        let period = grid.periods[t];
        let change = 100.0 * (s.exp() - 1.0);
        let (kind, reason) = if ending {
            let months = (12.0 * d.exp()).round();
            (
                Kind::PartYear,
                Words::new(
                    format!(
                        "the last period looks unfinished: the median unit changes by {change:.1} %, about {months} of 12 months"
                    ),
                    format!("最后一期似不完整：各单元变化的中位数为 {change:.1}%，约合 12 个月中的 {months} 个月"),
                ),
            )
        } else {
            (
                Kind::Splice,
                Words::new(
                    format!(
                        "many units step together: the median change into {period} is {change:.1} %, far from every other period; a splice of two vintages or definitions, or a national event"
                    ),
                    format!(
                        "多数单元同时移位：进入 {period} 年的变化中位数为 {change:.1}%，与其他时期相差甚远；疑为两种口径或版本拼接，或为全国性事件"
                    ),
                ),
            )
        };
        all.push(Suspicion {
            kind,
            unit: String::new(),
            period,
            last: period,
            variable: column.variable.name.clone(),
            value: f64::NAN,
            expected: f64::NAN,
            score: size,
            reason,
        });
    }
    all
}
