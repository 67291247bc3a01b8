//! A tree on its side: parts as blocks beside what belongs to them, leaves as rows with a bar for their share.

use study::{
    figure::{Part, Tree},
    text::{Language, Text},
};

use super::{
    axis::Axis,
    colour, legend, nothing,
    svg::{Anchor, Canvas, SIZE, WIDTH, fitted},
};
use crate::{number, width};

const STEP: f64 = 20.0;
/// Space between the parts of the whole.
const GAP: f64 = 7.0;
const LINE: f64 = 14.0;

/// Where a part stands.
#[derive(Clone, Copy, Default)]
struct Place {
    depth: usize,
    /// Which part of the whole it is or belongs to.
    branch: usize,
    top: f64,
    bottom: f64,
    inner: bool,
}

pub fn draw(canvas: &mut Canvas, chart: &Tree) -> f64 {
    let places = places(&chart.parts);
    let leaves: Vec<usize> = (1..places.len()).filter(|&i| !places[i].inner).collect();
    if leaves.is_empty() {
        return nothing(canvas);
    }
    let levels = places.iter().filter(|p| p.inner).map(|p| p.depth).max().unwrap_or(0);
    let wide = if levels == 0 { 0.0 } else { (300.0 / levels as f64).clamp(64.0, 160.0) };
    let blocks = wide * levels as f64;
    let names: Vec<Text> = leaves.iter().map(|&i| chart.parts[i].name.clone()).collect();
    let shares: Vec<Text> = leaves.iter().map(|&i| Text::plain(share(chart, i))).collect();
    let numbers = canvas.longest(&shares) + 8.0;
    let label = canvas.longest(&names).clamp(60.0, (WIDTH - blocks - numbers - 130.0).max(60.0)) + 14.0;
    let from = blocks + label;
    let x = Axis::tight(leaves.iter().map(|&i| chart.parts[i].share).chain([0.0]), from, WIDTH - numbers);
    let top = legend::heading(canvas, from, 0.0, WIDTH - from, &chart.label) + 4.0;
    for (i, place) in places.iter().enumerate().skip(1) {
        let fill = colour::group(place.branch);
        canvas.mark(&tip(chart, i));
        if place.inner {
            let (left, mut right) = (wide * (place.depth - 1) as f64, wide * place.depth as f64);
            // A part whose leaves follow at once reaches as far as the deepest one, a large dark one with a light ground.
            if !places.get(i + 1).is_some_and(|p| p.inner) && right < blocks {
                if place.depth == 1 && place.bottom - place.top > STEP {
                    ground(canvas, (right, blocks, top), place, 0.16);
                } else {
                    right = blocks;
                }
            }
            block(canvas, chart, i, (left, right, top), place);
        } else {
            let y = top + place.top;
            canvas.text(blocks + 8.0, y + 14.0, Anchor::Start, "name", &fitted(&chart.parts[i].name, label - 14.0), &[]);
            let to = x.at(chart.parts[i].share);
            let length = (to - from).max(0.6);
            canvas
                .leaf("rect", &[("x", &from), ("y", &(y + 4.0)), ("width", &length), ("height", &(STEP - 8.0)), ("fill", &fill)]);
            canvas.word(to + 5.0, y + 14.0, Anchor::Start, "small", &share(chart, i), &[]);
        }
        canvas.close("g");
    }
    let bottom = top + places.iter().map(|p| p.bottom).fold(0.0, f64::max);
    canvas.line(from, top, from, bottom, "base");
    bottom + 4.0
}

/// Depth first: leaves take the next row, a part the rows of what belongs to it.
fn places(parts: &[Part]) -> Vec<Place> {
    let mut places = vec![Place::default(); parts.len()];
    for part in parts {
        if let Some(p) = part.parent {
            places[p].inner = true;
        }
    }
    let (mut y, mut branches) = (0.0, 0);
    for (i, part) in parts.iter().enumerate() {
        let Some(p) = part.parent.filter(|p| *p < i) else { continue };
        places[i].depth = places[p].depth + 1;
        if places[i].depth == 1 {
            // Leaves right below the whole are of one kind.
            if places[i].inner && i > 1 {
                branches += 1;
                y += GAP;
            }
            places[i].branch = branches;
        } else {
            places[i].branch = places[p].branch;
        }
        places[i].top = y;
        if !places[i].inner {
            y += STEP;
        }
        places[i].bottom = y;
    }
    for i in (1..parts.len()).rev() {
        if let Some(p) = parts[i].parent {
            places[p].bottom = places[p].bottom.max(places[i].bottom);
        }
    }
    places
}

/// The ground of a block, from one column to another.
fn ground(canvas: &mut Canvas, (left, right, top): (f64, f64, f64), place: &Place, strength: f64) {
    canvas.leaf(
        "rect",
        &[
            ("x", &left),
            ("y", &(top + place.top + 1.0)),
            ("width", &(right - left - 2.0)),
            ("height", &(place.bottom - place.top - 2.0)),
            ("rx", &1.5),
            ("fill", &colour::group(place.branch)),
            ("fill-opacity", &strength),
        ],
    );
}

fn block(canvas: &mut Canvas, chart: &Tree, i: usize, (left, right, top): (f64, f64, f64), place: &Place) {
    let fill = colour::group(place.branch);
    let (w, h) = (right - left - 2.0, place.bottom - place.top - 2.0);
    let y = top + place.top + 1.0;
    ground(canvas, (left, right, top), place, if place.depth == 1 { 1.0 } else { 0.16 });
    let ink = if place.depth == 1 { format!("fill:{}", colour::ink(fill)) } else { String::new() };
    let limit = w - 12.0;
    let number = share(chart, i);
    let most = ((h - 3.0) / LINE).floor().max(1.0) as usize;
    let name = chart.parts[i].name.clone();
    canvas.each(|canvas, language: Language| {
        let words = name.get(language);
        // A block of one row has one leaf, whose bar says the share.
        let mut lines = width::wrap(words, limit / SIZE, most.saturating_sub(1).max(1));
        if most > 1 {
            lines.push(number.clone());
        }
        lines.retain(|l| !l.is_empty());
        let begin = y + h / 2.0 - (lines.len() as f64 - 1.0) * LINE / 2.0 + 4.0;
        for (k, line) in lines.iter().enumerate() {
            let class = if k + 1 == lines.len() && most > 1 { "small" } else { "name" };
            canvas.word(left + 6.0, begin + LINE * k as f64, Anchor::Start, class, line, &[("style", &ink)]);
        }
        0.0
    });
}

fn share(chart: &Tree, i: usize) -> String {
    number::fixed(chart.parts[i].share, chart.decimals.into())
}

fn tip(chart: &Tree, i: usize) -> Text {
    let (name, share) = (&chart.parts[i].name, share(chart, i));
    Text::new(format!("{}: {share}", name.en), format!("{}：{share}", name.get(Language::Zh)))
}
