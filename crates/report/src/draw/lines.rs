//! Series over periods, named at their ends.

use study::{
    figure::{Lines, Series},
    text::Text,
};

use super::{
    axis::Axis,
    colour, legend, name, nothing,
    svg::{Anchor, Canvas, SIZE, WIDTH, fitted},
};
use crate::{Units, number, width};

const PLOT: f64 = 320.0;
const GAP: f64 = 15.0;
/// How much wider bold words are.
const BOLD: f64 = 1.07;

pub fn draw(canvas: &mut Canvas, chart: &Lines, units: &Units) -> f64 {
    if chart.periods.is_empty() || chart.series.iter().all(|s| s.values.iter().all(|v| !v.is_finite())) {
        return nothing(canvas);
    }
    let thick: Vec<&Series> = chart.series.iter().filter(|s| !s.unit).collect();
    let thin: Vec<&Series> = chart.series.iter().filter(|s| s.unit).collect();
    // With nothing else to show, a handful of units take the colours.
    let few = thick.is_empty() && thin.len() <= colour::GROUPS.len();
    let named: Vec<&Series> = if few { thin.clone() } else { thick };
    let labels: Vec<Text> = named.iter().map(|s| name(units, &s.name, s.unit)).collect();
    let right = WIDTH - (canvas.longest(&labels) * BOLD + 18.0).clamp(40.0, 240.0);

    let top = legend::heading(canvas, 0.0, 0.0, WIDTH, &chart.label) + 8.0;
    let values = chart
        .series
        .iter()
        .flat_map(|s| s.values.iter().copied().chain(s.band.iter().flat_map(|b| [b.0, b.1])))
        .chain(chart.reference);
    let y = Axis::new(values, top + PLOT, top);
    let ticks = y.ticks();
    let left = ticks.iter().map(|t| width::em(&t.1) * 11.0).fold(16.0, f64::max) + 8.0;
    let x = Axis::tight(chart.periods.iter().map(|&p| f64::from(p)), left + 4.0, right);

    for (value, label) in &ticks {
        canvas.line(left, y.at(*value), right, y.at(*value), "grid");
        canvas.word(left - 6.0, y.at(*value) + 4.0, Anchor::End, "tick", label, &[]);
    }
    canvas.line(left, top + PLOT, right, top + PLOT, "base");
    periods(canvas, chart, &x, top + PLOT);
    if let Some(reference) = chart.reference.filter(|r| y.holds(*r)) {
        canvas.line(left, y.at(reference), right, y.at(reference), "ref");
    }
    if !few {
        for series in &thin {
            let label = units.label(&series.name.en);
            canvas.unit(&series.name.en, &label, &tip(chart, series), &[]);
            path(canvas, &points(chart, series, &x, &y), "#b9b6b0", 1.0);
            canvas.close("g");
        }
    }
    for (i, series) in named.iter().enumerate() {
        shadow(canvas, chart, series, colour::group(i), &x, &y);
    }
    for (i, series) in named.iter().enumerate() {
        open(canvas, chart, series, &labels[i]);
        path(canvas, &points(chart, series, &x, &y), colour::group(i), 2.4);
        canvas.close("g");
    }
    ends(canvas, chart, &named, &labels, (&x, &y), (top, right));
    if !few && !canvas.setting.standalone {
        for series in &thin {
            let Some((px, py)) = last(chart, series, &x, &y) else { continue };
            let (label, id) = (units.label(&series.name.en), series.name.en.as_str());
            canvas.text(px - 4.0, py - 7.0, Anchor::End, "quiet strong halo", &label, &[("data-follow", &id)]);
        }
    }
    top + PLOT + 24.0
}

/// Names at the ends of the lines, pushed apart where they would overlap.
fn ends(canvas: &mut Canvas, chart: &Lines, named: &[&Series], labels: &[Text], axes: (&Axis, &Axis), place: (f64, f64)) {
    let (top, right) = place;
    let mut ends: Vec<(usize, (f64, f64))> =
        named.iter().enumerate().filter_map(|(i, s)| Some((i, last(chart, s, axes.0, axes.1)?))).collect();
    ends.sort_by(|a, b| a.1.1.total_cmp(&b.1.1).then(a.0.cmp(&b.0)));
    let mut at: Vec<f64> = ends.iter().map(|e| e.1.1).collect();
    for i in 1..at.len() {
        at[i] = at[i].max(at[i - 1] + GAP);
    }
    if let Some(end) = at.last_mut() {
        *end = end.min(top + PLOT);
    }
    for i in (1..at.len()).rev() {
        at[i - 1] = at[i - 1].min(at[i] - GAP);
    }
    for ((i, (px, py)), label_y) in ends.iter().zip(&at) {
        let series = named[*i];
        let colour = colour::group(*i);
        open(canvas, chart, series, &labels[*i]);
        canvas.leaf("circle", &[("cx", px), ("cy", py), ("r", &2.8), ("fill", &colour)]);
        if (label_y - py).abs() > 5.0 || right - px > 4.0 {
            canvas.line(px + 4.0, *py, right + 10.0, *label_y, "lead");
        }
        let style = format!("fill:{colour}");
        canvas.text(
            right + 13.0,
            label_y + 4.0,
            Anchor::Start,
            "strong",
            &fitted(&labels[*i], (WIDTH - right - 14.0) / BOLD),
            &[("style", &style)],
        );
        canvas.close("g");
    }
}

fn open(canvas: &mut Canvas, chart: &Lines, series: &Series, label: &Text) {
    if series.unit {
        canvas.unit(&series.name.en, label, &tip(chart, series), &[]);
    } else {
        canvas.open("g", &[]);
    }
}

fn periods(canvas: &mut Canvas, chart: &Lines, x: &Axis, bottom: f64) {
    let mut free = f64::NEG_INFINITY;
    for &period in &chart.periods {
        let at = x.at(f64::from(period));
        let words = period.to_string();
        let half = width::em(&words) * 5.5;
        if at - half > free {
            canvas.line(at, bottom, at, bottom + 4.0, "base");
            canvas.word(at, bottom + 17.0, Anchor::Middle, "tick", &words, &[]);
            free = at + half + 8.0;
        }
    }
}

/// Runs of neighbouring points without a gap.
fn points(chart: &Lines, series: &Series, x: &Axis, y: &Axis) -> Vec<Vec<(f64, f64)>> {
    let mut runs = vec![Vec::new()];
    for (period, value) in chart.periods.iter().zip(&series.values) {
        if value.is_finite() {
            if let Some(run) = runs.last_mut() {
                run.push((x.at(f64::from(*period)), y.at(*value)));
            }
        } else if runs.last().is_some_and(|r| !r.is_empty()) {
            runs.push(Vec::new());
        }
    }
    runs
}

/// Lines through runs of points; a single point is a dot.
pub(super) fn path(canvas: &mut Canvas, runs: &[Vec<(f64, f64)>], colour: &str, thickness: f64) {
    for run in runs.iter().filter(|r| !r.is_empty()) {
        if let [(px, py)] = run[..] {
            canvas.leaf("circle", &[("cx", &px), ("cy", &py), ("r", &(thickness + 0.6)), ("fill", &colour)]);
            continue;
        }
        let points: Vec<String> = run.iter().map(|p| format!("{:.1},{:.1}", p.0, p.1)).collect();
        canvas.leaf(
            "polyline",
            &[
                ("points", &points.join(" ")),
                ("fill", &"none"),
                ("stroke", &colour),
                ("stroke-width", &thickness),
                ("stroke-linejoin", &"round"),
                ("stroke-linecap", &"round"),
            ],
        );
    }
}

fn shadow(canvas: &mut Canvas, chart: &Lines, series: &Series, colour: &str, x: &Axis, y: &Axis) {
    let band: Vec<(f64, f64, f64)> = chart
        .periods
        .iter()
        .zip(&series.band)
        .filter(|(_, b)| b.0.is_finite() && b.1.is_finite())
        .map(|(p, b)| (x.at(f64::from(*p)), y.at(b.0), y.at(b.1)))
        .collect();
    if band.len() < 2 {
        return;
    }
    let there = band.iter().map(|b| (b.0, b.1));
    let back = band.iter().rev().map(|b| (b.0, b.2));
    let points: Vec<String> = there.chain(back).map(|p| format!("{:.1},{:.1}", p.0, p.1)).collect();
    canvas.leaf("polygon", &[("points", &points.join(" ")), ("fill", &colour), ("fill-opacity", &"0.12")]);
}

fn last(chart: &Lines, series: &Series, x: &Axis, y: &Axis) -> Option<(f64, f64)> {
    let (period, value) = chart.periods.iter().zip(&series.values).rfind(|p| p.1.is_finite())?;
    Some((x.at(f64::from(*period)), y.at(*value)))
}

fn tip(chart: &Lines, series: &Series) -> Text {
    match chart.periods.iter().zip(&series.values).rfind(|p| p.1.is_finite()) {
        Some((period, value)) => Text::plain(format!("{} ({period})", number::fixed(*value, chart.decimals.into()))),
        None => Text::new("no data", "无数据"),
    }
}

const _: () = assert!(GAP > SIZE);
