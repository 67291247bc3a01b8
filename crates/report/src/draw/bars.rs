//! One lying bar per item.

use study::{figure::Bars, text::Text};

use super::{
    axis::Axis,
    colour, gap, groups, legend, name, nothing, rows,
    svg::{Anchor, Canvas, WIDTH, fitted},
    tint,
};
use crate::{Units, limits, number};

const STEP: f64 = 22.0;

pub fn draw(canvas: &mut Canvas, chart: &Bars, units: &Units) -> f64 {
    if chart.items.is_empty() {
        return nothing(canvas);
    }
    let shown = rows(chart.items.len(), limits::MARKS);
    let of = |row: &Option<usize>| row.and_then(|i| chart.items.get(i));
    let label = |r: &Option<usize>| of(r).map_or_else(Text::default, |i| name(units, &i.0, chart.items_are_units));
    let labels: Vec<Text> = shown.iter().map(label).collect();
    let number = |r: &Option<usize>| of(r).map_or_else(Text::default, |i| Text::plain(number::fixed(i.1, chart.decimals.into())));
    let numbers: Vec<Text> = shown.iter().map(number).collect();
    let left = canvas.longest(&labels).clamp(30.0, 230.0) + 12.0;
    let room = canvas.longest(&numbers).min(160.0) + 10.0;
    let negative = chart.items.iter().any(|i| i.1 < 0.0);
    let from = left + if negative { room } else { 0.0 };
    let x = Axis::tight(chart.items.iter().map(|i| i.1).chain([0.0]), from, WIDTH - room);

    let mut top = 0.0;
    if chart.items_are_units {
        top += legend::row(canvas, 0.0, 0.0, WIDTH, &groups(units), false);
        top += if top > 0.0 { 8.0 } else { 0.0 };
    }
    top += legend::heading(canvas, left, top, WIDTH - left, &chart.label) + 2.0;
    for (i, row) in shown.iter().enumerate() {
        let y = top + i as f64 * STEP;
        let Some(index) = *row else {
            canvas.text(left, y + 15.0, Anchor::Start, "soft", &gap(chart.items.len(), &shown), &[]);
            continue;
        };
        let (item, value) = &chart.items[index];
        let fill = if chart.items_are_units {
            canvas.unit(&item.en, &labels[i], &numbers[i], &[]);
            tint(units, &item.en)
        } else {
            canvas.open("g", &[]);
            colour::group(0)
        };
        canvas.text(left - 8.0, y + 15.0, Anchor::End, "name", &fitted(&labels[i], left - 12.0), &[]);
        if value.is_finite() {
            let (a, b) = (x.at(value.min(0.0)), x.at(value.max(0.0)));
            canvas.leaf(
                "rect",
                &[("x", &a), ("y", &(y + 3.0)), ("width", &(b - a).max(0.6)), ("height", &(STEP - 6.0)), ("fill", &fill)],
            );
        }
        let (at, anchor) = match value {
            v if !v.is_finite() => (x.at(0.0) + 5.0, Anchor::Start),
            v if *v < 0.0 => (x.at(*v) - 5.0, Anchor::End),
            v => (x.at(*v) + 5.0, Anchor::Start),
        };
        canvas.text(at, y + 15.0, anchor, "small", &numbers[i], &[]);
        canvas.close("g");
    }
    let bottom = top + shown.len() as f64 * STEP;
    canvas.line(x.at(0.0), top, x.at(0.0), bottom, "base");
    bottom + 4.0
}
