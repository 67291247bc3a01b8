//! Small radars side by side, one per unit, each over the same reference.

use study::{
    figure::{Profile, Radar},
    text::{Language, Text},
};

use super::{
    axis::Axis,
    colour, legend, nothing,
    svg::{Anchor, Canvas, WIDTH, fitted},
};
use crate::{Units, number, width};

const ACROSS: usize = 3;
const RADIUS: f64 = 70.0;
/// Name and caption of a unit.
const HEAD: f64 = 36.0;
/// Size of the names of axes.
const SMALL: f64 = 11.0;
/// Lines of the name of an axis.
const LINES: usize = 3;
const REFERENCE: &str = "#8d8a84";
/// Most axes whose names stand at the axes; with more, numbers stand there and the names below.
const NAMED: usize = 6;

pub fn draw(canvas: &mut Canvas, chart: &Radar, units: &Units) -> f64 {
    let all = || chart.profiles.iter().flat_map(|p| &p.values).chain(&chart.reference.1).copied();
    if chart.axes.len() < 3 || chart.profiles.is_empty() || !all().any(f64::is_finite) {
        return nothing(canvas);
    }
    let scale = Axis::new(all().chain([0.0]), 0.0, RADIUS);
    let items = [(Text::new("Unit", "单元"), colour::GROUPS[0].to_owned()), (chart.reference.0.clone(), REFERENCE.to_owned())];
    let mut top = legend::row(canvas, 0.0, 0.0, WIDTH, &items, false);
    let ends = format!("{} – {}", number::fixed(scale.low(), 0), number::fixed(scale.high(), 0));
    let label = Text::new(
        format!("{}; centre to rim {ends}", chart.label.en),
        format!("{}；圆心至外缘 {ends}", chart.label.get(Language::Zh)),
    );
    top += legend::heading(canvas, 0.0, top + 2.0, WIDTH, &label) + 6.0;
    let mut across = chart.profiles.len().min(ACROSS);
    if chart.axes.len() <= NAMED && across == ACROSS && cut(canvas, chart, WIDTH / across as f64) {
        across -= 1;
    }
    let wide = WIDTH / across as f64;
    let (above, below) = margins(chart);
    let high = HEAD + above + 2.0 * RADIUS + below;
    for (k, profile) in chart.profiles.iter().enumerate() {
        let (column, row) = (k % across, k / across);
        let centre = (wide * (column as f64 + 0.5), top + high * row as f64 + HEAD + above + RADIUS);
        panel(canvas, chart, profile, &scale, (centre, wide), &units.label(&profile.unit));
    }
    top += high * chart.profiles.len().div_ceil(across) as f64;
    if chart.axes.len() > NAMED { top + key(canvas, chart, top) } else { top }
}

/// Room for the names of axes above and below the rim.
fn margins(chart: &Radar) -> (f64, f64) {
    if chart.axes.len() > NAMED {
        return (20.0, 20.0);
    }
    // The lowest corner of a triangle stays above the rim.
    (26.0, if chart.axes.len() == 3 { 24.0 } else { 40.0 })
}

/// Whether a name of an axis does not fit beside the rim.
fn cut(canvas: &Canvas, chart: &Radar, wide: f64) -> bool {
    let count = chart.axes.len();
    let lines = |k: usize, text: &Text, language: Language| {
        width::wrap(text.get(language), limit(towards(k, count).0, wide) / SMALL, LINES)
    };
    let long = |language: &Language| {
        chart.axes.iter().enumerate().any(|(k, text)| lines(k, text, *language).iter().any(|l| l.ends_with('…')))
    };
    canvas.setting.languages.iter().any(long)
}

/// Length that the name of an axis may have, by where the axis points and how wide the panel is.
fn limit(dx: f64, wide: f64) -> f64 {
    let room = if dx.abs() > 0.2 { wide / 2.0 - dx.abs() * (RADIUS + 8.0) - 2.0 } else { wide - 8.0 };
    room.max(2.0 * SMALL)
}

/// Direction of an axis: the first points up, the others follow the clock.
fn towards(k: usize, count: usize) -> (f64, f64) {
    let turn = std::f64::consts::TAU * k as f64 / count as f64;
    (turn.sin(), -turn.cos())
}

fn panel(canvas: &mut Canvas, chart: &Radar, profile: &Profile, scale: &Axis, place: ((f64, f64), f64), label: &Text) {
    let ((cx, cy), wide) = place;
    let count = chart.axes.len();
    let point = |k: usize, r: f64| (cx + towards(k, count).0 * r, cy + towards(k, count).1 * r);
    canvas.unit(&profile.unit, label, &tip(chart, profile), &[("tabindex", &"0")]);
    let head = cy - RADIUS - margins(chart).0 - HEAD;
    canvas.text(cx, head + 12.0, Anchor::Middle, "strong", &fitted(label, wide - 8.0), &[]);
    canvas.text(cx, head + 27.0, Anchor::Middle, "soft", &fitted(&profile.caption, wide - 8.0), &[]);
    for ring in [0.25, 0.5, 0.75, 1.0] {
        let corners: Vec<(f64, f64)> = (0..count).map(|k| point(k, RADIUS * ring)).collect();
        shape(canvas, &corners, ("none", 0.0), (if ring == 1.0 { "#b5b2ac" } else { "#e4e1db" }, 1.0));
    }
    for k in 0..count {
        let end = point(k, RADIUS);
        canvas.line(cx, cy, end.0, end.1, "grid");
    }
    let corners = |values: &[f64]| -> Vec<(f64, f64)> {
        let known = values.iter().enumerate().filter(|(_, v)| v.is_finite());
        known.map(|(k, v)| point(k, scale.at(*v))).collect()
    };
    shape(canvas, &corners(&chart.reference.1), (REFERENCE, 0.22), (REFERENCE, 1.2));
    let own = corners(&profile.values);
    shape(canvas, &own, (colour::GROUPS[0], 0.16), (colour::GROUPS[0], 2.0));
    for (x, y) in own {
        canvas.leaf("circle", &[("cx", &x), ("cy", &y), ("r", &2.6), ("fill", &colour::GROUPS[0])]);
    }
    for (k, axis) in chart.axes.iter().enumerate() {
        if count <= NAMED {
            name(canvas, axis, (cx, cy), towards(k, count), wide);
        } else {
            let at = point(k, RADIUS + 11.0);
            canvas.word(at.0, at.1 + 4.0, Anchor::Middle, "tick", &(k + 1).to_string(), &[]);
        }
    }
    canvas.close("g");
}

/// The name of an axis at its end.
fn name(canvas: &mut Canvas, axis: &Text, (cx, cy): (f64, f64), (dx, dy): (f64, f64), wide: f64) {
    let (x, y) = (cx + dx * (RADIUS + 8.0), cy + dy * (RADIUS + 8.0));
    let anchor = match dx {
        d if d > 0.2 => Anchor::Start,
        d if d < -0.2 => Anchor::End,
        _ => Anchor::Middle,
    };
    canvas.each(|canvas, language| {
        let most = if matches!(anchor, Anchor::Middle) { 1 } else { LINES };
        let lines = width::wrap(axis.get(language), limit(dx, wide) / SMALL, most);
        // Above the rim lines grow upwards, below it downwards.
        let first = match dy {
            d if d < -0.5 => y - 13.0 * (lines.len() as f64 - 1.0),
            d if d > 0.5 => y + 9.0,
            _ => y + 4.0 - 6.5 * (lines.len() as f64 - 1.0),
        };
        for (k, line) in lines.iter().enumerate() {
            canvas.word(x, first + 13.0 * k as f64, anchor, "small", line, &[]);
        }
        0.0
    });
}

/// Names of numbered axes in two columns; returns the height used.
fn key(canvas: &mut Canvas, chart: &Radar, top: f64) -> f64 {
    let half = chart.axes.len().div_ceil(2);
    for (k, axis) in chart.axes.iter().enumerate() {
        let (x, y) = (WIDTH / 2.0 * (k / half) as f64, top + 14.0 + 16.0 * (k % half) as f64);
        canvas.word(x + 18.0, y, Anchor::End, "tick", &(k + 1).to_string(), &[]);
        canvas.text(x + 26.0, y, Anchor::Start, "", &fitted(axis, WIDTH / 2.0 - 34.0), &[]);
    }
    16.0 * half as f64 + 8.0
}

fn shape(canvas: &mut Canvas, corners: &[(f64, f64)], fill: (&str, f64), stroke: (&str, f64)) {
    let points: Vec<String> = corners.iter().map(|p| format!("{:.1},{:.1}", p.0, p.1)).collect();
    canvas.leaf(
        "polygon",
        &[
            ("points", &points.join(" ")),
            ("fill", &fill.0),
            ("fill-opacity", &fill.1),
            ("stroke", &stroke.0),
            ("stroke-width", &stroke.1),
            ("stroke-linejoin", &"round"),
        ],
    );
}

fn tip(chart: &Radar, profile: &Profile) -> Text {
    let mut tip = Text::default();
    for (axis, value) in chart.axes.iter().zip(&profile.values) {
        let value = number::fixed(*value, chart.decimals.into());
        let (mark, mark_zh) = if tip.en.is_empty() { ("", "") } else { ("; ", "；") };
        tip.en.push_str(&format!("{mark}{} {value}", axis.en));
        tip.zh.push_str(&format!("{mark_zh}{} {value}", axis.get(Language::Zh)));
    }
    tip
}
