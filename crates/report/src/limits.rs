//! How much of a large result is shown. The CSV files always have everything; what a page, a sheet or a
//! figure leaves out is said where it is left out, in both languages.

use std::borrow::Cow;

use study::{
    figure::{Chart, Figure, Lines, Part, Scatter, Slope, Tree},
    text::Text,
};

use crate::number;

/// Rows of a table that a page carries.
pub(crate) const PAGE: usize = 500;
/// Rows of a table that a workbook carries; longer tables are left to CSV whole.
pub(crate) const SHEET: usize = 20_000;
/// Marks of a list in order: the first half and the last half of them.
pub(crate) const MARKS: usize = 60;
/// Rows of a matrix: the first half and the last half of them.
pub(crate) const ROWS: usize = 80;
/// Points of a scatter.
pub(crate) const POINTS: usize = 2000;
/// Lines of single units.
pub(crate) const LINES: usize = 200;
/// Leaves of a tree; beyond, the parts right above them stand for them.
pub(crate) const LEAVES: usize = 100;

/// The figure with no more marks than a page bears. Lists and matrices are cut where they are drawn.
pub(crate) fn figure(figure: &Figure) -> Cow<'_, Figure> {
    let chart = match &figure.chart {
        Chart::Scatter(s) if s.points.len() > POINTS => {
            let points = spread(s.points.len(), POINTS).map(|i| s.points[i].clone()).collect();
            Chart::Scatter(Scatter {
                points,
                x: s.x.clone(),
                y: s.y.clone(),
                classes: s.classes.clone(),
                line: s.line.clone(),
                ..*s
            })
        }
        Chart::Lines(l) if units(l) > LINES => {
            let mut kept = spread(units(l), LINES).peekable();
            let mut at = 0;
            let mut keep = |unit: bool| {
                let taken = !unit || kept.next_if_eq(&at).is_some();
                at += usize::from(unit);
                taken
            };
            let series = l.series.iter().filter(|s| keep(s.unit)).cloned().collect();
            Chart::Lines(Lines { series, label: l.label.clone(), periods: l.periods.clone(), ..*l })
        }
        Chart::Slope(s) if s.rows.len() > MARKS => {
            let mut rows = s.rows.clone();
            rows.sort_by_key(|r| std::cmp::Reverse(r.from.abs_diff(r.to)));
            rows.truncate(MARKS);
            Chart::Slope(Slope { rows, from: s.from.clone(), to: s.to.clone(), clear: s.clear.clone() })
        }
        Chart::Tree(t) if leaves(&t.parts) > LEAVES && lowest(&t.parts).len() > 1 => {
            let mut parts = t.parts.clone();
            while leaves(&parts) > LEAVES && lowest(&parts).len() > 1 {
                parts = lowest(&parts);
            }
            Chart::Tree(Tree { parts, label: t.label.clone(), ..*t })
        }
        _ => return Cow::Borrowed(figure),
    };
    Cow::Owned(Figure { id: figure.id.clone(), title: figure.title.clone(), note: figure.note.clone(), chart })
}

/// What a figure leaves out.
pub(crate) fn left_out(figure: &Figure) -> Option<Text> {
    let n = |n: usize| number::whole(n as i64);
    let ends = |count: usize, most: usize, best: bool| {
        let (half, all) = (n(most / 2), n(count));
        let en = if best { ("best", "worst") } else { ("first", "last") };
        let zh = if best { ("最优", "最差") } else { ("前", "后") };
        (count > most).then(|| {
            Text::new(
                format!("Shown are the {} {half} and the {} {half} of {all}; the table files have all.", en.0, en.1),
                format!("仅显示全部 {all} 项中{}的 {half} 项与{}的 {half} 项；数据表文件含全部。", zh.0, zh.1),
            )
        })
    };
    let some = |count: usize, most: usize| {
        (count > most).then(|| {
            Text::new(
                format!("Shown are {} of {}, evenly taken in their order; the table files have all.", n(most), n(count)),
                format!("按原有顺序均匀选取，显示 {} 项中的 {} 项；数据表文件含全部。", n(count), n(most)),
            )
        })
    };
    match &figure.chart {
        Chart::Ranking(c) => ends(c.rows.len(), MARKS, true),
        Chart::Bars(c) => ends(c.items.len(), MARKS, false),
        Chart::Stack(c) => ends(c.categories.len(), MARKS, false),
        Chart::Heatmap(c) => ends(c.rows.len(), ROWS, false),
        Chart::Scatter(c) => some(c.points.len(), POINTS),
        Chart::Lines(c) => some(units(c), LINES),
        Chart::Slope(c) => (c.rows.len() > MARKS).then(|| {
            let (most, all) = (n(MARKS), n(c.rows.len()));
            Text::new(
                format!("Shown are the {most} that move most, of {all}; the table files have all."),
                format!("仅显示全部 {all} 项中名次变动最大的 {most} 项；数据表文件含全部。"),
            )
        }),
        Chart::Tree(c) => (leaves(&c.parts) > LEAVES && lowest(&c.parts).len() > 1).then(|| {
            Text::new(
                format!("The {} lowest parts are summed up one level higher; the table files have all.", n(leaves(&c.parts))),
                format!("最底层 {} 项已归入上一级；数据表文件含全部。", n(leaves(&c.parts))),
            )
        }),
        Chart::Tiles(_) | Chart::Curves(_) | Chart::Radar(_) => None,
    }
}

/// How many parts have none below them.
fn leaves(parts: &[Part]) -> usize {
    parts.len() - inner(parts).iter().filter(|i| **i).count()
}

fn inner(parts: &[Part]) -> Vec<bool> {
    let mut inner = vec![false; parts.len()];
    parts.iter().filter_map(|p| p.parent).for_each(|p| inner[p] = true);
    inner
}

/// The tree without its leaves.
fn lowest(parts: &[Part]) -> Vec<Part> {
    let inner = inner(parts);
    let mut place = vec![0; parts.len()];
    let mut out: Vec<Part> = Vec::new();
    for (i, part) in parts.iter().enumerate().filter(|(i, _)| inner[*i]) {
        place[i] = out.len();
        out.push(Part { parent: part.parent.map(|p| place[p]), ..part.clone() });
    }
    out
}

fn units(lines: &Lines) -> usize {
    lines.series.iter().filter(|s| s.unit).count()
}

/// `most` of `count` places, evenly, the first and the last among them.
fn spread(count: usize, most: usize) -> impl Iterator<Item = usize> {
    (0..most).map(move |i| i * (count - 1) / (most - 1))
}
