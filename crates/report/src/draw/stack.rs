//! Parts that add up: upright bars for a few categories, lying ones for units.

use study::{figure::Stack, text::Text};

use super::{
    axis::Axis,
    colour, gap, legend, name, nothing, rows,
    svg::{Anchor, Canvas, SIZE, WIDTH, fitted},
};
use crate::{Units, limits, number, width};

const PLOT: f64 = 320.0;
const STEP: f64 = 21.0;

pub fn draw(canvas: &mut Canvas, chart: &Stack, units: &Units) -> f64 {
    if chart.categories.is_empty() || chart.parts.is_empty() {
        return nothing(canvas);
    }
    let mut items: Vec<(Text, String)> =
        chart.parts.iter().enumerate().map(|(i, p)| (p.0.clone(), colour::group(i).to_owned())).collect();
    if !chart.total.is_empty() {
        items.push((Text::new("Total", "合计"), "#1c1c1c".to_owned()));
    }
    let mut top = legend::row(canvas, 0.0, 0.0, WIDTH, &items, false) + 8.0;
    top += legend::heading(canvas, 0.0, top, WIDTH, &chart.label) + 4.0;
    let labels: Vec<Text> = chart.categories.iter().map(|c| name(units, c, chart.categories_are_units)).collect();
    let band = (WIDTH - 60.0) / labels.len() as f64;
    let upright = !chart.categories_are_units && labels.len() <= 40 && canvas.longest(&labels).min(60.0) <= band.max(34.0);
    if upright { columns(canvas, chart, &labels, top) } else { bars(canvas, chart, &labels, top) }
}

/// Lower and upper end of every finite part of one category: positive parts upwards from zero,
/// negative ones downwards.
fn pieces(chart: &Stack, category: usize) -> Vec<(usize, f64, f64)> {
    let (mut up, mut down) = (0.0, 0.0);
    let mut pieces = Vec::new();
    for (i, (_, values)) in chart.parts.iter().enumerate() {
        let value = values.get(category).copied().unwrap_or(f64::NAN);
        if !value.is_finite() || value == 0.0 {
            continue;
        }
        let from = if value > 0.0 { &mut up } else { &mut down };
        pieces.push((i, *from, *from + value));
        *from += value;
    }
    pieces
}

fn ends(chart: &Stack) -> Vec<f64> {
    (0..chart.categories.len())
        .flat_map(|c| pieces(chart, c).into_iter().flat_map(|p| [p.1, p.2]))
        .chain(chart.total.iter().copied())
        .chain([0.0])
        .collect()
}

fn columns(canvas: &mut Canvas, chart: &Stack, labels: &[Text], top: f64) -> f64 {
    let y = Axis::new(ends(chart), top + PLOT, top);
    let ticks = y.ticks();
    let left = ticks.iter().map(|t| width::em(&t.1) * 11.0).fold(16.0, f64::max) + 8.0;
    for (value, label) in &ticks {
        canvas.line(left, y.at(*value), WIDTH, y.at(*value), "grid");
        canvas.word(left - 6.0, y.at(*value) + 4.0, Anchor::End, "tick", label, &[]);
    }
    let band = (WIDTH - left) / labels.len() as f64;
    let thick = (band * 0.64).min(64.0);
    for (c, label) in labels.iter().enumerate() {
        let x = left + band * (c as f64 + 0.5);
        for (i, from, to) in pieces(chart, c) {
            let (a, b) = (y.at(from).min(y.at(to)), y.at(from).max(y.at(to)));
            let tip = tip(chart, c, i, label);
            canvas.mark(&tip);
            piece(canvas, (x - thick / 2.0, a, thick, b - a), colour::group(i));
            canvas.close("g");
        }
        if let Some(total) = chart.total.get(c).filter(|t| t.is_finite()) {
            total_mark(canvas, x, y.at(*total));
        }
        let every = (canvas.longest(labels).min(band.max(60.0)) / band).ceil().max(1.0) as usize;
        if c % every == 0 {
            canvas.text(x, top + PLOT + 17.0, Anchor::Middle, "tick", &fitted(label, band * every as f64), &[]);
        }
    }
    canvas.line(left, y.at(0.0), WIDTH, y.at(0.0), "base");
    top + PLOT + 24.0
}

fn bars(canvas: &mut Canvas, chart: &Stack, labels: &[Text], top: f64) -> f64 {
    let left = canvas.longest(labels).clamp(30.0, 180.0) + 12.0;
    let x = Axis::new(ends(chart), left, WIDTH - 16.0);
    let shown = rows(labels.len(), limits::MARKS);
    let bottom = top + shown.len() as f64 * STEP + 4.0;
    for (value, label) in x.ticks() {
        canvas.line(x.at(value), top, x.at(value), bottom, "grid");
        canvas.word(x.at(value), bottom + 15.0, Anchor::Middle, "tick", &label, &[]);
    }
    for (i, row) in shown.iter().enumerate() {
        let y = top + 2.0 + i as f64 * STEP;
        let Some(c) = *row else {
            canvas.text(left, y + 14.0, Anchor::Start, "soft", &gap(labels.len(), &shown), &[]);
            continue;
        };
        let parts = whole_tip(chart, c);
        if chart.categories_are_units {
            canvas.unit(&chart.categories[c].en, &labels[c], &parts, &[]);
        } else {
            canvas.mark(&parts);
        }
        canvas.text(left - 8.0, y + 14.0, Anchor::End, "name", &fitted(&labels[c], left - 12.0), &[]);
        for (i, from, to) in pieces(chart, c) {
            let (a, b) = (x.at(from).min(x.at(to)), x.at(from).max(x.at(to)));
            piece(canvas, (a, y + 3.0, b - a, STEP - 6.0), colour::group(i));
        }
        if let Some(total) = chart.total.get(c).filter(|t| t.is_finite()) {
            total_mark(canvas, x.at(*total), y + STEP / 2.0);
        }
        canvas.close("g");
    }
    canvas.line(x.at(0.0), top, x.at(0.0), bottom, "base");
    bottom + 20.0
}

fn piece(canvas: &mut Canvas, place: (f64, f64, f64, f64), colour: &str) {
    let (x, y, w, h) = place;
    canvas.leaf(
        "rect",
        &[("x", &x), ("y", &y), ("width", &w), ("height", &h), ("fill", &colour), ("stroke", &"#fff"), ("stroke-width", &0.6)],
    );
}

fn total_mark(canvas: &mut Canvas, x: f64, y: f64) {
    let points = format!("{x:.1},{:.1} {:.1},{y:.1} {x:.1},{:.1} {:.1},{y:.1}", y - 5.0, x + 5.0, y + 5.0, x - 5.0);
    canvas.leaf("polygon", &[("points", &points), ("fill", &"#1c1c1c"), ("stroke", &"#fff"), ("stroke-width", &1.2)]);
}

fn tip(chart: &Stack, category: usize, part: usize, label: &Text) -> Text {
    let (name, values) = &chart.parts[part];
    let value = number::fixed(values.get(category).copied().unwrap_or(f64::NAN), chart.decimals.into());
    let zh = study::text::Language::Zh;
    Text::new(format!("{}, {}: {value}", label.en, name.en), format!("{}，{}：{value}", label.get(zh), name.get(zh)))
}

fn whole_tip(chart: &Stack, category: usize) -> Text {
    let mut tip = Text::default();
    let zh = study::text::Language::Zh;
    let total = chart.total.get(category).map(|t| (Text::new("total", "合计"), *t));
    for (name, value) in chart.parts.iter().map(|(n, v)| (n.clone(), v.get(category).copied().unwrap_or(f64::NAN))).chain(total) {
        let value = number::fixed(value, chart.decimals.into());
        let (mark_en, mark_zh) = if tip.en.is_empty() { ("", "") } else { ("; ", "；") };
        tip.en.push_str(&format!("{mark_en}{} {value}", name.en));
        tip.zh.push_str(&format!("{mark_zh}{} {value}", name.get(zh)));
    }
    tip
}

const _: () = assert!(STEP > SIZE);
