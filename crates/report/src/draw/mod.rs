//! Figures to SVG, one file per form.

mod axis;
mod bars;
pub(crate) mod colour;
mod curves;
mod heatmap;
mod legend;
mod lines;
mod radar;
mod ranking;
mod scatter;
mod slope;
mod stack;
pub(crate) mod svg;
mod tiles;
mod tree;

use study::{
    figure::{Chart, Figure},
    text::{Language, Text},
};
use svg::{Anchor, Canvas, Setting, WIDTH};

use crate::{Units, limits, number};

/// Style of figures, shared by the page and the files.
pub(crate) const STYLE: &str = include_str!("figure.css");

/// One figure as an SVG file in one language, with its style inside. `ctx` gives labels, groups and
/// tile positions of the units.
pub fn svg(figure: &Figure, ctx: &Units, language: Language) -> String {
    draw(figure, ctx, Setting { languages: vec![language], standalone: true })
}

/// One figure in its setting.
pub(crate) fn draw(figure: &Figure, units: &Units, setting: Setting) -> String {
    let (figure, mut canvas) = (&*limits::figure(figure), Canvas::new(setting));
    let height = match &figure.chart {
        Chart::Tiles(c) => tiles::draw(&mut canvas, c, units),
        Chart::Ranking(c) => ranking::draw(&mut canvas, c, units),
        Chart::Heatmap(c) => heatmap::draw(&mut canvas, c, units),
        Chart::Lines(c) => lines::draw(&mut canvas, c, units),
        Chart::Stack(c) => stack::draw(&mut canvas, c, units),
        Chart::Scatter(c) => scatter::draw(&mut canvas, c, units),
        Chart::Bars(c) => bars::draw(&mut canvas, c, units),
        Chart::Curves(c) => curves::draw(&mut canvas, c),
        Chart::Tree(c) => tree::draw(&mut canvas, c),
        Chart::Radar(c) => radar::draw(&mut canvas, c, units),
        Chart::Slope(c) => slope::draw(&mut canvas, c, units),
    };
    canvas.finish(height, &figure.title, STYLE)
}

/// What stands where there is nothing to draw; returns the height.
fn nothing(canvas: &mut Canvas) -> f64 {
    let words = Text::new("No values to show", "无可显示的数值");
    canvas.text(WIDTH / 2.0, 44.0, Anchor::Middle, "soft", &words, &[]);
    80.0
}

/// Label of a row: a unit's label where it is one.
fn name(units: &Units, text: &Text, is_unit: bool) -> Text {
    if is_unit { units.label(&text.en) } else { text.clone() }
}

/// Rows drawn of a long list: all, or the first and last with a gap between them.
fn rows(count: usize, most: usize) -> Vec<Option<usize>> {
    if count <= most {
        return (0..count).map(Some).collect();
    }
    let half = most / 2;
    (0..half).map(Some).chain([None]).chain((count - half..count).map(Some)).collect()
}

/// What stands between the first and the last rows: how many are left out.
fn gap(count: usize, shown: &[Option<usize>]) -> Text {
    let left = number::whole(count.saturating_sub(shown.iter().flatten().count()) as i64);
    Text::new(format!("⋯ {left} more"), format!("⋯ 另有 {left} 项"))
}

/// Colours of the groups with their names, when few enough to tell apart.
fn groups(units: &Units) -> Vec<(Text, String)> {
    let groups = units.groups();
    if (2..=colour::GROUPS.len()).contains(&groups.len()) {
        groups.into_iter().enumerate().map(|(i, g)| (g, colour::group(i).to_owned())).collect()
    } else {
        Vec::new()
    }
}

/// Colour of a unit: its group's where groups are shown.
fn tint(units: &Units, id: &str) -> &'static str {
    match units.group(id) {
        Some(i) if !groups(units).is_empty() => colour::group(i),
        _ => colour::GROUPS[0],
    }
}
