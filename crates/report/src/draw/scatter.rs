//! Points in the plane, named where there is room.

use study::{
    figure::{Point, Scatter},
    text::{Language, Text},
};

use super::{
    axis::Axis,
    colour, legend, nothing,
    svg::{Anchor, Canvas, WIDTH},
};
use crate::{Units, number, width};

const PLOT: f64 = 400.0;
const NAMED: usize = 120;

/// Left, top, right, bottom.
type Box4 = (f64, f64, f64, f64);

pub fn draw(canvas: &mut Canvas, chart: &Scatter, units: &Units) -> f64 {
    let points: Vec<&Point> = chart.points.iter().filter(|p| p.x.is_finite() && p.y.is_finite()).collect();
    if points.is_empty() {
        return nothing(canvas);
    }
    let classes: Vec<(Text, String)> = chart
        .classes
        .iter()
        .enumerate()
        .filter(|(_, c)| !c.is_empty())
        .map(|(i, c)| (c.clone(), colour::group(i).to_owned()))
        .collect();
    let mut top = if classes.len() > 1 { legend::row(canvas, 0.0, 0.0, WIDTH, &classes, true) + 8.0 } else { 0.0 };
    let name = chart.line.as_ref().map_or(0.0, |l| canvas.longest([&l.2]) + 60.0);
    top += legend::heading(canvas, 0.0, top, (WIDTH - name).max(240.0), &chart.y) + 6.0;
    let origin = if chart.cross { Some(0.0) } else { None };
    let y = Axis::new(points.iter().map(|p| p.y).chain(origin), top + PLOT, top);
    let left = y.ticks().iter().map(|t| width::em(&t.1) * 11.0).fold(16.0, f64::max) + 8.0;
    let x = Axis::new(points.iter().map(|p| p.x).chain(origin), left, WIDTH - 12.0);
    for (value, label) in y.ticks() {
        canvas.line(left, y.at(value), WIDTH - 12.0, y.at(value), "grid");
        canvas.word(left - 6.0, y.at(value) + 4.0, Anchor::End, "tick", &label, &[]);
    }
    for (value, label) in x.ticks() {
        canvas.line(x.at(value), top, x.at(value), top + PLOT, "grid");
        canvas.word(x.at(value), top + PLOT + 16.0, Anchor::Middle, "tick", &label, &[]);
    }
    if chart.cross {
        canvas.line(left, y.at(0.0), WIDTH - 12.0, y.at(0.0), "base");
        canvas.line(x.at(0.0), top, x.at(0.0), top + PLOT, "base");
    }
    if let Some((intercept, slope, words)) = &chart.line {
        fit_line(canvas, (*intercept, *slope), words, (&x, &y), &points);
    }
    let around = |p: &&Point| (x.at(p.x) - 5.0, y.at(p.y) - 5.0, x.at(p.x) + 5.0, y.at(p.y) + 5.0);
    let taken: Vec<Box4> = points.iter().map(around).collect();
    let frame = (left, top, WIDTH, top + PLOT);
    for point in &points {
        mark(canvas, chart, point, units, (x.at(point.x), y.at(point.y)));
    }
    if points.len() <= NAMED {
        let places: Vec<(&Point, f64, f64)> = points.iter().map(|p| (*p, x.at(p.x), y.at(p.y))).collect();
        canvas.each(|canvas, language| {
            names(canvas, &places, units, language, &taken, frame);
            0.0
        });
    }
    top + PLOT + 26.0 + legend::heading(canvas, left, top + PLOT + 24.0, WIDTH - left, &chart.x)
}

fn mark(canvas: &mut Canvas, chart: &Scatter, point: &Point, units: &Units, place: (f64, f64)) {
    let show = |v: f64| number::fixed(v, chart.decimals.into());
    let (px, py) = (show(point.x), show(point.y));
    let zh = Language::Zh;
    let mut tip = Text::new(
        format!("{}: {px}; {}: {py}", chart.x.en, chart.y.en),
        format!("{}：{px}；{}：{py}", chart.x.get(zh), chart.y.get(zh)),
    );
    if let Some(class) = chart.classes.get(point.class).filter(|c| !c.is_empty()) {
        tip.en.push_str(&format!("; {}", class.en));
        tip.zh.push_str(&format!("；{}", class.get(zh)));
    }
    canvas.unit(&point.unit, &units.label(&point.unit), &tip, &[]);
    canvas.leaf(
        "circle",
        &[
            ("cx", &place.0),
            ("cy", &place.1),
            ("r", &5.0),
            ("fill", &colour::group(point.class)),
            ("fill-opacity", &"0.85"),
            ("stroke", &"#fff"),
            ("stroke-width", &1.0),
        ],
    );
    canvas.close("g");
}

/// Names beside their points: right, left, above or below, whichever is free; a name without room is
/// shown only when its unit lights up.
fn names(canvas: &mut Canvas, places: &[(&Point, f64, f64)], units: &Units, language: Language, taken: &[Box4], frame: Box4) {
    let mut taken = taken.to_vec();
    for (point, px, py) in places {
        let label = units.label(&point.unit);
        let words = width::fit(label.get(language), 14.0);
        let w = width::em(&words) * 11.0;
        let tries = [
            (px + 8.0, py + 4.0, Anchor::Start, px + 8.0),
            (px - 8.0, py + 4.0, Anchor::End, px - 8.0 - w),
            (*px, py - 8.0, Anchor::Middle, px - w / 2.0),
            (*px, py + 16.0, Anchor::Middle, px - w / 2.0),
        ];
        let free = tries.iter().find(|t| {
            let b = (t.3, t.1 - 10.0, t.3 + w, t.1 + 2.0);
            let inside = b.0 >= frame.0 && b.1 >= frame.1 && b.2 <= frame.2 && b.3 <= frame.3;
            inside && !taken.iter().any(|o| b.0 < o.2 && o.0 < b.2 && b.1 < o.3 && o.1 < b.3)
        });
        let unit = point.unit.as_str();
        match free {
            Some(&(tx, ty, anchor, from)) => {
                taken.push((from, ty - 10.0, from + w, ty + 2.0));
                canvas.word(tx, ty, anchor, "small follow halo", &words, &[("data-follow", &unit)]);
            }
            None if !canvas.setting.standalone => {
                let (tx, anchor) = if px + 8.0 + w > frame.2 { (px - 8.0, Anchor::End) } else { (px + 8.0, Anchor::Start) };
                canvas.word(tx, py + 4.0, anchor, "small follow quiet halo", &words, &[("data-follow", &unit)]);
            }
            None => {}
        }
    }
}

/// Draws the line inside the frame, and its name.
fn fit_line(canvas: &mut Canvas, line: (f64, f64), words: &Text, axes: (&Axis, &Axis), points: &[&Point]) {
    let (intercept, slope) = line;
    let (x, y) = axes;
    if !(intercept.is_finite() && slope.is_finite()) {
        return;
    }
    let (mut from, mut to) = (x.low(), x.high());
    if slope != 0.0 {
        // Where the line leaves the frame above or below.
        let (a, b) = ((y.low() - intercept) / slope, (y.high() - intercept) / slope);
        from = from.max(a.min(b));
        to = to.min(a.max(b));
    }
    if from >= to || points.len() < 2 {
        return;
    }
    let (x1, y1, x2, y2) = (x.at(from), y.at(intercept + slope * from), x.at(to), y.at(intercept + slope * to));
    canvas.leaf("line", &[("x1", &x1), ("y1", &y1), ("x2", &x2), ("y2", &y2), ("stroke", &"#1c1c1c"), ("stroke-width", &1.4)]);
    // Its name stands over the frame, to the right, where no point can be.
    let w = canvas.longest([words]);
    canvas.text(WIDTH - 12.0, y.at(y.high()) - 8.0, Anchor::End, "strong", words, &[]);
    let tx = WIDTH - 18.0 - w;
    canvas.line(tx - 22.0, y.at(y.high()) - 12.0, tx, y.at(y.high()) - 12.0, "base");
}
